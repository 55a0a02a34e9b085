"""For worker processes of the tests: packs are drawn as a few bytes, as slowly as a test asks."""

import os
import time

from django.apps import AppConfig


def draw(content):
    """Four small files that say what they are drawn from."""
    time.sleep(float(os.environ.get("TEST_SECONDS_TO_DRAW", "0")))
    return {
        form: f"{form}: {content.title}, {content.data_as_at}".encode()
        for form in ("pdf", "docx", "xlsx", "html")
    }


class WorkerConfig(AppConfig):
    name = "tests.jobs"
    label = "test_jobs"

    def ready(self):
        from governance import render

        render.render_all = draw
        if silence := os.environ.get("TEST_LONGEST_SILENCE"):
            from management.management.commands import qworker

            qworker.LONGEST_SILENCE, qworker.BETWEEN_LOOKS = float(silence), 0.5
