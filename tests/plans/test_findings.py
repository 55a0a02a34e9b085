"""Validating a self-evaluation, its challenges as gathered from rows, and its findings."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from management.access import Role
from management.models import AuditEvent, User
from management.versions import Stale
from plans.models import Finding, Framework, QualityIndicator, Rating, SelfEvaluation, Wording
from plans.services import findings, self_evaluations, submission, validation
from plans.services.challenges import challenges, last_one
from plans.services.rows import revision
from plans.statuses import Status
from tests import factories
from tests.pages import Page
from tests.plans.test_self_evaluations import colleague, draft, guide, lead, rate_all

pytestmark = pytest.mark.usefixtures("db", "today")
__all__ = ["draft", "guide", "lead"]  # fixtures
State = SelfEvaluation.State


@pytest.fixture
def submitted(draft: SelfEvaluation, lead: User) -> SelfEvaluation:
    rate_all(draft, lead)
    write(draft, lead, "1a.1", strengths="Good data\nGood people", improvements="More files")
    write(draft, lead, "2.1", improvements="• More files")
    self_evaluations.write_conclusion(
        by=lead, self_evaluation=draft, version=draft.version, capacity="", priorities="Staff first"
    )
    submit(draft, lead)
    return draft


def submit(draft: SelfEvaluation, by: User) -> None:
    submission.submit(
        by=by,
        self_evaluation=draft,
        revision_read=revision(draft),
        challenges_read=True,
    )


def write(draft: SelfEvaluation, by: User, code: str, **facts: Any) -> None:
    row = draft.judgements.get(indicator__code=code)
    facts = {"rating": Rating.MOSTLY, **facts}
    self_evaluations.write_judgement(by=by, judgement=row, version=row.version, **facts)


# --- validating --------------------------------------------------------------------------------


def views(of: SelfEvaluation, **changed: tuple[int | None, str]) -> dict[str, Any]:
    """The service's own ratings, but for those that are given by `_`-written code."""
    rows = {
        row.pk: changed.get(f"q{row.indicator.code}".replace(".", "_"), (row.rating, ""))
        for row in of.judgements.select_related("indicator")
    }
    overalls = {row.pk: changed.get("overall", (row.rating, "")) for row in of.overalls.all()}
    return {"judgements": rows, "overalls": overalls}


def validate(of: SelfEvaluation, by: User, **changed: Any) -> None:
    given = views(of, **changed)
    validation.validate(by=by, self_evaluation=of, version=of.version, **given)


@pytest.mark.parametrize("role", [Role.HEAD_OF_SERVICE, Role.INSPECTOR])
def test_a_validator_puts_a_rating_beside_the_services_own(
    submitted: SelfEvaluation, lead: User, role: Role
) -> None:
    head = colleague(lead, role)
    validate(submitted, head, q1a_1=(Rating.PARTIALLY, "Two sources only"))
    assert (submitted.state, submitted.validated_by) == (State.VALIDATED, head)
    row = submitted.judgements.get(indicator__code="1a.1")
    assert (row.rating, row.validated_rating, row.difference) == (3, 2, -1)
    assert row.validated_reason == "Two sources only"
    assert submitted.judgements.get(indicator__code="2.1").difference == 0
    assert AuditEvent.objects.filter(verb="validate self-evaluation").exists()


def test_a_rating_that_differs_wants_a_reason_and_none_may_be_missing(
    submitted: SelfEvaluation, lead: User
) -> None:
    head = colleague(lead, Role.HEAD_OF_SERVICE)
    with pytest.raises(ValidationError, match=r"differs: 1a\.1, 1a overall"):
        validate(submitted, head, q1a_1=(4, " "), overall=(4, ""))
    with pytest.raises(ValidationError, match=r"Not rated yet: 2\.1"):
        validate(submitted, head, q2_1=(None, ""))
    submitted.refresh_from_db()
    assert submitted.state == State.SUBMITTED
    assert not submitted.judgements.exclude(validated_rating=None).exists()


def test_nobody_validates_what_they_submitted(draft: SelfEvaluation, lead: User) -> None:
    head = colleague(lead, Role.HEAD_OF_SERVICE)
    rate_all(draft, head)
    with pytest.raises(ValidationError, match="only a submitted"):
        validate(draft, head)
    submit(draft, head)
    with pytest.raises(ValidationError, match="you submitted it"):
        validate(draft, head)
    with pytest.raises(PermissionDenied):
        validate(draft, lead)


