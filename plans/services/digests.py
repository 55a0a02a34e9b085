"""The weekly digest of a person: what is overdue, what is due soon, and what waits for them.

Once a week on the day that the person chose, or on the first day after it on which a worker runs;
never twice in a week, and not at all when there is nothing to tell.
"""

import logging
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied

from management import access, audit, clock, outbox
from management.access import Actor, System
from management.models import Area, Message, User
from management.versions import Stale, advance
from plans.models import Action, Digest
from plans.services.locking import lock
from plans.services.rules import own_words
from plans.services.waiting import Waits, posts_of, waits_for
from plans.wanted import SOON

logger = logging.getLogger(__name__)
BY = System("digests")


def digest_of(user: User, area: Area) -> Digest:
    """What the person has chosen; nothing is sent to somebody who has not."""
    found: Digest | None = Digest.objects.in_area(area).filter(user=user).first()
    return found or Digest(area=area, user=user, version=0)


def choose_digest(
    *,
    by: Actor,
    user: User,
    area: Area,
    version: int,
    day: int | None,
    due_soon: bool,
    overdue: bool,
    waiting: bool,
) -> Digest:
    """What the person is told of from now on; `day` None ends it. For oneself alone.

    `version` is that of what was shown, 0 where nothing was chosen. Raises Stale.
    """
    access.require(by, "area.view", area)
    if by.actor_id is not None and by.actor_id != user.pk:
        raise PermissionDenied("A digest is chosen by its own reader.")
    facts: dict[str, Any] = {"day": day, "due_soon": due_soon, "overdue": overdue}
    facts |= {"waiting": waiting, "chosen_on": clock.today()}
    with audit.acting(by, "choose digest"):
        lock(user)  # two windows of one person
        digest = digest_of(user, area)
        if digest.version != version:
            raise Stale(digest)
        if digest.pk is not None:
            advance(digest, version, **facts)
            return digest
        digest = Digest(area=area, user=user, **facts)
        digest.full_clean()
        digest.save()
    return digest


@dataclass(frozen=True)
class Told:
    """What one digest tells: rows of actions and of tasks, and what waits for a decision."""

    overdue: list[Action]
    tasks: list[dict[str, Any]]
    due_soon: list[Action]
    tasks_soon: list[dict[str, Any]]
    waits: Waits

    @property
    def is_empty(self) -> bool:
        rows = (self.overdue, self.tasks, self.due_soon, self.tasks_soon)
        return not any((*rows, self.waits.sent_back, self.waits.decisions))


def gather(digest: Digest, today: date) -> Told:
    """What there is to tell on that day, of what the person chose and may see."""
    user, area = digest.user, digest.area
    posts = [post.pk for post in posts_of(user, area, on=today)]
    rows = Action.objects.visible_to(user).in_area(area).of_posts(posts).to_work_on()
    mine = rows.select_related("plan").with_moves().by_need(on=today)
    waits = waits_for(user, area, posts, on=today)
    late = [task for task in waits.tasks if task["day"] < today]
    soon = [task for task in waits.tasks if task["day"] >= today]
    return Told(
        overdue=list(mine.standing("overdue", on=today)) if digest.overdue else [],
        tasks=late if digest.overdue else [],
        due_soon=list(mine.standing("due_soon", on=today)) if digest.due_soon else [],
        tasks_soon=soon if digest.due_soon else [],
        waits=waits if digest.waiting else Waits(),
    )


def send_due() -> tuple[int, list[str]]:
    """Put the digests whose day has come into the outbox; how many, and what went wrong."""
    today, made, troubles = clock.today(), 0, []
    monday = today - timedelta(days=today.weekday())
    rows = Digest.objects.filter(day__lte=today.weekday(), user__is_active=True)
    rows = rows.exclude(handled_on__gte=monday)
    for digest in rows.select_related("user", "area"):
        # Chosen after its day of this week: it begins next week.
        if digest.day is None or digest.chosen_on > monday + timedelta(days=digest.day):
            continue
        try:
            with audit.acting(BY, "send digest"):
                made += _send(digest, today, monday)
        except Exception as error:
            # One person's trouble must not keep the others from theirs.
            logger.exception("The digest of user %s was not made.", digest.user_id)
            troubles.append(f"user {digest.user_id}: {type(error).__name__}")
    return made, troubles


def _send(digest: Digest, today: date, monday: date) -> bool:
    """Whether there was something to tell. Where there was not, it is handled all the same.

    What comes up on a later day of the week waits for the next one.
    """
    # The version is that of what the person chose, and stays.
    Digest.objects.filter(pk=digest.pk).update(handled_on=today)
    key = f"digest {monday}"
    if Message.objects.filter(area=digest.area, user=digest.user, key=key).exists():
        return False
    told = gather(digest, today)
    if told.is_empty or not outbox.is_here(digest.user, digest.area):
        return False
    words = {"told": told, "area": digest.area, "today": today, "days": SOON.days}
    words["own"] = own_words(digest.area)
    subject, text, html = outbox.render("plans/digest_message.html", words)
    area, user = digest.area, digest.user
    outbox.post(area=area, user=user, key=key, subject=subject, text=text, html=html)
    return True
