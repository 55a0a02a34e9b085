"""An area's own words: which one an action has, and the key that says so."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plans.statuses import Status
from plans.words import READY, Colour, Rule, Word, key_of, months_late, word_for

S = Status
DUE = date(2020, 1, 31)


@pytest.mark.parametrize(
    ("on", "months"),
    [
        (date(2019, 12, 1), 0),
        (date(2020, 1, 31), 0),
        (date(2020, 2, 1), 1),
        (date(2020, 2, 29), 1),
        (date(2020, 3, 1), 2),
        (date(2020, 3, 31), 2),
        (date(2020, 4, 1), 3),
        (date(2021, 1, 31), 12),
        (date(2021, 2, 1), 13),
    ],
)
def test_a_month_late_begins_on_the_day_after_the_date(on, months):
    assert months_late(DUE, on) == months
    assert months_late(None, on) == 0


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(-800, 800))
def test_nobody_is_less_late_a_day_later(due, days):
    on = due + timedelta(days=days)
    late = months_late(due, on)
    assert (late == 0) == (on <= due)
    assert 0 <= months_late(due, on + timedelta(days=1)) - late <= 1


LATE = [Word("Green", Rule.LATE, least=0), Word("Amber", Rule.LATE, least=1)]
LATE.append(Word("Red", Rule.LATE, least=4))
PERCENT = [Word("Begun", Rule.PERCENT, least=0), Word("Half", Rule.PERCENT, least=50)]
NAMED = [
    Word("Going well", status=S.ON_TRACK),
    Word("On course", status=S.ON_TRACK),
    Word("Blue", status=S.COMPLETE),
    Word("To be seen", status=S.DONE),
]
EVERY = [*LATE, *PERCENT, *NAMED]
PASSED = {"on": date(2020, 2, 15)}
LONG_PASSED = {"on": date(2020, 6, 1)}


@pytest.mark.parametrize(
    ("words", "rule", "facts", "word"),
    [
        (EVERY, Rule.STATUS, {}, "Going well"),
        (EVERY, Rule.STATUS, LONG_PASSED, "Going well"),
        (EVERY, Rule.STATUS, {"status": S.AT_RISK}, None),
        (EVERY, Rule.LATE, {}, "Green"),
        (EVERY, Rule.LATE, PASSED, "Amber"),
        (EVERY, Rule.LATE, LONG_PASSED, "Red"),
        (EVERY, Rule.LATE, LONG_PASSED | {"late_after": None}, "Green"),
        (EVERY, Rule.LATE, LONG_PASSED | {"status": S.COMPLETE}, "Blue"),
        (EVERY, Rule.LATE, LONG_PASSED | {"status": S.DONE}, "To be seen"),
        (EVERY, Rule.LATE, LONG_PASSED | {"status": S.WITHDRAWN}, None),
        (EVERY, Rule.PERCENT, {}, "Begun"),
        (EVERY, Rule.PERCENT, {"percent": 49}, "Begun"),
        (EVERY, Rule.PERCENT, {"percent": 50}, "Half"),
        (EVERY, Rule.PERCENT, {"percent": 100} | PASSED, "Amber"),
        (EVERY, Rule.PERCENT, {"percent": None}, "Going well"),
        ([*PERCENT, *NAMED], Rule.PERCENT, {"percent": 80} | PASSED, "Half"),
        (LATE[1:] + NAMED, Rule.LATE, {}, "Going well"),
        ([], Rule.LATE, LONG_PASSED, None),
    ],
)
def test_an_action_has_the_word_of_its_areas_rule(words, rule, facts, word):
    asked = {"status": S.ON_TRACK, "percent": 10, "late_after": DUE, "on": DUE} | facts
    found = word_for(words, rule, **asked)
    assert (found.word if found else None) == word


@pytest.mark.parametrize(
    ("words", "rule", "key"),
    [
        ([], Rule.PERCENT, []),
        (
            EVERY,
            Rule.STATUS,
            [
                ("Going well", "In progress: on track"),
                ("To be seen", "Done, awaiting verification"),
                ("Blue", "Complete (verified)"),
            ],
        ),
        (
            EVERY,
            Rule.LATE,
            [
                ("Green", "Not late"),
                ("Amber", "Late by up to 3 months"),
                ("Red", "Late by more than 3 months"),
                ("To be seen", "Done, awaiting verification"),
                ("Blue", "Complete (verified)"),
            ],
        ),
        (
            [Word("Late", Rule.LATE, least=2), *NAMED[:1]],
            Rule.LATE,
            [("Late", "Late by more than 1 month"), ("Going well", "In progress: on track")],
        ),
        (
            [*PERCENT, Word("All", Rule.PERCENT, least=100), Word("Over", Rule.LATE, least=1)],
            Rule.PERCENT,
            [
                ("Begun", "0 to 49 per cent done"),
                ("Half", "50 to 99 per cent done"),
                ("All", "100 per cent done"),
                ("Over", "Late, however much is done"),
            ],
        ),
    ],
)
def test_the_key_says_when_an_action_has_each_word(words, rule, key):
    assert [(line.word, line.meaning) for line in key_of(words, rule)] == key


def bands(rule, most):
    least = st.lists(st.integers(0, most), unique=True, max_size=4)
    return least.map(lambda found: [Word(f"{rule} {n}", rule, least=n) for n in found])


LISTS = st.tuples(
    bands(Rule.LATE, 6),
    bands(Rule.PERCENT, 100),
    st.lists(st.sampled_from(S), max_size=9).map(
        lambda found: [Word(f"{n} {s}", status=s) for n, s in enumerate(found)]
    ),
).map(lambda three: [*three[0], *three[1], *three[2]])


@settings(max_examples=60)
@given(LISTS, st.sampled_from(Rule))
def test_the_key_names_exactly_the_words_that_some_action_can_have(words, rule):
    days = [DUE + timedelta(days=number) for number in range(0, 220, 20)]
    done = [None, *(word.least for word in words if word.rule == Rule.PERCENT)]
    had = {
        found.word
        for status in S
        for percent in done
        for on in (days if rule != Rule.STATUS else days[:1])
        if (found := word_for(words, rule, status=status, percent=percent, late_after=DUE, on=on))
    }
    assert {line.word for line in key_of(words, rule)} == had


@pytest.mark.parametrize("name", READY)
def test_a_ready_set_leaves_nothing_that_is_open_without_a_word_and_paints_every_word(name):
    ready = READY[name]
    words = ready.words
    assert all(word.colour in Colour.values for word in words)
    assert len({(word.rule, word.word) for word in words}) == len(words)
    for status in (S.NOT_STARTED, S.ON_TRACK, S.AT_RISK, S.OFF_TRACK):
        for on in (DUE, date(2020, 2, 1), date(2021, 1, 1)):
            facts = {"status": status, "percent": 40, "late_after": DUE, "on": on}
            assert word_for(words, ready.rule, **facts) is not None, (status, on)
