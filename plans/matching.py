"""Which action of the plan each row of a file speaks of: for certain, or else by likeness.

For certain is what the reference says, or the very row or words of the last import. What is left
over then is matched with what it is like: nearly the same words, or the same place in the file.
So is a row whose words are an action's, though its reference is not. A person can turn such a match
down; one that is certain it never takes away.
"""

import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from plans.form.matching import words as telling
from plans.imports import Base, By, Match, Place, Stands, base_from, spaced
from plans.sheets.content import Understood
from plans.sheets.fields import Field

F = Field
NEAR = 0.8  # of the words of both texts, in their order
# Few rows are compared with few actions: a word that so many actions have says nothing of any.
COMMON = 200
CANDIDATES = 8
RAREST = 24  # words of a text by which those are found
MOST_WORDS = 400  # compared, where two texts have begun to differ
AKIN = 0.3  # of the telling words of the shorter text, for both to be of the same matter
ANYWHERE = {"all", "each", "every", "new"}  # words that tell nothing


def matched(
    rows: Sequence[Understood], there: Sequence[Stands], new: Collection[int] = ()
) -> list[Match | None]:
    """The action of which each row speaks, if any; no action twice.

    A reference decides: in a file of ours the action's own, else that of its last row, then its
    own. Else it is the action that the very same row made or changed before, then one whose last
    row had these words, then one that has them now: of several one under the same indicator and
    with the same lead, else the first that is left. Words that are those of one action alone stand
    above a reference that is another's, and then no reference of the file decides where the words
    have nothing in common. Rows and actions left over are matched by their words where these are
    nearly the same under the same indicator, then by their place in the file where post and date
    are the same. The rows at `new`, counted from 0, are like no action.
    """
    found: list[Match | None] = [None] * len(rows)
    free = {one.pk: one for one in there}
    renumbered = _against_references(rows, there, found, free, new)
    # Rows without a reference come first where both could be meant by the same words.
    order = sorted(range(len(rows)), key=lambda at: bool(rows[at].reference))
    for key in (*_OF_REFERENCES, _by_row, *_OF_WORDS):
        some = [(at, rows[at]) for at in order if found[at] is None]
        for at, one in _certain(key, some, free, renumbered):
            found[at] = Match(one)
    left = [at for at in range(len(rows)) if found[at] is None and at not in new]
    bare = [replace(row, reference="") for row in rows]
    for key in _OF_WORDS:
        some = [(at, bare[at]) for at in left if found[at] is None]
        for at, one in _certain(key, some, free, renumbered):
            found[at] = Match(one, By.WORDS, rows[at].reference)
    if left and free:
        _like(bare if renumbered else rows, there, left, found, free)
    return found


def _against_references(
    rows: Sequence[Understood],
    there: Sequence[Stands],
    found: list[Match | None],
    free: dict[int, Stands],
    new: Collection[int],
) -> bool:
    """Match rows that have the words of one action, and the reference of another one.

    Whether there are any: then the file has other numbers than the plan. Ours never has.
    """
    having: dict[str, dict[int, Stands]] = defaultdict(dict)
    named: dict[str, Stands] = {}
    for key in (_by_reference, _by_last_reference):  # the last row's stands above the own
        named |= {value: one for one in there if (value := key(one, None))}
    for one in there:
        for key in _OF_WORDS:
            having[key(one, None) or ""][one.pk] = one
    said = [{words(row.text), words(row.raw.get(F.ACTION, ""))} - {None} for row in rows]
    counted = Counter(text for texts in said for text in texts)
    renumbered = False
    for at, row in enumerate(rows):
        meant = {pk: one for text in said[at] for pk, one in having.get(text or "", {}).items()}
        other = named.get(row.reference.casefold())
        if other is None or len(meant) != 1 or any(counted[text] > 1 for text in said[at]):
            continue
        (one,) = meant.values()
        if one.pk == other.pk or not _under(row, one) or _is_ours(row) or one.pk not in free:
            continue
        renumbered = True
        if at not in new:
            found[at] = Match(free.pop(one.pk), By.WORDS, row.reference)
    return renumbered


# --- for certain ----------------------------------------------------------------------------------

Key = Callable[[Stands | None, Understood | None], Any]


def _certain(
    key: Key,
    rows: Sequence[tuple[int, Understood]],
    free: dict[int, Stands],
    renumbered: bool,
) -> Iterator[tuple[int, Stands]]:
    known: dict[Any, list[Stands]] = defaultdict(list)
    for one in free.values():
        if (value := key(one, None)) is not None:
            known[value].append(one)
    for at, row in rows:
        if (value := key(None, row)) is None:
            continue
        left = [one for one in known.get(value, ()) if one.pk in free]
        if key in _OF_WORDS:
            left = [one for one in left if _may_be(row, one)]
        if key is _by_words:
            left = [one for one in left if _under(row, one)]
        if key in _OF_REFERENCES and not _is_ours(row):
            invented = key is _by_reference  # here, for a row that had none
            left = [
                one
                for one in left
                if not (renumbered or (invented and one.base and not _last_reference(one.base)))
                or _akin(row, one)
            ]
        if left:
            best = max(left, key=lambda one: _alike(row, one))
            yield at, free.pop(best.pk)


