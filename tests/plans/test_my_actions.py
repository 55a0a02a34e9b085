"""My actions: what is listed, in which order, what is counted, and what else waits."""

from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from management.access import Role
from plans.models import SavedView
from plans.states import PlanState
from plans.statuses import Status
from tests import factories
from tests.pages import Page, statements, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
TODAY = date(2020, 1, 15)


def days(number):
    return TODAY + timedelta(days=number)


@pytest.fixture
def area():
    return factories.area("Angus")


@pytest.fixture
def manager(area, client):
    person = factories.user(area, Role.SERVICE_MANAGER, name="Morag Reid")
    client.force_login(person)
    return person


@pytest.fixture
def post(area, manager):
    """Held by the service manager today."""
    made = factories.post(area, "Unpaid Work Manager")
    factories.holding(made, manager)
    return made


@pytest.fixture
def visit(client, area):
    def open_page(**query):
        return Page(client.get(reverse("my_actions", args=[area.slug]), query))

    return open_page


@pytest.fixture
def plan(area):
    return factories.plan(area, title="The plan")


def listed(page):
    """The references in the order of the page."""
    found = page.main.find_class("tl_choosing")
    return [row.find("th/a").text.split()[0] for row in found[0].iterfind(".//tbody/tr")]


def test_late_comes_first_then_what_is_due_then_no_date_then_what_waits_for_others(
    visit, plan, post
):
    for reference, status, due in [
        ("done", Status.DONE, days(-90)),
        ("undated", Status.NOT_STARTED, None),
        ("later", Status.ON_TRACK, days(30)),
        ("soon", Status.ON_TRACK, days(3)),
        ("late", Status.OFF_TRACK, days(-1)),
        ("latest", Status.AT_RISK, days(-60)),
    ]:
        factories.action(plan, reference=reference, status=status, lead=post, original_due=due)
    page = visit()
    assert listed(page) == ["latest", "late", "soon", "later", "undated", "done"]
    rows = {row[1].split()[0]: row for row in page.rows()}
    assert rows["latest"][3] == "16 November 2019 Overdue by 60 days"
    assert rows["late"][3] == "14 January 2020 Overdue by 1 day"
    assert rows["soon"][2:] == [
        "The plan",
        "18 January 2020",
        "In progress: on track",
        "None yet",
        "Update soon, The plan",
    ]
    assert listed(visit(sort="-due"))[:2] == ["later", "soon"]


def test_a_date_that_moved_says_how_often_and_how_far_beside_it(visit, client, area, plan, post):
    def moved(reference, first, *dates):
        action = factories.action(plan, reference=reference, lead=post, original_due=first)
        for old, new in zip((first, *dates), dates, strict=False):
            factories.date_change(action, old=old, new=new)
        type(action).objects.filter(pk=action.pk).update(due=[first, *dates][-1])

    moved("never", days(20))
    moved("twice", days(30), days(60), days(121))
    moved("back", days(40), days(50), days(40))
    moved("given", None, days(50))
    moved("given-later", None, days(60), days(61))
    pages = [visit(), Page(client.get(reverse("plan", args=[area.slug, plan.pk])))]
    pages.append(Page(client.get(reverse("actions", args=[area.slug]))))
    for page in pages:
        rows = [words(row) for row in page.main.xpath(".//tbody/tr")]
        found = {n: row for n in ("never", "twice", "back", "given ") for row in rows if n in row}
        assert "First 14 February 2020, moved 2 times, 91 days later" in found["twice"]
        assert "moved 2 times, and back again" in found["back"]
        assert not any("moved" in found[name] for name in ("never", "given "))
        assert any("First 15 March 2020, moved once, 1 day later" in row for row in rows)


def test_it_lists_what_my_posts_lead_or_support_while_it_can_be_worked_on(
    visit, area, plan, post, manager
):
    other = factories.post(area)
    given_up = factories.post(area, "Once mine")
    factories.holding(given_up, manager, start=date(2019, 1, 1), end=days(-1))
    factories.action(plan, reference="leads", lead=post)
    factories.action(plan, reference="supports", lead=other, supporting=(post,))
    factories.action(plan, reference="theirs", lead=other)
    factories.action(plan, reference="before", lead=given_up)
    factories.action(plan, reference="complete", lead=post, status=Status.COMPLETE)
    for state in (PlanState.DRAFT, PlanState.CLOSED):
        factories.action(factories.plan(area, state=state), reference=state, lead=post)
    assert sorted(listed(visit())) == ["leads", "supports"]


def test_the_counts_on_top_lead_to_what_they_count(visit, plan, post):
    late = factories.action(plan, reference="late", lead=post, original_due=days(-2))
    factories.action(plan, reference="soon", lead=post, original_due=days(14))
    done = factories.action(plan, reference="done", lead=post, status=Status.DONE)
    quiet = factories.action(plan, reference="quiet", lead=post, added_on=days(-200))
    factories.update(quiet, on=days(-91))
    factories.update(late, on=days(-90))
    factories.update(done, on=days(-150))
    page = visit()
    for label, status, expected in [
        ("overdue", "overdue", ["late"]),
        ("due within 14 days", "due_soon", ["soon"]),
        ("without an update for 90 days", "quiet", ["soon", "quiet"]),
        ("done, waiting to be verified", "done", ["done"]),
    ]:
        assert page.counts[label] == len(expected)
        assert f"?status={status}#found" in page.links
        chosen = visit(status=status)
        assert listed(chosen) == expected
        assert f"{len(expected)} of 4 actions" in chosen.text
        assert chosen.counts == page.counts


