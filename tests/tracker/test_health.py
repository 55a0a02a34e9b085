"""What /health says: every trouble in one plain sentence, and never a host, a path or a trace."""

import json
from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import OperationalError, connection
from django_q.models import Schedule

from governance.models import PackBuild
from management import audit, outbox
from management.access import Role, System
from management.models import JobTick, User
from tests import factories
from tracker import health

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def shared(settings, tmp_path):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": tmp_path / "cache",
        }
    }
    settings.STORE_DIR = tmp_path / "store"


@pytest.fixture
def well(db):
    """A service whose worker has swept just now."""
    call_command("sync_schedules", stdout=mock.Mock())
    Schedule.objects.update(next_run=NOW)
    for name in ("sweep", "remind", "messages"):
        JobTick.objects.create(name=name, started_at=NOW, succeeded_at=NOW)


def troubles(now=NOW):
    found = health.report(now)
    wrong = {c["name"]: c["detail"] for c in found["checks"] if not c["ok"]}
    assert found["ok"] is not bool(wrong)
    json.dumps(found)
    return wrong


def test_all_is_well(well):
    assert troubles() == {}
    assert [check["name"] for check in health.report(NOW)["checks"]] == [
        "database",
        "migrations",
        "audit",
        "cache",
        "store",
        "disk",
        "worker",
        "schedules",
        "packs",
        "reminders",
        "messages",
    ]


def test_a_service_without_a_worker_so_far_says_how_to_start_one(db):
    assert troubles() == {
        "worker": (
            "No background worker has finished a job yet. Start one with “manage.py qworker”."
        ),
        "schedules": "Not scheduled: sweep, messages, remind, figures, pack-figures. Run "
        "“manage.py sync_schedules”.",
        "reminders": (
            "Reminders have not been looked for yet. Start one with “manage.py qworker”."
        ),
        "messages": (
            "The outbox has not been looked through yet. Start one with “manage.py qworker”."
        ),
    }


def test_a_worker_that_fell_silent_is_missed(well):
    assert troubles(NOW + timedelta(minutes=5)) == {}
    wrong = troubles(NOW + timedelta(minutes=7))
    assert wrong["worker"].startswith("No background worker was heard of for 7 minutes.")
    assert wrong["schedules"].startswith("Late: figures, messages, pack-figures, remind, sweep.")
    assert wrong["messages"].startswith("Nobody has looked through the outbox for five minutes.")


def test_figures_that_could_not_be_asked_for_are_said(well):
    JobTick.objects.create(name="figures", error="area an-area: RuntimeError")
    assert troubles() == {
        "reminders": "Figures could not all be asked for. Run “manage.py check_jobs”."
    }


def test_packs_that_could_not_be_asked_for_are_said(well):
    JobTick.objects.filter(name="sweep").update(error="an-area, a-body: RuntimeError")
    assert troubles() == {
        "worker": "Packs that are due could not be asked for. Run “manage.py check_jobs”."
    }


def test_reminders_that_stay_away_or_could_not_be_made_are_said(well):
    ticks = JobTick.objects.filter(name="remind")
    ticks.update(error="inspection 3: RuntimeError")
    assert troubles() == {
        "reminders": "Reminders could not all be made. Run “manage.py check_jobs”."
    }
    ticks.update(error="", succeeded_at=NOW - timedelta(minutes=61))
    assert troubles()["reminders"].startswith("Reminders have not been looked for in the last hour")


@pytest.fixture
def told(well):
    """Makes a message to a new person of an area, which is Angus."""
    area = factories.area("Angus")
    return lambda **facts: factories.message(area, factories.user(area), **facts)


@pytest.mark.parametrize("state", ["uncertain", "failed"])
def test_messages_that_went_astray_are_said_until_an_administrator_has_decided(told, state):
    message = told(state=state, token="a" * 32)
    assert troubles() == {
        "messages": (
            "1 message is not sent, or perhaps not: an administrator must decide on the page "
            "“Messages”."
        )
    }
    outbox.mark_delivered(by=System("administrator"), message=message)
    assert troubles() == {}


