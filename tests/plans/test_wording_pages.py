"""Pages on which an action is written, changed and ended: what they show, refuse and keep."""

from datetime import date

import pytest
from django.urls import reverse

from management.access import Role
from management.models import AuditEvent, Post
from plans.models import Action, Plan, Revision
from plans.states import PlanState
from plans.statuses import Status
from tests import factories
from tests.pages import AWKWARD, Page

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
def draft(area):
    return factories.plan(area, title="The draft", state=PlanState.DRAFT)


@pytest.fixture
def action(plan):
    return factories.action(plan, reference="A1", text="Improve things", status=S.ON_TRACK)


@pytest.fixture
def drafted(draft):
    return factories.action(draft, reference="D1", text="Improve things")


@pytest.fixture
def visit(client, area):
    """Opens a page by its route, or sends it; what comes after a redirect is what counts."""

    def ask(name, *args, form=None, **query):
        url = reverse(name, args=[area.slug, *args])
        if form is None:
            return Page(client.get(url, query, follow=True))
        return Page(client.post(url, form, follow=True))

    return ask


def link(name, row):
    return reverse(name, args=[row.area.slug, row.pk])


# --- a new action --------------------------------------------------------------------------------


def filled(action):
    return {
        "reference": "A9",
        "text": "See people on the day",
        "indicator": action.indicator_id,
        "lead": action.lead_id,
        "original_due": "March 2020",
        "evidence_expected": "The monthly count",
    }


def test_a_month_is_its_last_day_and_the_page_says_so(lead, action, visit):
    page = visit("action_new", action.plan_id, form=filled(action))
    assert "Action A9 is added. It is due on 31 March 2020." in page.text
    assert Action.objects.get(reference="A9").due == date(2020, 3, 31)


def test_the_plans_own_words_stand_where_no_day_can_be_given(lead, action, visit):
    facts = {"original_due": "", "timescale": "July 2019 onwards", "responsible": "All managers"}
    page = visit("action_new", action.plan_id, form=filled(action) | facts)
    for told in (
        "Action A9 is added. It has no due date.",
        "Timescale in the plan July 2019 onwards",
        "First due No date",
        "Responsible, in the plan’s words All managers",
    ):
        assert told in page.text
    page = visit("action_new", action.plan_id, form=filled(action) | {"original_due": "onwards"})
    assert page.errors["Due date"][0].startswith("This is not a date that can be read.")
    assert page.typed("original_due") == "onwards"


def test_why_it_is_added_is_asked_once_the_plan_is_approved(lead, action, drafted, visit):
    assert "reason" not in visit("action_new", drafted.plan_id).form
    visit("action_new", action.plan_id, form=filled(action) | {"reason": "The review asked"})
    entry = Revision.objects.get()
    assert (entry.action.reference, entry.field, entry.reason) == (
        "A9",
        "added",
        "The review asked",
    )


def test_a_closed_plan_takes_nothing_more(lead, plan, action, visit):
    Plan.objects.update(state=PlanState.CLOSED)
    assert "The plan is closed: nothing can be added to it." in visit("action_new", plan.pk).text
    page = visit("action_new", plan.pk, form=filled(action))
    assert page.summary == ["The plan is closed: nothing can be added to it."]
    assert page.typed("text") == "See people on the day"


# --- another wording -----------------------------------------------------------------------------


def test_in_a_draft_everything_can_be_changed_on_one_page(lead, drafted, visit):
    form = visit("action_edit", drafted.pk).form
    assert (form["reference"], form["original_due"]) == ("D1", "31 03 2020")
    assert "reason" not in form
    form |= {"reference": "D7", "text": "See all in 5 days", "original_due": "June 2020"}
    page = visit("action_edit", drafted.pk, form=form)
    assert "Action D7 is saved." in page.text and "First due 30 June 2020" in page.text
    assert not Revision.objects.exists()


