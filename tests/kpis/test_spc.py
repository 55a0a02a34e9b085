"""The statistics, held beside what the reference programs gave for the same series."""

import json
import math
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpis.spc import control, xmr
from kpis.spc.numbers import median, rate
from kpis.spc.reference import PROFILES, Unreadable, analysed
from kpis.spc.runs import run_chart, runs, usual_runs
from kpis.spc.xmr import MAKING_DATA_COUNT, Assurance, Cause, Mark, Variation

DATA = json.loads(
    (Path(__file__).parent / "data" / "spc_reference.json").read_text(), parse_float=Decimal
)
EXPECTED = [
    pytest.param(series["input"], profile, one, id=f"{series['id']}-{profile}-{number}")
    for series in DATA["series"]
    for profile, several in series["expected"].items()
    for number, one in enumerate(several if isinstance(several, list) else [several])
]


def alike(ours, theirs):
    """Numbers to 1e-9, everything else exactly."""
    if isinstance(theirs, dict):
        assert ours.keys() == theirs.keys()
        return all(alike(ours[name], theirs[name]) for name in theirs)
    if isinstance(theirs, list):
        assert len(ours) == len(theirs)
        return all(alike(a, b) for a, b in zip(ours, theirs, strict=True))
    if isinstance(theirs, (int, Decimal)) and not isinstance(theirs, bool) and ours is not None:
        return math.isclose(float(ours), float(theirs), rel_tol=1e-9, abs_tol=1e-9)
    return ours == theirs


@pytest.mark.parametrize(("series", "profile", "theirs"), EXPECTED)
def test_the_reference_programs_come_to_the_same(series, profile, theirs):
    ours = analysed(profile, series, theirs.get("options", {}))
    for name in theirs:
        assert alike(ours[name], theirs[name]), name
    assert ours.keys() == theirs.keys()


def exact(*values):
    return [None if value is None else Fraction(str(value)) for value in values]


def read(*values, **options):
    return xmr.phase(exact(*values), MAKING_DATA_COUNT, **options)


def causes(phase):
    return {at: mark.cause for at, mark in enumerate(phase.marks) if mark}


# Thirteen ordinary points about 50, whose ranges of four give limits of 39.36 and 60.64.
QUIET = [52, 48] * 6 + [50]


def test_a_point_beyond_a_limit_counts_among_two_in_three():
    """The two makers of the rules differ here: ours is that of Making Data Count's own tool."""
    values = [*[50, 54] * 10, 52, 66, 61, 56]
    assert read(*values).marks[21:] == (
        Mark(Cause.OUTSIDE, high=True),
        Mark(Cause.TWO_IN_THREE, high=True),
        None,
    )
    theirs = analysed("xmr_nhsrplotthedots", told(values), {"screen_outliers": False})
    assert theirs["points"]["special_cause_type"][21:] == ["Above UCL", *["Common Cause"] * 2]


