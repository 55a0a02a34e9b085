"""What keeps rows of a plan's file from coming in: each kind once, however many rows it stops."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from management.sheets.content import quoted
from plans.imports import Line
from plans.sheets.content import Note

REFUSED = "refused"  # the code of a note of what a service says
PLACES = 5  # rows named in one sentence


@dataclass(frozen=True)
class Stop:
    """One kind of stop: what is said of the first row, and all the rows. `same` says it of each."""

    first: Note
    places: tuple[str, ...]
    same: bool

    @property
    def sentence(self) -> str:
        """For one row as it is said of it; for several with how many, and the first places."""
        many = len(self.places)
        if many == 1:
            return self.first.sentence
        said = f"{self.first.why} {self.first.accepted}".strip()
        rows = "This stops" if self.same else "This and the like stop"
        more = f" and {many - PLACES:,} more" if many > PLACES else ""
        places = ", ".join(self.places[:PLACES])
        return f"{self.first.file}: {said} {rows} {many:,} rows: {places}{more}."


def stops(lines: Iterable[Line]) -> list[Stop]:
    """The stops of these lines, in the order of the file."""
    found: dict[tuple[str, str], list[tuple[Line, Note]]] = {}
    for one in lines:
        for note in one.notes:
            if note.stops:
                found.setdefault(_kind(one, note), []).append((one, note))
    return [_stop(pairs) for pairs in found.values()]


def _kind(one: Line, note: Note) -> tuple[str, str]:
    """What two notes have in common that stop rows for the same reason."""
    if note.code != REFUSED:
        return note.code, ""
    reference = one.stands.reference if one.stands else one.row.reference
    words = note.why.removeprefix(f"{quoted(note.value)}: ")
    words = words.replace(reference, "") if reference else words
    return note.code, re.sub(r"\d+ [A-Z][a-z]+ \d{4}", "", words)


def _stop(pairs: Sequence[tuple[Line, Note]]) -> Stop:
    places = tuple(dict.fromkeys(line.row.place for line, _ in pairs))
    first = pairs[0][1]
    return Stop(first, places, all(note.why == first.why for _, note in pairs))
