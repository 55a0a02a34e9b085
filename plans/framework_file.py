"""Reading a framework from its file: everything in it is checked before anything is used."""

import hashlib
import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from plans.scales import Scale, points

# What the tables hold: characters of a text, and the greatest number.
LONGEST = {"code": 12, "name": 200, "question": 200, "title": 200, "at": 40}
LONGEST_LABEL = 200
LONGEST_TEXT = 20_000
GREATEST = 32767
MOST_STOPS = 400  # in one line of a file
MOST_STEPS = 10_000_000  # full stops of the longest line times those of all: two seconds
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")


class BadFramework(ValueError):
    """The file cannot be used; the sentence names the place in it and what to do."""


@dataclass(frozen=True)
class IndicatorFacts:
    code: str
    name: str
    graded: bool
    key_factors: tuple[str, ...]


@dataclass(frozen=True)
class SectionFacts:
    """`national` has (value, how many services) of a national review, where there was one."""

    code: str
    name: str
    question: str
    overall: bool
    tools: bool
    national: tuple[tuple[int, int], ...]
    indicators: tuple[IndicatorFacts, ...]


@dataclass(frozen=True)
class PointFacts:
    value: int
    meaning: str
    obliges: str


@dataclass(frozen=True)
class StepFacts:
    week: int
    weekday: int
    at: str
    name: str
    inspectorate: str
    service: str


@dataclass(frozen=True)
class FrameworkFacts:
    """A whole framework as its file says it. `sha256` is of the content, not of its layout."""

    code: str
    version: int
    title: str
    source: str
    scale: str
    points: tuple[PointFacts, ...]
    sections: tuple[SectionFacts, ...]
    outcomes: tuple[str, ...]
    steps: tuple[StepFacts, ...]
    sha256: str


def read(text: str, name: str) -> FrameworkFacts:
    """The framework in a TOML file. Raises BadFramework, in a sentence that begins with `name`."""
    content = toml(text, name)
    top = Table(content, name)
    scale = top.text("scale")
    if scale not in Scale.values:
        raise BadFramework(f"{name}: “scale” must be one of {', '.join(Scale.values)}.")
    labels = {words: value for value, words in points(scale)}
    facts = FrameworkFacts(
        code=top.slug("code"),
        version=top.number("version", 1),
        title=top.text("title"),
        source=top.text("source", ""),
        scale=scale,
        points=tuple(
            PointFacts(p.one_of("label", labels), p.text("meaning"), p.text("obliges", ""))
            for p in top.tables("scale_points")
        ),
        sections=tuple(_section(s, labels) for s in top.tables("sections")),
        outcomes=top.texts("outcomes"),
        steps=tuple(_step(s) for s in top.tables("steps")),
        sha256="",
    )
    top.done()
    _check(facts, name)
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return replace(facts, sha256=hashlib.sha256(canonical.encode()).hexdigest())


def toml(text: str, name: str) -> dict[str, Any]:
    """What a TOML file says, or BadFramework."""
    text = text.removeprefix("\ufeff")
    # A name of thousands of parts, or thousands of brackets, would keep the reader busy for hours.
    stops = [line.count(".") for line in text.split("\n")]
    number = max(range(len(stops)), key=stops.__getitem__)
    if stops[number] > MOST_STOPS:
        raise BadFramework(
            f"{name}, line {number + 1}, has more than {MOST_STOPS} full stops: "
            "break the line (between three quotation marks, a text may have many lines)."
        )
    if (stops[number] + 1) * (sum(stops) + len(stops)) > MOST_STEPS:
        raise BadFramework(
            f"{name} has too many full stops in line {number + 1} for so long a file: break the "
            "line (between three quotation marks, a text may have many lines), or part the file."
        )
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise BadFramework(f"{name} is nested too deeply.") from None
    except tomllib.TOMLDecodeError as error:
        raise BadFramework(f"{name} is not a TOML file: {error}.") from error
    except ValueError as error:  # Python's own limit of digits
        raise BadFramework(f"{name} has a number of too many digits.") from error


def _section(table: "Table", labels: dict[str, int]) -> SectionFacts:
    national = table.table("national")
    counted = labels.items() if national else ()
    section = SectionFacts(
        code=table.text("code"),
        name=table.text("name"),
        question=table.text("question"),
        overall=table.flag("overall"),
        tools=table.flag("tools"),
        national=tuple((value, national.number(label, 0)) for label, value in counted),
        indicators=tuple(_indicator(i) for i in table.tables("indicators")),
    )
    national.done()
    table.done()
    return section


