"""For worker processes of the tests: packs are drawn as a few bytes, as slowly as a test asks.

So are messages sent: each into a file, after which nothing is heard for so long.
"""

import os
import time

from django.apps import AppConfig
from django.core.mail.backends.filebased import EmailBackend


def draw(content):
    """Four small files that say what they are drawn from."""
    time.sleep(float(os.environ.get("TEST_SECONDS_TO_DRAW", "0")))
    return {
        form: f"{form}: {content.title}, {content.data_as_at}".encode()
        for form in ("pdf", "docx", "xlsx", "html")
    }


class SlowToAnswer(EmailBackend):
    """A mail server that has a message long before it says so."""

    def send_messages(self, messages):
        taken = super().send_messages(messages)
        self.stream.flush()
        time.sleep(float(os.environ["TEST_SECONDS_TO_SEND"]))
        return taken


class WorkerConfig(AppConfig):
    name = "tests.jobs"
    label = "test_jobs"

    def ready(self):
        from governance import render

        render.render_all = draw
        if silence := os.environ.get("TEST_LONGEST_SILENCE"):
            from management.management.commands import qworker

            qworker.LONGEST_SILENCE, qworker.BETWEEN_LOOKS = float(silence), 0.5