def _is_ours(row: Understood) -> bool:
    """Whether Throughline has made the file: its references are those of the plan."""
    return F.RESPONSIBLE_WORDS in row.raw


def _akin(row: Understood, one: Stands) -> bool:
    """Whether the texts have some telling words in common, be it those of the last row."""
    said = telling(row.text) - ANYWHERE
    before = one.base.raw.get(F.ACTION, "") if one.base else ""
    return any(
        len(said & its) >= max(1, AKIN * min(len(said), len(its)))
        for its in (telling(text) - ANYWHERE for text in (one.values["text"], before))
    )


def _alike(row: Understood, one: Stands) -> tuple[bool, bool]:
    return one.values["indicator"] == row.indicator, one.values["lead"] == row.lead


def _under(row: Understood, one: Stands) -> bool:
    """Whether the action stands under the row's indicator; one that names none may mean any."""
    return row.indicator in {"", one.values["indicator"]}


def _may_be(row: Understood, one: Stands) -> bool:
    """Whether words can decide: a row with a reference is another's, where the action had one."""
    return not row.reference or (one.base is not None and not _last_reference(one.base))


def _last_reference(base: Base) -> str:
    return spaced(base.raw.get(F.REFERENCE, ""))


def _by_our_reference(one: Stands | None, row: Understood | None) -> Any:
    return None if row and not _is_ours(row) else _by_reference(one, row)


def _by_reference(one: Stands | None, row: Understood | None) -> Any:
    reference = one.reference if one else row.reference if row else ""
    return reference.casefold() or None


def _by_last_reference(one: Stands | None, row: Understood | None) -> Any:
    if one:
        return _last_reference(one.base).casefold() or None if one.base else None
    return spaced(row.raw.get(F.REFERENCE, "")).casefold() or None if row else None


def _by_row(one: Stands | None, row: Understood | None) -> Any:
    if one:
        return _word_for_word(one.base) if one.base else None
    return _word_for_word(base_from(row, {})) if row else None


def _word_for_word(base: Base) -> str:
    return json.dumps([base.raw, base.row], sort_keys=True, default=list)


def _by_last_words(one: Stands | None, row: Understood | None) -> Any:
    if one:
        return words(one.base.raw.get(F.ACTION, "")) if one.base else None
    return words(row.raw.get(F.ACTION, "")) if row else None


def _by_words(one: Stands | None, row: Understood | None) -> Any:
    if one:
        return words(one.values["text"])
    return words(row.text) if row else None


_OF_REFERENCES = (_by_our_reference, _by_last_reference, _by_reference)
_OF_WORDS = (_by_last_words, _by_words)


def words(text: str) -> str | None:
    """A text by which it is known again, or None where it says nothing."""
    return spaced(text).casefold() or None


def left_out_key(row: Understood) -> str:
    """By what a row that was left out is known again: its reference and words, else all of it."""
    said = [row.reference.casefold(), words(row.raw.get(F.ACTION, ""))]
    told = said if any(said) else [list(pair) for pair in row.row]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]


# --- by likeness ----------------------------------------------------------------------------------


def _like(
    rows: Sequence[Understood],
    there: Sequence[Stands],
    left: Sequence[int],
    found: list[Match | None],
    free: dict[int, Stands],
) -> None:
    expected = _expected(rows, found, there)

    def rank(pair: tuple[float, int, int]) -> Any:
        near, at, pk = pair
        one = free[pk]
        return -near, one.place != expected[at], not all(_alike(rows[at], one)), at

    for _, at, pk in sorted(_near(rows, left, free), key=rank):
        if found[at] is None and pk in free:
            found[at] = Match(free.pop(pk), By.WORDS)
    # What was matched by its words shows where the rows below it stood.
    expected = _expected(rows, found, there)
    at_place = {one.place: one for one in free.values() if one.place}
    for at in left:
        one = at_place.get(expected[at])
        if found[at] is None and one and one.pk in free and _same_besides(rows[at], one):
            found[at] = Match(free.pop(one.pk), By.PLACE)


def _same_besides(row: Understood, one: Stands) -> bool:
    """Whether post and date say what they said the last time, under the same indicator.

    The words have to be of the same matter: many actions have one post and one date.
    """
    if one.base is None or not (_under(row, one) and _may_be(row, one) and _akin(row, one)):
        return False
    said = [spaced(row.raw.get(field, "")) for field in (F.RESPONSIBLE, F.TIMESCALE)]
    before = [spaced(one.base.raw.get(field, "")) for field in (F.RESPONSIBLE, F.TIMESCALE)]
    return any(said) and said == before


