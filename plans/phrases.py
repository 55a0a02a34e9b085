"""What people write in the cells of an improvement plan: dates, tags, posts, and words of status.

Nothing is guessed in silence: each answer carries what could not be read, so that a preview can
show it beside the words themselves. The shapes are those of document 004, Appendix B, and of
`domain.md`, Plans, rule 3.
"""

import calendar
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from kpis.periods import day_text
from plans.statuses import Status

# --- dates -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Timescale:
    """The due date that words give, or None, and what a reader should know of the reading."""

    due: date | None = None
    notes: tuple[str, ...] = ()


MONTHS = {name.lower(): n for n, name in enumerate(calendar.month_name) if name}
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_SEP = r"[\s.,/'’-]*"
_SHAPES = [
    re.compile(r"\b(?P<year>\d{4})-(?P<number>\d{1,2})-(?P<day>\d{1,2})\b"),
    re.compile(
        r"\b(?P<day>\d{1,2})(?P<separator>[/.-])(?P<number>\d{1,2})(?P=separator)(?P<year>\d{4}|\d{2})\b"
    ),
    re.compile(
        rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:\s+of)?{_SEP}{_MONTH}(?:{_SEP}(?P<year>\d{{4}})\b)?",
        re.IGNORECASE,
    ),
    re.compile(rf"\b{_MONTH}{_SEP}(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,\s*(?P<year>\d{{4}})\b", re.I),
    re.compile(rf"\b{_MONTH}{_SEP}(?P<year>\d{{4}}|\d{{2}})\b", re.IGNORECASE),
    re.compile(
        r"\bQ(?:uarter\s*)?(?P<quarter>[1-4])\s*,?\s*(?P<fy>\d{4})\s*[/–-]\s*\d{2,4}\b", re.I
    ),
    re.compile(r"\b(?:end\s+(?:of\s+)?)?(?:FY\s*)?(?P<fy>\d{4})\s*[/–]\s*\d{2,4}\b", re.IGNORECASE),
    re.compile(rf"\b{_MONTH}\b", re.IGNORECASE),
]
_OPEN = re.compile(
    r"\b(?:onwards?|on-?going|continuous(?:ly)?|rolling|until further notice)\b", re.IGNORECASE
)
_LABEL = re.compile(r"(?P<label>[A-Z][A-Za-z ]{1,40}):")
FURTHEST = 20  # years from the plan's own day that a date can be believed


def timescale(text: str, near: date) -> Timescale:
    """The due date in the words, read as in Britain; a month alone means its last day.

    `near` is the day on which the plan was agreed: a day without a year is the first one from half
    a year before it. With several dates the last is the due date. Words without an end give none.
    """
    text = " ".join(text.split())
    if not text:
        return Timescale()
    found = sorted(_dates(text, near), key=lambda one: one.start)
    notes = [note for one in found for note in one.notes]
    blank = _blanks(text, found)
    if endless := _OPEN.search(text):
        return Timescale(None, (f"“{endless[0]}” gives no end, so there is no due date.",))
    days = sorted({one.day for one in found})
    if not days:
        return Timescale(None, (f"No date could be read in “{short(text)}”.",))
    if len(days) > 1:
        listed = ", ".join(map(day_text, days))
        notes.append(f"There are several dates ({listed}): the last is taken as the due date.")
    notes += [f"“{label}” has no date." for label in blank]
    due = days[-1]
    if abs(due.year - near.year) > FURTHEST:
        return Timescale(None, (f"{day_text(due)} is too far from the plan's own day.",))
    if words := _rest(text, found):
        notes.append(f"“{words}” stands beside the date and is kept in the plan's own words.")
    return Timescale(due, tuple(dict.fromkeys(notes)))


@dataclass(frozen=True)
class _Found:
    start: int
    end: int
    day: date
    notes: tuple[str, ...] = ()


def _dates(text: str, near: date) -> Iterator[_Found]:
    taken: list[range] = []
    for shape in _SHAPES:
        for match in shape.finditer(text):
            if any(match.start() in span or match.end() - 1 in span for span in taken):
                continue
            if (found := _read(match, near)) is not None:
                taken.append(range(match.start(), match.end()))
                yield found


