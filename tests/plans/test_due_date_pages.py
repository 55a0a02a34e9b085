"""Due dates on their pages: moved at once, or asked for and answered by a second person."""

import io
import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from docx import Document

from management import clock
from management.access import Role
from management.models import AuditEvent
from plans.models import Action, DateAnswer, DateChange, DateRequest
from plans.services import plans, progress, verification
from plans.statuses import Status
from tests import factories
from tests.pages import Page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def area():
    return factories.area("Angus")


@pytest.fixture
def action(area):
    plan = factories.plan(area, dates_need_approval=True)
    return factories.action(plan, reference="A1", status=Status.ON_TRACK)


@pytest.fixture
def manager(area, action):
    person = factories.user(area, Role.SERVICE_MANAGER, name="Isla Grant")
    factories.holding(action.lead, person)
    return person


@pytest.fixture
def lead(area):
    return factories.user(area, Role.PERFORMANCE_LEAD, name="Fiona Adair")


@pytest.fixture
def url(area, action):
    return lambda name, *args: reverse(name, args=[area.slug, action.pk, *args])


@pytest.fixture
def asks(client, action, url):
    """Asks for the end of June as that person, and gives the request."""

    def ask(person):
        client.force_login(person)
        sent = {"new": "June 2020", "reason": "The trainer is ill", "version": action.version}
        assert client.post(url("action_date"), sent).status_code == 302
        action.refresh_from_db()
        return DateRequest.objects.get()

    return ask


@pytest.mark.parametrize(
    ("typed", "due"),
    [
        ("March 2021", date(2021, 3, 31)),
        ("feb 2020", date(2020, 2, 29)),
        ("09/2020", date(2020, 9, 30)),
    ],
)
def test_a_month_means_its_last_day_and_that_is_said(action, lead, client, url, typed, due):
    type(action.plan).objects.update(dates_need_approval=False)
    client.force_login(lead)
    assert "a month means its last day" in Page(client.get(url("action_date"))).text
    sent = {"new": typed, "reason": "Longer", "version": 1}
    page = Page(client.post(url("action_date"), sent, follow=True))
    assert f"Due date of action A1 moved to {due:%-d %B %Y}." in page.text
    assert Action.objects.get().due == due


@pytest.mark.parametrize("name", ["action_update", "action_date"])
def test_the_form_says_how_far_the_date_moved_and_leads_back(action, lead, client, url, name):
    factories.date_change(action)
    client.force_login(lead)
    page = Page(client.get(url(name)))
    assert re.search(r": moved once, [^.]*\w\. ", page.text)
    assert page.main.xpath(".//a[.='Back, without a change']/@href") == [url("action")]


def test_where_a_second_person_must_agree_it_is_said_before_and_after(action, manager, client, url):
    client.force_login(manager)
    assert "Ask for a new due date" in Page(client.get(url("action"))).text
    page = Page(client.get(url("action_date")))
    assert "In this plan a due date moves only when a second person agrees." in page.text
    sent = {"new": "30 6 2020", "reason": "The trainer is ill", "version": 1}
    page = Page(client.post(url("action_date"), sent, follow=True))
    assert (
        "You have asked that action A1 be due on 30 June 2020. Until a second person agrees, it is "
        "due as before: 31 March 2020." in page.text
    )
    assert "Isla Grant asks for a new due date: 30 June 2020. The trainer is ill" in page.text
    assert Action.objects.get().due == date(2020, 3, 31)
    assert url("action_date") not in page.links
    again = Page(client.get(url("action_date"), follow=True))
    assert "A new date is asked for already, and waits for an answer." in again.text


