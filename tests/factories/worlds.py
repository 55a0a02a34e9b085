"""A whole small area, for tests of what its people may see."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from governance.models import PackBuild
from kpis.models import Indicator
from kpis.periods import month
from management import store
from management.access import Role
from management.models import Area, Post, User
from plans.models import Finding, Framework, Inspection, Recommendation, SelfEvaluation
from plans.statuses import Status
from tests.factories.found import (
    decision,
    evaluation,
    finding,
    inspection,
    judgement,
    key_message,
    overall,
    reclassification,
    recommendation,
    reminder,
    self_evaluation,
    stage,
    tool,
)
from tests.factories.frameworks import framework, furnish, wording
from tests.factories.kpis import (
    disclosure,
    figure_columns,
    figure_import,
    figure_name,
    figure_request,
    kpi,
    lock,
    observation,
    phase,
    target,
)
from tests.factories.packs import body, meeting, pack, paragraph
from tests.factories.people import MOMENT, api_token, area, holding, message, post, user
from tests.factories.plans import (
    acceptance,
    action,
    column_map,
    date_answer,
    date_change,
    date_request,
    dependency,
    digest,
    evidence,
    evidence_withdrawal,
    feed,
    hand_over,
    handed_over,
    imported_row,
    note,
    plan,
    plan_import,
    plan_move,
    residual,
    revision,
    rules,
    saved_view,
    status_word,
    task,
    update,
    verification,
)


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
    furnish(guide)
    made.rows = _inspected(made, guide) | _concluded(made)
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
    compared = observation(
        measure,
        comparator=f"{canary} comparator",
        source=f"{canary} figure source",
        note=f"{canary} figure note",
        entered_by=f"{canary} clerk",
    )
    _reckoned(made, measure, lead)
    agreed = plan(
        mine,
        made.inspection,
        self_evaluation=made.self_evaluation,
        title=f"{canary} plan",
        source=f"{canary} plan source",
        illustrative=f"{canary} plan illustrative",
    )
    links = {
        "lead": lead,
        "indicator": guide.indicators.first(),
        "supporting": (support,),
        "key_messages": (made.key_message,),
        "recommendations": (made.recommendation, made.part),
        "findings": (made.finding,),
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
    reported = update(first, text=f"{canary} update", by=said)
    date_change(first, reason=f"{canary} reason", by=said)
    gone = update(first, text=f"{canary} undone report", by=said)
    update(first, text=f"{canary} undoing", by=said, undoes=gone)
    moved = date_change(first, reason=f"{canary} undone move", by=said)
    there = {"old": moved.new, "new": moved.old, "undoes": moved}
    date_change(first, reason=f"{canary} move back", by=said, **there)
    evidence(
        first, description=f"{canary} evidence", url=f"https://example.org/{canary}/link", by=said
    )
    update(third, text=f"{canary} report", by=said, status=Status.DONE)
    verification(second, note=f"{canary} verification", by=said)
    made.rows |= _worked_on(made, agreed, first, third)
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
    made.rows |= {
        "framework": guide,
        "lead": lead,
        "support": support,
        "holding": held,
        "message": message(
            mine, made.people[Role.SERVICE_MANAGER], subject=f"{canary} subject of a message"
        ),
        "failed_message": message(
            mine,
            made.people[Role.BOARD_MEMBER],
            subject=f"{canary} subject of a message that was not sent",
            state="failed",
            error=f"{canary} refusal",
            token="0" * 32,
        ),
        "api_token": api_token(mine, made.people[Role.SERVICE_MANAGER], name=f"{canary} t"[:60]),
        "admin_token": api_token(
            mine, made.people[Role.ADMINISTRATOR], name=f"{canary} admin"[:60]
        ),
        "kpi": measure,
        "figure": compared,
        "plan": agreed,
        "action": first,
        "update": reported,
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


def _reckoned(made: World, measure: Indicator, owner: Post) -> None:
    """What is said of a KPI's series, and how its figures came in."""
    canary, first = made.canary, month(date(2019, 10, 1))
    told = {"entered_by": f"{canary} clerk"}
    stands = phase(measure, start=first.start, reason=f"{canary} baseline", **told)
    standard = target(measure, kind="standard", source=f"{canary} source of the standard")
    retired = kpi(made.area, code="K0", name=f"{canary} retired", retired_on=date(2019, 12, 31))
    made.rows |= {"phase": stands, "target": standard, "retired_kpi": retired}
    day = first.next().start
    begun = phase(measure, start=day, reason=f"{canary} other baseline", **told)
    phase(measure, start=day, reason=f"{canary} second thoughts", cancels=begun, **told)
    lock(measure, first, reason=f"{canary} unlocking", locked=False, **told)
    made.rows["approved"] = lock(measure, first.next(), **told)
    figure_request(measure, first.next(), post=owner, **told)
    disclosure(measure, text=f"{canary} assessment", **told)
    made.rows["figure_import"] = figure_import(
        made.area,
        file_name=f"{canary} figures.xlsx",
        by=f"{canary} clerk",
        state="applied",
        applied_at=MOMENT - timedelta(days=30),
    )
    observation(measure, comparator=f"{canary} other area", file=made.rows["figure_import"])
    figure_columns(made.area, mapping=f"{canary} columns")
    figure_name(made.area, name=f"{canary} name of a kpi".casefold(), indicator=measure)


