"""A file with figures comes in: upload, how it is read, what it does, taking in, undoing."""

import json
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from kpis.forms.imports import FileForm, ReadForm, TakeInForm, reasons_in
from kpis.imports.lines import Does, Line, reasons_of
from kpis.models import FigureImport, Indicator
from kpis.services import importing, meaning, taking_in, undoing
from management.access import policy
from management.brought import Tile, numbers
from management.requests import Request
from management.saving import FORM_METHODS, say
from management.store import StoreError
from management.uploads import BadFile
from management.versions import Stale

LISTED = 100  # figures on a page
FILES = 50  # on a page of those that were brought in
REASONS = 10  # of figures that are stopped, named at the top
LEFT = "ticked"


def _imports(request: Request) -> Any:
    rows = FigureImport.objects.visible_to(request.user).in_area(request.area)
    return rows.select_related("area")


@policy("kpi.edit")
@require_http_methods(FORM_METHODS)
def figure_imports(request: Request, area: str) -> HttpResponse:
    """Choose a file; and what was brought in before."""
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        name, data = form.cleaned_data["file"]
        try:
            made = importing.keep_file(
                by=request.user, area=request.area, data=data, file_name=name
            )
        except ValidationError as error:
            say(form, error)
        else:
            return redirect("figure_import", area, made.pk)
    page = Paginator(_imports(request), FILES).get_page(request.GET.get("page"))
    return render(request, "kpis/figure_imports.html", {"form": form, "page": page})


@policy("kpi.edit")
@require_http_methods(FORM_METHODS)
def figure_import(request: Request, area: str, pk: int) -> HttpResponse:
    """What the file says, and what it would do; how it is read; taking it in."""
    kept = get_object_or_404(_imports(request), pk=pk)
    if kept.state != FigureImport.State.PREVIEW:
        return _done(request, kept)
    if request.method == "POST" and "throw" in request.POST:
        return _throw_away(request, kept)
    try:
        visit = _Visit(request, kept)
    except (StoreError, BadFile) as error:
        context = {"kept": kept, "why": str(error)}
        return render(request, "kpis/figure_import_lost.html", context, status=503)
    if request.method == "POST" and visit.done():
        messages.success(request, f"{kept.file_name} is taken in.")
        return redirect("figure_import", area, pk)
    return visit.page()


def _throw_away(request: Request, kept: FigureImport) -> HttpResponse:
    area = request.area.slug
    try:
        meaning.throw_away(by=request.user, kept=kept, version=_version(request))
    except Stale:
        messages.error(request, "Somebody else has gone on with this file: look again.")
        return redirect("figure_import", area, kept.pk)
    messages.success(request, f"{kept.file_name} is thrown away: nothing of it was taken in.")
    return redirect("figure_imports", area)


