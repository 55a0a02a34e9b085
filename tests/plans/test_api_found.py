"""What was found, for programs: look-ups of what an action names, and choosing what answers it."""

import pytest

from management.access import Role
from management.models import AuditEvent
from plans.models import SelfEvaluation
from tests import factories
from tests.plans.test_api import Api

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def area():
    return factories.area(slug="ardmore")


@pytest.fixture
def inspection(area):
    return factories.inspection(area)


@pytest.fixture
def api(client, area):
    return lambda role: Api(client, area, factories.user(area, role))


def listed(api, rows, **asked):
    return [row["id"] for row in api.get(rows, **asked).json()["results"]]


def test_everything_that_a_new_action_names_can_be_looked_up(api, area, inspection):
    guide = inspection.framework
    mine = api(Role.PERFORMANCE_LEAD)
    message = factories.key_message(inspection)
    asked = factories.recommendation(inspection, "R1")
    found = factories.finding(factories.self_evaluation(area, state=SelfEvaluation.State.SUBMITTED))
    plan = factories.plan(area)
    indicator = mine.get("indicators", framework=guide.pk).json()["results"][0]
    assert (indicator["framework_title"], indicator["code"]) == (
        guide.title,
        guide.indicators.first().code,
    )
    made = mine.send(
        "POST",
        "actions",
        plan=plan.pk,
        reference="N1",
        text="Train all staff",
        lead=factories.post(area).pk,
        evidence_expected="A list of names",
        indicator=indicator["id"],
        key_messages=listed(mine, "key-messages", inspection=inspection.pk),
        recommendations=listed(mine, "recommendations", text="r1"),
        findings=listed(mine, "findings"),
    )
    assert made.status_code == 201, made.content
    reasons = {(one["what"], one["id"]) for one in made.json()["reasons"]}
    assert reasons == {
        ("message", message.pk),
        ("recommendation", asked.pk),
        ("finding", found.pk),
    }
    whole = mine.get("inspections", inspection.pk).json()
    assert whole["key_messages"][0]["actions"] == [made.json()["id"]]
    assert whole["recommendations"][0]["reference"] == "R1"


def test_what_is_not_published_or_not_submitted_is_not_told(api, area):
    draft = factories.inspection(area, title="Draft", published_on=None, plan_due_on=None)
    asked, message = factories.recommendation(draft), factories.key_message(draft)
    finding = factories.finding(factories.self_evaluation(area, state=SelfEvaluation.State.DRAFT))
    outside = api(Role.INSPECTOR)
    rows = [("inspections", draft), ("recommendations", asked), ("key-messages", message)]
    for name, row in [*rows, ("findings", finding)]:
        assert listed(outside, name) == []
        assert outside.get(name, row.pk).status_code == 404
    inside = api(Role.SERVICE_MANAGER)
    assert listed(inside, "inspections", published="false") == [draft.pk]
    assert listed(inside, "inspections", published="true") == []
    assert listed(inside, "findings") == []  # of a draft, even for its writers


def test_lists_of_what_was_found_are_filtered(api, area, inspection):
    open_one = factories.recommendation(inspection, "R1", sequence=1)
    shut = factories.recommendation(inspection, "R2", closed_on="2020-01-02", sequence=2)
    other = factories.inspection(area, inspection.framework, title="Another")
    strange = factories.recommendation(other, "R9")
    mine = api(Role.BOARD_MEMBER)
    assert set(listed(mine, "recommendations")) == {open_one.pk, shut.pk, strange.pk}
    assert listed(mine, "recommendations", inspection=inspection.pk) == [open_one.pk, shut.pk]
    assert listed(mine, "recommendations", inspection=inspection.pk, open="true") == [open_one.pk]
    assert listed(mine, "recommendations", open="false") == [shut.pk]
    code = inspection.framework.indicators.first().code
    assert {one["code"] for one in mine.get("indicators", code=code).json()["results"]} == {code}
    newer = factories.framework(
        code=inspection.framework.code, version=inspection.framework.version + 1
    )
    newest = mine.get("indicators", newest="true").json()["results"]
    assert {one["framework"] for one in newest} == {newer.pk}


@pytest.mark.parametrize("rows", ["recommendations", "key-messages", "findings"])
def test_which_actions_answer_it_is_chosen_as_it_was_read(api, area, inspection, rows):
    row = {
        "recommendations": lambda: factories.recommendation(inspection),
        "key-messages": lambda: factories.key_message(inspection),
        "findings": lambda: factories.finding(
            factories.self_evaluation(area, state=SelfEvaluation.State.SUBMITTED)
        ),
    }[rows]()
    plan = factories.plan(area)
    first, second = factories.action(plan), factories.action(plan)
    mine = api(Role.PERFORMANCE_LEAD)
    tag = mine.get(rows, row.pk)["ETag"]
    done = mine.send("PUT", rows, row.pk, "actions", match=tag, actions=[first.pk])
    assert (done.status_code, done.json()["actions"]) == (200, [first.pk])
    late = mine.send("PUT", rows, row.pk, "actions", match=tag, actions=[second.pk])
    assert late.status_code == 412
    assert late.json()["current"]["actions"] == [first.pk]
    assert mine.send("PUT", rows, row.pk, "actions", actions=[]).status_code == 428
    again = mine.send("PUT", rows, row.pk, "actions", match=done["ETag"], actions=[second.pk])
    assert again.json()["actions"] == [second.pk]
    assert AuditEvent.objects.filter(verb="choose actions").exists()
    elsewhere = factories.action(factories.plan(factories.area()))
    odd = mine.change("PUT", rows, row.pk, "actions", actions=[elsewhere.pk])
    assert odd.status_code == 400 and "actions" in str(odd.json()["errors"])
    assert (
        api(Role.SERVICE_MANAGER).change("PUT", rows, row.pk, "actions", actions=[]).status_code
        == 403
    )


def test_an_action_says_which_key_messages_it_answers(api, area, inspection):
    message, action = factories.key_message(inspection), factories.action(factories.plan(area))
    mine = api(Role.PERFORMANCE_LEAD)
    tag = mine.get("actions", action.pk)["ETag"]
    said = {"key_messages": [message.pk], "reason": "The board asked"}
    done = mine.send("PUT", "actions", action.pk, "key-messages", match=tag, **said)
    assert [(one["what"], one["id"]) for one in done.json()["reasons"]] == [("message", message.pk)]
    assert done.json()["entries"][0]["text"] == "The board asked"
    late = mine.send("PUT", "actions", action.pk, "key-messages", match=tag, key_messages=[])
    assert late.status_code == 412


def test_a_longer_list_takes_no_more_queries(api, inspection, django_assert_max_num_queries):
    for number in range(1, 30):
        factories.recommendation(inspection, f"R{number}", sequence=number)
    mine = api(Role.PERFORMANCE_LEAD)
    with django_assert_max_num_queries(12):
        assert len(listed(mine, "recommendations")) == 29
    with django_assert_max_num_queries(12):
        assert len(mine.get("inspections", inspection.pk).json()["recommendations"]) == 29
