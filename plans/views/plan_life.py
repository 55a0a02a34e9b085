"""The life of a plan: what comes next, and the page of each step."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from management import clock
from management.access import DEEDS, Role, policy
from management.requests import Request
from management.saving import FORM_METHODS, Saving
from plans import statuses
from plans.forms.plan_life import (
    ApproveForm,
    BeginForm,
    ClosePlanForm,
    PlanEditForm,
    SubmitPlanForm,
)
from plans.models import Action, Plan, PlanMove, Residual
from plans.services import dates
from plans.services import plans as services
from plans.services.advising import standing_advice
from plans.services.rules import own_words
from plans.states import PLAN_MEANINGS, PlanState, plan_moves
from plans.statuses import KEY, Status
from plans.views.drafting import published, submitted


@dataclass(frozen=True)
class Step:
    """What comes next: in words, on which page, and who may do it."""

    words: str
    route: str
    button: str
    deed: str

    @property
    def who(self) -> str:
        """The roles that may: Performance lead or head of service."""
        first, *others = (role.label for role in Role if role in DEEDS[self.deed])
        return " or ".join([first, *(label.lower() for label in others)])


STEPS: dict[PlanState, Step] = {
    PlanState.APPROVED: Step(
        "It is read as a whole and approved.", "plan_approve", "Read and approve", "plan.approve"
    ),
    PlanState.SUBMITTED: Step(
        "It is sent to the inspectorate, and the day is recorded here.",
        "plan_submit",
        "Record that it was sent",
        "plan.edit",
    ),
    PlanState.IN_PROGRESS: Step(
        "Work begins. The first update of one of its actions says so by itself.",
        "plan_begin",
        "Say that work has begun",
        "plan.edit",
    ),
    PlanState.CLOSED: Step(
        "Its actions are worked on, until a named body decides that it is closed.",
        "plan_close",
        "Close the plan",
        "plan.close",
    ),
}
FIRST = Step("Its actions are added.", "action_new", "Add an action", "plan.edit")


def life_of(request: Request, plan: Plan, held: Iterable[str]) -> dict[str, Any]:
    """What the plan's page tells of its life; `held` are the statuses of its actions."""
    held = list(held)
    step = next_step(plan) if held or not plan.is_draft else FIRST
    busy = plan.state == PlanState.IN_PROGRESS and any(map(statuses.is_open, held))
    moves = list(plan.moves.order_by("-pk"))
    standing = _standing(plan)
    residuals = Residual.objects.visible_to(request.user).filter(action__plan=plan)
    return {
        "state": PlanState(plan.state),
        "meaning": PLAN_MEANINGS[PlanState(plan.state)],
        "step": step,
        "may": step is not None and request.user.may(step.deed, request.area),
        "obvious": not busy,
        # Where another plan has met the deadline, it says nothing of this one.
        "standing": None if standing and standing["other"] else standing,
        "moves": moves,
        "sent": _last(moves, PlanState.SUBMITTED),
        "closed": _last(moves, PlanState.CLOSED),
        "homes": residuals.select_related("action").order_by("action__sequence")
        if plan.is_closed
        else (),
    }


def _last(moves: list[PlanMove], new: PlanState) -> PlanMove | None:
    return next((move for move in moves if move.new == new), None)


def next_step(plan: Plan) -> Step | None:
    moves = plan_moves(plan.state, inspected=plan.inspection_id is not None)
    return STEPS[moves[0]] if moves else None


def _standing(plan: Plan) -> dict[str, Any] | None:
    """The deadline of the inspection that it answers, and the plan that has met it."""
    if plan.inspection is None:
        return None
    sent, words = dates.standing(plan.inspection, on=clock.today())
    other = sent.title if sent is not None and sent.plan != plan.pk else ""
    return {"due": plan.inspection.plan_due_on, "words": words, "other": other}


def _find(request: Request, pk: int) -> Plan:
    rows = Plan.objects.visible_to(request.user).in_area(request.area)
    return get_object_or_404(rows.select_related("inspection", "area"), pk=pk)


def _too_late(request: Request, plan: Plan, new: PlanState) -> HttpResponse | None:
    """Back to the plan where this is not what comes next, as after a second click."""
    if new in plan_moves(plan.state, inspected=plan.inspection_id is not None):
        return None
    unsent = new == PlanState.IN_PROGRESS and plan.state == PlanState.APPROVED
    why = f" {services.UNSENT}" if unsent else ""
    messages.info(request, f"{plan.title} is {PlanState(plan.state).label.lower()} now.{why}")
    return redirect("plan", request.area.slug, plan.pk)


class Reading(Saving):
    """Where a whole plan was read: its actions must still be those that were."""

    def outdated(self) -> bool:
        if super().outdated():
            return True
        return self.form.is_bound and self.form.cleaned_data.get("mark") != _mark(self.row)["mark"]

    def page(self, template: str, context: dict[str, Any]) -> HttpResponse:
        if self.stale:
            rows = self.row.actions.all()
            context["changed"] = services.changed_since(self.request.POST.get("mark", ""), rows)
        return super().page(template, context)


def _mark(plan: Plan) -> dict[str, Any]:
    return {"mark": services.mark_of(plan.actions.all())}


