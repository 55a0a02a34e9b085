"""Pages for administrators: people, posts and the audit trail."""

import json

from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from management import clock
from management.access import policy
from management.models import AuditEvent, Holding, Membership, Post
from management.requests import Request

EVENTS = 50


@policy("people.view")
@require_safe
def people(request: Request, area: str) -> HttpResponse:
    current = Holding.objects.visible_to(request.user).current(on=clock.today())
    posts = Post.objects.visible_to(request.user).in_area(request.area)
    memberships = Membership.objects.visible_to(request.user).in_area(request.area)
    context = {
        "memberships": memberships.select_related("user"),
        "posts": posts.prefetch_related(
            Prefetch("holdings", current.select_related("user"), to_attr="now")
        ),
    }
    return render(request, "management/people.html", context)


@policy("audit.view")
@require_safe
def audit(request: Request, area: str) -> HttpResponse:
    events = AuditEvent.objects.visible_to(request.user).in_area(request.area)
    wanted = request.GET.get("q", "").replace("\x00", "").strip()[:150]
    if wanted:
        events = events.mentioning(wanted)
    page = Paginator(events.order_by("-id"), EVENTS).get_page(request.GET.get("page"))
    rows = [(event, _differences(event)) for event in page.object_list]
    context = {"page": page, "rows": rows, "wanted": wanted}
    return render(request, "management/audit.html", context)


def _differences(event: AuditEvent) -> list[tuple[str, str, str]]:
    """Each column that the event changed: its name, before, and after ("" where there is none)."""
    old = json.loads(event.old) if event.old else {}
    new = json.loads(event.new) if event.new else {}
    return [
        (name, _text(old.get(name)), _text(new.get(name)))
        for name in {**old, **new}
        if old.get(name) != new.get(name)
    ]


def _text(value: object) -> str:
    return "" if value is None else str(value)
