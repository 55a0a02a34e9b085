"""What answers everything that was found, and what nothing answers yet."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from plans.nesting import in_order
from plans.statuses import Status, is_open

GONE = {Status.WITHDRAWN, Status.SUPERSEDED}
MESSAGE, INDICATOR, ELEMENT = "Key message", "Graded indicator", "Rated element"
# What is said of a row, from the worst to the best.
UNCOVERED = "No action"
ONLY_GONE = "Only withdrawn or superseded actions"
ONLY_FINISHED = "Only finished actions"
UNMEASURED = "No measure: no KPI is linked to its actions"
ANSWERED = "Answered"
NOT_AGREED = "Not agreed"
CLOSED = "Closed by decision"
NOT_NEEDED = "Needs no action"
STATES = (
    UNCOVERED,
    ONLY_GONE,
    ONLY_FINISHED,
    UNMEASURED,
    ANSWERED,
    NOT_AGREED,
    CLOSED,
    NOT_NEEDED,
)

Key = tuple[str, int | str]  # what kind of row, and its key or its code


@dataclass(frozen=True)
class Asked:
    """One row that wants an answer. `part_of` is the row above it.

    `obliges` is what a grade obliges the service to do; a row that is not `needed` (a strength, a
    good grade) is listed all the same. With one that is `refused` the service does not agree.
    """

    key: Key
    kind: str
    reference: str
    text: str
    part_of: Key | None = None
    closed: bool = False
    needed: bool = True
    obliges: str = ""
    source: str = ""
    refused: bool = False


@dataclass(frozen=True)
class Answering:
    """An action: its name, how it stands, the rows that it answers, and whether a KPI is linked."""

    name: str
    status: str
    answers: frozenset[Key]
    measured: bool


@dataclass(frozen=True)
class Coverage:
    """One row and the names of the actions that answer it; `gone` ones do so no longer.

    `level` is 1 for a part, 2 for a part of a part. `completed` counts verified actions, `state` is
    one of STATES (empty in packs of before it was told), `source` is the title of what found it
    where that is not said anyway.
    """

    kind: str
    reference: str
    text: str
    level: int
    actions: tuple[str, ...]
    completed: int
    state: str = ""
    obliges: str = ""
    gone: tuple[str, ...] = ()
    needed: bool = True
    source: str = ""

    @property
    def wants_action(self) -> bool:
        """Whether somebody must still see to it."""
        return self.state in {UNCOVERED, ONLY_GONE}


def cover(asked: Sequence[Asked], actions: Iterable[Answering]) -> list[Coverage]:
    """The coverage of each row, in its own order. A row is also answered by all below it."""
    rows = {row.key: row for row in asked}
    answering: dict[Key, list[Answering]] = defaultdict(list)
    for action in actions:
        wanted: set[Key] = set()
        for key in action.answers:
            while key in rows and key not in wanted:
                wanted.add(key)
                above = rows[key].part_of
                key = above if above is not None else key
        for key in wanted:
            answering[key].append(action)
    return [_line(row, answering[row.key], _level(row, rows)) for row in asked]


def _line(row: Asked, answering: list[Answering], level: int) -> Coverage:
    live = [action for action in answering if action.status not in GONE]
    return Coverage(
        row.kind,
        row.reference,
        row.text,
        level,
        tuple(action.name for action in live),
        sum(action.status == Status.COMPLETE for action in live),
        _state(row, answering, live),
        row.obliges,
        tuple(action.name for action in answering if action.status in GONE),
        row.needed,
        row.source,
    )


def _state(row: Asked, answering: list[Answering], live: list[Answering]) -> str:
    if row.closed:
        return CLOSED
    if not live:
        if not row.needed:
            return NOT_NEEDED
        if row.refused:
            return NOT_AGREED
        return ONLY_GONE if answering else UNCOVERED
    if not any(is_open(action.status) for action in live):
        return ONLY_FINISHED
    return ANSWERED if any(action.measured for action in live) else UNMEASURED


def _level(row: Asked, rows: dict[Key, Asked]) -> int:
    level, seen = 0, {row.key}
    while row.part_of in rows and row.part_of not in seen:
        row = rows[row.part_of]
        seen.add(row.key)
        level += 1
    return level


def of_indicator(framework: str, code: str) -> Key:
    """The same in every version of a framework; another framework may use the code otherwise."""
    return ("indicator", f"{framework} {code}")


def of_inspection(
    key_messages: Iterable[Any],
    recommendations: Iterable[Any],
    evaluations: Iterable[Any],
    stood: Callable[[Any], tuple[bool, str]] = lambda row: (row.is_open, row.kind),
) -> list[Asked]:
    """What an inspection asks, from its rows: messages, recommendations with parts, and grades.

    `stood` says whether a recommendation was open, and its class. `evaluations` must bring
    `obliges` (see `EvaluationQuerySet.with_meaning`). A grade that obliges nothing needs no action.
    """
    asked = [Asked(("message", m.pk), MESSAGE, m.reference, m.text) for m in key_messages]
    for r, _ in in_order(recommendations):
        is_open, kind = stood(r)
        above = ("recommendation", r.parent_id) if r.parent_id else None
        label = r.Kind(kind).label
        asked.append(
            Asked(
                ("recommendation", r.pk),
                label,
                r.reference,
                r.text,
                above,
                closed=not is_open,
                refused=r.response == r.Response.NOT_AGREED,
            )
        )
    asked += [
        Asked(
            of_indicator(e.indicator.framework.code, e.indicator.code),
            INDICATOR,
            e.indicator.code,
            f"{e.indicator.name}: {e.get_grade_display()}",
            needed=bool(e.obliges),
            obliges=e.obliges,
        )
        for e in evaluations
    ]
    return asked


def of_self_evaluation(
    findings: Iterable[Any], judgements: Iterable[Any], *, validated: bool
) -> list[Asked]:
    """What a self-evaluation asks: elements that were rated low, and all findings.

    `judgements` are those that the service or its validator rated low: what is to improve in such
    an element is a part of it, so that an action for the finding answers both. A strength needs no
    action and stands last. Without `validated`, the validator's ratings are not known yet.
    """
    low = {
        j.indicator_id: Asked(
            of_indicator(j.indicator.framework.code, j.indicator.code),
            ELEMENT,
            j.indicator.code,
            f"{j.indicator.name}: {_rated(j, validated)}",
        )
        for j in judgements
    }
    parts: dict[int | None, list[Asked]] = defaultdict(list)
    for f in findings:
        needed = f.kind == f.Kind.IMPROVEMENT
        whole = low.get(f.indicator_id) if needed else None
        parts[f.indicator_id if whole else None].append(
            Asked(
                ("finding", f.pk),
                f.get_kind_display(),
                f.reference,
                f.text,
                whole.key if whole else None,
                needed=needed,
            )
        )
    nested = [row for key, element in low.items() for row in (element, *parts[key])]
    return nested + sorted(parts[None], key=lambda row: not row.needed)


def _rated(judgement: Any, validated: bool) -> str:
    """The service's rating, and the validator's where it is another one."""
    own, other = judgement.rating, judgement.validated_rating
    if not validated or other is None or own == other:
        return str(judgement.in_words(own))
    return f"{judgement.in_words(own) or 'Not rated'}; validated: {judgement.in_words(other)}"


def unanswered(asked: Sequence[Asked], answered: Iterable[Key]) -> tuple[int, int]:
    """How many rows want an action, and of how many that need one; `answered` have one."""
    live = [Answering("", Status.ON_TRACK, frozenset({key}), measured=False) for key in answered]
    lines = [line for row, line in zip(asked, cover(asked, live), strict=True) if row.needed]
    still = [line for line in lines if line.state not in {CLOSED, NOT_AGREED}]
    return sum(line.wants_action for line in still), len(still)


def answering(action: Any, name: str, status: str) -> Answering:
    """An action with its links prefetched, as it stands or stood."""
    return Answering(
        name,
        status,
        frozenset(
            [
                *(("message", m.pk) for m in action.key_messages.all()),
                *(("recommendation", r.pk) for r in action.recommendations.all()),
                *(("finding", f.pk) for f in action.findings.all()),
                of_indicator(action.indicator.framework.code, action.indicator.code),
            ]
        ),
        bool(action.kpis.all()),
    )
