"""A plan's file comes in: what it does, does twice, refuses, and leaves to a person."""

import json
from datetime import date

import pytest
from django.core.exceptions import ValidationError

from management import access
from management.access import Role
from management.models import AuditEvent, Post
from management.versions import Stale
from plans.models import (
    Acceptance,
    Action,
    ColumnMap,
    DateChange,
    DateRequest,
    Plan,
    PlanImport,
    Revision,
    Update,
)
from plans.plan_file.plain import csv_pieces
from plans.services import (
    actions,
    exports,
    importing,
    plans,
    progress,
    rules,
    taking_in,
    undoing,
)
from plans.services.advising import standing_advice
from plans.services.remembering import choose_columns
from plans.sheets.fields import Field
from plans.states import PlanState
from plans.statuses import Status
from tests import factories
from tests.plans.importing.helpers import DRAFT, HEADINGS, table
from tests.plans.plans_built import word_plan

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
TWO = ({}, {"Ref": "1.1b", "Action": "Open a second site"})


def one(plan, reference="1.1a"):
    return plan.actions.get(reference=reference)


def reword(by, action, text="As the board wants it"):
    actions.edit_action(
        by=by, action=action, version=action.version, text=text, reason="The board said so"
    )


# --- a new plan -----------------------------------------------------------------------------------


def test_a_plan_that_is_agreed_comes_in_with_its_words_dates_and_progress(bring, lead):
    said = {"Status": "Blue", "Action": "Open a second site", "Evidence": ""}
    kept = bring(table({}, {"Ref": "1.1b", **said}))
    plan = Plan.objects.get()
    assert (plan.title, plan.state, plan.agreed_on) == (
        "Plan 2019",
        PlanState.IN_PROGRESS,
        date(2019, 9, 17),
    )
    first, second = plan.actions.order_by("sequence")
    assert (first.reference, first.text, first.due) == (
        "1.1a",
        "Train all staff",
        date(2020, 3, 31),
    )
    assert (first.status, first.word, str(first.lead)) == (
        Status.ON_TRACK,
        "Green",
        "Unpaid Work Manager",
    )
    assert first.updates.get().text == "Half of them so far"
    assert (first.evidence_expected, second.evidence_expected) == ("List of names", "")
    assert (second.status, second.word) == (Status.DONE, "Blue")
    assert second.evidence.get().description == (
        "“plan.csv”, line 3, says that it is done. Nothing else has been shown so far."
    )
    assert plan.moves.first().decision == "Board, item 3"
    assert not Revision.objects.exists()
    assert kept.taken_by == lead.name
    event = AuditEvent.objects.filter(table_name="plans_plan", operation="insert").get()
    assert (event.actor_name, event.verb) == (lead.name, "create plan")
    row = first.imported_rows.get()
    assert row.place == "line 2"
    assert json.loads(row.raw)["raw"]["status"] == "Green"


def test_a_date_that_was_moved_before_is_told_with_the_first_one(bring):
    headings = [*HEADINGS, "Revised date"]
    bring(table({"Revised date": "31 May 2020"}, headings=headings))
    action = Action.objects.get()
    assert (action.original_due, action.due) == (date(2020, 3, 31), date(2020, 5, 31))
    change = DateChange.objects.get()
    assert (change.old, change.new) == (date(2020, 3, 31), date(2020, 5, 31))
    assert change.reason == "From “plan.csv”, line 2."


def test_per_cent_alone_makes_an_update_that_says_so(bring):
    bring(
        table(
            {"Status": "", "Progress": "", "% complete": "40%"}, headings=[*HEADINGS, "% complete"]
        )
    )
    action = Action.objects.get()
    assert (action.percent, action.updates.get().text) == (40, "40 per cent done, as in the file.")


