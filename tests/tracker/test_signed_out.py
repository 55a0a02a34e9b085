"""Where whoever sends something after the session has ended goes on once signed in again."""

import pytest
from django.urls import reverse

from management.access import PUBLIC, Role
from tests.access.routes import ROUTES
from tests.factories import worlds

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
SENT_ONLY = [n for n, row in ROUTES.items() if row.post not in {None, PUBLIC} and row.get is None]


def door(client, path, **headers):
    """Where the door leads on to, for what is sent to the path by nobody who is signed in."""
    response = client.post(path, headers=headers)
    assert response.status_code == 302
    path, _, onward = response["Location"].partition("?next=")
    assert path == "/accounts/login/"
    return onward


def test_the_page_on_which_the_form_stood_comes_back(client):
    path = "/areas/angus/plans/?by=status"
    onward = door(
        client, "/areas/angus/keeping-up/calendar/renew/", referer=f"http://testserver{path}"
    )
    assert onward == "/areas/angus/plans/%3Fby%3Dstatus"


@pytest.mark.parametrize("referer", ["https://evil.example/", "//evil.example/", "javascript:x()"])
def test_another_site_is_not_where_anybody_goes_on(client, referer):
    assert door(client, "/areas/angus/plans/new/", referer=referer) == "/areas/angus/plans/"


def test_every_address_that_only_takes_what_is_sent_leads_on_to_a_page(client):
    world = worlds.world("canary", "angus")
    person = next(iter(world.people.values()))
    assert len(SENT_ONLY) > 5
    for name in SENT_ONLY:
        client.logout()
        onward = door(client, reverse(name, kwargs=ROUTES[name].where(world)))
        client.force_login(world.people.get(Role.PERFORMANCE_LEAD, person))
        # 404 for a view of another person.
        assert client.get(onward, follow=True).status_code in {200, 403, 404}, (name, onward)
