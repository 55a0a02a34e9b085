"""What an action waits for and its tasks, as its page shows them and its forms change them."""

from datetime import date

import pytest
from django.urls import reverse

from management.access import Role
from management.models import AuditEvent
from plans.models import Action, Task
from plans.states import PlanState
from plans.statuses import Status
from tests import factories
from tests.pages import AWKWARD, Page, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
S = Status


@pytest.fixture
def area():
    return factories.area("Angus")


@pytest.fixture
def lead(area, client):
    """The performance lead, signed in."""
    person = factories.user(area, Role.PERFORMANCE_LEAD, name="Fiona Adair")
    client.force_login(person)
    return person


@pytest.fixture
def plan(area):
    return factories.plan(area, title="The plan")


@pytest.fixture
def action(plan):
    return factories.action(plan, reference="A1", text="Train all staff", status=S.ON_TRACK)


@pytest.fixture
def visit(client, area):
    """Opens a page by its route, or sends it; what comes after a redirect is what counts."""

    def ask(name, pk, form=None):
        url = reverse(name, args=[area.slug, pk])
        response = client.get(url, follow=True) if form is None else client.post(url, form)
        if response.status_code == 302:
            response = client.get(response["Location"])
        return Page(response)

    return ask


def link(name, row):
    return reverse(name, args=[row.area.slug, row.pk])


# --- what it waits for ---------------------------------------------------------------------------


def test_both_pages_say_which_waits_and_what_is_wrong_with_it(lead, area, plan, action, visit):
    late = date(2020, 1, 10)
    overdue = factories.action(plan, reference="B1", status=S.AT_RISK, due=late)
    gone = factories.action(plan, reference="B2", status=S.WITHDRAWN)
    done = factories.action(plan, reference="B3", status=S.COMPLETE, due=late)
    later = factories.plan(area, title="The next plan", state=PlanState.DRAFT)
    promised = factories.action(later, reference="C1", due=late)
    for blocker in (overdue, gone, done, promised):
        factories.dependency(action, blocker)
    page = visit("action", action.pk)
    for said in (
        f"B1 {overdue.text} In progress: at risk Overdue by 5 days.",
        f"B2 {gone.text} Withdrawn It will not be done: what this one waits for will not come.",
        f"B3 {done.text} Complete (verified) C1",
        f"C1 {promised.text} of The next plan Not started Superseded",  # a draft is never late
    ):
        assert said.removesuffix(" Superseded").removesuffix(" C1") in page.text, said
    assert page.text.count("Overdue by 5 days.") == 1
    page = visit("action", overdue.pk)
    assert "Waits for No other action Others wait for it A1 Train all staff" in page.text
    assert link("action", action) in page.links


def test_what_it_waits_for_is_chosen_from_open_actions_of_every_plan(
    lead, area, plan, action, visit
):
    other = factories.action(plan, reference="B1")
    closed = factories.action(plan, reference="B2", status=S.COMPLETE)
    elsewhere = factories.action(factories.plan(area, title="Another plan"), reference="C1")
    factories.action(factories.plan(factories.area()), text="Stranger")
    factories.dependency(action, factories.action(plan, reference="B3", status=S.WITHDRAWN))
    page = visit("action_blockers", action.pk)
    labels = [words(label) for label in page.main.xpath(".//label")]
    assert [label.split()[0] for label in labels] == ["B1", "B3", "C1"]
    assert "3 actions to choose from" in page.text and "Stranger" not in page.source
    form = {"shown": page.typed("shown"), "blockers": [other.pk, elsewhere.pk]}
    page = visit("action_blockers", action.pk, form=form)
    assert "Saved: action A1 waits for B1 and C1 now." in page.text
    assert set(action.dependencies.values_list("blocker", flat=True)) == {other.pk, elsewhere.pk}
    form = {"shown": f"{other.pk},{elsewhere.pk}", "blockers": [closed.pk]}
    assert "Select a valid choice." in str(visit("action_blockers", action.pk, form=form).errors)


def test_a_circle_is_refused_at_the_field_and_the_choice_is_kept(lead, plan, action, visit):
    other = factories.action(plan, reference="B1")
    factories.dependency(other, action)
    page = visit("action_blockers", action.pk, form={"shown": "", "blockers": [other.pk]})
    assert page.errors == {
        "Actions that it waits for": ["Action B1 itself waits for action A1."],
    }
    assert page.main.xpath(f".//input[@value='{other.pk}'][@checked]")
    assert not action.dependencies.exists()


