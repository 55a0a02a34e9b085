"""KPIs as programs read them."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kpis.periods import month
from management.access import Role
from tests import factories
from tests.pages import statements

pytestmark = pytest.mark.django_db
HERE = "/api/v1/areas/angus/kpis/"


@pytest.fixture
def area(client):
    made = factories.area("Angus", slug="angus")
    client.force_login(factories.user(made, Role.BOARD_MEMBER))
    return made


def test_a_kpi_is_told_with_its_targets_and_its_figures_as_they_stand(client, area):
    post = factories.post(area, "Manager")
    kpi = factories.kpi(area, months=0, code="K1", name="Waiting", owner=post)
    factories.target(kpi, value=Decimal("92.5"), start=date(2019, 4, 1))
    october = month(date(2019, 10, 1))
    factories.observation(kpi, october, numerator=1, denominator=3)
    factories.observation(kpi, october, numerator=2, denominator=3, edition=2, note="Recounted")
    factories.observation(kpi, october, comparator="Scotland", numerator=0, denominator=0)
    told = client.get(f"{HERE}{kpi.pk}/").json()
    assert (told["code"], told["name"], told["owner"]) == ("K1", "Waiting", post.pk)
    assert [target["value"] for target in told["targets"]] == ["92.5000"]
    figures = [(f["comparator"], f["period"], f["value"], f["edition"]) for f in told["figures"]]
    assert figures == [
        ("", "Oct 2019", "66.6667", 2),
        ("Scotland", "Oct 2019", None, 1),
    ]
    assert told["figures"][0]["note"] == "Recounted"
    assert told["figures"][0]["entered_at"].startswith("2020-01-06T09:30")


def test_a_new_figure_is_news_though_the_definition_is_what_it_was(client, area):
    kpi = factories.kpi(area, months=1)
    read = client.get(f"{HERE}{kpi.pk}/")
    known = {"If-None-Match": read["ETag"]}
    assert client.get(f"{HERE}{kpi.pk}/", headers=known).status_code == 304
    factories.observation(kpi, comparator="Scotland")
    assert client.get(f"{HERE}{kpi.pk}/", headers=known).status_code == 200


def test_the_list_is_filtered_and_tells_no_figures(client, area):
    post = factories.post(area)
    factories.kpi(area, code="K1", measure="waiting", frequency="month", owner=post)
    factories.kpi(area, code="K2", measure="waiting", frequency="quarter")
    factories.kpi(area, code="K3", measure="orders", frequency="month")
    theirs = factories.kpi(factories.area(), code="K1", owner=None)

    def codes(query: str) -> list[str]:
        return [row["code"] for row in client.get(f"{HERE}?{query}").json()["results"]]

    assert codes("") == ["K1", "K2", "K3"]
    assert codes("measure=waiting&frequency=month") == ["K1"]
    assert codes(f"owner={post.pk}") == ["K1"]
    assert codes(f"code={theirs.code}") == ["K1"] and codes(f"owner={theirs.pk + 10**15}") == []
    assert "figures" not in client.get(HERE).json()["results"][0]
    for wrong in ("frequency=daily", "owner=x", "owner=1e9", f"owner={2**64}", "code=%00"):
        answer = client.get(f"{HERE}?{wrong}")
        assert answer.status_code == 400, wrong
        assert list(answer.json()["errors"]) == [wrong.split("=")[0]]


def test_however_many_there_are_the_questions_to_the_database_stay_the_same(client, area):
    counts = set()
    for _ in range(2):
        for _ in range(5):
            kpi = factories.kpi(area, months=12, owner=factories.post(area))
        with CaptureQueriesContext(connection) as asked:
            assert client.get(HERE).status_code == client.get(f"{HERE}{kpi.pk}/").status_code == 200
        counts.add(statements(asked))
    assert len(counts) == 1
