"""Plans and actions: every change to them."""

import hashlib
import itertools
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Max

from kpis.models import Indicator as Kpi
from kpis.periods import day_text
from management import access, audit, clock
from management.access import Actor
from management.models import Area, Holding, Post, User
from management.versions import advance
from plans import statuses
from plans.models import (
    Action,
    DateChange,
    Entry,
    Evidence,
    Finding,
    KeyMessage,
    Plan,
    QualityIndicator,
    Recommendation,
    Update,
    Verification,
)
from plans.services.days import refuse_future, refuse_odd
from plans.statuses import Status

EARLIEST = 366  # days before the plan was agreed
FURTHEST = 5  # years: no plan reaches further, and entries cannot be changed


def create_plan(*, by: Actor, area: Area, **facts: Any) -> Plan:
    """A new plan, without actions. `facts` holds the fields of Plan.

    Everybody of the area sees plans, so drafts and unpublished inspections are refused.
    """
    access.require(by, "plan.edit", area)
    plan = Plan(area=area, **facts)
    refuse_odd(agreed_on=plan.agreed_on)
    with audit.acting(by, "create plan"):
        # Locked: nobody takes a publication back between the question and the plan.
        if plan.inspection is not None and not _locked(plan.inspection).is_published:
            raise ValidationError(
                {"inspection": "Its report is not published: until then it is confidential."}
            )
        if plan.self_evaluation and not _locked(plan.self_evaluation).is_stood_by:
            raise ValidationError({"self_evaluation": "Only what was submitted can be answered."})
        plan.full_clean()
        plan.save()
    return plan


def _locked(row: Any) -> Any:
    return type(row).objects.select_for_update().get(pk=row.pk)


def add_action(
    *,
    by: Actor,
    plan: Plan,
    indicator: QualityIndicator,
    lead: Post,
    supporting: Iterable[Post] = (),
    key_messages: Iterable[KeyMessage] = (),
    original_due: date | None = None,
    sequence: int | None = None,
    **facts: Any,
) -> Action:
    """A new action of the plan, not started. `facts` holds the plain fields of Action.

    Without a sequence it stands last. Raises ValidationError for a reference that is taken, and for
    days that cannot be.
    """
    access.require(by, "plan.edit", plan.area)
    refuse_odd(original_due=original_due, added_on=facts["added_on"])
    refuse_future(
        "added_on", facts["added_on"], "It cannot be added on a day that has not come yet."
    )
    if early := too_early(plan, original_due):
        raise ValidationError({"original_due": early})
    with audit.acting(by, "add action"):
        plan = Plan.objects.select_for_update().get(pk=plan.pk)
        if plan.actions.filter(reference__iexact=facts["reference"]).exists():
            raise ValidationError(
                {"reference": "This plan already has an action with this reference."}
            )
        if sequence is None:
            sequence = (plan.actions.aggregate(last=Max("sequence"))["last"] or 0) + 1
        action = Action(
            area=plan.area,
            plan=plan,
            sequence=sequence,
            indicator=indicator,
            lead=lead,
            original_due=original_due,
            due=original_due,
            **facts,
        )
        action.full_clean()
        action.save()
        mine = {"area": plan.area}
        action.supporting.set(supporting, through_defaults=mine)
        action.key_messages.set(key_messages, through_defaults=mine)
    return action


def too_early(plan: Plan, due: date | None) -> str:
    """Why the due date cannot be an action's of the plan, or an empty text.

    Plans have been agreed after the first of their actions was due, but not long after.
    """
    if due is None or (plan.agreed_on - due).days <= EARLIEST:
        return ""
    return f"The plan was agreed on {day_text(plan.agreed_on)}, more than a year later."


def link_action(
    *,
    by: Actor,
    action: Action,
    recommendations: Iterable[Recommendation] = (),
    findings: Iterable[Finding] = (),
    kpis: Iterable[Kpi] = (),
) -> None:
    """Say which recommendations and findings the action answers, and which KPIs it should move.

    What is not named is not linked any more.
    """
    access.require(by, "plan.edit", action.area)
    with audit.acting(by, "link action"):
        mine = {"area": action.area}
        action.recommendations.set(recommendations, through_defaults=mine)
        action.findings.set(findings, through_defaults=mine)
        action.kpis.set(kpis, through_defaults=mine)


