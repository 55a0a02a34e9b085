"""What was found: inspections and self-evaluations."""

from datetime import date
from typing import Any

from management.models import Area, User
from plans.models import (
    Decision,
    Evaluation,
    Finding,
    Framework,
    Grade,
    Inspection,
    Judgement,
    KeyMessage,
    Overall,
    QualityIndicator,
    Reclassification,
    Recommendation,
    Reminder,
    Section,
    SelfEvaluation,
    Stage,
    Tool,
)
from tests.factories.frameworks import framework, self_evaluation_form
from tests.factories.people import MOMENT, numbers


def inspection(area: Area, guide: Framework | None = None, **facts: Any) -> Inspection:
    """An inspection with nothing said in it."""
    facts["framework"] = guide or framework()
    facts.setdefault("title", f"Inspection {next(numbers)}")
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
    number = next(numbers)
    facts.setdefault("text", f"Recommendation {number}")
    facts.setdefault("added_on", inspection.published_on or date(2019, 8, 6))
    facts.setdefault("sequence", number)
    return Recommendation.objects.create(
        area=inspection.area, inspection=inspection, reference=reference or f"R{number}", **facts
    )


def stage(inspection: Inspection, **facts: Any) -> Stage:
    facts.setdefault("sequence", next(numbers))
    facts.setdefault("week", 11)
    facts.setdefault("name", "Self-evaluation due")
    facts.setdefault("planned_on", date(2019, 3, 20))
    facts.setdefault("on", facts["planned_on"])
    return Stage.objects.create(area=inspection.area, inspection=inspection, **facts)


def reminder(inspection: Inspection, user: User, **facts: Any) -> Reminder:
    number = next(numbers)
    facts.setdefault("key", f"reminder-{number}")
    facts.setdefault("text", f"Reminder {number}")
    facts.setdefault("due", date(2019, 3, 20))
    facts.setdefault("made_at", MOMENT)
    return Reminder.objects.create(area=inspection.area, inspection=inspection, user=user, **facts)


def decision(recommendation: Recommendation, **facts: Any) -> Decision:
    """What a body decided. The recommendation itself stays as it is: give it `closed_on`."""
    facts.setdefault("kind", Decision.Kind.CLOSED)
    facts.setdefault("body", "The board")
    facts.setdefault("minute_reference", "Minute 7")
    facts.setdefault("reason", "The evidence was seen")
    return _of(recommendation, Decision, facts)


def reclassification(recommendation: Recommendation, **facts: Any) -> Reclassification:
    """That the recommendation was moved. The recommendation itself stays as it is."""
    facts.setdefault("old", Recommendation.Kind.RECOMMENDATION)
    facts.setdefault("new", recommendation.kind)
    facts.setdefault("reason", "Split in two")
    return _of(recommendation, Reclassification, facts)


def _of(recommendation: Recommendation, model: Any, facts: dict[str, Any]) -> Any:
    facts.setdefault("on", date(2020, 1, 6))
    facts.setdefault("by", "Somebody")
    facts.setdefault("recorded_at", MOMENT)
    return model.objects.create(area=recommendation.area, recommendation=recommendation, **facts)


def self_evaluation(area: Area, guide: Framework | None = None, **facts: Any) -> SelfEvaluation:
    """A draft with nothing judged in it; for another `state` give also who and when."""
    facts["framework"] = guide or self_evaluation_form()
    facts.setdefault("title", f"Self-evaluation {next(numbers)}")
    facts.setdefault("start", date(2018, 4, 1))
    facts.setdefault("end", date(2019, 3, 31))
    facts.setdefault("started_by", "Somebody")
    facts.setdefault("started_on", date(2019, 4, 1))
    return SelfEvaluation.objects.create(area=area, **facts)


def judgement(
    self_evaluation: SelfEvaluation, indicator: QualityIndicator, **facts: Any
) -> Judgement:
    facts.setdefault("rating", 2)
    facts.setdefault("evidence", "The figures of the year")
    return Judgement.objects.create(
        area=self_evaluation.area, self_evaluation=self_evaluation, indicator=indicator, **facts
    )


def overall(self_evaluation: SelfEvaluation, section: Section, **facts: Any) -> Overall:
    facts.setdefault("rating", 2)
    facts.setdefault("rationale", "Taken together")
    return Overall.objects.create(
        area=self_evaluation.area, self_evaluation=self_evaluation, section=section, **facts
    )


def tool(overall: Overall, **facts: Any) -> Tool:
    number = next(numbers)
    facts.setdefault("name", f"Tool {number}")
    facts.setdefault("reach", Tool.Reach.LOCAL)
    facts.setdefault("sequence", number)
    return Tool.objects.create(area=overall.area, overall=overall, **facts)


def finding(self_evaluation: SelfEvaluation, **facts: Any) -> Finding:
    number = next(numbers)
    facts.setdefault("kind", Finding.Kind.IMPROVEMENT)
    facts.setdefault("reference", f"F{number}")
    facts.setdefault("text", f"Finding {number}")
    facts.setdefault("sequence", number)
    facts.setdefault("made_by", "Somebody")
    facts.setdefault("made_on", date(2019, 6, 3))
    return Finding.objects.create(
        area=self_evaluation.area, self_evaluation=self_evaluation, **facts
    )
