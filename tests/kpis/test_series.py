"""A KPI as pages and packs show it."""

from datetime import date
from decimal import Decimal

import pytest

from kpis import series
from kpis.models import (
    Direction,
    Frequency,
    Indicator,
    Observation,
    PhaseStart,
    Target,
    Unit,
    Vintage,
)
from kpis.periods import Period, financial_year, month


def indicator(**facts):
    facts = {
        "code": "K1",
        "name": "Seen in time",
        "meaning": "How many were seen in time",
        "unit": Unit.PERCENTAGE,
        "direction": Direction.HIGHER,
        "frequency": Frequency.MONTH,
        "source": "Case system",
        **facts,
    }
    return Indicator(**facts)


def figures(of, *rows):
    """Months from October 2019 on; each row gives the facts of one."""
    found, period = [], month(date(2019, 10, 1))
    for row in rows:
        facts = {"vintage": Vintage.FINAL, **row}
        found.append(Observation(indicator=of, start=period.start, end=period.end, **facts))
        period = period.next()
    return found


def ranged(of, periods):
    """A figure of 70 for each of the periods."""
    facts = {"value": Decimal(70), "vintage": Vintage.FINAL}
    return [Observation(indicator=of, start=p.start, end=p.end, **facts) for p in periods]


def target(value, start):
    return Target(value=Decimal(value), start=start)


def test_a_figure_is_made_from_its_counts_to_four_decimals():
    of = indicator()
    found = series.kpi(of, figures(of, {"numerator": 2, "denominator": 3}), [])
    assert found.points[0].value == Decimal("66.6667")
    assert (found.points[0].numerator, found.points[0].denominator) == (2, 3)
    assert (found.points[0].period, found.points[0].vintage) == ("Oct 2019", "Final")
    assert (found.unit, found.direction) == ("%", "Higher is better")


@pytest.mark.parametrize(
    ("unit", "facts", "value"),
    [
        (Unit.PERCENTAGE, {"numerator": 9, "denominator": 200}, "4.5"),
        (Unit.PERCENTAGE, {"numerator": 0, "denominator": 5}, "0"),
        (Unit.PERCENTAGE, {"numerator": 0, "denominator": 0}, None),
        (Unit.PERCENTAGE, {"value": Decimal(41)}, "41"),
        (Unit.PERCENTAGE, {}, None),
        (Unit.PER_10000, {"numerator": 600, "denominator": 90_000}, "66.6667"),
        (Unit.PER_10000, {"value": Decimal("67.2")}, "67.2"),
        (Unit.COUNT, {"numerator": 12}, "12"),
        (Unit.DAYS, {"numerator": 12}, "12"),
        (Unit.DAYS, {"numerator": 120, "denominator": 16}, "7.5"),
    ],
)
def test_nothing_due_and_nothing_reported_are_no_figure_and_never_zero(unit, facts, value):
    of = indicator(unit=unit)
    point = series.kpi(of, figures(of, facts), []).points[0]
    assert point.value == (None if value is None else Decimal(value))


def test_each_figure_has_the_target_that_was_in_force_when_its_period_began():
    of = indicator()
    rows = figures(of, *({"value": Decimal(v)} for v in (70, 75, 80)))
    aims = [target(60, date(2019, 11, 1)), target(78, date(2019, 12, 1))]
    found = series.kpi(of, rows, aims)
    assert [p.target for p in found.points] == [None, 60, 78]
    assert "the latest figure, 80%, meets the target of 78%" in found.reading


def test_a_target_of_a_provisional_month_is_not_held_against_the_figure_before():
    of = indicator()
    rows = figures(of, {"value": Decimal(85)}, {"value": Decimal(85), "vintage": "provisional"})
    aims = [target(80, date(2019, 10, 1)), target(90, date(2019, 11, 1))]
    assert "the latest figure, 85%, meets the target of 80%" in series.kpi(of, rows, aims).reading


