"""Files come in by programs: a plan's own, and the tracker workbook that comes back."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from management import store
from management.access import Role
from management.uploads import MAX_BYTES
from plans.models import Action, Plan, PlanImport, Update
from plans.states import PlanState
from tests import factories
from tests.plans.importing.helpers import table
from tests.plans.test_api import Api
from tests.plans.trackers_built import filled

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def area():
    return factories.area(slug="ardmore")


@pytest.fixture
def guide():
    return factories.framework()


@pytest.fixture
def mine(client, area):
    return Api(client, area, factories.user(area, Role.PERFORMANCE_LEAD))


def sent(api, rows, name, data, **more):
    file = SimpleUploadedFile(name, data)
    return api.client.post(api.url(rows), {"file": file} | more, headers=api.token)


def brought(api, guide, data, **more):
    return sent(api, "imports", "plan.csv", data, framework=guide.pk, **more)


def test_a_plan_is_brought_looked_at_taken_in_and_undone(mine, guide):
    made = brought(mine, guide, table({}, {"Ref": "1.1b"}), agreed_on="2019-09-17")
    assert made.status_code == 201, made.content
    seen, key = made.json()["look"], made.json()["id"]
    assert [(row["reference"], row["does"]) for row in seen["rows"]] == [
        ("1.1a", "create"),
        ("1.1b", "create"),
    ]
    assert seen["rows"][0]["raw"]["text"] == "Train all staff"
    assert {column["heading"] for column in seen["tables"][0]["columns"]} >= {"Ref", "Action"}
    assert not Plan.objects.exists()
    said = {"mark": seen["mark"], "title": "Plan 2019", "decision": "Board, item 3"}
    assert mine.send("POST", "imports", key, "take-in", **said).status_code == 428
    stale = mine.change("POST", "imports", key, "take-in", **said | {"mark": "older"})
    assert stale.status_code == 412 and not Plan.objects.exists()
    skipped = [row["at"] for row in seen["rows"][1:]]
    done = mine.change("POST", "imports", key, "take-in", **said, skip=skipped)
    assert done.status_code == 200, done.content
    assert (done.json()["state"], done.json()["look"]) == ("applied", None)
    assert Action.objects.get().reference == "1.1a"
    assert Plan.objects.get().state == PlanState.IN_PROGRESS
    again = mine.change("POST", "imports", key, "take-in", **said)
    assert "taken in already" in str(again.json()["errors"])
    undone = mine.change("POST", "imports", key, "undo")
    assert undone.status_code == 200 and undone.json()["state"] == "undone"
    assert [row["id"] for row in mine.get("imports").json()["results"]] == [key]


def test_what_cannot_be_done_with_a_file_is_refused_by_the_field_that_asks_it(mine, guide):
    made = brought(mine, guide, table({}), agreed_on="2019-09-17").json()
    said = {"title": "Plan 2019", "decision": "Board, item 3"}
    mine.change("POST", "imports", made["id"], "take-in", mark=made["look"]["mark"], **said)
    plan = Plan.objects.get()
    made = brought(mine, guide, table({}, {"Ref": "2", "Action": "B"}), plan=plan.pk).json()
    facts = {"mark": made["look"]["mark"], "reason": "So"}
    odd = {**said, "agreed_on": "2018-01-01", "submitted_on": "2019-10-01"}
    refused = mine.change("POST", "imports", made["id"], "take-in", **facts, **odd)
    assert (refused.status_code, set(refused.json()["errors"])) == (400, set(odd))
    odd = {"skip": [999], "take": [3], "apart": [2, 4]}
    refused = mine.change("POST", "imports", made["id"], "take-in", **facts, **odd)
    assert (refused.status_code, set(refused.json()["errors"])) == (400, set(odd))
    assert "no row 999" in str(refused.json()["errors"]["skip"])
    done = mine.change("POST", "imports", made["id"], "take-in", **facts)
    assert done.status_code == 200, done.content


def test_what_the_columns_mean_is_said_by_a_program(mine, guide):
    made = brought(mine, guide, table({}))
    key, (found,) = made.json()["id"], made.json()["look"]["tables"]
    meant = [column["field"] for column in found["columns"]]
    wrong = {"signature": found["signature"], "fields": meant[:2]}
    refused = mine.change("PUT", "imports", key, "columns", tables=[wrong])
    assert "columns; 2 are given" in refused.json()["errors"]["tables.0"][0]
    unknown = {"signature": "x", "fields": meant}
    refused = mine.change("PUT", "imports", key, "columns", tables=[unknown])
    assert refused.json()["errors"] == {"tables.0": ["There is no such table."]}
    assert "progress" in made.json()["look"]["rows"][0]["raw"]
    without = ["nothing" if one == "progress" else one for one in meant]
    said = {"signature": found["signature"], "fields": without}
    done = mine.change("PUT", "imports", key, "columns", tables=[said])
    assert done.status_code == 200, done.content
    assert "progress" not in done.json()["look"]["rows"][0]["raw"]


def test_a_file_that_is_no_table_or_too_large_is_refused_and_leaves_nothing(mine, guide):
    refused = brought(mine, guide, b"%PDF-1.4")
    assert refused.status_code == 400 and "PDF" in refused.json()["errors"]["file"][0]
    large = brought(mine, guide, b"x" * (MAX_BYTES + 1))
    assert large.status_code == 413
    assert sent(mine, "imports", "plan.csv", table({})).json()["errors"].keys() == {"framework"}
    assert not PlanImport.objects.exists()


def test_a_kept_file_that_is_lost_is_said_to_be_so(mine, guide):
    made = brought(mine, guide, table({})).json()
    store.path(made["sha256"]).unlink()
    assert mine.get("imports", made["id"]).status_code == 503


def test_a_tracker_goes_out_comes_back_and_is_taken_in_by_programs_alone(mine, area):
    plan = factories.plan(area, title="Plan")
    first, second = (factories.action(plan, reference=name) for name in ("A1", "A2"))
    out = b"".join(mine.get("plans", plan.pk, "files/xlsx").streaming_content)
    back = filled(out, {"update": "Two trained", "text": "Train everybody"})
    mine.change("PATCH", "actions", first.pk, text="Train most", reason="The board")
    made = sent(mine, "trackers", "tracker.xlsx", back, plan=plan.pk)
    assert made.status_code == 201, made.content
    key, seen = made.json()["id"], made.json()["comparison"]
    (proposal,) = seen["proposals"]
    assert (proposal["action"], proposal["update"]) == (first.pk, "Two trained")
    (cell,) = proposal["changes"]
    assert (cell["field"], cell["ours"], cell["theirs"]) == (
        "text",
        "Train most",
        "Train everybody",
    )
    assert cell["conflict"] and seen["untouched"] == 1
    said = {"mark": seen["mark"], "taken": [{"action": first.pk, "columns": ["text"]}]}
    refused = mine.change("POST", "trackers", key, "take-in", **said)
    assert refused.status_code == 400 and not Update.objects.exists()
    done = mine.change("POST", "trackers", key, "take-in", **said, reason="As the file says")
    assert done.status_code == 200, done.content
    first.refresh_from_db()
    assert first.text == "Train everybody" and Update.objects.get().text == "Two trained"
    assert (done.json()["state"], done.json()["comparison"]) == ("applied", None)
    assert mine.get("imports").json()["results"] == []
    assert [row["id"] for row in mine.get("trackers").json()["results"]] == [key]
    assert second.updates.count() == 0


def test_a_workbook_that_is_no_tracker_is_refused(mine, area):
    plan, other = factories.plan(area), factories.plan(area, title="Another plan")
    refused = sent(mine, "trackers", "t.xlsx", b"Ref,Action", plan=plan.pk)
    assert refused.status_code == 400 and "file" in refused.json()["errors"]
    factories.action(plan)
    out = b"".join(mine.get("plans", plan.pk, "files/xlsx").streaming_content)
    strange = sent(mine, "trackers", "t.xlsx", out, plan=other.pk)
    assert strange.status_code == 400 and "not of" in strange.json()["errors"]["file"][0]
    assert not PlanImport.objects.exists()


def test_when_a_plan_was_agreed_is_asked_and_what_it_changes_is_looked_at(mine, guide):
    made = brought(mine, guide, table({"Due": "30 June"}))
    key, mark = made.json()["id"], made.json()["look"]["mark"]
    assert made.json()["agreed_on"] is None
    said = {"mark": mark, "title": "Plan 2018", "decision": "Board, item 3"}
    refused = mine.change("POST", "imports", key, "take-in", **said)
    assert refused.status_code == 400
    assert refused.json()["errors"] == {"agreed_on": ["Give the day on which it was agreed."]}
    refused = mine.change("POST", "imports", key, "take-in", **said, agreed_on="2018-06-01")
    assert refused.status_code == 400 and "otherwise" in refused.json()["errors"]["agreed_on"][0]
    late = mine.change("POST", "imports", key, "take-in", **said, agreed_on="2020-01-16")
    assert "has not come" in late.json()["errors"]["agreed_on"][0]
    assert not Plan.objects.exists()
    read = mine.change("PATCH", "imports", key, agreed_on="2018-06-01")
    assert read.status_code == 200, read.content
    assert (read.json()["agreed_on"], read.json()["look"]["rows"][0]["due"]) == (
        "2018-06-01",
        "2018-06-30",
    )
    said["mark"] = read.json()["look"]["mark"]
    assert mine.change("POST", "imports", key, "take-in", **said).status_code == 200
    assert str(Plan.objects.get().agreed_on) == "2018-06-01"


def test_a_file_that_came_before_is_said_to_have_and_can_make_a_new_plan(mine, guide):
    first = brought(mine, guide, table({}), agreed_on="2019-09-17").json()
    said = {"mark": first["look"]["mark"], "title": "Plan 2019"}
    plan = mine.change("POST", "imports", first["id"], "take-in", **said).json()["plan"]
    again = brought(mine, guide, table({})).json()
    assert again["plan"] == plan and again["before"].endswith("as “Plan 2019”.")
    changed = mine.change("PATCH", "imports", again["id"], plan=None).json()
    assert changed["plan"] is None and changed["look"]["rows"][0]["does"] == "create"
    changed = mine.change("PATCH", "imports", again["id"], plan=plan).json()
    assert changed["plan"] == plan and changed["look"]["rows"][0]["does"] == "same"
    assert brought(mine, guide, table({}), new_plan="true").json()["plan"] is None


def test_a_program_throws_a_file_away(mine, guide):
    made = brought(mine, guide, table({})).json()
    done = mine.change("POST", "imports", made["id"], "throw-away")
    assert done.status_code == 200, done.content
    assert (done.json()["state"], done.json()["look"]) == ("thrown", None)
    again = mine.change("POST", "imports", made["id"], "take-in", mark="x")
    assert "thrown away" in str(again.json()["errors"])
    assert [row["state"] for row in mine.get("imports").json()["results"]] == ["thrown"]


def test_a_program_is_told_whose_choice_of_columns_a_file_is_read_by(mine, guide):
    made = brought(mine, guide, table({})).json()
    (found,) = made["look"]["tables"]
    meant = [c["field"] if c["field"] != "progress" else "nothing" for c in found["columns"]]
    tables = [{"signature": found["signature"], "fields": meant}]
    assert mine.change("PUT", "imports", made["id"], "columns", tables=tables).status_code == 200
    (told,) = brought(mine, guide, table({"Ref": "2"})).json()["look"]["remembered"]
    assert "chose on 15 January 2020" in told and "“Progress” is not used" in told
