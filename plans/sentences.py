"""A text as its lines and its sentences, to be picked from."""

import re

# A full stop after these ends no sentence: "e.g. SIRs", "Dr. Reid", "No. 7".
_SHORT = ("e.g", "i.e", "etc", "Dr", "Mr", "Ms", "Mrs", "No", "St", "vs")
_NOT_AFTER = "".join(rf"(?<!\b{re.escape(short)}\.)" for short in _SHORT)
_END = re.compile(rf"{_NOT_AFTER}(?:(?<=[.!?])|(?<=[.!?][\"”’)]))\s+(?=[“\"‘(]?[A-Z0-9])")
# A dash or a star is a bullet only with a space behind it: "-5%" says less than "5%".
_BULLETS = re.compile(r"^(?:[•·]\s*|[*–-]+\s+)+")
_NOTHING = re.compile(r"[•·*–\s-]*")


def lines_of(text: str) -> list[str]:
    """The lines that say something, without bullets."""
    lines = (_BULLETS.sub("", line.strip()) for line in text.splitlines())
    return [line for line in lines if not _NOTHING.fullmatch(line)]


def folded(text: str) -> str:
    """By which two lines are the same: without regard to capitals and spacing."""
    return " ".join(text.casefold().split())


def sentences(text: str) -> list[str]:
    """The sentences of all paragraphs, in order, each once, without bullets."""
    found = []
    for line in lines_of(text):
        found += _END.split(line)
    said = [" ".join(sentence.split()) for sentence in found]
    return list(dict.fromkeys(sentence for sentence in said if sentence))
