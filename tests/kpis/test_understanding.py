"""What sheets with figures mean, and what is said of what cannot be read."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpis.imports.layouts import fold, layout
from kpis.imports.periods import Order
from kpis.imports.rows import Figures
from kpis.imports.understanding import Known, once, understood
from kpis.periods import financial_year, month
from tests.kpis.test_layouts import sheet


@dataclass(frozen=True)
class Kpi:
    pk: int
    code: str
    name: str
    unit: str = "percentage"
    frequency: str = "month"


SEEN = Kpi(1, "K1", "Seen within a day")
BEGUN = Kpi(2, "K2", "Days until work begins", unit="days")
ORDERS = Kpi(3, "K3", "Orders per 10,000", unit="per_10000", frequency="financial_year")
KPIS = {fold(text): kpi for kpi in (SEEN, BEGUN, ORDERS) for text in (kpi.code, kpi.name)}
KNOWN = Known(KPIS, frozenset({"angus"}))
APRIL, MAY = month(date(2019, 4, 1)), month(date(2019, 5, 1))


def read(table, kpi="", order=None):
    found = layout(sheet(table.strip("\n")), list(KPIS))
    assert found is not None
    made = understood(Figures(found, kpi), KNOWN, order)
    return once(made.rows, made.left_out), made.asks


def only(table, **facts):
    [one] = read(table, **facts)[0]
    return one


def told(one):
    return [note.text for note in one.notes]


TIDY = "KPI | Period | Number | Out of | Value\n"


def test_counts_make_the_figure():
    one = only(TIDY + "K1 | Apr-19 | 1,041 | 1,060 | 98.2%")
    assert (one.kpi, one.period) == (SEEN, APRIL)
    assert (one.numerator, one.denominator, one.value, told(one)) == (1041, 1060, None, [])


@pytest.mark.parametrize(
    ("row", "value"),
    [
        ("K1 | Apr-19 | | | 85%", "85"),
        ("K1 | Apr-19 | | | 85.0 %", "85.0"),
        ("K1 | Apr-19 | | | 85", "85"),
        ("K2 | Apr-19 | | | 6.5", "6.5"),
        ("K3 | 2017-18 | | | 67.2", "67.2"),
    ],
)
def test_a_value_is_kept_where_there_are_no_counts(row, value):
    one = only(TIDY + row)
    assert (one.numerator, one.denominator, one.value) == (None, None, Decimal(value))
    assert told(one) == []


def test_so_many_of_so_many_in_one_cell():
    one = only(TIDY + "K1 | Apr-19 | | | 41 of 60")
    assert (one.numerator, one.denominator) == (41, 60)


@pytest.mark.parametrize("text", ["", "-", "n/a", "..", "not reported"])
def test_what_is_not_reported_is_left_out(text):
    assert read(TIDY + f"K1 | Apr-19 | | | {text}\nK1 | May-19 | | | 5%")[0][0].period == MAY


@pytest.mark.parametrize(("text", "counts"), [("none due", (0, 0)), ("*", (None, None))])
def test_none_due_and_withheld_are_figures_of_their_own(text, counts):
    one = only(TIDY + f"K1 | Apr-19 | | | {text}")
    assert (one.numerator, one.denominator) == counts
    assert one.value is None
    assert one.note == ("Withheld at the source." if text == "*" else "")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("K9 | Apr-19 | 1 | 2 |", "“K9” is no KPI of this area."),
        ("| Apr-19 | 1 | 2 |", "No KPI is named."),
        ("K1 | | 1 | 2 |", "No period is given."),
        ("K1 | Q1 2019/20 | 1 | 2 |", "is a quarter, and the figures are by month"),
        ("K1 | Apr-19 | 61 | 60 |", "61 is more than the 60 that it is counted from."),
        ("K1 | Apr-19 | 41 | |", "41 out of how many? What it is out of is missing."),
        ("K1 | Apr-19 | | 60 |", "Of the 60 the number is missing."),
        ("K1 | Apr-19 | -1 | 60 |", "“-1” is below zero, and number is a count."),
        ("K1 | Apr-19 | 4.5 | 60 |", "“4.5” is no whole number, as a count is."),
        ("K1 | Apr-19 | 68% | 60 |", "“68%” is a percentage, and number is a count."),
        ("K1 | Apr-19 | | | 101%", "“101%” is more than 100%."),
        ("K1 | Apr-19 | | | -3%", "“-3%” is below zero."),
        ("K2 | Apr-19 | | | 85%", "“85%” is a percentage, and K2 is none."),
        ("K1 | Apr-19 | | | NaN", "“NaN” is no number that can be counted."),
        ("K1 | Apr-19 | | | inf", "“inf” is no number that can be counted."),
        ("K1 | Apr-19 | | | about 80", "“about 80” is no number."),
        ("K1 | Apr-19 | 41 | 60 | #REF!", "“#REF!” is an error of a formula."),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(row, said):
    one = only(TIDY + row)
    assert one.stopped
    assert any(said in text for text in told(one)), told(one)
    assert all(note.place.startswith("line 2") for note in one.notes)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("K1 | Apr-19 | 41 | 60 | 86%", "86 is given, and 41 of 60 is 68.3. The counts are kept."),
        ("K1 | Apr-19 | 41 | 60 | 68.4%", "68.4 is given, and 41 of 60 is 68.33."),
        ("K1 | Apr-19 | | 60 | 68%", "Only the value is kept: of the 60 the number is missing."),
        ("K1 | Apr-19 | | | 0.5%", None),
        ("K1 | Apr-19 | 41 | 60 | 68%", None),
    ],
)
def test_what_is_doubtful_is_said_and_read(row, said):
    one = only(TIDY + row)
    assert not one.stopped
    assert told(one) == [] if said is None else said in told(one)[0]


def test_a_column_of_shares_is_taken_as_per_cent_and_a_single_one_is_not():
    first, second = read(TIDY + "K1 | Apr-19 | | | 0.85\nK1 | May-19 | | | 1")[0]
    assert (first.value, second.value) == (Decimal(85), Decimal(100))
    assert told(first) == ["“0.85” is taken as 85%."]
    first, second = read(TIDY + "K1 | Apr-19 | | | 0.85\nK1 | May-19 | | | 64")[0]
    assert (first.value, second.value) == (Decimal("0.85"), Decimal(64))
    assert told(first) == ["“0.85” is taken as less than 1%."]


def test_days_that_can_be_read_in_two_ways_are_asked_about():
    table = TIDY + "K1 | 01/04/2019 | | | 5%\nK1 | 02/05/2019 | | | 6%"
    rows, asks = read(table)
    assert asks
    assert all(one.stopped for one in rows)
    assert "can be Apr 2019 or Jan 2019. Say which." in told(rows[0])[0]
    rows, asks = read(table, order=Order.DAY_FIRST)
    assert (asks, [one.period for one in rows]) == (False, [APRIL, MAY])
    rows, asks = read(table.replace("02/05", "31/05"))
    assert (asks, [one.period for one in rows]) == (False, [APRIL, MAY])


def test_the_same_figure_twice_is_one_and_another_one_for_its_place_stops():
    assert len(read(TIDY + "K1 | Apr-19 | 41 | 60 |\nK1 | April 2019 | 41 | 60 |")[0]) == 1
    both = read(TIDY + "K1 | Apr-19 | 41 | 60 |\nK1 | April 2019 | 42 | 60 |")[0]
    for one in both:
        assert one.stopped
        assert told(one) == ["Line 2 and line 3 both give a figure for Apr 2019."]


def test_whose_figure_it_is_of_which_part_and_how_settled():
    head = "KPI | Period | Value | Area | Team | Vintage | Note\n"
    one = only(head + "K3 | 2017-18 | 67.2p | Angus | East | | Late return")
    assert one.period == financial_year(date(2017, 4, 1))
    assert (one.comparator, one.split, one.part) == ("", "Part", "East")
    assert (one.vintage, one.note) == ("provisional", "Late return")
    assert only(head + "K3 | 2017-18 | 67.2 | Scotland | | Final |").comparator == "Scotland"
    assert "is no vintage" in told(only(head + "K3 | 2017-18 | 67.2 | | | guess |"))[0]


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(60, 90)), min_size=2, max_size=12))
def test_the_layout_changes_nothing(rows):
    """The same figures as rows, as columns of months, and with a KPI to a column."""
    months, period = [], APRIL
    for _ in rows:
        months.append(period.label)
        period = period.next()
    tidy = TIDY + "\n".join(
        f"K1 | {m} | {n} | {d} |" for m, (n, d) in zip(months, rows, strict=True)
    )
    wide = "\n".join(
        [
            "KPI | Line | " + " | ".join(months),
            "K1 | Number | " + " | ".join(str(n) for n, _ in rows),
            "K1 | Out of | " + " | ".join(str(d) for _, d in rows),
        ]
    )
    across = "Month | K1 number | K1 out of\n" + "\n".join(
        f"{m} | {n} | {d}" for m, (n, d) in zip(months, rows, strict=True)
    )
    found = [
        [(one.period, one.numerator, one.denominator) for one in read(table)[0]]
        for table in (tidy, wide, across)
    ]
    assert found[0] == found[1] == found[2]
    assert [(n, d) for _, n, d in found[0]] == rows


@given(st.lists(st.integers(0, 60), min_size=2, max_size=12), st.data())
def test_parting_a_file_changes_nothing(values, data):
    period, lines = APRIL, []
    for value in values:
        lines.append(f"K1 | {period.label} | {value} | 60 |")
        period = period.next()
    at = data.draw(st.integers(1, len(lines) - 1))
    whole = read(TIDY + "\n".join(lines))[0]
    parts = [one for part in (lines[:at], lines[at:]) for one in read(TIDY + "\n".join(part))[0]]
    assert [(o.period, o.numerator) for o in whole] == [(o.period, o.numerator) for o in parts]
