"""“Did it work?” on the pages of a KPI and of an action."""

from datetime import date

import pytest
from django.core.cache import cache
from django.urls import reverse

from kpis.periods import month
from management.access import Role
from plans.statuses import Status
from tests import factories
from tests.pages import Page, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
BEFORE = (61, 58, 63, 60, 57, 62, 64, 59, 60, 62, 58, 61, 60, 57)


@pytest.fixture
def area():
    return factories.area("Angus")


@pytest.fixture
def plan(area, client):
    client.force_login(factories.user(area, Role.BOARD_MEMBER))
    return factories.plan(area)


@pytest.fixture
def kpi(area):
    """A KPI that is better since May 2019, and misses its target all the same."""
    made = factories.kpi(area, code="K1", name="Seen in time")
    period = month(date(2018, 3, 1))
    for value in (*BEFORE, *[75] * 8):
        factories.observation(made, period, value=value)
        period = period.next()
    factories.target(made, value=80, start=date(2018, 1, 1))
    return made


def complete(plan, kpi, reference, on):
    action = factories.action(plan, reference=reference, kpis=(kpi,), status=Status.COMPLETE)
    factories.update(action, on=on, status=Status.COMPLETE)
    return action


def section(page: Page) -> str:
    return words(page.main.xpath(".//*[@id='did-it-work']")[0])


def test_the_page_of_a_kpi_says_what_can_be_concluded_and_lists_its_actions(
    area, plan, kpi, client
):
    complete(plan, kpi, "A1", date(2019, 5, 7))
    factories.action(plan, reference="A2", kpis=(kpi,))
    draft = factories.plan(area, state="draft")
    factories.action(draft, reference="B9", kpis=(kpi,))
    page = Page(client.get(reverse("kpi", args=[area.slug, kpi.pk])))
    said = section(page)
    assert "1 of 2 linked actions was complete by May 2019. The last 8 figures are above" in said
    assert "This does not by itself prove the cause." in said
    assert "These do not fit together: 1 of 2" not in said
    assert "These do not fit together: Action A1 is complete, yet Seen in time (K1)" in said
    assert "7 May 2019" in said and "At once: from 7 May 2019" in said
    assert "B9" not in said
    assert "completed: A1" in page.text
    assert "Actions completed: A1 in May 2019." in page.main.xpath(".//figure//img/@alt")[0]


def test_the_chart_is_drawn_anew_once_an_action_is_complete(area, plan, kpi, client):
    cache.clear()
    address = reverse("kpi_chart", args=[area.slug, kpi.pk])
    assert b"Triangle" not in client.get(address).content
    complete(plan, kpi, "A1", date(2019, 5, 7))
    drawn = client.get(address).content.decode()
    assert "Triangle: action completed" in drawn and ">A1</text>" in drawn


def test_the_page_of_an_action_says_it_beside_each_kpi(area, plan, kpi, client):
    action = complete(plan, kpi, "A1", date(2019, 5, 7))
    page = Page(client.get(reverse("action", args=[area.slug, action.pk])))
    assert "Did it work?" in page.text
    assert "a real change for the better, at the time one would expect" in page.text
    assert "These do not fit together:" in page.text


def test_actions_of_two_plans_are_told_apart(area, plan, kpi, client):
    complete(plan, kpi, "A1", date(2019, 5, 7))
    other = factories.plan(area, title="The older plan", agreed_on=date(2018, 1, 1))
    factories.action(other, reference="A1", kpis=(kpi,))
    page = Page(client.get(reverse("kpi", args=[area.slug, kpi.pk])))
    assert "A1 of “The older plan”" in section(page)


def test_nothing_of_another_area_is_told(area, plan, kpi, client):
    theirs = factories.plan(factories.area("Moray"))
    strange = factories.action(theirs, reference="Z9")
    kpi_theirs = factories.kpi(theirs.area, code="K9")
    strange.kpis.set([kpi_theirs], through_defaults={"area": theirs.area})
    page = Page(client.get(reverse("kpi", args=[area.slug, kpi.pk])))
    assert "Z9" not in page.text
    assert "No action is linked to this KPI" in section(page)
