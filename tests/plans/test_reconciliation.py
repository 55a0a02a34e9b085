"""Open at the first day, what happened, open at the second: two counts set against each other."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from plans.reconciliation import CLOSED, MOVED, REOPENED, Event, History, reconcile, total

KINDS = ("recommendation", "development")
START = date(2019, 8, 6)


def day(number):
    return START + timedelta(days=number)


@st.composite
def histories(draw):
    """One recommendation whose history is told in its order, as the services have it."""
    now, kind, is_open, events = draw(st.integers(0, 30)), draw(st.sampled_from(KINDS)), True, []
    added = now
    for _ in range(draw(st.integers(0, 6))):
        now += draw(st.integers(0, 20))
        if not is_open:
            events.append(Event(day(now), REOPENED))
            is_open = True
        elif draw(st.booleans()):
            events.append(Event(day(now), CLOSED))
            is_open = False
        else:
            other = KINDS[1 - KINDS.index(kind)]
            events.append(Event(day(now), MOVED, kind, other))
            kind = other
    return History("R", day(added), kind, is_open, tuple(events))


SETS = st.lists(histories(), max_size=8)
TWO_DAYS = st.tuples(st.integers(-5, 160), st.integers(-5, 160)).map(sorted)


@given(SETS, TWO_DAYS)
def test_what_the_services_let_happen_reconciles_for_any_two_days(found, days):
    first, second = map(day, days)
    counts = reconcile(found, KINDS, first, second)
    assert [count.difference for count in counts] == [0, 0]
    both = total(counts)
    assert both.moved_in == both.moved_out
    assert both.second == sum(history.stood(second)[0] for history in found)


@given(SETS, st.tuples(*[st.integers(-5, 160)] * 3).map(sorted))
def test_two_stretches_add_up_to_the_whole(found, days):
    a, b, c = map(day, days)
    for whole, early, late in zip(
        reconcile(found, KINDS, a, c),
        reconcile(found, KINDS, a, b),
        reconcile(found, KINDS, b, c),
        strict=True,
    ):
        assert early.second == late.first
        for name in ("added", "reopened", "moved_in", "closed", "moved_out"):
            assert getattr(whole, name) == getattr(early, name) + getattr(late, name)


def test_each_number_is_what_it_says():
    found = [
        History("1", day(-30), "recommendation", True),
        History("2", day(5), "recommendation", False, (Event(day(10), CLOSED),)),
        History(
            "3",
            day(-30),
            "development",
            True,
            (
                Event(day(-9), CLOSED),
                Event(day(3), REOPENED),
                Event(day(4), MOVED, "recommendation", "development"),
            ),
        ),
        History("4", day(21), "development", True),
    ]
    one, other = reconcile(found, KINDS, day(0), day(20))
    assert vars(one) == {
        "kind": "recommendation",
        "first": 1,
        "added": 1,
        "reopened": 1,
        "moved_in": 0,
        "closed": 1,
        "moved_out": 1,
        "second": 1,
    }
    assert (other.first, other.moved_in, other.second) == (0, 1, 1)
    assert (one.difference, other.difference) == (0, 0)


def test_days_are_counted_at_their_end():
    found = [History("1", day(0), "recommendation", False, (Event(day(9), CLOSED),))]
    [count] = reconcile(found, KINDS[:1], day(0), day(9))
    assert (count.first, count.added, count.closed, count.second) == (1, 0, 1, 0)


def test_an_event_that_is_missing_shows_as_a_difference():
    closed = History("1", day(0), "recommendation", False, (Event(day(9), CLOSED),))
    [count] = reconcile([replace(closed, is_open=True)], KINDS[:1], day(5), day(20))
    assert (count.closed, count.second, count.difference) == (1, 1, 1)
    twice = replace(closed, events=(*closed.events, Event(day(12), CLOSED)))
    [count] = reconcile([twice], KINDS[:1], day(5), day(20))
    assert (count.closed, count.difference) == (2, 1)
    moved = History(
        "2",
        day(0),
        "recommendation",
        True,
        (Event(day(9), MOVED, "recommendation", "development"),),
    )
    one, other = reconcile([moved], KINDS, day(5), day(20))
    assert (one.difference, other.difference) == (1, -1)


def test_one_that_is_closed_without_a_decision_shows_however_long_ago_that_was():
    silent = History("1", day(0), "recommendation", False)
    for first, second in ((-5, 20), (0, 1), (5, 20)):
        [count] = reconcile([silent], KINDS[:1], day(first), day(second))
        assert (count.second, count.difference) == (0, -1)


def test_nothing_reconciles_with_nothing():
    assert [count.difference for count in reconcile([], KINDS, day(0), day(9))] == [0, 0]
