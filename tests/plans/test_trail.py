"""The history of an action: every field and every part, in words, from the audit trail."""

from datetime import date

import pytest
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

from management.access import Role
from plans.models import Action, Dependency
from plans.services import actions, due_dates, evidence, links, parts, progress, trail
from plans.statuses import Status
from tests import factories
from tests.pages import statements

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def area():
    return factories.area("Angus")


@pytest.fixture
def lead(area):
    return factories.user(area, Role.PERFORMANCE_LEAD, name="Fiona Adair")


@pytest.fixture
def action(area):
    guide = factories.framework(("1.1", "5.2"))
    plan = factories.plan(area, factories.inspection(area, guide), title="The plan")
    return factories.action(
        plan,
        reference="A1",
        sequence=1,
        text="Train staff",
        lead=factories.post(area, "Service Manager"),
        indicator=guide.indicators.get(code="1.1"),
        original_due=date(2020, 3, 31),
    )


def told(user, action, **narrowed):
    """What and its deed, and the changes, newest first."""
    events = trail.narrowed(trail.events_of(user, action), **narrowed)
    return [(f"{line.what} {line.deed}", line.changes) for line in trail.lines(user, events)]


def test_a_reworded_action_says_each_field_before_and_after_with_names_for_keys(area, lead, action):
    actions.edit_action(
        by=lead,
        action=action,
        version=1,
        reason="It said too little",
        text="Train all staff",
        lead=factories.post(area, "Team Leader"),
        indicator=action.plan.inspection.framework.indicators.get(code="5.2"),
    )
    lines = trail.lines(lead, trail.events_of(lead, action))
    [line] = [line for line in lines if line.deed == "changed"]
    assert line.changes == [
        ("Quality indicator", "1.1 Quality of 1.1", "5.2 Quality of 5.2"),
        ("What is to be done", "Train staff", "Train all staff"),
        ("Lead post", "Service Manager", "Team Leader"),
    ]
    said = (line.event.actor_name, line.event.verb, line.event.reason)
    assert said == ("Fiona Adair", "edit action", "It said too little")
    assert lines[-1].deed == "added"
    assert ("Plan", "", "The plan") in lines[-1].changes
    assert ("First due", "", "31 March 2020") in lines[-1].changes


def test_statuses_days_and_truths_are_said_in_words(lead, action):
    progress.post_update(
        by=lead, action=action, version=1, status=Status.AT_RISK, text="Late", percent=40
    )
    due_dates.move_date(by=lead, action=action, version=2, new=date(2020, 6, 30), reason="Longer")
    lines = told(lead, action)
    assert lines[0] == (
        "Due date moved added",
        [
            ("Day", "", "15 January 2020"),
            ("By", "", "Fiona Adair"),
            ("Before", "", "31 March 2020"),
            ("New", "", "30 June 2020"),
            ("Reason", "", "Longer"),
        ],
    )
    assert lines[1] == (
        "Action changed",
        [
            ("Due", "31 March 2020", "30 June 2020"),
            ("Overdue after", "31 March 2020", "30 June 2020"),
        ],
    )
    assert lines[3][1] == [
        ("Status", "Not started", "In progress: at risk"),
        ("Per cent done", "", "40"),
    ]


def test_the_history_is_narrowed_to_a_person_a_field_or_a_kind_of_part(area, lead, action):
    head = factories.user(area, Role.HEAD_OF_SERVICE, name="Ailsa Reid")
    progress.post_update(by=lead, action=action, version=1, status=Status.AT_RISK, text="Late")
    progress.add_note(by=head, action=action, text="Call me")
    progress.post_update(by=head, action=action, version=2, status=Status.AT_RISK, text="Still")
    assert [line[0] for line in told(lead, action, person="Ailsa Reid")] == [
        "Update added",
        "Note added",
    ]
    statuses = told(lead, action, field="status")
    assert [changed[0] for changed in statuses] == ["Action changed", "Action added"]
    assert len(told(lead, action, field="plans_update")) == 2
    assert told(lead, action, field="plans_task") == told(lead, action, field="word") == []
    assert len(told(lead, action, field="status", person="Ailsa Reid")) == 0


