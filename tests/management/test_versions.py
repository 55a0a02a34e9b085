"""No stale save: what a change writes, and what the row in hand says after it."""

from datetime import date

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from management.versions import Stale, advance
from plans.models import Action
from tests import factories
from tests.pages import changes

pytestmark = pytest.mark.django_db


@pytest.fixture
def action():
    made = factories.action(factories.plan(factories.area()), text="Train staff", sequence=1)
    return Action.objects.select_related("plan").prefetch_related("supporting").get(pk=made.pk)


def test_a_change_is_written_and_the_row_in_hand_says_so(action):
    other = factories.post(action.area)
    advance(action, 1, text="Train all staff", due=date(2020, 6, 30), lead=other)
    kept = Action.objects.get(pk=action.pk)
    for row in (action, kept):
        assert (row.text, row.due, row.lead, row.version) == (
            "Train all staff",
            date(2020, 6, 30),
            other,
            2,
        )


def test_what_the_database_reckons_is_read_from_it(action):
    advance(action, 1, sequence=F("sequence") + 7)
    assert action.sequence == Action.objects.get(pk=action.pk).sequence == 8


def test_what_was_read_with_the_row_is_kept(action):
    with CaptureQueriesContext(connection) as asked:
        advance(action, 1, text="Train all staff")
        assert action.plan.title
        assert list(action.supporting.all()) == []
    assert changes(asked) == 1  # to write, and nothing is read again


def test_a_change_from_an_older_version_writes_nothing(action):
    advance(action, 1, text="Train all staff")
    with pytest.raises(Stale) as refused:
        advance(action, 1, text="Train nobody")
    assert refused.value.row.text == action.text == "Train all staff"
    assert Action.objects.get(pk=action.pk).version == 2
