"""The matrix itself: holes that were planted are found, and a sound view is left in peace."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from management.access import Role
from tests.access import holes
from tests.access.conftest import Worlds
from tests.access.matrix import Visitor, policy_of, walk
from tests.access.routes import ROUTES, Row, row_of

PAGE = Row(row_of("plan"), "plan.view")
FORM = Row(
    row_of("plan"),
    None,
    "plan.edit",
    lambda w: {"plan": w.plan.pk, "action": w.action.pk, "body": w.body.pk},
)


def problems(view: Callable[..., Any], worlds: Worlds, row: Row) -> list[str]:
    found = []
    for role in (Role.HEAD_OF_SERVICE, Role.INSPECTOR):
        found += Visitor(role, *worlds, {view.__name__: row}).visit_all()
    return found


@pytest.fixture(autouse=True)
def planted(settings: Any, quiet: None) -> None:
    settings.ROOT_URLCONF = "tests.access.holes"


def test_a_sound_view_has_no_problem(worlds: Worlds) -> None:
    assert problems(holes.sound, worlds, PAGE) == []


def test_every_hole_is_found(worlds: Worlds) -> None:
    forms = {
        holes.child_of_another_parent,
        holes.foreign_key_from_the_form,
        holes.message_that_quotes,
        holes.form_that_does_nothing,
        holes.deed_that_is_not_asked_for,
    }
    missed = {}
    for view, sentence in holes.CAUGHT.items():
        found = problems(view, worlds, FORM if view in forms else PAGE)
        if not any(sentence in problem for problem in found):
            missed[view.__name__] = found
    assert missed == {}


def test_a_route_without_a_policy_or_without_a_row_is_found() -> None:
    names = {name for name, _ in walk()}
    assert "undeclared" in names - set(ROUTES)
    assert [name for name, pattern in walk() if policy_of(name, pattern) is None] == ["undeclared"]


def test_a_row_that_promises_less_than_the_route_gives_is_found(worlds: Worlds) -> None:
    too_narrow = replace(PAGE, get="people.view")
    found = problems(holes.sound, worlds, too_narrow)
    assert any("answers 200, not [403]" in problem for problem in found)
