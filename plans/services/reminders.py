"""Reminders of the dates that inspections set, for those who keep their area's plans.

A reminder is asked for by a row, made first and unique, and then sent with the person's other ones
as one message a day. The row is claimed before the message goes out and marked after it. A message
that the mail server refused goes back to wait until its date is over. Where a worker died in
between, nobody can know whether the message left: after an hour the same message is sent again,
under the same Message-ID, so that nothing is lost, and a mail system that had it already drops the
second copy.
"""

import hashlib
import logging
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from kpis.periods import day_text
from management import audit, clock
from management.access import DEEDS, System
from management.models import Area, User
from plans import timetable
from plans.models import Inspection, Reminder
from plans.services import dates
from plans.timetable import Deadline

logger = logging.getLogger(__name__)
BY = System("reminders")
CLAIM = timedelta(hours=1)
PATIENCE = timedelta(days=1)


def make_due() -> tuple[int, list[str]]:
    """Ask for every reminder whose day has come and that was not asked for before.

    How many, and what went wrong: one inspection's trouble must not keep the others waiting.
    """
    today, made, troubles = clock.today(), 0, []
    for inspection in Inspection.objects.awaited(on=today):
        try:
            with audit.acting(BY, "make reminders"):
                made += _make_of(inspection, today)
        except Exception as error:
            logger.exception("The reminders of inspection %s were not made.", inspection.pk)
            troubles.append(f"inspection {inspection.pk}: {type(error).__name__}")
    return made, troubles


def _make_of(inspection: Inspection, today: date) -> int:
    made = 0
    for deadline in _awaited(inspection, today):
        days = timetable.reminder_days(deadline.on, today, settings.REMIND_DAYS)
        if days is None:
            continue
        key = f"{_owner(inspection, deadline)}, {days} days"
        had = set(Reminder.objects.filter(key=key).values_list("user", flat=True))
        for user in keepers(inspection.area):
            if user.pk not in had:
                _make(inspection, deadline, user, key)
                made += 1
    return made


def coming(inspection: Inspection) -> list[tuple[Deadline, date | None]]:
    """What is still awaited, and when it is next reminded of (None: not again)."""
    today = clock.today()
    return [
        (deadline, timetable.next_reminder(deadline.on, today, settings.REMIND_DAYS))
        for deadline in _awaited(inspection, today)
    ]


def _awaited(inspection: Inspection, today: date) -> list[Deadline]:
    return dates.awaited([inspection], on=today)[inspection.pk]


def _owner(inspection: Inspection, deadline: Deadline) -> str:
    return deadline.key if deadline.stage else f"inspection {inspection.pk} {deadline.key}"


def keepers(area: Area) -> list[User]:
    """Who is reminded of the area's dates."""
    # One filter: a second would also find the roles that they have in other areas.
    people = User.objects.filter(
        is_active=True, memberships__area=area, memberships__role__in=DEEDS["inspection.edit"]
    )
    return list(people.distinct().order_by("name"))


def _make(inspection: Inspection, deadline: Deadline, user: User, key: str) -> None:
    reminder = Reminder(
        area=inspection.area,
        inspection=inspection,
        user=user,
        key=key,
        text="\n".join(_lines(inspection, deadline)),
        due=deadline.on,
        made_at=clock.now(),
    )
    reminder.full_clean()
    reminder.save()


def _lines(inspection: Inspection, deadline: Deadline) -> list[str]:
    """What is when, and below it who does what."""
    at = f", {deadline.at}" if deadline.at else ""
    lines = [f"{deadline.name}: {deadline.on:%A} {day_text(deadline.on)}{at}"]
    if deadline.stage is None:
        return [
            *lines,
            f"No plan with actions is agreed yet: one goes to {inspection.inspectorate}",
        ]
    stage = next(stage for stage in inspection.stages.all() if stage.pk == deadline.stage)
    parts = [("The service", stage.service), ("The inspectorate", stage.inspectorate)]
    return lines + [f"{who}: {' '.join(part.split())}" for who, part in parts if part.strip()]


