"""Plans and actions for programs: the same rules as on the pages, and no change over another's."""

import json
from datetime import date

import pytest

from management.access import Role
from management.models import AuditEvent
from plans.models import Action, DateRequest, Note, Plan, Revision, Task, Update
from plans.states import PlanState
from plans.statuses import Status
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def area():
    return factories.area(slug="ardmore")


@pytest.fixture
def plan(area):
    return factories.plan(area, title="Plan A")


@pytest.fixture
def head(area):
    return factories.user(area, Role.HEAD_OF_SERVICE)


@pytest.fixture
def lead(area):
    return factories.user(area, Role.PERFORMANCE_LEAD)


class Api:
    """Asks in the name of one person, by a token that may write."""

    def __init__(self, client, area, person):
        self.client, self.area = client, area
        secret = f"tl_{person.pk}"
        factories.api_token(area, person, secret, name="Platform")
        self.token = {"Authorization": f"Bearer {secret}"}

    def url(self, rows, pk=None, step=None):
        path = f"/api/v1/areas/{self.area.slug}/{rows}/"
        path += f"{pk}/" if pk else ""
        return path + (f"{step}/" if step else "")

    def get(self, rows, pk=None, step=None, **asked):
        return self.client.get(self.url(rows, pk, step), asked, headers=self.token)

    def send(self, method, rows, pk=None, step=None, *, match=None, **body):
        headers = self.token | ({"If-Match": match} if match else {})
        url = self.url(rows, pk, step)
        kind = "application/json"
        return self.client.generic(
            method, url, json.dumps(body), content_type=kind, headers=headers
        )

    def change(self, method, rows, pk, step=None, **body):
        """With the ETag that the row has now."""
        match = self.get(rows, pk)["ETag"]
        return self.send(method, rows, pk, step, match=match, **body)


@pytest.fixture
def api(client, area):
    return lambda person: Api(client, area, person)


def test_an_update_by_a_program_is_the_update_of_its_person_and_says_by_what(api, plan, lead):
    action = factories.action(plan)
    answer = api(lead).change(
        "POST", "actions", action.pk, "updates", status="at_risk", text="One post is vacant"
    )
    assert answer.status_code == 200
    assert answer.json()["status"] == "at_risk"
    assert answer.json()["entries"][0]["text"] == "One post is vacant"
    update = Update.objects.get()
    assert (update.by, update.status) == (lead.name, Status.AT_RISK)
    event = AuditEvent.objects.filter(table_name="plans_update").get()
    assert "Platform" in event.reason


def test_a_number_of_per_cent_that_is_not_sent_stays_and_null_clears_it(api, plan, lead):
    action = factories.action(plan, percent=40)
    said = {"status": "on_track", "text": "Begun"}
    mine = api(lead)
    for sent, stands in [({}, 40), ({"percent": 60}, 60), ({"percent": None}, None)]:
        answer = mine.change("POST", "actions", action.pk, "updates", **said, **sent)
        assert answer.json()["percent"] == stands


def test_without_the_version_that_was_read_nothing_is_changed(api, plan, lead):
    action = factories.action(plan)
    mine = api(lead)
    read = mine.get("actions", action.pk)
    said = {"status": "on_track", "text": "Begun"}
    assert mine.send("POST", "actions", action.pk, "updates", **said).status_code == 428
    first = mine.send("POST", "actions", action.pk, "updates", match=read["ETag"], **said)
    assert first.status_code == 200
    stale = mine.send("POST", "actions", action.pk, "updates", match=read["ETag"], **said)
    assert stale.status_code == 412
    assert stale.json()["current"]["version"] == 2
    assert stale["ETag"] == first["ETag"]
    assert Update.objects.count() == 1
    again = mine.get("actions", action.pk)
    assert (
        mine.client.get(
            mine.url("actions", action.pk), headers=mine.token | {"If-None-Match": again["ETag"]}
        ).status_code
        == 304
    )


def test_a_refusal_stands_at_its_field_in_a_sentence(api, plan, lead):
    action = factories.action(plan)
    mine = api(lead)
    refused = mine.change("POST", "actions", action.pk, "updates", status="done", text="Done")
    assert refused.status_code == 400
    assert "only with evidence" in refused.json()["errors"]["evidence"][0]
    odd = mine.change("POST", "actions", action.pk, "updates", status="complete", text="Done")
    assert odd.status_code == 400
    assert odd.json()["errors"]["status"] == [
        "“complete” is not offered here. Choose one of: not_started, on_track, at_risk, off_track, "
        "done."
    ]


