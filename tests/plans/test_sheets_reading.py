"""Plans' files as rows: whatever the file is and is called, and what is refused in a sentence."""

from collections.abc import Callable

import pytest
import xlsxwriter
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.oxml.ns import nsdecls

from management.sheets.content import Sheet
from management.uploads import BadFile
from plans.sheets import word
from plans.sheets.reading import read
from tests.management import test_uploads
from tests.management.sheets_built import packed, parts, patched, workbook
from tests.plans.forms_built import BOTTOM, TOP, docx, p, run, tbl, tc, tr
from tests.plans.plans_built import WIDE, heading_row, page_rows, table, understood

CHANGE = 'w:id="1" w:author="A" w:date="2020-01-01T00:00:00Z"'
WANTED = "a Word document (.docx), an Excel workbook (.xlsx) or a CSV file (.csv)"


def tables(*blocks: str) -> list[Sheet]:
    return list(word.read(docx(*blocks), "plan.docx").sheets)


def texts(sheet: Sheet) -> list[dict[int, str]]:
    return [{n: cell.text for n, cell in row.cells.items()} for row in sheet.rows]


# --- Word --------------------------------------------------------------------------------------


def test_a_cell_merged_over_rows_says_the_same_in_each_of_them() -> None:
    (sheet,) = tables(p("Above"), table(heading_row(), *page_rows("5.2 Risk")))
    firsts = [(row.number, row.cells[0].text, row.cells[0].carried) for row in sheet.rows[1:]]
    assert firsts == [(2, "5.2 Risk", False), *((n, "5.2 Risk", True) for n in (3, 4, 5))]
    assert sheet.above == ("Above",)
    assert sheet.rows[2].cells[3].place == "table 1, row 3, column 4"
    assert sheet.rows[3].text(2) == "Head of Service\nService Manager"


def test_what_is_merged_below_an_empty_cell_says_nothing() -> None:
    column = [("a", TOP), ("", BOTTOM), ("", TOP), ("", BOTTOM)]
    rows = [tr(tc(p(text), merge=merge), tc(p("x"))) for text, merge in column]
    (sheet,) = tables(tbl(*rows, widths=(900, 900)))
    assert [row.text(0) for row in sheet.rows] == ["a", "a", "", ""]


def test_a_dragged_edge_and_a_wide_cell_make_no_column() -> None:
    wide = tr(tc(p("5.2 Risk"), span=3))
    dragged = tbl(
        tr(tc(p("a")), tc(p("b"), span=2), tc(p("c"))),
        tr(tc(p("d"), span=2), tc(p("e")), tc(p("f"))),
        wide,
        widths=(2000, 100, 3000, 3000),
    )
    (sheet,) = tables(dragged)
    assert texts(sheet) == [{0: "a", 1: "b", 2: "c"}, {0: "d", 1: "e", 2: "f"}, {0: "5.2 Risk"}]


def test_an_edge_dragged_far_and_a_narrow_column_keep_every_cell_in_its_column() -> None:
    made = tbl(
        tr(tc(p("Action"), span=2), tc(p("Lead"), span=2), tc(p("Due")), tc(p("R"))),
        tr(tc(p("a"), span=2), tc(p("b"), span=2), tc(p("c")), tc(p("d"))),
        tr(tc(p("e"), span=2), tc(p("f")), tc(p("g"), span=2), tc(p("h"))),
        tr(tc(p("i")), tc(p("j"), span=2), tc(p("k"), span=2), tc(p("l"))),
        widths=(2400, 600, 1200, 600, 1800, 100),
    )
    (sheet,) = tables(made)
    rows = [["Action", "Lead", "Due", "R"], [*"abcd"], [*"efgh"], [*"ijkl"]]
    assert texts(sheet) == [dict(enumerate(row)) for row in rows]


def test_of_a_cell_it_is_known_over_how_many_columns_it_is_merged() -> None:
    rows = [tr(tc(p("Theme 1"), span=3)), tr(*(tc(p(text)) for text in "abc"))]
    (sheet,) = tables(tbl(*rows, widths=(900, 900, 900)))
    assert [cell.across for row in sheet.rows for cell in row.cells.values()] == [3, 1, 1, 1]


def test_two_cells_of_a_row_are_never_in_one_column() -> None:
    rows = [tr(tc(p("a")), tc(p("b"), span=2)), tr(tc(p("c"), span=2), tc(p("d")))]
    (sheet,) = tables(tbl(*rows, widths=(100, 5000, 100)))
    assert texts(sheet) == [{0: "a", 1: "b"}, {0: "c", 1: "d"}]


