"""Pages of self-evaluations: what a reader sees, what a form answers, and what is kept."""

import time
from datetime import date
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from docx import Document
from openpyxl import load_workbook

from management.access import Role, System
from management.models import Area, User
from management.uploads import MAX_BYTES
from plans.form import reading, writing
from plans.form.content import ElementAnswer, Form, SectionAnswer, ToolAnswer
from plans.models import Finding, Framework, Judgement, SelfEvaluation
from plans.scales import Scale
from plans.services import findings, frameworks, self_evaluations, submission
from plans.services.rows import revision
from tests import factories
from tests.pages import AWKWARD, Page, statements

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
State = SelfEvaluation.State
SAYS = "Managers read files each month. Nobody puts the results together."


@pytest.fixture
def area():
    return factories.area("Angus")


@pytest.fixture
def guide() -> Framework:
    return factories.self_evaluation_form()


@pytest.fixture
def lead(area, client) -> User:
    """The performance lead, signed in."""
    person = factories.user(area, Role.PERFORMANCE_LEAD, name="Fiona Adair")
    client.force_login(person)
    return person


@pytest.fixture
def draft(area, guide, lead) -> SelfEvaluation:
    return self_evaluations.start_self_evaluation(
        by=lead,
        area=area,
        framework=guide,
        title="Our year",
        start=date(2019, 4, 1),
        end=date(2020, 3, 31),
    )


@pytest.fixture
def visit(client, area):
    """Opens or sends a page of the area by its route."""

    def ask(name: str, *args: Any, form: dict[str, Any] | None = None, by: User | None = None):
        browser = client
        if by is not None:
            browser = Client()
            browser.force_login(by)
        url = reverse(name, args=[area.slug, *args])
        if form is None:
            return Page(browser.get(url))
        return Page(browser.post(url, form, follow=True))

    return ask


def row_of(whole: SelfEvaluation, code: str) -> Judgement:
    return whole.judgements.get(indicator__code=code)


def write(whole: SelfEvaluation, by: User, code: str, **facts: Any) -> None:
    row = row_of(whole, code)
    facts = {"rating": 3, **facts}
    self_evaluations.write_judgement(by=by, judgement=row, version=row.version, **facts)


def finish(whole: SelfEvaluation, by: User) -> None:
    for row in whole.judgements.filter(rating=None):
        self_evaluations.write_judgement(by=by, judgement=row, version=row.version, rating=2)
    for row in whole.overalls.filter(rating=None):
        self_evaluations.write_overall(
            by=by, overall=row, version=row.version, rating=2, rationale="So"
        )
    whole.refresh_from_db()
    submission.submit(
        by=by,
        self_evaluation=whole,
        revision_read=revision(whole),
        challenges_read=True,
    )


# --- starting ----------------------------------------------------------------------------------


def test_an_empty_area_says_what_to_do_first(visit, lead):
    page = visit("self_evaluations")
    assert "has no self-evaluation here yet" in page.text
    assert {"Start one", "Bring in a Word form"} <= {
        " ".join(a.text_content().split()) for a in page.main.iter("a")
    }


def test_without_a_framework_it_says_who_can_load_one(visit, lead):
    for name in ("self_evaluation_new", "self_evaluation_import"):
        page = visit(name)
        assert "No framework is loaded" in page.text and not page.form


def test_one_is_started_from_the_page_with_this_financial_year_filled_in(visit, lead, guide):
    form = visit("self_evaluation_new").form
    assert (form["title"], form["start"], form["end"]) == (
        "Self-evaluation 2019-20",
        "01 04 2019",
        "31 03 2020",
    )
    page = visit("self_evaluation_new", form={**form, "framework": guide.pk})
    assert "Started." in page.text
    assert SelfEvaluation.objects.get().judgements.count() == 5


def test_a_period_that_ends_before_it_begins_is_refused_at_its_field(visit, lead, guide):
    form = {"framework": guide.pk, "title": "T", "start": "1 4 2020", "end": "31 3 2019"}
    page = visit("self_evaluation_new", form=form)
    assert page.errors == {"Last day of the period": ["The period cannot end before it begins."]}
    assert page.typed("start") == "1 4 2020"


# --- writing -----------------------------------------------------------------------------------


def test_an_element_is_written_and_its_challenges_come_back(visit, draft):
    row = row_of(draft, "1a.1")
    form = visit("judgement_write", draft.pk, row.pk).form
    form |= {"rating": "4", "evidence": AWKWARD, "strengths": "One"}
    page = visit("judgement_write", draft.pk, row.pk, form=form)
    assert "1a.1 saved." in page.text and "No kind of source is named" in page.text
    assert page.shows(AWKWARD)
    assert visit("judgement", draft.pk, row.pk).shows(AWKWARD)
    assert "Pick strengths" in visit("self_evaluation", draft.pk).text