def test_a_second_person_agrees_and_both_are_named(action, manager, lead, asks, client, url):
    asked = asks(manager)
    client.force_login(lead)
    assert url("date_answer", asked.pk) in Page(client.get(url("action"))).links
    page = Page(client.get(url("date_answer", asked.pk)))
    assert "By Isla Grant, 15 January 2020" in page.text
    sent = {"decision": "agree", "text": "", "version": action.version}
    page = Page(client.post(url("date_answer", asked.pk), sent, follow=True))
    assert "Agreed: action A1 is due on 30 June 2020." in page.text
    assert "Agreed by Fiona Adair." in page.text
    change = DateChange.objects.get()
    assert (change.by, change.approver) == ("Isla Grant", "Fiona Adair")
    page = Page(client.get(url("date_answer", asked.pk), follow=True))
    assert "This request was answered before." in page.text


def test_a_refusal_needs_its_reason_and_the_date_stays(action, manager, lead, asks, client, url):
    asked = asks(manager)
    client.force_login(lead)
    sent = {"decision": "refuse", "text": "", "version": action.version}
    page = Page(client.post(url("date_answer", asked.pk), sent))
    assert page.errors == {
        "Why not, or what you want to add": ["Say why not, so that a better date can be given."]
    }
    # So begins what answers it where the action ends: nobody is told of that as of a refusal.
    taken = Page(client.post(url("date_answer", asked.pk), {**sent, "text": "No longer needed: x"}))
    assert "Put it otherwise" in str(taken.errors)
    page = Page(
        client.post(url("date_answer", asked.pk), {**sent, "text": "May is enough"}, follow=True)
    )
    assert "Not agreed to 30 June 2020: action A1 is due as before, on 31 March 2020." in page.text
    assert "Not agreed by Fiona Adair: May is enough" in page.text
    assert Action.objects.get().due == date(2020, 3, 31)
    client.force_login(manager)
    assert url("action_date") in Page(client.get(url("action"))).links


def test_whoever_answers_sees_what_was_entered_since_the_page_was_opened(
    action, manager, lead, asks, client, url
):
    asked = asks(manager)
    client.force_login(lead)
    factories.note(action, text="Long before", recorded_at=clock.now() - timedelta(days=1))
    opened = Page(client.get(url("date_answer", asked.pk)))
    said = {"version": action.version, "text": "Half way", "status": Status.ON_TRACK}
    progress.post_update(by=manager, action=action, **said)
    late = client.post(url("date_answer", asked.pk), {**opened.form, "decision": "agree"})
    assert late.status_code == 409
    (entry,) = Page(late).main.xpath(".//ol[contains(@class, 'tl_thread')]/li")
    assert "Half way" in entry.text_content()
    assert not DateAnswer.objects.exists()


def test_an_action_without_a_date_says_so(action, manager, lead, asks, client, url):
    Action.objects.update(due=None, original_due=None, percent=40, late_after=None)
    asked = asks(manager)
    client.force_login(lead)
    page = Page(client.get(url("action")))
    assert "No due date." in page.text and "Due No date" not in page.text
    assert "In progress: on track · 40 per cent done." in page.text
    sent = {"decision": "refuse", "text": "Too early", "version": action.version}
    page = Page(client.post(url("date_answer", asked.pk), sent, follow=True))
    assert "Not agreed to 30 June 2020: action A1 has no due date." in page.text


@pytest.mark.parametrize(
    ("first", "said"),
    [
        (date(2019, 12, 31), "Overdue by 15 days, by its first date"),
        (date(2020, 1, 10), "Overdue by 5 days"),
    ],
)
def test_days_overdue_say_so_where_they_count_from_the_first_date(
    action, lead, client, url, first, said
):
    late = date(2020, 3, 31) if "first" in said else first
    factories.rules(action.area, late="first")
    Action.objects.update(original_due=first, late_after=first, due=late)
    waiting = factories.action(action.plan, reference="A2")
    factories.dependency(waiting, action)
    client.force_login(lead)
    slug = action.area.slug
    assert f"{said}." in Page(client.get(url("action"))).text
    assert f"{said}." in Page(client.get(reverse("action", args=[slug, waiting.pk]))).text
    listed = Page(client.get(reverse("actions", args=[slug]))).text
    assert said in listed and ("by its first date" in listed) == ("first" in said)
    file = client.get(reverse("plan_file", args=[slug, action.plan_id, "docx"]))
    [table] = Document(io.BytesIO(file.getvalue())).tables
    assert said in table.rows[1].cells[4].text.split("\n")


