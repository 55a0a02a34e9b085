"""How a sheet with figures is laid out: a row for each figure, periods across, or KPIs across.

Which it is, its headings say. What they leave open, a person decides (`mapping`), and it is
remembered by the headings.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from kpis.imports.figures import figure
from kpis.imports.periods import NAMES, read
from management.sheets.content import Row, Sheet

LOOKED_AT = 30  # rows in which headings are looked for
SAMPLE = 12  # rows below a heading, by which a column with figures is known
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


# Of KPIs and periods: what adds the others up is worked out here, and left out.
TOTALS = frozenset(
    {"total", "totals", "grand total", "sub-total", "subtotal", "sum", "year to date", "ytd"}
)


@dataclass(frozen=True)
class Column:
    """`index` from 0. `period` is the heading where it is one, with what stands `above` it; `kpi`
    is the KPI that the heading names, known or not, and `what` the part of its figure. `left` says
    that somebody chose to leave it out."""

    index: int
    heading: str
    field: Field | None = None
    period: str = ""
    above: str = ""
    kpi: str = ""
    what: Field = Field.VALUE
    left: bool = False


@dataclass(frozen=True)
class Layout:
    """A sheet with its headings understood; `first` is the index of the row below them.

    `kind` is None where they say too little. `kpis` are the codes and names that are known, folded;
    `subject` is the one of them that stands above the table.
    """

    sheet: Sheet
    kind: Kind | None
    columns: tuple[Column, ...]
    first: int
    signature: str
    kpis: frozenset[str] = frozenset()
    subject: str = ""

    def having(self, wanted: Field) -> Column | None:
        return next((one for one in self.columns if one.field == wanted), None)

    @property
    def names_kpis(self) -> bool:
        """Whether its columns say of which KPIs the figures are."""
        return self.kind == Kind.KPIS or self.having(Field.KPI) is not None

    @property
    def unread(self) -> list[str]:
        """The headings of columns that are not read."""
        return [c.heading for c in self.columns if not (c.field or c.period or c.kpi)]


def layout(
    sheet: Sheet, kpis: Sequence[str], mappings: Mapping[str, Mapping[str, str]] | None = None
) -> Layout | None:
    """How the sheet is laid out, or None where nothing in it looks like a table.

    `kpis` are the codes and names of the area's KPIs, folded. `mappings` have what a person chose,
    by the signature of the headings: a Field, or nothing, for a heading.
    """
    names = frozenset(kpis)
    best: tuple[tuple[bool, bool, int], Layout] | None = None
    for at, row in enumerate(sheet.rows[:LOOKED_AT]):
        columns = _columns(row, sheet.rows[at - 1] if at else None, names)
        signed = signature(columns)
        mapping = (mappings or {}).get(signed, {})
        columns = _filled(_chosen(columns, mapping), sheet, at + 1)
        kind = _kind(columns)
        said = [one for one in columns if one.field or one.period or one.kpi]
        # Without a kind it is the row that has most words: there a person may say what they mean.
        many = len(said) if kind else sum(1 for one in columns if _is_word(one))
        score = bool(mapping), kind is not None, many
        if (kind or many > 1) and (best is None or score > best[0]):
            subject = _subject(sheet.rows[:at], names)
            best = score, Layout(sheet, kind, columns, at + 1, signed, names, subject)
    return best[1] if best else None


def _is_word(one: Column) -> bool:
    return not (one.period or one.kpi) and figure(one.heading).value is None


def signature(columns: Sequence[Column]) -> str:
    """By which the meaning of the columns is remembered: the headings that are no periods."""
    told = "\n".join(fold(one.heading) for one in columns if not one.period)
    return hashlib.sha256(told.encode()).hexdigest()


@lru_cache(maxsize=20_000)
def fold(text: str) -> str:
    """As headings and names of KPIs are compared."""
    return " ".join(text.casefold().replace("\u00a0", " ").split()).strip(" .:*")


def _columns(row: Row, above: Row | None, names: frozenset[str]) -> tuple[Column, ...]:
    headings, over = [], ""
    for index in range(max(row.cells, default=-1) + 1):
        over = (above.text(index).strip() if above else "") or over
        if heading := " ".join(row.text(index).split()):
            headings.append((index, heading, over))
    parts = Counter(KNOWN.get(fold(heading)) for _, heading, _ in headings)
    found: list[Column] = []
    taken: set[Field] = set()
    for index, heading, over in headings:
        part = KNOWN.get(fold(heading))
        if part in COMPONENTS and over and (fold(over) in names or parts[part] > 1):
            one = Column(index, heading, kpi=over, what=part)
        else:
            one = _column(index, heading, over, names)
        if one.field in taken:
            one = Column(index, heading)
        if one.field:
            taken.add(one.field)
        found.append(one)
    return tuple(found)


def _column(index: int, heading: str, over: str, names: frozenset[str]) -> Column:
    folded = fold(heading)
    if folded in KNOWN:
        return Column(index, heading, KNOWN[folded])
    if is_period(heading):
        return Column(index, heading, period=heading)
    if is_period(heading, over):
        return Column(index, heading, period=heading, above=over)
    if folded in names:
        return Column(index, heading, kpi=heading)
    kpi, what = parted(heading)
    return (
        Column(index, heading, kpi=kpi, what=what) if fold(kpi) in names else Column(index, heading)
    )


def _chosen(columns: tuple[Column, ...], mapping: Mapping[str, str]) -> tuple[Column, ...]:
    """With what a person chose; of two columns for one field the first is meant."""
    if not mapping:
        return columns
    made: list[Column] = []
    taken: set[Field] = set()
    for one in columns:
        said = mapping.get(fold(one.heading))
        if said is not None and not one.period:
            one = Column(one.index, one.heading, Field(said) if said else None, left=not said)
        if one.field in taken:
            one = Column(one.index, one.heading)
        if one.field:
            taken.add(one.field)
        made.append(one)
    return tuple(made)


def _filled(columns: tuple[Column, ...], sheet: Sheet, first: int) -> tuple[Column, ...]:
    """Beside periods, a column with figures whose heading is no field is one of a KPI."""
    fields = {one.field for one in columns}
    if Field.PERIOD not in fields or any(one.period for one in columns):
        return columns
    if fields & COMPONENTS and not any(one.kpi for one in columns):
        return columns
    made = []
    for one in columns:
        bare = not (one.field or one.kpi or one.left)
        if bare and fold(one.heading) not in TOTALS and _has_figures(sheet, first, one.index):
            kpi, what = parted(one.heading)
            one = replace(one, kpi=kpi, what=what)
        made.append(one)
    return tuple(made)


def _has_figures(sheet: Sheet, first: int, index: int) -> bool:
    texts = [row.text(index) for row in sheet.rows[first : first + SAMPLE]]
    found = [figure(text) for text in texts if text.strip()]
    return any(one.value is not None for one in found) and not any(one.fault for one in found)


def _subject(above: Sequence[Row], names: frozenset[str]) -> str:
    """A KPI that is named above the table: it is of that one, where its columns name none."""
    for row in reversed(above):
        for cell in row.cells.values():
            said = fold(cell.text)
            if said in names or fold(said.partition(":")[2]) in names:
                return cell.text if said in names else cell.text.partition(":")[2].strip()
    return ""


def parted(text: str) -> tuple[str, Field]:
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
    if Field.PERIOD in fields and any(one.kpi for one in columns):
        return Kind.KPIS
    if Field.PERIOD in fields and fields & COMPONENTS:
        return Kind.TIDY
    if sum(1 for one in columns if one.period) >= LEAST_PERIODS:
        return Kind.PERIODS
    return None
