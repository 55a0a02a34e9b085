"""One change to several actions: what the preview says, and that all of it happens or nothing."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from management.access import Role
from management.models import AuditEvent
from plans.models import Action, DateChange, DateRequest, Evidence, Note, Update
from plans.services import actions, bulk, progress, rules
from plans.states import PlanState
from plans.statuses import Status
from plans.words import Rule, Word
from tests import factories
from tests.pages import AWKWARD, Page, changes, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
S = Status
REPORT = bulk.Report("Both teams are trained", S.ON_TRACK, 40)
LATER = bulk.NewDate("Two posts are vacant", date(2020, 6, 30))


@pytest.fixture
def area():
    return factories.area("Angus")


@pytest.fixture
def lead(area, client):
    person = factories.user(area, Role.PERFORMANCE_LEAD, name="Fiona Adair")
    client.force_login(person)
    return person


@pytest.fixture
def rows(area):
    plan = factories.plan(area, title="The plan")
    return [
        factories.action(plan, reference=f"A{number}", status=S.NOT_STARTED) for number in (1, 2, 3)
    ]


def told(outcomes):
    return {one.action.reference: one.why_not or one.will for one in outcomes}


def shown(rows):
    return {row.pk: row.version for row in rows}


def said():
    """How many entries there are of each kind that a change can make."""
    return [model.objects.count() for model in (Update, DateChange, DateRequest, Note)]


# --- what it would do ----------------------------------------------------------------------------


def test_the_preview_says_what_happens_to_each_and_why_not_to_others(area, lead, rows):
    plan = rows[0].plan
    closed = factories.plan(area, title="Closed plan", state=PlanState.CLOSED)
    actions = [
        rows[0],
        factories.action(plan, reference="same", status=S.ON_TRACK),
        factories.action(plan, reference="complete", status=S.COMPLETE),
        factories.action(closed, reference="closed"),
    ]
    assert told(bulk.preview(by=lead, actions=actions, change=REPORT)) == {
        "A1": "“Not started” becomes “In progress: on track”, 40 per cent done",
        "same": "An update; it stays “In progress: on track”, 40 per cent done",
        "complete": "Action complete is closed: it stays as it is.",
        "closed": "The plan is closed: nothing is reported on its actions any more.",
    }
    asking = factories.plan(area, title="Asks first", dates_need_approval=True)
    actions = [
        rows[0],
        factories.action(plan, reference="undated", original_due=None),
        factories.action(plan, reference="there", original_due=LATER.new),
        factories.action(asking, reference="asks"),
        factories.date_request(factories.action(asking, reference="asked")).action,
    ]
    assert told(bulk.preview(by=lead, actions=actions, change=LATER)) == {
        "A1": "Due on 30 June 2020 instead of 31 March 2020",
        "undated": "Due on 30 June 2020 instead of no date",
        "there": "The action is already due on 30 June 2020.",
        "asks": "A second person is asked to agree to 30 June 2020 instead of 31 March 2020",
        "asked": "A new date is asked for already, and waits for an answer.",
    }
    assert said() == [0, 0, 1, 0]  # the request that was there


def test_done_asks_for_evidence_that_stands(lead, rows):
    factories.evidence(rows[1])
    factories.evidence_withdrawal(factories.evidence(rows[2]))
    found = bulk.preview(by=lead, actions=rows, change=bulk.Report("It is done", S.DONE))
    assert told(found) == {
        "A1": bulk.NO_EVIDENCE,
        "A2": "“Not started” becomes “Done, awaiting verification”",
        "A3": bulk.NO_EVIDENCE,
    }


def test_actions_of_other_posts_are_named_as_such(area, rows):
    manager = factories.user(area, Role.SERVICE_MANAGER)
    factories.holding(rows[0].lead, manager)
    found = told(bulk.preview(by=manager, actions=rows, change=REPORT))
    assert found["A2"] == f"Action A2 belongs to another post. Its lead is {rows[1].lead}."
    assert found["A1"].startswith("“Not started” becomes")


def test_what_was_noted_today_is_not_noted_again(lead, rows):
    progress.add_note(by=lead, action=rows[0], text="For all")
    found = told(bulk.preview(by=lead, actions=rows[:2], change=bulk.Remark("For all")))
    assert found["A1"].startswith("You have noted exactly this")
    assert found["A2"] == "The note is added"


def test_a_closed_plan_takes_no_note(area, lead):
    closed = factories.action(factories.plan(area, state=PlanState.CLOSED), reference="C1")
    found = bulk.preview(by=lead, actions=[closed], change=bulk.Remark("Seen"))
    assert told(found)["C1"].endswith("take no more notes.")
    with pytest.raises(bulk.Changed):
        bulk.carry_out(by=lead, area=area, shown=shown([closed]), change=bulk.Remark("Seen"))
    assert said() == [0, 0, 0, 0]


# --- doing it ------------------------------------------------------------------------------------


def test_all_of_them_are_changed_in_one_transaction_by_the_services_of_one(area, lead, rows):
    bulk.carry_out(by=lead, area=area, shown=shown(rows), change=REPORT)
    now = Action.objects.filter(plan=rows[0].plan)
    assert set(now.values_list("status", "percent", "version")) == {(S.ON_TRACK, 40, 2)}
    assert set(Update.objects.values_list("text", "by")) == {
        ("Both teams are trained", "Fiona Adair")
    }
    bulk.carry_out(by=lead, area=area, shown=shown(now.all()), change=LATER)
    assert set(now.values_list("due", "late_after")) == {(LATER.new, LATER.new)}
    bulk.carry_out(by=lead, area=area, shown=shown(now.all()), change=bulk.Remark("Seen together"))
    assert said() == [3, 3, 0, 3]
    verbs = AuditEvent.objects.filter(area_id=area.pk, actor_id=lead.pk)
    assert set(verbs.values_list("verb", flat=True)) == {
        "post update",
        "move due date",
        "add note",
    }


def test_without_a_number_each_keeps_the_per_cent_that_it_has(area, lead, rows):
    Action.objects.filter(pk=rows[0].pk).update(percent=70)
    change = bulk.Report("Going on", S.ON_TRACK)
    bulk.carry_out(by=lead, area=area, shown=shown(rows), change=change)
    assert list(Action.objects.values_list("percent", flat=True)) == [70, None, None]


def test_where_a_second_person_agrees_to_dates_they_are_asked_for_and_not_moved(area, lead):
    plan = factories.plan(area, dates_need_approval=True)
    rows = [factories.action(plan) for _ in range(2)]
    bulk.carry_out(by=lead, area=area, shown=shown(rows), change=LATER)
    assert said() == [0, 0, 2, 0]


def test_one_that_has_changed_since_the_preview_keeps_all_of_them_as_they_were(area, lead, rows):
    before = shown(rows)
    Action.objects.filter(pk=rows[1].pk).update(version=2)
    with pytest.raises(bulk.Changed) as changed:
        bulk.carry_out(by=lead, area=area, shown=before, change=REPORT)
    assert [(row.reference, why) for row, why in changed.value.rows] == [
        ("A2", "Somebody else has changed it.")
    ]
    assert said() == [0, 0, 0, 0]
    assert set(Action.objects.values_list("status", flat=True)) == {S.NOT_STARTED}


def test_one_that_could_be_changed_then_and_cannot_now_keeps_all_of_them(area, lead, rows):
    given = [factories.evidence(row) for row in rows]
    factories.evidence_withdrawal(given[2])
    done = bulk.Report("It is done", S.DONE)
    with pytest.raises(bulk.Changed) as changed:
        bulk.carry_out(by=lead, area=area, shown=shown(rows), change=done)
    assert [(row.reference, why) for row, why in changed.value.rows] == [("A3", bulk.NO_EVIDENCE)]
    assert said() == [0, 0, 0, 0]


def test_one_that_was_taken_out_or_is_of_another_area_keeps_all_of_them(area, lead, rows):
    stranger = factories.action(factories.plan(factories.area()))
    with pytest.raises(bulk.Changed):
        bulk.carry_out(by=lead, area=area, shown=shown([*rows, stranger]), change=REPORT)
    assert said() == [0, 0, 0, 0]


def test_none_or_too_many_are_refused(area, lead):
    for number in (0, bulk.LIMIT + 1):
        with pytest.raises(ValidationError, match="from 1 to 200 actions"):
            bulk.carry_out(by=lead, area=area, shown=dict.fromkeys(range(number), 1), change=LATER)


def test_nobody_changes_several_whom_one_would_refuse(area, rows):
    manager = factories.user(area, Role.SERVICE_MANAGER)
    factories.holding(rows[0].lead, manager)
    reader = factories.user(area, Role.BOARD_MEMBER)
    for person, change in [(manager, REPORT), (reader, REPORT), (reader, bulk.Remark("Hello"))]:
        with pytest.raises(PermissionDenied):
            bulk.carry_out(by=person, area=area, shown=shown(rows), change=change)
    assert said() == [0, 0, 0, 0]


def test_what_shows_that_they_are_done_is_kept_with_each_of_them(area, lead, rows):
    done = bulk.Report("All trained", S.DONE, None, "The register", "https://a.example/r")
    assert set(told(bulk.preview(by=lead, actions=rows, change=done)).values()) == {
        "“Not started” becomes “Done, awaiting verification”, with evidence"
    }
    bulk.carry_out(by=lead, area=area, shown=shown(rows), change=done)
    assert sorted(Evidence.objects.values_list("action", "description", "url")) == [
        (row.pk, "The register", "https://a.example/r") for row in rows
    ]
    assert set(Action.objects.values_list("status", flat=True)) == {S.DONE}


# --- the pages -----------------------------------------------------------------------------------


@pytest.fixture
def send(client, area, rows):
    def post(step, **data):
        keys = [row.pk for row in rows]
        sent = {"action": keys, "step": step, "deed": "status", "status": "on_track"}
        sent |= {"text": "Both teams are trained", "from": "actions", "query": "status=open"}
        return client.post(reverse("bulk", args=[area.slug]), sent | data)

    return post


def test_from_the_ticks_to_the_change_nothing_is_saved_before_it_is_confirmed(
    client, area, lead, rows, send
):
    url = reverse("bulk", args=[area.slug])
    page = Page(client.get(url, {"action": [row.pk for row in rows[:2]], "from": "my_actions"}))
    assert "2 actions that you ticked" in page.text and "A3" not in page.text
    factories.action(rows[0].plan)
    preview = Page(send("preview", action=[rows[0].pk, rows[1].pk], percent="40"))
    assert "2 of 2 actions will be changed, all of them or none." in preview.text
    assert preview.rows()[0][1:] == [
        "The plan",
        "“Not started” becomes “In progress: on track”, 40 per cent done",
    ]
    assert said() == [0, 0, 0, 0]
    ready = preview.main.xpath(".//input[@name='ready']/@value")
    response = send("confirm", action=[rows[0].pk, rows[1].pk], percent="40", ready=ready)
    assert response.url == reverse("actions", args=[area.slug]) + "?status=open"
    assert "2 actions are updated." in Page(client.get(response.url)).text
    assert said() == [2, 0, 0, 0]


def test_what_cannot_be_changed_is_listed_with_the_reason_and_left_out(lead, rows, send):
    Action.objects.filter(pk=rows[2].pk).update(status=S.COMPLETE)
    preview = Page(send("preview"))
    assert "2 of 3 actions will be changed, all of them or none; 1 cannot be." in preview.text
    assert preview.rows(1)[0][2].endswith("is closed: it stays as it is.")
    ready = preview.main.xpath(".//input[@name='ready']/@value")
    assert ready == [f"{row.pk}:1" for row in rows[:2]]
    assert send("confirm", ready=ready).status_code == 302
    assert said() == [2, 0, 0, 0]
    nothing = Page(send("preview", action=rows[2].pk))
    assert "The action cannot be changed in this way." in nothing.text
    assert not nothing.main.xpath(".//button[@value='confirm']")


def test_after_a_change_by_somebody_else_the_page_says_which_and_offers_it_anew(lead, rows, send):
    ready = [f"{row.pk}:1" for row in rows]
    Action.objects.filter(pk=rows[1].pk).update(version=2, status=S.AT_RISK)
    response = send("confirm", ready=ready, text=AWKWARD)
    page = Page(response)
    assert response.status_code == 409
    assert page.summary == ["A2, The plan: Somebody else has changed it."]
    assert page.rows()[1][2] == "“In progress: at risk” becomes “In progress: on track”"
    assert said() == [0, 0, 0, 0]
    assert AWKWARD in page.text and "<script>x" not in page.source
    again = page.main.xpath(".//input[@name='ready']/@value")
    assert send("confirm", ready=again).status_code == 302
    assert said() == [3, 0, 0, 0]


def test_after_a_change_by_somebody_else_it_is_said_who_and_what(area, lead, rows, send):
    preview = Page(send("preview"))
    other = factories.user(area, Role.PERFORMANCE_LEAD, name="Callum Baird")
    factories.update(rows[1], text="Long before")
    said = {"status": S.AT_RISK, "text": "The trainer left"}
    progress.post_update(by=other, action=rows[1], version=1, **said)
    ready = preview.main.xpath(".//input[@name='ready']/@value")
    page = Page(send("confirm", ready=ready, opened=preview.typed("opened")))
    assert page.status == 409 and page.title.startswith("Error: ")
    assert page.summary == ["A2, The plan: Callum Baird has changed it."]
    (entry,) = page.main.xpath(".//ol[contains(@class, 'tl_thread')]/li")
    assert "Not started → In progress: at risk The trainer left" in words(entry)


@pytest.mark.parametrize(
    ("data", "label", "sentence"),
    [
        ({"deed": ""}, "What do you want to do?", "Choose what you want to do."),
        ({"deed": "date"}, "New due date", "Give the new due date."),
        ({"percent": "101"}, "Per cent done (optional)", "a whole number from 0 to 100"),
        ({"text": " "}, "What has happened, why the date moves, or the note", "Write the text"),
        ({"status": "complete"}, "Status now", "Select a valid choice."),
        ({"status": "not_started"}, "Status now", "Select a valid choice."),
        (
            {"evidence_url": "a.example"},
            "Evidence (needed when they are done)",
            "Say what the link shows.",
        ),
    ],
)
def test_what_is_missing_is_said_at_its_field_and_what_was_typed_stays(
    lead, rows, send, data, label, sentence
):
    for step in ("preview", "confirm"):
        page = Page(send(step, ready=[f"{rows[0].pk}:1"], **data))
        assert sentence in page.errors[label][0]
        assert len(page.main.xpath(".//input[@name='action']")) == 3
    assert said() == [0, 0, 0, 0]


def test_what_belongs_to_another_deed_is_passed_over_as_nobody_sees_it(lead, rows, send):
    ready = [f"{row.pk}:1" for row in rows]
    odd = {"percent": "many", "evidence_url": "a.example", "new": "some day"}
    assert send("confirm", ready=ready, deed="note", **odd).status_code == 302
    assert send("confirm", ready=ready, **odd | {"percent": "", "evidence_url": ""}).url
    assert said() == [3, 0, 0, 3]


def test_the_form_shows_the_areas_words_and_leaves_each_status_as_it_is(
    client, area, lead, rows, send
):
    words = [Word("Green", status=S.ON_TRACK)]
    rules.set_rules(by=lead, area=area, version=0, late="current", colours=Rule.STATUS, words=words)
    Action.objects.filter(pk=rows[0].pk).update(status=S.AT_RISK)
    page = Page(client.get(reverse("bulk", args=[area.slug]), {"action": rows[0].pk}))
    choices = page.main.xpath(".//select[@name='status']/option/text()")
    assert choices[:2] == ["Leave each as it is", "In progress: on track (“Green”)"]
    preview = Page(send("preview", status=""))
    assert [row[2] for row in preview.rows()] == [
        "An update; it stays “In progress: at risk”",
        *["An update; it stays “Not started”"] * 2,
    ]
    ready = preview.main.xpath(".//input[@name='ready']/@value")
    assert send("confirm", ready=ready, status="").status_code == 302
    assert list(Action.objects.order_by("pk").values_list("status", flat=True)) == [
        S.AT_RISK,
        S.NOT_STARTED,
        S.NOT_STARTED,
    ]


def test_a_step_back_from_done_is_left_out_unless_it_is_ticked(lead, rows, send):
    Action.objects.filter(pk=rows[1].pk).update(status=S.DONE)
    preview = Page(send("preview"))
    assert "2 of 3 actions will be changed, all of them or none; 1 only if you tick it." in (
        preview.text
    )
    assert "A step back: it was reported as done" in preview.rows(1)[0][2]
    hidden = preview.main.xpath(".//input[@name='ready'][@type='hidden']/@value")
    assert hidden == [f"{rows[0].pk}:1", f"{rows[2].pk}:1"]
    (box,) = preview.main.xpath(".//input[@name='ready'][@type='checkbox']")
    assert box.get("value") == f"{rows[1].pk}:1" and box.get("checked") is None
    assert send("confirm", ready=hidden).status_code == 302
    rows[1].refresh_from_db()
    assert rows[1].status == S.DONE
    assert send("confirm", ready=[box.get("value")]).status_code == 302
    rows[1].refresh_from_db()
    assert rows[1].status == S.ON_TRACK


def test_what_would_be_done_with_something_left_open_is_said_before(lead, rows, send):
    for row in rows[:2]:
        factories.task(row, text="Hire")
    Action.objects.filter(pk=rows[0].pk).update(percent=60)
    factories.task(rows[2], done_on=date(2020, 1, 6))
    factories.dependency(rows[1], rows[0])
    preview = Page(send("preview", status=S.DONE, evidence="The register"))
    assert "1 of 3 actions will be changed, all of them or none; 2 only if you tick them." in (
        preview.text
    )
    said = [row[2] for row in preview.rows(1)]
    assert said[0].endswith("open: its one task is not done; it stands at 60 per cent.")
    assert said[1].endswith("open: its one task is not done; it waits for A1, still open.")
    whole = Page(send("preview", status=S.DONE, evidence="The register", percent="100"))
    assert "per cent." not in whole.rows(1)[0][2]


def test_what_is_left_open_is_asked_for_all_of_them_at_once(lead, rows):
    change, counts = bulk.Report("It is done", S.DONE, None, "The register"), set()
    for number in (1, 3):
        for row in rows[:number]:
            factories.task(row)
        with CaptureQueriesContext(connection) as asked:
            bulk.preview(by=lead, actions=rows[:number], change=change)
        counts.add(len([one for one in asked if "plans_task" in one["sql"]]))
    assert counts == {1}


def test_what_is_not_started_has_nothing_done(lead, rows, send):
    Action.objects.filter(pk=rows[0].pk).update(status=S.AT_RISK)
    preview = Page(send("preview", status="", percent="20"))
    assert "1 of 3 actions will be changed, all of them or none; 2 cannot be." in preview.text
    assert preview.rows(1)[0][2].startswith("Of an action that is not started nothing is done")


def test_several_are_done_by_the_evidence_on_the_form(lead, rows, send):
    sent = {"status": "done", "evidence": AWKWARD, "evidence_url": "a.example/r"}
    preview = Page(send("preview", **sent))
    assert preview.shows(AWKWARD) and "(https://a.example/r)" in preview.text
    kept = {name: preview.typed(name) for name in ("evidence", "evidence_url")}
    ready = preview.main.xpath(".//input[@name='ready']/@value")
    assert send("confirm", ready=ready, status="done", **kept).status_code == 302
    assert set(Evidence.objects.values_list("description", "url")) == {
        (AWKWARD, "https://a.example/r")
    }


def test_a_note_and_a_new_date_go_the_same_way(lead, rows, send):
    ready = [f"{row.pk}:1" for row in rows]
    assert send("confirm", ready=ready, deed="note", status="").status_code == 302
    assert send("confirm", ready=ready, deed="date", new="30 6 2020").status_code == 302
    assert said() == [0, 3, 0, 3]


def test_going_back_to_the_form_keeps_what_was_typed(lead, rows, send):
    page = Page(send("again", text="Half of it", percent="50"))
    assert (page.typed("text"), page.typed("percent"), page.errors) == ("Half of it", "50", {})


def test_actions_of_another_area_are_not_found(client, area, lead, rows, send):
    world = factories.world("Canary", "canary")
    before = said()
    url = reverse("bulk", args=[area.slug])
    assert client.get(url, {"action": world.action.pk}).status_code == 404
    page = Page(send("preview", action=[rows[0].pk, world.action.pk]))
    assert page.status == 409 and "Canary" not in page.source
    assert send("confirm", ready=[f"{world.action.pk}:1"]).status_code == 404
    assert said() == before


@pytest.mark.parametrize("step", ["preview", "confirm", "again"])
def test_what_was_taken_out_meanwhile_is_left_out_and_nothing_typed_is_lost(lead, area, send, step):
    draft = factories.plan(area, state=PlanState.DRAFT)
    rows = [factories.action(factories.plan(area), reference="STAYS"), factories.action(draft)]
    ready, keys = [f"{row.pk}:1" for row in rows], [row.pk for row in rows]
    actions.remove_action(by=lead, action=rows[1], version=1)
    page = Page(send(step, action=keys, ready=ready, text=AWKWARD))
    assert page.status == 409
    assert page.summary == ["1 action that you ticked is not there any more. It is left out here."]
    assert page.main.xpath(".//input[@name='action']/@value") == [str(keys[0])]
    assert page.typed("text") == AWKWARD
    assert said() == [0, 0, 0, 0]
    page = Page(send(step, action=keys[1:], ready=[], text=AWKWARD))
    assert (page.status, page.typed("text")) == (409, AWKWARD)
    assert not page.main.xpath(".//button[@value='confirm']")


def test_without_ticks_or_with_too_many_it_says_what_to_do(client, area, lead):
    url = reverse("bulk", args=[area.slug])
    assert "No action is ticked." in Page(client.get(url, {"action": "x"})).text
    many = Page(client.get(url, {"action": list(range(1, 202))}))
    assert "201 actions are ticked, and 200 is the most" in many.text


def test_the_way_back_leads_to_a_list_whatever_the_address_says(lead, rows, send):
    ready = [f"{row.pk}:1" for row in rows]
    odd = {"from": "//evil.example", "query": "next=//evil.example&status=overdue&x=1"}
    response = send("confirm", ready=ready, deed="note", **odd)
    assert response.url == reverse("actions", args=[rows[0].area.slug]) + "?status=overdue"


def test_each_action_more_costs_three_statements_and_no_look_at_what_is_known(area, lead, rows):
    def cost(chosen):
        with CaptureQueriesContext(connection) as asked:
            bulk.carry_out(by=lead, area=area, shown=shown(chosen), change=REPORT)
        return changes(asked)

    cost([rows.pop()])  # the plan's first update begins it
    another = [factories.action(rows[0].plan)]
    # The area's own words, the action and the entry.
    assert cost([*rows, factories.action(rows[0].plan)]) - cost(another) == 2 * 3
