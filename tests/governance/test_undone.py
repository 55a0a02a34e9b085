"""What was reported and then undone is told by no pack, but across the end of its period."""

from datetime import UTC, date, datetime, timedelta

import pytest

from governance import content as told
from governance import packs
from kpis.periods import quarter
from plans.statuses import Status
from tests import factories

pytestmark = pytest.mark.django_db
AUTUMN, WINTER = quarter(date(2019, 10, 1)), quarter(date(2020, 1, 1))
FIRST, LATER = date(2020, 3, 31), date(2020, 6, 30)


@pytest.fixture
def action():
    return factories.action(factories.plan(factories.area()), original_due=FIRST)


@pytest.fixture
def body(action):
    return factories.body(action.plan)


def gather(body, period):
    facts = {"start": period.start, "end": period.end, "as_at": period.end + timedelta(15)}
    return packs.gather(factories.pack(body, **facts, edition=body.packs.count() + 1))


def on(day):
    return {"on": day, "recorded_at": datetime(day.year, day.month, day.day, 12, tzinfo=UTC)}


def goes_wrong(action, day, undone):
    """A report and a move that are undone on another day."""
    factories.update(action, text="True progress", **on(date(2019, 10, 7)))
    wrong = factories.update(action, text="Wrong", status=Status.OFF_TRACK, **on(day))
    moved = factories.date_change(action, old=FIRST, new=LATER, **on(day))
    factories.update(action, text="Undone", undoes=wrong, **on(undone))
    factories.date_change(action, old=LATER, new=FIRST, undoes=moved, **on(undone))


def moves(content):
    return [(c.old, c.new) for c in content.changes if c.kind == told.MOVED]


def test_what_was_undone_in_the_period_is_neither_progress_nor_a_move(action, body):
    goes_wrong(action, date(2019, 11, 4), date(2019, 11, 5))
    content = gather(body, AUTUMN)
    (row,) = content.actions
    assert (row.latest_update, row.latest_update_on) == ("True progress", date(2019, 10, 7))
    assert (row.times_moved, row.moves_in_period, moves(content)) == (0, 0, [])
    assert (row.due, row.status) == (FIRST, Status.ON_TRACK.label)


def test_across_the_end_of_a_period_each_pack_tells_its_half(action, body):
    goes_wrong(action, date(2019, 12, 31), date(2020, 1, 1))
    autumn = gather(body, AUTUMN)
    assert (autumn.actions[0].latest_update, autumn.actions[0].due) == ("Wrong", LATER)
    assert moves(autumn) == [("31 March 2020", "30 June 2020")]
    winter = gather(body, WINTER)
    assert winter.actions[0].latest_update == "True progress"
    assert (winter.actions[0].times_moved, winter.actions[0].moves_in_period) == (0, 1)
    assert moves(winter) == [("30 June 2020", "31 March 2020")]
