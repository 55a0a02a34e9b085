"""All actions of an area: found by their address, sorted by link, a page at a time."""

import json
from datetime import date
from urllib.parse import parse_qsl

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from management.access import Role
from plans.states import PlanState
from plans.statuses import Status
from tests import factories
from tests.pages import AWKWARD, Page, statements, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def area():
    return factories.area("Angus")


@pytest.fixture
def lead(area, client):
    person = factories.user(area, Role.PERFORMANCE_LEAD)
    client.force_login(person)
    return person


@pytest.fixture
def visit(client, area):
    def open_page(**query):
        return Page(client.get(reverse("actions", args=[area.slug]), query))

    return open_page


def test_several_posts_make_the_view_of_a_team(client, lead, visit, rows, area):
    zoe, abe = rows["A1"].lead, rows["A2"].lead
    third = factories.action(rows["A1"].plan, reference="C1", lead=factories.post(area, "Third"))
    posts = [zoe.pk, abe.pk]
    page = visit(post=posts)
    assert "Post (lead or supporting): Zoe’s post or Abe’s post" in page.text
    assert "4 of 5 actions" in page.text and third.reference not in words(
        page.main.find(".//table")
    )
    chosen = page.main.xpath(".//select[@name='post']/option[@selected]/@value")
    assert chosen == [str(zoe.pk), str(abe.pk), ""]
    assert len(visit().main.xpath(".//select[@name='post']")) == 1
    again = client.get(reverse("actions", args=[area.slug]) + f"?{page.typed('query')}")
    assert "4 of 5 actions" in Page(again).text
    saved = {"page": "actions", "query": page.typed("query"), "name": "Team"}
    opened = client.post(reverse("saved_views", args=[area.slug]), saved).url
    assert opened.endswith(f"?post={zoe.pk}&post={abe.pk}")
    file = client.get(
        reverse("actions_file", args=[area.slug, "json"]) + "?" + opened.split("?")[1]
    )
    assert json.loads(b"".join(file))["shown"] == 4
    assert "Post (lead or supporting)" in visit(post=[zoe.pk, "x"]).errors


def test_more_words_than_are_looked_for_are_refused_at_their_field(lead, visit, rows):
    page = visit(q="one two three four five six seven")
    assert page.errors == {
        "Words": ["Give 6 words at most, those that matter. You gave 7; none was used."]
    }
    assert page.typed("q") == "one two three four five six seven"
    assert "4 actions" in page.text and "Words: one" not in page.text
    assert not visit(q="one two three four five six").errors


def test_a_last_day_before_the_first_is_refused_at_its_field(lead, visit, rows):
    page = visit(due_from="1 3 2020", due_to="29 2 2020")
    assert page.errors == {"Due to": ["Give 1 March 2020, which is “Due from”, or a later day."]}
    assert not visit(due_from="1 3 2020", due_to="1 3 2020").errors


@pytest.fixture
def rows(area):
    """Four actions of two plans, each with something of its own to be found by."""
    guide = factories.framework(("1.1", "5.2"))
    one, five = guide.indicators.all()
    found = factories.inspection(area, guide, title="The 2019 inspection")
    message = factories.key_message(found, 1)
    first = factories.plan(area, found, title="Alpha plan")
    second = factories.plan(area, title="Beta plan", state=PlanState.APPROVED)
    zoe, abe = factories.post(area, "Zoe’s post"), factories.post(area, "Abe’s post")
    made = {
        "A1": (first, one, zoe, (), (message,), Status.ON_TRACK, date(2019, 12, 31)),
        "A2": (first, five, abe, (zoe,), (), Status.COMPLETE, date(2020, 1, 31)),
        "B1": (second, five, abe, (), (), Status.DONE, date(2020, 3, 31)),
        "B2": (second, one, abe, (), (), Status.NOT_STARTED, None),
    }
    return {
        reference: factories.action(
            plan,
            reference=reference,
            sequence=number,
            text=f"Do {reference}",
            indicator=indicator,
            lead=lead,
            supporting=supporting,
            key_messages=messages,
            status=status,
            original_due=due,
        )
        for number, (
            reference,
            (plan, indicator, lead, supporting, messages, status, due),
        ) in enumerate(made.items())
    }


def shown(page):
    links = page.main.xpath(".//table[contains(@class,'tl_cards')]//tbody//th/a")
    return [link.text.split()[0] for link in links]


