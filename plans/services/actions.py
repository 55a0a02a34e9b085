"""Actions: what is agreed to be done, by whom and by when, and how it is put otherwise."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Max, ProtectedError

from kpis.models import Indicator as Kpi
from kpis.periods import day_text
from management import access, audit
from management.access import Actor
from management.models import Post
from management.versions import Stale, advance
from plans.models import (
    Action,
    Finding,
    KeyMessage,
    Plan,
    QualityIndicator,
    Recommendation,
    Revision,
)
from plans.services.days import refuse_future, refuse_odd
from plans.services.entering import enter

EARLIEST = 366  # days before the plan was agreed
APPROVED = "The plan is approved: an action is withdrawn by a decision, and stays listed."
TAKEN = "This plan already has an action with this reference."
# What can be put otherwise, by the name of the field; the first due date and the reference only
# while the plan is a draft.
WORDED = {
    "text": "What is to be done",
    "indicator": "Quality indicator",
    "lead": "Lead post",
    "supporting": "Supporting posts",
    "evidence_expected": "Evidence of improvement expected",
    "timescale": "Timescale in the plan's words",
    "responsible": "Responsible, in the plan's words",
}
DRAFTED = {"reference": "Reference", "original_due": "Due date"}


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
    reason: str = "",
    **facts: Any,
) -> Action:
    """A new action of the plan, not started. `facts` holds the plain fields of Action.

    Without a sequence it stands last. In a plan that was approved this is a recorded change, and
    `reason` stands with it. Raises ValidationError for a reference that is taken, for days that
    cannot be, and for a closed plan.
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
        if plan.is_closed:
            raise ValidationError("The plan is closed: nothing can be added to it.")
        if plan.actions.filter(reference__iexact=facts["reference"]).exists():
            raise ValidationError({"reference": TAKEN})
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
            late_after=original_due,
            **facts,
        )
        action.full_clean()
        action.save()
        mine = {"area": plan.area}
        action.supporting.set(supporting, through_defaults=mine)
        action.key_messages.set(key_messages, through_defaults=mine)
        if not plan.is_draft:
            made = Revision(area=plan.area, field="added", new=action.text)
            enter(made, by, action=action, reason=reason.strip())
    return action


def too_early(plan: Plan, due: date | None) -> str:
    """Why the due date cannot be an action's of the plan, or an empty text.

    Plans have been agreed after the first of their actions was due, but not long after.
    """
    if due is None or (plan.agreed_on - due).days <= EARLIEST:
        return ""
    return f"The plan was agreed on {day_text(plan.agreed_on)}, more than a year later."


def edit_action(
    *,
    by: Actor,
    action: Action,
    version: int,
    reason: str = "",
    illustrative: bool = False,
    **facts: Any,
) -> list[Revision]:
    """Put an action otherwise: the fields in WORDED and, in a draft, those in DRAFTED.

    In a plan that was approved each changed field is an entry of its own, with the reason. Raises
    ValidationError for a closed action or plan, for a reference that is taken, for a date that
    cannot be, and after approval without a reason; Stale.
    """
    access.require(by, "plan.edit", action.area)
    with audit.acting(by, "edit action", reason.strip()):
        # Locked with its plan, which must not be approved or closed between question and change.
        now = Action.objects.select_for_update().select_related("plan").get(pk=action.pk)
        if now.version != version:
            raise Stale(now)
        before, draft = wording_of(now), now.plan.is_draft
        supporting = facts.pop("supporting", now.supporting.all())
        _put(now, facts)
        kept = [post for post in supporting if post.pk != now.lead_id]
        after = wording_of(now, kept)
        changed = [name for name in WORDED if before[name] != after[name]]
        if changed and not draft and not reason.strip():
            raise ValidationError(
                {"reason": "Say why it is put otherwise: the board will read it."}
            )
        advance(action, version, **facts)
        action.supporting.set(kept, through_defaults={"area": action.area})
        if draft:
            return []
        return [
            enter(
                Revision(area=action.area),
                by,
                action=action,
                field=name,
                old=before[name],
                new=after[name],
                reason=reason.strip(),
                illustrative=illustrative,
            )
            for name in changed
        ]


def why_kept(action: Action) -> str:
    """Why what was agreed stays as it is, or an empty text."""
    if action.plan.is_closed:
        return "The plan is closed: its actions stay as they are."
    return "" if action.is_open else f"Action {action.reference} is closed: it stays as it is."


def _put(action: Action, facts: dict[str, Any]) -> None:
    """Give the locked action the facts, if they are sound; a first due date is the current one."""
    if why := why_kept(action):
        raise ValidationError(why)
    draft = action.plan.is_draft
    if unknown := facts.keys() - WORDED.keys() - (DRAFTED.keys() if draft else set()):
        raise ValidationError(
            dict.fromkeys(unknown, "After the plan is approved this stays as it is.")
        )
    if "original_due" in facts:
        refuse_odd(original_due=facts["original_due"])
        if early := too_early(action.plan, facts["original_due"]):
            raise ValidationError({"original_due": early})
        facts |= {"due": facts["original_due"], "late_after": facts["original_due"]}
    for name, value in facts.items():
        setattr(action, name, value)
    others = action.plan.actions.exclude(pk=action.pk)
    if others.filter(reference__iexact=action.reference).exists():
        raise ValidationError({"reference": TAKEN})
    action.full_clean()


def wording_of(action: Action, supporting: Iterable[Post] | None = None) -> dict[str, str]:
    """What the action says, as text, by the name of each field in WORDED.

    `supporting` are its supporting posts where they are about to be others.
    """
    posts = sorted(map(str, action.supporting.all() if supporting is None else supporting))
    told = {name: str(getattr(action, name)) for name in WORDED if name != "supporting"}
    return {**told, "supporting": "; ".join(posts)}


def remove_action(*, by: Actor, action: Action, version: int) -> None:
    """Take an action out of a draft. The audit trail keeps what it said.

    Raises ValidationError once the plan is approved (then an action is withdrawn) and where
    something that is never deleted hangs on it; Stale.
    """
    access.require(by, "plan.edit", action.area)
    with audit.acting(by, "remove action"):
        plan = Plan.objects.select_for_update().get(pk=action.plan_id)
        if not plan.is_draft:
            raise ValidationError(APPROVED)
        advance(action, version)
        for relation in ("supporting", "key_messages", "recommendations", "findings", "kpis"):
            getattr(action, relation).clear()
        for rows in (action.dependencies, action.blocking, action.tasks):
            rows.all().delete()
        try:
            action.delete()
        except ProtectedError:
            raise ValidationError(
                f"Action {action.reference} stays: somebody has written about it, it came from a "
                "file, or it takes another one's place. Change it, or withdraw it once the plan is "
                "approved."
            ) from None


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
