"""Tables that share a sheet: one below the other with headings of its own, or beside another."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise, takewhile

from management.sheets.content import Row, Sheet
from plans.sheets.fields import EXACT, NEWEST, SEVERAL, Field, by_heading, is_key, plain
from plans.sheets.known import said

F = Field
FEWEST = 3  # fields that a row names in so many words where a table begins
AGAIN = frozenset({F.NOTHING}) | SEVERAL | NEWEST  # fields that a table may have twice


def stacked(sheet: Sheet) -> Iterator[Sheet]:
    """The tables of a sheet from top to bottom, each as a sheet that has its place and name.

    Rows of one cell that stand right above the headings of a table are said to be above it.
    """
    rows = sheet.rows
    begins = _begins(rows)
    for first, end in pairwise((0, *begins, len(rows))):
        part = replace(sheet, rows=rows[first:end]) if begins else sheet
        if first:
            titles = takewhile(lambda row: len(_texts(row)) == 1, reversed(rows[:first]))
            above = [text for row in titles for text in _texts(row).values()]
            part = replace(part, above=tuple(reversed(above)))
        yield part


def _begins(rows: tuple[Row, ...]) -> list[int]:
    """Where another table than the first begins. The same headings again begin none."""
    begins: list[int] = []
    top, headings = -1, dict[int, str]()
    for number, row in enumerate(rows):
        texts, before = _texts(row), rows[number - 1] if number else None
        parted = before and (row.number > before.number + 1 or len(_texts(before)) == 1)
        if _are_headings(texts, parted=bool(parted)):
            said_now = {column: plain(text) for column, text in texts.items()}
            if top >= 0 and number > top + 1 and not _are_same(said_now, headings):
                begins.append(number)
            elif top >= 0:
                continue
            top, headings = number, said_now
    return begins


def _texts(row: Row) -> dict[int, str]:
    return {n: text for n, c in row.cells.items() if (text := said(c)) and not c.carried}


def _are_headings(texts: Mapping[int, str], *, parted: bool) -> bool:
    """Whether a row is one of headings beyond doubt: words in a plan may look like some.

    Less is enough where it is `parted` from what stands above, by empty rows or by a title.
    """
    names = [plain(text) for text in texts.values()]
    fields = {EXACT.get(name, F.NOTHING) for name in names} - {F.NOTHING}
    if len(fields) >= FEWEST and 2 * len(fields) > len(texts):
        return True
    words = not any(map(str.isdigit, "".join(names)))
    return parted and words and len(fields) > 1 and all(name in EXACT for name in names)


def _are_same(these: Mapping[int, str], those: Mapping[int, str]) -> bool:
    """Whether they are the same headings in the same columns, all but a fifth of them."""
    same = sum(those.get(column) == text for column, text in these.items())
    return 5 * same >= 4 * max(len(these), len(those))


def beside(sheet: Sheet, first: int, headings: Mapping[int, str]) -> frozenset[int]:
    """The columns that stand beyond an empty one and belong to something else, such as a key.

    `headings` are those of all columns that say something, `first` is the first row below them. An
    empty column may also part what belongs together: what a plan lacks belongs to it.
    """
    groups: list[list[int]] = []
    for column in sorted(headings):
        if groups and groups[-1][-1] == column - 1:
            groups[-1].append(column)
        else:
            groups.append([column])
    meant = {column: by_heading(heading)[0] for column, heading in headings.items()}
    fields = [{meant[column] for column in group} - {F.NOTHING} for group in groups]
    main = max(range(len(groups)), key=lambda n: (len(fields[n]), len(groups[n])), default=0)
    taken, apart = set(fields[main]) if groups else set(), set[int]()
    for number, group in enumerate(groups):
        if number == main:
            continue
        key = any(is_key(headings[column]) for column in group)
        again = (fields[number] - AGAIN) & taken
        few = fields[number] <= NEWEST and 2 * _filled(sheet, first, group) < _filled(
            sheet, first, groups[main]
        )
        if key or again or few or not fields[number]:
            apart |= {*group}
        else:
            taken |= fields[number]
    return frozenset(apart)


def _filled(sheet: Sheet, first: int, columns: list[int]) -> int:
    """In how many rows something stands in these columns."""
    return sum(
        any(n in row.cells and row.cells[n].says for n in columns) for row in sheet.rows[first:]
    )
