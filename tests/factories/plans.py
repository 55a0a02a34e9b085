"""What was agreed and done."""

import hashlib
from datetime import date
from typing import Any

from kpis.models import Indicator
from management.models import Area, Post
from plans.models import (
    Acceptance,
    Action,
    ColumnMap,
    DateAnswer,
    DateChange,
    DateRequest,
    Dependency,
    Digest,
    Evidence,
    EvidenceWithdrawal,
    Feed,
    Finding,
    HandedOver,
    HandOver,
    ImportedRow,
    Inspection,
    KeyMessage,
    Note,
    Plan,
    PlanImport,
    PlanMove,
    QualityIndicator,
    Recommendation,
    Residual,
    Revision,
    Rules,
    SavedView,
    StatusWord,
    Task,
    Update,
    Verification,
)
from plans.states import PlanState
from plans.statuses import Status
from tests.factories.frameworks import framework, quality_indicator
from tests.factories.people import MOMENT, numbers, post


def plan(
    area: Area, inspection: Inspection | None = None, *, actions: int = 0, **facts: Any
) -> Plan:
    """A plan, with so many actions that lead to nothing else."""
    facts.setdefault("title", f"Plan {next(numbers)}")
    facts.setdefault("agreed_on", date(2019, 9, 17))
    facts.setdefault("state", PlanState.IN_PROGRESS)
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
    findings: tuple[Finding, ...] = (),
    kpis: tuple[Indicator, ...] = (),
    **facts: Any,
) -> Action:
    number = next(numbers)
    facts.setdefault("reference", f"A{number}")
    facts.setdefault("sequence", number)
    facts.setdefault("text", f"Do thing {number}")
    facts.setdefault("evidence_expected", "A report of what changed")
    facts.setdefault("added_on", plan.agreed_on)
    facts.setdefault("original_due", date(2020, 3, 31))
    facts.setdefault("due", facts["original_due"])
    facts.setdefault("late_after", facts["due"])
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
    made.findings.set(findings, through_defaults=mine)
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


def date_request(action: Action, **facts: Any) -> DateRequest:
    facts.setdefault("old", action.due)
    facts.setdefault("new", date(2020, 6, 30))
    facts.setdefault("reason", "The partner needs longer")
    return _entry(DateRequest, action, facts)


def date_answer(request: DateRequest, **facts: Any) -> DateAnswer:
    facts.setdefault("agreed", False)
    facts.setdefault("text", "The partner is ready in May")
    return _said(DateAnswer, request.area, request=request, **facts)


def evidence_withdrawal(evidence: Evidence, **facts: Any) -> EvidenceWithdrawal:
    facts.setdefault("reason", "It was of another team")
    return _said(EvidenceWithdrawal, evidence.area, evidence=evidence, **facts)


def note(action: Action, **facts: Any) -> Note:
    facts.setdefault("text", "The partner asks for a meeting")
    return _entry(Note, action, facts)


def revision(action: Action, **facts: Any) -> Revision:
    facts.setdefault("field", "text")
    facts.setdefault("old", "Improve things")
    facts.setdefault("new", action.text)
    facts.setdefault("reason", "It said too little")
    return _entry(Revision, action, facts)


def acceptance(action: Action, **facts: Any) -> Acceptance:
    facts.setdefault("code", "vague")
    facts.setdefault("sentence", "It does not say what will be different.")
    facts.setdefault("reason", "Agreed in these words")
    return _entry(Acceptance, action, facts)


def residual(action: Action, **facts: Any) -> Residual:
    facts.setdefault("home", "Service plan 2021")
    return _entry(Residual, action, facts)


def plan_move(plan: Plan, **facts: Any) -> PlanMove:
    facts.setdefault("old", PlanState.DRAFT)
    facts.setdefault("new", PlanState.APPROVED)
    return _said(PlanMove, plan.area, plan=plan, **facts)


def hand_over(post: Post, new: Any, old: Any = None, **facts: Any) -> HandOver:
    return _said(HandOver, post.area, post=post, old=old, new=new, **facts)


def handed_over(hand_over: HandOver, action: Action, text: str = "On track") -> HandedOver:
    return HandedOver.objects.create(
        area=action.area, hand_over=hand_over, action=action, text=text
    )


def dependency(action: Action, blocker: Action) -> Dependency:
    return Dependency.objects.create(area=action.area, action=action, blocker=blocker)


def task(action: Action, **facts: Any) -> Task:
    facts.setdefault("text", f"Task {next(numbers)}")
    return Task.objects.create(area=action.area, action=action, **facts)


def rules(area: Area, **facts: Any) -> Rules:
    return Rules.objects.create(area=area, **facts)


def status_word(area: Area, word: str, **facts: Any) -> StatusWord:
    facts.setdefault("rule", "status")
    facts.setdefault("status", Status.ON_TRACK)
    return StatusWord.objects.create(area=area, word=word, **facts)


def saved_view(area: Area, user: Any, **facts: Any) -> SavedView:
    facts.setdefault("name", f"View {next(numbers)}")
    facts.setdefault("page", SavedView.Page.ALL)
    facts.setdefault("query", "status=overdue")
    return SavedView.objects.create(area=area, user=user, **facts)


def feed(area: Area, user: Any, secret: str = "", **facts: Any) -> Feed:
    secret = secret or f"secret {next(numbers)}"
    sha256 = hashlib.sha256(secret.encode()).hexdigest()
    facts.setdefault("made_at", MOMENT)
    return Feed.objects.create(area=area, user=user, sha256=sha256, **facts)


def digest(area: Area, user: Any, **facts: Any) -> Digest:
    facts.setdefault("day", Digest.Day.MONDAY)
    facts.setdefault("chosen_on", date(2019, 1, 1))
    return Digest.objects.create(area=area, user=user, **facts)


def plan_import(area: Area, plan: Plan | None = None, **facts: Any) -> PlanImport:
    facts.setdefault("by", "Somebody")
    facts.setdefault("file_name", "plan.xlsx")
    facts.setdefault("sha256", "0" * 64)
    facts.setdefault("made_at", MOMENT)
    return PlanImport.objects.create(area=area, plan=plan, **facts)


def imported_row(plan_import: PlanImport, action: Action, **facts: Any) -> ImportedRow:
    facts.setdefault("place", "row 2")
    facts.setdefault("raw", "{}")
    return ImportedRow.objects.create(
        area=action.area, plan_import=plan_import, action=action, **facts
    )


def column_map(area: Area, **facts: Any) -> ColumnMap:
    facts.setdefault("signature", f"{next(numbers):064x}")
    facts.setdefault("mapping", "{}")
    return ColumnMap.objects.create(area=area, **facts)


def _entry(model: Any, action: Action, facts: dict[str, Any]) -> Any:
    return _said(model, action.area, action=action, **facts)


def _said(model: Any, area: Area, **facts: Any) -> Any:
    facts.setdefault("on", date(2020, 1, 6))
    facts.setdefault("by", "Somebody")
    facts.setdefault("recorded_at", MOMENT)
    return model.objects.create(area=area, **facts)
