"""Plans and actions: every change to them."""

import hashlib
import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError

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
    Evaluation,
    Evidence,
    Framework,
    Grade,
    Inspection,
    KeyMessage,
    Plan,
    QualityIndicator,
    Recommendation,
    Update,
    Verification,
)
from plans.statuses import Status

FURTHEST = 5  # years: no plan reaches further, and entries cannot be changed


@dataclass(frozen=True)
class Published:
    """What an inspection report says: grades by indicator code, messages, and what to improve.

    `recommendations` are (reference, reference of the one it is part of or "", text), in order.
    """

    grades: dict[str, str]
    key_messages: dict[int, str]
    recommendations: list[tuple[str, str, str]]


def record_inspection(
    *, by: Actor, area: Area, framework: Framework, published: Published, **facts: Any
) -> Inspection:
    """A published inspection with its grades, key messages and areas for improvement."""
    access.require(by, "inspection.edit", area)
    indicators = {i.code: i for i in framework.indicators.all()}
    grades = {grade.label: grade for grade in Grade}
    with audit.acting(by, "record inspection"):
        inspection = Inspection(area=area, framework=framework, **facts)
        inspection.full_clean()
        inspection.save()
        mine = {"area": area, "inspection": inspection}
        rows: list[Any] = []
        for code, grade in published.grades.items():
            if code not in indicators:
                raise ValidationError(f"{framework} has no quality indicator {code}.")
            if grade not in grades:
                raise ValidationError(f"“{grade}” is not a grade. Use one of: {', '.join(grades)}.")
            rows.append(Evaluation(indicator=indicators[code], grade=grades[grade], **mine))
        rows += [
            KeyMessage(number=number, text=text, **mine)
            for number, text in published.key_messages.items()
        ]
        for row in rows:
            row.full_clean()
            row.save()
        known: dict[str, Recommendation] = {}
        for sequence, (reference, parent, text) in enumerate(published.recommendations):
            if parent and parent not in known:
                raise ValidationError(f"{reference} is part of {parent}, which must come first.")
            known[reference] = Recommendation(
                reference=reference,
                parent=known.get(parent),
                text=text,
                sequence=sequence,
                **mine,
            )
            known[reference].full_clean()
            known[reference].save()
    return inspection


def create_plan(*, by: Actor, area: Area, **facts: Any) -> Plan:
    """A new plan, without actions. `facts` holds the fields of Plan."""
    access.require(by, "plan.edit", area)
    with audit.acting(by, "create plan"):
        plan = Plan(area=area, **facts)
        plan.full_clean()
        plan.save()
    return plan


def add_action(
    *,
    by: Actor,
    plan: Plan,
    indicator: QualityIndicator,
    lead: Post,
    supporting: Iterable[Post] = (),
    key_messages: Iterable[KeyMessage] = (),
    original_due: date | None = None,
    **facts: Any,
) -> Action:
    """A new action of the plan, not started. `facts` holds the plain fields of Action."""
    access.require(by, "plan.edit", plan.area)
    with audit.acting(by, "add action"):
        action = Action(
            area=plan.area,
            plan=plan,
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


def link_action(
    *,
    by: Actor,
    action: Action,
    recommendations: Iterable[Recommendation] = (),
    kpis: Iterable[Kpi] = (),
) -> None:
    """Say which recommendations the action answers and which KPIs it should move."""
    access.require(by, "plan.edit", action.area)
    with audit.acting(by, "link action"):
        mine = {"area": action.area}
        action.recommendations.set(recommendations, through_defaults=mine)
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