def send_waiting(now: datetime) -> tuple[int, list[str]]:
    """Send what waits, one message a person; how many went out, and what went wrong.

    Whoever has had a message today is not sent another before tomorrow, unless a date would be over
    by then. `now` is the real time.
    """
    sent, troubles = 0, []
    today = clock.today()
    for user, rows in _waiting(now).items():
        lost = [row for row in rows if row.claimed_at]
        can_wait = not lost and all(row.due > today for row in rows)
        if can_wait and Reminder.objects.told(user, on=today, since=now - CLAIM).exists():
            continue
        batch = _claim([r for r in lost if r.claimed_at == lost[0].claimed_at] or rows, now)
        if not batch:
            continue
        try:
            _message(user, batch).send()
        except Exception as error:
            # One person's trouble must not keep the others from their messages.
            logger.exception("The reminders of user %s were not sent.", user.pk)
            if not _is_theirs_alone(batch):
                troubles.append(f"user {user.pk}: {type(error).__name__}")
            _mark(batch, claimed_at=None, error=type(error).__name__)
        else:
            _mark(batch, sent_at=clock.now(), error="")
            sent += 1
    return sent, troubles


def _is_theirs_alone(batch: list[Reminder]) -> bool:
    """Whether a refusal is a day old, and others have had theirs meanwhile: the service is well."""
    made = max(row.made_at for row in batch)
    return clock.now() - made > PATIENCE and Reminder.objects.filter(sent_at__gt=made).exists()


def _waiting(now: datetime) -> dict[User, list[Reminder]]:
    """What is not sent and not being sent, by person. What is not needed any more is removed.

    Of several reminders of one date that waited, the last one made is sent: it says the same. What
    a worker may have sent already is kept as it was.
    """
    waiting: dict[User, list[Reminder]] = defaultdict(list)
    today, said = clock.today(), set()
    rows = Reminder.objects.waiting(before=now - CLAIM).order_by("-made_at", "-pk")
    for row in rows.select_related("user", "inspection__area", "area"):
        date_of_user = (row.user_id, row.key.rpartition(", ")[0])
        wanted = row.claimed_at or (date_of_user not in said and _stands(row, today))
        if not row.claimed_at:
            said.add(date_of_user)
        if wanted and row.user in keepers(row.area):
            waiting[row.user].append(row)
        else:
            with audit.acting(BY, "drop reminder"):
                row.delete()
    return dict(waiting)


def _stands(row: Reminder, today: date) -> bool:
    """Whether the date is still that date, not done and not over."""
    found = _awaited(row.inspection, today)
    return any(row.key.startswith(_owner(row.inspection, d) + ",") for d in found)


def _claim(rows: list[Reminder], now: datetime) -> list[Reminder]:
    """Take all of them, or none where another worker was faster."""
    with audit.acting(BY, "send reminders"):
        keys = [row.pk for row in rows]
        mine = Reminder.objects.waiting(before=now - CLAIM).filter(pk__in=keys)
        if mine.update(claimed_at=now) != len(keys):
            Reminder.objects.filter(pk__in=keys, claimed_at=now).update(claimed_at=None)
            return []
    return rows


def _mark(rows: Iterable[Reminder], **facts: object) -> None:
    with audit.acting(BY, "send reminders"):
        Reminder.objects.filter(pk__in=[row.pk for row in rows]).update(**facts)


def _message(user: User, rows: list[Reminder]) -> EmailMessage:
    """Plain text, soonest date first, under each inspection's title."""
    today = clock.today()
    by_inspection: dict[Inspection, list[list[str]]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row.due, row.pk)):
        what, *who = row.text.splitlines()
        by_inspection[row.inspection].append([f"{what} ({_until(row, today.toordinal())})", *who])
    titles = [" ".join(inspection.title.split()) for inspection in by_inspection]
    subject = titles[0] if len(titles) == 1 else f"{len(titles)} inspections"
    context = {"found": dict(by_inspection), "site": settings.SITE_URL}
    body = render_to_string("plans/reminder.txt", context)
    mark = hashlib.sha256(" ".join(str(row.pk) for row in rows).encode()).hexdigest()[:32]
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ") or "localhost"
    return EmailMessage(
        subject=f"{settings.ACCOUNT_EMAIL_SUBJECT_PREFIX}next dates of {subject}",
        body=body,
        to=[user.email],
        headers={"Message-ID": f"<reminders-{mark}@{host}>", "Auto-Submitted": "auto-generated"},
    )


def _until(row: Reminder, today: int) -> str:
    days = row.due.toordinal() - today
    if days < 0:
        return "this date is over"
    return {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")
