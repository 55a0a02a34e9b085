"""Awkward files with figures: each read as a person would, or refused by cell and value."""

import io
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from openpyxl import Workbook

from kpis.models import Unit
from management.access import Role
from tests import factories
from tests.kpis.importing.helpers import Bring, sentences

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
S = "sheet “Sheet”"


def csv(text, encoding="utf-8"):
    return text.encode(encoding)


def book(*sheets, **hidden):
    """A workbook of sheets: rows, and what is done with the sheet. Those of `hidden` are hidden."""
    made = Workbook()
    made.remove(made.active)
    for number, one in enumerate(sheets):
        rows, *after = one if isinstance(one, tuple) else (one,)
        sheet = made.create_sheet("Sheet" if not number else f"Sheet {number + 1}")
        for row in rows:
            sheet.append(row)
        for do in after:
            do(sheet)
    for name, rows in hidden.items():
        sheet = made.create_sheet(name)
        sheet.sheet_state = "hidden"
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def shown(cells, code):
    def do(sheet):
        for row in sheet[cells]:
            for cell in row:
                cell.number_format = code

    return do


TIDY = ["KPI", "Period", "Number", "Out of", "Figure"]
HEAD = "KPI,Period,Number,Out of,Figure\n"
MONTHS = [date(2019, 4, 1), date(2019, 5, 1)]
APRIL, MAY, YEAR = "Apr 2019", "May 2019", "2017-18"
# Per file: the KPI, period and figure of each row that is read, and all that is said of others.
READ = {
    "two headings: a KPI above its parts": (
        book(
            (
                [
                    *(["", "K1", "", "K2", ""], ["Month", "Number", "Out of", "Number", "Out of"]),
                    *(["Apr-19", 41, 60, 5, 6], ["May-19", 42, 60, 4, 6]),
                ],
                lambda s: (s.merge_cells("B1:C1"), s.merge_cells("D1:E1")),
            )
        ),
        [
            *(("K1", APRIL, "41 of 60 (68%)"), ("K2", APRIL, "5 of 6 (83%)")),
            *(("K1", MAY, "42 of 60 (70%)"), ("K2", MAY, "4 of 6 (67%)")),
        ],
        [],
    ),
    "a year merged over its months": (
        book(
            (
                [["", "2019/20", ""], ["KPI", "Apr", "May"], ["K1", "68%", "70%"]],
                lambda s: s.merge_cells("B1:C1"),
            )
        ),
        [("K1", APRIL, "68%"), ("K1", MAY, "70%")],
        [],
    ),
    "a KPI merged down its two rows": (
        book(
            (
                [["KPI", "Line", *MONTHS], ["K1", "Number", 41, 42], ["", "Out of", 60, 60]],
                lambda s: s.merge_cells("A2:A3"),
                shown("C1:D1", "mmm-yy"),
            )
        ),
        [("K1", APRIL, "41 of 60 (68%)"), ("K1", MAY, "42 of 60 (70%)")],
        [],
    ),
    "months as real dates, and shares shown as per cent": (
        book(
            (
                [["KPI", *MONTHS], ["K1", 0.683333, 0.7]],
                shown("B1:C1", "mmm-yy"),
                shown("B2:C2", "0%"),
            )
        ),
        [("K1", APRIL, "68%"), ("K1", MAY, "70%")],
        [],
    ),
    "whole days as months": (
        book(([TIDY, ["K1", date(2019, 4, 30), 41, 60]], shown("B2:B2", "dd/mm/yyyy"))),
        [("K1", APRIL, "41 of 60 (68%)")],
        [],
    ),
    "quarters and years of their own frequency": (
        csv("KPI,Period,Figure\nK3,2019/20 Q1,12\nK4,2017-18,67.2\nK1,Apr-19,68%\n"),
        [
            ("K3", "Q1 2019-20 (April to June 2019)", "12 days"),
            ("K4", YEAR, "67.2 per 10,000 people"),
            ("K1", APRIL, "68%"),
        ],
        [],
    ),
    "a row of totals and a column of totals": (
        csv("KPI,Apr-19,May-19,Total\nK1,68%,70%,69%\nTotal,68%,70%,69%\n"),
        [("K1", APRIL, "68%"), ("K1", MAY, "70%")],
        ["A total is no KPI.", "A total is no KPI."],
    ),
    "a total below the months": (
        csv("Month,K1 number,K1 out of\nApr-19,41,60\nMay-19,42,60\nTotal,83,120\n"),
        [("K1", APRIL, "41 of 60 (68%)"), ("K1", MAY, "42 of 60 (70%)")],
        ["Totals are worked out here."],
    ),
    "a row of units below the headings": (
        csv("Month,K1,K3\n,%,days\nApr-19,68,\n"),
        [("K1", APRIL, "68%")],
        ["The units of the columns."],
    ),
    "titles above and notes below the table": (
        csv(
            f"Justice social work\nRun on 14 January,,\n{HEAD}K1,Apr-19,41,60,\n\nSource: system\n"
        ),
        [("K1", APRIL, "41 of 60 (68%)")],
        ["No figure stands in it."],
    ),
    "a mark of the byte order, and semicolons": (
        csv(HEAD.replace(",", ";") + "K1;Apr-19;41;60;\n", "utf-8-sig"),
        [("K1", APRIL, "41 of 60 (68%)")],
        [],
    ),
    "UTF-16 with tabs": (
        csv(HEAD.replace(",", "\t") + "K1\tApr-19\t1,041\t1,060\t\n", "utf-16"),
        [("K1", APRIL, "1,041 of 1,060 (98%)")],
        [],
    ),
    "an empty sheet, a hidden one, and one without figures": (
        book(
            [TIDY, ["K1", "Apr-19", 41, 60]],
            [],
            [["About this file"]],
            Old=[TIDY, ["K1", "May-19", 1, 60]],
        ),
        [("K1", APRIL, "41 of 60 (68%)")],
        [],
    ),
    "a sheet for each KPI": (
        book(
            (
                [["Month", "Number", "Out of"], ["Apr-19", 41, 60]],
                lambda s: setattr(s, "title", "K1"),
            ),
            (
                [["Month", "Number", "Out of"], ["Apr-19", 5, 6]],
                lambda s: setattr(s, "title", "K2"),
            ),
        ),
        [("K1", APRIL, "41 of 60 (68%)"), ("K2", APRIL, "5 of 6 (83%)")],
        [],
    ),
    "the KPI in the title of the table": (
        csv("K1 Seen within a day\nMonth,Number,Out of\nApr-19,41,60\n"),
        [("K1", APRIL, "41 of 60 (68%)")],
        [],
    ),
    "marks, signs and words": (
        csv(
            f'{HEAD}K1,Apr-19,"1,041 (p)","1,060",\nK1,May-19,,,*\nK1,Jun-19,n/a,-,n/a\n'
            "K1,Jul-19,,,none due\nK1,Aug-19,,,23 of 25\nK1,Sep-19,,,85.0 %\n"
        ),
        [
            ("K1", APRIL, "1,041 of 1,060 (98%)"),
            ("K1", MAY, "Withheld at the source."),
            ("K1", "Jul 2019", "None due"),
            ("K1", "Aug 2019", "23 of 25 (92%)"),
            ("K1", "Sep 2019", "85%"),
        ],
        ["Not reported: what stands here stays."],
    ),
    "the same figure in two rows and two sheets": (
        book(
            [TIDY, ["K1", "Apr-19", 41, 60], ["K1", "April 2019", 41, 60]],
            [TIDY, ["K1", "Apr-19", 41, 60]],
        ),
        [("K1", APRIL, "41 of 60 (68%)")],
        [f"The same figure stands in {S}, row 2."] * 2,
    ),
    "days of which one can only be British": (
        csv(f"{HEAD}K1,01/04/2019,41,60,\nK1,31/05/2019,42,60,\n"),
        [("K1", APRIL, "41 of 60 (68%)"), ("K1", MAY, "42 of 60 (70%)")],
        [],
    ),
    "days of which one can only be American": (
        csv(f"{HEAD}K1,04/01/2019,41,60,\nK1,05/31/2019,42,60,\n"),
        [("K1", APRIL, "41 of 60 (68%)"), ("K1", MAY, "42 of 60 (70%)")],
        [],
    ),
    "the area's own figures, Scotland's, and those of teams": (
        csv(
            "KPI,Period,Figure,Area,Team\nK4,2017-18,67,Angus,\nK4,2017-18,70,Scotland,\nK4,2017-18,60,,East\n"
        ),
        [("K4", YEAR, f"{n}.0 per 10,000 people") for n in (67, 70, 60)],
        [],
    ),
}
NO_RESULT = (
    "It holds a formula whose result is not stored in the file: open the file in Excel, save it "
    "there and send it again, or type the value."
)
ACCEPTED = "A number such as 1234, 1,234 or 85.5% would be read; an empty cell is “not reported”."
COMMA = (
    "can be read in two ways: a comma for thousands stands before three digits, and decimals stand "
    "after a point."
)
YEARS = "is a financial year, and the figures are by month. Write a month as Apr 2019 or 2019-04."
# Per file: all that is said of the figures that are stopped.
STOPPED = {
    "a formula without its value": (
        book([TIDY, ["K1", "Apr-19", "=20+21", 60]]),
        [f"Sheet “Sheet”, cell C2: {NO_RESULT}"],
    ),
    "an error of a formula": (
        csv(f"{HEAD}K1,Apr-19,#DIV/0!,60,\n"),
        [f"Line 2, column 3: “#DIV/0!” is an error of a formula. {ACCEPTED}"],
    ),
    "NaN and infinity": (
        csv(f"{HEAD}K1,Apr-19,NaN,60,\nK1,May-19,,,inf\n"),
        [
            f"Line {at}: “{text}” is no number that can be counted. {ACCEPTED}"
            for at, text in (("2, column 3", "NaN"), ("3, column 5", "inf"))
        ],
    ),
    "a negative count and a percentage above 100": (
        csv(f"{HEAD}K1,Apr-19,-4,60,\nK1,May-19,,,101%\n"),
        [
            "Line 2, column 3: “-4” is below zero, and number is a count.",
            "Line 3, column 5: “101%” is more than 100%.",
        ],
    ),
    "a KPI in two columns that differ": (
        csv("Month,K1,K1\nApr-19,68%,70%\n"),
        ["Line 2, column 2 and line 2, column 3 both give a figure for Apr 2019."] * 2,
    ),
    "a month in two columns that differ": (
        csv("KPI,Apr-19,May-19,April 2019\nK1,68%,70%,69%\n"),
        ["Line 2, column 2 and line 2, column 4 both give a figure for Apr 2019."] * 2,
    ),
    "days in either order": (
        csv(f"{HEAD}K1,03/04/2019,41,60,\nK1,04/05/2019,42,60,\n"),
        [
            "“03/04/2019” can be Apr 2019 or Mar 2019. Say which.",
            "“04/05/2019” can be May 2019 or Apr 2019. Say which.",
        ],
    ),
    "decimals after a comma": (
        csv("KPI;Period;Figure\nK1;Apr-19;68,3%\n"),
        [f"Line 2, column 3: “68,3%” {COMMA} {ACCEPTED}"],
    ),
    "another length of time, and one to come": (
        csv(f"{HEAD}K1,2019/20,41,60,\nK1,Feb-20,41,60,\n"),
        [
            f"“2019/20” {YEARS}",
            "Feb 2020 has not begun yet.",
        ],
    ),
    "a break-down without its part, and a vintage that is none": (
        csv(
            "KPI,Period,Figure,Break-down,Part,Vintage\nK1,Apr-19,68%,Team,,\nK1,May-19,68%,,,guess\n"
        ),
        [
            "“Team” is broken down, and no part of it is named.",
            "“guess” is no vintage. Provisional, final or restated is.",
        ],
    ),
    "numbers that are kept nowhere": (
        csv(f"{HEAD}K1,Apr-19,41,3000000000,\nK3,2019/20 Q1,,,900000000\n"),
        [
            "Line 2, column 4: “3000000000” is more than 2,147,483,647.",
            "Line 3, column 5: “900000000” is more than 100,000,000.",
        ],
    ),
}