def test_what_was_taken_back_meanwhile_is_not_validated(
    submitted: SelfEvaluation, lead: User
) -> None:
    opened = SelfEvaluation.objects.get(pk=submitted.pk)
    submission.take_back(
        by=lead, self_evaluation=submitted, version=submitted.version, reason="A mistake"
    )
    with pytest.raises(Stale):
        validate(opened, colleague(lead, Role.HEAD_OF_SERVICE))
    assert SelfEvaluation.objects.get(pk=submitted.pk).is_draft


# --- challenges --------------------------------------------------------------------------------


def another(lead: User, guide: Framework, year: int) -> SelfEvaluation:
    made: SelfEvaluation = self_evaluations.start_self_evaluation(
        by=lead,
        area=next(iter(lead.areas_by_id.values())),
        framework=guide,
        title=f"Year {year}",
        start=date(year, 4, 1),
        end=date(year + 1, 3, 31),
    )
    return made


SAID = "Every team reads ten of its own files each quarter and writes down what it finds."


def test_the_wording_of_last_year_and_of_an_exemplar_is_recognised(
    guide: Framework, lead: User
) -> None:
    older, newer = another(lead, guide, 2017), another(lead, guide, 2018)
    for one in (older, newer):
        for row in one.judgements.filter(indicator__code__startswith="1a"):
            self_evaluations.write_judgement(
                by=lead, judgement=row, version=row.version, rating=None, evidence=SAID
            )
    Wording.objects.create(
        area=newer.area,
        indicator=guide.indicators.get(code="1a.2"),
        kind=Wording.Kind.EXEMPLAR,
        text=SAID.upper(),
        file_name="a.toml",
        loaded_by="Somebody",
        loaded_at=factories.MOMENT,
    )
    asked = [(c.where, "exemplar" in c.text, "last time" in c.text) for c in challenges(newer)]
    assert asked == [("1a.2", True, False)], "an unfinished draft is not what was said last time"
    SelfEvaluation.objects.filter(pk=older.pk).update(state=State.SUBMITTED)
    asked = [(c.where, "exemplar" in c.text, "last time" in c.text) for c in challenges(newer)]
    assert asked == [("1a.1", False, True), ("1a.2", True, False), ("1a.2", False, True)]


def test_the_last_one_is_the_nearest_before_it_of_the_same_framework(
    guide: Framework, lead: User
) -> None:
    made = {year: another(lead, guide, year) for year in (2015, 2018, 2016, 2017)}
    SelfEvaluation.objects.exclude(pk=made[2017].pk).update(state=State.VALIDATED)
    assert last_one(made[2018]) == made[2016]
    assert last_one(made[2015]) is None


# --- findings ----------------------------------------------------------------------------------


def make(of: SelfEvaluation, by: User, text: str, code: str | None = "1a.1", kind: str = "") -> Any:
    about = of.framework.indicators.get(code=code) if code else None
    return findings.make_finding(
        by=by,
        self_evaluation=of,
        kind=kind or Finding.Kind.IMPROVEMENT,
        text=text,
        indicator=about,
    )


def test_a_line_becomes_a_finding_once(submitted: SelfEvaluation, lead: User) -> None:
    first = make(submitted, lead, "More files")
    assert (first.reference, first.text, first.kind) == ("F1", "More files", "improvement")
    with pytest.raises(ValidationError, match="finding F1 already"):
        make(submitted, lead, "more files ")
    assert make(submitted, lead, "More files", "2.1").reference == "F2"
    assert make(submitted, lead, "Staff first", None).indicator is None
    with pytest.raises(ValidationError, match="not there any more"):
        make(submitted, lead, "Something else")
    with pytest.raises(ValidationError, match="not there any more"):
        make(submitted, lead, "Good data", kind="improvement")


def test_all_lines_become_findings_at_once(submitted: SelfEvaluation, lead: User) -> None:
    assert findings.waiting(findings.lines(submitted)) == 5
    make(submitted, lead, "More files", "2.1")
    assert findings.waiting(findings.lines(submitted)) == 4
    made = findings.make_all_findings(by=lead, self_evaluation=submitted)
    assert [(f.reference, f.text) for f in made] == [
        ("F2", "Good data"),
        ("F3", "Good people"),
        ("F4", "More files"),
        ("F5", "Staff first"),
    ]
    assert findings.make_all_findings(by=lead, self_evaluation=submitted) == []
    assert all(line.finding for line in findings.lines(submitted))


