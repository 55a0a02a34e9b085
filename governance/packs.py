"""Gathering: from the database to the plain frozen content of a pack.

The position is that at the end of the pack's period: what is entered about later days belongs to
the next pack, so that every event is reported once and the counts of two packs join up.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any, TypeGuard

from django.db.models import Prefetch, Q

from governance.content import (
    ActionRow,
    Contradiction,
    Coverage,
    Grade,
    Kpi,
    Meeting,
    Move,
    PackContent,
    Person,
    Reconciliation,
    StatusCount,
    WrittenPart,
)
from governance.models import Body, Pack
from governance.sections import SECTIONS, paragraphs
from kpis import analysis, series
from kpis.models import Indicator
from kpis.periods import Period, day_text
from management import clock
from plans.coverage import Asked, answering, cover, of_inspection, of_self_evaluation
from plans.models import (
    Action,
    DateChange,
    Entry,
    Evidence,
    Inspection,
    Plan,
    SelfEvaluation,
    Update,
)
from plans.position import Position, position
from plans.references import named
from plans.services.histories import known
from plans.statuses import MEANINGS, Status

STATUS_OF = {status.label: status for status in Status}


def gather(pack: Pack) -> PackContent:
    """What the pack says, as the database knows it now about the pack's period."""
    body, period, plan = pack.body, pack.period, pack.body.plan
    known_by = _moment(pack.as_at)
    inspection = plan.inspection
    actions = _known(plan.actions, period, known_by)
    rows = [_action_row(action, period) for action in actions]
    kpis = _kpis(pack, actions, period, known_by)
    return PackContent(
        area=pack.area.name,
        partnership=pack.area.partnership,
        title=f"{body.name}: {body.subject}",
        edition=pack.edition,
        period=period.label,
        period_start=period.start,
        period_end=period.end,
        data_as_at=known_by,
        meeting=_meeting(body, period),
        author=Person(body.author, body.author_post),
        contact=Person(body.author, body.author_post, body.contact),
        illustrative=_illustrative(plan),
        purpose=(
            f"To report to the {body.name} on the improvement plan “{plan.title}” for "
            f"{period.label}: what was done, what is late, and what the figures show.",
        ),
        recommendations_lead=f"The {body.name} is asked to:",
        recommendations=_asks(plan),
        background=_background(plan, inspection, len(rows)),
        inspection=inspection.title if inspection else "",
        grades=_grades(inspection),
        statuses=tuple(
            StatusCount(
                status.label,
                MEANINGS[status],
                sum(row.status == status.label for row in rows),
            )
            for status in Status
        ),
        reconciliation=_reconciliation(actions, rows, period),
        actions=tuple(rows),
        coverage=_coverage(plan, actions, rows, period, known_by),
        kpis=tuple(kpi for kpi, _ in kpis),
        contradictions=_contradictions(actions, rows, kpis),
        written=_written(body, period, pack.as_at),
    )


def _moment(day: date) -> datetime:
    """Now, for a pack as at today; the end of the day for an earlier one."""
    now = clock.now().replace(microsecond=0)
    return now if day == now.date() else datetime.combine(day, time(23, 59, 59), now.tzinfo)


def _entered(relation: str, model: type[Entry], known_by: datetime) -> Prefetch:
    """Only what had been written down when the pack's data were read."""
    return Prefetch(relation, model.objects.filter(recorded_at__lte=known_by))


def _known(actions: Any, period: Period, known_by: datetime) -> list[Action]:
    """Those that were there at the end of the period, with all that was known of them."""
    there = actions.filter(added_on__lte=period.end).with_thread()
    return list(
        there.select_related("indicator__framework")
        .prefetch_related(
            _entered("updates", Update, known_by),
            _entered("date_changes", DateChange, known_by),
            _entered("evidence", Evidence, known_by),
            "kpis",
            "findings",
        )
        .order_by("plan", "sequence")
    )


def _position(action: Action, on: date) -> Position:
    return position(action.original_due, action.updates.all(), action.date_changes.all(), on=on)


