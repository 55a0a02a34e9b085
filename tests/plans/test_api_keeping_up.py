"""What people keep for themselves, the area's rules, and several actions at once: by programs."""

from datetime import date

import pytest

from management.access import Role
from management.models import AuditEvent
from plans.models import Action, Digest, Feed, Note, Rules, SavedView, Update
from plans.services.feeds import feed_with
from plans.statuses import Status
from tests import factories
from tests.plans.test_api import Api

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def area():
    return factories.area(slug="ardmore")


@pytest.fixture
def plan(area):
    return factories.plan(area)


@pytest.fixture
def api(client, area):
    return lambda role: Api(client, area, factories.user(area, role))


def own(api, method, name, match=None, **body):
    """What there is one of: by its name."""
    return api.send(method, name, match=match, **body)


def test_views_are_saved_named_and_removed_and_are_nobody_elses(api):
    mine, theirs = api(Role.PERFORMANCE_LEAD), api(Role.PERFORMANCE_LEAD)
    made = mine.send(
        "POST", "saved-views", name="Late", page="actions", query="status=overdue&evil=1"
    )
    assert made.status_code == 201
    key = made.json()["id"]
    assert made.json()["query"] == "status=overdue"
    twice = mine.send("POST", "saved-views", name="Late", page="actions", query="")
    assert "already have a view" in str(twice.json()["errors"])
    assert theirs.get("saved-views").json()["count"] == 0
    for answer in (
        theirs.get("saved-views", key),
        theirs.send("PATCH", "saved-views", key, name="Mine"),
        theirs.send("DELETE", "saved-views", key),
    ):
        assert answer.status_code == 404
    assert mine.send("PATCH", "saved-views", key, name="Very late").json()["name"] == "Very late"
    assert [view["name"] for view in mine.get("saved-views").json()["results"]] == ["Very late"]
    assert mine.send("DELETE", "saved-views", key).status_code == 204
    assert not SavedView.objects.exists()
    board = api(Role.BOARD_MEMBER)
    refused = board.send("POST", "saved-views", name="Late", page="my_actions", query="")
    assert refused.status_code == 403


def test_a_digest_is_chosen_as_it_was_read(api):
    mine = api(Role.BOARD_MEMBER)
    first = mine.get("digest")
    assert first.json() == {
        "version": 0,
        "day": None,
        "overdue": True,
        "due_soon": True,
        "waiting": True,
    }
    wanted = {"day": 2, "overdue": True, "due_soon": False, "waiting": False}
    assert own(mine, "PUT", "digest", **wanted).status_code == 428
    chosen = own(mine, "PUT", "digest", first["ETag"], **wanted)
    assert chosen.json() == {"version": 1} | wanted
    assert own(mine, "PUT", "digest", first["ETag"], **wanted).status_code == 412
    nothing = wanted | {"overdue": False}
    refused = own(mine, "PUT", "digest", chosen["ETag"], **nothing)
    assert "at least one thing" in refused.json()["errors"]["overdue"][0]
    never = own(mine, "PUT", "digest", chosen["ETag"], **nothing | {"day": None})
    assert never.status_code == 200 and Digest.objects.get().day is None


def test_the_address_of_a_calendar_is_told_once_and_ends(api):
    mine = api(Role.SERVICE_MANAGER)
    assert mine.get("calendar-feed").json() == {"made_at": None}
    made = mine.send("POST", "calendar-feed")
    assert made.status_code == 201
    secret = made.json()["address"].split("/")[-2]
    assert feed_with(secret) is not None
    told = mine.get("calendar-feed").json()
    assert told["made_at"] and secret not in str(told)
    assert mine.client.get(made.json()["address"]).status_code == 200
    assert mine.send("DELETE", "calendar-feed").status_code == 204
    assert feed_with(secret) is None and Feed.objects.get().revoked_at
    assert api(Role.BOARD_MEMBER).send("POST", "calendar-feed").status_code == 403


def test_rules_and_words_are_set_as_they_were_read(api, plan):
    late = factories.action(plan, original_due=date(2019, 12, 1), due=date(2020, 6, 1))
    mine = api(Role.PERFORMANCE_LEAD)
    first = mine.get("rules")
    assert first.json() == {"version": 0, "late": "current", "colours": "status", "words": []}
    word = {"word": "Slipping", "rule": "status", "status": "at_risk", "colour": "amber"}
    rules = {"late": "first", "colours": "status", "words": [word]}
    assert own(mine, "PUT", "rules", **rules).status_code == 428
    done = own(mine, "PUT", "rules", first["ETag"], **rules)
    assert done.json() == {"version": 1} | rules | {"words": [word | {"least": None}]}
    assert own(mine, "PUT", "rules", first["ETag"], **rules).status_code == 412
    assert [row["id"] for row in mine.get("actions", overdue="true").json()["results"]] == [late.pk]
    odd = own(mine, "PUT", "rules", done["ETag"], **rules | {"words": [word, word]})
    assert odd.json()["errors"] == {"words": ["“Slipping” stands twice."]}
    slip = own(mine, "PUT", "rules", done["ETag"], **rules | {"words": [word | {"color": "x"}]})
    assert slip.json()["errors"] == {"words.0.color": ["There is no such field here."]}
    board = api(Role.BOARD_MEMBER)
    seen = board.get("rules")
    assert seen.json()["words"][0]["word"] == "Slipping"
    assert own(board, "PUT", "rules", seen["ETag"], **rules).status_code == 403
    assert Rules.objects.get().late == "first"


