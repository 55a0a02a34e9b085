"""What a plan answers can be changed while it is a draft: service, page and API."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from management.access import Role
from management.models import AuditEvent
from plans.models import Plan
from plans.services import plans
from tests import factories
from tests.pages import Page
from tests.plans.test_api import Api

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def area():
    return factories.area(slug="ardmore")


@pytest.fixture
def lead(area):
    return factories.user(area, Role.PERFORMANCE_LEAD)


@pytest.fixture
def draft(area):
    return factories.plan(area, state="draft", title="The draft")


@pytest.fixture
def found(area):
    return factories.inspection(area, title="Inspection 2019", published_on=date(2019, 8, 6))


@pytest.fixture
def judged(area):
    return factories.self_evaluation(area, title="Self-evaluation 2019", state="submitted")


def edit(by, plan, **facts):
    plans.edit_plan(by=by, plan=plan, version=plan.version, **facts)


def test_a_draft_answers_another_inspection_or_self_evaluation_or_none(lead, draft, found, judged):
    edit(lead, draft, inspection=found, self_evaluation=judged)
    draft = Plan.objects.get()
    assert (draft.inspection, draft.self_evaluation) == (found, judged)
    assert AuditEvent.objects.latest("pk").verb == "edit plan"
    edit(lead, draft, inspection=None)
    draft = Plan.objects.get()
    assert (draft.inspection, draft.self_evaluation) == (None, judged)


def test_what_a_plan_answers_stays_once_it_is_approved(lead, area, found):
    plan = factories.plan(area, inspection=found)
    edit(lead, plan, inspection=found, title="New title")  # no change of it
    with pytest.raises(ValidationError) as refused:
        edit(lead, plan, inspection=None)
    assert refused.value.message_dict == {
        "inspection": ["The plan is approved: what it answers stays as it is."]
    }


def test_only_what_is_published_or_submitted_can_be_answered(lead, area, draft):
    secret = factories.inspection(area, published_on=None, plan_due_on=None)
    written = factories.self_evaluation(area, state="draft")
    with pytest.raises(ValidationError, match="confidential"):
        edit(lead, draft, inspection=secret)
    with pytest.raises(ValidationError, match="submitted"):
        edit(lead, draft, self_evaluation=written)


def test_no_link_of_an_action_is_lost_or_left_behind(lead, area, draft, found, judged):
    edit(lead, draft, inspection=found, self_evaluation=judged)
    first = factories.action(draft, reference="A1")
    second = factories.action(draft, reference="A2")
    mine = {"through_defaults": {"area": area}}
    first.key_messages.add(factories.key_message(found), **mine)
    second.recommendations.add(factories.recommendation(found), **mine)
    second.findings.add(factories.finding(judged), **mine)
    other = factories.inspection(area, published_on=date(2018, 6, 1))
    with pytest.raises(ValidationError) as refused:
        edit(lead, draft, inspection=other, self_evaluation=None)
    assert refused.value.message_dict == {
        "inspection": [
            "Actions A1, A2 answer key messages or recommendations of “Inspection 2019”: unlink "
            "them there first."
        ],
        "self_evaluation": [
            "Action A2 answers findings of “Self-evaluation 2019”: unlink it there first."
        ],
    }
    assert Plan.objects.get().inspection == found
    first.key_messages.clear()
    second.recommendations.clear()
    edit(lead, draft, inspection=other)
    assert Plan.objects.get().inspection == other


def test_the_page_of_a_draft_offers_what_the_area_has(client, area, lead, draft, found, judged):
    client.force_login(lead)
    url = reverse("plan_edit", args=[area.slug, draft.pk])
    page = Page(client.get(url))
    assert page.tree.xpath("//select[@name='inspection']/option/text()") == [
        "None",
        "Inspection 2019",
    ]
    sent = page.form | {"inspection": found.pk, "self_evaluation": judged.pk}
    assert client.post(url, sent).status_code == 302
    assert Plan.objects.get().inspection == found
    factories.action(draft, reference="A1").key_messages.add(
        factories.key_message(found), through_defaults={"area": area}
    )
    refused = Page(client.post(url, Page(client.get(url)).form | {"inspection": ""}))
    assert refused.errors == {
        "Inspection that it answers": [
            "Action A1 answers key messages or recommendations of “Inspection 2019”: unlink it "
            "there first."
        ]
    }
    stale = Page(client.post(url, sent | {"inspection": ""}))
    assert stale.status == 409 and "Inspection 2019" in stale.text
    found.published_on = found.plan_due_on = None  # taken back: the plan's own stays on offer
    found.save()
    page = Page(client.get(url))
    assert client.post(url, page.form | {"title": "Renamed"}).status_code == 302
    assert Plan.objects.get().inspection == found


def test_the_page_of_an_approved_plan_does_not_ask(client, area, lead, found):
    plan = factories.plan(area, inspection=found)
    client.force_login(lead)
    url = reverse("plan_edit", args=[area.slug, plan.pk])
    page = Page(client.get(url))
    assert not page.tree.xpath("//select[@name='inspection']")
    assert client.post(url, page.form | {"title": "Renamed"}).status_code == 302
    assert Plan.objects.get().inspection == found


def test_a_program_changes_what_a_draft_answers(client, area, lead, draft, found):
    mine = Api(client, area, lead)
    done = mine.change("PATCH", "plans", draft.pk, inspection=found.pk)
    assert done.status_code == 200 and done.json()["inspection"] == found.pk
    done = mine.change("PATCH", "plans", draft.pk, inspection=None)
    assert done.json()["inspection"] is None
    plan = factories.plan(area, inspection=found)
    refused = mine.change("PATCH", "plans", plan.pk, inspection=None)
    assert (
        refused.status_code == 400 and "stays as it is" in refused.json()["errors"]["inspection"][0]
    )
    elsewhere = factories.inspection(factories.area(), published_on=date(2019, 8, 6))
    refused = mine.change("PATCH", "plans", draft.pk, inspection=elsewhere.pk)
    assert refused.status_code == 400 and "inspection" in refused.json()["errors"]
