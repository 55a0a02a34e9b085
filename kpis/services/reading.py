"""One KPI with all that is held of its figures, as they stand or as they stood: one query."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from kpis import series
from kpis.beside import is_whole
from kpis.breakdowns import PartFigure
from kpis.models import Indicator, Observation, PhaseStart, Target
from kpis.periods import Period
from kpis.reading import Reading
from kpis.sentences import Style
from kpis.series import Kpi
from management import clock
from management.models import User

LINES = 3  # of others that a chart can be read with; of more, only the whole country is drawn
PLACE = ("indicator_id", "comparator", "split", "part", "start", "end")
TOLD = ("numerator", "denominator", "value", "vintage", "note")


@dataclass
class Held:
    """The figures of a KPI, the newest edition of each: the area's own, those of parts, and those
    of others by their names, as they came from the database; each by start."""

    row: Indicator
    own: list[Observation] = field(default_factory=list)
    parts: list[PartFigure] = field(default_factory=list)
    told: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict)

    @property
    def others(self) -> list[str]:
        """The names of those whose figures are held beside the area's own."""
        return sorted(self.told)

    def figures_of(self, other: str, period: Period | None = None) -> list[Observation]:
        """All, or those of one period. They are made only when they are asked for: there may be
        many, and few are drawn."""
        told = self.told[other]
        if period is not None:
            told = [facts for facts in told if facts[:2] == (period.start, period.end)]
        return [figure(self.row, other, *facts) for facts in told]


@dataclass(frozen=True)
class Read:
    """A KPI as it stands, or stood: what is held, what is shown of it, and what it says."""

    row: Indicator
    held: Held
    phases: tuple[PhaseStart, ...]
    kpi: Kpi
    found: Reading
    known_by: datetime | None = None

    @property
    def style(self) -> Style:
        return Style(self.kpi.unit, self.kpi.decimals)


def held(
    user: User, rows: Sequence[Indicator], *, known_by: datetime | None = None
) -> dict[int, Held]:
    """What is held of these KPIs, by their keys; only what was known by then."""
    found = {row.pk: Held(row) for row in rows}
    figures = Observation.objects.visible_to(user).filter(indicator__in=rows)
    if known_by is not None:
        figures = figures.filter(entered_at__lte=known_by)
    # A later edition takes the place of an earlier one, which is quicker than to ask which is last.
    told = figures.order_by("start", "end", "edition").values_list(*PLACE, *TOLD)
    newest = {row[: len(PLACE)]: row[len(PLACE) :] for row in told}
    for (key, comparator, split, part, start, end), facts in newest.items():
        whose = found[key]
        if comparator and not split:
            whose.told.setdefault(comparator, []).append((start, end, *facts))
        elif not comparator and split:
            whose.parts.append(PartFigure(split, part, Period(start, end), *facts[:3]))
        elif not comparator:
            whose.own.append(figure(whose.row, "", start, end, *facts))
    return found


def figure(row: Indicator, comparator: str, start: date, end: date, *facts: Any) -> Observation:
    """What is held of a figure, as the row that it is."""
    told = dict(zip(TOLD, facts, strict=True))
    return Observation(indicator=row, comparator=comparator, start=start, end=end, **told)


def read(
    row: Indicator,
    held: Held,
    *,
    known_by: datetime | None = None,
    completed: Sequence[tuple[str, date]] = (),
) -> Read:
    """The KPI and what it says. `row` has its targets and phases loaded; `completed` are the
    actions that should move it and are complete, each with its day."""
    aims = list(row.targets.all())
    goals = [aim for aim in aims if aim.kind == Target.Kind.TARGET]
    phases = tuple(standing(row.phase_starts.all(), known_by))
    found = series.read(row, held.own, goals, phases)
    beside = [one for name in drawn(held.others) for one in held.figures_of(name)]
    shown = series.kpi(
        row, [*held.own, *beside], aims, phases=phases, found=found, completed=completed
    )
    return Read(row, held, phases, shown, found, known_by)


def drawn(names: Sequence[str]) -> Sequence[str]:
    """Those of them whose figures are drawn beside the area's own."""
    return names if len(names) <= LINES else [name for name in names if is_whole(name)]


def standing(phases: Iterable[PhaseStart], known_by: datetime | None = None) -> list[PhaseStart]:
    """Of all phases of a KPI those that nobody has taken back, or had by then; as the query of
    the same name tells them."""
    known = [one for one in phases if known_by is None or one.entered_at <= known_by]
    gone = {one.cancels_id for one in known}
    return [one for one in known if one.cancels_id is None and one.pk not in gone]


def moment(on: date | None) -> datetime | None:
    """By when it was known what stood on that day; None where it is how it stands now."""
    return None if on is None else clock.end_of(on)


def with_all(rows: Any) -> Any:
    """Of these KPIs what `read` needs beside their figures."""
    return rows.select_related("owner").prefetch_related("targets", "phase_starts")