def holders(action: Action) -> dict[int, User]:
    """Who holds the action's posts today, by the post's key."""
    posts = [action.lead_id, *(post.pk for post in action.supporting.all())]
    holdings = Holding.objects.in_area(action.area).filter(post__in=posts)
    current = holdings.current(on=clock.today()).select_related("user")
    return {holding.post_id: holding.user for holding in current}


def may_update(by: Actor, action: Action, held: dict[int, User] | None = None) -> bool:
    """Whether `by` may report on it: a keeper of the plan, or holder of one of its posts.

    `held` is what `holders` says, where that is known already.
    """
    if by.may("action.update_any", action.area):
        return True
    if not by.may("action.update", action.area):
        return False
    held = holders(action) if held is None else held
    return by.actor_id in {user.pk for user in held.values()}


def require_update(by: Actor, action: Action) -> None:
    """Raise PermissionDenied, naming the lead, unless `by` may report on the action."""
    if not may_update(by, action):
        raise PermissionDenied(
            f"Action {action.reference} belongs to another post. Its lead is {action.lead}."
        )


def post_update(
    *,
    by: Actor,
    action: Action,
    version: int,
    status: str,
    text: str,
    evidence: str = "",
    evidence_url: str = "",
    illustrative: bool = False,
) -> Update:
    """Report progress, with evidence where there is some.

    Raises ValidationError for a move that the table does not allow, for "done" without evidence and
    for an empty text; Stale when the action has changed since `version`.
    """
    require_update(by, action)
    if not text.strip():
        raise ValidationError({"text": "Say what has happened, in a sentence or two."})
    if status not in statuses.REPORTABLE or not statuses.may_move(action.status, status):
        raise ValidationError({"status": _refusal(action.status, status)})
    if evidence_url and not evidence.strip():
        raise ValidationError({"evidence": "Say what the link shows."})
    if status == Status.DONE and not evidence.strip() and not action.evidence.exists():
        raise ValidationError(
            {"evidence": "An action can be reported as done only with evidence. Describe it here."}
        )
    with audit.acting(by, "post update"):
        old = action.status
        advance(action, version, status=status)
        if evidence.strip():
            add_evidence(
                by=by,
                action=action,
                description=evidence.strip(),
                url=evidence_url,
                illustrative=illustrative,
            )
        return _update(by, action, old, text.strip(), illustrative)


def _refusal(old: str, new: str) -> str:
    if not statuses.is_open(old):
        return f"This action is closed ({Status(old).label}) and takes no more updates."
    allowed = ", ".join(s.label for s in statuses.reportable_from(old))
    return f"“{new}” cannot follow “{Status(old).label}”. Choose one of: {allowed}."


def _update(by: Actor, action: Action, old: str, text: str, illustrative: bool) -> Update:
    update = Update(old_status=old, status=action.status, text=text)
    _enter(update, by, action, illustrative)
    return update


def _enter(entry: Entry, by: Actor, action: Action, illustrative: bool) -> None:
    entry.area, entry.action = action.area, action  # type: ignore[attr-defined]
    entry.on, entry.recorded_at = clock.today(), clock.now()
    entry.by, entry.author_id = by.actor_name, by.actor_id
    entry.illustrative = illustrative
    entry.full_clean()
    entry.save()


def add_evidence(
    *, by: Actor, action: Action, description: str, url: str = "", illustrative: bool = False
) -> Evidence:
    """A note, or a link with a description, that shows what was done."""
    require_update(by, action)
    with audit.acting(by, "add evidence"):
        evidence = Evidence(
            description=description,
            url=url,
            sha256=hashlib.sha256(f"{description}\n{url}".encode()).hexdigest(),
        )
        _enter(evidence, by, action, illustrative)
    return evidence