def test_each_filter_stands_in_the_address_in_the_form_and_above_the_list(lead, visit, rows):
    first = rows["A1"]
    queries = {
        "A1": {"q": "do a1"},
        "A2": {"status": "complete"},
        "A1 A2": {"plan": first.plan_id},
        "B2 B1": {"state": "approved"},
        "A2 A1": {"post": first.lead_id, "sort": "-due"},
        "A1 B2": {"indicator": first.indicator_id},
        "A1 ": {"message": first.key_messages.get().pk},
        "A2 B1": {"due_from": "2020-01-01", "due_to": "31 3 2020", "sort": "due"},
    }
    for expected, query in queries.items():
        page = visit(**query)
        assert shown(page) == expected.split(), query
        assert all(page.typed(name) == str(value) for name, value in query.items())
        assert f"{len(expected.split())} of 4 actions: " in page.text
    said = visit(post=first.lead_id, status="overdue", due_to="2020-03-31").text
    assert "Status: Overdue; Post (lead or supporting): Zoe’s post; Due to: 31 March 2020" in said


def test_what_needs_something_comes_first_and_the_counts_are_those_of_the_list(lead, visit, rows):
    page = visit()
    assert shown(page) == ["A1", "B2", "B1", "A2"]
    assert page.counts == {
        "open": 3,
        "overdue": 1,
        "Not started": 1,
        "In progress: on track": 1,
        "Done, awaiting verification": 1,
        "Complete (verified)": 1,
    }
    chosen = visit(status="open")
    assert chosen.counts["open"] == 3
    # The numbers lead to what they count, while they count by no status.
    assert not chosen.main.xpath(".//dl[contains(@class, 'tl_counts')]//a")
    page = visit(q="A", sort="due", page="1")
    links = page.main.xpath(".//dl[contains(@class, 'tl_counts')]//dt/a")
    assert {words(link) for link in links} == set(page.counts)
    for link in links:
        assert "q=A&sort=due&status=" in link.get("href") and "page=" not in link.get("href")
        query, _, place = link.get("href")[1:].partition("#")
        assert place == "found"
        assert len(shown(visit(**dict(parse_qsl(query))))) == page.counts[words(link)]
    assert "Complete (verified)" not in visit(status="open").counts


@pytest.mark.parametrize(
    ("sort", "ascending"),
    [
        ("reference", "A1 A2 B1 B2"),
        ("plan", "A1 A2 B1 B2"),
        ("due", "A1 A2 B1 B2"),
        ("status", "B2 A1 B1 A2"),
        ("lead", "A2 B1 B2 A1"),
        ("updated", "B1 A2 A1 B2"),
    ],
)
def test_each_column_sorts_both_ways_and_says_so(lead, visit, rows, sort, ascending):
    factories.update(rows["B1"], on=date(2020, 1, 2))
    factories.update(rows["A2"], on=date(2020, 1, 3))
    page = visit(sort=sort, status="")
    assert shown(page) == ascending.split()
    (head,) = page.main.xpath(".//th[@aria-sort='ascending']")
    assert head.find("a").get("href") == f"?sort=-{sort}#found"
    turned = visit(sort=f"-{sort}")
    (head,) = turned.main.xpath(".//th[@aria-sort='descending']")
    assert head.find("a").get("href") == f"?sort={sort}#found"
    assert shown(turned)[0] != shown(page)[0]
    assert len(turned.main.xpath(".//th[@aria-sort='none']")) == 5


def test_pages_hold_fifty_or_a_hundred_and_keep_what_was_chosen(lead, visit, area):
    factories.plan(area, actions=101)
    page = visit(status="open")
    assert (len(shown(page)), "(page 1 of 3)" in page.text) == (50, True)
    assert {"?status=open&page=2#found", "?status=open&per=100#found"} <= page.links
    assert len(shown(visit(per=100, page=2))) == 1
    assert len(shown(visit(per="1000000", page="x"))) == 50
    # The last page is the nearest to one that is not there.
    assert len(shown(visit(page=99))) == 1


@pytest.mark.parametrize(
    ("field", "label", "value"),
    [
        ("status", "Status", "finished"),
        ("plan", "Plan", "0"),
        ("post", "Post (lead or supporting)", "' OR 1=1"),
        ("indicator", "Quality indicator", "1.1"),
        ("message", "Key message", "-1"),
        ("state", "State of the plan", "lost"),
    ],
)
def test_an_unknown_choice_is_said_at_its_field_and_filters_nothing(
    lead, visit, rows, field, label, value
):
    page = visit(**{field: value, "sort": "colour"})
    assert page.status == 200
    assert page.errors == {label: [f"“{label}” has no “{value}” here. Choose one from the list."]}
    assert len(shown(page)) == 4 and "4 actions" in page.text


def test_a_plan_is_offered_with_its_state_in_words_and_a_post_by_whom_it_is_with(lead, area, visit):
    plan = factories.plan(area, title="The plan", state=PlanState.IN_PROGRESS)
    factories.post(area, "Chair", organisation="approved")
    page = visit(plan=plan.pk)
    assert page.main.xpath(".//select[@name='plan']/option[@selected]/text()") == [
        "The plan (In progress)"
    ]
    assert "Plan: The plan (In progress)" in page.text
    assert "Chair (approved)" in page.main.xpath(".//select[@name='post']/option/text()")


