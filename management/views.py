"""Pages for administrators: people, posts, the audit trail and messages."""

import json
from typing import Any

from django.contrib import messages as notices
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from management import clock, outbox
from management.access import policy
from management.models import AuditEvent, Holding, Membership, Message, Post
from management.requests import Request

EVENTS = MESSAGES = 50


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


@policy("message.manage")
@require_safe
def messages(request: Request, area: str) -> HttpResponse:
    rows = Message.objects.visible_to(request.user).in_area(request.area)
    counts = dict(rows.order_by().values_list("state").annotate(Count("pk")))
    wanted = request.GET.get("state", "")
    chosen = rows.filter(state=wanted) if wanted in Message.State.values else rows
    # Who may see that a person was written to need not read what.
    chosen = chosen.select_related("user").defer("text", "html").order_by("-pk")
    context = {
        "page": Paginator(chosen, MESSAGES).get_page(request.GET.get("page")),
        "in_all": sum(counts.values()),
        "states": [(s, counts[s]) for s in Message.State if s in counts],
        "wanted": Message.State(wanted) if wanted in Message.State.values else None,
        "unsettled": outbox.UNSETTLED,
    }
    return render(request, "management/messages.html", context)


@policy("message.manage")
@require_POST
def message_resend(request: Request, area: str, pk: int) -> HttpResponse:
    return _decided(request, pk, outbox.resend, "The message is sent again in the next minutes.")


@policy("message.manage")
@require_POST
def message_delivered(request: Request, area: str, pk: int) -> HttpResponse:
    return _decided(request, pk, outbox.mark_delivered, "The message is marked as delivered.")


def _decided(request: Request, pk: int, decide: Any, done: str) -> HttpResponse:
    """Do it to the message as the person saw it: a second click, or a late one, does nothing."""
    rows = Message.objects.visible_to(request.user).in_area(request.area)
    message = get_object_or_404(rows.select_related("area"), pk=pk)
    state = message.state
    try:
        if request.POST.get("seen") != message.token:
            raise ValidationError(outbox.DEALT_WITH)
        decide(by=request.user, message=message)
    except ValidationError as error:
        notices.error(request, " ".join(error.messages))
    else:
        notices.success(request, done)
    return redirect(f"{reverse('messages', args=[request.area.slug])}?state={state}")
