"""The page on which a second person accepts that an action is done, or sends it back."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from management.access import policy
from management.requests import Request
from plans.forms.actions import VerifyForm
from plans.models import Action, Dependency, Task
from plans.services import entering, verification
from plans.statuses import CLOSED, Status
from plans.views.actions import thread_of
from plans.views.reporting import Saying
from plans.views.saving import FORM_METHODS
from plans.views.wording import find_action, kept


@policy("action.verify")
@require_http_methods(FORM_METHODS)
def action_verify(request: Request, area: str, pk: int) -> HttpResponse:
    action = find_action(request, pk)
    done = action.status == Status.DONE
    why = "" if done else "Only an action reported as done can be verified."
    if answer := kept(request, action, why or entering.why_no_reports(action.plan)):
        return answer
    why_not = verification.why_not_by(request.user, action)
    saying = Saying(request, action, partial(VerifyForm, why_not=why_not))

    def save() -> None:
        accepts = saying.form.cleaned_data.pop("decision") == "accept"
        decide: Any = verification.verify_action if accepts else verification.return_action
        decide(by=request.user, action=action, **saying.form.cleaned_data)

    if saying.saves(save):
        told = "is complete" if action.status == Status.COMPLETE else "is open again, at risk"
        messages.success(request, f"Action {action.reference} {told}.")
        return redirect("action", area, pk)
    context = {
        "evidence": [e for e in thread_of(request, action) if e["kind"] == "evidence"],
        "why_not": why_not,
        **_still_open(request, action),
    }
    return saying.page("plans/action_verify.html", context)


def _still_open(request: Request, action: Action) -> dict[str, Any]:
    """What of it, or before it, is not done: a warning, for the verifier may know better."""
    tasks = Task.objects.visible_to(request.user).filter(action=action)
    waits = Dependency.objects.visible_to(request.user).filter(action=action)
    waits = waits.exclude(blocker__status__in=CLOSED)
    return {
        "open_tasks": tasks.filter(done_on=None, dropped_on=None),
        "open_blockers": [row.blocker for row in waits.select_related("blocker")],
    }
