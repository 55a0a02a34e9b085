"""Which chart a series is read by, and what its latest figure signals."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kpis.periods import financial_year, month
from kpis.reading import (
    LIMITED,
    Break,
    Chart,
    Choice,
    Figure,
    Kind,
    Measure,
    read,
)
from kpis.spc import xmr
from kpis.spc.runs import Cause
from kpis.spc.xmr import Assurance, Variation

START = date(2018, 4, 1)
PERCENT = Measure(Kind.PERCENTAGE, "higher", scale=100)
DAYS = Measure(Kind.MEASURED, "lower")


def monthly(values, *, cases=None, first=START):
    """Months of figures; with `cases` each value is so many of them."""
    period, figures = month(first), []
    for value in values:
        if value is None or cases is None:
            figures.append(Figure(period, None if value is None else Fraction(str(value))))
        else:
            figures.append(Figure(period, Fraction(100 * value, cases), value, cases))
        period = period.next()
    return figures


def now(values, measure=DAYS, target=None, **facts):
    cases = facts.pop("cases", None)
    aim = None if target is None else Fraction(str(target))
    return read(monthly(values, cases=cases), measure, target=aim, **facts)


def chart(values, measure=DAYS, **facts):
    return now(values, measure, **facts).now.chart


QUIET = [52, 48] * 12
# --- which chart ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("points", "chart_then"),
    [(1, Chart.FIGURES), (9, Chart.FIGURES), (10, Chart.RUN), (12, Chart.RUN), (13, Chart.XMR)],
)
def test_so_many_points_bear_so_much(points, chart_then):
    values = [50 + (-1) ** n * n for n in range(1, points + 1)]
    assert chart(values) == chart_then
    assert chart([*values, None]) == chart_then  # a gap is no point


@pytest.mark.parametrize(
    ("measure", "facts", "found"),
    [
        (PERCENT, {"cases": 100}, Chart.P),
        (PERCENT, {"cases": 104}, Chart.P),
        (PERCENT, {}, Chart.XMR),
        (Measure(Kind.RATE, "lower", 10_000), {"cases": 90_000}, Chart.U),
        (Measure(Kind.COUNT, "lower"), {"cases": 400}, Chart.U),
        (Measure(Kind.COUNT, "lower"), {}, Chart.XMR),  # they vary far less than chance would
        (DAYS, {"cases": 100}, Chart.XMR),
        (Measure(Kind.PERCENTAGE, "higher", 100, Choice.RUN), {"cases": 100}, Chart.RUN),
        (Measure(Kind.PERCENTAGE, "higher", 100, Choice.XMR), {"cases": 100}, Chart.XMR),
    ],
)
def test_the_figures_decide_by_which_chart_they_are_read(measure, facts, found):
    assert chart(QUIET, measure, **facts) == found


def test_counts_that_vary_as_chance_would_have_them_are_read_by_a_chart_of_counts():
    counts = [50, 57, 44, 52, 61, 47, 42, 55, 49, 58, 45, 51, 60, 43, 53, 48]
    assert chart(counts, Measure(Kind.COUNT, "lower")) == Chart.C


def test_percentages_of_few_cases_are_read_by_a_run_chart_and_say_why():
    found = now([9, 10, 8, 11, 9, 10, 12, 8, 9, 11] * 2, PERCENT, cases=19).now
    assert found.chart == Chart.RUN
    assert "so few cases: half of the periods have 19 or fewer" in found.why
    assert chart([9, 10, 8, 11, 9, 10, 12, 8, 9, 11] * 2, PERCENT, cases=20) == Chart.P


def test_yearly_figures_are_not_tested_before_there_are_limits():
    period, figures = financial_year(START), []
    for n in range(12):
        figures.append(Figure(period, Fraction(40 + n)))
        period = period.next()
    yearly = Measure(Kind.MEASURED, "higher", yearly=True)
    assert read(figures, yearly, target=None).now.chart == Chart.FIGURES
    assert read(figures, DAYS, target=None).now.chart == Chart.RUN


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([100] * 14 + [50], "14 of the 15 points are at 0% or 100%"),
        ([0, 10] * 8 + [0], "9 of the 17 points are at 0% or 100%"),
        ([50] * 6 + [40, 60, 41, 59, 42, 58], "6 points (of 12; the rest lie on the median)"),
    ],
)
def test_what_can_tell_little_has_no_chart_and_says_why(values, said):
    found = now(values, PERCENT)
    assert (found.now.chart, found.variation, found.assurance) == (Chart.FIGURES, None, None)
    assert said in found.now.why


def test_nothing_due_is_no_figure_and_breaks_no_reading():
    figures = monthly([20, 22, 19] * 8, cases=40)
    figures[5] = Figure(figures[5].period, None, 0, 0)
    found = read(figures, PERCENT, target=None).now
    assert (found.chart, found.points, found.lower[5], found.marks[5]) == (Chart.P, 23, None, None)


# --- signals -------------------------------------------------------------------------------------


def test_the_latest_figure_decides():
    found = now([*QUIET, 70])
    assert found.now.mark == xmr.Mark(xmr.Cause.OUTSIDE, high=True)
    assert found.variation == Variation.CONCERN  # of days, fewer are better
    assert now([*QUIET, 70, 50]).variation == Variation.COMMON
    assert now([*QUIET, 70, None]).variation == Variation.CONCERN


def test_a_provisional_figure_signals_nothing():
    figures = monthly([*QUIET, 70])
    last = figures.pop()
    given_early = Figure(last.period, last.value, provisional=True)
    assert read([*figures, given_early], DAYS, target=None).variation == Variation.COMMON


def test_a_p_chart_flags_what_chance_would_not_do():
    found = now([*[40, 44, 42, 38] * 5, 70], PERCENT, cases=100)
    assert found.now.chart == Chart.P
    assert found.now.mark == xmr.Mark(xmr.Cause.OUTSIDE, high=True)
    assert found.variation == Variation.IMPROVEMENT


def test_limits_stop_where_no_figure_can_be_and_signal_nothing_there():
    found = now([97, 99, 96, 100, 98, 95, 99] * 3, PERCENT, cases=100).now
    assert max(found.upper) == 100
    assert not any(mark and mark.cause == xmr.Cause.OUTSIDE and mark.high for mark in found.marks)


def test_a_run_chart_marks_a_shift_and_has_no_icon():
    measure = Measure(Kind.MEASURED, "higher", choice=Choice.RUN)
    found = now([40, 42, 41, 43, 40, 42, 60, 61, 59, 62, 60, 61], measure)
    assert found.now.mark == xmr.Mark(Cause.SHIFT, high=True)
    assert (found.variation, found.assurance) == (None, None)


def test_a_point_on_the_median_inside_a_shift_is_of_the_shift():
    measure = Measure(Kind.MEASURED, "higher", choice=Choice.RUN)
    found = now([1, 2, 1, 2, 1, 2, 8, 9, 8, 5, 9, 8, 9], measure).now
    assert found.centre == 5
    assert found.marks[9] == xmr.Mark(Cause.SHIFT, high=True)


@pytest.mark.parametrize(
    ("target", "direction", "found"),
    [
        (39, "higher", Assurance.PASSES),
        (61, "higher", Assurance.FAILS),
        (50, "higher", Assurance.HIT_OR_MISS),
        (61, "lower", Assurance.PASSES),
        (39, "lower", Assurance.FAILS),
        (50, "neither", None),
        (None, "higher", None),
    ],
)
def test_the_limits_say_whether_the_target_is_met_reliably(target, direction, found):
    assert now(QUIET, Measure(Kind.MEASURED, direction), target).assurance is found


def test_without_variation_the_figure_itself_says_whether_the_target_is_met():
    assert now([100] * 15, PERCENT, 100).assurance == Assurance.PASSES
    assert now([80] * 15, PERCENT, 90).assurance == Assurance.FAILS


# --- phases --------------------------------------------------------------------------------------


def test_nothing_is_read_across_a_break():
    breaks = [Break(date(2019, 4, 1), "Counted from the hearing, not from the order")]
    whole = now([*[40, 44] * 6, *[70, 74] * 7], breaks=breaks)
    before, after = whole.phases
    assert (before.start, after.start) == (0, 12)
    assert (before.centre, after.centre) == (42, 72)
    assert (before.chart, after.chart) == (Chart.RUN, Chart.XMR)
    assert whole.variation == Variation.COMMON
    assert now([*[40, 44] * 6, *[70, 74] * 7]).variation == Variation.CONCERN


def test_a_baseline_makes_the_limits_of_what_comes_after():
    since = Break(START, "The year before the plan", baseline=date(2019, 3, 31))
    found = now([*[50, 54] * 6, *[60, 64] * 4], breaks=[since]).now
    assert (found.fixed, found.centre) == (12, 52)
    assert found.mark and found.mark.high
    assert now([*[50, 54] * 6, *[60, 64] * 4]).now.centre > 52


def test_a_break_without_a_figure_after_it_leaves_the_phase_before():
    found = now(QUIET, breaks=[Break(date(2030, 4, 1), "Later")])
    assert len(found.phases) == 1


# --- whatever the figures ------------------------------------------------------------------------

numbers = st.lists(st.none() | st.integers(0, 40), min_size=1, max_size=40)
directions = st.sampled_from(["higher", "lower", "neither"])


def told(found):
    """What is signalled, without the values."""
    return (
        [(phase.chart, phase.points, phase.marks) for phase in found.phases],
        found.variation,
        found.assurance,
    )


@given(numbers, directions, st.integers(-50, 50), st.integers(1, 500))
def test_another_zero_or_unit_changes_the_values_and_nothing_else(values, direction, more, times):
    measure = Measure(Kind.MEASURED, direction)
    moved = [None if v is None else (v + more) * times for v in values]
    assert told(now(moved, measure)) == told(now(values, measure))


@given(numbers, st.integers(0, 40))
def test_what_is_better_decides_the_words_and_not_the_signals(values, target):
    up, down, none = (
        now(values, Measure(Kind.MEASURED, d), target) for d in ("higher", "lower", "neither")
    )
    assert [p.marks for p in up.phases] == [p.marks for p in down.phases]
    other = {Variation.IMPROVEMENT: Variation.CONCERN, Variation.CONCERN: Variation.IMPROVEMENT}
    assert down.variation == other.get(up.variation, up.variation)
    assert (none.variation == Variation.NEITHER) == (up.variation in other)
    assert none.assurance is None


@given(numbers)
def test_a_series_upside_down_is_as_good_as_it_was_bad(values):
    turned = [None if v is None else -v for v in values]
    up, down = now(values, Measure(Kind.MEASURED, "higher")), now(turned, DAYS)
    assert (up.variation, up.now.chart) == (down.variation, down.now.chart)


@given(st.lists(st.integers(0, 40), min_size=2, max_size=20), st.lists(st.integers(0, 40)))
def test_what_came_before_a_break_changes_nothing_after_it(after, before):
    assume(before)
    alone = now(after)
    period = month(START)
    for _ in before:
        period = period.next()
    breaks = [Break(period.start, "A new definition")]
    joined = now([*before, *after], breaks=breaks)
    assert (joined.now.centre, joined.now.marks) == (alone.now.centre, alone.now.marks)
    assert (joined.variation, joined.now.chart) == (alone.variation, alone.now.chart)


@given(numbers, directions, st.none() | st.integers(0, 100))
def test_only_a_chart_with_limits_has_icons(values, direction, target):
    found = now(values, Measure(Kind.PERCENTAGE, direction, 100), target)
    assert (found.variation is not None) == (found.now.chart in LIMITED)
    if found.assurance is not None:
        assert found.now.chart in LIMITED or len({v for v in values if v is not None}) == 1
