"""Due dates in the words of an improvement plan: what they give, and what was not understood.

Nothing is guessed in silence. The shapes are those of document 004, Appendix B, and of what Excel
makes of dates when a plan is saved as CSV.
"""

import calendar
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from management.days import day_text
from management.sheets.content import quoted

LONGEST = 500  # characters; what is longer is prose
FURTHEST = 20  # years from the plan's own day that a date can be believed
BACK = 2  # months by which a month without a year can lie before the plan's own
NEAR = 10  # years from it that two digits after a month can be a year: “Oct 19”, not “August 31”


@dataclass(frozen=True)
class Timescale:
    """The due date that words give, or None, and what a reader should know of the reading.

    `impossible` are the words of a date that no calendar has, `revised` is the day to which the
    words say that the due date was moved.
    """

    due: date | None = None
    notes: tuple[str, ...] = ()
    impossible: str = ""
    revised: date | None = None


_MONTHS = (
    r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_NUMBERS = {name[:3].lower(): n for n, name in enumerate(calendar.month_name) if name}
_MONTH = rf"(?P<month>{_MONTHS})"
_SEP = r"[\s.,/'’-]{0,4}"
_TIME = r"(?:[T\s,]{1,2}\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?Z?)?"
_ST = r"(?:st|nd|rd|th)"
# Two digits that are a year: not the day of the next date, and not an hour.
_SHORT = rf"(?P<short>\d{{2}})\b(?!\s?(?:{_ST}\b|of\b|{_MONTHS}|:|\.\d|am\b|pm\b|noon\b))"
_SHAPES = [
    re.compile(shape, re.IGNORECASE)
    for shape in (
        rf"\b(?P<year>\d{{4}})-(?P<number>\d{{1,2}})-(?P<day>\d{{1,2}})(?!\d){_TIME}",
        rf"\b(?P<day>\d{{1,2}})(?P<by>[/.-])(?P<number>\d{{1,2}})(?P=by)(?P<year>\d{{4}}|\d{{2}})"
        rf"(?!\d){_TIME}",
        rf"\b(?P<day>\d{{1,2}}){_ST}?(?:\s+of)?{_SEP}{_MONTH}\b"
        rf"(?:{_SEP}(?:(?P<year>\d{{4}})\b{_TIME}|{_SHORT}))?",
        rf"\b{_MONTH}{_SEP}(?P<day>\d{{1,2}}){_ST}?,?\s(?P<year>\d{{4}})\b",
        rf"\b{_MONTH}{_SEP}(?:(?P<year>\d{{4}})\b|{_SHORT})",
        r"\bQ(?:(?:uarte|t)r)?\s?(?P<quarter>[1-4])(?:\s?,|\s+of)?\s?(?P<fy>\d{4}|\d{2})"
        r"\s?[/–-]\s?(?P<next>\d{4}|\d{2})\b",
        r"\b(?:end\s+(?:of\s+)?)?(?:FY\s?)?(?P<fy>\d{4})\s?[/–-]\s?(?P<next>\d{4}|\d{2})\b"
        r"(?![/.-]\d)",
        r"\b(?P<number>0?[1-9]|1[0-2])/(?P<year>\d{4})\b",
        r"\b(?P<year>\d{4})-(?P<number>0[1-9]|1[0-2])\b(?!-)",
        r"\bend\s+(?:of\s+)?(?P<calendar>\d{4})\b",
        rf"\b{_MONTH}\b",
    )
]
_OPEN = re.compile(
    r"\b(?:onwards?|on-?going|continuous(?:ly)?|rolling|until further notice)\b", re.IGNORECASE
)
_LABEL = re.compile(r"(?P<label>[A-Z][A-Za-z ]{1,40}):")
_MOVED = (
    r"(?:re-?scheduled|revised|extended|moved|changed|amended|postponed|deferred|delayed|slipped"
    r"|put back)"
)
_BETWEEN = (
    r"(?:[\s:(]|[–-]\s|\b(?:the|in|on|early|mid|late|date|due|week commencing|w/c"
    r"|(?:end|start|beginning|middle) of)\b)*$"
)
# What stands before a date and says that it is where something begins, or to where it was moved.
_BEGINS = re.compile(
    r"\b(?:as from|from|after|since|not before|(?:no|not) (?:earlier|sooner) than"
    r"|(?<!week )(?:starts|starting|start|begins|beginning|begin|commences|commencing|commence)"
    rf"(?!\sof\b))\b{_BETWEEN}",
    re.IGNORECASE,
)
_MOVES = re.compile(
    rf"\b(?P<from>{_MOVED}\sfrom)\b{_BETWEEN}"
    rf"|\b(?:{_MOVED}(?:\s(?:to|until|till|by))?|now(?:\s(?:due|by|for)){{0,2}})\b{_BETWEEN}",
    re.IGNORECASE,
)
# Before a number that counts something, and is no day: “Phase 2 Dec 20”.
_COUNTED = re.compile(
    r"\b(?:phase|stage|part|step|group|cohort|tranche|wave|year|action|no\.?|number|week|q)\s?$",
    re.IGNORECASE,
)
_LISTED = r"(?:^|(?<=[\s;,]))\(?\d{1,2}[.)]\s+(?=\S)"  # the number of a line in a list
_ONE_LISTED = re.compile(rf"\(?[1-9][.)]\s+(?={_MONTHS})", re.IGNORECASE)
_BY_NUMBERS = re.compile(
    r"(?<![\d/.-])(?P<first>\d{1,2})(?P<by>[/.-])(?P<second>\d{1,2})(?P=by)(?P<year>\d{4}|\d{2})(?!\d)"
)
# Between two dates of which the second has the year of both: “Oct-Nov 2020”, “May and June 2020”.
_ONE_YEAR = re.compile(r"\s*(?:[-–—/&,]|\b(?:and|or|to|until|till)\b)\s*", re.IGNORECASE)
_TO = re.compile(r"\s(?:to|until|till)\b", re.IGNORECASE)


def timescale(text: str, near: date) -> Timescale:
    """The due date in the words, read as in Britain; a month alone means its last day.

    `near` is the day on which the plan was agreed: a day without a year is the next one, or one of
    the two months before. With several dates the last is the due date, but for one to which the
    words say that it was moved. Words without an end, such as a start alone, give none.
    """
    if len(text) > LONGEST:
        return Timescale(None, (f"It has {len(text):,} characters: no date is read in so many.",))
    line, text = " ".join(text.split()), _without_numbers(text)
    if not text:
        return Timescale()
    if line != text and (one := _ONE_LISTED.match(line)) and line[one.end() :] == text:
        read = timescale(text, near)
        said = f"“{one[0].strip()}” is taken as the number of a line, not as a day."
        return replace(read, notes=(said, *read.notes))
    found = _with_years(text, sorted(_dates(text, near), key=lambda one: one.start))
    wrong = [text[one.start : one.end] for one in found if one.day is None]
    if wrong:
        return Timescale(None, (f"{quoted(wrong[0])} is no day of the calendar.",), wrong[0])
    if endless := _OPEN.search(text):
        return Timescale(None, (f"“{endless[0]}” gives no end, so there is no due date.",))
    if not found:
        return Timescale(None, (f"No date could be read in {quoted(text, 60)}.",))
    days = [one.day for one in found if one.day]
    far = next((day for day in days if abs(day.year - near.year) > FURTHEST), None)
    if far:
        said = f"{day_text(far)} is too far from the plan's own day."
        return Timescale(None, (said,), day_text(far))
    return _chosen(text, _placed(text, found))


def is_date(text: str) -> bool:
    """Whether the words are a date, with numbers in it, and nothing else."""
    if len(text) > LONGEST or not re.search(r"\d", text):
        return False
    found = sorted(_dates(text, date(2020, 1, 1)), key=lambda one: one.start)
    rest = _BEGINS.sub("", "".join(c for n, c in enumerate(text) if not _within(n, found)))
    return bool(found) and not re.sub(r"\b(?:from|until|till|since)\b|\W", "", rest, flags=re.I)


def _within(at: int, found: Sequence["_Found"]) -> bool:
    return any(one.start <= at < one.end for one in found)


def is_month_first(texts: Iterable[str]) -> bool:
    """Whether the dates in numbers have the month first, as in America: two can have no other.

    One alone is perhaps a slip.
    """
    read = [match for text in texts for match in _BY_NUMBERS.finditer(text[:LONGEST])]
    proofs = sum(int(one["second"]) > 12 for one in read)
    return proofs > 1 and all(int(one["first"]) <= 12 for one in read)


def day_first(text: str) -> str:
    """Such words with the day before the month, as they are read here."""
    return _BY_NUMBERS.sub(r"\g<second>\g<by>\g<first>\g<by>\g<year>", text)


def _without_numbers(text: str) -> str:
    """The words on one line, without the numbers of a list."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    numbered = sum(bool(re.match(_LISTED, line)) for line in lines)
    text = " ".join(text.split())
    if numbered > 1 or re.match(r"\(?1[.)]\s", text):
        return re.sub(_LISTED, "", text)
    return _ONE_LISTED.sub("", text, count=1) if _ONE_LISTED.match(text) else text


def _chosen(text: str, found: Sequence["_Found"]) -> Timescale:
    """Which of the dates in the words is the due date, and what each other one is."""
    starts = [one.words(text) for one in found if one.begins]
    ends = [one for one in found if not one.begins]
    if not ends:
        said = f"{starts[0]} says when it begins and gives no end, so there is no due date."
        return Timescale(None, (said,))
    notes = [note for one in ends for note in one.notes]
    notes += [f"{words} is taken as a start, not as the due date." for words in starts]
    days = sorted({one.day for one in ends if one.day and not one.moved})
    moved = [one for one in ends if one.moved]
    if not days:
        days, moved = [one.day for one in moved[-1:] if one.day], []
    revised = moved[-1].day if moved else None
    if revised:
        said = f"{day_text(days[-1])} is taken as the first due date"
        notes.append(f"{said}, and {day_text(revised)} as the one to which it was moved.")
    if len(days) > 1:
        listed = ", ".join(map(day_text, days))
        notes.append(f"There are several dates ({listed}): the last is taken as the due date.")
    notes += [f"“{label}” has no date." for label in _blanks(text, found)]
    if words := _rest(text, found):
        notes.append(f"{words} stands beside the date and is kept in the plan's own words.")
    return Timescale(days[-1], tuple(dict.fromkeys(notes)), revised=revised)


@dataclass(frozen=True)
class _Found:
    """A date in the words, or None for one that cannot be.

    `yearless` is one whose year is a guess. `begins` says that something starts on it, `moved` that
    it is the day to which another was moved. The words that say so are part of it, from `start` on.
    """

    start: int
    end: int
    day: date | None
    notes: tuple[str, ...] = ()
    begins: bool = False
    moved: bool = False
    yearless: bool = False

    def words(self, text: str) -> str:
        return quoted(text[self.start : self.end], 60)


def _with_years(text: str, found: Sequence[_Found]) -> list[_Found]:
    """The dates, where one without a year has that of the next one: the latest not after it."""
    made: list[_Found] = []
    for one in reversed(found):
        after = made[-1] if made else None
        sure = after and not after.yearless and _ONE_YEAR.fullmatch(text[one.end : after.start])
        if sure and after and after.day and one.day and one.yearless:
            later = (one.day.month, one.day.day) > (after.day.month, after.day.day)
            day = _in_year(one.day, after.day.year - later)
            one = replace(one, day=day, notes=(), yearless=False)
        made.append(one)
    return made[::-1]


def _in_year(day: date, year: int) -> date:
    """The same day of the year; the last of February stays the last."""
    last = calendar.monthrange(year, day.month)[1]
    ends = day.day == calendar.monthrange(day.year, day.month)[1]
    return date(year, day.month, last if ends else min(day.day, last))


def _placed(text: str, found: Sequence[_Found]) -> list[_Found]:
    """The dates with the words before each that say what it is."""
    placed: list[_Found] = []
    last, follows = 0, False
    for one in found:
        before = text[last : one.start]
        mark = _MOVES.search(before) or (_TO.match(before) if follows else None)
        follows = bool(mark and mark.lastgroup == "from")
        if mark and not placed and not follows:
            mark = None  # nothing was moved before it
        begins = None if mark else _BEGINS.search(before)
        if words := mark or begins:
            moved = bool(mark) and not follows
            start = last + words.start()
            placed.append(replace(one, start=start, begins=bool(begins), moved=moved))
        else:
            placed.append(one)
        last = one.end
    return placed


def _dates(text: str, near: date) -> Iterator[_Found]:
    taken: list[range] = []
    for shape in _SHAPES:
        for match in shape.finditer(text):
            if any(match.start() in span or match.end() - 1 in span for span in taken):
                continue
            parts = match.groupdict()
            if "fy" in parts and (int(parts["fy"]) + 1 - int(parts["next"])) % 100:
                continue  # 2020-03 is a month
            if match[0] == "may":
                continue  # no month
            if "day" in parts and "month" in parts and _COUNTED.search(text, 0, match.start()):
                continue
            taken.append(range(match.start(), match.end()))
            try:
                yield _read(match, near)
            except ValueError:
                yield _Found(match.start(), match.end(), None)


def _read(match: re.Match[str], near: date) -> _Found:
    parts = {name: value for name, value in match.groupdict().items() if value is not None}
    notes: tuple[str, ...] = ()
    if "fy" in parts:
        year, quarter = _whole(parts["fy"]), int(parts.get("quarter", 4))
        day = _last_day(year + (quarter == 4), (3 * quarter + 2) % 12 + 1)
    elif "calendar" in parts:
        day = date(int(parts["calendar"]), 12, 31)
        notes = (f"“{match[0]}” is taken as {day_text(day)}.",)
    else:
        number = int(parts["number"]) if "number" in parts else _month(parts["month"])
        years = abs(_whole(parts.get("short", "")) - near.year) if "short" in parts else 0
        if years > NEAR and "day" not in parts:
            parts["day"] = parts.pop("short")
        if "year" in parts or "short" in parts:
            year = _whole(parts.get("year") or parts["short"])
        else:
            year = _year_of(number, near)
            notes = (f"“{match[0]}” has no year: {year} is taken.",)
        day = date(year, number, int(parts["day"])) if "day" in parts else _last_day(year, number)
        if notes and day < near:
            said = f"{day_text(day)} lies before the day of agreement, {day_text(near)}."
            notes = (f"{notes[0]} {said}",)
    yearless = not parts.keys() & {"year", "short", "fy", "calendar"}
    return _Found(match.start(), match.end(), day, notes, yearless=yearless)


def _whole(year: str) -> int:
    return int(year) + (2000 if len(year) == 2 else 0)


def _month(word: str) -> int:
    return _NUMBERS[word[:3].lower()]


def _last_day(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _year_of(month: int, near: date) -> int:
    """The year in which that month is the next, seen from two months before the day's."""
    year, first = divmod(12 * near.year + near.month - 1 - BACK, 12)
    return year + (month - 1 < first)


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
    """What else the words say, quoted; nothing where it is only “by the end of”, or labels."""
    for one in reversed(found):
        text = f"{text[: one.start]} {text[one.end :]}"
    if _LABEL.search(text):
        return ""
    kept = re.sub(
        r"\b(?:by|end|of|the|before|in|from|to|and|for|date|due)\b", " ", text, flags=re.IGNORECASE
    )
    kept = re.sub(r"[\W_]+", " ", kept).strip()
    return quoted(text.strip(" ,.;-–"), 60) if kept else ""
