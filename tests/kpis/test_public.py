"""What the public sees: no small count, and nothing by which one could be worked back."""

from datetime import date
from decimal import Decimal
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from kpis.breakdowns import PartFigure
from kpis.periods import month
from kpis.public import COUNT, OUT_OF, public, warnings
from kpis.reading import Kind

DECEMBER = month(date(2019, 12, 1))


def figure(part, numerator, denominator=None, split="team", value=None):
    return PartFigure(split if part else "", part, DECEMBER, numerator, denominator, value)


def shown(figures, kind=Kind.PERCENTAGE, threshold=5):
    found = public(figures, kind, 100 if kind == Kind.PERCENTAGE else 1, threshold)
    return {one.part: one for one in found}


def test_a_small_number_goes_with_its_rate_and_not_with_what_it_is_out_of():
    one = shown([figure("", 3, 40)])[""]
    assert (one.numerator, one.denominator, one.value) == (None, 40, None)
    assert one.withheld == {COUNT}


def test_almost_all_is_withheld_as_it_tells_how_few_were_not():
    assert shown([figure("", 38, 40)])[""].numerator is None
    assert shown([figure("", 35, 40)])[""].numerator == 35


def test_of_few_cases_nothing_is_told():
    one = shown([figure("", 0, 4)])[""]
    assert (one.numerator, one.denominator, one.value) == (None, None, None)
    assert one.withheld == {COUNT, OUT_OF}


def test_none_and_all_are_shown_and_warned_of():
    figures = [figure("East", 0, 30), figure("West", 30, 30), figure("North", 12, 30)]
    assert all(not one.withheld for one in shown(figures).values())
    assert [one.part for one in warnings(figures)] == ["East", "West"]


def test_another_part_goes_so_that_the_total_does_not_tell():
    figures = [figure("", 40, 80), figure("East", 3, 20), figure("West", 20, 40)]
    found = shown([*figures, figure("North", 17, 20)])
    assert {part for part, one in found.items() if one.withheld} >= {"East"}
    assert sum(bool(one.withheld) for one in found.values()) >= 2


def test_a_count_that_is_given_as_a_value_is_a_count():
    assert shown([figure("", None, value=Decimal(3))], Kind.COUNT)[""].value is None
    assert shown([figure("", None, value=Decimal(7))], Kind.COUNT)[""].value == 7


def test_days_are_no_people_but_their_cases_are():
    assert shown([figure("", 3, 40)], Kind.MEASURED)[""].value is not None
    assert shown([figure("", 30, 4)], Kind.MEASURED)[""].value is None


def test_who_is_in_no_part_is_not_told_either():
    """59 of 60 are in a team: it is one person who is in none."""
    found = shown([figure("", 60), figure("East", 30), figure("West", 29)], Kind.COUNT)
    assert any(one.withheld for one in found.values())


def test_a_part_without_a_figure_does_not_give_the_others_away():
    """40 less 37 leaves three for the two others, whether or not one of them is reported."""
    figures = [figure("", 40), figure("A", 37), figure("C", 3), figure("D", None)]
    found = shown(figures, Kind.COUNT)
    assert found["A"].withheld and found["C"].withheld
    assert found[""].numerator == 40 and not found["D"].withheld


def test_a_part_without_a_figure_is_not_told_by_what_the_others_leave():
    found = shown([figure("", 40), figure("A", 37), figure("D", None)], Kind.COUNT)
    assert found["A"].withheld or found[""].withheld


def test_the_reasons_of_those_who_were_late_add_up_to_them():
    found = shown(
        [figure("", 40, 60), figure("Ill", 17, None, "reason"), figure("Away", 3, None, "reason")]
    )
    assert found["Away"].numerator is None and found["Ill"].numerator is None


def test_a_period_without_a_small_count_is_shown_whole():
    figures = [figure("", 40, 60), figure("East", 20, 30), figure("West", 20, 30)]
    found = shown(figures)
    assert not any(one.withheld for one in found.values())
    assert found[""].value == 200 / 3 or found[""].value is not None


# --- nothing can be worked back -----------------------------------------------------------------

PAIRS = st.tuples(st.integers(0, 9), st.integers(0, 9)).map(lambda pair: (min(pair), max(pair)))


@settings(max_examples=60, deadline=None)
@given(st.lists(PAIRS, min_size=2, max_size=2), st.booleans(), st.integers(2, 6))
def test_no_small_count_of_two_parts_of_a_percentage_is_the_only_one_that_fits(
    parts, unreported, threshold
):
    """Every table that shows the same to the public is tried; a third part may have no figure."""
    rows = [figure(f"P{n}", *pair) for n, pair in enumerate(parts)]
    whole = figure("", sum(n for n, _ in parts), sum(d for _, d in parts))
    gap = [figure("P2", None)] if unreported else []
    seen = shown([whole, *rows, *gap], threshold=threshold)
    fitting = [
        (*table, (sum(n for n, _ in table), sum(d for _, d in table)))
        for table in product(_pairs(seen["P0"]), _pairs(seen["P1"]))
        if _fits(seen[""], sum(n for n, _ in table), sum(d for _, d in table))
    ]
    real = (*parts, (whole.numerator, whole.denominator))
    assert real in fitting
    for place, (numerator, denominator) in enumerate(real):
        told = [table[place] for table in fitting]
        for count, possible in (
            (numerator, {n for n, _ in told}),
            (denominator, {d for _, d in told}),
            (denominator - numerator, {d - n for n, d in told}),
        ):
            assert not 0 < count < threshold or len(possible) > 1, (place, real)


def _pairs(one):
    """Each number and what it is out of that this part could have: some more than there are."""
    most = range(14)
    return [(n, d) for d in most for n in range(d + 1) if _fits(one, n, d)]


def _fits(one, numerator, denominator):
    return (one.numerator in {None, numerator}) and (one.denominator in {None, denominator})


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.integers(0, 12), min_size=2, max_size=4),
    st.integers(0, 3),
    st.integers(0, 2),
    st.integers(2, 6),
)
def test_no_small_count_of_parts_of_a_count_is_the_only_one_that_fits(
    parts, rest, unreported, threshold
):
    """Whoever reads may know how many are in none of the parts, or in those without a figure."""
    rows = [figure(f"P{n}", count) for n, count in enumerate(parts)]
    total = sum(parts) + rest
    gaps = [figure(f"Gap{n}", None) for n in range(unreported)]
    seen = shown([figure("", total), *rows, *gaps], Kind.COUNT, threshold)
    ranges = [range(18) if seen[row.part].numerator is None else [row.numerator] for row in rows]
    fitting = [
        table
        for table in product(*ranges)
        if seen[""].numerator is None or sum(table) + rest == seen[""].numerator
    ]
    for place, count in enumerate(parts):
        if 0 < count < threshold:
            assert len({table[place] for table in fitting}) > 1, (parts, rest)