@policy("plan.edit")
@require_http_methods(FORM_METHODS)
def plan_edit(request: Request, area: str, pk: int) -> HttpResponse:
    plan = _find(request, pk)
    if plan.is_closed and request.method != "POST":
        messages.info(request, "The plan is closed: it stays as it is.")
        return redirect("plan", area, pk)
    form = partial(
        PlanEditForm,
        draft=plan.is_draft,
        # What it answers already stays on offer, whatever has become of it.
        inspections=_offered(published(request), plan.inspection),
        self_evaluations=_offered(submitted(request), plan.self_evaluation),
    )
    saving = Saving(request, plan, _facts, form)
    if saving.saves(
        lambda: services.edit_plan(by=request.user, plan=plan, **saving.form.cleaned_data)
    ):
        messages.success(request, "Saved.")
        return redirect("plan", area, pk)
    return saving.page("plans/plan_edit.html", {"plan": _find(request, pk)})


def _facts(plan: Plan) -> dict[str, Any]:
    """The fields of the form; of what it answers the keys, by which the form offers them."""
    keys = {name: getattr(plan, f"{name}_id") for name in services.ANSWERED}
    return {name: getattr(plan, name) for name in services.EDITABLE} | keys


def _offered(rows: Iterable[Any], has: Any) -> list[Any]:
    """The rows that can be chosen, and the one that is."""
    found = list(rows)
    return found if has is None or has in found else [has, *found]


@policy("plan.approve")
@require_http_methods(FORM_METHODS)
def plan_approve(request: Request, area: str, pk: int) -> HttpResponse:
    plan = _find(request, pk)
    if answer := _too_late(request, plan, PlanState.APPROVED):
        return answer
    advice = standing_advice(plan)
    form = partial(ApproveForm, advice=advice, day_is_given=plan.day_is_given)
    saving = Reading(request, plan, lambda row: {**_mark(row), "agreed_on": row.agreed_on}, form)
    if saving.saves(
        lambda: services.approve_plan(
            by=request.user,
            plan=plan,
            accepted=saving.form.accepted(),
            agreed_on=saving.form.cleaned_data.get("agreed_on"),
            **{name: saving.form.cleaned_data[name] for name in ("version", "mark", "text")},
        )
    ):
        messages.success(request, f"{plan.title} is approved.")
        return redirect("plan", area, pk)
    actions = _actions(plan)
    texts = {action.pk: action.text for action in actions}
    groups = [(one, texts.get(one.action, ""), fields) for one, fields in saving.form.groups()]
    now = _find(request, pk)
    context = {"plan": now, "actions": actions, "groups": groups, "advice": advice}
    context["too_early"] = services.why_too_early(now)
    return saving.page("plans/plan_approve.html", context)


def _actions(plan: Plan) -> list[Action]:
    rows = plan.actions.select_related("lead").prefetch_related("supporting")
    return list(rows)


@policy("plan.edit")
@require_http_methods(FORM_METHODS)
def plan_submit(request: Request, area: str, pk: int) -> HttpResponse:
    plan = _find(request, pk)
    if answer := _too_late(request, plan, PlanState.SUBMITTED):
        return answer
    saving = Saving(request, plan, lambda plan: {}, SubmitPlanForm)
    if saving.saves(
        lambda: services.submit_plan(by=request.user, plan=plan, **saving.form.cleaned_data)
    ):
        messages.success(request, f"Recorded: {plan.title} was submitted.")
        return redirect("plan", area, pk)
    context = {"plan": _find(request, pk), "standing": _standing(plan)}
    return saving.page("plans/plan_submit.html", context)


@policy("plan.edit")
@require_http_methods(FORM_METHODS)
def plan_begin(request: Request, area: str, pk: int) -> HttpResponse:
    plan = _find(request, pk)
    if answer := _too_late(request, plan, PlanState.IN_PROGRESS):
        return answer
    saving = Saving(request, plan, lambda plan: {}, BeginForm)
    if saving.saves(
        lambda: services.begin_plan(by=request.user, plan=plan, **saving.form.cleaned_data)
    ):
        messages.success(request, f"{plan.title} is in progress.")
        return redirect("plan", area, pk)
    return saving.page("plans/plan_begin.html", {"plan": _find(request, pk)})


@policy("plan.close")
@require_http_methods(FORM_METHODS)
def plan_close(request: Request, area: str, pk: int) -> HttpResponse:
    plan = _find(request, pk)
    if answer := _too_late(request, plan, PlanState.CLOSED):
        return answer
    left = [action for action in _actions(plan) if action.is_open]
    saving = Reading(request, plan, _mark, partial(ClosePlanForm, left=left))
    if saving.saves(
        lambda: services.close_plan(
            by=request.user,
            plan=plan,
            decision=saving.form.decision,
            homes=saving.form.homes(),
            **{name: saving.form.cleaned_data[name] for name in ("version", "mark", "text")},
        )
    ):
        messages.success(request, f"{plan.title} is closed.")
        return redirect("plan", area, pk)
    actions, own = _actions(plan), own_words(request.area)
    context = {
        "plan": _find(request, pk),
        "rows": [(action, own.of(action), field) for action, field in saving.form.rows()],
        "unverified": [action for action in actions if action.status == Status.DONE],
        "stays": [(action, own.of(action)) for action in actions if not action.is_open],
        "key": KEY,
        "own": own,
    }
    return saving.page("plans/plan_close.html", context)
