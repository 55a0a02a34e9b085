"""Which of what a tracker workbook asks for is allowed: its services are asked beforehand."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError

from management.access import Actor
from management.days import day_text
from plans.models import Action, Plan
from plans.services.actions import too_early, why_kept
from plans.services.days import refuse_odd
from plans.services.due_dates import refuse_date, waiting
from plans.services.entering import require_reporter, why_no_reports
from plans.services.progress import refuse_update
from plans.tracker.columns import Name
from plans.tracker.merging import REPORTED, WORDING, Field
from plans.tracker.proposals import Proposal
from plans.tracker.reading import Problem
from plans.tracker.understanding import COLUMN_OF

# Where the sentences of services stand in the file.
PLACES = {
    "status": Name.STATUS,
    "percent": Name.PERCENT,
    "text": Name.UPDATE,
    "evidence": Name.EVIDENCE,
    "new": Name.NEW_DUE,
    "original_due": Name.NEW_DUE,
    "reason": Name.WHY,
}
# What is left out where a service finds fault with a field of the report.
DROPPED = {
    "status": {Field.STATUS},
    "percent": {Field.PERCENT},
    "evidence": {Field.STATUS},  # none is there for the status
    "text": REPORTED,  # nothing is said that they could go with
    "new": {Field.DUE},
    "reason": {Field.DUE},
}


def allowed(
    by: Actor, plan: Plan, action: Action, proposal: Proposal
) -> tuple[Proposal, list[Problem]]:
    """The proposal without what its services would refuse, and why they would."""
    problems: list[Problem] = []
    moved, worded = proposal.of({Field.DUE}), proposal.of(WORDING)
    if plan.is_draft:
        worded, moved = worded + moved, ()
    if worded and (why := _wording_refused(by, action, proposal)):
        problems += why
        proposal = proposal.without({change.field for change in worded})
    if proposal.reports or moved:
        try:
            require_reporter(by, action)
        except PermissionDenied as error:
            columns = (*proposal.report, *(COLUMN_OF[change.field] for change in moved))
            problems.append(Problem(proposal.place, str(error), columns))
            return proposal.without({Field.DUE}).without_report(), problems
    if proposal.reports:
        proposal, why = _reported(action, proposal)
        problems += why
    if moved and (why := _date_refused(action, proposal)):
        problems += why
        proposal = proposal.without({Field.DUE})
    return proposal, problems


def _wording_refused(by: Actor, action: Action, proposal: Proposal) -> list[Problem]:
    changes = proposal.of(WORDING | ({Field.DUE} if action.plan.is_draft else set()))
    if not by.may("plan.edit", action.area):
        said = "what was agreed is changed by those who keep the plan."
        return [Problem(change.place, said) for change in changes]
    if why := why_kept(action):
        return [Problem(proposal.place, why, tuple(COLUMN_OF[c.field] for c in changes))]
    dates = [date.fromisoformat(c.theirs) for c in changes if c.field == Field.DUE]
    try:
        for day in dates:
            refuse_odd(original_due=day)
            if early := too_early(action.plan, day):
                raise ValidationError({"original_due": early})
    except ValidationError as error:
        return _told(error, proposal)
    return []


def _reported(action: Action, proposal: Proposal) -> tuple[Proposal, list[Problem]]:
    """The proposal without those cells of its report that are refused, and why they are.

    With a status goes all that was written beside it: it was written of an action that stands so.
    """
    if why := why_no_reports(action.plan):
        return proposal.without_report(), [Problem(proposal.place, why, proposal.report)]
    problems: list[Problem] = []
    while proposal.update or proposal.of(REPORTED):  # else evidence alone
        try:
            # With all that the file has: what is asked of the person can only be less.
            refuse_update(action, **report(action, proposal, proposal.wanted(REPORTED)))
        except ValidationError as error:
            told = _told(error, proposal)
            dropped = proposal.of({field for name in error.message_dict for field in DROPPED[name]})
            refused = {change.field for change in dropped}
            if not refused:  # such as of an action that is closed: it is about all that is said
                place = proposal.places[proposal.report[0]]
                told = [replace(one, place=place, columns=proposal.report) for one in told]
                return proposal.without_report(), problems + told
            problems += told
            if Field.STATUS in refused:
                problems += proposal.held([COLUMN_OF[field] for field in refused])
                return proposal.without_report(), problems
            proposal = proposal.without(refused)
        else:
            break
    return proposal, problems


def _date_refused(action: Action, proposal: Proposal) -> list[Problem]:
    (change,) = proposal.of({Field.DUE})
    if why := why_no_reports(action.plan):
        return [Problem(proposal.place, why)]
    try:
        refuse_date(action, date.fromisoformat(change.theirs), proposal.why)
    except ValidationError as error:
        return _told(error, proposal)
    asked = waiting(action) if action.plan.dates_need_approval else None
    if asked is not None:
        said = f"{day_text(asked.new)} is asked for already, and waits for an answer."
        return [Problem(change.place, said)]
    return []


def _told(error: ValidationError, proposal: Proposal) -> list[Problem]:
    """The sentences of a service, each at the cell that it is about."""
    if not hasattr(error, "error_dict"):
        return [Problem(proposal.place, message) for message in error.messages]
    return [
        Problem(
            proposal.places.get(PLACES.get(name, Name.REFERENCE), proposal.place),
            message,
            tuple(COLUMN_OF[change.field] for change in proposal.of(DROPPED.get(name, ()))),
        )
        for name, messages in error.message_dict.items()
        for message in messages
    ]


def report(action: Action, proposal: Proposal, wanted: Mapping[Field, str]) -> dict[str, Any]:
    """Status, text, evidence and per cent of an update; what is not wanted stays as it is."""
    percent = wanted.get(Field.PERCENT)
    return {
        "status": wanted.get(Field.STATUS, action.status).partition(" ")[0],
        "text": proposal.update or proposal.again,
        "evidence": proposal.evidence,
        "percent": action.percent if percent is None else int(percent) if percent else None,
    }
