"""Who was reminded of the dates of an inspection, when, and what waits."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from management.access import policy
from management.requests import Request
from plans.models import Reminder
from plans.services import reminders
from plans.views.inspections import find_inspection, plans_of


@policy("inspection.edit")
@require_safe
def inspection_reminders(request: Request, area: str, pk: int) -> HttpResponse:
    inspection = find_inspection(request, pk)
    rows = Reminder.objects.visible_to(request.user).filter(inspection=inspection)
    rows = rows.select_related("user", "message").order_by("-due", "-made_at", "user__name")
    context = {
        "inspection": inspection,
        "plans": plans_of(request, inspection),
        "rows": [(row, *row.text.partition("\n")[::2]) for row in rows],
        "waiting": sum(row.sent_at is None for row in rows),
        "coming": reminders.coming(inspection),
        "people": reminders.keepers(inspection.area),
        "days": settings.REMIND_DAYS,
    }
    return render(request, "plans/inspection_reminders.html", context)
