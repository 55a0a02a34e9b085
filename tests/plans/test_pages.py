"""Pages of inspections, plans and actions: what a reader sees and what a form answers."""

from datetime import date

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from management.access import Role
from management.models import AuditEvent
from plans.forms.lists import GROUPS
from plans.models import Action, DateChange, Recommendation, Update
from plans.states import PlanState
from plans.statuses import Status
from tests import factories
from tests.pages import AWKWARD, Page, statements, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
S = Status
QUERIES = 14
ACTION_QUERIES = 18


@pytest.fixture
def area():
    return factories.area("Angus")


@pytest.fixture
def lead(area, client):
    """The performance lead, signed in."""
    person = factories.user(area, Role.PERFORMANCE_LEAD, name="Fiona Adair")
    client.force_login(person)
    return person


@pytest.fixture
def open_page(client, area):
    def visit(name, *args, **query):
        return Page(client.get(reverse(name, args=[area.slug, *args]), query))

    return visit


@pytest.fixture
def send(client, area):
    def post(name, action, **data):
        data = {"version": action.version, **data}
        return client.post(reverse(name, args=[area.slug, action.pk]), data)

    return post


def unchanged(action):
    """Whether the row and its thread are as they were made."""
    now = Action.objects.get(pk=action.pk)
    same = (now.status, now.due, now.version) == (action.status, action.due, action.version)
    return same and not Update.objects.exists() and not DateChange.objects.exists()


# --- plans ---------------------------------------------------------------------------------------


@pytest.fixture
def plan(area):
    """Three actions: one late, one complete, one withdrawn; two key messages."""
    guide = factories.framework(("1.1", "5.2"))
    found = factories.inspection(area, guide, title="The 2019 inspection")
    one, five = guide.indicators.all()
    first, second = factories.key_message(found, 1), factories.key_message(found, 2)
    made = factories.plan(area, found, title="The plan")
    post = factories.post(area, "Service Manager")
    rows = [
        ("A1", S.ON_TRACK, one, post, (first, second), date(2019, 12, 31)),
        ("A2", S.COMPLETE, five, factories.post(area), (second,), date(2019, 12, 31)),
        ("A3", S.WITHDRAWN, five, factories.post(area), (), None),
    ]
    for number, (reference, status, indicator, lead, messages, due) in enumerate(rows):
        factories.action(
            made,
            reference=reference,
            sequence=number,
            text=f"Do {reference}",
            status=status,
            indicator=indicator,
            lead=lead,
            key_messages=messages,
            original_due=due,
            timescale="July 2019 onwards",
        )
    return made


def test_the_list_of_plans_counts_what_is_complete_and_overdue(lead, plan, open_page):
    page = open_page("plans")
    assert page.rows() == [
        [
            "The plan",
            "In progress",
            "The 2019 inspection",
            "17 September 2019",
            "3",
            "1",
            "1",
        ],
    ]


def test_without_plans_and_inspections_the_lists_say_so(lead, open_page):
    assert "No improvement plan has been entered for Angus yet." in open_page("plans").text
    assert "No inspection has been entered for Angus yet." in open_page("inspections").text


def test_a_plan_shows_its_actions_under_their_indicators_with_counts(lead, plan, open_page):
    page = open_page("plan", plan.pk)
    assert page.counts == {
        "actions": 3,
        "open": 1,
        "overdue": 1,
        "In progress: on track": 1,
        "Complete (verified)": 1,
        "Withdrawn": 1,
    }
    assert page.text.index("1.1 Quality of 1.1") < page.text.index("5.2 Quality of 5.2")
    assert "Do A1 KM1, KM2" in page.text
    assert "31 December 2019 Overdue by 15 days" in page.text
    assert "No date July 2019 onwards" in page.text
    assert page.errors == {}


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({"status": "overdue"}, {"Do A1"}),
        ({"status": "open"}, {"Do A1"}),
        ({"status": "complete"}, {"Do A2"}),
        ({"indicator": "5.2"}, {"Do A2", "Do A3"}),
        ({"message": "2"}, {"Do A1", "Do A2"}),
        ({"message": "2", "status": "complete", "by": "status"}, {"Do A2"}),
    ],
)
def test_filters_stand_in_the_address_and_in_the_form(lead, plan, open_page, query, shown):
    page = open_page("plan", plan.pk, **query)
    assert {f"Do A{n}" for n in (1, 2, 3) if f"Do A{n}" in page.text} == shown
    assert all(page.typed(name) == value for name, value in query.items())
    assert page.counts[f"action{'' if len(shown) == 1 else 's'} of 3"] == len(shown)


