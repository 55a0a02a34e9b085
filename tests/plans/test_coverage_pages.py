"""The pages of coverage: what a person reads there, and what they cost."""

from datetime import date

import pytest
from django.urls import reverse

from benchmarks import data
from benchmarks.statements import counted, queries
from management import clock
from management.access import Role
from plans.models import Evaluation
from plans.scales import Grade
from plans.statuses import Status
from tests import factories
from tests.pages import Page, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def area():
    return factories.area("Ardmore", slug="ardmore")


@pytest.fixture
def lead(area, client):
    client.force_login(factories.user(area, Role.PERFORMANCE_LEAD))
    return client


@pytest.fixture
def inspection(area):
    found = factories.inspection(area, factories.framework(("1.1", "5.2")))
    weak, good = found.framework.indicators.all()
    Evaluation.objects.create(area=area, inspection=found, indicator=weak, grade=Grade.WEAK)
    Evaluation.objects.create(area=area, inspection=found, indicator=good, grade=Grade.GOOD)
    return found


def page_of(client, inspection, query=""):
    address = reverse("coverage", args=[inspection.area.slug, inspection.pk])
    response = client.get(address + query)
    assert response.status_code == 200
    return Page(response).text


def test_it_says_what_has_no_action_and_what_a_grade_obliges(lead, inspection):
    whole = factories.recommendation(inspection, "1")
    part = factories.recommendation(inspection, "1.1", parent=whole)
    factories.recommendation(inspection, "2")
    plan = factories.plan(inspection.area, inspection)
    elsewhere = factories.quality_indicator(factories.framework(()), "9.9")
    factories.action(plan, reference="A1", recommendations=(part,), indicator=elsewhere)
    page = page_of(lead, inspection)
    assert "found, in all 5" in page
    assert "want an action 2" in page
    assert "1.1 Quality of 1.1: Weak" in page
    assert page.count("No measure: no KPI is linked") >= 2
    assert "Needs no action" in page


def test_one_state_can_be_asked_for_and_an_unknown_one_shows_everything(lead, inspection):
    factories.recommendation(inspection, "R2", text="Answered by nobody")
    closed = factories.recommendation(inspection, "R3", text="Closed by the board")
    closed.closed_on = inspection.published_on
    closed.save()
    page = page_of(lead, inspection, "?state=Closed+by+decision")
    assert "Closed by the board" in page and "Answered by nobody" not in page
    assert "1 of 4." in page
    assert "4 of 4." in page_of(lead, inspection, "?state=nonsense")


def test_a_recommendation_says_how_old_it_is_and_when_it_was_closed(lead, area):
    found = factories.inspection(area, published_on=date(2019, 1, 15))
    factories.recommendation(found, "1")
    factories.recommendation(found, "2", closed_on=date(2019, 12, 3))
    factories.key_message(found)
    address = reverse("coverage", args=[area.slug, found.pk])
    for today, age in (
        (date(2020, 1, 15), "No action Open: 1 year since publication"),
        (
            date(2021, 1, 15),
            "No action Open: 2 years since publication Open for two years or longer",
        ),
    ):
        with clock.hold(today):
            states = [row[2] for row in Page(lead.get(address)).rows()]
        assert states == ["No action", age, "Closed by decision Closed on 3 December 2019"]


def test_a_grade_is_answered_by_its_indicator_in_any_version_but_not_in_another_framework(
    lead, inspection
):
    guide = inspection.framework
    newer = factories.framework(("1.1",), code=guide.code, version=2)
    other = factories.framework(("1.1",))
    plan = factories.plan(inspection.area, inspection)
    factories.action(plan, reference="A1", indicator=newer.indicators.get())
    factories.action(plan, reference="B1", indicator=other.indicators.get())
    page = Page(lead.get(reverse("coverage", args=[inspection.area.slug, inspection.pk])))
    [row] = [row for row in page.rows() if row[0] == "Graded indicator 1.1"]
    assert row[3] == "A1 (Not started) Add an action for 1.1"


