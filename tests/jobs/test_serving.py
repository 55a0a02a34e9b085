"""Web and worker started and ended together, as the demonstration does."""

import os
import signal
import socket
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management.base import CommandError
from django.db import OperationalError

from governance.models import PackBuild
from management import clock
from tests import factories
from tests.jobs.conftest import children, end_group, eventually, surroundings
from tracker import serving

# Long, and of whichever database: where CI has the services.
pytestmark = [pytest.mark.xdist_group("workers"), pytest.mark.services]


@pytest.fixture
def port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def due(board):
    board.packs_from = date(2019, 10, 1)
    board.save()
    return board


@pytest.fixture
def run(tmp_path, transactional_db):
    """Starts `tracker.serving` in a process of its own; ends what is left of it."""
    started = []

    def start(call):
        code = f"import django, sys; django.setup(); from tracker import serving; sys.exit({call})"
        with (tmp_path / "said").open("w") as said:
            process = subprocess.Popen(
                [sys.executable, "-c", code],
                cwd=settings.BASE_DIR,
                env=os.environ | surroundings() | {"THROUGHLINE_TODAY": "2020-01-15"},
                stdout=said,
                stderr=subprocess.STDOUT,
            )
        started.append(process)
        return process

    yield start
    for process in started:
        for child in children(process.pid):
            for grandchild in children(child):
                end_group(grandchild)
            end_group(child)
        process.kill()
        process.wait(10)


def said(tmp_path):
    return (tmp_path / "said").read_text()


def family(pid):
    found = children(pid)
    return found + [descendant for child in found for descendant in family(child)]


def is_there(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_pack_that_is_due_is_built_and_its_files_written(due, run, tmp_path):
    process = run(f"serving.build_once(serving.Path({str(tmp_path / 'out')!r}))")
    eventually(lambda: process.poll() is not None, 40)
    assert process.returncode == 0, said(tmp_path)
    name = f"{due.area.slug}-{due.slug}-2019-10-01_1"
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        f"{name}.{form}" for form in ("docx", "html", "pdf", "xlsx")
    ]
    assert "Built" in said(tmp_path)


@pytest.mark.parametrize("state", [PackBuild.State.DONE, PackBuild.State.FAILED])
def test_packs_of_other_quarters_that_somebody_asked_for_are_left_alone(
    due, monkeypatch, tmp_path, state
):
    factories.pack(due, state=state, start=date(2019, 7, 1), end=date(2019, 9, 30))
    wanted = factories.pack(due, state=PackBuild.State.DONE)
    written = []
    monkeypatch.setattr(serving, "_manage", lambda: "-cimport time; time.sleep(60)")
    monkeypatch.setattr(serving, "LONGEST_BUILD", 5)
    monkeypatch.setattr(serving.services, "export", lambda pack, out: written.append(pack) or [])
    with clock.hold(date(2020, 1, 15)):
        assert serving.build_once(tmp_path) == 0
    assert written == [wanted]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_told_to_stop_both_end_cleanly(due, run, port, tmp_path, number):
    process = run(f"serving.serve({port})")
    eventually(lambda: f"http://127.0.0.1:{port}/" in said(tmp_path), 30)
    # gunicorn with two workers; qworker, and the six of its qcluster
    eventually(lambda: len(family(process.pid)) == 10)
    started = family(process.pid)
    process.send_signal(number)
    assert process.wait(30) == 0
    assert not [pid for pid in started if is_there(pid)]


def test_when_the_worker_dies_the_web_site_is_ended_too(due, run, port, tmp_path):
    process = run(f"serving.serve({port})")
    eventually(lambda: f"http://127.0.0.1:{port}/" in said(tmp_path), 30)
    started = family(process.pid)
    worker = next(
        pid
        for pid in children(process.pid)
        if "qworker" in Path(f"/proc/{pid}/cmdline").read_text()
    )
    os.kill(worker, signal.SIGTERM)
    assert process.wait(30) == 1
    assert "The worker has ended by itself" in said(tmp_path)
    eventually(lambda: not [pid for pid in started if is_there(pid)], 5)


def test_a_port_in_use_is_said_in_one_sentence(port):
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        with pytest.raises(CommandError, match=f"Port {port} cannot be used"):
            serving.serve(port)


def test_a_port_that_cannot_be_is_said_too():
    with pytest.raises(CommandError, match="Port 70000 cannot be used"):
        serving.serve(70000)


def test_a_worker_that_ends_early_is_said(due, monkeypatch, tmp_path):
    monkeypatch.setattr(serving, "_manage", lambda: "-c=1")
    with pytest.raises(CommandError, match="ended before the pack was built"):
        serving.build_once(tmp_path)


def test_a_database_that_does_not_answer_is_waited_for(due, monkeypatch, tmp_path):
    def refuse(*args):
        raise OperationalError

    monkeypatch.setattr(serving, "_manage", lambda: "-cimport time; time.sleep(60)")
    monkeypatch.setattr(serving, "LONGEST_BUILD", 1)
    monkeypatch.setattr(serving.Pack.objects, "latest_first", refuse)
    monkeypatch.setattr(serving.Body.objects, "all", refuse)
    with pytest.raises(CommandError, match="not built after 1 seconds"):
        serving.build_once(tmp_path)


def test_the_command_serves_on_the_port_that_is_asked_for(run, port, tmp_path, monkeypatch):
    monkeypatch.setenv("PORT", str(port))
    process = run("__import__('django.core.management').core.management.call_command('serve')")
    opened = f"The web site is open: http://127.0.0.1:{port}/ (Ctrl-C ends it)"
    eventually(lambda: opened in (tmp_path / "said").read_text(), 60)
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0


def test_a_failed_pack_is_said(due, monkeypatch, tmp_path):
    factories.pack(due, state=PackBuild.State.FAILED)
    monkeypatch.setattr(serving, "_manage", lambda: "-cimport time; time.sleep(60)")
    before = time.monotonic()
    with pytest.raises(CommandError, match="A pack has failed"):
        serving.build_once(tmp_path)
    assert time.monotonic() - before < 10  # and its worker was ended
