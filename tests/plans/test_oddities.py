"""What contradicts itself in a history is named; what the services let happen never is."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given

from plans.oddities import oddities
from plans.reconciliation import CLOSED, MOVED, REOPENED, Event, History
from tests.plans.test_reconciliation import SETS

DAY, NEXT = date(2019, 10, 1), date(2019, 10, 2)
GOOD = History("R7", date(2019, 8, 6), "recommendation", False, (Event(DAY, CLOSED),))
MOVE = Event(NEXT, MOVED, "recommendation", "development")


@given(SETS)
def test_a_history_told_in_its_order_has_nothing_odd(found: list[History]) -> None:
    assert [text for history in found for text in oddities(history, str)] == []


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        (
            {"added_on": NEXT},
            "R7 was closed on 1 October 2019, before it was added on 2 October 2019.",
        ),
        (
            {"events": (*GOOD.events, Event(NEXT, CLOSED))},
            "R7 was closed on 2 October 2019, but it was closed already.",
        ),
        (
            {"events": (Event(DAY, REOPENED),), "is_open": True},
            "R7 was reopened on 1 October 2019, but it was open already.",
        ),
        (
            {"events": (*GOOD.events, MOVE), "kind": "development"},
            "R7 was reclassified on 2 October 2019, while it was closed.",
        ),
        (
            {
                "events": (MOVE, Event(NEXT, MOVED, "improvement", "recommendation")),
                "is_open": True,
            },
            "R7 was reclassified on 2 October 2019 from IMPROVEMENT, but it was in DEVELOPMENT.",
        ),
        ({"events": ()}, "R7 is shown as closed, but its decisions leave it open."),
        ({"is_open": True}, "R7 is shown as open, but its decisions leave it closed."),
        (
            {"events": (MOVE,), "is_open": True},
            "R7 is shown in RECOMMENDATION, but was moved to DEVELOPMENT.",
        ),
    ],
)
def test_each_contradiction_is_named(facts: dict[str, Any], sentence: str) -> None:
    assert oddities(GOOD, str.upper) == []
    assert oddities(replace(GOOD, **facts), str.upper) == [sentence]