def test_a_post_is_chosen_by_name(lead, plan, open_page):
    post = plan.actions.get(reference="A1").lead
    page = open_page("plan", plan.pk, post=post.pk, by="post")
    assert "Do A1" in page.text and "Do A2" not in page.text


@pytest.mark.parametrize(
    ("field", "label", "value"),
    [
        ("status", "Status", "finished"),
        ("indicator", "Quality indicator", "9.9"),
        ("message", "Key message", "7"),
        ("message", "Key message", "' OR 1=1"),
        ("post", "Post (lead or supporting)", "0"),
        ("by", "Group by", "colour"),
    ],
)
def test_an_unknown_filter_is_said_at_its_field_and_filters_nothing(
    lead, plan, open_page, field, label, value
):
    page = open_page("plan", plan.pk, **{field: value})
    assert page.status == 200
    assert list(page.errors) == [label]
    assert page.errors[label] == [f"“{label}” has no “{value}” here. Choose one from the list."]
    assert page.counts["actions"] == 3


def test_another_areas_post_is_an_unknown_one(lead, plan, open_page):
    stranger = factories.post(factories.area(), "Stranger")
    page = open_page("plan", plan.pk, post=stranger.pk)
    assert list(page.errors) == ["Post (lead or supporting)"]
    assert "Stranger" not in page.source


def test_a_filter_that_nothing_meets_says_so_and_offers_everything(lead, plan, open_page):
    page = open_page("plan", plan.pk, status="superseded")
    assert "None of the plan’s 3 actions matches what you chose. Show everything." in page.text
    assert page.counts["actions of 3"] == 0


def test_an_empty_plan_says_so(lead, area, open_page):
    page = open_page("plan", factories.plan(area).pk)
    assert "This plan has no actions yet." in page.text
    assert page.counts["actions"] == 0


@pytest.mark.parametrize("number", ["0", "99", "x", "-1", "9" * 30])
def test_a_page_that_is_not_there_is_the_nearest_one(lead, plan, open_page, number):
    assert "Do A1" in open_page("plan", plan.pk, page=number).text


def test_a_long_plan_has_pages_and_counts_all_of_it(lead, area, open_page):
    plan = factories.plan(area, actions=101)
    first = open_page("plan", plan.pk, by="status")
    assert "Page 1 of 2" in first.text and "?by=status&page=2#found" in first.links
    second = open_page("plan", plan.pk, by="status", page=2)
    assert (len(first.rows(1)), len(second.rows(1))) == (100, 1)
    assert (
        first.counts
        == second.counts
        == {"actions": 101, "open": 101, "overdue": 0} | {"Not started": 101}
    )


@pytest.mark.parametrize("name", ["plan", "action", "inspection", "coverage", "action_update"])
@pytest.mark.parametrize("pk", [0, 10**6, 10**30])
def test_what_is_not_there_is_not_found(lead, client, area, name, pk):
    assert client.get(reverse(name, args=[area.slug, pk])).status_code == 404


# --- one action ----------------------------------------------------------------------------------


@pytest.fixture
def action(area):
    return factories.action(factories.plan(area), reference="A1", status=S.ON_TRACK)


def test_an_action_shows_the_whole_thread_from_the_finding_to_the_figure(lead, area, open_page):
    world = factories.world("Canary", "canary")
    mine = factories.user(world.area, Role.INSPECTOR)
    page = Page(_as(mine).get(reverse("action", args=["canary", world.action.pk])))
    for said in (
        "Found by Canary inspection, published on 6 August 2019.",
        "graded Weak",
        "Key message KM1: Canary key message",
        "Area for improvement R1: Canary recommendation",
        "Area for improvement R1a: Canary part",
        "Canary lead post (Canary Service manager)",
        "Canary support post (Canary organisation)",
        "Canary timescale",
        "Canary evidence expected",
        "13 entries, newest first.",
        "Due date moved from 31 March 2020 to 30 June 2020",
        "Canary reason",
        "Update: In progress: on track Canary update",
        "Canary evidence",
        "Canary KPI",
        "Figures of Canary KPI",
        "3 points: at least 10 are needed",
    ):
        assert said in page.text, said
    assert reverse("action_update", args=["canary", world.action.pk]) not in page.links


