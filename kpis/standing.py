"""How a KPI stands, in short: its latest figure, its sentence, and by what lists find it. Pure."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kpis.reading import NO_VARIATION, Chart, Phase, Reading, is_better
from kpis.sentences import Icon
from kpis.series import PROVISIONAL, Kpi, Point
from kpis.values import meets, show


class Says(StrEnum):
    """What the figures of a KPI say, as far as lists tell them apart."""

    BETTER = "better"
    WORSE = "worse"
    OTHER = "other"
    NO_SIGN = "no_sign"
    TOO_FEW = "too_few"
    SILENT = "silent"
    MISSED = "missed"


WORDS = {
    Says.BETTER: "A change for the better",
    Says.WORSE: "A change for the worse",
    Says.OTHER: "A change, neither better nor worse",
    Says.NO_SIGN: "No sign of change",
    Says.TOO_FEW: "Too few figures to tell",
    Says.SILENT: "Not reported",
    Says.MISSED: "Target missed",
}


@dataclass(frozen=True)
class Standing:
    """`latest` is the latest figure as text, and `period` whose it is; `last` is the last day of
    what anything is told of, be it that none were due. All are empty where nothing is. `says` does
    not know what day it is: whether a figure is due by now, `said` tells."""

    latest: str
    period: str
    last: date | None
    provisional: bool
    reading: str
    description: str
    icons: tuple[Icon, ...]
    says: frozenset[Says]

    def said(self, due: date | None) -> frozenset[Says]:
        """What it says where figures are expected of periods that end by `due`."""
        silent = self.last is None or (due is not None and self.last < due)
        return self.says | {Says.SILENT} if silent else self.says


def standing(kpi: Kpi, found: Reading) -> Standing:
    """Of a KPI and of what `kpis.series.read` has made of its own figures."""
    reported = [point for point in kpi.points if point.value is not None]
    latest = reported[-1] if reported else None
    told = [point for point in kpi.points if point.vintage]
    last = _last_day(found, told[-1]) if told else None
    return Standing(
        latest=_text(kpi, latest),
        period="" if latest is None else latest.period,
        last=last,
        provisional=latest is not None and latest.vintage.lower() == PROVISIONAL,
        reading=kpi.reading,
        description=kpi.description,
        icons=tuple(kpi.icons),
        says=frozenset(_says(found)),
    )


def _text(kpi: Kpi, point: Point | None) -> str:
    if point is None or point.value is None:
        return ""
    return show(point.value, kpi.unit, kpi.decimals)


def _last_day(found: Reading, point: Point) -> date | None:
    figures = (figure for phase in found.phases for figure in phase.figures)
    return next((f.period.end for f in figures if f.period.start == point.start), None)


def _says(found: Reading) -> set[Says]:
    now = found.now
    if now is None or now.last is None:
        return set()
    said = {_change(found, now)}
    latest, direction = now.values[now.last], found.measure.direction
    if latest is not None and found.target is not None and direction != "neither":
        said |= set() if meets(latest, found.target, direction) else {Says.MISSED}
    return said


def _change(found: Reading, now: Phase) -> Says:
    if now.chart == Chart.FIGURES:
        return Says.NO_SIGN if now.why == NO_VARIATION else Says.TOO_FEW
    if now.mark is None:
        return Says.NO_SIGN
    better = is_better(now.mark.high, found.measure.direction)
    return Says.OTHER if better is None else Says.BETTER if better else Says.WORSE