def test_a_list_of_one_plan_does_not_repeat_its_name(lead, visit, rows):
    def columns(page):
        return page.main.xpath(".//table[contains(@class, 'tl_cards')]/thead//a/text()")

    every, one = visit(), visit(plan=rows["A1"].plan_id)
    assert "Plan" in columns(every) and "Plan" not in columns(one)
    assert every.main.xpath(".//td[@data-label='Plan']")
    assert one.rows() and not one.main.xpath(".//td[@data-label='Plan']")


def test_a_date_that_cannot_be_read_is_said_and_filters_nothing(lead, visit, rows):
    page = visit(due_from="soon")
    assert list(page.errors) == ["Due from"] and len(shown(page)) == 4


def test_nothing_of_another_area_is_offered_or_found(lead, visit, rows):
    world = factories.world("Canary", "canary")
    page = visit(post=world.lead.pk, plan=world.plan.pk, message=world.key_message.pk)
    assert set(page.errors) == {"Post (lead or supporting)", "Plan", "Key message"}
    assert "Canary" not in page.source
    assert shown(visit(q="Canary")) == []


def test_messages_of_an_inspection_that_is_not_published_are_the_services_alone(
    client, area, visit, rows
):
    unknown = {"published_on": None, "plan_due_on": None}
    draft = factories.inspection(area, title="Confidential look", **unknown)
    factories.key_message(draft, 1)
    client.force_login(factories.user(area, Role.BOARD_MEMBER))
    assert "Confidential look" not in visit().source
    client.force_login(factories.user(area, Role.SERVICE_MANAGER))
    assert "KM1 of “Confidential look”" in visit().text


def test_only_what_a_person_may_update_can_be_ticked_or_has_a_link(client, area, visit, rows):
    def ticked(page):
        return sorted(int(box.get("value")) for box in page.main.xpath(".//input[@name='action']"))

    manager = factories.user(area, Role.SERVICE_MANAGER)
    factories.holding(rows["A1"].lead, manager)  # supports A2, which is complete
    factories.action(factories.plan(area, state=PlanState.DRAFT), lead=rows["A1"].lead)
    client.force_login(manager)
    page = visit()
    assert ticked(page) == [rows["A1"].pk]
    assert reverse("action_update", args=[area.slug, rows["A1"].pk]) in page.links
    assert reverse("action_update", args=[area.slug, rows["B1"].pk]) not in page.links
    client.force_login(factories.user(area, Role.PERFORMANCE_LEAD))
    assert ticked(visit()) == sorted(rows[name].pk for name in ("A1", "B1", "B2"))
    assert not visit().main.xpath(".//input[@checked]")
    assert len(visit(choose="all").main.xpath(".//input[@name='action'][@checked]")) == 3
    client.force_login(factories.user(area, Role.BOARD_MEMBER))
    page = visit()
    assert ticked(page) == [] and "Update" not in page.text


def test_an_areas_own_word_has_the_colour_beside_our_status(lead, area, visit, rows):
    factories.status_word(area, "Slipping", status=Status.ON_TRACK, colour="amber")
    page = visit(q="A1")
    assert page.rows()[0][4] == "Slipping In progress: on track"
    assert page.main.xpath(".//td/span[text()='Slipping']")[0].get("class").split() == [
        "ds_tag",
        "ds_tag--orange",
        "tl_word",
    ]
    assert "The words of Angus Slipping: In progress: on track" in page.text


def test_awkward_words_stay_words(lead, area, visit):
    plan = factories.plan(area, title=f"{AWKWARD} plan")
    factories.action(plan, text=AWKWARD, lead=factories.post(area, AWKWARD))
    page = visit(q="<b>=1")
    assert page.shows(AWKWARD) and len(shown(page)) == 1


def test_an_area_without_actions_says_where_they_come_from(lead, visit):
    assert "Angus has no actions yet. They are added to a plan." in visit().text


def test_a_list_costs_the_same_few_queries_whatever_its_size(client, area):
    manager = factories.user(area, Role.SERVICE_MANAGER)
    client.force_login(manager)
    counts = set()
    for size in (3, 60):
        plan = factories.plan(area, actions=size)
        post = plan.actions.first().lead
        factories.holding(post, manager)
        factories.saved_view(area, manager)
        cache.clear()  # so that the session, too, is read from the database
        query = {"q": "do thing", "status": "open", "post": post.pk, "sort": "updated"}
        with CaptureQueriesContext(connection) as asked:
            page = Page(client.get(reverse("actions", args=[area.slug]), query))
        assert len(shown(page)) == min(size, 50)
        counts.add(statements(asked))
    assert len(counts) == 1 and max(counts) <= 12, counts