def _action_row(action: Action, period: Period) -> ActionRow:
    at_end = _position(action, period.end)
    moves = [m for m in action.date_changes.all() if m.on <= period.end]
    updates = [u for u in action.updates.all() if u.on <= period.end]
    latest = updates[-1] if updates else None
    evidence = [e for e in action.evidence.all() if e.on <= period.end]
    shown: list[Action | Entry] = [action, *moves, *updates[-1:], *evidence]
    closed_now = at_end.closed_on is not None and at_end.closed_on in period
    return ActionRow(
        reference=action.reference,
        question=action.indicator.question,
        indicator_code=action.indicator.code,
        indicator=action.indicator.name,
        text=action.text,
        key_messages=tuple(action.message_names),
        recommendations=tuple(action.recommendation_names),
        lead=str(action.lead),
        supporting=tuple(str(post) for post in action.supporting.all()),
        timescale=action.timescale,
        original_due=action.original_due,
        due=at_end.due,
        evidence_expected=action.evidence_expected,
        status=at_end.status.label,
        is_open=at_end.is_open,
        days_overdue=at_end.days_overdue,
        added=action.added_on in period,
        completed=closed_now and at_end.status == Status.COMPLETE,
        withdrawn=closed_now and at_end.status != Status.COMPLETE,
        completed_on=at_end.closed_on if at_end.status == Status.COMPLETE else None,
        moves=tuple(Move(m.on, m.old, m.new, m.reason) for m in moves),
        moves_in_period=sum(m.on in period and m.old is not None for m in moves),
        days_moved=at_end.days_moved,
        latest_update=latest.text if latest else "",
        latest_update_on=latest.on if latest else None,
        evidence=tuple(f"{e.description} ({e.url})" if e.url else e.description for e in evidence),
        illustrative=any(one.illustrative for one in shown),
    )


def _reconciliation(
    actions: Sequence[Action], rows: Sequence[ActionRow], period: Period
) -> Reconciliation:
    """Each number is counted by itself, so that a difference would show."""
    before = date.fromordinal(period.start.toordinal() - 1)
    return Reconciliation(
        opening=sum(a.added_on < period.start and _position(a, before).is_open for a in actions),
        added=sum(row.added for row in rows),
        completed=sum(row.completed for row in rows),
        withdrawn=sum(row.withdrawn for row in rows),
        remaining=sum(row.is_open for row in rows),
    )


def _meeting(body: Body, period: Period) -> Meeting:
    """The first meeting after the period's end."""
    meeting = body.meetings.filter(on__gt=period.end).order_by("on").first()
    return Meeting(
        body=body.name,
        on=meeting.on if meeting else None,
        subject=body.subject,
        wards=body.wards,
        background_papers=body.background_papers,
    )


def _background(plan: Plan, inspection: Inspection | None, count: int) -> tuple[str, ...]:
    lines = []
    if inspection and inspection.published_on:
        read = ""
        if inspection.records_read and inspection.records_in_all:
            read = (
                f" It read the records of {inspection.records_read} of "
                f"{inspection.records_in_all} people"
            )
            read += f" and met {inspection.people_met}." if inspection.people_met else "."
        lines.append(
            f"The {inspection.inspectorate} published “{inspection.title}” on "
            f"{day_text(inspection.published_on)}.{read}"
        )
        if inspection.plan_due_on:
            lines.append(f"An improvement plan was due by {day_text(inspection.plan_due_on)}.")
    lines.append(
        f"The plan “{plan.title}” was agreed on {day_text(plan.agreed_on)} and has "
        f"{count} {'action' if count == 1 else 'actions'}. Each has one accountable post; its "
        "first due date is kept for ever beside the current one."
    )
    return tuple(lines)


def _illustrative(plan: Plan) -> str:
    """What is invented in the plan, and in the self-evaluation that the pack tells of."""
    made = plan.self_evaluation
    told = (plan.illustrative, made.illustrative if _stands(made) else "")
    return "\n".join(dict.fromkeys(filter(None, told)))


def _asks(plan: Plan) -> tuple[str, ...]:
    """What the body is asked to do."""
    asks = [
        "Note the progress of the plan and the actions that are overdue or were moved",
        "Note the key performance indicators and what can and cannot be concluded from them",
    ]
    if plan.inspection:
        asks.append("Note which findings of the inspection have no action yet")
    elif _stands(plan.self_evaluation):
        asks.append("Note which findings of the self-evaluation have no action yet")
    return (*(f"{ask};" for ask in asks[:-1]), f"{asks[-1]}.")


def _grades(inspection: Inspection | None) -> tuple[Grade, ...]:
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


