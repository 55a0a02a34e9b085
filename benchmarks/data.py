"""Rows by the thousand: an area with a plan of any size, its thread, and KPIs of many months."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import cycle, islice

from governance.models import Body
from governance.sections import SECTIONS
from kpis.models import Indicator, Observation, Vintage
from kpis.periods import Period, month
from management.access import Role, System
from management.models import Area, Post
from plans.models import (
    Action,
    DateChange,
    Evidence,
    Finding,
    FindingLink,
    Framework,
    Inspection,
    KeyMessageLink,
    KpiLink,
    Plan,
    RecommendationLink,
    SelfEvaluation,
    Support,
    Update,
)
from plans.statuses import Status
from tests import factories

BY = System("benchmarks")
AGREED = date(2019, 8, 19)
CODES = ("1.1", "2.1", "5.2", "5.3", "9.4")
TEXT = (
    "Offer every person a first appointment on the day of sentence, record whether it was kept, "
    "and report each month how many were seen within one working day"
)
REPORT = (
    "Three of five teams now do this each week. The other two begin when the vacant posts are "
    "filled; the figures of the last month were shared with the management group."
)
PROOF = "A monthly report to the management group, and case file reading that shows the change"
COURSES = (
    (Status.ON_TRACK, Status.AT_RISK, Status.ON_TRACK),
    (Status.ON_TRACK, Status.DONE, Status.COMPLETE),
    (Status.ON_TRACK, Status.OFF_TRACK, Status.OFF_TRACK),
    (Status.ON_TRACK, Status.ON_TRACK, Status.ON_TRACK),
    (Status.AT_RISK, Status.ON_TRACK, Status.DONE),
)
WORKING = (Status.ON_TRACK, Status.AT_RISK)
DAYS = (date(2019, 9, 16), date(2019, 10, 28), date(2019, 12, 9))  # of the updates


@dataclass(frozen=True)
class Place:
    """What plans of one area share."""

    area: Area
    inspection: Inspection
    posts: list[Post]
    kpis: list[Indicator]
    self_evaluation: SelfEvaluation | None = None


def place(*, kpis: int, months: int) -> Place:
    """An area with an inspection, people of every role, ten posts, and KPIs of so many months."""
    area = factories.area("Measured", slug="measured")
    inspection = _inspected(area, factories.framework(CODES), "Measured inspection")
    for number in range(1, 11):
        factories.recommendation(inspection, f"{number}", text=TEXT)
    posts = [factories.post(area, f"Service Manager {number}") for number in range(1, 11)]
    for role in Role:
        person = factories.user(area, role, email=f"{role}@measured.example")
        if role == Role.SERVICE_MANAGER:
            factories.holding(posts[0], person)
    return Place(area, inspection, posts, [_kpi(area, n, months) for n in range(kpis)])


def _inspected(area: Area, guide: Framework, title: str) -> Inspection:
    """An inspection with every grade and four key messages."""
    inspection = factories.inspection(area, guide, title=title)
    for indicator in guide.indicators.all():
        factories.evaluation(inspection, indicator)
    for number in range(1, 5):
        factories.key_message(inspection, number, text=TEXT)
    return inspection


def found(there: Place, title: str, *, rows: int) -> Place:
    """The same place after another look: so many recommendations, and findings of its own.

    Every fifth recommendation has the next four as its parts; every fifth finding is a strength.
    """
    inspection = _inspected(there.area, _guide(there), f"Inspection, {title}")
    look = factories.self_evaluation(
        there.area, title=f"Self-evaluation, {title}", state="validated"
    )
    elements = [*look.framework.indicators.all()]
    for element in elements:
        factories.judgement(look, element)
    whole = None
    for number in range(rows):
        above = whole if number % 5 else None
        made = factories.recommendation(inspection, f"R{number}", text=TEXT, parent=above)
        whole = made if above is None else whole
        kind = Finding.Kind.IMPROVEMENT if number % 5 else Finding.Kind.STRENGTH
        about = elements[number * len(elements) // rows]
        factories.finding(look, reference=f"F{number}", text=TEXT, kind=kind, indicator=about)
    return replace(there, inspection=inspection, self_evaluation=look)


def _kpi(area: Area, number: int, months: int) -> Indicator:
    """Every second one has Scotland's figures beside its own."""
    kpi = factories.kpi(
        area,
        code=f"K{number + 1:02}",
        name=f"First contact within one working day, team {number + 1}",
        numerator="People seen within one working day",
        denominator="People sentenced",
    )
    factories.target(kpi, start=date(2009, 4, 1))
    names = ("", "Scotland") if number % 2 else ("",)
    Observation.objects.bulk_create(
        Observation(
            area=area,
            indicator=kpi,
            comparator=name,
            start=period.start,
            end=period.end,
            numerator=30 + (place * 37 + number * 11 + len(name)) % 50,
            denominator=90,
            vintage=Vintage.FINAL,
            source=kpi.source,
            entered_by="Information Lead",
            entered_at=factories.MOMENT,
        )
        for name in names
        for place, period in enumerate(_months(months))
    )
    return kpi


def _months(count: int) -> list[Period]:
    """So many months up to December 2019, oldest first."""
    periods = [month(date(2019, 12, 1))]
    while len(periods) < count:
        periods.append(periods[-1].previous())
    return periods[::-1][-count:] if count else []


