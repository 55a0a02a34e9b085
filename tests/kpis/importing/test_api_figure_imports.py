"""A file with figures comes in by a program."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kpis.models import Observation
from tests.kpis.importing.helpers import stands, table
from tests.plans.test_api import Api

pytestmark = pytest.mark.django_db
ROWS = "figure-imports"


@pytest.fixture
def mine(client, kpi, lead):
    return Api(client, kpi.area, lead)


@pytest.fixture
def brought(mine):
    def send(data, name="figures.csv"):
        file = SimpleUploadedFile(name, data)
        return mine.client.post(mine.url(ROWS), {"file": file}, headers=mine.token)

    return send


def test_figures_are_brought_looked_at_taken_in_and_undone(mine, brought, kpi):
    made = brought(table("K1,Apr-19,41,60,,", "K1,May-19,61,60,,"))
    assert made.status_code == 201, made.content
    seen, key = made.json()["look"], made.json()["id"]
    assert seen["counts"] == {
        **dict.fromkeys(("changed", "same", "doubtful", "left_out"), 0),
        "new": 1,
        "stopped": 1,
    }
    first, second = seen["lines"]
    assert (first["kpi"], first["period"], first["start"]) == (kpi.pk, "Apr 2019", "2019-04-01")
    assert (first["numerator"], first["does"], first["place"]) == (41, "new", "line 2")
    assert second["stops"] == ["61 is more than the 60 that it is counted from."]
    said = {"mark": seen["mark"]}
    assert mine.send("POST", ROWS, key, "take-in", **said).status_code == 428
    stale = mine.change("POST", ROWS, key, "take-in", mark="older")
    assert stale.status_code == 412
    refused = mine.change("POST", ROWS, key, "take-in", **said)
    assert refused.status_code == 400 and not Observation.objects.exists()
    done = mine.change("POST", ROWS, key, "take-in", **said, without_stopped=True)
    assert done.status_code == 200, done.content
    assert (done.json()["state"], done.json()["look"]) == ("applied", None)
    assert stands(kpi) == {"2019-04": (41, 60)}
    undone = mine.change("POST", ROWS, key, "undo")
    assert undone.json()["state"] == "undone"
    assert stands(kpi) == {"2019-04": None}


def test_columns_names_and_days_are_said(mine, brought, kpi):
    head = "Thing,When,So many,Of these\n"
    made = brought(table("Seen,04/05/2019,41,60", "Seen,05/06/2019,42,60", head=head)).json()
    key, [one] = made["id"], made["look"]["tables"]
    assert one["kind"] is None
    fields = {"Thing": "KPI", "When": "Period", "So many": "Number", "Of these": "Out of"}
    columns = [{"heading": heading, "field": field} for heading, field in fields.items()]
    tables = [{"signature": one["signature"], "columns": columns}]
    names = [{"name": "Seen", "kpi": kpi.pk}]
    seen = mine.change("PUT", ROWS, key, "reading", tables=tables, names=names).json()["look"]
    assert (seen["asks_order"], seen["names"], seen["counts"]["stopped"]) == (True, [], 2)
    facts = {"order": "day/month/year", "vintage": "provisional"}
    seen = mine.change("PUT", ROWS, key, "reading", **facts).json()["look"]
    assert (seen["asks_order"], seen["counts"]["new"]) == (False, 2)
    assert mine.change("POST", ROWS, key, "take-in", mark=seen["mark"]).status_code == 200
    assert stands(kpi, vintage="provisional") == {"2019-05": (41, 60), "2019-06": (42, 60)}
    odd = mine.change("PUT", ROWS, key, "reading", **facts)
    assert "taken in already" in str(odd.json()["errors"])


def test_a_reason_is_given_for_all_or_for_one(mine, brought, kpi):
    for rows, facts in (
        (("K1,Apr-19,41,60,,", "K1,May-19,42,60,,"), {}),
        (
            ("K1,Apr-19,43,60,,", "K1,May-19,44,60,,"),
            {"reason": "Late", "reasons": [{"at": 2, "reason": "Checked"}]},
        ),
    ):
        made = brought(table(*rows)).json()
        facts = {"mark": made["look"]["mark"], **facts}
        assert mine.change("POST", ROWS, made["id"], "take-in", **facts).status_code == 200
    rows = Observation.objects.filter(edition=2).order_by("start")
    assert [row.reason for row in rows] == ["Late", "Checked"]


def test_a_file_is_thrown_away_and_one_that_is_no_table_is_refused(mine, brought, kpi):
    key = brought(table("K1,Apr-19,41,60,,")).json()["id"]
    assert mine.change("POST", ROWS, key, "throw-away").json()["state"] == "thrown"
    refused = brought(b"%PDF-1.7\n", "figures.pdf")
    assert refused.status_code == 400
    assert "This is a PDF" in str(refused.json()["errors"]["file"])