def told(values):
    dates = [date(2020 + n // 12, n % 12 + 1, 1).isoformat() for n in range(len(values))]
    return {"dates": dates, "values": list(values)}


def test_six_on_one_side_are_ordinary_and_seven_are_a_shift():
    assert causes(read(*QUIET, 50, 51, 51, 52, 51, 52, 51, 47, 47)) == {}
    ours = read(*[52, 48] * 10, *[49] * 7)
    assert {at for at, cause in causes(ours).items() if cause == Cause.SHIFT} == set(range(19, 27))


def test_a_point_exactly_on_the_mean_breaks_a_shift():
    """Thirds have no exact decimals; their mean here is one exactly."""
    thirds = [rate(n, 3) for n in (*[0, 6] * 5, 2, 2, 2, 2, 3, 2, 2, 2, *[4] * 7)]
    phase = xmr.phase(thirds, MAKING_DATA_COUNT)
    assert phase.mean == 1 and phase.side[14] == 0
    assert causes(phase) == dict.fromkeys(range(18, 25), Cause.SHIFT)


def test_a_gap_breaks_a_trend_and_takes_both_of_its_ranges():
    assert Cause.TREND in causes(read(*range(8), *[3, 4] * 5)).values()
    assert Cause.TREND not in causes(read(0, 1, 2, 3, None, 5, 6, 7, *[3, 4] * 5)).values()
    assert read(1, 2, None, 7, 8).average_range == 1


def test_a_fixed_baseline_holds_for_what_comes_later():
    ours = read(*QUIET, 70, 70, 70, fixed=13)
    assert ours.mean == 50
    assert [mark.cause for mark in ours.marks[-3:]] == [Cause.OUTSIDE] * 3


@pytest.mark.parametrize(
    ("target", "direction", "said"),
    [
        (39, "higher", Assurance.PASSES),
        (39, "lower", Assurance.FAILS),
        (61, "higher", Assurance.FAILS),
        (61, "lower", Assurance.PASSES),
        (50, "higher", Assurance.HIT_OR_MISS),
        (50, "neither", None),
        (None, "higher", None),
    ],
)
def test_assurance_is_read_from_the_limits(target, direction, said):
    phase = read(*[52, 48] * 7)
    assert (float(phase.lower), float(phase.upper)) == (39.36, 60.64)
    assert xmr.assurance(phase.lower, phase.upper, target and Fraction(target), direction) is said


def test_a_target_on_a_limit_is_hit_or_miss():
    phase = read(*[52, 48] * 7)
    for limit in (phase.lower, phase.upper):
        assert xmr.assurance(phase.lower, phase.upper, limit, "higher") is Assurance.HIT_OR_MISS


@pytest.mark.parametrize(
    ("high", "direction", "said"),
    [
        (True, "higher", Variation.IMPROVEMENT),
        (True, "lower", Variation.CONCERN),
        (False, "lower", Variation.IMPROVEMENT),
        (True, "neither", Variation.NEITHER),
    ],
)
def test_variation_is_good_or_bad_by_the_direction(high, direction, said):
    assert xmr.variation(Mark(Cause.OUTSIDE, high), direction) is said
    assert xmr.variation(None, direction) is Variation.COMMON


def test_no_value_is_no_statistic():
    for values in ([], [None, None]):
        assert (read(*values).mean, read(*values).lower, run_chart(values).median) == (None,) * 3
        assert runs(values, median(values)).number == 0
    assert (rate(None, 5), rate(0, 0), rate(3, None), rate(0, 4)) == (None, None, None, 0)


# --- what changes a series and what does not ---

numbers = st.integers(-400, 400).map(lambda n: Fraction(n, 10))
series = st.lists(st.none() | numbers, max_size=40)


@given(series, numbers)
def test_adding_a_constant_moves_the_limits_and_changes_no_mark(values, more):
    moved = [None if v is None else v + more for v in values]
    here, there = (xmr.phase(v, MAKING_DATA_COUNT) for v in (values, moved))
    assert here.marks == there.marks
    assert run_chart(values).shift == run_chart(moved).shift
    assert here.lower is None or there.lower == here.lower + more


@given(series, st.integers(1, 50))
def test_scaling_scales_the_limits_and_changes_no_mark(values, factor):
    scaled = [None if v is None else v * factor for v in values]
    here, there = (xmr.phase(v, MAKING_DATA_COUNT) for v in (values, scaled))
    assert here.marks == there.marks
    assert here.upper is None or there.upper == here.upper * factor


@given(series)
def test_turned_upside_down_every_mark_turns(values):
    turned = [None if v is None else -v for v in values]
    here, there = (xmr.phase(v, MAKING_DATA_COUNT).marks for v in (values, turned))
    assert there == tuple(m and Mark(m.cause, not m.high) for m in here)
    assert run_chart(turned).trends == run_chart(values).trends


@given(series, st.sampled_from(["higher", "lower"]))
def test_the_other_direction_swaps_better_and_worse_and_nothing_else(values, direction):
    other = {"higher": "lower", "lower": "higher"}[direction]
    swap = {Variation.IMPROVEMENT: Variation.CONCERN, Variation.CONCERN: Variation.IMPROVEMENT}
    for mark in xmr.phase(values, MAKING_DATA_COUNT).marks:
        said = xmr.variation(mark, direction)
        assert xmr.variation(mark, other) is swap.get(said, said)


@given(series, st.data())
def test_phases_do_not_look_at_each_other(values, data):
    at = data.draw(st.integers(0, len(values)))
    parts = xmr.phases(values, [at])
    assert [one for part in parts for one in part] == values
    if 0 < at < len(values):
        assert xmr.phase(parts[0], MAKING_DATA_COUNT) == xmr.phase(values[:at], MAKING_DATA_COUNT)


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=30))
def test_limits_of_a_proportion_stay_between_nothing_and_everything(pairs):
    counts = [(min(pair), max(pair)) for pair in pairs]
    chart = control.p_chart(*map(list, zip(*counts, strict=True)))
    for plain, wide in zip(chart.limits(3), control.prime(chart, least=1).limits(3), strict=True):
        assert plain is None or 0 <= plain <= 1
        assert wide is None or plain <= wide <= 1


@given(st.integers(10, 40))
def test_usual_runs_are_those_of_all_orders_alike(useful):
    """Against the orders themselves where they can be counted, and in all cases ordered."""
    low, high = usual_runs(useful)
    assert 2 <= low < high <= useful


@pytest.mark.parametrize(
    ("useful", "low", "high", "longest", "crossings"),
    [
        (10, 3, 9, 6, 2),
        (16, 5, 13, 7, 4),
        (23, 8, 17, 8, 7),
        (46, 17, 31, 9, 17),
        (60, 24, 38, 9, 23),
    ],
)
def test_the_tables_are_the_published_ones(useful, low, high, longest, crossings):
    assert usual_runs(useful) == (low, high)
    one = runs([Fraction(n % 2) for n in range(useful)], Fraction(1, 2))
    assert (one.longest_usual, one.crossings_usual) == (longest, crossings)


# --- the command's input ---


@pytest.mark.parametrize(
    ("profile", "series", "said"),
    [
        ("xbar", {}, "There is no profile “xbar”."),
        ("runs", {}, "Give values, or numerator and denominator."),
        ("runs", {"values": [1, "many"]}, "values has “many”, which is no number."),
        ("qic_p", {"numerator": [1], "denominator": [1, 2]}, "are not of one length"),
        ("qic_p", {"numerator": [1.5], "denominator": [2]}, "not a whole number of cases"),
        ("xmr_nhsrplotthedots", {"values": [1, 2], "dates": ["2020-01-01"]}, "1 dates for 2"),
    ],
)
def test_odd_input_is_refused_with_what_is_wrong(profile, series, said):
    with pytest.raises(Unreadable, match=said):
        analysed(profile, series, {})


@pytest.mark.parametrize("profile", PROFILES)
def test_every_profile_reads_a_series_of_nothing_and_of_gaps(profile):
    for size in (0, 3):
        gaps = [None] * size
        series = told(gaps) | {"numerator": gaps, "denominator": gaps}
        assert analysed(profile, series, {})
