"""No small count can be read, or worked back from what is shown."""

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpis.disclosure import Relation, hidden, telling

TEAMS = Relation("all", ("east", "west", "north"))


def test_without_small_counts_everything_is_shown():
    assert hidden({"all": 60, "east": 20, "west": 40}, [Relation("all", ("east", "west"))]) == set()


@pytest.mark.parametrize(("count", "gone"), [(0, False), (1, True), (4, True), (5, False)])
def test_counts_below_the_threshold_are_hidden_and_none_is_not(count, gone):
    assert ("one" in hidden({"one": count}, [])) is gone


def test_the_threshold_is_the_assessors():
    assert hidden({"one": 7}, [], threshold=10) == {"one"}


def test_the_one_hidden_part_of_a_total_takes_the_next_smallest_with_it():
    counts = {"all": 60, "east": 3, "west": 40, "north": 17}
    assert hidden(counts, [TEAMS]) == {"east", "north"}


def test_two_hidden_parts_whose_sum_is_small_take_a_third_with_them():
    counts = {"all": 60, "east": 1, "west": 56, "north": 3}
    assert hidden(counts, [TEAMS]) == {"east", "west", "north"}


def test_a_share_is_hidden_where_it_would_tell_how_few_were_left():
    """57 of 60 leaves three."""
    counts = {"due": 60, "done": 57, "late": 3}
    assert hidden(counts, [Relation("due", ("done", "late"))]) == {"done", "late"}


def test_a_total_goes_only_where_nothing_else_can():
    assert hidden({"all": 3, "east": 3}, [Relation("all", ("east",))]) == {"all", "east"}


def test_parts_that_go_by_two_ways_are_not_worked_back_from_each_other():
    rows = [Relation(f"r{n}", (f"r{n}a", f"r{n}b", f"r{n}c")) for n in (1, 2, 3)]
    columns = [Relation(c, tuple(f"r{n}{c}" for n in (1, 2, 3))) for c in "abc"]
    table = {"r1a": 2, "r1b": 20, "r1c": 30, "r2a": 25, "r2b": 30, "r2c": 35}
    table |= {"r3a": 40, "r3b": 45, "r3c": 50}
    counts = table | {r.total: sum(table[p] for p in r.parts) for r in (*rows, *columns)}
    gone = hidden(counts, [*rows, *columns])
    assert gone == {"r1a", "r1b", "r2a", "r2b"}


def test_an_unknown_part_ties_nothing():
    assert hidden({"all": 60, "east": 3}, [TEAMS]) == {"east"}


def test_none_and_all_of_a_whole_tell_of_everybody():
    counts = {"due": 40, "done": 40, "late": 0, "other": 3}
    wholes = {"done": "due", "late": "due", "other": "due", "gone": "due"}
    assert telling(counts, wholes) == ["done", "late"]


@given(
    st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=3), min_size=2, max_size=3),
    st.integers(2, 6),
)
def test_no_small_count_follows_from_what_is_shown(table, threshold):
    """By the rank of what a reader can set down: nothing settles a small count."""
    cells = {(r, c): n for r, row in enumerate(table) for c, n in enumerate(row)}
    rows = [Relation(("row", r), tuple((r, c) for c in range(3))) for r in range(len(table))]
    columns = [Relation(("column", c), tuple((r, c) for r in range(len(table)))) for c in range(3)]
    relations = [*rows, *columns]
    counts = cells | {r.total: sum(cells[p] for p in r.parts) for r in relations}
    gone = hidden(counts, relations, threshold)
    small = {key for key, n in counts.items() if 0 < n < threshold}
    assert small <= gone
    unknown = sorted(gone, key=repr)
    equations = numpy.array(
        [
            [(key in r.parts) - (key == r.total) for key in unknown]
            for r in relations
            if gone & set(r.keys)
        ]
    )
    for at, key in enumerate(unknown):
        if key in small:
            others = numpy.delete(equations, at, axis=1)
            rank = numpy.linalg.matrix_rank
            # A count is settled where taking it out leaves one equation fewer.
            assert others.size and rank(others) == rank(equations), key