def test_nobody_answers_a_date_of_their_own(action, lead, asks, client, url):
    asked = asks(lead)
    sent = {"text": "Not needed", "version": action.version}
    own = "Somebody else must answer: you asked for this date. You can take it back."
    assert own in Page(client.get(url("date_answer", asked.pk), follow=True)).text
    for decision in ("agree", "refuse"):
        page = Page(client.post(url("date_answer", asked.pk), {**sent, "decision": decision}))
        assert page.summary == [own]
    assert not DateAnswer.objects.exists()


def test_whoever_asked_takes_it_back_with_a_reason_and_may_ask_again(
    action, manager, asks, client, url
):
    asked = asks(manager)
    page = Page(client.get(url("action")))
    assert url("date_take_back", asked.pk) in page.links
    assert url("date_answer", asked.pk) not in page.links
    page = Page(client.get(url("date_take_back", asked.pk)))
    assert "You asked that it be due on 30 June 2020. It stays due as before." in page.text
    way = url("date_take_back", asked.pk)
    empty = Page(client.post(way, {**page.form, "reason": " "}))
    assert empty.errors == {"Reason": ["Say why the date is not asked for any more."]}
    stale = Page(client.post(way, {"version": 1, "reason": "Too early"}))
    assert stale.status == 409 and stale.typed("reason") == "Too early"
    page = Page(client.post(way, {**page.form, "reason": "The trainer is well"}, follow=True))
    assert "The new date of action A1 is taken back." in page.text
    assert "Taken back: The trainer is well" in page.text
    assert Action.objects.get().due == date(2020, 3, 31)
    event = AuditEvent.objects.of_row(DateAnswer.objects.get()).get()
    assert (event.actor_name, event.verb) == ("Isla Grant", "take back date request")
    assert url("action_date") in page.links and way not in page.links
    assert "answered before" in Page(client.get(way, follow=True)).text


def test_a_date_of_somebody_else_or_of_a_closed_action_is_not_taken_back(
    action, manager, lead, asks, client, url
):
    asked = asks(manager)
    way = url("date_take_back", asked.pk)
    client.force_login(lead)
    only = "Only Isla Grant can take this date back: it was asked for by them."
    assert only in Page(client.get(way, follow=True)).text
    sent = {"version": action.version, "reason": "Mine"}
    assert only in Page(client.post(way, sent)).summary
    client.force_login(manager)
    Action.objects.update(status=Status.WITHDRAWN)
    assert "Action A1 is closed" in Page(client.post(way, sent)).text
    assert not DateAnswer.objects.exists()


def test_the_forms_say_how_often_and_how_far_the_date_has_moved(action, manager, asks, client, url):
    factories.date_change(action, old=date(2020, 1, 31), new=date(2020, 3, 31))
    Action.objects.update(original_due=date(2020, 1, 31))
    moved = "31 March 2020, first 31 January 2020: moved once, 60 days later"
    client.force_login(manager)
    for name in ("action_update", "action_date"):
        assert moved in Page(client.get(url(name))).text
    asked = asks(manager)
    client.force_login(factories.user(action.area, Role.HEAD_OF_SERVICE))
    assert moved in Page(client.get(url("date_answer", asked.pk))).text


def test_the_key_of_the_statuses_stands_with_every_status(action, manager, asks, client, url):
    factories.status_word(action.area, "Green")
    asked = asks(manager)
    done = factories.action(action.plan, status=Status.DONE)
    verify = reverse("action_verify", args=[action.area.slug, done.pk])
    client.force_login(factories.user(action.area, Role.HEAD_OF_SERVICE))
    type(action.plan).objects.update(dates_need_approval=False)
    for page in (url("date_answer", asked.pk), url("action_date"), verify):
        text = Page(client.get(page)).text
        assert "What the statuses mean" in text and "The words of Angus" in text