def move_date(
    *,
    by: Actor,
    action: Action,
    version: int,
    new: date,
    reason: str,
    illustrative: bool = False,
) -> DateChange:
    """Move the current due date; the original one stays.

    Raises ValidationError without a reason, for a closed action, for the same date again and for a
    date that is not after today; Stale when the action has changed since `version`.
    """
    require_update(by, action)
    if not action.is_open:
        raise ValidationError(f"Action {action.reference} is closed: its date cannot be moved.")
    if not reason.strip():
        raise ValidationError({"reason": "Give the reason: the board will read it."})
    if new == action.due:
        raise ValidationError({"new": f"The action is already due on {day_text(new)}."})
    if new <= clock.today():
        raise ValidationError(
            {
                "new": f"Give a date after today, {day_text(clock.today())}. "
                f"You gave {day_text(new)}."
            }
        )
    if new.year > clock.today().year + FURTHEST:
        raise ValidationError(
            {"new": f"{day_text(new)} is more than {FURTHEST} years ahead. Is the year right?"}
        )
    with audit.acting(by, "move due date", reason.strip()):
        old = action.due
        advance(action, version, due=new)
        change = DateChange(old=old, new=new, reason=reason.strip())
        _enter(change, by, action, illustrative)
    return change


def verify_action(
    *, by: Actor, action: Action, version: int, note: str, illustrative: bool = False
) -> Verification:
    """Accept, as a second person, that the action is done: it is then complete.

    Raises ValidationError when it is not reported as done, or by its own lead or reporter.
    """
    access.require(by, "action.verify", action.area)
    if action.status != Status.DONE:
        raise ValidationError(
            f"Action {action.reference} is “{Status(action.status).label}”: "
            "only an action reported as done can be verified."
        )
    if by.actor_id and by.actor_id in _owners(action):
        raise ValidationError(
            "Somebody else must verify it: you lead it, reported it as done, or gave its evidence."
        )
    with audit.acting(by, "verify action", note):
        advance(action, version, status=Status.COMPLETE)
        verification = Verification(note=note)
        _enter(verification, by, action, illustrative)
        _update(by, action, Status.DONE, f"Verified: {note}", illustrative)
    return verification


def return_action(*, by: Actor, action: Action, version: int, note: str) -> Update:
    """Refuse, as a second person, that the action is done: it is open again, at risk.

    Raises ValidationError when it is not reported as done, or without a reason.
    """
    access.require(by, "action.verify", action.area)
    if action.status != Status.DONE:
        raise ValidationError(f"Action {action.reference} is not waiting to be verified.")
    if not note.strip():
        raise ValidationError({"note": "Say what is missing, so that the owner can mend it."})
    with audit.acting(by, "return action", note):
        advance(action, version, status=Status.AT_RISK)
        return _update(by, action, Status.DONE, f"Not verified: {note.strip()}", False)


def _owners(action: Action) -> set[int | None]:
    """Those who cannot be the second person: its lead, its evidence's authors, its reporters."""
    updates = action.updates.order_by("-on", "-id")
    latest = itertools.takewhile(lambda update: update.status == Status.DONE, updates)
    lead = holders(action).get(action.lead_id)
    return {
        lead.pk if lead else None,
        *(update.author_id for update in latest),
        *(evidence.author_id for evidence in action.evidence.all()),
    }


def withdraw_action(
    *, by: Actor, action: Action, version: int, reason: str, illustrative: bool = False
) -> Update:
    """End the action without completing it, by a decision that the reason names."""
    access.require(by, "plan.edit", action.area)
    if not action.is_open:
        raise ValidationError(f"Action {action.reference} is closed and cannot be withdrawn.")
    if not reason.strip():
        raise ValidationError({"reason": "Say why it is withdrawn and who decided it."})
    with audit.acting(by, "withdraw action", reason):
        old = action.status
        advance(action, version, status=Status.WITHDRAWN)
        return _update(by, action, old, f"Withdrawn: {reason.strip()}", illustrative)
