"""An import that was undone is not told as an action's latest progress, nor as a move."""

import pytest

from plans.models import Action, Note
from plans.services import undoing
from plans.services.exports import lines
from tests.plans.importing.helpers import table

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def test_what_an_undone_import_reported_and_moved_is_history_alone(bring, lead, area):
    plan = bring(table({})).plan
    before = Action.objects.lines().get()
    later = {"Status": "Red", "Progress": "Stopped", "Due": "30 June 2020"}
    kept = bring(table(later), plan)
    assert Action.objects.lines().get()["moves"] == 1
    undoing.undo(by=lead, kept=kept, version=kept.version)
    assert Action.objects.lines().get() == before
    (line,) = lines(user=lead, area=area, keys=[Action.objects.get().pk])
    assert (line.update, line.moves) == ("Half of them so far", ())
    assert Action.objects.get().updates.count() == 3 and not Note.objects.exists()