def test_save_and_next_goes_to_the_next_thing_that_the_person_may_write(visit, draft, area):
    manager = factories.user(area, Role.SERVICE_MANAGER)
    asked = draft.judgements.filter(indicator__code__in=["1a.1", "2.1"])
    self_evaluations.assign(
        by=draft_keeper(area),
        self_evaluation=draft,
        version=draft.version,
        judgements={row.pk: manager for row in asked},
        overalls={},
    )
    first = row_of(draft, "1a.1")
    form = {"rating": "2", "version": "1", "next": "1"}
    page = visit("judgement_write", draft.pk, first.pk, form=form, by=manager)
    assert "2.1 Quality of 2.1" in page.title
    last = row_of(draft, "2.1")
    page = visit("judgement_write", draft.pk, last.pk, form=form, by=manager)
    assert page.title.startswith("Our year")
    other = row_of(draft, "1b.1")
    assert visit("judgement_write", draft.pk, other.pk, by=manager).status == 403
    home = visit("area", by=manager).text
    assert "mine to write" in home and "1a.1" in home and "1b.1" not in home


def draft_keeper(area: Area) -> User:
    return User.objects.get(memberships__area=area, memberships__role=Role.PERFORMANCE_LEAD)


def test_a_stale_save_shows_both_texts_and_keeps_what_was_typed(visit, draft, area, client):
    row = row_of(draft, "1a.1")
    other = factories.user(area, Role.HEAD_OF_SERVICE, name="Elspeth")
    form = visit("judgement_write", draft.pk, row.pk).form
    write(draft, other, "1a.1", evidence="What she wrote", rating=2)
    form |= {"rating": "4", "evidence": "What I typed"}
    page = visit("judgement_write", draft.pk, row.pk, form=form)
    assert page.status == 409
    assert "Nothing was saved. Elspeth changed this" in page.text
    assert ["Evidence", "What she wrote", "What I typed"] in page.rows()
    assert page.rows()[0][0] == "Rating" and page.rows()[0][1].startswith("Partially")
    assert page.typed("evidence") == "What I typed"
    assert row_of(draft, "1a.1").evidence == "What she wrote"
    again = visit("judgement_write", draft.pk, row.pk, form=page.form)
    assert again.status == 200 and row_of(draft, "1a.1").evidence == "What I typed"


def test_a_second_click_is_told_that_nothing_more_was_saved(visit, draft):
    row, overall = row_of(draft, "1a.1"), draft.overalls.get(section__code="1a")
    for name, pk, said in [
        ("judgement_write", [row.pk], {"evidence": "One\r\nTwo"}),
        ("overall_write", [overall.pk], {"rationale": "So"}),
        ("self_evaluation_conclusion", [], {"capacity": "More"}),
    ]:
        form = visit(name, draft.pk, *pk).form | said
        assert visit(name, draft.pk, *pk, form=form).status == 200
        page = visit(name, draft.pk, *pk, form=form)
        assert page.status == 409 and "Nothing was saved." in page.text, name
        assert "What differs" not in page.text, name


def test_lines_that_were_joined_differ_from_those_that_were_not(visit, draft, area):
    row = row_of(draft, "1a.1")
    form = visit("judgement_write", draft.pk, row.pk).form
    other = factories.user(area, Role.HEAD_OF_SERVICE, name="Elspeth")
    write(draft, other, "1a.1", rating=None, strengths="Good files\nGood data", evidence="A\nB")
    form |= {"strengths": "Good files Good data", "evidence": "A\r\nB"}
    page = visit("judgement_write", draft.pk, row.pk, form=form)
    assert page.status == 409 and [r[0] for r in page.rows()] == ["Strengths"]


def test_a_colleagues_tools_are_shown_and_not_overwritten(visit, draft, area):
    overall = draft.overalls.get(section__code="1a")
    form = visit("overall_write", draft.pk, overall.pk).form
    self_evaluations.write_overall(
        by=factories.user(area, Role.HEAD_OF_SERVICE, name="Elspeth"),
        overall=overall,
        version=1,
        rating=None,
        rationale="",
        tools=[("Her sheet", "local"), ("LS/CMI", "national")],
    )
    form |= {"tools-0-name": "Her sheet", "tools-0-reach": "local", "tools-1-name": "Mine"}
    page = visit("overall_write", draft.pk, overall.pk, form=form)
    assert page.status == 409 and "Elspeth changed this" in page.text
    assert page.rows() == [
        [
            "Tools and systems",
            "Her sheet (Local) LS/CMI (National)",
            "Her sheet (Local) Mine (Not said)",
        ]
    ]
    assert [tool.name for tool in overall.tools.all()] == ["Her sheet", "LS/CMI"]
    again = page.form | {"tools-1-name": "LS/CMI", "tools-1-reach": "national"}
    assert visit("overall_write", draft.pk, overall.pk, form=again).status == 200
    assert [tool.name for tool in overall.tools.all()] == ["Her sheet", "LS/CMI"]


