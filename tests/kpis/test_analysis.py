"""What a series may be said to show, and what never."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from statistics import median

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kpis.analysis import Figure, beside, meets, read, show
from kpis.periods import Period, financial_year, month, quarter

START = date(2018, 4, 1)
UP, DOWN = "A change for the better", "A change for the worse"


def monthly(values, first=START):
    period, figures = month(first), []
    for value in values:
        figures.append(Figure(period, None if value is None else Decimal(str(value))))
        period = period.next()
    return figures


def sentence(values, direction="higher", target=None, unit="%", decimals=0):
    target = None if target is None else Decimal(target)
    return read(
        monthly(values), direction=direction, unit=unit, decimals=decimals, target=target
    ).sentence


def verdict(values, direction="higher"):
    """What is said of change, without the figures that are said with it."""
    said = sentence(values, direction, unit="days").removeprefix("Provisional: ")
    return "No variation" if said.startswith("No variation") else said.split(" (median")[0]


def centre(values):
    return read(monthly(values), direction="higher", unit="days", decimals=0, target=None).centre


def useful(values):
    """The points that do not lie on the median."""
    return [v for v in values if v != median(values)]


STEADY = [v for low in range(40, 50) for v in (low, 100 - low)] + [50]
FEW = (
    "{} points: at least 10 are needed before ordinary ups and downs can be told from change "
    "(earliest date: Jan 2019)."
)
QUIET = "No signal of change (median {}, run-chart rules, {} points, Apr 2018 to {})."


@pytest.mark.parametrize(
    ("points", "said"),
    [
        (0, "No figure has been reported."),
        (1, "One figure: nothing to compare it with yet."),
        (2, FEW.format(2)),
        (9, FEW.format(9)),
        (10, "Provisional: " + QUIET.format("50%", 10, "Jan 2019")),
        (12, "Provisional: " + QUIET.format("50%", 12, "Mar 2019")),
        (13, "Provisional: " + QUIET.format("46%", 13, "Apr 2019")),  # one lies on the median
        (14, QUIET.format("50%", 14, "May 2019")),
        (21, QUIET.format("50%", 21, "Dec 2019")),
    ],
)
def test_the_sentence_says_no_more_than_so_many_points_bear(points, said):
    assert sentence(STEADY[:points]) == said


@pytest.mark.parametrize(
    ("values", "target", "direction", "said"),
    [
        ([85], 80, "higher", "; the latest figure, 85%, meets the target of 80%"),
        ([80], 80, "higher", "; the latest figure, 80%, meets the target of 80%"),
        ([7], 80, "higher", "; the latest figure, 7%, does not meet the target of 80%"),
        ([7], 10, "lower", "; the latest figure, 7%, meets the target of 10%"),
        ([10], 10, "lower", "; the latest figure, 10%, meets the target of 10%"),
        ([11], 10, "lower", "; the latest figure, 11%, does not meet the target of 10%"),
        ([11, None], 10, "lower", "; the latest figure, 11%, does not meet the target of 10%"),
        ([7], 10, "neither", ""),
        ([7], None, "higher", ""),
        ([None], 80, "higher", ""),
        (STEADY, 80, "higher", "; the latest figure, 50%, does not meet the target of 80%"),
    ],
)
def test_the_latest_figure_is_held_against_the_target(values, target, direction, said):
    whole = sentence(values, direction, target)
    assert whole == sentence(values, direction).removesuffix(".") + said + "."


def test_two_values_that_would_look_the_same_are_given_with_more_decimals():
    assert "79.9%, does not meet the target of 80.0%" in sentence(["79.9"], target=80)
    assert "79.6%, does not meet the target of 80.0%" in sentence(["79.63"], target=80)
    assert "80.02%, meets the target of 80.00%" in sentence(["80.02"], target=80)
    assert beside(Decimal("80.001"), Decimal(80), "%", 0) == ("80.001%", "80.000%")
    assert beside(Decimal(80), Decimal(80), "%", 0) == ("80%", "80%")
    third = Decimal(1) / 3
    assert beside(third, third + Decimal("1E-20"), "", 1) == ("0.333333", "0.333333")


def test_gaps_count_for_nothing_but_the_calendar():
    assert sentence([None, None]) == sentence([])
    assert sentence([50, None]).startswith("One figure:")
    assert sentence([50, None, 52, None]).startswith("2 points:")
    assert sentence([*STEADY[:9], None]).startswith("9 points:")
    assert sentence([*STEADY[:5], None, None, *STEADY[5:10]]).startswith("Provisional: No signal")


def test_the_earliest_date_of_ten_points_is_told_for_regular_periods_alone():
    years = [Figure(financial_year(date(y, 4, 1)), Decimal(50)) for y in range(2015, 2018)]
    facts = {"direction": "higher", "unit": "%", "decimals": 0, "target": None}
    assert "(earliest date: Mar 2025)." in read(years, **facts).sentence
    mixed = [*years, Figure(month(date(2018, 4, 1)), Decimal(50))]
    assert "earliest" not in read(mixed, **facts).sentence
    odd = Figure(Period(date(2018, 1, 15), date(2018, 2, 14)), Decimal(50))
    assert "earliest" not in read([odd, odd], **facts).sentence


def test_points_on_the_median_are_not_among_the_ten():
    values = [48, 52, 48, 52, *[50] * 6, 48, 52, 48, 52]
    assert sentence(values) == (
        "8 points (of 14; the rest lie on the median): at least 10 are needed before ordinary ups "
        "and downs can be told from change."
    )
    assert centre(values) is None


def test_a_series_that_never_changes_is_said_to_have_no_variation():
    assert sentence([80] * 10, target=90) == (
        "No variation: 80% in all 10 points; the latest figure, 80%, does not meet the target of "
        "90%."
    )
    assert sentence([80] * 9).startswith("9 points:")


def test_percentages_that_are_mostly_all_or_nothing_are_not_read():
    whole = [100, 98, 100, 97, 100, 99, 100, 96, 100, 95, 100, 94, 100]
    assert sentence(whole) == (
        "More than half of the 13 points are at 0% or 100%, so a chart of percentages can tell "
        "little."
    )
    assert "More than half" not in sentence(whole[1:])  # six of twelve
    assert "More than half" not in sentence(whole, unit="days")


@pytest.mark.parametrize(
    ("out_of", "unit", "said"),
    [
        ([40, 19], "%", "; small numbers: as few as 19 a period"),
        ([40, 20], "%", ""),
        ([40, None], "%", ""),
        ([40, 0], "%", ""),
        ([40, 19], "per 10,000 people", ""),
    ],
)
def test_a_percentage_of_few_cases_is_said_to_be_one(out_of, unit, said):
    figures = [replace(f, out_of=n) for f, n in zip(monthly([50, 60]), out_of, strict=True)]
    found = read(figures, direction="higher", unit=unit, decimals=0, target=None).sentence
    assert found.endswith(f"(earliest date: Jan 2019){said}.")


def test_provisional_figures_say_nothing_of_change_yet_but_are_held_against_the_target():
    def said(values, *, provisional):
        figures = monthly(values)
        figures[-provisional:] = [replace(f, provisional=True) for f in figures[-provisional:]]
        return read(figures, direction="higher", unit="%", decimals=0, target=Decimal(80)).sentence

    assert said([70, 90], provisional=2) == (
        "Only provisional figures: too early to read; the latest figure, 90%, meets the target of "
        "80%."
    )
    assert said([70, 90], provisional=1).startswith("One figure: nothing to compare it with yet;")
    assert said(STEADY[:10], provisional=1).startswith("9 points:")
    assert "the last 6 points" in sentence(SHIFT)
    assert "the last 6 points" not in said([*SHIFT, 63], provisional=2)


# --- signals -----------------------------------------------------------------------------------

LOW = [40, 42, 41, 43, 40, 42, 41]
SHIFT = [*LOW[:6], 60, 61, 59, 62, 60, 61]


def test_six_points_on_one_side_are_a_shift_and_five_are_not():
    assert verdict(SHIFT) == f"{UP}: the last 6 points are above the median, since Oct 2018"
    assert verdict([*LOW, 60, 61, 59, 62, 60]) == "No signal of change"


def test_points_on_the_median_and_gaps_neither_break_a_shift_nor_lengthen_it():
    six = [1, 2, 1, 2, 1, 2, 5, 8, None, 9, 5, 8, 9, None, 8, 9]
    assert centre(six) == 5
    assert verdict(six) == f"{UP}: the last 6 points are above the median, since Nov 2018"
    five = [1, 2, 1, 2, 1, 5, 8, None, 9, 5, 8, 9, None, 8]
    assert centre(five) == 5
    assert verdict(five) == "No signal of change"


def test_five_points_that_rise_in_a_row_are_said_and_four_are_not():
    base = [50, 60, 45, 62, 48, 61, 47]
    assert verdict([*base, 46, 49, 53, 55, 58]) == f"{UP}: 5 points in a row rising to the latest"
    assert verdict([*base, 61, 49, 53, 55, 58]) == "No signal of change"
    assert (
        verdict([*base, 62, 58, 55, 51, 46]) == f"{DOWN}: 5 points in a row falling to the latest"
    )


def test_repeated_values_and_gaps_are_passed_over_in_a_rise():
    base = [50, 60, 45, 62, 48, 61, 47]
    said = verdict([*base, 46, 46, 49, None, 53, 53, 55, 58])
    assert said == f"{UP}: 5 points in a row rising to the latest"


def test_a_signal_that_has_passed_is_history_and_not_news():
    assert verdict([*SHIFT, 40, 41]) == "No signal of change"


@pytest.mark.parametrize(
    ("direction", "rising", "falling"),
    [("higher", UP, DOWN), ("lower", DOWN, UP), ("neither", "A change", "A change")],
)
def test_which_way_is_better_is_the_kpis_own_matter(direction, rising, falling):
    assert verdict(SHIFT, direction).startswith(f"{rising}: ")
    assert verdict([100 - v for v in SHIFT], direction).startswith(f"{falling}: ")


def test_the_published_yearly_figures_of_west_dunbartonshire_give_no_verdict():
    """41% and 85%, 70% and 7%: a leap of two figures is no proof of anything."""
    published = [
        {"2016": 41, "2017": 85},
        {"2013": 70, "2017": 7},
        {"2017": 15},
        {"2017": 20},
        {"2015": "67.2"},
        {"2016": 37},
        {"2017": "4.5"},
    ]
    for figures in published:
        found = read(
            [Figure(financial_year(date(int(y), 4, 1)), Decimal(v)) for y, v in figures.items()],
            direction="higher",
            unit="%",
            decimals=1,
            target=None,
        )
        assert found.centre is None
        assert found.sentence.startswith(("One figure:", "2 points: at least 10 are needed"))
        assert not any(word in found.sentence for word in ("better", "worse", "rising", "falling"))


# --- against another program ---------------------------------------------------------------------

# Series with what the R package `runchart` finds in them by the same rules: the median, and the
# places (from 1) of the points that belong to a shift or to a rise.
SHIFTS_TWICE = [
    *(14, 17, 13, 16, 12, 18, 19, 17, 20, 18, 19, 12, 16),
    *(13, 18, 11, 12, 10, 13, 11, 12, 10, 17, 14, 18, 13),
]
TIES = [1, 2, 2, 0, 2, 3, 2, 2, 1, 2, 4, 2, 3, 2, 3, 2, 2, 3, 3, 2, 4, 3, 2, 3, 0, 1]
A_GAP = [
    *("70.1", "72.4", "69.8", "71.0", "73.2", "70.6", "69.3", "72.8", "71.5", "70.0", "75.9"),
    *("76.4", "75.2", "76.8", None, "75.5", "76.1", "75.0", "70.9", "71.7", "69.9", "72.1"),
    *("70.3", "71.2"),
]
RISES = [
    *("62.0", "58.5", "60.2", "63.1", "59.4", "61.7", "60.8", "57.9", "62.5", "59.9", "61.2"),
    *("60.5", "58.8", "61.9", "57.2", "58.4", "59.6", "61.0", "62.3", "63.6", "64.9"),
]
STEPS_UP = [
    *("64.2", "66.8", "63.5", "65.9", "67.1", "64.8", "66.0", "63.9", "65.3", "67.4", "64.1"),
    *("66.5", "65.0", "64.6", "78.1", "80.4", "77.6", "79.9", "81.2", "78.8", "79.0", "77.3"),
    *("80.7", "78.5", "79.6", "80.1", "77.9", "79.3"),
]
STABLE = [
    *("78.4", "81.2", "76.9", "80.5", "82.3", "77.1", "79.8", "83.0", "78.8", "76.2", "81.7"),
    *("80.1", "77.9", "82.6", "79.3", "75.8", "80.9", "81.4", "78.1", "79.6", "82.1", "77.4"),
    *("80.7", "78.9"),
]


@pytest.mark.parametrize(
    ("values", "median"),
    [
        (SHIFTS_TWICE, "14"),
        (TIES, "2"),
        (A_GAP, "71.7"),
        (RISES, "60.8"),
        (STEPS_UP, "72.35"),
        (STABLE, "79.7"),
        ([100] * 15, "100"),
    ],
)
def test_the_median_is_the_one_that_the_other_program_finds(values, median):
    assert centre(values) == Decimal(median)


@pytest.mark.parametrize(
    ("values", "last", "length", "where"),
    [
        (SHIFTS_TWICE, 11, 6, "above"),  # its points 6 to 11
        (SHIFTS_TWICE, 22, 7, "below"),  # its points 16 to 22
        (TIES, 24, 8, "above"),  # its points 11 to 24, six of them on the median
        (A_GAP, 18, 7, "above"),  # its points 11 to 18 without 15
        (STEPS_UP, 14, 14, "below"),  # its points 1 to 14
        (STEPS_UP, 28, 14, "above"),  # its points 15 to 28
    ],
)
def test_a_shift_is_found_where_the_other_program_finds_it(values, last, length, where):
    """Turned until the shift ends the series: that changes neither the median nor the run."""
    turned = values[last:] + values[:last]
    assert f"the last {length} points are {where} the median" in verdict(turned)


@pytest.mark.parametrize("values", [SHIFTS_TWICE, TIES, A_GAP, STABLE])
def test_no_signal_stands_at_the_end_where_the_other_program_finds_none_there(values):
    assert verdict(values) == "No signal of change"


def test_a_rise_is_found_where_the_other_program_finds_it():
    assert verdict(RISES) == f"{UP}: 7 points in a row rising to the latest"


# --- whatever the figures ------------------------------------------------------------------------

numbers = st.lists(st.none() | st.integers(0, 12), max_size=24)
enough = st.lists(st.integers(0, 12), min_size=10, max_size=24)
directions = st.sampled_from(["higher", "lower", "neither"])


@given(numbers, directions, st.integers(-50, 50))
def test_adding_the_same_to_every_figure_changes_no_verdict(values, direction, more):
    added = [None if v is None else v + more for v in values]
    assert verdict(added, direction) == verdict(values, direction)


@given(numbers, directions, st.decimals("0.01", 1000, places=2))
def test_another_unit_changes_no_verdict(values, direction, scale):
    scaled = [None if v is None else v * scale for v in values]
    assert verdict(scaled, direction) == verdict(values, direction)


@given(enough)
def test_reversing_what_is_better_swaps_better_and_worse_and_nothing_else(values):
    higher, lower = verdict(values, "higher"), verdict(values, "lower")
    swapped = higher.replace("better", "?").replace("worse", "better").replace("?", "worse")
    assert lower == swapped
    assert verdict(values, "neither") == higher.replace(" for the better", "").replace(
        " for the worse", ""
    )


@given(enough)
def test_turning_the_figures_upside_down_swaps_better_and_worse(values):
    def word(said):
        return next((w for w in ("better", "worse") if w in said), "")

    opposite = {"better": "worse", "worse": "better", "": ""}
    assert word(verdict([-v for v in values])) == opposite[word(verdict(values))]


def says_nothing_of_change(found):
    words = ("better", "worse", "A change", "signal", "rising", "falling")
    return found.centre is None and not any(word in found.sentence for word in words)


@given(st.lists(st.integers(0, 100), max_size=9), st.lists(st.none(), max_size=9), directions)
def test_nothing_is_said_of_change_under_ten_points(values, gaps, direction):
    assert says_nothing_of_change(
        read(
            monthly([*values, *gaps]), direction=direction, unit="%", decimals=0, target=Decimal(50)
        )
    )


@given(st.lists(st.integers(0, 3), min_size=10, max_size=24), directions)
def test_nothing_is_said_of_change_where_too_few_points_lie_off_the_median(values, direction):
    assume(0 < len(useful(values)) < 10)
    found = read(monthly(values), direction=direction, unit="days", decimals=0, target=None)
    assert says_nothing_of_change(found)


@given(enough)
def test_a_reading_of_fewer_than_thirteen_such_points_is_called_provisional(values):
    said = sentence(values, unit="days")
    assert said.startswith("Provisional: ") == (10 <= len(useful(values)) < 13)


percentages = st.sampled_from([0, 40, 50, 60, 100]) | st.integers(0, 100)
some_figures = st.lists(
    st.tuples(st.none() | percentages, st.booleans(), st.none() | st.integers(0, 50)), max_size=24
)


@given(
    some_figures,
    directions,
    st.sampled_from(["%", "days", "per 10,000 people"]),
    st.integers(0, 2),
    st.none() | st.decimals(0, 100, places=2),
    st.sampled_from([month(START), quarter(START), financial_year(START)]),
)
def test_a_reading_is_one_sentence(rows, direction, unit, decimals, target, period):
    figures = []
    for value, provisional, out_of in rows:
        value = None if value is None else Decimal(value)
        figures.append(Figure(period, value, provisional, out_of))
        period = period.next()
    said = read(figures, direction=direction, unit=unit, decimals=decimals, target=target).sentence
    assert said.endswith(".") and not said.endswith("..")
    assert not re.search(r"[.!?](?!\d)", said[:-1])
    assert said[0].isupper() or said[0].isdigit()
    assert said.count("(") == said.count(")")
    assert " ".join(said.split()) == said


# --- numbers as people read them -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "unit", "decimals", "shown"),
    [
        ("85", "%", 0, "85%"),
        ("4.5", "%", 0, "5%"),  # half up, as people round
        ("4.45", "%", 1, "4.5%"),
        ("67.2", "per 10,000 people", 1, "67.2 per 10,000 people"),
        ("12345", "days", 0, "12,345 days"),
        ("3", "", 0, "3"),
    ],
)
def test_a_value_is_rounded_half_up_and_carries_its_unit(value, unit, decimals, shown):
    assert show(Decimal(value), unit, decimals) == shown


def test_at_least_as_good_as_the_target_is_met():
    assert meets(Decimal(80), Decimal(80), "higher") and meets(Decimal(80), Decimal(80), "lower")
    assert not meets(Decimal(79), Decimal(80), "higher")
    assert not meets(Decimal(81), Decimal(80), "lower")
