"""What hangs on an action, for programs: evidence, files, history; and lists as files."""

import csv
import hashlib
import json
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from management import store
from management.access import Role
from management.uploads import MAX_BYTES
from plans.models import Evidence
from plans.statuses import Status
from tests import factories
from tests.plans.test_api import Api

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
MINUTES = b"Minutes of the group, 14 January 2020"


@pytest.fixture
def area():
    return factories.area(slug="ardmore")


@pytest.fixture
def action(area):
    return factories.action(factories.plan(area, title="Plan of 2020"), reference="A1")


@pytest.fixture
def api(client, area):
    return lambda role: Api(client, area, factories.user(area, role))


def uploaded(mine, action, *, data=MINUTES, name="minutes.txt", match=None, **more):
    sent = {"description": "What was agreed", "file": SimpleUploadedFile(name, data)} | more
    match = match or mine.get("actions", action.pk)["ETag"]
    url = mine.url("actions", action.pk, "files")
    return mine.client.post(url, sent, headers=mine.token | {"If-Match": match})


def test_a_file_goes_in_as_evidence_and_comes_out_as_it_was(api, action):
    mine = api(Role.PERFORMANCE_LEAD)
    made = uploaded(mine, action)
    assert made.status_code == 200, made.content
    (told,) = mine.get("actions", action.pk, "evidence").json()["results"]
    assert (told["kind"], told["file_name"], told["size"]) == ("file", "minutes.txt", len(MINUTES))
    assert told["sha256"] == hashlib.sha256(MINUTES).hexdigest()
    assert (told["withdrawn_on"], told["withdrawn_reason"]) == (None, "")
    got = mine.get("actions", action.pk, f"files/{told['id']}", HTTP_ACCEPT="text/csv")
    assert (got.content, got["Content-Type"]) == (MINUTES, "text/plain; charset=utf-8")
    assert got["Content-Disposition"] == 'attachment; filename="minutes.txt"'
    assert got["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_a_file_is_judged_by_its_content_and_its_size(api, action):
    mine = api(Role.PERFORMANCE_LEAD)
    for data, name, sentence in [
        (b"MZ\x00\x00", "minutes.txt", "a program"),
        (b"", "minutes.txt", "“minutes.txt” was not taken"),
        (b"<svg>", "x.txt", "can run"),
    ]:
        refused = uploaded(mine, action, data=data, name=name)
        assert refused.status_code == 400, name
        assert sentence in refused.json()["errors"]["file"][0]
    large = uploaded(mine, action, data=b"x" * (MAX_BYTES + 1))
    assert large.status_code == 413 and "minutes.txt" in large.json()["detail"]
    named = uploaded(mine, action, slip="x")
    assert named.json()["errors"] == {"slip": ["There is no such field here."]}
    body = {"description": "x"}
    assert mine.change("POST", "actions", action.pk, "files", **body).status_code == 415
    assert not Evidence.objects.exists()


def test_a_file_is_added_to_what_was_read(api, action):
    mine = api(Role.PERFORMANCE_LEAD)
    assert uploaded(mine, action, match=f'"{action.pk}-99"').status_code == 412


def test_evidence_makes_what_was_read_before_it_outdated(api, action):
    mine = api(Role.PERFORMANCE_LEAD)
    read = mine.get("actions", action.pk)["ETag"]
    first = mine.send("POST", "actions", action.pk, "evidence", match=read, description="Minutes")
    assert first.status_code == 200
    said = {"status": "on_track", "text": "Begun"}
    assert mine.send("POST", "actions", action.pk, "updates", match=read, **said).status_code == 412
    second = uploaded(mine, action, match=first["ETag"])
    assert second["ETag"] == mine.get("actions", action.pk)["ETag"] != first["ETag"]
    gone = {"evidence": Evidence.objects.first().pk, "reason": "Another meeting"}
    third = mine.send(
        "POST", "actions", action.pk, "withdraw-evidence", match=second["ETag"], **gone
    )
    assert third.status_code == 200
    assert third["ETag"] == mine.get("actions", action.pk)["ETag"] != second["ETag"]


def test_withdrawn_evidence_stays_listed_and_its_file_is_handed_to_those_who_report(api, action):
    mine = api(Role.PERFORMANCE_LEAD)
    uploaded(mine, action)
    key = Evidence.objects.get().pk
    outside = api(Role.BOARD_MEMBER)
    assert outside.get("actions", action.pk, f"files/{key}").status_code == 200
    gone = {"evidence": key, "reason": "Another meeting"}
    assert mine.change("POST", "actions", action.pk, "withdraw-evidence", **gone).status_code == 200
    (told,) = outside.get("actions", action.pk, "evidence").json()["results"]
    assert told["withdrawn_reason"] == "Another meeting"
    refused = outside.get("actions", action.pk, f"files/{key}")
    assert refused.status_code == 403 and "withdrawn" in refused.json()["detail"]
    assert mine.get("actions", action.pk, f"files/{key}").status_code == 200


def test_a_file_that_is_not_there_any_more_is_said_to_be_so(api, action):
    mine = api(Role.PERFORMANCE_LEAD)
    uploaded(mine, action)
    evidence = Evidence.objects.get()
    store.path(evidence.sha256).unlink()
    lost = mine.get("actions", action.pk, f"files/{evidence.pk}")
    assert lost.status_code == 503 and "cannot be read" in lost.json()["detail"]
    note = factories.evidence(action)  # a note has no file
    assert mine.get("actions", action.pk, f"files/{note.pk}").status_code == 404
    elsewhere = factories.action(action.plan)
    assert mine.get("actions", elsewhere.pk, f"files/{evidence.pk}").status_code == 404


def test_the_history_tells_every_field_before_and_after(api, action):
    mine = api(Role.PERFORMANCE_LEAD)
    mine.change("POST", "actions", action.pk, "updates", status="at_risk", text="A vacancy")
    mine.change("POST", "actions", action.pk, "notes", text="Asked for cover")
    told = mine.get("actions", action.pk, "history").json()
    assert [line["what"] for line in told["results"][:3]] == ["Note", "Update", "Action"]
    status = mine.get("actions", action.pk, "history", field="status").json()["results"][0]
    assert {"field": "Status", "before": "Not started", "after": "In progress: at risk"} in status[
        "changes"
    ]
    assert status["by"].startswith("Person") and "Platform" in status["reason"]
    by = mine.get("actions", action.pk, "history", by=status["by"]).json()
    assert 0 < by["count"] < told["count"]
    page = mine.get("actions", action.pk, "history", page_size=1, page=2).json()
    assert [line["what"] for line in page["results"]] == ["Update"]
    for odd in ({"field": "colour"}, {"person": "x"}, {"page_size": "x"}, {"by": ""}):
        assert mine.get("actions", action.pk, "history", **odd).status_code == 400, odd


def test_a_plan_and_a_list_go_out_as_files(api, area, action):
    factories.action(factories.plan(area), reference="B1", status=Status.COMPLETE)
    mine = api(Role.BOARD_MEMBER)
    for kind in ("docx", "xlsx", "csv", "json"):
        plan = mine.get("plans", action.plan_id, f"files/{kind}")
        assert f"plan-of-2020-2020-01-15.{kind}" in plan["Content-Disposition"]
        assert b"".join(plan.streaming_content)
    told = json.loads(b"".join(mine.get("plans", action.plan_id, "files/json").streaming_content))
    assert "A1" in str(told) and "B1" not in str(told)
    listed = b"".join(mine.get("actions/files/csv", status="complete").streaming_content)
    text = listed.decode("utf-8-sig")
    assert "B1" in text and "A1" not in text
    assert len(list(csv.reader(StringIO(text)))) > 1
    assert mine.get("actions/files/exe").status_code == 404
    assert mine.get("actions/files/csv", statuss="done").status_code == 400
    assert mine.get("plans", action.plan_id, "files/exe").status_code == 404
