"""What is decided of a plan's file before it is taken in, and what is told of it afterwards."""

import json
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from management import clock
from management.access import Role
from management.models import AuditEvent
from management.versions import Stale
from plans.models import Action, ColumnMap, Plan
from plans.services import actions, deciding, importing, plans, taking_in, undoing
from plans.services.remembering import choose_columns
from plans.sheets.fields import Field
from plans.statuses import Status
from tests import factories
from tests.plans.importing.helpers import AGREED, AGREED_ON, DRAFT, Bring, table

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
TODAY = date(2020, 1, 15)
YEARLESS = table({"Due": "30 June"})  # June of which year, the plan's day says


def take(bring, kept, **facts):
    return bring.take(kept, importing.look(kept), **facts)


# --- the day of agreement ----------------------------------------------------------------------


def test_a_plan_is_not_agreed_on_the_day_of_the_upload_because_nobody_said_another(bring):
    kept = bring.keep(table({}), agreed_on=None)
    with pytest.raises(ValidationError) as refused:
        take(bring, kept, **AGREED)
    assert refused.value.message_dict == {"agreed_on": ["Give the day on which it was agreed."]}
    assert not Plan.objects.exists()
    take(bring, kept, **AGREED, agreed_on=AGREED_ON)
    plan = Plan.objects.get()
    assert plan.agreed_on == AGREED_ON
    assert plan.moves.get(new="approved").on == AGREED_ON


def test_a_day_to_come_or_of_another_century_is_refused_at_its_field(bring):
    kept = bring.keep(table({}), agreed_on=None)
    for day, said in ((TODAY + timedelta(1), "has not come yet"), (date(1919, 9, 17), "50 years")):
        with pytest.raises(ValidationError) as refused:
            take(bring, kept, **AGREED, agreed_on=day)
        assert said in refused.value.message_dict["agreed_on"][0]
    assert not Plan.objects.exists()


def test_rows_that_the_day_reads_otherwise_are_shown_before_they_are_taken_in(bring, lead):
    kept = bring.keep(YEARLESS, agreed_on=None)
    seen = importing.look(kept)
    assert seen.lines[0].row.due == date(2020, 6, 30)
    with pytest.raises(taking_in.ReadOtherwise):
        bring.take(kept, seen, **AGREED, agreed_on=date(2018, 6, 1))
    assert not Plan.objects.exists()
    kept.refresh_from_db()
    day = date(2018, 6, 1)
    deciding.say_day(by=lead, kept=kept, version=kept.version, agreed_on=day)
    seen = importing.look(kept)
    assert seen.lines[0].row.due == date(2018, 6, 30)
    bring.take(kept, seen, **AGREED)
    assert (Plan.objects.get().agreed_on, Action.objects.get().due) == (day, date(2018, 6, 30))


def test_only_a_file_for_a_new_plan_has_a_day_to_be_said(bring, lead):
    plan = bring(table({})).plan
    kept = bring.keep(table({"Action": "Other"}), plan)
    with pytest.raises(ValidationError, match="a plan that is there"):
        deciding.say_day(by=lead, kept=kept, version=kept.version, agreed_on=AGREED_ON)
    with pytest.raises(Stale):
        kept = bring.keep(table({"Action": "Third"}))
        deciding.say_day(by=lead, kept=kept, version=9, agreed_on=AGREED_ON)


def test_no_row_is_too_early_for_a_day_that_nobody_has_given(bring, lead):
    data = table({"Due": "31/03/2017"})
    kept = bring.keep(data, agreed_on=None)
    assert [one.does for one in importing.look(kept).lines] == ["create"]
    plan = take(bring, kept, **DRAFT).plan
    assert (plan.agreed_on, Action.objects.get().due) == (TODAY, date(2017, 3, 31))
    more = table({"Due": "31/03/2017"}, {"Ref": "1.1b", "Action": "B", "Due": "30/06/2016"})
    assert bring.does(more, plan) == [("same", "1.1a"), ("create", "1.1b")]
    plan = Plan.objects.get()
    plans.edit_plan(by=lead, plan=plan, version=plan.version, agreed_on=date(2019, 9, 17))
    plan = Plan.objects.get()
    assert bring.does(more, plan) == [("same", "1.1a"), ("stopped", "1.1b")]
    action = Action.objects.get()  # its own date stands: its words can be changed
    facts = {"text": "Other words", "original_due": action.original_due}
    actions.edit_action(by=lead, action=action, version=action.version, **facts)
    with pytest.raises(ValidationError, match="more than a year"):
        earlier = {"original_due": date(2016, 3, 31)}
        actions.edit_action(by=lead, action=action, version=action.version, **earlier)


def test_a_date_before_the_plan_is_refused_by_its_column_and_with_what_would_do(bring):
    (line,) = bring.look(table({"Due": "31/03/2018"})).lines
    (said,) = [note.sentence for note in line.notes if note.stops]
    assert said == (
        "plan.csv, line 2 (“Due”): “31/03/2018” is 31 March 2018, more than a year before the plan "
        "was agreed (17 September 2019). A day from 16 September 2018 on would be accepted; or say "
        "that the plan was agreed on another day."
    )
    assert bring.look(table({"Due": "16 September 2018"})).lines[0].does == "create"


# --- which plan --------------------------------------------------------------------------------