def _indicator(table: "Table") -> IndicatorFacts:
    indicator = IndicatorFacts(
        code=table.text("code"),
        name=table.text("name"),
        graded=table.flag("graded"),
        key_factors=table.texts("key_factors"),
    )
    table.done()
    return indicator


def _step(table: "Table") -> StepFacts:
    step = StepFacts(
        week=table.number("week"),
        weekday=table.one_of("weekday", {day: n for n, day in enumerate(WEEKDAYS)}, "Monday"),
        at=table.text("at", ""),
        name=table.text("name"),
        inspectorate=table.text("inspectorate", ""),
        service=table.text("service", ""),
    )
    table.done()
    return step


def _check(facts: FrameworkFacts, name: str) -> None:
    indicators = [i for section in facts.sections for i in section.indicators]
    if not indicators:
        raise BadFramework(f"{name} has no indicator: give at least one section with one.")
    for what, codes in (
        ("section", [s.code for s in facts.sections]),
        ("indicator", [i.code for i in indicators]),
        ("meaning of the point", [str(p.value) for p in facts.points]),
    ):
        twice = sorted({code for code in codes if codes.count(code) > 1})
        if twice:
            raise BadFramework(f"{name} has more than one {what} {', '.join(twice)}.")
    if facts.version < 1 or any(step.week < 1 for step in facts.steps):
        raise BadFramework(f"{name}: versions and weeks count from 1.")


class Table:
    """A TOML table whose values are asked for by name; what was not asked for is a mistake."""

    def __init__(self, content: Any, where: str) -> None:
        if not isinstance(content, dict):
            raise BadFramework(f"{where} must be a table.")
        self.content, self.where = dict(content), where

    def __bool__(self) -> bool:
        return bool(self.content)

    def _take(self, key: str, kind: type, missing: Any, words: str) -> Any:
        value = self.content.pop(key, missing)
        if value is None:
            raise BadFramework(f"{self.where}: “{key}” is missing.")
        if type(value) is not kind:
            raise BadFramework(f"{self.where}: “{key}” must be {words}.")
        return value

    def text(self, key: str, missing: str | None = None) -> str:
        value: str = self._take(key, str, missing, "text in quotation marks")
        if missing is None and not value.strip():
            raise BadFramework(f"{self.where}: “{key}” is empty.")
        return self._fit(key, value, LONGEST.get(key, LONGEST_TEXT))

    def slug(self, key: str) -> str:
        value: str = self._take(key, str, None, "text in quotation marks")
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,59}", value):
            raise BadFramework(
                f"{self.where}: “{key}” must be small letters, digits and hyphens, at most 60."
            )
        return value

    def _fit(self, key: str, value: str, longest: int) -> str:
        """The text without blanks around it, if the tables can hold it."""
        value = value.strip()
        if len(value) > longest:
            raise BadFramework(f"{self.where}: “{key}” is longer than {longest:,} characters.")
        if any(character < " " and character not in "\n\t" for character in value):
            raise BadFramework(f"{self.where}: “{key}” holds a character that is not text.")
        return value

    def number(self, key: str, missing: int | None = None) -> int:
        value: int = self._take(key, int, missing, "a whole number")
        if not 0 <= value <= GREATEST:
            raise BadFramework(f"{self.where}: “{key}” must be from 0 to {GREATEST}.")
        return value

    def flag(self, key: str) -> bool:
        value: bool = self._take(key, bool, False, "true or false")
        return value

    def texts(self, key: str, longest: int = LONGEST_LABEL) -> tuple[str, ...]:
        values = self._take(key, list, [], "a list of texts")
        if not all(isinstance(value, str) and value.strip() for value in values):
            raise BadFramework(f"{self.where}: every one of “{key}” must be text.")
        return tuple(self._fit(key, value, longest) for value in values)

    def one_of(self, key: str, choices: dict[str, int], missing: str | None = None) -> int:
        value = self.text(key, missing)
        if value not in choices:
            raise BadFramework(f"{self.where}: “{key}” must be one of {', '.join(choices)}.")
        return choices[value]

    def tables(self, key: str) -> "Iterator[Table]":
        for number, content in enumerate(self._take(key, list, [], "a list of tables"), 1):
            yield Table(content, f"{self.where}, {key} {number}")

    def table(self, key: str) -> "Table":
        return Table(self._take(key, dict, {}, "a table"), f"{self.where}, {key}")

    def done(self) -> None:
        if self.content:
            strange = ", ".join(f"“{key}”" for key in sorted(self.content))
            raise BadFramework(f"{self.where}: {strange} is not known here.")
