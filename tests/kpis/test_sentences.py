"""What is said of a series, and what never."""

import re
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpis.periods import financial_year, month, quarter
from kpis.reading import Break, Choice, Figure, Kind, Measure, read
from kpis.sentences import Style, assurance_icon, headline, is_seasonal, notes, variation_icon
from kpis.values import Against, against, beside, show
from tests.kpis.test_reading import DAYS, PERCENT, START, monthly

RUN = Measure(Kind.PERCENTAGE, "higher", 100, Choice.RUN)
IN_PERCENT, IN_DAYS = Style("%", 0), Style("days", 0)


def reading(values, measure=PERCENT, target=None, cases=None, **facts):
    aim = None if target is None else Fraction(str(target))
    return read(monthly(values, cases=cases), measure, target=aim, **facts)


def said(values, measure=PERCENT, target=None, style=IN_PERCENT, **facts):
    return headline(reading(values, measure, target, **facts), style)


def noted(values, measure=PERCENT, style=IN_PERCENT, **facts):
    return notes(reading(values, measure, **facts), style)


FEW = (
    "{} points: at least 10 are needed before ordinary ups and downs can be told from change "
    "(earliest date: Jan 2019)"
)
STEADY = [v for low in range(40, 50) for v in (low, 100 - low)]


@pytest.mark.parametrize(
    ("points", "whole"),
    [
        (0, "No figure has been reported."),
        (1, "One figure: nothing to compare it with yet."),
        (2, FEW.format(2) + "."),
        (9, FEW.format(9) + "."),
        (10, "Provisional: No sign of change (median 50%)."),
        (12, "Provisional: No sign of change (median 50%)."),
        (14, "No sign of change: anything from 13% to 87% is an ordinary figure."),
        (20, "No sign of change: anything from 21% to 79% is an ordinary figure."),
    ],
)
def test_the_sentence_says_no_more_than_so_many_points_bear(points, whole):
    assert said(STEADY[:points]) == whole


def test_the_number_of_points_behind_limits_is_told():
    assert noted(STEADY[:12])[0] == (
        "Provisional: run-chart rules only, on 12 points (Apr 2018 to Mar 2019). Limits need 13."
    )
    assert noted(STEADY[:14])[0] == (
        "Limits based on 14 points (Apr 2018 to May 2019); they may still move by a quarter."
    )
    assert noted(STEADY)[0] == "Limits based on 20 points (Apr 2018 to Nov 2019)."


@pytest.mark.parametrize(
    ("values", "target", "direction", "then"),
    [
        ([85], 80, "higher", "; the latest figure, 85%, meets the target of 80%"),
        ([80], 80, "higher", "; the latest figure, 80%, meets the target of 80%"),
        ([7], 80, "higher", "; the latest figure, 7%, does not meet the target of 80%"),
        ([10], 10, "lower", "; the latest figure, 10%, meets the target of 10%"),
        ([11, None], 10, "lower", "; the latest figure, 11%, does not meet the target of 10%"),
        ([7], 10, "neither", ""),
        ([7], None, "higher", ""),
        ([None], 80, "higher", ""),
        (STEADY, 95, "higher", "; the target of 95% is out of reach as things are"),
        (STEADY, 10, "higher", "; the target of 10% is met reliably"),
        (STEADY, 60, "higher", "; the target of 60% is met at some times and missed at others, by"),
    ],
)
def test_whether_it_is_enough(values, target, direction, then):
    measure = Measure(Kind.PERCENTAGE, direction, 100)
    alone = said(values, measure).removesuffix(".")
    assert said(values, measure, target).startswith(alone + then)


