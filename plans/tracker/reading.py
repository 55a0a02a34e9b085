"""The rows of a tracker workbook that came back: which action each is of, and what it says."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from management.sheets.content import Book, Cell, Row, Sheet, quoted, upper
from management.sheets.worksheet import letters
from management.uploads import BadFile
from plans.tracker.columns import BY_HEADING, BY_NAME, COLUMNS, READ, SHEET, Column, Name, plain
from plans.tracker.merging import text_value
from plans.tracker.stamp import Base, Stamp

LOOKED_AT = 20  # rows in which the headings may stand
ENOUGH = 5  # of them that make it the sheet


@dataclass(frozen=True)
class Problem:
    """What is not taken, in a sentence, and the place of it.

    `columns` are those of what is refused, where that does not stand at the place; `about` is the
    action and what the cells say, in a few words.
    """

    place: str
    sentence: str
    columns: tuple[Name, ...] = ()
    about: str = ""

    def __str__(self) -> str:
        return ": ".join(filter(None, (upper(self.place), self.about, self.sentence)))


@dataclass(frozen=True)
class Told:
    """What the file says of one action: its cells by column, empty ones too."""

    base: Base
    place: str
    cells: Mapping[Name, Cell]

    def text(self, name: Name) -> str:
        return self.cells[name].text.strip() if name in self.cells else ""

    def named(self, problem: Problem) -> Problem:
        """The problem with the action and the values that it is about, but for what it says."""
        action = f"action {self.base.reference}"
        at = (name for name, cell in self.cells.items() if cell.place == problem.place)
        said = [] if action.casefold() in problem.sentence.casefold() else [action]
        for name in problem.columns or at:
            value = self.text(name)
            known = not value or quoted(value) in problem.sentence
            heading = quoted(BY_NAME[name].heading)
            said.append(heading if known else f"{heading} {quoted(value)}")
        return replace(problem, about=", ".join(said))


@dataclass(frozen=True)
class Sent:
    """`gone` are the references of actions that have no row any more."""

    told: tuple[Told, ...]
    problems: tuple[Problem, ...]
    gone: tuple[str, ...]


def read(book: Book, stamp: Stamp) -> Sent:
    """What came back, row by row. Raises BadFile where there is no sheet of ours."""
    sheet, head, places = _headings(book)
    problems = [
        Problem(sheet.place, f"There is no column “{column.heading}”, so nothing of it is read.")
        for column in READ
        if column.name not in places
    ]
    rows: dict[int, list[Told]] = {}
    typed_over: list[tuple[Told, Problem, bool]] = []
    references = {text_value(base.reference): base for base in stamp.rows.values()}
    for row in sheet.rows:
        if row.number <= head or not any(cell.says for cell in row.cells.values()):
            continue
        base, problem = _base(row, places, stamp, references)
        if base is None:
            problems += [problem] if problem else []
            continue
        told = Told(base, row.place, dict(_cells(sheet, row, places)))
        if problem:
            typed_over.append((told, problem, _reference(row, places) in references))
        else:
            rows.setdefault(base.key, []).append(told)
    gone = set(stamp.rows) - set(rows) - {told.base.key for told, _, _ in typed_over}
    problems += _by_key(typed_over, rows)
    kept = []
    for same in rows.values():
        if any(_said(one) != _said(same[0]) for one in same[1:]):
            problems += [
                Problem(
                    one.place,
                    f"action {one.base.reference} has {len(same)} rows that do not say the same, "
                    f"the first in {_where(same[0].place)}. Nothing of them is taken: keep one.",
                )
                for one in same[1:]
            ]
        else:
            kept.append(same[0])
    left = tuple(base.reference for key, base in stamp.rows.items() if key in gone)
    return Sent(tuple(kept), tuple(problems), left)


def _by_key(
    typed_over: Iterable[tuple[Told, Problem, bool]], rows: dict[int, list[Told]]
) -> Iterator[Problem]:
    """Rows whose reference was typed over are read by their key, and put among the `rows`.

    Not where the reference is another action's, as when some columns were sorted alone, nor where
    the action has its own row, as when that was copied for a new one: nobody knows what is meant.
    """
    whole = set(rows)
    for told, problem, is_anothers in typed_over:
        if told.base.key in whole or is_anothers:
            said = f"{problem.sentence}, so nothing of the row is taken."
        else:
            rows.setdefault(told.base.key, []).append(told)
            said = f"{problem.sentence}. The rest of the row is read, by its Throughline key."
        yield Problem(problem.place, said)


def _headings(book: Book) -> tuple[Sheet, int, dict[Name, int]]:
    """The sheet, the number of its row of headings, and the place of each column."""
    for sheet in sorted(book.visible, key=lambda sheet: sheet.name != SHEET):
        for row in sheet.rows[:LOOKED_AT]:
            found: dict[Name, int] = {}
            twice: list[Column] = []
            for place, cell in row.cells.items():
                column = BY_HEADING.get(plain(cell.text))
                if column is not None:
                    twice += [column] if column.name in found else []
                    found.setdefault(column.name, place)
            if len(found) >= ENOUGH and {Name.REFERENCE, Name.KEY} & found.keys():
                if twice:
                    raise BadFile(
                        f"{upper(row.place)}: two columns are called “{twice[0].heading}”. Take "
                        "one of them out."
                    )
                return sheet, row.number, found
    names = ", ".join(f"“{column.heading}”" for column in COLUMNS[2:6])
    raise BadFile(
        f"No sheet has the headings of the tracker ({names} …). Put the first row of the sheet "
        f"“{SHEET}” back as it was, or download the workbook again."
    )


def _base(
    row: Row, places: Mapping[Name, int], stamp: Stamp, references: Mapping[str, Base]
) -> tuple[Base | None, Problem | None]:
    """The action that the row is of, by its key, else by its reference; and what is wrong."""
    key = row.text(places[Name.KEY]).strip() if Name.KEY in places else ""
    reference = _reference(row, places)
    place = row.place
    if Name.REFERENCE in places and places[Name.REFERENCE] in row.cells:
        place = row.cells[places[Name.REFERENCE]].place
    base = stamp.rows.get(int(key)) if key.isdecimal() and len(key) < 19 else None
    if base is not None and Name.REFERENCE in places and reference != text_value(base.reference):
        now = f"is {quoted(reference)} now" if reference else "is empty now"
        said = (
            f"the reference was {quoted(base.reference)} and {now}. References are not changed here"
        )
        return base, Problem(place, said)
    if found := base or references.get(reference):
        return found, None
    unknown = f"{quoted(reference)} is not among the actions of this workbook"
    return None, Problem(
        place,
        f"{unknown if reference else 'the row has no reference'}. New rows are not read: add the "
        "action in Throughline, or import it.",
    )


def _reference(row: Row, places: Mapping[Name, int]) -> str:
    return row.text(places[Name.REFERENCE]).strip() if Name.REFERENCE in places else ""


def _cells(sheet: Sheet, row: Row, places: Mapping[Name, int]) -> Iterator[tuple[Name, Cell]]:
    for column in READ:
        if column.name in places:
            place = places[column.name]
            empty = Cell("", f"{sheet.place}, cell {letters(place)}{row.number}")
            cell = row.cells.get(place, empty)
            yield column.name, cell


def _said(told: Told) -> dict[Name, str]:
    return {name: cell.text.strip() for name, cell in told.cells.items()}


def _where(place: str) -> str:
    """Row 12, of “sheet “Actions”, row 12”."""
    return place.rpartition(", ")[2]