def _worked_on(world: World, agreed: Any, first: Any, third: Any) -> dict[str, Any]:
    """What people keep around a plan: requests, notes, tasks, views, imported files."""
    mine, canary = world.area, world.canary
    manager = world.people[Role.SERVICE_MANAGER]
    said = f"{canary} author of entries"
    asked = date_request(first, reason=f"{canary} reason of a request", by=said)
    refused = date_request(third, reason=f"{canary} reason of a refused date", by=said)
    withdrawn = evidence(first, description=f"{canary} withdrawn evidence", by=said)
    content = f"{canary} file of evidence".encode()
    stored = evidence(
        first,
        description=f"{canary} evidence with a file",
        file_name=f"{canary} minutes.txt",
        media_type="text/plain; charset=utf-8",
        size=len(content),
        sha256=store.put(content),
        by=said,
    )
    taken = plan_import(
        mine,
        agreed,
        file_name=f"{canary} plan.xlsx",
        by=said,
        state="applied",
        applied_at=MOMENT - timedelta(days=30),
    )
    hand_over(first.lead, world.people[Role.HEAD_OF_SERVICE], by=said)
    handed = hand_over(first.lead, manager, by=said)
    draft = plan(mine, title=f"{canary} draft plan", state="draft")
    drafted = action(
        draft,
        lead=first.lead,
        indicator=first.indicator,
        reference="D1",
        text=f"{canary} drafted action",
        evidence_expected=f"{canary} evidence of the draft",
    )
    replaced = action(
        draft,
        lead=first.lead,
        indicator=first.indicator,
        reference="D2",
        text=f"{canary} superseded action",
        evidence_expected=f"{canary} evidence of the superseded one",
        status=Status.SUPERSEDED,
        superseded_by=drafted,
    )
    spare = action(
        draft,
        lead=first.lead,
        indicator=first.indicator,
        reference="D3",
        text=f"{canary} spare action",
        evidence_expected=f"{canary} evidence of the spare one",
    )
    wrong = update(third, text=f"{canary} wrong update", status=Status.DONE, by=said)
    update(third, text=f"{canary} correction", status=Status.DONE, by=said, corrects=wrong)
    kept = rules(mine)
    status_word(mine, f"{canary} word"[:60], colour="green")
    acceptance(first, sentence=f"{canary} sentence", reason=f"{canary} accepted", by=said)
    residual(third, home=f"{canary} home", by=said)
    dependency(first, third)
    handed_over(handed, first, f"{canary} handed over")
    imported_row(taken, first, place=f"{canary} row", raw=f"{canary} raw")
    column_map(mine)
    steps = {
        state: plan(mine, made, title=f"{canary} {state} plan", state=state)
        for state, made in (("approved", agreed.inspection), ("submitted", None))
    }
    ending = plan(mine, title=f"{canary} ending plan")
    action(ending, lead=first.lead, indicator=first.indicator, text=f"{canary} last action")
    return {
        **{f"{state}_plan": step for state, step in steps.items()},
        "ending_plan": ending,
        "date_request": asked,
        "date_answer": date_answer(refused, text=f"{canary} refusal", by=said),
        "evidence": withdrawn,
        "evidence_file": stored,
        "evidence_withdrawal": evidence_withdrawal(
            withdrawn, reason=f"{canary} reason of the withdrawal", by=said
        ),
        "note": note(first, text=f"{canary} note", by=said),
        "revision": revision(
            first, old=f"{canary} old words", reason=f"{canary} reason of the words", by=said
        ),
        "plan_move": plan_move(agreed, text=f"{canary} move", decision=f"{canary} who", by=said),
        "draft_plan": draft,
        "drafted_action": drafted,
        "spare_action": spare,
        "replaced_action": replaced,
        "task": task(first, text=f"{canary} task", post=first.lead),
        "done_task": task(
            first, text=f"{canary} done task", done_on=date(2020, 1, 6), done_by=said
        ),
        "dropped_task": task(
            first,
            text=f"{canary} dropped task",
            dropped_on=date(2020, 1, 6),
            dropped_reason=f"{canary} reason of the task",
        ),
        "saved_view": saved_view(mine, manager, name=f"{canary} view"[:60]),
        "feed": feed(mine, manager),
        "digest": digest(mine, user(mine, Role.INSPECTOR, name=f"{canary} reader")),
        "plan_import": taken,
        "rules": kept,
        "hand_over": handed,
    }


