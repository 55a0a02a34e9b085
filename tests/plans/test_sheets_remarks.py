"""What a plan's file says beside its values: struck text, comments, Word's own numbers, days."""

import io

import pytest
import xlsxwriter
from docx import Document
from docx.document import Document as Made

from plans.sheets.content import Result
from tests.management.sheets_built import workbook
from tests.plans.forms_built import docx, p, run, tbl, tc, tr
from tests.plans.plans_built import understood

HEAD = ["No.", "Action", "Lead", "Due"]
ROW = ["1", "Audit forty files", "Service Manager", "March 2020"]
STRIKE = "<w:strike/>"
OUT = "“{}” is struck through, and is left out."
STAYS = "“{}” is struck through, and is read all the same: nothing else stands there."
WHOLE = "All of the row is struck through, and is read all the same."


def word(*rows: list[str], widths: int = 4) -> bytes:
    head = tr(*(tc(p(text)) for text in HEAD))
    made = (tr(*(tc(c if c.startswith("<") else p(c)) for c in row)) for row in rows)
    return docx(tbl(head, *made, widths=[1500] * widths))


def remarks(result: Result) -> list[tuple[str, str, str]]:
    notes = [note for row in result.rows for note in row.notes]
    return [(n.place, n.heading, n.why) for n in notes if n.code in {"struck", "completed_on"}]


# --- struck through ----------------------------------------------------------------------------


def struck(text: str, live: str = "", mark: str = STRIKE) -> str:
    return f"<w:p>{run(text, mark)}{run(live)}</w:p>"


def test_struck_text_in_word_gives_way_to_what_stands_beside_it_and_is_told() -> None:
    moved = [*ROW[:3], struck("June 2020", " March 2020")]
    gone = [struck(text) for text in ("2", "Train all staff", "Head of Service", "May 2020")]
    double = struck("x", "May 2020", "<w:dstrike/>")
    alone = ["3", struck("Meet each week"), "Chief Officer", double]
    result = understood(word(moved, gone, alone), "plan.docx")
    assert [(row.text, str(row.due)) for row in result.rows] == [
        ("Audit forty files", "2020-03-31"),
        ("Train all staff", "2020-05-31"),
        ("Meet each week", "2020-05-31"),
    ]
    assert remarks(result) == [
        ("table 1, row 2, column 4", "Due", OUT.format("June 2020")),
        ("table 1, row 3", "", WHOLE),
        ("table 1, row 4, column 2", "Action", STAYS.format("Meet each week")),
        ("table 1, row 4, column 4", "Due", OUT.format("x")),
    ]


def test_what_is_marked_as_not_struck_is_read_without_a_word() -> None:
    row = [*ROW[:3], struck("March", " 2020", '<w:strike w:val="0"/>')]
    result = understood(word(row), "plan.docx")
    assert [str(row.due) for row in result.rows] == ["2020-03-31"]
    assert remarks(result) == []


def test_struck_text_in_excel_gives_way_to_what_stands_beside_it_and_is_told() -> None:
    def arrange(made: xlsxwriter.Workbook) -> None:
        sheet, strike = made.worksheets()[0], made.add_format({"font_strikeout": True})
        sheet.write_rich_string(1, 3, strike, "June 2020", " March 2020")
        sheet.write_row(2, 0, ["2", "Train all staff", "Head of Service", "May 2020"], strike)
        sheet.write_row(3, 0, ["3", "Meet each week", "Chief Officer", "May 2020"])
        sheet.write_string(3, 1, "Meet each week", strike)

    result = understood(workbook([HEAD, ROW], arrange=arrange), "plan.xlsx")
    assert [str(row.due) for row in result.rows] == ["2020-03-31", "2020-05-31", "2020-05-31"]
    assert remarks(result) == [
        ("sheet “Plan”, cell D2", "Due", OUT.format("June 2020")),
        ("sheet “Plan”, row 3", "", WHOLE),
        ("sheet “Plan”, cell B4", "Action", STAYS.format("Meet each week")),
    ]


# --- comments and numbers ----------------------------------------------------------------------


def test_comments_are_said_not_to_be_read() -> None:
    made: Made = Document()
    table = made.add_table(rows=2, cols=4)
    for row, texts in zip(table.rows, (HEAD, ROW), strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    for number in range(6):
        paragraph = table.cell(1, 1).paragraphs[0]
        made.add_comment(paragraph.runs, text=f"Done, see minute {number}", author="A")
    out = io.BytesIO()
    made.save(out)
    notes = understood(out.getvalue(), "plan.docx").notes
    assert notes[0] == "A comment on “Audit forty files” is not read: “Done, see minute 0”."
    assert notes[5:] == ("1 more comment is not read.",)

    def arrange(book: xlsxwriter.Workbook) -> None:
        threaded = "[Threaded comment]\n\nYour version shows it.\n\nComment:\n    By the Board"
        book.worksheets()[0].write_comment("B2", "Moved to June")
        book.worksheets()[0].write_comment("D2", threaded)

    assert understood(workbook([HEAD, ROW], arrange=arrange), "plan.xlsx").notes == (
        "Sheet “Plan”, cell B2: a comment is not read: “Moved to June”.",
        "Sheet “Plan”, cell D2: a comment is not read: “By the Board”.",
    )


@pytest.mark.parametrize("style", ["", "ListNumber"])
def test_numbers_that_word_makes_are_said_to_be_no_text(style: str) -> None:
    look = f'<w:pStyle w:val="{style}"/>' if style else '<w:numPr><w:numId w:val="1"/></w:numPr>'
    number = f"<w:p><w:pPr>{look}</w:pPr></w:p>"
    rows = [[number, *ROW[1:]], [number, "Train all staff", *ROW[2:]]]
    assert understood(word(*rows), "plan.docx").notes == (
        "2 cells have a number that Word makes and that is no text: type it if it is a reference.",
    )
    typed = number.replace("</w:p>", f"{run('1')}</w:p>")
    assert understood(word([typed, *ROW[1:]]), "plan.docx").notes == ()


# --- completed ---------------------------------------------------------------------------------


@pytest.mark.parametrize("heading", ["Date completed", "Actual completion date", "Date closed"])
def test_a_day_of_completion_is_said_to_give_no_status(heading: str) -> None:
    rows = [
        [*HEAD, "Status", heading],
        [*ROW, "", "10 December 2019"],
        ["2", "Train all staff", "Head of Service", "May 2020", "Complete", "10 December 2019"],
        ["3", "Meet each week", "Chief Officer", "May 2020", "", "No"],
    ]
    why = "It says completed on “10 December 2019”; the status is not read from it."
    found = remarks(understood(workbook(rows), "plan.xlsx"))
    assert found == [("sheet “Plan”, row 2", heading, why)]
