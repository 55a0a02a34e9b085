"""Kind challenges to a self-evaluation: what a critical friend would ask, in one sentence each.

Nothing is forbidden by them. The national review of 2025 found services that rated themselves too
high and too low, mostly on evidence of one kind.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

WHOLE = "Whole"
SAME_TEXT = 4  # words from which an equal text is no accident
SAME_PARAGRAPH = 8  # words from which a paragraph that stands in another text is none


@dataclass(frozen=True)
class Measure:
    """The scale: its labels by value, and what a point obliges the service to do, in words."""

    labels: Mapping[int, str]
    obliges: Mapping[int, str]

    @property
    def lowest(self) -> int:
        return min(self.labels)

    @property
    def top(self) -> int:
        return max(self.labels)


@dataclass(frozen=True)
class Element:
    """One element as the service has written it.

    `kinds` names the kinds of source that it gives; `exemplars` are texts to learn from, and
    `last` is what the service wrote last time.
    """

    code: str
    rating: int | None
    evidence: str = ""
    kinds: tuple[str, ...] = ()
    improvements: str = ""
    exemplars: tuple[str, ...] = ()
    last: str = ""


@dataclass(frozen=True)
class Section:
    """A section with its elements; `asks` where it has a rating of its own."""

    code: str
    elements: tuple[Element, ...]
    asks: bool = False
    rating: int | None = None
    rationale: str = ""
    last: str = ""

    @property
    def where(self) -> str:
        return f"{self.code} overall"


@dataclass(frozen=True)
class Challenge:
    """`where` is the code of an element, “1a overall” or “Whole”."""

    where: str
    text: str


def challenge(
    sections: tuple[Section, ...], priorities: str, measure: Measure
) -> tuple[Challenge, ...]:
    """Everything that is to be asked, in the order of the form."""
    found = []
    for section in sections:
        for element in section.elements:
            found += [Challenge(element.code, text) for text in of_element(element, measure)]
        found += [Challenge(section.where, text) for text in of_section(section, measure)]
    return (*found, *(Challenge(WHOLE, text) for text in of_whole(sections, priorities, measure)))


def of_element(element: Element, measure: Measure) -> list[str]:
    """What is to be asked of one element."""
    asked = []
    rating = element.rating
    given = bool(element.evidence.strip() or element.kinds)
    if rating is not None:
        label = measure.labels[rating]
        if rating > measure.lowest and not given:
            asked.append(f"It is rated “{label}” and no evidence is given. What shows it?")
        elif given and not element.kinds:
            asked.append(
                "No kind of source is named. Say which data, documents, views of people or "
                "observation the evidence rests on."
            )
        elif given and len(element.kinds) == 1:
            asked.append(
                f"All the evidence is of one kind ({element.kinds[0]}). Two or three kinds that "
                "agree are stronger: what else points the same way?"
            )
        if not element.improvements.strip():
            if measure.obliges.get(rating):
                asked.append(
                    f"It is rated “{label}” and no area for improvement is named. "
                    f"{measure.obliges[rating]} What has to change?"
                )
            elif rating < measure.top:
                asked.append(
                    f"It is rated “{label}” and no area for improvement is named. What stands "
                    f"between it and “{measure.labels[measure.top]}”?"
                )
    return asked + _wording(element.evidence, element.exemplars, element.last)


def of_section(section: Section, measure: Measure) -> list[str]:
    """What is to be asked of the overall rating of a section."""
    asked = []
    rated = [element.rating for element in section.elements if element.rating is not None]
    if section.asks and section.rating is not None:
        label = measure.labels[section.rating]
        if rated and section.rating > max(rated):
            asked.append(
                f"The overall rating “{label}” is above every part of it: the highest is "
                f"“{measure.labels[max(rated)]}”. What carries it?"
            )
        if rated and section.rating < min(rated):
            asked.append(
                f"The overall rating “{label}” is below every part of it: the lowest is "
                f"“{measure.labels[min(rated)]}”. What holds it down?"
            )
        if not section.rationale.strip():
            asked.append(f"The overall rating “{label}” has no rationale.")
    return asked + _wording(section.rationale, (), section.last)


def of_whole(sections: tuple[Section, ...], priorities: str, measure: Measure) -> list[str]:
    """What is to be asked of all of it together."""
    rated = [e.rating for s in sections for e in s.elements if e.rating is not None]
    if rated and min(rated) < measure.top and not priorities.strip():
        return ["No priority is named. Of all that could be better, what comes first?"]
    return []


def _wording(text: str, exemplars: tuple[str, ...], last: str) -> list[str]:
    asked = []
    if any(repeats(text, exemplar) for exemplar in exemplars):
        asked.append("Some of the wording stands in an exemplar. Say it of your own service.")
    if repeats(text, last):
        asked.append("Some of the wording is unchanged from last time. Is it still so?")
    return asked


def repeats(text: str, other: str) -> bool:
    """Whether the two are the same text, or one holds a whole paragraph of the other.

    Capitals, punctuation and spacing do not count, nor do texts of a few words.
    """
    mine, theirs = plain(text), plain(other)
    if mine == theirs:
        return len(mine.split()) >= SAME_TEXT
    return _holds(theirs, text) or _holds(mine, other)


def _holds(whole: str, text: str) -> bool:
    paragraphs = (plain(paragraph) for paragraph in text.splitlines())
    return any(
        len(paragraph.split()) >= SAME_PARAGRAPH and f" {paragraph} " in f" {whole} "
        for paragraph in paragraphs
    )


def plain(text: str) -> str:
    """The words alone, in small letters, one space apart."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(re.findall(r"\w+", folded))
