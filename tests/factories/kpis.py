"""KPIs with their figures."""

from datetime import date
from typing import Any

from kpis.models import (
    Direction,
    DisclosureAssessment,
    FigureColumns,
    FigureImport,
    FigureName,
    FigureRequest,
    Frequency,
    Indicator,
    Observation,
    PeriodLock,
    PhaseStart,
    Target,
    Unit,
    Vintage,
)
from kpis.periods import Period, month
from management.models import Area
from tests.factories.people import MOMENT, numbers


def kpi(area: Area, *, months: int = 0, **facts: Any) -> Indicator:
    """A KPI, with figures for so many months up to December 2019, and a target for them."""
    number = next(numbers)
    facts.setdefault("code", f"K{number}")
    facts.setdefault("name", f"Things done in time {number}")
    facts.setdefault("meaning", "How many of the things due were done in time")
    facts.setdefault("unit", Unit.PERCENTAGE)
    facts.setdefault("direction", Direction.HIGHER)
    facts.setdefault("frequency", Frequency.MONTH)
    facts.setdefault("source", "Case management system")
    made = Indicator.objects.create(area=area, **facts)
    period = month(date(2019, 12, 1))
    for back in range(months):
        observation(made, period, numerator=40 + back % 7, denominator=60)
        period = period.previous()
    if months:
        target(made, start=period.next().start)
    return made


def observation(indicator: Indicator, period: Period | None = None, **facts: Any) -> Observation:
    period = period or month(date(2019, 12, 1))
    if "value" not in facts and "numerator" not in facts:
        facts |= {"numerator": 41, "denominator": 60}
    facts.setdefault("vintage", Vintage.FINAL)
    facts.setdefault("source", indicator.source)
    facts.setdefault("entered_by", "Somebody")
    facts.setdefault("entered_at", MOMENT)
    return Observation.objects.create(
        area=indicator.area, indicator=indicator, start=period.start, end=period.end, **facts
    )


def target(indicator: Indicator, **facts: Any) -> Target:
    facts.setdefault("value", 80)
    facts.setdefault("start", date(2019, 4, 1))
    facts.setdefault("source", "The plan")
    return Target.objects.create(area=indicator.area, indicator=indicator, **facts)


def phase(indicator: Indicator, **facts: Any) -> PhaseStart:
    facts.setdefault("kind", PhaseStart.Kind.BASELINE)
    facts.setdefault("start", date(2019, 4, 1))
    facts.setdefault("reason", "The year of the plan")
    return PhaseStart.objects.create(**{**_said(indicator), **facts})


def lock(indicator: Indicator, period: Period, **facts: Any) -> PeriodLock:
    facts.setdefault("locked", True)
    facts |= {"start": period.start, "end": period.end}
    return PeriodLock.objects.create(**{**_said(indicator), **facts})


def figure_request(indicator: Indicator, period: Period, **facts: Any) -> FigureRequest:
    facts |= {"start": period.start, "end": period.end}
    facts.setdefault("wanted_by", date(2020, 1, 31))
    return FigureRequest.objects.create(**{**_said(indicator), **facts})


def disclosure(indicator: Indicator, **facts: Any) -> DisclosureAssessment:
    facts.setdefault("text", "No person could be told from these counts")
    return DisclosureAssessment.objects.create(**{**_said(indicator), **facts})


def figure_import(area: Area, **facts: Any) -> FigureImport:
    facts.setdefault("by", "Somebody")
    facts.setdefault("file_name", "figures.xlsx")
    facts.setdefault("sha256", "0" * 64)
    return FigureImport.objects.create(area=area, made_at=MOMENT, **facts)


def figure_columns(area: Area, **facts: Any) -> FigureColumns:
    facts.setdefault("signature", "0" * 64)
    facts.setdefault("mapping", "{}")
    return FigureColumns.objects.create(area=area, by="Somebody", at=MOMENT, **facts)


def figure_name(area: Area, **facts: Any) -> FigureName:
    facts.setdefault("name", "in time")
    return FigureName.objects.create(area=area, by="Somebody", at=MOMENT, **facts)


def _said(indicator: Indicator) -> dict[str, Any]:
    said = {"area": indicator.area, "indicator": indicator}
    return said | {"entered_by": "Somebody", "entered_at": MOMENT}