@pytest.fixture
def bring():
    area = factories.area("Angus")
    factories.kpi(area, code="K1", name="Seen within a day")
    factories.kpi(area, code="K2")
    factories.kpi(area, code="K3", unit=Unit.DAYS, frequency="quarter")
    factories.kpi(area, code="K4", unit=Unit.PER_10000, frequency="financial_year", decimals=1)
    return Bring(factories.user(area, Role.PERFORMANCE_LEAD), area)


def test_the_corpus_is_as_large_as_was_promised():
    assert len(READ) + len(STOPPED) >= 30


@pytest.mark.parametrize(("data", "figures", "left_out"), READ.values(), ids=READ)
def test_it_is_read_as_a_person_would(bring, data, figures, left_out):
    seen = bring.look(data)
    assert [(one.row.kpi.code, one.row.period.label, one.is_now) for one in seen.lines] == figures
    assert [one.stops for one in seen.lines if one.stops] == []
    assert [one.why for one in seen.left_out] == left_out


@pytest.mark.parametrize(("data", "said"), STOPPED.values(), ids=STOPPED)
def test_it_is_stopped_with_its_place_and_what_would_be_accepted(bring, data, said):
    lines = bring.look(data).lines
    assert [text for one in lines for text in one.stops] == said
    assert len([one for one in lines if one.does == "stopped"]) == len(said)


