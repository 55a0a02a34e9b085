"""How a sheet with figures is laid out: a row for each figure, periods across, or KPIs across.

Which it is, its headings say. What they leave open, a person decides (`mapping`), and it is
remembered by the headings.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from enum import StrEnum

from kpis.imports.periods import NAMES, read
from management.sheets.content import Cell, Row, Sheet

LOOKED_AT = 30  # rows in which headings are looked for
LEAST_PERIODS = 2  # headings that are periods, for a sheet with periods across


class Kind(StrEnum):
    """What stands in a row."""

    TIDY = "a row for each figure"
    PERIODS = "a column for each period"
    KPIS = "a column for each KPI"


class Field(StrEnum):
    """What a column has."""

    KPI = "KPI"
    PERIOD = "Period"
    MEASURE = "Number or out of"
    NUMERATOR = "Number"
    DENOMINATOR = "Out of"
    VALUE = "Figure"
    COMPARATOR = "Whose figure"
    SPLIT = "Break-down"
    PART = "Part"
    VINTAGE = "Vintage"
    SOURCE = "Source"
    NOTE = "Note"
    REASON = "Why it changed"


# Whole headings, folded; what stands first is taken first.
_HEADINGS: dict[Field, tuple[str, ...]] = {
    Field.KPI: (
        *("kpi", "kpi code", "code", "indicator", "indicator code", "measure name", "kpi name"),
        *("performance indicator", "measure", "pi", "ref", "reference", "name", "title"),
    ),
    Field.PERIOD: (
        *("period", "month", "quarter", "year", "financial year", "date", "month ending"),
        *("quarter ending", "year ending", "reporting period", "period start", "period ending"),
        *("calendar year", "fy", "week ending", "as at"),
    ),
    Field.MEASURE: ("numerator or denominator", "row", "line", "type", "component", "data item"),
    Field.NUMERATOR: (
        *("numerator", "number", "num", "count", "n", "met", "on time", "achieved", "within"),
        *("number met", "number on time", "cases met", "completed", "number within target"),
    ),
    Field.DENOMINATOR: (
        *("denominator", "out of", "of", "total", "den", "denom", "all", "due", "number due"),
        *("total due", "total number", "base", "cases", "total cases", "population"),
    ),
    Field.VALUE: (
        *("value", "figure", "%", "percentage", "per cent", "percent", "rate", "result", "actual"),
        *("performance", "score", "average", "outturn", "data"),
    ),
    Field.COMPARATOR: ("area", "local authority", "council", "comparator", "whose figure", "la"),
    Field.SPLIT: ("break-down", "breakdown", "split", "broken down by", "dimension", "category"),
    Field.PART: ("part", "group", "team", "value of breakdown", "sub-group", "subgroup"),
    Field.VINTAGE: ("vintage", "status of figure", "provisional or final", "status"),
    Field.SOURCE: ("source", "source system", "data source", "from"),
    Field.NOTE: ("note", "notes", "comment", "comments", "commentary", "remarks"),
    Field.REASON: ("why it changed", "reason for change", "reason", "change reason"),
}
KNOWN = {name: which for which, names in _HEADINGS.items() for name in names}
# What a row of periods, or a column of a KPI, has of the figure.
COMPONENTS = {Field.NUMERATOR, Field.DENOMINATOR, Field.VALUE}
LONGEST_PART = 3  # words of “number on time”


@dataclass(frozen=True)
class Column:
    """`index` from 0. `period` is the heading where it is one, with what stands `above` it; `kpi`
    is the KPI that the heading names, and `what` the part of its figure."""

    index: int
    heading: str
    field: Field | None = None
    period: str = ""
    above: str = ""
    kpi: str = ""
    what: Field = Field.VALUE


@dataclass(frozen=True)
class Layout:
    """A sheet with its headings understood; `first` is the index of the row below them.

    `kpis` are the codes and names that are known, folded.
    """

    sheet: Sheet
    kind: Kind
    columns: tuple[Column, ...]
    first: int
    signature: str
    kpis: frozenset[str] = frozenset()

    def having(self, wanted: Field) -> Column | None:
        return next((one for one in self.columns if one.field == wanted), None)


@dataclass(frozen=True)
class Said:
    """What the sheet says of one figure, in its own words; `cells` has those of its parts."""

    place: str
    kpi: str
    period: str
    above: str
    cells: Mapping[Field, Cell] = field(default_factory=dict)
    told: Mapping[Field, str] = field(default_factory=dict)


def layout(
    sheet: Sheet, kpis: Sequence[str], mapping: Mapping[str, str] | None = None
) -> Layout | None:
    """How the sheet is laid out, or None where nothing in it looks like figures.

    `kpis` are the codes and names of the area's KPIs, folded. `mapping` is what a person chose: a
    Field, or nothing, for a heading.
    """
    names = set(kpis)
    best: tuple[int, Layout] | None = None
    for at, row in enumerate(sheet.rows[:LOOKED_AT]):
        above = sheet.rows[at - 1] if at else None
        columns = _columns(row, above, names, mapping or {})
        kind = _kind(columns)
        if kind is None:
            continue
        score = sum(1 for one in columns if one.field or one.period or one.kpi)
        if best is None or score > best[0]:
            best = score, Layout(sheet, kind, columns, at + 1, signature(columns), frozenset(names))
    return best[1] if best else None


def signature(columns: Sequence[Column]) -> str:
    """By which the meaning of the columns is remembered: the headings that are no periods."""
    told = "\n".join(fold(one.heading) for one in columns if not one.period)
    return hashlib.sha256(told.encode()).hexdigest()


def fold(text: str) -> str:
    """As headings and names of KPIs are compared."""
    return " ".join(text.casefold().replace("\u00a0", " ").split()).strip(" .:*")


def _columns(
    row: Row, above: Row | None, names: set[str], mapping: Mapping[str, str]
) -> tuple[Column, ...]:
    found, over = [], ""
    taken: set[Field] = set()
    for index in range(max(row.cells, default=-1) + 1):
        over = (above.text(index).strip() if above else "") or over
        heading = " ".join(row.text(index).split())
        if not heading:
            continue
        one = _column(index, heading, over, names, mapping)
        if one.field in taken:
            one = Column(index, heading)
        if one.field:
            taken.add(one.field)
        found.append(one)
    return tuple(found)


def _column(
    index: int, heading: str, over: str, names: set[str], mapping: Mapping[str, str]
) -> Column:
    folded = fold(heading)
    if folded in mapping:
        chosen = mapping[folded]
        return Column(index, heading, Field(chosen) if chosen else None)
    if fold(over) in names and KNOWN.get(folded) in COMPONENTS:
        return Column(index, heading, kpi=over, what=KNOWN[folded])
    if folded in KNOWN:
        return Column(index, heading, KNOWN[folded])
    if is_period(heading, over):
        return Column(index, heading, period=heading, above=over)
    if folded in names:
        return Column(index, heading, kpi=heading)
    kpi, what = _parted(heading)
    return (
        Column(index, heading, kpi=kpi, what=what) if fold(kpi) in names else Column(index, heading)
    )


def _parted(text: str) -> tuple[str, Field]:
    """“K1 - number” is the number of K1; without such an ending it is the text, and its figure."""
    words = text.split()
    for length in range(min(LONGEST_PART, len(words) - 1), 0, -1):
        what = KNOWN.get(fold(" ".join(words[-length:]).strip("-–—:,()/ ")))
        if what in COMPONENTS:
            return " ".join(words[:-length]).rstrip("-–—:,(/ "), what
    return text, Field.VALUE


def is_period(text: str, above: str = "") -> bool:
    """Whether the text is a period of some length."""
    found = (read(text, frequency, above) for frequency in NAMES)
    return any(one.period is not None or one.ways is not None for one in found)


def _kind(columns: Sequence[Column]) -> Kind | None:
    fields = {one.field for one in columns}
    figures = fields & COMPONENTS
    if Field.PERIOD in fields and figures:
        return Kind.TIDY
    if sum(1 for one in columns if one.period) >= LEAST_PERIODS:
        return Kind.PERIODS
    if Field.PERIOD in fields and any(one.kpi for one in columns):
        return Kind.KPIS
    return None


# --- what the rows say ----------------------------------------------------------------------------


def figures(found: Layout, kpi: str = "") -> Iterator[Said]:
    """What each row says, in the sheet's order. `kpi` is the one of a sheet that names none."""
    rows = found.sheet.rows[found.first :]
    if found.kind == Kind.TIDY:
        for row in rows:
            yield _tidy(found, row, kpi)
    elif found.kind == Kind.KPIS:
        for row in rows:
            yield from _across(found, row)
    else:
        yield from _wide(found, rows, kpi)


