"""What is said of an action: progress, notes, and its early end."""

from datetime import datetime
from enum import Enum
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F

from management import access, audit, clock
from management.access import Actor
from management.attachments import Attachment
from management.versions import advance
from plans import statuses
from plans.models import Action, Note, Plan, PlanMove, Update
from plans.services.actions import why_kept
from plans.services.due_dates import lapse_request
from plans.services.entering import enter, require_update, why_closed
from plans.services.evidence import (
    add_evidence,
    enter_evidence,
    refuse_evidence,
    standing_evidence,
)
from plans.services.locking import lock, lock_actions
from plans.services.rules import own_words
from plans.states import PlanState, plan_moves
from plans.statuses import Status
from plans.words import Rule

NOTED = (
    "You have noted exactly this on this action today: it is saved already. Write what is new, or "
    "go back."
)


class Percent(Enum):
    """What an update says of the per cent done without giving a number; None would clear it."""

    AS_IT_IS = "as it is"


def post_update(
    *,
    by: Actor,
    action: Action,
    version: int,
    status: str,
    text: str,
    evidence: str = "",
    evidence_url: str = "",
    file: Attachment | None = None,
    word: str = "",
    percent: int | Percent | None = Percent.AS_IT_IS,
    corrects: Update | None = None,
    illustrative: bool = False,
) -> Update:
    """Report progress, with evidence where there is some.

    `evidence` describes it, with `evidence_url` or `file` where there is more than words; `word` is
    the area's own for the status, found by its rules where none is given; `percent` (0 to 100) how
    much is done, which stays where it is not given and is cleared by None; `corrects` an earlier
    update by the same person that this one puts right. A plan that was waiting to begin is in
    progress from its first update on. Raises ValidationError for a
    move that the table does not allow, for "done" without evidence and for an empty text; Stale
    when the action has changed since `version`.
    """
    require_update(by, action)
    refuse_update(action, status=status, text=text, evidence=evidence, percent=percent)
    refuse_evidence(evidence, evidence_url, file, "evidence")
    if corrects is not None and (why := why_not_corrected(by, action, corrects)):
        raise ValidationError(why)
    with audit.acting(by, "post update"):
        old, word = action.status, word.strip() or own_word(action, status)
        changes: dict[str, Any] = {"status": status, "word": word}
        if percent is not Percent.AS_IT_IS:
            changes["percent"] = percent
        begin_by_report(by, action.plan, illustrative=illustrative)  # a plan is before its actions
        if status == Status.DONE:
            # Asked again, once it is locked: evidence may have been withdrawn meanwhile.
            lock(action)
            _refuse_unproved(action, status, evidence)
        advance(action, version, **changes)
        if evidence.strip():
            enter_evidence(
                by=by,
                action=action,
                description=evidence.strip(),
                url=evidence_url,
                file=file,
                illustrative=illustrative,
            )
        # Packs tell how it stood on a day from its updates: each says how much was done then.
        said: dict[str, Any] = {"word": word, "percent": action.percent, "corrects": corrects}
        return enter_update(by, action, old, text.strip(), illustrative=illustrative, **said)


def refuse_update(
    action: Action, *, status: str, text: str, evidence: str, percent: int | Percent | None
) -> None:
    """Raise ValidationError for what cannot be reported of the action as it stands, by field."""
    if not text.strip():
        raise ValidationError({"text": "Say what has happened, in a sentence or two."})
    if why := why_closed(action):
        raise ValidationError({"status": why})
    if status not in statuses.reportable_from(action.status):
        raise ValidationError({"status": _refusal(action.status, status)})
    if isinstance(percent, int) and not 0 <= percent <= 100:
        raise ValidationError({"percent": "Give a number from 0 to 100."})
    _refuse_unproved(action, status, evidence)


def _refuse_unproved(action: Action, status: str, evidence: str) -> None:
    if status == Status.DONE and not evidence.strip() and not standing_evidence(action).exists():
        raise ValidationError(
            {"evidence": "An action can be reported as done only with evidence. Describe it here."}
        )


def why_not_corrected(by: Actor, action: Action, update: Update) -> str:
    """Why this update cannot be put right by this person, or an empty text."""
    if update.action_id != action.pk:
        return "That update is of another action."
    if update.author_id != by.actor_id:
        return f"Only {update.by} can correct this update. Post one of your own."
    if not statuses.is_report(update.old_status, update.status):
        return "This update records a decision: it stays as it was said. Post one of your own."
    if update.corrections.exists():
        return "This update was corrected before: correct the later one."
    return ""


def own_word(action: Action, status: str) -> str:
    """The area's word for a status, where its words go by status: others change by the day."""
    own = own_words(action.area)
    found = own.of(action, status) if own.rule == Rule.STATUS else None
    return found.word if found else ""


def _refusal(old: str, new: str) -> str:
    allowed = ", ".join(s.label for s in statuses.reportable_from(old))
    said = Status(new).label if new in Status.values else new
    return f"“{said}” cannot follow “{Status(old).label}”. Choose one of: {allowed}."


def enter_update(by: Actor, action: Action, old: str, text: str, **facts: Any) -> Update:
    """The entry of a status that `action` has already; `old` is the one before."""
    made = Update(area=action.area, action=action, old_status=old, status=action.status)
    update: Update = enter(made, by, text=text, **facts)
    return update