def test_a_target_of_a_month_that_nobody_has_reported_is_not_held_against_an_earlier_one():
    of = indicator()
    rows = figures(of, {"value": Decimal(70)}, {"note": "The system was down"})
    aims = [target(60, date(2019, 10, 1)), target(90, date(2019, 11, 1))]
    found = series.kpi(of, rows, aims)
    assert "the latest figure, 70%, meets the target of 60%" in found.reading
    assert found.points[1].note == "The system was down"


def test_others_figures_stand_beside_and_never_in_the_series():
    of = indicator()
    own = figures(of, {"value": Decimal(70)}, {"value": Decimal(72)})
    scotland = figures(of, {"value": Decimal(46), "comparator": "Scotland"})
    angus = figures(of, {"value": Decimal(50), "comparator": "Angus"})
    found = series.kpi(of, [*own, *scotland, *angus], [target(80, date(2019, 1, 1))])
    assert [p.value for p in found.points] == [70, 72]
    assert [(c.name, [p.value for p in c.points]) for c in found.comparators] == [
        ("Angus", [50]),
        ("Scotland", [46]),
    ]
    assert all(p.target is None for c in found.comparators for p in c.points)
    assert found.reading.startswith("2 points:")


def test_without_figures_of_its_own_it_says_so():
    of = indicator()
    found = series.kpi(of, figures(of, {"value": Decimal(46), "comparator": "Scotland"}), [])
    assert (found.points, found.centre) == ((), None)
    assert found.reading == "No figure has been reported."
    assert found.description == "Chart of Seen in time. It has no figures."


def test_the_description_tells_who_cannot_see_the_chart_where_it_begins_and_ends():
    of = indicator()
    one = series.kpi(of, figures(of, {"value": Decimal(70)}), [])
    assert one.description == (
        "Chart of Seen in time: one figure, 70% in Oct 2019. The table gives it."
    )
    rows = figures(of, {"value": Decimal(70)}, {}, {"value": Decimal(75)}, {})
    assert series.kpi(of, rows, []).description == (
        "Chart of Seen in time: 2 figures, from 70% in Oct 2019 to 75% in Dec 2019. "
        "The table gives the figures."
    )


def test_the_rules_read_the_exact_values_and_not_the_rounded_ones():
    """A third and 33.3333 differ, though they are drawn alike: neither lies on the median."""
    of = indicator(chart="run")
    rows = [{"numerator": 100, "denominator": 300}, {"value": Decimal("33.3333")}]
    rows += [{"value": Decimal(20)}, {"value": Decimal(50)}] * 4
    found = series.kpi(of, figures(of, *rows), [])
    assert found.points[0].value == found.points[1].value == found.centre
    assert found.rules.startswith("Run chart")


def test_it_carries_its_source_its_actions_and_whether_it_is_invented():
    of = indicator(illustrative=True)
    found = series.kpi(of, [], [], ("A1", "A2"))
    assert (found.source, found.actions, found.illustrative) == (
        "Case system",
        ("A1", "A2"),
        True,
    )


def test_a_period_without_a_figure_stands_in_the_series_as_a_gap():
    of = indicator(frequency=Frequency.FINANCIAL_YEAR)
    years = [financial_year(date(y, 4, 1)) for y in (2013, 2017, 2018)]
    points = series.kpi(of, ranged(of, years), [target(80, date(2016, 4, 1))]).points
    assert [p.period for p in points] == [
        "2013-14",
        "2014-15",
        "2015-16",
        "2016-17",
        "2017-18",
        "2018-19",
    ]
    gaps = points[1:4]
    assert {(g.value, g.numerator, g.vintage, g.note) for g in gaps} == {
        (None, None, "", "No figure is held for this period.")
    }
    assert [g.target for g in gaps] == [None, None, 80]


