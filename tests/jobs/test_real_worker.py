"""The promises of the job side, kept by real worker processes that are killed on the way."""

import os
import signal
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone
from django_q.models import OrmQ

from governance import services
from governance.models import Frozen, Pack, PackBuild, Rendition
from kpis.periods import quarter
from management import queue, store
from management.access import System
from management.models import AuditEvent, JobTick
from tests.jobs.conftest import children, eventually

# Long, and of whichever database: where CI has the services.
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("workers"),
    pytest.mark.services,
]
QUARTER = quarter(date(2019, 10, 1))


def asked_for(board):
    return services.request_pack(
        by=System("test"), body=board, period=QUARTER, as_at=date(2020, 1, 15)
    )


def state():
    return PackBuild.objects.get().state


def assert_built_once(attempts=1):
    build = PackBuild.objects.get()
    assert (build.state, build.attempts, build.error) == ("done", attempts, "")
    assert Frozen.objects.count() == 1
    assert sorted(Rendition.objects.values_list("format", flat=True)) == [
        "docx",
        "html",
        "pdf",
        "xlsx",
    ]
    for rendition in Rendition.objects.all():
        assert len(store.read(rendition.sha256)) == rendition.size
    made = AuditEvent.objects.filter(table_name="governance_rendition")
    assert set(made.values_list("actor_name", "verb")) == {("pack worker", "build pack")}


def test_a_pack_enqueued_three_times_is_built_once(board, start_worker):
    pack = asked_for(board)
    for _ in range(2):
        queue.enqueue("governance.jobs.build_pack", pack.pk, group="packs")
    worker = start_worker()
    eventually(lambda: state() == "done")
    assert worker.stop() == 0
    assert_built_once()


def test_a_worker_killed_half_way_leaves_a_pack_that_the_next_one_finishes(board, start_worker):
    asked_for(board)
    worker = start_worker(TEST_SECONDS_TO_DRAW="30")
    eventually(lambda: state() == "building" and Frozen.objects.exists())
    said = Frozen.objects.get().text
    worker.kill()
    assert state() == "building"  # the row remembers
    eventually(lambda: PackBuild.objects.get().lease_until < timezone.now())
    start_worker()
    eventually(lambda: state() == "done")
    assert_built_once(attempts=2)
    assert Frozen.objects.get().text == said


def test_a_worker_told_to_stop_finishes_its_build_first(board, start_worker):
    asked_for(board)
    worker = start_worker(TEST_SECONDS_TO_DRAW="2")
    eventually(lambda: state() == "building")
    assert worker.stop() == 0, worker.text
    assert_built_once()


def test_a_closed_terminal_ends_the_worker_and_leaves_nothing_behind(start_worker):
    worker = start_worker()
    cluster = children(worker.process.pid)
    assert cluster
    assert worker.stop(signal.SIGHUP) == 0, worker.text
    assert not [pid for pid in cluster if Path(f"/proc/{pid}").exists()]


def test_a_build_longer_than_its_lease_is_kept_by_its_heartbeat(board, start_worker):
    asked_for(board)
    start_worker(TEST_SECONDS_TO_DRAW="4")  # the lease is 2 seconds
    eventually(lambda: state() == "building")
    while state() == "building":
        assert services.release_abandoned(timezone.now()) == 0
    assert_built_once()


def test_idle_processes_that_are_killed_do_not_stop_the_work(board, start_worker):
    worker = start_worker()
    eventually(lambda: JobTick.objects.filter(name="sweep", succeeded_at__isnull=False).exists())
    eventually(lambda: not OrmQ.objects.exists())  # the job is acknowledged: all are idle
    (main,) = worker.clusters()
    (guard,) = children(main)
    for pid in children(guard):
        os.kill(pid, signal.SIGKILL)
    eventually(lambda: "starts again" in worker.text)
    asked_for(board)
    eventually(lambda: state() == "done")
    assert not Path(f"/proc/{guard}").exists(), "the old group is still there"
    assert worker.stop() == 0
    assert_built_once()


def test_a_cluster_that_does_nothing_any_more_is_replaced(board, start_worker):
    """Its guard is stopped, as one is that waits for a lock which a killed process held."""
    worker = start_worker(TEST_LONGEST_SILENCE="4")
    eventually(lambda: JobTick.objects.filter(name="sweep", succeeded_at__isnull=False).exists())
    (main,) = worker.clusters()
    for pid in (main, *children(main)):
        os.kill(pid, signal.SIGSTOP)
    eventually(lambda: "starts again" in worker.text)
    asked_for(board)
    eventually(lambda: state() == "done")


def test_a_period_that_has_come_due_is_built_unasked(board, start_worker):
    board.packs_from = QUARTER.start
    board.save()
    start_worker(THROUGHLINE_TODAY="2020-01-15")
    eventually(lambda: PackBuild.objects.filter(state="done").exists())
    assert_built_once()
    assert Pack.objects.get().requested_by == "timetable"
    assert Pack.objects.get().as_at == date(2020, 1, 15)


def test_the_same_with_redis_as_broker(board, start_worker):
    board.packs_from = QUARTER.start
    board.save()
    redis = {"Q_BROKER": "redis", "REDIS_URL": settings.REDIS_URL}
    worker = start_worker(THROUGHLINE_TODAY="2020-01-15", TEST_SECONDS_TO_DRAW="30", **redis)
    eventually(lambda: PackBuild.objects.filter(state="building").exists())
    worker.kill()  # with Redis its messages are lost
    eventually(lambda: PackBuild.objects.get().lease_until < timezone.now())
    worker = start_worker(THROUGHLINE_TODAY="2020-01-15", **redis)
    eventually(lambda: state() == "done")
    assert worker.stop() == 0
    assert_built_once(attempts=2)
