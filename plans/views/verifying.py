"""Pages on which a second person accepts that an action is done, sends it back, or reopens it."""

import itertools
from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods

from kpis.models import Indicator as Kpi
from management.access import policy
from management.requests import Request
from management.saving import FORM_METHODS
from plans import thread
from plans.forms.actions import ReopenForm, VerifyForm
from plans.models import Action, Task
from plans.services import entering, verification, waiting
from plans.statuses import ALL_OF_IT, Status
from plans.views.actions import thread_of
from plans.views.reporting import Saying
from plans.views.too_late import too_late
from plans.views.wording import find_action, kept


@policy("action.verify")
@require_http_methods(FORM_METHODS)
def action_verify(request: Request, area: str, pk: int) -> HttpResponse:
    action = find_action(request, pk)
    if answer := kept(request, action, _why_not_done(action)):
        return answer
    why_not = verification.why_not_by(request.user, action)
    blockers = verification.open_blockers(action)
    back = verification.status_again(action.late_after)
    form = partial(VerifyForm, back=back, why_not=why_not, blockers=blockers)
    saying = Saying(request, action, form)

    def save() -> None:
        said = {"by": request.user, "action": action, **saying.form.cleaned_data}
        if said.pop("decision") == "accept":
            verification.verify_action(**said)
        else:
            said.pop("although_blocked", None)
            verification.return_action(**said)

    if saying.saves(save):
        done = action.status == Status.COMPLETE
        told = "is complete" if done else _open_again(action)
        said = f"Action {action.reference} {told}."
        messages.success(request, format_html("{} {}", said, _next(request)))
        return redirect("action", area, pk)
    if late := too_late(saying, _why_not_done):
        return late
    tasks = Task.objects.visible_to(request.user)
    entries = thread_of(request, action)
    context = {
        "claims": _claims(entries),
        "asked": thread.waiting(entries),
        "moves": [e for e in entries if e["kind"] == "date"],
        "kpis": Kpi.objects.visible_to(request.user).filter(actions=action),
        "evidence": [e for e in entries if e["kind"] == "evidence"],
        "why_not": why_not,
        # A warning of these: the verifier may know better.
        "open_tasks": tasks.filter(action=action, done_on=None, dropped_on=None),
        "open_blockers": blockers,
        "replaced_blockers": verification.replaced_blockers(action),
        "part": action.percent if (action.percent or 0) < ALL_OF_IT else None,
    }
    return saying.page("plans/action_verify.html", context)


def _why_not_done(action: Action) -> str:
    done = action.status == Status.DONE
    why = "" if done else "Only an action reported as done can be verified."
    return why or entering.why_no_reports(action.plan)


def _next(request: Request) -> str:
    """The way to the action that has waited longest for this person to verify it."""
    waits = waiting.to_verify(request.user, request.area)
    if not waits:
        return "No other action waits for you to verify it."
    href = resolve_url("action_verify", request.area.slug, waits[0]["pk"])
    name, plan = waits[0]["reference"], waits[0]["plan__title"]
    number = waits[0]["in_all"]
    wait = f"{number} actions wait" if number > 1 else "1 action waits"
    return format_html('<a href="{}">Verify {} of {} next</a>: {} for you.', href, name, plan, wait)


@policy("action.verify")
@require_http_methods(FORM_METHODS)
def action_reopen(request: Request, area: str, pk: int) -> HttpResponse:
    action = find_action(request, pk)
    if answer := kept(request, action, verification.why_not_reopened(action)):
        return answer
    saying = Saying(request, action, ReopenForm)
    if saying.saves(
        lambda: verification.reopen_action(
            by=request.user, action=action, **saying.form.cleaned_data
        )
    ):
        messages.success(request, f"Action {action.reference} {_open_again(action)}.")
        return redirect("action", area, pk)
    stands = verification.standing_verification(action)
    return saying.page("plans/action_reopen.html", {"verification": stands})


def _open_again(action: Action) -> str:
    return f"is open again, {action.get_status_display().removeprefix('In progress: ')}"


def _claims(entries: list[thread.Entry]) -> list[thread.Entry]:
    """What was said since it is reported as done, newest first; no correction of what was said
    before."""
    updates = (entry for entry in entries if entry["kind"] == "update")
    since = itertools.takewhile(lambda entry: entry["new"] == Status.DONE, updates)
    return [e for e in since if not e["corrects"] or e["corrects"]["new"] == Status.DONE]
