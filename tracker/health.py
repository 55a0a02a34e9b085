"""Whether the service works, as plain checks: for /health, and for `manage.py check_jobs`.

/health is open to all: the sentences name no host, path or person. Nothing here raises, and what
cannot be checked is not well. The workers are judged by what the database says they have done: a
process that is there, or a "working" status, says little (see `qworker`).
"""

import logging
import os
import shutil
import tempfile
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Exists, OuterRef
from django.utils import timezone

from governance.models import Pack, PackBuild
from management import audit, outbox, queue
from management.models import JobTick
from tracker.schedules import SCHEDULES

logger = logging.getLogger(__name__)
SILENCE = timedelta(minutes=5)
LATE_REMINDERS = timedelta(hours=1)
FIGURE_JOBS = ("figures", "pack-figures")
LEAST_FREE = 500 * 1024 * 1024  # bytes
START_WORKER = "Start one with “manage.py qworker”."
Verdict = tuple[bool, str]
Checks = dict[str, Callable[[datetime], Verdict]]


def report(now: datetime | None = None) -> dict[str, Any]:
    """All checks: {"ok": bool, "checks": [{"name", "ok", "detail"}, …]}."""
    return _summary(_DATABASE | _MACHINE | _JOBS, now or timezone.now())


def report_jobs(now: datetime | None = None) -> dict[str, Any]:
    """The checks that say whether background jobs are done, in the same shape."""
    return _summary({"database": database, **_JOBS}, now or timezone.now())


def _summary(checks: Checks, now: datetime) -> dict[str, Any]:
    results: list[dict[str, Any]] = []
    reachable = True
    for name, check in checks.items():
        if not reachable and name not in _MACHINE:
            ok, detail = False, "Not known while the database does not answer."
        else:
            ok, detail = _ask(name, check, now)
        reachable = reachable and (ok or name != "database")
        results.append({"name": name, "ok": ok, "detail": detail})
    return {"ok": all(result["ok"] for result in results), "checks": results}


def _ask(name: str, check: Callable[[datetime], Verdict], now: datetime) -> Verdict:
    try:
        return check(now)
    except Exception:
        logger.exception("The health check “%s” failed.", name)
        return False, "This could not be checked. The log of the service says why."


def database(now: datetime) -> Verdict:
    try:
        connection.ensure_connection()
        if not connection.is_usable():
            connection.close()
            connection.ensure_connection()
    except Exception as error:
        logger.error("The database does not answer: %s", error)
        return False, "The database does not answer."
    return True, "The database answers."


def migrations(now: datetime) -> Verdict:
    executor = MigrationExecutor(connection)
    waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if waiting:
        return False, f"{_count(waiting, 'migration')} not applied. Run “manage.py migrate”."
    return True, "All migrations are applied."


def audit_trail(now: datetime) -> Verdict:
    gone = len(audit.missing())
    if gone:
        return False, f"{_count(gone, 'audit trigger')} missing. Run “manage.py migrate”."
    return True, "Every change is recorded."


def shared_cache(now: datetime) -> Verdict:
    backend = str(settings.CACHES["default"]["BACKEND"])
    if backend.endswith(("LocMemCache", "DummyCache")):
        return False, "Each process has a cache of its own, so sign-in limits do not hold."
    key, value = f"health:{uuid.uuid4().hex}", uuid.uuid4().hex
    cache.set(key, value, timeout=60)
    kept = cache.get(key) == value
    cache.delete(key)
    return kept, "The cache works." if kept else "The cache does not keep what it is given."


def store(now: datetime) -> Verdict:
    folder = Path(settings.STORE_DIR)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"health")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        logger.error("The store cannot be written: %s", error)
        return False, "The store of files cannot be written."
    return True, "The store of files can be written."


