"""What is read of a workbook: what people see in its cells, and what is said of the rest."""

import datetime
import io
import time
from collections.abc import Callable
from decimal import Decimal

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from management.sheets import formats
from management.sheets.content import MOST_CELLS, MOST_ROWS, STAMP, Cell, Sheet
from management.sheets.excel import read
from management.sheets.worksheet import NO_RESULT, letters
from management.uploads import BadFile, check_excel
from tests.management.sheets_built import SHEET, cells, packed, parts, patched, workbook

DAY = datetime.date(2019, 10, 31)
DAMAGED = "The file is damaged. Open it in Excel and save it again."


def sheet(data: bytes) -> Sheet:
    check_excel(data)
    return read(data, "plan.xlsx").sheets[0]


def one(data: bytes) -> Cell:
    """The first cell that says something."""
    return next(iter(sheet(data).rows[0].cells.values()))


def texts(data: bytes) -> list[list[str]]:
    return [[cell.text for cell in row.cells.values()] for row in sheet(data).rows]


# --- numbers and dates -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "code", "text"),
    [
        (1.0, "General", "1"),
        (0.1 + 0.2, "General", "0.3"),
        (5.10, "0.00", "5.10"),
        (1, "000", "001"),
        (0.5, "0%", "50%"),
        (0.333, "0.0%", "33.3%"),
        (12, '0"%"', "12%"),
        (1234.5, "#,##0.00", "1,234.50"),
        (-5, "#,##0_);(#,##0)", "(5)"),
        (-5, "General", "-5"),
        (5.2, '"QI "0.0', "QI 5.2"),
        (1.5, "0.##", "1.5"),
        (2.5, "# ?/?", "2.5"),
        (3, "@", "3"),
        (1e20, "General", "1E+20"),
        (0, "General", "0"),
        (43769, "dd/mm/yyyy", "31/10/2019"),
        (43769, formats.builtin(14), "31/10/2019"),
        (43769.5, formats.builtin(22), "31/10/2019 12:00"),
        (43769, "[$-809]d\\ mmmm\\ yyyy;@", "31 October 2019"),
        (43769, "[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy", "31 October 2019"),
        (43769, "ddd d-mmm-yy", "Thu 31-Oct-19"),
        (43769, "mmm-yy", "Oct-19"),
        (43769, "mmmm", "October 2019"),
        (0.5, "hh:mm", "12:00"),
    ],
)
def test_a_number_reads_as_people_see_it(number: float, code: str, text: str) -> None:
    said, value = formats.shown(number, code)
    assert said == text
    if "d" in code.lower():
        assert value == DAY
    elif {"m", "h"} & set(code):
        assert value is None  # no day is shown
    else:
        assert value == Decimal(format(number, ".15g"))


def test_days_of_the_1904_system_are_the_days_that_people_see() -> None:
    def arrange(book: xlsxwriter.Workbook) -> None:
        day = book.add_format({"num_format": "d mmm yyyy"})
        book.worksheets()[0].write_datetime(0, 0, DAY, day)

    for options in ({}, {"date_1904": True}):
        cell = one(workbook(arrange=arrange, **options))
        assert (cell.text, cell.value) == ("31 Oct 2019", DAY)


@pytest.mark.parametrize("number", ["-5", "3000000", "1e300"])
def test_a_number_that_is_no_date_is_said_to_be_none(number: str) -> None:
    whole = workbook(
        arrange=lambda book: book.worksheets()[0].write_blank(
            0, 0, None, book.add_format({"num_format": "d mmm yyyy"})
        )
    )
    cell = one(patched(whole, '<c r="A1" s="1"/>', f'<c r="A1" s="1"><v>{number}</v></c>'))
    assert cell.fault.startswith("it is shown as a date, but ") and cell.value is None


