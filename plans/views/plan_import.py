"""A plan's file comes in: upload, columns, preview, taking in, and undoing within a day."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from management.access import policy
from management.brought import numbers
from management.models import Post
from management.requests import Request
from management.saving import FORM_METHODS, say
from management.store import StoreError
from management.uploads import BadFile
from management.versions import Stale
from plans.forms.plan_import import ColumnsForm, FileForm, TakeInForm
from plans.forms.plan_import_names import NamesForm
from plans.imports import CREATE, SAME, STOPPED, UPDATE
from plans.models import Framework, Plan, PlanImport
from plans.services import deciding, importing, taking_in, undoing
from plans.services.naming import choose_names
from plans.services.offering import offered_posts
from plans.services.remembering import choose_columns
from plans.states import PlanState
from plans.stops import stops
from plans.views.drafting import published, submitted
from plans.views.plan_import_tiles import tiles_of, unread

USUAL = "inspection-2019"  # the framework of most plans so far
LISTED = 100  # rows on a page
FILES = 50  # on a page of those that were brought in


@policy("plan.edit")
@require_http_methods(FORM_METHODS)
def plan_imports(request: Request, area: str) -> HttpResponse:
    """Choose a file; and what was brought in before."""
    plans = Plan.objects.visible_to(request.user).in_area(request.area)
    frameworks = list(Framework.objects.visible_to(request.user).newest())
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
    page = Paginator(_imports(request), FILES).get_page(request.GET.get("page"))
    return render(request, "plans/plan_imports.html", {"form": form, "page": page})


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
    if request.method == "POST" and "throw" in request.POST:
        return _throw_away(request, kept)
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


def _throw_away(request: Request, kept: PlanImport) -> HttpResponse:
    area = request.area.slug
    try:
        deciding.throw_away(by=request.user, kept=kept, version=_version(request))
    except Stale:
        messages.error(request, "Somebody else has gone on with this file: look again.")
        return redirect("plan_import", area, kept.pk)
    messages.success(request, f"{kept.file_name} is thrown away: nothing of it was taken in.")
    return redirect("plan_imports", area)


class _Visit:
    """One visit to a file that was looked at. Whatever is typed and ticked stays on the page."""

    def __init__(self, request: Request, kept: PlanImport) -> None:
        self.request, self.kept = request, kept
        self.stale = self.read_again = self.chose_plan = self.chose_names = False
        self.by_day: tuple[date, list[str]] | None = None
        self.sent = request.POST if request.method == "POST" else None
        self.skip, self.take = self._ticked("skip"), self._ticked("take")
        self.apart = self._ticked("apart")
        self.number = next(iter(numbers(request.POST.getlist("go"))), 1)
        self._look()
        if self.sent is None:
            self.skip = set(self.seen.usually_out)
        self.columns = ColumnsForm(found=self.seen.layouts)

    def _look(self) -> None:
        self.seen = importing.look(self.kept, apart=self.apart, take=self.take)
        for ticked in (self.skip, self.take, self.apart):  # of rows that it has as it is read now
            ticked &= {one.at for one in self.seen.lines}
        plan, area = self.kept.plan, self.request.area
        posts = list(Post.objects.visible_to(self.request.user).in_area(area))
        indicators = importing.indicators_of(importing.answers_of(self.kept)).values()
        self.names = NamesForm(
            self.sent, names=self.seen.result.unknown, posts=posts, indicators=indicators
        )
        self.form = TakeInForm(
            self.sent,
            plan=plan,
            answers_inspection=importing.answers_of(self.kept).inspection is not None,
            asked=taking_in.needs(self.seen),
            stopped=len(self.seen.doing(STOPPED)),
            posts=offered_posts(self.request.user, area),
            new_posts=self._new_posts(),
            indicators=indicators,
            initial={
                "version": self.kept.version,
                "mark": self.seen.mark,
                "title": self.kept.file_name.rpartition(".")[0][:200],
                "agreed_on": None if plan else importing.day_given(self.kept),
            },
        )

    def _new_posts(self) -> list[str]:
        """The first titles of posts that the file makes."""
        named = (title for one in self.seen.lines for title in one.row.new_posts)
        return list(dict.fromkeys(named))[:LISTED]

    @property
    def reports(self) -> int:
        """How many of the rows that are taken in say something of progress."""
        taken = (one for one in self.seen.lines if one.does != STOPPED)
        rows = [one.row for one in taken if one.at not in self.skip]
        return sum(bool(row.status or row.progress or row.percent) for row in rows)

    def _ticked(self, name: str) -> set[int]:
        return set(numbers(self.request.POST.getlist(name)))

    def done(self) -> bool:
        """Whether the file is taken in now. Other buttons only change what the page shows."""
        if "columns" in self.request.POST:
            self._choose_columns()
        elif "belongs" in self.request.POST:
            self._choose_plan()
        elif self._names_otherwise():
            self._choose_names()
        elif "go" not in self.request.POST and self.form.is_valid():
            return self._take_in()
        return False

    def _choose_columns(self) -> None:
        self.columns = ColumnsForm(self.request.POST, found=self.seen.layouts)
        if self.columns.is_valid():
            self.read_again = self._decided(choose_columns, mappings=self.columns.mappings())

    def _names_otherwise(self) -> bool:
        """Whether a name is to be read otherwise than the rows are shown."""
        if "names" in self.request.POST:
            return True
        # A page that was sent without any asked for none: a post has gone meanwhile.
        sent = "go" not in self.request.POST and self.names.is_bound
        return sent and self.names.has_changed()

    def _choose_names(self) -> None:
        if self.names.is_valid():
            answers = self.names.answers()
            self.chose_names = self._decided(choose_names, answers=answers)

    def _choose_plan(self) -> None:
        """For a new plan, or for one that is there."""
        plans = Plan.objects.visible_to(self.request.user).in_area(self.request.area)
        key = next(iter(numbers(self.request.POST.getlist("belongs"))), None)
        plan = get_object_or_404(plans, pk=key) if key else None
        self.chose_plan = self._decided(deciding.choose_plan, plan=plan)

    def _decided(self, decide: Callable[..., None], **facts: Any) -> bool:
        """Whether it is decided how the file is read; it is read again, one way or the other."""
        version = _version(self.request)
        try:
            decide(by=self.request.user, kept=self.kept, version=version, **facts)
        except (Stale, ValidationError):  # somebody else has gone on with the file
            self.stale = True
        self.kept.refresh_from_db()
        self._look()
        self.columns = ColumnsForm(found=self.seen.layouts)
        return not self.stale

    def _read_by(self, day: date) -> None:
        """The plan was agreed on another day than the rows were shown by: they are shown again."""
        shown = {one.at: (one.row, one.does) for one in self.seen.lines}
        self.kept.refresh_from_db()
        if self._decided(deciding.say_day, agreed_on=day):
            now = (one for one in self.seen.lines if shown.get(one.at) != (one.row, one.does))
            self.by_day = day, [one.row.place for one in now]

    def _take_in(self) -> bool:
        facts = dict(self.form.cleaned_data)
        skip = set(self.skip)
        if facts.pop("without_stopped", False):
            skip |= {one.at for one in self.seen.doing(STOPPED)}
        try:
            taking_in.take_in(
                by=self.request.user,
                kept=self.kept,
                skip=skip,
                take=self.take,
                apart=self.apart,
                **facts,
            )
        except taking_in.ReadOtherwise:
            self._read_by(facts["agreed_on"])
            return False
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

    def _is_agreed(self) -> bool:
        """Whether it was said on the page that the new plan is agreed already."""
        return "stage" in self.form.fields and self.form["stage"].value() == "agreed"

    def page(self) -> HttpResponse:
        tiles, show = tiles_of(self.seen, self.skip), self.request.GET.get("show")
        only = next((one for one in tiles if one.show == show), None)
        lines = only.rows if only else self.seen.lines
        page = Paginator(lines, LISTED).get_page(self.number)
        listed = {one.at for one in page}
        others = {"columns", "belongs", "names", "go"} & self.request.POST.keys()
        shown = self.request.method == "POST" and bool(
            self.stale or self.by_day or self.chose_names or self.names.errors or others
        )
        if shown:  # the file as it is understood now, with what was typed, which is no fault yet
            self.form.data = self.request.POST.copy()
            self.form.data["version"] = str(self.kept.version)
            self.form.data["mark"] = self.seen.mark
            self.form.full_clean()
            self.form.errors.clear()
        stopped = stops(self.seen.doing(STOPPED))
        context = {
            "kept": self.kept,
            "form": self.form,
            "columns": self.columns,
            "seen": self.seen,
            "page": page,
            "skip": self.skip,
            "take": self.take,
            "apart": self.apart,
            "elsewhere": [
                (name, number)
                for name, ticked in (
                    ("skip", self.skip),
                    ("take", self.take),
                    ("apart", self.apart),
                )
                for number in sorted(ticked - listed)
            ],
            "tiles": tiles,
            "only": only,
            "unread": unread(self.seen),
            "reports": self.reports,
            "waits": self.kept.plan is None and self.reports and not self._is_agreed(),
            "counts": {
                d: sum(one.at not in self.skip for one in self.seen.doing(d))
                for d in (CREATE, UPDATE, SAME, STOPPED)
            },
            "takes": any(one.does in {CREATE, UPDATE} for one in self.seen.lines),
            "stopped": stopped[:LISTED],
            "more_stops": max(0, len(stopped) - LISTED),
            "likes": sum(
                one.like is not None and one.stands is not None for one in self.seen.lines
            ),
            "conflicts": sum(one.has_conflict for one in self.seen.lines),
            "before": importing.made_before(self.request.area, self.kept.sha256),
            "brought_before": deciding.brought_before(self.kept),
            "for_nobody": json.loads(self.kept.choices).get("for_nobody"),
            "stale": self.stale,
            "read_again": self.read_again,
            "chose_plan": self.chose_plan,
            "names": self.names,
            "chose_names": self.chose_names,
            "by_day": self.by_day,
        }
        status = 409 if self.stale else 200
        return render(self.request, "plans/plan_import.html", context, status=status)


def _version(request: Request) -> int:
    return next(iter(numbers(request.POST.getlist("version"))), 0)


def _done(request: Request, kept: PlanImport) -> HttpResponse:
    """What became of a file that is no preview any more, and whether it can still be undone."""
    told = json.loads(kept.done or "{}")
    became = {*told.get("created", ()), *(row["pk"] for row in told.get("updated", ()))}
    # What is kept of rows that said what was here already is for later files alone.
    rows = kept.rows.filter(action__in=became).select_related("action").order_by("pk")
    context = {
        "kept": kept,
        "rows": rows,
        "left_out": told.get("rows_left_out", []),
        "why_not": undoing.why_not_undone(kept),
    }
    if kept.state == PlanImport.State.THROWN:
        context["thrown"] = {"by": told["by"], "on": date.fromisoformat(told["on"])}
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
