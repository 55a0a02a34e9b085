"""Pages on which what an action says is changed, and on which an action ends early."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from management.access import policy
from management.requests import Request
from management.saving import FORM_METHODS, Saving
from plans.forms.wording import ActionEditForm, SupersedeForm, VersionForm, WithdrawForm
from plans.models import Action
from plans.services import actions, drafting, progress
from plans.services.offering import offered_posts
from plans.statuses import Status
from plans.views.drafting import indicators_for
from plans.views.smart import panel

GIVEN_UP = {Status.WITHDRAWN, Status.SUPERSEDED}


def find_action(request: Request, pk: int) -> Action:
    """The action, with its plan and what that answers; 404 for another area's."""
    rows = Action.objects.visible_to(request.user).in_area(request.area)
    whole = rows.with_report().select_related("area", "lead", "indicator", "plan__inspection")
    return get_object_or_404(
        whole.select_related("plan__self_evaluation").prefetch_related("supporting"), pk=pk
    )


def kept(request: Request, action: Action, why: str) -> HttpResponse | None:
    """Back to the action with the reason why nothing can be changed; nothing typed is lost so."""
    if not why or request.method == "POST":
        return None
    messages.error(request, why)
    return redirect("action", request.area.slug, action.pk)


@policy("plan.edit")
@require_http_methods(FORM_METHODS)
def action_edit(request: Request, area: str, pk: int) -> HttpResponse:
    action = find_action(request, pk)
    if answer := kept(request, action, actions.why_kept(action)):
        return answer
    back = _back(request, action)
    form = partial(
        ActionEditForm,
        action=action,
        indicators=indicators_for(request, action.plan, [], action.indicator),
        posts=offered_posts(request.user, request.area),
    )
    saving = Saving(request, action, _words, form)
    if "check" not in request.POST and saving.saves(
        lambda: drafting.redraft_action(by=request.user, action=action, **saving.form.cleaned_data)
    ):
        messages.success(request, f"Action {action.reference} is saved.")
        return redirect(back)
    context = {"action": action, "back": back}
    context |= panel(request, saving.form, action.plan, action)
    return saving.page("plans/action_edit.html", context)


def _back(request: Request, action: Action) -> str:
    """Where one came from: the page on which the plan is approved, or the action's own."""
    approves = action.plan.is_draft and request.user.may("plan.approve", request.area)
    if request.GET.get("back") == "approval" and approves:
        return reverse("plan_approve", args=[request.area.slug, action.plan_id])
    return reverse("action", args=[request.area.slug, action.pk])


def _words(action: Action) -> dict[str, Any]:
    plain = ("reference", "text", "original_due", "timescale", "evidence_expected", "responsible")
    return {
        **{name: getattr(action, name) for name in plain},
        "indicator": action.indicator_id,
        "lead": action.lead_id,
        "supporting": [post.pk for post in action.supporting.all()],
    }


@policy("plan.edit")
@require_http_methods(FORM_METHODS)
def action_remove(request: Request, area: str, pk: int) -> HttpResponse:
    action = find_action(request, pk)
    why = "" if action.plan.is_draft else actions.APPROVED
    if answer := kept(request, action, why):
        return answer
    saving = Saving(request, action, lambda row: {}, VersionForm)
    if saving.saves(
        lambda: actions.remove_action(by=request.user, action=action, **saving.form.cleaned_data)
    ):
        messages.success(request, f"Action {action.reference} is taken out of the plan.")
        return redirect("plan", area, action.plan_id)
    context = {
        "heading": "Take it out of the plan?",
        "told": "Its tasks and links go with it. The audit trail keeps what it said.",
        "button": "Take out",
    }
    return saving.page("plans/action_form.html", context | {"action": action})


@policy("plan.edit")
@require_http_methods(FORM_METHODS)
def action_withdraw(request: Request, area: str, pk: int) -> HttpResponse:
    action = find_action(request, pk)
    if answer := kept(request, action, progress.why_no_end(action)):
        return answer
    saving = Saving(request, action, lambda row: {}, WithdrawForm)
    if saving.saves(
        lambda: progress.withdraw_action(by=request.user, action=action, **saving.form.cleaned_data)
    ):
        messages.success(request, f"Action {action.reference} is withdrawn.")
        return redirect("action", area, pk)
    context = {
        "heading": "Withdraw it by a decision",
        "told": "It will not be done. It stays listed, with the reason and who decided it.",
        "final": f"Action {action.reference} then takes no more updates, dates or changes.",
        "button": "Withdraw",
    }
    return saving.page("plans/action_form.html", context | {"action": action})


@policy("plan.edit")
@require_http_methods(FORM_METHODS)
def action_supersede(request: Request, area: str, pk: int) -> HttpResponse:
    action = find_action(request, pk)
    if answer := kept(request, action, progress.why_no_end(action)):
        return answer
    others = Action.objects.visible_to(request.user).in_area(request.area).exclude(pk=pk)
    form = partial(SupersedeForm, successors=by_plan(others.exclude(status__in=GIVEN_UP)))
    saving = Saving(request, action, lambda row: {}, form)
    chosen = saving.form.cleaned_data["successor"] if saving.form.is_valid() else None
    # Shown in full before it is done: another line of a long list is chosen easily.
    sure = chosen is None or request.POST.get("sure") == str(chosen.pk)
    if sure and saving.saves(
        lambda: progress.supersede_action(
            by=request.user, action=action, **saving.form.cleaned_data
        )
    ):
        said = f"Action {action.reference} is superseded by {chosen.reference}." if chosen else ""
        messages.success(request, said)
        return redirect("action", area, pk)
    context = {
        "heading": "Replace it by another action",
        "told": "It ends here, and leads whoever reads it to the action that takes its place.",
        "final": f"Action {action.reference} then takes no more updates, dates or changes.",
        "button": f"Yes, replace it by {chosen.reference}" if chosen else "Replace",
        "chosen": chosen,
    }
    return saving.page("plans/action_form.html", context | {"action": action})


def by_plan(rows: Any) -> dict[str, list[Action]]:
    """Actions under the titles of their plans, newest plan first, in the plans' order."""
    found: dict[str, list[Action]] = {}
    for row in rows.select_related("plan").order_by("-plan__agreed_on", "plan", "sequence"):
        found.setdefault(row.plan.title, []).append(row)
    return found
