"""Which field a column is for: by its heading, by what its cells say, and by both."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import mean

from management.sheets.content import Cell
from plans.phrases import messages
from plans.sheets.fields import (
    LABELS,
    NEWEST,
    SEVERAL,
    Field,
    Sure,
    by_heading,
    gives_way,
    plain,
)
from plans.sheets.known import Known, said

F = Field
LOOKED_AT = 40  # cells of a column: the first of them
SAMPLES = 3
LONG = 200  # characters of a sample
FEW = 3  # cells, before they contradict their heading
FEWEST = 0.2
HALF = 0.5
MOST = 0.6  # of its cells, for a column to be of what they are
NEARLY_ALL = 0.8
PROSE = 40  # characters: what is as long on average is no status
_PER_CENT = re.compile(r"\d{1,3}(?:\.\d{1,2})?\s?%")
_TARGET = {"target", "targets"}  # a day, or how much is to be reached
_REFERENCE = re.compile(r"[A-Za-z]{0,6}[ ./-]?\d{1,3}(?:[./-]\d{1,3}){0,3}[a-z]?[.)]?")
_TITLE = re.compile(
    r"\b(?:manager|head|lead|leader|officer|director|chief|co-?ordinator|worker|team|chair|analyst"
    r"|service|partnership|council|scotland)s?\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading, what it is taken for, how surely, and why.

    `samples` are some of its first different texts. `hidden` is a column that Excel does not show.
    `fits` says that most of its cells are what it is taken for, as far as cells tell that.
    """

    heading: str
    field: Field
    sure: Sure
    why: str
    samples: tuple[str, ...] = ()
    hidden: bool = False
    fits: bool = True


@dataclass(frozen=True)
class _Profile:
    """What share of the cells looks like each thing, and how long and different they are."""

    count: int
    shares: dict[Field, float]
    length: float
    different: float

    def fits(self, field: Field) -> bool:
        told = F.TIMESCALE if field == F.REVISED else field
        return self.shares.get(told, 1) >= HALF


def guess(heading: str, cells: Sequence[Cell], known: Known, hidden: bool = False) -> Column:
    """What the column is for, by its heading first; its cells decide where that says nothing."""
    texts = [text for cell in cells if (text := said(cell))]
    samples = _samples(texts)
    field, sure, why = by_heading(heading)
    profile = _profile(cells, texts, known)
    if not texts:
        why = f"{why}; it is empty" if field != F.NOTHING else "it is empty"
        sure = Sure.NONE if field == F.NOTHING else sure
        return Column(heading, field, sure, why, (), hidden, fits=False)
    other, reason = _instead(field, profile)
    if other is not None:
        field, sure, why = other, Sure.LIKELY, f"{why}, but {reason}"
    elif sure == Sure.NONE:
        field, reason = _by_cells(profile)
        sure, why = (Sure.LIKELY if field != F.NOTHING else Sure.NONE), f"{why}; {reason}"
    return Column(heading, field, sure, why, samples, hidden, profile.fits(field))


def sent_out(heading: str, field: Field, cells: Sequence[Cell], hidden: bool) -> Column:
    """A column of a table that Throughline made: its heading says all, whatever its cells do."""
    why = "Throughline has made the file, and reads it so"
    samples = _samples([text for cell in cells if (text := said(cell))])
    return Column(heading, field, Sure.CERTAIN, why, samples, hidden)


def _samples(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text[:LONG] for text in texts))[:SAMPLES]


def _profile(cells: Sequence[Cell], texts: Sequence[str], known: Known) -> _Profile:
    count = len(texts)
    if not count:
        return _Profile(0, {}, 0, 0)

    def share(hits: Sequence[bool]) -> float:
        return sum(hits) / count

    dated = [cell.is_day for cell in cells if said(cell)]
    shares = {
        F.MESSAGES: share([_is_messages(text) for text in texts]),
        F.PERCENT: share([bool(_PER_CENT.fullmatch(text)) for text in texts]),
        F.STATUS: share([_is_status(text, known) for text in texts]),
        F.TIMESCALE: share(
            [day or bool(known.timescale(t).due) for day, t in zip(dated, texts, strict=True)]
        ),
        F.INDICATOR: share([bool(known.indicators.find(text).code) for text in texts]),
        F.REFERENCE: share([bool(_REFERENCE.fullmatch(text)) for text in texts]),
        F.RESPONSIBLE: share([_is_post(text, known) for text in texts]),
    }
    return _Profile(count, shares, mean(map(len, texts)), len(set(texts)) / count)


def _is_status(text: str, known: Known) -> bool:
    """Whether it is a word of status and nothing else."""
    stood = known.status(text)
    return stood.status is not None and not stood.note and not _PER_CENT.fullmatch(text)


def is_typed(text: str, known: Known) -> bool:
    """Whether it is a date, a status, a post or a code: what stands in cells, not in headings."""
    return (
        any(character.isdigit() for character in text)
        or _is_status(text, known)
        or any(post.known for post in known.posts(text))
        or bool(known.timescale(text).due or known.indicators.find(text).code)
    )


