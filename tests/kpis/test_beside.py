"""Areas beside each other: rates from counts, and nobody ranked whom chance could put there."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpis.beside import Given, compare
from kpis.reading import Kind, Measure

SHARE = Measure(Kind.PERCENTAGE, "higher", 100)


def area(name, numerator, denominator, **facts):
    return Given(name, numerator, denominator, **facts)


def places(found):
    return {row.name: row.place for row in found.rows}


def test_the_own_area_stands_first_and_the_country_last():
    found = compare(
        [area("Scotland", 700, 1000), area("Fife", 1, 2), area("Zetland", 7, 10, own=True)], SHARE
    )
    assert [row.name for row in found.rows] == ["Zetland", "Fife", "Scotland"]


def test_the_rate_of_all_is_worked_out_from_their_counts_and_never_averaged():
    found = compare([area("A", 10, 100), area("B", 90, 100), area("C", 800, 1600)], SHARE)
    assert found.centre == 50
    # Neither is the country one of its own parts.
    with_all = compare(
        [area("A", 10, 100), area("B", 90, 100), area("C", 800, 1600), area("Scotland", 1, 9)],
        SHARE,
    )
    assert with_all.centre == 50


def test_only_those_outside_of_their_limits_are_ranked():
    found = compare(
        [
            *(area(f"A{n}", 79 + n % 3, 100) for n in range(8)),
            area("Best", 99, 100),
            area("Worst", 50, 100),
            area("Tiny", 1, 8),
        ],
        SHARE,
    )
    told = places(found)
    assert told["A1"] == "Within what chance alone makes of so many cases"
    assert told["Best"].endswith("for the better: 1 of 10, best first")
    assert told["Worst"].endswith("for the worse: 10 of 10, best first")
    assert told["Tiny"] == "Not ranked: 8 cases, and 20 are needed"


def test_where_less_is_better_the_least_is_first():
    rows = [*(area(f"A{n}", 20, 100) for n in range(8)), area("Least", 2, 100)]
    found = compare(rows, Measure(Kind.PERCENTAGE, "lower", 100))
    assert places(found)["Least"].endswith("for the better: 1 of 9, best first")
    neither = compare(rows, Measure(Kind.PERCENTAGE, "neither", 100))
    assert places(neither)["Least"] == "Below what chance would make of it"


def test_with_few_areas_or_without_counts_nobody_is_ranked():
    few = compare([area("A", 10, 100), area("B", 90, 100)], SHARE)
    assert few.centre is None and "counts are held of 2 areas" in few.why
    given = [Given(f"A{n}", None, None, Fraction(n)) for n in range(5)]
    assert "counts are held of 0 areas" in compare(given, SHARE).why
    counts = compare([area(f"A{n}", n, None) for n in range(5)], Measure(Kind.COUNT, "lower"))
    assert "not ranked" in counts.why


def test_none_due_is_no_rate():
    found = compare([*(area(f"A{n}", 5, 30) for n in range(3)), area("None", 0, 0)], SHARE)
    assert {row.name: row.value for row in found.rows}["None"] is None
    assert places(found)["None"] == "No counts are held, so it is not ranked"


@pytest.mark.parametrize("kind", [Kind.PERCENTAGE, Kind.RATE])
@given(counts=st.lists(st.tuples(st.integers(0, 200), st.integers(0, 200)), max_size=12))
def test_whatever_the_counts_a_rank_is_only_outside_of_the_limits(kind, counts):
    rows = [area(f"A{n}", min(pair), max(pair)) for n, pair in enumerate(counts)]
    found = compare(rows, Measure(kind, "higher", 100))
    assert len(found.rows) == len(rows)
    for row in found.rows:
        if "best first" in row.place:
            assert row.lower is not None and not row.lower <= row.value <= row.upper
        assert row.better is None or row.value is not None
