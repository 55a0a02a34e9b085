"""An area's own words and colours for how an action stands, beside the statuses of Throughline.

Areas differ (`domain.md`, Plans, rule 3): some give a word and a colour to each status (BRAG), some
to how many months late an action is, some to how many per cent are done, with an override once the
date has passed. Whatever the area chooses, the word is printed; a colour never stands alone.
"""

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import TextChoices

from plans.statuses import Status, is_open


class Rule(TextChoices):
    """By what an area chooses its words."""

    STATUS = "status", "By status"
    LATE = "late", "By months late"
    PERCENT = "percent", "By per cent done"


class Colour(TextChoices):
    BLUE = "blue", "Blue"
    GREEN = "green", "Green"
    AMBER = "amber", "Amber"
    RED = "red", "Red"
    GREY = "grey", "Grey"


@dataclass(frozen=True)
class Word:
    """One line of an area's key. `least`: from so many months late or per cent done on."""

    word: str
    rule: str = Rule.STATUS
    colour: str = ""
    status: str = ""
    least: int | None = None


def months_late(late_after: date | None, on: date) -> int:
    """Months begun since the date passed: 1 on the day after it, 0 until then or without one."""
    if late_after is None or on <= late_after:
        return 0
    whole = (on.year - late_after.year) * 12 + on.month - late_after.month
    return max(whole + (on.day > late_after.day), 1)


def word_for(
    words: Iterable[Word],
    rule: str,
    *,
    status: str,
    percent: int | None,
    late_after: date | None,
    on: date,
) -> Word | None:
    """The area's word for an action that stands so, or None where it has none.

    Bands speak of open actions alone: one that is done, complete, withdrawn or superseded has the
    word of its status. A band by per cent gives way to that of months late once the date has
    passed, where the area has one.
    """
    words = list(words)
    late = months_late(late_after, on)
    if is_open(status) and status != Status.DONE and rule != Rule.STATUS:
        if late or rule == Rule.LATE:
            found = _band(words, Rule.LATE, late)
            if found is not None:
                return found
        if rule == Rule.PERCENT and percent is not None:
            found = _band(words, Rule.PERCENT, percent)
            if found is not None:
                return found
    named = [word for word in words if word.rule == Rule.STATUS and word.status == status]
    return named[0] if named else None


def _band(words: list[Word], rule: str, reached: int) -> Word | None:
    """The highest band that was reached."""
    bands = [w for w in words if w.rule == rule and w.least is not None and w.least <= reached]
    return max(bands, key=lambda w: w.least or 0, default=None)


@dataclass(frozen=True)
class Line:
    """One line of the key as it is printed."""

    word: str
    colour: str
    meaning: str


def key_of(words: Iterable[Word], rule: str) -> list[Line]:
    """The area's key: every word that an action can have by its rule, and when it has it."""
    words = list(words)
    lines = []
    if rule == Rule.PERCENT:
        lines += list(_bands(words, Rule.PERCENT, _percent))
    if rule != Rule.STATUS:
        lines += list(_bands(words, Rule.LATE, _late if rule == Rule.LATE else _passed))
    least = min((w.least for w in words if w.rule == Rule.LATE and w.least is not None), default=1)
    for status in Status:
        banded = is_open(status) and status != Status.DONE and rule == Rule.LATE and least == 0
        named = [w for w in words if w.rule == Rule.STATUS and w.status == status]
        if named and not banded:
            lines.append(Line(named[0].word, named[0].colour, status.label))
    return lines


def _bands(
    words: list[Word], rule: str, meaning: Callable[[int, int | None], str]
) -> Iterator[Line]:
    bands = sorted((w for w in words if w.rule == rule and w.least is not None), key=_least)
    for band, higher in itertools.zip_longest(bands, bands[1:]):
        said = meaning(_least(band), _least(higher) if higher else None)
        if said:
            yield Line(band.word, band.colour, said)


def _least(word: Word) -> int:
    return word.least or 0


def _percent(least: int, higher: int | None) -> str:
    last = 100 if higher is None else higher - 1
    return f"{least} per cent done" if last <= least else f"{least} to {last} per cent done"


def _late(least: int, higher: int | None) -> str:
    """Months are counted as they begin, so that "from 3 on" is by more than 2."""
    if higher is None:
        return {0: "Open", 1: "Late"}.get(least, f"Late by more than {_months(least - 1)}")
    if higher == 1:
        return "Not late"
    most = f"up to {_months(higher - 1)}"
    if least <= 1:
        return f"Late by {most}" if least else f"Not late, or by {most}"
    return f"Late by more than {_months(least - 1)}, {most}"


def _passed(least: int, higher: int | None) -> str:
    """Beside bands by per cent, those by months speak of late actions alone."""
    if higher is not None and higher <= 1:
        return ""
    return f"{_late(max(least, 1), higher)}, however much is done"


def _months(number: int) -> str:
    return f"{number} month{'' if number == 1 else 's'}"


@dataclass(frozen=True)
class Ready:
    """A set of words to start from."""

    name: str
    rule: str
    words: tuple[Word, ...]


def _named(status: str, word: str, colour: str) -> Word:
    return Word(word, Rule.STATUS, colour, status=status)


def _from(rule: str, least: int, word: str, colour: str) -> Word:
    return Word(word, rule, colour, least=least)


_C, _S = Colour, Status
READY: dict[str, Ready] = {
    "brag": Ready(
        "Blue, red, amber, green",
        Rule.STATUS,
        (
            _named(_S.NOT_STARTED, "Not started", _C.GREY),
            _named(_S.ON_TRACK, "Green", _C.GREEN),
            _named(_S.AT_RISK, "Amber", _C.AMBER),
            _named(_S.OFF_TRACK, "Red", _C.RED),
            _named(_S.DONE, "Done, to be verified", _C.GREEN),
            _named(_S.COMPLETE, "Blue", _C.BLUE),
        ),
    ),
    "percent": Ready(
        "Per cent done",
        Rule.PERCENT,
        (
            _from(Rule.PERCENT, 0, "Begun", _C.AMBER),
            _from(Rule.PERCENT, 50, "Half way", _C.AMBER),
            _from(Rule.PERCENT, 75, "Nearly done", _C.GREEN),
            _from(Rule.LATE, 1, "Past its date", _C.RED),
            _named(_S.COMPLETE, "Complete", _C.BLUE),
        ),
    ),
    "late": Ready(
        "Months late",
        Rule.LATE,
        (
            _from(Rule.LATE, 0, "Green", _C.GREEN),
            _from(Rule.LATE, 1, "Amber", _C.AMBER),
            _from(Rule.LATE, 4, "Red", _C.RED),
            _named(_S.COMPLETE, "Blue", _C.BLUE),
        ),
    ),
}
