"""Steps about long lists: 20 areas of 5,000 actions each, and the pages that find some of them."""

from typing import Any

from django.core.management import call_command
from django.db import connection
from django.urls import reverse

from benchmarks import data
from benchmarks.pages import asked
from management import audit
from management.access import Role, roles_allow
from management.models import User
from plans.models import Action, Plan, Support, Update
from tests import factories

AREAS, PLANS, ACTIONS = 20, 10, 500  # plans of each area, actions of each plan
POSTS = 10
ROLES = (Role.SERVICE_MANAGER, Role.PERFORMANCE_LEAD, Role.HEAD_OF_SERVICE, Role.BOARD_MEMBER)


def prepare() -> None:
    """The measured area with all of its threads and links; the others with what lists read."""
    call_command("migrate", verbosity=0)
    # A million rows: what the triggers record of them is not what is measured.
    audit.remove()
    with audit.naming(data.BY, "fill"):
        there = data.place(kpis=0, months=0)
        head = User.objects.get(email=f"{Role.HEAD_OF_SERVICE}@measured.example")
        factories.holding(there.posts[1], head)
        for number in range(PLANS):
            data.plan(there, actions=ACTIONS, title=f"Plan {number + 1}")
        for number in range(1, AREAS):
            _another(there, number)
    audit.install()
    with connection.cursor() as cursor:
        # PostgreSQL would tidy up after so many new rows just while the pages are asked for.
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _another(there: data.Place, number: int) -> None:
    """Another area: its actions with one supporting post and one update each."""
    area = factories.area(f"Area {number}", slug=f"area-{number}")
    posts = [factories.post(area, f"Service Manager {n}") for n in range(POSTS)]
    indicators = list(there.inspection.framework.indicators.all())
    mine = {"area": area}
    for plan in range(PLANS):
        made = factories.plan(area, title=f"Plan {plan + 1}", agreed_on=data.AGREED)
        rows = Action.objects.bulk_create(
            Action(
                **mine,
                plan=made,
                reference=f"A{n}",
                sequence=n,
                indicator=indicators[n % len(indicators)],
                text=f"{data.TEXT} (team {n}).",
                lead=posts[n % POSTS],
                added_on=data.AGREED,
                original_due=data.due(n),
                due=data.due(n),
                late_after=data.due(n),
                evidence_expected=data.PROOF,
                status=data.COURSES[n % 5][-1],
            )
            for n in range(1, ACTIONS + 1)
        )
        Support.objects.bulk_create(
            Support(**mine, action=row, post=posts[row.sequence % 7]) for row in rows
        )
        Update.objects.bulk_create(
            Update(
                **data.entry(row, data.DAYS[-1]),
                old_status=row.status,
                status=row.status,
                text=data.REPORT,
            )
            for row in rows
        )


def measure() -> list[dict[str, Any]]:
    """The first hundred rows of each list, for each role that sees something else in it."""
    return [
        {"page": page, "role": str(role), **asked(role, path)}
        for role in ROLES
        for page, deed, path in _paths()
        if roles_allow({role}, deed)
    ]


def _paths() -> list[tuple[str, str, str]]:
    """Of each list: its name, the deed that it asks for, and where it is."""
    plan = Plan.objects.filter(area__slug="measured").order_by("pk")[0]
    post = plan.actions.order_by("sequence").values_list("lead", flat=True)[0]
    mine, every = (reverse(name, args=["measured"]) for name in ("my_actions", "actions"))
    here = reverse("plan", args=["measured", plan.pk])
    return [
        ("my actions", "action.update", f"{mine}?per=100"),
        ("plan view", "plan.view", here),
        ("plan view, by message", "plan.view", f"{here}?by=message&post={post}&status=open"),
        ("all actions", "plan.view", f"{every}?per=100"),
        # In the last update of every action, which is looked into last.
        ("search", "plan.view", f"{every}?per=100&q=vacant&sort=-due"),
        ("API", "plan.view", "/api/v1/areas/measured/actions/"),
        ("API, filtered", "plan.view", "/api/v1/areas/measured/actions/?overdue=true&text=team"),
    ]
