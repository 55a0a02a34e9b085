"""What every page needs: the area, its navigation, and whether the clock is held."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from management import clock

ACTION_PAGES = {"action", "action_update", "action_date", "action_verify"}
# Section: its route, the deed that shows it, and the routes that belong to it.
SECTIONS = [
    ("Home", "area", "area.view", {"area"}),
    ("Plans", "plans", "plan.view", {"plans", "plan"} | ACTION_PAGES),
    ("Inspections", "inspections", "inspection.view", {"inspections", "inspection", "coverage"}),
    ("KPIs", "kpis", "kpi.view", {"kpis", "kpi"}),
    ("Packs", "packs", "pack.view", {"packs", "pack", "pack_edition", "paragraphs"}),
    ("People", "people", "people.view", {"people"}),
    ("Audit trail", "audit", "audit.view", {"audit"}),
]


def page(request: HttpRequest) -> dict[str, Any]:
    """`area`, `nav` (only what the person may open) and `clock_held` for the base template."""
    # A request that is refused before anybody is looked up has an error page too.
    area, user = getattr(request, "area", None), getattr(request, "user", None)
    context: dict[str, Any] = {"area": area, "clock_held": clock.held(), "nav": []}
    if area is not None and user is not None and user.is_authenticated:
        name = request.resolver_match.view_name if request.resolver_match else ""
        context["nav"] = [
            {"label": label, "url": reverse(route, args=[area.slug]), "current": name in routes}
            for label, route, deed, routes in SECTIONS
            if user.may(deed, area)
        ]
    return context
