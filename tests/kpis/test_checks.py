"""What is said of a figure that looks wrong, before anybody else sees it."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpis.checks import doubts
from kpis.periods import month
from kpis.reading import read
from kpis.sentences import Style
from tests.kpis.test_reading import PERCENT, START, monthly

PERIOD = month(START)
STYLE = Style("%", 0)


def said(value, earlier, *, later=0):
    """Of a figure after the earlier months, and as many without one."""
    period = PERIOD
    for _ in range(len(earlier) + later):
        period = period.next()
    value = None if value is None else Fraction(value)
    return doubts(value, period, read(monthly(earlier), PERCENT, target=None), STYLE)


def test_a_figure_far_from_the_usual_is_to_be_checked():
    assert said(8, [50, 54, 48, 53, 51, 52]) == ["Check: 8% is far below the usual 42% to 61%."]
    assert said(75, [50, 54] * 8) == ["Check: 75% is far above the usual 41% to 63%."]


@pytest.mark.parametrize(
    ("value", "earlier"),
    [(55, [50, 54, 48, 53, 51, 52]), (8, [50, 54, 48, 53]), (8, []), (None, [50, 54] * 8)],
)
def test_an_ordinary_figure_and_one_of_few_are_not(value, earlier):
    assert said(value, earlier) == []


def test_a_series_that_never_moved_calls_nothing_unusual():
    assert said(90, [100] * 20) == []


def test_a_gap_before_the_figure_is_told():
    assert said(52, [50, 54], later=1) == ["Jun 2018 has no figure."]
    assert said(52, [50, 54], later=3) == ["Jun 2018 and the periods after it have no figure."]


@given(st.lists(st.integers(0, 100), min_size=5, max_size=30), st.integers(-20, 20))
def test_what_is_usual_moves_with_the_figures(values, more):
    figures = [Fraction(v) for v in values]
    for value in (min(figures), max(figures), Fraction(1000)):
        here = bool(said(value, values))
        there = bool(said(value + more, [v + more for v in values]))
        if not any(v in (0, 100) or v + more in (0, 100) for v in values):
            assert here == there
