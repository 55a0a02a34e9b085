"""Long lists of actions: found, counted and put in order by the database, one page of them read."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Self

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    Max,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Lower

from plans.querysets.actions import ActionQuerySet
from plans.states import WORKED_ON, PlanState
from plans.statuses import CLOSED, Status
from plans.wanted import QUIET, SOON, Wanted

# What `plans.lines.line` makes a line of.
TOLD = (
    "pk reference text status percent due late_after timescale plan_id updated moves first done_on"
)
LINE = {
    "plan_title": F("plan__title"),
    "plan_state": F("plan__state"),
    "lead_title": F("lead__title"),
    "lead_organisation": F("lead__organisation"),
}
# What lists are grouped by: the group's key, and the columns that its heading is made of.
GROUPS: dict[str, tuple[str, ...]] = {
    "indicator": ("indicator", "indicator__code", "indicator__name", "indicator__sequence"),
    "message": (
        "key_messages",
        "key_messages__number",
        "key_messages__inspection",
        "key_messages__inspection__title",
    ),
    "status": ("status",),
    "post": ("lead", "lead__title", "lead__organisation"),
}


class ActionListQuerySet(ActionQuerySet):
    def worked_on(self) -> Self:
        """Of plans that are neither a draft nor closed: only there something is reported."""
        return self.filter(plan__state__in=WORKED_ON)

    def to_work_on(self) -> Self:
        """Open, of plans that are worked on: what those who hold its posts have to do."""
        return self.still_open().worked_on()

    def standing(self, status: str, *, on: date) -> Self:
        """In that status, or in one of `plans.wanted.SITUATIONS`."""
        if status == "quiet":
            return self._with_silence().filter(_situations(on)[status])
        return self.filter(_situations(on).get(status, Q(status=status)))

    def situations(self, *, on: date) -> dict[str, int]:
        """How many are in each of `plans.wanted.SITUATIONS`, and `done`: waiting to be verified."""
        told = _situations(on) | {"done": Q(status=Status.DONE)}
        counts = {name: Count("pk", filter=q) for name, q in told.items()}
        found: dict[str, int] = self._with_silence().order_by().aggregate(**counts)
        return found

    def _with_silence(self) -> Self:
        """Adds `silent_since`: when something was last heard of it, or it was added."""
        since = Coalesce(F("updated"), F("added_on"))
        return self.with_last_update().annotate(silent_since=since)

    def with_last_update(self) -> Self:
        """Adds `updated`: the day of the last update, None where there is none."""
        last = self._told().order_by().values("action").annotate(day=Max("on"))
        return self.annotate(updated=Subquery(last.values("day")))

    def with_moves(self) -> Self:
        """Adds `moves`, how often the due date was moved, and `first`, the first one there was.

        A date that is given for the first time has not moved.
        """
        changes: Any = self.model._meta.get_field("date_changes").related_model
        changes = changes._default_manager.filter(action=OuterRef("pk"))
        moved = (
            changes.standing()
            .exclude(old=None)
            .order_by()
            .values("action")
            .annotate(times=Count("pk"))
        )
        first = Subquery(changes.order_by("id").values("new")[:1])
        return self.annotate(
            moves=Coalesce(Subquery(moved.values("times")), Value(0)),
            first=Coalesce(F("original_due"), first),
        )

    def with_report(self) -> Self:
        """Adds `done_on`: the day on which it was reported as done, where it waits to be verified;
        None of every other."""
        became = self._told().filter(status=Status.DONE).exclude(old_status=Status.DONE)
        day = Subquery(became.order_by("-on", "-id").values("on")[:1])
        return self.annotate(done_on=Case(When(status=Status.DONE, then=day)))

    def _updates(self) -> Any:
        updates: Any = self.model._meta.get_field("updates").related_model
        return updates._default_manager.filter(action=OuterRef("pk"))

    def _told(self) -> Any:
        """The updates of which any is told as the last one."""
        return self._updates().standing()

    def wanted(self, wanted: Wanted, *, on: date) -> Self:
        """Those that meet all of what is wanted, each once."""
        rows = self
        for word in wanted.words:
            rows = rows.mentioning(word)
        if wanted.status:
            rows = rows.standing(wanted.status, on=on)
        if wanted.posts:
            rows = rows.of_posts(wanted.posts)
        if wanted.message is not None:
            rows = rows.filter(pk__in=self.tagged(wanted.message))
        if wanted.indicators:
            rows = rows.filter(indicator__in=wanted.indicators)
        facts = {
            "plan": wanted.plan,
            "plan__state": wanted.state or None,
            "due__gte": wanted.due_from,
            "due__lte": wanted.due_to,
        }
        return rows.filter(**{name: value for name, value in facts.items() if value is not None})

    def mentioning(self, word: str) -> Self:
        """With the word in its reference, its text, the evidence expected or its last update."""
        last = self._told().order_by("-on", "-id").values("text")[:1]
        # The last update is asked for last: most words are found without it.
        return self.alias(last=Subquery(last)).filter(
            Q(reference__icontains=word)
            | Q(text__icontains=word)
            | Q(evidence_expected__icontains=word)
            | Q(last__icontains=word)
        )

    def tagged(self, message: int) -> Any:
        """The keys of the actions that answer a key message."""
        messages: Any = self.model._meta.get_field("key_messages")
        links = messages.remote_field.through._default_manager
        return links.filter(key_message=message).values("action")

    def tally(self, *, on: date) -> dict[str, tuple[int, int]]:
        """How many there are in each status, and how many of them are overdue."""
        late = Count("pk", filter=_situations(on)["overdue"])
        rows = self.order_by().values("status").annotate(n=Count("pk"), late=late)
        return {row["status"]: (row["n"], row["late"]) for row in rows}

    def sorted_by(self, sort: str) -> Self:
        """By one of `plans.wanted.SORTS`; what has no date or no update comes last either way."""
        return self.with_last_update().order_by(*_order(sort))

    def with_mine(self, posts: Sequence[int]) -> Self:
        """Adds `mine`: whether one of these posts leads or supports it."""
        mine = Q(lead__in=posts) | Q(pk__in=self._supported_by(posts))
        return self.annotate(mine=Case(When(mine, then=Value(True)), default=Value(False)))

    def to_verify_by(self, user: Any, posts: Sequence[int]) -> Self:
        """Reported as done, and this person, who holds these posts, can be the second one.

        As `plans.services.verification` decides: not who leads it, reported it as done or gave
        its evidence.
        """
        later = Q(on__gt=OuterRef("on")) | Q(on=OuterRef("on"), pk__gt=OuterRef("pk"))
        updates: Any = self.model._meta.get_field("updates").related_model
        other = updates._default_manager.filter(later, action=OuterRef("action"))
        other = other.exclude(status=Status.DONE)
        reports = self._updates().filter(author=user, status=Status.DONE)
        evidence: Any = self.model._meta.get_field("evidence").related_model
        given = evidence._default_manager.filter(
            action=OuterRef("pk"), author=user, withdrawal=None
        )
        rows = self.filter(status=Status.DONE).worked_on().exclude(lead__in=posts)
        return rows.exclude(Exists(reports.exclude(Exists(other)))).exclude(Exists(given))

    def by_need(self, *, on: date) -> Self:
        """What is late first, then what is due next, then what has no date; last of all what waits
        for somebody else, and what is closed."""
        need = Case(
            When(status__in=CLOSED, then=Value(4)),
            When(status=Status.DONE, then=Value(3)),
            When(late_after=None, then=Value(2)),
            When(late_after__lt=on, then=Value(0)),
            default=Value(1),
        )
        return self.annotate(need=need).order_by("need", "late_after", "sequence", "pk")

    def sizes(self, by: str, *, on: date) -> list[dict[str, Any]]:
        """The groups of a list by GROUPS, parted by status: the `group` (its key), its `size`, and
        how many are overdue (`late`)."""
        group, *columns = GROUPS[by]
        late = Count("pk", filter=_situations(on)["overdue"])
        rows = self.order_by().values(*{*columns, "status"}, group=F(group))
        return list(rows.annotate(size=Count("pk"), late=late))

    def in_groups(self, by: str, groups: Sequence[list[Any]], sort: str) -> Self:
        """Those of these groups (by their keys), in order, once under each; `place` says which."""
        group = GROUPS[by][0]
        places = [
            When(Q(group=None) if keys == [None] else Q(group__in=keys), then=Value(place))
            for place, keys in enumerate(groups)
        ]
        rows = self.with_last_update().annotate(group=F(group)).annotate(place=Case(*places))
        return rows.filter(place__isnull=False).order_by("place", *_order(sort))

    def lines(self, *more: str) -> Any:
        """The columns that `plans.lines.Line` prints, and the day of the last update."""
        told = self.with_last_update().with_moves().with_report()
        return told.values(*TOLD.split(), *more, **LINE)


def _situations(on: date) -> dict[str, Q]:
    """The conditions of `plans.wanted.SITUATIONS`."""
    going = ~Q(status__in=CLOSED)
    promised = going & ~Q(plan__state=PlanState.DRAFT)
    # Whoever has said that it is done has nothing to report.
    reported_on = going & ~Q(status=Status.DONE) & Q(plan__state__in=WORKED_ON)
    return {
        "open": going,
        "overdue": promised & Q(late_after__lt=on),
        "due_soon": promised & Q(late_after__gte=on, due__lte=on + SOON),
        "quiet": reported_on & Q(silent_since__lt=on - QUIET),
    }


def _order(sort: str) -> list[Any]:
    name = sort.removeprefix("-") or "reference"
    by: Any = {
        "reference": F("sequence"),
        "plan": Lower("plan__title"),
        "due": F("due"),
        "status": Case(*(When(status=s, then=Value(n)) for n, s in enumerate(Status))),
        "lead": Lower("lead__title"),
        "updated": F("updated"),
    }[name]
    down = by.desc(nulls_last=True) if sort.startswith("-") else by.asc(nulls_last=True)
    return [down, "sequence", "pk"]