class _Visit:
    """One visit to a file that was looked at. Whatever is typed and ticked stays on the page."""

    def __init__(self, request: Request, kept: FigureImport) -> None:
        self.request, self.kept = request, kept
        self.sent = request.POST if request.method == "POST" else None
        self.stale = self.read_again = False
        self.skip = set(numbers(request.POST.getlist("skip")))
        self.number = next(iter(numbers(request.POST.getlist("go"))), 1)
        self._look(self.sent)

    def _look(self, sent: Any) -> None:
        self.seen = importing.look(self.kept)
        lines = self.seen.lines
        self.skip = {at for at in self.skip if 1 <= at <= len(lines)}
        asks = [one.at for one in lines if one.asks]
        self.reasons = reasons_in(self.request.POST, asks)
        kpis = Indicator.objects.visible_to(self.request.user).in_area(self.request.area)
        self.reading = ReadForm(sent, kept=self.kept, seen=self.seen, kpis=list(kpis))
        self.form = TakeInForm(
            self.sent,
            asks=bool(asks),
            stopped=len(self.seen.doing(Does.STOPPED)),
            initial={"version": self.kept.version, "mark": self.seen.mark},
        )

    def done(self) -> bool:
        """Whether the file is taken in now. Other buttons only change what the page shows."""
        if "go" in self.request.POST:
            return False
        if "read" in self.request.POST or (self.reading.is_bound and self.reading.has_changed()):
            self._read_so()
            return False
        return self.form.is_valid() and self._take_in()

    def _read_so(self) -> None:
        if not self.reading.is_valid():
            return
        facts = self.reading.chosen()
        try:
            meaning.choose(
                by=self.request.user,
                kept=self.kept,
                version=_version(self.request),
                own_names=self.seen.own_names,
                **facts,
            )
        except (Stale, ValidationError):  # somebody else has gone on with the file
            self.stale = True
        else:
            self.read_again = True
        self.skip.clear()  # the figures have other numbers now
        self.kept.refresh_from_db()
        self._look(None)

    def _take_in(self) -> bool:
        facts = dict(self.form.cleaned_data)
        try:
            taking_in.take_in(
                by=self.request.user,
                kept=self.kept,
                skip=self.skip,
                reasons=self.reasons,
                **facts,
            )
        except ValidationError as error:
            self.kept.refresh_from_db()
            say(self.form, error)
            return False
        except Stale:
            self.stale = True
            self.kept.refresh_from_db()
            self._look(None)
            return False
        return True

    def page(self) -> HttpResponse:
        seen, tiles = self.seen, self._tiles()
        show = self.request.GET.get("show")
        only = next((one for one in tiles if one.show == show), None)
        page = Paginator(only.rows if only else seen.lines, LISTED).get_page(self.number)
        listed = {one.at for one in page}
        others = {"read", "go"} & self.request.POST.keys()
        if self.sent is not None and (self.stale or others or self.read_again):
            # The file as it is understood now, with what was typed, which is no fault yet.
            self.form.data = self.sent.copy()
            self.form.data["version"] = str(self.kept.version)
            self.form.data["mark"] = seen.mark
            self.form.full_clean()
            self.form.errors.clear()
        stopped = reasons_of(seen.doing(Does.STOPPED))
        context = {
            "kept": self.kept,
            "form": self.form,
            "reading": self.reading,
            "seen": seen,
            "page": page,
            "rows": [(one, self.reasons.get(one.at, "")) for one in page],
            "skip": self.skip,
            "ticked_elsewhere": sorted(self.skip - listed),
            "typed_elsewhere": {at: x for at, x in self.reasons.items() if at not in listed},
            "tiles": tiles,
            "only": only,
            "unread": [name for one in seen.tables for name in one.layout.unread],
            "stopped": stopped[:REASONS],
            "more_stops": max(0, len(stopped) - REASONS),
            "same": len(seen.doing(Does.SAME)),
            "left_out": [(one.place, one.text, one.why) for one in seen.left_out[:LISTED]],
            "before": importing.taken_before(self.kept),
            "stale": self.stale,
            "read_again": self.read_again,
        }
        status = 409 if self.stale else 200
        return render(self.request, "kpis/figure_import.html", context, status=status)

    def _tiles(self) -> list[Tile[Line]]:
        seen = self.seen
        made = []
        for show, label, rows in (
            ("new", "new", seen.doing(Does.NEW)),
            ("changed", "changed", seen.doing(Does.CHANGED)),
            ("same", "the same as here", seen.doing(Does.SAME)),
            ("stopped", "stopped", seen.doing(Does.STOPPED)),
            ("doubtful", "doubtful", [one for one in seen.lines if one.is_doubtful]),
        ):
            made.append(Tile(show, label, sum(r.at not in self.skip for r in rows), tuple(rows)))
        left = tuple(one for one in seen.lines if one.at in self.skip)
        return [*made, Tile(LEFT, "ticked to be left out", len(left), left)]


def _version(request: Request) -> int:
    return next(iter(numbers(request.POST.getlist("version"))), 0)


def _done(request: Request, kept: FigureImport) -> HttpResponse:
    """What became of a file that is no preview any more, and whether it can still be undone."""
    told = json.loads(kept.done or "{}")
    context = {
        "kept": kept,
        "told": told,
        "left_out": told.get("left_out", []),
        "why_not": undoing.why_not_undone(kept),
    }
    if kept.state == FigureImport.State.THROWN:
        context["thrown"] = {"by": told["by"], "on": date.fromisoformat(told["on"])}
    return render(request, "kpis/figure_import_done.html", context)


@policy("kpi.edit")
@require_http_methods(FORM_METHODS)
def figure_import_undo(request: Request, area: str, pk: int) -> HttpResponse:
    """Give again what stood before the file was taken in, within a day."""
    kept = get_object_or_404(_imports(request), pk=pk)
    why = undoing.why_not_undone(kept)
    if request.method == "POST" and not why:
        try:
            undoing.undo(by=request.user, kept=kept, version=_version(request))
        except (ValidationError, Stale) as error:
            said = error.messages if isinstance(error, ValidationError) else []
            why = " ".join(said) or "Somebody else has gone on with this import: look again."
        else:
            messages.success(request, f"The import of {kept.file_name} is undone.")
            return redirect("figure_imports", area)
    status = 409 if request.method == "POST" else 200
    return render(
        request, "kpis/figure_import_undo.html", {"kept": kept, "why": why}, status=status
    )
