"""A plan's file comes in: upload, columns, preview, taking in, and undoing within a day."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from management.access import policy
from management.models import Post
from management.requests import Request
from management.store import StoreError
from management.uploads import BadFile
from management.versions import Stale
from plans.forms.plan_import import ColumnsForm, FileForm, TakeInForm
from plans.imports import CREATE, SAME, STOPPED, UPDATE
from plans.models import Framework, Plan, PlanImport
from plans.services import importing, taking_in, undoing
from plans.states import PlanState
from plans.views.drafting import published, submitted
from plans.views.saving import FORM_METHODS, say

USUAL = "inspection-2019"  # the framework of most plans so far
LISTED = 100  # rows on a page


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
    return rows.filter(kind=PlanImport.Kind.PLAN).select_related("plan", "area")


@policy("plan.edit")
@require_http_methods(FORM_METHODS)
def plan_import(request: Request, area: str, pk: int) -> HttpResponse:
    """What the file says, and what it would do; what its columns mean; taking it in."""
    kept = get_object_or_404(_imports(request), pk=pk)
    if kept.state != PlanImport.State.PREVIEW:
        return _done(request, kept)
    try:
        visit = _Visit(request, kept)
    except (StoreError, BadFile) as error:
        context = {"kept": kept, "why": str(error)}
        return render(request, "plans/plan_import_lost.html", context, status=503)
    if request.method == "POST" and visit.done():
        said = f"{kept.file_name} is taken in."
        if kept.plan and kept.plan.is_draft and visit.reports:
            said += (
                f" What it says of status and progress ({visit.reports} "
                f"{'row' if visit.reports == 1 else 'rows'}) waits: bring it in again once the "
                "plan is approved."
            )
        messages.success(request, said)
        return redirect("plan_import", area, pk)
    return visit.page()


class _Visit:
    """One visit to a file that was looked at. Whatever is typed and ticked stays on the page."""

    def __init__(self, request: Request, kept: PlanImport) -> None:
        self.request, self.kept = request, kept
        self.stale = self.read_again = False
        self.sent = request.POST if request.method == "POST" else None
        self.skip, self.take = self._ticked("skip"), self._ticked("take")
        if self.sent is None:
            self.skip = importing.left_out_before(kept)
        self.number = next(iter(_numbers(request.POST.getlist("go"))), 1)
        self._look()
        self.columns = ColumnsForm(found=self.seen.layouts)

    def _look(self) -> None:
        self.seen = importing.look(self.kept)
        plan, area = self.kept.plan, self.request.area
        self.form = TakeInForm(
            self.sent,
            plan=plan,
            answers_inspection=importing.answers_of(self.kept).inspection is not None,
            asked=taking_in.needs(self.seen),
            stopped=len(self.seen.doing(STOPPED)),
            posts=Post.objects.visible_to(self.request.user).in_area(area),
            initial={
                "version": self.kept.version,
                "mark": self.seen.mark,
                "title": self.kept.file_name.rpartition(".")[0][:200],
            },
        )

    @property
    def reports(self) -> int:
        """How many rows say something of progress."""
        rows = [one.row for one in self.seen.lines if one.at not in self.skip]
        return sum(bool(row.status or row.progress or row.percent) for row in rows)

    def _ticked(self, name: str) -> set[int]:
        return set(_numbers(self.request.POST.getlist(name)))

    def done(self) -> bool:
        """Whether the file is taken in now. Other buttons only change what the page shows."""
        if "columns" in self.request.POST:
            self._choose_columns()
        elif "go" not in self.request.POST and self.form.is_valid():
            return self._take_in()
        return False

    def _choose_columns(self) -> None:
        self.columns = ColumnsForm(self.request.POST, found=self.seen.layouts)
        if not self.columns.is_valid():
            return
        version = next(iter(_numbers(self.request.POST.getlist("version"))), 0)
        try:
            importing.choose_columns(
                by=self.request.user,
                kept=self.kept,
                version=version,
                mappings=self.columns.mappings(),
            )
        except ValidationError as error:
            say(self.columns, error)
            return
        except Stale:
            self.stale = True
        self.read_again = not self.stale
        self.kept.refresh_from_db()
        self._look()
        self.columns = ColumnsForm(found=self.seen.layouts)

    def _take_in(self) -> bool:
        facts = dict(self.form.cleaned_data)
        skip = set(self.skip)
        if facts.pop("without_stopped", False):
            skip |= {one.at for one in self.seen.doing(STOPPED)}
        try:
            taking_in.take_in(
                by=self.request.user, kept=self.kept, skip=skip, take=self.take, **facts
            )
        except ValidationError as error:
            self.kept.refresh_from_db()
            say(self.form, error)
            return False
        except Stale:
            self.stale = True
            self.kept.refresh_from_db()
            self._look()
            return False
        return True

    def page(self) -> HttpResponse:
        pages = Paginator(self.seen.lines, LISTED)
        page = pages.get_page(self.number)
        listed = {one.at for one in page}
        shown = self.request.method == "POST" and (
            self.stale or "columns" in self.request.POST or "go" in self.request.POST
        )
        if shown:  # the file as it is understood now, with what was typed, which is no fault yet
            self.form.data = self.request.POST.copy()
            self.form.data["version"] = str(self.kept.version)
            self.form.data["mark"] = self.seen.mark
            self.form.full_clean()
            self.form.errors.clear()
        same_file = _imports(self.request).filter(sha256=self.kept.sha256, state="applied").first()
        stops = [n for one in self.seen.doing(STOPPED) for n in one.notes if n.stops]
        context = {
            "kept": self.kept,
            "form": self.form,
            "columns": self.columns,
            "seen": self.seen,
            "page": page,
            "skip": self.skip,
            "take": self.take,
            "elsewhere": [
                (name, number)
                for name, ticked in (("skip", self.skip), ("take", self.take))
                for number in sorted(ticked - listed)
            ],
            "counts": {d: len(self.seen.doing(d)) for d in (CREATE, UPDATE, SAME, STOPPED)},
            "stopped": stops[:LISTED],
            "more_stops": max(0, len(stops) - LISTED),
            "conflicts": sum(one.has_conflict for one in self.seen.lines),
            "same_file": same_file,
            "stale": self.stale,
            "read_again": self.read_again,
        }
        status = 409 if self.stale else 200
        return render(self.request, "plans/plan_import.html", context, status=status)


def _numbers(sent: Iterable[str]) -> Iterator[int]:
    return (int(text) for text in sent if text.isdecimal() and len(text) < 9)


def _done(request: Request, kept: PlanImport) -> HttpResponse:
    """What became of a file that was taken in, and whether it can still be undone."""
    rows = kept.rows.select_related("action").order_by("pk")
    context = {"kept": kept, "rows": rows, "why_not": undoing.why_not_undone(kept)}
    return render(request, "plans/plan_import_done.html", context)


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
