"""How sheets with figures are laid out."""

import pytest

from kpis.imports.layouts import Field, Kind, layout
from kpis.imports.rows import Figures
from management.sheets import text

KPIS = ["k1", "orders completed", "seen within a day", "k2", "induction in five days"]


def sheet(table):
    """A CSV file of these lines, with cells between bars."""
    lines = ("\t".join(cell.strip() for cell in line.split("|")) for line in table.splitlines())
    [found] = text.read("\n".join(lines).encode(), "figures.csv").sheets
    return found


def said(table, kpi="", mapping=None):
    here = sheet(table.strip("\n"))
    found = layout(here, KPIS)
    if found is None:
        return None
    if mapping:
        found = layout(here, KPIS, {found.signature: mapping})
    if found.kind is None:
        return None
    rows = [
        (one.kpi, one.period, one.above, {name.name: c.text for name, c in one.cells.items()})
        for one in Figures(found, kpi)
    ]
    return found.kind, rows


def test_a_row_for_each_figure():
    assert said("KPI | Period | Numerator | Denominator\nK1 | Apr-19 | 41 | 60") == (
        Kind.TIDY,
        [("K1", "Apr-19", "", {"NUMERATOR": "41", "DENOMINATOR": "60"})],
    )


def test_a_table_of_one_kpi_names_none():
    table = "Month | On time | Due | %\nApr 2019 | 41 | 60 | 68%"
    assert said(table, kpi="K1")[1] == [
        ("K1", "Apr 2019", "", {"NUMERATOR": "41", "DENOMINATOR": "60", "VALUE": "68%"})
    ]


def test_titles_above_the_headings_are_passed_over():
    table = "Justice social work\nFigures to March | | |\nKPI | Month | Value\nK1 | Apr-19 | 68%"
    assert said(table)[1] == [("K1", "Apr-19", "", {"VALUE": "68%"})]


@pytest.mark.parametrize(
    "headings",
    [
        "Apr-19 | May-19",
        "April 2019 | May 2019",
        "2019-04-01 | 2019-05-01",
        "01/04/2019 | 01/05/2019",
    ],
)
def test_periods_across(headings):
    kind, rows = said(f"KPI | {headings}\nK1 | 68% | 70%\nK2 | 5 | ")
    first, second = (part.strip() for part in headings.split("|"))
    assert kind == Kind.PERIODS
    assert rows == [
        ("K1", first, "", {"VALUE": "68%"}),
        ("K1", second, "", {"VALUE": "70%"}),
        ("K2", first, "", {"VALUE": "5"}),
    ]


def test_a_year_above_its_months():
    table = " | 2019/20 | | 2020/21\nKPI | Feb | Mar | Apr\nK1 | 1 | 2 | 3"
    assert [(period, above) for _, period, above, _ in said(table)[1]] == [
        ("Feb", "2019/20"),
        ("Mar", "2019/20"),
        ("Apr", "2020/21"),
    ]


@pytest.mark.parametrize(
    "table",
    [
        "KPI | Line | Apr-19 | May-19\nK1 | Numerator | 41 | 42\nK1 | Out of | 60 | 61",
        "KPI | Line | Apr-19 | May-19\nK1 | Numerator | 41 | 42\n | Out of | 60 | 61",
        "KPI | Apr-19 | May-19\nK1 - numerator | 41 | 42\nK1 - denominator | 60 | 61",
        "KPI | Apr-19 | May-19\nK1 (number) | 41 | 42\nK1 (out of) | 60 | 61",
    ],
)
def test_a_figure_may_have_its_number_and_what_it_is_out_of_in_two_rows(table):
    assert said(table)[1] == [
        ("K1", "Apr-19", "", {"NUMERATOR": "41", "DENOMINATOR": "60"}),
        ("K1", "May-19", "", {"NUMERATOR": "42", "DENOMINATOR": "61"}),
    ]


@pytest.mark.parametrize(
    "table",
    [
        "Month | K1 | Induction in five days\nApr-19 | 68% | 5",
        "Month | K1 % | Induction in five days (value)\nApr-19 | 68% | 5",
        " | K1 | Induction in five days\nMonth | % | Value\nApr-19 | 68% | 5",
    ],
)
def test_kpis_across(table):
    assert said(table) == (
        Kind.KPIS,
        [
            ("K1", "Apr-19", "", {"VALUE": "68%"}),
            ("Induction in five days", "Apr-19", "", {"VALUE": "5"}),
        ],
    )


def test_what_looks_like_no_figures_is_none():
    assert said("Action | Lead | Due\nWrite it | Manager | May 2019") is None
    assert said("KPI | Note\nK1 | Good") is None


def test_what_a_person_chose_for_a_heading_holds():
    table = "Thing | When | So many\nK1 | Apr-19 | 41"
    assert said(table) is None
    chosen = {"thing": Field.KPI, "when": Field.PERIOD, "so many": Field.VALUE}
    assert said(table, mapping=chosen)[1] == [("K1", "Apr-19", "", {"VALUE": "41"})]
    table = "KPI | Period | Value | Total\nK1 | Apr-19 | 41 | 60"
    assert said(table, mapping={"total": ""})[1][0][3] == {"VALUE": "41"}


def test_what_is_told_beside_a_figure_is_kept():
    table = "KPI | Period | Value | Area | Vintage | Note\nK1 | 2017-18 | 46 | Scotland | Final | r"
    found = layout(sheet(table), KPIS)
    [one] = Figures(found)
    assert one.told[Field.COMPARATOR] == "Scotland"
    assert (one.told[Field.VINTAGE], one.told[Field.NOTE], one.place) == ("Final", "r", "line 2")


def test_the_headings_are_remembered_without_their_periods():
    ones = layout(sheet("KPI | Apr-19 | May-19\nK1 | 1 | 2"), KPIS)
    next_year = layout(sheet("KPI | Apr-20 | May-20\nK1 | 1 | 2"), KPIS)
    other = layout(sheet("Indicator | Apr-20 | May-20\nK1 | 1 | 2"), KPIS)
    assert ones.signature == next_year.signature != other.signature


def test_a_name_that_ends_like_a_part_of_a_figure_is_that_kpi():
    table = "KPI | Apr-19 | May-19\nOrders completed | 41% | 42%"
    assert [kpi for kpi, *_ in said(table)[1]] == ["Orders completed"] * 2
