"""An area's own words, colours and rule of lateness in its packs."""

from datetime import UTC, date, datetime

import pytest

from governance import packs, wording
from plans.models import Rules
from plans.statuses import Status
from tests import factories

S = Status


def entry(on):
    """Of that day, and written down on it."""
    return {"on": on, "recorded_at": datetime(on.year, on.month, on.day, 12, tzinfo=UTC)}


@pytest.fixture
def plan(db):
    return factories.plan(factories.area())


@pytest.fixture
def body(plan):
    return factories.body(plan)


def gather(body):
    return packs.gather(factories.pack(body))


def row(content, action):
    return next(r for r in content.actions if r.reference == action.reference)


def test_the_key_and_each_action_have_the_areas_word_and_colour(body, plan):
    factories.status_word(plan.area, "Under way", colour="green", status=S.ON_TRACK)
    factories.status_word(plan.area, "Also under way", status=S.ON_TRACK, place=1)
    factories.status_word(plan.area, "Finished", colour="blue", status=S.COMPLETE)
    going, other = factories.action(plan), factories.action(plan)
    factories.update(going, status=S.ON_TRACK, percent=60, **entry(date(2019, 11, 1)))
    content = gather(body)
    found = row(content, going)
    assert (found.word, found.colour, found.percent) == ("Under way", "Green", 60)
    assert (row(content, other).word, row(content, other).colour) == ("", "")
    key = {s.status: wording.own_word(s.word, s.colour) for s in content.statuses if s.word}
    assert key == {
        "In progress: on track": "Under way (Green)",
        "Complete (verified)": "Finished (Blue)",
    }
    assert (content.bands, wording.key_notes(content)) == ((), [])


def test_words_by_months_late_and_a_first_date_that_counts_are_in_the_key(body, plan):
    factories.rules(plan.area, late=Rules.Late.FIRST, colours="late")
    for word, colour, least in (("Far", "red", 3), ("Near", "amber", 1)):
        facts = {"rule": "late", "status": "", "colour": colour, "least": least}
        factories.status_word(plan.area, word, **facts)
    action = factories.action(plan, original_due=date(2019, 10, 31))
    factories.date_change(action, new=date(2020, 3, 31), **entry(date(2019, 10, 25)))
    factories.update(action, status=S.AT_RISK, **entry(date(2019, 11, 1)))
    content = gather(body)
    found = row(content, action)
    assert (found.days_overdue, found.word, found.colour) == (61, "Near", "Amber")
    assert wording.due(found, content) == ["First 31 October 2019", "Now 31 March 2020"]
    words, late = wording.key_notes(content)
    assert words == (
        "Open actions have the area’s word by this: “Near (Amber)” from 1 month late and "
        "“Far (Red)” from 3 months late. A month that has begun counts as a whole one."
    )
    assert late.startswith("In this area an action is late from its first due date on")


def test_words_by_per_cent_give_way_once_the_date_has_passed(body, plan):
    factories.rules(plan.area, colours="percent")
    for word, rule, least in (
        ("Half", "percent", 50),
        ("Late", "late", 1),
        ("Begun", "percent", 0),
    ):
        factories.status_word(plan.area, word, rule=rule, status="", least=least)
    in_time = factories.action(plan)
    late = factories.action(plan, original_due=date(2019, 10, 31))
    for action in (in_time, late):
        factories.update(action, percent=70, **entry(date(2019, 10, 7)))
    content = gather(body)
    assert (row(content, in_time).word, row(content, late).word) == ("Half", "Late")
    assert wording.key_notes(content) == [
        "Open actions have the area’s word by this: “Begun” from 0% done, “Half” from 50% done and "
        "“Late” from 1 month late. A month that has begun counts as a whole one. Once the date has "
        "passed, only the words for lateness count."
    ]
