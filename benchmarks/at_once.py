"""Steps about many people at one action: a real site, and everybody's update at the same time."""

import json
import os
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from http.client import HTTPConnection
from threading import Barrier
from typing import Any

from benchmarks import data
from benchmarks.process import ROOT
from management import audit, clock
from management.access import Role
from management.models import Area, User
from management.tokens import issue_token
from plans.models import Action, Support, Update
from plans.statuses import Status
from tests import factories

TRIES = 100  # of one person; each failed one means that somebody else's update was kept
SECONDS = 60


def prepare(people: int) -> list[str]:
    """So many people whose posts support one action; a token for each."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    with audit.naming(data.BY, "fill"):
        there = data.place(kpis=0, months=0)
        action = data.plan(there, actions=1).actions.get()
        Action.objects.filter(pk=action.pk).update(status=Status.ON_TRACK)
        tokens = []
        for number in range(people):
            person = factories.user(
                there.area, Role.SERVICE_MANAGER, email=f"p{number}@measured.example"
            )
            post = factories.post(there.area, f"Partner {number}")
            factories.holding(post, person)
            Support.objects.create(area=there.area, action=action, post=post)
            person = User.objects.get(pk=person.pk)
            last = clock.today() + timedelta(days=30)
            made = issue_token(
                by=person, area=there.area, name="measure", scope="write", expires_on=last
            )
            tokens.append(made[1])
    return tokens


def updated(tokens: list[str]) -> dict[str, Any]:
    """Everybody posts one update, from what they have read, and again when they came too late."""
    area = Area.objects.get(slug="measured")
    action = Action.objects.get(area=area)
    before = Update.objects.filter(action=action).count()
    path = f"/api/v1/areas/{area.slug}/actions/{action.pk}/"
    together = Barrier(len(tokens), timeout=SECONDS)
    with site() as port, ThreadPoolExecutor(len(tokens)) as pool:
        answers = Counter(
            status
            for found in pool.map(lambda token: list(_update(port, path, token, together)), tokens)
            for status in found
        )
    told = Update.objects.filter(action=action).order_by("pk")[before:]
    return {
        "kept": len({update.text for update in told}),
        "refused as stale": answers[412],
        "wrong": answers.total() - answers[200] - answers[412],
    }


def _update(port: int, path: str, token: str, together: Barrier) -> Iterator[int]:
    wire = HTTPConnection("localhost", port, timeout=SECONDS)
    head = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    wire.request("GET", path, headers=head)
    answer = wire.getresponse()
    answer.read()
    tag = answer.headers["ETag"]
    together.wait()  # so that all of them have read the same
    for _ in range(TRIES):
        body = json.dumps({"status": Status.ON_TRACK, "text": f"Update with {token[-8:]}"})
        wire.request("POST", f"{path}updates/", body, head | {"If-Match": tag})
        answer = wire.getresponse()
        answer.read()  # else the wire takes no other request
        yield answer.status
        if answer.status != 412:
            return
        tag = answer.headers["ETag"]


@contextmanager
def site() -> Iterator[int]:
    """Served by gunicorn as in production: two processes of four threads. The port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "tracker.wsgi", "--no-control-socket"]
    command += ["--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "4"]
    command += ["--log-level", "warning"]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ)  # noqa: S603  (our own words)
    try:
        end = time.monotonic() + SECONDS
        while time.monotonic() < end and process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(30)
