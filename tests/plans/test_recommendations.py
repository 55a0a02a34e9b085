"""Recommendations: how they nest, what is answered, and who alone can close them."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import Error, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from management.access import DEEDS, Role
from management.models import AuditEvent
from management.versions import Stale
from plans.models import Decision, Reclassification, Recommendation
from plans.reconciliation import reconcile
from plans.services import inspections
from plans.services import recommendations as services
from plans.services.histories import histories
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
PUBLISHED, TODAY = date(2019, 8, 6), date(2020, 1, 15)
Kind = Recommendation.Kind


@pytest.fixture
def found():
    return factories.inspection(factories.area())


@pytest.fixture
def lead(found):
    return factories.user(found.area, Role.PERFORMANCE_LEAD)


@pytest.fixture
def add(lead, found):
    def make(reference, **facts):
        facts = {"inspection": found, "text": f"Improve {reference}", **facts}
        return services.add_recommendation(by=lead, reference=reference, **facts)

    return make


@pytest.fixture
def edit(lead):
    def change(row, **facts):
        facts = {"version": row.version, **facts}
        services.edit_recommendation(by=lead, recommendation=row, **facts)
        return row

    return change


@pytest.fixture
def decide(lead):
    def settle(row, kind="closed", on=TODAY, **facts):
        facts = {
            "version": row.version,
            "body": "HSCP Board",
            "minute_reference": "Item 9",
            "reason": "The register was seen",
            **facts,
        }
        return services.decide(by=lead, recommendation=row, kind=kind, on=on, **facts)

    return settle


@pytest.fixture
def move(lead):
    def settle(row, new=Kind.DEVELOPMENT, on=TODAY, reason="It asks for less"):
        return services.reclassify(
            by=lead, recommendation=row, version=row.version, new=new, on=on, reason=reason
        )

    return settle


def trail(row):
    event = AuditEvent.objects.of_row(row).first()
    return event.actor_name, event.verb, event.reason


def refused(call, *args, **facts):
    with pytest.raises(ValidationError) as caught:
        call(*args, **facts)
    error = caught.value
    if not hasattr(error, "error_dict"):
        return {"": " ".join(error.messages)}
    return {name: " ".join(said) for name, said in error.message_dict.items()}


# --- adding and nesting --------------------------------------------------------------------------


def test_one_counts_from_the_publication_and_comes_last(add, lead):
    first, second = add("1"), add("2", kind=Kind.RECOMMENDATION, addressee=" Chief Officer ")
    assert (first.added_on, first.kind) == (PUBLISHED, Kind.IMPROVEMENT)
    assert first.sequence < second.sequence
    assert second.addressee == "Chief Officer"
    assert trail(second) == (lead.name, "add recommendation", "")


@pytest.fixture
def dated(lead):
    """Gives an inspection other dates."""

    def change(inspection, **dates):
        inspections.edit_inspection(
            by=lead, inspection=inspection, version=inspection.version, **dates
        )

    return change


def days(inspection):
    return dict(inspection.recommendations.values_list("reference", "added_on"))


def test_one_that_is_drafted_counts_from_the_notification_until_the_report_is_out(
    add, edit, move, found, dated
):
    draft = factories.inspection(found.area, published_on=None, plan_due_on=None)
    assert "Give the day" in refused(add, "1", inspection=draft)["added_on"]
    dated(draft, notified_on=date(2019, 3, 4))
    row = add("1", inspection=draft)
    by_hand, entered = date(2019, 5, 1), date(2019, 6, 3)
    for reference, day in (("2", None), ("3", by_hand)):
        add(reference, inspection=draft, added_on=day)
    move(row, on=entered)
    dated(draft, notified_on=date(2019, 3, 5))
    assert days(draft) == {"1": date(2019, 3, 5), "2": date(2019, 3, 5), "3": by_hand}
    dated(draft, published_on=PUBLISHED)
    assert days(draft) == {"1": date(2019, 3, 5), "2": PUBLISHED, "3": by_hand}
    dated(draft, published_on=date(2019, 8, 13))
    assert days(draft) == {"1": date(2019, 3, 5), "2": date(2019, 8, 13), "3": by_hand}
    assert reconcile(histories(draft), Kind.values, PUBLISHED, TODAY)
    edit(Recommendation.objects.get(pk=row.pk), text="What stands before is not asked again")


def test_days_before_a_publication_without_notification_follow_it(add, found, dated):
    draft = factories.inspection(found.area, published_on=None, plan_due_on=None)
    add("1", inspection=draft, added_on=date(1975, 1, 1))
    late = date(2019, 12, 2)
    add("2", inspection=draft, added_on=late)
    dated(draft, published_on=PUBLISHED)
    assert days(draft) == {"1": PUBLISHED, "2": late}


def test_it_is_not_added_before_there_was_an_inspection(add, edit, found, dated):
    assert refused(add, "1", added_on=date(1975, 1, 1)) == {
        "added_on": "That is before the inspection was published, on 6 August 2019."
    }
    dated(found, notified_on=date(2019, 3, 4))
    row = add("1", added_on=date(2019, 3, 4))
    assert refused(edit, row, added_on=date(2019, 3, 3)) == {
        "added_on": "That is before the inspection was notified, on 4 March 2019."
    }


# --- removing ------------------------------------------------------------------------------------


@pytest.fixture
def remove(lead):
    def take_out(row, reason="Entered twice", version=None):
        services.remove_recommendation(
            by=lead, recommendation=row, version=version or row.version, reason=reason
        )

    return take_out


def test_one_entered_by_mistake_is_removed_for_a_reason_that_stays(add, remove, lead):
    row, next_one = add("1"), add("2")
    assert refused(remove, row, reason=" ") == {"reason": "Say why it is removed."}
    key = row.pk
    remove(row)
    assert list(Recommendation.objects.all()) == [next_one]
    event = AuditEvent.objects.filter(table_name=row._meta.db_table, row_id=key).first()
    assert (event.operation, event.reason) == ("delete", "Entered twice")
    assert (event.actor_name, event.verb) == (lead.name, "remove recommendation")
    add("1")


@pytest.mark.parametrize(
    ("hang", "said"),
    [
        (lambda row: services.respond(**_answer(row)), "a response"),
        (lambda row: factories.decision(row), "a decision"),
        (lambda row: factories.reclassification(row), "a reclassification"),
        (lambda row: factories.recommendation(row.inspection, parent=row), "a part"),
        (
            lambda row: factories.action(factories.plan(row.area), recommendations=(row,)),
            "an action",
        ),
    ],
)
def test_one_with_something_hanging_on_it_stays(add, remove, hang, said):
    row = add("1")
    hang(row)
    assert refused(remove, row) == {"": f"1 has {said}, so it stays."}
    assert Recommendation.objects.filter(pk=row.pk).exists()


def _answer(row):
    by = factories.user(row.area, Role.HEAD_OF_SERVICE)
    return {"by": by, "recommendation": row, "version": row.version, "response": "agreed"}


def test_only_keepers_remove_and_only_what_they_saw(add, edit, remove, found):
    row = add("1")
    with pytest.raises(PermissionDenied):
        services.remove_recommendation(
            by=factories.user(found.area, Role.SERVICE_MANAGER),
            recommendation=row,
            version=1,
            reason="No",
        )
    edit(row, text="Another text")
    with pytest.raises(Stale):
        remove(row, version=1)
    assert Recommendation.objects.get() == row


# --- nesting -------------------------------------------------------------------------------------


def test_they_nest_to_any_depth(add):
    row = None
    for depth in range(40):
        row = add(f"R{depth}", parent=row)
    assert Recommendation.objects.filter(parent=None).count() == 1


def test_a_nest_that_contains_itself_is_refused_at_the_field(add, edit):
    top = add("1")
    part = add("1.1", parent=top)
    deep = add("1.1.1", parent=part)
    for parent in (top, part, deep):
        assert "cannot be part of itself" in refused(edit, top, parent=parent)["parent"]
    assert Recommendation.objects.get(reference="1").parent is None
    edit(deep, parent=top)
    assert deep.parent == top


def test_a_part_of_another_inspections_recommendation_is_refused_at_the_field(add, found):
    other = factories.recommendation(factories.inspection(found.area))
    elsewhere = factories.recommendation(factories.inspection(factories.area()))
    for stranger in (other, elsewhere):
        assert "same inspection" in refused(add, "1", parent=stranger)["parent"]


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"reference": "1"}, "reference"),
        ({"reference": " "}, "reference"),
        ({"text": " "}, "text"),
        ({"added_on": TODAY + timedelta(days=1)}, "added_on"),
        ({"added_on": date(1919, 8, 6)}, "added_on"),
    ],
)
def test_what_cannot_be_is_refused_at_the_field(add, edit, facts, field):
    add("1")
    second = add("2")
    assert list(refused(edit, second, **facts)) == [field]
    facts = {"reference": "3", "text": "Text", **facts}
    assert list(refused(add, facts.pop("reference"), **facts)) == [field]
    assert Recommendation.objects.count() == 2


def test_a_correction_made_from_an_old_copy_changes_nothing(add, edit):
    row = add("1")
    old = Recommendation.objects.get()
    edit(row, text="Mine")
    with pytest.raises(Stale):
        edit(old, text="Theirs")
    assert Recommendation.objects.get().text == "Mine"


# --- answering -----------------------------------------------------------------------------------


def test_a_text_belongs_to_a_response(add, lead):
    answer = {"by": lead, "recommendation": add("1"), "version": 1, "response": ""}
    assert list(refused(services.respond, **answer, response_detail="We do")) == ["response"]


@pytest.mark.parametrize(
    ("response", "said"),
    [("partly", "Say which part is agreed"), ("not_agreed", "Say why it is not agreed")],
)
def test_an_answer_that_is_not_a_plain_yes_gives_its_reason(add, lead, response, said):
    row = add("1")
    answer = {"by": lead, "recommendation": row, "version": 1, "response": response}
    assert said in refused(services.respond, **answer, response_detail=" ")["response_detail"]
    services.respond(**answer, response_detail="Only in towns", depends_on="A new law")
    assert (row.response, row.response_detail) == (response, "Only in towns")
    assert (row.depends_on, row.version) == ("A new law", 2)
    assert trail(row) == (lead.name, "respond to recommendation", "")


def test_an_answer_is_one_of_those_there_are(add, lead):
    row = add("1")
    found = refused(services.respond, by=lead, recommendation=row, version=1, response="perhaps")
    assert "response" in found
    services.respond(by=lead, recommendation=row, version=1, response="agreed")
    with pytest.raises(Stale):
        services.respond(by=lead, recommendation=row, version=1, response="")


# --- deciding ------------------------------------------------------------------------------------


def test_it_closes_by_a_bodys_decision_and_opens_again_the_same_way(add, decide, lead):
    row = add("1")
    decision = decide(row, on=date(2019, 11, 20))
    assert (row.closed_on, row.is_open) == (date(2019, 11, 20), False)
    assert (decision.body, decision.minute_reference) == ("HSCP Board", "Item 9")
    assert (decision.by, decision.author, decision.recorded_at.date()) == (lead.name, lead, TODAY)
    assert trail(row) == (lead.name, "closed recommendation", "The register was seen")
    decide(row, "reopened", reason="It happened again")
    assert row.is_open
    assert [d.kind for d in row.decisions.all()] == ["closed", "reopened"]
    with pytest.raises(Error), transaction.atomic():
        row.decisions.update(body="Nobody")


@pytest.mark.parametrize("field", ["body", "minute_reference", "reason"])
def test_a_decision_without_body_minute_or_reason_is_none(add, decide, field):
    row = add("1")
    assert list(refused(decide, row, **{field: " "})) == [field]
    assert row.is_open and not Decision.objects.exists()


def test_what_is_closed_is_not_closed_again_nor_changed_otherwise(add, decide, edit, move, lead):
    row = add("1")
    assert "is open" in refused(decide, row, "reopened")["kind"]
    decide(row, on=date(2019, 11, 20))
    assert "closed since 20 November 2019" in refused(decide, row)["kind"]
    assert "cannot be edited" in refused(edit, row, text="Other")[""]
    assert "cannot be reclassified" in refused(move, row)[""]
    answer = {"by": lead, "recommendation": row, "version": row.version, "response": "agreed"}
    assert "cannot be answered" in refused(services.respond, **answer)[""]
    assert "Choose whether" in refused(decide, row, "ticked")["kind"]


def test_one_whose_parts_are_open_stays_open_and_they_are_named(add, decide):
    top = add("1")
    part = add("1.1", parent=top)
    deep = add("1.1.1", parent=part)
    assert refused(decide, top)["kind"] == "1.1, 1.1.1 are part of it and still open."
    decide(deep)
    assert refused(decide, top)["kind"] == "1.1 is part of it and still open."
    decide(part)
    decide(top)
    assert "reopen that first" in refused(decide, deep, "reopened")["kind"]
    assert "must reopen it before" in refused(add, "1.2", parent=top)["parent"]
    decide(top, "reopened")
    decide(part, "reopened")
    decide(deep, "reopened")


def test_parts_and_whole_close_and_open_in_an_order_of_days(add, decide):
    top = add("1")
    part, other = add("1.1", parent=top), add("1.2", parent=top)
    decide(part, on=date(2019, 12, 1))
    decide(other, on=date(2019, 11, 1))
    assert refused(decide, top, on=date(2019, 11, 30)) == {
        "on": "Its part 1.1 was open until 1 December 2019."
    }
    decide(top, on=date(2019, 12, 1))
    decide(top, "reopened", on=date(2019, 12, 10))
    assert refused(decide, part, "reopened", on=date(2019, 12, 9)) == {
        "on": "It is part of 1, which was closed until 10 December 2019."
    }
    decide(part, "reopened", on=date(2019, 12, 10))


@pytest.mark.parametrize(
    ("on", "said"),
    [
        (date(2019, 8, 5), "was added on 6 August 2019"),
        (date(2020, 1, 16), "once it has been taken"),
        (date(2099, 1, 1), "Is the year right?"),
    ],
)
def test_a_decision_has_a_possible_day(add, decide, move, on, said):
    row = add("1")
    assert said in refused(decide, row, on=on)["on"]
    assert said in refused(move, row, on=on)["on"]


def test_a_history_is_told_in_its_order(add, decide, edit, move):
    row = add("1")
    move(row, on=date(2019, 12, 1))
    assert "already goes to 1 December" in refused(decide, row, on=date(2019, 11, 30))["on"]
    found = refused(edit, row, added_on=date(2019, 12, 2))
    assert "already decided on or moved" in found["added_on"]
    decide(row, on=date(2019, 12, 1))


def test_a_stale_decision_decides_nothing(add, decide, edit):
    row = add("1")
    old = Recommendation.objects.get()
    edit(row, text="It says something else now")
    with pytest.raises(Stale):
        decide(old)
    assert not Decision.objects.exists()


def test_who_may_record_and_who_may_not(add, decide, found, lead):
    row = add("1")
    for role in Role:
        person = factories.user(found.area, role)
        allowed = role in DEEDS["recommendation.decide"]
        facts = {"version": row.version, "on": TODAY, "reason": "Seen"}
        facts |= {"body": "Board", "minute_reference": "9"}
        if not allowed:
            with pytest.raises(PermissionDenied):
                services.decide(by=person, recommendation=row, kind="closed", **facts)
            with pytest.raises(PermissionDenied):
                services.add_recommendation(by=person, inspection=found, reference="9", text="x")
            with pytest.raises(PermissionDenied):
                services.respond(by=person, recommendation=row, version=1, response="agreed")
    assert row.is_open


# --- reclassifying -------------------------------------------------------------------------------


def test_it_moves_to_another_class_for_a_reason_that_stays(add, move, lead):
    row = add("1")
    moved = move(row)
    assert (row.kind, moved.old, moved.new) == (Kind.DEVELOPMENT, Kind.IMPROVEMENT, row.kind)
    assert trail(row) == (lead.name, "reclassify recommendation", "It asks for less")
    assert "already classed as: area for development" in refused(move, row)["new"]
    assert "new" in refused(move, row, new="trifle")
    assert "Say why" in refused(move, row, new=Kind.RECOMMENDATION, reason=" ")["reason"]
    assert Reclassification.objects.count() == 1


# --- whatever is done, in whatever order, the counts reconcile -----------------------------------

DEEDS_DONE = st.lists(
    st.tuples(
        st.sampled_from(["add", "part", "close", "reopen", "move"]),
        st.integers(0, 9),
        st.integers(-3, 20),
    ),
    max_size=25,
)


@settings(
    max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(deeds=DEEDS_DONE)
def test_what_these_services_let_happen_always_reconciles(deeds, found, add, decide, move):
    with transaction.atomic():
        rows, on = [], PUBLISHED
        for place, (deed, which, days) in enumerate(deeds):
            on = on + timedelta(days=days)
            row = rows[which % len(rows)] if rows else None
            try:
                with transaction.atomic():
                    if deed == "add" or row is None:
                        rows.append(add(str(place), added_on=on))
                    elif deed == "part":
                        rows.append(add(str(place), parent=row, added_on=on))
                    elif deed == "move":
                        kinds = [kind for kind in Kind if kind != row.kind]
                        move(row, new=kinds[which % 2], on=on)
                    else:
                        decide(row, "closed" if deed == "close" else "reopened", on=on)
            except ValidationError:
                row and row.refresh_from_db()
        for first, second in ((-400, 0), (-163, -100), (-120, -30), (-60, 0)):
            between = (TODAY + timedelta(days=first), TODAY + timedelta(days=second))
            for count in reconcile(histories(found), Kind.values, *between):
                assert count.difference == 0, count
        transaction.set_rollback(True)
