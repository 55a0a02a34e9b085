"""The first page of each role, the pages for errors, and what every answer carries."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from management.access import Role
from management.middleware import CONTENT_SECURITY_POLICY
from plans.states import PlanState
from plans.statuses import Status
from tests import factories
from tests.pages import Page, statements

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
S = Status


@pytest.fixture
def area():
    return factories.area("Angus", slug="angus")


@pytest.fixture
def home(area, client):
    """The first page of somebody with that role, and of any others they have."""

    def visit(role, *others, **facts):
        person = factories.user(area, role, **facts)
        for other in others:
            factories.membership(area, person, other)
        client.force_login(person)
        return Page(client.get("/areas/angus/"))

    return visit


@pytest.fixture
def plan(area):
    """A late action, one that waits to be verified, and one that is complete."""
    found = factories.inspection(area, title="The 2019 inspection")
    made = factories.plan(area, found, title="The plan")
    rows = [
        ("A1", S.ON_TRACK, date(2020, 1, 5)),
        ("A2", S.DONE, date(2020, 3, 31)),
        ("A3", S.COMPLETE, date(2019, 12, 31)),
        ("A4", S.NOT_STARTED, date(2019, 12, 31)),
    ]
    for number, (reference, status, due) in enumerate(rows):
        factories.action(
            made,
            reference=reference,
            sequence=number,
            text=f"Do {reference}",
            status=status,
            original_due=due,
        )
    return made


# --- home ----------------------------------------------------------------------------------------


def test_somebody_with_one_area_is_led_to_it_and_with_two_may_choose(area, client):
    person = factories.user(area, Role.INSPECTOR)
    client.force_login(person)
    assert client.get("/")["Location"] == "/areas/angus/"
    factories.membership(factories.area("Fife", slug="fife"), person, Role.INSPECTOR)
    assert {"/areas/angus/", "/areas/fife/"} <= Page(client.get("/")).links


def test_somebody_without_a_role_is_told_whom_to_ask(client):
    client.force_login(factories.user())
    assert "Ask your area’s administrator for one." in Page(client.get("/")).text


def test_somebody_who_is_not_signed_in_is_led_to_the_door_and_back(area, client):
    response = client.get("/areas/angus/plans/?by=status")
    assert response["Location"] == "/accounts/login/?next=/areas/angus/plans/%3Fby%3Dstatus"


def test_a_service_manager_sees_the_open_actions_of_their_posts_the_latest_first(area, plan, home):
    person = factories.user(area, Role.SERVICE_MANAGER)
    late, verified = plan.actions.get(reference="A1"), plan.actions.get(reference="A3")
    support = factories.post(area, "Zoe’s post")
    other = plan.actions.get(reference="A2")
    other.supporting.set([support], through_defaults={"area": area})
    for post in (late.lead, verified.lead, support):
        factories.holding(post, person)
    client = Client()
    client.force_login(person)
    page = Page(client.get("/areas/angus/"))
    assert [row[0][:8] for row in page.rows()] == ["A1 Do A1", "A2 Do A2"]
    assert "5 January 2020 Overdue by 10 days" in " ".join(page.rows()[0])
    assert "Zoe’s post" in page.text
    assert "What is missing" not in page.text and "waiting to be verified" not in page.text


def test_a_service_manager_without_a_post_or_without_work_is_told_so(area, plan, home):
    page = home(Role.SERVICE_MANAGER)
    assert "You hold no post today, so no action is yours." in page.text
    person = factories.user(area, Role.SERVICE_MANAGER)
    factories.holding(factories.post(area), person)
    client = Client()
    client.force_login(person)
    assert "Nothing is open for your posts." in Page(client.get("/areas/angus/")).text


def test_a_performance_lead_sees_what_is_late_and_what_is_missing(area, plan, home):
    factories.recommendation(plan.inspection, "1")
    factories.kpi(area, code="K9", name="Never counted")
    page = home(Role.PERFORMANCE_LEAD)
    assert [row[0] for row in page.rows()] == ["A4 Do A4", "A1 Do A1"]
    said = "1 of 1 open points of The 2019 inspection has no action."
    assert said in page.text
    assert reverse("coverage", args=["angus", plan.inspection.pk]) in page.links
    assert "KPI K9 Never counted has no figure." in page.text
    assert "My actions" not in page.text
    assert "Where to begin" not in page.text


@pytest.mark.parametrize(
    ("due", "state", "late"),
    [
        (date(2020, 1, 14), "approved", True),
        (date(2020, 1, 15), "approved", False),
        (date(2020, 1, 14), "submitted", False),
    ],
)
def test_a_performance_lead_sees_that_a_plan_is_late(area, home, due, state, late):
    out = {"published_on": date(2019, 12, 3), "plan_due_on": due}
    found = factories.inspection(area, title="The report", **out)
    plan = factories.plan(area, found, actions=1, agreed_on=date(2020, 1, 10), state=state)
    factories.plan_move(plan, new=state, on=date(2020, 1, 15))
    text = home(Role.PERFORMANCE_LEAD).text
    said = "No plan was submitted in answer to The report. "
    said += f"One was due by {due.day} January 2020."
    assert (said in text) == late


def test_in_an_empty_area_a_performance_lead_sees_where_to_begin(area, home):
    page = home(Role.PERFORMANCE_LEAD)
    assert "Where to begin" in page.text and "What is missing" not in page.text
    names = ("self_evaluation_import", "self_evaluation_new", "inspection_new")
    assert {reverse(name, args=["angus"]) for name in names} <= page.links
    assert "Where to begin" not in home(Role.BOARD_MEMBER).text


def test_nothing_is_said_of_kpis_where_there_are_none(area, home):
    look = factories.self_evaluation(area, title="Begun", state="draft")
    page = home(Role.PERFORMANCE_LEAD)
    assert "Self-evaluations in draft" in page.text
    assert reverse("self_evaluation", args=["angus", look.pk]) in page.links
    assert "Every KPI has at least one figure." not in page.text and "Nothing." in page.text
    factories.observation(factories.kpi(area))
    assert "Every KPI has at least one figure." in home(Role.PERFORMANCE_LEAD).text


def test_what_is_missing_agrees_with_the_page_of_coverage(area, plan, home, client):
    """Each kind of answer: live, none, withdrawn, withdrawn beside live, and through parts."""
    found, live = plan.inspection, plan.actions.get(reference="A1")
    gone = factories.action(plan, status=S.WITHDRAWN)
    replaced = factories.action(plan, status=S.SUPERSEDED)
    whole = factories.recommendation(found, "5")
    answered = {
        "1": [live],
        "2": [],
        "3": [gone, replaced],
        "4": [gone, live],
        "5.1": [live, gone],
        "5.2": [],
    }
    for reference, actions in answered.items():
        parent = whole if reference.startswith("5.") else None
        one = factories.recommendation(found, reference, parent=parent)
        for action in actions:
            links = [*action.recommendations.all(), one]
            action.recommendations.set(links, through_defaults={"area": area})
    middle = factories.recommendation(found, "6.1", parent=factories.recommendation(found, "6"))
    deep = factories.recommendation(found, "6.1.1", parent=middle)
    live.recommendations.add(deep, through_defaults={"area": area})
    factories.recommendation(found, "7", closed_on=date(2020, 1, 6))
    page = home(Role.PERFORMANCE_LEAD)
    assert "3 of 10 open points of The 2019 inspection have no" in page.text
    whole = Page(client.get(reverse("coverage", args=["angus", found.pk])))
    assert whole.counts == {"found, in all": 11, "want an action": 3}


def test_a_self_evaluation_with_areas_for_improvement_that_nothing_answers_is_named(
    area, plan, home, client
):
    look = factories.self_evaluation(area, title="Our own look", state="validated")
    action = plan.actions.get(reference="A1")
    found = [factories.finding(look) for _ in range(3)]
    factories.finding(look, kind="strength")
    factories.finding(look, withdrawn_on=date(2020, 1, 6))
    action.findings.set(found[:1], through_defaults={"area": area})
    factories.action(plan, status=S.WITHDRAWN, findings=found[1:2])
    strong = factories.self_evaluation(area, title="Of strengths", state="submitted")
    factories.finding(strong, kind="strength")
    page = home(Role.HEAD_OF_SERVICE)
    assert "2 of 3 open points of Our own look have no action." in page.text
    address = reverse("self_evaluation_coverage", args=["angus", look.pk])
    assert address in page.links
    assert Page(client.get(address)).counts["want an action"] == 2
    assert "improvement of Of strengths" not in page.text
    action.findings.set(found, through_defaults={"area": area})
    done = Page(client.get("/areas/angus/")).text
    assert "Every open point of Our own look has an action." in done


def test_nothing_is_asked_for_what_no_action_may_answer_yet_or_was_not_agreed(area, home):
    draft = factories.inspection(area, title="Unpub", published_on=None, plan_due_on=None)
    factories.recommendation(draft, "1")
    factories.finding(factories.self_evaluation(area, title="Taken back"))
    factories.recommendation(factories.inspection(area, title="No"), "1", response="not_agreed")
    assert "open point" not in home(Role.PERFORMANCE_LEAD).text


def test_what_another_area_has_not_answered_is_not_shown(area, home):
    other = factories.area("Fife", slug="fife")
    factories.recommendation(factories.inspection(other, title="Their inspection"))
    factories.finding(factories.self_evaluation(other, title="Their look", state="validated"))
    page = home(Role.PERFORMANCE_LEAD)
    assert "Their" not in page.text and "open point" not in page.text


def test_when_nothing_is_missing_the_page_says_so(area, home):
    factories.inspection(area, title="The 2019 inspection")
    factories.kpi(area, months=1)
    page = home(Role.PERFORMANCE_LEAD)
    assert "improvement of The 2019 inspection" not in page.text
    for said in (
        "No action is overdue.",
        "Every KPI has at least one figure.",
        "No improvement plan has been entered yet.",
        "No pack has been built yet.",
    ):
        assert said in page.text


def test_a_head_of_service_sees_what_waits_for_a_second_person(area, plan, home, client):
    nothing = "No plan, new due date or finished action waits for you."
    draft = factories.plan(area, title="Next plan", state="draft", actions=2)
    factories.plan(area, title="Empty plan", state="draft")
    late, done = plan.actions.get(reference="A1"), plan.actions.get(reference="A2")
    answered = factories.date_request(late)
    factories.date_answer(answered)
    factories.date_request(late)
    factories.date_request(plan.actions.get(reference="A3"))  # complete since
    page = home(Role.HEAD_OF_SERVICE)
    for said in (
        "1 draft plan waits to be approved: Next plan.",
        "1 new due date waits for an answer: A1 of The plan.",
        "1 action waits to be verified: A2 of The plan.",
    ):
        assert said in page.text
    places = {"plan_approve": draft, "action": late, "action_verify": done}
    assert {reverse(name, args=["angus", row.pk]) for name, row in places.items()} <= page.links
    page = home(Role.PERFORMANCE_LEAD)
    assert "1 new due date waits" in page.text
    assert "to be approved" not in page.text and "to be verified" not in page.text
    asker = factories.user(area, Role.PERFORMANCE_LEAD)
    factories.date_answer(late.date_requests.get(answer=None), agreed=False)
    factories.date_request(late, author=asker)
    assert "1 new due date waits" in home(Role.PERFORMANCE_LEAD).text
    client.force_login(asker)
    assert nothing in Page(client.get("/areas/angus/")).text
    page = home(Role.BOARD_MEMBER)
    assert "Waiting for you" not in page.text


def test_a_long_list_of_what_waits_is_counted_and_begun(area, home):
    plan = factories.plan(area)
    for _ in range(10):
        factories.action(plan, status=S.DONE)
    text = home(Role.HEAD_OF_SERVICE).text
    assert "10 actions wait to be verified" in text and "and 2 more." in text


def test_a_board_member_sees_the_counts_of_each_plan_and_the_packs(area, plan, home):
    pack = factories.pack(factories.body(plan, name="HSCP Board"))
    page = home(Role.BOARD_MEMBER)
    assert page.counts == {"actions": 4, "complete (verified)": 1, "overdue": 2}
    assert "HSCP Board, Q3 2019-20 (October to December 2019), edition 1: Waiting" in page.text
    assert reverse("pack", args=["angus", pack.pk]) in page.links


def test_the_counts_of_a_plan_lead_to_what_they_count(area, plan, home):
    way = reverse("plan", args=["angus", plan.pk])
    assert {f"{way}?status=complete#found", f"{way}?status=overdue#found"} <= set(
        home(Role.INSPECTOR).links
    )


def test_a_closed_plan_says_where_what_was_left_goes_on(area, home):
    closed = factories.plan(area, title="Old", state=PlanState.CLOSED)
    factories.action(closed, status=S.COMPLETE)
    for place in ("The new plan.", "The new plan", "A", "B", "C"):
        factories.residual(factories.action(closed, status=S.WITHDRAWN), home=place)
    page = home(Role.BOARD_MEMBER)
    assert "6 actions, 1 complete (verified); 2 go on in The new plan; 1 goes on in A;" in page.text
    assert "1 goes on in other places." in page.text and page.counts == {}


def test_an_inspector_sees_inspections_and_no_packs(area, plan, home):
    factories.pack(factories.body(plan))
    page = home(Role.INSPECTOR)
    assert "The 2019 inspection: what answers each finding" in page.text
    assert "Packs" not in page.text


def test_somebody_with_two_roles_sees_what_both_need(area, plan, home):
    page = home(Role.SERVICE_MANAGER, Role.HEAD_OF_SERVICE)
    for said in ("Head of service, Service manager", "My actions", "to be verified"):
        assert said in page.text


def test_only_what_the_person_may_open_is_in_the_menu(area, home):
    menus = {
        role: {link.text.strip() for link in home(role).tree.find_class("ds_site-navigation__link")}
        for role in (Role.INSPECTOR, Role.BOARD_MEMBER, Role.ADMINISTRATOR)
    }
    common = {"Home", "Plans", "Inspections", "KPIs"}
    assert menus == {
        Role.INSPECTOR: common | {"Self-evaluations"},
        Role.BOARD_MEMBER: common | {"Self-evaluations", "Packs"},
        Role.ADMINISTRATOR: common | {"Packs", "People", "Audit trail", "Messages"},
    }


def test_the_day_is_named_and_a_held_clock_is_said(area, home, settings):
    page = home(Role.INSPECTOR)
    assert "15 January 2020" in page.text
    assert "Today is held at 15 January 2020." in page.source


def test_what_is_invented_is_said_on_the_home_page(area, home):
    factories.plan(area, illustrative="Illustrative: all of it.")
    assert "Illustrative: all of it." in home(Role.BOARD_MEMBER).text


def test_a_home_page_costs_the_same_queries_whatever_the_area_holds(area, client):
    person = factories.user(area, Role.HEAD_OF_SERVICE)
    factories.membership(area, person, Role.SERVICE_MANAGER)
    client.force_login(person)
    counts = set()
    for size in (2, 30):
        for _ in range(2):
            plan = factories.plan(area, factories.inspection(area), actions=size)
            factories.holding(plan.actions.first().lead, person)
            look = factories.self_evaluation(area, state="validated")
            for _ in range(size):
                factories.recommendation(plan.inspection)
                factories.finding(look)
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/areas/angus/").status_code == 200
        counts.add(statements(asked))
    assert len(counts) == 1, counts


# --- errors --------------------------------------------------------------------------------------


def failing(path, status, **headers):
    """The answer to a request that fails, from a client that gets the error page."""
    client = Client(raise_request_exception=False, **headers)
    response = client.get(path)
    assert response.status_code == status
    return response


def secure(response):
    return (
        response["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
        and response["X-Content-Type-Options"] == "nosniff"
        and response["X-Frame-Options"] == "DENY"
        and bool(response["X-Request-ID"])
    )


def test_the_policy_allows_no_script_of_anybody_elses_and_none_inside_a_page():
    assert "script-src 'self'" in CONTENT_SECURITY_POLICY
    assert "default-src 'none'" in CONTENT_SECURITY_POLICY
    for hole in ("unsafe", "*", "http:", "https:"):
        assert hole not in CONTENT_SECURITY_POLICY


def test_a_page_that_is_not_there_says_so(area):
    for path in ("/nothing/here", "/areas/angus/nothing/", "/%00", "/areas/Ångus/"):
        response = failing(path, 404)
        assert "There is no such page" in Page(response).text
        assert secure(response)


def test_another_areas_page_looks_like_one_that_is_not_there(area, client):
    factories.area("Fife", slug="fife")
    client.force_login(factories.user(area, Role.ADMINISTRATOR))
    theirs, nowhere = (client.get(f"/areas/{slug}/people/") for slug in ("fife", "nowhere"))
    assert theirs.status_code == nowhere.status_code == 404
    assert Page(theirs).text.replace(theirs["X-Request-ID"], "") == Page(nowhere).text.replace(
        nowhere["X-Request-ID"], ""
    )
    assert secure(theirs)


def test_a_request_for_another_host_is_refused(area):
    response = failing("/", 400, headers={"host": "evil.example"})
    assert "This request could not be read" in response.content.decode()
    assert b"evil.example" not in response.content
    assert response["Content-Security-Policy"] == CONTENT_SECURITY_POLICY


def test_a_forbidden_page_says_so_with_a_reference(area, client):
    client.force_login(factories.user(area, Role.INSPECTOR))
    response = client.get("/areas/angus/packs/")
    page = Page(response)
    assert (page.status, page.title) == (403, "You cannot do this – Throughline")
    assert f"give this reference: {response['X-Request-ID']}" in page.text
    assert secure(response)


def test_a_form_without_its_token_is_explained(area):
    client = Client(enforce_csrf_checks=True)
    response = client.post("/accounts/login/", {"login": "x@example.org", "password": "x"})
    assert response.status_code == 403
    assert "For your safety the form was not accepted" in Page(response).text
    assert secure(response)


def test_whoever_is_signed_in_keeps_the_menu_when_a_form_is_not_accepted(area):
    client = Client(enforce_csrf_checks=True)
    client.force_login(factories.user(area, Role.SERVICE_MANAGER))
    for slug, menu in (("angus", True), ("elsewhere", False)):
        page = Page(client.post(f"/areas/{slug}/actions/1/update/", {"text": "x"}))
        assert page.status == 403 and "For your safety" in page.text
        assert bool(page.tree.xpath("//nav[@aria-label='Sections']")) == menu


def test_a_fault_of_ours_is_admitted_without_a_trace_of_it(area, caplog):
    pack = factories.pack(factories.body(factories.plan(area)), state="done")
    factories.rendition(pack)  # its file is not in the store
    client = Client(raise_request_exception=False)
    client.force_login(factories.user(area, Role.BOARD_MEMBER))
    response = client.get(reverse("pack_file", args=["angus", pack.pk, "pdf"]))
    page = Page(response)
    assert page.status == 500
    assert "The fault is ours, not yours." in page.text
    assert f"give this reference: {response['X-Request-ID']}" in page.text
    assert "Traceback" not in page.source and "store" not in page.text
    assert secure(response)


@pytest.mark.parametrize("path", ["/", "/accounts/login/", "/accounts/password/reset/", "/health"])
def test_every_answer_to_a_visitor_carries_the_policy(client, path):
    assert secure(client.get(path))


def test_every_page_of_an_area_carries_the_policy_and_stays_out_of_caches(client):
    world = factories.world("Canary", "canary")
    client.force_login(world.people[Role.HEAD_OF_SERVICE])
    for name in ("area", "plans", "inspections", "kpis", "packs", "people"):
        response = client.get(reverse(name, args=["canary"]))
        assert secure(response), name
        assert "no-store" in response["Cache-Control"]