def test_what_is_not_read_of_a_workbook_is_told(bring):
    data, _, _ = READ["an empty sheet, a hidden one, and one without figures"]
    assert bring.look(data, name="figures.xlsx").notes == (
        "Sheet “Old” is hidden, so it is not read. If it is wanted, show it in Excel and send the "
        "file again.",
        "Sheet “Sheet 3” has no table with figures, so it is not read.",
    )


@pytest.mark.parametrize("data", [book([]), book([], Old=[TIDY])], ids=["nothing", "all hidden"])
def test_a_workbook_without_a_table_is_refused(bring, data):
    with pytest.raises(ValidationError, match="there is no table with text in it"):
        bring.keep(data, name="figures.xlsx")


def test_ten_years_with_a_hole_are_read_and_the_hole_is_told(bring):
    rows = [
        f"K1,{y}-{m:02d},{40 + (y + m) % 5},60," for y in range(2010, 2020) for m in range(1, 13)
    ]
    hole = [row for row in rows if ",2014-0" not in row]
    lines = bring.look(csv(HEAD + "\n".join(hole))).lines
    told = [(one.row.period.label, sentences(one)) for one in lines if sentences(one)]
    assert len(lines) == 111
    assert told == [("Oct 2014", ["Jan 2014 and the periods after it have no figure."])]


def test_only_the_value_of_a_formula_is_read(bring):
    """As Excel keeps it beside the formula; openpyxl writes none, so the part is written anew."""
    import zipfile

    plain = io.BytesIO(book([TIDY, ["K1", "Apr-19", 41, 60]]))
    out = io.BytesIO()
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name.endswith("sheet1.xml"):
                part = part.replace(b"<v>41</v>", b"<f>20+21</f><v>41</v>")
            new.writestr(name, part)
    [one] = bring.look(out.getvalue()).lines
    assert one.is_now == "41 of 60 (68%)"