def _as(person):
    client = Client()
    client.force_login(person)
    return client


def test_an_action_without_anything_says_what_is_missing(lead, area, action, open_page):
    page = open_page("action", action.pk)
    for said in (
        "No key message is tagged.",
        "Not yet linked to an area for improvement.",
        "(nobody holds this post today)",
        "Supporting None",
        "Nothing has been reported yet.",
        "No KPI is linked to this action, so no figure can show whether it changed anything.",
    ):
        assert said in page.text
    assert reverse("action_update", args=[area.slug, action.pk]) in page.links


def test_what_an_action_answers_of_another_inspection_is_named_with_it(area, lead, open_page):
    other = factories.inspection(area, title="A later look")
    action = factories.action(
        factories.plan(area, factories.inspection(area)),
        key_messages=[factories.key_message(other, 3, text="Act now")],
        recommendations=[factories.recommendation(other, "2", text="Second")],
    )
    reasons = [words(item) for item in open_page("action", action.pk).main.find_class("tl_why")[0]]
    assert reasons[2:] == [
        "Key message KM3 of “A later look”: Act now",
        "Area for improvement 2 of “A later look”: Second",
    ]


def test_an_action_names_what_it_answers_by_kind_with_links(lead, area, open_page):
    found = factories.inspection(area, title="The report")
    look = factories.self_evaluation(area, title="Our own look", state="validated")
    kind = Recommendation.Kind.RECOMMENDATION
    second = factories.recommendation(found, "2", text="Second", sequence=2)
    first = factories.recommendation(found, "1", text="First", sequence=1, kind=kind)
    own = factories.finding(look, reference="F1", text="Our gap")
    past = factories.finding(look, reference="F2", text="No gap", withdrawn_on=date(2020, 1, 1))
    action = factories.action(
        factories.plan(area, found),
        key_messages=[factories.key_message(found, 3, text="Act now")],
        recommendations=[second, first],
        findings=[past, own],
    )
    page = open_page("action", action.pk)
    reasons = [words(item) for item in page.main.find_class("tl_why")[0]]
    assert reasons[2:] == [
        "Key message KM3: Act now",
        "Recommendation 1: First",
        "Area for improvement 2: Second",
        "Finding F1 of Our own look: Our gap",
        "Finding F2 of Our own look: No gap (withdrawn)",
    ]
    assert reverse("recommendation", args=[area.slug, second.pk]) in page.links
    assert reverse("findings", args=[area.slug, look.pk]) + "#F1" in page.links


@pytest.mark.parametrize("role", [Role.INSPECTOR, Role.BOARD_MEMBER, Role.PERFORMANCE_LEAD])
def test_an_action_gives_away_nothing_of_what_the_reader_may_not_see(area, role):
    found = factories.inspection(area, title="Secret report", published_on=None, plan_due_on=None)
    look = factories.self_evaluation(area, title="Secret draft")
    action = factories.action(
        factories.plan(area, found),
        key_messages=[factories.key_message(found, text="Secret message")],
        recommendations=[factories.recommendation(found, "7", text="Secret advice")],
        findings=[factories.finding(look, text="Secret finding")],
    )
    client = _as(factories.user(area, role))
    page = Page(client.get(reverse("action", args=[area.slug, action.pk])))
    secrets = ("report", "draft", "message", "advice", "finding")
    seen = [word for word in secrets if f"Secret {word}" in page.text]
    assert seen == (list(secrets) if role == Role.PERFORMANCE_LEAD else [])


