"""Every address of the API, for every role, by session, by token and by nobody."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from management.access import API, PUBLIC, Role
from management.models import AuditEvent, Versioned
from tests.access.api_routes import API_ROUTES, declared
from tests.access.conftest import Worlds
from tests.access.matrix import REACHES_MOST, SAFE, may, policy_of, walk
from tests.access.program import READ, SESSION, WRITE, Program

pytestmark = pytest.mark.usefixtures("quiet")
# Who reads is tried everywhere; on PostgreSQL, which CI asks for, every role.
VISITS = [
    (None, SESSION),
    (Role.INSPECTOR, WRITE),
    *(
        pytest.param(*visit, marks=pytest.mark.services)
        for visit in [
            (REACHES_MOST, READ),
            (REACHES_MOST, SESSION),
            *((role, WRITE) for role in Role if role != Role.INSPECTOR),
        ]
    ),
]


@pytest.fixture(autouse=True)
def unlimited(settings: Any) -> None:
    settings.API_READS_PER_MINUTE = settings.API_WRITES_PER_MINUTE = 1_000_000


def test_every_method_declares_the_deed_that_its_row_says() -> None:
    routes = {name: pattern for name, pattern in walk() if policy_of(name, pattern) == API}
    assert {name: declared(pattern.callback) for name, pattern in routes.items()} == {
        name: row.deeds for name, row in API_ROUTES.items()
    }


def test_every_change_of_a_row_with_a_version_is_tried_without_saying_what_was_read() -> None:
    for name, pattern in walk():
        if policy_of(name, pattern) != API or not pattern.callback.initkwargs.get("detail"):
            continue
        row, model = API_ROUTES[name], pattern.callback.cls.model
        if issubclass(model, Versioned) and row.deeds.keys() - SAFE:
            assert row.changes or row.etag, name


def test_nothing_of_the_api_is_for_everybody_but_that_there_is_nothing() -> None:
    public = {name for name, row in API_ROUTES.items() if PUBLIC in row.deeds.values()}
    assert public == {"api_nowhere"}


@pytest.mark.parametrize(("role", "by"), VISITS, ids=lambda value: value or "nobody")
def test_the_matrix(role: Role | None, by: str, worlds: Worlds) -> None:
    program = Program(role, by, *worlds, API_ROUTES)
    assert "\n".join(program.visit_all()) == ""
    assert program.visits > len(API_ROUTES) * 4


def test_a_session_changes_nothing_without_its_csrf_token(worlds: Worlds) -> None:
    mine, _ = worlds
    client = Client(enforce_csrf_checks=True)
    client.force_login(mine.people[Role.HEAD_OF_SERVICE])
    before = AuditEvent.objects.count()
    for name, row in API_ROUTES.items():
        for method in row.deeds.keys() - SAFE:
            url = reverse(name, kwargs=row.where(mine))
            body = row.body(mine)
            response = client.generic(method, url, str(body), content_type="application/json")
            assert response.status_code == 403, (name, method)
            assert "CSRF" in response.json()["detail"]
    assert AuditEvent.objects.count() == before


def test_no_answer_is_kept_in_a_cache_or_shown_in_a_frame(worlds: Worlds, client: Any) -> None:
    mine, _ = worlds
    for name, row in API_ROUTES.items():
        deed = next(iter(row.deeds.values()))
        client.force_login(mine.people[next(role for role in Role if may(role, deed))])
        response = client.get(reverse(name, kwargs=row.where(mine)))
        assert "no-store" in response["Cache-Control"], name
        assert "default-src 'none'" in response["Content-Security-Policy"], name
        assert response["X-Content-Type-Options"] == "nosniff", name
        assert response["X-Request-ID"], name
        is_file = response.get("Content-Disposition", "").startswith("attachment")
        assert is_file or "json" in response["Content-Type"], name
