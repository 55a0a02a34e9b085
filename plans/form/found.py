"""What was found of a section of a form, and the answer that it makes."""

from dataclasses import dataclass, field

from plans.form.content import (
    AMBITION,
    IMPROVEMENTS,
    SOURCES,
    STRENGTHS,
    ElementAnswer,
    Note,
    SectionAnswer,
    SectionLayout,
    ToolAnswer,
)
from plans.form.matching import is_like, match, short
from plans.form.tables import bare

LABELS = {*SOURCES, STRENGTHS, IMPROVEMENTS, AMBITION}


@dataclass
class Statement:
    text: str
    rating: int | None
    evidence: tuple[str, ...]
    where: str


@dataclass
class Found:
    """What was found of one section so far."""

    layout: SectionLayout
    statements: list[Statement] = field(default_factory=list)
    overall: int | None = None
    overall_seen: bool = False
    rationale: list[str] = field(default_factory=list)
    tools: list[ToolAnswer] = field(default_factory=list)
    where: str = ""

    @property
    def name(self) -> str:
        return f"Section {self.layout.code} {self.layout.name}"


def answer_of(found: Found) -> tuple[SectionAnswer, list[Note]]:
    """The section's answer, and what is to be said of its rows."""
    layout = found.layout
    answers, notes = _matched(found)
    if layout.elements and not found.statements:
        notes.append(Note(found.name, "Its table was not found in the file.", fatal=True))
    elif layout.overall and not found.overall_seen:
        notes.append(Note(found.name, "No overall rating was found."))
    if not layout.overall and (found.overall_seen or found.rationale):
        what = "Has an overall rating, which is not asked for: not used."
        notes.append(Note(found.name, what, left_out=True))
    elements = tuple(
        _answer(element.code, answers[element.code])
        if element.code in answers
        else ElementAnswer(element.code)
        for element in layout.elements
    )
    return SectionAnswer(
        layout.code,
        elements,
        found.overall if layout.overall else None,
        tuple(found.rationale) if layout.overall else (),
        tuple(found.tools),
        found.where,
    ), notes


def _matched(found: Found) -> tuple[dict[str, Statement], list[Note]]:
    """The statement that answers each element, by its code."""
    elements = found.layout.elements
    answers: dict[str, Statement] = {}
    notes = []
    texts = [statement.text for statement in found.statements]
    for element, place in match(elements, texts):
        statement = None if place is None else found.statements[place]
        if element is None and statement is not None:
            what = f"Not used: {short(statement.text)}"
            notes.append(Note(statement.where, what, left_out=True))
        elif statement is None and element is not None and found.statements:
            what = f"No row was found for {element.code} {element.label}."
            notes.append(Note(found.name, what))
        elif element is not None and statement is not None:
            answers[element.code] = statement
            if not is_like(element, elements, statement.text):
                what = f"Taken for {element.code} {element.label}, by its place: "
                notes.append(Note(statement.where, what + short(statement.text)))
    return answers, notes


def _answer(code: str, statement: Statement) -> ElementAnswer:
    """The evidence, parted where our own exports have a label alone on its line."""
    parts: dict[str, list[str]] = {"": []}
    label = ""
    for text in statement.evidence:
        if (name := text.removesuffix(":")) in LABELS and text.endswith(":"):
            label = name
        else:
            parts.setdefault(label, []).append(bare(text) if label else text)
    return ElementAnswer(
        code,
        statement.rating,
        tuple(parts[""]),
        statement.text,
        statement.where,
        tuple((kind, tuple(parts[kind])) for kind in SOURCES if kind in parts),
        tuple(parts.get(STRENGTHS, ())),
        tuple(parts.get(IMPROVEMENTS, ())),
        tuple(parts.get(AMBITION, ())),
    )
