"""Digests, calendar feeds and hand-overs: who is told what, when, and never twice."""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from icalendar import Calendar

from management import clock
from management.access import Role
from management.jobs import send_messages
from management.models import AuditEvent, Holding, Message, User
from plans import jobs
from plans.models import Action, Digest, Feed, HandOver
from plans.services import digests, feeds
from plans.statuses import Status
from tests import factories
from tests.pages import Page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
MONDAY = date(2020, 1, 13)


@pytest.fixture
def area():
    return factories.area("Ardmore", slug="ardmore")


@pytest.fixture
def plan(area):
    return factories.plan(area)


@pytest.fixture
def manager(area):
    return factories.user(area, Role.SERVICE_MANAGER, email="manager@example.org")


@pytest.fixture
def mine(area, manager):
    post = factories.post(area, "Unpaid Work Manager")
    factories.holding(post, manager)
    return post


def on(day):
    """The jobs of that day; what goes out is in mail.outbox."""
    with clock.hold(day):
        said = jobs.remind()
        send_messages()
    return said


# --- digests ---------------------------------------------------------------------------------


def test_a_digest_tells_of_my_posts_what_is_late_and_next_and_nothing_of_others(
    area, plan, manager, mine
):
    draft = factories.plan(area, state="draft")
    late = factories.action(plan, lead=mine, reference="L1", due=date(2019, 12, 31))
    factories.action(
        plan, lead=factories.post(area), supporting=(mine,), reference="S1", due=date(2020, 1, 20)
    )
    for wrong in (
        {"reference": "FAR", "due": date(2020, 3, 1)},
        {"reference": "SHUT", "due": date(2019, 12, 1), "status": Status.COMPLETE},
    ):
        factories.action(plan, lead=mine, **wrong)
    factories.action(draft, lead=mine, reference="DRAFT", due=date(2019, 12, 1))
    factories.action(plan, reference="OTHER", due=date(2019, 12, 1))
    factories.task(late, text="Ask the partner", due=date(2020, 1, 6))
    factories.task(late, text="Asked before", due=date(2020, 1, 6), done_on=date(2020, 1, 6))
    factories.digest(area, manager)

    assert on(MONDAY) == "made 0, messages 0, hand-overs 0, digests 1"
    (message,) = mail.outbox
    assert message.subject == "Throughline: Your actions this week: 1 overdue, 1 due soon"
    assert message.to == ["manager@example.org"]
    for said in ("L1 Do thing", "Due on 31 December 2019", "S1 Do thing", "Ask the partner"):
        assert said in message.body
    for unsaid in ("FAR", "SHUT", "DRAFT", "OTHER", "Asked before", "waiting"):
        assert unsaid not in message.body
    assert message.alternatives


def test_a_digest_comes_once_a_week_on_its_day_or_the_first_day_that_work_goes_on(
    area, plan, manager, mine
):
    factories.action(plan, lead=mine, due=date(2019, 12, 31))
    factories.digest(area, manager, day=Digest.Day.TUESDAY)
    days = [MONDAY + timedelta(days=n) for n in (0, 3, 3, 4, 7, 8, 9)]
    sent = []
    for day in days:
        before = len(mail.outbox)
        on(day)
        sent += [day] * (len(mail.outbox) - before)
    assert sent == [MONDAY + timedelta(days=3), MONDAY + timedelta(days=8)]


def test_nothing_to_tell_is_no_message_and_a_choice_after_its_day_begins_next_week(
    area, plan, manager, mine
):
    factories.digest(area, manager)
    on(MONDAY)
    assert mail.outbox == []
    factories.action(plan, lead=mine, due=date(2019, 12, 31))
    Digest.objects.update(chosen_on=MONDAY + timedelta(days=1))
    on(MONDAY + timedelta(days=2))
    assert mail.outbox == []
    on(MONDAY + timedelta(days=7))
    assert len(mail.outbox) == 1


