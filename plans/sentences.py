"""A text as its sentences, to be picked from."""

import re

# A full stop after these ends no sentence: "e.g. SIRs", "Dr. Reid", "No. 7".
_SHORT = ("e.g", "i.e", "etc", "Dr", "Mr", "Ms", "Mrs", "No", "St", "vs")
_NOT_AFTER = "".join(rf"(?<!\b{re.escape(short)}\.)" for short in _SHORT)
_END = re.compile(rf"{_NOT_AFTER}(?:(?<=[.!?])|(?<=[.!?][\"”’)]))\s+(?=[“\"‘(]?[A-Z0-9])")
_BULLET = re.compile(r"^[•·*–-]\s+")


def sentences(text: str) -> list[str]:
    """The sentences of all paragraphs, in order, each once, without bullets."""
    found = []
    for paragraph in text.splitlines():
        found += _END.split(_BULLET.sub("", paragraph.strip()))
    said = [" ".join(sentence.split()) for sentence in found]
    return list(dict.fromkeys(sentence for sentence in said if sentence))
