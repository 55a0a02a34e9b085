"""What the cells of one action mean: its values in the one form in which they are compared."""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal

from management.documents import clean
from management.sheets.content import Cell, quoted
from plans.phrases import WORDS
from plans.statuses import REPORTABLE, Status
from plans.tracker.columns import Name
from plans.tracker.merging import SENT, Field, day_value, names_value, status_value, text_value
from plans.tracker.reading import Problem, Told

# The column in which a field comes back.
COLUMN_OF = {field: Name(field.value) for field in Field} | {Field.DUE: Name.NEW_DUE}
# How a day is written out, where the file itself does not know it as one.
WRITTEN = ("%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y", "%d %B %Y", "%d %b %Y", "%d %m %Y")
# What the plan's own file may say too; other words of files are many, and some of them a guess.
COLOURS = {name: WORDS[name].value for name in ("green", "amber", "red")}
SHARE = re.compile(r"0?\.[0-9]{1,6}")
NEEDED = {
    Field.TEXT: "an action needs words: say what is to be done.",
    Field.LEAD: "an action needs the one post that answers for it.",
    Field.STATUS: "the status is empty: choose how the action stands.",
}


@dataclass(frozen=True)
class Vocabulary:
    """The area's `names` for each status, and its posts."""

    names: Mapping[str, list[str]]
    posts: tuple[str, ...]

    def status(self, text: str) -> str:
        """The status that a word stands for, or an empty text. The area's own words come first."""
        word = _key(text)
        own = {_key(name): status for status, names in self.names.items() for name in names}
        labels = {_key(status.label): status.value for status in Status}
        return own.get(word) or labels.get(word) or COLOURS.get(word, "")

    @property
    def reportable(self) -> list[str]:
        return [name for status in Status if status in REPORTABLE for name in self.names[status]]

    def worded(self, problem: Problem) -> Problem:
        """The problem with statuses in the area's words, as the workbook has them."""

        def own(found: re.Match[str]) -> str:
            return self.names[labels[found[0]]][0]

        labels = {status.label: status.value for status in Status if self.names.get(status)}
        some = "|".join(map(re.escape, labels)) or r"(?!)"
        return replace(problem, sentence=re.sub(some, own, problem.sentence))

    def word(self, status: str, text: str) -> str:
        """The area's word as it writes it itself, or the first one that it has."""
        named = {_key(name): name for name in self.names[status]}
        return named.get(_key(text), self.names[status][0])


class NotUnderstood(ValueError):
    """The sentence says why, without the place."""


@dataclass(frozen=True)
class Meant:
    """What came back for one action; a cell that was not understood is as it went out."""

    values: Mapping[Field, str]
    update: str
    evidence: str
    why: str
    problems: tuple[Problem, ...]


def meaning(told: Told, vocabulary: Vocabulary) -> Meant:
    """What the row says, by `vocabulary`."""
    values = dict(told.base.values)
    problems = list(_faults(told))
    for field in SENT:
        name = COLUMN_OF[field]
        cell = told.cells.get(name)
        if cell is None or cell.fault or (not cell.text.strip() and field == Field.DUE):
            continue
        try:
            values[field] = _value(field, cell, told, vocabulary)
        except NotUnderstood as error:
            problems.append(Problem(cell.place, str(error)))
    said = (text_value(told.text(name)) for name in (Name.UPDATE, Name.EVIDENCE, Name.WHY))
    update, evidence, why = said
    return Meant(values, update, evidence, why, tuple(problems))


def _faults(told: Told) -> Iterator[Problem]:
    for cell in told.cells.values():
        if cell.fault:
            yield Problem(cell.place, f"{cell.fault}.")


def _value(field: Field, cell: Cell, told: Told, vocabulary: Vocabulary) -> str:
    base, text = told.base.values[field], cell.text.strip()
    if not text:
        if field in NEEDED:
            raise NotUnderstood(NEEDED[field])
        return ""
    if field in {Field.TEXT, Field.EXPECTED}:
        return text_value(text)
    if field in {Field.LEAD, Field.SUPPORTING}:
        titles = (text,) if field == Field.LEAD else _titles(text)
        return base if names_value(titles) == base else _posts(field, titles, told, vocabulary)
    if field == Field.STATUS:
        return base if _key(text) == _key(told.base.shown) else _status(text, vocabulary)
    return _percent(cell) if field == Field.PERCENT else day_value(_day(cell))


def _posts(field: Field, titles: tuple[str, ...], told: Told, vocabulary: Vocabulary) -> str:
    known = {_key(post): post for post in vocabulary.posts}
    if field == Field.SUPPORTING:  # the lead supports nothing beside leading
        lead = _key(told.text(Name.LEAD) or told.base.values[Field.LEAD])
        titles = tuple(title for title in titles if _key(title) != lead)
    unknown = [title for title in titles if _key(title) not in known]
    if unknown:
        named = " and ".join(map(quoted, unknown))
        between = "" if field == Field.LEAD else ", with a semicolon between two posts"
        raise NotUnderstood(
            f"{named}: the area has no such post. Write it as the list has it{between}, or have it "
            "added in Throughline first."
        )
    return names_value(tuple(known[_key(title)] for title in titles))


def _titles(text: str) -> tuple[str, ...]:
    return tuple(part for line in text.split("\n") for part in line.split(";") if part.strip())


def _status(text: str, vocabulary: Vocabulary) -> str:
    status = vocabulary.status(text)
    if not status:
        listed = ", ".join(f"“{name}”" for name in vocabulary.reportable)
        raise NotUnderstood(f"{quoted(text)} is no status here. Choose one of: {listed}.")
    return status_value(status, vocabulary.word(status, text), vocabulary.names)


def _percent(cell: Cell) -> str:
    """50, 50%, 0.5 shown as 50%, or 0.5: no plan counts in half per cents."""
    text = cell.text.strip()
    number = cell.value if isinstance(cell.value, Decimal) else None
    if number is not None and text.endswith("%"):
        number *= 100
    if number is None and text.removesuffix("%").strip().isdecimal() and len(text) < 9:
        number = Decimal(text.removesuffix("%").strip())
    if number is None and SHARE.fullmatch(text):
        number = Decimal(text)
    if number is not None and 0 < number < 1 and not text.endswith("%"):
        number *= 100
    if number is None or number != int(number) or not 0 <= number <= 100:
        raise NotUnderstood(f"{quoted(text)} is no whole number from 0 to 100.")
    return str(int(number))


def _day(cell: Cell) -> date:
    """Nothing is guessed: a month is not enough to move a date to."""
    if isinstance(cell.value, date):
        return cell.value
    text = " ".join(cell.text.split())
    for form in WRITTEN:
        with suppress(ValueError):
            return datetime.strptime(text, form).replace(tzinfo=UTC).date()
    raise NotUnderstood(f"{quoted(text)} is no day that can be read. Write it as 31/03/2027.")


def _key(text: str) -> str:
    return " ".join(clean(text).casefold().split())
