"""Plans: starting one, and every step of its life."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import Q

from management import access, audit, clock
from management.access import Actor
from management.days import day_text
from management.models import Area
from management.versions import Stale, advance
from plans.models import (
    Acceptance,
    Action,
    Inspection,
    Plan,
    PlanMove,
    Residual,
    SelfEvaluation,
)
from plans.services.advising import Standing, standing_advice
from plans.services.days import NOT_YET, refuse_future, refuse_odd
from plans.services.due_dates import lapse_request
from plans.services.entering import enter
from plans.services.locking import lock, lock_actions
from plans.services.progress import enter_update
from plans.states import PlanState, plan_moves
from plans.statuses import Status

EDITABLE = ("title", "agreed_on", "ends_on", "dates_need_approval", "source")
ANSWERED = ("inspection", "self_evaluation")  # changed in a draft alone
NAMED = 8  # actions in one sentence
LEAST_LETTERS = 3  # of a home for remaining work
UNSENT = "It answers an inspection, so record first that it was sent to the inspectorate."


def create_plan(*, by: Actor, area: Area, **facts: Any) -> Plan:
    """A new plan, a draft without actions. `facts` holds the fields of Plan.

    Everybody of the area sees plans, so drafts and unpublished inspections are refused.
    """
    access.require(by, "plan.edit", area)
    plan = Plan(area=area, **facts)
    _refuse_days(plan)
    with audit.acting(by, "create plan"):
        _refuse_unanswerable(plan.inspection, plan.self_evaluation)
        plan.full_clean()
        plan.save()
    return plan


def _refuse_unanswerable(
    inspection: Inspection | None, self_evaluation: SelfEvaluation | None
) -> None:
    """Locked: nobody takes a publication back between the question and the plan."""
    if inspection is not None and not lock(inspection).is_published:
        raise ValidationError(
            {"inspection": "Its report is not published: until then it is confidential."}
        )
    if self_evaluation and not lock(self_evaluation).is_stood_by:
        raise ValidationError({"self_evaluation": "Only what was submitted can be answered."})


def _refuse_days(plan: Plan) -> None:
    refuse_odd(agreed_on=plan.agreed_on, ends_on=plan.ends_on)
    if plan.ends_on is not None and plan.ends_on <= plan.agreed_on:
        raise ValidationError(
            {"ends_on": f"Give a day after it was agreed, {day_text(plan.agreed_on)}."}
        )


def edit_plan(*, by: Actor, plan: Plan, version: int, **facts: Any) -> None:
    """Change what the plan says of itself: the fields in EDITABLE, and in ANSWERED what it answers.

    Raises ValidationError for days that cannot be, for a title that is taken, for a closed plan,
    and once it is approved for another day of agreement or another thing that it answers; for what
    cannot be answered; and where actions answer something of what it would answer no more. Stale.
    """
    access.require(by, "plan.edit", plan.area)
    if unknown := facts.keys() - {*EDITABLE, *ANSWERED}:
        raise TypeError(f"not editable: {unknown}")
    if plan.is_closed:
        raise ValidationError("The plan is closed: it stays as it is.")
    if not plan.is_draft and facts.get("agreed_on", plan.agreed_on) != plan.agreed_on:
        raise ValidationError({"agreed_on": "The plan is approved: this day stays as it is."})
    with audit.acting(by, "edit plan"):
        new = {n: facts[n] for n in ANSWERED if n in facts and facts[n] != getattr(plan, n)}
        _refuse_unanswerable(new.get("inspection"), new.get("self_evaluation"))
        changed = lock(plan)
        if changed.version != version:
            raise Stale(changed)
        if wrong := {name: why for name in new if (why := why_answers(changed, name))}:
            raise ValidationError(wrong)
        for name, value in facts.items():
            setattr(changed, name, value)
        _refuse_days(changed)
        changed.full_clean()
        advance(plan, version, **facts)


def why_answers(plan: Plan, name: str) -> str:
    """Why the plan goes on answering what it answers under this name of ANSWERED, or an empty text.

    No link of an action is lost on the way, nor left behind.
    """
    if not plan.is_draft:
        return "The plan is approved: what it answers stays as it is."
    whole = getattr(plan, name)
    if whole is None:
        return ""
    if name == "inspection":
        linked = Q(key_messages__inspection=whole) | Q(recommendations__inspection=whole)
        what = "key messages or recommendations"
    else:
        linked, what = Q(findings__self_evaluation=whole), "findings"
    rows = plan.actions.filter(linked).order_by("sequence").distinct()
    names = list(rows.values_list("reference", flat=True))
    if not names:
        return ""
    listed = ", ".join(names[:NAMED]) + (" and others" if len(names) > NAMED else "")
    one = len(names) == 1
    return (
        f"Action{'' if one else 's'} {listed} {'answers' if one else 'answer'} {what} of "
        f"“{whole}”: unlink {'it' if one else 'them'} there first."
    )


def mark_of(actions: Iterable[Action]) -> str:
    """What tells whether any of a plan's actions has changed, or another one is there.

    Each one's key and version; it goes with a page, to come back with what was decided there.
    """
    return ",".join(f"{action.pk}:{action.version}" for action in sorted(actions, key=_key))


def _key(action: Action) -> int:
    return int(action.pk)


def _place(action: Action) -> int:
    return action.sequence


class Changed(NamedTuple):
    """The keys of the actions that are new or otherwise than they were, and how many are gone."""

    new: set[int]
    otherwise: set[int]
    gone: int


def changed_since(mark: str, actions: Iterable[Action]) -> Changed:
    """What has changed since `mark` was made; one that nobody made knows no action."""
    versions = dict(part.split(":", 1) for part in mark.split(",") if ":" in part)
    now = {str(action.pk): action for action in actions}
    known = now.keys() & versions.keys()
    return Changed(
        new={action.pk for key, action in now.items() if key not in known},
        otherwise={now[key].pk for key in known if str(now[key].version) != versions[key]},
        gone=len(versions.keys() - known),
    )


def approve_plan(
    *,
    by: Actor,
    plan: Plan,
    version: int,
    mark: str,
    accepted: Mapping[Standing, str],
    agreed_on: date | None = None,
    text: str = "",
    illustrative: bool = False,
) -> PlanMove:
    """Approve the plan as it was read: `mark` is `mark_of` its actions then.

    `accepted` has a reason for each piece of the SMART check's advice that stands, `agreed_on` is
    the day of a plan of which nobody has said it yet (`Plan.day_is_given`). Raises ValidationError
    for a plan that is no draft, is to be agreed on a day to come, has no actions,
    or has advice without a reason; Stale when the plan or one of its actions has changed.
    """
    access.require(by, "plan.approve", plan.area)
    _require_move(plan, PlanState.APPROVED)
    with audit.acting(by, "approve plan", text):
        locked = lock(plan)
        if agreed_on is not None:
            locked.agreed_on = agreed_on
            _refuse_days(locked)
            refuse_future("agreed_on", agreed_on, NOT_YET)
        _refuse_early(locked)
        actions = lock_actions(locked.actions.all())
        if not actions:
            raise ValidationError("The plan has no actions yet: there is nothing to approve.")
        if mark != mark_of(actions):
            raise Stale(locked)
        for standing in standing_advice(locked):
            reason = accepted.get(standing, "").strip()
            if not reason:
                raise ValidationError(
                    f"Action {standing.reference}: {standing.sentence} "
                    "Change the action, or say why it stands as it is."
                )
            facts = {"code": standing.code, "sentence": standing.sentence, "reason": reason}
            made = Acceptance(area=plan.area, action_id=standing.action)
            enter(made, by, illustrative=illustrative, **facts)
        said = {"text": text, "illustrative": illustrative}
        return _move(by, plan, version, PlanState.APPROVED, day=locked.agreed_on, **said)


def why_too_early(plan: Plan) -> str:
    """Why the plan cannot be agreed yet, or an empty text.

    Its day of agreement stays for ever from then on, and must not be one that nobody has seen.
    """
    if plan.agreed_on <= clock.today():
        return ""
    return (
        f"The plan says that it is agreed on {day_text(plan.agreed_on)}, a day that has not come "
        "yet. Change that day first, or wait for it."
    )


def _refuse_early(plan: Plan) -> None:
    if why := why_too_early(plan):
        raise ValidationError(why)


def record_agreement(*, by: Actor, plan: Plan, version: int, decision: str) -> PlanMove:
    """A plan was agreed before it came here: it is approved, as its file says it.

    `decision` says who agreed it, and where that is minuted: to record it is no right to agree, and
    accepts none of the SMART check's advice, which goes on standing at the actions. Raises
    ValidationError without one, for a plan that is no draft, and for a day of agreement to come.
    """
    access.require(by, "plan.edit", plan.area)
    _require_move(plan, PlanState.APPROVED)
    _refuse_early(plan)
    if not decision.strip():
        raise ValidationError({"decision": "Say who agreed the plan, and where that is minuted."})
    with audit.acting(by, "record agreement of plan", decision.strip()):
        said = {"text": "Agreed before it was brought in.", "decision": decision.strip()}
        return _move(by, plan, version, PlanState.APPROVED, on=plan.agreed_on, **said)


def _require_move(plan: Plan, new: PlanState) -> None:
    if new not in plan_moves(plan.state, inspected=plan.inspection_id is not None):
        label = PlanState(plan.state).label.lower()
        why = f"The plan is {label}: it cannot become “{new.label.lower()}” now."
        if new == PlanState.IN_PROGRESS and plan.state == PlanState.APPROVED:
            why = f"{why} {UNSENT}"
        raise ValidationError(why)


def _move(by: Actor, plan: Plan, version: int, new: PlanState, **said: Any) -> PlanMove:
    """Enter the move; `day` is when the plan was agreed, where that was said only now."""
    old, day = plan.state, said.pop("day", plan.agreed_on)
    advance(plan, version, state=new, agreed_on=day)
    move: PlanMove = enter(PlanMove(area=plan.area), by, plan=plan, old=old, new=new, **said)
    return move


def submit_plan(
    *,
    by: Actor,
    plan: Plan,
    version: int,
    on: date,
    text: str = "",
    illustrative: bool = False,
) -> PlanMove:
    """Record that the inspectorate was sent the plan on that day.

    Raises ValidationError for a plan that is not approved or answers no inspection, and for a day
    to come or before it was agreed or approved, whichever was first: a plan may have been approved
    here only after it had been agreed and sent; Stale.
    """
    access.require(by, "plan.edit", plan.area)
    _require_move(plan, PlanState.SUBMITTED)
    refuse_future("on", on, "It cannot have been sent on a day that has not come yet.")
    with audit.acting(by, "submit plan", text):
        approved = plan.moves.filter(new=PlanState.APPROVED).last()
        agreed = min(approved.on, plan.agreed_on) if approved else plan.agreed_on
        if on < agreed:
            raise ValidationError(
                {"on": f"It was agreed on {day_text(agreed)}, and not sent before."}
            )
        said = {"text": text, "on": on, "illustrative": illustrative}
        return _move(by, plan, version, PlanState.SUBMITTED, **said)


def begin_plan(
    *, by: Actor, plan: Plan, version: int, text: str = "", illustrative: bool = False
) -> PlanMove:
    """Say that work on the plan has begun, before any update says so."""
    access.require(by, "plan.edit", plan.area)
    _require_move(plan, PlanState.IN_PROGRESS)
    with audit.acting(by, "begin plan", text):
        said = {"text": text, "illustrative": illustrative}
        return _move(by, plan, version, PlanState.IN_PROGRESS, **said)


def close_plan(
    *,
    by: Actor,
    plan: Plan,
    version: int,
    mark: str,
    decision: str,
    homes: Mapping[int, str],
    text: str = "",
    illustrative: bool = False,
) -> PlanMove:
    """Close the plan by a named body's decision; `decision` says whose, and its minute reference.

    `homes` says, by the key of each action that is still open, where its remaining work goes on
    (`domain.md`, Plans, rule 5); the action is then withdrawn from the plan. Raises ValidationError
    without a decision, for an open action without a home that has a name, and while one waits to be
    verified; Stale when the plan or one of its actions has changed since `mark`.
    """
    access.require(by, "plan.close", plan.area)
    _require_move(plan, PlanState.CLOSED)
    if not decision.strip():
        raise ValidationError({"decision": "Say which body decided it, when, and the minute."})
    with audit.acting(by, "close plan", decision.strip()):
        locked = lock(plan)
        actions = lock_actions(locked.actions.all())
        if mark != mark_of(actions):
            raise Stale(locked)
        left = [action for action in sorted(actions, key=_place) if action.is_open]
        _refuse_homeless(left, homes)
        for action in left:
            home, old = homes[action.pk].strip(), action.status
            enter(Residual(area=plan.area), by, action=action, home=home, illustrative=illustrative)
            advance(action, action.version, status=Status.WITHDRAWN, word="")
            lapse_request(by, action, "the plan is closed.")
            said = f"Withdrawn as the plan closes. What remains goes on in: {home}"
            facts: dict[str, Any] = {"decision": decision.strip(), "illustrative": illustrative}
            enter_update(by, action, old, said, **facts)
        facts = {"text": text, "decision": decision.strip(), "illustrative": illustrative}
        return _move(by, plan, version, PlanState.CLOSED, **facts)


def decided(*, body: str, on: date, minute_reference: str) -> str:
    """A body's decision as `close_plan` takes it. Raises ValidationError for a day to come."""
    refuse_future("on", on, "This day has not come yet.")
    return f"{body}, {day_text(on)}, {minute_reference}"


def names_a_home(text: str) -> bool:
    """Whether it can be the name of anything: a question mark or a dash is none."""
    return sum(letter.isalpha() for letter in text) >= LEAST_LETTERS


def _refuse_homeless(left: Iterable[Action], homes: Mapping[int, str]) -> None:
    wrong = [
        f"Action {action.reference} waits to be verified: verify it or send it back first."
        if action.status == Status.DONE
        else f"Say in words where the remaining work of action {action.reference} goes on."
        for action in left
        if action.status == Status.DONE or not names_a_home(homes.get(action.pk, ""))
    ]
    if wrong:
        raise ValidationError(wrong)
