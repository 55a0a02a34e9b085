"""Every change of an action on one page, narrowed by its address."""

from datetime import date

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from management.access import Role
from plans.models import Action, Task
from plans.services import actions, progress
from plans.statuses import Status
from tests import factories
from tests.pages import AWKWARD, Page, statements, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
QUERIES = 11


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
    return factories.action(factories.plan(area), reference="A1", text="Train staff")


@pytest.fixture
def visit(client, area, action):
    url = reverse("action_history", args=[area.slug, action.pk])
    return lambda **query: Page(client.get(url, query))


def lines(page):
    return [words(item) for item in page.main.find_class("tl_thread")[0]]


def test_it_says_who_changed_what_from_what_to_what_and_why(lead, action, visit, client, area):
    facts = {"text": "Train all", "reason": "It said too little"}
    actions.edit_action(by=lead, action=action, version=1, **facts)
    page = visit()
    assert "3 changes; 1 to 3 are shown." in page.text
    changed = lines(page)[1]
    assert changed.endswith(
        "Fiona Adair: edit action Reason: It said too little Action changed "
        "What is to be done Before: Train staff Now: Train all"
    )
    assert (
        reverse("action_history", args=[area.slug, action.pk])
        in Page(client.get(reverse("action", args=[area.slug, action.pk]))).links
    )


def test_it_is_narrowed_by_person_and_field_and_an_unknown_one_narrows_nothing(lead, action, visit):
    progress.post_update(by=lead, action=action, version=1, status=Status.AT_RISK, text="Late")
    page = visit(person="Fiona Adair", field="status")
    assert len(lines(page)) == 1
    assert "1 change that matches what you chose; 1 to 1 are shown." in page.text
    assert (page.typed("person"), page.typed("field")) == ("Fiona Adair", "status")
    assert "No change matches what you chose." in visit(field="plans_task").text
    for odd in ({"person": "Nobody"}, {"field": "version"}, {"field": "management_user"}):
        page = visit(**odd)
        assert len(lines(page)) == 3 and page.errors


def test_a_task_is_told_by_its_words_and_a_mere_version_is_left_out(lead, action, visit):
    task = factories.task(action, text="Second step")
    Task.objects.filter(pk=task.pk).update(text="Third step", version=2)
    for version in (9, 10):
        Action.objects.update(version=version)
    page = visit()
    told = lines(page)
    assert "Task “Third step” changed Text Before: Second step Now: Third step" in told[0]
    assert "Task “Second step” added" in told[1]
    assert "Action added" in told[2] and len(told) == 3
    assert "3 changes; 1 to 3 are shown." in page.text


def test_a_long_history_has_pages_and_costs_the_same_queries(lead, action, visit, area, client):
    counts = []
    for size in (3, 60):
        for number in range(size):
            factories.note(action, text=f"Note {number}")
            factories.task(action, post=action.lead)
        cache.clear()
        with CaptureQueriesContext(connection) as asked:
            page = visit()
        counts.append(statements(asked))
    assert len(lines(page)) == 50 and "Page 1 of 3" in page.text
    assert max(counts) == counts[0] <= QUERIES, counts


def test_what_one_save_wrote_stands_together(lead, action, visit, client, area):
    sent = {"status": "at_risk", "text": "Late", "version": action.version}
    answer = client.post(reverse("action_update", args=[area.slug, action.pk]), sent)
    assert answer.status_code == 302
    page = visit()
    told = lines(page)[0]
    assert "Action changed Status Before: Not started Now: In progress: at risk" in told
    assert "Update added" in told and told.count("Fiona Adair: post update") == 1
    assert "Update added" not in " ".join(lines(page)[1:])


def test_it_is_told_in_words_that_hold(lead, action, visit):
    factories.evidence(action, url="https://example.org/")
    factories.date_change(action, old=action.due, new=date(2020, 6, 1))
    page = visit()
    assert "Due date moved" in page.text and "moved added" not in page.text
    assert "Evidence added" in page.text and "Bytes" not in page.text


def test_where_the_day_is_held_it_says_that_its_own_days_are_not(lead, action, visit):
    assert "the database’s own clock is not held" in visit().text


def test_whatever_people_write_is_shown_as_they_wrote_it(lead, action, visit):
    progress.add_note(by=lead, action=action, text=AWKWARD)
    assert visit().shows(AWKWARD)
