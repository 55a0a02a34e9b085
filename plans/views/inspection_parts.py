"""Pages of what an inspection said and when: its timetable, grades and key messages."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from management import clock
from management.access import policy
from management.requests import Request
from management.saving import FORM_METHODS, Saving
from plans.forms.inspections import GradesForm, MessagesForm, StageForm
from plans.models import Inspection, Stage
from plans.services import dates
from plans.services import inspections as services
from plans.views.inspections import coming, find_inspection, plans_of, visible


@policy("inspection.view")
@require_safe
def inspection_timetable(request: Request, area: str, pk: int) -> HttpResponse:
    inspection = find_inspection(request, pk)
    awaited, today = coming(inspection), clock.today()
    upcoming = awaited[0] if awaited else None
    running = not inspection.is_published
    stages = list(inspection.stages.order_by("sequence"))
    last = stages[-1].pk if stages else None  # the weeks end with the publication
    rows = [
        {
            "stage": stage,
            "done_on": stage.done_on or (inspection.published_on if stage.pk == last else None),
            "next": upcoming is not None and upcoming.stage == stage.pk,
            "passed": running and stage.done_on is None and stage.on < today,
            "moved": stage.on != stage.planned_on,
        }
        for stage in inspection.stages.all()
    ]
    plans = plans_of(request, inspection)
    sent, standing = dates.standing(inspection, on=today)
    due = inspection.plan_due_on
    context = {
        "inspection": inspection,
        "rows": rows,
        "next": upcoming,
        "plans": plans,
        "standing": standing,
        "missed": sent is None and due is not None and due < today,
    }
    return render(request, "plans/inspection_timetable.html", context)


@policy("inspection.edit")
@require_http_methods(FORM_METHODS)
def stage_edit(request: Request, area: str, pk: int) -> HttpResponse:
    rows = Stage.objects.visible_to(request.user).filter(inspection__in=visible(request))
    stage = get_object_or_404(rows.select_related("inspection", "area"), pk=pk)
    saving = Saving(request, stage, _when, StageForm)
    if saving.saves(
        lambda: services.edit_stage(by=request.user, stage=stage, **saving.form.cleaned_data)
    ):
        messages.success(request, f"Saved: {stage.name}.")
        return redirect("inspection_timetable", area, stage.inspection_id)
    plans = plans_of(request, stage.inspection)
    context = {"inspection": stage.inspection, "stage": stage, "plans": plans}
    return saving.page("plans/stage_edit.html", context)


def _when(stage: Stage) -> dict[str, Any]:
    return {"on": stage.on, "at": stage.at, "done_on": stage.done_on}


@policy("inspection.edit")
@require_http_methods(FORM_METHODS)
def inspection_grades(request: Request, area: str, pk: int) -> HttpResponse:
    inspection = find_inspection(request, pk)

    def form(*args: Any, **kwargs: Any) -> GradesForm:
        return GradesForm(*args, indicators=_gradable(inspection), **kwargs)

    saving = Saving(request, inspection, _grades, form)
    if saving.saves(
        lambda: services.set_grades(
            by=request.user,
            inspection=inspection,
            version=saving.form.cleaned_data["version"],
            grades=saving.form.grades(),
        )
    ):
        messages.success(request, "Grades saved.")
        return redirect("inspection", area, pk)
    return saving.page("plans/inspection_grades.html", {"inspection": inspection})


def _gradable(inspection: Inspection) -> list[Any]:
    """The indicators that the framework grades (all, where it names none), and those graded."""
    indicators = list(inspection.framework.indicators.all())
    given = set(inspection.evaluations.values_list("indicator", flat=True))
    named = any(indicator.graded for indicator in indicators)
    return [i for i in indicators if i.graded or not named or i.pk in given]


def _grades(inspection: Inspection) -> dict[str, Any]:
    stand: dict[str, Any] = {}
    for indicator in inspection.framework.indicators.all():
        stand |= {f"grade_{indicator.pk}": None, f"rationale_{indicator.pk}": ""}
    for evaluation in inspection.evaluations.all():
        stand[f"grade_{evaluation.indicator_id}"] = evaluation.grade
        stand[f"rationale_{evaluation.indicator_id}"] = evaluation.rationale
    return stand


@policy("inspection.edit")
@require_http_methods(FORM_METHODS)
def inspection_messages(request: Request, area: str, pk: int) -> HttpResponse:
    inspection = find_inspection(request, pk)
    numbers = list(inspection.key_messages.values_list("number", flat=True))

    def form(*args: Any, **kwargs: Any) -> MessagesForm:
        return MessagesForm(*args, numbers=numbers, **kwargs)

    saving = Saving(request, inspection, _texts, form)
    if saving.saves(
        lambda: services.set_key_messages(
            by=request.user,
            inspection=inspection,
            version=saving.form.cleaned_data["version"],
            messages=saving.form.texts(),
        )
    ):
        messages.success(request, "Key messages saved.")
        return redirect("inspection", area, pk)
    return saving.page("plans/inspection_messages.html", {"inspection": inspection})


def _texts(inspection: Inspection) -> dict[str, Any]:
    nothing = {f"text_{number}": "" for number in range(1, services.MESSAGES + 1)}
    return nothing | {f"text_{m.number}": m.text for m in inspection.key_messages.all()}
