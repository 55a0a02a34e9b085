"""Pages of a plan's life: what its page says, and the form of each step."""

from datetime import date

import pytest
from django.urls import resolve, reverse

from management.access import Role
from plans.models import Acceptance, Action, Plan, PlanMove, Residual
from plans.services.plans import mark_of
from plans.states import PlanState
from plans.statuses import Status
from tests import factories
from tests.access.routes import ROUTES
from tests.pages import AWKWARD, Page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
P, S = PlanState, Status
STEPS = ("plan_approve", "plan_submit", "plan_begin", "plan_close")


@pytest.fixture
def area():
    return factories.area("Angus")


@pytest.fixture
def sign_in(area, client):
    def become(role):
        person = factories.user(area, role, name="Morag Lennox")
        client.force_login(person)
        return person

    return become


@pytest.fixture
def head(sign_in):
    return sign_in(Role.HEAD_OF_SERVICE)


@pytest.fixture
def visit(client, area):
    """A page as it is opened, or the answer to its form as it stands with these changes."""

    def ask(name, plan, opened=None, **sent):
        url = reverse(name, args=[area.slug, plan.pk])
        if opened is None:
            return Page(client.get(url, follow=True))
        return Page(client.post(url, {**opened.form, **sent}, follow=True))

    return ask


@pytest.fixture
def plan(area):
    """A plan in that state whose one action the SMART check has something to say of."""

    def make(state=P.DRAFT, *, inspected=True, actions=1, **facts):
        out = {"published_on": date(2019, 12, 3), "plan_due_on": date(2020, 1, 14)}
        found = factories.inspection(area, **out) if inspected else None
        facts = {"title": "The plan", "agreed_on": date(2020, 1, 10), **facts}
        made = factories.plan(area, found, state=state, **facts)
        for number in range(1, actions + 1):
            factories.action(made, reference=f"A{number}", sequence=number, text=f"Do {number}")
        return made

    return make


def way(name, area, row):
    return reverse(name, args=[area.slug, row.pk])


def offered(page):
    """The steps that the page leads to, and the text of its one obvious button."""
    steps = {name for link in page.links if (name := route_of(link)) in STEPS}
    buttons = [
        link.text_content().strip()
        for link in page.main.find_class("ds_button")
        if link.tag == "a" and "ds_button--secondary" not in link.get("class")
    ]
    return steps, buttons


def route_of(link):
    return resolve(link.split("?")[0]).url_name if link.startswith("/") else ""


# --- the page of the plan -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "inspected", "role", "step", "button", "next_"),
    [
        (P.DRAFT, True, Role.HEAD_OF_SERVICE, "plan_approve", "Read and approve", "approved."),
        (P.DRAFT, True, Role.PERFORMANCE_LEAD, None, "Add an action", "By: Head of service."),
        (P.DRAFT, True, Role.BOARD_MEMBER, None, None, "By: Head of service."),
        (P.APPROVED, True, Role.PERFORMANCE_LEAD, "plan_submit", "Record that it was sent", "sent"),
        (P.APPROVED, True, Role.INSPECTOR, None, None, "By: Performance lead or head of service."),
        (P.APPROVED, False, Role.HEAD_OF_SERVICE, "plan_begin", "Say that work has begun", "Work"),
        (P.SUBMITTED, True, Role.PERFORMANCE_LEAD, "plan_begin", "Say that work has begun", "Work"),
        (P.IN_PROGRESS, True, Role.PERFORMANCE_LEAD, "plan_close", None, "a named body decides"),
        (P.CLOSED, True, Role.HEAD_OF_SERVICE, None, None, "decision"),
    ],
)
def test_a_plan_says_its_state_what_comes_next_and_offers_the_one_step_to_whoever_may(
    sign_in, visit, plan, state, inspected, role, step, button, next_
):
    sign_in(role)
    page = visit("plan", plan(state, inspected=inspected))
    assert next_ in page.text
    assert (f"State {state.label}." in page.text) == (state != P.DRAFT)
    assert offered(page) == ({step} - {None}, [button] if button else [])
    assert ("Draft. Still being written" in page.text) == (state == P.DRAFT)
    assert ("Next" in page.text) == (state != P.CLOSED)


