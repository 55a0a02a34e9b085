"""What the cells of a spreadsheet say: figures and periods, read as a person would, or refused."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpis.imports.figures import Figure, Means, figure
from kpis.imports.periods import Order, decided, of_day, read
from kpis.periods import CALENDAR_YEAR, FINANCIAL_YEAR, MONTH, QUARTER, month


@pytest.mark.parametrize(
    ("text", "value", "share"),
    [
        ("41", "41", False),
        (" 1,234 ", "1234", False),
        ("1 234", "1234", False),
        ("1\u00a0234\u202f567.5", "1234567.5", False),
        ("1'234", "1234", False),
        ("85%", "85", True),
        ("85.0 %", "85.0", True),
        ("85 per cent", "85", True),
        ("0.5", "0.5", False),
        (".5", "0.5", False),
        ("−5", "-5", False),
        ("(5)", "-5", False),
        ("+5", "5", False),
        ("1e3", "1000", False),
        ("0.1234567", "0.123457", False),
    ],
)
def test_numbers_as_people_and_spreadsheets_write_them(text, value, share):
    assert figure(text) == Figure(Decimal(value), share=share)


@pytest.mark.parametrize(
    ("text", "mark"), [("12p", "p"), ("85% (r)", "r"), ("85%(P)", "p"), ("12 [e]", "e"), ("5*", "")]
)
def test_marks_beside_a_number_are_kept(text, mark):
    found = figure(text)
    assert found.value is not None and found.mark == mark


def test_so_many_of_so_many_are_counts():
    assert figure("23 of 25") == figure("23 out of 25") == Figure(Decimal(23), Decimal(25))


@pytest.mark.parametrize(
    "text", ["", " ", "-", "–", "n/a", "N/A", "NA", "tbc", "..", "[x]", "#N/A"]
)
def test_what_says_that_nothing_was_reported_is_never_nought(text):
    assert figure(text) == Figure(means=Means.NOTHING)


@pytest.mark.parametrize("text", ["*", "c", "[c]", "C", "<5", "< 10", "fewer than 5", "Suppressed"])
def test_what_the_source_withholds_is_no_number(text):
    assert figure(text) == Figure(means=Means.WITHHELD)


def test_none_due_is_said_as_such():
    assert figure("None due") == Figure(means=Means.NONE_DUE)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("NaN", "is no number that can be counted"),
        ("-Infinity", "is no number that can be counted"),
        ("∞", "is no number that can be counted"),
        ("1,5", "can be read in two ways"),
        ("1.234,5", "can be read in two ways"),
        ("1.234.567", "can be read in two ways"),
        ("3/7", "write “3 of 7”"),
        ("£5", "is an amount of money"),
        ("#DIV/0!", "is an error of a formula"),
        ("about forty", "is no number"),
        ("12 34", "is no number"),
        ("1e400", "is no number"),
        ("9" * 40, "is more than"),
        ("word " * 20, "so it is no figure"),
        ("--5", "is no number"),
        ("5--", "is no number"),
    ],
)
def test_what_is_no_number_or_could_be_two_is_refused_with_the_reason(text, why):
    found = figure(text)
    assert found.value is None and found.means is None
    assert why in found.fault and found.fault.startswith("“")
    assert "would be read" in found.fault


@given(st.text(max_size=80))
def test_any_text_is_a_number_or_a_meaning_or_a_fault(text):
    found = figure(text)
    assert sum((found.value is not None, found.means is not None, bool(found.fault))) == 1
    assert found.value is None or found.value.is_finite()


@given(st.integers(0, 10**9), st.integers(0, 4))
def test_a_number_is_read_back_however_it_is_grouped(whole, places):
    value = Decimal(whole).scaleb(-places)
    for text in (f"{value:f}", f"{value:,f}", f" {value:,f} % "):
        assert figure(text).value == value


APRIL, Q1 = "Apr 2019", "Q1 2019-20 (April to June 2019)"


@pytest.mark.parametrize(
    ("text", "frequency", "label"),
    [
        *((text, MONTH, APRIL) for text in ("Apr-19", "Apr 19", "April 2019", "apr'19", "2019-04")),
        *((text, MONTH, APRIL) for text in ("04/2019", "2019/04", "2019 April", "30/04/2019")),
        *((text, MONTH, APRIL) for text in ("04/30/2019", "2019-04-01 00:00:00", "1st April 2019")),
        ("Sept 2019", MONTH, "Sep 2019"),
        ("2009-10", MONTH, "Oct 2009"),
        ("2009-10", FINANCIAL_YEAR, "2009-10"),
        *(
            (text, QUARTER, Q1)
            for text in ("2019/20 Q1", "Q1 2019-20", "Q1 19/20", "2019-20 Qtr 1")
        ),
        *((text, QUARTER, Q1) for text in ("Apr-Jun 2019", "April to June 2019", "01/04/2019")),
        ("Q4 2019/20", QUARTER, "Q4 2019-20 (January to March 2020)"),
        ("Oct 2019 – Dec 2019", QUARTER, "Q3 2019-20 (October to December 2019)"),
        *(
            (text, FINANCIAL_YEAR, "2017-18")
            for text in ("2017-18", "2017/18", "2017/2018", "17/18")
        ),
        *((text, FINANCIAL_YEAR, "2017-18") for text in ("FY2017/18", "Year to 31 March 2018")),
        ("2019", CALENDAR_YEAR, "2019"),
        ("year ending December 2018", CALENDAR_YEAR, "2018"),
    ],
)
def test_periods_as_people_write_them(text, frequency, label):
    found = read(text, frequency)
    assert found.by(Order.DAY_FIRST).label == label, found.fault


@pytest.mark.parametrize(
    ("text", "above", "frequency", "label"),
    [
        ("Apr", "2019/20", MONTH, APRIL),
        ("January", "2019/20", MONTH, "Jan 2020"),
        ("Jan", "2019", MONTH, "Jan 2019"),
        ("Q1", "2019-20", QUARTER, Q1),
    ],
)
def test_a_month_below_its_year_belongs_to_it(text, above, frequency, label):
    assert read(text, frequency, above).period.label == label


@pytest.mark.parametrize(
    ("text", "frequency", "why"),
    [
        ("Apr", MONTH, "has no year"),
        ("Q1", QUARTER, "has no year"),
        ("Q1 2019", QUARTER, "can be January to March 2019 or April to June 2019"),
        ("2019", MONTH, "is a calendar year, and the figures are by month"),
        ("2019/20", QUARTER, "is a financial year, and the figures are by quarter"),
        ("Apr 2019", FINANCIAL_YEAR, "is a month, and the figures are by financial year"),
        ("Dec 2019 to Feb 2020", QUARTER, "is another length of time"),
        ("2019/20 Q5", QUARTER, "is no period"),
        ("2019/21", FINANCIAL_YEAR, "is no period"),
        ("31/02/2019", MONTH, "is no period"),
        ("2019-13", MONTH, "is no period"),
        ("Total", MONTH, "Write a month as Apr 2019 or 2019-04."),
        ("", MONTH, "There is no period."),
    ],
)
def test_a_period_of_another_kind_is_refused_with_what_it_is(text, frequency, why):
    found = read(text, frequency)
    assert found.period is None and why in found.fault


def column(*texts):
    return [read(text, MONTH) for text in texts]


def test_days_that_can_be_read_in_two_ways_are_asked_about():
    """3 April and 4 March: both orders give two months."""
    found = column("03/04/2019", "04/03/2019")
    assert [way.label for way in found[0].ways] == ["Apr 2019", "Mar 2019"]
    assert decided(found) is None


def test_the_column_itself_decides_where_one_order_puts_months_on_top_of_each_other():
    british = column(*(f"01/{n:02d}/2019" for n in range(1, 13)))
    assert decided(british) == Order.DAY_FIRST
    american = column(*(f"{n:02d}/01/2019" for n in range(1, 13)))
    assert decided(american) == Order.MONTH_FIRST
    assert [one.by(Order.MONTH_FIRST).start.month for one in american] == list(range(1, 13))


def test_days_past_the_twelfth_are_no_question():
    assert decided(column("13/04/2019", "30/06/2019")) == Order.DAY_FIRST


@given(st.dates(date(1990, 1, 1), date(2078, 12, 31)))
def test_a_month_is_read_back_in_every_way_in_which_it_is_written(day):
    wanted = month(day)
    forms = (f"{day:%b-%y}", f"{day:%B %Y}", f"{day:%Y-%m}", f"{day:%m/%Y}", f"{day:%Y-%m-%d}")
    assert {read(text, MONTH).period for text in (*forms, f"{day.day} {day:%B %Y}")} == {wanted}
    assert wanted in {read(f"{day:%d/%m/%Y}", MONTH).by(order) for order in Order}


@given(
    st.dates(date(1990, 1, 1), date(2078, 12, 31)),
    st.sampled_from([MONTH, QUARTER, FINANCIAL_YEAR, CALENDAR_YEAR]),
)
def test_the_words_of_a_period_are_read_as_that_period(day, frequency):
    wanted = of_day(day, frequency)
    assert read(wanted.label.split(" (")[0], frequency).period == wanted


@given(st.text(max_size=70), st.sampled_from([MONTH, QUARTER, FINANCIAL_YEAR, "once"]))
def test_any_text_is_a_period_or_two_or_a_fault(text, frequency):
    found = read(text, frequency)
    assert sum((found.period is not None, found.ways is not None, bool(found.fault))) == 1
