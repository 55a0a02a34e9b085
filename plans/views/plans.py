"""Pages of plans and actions."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from kpis import series
from kpis.models import Indicator as Kpi
from management import clock
from management.access import policy
from management.models import Post
from management.requests import Request
from management.versions import Stale
from plans.forms.plans import GROUPS, MoveDateForm, PlanFilter, UpdateForm, VerifyForm
from plans.listing import listing
from plans.models import Action, Inspection, KeyMessage, Plan, Recommendation, SelfEvaluation
from plans.services import plans as services
from plans.statuses import MEANINGS, Status

PAGE = 100
KEY = [(status.value, status.label, MEANINGS[status]) for status in Status]


@policy("plan.view")
@require_safe
def plans(request: Request, area: str) -> HttpResponse:
    rows = Plan.objects.visible_to(request.user).in_area(request.area)
    rows = rows.select_related("inspection", "self_evaluation")
    context = {"plans": rows.with_counts(on=clock.today())}
    return render(request, "plans/plans.html", context)


@policy("plan.view")
@require_safe
def plan(request: Request, area: str, pk: int) -> HttpResponse:
    rows = Plan.objects.visible_to(request.user).in_area(request.area)
    plan = get_object_or_404(rows.select_related("inspection", "self_evaluation"), pk=pk)
    key_messages = list(
        KeyMessage.objects.visible_to(request.user).filter(inspection=plan.inspection_id)
    )
    posts = list(Post.objects.visible_to(request.user).in_area(request.area))
    actions = Action.objects.visible_to(request.user).filter(plan=plan)
    facts = list(actions.facts())
    form = PlanFilter(request.GET, facts=facts, posts=posts, messages=key_messages)
    form.is_valid()  # a choice that is not there is said at the field, and filters nothing
    wanted = form.cleaned_data
    listed = listing(actions, facts, wanted, key_messages, posts, on=clock.today())
    pages = Paginator(listed.entries, PAGE)
    page = pages.get_page(request.GET.get("page"))
    context = {
        "plan": plan,
        "form": form,
        "listed": listed,
        "page": page,
        "groups": listed.groups(page.object_list),
        "by": GROUPS[wanted.get("by") or "indicator"],
        "key": KEY,
        "today": clock.today(),
        "may_edit": request.user.may("action.update", request.area),
    }
    return render(request, "plans/plan.html", context)


def _find_action(request: Request, pk: int) -> Action:
    rows = Action.objects.visible_to(request.user).in_area(request.area)
    whole = rows.with_grade().select_related("area", "lead", "indicator__section", "plan")
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
    entries = _thread(request, action)
    kpis = Kpi.objects.visible_to(request.user).filter(actions=action).with_figures()
    holders = services.holders(action)
    context = {
        "action": action,
        "reasons": _reasons(request, action),
        "entries": entries,
        "times_moved": sum(e["kind"] == "date" and bool(e["old"]) for e in entries),
        "kpis": [{"row": k, "series": series.kpi(k, k.figures, k.targets.all())} for k in kpis],
        "lead_holder": holders.get(action.lead_id),
        "days_overdue": action.days_overdue(clock.today()),
        "may_update": action.is_open and services.may_update(request.user, action, holders),
        "may_verify": action.status == Status.DONE
        and request.user.may("action.verify", request.area),
        "key": KEY,
        "meaning": MEANINGS[Status(action.status)],
    }
    return render(request, "plans/action.html", context)


@policy("action.update")
@require_http_methods(["GET", "HEAD", "POST"])
def action_update(request: Request, area: str, pk: int) -> HttpResponse:
    action = _find_action(request, pk)
    services.require_update(request.user, action)
    form = UpdateForm(
        request.POST or None,
        action=action,
        initial={"status": action.status, "version": action.version},
    )
    if _outdated(form, action):
        return _stale(request, action, form, "plans/action_update.html")
    if not action.is_open:
        return _closed(request, action)
    if request.method == "POST" and form.is_valid():
        try:
            services.post_update(by=request.user, action=action, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        except Stale:
            return _stale(request, action, form, "plans/action_update.html")
        else:
            messages.success(request, f"Update of action {action.reference} saved.")
            return redirect("action", area, pk)
    return render(request, "plans/action_update.html", {"action": action, "form": form, "key": KEY})


@policy("action.update")
@require_http_methods(["GET", "HEAD", "POST"])
def action_date(request: Request, area: str, pk: int) -> HttpResponse:
    action = _find_action(request, pk)
    services.require_update(request.user, action)
    form = MoveDateForm(request.POST or None, initial={"version": action.version})
    if _outdated(form, action):
        return _stale(request, action, form, "plans/action_date.html")
    if not action.is_open:
        return _closed(request, action)
    if request.method == "POST" and form.is_valid():
        try:
            services.move_date(by=request.user, action=action, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        except Stale:
            return _stale(request, action, form, "plans/action_date.html")
        else:
            messages.success(request, f"Due date of action {action.reference} moved.")
            return redirect("action", area, pk)
    return render(request, "plans/action_date.html", {"action": action, "form": form})


@policy("action.verify")
@require_http_methods(["GET", "HEAD", "POST"])
def action_verify(request: Request, area: str, pk: int) -> HttpResponse:
    action = _find_action(request, pk)
    form = VerifyForm(request.POST or None, initial={"version": action.version})
    if _outdated(form, action):
        return _stale(request, action, form, "plans/action_verify.html")
    if action.status != Status.DONE:
        messages.error(request, "Only an action reported as done can be verified.")
        return redirect("action", request.area.slug, pk)
    if request.method == "POST" and form.is_valid():
        decision = form.cleaned_data.pop("decision")
        decide = services.verify_action if decision == "accept" else services.return_action
        try:
            decide(by=request.user, action=action, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        except Stale:
            return _stale(request, action, form, "plans/action_verify.html")
        else:
            messages.success(
                request,
                f"Action {action.reference}: {Status(action.status).label.lower()}.",
            )
            return redirect("action", area, pk)
    evidence = [e for e in _thread(request, action) if e["kind"] == "evidence"]
    context = {"action": action, "form": form, "evidence": evidence}
    return render(request, "plans/action_verify.html", context)


def _thread(request: Request, action: Action) -> list[dict[str, Any]]:
    return Action.objects.visible_to(request.user).thread_of(action)


def _outdated(form: Any, action: Action) -> bool:
    """Whether the action has changed since the form was opened, whatever else is wrong in it."""
    if not form.is_bound:
        return False
    form.full_clean()
    return bool(form.cleaned_data.get("version", action.version) != action.version)


def _closed(request: Request, action: Action) -> HttpResponse:
    label = Status(action.status).label
    messages.error(request, f"Action {action.reference} is closed ({label}).")
    return redirect("action", request.area.slug, action.pk)


def _stale(request: Request, action: Action, form: Any, template: str) -> HttpResponse:
    """409: what the other person did, beside what this one has typed; nothing is saved."""
    now = _find_action(request, action.pk)
    newest = _thread(request, now)[:3]
    form.data = data = request.POST.copy()
    data["version"] = str(now.version)  # saving again is then a decision made with open eyes
    context = {"action": now, "form": form, "key": KEY, "stale": newest}
    return render(request, template, context, status=409)