@pytest.mark.parametrize(("role", "reads"), [(Role.ADMINISTRATOR, 0), (Role.INSPECTOR, 1)])
def test_only_readers_of_self_evaluations_read_of_them_on_an_action(area, role, reads):
    look = factories.self_evaluation(area, title="Our own look", state="validated")
    finding = factories.finding(look, text="Our gap")
    action = factories.action(factories.plan(area), findings=[finding])
    page = Page(_as(factories.user(area, role)).get(f"/areas/{area.slug}/actions/{action.pk}/"))
    for said in ("Our own look", "Our gap"):
        assert page.text.count(said) == reads
    assert "Not yet linked" not in page.text


def test_a_moved_and_late_action_says_how_late_and_how_often(lead, action, open_page):
    due = date(2019, 12, 20)
    Action.objects.update(original_due=date(2019, 10, 31), due=due, late_after=due)
    factories.date_change(action, old=date(2019, 10, 31), new=date(2019, 11, 29))
    factories.date_change(action, old=date(2019, 11, 29), new=date(2019, 12, 20))
    page = open_page("action", action.pk)
    assert "Overdue by 26 days." in page.text
    assert "First due 31 October 2019" in page.text
    assert "Due now 20 December 2019: moved 2 times" in page.text


def test_a_closed_action_offers_no_form_and_its_forms_lead_back(lead, area, client, action):
    Action.objects.update(status=S.COMPLETE)
    back = reverse("action", args=[area.slug, action.pk])
    for name in ("action_update", "action_date"):
        url = reverse(name, args=[area.slug, action.pk])
        assert url not in Page(client.get(back)).links
        response = client.get(url, follow=True)
        assert response.redirect_chain == [(back, 302)]
        assert "Action A1 is closed: it stays as it is." in Page(response).text


# --- progress ------------------------------------------------------------------------------------


def test_an_update_is_saved_and_shown(lead, area, client, action, send):
    response = send(
        "action_update",
        action,
        status=S.DONE,
        text="All done",
        evidence="Minutes",
        evidence_url="example.org/minutes",
    )
    assert response["Location"] == reverse("action", args=[area.slug, action.pk])
    page = Page(client.get(response["Location"]))
    assert "Update of action A1 saved." in page.text
    assert "In progress: on track → Done, awaiting verification" in page.text
    assert "https://example.org/minutes" in page.links
    event = AuditEvent.objects.of_row(action).first()
    assert (event.actor_name, event.verb) == ("Fiona Adair", "post update")


GOOD_UPDATE = {"status": S.AT_RISK, "text": "Half way", "evidence": "", "evidence_url": ""}


@pytest.mark.parametrize(
    ("wrong", "label", "said"),
    [
        ({"text": ""}, "What has happened", "Say what has happened, in a sentence or two."),
        ({"text": "  "}, "What has happened", "Say what has happened, in a sentence or two."),
        ({"status": ""}, "Status now", "Choose how the action stands now."),
        (
            {"status": "complete"},
            "Status now",
            "It cannot become so from how it stands now. Choose another.",
        ),
        (
            {"status": S.DONE},
            "Evidence (needed when the action is done)",
            "An action can be reported as done only with evidence. Describe it here.",
        ),
        (
            {"evidence_url": "https://example.org"},
            "Evidence (needed when the action is done)",
            "Say what the link shows.",
        ),
        (
            {"evidence": "Minutes", "evidence_url": "javascript:alert(1)"},
            "Link to the evidence (optional)",
            "Give the whole address, as it stands in the browser: it begins with https:// and has "
            "no spaces.",
        ),
        (
            {"text": "x" * 20_001},
            "What has happened",
            "Ensure this value has at most 20000 characters (it has 20001).",
        ),
        ({"text": "a\x00b"}, "What has happened", "Null characters are not allowed."),
    ],
)
def test_a_wrong_update_is_said_at_its_field_and_what_was_typed_is_kept(
    lead, action, send, wrong, label, said
):
    sent = {**GOOD_UPDATE, **wrong}
    page = Page(send("action_update", action, **sent))
    assert page.status == 200
    assert page.errors == {label: [said]}
    assert page.summary == [f"{label.removesuffix(' (optional)')}: {said}"]
    assert page.title.startswith("Error: ")
    if "\x00" not in sent["text"]:
        assert page.typed("text") == sent["text"].strip()
    assert page.typed("evidence") == sent["evidence"]
    assert page.typed("evidence_url") == sent["evidence_url"]
    assert unchanged(action)


