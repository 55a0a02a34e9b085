"""The page on which a second person verifies: what is claimed, what shows it, what came since."""

from datetime import date

import pytest
from django.urls import reverse

from management.access import Role
from plans.models import Action
from plans.services import evidence, progress
from plans.statuses import Status
from tests import factories
from tests.pages import Page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def area():
    return factories.area("Angus")


@pytest.fixture
def owner(area):
    return factories.user(area, Role.PERFORMANCE_LEAD, name="Isla Grant")


@pytest.fixture
def head(area, client):
    person = factories.user(area, Role.HEAD_OF_SERVICE, name="Ailsa Reid")
    client.force_login(person)
    return person


@pytest.fixture
def action(area, owner):
    row = factories.action(factories.plan(area), reference="A1", status=Status.ON_TRACK)
    said = {"text": "All 40 are trained", "evidence": "A register of names"}
    progress.post_update(by=owner, action=row, version=1, status=Status.DONE, **said)
    return row


@pytest.fixture
def url(area, action):
    return lambda name: reverse(name, args=[area.slug, action.pk])


def test_evidence_that_came_after_the_page_was_opened_is_seen_before_it_is_verified(
    head, owner, action, client, url
):
    opened = Page(client.get(url("action_verify")))
    evidence.add_evidence(by=owner, action=action, description="A list of those who were absent")
    sent = {**opened.form, "decision": "accept", "note": "I have seen the register"}
    late = client.post(url("action_verify"), sent)
    page = Page(late)
    assert late.status_code == 409
    assert "Nothing was saved. Somebody else changed this action" in page.text
    (entry,) = page.main.xpath(".//ol[contains(@class, 'tl_thread')]/li")
    assert "A list of those who were absent" in entry.text_content()
    assert Action.objects.get().status == Status.DONE
    again = {**page.form, "decision": "accept", "note": "I have seen both"}
    assert (
        "Action A1 is complete." in Page(client.post(url("action_verify"), again, follow=True)).text
    )


def test_whoever_verifies_reads_what_is_claimed(head, owner, action, client, url):
    said = {"text": "Half are trained", "on": date(2020, 1, 3)}
    factories.update(action, status=Status.ON_TRACK, **said)
    measure = factories.kpi(action.area, name="People trained")
    action.kpis.add(measure, through_defaults={"area": action.area})
    factories.kpi(action.area, name="Another figure")
    moved = {"old": date(2020, 3, 31), "new": date(2020, 6, 30), "by": "Fiona Adair"}
    factories.date_change(action, **moved, reason="The trainer is ill", on=date(2019, 11, 20))
    Action.objects.update(due=date(2020, 6, 30))
    text = Page(client.get(url("action_verify"))).text
    claimed = text.partition("What is claimed")[2].partition("Evidence expected")[0]
    assert "15 January 2020, Isla Grant All 40 are trained" in claimed
    assert "30 June 2020, first 31 March 2020: moved once, 91 days later" in claimed
    assert (
        "Moved from 31 March 2020 to 30 June 2020 (Fiona Adair, 20 November 2019): The trainer"
        in claimed
    )
    assert "People trained" in claimed and "Another figure" not in text
    assert "Half are trained" not in text


def test_two_pieces_of_evidence_are_added_one_after_the_other(owner, action, client, url):
    client.force_login(owner)
    first, second = (Page(client.get(url("evidence_add"))) for _ in range(2))
    for page, told in ((first, "The poster"), (second, "The leaflet")):
        sent = {**page.form, "description": told, "next": "1"}
        assert client.post(url("evidence_add"), sent)["Location"] == url("evidence_add")
    assert action.evidence.count() == 3


@pytest.mark.parametrize(
    ("due", "said"),
    [
        (date(2020, 1, 15), "One that goes back is open again, “In progress: at risk”."),
        (date(2020, 1, 14), "open again, “In progress: off track”, for it is overdue."),
    ],
)
def test_the_page_says_how_an_action_stands_that_goes_back(head, action, client, url, due, said):
    Action.objects.update(due=due, late_after=due)
    assert said in Page(client.get(url("action_verify"))).text


def test_after_a_decision_the_next_that_waits_is_one_click_away(head, action, client, url):
    second, third = (
        factories.action(action.plan, reference=name, status=Status.DONE) for name in ("B1", "B2")
    )
    factories.update(second, status=Status.DONE, on=date(2020, 1, 9))
    factories.update(third, status=Status.DONE, on=date(2020, 1, 10))
    sent = {"version": 2, "note": "Seen", "decision": "accept"}
    page = Page(client.post(url("action_verify"), sent, follow=True))
    assert f"Verify B1 of {action.plan} next: 2 actions wait for you." in page.text
    assert reverse("action_verify", args=[action.area.slug, second.pk]) in page.links
    Action.objects.filter(pk=third.pk).update(status=Status.COMPLETE)
    sent = {"version": 1, "note": "Not yet", "decision": "return"}
    here = reverse("action_verify", args=[action.area.slug, second.pk])
    page = Page(client.post(here, sent, follow=True))
    assert "No other action waits for you to verify it." in page.text
