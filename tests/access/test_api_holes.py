"""The visits of programs: holes that were planted are found, and a sound viewset is not blamed."""

from typing import Any

import pytest

from management.access import SIGNED_IN, Role
from tests.access import api_holes
from tests.access.api_routes import API_ROUTES, ApiRow, declared
from tests.access.conftest import Worlds
from tests.access.matrix import policy_of, walk
from tests.access.program import SESSION, WRITE, Program
from tests.access.routes import area, row_of

# Long, and the same everywhere: where CI has the services.
pytestmark = pytest.mark.services

DETAIL = ApiRow(
    row_of("kpi"),
    {"GET": "kpi.view", "PATCH": "kpi.edit"},
    lambda w: {"name": "A name", "owner": w.lead.pk},
    changes="kpi",
)


def problems(viewset: Any, worlds: Worlds) -> list[str]:
    name = viewset.__name__
    rows = {f"{name}-list": ApiRow(area, {"GET": "kpi.view"}), f"{name}-detail": DETAIL}
    visits = [(Role.HEAD_OF_SERVICE, WRITE), (Role.INSPECTOR, SESSION), (None, SESSION)]
    return [p for role, by in visits for p in Program(role, by, *worlds, rows).visit_all()]


@pytest.fixture(autouse=True)
def planted(settings: Any, quiet: None) -> None:
    settings.ROOT_URLCONF = "tests.access.api_holes"
    settings.API_READS_PER_MINUTE = settings.API_WRITES_PER_MINUTE = 1_000_000


def test_a_sound_viewset_has_no_problem(worlds: Worlds) -> None:
    assert problems(api_holes.Sound, worlds) == []


def test_every_hole_is_found(worlds: Worlds) -> None:
    missed = {}
    for viewset, sentence in api_holes.CAUGHT.items():
        found = problems(viewset, worlds)
        if not any(sentence in problem for problem in found):
            missed[viewset.__name__] = found
    assert missed == {}


def test_a_route_without_a_door_a_row_or_a_deed_is_found(worlds: Worlds, client: Any) -> None:
    routes = dict(walk())
    assert "Sound-list" in routes.keys() - API_ROUTES.keys()
    assert policy_of("nodoor", routes["nodoor"]) is None
    assert declared(routes["Forgetful-detail"].callback)["PATCH"] is None
    mine, _ = worlds
    client.force_login(mine.people[Role.HEAD_OF_SERVICE])
    answer = client.get(f"/api/v1/areas/{mine.area.slug}/nodoor/")
    assert answer.status_code == 403
    assert mine.canary not in answer.content.decode().replace(
        mine.people[Role.HEAD_OF_SERVICE].name, ""
    )


def test_a_deed_that_nobody_has_named_cannot_be_declared() -> None:
    with pytest.raises(LookupError, match=r"kpi\.destroy"):
        type("Odd", (api_holes.Sound,), {"deeds": {"list": SIGNED_IN, "retrieve": "kpi.destroy"}})
