"""A file with figures is looked at: kept in the store, read, and set beside the figures here."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError

from kpis.imports import reading
from kpis.imports.layouts import fold
from kpis.imports.lines import Does, Line, Stands, place_of
from kpis.imports.periods import Order
from kpis.imports.reading import Table
from kpis.imports.rows import Figures, LeftOut
from kpis.imports.understanding import Known, Named, Understood, once, understood
from kpis.models import FigureImport, Indicator, Vintage
from kpis.services import figures
from kpis.services.doubting import doubted
from kpis.services.editions import standing
from kpis.services.figures import Entry
from kpis.services.meaning import Remembered, choices_of, columns_of, names_of, remembered
from management import access, audit, clock, store
from management.access import Actor
from management.collecting import uncollected
from management.models import Area
from management.uploads import BadFile


@dataclass(frozen=True)
class Look:
    """A file as it was understood, and what taking it in would do.

    `read_by` are the file and the choices by which it was read. `asks_order` says that somebody
    must say how its days are written; `unknown` are names that are no KPI's, `chosen` those of
    which somebody has said what they are, `own_names` those of sheets and of the file; `remembered`
    are earlier choices by which it was read.
    """

    tables: tuple[Table, ...]
    lines: tuple[Line, ...]
    left_out: tuple[LeftOut, ...]
    unknown: tuple[Named, ...]
    notes: tuple[str, ...]
    read_by: str
    asks_order: bool = False
    chosen: tuple[Named, ...] = ()
    own_names: frozenset[str] = frozenset()
    remembered: tuple[Remembered, ...] = ()

    @cached_property
    def mark(self) -> str:
        """Another one as soon as the file is read otherwise, or a figure here is another."""
        made = hashlib.sha256(self.read_by.encode())
        for one in self.lines:
            stands = one.stands.pk if one.stands else None
            told = (place_of(one.row), one.row.numbers, one.does, one.vintage, one.asks)
            made.update(repr((told, stands, one.doubts)).encode())
        return made.hexdigest()

    def doing(self, does: Does) -> list[Line]:
        return [one for one in self.lines if one.does == does]

    @property
    def takes(self) -> bool:
        """Whether anything of it could be taken in."""
        return any(one.does in {Does.NEW, Does.CHANGED} for one in self.lines)


def keep_file(*, by: Actor, area: Area, data: bytes, file_name: str) -> FigureImport:
    """Keep a file to be looked at. Raises ValidationError, at `file`, when it is no table or not
    safe to read."""
    access.require(by, "kpi.edit", area)
    kept = draft_import(by=by, area=area, data=data, file_name=file_name)
    with audit.acting(by, "look at file with figures", kept.file_name):
        kept.sha256 = store.put(data)
        kept.full_clean(exclude={"applied_at", "undone_at"})
        kept.save()
    return kept


def draft_import(*, by: Actor, area: Area, data: bytes, file_name: str) -> FigureImport:
    """The same without keeping it: nothing is saved."""
    try:
        with uncollected():
            book = reading.read(data, file_name)
    except BadFile as error:
        raise ValidationError({"file": str(error)}) from error
    found, _ = reading.tables(book, list(kpis_of(area)[0]), {})
    # As the columns and names are known now: another person's later choice must not change what
    # this file has shown.
    mapping, choices = remembered(area, [one.layout.signature for one in found])
    return FigureImport(
        area=area,
        user_id=by.actor_id,
        by=by.actor_name,
        file_name=file_name[:200],
        sha256=hashlib.sha256(data).hexdigest(),
        made_at=clock.now(),
        mapping=json.dumps(mapping) if mapping else "",
        choices=json.dumps(choices),
    )


def taken_before(kept: FigureImport) -> FigureImport | None:
    """When the very same file was last taken in, if it still stands."""
    rows = FigureImport.objects.in_area(kept.area).filter(sha256=kept.sha256, state="applied")
    found: FigureImport | None = rows.exclude(pk=kept.pk).order_by("applied_at").last()
    return found


def kpis_of(area: Area) -> tuple[dict[str, Indicator], dict[str, str]]:
    """The area's KPIs by folded code, name, and both; and the names that more than one has."""
    found: dict[str, dict[int, Indicator]] = defaultdict(dict)
    for one in Indicator.objects.in_area(area):
        one.area = area
        for name in (one.code, one.name, str(one), f"{one.code}: {one.name}"):
            found[fold(name)][one.pk] = one
    codes = {fold(one.code) for names in found.values() for one in names.values()}
    known, several = {}, {}
    for name, ones in found.items():
        if len(ones) == 1:
            known[name] = next(iter(ones.values()))
        elif name in codes:  # a code is one KPI's, whatever others are called
            known[name] = next(one for one in ones.values() if fold(one.code) == name)
        else:
            several[name] = ", ".join(one.code for one in ones.values())
    return known, several


def look(kept: FigureImport, data: bytes | None = None) -> Look:
    """The file as it is understood by what was chosen, beside the figures of the area.

    `data` is the file where it is at hand. Raises StoreError when the file is gone, BadFile when it
    can no longer be read.
    """
    with uncollected():
        return _look(kept, store.read(kept.sha256) if data is None else data)


