"""The page that counts what was open on two days, and says when it does not add up."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from management.access import Role
from plans.models import Inspection, Recommendation
from tests import factories
from tests.pages import Page

pytestmark = pytest.mark.usefixtures("db", "today")
CLASSES = ["Area for improvement", "Recommendation", "Area for development"]
Kind = Recommendation.Kind


@pytest.fixture
def inspection() -> Inspection:
    return factories.inspection(factories.area())


@pytest.fixture
def show(client: Client, inspection: Inspection) -> Any:
    client.force_login(factories.user(inspection.area, Role.BOARD_MEMBER))
    url = reverse("inspection_reconcile", args=[inspection.area.slug, inspection.pk])
    return lambda **days: Page(client.get(url, days))


def closed(row: Recommendation, on: date, *, told: bool = True) -> Recommendation:
    """Closed on that day; by a decision, unless it is not `told`."""
    row.closed_on = on
    row.save()
    if told:
        factories.decision(row, on=on)
    return row


def numbers(page: Page) -> dict[str, list[str]]:
    return {row[0]: row[1:] for row in page.rows()}


def test_from_the_publication_to_today_every_number_stands_in_its_class(
    inspection: Inspection, show: Any
) -> None:
    factories.recommendation(inspection)
    closed(factories.recommendation(inspection), date(2019, 10, 1))
    back = factories.recommendation(inspection, kind=Kind.RECOMMENDATION)
    factories.decision(back, on=date(2019, 10, 1))
    factories.decision(back, on=date(2019, 11, 1), kind="reopened")
    moved = factories.recommendation(inspection, kind=Kind.DEVELOPMENT)
    factories.reclassification(moved, on=date(2019, 12, 2))
    factories.recommendation(inspection, added_on=date(2019, 9, 2))
    page = show()
    assert numbers(page) == {
        #                        first add reop in closed out expected second difference
        "Area for improvement": ["2", "1", "0", "0", "1", "0", "2", "2", "0"],
        "Recommendation": ["2", "0", "1", "0", "1", "1", "1", "1", "0"],
        "Area for development": ["0", "0", "0", "1", "0", "0", "1", "1", "0"],
        "All": ["4", "1", "1", "1", "2", "1", "4", "4", "0"],
    }
    assert "These counts reconcile: what happened between 6 August 2019 and 15 January 2020" in (
        page.text
    )
    assert "do not reconcile" not in page.text
    assert "What does not fit" not in page.text


def test_the_days_in_the_address_are_counted_and_stand_in_the_form(
    inspection: Inspection, show: Any
) -> None:
    closed(factories.recommendation(inspection), date(2019, 10, 1))
    page = show(first="1 9 2019", second="2019-09-30")
    assert numbers(page)["All"] == ["1", "0", "0", "0", "0", "0", "1", "1", "0"]
    assert (page.typed("first"), page.typed("second")) == ("1 9 2019", "2019-09-30")
    # A day is counted at its end.
    assert numbers(show(second="1 10 2019"))["All"][4:] == ["1", "0", "0", "0", "0"]


def test_what_was_closed_without_a_decision_shows_as_a_difference(
    inspection: Inspection, show: Any
) -> None:
    row = factories.recommendation(inspection, "R7")
    closed(row, date(2019, 10, 1), told=False)
    page = show()
    assert numbers(page)["Area for improvement"][-3:] == ["1", "0", "−1"]
    assert "These counts do not reconcile. At the end of 15 January 2020:" in page.text
    assert (
        "Area for improvement: 0 are open, but 1 follows from what was entered (difference −1)"
        in (page.text)
    )
    assert "R7 is shown as closed, but its decisions leave it open." in page.text


def test_classes_whose_differences_cancel_out_do_not_reconcile_all_the_same(
    inspection: Inspection, show: Any
) -> None:
    row = factories.recommendation(inspection, "R7", kind=Kind.IMPROVEMENT)
    factories.reclassification(row, on=date(2019, 10, 1), new=Kind.DEVELOPMENT)
    page = show()
    found = {name: counts[-1] for name, counts in numbers(page).items()}
    assert found == dict(zip([*CLASSES, "All"], ["+1", "0", "−1", "0"], strict=True))
    assert "do not reconcile" in page.text


def test_a_contradiction_that_adds_up_is_still_named(inspection: Inspection, show: Any) -> None:
    row = factories.recommendation(inspection, "R7", added_on=date(2019, 12, 2))
    closed(row, date(2019, 10, 1))
    page = show()
    assert "These counts reconcile" in page.text
    said = "R7 was closed on 1 October 2019, before it was added on 2 December 2019."
    assert said in page.text


@pytest.mark.parametrize(
    ("days", "label", "sentence"),
    [
        ({"first": "soon"}, "From the end of", "This is not a date that can be read."),
        ({"first": ""}, "From the end of", "Give the first day."),
        ({"second": "31 2 2020"}, "To the end of", "This is not a date that can be read."),
        ({"second": "1 8 2019"}, "To the end of", "cannot be before 6 August 2019."),
        ({"second": "16 1 2020"}, "To the end of", "This day has not come yet."),
    ],
)
def test_days_that_cannot_be_are_said_at_their_field(
    show: Any, days: dict[str, str], label: str, sentence: str
) -> None:
    page = show(**days)
    assert page.status == 200
    assert list(page.errors) == [label]
    assert sentence in page.errors[label][0]
    assert not page.main.findall(".//table")


def test_an_inspection_without_recommendations_reconciles(show: Any) -> None:
    page = show()
    assert numbers(page)["All"] == ["0"] * 9
    assert "These counts reconcile" in page.text


def test_the_page_asks_few_questions_however_many_recommendations(
    inspection: Inspection, show: Any, django_assert_max_num_queries: Any
) -> None:
    for _ in range(20):
        closed(factories.recommendation(inspection), date(2019, 10, 1))
    with django_assert_max_num_queries(10):
        show()


def test_the_inspection_leads_here_and_back(inspection: Inspection, client: Client) -> None:
    factories.recommendation(inspection)
    client.force_login(factories.user(inspection.area, Role.INSPECTOR))
    whole = reverse("inspection", args=[inspection.area.slug, inspection.pk])
    counts = reverse("inspection_reconcile", args=[inspection.area.slug, inspection.pk])
    assert counts in Page(client.get(whole)).links
    assert whole in Page(client.get(counts)).links