def test_what_comes_up_after_the_day_of_a_digest_waits_for_its_next_day(area, plan, manager, mine):
    factories.digest(area, manager)
    on(MONDAY)
    factories.action(plan, lead=mine, due=date(2019, 12, 31))
    on(MONDAY + timedelta(days=3))
    assert mail.outbox == []
    assert (Digest.objects.get().version, Digest.objects.get().handled_on) == (1, MONDAY)
    on(MONDAY + timedelta(days=7))
    assert len(mail.outbox) == 1


def test_what_waits_is_told_to_those_who_decide_upon_it(area, plan, manager):
    head = factories.user(area, Role.HEAD_OF_SERVICE, email="head@example.org")
    done = factories.action(plan, reference="DONE1", status=Status.DONE)
    asked = factories.action(plan, reference="ASKED1")
    factories.date_request(asked, by="Somebody", new=date(2020, 6, 30))
    factories.date_request(done, by="Head", author=head, reason="My own")
    answered = factories.date_request(asked, by="Answered", new=date(2020, 7, 31))
    factories.date_answer(answered)
    factories.plan(area, title="Next plan", state="draft", actions=1)
    factories.plan(area, title="Empty plan", state="draft")
    for person in (head, manager):
        factories.digest(area, person)
    on(MONDAY)
    (message,) = mail.outbox
    assert message.to == ["head@example.org"]
    assert message.subject.endswith("0 overdue, 0 due soon, 3 waiting for you")
    for said in ("DONE1", "Somebody asks for 30 June 2020", "Next plan"):
        assert said in message.body
    for unsaid in ("31 July", "Empty plan", "Head asks"):
        assert unsaid not in message.body


def test_home_my_actions_digest_and_calendar_tell_of_the_same(client, area, plan):
    """Of tasks: those of the post, and of the lead where a task has none. Of what is done: what
    this person can verify. And nothing of a plan that is closed."""
    head = factories.user(area, Role.HEAD_OF_SERVICE, email="head@example.org")
    mine, post = factories.post(area), factories.post(area)
    factories.holding(mine, head)
    due, closed = date(2020, 1, 14), factories.plan(area, state="closed")
    led = factories.action(plan, reference="LED1", lead=mine)
    supported = factories.action(plan, reference="SUP1", lead=post, supporting=(mine,))
    factories.task(led, text="Leads it", due=due)
    factories.task(led, text="Another post does it", post=post, due=due)
    factories.task(supported, text="Its lead does it", due=due)
    factories.task(supported, text="My post does it", post=mine, due=due)
    theirs = factories.action(plan, reference="DONE1", lead=post, status=Status.DONE)
    reported = factories.action(plan, reference="DONE2", lead=post, status=Status.DONE)
    factories.update(reported, status=Status.DONE, author=head)
    left = factories.action(closed, reference="LEFT1", lead=mine, due=due)
    factories.task(left, text="Left over", due=due)
    factories.action(closed, reference="DONE3", lead=post, status=Status.DONE)
    factories.date_request(left, by="Nobody waits")
    factories.digest(area, head)
    on(MONDAY + timedelta(days=2))

    client.force_login(head)
    page = Page(client.post(reverse("feed_renew", args=[area.slug]), follow=True))
    address = page.main.find(".//code").text
    days = {str(event["summary"]).partition(" due: ")[0] for event in read(client, address)}
    assert days >= {"LED1", "SUP1", "LED1: Leads it", "SUP1: My post does it"}
    told = [
        mail.outbox[0].body,
        Page(client.get(reverse("my_actions", args=[area.slug]))).text,
    ]
    for text in told:
        for said in ("Leads it", "My post does it", "DONE1"):
            assert said in text
    for text in (*told, str(days)):
        for unsaid in ("Another post", "Its lead", "Left over", "LEFT1", "DONE2", "DONE3", "Nobod"):
            assert unsaid not in text
    home = Page(client.get(reverse("area", args=[area.slug])))
    assert "1 action waits to be verified: DONE1 of Plan" in home.text
    assert "new due date" not in home.text
    assert reverse("action_verify", args=[area.slug, theirs.pk]) in home.links


