"""Changes at the same moment: everybody locks in one order, and nobody is ended for it."""

import contextvars
import re
import threading
import time
from datetime import date
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

import plans.services
from management.access import Role
from management.versions import Stale
from plans.models import Action, Plan, Update
from plans.services import (
    actions,
    advising,
    bulk,
    due_dates,
    links,
    parts,
    progress,
    rules,
    verification,
)
from plans.services import plans as life
from plans.states import PlanState
from plans.statuses import Status
from tests import factories

# As `locking` says it; whatever is not named here is only added to, or of one person alone.
ORDER = ["management_area", "plans_plan", "plans_action"]
LOCKS = re.compile(r'^UPDATE "(\w+)"|^SELECT .*? FROM "(\w+)".* FOR (?:NO KEY )?UPDATE', re.DOTALL)


class World:
    """A plan that is worked on and one that is still written, and who may do everything."""

    def __init__(self):
        self.area = factories.area()
        self.lead = factories.user(self.area, Role.PERFORMANCE_LEAD)
        self.head = factories.user(self.area, Role.HEAD_OF_SERVICE)
        self.plan = factories.plan(self.area, state=PlanState.APPROVED)
        # In the plan the later one stands first.
        self.action = factories.action(self.plan, sequence=2, due=date(2020, 6, 30))
        self.other = factories.action(self.plan, sequence=1)
        begun = factories.plan(self.area, state=PlanState.IN_PROGRESS)
        self.complete = factories.action(begun, status=Status.COMPLETE)
        self.draft = factories.plan(self.area, state=PlanState.DRAFT)
        self.drafted = factories.action(self.draft)
        self.message = factories.key_message(factories.inspection(self.area))
        self.kpi = factories.kpi(self.area)

    def fresh(self, action):
        return Action.objects.select_related("plan", "area").get(pk=action.pk)

    # --- deeds, each as a page would do it

    def approve(self):
        advice = advising.standing_advice(self.draft)
        life.approve_plan(
            by=self.head,
            plan=self.draft,
            version=1,
            mark=life.mark_of([self.drafted]),
            accepted=dict.fromkeys(advice, "It is clear enough"),
        )

    def edit_draft(self):
        actions.edit_action(by=self.lead, action=self.drafted, version=1, text="Train all staff")

    def remove(self):
        actions.remove_action(by=self.lead, action=self.drafted, version=1)

    def reword(self):
        actions.edit_action(by=self.lead, action=self.action, version=1, text="Train", reason="Why")

    def report(self):
        facts = {"status": Status.ON_TRACK, "text": "Work goes on"}
        progress.post_update(by=self.lead, action=self.fresh(self.action), version=1, **facts)

    def many(self):
        shown = {self.action.pk: 1, self.other.pk: 1}
        report = bulk.Report("Work goes on", Status.ON_TRACK)
        bulk.carry_out(by=self.lead, area=self.area, shown=shown, change=report)

    def close(self):
        both = [self.action, self.other]
        life.close_plan(
            by=self.head,
            plan=self.plan,
            version=1,
            mark=life.mark_of(both),
            decision="The board, 3 January 2020, minute 4",
            homes={action.pk: "The plan for 2021" for action in both},
        )

    def rule(self):
        rules.set_rules(
            by=self.lead, area=self.area, version=0, late="first", colours="status", words=[]
        )

    def move(self):
        new = date(2020, 9, 30)
        action = self.fresh(self.other)
        due_dates.move_date(by=self.lead, action=action, version=1, new=new, reason="Vacancies")

    def reopen(self):
        facts = {"action": self.fresh(self.complete), "version": 1, "reason": "It was another’s"}
        verification.reopen_action(by=self.head, **facts)

    def wait(self):
        parts.choose_blockers(by=self.lead, action=self.action, shown=[], blockers=[self.other])

    def supersede(self):
        self._supersede(self.action, self.other)

    def supersede_the_other(self):
        self._supersede(self.other, self.action)

    def _supersede(self, old, new):
        facts = {"version": 1, "successor": new, "reason": "It says the same"}
        progress.supersede_action(by=self.lead, action=self.fresh(old), **facts)

    def answer(self):
        both = [self.action, self.other]
        links.choose_actions(by=self.lead, row=self.message, shown=[], actions=both)

    def measure(self):
        links.choose_kpis(by=self.lead, action=self.action, shown=[], kpis=[self.kpi])

    def begun(self):
        Plan.objects.filter(pk=self.plan.pk).update(state=PlanState.IN_PROGRESS)
        self.plan.refresh_from_db()
        return self


@pytest.fixture
def world():
    return World()


# --- the order -----------------------------------------------------------------------------------


def test_rows_are_locked_in_one_place():
    folder = Path(next(iter(plans.services.__path__)))
    found = {
        f"{file.name}: {line.strip()}"
        for file in folder.glob("*.py")
        if file.name != "locking.py"
        for line in file.read_text().splitlines()
        # A file that is taken in is nobody else's.
        if "select_for_update" in line and "PlanImport.objects" not in line
    }
    assert found == set()


