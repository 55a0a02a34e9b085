"""Pages of KPIs."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kpis.periods import financial_year, month
from kpis.series import NO_FIGURE
from management.access import Role
from tests import factories
from tests.pages import AWKWARD, Page, statements

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def area(client):
    made = factories.area("Angus")
    client.force_login(factories.user(made, Role.BOARD_MEMBER))
    return made


@pytest.fixture
def open_page(client, area):
    return lambda name, *args: Page(client.get(reverse(name, args=[area.slug, *args])))


@pytest.fixture
def kpi(area):
    """Two years' figures, Scotland's beside them, and a target."""
    made = factories.kpi(
        area,
        code="K3",
        name="Begun in time",
        frequency="financial_year",
        source="National return",
        measure="unpaid-work",
        exclusions="People with unpaid work alone",
        owner=factories.post(area, "Information Lead"),
    )
    for year, value in [(2015, 70), (2017, 7)]:
        factories.observation(made, financial_year(date(year, 4, 1)), value=Decimal(value))
    factories.observation(
        made, financial_year(date(2017, 4, 1)), value=Decimal(60), comparator="Scotland"
    )
    factories.target(made, start=date(2017, 4, 1), source="The HSCP’s local target")
    return made


def test_a_kpi_shows_its_chart_in_words_its_table_and_its_definition(kpi, area, open_page):
    page = open_page("kpi", kpi.pk)
    [image] = page.main.findall(".//img")
    assert image.get("src") == reverse("kpi_chart", args=[area.slug, kpi.pk])
    assert image.get("alt") == (
        "Chart of Begun in time: 2 figures, from 70% in 2015-16 to 7% in 2017-18. "
        "The table gives the figures."
    )
    assert page.rows() == [
        ["2017-18", "Not published", "Not published", "7%", "80%", "Final"],
        ["2016-17", *["Not published"] * 2, "Not reported", "None", NO_FIGURE],
        ["2015-16", "Not published", "Not published", "70%", "None", "Final"],
    ]
    assert "Scotland: 60% in 2017-18." in page.text
    for said in (
        "Left out People with unpaid work alone",
        "Source National return",
        "Owner Information Lead",
        "Direction Higher is better",
        "1 April 2017 In force Target 80% The HSCP’s local target",
    ):
        assert said in page.text, said


def test_the_same_measure_from_another_source_is_named_and_kept_apart(kpi, area, open_page):
    other = factories.kpi(area, code="K4", measure="unpaid-work", source="The HSCP’s own report")
    factories.observation(other, value=Decimal(15))
    factories.kpi(area, code="K5", measure="", name="Something else")
    page = open_page("kpi", kpi.pk)
    assert "The same measure from another source" in page.text
    assert "The HSCP’s own report" in page.text
    assert page.rows(2)[1] == ["2017-18", "7%", "None reported"]
    assert page.rows(2)[-1] == ["2015-16", "70%", "None reported"]
    assert ["Dec 2019", "None reported", "15%"] in page.rows(2)
    assert "15%" not in str(page.rows()) and "Something else" not in page.text
    alone = open_page("kpi", factories.kpi(area, measure="").pk)
    assert "The same measure from another source" not in alone.text


def test_a_month_with_nothing_due_is_no_figure(kpi, area, open_page):
    made = factories.kpi(area)
    factories.observation(made, month(date(2019, 11, 1)), numerator=0, denominator=0)
    factories.observation(made, month(date(2019, 12, 1)), value=None, note="The system was down")
    page = open_page("kpi", made.pk)
    assert page.rows()[1][1:4] == ["0", "0", "None due"]
    assert page.rows()[0][3:] == ["Not reported", "None", "Final: The system was down"]


def test_a_kpi_without_figures_or_target_says_so(area, open_page):
    page = open_page("kpi", factories.kpi(area).pk)
    assert "No figure has been reported." in page.text
    assert "No target has been set." in page.text
    assert not page.main.findall(".//img")


def test_invented_figures_are_said_to_be_invented(area, open_page):
    page = open_page("kpi", factories.kpi(area, months=2, illustrative=True).pk)
    assert "Illustrative: the figures of this KPI are invented" in page.text
    assert "2 periods, illustrative" in page.text


def test_only_the_latest_edition_is_shown(kpi, area, open_page):
    year = financial_year(date(2017, 4, 1))
    factories.observation(kpi, year, value=Decimal(8), edition=2, vintage="restated")
    assert [row[3] for row in open_page("kpi", kpi.pk).rows()] == [
        "8%",
        "Not reported",
        "70%",
    ]


def test_the_chart_is_a_drawing_that_runs_nothing_and_is_drawn_once(kpi, area, client):
    where = reverse("kpi_chart", args=[area.slug, kpi.pk])
    first, again = client.get(where), client.get(where)
    assert first["Content-Type"] == "image/svg+xml"
    assert first["X-Content-Type-Options"] == "nosniff"
    assert "script-src 'self'" in first["Content-Security-Policy"]
    assert b"<svg" in first.content and b"<script" not in first.content
    assert first.content == again.content
    factories.observation(kpi, financial_year(date(2018, 4, 1)), value=Decimal(30))
    assert client.get(where).content != first.content


@pytest.mark.parametrize("pk", [0, 10**6, 10**30])
def test_a_kpi_that_is_not_there_is_not_found(area, client, pk):
    for name in ("kpi", "kpi_chart"):
        assert client.get(reverse(name, args=[area.slug, pk])).status_code == 404


def test_whatever_people_write_is_shown_as_they_wrote_it(client):
    world = factories.world(AWKWARD, "awkward")
    client.force_login(world.people[Role.INSPECTOR])
    for name, *args in (("kpis",), ("kpi", world.kpi.pk)):
        page = Page(client.get(reverse(name, args=["awkward", *args])))
        assert page.shows(f"{AWKWARD} KPI")
    chart = client.get(reverse("kpi_chart", args=["awkward", world.kpi.pk])).content
    assert b"<script>x" not in chart and b"<b>=1" not in chart


def test_a_kpi_costs_the_same_queries_whatever_their_size(area, client):
    counts = {}
    for size in (2, 12):
        made, *_ = (factories.kpi(area, months=size) for _ in range(size))
        for name, *args in (("kpi", made.pk),):
            with CaptureQueriesContext(connection) as asked:
                assert client.get(reverse(name, args=[area.slug, *args])).status_code == 200
            counts.setdefault(name, set()).add(statements(asked))
    assert all(len(found) == 1 and max(found) <= 12 for found in counts.values()), counts