def test_tasks_that_are_due_soon_are_told_with_what_is_due_soon(area, plan, manager, mine):
    factories.task(factories.action(plan, lead=mine), text="Ask", due=MONDAY + timedelta(days=9))
    digest = factories.digest(area, manager, overdue=True, due_soon=False, waiting=True)
    on(MONDAY)
    assert mail.outbox == []
    Digest.objects.filter(pk=digest.pk).update(due_soon=True)
    on(MONDAY + timedelta(days=7))
    assert "Tasks due in the next 14 days" in mail.outbox[0].body and "Ask" in mail.outbox[0].body


def test_of_many_that_wait_to_be_verified_a_digest_names_ten_and_counts_all(area, plan):
    factories.digest(area, factories.user(area, Role.HEAD_OF_SERVICE, email="head@example.org"))
    for number in range(12):
        factories.action(plan, reference=f"D{number:02}", status=Status.DONE)
    on(MONDAY)
    (message,) = mail.outbox
    assert "12 waiting for you" in message.subject
    assert "These are 10 of 12, the longest waiting first." in message.body


def test_whoever_has_left_is_told_nothing(area, plan, manager, mine):
    factories.action(plan, lead=mine, due=date(2019, 12, 31))
    factories.digest(area, manager)
    User.objects.filter(pk=manager.pk).update(is_active=False)
    on(MONDAY)
    assert not Message.objects.exists()


def test_what_people_wrote_stays_text_in_the_message(area, plan, manager, mine):
    factories.action(plan, lead=mine, text="<b>Bold</b> & {{ 7 }}", due=date(2019, 12, 31))
    factories.digest(area, manager)
    on(MONDAY)
    assert "<b>Bold</b> & {{ 7 }}" in mail.outbox[0].body
    assert "<b>Bold" not in mail.outbox[0].alternatives[0][0]


@pytest.mark.parametrize(
    ("role", "page", "route"),
    [
        (Role.BOARD_MEMBER, "area", "keeping_up"),
        (Role.SERVICE_MANAGER, "my_actions", "keeping_up"),
        (Role.SERVICE_MANAGER, "plans", "hand_overs"),
        (Role.ADMINISTRATOR, "people", "hand_overs"),
    ],
)
def test_the_way_to_it_stands_where_people_are(client, area, role, page, route):
    client.force_login(factories.user(area, role))
    shown = Page(client.get(reverse(page, args=[area.slug])))
    links = set(shown.tree.xpath("//a/@href")) if page == "area" else shown.links
    assert reverse(route, args=[area.slug]) in links


def test_a_person_chooses_their_own_digest_and_a_stale_choice_is_shown(client, area, manager):
    client.force_login(manager)
    url = reverse("keeping_up", args=[area.slug])
    page = Page(client.get(url))
    assert "You have no address yet." in page.text
    empty = {"day": "0", "version": "0"}
    assert Page(client.post(url, empty)).errors == {
        "What is overdue, with overdue tasks": [
            "Tick at least one thing to be told of, or choose “Never”."
        ]
    }
    assert client.post(url, {**empty, "overdue": "on"}).status_code == 302
    digest = Digest.objects.get()
    assert (digest.user, digest.day, digest.overdue, digest.waiting) == (manager, 0, True, False)
    stale = client.post(url, {**empty, "waiting": "on"})
    assert stale.status_code == 409
    assert Digest.objects.get().waiting is False
    event = AuditEvent.objects.filter(table_name="plans_digest").latest("pk")
    assert (event.actor_name, event.verb) == (manager.name, "choose digest")