def _coverage(
    plan: Plan,
    actions: Sequence[Action],
    rows: Sequence[ActionRow],
    period: Period,
    known_by: datetime,
) -> tuple[Coverage, ...]:
    """What the plan answers, as it stood at the end of the period and was known by then.

    Actions of other plans count where they answer the same: they are named with their plan.
    """
    asked: list[Asked] = []
    if plan.inspection:
        recommendations = plan.inspection.recommendations.filter(added_on__lte=period.end)
        given: Any = plan.inspection.evaluations.with_meaning()
        found = of_inspection(
            plan.inspection.key_messages.all(),
            recommendations.with_history(),
            given,
            stood=lambda row: known(row, by=known_by).stood(period.end),
        )
        asked += [replace(row, source=plan.inspection.title) for row in found]
    if (made := plan.self_evaluation) and _stands(made):
        asked += [replace(row, source=made.title) for row in _asked_of_itself(made, period.end)]
    answers = [
        answering(action, action.reference, STATUS_OF[row.status])
        for action, row in zip(actions, rows, strict=True)
    ]
    answers += [
        answering(
            action,
            named(action.reference, action.plan.title),
            _position(action, period.end).status,
        )
        for action in _known(_of_other_plans(plan), period, known_by)
    ]
    return tuple(cover(asked, answers))


def _stands(self_evaluation: SelfEvaluation | None) -> TypeGuard[SelfEvaluation]:
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
    """Actions of the area's other plans that answer something that this one answers."""
    others = Action.objects.in_area(plan.area).exclude(plan=plan)
    found = others.none()
    if plan.inspection:
        found |= others.answering_inspection(plan.inspection)
    if _stands(plan.self_evaluation):
        found |= others.answering_self_evaluation(plan.self_evaluation)
    return found


def _kpis(
    pack: Pack, actions: Sequence[Action], period: Period, known_by: datetime
) -> list[tuple[Kpi, Indicator]]:
    indicators = (
        Indicator.objects.in_area(pack.area)
        .with_figures(known_by=known_by, ended_by=period.end)
        .order_by("code")
    )
    moving: dict[int, list[str]] = {}
    for action in actions:
        for kpi in action.kpis.all():
            moving.setdefault(kpi.pk, []).append(action.reference)
    return [
        (series.kpi(i, i.figures, i.targets.all(), tuple(moving.get(i.pk, ()))), i)
        for i in indicators
    ]


def _contradictions(
    actions: Sequence[Action],
    rows: Sequence[ActionRow],
    kpis: Sequence[tuple[Kpi, Indicator]],
) -> tuple[Contradiction, ...]:
    """Finished actions whose KPI does not meet its target: the claim and the figure disagree."""
    found = []
    for kpi, indicator in kpis:
        known = [o for o in indicator.figures if not o.comparator and o.result is not None]
        point = next((p for p in reversed(kpi.points) if p.value is not None), None)
        if point is None or point.target is None or indicator.direction == "neither":
            continue
        value, target = known[-1].result, point.target
        if value is None or analysis.meets(value, target, indicator.direction):
            continue
        latest, aim = analysis.beside(value, target, kpi.unit, kpi.decimals)
        for action, row in zip(actions, rows, strict=True):
            linked = any(k.pk == indicator.pk for k in action.kpis.all())
            if linked and row.completed_on is not None:
                older = row.completed_on > known[-1].end
                found.append(
                    Contradiction(
                        row.reference,
                        kpi.code,
                        f"Action {row.reference} is complete, yet {kpi.name} ({kpi.code}) stands "
                        f"at {latest} ({point.period}) and does not meet its target of {aim}."
                        + (" That figure is older than the completion." if older else ""),
                    )
                )
    return tuple(found)


def _written(body: Body, period: Period, as_at: date) -> tuple[WrittenPart, ...]:
    """What had been written by then; a section that was written later is still unwritten."""
    written = body.paragraphs.filter(start=period.start, written_on__lte=as_at)
    there = {p.section: p for p in written}
    return tuple(
        WrittenPart(
            key,
            heading,
            paragraphs(there[key].text),
            there[key].written_by,
            there[key].written_on,
        )
        if key in there and there[key].text.strip()
        else WrittenPart(key, heading, ())
        for key, heading in SECTIONS.items()
    )
