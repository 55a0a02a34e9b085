"""The door of the demonstration: what it refuses, and that it is loaded whole or not at all."""

from datetime import date
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from management.models import Area, User
from plans.models import Update
from tracker import demo


def test_it_is_loaded_whole_or_not_at_all(db, monkeypatch):
    def fail(*args: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(demo, "_body", fail)
    with pytest.raises(ZeroDivisionError):
        demo.load()
    assert not Area.objects.filter(slug="west-dunbartonshire").exists()
    assert not Update.objects.exists() and not User.objects.exists()


def test_the_command_refuses_production_and_a_clock_that_runs(db, settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="The demonstration is not for production"):
        call_command("demo")
    assert not Area.objects.exists()
    settings.PRODUCTION = False
    with pytest.raises(CommandError, match="Set THROUGHLINE_TODAY=2020-01-15"):
        call_command("demo", "--once")


@pytest.mark.parametrize("port", ["x", "0", "65536", "-1", "80 80"])
@pytest.mark.parametrize("command", [["demo", "--serve"], ["serve"]], ids=" ".join)
def test_a_port_that_cannot_be_is_said_in_a_sentence(db, settings, monkeypatch, command, port):
    settings.TODAY = date(2020, 1, 15)
    monkeypatch.setattr(demo, "load", lambda: False)
    monkeypatch.setenv("PORT", port)
    with pytest.raises(CommandError, match=r"PORT is '.*'\. It must be a number from 1 to 65535\."):
        call_command(*command)


def test_the_service_on_ones_own_machine_is_not_for_production(settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="In production run gunicorn"):
        call_command("serve")
