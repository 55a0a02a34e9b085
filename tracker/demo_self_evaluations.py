"""The self-evaluations of the demonstration: entered through the services, on their days."""

from typing import Any

from management import clock
from management.models import Area, User
from plans import scales
from plans.models import Action, Judgement, Overall, SelfEvaluation
from plans.services import (
    actions,
    findings,
    frameworks,
    self_evaluations,
    submission,
    validation,
)
from plans.services.rows import revision

TEXTS = ("evidence", "data", "documents", "views", "observation")


def load(area: Area, content: list[dict[str, Any]]) -> None:
    """Enter each of them: started, assigned, written, and as far as it came."""
    people = {user.email: user for user in User.objects.all()}
    for one in content:
        whole = _start(area, one, people)
        with clock.hold(one["written_on"]):
            _write(whole, one, people[one["started_by"]])
        if "submitted" in one:
            _submit(whole, one["submitted"], people)
            _validate(whole, one["validated"], people)
            _findings(whole, one["findings"], people)


def _start(area: Area, one: dict[str, Any], people: dict[str, User]) -> SelfEvaluation:
    by = people[one["started_by"]]
    with clock.hold(one["started_on"]):
        whole = self_evaluations.start_self_evaluation(
            by=by,
            area=area,
            framework=frameworks.latest(one["framework"]),
            title=one["title"],
            start=one["start"],
            end=one["end"],
            illustrative=one["illustrative"],
        )
        elements, sections = _rows(whole)
        judgements: dict[int, User | None] = {}
        overalls: dict[int, User | None] = {}
        for asked in one.get("assigned", []):
            person = people[asked["by"]]
            judgements |= {elements[code].pk: person for code in asked["codes"]}
            overalls |= {sections[code].pk: person for code in asked.get("overall", [])}
        self_evaluations.assign(
            by=by,
            self_evaluation=whole,
            version=whole.version,
            judgements=judgements,
            overalls=overalls,
        )
        self_evaluations.write_conclusion(
            by=by,
            self_evaluation=whole,
            version=whole.version,
            capacity=one["capacity"],
            priorities="\n".join(one["priorities"]),
        )
    return whole


def _rows(whole: SelfEvaluation) -> tuple[dict[str, Judgement], dict[str, Overall]]:
    elements = {row.indicator.code: row for row in whole.judgements.select_related("indicator")}
    return elements, {row.section.code: row for row in whole.overalls.select_related("section")}


def _write(whole: SelfEvaluation, one: dict[str, Any], keeper: User) -> None:
    """Each element by whoever was asked to write it."""
    values = {label: value for value, label in scales.points(whole.framework.scale)}
    elements, sections = _rows(whole)
    for said in one["judgements"]:
        row = elements[said["code"]]
        self_evaluations.write_judgement(
            by=row.contributor or keeper,
            judgement=row,
            version=row.version,
            rating=values[said["rating"]],
            strengths="\n".join(said.get("strengths", [])),
            improvements="\n".join(said.get("improvements", [])),
            **{name: said.get(name, "") for name in TEXTS},
        )
    for said in one["overalls"]:
        overall = sections[said["code"]]
        self_evaluations.write_overall(
            by=overall.contributor or keeper,
            overall=overall,
            version=overall.version,
            rating=values[said["rating"]],
            rationale=said["rationale"],
            tools=[(tool["name"], tool["reach"]) for tool in said["tools"]],
        )


def _submit(whole: SelfEvaluation, said: dict[str, Any], people: dict[str, User]) -> None:
    with clock.hold(said["on"]):
        submission.submit(
            by=people[said["by"]],
            self_evaluation=whole,
            revision_read=revision(whole),
            challenges_read=True,
        )


def _validate(whole: SelfEvaluation, said: dict[str, Any], people: dict[str, User]) -> None:
    values = {label: value for value, label in scales.points(whole.framework.scale)}
    differ = {d["code"]: (values[d["rating"]], d["reason"]) for d in said["differences"]}
    elements, sections = _rows(whole)
    with clock.hold(said["on"]):
        validation.validate(
            by=people[said["by"]],
            self_evaluation=whole,
            version=whole.version,
            judgements={
                row.pk: differ.get(code, (row.rating, "")) for code, row in elements.items()
            },
            overalls={row.pk: (row.rating, "") for row in sections.values()},
        )


def _findings(whole: SelfEvaluation, said: dict[str, Any], people: dict[str, User]) -> None:
    """All lines become findings, and some actions of the plan answer some of them."""
    by = people[said["by"]]
    with clock.hold(said["on"]):
        made = findings.make_all_findings(by=by, self_evaluation=whole)
    by_text = {finding.text: finding for finding in made}
    answers: dict[str, list[Any]] = {}
    for link in said["links"]:
        for reference in link["actions"]:
            answers.setdefault(reference, []).append(by_text[link["line"]])
    with clock.hold(said["linked_on"]):
        for reference, found in answers.items():
            action = Action.objects.in_area(whole.area).get(reference=reference)
            actions.link_action(
                by=by,
                action=action,
                recommendations=list(action.recommendations.all()),
                findings=found,
                kpis=list(action.kpis.all()),
            )
