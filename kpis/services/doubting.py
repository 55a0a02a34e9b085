"""What is doubtful about the figures of a file, found out once for each series."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from kpis import series
from kpis.breakdowns import PartFigure, breakdowns
from kpis.checks import Doubts
from kpis.imports.lines import Does, Line, Stands
from kpis.models import Indicator, Observation, PhaseStart, Vintage
from kpis.reading import Reading
from kpis.sentences import Style
from management.models import Area

Standing = Mapping[tuple[Any, ...], Stands]
CHANGES = frozenset({Does.NEW, Does.CHANGED})


def doubted(
    area: Area, lines: Sequence[Line], kpis: Mapping[int, Indicator], there: Standing
) -> list[Line]:
    """The lines, each with what is odd about it: a jump, a gap, parts that do not add up.

    As in the form of one period (`kpis.services.checking`), of an area's own figures alone.
    """
    own: dict[int, list[Line]] = defaultdict(list)
    parts: dict[tuple[Any, ...], list[Line]] = defaultdict(list)
    for one in lines:
        row = one.row
        if one.does not in CHANGES or row.comparator or row.period is None:
            continue
        if not row.split:
            own[row.kpi.pk].append(one)
        parts[row.kpi.pk, row.period.start, row.period.end].append(one)
    found: dict[int, list[str]] = defaultdict(list)
    standing: dict[int, list[Stands]] = defaultdict(list)
    broken: dict[tuple[Any, ...], dict[tuple[str, str], Stands | Line]] = defaultdict(dict)
    for (pk, comparator, split, part, start, end), stands in there.items():
        if not comparator and not split and pk in own:
            standing[pk].append(stands)
        if not comparator and (pk, start, end) in parts:
            broken[pk, start, end][split, part] = stands
    phases = _phases(area, kpis)
    for pk, its in own.items():
        _series(kpis[pk], its, standing[pk], phases[pk], found)
    for key, its in parts.items():
        together = broken[key] | {(one.row.split, one.row.part): one for one in its}
        if any(split for split, _ in together):
            found[its[0].at] += _not_adding_up(kpis[key[0]], together)
    return [replace(one, doubts=tuple(found[one.at])) if one.at in found else one for one in lines]


def _phases(area: Area, kpis: Mapping[int, Indicator]) -> Mapping[int, list[PhaseStart]]:
    found: dict[int, list[PhaseStart]] = defaultdict(list)
    for one in PhaseStart.objects.in_area(area).standing().order_by("start", "id"):
        if one.indicator_id in kpis:
            found[one.indicator_id].append(one)
    return found


def _series(
    kpi: Indicator,
    its: Sequence[Line],
    standing: Sequence[Stands],
    phases: Sequence[PhaseStart],
    found: dict[int, list[str]],
) -> None:
    """Each figure beside those that stand for other periods, and those that come before it."""
    values = {one.row.period: one.result for one in its if one.row.period is not None}
    given = {one.row.period for one in its if one.row.period and _says(one)}
    before = _without(kpi, standing, list(values), phases)
    style = Style(kpi.get_unit_display(), kpi.decimals)
    odd = Doubts(before, style, given, values)
    for one in its:
        if (
            one.row.period is not None
            and _says(one)
            and (said := odd.of(one.result, one.row.period))
        ):
            found[one.at] += said


def _says(one: Line) -> bool:
    return one.row.numbers != (None, None, None)


def _without(
    kpi: Indicator,
    standing: Sequence[Stands],
    periods: Sequence[Any],
    phases: Sequence[PhaseStart],
) -> Reading:
    """The series as if the file's periods had no figure."""
    gone = set(periods)
    rows: list[Any] = [one for one in standing if one.period not in gone]
    rows += [
        Observation(indicator=kpi, start=p.start, end=p.end, vintage=Vintage.FINAL) for p in gone
    ]
    rows.sort(key=lambda row: (row.start, row.end))
    return series.read(kpi, rows, [], phases)


def _not_adding_up(kpi: Indicator, together: Mapping[tuple[str, str], Stands | Line]) -> list[str]:
    parts: list[PartFigure] = []
    wholes: list[PartFigure] = []
    for (split, part), one in together.items():
        of = one.row if isinstance(one, Line) else one
        if of.period is not None:
            told = PartFigure(split, part, of.period, of.numerator, of.denominator, one.result)
            (parts if split else wholes).append(told)
    scale = series.measure(kpi).scale
    return [
        f"“{one.split}”: {text}" for one in breakdowns(parts, wholes, scale) for text in one.told
    ]
