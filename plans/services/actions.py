"""Actions: what is agreed to be done, by whom and by when, and how it is put otherwise."""

from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import Max, ProtectedError

from kpis.models import Indicator as Kpi
from management import access, audit
from management.access import Actor
from management.days import day_text
from management.models import Post
from management.versions import Stale, advance
from plans.effects import Expected
from plans.models import (
    Action,
    Finding,
    KeyMessage,
    KeyMessageLink,
    KpiLink,
    Plan,
    QualityIndicator,
    Recommendation,
    Revision,
    Support,
)
from plans.services.days import refuse_future, refuse_odd
from plans.services.entering import drafted, enter, why_closed
from plans.services.locking import lock

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
# What it is linked to, in the same way.
LINKED = {
    "key_messages": "Key messages that it answers",
    "recommendations": "Recommendations that it answers",
    "findings": "Findings that it answers",
    "kpis": "KPIs that it should move",
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
    facts |= {"indicator": indicator, "lead": lead, "original_due": original_due}
    if sequence is not None:
        facts["sequence"] = sequence
    draft = Draft(facts, tuple(supporting), tuple(key_messages), reason)
    return add_actions(by=by, plan=plan, drafts=[draft])[0]


class Draft(NamedTuple):
    """An action to be added: its plain fields by name, what it is linked to, and why."""

    facts: Mapping[str, Any]
    supporting: Sequence[Post] = ()
    key_messages: Sequence[KeyMessage] = ()
    reason: str = ""


def add_actions(*, by: Actor, plan: Plan, drafts: Sequence[Draft]) -> list[Action]:
    """New actions of the plan, as `add_action` adds one: all of them or none, in a few queries."""
    access.require(by, "plan.edit", plan.area)
    with audit.acting(by, "add action"):
        plan = lock(plan)
        if plan.is_closed:
            raise ValidationError("The plan is closed: nothing can be added to it.")
        there = plan.actions.values_list("reference", flat=True)
        taken = {reference.casefold() for reference in there}
        last = plan.actions.aggregate(last=Max("sequence"))["last"] or 0
        rows = []
        for sequence, draft in enumerate(drafts, last + 1):
            rows.append(_sound(plan, taken, {"sequence": sequence, **draft.facts}))
            taken.add(rows[-1].reference.casefold())
        rows = Action.objects.bulk_create(rows)
        pairs = list(zip(rows, drafts, strict=True))
        mine = {"area": plan.area}
        Support.objects.bulk_create(
            Support(**mine, action=row, post=post)
            for row, d in pairs
            for post in d.supporting
            if post.pk != row.lead_id  # it leads the action, so it does not support it too
        )
        KeyMessageLink.objects.bulk_create(
            KeyMessageLink(**mine, action=row, key_message=message)
            for row, d in pairs
            for message in d.key_messages
        )
        if not plan.is_draft:
            Revision.objects.bulk_create(
                drafted(
                    Revision(area=plan.area, field="added", new=row.text),
                    by,
                    action=row,
                    reason=d.reason.strip(),
                )
                for row, d in pairs
            )
    return rows


def _sound(plan: Plan, taken: set[str], facts: dict[str, Any]) -> Action:
    """The action, not saved; `taken` are the references of others, in lower case."""
    due = facts["original_due"]
    refuse_odd(original_due=due, added_on=facts["added_on"])
    refuse_future(
        "added_on", facts["added_on"], "It cannot be added on a day that has not come yet."
    )
    if early := too_early(plan, due):
        raise ValidationError({"original_due": early})
    if facts["reference"].casefold() in taken:
        raise ValidationError({"reference": TAKEN})
    action = Action(area=plan.area, plan=plan, due=due, late_after=due, **facts)
    # The rows that it belongs to are in hand, and references were compared.
    own = {field.name for field in Action._meta.fields if field.remote_field}
    action.full_clean(exclude=own, validate_unique=False, validate_constraints=False)
    return action


def too_early(plan: Plan, due: date | None) -> str:
    """Why the due date cannot be an action's of the plan, or an empty text.

    Plans have been agreed after the first of their actions was due, but not long after. Where
    nobody has said when the plan was agreed, that is no reason.
    """
    if due is None or (plan.agreed_on - due).days <= EARLIEST or not plan.day_is_given:
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
        # Its plan first, which must not be approved or closed between question and change.
        plan, now = lock(action.plan), lock(action)
        now.plan = plan
        if now.version != version:
            raise Stale(now)
        before, draft = wording_of(now, facts), now.plan.is_draft
        supporting = facts.pop("supporting", None)
        if supporting is None and "lead" in facts:
            supporting, before["supporting"] = now.supporting.all(), _named(now.supporting.all())
        _put(now, facts)
        after = wording_of(now, facts)
        if supporting is not None:
            supporting = [post for post in supporting if post.pk != now.lead_id]
            after["supporting"] = _named(supporting)
        changed = [name for name in WORDED if before.get(name) != after.get(name)]
        if changed and not draft and not reason.strip():
            raise ValidationError(
                {"reason": "Say why it is put otherwise: the board will read it."}
            )
        advance(action, version, **facts)
        if supporting is not None:
            action.supporting.set(supporting, through_defaults={"area": action.area})
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
    return why_closed(action)


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
        moved = facts["original_due"] != action.original_due
        if moved and (early := too_early(action.plan, facts["original_due"])):
            raise ValidationError({"original_due": early})
        facts |= {"due": facts["original_due"], "late_after": facts["original_due"]}
    for name, value in facts.items():
        setattr(action, name, value)
    renamed = "reference" in facts
    others = action.plan.actions.exclude(pk=action.pk)
    if renamed and others.filter(reference__iexact=action.reference).exists():
        raise ValidationError({"reference": TAKEN})
    # What stays was sound: a file that puts thousands of actions otherwise has no time to ask.
    stays = {field.name for field in action._meta.fields} - facts.keys()
    action.full_clean(exclude=stays, validate_unique=renamed, validate_constraints=renamed)


def wording_of(action: Action, names: Container[str] = WORDED) -> dict[str, str]:
    """What the action says, as text, by the name of each field in WORDED that is wanted."""
    told = {n: str(getattr(action, n)) for n in WORDED if n in names and n != "supporting"}
    if "supporting" in names:
        told["supporting"] = _named(action.supporting.all())
    return told


def _named(posts: Iterable[Post]) -> str:
    return "; ".join(sorted(map(str, posts)))


def remove_action(*, by: Actor, action: Action, version: int) -> None:
    """Take an action out of a draft. The audit trail keeps what it said.

    Raises ValidationError once the plan is approved (then an action is withdrawn) and where
    something that is never deleted hangs on it; Stale.
    """
    access.require(by, "plan.edit", action.area)
    with audit.acting(by, "remove action"):
        plan = lock(action.plan)
        if not plan.is_draft:
            raise ValidationError(APPROVED)
        advance(action, version)
        for relation in ("supporting", "key_messages", "recommendations", "findings", "kpis"):
            getattr(action, relation).clear()
        # Of the file that it came from the audit trail keeps the row.
        for rows in (action.dependencies, action.blocking, action.tasks, action.imported_rows):
            rows.all().delete()
        try:
            action.delete()
        except ProtectedError:
            raise ValidationError(
                f"Action {action.reference} stays: somebody has written about it, or it takes "
                "another one's place. Change it, or withdraw it once the plan is approved."
            ) from None


def link_action(
    *,
    by: Actor,
    action: Action,
    recommendations: Iterable[Recommendation] = (),
    findings: Iterable[Finding] = (),
    kpis: Iterable[Kpi] = (),
    expected: Mapping[int, Expected] | None = None,
) -> None:
    """Say which recommendations and findings a new action answers, and which KPIs it should move;
    by the key of a KPI, when it should show it and what.

    What is not named is not linked any more. Of an action that was there before, in a plan that
    was approved, such a change is recorded: see `plans.services.links`.
    """
    access.require(by, "plan.edit", action.area)
    with audit.acting(by, "link action"):
        mine = {"area": action.area}
        action.recommendations.set(recommendations, through_defaults=mine)
        action.findings.set(findings, through_defaults=mine)
        action.kpis.set(kpis, through_defaults=mine)
        expect(action, expected or {})


def expect(action: Action, expected: Mapping[int, Expected]) -> None:
    """What each of these KPIs, by its key, should show of the action; only what is new is saved."""
    for link in KpiLink.objects.filter(action=action, kpi__in=expected):
        if link.says != expected[link.kpi_id]:
            link.lag, link.expected = expected[link.kpi_id]
            link.full_clean()
            link.save()
