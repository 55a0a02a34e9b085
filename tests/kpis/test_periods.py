"""Months, quarters and years: a table of the known ones, and laws that all of them keep."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpis.periods import (
    Period,
    day_text,
    financial_year,
    last_complete_quarter,
    month,
    months_from,
    parse,
    quarter,
)

DAYS = st.dates(date(1950, 1, 1), date(2150, 12, 31))


@pytest.mark.parametrize(
    ("period", "start", "end", "label"),
    [
        (month(date(2019, 10, 31)), "2019-10-01", "2019-10-31", "Oct 2019"),
        (month(date(2020, 2, 29)), "2020-02-01", "2020-02-29", "Feb 2020"),
        (month(date(2100, 2, 1)), "2100-02-01", "2100-02-28", "Feb 2100"),
        (
            quarter(date(2019, 4, 1)),
            "2019-04-01",
            "2019-06-30",
            "Q1 2019-20 (April to June 2019)",
        ),
        (
            quarter(date(2019, 12, 31)),
            "2019-10-01",
            "2019-12-31",
            "Q3 2019-20 (October to December 2019)",
        ),
        (
            quarter(date(2020, 1, 1)),
            "2020-01-01",
            "2020-03-31",
            "Q4 2019-20 (January to March 2020)",
        ),
        (financial_year(date(2018, 3, 31)), "2017-04-01", "2018-03-31", "2017-18"),
        (financial_year(date(2018, 4, 1)), "2018-04-01", "2019-03-31", "2018-19"),
        (financial_year(date(1999, 12, 1)), "1999-04-01", "2000-03-31", "1999-00"),
        (parse("2019"), "2019-01-01", "2019-12-31", "2019"),
        (
            Period(date(2018, 11, 5), date(2019, 2, 15)),
            "2018-11-05",
            "2019-02-15",
            "5 November 2018 to 15 February 2019",
        ),
        (
            months_from(date(2019, 2, 1), 3),
            "2019-02-01",
            "2019-04-30",
            "Feb 2019 to Apr 2019",
        ),
    ],
)
def test_a_period_has_its_days_and_its_name(
    period: Period, start: str, end: str, label: str
) -> None:
    assert (period.start.isoformat(), period.end.isoformat()) == (start, end)
    assert period.label == label


@pytest.mark.parametrize(
    ("day", "start"),
    [
        (date(2020, 1, 15), date(2019, 10, 1)),
        (date(2019, 12, 31), date(2019, 10, 1)),  # its last day has come
        (date(2019, 12, 30), date(2019, 7, 1)),
        (date(2020, 4, 1), date(2020, 1, 1)),
    ],
)
def test_the_last_complete_quarter(day: date, start: date) -> None:
    assert last_complete_quarter(day) == quarter(start)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2019-10", "2019-10-01", "2019-10-31"),
        (" 2019-10 ", "2019-10-01", "2019-10-31"),
        ("2017-18", "2017-04-01", "2018-03-31"),
        ("1999-00", "1999-04-01", "2000-03-31"),
        ("2011-12", "2011-04-01", "2012-03-31"),  # a financial year first, where both could be
        ("2019", "2019-01-01", "2019-12-31"),
    ],
)
def test_parse_reads_what_people_write(text: str, start: str, end: str) -> None:
    found = parse(text)
    assert (found.start.isoformat(), found.end.isoformat()) == (start, end)


@pytest.mark.parametrize(
    "text",
    ["", "2019-13", "2019-00", "2019-19", "19", "Oct 2019", "2019/10", "2019-1", "９", "1066"],
)
def test_parse_refuses_the_rest_and_says_what_it_takes(text: str) -> None:
    with pytest.raises(ValueError, match=r"2019-10 or a financial year as 2017-18"):
        parse(text)


def test_a_period_cannot_end_before_it_starts() -> None:
    with pytest.raises(ValueError, match="cannot end"):
        Period(date(2019, 2, 1), date(2019, 1, 31))
    assert Period(date(2019, 2, 1), date(2019, 2, 1)).label == "1 February 2019 to 1 February 2019"


@pytest.mark.parametrize("step", [Period.next, Period.previous])
def test_a_period_of_odd_days_has_no_neighbours(step) -> None:
    with pytest.raises(ValueError, match="whole months"):
        step(Period(date(2018, 11, 5), date(2019, 2, 15)))


@given(DAYS, st.sampled_from([1, 2, 3, 6, 12, 24]))
def test_next_and_previous_undo_each_other_and_leave_no_gap(day: date, months: int) -> None:
    period = months_from(day.replace(day=1), months)
    after = period.next()
    assert after.previous() == period
    assert period.previous().next() == period
    assert after.start == period.end + timedelta(days=1)
    assert period.previous().end == period.start - timedelta(days=1)


@given(DAYS)
def test_every_day_is_in_its_month_quarter_and_year_and_they_nest(day: date) -> None:
    inner, middle, outer = month(day), quarter(day), financial_year(day)
    assert day in inner and day in middle and day in outer
    assert middle.start <= inner.start and inner.end <= middle.end
    assert outer.start <= middle.start and middle.end <= outer.end


@given(DAYS)
def test_four_quarters_and_twelve_months_tile_the_year(day: date) -> None:
    year = financial_year(day)
    for make, count in ((quarter, 4), (month, 12)):
        pieces = [make(year.start)]
        while pieces[-1].end < year.end:
            pieces.append(pieces[-1].next())
        assert len(pieces) == count
        assert (pieces[0].start, pieces[-1].end) == (year.start, year.end)
        days = sum((piece.end - piece.start).days + 1 for piece in pieces)
        assert days == (year.end - year.start).days + 1


@given(DAYS)
def test_the_last_complete_quarter_is_over_and_the_next_is_not(day: date) -> None:
    last = last_complete_quarter(day)
    assert last.end <= day < last.next().end


@given(DAYS)
def test_what_a_label_says_is_read_back_as_the_same_period(day: date) -> None:
    year = financial_year(day)
    assert parse(year.label) == year
    # 2011-12 is written for the year; every other month reads back as itself.
    written = f"{day:%Y-%m}"
    if day.month != (day.year + 1) % 100:
        assert parse(written) == month(day)


@given(st.text(max_size=12))
def test_any_text_is_a_period_or_a_value_error(text: str) -> None:
    try:
        found = parse(text)
    except ValueError as error:
        assert "is not a period" in str(error)
    else:
        assert found.start <= found.end


@given(DAYS)
def test_a_day_is_written_without_a_leading_zero(day: date) -> None:
    assert day_text(day) == f"{day.day} {day:%B} {day.year}"
