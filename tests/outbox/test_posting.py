"""What gets into the outbox, and what a person may decide about what went astray."""

from datetime import UTC, datetime

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError

from management import audit, clock, outbox
from management.access import Role, System
from management.models import AuditEvent, Message, User
from tests import factories
from tests.outbox.conftest import ADMINISTRATOR, NOW, run
from tests.pages import AWKWARD

pytestmark = pytest.mark.django_db


def post(area, user, key="pack 1", **facts):
    facts = {"subject": "Pack issued", "text": "A pack is there."} | facts
    return outbox.post(area=area, user=user, key=key, **facts)


# --- into the outbox -----------------------------------------------------------------------------


def test_a_person_is_told_once_of_an_event_in_an_area(area, person):
    with clock.hold(factories.MOMENT.date()):
        first = post(area, person)
    assert (first.state, first.made_at.date()) == ("waiting", factories.MOMENT.date())
    assert post(area, person, subject="Another") == first
    first.state = "failed"
    first.save()
    assert post(area, person).state == "failed"
    elsewhere = factories.area()
    factories.membership(elsewhere, person, Role.INSPECTOR)
    assert post(area, person, "pack 2") and post(elsewhere, person)
    assert Message.objects.count() == 3


def test_whoever_has_left_or_has_no_role_there_is_not_written_to(area, person):
    assert post(factories.area(), person) is None
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert post(area, person) is None
    assert not Message.objects.exists()


def test_a_message_exists_only_with_what_it_tells_of(area, person):
    with pytest.raises(ZeroDivisionError), audit.acting(System("packs"), "issue pack"):
        post(area, person)
        raise ZeroDivisionError
    assert not Message.objects.exists()
    with audit.acting(System("packs"), "issue pack"):
        made = post(area, person)
    assert AuditEvent.objects.of_row(made).get().verb == "issue pack"


def test_whoever_posts_a_moment_later_gets_the_message_of_the_first(area, person, monkeypatch):
    first = []

    def meanwhile(self, **how):
        first.append(factories.message(area, person, key="pack 1"))

    monkeypatch.setattr(Message, "full_clean", meanwhile)
    with audit.acting(System("packs"), "issue pack"):
        assert [post(area, person)] == first
        factories.post(area)  # and the transaction goes on
    assert Message.objects.get() == first[0]


@pytest.mark.parametrize("facts", [{"text": ""}, {"subject": " \n"}, {"key": "k" * 201}], ids=str)
def test_an_empty_message_or_one_of_no_event_is_refused(area, person, facts):
    with pytest.raises(ValidationError):
        post(area, person, **facts)


def test_a_subject_is_one_line_however_it_was_typed(area, person, server):
    title = "Odd\r\nBcc: all@example.org\u2028\x07" + "x" * 200
    assert post(area, person, subject=title).subject.startswith("Odd Bcc: all@example.org xxx")
    assert run() == (0, [])  # it is due now, and that is later
    assert run(datetime.now(UTC)) == (1, [])
    assert mail.outbox[0].message()["Bcc"] is None


def test_one_template_makes_subject_text_and_html(area, settings):
    settings.SITE_URL = "https://throughline.example.org"
    inspection = factories.inspection(area, title=AWKWARD)
    words = {"found": {inspection: [["Soon (in 3 days)", AWKWARD]]}, "today": NOW.date()}
    subject, text, html = outbox.render("plans/reminder.html", words)
    assert subject == f"Next dates of {AWKWARD}"
    assert f"\n{AWKWARD} (Angus)\n- Soon (in 3 days)\n  {AWKWARD}\n" in text
    assert f"Its timetable: https://throughline.example.org/areas/{area.slug}/" in text
    assert text.startswith("Hello,\n\nAs of 1 January 2026,") and text.endswith("\nThroughline\n")
    assert "<script>" not in html and "<b>" not in html
    assert html.count("<h1>") == 1 and '<html lang="en-GB">' in html


# --- a person decides ----------------------------------------------------------------------------


@pytest.mark.parametrize("state", outbox.UNSETTLED)
def test_a_person_has_it_sent_again_under_the_same_message_id(message, server, state):
    server.append("takes and falls silent" if state == "uncertain" else "refuses")
    Message.objects.update(attempts=outbox.MAX_ATTEMPTS - 1)
    run()
    message.refresh_from_db()
    assert message.state == state
    outbox.resend(by=ADMINISTRATOR, message=message)
    assert (message.state, message.attempts, message.error) == ("waiting", 0, "")
    assert AuditEvent.objects.of_row(message).first().actor_name == "administrator"
    assert run(datetime.now(UTC)) == (1, [])
    assert len({sent.message()["Message-ID"] for sent in mail.outbox}) == 1


@pytest.mark.parametrize("state", outbox.UNSETTLED)
def test_a_person_who_knows_that_it_arrived_ends_it(message, state):
    Message.objects.update(state=state, error="Refused", token="t")
    message.refresh_from_db()
    outbox.mark_delivered(by=ADMINISTRATOR, message=message)
    assert (message.state, message.error, run()) == ("sent", "", (0, []))
    assert message.sent_at


@pytest.mark.parametrize("decide", [outbox.resend, outbox.mark_delivered])
def test_a_decision_holds_only_for_the_message_as_it_was_seen(message, decide):
    for state in set(Message.State) - set(outbox.UNSETTLED):
        Message.objects.update(state=state)
        message.refresh_from_db()
        with pytest.raises(ValidationError, match="has been dealt with already"):
            decide(by=ADMINISTRATOR, message=message)
    Message.objects.update(state="uncertain", token="first")
    message.refresh_from_db()
    Message.objects.update(token="second")  # it was sent again, and is uncertain again
    with pytest.raises(ValidationError, match="has been dealt with already"):
        decide(by=ADMINISTRATOR, message=message)
    assert Message.objects.get().state == "uncertain"


@pytest.mark.parametrize("decide", [outbox.resend, outbox.mark_delivered])
def test_only_administrators_of_the_area_decide(message, area, decide):
    Message.objects.update(state="failed")
    message.refresh_from_db()
    for role in set(Role) - {Role.ADMINISTRATOR}:
        with pytest.raises(PermissionDenied):
            decide(by=factories.user(area, role), message=message)
    with pytest.raises(PermissionDenied):
        decide(by=factories.user(factories.area(), Role.ADMINISTRATOR), message=message)
    decide(by=factories.user(area, Role.ADMINISTRATOR), message=message)