def test_tracked_changes_read_as_if_they_were_accepted() -> None:
    old = f"<w:del {CHANGE}><w:r><w:delText>old</w:delText></w:r></w:del>"
    kept = f"<w:p><w:ins {CHANGE}>{run('new')}</w:ins>{old}</w:p>"
    gone = tr(tc(p("x")), tc(p("y")), properties=f"<w:del {CHANGE}/>")
    (sheet,) = tables(tbl(tr(tc(kept), tc(p("b"))), gone, widths=(2000, 2000)))
    assert texts(sheet) == [{0: "new", 1: "b"}]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (1, "1 tracked change is read as if it was accepted: "),
        (3, "3 tracked changes are read as if they were accepted: "),
    ],
)
def test_how_many_changes_were_tracked_is_said_once(changes: int, sentence: str) -> None:
    one = f"<w:ins {CHANGE}>{run('new')}</w:ins>"
    kept = f"<w:p>{one * changes}</w:p>"
    (note,) = word.read(docx(tbl(tr(tc(kept), tc(p("b"))), widths=WIDE)), "plan.docx").notes
    assert note == f"{sentence}what was deleted is gone, what was inserted stands."


def linked(words: str, address: str) -> bytes:
    """A document with a link in the first of its two cells."""
    link = f'<w:hyperlink {nsdecls("r")} r:id="rId99">{run(words)}</w:hyperlink>'
    members = parts(docx(tbl(tr(tc(f"<w:p>{link}{run(' of May')}</w:p>"), tc(p("b"))))))
    made = (
        f'<Relationship Id="rId99" Type="{RT.HYPERLINK}" '
        f'Target="{address}" TargetMode="External"/></Relationships>'
    )
    name = "word/_rels/document.xml.rels"
    old = members[name].decode()
    return packed(members | {name: old.replace("</Relationships>", made).encode()})


@pytest.mark.parametrize(
    ("words", "address", "text"),
    [
        (
            "The register",
            "https://a.example/b?c=d",
            "The register (https://a.example/b?c=d) of May",
        ),
        ("https://a.example/b", "https://a.example/b", "https://a.example/b of May"),
        ("See a.example", "http://a.example/", "See a.example of May"),
        ("Jo", "mailto:jo@a.example", "Jo of May"),
        ("A file", "file:///c:/plan.docx", "A file of May"),
        ("Long", f"https://a.example/{'b' * 300}", "Long of May"),
        ("", "https://a.example", "of May"),
    ],
)
def test_a_link_to_the_web_has_its_address_behind_its_words(
    words: str, address: str, text: str
) -> None:
    (sheet,) = word.read(linked(words, address), "plan.docx").sheets
    assert sheet.rows[0].text(0) == text


def test_a_table_in_a_cell_is_read_apart_and_a_frame_around_tables_is_none() -> None:
    inner = tbl(tr(tc(p("i")), tc(p("j"))), widths=(900, 900))
    outer, nested = tables(tbl(tr(tc(p("a")), tc(p("text") + inner + p())), widths=(900, 900)))
    assert outer.rows[0].cells[1].text == "text"
    assert outer.rows[0].cells[1].fault.startswith("a table stands inside it")
    assert (nested.name, texts(nested)) == ("table 1, table 1 inside it", [{0: "i", 1: "j"}])
    (framed,) = tables(tbl(tr(tc(p("Our plan") + inner + p())), widths=(9000,)))
    assert (framed.name, framed.above) == ("table 1, table 1 inside it", ("Our plan",))
    for _ in range(9):
        inner = tbl(tr(tc(inner + p())), widths=(9000,))
    assert tables(inner) == []


def test_a_shaded_cell_without_a_word_is_told_from_a_blank_one() -> None:
    shaded = tc(p()).replace("</w:tcPr>", '<w:shd w:val="clear" w:fill="FF0000"/></w:tcPr>')
    (sheet,) = tables(tbl(tr(tc(p("a")), shaded, tc(p())), tr(shaded), widths=(900, 900, 900)))
    assert [(n, c.coloured) for n, c in sheet.rows[0].cells.items()] == [(0, False), (1, True)]
    assert len(sheet.rows) == 1


def test_text_boxes_and_text_between_tables_are_not_lost_in_silence() -> None:
    box = f"<w:p><w:r><w:txbxContent>{p('Draft of May')}</w:txbxContent></w:r></w:p>"
    book = read(docx(box * 7, table(heading_row())), "plan.docx")
    assert book.notes[0] == "A text box is not read: “Draft of May”."
    assert book.notes[5:] == ("2 more text boxes are not read.",)