def test_what_a_colleague_assigned_stays_when_it_was_not_touched(visit, draft, lead, area):
    first, second, third = (row_of(draft, code) for code in ("1a.1", "1a.2", "1b.1"))
    ann, ben = (factories.user(area, Role.SERVICE_MANAGER, name=n) for n in ("Ann", "Ben"))
    form = visit("self_evaluation_assign", draft.pk).form
    self_evaluations.assign(
        by=lead,
        self_evaluation=draft,
        version=draft.version,
        judgements={first.pk: ann, second.pk: ann},
        overalls={},
    )
    form |= {f"judgement-{second.pk}": str(ben.pk), f"judgement-{third.pk}": str(ben.pk)}
    page = visit("self_evaluation_assign", draft.pk, form=form)
    assert page.status == 409 and "Nothing was saved." in page.text
    assert [row[1:] for row in page.rows()] == [["Ann", "Ben"], ["Nobody yet", "Ben"]]
    assert page.typed(f"judgement-{first.pk}") == str(ann.pk)
    assert "Saved: 2 changed." in visit("self_evaluation_assign", draft.pk, form=page.form).text
    asked = [row_of(draft, code).contributor for code in ("1a.1", "1a.2", "1b.1")]
    assert asked == [ann, ben, ben]


def test_what_was_typed_is_not_lost_when_it_was_submitted_meanwhile(visit, draft, lead):
    row = row_of(draft, "1a.1")
    form = visit("judgement_write", draft.pk, row.pk).form
    write(draft, lead, "1a.2")
    for one in draft.judgements.filter(rating=None).exclude(pk=row.pk):
        self_evaluations.write_judgement(by=lead, judgement=one, version=1, rating=2)
    for one in draft.overalls.all():
        self_evaluations.write_overall(by=lead, overall=one, version=1, rating=2, rationale="So")
    Judgement.objects.filter(pk=row.pk).update(rating=1)
    submission.submit(
        by=lead,
        self_evaluation=draft,
        revision_read=revision(draft),
        challenges_read=True,
    )
    page = visit("judgement_write", draft.pk, row.pk, form={**form, "evidence": "Typed"})
    assert "is submitted: it cannot be changed" in " ".join(page.summary)
    assert page.typed("evidence") == "Typed"


def test_the_overall_rating_comes_with_its_tools(visit, draft):
    overall = draft.overalls.get(section__code="1a")
    form = visit("overall_write", draft.pk, overall.pk).form
    form |= {"rating": "3", "rationale": "Sound", "tools-0-name": AWKWARD, "tools-0-reach": "local"}
    assert "1a overall saved." in visit("overall_write", draft.pk, overall.pk, form=form).text
    page = visit("overall", draft.pk, overall.pk)
    assert page.shows(AWKWARD) and page.rows() == [[AWKWARD, "Local"]]


def test_sentences_are_picked_once_and_become_lines(visit, draft, lead):
    write(draft, lead, "1a.1", evidence=SAYS, strengths="Already there")
    row = row_of(draft, "1a.1")
    page = visit("judgement_pick", draft.pk, row.pk)
    names = [name for name in page.form if name.startswith("s")]
    form = page.form | dict(zip(names, ["strengths", "improvements"], strict=True))
    page = visit("judgement_pick", draft.pk, row.pk, form=form)
    row = row_of(draft, "1a.1")
    assert row.strengths == "Already there\nManagers read files each month."
    assert row.improvements == "Nobody puts the results together."
    assert row.evidence == SAYS and "Every sentence was picked." in page.text
    stale = visit("judgement_pick", draft.pk, row.pk, form=form)
    assert stale.status == 409 and row_of(draft, "1a.1").version == row.version


def test_the_last_one_and_the_official_wording_stand_beside_an_element(
    visit, area, guide, draft, lead
):
    old = self_evaluations.start_self_evaluation(
        by=lead,
        area=area,
        framework=guide,
        title="Year before",
        start=date(2018, 4, 1),
        end=date(2019, 3, 31),
    )
    write(old, lead, "1a.1", rating=2, evidence="What was said then")
    finish(old, lead)
    factories.wording(area, row_of(old, "1a.1").indicator, text="The wording of the form")
    page = visit("judgement_write", draft.pk, row_of(draft, "1a.1").pk)
    assert "Last time: Partially (Year before)" in page.text
    assert "What was said then" in page.text and "The wording of the form" in page.text


# --- submitting, validating, comparing ---------------------------------------------------------


