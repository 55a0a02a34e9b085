"""Starting a plan, and adding actions to it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.views.decorators.http import require_http_methods

from kpis.models import Indicator as Kpi
from management import clock
from management.access import policy
from management.days import day_text
from management.requests import Request
from management.saving import FORM_METHODS, say
from plans.forms.drafting import PlanForm
from plans.forms.wording import ActionForm
from plans.models import (
    Action,
    Finding,
    Framework,
    Inspection,
    Plan,
    QualityIndicator,
    SelfEvaluation,
)
from plans.nesting import in_order
from plans.references import next_free
from plans.services import drafting, plans
from plans.services.offering import offered_posts
from plans.views.smart import panel

ANSWERED = {
    "recommendation": "recommendations",
    "finding": "findings",
    "key_message": "key_messages",
}


def published(request: Request) -> Any:
    rows = Inspection.objects.visible_to(request.user).in_area(request.area)
    return rows.filter(published_on__isnull=False)


def submitted(request: Request) -> Any:
    return SelfEvaluation.objects.visible_to(request.user).in_area(request.area).stood_by()


@policy("plan.edit")
@require_http_methods(FORM_METHODS)
def plan_new(request: Request, area: str) -> HttpResponse:
    asked = {name: request.GET.get(name) for name in ("inspection", "self_evaluation")}
    form = PlanForm(
        request.POST or None,
        inspections=published(request),
        self_evaluations=submitted(request),
        initial=asked,
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = plans.create_plan(by=request.user, area=request.area, **form.cleaned_data)
        except ValidationError as error:
            say(form, error)
        else:
            messages.success(request, f"{made.title} is started. Add its first action.")
            return redirect("plan", area, made.pk)
    return render(request, "plans/plan_new.html", {"form": form})


@policy("plan.edit")
@require_http_methods(FORM_METHODS)
def action_new(request: Request, area: str, pk: int) -> HttpResponse:
    rows = Plan.objects.visible_to(request.user).in_area(request.area)
    plan = get_object_or_404(rows.select_related("inspection", "self_evaluation", "area"), pk=pk)
    if plan.is_closed and request.method != "POST":
        messages.error(request, "The plan is closed: nothing can be added to it.")
        return redirect("plan", area, pk)
    references = list(plan.actions.order_by("sequence").values_list("reference", flat=True))
    asked = {ANSWERED[name]: [request.GET.get(name)] for name in ANSWERED}
    answers = _answers(request, plan)
    came_from = _chosen(answers, asked)
    indicators = indicators_for(request, plan, came_from)
    form = ActionForm(
        request.POST or None,
        indicators=indicators,
        posts=offered_posts(request.user, request.area),
        answers=answers,
        draft=plan.is_draft,
        initial={
            "reference": next_free(references),
            "added_on": request.GET.get("added_on"),
            "indicator": request.GET.get("indicator") or _indicator_of(came_from),
            **asked,
        },
    )
    if request.method == "POST" and form.is_valid() and "check" not in request.POST:
        facts = form.cleaned_data
        facts["added_on"] = facts["added_on"] or clock.today()
        try:
            made = drafting.draft_action(by=request.user, plan=plan, **facts)
        except ValidationError as error:
            say(form, error)
        else:
            messages.success(request, f"Action {made.reference} is added.{_due(made)}")
            if "next" in request.POST:
                return redirect(f"{resolve_url(request.path)}?added_on={made.added_on}")
            return redirect("action", area, made.pk)
    context = {
        "plan": plan,
        "form": form,
        "no_framework": not any(indicators.values()),
        "came_from": came_from,
        **panel(request, form, plan),
    }
    return render(request, "plans/action_new.html", context)


def _due(action: Action) -> str:
    """When it is due: a month that was typed has become a day."""
    return f" It is due on {day_text(action.due)}." if action.due else " It has no due date."


def _chosen(answers: dict[str, dict[str, list[Any]]], asked: dict[str, list[Any]]) -> list[Any]:
    """The rows that the address names, of those that are offered."""
    return [
        row
        for field, keys in asked.items()
        for rows in answers[field].values()
        for row in rows
        if str(row.pk) in keys
    ]


def _indicator_of(rows: list[Any]) -> int | None:
    """A finding belongs to an element; the action for it then improves the same."""
    return next((row.indicator_id for row in rows if isinstance(row, Finding)), None)


def indicators_for(
    request: Request, plan: Plan, came_from: list[Any], has: QualityIndicator | None = None
) -> dict[str, list[Any]]:
    """Those of what the plan answers and of the finding one came from; else of the newest.

    And those beside the one that an action `has` already.
    """
    frameworks = Framework.objects.visible_to(request.user)
    of_plan = {w.framework_id for w in (plan.inspection, plan.self_evaluation) if w is not None}
    of_plan |= {row.self_evaluation.framework_id for row in came_from if isinstance(row, Finding)}
    chosen = frameworks.filter(pk__in=of_plan) if of_plan else frameworks.newest()
    if has is not None:
        chosen = frameworks.filter(Q(pk__in=chosen.values("pk")) | Q(pk=has.framework_id))
    return {
        f"{framework}: {section}": list(section.indicators.all())
        for framework in chosen.prefetch_related("sections__indicators")
        for section in framework.sections.all()
    }


def _answers(request: Request, plan: Plan) -> dict[str, dict[str, list[Any]]]:
    """What an action can answer, by what it belongs to; what the plan answers stands first."""
    inspections = sorted(
        published(request).prefetch_related("recommendations", "key_messages"),
        key=lambda inspection: inspection.pk != plan.inspection_id,
    )
    wholes = sorted(
        submitted(request).prefetch_related("findings"),
        key=lambda whole: whole.pk != plan.self_evaluation_id,
    )
    kpis = Kpi.objects.visible_to(request.user).in_area(request.area)
    return {
        "recommendations": {
            inspection.title: [
                row
                for row, _ in in_order(inspection.recommendations.all())
                if row.is_open or str(row.pk) == request.GET.get("recommendation")
            ]
            for inspection in inspections
        },
        "findings": {
            whole.title: [
                row
                for row in whole.findings.all()
                if not row.withdrawn_on
                and (
                    row.kind == Finding.Kind.IMPROVEMENT
                    or str(row.pk) == request.GET.get("finding")
                )
            ]
            for whole in wholes
        },
        "key_messages": {i.title: list(i.key_messages.all()) for i in inspections},
        "kpis": {"": list(kpis)},
    }
