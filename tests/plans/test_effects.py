"""What can be concluded from a series of the actions that should move it."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpis.periods import months_from
from kpis.reading import Break, Choice, Figure, Kind, Measure, Reading, read
from kpis.sentences import Style
from plans.effect_words import in_short, said
from plans.effects import (
    CHANGES,
    Expected,
    Linked,
    Outcome,
    When,
    judge,
    lags_in,
    lags_text,
    months_later,
)
from plans.statuses import Status

O, W = Outcome, When  # noqa: E741  (a table's headings)
# Two years from January 2017, that end below their mean of 60.
BEFORE = (
    61,
    58,
    63,
    60,
    57,
    62,
    64,
    59,
    60,
    62,
    58,
    61,
    60,
    57,
    63,
    61,
    59,
    62,
    58,
    60,
    64,
    56,
    61,
    57,
)
HIGH, LOW = (75,) * 8, (45,) * 8
JANUARY_2019 = date(2019, 1, 15)


def series(
    values, *, breaks=(), direction="higher", kind=Kind.MEASURED, months=1, **facts
) -> Reading:
    """Read from January 2017 on; None is a hole, a text is a provisional figure."""
    period, figures = months_from(date(2017, 1, 1), months), []
    for value in values:
        known = None if value is None else Fraction(value)
        figures.append(Figure(period, known, provisional=isinstance(value, str)))
        period = period.next()
    return read(figures, Measure(kind, direction, **facts), breaks=breaks, target=None)


def done(name="A1", on=JANUARY_2019, lag=0) -> Linked:
    return Linked(name, Status.COMPLETE, on, lag)


def told(found, *actions, measure=None) -> tuple[str, ...]:
    return said(judge(found, actions), measure or found.measure, Style("%", 0))


# --- the table -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "actions", "outcome", "when"),
    [
        ((*BEFORE, *HIGH), [], O.UNLINKED, None),
        ((*BEFORE, *HIGH), [Linked("A1", Status.WITHDRAWN)], O.UNLINKED, None),
        ((*BEFORE, *HIGH), [Linked("A1", Status.DONE)], O.OPEN, None),
        ((*BEFORE, *HIGH), [done(on=date(2019, 8, 31), lag=1)], O.WAITING, None),
        ((), [done()], O.WAITING, None),
        (("60",), [done(on=date(2017, 1, 1))], O.WAITING, None),
        ((*BEFORE, *HIGH), [done()], O.BETTER, W.EXPECTED),
        ((*BEFORE, *LOW), [done()], O.WORSE, W.EXPECTED),
        # It began five months before, or five months after, the only month that was expected.
        ((*BEFORE, *HIGH), [done(on=date(2019, 6, 1))], O.BETTER, W.BEFORE),
        ((*BEFORE, *HIGH), [done(on=date(2018, 8, 1))], O.BETTER, W.LATER),
        ((*BEFORE, *HIGH), [done(on=date(2018, 8, 1), lag=5)], O.BETTER, W.EXPECTED),
        ((*BEFORE, *HIGH), [done(on=date(2018, 8, 1)), done(lag=0)], O.BETTER, W.EXPECTED),
        ((*BEFORE, *BEFORE[:9]), [done()], O.NO_SIGN, None),
        ((*BEFORE, *HIGH, *BEFORE[:4]), [done()], O.NO_SIGN, None),
        ((*BEFORE, *BEFORE[:5]), [done()], O.FEW, None),
        ((*BEFORE[:9], *HIGH), [done(on=date(2017, 10, 1))], O.FEW, None),
        (((60,) * 24 + HIGH), [done()], O.FEW, None),
        # Provisional figures are no figures yet.
        ((*BEFORE, *map(str, HIGH)), [done(on=date(2018, 12, 1))], O.FEW, None),
    ],
)
def test_each_outcome(values, actions, outcome, when):
    found = judge(series(values), actions)
    assert (found.outcome, found.when) == (outcome, when)


def test_the_first_figures_bear_a_run_chart_and_more_of_them_limits():
    for many, rules in ((11, "Run chart"), (13, "XmR")):
        values = [55 + n * 5 % 13 for n in range(many)] + [90] * 8
        month = months_from(date(2017, 1, 1), many + 1).end
        found = judge(series(values), [done(on=month)])
        assert found.outcome == O.BETTER
        assert found.phase.chart.startswith(rules)


def test_a_baseline_that_begins_anew_because_of_the_change_is_no_break_of_it():
    anew = Break(date(2019, 1, 1), "It holds.", redefined=False)
    assert judge(series((*BEFORE, *HIGH), breaks=[anew]), [done()]).outcome == O.BETTER
    early = Break(date(2018, 1, 1), "It held.", redefined=False)
    found = judge(series((*BEFORE, *HIGH), breaks=[early]), [done()])
    assert (found.outcome, len(found.base)) == (O.BETTER, 12)


@pytest.mark.parametrize("start", [date(2018, 6, 1), date(2019, 1, 1)])
def test_nothing_is_compared_across_a_changed_definition(start):
    found = series((*BEFORE, *HIGH), breaks=[Break(start, "Counted from the court.")])
    assert judge(found, [done()]).outcome not in CHANGES
    assert any(f"{start:%b %Y}" in line for line in told(found, done()))


def test_figures_of_a_later_definition_are_left_out():
    change = Break(date(2019, 9, 1), "Counted from the court.")
    found = series((*BEFORE, *HIGH, *LOW), breaks=[change])
    judged = judge(found, [done()])
    assert judged.outcome == O.BETTER
    left_out = (
        "What is counted changed in Sep 2019 (Counted from the court): figures from then on are "
        "left out."
    )
    first, _, last = told(found, done())
    assert last == left_out
    assert (
        "Up to Aug 2019 (what is counted changed then), the last 8 figures are above the earlier "
        "mean of 60%, since Jan 2019: a real change for the better"
    ) in first
    assert in_short(judged, found.measure, Style("%", 0)) == (first, left_out)


@pytest.mark.parametrize(
    ("since", "sentence"),
    [
        (BEFORE[:9], "Up to Sep 2019 (what is counted changed then), no sign of change in the 9 "),
        (BEFORE[:5], "Up to May 2019 (what is counted changed then), too few figures to say: 5 "),
    ],
)
def test_no_sign_is_told_up_to_a_later_definition_only(since, sentence):
    change = Break(months_later(date(2019, 1, 1), len(since)), "Counted from the court.")
    assert sentence in told(series((*BEFORE, *since, *LOW), breaks=[change]), done())[0]


def test_years_have_a_direction_and_no_verdict():
    """West Dunbartonshire's contact within one working day: 41%, then 85%."""
    found = series((41, 85), kind=Kind.PERCENTAGE, months=12, yearly=True)
    [sentence] = told(found, done(on=date(2018, 3, 1)))
    assert sentence == (
        "The linked action, A1, was complete by Mar 2018. Nothing can be concluded from before and "
        "after: 1 figure from before an effect was expected (in 2018), 1 since. Yearly figures are "
        "too few to tell change from ups and downs. The last yearly figure before was 41% (2017), "
        "the latest is 85% (2018): a direction, and no finding."
    )


