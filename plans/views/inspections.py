"""Pages of inspections as a whole: the list, one of them, and its facts."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from management import clock
from management.access import policy
from management.requests import Request
from management.saving import FORM_METHODS, Saving, say
from plans import progress, timetable
from plans.forms.inspections import InspectionEditForm, InspectionForm
from plans.models import Evaluation, Framework, Inspection, Plan, Recommendation
from plans.nesting import in_order
from plans.scales import Scale
from plans.services import dates
from plans.services import inspections as services

FACTS = (
    "title",
    "inspectorate",
    "kind",
    "notified_on",
    "notified_text",
    "published_on",
    "plan_due_on",
    "records_read",
    "records_in_all",
    "records_period",
    "people_met",
    "scope",
    "source",
)


def visible(request: Request) -> Any:
    return Inspection.objects.visible_to(request.user).in_area(request.area)


def find_inspection(request: Request, pk: int) -> Inspection:
    return get_object_or_404(visible(request).select_related("framework", "area"), pk=pk)


def coming(inspection: Inspection) -> list[timetable.Deadline]:
    """The dates of an inspection that are still to come."""
    return dates.awaited([inspection], on=clock.today())[inspection.pk]


@policy("inspection.view")
@require_safe
def inspections(request: Request, area: str) -> HttpResponse:
    rows = list(visible(request).prefetch_related("stages"))
    awaited = dates.awaited(rows, on=clock.today())
    table = [(row, next(iter(awaited[row.pk]), None)) for row in rows]
    return render(request, "plans/inspections.html", {"inspections": table})


@policy("inspection.view")
@require_safe
def inspection(request: Request, area: str, pk: int) -> HttpResponse:
    inspection = find_inspection(request, pk)
    evaluations = list(inspection.evaluations.with_meaning())
    recommendations = nested(inspection)
    still_open = sum(entry["row"].is_open for entry in recommendations)
    published = inspection.published_on
    context = {
        "inspection": inspection,
        "today": clock.today(),
        "has_timetable": inspection.stages.exists(),
        "next": next(iter(coming(inspection)), None),
        "standing": dates.standing(inspection, on=clock.today())[1],
        "six_weeks": published and inspection.plan_due_on == timetable.plan_due(published),
        "evaluations": evaluations,
        "comparisons": comparisons(request, inspection, evaluations),
        "followed": visible(request).filter(pk=inspection.follows_id).first(),
        "key_messages": inspection.key_messages.all(),
        "recommendations": recommendations,
        "recommendations_caption": f"{still_open} open, of {len(recommendations)}",
        "plans": plans_of(request, inspection),
    }
    return render(request, "plans/inspection.html", context)


def plans_of(request: Request, inspection: Inspection) -> Any:
    rows = Plan.objects.visible_to(request.user).filter(inspection=inspection)
    return rows.standing().with_counts(on=clock.today())


def nested(inspection: Inspection) -> list[dict[str, Any]]:
    """Its recommendations in order, each with its depth and how it stands."""
    rows = inspection.recommendations.select_related("parent")
    return [
        {"row": row, "depth": min(depth, 4), "standing": standing(row, inspection)}
        for row, depth in in_order(rows)
    ]


def standing(row: Recommendation, inspection: Inspection) -> dict[str, Any]:
    """How long it has been since publication, and whether that is long for an open one."""
    published, today = inspection.published_on, clock.today()
    if published is None or published > today:
        return {"age": "", "long": False}
    long = row.is_open and timetable.long_open(published, today)
    return {"age": timetable.age(published, today), "long": long}


def comparisons(
    request: Request, inspection: Inspection, evaluations: list[Evaluation]
) -> list[dict[str, Any]]:
    """The grades of each progress review of it beside its own, or its own beside the first."""
    looks = visible(request).select_related("framework")
    first = looks.filter(pk=inspection.follows_id).first()
    if first is not None:
        given = list(first.evaluations.select_related("indicator"))
        return [_beside(first, given, inspection, evaluations)]
    reviews = looks.filter(follows=inspection).order_by("published_on", "pk")
    return [
        _beside(inspection, evaluations, review, list(review.evaluations.all()))
        for review in reviews.prefetch_related("evaluations__indicator")
    ]


def _beside(
    first: Inspection, before: list[Evaluation], later: Inspection, after: list[Evaluation]
) -> dict[str, Any]:
    # By code: a review may follow a later version of the same framework.
    was = {(first.framework.code, e.indicator.code): e for e in before}
    now = {(later.framework.code, e.indicator.code): e for e in after}
    indicators = {key: e.indicator for key, e in {**now, **was}.items()}
    why = {key: e.rationale for key, e in now.items()}
    steps = progress.changes(
        {key: e.grade for key, e in was.items()}, {key: e.grade for key, e in now.items()}
    )
    rows = [(indicators[step.key], step, why.get(step.key, "")) for step in steps]
    return {"first": first, "later": later, "rows": rows}


def frameworks(request: Request, present: Inspection | None = None) -> list[Framework]:
    """Those that an inspection can grade by; one that is there stays on offer."""
    graded = Framework.objects.visible_to(request.user).filter(scale=Scale.GRADE)
    found = list(graded.newest())
    if present is not None and present.framework not in found:
        found.append(present.framework)
    return found


@policy("inspection.edit")
@require_http_methods(FORM_METHODS)
def inspection_new(request: Request, area: str) -> HttpResponse:
    offered = frameworks(request)
    form = InspectionForm(request.POST or None, frameworks=offered, earlier=visible(request))
    if request.method == "POST" and form.is_valid():
        try:
            made = services.open_inspection(by=request.user, area=request.area, **form.cleaned_data)
        except ValidationError as error:
            say(form, error)
        else:
            messages.success(request, f"{made.title} is recorded.")
            return redirect("inspection", area, made.pk)
    context = {"form": form, "no_framework": not offered}
    return render(request, "plans/inspection_new.html", context)


@policy("inspection.edit")
@require_http_methods(FORM_METHODS)
def inspection_edit(request: Request, area: str, pk: int) -> HttpResponse:
    inspection = find_inspection(request, pk)

    def form(*args: Any, **kwargs: Any) -> InspectionEditForm:
        offered = frameworks(request, inspection)
        earlier = visible(request).exclude(pk=pk)
        return InspectionEditForm(*args, frameworks=offered, earlier=earlier, **kwargs)

    saving = Saving(request, inspection, _facts, form)
    if saving.saves(
        lambda: services.edit_inspection(
            by=request.user, inspection=inspection, **saving.form.cleaned_data
        )
    ):
        messages.success(request, "Saved.")
        return redirect("inspection", area, pk)
    return saving.page("plans/inspection_edit.html", {"inspection": inspection})


def _facts(inspection: Inspection) -> dict[str, Any]:
    facts = {name: getattr(inspection, name) for name in FACTS}
    return {**facts, "framework": inspection.framework_id, "follows": inspection.follows_id}
