"""My actions: what the posts of one person lead or support, and what else waits for them."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from management import clock
from management.access import policy
from management.requests import Request
from plans.forms.lists import MyActionsForm
from plans.models import Action, Plan, SavedView
from plans.querysets import choices
from plans.services.waiting import posts_of, waits_for
from plans.states import WORKED_ON
from plans.views.lists import columns_of, heads, listed, saved_views

COLUMNS = ("reference", "plan", "due", "status", "updated")
# The counts on top, each with the status that lists them.
COUNTS = {
    "overdue": "overdue",
    "due_soon": "due within 14 days",
    "quiet": "without an update for 90 days",
    "done": "done, waiting to be verified",
}


@policy("action.update")
@require_safe
def my_actions(request: Request, area: str) -> HttpResponse:
    """What is open, late first; and what waits for this person in another way."""
    today, user = clock.today(), request.user
    posts = posts_of(user, request.area, on=today)
    keys = [post.pk for post in posts]
    rows = Action.objects.visible_to(user).in_area(request.area)
    mine = rows.of_posts(keys).to_work_on()
    plans = Plan.objects.visible_to(user).in_area(request.area).filter(state__in=WORKED_ON)
    plans = plans.standing()
    form = MyActionsForm(request.GET, choices(plan=plans))
    wanted = mine.wanted(form.wanted(), on=today)
    counts = mine.situations(on=today)
    number = wanted.count() if form.chosen() else counts["open"]
    columns = columns_of(form, COLUMNS)
    waits = waits_for(user, request.area, keys, on=today, others=True)
    context = listed(request, form, wanted, number, keys) | {
        "posts": posts,
        "total": counts["open"],
        "counts": [(name, counts[name], label) for name, label in COUNTS.items()],
        "waits": waits,
        "tasks_late": sum(task["day"] < today for task in waits.tasks),
        "plan_column": "plan" in columns,
        "heads": heads(form, columns),
        "views": saved_views(request, SavedView.Page.MINE),
    }
    return render(request, "plans/my_actions.html", context)
