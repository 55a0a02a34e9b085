"""The outbox: every e-mail to people of the service is a row first, and then sent once.

The row is made in the transaction of what it tells of. A worker takes it by a token, and that is
committed before the mail server hears of it. The row goes back to wait only where the server surely
did not take the message; where nobody can know, it is uncertain, and a person decides: never twice
without that, and nothing disappears. (Links that set a password are sent at once, by allauth.)
"""

import hashlib
import logging
import smtplib
import time
import unicodedata
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet
from django.template.loader import render_to_string
from django.utils import timezone

from management import access, audit, clock, plain
from management.access import Actor
from management.models import Area, Membership, Message, User

logger = logging.getLogger(__name__)
BY = access.System("outbox")
State = Message.State
# What a person may decide upon.
UNSETTLED = (State.UNCERTAIN, State.FAILED)
DEALT_WITH = "This message has been dealt with already."
# Longer than a run and the slowest conversation with a mail server (EMAIL_TIMEOUT at each step).
LEASE = timedelta(minutes=15)
# Refused so often, waiting 1, 2, 4 … minutes up to 4 hours in between: two days.
MAX_ATTEMPTS = 20
LONGEST_PAUSE = timedelta(hours=4)
# After so many refusals, or so long without an attempt, somebody should know.
MANY_ATTEMPTS = 5
LATE = timedelta(minutes=10)
# Seconds after which a run takes no further message: the next run goes on a minute later.
LONGEST_RUN = 40
# The server has answered that it does not take the message. Other errors leave that open.
REFUSALS = (
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPSenderRefused,
    smtplib.SMTPDataError,
    smtplib.SMTPHeloError,
    smtplib.SMTPNotSupportedError,
)


def post(
    *, area: Area, user: User, key: str, subject: str, text: str, html: str = ""
) -> Message | None:
    """Put a message into the outbox, in the caller's transaction and under its actor.

    `key` names the event that it tells of, up to 200 characters: who was told of it before is not
    told again, and the message of then is returned, whatever became of it. None for whoever has
    left or has no role in the area. Raises ValidationError when something is empty or too long.
    """
    if not is_here(user, area):
        return None
    known = Message.objects.filter(area=area, user=user, key=key)
    if found := known.first():
        return found
    message = Message(
        area=area,
        user=user,
        key=key,
        subject=_one_line(subject)[:200],
        text=text,
        html=html,
        made_at=clock.now(),
        next_attempt_at=timezone.now(),
    )
    # The database alone decides who was first.
    message.full_clean(
        exclude={"claimed_at", "sent_at"}, validate_unique=False, validate_constraints=False
    )
    try:
        with transaction.atomic():
            message.save()
    except IntegrityError:
        if found := known.first():
            return found
        raise
    return message


def render(template: str, context: dict[str, Any]) -> tuple[str, str, str]:
    """Subject, plain text and HTML of a message, all from one template.

    The template extends `management/message.html` and fills its blocks `subject` and `content` with
    the few elements that `management.plain` knows: paragraphs, headings, lists and links. What
    people wrote is escaped as on any page, so it cannot become markup; the plain text is read from
    the finished HTML, so both say the same, and what people wrote cannot begin a line of it. `site`
    is the service's address ("" where it is not set: then there can be no links).
    """
    html = render_to_string(template, {"site": settings.SITE_URL, **context})
    subject, text = plain.read(html)
    return subject, text, html


def is_here(user: User, area: Area) -> bool:
    """Whether the person can sign in and has a role in the area."""
    return User.objects.filter(pk=user.pk, is_active=True, memberships__area=area).exists()


def send_waiting(now: datetime) -> tuple[int, list[str]]:
    """Send what is due, first what was never tried; how many went out, and what went wrong.

    `now` is real time. Not for use inside a transaction: each claim must be committed first.
    """
    with _writing("give up message"):
        Message.objects.filter(state=State.SENDING, claimed_at__lt=now - LEASE).update(
            state=State.UNCERTAIN,
            error="The worker stopped while it sent this: nobody knows whether it left.",
        )
    sent, troubles, end = 0, [], time.monotonic() + LONGEST_RUN
    for pk in list(_due(now).order_by("attempts", "pk").values_list("pk", flat=True)):
        if time.monotonic() > end:
            break
        message = _claim(pk, now)
        if message is None:
            continue
        state, why = _send(message)
        _note(message, state, why, now)
        sent += state == State.SENT
        if why:
            troubles.append(f"message {pk}: {why}")
    return sent, troubles


def _due(now: datetime) -> QuerySet[Message]:
    due = Q(next_attempt_at=None) | Q(next_attempt_at__lte=now)
    return Message.objects.filter(due, state=State.WAITING)


@contextmanager
def _writing(verb: str) -> Iterator[None]:
    """A transaction of its own, which is committed when the block ends; an error inside another."""
    with audit.naming(BY, verb), transaction.atomic(durable=True):
        yield


def _claim(pk: int, now: datetime) -> Message | None:
    """The message, ours by a new token; None when another worker was faster."""
    token = uuid.uuid4().hex
    with _writing("send message"):
        due = _due(now).filter(pk=pk)
        facts = {"state": State.SENDING, "token": token, "claimed_at": now, "error": ""}
        if not due.update(attempts=F("attempts") + 1, **facts):
            return None
    return Message.objects.select_related("user", "area").get(pk=pk)