def test_the_address_of_a_link_is_no_part_of_a_post_or_a_date() -> None:
    head = ["QI", "Action", "Lead", "Due", "Evidence"]
    cells = ["5.2", "Train all staff", "Service Manager", "March 2020", "The register"]
    rows = [head, [f"{cell} (https://a.example/b)" for cell in cells]]
    made = docx(tbl(*(tr(*(tc(p(text)) for text in row)) for row in rows), widths=WIDE))
    (row,) = understood(made, "plan.docx").rows
    assert (row.indicator, row.lead, str(row.due)) == ("5.2", "Service Manager", "2020-03-31")
    assert row.text == "Train all staff (https://a.example/b)"
    assert row.evidence_expected == "The register (https://a.example/b)"
    assert dict(row.row)["Lead"] == "Service Manager (https://a.example/b)"
    assert row.notes == ()


# --- any file ----------------------------------------------------------------------------------


def sheets_and_notes(data: bytes, name: str) -> tuple[int, tuple[str, ...]]:
    book = read(data, name)
    return len(book.sheets), book.notes


def test_what_a_file_is_is_told_from_its_bytes() -> None:
    made, excel, text = docx(table(heading_row())), workbook([["Action"]]), b"Ref,Action\n1,a\n"
    assert sheets_and_notes(made, "plan.docx") == (1, ())
    assert sheets_and_notes(excel, "PLAN.XLSX") == (1, ())
    assert sheets_and_notes(text, "plan.csv") == sheets_and_notes(text, "plan") == (1, ())
    assert sheets_and_notes(made, "plan.xlsx")[1] == (
        "The file is called “plan.xlsx” but is a Word document (.docx): it is read as that.",
    )
    assert sheets_and_notes(text, "plan.xlsx")[1] == (
        "The file is called “plan.xlsx” but is a CSV file (.csv): it is read as that.",
    )


PROSE = b"Our plan\nTrain all staff by March.\nAsk people, and their families."


@pytest.mark.parametrize(
    ("data", "name", "what"),
    [
        (PROSE, "plan.docx", "a Word document (.docx)"),
        (b"Ref,Action\n1,a\n", "PLAN.DOCX", "a Word document (.docx)"),
        (b"Our plan\nTrain all staff by March.", "plan.xlsx", "an Excel workbook (.xlsx)"),
    ],
)
def test_text_that_is_called_a_document_is_no_plan(data: bytes, name: str, what: str) -> None:
    with pytest.raises(BadFile) as caught:
        read(data, name)
    assert str(caught.value) == (f"{name}: This is not {what} but text. Save the plan as {WANTED}.")


def test_tables_that_are_not_read_are_named() -> None:
    other = tbl(tr(tc(p("Version")), tc(p("2"))), tr(tc(p("Date")), tc(p("May"))), widths=WIDE)
    made = docx(other, table(heading_row(), *page_rows("5.2 Risk")), other)
    assert understood(made, "plan.docx").notes == (
        "Not read, because nothing there looks like a plan: table 1 (“Version”), "
        "table 3 (“Version”).",
    )

    def arrange(book: xlsxwriter.Workbook) -> None:
        book.add_worksheet("Key").write_row(0, 0, ["Green", "going well"])
        book.add_worksheet("Empty")

    rows = [["QI", "Action", "Lead"], ["5.2", "Train", "Service Manager"]]
    assert understood(workbook(rows, arrange=arrange), "plan.xlsx").notes == (
        "Not read, because nothing there looks like a plan: sheet “Key” (“Green”).",
    )


@pytest.mark.parametrize(
    ("data", "name", "where"),
    [
        (b"Ref,Action,Lead,Due\n", "plan.csv", "The file"),
        (workbook([["Ref", "Action", "Lead", "Due"]]), "plan.xlsx", "Sheet “Plan”"),
        (docx(table(heading_row())), "plan.docx", "Table 1"),
    ],
    ids=["CSV", "Excel", "Word"],
)
def test_headings_without_rows_are_said_to_be_that(data: bytes, name: str, where: str) -> None:
    result = understood(data, name)
    assert (result.rows, result.left_out) == ((), ())
    assert result.notes == (f"{where}: there are headings, and no rows below them.",)


def test_links_to_other_files_are_not_followed_their_last_values_are_read() -> None:
    members = parts(workbook([["Action"]]))
    links = members["xl/_rels/workbook.xml.rels"].replace(
        b"</Relationships>",
        b'<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        b'relationships/externalLink" Target="externalLinks/externalLink1.xml"/></Relationships>',
    )
    whole = packed(members | {"xl/_rels/workbook.xml.rels": links})
    linked = patched(
        whole, '<c r="A1" t="s"><v>0</v></c>', '<c r="A1" t="str"><f>[1]S!A1</f><v>Train</v></c>'
    )
    assert read(linked, "plan.xlsx").sheets[0].rows[0].text(0) == "Train"


