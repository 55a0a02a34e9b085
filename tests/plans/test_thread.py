"""What was said of an action, as it is read."""

from datetime import date

import pytest

from plans.thread import by_group, joined, moved

MARCH, APRIL, MAY = date(2020, 3, 31), date(2020, 4, 30), date(2020, 5, 20)


def entry(kind, key, **facts):
    return {"kind": kind, "id": key, "refers": None, "old": "", "new": "", "more": "", **facts}


def test_what_belongs_together_knows_of_each_other():
    correction, withdrawal, update, evidence, note = joined(
        [
            entry("update", 7, refers=1),
            entry("withdrawal", 3, refers=1),
            entry("update", 1),
            entry("evidence", 1, refers=3),
            entry("note", 1),
        ]
    )
    assert (correction["corrects"], update["corrected"]) == (update, correction)
    assert (update["corrects"], correction["corrected"]) == (None, None)
    assert (evidence["withdrawal"], withdrawal["evidence"]) == (withdrawal, evidence)
    assert note["group"] == "note"


def test_entries_are_counted_by_kind_and_a_kind_without_any_is_not_named():
    entries = joined([entry("date", 1), entry("request", 1), entry("residual", 1)])
    assert by_group(entries) == [("date", "Due dates", 2), ("change", "Changes of the action", 1)]


def change(old, new):
    return entry("date", 1, old=old and str(old), new=str(new))


@pytest.mark.parametrize(
    ("original", "due", "changes", "first", "words"),
    [
        (MARCH, MARCH, [], MARCH, ""),
        (None, None, [], None, ""),
        (MARCH, APRIL, [change(MARCH, APRIL)], MARCH, "moved once, 30 days later"),
        (
            MARCH,
            MAY,
            [change(APRIL, MAY), change(MARCH, APRIL)],
            MARCH,
            "moved 2 times, 50 days later",
        ),
        (MAY, APRIL, [change(MAY, APRIL)], MAY, "moved once, 20 days earlier"),
        (
            MARCH,
            MARCH,
            [change(APRIL, MARCH), change(MARCH, APRIL)],
            MARCH,
            "moved 2 times, and back again",
        ),
        (None, APRIL, [change("", APRIL)], APRIL, ""),
        (None, MAY, [change(APRIL, MAY), change("", APRIL)], APRIL, "moved once, 20 days later"),
    ],
)
def test_it_is_said_how_often_and_how_far_the_date_has_moved(original, due, changes, first, words):
    found = moved(original, due, changes)
    assert (found.first, found.words) == (first, words)
