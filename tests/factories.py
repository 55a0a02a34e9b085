"""Rows for tests: each function makes one with sensible defaults, and returns it.

They write past the services, as the test's own actor, so that a test of a service starts from rows
that no service has touched.
"""

import hashlib
import itertools
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from governance.models import (
    Body,
    Frozen,
    Meeting,
    Pack,
    PackBuild,
    Paragraph,
    Rendition,
)
from kpis.models import Direction, Frequency, Indicator, Observation, Target, Unit, Vintage
from kpis.periods import Period, month
from management.access import Role
from management.models import Area, Holding, Membership, Post, User
from plans.models import (
    Action,
    DateChange,
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

PASSWORD = "correct horse battery staple"
MOMENT = datetime(2020, 1, 6, 9, 30, tzinfo=UTC)
_numbers = itertools.count(1)


def area(name: str = "", **facts: Any) -> Area:
    number = next(_numbers)
    facts.setdefault("slug", f"area-{number}")
    facts.setdefault("partnership", f"{name or 'Area'} HSCP")
    return Area.objects.create(name=name or f"Area {number}", **facts)


def user(area: Area | None = None, role: Role | None = None, **facts: Any) -> User:
    """A person who can sign in with PASSWORD; a member of the area when it is given."""
    number = next(_numbers)
    facts.setdefault("email", f"person{number}@example.org")
    facts.setdefault("name", f"Person {number}")
    person = User(**facts)
    person.set_password(PASSWORD)
    person.save()
    if area is not None:
        membership(area, person, role or Role.SERVICE_MANAGER)
    return person


def membership(area: Area, user: User, role: Role) -> Membership:
    return Membership.objects.create(area=area, user=user, role=role)


def post(area: Area, title: str = "", **facts: Any) -> Post:
    return Post.objects.create(area=area, title=title or f"Manager {next(_numbers)}", **facts)


def holding(post: Post, user: User, **facts: Any) -> Holding:
    facts.setdefault("start", date(2019, 1, 1))
    return Holding.objects.create(area=post.area, post=post, user=user, **facts)


def framework(codes: tuple[str, ...] = ("1.1", "5.2"), **facts: Any) -> Framework:
    number = next(_numbers)
    facts.setdefault("code", f"framework-{number}")
    facts.setdefault("title", f"Framework {number}")
    made = Framework.objects.create(**facts)
    for sequence, code in enumerate(codes):
        quality_indicator(made, code, sequence=sequence)
    return made


def quality_indicator(framework: Framework, code: str = "5.2", **facts: Any) -> QualityIndicator:
    facts.setdefault("name", f"Quality of {code}")
    facts.setdefault("question", "How good is our management?")
    facts.setdefault("graded", True)
    facts.setdefault("sequence", next(_numbers))
    return QualityIndicator.objects.create(framework=framework, code=code, **facts)


def inspection(area: Area, guide: Framework | None = None, **facts: Any) -> Inspection:
    """An inspection with nothing said in it."""
    facts["framework"] = guide or framework()
    facts.setdefault("title", f"Inspection {next(_numbers)}")
    facts.setdefault("inspectorate", "The inspectorate")
    facts.setdefault("published_on", date(2019, 8, 6))
    facts.setdefault("plan_due_on", date(2019, 9, 17))
    return Inspection.objects.create(area=area, **facts)


def evaluation(inspection: Inspection, indicator: QualityIndicator, **facts: Any) -> Evaluation:
    facts.setdefault("grade", Grade.WEAK)
    return Evaluation.objects.create(
        area=inspection.area, inspection=inspection, indicator=indicator, **facts
    )


def key_message(inspection: Inspection, number: int = 1, **facts: Any) -> KeyMessage:
    facts.setdefault("text", f"Key message {number}")
    return KeyMessage.objects.create(
        area=inspection.area, inspection=inspection, number=number, **facts
    )


def recommendation(inspection: Inspection, reference: str = "", **facts: Any) -> Recommendation:
    number = next(_numbers)
    facts.setdefault("text", f"Recommendation {number}")
    facts.setdefault("sequence", number)
    return Recommendation.objects.create(
        area=inspection.area, inspection=inspection, reference=reference or f"R{number}", **facts
    )


def plan(
    area: Area, inspection: Inspection | None = None, *, actions: int = 0, **facts: Any
) -> Plan:
    """A plan, with so many actions that lead to nothing else."""
    facts.setdefault("title", f"Plan {next(_numbers)}")
    facts.setdefault("agreed_on", date(2019, 9, 17))
    made = Plan.objects.create(area=area, inspection=inspection, **facts)
    if actions:
        lead = post(area)
        guide = inspection.framework if inspection else framework()
        indicator = guide.indicators.first()
        for _ in range(actions):
            action(made, lead=lead, indicator=indicator)
    return made


def action(
    plan: Plan,
    *,
    lead: Post | None = None,
    indicator: QualityIndicator | None = None,
    supporting: tuple[Post, ...] = (),
    key_messages: tuple[KeyMessage, ...] = (),
    recommendations: tuple[Recommendation, ...] = (),
    kpis: tuple[Indicator, ...] = (),
    **facts: Any,
) -> Action:
    number = next(_numbers)
    facts.setdefault("reference", f"A{number}")
    facts.setdefault("sequence", number)
    facts.setdefault("text", f"Do thing {number}")
    facts.setdefault("evidence_expected", "A report of what changed")
    facts.setdefault("added_on", plan.agreed_on)
    facts.setdefault("original_due", date(2020, 3, 31))
    facts.setdefault("due", facts["original_due"])
    made = Action.objects.create(
        area=plan.area,
        plan=plan,
        lead=lead or post(plan.area),
        indicator=indicator or quality_indicator(framework(())),
        **facts,
    )
    mine = {"area": plan.area}
    made.supporting.set(supporting, through_defaults=mine)
    made.key_messages.set(key_messages, through_defaults=mine)
    made.recommendations.set(recommendations, through_defaults=mine)
    made.kpis.set(kpis, through_defaults=mine)
    return made


def update(action: Action, **facts: Any) -> Update:
    facts.setdefault("old_status", action.status)
    facts.setdefault("status", Status.ON_TRACK)
    facts.setdefault("text", "Work goes on")
    return _entry(Update, action, facts)


def date_change(action: Action, **facts: Any) -> DateChange:
    facts.setdefault("old", action.due)
    facts.setdefault("new", date(2020, 6, 30))
    facts.setdefault("reason", "The partner needs longer")
    return _entry(DateChange, action, facts)


def evidence(action: Action, **facts: Any) -> Evidence:
    facts.setdefault("description", "Minutes of the meeting")
    facts.setdefault("sha256", hashlib.sha256(facts["description"].encode()).hexdigest())
    return _entry(Evidence, action, facts)


def verification(action: Action, **facts: Any) -> Verification:
    facts.setdefault("note", "Seen and accepted")
    return _entry(Verification, action, facts)


def _entry(model: Any, action: Action, facts: dict[str, Any]) -> Any:
    facts.setdefault("on", date(2020, 1, 6))
    facts.setdefault("by", "Somebody")
    facts.setdefault("recorded_at", MOMENT)
    return model.objects.create(area=action.area, action=action, **facts)


def kpi(area: Area, *, months: int = 0, **facts: Any) -> Indicator:
    """A KPI, with figures for so many months up to December 2019, and a target for them."""
    number = next(_numbers)
    facts.setdefault("code", f"K{number}")
    facts.setdefault("name", f"Things done in time {number}")
    facts.setdefault("meaning", "How many of the things due were done in time")
    facts.setdefault("unit", Unit.PERCENTAGE)
    facts.setdefault("direction", Direction.HIGHER)
    facts.setdefault("frequency", Frequency.MONTH)
    facts.setdefault("source", "Case management system")
    made = Indicator.objects.create(area=area, **facts)
    period = month(date(2019, 12, 1))
    for back in range(months):
        observation(made, period, numerator=40 + back % 7, denominator=60)
        period = period.previous()
    if months:
        target(made, start=period.next().start)
    return made


def observation(indicator: Indicator, period: Period | None = None, **facts: Any) -> Observation:
    period = period or month(date(2019, 12, 1))
    if "value" not in facts and "numerator" not in facts:
        facts |= {"numerator": 41, "denominator": 60}
    facts.setdefault("vintage", Vintage.FINAL)
    facts.setdefault("source", indicator.source)
    facts.setdefault("entered_by", "Somebody")
    facts.setdefault("entered_at", MOMENT)
    return Observation.objects.create(
        area=indicator.area, indicator=indicator, start=period.start, end=period.end, **facts
    )


def target(indicator: Indicator, **facts: Any) -> Target:
    facts.setdefault("value", 80)
    facts.setdefault("start", date(2019, 4, 1))
    facts.setdefault("source", "The plan")
    return Target.objects.create(area=indicator.area, indicator=indicator, **facts)


def body(plan: Plan, **facts: Any) -> Body:
    number = next(_numbers)
    facts.setdefault("slug", f"board-{number}")
    facts.setdefault("name", f"Board {number}")
    facts.setdefault("packs_from", date(2019, 10, 1))
    facts.setdefault("subject", "Improvement plan")
    facts.setdefault("author", "The author")
    facts.setdefault("author_post", "Head of Service")
    return Body.objects.create(area=plan.area, plan=plan, **facts)


def meeting(body: Body, **facts: Any) -> Meeting:
    facts.setdefault("on", date(2020, 2, 19))
    facts.setdefault("papers_due", date(2020, 2, 5))
    return Meeting.objects.create(area=body.area, body=body, **facts)


def paragraph(body: Body, **facts: Any) -> Paragraph:
    facts.setdefault("start", date(2019, 10, 1))
    facts.setdefault("section", "risk")
    facts.setdefault("text", "The risk is low")
    facts.setdefault("written_by", "Somebody")
    facts.setdefault("written_on", date(2020, 1, 6))
    return Paragraph.objects.create(area=body.area, body=body, **facts)


def pack(body: Body, *, state: str = PackBuild.State.QUEUED, **facts: Any) -> Pack:
    """A pack that was asked for; its work stands as `state` says."""
    facts.setdefault("start", date(2019, 10, 1))
    facts.setdefault("end", date(2019, 12, 31))
    facts.setdefault("as_at", date(2020, 1, 15))
    facts.setdefault("requested_by", "Somebody")
    facts.setdefault("requested_at", MOMENT)
    made = Pack.objects.create(area=body.area, body=body, **facts)
    PackBuild.objects.create(area=body.area, pack=made, state=state, not_before=MOMENT)
    return made


def frozen(pack: Pack, text: str = "{}") -> Frozen:
    return Frozen.objects.create(
        area=pack.area,
        pack=pack,
        text=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        frozen_at=MOMENT,
    )


def rendition(pack: Pack, content: bytes = b"pack", **facts: Any) -> Rendition:
    """A row that promises a file; the file itself is not in the store."""
    facts.setdefault("format", Rendition.Format.PDF)
    facts.setdefault("sha256", hashlib.sha256(content).hexdigest())
    facts.setdefault("size", len(content))
    return Rendition.objects.create(area=pack.area, pack=pack, **facts)


@dataclass
class World:
    """A whole small area: one or two rows of everything, and a person of every role."""

    canary: str
    area: Area
    people: dict[Role, User] = field(default_factory=dict)
    rows: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        """The row of that name: `world.plan`, `world.action` …"""
        try:
            return self.__dict__["rows"][name]
        except KeyError as error:
            raise AttributeError(name) from error


def world(canary: str, slug: str, shared: Framework | None = None) -> World:
    """An area in which every text that its people could read holds the canary.

    Slugs and references do not: whoever asks for a page of the area knows them already.
    """
    mine = area(f"{canary} name", slug=slug, partnership=f"{canary} partnership")
    made = World(canary, mine)
    for role in Role:
        made.people[role] = user(
            mine, role, email=f"{role}@{slug}.example.org", name=f"{canary} {role.label}"
        )
    lead = post(mine, f"{canary} lead post")
    support = post(mine, f"{canary} support post", organisation=f"{canary} organisation")
    held = holding(lead, made.people[Role.SERVICE_MANAGER])
    guide = shared or framework()
    found = inspection(
        mine,
        guide,
        title=f"{canary} inspection",
        inspectorate=f"{canary} inspectorate",
        scope=f"{canary} scope",
        source=f"{canary} inspection source",
        records_period=f"{canary} records period",
        records_read=99,
        records_in_all=702,
        people_met=28,
        notified_text=f"{canary} notified",
    )
    indicator = guide.indicators.first()
    grade = evaluation(found, indicator)
    message = key_message(found, text=f"{canary} key message")
    whole = recommendation(found, "R1", text=f"{canary} recommendation", sequence=1)
    part = recommendation(found, "R1a", text=f"{canary} part", parent=whole, sequence=2)
    recommendation(found, "R2", text=f"{canary} unanswered recommendation", sequence=3)
    measure = kpi(
        mine,
        months=3,
        code="K1",
        name=f"{canary} KPI",
        meaning=f"{canary} meaning",
        numerator=f"{canary} numerator",
        denominator=f"{canary} denominator",
        exclusions=f"{canary} exclusions",
        clock_rule=f"{canary} clock rule",
        source=f"{canary} KPI source",
        owner=lead,
    )
    observation(
        measure,
        comparator=f"{canary} comparator",
        source=f"{canary} figure source",
        note=f"{canary} figure note",
        entered_by=f"{canary} clerk",
    )
    agreed = plan(
        mine,
        found,
        title=f"{canary} plan",
        source=f"{canary} plan source",
        illustrative=f"{canary} plan illustrative",
    )
    links = {
        "lead": lead,
        "indicator": indicator,
        "supporting": (support,),
        "key_messages": (message,),
        "recommendations": (whole, part),
        "kpis": (measure,),
        "responsible": f"{canary} responsible",
        "timescale": f"{canary} timescale",
        "evidence_expected": f"{canary} evidence expected",
    }
    first = action(
        agreed,
        **links,
        reference="A1",
        sequence=1,
        text=f"{canary} first action",
        status=Status.ON_TRACK,
    )
    second = action(
        agreed,
        **links,
        reference="A2",
        sequence=2,
        text=f"{canary} second action",
        status=Status.COMPLETE,
    )
    third = action(
        agreed,
        **links,
        reference="A3",
        sequence=3,
        text=f"{canary} third action",
        status=Status.DONE,
    )
    said = f"{canary} author of entries"
    update(first, text=f"{canary} update", by=said)
    date_change(first, reason=f"{canary} reason", by=said)
    evidence(
        first, description=f"{canary} evidence", url=f"https://example.org/{canary}/link", by=said
    )
    update(third, text=f"{canary} report", by=said, status=Status.DONE)
    verification(second, note=f"{canary} verification", by=said)
    board = body(
        agreed,
        slug=f"{slug}-board",
        name=f"{canary} board",
        subject=f"{canary} subject",
        wards=f"{canary} wards",
        background_papers=f"{canary} background papers",
        author=f"{canary} author",
        author_post=f"{canary} author post",
        contact=f"{canary} contact",
    )
    made.rows = {
        "lead": lead,
        "support": support,
        "holding": held,
        "inspection": found,
        "evaluation": grade,
        "key_message": message,
        "recommendation": whole,
        "kpi": measure,
        "plan": agreed,
        "action": first,
        "finished_action": second,
        "done_action": third,
        "body": board,
        "meeting": meeting(board),
        "failed_pack": pack(
            board,
            state=PackBuild.State.FAILED,
            start=date(2019, 7, 1),
            end=date(2019, 9, 30),
            reason=f"{canary} failed pack reason",
            requested_by=f"{canary} failed pack requester",
        ),
        "paragraph": paragraph(
            board, text=f"{canary} paragraph", written_by=f"{canary} paragraph author"
        ),
        "pack": pack(
            board, reason=f"{canary} pack reason", requested_by=f"{canary} pack requester"
        ),
    }
    return made
