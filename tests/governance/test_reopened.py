"""What a pack tells of an action whose verification was taken back after a board had read of it."""

from datetime import date, timedelta

import pytest

from governance import changed, packs, wording
from kpis.periods import quarter
from management import clock
from management.access import Role
from plans.services import progress, verification
from plans.states import PlanState
from plans.statuses import Status
from tests import factories

pytestmark = pytest.mark.django_db
AUTUMN, WINTER = quarter(date(2019, 10, 1)), quarter(date(2020, 1, 1))
SPRING = quarter(date(2020, 4, 1))
NOVEMBER, JANUARY, FEBRUARY = date(2019, 11, 20), date(2020, 1, 10), date(2020, 2, 11)
WHY = "The register was of 2018"


@pytest.fixture
def area():
    return factories.area()


@pytest.fixture
def lead(area):
    return factories.user(area, Role.PERFORMANCE_LEAD, name="Isla Grant")


@pytest.fixture
def head(area):
    return factories.user(area, Role.HEAD_OF_SERVICE, name="Ailsa Reid")


@pytest.fixture
def body(area):
    return factories.body(factories.plan(area, state=PlanState.IN_PROGRESS))


@pytest.fixture
def action(body):
    facts = {"added_on": date(2019, 8, 6), "original_due": date(2019, 12, 20)}
    return factories.action(body.plan, reference="A1", **facts)


def gather(body, period):
    as_at = period.end + timedelta(15)
    facts = {"start": period.start, "end": period.end, "as_at": as_at}
    return packs.gather(factories.pack(body, **facts, edition=body.packs.count() + 1))


def on(day, deed, **facts):
    """The deed on that day, of whoever has the action as it is now."""
    facts["action"].refresh_from_db()
    with clock.hold(day):
        deed(version=facts["action"].version, **facts)


def complete(day, action, lead, head):
    done = {"status": Status.DONE, "text": "All are trained", "evidence": "A register"}
    on(day, progress.post_update, by=lead, action=action, **done)
    on(day, verification.verify_action, by=head, action=action, note="Seen")


def reopen(day, action, head):
    on(day, verification.reopen_action, by=head, action=action, reason=WHY)


def counts(content):
    found = content.reconciliation
    assert found.difference == 0
    return found.opening, found.added, found.reopened, found.completed, found.remaining


def told(content):
    return [
        (c.on, c.action, c.old, c.new, c.reason, c.by)
        for c in content.changes
        if c.kind == "Reopened"
    ]


STORY = (JANUARY, "A1", "Complete (verified)", "In progress: off track", WHY, "Ailsa Reid")


def test_what_the_board_had_read_as_completed_is_told_as_reopened_in_the_next_pack(
    body, action, lead, head
):
    complete(NOVEMBER, action, lead, head)
    autumn = gather(body, AUTUMN)
    assert counts(autumn) == (1, 0, 0, 1, 0)
    reopen(JANUARY, action, head)
    winter = gather(body, WINTER)
    assert counts(winter) == (0, 0, 1, 0, 1)
    assert told(winter) == [STORY]
    [row] = winter.actions
    assert (row.is_open, row.completed, row.completed_on) == (True, False, None)
    assert row.days_overdue == (WINTER.end - date(2019, 12, 20)).days
    assert winter.completed_actions == [] and winter.overdue_actions == [row]
    assert wording.reconciled(winter) == "The count reconciles: 0 + 0 + 1 − 0 − 0 − 0 = 1."
    assert ("Reopened in the period", "+", 1) in wording.counts(winter)
    assert changed.lead(winter).endswith("1 action reopened.")
    # That quarter is told as it was, and the one after has it as open from its first day on.
    assert counts(gather(body, AUTUMN)) == counts(autumn) and told(gather(body, AUTUMN)) == []
    assert (counts(gather(body, SPRING)), told(gather(body, SPRING))) == ((1, 0, 0, 0, 1), [])


def test_what_is_complete_again_in_the_same_quarter_was_reopened_and_completed(
    body, action, lead, head
):
    complete(NOVEMBER, action, lead, head)
    reopen(JANUARY, action, head)
    complete(FEBRUARY, action, lead, head)
    winter = gather(body, WINTER)
    assert counts(winter) == (0, 0, 1, 1, 0)
    assert told(winter) == [STORY]
    [row] = winter.completed_actions
    assert row.completed_on == FEBRUARY  # by the verification that stands


def test_what_was_completed_and_reopened_within_a_quarter_was_open_all_along_but_is_told(
    body, action, lead, head
):
    complete(date(2020, 1, 3), action, lead, head)
    reopen(JANUARY, action, head)
    winter = gather(body, WINTER)
    assert counts(winter) == (1, 0, 0, 0, 1)
    assert told(winter) == [STORY]


def test_what_was_reopened_can_be_withdrawn_in_the_same_quarter(body, action, lead, head):
    complete(NOVEMBER, action, lead, head)
    reopen(JANUARY, action, head)
    said = {"reason": "No money", "decision": "Board, item 6"}
    on(FEBRUARY, progress.withdraw_action, by=lead, action=action, **said)
    winter = gather(body, WINTER)
    assert (counts(winter), winter.reconciliation.withdrawn) == ((0, 0, 1, 0, 0), 1)
    assert [c.kind for c in winter.changes] == ["Withdrawn", "Reopened"]
