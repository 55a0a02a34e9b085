"""A plan's actions as a list: filters, groups, counts, and pages."""

from datetime import date
from urllib.parse import urlencode

import pytest
from django.http import QueryDict

from management.models import Post
from plans.forms.lists import PlanFilter
from plans.lines import Reader, line, linked
from plans.listing import listing
from plans.models import Action, KeyMessage, KeyMessageLink, Support
from plans.querysets import choices, links_of
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


def listed(plan, **asked):
    """As the plan's page lists it."""
    actions = Action.objects.filter(plan=plan)
    offered = choices(
        post=Post.objects.in_area(plan.area),
        indicator=actions,
        message=KeyMessage.objects.filter(inspection=plan.inspection_id),
    )
    form = PlanFilter(QueryDict(urlencode(asked, doseq=True)), offered)
    assert not form.errors
    by = form.cleaned_data["by"] or "indicator"
    return listing(actions, form.wanted(), by, inspection=plan.inspection_id, on=ON)


def everything(found):
    return found[0 : found.count()]


def references(found):
    return [row["reference"] for _, _, rows in everything(found) for row in rows]


def test_everything_is_listed_once_under_its_indicator_in_the_plans_order(plan):
    found = listed(plan)
    assert references(found) == ["A1", "A2", "A3", "A4", "A5"]
    assert [(heading, size, len(rows)) for heading, size, rows in everything(found)] == [
        ("1.1 Quality of 1.1", 2, 2),
        ("5.2 Quality of 5.2", 3, 3),
    ]


def test_the_counts_are_those_of_what_is_shown(plan):
    found = listed(plan)
    counts = found.counts
    assert (counts.shown, counts.open, counts.overdue) == (5, 3, 2)
    assert {s: n for s, n in counts.statuses if n} == {
        Status.ON_TRACK: 1,
        Status.NOT_STARTED: 1,
        Status.COMPLETE: 1,
        Status.DONE: 1,
        Status.WITHDRAWN: 1,
    }
    assert [status for status, _ in counts.statuses] == list(Status)
    some = listed(plan, status="open").counts
    assert (some.shown, some.open, some.overdue) == (3, 3, 2)


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
    assert references(listed(plan, post=[zoe, abe])) == ["A1", "A2", "A3", "A4", "A5"]


def groups(found):
    return [(heading, [row["reference"] for row in rows]) for heading, _, rows in everything(found)]


def test_by_key_message_an_action_stands_under_each_of_its_messages(plan):
    found = listed(plan, by="message")
    assert groups(found) == [
        ("KM1", ["A1", "A2"]),
        ("KM2", ["A1", "A3", "A5"]),
        ("No key message", ["A4"]),
    ]
    assert (found.counts.shown, found.count()) == (5, 6)


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
        (heading, size, [row["reference"] for row in rows]) for heading, size, rows in found[1:3]
    ]
    assert part == [("1.1 Quality of 1.1", 2, ["A2"]), ("5.2 Quality of 5.2", 3, ["A3"])]


def test_an_empty_plan_lists_nothing():
    plan = factories.plan(factories.area())
    found = listed(plan)
    assert (found.counts.shown, found.count(), found[0:100]) == (0, 0, [])


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
    lines = [line(row, Reader(ON)) for row in everything(listed(plan))[1][2]]
    keys = [int(one.key) for one in lines]
    linked(lines, links_of(Support.objects.all(), KeyMessageLink.objects.all(), keys))
    assert {one.name.split(",")[0]: one.messages for one in lines} == {
        "A3": ["KM2", "KM1 of “A later look”"],
        "A4": [],
        "A5": ["KM2"],
        "A6": ["KM1 of “A later look”"],
    }


def test_in_each_group_the_rows_stand_as_the_address_says_and_pages_follow_on(plan):
    factories.update(plan.actions.get(reference="A2"), on=date(2020, 1, 2))
    factories.update(plan.actions.get(reference="A5"), on=date(2020, 1, 3))
    assert groups(listed(plan, sort="-reference"))[0] == ("1.1 Quality of 1.1", ["A2", "A1"])
    assert groups(listed(plan, sort="updated"))[1] == ("5.2 Quality of 5.2", ["A5", "A3", "A4"])
    assert references(listed(plan, by="status", sort="-due"))[:2] == ["A2", "A1"]
    found = listed(plan, by="message", sort="-reference")
    pages = [found[start : start + 2] for start in range(0, 6, 2)]
    whole = [row["reference"] for page in pages for _, _, rows in page for row in rows]
    assert whole == references(found) == ["A2", "A1", "A5", "A3", "A1", "A4"]


def test_words_are_looked_for_in_the_action_the_evidence_and_the_last_update(plan):
    one, two, three = plan.actions.order_by("sequence")[:3]
    Action.objects.filter(pk=one.pk).update(text="Begin unpaid work in 7 days")
    Action.objects.filter(pk=two.pk).update(evidence_expected="100% of unpaid work logs")
    factories.update(three, text="Unpaid work was discussed", on=date(2020, 1, 2))
    factories.update(three, text="A new supervisor is in post", on=date(2020, 1, 3))
    assert references(listed(plan, q="UNPAID work")) == ["A1", "A2"]
    assert references(listed(plan, q="supervisor")) == ["A3"]
    assert references(listed(plan, q="0%")) == ["A2"]
    assert references(listed(plan, q="a3")) == ["A3"]
    assert references(listed(plan, q="_")) == []
