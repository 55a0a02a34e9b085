"""What answers everything that an inspection or a self-evaluation found."""

from collections import Counter
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from management.access import policy
from management.requests import Request
from plans.coverage import (
    STATES,
    UNMEASURED,
    Answering,
    Asked,
    cover,
    of_indicator,
    of_inspection,
    of_self_evaluation,
)
from plans.models import Action, Judgement, Plan, SelfEvaluation
from plans.states import PlanState
from plans.statuses import Status
from plans.views.inspections import find_inspection, plans_of, standing


@policy("inspection.view")
@require_safe
def coverage(request: Request, area: str, pk: int) -> HttpResponse:
    inspection = find_inspection(request, pk)
    recommendations = list(inspection.recommendations.all())
    evaluations = list(inspection.evaluations.with_meaning())
    asked = of_inspection(inspection.key_messages.all(), recommendations, evaluations)
    actions = Action.objects.visible_to(request.user).in_area(request.area)
    links = {"key_messages": "message", "recommendations": "recommendation"}
    found = _covered(asked, actions.answering_inspection(inspection), links)
    stands = {("recommendation", r.pk): (r, standing(r, inspection)) for r in recommendations}
    for row in found:
        row["recommendation"], row["standing"] = stands.get(row["key"], (None, None))
    _point_at(found, evaluations)
    context = {
        "inspection": inspection,
        "plans": plans_of(request, inspection),
        "not_yet": (
            ""
            if inspection.is_published
            else "Actions can answer all this once the report is published."
        ),
    }
    return _page(request, "plans/coverage.html", found, context)


def _not_yet(self_evaluation: SelfEvaluation) -> str:
    if self_evaluation.is_stood_by:
        return ""
    if self_evaluation.is_draft:
        return "Actions can answer all this once it is submitted."
    return "It is withdrawn, so no action answers it."


@policy("self_evaluation.view")
@require_safe
def self_evaluation_coverage(request: Request, area: str, pk: int) -> HttpResponse:
    rows = SelfEvaluation.objects.visible_to(request.user).in_area(request.area)
    self_evaluation = get_object_or_404(rows.select_related("framework"), pk=pk)
    judgements = Judgement.objects.visible_to(request.user)
    validated = self_evaluation.state == SelfEvaluation.State.VALIDATED
    low = list(judgements.filter(self_evaluation=self_evaluation).rated_low(validated=validated))
    findings = self_evaluation.findings.filter(withdrawn_on=None)
    asked = of_self_evaluation(findings, low, validated=validated)
    actions = Action.objects.visible_to(request.user).in_area(request.area)
    answering = actions.answering_self_evaluation(self_evaluation)
    found = _covered(asked, answering, {"findings": "finding"})
    plans = Plan.objects.visible_to(request.user).filter(self_evaluation=self_evaluation)
    _point_at(found, low)
    context = {
        "self_evaluation": self_evaluation,
        "plans": plans,
        "not_yet": _not_yet(self_evaluation),
    }
    return _page(request, "plans/self_evaluation_coverage.html", found, context)


def _covered(asked: list[Asked], actions: Any, links: dict[str, str]) -> list[dict[str, Any]]:
    """A row for each of what is asked, with its coverage and its actions by name and key."""
    facts = {str(fact["pk"]): fact for fact in actions.for_coverage()}
    linked = {kind: actions.links_to(relation) for relation, kind in links.items()}
    answering = [
        Answering(
            name,
            fact["status"],
            frozenset(
                [
                    *((kind, key) for kind, keys in linked.items() for key in keys[fact["pk"]]),
                    of_indicator(fact["framework"], fact["indicator__code"]),
                ]
            ),
            fact["measured"],
        )
        for name, fact in facts.items()
    ]
    return [
        {
            "line": line,
            "key": row.key,
            "unmeasured": line.state == UNMEASURED,
            "actions": [_named(facts[name]) for name in line.actions],
            "gone": [_named(facts[name]) for name in line.gone],
        }
        for row, line in zip(asked, cover(asked, answering), strict=True)
    ]


def _point_at(rows: list[dict[str, Any]], judged: list[Any]) -> None:
    """Give each graded indicator or rated element its indicator, for which an action is added."""
    indicators = {
        of_indicator(j.indicator.framework.code, j.indicator.code): j.indicator for j in judged
    }
    for row in rows:
        row["indicator"] = indicators.get(row["key"])


def _named(fact: dict[str, Any]) -> dict[str, Any]:
    draft = fact["plan__state"] == PlanState.DRAFT
    return fact | {"label": "in a draft plan" if draft else Status(fact["status"]).label}


def _page(
    request: Request, template: str, rows: list[dict[str, Any]], context: dict[str, Any]
) -> HttpResponse:
    """Counts of all rows on top; below them those in the state that the address asks for."""
    counts = Counter(row["line"].state for row in rows)
    wanted = request.GET.get("state", "")
    shown = [row for row in rows if wanted not in STATES or row["line"].state == wanted]
    context |= {
        "rows": shown,
        "in_all": len(rows),
        "state": wanted if wanted in STATES else "",
        "counts": [(state, counts[state]) for state in STATES if counts[state]],
        "wanting": sum(row["line"].wants_action for row in rows),
        "urgent": [r["line"] for r in rows if r["line"].wants_action and r["line"].obliges],
    }
    return render(request, template, context)
