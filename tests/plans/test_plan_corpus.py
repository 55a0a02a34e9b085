"""The importer holds on every file of the corpus: in, the same again, and undone."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from management.access import Role
from plans.models import Action, Plan
from plans.services import importing, undoing
from plans.services.taking_in import needs
from tests import factories
from tests.plans.importing.helpers import Bring
from tests.plans.plan_corpus import CORPUS
from tests.plans.plans_built import INDICATORS, POSTS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture(autouse=True)
def store(settings, tmp_path):
    settings.STORE_DIR = tmp_path


@pytest.fixture
def bring():
    area = factories.area()
    for title in POSTS:
        factories.post(area, title)
    codes = tuple(code for code, _ in INDICATORS)
    return Bring(factories.user(area, Role.PERFORMANCE_LEAD), area, factories.framework(codes))


def test_the_corpus_is_as_large_as_was_promised():
    assert len(CORPUS) >= 30


@pytest.mark.parametrize("case", CORPUS)
def test_each_file_comes_in_once_or_is_refused_by_name(bring, case):
    name, data, expected = CORPUS[case]
    agreed = {"agreed_on": date(2019, 8, 6)}
    if isinstance(expected, str):
        with pytest.raises(ValidationError) as refused:
            bring.keep(data, name=name, **agreed)
        assert expected in " ".join(refused.value.messages)
        return
    kept = bring.keep(data, name=name, **agreed)
    seen = importing.look(kept)
    stopped = [line.at for line in seen.lines if line.does == "stopped"]
    assert all(line.notes for line in seen.lines if line.does == "stopped")
    if not expected:
        assert len(stopped) == len(seen.lines)
        return
    asked = needs(seen)
    facts = {"lead": factories.post(bring.area)} if "lead" in asked else {}
    facts |= {"title": "Plan", "decision": "Board, item 3", "skip": stopped}
    plan = bring.take(kept, seen, **facts).plan
    found = {action.text: action.original_due for action in plan.actions.all()}
    assert found == expected
    kept.refresh_from_db()
    again = importing.look(bring.keep(data, name=name))
    assert {line.does for line in again.lines} <= {"same", "stopped"}
    undoing.undo(by=bring.lead, kept=kept, version=kept.version)
    assert not any(action.is_open for action in Action.objects.all())
    assert Plan.objects.get().title.endswith("(import undone)")
