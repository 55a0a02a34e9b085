"""Where the plan stands in a file: which rows are headings, which tables go on with which columns.

Tables with the same headings are one layout, on whatever sheet or page they stand: what a person
says of its columns once is said of all of them, and is remembered by the layout's signature. On
the pages of a Word document the headings need only mean the same, column for column.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from management.sheets.content import Book, Cell, Row, Sheet
from management.uploads import WORD_FILE
from plans.sheets.apart import beside, stacked
from plans.sheets.columns import LOOKED_AT, Column, guess, is_typed, sent_out, settle
from plans.sheets.content import Context
from plans.sheets.fields import LABELS, SEVERAL, Field, Sure, by_heading, plain, signature
from plans.sheets.known import Known, said
from plans.sheets.ours import Ours
from plans.sheets.ours import of as ours_of

F = Field
SEARCHED = 40  # rows from the top among which the heading is looked for
LONGEST_HEADING = 80  # characters of a cell that heads a column
WEIGHTS = {Sure.CERTAIN: 3.0, Sure.LIKELY: 1.0, Sure.NONE: 0.0}
# Fields of which cells can tell whether they belong to a plan: many a table names people.
RISKS = {
    "risk",
    "risks",
    "risk description",
    "description of risk",
    "risk no",
    "risk id",
    "risk ref",
}
# First headings of a table of the document itself: who has seen which version, and when.
VERSIONS = {"version", "version no", "version number", "revision", "document version"}
TOLD = {F.REFERENCE, F.INDICATOR, F.TIMESCALE, F.STATUS, F.PERCENT}
Mapped = tuple[Field, ...]  # the field of each column of a layout, in their order


@dataclass(frozen=True)
class Part:
    """A table that has this layout. `heads` are its heading rows, `columns` where its columns are.

    Rows before `first` stand above the plan. Both count the rows of the sheet, from 0. `beside` are
    the first words of what stands beyond an empty column and is not read.
    """

    sheet: Sheet
    heads: tuple[int, ...]
    first: int
    columns: tuple[int, ...]
    beside: str = ""

    @property
    def rows(self) -> tuple[Row, ...]:
        return self.sheet.rows[self.first :]


@dataclass(frozen=True)
class Layout:
    """Columns, what each is taken for, and the tables that have them.

    `is_plan` says that it looks like a plan of actions, `why` in a few words why it does not.
    `ours` is what is known of a table that went out of Throughline.
    """

    signature: str
    columns: tuple[Column, ...]
    parts: tuple[Part, ...]
    is_plan: bool = True
    why: str = ""
    ours: Ours | None = None

    @property
    def mapping(self) -> Mapped:
        """What is guessed: a person may give another one, as long."""
        return tuple(column.field for column in self.columns)


@dataclass
class _Found:
    """A layout while its tables are collected."""

    headings: tuple[str, ...]
    parts: list[Part] = field(default_factory=list)


def layouts(book: Book, context: Context) -> tuple[Layout, ...]:
    """The layouts of a file's visible tables, plans first, in the order of the file."""
    known = Known(context)
    found: dict[str, _Found] = {}
    pages: dict[Mapped, str] = {}
    last: _Found | None = None
    for sheet in (part for whole in book.visible if whole.rows for part in stacked(whole)):
        head = _head(sheet, known)
        columns = _columns(sheet, head)
        if not head and last and book.kind == WORD_FILE and _goes_on(sheet, columns, last, known):
            last.parts.append(Part(sheet, (), 0, last.parts[-1].columns))
            continue
        first = head[-1] + 1 if head else 0
        named = {column: _heading(sheet, head, column) for column in columns}
        apart = beside(sheet, first, named) if head and book.kind != WORD_FILE else frozenset()
        columns = tuple(column for column in columns if column not in apart)
        headings = tuple(named[column] for column in columns)
        key = signature(headings)
        if book.kind == WORD_FILE:  # from page to page they differ by a word or two
            meant = tuple(by_heading(heading)[0] for heading in headings)
            key = pages.setdefault(meant, key) if F.ACTION in meant else key
        last = found.setdefault(key, _Found(headings))
        last.parts.append(Part(sheet, head, first, columns, _words(sheet, head, apart)))
    made = [_layout(name, one, known) for name, one in found.items()]
    return tuple(sorted(made, key=lambda one: not one.is_plan))


def chosen(found: Sequence[Layout]) -> tuple[Layout, ...]:
    """Those that look like plans; where none does, the one with the most rows."""
    plans = tuple(layout for layout in found if layout.is_plan)
    rows = [sum(len(part.rows) for part in layout.parts) for layout in found]
    return plans or tuple(found[n] for n in [rows.index(max(rows))] if rows)


