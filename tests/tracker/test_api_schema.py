"""The API's description of itself: valid, complete, and what the API then does."""

import json
import logging
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from io import StringIO
from typing import Any

import pytest
import schemathesis
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import booleans
from schemathesis.checks import CHECKS
from schemathesis.generation import GenerationMode

from management.access import Role
from management.models import ApiToken
from tests import factories
from tests.access.api_routes import API_ROUTES

FEW = settings(
    max_examples=4,  # of each operation
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
pytestmark = pytest.mark.django_db
# The rows of the world that stand at the addresses, by the address's part.
ROWS = {
    "posts": "lead",
    "kpis": "kpi",
    "figures": "figure",
    "targets": "target",
    "phases": "phase",
    "plans": "plan",
    "actions": "action",
    "tasks": "task",
    "inspections": "inspection",
    "recommendations": "recommendation",
    "key-messages": "key_message",
    "self-evaluations": "self_evaluation",
    "findings": "finding",
    "hand-overs": "hand_over",
    "imports": "plan_import",
    "figure-imports": "figure_import",
    "evidence": "evidence_file",
}
SECRET = "tl_of the tests of the schema"


@cache
def drawn() -> dict[str, Any]:
    """The description, as the command writes it; a warning is an error."""
    out = StringIO()
    options = {"validate": True, "fail_on_warn": True, "format": "openapi-json"}
    call_command("spectacular", stdout=out, **options)
    return json.loads(out.getvalue())


def test_the_description_is_valid_openapi_without_a_warning() -> None:
    schema = drawn()
    assert schema["openapi"].startswith("3.1")
    assert "servers" not in schema
    assert set(schema["components"]["securitySchemes"]) == {"token", "cookieAuth"}


def test_every_operation_says_what_it_does_and_what_it_refuses() -> None:
    paths = drawn()["paths"]
    operations = [one for path in paths.values() for one in path.values()]
    described = {name for name in API_ROUTES if name != "api_nowhere"}
    assert len(paths) == len(described)
    for one in operations:
        assert one["summary"] and one["tags"] and one["description"], one["operationId"]
        assert {"401", "429"} <= set(one["responses"]), one["operationId"]
        assert one["security"] == [{"token": []}, {"cookieAuth": []}], one["operationId"]


@pytest.fixture
def one_connection() -> Iterator[None]:
    """What a server does between requests would close the test's own connection."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    logging.disable(logging.ERROR)  # hundreds of refusals are not news
    yield
    logging.disable(logging.NOTSET)
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


# Hundreds of requests, which say no more on SQLite than they do on PostgreSQL.
@pytest.mark.services
@pytest.mark.usefixtures("one_connection")
@pytest.mark.parametrize("mode", GenerationMode)
def test_the_api_answers_as_it_is_described_whatever_it_is_asked(mode: Any) -> None:
    """As described, of rows that there are; or (negative) as it is not; never with a failure."""
    world = factories.world("Angus", "angus")
    person = world.people[Role.HEAD_OF_SERVICE]
    factories.api_token(world.area, person, SECRET, scope=ApiToken.Scope.WRITE)
    schema = schemathesis.openapi.from_dict(drawn())
    schema.app = get_wsgi_application()
    headers = {"Authorization": f"Bearer {SECRET}", "Accept-Encoding": "identity"}
    # No schema says which titles are taken; and the addresses of this test are made right again.
    not_asked = CHECKS.get_by_names(["positive_data_acceptance", "negative_data_rejection"])
    known = {part: getattr(world, name) for part, name in ROWS.items()}
    known["indicators"] = world.action.indicator
    known["saved-views"] = factories.saved_view(world.area, person)
    brought = {"kind": "tracker", "state": "applied"}
    known["trackers"] = factories.plan_import(world.area, world.plan, **brought)
    answered: dict[str, set[int]] = defaultdict(set)

    def ask(case: Any, own: bool) -> None:
        if mode == GenerationMode.POSITIVE or own:
            place(case, known)
        response = case.call_and_validate(headers=headers, excluded_checks=not_asked)
        answered[case.operation.label].add(response.status_code)

    for result in schema.get_all_operations():
        asked = result.ok().as_strategy(generation_mode=mode)
        FEW(given(case=asked, own=booleans())(ask))()
    if mode == GenerationMode.POSITIVE:
        # Whether each change can be made is tried in the matrix, with a body that makes sense.
        read = {label: found for label, found in answered.items() if label.startswith("GET ")}
        assert not {label: found for label, found in read.items() if 200 not in found}
        assert not {label for label, found in answered.items() if found & {404, 428}}


def place(case: Any, known: dict[str, Any]) -> None:
    """Turn the case to the first page, or to a row that is there, as whoever has just read it."""
    case.query.pop("page", None)
    if "area" in case.path_parameters:
        case.path_parameters["area"] = "angus"
    if "entry" in case.path_parameters:
        case.path_parameters["entry"] = "orders-completed"
    if "evidence" in case.path_parameters:
        case.path_parameters["evidence"] = known["evidence"].pk
    if "id" in case.path_parameters:
        row = known[case.operation.path.split("/")[5]]
        if not type(row)._default_manager.filter(pk=row.pk).exists():
            row.save(force_insert=True)  # the case before has taken it away
        row.refresh_from_db()
        case.path_parameters["id"] = row.pk
        if "If-Match" in case.headers:
            case.headers["If-Match"] = f'"{row.pk}-{getattr(row, "version", 0)}"'
