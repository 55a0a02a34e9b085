"""A second person's answer to "it is done"."""

import itertools
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.text import get_text_list

from management import access, audit, clock
from management.access import Actor
from management.versions import Stale, advance
from plans.models import Action, Dependency, Task, Update, Verification
from plans.services.due_dates import lapse_request, late_after
from plans.services.entering import enter, holders, why_no_reports
from plans.services.evidence import standing_evidence
from plans.services.locking import lock, lock_actions
from plans.services.progress import enter_update, own_word
from plans.services.rules import rules_of
from plans.statuses import ALL_OF_IT, CLOSED, Status

NOT_VERIFIED = "Not verified:"  # how the update of an action that is sent back begins


def verify_action(
    *,
    by: Actor,
    action: Action,
    version: int,
    note: str,
    although_blocked: bool = False,
    illustrative: bool = False,
) -> Verification:
    """Accept, as a second person, that the action is done: it is then complete.

    Raises ValidationError when it is not reported as done, when all of its evidence was withdrawn,
    by its own lead, its reporter and who gave its evidence, and while something that it waits for
    is open, unless it is complete `although_blocked`: its update then names what was open; Stale.
    """
    access.require(by, "action.verify", action.area)
    if action.status != Status.DONE:
        raise ValidationError(
            f"Action {action.reference} is “{Status(action.status).label}”: "
            "only an action reported as done can be verified."
        )
    if why := why_not_by(by, action):
        raise ValidationError(why)
    if not note.strip():
        raise ValidationError({"note": "Say what the evidence shows."})
    with audit.acting(by, "verify action", note.strip()):
        lock(action)
        if action.evidence.exists() and not standing_evidence(action).exists():
            raise ValidationError("All of its evidence was withdrawn: send the action back.")
        waits = ", ".join(blocker.reference for blocker in open_blockers(action))
        if waits and not although_blocked:
            raise ValidationError(
                {
                    "although_blocked": f"It waits for {waits}, still open. "
                    "Say that it is complete all the same, or send it back."
                }
            )
        word = own_word(action, Status.COMPLETE)
        advance(action, version, status=Status.COMPLETE, word=word)
        lapse_request(by, action, "the action is complete.")
        made = Verification(area=action.area, action=action, note=note.strip())
        verification: Verification = enter(made, by, illustrative=illustrative)
        said = f"Verified{f', although it waits for {waits}' if waits else ''}: {note.strip()}"
        enter_update(by, action, Status.DONE, said, word=word, illustrative=illustrative)
    return verification


def open_blockers(action: Action) -> list[Action]:
    """What it waits for and is not closed yet."""
    blockers = Action.objects.in_area(action.area).filter(blocking__action=action)
    return list(blockers.exclude(status__in=CLOSED).order_by("reference"))


def replaced_blockers(action: Action) -> list[Action]:
    """What it waits for and another action has replaced, which is open and not waited for."""
    blockers = Action.objects.in_area(action.area).filter(
        blocking__action=action, status=Status.SUPERSEDED
    )
    rows = blockers.exclude(superseded_by=action).exclude(superseded_by__status__in=CLOSED)
    rows = rows.exclude(superseded_by__in=action.dependencies.values("blocker"))
    return list(rows.select_related("superseded_by").order_by("reference"))


def left_open(actions: Sequence[Action], *, percent: int | None = None) -> dict[int, str]:
    """What each of these actions, of one area, would leave open if it were reported as done, as the
    end of a sentence, by its key; nothing of those that leave nothing. `percent` is how much of
    each is done then, where that is said."""
    if not actions:
        return {}
    mine = {"area": actions[0].area_id, "action__in": [action.pk for action in actions]}
    days: dict[int, list[date | None]] = defaultdict(list)
    for key, day in Task.objects.filter(**mine, dropped_on=None).values_list("action", "done_on"):
        days[key].append(day)
    waits: dict[int, list[str]] = defaultdict(list)
    blockers = Dependency.objects.filter(**mine).order_by("blocker__reference")
    going = blockers.exclude(blocker__status__in=CLOSED)
    for key, reference in going.values_list("action", "blocker__reference"):
        waits[key].append(reference)
    given_up = blockers.filter(blocker__status=Status.SUPERSEDED)
    replaced = set(given_up.values_list("action", flat=True))
    found = {}
    for action in actions:
        part = action.percent if percent is None else percent
        old = replaced_blockers(action) if action.pk in replaced else []
        if left := _left(days[action.pk], waits[action.pk], old, part):
            found[action.pk] = f"{'; '.join(left)}."
    return found