def test_a_draft_is_submitted_with_its_questions_read_and_validated_by_another(
    visit, draft, lead, area
):
    head = factories.user(area, Role.HEAD_OF_SERVICE, name="Elspeth")
    board = factories.user(area, Role.BOARD_MEMBER)
    assert "Not rated yet: 1a.1" in visit("self_evaluation_submit", draft.pk).text
    for row in draft.judgements.all():
        write(draft, lead, row.indicator.code, rating=3)
    for row in draft.overalls.all():
        self_evaluations.write_overall(
            by=lead, overall=row, version=row.version, rating=3, rationale="So"
        )
    assert visit("self_evaluation", draft.pk, by=board).status == 404
    page = visit("self_evaluation_submit", draft.pk)
    assert "It is rated “Mostly” and no evidence is given." in page.text
    form = {name: page.form[name] for name in ("version", "revision")}
    page = visit("self_evaluation_submit", draft.pk, form=form)
    assert page.summary == [
        "I have read the questions above, and the self-evaluation stands: "
        "Say that you have read the questions above."
    ]
    form = page.form | {"challenges_read": "on"}
    assert "is submitted" in visit("self_evaluation_submit", draft.pk, form=form).text
    assert visit("self_evaluation", draft.pk, by=board).status == 200
    assert "waiting to be validated" in visit("area", by=head).text

    page = visit("self_evaluation_validate", draft.pk, by=head)
    assert "no evidence is given. What shows it?" in page.text
    assert {page.form[name] for name in page.form if name.endswith("-rating")} == {""}
    page = visit("self_evaluation_validate", draft.pk, form=page.form, by=head)
    assert list(page.errors.values()) == [["Choose a rating."]] * 7
    row = row_of(draft, "1b.2")
    form = {name: "3" if name.endswith("-rating") else said for name, said in page.form.items()}
    form |= {f"judgement-{row.pk}-rating": "1"}
    page = visit("self_evaluation_validate", draft.pk, form=form, by=head)
    assert list(page.errors.values()) == [["Say why your rating differs."]]
    form[f"judgement-{row.pk}-reason"] = "Nothing is kept"
    visit("self_evaluation_validate", draft.pk, form=form, by=head)
    draft.refresh_from_db()
    assert draft.state == State.VALIDATED
    (found,) = [r for r in visit("self_evaluation", draft.pk, by=board).rows(1) if "1b.2" in r[0]]
    assert found[2:5] == ["Mostly", "Not at all", "2 points lower Nothing is kept"]


def test_what_was_written_after_the_questions_were_read_is_not_submitted_unread(visit, draft, lead):
    for row in draft.judgements.all():
        write(draft, lead, row.indicator.code, rating=3)
    for row in draft.overalls.all():
        self_evaluations.write_overall(by=lead, overall=row, version=1, rating=3, rationale="So")
    form = visit("self_evaluation_submit", draft.pk).form | {"challenges_read": "on"}
    write(draft, lead, "1a.1", rating=4)
    page = visit("self_evaluation_submit", draft.pk, form=form)
    assert page.status == 409 and "Nothing was saved." in page.text
    assert "It is rated “Fully” and no evidence is given." in page.text
    assert not page.main.xpath(".//*[@name='challenges_read'][@checked]")
    draft.refresh_from_db()
    assert draft.is_draft
    again = page.form | {"challenges_read": "on"}
    assert "can be validated" in visit("self_evaluation_submit", draft.pk, form=again).text


def test_whoever_submitted_is_told_that_another_must_validate(visit, draft, area):
    head = factories.user(area, Role.HEAD_OF_SERVICE)
    finish(draft, head)
    page = visit("self_evaluation_validate", draft.pk, by=head)
    assert "You submitted it, so somebody else must validate it." in page.text


@pytest.fixture
def kept(visit, draft, lead, area) -> User:
    """An inspector who has rated one element low so far, and gone."""
    inspector = factories.user(area, Role.INSPECTOR, name="Ina")
    finish(draft, lead)
    row = row_of(draft, "1a.1")
    form = visit("self_evaluation_validate", draft.pk, by=inspector).form
    form |= {
        f"judgement-{row.pk}-rating": "1",
        f"judgement-{row.pk}-reason": "Hearsay",
        "validated_for": "The inspectorate",
        "later": "1",
    }
    page = visit("self_evaluation_validate", draft.pk, form=form, by=inspector)
    assert "what you have so far is kept" in page.text
    return inspector


def test_what_a_validator_has_so_far_is_there_to_go_on_with(visit, draft, kept, area):
    page = visit("self_evaluation_validate", draft.pk, by=kept)
    row = row_of(draft, "1a.1")
    assert page.typed(f"judgement-{row.pk}-rating") == "1"
    assert page.typed("validated_for") == "The inspectorate"
    assert "was kept by" not in page.text
    head = factories.user(area, Role.HEAD_OF_SERVICE)
    page = visit("self_evaluation_validate", draft.pk, by=head)
    assert "What stands here was kept by Ina." in page.text
    draft.refresh_from_db()
    assert draft.state == State.SUBMITTED


