"""A plan lives in several files at once: none of them undoes what another one has brought."""

from datetime import date

import pytest

from plans.models import Action, PlanImport
from plans.services import actions, importing, plans
from plans.stops import stops
from tests import factories
from tests.plans.importing.helpers import DRAFT, HEADINGS, table

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
OURS = ["Action", "Quality indicator", "Lead", "Due", "Evidence"]
TRACKER = ["Task", "QI", "Owner", "Target", "BRAG", "Latest position"]
TOLD = {
    "Task": "Train all staff",
    "QI": "1.1",
    "Owner": "Unpaid Work Manager",
    "Target": "31/03/2020",
    "BRAG": "Green",
    "Latest position": "Two sessions held",
}
REPORT = {"status", "progress"}
SECOND = {"Action": "Open a second site", "Evidence": "The lease"}


def tracker(*rows):
    return table(*(TOLD | row for row in rows), headings=TRACKER)


def plan_of(*rows, headings=OURS):
    return table(*rows, headings=headings)


def found(bring, data, plan):
    """The changes of the file's first row: names, and whether each is in conflict."""
    return {change.name: change.conflict for change in bring.look(data, plan).lines[0].changes}


def noted(bring, data, plan=None):
    """What stands beside the file's first row."""
    return [note.at_row for note in bring.look(data, plan).lines[0].notes]


def agree(by, plan):
    plan.refresh_from_db()
    plans.record_agreement(by=by, plan=plan, version=plan.version, decision="Board, item 3")
    plan.refresh_from_db()


# --- of one source --------------------------------------------------------------------------------


def test_a_file_does_not_undo_what_another_one_has_brought_since(bring):
    word = plan_of({})
    plan = bring(word).plan
    other = tracker({"Target": "30/09/2020", "BRAG": "Amber"})
    bring(other, plan)
    assert Action.objects.get().due == date(2020, 9, 30)
    for data in (word, other):
        assert bring.does(data, plan) == [("same", "")]


def test_what_a_file_changes_that_another_one_has_changed_since_is_a_conflict(bring):
    plan = bring(plan_of({})).plan
    bring(tracker({"Target": "30/09/2020"}), plan)
    data = plan_of({"Due": "31 May 2020"})
    assert found(bring, data, plan) == {"due": True, "timescale": True}
    assert found(bring, plan_of({"Due": "30 September 2020"}), plan) == {}


def test_a_file_with_a_column_more_is_compared_with_the_last_of_its_kind(bring):
    plan = bring(plan_of({})).plan
    other = bring(tracker({"Target": "30/09/2020"}), plan)
    choices = PlanImport.objects.values_list("choices", flat=True).get(pk=other.pk)
    as_excel = choices.replace('"CSV file (.csv) ', '"Excel file ')
    assert as_excel != choices
    PlanImport.objects.filter(pk=other.pk).update(choices=as_excel)
    data = plan_of({}, headings=[*OURS, "Key messages"])
    assert bring.does(data, plan) == [("same", "")]


def test_files_of_before_count_as_of_the_same_source(bring):
    word = plan_of({})
    plan = bring(word).plan
    for kept in PlanImport.objects.all():
        kept.choices = kept.choices.replace('"sources"', '"older"')
        kept.save()
    bring(tracker({"Target": "30/09/2020"}), plan)
    assert bring.does(word, plan) == [("same", "")]


def test_a_row_that_says_the_same_as_another_sources_is_kept_as_its_own(bring):
    plan = bring(plan_of({})).plan
    ours = [*OURS, "Notes on cost"]
    data = plan_of({}, SECOND, headings=ours)
    kept = bring(data, plan)
    assert kept.rows.count() == 2


# --- what a file says nothing of ------------------------------------------------------------------


@pytest.fixture
def answering(bring, area):
    inspection = factories.inspection(area, bring.framework)
    for number in (1, 2):
        factories.key_message(inspection, number=number)
    return inspection


def kept_for(bring, data, inspection):
    kept = bring.keep(data, inspection=inspection)
    return bring.take(kept, importing.look(kept), title="Plan 2019", decision="Board, item 3").plan


def test_a_file_that_names_no_key_message_takes_none_away(bring, answering):
    plan = kept_for(bring, plan_of({"Action": "Train all staff (KM1)"}), answering)
    bring(tracker({"Task": "Train all the staff", "BRAG": "Amber"}), plan)
    assert [message.number for message in Action.objects.get().key_messages.all()] == [1]
    # Nor does the same document, once all of them are struck out of it.
    assert "key_messages" not in found(bring, plan_of({"Action": "Train everybody"}), plan)


def test_a_tag_that_is_struck_out_of_one_row_is_taken_away(bring, answering):
    first, second = {"Action": "Train all staff (KM1)"}, {"Action": "Open a site (KM2)"}
    plan = kept_for(bring, plan_of(first, second), answering)
    data = plan_of({"Action": "Train all staff"}, second)
    assert found(bring, data, plan) == {"key_messages": False}