def macros() -> bytes:
    members = parts(workbook([["a"]]))
    types = members["[Content_Types].xml"].replace(
        b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
        b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    )
    return packed(members | {"[Content_Types].xml": types, "xl/vbaProject.bin": b"x"})


def swollen() -> bytes:
    return packed(parts(workbook()) | {"xl/worksheets/sheet2.xml": b" " * 60_000_000})


def with_type(text: bytes) -> bytes:
    members = parts(workbook([["a"]]))
    sheet = members["xl/worksheets/sheet1.xml"].replace(b"<worksheet", text + b"<worksheet", 1)
    return packed(members | {"xl/worksheets/sheet1.xml": sheet})


def slides() -> bytes:
    members = parts(workbook())
    types = members["[Content_Types].xml"].replace(
        b"spreadsheetml.sheet.main", b"presentationml.presentation.main"
    )
    return packed(members | {"[Content_Types].xml": types})


def hidden() -> bytes:
    def arrange(book: xlsxwriter.Workbook) -> None:
        book.add_worksheet("Front").activate()
        book.worksheets()[1].set_first_sheet()
        book.worksheets()[0].hide()

    return workbook([["Action"]], arrange=arrange)


OLD = f"This is a file of an old Office. Save it as {WANTED}."
LOCKED = "The file is protected with a password. Save it without one."
EMPTY = (
    "there is no table with text in it. A plan is read from a table with a row for each action and "
    "a heading above each column."
)
REFUSED: dict[str, tuple[Callable[[], bytes] | bytes, str]] = {
    "macros renamed": (
        macros,
        f"The file has macros or ActiveX controls. Save it without, as {WANTED}.",
    ),
    "an old workbook renamed": (test_uploads.OLE, OLD),
    "a password": (test_uploads.OLE + "EncryptedPackage".encode("utf-16-le"), LOCKED),
    "a zip bomb": (swollen, "A part of the file swells too much when unpacked: refused."),
    "a document type": (
        lambda: with_type(b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>'),
        "A part of the file declares a document type, which no Office does.",
    ),
    "slides": (slides, f"This is a PowerPoint presentation, not {WANTED}."),
    "OpenDocument": (test_uploads.opendocument, f"This is an OpenDocument file, not {WANTED}."),
    "a zip": (test_uploads.archive, f"This is a zip file, not {WANTED}."),
    "a web page": (
        b"<html><table><tr><td>Action",
        f"This is a web page, not {WANTED}. Open it in Excel and save it so.",
    ),
    "a PDF": (b"%PDF-1.7", f"This is a PDF, not {WANTED}."),
    "a picture": (b"\x89PNG\r\n", f"This is a picture, not {WANTED}."),
    "nothing": (b"", "The file is empty."),
    "no table": (lambda: docx(p("A plan in prose")), EMPTY),
    "empty lines": (b"\n , ,\n", EMPTY),
    "nothing but a hidden sheet": (
        hidden,
        f"{EMPTY} Sheet “Plan” is hidden, so it is not read. If it is wanted, show it in Excel and "
        "send the file again.",
    ),
    "a Word table of many cells": (
        lambda: docx(
            tbl(tr("<w:tc/>" * 60) * 200, widths=WIDE),
            f"<!--{test_uploads.random_bytes(20_000).hex()}-->",
        ),
        "The file has 12,000 table cells; a plan of at most 10,000 can be read. Take out of it "
        "what is not part of the plan.",
    ),
    "a Word cell of a megabyte": (
        lambda: docx(
            table(tr(tc(p("long " * 100_000)))), f"<!--{test_uploads.random_bytes(20_000).hex()}-->"
        ),
        "Table 1, row 1, column 1: “long long long long long long long long…” has 499,999 "
        "characters; a cell of at most 32,767 can be read. Shorten it.",
    ),
}


@pytest.mark.parametrize(("data", "sentence"), REFUSED.values(), ids=REFUSED)
def test_a_refusal_names_the_file_and_says_what_would_be_accepted(
    data: Callable[[], bytes] | bytes, sentence: str
) -> None:
    made = data if isinstance(data, bytes) else data()
    with pytest.raises(BadFile) as caught:
        read(made, "our plan.xlsx")
    assert str(caught.value) == f"our plan.xlsx: {sentence}"


def test_what_nobody_thought_of_is_a_sentence_and_is_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("plans.sheets.word._columns", lambda table: [()])
    with pytest.raises(BadFile, match=r"plan\.docx: something in the file cannot be read"):
        read(docx(table(heading_row())), "plan.docx")
    assert "A file with the plan could not be read" in caplog.text