def test_a_plan_that_answers_an_inspection_can_say_when_it_was_sent(bring, lead, area):
    found = factories.inspection(area, bring.framework, published_on=date(2019, 6, 25))
    kept = bring.keep(table({}), inspection=found)
    seen = importing.look(kept)
    on = date(2019, 10, 1)
    bring.take(kept, seen, title="Plan", decision="Board, item 3", submitted_on=on)
    plan = Plan.objects.get()
    assert plan.state == PlanState.IN_PROGRESS
    assert plan.moves.get(new=PlanState.SUBMITTED).on == on


def test_an_agreement_that_is_recorded_accepts_no_advice(bring):
    plan = bring(table({"Evidence": ""})).plan
    assert not Acceptance.objects.exists()
    assert "no_measure" in {standing.code for standing in standing_advice(plan)}


def test_a_row_without_a_post_needs_one_from_the_person(bring, area):
    post = factories.post(area, "Service Manager")
    kept = bring.keep(table({"Lead": ""}))
    seen = importing.look(kept)
    assert "lead" in taking_in.needs(seen)
    with pytest.raises(ValidationError) as refused:
        bring.take(kept, seen, title="Plan", decision="Board")
    assert "lead" in refused.value.message_dict
    bring.take(kept, seen, title="Plan", decision="Board", lead=post)
    assert Action.objects.get().lead == post and Post.objects.count() == 1


def test_references_are_invented_only_where_the_file_has_none(bring):
    bring(table({"Ref": ""}, {"Ref": "1", "Action": "Two"}, {"Ref": "2", "Action": "Three"}))
    found = Action.objects.order_by("sequence").values_list("reference", "text")
    assert [text for _, text in found] == ["Train all staff", "Two", "Three"]
    assert len({reference for reference, _ in found}) == 3
    assert dict(found)["1"] == "Two" and dict(found)["2"] == "Three"


def test_what_was_withdrawn_needs_a_decision_and_superseded_is_left_to_a_person(bring):
    data = table({"Status": "Withdrawn"}, {"Ref": "1.1b", "Action": "B", "Status": "Superseded"})
    with pytest.raises(ValidationError) as refused:
        bring(data)
    assert "ended" in refused.value.message_dict
    assert any("Which action takes its place" in n.why for n in bring.look(data).lines[1].notes)
    plan = bring(data, ended="Board, item 4").plan
    gone = one(plan)
    assert gone.status == Status.WITHDRAWN
    assert gone.updates.get().decision == "Board, item 4"
    assert one(plan, "1.1b").status == Status.NOT_STARTED


def test_dates_are_read_by_the_day_on_which_the_plan_was_agreed(bring):
    data = table({"Due": "Interviewing 8 August"})
    kept = bring.keep(data, agreed_on=date(2018, 6, 1))
    seen = importing.look(kept)
    shown = seen.lines[0].row.due
    bring.take(kept, seen, title="Plan", decision="")
    assert Action.objects.get().original_due == shown == date(2018, 8, 8)


def test_posts_of_one_title_are_told_apart(bring, area):
    factories.post(area, "Trainer", organisation="CJS")
    own = factories.post(area, "Trainer")
    plan = bring(table({"Lead": "Trainer"})).plan
    assert one(plan).lead == own
    assert bring.does(table({"Lead": "Trainer"}), plan) == [("same", "1.1a")]


# --- a draft --------------------------------------------------------------------------------------


def test_a_draft_keeps_status_and_progress_until_it_is_approved(bring, lead):
    data = table({})
    plan = bring(data, **DRAFT).plan
    action = plan.actions.get()
    assert (plan.state, action.status, action.word, action.percent) == (
        PlanState.DRAFT,
        Status.NOT_STARTED,
        "",
        None,
    )
    assert not Update.objects.exists()
    assert bring.does(data, plan) == [("same", "1.1a")]
    assert bring.look(data, plan).held
    plans.record_agreement(by=lead, plan=plan, version=plan.version, decision="Board")
    assert bring.changes(data, plan) == [["status", "progress"]]
    bring(data, plan)
    action.refresh_from_db()
    assert (action.status, action.word) == (Status.ON_TRACK, "Green")
    assert bring.does(data, plan) == [("same", "1.1a")]


