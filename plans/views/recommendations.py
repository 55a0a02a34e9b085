"""Pages of one recommendation: what it says, what is answered, and who closed it."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from management.access import policy
from management.requests import Request
from management.saving import FORM_METHODS, Saving, say
from plans.forms.recommendations import (
    DecisionForm,
    ReclassifyForm,
    RecommendationEditForm,
    RecommendationNewForm,
    RemoveForm,
    ResponseForm,
)
from plans.models import Action, Decision, Recommendation
from plans.references import whole_of
from plans.services import recommendations as services
from plans.views.inspections import find_inspection, nested, plans_of, standing, visible


def find_recommendation(request: Request, pk: int) -> Recommendation:
    rows = Recommendation.objects.visible_to(request.user).filter(inspection__in=visible(request))
    return get_object_or_404(rows.select_related("inspection", "area", "parent"), pk=pk)


@policy("inspection.view")
@require_safe
def recommendation(request: Request, area: str, pk: int) -> HttpResponse:
    row = find_recommendation(request, pk)
    rows = nested(row.inspection)
    place = next(i for i, entry in enumerate(rows) if entry["row"].pk == pk)
    depth = rows[place]["depth"]
    below = []
    for entry in rows[place + 1 :]:
        if entry["depth"] <= depth:
            break
        below.append({**entry, "depth": entry["depth"] - depth - 1})
    actions = Action.objects.visible_to(request.user).in_area(request.area)
    context = {
        "row": row,
        "inspection": row.inspection,
        "standing": standing(row, row.inspection),
        "plans": plans_of(request, row.inspection),
        "parts": below,
        "history": history(row),
        "actions": actions.filter(recommendations=row).select_related("lead"),
    }
    return render(request, "plans/recommendation.html", context)


def history(row: Recommendation) -> list[dict[str, Any]]:
    """What bodies decided of it and how it was moved, newest first."""
    kinds = dict(Recommendation.Kind.choices)
    entries: list[dict[str, Any]] = [{"entry": made, "moved": None} for made in row.decisions.all()]
    entries += [
        {"entry": move, "moved": (kinds[move.old], kinds[move.new])}
        for move in row.reclassifications.all()
    ]
    return sorted(
        entries, key=lambda e: (e["entry"].on, e["entry"].recorded_at, e["entry"].pk), reverse=True
    )


def _could_be_parts(made: Recommendation) -> str:
    """Those entered before that stand on their own, and by their number would belong to it."""
    alone = made.inspection.recommendations.filter(parent=None).exclude(pk=made.pk)
    references = alone.values_list("reference", flat=True)
    return ", ".join(one for one in references if whole_of(one, [made.reference]))


@policy("inspection.edit")
@require_http_methods(FORM_METHODS)
def recommendation_new(request: Request, area: str, pk: int) -> HttpResponse:
    inspection = find_inspection(request, pk)
    rows = inspection.recommendations.all()
    part_of = request.GET.get("part_of", "")
    form = RecommendationNewForm(
        request.POST or None,
        recommendations=rows,
        initial={"parent": part_of} if part_of else {},
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = services.add_recommendation(
                by=request.user, inspection=inspection, **form.cleaned_data
            )
        except ValidationError as error:
            say(form, error)
        else:
            part = f", as part of {made.parent.reference}" if made.parent else ""
            messages.success(request, f"{made.reference} is added{part}.")
            if below := _could_be_parts(made):
                messages.info(
                    request,
                    f"By {'their numbers' if ',' in below else 'its number'}, {below} could be "
                    f"part of {made.reference}: say so under Edit.",
                )
            if "next" in request.POST:
                again = f"?{urlencode({'part_of': part_of})}" if part_of else ""
                return redirect(reverse("recommendation_new", args=[area, pk]) + again)
            return redirect("inspection", area, pk)
    context = {
        "inspection": inspection,
        "plans": plans_of(request, inspection),
        "form": form,
        "recommendations": nested(inspection),
    }
    return render(request, "plans/recommendation_new.html", context)


@policy("inspection.edit")
@require_http_methods(FORM_METHODS)
def recommendation_edit(request: Request, area: str, pk: int) -> HttpResponse:
    row = find_recommendation(request, pk)

    def form(*args: Any, **kwargs: Any) -> RecommendationEditForm:
        rows = row.inspection.recommendations.all()
        return RecommendationEditForm(*args, recommendations=rows, **kwargs)

    saving = Saving(request, row, _facts, form)
    if saving.saves(
        lambda: services.edit_recommendation(
            by=request.user, recommendation=row, **saving.form.cleaned_data
        )
    ):
        return _done(request, row, "Saved.")
    return saving.page("plans/recommendation_form.html", _context(request, row, "Edit", "Save"))


def _facts(row: Recommendation) -> dict[str, Any]:
    names = ("reference", "text", "addressee", "added_on")
    return {**{name: getattr(row, name) for name in names}, "parent": row.parent_id}


def _context(request: Request, row: Recommendation, heading: str, button: str) -> dict[str, Any]:
    return {
        "row": row,
        "inspection": row.inspection,
        "plans": plans_of(request, row.inspection),
        "history": history(row),
        "heading": heading,
        "button": button,
    }


def _done(request: Request, row: Recommendation, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect("recommendation", request.area.slug, row.pk)


@policy("inspection.edit")
@require_http_methods(FORM_METHODS)
def recommendation_response(request: Request, area: str, pk: int) -> HttpResponse:
    row = find_recommendation(request, pk)
    saving = Saving(request, row, _response, ResponseForm)
    if saving.saves(
        lambda: services.respond(by=request.user, recommendation=row, **saving.form.cleaned_data)
    ):
        return _done(request, row, f"Response to {row.reference} saved.")
    context = _context(request, row, "Respond to", "Save response")
    return saving.page("plans/recommendation_form.html", context)


def _response(row: Recommendation) -> dict[str, Any]:
    names = ("response", "response_detail", "addressee", "depends_on")
    return {name: getattr(row, name) for name in names}


@policy("recommendation.decide")
@require_http_methods(FORM_METHODS)
def recommendation_decide(request: Request, area: str, pk: int) -> HttpResponse:
    row = find_recommendation(request, pk)
    saving = Saving(request, row, _decision, DecisionForm)
    if saving.saves(
        lambda: services.decide(by=request.user, recommendation=row, **saving.form.cleaned_data)
    ):
        return _done(request, row, f"The decision on {row.reference} is recorded.")
    context = _context(request, row, "Record a body's decision on", "Record decision")
    return saving.page("plans/recommendation_form.html", context)


def _decision(row: Recommendation) -> dict[str, Any]:
    return {"kind": Decision.Kind.CLOSED if row.is_open else Decision.Kind.REOPENED}


@policy("inspection.edit")
@require_http_methods(FORM_METHODS)
def recommendation_remove(request: Request, area: str, pk: int) -> HttpResponse:
    row = find_recommendation(request, pk)
    saving = Saving(request, row, lambda row: {}, RemoveForm)
    if saving.saves(
        lambda: services.remove_recommendation(
            by=request.user, recommendation=row, **saving.form.cleaned_data
        )
    ):
        messages.success(request, f"{row.reference} is removed.")
        return redirect("inspection", area, row.inspection_id)
    return saving.page("plans/recommendation_form.html", _context(request, row, "Remove", "Remove"))


@policy("inspection.edit")
@require_http_methods(FORM_METHODS)
def recommendation_reclassify(request: Request, area: str, pk: int) -> HttpResponse:
    row = find_recommendation(request, pk)
    saving = Saving(request, row, _class, ReclassifyForm)
    if saving.saves(
        lambda: services.reclassify(by=request.user, recommendation=row, **saving.form.cleaned_data)
    ):
        return _done(request, row, f"{row.reference} is reclassified.")
    context = _context(request, row, "Reclassify", "Reclassify")
    return saving.page("plans/recommendation_form.html", context)


def _class(row: Recommendation) -> dict[str, Any]:
    return {"new": row.kind}
