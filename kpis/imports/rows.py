"""What the rows of a sheet with figures say, in the words of the file."""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field

from kpis.imports.layouts import COMPONENTS, KNOWN, Field, Kind, Layout, fold, parted
from management.sheets.content import Cell, Row

UNITS = frozenset(
    {"%", "per cent", "percent", "percentage", "number", "no", "no.", "n", "count", "#", "days"}
    | {"rate", "per 10,000", "per 10000", "cases", "people", "orders", "value", "units", "unit"}
)
UNITS_WITHIN = 2  # rows below the headings


@dataclass(frozen=True, slots=True)
class Said:
    """What the sheet says of one figure, in its own words; `cells` has those of its parts."""

    place: str
    kpi: str
    period: str
    above: str
    cells: Mapping[Field, Cell] = field(default_factory=dict)
    told: Mapping[Field, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """All of it on a line, as it is in the file."""
        when = f"{self.above} {self.period}".strip()
        named = ", ".join(filter(None, (self.kpi, when)))
        numbers = "; ".join(
            cell.text if name is Field.VALUE else f"{name} {cell.text}"
            for name, cell in self.cells.items()
        )
        return f"{named}: {numbers}" if numbers else named


@dataclass(frozen=True)
class LeftOut:
    """What is no figure, and why."""

    place: str
    text: str
    why: str


class Figures:
    """What each row says, in the sheet's order, as often as one wants to hear it: of a long file
    all of it at once would fill the memory. `kpi` is the one of a sheet that names none.

    `left_out` are rows with the units of the columns.
    """

    def __init__(self, found: Layout, kpi: str = "") -> None:
        self.found, self.kpi = found, kpi
        rows = found.sheet.rows[found.first :]
        below = 0
        while below < UNITS_WITHIN and rows[below:] and _has_units(found, rows[below]):
            below += 1
        self.rows: Sequence[Row] = rows[below:] if below else rows
        self.left_out = [
            LeftOut(row.place, _all(row), "The units of the columns.") for row in rows[:below]
        ]

    def __iter__(self) -> Iterator[Said]:
        if self.found.kind == Kind.TIDY:
            return self._tidy(*_columns(self.found))
        if self.found.kind == Kind.KPIS:
            return (one for row in self.rows for one in _across(self.found, row))
        return _wide(self.found, self.rows, self.kpi)

    def outline(self) -> Iterator[Said]:
        """The same in short: which KPI and period, and the figure itself but no counts."""
        if self.found.kind != Kind.TIDY:
            return iter(self)
        numbers, facts = _columns(self.found)
        return self._tidy(
            [one for one in numbers if one[1] == Field.VALUE],
            [one for one in facts if one[1] in {Field.KPI, Field.PERIOD}],
        )

    def _tidy(
        self, numbers: Sequence[tuple[int, Field]], facts: Sequence[tuple[int, Field]]
    ) -> Iterator[Said]:
        for row in self.rows:
            there = row.cells
            cells = {name: there[index] for index, name in numbers if index in there}
            told = {name: said.strip() for index, name in facts if (said := row.text(index))}
            named = told.get(Field.KPI, self.kpi)
            yield Said(row.place, named, told.get(Field.PERIOD, ""), "", cells, told)


def _all(row: Row) -> str:
    return "; ".join(" ".join(cell.text.split()) for cell in row.cells.values() if cell.says)


def _has_units(found: Layout, row: Row) -> bool:
    """Whether the cells of figures have nothing but what they are counted in."""
    columns = [c.index for c in found.columns if c.field in COMPONENTS or c.period or c.kpi]
    texts = [fold(row.text(index)) for index in columns if index in row.cells]
    return bool(texts) and all(text in UNITS for text in texts)


def _columns(found: Layout) -> tuple[list[tuple[int, Field]], list[tuple[int, Field]]]:
    """Where the parts of a figure stand, and where what is told beside it."""
    named = [(one.index, one.field) for one in found.columns if one.field]
    numbers = [(index, name) for index, name in named if name in COMPONENTS]
    return numbers, [(index, name) for index, name in named if name not in COMPONENTS]


def _across(found: Layout, row: Row) -> Iterator[Said]:
    """Two columns for the same part of a KPI are two figures: what is then said of them is not
    decided here."""
    told = _told(found, row)
    groups: list[tuple[str, dict[Field, Cell]]] = []
    for one in found.columns:
        if not one.kpi or one.index not in row.cells:
            continue
        same = (g for kpi, g in groups if fold(kpi) == fold(one.kpi) and one.what not in g)
        cells = next(same, None)
        if cells is None:
            cells = {}
            groups.append((one.kpi, cells))
        cells[one.what] = row.cells[one.index]
    for kpi, cells in groups:
        where = next(iter(cells.values())).place
        yield Said(where, kpi, told.get(Field.PERIOD, ""), "", cells, told)


def _wide(found: Layout, rows: Sequence[Row], kpi: str) -> Iterator[Said]:
    """A KPI may have several rows, for its number, for what it is out of, and for the rate."""
    across = [one for one in found.columns if one.period]
    groups: dict[tuple[object, ...], dict[int, dict[Field, Cell]]] = {}
    facts: dict[tuple[object, ...], tuple[str, str, Mapping[Field, str]]] = {}
    seen: dict[tuple[object, ...], set[Field]] = {}
    named = kpi
    for row in rows:
        told = _told(found, row)
        named = told.get(Field.KPI, "") or named
        name, what = _measured(named, told.get(Field.MEASURE, ""), found.kpis)
        parts = (told.get(f, "") for f in (Field.COMPARATOR, Field.SPLIT, Field.PART))
        key: tuple[object, ...] = (fold(name), *parts)
        while what in seen.setdefault(key, set()):
            key = (*key, row.number)  # the same once more is another figure
        seen[key].add(what)
        facts.setdefault(key, (row.place, name, told))
        cells = groups.setdefault(key, {})
        for one in across:
            if one.index in row.cells:
                cells.setdefault(one.index, {})[what] = row.cells[one.index]
    for key, by_column in groups.items():
        place, name, beside = facts[key]
        if not by_column:
            yield Said(place, name, "", "", {}, beside)
        for one in across:
            if one.index in by_column:
                components = by_column[one.index]
                where = next((cell.place for cell in components.values()), place)
                yield Said(where, name, one.period, one.above, components, beside)


def _measured(named: str, measure: str, kpis: Set[str]) -> tuple[str, Field]:
    """The KPI, and which part of its figure the row has."""
    what = KNOWN.get(fold(measure))
    if what in COMPONENTS:
        return named, what
    return (named, Field.VALUE) if fold(named) in kpis else parted(named)


def _told(found: Layout, row: Row) -> dict[Field, str]:
    return {
        one.field: text
        for one in found.columns
        if one.field and one.field not in COMPONENTS and (text := row.text(one.index).strip())
    }