def test_a_filter_that_nothing_meets_says_so_and_offers_everything(visit, plan, post):
    factories.action(plan, lead=post)
    page = visit(q="nothing like it")
    assert "Your one open action does not match what you chose. Show everything." in page.text


def test_tasks_of_my_posts_are_listed_when_they_are_due(visit, area, plan, post):
    mine = factories.action(plan, lead=post, reference="A1")
    theirs = factories.action(plan, reference="A2")
    factories.task(mine, text="Book the room", due=days(-1))
    factories.task(theirs, text="Write to the court", post=post, due=days(14))
    factories.task(mine, text="Much later", due=days(15))
    factories.task(mine, text="Of another post", post=factories.post(area), due=days(1))
    factories.task(theirs, text="Of another lead", due=days(1))
    factories.task(mine, text="Ready", due=days(1), done_on=days(-1), done_by="Somebody")
    page = visit()
    assert page.counts["tasks due, 1 overdue"] == 2
    assert "Book the room due 14 January 2020 (overdue), of A1, The plan" in page.text
    assert "Write to the court due 29 January 2020, of A2" in page.text
    assert not any(text in page.text for text in ("Much later", "Of another", "Ready"))


def test_what_waits_for_others_is_said_before_the_list(visit, area, plan, post):
    mine = factories.action(plan, lead=post, reference="A1")
    late = {"due": days(-46), "original_due": days(-46)}
    factories.dependency(mine, factories.action(plan, reference="B1", **late))
    done = factories.action(plan, reference="B2", status=Status.DONE, **late)
    factories.dependency(mine, done)
    factories.dependency(mine, factories.action(plan, reference="B4", **late))
    factories.dependency(mine, factories.action(plan, reference="B3", due=days(1)))
    factories.dependency(factories.action(plan, reference="C1"), mine)
    factories.date_request(mine, new=days(60), by="Callum Baird")
    factories.date_request(factories.action(plan, reference="C2"), new=days(61))
    text = visit().text
    assert "Waiting for others: 1 new date asked for, 1 action behind what is overdue" in text
    assert "A1, The plan: Callum Baird asked for 15 March 2020; nobody has answered yet" in text
    assert "A1, The plan waits for B1 (" in text and "overdue since 30 November 2019" in text
    assert not any(f"waits for {other}" in text for other in ("B2", "B3", "C1"))
    assert "16 March 2020" not in text


def test_without_a_post_it_names_nobody_who_cannot_give_one(visit, area, manager, plan):
    factories.user(area, Role.ADMINISTRATOR, name="Isla Keir")
    page = visit()
    said = "no action is yours. Posts are filled by whoever runs this service: ask them."
    assert said in page.text and "Isla Keir" not in page.source


def test_with_nothing_open_it_says_so(visit, post):
    assert "Nothing is open for your posts." in visit().text


def test_a_second_person_sees_what_waits_for_their_answer(client, visit, area, plan):
    head = factories.user(area, Role.HEAD_OF_SERVICE)
    client.force_login(head)
    done = factories.action(plan, reference="A7", text="Train them", status=Status.DONE)
    factories.update(done, status=Status.DONE, on=date(2020, 1, 9))
    asked = factories.action(plan, reference="A8")
    factories.date_request(asked, by="Morag Reid", new=date(2020, 6, 30), reason="Two posts vacant")
    factories.date_request(factories.action(plan), author=head)
    answered = factories.date_request(factories.action(plan))
    factories.date_answer(answered)
    draft = factories.plan(area, title="Next plan", state=PlanState.DRAFT, actions=1)
    factories.plan(area, title="Empty plan", state=PlanState.DRAFT)
    page = visit()
    assert page.counts == {
        "for me to verify": 1,
        "new date asked for": 1,
        "draft plan to approve": 1,
    }
    assert reverse("plan_approve", args=[area.slug, draft.pk]) in page.links
    assert "Empty plan" not in page.text
    assert "A7 Train them The plan, reported on 9 January 2020" in page.text
    assert reverse("action_verify", args=[area.slug, done.pk]) in page.links
    assert "A8, The plan: Morag Reid asks for 30 June 2020 Two posts vacant" in page.text


def test_of_many_that_wait_to_be_verified_ten_are_named_and_all_are_counted(client, visit, plan):
    client.force_login(factories.user(plan.area, Role.HEAD_OF_SERVICE))
    for _ in range(11):
        factories.action(plan, status=Status.DONE)
    page = visit()
    assert page.counts["for me to verify"] == 11
    assert "10 of 11 actions, the longest waiting first" in page.text


@pytest.mark.parametrize("role", [Role.SERVICE_MANAGER, Role.HEAD_OF_SERVICE])
def test_it_costs_the_same_few_queries_whatever_there_is(client, area, plan, role):
    person = factories.user(area, role)
    client.force_login(person)
    post = factories.post(area)
    factories.holding(post, person)
    factories.status_word(area, "Green")
    SavedView.objects.create(area=area, user=person, name="Late", page="my_actions")
    counts = set()
    for _ in range(2):
        for _ in range(5):
            row = factories.action(plan, lead=post, status=Status.DONE)
            factories.task(factories.action(plan, lead=post), due=TODAY)
            factories.date_request(factories.action(plan))
            factories.update(row)
        cache.clear()  # so that the session, too, is read from the database
        with CaptureQueriesContext(connection) as asked:
            page = Page(client.get(reverse("my_actions", args=[area.slug]), {"q": "do thing"}))
        assert page.rows()
        counts.add(statements(asked))
    assert len(counts) == 1 and max(counts) <= 12, counts
