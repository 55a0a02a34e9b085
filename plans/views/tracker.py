"""A tracker workbook comes back: upload, preview of all that would be done, and one confirmation.

The file is kept between the two, by its SHA-256; nothing of the plan changes before the last.
"""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from management.access import policy
from management.requests import Request
from management.saving import FORM_METHODS, say
from management.uploads import BadFile
from management.versions import Stale
from plans.forms.tracker import TakeInForm, TrackerUploadForm
from plans.models import Plan, PlanImport
from plans.services import tracker
from plans.tracker.proposals import Proposal, shown


def _find_plan(request: Request, pk: int) -> Plan:
    rows = Plan.objects.visible_to(request.user).in_area(request.area)
    return get_object_or_404(rows.select_related("area"), pk=pk)


@policy("action.update")
@require_http_methods(FORM_METHODS)
def tracker_upload(request: Request, area: str, pk: int) -> HttpResponse:
    plan = _find_plan(request, pk)
    form = TrackerUploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        name, data = form.cleaned_data["file"]
        try:
            kept = tracker.keep(by=request.user, plan=plan, file_name=name, data=data)
        except BadFile as error:
            form.add_error("file", f"{name}: {error}")
        else:
            return redirect("tracker_preview", area, pk, kept.pk)
    return render(request, "plans/tracker_upload.html", {"plan": plan, "form": form})


@policy("action.update")
@require_http_methods(FORM_METHODS)
def tracker_preview(request: Request, area: str, pk: int, kept: int) -> HttpResponse:
    plan = _find_plan(request, pk)
    rows = PlanImport.objects.visible_to(request.user).in_area(request.area)
    brought = get_object_or_404(rows.filter(plan=plan, kind=PlanImport.Kind.TRACKER), pk=kept)
    if brought.state != PlanImport.State.PREVIEW:
        left = tracker.not_taken(brought)
        if left and request.method != "POST":
            context = {"plan": plan, "brought": brought, "left": left}
            return render(request, "plans/tracker_done.html", context)
        messages.info(request, f"{brought.file_name} was taken in by {brought.taken_by} before.")
        return redirect("plan", area, pk)
    try:
        taking = TakingIn(request, plan, brought)
        if taking.saves():
            left = list(map(str, taking.comparison.problems))
            messages.success(request, _told(brought, taking.done, len(left)))
            if left:
                return redirect("tracker_preview", area, pk, kept)
            return redirect("plan", area, pk)
    except BadFile as error:
        messages.error(request, f"{brought.file_name}: {error}")
        return redirect("tracker_upload", area, pk)
    return taking.page()


class TakingIn:
    """One visit to the preview of one workbook."""

    def __init__(self, request: Request, plan: Plan, brought: PlanImport) -> None:
        self.request, self.plan, self.brought = request, plan, brought
        self.names = tracker.vocabulary_of(plan).names
        self.sent = request.POST.copy()
        self.done = 0
        self.compare()
        self.outdated = bool(self.sent) and self.sent.get("mark") != self.comparison.mark

    def compare(self) -> None:
        """As things stand now. What was chosen stays; sending it again is then a decision made
        with open eyes."""
        self.comparison = tracker.compare_kept(by=self.request.user, kept=self.brought)
        mark = {"mark": self.comparison.mark}
        self.form = TakeInForm(
            self.sent or None,
            comparison=self.comparison,
            names=self.names,
            initial=mark,
        )

    def saves(self) -> bool:
        """Whether the form was sent and all of it is saved; refusals stand at their fields."""
        if not self.sent or self.outdated or not self.form.is_valid():
            return False
        try:
            self.done = tracker.take_in(
                by=self.request.user,
                kept=self.brought,
                mark=self.form.cleaned_data["mark"],
                taken=self.form.taken,
                reason=self.form.cleaned_data.get("reason", ""),
            )
        except ValidationError as error:
            say(self.form, error)
        except Stale:
            self.outdated = True
            self.compare()
        else:
            return True
        return False

    def page(self) -> HttpResponse:
        """The preview; 409 where something has changed since it was seen."""
        if self.outdated:
            self.sent["mark"] = self.comparison.mark
        context = {
            "plan": self.plan,
            "brought": self.brought,
            "comparison": self.comparison,
            "form": self.form,
            "outdated": self.outdated,
            "rows": _rows(self.plan, self.comparison, self.names),
        }
        status = 409 if self.outdated else 200
        return render(self.request, "plans/tracker_preview.html", context, status=status)


def _told(brought: PlanImport, done: int, left: int) -> str:
    actions = f"{done} action{'' if done == 1 else 's'}"
    said = f"{brought.file_name} is taken in: {actions} changed."
    if not left:
        return said
    return f"{said} {left} cell{' was' if left == 1 else 's were'} not taken: see below."


def _rows(
    plan: Plan, comparison: tracker.Comparison, names: Mapping[str, list[str]]
) -> list[dict[str, Any]]:
    """What will be done without a question: for each action what, what is here, what comes."""
    return [
        {"proposal": proposal, "what": what, "before": before, "after": after, "first": not place}
        for proposal in comparison.proposals
        for place, (what, before, after) in enumerate(_deeds(plan, proposal, names))
    ]


def _deeds(
    plan: Plan, proposal: Proposal, names: Mapping[str, list[str]]
) -> list[tuple[str, str, str]]:
    found = (
        [("New update", "", proposal.update)] if proposal.update and not proposal.is_late else []
    )
    for change in proposal.changes:
        if change.is_conflict:
            continue
        what, after = change.heading, shown(change.field, change.theirs, names)
        if change.field == "due":
            asks = plan.dates_need_approval and not plan.is_draft
            what = "New due date, which a second person must agree to" if asks else "New due date"
            after = f"{after}: {proposal.why}" if proposal.why else after
        found.append((what, shown(change.field, change.ours, names), after))
    if proposal.evidence:
        found.append(("New evidence", "", proposal.evidence))
    return found
