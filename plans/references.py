"""References: the next in a row (after 1.1a comes 1.1b), what one is part of, and whose it is."""

import re
from collections.abc import Sequence

LONGEST = 20
NUMBER = re.compile(r"(.*?)([0-9]+)$", re.DOTALL)
LETTER = re.compile(r"(.*[0-9])([a-y])$", re.DOTALL)

BELOW = re.compile(r"[ .(-]+\w")
BELOW_NUMBER = re.compile(r"[ .(-]+\w|[a-zA-Z](?![a-zA-Z])")  # 1a, and not 1st


def next_free(references: Sequence[str]) -> str:
    """What follows the last of them and is not taken, whether in capitals or not."""
    taken = {reference.lower() for reference in references}
    reference = _after(references[-1]) if references else "1"
    if len(reference) > LONGEST:
        reference = "1"
    while reference.lower() in taken:
        reference = _after(reference)
    return reference


def whole_of(reference: str, references: Sequence[str]) -> str | None:
    """Of which of the others it is a part, by its number: 1.1 and 1a of 1, and 1.1a of 1.1."""
    parts = [
        whole
        for whole in references
        if whole
        and reference.lower().startswith(whole.lower())
        and (BELOW_NUMBER if whole[-1].isdigit() else BELOW).match(reference[len(whole) :])
    ]
    return max(parts, key=len, default=None)


def named(reference: str, whole: str = "") -> str:
    """A reference, with the title of what it stands in where that is not said anyway."""
    return f"{reference} of “{whole}”" if whole else reference


def _after(reference: str) -> str:
    if number := NUMBER.fullmatch(reference):
        head, digits = number.groups()
        return f"{head}{int(digits) + 1}"
    if letter := LETTER.fullmatch(reference):
        head, last = letter.groups()
        return f"{head}{chr(ord(last) + 1)}"
    return f"{reference}.1"
