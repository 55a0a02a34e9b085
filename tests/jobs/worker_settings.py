"""The settings of worker processes that tests start."""

import os

from tracker.settings import *  # noqa: F403
from tracker.settings import INSTALLED_APPS, Q_CLUSTER

INSTALLED_APPS = [*INSTALLED_APPS, "tests.jobs.worker_app.WorkerConfig"]
Q_CLUSTER = {**Q_CLUSTER, "poll": 0.2, "guard_cycle": 0.2}
if "TEST_SECONDS_TO_SEND" in os.environ:
    EMAIL_BACKEND = "tests.jobs.worker_app.SlowToAnswer"
