"""The texts by which a form asks: its prompts and headings, and what is only a number."""

import re
from collections.abc import Sequence

from plans.form.content import SectionLayout
from plans.form.matching import words

ANSWERS = {"capacity", "priorities", "rationale"}
AREA = re.compile(r"^local authority( area)?\s*(?:[:–_-][\W_]*(.*))?$", re.IGNORECASE)
RATIONALE = re.compile(r"^(please )?(provide|give) (a|the) rationale|^rationale\b", re.IGNORECASE)
TOOLS = re.compile(r"specific tools|tools or systems", re.IGNORECASE)
CAPACITY = re.compile(r"capacity for improvement", re.IGNORECASE)
PRIORITIES = re.compile(
    r"priorit\w+ (areas? )?for improvement|what are your priorit", re.IGNORECASE
)
NUMBER = re.compile(r"[\W\d]*[a-z]?[\W\d]*", re.IGNORECASE)
OPENING = re.compile(r"conclusion\W*$|part \d|overall rating", re.IGNORECASE)
LONGEST = 250  # characters of a prompt
LONGEST_HEADING = 120
LONGEST_NUMBER = 12


class Headings:
    """The sections of a form, to be found by their headings."""

    def __init__(self, sections: Sequence[SectionLayout]) -> None:
        self.sections = [(s, _coded(s.code), words(s.name)) for s in sections if not s.in_words]

    def section(self, text: str, *, strict: bool) -> SectionLayout | None:
        """The section that a short text names, by its code or by all words of its name.

        By both if `strict`.
        """
        if len(text) > LONGEST_HEADING or text.rstrip().endswith("?"):
            return None
        said = words(text)
        for section, code, name in self.sections:
            coded = code.match(text)
            named = name and name <= said
            if strict:
                if named and coded:
                    return section
                continue
            if named and (coded or len(said) <= len(name) + 4):
                return section
            if coded and (len(section.code) > 1 or section.code.isalpha() or len(said) <= 6):
                return section
        return None


def _coded(code: str) -> re.Pattern[str]:
    """A text that begins with the code, however it is punctuated."""
    signs = r"\W*".join(re.findall(r"\w", code))
    return re.compile(rf"\W*((part|section)\W*)?{signs}\b", re.IGNORECASE)


def asked_by(text: str, *, answering: bool) -> str:
    """What the text only asks for: rationale, tools, priorities, capacity, or nothing.

    While something is being answered, a text that speaks of another thing may be part of it.
    """
    if len(text) > LONGEST:
        return ""
    for pattern, awaited in (
        (RATIONALE, "rationale"),
        (TOOLS, "tools"),
        (PRIORITIES, "priorities"),
        (CAPACITY, "capacity"),
    ):
        if not pattern.search(text) or (answering and not _ends_with(text, "?:)")):
            continue
        if awaited in {"priorities", "capacity"} and "?" not in text and len(text) > 80:
            continue  # an answer that speaks of it
        return awaited
    return ""


def is_prompt(text: str) -> bool:
    """Whether the text asks or heads, in whatever words."""
    return _ends_with(text, "?:") or OPENING.match(text) is not None


def is_number(text: str) -> bool:
    """Whether the text only counts its row."""
    return len(text) <= LONGEST_NUMBER and NUMBER.fullmatch(text) is not None


def _ends_with(text: str, signs: str) -> bool:
    """Whether one of the signs stands behind the last word."""
    for character in reversed(text):
        if character in signs:
            return True
        if character.isalnum() or character == "_":
            return False
    return False
