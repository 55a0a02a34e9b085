"""Starting a plan and adding actions to it, from an area that has nothing but what was found."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from management.access import Role
from management.models import AuditEvent, Post
from plans.models import Action, Plan
from plans.services import drafting, plans
from plans.states import PlanState
from plans.statuses import Status
from tests import factories
from tests.pages import AWKWARD, Page, statements

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
TODAY = date(2020, 1, 15)


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
def inspection(area):
    return factories.inspection(area, title="The inspection")


@pytest.fixture
def plan(area, inspection):
    return factories.plan(area, inspection, title="The plan")


@pytest.fixture
def visit(client, area):
    """Opens a page by its route, or sends it; what comes after a redirect is what counts."""

    def ask(name, *args, form=None, **query):
        url = reverse(name, args=[area.slug, *args])
        if form is None:
            return Page(client.get(url, query))
        return Page(client.post(url, form, follow=True))

    return ask


@pytest.fixture
def add(visit, plan):
    """Sends the form of a new action."""

    def send(**facts):
        return visit("action_new", plan.pk, form=filled(plan) | facts)

    return send


def filled(plan):
    return {
        "reference": "A1",
        "text": "See people on the day",
        "indicator": plan.inspection.framework.indicators.first().pk,
        "new_post": "Service Manager",
        "original_due": "31 3 2020",
        "evidence_expected": "The monthly count",
    }


def only(model):
    return model.objects.get()


# --- a plan --------------------------------------------------------------------------------------


def test_a_plan_is_started_from_the_inspection_that_it_answers(area, inspection, lead, visit):
    start = reverse("plan_new", args=[area.slug])
    assert f"{start}?inspection={inspection.pk}" in visit("inspection", inspection.pk).links
    form = visit("plan_new", inspection=inspection.pk).form
    assert form["inspection"] == str(inspection.pk)
    page = visit("plan_new", form=form | {"title": "Our plan", "agreed_on": "17 9 2019"})
    assert "Our plan is started. Add its first action." in page.text
    assert "This plan has no actions yet." in page.text
    made = only(Plan)
    assert (made.area, made.inspection, made.self_evaluation) == (area, inspection, None)
    assert made.agreed_on == date(2019, 9, 17)
    assert reverse("action_new", args=[area.slug, made.pk]) in page.links
    assert f"{start}?inspection={inspection.pk}" not in visit("inspection", inspection.pk).links


def test_a_plan_can_answer_a_self_evaluation_and_says_so(area, lead, visit, client):
    whole = factories.self_evaluation(area, state="submitted", title="Our year")
    form = visit("plan_new", self_evaluation=whole.pk).form
    page = visit("plan_new", form=form | {"title": "Our plan", "agreed_on": "17 9 2019"})
    assert "In answer to Our year" in page.text
    assert visit("plans").rows()[0][1:3] == ["Draft", "Our year"]
    client.force_login(factories.user(area, Role.ADMINISTRATOR))
    assert visit("plans").rows()[0][1:3] == ["Draft", "A self-evaluation"]


def test_what_not_everybody_may_know_of_is_not_offered(area, lead, visit):
    draft = factories.inspection(area, title="Secret one", published_on=None, plan_due_on=None)
    whole = factories.self_evaluation(area, title="Secret two")
    page = visit("plan_new", inspection=draft.pk, self_evaluation=whole.pk)
    assert "Secret" not in page.text
    facts = {"title": "Our plan", "agreed_on": "17 9 2019"}
    page = visit("plan_new", form=facts | {"inspection": draft.pk, "self_evaluation": whole.pk})
    assert set(page.errors) == {"Inspection that it answers", "Self-evaluation that it answers"}
    assert reverse("plan_new", args=[area.slug]) not in visit("inspection", draft.pk).source
    with pytest.raises(ValidationError, match="not published"):
        plans.create_plan(by=lead, area=area, title="Our plan", agreed_on=TODAY, inspection=draft)
    with pytest.raises(ValidationError, match="Only what was submitted"):
        plans.create_plan(
            by=lead, area=area, title="Our plan", agreed_on=TODAY, self_evaluation=whole
        )
    assert not Plan.objects.exists()


def test_a_self_evaluation_that_is_taken_back_is_not_named_to_others(area, client, visit):
    whole = factories.self_evaluation(area, title="Our year")
    plan = factories.plan(area, self_evaluation=whole)
    client.force_login(factories.user(area, Role.BOARD_MEMBER))
    assert "Our year" not in visit("plans").text + visit("plan", plan.pk).text


@pytest.mark.parametrize(
    ("wrong", "label", "said"),
    [
        ({"title": " "}, "Title", "Give it a title by which people will know it."),
        ({"agreed_on": ""}, "Agreed on", "Give the day on which it was, or will be, agreed."),
        ({"agreed_on": "31 2 2019"}, "Agreed on", "This is not a date that can be read."),
        ({"agreed_on": "17 9 2091"}, "Agreed on", "17 September 2091 is more than 5 years from"),
        ({"agreed_on": "17 9 1919"}, "Agreed on", "17 September 1919 is more than 50 years from"),
    ],
)
def test_what_is_wrong_in_a_plan_is_said_at_its_field(wrong, label, said, lead, visit):
    form = {"title": "Our plan", "agreed_on": "17 9 2019"} | wrong
    page = visit("plan_new", form=form)
    assert page.errors[label][0].startswith(said)
    assert list(page.errors) == [label]
    assert not Plan.objects.exists()


def test_two_plans_of_one_title_are_refused(plan, lead, visit):
    page = visit("plan_new", form={"title": plan.title, "agreed_on": "17 9 2019"})
    assert page.summary == ["This area already has a plan with this title."]
    assert only(Plan) == plan


# --- an action -----------------------------------------------------------------------------------


def test_an_action_with_all_that_it_answers(area, plan, inspection, lead, visit, add):
    post, support = factories.post(area, "Manager"), factories.post(area, "Helper")
    found = factories.recommendation(inspection)
    message = factories.key_message(inspection)
    finding = factories.finding(factories.self_evaluation(area, state="submitted"))
    kpi = factories.kpi(area)
    page = add(
        lead=post.pk,
        new_post="",
        supporting=[support.pk, post.pk],
        recommendations=found.pk,
        findings=finding.pk,
        key_messages=message.pk,
        kpis=kpi.pk,
    )
    assert "Action A1 is added." in page.text
    made = only(Action)
    assert (made.plan, made.lead, made.status) == (plan, post, Status.NOT_STARTED)
    assert (made.original_due, made.due, made.added_on) == (
        date(2020, 3, 31),
        date(2020, 3, 31),
        TODAY,
    )
    assert (made.text, made.evidence_expected) == ("See people on the day", "The monthly count")
    assert made.indicator == inspection.framework.indicators.first()
    linked = [made.recommendations, made.findings, made.key_messages, made.kpis, made.supporting]
    assert [list(rows.all()) for rows in linked] == [
        [found],
        [finding],
        [message],
        [kpi],
        [support],
    ]
    event = AuditEvent.objects.filter(table_name="plans_action").first()
    assert (event.actor_name, event.verb) == ("Fiona Adair", "add action")
    recommendation = visit("coverage", inspection.pk).rows()[1]
    assert "A1 (Not started)" in recommendation[3]


@pytest.mark.parametrize("kind", ["recommendation", "finding", "key_message"])
def test_what_the_visitor_came_from_is_ticked_already(kind, area, plan, inspection, lead, visit):
    whole = factories.self_evaluation(area, state="submitted")
    row = {
        "recommendation": lambda: factories.recommendation(inspection, closed_on=TODAY),
        "finding": lambda: factories.finding(whole),
        "key_message": lambda: factories.key_message(inspection),
    }[kind]()
    page = visit("action_new", plan.pk, **{kind: row.pk})
    ticked = page.main.xpath(".//input[@checked]")
    assert [(box.get("name"), box.get("value")) for box in ticked] == [(f"{kind}s", str(row.pk))]
    assert f"It is to answer: {row.reference} {row.text}" in page.text
    junk = visit("action_new", plan.pk, **{kind: "x'"})
    assert junk.status == 200 and not junk.main.xpath(".//input[@checked]")


def test_the_first_post_of_an_area_is_made_with_its_first_action(area, plan, lead, add):
    page = add(organisation="Police Scotland")
    assert "Action A1 is added." in page.text
    post = only(Post)
    assert (post.area, str(post)) == (area, "Service Manager (Police Scotland)")
    assert only(Action).lead == post
    made = AuditEvent.objects.filter(table_name="management_post").first()
    assert (made.actor_name, made.verb) == ("Fiona Adair", "create post")


@pytest.mark.parametrize(
    ("wrong", "label", "said"),
    [
        ({"reference": ""}, "Reference", "Give it a reference."),
        ({"reference": "a7"}, "Reference", "This plan already has an action with this reference."),
        ({"text": ""}, "What is to be done", "Say what is to be done."),
        ({"indicator": ""}, "Quality indicator", "Choose the quality indicator"),
        ({"indicator": "0"}, "Quality indicator", "Select a valid choice."),
        ({"new_post": ""}, "Lead post", "Choose the post that leads it, or name a new one."),
        ({"lead": "post"}, "Or a new post: its title", "Choose a post, or name a new one: not"),
        (
            {"new_post": "there ALREADY"},
            "Or a new post: its title",
            "This post is there already: choose it in the list.",
        ),
        (
            {"original_due": "15 9 2018"},
            "Due date",
            "The plan was agreed on 17 September 2019, more than a year later.",
        ),
        ({"original_due": "1 1 2026"}, "Due date", "1 January 2026 is more than 5 years from"),
        (
            {"added_on": "16 1 2020"},
            "Added to the plan on (optional)",
            "It cannot be added on a day that has not come yet.",
        ),
    ],
)
def test_what_is_wrong_in_an_action_is_said_at_its_field(wrong, label, said, area, plan, lead, add):
    there = factories.post(area, "There already")
    factories.action(plan, reference="A7", lead=there)
    form = {name: there.pk if value == "post" else value for name, value in wrong.items()}
    page = add(**form)
    assert page.errors[label][0].startswith(said)
    assert list(page.errors) == [label]
    assert only(Action).reference == "A7"
    assert only(Post) == there
    for name in {"text", "evidence_expected"} - set(wrong):
        assert page.typed(name) == filled(plan)[name]


@pytest.mark.parametrize("state", ["draft", "in_progress"])
def test_an_action_is_saved_without_a_date_and_a_measure_as_the_check_says(
    state, plan, lead, visit, add, client, area
):
    type(plan).objects.update(state=state)
    unsaid = {"original_due": "", "evidence_expected": ""}
    checked = add(**unsaid, check="1")
    assert "It only advises: you can save as it is." in checked.text
    page = add(**unsaid)
    assert "Action A1 is added. It has no due date." in page.text
    made = only(Action)
    assert (made.due, made.evidence_expected) == (None, "")
    assert "Evidence of improvement expected None described" in page.text
    assert "There is no due date, so it can never be late." in page.text
    assert "Nothing says how anyone will see that it worked." in page.text
    said = {"evidence_expected": "A count", "reason": "Now known"}
    for words in (said, said | {"evidence_expected": ""}):
        opened = visit("action_edit", made.pk)
        visit("action_edit", made.pk, form={**opened.form, **words})
        assert only(Action).evidence_expected == words["evidence_expected"]


def test_the_approval_page_asks_for_what_an_action_does_not_say(plan, lead, visit, add):
    type(plan).objects.update(state="draft")
    add(original_due="", evidence_expected="")
    lead.memberships.update(role="head_of_service")
    page = visit("plan_approve", plan.pk)
    assert page.rows()[0][2:] == ["No date", "None described"]
    assert "A1: There is no due date, so it can never be late" in page.text
    assert "A1: Nothing says how anyone will see that it worked." in page.text


def test_a_year_before_the_plan_and_five_years_ahead_are_within_what_can_be(plan, lead, add):
    assert "is added" in add(original_due="17 9 2018").text
    assert "is added" in add(reference="A2", new_post="Other", original_due="31 12 2025").text


def test_the_next_free_reference_is_filled_in_and_many_are_entered_in_a_row(plan, lead, add):
    page = add(reference="1.1a", added_on="17 9 2019", next="1")
    assert "Action 1.1a is added." in page.text
    assert page.form["reference"] == "1.1b"
    assert page.form["added_on"] == "2019-09-17"
    assert page.form["text"] == ""
    made = only(Action)
    add(reference="1.1b", new_post="", lead=made.lead_id)
    assert [a.reference for a in Action.objects.all()] == ["1.1a", "1.1b"]
    assert made.added_on == date(2019, 9, 17)


def test_an_action_for_a_finding_improves_the_element_that_it_was_found_in(area, lead, visit):
    guide = factories.framework(("1.1", "5.2"))
    whole = factories.self_evaluation(area, guide, state="submitted")
    second = guide.indicators.all()[1]
    found = factories.finding(whole, indicator=second)
    plan = factories.plan(area, None, self_evaluation=whole)
    page = visit("action_new", plan.pk, finding=found.pk)
    chosen = page.main.xpath(".//select[@name='indicator']//option[@selected]/@value")
    assert chosen == [str(second.pk)]


def test_strengths_are_offered_only_to_who_comes_from_one(area, plan, lead, visit):
    whole = factories.self_evaluation(area, state="submitted")
    strength = factories.finding(whole, kind="strength", text="Staff are proud")
    factories.finding(whole, text="People wait")
    page = visit("action_new", plan.pk)
    assert "People wait" in page.text and "Staff are proud" not in page.text
    assert "Staff are proud" in visit("action_new", plan.pk, finding=strength.pk).text


def test_only_what_can_be_answered_is_offered(area, plan, inspection, lead, visit):
    factories.recommendation(inspection, text="Open one")
    factories.recommendation(inspection, text="Closed one", closed_on=TODAY)
    draft = factories.inspection(area, published_on=None, plan_due_on=None)
    factories.recommendation(draft, text="Secret one")
    factories.key_message(draft, text="Secret message")
    whole = factories.self_evaluation(area, state="submitted")
    factories.finding(whole, text="Standing finding")
    factories.finding(whole, text="Withdrawn finding", withdrawn_on=TODAY)
    other = factories.framework(title="Another framework")
    page = visit("action_new", plan.pk)
    assert "Open one" in page.text and "Standing finding" in page.text
    for hidden in ("Closed one", "Secret", "Withdrawn finding", other.title):
        assert hidden not in page.text


def test_a_plan_that_answers_nothing_takes_an_indicator_of_any_newest_framework(area, lead, visit):
    one, two = factories.framework(), factories.framework()
    newer = factories.framework(code=two.code, version=2, title="Newer")
    page = visit("action_new", factories.plan(area).pk)
    assert one.title in page.source and newer.title in page.source
    keys = set(page.main.xpath(".//select[@name='indicator']//option/@value"))
    assert keys == {"", *(str(i.pk) for f in (one, newer) for i in f.indicators.all())}


def test_without_a_framework_the_page_says_who_loads_one(area, lead, visit):
    page = visit("action_new", factories.plan(area).pk)
    assert "No framework is loaded" in page.text


def test_the_service_refuses_what_no_action_can_answer(area, plan, inspection, lead):
    draft = factories.inspection(area, published_on=None, plan_due_on=None)
    gone = factories.finding(
        factories.self_evaluation(area, state="submitted"), reference="F9", withdrawn_on=TODAY
    )
    with pytest.raises(ValidationError) as refusal:
        drafting.draft_action(
            by=lead,
            plan=plan,
            new_post="Service Manager",
            indicator=inspection.framework.indicators.first(),
            reference="A1",
            text="Do",
            evidence_expected="Figures",
            original_due=TODAY,
            added_on=TODAY,
            recommendations=[factories.recommendation(draft, "R1")],
            findings=[gone],
        )
    assert set(refusal.value.message_dict) == {"recommendations", "findings"}
    assert not Action.objects.exists() and not Post.objects.exists()


def test_a_new_post_is_not_left_behind_when_the_action_is_refused(plan, lead, add):
    add(text="")
    add(added_on="16 1 2020")
    assert not Post.objects.exists()


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.PERFORMANCE_LEAD, Role.HEAD_OF_SERVICE}))
def test_only_those_who_keep_the_plan_add_to_it_or_see_the_buttons(
    role, area, plan, inspection, client, visit
):
    person = factories.user(area, role)
    client.force_login(person)
    assert reverse("plan_new", args=[area.slug]) not in visit("plans").source
    assert reverse("action_new", args=[area.slug, plan.pk]) not in visit("plan", plan.pk).source
    with pytest.raises(PermissionDenied):
        drafting.draft_action(by=person, plan=plan, original_due=TODAY)


def test_texts_stay_texts(area, lead, visit):
    found = factories.inspection(area, title=AWKWARD)
    factories.recommendation(found, text=AWKWARD)
    factories.post(area, AWKWARD)
    plan = factories.plan(area, found, title=AWKWARD)
    assert visit("action_new", plan.pk).shows(AWKWARD)
    assert visit("plan_new").shows(AWKWARD)


def test_the_form_of_an_action_costs_the_same_whatever_was_found(area, plan, lead, visit):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            visit("action_new", plan.pk)
        return statements(queries)

    def more():
        found = factories.inspection(area)
        factories.recommendation(found)
        factories.key_message(found)
        factories.finding(factories.self_evaluation(area, state="submitted"))
        factories.kpi(area)
        factories.action(plan)

    more()
    few = asked()
    for _ in range(4):
        more()
    assert asked() == few <= 20


@pytest.mark.parametrize(
    ("said", "sentence", "listed"),
    [
        (True, "To be agreed on 17 September 2019", "To be agreed 17 September 2019"),
        (False, "A draft: nobody has said on which day it is agreed", "Not said yet"),
    ],
)
def test_a_draft_s_day_is_told_alike_everywhere_and_only_where_somebody_said_it(
    client, area, lead, said, sentence, listed
):
    plan = factories.plan(area, state=PlanState.DRAFT, agreed_on=date(2019, 9, 17))
    if not said:
        factories.plan_import(area, plan, choices='{"default_day": "2019-09-17"}')
    shown = Page(client.get(reverse("plan", args=[area.slug, plan.pk]))).text
    adding = Page(client.get(reverse("action_new", args=[area.slug, plan.pk]))).text
    assert f"{sentence}." in shown or f"{sentence}, until" in shown
    assert f"{sentence}." in adding
    everything = Page(client.get(reverse("plans", args=[area.slug]))).text
    assert listed in everything
    assert said or "17 September 2019" not in shown + adding + everything