# --- cells -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "text", "value", "fault"),
    [
        ('<c r="A1" t="s"><v>0</v></c>', "shared", None, ""),
        ('<c t="s"><v>0</v></c>', "shared", None, ""),
        ('<c r="A1" t="inlineStr"><is><t>in</t><r><t>line</t></r></is></c>', "inline", None, ""),
        (
            '<c r="A1" t="str"><f>"a"</f><v>a_x000D_&#10;b_x005F_x0041_</v></c>',
            "a\nb_x0041_",
            None,
            "",
        ),
        ('<c r="A1"><f>1+1</f><v>2</v></c>', "2", Decimal(2), ""),
        ('<c r="A1"><f>1+1</f></c>', "", None, NO_RESULT),
        ('<c r="A1"><f>1+1</f><v></v></c>', "", None, NO_RESULT),
        ('<c r="A1" t="e"><f>B1</f><v>#REF!</v></c>', "#REF!", None, "it shows the error #REF!"),
        ('<c r="A1" t="b"><v>1</v></c>', "TRUE", True, ""),
        ('<c r="A1" t="d"><v>2019-10-31T00:00:00</v></c>', "2019-10-31T00:00:00", DAY, ""),
        ('<c r="A1"><v>nan</v></c>', "nan", None, "it is marked as a number and is none"),
        ('<c r="A1" s="999"><v>7</v></c>', "7", Decimal(7), ""),
        (
            '<c r="A1" t="inlineStr"><is><t xml:space="preserve"> =1+1 </t></is></c>',
            " =1+1 ",
            None,
            "",
        ),
    ],
)
def test_each_kind_of_cell(cell: str, text: str, value: object, fault: str) -> None:
    assert one(cells(f"<row>{cell}</row>")) == Cell(text, "sheet “Plan”, cell A1", value, fault)  # type: ignore[arg-type]


def test_a_formula_that_gives_nothing_is_an_empty_cell() -> None:
    found = sheet(cells('<row><c t="str"><f>""</f></c><c t="s"><v>0</v></c></row>'))
    assert list(found.rows[0].cells) == [1]


def test_merged_cells_say_the_same_in_each_of_their_rows_and_nowhere_else() -> None:
    def arrange(book: xlsxwriter.Workbook) -> None:
        page = book.worksheets()[0]
        page.merge_range("A1:C1", "Title")
        page.merge_range("A3:A5", "5.2 Risk")
        page.merge_range("C4:D9", "to the end")

    rows = [[], [None, "head"], [None, "a"], [None, "b"], [None, "c"], [None, "d"]]
    found = sheet(patched(workbook(rows, arrange=arrange), '"C4:D9"', '"C4:D1048576"'))
    assert [[(n, c.text, c.carried) for n, c in row.cells.items()] for row in found.rows] == [
        [(0, "Title", False)],
        [(1, "head", False)],
        [(0, "5.2 Risk", False), (1, "a", False)],
        [(0, "5.2 Risk", True), (1, "b", False), (2, "to the end", False)],
        [(0, "5.2 Risk", True), (1, "c", False), (2, "to the end", True)],
        [(1, "d", False), (2, "to the end", True)],
    ]
    assert found.rows[3].cells[0].place == "sheet “Plan”, cell A4"


def test_hidden_sheets_are_named_and_not_read_but_for_our_stamp() -> None:
    def arrange(book: xlsxwriter.Workbook) -> None:
        book.add_worksheet("Old").hide()
        book.add_worksheet("Lists").very_hidden()
        stamp = book.add_worksheet(STAMP)
        stamp.write_string(0, 0, "id")
        stamp.very_hidden()
        book.add_chartsheet("Chart")

    data = workbook([["a"]], arrange=arrange)
    book = read(data, "plan.xlsx")
    assert [one.name for one in book.visible] == ["Plan"]
    stamp = book.sheet(STAMP)
    assert stamp is not None and stamp.hidden == "very hidden" and stamp.rows[0].text(0) == "id"
    assert book.notes == (
        "Sheet “Old” is hidden, so it is not read. If it is wanted, show it in Excel and send the "
        "file again.",
        "Sheet “Lists” is very hidden, so it is not read. If it is wanted, show it in Excel and "
        "send the file again.",
        "Sheet “Chart” is not read: it has no cells.",
    )


