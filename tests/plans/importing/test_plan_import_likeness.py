"""A plan's file that comes again with other words: what it changes, what is new, what stays out."""

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse

from management.access import Role
from plans.models import Plan
from plans.services import actions, due_dates, importing, undoing
from plans.views import plan_import
from tests import factories
from tests.pages import Page
from tests.plans.forms_built import docx, p
from tests.plans.importing.helpers import Bring, table
from tests.plans.importing.test_plan_import_pages import form_of
from tests.plans.plans_built import HEADINGS, PAGE, heading_row, page_rows
from tests.plans.plans_built import table as word_table
from tests.plans.test_api import Api
from tests.plans.test_api_imports import brought

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
BARE = {"Ref": ""}
OTHER = {"Ref": "", "Action": "Open a second site", "Due": "30 June 2020"}


@pytest.fixture
def guide():
    return factories.framework(("1.1", "5.2", "5.3"))


@pytest.fixture
def bring(lead, area, guide):
    return Bring(lead, area, guide)


@pytest.fixture
def page_of(client, lead, area):
    """The page of a file that was kept."""
    client.force_login(lead)
    return lambda kept: reverse("plan_import", args=[area.slug, kept.pk])


def word_file(*rows):
    """A Word plan without references: one table, its indicator in one merged cell."""
    return docx(
        p("Improvement plan"), word_table(heading_row(HEADINGS), *page_rows("QI 5.2", rows))
    )


def by(seen):
    return [(one.does, str(one.like.by) if one.like else "") for one in seen.lines]


# --- the words change -----------------------------------------------------------------------------


def test_one_word_more_in_a_word_file_without_references_changes_that_action(bring):
    """As a performance lead has met it: no other cell is touched, and the file comes again."""
    name = "Plan.docx"
    kept = bring.keep(word_file(*PAGE), name=name)
    plan = bring.take(kept, importing.look(kept), title="Plan", decision="Board").plan
    text = PAGE[1][0].replace("at each review", "at each and every review")
    later = word_file(PAGE[0], (text, *PAGE[1][1:]), *PAGE[2:])
    kept = bring.keep(later, plan, name=name)
    seen = importing.look(kept)
    assert by(seen) == [("same", ""), ("update", "words"), ("same", ""), ("same", "")]
    assert [change.name for change in seen.lines[1].changes] == ["text"]
    assert not seen.unspoken
    bring.take(kept, seen, reason="The board said so")
    assert plan.actions.count() == len(PAGE)
    assert plan.actions.filter(text__contains="each and every review").count() == 1
    assert [one.does for one in bring.look(later, plan, name=name).lines] == ["same"] * 4


def test_a_row_with_other_words_in_the_same_place_changes_that_action(bring):
    name = "Plan.docx"
    kept = bring.keep(word_file(*PAGE), name=name)
    plan = bring.take(kept, importing.look(kept), title="Plan", decision="Board").plan
    last = ("Send all staff on a course once a year", *PAGE[3][1:])
    new = ("Find rooms", "Service Manager", "June 2020", "A list")
    seen = bring.look(word_file(new, *PAGE[:3], last), plan, name=name)
    assert by(seen) == [("create", ""), *[("same", "")] * 3, ("update", "place")]


def test_a_row_keeps_its_place_though_the_file_that_came_last_left_it_as_it_was(bring):
    first = table(BARE, OTHER)
    plan = bring(first).plan
    bring(table({"Action": "Another", **BARE, "Lead": "Head"}, BARE, OTHER), plan)
    now = table(
        {"Action": "Another", **BARE, "Lead": "Head"}, BARE, OTHER | {"Action": "Find a site"}
    )
    assert by(bring.look(now, plan)) == [("same", ""), ("same", ""), ("update", "place")]


def test_words_that_were_changed_in_both_are_asked_for(bring, lead):
    plan = bring(table(BARE)).plan
    action = plan.actions.get()
    actions.edit_action(
        by=lead, action=action, version=action.version, text="As the board says", reason="Board"
    )
    later = table({**BARE, "Action": "Train all new staff"})
    (line,) = bring.look(later, plan).lines
    assert line.like and line.has_conflict
    bring(later, plan)
    assert plan.actions.get().text == "As the board says"


def test_it_is_undone_like_every_other_change(bring, lead):
    plan = bring(table(BARE)).plan
    kept = bring(table({**BARE, "Action": "Train all new staff"}), plan)
    assert plan.actions.get().text == "Train all new staff"
    undoing.undo(by=lead, kept=kept, version=kept.version)
    assert plan.actions.get().text == "Train all staff"


