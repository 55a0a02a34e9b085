"""Who assesses the risk of disclosure, and what the public may then see."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from kpis.models import DisclosureAssessment
from kpis.periods import month
from kpis.services.disclosure import record_assessment
from management.access import Role
from tests import factories
from tests.pages import Page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def area():
    return factories.area("Angus")


@pytest.fixture
def lead(client, area):
    made = factories.user(area, Role.PERFORMANCE_LEAD)
    client.force_login(made)
    return made


@pytest.fixture
def kpi(area):
    """Fourteen months, the last of them with 3 of 60, and parts of that month."""
    made = factories.kpi(area, code="K1", months=14)
    december = {"edition": 2, "reason": "Counted again", "note": "Only Mr Secret and two others"}
    factories.observation(made, numerator=3, denominator=60, **december)
    for part, numerator, denominator in (("East", 1, 30), ("West", 2, 30)):
        facts = {"split": "team", "part": part}
        factories.observation(made, numerator=numerator, denominator=denominator, **facts)
    return made


@pytest.fixture
def open_page(client, lead, kpi, area):
    return lambda name="kpi_public": Page(client.get(reverse(name, args=[area.slug, kpi.pk])))


def test_without_an_assessment_nothing_is_public(open_page, client, area, kpi):
    page = open_page()
    assert "so nothing of it is public" in page.text and not page.main.findall(".//table")
    chart = reverse("kpi_public_chart", args=[area.slug, kpi.pk])
    assert client.get(chart).status_code == 404


def test_the_preview_withholds_what_the_internal_page_shows(open_page, client, area, kpi):
    factories.disclosure(kpi, threshold=5)
    page = open_page()
    assert page.rows()[0] == ["Dec 2019", "[c]", "60", "[c]", "Final"]
    assert page.rows()[1] == ["Nov 2019", "41", "60", "68%", "Final"]
    assert page.rows(1) == [["East", "[c]", "30", "[c]"], ["West", "[c]", "30", "[c]"]]
    assert "3 figures here" in page.text
    for secret in ("Secret", " 5%", "in Dec 2019"):
        assert secret not in page.text
    drawn = client.get(page.main.findall(".//img")[0].get("src")).content.decode()
    assert "to 68% in Nov 2019" in drawn
    inside = Page(client.get(reverse("kpi", args=[area.slug, kpi.pk])))
    assert inside.rows()[0][:4] == ["Dec 2019", "3", "60", "5%"]
    assert "nothing is suppressed here" in inside.text


def test_what_is_withheld_has_no_weight_in_centre_and_limits(open_page, client, area, kpi):
    """Else it could be worked back from them."""
    factories.disclosure(kpi, threshold=5)
    chart = reverse("kpi_public_chart", args=[area.slug, kpi.pk])
    before, words = client.get(chart).content, open_page().text
    factories.observation(kpi, numerator=1, denominator=60, edition=3)
    assert client.get(chart).content == before
    assert open_page().text == words


def test_a_rate_without_counts_is_shown_and_said_to_be_so(open_page, kpi):
    factories.disclosure(kpi)
    assert "held without the counts" not in open_page().text
    factories.observation(kpi, month(date(2020, 1, 1)), value=Decimal(7))
    assert "held without the counts" in open_page().text


def test_an_assessment_is_recorded_and_the_latest_holds(open_page, client, area, kpi, lead):
    where = reverse("kpi_disclosure", args=[area.slug, kpi.pk])
    page = open_page("kpi_disclosure")
    assert page.typed("threshold") == "5"
    assert "3 figures of this KPI" in page.text
    client.post(where, {"threshold": "5", "text": "Small teams"})
    answer = client.post(where, {"threshold": "3", "text": "Looked at again"}, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("kpi_public", args=[area.slug, kpi.pk])
    page = open_page("kpi_disclosure")
    assert "In force." in page.text and "Small teams" in page.text
    assert page.typed("threshold") == "3"
    assert f"{lead.name}: counts below 3 are withheld. Looked at again" in page.text
    assert "counts below 3 are withheld" in open_page().text


@pytest.mark.parametrize("threshold", ["", "0", "-1", "2", "101", "five", "9" * 30, "2.5"])
def test_a_threshold_that_cannot_be_is_said_at_its_field(open_page, client, area, kpi, threshold):
    where = reverse("kpi_disclosure", args=[area.slug, kpi.pk])
    page = Page(client.post(where, {"threshold": threshold, "text": ""}))
    assert "Give a whole number from 3 to 100. With less than 3, every" in str(page.errors)
    assert "Say what was looked at, and why this is enough." in str(page.errors)
    assert not DisclosureAssessment.objects.exists()


def test_cells_of_none_and_all_are_listed_for_whoever_assesses(open_page, kpi):
    factories.observation(kpi, split="sex", part="Women", numerator=0, denominator=20)
    factories.observation(kpi, split="sex", part="Men", numerator=20, denominator=20)
    page = open_page("kpi_disclosure")
    assert "Dec 2019, sex Women: 0 of 20" in page.text
    assert "Dec 2019, sex Men: 20 of 20" in page.text


def test_only_who_keeps_kpis_assesses(area, kpi):
    manager = factories.user(area, Role.SERVICE_MANAGER)
    with pytest.raises(PermissionDenied):
        record_assessment(by=manager, indicator=kpi, threshold=5, text="Fine")
    with pytest.raises(ValidationError, match="known to be 1"):
        record_assessment(
            by=factories.user(area, Role.HEAD_OF_SERVICE), indicator=kpi, threshold=2, text="Fine"
        )


def test_one_break_down_is_public_and_the_others_are_withheld_whole(open_page, kpi):
    """East is shown with 20; of "team and sex" 17 of its men would leave three women."""
    factories.disclosure(kpi, threshold=5)
    november = month(date(2019, 11, 1))
    for split, part, count in (
        ("team", "East", 20),
        ("team", "West", 21),
        ("team and sex", "East, men", 17),
        ("team and sex", "East, women", 3),
        ("team and sex", "West, men", 21),
    ):
        facts = {"split": split, "part": part, "denominator": 30}
        factories.observation(kpi, november, numerator=count, **facts)
    factories.observation(kpi, november, split="age", part="Over 60", numerator=None)
    page = open_page()
    assert "Withheld whole: team and sex." in page.text
    assert "By team, Dec 2019" in page.text
    assert "East, men" not in page.text and "Over 60" not in page.text


def test_an_assessment_from_before_the_least_threshold_is_held_to_it(open_page, kpi):
    factories.observation(kpi, month(date(2020, 1, 1)), numerator=2, denominator=60)
    factories.disclosure(kpi, threshold=2)
    page = open_page()
    assert page.rows()[0][1] == "[c]"
    assert "counts below 3 are withheld" in page.text


def test_kpis_of_the_same_measure_are_listed_for_whoever_assesses(open_page, area, kpi):
    assert "No other KPI here has the same measure" in open_page("kpi_disclosure").text
    kpi.measure = "dtp"
    kpi.save()
    factories.kpi(area, code="K9", measure="dtp")
    factories.kpi(area, code="K8", measure="other")
    factories.kpi(factories.area("Fife"), code="K7", measure="dtp")
    page = open_page("kpi_disclosure")
    assert "add up to a longer period of another KPI" in page.text
    assert "K9" in page.text
    assert "K8" not in page.text and "K7" not in page.text
