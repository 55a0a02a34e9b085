"""A self-evaluation as the form that it is, to be written to Word or Excel."""

from plans.form.content import ElementAnswer, Form, SectionAnswer, ToolAnswer
from plans.models import Judgement, SelfEvaluation
from plans.sentences import lines_of
from plans.services.self_evaluations import SOURCE_FIELDS


def form_of(self_evaluation: SelfEvaluation) -> Form:
    """Everything that the service said, in the order of its framework."""
    judgements: dict[int, list[Judgement]] = {}
    for row in self_evaluation.judgements.select_related("indicator"):
        judgements.setdefault(row.indicator.section_id, []).append(row)
    overalls = {o.section_id: o for o in self_evaluation.overalls.prefetch_related("tools")}
    sections = []
    for section in self_evaluation.framework.sections.all():
        overall = overalls.get(section.pk)
        tools = overall.tools.all() if overall else []
        sections.append(
            SectionAnswer(
                code=section.code,
                elements=tuple(_element(row) for row in judgements.get(section.pk, [])),
                overall=overall.rating if overall else None,
                rationale=paragraphs(overall.rationale) if overall else (),
                tools=tuple(ToolAnswer(tool.name, tool.reach) for tool in tools),
            )
        )
    return Form(
        area=self_evaluation.area.name,
        sections=tuple(sections),
        capacity=paragraphs(self_evaluation.capacity),
        priorities=tuple(lines_of(self_evaluation.priorities)),
    )


def _element(row: Judgement) -> ElementAnswer:
    named = ((kind, paragraphs(getattr(row, name))) for kind, name in SOURCE_FIELDS.items())
    return ElementAnswer(
        code=row.indicator.code,
        rating=row.rating,
        evidence=paragraphs(row.evidence),
        sources=tuple((kind, texts) for kind, texts in named if texts),
        strengths=tuple(lines_of(row.strengths)),
        improvements=tuple(lines_of(row.improvements)),
        ambition=paragraphs(row.ambition),
    )


def paragraphs(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())
