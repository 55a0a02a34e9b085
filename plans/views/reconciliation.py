"""How many recommendations of an inspection were open on two days, and what changed."""

from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from management import clock
from management.access import policy
from management.requests import Request
from plans.forms.reconciliation import TwoDaysForm
from plans.models import Inspection, Recommendation
from plans.oddities import oddities
from plans.reconciliation import Count, reconcile, total
from plans.services.histories import histories
from plans.views.inspections import find_inspection, plans_of


@policy("inspection.view")
@require_safe
def inspection_reconcile(request: Request, area: str, pk: int) -> HttpResponse:
    """Open at one day, what happened, open at another; a set that does not add up is said."""
    inspection = find_inspection(request, pk)
    found = histories(inspection)
    days = _usual_days(inspection)
    form = TwoDaysForm(
        {**days, **{name: request.GET[name] for name in days if name in request.GET}}
    )
    context = {
        "inspection": inspection,
        "plans": plans_of(request, inspection),
        "form": form,
        "oddities": [text for history in found for text in oddities(history, _label)],
    }
    if form.is_valid():
        kinds = Recommendation.Kind
        counts = reconcile(found, kinds.values, **form.cleaned_data)
        named = list(zip(kinds.labels, counts, strict=True))
        context |= {
            "rows": [(*row, _signed(row[1])) for row in [*named, ("All", total(counts))]],
            "differences": [(*row, _signed(row[1])) for row in named if row[1].difference],
            **form.cleaned_data,
        }
    return render(request, "plans/inspection_reconcile.html", context)


def _usual_days(inspection: Inspection) -> dict[str, date]:
    """From the publication, or where there was none from the day that started it, to today."""
    today = clock.today()
    first = inspection.published_on or inspection.notified_on or today
    return {"first": min(first, today), "second": today}


def _signed(count: Count) -> str:
    return f"{count.difference:+d}".replace("-", "−") if count.difference else "0"


def _label(kind: str) -> str:
    return Recommendation.Kind(kind).label.lower()
