"""Where what is done and what a KPI shows do not fit together."""

from datetime import date
from fractions import Fraction

import pytest

from kpis.periods import month
from kpis.reading import Figure, Kind, Measure, read
from kpis.sentences import Style
from plans.contradictions import Code, contradiction
from plans.effects import Linked
from plans.statuses import Status

NOVEMBER = date(2019, 11, 20)
DONE = Linked("A1", Status.COMPLETE, NOVEMBER)
OTHER = Linked("A2", Status.COMPLETE, NOVEMBER)
IDLE, BUSY = Linked("A3", Status.NOT_STARTED), Linked("A4", Status.ON_TRACK)
CLAIMED, GONE = Linked("A5", Status.DONE), Linked("A6", Status.WITHDRAWN)


def found(value, *actions, target=80, direction="higher", last=date(2019, 12, 1)):
    figures = [Figure(month(last), None if value is None else Fraction(value))]
    series = read(figures, Measure(Kind.MEASURED, direction), target=target and Fraction(target))
    return contradiction(series, "Seen in time (K1)", Style("%", 0), actions)


@pytest.mark.parametrize(
    ("value", "actions", "code", "names"),
    [
        (62, [DONE], Code.UNMET, ("A1",)),
        (62, [DONE, OTHER, GONE], Code.UNMET, ("A1", "A2")),
        (62, [DONE, BUSY], Code.UNMET, ("A1",)),
        (85, [IDLE], Code.UNDONE, ("A3",)),
        (80, [IDLE, BUSY, GONE], Code.UNDONE, ("A3", "A4")),
    ],
)
def test_each_way_of_it(value, actions, code, names):
    one = found(value, *actions)
    assert (one.code, one.actions) == (code, names)


@pytest.mark.parametrize(
    ("value", "actions", "facts"),
    [
        (62, [IDLE, BUSY, CLAIMED], {}),
        (85, [DONE, IDLE], {}),
        (85, [CLAIMED, IDLE], {}),
        (85, [GONE], {}),
        (62, [], {}),
        (None, [DONE], {}),
        (62, [DONE], {"target": None}),
        (62, [DONE], {"direction": "neither"}),
        (62, [DONE], {"direction": "lower"}),
    ],
)
def test_where_both_halves_are_not_there_nothing_is_said(value, actions, facts):
    assert found(value, *actions, **facts) is None


@pytest.mark.parametrize(("settled", "early", "told"), [(62, 85, True), (85, 62, False)])
def test_a_provisional_figure_neither_makes_nor_hides_one(settled, early, told):
    last = month(date(2019, 12, 1))
    figures = [
        Figure(last, Fraction(settled)),
        Figure(last.next(), Fraction(early), None, None, True),
    ]
    series = read(figures, Measure(Kind.MEASURED, "higher"), target=Fraction(80))
    one = contradiction(series, "Seen in time (K1)", Style("%", 0), [DONE])
    assert bool(one) == told
    assert one is None or "stands at 62% (Dec 2019)" in one.sentence
    alone = read(figures[1:], Measure(Kind.MEASURED, "higher"), target=Fraction(80))
    assert contradiction(alone, "Seen in time (K1)", Style("%", 0), [DONE, IDLE]) is None


@pytest.mark.parametrize(
    ("value", "actions", "sentence"),
    [
        (
            62,
            [DONE, BUSY],
            "Action A1 is complete, yet Seen in time (K1) stands at 62% (Dec 2019) and does not "
            "meet its target of 80%.",
        ),
        (
            62,
            [DONE, OTHER],
            "All 2 linked actions are complete (A1 and A2), yet Seen in time (K1) stands at 62% "
            "(Dec 2019) and does not meet its target of 80%.",
        ),
        (
            62,
            [Linked("A1", Status.COMPLETE, NOVEMBER, 3)],
            "does not meet its target of 80%. No effect was expected by then.",
        ),
        (
            62,
            [Linked("A1", Status.COMPLETE, date(2020, 1, 2))],
            "does not meet its target of 80%. That figure is older than the completion.",
        ),
        (
            85,
            [IDLE, BUSY],
            "Seen in time (K1) stands at 85% (Dec 2019) and meets its target of 80%, yet none of "
            "the 2 actions linked to it (A3 and A4) is complete:",
        ),
        (85, [IDLE], "yet the action linked to it, A3, is not begun:"),
    ],
)
def test_what_it_says(value, actions, sentence):
    assert sentence in found(value, *actions).sentence