def test_links_tasks_and_what_it_waits_for_are_there_after_they_are_gone(area, lead, action):
    other = factories.action(action.plan, reference="A2", text="Hire")
    measure = factories.kpi(area, code="K1", name="Begun in time")
    links.choose_kpis(by=lead, action=action, shown=[], kpis=[measure])
    links.choose_kpis(by=lead, action=action, shown=[measure.pk], kpis=[])
    parts.choose_blockers(by=lead, action=action, shown=[], blockers=[other])
    parts.choose_blockers(by=lead, action=action, shown=[other.pk], blockers=[])
    task = parts.add_task(by=lead, action=action, text="Book a room")
    parts.drop_task(by=lead, task=task, version=1, reason="Too far")
    # Beside them the action tells of the links.
    beside = "Change of the wording or the links added"
    lines = [line for line in told(lead, action) if line[0] != beside]
    assert lines[:6] == [
        (
            "Task “Book a room” changed",
            [("Dropped on", "", "15 January 2020"), ("Why it was dropped", "", "Too far")],
        ),
        ("Task “Book a room” added", [("Text", "", "Book a room")]),
        ("What it waits for taken out", [("Action", "A2 Hire", "")]),
        ("What it waits for added", [("Action", "", "A2 Hire")]),
        ("KPI that it should move taken out", [("KPI", "K1 Begun in time", "")]),
        ("KPI that it should move added", [("KPI", "", "K1 Begun in time")]),
    ]
    assert not any("K1" in str(line) for line in told(lead, other))


def test_a_deleted_link_of_an_action_whose_key_begins_alike_is_not_its_own(area, lead, action):
    plan = action.plan
    kind = {"lead": action.lead, "indicator": action.indicator}
    twin = factories.action(plan, pk=action.pk * 10, reference="A9", **kind)
    blocker = factories.action(plan, reference="A3", **kind)
    row = factories.dependency(twin, blocker)
    row.delete()
    assert not any("waits" in line[0] for line in told(lead, action))
    assert [line[0] for line in told(lead, twin)][:2] == [
        "What it waits for taken out",
        "What it waits for added",
    ]


def test_every_part_of_an_action_is_told_of_and_every_field_has_a_label():
    hidden = Action._meta.get_fields(include_hidden=True)
    pointing = {
        relation.related_model
        for relation in hidden
        if isinstance(relation, models.ForeignObjectRel) and relation.field.name == "action"
    }
    assert {Dependency, *pointing} - set(trail.PARTS) == set()
    for model in (Action, *trail.PARTS):
        names = {field.name for field in model._meta.concrete_fields} - trail.UNTOLD
        assert names - set(trail.LABELS) == set(), model


def test_nothing_is_told_of_another_area_or_of_what_the_reader_may_not_see(area, lead, action):
    secret = factories.inspection(area, title="Draft report", published_on=None, plan_due_on=None)
    message = factories.key_message(secret, 1, text="Secret message")
    look = factories.self_evaluation(area, title="Our draft")
    finding = factories.finding(look, text="Secret finding")
    action.key_messages.add(message, through_defaults={"area": area})
    action.findings.add(finding, through_defaults={"area": area})
    inspector = factories.user(area, Role.INSPECTOR)
    seen = [line[1] for line in told(inspector, action)]
    assert [("Finding", "", "not shown")] in seen and [("Key message", "", "not shown")] in seen
    assert "Secret finding" in str(told(lead, action)) and "Secret m" in str(told(lead, action))
    stranger = factories.user(factories.area(), Role.PERFORMANCE_LEAD)
    assert told(stranger, action) == []


def test_a_history_costs_the_same_queries_whatever_its_length(area, lead, action):
    counts = set()
    for size in (2, 30):
        for _ in range(size):
            action.refresh_from_db()
            evidence.add_evidence(by=lead, action=action, description="Minutes")
            factories.task(action, post=action.lead)
            factories.update(action)
        with CaptureQueriesContext(connection) as asked:
            events = list(trail.events_of(lead, action))
            trail.lines(lead, events)
        counts.add(statements(asked))
        assert len(events) > 3 * size
    assert len(counts) == 1 and max(counts) <= 6, counts
