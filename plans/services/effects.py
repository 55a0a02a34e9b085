"""Did it work: what KPIs say of the actions that should move them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from kpis.models import Indicator as Kpi
from kpis.reading import Reading
from kpis.sentences import Style
from management.models import Area, User
from plans import contradictions, effect_words, effects
from plans.contradictions import Contradiction
from plans.effects import Judgement, Linked
from plans.models import KpiLink
from plans.references import named
from plans.statuses import Status


@dataclass(frozen=True)
class Link:
    """An action that should move a KPI, as lists show it: `told` is what is judged by."""

    action: int
    plan: int
    label: str
    told: Linked

    @property
    def gone(self) -> bool:
        return self.told.status in effects.GONE


@dataclass(frozen=True)
class Effect:
    """What can be concluded of one KPI's actions: `said` has the conclusion first, then what it
    stands on."""

    judgement: Judgement
    said: tuple[str, ...]
    contradiction: Contradiction | None
    links: tuple[Link, ...]

    @property
    def completed(self) -> list[tuple[str, date]]:
        """The complete actions, each with its day, as charts mark them."""
        return completed(self.links)


def links_of(user: User, area: Area, kpis: Iterable[int]) -> dict[int, list[Link]]:
    """By the key of each KPI the actions that should move it, in one query; none of a draft plan.

    An action is named with its plan where the KPI has actions of several.
    """
    rows = KpiLink.objects.visible_to(user).in_area(area).promised()
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in rows.filter(kpi__in=list(kpis)).standing():
        found[row["kpi_id"]].append(row)
    return defaultdict(list, {key: _links(there) for key, there in found.items()})


def _links(rows: list[dict[str, Any]]) -> list[Link]:
    several = len({row["plan_id"] for row in rows}) > 1
    return [
        Link(
            row["action_id"],
            row["plan_id"],
            Status(row["status"]).label,
            Linked(
                named(row["reference"], row["plan"] if several else ""),
                row["status"],
                row["completed"],
                row["lag"],
                row["expected"],
            ),
        )
        for row in rows
    ]


def completed(links: Iterable[Link]) -> list[tuple[str, date]]:
    """Those that are complete, each with its day."""
    return [(one.told.reference, one.told.completed) for one in links if one.told.completed]


def effect_of(kpi: Kpi, found: Reading, links: Iterable[Link]) -> Effect:
    """What the KPI's reading (`kpis.series.read`) says of these actions."""
    there = tuple(links)
    linked = [link.told for link in there]
    style = Style(kpi.get_unit_display(), kpi.decimals)
    judgement = effects.judge(found, linked)
    return Effect(
        judgement=judgement,
        said=effect_words.said(judgement, found.measure, style),
        contradiction=contradictions.contradiction(
            found, f"{kpi.name} ({kpi.code})", style, linked
        ),
        links=there,
    )