def _read(match: re.Match[str], near: date) -> _Found | None:
    parts = {k: v for k, v in match.groupdict().items() if v is not None}
    notes: tuple[str, ...] = ()
    try:
        if "fy" in parts:
            year, quarter = int(parts["fy"]), int(parts.get("quarter", 4))
            day = _last_day(year + (quarter == 4), (3 + 3 * quarter - 1) % 12 + 1)
        else:
            number = int(parts["number"]) if "number" in parts else _month(parts["month"])
            if "year" in parts:
                year = int(parts["year"])
                year += 2000 if year < 100 else 0
            else:
                year = _year_of(number, near)
                notes = (f"“{match[0]}” has no year: {year} is taken.",)
            day = (
                date(year, number, int(parts["day"])) if "day" in parts else _last_day(year, number)
            )
    except ValueError:
        return None
    return _Found(match.start(), match.end(), day, notes)


def _month(word: str) -> int:
    return next(n for name, n in MONTHS.items() if name.startswith(word.lower()[:3]))


def _last_day(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _year_of(month: int, near: date) -> int:
    """The year in which that month is the next, seen from half a year before the day."""
    first = near - timedelta(days=183)
    return first.year + (month < first.month)


def _blanks(text: str, found: Sequence[_Found]) -> list[str]:
    """Labels ("Safer DIG:") behind which no date stands before the next label."""
    for one in found:
        text = f"{text[: one.start]}{'0' * (one.end - one.start)}{text[one.end :]}"
    labels = list(_LABEL.finditer(text))
    ends = [label.start() for label in labels[1:]] + [len(text)] * bool(labels)
    return [
        label["label"].strip()
        for label, end in zip(labels, ends, strict=True)
        if "0" not in text[label.end() : end]
    ]


def _rest(text: str, found: Sequence[_Found]) -> str:
    for one in reversed(found):
        text = f"{text[: one.start]} {text[one.end :]}"
    if _LABEL.search(text):
        return ""
    kept = re.sub(
        r"\b(?:by|end|of|the|before|in|from|to|and|for)\b", " ", text, flags=re.IGNORECASE
    )
    kept = re.sub(r"[\W_]+", " ", kept).strip()
    return short(" ".join(text.split()).strip(" ,.;-–")) if kept else ""


def short(text: str, longest: int = 60) -> str:
    """The text on one line, cut with an ellipsis."""
    text = " ".join(text.split())
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


# --- key messages ----------------------------------------------------------------------------

_TAGS = re.compile(
    r"\(?\s{0,3}\b(?:KM|key messages?)\s*\.?\s*(?P<numbers>\d{1,2}"
    r"(?:\s*(?:,|&|;|/|–|-|\band\b|\bto\b)*\s*(?:KM\s*)?\d{1,2}\b)*)\s*\)?",
    re.IGNORECASE,
)
_RANGE = re.compile(r"(\d{1,2})\s*(?:–|-|\bto\b)\s*(?:KM\s*)?(\d{1,2})", re.IGNORECASE)


def tags(text: str) -> tuple[list[int], str]:
    """The numbers of the key messages named in the text, in order, and the text without them."""
    numbers: set[int] = set()
    for match in _TAGS.finditer(text):
        named = match["numbers"]
        for first, last in _RANGE.findall(named):
            numbers.update(range(int(first), int(last) + 1))
        numbers.update(map(int, re.findall(r"\d{1,2}", named)))
    rest = re.sub(r"[ \t]{2,}", " ", _TAGS.sub(" ", text))
    return sorted(numbers), re.sub(r" ([.,;])", r"\1", rest).strip()


# --- posts -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Named:
    """One post that a cell names. `title` is the known post's where `known`."""

    title: str
    known: bool
    care_of: bool = False


LONGEST = 300  # characters of a title; what is longer is prose
_CARE_OF = re.compile(r"^\s*(?:c/o|care of)\s+", re.IGNORECASE)
_LINES = re.compile(r"[\n;|•]")
_WITHIN = re.compile(r",\s+(?![^()]*\))|\s+(?:&|/)\s+(?![^()]*\))")
_EDGES = re.compile(r"^(?:[\s,.–:&/-]|(?:and|with)\b)+|(?:[\s,.–:&/-]|\b(?:and|with))+$", re.I)


def posts(text: str, known: Iterable[str]) -> list[Named]:
    """The posts in a cell, in its order; titles that stand one after the other are told apart.

    `known` are the titles that the area has. A piece in which none is found is one unknown post.
    """
    titles = sorted(known, key=len, reverse=True)
    found: list[Named] = []
    for piece in _LINES.split(text):
        care_of = bool(_CARE_OF.match(piece))
        for title, is_known in _titles(_CARE_OF.sub("", piece), titles):
            if all(title.casefold() != one.title.casefold() for one in found):
                found.append(Named(title, is_known, care_of))
    return found


def _titles(piece: str, titles: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """Known titles, longest first, and what stands between them.

    A title of one word ("Manager") is known only where it stands alone: it ends many others.
    """
    piece = " ".join(piece.split())
    for title in titles:
        place = re.search(rf"(?<!\w){re.escape(title)}s?(?!\w)", piece, re.IGNORECASE)
        if place and " " in title:
            yield from _titles(piece[: place.start()], titles)
            yield title, True
            yield from _titles(piece[place.end() :], titles)
            return
    alone = {title.casefold(): title for title in titles}
    for part in _WITHIN.split(piece):
        if kept := _EDGES.sub("", part) if len(part) <= LONGEST else part:
            yield alone.get(kept.casefold(), kept), kept.casefold() in alone


# --- statuses --------------------------------------------------------------------------------

S = Status
# Words in common use, with what they mean here; an area's own words come before these.
WORDS: dict[str, Status] = {
    **dict.fromkeys(
        ["not started", "not begun", "not yet started", "planned", "pending"], S.NOT_STARTED
    ),
    **dict.fromkeys(
        ["on track", "green", "in progress", "on target", "underway", "under way"], S.ON_TRACK
    ),
    **dict.fromkeys(["started", "progressing", "ongoing", "on schedule"], S.ON_TRACK),
    **dict.fromkeys(
        ["amber", "at risk", "some delay", "delayed", "slippage", "minor delay"], S.AT_RISK
    ),
    **dict.fromkeys(
        ["red", "off track", "off target", "overdue", "late", "major delay"], S.OFF_TRACK
    ),
    **dict.fromkeys(["done", "actioned", "blue", "complete", "completed", "achieved"], S.DONE),
    **dict.fromkeys(["closed", "finished", "delivered"], S.DONE),
    **dict.fromkeys(["complete (verified)", "verified", "signed off"], S.COMPLETE),
    **dict.fromkeys(["withdrawn", "no longer required", "cancelled", "removed"], S.WITHDRAWN),
    **dict.fromkeys(["superseded", "replaced", "merged"], S.SUPERSEDED),
}
_PER_CENT = re.compile(r"(\d{1,3})\s*%")


@dataclass(frozen=True)
class Stood:
    """The status that a word stands for, or None; `word` is kept as it was written."""

    word: str
    status: Status | None
    note: str = field(default="")


def status(text: str, own: Mapping[str, Status] | None = None) -> Stood:
    """What a word or a percentage of status means; `own` holds an area's words, in lower case.

    A percentage says how far, never that a date will be kept: 0% is not started, 100% is done, and
    between them it is taken as on track and said to be so.
    """
    word = " ".join(text.split())
    key = word.strip(" .").casefold()
    if not key:
        return Stood("", None)
    if own and key in own:
        return Stood(word, own[key])
    labels = {s.label.casefold(): s for s in Status}
    if known := labels.get(key) or WORDS.get(key):
        return Stood(word, known)
    if share := _PER_CENT.fullmatch(key):
        done = int(share[1])
        if done > 100:
            return Stood(word, None, f"“{word}” is more than everything.")
        if done in {0, 100}:
            return Stood(word, S.DONE if done else S.NOT_STARTED)
        return Stood(word, S.ON_TRACK, f"“{word}” says how far it is, not whether it is on track.")
    return Stood(word, None, f"“{short(word)}” is not a status that is known here.")
