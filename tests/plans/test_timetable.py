"""The weeks of an inspection, by hand and for any day; what comes next; how long ago it was."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans import timetable
from plans.nesting import below, in_order

DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))
NOTIFIED = date(2018, 11, 1)  # a Thursday


@pytest.mark.parametrize(
    ("week", "weekday", "day"),
    [
        (1, 0, date(2018, 11, 1)),  # its Monday is before the letter
        (1, 4, date(2018, 11, 2)),
        (2, 0, date(2018, 11, 5)),
        (11, 2, date(2019, 1, 9)),  # the self-evaluation, by noon on the Wednesday
        (13, 0, date(2019, 1, 21)),
        (24, 0, date(2019, 4, 8)),
        (28, 0, date(2019, 5, 6)),
    ],
)
def test_weeks_count_from_the_monday_of_the_notification(week, weekday, day):
    assert timetable.step_day(NOTIFIED, week, weekday) == day


@given(DAYS, st.integers(1, 60), st.integers(0, 6))
def test_a_step_is_on_its_weekday_in_its_week_and_never_before_the_notification(
    notified, week, weekday
):
    day = timetable.step_day(notified, week, weekday)
    monday = notified - timedelta(days=notified.weekday())
    assert day >= notified
    assert (day - monday).days // 7 == week - 1
    assert day.weekday() == weekday or day == notified


@given(DAYS)
def test_the_plan_is_due_six_weeks_after_publication_on_the_same_weekday(published):
    due = timetable.plan_due(published)
    assert (due - published).days == 42
    assert due.weekday() == published.weekday()


def test_the_plan_of_the_report_of_2019_was_due_in_september():
    assert timetable.plan_due(date(2019, 8, 6)) == date(2019, 9, 17)


@pytest.mark.parametrize(
    ("sent", "today", "said"),
    [
        (None, date(2019, 9, 5), "Not submitted yet: due in 12 days"),
        (None, date(2019, 9, 16), "Not submitted yet: due in 1 day"),
        (None, date(2019, 9, 17), "Not submitted yet: due today"),
        (None, date(2019, 9, 18), "Not submitted: 1 day late"),
        (date(2019, 9, 10), date(2020, 1, 1), "{}10 September 2019, 7 days before the deadline"),
        (date(2019, 9, 17), date(2020, 1, 1), "{}17 September 2019, on the day of the deadline"),
        (date(2019, 9, 20), date(2020, 1, 1), "{}20 September 2019, 3 days late"),
    ],
)
def test_the_plan_is_awaited_submitted_or_late_in_words(sent, today, said):
    due = date(2019, 9, 17)
    assert timetable.plan_standing(due, sent, today) == said.format("Submitted on ")
    without = f"Submitted on {sent:%-d %B %Y}" if sent else "Not submitted yet"
    assert timetable.plan_standing(None, sent, today) == without


# --- what comes next ------------------------------------------------------------------------------


def stage(key, on, done_on=None, name="Step"):
    return SimpleNamespace(pk=key, on=on, done_on=done_on, name=name, at="")


def inspection(published_on=None, plan_due_on=None):
    return SimpleNamespace(published_on=published_on, plan_due_on=plan_due_on)


def test_the_next_dates_are_those_not_done_and_not_over_soonest_first():
    today = date(2019, 1, 21)
    stages = [
        stage(1, date(2019, 4, 8)),
        stage(2, date(2019, 1, 21)),
        stage(3, date(2019, 1, 20)),
        stage(4, date(2019, 2, 1), done_on=date(2019, 1, 20)),
    ]
    found = timetable.deadlines(inspection(), stages, today)
    assert [deadline.stage for deadline in found] == [2, 1]


def test_once_published_only_the_plan_is_awaited():
    found = inspection(date(2019, 8, 6), date(2019, 9, 17))
    stages = [stage(1, date(2019, 9, 1))]
    [only] = timetable.deadlines(found, stages, date(2019, 8, 20))
    assert (only.name, only.on, only.stage) == ("Improvement plan due", date(2019, 9, 17), None)
    assert timetable.deadlines(found, stages, date(2019, 9, 18)) == []
    assert timetable.deadlines(found, stages, date(2019, 8, 20), answered=True) == []


@pytest.mark.parametrize(
    ("today", "days"),
    [
        (date(2019, 9, 2), None),
        (date(2019, 9, 3), 14),
        (date(2019, 9, 13), 14),
        (date(2019, 9, 14), 3),
        (date(2019, 9, 17), 3),
        (date(2019, 9, 18), None),
    ],
)
def test_a_reminder_is_due_from_its_day_on_and_replaced_by_the_nearer_one(today, days):
    assert timetable.reminder_days(date(2019, 9, 17), today, (14, 3)) == days


# --- how long ago ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("end", "words"),
    [
        (date(2019, 8, 6), "0 days"),
        (date(2019, 8, 7), "1 day"),
        (date(2019, 9, 5), "30 days"),
        (date(2019, 9, 6), "1 month"),
        (date(2020, 1, 15), "5 months"),
        (date(2020, 8, 6), "1 year"),
        (date(2021, 11, 6), "2 years 3 months"),
        (date(2018, 8, 6), "0 days"),
    ],
)
def test_an_age_is_said_in_words(end, words):
    assert timetable.age(date(2019, 8, 6), end) == words


def test_two_years_are_long_to_the_day():
    assert not timetable.long_open(date(2019, 8, 6), date(2021, 8, 5))
    assert timetable.long_open(date(2019, 8, 6), date(2021, 8, 6))


# --- nests ----------------------------------------------------------------------------------------


@st.composite
def rows(draw):
    size = draw(st.integers(0, 12))
    keys = st.none() | st.integers(1, size + 2)
    return [SimpleNamespace(pk=key + 1, parent_id=draw(keys)) for key in range(size)]


@given(rows())
def test_whatever_hangs_on_what_every_row_is_placed_once_and_parts_follow_their_whole(given_rows):
    placed = in_order(given_rows)
    assert sorted(row.pk for row, _ in placed) == [row.pk for row in given_rows]
    parents = {row.pk: row.parent_id for row in given_rows}
    for key in parents:
        assert key not in below(key, parents)
    stack = []
    for row, depth in placed:
        assert depth <= len(stack)
        del stack[depth:]
        if depth:
            assert stack[-1] == row.parent_id
        stack.append(row.pk)


def test_a_nest_is_read_from_the_top():
    parents = {1: None, 2: 1, 3: 2, 4: None, 5: 1}
    nest = [SimpleNamespace(pk=key, parent_id=parent) for key, parent in parents.items()]
    assert [(row.pk, depth) for row, depth in in_order(nest)] == [
        (1, 0),
        (2, 1),
        (3, 2),
        (5, 1),
        (4, 0),
    ]
    assert below(1, parents) == {2, 3, 5}