def test_an_owner_alone_takes_no_supporting_post_away(bring, area):
    factories.post(area, "Data Officer")
    word = {"Lead": "Unpaid Work Manager, Data Officer"}
    plan = bring(plan_of(word)).plan
    assert found(bring, tracker({}), plan).keys() == REPORT
    bring(tracker({"Owner": "Data Officer"}), plan)
    action = Action.objects.get()
    assert str(action.lead) == "Data Officer" and not action.supporting.exists()


def test_supporting_posts_go_where_the_file_itself_had_named_them(bring, area):
    factories.post(area, "Data Officer")
    plan = bring(plan_of({"Lead": "Unpaid Work Manager, Data Officer"})).plan
    data = plan_of({})
    assert found(bring, data, plan) == {"responsible": False, "supporting": False}
    bring(data, plan)
    assert not Action.objects.get().supporting.exists()


# --- the same words -------------------------------------------------------------------------------


def test_how_words_are_written_is_no_change_of_them(bring):
    said = {"Action": "Widen the choice of 'other activity'.", "Evidence": "A list. A note"}
    plan = bring(plan_of(said)).plan
    other = {"Action": "Widen the choice of “other activity”", "Evidence": "A list.  A note."}
    assert bring.does(plan_of(other | {"Due": "31/03/2020"}), plan) == [("same", "")]
    assert found(bring, plan_of(other | {"Evidence": "Two lists"}), plan) == {
        "evidence_expected": False
    }
    assert Action.objects.get().text == said["Action"]


def test_another_source_calls_the_same_post_and_day_otherwise(bring, area):
    factories.post(area, "Unpaid Work Manager")
    plan = bring(plan_of({"Due": "End of March 2020"})).plan
    data = tracker({"Owner": "Unpaid work manager ", "Target": "Mar-20"})
    assert found(bring, data, plan).keys() == REPORT
    bring(data, plan)
    assert noted(bring, data, plan) == []  # nor is it said to be otherwise here


# --- a date that was moved, in a draft ------------------------------------------------------------

MOVED = {"Due": "March 2020 (revised to May 2020)"}


def test_a_date_that_was_moved_waits_until_the_draft_is_approved(bring, lead):
    data = plan_of(MOVED)
    plan = bring(data, **DRAFT).plan
    action = Action.objects.get()
    assert action.due == action.original_due == date(2020, 3, 31)
    assert bring.does(data, plan) == [("same", "")]
    agree(lead, plan)
    assert found(bring, data, plan) == {"due": False}
    bring(data, plan)
    action.refresh_from_db()
    assert (action.original_due, action.due) == (date(2020, 3, 31), date(2020, 5, 31))
    assert bring.does(data, plan) == [("same", "")]


def test_a_draft_that_is_changed_by_a_file_keeps_its_first_date(bring):
    plan = bring(plan_of({}), **DRAFT).plan
    bring(plan_of(MOVED | {"Evidence": "Other"}), plan, reason="")
    assert Action.objects.get().due == date(2020, 3, 31)


def test_the_preview_of_a_draft_says_that_the_new_date_waits(bring, lead):
    data = plan_of(MOVED)
    said = "that the date was moved to 31 May 2020 waits"
    (first,) = [note for note in noted(bring, data) if "waits" in note]
    assert first.startswith("“Due”") and "if the plan comes in as a draft" in first
    plan = bring(data, **DRAFT).plan
    assert any(said in note for note in noted(bring, data, plan))
    agree(lead, plan)
    assert not any("waits" in note for note in noted(bring, data, plan))


# --- what stands here otherwise -------------------------------------------------------------------


def test_a_row_that_the_file_has_not_changed_says_what_stands_here(bring, lead):
    word = plan_of({})
    plan = bring(word).plan
    assert noted(bring, word, plan) == []
    bring(tracker({"Target": "30/09/2020"}), plan)
    (line,) = bring.look(word, plan).lines
    assert [note.at_row for note in line.notes] == [
        "“Timescale in the plan’s words”: Not changed in the file. Here it is “30/09/2020”.",
        "“Due date”: Not changed in the file. Here it is “30 September 2020”.",
    ]
    assert line.differs and not stops([line])


def test_a_hand_that_changed_it_here_is_said_too(bring, lead):
    data = table({}, headings=HEADINGS)
    plan = bring(data).plan
    action = Action.objects.get()
    facts = {"text": "Train everybody", "reason": "The board said so"}
    actions.edit_action(by=lead, action=action, version=action.version, **facts)
    (note,) = noted(bring, data, plan)
    assert note == "“Action”: Not changed in the file. Here it is “Train everybody”."