def test_hidden_rows_and_columns_are_read_and_said_to_be_hidden() -> None:
    def arrange(book: xlsxwriter.Workbook) -> None:
        book.worksheets()[0].set_row(1, None, None, {"hidden": True})
        book.worksheets()[0].set_column(2, 3, None, None, {"hidden": True})

    found = sheet(workbook([["a", "b", "c"], ["d"]], arrange=arrange))
    assert [row.hidden for row in found.rows] == [False, True]
    assert found.hidden_columns == {2, 3}


def test_an_empty_cell_with_a_colour_is_told_from_one_without() -> None:
    def arrange(book: xlsxwriter.Workbook) -> None:
        page = book.worksheets()[0]
        for column, colour in enumerate(["#FF0000", "#FFFFFF"], 1):
            page.write_blank(0, column, None, book.add_format({"bg_color": colour}))
            page.write_blank(5, column, None, book.add_format({"bg_color": colour}))

    found = sheet(workbook([["a"]], arrange=arrange))
    assert [c.coloured for c in found.rows[0].cells.values()] == [False, True]
    assert len(found.rows) == 1  # a row of colours says nothing


@pytest.mark.services  # it takes long
def test_fifty_thousand_empty_formatted_rows_are_passed_over() -> None:
    blank = '<c s="0"/>' * 8
    empty = "".join(f'<row r="{n}">{blank}</row>' for n in range(3, 50_003))
    data = cells(f'<row r="1"><c t="s"><v>0</v></c></row>{empty}')
    start = time.process_time()
    check_excel(data)
    assert len(read(data, "plan.xlsx").sheets[0].rows) == 1
    assert time.process_time() - start < 6


def test_the_size_that_a_sheet_claims_is_not_believed() -> None:
    data = patched(workbook([["a"], ["b"]]), 'ref="A1:A2"', 'ref="A1"')
    assert texts(data) == [["a"], ["b"]]


def test_parts_may_have_other_names_and_prefixes() -> None:
    members = parts(workbook([["a", 1]]))
    content = members.pop(SHEET).decode()
    for tag in ("worksheet", "sheetData", "row", "c ", "v"):
        content = content.replace(f"<{tag}", f"<x:{tag}").replace(f"</{tag}", f"</x:{tag}")
    content = content.replace("</c>", "</x:c>").replace(" xmlns=", " xmlns:x=", 1)
    links = members["xl/_rels/workbook.xml.rels"].replace(
        b'Target="worksheets/sheet1.xml"', b'Target="/xl/pages/Page.XML"'
    )
    members |= {"xl/pages/page.xml": content.encode(), "xl/_rels/workbook.xml.rels": links}
    assert texts(packed(members)) == [["a", "1"]]


value = st.one_of(
    st.none(),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20),
    st.integers(-(10**9), 10**9),
    st.booleans(),
    st.dates(datetime.date(1950, 1, 1), datetime.date(2100, 1, 1)),
)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(value, min_size=1, max_size=4), min_size=1, max_size=4))
def test_every_value_reads_as_openpyxl_has_written_it(rows: list[list[object]]) -> None:
    book = openpyxl.Workbook()
    page = book.active
    for number, row in enumerate(rows, 1):
        for column, content in enumerate(row, 1):
            cell = page.cell(number, column, content)
            if isinstance(content, str):
                cell.data_type = "s"
    out = io.BytesIO()
    book.save(out)
    expected = [
        [
            c if isinstance(c, datetime.date | str | bool) else Decimal(c)
            for c in row
            if c is not None and str(c).strip()
        ]
        for row in rows
    ]
    found = [
        [c.text if c.value is None else c.value for c in row.cells.values()]
        for row in sheet(out.getvalue()).rows
    ]
    assert found == [row for row in expected if row]


# --- what is refused ---------------------------------------------------------------------------

MERGED = '<mergeCell ref="A1:A9"/>'
FAR = '<row r="1048576"><c r="XFD1048576" t="s"><v>0</v></c></row>'
LONG = f"<row><c t='inlineStr'><is><t>{'long ' * 200_000}</t></is></c></row>"


def wide(number: int) -> str:
    """A row of 200 cells that is not quite like the others."""
    return f"<row>{''.join(f'<c><v>{number * n}</v></c>' for n in range(200))}</row>"


