"""What was found, and what of it the plan answers, at the end of a pack's period."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any, TypeGuard

from django.db.models import Q

from governance.content import ActionRow, Coverage, Grade
from governance.packs.actions import known as known_actions
from governance.packs.actions import stood
from governance.packs.standpoint import Standpoint
from plans.coverage import Asked, answering, cover, of_inspection, of_self_evaluation
from plans.models import Action, Inspection, Plan, Revision, SelfEvaluation
from plans.references import named
from plans.services.actions import LINKED
from plans.services.histories import known
from plans.states import PlanState
from plans.statuses import Status

STATUS_OF = {status.label: status for status in Status}


def grades(inspection: Inspection | None) -> tuple[Grade, ...]:
    """What the inspection gave to each indicator."""
    if inspection is None:
        return ()
    given: Any = inspection.evaluations.with_meaning()  # which adds columns that mypy cannot see
    return tuple(
        Grade(
            e.indicator.question,
            e.indicator.code,
            e.indicator.name,
            e.get_grade_display(),
            f"{e.meaning} {e.obliges}".strip(),
        )
        for e in given
    )


def coverage(
    plan: Plan, actions: Sequence[Action], rows: Sequence[ActionRow], at: Standpoint
) -> tuple[Coverage, ...]:
    """What the plan answers, as it stood at the end of the period and was known by then.

    Actions of other plans count where they answer the same: they are named with their plan.
    """
    asked: list[Asked] = []
    if plan.inspection:
        recommendations = plan.inspection.recommendations.filter(added_on__lte=at.end)
        given: Any = plan.inspection.evaluations.with_meaning()
        found = of_inspection(
            plan.inspection.key_messages.all(),
            recommendations.with_history(),
            given,
            stood=lambda row: known(row, by=at.known_by).stood(at.end),
        )
        asked += [replace(row, source=plan.inspection.title) for row in found]
    if (made := plan.self_evaluation) and stands(made):
        asked += [replace(row, source=made.title) for row in _asked_of_itself(made, at.end)]
    answers = [
        answering(action, action.reference, STATUS_OF[row.status])
        for action, row in zip(actions, rows, strict=True)
    ]
    answers += [
        answering(action, named(action.reference, action.plan.title), stood(action, at.end).status)
        for action in known_actions(_of_other_plans(plan), at)
    ]
    return tuple(cover(asked, answers))


def stands(self_evaluation: SelfEvaluation | None) -> TypeGuard[SelfEvaluation]:
    """One that was taken back is a draft again, which readers of packs do not see."""
    return self_evaluation is not None and self_evaluation.is_stood_by


def _asked_of_itself(made: SelfEvaluation, on: date) -> list[Asked]:
    """Its findings of that day, and what was rated low in it by then."""
    findings = made.findings.filter(made_on__lte=on)
    validated = made.validated_on is not None and made.validated_on <= on
    low = made.judgements.rated_low(validated=validated)
    return of_self_evaluation(
        findings.filter(Q(withdrawn_on=None) | Q(withdrawn_on__gt=on)),
        low if made.submitted_on is not None and made.submitted_on <= on else (),
        validated=validated,
    )


def _of_other_plans(plan: Plan) -> Any:
    """Actions of the area's other plans that answer something that this one answers.

    A draft answers nothing yet: nobody has agreed to it.
    """
    others = Action.objects.in_area(plan.area).exclude(plan=plan)
    others = others.exclude(plan__state=PlanState.DRAFT)
    found = others.none()
    if plan.inspection:
        found |= others.answering_inspection(plan.inspection)
    if stands(plan.self_evaluation):
        found |= others.answering_self_evaluation(plan.self_evaluation)
    # And those that answered something once: what it was, is seen when they are put back.
    once = Revision.objects.in_area(plan.area).filter(field__in=LINKED)
    return found | others.filter(pk__in=once.values("action"))
