"""Files that went out of Throughline: they come in again as the facts that they were made of.

Their tables are known by their headings. What stands in one cell there, such as the reference above
the words of an action, is parted again, so that the file of an unchanged plan changes nothing.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from management.sheets.content import Cell
from plans.plan_file.plain import HEADINGS
from plans.plan_file.word import COLUMNS, NONE_DESCRIBED
from plans.sheets.fields import Field, plain
from plans.sheets.known import said
from plans.tracker import columns as tracker

F, N = Field, tracker.Name
Cells = dict[Field, list[tuple[str, Cell]]]  # of a row, each with its heading
ENOUGH = 12  # headings of ours that make it our table: people take some out and add others
_TRACKED = {
    N.REFERENCE: F.REFERENCE,
    N.INDICATOR: F.INDICATOR,
    N.TEXT: F.ACTION,
    N.LEAD: F.RESPONSIBLE,
    N.SUPPORTING: F.SUPPORTING,
    N.DUE: F.TIMESCALE,
    N.STATUS: F.STATUS,
    N.PERCENT: F.PERCENT,
    N.LATEST: F.PROGRESS,
    N.UPDATE: F.PROGRESS,
    N.NEW_DUE: F.REVISED,
    N.MESSAGES: F.MESSAGES,
    N.EXPECTED: F.EVIDENCE,
}
CODE, BY = "indicator code", "latest update by"
# A row for each action and a column for each fact: the CSV file, and the sheet of a workbook.
TABLE: dict[str, Field] = {
    **dict.fromkeys(map(plain, HEADINGS), F.NOTHING),
    **{plain(c.heading): _TRACKED.get(c.name, F.NOTHING) for c in tracker.COLUMNS},
    CODE: F.INDICATOR,
    "responsible in the plan s words": F.RESPONSIBLE_WORDS,
    "timescale in the plan s words": F.TIMESCALE_WORDS,
}
_IN_WORD = (F.INDICATOR, F.ACTION, F.RESPONSIBLE, F.TIMESCALE, F.PROGRESS, F.EVIDENCE)
PAGE = dict(zip(map(plain, COLUMNS), _IN_WORD, strict=True))
# Of these a row that has none says nothing: the post and the date that stand there are not the
# plan's own words.
WORDS = frozenset({F.RESPONSIBLE_WORDS, F.TIMESCALE_WORDS})

_DAY = r"\d{1,2} [A-Z][a-z]+ \d{4}"
_LEAD = re.compile(r"Lead: (?P<lead>[^\n]+)(?:\nSupporting: (?P<supporting>.+))?", re.DOTALL)
_WHEN = re.compile(
    rf"(?:In the plan: (?P<words>.+?)\n)?Due: (?:no date|(?P<due>{_DAY}))(?:\n.*)?", re.DOTALL
)
_REFERENCE = re.compile(r"(?P<reference>.{1,20}?)(?: of “.*”)?")
_MESSAGES = re.compile(r"Key messages: (?P<messages>KM\d.*)")
_ELSEWHERE = re.compile(r"KM\d+ of “.*?”(?=[;,]|$)", re.MULTILINE)
_STANDING = re.compile(r"Stands as: .*|By action .*|Overdue by \d+ days?(?:, by its first date)?")
_PERCENT = re.compile(r"(?P<percent>\d{1,3}) per cent done")
_SIGNED = re.compile(rf"{_DAY}, [^\n]+?:\s")


@dataclass(frozen=True)
class Ours:
    """What each column of a table of ours is for, and what a row is known to say, be it nothing.

    `whole` has several facts in a cell, as in Word. In a `signed` one the day and the name of who
    said it stand before the latest update.
    """

    fields: tuple[Field, ...]
    says: frozenset[Field]
    whole: bool
    signed: bool


def of(headings: Sequence[str]) -> Ours | None:
    """What these headings are of, if they are ours."""
    names = [plain(heading.replace(tracker.NOT_READ, "")) for heading in headings]
    if sorted(names) == sorted(PAGE):
        says = WORDS.union(_IN_WORD, {F.MESSAGES})
        return Ours(tuple(PAGE[name] for name in names), says, whole=True, signed=True)
    if len(TABLE.keys() & set(names)) < ENOUGH:
        return None
    meant = {name: TABLE.get(name, F.NOTHING) for name in names}
    if CODE in meant:  # it says which indicator it is more surely than the name
        meant["quality indicator"] = F.NOTHING
    fields = tuple(meant[name] for name in names)
    return Ours(fields, WORDS.union(fields), whole=False, signed=BY not in meant)


def parted(ours: Ours, cells: Cells, texts: Mapping[str, str]) -> Cells | None:
    """The facts in a row's `cells`; None for a row that somebody has written in another way.

    `texts` is all that the row says, by heading.
    """
    made = {field: list(pairs) for field, pairs in cells.items()}
    if ours.whole:
        if not _is_row({PAGE.get(plain(heading)): text for heading, text in texts.items()}):
            return None
        for field in _PARTS.keys() & cells.keys():
            heading, cell = made.pop(field)[0]
            for one, text in _PARTS[field](said(cell)).items():
                made[one] = [(heading, replace(cell, text=text or ""))]
    if ours.signed:
        _each(made, F.PROGRESS, _unsigned)
    _each(made, F.MESSAGES, lambda text: _ELSEWHERE.sub("", text).strip(" ,;"))
    return made


def _each(made: Cells, field: Field, change: Callable[[str], str]) -> None:
    for place, (heading, cell) in enumerate(made.get(field, ())):
        made[field][place] = heading, replace(cell, text=change(said(cell)))


def _unsigned(text: str) -> str:
    signed = _SIGNED.match(text)
    return text[signed.end() :] if signed else text


# --- the cells of Word -------------------------------------------------------------------------


def _is_row(texts: Mapping[Field | None, str]) -> bool:
    """Whether the row is still as it went out: these three cells have a shape of their own."""
    reference, _, text = texts.get(F.ACTION, "").strip().partition("\n")
    return bool(
        text
        and _REFERENCE.fullmatch(reference)
        and _LEAD.fullmatch(texts.get(F.RESPONSIBLE, "").strip())
        and _WHEN.fullmatch(texts.get(F.TIMESCALE, "").strip())
    )


def _action(text: str) -> dict[Field, str | None]:
    """The reference, the words, and below them what the action answers."""
    first, *lines = text.split("\n")
    reference = _REFERENCE.fullmatch(first)
    messages = None
    if lines[1:] and lines[-1] == "Illustrative":
        lines.pop()
    if lines[1:] and lines[-1].startswith("Answers: "):
        lines.pop()
    if lines[1:] and (messages := _MESSAGES.fullmatch(lines[-1])):
        lines.pop()
    return {
        F.REFERENCE: reference and reference["reference"],
        F.ACTION: "\n".join(lines),
        F.MESSAGES: messages and messages["messages"],
    }


def _responsible(text: str) -> dict[Field, str | None]:
    found = _LEAD.fullmatch(text)
    return {
        F.RESPONSIBLE: found and found["lead"],
        F.SUPPORTING: found and found["supporting"],
    }


def _timescale(text: str) -> dict[Field, str | None]:
    found = _WHEN.fullmatch(text)
    return {F.TIMESCALE: found and found["due"], F.TIMESCALE_WORDS: found and found["words"]}


def _progress(text: str) -> dict[Field, str | None]:
    """The word of status, how the action stands, and what was said last."""
    status, *lines = text.split("\n")
    percent = None
    while lines and (_STANDING.fullmatch(lines[0]) or _PERCENT.fullmatch(lines[0])):
        found = _PERCENT.fullmatch(lines.pop(0))
        percent = found["percent"] if found else percent
    return {F.STATUS: status, F.PERCENT: percent, F.PROGRESS: "\n".join(lines)}


def _evidence(text: str) -> dict[Field, str | None]:
    """What is expected, without what is held by now."""
    expected = f"\n{text}".partition("\nHeld: ")[0].strip()
    return {F.EVIDENCE: "" if expected == NONE_DESCRIBED else expected}


_PARTS: dict[Field, Callable[[str], dict[Field, str | None]]] = {
    F.ACTION: _action,
    F.RESPONSIBLE: _responsible,
    F.TIMESCALE: _timescale,
    F.PROGRESS: _progress,
    F.EVIDENCE: _evidence,
}