def test_one_that_is_turned_down_is_new_and_stays_so(bring):
    plan = bring(table(BARE)).plan
    later = table({**BARE, "Action": "Train all new staff"})
    kept = bring.keep(later, plan)
    seen = importing.look(kept, apart={1})
    assert by(seen) == [("create", "words")]
    assert seen.mark == importing.look(kept).mark
    assert [one.values["text"] for one in seen.unspoken] == ["Train all staff"]
    bring.take(kept, seen, apart=[1])
    texts = set(plan.actions.values_list("text", flat=True))
    assert texts == {"Train all staff", "Train all new staff"}
    assert by(bring.look(later, plan)) == [("same", "")]


def test_a_file_that_is_numbered_anew_changes_nothing_of_what_is_there(bring):
    """Throughline had numbered it; then the council has a column of its own, one action on top."""
    plan = bring(table(BARE, OTHER)).plan
    top = {"Ref": "1", "Action": "Hold weekly meetings"}
    later = table(top, {**BARE, "Ref": "2"}, {**OTHER, "Ref": "3"})
    kept = bring.keep(later, plan)
    seen = importing.look(kept)
    assert by(seen) == [("create", ""), ("same", "words"), ("same", "")]
    assert "its reference in the file, “2”, is another" in seen.lines[1].like.said
    assert by(importing.look(kept, apart={2}))[1] == ("create", "words")
    bring.take(kept, seen, reason="The board said so")
    assert list(plan.actions.order_by("sequence").values_list("reference", "text")) == [
        ("1", "Train all staff"),
        ("2", "Open a second site"),
        ("3", "Hold weekly meetings"),
    ]
    assert [one.does for one in bring.look(later, plan).lines] == ["same"] * 3


def test_what_is_certain_cannot_be_turned_down(bring):
    plan = bring(table({})).plan
    kept = bring.keep(table({"Action": "Other words"}), plan)
    assert by(importing.look(kept, apart={1})) == [("update", "")]


# --- rows that were left out ----------------------------------------------------------------------


def test_a_row_that_was_left_out_is_left_out_of_a_later_file_too(bring):
    plan = bring(table(BARE, OTHER), skip=[2]).plan
    later = table({**BARE, "Progress": "All but one"}, OTHER | {"Progress": "Nobody asked"})
    seen = bring.look(later, plan)
    assert seen.left_out_before == {2}
    bring(later, plan, skip=seen.left_out_before)
    assert bring.look(later, plan).left_out_before == {2}
    moved = table(OTHER | {"Lead": "Head"}, BARE)
    assert bring.look(moved, plan).left_out_before == {1}


def test_a_row_that_was_left_out_and_then_taken_in_is_left_out_no_more(bring):
    plan = bring(table(BARE, OTHER), skip=[2]).plan
    bring(table(OTHER | {"Progress": "Now"}), plan)
    assert bring.look(table(BARE, OTHER), plan).left_out_before == set()


def test_a_row_that_was_stopped_and_is_mended_is_not_left_out_again(bring):
    wrong = OTHER | {"Due": "31 March 1920"}
    plan = bring(table(BARE, wrong), skip=[2]).plan
    assert bring.look(table(BARE, wrong)).left_out_before == {2}
    seen = bring.look(table(BARE, OTHER), plan)
    assert (by(seen)[1], seen.left_out_before) == (("create", ""), set())


def test_a_change_that_was_left_out_is_no_new_action_the_next_time(bring):
    plan = bring(table(BARE, OTHER)).plan
    later = table({**BARE, "Action": "Train all new staff"}, OTHER | {"Progress": "More"})
    bring(later, plan, skip=[1])
    seen = bring.look(later, plan)
    assert (seen.left_out_before, by(seen)[0]) == ({1}, ("update", "words"))


# --- the page -------------------------------------------------------------------------------------


