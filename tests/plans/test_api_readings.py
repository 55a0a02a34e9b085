"""What a KPI says, for programs."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from kpis.periods import month
from management.access import Role
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def area(client):
    made = factories.area("Angus", slug="angus")
    client.force_login(factories.user(made, Role.BOARD_MEMBER))
    return made


@pytest.fixture
def read(client):
    return lambda kpi, **asked: client.get(f"/api/v1/areas/angus/kpis/{kpi.pk}/reading/", asked)


def test_the_sentence_with_what_it_rests_on(area, read):
    kpi = factories.kpi(area, months=24, code="K1")
    told = read(kpi).json()
    assert (told["id"], told["code"], told["unit"], told["on"]) == (kpi.pk, "K1", "%", None)
    assert told["sentence"].startswith("A change for the worse")
    assert told["chart"].startswith("p′ chart") and told["variation"]["letter"] == "L"
    assert len(told["points"]) == 24 and told["points"][-1]["value"] == "66.6667"
    assert told["points"][-1]["lower"] < told["points"][-1]["centre"]
    assert told["effect"]["outcome"] == "unlinked"


def test_as_it_stood_on_a_day(area, read):
    kpi = factories.kpi(area)
    later = datetime(2020, 1, 8, tzinfo=ZoneInfo("Europe/London"))
    factories.observation(kpi, month(date(2019, 12, 1)), entered_at=later)
    told = read(kpi, on="2020-01-07").json()
    assert told["points"] == [] and told["on"] == "2020-01-07" and told["effect"] is None
    assert len(read(kpi, on="2020-01-08").json()["points"]) == 1


@pytest.mark.parametrize(
    "asked", [{"on": "soon"}, {"on": "2031-01-01"}, {"on": ""}, {"by": "1"}, {"on": "\x00"}]
)
def test_what_is_not_understood_is_refused(area, read, asked):
    assert read(factories.kpi(area, months=1), **asked).status_code == 400


def test_another_areas_is_not_found(area, read):
    assert read(factories.kpi(factories.area())).status_code == 404