def test_a_plan_without_actions_wants_its_first_one_and_one_without_open_ones_can_close(
    head, visit, plan
):
    assert offered(visit("plan", plan(actions=0))) == (set(), ["Add an action"])
    done = plan(P.IN_PROGRESS, title="Done")
    done.actions.update(status=S.COMPLETE)
    assert offered(visit("plan", done)) == ({"plan_close"}, ["Close the plan"])


def test_the_history_of_a_plan_names_who_when_and_by_whose_decision(head, visit, plan):
    made = plan(P.CLOSED, ends_on=date(2021, 3, 31), source="Board paper 7", illustrative=AWKWARD)
    factories.plan_move(made, text=AWKWARD, on=date(2020, 1, 6), by="Fiona Adair")
    said = {"decision": "HSCP Board, item 7", "on": date(2020, 1, 14), "by": "Morag Lennox"}
    factories.plan_move(made, old=P.IN_PROGRESS, new=P.CLOSED, **said)
    page = visit("plan", made)
    assert page.shows(AWKWARD)
    for words in (
        "Agreed on 10 January 2020, until 31 March 2021",
        "Board paper 7",
        "History of the plan: 2 steps",
        "14 January 2020, Morag Lennox Closed, before: in progress Decided by: HSCP Board, item 7",
        "6 January 2020, Fiona Adair Approved, before: draft",
    ):
        assert words in page.text, words
    none = visit("plan", plan(P.IN_PROGRESS, title="Old"))
    assert "It was begun before the steps of a plan were recorded here." in none.text


def test_among_its_facts_stands_when_it_was_sent_and_who_closed_it_by_which_decision(
    head, visit, plan
):
    made = plan(P.CLOSED)
    said = {"on": date(2020, 1, 12), "by": "Fiona Adair"}
    factories.plan_move(made, old=P.APPROVED, new=P.SUBMITTED, **said)
    said = {"decision": "HSCP Board, item 7", "on": date(2020, 1, 14), "by": "Ailsa Reid"}
    factories.plan_move(made, old=P.IN_PROGRESS, new=P.CLOSED, **said)
    facts = visit("plan", made).text.partition("Where the remaining work")[0]
    assert "Sent to the inspectorate 12 January 2020 Recorded by Fiona Adair." in facts
    assert "Closed 14 January 2020 by Ailsa Reid, decided by: HSCP Board, item 7" in facts
    open_ = visit("plan", plan(P.APPROVED, title="Other")).text
    assert "Sent to the inspectorate" not in open_ and "decided by:" not in open_


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (None, "14 January 2020: Not submitted: 1 day late."),
        (date(2020, 1, 12), "14 January 2020: Submitted on 12 January 2020, 2 days before the"),
        (date(2020, 1, 15), "14 January 2020: Submitted on 15 January 2020, 1 day late."),
    ],
)
def test_the_deadline_is_met_missed_or_to_come_and_by_which_plan(head, visit, plan, sent, said):
    made = plan(P.APPROVED)
    if sent:
        factories.plan_move(made, old=P.APPROVED, new=P.SUBMITTED, on=sent)
    assert f"Deadline at the inspectorate {said}" in visit("plan", made).text
    other = plan(title="Other plan")
    Plan.objects.filter(pk=other.pk).update(inspection=made.inspection)
    text = visit("plan", other).text
    # What another plan has met says nothing of this one; to whoever would send it, it does.
    assert ("Deadline" in text) == (sent is None) and "by the plan" not in text
    Plan.objects.filter(pk=other.pk).update(state=P.APPROVED)
    by = ", by the plan “The plan”." if sent else ""
    text = visit("plan_submit", other).text
    assert said.rstrip(".") in text and by in text
    assert "Deadline" not in visit("plan", plan(title="Third", inspected=False)).text