def test_those_that_wait_for_it_are_not_offered_and_that_is_said(lead, plan, action, visit):
    next_, last, free = (factories.action(plan, reference=name) for name in ("B1", "B2", "B3"))
    factories.dependency(next_, action)
    factories.dependency(last, next_)
    page = visit("action_blockers", action.pk)
    assert [words(label).split()[0] for label in page.main.xpath(".//label")] == [free.reference]
    assert "2 actions that wait for this one are not offered" in page.text


def test_each_on_offer_says_when_it_is_due_and_one_that_comes_later_is_pointed_out(
    lead, plan, action, visit
):
    Action.objects.update(due=date(2020, 3, 31))
    early = factories.action(plan, reference="B1", text="Book", due=date(2020, 3, 31))
    later = factories.action(plan, reference="B2", text="Hire", due=date(2020, 6, 30))
    factories.action(plan, reference="B3", text="Ask")
    Action.objects.filter(reference="B3").update(due=None)
    page = visit("action_blockers", action.pk)
    assert [words(label) for label in page.main.xpath(".//label")] == [
        "B1 Book · Not started · due 31 March 2020",
        "B2 Hire · Not started · due 30 June 2020, later than this one",
        "B3 Ask · Not started · no due date",
    ]
    page = visit("action_blockers", action.pk, form={"shown": "", "blockers": [early.pk, later.pk]})
    said = "Action B2 is due on 30 June 2020, later than action A1, which waits for it (31 March"
    assert said in page.text and "Action B1 is due" not in page.text
    assert page.text.count("Due on 30 June 2020, later than this one.") == 1
    assert "later than this one" not in visit("action", later.pk).text


def test_what_was_replaced_is_named_and_can_be_waited_for_instead(
    lead, plan, action, visit, client
):
    old, new = (factories.action(plan, reference=name) for name in ("B1", "B2"))
    factories.dependency(action, old)
    Action.objects.filter(pk=old.pk).update(status=S.SUPERSEDED, superseded_by=new)
    page = visit("action", action.pk)
    assert "It was replaced by B2" in page.text and "will not come" not in page.text
    (offer,) = [href for href in page.links if "instead" in href]
    form = Page(client.get(offer))
    ticked = form.main.xpath(".//input[@name='blockers'][@checked]/@value")
    assert ticked == [str(new.pk)]
    sent = {"shown": form.typed("shown"), "blockers": ticked}
    page = visit("action_blockers", action.pk, form=sent)
    assert "Saved: action A1 waits for B2 now." in page.text and "replaced" not in page.text
    factories.dependency(action, old)
    page = visit("action", action.pk)
    assert "this one waits for that too." in page.text and "instead" not in str(page.links)
    Action.objects.filter(pk=new.pk).update(status=S.COMPLETE)
    assert ": complete (verified)." in visit("action", action.pk).text
    Action.objects.filter(pk=old.pk).update(superseded_by=action)
    assert "This action took its place." in visit("action", action.pk).text


def test_an_address_that_names_no_replacement_changes_nothing(lead, plan, action, client):
    one, two = (factories.action(plan, reference=name) for name in ("B1", "B2"))
    factories.dependency(action, one)
    for named in (two.pk, "x", "9" * 30):
        page = Page(client.get(f"{link('action_blockers', action)}?instead={named}"))
        assert page.main.xpath(".//input[@checked]/@value") == [str(one.pk)]


def test_two_who_choose_at_once_both_see_what_the_other_chose(lead, plan, action, visit):
    one, two = (factories.action(plan, reference=name) for name in ("B1", "B2"))
    factories.dependency(action, one)
    page = visit("action_blockers", action.pk, form={"shown": "", "blockers": [two.pk]})
    assert page.status == 409
    assert page.rows() == [["Waits for", "B1", "B2"]]
    assert page.typed("shown") == str(one.pk)
    form = {"shown": page.typed("shown"), "blockers": [two.pk]}
    visit("action_blockers", action.pk, form=form)
    assert list(action.dependencies.values_list("blocker", flat=True)) == [two.pk]


def test_where_nothing_else_is_open_the_page_says_so(lead, action, visit):
    assert "No other action of Angus is open" in visit("action_blockers", action.pk).text


# --- tasks ---------------------------------------------------------------------------------------


def listed(page):
    return [words(item) for item in page.main.find_class("tl_tasks")[0].findall("li")]


