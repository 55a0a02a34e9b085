"""Our own export of a plan that came from a file, brought back unedited, changes nothing."""

import pytest

from plans.models import Plan
from plans.services import exports, undoing
from plans.statuses import Status
from tests import factories
from tests.plans.importing.helpers import table
from tests.plans.test_sheets_ours import made

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
OURS = pytest.mark.parametrize("name", ["plan.csv", "plan.docx"])


def back(bring, plan, by, name):
    """What our file of the plan would do: of each row what, and the fields that would change."""
    told = exports.plan_file(user=by, plan=Plan.objects.get(pk=plan.pk))
    lines = bring.look(made(name, told), Plan.objects.get(pk=plan.pk), name=name).lines
    return [(one.does, one.reference, [each.name for each in one.changes]) for one in lines]


@OURS
def test_the_areas_word_for_a_status_is_no_change_of_another_word_for_it(bring, lead, area, name):
    factories.status_word(area, "Slipping", status=Status.AT_RISK)
    plan = bring(table({})).plan
    bring(table({"Status": "Amber"}), plan)
    assert plan.actions.get().word == "Amber"
    assert back(bring, plan, lead, name) == [("same", "1.1a", [])]


@OURS
def test_what_an_undone_import_brought_is_no_new_action_where_our_file_says_it_is_withdrawn(
    bring, lead, name
):
    plan = bring(table({})).plan
    new = {"Ref": "1.1z", "Action": "Open a second site", "Progress": "Looked for one"}
    kept = bring(table({}, new), plan)
    undoing.undo(by=lead, kept=kept, version=kept.version)
    bring(table({}, new), plan)  # once more: it gets another reference
    assert plan.actions.count() == 3
    told = back(bring, plan, lead, name)
    assert [(does, changes) for does, _, changes in told] == [("same", [])] * 3
    assert bring.does(table({}, new), plan)[1] == ("same", "1.1z")
