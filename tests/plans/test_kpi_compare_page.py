"""A KPI beside other areas, as its own area holds them."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from kpis.periods import month
from management.access import Role
from tests import factories
from tests.pages import AWKWARD, Page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def area(client):
    made = factories.area("Angus")
    client.force_login(factories.user(made, Role.BOARD_MEMBER))
    return made


@pytest.fixture
def kpi(area):
    made = factories.kpi(area, code="K1")
    factories.observation(made, numerator=20, denominator=100)
    for name, counts in {"Fife": (80, 100), "Moray": (85, 100), "Orkney": (3, 4)}.items():
        facts = dict(zip(("numerator", "denominator"), counts, strict=True))
        factories.observation(made, comparator=name, **facts)
    factories.observation(made, comparator="Scotland", value=Decimal(79))
    factories.observation(
        made, month(date(2019, 11, 1)), comparator="Fife", numerator=1, denominator=2
    )
    return made


@pytest.fixture
def open_page(client, kpi, area):
    where = reverse("kpi_compare", args=[area.slug, kpi.pk])
    return lambda **chosen: Page(client.get(where, chosen))


def test_the_newest_period_and_what_can_be_said_of_each_place(open_page, client):
    page = open_page()
    rows = {row[0]: row[1:] for row in page.rows()}
    assert list(rows) == ["Angus", "Fife", "Moray", "Orkney", "Scotland"]
    assert rows["Angus"][:3] == ["20", "100", "20%"]
    assert rows["Angus"][4].endswith("for the worse: 3 of 3, best first")
    assert rows["Orkney"][4] == "Not ranked: 4 cases, and 20 are needed"
    assert rows["Scotland"] == [
        *["Not published"] * 2,
        "79%",
        "",
        "All areas together: not ranked",
    ]
    [image] = page.main.findall(".//img")
    assert "Angus 20%" in image.get("alt") and "Only areas outside" in image.get("alt")
    drawn = client.get(image.get("src"))
    assert drawn["Content-Type"] == "image/svg+xml" and b"Moray" in drawn.content


def test_only_the_same_period_stands_beside_it(open_page):
    page = open_page(of="2019-11-01_2019-11-30")
    assert [row[0] for row in page.rows()] == ["Fife"]
    assert "counts are held of 1 area," in page.text


def test_it_is_right_at_once_after_a_change(open_page, kpi, client):
    where = open_page().main.findall(".//img")[0].get("src")
    before = client.get(where).content
    factories.observation(kpi, comparator="Fife", numerator=10, denominator=100, edition=2)
    assert {row[0]: row[3] for row in open_page().rows()}["Fife"] == "10%"
    assert client.get(where).content != before


def test_the_figures_of_another_area_of_the_service_are_never_read(open_page, kpi):
    other = factories.kpi(factories.area("Fife"), code=kpi.code, name=kpi.name, measure="same")
    factories.observation(other, numerator=99, denominator=100)
    assert "99%" not in open_page().text


@pytest.mark.parametrize("of", ["", "x", "\x00", "9" * 40, AWKWARD])
def test_nothing_in_the_address_breaks_it(open_page, client, area, kpi, of):
    assert open_page(of=of).rows()[0][0] == "Angus"
    chart = reverse("kpi_compare_chart", args=[area.slug, kpi.pk])
    assert client.get(chart, {"of": of}).status_code == 200


def test_without_others_it_says_so_and_there_is_no_chart(client, area):
    alone = factories.kpi(area, months=2)
    page = Page(client.get(reverse("kpi_compare", args=[area.slug, alone.pk])))
    assert "No figure of another area or of Scotland is held" in page.text
    chart = reverse("kpi_compare_chart", args=[area.slug, alone.pk])
    assert client.get(chart).status_code == 404
