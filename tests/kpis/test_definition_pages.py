"""Pages on which a performance lead keeps what a KPI is, as they are read and filled in."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from kpis.catalogue import catalogue
from kpis.models import Indicator, Observation, PhaseStart, Target
from kpis.periods import month
from kpis.services import definitions
from management.access import Role
from management.models import AuditEvent
from tests import factories
from tests.pages import AWKWARD, Page, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
YES = dict.fromkeys(("distinct", "cause", "wanted", "lasting"), "Yes: the desk opened in October")


def targets(page):
    """The rows of the table of targets."""
    rows = page.main.xpath(".//section[@aria-labelledby='targets']//tbody/tr")
    return [[words(cell) for cell in row] for row in rows]


@pytest.fixture
def area():
    return factories.area("Angus")


@pytest.fixture
def lead(area, client):
    person = factories.user(area, Role.PERFORMANCE_LEAD, name="Fiona Adair")
    client.force_login(person)
    return person


@pytest.fixture
def kpi(area, lead):
    """Six months of figures up to December 2019, with a target for them."""
    made = factories.kpi(
        area,
        months=6,
        code="K1",
        name="Seen in time",
        numerator="People seen",
        clock_rule="From sentence",
    )
    return Indicator.objects.get(pk=made.pk)


@pytest.fixture
def open_page(client, area):
    return lambda name, *args, **query: Page(
        client.get(reverse(name, args=[area.slug, *args]), query)
    )


@pytest.fixture
def fill(client, area, open_page):
    """Opens a page, lets `meanwhile` happen, and sends its form; follows to where that leads."""

    def send(name, /, *args, query="", meanwhile=lambda: None, **typed):
        url = reverse(name, args=[area.slug, *args]) + query
        form = Page(client.get(url)).form | typed
        meanwhile()
        return Page(client.post(url, form, follow=True))

    return send


# --- defining, and adopting ----------------------------------------------------------------------


def test_the_catalogue_says_what_each_measures_and_what_the_area_has(lead, area, open_page):
    page = open_page("kpi_catalogue")
    assert f"{len(catalogue())} definitions for justice social work" in page.text
    assert "Angus has it" not in page.text
    factories.kpi(area, code="K7", name="Completed", catalogue="orders-completed")
    factories.kpi(area, code="K8", name="Begun", measure="unpaid-work-7-days")
    page = open_page("kpi_catalogue")
    assert "Angus has it: K7 Completed (adopted)." in page.text
    assert "Angus has it: K8 Begun." in page.text
    assert reverse("kpi_new", args=[area.slug]) + "?from=orders-completed" in page.links


def test_whoever_only_reads_is_offered_nothing_to_change(area, client, open_page):
    made = factories.kpi(area, months=2)
    factories.phase(made)
    client.force_login(factories.user(area, Role.BOARD_MEMBER))
    pages = [open_page("kpi_catalogue"), open_page("kpi", made.pk)]
    changing = ("/new/", "/edit/", "/retire/", "/targets/", "/take-back/")
    assert not [link for p in pages for link in p.links if any(c in link for c in changing)]
    assert pages[1].status == 200 and "the baseline begins anew" in pages[1].text


def test_a_ready_definition_fills_the_form_and_is_adapted(lead, area, fill, open_page):
    factories.kpi(area, code="K4")
    page = open_page("kpi_new", **{"from": "orders-completed"})
    assert "Adopt “Orders completed successfully”" in page.text
    assert page.form["code"] == "K5"
    assert page.form["numerator"] == catalogue()["orders-completed"]["numerator"]
    page = fill("kpi_new", query="?from=orders-completed", name="Orders completed here")
    assert "K5 Orders completed here is defined." in page.source
    made = Indicator.objects.get(code="K5")
    assert (made.catalogue, made.measure) == ("orders-completed", "orders-completed")
    assert (made.frequency, made.decimals) == ("financial_year", 1)


def test_a_definition_that_is_not_in_the_catalogue_is_not_found(lead, area, client):
    url = reverse("kpi_new", args=[area.slug])
    assert client.get(url, {"from": "nothing"}).status_code == 404


def test_what_is_missing_or_taken_is_said_at_its_field_and_the_rest_stays(kpi, fill):
    page = fill("kpi_new", code="k1", name="Another", meaning="", source="")
    assert page.errors == {
        "What it tells": ["Say what it tells, in a sentence."],
        "Source": ["Say where its figures come from."],
    }
    assert page.typed("name") == "Another"
    page = fill("kpi_new", code="k1", name="Another", meaning="This", source="That")
    assert page.errors == {"Code": ["“K1 Seen in time” has this code already: choose another one."]}
    assert Indicator.objects.count() == 1


def test_the_words_of_a_measure_are_its_name(lead, fill):
    facts = {"name": "Seen", "meaning": "Seen in time", "source": "Register"}
    fill("kpi_new", measure="People seen, in time", **facts)
    assert Indicator.objects.get().measure == "people-seen-in-time"


def test_whatever_people_write_is_shown_as_they_wrote_it(lead, area, fill, open_page):
    names = ("name", "meaning", "numerator", "clock_rule", "source", "outcomes")
    page = fill("kpi_new", **dict.fromkeys(names, AWKWARD))
    assert page.shows(AWKWARD) and page.text.count(AWKWARD) >= len(names)
    pk = Indicator.objects.get().pk
    for name in ("kpi_edit", "kpi_retire", "target_new", "baseline_new"):
        assert open_page(name, pk).shows(AWKWARD), name


# --- changing a definition -----------------------------------------------------------------------


def test_what_does_not_decide_what_is_counted_is_saved_without_a_question(kpi, fill):
    page = fill("kpi_edit", kpi.pk, name="Seen within a day", clock_rule="From  sentence")
    assert "K1 Seen within a day is saved." in page.source
    assert not PhaseStart.objects.exists()


def test_whoever_changes_what_is_counted_is_asked_what_that_means(kpi, fill, client, area):
    page = fill("kpi_edit", kpi.pk, clock_rule="From the hearing")
    assert page.errors == {
        "What does this change mean?": [
            "There are figures, and you have changed “Clock”. Say whether the same is counted in "
            "other words."
        ],
        "Reason": ["Say why: whoever reads the figures later will ask."],
    }
    assert page.typed("clock_rule") == "From the hearing"
    url = reverse("kpi_edit", args=[area.slug, kpi.pk])
    answers = {"meant": "otherwise", "reason": "The form of 2019"}
    page = Page(client.post(url, page.form | answers))
    said = {"Counted otherwise from": ["Choose the first period that is counted otherwise."]}
    assert page.errors == said
    offered = page.main.xpath(".//select[@name='counts_from']/option/text()")
    assert offered[:3] == ["Choose a period", "Jan 2020", "Dec 2019"]
    assert offered[-1] == "Aug 2019"  # not the first: nothing was before it
    page = Page(client.post(url, page.form | {"counts_from": "2019-11-01"}, follow=True))
    assert "1 November 2019: what is counted has changed The form of 2019" in page.text
    assert "Clock: From sentence" in page.text and "Clock From the hearing" in page.text
    assert "begins anew: The form of 2019." in page.text


def test_the_same_in_other_words_leaves_the_series_whole(kpi, fill):
    facts = {"numerator": "Those who were seen", "meant": "same", "reason": "Plainer"}
    fill("kpi_edit", kpi.pk, **facts, counts_from="2019-11-01")
    assert Indicator.objects.get(pk=kpi.pk).numerator == "Those who were seen"
    assert not PhaseStart.objects.exists()
    assert AuditEvent.objects.of_row(kpi).first().reason == "Plainer"


def test_unit_and_frequency_are_fixed_once_figures_are_there(kpi, area, fill, open_page):
    page = open_page("kpi_edit", kpi.pk)
    assert "its unit (%) and how often it is reported (monthly) are fixed" in page.text
    assert not {"unit", "frequency"} & set(page.form)
    fresh = factories.kpi(area, code="K2")
    assert "everything can be changed freely" in open_page("kpi_edit", fresh.pk).text

    def figure():
        factories.observation(fresh)

    page = fill("kpi_edit", fresh.pk, unit="count", meanwhile=figure)
    [said] = page.summary
    assert said.startswith("Figures have come in meanwhile: “Unit” stays as it was.")
    assert Indicator.objects.get(pk=fresh.pk).unit == "percentage"


def test_a_stale_definition_saves_nothing_and_shows_both(kpi, lead, fill):
    def meanwhile():
        definitions.edit_indicator(by=lead, indicator=kpi, version=1, name="Theirs")

    page = fill("kpi_edit", kpi.pk, name="Mine", meanwhile=meanwhile)
    assert page.status == 409
    assert page.rows() == [["Name", "Theirs", "Mine"]]
    assert page.typed("name") == "Mine" and page.form["version"] == "2"


def test_a_kpi_is_retired_with_a_reason_and_kept_again(kpi, fill, open_page):
    page = fill("kpi_retire", kpi.pk, on="", reason="")
    assert page.errors == {
        "Last day": ["Give the last day for which a figure is expected."],
        "Reason": ["Give the reason: it is kept."],
    }
    page = fill("kpi_retire", kpi.pk, on="31 12 2019", reason="The board, item 4")
    assert "Retired: no figure is expected of it after 31 December 2019." in page.text
    page = fill("kpi_retire", kpi.pk, reason="It is needed")
    assert "Retired:" not in page.text and "is kept again." in page.source
    assert Indicator.objects.get(pk=kpi.pk).retired_on is None


# --- targets -------------------------------------------------------------------------------------


def test_a_target_is_set_as_people_write_it_and_shown_with_its_days(kpi, fill):
    facts = {"start": "1 10 2019", "source": "HSCP Board, item 7"}
    page = fill("target_new", kpi.pk, value="92.5 %", **facts)
    table = [row[:4] for row in targets(page)]
    first = kpi.targets.order_by("start").first().start
    assert table == [
        ["1 October 2019 In force", "Target", "92.5%", "HSCP Board, item 7"],
        [
            f"1 {first:%B %Y} to 30 September 2019 Ended",
            "Target",
            "80%",
            "The plan",
        ],
    ]


@pytest.mark.parametrize(
    ("typed", "label", "said"),
    [
        ({"value": ""}, "Value", "Give the value, or tick that there is none from this day on."),
        ({"value": "ninety"}, "Value", "“ninety” is no number. A number such as"),
        ({"value": "41 of 60"}, "Value", "Write one number, such as 85 or 92.5."),
        ({"value": "101"}, "Value", "A percentage cannot be above 100."),
        ({"value": "-1"}, "Value", "A target cannot be below 0."),
        ({"value": "nan"}, "Value", "“nan” is no number that can be counted."),
        (
            {"value": "85", "none": "on"},
            "There is no target from this day on",
            "Either a value or none: clear one of the two.",
        ),
        ({"value": "85", "source": ""}, "Set by", "Say who set it, and where that is written."),
        (
            {"value": "85", "start": "1 7 2019"},
            "From",
            "There is a target from that day already: put that one right instead.",
        ),
    ],
)
def test_a_target_that_cannot_be_is_refused_at_its_field(kpi, fill, typed, label, said):
    facts = {"start": "1 10 2019", "source": "The board"}
    page = fill("target_new", kpi.pk, **facts | typed)
    [(where, [sentence])] = page.errors.items()
    assert (where, sentence[: len(said)]) == (label, said)
    assert Target.objects.count() == 1


def test_a_target_ends_without_another_one(kpi, fill):
    page = fill("target_new", kpi.pk, none="on", start="1 1 2020", source="The board")
    assert targets(page)[0][:3] == ["1 January 2020 In force", "Target", "None"]


def test_a_target_is_put_right_with_a_reason_and_a_stale_one_is_not(kpi, lead, fill):
    target = kpi.targets.get()
    page = fill("target_edit", kpi.pk, target.pk, value="85")
    assert page.errors == {"Reason": ["Give the reason: it is kept."]}

    def meanwhile():
        facts = {"start": target.start, "source": target.source, "reason": "A slip"}
        definitions.edit_target(by=lead, target=target, version=1, value=Decimal(90), **facts)

    typed = {"value": "85", "reason": "A slip of mine"}
    page = fill("target_edit", kpi.pk, target.pk, **typed, meanwhile=meanwhile)
    assert page.status == 409 and page.rows() == [["Value", "90", "85"]]
    page = fill("target_edit", kpi.pk, target.pk, **typed)
    assert targets(page)[0][2] == "85%"
    assert [e.reason for e in AuditEvent.objects.of_row(target)][:1] == ["A slip of mine"]


def test_a_target_of_another_kpi_is_not_found(kpi, area, client):
    other = factories.target(factories.kpi(area, code="K2"))
    url = reverse("target_edit", args=[area.slug, kpi.pk, other.pk])
    assert client.get(url).status_code == 404


# --- where the series begins anew ----------------------------------------------------------------


def test_a_baseline_is_set_only_with_four_answers_and_taken_back_with_a_reason(
    kpi, fill, open_page, client, area
):
    page = fill("baseline_new", kpi.pk, start="2019-10-01", reason="The desk works")
    assert set(page.errors) == set(definitions.QUESTIONS.values())
    assert page.typed("start") == "2019-10-01"
    page = fill("baseline_new", kpi.pk, start="2019-10-01", reason="The desk works", **YES)
    assert "1 October 2019: the baseline begins anew The desk works Fiona Adair" in page.text
    assert "Is its cause known? Yes: the desk opened in October" in page.text
    made = PhaseStart.objects.get()
    assert "The desk works" in open_page("phase_cancel", kpi.pk, made.pk).text
    page = fill("phase_cancel", kpi.pk, made.pk, reason="The wrong month")
    assert "the baseline begins anew (taken back)" in page.text
    assert "Taken back by Fiona Adair, 15 January 2020: The wrong month" in page.text
    url = reverse("phase_cancel", args=[area.slug, kpi.pk, made.pk])
    assert url not in page.links
    assert Page(client.post(url, {"reason": "Again"})).summary == ["This was taken back before."]
    later = PhaseStart.objects.latest("pk")
    url = reverse("phase_cancel", args=[area.slug, kpi.pk, later.pk])
    assert client.get(url).status_code == 404  # it begins nothing


def test_a_baseline_of_the_first_figures_needs_no_answers(kpi, fill):
    first = month(date(2019, 7, 1))
    facts = {"start": first.start.isoformat(), "end": first.next().end.isoformat()}
    page = fill("baseline_new", kpi.pk, **facts, reason="The year of the plan")
    assert "Centre and limits are those of the periods up to 31 August 2019" in page.text


def test_without_figures_there_is_no_baseline_to_set(lead, area, open_page):
    page = open_page("baseline_new", factories.kpi(area).pk)
    assert "It has no figure yet, so there is nothing to work out." in page.text
    assert not page.main.findall(".//form")


def test_another_areas_figures_begin_no_series_of_ones_own(kpi, lead):
    factories.observation(kpi, month(date(2018, 1, 1)), comparator="Scotland")
    own = definitions.periods_of(kpi)
    assert own[0] == month(date(2019, 7, 1)) and len(own) == 6
    assert Observation.objects.filter(indicator=kpi).count() == 7