def _tidy(found: Layout, row: Row, kpi: str) -> Said:
    told = _told(found, row)
    cells = {
        one.field: row.cells[one.index]
        for one in found.columns
        if one.field in COMPONENTS and one.index in row.cells
    }
    named = told.get(Field.KPI, kpi)
    return Said(row.place, named, told.get(Field.PERIOD, ""), "", cells, told)


def _across(found: Layout, row: Row) -> Iterator[Said]:
    told = _told(found, row)
    by_kpi: dict[str, dict[Field, Cell]] = {}
    for one in found.columns:
        if one.kpi and one.index in row.cells:
            by_kpi.setdefault(one.kpi, {})[one.what] = row.cells[one.index]
    for kpi, cells in by_kpi.items():
        yield Said(row.place, kpi, told.get(Field.PERIOD, ""), "", cells, told)


def _wide(found: Layout, rows: Sequence[Row], kpi: str) -> Iterator[Said]:
    """A KPI may have several rows, for its number, for what it is out of, and for the rate."""
    across = [one for one in found.columns if one.period]
    groups: dict[tuple[str, ...], dict[int, dict[Field, Cell]]] = {}
    facts: dict[tuple[str, ...], tuple[str, str, Mapping[Field, str]]] = {}
    named = kpi
    for row in rows:
        told = _told(found, row)
        named = told.get(Field.KPI, "") or named
        name, what = _measured(named, told.get(Field.MEASURE, ""), found.kpis)
        key = (fold(name), *(told.get(f, "") for f in (Field.COMPARATOR, Field.SPLIT, Field.PART)))
        facts.setdefault(key, (row.place, name, told))
        cells = groups.setdefault(key, {})
        for one in across:
            if one.index in row.cells:
                cells.setdefault(one.index, {})[what] = row.cells[one.index]
    for key, by_column in groups.items():
        place, name, beside = facts[key]
        for one in across:
            if one.index in by_column:
                parts = by_column[one.index]
                where = next((cell.place for cell in parts.values()), place)
                yield Said(where, name, one.period, one.above, parts, beside)


def _measured(named: str, measure: str, kpis: Set[str]) -> tuple[str, Field]:
    """The KPI, and which part of its figure the row has."""
    what = KNOWN.get(fold(measure))
    if what in COMPONENTS:
        return named, what
    return (named, Field.VALUE) if fold(named) in kpis else _parted(named)


def _told(found: Layout, row: Row) -> dict[Field, str]:
    return {
        one.field: text
        for one in found.columns
        if one.field and one.field not in COMPONENTS and (text := row.text(one.index).strip())
    }
