"""From what was found to the actions that answer it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.views.decorators.http import require_http_methods

from management.access import policy
from management.requests import Request
from management.saving import FORM_METHODS, say
from management.versions import Stale
from plans.forms.drafting import AnswerForm, keys_text
from plans.models import Action, Finding, KeyMessage, Plan, SelfEvaluation
from plans.services import links as services
from plans.views.inspections import visible
from plans.views.recommendations import find_recommendation


@policy("plan.edit")
@require_http_methods(FORM_METHODS)
def recommendation_answer(request: Request, area: str, pk: int) -> HttpResponse:
    row = find_recommendation(request, pk)
    back = resolve_url("recommendation", area, pk)
    context = {"kind": "recommendation", "whole": row.inspection, "inspection": row.inspection}
    return _answer(request, row, back, context | {"name": row.get_kind_display()})


@policy("plan.edit")
@require_http_methods(FORM_METHODS)
def finding_answer(request: Request, area: str, pk: int) -> HttpResponse:
    wholes = SelfEvaluation.objects.visible_to(request.user).in_area(request.area)
    rows = Finding.objects.visible_to(request.user).filter(self_evaluation__in=wholes)
    row = get_object_or_404(rows.select_related("self_evaluation", "area"), pk=pk)
    back = f"{resolve_url('findings', area, row.self_evaluation_id)}#{row.reference}"
    context = {"kind": "finding", "whole": row.self_evaluation}
    return _answer(request, row, back, context | {"name": row.get_kind_display()})


@policy("plan.edit")
@require_http_methods(FORM_METHODS)
def key_message_answer(request: Request, area: str, pk: int) -> HttpResponse:
    rows = KeyMessage.objects.visible_to(request.user).filter(inspection__in=visible(request))
    row = get_object_or_404(rows.select_related("inspection", "area"), pk=pk)
    back = resolve_url("coverage", area, row.inspection_id)
    context = {"kind": "key_message", "whole": row.inspection, "inspection": row.inspection}
    return _answer(request, row, back, context | {"name": "Key message"})


def _answer(request: Request, row: Any, back: str, context: dict[str, Any]) -> HttpResponse:
    plans: dict[Plan, list[Action]] = {}
    for plan in Plan.objects.visible_to(request.user).in_area(request.area):
        plans[plan] = []
    actions = Action.objects.visible_to(request.user).in_area(request.area)
    for action in actions.select_related("plan").order_by("sequence"):
        plans.setdefault(action.plan, []).append(action)
    linked = set(row.actions.values_list("pk", flat=True))
    form = AnswerForm(request.POST or None, plans={p.title: plans[p] for p in plans}, linked=linked)
    stale = False
    if request.method == "POST" and form.is_valid():
        try:
            services.choose_actions(by=request.user, row=row, **form.cleaned_data)
        except ValidationError as error:
            say(form, error)
        except Stale:
            stale = True
        else:
            messages.success(request, f"Actions that answer {row.reference} saved.")
            return redirect(back)
    context |= {
        "row": row,
        "form": form,
        "back": back,
        "plans": list(plans),
        "actions": sum(map(len, plans.values())),
        "why_not": services.why_not(row),
    }
    if stale:
        context["stale"] = [_differences(plans, linked, form.cleaned_data["actions"])]
        form.data = data = request.POST.copy()
        data["shown"] = keys_text(linked)  # saving again is then a choice made with open eyes
    return render(request, "plans/answer.html", context, status=409 if stale else 200)


def _differences(
    plans: dict[Plan, list[Action]], linked: set[int], chosen: list[Action]
) -> tuple[str, str, str]:
    """The actions that answer it now, and those that this person chose, by their references."""
    keys = {action.pk for action in chosen}
    every = [action for actions in plans.values() for action in actions]
    now, mine = (
        ", ".join(action.reference for action in every if action.pk in some)
        for some in (linked, keys)
    )
    return "Actions", now, mine
