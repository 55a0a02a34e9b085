"""The administrators' page of messages: who was sent what, what went astray, two buttons."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from management.access import Role
from management.models import AuditEvent, Message
from tests import factories
from tests.outbox.conftest import NOW
from tests.pages import AWKWARD, Page, statements

pytestmark = pytest.mark.django_db
REFUSED = "The mail server refused this (SMTPDataError)."


@pytest.fixture
def show(client, area):
    client.force_login(factories.user(area, Role.ADMINISTRATOR, name="Dougal Finnie"))
    return lambda **query: Page(client.get(reverse("messages", args=[area.slug]), query))


@pytest.fixture
def answer(client, area):
    """What the page says after one of the buttons, of a page that showed `seen`."""

    def click(name, message, seen):
        place = reverse(name, args=[area.slug, message.pk])
        return Page(client.post(place, {"seen": seen}, follow=True))

    return click


def test_messages_are_listed_newest_first_and_chosen_by_their_state(area, person, show):
    person.name = "Morag Reid"
    person.save()
    factories.message(area, person, state="sent", sent_at=NOW, subject="First", html="<p>x</p>")
    facts = {"attempts": 3, "error": REFUSED, "subject": "Second"}
    factories.message(area, person, next_attempt_at=NOW, **facts)
    factories.message(area, person, state="failed", text="Of this alone.", **facts)
    factories.message(factories.area(), person, state="failed", subject="Stranger")
    page = show()
    to, made = "Morag Reid morag@example.org", "6 January 2020, 09:30"
    tried = f"{REFUSED} 3 attempts"
    buttons = "Send again to Morag Reid: Second Mark as delivered to Morag Reid: Second"
    assert page.rows() == [
        [to, "Second", made, f"Not sent {tried}. {buttons}"],
        [to, "Second", made, f"Waiting {tried}; the next one on 1 January 2026, 12:00."],
        [to, "First", made, "Sent 1 January 2026, 12:00"],
    ]
    assert "All (3) Waiting (1) Sent (1) Not sent (1)" in page.text
    assert "3 of 3 messages; 1 to 3 are shown" in page.text
    assert "Of this alone" not in page.source and "Stranger" not in page.source
    chosen = show(state="failed")
    assert "Not sent: 1 of 3 messages; 1 to 1 are shown" in chosen.text
    assert len(chosen.rows()) == 1
    assert "None of 3 messages is in the state “Being sent” now." in show(state="sending").text
    assert len(show(state="nonsense\x00").rows()) == 3


def test_a_page_without_messages_says_so(area, show):
    assert "No message to people of Angus has been made yet." in show().text


def test_a_long_list_has_pages_that_keep_the_state_and_cost_no_more_queries(area, show):
    costs = set()
    for number in (2, 49):
        for _ in range(number):
            factories.message(area, factories.user(area), state="sent")
        with CaptureQueriesContext(connection) as asked:
            page = show(state="sent")
        costs.add(statements(asked))
    assert len(costs) == 1
    assert "51 of 51 messages; 1 to 50 are shown" in page.text
    assert "?state=sent&page=2" in page.links


def test_a_message_that_went_astray_is_sent_again_at_one_click_and_not_at_two(
    area, message, show, answer
):
    Message.objects.update(state="uncertain", token="a" * 32, error="Nobody knows.")
    [seen] = set(re.findall(r'name="seen" value="(\w*)"', show().source))
    page = answer("message_resend", message, seen)
    assert "The message is sent again in the next minutes." in page.text
    assert "is in the state “Perhaps sent” now" in page.text  # the rest of those
    message.refresh_from_db()
    assert (message.state, message.error) == ("waiting", "")
    event = AuditEvent.objects.of_row(message).first()
    assert (event.actor_name, event.verb) == ("Dougal Finnie", "send message again")
    for state in ("waiting", "sent", "uncertain"):
        # Also when it went astray anew: that was not seen.
        Message.objects.update(state=state, token="b" * 32)
        assert "has been dealt with already" in answer("message_resend", message, seen).text
        assert Message.objects.get().state == state


def test_a_message_that_the_person_has_is_marked_as_delivered(message, show, answer):
    Message.objects.update(state="failed", token="a" * 32)
    assert "marked as delivered" in answer("message_delivered", message, "a" * 32).text
    assert Message.objects.get().state == "sent"
    page = answer("message_delivered", message, "\x00")
    assert "has been dealt with already" in page.text


@pytest.mark.parametrize("name", ["message_resend", "message_delivered"])
def test_another_areas_message_is_not_there(client, message, show, answer, name):
    theirs = factories.message(factories.area(), message.user, state="failed")
    assert answer(name, theirs, "").status == 404
    assert Message.objects.get(pk=theirs.pk).state == "failed"


def test_whatever_people_write_is_shown_as_they_wrote_it(area, person, show):
    factories.message(area, person, subject=AWKWARD, state="failed", error=AWKWARD)
    assert show().shows(AWKWARD)
