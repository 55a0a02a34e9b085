"""How the grades of a later look stand to the first ones."""

import pytest

from plans.progress import Step, changes


@pytest.mark.parametrize(
    ("first", "later", "words"),
    [
        (2, 4, "2 grades better"),
        (2, 3, "1 grade better"),
        (4, 3, "1 grade worse"),
        (6, 1, "5 grades worse"),
        (3, 3, "The same"),
        (None, 3, "Not graded the first time"),
        (3, None, "Not graded again"),
    ],
)
def test_a_change_is_said_in_words(first, later, words):
    assert Step(7, first, later).change == words


def test_every_indicator_that_either_look_graded_is_there_once_the_first_ones_first():
    steps = changes({5: 2, 1: 3}, {9: 4, 1: 4})
    assert [(step.key, step.first, step.later) for step in steps] == [
        (5, 2, None),
        (1, 3, 4),
        (9, None, 4),
    ]