def _inspected(world: World, guide: Framework) -> dict[str, Any]:
    """An inspection with all that hangs on it, its progress review, and one not yet published."""
    mine, canary = world.area, world.canary
    lead = world.people[Role.PERFORMANCE_LEAD]
    found = inspection(
        mine,
        guide,
        title=f"{canary} inspection",
        inspectorate=f"{canary} inspectorate",
        scope=f"{canary} scope",
        source=f"{canary} inspection source",
        notified_on=date(2019, 1, 7),
        notified_text=f"{canary} notified",
        records_period=f"{canary} records period",
        records_read=99,
        records_in_all=702,
        people_met=28,
    )
    indicator = guide.indicators.first()
    review = inspection(
        mine,
        guide,
        kind=Inspection.Kind.PROGRESS,
        follows=found,
        title=f"{canary} progress review",
        published_on=date(2019, 12, 3),
        plan_due_on=None,
    )
    evaluation(review, indicator, grade=4, rationale=f"{canary} reason of the review")
    draft = inspection(
        mine,
        guide,
        title=f"{canary} draft inspection",
        inspectorate=f"{canary} inspectorate of the draft",
        notified_on=date(2020, 1, 6),
        published_on=None,
        plan_due_on=None,
    )
    whole = recommendation(
        found,
        "R1",
        text=f"{canary} recommendation",
        addressee=f"{canary} addressee",
        response=Recommendation.Response.PARTLY,
        response_detail=f"{canary} response",
        depends_on=f"{canary} dependency",
        sequence=1,
    )
    part = recommendation(found, "R1a", text=f"{canary} part", parent=whole, sequence=2)
    unanswered = recommendation(found, "R2", text=f"{canary} unanswered one", sequence=3)
    said = f"{canary} clerk of the decision"
    return {
        "inspection": found,
        "evaluation": evaluation(found, indicator, rationale=f"{canary} reason of the grade"),
        "key_message": key_message(found, text=f"{canary} key message"),
        "recommendation": whole,
        "part": part,
        "unanswered": unanswered,
        "review": review,
        "draft_inspection": draft,
        "stage": stage(
            found,
            name=f"{canary} stage",
            inspectorate=f"{canary} inspectorate's part",
            service=f"{canary} service's part",
        ),
        "draft_stage": stage(draft, name=f"{canary} draft stage", planned_on=date(2020, 3, 18)),
        "reminder": reminder(
            found,
            lead,
            text=f"{canary} reminder",
            message=message(mine, lead, subject=f"{canary} subject of reminders"),
        ),
        # Closed once and opened again, so that it is open like the others.
        "decision": decision(
            part,
            body=f"{canary} deciding body",
            minute_reference=f"{canary} minute",
            reason=f"{canary} reason of the decision",
            by=said,
        ),
        "reopening": decision(
            part, kind="reopened", body=f"{canary} reopening body", by=said, reason=f"{canary} why"
        ),
        "reclassification": reclassification(part, reason=f"{canary} reason of the move", by=said),
        "wording": wording(
            mine,
            indicator,
            text=f"{canary} official wording",
            file_name=f"{canary}.toml",
            loaded_by=f"{canary} loader",
        ),
    }


