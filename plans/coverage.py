"""What answers each key message and area for improvement, and what nothing answers yet."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from plans.statuses import Status

GONE = {Status.WITHDRAWN, Status.SUPERSEDED}


@dataclass(frozen=True)
class Coverage:
    """One finding and the references of the actions that answer it; withdrawn ones do not.

    `level` is 1 for a part of the finding above it. `completed` counts verified actions.
    """

    kind: str
    reference: str
    text: str
    level: int
    actions: tuple[str, ...]
    completed: int


def cover(
    key_messages: Iterable[Any],
    recommendations: Sequence[Any],
    actions: Iterable[Any],
    status: Callable[[Any], str],
    name: Callable[[Any], str] = attrgetter("reference"),
) -> list[Coverage]:
    """The coverage of both, in their own order. `status` tells how an action stands.

    An area for improvement is also answered by the actions of its parts. Two plans may have the
    same references: `name` can tell their actions apart.
    """
    live = [
        (name(a), status(a), _keys(a.key_messages), _keys(a.recommendations))
        for a in actions
        if status(a) not in GONE
    ]

    def line(kind: str, row: Any, level: int, answering: list[tuple[str, str]]) -> Coverage:
        return Coverage(
            kind,
            row.reference,
            row.text,
            level,
            tuple(reference for reference, _ in answering),
            sum(state == Status.COMPLETE for _, state in answering),
        )

    lines = [
        line(
            "Key message", row, 0, [(ref, state) for ref, state, keys, _ in live if row.pk in keys]
        )
        for row in key_messages
    ]
    for row in recommendations:
        wanted = {row.pk, *(part.pk for part in recommendations if part.parent_id == row.pk)}
        answering = [(ref, state) for ref, state, _, keys in live if wanted & keys]
        lines.append(line("Area for improvement", row, 1 if row.parent_id else 0, answering))
    return lines


def _keys(related: Any) -> set[int]:
    return {row.pk for row in related.all()}
