"""Pages of plans and actions."""

from collections import Counter
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from management import clock
from management.access import policy
from management.models import Post
from management.requests import Request
from plans.forms.lists import GROUPS, PlanFilter
from plans.lines import Reader, line
from plans.listing import listing
from plans.models import Action, KeyMessage, Plan
from plans.querysets import choices
from plans.querysets.joined import Choice
from plans.services.rules import own_words
from plans.states import PlanState
from plans.views.lists import heads, link, page_of, printed, reader_of
from plans.views.plan_life import life_of

PAGE = 100
COLUMNS = ("reference", "due", "status", "lead", "updated")


@policy("plan.view")
@require_safe
def plans(request: Request, area: str) -> HttpResponse:
    rows = Plan.objects.visible_to(request.user).in_area(request.area)
    rows = rows.select_related("inspection", "self_evaluation")
    every: list[Any] = list(rows.with_undone().with_counts(on=clock.today()))
    state = request.GET.get("state")
    wanted = PlanState(state) if state in PlanState.values else None
    # One whose import was undone is over, whatever its state: it stands with the closed ones, last.
    over = {plan.pk: PlanState.CLOSED if plan.undone else plan.state for plan in every}
    held = Counter(over.values())
    every.sort(key=lambda plan: plan.undone)
    context = {
        "plans": [plan for plan in every if wanted in (None, over[plan.pk])],
        "in_all": len(every),
        "wanted": wanted,
        "states": [(state, held[state]) for state in PlanState if held[state] or state == wanted],
    }
    return render(request, "plans/plans.html", context)


@policy("plan.view")
@require_safe
def plan(request: Request, area: str, pk: int) -> HttpResponse:
    rows = Plan.objects.visible_to(request.user).in_area(request.area)
    plan = get_object_or_404(rows.select_related("inspection", "self_evaluation"), pk=pk)
    actions = Action.objects.visible_to(request.user).filter(plan=plan)
    form, offered = plan_filter(request, plan, actions)
    by = form.cleaned_data.get("by") or "indicator"
    listed = listing(actions, form.wanted(), by, inspection=plan.inspection_id, on=clock.today())
    page = page_of(request, listed, PAGE)
    own = own_words(request.area)
    total = sum(number for number, *_ in offered["held"])
    context = printed(request, own) | {
        "plan": plan,
        "life": life_of(request, plan, (status for _, status, *_ in offered["held"])),
        "form": form,
        "counts": listed.counts,
        "total": total,
        "shown": _shown(listed.counts.shown, total),
        "page": page,
        "groups": _lined(request, page.object_list, reader_of(request, own, ())),
        "heads": heads(form, COLUMNS),
        "by": GROUPS[by],
        "among_all": form.among_all(pk),
    }
    return render(request, "plans/plan.html", context)


def _shown(number: int, total: int) -> str:
    """What the first number on top of the list counts."""
    actions = "action" if number == 1 else "actions"
    return actions if number == total else f"{actions} of {total}"


def plan_filter(
    request: Request, plan: Plan, actions: Any
) -> tuple[PlanFilter, dict[str, list[Choice]]]:
    """What the address wants of the plan's actions, and what there was to choose from."""
    messages = KeyMessage.objects.visible_to(request.user).filter(inspection=plan.inspection_id)
    posts = Post.objects.visible_to(request.user).in_area(request.area)
    offered = choices(held=actions, post=posts, indicator=actions, message=messages)
    return PlanFilter(request.GET, offered), offered


def _lined(request: Request, groups: Any, reader: Reader) -> list[tuple[str, int, list[Any]]]:
    """Each group with the lines that the page shows of it, and what they are linked to."""
    found = [(heading, size, [line(row, reader) for row in rows]) for heading, size, rows in groups]
    link(request, [one for *_, lines in found for one in lines])
    return found