def _concluded(world: World) -> dict[str, Any]:
    """A validated self-evaluation, a submitted one, a draft (`draft_…`), and one without rows."""
    service, validator = world.people[Role.PERFORMANCE_LEAD], world.people[Role.HEAD_OF_SERVICE]
    submitted = {"submitted_by": service, "submitted_on": date(2019, 5, 6)}
    validated = {
        **submitted,
        "validated_by": validator,
        "validated_on": date(2019, 6, 3),
        "validated_for": f"{world.canary} inspectorate",
    }
    State = SelfEvaluation.State
    rows = {}
    for year, (prefix, state, facts) in enumerate(
        [
            ("", State.VALIDATED, validated),
            ("submitted_", State.SUBMITTED, submitted),
            ("draft_", State.DRAFT, {}),
        ]
    ):
        rows |= {f"{prefix}{name}": row for name, row in _judged(world, state, year, facts).items()}
    rows["empty_self_evaluation"] = self_evaluation(
        world.area, title=f"{world.canary} empty self-evaluation"
    )
    return rows


def _judged(world: World, state: str, year: int, facts: dict[str, Any]) -> dict[str, Any]:
    """One self-evaluation with one of each row that it can have."""
    canary = f"{world.canary} {state}"
    whole = self_evaluation(
        world.area,
        title=f"{canary} self-evaluation",
        start=date(2018 + year, 4, 1),
        end=date(2019 + year, 3, 31),
        state=state,
        capacity=f"{canary} capacity",
        priorities=f"{canary} priority",
        started_by=f"{canary} starter",
        file_name=f"{canary}.docx",
        illustrative=f"{canary} illustrative",
        **facts,
    )
    given: dict[str, Any] = {"written_by": f"{canary} writer", "written_at": MOMENT}
    if state == SelfEvaluation.State.VALIDATED:
        given |= {"validated_rating": 3, "validated_reason": f"{canary} validator's reason"}
    indicator = whole.framework.indicators.first()
    given["contributor"] = world.people[Role.SERVICE_MANAGER]
    part = overall(
        whole, whole.framework.sections.first(), rationale=f"{canary} rationale", **given
    )
    told = ("evidence", "data", "documents", "views", "observation")
    told += ("strengths", "improvements", "ambition")
    return {
        "self_evaluation": whole,
        "judgement": judgement(
            whole,
            indicator,
            **{name: f"{canary} {name}" for name in told},
            **given,
        ),
        "overall": part,
        "tool": tool(part, name=f"{canary} tool"),
        "finding": finding(
            whole, indicator=indicator, text=f"{canary} finding", made_by=f"{canary} finder"
        ),
        "strength": finding(
            whole,
            indicator=indicator,
            kind=Finding.Kind.STRENGTH,
            text=f"{canary} strength",
            withdrawn_on=date(2019, 7, 1),
            withdrawn_reason=f"{canary} reason of the withdrawal",
        ),
    }