def test_an_action_of_a_draft_can_be_taken_out_though_it_came_from_a_file(bring, lead):
    plan = bring(table(*TWO), **DRAFT).plan
    action = one(plan)
    actions.remove_action(by=lead, action=action, version=action.version)
    assert [a.reference for a in plan.actions.all()] == ["1.1b"]
    # A row that is brought in again stands last, in a place of its own.
    bring(table(*TWO), plan)
    assert [a.reference for a in plan.actions.all()] == ["1.1b", "1.1a"]
    assert len({a.sequence for a in plan.actions.all()}) == 2


# --- twice ----------------------------------------------------------------------------------------


def test_the_same_file_twice_changes_nothing_whatever_was_done_since(bring, lead):
    data = table({}, {"Ref": "", "Action": "No reference here"})
    plan = bring(data).plan
    action = one(plan)
    progress.post_update(
        by=lead, action=action, version=action.version, status="at_risk", text="One left"
    )
    assert [does for does, _ in bring.does(data, plan)] == ["same", "same"]
    before = AuditEvent.objects.filter(table_name="plans_action").count()
    with pytest.raises(ValidationError, match="nothing in the file that is not here"):
        bring(data, plan)
    assert AuditEvent.objects.filter(table_name="plans_action").count() == before
    assert plan.actions.count() == 2


def test_an_older_version_of_a_file_does_not_put_the_plan_back_by_itself(bring):
    old = table({"Due": "31 March 2020"})
    plan = bring(old).plan
    seen = importing.look(bring.keep(old, plan))
    assert (seen.newer, seen.older) == ("", frozenset())
    bring(table({"Due": "30 June 2020"}), plan)
    again = importing.look(bring.keep(old, plan))
    assert [one.does for one in again.lines] == ["update"]
    assert (again.newer, again.older, again.usually_out) == ("plan.csv", {1}, {1})


def test_the_very_file_of_a_plan_is_set_beside_that_plan_where_none_is_chosen(bring):
    data = table({})
    plan = bring(data).plan
    kept = bring.keep(data)
    assert kept.plan == plan
    assert [one.does for one in importing.look(kept).lines] == ["same"]


def test_a_reference_that_was_changed_here_is_known_again(bring, lead):
    data = table({})
    plan = bring(data, **DRAFT).plan
    action = plan.actions.get()
    actions.edit_action(by=lead, action=action, version=action.version, reference="9.9")
    assert [does for does, _ in bring.does(data, plan)] == ["same"]


def test_words_that_were_changed_here_are_known_by_the_last_file(bring, lead):
    plan = bring(table({"Ref": ""})).plan
    reword(lead, plan.actions.get())
    bring(table({"Ref": "", "Progress": "All but one"}), plan)
    action = plan.actions.get()
    assert (action.text, action.updates.last().text) == ("As the board wants it", "All but one")


def test_of_two_actions_with_the_same_words_each_row_finds_its_own(bring):
    rows = ({"Ref": "", "Lead": "Post One"}, {"Ref": "", "Lead": "Post Two"})
    plan = bring(table(*rows)).plan
    bring(table(rows[0] | {"Progress": "Only here"}, rows[1]), plan)
    told = {str(a.lead): a.updates.last().text for a in plan.actions.all()}
    assert told == {"Post One": "Only here", "Post Two": "Half of them so far"}


# --- a later file ---------------------------------------------------------------------------------


def test_a_later_file_changes_what_it_says_otherwise_with_its_reason(bring):
    plan = bring(table({})).plan
    later = {
        "Action": "Train all staff and volunteers",
        "Due": "30 June 2020",
        "Status": "Amber",
        "Progress": "Ten to go",
    }
    bring(table(later), plan)
    action = plan.actions.get()
    assert (action.text, action.due) == ("Train all staff and volunteers", date(2020, 6, 30))
    assert (action.status, action.word) == (Status.AT_RISK, "Amber")
    assert action.original_due == date(2020, 3, 31)
    reason = "The board said so (From “plan.csv”, line 2)"
    assert {row.reason for row in Revision.objects.all()} == {reason}
    assert DateChange.objects.get().reason == reason
    assert action.updates.last().text == "Ten to go"