def begin_by_report(by: Actor, plan: Plan, *, illustrative: bool = False) -> None:
    """The first report on a plan that was sent, or has nobody to be sent to, begins it."""
    inspected = plan.inspection_id is not None
    if PlanState.IN_PROGRESS not in plan_moves(plan.state, inspected=inspected):
        return
    old = plan.state
    begun = {"state": PlanState.IN_PROGRESS, "version": F("version") + 1}
    if Plan.objects.filter(pk=plan.pk, state=old).update(**begun):
        facts: dict[str, Any] = {"plan": plan, "old": old, "new": PlanState.IN_PROGRESS}
        facts |= {"text": "Its first update was posted.", "illustrative": illustrative}
        enter(PlanMove(area=plan.area), by, **facts)
    plan.refresh_from_db(fields=["state", "version"])


def add_note(
    *,
    by: Actor,
    action: Action,
    text: str,
    begun: datetime | None = None,
    illustrative: bool = False,
) -> Note:
    """What somebody of the service wants known of the action, whoever's it is.

    `begun` is when they began to write it: what was begun before the plan was closed is kept.

    Raises ValidationError without a text, once the plan is closed, and for the same text again on
    the day: that is a form which was sent twice.
    """
    access.require(by, "action.note", action.area)
    if why := why_no_note(action, begun):
        raise ValidationError(why)
    if not text.strip():
        raise ValidationError({"text": "Write the note."})
    with audit.acting(by, "add note"):
        lock(action)  # or two that are sent at once would both find nothing
        if why := why_noted(by, action, text):
            raise ValidationError({"text": why})
        said: dict[str, Any] = {"text": text.strip(), "illustrative": illustrative}
        note: Note = enter(Note(area=action.area), by, action=action, **said)
    return note


def add_late_note(
    *,
    by: Actor,
    action: Action,
    text: str,
    begun: datetime | None = None,
    evidence: str = "",
    evidence_url: str = "",
    file: Attachment | None = None,
) -> Note:
    """Keep as a note, and as evidence, what was to be reported of an action that was closed before
    it could be saved. Raises ValidationError as `add_note` and `add_evidence` do."""
    refuse_evidence(evidence, evidence_url, file, "evidence")
    with audit.acting(by, "add note"):
        note = add_note(by=by, action=action, text=text, begun=begun)
        if evidence.strip():
            said: dict[str, Any] = {"description": evidence, "url": evidence_url, "file": file}
            add_evidence(by=by, action=action, **said)
    return note


def why_noted(by: Actor, action: Action, text: str) -> str:
    """Why this text is no note of this person any more today, or an empty text."""
    if by.actor_id is None:
        return ""
    same = action.notes.filter(author_id=by.actor_id, on=clock.today(), text=text.strip())
    return NOTED if same.exists() else ""


def why_no_note(action: Action, begun: datetime | None = None) -> str:
    """Why nothing that was `begun` then can be added to the action's thread any more, or an empty
    text."""
    if not action.plan.is_closed:
        return ""
    closings = action.plan.moves.filter(new=PlanState.CLOSED)
    if begun and closings.filter(recorded_at__gt=begun).exists():
        return ""
    return "The plan is closed: its actions stay as they are, and take no more notes."


def withdraw_action(
    *,
    by: Actor,
    action: Action,
    version: int,
    reason: str,
    decision: str = "",
    illustrative: bool = False,
) -> Update:
    """End the action without completing it. `decision` says who decided, and where it is minuted.

    Raises ValidationError for a closed action and without a reason or a decision; Stale.
    """
    require_change(by, action)
    wrong = {}
    if not reason.strip():
        wrong["reason"] = "Say why it is withdrawn."
    if not decision.strip():
        wrong["decision"] = "Say who decided it, and where that is minuted."
    if wrong:
        raise ValidationError(wrong)
    with audit.acting(by, "withdraw action", reason.strip()):
        old = action.status
        advance(action, version, status=Status.WITHDRAWN, word="")
        lapse_request(by, action, "the action is withdrawn.")
        said = f"Withdrawn: {reason.strip()}"
        facts: dict[str, Any] = {"decision": decision.strip(), "illustrative": illustrative}
        return enter_update(by, action, old, said, **facts)


def supersede_action(
    *,
    by: Actor,
    action: Action,
    version: int,
    successor: Action,
    reason: str,
    illustrative: bool = False,
) -> Update:
    """End the action because another one of the area takes its place.

    Raises ValidationError for a closed action, for a successor that is the action itself, closed
    by withdrawal or replaced (in the end) by it, and without a reason; Stale.
    """
    require_change(by, action)
    if not reason.strip():
        raise ValidationError({"reason": "Say why the other action takes its place."})
    with audit.acting(by, "supersede action", reason.strip()):
        pair = lock_actions(Action.objects.filter(pk__in=[action.pk, successor.pk]))
        new = next(row for row in pair if row.pk == successor.pk)
        if new.area_id != action.area_id or new.pk == action.pk:
            raise ValidationError({"successor": "Choose another action of this area."})
        if new.status in {Status.WITHDRAWN, Status.SUPERSEDED}:
            label = Status(new.status).label.lower()
            raise ValidationError({"successor": f"Action {new.reference} is itself {label}."})
        old = action.status
        advance(action, version, status=Status.SUPERSEDED, superseded_by=new, word="")
        lapse_request(by, action, f"the action is superseded by {new.reference}.")
        said = f"Superseded by {new.reference}: {reason.strip()}"
        return enter_update(by, action, old, said, illustrative=illustrative)


def require_change(by: Actor, action: Action) -> None:
    """Raise unless `by` keeps the plan and the action can still end early."""
    access.require(by, "plan.edit", action.area)
    if why := why_no_end(action):
        raise ValidationError(why)


def why_no_end(action: Action) -> str:
    """Why the action can be neither withdrawn nor superseded now, or an empty text."""
    if why := why_kept(action):
        return why
    draft = action.plan.is_draft
    return "The plan is a draft: change the action, or take it out." if draft else ""
