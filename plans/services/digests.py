"""The weekly digest of a person: what is overdue, what is due soon, and what waits for them.

Once a week on the day that the person chose, or on the first day after it on which a worker runs;
never twice in a week, and not at all when there is nothing to tell.
"""

import logging
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from management import access, audit, clock, outbox
from management.access import Actor, System
from management.models import Area, Message, User
from management.versions import Stale, advance
from plans.models import Action, DateRequest, Digest, Plan, Task
from plans.states import PlanState
from plans.statuses import CLOSED, Status

logger = logging.getLogger(__name__)
BY = System("digests")
SOON = timedelta(days=14)


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
        raise PermissionError("a digest is chosen by its own reader")
    facts: dict[str, Any] = {"day": day, "due_soon": due_soon, "overdue": overdue}
    facts |= {"waiting": waiting, "chosen_on": clock.today()}
    with audit.acting(by, "choose digest"):
        User.objects.select_for_update().get(pk=user.pk)  # two windows of one person
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
    """What one digest tells: rows of actions, tasks, requests and plans, each under its heading."""

    overdue: list[Action]
    tasks: list[Task]
    due_soon: list[Action]
    verify: list[Action]
    requests: list[DateRequest]
    drafts: list[Plan]

    @property
    def is_empty(self) -> bool:
        return not any(vars(self).values())

    @property
    def waiting(self) -> int:
        return len(self.verify) + len(self.requests) + len(self.drafts)


def gather(digest: Digest, today: date) -> Told:
    """What there is to tell on that day, of what the person chose and may see."""
    user, area = digest.user, digest.area
    mine = Action.objects.visible_to(user).in_area(area).of_posts_held_by(user, on=today)
    mine = mine.still_open().promised().select_related("plan").by_urgency(on=today)
    late = mine.filter(late_after__lt=today) if digest.overdue else mine.none()
    soon = mine.filter(late_after__gte=today, due__lte=today + SOON)
    actions = Action.objects.visible_to(user).in_area(area).select_related("plan")
    tasks = Task.objects.filter(action__in=mine.values("pk"), done_on=None, dropped_on=None)
    verify = actions.filter(status=Status.DONE).exclude(plan__state=PlanState.CLOSED)
    asked = DateRequest.objects.in_area(area).filter(answer=None).exclude(author=user)
    asked = asked.exclude(action__status__in=CLOSED).select_related("action__plan")
    drafts = Plan.objects.visible_to(user).in_area(area).filter(state=PlanState.DRAFT)
    waits = digest.waiting
    return Told(
        overdue=list(late),
        tasks=list(tasks.filter(due__lt=today).select_related("action")) if digest.overdue else [],
        due_soon=list(soon) if digest.due_soon else [],
        verify=list(verify) if waits and user.may("action.verify", area) else [],
        requests=list(asked) if waits and user.may("date.approve", area) else [],
        drafts=list(drafts.filter(actions__isnull=False).distinct())
        if waits and user.may("plan.approve", area)
        else [],
    )


def send_due() -> tuple[int, list[str]]:
    """Put the digests whose day has come into the outbox; how many, and what went wrong."""
    today, made, troubles = clock.today(), 0, []
    monday = today - timedelta(days=today.weekday())
    rows = Digest.objects.filter(day__lte=today.weekday(), user__is_active=True)
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
    key = f"digest {monday}"
    if Message.objects.filter(area=digest.area, user=digest.user, key=key).exists():
        return False
    told = gather(digest, today)
    if told.is_empty or not outbox.is_here(digest.user, digest.area):
        return False
    words = {"told": told, "area": digest.area, "today": today, "days": SOON.days}
    subject, text, html = outbox.render("plans/digest_message.html", words)
    area, user = digest.area, digest.user
    outbox.post(area=area, user=user, key=key, subject=subject, text=text, html=html)
    return True