REFUSED = {
    "a cell far away": (
        cells(FAR),
        "Sheet “Plan”, cell XFD1048576: “shared” stands in column 16,384; at most 256 columns are "
        "read. Take it out, or move it to the left.",
    ),
    "a cell of a megabyte": (
        lambda: cells(LONG),
        "Sheet “Plan”, cell A1: “long long long long long long long long…” has 1,000,000 "
        "characters; a cell of at most 32,767 can be read. Shorten it.",
    ),
    "many rows": (
        lambda: cells("<row><c><v>1</v></c></row>" * (MOST_ROWS + 1)),
        "Sheet “Plan”, row 10001: the file has more than 10,000 rows with text, and no more are "
        "read. Take out of it what is not needed, or part it.",
    ),
    "many cells": (
        lambda: cells("".join(map(wide, range(MOST_CELLS // 200 + 1)))),
        "Sheet “Plan”, cell A501: the file has more than 100,000 cells or 5,000,000 characters, "
        "and no more are read. Take out of it what is not needed, or part it.",
    ),
    "rows beyond the last": (
        cells('<row r="1048576"/><row/>'),
        "Sheet “Plan” has more rows than Excel has. Open it in Excel and save it again.",
    ),
    "much that is merged": (
        lambda: patched(
            workbook([["a"]]),
            "<pageMargins",
            f"<mergeCells>{MERGED * 20_001}</mergeCells><pageMargins",
        ),
        "Sheet “Plan” has more than 20,000 merged cells. Take the merging out where it is not "
        "needed.",
    ),
    "no such string": (
        cells('<row><c t="s"><v>1</v></c></row>'),
        f"Sheet “Plan”, cell A1: its text is missing. {DAMAGED}",
    ),
    "very many styles": (
        lambda: patched(
            workbook([["a"]]), "<cellXfs", f"{'<xf/>' * 70_000}<cellXfs", "xl/styles.xml"
        ),
        DAMAGED,
    ),
    "no sheet": (packed({n: c for n, c in parts(workbook()).items() if n != SHEET}), DAMAGED),
    "no XML": (packed(parts(workbook()) | {SHEET: b"<worksheet><a>"}), DAMAGED),
    "one sheet twice": (
        patched(
            workbook(arrange=lambda book: book.add_worksheet("Other")),
            "worksheets/sheet2.xml",
            "worksheets/sheet1.xml",
            "xl/_rels/workbook.xml.rels",
        ),
        f"Sheet “Other” is another sheet too. {DAMAGED}",
    ),
    "many sheets": (
        patched(workbook(), "<sheets>", f"<sheets>{'<sheet/>' * 200}", "xl/workbook.xml"),
        "The file has 201 sheets; at most 200 are read. Keep those that are needed.",
    ),
}


@pytest.mark.parametrize(("data", "sentence"), REFUSED.values(), ids=REFUSED)
def test_a_workbook_that_cannot_be_read_is_refused_at_once(
    data: bytes | Callable[[], bytes], sentence: str
) -> None:
    made = data if isinstance(data, bytes) else data()
    start = time.process_time()
    with pytest.raises(BadFile) as caught:
        check_excel(made)
        read(made, "plan.xlsx")
    assert str(caught.value) == sentence
    assert time.process_time() - start < 5


def test_columns_are_named_as_excel_names_them() -> None:
    assert [letters(n) for n in (0, 25, 26, 701, 702, 16_383)] == [
        "A",
        "Z",
        "AA",
        "ZZ",
        "AAA",
        "XFD",
    ]


def test_of_a_cell_it_is_known_over_how_many_columns_it_is_merged() -> None:
    def arrange(made: xlsxwriter.Workbook) -> None:
        made.worksheets()[0].merge_range("A1:C2", "Theme 1")

    read_sheet = sheet(workbook([[], [None, None, None, "a"], ["b", "c"]], arrange=arrange))
    found = [[cell.across for cell in row.cells.values()] for row in read_sheet.rows]
    assert found == [[3], [3, 1], [1, 1]]
