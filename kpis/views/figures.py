"""Pages of figures: those of one period, all that is kept of one of them, and what is missing."""

import re
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kpis.forms.figures import FigureForm, PeriodForm, StoodForm
from kpis.imports.periods import NAMES, of_day, read
from kpis.models import Indicator
from kpis.periods import Period, month
from kpis.services import figures as services
from kpis.services import of_period
from kpis.services import requests as asking
from kpis.services.checking import Held, report_figures
from kpis.services.of_period import Kept
from management import clock
from management.access import policy
from management.fields import ReasonForm
from management.requests import Request
from management.saving import FORM_METHODS, say

CHOSEN = re.compile(r"([0-9]{1,18}):(\d{4}-\d\d-\d\d):(\d{4}-\d\d-\d\d):([0-9]{1,9})", re.ASCII)


@policy("kpi.report")
@require_http_methods(FORM_METHODS)
def figures(request: Request, area: str) -> HttpResponse:
    """The form of one period; what is doubtful is shown once before it is saved."""
    mine = services.reportable(request.user, request.area)
    when = _month(request, mine)
    rows = of_period.ending_in(mine, when)
    form = PeriodForm(request.POST or None, rows=rows)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            made = report_figures(
                by=request.user,
                area=request.area,
                entries=form.entries,
                seen=form.cleaned_data["seen"],
            )
        except Held as held:
            form.hold(held)
            status = 409 if form.stale else 200
        else:
            number = "1 figure is" if len(made) == 1 else f"{len(made)} figures are"
            messages.success(request, f"{number} saved.")
            return redirect(_address(area, when))
    return _period_page(request, when, form, status=status)


def _month(request: Request, mine: Any) -> Period:
    """The month in which the periods end: of the period that is asked for, or the latest due."""
    if asked := _read(request.GET.get("period", "")):
        return asked
    frequencies = set(mine.order_by().values_list("frequency", flat=True))
    return of_period.latest_month(frequencies, clock.today())


def _read(text: str) -> Period | None:
    """The last month of the period that somebody names in any way that files may; None if none."""
    found = (read(text, frequency).period for frequency in NAMES)
    return next((month(period.end) for period in found if period), None)


def _address(area: str, when: Period) -> str:
    return f"{reverse('figures', args=[area])}?period={when.start:%Y-%m}"


def _period_page(
    request: Request,
    when: Period,
    form: PeriodForm,
    *,
    status: int = 200,
    refused: list[str] | None = None,
) -> HttpResponse:
    groups: list[dict[str, Any]] = []
    for row, line in form.rows:
        if not groups or groups[-1]["period"] != row.period:
            frequency = row.indicator.get_frequency_display()
            groups.append({"period": row.period, "frequency": frequency, "lines": []})
        groups[-1]["lines"].append((row, line))
    rows = [row for row, _ in form.rows]
    asked = request.GET.get("period", "")
    given = [row for row in rows if row.stands is not None]
    latest = of_period.latest_month({row.indicator.frequency for row in rows}, clock.today())
    context = {
        "when": when,
        "earlier": when.previous(),
        "later": when.next() if when.end < clock.today() else None,
        "form": form,
        "groups": groups,
        "rows": rows,
        "given": given,
        "open": [row for row in given if not row.locked],
        "refused": refused or [],
        "is_latest": when == latest,
        "asked": asked if asked and _read(asked) is None else "",
    }
    return render(request, "kpis/period.html", context, status=status)


@policy("kpi.lock")
@require_POST
def figures_lock(request: Request, area: str) -> HttpResponse:
    """Approve the figures that were ticked, as they were looked at, all of them or none."""
    mine = services.reportable(request.user, request.area)
    when = _read(request.POST.get("period", ""))
    if when is None:
        raise Http404
    found = {pk: (period, edition) for pk, period, edition in map(_chosen, _ticked(request))}
    rows = {row.pk: row for row in mine.filter(pk__in=found).select_related("area")}
    if len(rows) < len(found):
        raise Http404
    refused = [] if found else ["Tick the figures that you approve."]
    try:
        chosen = {(rows[pk], period): edition for pk, (period, edition) in found.items()}
        if found:
            services.lock_periods(by=request.user, area=request.area, chosen=chosen)
    except ValidationError as error:
        refused = error.messages
    if refused:
        form = PeriodForm(rows=of_period.ending_in(mine, when))
        return _period_page(request, when, form, status=409 if found else 200, refused=refused)
    number = "1 figure is" if len(found) == 1 else f"{len(found)} figures are"
    messages.success(request, f"{number} approved.")
    return redirect(_address(area, when))


def _ticked(request: Request) -> list[str]:
    return request.POST.getlist("figure")


