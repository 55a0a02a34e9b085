"""The whole content of a pack, part by part in the paper's order."""

from datetime import date

from governance.content import (
    Meeting,
    PackContent,
    Person,
    WrittenPart,
)
from governance.models import Body, Pack
from governance.packs.actions import known, reconciliation, rows
from governance.packs.changes import changes
from governance.packs.found import coverage, grades, stands
from governance.packs.measures import linked_then, measures
from governance.packs.standpoint import standpoint
from governance.sections import SECTIONS, paragraphs
from kpis.periods import Period
from management import clock
from management.days import day_text
from plans.models import Inspection, Plan


def gather(pack: Pack) -> PackContent:
    """What the pack says, as the database knows it now about the pack's period."""
    body, period, plan = pack.body, pack.period, pack.body.plan
    known_by = clock.end_of(pack.as_at)
    at = standpoint(plan, period, known_by)
    inspection = plan.inspection
    actions = known(plan.actions, at)
    printed = rows(actions, at)
    linked = linked_then(actions, printed, at)
    kpis, disagree = measures(pack, period, known_by, linked, judged=not at.is_draft)
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
        kpis=kpis,
        contradictions=disagree,
        written=_written(body, period, pack.as_at),
        plan_state=at.state.label,
        late_from_first=at.from_first,
        bands=at.bands,
        changes=changes(actions, printed, at),
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