@pytest.mark.parametrize("how", ["deactivated", "without a role"])
def test_a_message_that_went_astray_to_somebody_who_has_left_needs_nobody(told, how):
    message = told(state="failed")
    factories.membership(factories.area(), message.user, Role.ADMINISTRATOR)
    if how == "deactivated":
        User.objects.filter(pk=message.user_id).update(is_active=False)
    else:
        message.user.memberships.filter(area=message.area).delete()
    assert troubles() == {}


def test_a_message_that_nobody_sends_is_said(told):
    told(next_attempt_at=NOW - timedelta(minutes=10))
    assert troubles() == {}
    told(next_attempt_at=NOW - timedelta(minutes=11))
    assert troubles() == {"messages": "1 message is late. Run “manage.py check_jobs”."}


def test_a_mail_server_that_refuses_all_is_said_and_one_that_refuses_one_person_is_well(told):
    later = NOW + timedelta(hours=1)
    told(state="sent")
    told(attempts=4, next_attempt_at=later)
    assert troubles() == {}
    told(attempts=5, next_attempt_at=later)
    assert troubles() == {"messages": "1 message is refused by the mail server so far."}
    told(state="sent")
    assert troubles() == {}
    detail = {check["name"]: check["detail"] for check in health.report(NOW)["checks"]}
    assert detail["messages"] == "E-mail goes out. 1 message is refused so far, others not."


def test_failed_packs_are_counted(well):
    factories.pack(factories.body(factories.plan(factories.area())), state=PackBuild.State.FAILED)
    assert troubles() == {"packs": "1 pack failed: a person must look."}


def test_a_missing_audit_trigger_is_said(well, monkeypatch):
    monkeypatch.setattr(audit, "missing", lambda: ["tl_plans_action_insert"])
    assert troubles() == {"audit": "1 audit trigger is missing. Run “manage.py migrate”."}


def test_migrations_that_wait_are_said(well, monkeypatch):
    monkeypatch.setattr(health.MigrationExecutor, "migration_plan", lambda *args: [1, 2])
    assert troubles() == {"migrations": "2 migrations are not applied. Run “manage.py migrate”."}


def test_a_cache_of_each_process_is_refused(well, settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    assert set(troubles()) == {"cache"}


def test_a_cache_that_forgets_is_said(well, monkeypatch):
    monkeypatch.setattr(type(cache._connections["default"]), "get", lambda *args: None)
    assert troubles() == {"cache": "The cache does not keep what it is given."}


def test_a_cache_that_does_not_answer_is_said(well, settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:9/0",
        }
    }
    wrong = troubles()
    assert wrong == {"cache": "This could not be checked. The log of the service says why."}


def test_a_store_that_cannot_be_written_is_said(well, settings, tmp_path):
    (tmp_path / "file").touch()
    settings.STORE_DIR = tmp_path / "file" / "store"
    assert troubles() == {"store": "The store of files cannot be written."}


def test_a_full_disk_is_said(well, monkeypatch):
    monkeypatch.setattr(health.shutil, "disk_usage", lambda path: mock.Mock(free=20 * 1024**2))
    assert troubles() == {"disk": "Only 20 MB of disk space is left."}


def test_a_database_that_does_not_answer_is_said_and_nothing_raises(well, monkeypatch):
    def refuse():
        raise OperationalError("connection to server at 10.0.0.9, user secret, failed")

    with monkeypatch.context() as patch:
        patch.setattr(connection, "ensure_connection", refuse)
        found = health.report(NOW)
    wrong = {c["name"]: c["detail"] for c in found["checks"] if not c["ok"]}
    assert found["ok"] is False
    assert wrong.pop("database") == "The database does not answer."
    assert set(wrong) == {
        "migrations",
        "audit",
        "worker",
        "schedules",
        "packs",
        "reminders",
        "messages",
    }
    assert set(wrong.values()) == {"Not known while the database does not answer."}
    assert "10.0.0.9" not in json.dumps(found)


def test_a_failed_pack_that_a_later_edition_replaced_needs_nobody(well):
    body = factories.body(factories.plan(factories.area()))
    factories.pack(body, state=PackBuild.State.FAILED)
    assert "packs" in troubles()
    factories.pack(body, edition=2, state=PackBuild.State.DONE)
    assert troubles() == {}