def test_a_change_of_what_was_agreed_needs_its_reason(bring):
    plan = bring(table({})).plan
    with pytest.raises(ValidationError) as refused:
        bring(table({"Action": "Train some staff"}), plan, reason=" ")
    assert "reason" in refused.value.message_dict
    assert one(plan).text == "Train all staff"


def test_lead_supporting_posts_messages_and_timescale_follow_the_file(bring, area):
    found = factories.inspection(area, bring.framework, published_on=date(2019, 6, 25))
    messages = [factories.key_message(found, number=number) for number in (1, 2)]
    rows = {"Action": "Train all staff (KM1)", "Lead": "Unpaid Work Manager"}
    kept = bring.keep(table(rows), inspection=found)
    plan = bring.take(kept, importing.look(kept), title="P", decision="Board").plan
    factories.post(area, "Head of Service")
    later = {
        "Action": "Train all staff (KM2)",
        "Lead": "Head of Service; Unpaid Work Manager",
        "Due": "31 March 2020 onwards",
    }
    bring(table(later), plan)
    action = one(plan)
    assert str(action.lead) == "Head of Service"
    assert [str(post) for post in action.supporting.all()] == ["Unpaid Work Manager"]
    assert list(action.key_messages.all()) == [messages[1]]
    assert action.timescale == "31 March 2020 onwards"
    assert bring.does(table(later), plan) == [("same", "1.1a")]


def test_what_the_file_does_not_say_otherwise_stays_as_it_is_here(bring, lead):
    headings = [*HEADINGS, "% complete"]
    plan = bring(table({"% complete": "40%"}, headings=headings)).plan
    action = one(plan)
    progress.post_update(
        by=lead, action=action, version=action.version, status="off_track", text="Stuck", word="Red"
    )
    bring(table({"% complete": "40%", "Progress": "Trainer found"}, headings=headings), plan)
    action.refresh_from_db()
    assert (action.status, action.word, action.percent) == (Status.OFF_TRACK, "Red", 40)
    assert action.updates.last().text == "Trainer found"


def test_where_both_have_changed_it_the_file_wins_only_if_the_person_says_so(bring, lead):
    plan = bring(table(*TWO)).plan
    reword(lead, one(plan))
    later = table({"Action": "Train new staff"}, {**TWO[1], "Action": "Open a third site"})
    seen = bring.look(later, plan)
    assert [line.has_conflict for line in seen.lines] == [True, False]
    bring(later, plan)
    assert one(plan).text == "As the board wants it"
    assert one(plan, "1.1b").text == "Open a third site"
    assert [does for does, _ in bring.does(later, plan)] == ["same", "same"]
    newer = table(
        {"Action": "Train every new member of staff"}, {**TWO[1], "Action": "Open a third site"}
    )
    bring(newer, plan, take=[1])
    assert one(plan).text == "Train every new member of staff"


def test_a_file_moves_no_date_past_the_second_person(bring):
    plan = bring(table({})).plan
    Plan.objects.filter(pk=plan.pk).update(dates_need_approval=True)
    bring(table({"Due": "30 June 2020"}), plan)
    action = one(plan)
    assert action.due == date(2020, 3, 31)
    assert DateRequest.objects.get().new == date(2020, 6, 30)
    assert not DateChange.objects.exists()