def test_after_approval_a_change_has_its_reason_and_keeps_both_wordings(lead, area, action, visit):
    post = factories.post(area, "Helper")
    form = visit("action_edit", action.pk).form
    assert "reference" not in form and "original_due" not in form
    form |= {"text": "See all in 5 days", "supporting": post.pk}
    page = visit("action_edit", action.pk, form=form)
    assert page.errors == {
        "Reason for the change": ["Say why it is put otherwise: the board will read it."]
    }
    assert page.typed("text") == "See all in 5 days"
    visit("action_edit", action.pk, form=form | {"reason": "It said too little"})
    told = set(Revision.objects.values_list("field", "old", "new", "reason"))
    assert told == {
        ("text", "Improve things", "See all in 5 days", "It said too little"),
        ("supporting", "", "Helper", "It said too little"),
    }
    event = AuditEvent.objects.of_row(action).first()
    assert (event.actor_name, event.verb) == ("Fiona Adair", "edit action")


def test_a_stale_change_shows_both_texts_and_loses_neither(lead, area, action, visit):
    new = factories.post(area, "New lead")
    other = factories.quality_indicator(action.indicator.framework, code="9.9")
    form = visit("action_edit", action.pk).form | {"text": "Mine", "lead": new.pk, "reason": "Why"}
    form["indicator"] = other.pk
    del form["supporting"]  # nobody is ticked
    Action.objects.update(text="Theirs", version=2)
    page = visit("action_edit", action.pk, form=form)
    assert page.status == 409
    assert page.rows() == [
        ["What is to be done", "Theirs", "Mine"],
        ["Quality indicator", str(action.indicator), str(other)],
        ["Lead post", str(action.lead), "New lead"],
    ]
    assert (page.typed("text"), page.typed("reason"), page.typed("version")) == ("Mine", "Why", "2")
    assert Action.objects.get().text == "Theirs"
    visit("action_edit", action.pk, form=form | {"version": 2})
    assert Action.objects.get().text == "Mine"


def test_what_was_typed_into_a_draft_that_is_approved_meanwhile_is_said(lead, drafted, visit):
    form = visit("action_edit", drafted.pk).form | {"original_due": "30 6 2020", "text": "Mine"}
    Plan.objects.update(state=PlanState.APPROVED)
    page = visit("action_edit", drafted.pk, form=form)
    assert "“Due date” stays as it was (you typed “30 6 2020”)" in " ".join(page.summary)
    assert page.typed("text") == "Mine"
    visit("action_edit", drafted.pk, form=page.form | {"reason": "Plainer"})
    now = Action.objects.get()
    assert (now.text, now.due) == ("Mine", date(2020, 3, 31))


def test_a_new_post_can_take_it_over(lead, action, visit):
    form = visit("action_edit", action.pk).form | {"reason": "They have the figures"}
    page = visit("action_edit", action.pk, form=form | {"new_post": "Data Lead"})
    assert page.errors == {
        "Or a new post: its title": ["Choose a post, or name a new one: not both."]
    }
    visit("action_edit", action.pk, form=form | {"lead": "", "new_post": "Data Lead"})
    assert Action.objects.get().lead == Post.objects.get(title="Data Lead")


def test_the_indicator_that_it_has_stays_on_offer(lead, area, visit):
    found = factories.inspection(area)
    own = factories.quality_indicator(factories.framework(()))
    action = factories.action(factories.plan(area, found), indicator=own)
    assert visit("action_edit", action.pk).form["indicator"] == str(own.pk)


@pytest.mark.parametrize(
    "name", ["action_edit", "action_withdraw", "action_supersede", "action_blockers"]
)
def test_what_is_closed_sends_back_with_the_reason(name, lead, action, visit):
    Action.objects.update(status=S.COMPLETE)
    page = visit(name, action.pk)
    assert "Action A1 is closed" in page.text
    assert {link(name, action), link("action_edit", action)}.isdisjoint(page.links)


# --- removed, withdrawn, superseded --------------------------------------------------------------


def test_it_is_taken_out_of_a_draft_after_a_question(lead, drafted, visit):
    assert link("action_remove", drafted) in visit("action", drafted.pk).links
    page = visit("action_remove", drafted.pk)
    assert "Take it out of the plan?" in page.text and "Improve things" in page.text
    page = visit("action_remove", drafted.pk, form=page.form)
    assert "Action D1 is taken out of the plan." in page.text
    assert not Action.objects.exists()