# --- the list -------------------------------------------------------------------------------------


def test_the_list_is_narrowed_by_state_in_its_address(head, area, client, plan):
    plan(title="First")
    plan(P.IN_PROGRESS, title="Second")

    def listed(query):
        page = Page(client.get(reverse("plans", args=[area.slug]) + query))
        return page, [row[:2] for row in page.rows()] if page.main.findall(".//table") else []

    page, rows = listed("")
    assert sorted(rows) == [["First", "Draft"], ["Second", "In progress"]]
    assert "All (2)" in page.text and {"?state=draft", "?state=in_progress"} <= page.links
    page, rows = listed("?state=draft")
    assert rows == [["First", "Draft"]]
    assert "Draft: 1 of 2 plans in Angus" in page.text and "?" in page.links
    assert listed("?state=junk")[1] == listed("")[1]
    page, rows = listed("?state=closed")
    assert rows == [] and "None of 2 plans is in the state “Closed” now." in page.text


# --- changing what it says of itself --------------------------------------------------------------


def test_a_new_plan_is_given_its_end_and_its_rule_for_dates(head, area, client):
    url = reverse("plan_new", args=[area.slug])
    sent = Page(client.get(url)).form | {"title": "New", "agreed_on": "10 1 2020"}
    page = Page(client.post(url, sent | {"ends_on": "9 1 2020"}))
    assert page.errors == {
        "Runs until (optional)": ["Give a day after it was agreed, 10 January 2020."]
    }
    assert "a month means its last day" in page.text
    page = Page(client.post(url, sent | {"ends_on": "one day"}))
    assert list(page.errors) == ["Runs until (optional)"]
    client.post(url, sent | {"ends_on": "March 2021", "dates_need_approval": "on"})
    made = Plan.objects.get()
    assert (made.ends_on, made.dates_need_approval) == (date(2021, 3, 31), True)


def test_a_plan_is_edited_and_two_people_at_once_lose_nothing(head, visit, plan):
    made = plan(source="Paper 1")
    opened = visit("plan_edit", made)
    assert (opened.typed("agreed_on"), opened.typed("source")) == ("10 01 2020", "Paper 1")
    Plan.objects.update(title="Theirs", dates_need_approval=True, version=2)
    page = visit("plan_edit", made, opened, title="Mine", ends_on="31 3 2021")
    assert page.status == 409
    assert page.rows() == [
        ["Title", "Theirs", "Mine"],
        ["Runs until (optional)", "Empty", "31 3 2021"],
        ["A due date moves only when a second person agrees", "Yes", "No"],
    ]
    page = visit("plan_edit", made, page, dates_need_approval="on")
    assert "Saved." in page.text and "until 31 March 2021" in page.text
    assert "They move only when a second person agrees." in page.text
    made.refresh_from_db()
    assert (made.title, made.source, made.dates_need_approval) == ("Mine", "Paper 1", True)


def test_once_approved_the_day_stays_and_once_closed_everything(head, visit, plan, area, client):
    approved = plan(P.APPROVED)
    opened = visit("plan_edit", approved)
    assert "agreed_on" not in opened.form and "Agreed on 10 January 2020: that stays" in opened.text
    assert "Saved." in visit("plan_edit", approved, opened, title="New", agreed_on="1 1 2020").text
    approved.refresh_from_db()
    assert approved.agreed_on == date(2020, 1, 10)
    Plan.objects.update(state=P.CLOSED)
    assert "The plan is closed: it stays as it is." in visit("plan_edit", approved).text
    page = visit("plan_edit", approved, visit("plan_edit", plan(title="Other")), version=2)
    assert "The plan is closed: it stays as it is." in page.text


