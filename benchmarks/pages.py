"""Steps about pages: make the data, then ask for a page as a browser does, again and again."""

import gzip
import time
from statistics import median
from typing import Any

from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from benchmarks import data
from benchmarks.statements import counted, queries
from management import audit
from management.access import Role, roles_allow
from management.models import User
from plans.models import Action, Plan

WARM, TIMES = 5, 30
PLANS = (50, 500)  # actions
THREADS = (5, 200)  # entries
KPIS, MONTHS = 3, 36
FOUND = 60  # recommendations of each plan's inspection, and findings of its self-evaluation
# Of the plan page: everything, and the filters that ask the database most.
QUERIES = ("", "?by=message&post={post}&message=1&status=open")


def prepare() -> None:
    """Two plans that differ in size, and two actions that differ in their threads."""
    call_command("migrate", verbosity=0)
    with audit.naming(data.BY, "fill"):
        there = data.place(kpis=KPIS, months=MONTHS)
        for size in PLANS:
            made = data.plan(data.found(there, f"{size} actions", rows=FOUND), actions=size)
        led = made.actions.filter(lead=there.posts[0]).order_by("sequence")
        for action, entries in zip(led, THREADS, strict=False):
            data.thread(action, entries - _said(action))


def _said(action: Action) -> int:
    return action.updates.count() + action.date_changes.count() + action.evidence.count()


def measure() -> list[dict[str, Any]]:
    """Each page for each role: queries, median CPU in milliseconds, size."""
    return [
        {"page": page, "rows": rows, "role": str(role), **asked(role, path)}
        for role in Role
        for page, rows, deed, path in _paths()
        if roles_allow({role}, deed)
    ]


def _paths() -> list[tuple[str, int, str, str]]:
    """Of each page: its name, its size, the deed that it asks for, and where it is."""
    paths = []
    for size in PLANS:
        plan = Plan.objects.get(title=f"Plan of {size} actions")
        post = plan.actions.order_by("sequence").values_list("lead", flat=True)[0]
        here = reverse("plan", args=["measured", plan.pk])
        paths += [
            (
                "plan" if not query else "plan, filtered",
                size,
                "plan.view",
                here + query.format(post=post),
            )
            for query in QUERIES
        ]
        looks = (
            ("coverage", "coverage", "inspection.view", plan.inspection_id),
            (
                "self-evaluation coverage",
                "self_evaluation_coverage",
                "self_evaluation.view",
                plan.self_evaluation_id,
            ),
        )
        paths += [
            (page, size, deed, reverse(name, args=["measured", pk]))
            for page, name, deed, pk in looks
        ]
    sizes = {_said(action): action for action in plan.actions.all()}
    for entries in THREADS:
        here = reverse("action", args=["measured", sizes[entries].pk])
        paths.append(("action", entries, "plan.view", here))
    return paths


def asked(role: Role, path: str) -> dict[str, Any]:
    """What a page costs whoever has the role in the measured area."""
    client = Client(SERVER_NAME="localhost", headers={"accept-encoding": "gzip"})
    with audit.naming(data.BY, "sign in"):
        client.force_login(User.objects.get(email=f"{role}@measured.example"))
    for _ in range(WARM):
        answer = client.get(path)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
    spent = []
    for _ in range(TIMES):
        start = time.process_time()
        client.get(path)
        spent.append(time.process_time() - start)
    cache.clear()  # so that the session, too, is read from the database
    with counted() as statements:
        client.get(path)
    return {
        "queries": queries(statements),
        "statements": len(statements),
        "milliseconds": round(median(spent) * 1000, 1),
        "bytes": len(gzip.decompress(answer.content)),
    }
