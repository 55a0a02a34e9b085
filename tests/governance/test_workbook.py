import dataclasses
import io
import zipfile
from datetime import date

import openpyxl
import pytest
from lxml import etree

from governance.render import workbook
from tests.governance import samples


@pytest.fixture(scope="module")
def book(files):
    return openpyxl.load_workbook(io.BytesIO(files["xlsx"]))


def columns(sheet, top):
    return {cell.value: cell.column for cell in sheet[top]}


def test_the_workbook_has_its_sheets_and_title(book):
    assert book.sheetnames == [
        "Summary",
        "Tracker",
        "KPI figures",
        "KPI charts",
        "Coverage",
        "Changes",
        "Moved dates",
        "Written parts",
    ]
    assert book.properties.title == samples.ordinary().title


def test_numbers_are_numbers_and_dates_are_dates(book):
    sheet = book["Tracker"]
    where = columns(sheet, 3)
    assert sheet.max_row == 3 + 20
    action = samples.action(1)
    row = 4
    assert sheet.cell(row, where["Days overdue"]).value == action.days_overdue
    due = sheet.cell(row, where["Now due"])
    assert due.is_date and due.value.date() == action.due
    figures = book["KPI figures"]
    where = columns(figures, 3)
    point = samples.kpi(1).points[1]
    assert figures.cell(5, where["Value"]).value == pytest.approx(float(point.value), abs=1e-4)
    assert figures.cell(5, where["Value"]).number_format == '#,##0"%"'
    assert figures.cell(5, where["Start date"]).value.date() == point.start
    assert figures.cell(6, where["Value"]).value is None, "not reported is not zero"


def test_no_cell_is_a_formula(book):
    awkward = workbook.render(samples.awkward("=1+1"))
    for each in (book, openpyxl.load_workbook(io.BytesIO(awkward))):
        for sheet in each:
            for row in sheet.iter_rows():
                assert all(cell.data_type != "f" for cell in row), sheet.title


def test_lists_are_tables_that_filter_below_a_frozen_header(book):
    for name in ("Tracker", "KPI figures", "Coverage", "Changes", "Moved dates", "Written parts"):
        sheet = book[name]
        (table,) = sheet.tables.values()
        assert table.autoFilter is not None
        assert sheet.freeze_panes is not None
        assert sheet.auto_filter.ref is None, "a table brings its own filter"


def test_native_charts_have_alternative_texts(files):
    with zipfile.ZipFile(io.BytesIO(files["xlsx"])) as archive:
        drawing = etree.fromstring(archive.read("xl/drawings/drawing1.xml"))
        charts = [name for name in archive.namelist() if name.startswith("xl/charts/chart")]
    described = [e.get("descr") for e in drawing.iter() if e.get("descr")]
    assert described == [kpi.description for kpi in samples.ordinary().kpis]
    assert len(charts) == len(described)


def test_a_text_too_long_for_a_cell_says_so():
    part = samples.WrittenPart("risk", "Risk", ("😀" * 30_000,))
    content = dataclasses.replace(samples.empty(), written=(part,))
    book = openpyxl.load_workbook(io.BytesIO(workbook.render(content)))
    text = book["Written parts"]["B2"].value
    assert text.endswith("The PDF has the whole text.]")
    assert 32_700 < len(text.encode("utf-16-le")) // 2 <= 32_767


def test_a_date_before_excel_s_calendar_is_written_out():
    action = dataclasses.replace(samples.action(2), original_due=date(1899, 1, 1))
    content = dataclasses.replace(samples.ordinary(1, 0), actions=(action,))
    book = openpyxl.load_workbook(io.BytesIO(workbook.render(content)))
    assert book["Tracker"]["K4"].value == "1 January 1899"
