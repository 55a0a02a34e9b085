"""Which counts may be shown to the public, so that no small one can be read or worked back. Pure.

Small counts are hidden; then as many others as it takes that none of the hidden small ones follows
from what is shown: from totals, differences or percentages. Which threshold is right is assessed by
a person, not here: the rules of the field, on publication.
"""

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

THRESHOLD = 5  # counts below it are small, unless the assessment says otherwise
Key = Hashable


@dataclass(frozen=True)
class Relation:
    """A total and the parts that add up to it, each by its key."""

    total: Key
    parts: tuple[Key, ...]

    @property
    def keys(self) -> tuple[Key, ...]:
        return (self.total, *self.parts)


def hidden(
    counts: Mapping[Key, int],
    relations: Sequence[Relation],
    threshold: int = THRESHOLD,
    given: Collection[Key] = (),
) -> set[Key]:
    """The keys whose counts must not be shown.

    A count from 1 to below `threshold` is small. `relations` are all that readers know of how the
    counts add up; a relation with a key that has no count is none. What is `given` is known to
    readers by other ways, so that to hide it hides nothing. Zero is no small count: whether it
    tells of a person, `telling` leaves to whoever assesses.
    """
    known = [r for r in relations if all(key in counts for key in r.keys)]
    small = {key for key, n in counts.items() if 0 < n < threshold and key not in given}
    found = set(small)

    def exposed(gone: set[Key]) -> set[Key]:
        return (
            _narrow(known, gone, small, counts, threshold)
            or _squeezed(known, gone, counts) & small
            or _followed(known, gone) & small
        )

    for _ in range(len(counts)):  # each round hides one more
        open_ = exposed(found)
        if not open_:
            break
        rest = sorted(_others(known, found) - set(given), key=lambda key: _cost(key, known, counts))
        near = {key for r in known if open_ & set(r.keys) for key in r.keys}
        beside = [key for key in rest if key in near] or rest
        enough = next((key for key in rest if not exposed(found | {key})), None)
        choice = enough if enough is not None else next(iter(beside), None)
        if choice is None:
            break
        found.add(choice)
    return found


def _others(relations: Sequence[Relation], found: set[Key]) -> set[Key]:
    return {key for relation in relations for key in relation.keys} - found


def _cost(
    key: Key, relations: Sequence[Relation], counts: Mapping[Key, int]
) -> tuple[bool, bool, int, str]:
    """What is hidden first: no total, no zero, the least."""
    return any(key == r.total for r in relations), not counts[key], counts[key], repr(key)


def telling(counts: Mapping[Key, int], wholes: Mapping[Key, Key]) -> list[Key]:
    """The counts that are none, or all, of their whole (0% and 100%): they tell of everybody."""
    return [
        part
        for part, whole in wholes.items()
        if counts.get(whole) and counts.get(part) in {0, counts[whole]}
    ]


def _followed(relations: Sequence[Relation], found: set[Key]) -> set[Key]:
    """The hidden counts that follow from the others: alone in a row of the reduced equations."""
    columns = sorted({key for r in relations for key in r.keys if key in found}, key=repr)
    place = {key: n for n, key in enumerate(columns)}
    rows = []
    for relation in relations:
        row = [Fraction()] * len(columns)
        for key in relation.keys:
            if key in place:
                row[place[key]] += -1 if key == relation.total else 1
        rows.append(row)
    alone = set()
    for row in _reduced(rows):
        there = [n for n, value in enumerate(row) if value]
        if len(there) == 1:
            alone.add(columns[there[0]])
    return alone


def _reduced(rows: list[list[Fraction]]) -> list[list[Fraction]]:
    """Gauss and Jordan: each row with a leading 1 that no other row has."""
    done = 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((n for n in range(done, len(rows)) if rows[n][column]), None)
        if pivot is None:
            continue
        rows[done], rows[pivot] = rows[pivot], rows[done]
        first = rows[done][column]
        rows[done] = [value / first for value in rows[done]]
        for n, row in enumerate(rows):
            if n != done and row[column]:
                rows[n] = [v - row[column] * w for v, w in zip(row, rows[done], strict=True)]
        done += 1
    return rows[:done]


def _narrow(
    relations: Iterable[Relation],
    found: set[Key],
    small: set[Key],
    counts: Mapping[Key, int],
    threshold: int,
) -> set[Key]:
    """Small counts hidden together with so little else that their sum, which follows, is small."""
    for relation in relations:
        parts = [key for key in relation.parts if key in found]
        summed = sum(counts[key] for key in parts)
        if relation.total not in found and small & set(parts) and 0 < summed < threshold:
            return small & set(parts)
    return set()


def _squeezed(
    relations: Sequence[Relation], found: set[Key], counts: Mapping[Key, int]
) -> set[Key]:
    """The hidden counts that can be one number only, as no count is below none: the bounds of each
    are narrowed by the bounds of the others until nothing moves."""
    least: dict[Key, int] = {}
    most: dict[Key, int | None] = {}
    for key in {key for relation in relations for key in relation.keys}:
        least[key] = 0 if key in found else counts[key]
        most[key] = None if key in found else counts[key]
    for _ in range(len(least) + 1):
        moved = [_narrowed(relation, least, most) for relation in relations]
        if not any(moved):
            break
    return {key for key in found & least.keys() if least[key] == most[key]}


def _narrowed(relation: Relation, least: dict[Key, int], most: dict[Key, int | None]) -> bool:
    """Whether the bounds of any of its keys have moved."""
    before = [(least[key], most[key]) for key in relation.keys]
    low = sum(least[key] for key in relation.parts)
    tops = [most[key] for key in relation.parts]
    high = None if None in tops else sum(top for top in tops if top is not None)
    _bound(relation.total, low, high, least, most)
    for key in relation.parts:
        others = [one for one in relation.parts if one != key]
        whole = most[relation.total]
        top = None if whole is None else whole - sum(least[one] for one in others)
        rest = [most[one] for one in others]
        bottom = least[relation.total] - sum(one for one in rest if one is not None)
        _bound(key, 0 if None in rest else bottom, top, least, most)
    return before != [(least[key], most[key]) for key in relation.keys]


def _bound(
    key: Key, low: int, high: int | None, least: dict[Key, int], most: dict[Key, int | None]
) -> None:
    if most[key] == least[key]:
        return
    least[key] = max(least[key], low)
    top = most[key]
    most[key] = high if top is None else top if high is None else min(top, high)
