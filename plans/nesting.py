"""Rows that hang below others of their kind, to any depth: in order, and without circles."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, TypeVar

Row = TypeVar("Row", bound=Any)


def in_order(rows: Iterable[Row]) -> list[tuple[Row, int]]:
    """Each row with its depth (0 on top), its parts right below it, in their own order.

    A row whose parent is not there stands on top; so does one of a circle, should there be one.
    """
    given = list(rows)
    keys = {row.pk for row in given}
    parts: dict[int | None, list[Row]] = defaultdict(list)
    for row in given:
        parts[row.parent_id if row.parent_id in keys else None].append(row)
    placed: list[tuple[Row, int]] = []
    seen: set[int] = set()

    waiting = [(row, 0) for row in reversed([*parts[None], *given])]
    while waiting:
        row, depth = waiting.pop()
        if row.pk not in seen:
            seen.add(row.pk)
            placed.append((row, depth))
            waiting += [(part, depth + 1) for part in reversed(parts[row.pk])]
    return placed


def below(key: int, parents: dict[int, int | None]) -> set[int]:
    """The keys of all that hangs below a row. `parents` gives the parent of each key."""
    found: set[int] = set()
    wave = {key}
    while wave:
        wave = {child for child, parent in parents.items() if parent in wave} - found - {key}
        found |= wave
    return found