def disk(now: datetime) -> Verdict:
    folder = Path(settings.DATA_DIR)
    free = shutil.disk_usage(folder if folder.exists() else folder.parent).free
    if free < LEAST_FREE:
        return False, f"Only {free // 1024**2:,} MB of disk space is left."
    return True, "There is disk space."


def worker(now: datetime) -> Verdict:
    """A worker sweeps every minute; one that did not for five minutes is not there or is stuck."""
    tick = JobTick.objects.filter(name="sweep").first()
    if tick is None or tick.succeeded_at is None:
        return False, f"No background worker has finished a job yet. {START_WORKER}"
    silent = now - tick.succeeded_at
    if silent > SILENCE:
        minutes = int(silent.total_seconds() // 60)
        return False, f"No background worker was heard of for {minutes:,} minutes. {START_WORKER}"
    if tick.error:
        return False, "Packs that are due could not be asked for. Run “manage.py check_jobs”."
    return True, "A background worker is at work."


def schedules(now: datetime) -> Verdict:
    runs = queue.next_runs()
    if missing := [entry.name for entry in SCHEDULES if entry.name not in runs]:
        return False, f"Not scheduled: {', '.join(missing)}. Run “manage.py sync_schedules”."
    late = [name for name, at in runs.items() if at is None or now - at > SILENCE]
    if late:
        return False, f"Late: {', '.join(late)}. {START_WORKER}"
    return True, "Recurring jobs are on time."


def reminders(now: datetime) -> Verdict:
    tick = JobTick.objects.filter(name="remind").first()
    if tick is None or tick.succeeded_at is None:
        return False, f"Reminders have not been looked for yet. {START_WORKER}"
    if now - tick.succeeded_at > LATE_REMINDERS:
        return False, f"Reminders have not been looked for in the last hour. {START_WORKER}"
    if tick.error:
        return False, "Reminders could not all be made. Run “manage.py check_jobs”."
    if JobTick.objects.filter(name__in=FIGURE_JOBS).exclude(error="").exists():
        return False, "Figures could not all be asked for. Run “manage.py check_jobs”."
    return True, "Reminders are made."


def messages(now: datetime) -> Verdict:
    tick = JobTick.objects.filter(name="messages").first()
    if tick is None or tick.succeeded_at is None:
        return False, f"The outbox has not been looked through yet. {START_WORKER}"
    if now - tick.succeeded_at > SILENCE:
        return False, f"Nobody has looked through the outbox for five minutes. {START_WORKER}"
    if unsettled := outbox.unsettled().count():
        return False, (
            f"{_count(unsettled, 'message')} not sent, or perhaps not: an administrator must "
            "decide on the page “Messages”."
        )
    if late := outbox.late(now).count():
        return False, f"{_count(late, 'message')} late. Run “manage.py check_jobs”."
    refused = outbox.refused().count()
    if refused and not outbox.takes_others():
        return False, f"{_count(refused, 'message')} refused by the mail server so far."
    if refused:
        return True, f"E-mail goes out. {_count(refused, 'message')} refused so far, others not."
    return True, "E-mail goes out."


def packs(now: datetime) -> Verdict:
    newer = Pack.objects.filter(
        body=OuterRef("pack__body"),
        start=OuterRef("pack__start"),
        edition__gt=OuterRef("pack__edition"),
    )
    # What a later edition has replaced needs nobody any more.
    failed = PackBuild.objects.filter(~Exists(newer), state=PackBuild.State.FAILED).count()
    if failed:
        return False, f"{failed:,} pack{'' if failed == 1 else 's'} failed: a person must look."
    return True, "No pack has failed."


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun} is" if number == 1 else f"{number:,} {noun}s are"


_DATABASE: Checks = {"database": database, "migrations": migrations, "audit": audit_trail}
_MACHINE: Checks = {"cache": shared_cache, "store": store, "disk": disk}
_JOBS: Checks = {
    "worker": worker,
    "schedules": schedules,
    "packs": packs,
    "reminders": reminders,
    "messages": messages,
}
