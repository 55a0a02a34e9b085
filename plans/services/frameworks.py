"""Frameworks: loading them from their files, and an area's own wording beside our labels."""

from pathlib import Path

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from management import audit
from management.access import System
from management.models import Area, User
from plans.form.content import ElementLayout, Layout, SectionLayout
from plans.framework_file import FrameworkFacts, SectionFacts, read
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
from plans.scales import points

FOLDER = Path(__file__).parent.parent / "frameworks"


def shipped() -> list[FrameworkFacts]:
    """The frameworks that come with the program."""
    paths = sorted(FOLDER.glob("*.toml"))
    return [read(path.read_text(encoding="utf-8"), path.name) for path in paths]


def latest(code: str) -> Framework:
    """The newest version of the framework. Raises Framework.DoesNotExist."""
    found = Framework.objects.filter(code=code).order_by("-version").first()
    if found is None:
        raise Framework.DoesNotExist(f"The framework {code} is not loaded.")
    return found


def layout_of(framework: Framework, area: Area) -> Layout:
    """The form that the framework asks for, with the official wording that the area has loaded."""
    words = dict(
        Wording.objects.in_area(area)
        .filter(indicator__framework=framework, kind=Wording.Kind.OFFICIAL)
        .values_list("indicator", "text")
    )
    sections = framework.sections.prefetch_related("indicators__key_factors")
    return Layout(
        title=framework.title,
        points=tuple(points(framework.scale)),
        sections=tuple(
            SectionLayout(
                code=section.code,
                name=section.name,
                question=section.question,
                overall=section.overall,
                tools=section.tools,
                elements=tuple(
                    ElementLayout(
                        code=indicator.code,
                        label=indicator.name,
                        key_factors=tuple(factor.text for factor in indicator.key_factors.all()),
                        wording=words.get(indicator.pk, ""),
                    )
                    for indicator in section.indicators.all()
                ),
            )
            for section in sections
        ),
    )


def load_framework(*, by: System, facts: FrameworkFacts) -> tuple[Framework, bool]:
    """Enter this version of the framework; whether anything was entered. Safe to repeat.

    A version that is there with other content is refused: what was judged by it must keep its
    words. Only the program itself may load one (an operator's command).
    """
    there = Framework.objects.filter(code=facts.code, version=facts.version).first()
    if there and there.sha256 == facts.sha256:
        return there, False
    if there:
        raise ValidationError(
            f"Version {facts.version} of {facts.code} is already loaded with other content. "
            f"Give the file “version = {latest(facts.code).version + 1}”."
        )
    with audit.acting(by, "load framework"):
        framework = Framework(
            code=facts.code,
            version=facts.version,
            title=facts.title,
            source=facts.source,
            scale=facts.scale,
            sha256=facts.sha256,
        )
        framework.full_clean()
        framework.save()
        for place, point in enumerate(facts.points, 1):
            row = ScalePoint(framework=framework, sequence=place, **vars(point))
            row.full_clean()
            row.save()
        indicators = 0
        for place, section in enumerate(facts.sections, 1):
            indicators += _load_section(framework, section, place, indicators)
        for place, text in enumerate(facts.outcomes, 1):
            NationalOutcome(framework=framework, sequence=place, text=text).save()
        for place, step in enumerate(facts.steps, 1):
            made = Step(framework=framework, sequence=place, **vars(step))
            made.full_clean()
            made.save()
    return framework, True


def _load_section(framework: Framework, facts: SectionFacts, place: int, before: int) -> int:
    section = Section(
        framework=framework,
        sequence=place,
        code=facts.code,
        name=facts.name,
        question=facts.question,
        overall=facts.overall,
        tools=facts.tools,
    )
    section.full_clean()
    section.save()
    for value, count in facts.national:
        NationalCount(section=section, value=value, count=count).save()
    for number, indicator in enumerate(facts.indicators, before + 1):
        row = QualityIndicator(
            framework=framework,
            section=section,
            sequence=number,
            code=indicator.code,
            name=indicator.name,
            graded=indicator.graded,
        )
        row.full_clean()
        row.save()
        for order, text in enumerate(indicator.key_factors, 1):
            KeyFactor(indicator=row, sequence=order, text=text).save()
    return len(facts.indicators)


def indicators_seen_by(user: User) -> QuerySet[QualityIndicator]:
    """The quality indicators of every framework that the person may see."""
    return QualityIndicator.objects.filter(framework__in=Framework.objects.visible_to(user))