def test_two_values_that_would_look_the_same_are_given_with_more_decimals():
    assert "79.9%, does not meet the target of 80.0%" in said(["79.9"], target=80)
    assert "79.6%, does not meet the target of 80.0%" in said(["79.63"], target=80)
    assert "80.02%, meets the target of 80.00%" in said(["80.02"], target=80)
    assert beside(Decimal("80.001"), Decimal(80), "%", 0) == ("80.001%", "80.000%")
    assert beside(Decimal(80), Decimal(80), "%", 0) == ("80%", "80%")
    third = Decimal(1) / 3
    assert beside(third, third + Decimal("1E-20"), "", 1) == ("0.333333", "0.333333")


# --- signals -------------------------------------------------------------------------------------

LOW = [40, 42, 41, 43, 40, 42, 41]
SHIFT = [*LOW[:6], 60, 61, 59, 62, 60, 61]
QUIET = [52, 48] * 12


@pytest.mark.parametrize(
    ("values", "measure", "whole"),
    [
        (
            SHIFT,
            PERCENT,
            "Provisional: A change for the better: the last 6 figures are above the median of 51%, "
            "since Oct 2018.",
        ),
        (
            [50, 60, 45, 62, 48, 61, 47, 46, 49, 53, 55, 58, 58, 59],
            RUN,
            "A change for the better: 5 figures in a row are each higher than the one before, "
            "since Dec 2018.",
        ),
        (
            [*QUIET, 70],
            PERCENT,
            "A change for the better: the latest figure, 70% in Apr 2020, is above the upper limit "
            "of 63%.",
        ),
        (
            [*QUIET, 52, 53, 52, 54, 52, 53, 52],
            DAYS,
            "A change for the worse: the last 7 figures are above the mean of 51 days, since Apr "
            "2020.",
        ),
        (
            [*QUIET, 44, 45, 46, 47, 48, 49, 50],
            DAYS,
            "A change for the worse: 6 figures in a row are each higher than the one before, since "
            "May 2020.",
        ),
        (
            [*[50, 54] * 10, 61, 62],
            PERCENT,
            "A change for the better: two of the last three figures are near the upper limit or "
            "beyond it.",
        ),
    ],
)
def test_a_signal_is_said_with_what_it_is(values, measure, whole):
    assert said(values, measure, style=IN_DAYS if measure is DAYS else IN_PERCENT) == whole


def test_a_signal_that_has_passed_is_history_and_not_news():
    assert said([*QUIET, 70, 50]).startswith("No sign of change")


@pytest.mark.parametrize(
    ("direction", "up", "down"),
    [
        ("higher", "A change for the better", "A change for the worse"),
        ("lower", "A change for the worse", "A change for the better"),
        ("neither", "A change", "A change"),
    ],
)
def test_which_way_is_better_is_the_kpis_own_matter(direction, up, down):
    measure = Measure(Kind.MEASURED, direction)
    assert said([*QUIET, 70], measure).startswith(f"{up}: the latest")
    assert said([*QUIET, 20], measure).startswith(f"{down}: the latest")


@pytest.mark.parametrize(
    ("values", "measure", "target", "variation", "assurance"),
    [
        (QUIET, PERCENT, 50, ("C", "no sign of change"), ("?", "Hit or miss")),
        ([*QUIET, 70], PERCENT, 10, ("H", "improvement"), ("P", "Passes")),
        ([*QUIET, 30], PERCENT, 90, ("L", "concern"), ("F", "Falls short")),
        ([*QUIET, 30], DAYS, None, ("L", "improvement"), None),
        ([*QUIET, 30], Measure(Kind.MEASURED, "neither"), 9, ("L", "neither better"), None),
        (SHIFT, PERCENT, 50, None, None),
    ],
)
def test_icons_have_a_letter_and_words(values, measure, target, variation, assurance):
    found = reading(values, measure, target)
    for icon, expected in ((variation_icon(found), variation), (assurance_icon(found), assurance)):
        assert (icon is None) == (expected is None)
        if icon and expected:
            assert icon.letter == expected[0]
            assert expected[1] in icon.words


# --- what is never said ---------------------------------------------------------------------------


