"""What waits for one person, beside the actions of their own posts: one answer for every page and
message that tells of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import CharField, Count, Exists, F, OuterRef, Q, Value, Window

from management import clock
from management.models import Area, Holding, Post, User
from plans.models import Action, DateAnswer, DateRequest, Dependency, Plan, Task, Update
from plans.services.verification import NOT_VERIFIED
from plans.states import WORKED_ON, PlanState
from plans.statuses import CLOSED, Status
from plans.thread import LAPSED
from plans.wanted import SOON

DECISIONS = ("plan.approve", "date.approve", "action.verify")  # what goes on only when one says so
MANY = 10  # that wait to be verified; the list of all actions has the others
AGAINST = ("back", "refused")
VERIFIED = ("pk", "reference", "text", "plan__title", "updated", "in_all")
TOLD = ("kind", "key", "reference", "plan", "text", "day", "by")


@dataclass
class Waits:
    """Tasks that are due, actions that a decision went against (`sent_back`), requests for dates,
    drafts of plans, and actions to verify: `verify_count` in all. Drafts have a key of their own,
    the others that of their action. `asked` and `blocked` wait for others: new dates that were
    asked for, and actions that wait for one that is overdue (its reference, day and lead)."""

    tasks: list[dict[str, Any]] = field(default_factory=list)
    sent_back: list[dict[str, Any]] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)
    drafts: list[dict[str, Any]] = field(default_factory=list)
    verify: list[dict[str, Any]] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    blocked: list[dict[str, Any]] = field(default_factory=list)
    verify_count: int = 0

    @property
    def behind(self) -> int:
        """How many actions wait for something that is overdue."""
        return len({row["key"] for row in self.blocked})

    @property
    def decisions(self) -> int:
        """How much goes on only when the person says so."""
        return self.verify_count + len(self.requests) + len(self.drafts)


def posts_of(user: User, area: Area, *, on: date) -> list[Post]:
    """The posts that the person holds there on that day."""
    rows = Holding.objects.visible_to(user).in_area(area).current(on=on).filter(user=user)
    return [holding.post for holding in rows.select_related("post")]


def waits_for(
    user: User, area: Area, posts: Sequence[int], *, on: date, others: bool = False
) -> Waits:
    """What waits for this person, who holds these posts, in two queries; where `others`, what of
    theirs waits for others, too."""
    found = Waits()
    parts: list[Any] = []
    if posts:
        mine = Action.objects.visible_to(user).in_area(area).of_posts(posts)
        parts = [_tasks(user, area, posts, on), *_sent_back(user, mine)]
        parts += _for_others(user, mine, on) if others else []
    if user.may("date.approve", area):
        parts.append(_requests(user, area))
    if user.may("plan.approve", area):
        parts.append(_drafts(user, area))
    if parts:
        told = _read(parts)
        found.tasks, found.requests, found.drafts, found.asked, found.blocked = (
            [row for row in told if row["kind"] == kind]
            for kind in ("task", "request", "draft", "asked", "blocked")
        )
        found.sent_back = [row for row in told if row["kind"] in AGAINST]
    if user.may("action.verify", area):
        found.verify = _to_verify(user, area, posts)
        found.verify_count = found.verify[0]["in_all"] if found.verify else 0
    return found


def to_verify(user: User, area: Area) -> list[dict[str, Any]]:
    """The actions that wait longest for this person to verify them, with how many do `in_all`."""
    return _to_verify(user, area, [post.pk for post in posts_of(user, area, on=clock.today())])


def _to_verify(user: User, area: Area, posts: Sequence[int]) -> list[dict[str, Any]]:
    done: Any = Action.objects.visible_to(user).in_area(area).to_verify_by(user, posts)
    rows = done.with_last_update().annotate(in_all=Window(Count("pk")))
    return list(rows.order_by("updated", "pk").values(*VERIFIED)[:MANY])


def sent_back(user: User, action: Action) -> list[dict[str, Any]]:
    """The decisions against this action that nobody has answered yet, in one query."""
    return _read(_sent_back(user, Action.objects.visible_to(user).filter(pk=action.pk)))


def _read(parts: Sequence[Any]) -> list[dict[str, Any]]:
    rows = parts[0].union(*parts[1:], all=True) if parts[1:] else parts[0]
    return sorted((dict(zip(TOLD, row, strict=True)) for row in rows), key=_by_day)


def _sent_back(user: User, actions: Any) -> list[Any]:
    """Of these actions: sent back, verification taken back, or a new date refused, by somebody else
    than this person. It stands until something is reported; a refused date, until another is
    asked for as well."""
    actions = actions.to_work_on().order_by().values("pk")
    later = Q(on__gt=OuterRef("on")) | Q(on=OuterRef("on"), pk__gt=OuterRef("pk"))
    reports = Update.objects.filter(later, action=OuterRef("action"))
    back = Q(old_status=Status.DONE, text__startswith=NOT_VERIFIED)
    back |= Q(old_status=Status.COMPLETE) & ~Q(status=Status.COMPLETE)
    updates = Update.objects.visible_to(user)
    returned = updates.filter(back, ~Q(author=user), ~Exists(reports), action__in=actions)
    since = {"action": OuterRef("request__action"), "recorded_at__gt": OuterRef("recorded_at")}
    said, asked = (Exists(row.objects.filter(**since)) for row in (Update, DateRequest))
    # Whoever takes their own request back knows of it.
    others = ~Q(author=user) & ~Q(author=F("request__author"))
    answers = DateAnswer.objects.visible_to(user).filter(agreed=False)
    answers = answers.exclude(text__startswith=LAPSED)
    refused = answers.filter(others, ~said, ~asked, request__action__in=actions)
    facts = {"text": F("text"), "day": F("on"), "by": F("by")}
    return [
        _of_action(returned, "back", **facts),
        _of_action(refused, "refused", "request__action", **facts),
    ]


def _tasks(user: User, area: Area, posts: Sequence[int], on: date) -> Any:
    rows = Task.objects.visible_to(user).in_area(area).of_posts(posts).still_open()
    rows = rows.filter(due__lte=on + SOON)
    return _of_action(rows, "task", text=F("text"), day=F("due"), by=_nothing())


def _for_others(user: User, mine: Any, on: date) -> list[Any]:
    """What nobody has answered yet, and what cannot go on before something overdue is done."""
    mine = mine.to_work_on().order_by().values("pk")
    asked = DateRequest.objects.visible_to(user).filter(answer=None, action__in=mine)
    late = Action.objects.visible_to(user).overdue(on=on).exclude(status=Status.DONE)
    blocked = Dependency.objects.visible_to(user).filter(action__in=mine)
    blocked = blocked.filter(blocker__in=late.order_by().values("pk"))
    day, by = F("blocker__late_after"), F("blocker__lead__title")
    return [
        _of_action(asked, "asked", text=F("reason"), day=F("new"), by=F("by")),
        _of_action(blocked, "blocked", text=F("blocker__reference"), day=day, by=by),
    ]


def _requests(user: User, area: Area) -> Any:
    """Not those that the person made: somebody else must agree."""
    rows = DateRequest.objects.visible_to(user).in_area(area).filter(answer=None)
    rows = rows.filter(action__plan__state__in=WORKED_ON).exclude(action__status__in=CLOSED)
    rows = rows.exclude(author=user)
    return _of_action(rows, "request", text=F("reason"), day=F("new"), by=F("by"))


def _drafts(user: User, area: Area) -> Any:
    """Those with actions: an empty one waits for whoever writes it."""
    rows = Plan.objects.visible_to(user).in_area(area).filter(state=PlanState.DRAFT)
    rows = rows.filter(pk__in=Action.objects.in_area(area).order_by().values("plan"))
    facts = {"key": F("pk"), "plan": F("title"), "day": F("agreed_on")}
    return _told(rows, "draft", reference=_nothing(), text=_nothing(), by=_nothing(), **facts)


def _of_action(rows: Any, kind: str, way: str = "action", /, **facts: Any) -> Any:
    facts |= {"reference": F(f"{way}__reference"), "plan": F(f"{way}__plan__title")}
    return _told(rows, kind, key=F(f"{way}_id"), **facts)


def _told(rows: Any, kind: str, **facts: Any) -> Any:
    facts["kind"] = Value(kind, CharField())
    its = {f"its_{name}": facts[name] for name in TOLD}
    return rows.order_by().annotate(**its).values_list(*its)


def _nothing() -> Value:
    return Value("", CharField())


def _by_day(row: dict[str, Any]) -> tuple[date, int]:
    return row["day"], row["key"]