def has_actions(mapping: Sequence[Field]) -> bool:
    """Whether a table whose columns mean this is read: one without actions is not the plan."""
    return F.ACTION in mapping


def faults(layout: Layout, mapping: Sequence[Field], *, alone: bool = True) -> list[str]:
    """What is wrong with a mapping that a person gives, in sentences; nothing if it can be used.

    Where the table is not `alone`, as another one of the file has the actions, it needs none.
    """
    if len(mapping) != len(layout.columns):
        return [f"The table has {len(layout.columns)} columns; {len(mapping)} are given a meaning."]
    wrong = []
    if alone and not has_actions(mapping):
        wrong.append("Say which column has the actions: without one nothing can be imported.")
    for one in F:
        named = [
            c.heading or "no heading"
            for c, f in zip(layout.columns, mapping, strict=True)
            if f == one
        ]
        if len(named) > 1 and one not in SEVERAL:
            listed = " and ".join(f"“{name}”" for name in named)
            wrong.append(f"{LABELS[one]} can be one column only: it is said of {listed}.")
    return wrong


# --- headings ----------------------------------------------------------------------------------


def _head(sheet: Sheet, known: Known) -> tuple[int, ...]:
    """The heading rows: the row that reads most like one, and the one below if it goes on."""
    rows = sheet.rows
    scores = [_score(row) for row in rows[:SEARCHED]]
    best = max(scores, default=0.0)
    at = [scores.index(best)] if best > 0 else [0] * _is_strange(rows[:2], known)
    if not at:
        return ()
    below = at[0] + 1
    if below < len(rows) and _is_second(rows[at[0]], rows[below]):
        return at[0], below
    return (at[0],)


def _score(row: Row) -> float:
    """How much a row reads like headings: 0 for one that is none."""
    texts = [text for cell in row.cells.values() if (text := said(cell)) and not cell.carried]
    kinds: dict[Field, float] = {}
    nothing = 0.0
    for text in texts:
        if len(text) <= LONGEST_HEADING:
            field, sure, _ = by_heading(text)
            if field == F.NOTHING:
                nothing += WEIGHTS[sure] / 3
            else:
                kinds[field] = max(kinds.get(field, 0), WEIGHTS[sure])
    certain = sum(weight == WEIGHTS[Sure.CERTAIN] for weight in kinds.values())
    long = sum(len(text) > LONGEST_HEADING for text in texts)
    alone = len(texts) == 1 and certain == 1 and F.ACTION in kinds
    if not alone and (len(kinds) < 2 or (not certain and len(kinds) < 3)):
        return 0
    return max(0.0, sum(kinds.values()) + nothing - 2 * long)


def _is_strange(rows: Sequence[Row], known: Known) -> bool:
    """Whether the first row has headings in words that are not known: short ones, over cells."""
    if len(rows) < 2:
        return False
    top, below = ([said(cell) for cell in row.cells.values() if cell.says] for row in rows)
    return (
        len(set(top)) == len(top) >= max(2, len(below))
        and all(len(text) <= LONGEST_HEADING / 2 and not is_typed(text, known) for text in top)
        and any(is_typed(text, known) for text in below)
    )


def _is_second(first: Row, second: Row) -> bool:
    """Whether the row goes on with the headings: most of them are merged down into it."""
    carried = [n for n, cell in second.cells.items() if cell.carried and n in first.cells]
    own = [cell for cell in second.cells.values() if said(cell) and not cell.carried]
    return len(carried) >= 2 and all(len(said(cell)) <= LONGEST_HEADING for cell in own)


def _columns(sheet: Sheet, head: tuple[int, ...]) -> tuple[int, ...]:
    """Where the columns are that have a heading, or something below it."""
    rows = sheet.rows[head[0] :] if head else sheet.rows
    return tuple(sorted({n for row in rows for n, cell in row.cells.items() if cell.says}))


def _heading(sheet: Sheet, head: tuple[int, ...], column: int) -> str:
    if not head:
        return ""
    top = sheet.rows[head[0]]
    text = _line(top, column)
    if len(head) == 2:
        below = sheet.rows[head[1]].cells.get(column)
        if below is not None and not below.carried:
            left = [n for n in top.cells if n <= column and said(top.cells[n])]
            over = _line(top, max(left)) if left else ""
            text = f"{over} {' '.join(said(below).split())}".strip()
    return text