def test_an_element_that_the_validator_rates_low_is_listed_with_both_ratings(lead, area):
    made = factories.self_evaluation(area, state="validated")
    first, second, *_ = made.framework.indicators.all()
    factories.judgement(made, first, rating=3, validated_rating=2)
    factories.judgement(made, second, rating=3, validated_rating=3)
    page = Page(lead.get(reverse("self_evaluation_coverage", args=[area.slug, made.pk])))
    assert [row[:2] for row in page.rows()] == [
        [f"Rated element {first.code}", f"{first.name}: Mostly; validated: Partially"]
    ]


def test_an_action_for_a_finding_also_answers_the_low_element_that_it_belongs_to(lead, area):
    made = factories.self_evaluation(area, state="validated")
    first, second, third, *_ = made.framework.indicators.all()
    for indicator, rating in ((first, 1), (second, 2), (third, 4)):
        factories.judgement(made, indicator, rating=rating)
    priority = factories.finding(made, reference="F1")
    of_high = factories.finding(made, reference="F2", indicator=third)
    factories.finding(made, reference="F3", indicator=first, kind="strength")
    of_low = factories.finding(made, reference="F4", indicator=first)
    plan = factories.plan(area)
    factories.action(plan, reference="A1", findings=[of_low])
    factories.action(plan, reference="A2", findings=[priority, of_high])
    page = Page(lead.get(reverse("self_evaluation_coverage", args=[area.slug, made.pk])))
    assert [(row[0], row[3].split(" ")[0]) for row in page.rows()] == [
        (f"Rated element {first.code}", "A1"),
        ("Area for improvement F4", "A1"),
        (f"Rated element {second.code}", "None"),
        ("Area for improvement F1", "A2"),
        ("Area for improvement F2", "A2"),
        ("Strength F3", "None"),
    ]
    assert page.counts["want an action"] == 1


def test_an_action_of_another_plan_that_is_linked_counts_too(lead, inspection):
    asked = factories.recommendation(inspection, "R1")
    other = factories.plan(inspection.area)
    factories.action(other, reference="B7", recommendations=(asked,), status=Status.COMPLETE)
    page = page_of(lead, inspection)
    assert "B7 (Complete (verified))" in page
    assert "Only finished actions" in page


def links_in(client, name, whole):
    page = Page(client.get(reverse(name, args=[whole.area.slug, whole.pk])))
    return page, {link.get("href"): words(link) for link in page.main.iter("a")}


def test_a_graded_indicator_leads_to_an_action_for_it_and_the_action_to_its_kpis(
    lead, inspection, client
):
    slug, weak = inspection.area.slug, inspection.framework.indicators.first()
    _, found = links_in(lead, "coverage", inspection)
    start = f"{reverse('plan_new', args=[slug])}?inspection={inspection.pk}"
    assert found[start].startswith("Start a plan for")
    plan = factories.plan(inspection.area, inspection, title="First plan")
    _, found = links_in(lead, "coverage", inspection)
    address = f"{reverse('action_new', args=[slug, plan.pk])}?indicator={weak.pk}"
    assert found[address] == f"Add an action for {weak.code}"
    assert Page(lead.get(address)).typed("indicator") == str(weak.pk)
    other = factories.plan(inspection.area, inspection, title="Second plan")
    action = factories.action(other, reference="A1", indicator=weak)
    _, found = links_in(lead, "coverage", inspection)
    assert found[address] == f"Add an action to First plan for {weak.code}"
    assert found[reverse("action_kpis", args=[slug, action.pk])] == "Choose KPIs of A1"
    client.force_login(factories.user(inspection.area, Role.INSPECTOR))
    _, found = links_in(client, "coverage", inspection)
    assert not {link for link in found if "new" in link or link.endswith("/kpis/?")}


def test_an_element_that_is_rated_low_leads_to_an_action_for_it(lead, area):
    made = factories.self_evaluation(area, state="submitted")
    first = made.framework.indicators.first()
    factories.judgement(made, first, rating=1)
    _, found = links_in(lead, "self_evaluation_coverage", made)
    start = f"{reverse('plan_new', args=[area.slug])}?self_evaluation={made.pk}"
    assert found[start] == f"Start a plan for {first.code}"
    plan = factories.plan(area, self_evaluation=made)
    _, found = links_in(lead, "self_evaluation_coverage", made)
    address = f"{reverse('action_new', args=[area.slug, plan.pk])}?indicator={first.pk}"
    assert Page(lead.get(address)).typed("indicator") == str(first.pk)


