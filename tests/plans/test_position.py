"""Where an action stood on a day: never stored, always replayed from what was entered."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans.position import position
from plans.statuses import CLOSED, Status

S = Status
DUE = date(2020, 3, 31)


@dataclass
class Said:
    on: date
    status: str


@dataclass
class Moved:
    on: date
    new: date
    old: date | None = DUE


def march(day):
    return date(2020, 3, day)


UPDATES = [Said(march(2), "on_track"), Said(march(10), "done"), Said(march(10), "complete")]
MOVES = [Moved(march(3), date(2020, 4, 30)), Moved(march(5), date(2020, 4, 15))]


@pytest.mark.parametrize(
    ("on", "status", "since", "due", "times", "days"),
    [
        (march(1), S.NOT_STARTED, None, DUE, 0, 0),
        (march(2), S.ON_TRACK, march(2), DUE, 0, 0),
        (march(3), S.ON_TRACK, march(2), date(2020, 4, 30), 1, 30),
        (march(5), S.ON_TRACK, march(2), date(2020, 4, 15), 2, 15),
        (march(10), S.COMPLETE, march(10), date(2020, 4, 15), 2, 15),
        (date(2021, 1, 1), S.COMPLETE, march(10), date(2020, 4, 15), 2, 15),
    ],
)
def test_the_position_is_that_at_the_end_of_the_day(on, status, since, due, times, days):
    found = position(DUE, UPDATES, MOVES, on=on)
    assert (found.status, found.since, found.due) == (status, since, due)
    assert (found.times_moved, found.days_moved) == (times, days)
    assert found.closed_on == (since if status == S.COMPLETE else None)


@pytest.mark.parametrize(
    ("status", "due", "late"),
    [
        ("on_track", march(31), 0),  # on the day itself it is not late
        ("on_track", march(30), 1),
        ("not_started", date(2020, 2, 29), 31),
        ("done", march(30), 1),  # not yet verified: still open
        ("complete", march(1), 0),
        ("withdrawn", march(1), 0),
        ("superseded", march(1), 0),
        ("on_track", None, 0),
    ],
)
def test_an_open_action_is_overdue_from_the_day_after_it_was_due(status, due, late):
    assert position(due, [Said(march(1), status)], [], on=march(31)).days_overdue == late


def test_a_date_moved_later_ends_the_delay_and_one_moved_earlier_makes_one():
    later, earlier = [Moved(march(20), date(2020, 5, 1))], [Moved(march(20), march(21))]
    assert position(march(10), [], later, on=march(19)).days_overdue == 9
    assert position(march(10), [], later, on=march(20)).days_overdue == 0
    assert position(DUE, [], earlier, on=march(25)).days_overdue == 4
    assert position(DUE, [], earlier, on=march(25)).days_moved == -10


def test_a_first_date_is_no_move_and_days_are_counted_from_it():
    moves = [
        Moved(march(1), date(2020, 5, 1), old=None),
        Moved(march(2), date(2020, 5, 11), old=date(2020, 5, 1)),
    ]
    first, both = (position(None, [], moves, on=march(day)) for day in (1, 2))
    assert (first.times_moved, first.days_moved) == (0, 0)
    assert (both.times_moved, both.days_moved) == (1, 10)
    assert position(None, [], [], on=march(1)).due is None


def test_of_two_updates_on_one_day_the_later_one_counts():
    both = [Said(march(1), "at_risk"), Said(march(1), "on_track")]
    assert position(DUE, both, [], on=march(1)).status == S.ON_TRACK


days = st.integers(0, 120).map(lambda n: date(2020, 1, 1) + timedelta(n))
updates = st.lists(st.builds(Said, days, st.sampled_from(Status)), max_size=8).map(
    lambda rows: sorted(rows, key=lambda row: row.on)
)
moves = st.lists(st.builds(Moved, days, days, st.none() | days), max_size=6).map(
    lambda rows: sorted(rows, key=lambda row: row.on)
)


@given(st.none() | days, updates, moves, days)
def test_the_position_on_a_day_is_what_living_through_the_days_would_show(due, said, moved, on):
    status, now, closed = S.NOT_STARTED, due, None
    day = date(2020, 1, 1)
    while day <= on:
        for update in [u for u in said if u.on == day]:
            status = Status(update.status)
            closed = day if status in CLOSED else None
        for move in [m for m in moved if m.on == day]:
            now = move.new
        day += timedelta(1)
    found = position(due, said, moved, on=on)
    assert (found.status, found.due, found.closed_on) == (status, now, closed)
    assert found.times_moved == len([m for m in moved if m.on <= on and m.old])
    late = now is not None and status not in CLOSED and now < on
    assert found.days_overdue == ((on - now).days if late else 0)


@given(st.none() | days, updates, moves, days, days)
def test_what_happens_later_never_changes_an_earlier_position(due, said, moved, one, two):
    before = min(one, two)
    known = [u for u in said if u.on <= before], [m for m in moved if m.on <= before]
    assert position(due, said, moved, on=before) == position(due, *known, on=before)