# --- approving ------------------------------------------------------------------------------------


def reasons(page):
    """The fields for reasons, by the words of their advice."""
    return {name: name for name in page.form if name.startswith("r") and len(name) == 17}


def test_the_page_shows_what_is_approved_and_every_point_with_the_way_to_change_it(
    head, visit, plan, area
):
    made = plan(actions=2)
    first, second = made.actions.all()
    Action.objects.filter(pk=second.pk).update(text="Improve things", due=None, original_due=None)
    page = visit("plan_approve", made)
    assert "What you approve 2 actions" in page.text
    assert page.rows()[0][2:] == ["31 March 2020", "A report of what changed"]
    assert "4 points about 2 actions." in page.text
    assert len(reasons(page)) == 4
    for action in (first, second):
        assert f"{way('action_edit', area, action)}?back=approval" in page.links
    assert "A2: “improve” does not say what will be different." in page.text


def test_after_an_action_is_changed_one_is_back_where_the_plan_is_approved(
    head, sign_in, plan, area, client
):
    made = plan()
    action = made.actions.get()
    url = way("action_edit", area, action)

    def saved(query):
        page = Page(client.get(url + query))
        link = page.main.xpath(".//a[.='Back, without a change']/@href")
        sent = client.post(url + query, {**page.form, "text": f"See 9 in 10 people {query}"})
        assert link == [sent["Location"]]
        return link[0]

    approval, own = way("plan_approve", area, made), way("action", area, action)
    assert saved("?back=approval") == approval
    assert saved("") == saved("?back=https://example.org/") == own
    sign_in(Role.PERFORMANCE_LEAD)  # who does not approve
    assert saved("?back=approval") == own


def test_reasons_are_wanted_for_each_point_and_nothing_typed_is_lost(head, visit, plan):
    made = plan(actions=2)
    opened = visit("plan_approve", made)
    first, _ = reasons(opened)
    page = visit("plan_approve", made, opened, **{first: "Advertised"}, text="Board, item 3")
    assert page.status == 200
    [(label, said)] = page.errors.items()
    assert label.startswith("A2: Nobody holds the post")
    assert said == ["Change the action, or say why it stands as it is."]
    assert (page.typed(first), page.typed("text")) == ("Advertised", "Board, item 3")
    assert not PlanMove.objects.exists()
    done = visit("plan_approve", made, page, for_all="Agreed in these words")
    assert "The plan is approved." in done.text
    told = Acceptance.objects.order_by("action__sequence").values_list("reason", flat=True)
    assert list(told) == ["Advertised", "Agreed in these words"]
    assert PlanMove.objects.get().text == "Board, item 3"


def test_what_changed_while_it_was_read_is_marked_and_nothing_is_approved(head, visit, plan):
    made = plan(actions=3)
    opened = visit("plan_approve", made)
    first, second, _ = made.actions.all()
    Action.objects.filter(pk=first.pk).update(text="Do more", version=2)
    Action.objects.filter(pk=second.pk).delete()
    factories.action(made, reference="A9", sequence=9)
    # Said before anything else, such as the reasons that are still wanting.
    page = visit("plan_approve", made, opened, text="Board, item 3")
    assert page.status == 409
    assert "1 action was taken out, and what is new or has changed is marked below." in page.text
    marks = {row[0].split()[0]: row[0].split(".")[0] for row in page.rows()}
    assert marks["A1"].endswith("Do more Changed since you opened this page")
    assert marks["A9"].endswith("New since you opened this page")
    assert "since" not in marks["A3"]
    assert page.typed("text") == "Board, item 3"
    assert not PlanMove.objects.exists() and not Acceptance.objects.exists()
    assert "The plan is approved." in visit("plan_approve", made, page, for_all="Agreed").text


