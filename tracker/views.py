"""The first pages that a person sees, the health of the service, and the pages for errors."""

from collections import Counter, defaultdict
from contextlib import suppress
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Count, Prefetch
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views import csrf
from django.views.decorators.http import require_safe

from governance.models import Body, Pack
from kpis.models import Indicator
from kpis.services import requests
from management import clock
from management.access import PUBLIC, SIGNED_IN, Role, policy
from management.api.errors import problem
from management.models import User
from management.requests import Request, own_area
from plans import coverage
from plans.models import (
    Action,
    Finding,
    Inspection,
    Judgement,
    Overall,
    Plan,
    Recommendation,
    Residual,
    SavedView,
    SelfEvaluation,
)
from plans.services import dates, waiting
from plans.services.rules import own_words
from plans.services.waiting import Waits
from plans.views.lists import plain_heads, printed, saved_views, short
from tracker import health as service

NEXT = 10  # actions on the home page
COLUMNS = ("reference", "plan", "due", "status", "lead", "updated")
DATES = 3  # of each inspection
HOMES = 3  # of what was left when a plan closed, that are named
NAMED = 8  # of what waits for the person; the others are counted


class Wait(NamedTuple):
    """Rows of one kind that wait: `number` in all, and a link to each that is named, which is a
    route, a key, a name, and the plan it is of."""

    thing: str
    what_for: str
    number: int
    links: list[tuple[str, int, str, str]]

    @property
    def rest(self) -> int:
        return self.number - len(self.links)


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
    plans = Plan.objects.visible_to(user).in_area(request.area).select_related("inspection")
    sections = ("waits", "to_write", "to_validate", "mine", "late", "packs", "inspections")
    context: dict[str, Any] = dict.fromkeys(sections) | {
        "roles": [Role(role).label for role in sorted(roles)],
        "today": today,
        "plans": _with_homes(user, list(plans.standing().with_counts(on=today))),
    }
    context["views"] = saved_views(request, SavedView.Page.MINE)
    own = own_words(request.area)
    context |= printed(request, own) | {"heads": plain_heads(COLUMNS)}
    posts = waiting.posts_of(user, request.area, on=today)
    keys = [post.pk for post in posts]
    waits = waiting.waits_for(user, request.area, keys, on=today)
    context["figures"] = requests.wanted_of(user, request.area, keys)
    if any(user.may(deed, request.area) for deed in waiting.DECISIONS):
        context["waits"] = _waiting(waits)
    if Role.SERVICE_MANAGER in roles:
        mine = actions.of_posts(keys).to_work_on()
        context["mine"] = short(request, own, mine.by_need(on=today)[:NEXT], keys)
        context["mine_count"] = mine.count()
        context |= {"my_posts": posts, "sent_back": waits.sent_back}
    if roles & {Role.PERFORMANCE_LEAD, Role.HEAD_OF_SERVICE}:
        late = actions.overdue(on=today).order_by("late_after", "sequence", "pk")[:NEXT]
        context["late"] = short(request, own, late, keys)
        context["unanswered"] = _unanswered(request)
        kpis = Indicator.objects.visible_to(user).in_area(request.area)
        context |= {"silent": kpis.without_figures(), "has_kpis": kpis.exists()}
        context["bodies"] = Body.objects.visible_to(user).in_area(request.area)
    if user.may("inspection.edit", request.area):
        context |= _inspected(request)
    if user.may("self_evaluation.write", request.area):
        looks = SelfEvaluation.objects.visible_to(user).in_area(request.area)
        drafts = looks.filter(state=SelfEvaluation.State.DRAFT)
        if user.may("self_evaluation.edit", request.area):
            context |= {"drafts": drafts, "has_looks": looks.exists()}
        context["to_write"] = [
            row
            for rows in (Judgement, Overall)
            for row in rows.objects.visible_to(user).asked_of(user, drafts)
        ]
    if user.may("self_evaluation.validate", request.area):
        submitted = SelfEvaluation.objects.visible_to(user).in_area(request.area)
        context["to_validate"] = submitted.waiting_for(user)
    if user.may("pack.view", request.area):
        packs = Pack.objects.visible_to(user).in_area(request.area)
        context["packs"] = packs.latest_first()[:3]
    if Role.INSPECTOR in roles:
        context["inspections"] = Inspection.objects.visible_to(user).in_area(request.area)
    return render(request, "tracker/area.html", context)


