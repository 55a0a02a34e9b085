"""What was agreed and done."""

import hashlib
from datetime import date
from typing import Any

from kpis.models import Indicator
from management.models import Area, Post
from plans.models import (
    Action,
    DateChange,
    Evidence,
    Finding,
    Inspection,
    KeyMessage,
    Plan,
    QualityIndicator,
    Recommendation,
    Update,
    Verification,
)
from plans.statuses import Status
from tests.factories.frameworks import framework, quality_indicator
from tests.factories.people import MOMENT, numbers, post


def plan(
    area: Area, inspection: Inspection | None = None, *, actions: int = 0, **facts: Any
) -> Plan:
    """A plan, with so many actions that lead to nothing else."""
    facts.setdefault("title", f"Plan {next(numbers)}")
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


def _entry(model: Any, action: Action, facts: dict[str, Any]) -> Any:
    facts.setdefault("on", date(2020, 1, 6))
    facts.setdefault("by", "Somebody")
    facts.setdefault("recorded_at", MOMENT)
    return model.objects.create(area=action.area, action=action, **facts)
