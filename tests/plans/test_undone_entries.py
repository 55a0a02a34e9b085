"""What an entry undoes, and the entry itself, are history: neither progress nor a moved date."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from management.access import Role
from plans.models import Action, DateChange, Update
from plans.services.exports import lines
from plans.statuses import Status
from plans.wanted import Wanted
from tests import factories
from tests.pages import Page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
FIRST, LATER = date(2020, 3, 31), date(2020, 6, 30)


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
    """True progress on the first day; a report and a move that came and went on the second."""
    row = factories.action(factories.plan(area), reference="A1", original_due=FIRST)
    factories.update(row, text="True progress", on=date(2020, 1, 7))
    day = {"on": date(2020, 1, 8)}
    wrong = factories.update(row, text="From a wrong file", **day)
    factories.update(row, text="The import was undone", undoes=wrong, **day)
    moved = factories.date_change(row, old=FIRST, new=LATER, **day)
    factories.date_change(row, old=LATER, new=FIRST, undoes=moved, **day)
    return row


def test_lists_tell_the_update_before_and_no_move(lead, action):
    row = Action.objects.all().lines().get()
    assert (row["updated"], row["moves"], row["first"]) == (date(2020, 1, 7), 0, FIRST)


def test_the_search_looks_into_the_update_that_is_told(lead, action):
    def found(words):
        return Action.objects.wanted(Wanted(text=words), on=date(2020, 1, 15)).exists()

    assert found("true progress")
    assert not found("wrong file") and not found("undone")


def test_files_tell_the_update_before_and_no_move(lead, action, area):
    (line,) = lines(user=lead, area=area, keys=[action.pk])
    assert (line.update, line.update_on, line.moves) == ("True progress", date(2020, 1, 7), ())


def test_the_page_says_no_move_and_lists_all_of_it(client, lead, action, area):
    page = Page(client.get(reverse("action", args=[area.slug, action.pk])))
    assert "moved" not in page.main.xpath(".//dl")[0].text_content()
    for text in ("True progress", "From a wrong file", "The import was undone"):
        assert text in page.text


def test_a_move_since_then_counts_by_itself(lead, action):
    factories.date_change(action, old=FIRST, new=LATER, on=date(2020, 1, 9))
    factories.update(action, text="Later", status=Status.AT_RISK, on=date(2020, 1, 9))
    row = Action.objects.all().lines().get()
    assert (row["updated"], row["moves"]) == (date(2020, 1, 9), 1)


@pytest.mark.parametrize("model", [Update, DateChange])
def test_an_entry_is_undone_once(lead, action, model):
    first = model.objects.exclude(undoes=None).get().undoes
    again = factories.update if model is Update else factories.date_change
    with pytest.raises(IntegrityError), transaction.atomic():
        again(action, undoes=first)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="how SQLite finds its way")
def test_sqlite_finds_what_stands_of_an_action_by_the_action():
    """By the unique index of what undoes what, it would read all entries there are for each."""
    way = Update.objects.standing().filter(action=1).explain()
    assert "(action_id=?)" in way