@pytest.mark.parametrize("version", ["", "x", "1.5"])
def test_a_form_whose_version_was_tampered_with_saves_nothing(lead, action, send, version):
    page = Page(send("action_update", action, **GOOD_UPDATE, version=version))
    assert page.status == 200
    assert page.summary and page.summary[0].startswith("Version: ")
    assert unchanged(action)


def somebody_else(action, **changes):
    """What another person saves while a form is open."""
    factories.update(action, text="I was here first", status=S.OFF_TRACK, by="Callum Baird")
    Action.objects.filter(pk=action.pk).update(version=2, **changes)


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("action_update", {**GOOD_UPDATE, "text": "What I typed"}),
        ("action_update", {**GOOD_UPDATE, "text": "What I typed", "status": S.NOT_STARTED}),
        ("action_update", {**GOOD_UPDATE, "text": "What I typed", "status": ""}),
        ("action_date", {"new": "2020-06-30", "reason": "What I typed"}),
    ],
)
@pytest.mark.parametrize("changes", [{"status": S.OFF_TRACK}, {}])
def test_a_form_that_is_too_late_shows_both_texts_and_saves_nothing(
    lead, action, send, name, sent, changes
):
    somebody_else(action, **changes)
    before = AuditEvent.objects.count()
    page = Page(send(name, action, **sent))
    assert page.status == 409 and page.title.startswith("Error: ")
    assert page.main.xpath(".//*[@role='alert'][@data-takes-focus][@tabindex='-1']")
    assert "Nothing was saved. Somebody else changed this action" in page.text
    assert "Callum Baird" in page.text and "I was here first" in page.text
    assert page.typed("text" if name == "action_update" else "reason") == "What I typed"
    assert page.typed("version") == "2"
    assert AuditEvent.objects.count() == before


def test_saving_again_after_that_is_a_decision_and_is_done(lead, action, send):
    somebody_else(action)
    page = Page(send("action_update", action, **GOOD_UPDATE))
    again = send("action_update", action, **GOOD_UPDATE, version=page.typed("version"))
    assert again.status_code == 302
    assert Update.objects.count() == 2


@pytest.mark.parametrize("name", ["action_update", "action_date"])
def test_the_wrong_person_is_told_whose_action_it_is(area, client, action, send, name):
    client.force_login(factories.user(area, Role.SERVICE_MANAGER))
    sentence = f"Action A1 belongs to another post. Its lead is {action.lead}. Nothing was changed."
    for response in (
        client.get(reverse(name, args=[area.slug, action.pk])),
        send(name, action, **GOOD_UPDATE, new="2020-06-30", reason="Mine now"),
    ):
        assert response.status_code == 403
        assert sentence in Page(response).text
    assert unchanged(action)


def test_a_service_manager_with_the_post_is_offered_the_form(area, client, action, open_page):
    person = factories.user(area, Role.SERVICE_MANAGER)
    factories.holding(action.lead, person)
    client.force_login(person)
    assert (
        reverse("action_update", args=[area.slug, action.pk])
        in open_page("action", action.pk).links
    )
    assert open_page("action_update", action.pk).typed("status") == S.ON_TRACK


# --- due dates -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed", ["2020-06-30", "30/06/2020", "30 6 2020", "30-6-2020", "30 June 2020", "30 jun 2020"]
)
def test_a_date_is_read_as_people_write_it(lead, action, send, typed):
    assert send("action_date", action, new=typed, reason="Longer").status_code == 302
    assert Action.objects.get().due == date(2020, 6, 30)


UNREADABLE = "This is not a date that can be read. Write it as 31 3 2020 or March 2020."


