"""A plan's actions for a file, as far as the person who asks may see what they lead back to."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from django.db.models import OuterRef, QuerySet

from kpis.models import Indicator as Kpi
from management import clock
from management.models import Area, Post, User
from plans.models import (
    Action,
    DateChange,
    Evidence,
    Finding,
    FindingLink,
    Inspection,
    KeyMessage,
    KeyMessageLink,
    KpiLink,
    Plan,
    Recommendation,
    RecommendationLink,
    SelfEvaluation,
    Support,
    Update,
)
from plans.plan_file.content import Line, Moved, PlanFile, Proof
from plans.references import named
from plans.services.rules import rules_of, words_of
from plans.states import PlanState
from plans.statuses import CLOSED, Status
from plans.words import Rule, Word, key_of, word_for

AT_ONCE = 4_000  # actions whose facts are in memory together
FACTS = (
    *("pk", "version", "plan_id", "plan__title", "plan__state", "plan__inspection_id"),
    *("reference", "indicator__code", "indicator__name", "text", "responsible", "timescale"),
    *("lead_id", "added_on", "original_due", "due", "late_after"),
    *("evidence_expected", "status", "word", "percent", "illustrative"),
    *("superseded_by__reference", "superseded_by__plan_id", "superseded_by__plan__title"),
)
ENTRY = ("action_id", "illustrative")


def plan_file(
    *, user: User, plan: Plan, keys: Any = None, chosen: Sequence[tuple[str, str]] = ()
) -> PlanFile:
    """The plan and its actions, or those that `keys` has (actions, or their keys): by quality
    indicator, and in the plan's order under each.

    `chosen` says by what they were chosen: name and value of each filter.
    """
    actions = Action.objects.visible_to(user).filter(plan=plan)
    order = ("indicator__sequence", "indicator__code", "sequence", "pk")
    every = list(actions.order_by(*order).values_list("pk", flat=True))
    named = set(every if keys is None else _keys(keys))
    wanted = [key for key in every if key in named]
    return PlanFile(
        title=plan.title,
        shown=len(wanted),
        total=len(every),
        chosen=tuple(chosen),
        lines=lines(user=user, area=plan.area, keys=wanted),
        key=plan.pk,
        state=plan.get_state_display(),
        agreed_on=plan.agreed_on,
        ends_on=plan.ends_on,
        answers=tuple(_answered(user, plan)),
        source=plan.source,
        illustrative=plan.illustrative,
        posts=tuple(str(post) for post in Post.objects.visible_to(user).in_area(plan.area)),
        **_printed(plan.area),
    )


def actions_file(
    *, user: User, area: Area, keys: Any, chosen: Sequence[tuple[str, str]] = ()
) -> PlanFile:
    """A list of actions of several plans, in the order of `keys`; those alone that `user` sees."""
    seen = Action.objects.visible_to(user).in_area(area)
    there = set(seen.order_by().values_list("pk", flat=True))
    wanted = [key for key in _keys(keys) if key in there]
    return PlanFile(
        title=f"Actions of {area.name}",
        shown=len(wanted),
        total=len(there),
        chosen=tuple(chosen),
        lines=lines(user=user, area=area, keys=wanted),
        illustrative="\n".join(_illustrated(seen, set(wanted))),
        **_printed(area),
    )


def _keys(rows: Any) -> Iterable[int]:
    return rows.values_list("pk", flat=True) if isinstance(rows, QuerySet) else rows


def _printed(area: Area) -> dict[str, Any]:
    """What every file of the area says, and in which words."""
    words, rule = words_of(area), rules_of(area).colours
    return {
        "area": area.name,
        "slug": area.slug,
        "partnership": area.partnership,
        "made_at": clock.now(),
        "names": names_by_status(words),
        "meanings": tuple(key_of(words, rule)),
        "banded": rule != Rule.STATUS,
    }


def _illustrated(actions: Any, keys: set[int]) -> list[str]:
    """What is invented in the plans of these actions."""
    told = actions.exclude(plan__illustrative="").order_by("plan", "pk")
    said = told.values_list("pk", "plan__illustrative")
    return list(dict.fromkeys(text for key, text in said if key in keys))


def _answered(user: User, plan: Plan) -> Iterator[str]:
    if plan.inspection_id is not None:
        inspections = Inspection.objects.visible_to(user).filter(pk=plan.inspection_id)
        yield from inspections.values_list("title", flat=True)
    if plan.self_evaluation_id is not None:
        looks = SelfEvaluation.objects.visible_to(user).filter(pk=plan.self_evaluation_id)
        yield from looks.values_list("title", flat=True)


def names_by_status(words: Sequence[Word]) -> dict[str, list[str]]:
    """The area's words for each status, the one that is shown first, or else our own."""
    own = [word for word in words if word.rule == Rule.STATUS]
    named = {s: [word.word for word in own if word.status == s] for s in Status}
    return {s.value: found or [s.label] for s, found in named.items()}


