"""The whole content of a pack, part by part in the paper's order."""

from collections.abc import Sequence
from datetime import date, datetime, time
from fractions import Fraction

from governance.content import (
    ActionRow,
    Contradiction,
    Kpi,
    Meeting,
    PackContent,
    Person,
    WrittenPart,
)
from governance.models import Body, Pack
from governance.packs.actions import known, reconciliation, rows
from governance.packs.changes import changes
from governance.packs.found import coverage, grades, stands
from governance.packs.standpoint import standpoint
from governance.sections import SECTIONS, paragraphs
from kpis import series, values
from kpis.models import Indicator
from kpis.periods import Period
from management import clock
from management.days import day_text
from plans.models import Action, Inspection, Plan


def gather(pack: Pack) -> PackContent:
    """What the pack says, as the database knows it now about the pack's period."""
    body, period, plan = pack.body, pack.period, pack.body.plan
    known_by = _moment(pack.as_at)
    at = standpoint(plan, period, known_by)
    inspection = plan.inspection
    actions = known(plan.actions, at)
    printed = rows(actions, at)
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
        background=_background(plan, inspection, len(actions), draft=at.is_draft),
        inspection=inspection.title if inspection else "",
        grades=grades(inspection),
        statuses=at.key(row.status for row in printed),
        reconciliation=reconciliation(actions, printed, at),
        actions=tuple(printed),
        coverage=coverage(plan, actions, printed, at),
        kpis=tuple(kpi for kpi, _ in kpis),
        contradictions=_contradictions(actions, printed, kpis),
        written=_written(body, period, pack.as_at),
        plan_state=at.state.label,
        late_from_first=at.from_first,
        bands=at.bands,
        changes=changes(actions, printed, at),
    )


def _moment(day: date) -> datetime:
    """Now, for a pack as at today; the end of the day for an earlier one."""
    now = clock.now().replace(microsecond=0)
    return now if day == now.date() else datetime.combine(day, time(23, 59, 59), now.tzinfo)


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


def _background(
    plan: Plan, inspection: Inspection | None, count: int, *, draft: bool
) -> tuple[str, ...]:
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
    state = "is a draft" if draft else f"was agreed on {day_text(plan.agreed_on)}"
    lines.append(
        f"The plan “{plan.title}” {state} and has {count} "
        f"{'action' if count == 1 else 'actions'}. Each has one accountable post; its "
        "first due date is kept for ever beside the current one."
    )
    return tuple(lines)


def _illustrative(plan: Plan) -> str:
    """What is invented in the plan, and in the self-evaluation that the pack tells of."""
    made = plan.self_evaluation
    told = (plan.illustrative, made.illustrative if stands(made) else "")
    return "\n".join(dict.fromkeys(filter(None, told)))


def _asks(plan: Plan) -> tuple[str, ...]:
    """What the body is asked to do."""
    asks = [
        "Note the progress of the plan and the actions that are overdue or were moved",
        "Note the key performance indicators and what can and cannot be concluded from them",
    ]
    if plan.inspection:
        asks.append("Note which findings of the inspection have no action yet")
    elif stands(plan.self_evaluation):
        asks.append("Note which findings of the self-evaluation have no action yet")
    return (*(f"{ask};" for ask in asks[:-1]), f"{asks[-1]}.")


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
        (series.kpi(i, i.figures, i.targets.all(), tuple(moving.get(i.pk, ())), phases=i.phases), i)
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
        if value is None or values.meets(value, Fraction(target), indicator.direction):
            continue
        latest, aim = values.beside(values.exact(value), target, kpi.unit, kpi.decimals)
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
