"""The reference that is suggested for a new action."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans.references import LONGEST, next_free, whole_of


@pytest.mark.parametrize(
    ("taken", "following"),
    [
        ([], "1"),
        (["1"], "2"),
        (["A9"], "A10"),
        (["1.1a", "1.1b"], "1.1c"),
        (["2", "1"], "3"),
        (["9.4z"], "9.4z.1"),
        (["9.4z", "9.4z.1"], "9.4z.2"),
        (["a1", "A2", "a1"], "a3"),
        (["Housing"], "Housing.1"),
        (["9" * LONGEST], "1"),
    ],
)
def test_it_follows_the_last_one_and_passes_those_that_are_taken(taken, following):
    assert next_free(taken) == following


@given(st.lists(st.text(min_size=1, max_size=LONGEST), max_size=20))
def test_it_is_never_taken_and_never_too_long(taken):
    found = next_free(taken)
    assert found.lower() not in {reference.lower() for reference in taken}
    assert 0 < len(found) <= LONGEST


@pytest.mark.parametrize(
    ("reference", "references", "whole"),
    [
        ("1.1", ["1", "2"], "1"),
        ("1.1a", ["1", "1.1"], "1.1"),
        ("1a", ["1"], "1"),
        ("2(b)", ["2"], "2"),
        ("2 (b)", ["2"], "2"),
        ("1st", ["1"], None),
        ("A1.2", ["a1", "A"], "a1"),
        ("11", ["1"], None),
        ("1.12", ["1.1"], None),
        ("12.1", ["1", "2"], None),
        ("R1", ["R"], None),
        ("1", ["1"], None),
        ("1.", ["1"], None),
        ("1", [], None),
    ],
)
def test_a_number_says_what_it_is_part_of(
    reference: str, references: list[str], whole: str | None
) -> None:
    assert whole_of(reference, references) == whole
