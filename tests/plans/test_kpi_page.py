"""The page of one KPI: how it stood on a day, its parts, and what it is held against."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from kpis.models import PhaseStart
from kpis.periods import month
from kpis.services.reading import standing
from management.access import Role
from tests import factories
from tests.pages import AWKWARD, Page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
YEAR = "Dec 2018 to Nov 2019"


def at(*parts):
    return datetime(*parts, tzinfo=ZoneInfo("Europe/London"))


@pytest.fixture
def area(client):
    made = factories.area("Angus")
    client.force_login(factories.user(made, Role.BOARD_MEMBER))
    return made


@pytest.fixture
def kpi(area):
    """Two years of months, entered ten days after each."""
    made = factories.kpi(area, code="K1")
    period = month(date(2018, 1, 1))
    for n in range(24):
        when = at(period.next().start.year, period.next().start.month, 10)
        factories.observation(made, period, numerator=50 + n % 3, denominator=60, entered_at=when)
        period = period.next()
    return made


@pytest.fixture
def open_kpi(client, kpi, area):
    return lambda **chosen: Page(client.get(reverse("kpi", args=[area.slug, kpi.pk]), chosen))


def test_as_it_stood_on_a_day(kpi, client, area, open_kpi):
    corrected = {"numerator": 5, "denominator": 60, "vintage": "restated"}
    march = month(date(2019, 3, 1))
    factories.observation(kpi, march, edition=2, entered_at=at(2019, 6, 30, 23, 30), **corrected)
    assert "As it stood" not in open_kpi().text.partition("Figures")[0]
    assert ["Mar 2019", "5", "60", "8%"] in [row[:4] for row in open_kpi().rows()]
    before = open_kpi(on="2019-06-29")
    assert "As it stood on 29 June 2019." in before.text
    assert before.rows()[0][0] == "May 2019"
    assert ["Mar 2019", "52", "60", "87%"] in [row[:4] for row in before.rows()]
    # The whole of the day in Scotland, where it is summer.
    assert ["Mar 2019", "5", "60", "8%"] in [row[:4] for row in open_kpi(on="30 6 2019").rows()]
    [image] = before.main.findall(".//img")
    assert image.get("src").endswith("?on=2019-06-29")
    drawn, now = client.get(image.get("src")), client.get(image.get("src").partition("?")[0])
    assert b"Jun" not in drawn.content.split(b"<desc")[1].split(b"</desc>")[0]
    assert drawn.content != now.content
    assert "No figure had been reported by then." in open_kpi(on="2017-01-01").text


def test_a_phase_that_began_later_is_not_in_how_it_stood(kpi, open_kpi):
    factories.phase(kpi, start=date(2019, 1, 1), entered_at=at(2019, 9, 1))
    assert "begins anew" in str(open_kpi().rows())
    assert "begins anew" not in str(open_kpi(on="2019-08-31").rows())
    assert "begins anew" in str(open_kpi(on="2019-09-01").rows())


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2031-01-01", "This day is still to come."),
        ("soon", "This is not a date that can be read."),
        ("9999999999-01-01", "This is not a date that can be read."),
        (AWKWARD, "This is not a date that can be read."),
    ],
)
def test_a_day_that_cannot_be_is_said_at_its_field(client, open_kpi, kpi, area, day, said):
    page = open_kpi(on=day, of="x")
    assert said in page.errors["As it stood on"][0]
    assert page.rows()[0][0] == "Dec 2019"
    chart = client.get(reverse("kpi_chart", args=[area.slug, kpi.pk]), {"on": day})
    assert chart.status_code == 200


def test_parts_and_what_is_missing_where_they_do_not_add_up(kpi, open_kpi):
    for part, numerator, denominator in (("East", 20, 25), ("West", 29, 35)):
        counts = {"numerator": numerator, "denominator": denominator}
        factories.observation(kpi, split="team", part=part, **counts)
        factories.observation(kpi, month(date(2019, 11, 1)), split="team", part=part, **counts)
    factories.observation(kpi, split="team", part="East", numerator=21, denominator=25, edition=2)
    page = open_kpi()
    table = page.main.xpath(".//table[caption[contains(., 'By team')]]")[0]
    rows = [[" ".join(cell.text_content().split()) for cell in row] for row in table.iter("tr")]
    assert rows[1:] == [
        ["East", "21", "25", "84%"],
        ["West", "29", "35", "83%"],
        ["Parts together", "50", "60", "83%"],
        ["Whole, as reported", "52", "60", "87%"],
    ]
    assert (
        "The parts do not add up to the whole: their number is 50, 2 fewer than the 52 of the "
        "whole." in page.text
    )
    assert "1 break-down of other periods" in page.text
    earlier = open_kpi(of="2019-11-01_2019-11-30")
    assert "By team, Nov 2019" in earlier.text and "By team, Dec 2019" not in str(earlier.rows(1))
    assert open_kpi(of="\x00").status == 200


def test_parts_are_in_no_other_figure(kpi, open_kpi):
    for n in range(24):
        factories.observation(
            kpi,
            month(date(2018 + n // 12, n % 12 + 1, 1)),
            split="team",
            part="A",
            numerator=1,
            denominator=2,
        )
    assert [row[3] for row in open_kpi().rows()][:3] == ["87%", "85%", "83%"]


def test_comparisons_in_common_use_are_named_so(kpi, open_kpi):
    factories.target(kpi, value=Decimal(90))
    page = open_kpi()
    found = page.main.xpath(".//table[caption[contains(., 'beside others')]]")[0]
    rows = [[" ".join(cell.text_content().split()) for cell in row] for row in found.iter("tr")]
    assert rows[1:] == [
        ["Short: previous period", "Nov 2019", "85%", "2 percentage points higher"],
        ["Same period last year", "Dec 2018", "87%", "the same"],
        ["Long: mean of the year before", YEAR, "85%", "2 percentage points higher"],
        ["Against the target", "Target", "90%", "Off target by less than 5%"],
    ]
    assert "Two figures cannot tell change from ordinary ups and downs" in page.text


def test_older_figures_fold_away(kpi, area, open_kpi):
    for n in range(12):
        factories.observation(kpi, month(date(2017, n + 1, 1)))
    page = open_kpi()
    assert len(page.rows()) == 24 and len(page.rows(1)) == 12
    assert "12 older periods, back to Jan 2017" in page.text


def test_more_others_than_a_chart_can_be_read_with_are_not_drawn(kpi, client, area, open_kpi):
    for name in ("Fife", "Moray", "Perth"):
        factories.observation(kpi, comparator=name, numerator=1, denominator=2)
    where = reverse("kpi_chart", args=[area.slug, kpi.pk])
    assert b"Moray" in client.get(where).content
    for name in ("Scotland", "Stirling"):
        factories.observation(kpi, comparator=name, numerator=1, denominator=2)
    drawn = client.get(where).content
    assert b"Moray" not in drawn and b"Scotland" in drawn
    assert "Scotland: 50% in Dec 2019. Figures of 5 others are held." in open_kpi().text


def test_a_small_screen_has_a_chart_of_its_own(open_kpi, client):
    page = open_kpi(on="2019-06-29")
    [source] = page.main.findall(".//source")
    narrow = client.get(source.get("srcset"))
    wide = client.get(page.main.findall(".//img")[0].get("src"))
    widths = [
        float(one.content.partition(b' width="')[2].partition(b"pt")[0]) for one in (narrow, wide)
    ]
    assert widths[0] < 300 < widths[1]
    assert b"in May 2019" in narrow.content and b"in May 2019" in wide.content


def test_phases_taken_back_are_told_as_the_query_tells_them(kpi):
    begun = factories.phase(kpi, start=date(2019, 1, 1), entered_at=at(2019, 2, 1))
    factories.phase(kpi, start=date(2019, 6, 1), entered_at=at(2019, 7, 1))
    back = {"cancels": begun, "start": begun.start, "entered_at": at(2019, 9, 1)}
    factories.phase(kpi, **back)
    for known_by in (None, at(2019, 8, 1), at(2019, 3, 1), at(2018, 1, 1)):
        asked = PhaseStart.objects.filter(indicator=kpi).standing(known_by=known_by)
        assert standing(kpi.phase_starts.all(), known_by) == list(asked.order_by("start", "id"))