def _send(message: Message) -> tuple[State, str]:
    """What became of it, and why it was not sent.

    A worker that is told to stop meanwhile leaves the row as it is, for nobody knows.
    """
    if not is_here(message.user, message.area):
        return State.FAILED, "Not sent: this person has left or has no role here any more."
    try:
        mail = _mail(message)
        mail.message().as_bytes()
    except Exception as error:  # the e-mail library raises whatever its parts do
        # An address that no header can hold: trying again would change nothing.
        logger.exception("Message %s cannot be written as an e-mail.", message.pk)
        return State.FAILED, f"This cannot be written as an e-mail ({type(error).__name__})."
    try:
        connection = get_connection()
        connection.open()
    except Exception as error:  # each mail backend has its own errors; nothing has been sent yet
        logger.exception("The mail server does not answer.")
        return State.WAITING, f"The mail server does not answer ({type(error).__name__})."
    try:
        taken = connection.send_messages([mail])
    except REFUSALS as error:
        logger.exception("The mail server refused message %s.", message.pk)
        return State.WAITING, f"The mail server refused this ({type(error).__name__})."
    except Exception as error:  # whatever it is, the message may be on its way: never twice
        logger.exception("Nobody knows whether message %s left.", message.pk)
        why = f"The mail server fell silent, perhaps after it took this ({type(error).__name__})."
        return State.UNCERTAIN, why
    finally:
        _close(connection)
    return (State.SENT, "") if taken else (State.WAITING, "The mail server did not take this.")


def _close(connection: Any) -> None:
    try:
        connection.close()
    except Exception:  # what became of the message is known by now, and must be written down
        logger.warning("The mail server did not say goodbye.", exc_info=True)


def _note(message: Message, state: State, why: str, now: datetime) -> None:
    """Write down what became of the message, unless a person has decided meanwhile."""
    facts: dict[str, Any] = {"state": state, "error": why}
    if state == State.SENT:
        facts["sent_at"] = clock.now()
    elif state == State.WAITING and message.attempts >= MAX_ATTEMPTS:
        facts["state"] = State.FAILED
    elif state == State.WAITING:
        facts["next_attempt_at"] = now + pause(message.attempts)
    with _writing("send message"):
        # Also when it became uncertain because this took longer than the lease: now it is known.
        Message.objects.filter(pk=message.pk, token=message.token).update(**facts)


def pause(attempts: int) -> timedelta:
    """How long to wait after so many attempts, which the mail server refused."""
    return min(timedelta(minutes=2 ** (attempts - 1)), LONGEST_PAUSE)


def _mail(message: Message) -> EmailMultiAlternatives:
    """The same Message-ID whenever it is sent, by which mail systems know a copy.

    Raises ValidationError for an address that is not one, which could be two.
    """
    row = f"{message.pk} {message.area_id} {message.user_id} {message.key} {message.made_at}"
    mark = hashlib.sha256(row.encode()).hexdigest()[:32]
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ") or "localhost"
    validate_email(message.user.email)
    mail = EmailMultiAlternatives(
        subject=f"{settings.ACCOUNT_EMAIL_SUBJECT_PREFIX}{_one_line(message.subject)}",
        body=message.text,
        to=[message.user.email],
        headers={"Message-ID": f"<{mark}@{host}>", "Auto-Submitted": "auto-generated"},
    )
    if message.html:
        mail.attach_alternative(message.html, "text/html")
    return mail


def _one_line(text: str) -> str:
    """No header can be begun by it."""
    words = " ".join(text.split())
    return "".join(character for character in words if unicodedata.category(character) != "Cc")


def resend(*, by: Actor, message: Message) -> Message:
    """Send an uncertain or failed message (again), from its first attempt.

    Raises ValidationError when it is neither, or not as it was when `message` was read any more.
    """
    return _decide(
        by,
        message,
        "send message again",
        state=State.WAITING,
        attempts=0,
        next_attempt_at=timezone.now(),
    )


def mark_delivered(*, by: Actor, message: Message) -> Message:
    """Nothing more is sent: the person knows it, from this message or otherwise.

    Raises ValidationError when it is neither uncertain nor failed, or not as it was when `message`
    was read any more.
    """
    return _decide(by, message, "mark message delivered", state=State.SENT, sent_at=clock.now())


def _decide(by: Actor, message: Message, verb: str, **facts: Any) -> Message:
    access.require(by, "message.manage", message.area)
    with audit.acting(by, verb):
        # Its token changes with every attempt, and is gone once somebody has decided.
        seen = Message.objects.filter(pk=message.pk, state=message.state, token=message.token)
        if not seen.filter(state__in=UNSETTLED).update(**facts, token="", error=""):
            raise ValidationError(DEALT_WITH)
    message.refresh_from_db()
    return message


def unsettled() -> QuerySet[Message]:
    """What a person must decide upon. What is for somebody who has left needs nobody any more."""
    here = Membership.objects.filter(user=OuterRef("user"), area=OuterRef("area"))
    return Message.objects.filter(Exists(here), user__is_active=True, state__in=UNSETTLED)


def late(now: datetime) -> QuerySet[Message]:
    """What is due for too long: nobody sends it."""
    return _due(now).filter(next_attempt_at__lt=now - LATE)


def refused() -> QuerySet[Message]:
    """What waits after many refusals: because of the person's mailbox, or of the mail server."""
    return Message.objects.filter(state=State.WAITING, attempts__gte=MANY_ATTEMPTS)


def takes_others() -> bool:
    """Whether the mail server has taken a message that is newer than all that it refuses."""
    newest = refused().aggregate(newest=Max("pk"))["newest"] or 0
    return Message.objects.filter(state=State.SENT, pk__gt=newest).exists()
