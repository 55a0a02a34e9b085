"""The page that sets a self-evaluation beside earlier ones and beside the country."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from management.access import policy
from management.requests import Request
from plans import scales
from plans.models import Overall, SelfEvaluation
from plans.models.self_evaluations import Judged
from plans.services.rows import asked_to_rate, rows_of
from plans.views.self_evaluations import find_self_evaluation, validated_label

EARLIER = 4  # that fit on a page


@policy("self_evaluation.view")
@require_safe
def self_evaluation_compare(request: Request, area: str, pk: int) -> HttpResponse:
    whole = find_self_evaluation(request, pk)
    seen = SelfEvaluation.objects.visible_to(request.user).before(whole)
    compared = [*reversed(seen.select_related("framework")[:EARLIER]), whole]
    rated = [{row.code: row for row in rows_of(one)} for one in compared]
    asked = asked_to_rate(rows_of(whole))
    rows = [row for row in rows_of(whole) if not isinstance(row, Overall) or row.section.overall]
    context = {
        "whole": whole,
        "compared": compared,
        "rows": [_across(compared, row, rated) | {"asks": row in asked} for row in rows],
        "national": _national(whole, rows),
    }
    return render(request, "plans/self_evaluation_compare.html", context)


def _across(
    compared: list[SelfEvaluation], row: Judged, rated: list[dict[str, Judged]]
) -> dict[str, Any]:
    """One row through the years: each rating in words, and how the last stands to the one before.

    Elements are matched by code, so that a new version of the framework breaks nothing: each year
    is told on the scale of its own version, and no change across two scales.
    """
    years = [(whole, year.get(row.code)) for whole, year in zip(compared, rated, strict=True)]
    return {
        "row": row,
        "overall": isinstance(row, Overall),
        "ratings": [
            {
                "rating": scales.label(whole.framework.scale, one.rating) if one else "",
                "validated": validated_label(whole, one) if one else "",
            }
            for whole, one in years
        ],
        "change": _change(*years[-2:]) if len(years) > 1 else "",
    }


def _change(
    before: tuple[SelfEvaluation, Judged | None], now: tuple[SelfEvaluation, Judged | None]
) -> str:
    scale, earlier = now[0].framework.scale, before[0].framework.scale
    rating, rated = (one.rating if one else None for _, one in (now, before))
    if scale != earlier and rating is not None and rated is not None:
        return "Another scale"
    return scales.change(scale, rated, rating)


def _national(whole: SelfEvaluation, rows: list[Judged]) -> list[dict[str, Any]]:
    """How the services of the country rated each section, and where this one stands."""
    counts: dict[int, dict[int, int]] = {}
    for section in whole.framework.sections.prefetch_related("national"):
        for national in section.national.all():
            counts.setdefault(section.pk, {})[national.value] = national.count
    found = []
    for row in rows:
        if not isinstance(row, Overall) or row.section_id not in counts:
            continue
        given = counts[row.section_id]
        services = sum(given.values())
        found.append(
            {
                "section": row.section,
                "services": services,
                "points": [
                    {
                        "label": label,
                        "count": given.get(value, 0),
                        "share": round(100 * given.get(value, 0) / services) if services else 0,
                        "here": row.rating == value,
                    }
                    for value, label in reversed(scales.points(whole.framework.scale))
                ],
                "rating": scales.label(whole.framework.scale, row.rating),
            }
        )
    return found
