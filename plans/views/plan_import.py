"""A plan's file comes in: upload, columns, preview, taking in, and undoing within a day."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from management.access import policy
from management.requests import Request
from management.store import StoreError
from management.uploads import BadFile
from management.versions import Stale
from plans.forms.plan_import import ColumnsForm, FileForm, TakeInForm
from plans.imports import CREATE, SAME, STOPPED, UPDATE
from plans.models import Framework, Plan, PlanImport
from plans.services import importing, taking_in, undoing
from plans.sheets import layouts
from plans.states import PlanState
from plans.views.drafting import published, submitted
from plans.views.saving import FORM_METHODS, say

USUAL = "inspection-2019"  # the framework of most plans so far
LISTED = 500  # rows that can be left out one by one: a form has its limits


@policy("plan.edit")
@require_http_methods(FORM_METHODS)
def plan_imports(request: Request, area: str) -> HttpResponse:
    """Choose a file; and what was brought in before."""
    plans = Plan.objects.visible_to(request.user).in_area(request.area)
    frameworks = list(Framework.objects.visible_to(request.user).newest())
    kept = _imports(request)
    form = FileForm(
        request.POST or None,
        request.FILES or None,
        plans=plans.exclude(state=PlanState.CLOSED),
        inspections=published(request),
        self_evaluations=submitted(request),
        frameworks=frameworks,
        initial={
            "plan": request.GET.get("plan"),
            "inspection": request.GET.get("inspection"),
            "framework": next((f.pk for f in frameworks if f.code == USUAL), None),
        },
    )
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        name, data = facts.pop("file")
        try:
            made = importing.keep_file(
                by=request.user, area=request.area, data=data, file_name=name, **facts
            )
        except ValidationError as error:
            say(form, error)
        else:
            return redirect("plan_import", area, made.pk)
    return render(request, "plans/plan_imports.html", {"form": form, "kept": kept[:50]})


def _imports(request: Request) -> Any:
    rows = PlanImport.objects.visible_to(request.user).in_area(request.area)
    return rows.exclude(mapping=importing.TRACKER).select_related("plan", "area")


@policy("plan.edit")
@require_http_methods(FORM_METHODS)
def plan_import(request: Request, area: str, pk: int) -> HttpResponse:
    """What the file says, and what it would do; taking it in."""
    kept = get_object_or_404(_imports(request), pk=pk)
    if kept.state != PlanImport.State.PREVIEW:
        return _done(request, kept)
    try:
        seen = importing.look(kept)
    except (StoreError, BadFile) as error:
        context = {"kept": kept, "why": str(error)}
        return render(request, "plans/plan_import_lost.html", context, status=503)
    form = TakeInForm(
        request.POST or None,
        rows=[one.row.number for one in seen.lines[:LISTED]],
        plan=kept.plan,
        initial={
            "version": kept.version,
            "title": kept.file_name.rpartition(".")[0][:200],
        },
    )
    stale = False
    if request.method == "POST" and form.is_valid():
        facts = dict(form.cleaned_data)
        facts.pop("stage", None)
        try:
            taking_in.take_in(by=request.user, kept=kept, **facts)
        except ValidationError as error:
            say(form, error)
            kept.refresh_from_db()
        except Stale:
            stale = True
            kept.refresh_from_db()
        else:
            messages.success(request, f"{kept.file_name} is taken in.")
            return redirect("plan_import", area, pk)
    return _preview(request, kept, seen, form, stale)


def _preview(request: Request, kept: Any, seen: Any, form: Any, stale: bool) -> HttpResponse:
    skipped = set(form["skip"].value() or []) if form.is_bound else set()
    same_file = _imports(request).filter(sha256=kept.sha256, state=PlanImport.State.APPLIED)
    context = {
        "kept": kept,
        "form": form,
        "columns": ColumnsForm(found=seen.layouts, initial={"version": kept.version}),
        "seen": seen,
        "lines": [
            (one, str(one.row.number) in {str(number) for number in skipped})
            for one in seen.lines[:LISTED]
        ],
        "more": max(0, len(seen.lines) - LISTED),
        "counts": {does: len(seen.doing(does)) for does in (CREATE, UPDATE, SAME, STOPPED)},
        "stopped": [n for one in seen.doing(STOPPED) for n in one.row.notes if n.stops],
        "same_file": same_file.exclude(plan=None).first() if kept.plan_id is None else None,
        "stale": stale,
    }
    return render(request, "plans/plan_import.html", context, status=409 if stale else 200)


def _done(request: Request, kept: PlanImport) -> HttpResponse:
    """What became of a file that was taken in, and whether it can still be undone."""
    rows = kept.rows.select_related("action").order_by("pk")
    context = {"kept": kept, "rows": rows, "why_not": undoing.why_not_undone(kept)}
    return render(request, "plans/plan_import_done.html", context)


@policy("plan.edit")
@require_POST
def plan_import_columns(request: Request, area: str, pk: int) -> HttpResponse:
    """The columns mean something else than was guessed."""
    kept = get_object_or_404(_imports(request), pk=pk)
    if kept.state != PlanImport.State.PREVIEW:
        return redirect("plan_import", area, pk)
    try:
        found = importing.look(kept).layouts
    except (StoreError, BadFile):
        return redirect("plan_import", area, pk)
    form = ColumnsForm(request.POST, found=found)
    if not form.is_valid():
        messages.error(request, "Choose a meaning for each column from its list.")
        return redirect("plan_import", area, pk)
    mappings = form.mappings()
    wrong = [said for one in found for said in layouts.faults(one, mappings[one.signature])]
    if wrong:
        messages.error(request, " ".join(wrong))
        return redirect("plan_import", area, pk)
    try:
        version = form.cleaned_data["version"]
        importing.choose_columns(by=request.user, kept=kept, version=version, mappings=mappings)
    except (ValidationError, Stale):
        messages.error(request, "Somebody else has gone on with this file: look at it again.")
    else:
        messages.success(request, "The file is read with these columns.")
    return redirect("plan_import", area, pk)


@policy("plan.edit")
@require_http_methods(FORM_METHODS)
def plan_import_undo(request: Request, area: str, pk: int) -> HttpResponse:
    """Put back what the file changed, within a day."""
    kept = get_object_or_404(_imports(request), pk=pk)
    why = undoing.why_not_undone(kept)
    if request.method == "POST" and not why:
        try:
            version = int(request.POST.get("version", "0"))
            undoing.undo(by=request.user, kept=kept, version=version)
        except (ValidationError, Stale, ValueError) as error:
            said = error.messages if isinstance(error, ValidationError) else []
            why = " ".join(said) or "Somebody else has gone on with this import: look again."
        else:
            messages.success(request, f"The import of {kept.file_name} is undone.")
            return redirect("plan_imports", area)
    status = 409 if request.method == "POST" else 200
    return render(request, "plans/plan_import_undo.html", {"kept": kept, "why": why}, status=status)
