"""A plan's actions as a file: Word, the tracker workbook, CSV, JSON."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, resolve_url
from django.views.decorators.http import require_safe

from management import clock
from management.access import policy
from management.requests import Request
from plans.models import Action, Plan
from plans.services import exports
from plans.services.handing_out import TYPES, file_of
from plans.views.lists import actions_filter, in_order
from plans.views.plans import plan_filter


@policy("plan.view")
@require_safe
def plan_file(request: Request, area: str, pk: int, extension: str) -> HttpResponseBase:
    """The whole plan, or those of its actions that the page's filter shows."""
    if extension not in TYPES:
        raise Http404
    rows = Plan.objects.visible_to(request.user).in_area(request.area)
    plan = get_object_or_404(rows.select_related("area"), pk=pk)
    actions = Action.objects.visible_to(request.user).filter(plan=plan)
    form, _ = plan_filter(request, plan, actions)
    if form.errors:
        return _refused(request, resolve_url("plan", area, pk))
    wanted = actions.wanted(form.wanted(), on=clock.today()).order_by("sequence", "pk")
    content = exports.plan_file(user=request.user, plan=plan, keys=wanted, chosen=form.chosen())
    return file_of(content, extension)


@policy("plan.view")
@require_safe
def actions_file(request: Request, area: str, extension: str) -> HttpResponseBase:
    """The actions of the area that the list of all actions shows."""
    if extension not in TYPES:
        raise Http404
    rows = Action.objects.visible_to(request.user).in_area(request.area)
    form, _ = actions_filter(request, rows)
    if form.errors:
        return _refused(request, resolve_url("actions", area))
    wanted = in_order(rows.wanted(form.wanted(), on=clock.today()), form)
    content = exports.actions_file(
        user=request.user, area=request.area, keys=wanted, chosen=form.chosen()
    )
    return file_of(content, extension)


def _refused(request: Request, page: str) -> HttpResponse:
    """To the list, which says at its field what of the address cannot be understood: a file of all
    actions would be taken for what was asked for."""
    messages.error(request, "No file was made: the filter could not be understood. See below.")
    return redirect(f"{page}?{request.GET.urlencode()}")
