"""What was said of an action, and what it answers, is asked of the actions that one may see."""

import pytest

from management.access import Role
from plans.models import Action, Inspection, SelfEvaluation
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def action():
    """An action of which everything is said, and that answers something of each kind."""
    area = factories.area()
    inspection = factories.inspection(area)
    whole = factories.self_evaluation(area, state="submitted")
    action = factories.action(
        factories.plan(area, inspection),
        key_messages=(factories.key_message(inspection),),
        recommendations=(factories.recommendation(inspection, "R1"),),
        findings=(factories.finding(whole, reference="F1"),),
    )
    for say in (factories.update, factories.date_change, factories.date_request, factories.note):
        say(action)
    for say in (factories.revision, factories.residual):
        say(action)
    factories.evidence_withdrawal(factories.evidence(action))
    return action


def reasons(actions, action):
    wholes = {
        "inspections": Inspection.objects.all(),
        "self_evaluations": SelfEvaluation.objects.all(),
    }
    return [reason["what"] for reason in actions.reasons_of(action, **wholes)]


def test_whoever_sees_an_action_sees_what_was_said_of_it_and_what_it_answers(action):
    reader = factories.user(action.area, Role.SERVICE_MANAGER)
    seen = Action.objects.visible_to(reader)
    said = {"update", "date", "request", "evidence", "withdrawal", "note", "revision", "residual"}
    assert {entry["kind"] for entry in seen.thread_of(action)} == said
    assert sorted(reasons(seen, action)) == ["finding", "message", "recommendation"]


def test_whoever_does_not_see_an_action_sees_nothing_of_it(action):
    stranger = factories.user(factories.area(), Role.PERFORMANCE_LEAD)
    seen = Action.objects.visible_to(stranger)
    assert seen.thread_of(action) == [] and reasons(seen, action) == []
    others = Action.objects.exclude(pk=action.pk)
    assert others.thread_of(action) == [] and reasons(others, action) == []
