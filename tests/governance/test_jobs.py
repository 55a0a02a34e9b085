"""The sweep: the calendar's packs, lost messages, dead workers, and a sign of life."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone
from django_q.models import OrmQ

from governance import jobs, render, services
from governance.models import Pack, PackBuild
from kpis.models import FigureRequest
from kpis.periods import month
from management.access import Role
from management.models import JobTick, Message
from tests import factories

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def in_january_2020(settings):
    settings.TODAY = date(2020, 1, 15)


def board():
    return factories.body(factories.plan(factories.area()))


def test_a_sweep_asks_for_what_is_due_and_says_that_it_did(db):
    body = board()
    assert jobs.sweep(NOW) == "requested 1, sent 0, released 0"
    assert Pack.objects.get().body == body
    assert OrmQ.objects.count() == 1
    tick = JobTick.objects.get(name="sweep")
    assert (tick.started_at, tick.error) == (NOW, "")
    assert tick.succeeded_at is not None


def test_a_second_sweep_repeats_a_message_only_once(db):
    board()
    jobs.sweep()
    later = timezone.now() + timedelta(minutes=1)
    assert jobs.sweep(later) == "requested 0, sent 1, released 0"
    assert jobs.sweep(later) == "requested 0, sent 0, released 0"


def test_nothing_is_due_before_its_day(db, settings):
    settings.TODAY = date(2020, 1, 13)
    board()
    assert jobs.sweep(NOW) == "requested 0, sent 0, released 0"


def test_a_dead_workers_pack_is_put_back_and_enqueued_by_the_same_sweep(db):
    factories.pack(board(), state=PackBuild.State.BUILDING)
    PackBuild.objects.update(lease_until=NOW - timedelta(seconds=1), attempts=1)
    assert jobs.sweep(NOW) == "requested 0, sent 1, released 1"


def test_one_areas_trouble_does_not_keep_the_others_waiting(db, monkeypatch):
    bad, good = board(), board()
    request = services.request_pack

    def refuse(*, body, **how):
        if body == bad:
            raise RuntimeError("/secret/path")
        return request(body=body, **how)

    monkeypatch.setattr(services, "request_pack", refuse)
    jobs.sweep(NOW)
    assert Pack.objects.get().body == good
    tick = JobTick.objects.get(name="sweep")
    assert tick.error == f"{bad.area.slug}, {bad.slug}: RuntimeError"
    monkeypatch.setattr(services, "request_pack", request)
    jobs.sweep(NOW)
    assert JobTick.objects.get(name="sweep").error == ""
    assert Pack.objects.count() == 2


def test_building_is_done_once_and_answers_in_a_word(db, monkeypatch):
    drawn = dict.fromkeys(("pdf", "docx", "xlsx", "html"), b"x")
    monkeypatch.setattr(render, "render_all", lambda content: drawn, raising=False)
    pack = factories.pack(board())
    assert jobs.build_pack(pack.pk) == "built"
    assert jobs.build_pack(pack.pk) == "nothing to do"


# --- figures that packs would lack ---------------------------------------------------------------


def lacking(body):
    """A KPI of a post that somebody holds, without December's figure."""
    post = factories.post(body.area)
    factories.holding(post, factories.user(body.area, Role.SERVICE_MANAGER))
    kpi = factories.kpi(body.area, owner=post)
    factories.observation(kpi, month(date(2019, 11, 1)))
    return kpi


@pytest.mark.parametrize(
    ("day", "said"), [(8, 0), (9, 1), (13, 1), (14, 0)], ids=lambda value: str(value)
)
def test_figures_are_asked_for_in_the_five_days_before_their_pack(db, settings, day, said):
    settings.TODAY = date(2020, 1, day)
    body = board()  # whose pack is due fourteen days after its quarter
    kpi = lacking(body)
    assert jobs.ask_for_figures(NOW) == f"asked for {said}"
    assert jobs.ask_for_figures(NOW) == "asked for 0"
    wanted = [(r.indicator, r.wanted_by) for r in FigureRequest.objects.all()]
    assert wanted == [(kpi, date(2020, 1, 14))] * said
    assert Message.objects.count() == said
    assert JobTick.objects.get(name="pack-figures").error == ""


def test_a_pack_that_is_there_already_asks_for_nothing(db, settings):
    settings.TODAY = date(2020, 1, 13)
    body = board()
    lacking(body)
    factories.pack(body)
    assert jobs.ask_for_figures(NOW) == "asked for 0"
