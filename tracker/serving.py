"""Web and worker together, as child processes: what `manage.py serve` and `demo` run."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.db import Error

from governance import services
from governance.models import Body, Pack, PackBuild
from governance.timetable import due_periods
from management import clock

LONGEST_BUILD = 180  # seconds
LONGEST_GOODBYE = 75  # seconds: more than the worker gives to a job that is running


class Stopped(Exception):
    """Ctrl-C, or the system asks us to end."""


class Child:
    """A process of ours, in a group of its own so that Ctrl-C reaches it only through us."""

    def __init__(self, name: str, *command: str) -> None:
        self.name = name
        self.process = subprocess.Popen(  # noqa: S603  (our own commands)
            [sys.executable, *command],
            cwd=settings.BASE_DIR,
            # Whoever runs a demonstration reads our lines, not the routine of the processes.
            env={"LOG_LEVEL": "WARNING", **os.environ},
            start_new_session=True,
        )

    @property
    def ended(self) -> bool:
        return self.process.poll() is not None

    def end(self) -> None:
        """Ask it to finish, and insist after a while."""
        if not self.ended:
            self.process.terminate()
        try:
            self.process.wait(LONGEST_GOODBYE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def port() -> int:
    """The port that PORT names, or 8000. Raises CommandError when it names none."""
    value = os.environ.get("PORT") or "8000"
    if not value.isdecimal() or not 0 < int(value) < 65536:
        raise CommandError(f"PORT is {value!r}. It must be a number from 1 to 65535.")
    return int(value)


def serve(port: int) -> int:
    """Web site on loopback and a worker, until told to stop; the exit code.

    Says how the packs that are due come along. When one of the two dies, the other is ended.
    """
    _check_port(port)
    with _told_to_stop(), _children() as start:
        try:
            site = start("The web site", "-m", "gunicorn", "tracker.wsgi", *_gunicorn(port))
            worker = start("The worker", _manage(), "qworker")
            _wait_for_site(site, port)
            _say(f"The web site is open: http://127.0.0.1:{port}/ (Ctrl-C ends it)")
            told: dict[str, str] = {}
            while not (site.ended or worker.ended):
                _tell(told)
                time.sleep(1)
            fallen = site if site.ended else worker
            _say(f"{fallen.name} has ended by itself; the rest is ended too.")
            return 1
        except Stopped:
            _say("Ending …")
            return 0


def build_once(out: Path) -> int:
    """Let a worker build the packs that are due, write their files to `out`, and end it."""
    with _told_to_stop(), _children() as start:
        try:
            worker = start("The worker", _manage(), "qworker")
            packs = _wait_for_packs(worker)
        except Stopped:
            _say("Ended before the pack was built.")
            return 1
        for pack in packs:
            for path in services.export(pack, out):
                _say(str(path))
    return 0


def _wait_for_packs(worker: Child) -> list[Pack]:
    """The packs that are due, once they are built. Raises CommandError when they are not."""
    told: dict[str, str] = {}
    end = time.monotonic() + LONGEST_BUILD
    while time.monotonic() < end:
        if worker.ended:
            raise CommandError("The worker has ended before the pack was built.")
        latest = _tell(told)
        due = _due() if latest else set()
        packs = [pack for pack in latest if (pack.body_id, pack.start) in due]
        states = {pack.build.state for pack in packs}
        if PackBuild.State.FAILED in states:
            raise CommandError("A pack has failed. “manage.py check_jobs” says which.")
        if packs and len(packs) == len(due) and states == {PackBuild.State.DONE}:
            return packs
        time.sleep(0.5)
    raise CommandError(
        f"The pack is not built after {LONGEST_BUILD} seconds. “manage.py check_jobs” says more."
    )


def _due() -> set[tuple[int, date]]:
    """Body and first day of each pack that the calendar asks for; people may ask for others."""
    return {
        (body.pk, period.start)
        for body in Body.objects.all()
        for period in due_periods(body.packs_from, body.days_after_quarter, clock.today())
    }


def _tell(told: dict[str, str]) -> list[Pack]:
    """Print what has changed about the latest edition of each pack; return these."""
    try:
        rows = list(Pack.objects.latest_first().select_related("area", "body", "build"))
    except Error:
        return []  # /health tells; a demonstration need not end for it
    latest = {(pack.body_id, pack.start): pack for pack in reversed(rows)}
    for pack in latest.values():
        state = pack.build.get_state_display()
        if told.get(str(pack)) != state:
            told[str(pack)] = state
            _say(f"{pack}: {state}")
    return list(latest.values())


def _gunicorn(port: int) -> list[str]:
    # Threads: a browser that keeps a connection open and silent holds one, not a whole process.
    where = ["--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "4"]
    return [*where, "--log-level", "warning", "--no-control-socket"]


def _manage() -> str:
    return str(Path(settings.BASE_DIR) / "manage.py")


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        # As gunicorn does, so that a port that is only just free is not taken for one in use.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError) as error:
            raise CommandError(
                f"Port {port} cannot be used (another program may have it). "
                "Choose another: PORT=8001 make demo."
            ) from error


def _wait_for_site(site: Child, port: int) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if site.ended:
            raise CommandError("The web site could not start. The lines above say why.")
        with socket.socket() as probe:
            probe.settimeout(1)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise CommandError("The web site did not open within a minute.")


@contextmanager
def _told_to_stop() -> Iterator[None]:
    """Ctrl-C, SIGTERM and a closed terminal raise Stopped inside, once."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def stop(*args: Any) -> None:
        for number in numbers:
            signal.signal(number, signal.SIG_IGN)  # what follows must not be interrupted again
        raise Stopped

    before = {number: signal.signal(number, stop) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _children() -> Iterator[Any]:
    """Starts children, and ends them all, last one first, however the block is left."""
    started: list[Child] = []

    def start(name: str, *command: str) -> Child:
        child = Child(name, *command)
        started.append(child)
        return child

    try:
        yield start
    finally:
        for child in reversed(started):
            child.end()


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
