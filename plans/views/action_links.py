"""Which KPIs an action should move."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from kpis.models import Indicator as Kpi
from management.access import policy
from management.requests import Request
from management.saving import FORM_METHODS, say
from management.versions import Stale
from plans.forms.links import KpisForm, shown, told
from plans.models import Action, KpiLink
from plans.services import links as services


@policy("plan.edit")
@require_http_methods(FORM_METHODS)
def action_kpis(request: Request, area: str, pk: int) -> HttpResponse:
    rows = Action.objects.visible_to(request.user).in_area(request.area)
    action = get_object_or_404(rows.select_related("plan", "area"), pk=pk)
    if action.plan.is_closed and request.method != "POST":
        messages.info(request, "The plan is closed: its actions stay as they are.")
        return redirect("action", area, pk)
    kpis = list(Kpi.objects.visible_to(request.user).in_area(request.area))
    linked = {
        link.kpi_id: link.says
        for link in KpiLink.objects.visible_to(request.user).filter(action=action)
    }
    form = KpisForm(request.POST or None, kpis=kpis, linked=linked)
    context: dict[str, Any] = {"action": action, "form": form, "kpis": kpis}
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            services.choose_kpis(by=request.user, action=action, **form.cleaned_data)
        except ValidationError as error:
            say(form, error)
        except Stale:
            chosen = {
                kpi.pk: form.cleaned_data["expected"][kpi.pk] for kpi in form.cleaned_data["kpis"]
            }
            context["stale"], status = [("KPIs", told(kpis, linked), told(kpis, chosen))], 409
            form.data = data = request.POST.copy()
            data.update(shown(linked))  # saving again is then a choice with open eyes
        else:
            messages.success(request, f"KPIs of action {action.reference} saved.")
            return redirect("action", area, pk)
    return render(request, "plans/action_kpis.html", context, status=status)
