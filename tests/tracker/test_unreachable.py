"""A database that cannot be reached: told to monitors, and never shown as a stack trace."""

import os
import subprocess
import sys

import pytest

# Long, and the same everywhere: where CI has the services.
pytestmark = pytest.mark.services

ASK = """
import django
django.setup()
from django.test import Client
client = Client(raise_request_exception=False)
answer = client.get({path!r}, headers={{"host": "localhost", "cookie": {cookie!r}}})
print(answer.status_code)
print(answer.content.decode())
"""


@pytest.fixture
def ask(tmp_path):
    """Asks for a path of a service whose PostgreSQL is not there: status and body."""

    def asked(path: str, cookie: str = "") -> tuple[str, str]:
        environment = os.environ | {
            "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
            "DATA_DIR": str(tmp_path),
            "DJANGO_SETTINGS_MODULE": "tracker.settings",
        }
        done = subprocess.run(
            [sys.executable, "-c", ASK.format(path=path, cookie=cookie)],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        status, _, body = done.stdout.partition("\n")
        return status, body

    return asked


def test_health_says_that_the_database_does_not_answer(ask):
    status, body = ask("/health")
    assert status == "503"
    assert "The database does not answer." in body
    assert "127.0.0.1" not in body


def test_a_person_sees_a_plain_page_with_a_reference_and_no_trace(ask):
    status, body = ask("/accounts/login/")
    assert status == "500"
    assert "Something went wrong" in body
    assert "Traceback" not in body
    assert "127.0.0.1" not in body


def test_a_monitor_that_carries_a_session_is_answered_too(ask):
    status, _ = ask("/health", cookie="sessionid=someone")
    assert status == "503"


def test_a_host_that_is_not_ours_is_a_bad_request(client):
    answer = client.get("/", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert "This request could not be read" in answer.content.decode()
