"""What waits for one person, beside the actions of their own posts."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import CharField, Count, F, Q, Value, Window

from management.models import Area, User
from plans.models import Action, DateRequest, Task
from plans.states import WORKED_ON
from plans.statuses import CLOSED
from plans.wanted import SOON

MANY = 10  # that wait to be verified; the list of all actions has the others
VERIFIED = ("pk", "reference", "text", "plan__title", "updated", "in_all")
TOLD = ("kind", "action", "reference", "plan", "text", "day", "by")


@dataclass
class Waits:
    """Tasks that are due, requests for dates, and actions to verify: `verify_count` in all."""

    tasks: list[dict[str, Any]] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)
    verify: list[dict[str, Any]] = field(default_factory=list)
    verify_count: int = 0


def waits_for(user: User, area: Area, posts: Sequence[int], *, on: date) -> Waits:
    """What waits for this person, who holds these posts, in two queries.

    A task without a post of its own is for the lead of its action.
    """
    found = Waits()
    parts = [_tasks(user, area, posts, on)] if posts else []
    if user.may("date.approve", area):
        parts.append(_requests(user, area))
    if parts:
        rows = parts[0].union(*parts[1:], all=True) if parts[1:] else parts[0]
        told = sorted((dict(zip(TOLD, row, strict=True)) for row in rows), key=_by_day)
        found.tasks = [row for row in told if row["kind"] == "task"]
        found.requests = [row for row in told if row["kind"] == "request"]
    if user.may("action.verify", area):
        done: Any = Action.objects.visible_to(user).in_area(area).to_verify_by(user, posts)
        rows = done.with_last_update().annotate(in_all=Window(Count("pk")))
        found.verify = list(rows.order_by("updated", "pk").values(*VERIFIED)[:MANY])
        found.verify_count = found.verify[0]["in_all"] if found.verify else 0
    return found


def _tasks(user: User, area: Area, posts: Sequence[int], on: date) -> Any:
    mine = Q(post__in=posts) | Q(post=None, action__lead__in=posts)
    rows = Task.objects.visible_to(user).in_area(area).filter(mine, due__lte=on + SOON)
    rows = rows.filter(done_on=None, dropped_on=None)
    return _told(rows, "task", text=F("text"), day=F("due"), by=Value("", CharField()))


def _requests(user: User, area: Area) -> Any:
    """Not those that the person made: somebody else must agree."""
    rows = DateRequest.objects.visible_to(user).in_area(area).filter(answer=None)
    rows = rows.exclude(author=user)
    return _told(rows, "request", text=F("reason"), day=F("new"), by=F("by"))


def _told(rows: Any, kind: str, **facts: Any) -> Any:
    facts |= {
        "kind": Value(kind, CharField()),
        "reference": F("action__reference"),
        "plan": F("action__plan__title"),
        "action": F("action_id"),
    }
    its = {f"its_{name}": facts[name] for name in TOLD}
    live = rows.filter(action__plan__state__in=WORKED_ON).exclude(action__status__in=CLOSED)
    return live.order_by().annotate(**its).values_list(*its)


def _by_day(row: dict[str, Any]) -> tuple[date, int]:
    return row["day"], row["action"]