def test_what_is_still_confidential_offers_no_link_that_would_be_refused(lead, area, inspection):
    type(inspection).objects.update(published_on=None, plan_due_on=None)
    factories.recommendation(inspection, "1")
    look = factories.self_evaluation(area)
    factories.finding(look)
    factories.judgement(look, look.framework.indicators.first(), rating=1)
    for name, whole, once in (
        ("coverage", inspection, "the report is published"),
        ("self_evaluation_coverage", look, "it is submitted"),
    ):
        page, found = links_in(lead, name, whole)
        assert f"Actions can answer all this once {once}." in page.text
        assert not [said for said in found.values() if said.startswith(("Choose", "Add", "Start"))]


def test_what_is_not_agreed_with_a_reason_wants_no_action(lead, area):
    found = factories.inspection(area)
    answer = {"response": "not_agreed", "response_detail": "It is against the law"}
    factories.recommendation(found, "1", **answer)
    factories.recommendation(found, "2", response="partly")
    page = Page(lead.get(reverse("coverage", args=[area.slug, found.pk])))
    assert [row[2].split(" Open")[0] for row in page.rows()] == ["Not agreed", "No action"]
    assert page.counts["want an action"] == 1


def test_nothing_found_says_so(lead, area):
    found = factories.inspection(area)
    assert "no key message, no recommendation and no grade yet" in page_of(lead, found)


def test_a_self_evaluation_asks_by_its_findings_and_its_low_ratings(lead, area):
    made = factories.self_evaluation(area)
    first, *others = made.framework.indicators.all()
    factories.judgement(made, first, rating=1)
    factories.judgement(made, others[0], rating=4)
    found = factories.finding(made, text="Ask people sooner")
    factories.finding(made, text="Withdrawn long ago", withdrawn_on=made.end)
    factories.finding(made, text="Staff are proud", kind="strength")
    action = factories.action(factories.plan(area), reference="A1")
    action.findings.set([found], through_defaults={"area": area})
    page = Page(lead.get(reverse("self_evaluation_coverage", args=[area.slug, made.pk]))).text
    assert "Ask people sooner" in page and "A1 (" in page
    assert "Withdrawn long ago" not in page
    assert f"Rated element {first.code}" in page and f"Rated element {others[0].code}" not in page
    assert "want an action 1" in page


def test_an_empty_self_evaluation_says_how_findings_are_made(lead, area):
    made = factories.self_evaluation(area)
    page = Page(lead.get(reverse("self_evaluation_coverage", args=[area.slug, made.pk]))).text
    assert "has no finding yet" in page


@pytest.mark.parametrize("size", [50, 500])
def test_both_pages_cost_few_queries_however_long_the_plan(client, size):
    there = data.place(kpis=1, months=1)
    plan = data.plan(there, actions=size)
    for number in range(11, 61):
        factories.recommendation(there.inspection, f"{number}")
    made = factories.self_evaluation(there.area, state="submitted")
    for number in range(60):
        found = factories.finding(made)
        if number < 50:
            action = plan.actions.all()[number]
            action.findings.add(found, through_defaults={"area": there.area})
    for role in (Role.PERFORMANCE_LEAD, Role.INSPECTOR):
        client.force_login(factories.user(there.area, role))
        for name, pk in (
            ("coverage", there.inspection.pk),
            ("self_evaluation_coverage", made.pk),
        ):
            with counted() as statements:
                response = client.get(reverse(name, args=[there.area.slug, pk]))
            assert response.status_code == 200
            assert queries(statements) <= 12, f"{name}: {queries(statements)}"


def test_an_action_of_a_draft_is_named_as_one(lead, inspection):
    asked = factories.recommendation(inspection, "1")
    draft = factories.plan(inspection.area, inspection, state="draft")
    factories.action(draft, reference="D1", recommendations=(asked,))
    assert "D1 (in a draft plan)" in page_of(lead, inspection)
