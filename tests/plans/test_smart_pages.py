"""The SMART check beside an action's form and on its page: what it says, and where it leads."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import html

from management.access import Role
from management.models import AuditEvent
from plans.models import Action
from plans.states import PlanState
from tests import factories
from tests.pages import AWKWARD, Page, statements, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


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
    return factories.plan(area)


@pytest.fixture
def action(plan):
    return factories.action(plan, text="Improve things")


@pytest.fixture
def visit(client, area):
    """Opens a page by its route, or sends it; what comes after a redirect is what counts."""

    def ask(name, pk, form=None):
        url = reverse(name, args=[area.slug, pk])
        return Page(client.get(url) if form is None else client.post(url, form, follow=True))

    return ask


def link(name, row):
    return reverse(name, args=[row.area.slug, row.pk])


def filled(action):
    return {
        "reference": "A9",
        "text": "See people on the day",
        "indicator": action.indicator_id,
        "lead": action.lead_id,
        "original_due": "March 2020",
        "evidence_expected": "The monthly count",
    }


@pytest.fixture
def check(client, area):
    """What the check answers to a form that is being written."""
    return lambda name, row, form: client.post(link(name, row), form)


def said(response):
    """The advice, and where each piece of it leads."""
    tree = html.fromstring(response.content.decode())
    return [words(item) for item in tree.iter("li")], {item.get("href") for item in tree.iter("a")}


def test_what_is_typed_is_judged_and_each_piece_of_advice_leads_to_its_field(
    lead, area, plan, check
):
    events = AuditEvent.objects.count()
    form = {"text": "Improve things", "original_due": "Ongoing"}
    advice, links = said(check("smart_check", plan, form))
    assert advice == [
        "What is to be done: “improve” does not say what will be different. Say what will be done, "
        "or how much of what will change.",
        "Evidence of improvement expected: Nothing says how anyone will see that it worked. Link a "
        "KPI that has a baseline and a target, or describe the evidence of improvement.",
        "Lead post: Nobody is accountable. Name one post that leads it.",
        "Due date: “Ongoing” has no end. Give the date by which it will be seen to work; what goes "
        "on after that is everyday work.",
    ]
    assert links == {"#id_text", "#id_evidence_expected", "#id_lead", "#id_original_due"}
    assert AuditEvent.objects.count() == events and not Action.objects.exists()


def test_a_sound_action_is_left_in_peace_and_the_reading_of_a_month_is_told(
    lead, plan, action, check
):
    factories.holding(action.lead, lead)
    sound = filled(action) | {"text": "See 5 people a day"}
    response = check("smart_check", plan, sound)
    assert said(response) == ([], set())
    assert "“March 2020” is read as 31 March 2020." in response.content.decode()
    bare = factories.kpi(plan.area)
    _, links = said(check("smart_check", plan, sound | {"kpis": bare.pk, "evidence_expected": ""}))
    assert links == {"#id_kpis"}


def test_what_was_heard_before_is_not_said_again(lead, plan, check):
    form = {"text": "Improve things"}
    tree = html.fromstring(check("smart_check", plan, form).content.decode())
    heard = {"heard": tree.xpath("//input[@name='heard']/@value")[0]}
    assert check("smart_check", plan, form | heard).status_code == 204
    assert check("smart_check", plan, {"text": "See 5 people"} | heard).status_code == 200


def test_of_an_approved_action_the_date_and_the_kpis_lead_to_their_pages(lead, action, check):
    Action.objects.update(due=None)
    factories.holding(action.lead, lead)
    action.kpis.set([factories.kpi(action.area)], through_defaults={"area": action.area})
    form = {"text": "See 5 people", "lead": action.lead_id, "evidence_expected": ""}
    _, links = said(check("action_smart_check", action, form))
    assert links == {link("action_kpis", action), link("action_date", action)}


def test_the_form_shows_the_advice_without_scripts_after_a_check_and_saves_nothing(
    lead, area, action, visit
):
    drafted = factories.action(factories.plan(area, state=PlanState.DRAFT), text="Improve things")
    empty = visit("action_new", action.plan_id)
    assert "While you write, this asks what is not yet specific" in empty.text
    assert empty.main.xpath(".//*[@aria-live='polite']/@hx-post") == [
        reverse("smart_check", args=[action.area.slug, action.plan_id])
    ]
    form = filled(action) | {"text": "Improve things", "check": "1"}
    page = visit("action_new", action.plan_id, form=form)
    assert "“improve” does not say what will be different" in page.text
    assert page.typed("text") == "Improve things" and page.errors == {}
    form = visit("action_edit", drafted.pk).form | {"text": "Explore options", "check": "1"}
    page = visit("action_edit", drafted.pk, form=form)
    assert "“explore” does not say" in page.text and page.typed("text") == "Explore options"
    assert set(Action.objects.values_list("text", flat=True)) == {"Improve things"}


def test_advice_never_keeps_anybody_from_saving(lead, action, visit):
    page = visit("action_new", action.plan_id, form=filled(action) | {"text": "Improve"})
    assert "Action A9 is added." in page.text
    assert "“improve” does not say what will be different" in page.text  # said on its own page


def test_the_page_of_an_open_action_shows_the_advice_to_those_who_can_follow_it(
    lead, area, action, client, visit
):
    factories.holding(action.lead, lead)
    page = visit("action", action.pk)
    assert "What the SMART check says 1 thing to look at." in page.text
    assert f"{link('action_edit', action)}#id_text" in page.links
    sentence = (
        "“improve” does not say what will be different. Say what will be done, or how much of what "
        "will change."
    )
    assert sentence in page.text
    factories.acceptance(action, sentence=sentence, reason="The board wants these words")
    assert (
        "Accepted as it is on 6 January 2020 by Somebody: The board"
        in visit("action", action.pk).text
    )
    client.force_login(factories.user(area, Role.SERVICE_MANAGER))
    assert "What the SMART check says" not in visit("action", action.pk).text


def test_texts_stay_texts(lead, area, plan, check):
    post = factories.post(area, AWKWARD)
    advice, _ = said(check("smart_check", plan, {"original_due": AWKWARD, "lead": post.pk}))
    assert f"Nobody holds the post “{AWKWARD}” today" in " ".join(advice)


def test_the_form_and_the_check_cost_the_same_however_large_the_plan_is(
    lead, plan, action, visit, check
):
    def asked():
        counts = []
        for ask in (
            lambda: visit("action_edit", action.pk),
            lambda: check("smart_check", plan, filled(action)),
        ):
            with CaptureQueriesContext(connection) as queries:
                ask()
            counts.append(statements(queries))
        return counts

    few = asked()
    for _ in range(4):
        factories.action(plan)
        factories.kpi(plan.area, months=1)
    assert asked() == few
    assert max(few) <= 20