def test_what_a_validator_has_so_far_is_shown_to_no_reader(visit, draft, kept, lead, area, client):
    SelfEvaluation.objects.filter(pk=draft.pk).update(submitted_by=head_of(area))
    row = row_of(draft, "1a.1")
    said = ("Hearsay", "The inspectorate", "The validator's", "Validated", "lower")
    routes = ["self_evaluation", "findings", "self_evaluation_coverage", "self_evaluation_compare"]
    pages = [visit(name, draft.pk) for name in routes]
    pages += [visit("judgement", draft.pk, row.pk), visit("area"), visit("self_evaluations")]
    own = visit("self_evaluation_validate", draft.pk, by=head_of(area), form={"version": "1"})
    for page in [*pages, own]:
        assert not [one for one in said if one in page.text], page.title
    assert "Not at all" not in visit("self_evaluation_coverage", draft.pk).text
    assert "You submitted it" in own.text
    for extension in ("docx", "xlsx"):
        url = reverse("self_evaluation_file", args=[area.slug, draft.pk, extension])
        with ZipFile(BytesIO(client.get(url).content)) as archive:
            content = b"".join(archive.read(name) for name in archive.namelist())
        assert b"Hearsay" not in content and b"The inspectorate" not in content


def head_of(area: Area) -> User:
    found = User.objects.filter(memberships__area=area, memberships__role=Role.HEAD_OF_SERVICE)
    return found.first() or factories.user(area, Role.HEAD_OF_SERVICE)


def test_what_was_kept_of_other_words_is_gone(visit, draft, kept, lead):
    submission.take_back(
        by=lead, self_evaluation=draft, version=SelfEvaluation.objects.get().version, reason="Why"
    )
    finish(draft, lead)
    page = visit("self_evaluation_validate", draft.pk, by=kept)
    assert "kept by" not in page.text and page.typed("validated_for") == ""
    assert {said for name, said in page.form.items() if name.startswith("judgement-")} == {""}


def test_a_second_click_on_submit_is_told_that_it_is_done(visit, draft, lead):
    finish(draft, lead)
    form = {"challenges_read": "on", "version": "1", "revision": "1"}
    page = visit("self_evaluation_submit", draft.pk, form=form)
    assert page.status == 200 and "Our year is submitted already" in page.text


def test_the_title_and_the_period_of_a_draft_can_be_changed(visit, draft, lead):
    page = visit("self_evaluation_edit", draft.pk)
    assert page.typed("start") == "01 04 2019"
    stale = page.form
    form = page.form | {"title": "Half a year", "end": "30 9 2019"}
    assert "Half a year" in visit("self_evaluation_edit", draft.pk, form=form).title
    draft.refresh_from_db()
    assert (draft.title, draft.end) == ("Half a year", date(2019, 9, 30))
    page = visit("self_evaluation_edit", draft.pk, form=stale | {"title": "Mine"})
    assert page.status == 409 and ["Title", "Half a year", "Mine"] in page.rows()
    wrong = visit("self_evaluation_edit", draft.pk).form | {"end": "30 9 2018"}
    page = visit("self_evaluation_edit", draft.pk, form=wrong)
    assert page.errors == {"Last day of the period": ["The period cannot end before it begins."]}
    finish(draft, lead)
    assert "only of a draft" in visit("self_evaluation_edit", draft.pk).text


def test_a_draft_is_withdrawn_with_a_reason_and_its_title_is_free(visit, draft, lead, guide, area):
    write(draft, lead, "1a.1", rating=2, evidence="Kept")
    page = visit("self_evaluation_withdraw", draft.pk)
    assert visit("self_evaluation_withdraw", draft.pk, form={**page.form, "reason": ""}).errors
    form = {**page.form, "reason": "Begun by mistake"}
    page = visit("self_evaluation_withdraw", draft.pk, form=form)
    assert "Our year, withdrawn on 15 January 2020 by Fiona Adair: Begun by mistake" in page.text
    assert not page.main.xpath(".//table")
    page = visit("self_evaluation", draft.pk)
    assert "Begun by mistake" in page.text and not page.shows("Assign elements")
    assert visit("judgement", draft.pk, row_of(draft, "1a.1").pk).shows("Kept")
    board = factories.user(area, Role.BOARD_MEMBER)
    assert visit("self_evaluation", draft.pk, by=board).status == 404
    again = visit("self_evaluation_new").form | {"framework": guide.pk, "title": "Our year"}
    assert "Started." in visit("self_evaluation_new", form=again).text
    new = SelfEvaluation.objects.get(state=State.DRAFT)
    page = visit("self_evaluation_compare", new.pk)
    assert "nothing to compare with yet" in page.text