def test_the_page_says_by_what_it_matched_and_takes_a_no_for_an_answer(client, bring, page_of):
    plan = bring(table(BARE)).plan
    url = page_of(bring.keep(table({**BARE, "Action": "Train all new staff"}), plan))
    page = Page(client.get(url))
    assert "Matched by its words, which are nearly those of action 1." in page.text
    assert page.counts["changed"] == 1 and "matched with an action by likeness alone" in page.text
    assert page.tree.xpath("//del")[0].text == "Train all staff"
    assert page.tree.xpath("//ins")[0].text == "Train all new staff"
    sent = form_of(page)
    assert "apart" not in sent
    shown = Page(client.post(url, {**sent, "apart": "1", "go": "1"}))
    assert shown.counts["new action"] == 1 and "so you said" in shown.text
    assert form_of(shown)["apart"] == ["1"]
    assert client.post(url, form_of(shown)).status_code == 302
    assert plan.actions.count() == 2


def test_a_no_goes_from_page_to_page_and_is_sent_at_once(client, bring, page_of, monkeypatch):
    monkeypatch.setattr(plan_import, "LISTED", 1)
    plan = bring(table(BARE, OTHER)).plan
    later = table({**BARE, "Action": "Train all new staff"}, OTHER | {"Progress": "More"})
    url = page_of(bring.keep(later, plan))
    sent = form_of(Page(client.get(url)))
    second = Page(client.post(url, {**sent, "apart": "1", "go": "2"}))
    assert form_of(second)["apart"] == ["1"]
    assert client.post(url, form_of(second)).status_code == 302
    assert plan.actions.count() == 3


def test_a_no_that_needs_a_post_is_asked_for_it_and_keeps_what_was_typed(client, bring, page_of):
    plan = bring(table({**BARE, "Lead": ""}), lead=factories.post(bring.area)).plan
    url = page_of(bring.keep(table({**BARE, "Lead": "", "Action": "Train all new staff"}), plan))
    sent = form_of(Page(client.get(url)))
    assert "lead" not in sent
    refused = Page(client.post(url, {**sent, "apart": "1", "reason": "Typed"}))
    assert "Lead post for rows that name no post" in refused.errors
    assert form_of(refused)["apart"] == ["1"]


def test_a_row_that_was_left_out_comes_ticked_and_says_so(client, bring, page_of):
    plan = bring(table(BARE, OTHER), skip=[2]).plan
    later = table({**BARE, "Progress": "More"}, OTHER)
    page = Page(client.get(page_of(bring.keep(later, plan))))
    assert form_of(page)["skip"] == ["2"] and "It was left out before." in page.text


def test_a_new_plan_that_is_there_already_is_said_to_be(client, bring, page_of):
    plan = bring(table(BARE, OTHER)).plan
    rows = (BARE, OTHER, {**BARE, "Action": "Find a new building"})
    kept = bring.keep(table(*rows))
    page = Page(client.get(page_of(kept)))
    assert "2 of these 3 rows are word for word in “Plan 2019”." in page.text
    (link,) = page.tree.xpath("//a[text()='Bring the file in for that plan instead?']")
    (button,) = page.tree.xpath("//*[@id=$id]//button", id=link.get("href")[1:])
    sent = {**form_of(page), "title": "Typed", button.get("name"): button.get("value")}
    chosen = Page(client.post(page_of(kept), sent))
    kept.refresh_from_db()
    assert kept.plan == plan and chosen.counts["as they are here"] == 2
    assert "Bring the file in for that plan instead?" not in chosen.text
    rows += tuple({**BARE, "Action": f"Build {n}"} for n in ("here", "there"))
    assert importing.look(bring.keep(table(*rows))).resembled is None


def test_a_plan_of_another_area_or_a_closed_or_undone_one_is_not_named(bring, lead):
    kept = bring(table(BARE))
    other = Bring(factories.user(factories.area(slug="b"), Role.PERFORMANCE_LEAD), None, None)
    other.area, other.framework = other.lead.memberships.get().area, bring.framework
    assert importing.look(other.keep(table(BARE, OTHER))).resembled is None
    assert importing.look(bring.keep(table(BARE, OTHER))).resembled.plan == kept.plan
    undoing.undo(by=lead, kept=kept, version=kept.version)
    assert importing.look(bring.keep(table(BARE, OTHER))).resembled is None
    bring(table(BARE))
    Plan.objects.update(state="closed")
    assert importing.look(bring.keep(table(BARE, OTHER))).resembled is None


# --- programs and operators -----------------------------------------------------------------------


