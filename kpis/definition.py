"""What a KPI is, as its page shows it: what is counted, what it should reach and from when on,
where its series begins anew. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from kpis.values import whole

# What decides what is counted: another one begins another series.
COUNTED = {
    "numerator": "Counted",
    "denominator": "Out of",
    "exclusions": "Left out",
    "clock_rule": "Clock",
    "source": "Source",
}
# Asked of whoever lets a series begin anew (the specification of the statistics, section 2).
QUESTIONS = {
    "distinct": "Is the change distinct on the chart?",
    "cause": "Is its cause known?",
    "wanted": "Is it wanted?",
    "lasting": "Is it expected to last?",
}
MOST_PLACES = 4  # decimals, as many as values are kept with
IN_FORCE, ENDED, TO_COME = "In force", "Ended", "To come"


@dataclass(frozen=True)
class Aim:
    """A Target (`row`) with the last day on which it holds, None where none follows it.

    `value` has its unit, and is "None" where there is no target from then on.
    """

    row: Any
    value: str
    until: date | None
    state: str


@dataclass(frozen=True)
class Beginning:
    """A PhaseStart (`row`) with its answers by question, and the one that takes it back, if any."""

    row: Any
    answers: tuple[tuple[str, str], ...]
    taken_back: Any


@dataclass(frozen=True)
class Definition:
    """All of it. `facts` are a label and what stands there."""

    facts: tuple[tuple[str, str], ...]
    aims: tuple[Aim, ...]
    beginnings: tuple[Beginning, ...]


def definition(
    indicator: Any, targets: Iterable[Any], phases: Iterable[Any], *, today: date
) -> Definition:
    """That of an Indicator with its Targets and all its PhaseStarts, those taken back too."""
    return Definition(_facts(indicator), aims(indicator, targets, today), beginnings(phases))


def counted(indicator: Any) -> str:
    """What is counted, a line for each part of it."""
    rows = ((label, getattr(indicator, name)) for name, label in COUNTED.items())
    return "\n".join(f"{label}: {value}" for label, value in rows if value)


def next_code(codes: Iterable[str]) -> str:
    """The next after the highest: K10 after K9; K1 where none ends in a number."""
    numbered = [found for code in codes if (found := re.fullmatch(r"(\D*)(\d{1,6})", code))]
    last = max(numbered, key=lambda found: int(found[2]), default=None)
    return f"{last[1]}{int(last[2]) + 1:0{len(last[2])}d}" if last else "K1"


def _facts(indicator: Any) -> tuple[tuple[str, str], ...]:
    told = [
        ("Code", indicator.code),
        ("What it tells", indicator.meaning),
        ("Counted", indicator.numerator),
        ("Out of", indicator.denominator),
        ("Left out", indicator.exclusions),
        ("Clock", indicator.clock_rule),
        ("Unit", indicator.get_unit_display()),
        ("Direction", indicator.get_direction_display()),
        ("Reported", indicator.get_frequency_display()),
        ("Source", indicator.source),
        ("Owner", str(indicator.owner or "No post yet")),
        ("National outcomes", indicator.outcomes),
        ("National standards", indicator.standards),
        ("Chart", indicator.get_chart_display()),
    ]
    return tuple((label, value) for label, value in told if value)


def aims(indicator: Any, targets: Iterable[Any], today: date) -> tuple[Aim, ...]:
    """Targets first, then national standards, each newest first."""
    found: list[Aim] = []
    rows = sorted(targets, key=lambda row: row.start)
    for kind in ("target", "standard"):
        some = [row for row in rows if row.kind == kind]
        ends = [later.start - timedelta(days=1) for _, later in pairwise(some)]
        found += [
            Aim(row, _value(indicator, row), end, _state(row.start, end, today))
            for row, end in reversed(list(zip(some, [*ends, None], strict=False)))
        ]
    return tuple(found)


def _value(indicator: Any, target: Any) -> str:
    if target.value is None:
        return "None"
    return whole(target.value, indicator.get_unit_display(), indicator.decimals)


def _state(start: date, end: date | None, today: date) -> str:
    if start > today:
        return TO_COME
    return IN_FORCE if end is None or end >= today else ENDED


def beginnings(phases: Iterable[Any]) -> tuple[Beginning, ...]:
    """Newest first, each once."""
    rows: Sequence[Any] = list(phases)
    cancelled = {row.cancels_id: row for row in rows if row.cancels_id}
    own = [row for row in rows if not row.cancels_id]
    return tuple(
        Beginning(row, _answers(row), cancelled.get(row.pk))
        for row in sorted(own, key=lambda row: (row.start, row.pk), reverse=True)
    )


def _answers(row: Any) -> tuple[tuple[str, str], ...]:
    said = ((question, getattr(row, name)) for name, question in QUESTIONS.items())
    return tuple((question, answer) for question, answer in said if answer)