def test_a_draft_in_which_something_was_found_is_not_withdrawn(visit, draft, lead):
    write(draft, lead, "1a.1", improvements="More files")
    finish(draft, lead)
    findings.make_all_findings(by=lead, self_evaluation=draft)
    submission.take_back(
        by=lead, self_evaluation=draft, version=draft.version, reason="A figure was wrong"
    )
    form = visit("self_evaluation_withdraw", draft.pk).form | {"reason": "A mistake"}
    page = visit("self_evaluation_withdraw", draft.pk, form=form)
    assert "F1 was found in it. Withdraw what was found first" in page.text
    draft.refresh_from_db()
    assert draft.is_draft


def test_it_is_taken_back_with_a_reason(visit, draft, lead):
    finish(draft, lead)
    page = visit("self_evaluation_take_back", draft.pk)
    assert visit("self_evaluation_take_back", draft.pk, form={**page.form, "reason": ""}).errors
    form = {**page.form, "reason": "A figure was wrong"}
    assert "is a draft again" in visit("self_evaluation_take_back", draft.pk, form=form).text


def test_the_years_and_the_country_stand_beside_each_other(visit, draft, lead, area, guide):
    old = self_evaluations.start_self_evaluation(
        by=lead,
        area=area,
        framework=guide,
        title="Year before",
        start=date(2018, 4, 1),
        end=date(2019, 3, 31),
    )
    write(old, lead, "1a.1", rating=2)
    write(draft, lead, "1a.1", rating=4)
    overall = draft.overalls.get(section__code="1a")
    self_evaluations.write_overall(by=lead, overall=overall, version=1, rating=3, rationale="So")
    page = visit("self_evaluation_compare", draft.pk)
    assert page.rows()[0] == ["1a.1 Quality of 1a.1", "Partially", "Fully", "Up from “Partially”"]
    assert ["Mostly", "8 of 32", "25%", "Here"] in page.rows(1)


def test_years_on_another_scale_stand_beside_each_other_without_a_change(
    visit, draft, lead, area, guide
):
    before = factories.framework((), code=guide.code, version=0, scale=Scale.GRADE)
    old = factories.self_evaluation(
        area, before, title="Year before", start=date(2018, 4, 1), end=date(2019, 3, 31)
    )
    about = factories.quality_indicator(before, "1a.1", section=factories.section(before, "1a"))
    factories.judgement(old, about, rating=6)
    write(draft, lead, "1a.1", rating=4)
    page = visit("self_evaluation_compare", draft.pk)
    assert page.rows()[0] == ["1a.1 Quality of 1a.1", "Excellent", "Fully", "Another scale"]


def test_nothing_is_praised_where_there_is_nothing_to_ask(visit, draft, lead):
    page = visit("self_evaluation_submit", draft.pk)
    assert "Not rated yet" in page.text and "critical friend" not in page.text
    for row in draft.judgements.all():
        facts = {"rating": 1, "improvements": "Begin"}
        write(draft, lead, row.indicator.code, **facts)
    for row in draft.overalls.all():
        self_evaluations.write_overall(by=lead, overall=row, version=1, rating=1, rationale="So")
    self_evaluations.write_conclusion(
        by=lead, self_evaluation=draft, version=draft.version, capacity="", priorities="Begin"
    )
    page = visit("self_evaluation_submit", draft.pk)
    assert "No question to ask." in page.text and "evidence of more than one kind" not in page.text


def test_only_what_the_framework_has_graded_counts_as_not_rated(visit, draft, lead, guide):
    guide.indicators.filter(code="1a.1").update(graded=True)
    write(draft, lead, "1a.1", rating=2)
    page = visit("self_evaluation", draft.pk)
    assert page.counts["rated, of 3"] == 1
    assert [row[2] for row in page.rows()] == ["Partially", "No rating is asked", "Not rated"]


# --- findings ----------------------------------------------------------------------------------


