"""Nobody is written to twice, and nothing disappears, whatever fails while messages are sent."""

import itertools
import socketserver
import threading
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from management import audit, clock, outbox
from management.access import System
from management.jobs import send_messages
from management.models import AuditEvent, JobTick, Membership, Message, User
from tests import factories
from tests.outbox.conftest import ADMINISTRATOR, HOUR, NOW, run

pytestmark = pytest.mark.django_db


# --- what becomes of it --------------------------------------------------------------------------


def test_a_message_goes_out_to_one_person_in_plain_text_and_html(area, person, settings):
    settings.DEFAULT_FROM_EMAIL = "Throughline <no-reply@throughline.example.org>"
    row = factories.message(area, person, html="<p>One action is due soon.</p>")
    with clock.hold(factories.MOMENT.date()):
        assert send_messages(NOW) == "sent 1, not sent 0"
    [sent] = mail.outbox
    assert sent.subject == "Throughline: Actions due soon"
    assert (sent.recipients(), sent.body) == (["morag@example.org"], "One action is due soon.")
    assert [part.get_content_type() for part in sent.message().get_payload()] == [
        "text/plain",
        "text/html",
    ]
    assert sent.message()["Auto-Submitted"] == "auto-generated"
    assert sent.message()["Message-ID"].endswith("@throughline.example.org>")
    row.refresh_from_db()
    assert (row.state, row.attempts, row.claimed_at) == ("sent", 1, NOW)
    assert row.sent_at.date() == factories.MOMENT.date()
    assert send_messages(NOW + HOUR) == "sent 0, not sent 0"
    actors = AuditEvent.objects.of_row(row).filter(operation="update")
    assert set(actors.values_list("actor_name", flat=True)) == {"outbox"}


SERVER = "The mail server "
BECOMES = {
    "takes": ("sent", ""),
    "breaks at the end": ("sent", ""),
    "refuses": ("waiting", SERVER + "refused this (SMTPDataError)."),
    "away": ("waiting", SERVER + "does not answer (ConnectionRefusedError)."),
    "falls silent first": (
        "uncertain",
        SERVER + "fell silent, perhaps after it took this (TimeoutError).",
    ),
    "takes and falls silent": (
        "uncertain",
        SERVER + "fell silent, perhaps after it took this (SMTPServerDisconnected).",
    ),
    "dies first": ("sending", ""),
    "takes and dies": ("sending", ""),
}


@pytest.mark.parametrize("event", BECOMES)
def test_what_becomes_of_a_message_is_what_is_surely_known(server, message, event):
    server.append("takes") if event == "breaks at the end" else None
    server.append(event)
    run()
    message.refresh_from_db()
    assert (message.state, message.error) == BECOMES[event]
    assert ("takes" in event or event == "breaks at the end") == bool(mail.outbox)


def test_what_a_worker_died_over_is_uncertain_after_the_lease_and_never_sent_again(server, message):
    server.append("dies first")
    run()
    assert run(NOW + outbox.LEASE) == (0, [])
    message.refresh_from_db()
    assert message.state == "sending"
    for hours in (1, 24, 24 * 365):
        assert run(NOW + HOUR * hours) == (0, [])
        message.refresh_from_db()
        assert (message.state, message.error[:18]) == ("uncertain", "The worker stopped")
    assert mail.outbox == []