DEEDS = [
    "wait",
    "answer",
    "approve",
    "edit_draft",
    "remove",
    "reword",
    "report",
    "many",
    "rule",
    "move",
    "reopen",
    "supersede",
    "measure",
]


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.django_db
@pytest.mark.services
@pytest.mark.usefixtures("today")
def test_a_deed_locks_areas_before_plans_before_actions(world, deed):
    with CaptureQueriesContext(connection) as asked:
        getattr(world, deed)()
    locks = [found for query in asked if (found := LOCKS.match(query["sql"]))]
    tables = [table for found in locks if (table := found[1] or found[2]) in ORDER]
    first = sorted(set(tables), key=tables.index)
    assert "plans_action" in first
    assert first == sorted(first, key=ORDER.index)
    # Whoever only adds a row that points at the locked one need not wait.
    assert not [q["sql"] for q in asked if q["sql"].rstrip().endswith("FOR UPDATE")]


# --- two at once ---------------------------------------------------------------------------------


def slowly(execute, sql, params, many, context):
    """Rest after each lock and before what is read is used: the other one does what it can."""
    done = execute(sql, params, many, context)
    if LOCKS.match(sql) or ' FROM "plans_rules" ' in sql:
        time.sleep(0.3)
    return done


def at_once(*deeds, after=0.0):
    """Do them at the same moment, or the later ones so many seconds `after`; what each of them was
    refused for, or None."""
    start, refused = threading.Barrier(len(deeds), timeout=10), {}

    def work(deed):
        try:
            with connection.execute_wrapper(slowly):
                start.wait()
                time.sleep(after if deed != deeds[0] else 0)
                refused[deed.__name__] = None
                deed()
        except (DatabaseError, Stale, ValidationError, bulk.Changed) as error:
            refused[deed.__name__] = error
        finally:
            connection.close()

    threads = [
        threading.Thread(target=contextvars.copy_context().run, args=(work, deed)) for deed in deeds
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(refused) == len(deeds)
    return refused


@pytest.mark.parametrize(
    "pair",
    [
        ("approve", "edit_draft"),
        ("approve", "remove"),
        ("rule", "report"),
        ("rule", "many"),
        ("rule", "reopen"),
        ("wait", "report"),
        ("reword", "report"),  # the plan's first report begins it
        ("supersede", "supersede_the_other"),
        ("answer", "reword"),
        ("answer", "many"),
        ("measure", "rule"),
    ],
)
@pytest.mark.django_db(transaction=True)
@pytest.mark.services
@pytest.mark.usefixtures("today")
def test_nobody_is_ended_for_waiting_for_somebody_else(world, pair):
    refused = at_once(*(getattr(world, deed) for deed in pair))
    assert not [error for error in refused.values() if isinstance(error, DatabaseError)]
    assert None in refused.values()


@pytest.mark.django_db(transaction=True)
@pytest.mark.services
@pytest.mark.usefixtures("today")
def test_a_plan_that_closes_and_a_change_of_several_actions_do_not_wait_for_each_other(world):
    refused = at_once(world.begun().close, world.many)
    assert not [error for error in refused.values() if isinstance(error, DatabaseError)]
    done = [name for name, error in refused.items() if error is None]
    assert len(done) == 1
    said = set(Update.objects.values_list("status", flat=True))
    assert said == {Status.WITHDRAWN if done == ["close"] else Status.ON_TRACK}


# The date is read before the rules change, while they do, or when they have and nobody can tell.
@pytest.mark.parametrize("after", [0.0, 0.3, 0.8])
@pytest.mark.django_db(transaction=True)
@pytest.mark.services
@pytest.mark.usefixtures("today")
def test_a_date_that_moves_while_the_rules_change_is_counted_by_the_new_rule(world, after):
    first = world.other.original_due
    refused = at_once(world.rule, world.move, after=after)
    assert refused == {"rule": None, "move": None}
    moved = world.fresh(world.other)
    assert (moved.due, moved.late_after) == (date(2020, 9, 30), first)


@pytest.mark.parametrize("after", [0.0, 0.3, 0.8])
@pytest.mark.django_db(transaction=True)
@pytest.mark.services
@pytest.mark.usefixtures("today")
def test_an_action_that_is_reopened_while_the_rules_change_is_counted_by_the_new_rule(world, after):
    # It counts open actions, and this one is not open yet.
    Action.objects.filter(pk=world.complete.pk).update(due=date(2020, 9, 30))
    refused = at_once(world.rule, world.reopen, after=after)
    assert refused == {"rule": None, "reopen": None}
    again = world.fresh(world.complete)
    assert (again.status, again.late_after) == (Status.AT_RISK, world.complete.original_due)


@pytest.mark.django_db(transaction=True)
@pytest.mark.services
@pytest.mark.usefixtures("today")
def test_no_action_of_a_plan_that_closes_meanwhile_is_reopened(world):
    Action.objects.filter(pk=world.other.pk).update(status=Status.COMPLETE)
    world.complete = world.other
    refused = at_once(world.begun().close, world.reopen)
    assert not [error for error in refused.values() if isinstance(error, DatabaseError)]
    done = [name for name, error in refused.items() if error is None]
    assert len(done) == 1
    closed = Plan.objects.get(pk=world.plan.pk).is_closed
    assert (closed, world.fresh(world.other).is_open) == (done == ["close"], done == ["reopen"])
