"""What a self-evaluation form says, free of Word and Excel: the same for reading and writing."""

from collections.abc import Mapping
from dataclasses import dataclass

SOURCES = ("Data", "Documents", "Views of people", "Observation")
STRENGTHS, IMPROVEMENTS = "Strengths", "Areas for improvement"
AMBITION = "How good can we be"
# Heads of the table that a validator's ratings stand in, which is no part of the form itself.
VALIDATED = ("What was validated", "The service's rating", "Validator's rating", "Reason")
# A validator's rating and reason, by the code of the element or section.
Views = Mapping[str, tuple[int | None, str]]


@dataclass(frozen=True)
class ElementLayout:
    """One statement or driver of the form: its code, our label and its characteristics.

    `wording` is the official text, where the area has loaded it.
    """

    code: str
    label: str
    key_factors: tuple[str, ...] = ()
    wording: str = ""


@dataclass(frozen=True)
class SectionLayout:
    """A table of the form: `overall` ones end with an overall rating, `tools` ones with tools."""

    code: str
    name: str
    question: str
    overall: bool
    tools: bool
    elements: tuple[ElementLayout, ...]

    @property
    def in_words(self) -> bool:
        """Whether it has no table, for it is answered in words, in the conclusion."""
        return not (self.elements or self.overall or self.tools)


@dataclass(frozen=True)
class Layout:
    """The form that a framework asks for. `points` are (value, label), from the lowest up."""

    title: str
    points: tuple[tuple[int, str], ...]
    sections: tuple[SectionLayout, ...]


@dataclass(frozen=True)
class Note:
    """Something about the file that a person must know: where in it, and what.

    A `fatal` one means that nothing of the file can be taken, `left_out` that something stands
    there which is not taken. Any other is for a person to look at.
    """

    where: str
    what: str
    fatal: bool = False
    left_out: bool = False


@dataclass(frozen=True)
class ElementAnswer:
    """`evidence` has one text for each paragraph; `where` is like “table 2, row 4”.

    `statement` is the wording that stands in the file. `sources` has the kind, one of SOURCES, with
    its texts.
    """

    code: str
    rating: int | None = None
    evidence: tuple[str, ...] = ()
    statement: str = ""
    where: str = ""
    sources: tuple[tuple[str, tuple[str, ...]], ...] = ()
    strengths: tuple[str, ...] = ()
    improvements: tuple[str, ...] = ()
    ambition: tuple[str, ...] = ()


@dataclass(frozen=True)
class ToolAnswer:
    """`reach` is local, national, external, or empty where the form does not say."""

    name: str
    reach: str


@dataclass(frozen=True)
class SectionAnswer:
    code: str
    elements: tuple[ElementAnswer, ...]
    overall: int | None = None
    rationale: tuple[str, ...] = ()
    tools: tuple[ToolAnswer, ...] = ()
    where: str = ""


@dataclass(frozen=True)
class Form:
    """A whole form. `area` is the name written on it; paragraphs and bullets are one text each."""

    area: str
    sections: tuple[SectionAnswer, ...]
    capacity: tuple[str, ...] = ()
    priorities: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()

    @property
    def refused(self) -> bool:
        """Whether something in the file keeps all of it from being taken."""
        return any(note.fatal for note in self.notes)
