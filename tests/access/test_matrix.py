"""Every route, for every role, in one's own area and in another: what is answered and changed."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from management.access import API, LIBRARY_ROUTES, PUBLIC, SIGNED_IN, Role
from management.models import AuditEvent
from tests import factories
from tests.access.api_routes import API_ROUTES
from tests.access.conftest import Worlds
from tests.access.matrix import Visitor, may, policy_of, walk
from tests.access.routes import ROUTES
from tests.management.test_access import EXPECTED

pytestmark = pytest.mark.usefixtures("quiet")


def test_every_route_has_a_row_here_and_every_row_a_route() -> None:
    names = [name for name, _ in walk()]
    assert len(names) > 25
    assert len(names) == len(set(names)), "two routes have the same name"
    assert set(names) == {*ROUTES, *API_ROUTES}


def test_every_route_declares_the_policy_that_its_row_says() -> None:
    found = [(name, policy_of(name, pattern)) for name, pattern in walk()]
    declared = {name: policy for name, policy in found if policy != API}
    assert declared == {name: row.policy for name, row in ROUTES.items()}


def test_no_policy_is_kept_for_a_library_route_that_is_gone() -> None:
    assert set(LIBRARY_ROUTES) <= set(ROUTES)


def test_what_a_visitor_may_see_without_signing_in_is_this_and_no_more() -> None:
    public = {name for name, row in ROUTES.items() if row.policy == PUBLIC}
    assert {name for name in public if not name.startswith("account_")} == {"feed", "health"}
    assert {name for name, row in ROUTES.items() if row.policy == SIGNED_IN} == {
        "home",
        "account_change_password",
    }


@pytest.mark.parametrize("name", ROUTES)
def test_every_route_is_there_for_somebody(name: str) -> None:
    """With the exact answers that the matrix wants of them, so that it cannot pass for nothing."""
    deeds = {ROUTES[name].get, ROUTES[name].post} - {None}
    assert all(any(may(role, str(deed)) for role in Role) for deed in deeds)


# What these reach takes longer than all others: on PostgreSQL, which CI asks for.
LONG = {
    Role.HEAD_OF_SERVICE,
    Role.PERFORMANCE_LEAD,
    Role.SERVICE_MANAGER,
    Role.INSPECTOR,
}
VISITORS = [
    pytest.param(role, marks=[pytest.mark.services] if role in LONG else [])
    for role in (None, *Role)
]


@pytest.mark.parametrize("role", VISITORS, ids=lambda role: role or "anonymous")
def test_the_matrix(role: Role | None, worlds: Worlds) -> None:
    visitor = Visitor(role, *worlds, ROUTES)
    problems = visitor.visit_all()
    assert "\n".join(problems) == ""
    assert visitor.visits > len(ROUTES) * 6


@pytest.mark.parametrize("name", [name for name, row in ROUTES.items() if row.own_post])
def test_whoever_may_update_only_their_own_actions_is_refused_without_the_post(
    name: str, worlds: Worlds, client: Any
) -> None:
    mine, _ = worlds
    assert EXPECTED["action.update", Role.SERVICE_MANAGER]
    assert not EXPECTED["action.update_any", Role.SERVICE_MANAGER]
    client.force_login(factories.user(mine.area, Role.SERVICE_MANAGER))
    row, before = ROUTES[name], AuditEvent.objects.count()
    url = reverse(name, kwargs=row.where(mine))
    assert client.get(url).status_code == 403
    assert client.post(url, row.form(mine)).status_code == 403
    assert AuditEvent.objects.count() == before


def test_no_form_is_accepted_without_its_token(worlds: Worlds) -> None:
    mine, _ = worlds
    client = Client(enforce_csrf_checks=True)
    client.force_login(mine.people[Role.HEAD_OF_SERVICE])
    before = AuditEvent.objects.count()
    for name, row in ROUTES.items():
        if row.post:
            response = client.post(reverse(name, kwargs=row.where(mine)), row.form(mine))
            assert response.status_code == 403, name
    assert AuditEvent.objects.count() == before


def test_every_page_of_somebody_signed_in_stays_out_of_caches_and_frames(
    worlds: Worlds, client: Any
) -> None:
    mine, _ = worlds
    for name, row in ROUTES.items():
        client.force_login(mine.people[next(role for role in Role if may(role, row.policy))])
        response = client.get(reverse(name, kwargs=row.where(mine)))
        assert "no-store" in response["Cache-Control"], name
        policy = response["Content-Security-Policy"]
        assert "default-src 'none'" in policy, name
        assert "script-src 'self'" in policy or "sandbox" in policy, name
        assert "unsafe-inline" not in policy or "sandbox" in policy, name
        assert response["X-Content-Type-Options"] == "nosniff", name
        assert response["X-Frame-Options"] == "DENY", name
        assert response["X-Request-ID"], name
