"""A plan's file comes in again: what was done here since is seen, and nothing of it is lost."""

import json
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from plans.models import Action, ImportedRow, Update
from plans.services import actions, due_dates, importing, plans, progress, undoing
from plans.services.exports import lines
from plans.statuses import Status
from plans.stops import stops
from tests import factories
from tests.pages import Page
from tests.plans.importing.helpers import DRAFT, HEADINGS, table

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
SECOND = {"Ref": "1.1b", "Action": "Open a second site"}
BASIC = HEADINGS[:6]
QUARTERS = [f"Progress Q{number}" for number in (1, 2, 3)]


def edit(by, action, **facts):
    facts.setdefault("reason", "The board said so")
    actions.edit_action(by=by, action=action, version=action.version, **facts)


def found(bring, data, plan):
    """The changes of the file's first row: names, and whether each is in conflict."""
    return {change.name: change.conflict for change in bring.look(data, plan).lines[0].changes}


def agree(by, plan):
    plan.refresh_from_db()
    plans.record_agreement(by=by, plan=plan, version=plan.version, decision="Board, item 3")
    plan.refresh_from_db()


# --- a row that said what was here ----------------------------------------------------------------


def test_a_row_that_said_what_was_here_does_not_revert_what_comes_after(bring, lead):
    plan = bring(table({})).plan
    edit(lead, Action.objects.get(), text="Train everybody")
    data = table({"Action": "Train everybody"}, SECOND)
    bring(data, plan)
    edit(lead, plan.actions.get(reference="1.1a"), text="Train all staff")
    assert bring.does(data, plan) == [("same", "1.1a"), ("same", "1.1b")]


def test_a_status_that_was_here_already_does_not_come_back(bring, lead):
    plan = bring(table({})).plan
    facts = {"by": lead, "action": (action := Action.objects.get())}
    said = {"status": Status.AT_RISK, "text": "Ill", "word": "Amber"}
    progress.post_update(**facts, version=action.version, **said)
    data = table({"Status": "Amber", "Progress": "Ill"}, SECOND)
    bring(data, plan)
    said = {"status": Status.ON_TRACK, "text": "Well again", "word": "Green"}
    progress.post_update(**facts, version=action.version, **said)
    assert found(bring, data, plan) == {}


def test_what_was_changed_here_since_stays_known_where_the_file_said_the_same_again(bring, lead):
    plan = bring(table({})).plan
    edit(lead, Action.objects.get(), text="As we want it")
    bring(table({"Evidence": "A new list"}), plan)
    data = table({"Evidence": "A new list", "Action": "As they want it"})
    assert found(bring, data, plan) == {"text": True}


def test_a_row_of_which_all_is_kept_already_is_not_kept_again(bring, lead, client, area):
    noted = [*HEADINGS, "Start date"]  # a column that is not read
    plan = bring(table({}, headings=noted)).plan
    kept = bring(table({"Start date": "May 2019"}, SECOND, headings=noted), plan)
    assert list(kept.rows.values_list("action__reference", flat=True)) == ["1.1b"]
    edit(lead, plan.actions.get(reference="1.1a"), text="Train everybody")
    data = table({"Action": "Train everybody"}, SECOND | {"Evidence": "x"}, headings=noted)
    kept = bring(data, plan)
    assert kept.rows.count() == 2
    client.force_login(lead)
    shown = Page(client.get(reverse("plan_import", args=[area.slug, kept.pk]))).text
    assert "1 row and what each became" in shown


def test_an_import_that_is_undone_leaves_what_was_kept_before(bring, lead):
    plan = bring(table({})).plan
    edit(lead, Action.objects.get(), text="Train everybody")
    data = table({"Action": "Train everybody"}, SECOND)
    undoing.undo(by=lead, kept=(kept := bring(data, plan)), version=kept.version)
    assert json.loads(ImportedRow.objects.first().raw)["raw"]["text"] == "Train all staff"
    edit(lead, plan.actions.get(reference="1.1a"), text="Ours")
    assert found(bring, data, plan) == {"text": True}


def test_a_status_alone_leaves_the_words_that_were_said_as_the_latest_progress(bring, lead, area):
    headings = [*HEADINGS, "% complete"]
    plan = bring(table({"% complete": ""}, headings=headings)).plan
    bring(table({"Status": "Amber", "% complete": "60%"}, headings=headings), plan)
    action = Action.objects.get()
    assert (action.status, action.percent) == (Status.AT_RISK, 60)
    (line,) = lines(user=lead, area=area, keys=[action.pk])
    assert line.update == "Half of them so far"
    said = {"status": Status.AT_RISK, "text": "The trainer resigned"}
    progress.post_update(by=lead, action=action, version=action.version, **said)
    bring(table({"Status": "Red", "% complete": "60%"}, headings=headings), plan)
    (line,) = lines(user=lead, area=area, keys=[action.pk])
    assert line.status == Status.OFF_TRACK
    assert line.update == (
        f"“Red”, 60 per cent done, as in the file. {lead.name} on 15 January 2020: "
        "The trainer resigned"
    )


