"""The page of all KPIs of an area: what it says of each, how it is narrowed, and that it is right
at once after a change."""

from datetime import date
from decimal import Decimal
from urllib.parse import unquote

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kpis.periods import financial_year, month
from management.access import Role
from tests import factories
from tests.pages import AWKWARD, Page, statements, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture(autouse=True)
def nothing_stored():
    cache.clear()


@pytest.fixture
def area(client):
    made = factories.area("Angus")
    client.force_login(factories.user(made, Role.BOARD_MEMBER))
    return made


@pytest.fixture
def open_page(client, area):
    return lambda **chosen: Page(client.get(reverse("kpis", args=[area.slug]), chosen))


def cards(page):
    """The words of each card by its heading."""
    found = page.main.find_class("tl_kpi-card")
    return {words(card.find("h2")): words(card) for card in found}


@pytest.fixture
def kpis(area):
    """One that says nothing yet, one that is worse and below its target, one without figures."""
    few = factories.kpi(area, code="K1", name="Begun in time", frequency="financial_year")
    factories.observation(few, financial_year(date(2017, 4, 1)), value=Decimal(7))
    worse = factories.kpi(
        area, code="K2", name="Seen in time", owner=factories.post(area, "Information Lead")
    )
    period = month(date(2018, 1, 1))
    for n in range(24):
        factories.observation(worse, period, numerator=50 + n % 3 - 20 * (n == 23), denominator=60)
        period = period.next()
    factories.target(worse, start=date(2018, 4, 1))
    silent = factories.kpi(area, code="K3", name="Never counted", illustrative=True)
    return few, worse, silent


def test_each_card_has_the_figure_the_sentence_and_a_chart(kpis, area, open_page):
    page = open_page()
    assert "3 KPIs of Angus" in page.text
    found = cards(page)
    assert "7% 2017-18 One figure: nothing to compare it with yet." in found["Begun in time"]
    assert "Not reported since 31 March 2018." in found["Begun in time"]
    assert "53% Dec 2019" in found["Seen in time"]
    assert "Special cause: concern (low)" in found["Seen in time"]
    assert "A change for the worse" in found["Seen in time"]
    assert "Never counted K3 · illustrative No figure No figure has been" in found["Never counted"]
    pictures = page.main.findall(".//img")
    assert [picture.get("alt").partition(":")[0] for picture in pictures] == [
        "Chart of Begun in time",
        "Chart of Seen in time",
    ]


def test_what_is_drawn_once_stands_in_the_page(kpis, client, open_page):
    [first, _] = (picture.get("src") for picture in open_page().main.findall(".//img"))
    drawn = client.get(first)
    assert drawn["Content-Type"] == "image/svg+xml"
    [first, second] = (picture.get("src") for picture in open_page().main.findall(".//img"))
    assert unquote(first).partition(",")[2] == drawn.content.decode()
    assert second.startswith("/areas/")


def test_the_page_is_right_at_once_after_a_change(kpis, client, open_page):
    _, worse, silent = kpis

    def view():
        page = open_page()
        for picture in page.main.findall(".//img"):
            if not picture.get("src").startswith("data:"):
                assert client.get(picture.get("src")).status_code == 200
        return cards(page), [one.get("src") for one in open_page().main.findall(".//img")]

    before, drawn = view()
    december = month(date(2019, 12, 1))
    factories.observation(worse, december, numerator=51, denominator=60, edition=2)
    after, drawn_again = view()
    assert "85% Dec 2019" in after["Seen in time"] and "No sign of change" in after["Seen in time"]
    assert drawn_again[0] == drawn[0] and drawn_again[1] != drawn[1]
    factories.observation(silent, december, numerator=1, denominator=4)
    assert "25% Dec 2019" in view()[0]["Never counted"]
    factories.target(worse, start=date(2019, 12, 1), value=99)
    assert "does not meet" in view()[0]["Seen in time"] or "99%" in view()[0]["Seen in time"]
    factories.phase(worse, start=date(2019, 12, 1))
    assert "One figure" in view()[0]["Seen in time"]
    assert before["Begun in time"] == view()[0]["Begun in time"]


