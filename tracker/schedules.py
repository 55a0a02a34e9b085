"""The table of recurring jobs. `manage.py sync_schedules` makes the scheduler follow it.

Jobs that belong to the calendar are not here: what is due is worked out from the date by the
sweep, so that nothing is missed however long the service was down.
"""

from management.queue import Recurring

SCHEDULES = [
    Recurring("sweep", "governance.jobs.sweep", minutes=1),
    Recurring("messages", "management.jobs.send_messages", minutes=1),
    Recurring("remind", "plans.jobs.remind", minutes=15),
    Recurring("figures", "kpis.jobs.ask_for_figures", minutes=60),
    Recurring("pack-figures", "governance.jobs.ask_for_figures", minutes=60),
]