def plan(there: Place, *, actions: int, quiet: bool = False, title: str = "") -> Plan:
    """A plan of so many actions with updates, evidence and links.

    In a `quiet` one all are open, none is late and no date was moved.
    """
    made = factories.plan(
        there.area,
        there.inspection,
        self_evaluation=there.self_evaluation,
        title=title or f"Plan of {actions} actions",
        agreed_on=AGREED,
    )
    indicators = list(_guide(there).indicators.all())
    rows = Action.objects.bulk_create(
        Action(
            area=there.area,
            plan=made,
            reference=f"A{n}",
            sequence=n,
            indicator=indicators[n * len(indicators) // (actions + 1)],
            text=f"{TEXT} (team {n}).",
            lead=there.posts[n % len(there.posts)],
            timescale=("October 2019", "July 2019 onwards", "March 2020", "")[n % 4],
            added_on=AGREED if n % 10 else date(2019, 10, 21),
            original_due=due(n, quiet),
            due=(now := due(n, quiet) + timedelta(days=0 if quiet or n % 3 else 60)),
            late_after=now,
            evidence_expected=PROOF,
            status=WORKING[n % 2] if quiet else COURSES[n % 5][-1],
        )
        for n in range(1, actions + 1)
    )
    _link(there, rows)
    _tell(rows, quiet)
    return made


def _guide(there: Place) -> Framework:
    return there.inspection.framework


def due(number: int, quiet: bool = False) -> date:
    """From October 2019 to June 2020, so that about a quarter is late at the end of the year."""
    return date(2020, 3, 31) if quiet else date(2019, 10, 15) + timedelta(days=30 * (number % 9))


def _link(there: Place, actions: list[Action]) -> None:
    mine = {"area": there.area}
    messages = list(there.inspection.key_messages.all())
    asks = list(there.inspection.recommendations.all())[:-2]  # two that nothing answers
    look = there.self_evaluation
    findings = list(look.findings.all())[:-2] if look else []
    for model, name, targets, each, spread in (
        (Support, "post", there.posts, 2, 7),
        (KeyMessageLink, "key_message", messages, 2, 7),
        (RecommendationLink, "recommendation", asks, 1, len(asks)),
        (FindingLink, "finding", findings, 1, len(findings)),
        (KpiLink, "kpi", there.kpis, 3, 7),
    ):
        model.objects.bulk_create(
            model(**mine, action=action, **{name: target})
            for place, action in enumerate(actions if targets else ())
            for target in islice(
                cycle(targets), place % spread, place % spread + min(each, len(targets))
            )
        )


def _tell(actions: list[Action], quiet: bool) -> None:
    Update.objects.bulk_create(
        Update(
            **entry(action, on),
            old_status=course[max(0, step - 1)] if step else Status.NOT_STARTED,
            status=course[step],
            text=f"{REPORT} ({step + 1})",
        )
        for action in actions
        for course in [(WORKING[action.sequence % 2],) * 3 if quiet else _course(action)]
        for step, on in enumerate(DAYS)
        if on >= action.added_on
    )
    if not quiet:
        DateChange.objects.bulk_create(
            DateChange(
                **entry(action, date(2019, 11, 4)),
                old=action.original_due,
                new=action.due,
                reason="Two posts were vacant until November.",
            )
            for action in actions
            if action.due != action.original_due
        )
    Evidence.objects.bulk_create(
        Evidence(
            **entry(action, date(2019, 11, 20)),
            description="Audit of 40 case files, November 2019",
            url=f"https://example.org/audit/{action.sequence}",
            sha256=f"{action.sequence:064x}",
        )
        for action in actions
        if action.sequence % 2
    )


def _course(action: Action) -> tuple[Status, ...]:
    return COURSES[action.sequence % 5]


def entry(action: Action, on: date) -> dict[str, object]:
    return {
        "area_id": action.area_id,
        "action": action,
        "on": on,
        "by": "Service Manager",
        "recorded_at": factories.MOMENT,
    }


def thread(action: Action, entries: int) -> None:
    """As many more entries as asked for: of ten, eight updates, one moved date, one evidence."""
    days = [date(2019, 9, 1) + timedelta(days=n * 120 // entries) for n in range(entries)]
    Update.objects.bulk_create(
        Update(**entry(action, on), old_status=WORKING[0], status=WORKING[0], text=REPORT)
        for n, on in enumerate(days)
        if n % 10 > 1
    )
    DateChange.objects.bulk_create(
        DateChange(
            **entry(action, on), old=action.due, new=action.due, reason="The partner needs longer"
        )
        for n, on in enumerate(days)
        if n % 10 == 0
    )
    Evidence.objects.bulk_create(
        Evidence(**entry(action, on), description="Minutes of the meeting", sha256=f"{n:064x}")
        for n, on in enumerate(days)
        if n % 10 == 1
    )


def body(plan: Plan) -> Body:
    """A board with a meeting and a written paragraph in every section."""
    made = factories.body(plan, slug="board", packs_from=date(2019, 10, 1))
    factories.meeting(made)
    for section in SECTIONS:
        factories.paragraph(made, section=section, text=f"{REPORT}\n\n{REPORT}")
    return made
