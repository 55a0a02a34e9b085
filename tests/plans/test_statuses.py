"""The statuses of an action: every move there is, walked."""

import itertools

import pytest

from plans.statuses import (
    CLOSED,
    MEANINGS,
    MOVES,
    REPORTABLE,
    Status,
    is_open,
    is_report,
    may_move,
    reportable_from,
)

# Written by hand: from (row) to (column). An action may always keep the status it has.
TABLE = """
              not_started on_track at_risk off_track done complete withdrawn superseded
  not_started     keep       yes     yes      yes     yes    -       yes        yes
  on_track        -          keep    yes      yes     yes    -       yes        yes
  at_risk         -          yes     keep     yes     yes    -       yes        yes
  off_track       -          yes     yes      keep    yes    -       yes        yes
  done            -          yes     yes      yes     keep   yes     yes        yes
  complete        -          -       yes      yes     -      keep    -          -
  withdrawn       -          -       -        -       -      -       keep       -
  superseded      -          -       -        -       -      -       -          keep
"""
HEAD, *LINES = TABLE.strip().splitlines()
EXPECTED = {
    (line.split()[0], new): answer != "-"
    for line in LINES
    for new, answer in zip(HEAD.split(), line.split()[1:], strict=True)
}


def test_the_table_here_is_about_every_pair() -> None:
    assert set(EXPECTED) == set(itertools.product(Status.values, repeat=2))


@pytest.mark.parametrize(("old", "new"), sorted(EXPECTED))
def test_each_move_is_allowed_or_not_as_the_table_says(old: str, new: str) -> None:
    assert may_move(old, new) is EXPECTED[old, new]


def reached_from(start: Status, without: Status | None = None) -> set[Status]:
    """Every status that some sequence of moves reaches, never passing through `without`."""
    reached, ahead = {start}, [start]
    while ahead:
        for new in MOVES[ahead.pop()] - reached - {without}:
            reached.add(new)
            ahead.append(new)
    return reached


def test_no_sequence_of_moves_completes_an_action_that_was_never_reported_as_done() -> None:
    assert Status.COMPLETE in reached_from(Status.NOT_STARTED)
    assert Status.COMPLETE not in reached_from(Status.NOT_STARTED, without=Status.DONE)
    assert {old for old in Status if Status.COMPLETE in MOVES[old]} == {Status.DONE}


def test_every_status_can_be_reached_and_every_open_action_can_be_closed() -> None:
    assert reached_from(Status.NOT_STARTED) == set(Status)
    for status in Status:
        if is_open(status):
            assert reached_from(status) >= CLOSED


@pytest.mark.parametrize("status", sorted(CLOSED - {Status.COMPLETE}))
def test_what_was_given_up_stays_as_it_is(status: Status) -> None:
    assert MOVES[status] == frozenset()
    assert reached_from(status) == {status}
    assert not is_open(status)


def test_a_complete_action_is_only_ever_reopened_as_work_that_is_not_on_track() -> None:
    assert MOVES[Status.COMPLETE] == {Status.AT_RISK, Status.OFF_TRACK}
    assert not is_open(Status.COMPLETE)
    assert Status.COMPLETE not in reached_from(Status.AT_RISK, without=Status.DONE)


@pytest.mark.parametrize("status", sorted(CLOSED))
def test_no_update_opens_what_is_closed(status: Status) -> None:
    assert reportable_from(status) == []


@pytest.mark.parametrize(("old", "new"), sorted(EXPECTED))
def test_what_ends_an_action_or_opens_it_again_is_no_report(old: str, new: str) -> None:
    assert is_report(old, new) is not bool({old, new} & CLOSED)


def test_whatever_is_not_closed_is_open_and_can_move() -> None:
    for status in set(Status) - CLOSED:
        assert is_open(status)
        assert MOVES[status]


def test_work_that_has_begun_is_never_said_not_to_have() -> None:
    assert all(Status.NOT_STARTED not in moves for moves in MOVES.values())


def test_an_owner_can_report_anything_but_the_decisions_of_others() -> None:
    assert set(Status) - REPORTABLE == CLOSED


@pytest.mark.parametrize("old", Status)
def test_an_update_offers_the_reportable_moves_in_the_order_of_the_key(old: Status) -> None:
    offered = reportable_from(old)
    following = [s for s in Status if EXPECTED[old, s] and s not in CLOSED]
    assert offered == (following if is_open(old) else [])
    assert old in offered or not is_open(old)


def test_each_status_has_moves_and_a_meaning_of_its_own() -> None:
    assert set(MOVES) == set(MEANINGS) == set(Status)
    assert len(set(MEANINGS.values())) == len(Status)


@pytest.mark.parametrize("unknown", ["", "finished", "DONE"])
def test_a_status_that_does_not_exist_is_an_error(unknown: str) -> None:
    with pytest.raises(ValueError, match="is not a valid Status"):
        may_move(Status.DONE, unknown)
    with pytest.raises(ValueError, match="is not a valid Status"):
        is_open(unknown)