def test_the_published_yearly_figures_of_west_dunbartonshire_give_no_verdict():
    """41% and 85%, 70% and 7%: a leap of two figures is no proof of anything."""
    published = [
        {2016: 41, 2017: 85},
        {2013: 70, 2017: 7},
        {2017: 15},
        {2017: 20},
        {2015: "67.2"},
        {2016: 37},
        {2017: "4.5"},
    ]
    for figures in published:
        rows = [Figure(financial_year(date(y, 4, 1)), Fraction(v)) for y, v in figures.items()]
        for yearly in (False, True):
            measure = Measure(Kind.PERCENTAGE, "higher", 100, yearly=yearly)
            found = read(rows, measure, target=None)
            assert (found.variation, found.assurance) == (None, None)
            told = " ".join([headline(found, IN_PERCENT), *notes(found, IN_PERCENT)])
            assert told.startswith(("One figure:", "2 points:", "2 yearly figures:"))
            words = ("better", "worse", "rose", "fell", "higher", "lower", "signal")
            assert not any(word in told for word in words)


def test_years_are_told_with_their_direction_and_without_a_test():
    period, rows = financial_year(START), []
    for value in (61, 60, 63, 66, 70):
        rows.append(Figure(period, Fraction(value)))
        period = period.next()
    yearly = Measure(Kind.PERCENTAGE, "higher", 100, yearly=True)
    assert headline(read(rows, yearly, target=None), IN_PERCENT) == (
        "5 yearly figures: too few to tell change from ups and downs; they rose in each of the "
        "last 3 years."
    )
    two = headline(read(rows[:2], yearly, target=None), IN_PERCENT)
    assert two == "2 yearly figures: too few to tell change from ups and downs."


def test_a_series_that_never_changes_is_said_to_have_no_variation():
    assert said([80] * 10, target=90) == (
        "No variation: 80% in all 10 points; the target of 90% is out of reach as things are."
    )
    assert said([80] * 9).startswith("9 points:")


def test_provisional_figures_alone_are_too_early():
    rows = [Figure(month(START), Fraction(70), provisional=True)]
    found = read(rows, PERCENT, target=None)
    assert headline(found, IN_PERCENT) == "Only provisional figures: too early to read."
    assert notes(found, IN_PERCENT) == []


@pytest.mark.parametrize(
    ("first", "periods", "needed"),
    [(month(START), 36, "36"), (quarter(START), 12, "12"), (financial_year(START), 3, "3")],
)
def test_a_trend_in_the_guides_sense_needs_three_years_without_a_gap(first, periods, needed):
    """2023 guide, Appendix 2."""

    def told(hole=None):
        period, rows = first, []
        for n in range(periods):
            rows.append(Figure(period, None if n == hole else Fraction(50 + n % 2)))
            period = period.next()
        return " ".join(notes(read(rows, DAYS, target=None), IN_DAYS))

    # Yearly figures are not tested: of them nothing is said to be there, or not.
    assert f"{needed} " in told()
    assert ("no trend in the guide’s sense" in told()) == (needed != "3")
    assert f"the guide asks for {needed} before calling this a trend" in told(hole=0)
    assert "no trend" not in told(hole=0)


def test_a_signal_after_three_years_may_be_called_a_trend():
    whole = [*[52, 48] * 16, 60, 61, 60, 62, 61, 60, 61, 70]
    told = " ".join(noted(whole))
    assert "40 months of continuous data: a trend for the better in the guide’s sense." in told
    for one in noted(whole[10:]):
        assert "a trend for" not in one


def test_one_figure_far_from_all_others_is_no_trend():
    told = noted([*[50, 52, 48] * 13, 90])
    assert any("40 months of continuous data, and no trend" in one for one in told)


def test_what_came_before_a_new_definition_is_not_compared():
    breaks = [Break(date(2019, 4, 1), "Counted from the hearing.")]
    told = noted([*QUIET, 50, 52], breaks=breaks)
    assert (
        "Read from Apr 2019 on, and not compared with what was before: Counted from the hearing."
        in told
    )