def test_an_answer_from_an_older_version_saves_nothing(action, manager, lead, asks, client, url):
    asked = asks(manager)
    factories.update(action, text="I was first")
    Action.objects.update(version=7)
    client.force_login(lead)
    sent = {"decision": "agree", "text": "Fine", "version": action.version}
    page = Page(client.post(url("date_answer", asked.pk), sent))
    assert page.status == 409 and "I was first" in page.text
    assert (page.typed("text"), page.typed("decision")) == ("Fine", "agree")
    assert not DateAnswer.objects.exists()


def test_a_service_manager_may_ask_but_not_answer(action, manager, asks, client, url):
    asked = asks(manager)
    assert client.get(url("date_answer", asked.pk)).status_code == 403
    elsewhere = factories.date_request(factories.action(action.plan))
    client.force_login(factories.user(action.area, Role.HEAD_OF_SERVICE))
    assert client.get(url("date_answer", elsewhere.pk)).status_code == 404


def verified(by, action):
    factories.evidence(action)
    Action.objects.filter(pk=action.pk).update(status=Status.DONE)
    action.refresh_from_db()
    verification.verify_action(by=by, action=action, version=action.version, note="I have seen it")


def withdrawn(by, action):
    said = {"reason": "No money", "decision": "HSCP Board, item 7"}
    progress.withdraw_action(by=by, action=action, version=action.version, **said)


def superseded(by, action):
    new = factories.action(action.plan, reference="B1")
    said = {"successor": new, "reason": "Both are one"}
    progress.supersede_action(by=by, action=action, version=action.version, **said)


def closed(by, action):
    plan = action.plan
    said = {"decision": "HSCP Board, item 7", "homes": {action.pk: "Service plan 2021"}}
    mark = plans.mark_of([action])
    plans.close_plan(by=by, plan=plan, version=plan.version, mark=mark, **said)


@pytest.mark.parametrize(
    ("end", "said"),
    [
        (verified, "No longer needed: the action is complete."),
        (withdrawn, "No longer needed: the action is withdrawn."),
        (superseded, "No longer needed: the action is superseded by B1."),
        (closed, "No longer needed: the plan is closed."),
    ],
)
def test_what_ends_an_action_answers_the_date_that_is_asked_for(
    area, action, manager, asks, client, url, end, said
):
    asked = asks(manager)
    head = factories.user(area, Role.HEAD_OF_SERVICE, name="Ailsa Reid")
    factories.holding(factories.post(area), head)
    end(head, action)
    assert (asked.answer.by, asked.answer.agreed, asked.answer.text) == ("Ailsa Reid", False, said)
    page = Page(client.get(url("action")))
    assert said in page.text and "waits for a second person" not in page.text


def test_a_request_does_not_come_to_life_again_when_the_action_is_reopened(
    area, action, manager, asks, client, url
):
    asks(manager)
    head = factories.user(area, Role.HEAD_OF_SERVICE, name="Ailsa Reid")
    factories.evidence(action)
    # As it was verified before that answered a request.
    Action.objects.update(status=Status.COMPLETE)
    page = Page(client.get(url("action")))
    assert "It was never answered: the action is closed." in page.text
    assert "waits for a second person" not in page.text
    action.refresh_from_db()
    said = {"version": action.version, "reason": "Two are missing"}
    verification.reopen_action(by=head, action=action, **said)
    page = Page(client.get(url("action")))
    assert "No longer needed: the action was complete." in page.text
    assert url("action_date") in page.links and "asks for a new due date" not in page.text
    assert "The new date was not agreed" not in Page(client.get(url("action_update"))).text


def test_whoever_verifies_reads_that_a_new_date_is_asked_for(
    area, action, manager, asks, client, url
):
    asks(manager)
    factories.evidence(action)
    Action.objects.update(status=Status.DONE)
    client.force_login(factories.user(area, Role.HEAD_OF_SERVICE, name="Ailsa Reid"))
    text = Page(client.get(url("action_verify"))).text
    assert "Isla Grant asks for 30 June 2020: The trainer is ill" in text
    assert "Once the action is complete, no new date is needed" in text
