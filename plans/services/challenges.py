"""What is to be asked of a self-evaluation, gathered from its rows."""

from django.db.models import QuerySet

from plans import scales
from plans.challenge import Challenge, Element, Measure, Section, challenge
from plans.models import Judgement, Overall, SelfEvaluation, Wording

KINDS = {
    "data": "data",
    "documents": "documents",
    "views": "views of people",
    "observation": "observation",
}
OBLIGING = 2  # the two lowest grades of the six-point scale


def last_one(self_evaluation: SelfEvaluation) -> SelfEvaluation | None:
    """The one before it, by the same framework, that the service stood by."""
    found: SelfEvaluation | None = SelfEvaluation.objects.before(self_evaluation).stood_by().first()
    return found


def challenges(self_evaluation: SelfEvaluation) -> tuple[Challenge, ...]:
    """Everything that a critical friend would ask, in the order of the form, in seven queries."""
    framework = self_evaluation.framework
    last = last_one(self_evaluation)
    evidence = dict(last.judgements.values_list("indicator__code", "evidence")) if last else {}
    rationales = dict(last.overalls.values_list("section__code", "rationale")) if last else {}
    exemplars: dict[int, tuple[str, ...]] = {}
    shown = Wording.objects.in_area(self_evaluation.area).filter(
        kind=Wording.Kind.EXEMPLAR, indicator__framework=framework
    )
    for indicator, text in shown.values_list("indicator", "text"):
        exemplars[indicator] = (*exemplars.get(indicator, ()), text)
    elements: dict[int, list[Element]] = {}
    judgements: QuerySet[Judgement] = self_evaluation.judgements.select_related("indicator")
    for row in judgements:
        elements.setdefault(row.indicator.section_id, []).append(
            Element(
                code=row.indicator.code,
                rating=row.rating,
                evidence=row.evidence,
                kinds=tuple(KINDS[kind] for kind in KINDS if getattr(row, kind).strip()),
                improvements=row.improvements,
                exemplars=exemplars.get(row.indicator_id, ()),
                last=evidence.get(row.indicator.code, ""),
            )
        )
    overalls: dict[int, Overall] = {o.section_id: o for o in self_evaluation.overalls.all()}
    sections = []
    for section in framework.sections.all():
        overall = overalls.get(section.pk)
        sections.append(
            Section(
                code=section.code,
                elements=tuple(elements.get(section.pk, ())),
                asks=section.overall,
                rating=overall.rating if overall else None,
                rationale=overall.rationale if overall else "",
                last=rationales.get(section.code, ""),
            )
        )
    obliges = {
        point.value: point.obliges or "Action is required."
        for point in framework.scale_points.all()
        if framework.scale == scales.Scale.GRADE and point.value <= OBLIGING
    }
    measure = Measure(dict(scales.points(framework.scale)), obliges)
    return challenge(tuple(sections), self_evaluation.priorities, measure)
