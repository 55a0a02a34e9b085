"""The first pages that a person sees, the health of the service, and the pages for errors."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from governance.models import Body, Pack
from kpis.models import Indicator
from management import clock
from management.access import PUBLIC, SIGNED_IN, Role, policy
from management.models import Holding
from management.requests import Request
from plans.models import Action, Inspection, Plan
from plans.statuses import Status
from tracker import health as service

NEXT = 10  # actions on the home page


@policy(SIGNED_IN)
@require_safe
def home(request: Request) -> HttpResponse:
    """The person's only area, or a choice of them."""
    areas = list(request.user.areas_by_id.values())
    if len(areas) == 1:
        return redirect("area", areas[0].slug)
    return render(request, "tracker/home.html", {"areas": areas})


@policy("area.view")
@require_safe
def area(request: Request, area: str) -> HttpResponse:
    """What waits for this person here, by role; a person with two roles sees both."""
    today, user = clock.today(), request.user
    roles = user.roles_by_area.get(request.area.pk, set())
    actions = Action.objects.visible_to(user).in_area(request.area)
    sections = ("mine", "waiting", "late", "packs", "inspections")
    context: dict[str, Any] = dict.fromkeys(sections) | {
        "roles": [Role(role).label for role in sorted(roles)],
        "today": today,
        "plans": Plan.objects.visible_to(user)
        .in_area(request.area)
        .select_related("inspection")
        .with_counts(on=today),
    }
    if Role.SERVICE_MANAGER in roles:
        mine = actions.of_posts_held_by(user, on=today).still_open()
        holdings = Holding.objects.visible_to(user).in_area(request.area).current(on=today)
        context["mine"] = mine.with_thread().by_urgency(on=today)
        context["my_posts"] = [h.post for h in holdings.filter(user=user).select_related("post")]
    if roles & {Role.PERFORMANCE_LEAD, Role.HEAD_OF_SERVICE}:
        context["late"] = actions.overdue(on=today).with_thread().by_urgency(on=today)[:NEXT]
        context["unanswered"] = (
            Inspection.objects.visible_to(user).in_area(request.area).with_unanswered()
        )
        context["silent"] = (
            Indicator.objects.visible_to(user).in_area(request.area).without_figures()
        )
        context["bodies"] = Body.objects.visible_to(user).in_area(request.area)
    if Role.HEAD_OF_SERVICE in roles:
        context["waiting"] = actions.filter(status=Status.DONE).with_thread()
    if user.may("pack.view", request.area):
        packs = Pack.objects.visible_to(user).in_area(request.area)
        context["packs"] = packs.latest_first()[:3]
    if Role.INSPECTOR in roles:
        context["inspections"] = Inspection.objects.visible_to(user).in_area(request.area)
    return render(request, "tracker/area.html", context)


def server_error(request: HttpRequest) -> HttpResponse:
    """Something broke: a page that needs nothing but the request's id, by which it is found."""
    context = {"request_id": getattr(request, "id", "")}
    return HttpResponse(render_to_string("500.html", context), status=500)


@policy(PUBLIC)
@require_safe
@transaction.non_atomic_requests
def health(request: HttpRequest) -> HttpResponse:
    """Whether the service can do its work: 200, or 503 with what is wrong. For monitors.

    Without the request's own transaction: to begin one, the database would have to be there.
    """
    report = service.report()
    return JsonResponse(report, status=200 if report["ok"] else 503)