def _chosen(sent: str) -> tuple[int, Period, int]:
    """Key, period and edition of a figure that was ticked. Raises Http404 for what is none."""
    if not (found := CHOSEN.fullmatch(sent)):
        raise Http404
    return int(found[1]), _period(found[2], found[3]), int(found[4])


def _period(start: str, end: str) -> Period:
    try:
        return Period(date.fromisoformat(start), date.fromisoformat(end))
    except ValueError as error:
        raise Http404 from error


# --- one figure ---------------------------------------------------------------------------------


@policy("kpi.view")
@require_http_methods(FORM_METHODS)
def kpi_figure(request: Request, area: str, pk: int, start: str, end: str) -> HttpResponse:
    """What is kept of one figure; who may give it puts it right here, with its break-down."""
    indicator = _find(request, pk)
    found = _kept(indicator, _period(start, end))
    may = services.reportable(request.user, request.area).filter(pk=pk).exists()
    if request.method == "POST" and not may:
        services.require_report(request.user, indicator)
        raise PermissionDenied
    split = _split(request, found)
    parts = [part for part in found.parts if part.split == split]
    form = FigureForm(request.POST or None, row=found.row, split=split, parts=parts)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            report_figures(
                by=request.user,
                area=request.area,
                entries=form.entries,
                seen=form.cleaned_data["seen"],
            )
        except Held as held:
            form.hold(held)
            status = 409 if form.stale else 200
        else:
            messages.success(request, f"The figure of {found.row.period.label} is saved.")
            return redirect("kpi_figure", area, pk, start, end)
    return _figure_page(request, found, form if may else None, status=status)


def _find(request: Request, pk: int) -> Indicator:
    rows = Indicator.objects.visible_to(request.user).in_area(request.area)
    return get_object_or_404(rows.select_related("area", "owner"), pk=pk)


def _kept(indicator: Indicator, period: Period, on: date | None = None) -> Kept:
    """What is kept of the period. Raises Http404 for one that the KPI cannot have a figure of."""
    found = of_period.kept(indicator, period, on=on)
    calendar = of_day(period.start, indicator.frequency)
    fits = calendar == period if calendar else True
    if not found.editions and on is None and (not fits or period.start > clock.today()):
        raise Http404
    return found


def _split(request: Request, found: Kept) -> str | None:
    """The break-down that is put right; an empty text for a new one, None for none."""
    if "breakdown" not in request.GET:
        return None
    known = {part.split for part in found.parts}
    asked = request.GET["breakdown"]
    return asked if asked in known else ""


def _figure_page(
    request: Request,
    found: Kept,
    form: FigureForm | None,
    *,
    opening: ReasonForm | None = None,
    status: int = 200,
) -> HttpResponse:
    stood = StoodForm(request.GET if "on" in request.GET else None)
    on = stood.cleaned_data["on"] if stood.is_bound and stood.is_valid() else None
    row = found.row
    context = {
        "row": row.indicator,
        "found": found,
        "editions": [(one, of_period.words_of(one)) for one in found.editions],
        "then": _kept(row.indicator, row.period, on) if on else None,
        "on": on,
        "stood": stood,
        "form": form if form is not None and not row.locked else None,
        "opening": opening or ReasonForm(),
        "splits": list(dict.fromkeys(part.split for part in found.parts)),
    }
    return render(request, "kpis/figure_kept.html", context, status=status)


@policy("kpi.lock")
@require_POST
def figures_unlock(request: Request, area: str) -> HttpResponse:
    """Open the approved figures of one KPI's period again, with a reason."""
    sent = request.POST.get("kpi", "")
    indicator = _find(request, int(sent) if sent.isdecimal() and len(sent) < 19 else 0)
    period = _period(request.POST.get("start", ""), request.POST.get("end", ""))
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            services.unlock_period(
                by=request.user, indicator=indicator, period=period, **form.cleaned_data
            )
        except ValidationError as error:
            say(form, error)
        else:
            messages.success(request, f"The figures of {period.label} are open again.")
            return redirect("kpi_figure", area, indicator.pk, period.start, period.end)
    return _figure_page(request, _kept(indicator, period), None, opening=form)


# --- what is missing ----------------------------------------------------------------------------


@policy("kpi.report")
@require_safe
def figures_due(request: Request, area: str) -> HttpResponse:
    """What is missing of every KPI, whose it is, and when they were asked for it."""
    rows = Indicator.objects.visible_to(request.user).in_area(request.area)
    found = asking.missing(rows)
    held = services.posts_held(request.user, request.area)
    context = {
        "found": found,
        "mine": sum(one.indicator.owner_id in held for one in found),
        "late": sum(one.is_late for one in found),
        "unheld": sum(not one.holders for one in found),
        "held": held,
        "number": rows.count(),
        "reportable": set(
            services.reportable(request.user, request.area).values_list("pk", flat=True)
        ),
        "most": asking.MOST,
    }
    return render(request, "kpis/figures_due.html", context)