def test_what_the_mail_server_refuses_is_tried_ever_more_seldom_for_two_days(server, message):
    pauses, now = [], NOW
    for attempt in range(1, outbox.MAX_ATTEMPTS):
        server.append("refuses")
        run(now)
        message.refresh_from_db()
        assert (message.state, message.attempts) == ("waiting", attempt)
        assert run(message.next_attempt_at - timedelta(seconds=1)) == (0, [])
        pauses.append((message.next_attempt_at - now) // timedelta(minutes=1))
        now = message.next_attempt_at
    assert pauses == [1, 2, 4, 8, 16, 32, 64, 128] + [240] * 11
    assert timedelta(days=2) <= now - NOW < timedelta(days=2.1)
    server.append("refuses")
    run(now)
    message.refresh_from_db()
    assert (message.state, run(now + HOUR * 99)) == ("failed", (0, []))


def test_one_persons_trouble_does_not_keep_the_others_waiting(area, message, server):
    server += ["refuses", "takes", "falls silent first", "takes"]
    others = [factories.message(area, factories.user(area)) for _ in range(3)]
    assert send_messages(NOW) == "sent 2, not sent 2"
    reached = [to for sent in mail.outbox for to in sent.to]
    assert reached == [others[0].user.email, others[2].user.email]
    tick = JobTick.objects.get(name="messages")
    assert tick.error == (
        f"message {message.pk}: {BECOMES['refuses'][1]}; "
        f"message {others[1].pk}: {BECOMES['falls silent first'][1]}"
    )
    assert "10.0.0.9" not in tick.error
    assert send_messages(NOW + HOUR) == "sent 1, not sent 0"
    assert JobTick.objects.get(name="messages").error == ""


def test_what_was_refused_lets_what_is_new_go_first(area, message, server):
    server.append("refuses")
    run()
    factories.message(area, message.user, subject="New")
    run(NOW + HOUR)
    assert [sent.subject[-5:] for sent in mail.outbox] == [": New", " soon"]


def test_a_run_ends_before_it_keeps_the_worker_from_its_other_work(area, message, monkeypatch):
    factories.message(area, message.user)
    seconds = itertools.count(step=outbox.LONGEST_RUN * 0.7)
    with monkeypatch.context() as patch:
        patch.setattr(outbox.time, "monotonic", lambda: next(seconds))
        assert run() == (1, [])
    assert run() == (1, [])


@pytest.mark.parametrize("how", ["deactivated", "without a role"])
def test_whoever_has_left_since_is_not_sent_the_message(message, how):
    if how == "deactivated":
        User.objects.filter(pk=message.user_id).update(is_active=False)
    else:
        Membership.objects.all().delete()
    assert run()[0] == 0
    message.refresh_from_db()
    assert (message.state, mail.outbox) == ("failed", [])
    assert "has left or has no role here any more" in message.error


@pytest.mark.parametrize("address", ["a@example.org\nBcc: b@example.org", "a@x, b@x", "\x00 a"])
def test_an_address_that_would_be_more_than_one_receives_nothing(
    area, message, address, monkeypatch
):
    factories.message(area, factories.user(area))
    # As if it had come into the database by another door.
    claim = outbox._claim

    def odd(pk, now):
        mine = claim(pk, now)
        if pk == message.pk:
            mine.user.email = address
        return mine

    monkeypatch.setattr(outbox, "_claim", odd)
    assert run()[0] == 1
    message.refresh_from_db()
    assert message.state == "failed"
    assert message.error.startswith("This cannot be written as an e-mail (")


# --- real conversations with a mail server -------------------------------------------------------


class Conversation(socketserver.StreamRequestHandler):
    """Speaks as much SMTP as is needed; `server.fault` says what goes wrong."""

    def handle(self):
        self.say("220 here")
        for line in self.rfile:
            verb = line.split()[0].upper().decode()
            if self.server.fault == verb:
                self.say("554 no")
                return
            if verb == "DATA":
                self.say("354 go on")
                while self.rfile.readline().strip() != b".":
                    pass
                if self.server.fault == "silent":
                    return  # the message is here, but nobody is told
                self.say("554 no" if self.server.fault == "content" else "250 taken")
            else:
                self.say("221 bye" if verb == "QUIT" else "250 fine")

    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")


@pytest.mark.parametrize(
    ("fault", "state"),
    [
        ("", "sent"),
        ("QUIT", "sent"),
        ("MAIL", "waiting"),
        ("RCPT", "waiting"),
        ("DATA", "waiting"),
        ("content", "waiting"),
        ("silent", "uncertain"),
    ],
)
def test_a_mail_server_that_has_refused_is_told_from_one_that_fell_silent(
    message, settings, fault, state
):
    with socketserver.TCPServer(("127.0.0.1", 0), Conversation) as server:
        server.fault = fault
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
        settings.EMAIL_TIMEOUT = 5
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        run()
        thread.join(10)
    message.refresh_from_db()
    assert message.state == state, message.error


# --- never twice ---------------------------------------------------------------------------------

EVENTS = [*BECOMES, "is slow", "a minute passes", "an hour passes", "sent again", "marked"]


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=st.lists(st.sampled_from(EVENTS), max_size=12))
def test_no_run_of_events_sends_twice_what_nobody_asked_for_again(area, person, server, events):
    message, now, asked = factories.message(area, person), NOW, 1
    server.clear()
    mail.outbox.clear()
    for event in events:
        message.refresh_from_db()
        now += HOUR if event == "an hour passes" else timedelta(minutes=1)
        if event in ("sent again", "marked"):
            decide = outbox.resend if event == "sent again" else outbox.mark_delivered
            try:
                decide(by=ADMINISTRATOR, message=message)
            except ValidationError:
                assert message.state not in outbox.UNSETTLED
            else:
                Message.objects.update(next_attempt_at=None)
                asked += event == "sent again"
        elif "passes" not in event:
            # So slow that another worker looks at it after the lease, and then it goes on.
            server[:] = [partial(run, now + HOUR) if event == "is slow" else event]
            run(now)
            server.clear()
        message.refresh_from_db()
        if message.state in ("waiting", "failed") and asked == 1:
            assert mail.outbox == []
    assert len(mail.outbox) <= asked
    if message.state == "sent" and "marked" not in events:
        assert mail.outbox
    message.delete()