@pytest.mark.parametrize(
    ("sent", "label", "said"),
    [
        ({"new": "soon"}, "New due date", UNREADABLE),
        ({"new": "31/02/2020"}, "New due date", UNREADABLE),
        ({"new": "06/30/2020"}, "New due date", UNREADABLE),
        ({"new": ""}, "New due date", "Give the new due date."),
        (
            {"new": "1 1 2020"},
            "New due date",
            "Give a date after today, 15 January 2020. You gave 1 January 2020.",
        ),
        ({"new": "31 3 2020"}, "New due date", "The action is already due on 31 March 2020."),
        ({"reason": ""}, "Reason", "Give the reason: the board will read it."),
        ({"reason": " \n "}, "Reason", "Give the reason: the board will read it."),
    ],
)
def test_a_wrong_move_is_said_at_its_field_and_what_was_typed_is_kept(
    lead, action, send, sent, label, said
):
    sent = {"new": "30 6 2020", "reason": "The trainer is away", **sent}
    page = Page(send("action_date", action, **sent))
    assert page.status == 200
    assert page.errors == {label: [said]}
    assert (page.typed("new"), page.typed("reason")) == (sent["new"], sent["reason"].strip())
    assert unchanged(action)


def test_an_action_without_a_date_gets_its_first_one(lead, action, send):
    Action.objects.update(original_due=None, due=None)
    assert send("action_date", action, new="2020-06-30", reason="Agreed").status_code == 302
    assert Action.objects.get().due == date(2020, 6, 30)


# --- a second person -----------------------------------------------------------------------------


@pytest.fixture
def head(area, client):
    person = factories.user(area, Role.HEAD_OF_SERVICE)
    client.force_login(person)
    return person


@pytest.fixture
def done(area):
    action = factories.action(factories.plan(area), reference="A1", status=S.DONE)
    factories.evidence(action, description="The minutes")
    return action


@pytest.mark.parametrize(("decision", "status"), [("accept", S.COMPLETE), ("return", S.AT_RISK)])
def test_the_decision_is_saved(head, client, done, send, open_page, decision, status):
    assert "The minutes" in open_page("action_verify", done.pk).text
    response = send("action_verify", done, decision=decision, note="Read them")
    assert response.status_code == 302
    assert Action.objects.get().status == status
    event = AuditEvent.objects.of_row(done).first()
    assert (event.actor_name, event.reason) == (head.name, "Read them")


@pytest.mark.parametrize(
    ("sent", "errors"),
    [
        (
            {"decision": "", "note": "Read"},
            {"Is it done?": ["Say whether it is done."]},
        ),
        (
            {"decision": "accept", "note": ""},
            {
                "What the evidence shows, or what is missing": [
                    "Say what the evidence shows, or what is missing."
                ]
            },
        ),
    ],
)
def test_a_decision_is_made_and_explained(head, done, send, sent, errors):
    page = Page(send("action_verify", done, **sent))
    assert (page.status, page.errors) == (200, errors)
    assert page.typed("note") == sent["note"]
    assert unchanged(done)


def test_the_reporter_cannot_verify_and_is_told_so(head, done, send):
    factories.update(done, status=S.DONE, author=head)
    page = Page(send("action_verify", done, decision="accept", note="Mine"))
    why = "Somebody else must verify it: you lead it, reported it as done, or gave its evidence."
    assert page.errors == {"Is it done?": [why]}
    assert page.typed("note") == "Mine"
    assert Action.objects.get().status == S.DONE


def test_a_decision_that_is_too_late_saves_nothing(head, done, send):
    somebody_else(done, status=S.COMPLETE)
    page = Page(send("action_verify", done, decision="return", note="What I typed"))
    assert page.status == 409
    assert page.typed("text") == "What I typed"
    assert Action.objects.get().status == S.COMPLETE


def test_what_is_not_reported_as_done_cannot_be_verified(head, area, client, action):
    page = client.get(reverse("action_verify", args=[area.slug, action.pk]), follow=True)
    assert "Only an action reported as done can be verified." in Page(page).text


# --- inspections ---------------------------------------------------------------------------------


