"""manage.py qworker: a qcluster that is started again, whole, whenever a part of it dies.

One process of a qcluster that is killed (the system does so when memory runs out) can stop all the
others for ever while everything looks well: the killed one held the lock of their shared queue. So
any unexpected death ends the whole group, and a new one starts. Nothing is lost by that: what must
happen is in the database, and the lease of an interrupted pack runs out.
"""

import os
import signal
import subprocess
import sys
import time
from argparse import ArgumentParser
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import Error, connection, transaction
from django.utils import timezone

from management import queue
from management.models import JobTick

LONGEST_PAUSE = 30  # seconds
# Without a sweep for so long, a cluster is stuck that has reported no death: the killed process
# held a lock that its guard waits for. Longer than any job may take (Q_CLUSTER["timeout"]).
LONGEST_SILENCE = 15 * 60  # seconds
BETWEEN_LOOKS = 30  # seconds


class Command(BaseCommand):
    help = "Run the background jobs until told to stop (SIGTERM, a closed terminal or Ctrl-C)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--grace",
            type=float,
            default=60,
            help="Seconds that a running job may take to finish when told to stop (60).",
        )

    def handle(self, *args: Any, grace: float, **options: Any) -> None:
        self.death = self.stopping = False
        signal.signal(signal.SIGUSR1, self._hear_of_death)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._hear_stop)
        pause = 1
        while not self.stopping:
            started = time.monotonic()
            code = self._one_life(grace)
            if self.stopping:
                # One that had not begun to listen yet is ended by the signal itself.
                sys.exit(0 if code in (0, -signal.SIGTERM) else 1)
            pause = 1 if time.monotonic() - started > 60 else min(pause * 2, LONGEST_PAUSE)
            self.stderr.write(f"The worker ended ({code}); it starts again in {pause} seconds.")
            self._sleep(pause)

    def _hear_of_death(self, *args: Any) -> None:
        self.death = True

    def _hear_stop(self, *args: Any) -> None:
        self.stopping = True

    def _one_life(self, grace: float) -> int | str:
        """Run one qcluster to its end, whatever that is; its exit code or what was wrong."""
        self.death = False
        if not self._prepare():
            return "the database is not ready"
        cluster = subprocess.Popen(  # noqa: S603  (our own command)
            [sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), "qcluster"],
            cwd=settings.BASE_DIR,
            env={**os.environ, "QWORKER_PID": str(os.getpid())},
            start_new_session=True,
        )
        try:
            started = looked = time.monotonic()
            while cluster.poll() is None and not self.death and not self.stopping:
                time.sleep(0.2)
                if time.monotonic() - looked > BETWEEN_LOOKS:
                    looked = time.monotonic()
                    if looked - started > LONGEST_SILENCE and _is_silent():
                        self.death = True
            if self.stopping and cluster.poll() is None:
                # The main process alone: told to stop all at once, a qcluster hangs.
                cluster.terminate()
                end = time.monotonic() + grace
                while cluster.poll() is None and time.monotonic() < end and not self.death:
                    time.sleep(0.2)
        finally:
            _kill_group(cluster.pid)
        return cluster.wait()

    def _prepare(self) -> bool:
        """Follow the table of jobs, and sweep now: the scheduler only starts after 30 seconds."""
        try:
            call_command("sync_schedules", stdout=self.stdout)
            with transaction.atomic():
                queue.enqueue("governance.jobs.sweep", group="sweep")
        except Error as error:
            self.stderr.write(
                f"The database does not answer as it should ({type(error).__name__}). "
                "Is it running, and was “manage.py migrate” run?"
            )
            return False
        finally:
            connection.close()
        return True

    def _sleep(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self.stopping:
            time.sleep(0.2)


def _is_silent() -> bool:
    """Whether no worker has swept for too long, as far as the database can be asked."""
    since = timezone.now() - timedelta(seconds=LONGEST_SILENCE)
    try:
        return not JobTick.objects.filter(name="sweep", succeeded_at__gte=since).exists()
    except Error:
        return False
    finally:
        connection.close()


def _kill_group(leader: int) -> None:
    """End what is left of the group: orphans of a dead guard, or processes that wait for ever."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        return