def test_nobody_chooses_for_somebody_else(area, manager):
    other = factories.user(area, Role.ADMINISTRATOR)
    facts = {"version": 0, "day": 0, "due_soon": True, "overdue": True, "waiting": True}
    with pytest.raises(PermissionDenied):
        digests.choose_digest(by=other, user=manager, area=area, **facts)
    with pytest.raises(PermissionDenied):
        feeds.renew_feed(by=factories.user(area, Role.SERVICE_MANAGER), user=manager, area=area)
    with pytest.raises(PermissionDenied):
        feeds.revoke_feed(by=other, user=manager, area=area)


# --- the calendar ----------------------------------------------------------------------------


def read(client, address):
    response = client.get(address)
    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    return list(Calendar.from_ical(response.content).walk("VEVENT"))


@pytest.fixture
def address(client, area, manager):
    """Where the manager's calendar is, as the page shows it once."""
    client.force_login(manager)
    page = Page(client.post(reverse("feed_renew", args=[area.slug]), follow=True))
    (code,) = page.main.findall(".//code")
    client.logout()
    return code.text


def test_the_calendar_has_my_open_dates_as_whole_days(
    client, area, plan, manager, mine, address, settings
):
    action = factories.action(
        plan, lead=mine, reference="A1", text="Say “no”; =1+1, \\n", due=date(2020, 3, 31)
    )
    factories.action(plan, lead=mine, reference="NODATE", original_due=None)
    factories.action(plan, reference="OTHER")
    factories.action(plan, lead=mine, reference="SHUT", status=Status.WITHDRAWN)
    factories.task(action, text="Ask", due=date(2020, 2, 1))
    events = read(client, address)
    assert [(str(e["summary"]), e.decoded("dtstart")) for e in events] == [
        ("A1 due: Say “no”; =1+1, \\n", date(2020, 3, 31)),
        ("A1: Ask", date(2020, 2, 1)),
    ]
    assert "Say “no”; =1+1, \\n" in str(events[0]["description"])
    assert events[0]["uid"].startswith(f"action-{action.pk}@")
    assert str(events[0]["url"]) == f"http://testserver/areas/ardmore/actions/{action.pk}/"
    name = str(events[0]["uid"])
    settings.SITE_URL = "https://throughline.example"
    there = f"https://throughline.example/areas/ardmore/actions/{action.pk}/"
    assert [str(event["url"]) for event in read(client, address)] == [there, there]
    assert name == f"action-{action.pk}@throughline"
    Action.objects.filter(pk=action.pk).update(text="word " * 100)
    summary = str(read(client, address)[0]["summary"])
    assert summary.startswith("A1 due: word word") and summary.endswith("word…")
    assert len(summary) < 180


def test_a_new_address_is_shown_once_and_another_load_of_its_page_makes_none(client, area, manager):
    client.force_login(manager)
    here = reverse("keeping_up", args=[area.slug])
    assert client.post(reverse("feed_renew", args=[area.slug]))["Location"] == here
    client.head(here)  # which nobody reads
    page = Page(client.get(here))
    assert "Copy it now: it is shown only once." in page.text
    address = page.main.find(".//code").text
    again = Page(client.get(here))
    assert again.main.find(".//code") is None and "It was shown once" in again.text
    assert client.get(address).status_code == 200


def test_only_the_secret_opens_it_and_only_its_hash_is_kept(client, area, address):
    secret = address.split("/")[-2]
    assert len(secret) >= 43
    assert secret not in str(list(Feed.objects.values()))
    assert not AuditEvent.objects.filter(new__contains=secret).exists()
    assert client.get(address.replace(secret, secret[:-1] + "_")).status_code == 404
    other = factories.area(slug="other")
    assert client.get(address.replace(area.slug, other.slug)).status_code == 404