def test_a_manager_reports_only_on_the_actions_of_their_posts(api, area, plan):
    manager = factories.user(area, Role.SERVICE_MANAGER)
    post = factories.post(area)
    factories.holding(post, manager)
    own, other = factories.action(plan, lead=post), factories.action(plan)
    mine = api(manager)
    said = {"status": "on_track", "text": "Begun"}
    assert mine.change("POST", "actions", own.pk, "updates", **said).status_code == 200
    refused = mine.change("POST", "actions", other.pk, "updates", **said)
    assert refused.status_code == 403
    assert "belongs to another post" in refused.json()["detail"]
    assert [row["id"] for row in mine.get("actions", mine="true").json()["results"]] == [own.pk]


def test_a_closed_plan_takes_no_note(api, area, lead):
    action = factories.action(factories.plan(area, state="closed"))
    refused = api(lead).change("POST", "actions", action.pk, "notes", text="Late")
    assert refused.status_code == 400 and "take no more notes" in refused.content.decode()
    assert not Note.objects.exists()


def test_whoever_asked_for_a_date_takes_it_back(api, area, lead):
    plan = factories.plan(area, dates_need_approval=True)
    manager, action = factories.user(area, Role.SERVICE_MANAGER), factories.action(plan)
    factories.holding(action.lead, manager)
    mine, sent = api(manager), {"new": "2020-06-30", "reason": "Vacancies"}
    assert mine.change("POST", "actions", action.pk, "move-date", **sent).status_code == 200
    back = {"request": DateRequest.objects.get().pk, "reason": "Filled"}
    refused = api(lead).change("POST", "actions", action.pk, "take-back-date", **back)
    assert refused.status_code == 400 and manager.name in refused.content.decode()
    answer = mine.change("POST", "actions", action.pk, "take-back-date", **back)
    [entry] = answer.json()["entries"]
    assert (entry["kind"], entry["more"]) == ("request", "Filled")
    assert mine.change("POST", "actions", action.pk, "take-back-date", **back).status_code == 400


def test_whoever_holds_a_tasks_own_post_finishes_it_and_opens_it_again(api, area, plan):
    manager, post = factories.user(area, Role.SERVICE_MANAGER), factories.post(area)
    factories.holding(post, manager)
    task = factories.task(factories.action(plan), post=post)
    mine = api(manager)
    assert mine.change("POST", "tasks", task.pk, "finish").json()["done_by"] == manager.name
    assert mine.change("POST", "tasks", task.pk, "reopen").json()["done_on"] is None
    assert mine.change("POST", "tasks", task.pk, "drop", reason="No").status_code == 403


def test_lists_are_filtered_and_an_odd_filter_is_refused(api, area, plan, lead):
    other = factories.plan(area, state="draft")
    late = factories.action(plan, reference="L1", text="Train staff", due=date(2019, 12, 1))
    shut = factories.action(plan, reference="S1", status=Status.COMPLETE, due=date(2019, 12, 1))
    draft = factories.action(other, reference="D1", due=date(2019, 12, 1))
    mine = api(lead)

    def listed(**asked):
        return [row["reference"] for row in mine.get("actions", **asked).json()["results"]]

    assert set(listed()) == {"L1", "S1", "D1"}
    assert listed(overdue="true") == ["L1"]
    assert set(listed(overdue="false")) == {"S1", "D1"}
    assert listed(plan=other.pk) == ["D1"]
    assert listed(status="complete") == ["S1"]
    assert listed(post=late.lead_id) == ["L1"]
    assert listed(text="train") == ["L1"]
    assert listed(due_from="2019-12-02") == []
    assert {shut.pk, draft.pk}.isdisjoint({late.pk})


@pytest.mark.parametrize(
    ("name", "values", "sentence"),
    [
        ("overdue", ["1", "yes", "TRUE", "maybe", "on"], "Write true or false."),
        ("mine", ["on", "0"], "Write true or false."),
        ("due_from", ["01/02/2020", "20200102", "2020-13-01"], "Write the day as in 2020-01-15."),
        ("plan", ["abc", "1,2", "1.5"], "Give an id: a number from 1 on."),
        ("status", ["open"], "Choose one of: not_started"),
        ("statuss", ["done"], "There is no such parameter here. There are: due_from, due_to"),
    ],
)
def test_a_filter_that_is_not_understood_is_refused_and_shows_no_row(
    api, plan, lead, name, values, sentence
):
    factories.action(plan)
    mine = api(lead)
    for value in values:
        refused = mine.get("actions", **{name: value})
        assert refused.status_code == 400, value
        assert refused.json()["errors"][name][0].startswith(sentence)


