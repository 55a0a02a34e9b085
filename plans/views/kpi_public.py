"""What the public may see of a KPI, and who has assessed that."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from kpis.breakdowns import PartFigure
from kpis.disclosure import THRESHOLD
from kpis.models import DisclosureAssessment, Indicator
from kpis.public import COUNT, OUT_OF, SYMBOL, PublicFigure, PublicSeries, warnings
from kpis.sentences import Style
from kpis.services import disclosure, grid, reading
from kpis.services.reading import Held
from kpis.values import exact
from management.access import policy
from management.requests import Request
from management.saving import FORM_METHODS, say
from plans.forms.disclosure import AssessmentForm
from plans.views.kpi import find

TELLING = 30  # cells of 0% and 100% that are listed


@dataclass(frozen=True)
class Found:
    row: Indicator
    held: Held
    assessments: Sequence[DisclosureAssessment]

    @property
    def holds(self) -> DisclosureAssessment | None:
        return self.assessments[0] if self.assessments else None


def _find(request: Request, pk: int) -> Found:
    row = find(request, pk)
    held = reading.held(request.user, [row])[pk]
    return Found(row, held, disclosure.assessments(request.user, row))


@policy("kpi.edit")
@require_http_methods(FORM_METHODS)
def kpi_disclosure(request: Request, area: str, pk: int) -> HttpResponse:
    """Whoever keeps KPIs records that the risk was assessed; the latest assessment holds."""
    found = _find(request, pk)
    stands = {"threshold": found.holds.threshold} if found.holds else None
    form = AssessmentForm(request.POST or None, initial=stands)
    if request.method == "POST" and form.is_valid():
        try:
            disclosure.record_assessment(by=request.user, indicator=found.row, **form.cleaned_data)
        except ValidationError as error:
            say(form, error)
        else:
            messages.success(request, "The assessment is kept. This is what the public may see.")
            return redirect("kpi_public", area, pk)
    told = warnings([*_wholes(found.held), *found.held.parts])
    told.sort(key=lambda one: one.period.start, reverse=True)
    context = {
        "row": found.row,
        "form": form,
        "assessments": found.assessments,
        "telling": told[:TELLING],
        "more": max(0, len(told) - TELLING),
        "small": _small(found, found.holds.threshold if found.holds else THRESHOLD),
        "threshold": found.holds.threshold if found.holds else THRESHOLD,
    }
    return render(request, "plans/kpi_disclosure.html", context)


def _wholes(held: Held) -> list[PartFigure]:
    return [
        PartFigure("", "", one.period, one.numerator, one.denominator, one.value)
        for one in held.own
    ]


def _small(found: Found, threshold: int) -> int:
    """How many figures have a count below the threshold, or as few who were not counted."""
    rows = [*_wholes(found.held), *found.held.parts]
    return sum(any(0 < count < threshold for count in _counts(one)) for one in rows)


def _counts(one: PartFigure) -> list[int]:
    there = [count for count in (one.numerator, one.denominator) if count is not None]
    return [*there, there[1] - there[0]] if len(there) > 1 else there


@policy("kpi.view")
@require_safe
def kpi_public(request: Request, area: str, pk: int) -> HttpResponse:
    """The preview: the same that a publication may take."""
    found = _find(request, pk)
    seen = disclosure.public_view(found.row, found.held, found.holds)
    context = {
        "row": found.row,
        "assessment": found.holds,
        "seen": seen,
        "symbol": SYMBOL,
        "rows": _rows(seen) if seen else [],
        "parts": _parts(seen) if seen else [],
        "uncounted": seen and any(_uncounted(one) for one in (*seen.figures, *seen.parts)),
    }
    return render(request, "plans/kpi_public.html", context)


@policy("kpi.view")
@require_safe
def kpi_public_chart(request: Request, area: str, pk: int) -> HttpResponse:
    """The public chart as SVG: what is withheld is a gap, and has no weight in any line."""
    found = _find(request, pk)
    seen = disclosure.public_view(found.row, found.held, found.holds)
    if seen is None:
        raise Http404
    narrow = "narrow" in request.GET
    parts = (grid.program(), request.area.name, "public", narrow, seen.kpi)
    key = f"chart:{grid.digest(parts)}"
    svg = cache.get(key)
    if svg is None:
        from kpis import charts  # matplotlib takes long to import: only where it is used

        svg = charts.drawing(seen.kpi, request.area.name, f"public{pk}", narrow=narrow).svg
        cache.set(key, svg, grid.SECONDS)
    return HttpResponse(svg, content_type="image/svg+xml")


def _uncounted(one: PublicFigure) -> bool:
    """A rate whose counts are not known: no threshold can be held against it."""
    return one.value is not None and one.numerator is None and one.denominator is None


def _rows(seen: PublicSeries) -> list[dict[str, Any]]:
    """The figures of the whole, newest first."""
    style = Style(seen.kpi.unit, seen.kpi.decimals)
    vintages = {point.start: point.vintage for point in seen.kpi.points}
    figures = sorted(seen.figures, key=lambda one: one.period.start, reverse=True)
    return [_cells(one, style) | {"vintage": vintages[one.period.start]} for one in figures]


def _parts(seen: PublicSeries) -> list[tuple[str, str, list[dict[str, Any]]]]:
    """Each break-down of its newest period."""
    style = Style(seen.kpi.unit, seen.kpi.decimals)
    ordered = sorted(seen.parts, key=lambda one: one.split)
    found = []
    for split, group in groupby(ordered, key=lambda one: one.split):
        rows = list(group)
        newest = max(rows, key=lambda one: one.period.start).period
        shown = [_cells(one, style) for one in rows if one.period == newest]
        found.append((split, newest.label, sorted(shown, key=lambda cell: cell["part"])))
    return found


def _cells(one: PublicFigure, style: Style) -> dict[str, Any]:
    """What stands in each cell: a number, the symbol, or that nothing is published."""
    cells: dict[str, Any] = {"period": one.period.label, "part": one.part}
    for name, what, count in (
        ("numerator", COUNT, one.numerator),
        ("denominator", OUT_OF, one.denominator),
    ):
        told = "Not published" if count is None else f"{count}"
        cells[name] = SYMBOL if what in one.withheld else told
    if one.value is not None:
        cells["figure"] = style.show(exact(one.value))
    else:
        none = "None due" if one.denominator == 0 else "Not reported"
        cells["figure"] = SYMBOL if one.withheld else none
    return cells