@pytest.mark.parametrize("how", ["new address", "ended", "left", "no role"])
def test_an_address_that_ended_shows_nothing(client, area, manager, address, how):
    if how in {"new address", "ended"}:
        client.force_login(manager)
        route = "feed_renew" if how == "new address" else "feed_revoke"
        client.post(reverse(route, args=[area.slug]))
        client.logout()
    elif how == "left":
        User.objects.filter(pk=manager.pk).update(is_active=False)
    else:
        manager.memberships.update(role=Role.BOARD_MEMBER)
    assert client.get(address).status_code == 404


# --- hand-overs ------------------------------------------------------------------------------


def test_the_new_holder_of_a_post_is_told_once_what_is_open(area, plan, manager, mine):
    factories.action(plan, lead=mine, reference="OPEN1", due=date(2019, 12, 31))
    factories.action(plan, lead=mine, reference="SHUT1", status=Status.COMPLETE)
    newcomer = factories.user(area, Role.SERVICE_MANAGER, email="new@example.org")
    Holding.objects.update(end=MONDAY - timedelta(days=1))
    factories.holding(mine, newcomer, start=MONDAY)
    on(MONDAY - timedelta(days=1))
    assert not HandOver.objects.exists()
    assert on(MONDAY + timedelta(days=1)) == "made 0, messages 0, hand-overs 1, digests 0"
    on(MONDAY + timedelta(days=2))
    (message,) = mail.outbox
    assert message.to == ["new@example.org"]
    assert message.subject == "Throughline: You now hold the post Unpaid Work Manager"
    assert f"after {manager.name}" in message.body
    assert "OPEN1" in message.body and "SHUT1" not in message.body
    hand_over = HandOver.objects.get()
    assert (hand_over.on, hand_over.old, hand_over.new) == (MONDAY, manager, newcomer)
    assert [row.text for row in hand_over.open_actions.all()] == [
        "Not started; due 31 December 2019"
    ]


def test_the_tasks_of_a_post_are_handed_over_with_it(area, plan, manager, mine):
    own = factories.action(plan, lead=mine, reference="OWN1", due=None, original_due=None)
    other = factories.action(plan, reference="OTHER1")
    shut = factories.action(plan, reference="SHUT1", status=Status.COMPLETE)
    factories.task(own, post=mine, text="Hire")
    factories.task(other, post=mine, text="Book a room", due=date(2020, 2, 1))
    factories.task(other, post=mine, text="Ask", done_on=date(2020, 1, 6))
    factories.task(other, text="Of the lead")
    factories.task(shut, post=mine, text="Too late")
    newcomer = factories.user(area, Role.SERVICE_MANAGER, email="new@example.org")
    Holding.objects.update(end=MONDAY - timedelta(days=1))
    factories.holding(mine, newcomer, start=MONDAY)
    on(MONDAY)
    handed = HandOver.objects.get().open_actions.order_by("pk")
    assert [(row.action.reference, row.text) for row in handed] == [
        ("OWN1", "Not started; no due date\nTask: Hire; no due date"),
        ("OTHER1", "Task: Book a room; due 1 February 2020"),
    ]
    (message,) = mail.outbox
    for said in (
        "2 tasks of it are open:",
        "Hire, of action OWN1",
        "Book a room, of action OTHER1",
    ):
        assert said in message.body
    for unsaid in ("Ask", "Of the lead", "Too late"):
        assert unsaid not in message.body


def test_who_goes_on_holding_a_post_is_told_nothing(area, plan, manager, mine):
    """A renewal, and somebody who comes to share the post meanwhile changes nothing of it."""
    factories.action(plan, lead=mine)
    other = factories.user(area, Role.SERVICE_MANAGER)
    Holding.objects.update(end=MONDAY - timedelta(days=1))
    factories.holding(mine, manager, start=MONDAY)
    factories.holding(mine, other, start=MONDAY - timedelta(days=60))
    on(MONDAY)
    assert mail.outbox == [] and not HandOver.objects.exists()
    # After a gap in which nobody else came, too.
    Holding.objects.filter(user=other).delete()
    Holding.objects.filter(end=MONDAY - timedelta(days=1)).update(end=MONDAY - timedelta(days=30))
    on(MONDAY)
    assert not HandOver.objects.exists()


