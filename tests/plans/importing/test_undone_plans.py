"""A plan that an import made, and that was undone: it stands among the live ones nowhere."""

import pytest
from django.urls import reverse

from plans.models import Action, Plan
from plans.services import undoing
from plans.states import PlanState
from tests import factories
from tests.pages import Page
from tests.plans.importing.helpers import table

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
UNDONE = "Plan 2019 (import undone)"


def undo(by, kept):
    return undoing.undo(by=by, kept=kept, version=kept.version)


@pytest.fixture
def undone(bring, lead, client):
    client.force_login(lead)
    return undo(lead, bring(table({}))).plan


@pytest.fixture
def visit(client, area):
    def get(name, **data):
        return Page(client.get(reverse(name, args=[area.slug]), data))

    return get


def offered(page):
    return page.main.xpath(".//select[@name='plan']/option/text()")


def test_it_is_not_on_the_home_page_and_no_filter_offers_it(area, undone, visit):
    factories.action(factories.plan(area, title="The plan"))
    assert "The plan" in visit("area").text and UNDONE not in visit("area").text
    assert offered(visit("actions")) == ["All", "The plan (In progress)"]
    # Its own page leads to its actions among all.
    page = visit("actions", plan=undone.pk)
    assert not page.errors and len(page.rows()) == 1 and UNDONE in page.text


def test_it_stands_last_in_the_list_of_plans_and_with_the_closed_ones(area, undone, visit):
    factories.plan(area, title="The plan")
    assert [row[:2] for row in visit("plans").rows()] == [
        ["The plan", "In progress"],
        [UNDONE, "Import undone"],
    ]
    assert [row[0] for row in visit("plans", state=PlanState.IN_PROGRESS).rows()] == ["The plan"]
    assert [row[0] for row in visit("plans", state=PlanState.CLOSED).rows()] == [UNDONE]


def test_with_an_action_of_its_own_it_stands_again(undone, lead):
    assert not Plan.objects.standing().exists()
    factories.action(undone)
    assert Plan.objects.standing().get() == undone


def test_an_empty_plan_into_which_a_file_came_and_went_stands(area, bring, lead):
    plan = factories.plan(area, state=PlanState.DRAFT)
    undo(lead, bring(table({}), plan))
    assert not Action.objects.exists()
    assert Plan.objects.standing().get() == plan
