"""The one door to the job queue, django-q2: nothing else imports it, so that it can be replaced.

A queue message is only a hint. Whatever must happen is a row of ours, and the sweep finds it.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django_q.models import Schedule
from django_q.tasks import async_task

logger = logging.getLogger(__name__)
PREFIX = "throughline:"


@dataclass(frozen=True)
class Recurring:
    """A job that the scheduler starts every so many minutes. `job` is a function's dotted path."""

    name: str
    job: str
    minutes: int


def enqueue(job: str, *args: Any, group: str) -> None:
    """Ask a worker to run `job(*args)` soon, if the caller's transaction commits.

    With the database as broker the message is part of that transaction. Redis is told after the
    commit, and a Redis that does not answer is only logged: the next sweep asks again.
    """
    if settings.Q_BROKER == "redis":
        transaction.on_commit(partial(_push, job, args, group))
    else:
        async_task(job, *args, group=group)


def _push(job: str, args: tuple[Any, ...], group: str) -> None:
    try:
        async_task(job, *args, group=group)
    except Exception:
        logger.exception("%s was not enqueued: the queue does not answer.", job)


def sync(table: Sequence[Recurring]) -> tuple[int, int, int]:
    """Make the scheduler's rows equal the table; how many were made, changed and removed.

    One bad row stops the whole scheduler, so every row is checked. Call it in a transaction that
    holds a lock: names are not unique in the library's table.
    """
    made = changed = removed = 0
    for entry in table:
        wanted = _fields(entry)
        row, *doubles = Schedule.objects.filter(name=wanted["name"]).order_by("id") or [None]
        for double in doubles:
            double.delete()
            removed += 1
        if row is None:
            row = Schedule(**wanted)
            made += 1
        else:
            different = {name for name, value in wanted.items() if getattr(row, name) != value}
            lost = not row.next_run or abs(row.next_run - timezone.now()) > _tolerated(entry)
            if not different and not lost:
                continue
            for name in different:
                setattr(row, name, wanted[name])
            if lost:
                row.next_run = timezone.now()
            changed += 1
        row.full_clean()
        row.save()
    strangers = Schedule.objects.filter(name__startswith=PREFIX)
    strangers = strangers.exclude(name__in=[PREFIX + entry.name for entry in table])
    return made, changed, removed + strangers.delete()[0]


def _fields(entry: Recurring) -> dict[str, Any]:
    return {
        "name": PREFIX + entry.name,
        "func": entry.job,
        "schedule_type": Schedule.MINUTES,
        "minutes": entry.minutes,
        "repeats": -1,
        "cron": None,
        "args": None,
        "kwargs": None,
        "hook": None,
        "cluster": None,
        "intended_date_kwarg": None,
    }


def _tolerated(entry: Recurring) -> timedelta:
    """How far from now the next run may be: never far ahead, nor long ago after a night off."""
    return timedelta(minutes=2 * entry.minutes)


def next_runs() -> dict[str, datetime | None]:
    """When each of our recurring jobs is next started, by its name."""
    rows = Schedule.objects.filter(name__startswith=PREFIX).order_by("name")
    return {row.name.removeprefix(PREFIX): row.next_run for row in rows}