def test_a_post_taken_up_long_ago_is_no_news(area, plan, mine):
    factories.action(plan, lead=mine)
    on(MONDAY)
    assert not HandOver.objects.exists()


def test_a_post_without_open_actions_is_recorded_and_tells_nobody(client, area, manager):
    post = factories.post(area, "Team Manager")
    factories.holding(post, manager, start=MONDAY)
    on(MONDAY)
    assert mail.outbox == []
    client.force_login(manager)
    page = Page(client.get(reverse("hand_overs", args=[area.slug])))
    assert "1 hand-over, newest first." in page.text
    assert "Nobody held it" in page.text
    page = Page(client.get(reverse("hand_over", args=[area.slug, HandOver.objects.get().pk])))
    assert "Nothing of the post was open." in page.text


def test_the_page_of_a_hand_over_says_how_it_stood_and_stands(client, area, plan, manager, mine):
    action = factories.action(plan, lead=mine, reference="A1", status=Status.DONE)
    handed = factories.hand_over(mine, manager, on=MONDAY)
    factories.handed_over(handed, action, "Not started; due 31 March 2020")
    client.force_login(manager)
    page = Page(client.get(reverse("hand_over", args=[area.slug, handed.pk])))
    for said in (
        "1 action of the post, or with a task of it, was open.",
        "Not started; due 31 March 2020",
    ):
        assert said in page.text
    assert "Done, awaiting verification" in page.text


def test_a_post_just_given_is_not_said_to_have_stayed_where_it_was(client, area, manager, mine):
    client.force_login(manager)
    page = Page(client.get(reverse("hand_overs", args=[area.slug])))
    assert "No post is recorded as having come to another holder." in page.text
    assert "within a quarter of an hour" in page.text


def test_hand_overs_are_cards_on_a_small_screen(client, area, plan, manager, mine):
    """A scrolling box round the table would push the page sideways on a phone."""
    handed = factories.hand_over(mine, manager, on=MONDAY)
    factories.handed_over(handed, factories.action(plan, lead=mine), "Not started")
    client.force_login(manager)
    for name, place in (("hand_overs", []), ("hand_over", [handed.pk])):
        page = Page(client.get(reverse(name, args=[area.slug, *place])))
        table = page.main.findall(".//table")[0]
        assert {"ds_table", "tl_cards"} <= table.classes
        assert all(cell.get("data-label") for cell in table.iterfind(".//td"))


def test_the_areas_own_word_stands_wherever_a_status_does(client, area, plan, manager, mine):
    factories.status_word(area, "Amber", status=Status.AT_RISK)
    action = factories.action(plan, lead=mine, status=Status.AT_RISK, due=date(2020, 1, 20))
    other = factories.action(plan, status=Status.ON_TRACK)
    factories.dependency(other, action)
    factories.date_change(action, old=date(2020, 3, 31), new=date(2020, 1, 20))
    Holding.objects.update(start=MONDAY)
    factories.digest(area, manager)
    on(MONDAY)
    assert len(mail.outbox) == 2
    moved = "20 January 2020, first 31 March 2020: moved once, 71 days earlier"
    for message in mail.outbox:
        assert "In progress: at risk (“Amber”)" in message.body
        assert moved in message.body
    client.force_login(manager)
    there = HandOver.objects.get().pk
    page = Page(client.get(reverse("hand_over", args=[area.slug, there])))
    assert moved in page.text
    pages = {"area": [], "hand_over": [HandOver.objects.get().pk], "action": [other.pk]}
    for name, place in pages.items():
        page = Page(client.get(reverse(name, args=[area.slug, *place])))
        assert "Amber In progress: at risk" in page.text
        assert "The words of Ardmore" in page.text
