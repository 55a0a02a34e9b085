"""By when figures are wanted, and which are expected."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpis.periods import month, quarter
from kpis.wanted import expected, is_working_day, wanted_by, working_days_after

DAYS = st.dates(date(2015, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2020, 1, 2), False),  # a holiday in Scotland alone
        (date(2019, 12, 2), False),  # St Andrew's Day was a Saturday
        (date(2019, 8, 26), True),  # a holiday in England
        (date(2020, 1, 4), False),
        (date(2020, 1, 6), True),
    ],
)
def test_working_days_know_the_bank_holidays_of_scotland(day, said):
    assert is_working_day(day) is said


def test_figures_are_wanted_ten_working_days_after_the_end_of_their_period():
    assert wanted_by(month(date(2019, 10, 1))) == date(2019, 11, 14)
    assert wanted_by(quarter(date(2019, 12, 1))) == date(2020, 1, 16)


@given(DAYS, st.integers(1, 40))
def test_so_many_working_days_later_is_so_many_working_days_later(day, number):
    later = working_days_after(day, number)
    between = [date.fromordinal(n) for n in range(day.toordinal() + 1, later.toordinal() + 1)]
    assert sum(map(is_working_day, between)) == number and is_working_day(later)


def periods(on=date(2020, 1, 15), frequency="month", most=3, **facts):
    facts = {"begun": date(2019, 4, 1), "not_before": None, "retired_on": None, **facts}
    return [p.label for p in expected(frequency, on=on, most=most, **facts)]


def test_what_has_ended_since_the_first_figure_is_expected():
    assert periods() == ["Dec 2019", "Nov 2019", "Oct 2019"]
    assert periods(begun=date(2019, 12, 1)) == ["Dec 2019"]
    assert periods(frequency="financial_year", begun=date(2017, 4, 1)) == ["2018-19", "2017-18"]
    assert periods(frequency="once") == []


def test_a_period_that_ends_today_has_not_ended():
    assert periods(on=date(2019, 12, 31), most=1) == ["Nov 2019"]
    assert periods(on=date(2020, 1, 1), most=1) == ["Dec 2019"]


def test_after_it_is_retired_and_before_it_begins_nothing_is_expected():
    assert periods(retired_on=date(2019, 12, 30)) == ["Nov 2019", "Oct 2019", "Sep 2019"]
    assert periods(begun=None) == ["Dec 2019"]
    assert periods(begun=None, not_before=date(2020, 1, 1)) == []