# --- the sentences -------------------------------------------------------------------------------


def test_a_change_is_told_with_what_it_stands_on_and_without_a_cause():
    actions = (
        done("A1"),
        done("A2", date(2019, 2, 3)),
        done("A3", lag=12),
        Linked("A4", "at_risk"),
    )
    assert told(series((*BEFORE, *HIGH)), *actions) == (
        "3 of 4 linked actions were complete by Feb 2019. The last 8 figures are above the earlier "
        "mean of 60%, since Jan 2019: a real change for the better, at the time one would expect. "
        "This does not by itself prove the cause.",
        "Compared: 24 figures before (Jan 2017 to Dec 2018, mean 60%) with 8 since. XmR chart: "
        "Making Data Count rules, 7/7; centre and limits frozen on the figures before.",
        "A3 has yet to show: an effect is expected later than the latest figure.",
    )


@pytest.mark.parametrize(
    ("values", "action", "sentence"),
    [
        (
            (*BEFORE, *HIGH),
            done(on=date(2019, 6, 1)),
            "a real change for the better, which began in Jan 2019, before an effect could be "
            "expected (in Jun 2019). The change began before it was verified as complete; work "
            "done earlier may or may not have had a part.",
        ),
        (
            (*BEFORE, *HIGH),
            done(lag=5),
            "a real change for the better, which began in Jan 2019, before an effect could be "
            "expected (in Jun 2019). The change began sooner than was expected; what was done by "
            "then may or may not have had a part.",
        ),
        (
            (*BEFORE, 90),
            done(),
            "The latest figure, 90% in Jan 2019, is above the upper limit of 69%: a sign of a "
            "change for the better, at the time one would expect, which has yet to last.",
        ),
        (
            (*BEFORE, *BEFORE[:9]),
            done(),
            "No sign of change in the 9 figures since an effect was expected (in Jan 2019).",
        ),
        (
            (*BEFORE, *HIGH, *BEFORE[:4]),
            done(),
            "There was a sign of a change for the better up to Sep 2019; the latest figures do "
            "not bear it out.",
        ),
        (
            (*BEFORE, *BEFORE[:5]),
            done(),
            "Too early to say: 5 figures since an effect was expected (in Jan 2019), none of which "
            "signals a change; 7 in a row on one side of the earlier level would.",
        ),
        (
            (*BEFORE, 75, 61, 58),
            done(),
            "Too early to say: 3 figures since an effect was expected (in Jan 2019), the latest of "
            "which does not signal a change; 7 in a row on one side of the earlier level would. "
            "There was a sign of a change for the better up to Jan 2019; the latest figures do not "
            "bear it out.",
        ),
        (
            BEFORE,
            done(lag=3),
            "The first effect is expected from 15 April 2019, and the latest figure is of "
            "Dec 2018: there is nothing to judge yet.",
        ),
    ],
)
def test_each_conclusion_is_one_that_can_be_drawn(values, action, sentence):
    first = told(series(values), action)[0]
    assert sentence in first
    assert first.startswith("The linked action, A1, was complete by")
    assert "no change" not in first.replace("no sign is not “no change”", "")


