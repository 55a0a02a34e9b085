"""An area, a person, a message to them, and a mail server that fails in every way there is."""

import smtplib
from datetime import UTC, datetime, timedelta

import pytest
from django.core.mail.backends.locmem import EmailBackend

from management import outbox
from management.access import System
from tests import factories

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ADMINISTRATOR = System("administrator")


class Died(BaseException):
    """The worker is killed: nothing catches it."""


class Server(EmailBackend):
    """A mail server that does what `script` says at its next messages, and else takes them."""

    script: list[object] = []

    def open(self):
        if self.script and self.script[0] == "away":
            raise ConnectionRefusedError(self.script.pop(0))

    def send_messages(self, messages):
        event = self.script.pop(0) if self.script else "takes"
        if event == "refuses":
            raise smtplib.SMTPDataError(554, b"10.0.0.9 refuses")
        if event == "dies first":
            raise Died
        if event == "falls silent first":
            raise TimeoutError("10.0.0.9 is silent")
        if callable(event):
            event()
        taken = super().send_messages(messages)
        if event == "takes and dies":
            raise Died
        if event == "takes and falls silent":
            raise smtplib.SMTPServerDisconnected("10.0.0.9 went")
        return taken

    def close(self):
        if self.script and self.script[0] == "breaks at the end":
            raise smtplib.SMTPException(self.script.pop(0))


@pytest.fixture
def server(settings):
    settings.EMAIL_BACKEND = f"{Server.__module__}.{Server.__name__}"
    Server.script = []
    yield Server.script
    Server.script = []


@pytest.fixture
def area():
    return factories.area("Angus")


@pytest.fixture
def person(area):
    return factories.user(area, email="morag@example.org")


@pytest.fixture
def message(area, person):
    return factories.message(area, person)


def run(now=NOW):
    """One run of a worker, which may be killed."""
    try:
        return outbox.send_waiting(now)
    except Died:
        return "died"