def test_a_new_row_moves_no_date_past_the_second_person_either(bring):
    headings = [*HEADINGS, "Revised date"]
    plan = bring(table({}, headings=headings)).plan
    Plan.objects.filter(pk=plan.pk).update(dates_need_approval=True)
    moved = {"Ref": "1.1b", "Action": "Open a workshop", "Revised date": "31 May 2020"}
    bring(table({}, moved, headings=headings), plan)
    new = plan.actions.get(reference="1.1b")
    assert (new.due, new.date_changes.count()) == (new.original_due, 0)
    asked = new.date_requests.get()
    assert (asked.old, asked.new) == (new.original_due, date(2020, 5, 31))


def test_what_the_services_would_refuse_stops_each_row_in_the_preview(bring, lead):
    plan = bring(table(*TWO, {"Ref": "1.1c", "Action": "C"})).plan
    for reference in ("1.1a", "1.1b"):
        action = one(plan, reference)
        progress.withdraw_action(
            by=lead, action=action, version=action.version, reason="Moved", decision="Board"
        )
    later = table(
        {"Progress": "More"},
        {**TWO[1], "Action": "Other words"},
        {"Ref": "1.1c", "Action": "C", "Due": "1 January 2020"},
    )
    seen = bring.look(later, plan)
    said = [" ".join(note.sentence for note in line.notes) for line in seen.lines]
    assert [line.does for line in seen.lines] == ["stopped"] * 3
    assert "plan.csv, line 2: Action 1.1a is closed" in said[0]
    assert "plan.csv, line 3: Action 1.1b is closed" in said[1]
    assert "line 4" in said[2] and "after today" in said[2]
    with pytest.raises(ValidationError) as refused:
        bring(later, plan)
    closed, early, _ = refused.value.messages  # each reason once, with its rows
    assert "This and the like stop 2 rows: line 2, line 3." in closed
    assert "line 4" in early


def test_complete_in_a_file_is_no_news_of_what_was_verified_here(bring):
    plan = bring(table({})).plan
    Action.objects.update(status=Status.COMPLETE)
    assert bring.does(table({"Status": "Complete"}), plan) == [("same", "1.1a")]


# --- all or nothing -------------------------------------------------------------------------------


def test_all_of_it_or_nothing_and_every_refusal_names_its_row(bring):
    wrong = {"Ref": "1.1b", "Quality indicator": "12.9 Nothing known", "Action": "Do it"}
    with pytest.raises(ValidationError) as refused:
        bring(table({}, wrong, {"Ref": "1.1c", "Action": ""}))
    said = " ".join(refused.value.messages)
    assert "plan.csv, line 3" in said and "12.9" in said
    assert not Plan.objects.exists() and not Action.objects.exists()
    assert not Post.objects.exists()
    assert PlanImport.objects.get().state == "preview"
    bring(table({}, wrong), skip=[2])
    assert Action.objects.get().reference == "1.1a"


def test_a_row_that_is_left_out_is_that_row_alone(bring):
    seen = bring.look(word_plan())
    tables = {line.row.place.rpartition(",")[0] for line in seen.lines}
    numbers = [line.row.number for line in seen.lines]
    assert len(tables) > 1 and len(set(numbers)) < len(numbers)  # they begin again in each table
    stopped = [line.at for line in seen.lines if line.does == "stopped"]
    kept = bring.keep(word_plan(), name="Appendix B.docx")
    facts = {"title": "P", "decision": "", "skip": [*stopped, 1]}
    facts["lead"] = factories.post(bring.area)
    bring.take(kept, importing.look(kept), **facts)
    assert Action.objects.count() == len(seen.lines) - len(stopped) - 1


def test_nothing_is_taken_in_that_is_not_as_it_was_shown(bring, lead):
    plan = bring(table({})).plan
    kept = bring.keep(table({"Action": "Train new staff"}), plan)
    seen = importing.look(kept)
    reword(lead, one(plan))
    with pytest.raises(Stale):
        bring.take(kept, seen, reason="Board")
    assert one(plan).text == "As the board wants it"