def test_an_inspection_shows_its_facts_grades_and_findings(lead, area, plan, open_page):
    found = plan.inspection
    indicator = found.framework.indicators.get(code="5.2")
    factories.evaluation(found, indicator)
    whole = factories.recommendation(found, "1", text="Meet the standards")
    factories.recommendation(found, "1.1", text="Train staff", parent=whole)
    type(found).objects.update(records_read=99, records_in_all=702, people_met=28)
    page = open_page("inspection", found.pk)
    for said in (
        "Published 6 August 2019",
        "17 September 2019 (six weeks after publication)",
        "99 of 702",
        "People met 28",
        "1 quality indicator graded",
        "KM1 Key message 1",
        "1 Meet the standards",
        "1.1 Train staff",
        "The plan (in progress): 3 actions, 1 complete, 1 overdue.",
    ):
        assert said in page.text, said
    assert page.rows()[0][:3] == ["5.2 Quality of 5.2", "How good is our management?", "Weak"]
    assert [row[0] for row in open_page("inspections").rows()] == ["The 2019 inspection"]


def test_an_inspection_without_anything_says_what_is_missing(lead, area, open_page):
    found = factories.inspection(area)
    page = open_page("inspection", found.pk)
    for said in (
        "No grades were given.",
        "No key message has been entered.",
        "None has been entered.",
        "No plan answers this inspection yet. One was due by 17 September 2019.",
    ):
        assert said in page.text
    page = open_page("coverage", found.pk)
    assert "This inspection has no key message, no recommendation and no grade yet." in page.text


def test_coverage_names_what_no_action_answers(lead, area, plan, open_page):
    found = plan.inspection
    one = factories.recommendation(found, "1")
    factories.recommendation(found, "2")
    action = plan.actions.get(reference="A2")
    action.recommendations.set([one], through_defaults={"area": area})
    page = open_page("coverage", found.pk)
    assert page.counts == {"found, in all": 4, "want an action": 1}
    states = {row[0]: (row[2], row[4]) for row in page.rows()}
    measure = "No measure: no KPI is linked to its actions Choose KPIs of A1"
    age = "Open: 5 months since publication"
    assert states == {
        "Key message KM1": (measure, "0 of 1"),
        "Key message KM2": (f"{measure}, Choose KPIs of A2", "1 of 2"),
        "Area for improvement 1": (f"Only finished actions {age}", "1 of 1"),
        "Area for improvement 2": (f"No action {age}", "0 of 0"),
    }
    assert reverse("action", args=[area.slug, action.pk]) in page.links


def test_each_action_of_coverage_is_linked_to_its_own_page(lead, area, plan, open_page):
    """Two plans may answer one inspection, and each has its own A1."""
    found = plan.inspection
    other = factories.plan(area, found)
    twin = factories.action(other, reference="A1", key_messages=(found.key_messages.first(),))
    own = plan.actions.get(reference="A1")
    page = open_page("coverage", found.pk)
    for one in (twin, own):
        assert reverse("action", args=[area.slug, one.pk]) in page.links


# --- whatever people write -----------------------------------------------------------------------


def test_whatever_people_write_is_shown_as_they_wrote_it(lead, area, open_page):
    world = factories.world(AWKWARD, "awkward")
    client = _as(world.people[Role.HEAD_OF_SERVICE])
    pages = [
        ("plans", None),
        ("plan", world.plan),
        ("action", world.action),
        ("action_update", world.action),
        ("action_date", world.action),
        ("inspections", None),
        ("inspection", world.inspection),
        ("coverage", world.inspection),
    ]
    for name, row in pages:
        args = ["awkward", row.pk] if row else ["awkward"]
        page = Page(client.get(reverse(name, args=args)))
        assert page.shows(AWKWARD), name


def test_line_breaks_are_kept_and_markup_is_not(lead, action, send, open_page):
    send("action_update", action, **{**GOOD_UPDATE, "text": "One\r\nTwo <i>three</i>"})
    page = open_page("action", action.pk)
    assert "One<br>" in page.source and "<i>" not in page.source
    assert "Two <i>three</i>" in page.text


def test_who_keeps_a_plan_finds_how_to_bring_in_a_changed_file(area, client, plan, open_page):
    def way(role):
        client.force_login(factories.user(area, role))
        return open_page("plan", plan.pk).main.xpath(
            f".//a[contains(@href, 'import/?plan={plan.pk}')]"
        )

    assert way(Role.PERFORMANCE_LEAD) and not way(Role.BOARD_MEMBER)


