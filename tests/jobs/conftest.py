"""A real `manage.py qworker` on the test's own database."""

import os
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection

from tests import factories


def database_url():
    """The test database, for another process."""
    facts = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{facts['NAME']}"
    user, secret = quote(facts["USER"]), quote(facts["PASSWORD"])
    return f"postgres://{user}:{secret}@{facts['HOST']}:{facts['PORT'] or 5432}/{facts['NAME']}"


def surroundings():
    """The environment in which another process works on the test's database and store."""
    return {
        "DJANGO_SETTINGS_MODULE": "tests.jobs.worker_settings",
        "DATABASE_URL": database_url(),
        "DATA_DIR": str(settings.DATA_DIR),
        # Messages are signed with it.
        "SECRET_KEY": settings.SECRET_KEY,
        "PACK_LEASE_SECONDS": "2",
        "LOG_LEVEL": "INFO",  # the tests read what the processes say
    }


class Worker:
    """A worker process; what it started is in process groups of its own."""

    def __init__(self, folder, **environment):
        self.path = folder / f"worker-{time.monotonic_ns()}.log"
        self.log = self.path.open("w")
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "qworker", "--grace", "20"],
            cwd=settings.BASE_DIR,
            env=os.environ | surroundings() | environment,
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )

    @property
    def text(self):
        return self.path.read_text()

    def clusters(self):
        """The main processes of the qclusters that it has started and that are still there."""
        return children(self.process.pid)

    def kill(self):
        """As a power cut does: the supervisor and every process of its cluster, at once."""
        groups = self.clusters()
        self.process.kill()
        for group in groups:
            end_group(group)
        self.process.wait(10)

    def stop(self, number=signal.SIGTERM):
        """Ask it to end; its exit code."""
        self.process.send_signal(number)
        return self.process.wait(30)


def children(parent):
    """The processes that this one has started (Linux)."""
    try:
        return [
            int(pid) for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        ]
    except (FileNotFoundError, ProcessLookupError):
        return []


def end_group(leader):
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        return


@pytest.fixture
def start_worker(transactional_db, tmp_path):
    """Starts workers, and ends with the test whatever is left of them."""
    started = []

    def start(**environment):
        worker = Worker(tmp_path, **environment)
        started.append(worker)
        eventually(lambda: worker.process.poll() is not None or " running." in worker.text)
        assert worker.process.poll() is None, worker.text
        return worker

    yield start
    for worker in started:
        worker.kill()
        worker.log.close()


def eventually(question, seconds=20):
    """Ask until the answer is yes. Fails after so many seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if answer := question():
            return answer
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} seconds")


@pytest.fixture
def board(transactional_db):
    """A body without packs, none of which is due."""
    return factories.body(factories.plan(factories.area()), packs_from=date(2200, 1, 1))
