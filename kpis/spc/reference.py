"""What reference programs make of a series, by our own rules and in the shape of their results.

So that anybody can hold ours beside theirs (`manage.py analyse_series`). Each profile is the name
of a program and a chart; the pages of Throughline read by `kpis.spc.xmr` and `kpis.spc.runs`.
"""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from typing import Any

from kpis.spc import control, xmr
from kpis.spc.numbers import Value, median, rate, signs, steps, stretches
from kpis.spc.runs import SHIFT, TREND, run_chart, runs
from kpis.spc.xmr import Cause, Mark, Phase

Result = dict[str, Any]
# The package screens unless it is told not to, and counts only what lies between the limits.
SCREENED = xmr.Rules("NHSRplotthedots 0.2.2", screen=True, beyond=False)
UNSCREENED = xmr.Rules("NHSRplotthedots 0.2.2, not screened", screen=False, beyond=False)
SHORT = (
    "Some groups have 'n < 12' observations. These have trial limits, which will be revised with "
    "each additional observation until 'n = fix_after_n_points' has been reached."
)
DIRECTIONS = {"increase": "higher", "decrease": "lower", "neutral": "neither"}


class Unreadable(ValueError):
    """The input of a series, or a profile, that cannot be read; the sentence says what is wrong."""


def analysed(profile: str, given: Mapping[str, Any], options: Mapping[str, Any]) -> Result:
    """The result of one profile. Raises Unreadable for an unknown one, or for odd input."""
    if profile not in PROFILES:
        raise Unreadable(f"There is no profile “{profile}”. There are: {', '.join(PROFILES)}.")
    try:
        return PROFILES[profile](given, options)
    except (TypeError, OverflowError) as error:  # a text for a number; more than a float holds
        raise Unreadable(f"What is given is not of the kind that it should be: {error}.") from error


# --- the input ----------------------------------------------------------------------------------


def _exact(value: Any, name: str) -> Value:
    """A float stands for the decimal that it is written as."""
    if value is None:
        return None
    try:
        return Fraction(str(value))
    except (ValueError, ZeroDivisionError):
        raise Unreadable(f"{name} has “{value}”, which is no number.") from None


def _listed(given: Mapping[str, Any], name: str) -> list[Value] | None:
    """The numbers of that name, None where there are none of it."""
    row = given.get(name)
    if row is None:
        return None
    if not isinstance(row, list):
        raise Unreadable(f"{name} is no list.")
    return [_exact(one, name) for one in row]


def _counts(given: Mapping[str, Any], name: str) -> list[int | None] | None:
    found = _listed(given, name)
    if found is None:
        return None
    if any(one is not None and (one.denominator != 1 or one < 0) for one in found):
        raise Unreadable(f"{name} has what is not a whole number of cases.")
    return [None if one is None else int(one) for one in found]


def _values(given: Mapping[str, Any]) -> list[Value]:
    """As they are, or percentages of their counts."""
    found = _listed(given, "values")
    if found is not None:
        return found
    numerators, denominators = _both(given)
    return [rate(n, d, 100) for n, d in zip(numerators, denominators, strict=True)]


def _both(given: Mapping[str, Any]) -> tuple[list[int | None], list[int | None]]:
    numerators, denominators = _counts(given, "numerator"), _counts(given, "denominator")
    if numerators is None or denominators is None:
        raise Unreadable("Give values, or numerator and denominator.")
    if len(numerators) != len(denominators):
        raise Unreadable("numerator and denominator are not of one length.")
    return numerators, denominators


def _dates(given: Mapping[str, Any], number: int) -> list[str]:
    dates = list(given.get("dates") or [])
    if len(dates) != number:
        raise Unreadable(f"There are {len(dates)} dates for {number} periods.")
    return dates


# --- NHSRplotthedots ----------------------------------------------------------------------------


