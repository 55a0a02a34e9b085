"""The KPIs of an area in short, each with a small chart, from what is stored as far as possible.

What is stored is kept under a key of all that it is made of, so that it is never out of date.
"""

import functools
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Max

from kpis import series
from kpis.models import Indicator, Observation, PhaseStart, Target
from kpis.series import Kpi
from kpis.standing import Standing, standing
from management.models import Area, User

SECONDS = 24 * 60 * 60
HERE = Path(__file__).parent.parent


@dataclass(frozen=True)
class Tile:
    """A KPI in short. `mark` changes with anything that it or its small chart is made of; `chart`
    is that, as SVG, where it has been drawn before."""

    row: Indicator
    standing: Standing
    mark: str
    chart: bytes | None = None


@functools.cache
def program() -> str:
    """Which edition of the program reads and draws: what another one has stored is not used."""
    digest = hashlib.sha256()
    for path in sorted(HERE.rglob("*.py")):
        if "migrations" not in path.parts:
            digest.update(path.read_bytes())
    return digest.hexdigest()


def digest(parts: Any) -> str:
    """Of plain values, which show all that they hold."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def marks(user: User, area: Area, rows: Sequence[Indicator]) -> dict[int, str]:
    """Of each KPI a text that changes when its definition, own figures, phases or targets do.

    Figures and phases are never changed, only added: how many, and the last, tell them all.
    """
    keys = [row.pk for row in rows]

    def among(model: Any) -> Any:
        return model.objects.visible_to(user).filter(indicator__in=keys).order_by()

    told: dict[int, list[Any]] = {
        row.pk: [program(), area.pk, area.name, row.pk, row.version] for row in rows
    }
    own = among(Observation).filter(comparator="").whole()
    for name, added in (("figures", own), ("phases", among(PhaseStart))):
        for key, *rest in added.values_list("indicator").annotate(Count("pk"), Max("pk")):
            told[key] += [name, *rest]
    for key, *rest in among(Target).order_by("pk").values_list("indicator", "pk", "version"):
        told[key] += ["target", *rest]
    return {key: digest(parts)[:32] for key, parts in told.items()}


def tiles(user: User, area: Area, rows: Sequence[Indicator]) -> list[Tile]:
    """Of these KPIs of the area, in their order."""
    found = marks(user, area, rows)
    stored = cache.get_many([f"kpi-standing:{mark}" for mark in found.values()])
    known = {key: stored.get(f"kpi-standing:{mark}") for key, mark in found.items()}
    missing = [key for key, one in known.items() if one is None]
    if missing:
        made = {}
        for row, kpi, reading in _read(user, area, missing):
            known[row.pk] = made[f"kpi-standing:{found[row.pk]}"] = standing(kpi, reading)
        cache.set_many(made, SECONDS)
    return [
        Tile(row, stands, found[row.pk]) for row in rows if (stands := known[row.pk]) is not None
    ]


def with_charts(found: Sequence[Tile]) -> list[Tile]:
    """The same tiles, with the small charts that are stored."""
    stored = cache.get_many([_place(tile.mark) for tile in found])
    return [
        Tile(tile.row, tile.standing, tile.mark, stored.get(_place(tile.mark))) for tile in found
    ]


def small_chart(user: User, area: Area, row: Indicator) -> bytes:
    """Its small chart as SVG: as it is stored, else drawn now."""
    place = _place(marks(user, area, [row])[row.pk])
    svg: bytes | None = cache.get(place)
    if svg is None:
        from kpis.charts import small  # matplotlib takes long to import: only where it is used

        [(_, kpi, _)] = _read(user, area, [row.pk])
        svg = small.drawn(kpi, f"small{row.pk}")
        cache.set(place, svg, SECONDS)
    return svg


def _place(mark: str) -> str:
    return f"kpi-small:{mark}"


def _read(user: User, area: Area, keys: Sequence[int]) -> Iterable[tuple[Indicator, Kpi, Any]]:
    rows = Indicator.objects.visible_to(user).in_area(area).filter(pk__in=keys)
    for row in rows.with_figures():
        aims = list(row.targets.all())
        own = series.own_figures(row.figures)
        held = [aim for aim in aims if aim.kind == Target.Kind.TARGET]
        found = series.read(row, own, held, row.phases)
        yield row, series.kpi(row, own, aims, phases=row.phases, found=found), found