@pytest.mark.parametrize(
    ("chosen", "found"),
    [
        ({"says": "too_few"}, ["Begun in time"]),
        ({"says": "worse"}, ["Seen in time"]),
        ({"says": "missed"}, ["Seen in time"]),
        ({"says": "silent"}, ["Begun in time", "Never counted"]),
        ({"says": "better"}, []),
        ({"q": "k2"}, ["Seen in time"]),
        ({"q": "in TIME begun"}, ["Begun in time"]),
        ({"owner": "none"}, ["Begun in time", "Never counted"]),
    ],
)
def test_the_page_is_narrowed_by_its_address(kpis, open_page, chosen, found):
    page = open_page(**chosen)
    assert list(cards(page)) == found
    if found:
        assert f"{len(found)} of 3 KPIs" in page.text
    else:
        assert "None of the 3 KPIs matches what you chose." in page.text


def test_by_its_owner(kpis, open_page):
    assert list(cards(open_page(owner=kpis[1].owner_id))) == ["Seen in time"]


@pytest.mark.parametrize(
    "chosen",
    [
        {"says": "x"},
        {"owner": "9" * 30},
        {"as": "x", "page": "-9"},
        {"q": AWKWARD, "page": "9" * 30},
        {"q": "\x00"},
        {"owner": "\u0663"},
    ],
)
def test_nothing_in_the_address_breaks_it(kpis, open_page, chosen):
    page = open_page(**chosen)
    assert page.status == 200 and "<script>x" not in page.source


def test_the_list_has_the_same_as_a_table(kpis, area, open_page):
    few = kpis[0]
    plan = factories.plan(area)
    factories.action(plan, kpis=(few,))
    first, _, last = open_page(**{"as": "list"}).rows()
    assert first[:2] == ["Begun in time K1", "7% 2017-18"]
    assert first[3:] == ["Nobody yet", "1 action", few.source]
    assert last[0] == "Never counted K3 · illustrative"
    assert last[1:3] == ["None reported", "No figure has been reported."]


def test_without_kpis_the_page_leads_to_the_catalogue(client, area, open_page):
    assert "No KPI has been defined for Angus yet." in open_page().text
    assert reverse("kpi_catalogue", args=[area.slug]) not in open_page().links
    client.force_login(factories.user(area, Role.PERFORMANCE_LEAD))
    assert reverse("kpi_catalogue", args=[area.slug]) in open_page().links


def test_whatever_people_write_is_shown_as_they_wrote_it(client):
    world = factories.world(AWKWARD, "awkward")
    client.force_login(world.people[Role.INSPECTOR])
    where = reverse("kpis", args=["awkward"])
    small = reverse("kpi_small_chart", args=["awkward", world.kpi.pk])
    drawn = client.get(small).content
    assert b"<script>x" not in drawn and b"<b>=1" not in drawn
    for way in ("grid", "list"):
        assert Page(client.get(where, {"as": way})).shows(f"{AWKWARD} KPI")


def test_it_costs_the_same_queries_whatever_its_size(client, area, open_page):
    counts = set()
    for size in (2, 12):
        for n in range(size):
            factories.kpi(area, months=size, owner=factories.post(area, f"Post {size}, {n}"))
        for way in ("grid", "list"):
            with CaptureQueriesContext(connection) as asked:
                open_page(**{"as": way})
            counts.add(statements(asked))
            cache.clear()
    assert max(counts) <= 12, counts


@pytest.mark.parametrize("pk", [0, 10**6, 10**30])
def test_a_small_chart_that_is_not_there_is_not_found(area, client, pk):
    assert client.get(reverse("kpi_small_chart", args=[area.slug, pk])).status_code == 404
