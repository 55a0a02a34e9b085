"""Tells `manage.py qworker` that a process of its qcluster has died."""

import logging
import os
import signal


class DeathWatch(logging.Handler):
    """Runs in the process that guards the others, which logs such a death as critical.

    One that was ended because its job took too long is replaced safely, and is not reported.
    """

    def emit(self, record: logging.LogRecord) -> None:
        if "timeout" in record.getMessage():
            return
        try:
            os.kill(int(os.environ["QWORKER_PID"]), signal.SIGUSR1)
        except (KeyError, ValueError, ProcessLookupError, PermissionError):
            return


def watch() -> None:
    """Report deaths to the supervisor that started this process, if one did."""
    if os.environ.get("QWORKER_PID"):
        logging.getLogger("django-q").addHandler(DeathWatch(logging.CRITICAL))
