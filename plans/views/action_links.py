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
from plans.forms.drafting import KpisForm, keys_text
from plans.models import Action
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
    linked = set(action.kpis.values_list("pk", flat=True))
    form = KpisForm(request.POST or None, kpis=kpis, linked=linked)
    context: dict[str, Any] = {"action": action, "form": form, "kpis": kpis}
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            services.choose_kpis(by=request.user, action=action, **form.cleaned_data)
        except ValidationError as error:
            say(form, error)
        except Stale:
            chosen = {kpi.pk for kpi in form.cleaned_data["kpis"]}
            now, mine = (
                ", ".join(kpi.code for kpi in kpis if kpi.pk in some) for some in (linked, chosen)
            )
            context["stale"], status = [("KPIs", now, mine)], 409
            form.data = data = request.POST.copy()
            data["shown"] = keys_text(linked)  # saving again is then a choice with open eyes
        else:
            messages.success(request, f"KPIs of action {action.reference} saved.")
            return redirect("action", area, pk)
    return render(request, "plans/action_kpis.html", context, status=status)