def test_a_program_is_told_by_what_rows_match_and_turns_it_down(client, area, lead, bring, guide):
    plan = bring(table(BARE, OTHER)).plan
    mine = Api(client, area, lead)
    later = table({**BARE, "Action": "Train all new staff"}, OTHER)
    made = brought(mine, guide, later, plan=plan.pk).json()
    rows = made["look"]["rows"]
    assert [(row["does"], row["matched"]) for row in rows] == [
        ("update", "words"),
        ("same", "certain"),
    ]
    said = {"mark": made["look"]["mark"], "apart": [rows[0]["at"]]}
    done = mine.change("POST", "imports", made["id"], "take-in", **said)
    assert done.status_code == 200, done.content
    assert plan.actions.count() == 3
    again = brought(mine, guide, table(BARE, OTHER, {"Action": "Z"})).json()["look"]
    assert again["resembled"] == {"plan": plan.pk, "same": 2, "rows": 3}


def test_an_operator_sees_what_was_matched_by_likeness_and_can_turn_it_down(tmp_path, area, bring):
    plan = bring(table(BARE)).plan
    path = tmp_path / "later.csv"
    path.write_bytes(table({**BARE, "Action": "Train all new staff"}))
    options = ["--area", area.slug, "--plan", plan.title, "--framework", bring.framework.code]

    def run(*more):
        out = StringIO()
        call_command("import_plan", str(path), *options, *more, stdout=out)
        return out.getvalue()

    said = run("--preview")
    assert "nearly those of action 1. With “--apart 1” it is another action." in said
    run("--apart", "1")
    assert plan.actions.count() == 2
    assert json.loads(run("--json"))["rows"][0]["matched"] == "certain"


# --- words of the plan that go with what they speak of --------------------------------------------


def test_the_files_words_for_a_date_that_is_not_taken_are_not_taken_either(bring, lead):
    plan = bring(table({"Due": "31 March 2020"})).plan
    action = plan.actions.get()
    due_dates.move_date(
        by=lead, action=action, version=action.version, new=date(2020, 4, 30), reason="Board"
    )
    later = table({"Due": "30/06/2020", "Progress": "More"})
    (line,) = bring.look(later, plan).lines
    assert {c.name: c.conflict for c in line.changes} == {
        "timescale": True,
        "due": True,
        "progress": False,
    }
    bring(later, plan)
    action.refresh_from_db()
    assert (action.due, action.timescale) == (date(2020, 4, 30), "31 March 2020")
    newer = table({"Due": "31/07/2020", "Progress": "More"})
    bring(newer, plan, take=[1])
    action.refresh_from_db()
    assert (action.due, action.timescale) == (date(2020, 7, 31), "31/07/2020")


def test_the_files_words_for_a_post_that_is_not_taken_are_not_taken_either(bring, lead, area):
    plan = bring(table({})).plan
    action = plan.actions.get()
    post = factories.post(area, "Head of Service")
    actions.edit_action(by=lead, action=action, version=action.version, lead=post, reason="Board")
    later = table({"Lead": "Information Lead"})
    (line,) = bring.look(later, plan).lines
    assert {c.name for c in line.changes if c.conflict} == {"lead", "responsible"}
    bring(table({"Lead": "Information Lead", "Progress": "More"}), plan)
    action.refresh_from_db()
    assert (str(action.lead), action.responsible) == ("Head of Service", "Unpaid Work Manager")


# --- a row split over two pages -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("above", "text", "noted"),
    [
        ("Ask people at each review", "what has changed for them", True),
        ("Ask people at each review.", "and at the end.", True),
        ("Ask people at each review of the", "Risk Management Authority", True),
        ("Ask people at each review.", "Train staff", False),
    ],
)
def test_a_row_that_goes_on_from_the_page_before_is_said_to_look_so(bring, above, text, noted):
    rows = [PAGE[0], (above, *PAGE[1][1:]), (text, "", "", ""), PAGE[3]]
    lines = bring.look(word_file(*rows), name="Plan.docx").lines
    assert [line.row.text for line in lines][1:3] == [above, text]  # never joined
    said = [
        line.at
        for line in lines
        for note in line.notes
        if note.code == "continues" and "join the two in the file" in note.accepted
    ]
    assert said == ([3] if noted else [])


@pytest.mark.parametrize("cell", [1, 2, 3], ids=["a post", "a date", "evidence"])
def test_a_row_that_says_more_than_its_action_is_no_continuation(bring, cell):
    texts = ["what has changed", "", "", ""]
    texts[cell] = PAGE[2][cell]
    lines = bring.look(word_file(PAGE[0], tuple(texts)), name="Plan.docx").lines
    assert not any(note.code == "continues" for line in lines for note in line.notes)