def test_lines_become_findings_with_one_click_and_show_what_answers_them(
    visit, draft, lead, area, client
):
    write(draft, lead, "1a.1", strengths="Good data", improvements="More files\nBetter files")
    assert "Findings are made once it is submitted" in visit("findings", draft.pk).text
    finish(draft, lead)
    page = visit("findings", draft.pk)
    assert page.counts["lines not made a finding"] == 3
    assert "Make findings" in visit("self_evaluation", draft.pk).text
    form = {"kind": "improvement", "text": "More files", "indicator": draft_indicator(draft)}
    form["line"] = 2
    answer = client.post(reverse("findings", args=[area.slug, draft.pk]), {**form, "text": "No"})
    assert answer.url.endswith("#line-2")
    assert "F1 made: More files" in visit("findings", draft.pk, form=form).text
    assert "This is finding F1 already." in visit("findings", draft.pk, form=form).text
    page = visit("findings", draft.pk, form={"everything": "1"})
    assert page.counts["findings"] == 3
    assert "Make findings" not in visit("self_evaluation", draft.pk).text
    action = factories.action(factories.plan(area), reference="A7")
    first = Finding.objects.get(reference="F1")
    action.findings.add(first, through_defaults={"area": area})
    page = visit("action", action.pk)
    assert "Finding F1 of Our year: More files" in page.text
    assert "Not yet linked to an area for improvement" not in page.text
    page = visit("findings", draft.pk)
    assert page.counts["to improve, without any action"] == 1
    assert "A7 (not started)" in page.text
    type(action).objects.filter(pk=action.pk).update(status="withdrawn")
    page = visit("findings", draft.pk)
    assert page.counts["to improve, without any action"] == 2
    assert "A7 (withdrawn): No action" in page.text
    type(action).objects.filter(pk=action.pk).update(status="not_started")
    page = visit("finding_withdraw", draft.pk, first.pk, form={"reason": "Not so"})
    assert "F1 is answered by A7, still open." in page.text
    second = Finding.objects.get(text="Better files")
    assert (
        "is withdrawn"
        in visit("finding_withdraw", draft.pk, second.pk, form={"reason": "Not so"}).text
    )


def draft_indicator(draft: SelfEvaluation) -> int:
    return int(row_of(draft, "1a.1").indicator_id)


# --- Word and Excel ----------------------------------------------------------------------------


def a_form(layout: Any) -> Form:
    first, *others = layout.sections
    said = ElementAnswer(first.elements[0].code, 3, ("First.", AWKWARD))
    rest = [ElementAnswer(e.code, 2, ("So it is.",)) for e in first.elements[1:]]
    return Form(
        area="Angus",
        sections=(
            SectionAnswer(
                first.code, (said, *rest), 2, ("All in all.",), (ToolAnswer("Sheet", "local"),)
            ),
            *(
                SectionAnswer(
                    section.code,
                    tuple(ElementAnswer(e.code, 2, ("It is.",)) for e in section.elements),
                    2 if section.overall else None,
                    ("So.",) if section.overall else (),
                )
                for section in others
            ),
        ),
        capacity=("We can do more.",),
        priorities=("Staff first",),
    )


@pytest.fixture
def shipped(db) -> Framework:
    """The form of 2024, as it is shipped."""
    for facts in frameworks.shipped():
        frameworks.load_framework(by=System("test"), facts=facts)
    return frameworks.latest("self-evaluation-2024")


@pytest.fixture
def word(shipped, area) -> bytes:
    layout = frameworks.layout_of(shipped, area)
    return writing.write(a_form(layout), layout, "A form")


def upload(content: bytes, name: str = "form.docx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_a_word_form_comes_in_after_its_preview_is_accepted(visit, lead, shipped, word):
    form = {"framework": shipped.pk, "file": upload(word)}
    page = visit("self_evaluation_import", form=form)
    assert page.shows(AWKWARD) or "First." in page.text
    assert page.counts["rated, of 17 elements"] == 17
    assert (page.form["title"], page.form["start"]) == ("Self-evaluation 2018-19", "01 04 2018")
    assert "Nothing is saved yet" in page.text and not SelfEvaluation.objects.exists()
    page = visit("self_evaluation_import", form={**page.form, "title": ""})
    assert page.errors and not SelfEvaluation.objects.exists(), "the payload outlives a mistake"
    page = visit("self_evaluation_import", form={**page.form, "title": "From Word"})
    made = SelfEvaluation.objects.get()
    assert "From Word is here, as a draft." in page.text
    assert row_of(made, "1a.1").evidence == f"First.\n\n{AWKWARD}"
    assert made.overalls.get(section__code="1a").tools.get().name == "Sheet"
    assert (made.file_name, made.priorities) == ("form.docx", "Staff first")
    assert "Pick strengths and areas for improvement" in page.text
    page = visit("self_evaluation_import", form={"framework": shipped.pk, "file": upload(word)})
    assert "From Word was brought in from this very file on 15 January 2020." in page.text


def test_a_preview_is_for_one_person_of_one_area_and_for_a_day(
    visit, lead, shipped, word, area, client, monkeypatch
):
    page = visit("self_evaluation_import", form={"framework": shipped.pk, "file": upload(word)})
    form = {**page.form, "title": "Stolen"}
    head = factories.user(area, Role.HEAD_OF_SERVICE)
    assert "not yours" in visit("self_evaluation_import", form=form, by=head).text
    elsewhere = factories.area()
    factories.membership(elsewhere, lead, Role.PERFORMANCE_LEAD)
    url = reverse("self_evaluation_import", args=[elsewhere.slug])
    client.force_login(User.objects.get(pk=lead.pk))
    assert "not yours" in Page(client.post(url, form, follow=True)).text
    broken = {**form, "payload": form["payload"][:-3] + "abc"}
    assert "not yours" in visit("self_evaluation_import", form=broken).text
    now = time.time()
    monkeypatch.setattr("django.core.signing.time.time", lambda: now + 25 * 60 * 60)
    assert "more than a day old" in visit("self_evaluation_import", form=form).text
    assert not SelfEvaluation.objects.exists()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"%PDF-1.7", "not a Word document"),
        (b"", "The file is empty."),
        (b"x" * (MAX_BYTES + 1), "at most 10 MB can be read"),
    ],
)
def test_a_file_that_is_something_else_is_refused_in_a_sentence(
    visit, lead, shipped, content, sentence
):
    form = {"framework": shipped.pk, "file": upload(content)}
    page = visit("self_evaluation_import", form=form)
    assert page.status == 200 and sentence in page.errors["Completed form"][0]