def test_a_slow_worker_still_says_that_it_was_sent(message, server):
    server.append(lambda: run(NOW + HOUR))
    assert run() == (1, [])
    message.refresh_from_db()
    assert (message.state, message.error, len(mail.outbox)) == ("sent", "", 1)


def test_a_slow_worker_says_nothing_more_once_a_person_has_decided(message, server):
    def decide():
        run(NOW + HOUR)
        outbox.resend(by=ADMINISTRATOR, message=Message.objects.get())

    server.append(decide)
    run()
    message.refresh_from_db()
    assert message.state == "waiting"


def test_inside_a_transaction_nothing_is_sent(message):
    with pytest.raises(RuntimeError), transaction.atomic():
        outbox.send_waiting(NOW)
    assert mail.outbox == []


def together(work, number=4):
    """Run it in so many threads at once; what each of them answers."""
    start, found = threading.Barrier(number, timeout=10), []

    def one():
        try:
            with audit.naming(System("test"), "test"):
                start.wait()
                found.append(work())
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(found) == number
    return found


@pytest.mark.django_db(transaction=True)
def test_many_at_once_post_one_message_and_many_workers_send_each_once(area, person, server):
    """A claim is committed before the mail server hears of the message."""
    seen = []

    def look():
        seen.extend(together(lambda: Message.objects.get(key="pack 1").state, 1))

    server.append(look)
    posted = together(
        lambda: outbox.post(area=area, user=person, key="pack 1", subject="Pack", text="There.").pk
    )
    assert len(set(posted)) == Message.objects.count() == 1
    run(datetime.now(UTC))
    assert seen == ["sending"]
    for _ in range(6):
        factories.message(area, factories.user(area))
    sent = together(lambda: outbox.send_waiting(NOW)[0])
    assert sum(sent) == 6
    assert len({to for mail in mail.outbox for to in mail.to}) == len(mail.outbox) == 7
    assert set(Message.objects.values_list("state", "attempts")) == {("sent", 1)}