def test_months_without_a_figure_are_filled_in_between_the_first_and_the_last_alone():
    of = indicator()
    held = [month(date(2019, 11, 1)), month(date(2020, 2, 1)), month(date(2020, 3, 1))]
    scotland = ranged(of, [month(date(2019, 8, 1)), month(date(2020, 6, 1))])
    for observation in scotland:
        observation.comparator = "Scotland"
    found = series.kpi(of, [*ranged(of, held), *scotland], [target(60, date(2020, 1, 1))])
    assert [(p.period, p.start, p.value, p.note == series.NO_FIGURE) for p in found.points] == [
        ("Nov 2019", date(2019, 11, 1), 70, False),
        ("Dec 2019", date(2019, 12, 1), None, True),
        ("Jan 2020", date(2020, 1, 1), None, True),
        ("Feb 2020", date(2020, 2, 1), 70, False),
        ("Mar 2020", date(2020, 3, 1), 70, False),
    ]
    assert [p.target for p in found.points] == [None, None, 60, 60, 60]
    assert [p.period for p in found.comparators[0].points] == ["Aug 2019", "Jun 2020"]
    assert found.reading.startswith("3 points:")
    assert "3 figures, from 70% in Nov 2019 to 70% in Mar 2020" in found.description


def test_a_month_that_was_reported_without_a_figure_is_no_gap_and_keeps_its_own_note():
    of = indicator()
    rows = figures(
        of, {"value": Decimal(70)}, {"note": "The system was down"}, {"value": Decimal(71)}
    )
    notes = [p.note for p in series.kpi(of, rows, []).points]
    assert notes == ["", "The system was down", ""]


def test_there_are_no_gaps_between_periods_of_different_kinds_or_of_days():
    of = indicator()
    day = Period(date(2016, 11, 1), date(2018, 10, 15))
    mixed = [day, financial_year(date(2018, 4, 1)), month(date(2019, 12, 1))]
    assert [p.note for p in series.kpi(of, ranged(of, mixed), []).points] == ["", "", ""]


def test_a_gap_of_centuries_does_not_fill_the_page():
    of = indicator()
    ends = [month(date(1800, 1, 1)), month(date(2020, 1, 1))]
    assert len(series.kpi(of, ranged(of, ends), []).points) < 300


def test_provisional_figures_and_few_cases_are_read_as_such():
    of = indicator()
    few = {"numerator": 4, "denominator": 5}
    rows = figures(of, few, {**few, "vintage": Vintage.PROVISIONAL})
    found = series.kpi(of, rows, [])
    assert found.reading == "One figure: nothing to compare it with yet."
    assert "Small numbers: as few as 5 in a period." in found.notes
    assert found.points[1].vintage == "Provisional"


def test_a_chart_with_limits_tells_them_at_each_figure_and_says_what_it_signals():
    of = indicator()
    rows = figures(of, *({"value": Decimal(v)} for v in [*[52, 48] * 8, 80]))
    found = series.kpi(of, rows, [target(10, date(2019, 1, 1))])
    last = found.points[-1]
    assert last.lower < 48 < last.centre < 52 < last.upper < 80
    assert (last.signal, last.better) == ("outside a limit", True)
    assert found.points[0].signal == ""
    assert found.rules == "XmR chart: Making Data Count rules, 7/7"
    assert (found.variation.letter, found.assurance.letter) == ("H", "P")


def test_where_a_series_begins_anew_the_point_says_so():
    of = indicator()
    rows = figures(of, *({"value": Decimal(v)} for v in (50, 52, 70, 72)))
    phases = [PhaseStart(start=date(2019, 12, 1), reason="Counted from the hearing.")]
    found = series.kpi(of, rows, [], phases=phases)
    assert [p.begins for p in found.points] == ["", "", "Counted from the hearing.", ""]
    assert found.reading.startswith("2 points:")


def test_break_downs_and_standards_are_no_part_of_the_series():
    of = indicator()
    rows = figures(of, {"value": Decimal(70)})
    part = figures(of, {"value": Decimal(20), "split": "team", "part": "East"})
    standard = Target(value=Decimal(90), start=date(2019, 1, 1), kind="standard")
    found = series.kpi(of, [*rows, *part], [standard])
    assert [p.value for p in found.points] == [70]
    assert found.points[0].target is None
