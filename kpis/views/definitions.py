"""Pages on which a performance lead keeps what a KPI is: its definition, targets and phases."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from kpis.catalogue import catalogue
from kpis.definition import COUNTED, beginnings, next_code
from kpis.forms.definitions import (
    BaselineForm,
    IndicatorEditForm,
    IndicatorForm,
    RetireForm,
    TargetEditForm,
    TargetForm,
)
from kpis.models import Indicator, PhaseStart, Target
from kpis.services import definitions as services
from management import clock
from management.access import policy
from management.days import day_text
from management.fields import ReasonForm, VersionedReasonForm
from management.models import Post
from management.requests import Request
from management.saving import FORM_METHODS, Saving, say

FACTS = [name for _, names in IndicatorForm.GROUPS for name in names if name != "owner"]


def visible(request: Request) -> Any:
    return Indicator.objects.visible_to(request.user).in_area(request.area)


def find_kpi(request: Request, pk: int) -> Indicator:
    """The KPI, with its area and owner; 404 for another area's."""
    return get_object_or_404(visible(request).select_related("area", "owner"), pk=pk)


def posts(request: Request) -> Any:
    return Post.objects.visible_to(request.user).in_area(request.area)


@policy("kpi.view")
@require_safe
def kpi_catalogue(request: Request, area: str) -> HttpResponse:
    there: dict[str, list[Indicator]] = {}
    for row in visible(request):
        for entry in {row.catalogue, row.measure}:
            there.setdefault(entry, []).append(row)
    entries = [
        {
            "code": code,
            "row": Indicator(**entry),
            "counted": [(COUNTED[name], entry[name]) for name in COUNTED if name != "source"],
            "there": there.get(code, []),
        }
        for code, entry in catalogue().items()
    ]
    return render(request, "kpis/catalogue.html", {"entries": entries})


@policy("kpi.edit")
@require_http_methods(FORM_METHODS)
def kpi_new(request: Request, area: str) -> HttpResponse:
    entry = request.GET.get("from", "")
    if entry and entry not in catalogue():
        raise Http404
    codes = visible(request).values_list("code", flat=True)
    filled = {**catalogue()[entry], "measure": entry} if entry else {}
    form = IndicatorForm(
        request.POST or None,
        posts=posts(request),
        initial={"code": next_code(codes), **filled},
    )
    if request.method == "POST" and form.is_valid():
        facts = {"by": request.user, "area": request.area, **form.cleaned_data}
        try:
            if entry:
                made = services.adopt_definition(entry=entry, **facts)
            else:
                made = services.define_indicator(**facts)
        except ValidationError as error:
            say(form, error)
        else:
            messages.success(request, f"{made} is defined. Its target and its figures come next.")
            return redirect("kpi", area, made.pk)
    return render(request, "kpis/kpi_new.html", {"form": form, "adopts": filled.get("name", "")})


@policy("kpi.edit")
@require_http_methods(FORM_METHODS)
def kpi_edit(request: Request, area: str, pk: int) -> HttpResponse:
    row = find_kpi(request, pk)
    own, fixed = services.periods_of(row), services.has_figures(row)
    form = partial(IndicatorEditForm, posts=posts(request), indicator=row, own=own, fixed=fixed)
    saving = Saving(request, row, _facts, form)
    if saving.saves(
        lambda: services.edit_indicator(by=request.user, indicator=row, **saving.form.cleaned_data)
    ):
        messages.success(request, f"{row} is saved.")
        return redirect("kpi", area, pk)
    return saving.page("kpis/kpi_edit.html", {"row": row, "fixed": fixed})


def _facts(row: Indicator) -> dict[str, Any]:
    return {**{name: getattr(row, name) for name in FACTS}, "owner": row.owner_id}


@policy("kpi.edit")
@require_http_methods(FORM_METHODS)
def kpi_retire(request: Request, area: str, pk: int) -> HttpResponse:
    row = find_kpi(request, pk)
    retired = row.retired_on is not None
    saving = Saving(request, row, _end, VersionedReasonForm if retired else RetireForm)
    if saving.saves(
        lambda: services.retire_indicator(
            by=request.user, indicator=row, **{"on": None, **saving.form.cleaned_data}
        )
    ):
        last = saving.form.cleaned_data.get("on")
        said = f"is retired, with {day_text(last)} as its last day" if last else "is kept again"
        messages.success(request, f"{row} {said}.")
        return redirect("kpi", area, pk)
    context = {
        "row": row,
        "heading": "Keep it again" if retired else "Retire it",
        "told": "Figures are expected of it again."
        if retired
        else "No figure is expected of it after its last day. What it has stays, and it can be "
        "kept again.",
        "button": "Keep it again" if retired else "Retire",
    }
    return saving.page("kpis/kpi_form.html", context)


