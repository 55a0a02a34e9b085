"""KPI definitions, targets and figures: every change to them."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Max

from kpis.models import Indicator, Observation, Target, Vintage
from kpis.periods import Period
from management import access, audit, clock
from management.access import Actor
from management.models import Area


def define_indicator(*, by: Actor, area: Area, **definition: Any) -> Indicator:
    """A new KPI. `definition` holds the fields of Indicator."""
    access.require(by, "kpi.edit", area)
    with audit.acting(by, "define KPI"):
        indicator = Indicator(area=area, **definition)
        indicator.full_clean()
        indicator.save()
    return indicator


def set_target(
    *, by: Actor, indicator: Indicator, value: Decimal, start: date, source: str
) -> Target:
    """What the KPI should reach from `start` on, in its own unit."""
    access.require(by, "kpi.edit", indicator.area)
    with audit.acting(by, "set target"):
        target = Target(
            area=indicator.area, indicator=indicator, value=value, start=start, source=source
        )
        target.full_clean()
        target.save()
    return target


def record_figure(
    *,
    by: Actor,
    indicator: Indicator,
    period: Period,
    numerator: int | None = None,
    denominator: int | None = None,
    value: Decimal | None = None,
    comparator: str = "",
    vintage: str = Vintage.FINAL,
    source: str = "",
    note: str = "",
) -> Observation:
    """Record a period's figure. Where there is one, the new figure is its next edition."""
    access.require(by, "kpi.edit", indicator.area)
    with audit.acting(by, "record figure"):
        earlier = Observation.objects.filter(
            indicator=indicator, comparator=comparator, start=period.start, end=period.end
        ).aggregate(last=Max("edition"))["last"]
        observation = Observation(
            area=indicator.area,
            indicator=indicator,
            comparator=comparator,
            start=period.start,
            end=period.end,
            numerator=numerator,
            denominator=denominator,
            value=value,
            vintage=vintage,
            source=source or indicator.source,
            note=note,
            edition=(earlier or 0) + 1,
            entered_by=by.actor_name,
            entered_at=clock.now(),
        )
        observation.full_clean()
        observation.save()
    return observation