def test_hand_overs_tell_what_was_open(api, area, plan):
    old, new = factories.user(area), factories.user(area)
    action = factories.action(plan)
    row = factories.hand_over(action.lead, new, old)
    factories.handed_over(row, action, "On track; due 31 March 2020")
    other = factories.hand_over(factories.post(area), new)
    mine = api(Role.BOARD_MEMBER)
    listed = mine.get("hand-overs").json()["results"]
    assert [one["id"] for one in listed] == [other.pk, row.pk]
    assert [one["id"] for one in mine.get("hand-overs", post=action.lead_id).json()["results"]] == [
        row.pk
    ]
    told = mine.get("hand-overs", row.pk).json()
    assert (told["old"], told["new"], told["post"]) == (old.name, new.name, action.lead_id)
    assert told["open_actions"] == [{"action": action.pk, "text": "On track; due 31 March 2020"}]


@pytest.fixture
def several(plan):
    return [factories.action(plan, percent=30) for _ in range(3)]


def reads(rows):
    return [{"id": row.pk, "version": row.version} for row in rows]


def test_several_actions_are_looked_at_and_then_changed_together(api, several):
    mine = api(Role.PERFORMANCE_LEAD)
    report = {"deed": "report", "text": "Begun", "status": "on_track", "actions": reads(several)}
    seen = mine.send("POST", "actions/bulk", **report, preview=True)
    assert (seen.status_code, seen.json()["done"]) == (200, False)
    assert [one["action"] for one in seen.json()["outcomes"]] == [row.pk for row in several]
    assert "becomes" in seen.json()["outcomes"][0]["will"]
    assert not Update.objects.exists()
    done = mine.send("POST", "actions/bulk", **report).json()
    assert done["done"] and {one["version"] for one in done["outcomes"]} == {2}
    assert set(Action.objects.values_list("status", "percent")) == {(Status.ON_TRACK, 30)}
    told = AuditEvent.objects.filter(table_name="plans_update").values_list("reason", flat=True)
    assert len(told) == 3 and all("Platform" in reason for reason in told)


def test_several_actions_are_changed_all_or_none(api, several):
    mine = api(Role.PERFORMANCE_LEAD)
    shut = factories.action(several[0].plan, status=Status.COMPLETE)
    report = {"deed": "report", "text": "Begun", "status": "on_track"}
    refused = mine.send("POST", "actions/bulk", **report, actions=reads([*several, shut]))
    assert refused.status_code == 400
    assert "closed" in refused.json()["errors"][f"actions.{shut.pk}"][0]
    mine.change("POST", "actions", several[1].pk, "updates", status="at_risk", text="Theirs")
    stale = mine.send("POST", "actions/bulk", **report, actions=reads(several))
    assert stale.status_code == 412
    assert stale.json()["errors"] == {f"actions.{several[1].pk}": ["Somebody else has changed it."]}
    assert Update.objects.count() == 1
    elsewhere = factories.action(factories.plan(factories.area()))
    strange = mine.send("POST", "actions/bulk", **report, actions=reads([elsewhere]))
    assert strange.json()["errors"] == {"actions": [f"There is no such action: {elsewhere.pk}."]}


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ({"deed": "report"}, "status"),
        ({"deed": "move-date"}, "new"),
        ({"deed": "note", "status": "on_track"}, "status"),
        ({"deed": "note", "percent": 5}, "percent"),
        ({"deed": "note", "evidence": "Minutes"}, "evidence"),
    ],
)
def test_what_several_actions_are_given_must_fit_the_deed(api, several, said, name):
    answer = api(Role.PERFORMANCE_LEAD).send(
        "POST", "actions/bulk", text="x", actions=reads(several), **said
    )
    assert answer.status_code == 400 and set(answer.json()["errors"]) == {name}


def test_several_actions_are_done_with_evidence_that_each_of_them_gets(api, several):
    Action.objects.update(status=Status.ON_TRACK)
    mine = api(Role.PERFORMANCE_LEAD)
    done = {"deed": "report", "text": "All done", "status": "done", "actions": reads(several)}
    refused = mine.send("POST", "actions/bulk", **done).json()["errors"]
    assert len(refused) == 3
    proof = {"evidence": "Minutes of May", "evidence_url": "https://example.org/may"}
    assert mine.send("POST", "actions/bulk", **done, **proof).status_code == 200
    for action in several:
        kept = action.evidence.get()
        assert (kept.description, kept.url) == tuple(proof.values())


def test_a_date_is_moved_and_a_note_left_for_several(api, several):
    mine = api(Role.PERFORMANCE_LEAD)
    move = {"deed": "move-date", "text": "The partner", "new": "2020-06-30"}
    assert mine.send("POST", "actions/bulk", **move, actions=reads(several)).status_code == 200
    assert set(Action.objects.values_list("due", flat=True)) == {date(2020, 6, 30)}
    rows = list(Action.objects.all())
    note = mine.send("POST", "actions/bulk", deed="note", text="Seen", actions=reads(rows))
    assert note.status_code == 200 and Note.objects.count() == 3
    twice = mine.send("POST", "actions/bulk", deed="note", text="x", actions=reads([rows[0]] * 2))
    assert twice.json()["errors"] == {"actions": ["Name each action once."]}
