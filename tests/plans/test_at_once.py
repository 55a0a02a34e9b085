"""Many people update one action at the same time, on its page and through the API."""

import json
import threading

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from management.access import Role
from plans.models import Action, Update
from plans.statuses import Status
from tests import factories
from tests.pages import Page

PEOPLE = 8  # twenty of them, through a real server: benchmarks


def by_page(client, person, area, action, read):
    """Opens the form, and sends it again with what the page gives back when it was too late."""
    url = reverse("action_update", args=[area.slug, action.pk])
    page = Page(client.get(url))
    read.wait()
    for _ in range(PEOPLE):
        sent = {**page.form, "status": Status.ON_TRACK, "text": f"By {person.name}"}
        answer = client.post(url, sent)
        yield answer.status_code
        if answer.status_code == 302:
            return
        page = Page(answer)


def by_api(client, person, area, action, read):
    url = f"/api/v1/areas/{area.slug}/actions/{action.pk}/"
    answer = client.get(url)
    read.wait()
    for _ in range(PEOPLE):
        answer = client.post(
            f"{url}updates/",
            json.dumps({"status": Status.ON_TRACK, "text": f"By {person.name}"}),
            content_type="application/json",
            headers={"If-Match": answer["ETag"]},
        )
        yield answer.status_code
        if answer.status_code == 200:
            return


@pytest.mark.django_db(transaction=True)
def test_many_people_at_one_action_lose_no_update():
    area = factories.area()
    action = factories.action(factories.plan(area), status=Status.ON_TRACK)
    people = [
        factories.user(area, Role.PERFORMANCE_LEAD, name=f"Person {n}") for n in range(PEOPLE)
    ]
    read, answers = threading.Barrier(PEOPLE, timeout=60), []

    def one(client, person, way):
        try:
            answers.extend(way(client, person, area, action, read))
        finally:
            connection.close()

    threads = []
    for number, person in enumerate(people):
        client = Client()
        client.force_login(person)
        way = (by_page, by_api)[number % 2]
        threads.append(threading.Thread(target=one, args=(client, person, way)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    kept = set(Update.objects.filter(action=action).values_list("text", flat=True))
    assert kept == {f"By {person.name}" for person in people}
    assert set(answers) <= {200, 302, 409, 412}
    assert {409, 412} & set(answers)  # they did meet
    assert Action.objects.get().version == action.version + PEOPLE