def test_a_date_and_a_measure_can_follow(api, plan, lead):
    facts = {"plan": plan.pk, "reference": "B9", "text": "Do it"}
    facts |= {
        "indicator": factories.action(plan).indicator_id,
        "lead": factories.post(plan.area).pk,
    }
    mine = api(lead)
    made = mine.send("POST", "actions", **facts)
    assert made.status_code == 201, made.content
    told = made.json()
    assert (told["due"], told["evidence_expected"]) == (None, "")
    for words in ("A count", ""):
        said = {"evidence_expected": words, "reason": "Now known"}
        changed = mine.change("PATCH", "actions", told["id"], **said)
        assert changed.json()["evidence_expected"] == words


def test_of_two_programs_that_link_what_they_have_read_one_is_refused(api, area, plan, lead, head):
    action = factories.action(plan)
    choices = [
        ("kpis", [factories.kpi(area), factories.kpi(area)]),
        ("blockers", [factories.action(plan), factories.action(plan)]),
    ]
    one, two = api(lead), api(head)
    for step, (mine, theirs) in choices:
        match = one.get("actions", action.pk)["ETag"]
        answer = one.send("PUT", "actions", action.pk, step, match=match, **{step: [mine.pk]})
        assert answer.status_code == 200
        stale = two.send("PUT", "actions", action.pk, step, match=match, **{step: [theirs.pk]})
        assert stale.status_code == 412
        # Who has read the same choice and makes it again changes nothing.
        again = two.change("PUT", "actions", action.pk, step, **{step: [mine.pk]})
        assert again["ETag"] == answer["ETag"]
    assert action.kpis.get() == choices[0][1][0]
    assert action.dependencies.get().blocker == choices[1][1][0]


def test_a_program_says_when_a_kpi_should_show_an_action(api, area, plan, lead):
    action, kpi = factories.action(plan), factories.kpi(area)
    mine, said = api(lead), {"lag": 3, "expected": "Fewer wait"}
    links = [{"kpi": kpi.pk, **said}]
    answer = mine.change("PUT", "actions", action.pk, "kpis", kpis=[kpi.pk], links=links)
    assert answer.json()["kpi_links"] == links
    kept = mine.change("PUT", "actions", action.pk, "kpis", kpis=[kpi.pk])
    assert kept.json()["kpi_links"] == links
    astray = mine.change("PUT", "actions", action.pk, "kpis", kpis=[], links=links)
    assert (astray.status_code, list(astray.json()["errors"])) == (400, ["links"])


def test_a_program_verifies_what_waits_for_something_only_by_saying_so(api, plan, head):
    action = factories.action(plan, status=Status.DONE)
    factories.dependency(action, factories.action(plan, reference="A2"))
    chief, said = api(head), {"note": "Seen"}
    refused = chief.change("POST", "actions", action.pk, "verify", **said)
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["although_blocked"])
    said["although_blocked"] = True
    assert chief.change("POST", "actions", action.pk, "verify", **said).status_code == 200


def test_another_areas_rows_are_not_there_wherever_they_are_named(api, plan, lead):
    mine = api(lead)
    action = factories.action(plan)
    theirs = factories.action(factories.plan(factories.area()))
    assert mine.get("actions", theirs.pk).status_code == 404
    assert mine.get("actions", plan=theirs.plan_id).json()["results"] == []
    refused = mine.change("PUT", "actions", action.pk, "blockers", blockers=[theirs.pk])
    assert refused.status_code == 400
    refused = mine.change(
        "POST", "actions", action.pk, "supersede", successor=theirs.pk, reason="Wider"
    )
    assert refused.status_code == 400


