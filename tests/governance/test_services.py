"""Asking for packs: who may, once for each period, and when a new edition or another try is due."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django_q.models import OrmQ

from governance import services
from governance.models import Pack, PackBuild
from kpis.periods import quarter
from management import audit
from management.access import Role, System
from management.models import AuditEvent
from tests import factories

QUARTER = quarter(date(2019, 10, 1))
AS_AT = date(2020, 1, 15)
NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
State = PackBuild.State


@pytest.fixture
def board(db):
    return factories.body(factories.plan(factories.area()))


def ask(board, by=None, **how):
    how = {"period": QUARTER, "as_at": AS_AT, **how}
    return services.request_pack(by=by or System("test"), body=board, **how)


def test_asking_makes_a_pack_its_work_and_a_message(board):
    lead = factories.user(board.area, Role.PERFORMANCE_LEAD)
    pack = ask(board, by=lead)
    assert (pack.start, pack.end, pack.edition) == (QUARTER.start, QUARTER.end, 1)
    assert pack.requested_by == lead.name
    assert (pack.build.state, pack.build.area) == (State.QUEUED, board.area)
    assert OrmQ.objects.get().func() == "governance.jobs.build_pack"
    event = AuditEvent.objects.get(table_name="governance_pack")
    assert (event.actor_name, event.verb, event.area_id) == (
        lead.name,
        "request pack",
        board.area.pk,
    )


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.PERFORMANCE_LEAD, Role.HEAD_OF_SERVICE}))
def test_others_may_not_ask(board, role):
    person = factories.user(board.area, role)
    with pytest.raises(PermissionDenied):
        ask(board, by=person)
    with pytest.raises(PermissionDenied):
        services.retry_pack(by=person, pack=factories.pack(board, state=State.FAILED))
    assert OrmQ.objects.count() == 0


def test_another_areas_lead_may_not_ask(board):
    with pytest.raises(PermissionDenied):
        ask(board, by=factories.user(factories.area(), Role.PERFORMANCE_LEAD))
    assert Pack.objects.count() == 0


def test_asking_again_gives_the_same_pack(board):
    assert ask(board) == ask(board, as_at=date(2020, 1, 20))
    assert (Pack.objects.count(), PackBuild.objects.count(), OrmQ.objects.count()) == (1, 1, 1)


def test_a_request_that_is_rolled_back_leaves_no_message(board):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        ask(board)
        raise ZeroDivisionError
    assert (Pack.objects.count(), OrmQ.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("as_at", "said"),
    [
        (date(2019, 12, 30), "ends on 31 December 2019"),
        (date(2200, 1, 1), "as at 1 January 2200: today is"),
    ],
)
def test_a_date_that_cannot_be_is_refused(board, as_at, said):
    with pytest.raises(ValidationError, match=said):
        ask(board, as_at=as_at)
    assert Pack.objects.count() == 0


def test_the_last_day_of_the_period_will_do(board):
    assert ask(board, as_at=QUARTER.end).as_at == QUARTER.end


def test_a_new_edition_follows_one_that_is_built_or_has_failed(board):
    for number, state in enumerate([State.DONE, State.FAILED], start=2):
        ask(board)
        PackBuild.objects.update(state=state)
        pack = ask(board, new_edition=True, reason="A figure was wrong")
        assert (pack.edition, pack.reason) == (number, "A figure was wrong")
    assert ask(board).edition == 3
    verbs = AuditEvent.objects.filter(table_name="governance_pack", operation="insert")
    assert "A figure was wrong" in verbs.values_list("reason", flat=True)


def test_a_new_edition_needs_a_reason(board):
    ask(board)
    PackBuild.objects.update(state=State.DONE)
    with pytest.raises(ValidationError, match="Say why") as caught:
        ask(board, new_edition=True, reason="  ")
    assert set(caught.value.message_dict) == {"reason"}


@pytest.mark.parametrize("state", [State.QUEUED, State.BUILDING, State.RETRY])
def test_a_new_edition_waits_for_the_one_on_its_way(board, state):
    ask(board)
    PackBuild.objects.update(state=state)
    with pytest.raises(ValidationError, match="Edition 1 is still on its way"):
        ask(board, new_edition=True, reason="A figure was wrong")


def test_whoever_comes_second_in_the_same_moment_gets_the_first_ones_pack(board, monkeypatch):
    first = ask(board)
    answers = iter([None, first])
    monkeypatch.setattr(services, "latest_edition", lambda *args: next(answers))
    assert ask(board) == first
    assert (Pack.objects.count(), PackBuild.objects.count()) == (1, 1)


def test_a_refusal_of_the_database_for_another_reason_is_not_hidden(board, monkeypatch):
    def refuse(*args):
        raise IntegrityError("another area")

    monkeypatch.setattr(services, "_create", refuse)
    with pytest.raises(IntegrityError, match="another area"):
        ask(board)


@pytest.mark.django_db(transaction=True)
def test_two_requests_at_once_make_one_pack():
    board = factories.body(factories.plan(factories.area()))
    together = threading.Barrier(4, timeout=10)
    packs, errors = [], []

    def request():
        try:
            together.wait()
            packs.append(ask(board).pk)
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=request) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert errors == []
    assert len(packs) == 4
    assert set(packs) == {Pack.objects.get().pk}
    assert PackBuild.objects.count() == OrmQ.objects.count() == 1


def test_a_failed_pack_is_tried_again_from_its_first_attempt(board):
    pack = factories.pack(board, state=State.FAILED)
    PackBuild.objects.update(attempts=5, error="It ended with OSError.")
    services.retry_pack(by=factories.user(board.area, Role.HEAD_OF_SERVICE), pack=pack)
    build = PackBuild.objects.get()
    assert (build.state, build.attempts, build.error) == (State.QUEUED, 0, "")
    assert OrmQ.objects.count() == 1


@pytest.mark.parametrize("state", sorted(set(State) - {State.FAILED}))
def test_only_a_failed_pack_is_tried_again(board, state):
    pack = factories.pack(board, state=state)
    with pytest.raises(ValidationError, match="Only a failed pack"):
        services.retry_pack(by=System("test"), pack=pack)
    assert PackBuild.objects.get().state == state
    assert OrmQ.objects.count() == 0


def test_every_period_that_has_come_due_is_asked_for_once(board):
    assert services.request_due(board, date(2020, 4, 13)) == 1  # the next is due on the 14th
    assert services.request_due(board, date(2020, 7, 31)) == 2
    assert services.request_due(board, date(2020, 7, 31)) == 0
    starts = Pack.objects.order_by("pk").values_list("start", "as_at", "requested_by")
    assert list(starts) == [
        (date(2019, 10, 1), date(2020, 4, 13), "timetable"),
        (date(2020, 1, 1), date(2020, 7, 31), "timetable"),
        (date(2020, 4, 1), date(2020, 7, 31), "timetable"),
    ]


def building(board, until, attempts=1):
    pack = factories.pack(board, state=State.BUILDING)
    PackBuild.objects.filter(pack=pack).update(
        lease_until=until, attempts=attempts, token="t", enqueued_at=NOW
    )
    return pack


def test_what_a_dead_worker_left_is_put_back(board):
    building(board, NOW - timedelta(seconds=1))
    assert services.release_abandoned(NOW) == 1
    build = PackBuild.objects.get()
    assert (build.state, build.token, build.lease_until) == (State.RETRY, "", None)
    assert (build.enqueued_at, build.not_before) == (None, NOW)


def test_a_worker_that_lives_keeps_its_pack(board):
    building(board, NOW + timedelta(seconds=1))
    assert services.release_abandoned(NOW) == 0
    assert PackBuild.objects.get().state == State.BUILDING


def test_after_the_last_attempt_a_person_must_look(board):
    building(board, NOW - timedelta(seconds=1), attempts=services.MAX_ATTEMPTS)
    assert services.release_abandoned(NOW) == 1
    build = PackBuild.objects.get()
    assert build.state == State.FAILED
    assert build.error == "The worker stopped 5 times without finishing this pack."


def waiting(board, number):
    for index in range(number):
        start = date(2000 + index, 1, 1)
        factories.pack(board, start=start, end=start)


def test_messages_are_few_and_not_repeated_while_one_may_be_on_its_way(board):
    waiting(board, 6)
    assert services.enqueue_waiting(NOW) == services.MESSAGES_AT_ONCE
    assert services.enqueue_waiting(NOW + timedelta(minutes=9)) == 0
    first = [message.task["args"][0] for message in OrmQ.objects.order_by("pk")]
    assert first == sorted(Pack.objects.values_list("pk", flat=True))[:4]


def test_a_message_that_was_lost_is_sent_again(board):
    waiting(board, 1)
    assert services.enqueue_waiting(NOW) == 1
    assert services.enqueue_waiting(NOW + timedelta(minutes=11)) == 1


def test_work_under_way_takes_the_place_of_a_message(board):
    waiting(board, 4)
    building(board, NOW + timedelta(hours=1))
    assert services.enqueue_waiting(NOW) == services.MESSAGES_AT_ONCE - 1


def test_what_may_not_start_yet_and_what_is_finished_get_no_message(board):
    factories.pack(board)
    PackBuild.objects.update(not_before=NOW + timedelta(seconds=1))
    for index, state in enumerate([State.DONE, State.FAILED]):
        start = date(2001 + index, 1, 1)
        factories.pack(board, state=state, start=start, end=start)
    assert services.enqueue_waiting(NOW) == 0


def test_nobody_can_ask_without_a_name(board, nobody):
    class Nameless(System):
        actor_name = None

    with pytest.raises((IntegrityError, TypeError, ValidationError)):
        nobody(ask, board, by=Nameless(None))
    assert Pack.objects.count() == 0


def test_the_file_name_says_area_body_period_and_edition(board):
    board.area.slug, board.slug = "west-dunbartonshire", "hscp-board"
    pack = factories.pack(board)
    name = services.file_name(pack, "pdf")
    assert name == "west-dunbartonshire-hscp-board-2019-10-01_1.pdf"


def test_the_moment_of_a_request_is_the_services_own(board, settings):
    settings.TODAY = AS_AT
    pack = ask(board)
    assert timezone.localdate(pack.requested_at) == AS_AT
    with audit.naming(System("test"), "test"):
        assert pack.build.not_before.date() > AS_AT  # machinery runs in real time
