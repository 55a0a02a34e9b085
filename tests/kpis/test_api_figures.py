"""Figures as programs give and read them."""

from datetime import date

import pytest

from kpis.models import Observation, PeriodLock
from kpis.periods import month
from kpis.services import figures
from management import clock
from management.access import Role
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
HERE = "/api/v1/areas/angus/figures/"
DECEMBER = month(date(2019, 12, 1))
NOVEMBER = DECEMBER.previous()


@pytest.fixture
def area():
    return factories.area("Angus", slug="angus")


@pytest.fixture
def lead(area, client):
    made = factories.user(area, Role.PERFORMANCE_LEAD, name="Isla Grant")
    client.force_login(made)
    return made


def kpi_of(area, months=12, **facts):
    made = factories.kpi(area, **facts)
    period = NOVEMBER
    for back in range(months):
        factories.observation(made, period, numerator=40 + back % 7, denominator=60)
        period = period.previous()
    return made


@pytest.fixture
def send(client):
    def sent(*given, to="", **more):
        body = {"figures": list(given), **more}
        return client.post(HERE + to, body, content_type="application/json")

    return sent


def of(kpi, numerator=42, **facts):
    return {"kpi": kpi.pk, "period": "2019-12", "numerator": numerator, "denominator": 60, **facts}


def test_several_figures_are_recorded_together(area, lead, send):
    one, other = kpi_of(area), kpi_of(area)
    answer = send(of(one), of(other, 43, period="Dec 2019", vintage="provisional"))
    assert answer.status_code == 201 and answer.json()["recorded"] is True
    rows = Observation.objects.filter(start=DECEMBER.start)
    assert {(o.indicator, o.numerator, o.vintage) for o in rows} == {
        (one, 42, "final"),
        (other, 43, "provisional"),
    }


def test_one_that_is_wrong_keeps_all_back_and_is_named_by_its_place(area, lead, send):
    one, other = kpi_of(area), kpi_of(area)
    answer = send(of(one), of(other, 61))
    assert answer.status_code == 400
    assert answer.json()["errors"] == {
        "figures.1.numerator": ["61 is more than the 60 that it is counted from."]
    }
    assert not Observation.objects.filter(start=DECEMBER.start).exists()
    for wrong, field in (
        ({"kpi": 10**9}, "figures.0.kpi"),
        ({"period": "soon"}, "figures.0.period"),
        ({"start": "2019-12-01"}, "figures.0.period"),
        ({"numerator": None, "denominator": None}, "figures.0.note"),
        ({"colour": "red"}, "figures.0.colour"),
        ({"numerator": -1}, "figures.0.numerator"),
    ):
        answer = send(of(one) | wrong)
        assert answer.status_code == 400 and list(answer.json()["errors"]) == [field], wrong


def test_doubts_are_told_and_recorded_only_once_they_are_confirmed(area, lead, send):
    kpi = kpi_of(area)
    told = send(of(kpi, 5))
    body = told.json()
    assert (told.status_code, body["recorded"]) == (200, False)
    assert body["outcomes"][0]["doubts"] == ["Check: 8% is far below the usual 65% to 77%."]
    assert send(of(kpi, 4), confirm=body["confirm"]).json()["recorded"] is False
    assert not Observation.objects.filter(start=DECEMBER.start).exists()
    assert send(of(kpi, 5), confirm=body["confirm"]).status_code == 201


def test_a_preview_records_nothing(area, lead, send):
    kpi = kpi_of(area)
    answer = send(of(kpi), preview=True)
    assert (answer.status_code, answer.json()["recorded"]) == (200, False)
    assert not Observation.objects.filter(start=DECEMBER.start).exists()


def test_another_figure_than_was_read_is_not_written_over(area, lead, send):
    kpi = kpi_of(area)
    figures.record_figure(by=lead, indicator=kpi, period=DECEMBER, numerator=44, denominator=60)
    answer = send(of(kpi, edition=0, reason="Mine"))
    assert answer.status_code == 412
    assert answer.json()["errors"] == {
        "figures.0": ["Isla Grant has given 44 of 60 since then: edition 1."]
    }
    assert send(of(kpi, edition=1, reason="Mine")).status_code == 201


def test_editions_are_listed_as_they_stand_or_stood_or_every_one(area, lead, client):
    kpi = factories.kpi(area)
    for day, number in ((10, 41), (14, 43)):
        with clock.hold(date(2020, 1, day)):
            facts = {"numerator": number, "denominator": 60, "reason": "Late"}
            figures.record_figure(by=lead, indicator=kpi, period=DECEMBER, **facts)

    def told(**query):
        rows = client.get(HERE, {"kpi": kpi.pk, **query}).json()["results"]
        return [(row["edition"], row["numerator"]) for row in rows]

    assert told() == [(2, 43)]
    assert told(on="2020-01-12") == [(1, 41)] and told(on="2020-01-09") == []
    assert told(every="true") == [(1, 41), (2, 43)]
    assert told(every="true", on="2020-01-12") == [(1, 41)]
    assert told(start="2019-11-01") == []
    assert client.get(HERE, {"on": "12/1/2020"}).status_code == 400


def test_figures_are_approved_and_opened_again(area, lead, send, client):
    kpi = kpi_of(area)
    at = {"kpi": kpi.pk, "period": "2019-11"}
    assert send({**at, "edition": 2}, to="approve/").status_code == 400
    assert send({**at, "edition": 1}, to="approve/").status_code == 200
    wrong = send(of(kpi, period="2019-11", reason="Late"))
    assert "was approved by Isla Grant" in wrong.json()["errors"]["figures.0.period"][0]
    body = {**at, "reason": "One came late"}
    answer = client.post(f"{HERE}open/", body, content_type="application/json")
    assert answer.status_code == 200 and answer.json()["locked"] is False
    told = client.get(f"{HERE}locks/").json()["results"]
    assert [row["locked"] for row in told] == [True, False] and told[1]["reason"] == "One came late"
    assert PeriodLock.objects.count() == 2


def test_who_owns_one_kpi_gives_no_other_and_sees_what_is_due(area, client, send):
    manager = factories.user(area, Role.SERVICE_MANAGER)
    post = factories.post(area)
    factories.holding(post, manager)
    own, other = kpi_of(area, owner=post), kpi_of(area)
    client.force_login(manager)
    assert send(of(own)).status_code == 201
    assert send(of(own, 43, period="2019-11"), of(other)).status_code == 403
    due = client.get(f"{HERE}due/").json()["results"]
    assert [(row["kpi"], row["period"], row["held"], row["asked"]) for row in due] == [
        (other.pk, "Dec 2019", False, [])
    ]


def test_many_figures_cost_no_more_questions_than_a_few(
    area, lead, send, django_assert_max_num_queries
):
    kpis = [kpi_of(area, months=1) for _ in range(12)]
    with django_assert_max_num_queries(40):
        assert send(*[of(kpi) for kpi in kpis]).status_code == 201