def test_one_line_written_twice_is_one_finding(draft: SelfEvaluation, lead: User) -> None:
    write(draft, lead, "1a.1", improvements="More files\nmore  files")
    rate_all(draft, lead)
    submit(draft, lead)
    assert findings.waiting(findings.lines(draft)) == 1
    assert len(findings.make_all_findings(by=lead, self_evaluation=draft)) == 1


def test_lines_that_differ_by_a_sign_are_findings_of_their_own(
    draft: SelfEvaluation, lead: User
) -> None:
    write(draft, lead, "1a.1", improvements="-5% in breaches\n5% in breaches\n5 in breaches")
    rate_all(draft, lead)
    submit(draft, lead)
    made = findings.make_all_findings(by=lead, self_evaluation=draft)
    assert [f.text for f in made] == ["-5% in breaches", "5% in breaches", "5 in breaches"]


def test_what_the_service_need_not_rate_the_validator_need_not(
    draft: SelfEvaluation, lead: User
) -> None:
    QualityIndicator.objects.filter(framework=draft.framework).update(graded=False)
    QualityIndicator.objects.filter(framework=draft.framework, code="1a.2").update(graded=True)
    with pytest.raises(ValidationError, match=r"Not rated yet: 1a\.2, 1a overall\."):
        submit(draft, lead)
    write(draft, lead, "1a.2")
    for row in draft.overalls.all():
        self_evaluations.write_overall(by=lead, overall=row, version=1, rating=3, rationale="So")
    submit(draft, lead)
    validate(draft, colleague(lead, Role.HEAD_OF_SERVICE))
    assert draft.judgements.get(indicator__code="1a.2").validated_rating == 3
    assert draft.judgements.get(indicator__code="1a.1").validated_rating is None


def test_a_draft_has_no_findings_yet(draft: SelfEvaluation, lead: User) -> None:
    write(draft, lead, "1a.1", improvements="More files")
    for make_one in (
        lambda: make(draft, lead, "More files"),
        lambda: findings.make_all_findings(by=lead, self_evaluation=draft),
    ):
        with pytest.raises(ValidationError, match="Submit it first"):
            make_one()
    assert not Finding.objects.exists()


def test_a_finding_is_withdrawn_with_a_reason_unless_an_open_action_hangs_on_it(
    submitted: SelfEvaluation, lead: User
) -> None:
    finding = make(submitted, lead, "More files")
    action = factories.action(factories.plan(submitted.area), reference="A1")
    action.findings.add(finding, through_defaults={"area": submitted.area})
    with pytest.raises(ValidationError, match="answered by A1, still open"):
        findings.withdraw_finding(by=lead, finding=finding, reason="Not so")
    type(action).objects.filter(pk=action.pk).update(status=Status.WITHDRAWN)
    with pytest.raises(ValidationError, match="Say why"):
        findings.withdraw_finding(by=lead, finding=finding, reason=" ")
    findings.withdraw_finding(by=lead, finding=finding, reason="Not so")
    finding.refresh_from_db()
    assert (finding.withdrawn_on, finding.withdrawn_reason) == (date(2020, 1, 15), "Not so")
    with pytest.raises(ValidationError, match="withdrawn already"):
        findings.withdraw_finding(by=lead, finding=finding, reason="Not so")
    assert make(submitted, lead, "More files").reference == "F2", "its number is not used again"


@pytest.mark.parametrize("role", [Role.SERVICE_MANAGER, Role.INSPECTOR])
def test_only_keepers_make_findings(submitted: SelfEvaluation, lead: User, role: Role) -> None:
    with pytest.raises(PermissionDenied):
        make(submitted, colleague(lead, role), "More files")


def test_what_is_to_improve_stands_before_the_strengths_on_the_page_of_coverage(
    client: Any,
) -> None:
    area = factories.area("Bute", slug="bute")
    client.force_login(factories.user(area, Role.PERFORMANCE_LEAD))
    made = factories.self_evaluation(area, state="submitted")
    for kind in ("strength", "improvement", "strength", "improvement"):
        factories.finding(made, kind=kind)
    page = Page(client.get(reverse("self_evaluation_coverage", args=["bute", made.pk])))
    kinds = [row[0].rsplit(" ", 1)[0] for row in page.rows()]
    assert kinds == ["Area for improvement"] * 2 + ["Strength"] * 2
    assert reverse("self_evaluations", args=["bute"]) in page.source