def test_a_plan_that_says_something_else_of_itself_now_is_not_approved(head, visit, plan):
    made = plan()
    opened = visit("plan_approve", made)
    Plan.objects.update(ends_on=date(2020, 2, 1), version=2)
    page = visit("plan_approve", made, opened, for_all="Agreed")
    assert page.status == 409 and "The plan has changed since you opened this page." in page.text
    assert "A1: It is due on 31 March 2020, after the plan ends on 1 February 2020" in page.text
    assert not PlanMove.objects.exists()


def test_advice_that_is_new_wants_its_reason_though_no_action_has_changed(
    head, area, visit, plan, client
):
    """Whoever held the post has left it: nobody has touched the plan."""
    made = plan()
    held = factories.holding(made.actions.get().lead, head, start=date(2019, 1, 1))
    opened = visit("plan_approve", made)
    assert "Nothing: every open action says what will be done" in opened.text
    held.end = date(2019, 12, 31)
    held.save()
    page = visit("plan_approve", made, opened)
    assert [label.split(" the post")[0] for label in page.errors] == ["A1: Nobody holds"]
    assert not PlanMove.objects.exists()


def test_a_plan_that_is_to_be_agreed_later_says_so_and_leads_to_its_day(head, visit, plan, area):
    made = plan(agreed_on=date(2020, 2, 3))
    opened = visit("plan_approve", made)
    said = "agreed on 3 February 2020, a day that has not come yet. Change that day first"
    assert said in opened.text and way("plan_edit", area, made) in opened.links
    page = visit("plan_approve", made, opened, for_all="Agreed in these words")
    assert said in page.summary[0]
    assert page.typed("for_all") == "Agreed in these words"
    visit("plan_edit", made, visit("plan_edit", made), agreed_on="15 1 2020")
    again = visit("plan_approve", made)
    assert "has not come yet" not in again.text
    done = visit("plan_approve", made, again, for_all="Agreed in these words")
    assert "The plan is approved." in done.text


def test_an_empty_plan_says_why_it_cannot_be_approved(head, visit, plan, area):
    made = plan(actions=0)
    page = visit("plan_approve", made)
    assert "The plan has no actions yet, so there is nothing to approve." in page.text
    assert way("action_new", area, made) in page.links
    assert not page.main.findall(".//form")


@pytest.mark.parametrize("name", STEPS)
def test_a_step_that_is_not_next_leads_back_to_the_plan_with_how_far_it_is(head, visit, plan, name):
    """As after a second click, or that of a second person."""
    made = plan(P.CLOSED)
    for page in (visit(name, made), visit(name, made, visit("plan_edit", plan(title="Other")))):
        assert "The plan is closed now." in page.text
        assert "History of the plan" in page.text
    assert not PlanMove.objects.exists()


# --- submitting and beginning ---------------------------------------------------------------------


def test_the_day_of_sending_is_recorded_beside_the_deadline(head, visit, plan):
    made = plan(P.APPROVED)
    opened = visit("plan_submit", made)
    assert "The deadline is 14 January 2020: Not submitted: 1 day late." in opened.text
    for typed, said in (
        ("", "Give the day on which it was sent."),
        ("16 1 2020", "It cannot have been sent on a day that has not come yet."),
        ("9 1 2020", "It was agreed on 10 January 2020, and not sent before."),
    ):
        page = visit("plan_submit", made, opened, on=typed, text="By e-mail")
        assert (page.errors, page.typed("text")) == ({"Sent on": [said]}, "By e-mail")
    page = visit("plan_submit", made, page, on="13 1 2020")
    assert "Recorded: The plan was submitted." in page.text
    assert "Submitted on 13 January 2020, 1 day before the deadline" in page.text
    assert (PlanMove.objects.get().on, PlanMove.objects.get().text) == (
        date(2020, 1, 13),
        "By e-mail",
    )


