"""The page with every recorded change of one action."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from management.access import policy
from management.requests import Request
from plans.forms.history import HistoryFilter
from plans.services import trail
from plans.views.wording import find_action

LINES = 50


@policy("plan.view")
@require_safe
def action_history(request: Request, area: str, pk: int) -> HttpResponse:
    action = find_action(request, pk)
    events = trail.events_of(request.user, action)
    form = HistoryFilter(request.GET, people=trail.people_in(events), fields=trail.fields())
    form.is_valid()  # a choice that is not there is said at the field, and filters nothing
    chosen = trail.narrowed(events, **form.cleaned_data)
    page = Paginator(chosen, LINES).get_page(request.GET.get("page"))
    context = {
        "action": action,
        "form": form,
        "page": page,
        "deeds": trail.together(trail.lines(request.user, page.object_list)),
        "narrowed": any(form.cleaned_data.values()),
    }
    return render(request, "plans/action_history.html", context)
