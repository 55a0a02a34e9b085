"""What of a tracker workbook is not taken is named, and what was decided of it stays so."""

import pytest

from plans.services.actions import edit_action
from plans.services.progress import post_update
from plans.tracker.merging import Field
from tests import factories
from tests.plans.test_tracker import Here, place
from tests.plans.trackers_built import filled

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def here() -> Here:
    return Here()


def test_what_is_not_taken_names_the_action_the_column_and_the_value(here: Here) -> None:
    factories.status_word(here.area, "Green", status="on_track", place=1)
    factories.status_word(here.area, "Amber", status="at_risk", place=2)
    factories.status_word(here.area, "Grey", status="not_started", place=3)
    data = filled(here.out(), {"status": "Amber", "percent": 30}, {"status": "Purple"})
    assert here.sentences(data) == [
        f"{place('update', 2)}action A1, “Status” “Amber”, “% done” “30”: Say what has happened, "
        "in a sentence or two.",
        f"{place('status', 3)}action A2, “Status”: “Purple” is no status here. Choose one of: "
        + ", ".join(f"“{word}”" for word in ("Grey", "Green", "Amber"))
        + ", “In progress: off track”, “Done, awaiting verification”.",
    ]
    data = filled(here.out(), {"status": "Grey", "update": "Not yet"})
    said, held = here.sentences(data)
    assert held.startswith(f"{place('update', 2)}action A1, “New update” “Not yet”: held back")
    assert said.startswith(f"{place('status', 2)}action A1, “Status”: “Grey” cannot follow “Green”")
    assert "Choose one of: Green, Amber, In progress: off track" in said


def test_a_cell_that_was_decided_is_not_asked_again_for_the_same_workbook(here: Here) -> None:
    out = here.out()
    cells = {"text": "As the file says", "evidence_expected": "A count", "update": "Begun"}
    data = filled(out, cells)
    edit_action(by=here.keeper, action=here.first, version=1, reason="Clearer", text="As here")
    assert here.compare(data).conflicts == 1
    here.take_in(here.keep(data), reason="The board said so")
    again = here.compare(data)
    assert (again.proposals, again.problems, again.already) == ((), (), 1)
    # Nor is what was taken, and is otherwise here since.
    here.first.refresh_from_db()
    facts = {"version": here.first.version, "reason": "Clearer", "evidence_expected": "Two counts"}
    edit_action(by=here.keeper, action=here.first, **facts)
    assert here.compare(data).proposals == ()
    # Another value in that workbook, and another workbook, are asked for.
    assert here.compare(filled(out, cells | {"text": "As it says now"})).conflicts == 1
    (proposal,) = here.compare(filled(here.out(), {"text": "As the file says"})).proposals
    assert not proposal.changes[0].is_conflict


def test_each_cell_for_an_action_that_is_closed_is_named_once_with_its_own_value(
    here: Here,
) -> None:
    data = filled(here.out(), {"status": "In progress: at risk", "update": "Reopening"})
    type(here.first).objects.filter(pk=here.first.pk).update(status="withdrawn")
    status, update = here.sentences(data)
    assert status.startswith(
        f"{place('status', 2)}“Status” “In progress: at risk”: Action A1 is closed"
    )
    assert update.startswith(f"{place('update', 2)}action A1, “New update” “Reopening”: held back")
    (said,) = here.sentences(filled(here.out(), {"update": "Reopening"}))
    assert said.startswith(f"{place('update', 2)}“New update” “Reopening”: Action A1 is closed")


def test_an_update_that_is_older_than_one_here_is_posted_only_by_decision_and_says_so(
    here: Here,
) -> None:
    cells = {"status": "In progress: at risk", "update": "Backlog 20", "evidence": "A count"}
    data = filled(here.out(), cells)
    post_update(
        by=here.manager,
        action=here.first,
        version=here.first.version,
        status="on_track",  # so that only the file has another status
        text="Backlog is 41 again",
    )
    (proposal,) = here.compare(data).proposals
    assert {c.field: c.is_conflict for c in proposal.changes} == {
        Field.STATUS: True,
        Field.UPDATE: True,
    }
    assert proposal.changes[1].ours.endswith(f"{here.manager.name}: Backlog is 41 again")
    # Left out: neither it nor its status, and it is not asked again. Evidence is nobody's rival.
    assert here.take_in(here.keep(data)) == 1
    here.first.refresh_from_db()
    assert here.first.status == "on_track"
    assert [u.text for u in here.first.updates.all()] == ["Backlog is 41 again"]
    assert here.first.evidence.get().description == "A count"
    assert here.compare(data).proposals == ()
    # Another text of that workbook is asked for, and posted with the day of the workbook.
    kept = here.keep(filled(data, {"update": "Backlog 21"}))
    here.take_in(kept, taken={here.first.pk: {Field.UPDATE}})
    last = here.first.updates.last()
    assert last.text == "From the workbook of 15 January 2020: Backlog 21"


def test_a_workbook_that_comes_a_second_time_does_not_overturn_what_was_said_since(
    here: Here,
) -> None:
    data = here.out()
    first = {"status": "In progress: on track", "update": "Backlog 20"}
    here.take_in(here.keep(filled(data, first)))
    here.first.refresh_from_db()
    facts = {"version": here.first.version, "status": "off_track", "text": "Backlog is 41 again"}
    post_update(by=here.manager, action=here.first, **facts)
    again = filled(data, {**first, "status": "In progress: at risk"})
    (proposal,) = here.compare(again).proposals
    assert {c.field: c.is_conflict for c in proposal.changes} == {
        Field.STATUS: True,
        Field.UPDATE: True,
    }
    here.take_in(here.keep(again))
    here.first.refresh_from_db()
    assert here.first.status == "off_track"
    assert here.first.updates.last().text == "Backlog is 41 again"