def test_few_cases_are_said():
    assert "Small numbers: as few as 19 in a period." in noted([9, 10] * 12, cases=19)
    assert not any("Small numbers" in one for one in noted([9, 10] * 12, cases=20))


def test_the_same_month_of_the_year_before_stands_beside_the_latest_in_words():
    assert noted([70, *[60] * 11, 85])[-1] == "85% in Apr 2019; 70% in Apr 2018."
    assert not any("2018." in one for one in noted([70, *[60] * 10, 85]))


def test_more_or_fewer_runs_than_chance_are_said_of_a_run_chart():
    told = noted([40, 60, 41, 61] * 4, RUN)
    assert any("16 runs about the median, more than chance would (5 to 13" in one for one in told)


def test_figures_that_repeat_by_calendar_month_are_said_to():
    year = [10, 12, 14, 20, 30, 40, 41, 33, 22, 15, 12, 11]
    seasonal = [v + n % 3 for n, v in enumerate(year * 3)]
    assert is_seasonal(monthly(seasonal))
    assert any("calendar month" in one for one in noted(seasonal))
    assert not is_seasonal(monthly([40, 43, 38, 44, 39, 42, 41] * 6))
    assert not is_seasonal(monthly(year))
    assert not is_seasonal(monthly(list(range(40))))


@pytest.mark.parametrize(
    ("latest", "target", "direction", "found"),
    [
        (80, 80, "higher", Against.ON_TARGET),
        (77, 80, "higher", Against.NEAR),
        (76, 80, "higher", Against.OFF),
        (83, 80, "lower", Against.NEAR),
        (84, 80, "lower", Against.OFF),
        (None, 80, "lower", Against.NO_DATA),
        (80, None, "lower", None),
        (80, 80, "neither", None),
    ],
)
def test_the_status_in_common_use_is_offered_beside(latest, target, direction, found):
    latest = None if latest is None else Fraction(latest)
    target = None if target is None else Fraction(target)
    assert against(latest, target, direction) is found


def test_values_are_rounded_half_up():
    assert show(Decimal("0.5"), "%", 0) == "1%"
    assert show(Decimal("1234.25"), "days", 1) == "1,234.3 days"


percentages = st.sampled_from([0, 40, 50, 60, 100]) | st.integers(0, 100)
some = st.lists(
    st.tuples(st.none() | percentages, st.booleans(), st.none() | st.integers(0, 50)), max_size=40
)


@given(
    some,
    st.sampled_from(list(Kind)),
    st.sampled_from(list(Choice)),
    st.sampled_from(["higher", "lower", "neither"]),
    st.none() | st.decimals(0, 100, places=2),
    st.sampled_from([month(START), quarter(START), financial_year(START)]),
    st.booleans(),
)
def test_whatever_the_figures_are_it_is_one_sentence(
    rows, kind, choice, direction, target, period, early
):
    figures = []
    for value, provisional, cases in rows:
        told = None if value is None else Fraction(value)
        if value is not None and cases and kind != Kind.MEASURED:
            told, value = Fraction(100 * min(value, cases), cases), min(value, cases)
        figures.append(Figure(period, told, value if cases else None, cases, provisional and early))
        period = period.next()
    aim = None if target is None else Fraction(target)
    found = read(figures, Measure(kind, direction, 100, choice), target=aim)
    for one in [headline(found, IN_PERCENT), *notes(found, IN_PERCENT)]:
        assert one.endswith(".") and not one.endswith("..")
        assert one[0].isupper() or one[0].isdigit()
        assert one.count("(") == one.count(")")
        assert " ".join(one.split()) == one
        assert "None" not in one and "no change" not in one
    assert not re.search(r"[.!?](?!\d)", headline(found, IN_PERCENT)[:-1])