@pytest.mark.parametrize(
    ("name", "state", "sent"),
    [
        ("plan_submit", P.APPROVED, {"on": "13 1 2020", "text": "What I typed"}),
        ("plan_begin", P.SUBMITTED, {"text": "What I typed"}),
        ("plan_close", P.IN_PROGRESS, {"text": "What I typed", "for_all": "Elsewhere"}),
    ],
)
def test_a_step_that_is_too_late_is_not_made_and_loses_nothing(
    head, visit, plan, name, state, sent
):
    made = plan(state)
    opened = visit(name, made)
    Plan.objects.update(version=2)
    page = visit(name, made, opened, **sent)
    assert page.status == 409 and "Nothing was saved." in page.text
    assert {field: page.typed(field) for field in sent} == sent
    assert not PlanMove.objects.exists()


def test_a_plan_that_is_not_sent_yet_says_why_it_does_not_begin(head, visit, plan):
    page = visit("plan_begin", plan(P.APPROVED))
    why = "It answers an inspection, so record first that it was sent to the inspectorate."
    assert f"The plan is approved now. {why}" in page.text
    assert offered(page)[0] == {"plan_submit"}
    assert why not in visit("plan_begin", plan(P.DRAFT, title="Draft")).text


def test_work_is_begun_by_saying_so(head, visit, plan):
    made = plan(P.APPROVED, inspected=False)
    page = visit("plan_begin", made, visit("plan_begin", made), text="The first meeting was held")
    assert "The plan is in progress." in page.text
    assert "The first meeting was held" in page.text


# --- closing --------------------------------------------------------------------------------------

DECIDED = {"body": "HSCP Board", "on": "14 1 2020", "minute_reference": "item 7"}


def test_a_plan_is_closed_with_a_home_for_what_is_left_and_says_so_afterwards(
    head, visit, plan, area
):
    made = plan(P.IN_PROGRESS, actions=4)
    first, _, third, fourth = made.actions.all()
    Action.objects.filter(pk=third.pk).update(status=S.COMPLETE)
    Action.objects.filter(pk=fourth.pk).update(status=S.WITHDRAWN)
    factories.status_word(area, "Blue", status=S.COMPLETE)
    opened = visit("plan_close", made)
    assert opened.rows() == [["A3 Do 3", "Blue Complete (verified)"], ["A4 Do 4", "Withdrawn"]]
    homes = {f"home_{first.pk}": "Service plan 2021"}
    page = visit("plan_close", made, opened, **homes, on="16 1 2020")
    assert page.errors == {
        "Body": ["Name the body that decided: nobody else can."],
        "Date of the decision": ["This day has not come yet."],
        "Minute reference": ["Give the minute in which the decision stands."],
        "Where the remaining work of A2 goes on": [
            "Name where it goes on, or withdraw the action first."
        ],
    }
    assert page.typed(f"home_{first.pk}") == "Service plan 2021"
    page = visit("plan_close", made, page, **DECIDED, for_all="Everyday work")
    assert "The plan is closed." in page.text
    assert "Decided by: HSCP Board, 14 January 2020, item 7" in page.text
    assert page.rows()[:2] == [["A1 Do 1", "Service plan 2021"], ["A2 Do 2", "Everyday work"]]
    assert "Where the remaining work goes on 2 actions left when the plan closed" in page.text
    assert Residual.objects.count() == 2


def test_a_home_has_a_name(head, visit, plan):
    made = plan(P.IN_PROGRESS, actions=2)
    first, second = made.actions.all()
    opened = visit("plan_close", made)
    typed = {f"home_{first.pk}": "?", "for_all": "- x -"}
    page = visit("plan_close", made, opened, **DECIDED, **typed)
    assert page.errors == {
        "One home for every action above that is left empty (optional)": [
            "“- x -” names nothing. Say in words where it goes on."
        ],
        "Where the remaining work of A1 goes on": [
            "“?” names nothing. Say in words where it goes on."
        ],
    }
    assert {name: page.typed(name) for name in typed} == typed
    assert not Residual.objects.exists()
    typed = {f"home_{first.pk}": "SPS", "for_all": "Service plan"}
    assert "The plan is closed." in visit("plan_close", made, page, **typed).text
    assert {r.action: r.home for r in Residual.objects.all()} == {
        first: "SPS",
        second: "Service plan",
    }


