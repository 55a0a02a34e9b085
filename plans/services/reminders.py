"""Reminders of the dates that inspections set, for those who keep their area's plans.

A reminder is asked for by a row, made first and unique, and then handed over to the outbox with the
person's other ones, as one message a day. The row is marked in the transaction in which the message
is posted, so that nothing is lost or said twice; sending it is the outbox's own matter.
"""

import logging
from collections import defaultdict
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction

from management import audit, clock, outbox
from management.access import DEEDS, System
from management.days import day_text
from management.models import Area, Message, User
from plans import timetable
from plans.models import Inspection, Reminder
from plans.services import dates
from plans.timetable import Deadline

logger = logging.getLogger(__name__)
BY = System("reminders")


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
        return [*lines, f"No plan is recorded as submitted to {inspection.inspectorate} yet"]
    stage = next(stage for stage in inspection.stages.all() if stage.pk == deadline.stage)
    parts = [("The service", stage.service), ("The inspectorate", stage.inspectorate)]
    return lines + [f"{who}: {' '.join(part.split())}" for who, part in parts if part.strip()]


def hand_over() -> tuple[int, list[str]]:
    """Put what waits into the outbox, one message a person; how many, and what went wrong.

    Whoever has had one of the area today does not get another before tomorrow, unless a date would
    be over by then.
    """
    today, made, troubles = clock.today(), 0, []
    for (area, user), rows in _waiting(today).items():
        told = Message.objects.filter(area=area, user=user, key__startswith=_key(today))
        if all(row.due > today for row in rows) and told.exists():
            continue
        try:
            with audit.acting(BY, "hand over reminders"):
                made += _hand_over(area, user, rows, today)
        except Exception as error:
            # One person's trouble must not keep the others from their messages.
            logger.exception("The reminders of user %s were not handed over.", user.pk)
            troubles.append(f"user {user.pk}: {type(error).__name__}")
    return made, troubles


def _key(today: date) -> str:
    return f"reminders {today}, from "


def _hand_over(area: Area, user: User, rows: list[Reminder], today: date) -> bool:
    """Post the message and mark its rows, or neither where another worker took one of them."""
    subject, text, html = outbox.render("plans/reminder.html", _words(rows, today))
    key = _key(today) + str(min(row.pk for row in rows))
    message = outbox.post(area=area, user=user, key=key, subject=subject, text=text, html=html)
    if message is None:
        return False
    ours = Reminder.objects.waiting().filter(pk__in=[row.pk for row in rows])
    whole = ours.update(message=message, handed_at=clock.now()) == len(rows)
    if not whole:
        transaction.set_rollback(True)
    return whole


def _waiting(today: date) -> dict[tuple[Area, User], list[Reminder]]:
    """What is not handed over, by whom it is for. What is not needed any more is removed.

    Of several reminders of one date that waited, the last one made counts: it says the same.
    """
    waiting: dict[tuple[Area, User], list[Reminder]] = defaultdict(list)
    said = set()
    rows = Reminder.objects.waiting().order_by("-made_at", "-pk")
    for row in rows.select_related("user", "inspection__area", "area"):
        date_of_user = (row.user_id, row.key.rpartition(", ")[0])
        wanted = date_of_user not in said and _stands(row, today)
        said.add(date_of_user)
        if wanted and row.user in keepers(row.area):
            waiting[row.area, row.user].append(row)
        else:
            with audit.acting(BY, "drop reminder"):
                Reminder.objects.waiting().filter(pk=row.pk).delete()
    return dict(waiting)


def _stands(row: Reminder, today: date) -> bool:
    """Whether the date is still that date, not done and not over."""
    found = _awaited(row.inspection, today)
    return any(row.key.startswith(_owner(row.inspection, d) + ",") for d in found)


def _words(rows: list[Reminder], today: date) -> dict[str, Any]:
    """For the template: soonest date first, below each inspection."""
    found: dict[Inspection, list[list[str]]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row.due, row.pk)):
        what, *who = row.text.splitlines()
        found[row.inspection].append([f"{what} ({_until(row, today)})", *who])
    return {"found": dict(found), "today": today}


def _until(row: Reminder, today: date) -> str:
    days = (row.due - today).days
    return {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")
