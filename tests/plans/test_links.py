"""Choosing the actions that answer what was found."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from management.access import Role
from management.models import AuditEvent
from management.versions import Stale
from plans.effects import Expected
from plans.models import Action, FindingLink, KpiLink
from plans.services import links
from plans.statuses import Status
from tests import factories
from tests.pages import AWKWARD, Page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
KINDS = ["recommendation", "finding", "key_message"]


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
    return factories.inspection(area)


@pytest.fixture
def plan(area, inspection):
    return factories.plan(area, inspection, title="The plan")


@pytest.fixture
def rows(area, inspection):
    """One row of each kind that actions can answer."""
    whole = factories.self_evaluation(area, state="submitted")
    return {
        "recommendation": factories.recommendation(inspection, "R1"),
        "finding": factories.finding(whole, reference="F1"),
        "key_message": factories.key_message(inspection),
    }


@pytest.fixture
def visit(client, area):
    def ask(kind, row, form=None, by=None, **query):
        browser = client
        if by is not None:
            browser = Client()
            browser.force_login(by)
        url = reverse(f"{kind}_answer", args=[area.slug, row.pk])
        return browser.get(url, query) if form is None else browser.post(url, form)

    return ask


def answering(row):
    return set(row.actions.all())


def shown(*actions):
    return ",".join(str(action.pk) for action in actions)


# --- the service ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_links_of_this_row_alone_are_added_and_taken_away(kind, rows, plan, lead, inspection):
    other = factories.recommendation(inspection)
    before, after, both = (factories.action(plan, recommendations=(other,)) for _ in range(3))
    row = rows[kind]
    mine = {"area": plan.area}
    row.actions.set([before, both], through_defaults=mine)
    kpi = factories.kpi(plan.area)
    before.kpis.set([kpi], through_defaults=mine)

    links.choose_actions(by=lead, row=row, shown=[both.pk, before.pk], actions=[both, after])

    assert answering(row) == {both, after}
    assert answering(other) == {before, after, both}
    assert list(before.kpis.all()) == [kpi]
    events = AuditEvent.objects.filter(verb="choose actions")
    assert sorted((event.operation, event.table_name) for event in events) == [
        ("delete", f"plans_{kind.replace('_', '')}link"),
        ("insert", f"plans_{kind.replace('_', '')}link"),
        ("insert", "plans_revision"),
        ("insert", "plans_revision"),
        ("update", "plans_action"),  # a new version of each that answers otherwise
        ("update", "plans_action"),
    ]
    assert {(event.actor_name, event.area_id) for event in events} == {(lead.name, plan.area.pk)}


@pytest.mark.parametrize("kind", KINDS)
def test_a_choice_made_from_what_no_longer_holds_changes_nothing(kind, rows, plan, lead):
    mine, theirs = factories.action(plan), factories.action(plan)
    row = rows[kind]
    links.choose_actions(by=lead, row=row, shown=[], actions=[theirs])
    with pytest.raises(Stale):
        links.choose_actions(by=lead, row=row, shown=[], actions=[mine])
    assert answering(row) == {theirs}


def test_an_action_of_another_area_cannot_be_chosen(rows, lead):
    strange = factories.action(factories.plan(factories.area()))
    with pytest.raises(ValidationError, match="of this area alone"):
        links.choose_actions(by=lead, row=rows["finding"], shown=[], actions=[strange])
    assert not FindingLink.objects.exists()


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.PERFORMANCE_LEAD, Role.HEAD_OF_SERVICE}))
def test_only_those_who_keep_the_plan_choose(role, rows, plan):
    person = factories.user(plan.area, role)
    with pytest.raises(PermissionDenied):
        links.choose_actions(
            by=person, row=rows["finding"], shown=[], actions=[factories.action(plan)]
        )
    assert not FindingLink.objects.exists()


def test_a_withdrawn_finding_takes_no_more_actions_but_gives_up_those_that_it_has(rows, plan, lead):
    row, first, second = rows["finding"], factories.action(plan), factories.action(plan)
    row.actions.set([first], through_defaults={"area": plan.area})
    row.withdrawn_on = date(2020, 1, 10)
    row.save()
    with pytest.raises(ValidationError, match="F1 is withdrawn"):
        links.choose_actions(by=lead, row=row, shown=[first.pk], actions=[first, second])
    assert answering(row) == {first}
    links.choose_actions(by=lead, row=row, shown=[first.pk], actions=[])
    assert answering(row) == set()


def test_a_finding_of_what_was_taken_back_takes_no_more_actions(plan, lead):
    row = factories.finding(factories.self_evaluation(plan.area))
    with pytest.raises(ValidationError, match="is “Draft” now"):
        links.choose_actions(by=lead, row=row, shown=[], actions=[factories.action(plan)])
    assert answering(row) == set()


@pytest.mark.parametrize("kind", ["recommendation", "key_message"])
def test_nothing_confidential_is_hung_on_an_action_that_everybody_sees(kind, plan, lead, visit):
    draft = factories.inspection(plan.area, published_on=None, plan_due_on=None)
    row = getattr(factories, kind)(draft)
    action = factories.action(plan)
    with pytest.raises(ValidationError, match="not published"):
        links.choose_actions(by=lead, row=row, shown=[], actions=[action])
    page = Page(visit(kind, row, {"actions": action.pk, "shown": ""}))
    assert "No more actions can be linked to it" in page.text
    assert list(page.errors) == ["Actions"]
    assert answering(row) == set()


# --- KPIs of an action ---------------------------------------------------------------------------


def test_the_kpis_that_an_action_should_move_are_chosen_by_ticking_them(plan, lead, client, area):
    action = factories.action(plan, reference="A1", text="See people")
    address = reverse("action_kpis", args=[area.slug, action.pk])
    page = Page(client.get(address))
    assert "Angus has no KPI yet, so there is none to choose." in page.text
    old, new = factories.kpi(area, code="K1", name="Seen"), factories.kpi(area, code="K2")
    action.kpis.add(old, through_defaults={"area": area})
    factories.kpi(factories.area(), code="K9")
    assert address in Page(client.get(reverse("action", args=[area.slug, action.pk]))).links
    page = Page(client.get(address))
    assert "2 KPIs of Angus." in page.text
    assert "K1 Seen" in page.text and "K9" not in page.text
    assert page.main.xpath(".//input[@name='kpis'][@checked]/@value") == [str(old.pk)]
    sent = {"kpis": new.pk, "shown": page.typed("shown")}
    assert "KPIs of action A1 saved." in Page(client.post(address, sent, follow=True)).source
    assert list(action.kpis.all()) == [new]
    events = AuditEvent.objects.filter(verb="choose KPIs", table_name="plans_kpilink")
    assert sorted(event.operation for event in events) == ["delete", "insert"]
    assert {(event.actor_name, event.area_id) for event in events} == {(lead.name, area.pk)}


def test_two_people_who_choose_kpis_at_once_see_both_choices(plan, lead, client, area):
    action, head = factories.action(plan), factories.user(area, Role.HEAD_OF_SERVICE)
    theirs, mine = factories.kpi(area, code="K1"), factories.kpi(area, code="K2")
    links.choose_kpis(by=head, action=action, shown=[], kpis=[theirs])
    address = reverse("action_kpis", args=[area.slug, action.pk])
    page = Page(client.post(address, {"kpis": mine.pk, "shown": ""}))
    assert (page.status, page.rows()) == (409, [["KPIs", "K1", "K2"]])
    assert page.main.xpath(".//input[@name='kpis'][@checked]/@value") == [str(mine.pk)]
    assert list(action.kpis.all()) == [theirs]
    again = {"kpis": [mine.pk, theirs.pk], "shown": page.typed("shown")}
    assert client.post(address, again).status_code == 302
    assert set(action.kpis.all()) == {mine, theirs}


@pytest.mark.parametrize("kind", KINDS)
def test_each_action_that_answers_otherwise_has_a_new_version_and_others_have_not(
    plan, lead, rows, kind
):
    before, both, after, none = (factories.action(plan) for _ in range(4))
    getattr(before, f"{kind}s").add(rows[kind], through_defaults={"area": plan.area})
    getattr(both, f"{kind}s").add(rows[kind], through_defaults={"area": plan.area})
    shown = [before.pk, both.pk]
    links.choose_actions(by=lead, row=rows[kind], shown=shown, actions=[both, after])
    versions = Action.objects.in_bulk([before.pk, both.pk, after.pk, none.pk])
    assert [versions[row.pk].version for row in (before, both, after, none)] == [2, 1, 2, 1]


def test_a_choice_from_an_older_version_of_the_action_changes_nothing(plan, lead, area):
    action, kpi = factories.action(plan, version=2), factories.kpi(area)
    with pytest.raises(Stale):
        links.choose_kpis(by=lead, action=action, shown=[], kpis=[kpi], version=1)
    links.choose_kpis(by=lead, action=action, shown=[], kpis=[kpi], version=2)
    assert (Action.objects.get(pk=action.pk).version, action.kpis.get()) == (3, kpi)


def test_a_kpi_of_another_area_cannot_be_chosen(plan, lead, client, area):
    action, strange = factories.action(plan), factories.kpi(factories.area())
    factories.kpi(area)
    with pytest.raises(ValidationError, match="of this area alone"):
        links.choose_kpis(by=lead, action=action, shown=[], kpis=[strange])
    address = reverse("action_kpis", args=[area.slug, action.pk])
    page = Page(client.post(address, {"kpis": strange.pk, "shown": ""}))
    assert (page.status, list(page.errors)) == (200, ["KPIs"])
    with pytest.raises(PermissionDenied):
        by = factories.user(area, Role.SERVICE_MANAGER)
        links.choose_kpis(by=by, action=action, shown=[], kpis=[])
    assert not action.kpis.exists()


# --- the pages -----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_actions_are_chosen_by_ticking_them(kind, rows, plan, lead, visit, area):
    row = rows[kind]
    chosen = factories.action(plan, reference="A1", text="See people")
    factories.action(plan, reference="A2", text="Count", status=Status.WITHDRAWN)
    elsewhere = factories.plan(area, title="An older plan", agreed_on=date(2018, 1, 1))
    factories.action(elsewhere, reference="A1", text="Meet")
    page = Page(visit(kind, row))
    assert row.text in page.text
    assert "The plan A1 See people · Not started A2 Count · closed: Withdrawn" in page.text
    assert "An older plan A1 Meet · Not started" in page.text
    response = visit(kind, row, {"actions": chosen.pk, "shown": page.typed("shown")})
    assert response.status_code == 302
    assert answering(row) == {chosen}
    again = Page(visit(kind, row))
    ticked = again.main.xpath(".//input[@name='actions'][@checked]/@value")
    assert ticked == [str(chosen.pk)]
    visit(kind, row, {"shown": again.typed("shown")})
    assert answering(row) == set()


def test_two_people_who_choose_at_once_see_both_choices(rows, plan, lead, visit, area):
    row = rows["recommendation"]
    mine, theirs = (factories.action(plan, reference=name) for name in ("A1", "A2"))
    head = factories.user(area, Role.HEAD_OF_SERVICE)
    assert visit("recommendation", row, {"actions": theirs.pk, "shown": ""}, by=head).url
    response = visit("recommendation", row, {"actions": mine.pk, "shown": ""})
    page = Page(response)
    assert response.status_code == 409
    assert "Nothing was saved" in page.text
    assert page.rows() == [["Actions", "A2", "A1"]]
    assert answering(row) == {theirs}
    ticked = page.main.xpath(".//input[@name='actions'][@checked]/@value")
    assert ticked == [str(mine.pk)]
    again = {"actions": [mine.pk, theirs.pk], "shown": page.typed("shown")}
    assert visit("recommendation", row, again).status_code == 302
    assert answering(row) == {mine, theirs}


@pytest.mark.parametrize("garbled", ["x", "1;2", "-1", "٣", "9" * 60, "9" * 5000, "0"])
def test_a_form_that_cannot_say_what_it_showed_saves_nothing(garbled, rows, plan, lead, visit):
    action = factories.action(plan)
    response = visit("finding", rows["finding"], {"actions": action.pk, "shown": garbled})
    assert response.status_code == 409
    assert not FindingLink.objects.exists()


def test_an_action_that_is_not_offered_is_refused_at_the_field(rows, lead, visit):
    strange = factories.action(factories.plan(factories.area(), title="Secret"))
    page = Page(visit("finding", rows["finding"], {"actions": strange.pk, "shown": ""}))
    assert page.status == 200
    assert not FindingLink.objects.exists()


@pytest.mark.parametrize("kind", KINDS)
def test_without_an_action_the_page_leads_to_adding_one(kind, rows, plan, lead, visit, area):
    row = rows[kind]
    page = Page(visit(kind, row))
    assert "No plan of Angus has an action yet." in page.text
    assert f"{reverse('action_new', args=[area.slug, plan.pk])}?{kind}={row.pk}" in page.links


def test_without_a_plan_the_page_leads_to_starting_one(area, rows, lead, visit, inspection):
    page = Page(visit("recommendation", rows["recommendation"]))
    start = reverse("plan_new", args=[area.slug])
    assert f"{start}?inspection={inspection.pk}" in page.links
    page = Page(visit("finding", rows["finding"]))
    assert f"{start}?self_evaluation={rows['finding'].self_evaluation_id}" in page.links


def test_texts_stay_texts(area, inspection, lead, visit):
    row = factories.recommendation(inspection, text=AWKWARD)
    factories.action(factories.plan(area, title=AWKWARD), text=AWKWARD)
    page = Page(visit("recommendation", row))
    assert page.shows(AWKWARD)


def test_the_pages_of_what_was_found_lead_to_choosing(client, area, rows, lead, inspection):
    def links_of(name, pk):
        return Page(client.get(reverse(name, args=[area.slug, pk]))).links

    def choose(kind):
        return reverse(f"{kind}_answer", args=[area.slug, rows[kind].pk])

    whole = rows["finding"].self_evaluation
    coverage = links_of("coverage", inspection.pk)
    assert {choose("recommendation"), choose("key_message")} <= coverage
    assert choose("recommendation") in links_of("recommendation", rows["recommendation"].pk)
    assert choose("finding") in links_of("findings", whole.pk)
    assert choose("finding") in links_of("self_evaluation_coverage", whole.pk)
    client.force_login(factories.user(area, Role.SERVICE_MANAGER))
    assert choose("recommendation") not in links_of("coverage", inspection.pk)
    assert choose("finding") not in links_of("findings", whole.pk)


# --- when a KPI should show it -------------------------------------------------------------------


def expectation(action: Action) -> Expected:
    return KpiLink.objects.get(action=action).says


def test_when_a_kpi_should_show_it_is_said_beside_its_box_and_kept_in_the_history(
    plan, lead, client, area
):
    kpi = factories.kpi(area, code="K1", name="Begun in time")
    other = factories.kpi(area, code="K2", name="Done")
    action = factories.action(plan, kpis=(kpi,))
    address = reverse("action_kpis", args=[area.slug, action.pk])
    page = Page(client.get(address))
    assert page.typed(f"lag_{kpi.pk}") == "0"
    sent = {"kpis": kpi.pk, "shown": page.typed("shown"), "seen": page.typed("seen")}
    sent |= {f"lag_{kpi.pk}": "3", f"expected_{kpi.pk}": "Fewer wait", f"lag_{other.pk}": "6"}
    assert client.post(address, sent).status_code == 302
    assert (expectation(action), list(action.kpis.all())) == ((3, "Fewer wait"), [kpi])
    entry = action.revisions.get()
    assert (entry.old, entry.new) == (
        "K1 Begun in time",
        "K1 Begun in time, expected 3 months after completion: Fewer wait",
    )
    # The page of before would put it back: it says what stands now, and keeps what was typed.
    late = Page(client.post(address, sent | {f"lag_{kpi.pk}": "5"}))
    assert (late.status, late.typed(f"lag_{kpi.pk}")) == (409, "5")
    assert late.rows() == [
        [
            "KPIs",
            "K1, expected 3 months after completion: Fewer wait",
            "K1, expected 5 months after completion: Fewer wait",
        ]
    ]
    again = sent | {f"lag_{kpi.pk}": "5", "seen": late.typed("seen")}
    assert client.post(address, again).status_code == 302
    assert (expectation(action), action.revisions.count()) == ((5, "Fewer wait"), 2)
    assert action.revisions.last().before == f"{kpi.pk}:3"


@pytest.mark.parametrize("months", ["-1", "121", "soon", "1.5"])
def test_months_that_cannot_be_are_refused_beside_their_field(plan, lead, client, area, months):
    kpi = factories.kpi(area, code="K1")
    action = factories.action(plan, kpis=(kpi,))
    address = reverse("action_kpis", args=[area.slug, action.pk])
    sent = {"kpis": kpi.pk, "shown": str(kpi.pk), f"lag_{kpi.pk}": months}
    page = Page(client.post(address, sent))
    assert list(page.errors) == ["K1: months after completion until it should show"]
    assert page.typed(f"lag_{kpi.pk}") == months
    assert expectation(action) == (0, "")


def test_who_does_not_say_when_leaves_it_as_it_is(plan, lead, area):
    kpi, other = factories.kpi(area), factories.kpi(area)
    action = factories.action(plan, kpis=(kpi,))
    links.choose_kpis(
        by=lead, action=action, shown=[kpi.pk], kpis=[kpi], expected={kpi.pk: Expected(2, "More")}
    )
    links.choose_kpis(by=lead, action=action, shown=[kpi.pk], kpis=[kpi])
    links.choose_kpis(by=lead, action=action, shown=[kpi.pk], kpis=[kpi, other])
    assert KpiLink.objects.get(action=action, kpi=kpi).says == Expected(2, "More")
    assert Action.objects.get(pk=action.pk).version == 3
