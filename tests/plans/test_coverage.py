"""What answers each finding."""

from hypothesis import given
from hypothesis import strategies as st

from plans import coverage
from plans.coverage import Answering, Asked, cover
from plans.statuses import Status

ONE, TWO = (
    Asked(("message", 1), "Key message", "KM1", "One"),
    Asked(("message", 2), "Key message", "KM2", "Two"),
)
WHOLE = Asked(("recommendation", 1), "Area for improvement", "1", "Whole")
PART = Asked(("recommendation", 2), "Area for improvement", "1.1", "Part", WHOLE.key)
SMALLER = Asked(("recommendation", 3), "Area for improvement", "1.1a", "Smaller", PART.key)
OTHER = Asked(("recommendation", 4), "Area for improvement", "2", "Other")
EVERYTHING = [ONE, TWO, WHOLE, PART, SMALLER, OTHER]


def action(name: str, *answers: Asked, status: str = Status.ON_TRACK, measured: bool = True):
    return Answering(name, status, frozenset(row.key for row in answers), measured)


def answered(*actions: Answering) -> dict[str, tuple[str, ...]]:
    return {line.reference: line.actions for line in cover(EVERYTHING, actions) if line.actions}


def state_of(row: Asked, *actions: Answering) -> str:
    (line,) = cover([row], actions)
    return line.state


def test_without_actions_everything_is_listed_in_order_with_its_depth():
    found = cover(EVERYTHING, [])
    assert [(line.reference, line.level) for line in found] == [
        ("KM1", 0),
        ("KM2", 0),
        ("1", 0),
        ("1.1", 1),
        ("1.1a", 2),
        ("2", 0),
    ]
    assert {line.state for line in found} == {coverage.UNCOVERED}
    assert all(line.wants_action and line.actions == () for line in found)


def test_a_row_is_answered_by_what_answers_its_parts_but_not_the_other_way_round():
    assert answered(action("A", SMALLER)) == {"1": ("A",), "1.1": ("A",), "1.1a": ("A",)}
    assert answered(action("A", WHOLE)) == {"1": ("A",)}


def test_an_action_that_answers_both_a_row_and_its_part_counts_once():
    assert answered(action("A", WHOLE, PART))["1"] == ("A",)


def test_several_actions_and_what_is_complete_are_counted():
    lines = cover([ONE], [action("A", ONE), action("B", ONE, status=Status.COMPLETE)])
    assert (lines[0].actions, lines[0].completed) == (("A", "B"), 1)


def test_the_state_says_what_is_missing():
    gone = action("A", ONE, status=Status.WITHDRAWN)
    finished = action("B", ONE, status=Status.COMPLETE)
    bare = action("C", ONE, measured=False)
    assert state_of(ONE) == coverage.UNCOVERED
    assert state_of(ONE, action("A", ONE, status=Status.SUPERSEDED)) == coverage.ONLY_GONE
    assert state_of(ONE, gone, finished) == coverage.ONLY_FINISHED
    assert state_of(ONE, bare) == coverage.UNMEASURED
    assert state_of(ONE, bare, action("D", ONE)) == coverage.ANSWERED
    assert state_of(ONE, action("D", ONE, status=Status.DONE)) == coverage.ANSWERED


def test_a_withdrawn_action_is_named_but_answers_nothing():
    (line,) = cover([ONE], [action("A", ONE, status=Status.WITHDRAWN)])
    assert (line.actions, line.gone, line.wants_action) == ((), ("A",), True)


def test_what_is_closed_or_needs_nothing_wants_no_action():
    closed = Asked(("recommendation", 9), "Recommendation", "9", "Nine", closed=True)
    strength = Asked(("finding", 9), "Strength", "F9", "Good", needed=False)
    assert state_of(closed) == coverage.CLOSED
    assert state_of(strength) == coverage.NOT_NEEDED
    assert state_of(strength, action("A", strength)) == coverage.ANSWERED
    assert not any(line.wants_action for line in cover([closed, strength], []))


def test_what_the_service_does_not_agree_with_wants_no_action_but_may_have_one():
    refused = Asked(("recommendation", 9), "Recommendation", "9", "Nine", refused=True)
    gone = action("A", refused, status=Status.WITHDRAWN)
    assert state_of(refused) == state_of(refused, gone) == coverage.NOT_AGREED
    assert state_of(refused, action("A", refused)) == coverage.ANSWERED
    assert coverage.unanswered([refused, ONE], []) == (1, 1)
    assert coverage.unanswered([refused, ONE], [refused.key]) == (1, 2)


def test_a_nest_that_contains_itself_ends():
    first = Asked(("recommendation", 1), "Area for improvement", "1", "", ("recommendation", 2))
    second = Asked(("recommendation", 2), "Area for improvement", "2", "", ("recommendation", 1))
    lines = cover([first, second], [action("A", first)])
    assert [line.actions for line in lines] == [("A",), ("A",)]


actions = st.lists(
    st.builds(
        Answering,
        st.text("ABCDEF", min_size=1, max_size=3),
        st.sampled_from([s.value for s in Status]),
        st.frozensets(st.sampled_from([row.key for row in EVERYTHING])),
        st.booleans(),
    ),
    max_size=12,
    unique_by=lambda a: a.name,
)


@given(actions)
def test_every_row_has_one_state_and_no_action_is_counted_twice_or_lost(given_actions):
    lines = cover(EVERYTHING, given_actions)
    assert [line.reference for line in lines] == [row.reference for row in EVERYTHING]
    named = {name for line in lines for name in (*line.actions, *line.gone)}
    assert named == {a.name for a in given_actions if a.answers}
    for line in lines:
        assert line.state in coverage.STATES
        assert len(set(line.actions)) == len(line.actions)
        assert not set(line.actions) & set(line.gone)
        assert line.completed <= len(line.actions)
        assert line.wants_action is (not line.actions)