def _left(
    days: list[date | None], waits: list[str], replaced: Sequence[Action], part: int | None
) -> list[str]:
    undone, found = days.count(None), []
    if undone:
        of = "its one task" if len(days) == 1 else f"{undone} of its {len(days)} tasks"
        found.append(f"{of} {'is' if undone == 1 else 'are'} not done")
    if waits:
        found.append(f"it waits for {get_text_list(waits, 'and')}, still open")
    found += [
        f"it waits for {old.reference}, whose place {old.superseded_by.reference} took, still open"
        for old in replaced
        if old.superseded_by
    ]
    if part is not None and part < ALL_OF_IT:
        found.append(f"it stands at {part} per cent")
    return found


def why_not_by(by: Actor, action: Action) -> str:
    """Why this person cannot be the second one, or an empty text."""
    if why := why_no_reports(action.plan):
        return why
    if by.actor_id and by.actor_id in _owners(action):
        return (
            "Somebody else must verify it: you lead it, reported it as done, or gave its evidence."
        )
    return ""


def return_action(*, by: Actor, action: Action, version: int, note: str) -> Update:
    """Refuse that the action is done: it is open again, at risk, or off track where it is overdue.

    By whoever may verify, of what they reported themselves as well: nobody gains by that.

    100 per cent done is taken back with it, any other number stays.
    Raises ValidationError when it is not reported as done, or without a reason.
    """
    access.require(by, "action.verify", action.area)
    if action.status != Status.DONE:
        raise ValidationError(f"Action {action.reference} is not waiting to be verified.")
    if why := why_no_reports(action.plan):
        raise ValidationError(why)
    if not note.strip():
        raise ValidationError({"note": "Say what is missing, so that the owner can mend it."})
    with audit.acting(by, "return action", note):
        return _open_again(by, action, version, f"{NOT_VERIFIED} {note.strip()}")


def reopen_action(*, by: Actor, action: Action, version: int, reason: str) -> Update:
    """Take the verification back: the action is open again, as `return_action` opens it.

    The verification stays recorded, and the action can be verified again once it is reported as
    done. Raises ValidationError without a reason, for an action that is not complete, and while
    nothing is reported on its plan; Stale.
    """
    access.require(by, "action.verify", action.area)
    if not reason.strip():
        raise ValidationError({"reason": "Say why it is not complete: the board will read it."})
    with audit.acting(by, "reopen action", reason.strip()):
        # Neither the area's rule of what is late nor the state of the plan changes meanwhile.
        area = lock(action.area)
        [locked] = lock_actions(Action.objects.filter(pk=action.pk))
        if locked.version != version:
            raise Stale(locked)
        if why := why_not_reopened(locked):
            raise ValidationError(why)
        # While it was closed, no change of the rule has counted it.
        counted = late_after(locked, locked.due, rules_of(area))
        # One from before verification answered it does not come to life again unseen.
        lapse_request(by, locked, "the action was complete.")
        said = f"Verification taken back: {reason.strip()}"
        return _open_again(by, action, version, said, late_after=counted)


def why_not_reopened(action: Action) -> str:
    """Why no verification of it can be taken back, or an empty text."""
    if action.status != Status.COMPLETE:
        return f"Action {action.reference} is not complete: there is no verification to take back."
    return why_no_reports(action.plan)


def standing_verification(action: Action) -> Verification | None:
    """The one by which it is complete; one that was taken back is recorded, but stands no more."""
    if action.status != Status.COMPLETE:
        return None
    found: Verification | None = action.verifications.order_by("-on", "-id").first()
    return found


def status_again(late_after: date | None) -> Status:
    """How an action stands that is open again: at risk, or off track where it is overdue."""
    overdue = late_after is not None and late_after < clock.today()
    return Status.OFF_TRACK if overdue else Status.AT_RISK


def _open_again(by: Actor, action: Action, version: int, text: str, **counted: Any) -> Update:
    """As `status_again` says, with an update that says why."""
    old, status = action.status, status_again(counted.get("late_after", action.late_after))
    word = own_word(action, status)
    # How much is done instead of all of it, only its owner can say.
    percent = None if action.percent == ALL_OF_IT else action.percent
    advance(action, version, status=status, word=word, percent=percent, **counted)
    return enter_update(by, action, old, text, word=word, percent=percent)


def _owners(action: Action) -> set[int | None]:
    """Those who cannot be the second person: its lead, its evidence's authors, its reporters."""
    updates = action.updates.order_by("-on", "-id")
    latest = itertools.takewhile(lambda update: update.status == Status.DONE, updates)
    lead = holders(action).get(action.lead_id)
    return {
        lead.pk if lead else None,
        *(update.author_id for update in latest),
        *(evidence.author_id for evidence in standing_evidence(action)),
    }