def test_a_file_that_made_a_plan_can_make_another_all_the_same(bring, lead):
    plan = bring(table({})).plan
    kept = bring.keep(table({}))
    assert kept.plan == plan
    assert deciding.brought_before(kept) == (
        "This file was brought in on 15 January 2020 as “Plan 2019”."
    )
    deciding.choose_plan(by=lead, kept=kept, version=kept.version, plan=None)
    assert [one.does for one in importing.look(kept).lines] == ["create"]
    deciding.choose_plan(by=lead, kept=kept, version=kept.version, plan=plan)
    assert [one.does for one in importing.look(kept).lines] == ["same"]
    deciding.choose_plan(by=lead, kept=kept, version=kept.version, plan=None)
    take(bring, kept, **AGREED | {"title": "Another"})
    assert Plan.objects.count() == 2
    assert bring.keep(table({}), new_plan=True).plan is None
    elsewhere = factories.plan(factories.area())
    kept = bring.keep(table({}))
    with pytest.raises(ValidationError, match="of this area"):
        deciding.choose_plan(by=lead, kept=kept, version=kept.version, plan=elsewhere)


def test_a_file_is_thrown_away_and_stays_listed(bring, lead, area):
    kept = bring.keep(table({}))
    deciding.throw_away(by=lead, kept=kept, version=kept.version)
    kept.refresh_from_db()
    assert kept.get_state_display() == "Thrown away"
    assert AuditEvent.objects.latest("pk").verb == "throw plan file away"
    for refused in (
        lambda: bring.take(kept, importing.look(kept), **AGREED),
        lambda: deciding.throw_away(by=lead, kept=kept, version=kept.version),
        lambda: choose_columns(by=lead, kept=kept, version=kept.version, mappings={}),
    ):
        with pytest.raises(ValidationError, match="thrown away"):
            refused()
    taken = bring(table({"Action": "Other"}))
    with pytest.raises(ValidationError, match="taken in already"):
        deciding.throw_away(by=lead, kept=taken, version=taken.version)


# --- columns -----------------------------------------------------------------------------------


def test_columns_that_somebody_else_chose_are_told_with_who_and_when(bring, lead, area):
    first = bring.keep(table({}))
    (found,) = importing.look(first).layouts
    mapping = [Field.NOTHING if c.heading == "Status" else c.field for c in found.columns]
    with clock.hold(date(2020, 1, 10)):
        choose_columns(
            by=lead, kept=first, version=first.version, mappings={found.signature: mapping}
        )
    assert importing.look(first).remembered == ()  # said on this very page
    other = Bring(factories.user(area, Role.HEAD_OF_SERVICE), area, bring.framework)
    seen = other.look(table({"Ref": "2"}))
    (told,) = seen.remembered
    assert told.sentence == (
        f"Columns are read as {lead.name} chose on 10 January 2020: “Status” is not used."
    )
    (column,) = [c for c in seen.layouts[0].columns if c.heading == "Status"]
    assert column.why == f"as {lead.name} chose on 10 January 2020"
    ColumnMap.objects.update(by="", at=None)  # as older ones are
    (told,) = other.look(table({"Ref": "3"})).remembered
    assert told.sentence == "Columns are read as somebody chose before: “Status” is not used."


# --- undoing -----------------------------------------------------------------------------------


def two_files(bring, **facts):
    """A plan's file, and a later one that changes its second action and was undone."""
    rows = [{"Ref": "3", "Action": "A"}, {"Ref": "8", "Action": "B"}]
    first = bring(table(*rows), **facts)
    rows[1] |= {"Action": "Otherwise", "Progress": "More", "Due": "30 June 2020"}
    later = bring(table(*rows, {"Ref": "9", "Action": "C"}), first.plan)
    return first, later


@pytest.mark.parametrize("facts", [AGREED, DRAFT], ids=["agreed", "draft"])
def test_a_later_import_that_was_undone_is_nobodys_work(bring, lead, facts):
    first, later = two_files(bring, **facts)
    assert "with actions 8, 9:" in undoing.why_not_undone(first)
    undoing.undo(by=lead, kept=later, version=later.version)
    assert undoing.why_not_undone(first) == ""
    undoing.undo(by=lead, kept=first, version=first.version)
    assert set(Action.objects.values_list("status", flat=True)) <= {Status.WITHDRAWN}
    assert Plan.objects.exists() == (facts is AGREED)


def test_what_a_colleague_did_besides_is_named_alone(bring, lead, area):
    first, later = two_files(bring, **AGREED)
    undoing.undo(by=lead, kept=later, version=later.version)
    action = Action.objects.get(reference="3")
    facts = {"text": "Put otherwise", "reason": "Board", "version": action.version}
    actions.edit_action(by=factories.user(area, Role.HEAD_OF_SERVICE), action=action, **facts)
    said = undoing.why_not_undone(first)
    assert said.startswith("Somebody has gone on working with action 3:")


# --- what was left out -------------------------------------------------------------------------


def test_what_was_left_out_is_kept_by_name_with_why(bring):
    data = table({}, {"Ref": "2", "Action": "B"}, {"Ref": "3", "Action": ""})
    kept = bring(data, skip=[2, 3])
    out = json.loads(kept.done)["rows_left_out"]
    assert out[0] == ["line 3", "2 B", "You left it out."]
    assert out[1][0] == "line 4" and out[1][2] != "You left it out."
