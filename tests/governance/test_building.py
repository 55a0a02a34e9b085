"""One build: claimed once, frozen once, finished whole or put back."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.utils import timezone

from governance import building, packs, render, services
from governance.content import fingerprint, thaw
from governance.models import Frozen, PackBuild, Rendition
from management import store
from management.models import AuditEvent
from tests import factories

State = PackBuild.State
DRAWN = {form: f"a {form}".encode() for form in ("pdf", "docx", "xlsx", "html")}


@pytest.fixture
def pack(db, monkeypatch):
    monkeypatch.setattr(render, "render_all", lambda content: DRAWN, raising=False)
    return factories.pack(factories.body(factories.plan(factories.area())))


def build(pack):
    return building.build(pack.pk, now=timezone.now())


def row():
    return PackBuild.objects.get()


def due_again():
    PackBuild.objects.update(not_before=timezone.now() - timedelta(seconds=1))


def test_a_pack_is_frozen_drawn_and_kept(pack):
    assert build(pack) is True
    assert (row().state, row().attempts, row().token, row().lease_until) == ("done", 1, "", None)
    frozen = Frozen.objects.get()
    assert frozen.sha256 == fingerprint(frozen.text)
    assert thaw(frozen.text).area == pack.area.name
    kept = {r.format: store.read(r.sha256) for r in Rendition.objects.all()}
    assert kept == DRAWN
    assert {r.size for r in Rendition.objects.all()} == {5, 6}


def test_the_audit_trail_says_that_the_worker_did_it(pack):
    build(pack)
    events = AuditEvent.objects.filter(table_name__in=["governance_frozen", "governance_rendition"])
    assert events.count() == 5
    assert set(events.values_list("actor_name", "verb", "area_id")) == {
        ("pack worker", "build pack", pack.area_id)
    }


def test_what_is_drawn_is_what_was_frozen(pack, monkeypatch):
    drawn = []
    monkeypatch.setattr(render, "render_all", lambda content: drawn.append(content) or DRAWN)
    build(pack)
    assert drawn == [thaw(Frozen.objects.get().text)]


def test_a_pack_that_is_built_is_not_built_again(pack):
    assert [build(pack), build(pack)] == [True, False]
    assert row().attempts == 1


@pytest.mark.parametrize("state", [State.DONE, State.FAILED, State.BUILDING])
def test_only_what_waits_is_claimed(pack, state):
    PackBuild.objects.update(state=state, lease_until=timezone.now() + timedelta(hours=1))
    assert build(pack) is False
    assert (row().state, Rendition.objects.count()) == (state, 0)


def test_a_pack_that_is_not_there_is_nothing_to_do(db):
    assert building.build(0, now=timezone.now()) is False


def test_what_another_worker_left_is_taken_over(pack):
    PackBuild.objects.update(
        state=State.BUILDING, attempts=1, lease_until=timezone.now() - timedelta(seconds=1)
    )
    assert build(pack) is True
    assert row().attempts == 2


@pytest.mark.parametrize("kind", [OSError, SystemExit, KeyboardInterrupt])
def test_whatever_stops_a_build_puts_it_back_without_a_stack_trace(pack, monkeypatch, kind):
    def fail(content):
        raise kind("/secret/path")

    monkeypatch.setattr(render, "render_all", fail)
    with pytest.raises(kind):
        build(pack)
    assert (row().state, row().token, row().enqueued_at) == (State.RETRY, "", None)
    assert row().not_before > timezone.now() + timedelta(seconds=20)
    assert row().error == (
        f"Attempt 1 of 5 ended with {kind.__name__}. The log of the worker says more."
    )
    assert Rendition.objects.count() == 0
    assert build(pack) is False  # not before its time


def test_a_second_attempt_draws_from_the_first_ones_frozen_text(pack, monkeypatch):
    monkeypatch.setattr(render, "render_all", lambda content: {})
    with pytest.raises(KeyError):
        build(pack)
    said = Frozen.objects.get().text
    monkeypatch.setattr(packs, "gather", lambda pack: pytest.fail("gathered twice"))
    monkeypatch.setattr(render, "render_all", lambda content: DRAWN)
    due_again()
    assert build(pack) is True
    assert Frozen.objects.get().text == said
    assert row().error == ""


def test_the_fifth_attempt_is_the_last(pack, monkeypatch):
    monkeypatch.setattr(render, "render_all", lambda content: {})
    for _ in range(services.MAX_ATTEMPTS):
        due_again()
        with pytest.raises(KeyError):
            build(pack)
    assert (row().state, row().attempts) == (State.FAILED, 5)
    assert row().finished_at is not None
    due_again()
    assert build(pack) is False


def test_a_worker_that_lost_its_lease_writes_nothing_more(pack, monkeypatch):
    def taken_over(content):
        PackBuild.objects.update(token="another", lease_until=timezone.now())
        return DRAWN

    monkeypatch.setattr(render, "render_all", taken_over)
    assert build(pack) is False
    assert (row().state, row().token) == (State.BUILDING, "another")
    assert Rendition.objects.count() == 0


def test_a_worker_that_lost_its_lease_at_the_last_moment_does_not_finish(pack, monkeypatch):
    put = store.put

    def slow(data):
        PackBuild.objects.update(token="another")
        return put(data)

    monkeypatch.setattr(store, "put", slow)
    assert build(pack) is False
    assert (row().state, Rendition.objects.count()) == (State.BUILDING, 0)


def test_a_worker_that_lost_its_lease_while_gathering_freezes_nothing(pack, monkeypatch):
    gather = packs.gather

    def slow(pack):
        PackBuild.objects.update(token="another")
        return gather(pack)

    monkeypatch.setattr(packs, "gather", slow)
    assert build(pack) is False
    assert Frozen.objects.count() == 0


def test_nothing_is_drawn_inside_a_transaction(transactional_db, monkeypatch):
    open_while_drawing = []

    def draw(content):
        open_while_drawing.append(connection.in_atomic_block)
        return DRAWN

    monkeypatch.setattr(render, "render_all", draw, raising=False)
    pack = factories.pack(factories.body(factories.plan(factories.area())))
    assert build(pack) is True
    assert open_while_drawing == [False]
    assert connection.get_autocommit()
    factories.area()  # and the connection may write again
    assert not [t for t in threading.enumerate() if t.name == "lease"]


def test_the_lease_is_renewed_while_a_build_lasts_and_its_connection_closed(
    transactional_db, monkeypatch, settings
):
    settings.PACK_LEASE_SECONDS = 0.4
    leases, closed = [], []

    def draw(content):
        for _ in range(10):
            leases.append(row().lease_until)
            time.sleep(0.1)
        return DRAWN

    wrapper = type(connections["default"])
    close = wrapper.close

    def noted(self):
        closed.append(threading.current_thread().name)
        close(self)

    monkeypatch.setattr(wrapper, "close", noted)
    monkeypatch.setattr(render, "render_all", draw, raising=False)
    pack = factories.pack(factories.body(factories.plan(factories.area())))
    assert build(pack) is True
    assert len(set(leases)) > 2  # on a machine that rests now and then, too
    assert "lease" in closed


def test_one_of_many_workers_builds_it(transactional_db, monkeypatch):
    monkeypatch.setattr(render, "render_all", lambda content: DRAWN, raising=False)
    pack = factories.pack(factories.body(factories.plan(factories.area())))
    together, built = threading.Barrier(4, timeout=10), []

    def work():
        try:
            together.wait()
            built.append(build(pack))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(built) == [False, False, False, True]
    assert (row().attempts, Rendition.objects.count()) == (1, 4)
