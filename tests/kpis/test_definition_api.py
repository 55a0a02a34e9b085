"""How programs keep what a KPI is: the same services, the same refusals."""

import json
from datetime import date

import pytest

from kpis.models import Indicator, PhaseStart, Target
from management.access import Role
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
HERE = "/api/v1/areas/angus/"
WHY = {
    "distinct": "Eight above the limit",
    "cause": "The desk",
    "wanted": "Action 3",
    "lasting": "Funded",
}


@pytest.fixture
def area(client):
    made = factories.area("Angus", slug="angus")
    client.force_login(factories.user(made, Role.PERFORMANCE_LEAD, name="Fiona Adair"))
    return made


@pytest.fixture
def ask(client, area):
    """Sends a body; with `read` as whoever has read that address just now."""

    def send(method, where, body, read=""):
        headers = {"If-Match": client.get(HERE + read)["ETag"]} if read else {}
        return client.generic(
            method, HERE + where, json.dumps(body), content_type="application/json", headers=headers
        )

    return send


@pytest.fixture
def kpi(area):
    return factories.kpi(area, months=6, code="K1", clock_rule="From sentence")


def test_a_ready_definition_is_read_and_adopted(client, area, ask):
    listed = client.get(f"{HERE}kpi-catalogue/").json()
    assert listed["count"] == 10 and not any(one["adopted"] for one in listed["results"])
    made = ask("POST", "kpis/", {"entry": "orders-completed", "code": "K9", "decimals": 0})
    assert made.status_code == 201
    told = made.json()
    assert (told["catalogue"], told["decimals"]) == ("orders-completed", 0)
    one = client.get(f"{HERE}kpi-catalogue/orders-completed/").json()
    assert one["adopted"] == [told["id"]] and one["numerator"] == told["numerator"]
    assert client.get(f"{HERE}kpi-catalogue/nothing/").status_code == 404
    refused = ask("POST", "kpis/", {"entry": "nothing", "code": "K10"})
    assert list(refused.json()["errors"]) == ["entry"]


def test_a_kpi_of_ones_own_says_what_it_is(area, ask):
    refused = ask("POST", "kpis/", {"code": "K1"})
    assert refused.status_code == 400
    wanted = {"name", "meaning", "source", "unit", "direction", "frequency"}
    assert set(refused.json()["errors"]) == wanted
    said = {"name": "Seen", "meaning": "Seen in time", "source": "Register", "unit": "percentage"}
    post = factories.post(area)
    body = {"code": "K1", **said, "direction": "higher", "frequency": "month", "owner": post.pk}
    made = ask("POST", "kpis/", body)
    assert made.status_code == 201 and made["Location"].endswith(f"/kpis/{made.json()['id']}/")
    assert ask("POST", "kpis/", body).json()["errors"]["code"] == [
        "“K1 Seen” has this code already: choose another one."
    ]
    theirs = factories.post(factories.area())
    assert "owner" in ask("POST", "kpis/", {**body, "owner": theirs.pk}).json()["errors"]


def test_something_else_is_counted_from_a_day_on(kpi, ask, client):
    where = f"kpis/{kpi.pk}/"
    change = {"clock_rule": "From the hearing", "counts_from": "2019-11-01"}
    assert ask("PATCH", where, change).status_code == 428
    assert list(ask("PATCH", where, change, read=where).json()["errors"]) == ["reason"]
    told = ask("PATCH", where, {**change, "reason": "The form of 2019"}, read=where).json()
    [phase] = told["phases"]
    assert (phase["kind"], phase["start"], phase["entered_by"]) == (
        "definition",
        "2019-11-01",
        "Fiona Adair",
    )
    assert "Clock: From sentence" in phase["was"]
    refused = ask("PATCH", where, {"unit": "count"}, read=where).json()["errors"]
    assert "Define another KPI instead." in refused["unit"][0]


def test_a_kpi_is_retired_and_kept_by_whoever_has_read_it(kpi, ask):
    where = f"kpis/{kpi.pk}/"
    body = {"on": "2019-12-31", "reason": "The board"}
    assert ask("POST", f"{where}retire/", body).status_code == 428
    told = ask("POST", f"{where}retire/", body, read=where).json()
    assert (told["retired_on"], told["version"]) == ("2019-12-31", 2)
    told = ask("POST", f"{where}keep/", {"reason": "Needed"}, read=where).json()
    assert told["retired_on"] is None
    assert ask("POST", f"{where}keep/", {"reason": "Needed"}, read=where).status_code == 400


def test_targets_are_set_ended_and_put_right(kpi, ask, client):
    body = {"kpi": kpi.pk, "start": "2019-10-01", "source": "The board"}
    assert "value" in ask("POST", "targets/", body).json()["errors"]
    made = ask("POST", "targets/", {**body, "value": "92.5"}).json()
    ended = ask("POST", "targets/", {**body, "value": None, "start": "2020-01-01"}).json()
    assert (made["kind"], made["value"], ended["value"]) == ("target", "92.5000", None)
    where = f"targets/{made['id']}/"
    assert ask("PATCH", where, {"value": "90"}, read=where).json()["errors"] == {
        "reason": ["Say what was wrong."]
    }
    told = ask("PATCH", where, {"value": "90", "reason": "A slip"}, read=where).json()
    assert (told["value"], told["start"], told["version"]) == ("90.0000", "2019-10-01", 2)
    listed = client.get(f"{HERE}targets/?kpi={kpi.pk}&kind=target").json()["results"]
    assert [one["value"] for one in listed] == ["80.0000", "90.0000", None]
    assert "value" in ask("POST", "targets/", {**body, "value": "101"}).json()["errors"]
    theirs = factories.kpi(factories.area())
    assert "kpi" in ask("POST", "targets/", {**body, "kpi": theirs.pk}).json()["errors"]
    assert Target.objects.count() == 3


def test_a_baseline_is_set_and_taken_back(kpi, ask, client):
    body = {"kpi": kpi.pk, "start": "2019-10-01", "reason": "The desk works"}
    assert set(ask("POST", "phases/", body).json()["errors"]) == set(WHY)
    made = ask("POST", "phases/", {**body, **WHY})
    assert made.status_code == 201 and made.json()["cause"] == "The desk"
    where = f"phases/{made.json()['id']}/take-back/"
    back = ask("POST", where, {"reason": "The wrong month"}).json()
    assert back["cancels"] == made.json()["id"]
    assert client.get(f"{HERE}kpis/{kpi.pk}/").json()["phases"] == []
    assert ask("POST", where, {"reason": "Again"}).status_code == 400
    assert PhaseStart.objects.count() == 2


def test_a_board_member_changes_nothing(kpi, ask, client):
    client.force_login(factories.user(kpi.area, Role.BOARD_MEMBER))
    target = factories.target(kpi, start=date(2020, 1, 1))
    for method, where in [
        ("POST", "kpis/"),
        ("PATCH", f"kpis/{kpi.pk}/"),
        ("POST", f"kpis/{kpi.pk}/retire/"),
        ("POST", "targets/"),
        ("PATCH", f"targets/{target.pk}/"),
        ("POST", "phases/"),
    ]:
        assert ask(method, where, {}).status_code == 403, where
    assert Indicator.objects.get().version == 1
