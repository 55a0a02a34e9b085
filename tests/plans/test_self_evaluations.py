"""Services of self-evaluations: who may write what, and what is refused."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from management.access import Role, System
from management.models import AuditEvent, User
from management.versions import Stale
from plans.form.content import ElementAnswer, Form, Note, SectionAnswer, ToolAnswer
from plans.models import Framework, Judgement, Rating, SelfEvaluation
from plans.scales import Scale
from plans.services import findings, plans, submission, validation
from plans.services import self_evaluations as services
from plans.services.rows import revision
from tests import factories

pytestmark = pytest.mark.usefixtures("db", "today")
State = SelfEvaluation.State


@pytest.fixture
def guide() -> Framework:
    """Two sections: one of two statements with an overall rating and tools, one of a driver."""
    made = factories.framework((), scale=Scale.RATING)
    one = factories.section(made, "1a", overall=True, tools=True, sequence=1)
    two = factories.section(made, "2", sequence=2)
    for place, (code, section) in enumerate([("1a.1", one), ("1a.2", one), ("2.1", two)], 1):
        factories.quality_indicator(made, code, section=section, sequence=place)
    return made


@pytest.fixture
def lead(guide: Framework) -> User:
    return factories.user(factories.area(), Role.PERFORMANCE_LEAD)


def colleague(lead: User, role: Role) -> User:
    return factories.user(next(iter(lead.areas_by_id.values())), role)


def area_of(user: User) -> Any:
    return next(iter(user.areas_by_id.values()))


@pytest.fixture
def draft(guide: Framework, lead: User) -> SelfEvaluation:
    return services.start_self_evaluation(
        by=lead,
        area=area_of(lead),
        framework=guide,
        title="Our year",
        start=date(2019, 4, 1),
        end=date(2020, 3, 31),
    )


def rate_all(draft: SelfEvaluation, by: Any, value: int = Rating.MOSTLY) -> None:
    for judgement in draft.judgements.all():
        services.write_judgement(
            by=by, judgement=judgement, version=judgement.version, rating=value, evidence="Seen"
        )
    for overall in draft.overalls.all():
        services.write_overall(
            by=by, overall=overall, version=overall.version, rating=value, rationale="All in all"
        )


def verbs() -> list[str]:
    return list(AuditEvent.objects.order_by("pk").values_list("verb", flat=True))


# --- starting and importing --------------------------------------------------------------------


def test_a_new_one_has_an_empty_row_for_everything_that_the_form_asks(
    draft: SelfEvaluation,
) -> None:
    assert [str(j).split()[0] for j in draft.judgements.all()] == ["1a.1", "1a.2", "2.1"]
    assert [o.section.code for o in draft.overalls.all()] == ["1a"]
    assert draft.is_draft and "start self-evaluation" in verbs()


@pytest.mark.parametrize(
    ("start", "end", "field"),
    [
        (date(2020, 4, 1), date(2019, 3, 31), "end"),
        (date(219, 4, 1), date(2020, 3, 31), "start"),
        (date(19, 4, 1), date(20, 3, 31), "start"),
        (date(2201, 4, 1), date(2202, 3, 31), "end"),
    ],
)
def test_a_period_that_cannot_be_meant_is_refused_at_its_field(
    guide: Framework, lead: User, start: date, end: date, field: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        services.start_self_evaluation(
            by=lead, area=area_of(lead), framework=guide, title="A", start=start, end=end
        )
    assert set(refused.value.message_dict) == {field}
    assert not SelfEvaluation.objects.exists()


def test_the_newest_version_of_a_framework_is_offered_whatever_its_title(guide: Framework) -> None:
    newer = factories.framework((), code=guide.code, version=2, title="A form of a new name")
    assert services.frameworks() == [newer]


def test_two_of_one_area_cannot_have_the_same_title(draft: SelfEvaluation, lead: User) -> None:
    with pytest.raises(ValidationError, match="already has a self-evaluation with this title"):
        services.start_self_evaluation(
            by=lead,
            area=draft.area,
            framework=draft.framework,
            title="Our year ",
            start=draft.start,
            end=draft.end,
        )


def bring_in(lead: User, guide: Framework, form: Form) -> SelfEvaluation:
    return services.import_form(
        by=lead,
        area=area_of(lead),
        framework=guide,
        form=form,
        title="From Word",
        start=date(2018, 4, 1),
        end=date(2019, 3, 31),
        file_name="form.docx",
        file_sha256="ab" * 32,
    )


def test_a_completed_form_comes_in_whole(guide: Framework, lead: User) -> None:
    form = Form(
        area="Ardmore",
        sections=(
            SectionAnswer(
                "1a",
                (
                    ElementAnswer("1a.1", Rating.FULLY, ("First.", "Second.")),
                    ElementAnswer("1a.2", None, ()),
                ),
                overall=Rating.MOSTLY,
                rationale=("Because.",),
                tools=(ToolAnswer("Dashboard", "local"), ToolAnswer("Return", "")),
            ),
            SectionAnswer("2", (ElementAnswer("2.1", Rating.PARTIALLY, ()),)),
        ),
        capacity=("We can.", "We lack time."),
        priorities=("One thing", "Another\nthing"),
        notes=(Note("Table 2, row 4", "No box is ticked."),),
    )
    made = bring_in(lead, guide, form)
    rows = {j.indicator.code: (j.rating, j.evidence) for j in made.judgements.all()}
    assert rows == {
        "1a.1": (Rating.FULLY, "First.\n\nSecond."),
        "1a.2": (None, ""),
        "2.1": (Rating.PARTIALLY, ""),
    }
    overall = made.overalls.get()
    assert (overall.rating, overall.rationale) == (Rating.MOSTLY, "Because.")
    assert list(overall.tools.values_list("name", "reach")) == [
        ("Dashboard", "local"),
        ("Return", ""),
    ]
    assert made.capacity == "We can.\n\nWe lack time."
    assert made.priorities == "One thing\nAnother thing"
    assert (made.file_name, made.file_sha256) == ("form.docx", "ab" * 32)
    assert made.judgements.get(indicator__code="1a.1").written_by == (
        f"{lead.name} (from the Word form)"
    )


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        (Form("A", (), notes=(Note("Table 1", "Two boxes.", fatal=True),)), "Table 1: Two boxes."),
        (Form("A", (SectionAnswer("9", (ElementAnswer("9.9", 1),)),)), "has no element 9.9"),
        (Form("A", (SectionAnswer("2", (), overall=2),)), "no overall rating of 2"),
        (Form("A", (SectionAnswer("2", (ElementAnswer("2.1", 7),)),)), "Choose one of"),
    ],
)
def test_a_form_that_cannot_be_taken_leaves_nothing_behind(
    guide: Framework, lead: User, form: Form, sentence: str
) -> None:
    with pytest.raises(ValidationError, match=sentence):
        bring_in(lead, guide, form)
    assert not SelfEvaluation.objects.exists()


def test_the_program_itself_brings_a_form_in(guide: Framework) -> None:
    area = factories.area()
    made = services.import_form(
        by=System("command"),
        area=area,
        framework=guide,
        form=Form("", ()),
        title="T",
        start=date(2019, 4, 1),
        end=date(2020, 3, 31),
        file_name="f.docx",
        file_sha256="",
    )
    assert made.started_by == "command"


# --- writing -----------------------------------------------------------------------------------


def test_a_service_manager_writes_what_was_assigned_and_nothing_else(
    draft: SelfEvaluation, lead: User
) -> None:
    manager = colleague(lead, Role.SERVICE_MANAGER)
    mine, other = draft.judgements.all()[:2]
    services.assign(
        by=lead,
        self_evaluation=draft,
        version=draft.version,
        judgements={mine.pk: manager},
        overalls={},
    )
    mine.refresh_from_db()
    services.write_judgement(by=manager, judgement=mine, version=mine.version, rating=2)
    assert Judgement.objects.get(pk=mine.pk).written_by == manager.name
    with pytest.raises(PermissionDenied, match="Nobody was asked to"):
        services.write_judgement(by=manager, judgement=other, version=other.version, rating=2)
    with pytest.raises(PermissionDenied):
        services.write_conclusion(
            by=manager, self_evaluation=draft, version=draft.version, capacity="", priorities=""
        )


@pytest.mark.parametrize("role", [Role.BOARD_MEMBER, Role.INSPECTOR])
def test_only_who_may_write_can_be_asked_to(draft: SelfEvaluation, lead: User, role: Role) -> None:
    person = colleague(lead, role)
    row = draft.judgements.first()
    with pytest.raises(ValidationError, match="has no role in which to write"):
        services.assign(
            by=lead,
            self_evaluation=draft,
            version=draft.version,
            judgements={row.pk: person},
            overalls={},
        )


def test_assigning_does_not_disturb_who_is_writing(draft: SelfEvaluation, lead: User) -> None:
    row = draft.judgements.first()
    services.assign(
        by=lead,
        self_evaluation=draft,
        version=draft.version,
        judgements={row.pk: lead},
        overalls={},
    )
    services.write_judgement(by=lead, judgement=row, version=row.version, rating=3)
    assert Judgement.objects.get(pk=row.pk).contributor == lead


def test_a_stale_save_changes_nothing(draft: SelfEvaluation, lead: User) -> None:
    first, second = draft.judgements.first(), draft.judgements.first()
    services.write_judgement(by=lead, judgement=first, version=1, rating=3, evidence="Mine")
    with pytest.raises(Stale) as stale:
        services.write_judgement(by=lead, judgement=second, version=1, rating=1, evidence="Yours")
    assert stale.value.row.evidence == "Mine"
    assert Judgement.objects.get(pk=first.pk).rating == 3


def test_a_rating_that_the_scale_does_not_have_is_refused(
    draft: SelfEvaluation, lead: User
) -> None:
    row = draft.judgements.first()
    with pytest.raises(ValidationError, match="Not at all, Partially, Mostly, Fully"):
        services.write_judgement(by=lead, judgement=row, version=1, rating=5)


def test_the_tools_of_a_section_are_replaced_by_those_that_are_written(
    draft: SelfEvaluation, lead: User
) -> None:
    overall = draft.overalls.get()
    for tools in ([("One", "local"), ("Two", "")], [("Two", "national"), ("  ", "local")]):
        services.write_overall(
            by=lead, overall=overall, version=overall.version, rating=2, rationale="", tools=tools
        )
    assert list(overall.tools.values_list("name", "reach")) == [("Two", "national")]


def test_priorities_are_kept_one_on_a_line(draft: SelfEvaluation, lead: User) -> None:
    services.write_conclusion(
        by=lead,
        self_evaluation=draft,
        version=draft.version,
        capacity=" Some ",
        priorities="• First\n\n- Second \n",
    )
    draft.refresh_from_db()
    assert (draft.capacity, draft.priorities) == ("Some", "First\nSecond")


# --- submitting and taking back ----------------------------------------------------------------


def submit(draft: SelfEvaluation, by: Any, read: bool = True) -> None:
    submission.submit(
        by=by, self_evaluation=draft, revision_read=revision(draft), challenges_read=read
    )


def test_a_conclusion_written_after_the_questions_were_read_is_another_revision(
    draft: SelfEvaluation, lead: User
) -> None:
    rate_all(draft, lead)
    read = revision(draft)
    services.write_conclusion(
        by=lead, self_evaluation=draft, version=draft.version, capacity="More", priorities=""
    )
    assert revision(draft) != read


def test_what_has_no_rating_is_named_when_it_is_submitted(
    draft: SelfEvaluation, lead: User
) -> None:
    row = draft.judgements.first()
    services.write_judgement(by=lead, judgement=row, version=1, rating=3)
    with pytest.raises(ValidationError, match=r"1a\.2, 1a overall, 2\.1"):
        submit(draft, lead)
    assert SelfEvaluation.objects.get().is_draft


def stood(draft: SelfEvaluation, lead: User, state: str) -> SelfEvaluation:
    SelfEvaluation.objects.filter(pk=draft.pk).update(state=state)
    return SelfEvaluation.objects.get(pk=draft.pk)


DEEDS: dict[str, tuple[set[str], Any]] = {
    "revise": (
        {State.DRAFT},
        lambda by, x: services.revise(
            by=by, self_evaluation=x, version=x.version, title="B", start=x.start, end=x.end
        ),
    ),
    "conclude": (
        {State.DRAFT},
        lambda by, x: services.write_conclusion(
            by=by, self_evaluation=x, version=x.version, capacity="", priorities=""
        ),
    ),
    "withdraw": (
        {State.DRAFT},
        lambda by, x: submission.withdraw(
            by=by, self_evaluation=x, version=x.version, reason="A mistake"
        ),
    ),
    "submit": ({State.DRAFT}, lambda by, x: submit(x, by)),
    "take back": (
        {State.SUBMITTED},
        lambda by, x: submission.take_back(
            by=by, self_evaluation=x, version=x.version, reason="A mistake"
        ),
    ),
    "keep": (
        {State.SUBMITTED},
        lambda by, x: validation.keep(
            by=by, self_evaluation=x, version=x.version, judgements={}, overalls={}
        ),
    ),
    "validate": (
        {State.SUBMITTED},
        lambda by, x: validation.validate(
            by=by,
            self_evaluation=x,
            version=x.version,
            judgements={row.pk: (row.rating, "") for row in x.judgements.all()},
            overalls={row.pk: (row.rating, "") for row in x.overalls.all()},
        ),
    ),
    "plan": (
        {State.SUBMITTED, State.VALIDATED},
        lambda by, x: plans.create_plan(
            by=by, area=x.area, title="P", self_evaluation=x, agreed_on=date(2020, 1, 10)
        ),
    ),
    "find": (
        {State.SUBMITTED, State.VALIDATED},
        lambda by, x: findings.make_all_findings(by=by, self_evaluation=x),
    ),
}


@pytest.mark.parametrize("state", State.values)
@pytest.mark.parametrize("deed", DEEDS)
def test_what_can_be_done_in_which_state(
    draft: SelfEvaluation, lead: User, deed: str, state: str
) -> None:
    allowed, do = DEEDS[deed]
    rate_all(draft, lead)
    whole, head = stood(draft, lead, state), colleague(lead, Role.HEAD_OF_SERVICE)
    if state in allowed:
        do(head, whole)
    else:
        with pytest.raises(ValidationError):
            do(head, whole)
        assert SelfEvaluation.objects.get(pk=whole.pk).version == whole.version


@pytest.mark.parametrize("deed", DEEDS)
def test_a_board_member_does_none_of_it(draft: SelfEvaluation, lead: User, deed: str) -> None:
    allowed, do = DEEDS[deed]
    rate_all(draft, lead)
    whole = stood(draft, lead, min(allowed))
    with pytest.raises(PermissionDenied):
        do(colleague(lead, Role.BOARD_MEMBER), whole)


@pytest.mark.parametrize(
    "deed", ["revise", "conclude", "withdraw", "take back", "keep", "validate"]
)
def test_none_of_it_is_done_to_what_somebody_has_changed(
    draft: SelfEvaluation, lead: User, deed: str
) -> None:
    allowed, do = DEEDS[deed]
    rate_all(draft, lead)
    whole = stood(draft, lead, min(allowed))
    SelfEvaluation.objects.filter(pk=whole.pk).update(version=9)
    with pytest.raises(Stale):
        do(colleague(lead, Role.HEAD_OF_SERVICE), whole)


def test_a_withdrawal_wants_a_reason_and_nothing_that_hangs_on_it(
    draft: SelfEvaluation, lead: User
) -> None:
    def withdraw(reason: str) -> None:
        submission.withdraw(by=lead, self_evaluation=draft, version=draft.version, reason=reason)

    with pytest.raises(ValidationError, match="Say why it is withdrawn"):
        withdraw(" ")
    plan = factories.plan(draft.area, self_evaluation=draft, title="Do better")
    with pytest.raises(ValidationError, match="The plan “Do better” answers it"):
        withdraw("A mistake")
    plan.delete()
    factories.finding(draft, withdrawn_on=date(2020, 1, 1), withdrawn_reason="Not so")
    withdraw("A mistake")
    assert draft.state == State.WITHDRAWN


def test_of_two_who_take_one_title_at_once_the_second_is_told(
    draft: SelfEvaluation, lead: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Both have been asked whether it is free before either has saved.
    monkeypatch.setattr(SelfEvaluation, "validate_constraints", lambda *_, **__: None)
    with pytest.raises(ValidationError, match="already has a self-evaluation with this title"):
        services.start_self_evaluation(
            by=lead,
            area=draft.area,
            framework=draft.framework,
            title=draft.title,
            start=draft.start,
            end=draft.end,
        )


def test_the_challenges_must_have_been_read(draft: SelfEvaluation, lead: User) -> None:
    rate_all(draft, lead)
    with pytest.raises(ValidationError) as refused:
        submit(draft, lead, read=False)
    assert "challenges_read" in refused.value.message_dict


def test_what_was_submitted_stays_as_it_was_until_it_is_taken_back(
    draft: SelfEvaluation, lead: User
) -> None:
    rate_all(draft, lead)
    submit(draft, lead)
    assert (draft.state, draft.submitted_by, draft.submitted_on) == (
        State.SUBMITTED,
        lead,
        date(2020, 1, 15),
    )
    row = draft.judgements.first()
    with pytest.raises(ValidationError, match="is submitted: it cannot be changed"):
        services.write_judgement(by=lead, judgement=row, version=row.version, rating=1)
    with pytest.raises(ValidationError) as refused:
        submission.take_back(by=lead, self_evaluation=draft, version=draft.version, reason=" ")
    assert "reason" in refused.value.message_dict
    submission.take_back(by=lead, self_evaluation=draft, version=draft.version, reason="A mistake")
    assert draft.is_draft and draft.submitted_by is None
    entry = AuditEvent.objects.filter(verb="take back self-evaluation").get()
    assert (entry.reason, entry.actor_name) == ("A mistake", lead.name)
    services.write_judgement(by=lead, judgement=row, version=row.version, rating=1)


def test_a_draft_cannot_be_taken_back(draft: SelfEvaluation, lead: User) -> None:
    with pytest.raises(ValidationError, match="only a submitted"):
        submission.take_back(by=lead, self_evaluation=draft, version=draft.version, reason="Why")


@pytest.mark.parametrize("role", [Role.SERVICE_MANAGER, Role.BOARD_MEMBER, Role.INSPECTOR])
def test_only_keepers_start_and_submit(draft: SelfEvaluation, lead: User, role: Role) -> None:
    rate_all(draft, lead)
    with pytest.raises(PermissionDenied):
        submit(draft, colleague(lead, role))