def test_tasks_stand_with_their_days_and_posts_and_say_which_are_late(lead, action, visit):
    assert "It has no tasks: it is one piece of work." in visit("action", action.pk).text
    factories.task(action, text="Evaluate")
    factories.task(action, text="Book", due=date(2020, 1, 15), post=action.lead)
    factories.task(action, text="Invite", due=date(2020, 1, 14))
    factories.task(action, text="Plan", done_on=date(2020, 1, 6), done_by="Iain Reid")
    factories.task(action, text="Cater", dropped_on=date(2020, 1, 7), dropped_reason="No money")
    page = visit("action", action.pk)
    buttons = "Change {0} Drop {0} Done {0}"
    assert listed(page) == [
        f"Invite Overdue by 1 day, due 14 January 2020 · the lead’s {buttons.format('Invite')}",
        f"Book due 15 January 2020 · {action.lead} {buttons.format('Book')}",
        f"Evaluate no date · the lead’s {buttons.format('Evaluate')}",
        "Plan Done on 6 January 2020 by Iain Reid Open again Plan",
        "Cater Dropped on 7 January 2020: No money Open again Cater",
    ]
    assert "1 of 4 tasks done. What was dropped stays listed." in page.text


def test_a_task_whose_day_is_past_is_said_to_be_overdue(lead, action, visit):
    past = "Its day, 3 January 2020, is past already: it counts as overdue until it is done."
    form = {"text": "Book the room", "due": "3 1 2020", "post": ""}
    assert f"Task “Book the room” is added. {past}" in visit("task_new", action.pk, form=form).text
    task, late = action.tasks.get(), visit("action", action.pk)
    assert past not in late.text
    form = {**form, "text": "Book two rooms", "version": task.version}
    assert past not in visit("task_edit", task.pk, form=form).text
    form |= {"due": "15 1 2020", "version": task.version + 1}
    assert past not in visit("task_edit", task.pk, form=form).text
    form |= {"due": "3 1 2020", "version": task.version + 2}
    assert past in visit("task_edit", task.pk, form=form).text


def test_tasks_are_added_one_after_the_other(lead, action, visit):
    form = {"text": "Book the room", "due": "February 2020", "post": action.lead_id}
    page = visit("task_new", action.pk, form=form | {"next": "1"})
    assert "Task “Book the room” is added." in page.text and page.form["text"] == ""
    page = visit("task_new", action.pk, form={"text": "Invite"})
    assert [task.split(" Change")[0] for task in listed(page)] == [
        f"Book the room due 29 February 2020 · {action.lead}",
        "Invite no date · the lead’s",
    ]


@pytest.mark.parametrize(
    ("wrong", "label", "said"),
    [
        ({"text": " "}, "What is to be done", "Say what is to be done."),
        ({"due": "soon"}, "Due date (optional)", "This is not a date that can be read."),
        ({"due": "1 1 2091"}, "Due date (optional)", "1 January 2091 is more than 5 years"),
        ({"post": "0"}, "Post that does it (optional)", "Select a valid choice."),
    ],
)
def test_what_is_wrong_in_a_task_is_said_at_its_field(wrong, label, said, lead, action, visit):
    page = visit("task_new", action.pk, form={"text": "Book", "due": "1 2 2020"} | wrong)
    assert page.errors[label][0].startswith(said) and list(page.errors) == [label]
    assert not Task.objects.exists()


def test_one_press_says_done_and_another_opens_it_again(lead, action, visit):
    task = factories.task(action, text="Book")
    page = visit("action", action.pk)
    assert link("task_done", task) in page.main.xpath(".//form/@action")
    page = visit("task_done", task.pk, form={"version": 1})
    assert listed(page) == ["Book Done on 15 January 2020 by Fiona Adair Open again Book"]
    event = AuditEvent.objects.of_row(task).first()
    assert (event.actor_name, event.verb) == ("Fiona Adair", "finish task")
    page = visit("task_done", task.pk, form={"version": 2})
    assert "This task is done or dropped: open it again first." in page.text
    page = visit("task_reopen", task.pk, form={"version": 2})
    assert "Task “Book” is open again." in page.text and Task.objects.get().is_open


@pytest.mark.parametrize("version", ["1", "", "x"])
def test_a_press_on_what_has_changed_meanwhile_does_nothing_and_says_so(
    version, lead, action, visit
):
    task = factories.task(action, text="Book the hall", version=2)
    page = visit("task_done", task.pk, form={"version": version})
    assert "Somebody else changed this task meanwhile. Look at it again." in page.text
    assert Task.objects.get().is_open


