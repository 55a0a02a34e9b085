"""The operator's commands for jobs and packs."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.conf import settings as django_settings
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone
from django_q.models import Schedule

from governance import building, render
from governance.models import Pack, PackBuild
from management import deathwatch, queue, store
from management.management.commands import build_pack as command
from management.models import AuditEvent, JobTick
from management.queue import Recurring
from tests import factories

DRAWN = {form: f"a {form}".encode() for form in ("pdf", "docx", "xlsx", "html")}


def run(*arguments):
    out = StringIO()
    call_command(*arguments, stdout=out, stderr=out)
    return out.getvalue()


def sync():
    return run("sync_schedules")


def rows():
    return list(Schedule.objects.order_by("pk").values("name", "func", "minutes", "repeats"))


SWEEP = {
    "name": "throughline:sweep",
    "func": "governance.jobs.sweep",
    "minutes": 1,
    "repeats": -1,
}
MESSAGES = {
    "name": "throughline:messages",
    "func": "management.jobs.send_messages",
    "minutes": 1,
    "repeats": -1,
}
REMIND = {
    "name": "throughline:remind",
    "func": "plans.jobs.remind",
    "minutes": 15,
    "repeats": -1,
}
FIGURES = {
    "name": "throughline:figures",
    "func": "kpis.jobs.ask_for_figures",
    "minutes": 60,
    "repeats": -1,
}
PACK_FIGURES = {
    "name": "throughline:pack-figures",
    "func": "governance.jobs.ask_for_figures",
    "minutes": 60,
    "repeats": -1,
}
ALL = [SWEEP, MESSAGES, REMIND, FIGURES, PACK_FIGURES]


def test_the_schedule_follows_the_table_and_stays_as_it_is(db):
    assert sync() == "Recurring jobs: 5 made, 0 changed, 0 removed.\n"
    first = queue.next_runs()
    assert sync() == "Recurring jobs: 0 made, 0 changed, 0 removed.\n"
    assert rows() == ALL
    assert queue.next_runs() == first


@pytest.mark.parametrize(
    "drift",
    [
        {"func": "os.system"},
        {"minutes": 600},
        {"repeats": 0},
        {"args": "1, foo("},
        {"schedule_type": Schedule.QUARTERLY},
        {"next_run": None},
        {"next_run": datetime(2200, 1, 1, tzinfo=UTC)},
        {"next_run": datetime(2020, 1, 1, tzinfo=UTC)},
        {"cluster": "elsewhere"},
        {"intended_date_kwarg": "day"},
    ],
)
def test_drift_is_mended(db, drift):
    sync()
    sweep = Schedule.objects.filter(name="throughline:sweep")
    sweep.update(**drift)
    assert sync() == "Recurring jobs: 0 made, 1 changed, 0 removed.\n"
    row = sweep.get()
    assert rows() == ALL
    assert (row.schedule_type, row.args, row.cluster) == (Schedule.MINUTES, None, None)
    assert row.intended_date_kwarg is None
    assert abs(row.next_run - timezone.now()) <= timedelta(minutes=2)


def test_doubles_and_jobs_of_ours_that_are_no_more_are_removed_and_others_stay(db):
    sync()
    for name in ("throughline:sweep", "throughline:gone", "somebody else's"):
        Schedule.objects.create(name=name, func="os.getpid", schedule_type=Schedule.MINUTES)
    assert sync() == "Recurring jobs: 0 made, 0 changed, 2 removed.\n"
    names = Schedule.objects.order_by("name").values_list("name", flat=True)
    assert list(names) == [
        "somebody else's",
        "throughline:figures",
        "throughline:messages",
        "throughline:pack-figures",
        "throughline:remind",
        "throughline:sweep",
    ]


def test_a_row_that_would_stop_the_scheduler_is_refused(db):
    with pytest.raises(ValidationError):
        queue.sync([Recurring("bad", "x" * 300, minutes=1)])


def test_a_job_of_redis_is_told_after_the_commit_and_a_silent_redis_is_only_logged(
    transactional_db, settings, monkeypatch, caplog
):
    settings.Q_BROKER = "redis"
    told = []
    caplog.set_level("ERROR", "management.queue")

    def tell(job, *args, group):
        told.append((job, args, group))
        raise ConnectionError("redis is away")

    monkeypatch.setattr(queue, "async_task", tell)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        queue.enqueue("a.job", 1, group="packs")
        raise ZeroDivisionError
    with transaction.atomic():
        queue.enqueue("a.job", 2, group="packs")
        assert told == []
    assert told == [("a.job", (2,), "packs")]
    assert "the queue does not answer" in caplog.text


@pytest.fixture
def board(db, monkeypatch):
    monkeypatch.setattr(render, "render_all", lambda content: DRAWN, raising=False)
    area = factories.area(slug="an-area")
    return factories.body(factories.plan(area), slug="a-board")


def pack_files(tmp_path, *more, area="an-area", body="a-board", as_at="2020-01-15"):
    where = ["--area", area, "--body", body, "--as-at", as_at, "--out", str(tmp_path / "out")]
    return run("build_pack", *where, *more)


def test_build_pack_writes_the_four_files(board, tmp_path):
    said = pack_files(tmp_path)
    written = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    assert written == {f"an-area-a-board-2019-10-01_1.{f}": DRAWN[f] for f in DRAWN}
    assert all(name in said for name in written)
    event = AuditEvent.objects.get(table_name="governance_pack")
    assert event.actor_name == "operator (build_pack)"


def test_build_pack_speaks_json_and_builds_once(board, tmp_path):
    first = json.loads(pack_files(tmp_path, "--json"))
    assert json.loads(pack_files(tmp_path, "--json")) == first
    assert (first["start"], first["end"], first["edition"]) == ("2019-10-01", "2019-12-31", 1)
    assert (first["area"], first["body"]) == ("an-area", "a-board")
    assert [file["format"] for file in first["files"]] == ["pdf", "docx", "xlsx", "html"]
    assert (Pack.objects.count(), PackBuild.objects.get().attempts) == (1, 1)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"area": "x"}, "There is no area “x”. There is: an-area."),
        ({"body": "x"}, "has no body “x”. It has: a-board."),
        ({"as_at": "15/01/2020"}, "“15/01/2020” is not a date. Write one as 2020-01-15."),
        ({"as_at": "2020-02-30"}, "“2020-02-30” is not a date."),
        ({"as_at": "2200-01-01"}, "cannot be drawn up as at 1 January 2200: today is"),
        ({"as_at": "0001-01-01"}, "is not a date that a pack can have"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(board, tmp_path, wrong, said):
    with pytest.raises(CommandError) as caught:
        pack_files(tmp_path, **wrong)
    assert said in str(caught.value)
    assert Pack.objects.count() == 0


def test_without_areas_it_says_so(db, tmp_path):
    with pytest.raises(CommandError, match="There is: none yet"):
        pack_files(tmp_path)


def test_a_build_that_fails_is_said_without_a_trace(board, tmp_path, monkeypatch):
    monkeypatch.setattr(render, "render_all", lambda content: {})
    with pytest.raises(CommandError, match=r"^The pack could not be built \(KeyError\)"):
        pack_files(tmp_path)


def test_a_failed_pack_is_tried_again(board, tmp_path):
    factories.pack(board, state=PackBuild.State.FAILED)
    pack_files(tmp_path)
    assert PackBuild.objects.get().state == PackBuild.State.DONE


def test_it_waits_for_the_worker_that_holds_the_pack(board, tmp_path, monkeypatch):
    pack = factories.pack(board, state=PackBuild.State.BUILDING)
    PackBuild.objects.update(lease_until=timezone.now() + timedelta(hours=1))
    naps = []

    def nap(seconds):
        naps.append(seconds)
        PackBuild.objects.update(lease_until=timezone.now() - timedelta(seconds=1))

    monkeypatch.setattr(command.time, "sleep", nap)
    pack_files(tmp_path)
    assert len(naps) == 1
    assert pack.renditions.count() == 4


def test_it_does_not_wait_for_ever(board, tmp_path, monkeypatch):
    factories.pack(board, state=PackBuild.State.BUILDING)
    PackBuild.objects.update(lease_until=timezone.now() + timedelta(hours=1))
    monkeypatch.setattr(command, "LONGEST_WAIT", 0.1)
    with pytest.raises(CommandError, match="Being built"):
        pack_files(tmp_path)


def test_a_damaged_file_and_a_folder_that_cannot_be_are_said(board, tmp_path):
    pack_files(tmp_path)
    for rendition in Pack.objects.get().renditions.all():
        store.path(rendition.sha256).write_bytes(b"damaged")
    with pytest.raises(CommandError, match="is damaged"):
        pack_files(tmp_path)
    (tmp_path / "out").rename(tmp_path / "moved")
    (tmp_path / "out").touch()
    with pytest.raises(CommandError, match="cannot be written"):
        pack_files(tmp_path)


def test_a_database_that_does_not_answer_is_said(board, tmp_path, monkeypatch):
    def refuse(*args, **how):
        raise OperationalError("10.0.0.9 does not answer")

    monkeypatch.setattr(building, "build", refuse)
    with pytest.raises(CommandError, match="The database does not answer as it should"):
        pack_files(tmp_path)


def test_check_jobs_says_what_is_wrong_and_what_is_there(board):
    sync()
    for name in ("sweep", "remind", "messages"):
        JobTick.objects.create(name=name, succeeded_at=timezone.now())
    assert "ok    A background worker is at work." in run("check_jobs")
    factories.pack(board, state=PackBuild.State.FAILED)
    PackBuild.objects.update(error="Attempt 5 of 5 ended with OSError.", attempts=5)
    factories.message(board.area, factories.user(board.area))
    out = StringIO()
    with pytest.raises(SystemExit) as caught:
        call_command("check_jobs", stdout=out)
    assert caught.value.code == 1
    assert "WRONG 1 pack failed" in out.getvalue()
    assert "Attempt 5 of 5 ended with OSError." in out.getvalue()
    assert "messages, waiting: 1" in out.getvalue()


def test_check_jobs_speaks_json(db):
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("check_jobs", "--json", stdout=out)
    found = json.loads(out.getvalue())
    assert found["ok"] is False
    assert {"checks", "jobs", "schedules", "packs", "troubles"} < set(found)


@pytest.mark.services  # five processes, which are the same whatever the database is
def test_commands_without_a_database_end_with_a_sentence(tmp_path):
    for arguments in (
        ["build_pack", "--area", "a", "--body", "b", "--as-at", "2020-01-15"],
        ["check_jobs"],
    ):
        ended = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=django_settings.BASE_DIR,
            env=os.environ
            | {
                "DATABASE_URL": "postgres://nobody@127.0.0.1:9/none",
                "DATA_DIR": str(tmp_path),
            },
            capture_output=True,
            text=True,
            timeout=30,
        )
        assert ended.returncode == 1
        assert "The database does not answer" in ended.stdout + ended.stderr
        assert "Traceback" not in ended.stdout + ended.stderr


def test_only_a_supervised_cluster_reports_deaths(monkeypatch):
    sent = []
    monkeypatch.setattr(deathwatch.os, "kill", lambda pid, number: sent.append(pid))
    watcher = deathwatch.DeathWatch()
    record = deathwatch.logging.makeLogRecord
    monkeypatch.delenv("QWORKER_PID", raising=False)
    watcher.emit(record({"msg": "reincarnated worker X after death"}))
    monkeypatch.setenv("QWORKER_PID", "42")
    watcher.emit(record({"msg": "reincarnated worker X after timeout"}))
    assert sent == []
    watcher.emit(record({"msg": "reincarnated worker X after death"}))
    assert sent == [42]


def test_the_jobs_row_needs_no_actor_but_a_pack_does(board, nobody):
    nobody(sync)
    with pytest.raises((IntegrityError, Exception), match="named actor"):
        nobody(factories.pack, board)