def test_a_form_that_could_be_read_in_two_ways_cannot_be_accepted(visit, lead, shipped, word):
    two = docx_with_two_boxes(word)
    page = visit("self_evaluation_import", form={"framework": shipped.pk, "file": upload(two)})
    assert "This form cannot be taken as it is." in page.text
    assert "table" in page.rows()[0][0].lower() and "payload" not in page.form


def docx_with_two_boxes(word: bytes) -> bytes:
    document = Document(BytesIO(word))
    row = next(
        row for table in document.tables for row in table.rows if "☒" in (c.text for c in row.cells)
    )
    for cell in row.cells:
        if cell.text == "☐":
            cell.paragraphs[0].runs[0].text = "☒"
            break
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def document_of(file: bytes) -> bytes:
    with ZipFile(BytesIO(file)) as archive:
        return archive.read("word/document.xml")


def test_it_goes_out_as_word_that_reads_back_and_as_excel(client, area, lead, shipped):
    layout = frameworks.layout_of(shipped, area)
    said = a_form(layout)
    made = self_evaluations.import_form(
        by=lead,
        area=area,
        framework=shipped,
        form=said,
        title="Our year",
        start=date(2019, 4, 1),
        end=date(2020, 3, 31),
        file_name="f.docx",
        file_sha256="",
    )
    write(made, lead, "1a.1", evidence="Told", data="Figures", strengths="A\nB", rating=4)

    def fetch(extension: str) -> Any:
        return client.get(reverse("self_evaluation_file", args=[area.slug, made.pk, extension]))

    answer = fetch("docx")
    assert answer["Content-Disposition"] == 'attachment; filename="our-year.docx"'
    read = reading.read(answer.content, layout)
    first = read.sections[0].elements[0]
    assert (first.rating, first.evidence, first.strengths) == (4, ("Told",), ("A", "B"))
    assert first.sources == (("Data", ("Figures",)),)
    assert read.sections[1:] and read.priorities == ("Staff first",) and not read.refused
    book = load_workbook(BytesIO(fetch("xlsx").content))
    cells = {str(c.value) for sheet in book for row in sheet for c in row}
    assert {"Told", "Our year"} <= cells
    assert fetch("pdf").status_code == 404
    assert b"Validator" not in document_of(answer.content)
    made.judgements.filter(indicator__code="1a.1").update(
        validated_rating=2, validated_reason="Late"
    )
    SelfEvaluation.objects.filter(pk=made.pk).update(state="validated")
    validated = fetch("docx").content
    assert b"Late" in document_of(validated) and not reading.read(validated, layout).refused


def test_findings_are_the_services_own_words_however_awkward(visit, draft, lead):
    write(draft, lead, "1a.1", improvements=AWKWARD)
    finish(draft, lead)
    findings.make_all_findings(by=lead, self_evaluation=draft)
    assert visit("findings", draft.pk).shows(AWKWARD)
    assert visit("self_evaluation", draft.pk).status == 200


@pytest.mark.parametrize(
    ("name", "most"),
    [("self_evaluation", 22), ("self_evaluation_submit", 18), ("self_evaluation_compare", 16)],
)
def test_a_page_asks_the_database_as_much_for_seventeen_elements_as_for_five(
    client, area, lead, draft, shipped, name, most
):
    big = self_evaluations.start_self_evaluation(
        by=lead, area=area, framework=shipped, title="Big", start=draft.start, end=draft.end
    )
    asked = []
    for whole in (draft, big):
        for row in whole.judgements.all():
            write(whole, lead, row.indicator.code, evidence=SAYS)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse(name, args=[area.slug, whole.pk])).status_code == 200
        asked.append(statements(queries))
    assert asked[0] == asked[1] <= most, asked