def _is_messages(text: str) -> bool:
    if "m" not in text.casefold():
        return False
    named = messages(text)
    return bool(named.numbers) and not named.text


def _is_post(text: str, known: Known) -> bool:
    if len(text) > 5 * PROSE:
        return False
    return any(post.known for post in known.posts(text)) or bool(_TITLE.search(text))


def _instead(field: Field, profile: _Profile) -> tuple[Field | None, str]:
    """Another field where the cells contradict the heading, and why in a few words."""
    shares = profile.shares
    if profile.count < FEW:
        return None, ""
    if field == F.STATUS and shares[F.PERCENT] >= NEARLY_ALL:
        return F.PERCENT, "its cells are percentages"
    if field == F.STATUS and profile.length > PROSE and shares[F.STATUS] < 0.3:
        return F.PROGRESS, "its cells are sentences"
    if field == F.PROGRESS and shares[F.STATUS] >= NEARLY_ALL:
        return F.STATUS, "its cells are words of status"
    if field == F.PROGRESS and shares[F.PERCENT] >= NEARLY_ALL:
        return F.PERCENT, "its cells are percentages"
    if field == F.ACTION and shares[F.REFERENCE] >= NEARLY_ALL and profile.length < 12:
        return F.REFERENCE, "its cells are short numbers"
    if (
        field == F.RESPONSIBLE
        and shares[F.TIMESCALE] >= NEARLY_ALL
        and shares[F.RESPONSIBLE] < FEWEST
    ):
        return F.TIMESCALE, "its cells are dates"
    if field == F.REFERENCE and shares[F.INDICATOR] >= NEARLY_ALL and profile.different < 0.7:
        return F.INDICATOR, "its cells are codes of indicators, several times"
    return None, ""


def _by_cells(profile: _Profile) -> tuple[Field, str]:
    """What the cells look like, where no heading says what they are."""
    shares = profile.shares
    for field, what in (
        (F.MESSAGES, "its cells name key messages"),
        (F.PERCENT, "its cells are percentages"),
        (F.STATUS, "its cells are words of status"),
        (F.TIMESCALE, "its cells are dates"),
    ):
        if shares[field] >= MOST:
            return field, what
    if shares[F.INDICATOR] >= MOST and (profile.different < 1 or shares[F.REFERENCE] < MOST):
        return F.INDICATOR, "its cells name quality indicators"
    if shares[F.REFERENCE] >= NEARLY_ALL and profile.different == 1:
        return F.REFERENCE, "its cells are short and all different"
    if shares[F.RESPONSIBLE] >= MOST and profile.length < 3 * PROSE:
        return F.RESPONSIBLE, "its cells name posts"
    return F.NOTHING, "its cells do not tell"


def settle(columns: Sequence[Column]) -> tuple[Column, ...]:
    """One column for each field that has but one: the surest, and of those as sure the one whose
    cells are what it says, and of those the first.

    Where no column is for actions, the one with the longest texts is, and the next is evidence.
    """
    settled = list(columns)
    for field in F:
        claims = [n for n, column in enumerate(settled) if column.field == field]
        if field in SEVERAL or len(claims) < 2:
            continue
        order = list(Sure)
        claims.sort(
            key=lambda n: (
                gives_way(settled[n].heading),
                order.index(settled[n].sure),
                not settled[n].fits,
                -n if field in NEWEST else n,
            )
        )
        for n in claims[1:]:
            taken = settled[claims[0]].heading or "another column"
            why = f"{LABELS[field].lower()} is taken from “{taken}”"
            same = settled[n].heading == settled[claims[0]].heading
            why += ", the other column with this heading" if same else ""
            rest, sure = F.NOTHING, Sure.NONE
            if plain(settled[n].heading) in _TARGET and not settled[n].fits:
                rest, sure = F.EVIDENCE, Sure.LIKELY
                why += ", and its cells are no dates"
            settled[n] = replace(settled[n], field=rest, sure=sure, why=why)
    for field, what in ((F.ACTION, "longest"), (F.EVIDENCE, "next longest")):
        if all(column.field != field for column in settled):
            free = [n for n, c in enumerate(settled) if c.sure == Sure.NONE and c.samples]
            free = [n for n in free if "taken from" not in settled[n].why]
            if field == F.EVIDENCE:
                free = [n for n in free if not settled[n].heading]
            longest = max(free, key=lambda n: _length(settled[n]), default=None)
            if longest is None or (field == F.EVIDENCE and _length(settled[longest]) < PROSE / 2):
                break
            why = f"its cells have the {what} texts"
            settled[longest] = replace(settled[longest], field=field, sure=Sure.LIKELY, why=why)
    return tuple(settled)


def _length(column: Column) -> float:
    return mean(map(len, column.samples))