def test_what_has_changed_or_was_written_about_is_not_taken_out(lead, drafted, visit):
    form = visit("action_remove", drafted.pk).form
    Action.objects.update(version=2, text="Theirs")
    page = visit("action_remove", drafted.pk, form=form)
    assert page.status == 409 and "Theirs" in page.text
    factories.note(drafted)
    page = visit("action_remove", drafted.pk, form=page.form)
    assert page.summary[0].startswith("Action D1 stays: somebody has written about it")
    assert Action.objects.exists()


def test_what_is_approved_is_withdrawn_with_a_reason_and_a_decision(lead, action, visit):
    assert link("action_remove", action) not in visit("action", action.pk).links
    assert "withdrawn by a decision, and stays listed" in visit("action_remove", action.pk).text
    form = visit("action_withdraw", action.pk).form
    for name in ("action_withdraw", "action_supersede"):
        assert "It cannot be taken back. Action A1 then takes no" in visit(name, action.pk).text
    page = visit("action_withdraw", action.pk, form=form | {"reason": "Not needed"})
    assert page.errors == {"Decision": ["Say who decided it, and where that is minuted."]}
    assert page.typed("reason") == "Not needed"
    page = visit("action_withdraw", action.pk, form=page.form | {"decision": "HSCP Board, item 7"})
    assert "Action A1 is withdrawn." in page.text and "Withdrawn: Not needed" in page.text
    assert Action.objects.get().updates.get().decision == "HSCP Board, item 7"


def test_a_withdrawal_that_comes_too_late_keeps_what_was_typed(lead, action, visit):
    form = visit("action_withdraw", action.pk).form | {"reason": "Mine", "decision": "Board"}
    Action.objects.update(version=2)
    page = visit("action_withdraw", action.pk, form=form)
    assert page.status == 409
    assert (page.typed("reason"), page.typed("decision")) == ("Mine", "Board")
    assert Action.objects.get().status == S.ON_TRACK


def test_another_action_takes_its_place_and_both_pages_lead_to_the_other(
    lead, area, plan, action, visit
):
    other = factories.action(plan, reference="B2", text="Wider", status=S.COMPLETE)
    gone = factories.action(plan, reference="B3", text="Given up", status=S.WITHDRAWN)
    stranger = factories.action(factories.plan(factories.area()), text="Stranger")
    page = visit("action_supersede", action.pk)
    offered = page.main.xpath(".//select[@name='successor']//option/@value")
    assert offered == ["", str(other.pk)]
    for wrong in ("", gone.pk, stranger.pk, action.pk):
        page = visit("action_supersede", action.pk, form=page.form | {"successor": wrong})
        assert "Action that takes its place" in page.errors
    form = page.form | {"successor": other.pk, "reason": "It is wider"}
    page = visit("action_supersede", action.pk, form=form)
    assert "Is this the action that takes its place? B2 of The plan: Wider" in page.text
    assert Action.objects.get(pk=action.pk).is_open
    third = factories.action(plan, reference="B4", text="Another")
    page = visit("action_supersede", action.pk, form=page.form | {"successor": third.pk})
    assert "B4 of The plan: Another" in page.text and Action.objects.get(pk=action.pk).is_open
    page = visit("action_supersede", action.pk, form=page.form | {"successor": other.pk})
    page = visit("action_supersede", action.pk, form=page.form)
    assert "Superseded by B2 Wider" in page.text and link("action", other) in page.links
    page = visit("action", other.pk)
    assert "Takes the place of A1 Improve things" in page.text


def test_in_a_draft_nothing_is_withdrawn(lead, drafted, visit):
    for name in ("action_withdraw", "action_supersede"):
        assert link(name, drafted) not in visit("action", drafted.pk).links
        assert "change the action, or take it out" in visit(name, drafted.pk).text


def test_texts_stay_texts(lead, plan, visit):
    action = factories.action(
        plan, text=AWKWARD, timescale=AWKWARD, lead=factories.post(plan.area, AWKWARD)
    )
    factories.dependency(action, factories.action(plan, text=AWKWARD))
    for name in ("action", "action_edit", "action_withdraw", "action_supersede", "action_blockers"):
        assert visit(name, action.pk).shows(AWKWARD), name
