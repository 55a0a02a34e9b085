"""What is decided of a plan's file while it is only looked at: its day, its plan, or its end."""

import json
from datetime import date

from django.core.exceptions import ValidationError
from django.utils import timezone

from management import access, audit, clock
from management.access import Actor
from management.days import day_text
from management.versions import advance
from plans.models import Plan, PlanImport
from plans.services.days import refuse_odd
from plans.services.importing import made_before


def with_day(kept: PlanImport, day: date | None) -> str:
    """The file's choices (JSON), with this day of agreement."""
    said = day.isoformat() if day else None
    return json.dumps({**json.loads(kept.choices), "agreed_on": said})


def _refuse_decided(kept: PlanImport) -> None:
    if why := kept.why_decided:
        raise ValidationError(why)


def say_day(*, by: Actor, kept: PlanImport, version: int, agreed_on: date | None) -> None:
    """The new plan of this file was agreed on that day, by which it is read from now on.

    Raises ValidationError for a file of a plan that is there, which has its own day, for one that
    is no preview any more, and for a day that cannot be; Stale.
    """
    access.require(by, "plan.edit", kept.area)
    _refuse_decided(kept)
    refuse_odd(agreed_on=agreed_on)
    if kept.plan:
        raise ValidationError({"agreed_on": "The file is for a plan that is there: edit its day."})
    with audit.acting(by, "say when plan was agreed", kept.file_name):
        advance(kept, version, choices=with_day(kept, agreed_on))


def choose_plan(*, by: Actor, kept: PlanImport, version: int, plan: Plan | None) -> None:
    """The file is for this plan; without one for a new plan, though it may have made one before.

    Raises ValidationError for another area's plan, and for a file that is no preview any more;
    Stale.
    """
    access.require(by, "plan.edit", kept.area)
    _refuse_decided(kept)
    if plan is not None and plan.area_id != kept.area_id:
        raise ValidationError({"plan": "Choose a plan of this area."})
    with audit.acting(by, "choose plan of file", kept.file_name):
        advance(kept, version, plan=plan)


def brought_before(kept: PlanImport) -> str:
    """When the very same file was last taken in and as what, in a sentence, or an empty text."""
    before = made_before(kept.area, kept.sha256)
    if before is None or before.applied_at is None or before.plan is None:
        return ""
    day = day_text(timezone.localtime(before.applied_at).date())
    return f"This file was brought in on {day} as “{before.plan.title}”."


def throw_away(*, by: Actor, kept: PlanImport, version: int) -> None:
    """Nothing is to come of the file. It stays listed, and can be brought in again.

    Raises ValidationError for one that is no preview any more; Stale.
    """
    access.require(by, "plan.edit", kept.area)
    _refuse_decided(kept)
    with audit.acting(by, "throw plan file away", kept.file_name):
        told = {"by": by.actor_name, "on": clock.today().isoformat()}
        advance(kept, version, state=PlanImport.State.THROWN, done=json.dumps(told))