def _nhsr(given: Mapping[str, Any], options: Mapping[str, Any]) -> Result:
    values = _values(given)
    dates = _dates(given, len(values))
    order = sorted(range(len(dates)), key=dates.__getitem__)
    dates, values = [dates[n] for n in order], [values[n] for n in order]
    named = options.get("improvement_direction", "increase")
    if named not in DIRECTIONS:
        raise Unreadable(f"improvement_direction is “{named}”. It can be {', '.join(DIRECTIONS)}.")
    direction, rules = DIRECTIONS[named], SCREENED
    if not options.get("screen_outliers", True):
        rules = UNSCREENED
    again = set(options.get("rebase") or ())
    starts = [n for n, day in enumerate(dates) if day in again]
    parts = [
        xmr.phase(part, rules, fixed=options.get("fix_after_n_points"))
        for part in xmr.phases(values, starts)
    ]
    first = 1 if starts and starts[0] == 0 else 0  # a break at the first row counts
    segments, groups, at = [], [], 0
    for number, one in enumerate(parts, first):
        size = len(one.side)
        segments.append(
            {
                "rebase_group": number,
                "start": dates[at],
                "n": size,
                "mean": _float(one.mean),
                "lpl": _float(one.lower),
                "upl": _float(one.upper),
                "short_group_warning": size < xmr.ENOUGH,
            }
        )
        groups += [number] * size
        at += size
    marks = [mark for one in parts for mark in one.marks]
    kinds = [_kind(mark, direction) for mark in marks]
    target = _exact(options.get("target"), "target")
    assured = _assured(parts[-1], target, direction) if parts else None
    icons = {"variation": _icon(kinds[-1], direction)} if kinds else {}
    if assured:
        icons["assurance"] = assured.removeprefix("consistent_")
    return {
        "options": dict(options),
        "segments": segments,
        "points": {
            "relative_to_mean": [side for one in parts for side in one.side],
            "outside_limits": [out for one in parts for out in one.outside],
            "close_to_limits": [near for one in parts for near in one.near],
            "special_cause_type": [_words(mark) for mark in marks],
            "point_type": kinds,
            "rebase_group": groups,
        },
        "variation_last_point": kinds[-1] if kinds else None,
        "assurance": assured,
        "icons": icons,
        "warnings": [SHORT] if any(one["short_group_warning"] for one in segments) else [],
    }


def _words(mark: Mark | None) -> str:
    if mark is None:
        return "Common Cause"
    side = "Above" if mark.high else "Below"
    words: dict[StrEnum, str] = {
        Cause.OUTSIDE: f"{side} {'UCL' if mark.high else 'LCL'}",
        Cause.TREND: f"7 Point Trend ({'In' if mark.high else 'De'}creasing)",
        Cause.TWO_IN_THREE: f"2 in 3 {side} CL",
        Cause.SHIFT: f"7 Points {side} CL",
    }
    return words[mark.cause]


def _kind(mark: Mark | None, direction: str) -> str:
    return {
        xmr.Variation.COMMON: "common_cause",
        xmr.Variation.IMPROVEMENT: "special_cause_improvement",
        xmr.Variation.CONCERN: "special_cause_concern",
        xmr.Variation.NEITHER: f"special_cause_neutral_{_height(mark)}",
    }[xmr.variation(mark, direction)]


def _height(mark: Mark | None) -> str:
    return "high" if mark and mark.high else "low"


def _icon(kind: str, direction: str) -> str:
    """The file name of the icon: for better and worse, its height is that of the direction."""
    name = kind.removeprefix("special_cause_")
    if name in {"improvement", "concern"}:
        high = (name == "improvement") == (direction == "higher")
        return f"{name}_{'high' if high else 'low'}"
    return name


def _assured(last: Phase, target: Value, direction: str) -> str | None:
    found = xmr.assurance(last.lower, last.upper, target, direction)
    return (
        found
        and {
            xmr.Assurance.PASSES: "consistent_pass",
            xmr.Assurance.FAILS: "consistent_fail",
            xmr.Assurance.HIT_OR_MISS: "inconsistent",
        }[found]
    )


# --- qicharts2 ----------------------------------------------------------------------------------


def _qic(make: Callable[[Mapping[str, Any], int, int, int | None], control.Chart]) -> Any:
    """A profile of charts with limits; `make` draws the rows from the one index to the other."""

    def profile(given: Mapping[str, Any], options: Mapping[str, Any]) -> Result:
        charts = [make(given, a, b, fixed) for a, b, fixed in _parts(given, options)]
        found = _about(charts)
        for name, sigmas in (("lcl", -3), ("ucl", 3), ("lcl_2s", -2), ("ucl_2s", 2)):
            found[name] = [limit for chart in charts for limit in chart.limits(sigmas)]
        found["sigma_signal"] = [
            value is not None and low is not None and high is not None and not low <= value <= high
            for value, low, high in zip(
                (v for chart in charts for v in chart.values),
                found["lcl"],
                found["ucl"],
                strict=True,
            )
        ]
        return found

    return profile


def _qic_run(given: Mapping[str, Any], options: Mapping[str, Any]) -> Result:
    """The median, and how the points run about it."""
    values = _values(given)
    charts = []
    for a, b, fixed in _parts(given, options):
        part = values[a:b]
        charts.append(control.Chart(tuple(part), median(part[:fixed]), (None,) * len(part)))
    return _about(charts)