def printed_word(word: str, names: Sequence[str]) -> str:
    """What a file prints for an action's own word: that, where it is one of its status's names."""
    return word if word in names else names[0]


def lines(*, user: User, area: Area, keys: Sequence[int]) -> Iterator[Line]:
    """Each of these actions of the area, in this order, some at a time."""
    known = _Known(user, area)
    for start in range(0, len(keys), AT_ONCE):
        yield from known.some(keys[start : start + AT_ONCE])


class _Named(NamedTuple):
    """What an action can be linked to: its place among its like and its name; of what an
    `inspection` found the `short` name too, which says enough in that inspection's own plans."""

    place: int
    name: str
    inspection: int | None = None
    short: str = ""


class _Known:
    """What is the same for all actions of one file: the words, and what this person may see."""

    def __init__(self, user: User, area: Area) -> None:
        self.area = area
        self.actions = Action.objects.visible_to(user).in_area(area)
        self.today = clock.today()
        self.words, self.rule = words_of(area), rules_of(area).colours
        self.names = names_by_status(self.words)
        posts = Post.objects.visible_to(user).in_area(area).order_by("title", "organisation")
        self.posts = _in_place((post.pk, str(post)) for post in posts)
        inspections = Inspection.objects.visible_to(user).in_area(area)
        messages = KeyMessage.objects.filter(inspection__in=inspections)
        self.messages = _of_inspections(messages, "number", "KM")
        asks = Recommendation.objects.filter(inspection__in=inspections)
        self.recommendations = _of_inspections(asks, "reference")
        looks = SelfEvaluation.objects.visible_to(user).in_area(area)
        found = Finding.objects.filter(self_evaluation__in=looks).order_by(
            "self_evaluation__title", "self_evaluation", "sequence"
        )
        told = found.values_list("pk", "reference", "self_evaluation__title")
        self.findings = _in_place((key, named(name, title)) for key, name, title in told)
        kpis = Kpi.objects.visible_to(user).in_area(area).order_by("code")
        measured = kpis.values_list("pk", "code", "name")
        self.kpis = _in_place((key, f"{code} {name}") for key, code, name in measured)

    def some(self, keys: Sequence[int]) -> Iterator[Line]:
        told = Update.objects.standing().filter(action=OuterRef("pk"))
        latest = told.order_by("-on", "-id").values("pk")
        rows = self.actions.filter(**_these("pk", keys)).order_by().values(*FACTS, last=latest[:1])
        there = {row["pk"]: row for row in rows}
        hangs = _Hanging(self, there)
        return (self.line(there[key], hangs) for key in keys if key in there)

    def line(self, row: dict[str, Any], hangs: "_Hanging") -> Line:
        key, status = row["pk"], Status(row["status"])
        on, by, text = hangs.updates.get(row["last"], (None, "", ""))
        # A draft promises nothing yet, so nothing in it is late.
        late_after = None if row["plan__state"] == PlanState.DRAFT else row["late_after"]
        is_open = status not in CLOSED
        late = (self.today - late_after).days if late_after and is_open else 0
        own = self.names[status]
        stands = word_for(
            self.words,
            self.rule,
            status=status,
            percent=row["percent"],
            late_after=late_after,
            on=self.today,
        )
        return Line(
            key=key,
            version=row["version"],
            plan=row["plan__title"],
            reference=row["reference"],
            indicator_code=row["indicator__code"],
            indicator=row["indicator__name"],
            text=row["text"],
            lead=self.posts[row["lead_id"]].name,
            supporting=tuple(hangs.supporting[key]),
            key_messages=tuple(hangs.messages[key]),
            recommendations=tuple(hangs.recommendations[key]),
            findings=tuple(hangs.findings[key]),
            kpis=tuple(hangs.kpis[key]),
            responsible=row["responsible"],
            timescale=row["timescale"],
            added_on=row["added_on"],
            original_due=row["original_due"],
            due=row["due"],
            moves=tuple(hangs.moves[key]),
            status=status.value,
            label=status.label,
            word=row["word"],
            shown=printed_word(row["word"], own),
            stands=stands.word if stands else "",
            colour=stands.colour if stands else "",
            percent=row["percent"],
            is_open=is_open,
            days_overdue=max(late, 0),
            late_by_first=late > 0 and row["late_after"] != row["due"],
            update=text,
            update_on=on,
            update_by=by,
            evidence_expected=row["evidence_expected"],
            evidence=tuple(hangs.evidence[key]),
            superseded_by=_successor(row),
            illustrative=row["illustrative"] or key in hangs.invented,
        )