def test_an_action_that_goes_on_elsewhere_does_not_say_that_it_is_not_to_be_done(
    head, visit, plan, area, client
):
    made = plan(P.IN_PROGRESS)
    visit("plan_close", made, visit("plan_close", made), **DECIDED, for_all="Service plan 2021")
    over = "No longer to be done, by a recorded decision."
    text = Page(client.get(way("action", area, made.actions.get()))).text
    told = text.partition("What the statuses mean")[0]
    assert (
        "Withdrawn The plan was closed; its remaining work goes on in: Service plan 2021." in told
    )
    assert over not in told
    other = factories.action(plan(P.IN_PROGRESS, title="Other"), status=S.WITHDRAWN)
    assert f"Withdrawn {over}" in Page(client.get(way("action", area, other))).text


def test_a_plan_may_have_as_many_fields_as_an_area_has_actions_and_more(head, visit, plan):
    made = plan(P.IN_PROGRESS)
    homes = {f"home_{number}": "Everyday work" * 10 for number in range(1, 19_900)}
    page = visit("plan_close", made, visit("plan_close", made), **DECIDED, for_all="Team", **homes)
    assert "The plan is closed." in page.text


def test_a_plan_without_anything_left_is_closed_and_says_that_nothing_was(head, visit, plan):
    made = plan(P.IN_PROGRESS)
    made.actions.update(status=S.COMPLETE)
    opened = visit("plan_close", made)
    assert "Nothing: no action is open." in opened.text and "for_all" not in opened.form
    page = visit("plan_close", made, opened, **DECIDED)
    assert "Nothing was left to do when the plan closed." in page.text


def test_what_waits_to_be_verified_comes_first(head, visit, plan, area):
    made = plan(P.IN_PROGRESS, actions=2)
    done = made.actions.first()
    Action.objects.filter(pk=done.pk).update(status=S.DONE)
    page = visit("plan_close", made)
    assert "Not yet: 1 action waits to be verified." in page.text
    assert way("action", area, done) in page.links and not page.main.findall(".//form")


def test_an_action_that_changed_while_the_plan_was_closed_is_marked(head, visit, plan):
    made = plan(P.IN_PROGRESS, actions=2)
    opened = visit("plan_close", made)
    made.actions.filter(reference="A2").update(status=S.COMPLETE, version=2)
    factories.action(made, reference="A9", sequence=9)
    page = visit("plan_close", made, opened, **DECIDED, for_all="Elsewhere")
    assert page.status == 409
    assert ["A2 Do 2 Changed since you opened this page", "Complete (verified)"] in page.rows()
    assert "New since you opened this page" in page.text
    assert not PlanMove.objects.exists() and not Residual.objects.exists()
    assert mark_of(made.actions.all()) == page.typed("mark")
    assert "The plan is closed." in visit("plan_close", made, page).text


@pytest.mark.parametrize("role", [Role.PERFORMANCE_LEAD, Role.HEAD_OF_SERVICE])
def test_the_pages_of_a_closed_plan_and_its_actions_offer_nothing_that_changes(
    sign_in, visit, plan, role
):
    sign_in(role)
    made = plan(P.CLOSED, actions=2)
    made.actions.update(status=S.WITHDRAWN)
    first = made.actions.first()
    factories.residual(first, home="Service plan 2021")
    for page in (visit("plan", made), visit("action", first)):
        changing = {n for link in page.links if (n := route_of(link)) and ROUTES[n].post}
        assert changing == set()
        assert not page.main.xpath(".//form[@method='post']")
        assert "Service plan 2021" in page.text
