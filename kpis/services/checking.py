"""Figures looked over before they are recorded: what stops them, and what a person should see.

What is wrong stops all of them. What is doubtful is shown once, and recorded only where exactly
that has been seen. A figure that somebody else has given since it was read is not written over.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from django.core.exceptions import ValidationError

from kpis import checks, series
from kpis.breakdowns import PartFigure, breakdowns
from kpis.models import Indicator, Observation, Vintage
from kpis.periods import Period
from kpis.reading import Reading
from kpis.sentences import Style
from kpis.services import figures
from kpis.services.figures import Entry
from management import audit
from management.access import Actor
from management.models import Area

TWICE = "This figure is given twice."


@dataclass(frozen=True)
class Outcome:
    """What would become of one entry, which `stands` as that, if there is a figure.

    `errors` are sentences by field. `changed` says that there is another figure than the one that
    was read. `same` says that the entry says nothing new: then nothing is recorded of it.
    """

    entry: Entry
    stands: Observation | None = None
    errors: dict[str, str] = field(default_factory=dict)
    doubts: tuple[str, ...] = ()
    changed: bool = False
    same: bool = False


class Held(Exception):
    """Nothing was recorded: the outcomes say why, one for each entry, in their order."""

    def __init__(self, outcomes: Sequence[Outcome]) -> None:
        self.outcomes = list(outcomes)
        super().__init__("Nothing was recorded.")

    @property
    def mark(self) -> str:
        """What stands for the doubts as they were seen."""
        return mark_of(self.outcomes)

    @property
    def changed(self) -> list[Outcome]:
        return [one for one in self.outcomes if one.changed]

    @property
    def wrong(self) -> list[Outcome]:
        return [one for one in self.outcomes if one.errors]

    @property
    def doubtful(self) -> list[Outcome]:
        return [one for one in self.outcomes if one.doubts]


def report_figures(
    *, by: Actor, area: Area, entries: Sequence[Entry], seen: str = ""
) -> list[Observation]:
    """Record all of them or none, in their order; `seen` is the mark of the doubts that were seen.

    Raises PermissionDenied as `figures.record_figures` does; Held where an entry cannot be
    recorded, has been given by somebody else since it was read, or has doubts that were not seen.
    """
    figures.require_reports(by, [entry.indicator for entry in entries])
    with audit.acting(by, "record figure" if len(entries) == 1 else "record figures"):
        figures.lock_area(area)
        outcomes = look_over(entries)
        held = Held(outcomes)
        if held.wrong or held.changed or (held.doubtful and held.mark != seen):
            raise held
        return figures.record_figures(by=by, area=area, entries=entries)


def mark_of(outcomes: Sequence[Outcome]) -> str:
    """A mark of the doubts and of the numbers that they are of; empty where there are none."""
    told = [
        (one.entry.place, one.entry.numerator, one.entry.denominator, one.entry.value, one.doubts)
        for one in outcomes
        if one.doubts
    ]
    if not told:
        return ""
    return hashlib.sha256(repr(sorted(told, key=repr)).encode()).hexdigest()[:32]


def look_over(entries: Sequence[Entry]) -> list[Outcome]:
    """What would become of each entry; nothing is recorded. Five queries, whatever their number."""
    standing, locked = figures.editions(entries), figures.locks(entries)
    twice = {place for place, n in Counter(entry.place for entry in entries).items() if n > 1}
    same = [_stands(entry, standing) for entry in entries]
    news = [entry for entry, stands in zip(entries, same, strict=True) if not stands]
    odd = _doubts(news, entries, standing)
    found = []
    for entry, nothing_new in zip(entries, same, strict=True):
        stands = standing.get(entry.place)
        if nothing_new:
            found.append(Outcome(entry, stands, same=True))
            continue
        errors = _wrong(entry, stands, locked.get(entry.place))
        if entry.place in twice:
            errors.setdefault("period", TWICE)
        found.append(
            Outcome(
                entry,
                stands,
                errors,
                () if errors else tuple(odd.get(entry.place, ())),
                changed=entry.read not in (None, stands.edition if stands else 0),
            )
        )
    return found


def _stands(entry: Entry, standing: Mapping[tuple[Any, ...], Observation]) -> bool:
    """Whether it says what stands already."""
    old = standing.get(entry.place)
    return old is not None and figures.same(old, entry)


def _wrong(entry: Entry, stands: Observation | None, lock: Any) -> dict[str, str]:
    if why := figures.why_not(entry, stands, lock):
        return dict(why)
    try:
        made = figures.made_of(entry, stands)
        made.clean_fields(exclude={"area", "indicator", "entered_by", "entered_at"})
        made.clean()
    except ValidationError as error:
        return {name: " ".join(said) for name, said in error.message_dict.items()}
    return {}


# --- what is doubtful ---------------------------------------------------------------------------


def _doubts(
    news: Sequence[Entry],
    entries: Sequence[Entry],
    standing: Mapping[tuple[Any, ...], Observation],
) -> dict[tuple[Any, ...], list[str]]:
    """What is odd about each that is new, beside what stands and all that comes with it."""
    found: dict[tuple[Any, ...], list[str]] = defaultdict(list)
    whole = [e for e in news if not e.comparator and not e.split]
    by_kpi: dict[int, list[Entry]] = defaultdict(list)
    for entry in whole:
        by_kpi[entry.indicator.pk].append(entry)
    for indicator in Indicator.objects.filter(pk__in=by_kpi).with_figures():
        its = by_kpi[indicator.pk]
        before = reading_without(indicator, {entry.period for entry in its})
        given = {entry.period for entry in its if not entry.is_nothing}
        style = Style(indicator.get_unit_display(), indicator.decimals)
        for entry in its:
            result = figures.made_of(entry, None).result
            if not entry.is_nothing:
                found[entry.place] += checks.doubts(result, entry.period, before, style, given)
    for place, said in _not_adding_up(news, entries, standing).items():
        found[place] += said
    return found


def reading_without(indicator: Indicator, periods: Collection[Period]) -> Reading:
    """The reading of the KPI (which comes `with_figures`) as if these periods had no figure."""
    rows = [
        row
        for row in indicator.figures
        if not row.comparator and not row.split and row.period not in periods
    ]
    rows += [
        Observation(indicator=indicator, start=p.start, end=p.end, vintage=Vintage.FINAL)
        for p in periods
    ]
    rows.sort(key=lambda row: (row.start, row.end))
    return series.read(indicator, rows, [], indicator.phases)


def _not_adding_up(
    news: Sequence[Entry],
    entries: Sequence[Entry],
    standing: Mapping[tuple[Any, ...], Observation],
) -> dict[tuple[Any, ...], list[str]]:
    """Which break-downs would not add up, at the first entry of their period that is new."""
    wholes: dict[tuple[Any, ...], list[PartFigure]] = defaultdict(list)
    parts: dict[tuple[Any, ...], list[PartFigure]] = defaultdict(list)
    together: dict[tuple[Any, ...], Observation | Entry] = {**standing}
    together |= {entry.place: entry for entry in entries}
    for place, one in together.items():
        key, comparator, split, part, *days = place
        if not comparator:
            told = PartFigure(split, part, one.period, one.numerator, one.denominator, _value(one))
            (parts if split else wholes)[key, *days].append(told)
    found: dict[tuple[Any, ...], list[str]] = {}
    seen = set()
    for entry in news:
        group = (entry.indicator.pk, entry.period.start, entry.period.end)
        if entry.comparator or group in seen or not parts[group]:
            continue
        seen.add(group)
        scale = series.measure(entry.indicator).scale
        found[entry.place] = [
            f"“{one.split}”: {text}"
            for one in breakdowns(parts[group], wholes[group], scale)
            for text in one.told
        ]
    return found


def _value(one: Observation | Entry) -> Fraction | None:
    return None if one.value is None else Fraction(one.value)