class _Hanging:
    """What hangs on some actions, by the action's key: one question for each kind."""

    def __init__(self, known: _Known, there: dict[int, dict[str, Any]]) -> None:
        own = {key: row["plan__inspection_id"] for key, row in there.items()}
        mine = {"area": known.area, **_these("action", list(there))}

        def linked(model: Any, what: str, names: dict[int, _Named]) -> dict[int, list[str]]:
            found: dict[int, list[_Named]] = defaultdict(list)
            pairs = model.objects.filter(**mine).order_by()
            for action, other in pairs.values_list("action_id", f"{what}_id"):
                if other in names:
                    found[action].append(names[other])
            named_so: dict[int, list[str]] = defaultdict(list)
            for key, others in found.items():
                its = own.get(key)
                others.sort(key=lambda one: (one.inspection != its, one.place))
                named_so[key] = [
                    one.short if one.short and one.inspection == its else one.name for one in others
                ]
            return named_so

        self.supporting = linked(Support, "post", known.posts)
        self.messages = linked(KeyMessageLink, "key_message", known.messages)
        self.recommendations = linked(RecommendationLink, "recommendation", known.recommendations)
        self.findings = linked(FindingLink, "finding", known.findings)
        self.kpis = linked(KpiLink, "kpi", known.kpis)
        last = [row["last"] for row in there.values() if row["last"]]
        said = Update.objects.filter(pk__in=last).order_by()
        self.invented: set[int] = set()  # actions with an entry in the file that is illustrative
        self.updates: dict[int, Any] = {}
        for key, action, invented, *told in said.values_list("pk", *ENTRY, "on", "by", "text"):
            self.updates[key] = told
            if invented:
                self.invented.add(action)
        self.moves: dict[int, list[Moved]] = defaultdict(list)
        changes = DateChange.objects.standing().filter(**mine).order_by("on", "id")
        facts: tuple[str, ...] = ("on", "old", "new", "reason", "by", "approver")
        for key, invented, *told in changes.values_list(*ENTRY, *facts):
            self.moves[key].append(Moved(*told))
            if invented:
                self.invented.add(key)
        self.evidence: dict[int, list[Proof]] = defaultdict(list)
        proofs = Evidence.objects.filter(**mine, withdrawal=None).order_by("on", "id")
        facts = ("on", "description", "url", "file_name")
        for key, invented, *told in proofs.values_list(*ENTRY, *facts):
            self.evidence[key].append(Proof(*told))
            if invented:
                self.invented.add(key)


def _these(name: str, keys: Sequence[int]) -> dict[str, Any]:
    """The rows of these actions; by two numbers where they are (nearly) all between them.

    Thousands of keys in a list take longer to send than their rows take to read.
    """
    first, last = min(keys, default=0), max(keys, default=0)
    if last - first < 2 * len(keys):
        return {f"{name}__gte": first, f"{name}__lte": last}
    return {f"{name}__in": keys}


def _of_inspections(rows: Any, name: str, before: str = "") -> dict[int, _Named]:
    """Key messages or recommendations by their keys, those of one inspection together."""
    order = ("inspection__title", "inspection", "number" if name == "number" else "sequence")
    told = rows.order_by(*order).values_list("pk", name, "inspection_id", "inspection__title")
    return {
        key: _Named(place, named(f"{before}{said}", title), found, f"{before}{said}")
        for place, (key, said, found, title) in enumerate(told)
    }


def _in_place(told: Iterable[tuple[int, str]]) -> dict[int, _Named]:
    return {key: _Named(place, name) for place, (key, name) in enumerate(told)}


def _successor(row: dict[str, Any]) -> str:
    if not row["superseded_by__reference"]:
        return ""
    other = row["superseded_by__plan_id"] != row["plan_id"]
    return named(
        row["superseded_by__reference"], row["superseded_by__plan__title"] if other else ""
    )