def test_another_persons_columns_do_not_change_what_was_shown(bring, lead):
    kept = bring.keep(table({}))
    other = bring.keep(table({}))
    layout = importing.look(other).layouts[0]
    fields = [
        Field.EVIDENCE if c.field == Field.PROGRESS else Field.PROGRESS
        if c.field == Field.EVIDENCE else c.field
        for c in layout.columns
    ]  # fmt: skip
    choose_columns(by=lead, kept=other, version=other.version, mappings={layout.signature: fields})
    assert ColumnMap.objects.count() == 1
    assert importing.look(kept).lines[0].row.progress == "Half of them so far"
    assert bring.look(table({})).lines[0].row.progress == "List of names"


def test_only_those_who_keep_the_plan_bring_one_in(area, bring):
    bring.lead = factories.user(area, Role.SERVICE_MANAGER)
    with pytest.raises(access.PermissionDenied, match="Your role does not allow this"):
        bring.keep(table({}))


def test_many_actions_come_in_with_a_bounded_number_of_questions(
    bring, django_assert_max_num_queries
):
    rows = [
        {"Ref": f"R{n}", "Action": f"Do this {n}", "Status": ("Blue", "Red")[n % 2]}
        for n in range(60)
    ]
    kept = bring.keep(table(*rows))
    seen = importing.look(kept)
    with django_assert_max_num_queries(120):
        bring.take(kept, seen, title="Plan", decision="Board")
    assert Action.objects.count() == Update.objects.count() == 60


def test_our_own_file_of_an_area_with_its_own_words_changes_nothing(bring, lead, area):
    factories.status_word(area, word="Slipping", status=Status.AT_RISK)
    plan = bring(table({"Status": "At risk"})).plan
    action = one(plan)
    progress.post_update(
        by=lead, action=action, version=action.version, status="at_risk", text="Slower"
    )
    data = b"".join(csv_pieces(exports.plan_file(user=lead, plan=plan)))
    assert b"Slipping" in data
    assert bring.does(data, plan) == [("same", "1.1a")]


def test_a_row_that_was_left_out_is_left_out_again(bring):
    data = table(*TWO)
    plan = bring(data, skip=[2]).plan
    kept = bring.keep(data)
    seen = importing.look(kept)
    assert (kept.plan, seen.left_out_before) == (plan, {2})
    with pytest.raises(ValidationError, match="nothing in the file that is not here"):
        bring.take(kept, seen, skip=seen.left_out_before)
    assert bring.look(table({"Progress": "More"}), plan).left_out_before == set()


def test_what_a_file_does_not_speak_of_is_named(bring):
    plan = bring(table(*TWO)).plan
    assert [one.reference for one in bring.look(table(TWO[1]), plan).unspoken] == ["1.1a"]


def test_an_agreed_plan_is_told_in_the_order_of_its_days(bring, area):
    found = factories.inspection(area, bring.framework, published_on=date(2019, 6, 25))
    kept = bring.keep(table({}), inspection=found)
    on = date(2019, 10, 1)
    bring.take(kept, importing.look(kept), title="P", decision="Board", submitted_on=on)
    moves = Plan.objects.get().moves.order_by("id").values_list("on", flat=True)
    assert list(moves) == [date(2019, 9, 17), on, date(2020, 1, 15)]
    assert Action.objects.get().added_on == date(2019, 9, 17)


def test_a_known_post_with_brackets_leaves_no_post_of_brackets(bring, area):
    factories.post(area, "Community Justice Scotland (Head of LDI)")
    bring(table({"Lead": "Community Justice Scotland (Head of LDI) Service Manager"}))
    assert not Post.objects.filter(title=")").exists()
    assert str(Action.objects.get().lead) == "Community Justice Scotland (Head of LDI)"


def test_rules_that_change_no_date_do_not_keep_an_import_from_being_undone(bring, area, lead):
    kept = bring(table({"Due": ""}), **DRAFT)
    rules.set_rules(by=lead, area=area, version=0, late="first", colours="status", words=[])
    rules.set_rules(by=lead, area=area, version=1, late="current", colours="status", words=[])
    assert undoing.why_not_undone(kept) == ""