# --- what holds for any series -------------------------------------------------------------------

values = st.lists(st.integers(0, 100), min_size=14, max_size=44)
days = st.dates(date(2017, 3, 1), date(2020, 3, 31))
actions = st.lists(st.builds(done, on=days, lag=st.integers(0, 6)), min_size=1, max_size=4)
choices = st.sampled_from([Choice.AUTO, Choice.RUN])


def concluded(found: Reading, linked) -> tuple:
    judged = judge(found, linked)
    return judged.outcome, judged.when, judged.began, judged.first, judged.last


@given(values, actions, choices, st.integers(-50, 50), st.integers(1, 9))
def test_adding_a_constant_and_scaling_change_no_conclusion(some, linked, choice, more, times):
    plain = series(some, choice=choice)
    moved = series([value * times + more for value in some], choice=choice)
    assert concluded(plain, linked) == concluded(moved, linked)


@given(values, actions, choices)
def test_reversing_the_direction_swaps_better_and_worse_and_nothing_else(some, linked, choice):
    up, *rest = concluded(series(some, choice=choice), linked)
    down, *same = concluded(series(some, choice=choice, direction="lower"), linked)
    assert down == {O.BETTER: O.WORSE, O.WORSE: O.BETTER}.get(up, up)
    assert rest == same


@given(values, actions, st.integers(0, 60))
def test_an_action_that_should_show_after_the_latest_figure_changes_no_judgement(some, linked, on):
    found = series(some)
    late = done("A9", months_later(found.figures[-1].period.end, 1), lag=on)
    earlier = concluded(found, linked)
    assert concluded(found, [*linked, late]) == earlier
    assert concluded(found, [late, *linked, Linked("A8", Status.ON_TRACK)]) == earlier


@given(values, actions, choices)
def test_a_change_is_never_claimed_without_a_figure_that_signals_it(some, linked, choice):
    found = judge(series(some, choice=choice), linked)
    if found.outcome in CHANGES:
        assert found.phase.mark is not None
        assert len(found.base) >= 10
        assert found.after[-1] == found.latest
        frozen = found.base[-1].period.end
        assert frozen < found.first.start
        centre = sum(f.value for f in found.base) / len(found.base)
        assert found.phase.chart.startswith("Run") or found.phase.centre == centre
    for line in said(found, Measure(Kind.MEASURED, "higher"), Style("%", 0)):
        assert "because of" not in line


@given(st.lists(st.just(60), min_size=14, max_size=40), actions)
def test_where_nothing_moves_no_change_is_claimed(some, linked):
    assert judge(series(some), linked).outcome not in CHANGES


# --- small things --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2019, 1, 31), 1, date(2019, 2, 28)),
        (date(2019, 11, 30), 3, date(2020, 2, 29)),
        (date(2019, 12, 5), 0, date(2019, 12, 5)),
        (date(2019, 12, 5), 12, date(2020, 12, 5)),
    ],
)
def test_months_later(day, months, then):
    assert months_later(day, months) == then


@given(st.dictionaries(st.integers(1, 10**9), st.integers(0, 120)))
def test_keys_and_months_are_kept_as_text(lags):
    assert lags_in(lags_text(lags)) == lags


def test_what_was_kept_before_months_were_known_is_at_once():
    assert lags_in("1,5") == {1: 0, 5: 0}
    assert lags_in("") == {}


def test_what_is_expected_is_said_after_the_name():
    assert Expected().after("K1") == "K1"
    assert Expected(1).after("K1") == "K1, expected 1 month after completion"
    assert Expected(0, "Fewer wait").after("K1") == "K1: Fewer wait"