def _with_homes(user: User, plans: list[Any]) -> list[Any]:
    """The plans; each that is closed with its `homes`, where how many of its actions go on."""
    closed = [plan.pk for plan in plans if plan.is_closed]
    rows = Residual.objects.visible_to(user).filter(action__plan__in=closed).order_by()
    told = rows.values_list("action__plan", "home").annotate(n=Count("pk")) if closed else ()
    found: dict[int, Counter[str]] = defaultdict(Counter)
    for plan, home, number in told:
        found[plan][home.rstrip(".")] += number
    for plan in plans:
        homes = found[plan.pk].most_common()
        elsewhere = sum(number for _, number in homes[HOMES:])
        plan.homes = homes[:HOMES] + ([("other places", elsewhere)] if elsewhere else [])
    return plans


def _waiting(waits: Waits) -> list[Wait]:
    """What goes on only when the person says so."""
    drafts = [("plan_approve", row["key"], row["plan"], "") for row in waits.drafts[:NAMED]]
    asked = [("action", row["key"], row["reference"], row["plan"]) for row in waits.requests]
    done = [
        ("action_verify", row["pk"], row["reference"], row["plan__title"]) for row in waits.verify
    ]
    found = [
        Wait("draft plan", "to be approved", len(waits.drafts), drafts),
        Wait("new due date", "for an answer", len(waits.requests), asked[:NAMED]),
        Wait("action", "to be verified", waits.verify_count, done[:NAMED]),
    ]
    return [wait for wait in found if wait.links]


def _unanswered(request: Request) -> list[dict[str, Any]]:
    """How many rows of each inspection and self-evaluation have no action, of how many."""
    user, here = request.user, request.area
    asks = Recommendation.objects.visible_to(user).with_answered()
    findings = Finding.objects.visible_to(user).filter(withdrawn_on=None).with_answered()
    # Only what is known to everybody can be answered: see `plans.services.links.why_not`.
    inspections = Inspection.objects.visible_to(user).in_area(here).exclude(published_on=None)
    looks = SelfEvaluation.objects.visible_to(user).in_area(here).stood_by()
    found: list[tuple[Any, str, tuple[int, int]]] = []
    for row in inspections.prefetch_related(Prefetch("recommendations", asks, to_attr="asks")):
        asked = coverage.of_inspection((), row.asks, ())
        found.append((row, "coverage", _count(asked, row.asks)))
    for look in looks.prefetch_related(Prefetch("findings", findings, to_attr="asks")):
        asked = coverage.of_self_evaluation(look.asks, (), validated=False)
        found.append((look, "self_evaluation_coverage", _count(asked, look.asks)))
    return [
        {"whole": row, "route": route, "wanting": wanting, "in_all": in_all}
        for row, route, (wanting, in_all) in found
        if in_all
    ]


def _count(asked: list[coverage.Asked], rows: list[Any]) -> tuple[int, int]:
    answered = {row.pk for row in rows if row.answered}
    return coverage.unanswered(asked, [row.key for row in asked if row.key[1] in answered])


def _inspected(request: Request) -> dict[str, Any]:
    """The next dates of each inspection that has some to come, and those whose plan is late."""
    rows = Inspection.objects.visible_to(request.user).in_area(request.area)
    found = list(rows.prefetch_related("stages"))
    awaited = dates.awaited(found, on=clock.today())
    return {
        "has_inspections": bool(found),
        "dates": [(row, awaited[row.pk][:DATES]) for row in found if awaited[row.pk]],
        "no_plan": dates.late(found, on=clock.today()),
    }


def server_error(request: HttpRequest) -> HttpResponse:
    """Something broke: a page that needs nothing but the request's id, by which it is found."""
    if request.path_info.startswith("/api/"):
        return problem(request, 500, "Something went wrong here: give request_id if you ask why.")
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


def not_accepted(request: Any, reason: str = "") -> HttpResponse:
    """The page for a form without a valid token, with the menu of whoever is signed in: it is
    refused before their area is looked up."""
    match = request.resolver_match
    if request.user.is_authenticated and match and "area" in match.kwargs:
        with suppress(Http404):
            request.area = own_area(request.user, match.kwargs["area"])
    return csrf.csrf_failure(request, reason)