def test_a_status_without_any_words_of_progress_says_that_it_is_the_files(bring, lead, area):
    plan = bring(table({"Progress": ""})).plan
    bring(table({"Progress": "", "Status": "Amber"}), plan)
    (line,) = lines(user=lead, area=area, keys=[Action.objects.get().pk])
    assert line.update == "“Amber”, as in the file."


# --- a draft that was approved --------------------------------------------------------------------


def test_what_was_reported_since_the_approval_is_not_reverted_unseen(bring, lead, area):
    data = table({})
    plan = bring(data, **DRAFT).plan
    agree(lead, plan)
    assert found(bring, data, plan) == {"status": False, "progress": False}
    action = Action.objects.get()
    said = {"status": Status.OFF_TRACK, "text": "It went wrong", "percent": 10}
    progress.post_update(by=lead, action=action, version=action.version, **said)
    assert found(bring, data, plan) == {"status": True, "progress": False}
    plan.refresh_from_db()
    bring(data, plan)
    action.refresh_from_db()
    assert action.status == Status.OFF_TRACK
    assert list(action.updates.order_by("id").values_list("text", flat=True)) == [
        "It went wrong",
        "Half of them so far",
    ]


def test_a_percent_that_was_reported_since_the_approval_is_not_reverted_unseen(bring, lead):
    headings = [*BASIC, "% complete"]
    data = table({"Status": "", "% complete": "40%"}, headings=headings)
    plan = bring(data, **DRAFT).plan
    agree(lead, plan)
    assert found(bring, data, plan) == {"status": False, "percent": False}
    said = {"status": Status.ON_TRACK, "text": "Well", "percent": 70}
    action = Action.objects.get()
    progress.post_update(by=lead, action=action, version=action.version, **said)
    assert found(bring, data, plan) == {"percent": True}


# --- who does it ----------------------------------------------------------------------------------


def test_nobody_drops_off_where_only_the_lead_is_in_conflict(bring, lead, area):
    plan = bring(table({"Lead": "Unpaid Work Manager, Data Officer"})).plan
    edit(lead, Action.objects.get(), lead=factories.post(area, "Service Head"))
    data = table({"Lead": "Data Officer"})
    assert found(bring, data, plan) == {"responsible": True, "lead": True, "supporting": True}
    bring(data, plan)
    action = Action.objects.get()
    assert (str(action.lead), *map(str, action.supporting.all())) == (
        "Service Head",
        "Data Officer",
    )


def test_the_lead_stays_where_only_the_plans_words_for_it_are_in_conflict(bring, lead, area):
    plan = bring(table({})).plan
    factories.post(area, "Data Officer")
    edit(lead, Action.objects.get(), responsible="UWM (until May)")
    data = table({"Lead": "Data Officer"})
    assert found(bring, data, plan) == {"responsible": True, "lead": True}


# --- several columns of progress ------------------------------------------------------------------


def quarters(*said):
    headings = QUARTERS[: len(said)]
    row = dict(zip(headings, said, strict=True))
    return table(row, headings=[*BASIC, *headings])


def test_every_new_column_of_progress_is_told_oldest_first(bring):
    plan = bring(quarters("First")).plan
    data = quarters("First", "The trainer resigned", "Third")
    told = "Progress Q2: The trainer resigned\n\nProgress Q3: Third"
    (change,) = bring.look(data, plan).lines[0].changes
    assert (change.name, change.old, change.new) == ("progress", "First", told)
    bring(data, plan)
    assert list(Update.objects.order_by("id").values_list("text", flat=True)) == ["First", told]
    assert bring.does(data, plan) == [("same", "1.1a")]


def test_an_older_column_that_is_put_right_is_told(bring):
    plan = bring(quarters("First", "Second")).plan
    (change,) = bring.look(quarters("First, for some", "Second"), plan).lines[0].changes
    assert change.new == "Progress Q1: First, for some"


def test_the_same_words_are_told_again_of_another_quarter(bring, lead):
    plan = bring(quarters("As planned", "Slow")).plan
    (change,) = bring.look(quarters("As planned", "Slow", "As planned"), plan).lines[0].changes
    assert change.new == "Progress Q3: As planned"


def test_a_column_that_only_has_another_heading_tells_nothing(bring):
    plan = bring(quarters("First")).plan
    other = [*BASIC, "Progress to March", "Progress to June"]
    data = table({"Progress to March": "First"}, headings=other)
    assert bring.does(data, plan) == [("same", "1.1a")]
    data = table({"Progress to March": "First", "Progress to June": "Done"}, headings=other)
    (change,) = bring.look(data, plan).lines[0].changes
    assert change.new == "Progress to June: Done"


def test_what_an_older_import_has_kept_of_progress_is_not_told_again(bring):
    plan = bring(quarters("First", "Second")).plan
    row = ImportedRow.objects.get()
    old = json.loads(row.raw)
    del old["updates"]
    ImportedRow.objects.filter(pk=row.pk).update(raw=json.dumps(old))
    (change,) = bring.look(quarters("First", "Second", "Third"), plan).lines[0].changes
    assert change.new == "Progress Q3: Third"


