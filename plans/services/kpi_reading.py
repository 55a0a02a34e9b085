"""A KPI with what its figures say, and with the actions that should move it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kpis.models import Indicator
from kpis.services import reading
from kpis.services.reading import Held, Read
from management.models import Area, User
from plans.services import effects
from plans.services.effects import Effect, Link


@dataclass(frozen=True)
class KpiRead:
    """`read` marks the actions that are, or were, complete. `effect` is None of an earlier day:
    what actions did is judged by all that is known now."""

    read: Read
    links: Sequence[Link]
    effect: Effect | None
    figures: dict[int, Held]


def read_kpi(
    user: User,
    area: Area,
    row: Indicator,
    *,
    others: Sequence[Indicator] = (),
    on: date | None = None,
) -> KpiRead:
    """The KPI (loaded by `kpis.services.reading.with_all`) as it stands, or as it stood at the end
    of a day; with the figures of `others`, by their keys."""
    known_by = reading.moment(on)
    figures = reading.held(user, [row, *others], known_by=known_by)
    links = effects.links_of(user, area, [row.pk])[row.pk]
    completed = [one for one in effects.completed(links) if on is None or one[1] <= on]
    read = reading.read(row, figures[row.pk], known_by=known_by, completed=completed)
    effect = None if on else effects.effect_of(row, read.found, links)
    return KpiRead(read, links, effect, figures)