def _look(kept: FigureImport, data: bytes) -> Look:
    book = reading.read(data, kept.file_name)
    area, choices = kept.area, choices_of(kept)
    by_name, several = kpis_of(area)
    names, out, told = names_of(kept, by_name.values())
    known = Known(
        {**by_name, **names},
        frozenset(fold(name) for name in (area.name, area.partnership, area.slug)),
        frozenset({*names, *out}),
        out,
        {name: which for name, which in several.items() if name not in names},
    )
    mappings, told_columns = columns_of(kept)
    found, notes = reading.tables(book, list(known.kpis), mappings)
    order = Order(choices["order"]) if choices.get("order") else None
    rows: list[Understood] = []
    left_out: list[LeftOut] = []
    unknown: dict[str, Named] = {}
    chosen: dict[str, Named] = {}
    asks = False
    for table in found:
        if table.layout.kind is None:
            continue
        said = Figures(table.layout, table.kpi)
        made = understood(said, known, order)
        asks = asks or made.asks
        rows += made.rows
        left_out += [*said.left_out, *made.left_out]
        for all_of, its in ((unknown, made.unknown), (chosen, made.chosen)):
            for name, one in its.items():
                all_of.setdefault(name, Named(one.name, one.first)).rows += one.rows
    bare = tuple(table.bare for table in found)
    own = frozenset(fold(one.kpi) for one in found if reading.own_name(one))
    notes = [*book.notes, *notes, *_no_headings(found)]
    del book, found  # the rows of a long file, before as many lines are made
    lines = _beside(area, once(rows, left_out), choices.get("vintage", ""))
    return Look(
        bare,
        tuple(lines),
        tuple(left_out),
        tuple(unknown.values()),
        tuple(notes),
        f"{kept.sha256} {kept.mapping} {kept.choices}",
        asks,
        tuple(chosen.values()),
        own,
        (*told_columns, *(one for name, one in told.items() if name in chosen)),
    )


def _no_headings(found: Sequence[Table]) -> list[str]:
    return [
        f"{one.place[:1].upper()}{one.place[1:]}: no column with figures and their periods is "
        "known by its heading. Say what its columns are."
        for one in found
        if one.layout.kind is None
    ]


# --- beside what stands ------------------------------------------------------------------------


def _beside(area: Area, rows: Sequence[Understood], vintage: str) -> list[Line]:
    kpis: dict[int, Indicator] = {one.kpi.pk: one.kpi for one in rows if one.kpi}
    there = standing(kpis)
    locked = figures.latest_locks(kpis)
    with clock.hold(clock.today()):  # asked of every figure
        lines = [_line(at, row, there, locked, vintage) for at, row in enumerate(rows, 1)]
    return doubted(area, lines, kpis, there)


def _line(
    at: int,
    row: Understood,
    there: Mapping[tuple[Any, ...], Stands],
    locked: Mapping[tuple[Any, ...], Any],
    usual: str,
) -> Line:
    place = place_of(row)
    if place is None or row.stopped:
        return Line(at, row, Does.STOPPED)
    old = there.get(place)
    vintage = _vintage(row, old, usual)
    entry = _entry(row, vintage)
    if old is not None and figures.same(old, entry):
        return Line(at, row, Does.SAME, old, vintage)
    wrong = figures.why_not(entry, old, locked.get((place[0], place[4], place[5]))) or {}
    if why := [said for name, said in wrong.items() if name != "reason"]:
        return Line(at, row, Does.STOPPED, old, vintage, " ".join(why))
    does = Does.NEW if old is None or old.is_nothing else Does.CHANGED
    return Line(at, row, does, old, vintage, "", wrong.get("reason", ""))


def _vintage(row: Understood, old: Stands | None, usual: str) -> str:
    """What the file says, or a person said of it; else what stands of the same figure."""
    if row.vintage or usual:
        return row.vintage or usual
    if old is not None and row.numbers == (old.numerator, old.denominator, old.value):
        return old.vintage
    if row.period is not None and row.period.end >= clock.today():
        return str(Vintage.PROVISIONAL)
    return str(Vintage.FINAL)


def entry_of(line: Line, reason: str = "") -> Entry:
    """What is recorded of the line. `reason` is for one whose file gives none."""
    return _entry(line.row, line.vintage, reason)


def _entry(row: Understood, vintage: str, reason: str = "") -> Entry:
    assert row.period is not None  # noqa: S101  (one that is not stopped has it)
    return Entry(
        row.kpi,
        row.period,
        row.numerator,
        row.denominator,
        row.value,
        row.comparator,
        row.split,
        row.part,
        vintage,
        row.source,
        row.note,
        row.reason or reason,
    )


def counts(seen: Look) -> Mapping[str, int]:
    """How many lines do what, how many are doubtful, and how many rows are left out."""
    found = {str(does): len(seen.doing(does)) for does in Does}
    found["doubtful"] = sum(one.is_doubtful for one in seen.lines)
    return found | {"left_out": len(seen.left_out)}


def listed(seen: Look, most: int) -> list[Line]:
    """The lines of the file; of a long one those first that need somebody's eyes."""
    if len(seen.lines) <= most:
        return list(seen.lines)
    urgent = [one for one in seen.lines if one.does == Does.STOPPED or one.asks or one.remarks]
    there = {one.at for one in urgent}
    return [*urgent, *(one for one in seen.lines if one.at not in there)][:most]