# --- a conflict that is not taken -----------------------------------------------------------------


def test_a_conflict_that_is_not_taken_stops_nothing(bring, lead):
    plan = bring(table({})).plan
    action, new = Action.objects.get(), date(2020, 12, 31)
    facts = {"action": action, "version": action.version, "new": new, "reason": "So"}
    due_dates.move_date(by=lead, **facts)
    kept = bring.keep(table({"Due": "31 December 2019", "Evidence": "A new list"}), plan)
    assert [one.does for one in importing.look(kept).lines] == ["update"]
    (line,) = (seen := importing.look(kept, take={1})).lines
    assert line.does == "stopped" and "after today" in line.notes[-1].why
    assert seen.mark == importing.look(kept).mark
    bring.take(kept, seen, reason="The board said so")
    action.refresh_from_db()
    assert (action.due, action.evidence_expected) == (new, "A new list")


def test_nobody_is_asked_who_withdrew_what_is_not_withdrawn(bring, lead):
    plan = bring(table({})).plan
    action = Action.objects.get()
    said = {"status": Status.AT_RISK, "text": "Ill"}
    progress.post_update(by=lead, action=action, version=action.version, **said)
    bring(table({"Status": "Withdrawn", "Evidence": "Other"}), plan)
    action.refresh_from_db()
    assert (action.status, action.evidence_expected) == (Status.AT_RISK, "Other")


# --- what is shown is what is done ----------------------------------------------------------------


def test_how_far_it_was_is_not_said_of_what_is_withdrawn(bring):
    headings = [*BASIC, "% complete"]
    plan = bring(table({"% complete": "50%"}, headings=headings)).plan
    data = table({"% complete": "80%", "Status": "Withdrawn"}, headings=headings)
    assert found(bring, data, plan) == {"status": False}
    bring(data, plan, ended="Board, item 4")
    action = Action.objects.get()
    assert (action.status, action.percent) == (Status.WITHDRAWN, 50)
    assert bring.does(data, plan) == [("same", "1.1a")]


def test_a_row_whose_reference_is_spent_says_which_it_gets(bring, lead):
    plan = bring(table({})).plan
    data = table({}, {"Ref": "1.1b", "Action": "A new one"}, {"Ref": "1.1c", "Action": "Another"})
    kept = bring(data, plan)
    undoing.undo(by=lead, kept=kept, version=kept.version)
    kept = bring.keep(data, plan)
    seen = importing.look(kept)
    assert [note.sentence for one in seen.lines for note in one.notes] == [
        f"plan.csv, line {line}: “{own}” is the reference of another action here, or was once. "
        f"The new action gets “{gets}”."
        for line, own, gets in ((3, "1.1b", "1.1d"), (4, "1.1c", "1.1e"))
    ]
    bring.take(kept, seen, skip=[2])
    assert plan.actions.get(reference="1.1e").text == "Another"


def test_what_a_service_refuses_names_the_column_and_the_value(bring):
    headings = [*BASIC, "Revised date"]
    plan = bring(table({"Revised date": "May 2020"}, headings=headings)).plan
    for row, heading, value in (
        ({"Revised date": "Dec 2019"}, "Revised date", "Dec 2019"),
        ({"Status": "Not started", "Revised date": "May 2020"}, "Status", "Not started"),
    ):
        (note,) = [
            n for n in bring.look(table(row, headings=headings), plan).lines[0].notes if n.stops
        ]
        assert (note.heading, note.value) == (heading, value)
        assert note.sentence.startswith(f"plan.csv, line 2 (“{heading}”): “{value}”")


def test_rows_that_are_refused_alike_are_one_stop_whatever_their_words(bring):
    plan = bring(table({}, SECOND)).plan
    days = table({"Due": "Dec 2019"}, SECOND | {"Due": "November 2019"})
    (stop,) = stops(bring.look(days, plan).lines)
    assert stop.places == ("line 2", "line 3")


def test_what_is_refused_only_when_it_is_done_names_its_row_too(bring, monkeypatch):
    kept = bring.keep(table({}, SECOND))
    odd = {"text": "Too odd."}

    def refuse(plan, taken, facts):
        if facts["reference"] == "1.1b":
            raise ValidationError(odd)
        return sound(plan, taken, facts)

    sound = actions._sound
    monkeypatch.setattr(actions, "_sound", refuse)
    with pytest.raises(ValidationError) as refused:
        bring.take(kept, importing.look(kept), **DRAFT)
    said = "plan.csv, line 3 (“Action”): “Open a second site”: Too odd."
    assert refused.value.messages == [said] and not Action.objects.exists()
    plan = bring(table({})).plan
    changed = table({"Progress": "Worse"})
    monkeypatch.setattr(
        progress, "refuse_update", lambda *_, **__: (_ for _ in ()).throw(ValidationError(odd))
    )
    with pytest.raises(ValidationError) as refused:
        bring(changed, plan)
    assert refused.value.messages == ["plan.csv, line 2 (“Progress”): “Worse”: Too odd."]
