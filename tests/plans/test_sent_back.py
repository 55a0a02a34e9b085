"""Who is told that a decision went against them, where, and until when."""

from datetime import date

import pytest
from django.core import mail
from django.urls import reverse

from management import clock
from management.access import Role
from management.jobs import send_messages
from plans import jobs
from plans.services import due_dates, evidence, progress, verification
from plans.statuses import Status
from tests import factories
from tests.pages import Page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def area():
    return factories.area("Angus")


@pytest.fixture
def action(area):
    plan = factories.plan(area, title="The plan", dates_need_approval=True)
    facts = {"status": Status.ON_TRACK, "due": date(2020, 3, 31)}
    return factories.action(plan, reference="A1", supporting=(factories.post(area),), **facts)


@pytest.fixture
def owner(area, action):
    person = factories.user(area, Role.SERVICE_MANAGER, name="Isla Grant")
    factories.holding(action.lead, person)
    return person


@pytest.fixture
def head(area):
    return factories.user(area, Role.HEAD_OF_SERVICE, name="Ailsa Reid")


def report(by, action, status=Status.DONE, text="All are trained"):
    action.refresh_from_db()
    said = {"status": status, "text": text, "evidence": "A register"}
    progress.post_update(by=by, action=action, version=action.version, **said)


def send_back(owner, head, action):
    report(owner, action)
    said = {"version": action.version, "note": "The count of January is missing"}
    verification.return_action(by=head, action=action, **said)


def take_back(owner, head, action):
    report(owner, action)
    verification.verify_action(by=head, action=action, version=action.version, note="Seen")
    said = {"version": action.version, "reason": "The count of January is missing"}
    verification.reopen_action(by=head, action=action, **said)


def ask(by, action):
    said = {"version": action.version, "new": date(2020, 6, 30), "reason": "Two are ill"}
    return due_dates.move_date(by=by, action=action, **said)


def refuse(owner, head, action):
    request, said = ask(owner, action), {"text": "The count of January is missing"}
    action.refresh_from_db()
    version = action.version
    due_dates.answer_date(by=head, request=request, version=version, agreed=False, **said)
    action.refresh_from_db()


def seen(client, person, name, *args):
    client.force_login(person)
    return Page(client.get(reverse(name, args=args)))


@pytest.mark.parametrize("decide", [send_back, take_back, refuse])
def test_a_decision_against_me_stands_on_my_actions_and_on_the_form_until_i_report(
    client, area, action, owner, head, decide
):
    assert "Sent back" not in seen(client, owner, "my_actions", area.slug).text
    decide(owner, head, action)
    page = seen(client, owner, "my_actions", area.slug)
    assert page.counts["sent back to you"] == 1
    assert "A1, The plan: Ailsa Reid, 15 January 2020: " in page.text
    assert page.text.count("The count of January is missing") == 1
    assert "1 decision went against you: A1" in seen(client, owner, "area", area.slug).text
    form = seen(client, owner, "action_update", area.slug, action.pk)
    assert "The count of January is missing" in form.text
    report(owner, action, Status.ON_TRACK, "It is counted now")
    for name, *args in (("my_actions", area.slug), ("action_update", area.slug, action.pk)):
        assert "The count of January is missing" not in seen(client, owner, name, *args).text


def test_a_note_or_evidence_alone_is_no_report(client, area, action, owner, head):
    send_back(owner, head, action)
    progress.add_note(by=owner, action=action, text="I will look")
    evidence.add_evidence(by=owner, action=action, description="Another register")
    assert seen(client, owner, "my_actions", area.slug).counts["sent back to you"] == 1


def test_another_request_answers_a_refusal_and_one_that_i_take_back_is_none(
    client, area, action, owner, head
):
    refuse(owner, head, action)
    request = ask(owner, action)
    assert "sent back to you" not in seen(client, owner, "my_actions", area.slug).counts
    action.refresh_from_db()
    said = {"version": action.version, "reason": "A slip"}
    due_dates.take_back_date(by=owner, request=request, **said)
    assert "sent back to you" not in seen(client, owner, "my_actions", area.slug).counts


def test_nobody_is_told_of_others_or_of_what_they_decided_themselves(
    client, area, action, owner, head
):
    other = factories.user(area, Role.SERVICE_MANAGER, name="Somebody Else")
    send_back(owner, head, action)
    factories.holding(action.supporting.get(), head)
    for person in (head, other):
        assert "sent back to you" not in seen(client, person, "my_actions", area.slug).counts
        assert "went against" not in seen(client, person, "area", area.slug).text


def test_the_weekly_digest_tells_it_with_the_reason(area, action, owner, head):
    factories.digest(area, owner, overdue=False, due_soon=False, waiting=True)
    send_back(owner, head, action)
    with clock.hold(date(2020, 1, 20)):
        jobs.remind()
        send_messages()
    (message,) = mail.outbox
    assert message.subject.endswith("0 overdue, 0 due soon, 1 sent back")
    assert "A1 of The plan: Ailsa Reid, 15 January 2020" in message.body
    assert "The count of January is missing" in message.body
