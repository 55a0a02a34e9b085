"""One action: what it is, what has happened, and what can be said of it."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from kpis import series
from kpis.models import Indicator as Kpi
from management import clock
from management.access import policy
from management.models import User
from management.requests import Request
from plans import thread
from plans.lines import in_time, waiting_since
from plans.models import Action, Inspection, Recommendation, SelfEvaluation
from plans.services import actions, effects, entering, progress, rules, verification
from plans.services.waiting import sent_back
from plans.statuses import KEY, MEANINGS, Status
from plans.views import parts

ENTRIES = 50
JUDGED = {Status.DONE, Status.COMPLETE}


def _find_action(request: Request, pk: int) -> Action:
    rows = Action.objects.visible_to(request.user).in_area(request.area)
    whole = (
        rows.with_grade()
        .with_report()
        .select_related("area", "lead", "indicator__section", "plan", "superseded_by", "residual")
    )
    return get_object_or_404(whole.prefetch_related("supporting"), pk=pk)


def _reasons(request: Request, action: Action) -> dict[str, list[dict[str, Any]]]:
    """What it answers, by what that is, as far as this person may read it."""
    found: dict[str, list[dict[str, Any]]] = {"message": [], "recommendation": [], "finding": []}
    for reason in Action.objects.visible_to(request.user).reasons_of(
        action,
        inspections=Inspection.objects.visible_to(request.user),
        self_evaluations=SelfEvaluation.objects.visible_to(request.user),
    ):
        found[reason["what"]].append(reason)
    for row in found["recommendation"]:
        row["kind"] = Recommendation.Kind(row["kind"]).label
    return found


@policy("plan.view")
@require_safe
def action(request: Request, area: str, pk: int) -> HttpResponse:
    action = _find_action(request, pk)
    kpis = list(Kpi.objects.visible_to(request.user).filter(actions=action).with_figures())
    holders = entering.holders(action)
    context = {
        "action": action,
        "reasons": _reasons(request, action),
        **_said(request, action),
        "kpis": _measured(request, kpis),
        "lead_holder": holders.get(action.lead_id),
        **lateness(action),
        **_allowed(request, action, holders),
        "own": rules.own_words(action.area),
        "key": KEY,
        "meaning": _meaning(action),
        **parts.standing(request, action, holders, kpis),
    }
    return render(request, "plans/action.html", context)


def _measured(request: Request, kpis: list[Kpi]) -> list[dict[str, Any]]:
    """Its KPIs with what their figures say of it and of the other actions that should move them."""
    links = effects.links_of(request.user, request.area, [kpi.pk for kpi in kpis])
    found = []
    for kpi in kpis:
        read = series.stands(kpi)
        effect = effects.effect_of(kpi, read, links[kpi.pk])
        told = series.kpi(
            kpi,
            kpi.figures,
            kpi.targets.all(),
            phases=kpi.phases,
            found=read,
            completed=effect.completed,
        )
        found.append({"row": kpi, "series": told, "effect": effect})
    return found


def lateness(action: Any) -> dict[str, Any]:
    """By how many days its owner is late, and since when it waits to be verified; of an action that
    was read `with_report`."""
    today = clock.today()
    free = action.plan.is_draft or in_time(action.done_on, action.late_after)
    late = 0 if free else action.days_overdue(today)
    return {"days_overdue": late, "reported": waiting_since(action.done_on, today)}


def _meaning(action: Action) -> str:
    """What its status means; of one that was left when its plan closed, where it goes on."""
    if action.status == Status.WITHDRAWN and hasattr(action, "residual"):
        home = action.residual.home.rstrip(".")
        return f"The plan was closed; its remaining work goes on in: {home}."
    return MEANINGS[Status(action.status)]


def _said(request: Request, action: Action) -> dict[str, Any]:
    """The thread, of the kind that the address asks for, and how far the due date has moved."""
    entries = thread_of(request, action)
    # Asked for only where it may be so: most actions were never sent back.
    back = any(e["kind"] == "update" and e["old"] in JUDGED for e in entries)
    back = back or any(e["kind"] == "request" and e["more"] for e in entries)
    kind = request.GET.get("kind", "")
    kind = kind if kind in thread.GROUPS else ""
    shown = [entry for entry in entries if not kind or entry["group"] == kind]
    for place, entry in enumerate(shown):
        entry["page"] = place // ENTRIES + 1
    ended = not action.is_open or action.plan.is_closed
    return {
        "in_all": len(entries),
        "page": Paginator(shown, ENTRIES).get_page(request.GET.get("page")),
        "kinds": thread.by_group(entries),
        "kind": kind,
        "waiting": [] if ended else thread.waiting(entries),
        "sent_back": sent_back(request.user, action) if back and not ended else [],
        "moved": thread.moved(action.original_due, action.due, entries),
    }


def thread_of(request: Request, action: Action) -> list[thread.Entry]:
    """What was said of it, with names for the fields that were put otherwise."""
    entries = thread.joined(Action.objects.visible_to(request.user).thread_of(action))
    for entry in entries:
        if entry["kind"] == "revision":
            entry["label"] = (actions.WORDED | actions.LINKED).get(entry["more"], "")
    return entries


def _allowed(request: Request, action: Action, held: dict[int, User]) -> dict[str, Any]:
    """What the person may do here now, or why not where they may wonder."""
    user, reports = request.user, not entering.why_no_reports(action.plan)
    updater = entering.may_update(user, action, held)
    reporter = reports and updater
    verifies = action.status == Status.DONE and user.may("action.verify", request.area)
    why = verification.why_not_by(user, action) if verifies else ""
    return {
        "may_report": reporter,
        "opens_withdrawn": updater,
        "may_update": reporter and action.is_open,
        "may_verify": verifies and not why,
        "why_not_verify": why,
        "may_return": bool(why) and reports,
        "may_reopen": not verification.why_not_reopened(action)
        and user.may("action.verify", request.area),
        "may_note": not progress.why_no_note(action) and user.may("action.note", request.area),
        "may_take_back": reports and action.is_open and user.may("action.update", request.area),
        "may_agree": reports and action.is_open and user.may("date.approve", request.area),
    }