def test_a_plan_leads_to_the_same_actions_where_they_can_be_saved_as_a_view(
    lead, area, client, open_page
):
    made = factories.plan(area)
    late = factories.action(made, reference="L1")
    factories.action(made, reference="O1")
    factories.action(factories.plan(area), reference="E1", lead=late.lead)
    page = open_page("plan", made.pk, post=late.lead_id, status="open", by="status")
    here = reverse("actions", args=[area.slug])
    [way] = [link for link in page.links if link.startswith(f"{here}?")]
    shown = Page(client.get(way))
    assert "1 of 3 actions" in shown.text and [row[1][:2] for row in shown.rows()] == ["L1"]
    assert "Save this view" in shown.text
    assert not shown.errors


# --- the cost of a page --------------------------------------------------------------------------


def filled(area, size):
    guide = factories.framework(("1.1",))
    found = factories.inspection(area, guide)
    message, answer = factories.key_message(found), factories.recommendation(found)
    plan = factories.plan(area, found)
    links = {
        "lead": factories.post(area),
        "indicator": guide.indicators.get(),
        "supporting": (factories.post(area),),
        "key_messages": (message,),
        "recommendations": (answer,),
    }
    return [factories.action(plan, **links) for _ in range(size)]


def test_a_plan_costs_the_same_queries_whatever_its_size_and_grouping(lead, area, client):
    counts = {}
    for size in (5, 100):
        actions = filled(area, size)
        url = reverse("plan", args=[area.slug, actions[0].plan_id])
        for by in GROUPS:
            query = {"by": by, "status": "open", "message": "1", "post": actions[0].lead_id}
            cache.clear()  # so that every page reads the session from the database
            with CaptureQueriesContext(connection) as asked:
                page = Page(client.get(url, query))
            assert page.counts["actions"] == size
            counts.setdefault(by, set()).add(statements(asked))
    assert all(len(found) == 1 and max(found) <= QUERIES for found in counts.values()), counts


def test_an_action_costs_the_same_queries_whatever_its_thread(lead, area, client):
    counts = set()
    for size in (5, 100):
        [action] = filled(area, 1)
        measure = factories.kpi(area, months=2)
        action.kpis.set([measure], through_defaults={"area": area})
        look = factories.self_evaluation(area, state="validated")
        found = [factories.finding(look) for _ in range(size)]
        action.findings.set(found, through_defaults={"area": area})
        for _ in range(size):
            factories.update(action)
            factories.date_change(action)
            factories.evidence(action)
        url = reverse("action", args=[area.slug, action.pk])
        cache.clear()  # so that the session, too, is read from the database
        with CaptureQueriesContext(connection) as asked:
            assert client.get(url).status_code == 200
        counts.add(statements(asked))
    assert len(counts) == 1 and max(counts) <= ACTION_QUERIES


def test_coverage_and_lists_cost_the_same_queries_whatever_their_size(lead, area, client):
    counts = {}
    for size in (2, 40):
        found = filled(area, size)[0].plan.inspection
        pages = [("coverage", found.pk), ("inspection", found.pk), ("plans",), ("inspections",)]
        for name, *args in pages:
            cache.clear()
            with CaptureQueriesContext(connection) as asked:
                assert client.get(reverse(name, args=[area.slug, *args])).status_code == 200
            counts.setdefault(name, set()).add(statements(asked))
    assert all(len(found) == 1 and max(found) <= QUERIES for found in counts.values()), counts


def test_plans_are_cards_on_a_small_screen(lead, area, open_page):
    factories.plan(area)
    table = open_page("plans").main.find(".//table")
    assert {"ds_table", "tl_cards"} <= table.classes
    assert all(cell.get("data-label") for cell in table.iterfind(".//td"))


@pytest.mark.parametrize(
    ("state", "offered"), [(PlanState.IN_PROGRESS, True), (PlanState.CLOSED, False)]
)
def test_several_at_once_are_offered_where_something_is_reported(
    lead, area, open_page, state, offered
):
    plan = factories.plan(area, state=state, actions=1)
    assert ("to update several at once" in open_page("plan", plan.pk).text) == offered


def test_whoever_writes_a_note_is_told_who_reads_it(lead, area, client):
    action = factories.action(factories.plan(area))
    page = Page(client.get(reverse("note_add", args=[area.slug, action.pk])))
    assert "board members and inspectors too" in page.text
