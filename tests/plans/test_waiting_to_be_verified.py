"""How an action reads that is reported as done and waits, and one that was verified."""

import io
from datetime import date

import pytest
from django.urls import reverse
from docx import Document

from governance import packs
from management.access import Role
from plans.lines import in_time, waiting_since
from plans.models import Action
from plans.statuses import Status, percent_shown
from tests import factories
from tests.pages import Page, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]  # 15 January 2020
S = Status
DUE = date(2019, 12, 31)
WAITS = "Reported done on {}: has waited {} to be verified"


@pytest.fixture
def area():
    return factories.area("Angus")


@pytest.fixture
def lead(area, client):
    person = factories.user(area, Role.PERFORMANCE_LEAD, name="Fiona Adair")
    client.force_login(person)
    return person


@pytest.fixture
def action(area):
    plan = factories.plan(area, title="The plan")
    return factories.action(plan, reference="A1", status=S.ON_TRACK, due=DUE, original_due=DUE)


@pytest.fixture
def visit(client, area, lead):
    return lambda name, *args: Page(client.get(reverse(name, args=[area.slug, *args])))


def reported(action, *days):
    """As done on each of these days, and sent back between them."""
    for day in days:
        factories.update(action, status=S.OFF_TRACK, old_status=S.DONE, on=day)
        factories.update(action, status=S.DONE, old_status=S.OFF_TRACK, on=day)
        factories.update(action, status=S.DONE, old_status=S.DONE, on=date(2020, 1, 10))
    Action.objects.filter(pk=action.pk).update(status=S.DONE)


@pytest.mark.parametrize("page", ["actions", "area", "plan", "action"])
def test_what_was_reported_in_time_is_not_called_overdue(action, visit, page):
    reported(action, date(2019, 12, 20))
    args = {"plan": [action.plan_id], "action": [action.pk]}.get(page, [])
    found = visit(page, *args)
    assert WAITS.format("20 December 2019", "26 days") in found.text
    assert "Overdue by" not in found.text
    assert not found.main.find_class("tl_row--attention")
    assert "counts with these until it is verified" in found.source


def test_what_was_reported_late_is_overdue_and_says_since_when_it_waits(action, visit):
    reported(action, date(2019, 12, 20), date(2020, 1, 2))
    for page in (visit("actions"), visit("action", action.pk)):
        assert WAITS.format("2 January 2020", "13 days") in page.text
        assert "Overdue by 15 days" in page.text


def test_the_count_of_what_is_overdue_stays_as_the_rule_has_it(action, visit):
    reported(action, date(2019, 12, 20))
    assert visit("actions").counts["overdue"] == 1
    assert Action.objects.overdue(on=date(2020, 1, 15)).count() == 1


def test_what_waits_for_it_does_not_call_it_overdue_either(action, visit):
    other = factories.action(action.plan, reference="B1", status=S.ON_TRACK)
    factories.dependency(other, action)
    assert "Overdue by 15 days" in visit("action", other.pk).text
    reported(action, date(2019, 12, 20))
    assert "Overdue by" not in visit("action", other.pk).text


def test_a_day_of_waiting_and_none_at_all():
    day = date(2020, 1, 14)
    assert waiting_since(day, date(2020, 1, 15)).endswith("has waited 1 day to be verified")
    assert waiting_since(day, day) == "Reported done on 14 January 2020: waits to be verified"
    assert waiting_since(None, day) == ""
    assert in_time(day, day) and not in_time(date(2020, 1, 15), day) and not in_time(None, day)
    assert not in_time(day, None)


@pytest.mark.parametrize(
    ("status", "percent", "shown"),
    [
        (S.COMPLETE, 70, None),
        (S.COMPLETE, 100, 100),
        (S.COMPLETE, None, None),
        (S.WITHDRAWN, 70, 70),
        (S.DONE, 70, 70),
    ],
)
def test_of_what_was_verified_no_less_than_all_of_it_is_told(status, percent, shown):
    assert percent_shown(status, percent) == shown


def test_a_complete_action_does_not_say_that_it_is_done_in_part(action, visit, client, area):
    factories.update(action, status=S.DONE, percent=70, on=date(2019, 12, 20))
    said = {"status": S.COMPLETE, "old_status": S.DONE, "on": date(2019, 12, 30)}
    factories.update(action, **said)
    Action.objects.update(status=S.COMPLETE, percent=70)
    page = visit("action", action.pk)
    assert "70 per cent done" in words(page.main.find_class("tl_thread")[0])  # it was said then
    assert page.text.count("70 per cent") == 1
    file = client.get(reverse("plan_file", args=[area.slug, action.plan_id, "docx"]))
    cells = Document(io.BytesIO(b"".join(file))).element.xpath(".//w:t")
    assert not [cell.text for cell in cells if "per cent" in cell.text]
    [row] = packs.gather(factories.pack(factories.body(action.plan))).actions
    assert (row.completed_on, row.percent) == (date(2019, 12, 30), None)


@pytest.mark.parametrize("name", ["action_update", "action_date"])
def test_the_forms_say_that_it_is_overdue_and_what_was_said_last(action, visit, name):
    factories.update(action, text="Half are trained", on=date(2020, 1, 3))
    page = visit(name, action.pk)
    assert "Due 31 December 2019. Overdue by 15 days." in page.text
    if name == "action_update":
        assert "Last update, 3 January 2020, Somebody: Half are trained" in page.text


def test_why_it_was_sent_back_stands_at_the_top_of_its_page(action, visit):
    text = "Not verified: The count of January is missing"
    factories.update(action, status=S.AT_RISK, old_status=S.DONE, text=text, by="Ailsa Reid")
    top, _, _ = visit("action", action.pk).text.partition("What has happened")
    assert f"Ailsa Reid, 6 January 2020: {text}" in top
    factories.update(action, status=S.AT_RISK, text="It is counted now")
    top, _, _ = visit("action", action.pk).text.partition("Why")
    assert text not in top