def _parts(
    given: Mapping[str, Any], options: Mapping[str, Any]
) -> list[tuple[int, int, int | None]]:
    """First index and the one after of each part, and how many of its rows are the baseline."""
    size = len(given.get("values") or given.get("numerator") or ())
    ends = given.get("part") or options.get("part") or []
    freeze = given.get("freeze") or options.get("freeze")
    edges = [0, *sorted(end for end in ends if 0 < end < size), size]
    return [(a, b, None if ends else freeze) for a, b in pairwise(edges) if a < b]


def _about(charts: Sequence[control.Chart]) -> Result:
    parts = []
    for number, chart in enumerate(charts, 1):
        one = runs(chart.values, chart.centre)
        there = bool(one.useful)
        parts.append(
            {
                "part": number,
                "n_obs": len(chart.values),
                "n_useful": one.useful,
                "longest_run": one.longest if there else None,
                "longest_run_max": one.longest_usual,
                "n_crossings": one.crossings if there else None,
                "n_crossings_min": one.crossings_usual,
                "runs_signal": one.is_unusual,
            }
        )
    return {
        "y": [_float(value) for chart in charts for value in chart.values],
        "cl": [_float(chart.centre) for chart in charts for _ in chart.values],
        "parts": parts,
    }


def _i(screen: bool) -> Any:
    return _qic(
        lambda given, a, b, fixed: control.i_chart(_values(given)[a:b], screen=screen, fixed=fixed)
    )


def _c(given: Mapping[str, Any], a: int, b: int, fixed: int | None) -> control.Chart:
    counts = _counts(given, "values" if given.get("values") is not None else "numerator")
    return control.c_chart((counts or [])[a:b], fixed=fixed)


def _pooled(draw: Any, screen: bool | None = None) -> Any:
    """A chart of counts of counts; with `screen` its prime chart, screened or not."""

    def make(given: Mapping[str, Any], a: int, b: int, fixed: int | None) -> control.Chart:
        numerators, denominators = _both(given)
        chart: control.Chart = draw(numerators[a:b], denominators[a:b], fixed=fixed)
        return chart if screen is None else control.prime(chart, screen=screen, fixed=fixed)

    return _qic(make)


# --- run charts ---------------------------------------------------------------------------------


def _his(given: Mapping[str, Any], options: Mapping[str, Any]) -> Result:
    found = run_chart(_values(given))
    return {
        "median": _float(found.median),
        "shift_points_1based": [at + 1 for at in found.shift],
        "trends_1based": [[at + 1 for at in trend] for trend in found.trends],
    }


def _phs(given: Mapping[str, Any], options: Mapping[str, Any]) -> Result:
    """As the code of Public Health Scotland reads it: ties and gaps break both."""
    values = _values(given)
    centre = median(values)
    sides, ways = stretches(signs(values, centre)), stretches(steps(values))
    return {
        "median": _float(centre),
        "shift_points_1based": [
            at + 1 for _, a, b in sides if b - a >= SHIFT for at in range(a, b)
        ],
        "trend_points_1based": sorted(
            {at + 1 for _, a, b in ways if b - a >= TREND - 1 for at in range(a, b + 1)}
        ),
    }


def _runs(given: Mapping[str, Any], options: Mapping[str, Any]) -> Result:
    values = _values(given)
    one = runs(values, median(values))
    low, high = one.usual or (None, None)
    signal = None
    if low is not None and high is not None:
        signal = "too_few" if one.number < low else "too_many" if one.number > high else "none"
    return {
        "n_useful": one.useful,
        "n_runs": one.number,
        "lower": low,
        "upper": high,
        "signal": signal,
        "computed_by": "exact distribution (not by a reference package)",
    }


def _float(value: Value) -> float | None:
    return None if value is None else float(value)


PROFILES: dict[str, Callable[[Mapping[str, Any], Mapping[str, Any]], Result]] = {
    "xmr_nhsrplotthedots": _nhsr,
    "qic_run": _qic_run,
    "qic_i_screened": _i(True),
    "qic_i_unscreened": _i(False),
    "qic_c": _qic(_c),
    "qic_p": _pooled(control.p_chart),
    "qic_pp_screened": _pooled(control.p_chart, screen=True),
    "qic_pp_unscreened": _pooled(control.p_chart, screen=False),
    "qic_u": _pooled(control.u_chart),
    "qic_up_screened": _pooled(control.u_chart, screen=True),
    "qic_up_unscreened": _pooled(control.u_chart, screen=False),
    "runchart_his": _his,
    "runs": _runs,
    "phs_runchart_flags": _phs,
}