def test_the_life_of_an_action_and_its_plan_by_programs_alone(api, area, lead, head):
    guide = factories.framework()
    manager, post = factories.user(area, Role.SERVICE_MANAGER), factories.post(area)
    factories.holding(post, manager)
    keeper, chief, worker = api(lead), api(head), api(manager)
    made = keeper.send("POST", "plans", title="New plan", agreed_on="2020-01-14")
    assert made.status_code == 201
    plan = made.json()["id"]
    assert made["Location"].endswith(f"/plans/{plan}/")
    new = keeper.send(
        "POST",
        "actions",
        plan=plan,
        reference="A1",
        text="Improve things",
        indicator=guide.indicators.first().pk,
        lead=post.pk,
        evidence_expected="A report",
        original_due="2020-06-30",
    )
    assert new.status_code == 201, new.content
    action = new.json()["id"]
    reading = chief.get("plans", plan, "reading").json()
    assert [one["code"] for one in reading["advice"]] == ["vague"]
    slip = [reading["advice"][0] | {"reason": "So agreed", "resaon": "x"}]
    odd = chief.change("POST", "plans", plan, "approve", mark=reading["mark"], accepted=slip)
    assert odd.json()["errors"] == {"accepted.0.resaon": ["There is no such field here."]}
    refused = chief.change("POST", "plans", plan, "approve", mark=reading["mark"])
    assert refused.status_code == 400 and "“improve”" in refused.json()["detail"] + str(
        refused.json()["errors"]
    )
    accepted = [one | {"reason": "The board's own words"} for one in reading["advice"]]
    assert (
        keeper.change(
            "POST", "plans", plan, "approve", mark=reading["mark"], accepted=accepted
        ).status_code
        == 403
    )
    approved = chief.change(
        "POST", "plans", plan, "approve", mark=reading["mark"], accepted=accepted
    )
    assert approved.json()["state"] == "approved"
    task = worker.send("POST", "tasks", action=action, text="Ask the partner").json()
    assert worker.change("POST", "tasks", task["id"], "finish").status_code == 200
    reworded = keeper.change(
        "PATCH", "actions", action, text="Train all staff", reason="Said too little"
    )
    assert reworded.json()["text"] == "Train all staff"
    assert worker.change("POST", "actions", action, "notes", text="Booked").status_code == 200
    done = worker.change(
        "POST", "actions", action, "updates", status="done", text="Held", evidence="List of names"
    )
    assert done.json()["status"] == "done"
    assert chief.change("POST", "actions", action, "verify", note="Seen").status_code == 200
    mark = chief.get("plans", plan, "reading").json()["mark"]
    told = {"mark": mark, "body": "The board", "on": "2020-01-16", "minute_reference": "item 4"}
    early = keeper.change("POST", "plans", plan, "close", **told)
    assert early.json()["errors"] == {"on": ["This day has not come yet."]}
    closed = keeper.change("POST", "plans", plan, "close", **told | {"on": "2020-01-10"})
    assert closed.json()["state"] == "closed"
    assert [move["new"] for move in closed.json()["moves"]] == ["approved", "in_progress", "closed"]
    assert (Plan.objects.get().state, Action.objects.get().status) == (
        PlanState.CLOSED,
        Status.COMPLETE,
    )
    assert (Revision.objects.get().new, Note.objects.get().text) == ("Train all staff", "Booked")
    assert Task.objects.get().done_on is not None


def test_what_is_named_twice_counts_once_and_the_lead_does_not_support_too(client, area):
    keeper = Api(client, area, factories.user(area, Role.PERFORMANCE_LEAD))
    plan = factories.plan(area)
    action = factories.action(plan)
    post, message = factories.post(area), factories.key_message(factories.inspection(area))
    made = keeper.send(
        "POST",
        "actions",
        plan=plan.pk,
        reference="Z1",
        text="Train all staff",
        indicator=action.indicator_id,
        lead=action.lead_id,
        supporting=[post.pk, post.pk, action.lead_id],
        key_messages=[message.pk, message.pk],
        reason="Agreed so",
    )
    assert made.status_code == 201
    assert made.json()["supporting"] == [post.pk]
    assert [one.pk for one in Action.objects.get(reference="Z1").key_messages.all()] == [message.pk]


def test_a_character_that_nobody_can_see_is_refused_in_a_question(client, area):
    reader = Api(client, area, factories.user(area, Role.INSPECTOR))
    action = factories.action(factories.plan(area))
    answer = reader.get("actions", action.pk, "history", by="a\x00")
    assert answer.status_code == 400 and list(answer.json()["errors"]) == ["by"]


def test_a_list_of_a_hundred_takes_as_few_queries_as_one_of_ten(
    api, plan, lead, django_assert_max_num_queries
):
    factories.plan(plan.area, actions=40)
    mine = api(lead)
    with django_assert_max_num_queries(12):
        assert len(mine.get("actions").json()["results"]) == 40
    factories.plan(plan.area, actions=60)
    with django_assert_max_num_queries(12):
        assert len(mine.get("actions").json()["results"]) == 100
