"""What holds of coverage whatever was found and whatever is done about it."""

from collections.abc import Iterator
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from plans.coverage import (
    ANSWERED,
    CLOSED,
    GONE,
    NOT_AGREED,
    NOT_NEEDED,
    ONLY_FINISHED,
    ONLY_GONE,
    STATES,
    UNCOVERED,
    UNMEASURED,
    Answering,
    Asked,
    Coverage,
    Key,
    cover,
)
from plans.statuses import Status

LIVE = [status for status in Status if status not in GONE]
OPEN = [status for status in LIVE if status != Status.COMPLETE]


def row(
    number: int, part_of: int | None, *, closed: bool, needed: bool, refused: bool = False
) -> Asked:
    return Asked(
        ("recommendation", number),
        "Recommendation",
        f"R{number}",
        f"Do R{number}",
        None if part_of is None else ("recommendation", part_of),
        closed,
        needed,
        refused=refused,
    )


@st.composite
def nests(draw: st.DrawFn) -> list[Asked]:
    """Rows that hang below one another to any depth, in any order."""
    size = draw(st.integers(1, 8))
    parents = [draw(st.none() | st.integers(0, n - 1)) if n else None for n in range(size)]
    made = [
        row(
            n,
            parent,
            closed=draw(st.booleans()),
            needed=draw(st.booleans()),
            refused=draw(st.booleans()),
        )
        for n, parent in enumerate(parents)
    ]
    return draw(st.permutations(made))


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[Asked], list[Answering]]:
    """A nest, and actions of every status that answer any of it, or something else."""
    asked = draw(nests())
    keys = st.sampled_from([r.key for r in asked] + [("recommendation", 99), ("message", 0)])
    actions = [
        Answering(
            f"A{n}",
            draw(st.sampled_from(Status)),
            draw(st.frozensets(keys, max_size=3)),
            draw(st.booleans()),
        )
        for n in range(draw(st.integers(0, 6)))
    ]
    return asked, actions


def pairs(asked: list[Asked], actions: list[Answering]) -> Iterator[tuple[Asked, Coverage]]:
    return zip(asked, cover(asked, actions), strict=True)


def at_or_below(asked: list[Asked], top: Asked) -> set[Key]:
    """The slow way: ask again and again whose part each row is."""
    found: set[Key] = {top.key}
    for _ in asked:
        found |= {r.key for r in asked if r.part_of in found}
    return found


@given(cases())
def test_a_row_is_answered_by_what_answers_it_or_anything_below_it_and_by_nothing_else(case):
    asked, actions = case
    for r, line in pairs(asked, actions):
        wanted = at_or_below(asked, r)
        answering = [a for a in actions if a.answers & wanted]
        assert line.actions == tuple(a.name for a in answering if a.status not in GONE)
        assert line.gone == tuple(a.name for a in answering if a.status in GONE)
        assert line.completed == sum(a.status == Status.COMPLETE for a in answering)


@given(cases())
def test_each_row_is_told_once_in_its_own_words_with_its_depth_and_one_known_state(case):
    asked, actions = case
    level: dict[Key | None, int] = {None: -1}
    for r in sorted(asked, key=lambda r: r.key[1]):  # the whole is numbered before its parts
        level[r.key] = level[r.part_of] + 1
    for r, line in pairs(asked, actions):
        assert (line.kind, line.reference, line.text) == (r.kind, r.reference, r.text)
        assert line.level == level[r.key]
        assert line.state in STATES


@given(cases())
def test_the_state_says_what_is_true_of_the_actions(case):
    asked, actions = case
    by_name = {a.name: a for a in actions}
    for r, line in pairs(asked, actions):
        live = [by_name[name] for name in line.actions]
        if r.closed:
            assert line.state == CLOSED
        elif not live:
            bare = NOT_AGREED if r.refused else ONLY_GONE if line.gone else UNCOVERED
            assert line.state == (bare if r.needed else NOT_NEEDED)
        elif all(a.status == Status.COMPLETE for a in live):
            assert line.state == ONLY_FINISHED
        else:
            assert line.state == (ANSWERED if any(a.measured for a in live) else UNMEASURED)
        assert line.wants_action == (r.needed and not r.closed and not r.refused and not live)


@given(cases(), st.sampled_from(OPEN), st.data())
def test_an_open_action_for_a_row_ends_its_wanting_and_never_makes_another_row_want(
    case, status, data
):
    asked, actions = case
    chosen = data.draw(st.sampled_from(asked))
    more = [*actions, Answering("New", status, frozenset({chosen.key}), True)]
    for (r, before), after in zip(pairs(asked, actions), cover(asked, more), strict=True):
        assert after.wants_action <= before.wants_action
        if "New" in after.actions:
            assert after.state == (CLOSED if r.closed else ANSWERED)
        else:
            assert after == before


@given(cases(), st.sampled_from(sorted(GONE)), st.data())
def test_an_action_that_is_given_up_answers_no_more_than_if_it_had_never_been(case, status, data):
    asked, actions = case
    if not actions:
        return
    place = data.draw(st.integers(0, len(actions) - 1))
    without = [*actions[:place], *actions[place + 1 :]]
    given_up = [*actions[:place], replace(actions[place], status=status), *actions[place + 1 :]]
    for never, after in zip(cover(asked, without), cover(asked, given_up), strict=True):
        assert (after.actions, after.completed) == (never.actions, never.completed)
        assert after.wants_action == never.wants_action
        assert after.state in {never.state, ONLY_GONE}


@given(cases(), st.randoms())
def test_the_order_of_the_rows_changes_nothing_but_their_order(case, random):
    asked, actions = case
    shuffled = random.sample(asked, len(asked))
    found = {line.reference: line for line in cover(asked, actions)}
    assert {line.reference: line for line in cover(shuffled, actions)} == found


def test_a_circle_of_parts_ends():
    ring = [row(0, 1, closed=False, needed=True), row(1, 0, closed=False, needed=True)]
    action = Answering("A1", Status.ON_TRACK, frozenset({("recommendation", 0)}), True)
    assert [line.actions for line in cover(ring, [action])] == [("A1",), ("A1",)]