def _end(row: Indicator) -> dict[str, Any]:
    return {"on": row.retired_on or clock.today()}


# --- targets ------------------------------------------------------------------------------------


@policy("kpi.edit")
@require_http_methods(FORM_METHODS)
def target_new(request: Request, area: str, pk: int) -> HttpResponse:
    row = find_kpi(request, pk)
    form = TargetForm(request.POST or None, indicator=row)
    if request.method == "POST" and form.is_valid():
        try:
            services.set_target(by=request.user, indicator=row, **form.cleaned_data)
        except ValidationError as error:
            say(form, error)
        else:
            return _saved(request, row, "The target is set.")
    context = {
        "row": row,
        "form": form,
        "heading": "Set a target or a standard",
        "told": "What was in force before stays with the periods for which it held.",
        "button": "Set",
    }
    return render(request, "kpis/kpi_form.html", context)


@policy("kpi.edit")
@require_http_methods(FORM_METHODS)
def target_edit(request: Request, area: str, pk: int, target: int) -> HttpResponse:
    row = find_kpi(request, pk)
    rows = Target.objects.visible_to(request.user).in_area(request.area)
    found = get_object_or_404(rows.select_related("indicator", "area"), pk=target, indicator=row)
    saving = Saving(request, found, _target, partial(TargetEditForm, indicator=row))
    if saving.saves(
        lambda: services.edit_target(by=request.user, target=found, **saving.form.cleaned_data)
    ):
        return _saved(request, row, "The target is put right.")
    context = {
        "row": row,
        "heading": f"Put the {found.get_kind_display().lower()} right",
        "told": "Only where it was entered wrongly. A target that has changed is a new one, from a "
        "new day on: the old one stays with its periods.",
        "button": "Save",
    }
    return saving.page("kpis/kpi_form.html", context)


def _target(found: Target) -> dict[str, Any]:
    value = "" if found.value is None else f"{found.value.normalize():f}"
    return {
        "value": value,
        "none": found.value is None,
        "start": found.start,
        "source": found.source,
    }


def _saved(request: Request, row: Indicator, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect("kpi", request.area.slug, row.pk)


# --- where the series begins anew -----------------------------------------------------------------


@policy("kpi.edit")
@require_http_methods(FORM_METHODS)
def baseline_new(request: Request, area: str, pk: int) -> HttpResponse:
    row = find_kpi(request, pk)
    own = services.periods_of(row)
    form = BaselineForm(request.POST or None, own=own)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.set_baseline(by=request.user, indicator=row, **form.facts())
        except ValidationError as error:
            say(form, error)
        else:
            said = f"The baseline begins on {day_text(made.start)}."
            return _saved(request, row, said)
    context = {"row": row, "form": form, "first": own[0] if own else None}
    return render(request, "kpis/baseline.html", context)


@policy("kpi.edit")
@require_http_methods(FORM_METHODS)
def phase_cancel(request: Request, area: str, pk: int, phase: int) -> HttpResponse:
    row = find_kpi(request, pk)
    rows = PhaseStart.objects.visible_to(request.user).in_area(request.area).filter(cancels=None)
    found = get_object_or_404(rows.select_related("indicator", "area"), pk=phase, indicator=row)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.cancel_phase(by=request.user, phase=found, **form.cleaned_data)
        except ValidationError as error:
            say(form, error)
        else:
            said = f"The series does not begin anew on {day_text(found.start)} any more."
            return _saved(request, row, said)
    context = {
        "row": row,
        "form": form,
        "heading": "Take back that it begins anew",
        "told": "The figures before and after are one series again. A changed definition stays as "
        "it is now. What was entered stays recorded, with your reason.",
        "beginning": beginnings([found])[0],
        "button": "Take back",
    }
    return render(request, "kpis/phase_cancel.html", context)
