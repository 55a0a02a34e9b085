"""Frameworks with their parts."""

from typing import Any

from management.models import Area
from plans.models import (
    Framework,
    KeyFactor,
    NationalCount,
    NationalOutcome,
    QualityIndicator,
    ScalePoint,
    Section,
    Step,
    Wording,
)
from plans.scales import Scale, points
from tests.factories.people import MOMENT, numbers


def framework(codes: tuple[str, ...] = ("1.1", "5.2"), **facts: Any) -> Framework:
    """A framework with a meaning for each point of its scale, and an indicator for each code."""
    number = next(numbers)
    facts.setdefault("code", f"framework-{number}")
    facts.setdefault("title", f"Framework {number}")
    made = Framework.objects.create(**facts)
    for value, label in points(made.scale):
        scale_point(made, value, meaning=f"What is {label.lower()}.")
    for sequence, code in enumerate(codes):
        quality_indicator(made, code, sequence=sequence)
    return made


def scale_point(framework: Framework, value: int, **facts: Any) -> ScalePoint:
    facts.setdefault("meaning", f"Point {value}.")
    facts.setdefault("obliges", "Action is required." if value < 3 else "")
    facts.setdefault("sequence", value)
    return ScalePoint.objects.create(framework=framework, value=value, **facts)


def section(framework: Framework, code: str = "6", **facts: Any) -> Section:
    facts.setdefault("name", f"Key area {code}")
    facts.setdefault("question", "How good is our management?")
    facts.setdefault("sequence", next(numbers))
    return Section.objects.create(framework=framework, code=code, **facts)


def quality_indicator(framework: Framework, code: str = "5.2", **facts: Any) -> QualityIndicator:
    facts.setdefault("name", f"Quality of {code}")
    if "section" not in facts:
        facts["section"] = framework.sections.first() or section(framework)
    facts.setdefault("graded", True)
    facts.setdefault("sequence", next(numbers))
    return QualityIndicator.objects.create(framework=framework, code=code, **facts)


def key_factor(indicator: QualityIndicator, **facts: Any) -> KeyFactor:
    facts.setdefault("sequence", next(numbers))
    facts.setdefault("text", "Sound data")
    return KeyFactor.objects.create(indicator=indicator, **facts)


def national_count(section: Section, value: int = 2, **facts: Any) -> NationalCount:
    facts.setdefault("count", 15)
    return NationalCount.objects.create(section=section, value=value, **facts)


def national_outcome(framework: Framework, **facts: Any) -> NationalOutcome:
    facts.setdefault("sequence", next(numbers))
    facts.setdefault("text", "More people are diverted")
    return NationalOutcome.objects.create(framework=framework, **facts)


def step(framework: Framework, **facts: Any) -> Step:
    facts.setdefault("sequence", next(numbers))
    facts.setdefault("week", 11)
    facts.setdefault("weekday", 2)
    facts.setdefault("at", "12 noon")
    facts.setdefault("name", "Self-evaluation due")
    facts.setdefault("service", "Sends it.")
    return Step.objects.create(framework=framework, **facts)


def wording(area: Area, indicator: QualityIndicator, **facts: Any) -> Wording:
    facts.setdefault("text", "The official words")
    facts.setdefault("file_name", "wording.toml")
    facts.setdefault("loaded_by", "Somebody")
    facts.setdefault("loaded_at", MOMENT)
    return Wording.objects.create(area=area, indicator=indicator, **facts)


def furnish(framework: Framework) -> None:
    """Give the framework one of each part, unless it has them."""
    if framework.steps.exists():
        return
    for indicator in framework.indicators.all():
        key_factor(indicator)
    for one in framework.sections.all():
        for value, _ in points(framework.scale):
            national_count(one, value, count=8)
    national_outcome(framework)
    step(framework)


def self_evaluation_form() -> Framework:
    """A framework of statements and drivers, the same one however often it is asked for."""
    there = Framework.objects.filter(code="self-evaluation-form").first()
    if there is not None:
        return there
    made = framework(
        (), code="self-evaluation-form", title="Self-evaluation form", scale=Scale.RATING
    )
    for sequence, code in enumerate(("1a", "1b"), 1):
        part = section(made, code, overall=True, tools=True, sequence=sequence)
        for number in (1, 2):
            place = 2 * sequence + number
            quality_indicator(made, f"{code}.{number}", section=part, graded=False, sequence=place)
    drivers = section(made, "2", question="What makes it so?", sequence=3)
    quality_indicator(made, "2.1", section=drivers, graded=False, sequence=9)
    furnish(made)
    return made
