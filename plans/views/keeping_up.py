"""How a person keeps up with their actions elsewhere: e-mail, calendar, and posts taken over."""

from datetime import date
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from management import clock
from management.access import PUBLIC, policy
from management.requests import Request
from management.saving import FORM_METHODS, Saving
from plans.calendar_file import Due, calendar
from plans.forms.keeping_up import DigestForm
from plans.lines import shortened
from plans.models import Action, Digest, Feed, HandOver, Task
from plans.services import digests, feeds, rules
from plans.services.waiting import DECISIONS, posts_of
from plans.statuses import KEY

PAGE = 50


@policy("area.view")
@require_http_methods(FORM_METHODS)
def keeping_up(request: Request, area: str) -> HttpResponse:
    """The digest's form, and the calendar's address as far as there is one."""
    saving = Saving(request, digests.digest_of(request.user, request.area), _stand, DigestForm)

    def save() -> None:
        facts = saving.form.cleaned_data
        digests.choose_digest(by=request.user, user=request.user, area=request.area, **facts)

    if saving.saves(save):
        messages.success(request, "Your choice is saved.")
        return redirect("keeping_up", area)
    address = request.session.pop(_new(area), "") if request.method == "GET" else ""
    told = bool(posts_of(request.user, request.area, on=clock.today())) or any(
        request.user.may(deed, request.area) for deed in DECISIONS
    )
    context = {"feed": _live_feed(request), "address": address, "told": told}
    return saving.page("plans/keeping_up.html", context)


def _new(area: str) -> str:
    """Where the session keeps an address that was made there until it is shown."""
    return f"calendar-address-{area}"


def _stand(digest: Digest) -> dict[str, Any]:
    return {
        "day": "" if digest.day is None else digest.day,
        "overdue": digest.overdue,
        "due_soon": digest.due_soon,
        "waiting": digest.waiting,
    }


def _live_feed(request: Request) -> Feed | None:
    rows = Feed.objects.visible_to(request.user).in_area(request.area)
    found: Feed | None = rows.filter(user=request.user, revoked_at=None).first()
    return found


@policy("action.update")
@require_POST
def feed_renew(request: Request, area: str) -> HttpResponse:
    """A new address, shown once, on a page that can be loaded again without making another."""
    secret = feeds.renew_feed(by=request.user, user=request.user, area=request.area)
    path = reverse("feed", args=[area, secret])
    request.session[_new(area)] = (
        f"{settings.SITE_URL}{path}" if settings.SITE_URL else request.build_absolute_uri(path)
    )
    return redirect("keeping_up", area)


@policy("action.update")
@require_POST
def feed_revoke(request: Request, area: str) -> HttpResponse:
    feeds.revoke_feed(by=request.user, user=request.user, area=request.area)
    messages.success(request, "The calendar address has ended. Nothing is shown under it any more.")
    return redirect("keeping_up", area)


@policy(PUBLIC)
@require_safe
def feed(request: HttpRequest, area: str, secret: str) -> HttpResponse:
    """The calendar of whoever made the secret: no sign-in, for calendars cannot."""
    found = feeds.feed_with(secret)
    if found is None or found.area.slug != area:
        raise Http404
    name = f"Throughline: {found.area.name}"
    site = settings.SITE_URL or request.build_absolute_uri("/").rstrip("/")
    content = calendar(name, _entries(found, clock.today(), site), at=clock.now())
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="actions.ics"'
    response["Cache-Control"] = "private, no-store"
    return response


def _entries(found: Feed, today: date, site: str) -> list[Due]:
    """What the posts that the person holds today have to do: actions and tasks with their days,
    and where they are on this site."""
    rows = Action.objects.visible_to(found.user).in_area(found.area)
    mine = rows.of_posts_held_by(found.user, on=today).to_work_on()
    tasks = Task.objects.visible_to(found.user).in_area(found.area)
    tasks = tasks.of_posts_held_by(found.user, on=today).still_open().filter(due__isnull=False)
    # By what is configured alone: an entry keeps its name whichever way it is asked for.
    host = settings.SITE_URL.rpartition("/")[2] or "throughline"

    def entry(kind: str, row: Any, action: Action, title: str, details: str) -> Due:
        url = f"{site}{reverse('action', args=[found.area.slug, action.pk])}"
        return Due(f"{kind}-{row.pk}@{host}", row.version, row.due, title, details, url)

    return [
        entry(
            "action",
            action,
            action,
            f"{action.reference} due: {shortened(action.text)}",
            f"{action.text}\n{action.plan.title}\n{action.get_status_display()}",
        )
        for action in mine.filter(due__isnull=False).select_related("plan")
    ] + [
        entry("task", task, task.action, f"{task.action.reference}: {task.text}", task.action.text)
        for task in tasks.select_related("action")
    ]


@policy("plan.view")
@require_safe
def hand_overs(request: Request, area: str) -> HttpResponse:
    """Posts that came to another holder, newest first."""
    rows = HandOver.objects.visible_to(request.user).in_area(request.area)
    rows = rows.select_related("post", "old", "new").order_by("-on", "-pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "plans/hand_overs.html", {"page": page})


@policy("plan.view")
@require_safe
def hand_over(request: Request, area: str, pk: int) -> HttpResponse:
    """What was open when a post changed hands, and how each of it stands now."""
    rows = HandOver.objects.visible_to(request.user).in_area(request.area)
    found = get_object_or_404(rows.select_related("post", "old", "new"), pk=pk)
    then = {row.action_id: row.text for row in found.open_actions.order_by("pk")}
    actions = Action.objects.visible_to(request.user).in_area(request.area)
    now = actions.filter(pk__in=then).select_related("plan").with_moves().with_report().in_bulk()
    context = {
        "hand_over": found,
        "rows": [{"action": now[key], "text": text} for key, text in then.items()],
        "today": clock.today(),
        "own": rules.own_words(request.area),
        "key": KEY,
    }
    return render(request, "plans/hand_over.html", context)