def place_of(brought: int, place: str) -> Place:
    """A row's place, as of “table 1, row 3”, in a file that was brought."""
    table, _, number = place.rpartition(" ")
    digits = number.replace(",", "")
    return Place(brought, table, int(digits) if digits.isdecimal() else 0)


def _expected(
    rows: Sequence[Understood], found: Sequence[Match | None], there: Iterable[Stands]
) -> list[Place]:
    """Where each row stood in the file of the last time, if it is one that stood there.

    That is so many rows below the nearest one that was matched, as rows may have come in above. At
    the top of a table it is the same row of the table.
    """
    latest: dict[str, int] = {}
    for one in there:
        if one.place:
            latest[one.place.table] = max(one.place.brought, latest.get(one.place.table, 0))
    expected: list[Place] = []
    anchor: tuple[Place, Place] | None = None
    for row, match in zip(rows, found, strict=True):
        here = place_of(0, row.place)
        if match and match.stands.place:
            anchor = here, match.stands.place
        if anchor and anchor[0].table == here.table:
            now, then = anchor
            expected.append(then._replace(number=then.number + here.number - now.number))
        else:
            expected.append(here._replace(brought=latest.get(here.table, 0)))
    return expected


@dataclass(frozen=True)
class _Phrase:
    """A text to be compared, word by word."""

    words: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> "_Phrase":
        return cls(tuple(re.findall(r"[^\W_]+", text.casefold())))

    @cached_property
    def counts(self) -> Counter[str]:
        return Counter(self.words)

    @cached_property
    def stems(self) -> set[str]:
        return {word[:5] for word in self.words}

    @property
    def deed(self) -> str:
        return self.words[0][:5] if self.words else ""

    @cached_property
    def numbers(self) -> list[str]:
        return sorted(word for word in self.words if re.search(r"\d", word))

    def nearness(self, other: "_Phrase") -> float:
        """How much of both is the same, from 0 to 1; 0 where it is not near, or numbers differ.

        “Group 1” and “Group 2” are not nearly the same, however much else is; nor are “Increase”
        and “Reduce” at the beginning, where the deed stands.
        """
        total = len(self.words) + len(other.words)
        if self.deed not in other.stems and other.deed not in self.stems:
            return 0.0
        shared = (self.counts & other.counts).total()
        if not shared or 2 * shared / total < NEAR or self.numbers != other.numbers:
            return 0.0
        near = 2 * _in_order(self.words, other.words) / total
        return near if near >= NEAR else 0.0


def _in_order(one: Sequence[str], other: Sequence[str]) -> int:
    """How many words both have in the same order."""
    shorter = min(len(one), len(other))
    head = next((n for n in range(shorter) if one[n] != other[n]), shorter)
    one, other = one[head:], other[head:]
    shorter = min(len(one), len(other))
    tail = next((n for n in range(shorter) if one[-n - 1] != other[-n - 1]), shorter)
    one, other = one[: len(one) - tail][:MOST_WORDS], other[: len(other) - tail][:MOST_WORDS]
    return head + tail + _longest_common(one, other)


def _longest_common(one: Sequence[str], other: Sequence[str]) -> int:
    """How long the longest run is that both have, with gaps: a bit for each word of the `other`.

    After Hyyrö (2004): a word of `one` costs one addition, however long the other text is.
    """
    places: dict[str, int] = defaultdict(int)
    for at, word in enumerate(other):
        places[word] |= 1 << at
    everywhere = (1 << len(other)) - 1
    open_ = everywhere
    for word in one:
        hit = open_ & places.get(word, 0)
        open_ = ((open_ + hit) | (open_ - hit)) & everywhere
    return len(other) - open_.bit_count()


def _near(
    rows: Sequence[Understood], left: Iterable[int], free: Mapping[int, Stands]
) -> Iterator[tuple[float, int, int]]:
    """The rows and actions whose words are nearly the same: how near, the row, the action's key."""
    known = {
        pk: (
            _Phrase.of(one.values["text"]),
            _Phrase.of(one.base.raw.get(F.ACTION, "") if one.base else ""),
        )
        for pk, one in free.items()
    }
    having: dict[tuple[str, str], list[int]] = defaultdict(list)
    for pk, phrases in known.items():
        for word in {*phrases[0].counts, *phrases[1].counts}:
            for indicator in (free[pk].values["indicator"], ""):
                having[indicator, word].append(pk)
    for at in left:
        row = rows[at]
        said = _Phrase.of(row.text), _Phrase.of(row.raw.get(F.ACTION, ""))
        shared: Counter[int] = Counter()
        both = dict.fromkeys((*said[0].words, *said[1].words))
        every = (having.get((row.indicator, w), ()) for w in both)
        few = sorted((some for some in every if 0 < len(some) <= COMMON), key=len)
        for some in few[:RAREST]:
            shared.update(some)
        for pk, _ in shared.most_common(CANDIDATES):
            if not _may_be(row, free[pk]):
                continue
            near = max(mine.nearness(its) for mine, its in {*zip(said, known[pk], strict=True)})
            if near:
                yield near, at, pk