def test_a_task_is_changed_and_a_stale_change_shows_both_texts(lead, action, visit):
    task = factories.task(action, text="Book", due=date(2020, 2, 1))
    form = visit("task_edit", task.pk).form
    assert (form["text"], form["due"]) == ("Book", "01 02 2020")
    form |= {"text": "Book the hall", "due": ""}
    Task.objects.update(text="Book the room", version=2)
    page = visit("task_edit", task.pk, form=form)
    assert page.status == 409
    assert page.rows() == [
        ["What is to be done", "Book the room", "Book the hall"],
        ["Due date (optional)", "1 February 2020", "Empty"],
    ]
    page = visit("task_edit", task.pk, form=page.form)
    assert "Task “Book the hall” is saved." in page.text
    assert Task.objects.get().due is None


def test_a_task_is_dropped_with_a_reason(lead, action, visit):
    task = factories.task(action, text="Cater")
    form = visit("task_drop", task.pk).form
    assert visit("task_drop", task.pk, form=form).errors == {
        "Reason": ["Say why it is not to be done any more."]
    }
    page = visit("task_drop", task.pk, form=form | {"reason": "No money"})
    assert "Task “Cater” is dropped." in page.text
    assert listed(page) == ["Cater Dropped on 15 January 2020: No money Open again Cater"]
    assert "open it again first" in visit("task_edit", task.pk).text


def test_who_may_not_report_on_the_action_reads_its_tasks_alone(area, action, client, visit):
    task = factories.task(action, text="Book")
    manager = factories.user(area, Role.SERVICE_MANAGER)
    client.force_login(manager)
    page = visit("action", action.pk)
    assert listed(page) == ["Book no date · the lead’s"]
    assert link("task_new", action) not in page.links
    for name in ("task_done", "task_reopen"):
        assert visit(name, task.pk, form={"version": 1}).status == 403
    factories.holding(action.lead, manager)
    assert link("task_new", action) in visit("action", action.pk).links
    assert "Task “Book” is done." in visit("task_done", task.pk, form={"version": 1}).text


def test_whoever_holds_a_tasks_own_post_has_its_button_and_no_other(area, action, client, visit):
    post = factories.post(area, "Trainer")
    mine, other = factories.task(action, text="Book", post=post), factories.task(action, text="Ask")
    manager = factories.user(area, Role.SERVICE_MANAGER)
    factories.holding(post, manager)
    client.force_login(manager)
    page = visit("action", action.pk)
    offered = page.main.xpath(".//form[@method='post']/@action")
    assert offered == [link("task_done", mine)]
    assert not page.links & {link("task_edit", mine), link("task_new", action)}
    assert "Task “Book” is done." in visit("task_done", mine.pk, form={"version": 1}).text
    offered = visit("action", action.pk).main.xpath(".//form[@method='post']/@action")
    assert offered == [link("task_reopen", mine)]
    assert visit("task_done", other.pk, form={"version": 1}).status == 403
    assert visit("task_drop", mine.pk).status == 403


def test_the_tasks_of_a_draft_are_kept_by_those_who_keep_the_plan(area, lead, client, visit):
    draft = factories.plan(area, state=PlanState.DRAFT)
    task = factories.task(factories.action(draft), text="Book")
    assert "Task “Book” is done." in visit("task_done", task.pk, form={"version": 1}).text
    manager = factories.user(area, Role.SERVICE_MANAGER)
    factories.holding(task.action.lead, manager)
    client.force_login(manager)
    assert visit("task_new", task.action_id).status == 403


def test_the_tasks_of_a_closed_action_stay_and_send_back(lead, action, visit):
    task = factories.task(action, text="Book")
    Action.objects.update(status=S.COMPLETE)
    assert listed(visit("action", action.pk)) == ["Book no date · the lead’s"]
    for name, pk in (("task_new", action.pk), ("task_edit", task.pk), ("task_drop", task.pk)):
        assert "Action A1 is closed: it stays as it is." in visit(name, pk).text
    page = visit("task_new", action.pk, form={"text": "Typed"})
    assert page.summary == ["Action A1 is closed: it stays as it is."]
    assert page.typed("text") == "Typed"


def test_texts_stay_texts(lead, action, visit):
    task = factories.task(action, text=AWKWARD)
    assert visit("task_edit", task.pk).typed("text") == AWKWARD
    assert visit("task_drop", task.pk).shows(AWKWARD)
    assert visit("action", action.pk).shows(AWKWARD)


def test_what_is_said_of_a_task_is_said_beside_the_tasks(lead, action, visit, client):
    task = factories.task(action, text="Invite")
    response = client.post(link("task_done", task), {"version": task.version})
    assert response["Location"].endswith("#tasks")
    page = Page(client.get(response["Location"]))
    (said,) = page.main.find_class("tl_message")
    assert words(said) == "✓Success: Task “Invite” is done."
    assert said.getprevious().get("id") == "tasks"
    assert not visit("action", action.pk).main.find_class("tl_message")