def _line(row: Row, column: int) -> str:
    return " ".join(said(row.cells.get(column)).split())


def _words(sheet: Sheet, head: tuple[int, ...], columns: frozenset[int]) -> str:
    """The first words in these columns."""
    rows = sheet.rows[head[0] :] if columns else ()
    texts = (said(row.cells.get(column)) for row in rows for column in sorted(columns))
    return next(filter(None, texts), "")


def _goes_on(sheet: Sheet, columns: tuple[int, ...], last: _Found, known: Known) -> bool:
    """Whether a table without headings has the columns of the one before, and is not inside it.

    Where words stand between the two, its cells have to be what those columns are for.
    """
    before = last.parts[-1].columns
    if sheet.place.startswith(f"{last.parts[-1].sheet.place}, "):
        return False
    if not set(columns) <= set(before) or 2 * len(columns) <= len(before):
        return False
    if not sheet.above:
        return True
    part = Part(sheet, (), 0, before)
    body = [(part, row) for row in sheet.rows]
    told = [
        guess(heading, list(islice(_cells(body, place), LOOKED_AT)), known).fits
        for place, heading in enumerate(last.headings)
        if by_heading(heading)[0] in TOLD
    ]
    return not told or any(told)


def repeats(row: Row, part: Part, headings: Sequence[str]) -> bool:
    """Whether a row says the headings again, all but a fifth of them. They are given `plain`."""
    pairs = [
        (row.cells[at], heading)
        for at, heading in zip(part.columns, headings, strict=True)
        if at in row.cells and row.cells[at].says
    ]
    others = len(pairs) // 5
    for cell, heading in pairs:
        if plain(said(cell)) != heading:
            others -= 1
            if others < 0:
                return False
    return bool(pairs)


# --- layouts -----------------------------------------------------------------------------------


def _layout(name: str, found: _Found, known: Known) -> Layout:
    headings = tuple(map(plain, found.headings))
    ours = ours_of(found.headings)
    body = [(p, row) for p in found.parts for row in p.rows if not repeats(row, p, headings)]
    columns = []
    for place, heading in enumerate(found.headings):
        hidden = all(part.columns[place] in part.sheet.hidden_columns for part in found.parts)
        cells = list(islice(_cells(body, place), LOOKED_AT))
        if ours:
            columns.append(sent_out(heading, ours.fields[place], cells, hidden))
        else:
            columns.append(guess(heading, cells, known, hidden))
    settled = tuple(columns) if ours else settle(columns)
    fields = {column.field for column in settled}
    is_plan = F.ACTION in fields and bool(
        fields & {F.RESPONSIBLE, F.TIMESCALE, F.STATUS, F.EVIDENCE, F.INDICATOR, F.PROGRESS}
    )
    if F.ACTION not in fields:
        why = "no column of actions was found"
    else:
        why = "" if is_plan else "beside the actions nothing was found that belongs to a plan"
    if is_plan and not any(found.headings):
        if len(settled) < 3:
            is_plan, why = False, "it has no headings and few columns"
        elif not fields & TOLD:
            is_plan, why = False, "it has no headings, and no dates or words of status"
    if is_plan and headings[0] in RISKS and not fields & {F.TIMESCALE, F.REVISED, F.INDICATOR}:
        is_plan, why = False, "it lists risks"
    heads = any(by_heading(heading)[0] == F.ACTION for heading in found.headings)
    if headings[0] in VERSIONS and not heads:
        is_plan, why = False, "it lists the versions of the document"
    if not is_plan and F.ACTION in fields and not heads:
        # Some words in a list are not its actions, unless a person says so.
        no = "no heading looks like that of an action"
        settled = tuple(
            replace(one, field=F.NOTHING, sure=Sure.NONE, why=no) if one.field == F.ACTION else one
            for one in settled
        )
    return Layout(name, settled, tuple(found.parts), is_plan, why, ours)


def _cells(body: Sequence[tuple[Part, Row]], place: int) -> Iterator[Cell]:
    """The cells of a column that say something, without merged ones' lower parts."""
    for part, row in body:
        cell = row.cells.get(part.columns[place])
        if cell and cell.says and not cell.carried:
            yield cell


def with_mapping(layout: Layout, mapping: Sequence[Field], why: str = "as you said") -> Layout:
    """The layout with a person's own mapping, which `faults` has found nothing wrong with."""
    columns = tuple(
        column
        if column.field == field
        else replace(column, field=field, sure=Sure.CERTAIN, why=why)
        for column, field in zip(layout.columns, mapping, strict=True)
    )
    return replace(layout, columns=columns)
