"""A plan's actions as a list: filters, groups, counts, and pages."""

from datetime import date

import pytest

from management.models import Post
from plans.listing import listing
from plans.models import Action
from plans.statuses import Status
from tests import factories

pytestmark = pytest.mark.django_db
ON = date(2020, 1, 15)
LATE, LATER = date(2020, 1, 14), date(2020, 1, 15)


@pytest.fixture
def plan():
    """Five actions: A1 and A2 under 1.1, the others under 5.2; KM1 and KM2; two posts."""
    area = factories.area()
    guide = factories.framework(("1.1", "5.2"))
    one, five = guide.indicators.all()
    found = factories.inspection(area, guide)
    first, second = factories.key_message(found, 1), factories.key_message(found, 2)
    zoe, abe = factories.post(area, "Zoe’s post"), factories.post(area, "abe’s post")
    plan = factories.plan(area, found)
    rows = [
        ("A1", one, zoe, (), (first, second), Status.ON_TRACK, LATE),
        ("A2", one, abe, (), (first,), Status.NOT_STARTED, LATER),
        ("A3", five, abe, (zoe,), (second,), Status.COMPLETE, LATE),
        ("A4", five, abe, (), (), Status.DONE, LATE),
        ("A5", five, zoe, (), (second,), Status.WITHDRAWN, None),
    ]
    for number, (reference, indicator, lead, supporting, messages, status, due) in enumerate(rows):
        factories.action(
            plan,
            reference=reference,
            sequence=number,
            indicator=indicator,
            lead=lead,
            supporting=supporting,
            key_messages=messages,
            status=status,
            original_due=due,
        )
    return plan


def listed(plan, **wanted):
    actions = Action.objects.filter(plan=plan)
    return listing(
        actions,
        list(actions.facts()),
        {name: str(value) for name, value in wanted.items()},
        list(plan.inspection.key_messages.all()),
        list(Post.objects.in_area(plan.area)),
        on=ON,
    )


def references(found):
    names = dict(Action.objects.values_list("pk", "reference"))
    return [names[key] for _, key in found.entries]


def test_everything_is_listed_once_under_its_indicator_in_the_plans_order(plan):
    found = listed(plan)
    assert references(found) == ["A1", "A2", "A3", "A4", "A5"]
    assert [(heading, size, len(rows)) for heading, size, rows in found.groups(found.entries)] == [
        ("1.1 Quality of 1.1", 2, 2),
        ("5.2 Quality of 5.2", 3, 3),
    ]


def test_the_counts_are_those_of_what_is_shown(plan):
    found = listed(plan)
    assert (found.total, found.shown, found.open, found.overdue) == (5, 5, 3, 2)
    assert {s: n for s, n in found.statuses if n} == {
        Status.ON_TRACK: 1,
        Status.NOT_STARTED: 1,
        Status.COMPLETE: 1,
        Status.DONE: 1,
        Status.WITHDRAWN: 1,
    }
    assert [status for status, _ in found.statuses] == list(Status)
    some = listed(plan, status="open")
    assert (some.total, some.shown, some.open, some.overdue) == (5, 3, 3, 2)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"status": "open"}, ["A1", "A2", "A4"]),
        ({"status": "overdue"}, ["A1", "A4"]),
        ({"status": "complete"}, ["A3"]),
        ({"status": "superseded"}, []),
        ({"indicator": "1.1"}, ["A1", "A2"]),
        ({"message": 1}, ["A1", "A2"]),
        ({"message": 2}, ["A1", "A3", "A5"]),
        ({"message": 2, "status": "open"}, ["A1"]),
        ({"indicator": "5.2", "message": 1}, []),
    ],
)
def test_filters_keep_what_meets_all_of_them(plan, wanted, expected):
    assert references(listed(plan, **wanted)) == expected


def test_a_post_is_found_as_lead_and_as_supporter(plan):
    zoe, abe = (Post.objects.get(title=title).pk for title in ("Zoe’s post", "abe’s post"))
    assert references(listed(plan, post=zoe)) == ["A1", "A3", "A5"]
    assert references(listed(plan, post=abe)) == ["A2", "A3", "A4"]


def groups(found):
    return [
        (heading, [row.reference for row in rows])
        for heading, _, rows in found.groups(found.entries)
    ]


def test_by_key_message_an_action_stands_under_each_of_its_messages(plan):
    found = listed(plan, by="message")
    assert groups(found) == [
        ("KM1", ["A1", "A2"]),
        ("KM2", ["A1", "A3", "A5"]),
        ("No key message", ["A4"]),
    ]
    assert (found.shown, len(found.entries)) == (5, 6)


def test_by_key_message_with_one_chosen_there_is_one_group(plan):
    assert groups(listed(plan, by="message", message=2)) == [("KM2", ["A1", "A3", "A5"])]


def test_by_status_the_groups_stand_in_the_order_of_the_key(plan):
    assert [heading for heading, _ in groups(listed(plan, by="status"))] == [
        "Not started",
        "In progress: on track",
        "Done, awaiting verification",
        "Complete (verified)",
        "Withdrawn",
    ]


def test_by_post_the_groups_are_the_leads_in_the_order_of_a_dictionary(plan):
    assert groups(listed(plan, by="post")) == [
        ("abe’s post", ["A2", "A3", "A4"]),
        ("Zoe’s post", ["A1", "A5"]),
    ]


def test_a_page_says_how_large_its_groups_are_in_all(plan):
    found = listed(plan, by="indicator")
    part = [
        (heading, size, [row.reference for row in rows])
        for heading, size, rows in found.groups(found.entries[1:3])
    ]
    assert part == [("1.1 Quality of 1.1", 2, ["A2"]), ("5.2 Quality of 5.2", 3, ["A3"])]


def test_an_empty_plan_lists_nothing():
    plan = factories.plan(factories.area())
    found = listing(Action.objects.filter(plan=plan), [], {}, [], [], on=ON)
    assert (found.total, found.shown, found.entries, found.groups([])) == (0, 0, [], [])


def test_a_key_message_of_another_inspection_is_named_with_it_and_stands_for_no_other(plan):
    other = factories.inspection(plan.area, title="A later look")
    theirs = factories.key_message(other, 1)
    factories.action(plan, reference="A6", sequence=6, key_messages=(theirs,))
    both = plan.actions.get(reference="A3")
    both.key_messages.add(theirs, through_defaults={"area": plan.area})
    assert groups(listed(plan, by="message")) == [
        ("KM1", ["A1", "A2"]),
        ("KM2", ["A1", "A3", "A5"]),
        ("KM1 of “A later look”", ["A3", "A6"]),
        ("No key message", ["A4"]),
    ]
    assert references(listed(plan, message=1)) == ["A1", "A2"]
    rows = listed(plan).groups(listed(plan).entries)[1][2]
    assert {row.reference: row.message_names for row in rows} == {
        "A3": ["KM2", "KM1 of “A later look”"],
        "A4": [],
        "A5": ["KM2"],
        "A6": ["KM1 of “A later look”"],
    }
