"""A verification that is taken back: by the service, on its page, and by programs."""

import json
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from management import clock
from management.access import Role
from management.models import AuditEvent
from management.versions import Stale
from plans.coverage import ANSWERED, ONLY_FINISHED
from plans.models import Action, Update, Verification
from plans.services import bulk, evidence, progress, rules, verification
from plans.services.waiting import posts_of
from plans.states import PlanState
from plans.statuses import Status
from tests import factories
from tests.pages import Page, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
S = Status
WHY = "The register was of 2018"
OTHERS = sorted(set(S) - {S.COMPLETE})


@pytest.fixture
def area():
    return factories.area("Angus")


@pytest.fixture
def plan(area):
    return factories.plan(area, title="The plan")


@pytest.fixture
def lead(area):
    return factories.user(area, Role.PERFORMANCE_LEAD, name="Isla Grant")


@pytest.fixture
def head(area, client):
    person = factories.user(area, Role.HEAD_OF_SERVICE, name="Ailsa Reid")
    client.force_login(person)
    return person


def verified(plan, lead, head, **facts):
    """An action that was reported as done by the lead, and verified by the head of service."""
    action = factories.action(plan, status=S.ON_TRACK, **facts)
    done = {"status": S.DONE, "text": "All are trained", "evidence": "A register"}
    progress.post_update(by=lead, action=action, version=action.version, **done)
    note = "Seen the register"
    verification.verify_action(by=head, action=action, version=action.version, note=note)
    return action


@pytest.fixture
def action(plan, lead, head):
    return verified(plan, lead, head, reference="A1")


def reopen(by, action, **facts):
    facts = {"version": action.version, "reason": WHY, **facts}
    return verification.reopen_action(by=by, action=action, **facts)


def again(action):
    return Action.objects.select_related("plan", "area").get(pk=action.pk)


# --- the service ---------------------------------------------------------------------------------


def test_it_is_open_again_with_the_reason_and_what_was_verified_stays(action, head):
    update = reopen(head, action, reason=f"  {WHY} ")
    assert again(action).status == S.AT_RISK
    assert (update.old_status, update.status) == (S.COMPLETE, S.AT_RISK)
    assert update.text == f"Verification taken back: {WHY}"
    assert (update.by, update.on) == ("Ailsa Reid", date(2020, 1, 15))
    assert Verification.objects.get().note == "Seen the register"
    event = AuditEvent.objects.of_row(action).first()
    assert (event.actor_name, event.verb, event.reason) == ("Ailsa Reid", "reopen action", WHY)


@pytest.mark.parametrize(
    ("day", "status"), [(date(2020, 3, 31), S.AT_RISK), (date(2020, 4, 1), S.OFF_TRACK)]
)
def test_what_is_overdue_is_off_track_again_and_what_is_due_today_is_not(action, head, day, status):
    with clock.hold(day):
        assert reopen(head, action).status == status


@pytest.mark.parametrize(("percent", "stands"), [(100, None), (90, 90), (None, None)])
def test_a_hundred_per_cent_is_taken_back_with_it(action, head, percent, stands):
    Action.objects.update(percent=percent)
    update = reopen(head, again(action))
    assert (again(action).percent, update.percent) == (stands, stands)


def test_the_area_has_its_own_word_for_it(action, head):
    factories.status_word(action.area, "Amber", status=S.AT_RISK)
    assert (reopen(head, action).word, again(action).word) == ("Amber", "Amber")


def test_who_reported_it_opens_it_again_where_they_may_verify(plan, lead, head):
    other = factories.user(plan.area, Role.HEAD_OF_SERVICE)
    action = verified(plan, head, other)
    assert reopen(head, action).status == S.AT_RISK


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.HEAD_OF_SERVICE}))
def test_nobody_else_opens_it_again(action, area, role):
    person = factories.user(area, role)
    factories.holding(action.lead, person)
    with pytest.raises(PermissionDenied):
        reopen(person, action)
    assert again(action).status == S.COMPLETE


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_without_a_reason_it_stays_complete(action, head, reason):
    with pytest.raises(ValidationError, match="Say why it is not complete") as caught:
        reopen(head, action, reason=reason)
    assert list(caught.value.message_dict) == ["reason"]
    assert again(action).status == S.COMPLETE


@pytest.mark.parametrize("status", OTHERS)
def test_what_is_not_complete_has_no_verification_to_take_back(plan, head, status):
    action = factories.action(plan, status=status)
    with pytest.raises(ValidationError, match="there is no verification to take back"):
        reopen(head, action)
    assert (again(action).status, again(action).version) == (status, 1)
    assert not Update.objects.exists()


@pytest.mark.parametrize("state", [PlanState.DRAFT, PlanState.CLOSED])
def test_of_a_draft_or_a_closed_plan_it_stays_complete(action, head, state):
    opened = again(action)
    type(action.plan).objects.update(state=state)
    with pytest.raises(ValidationError, match=f"The plan is (a )?{state}"):
        reopen(head, opened)  # who has opened it before, too
    assert again(action).status == S.COMPLETE


def test_a_stale_save_takes_nothing_back(action, head, lead):
    opened = again(action)
    evidence.add_evidence(by=lead, action=action, description="The register of 2019")
    with pytest.raises(Stale):
        reopen(head, opened)
    assert again(action).status == S.COMPLETE


def test_of_two_who_take_it_back_at_once_one_does(action, head):
    opened = again(action)
    reopen(head, action)
    with pytest.raises(Stale):
        reopen(head, opened, reason="Another reason")
    assert Update.objects.filter(old_status=S.COMPLETE).count() == 1


def test_it_can_be_verified_again_and_the_later_verification_stands(action, lead, head):
    reopen(head, action)
    assert verification.standing_verification(again(action)) is None
    action = again(action)
    done = {"status": S.DONE, "text": "Now they are", "version": action.version}
    progress.post_update(by=lead, action=action, **done)
    assert Action.objects.visible_to(head).to_verify_by(head, []).get() == action
    said = {"version": action.version, "note": "Seen the right one"}
    verification.verify_action(by=head, action=action, **said)
    standing = verification.standing_verification(again(action))
    assert standing.note == "Seen the right one"
    assert [row.note for row in action.verifications.all()] == ["Seen the register", standing.note]


def test_who_reported_it_again_is_not_the_second_person(action, head):
    reopen(head, action)
    action = again(action)
    progress.post_update(
        by=head, action=action, version=action.version, status=S.DONE, text="Now they are"
    )
    with pytest.raises(ValidationError, match="Somebody else must verify it"):
        verification.verify_action(by=head, action=action, version=action.version, note="Seen")


@pytest.mark.parametrize("status", S)
def test_no_update_of_one_or_of_many_opens_it_again(action, head, status):
    facts = {"status": status, "text": "Not quite", "evidence": "A count"}
    with pytest.raises(ValidationError, match="is closed"):
        progress.post_update(by=head, action=action, version=action.version, **facts)
    [outcome] = bulk.preview(by=head, actions=[action], change=bulk.Report("No", status))
    assert "is closed" in outcome.why_not
    assert again(action).status == S.COMPLETE


def test_neither_a_verification_nor_its_taking_back_is_corrected(action, head):
    back = reopen(head, action)
    for update in (back, Update.objects.get(status=S.COMPLETE)):
        assert progress.why_not_corrected(head, action, update).startswith("This update records")
        with pytest.raises(ValidationError, match="stays as it was said"):
            progress.post_update(
                by=head,
                action=action,
                version=action.version,
                status=S.ON_TRACK,
                text="Otherwise",
                corrects=update,
            )


def test_its_last_evidence_can_be_withdrawn_once_it_is_open_again(action, head, lead):
    proof = action.evidence.get()
    with pytest.raises(ValidationError, match="or have the action reopened"):
        evidence.withdraw_evidence(by=lead, evidence=proof, reason=WHY)
    reopen(head, action)
    evidence.withdraw_evidence(by=lead, evidence=proof, reason=WHY)
    assert not evidence.standing_evidence(action).exists()


# --- when it is late -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("late", "counted", "status"),
    [("current", date(2020, 9, 30), S.AT_RISK), ("first", date(2019, 12, 20), S.OFF_TRACK)],
)
def test_it_is_late_by_the_rule_of_today_not_by_that_of_its_completion(
    plan, lead, head, late, counted, status
):
    before = {"current": "first", "first": "current"}[late]
    factories.rules(plan.area, late=before)
    dates = {"original_due": date(2019, 12, 20), "due": date(2020, 9, 30)}
    stood = {"first": dates["original_due"], "current": dates["due"]}[before]
    action = verified(plan, lead, head, **dates, late_after=stood)
    set_now = {"late": late, "colours": "status", "words": []}
    rules.set_rules(by=lead, area=plan.area, version=1, **set_now)
    assert again(action).late_after == stood  # the rule counts what is open
    reopen(head, again(action))
    assert (again(action).late_after, again(action).status) == (counted, status)


def test_it_is_in_the_lists_and_the_calendar_of_those_who_work_on_it_again(action, area, head):
    holder = factories.user(area, Role.SERVICE_MANAGER)
    factories.holding(action.lead, holder)
    posts = posts_of(holder, area, on=clock.today())
    mine = Action.objects.visible_to(holder).of_posts([post.pk for post in posts]).to_work_on()
    assert not mine.exists()
    reopen(head, action)
    assert mine.get() == action
    with clock.hold(date(2020, 4, 1)):
        assert Action.objects.overdue(on=clock.today()).get() == action


def test_what_it_answers_is_answered_again(client, plan, lead, head):
    found = factories.inspection(plan.area)
    message, measure = factories.key_message(found), factories.kpi(plan.area)
    action = verified(plan, lead, head, key_messages=(message,), kpis=(measure,))
    page = reverse("coverage", args=[plan.area.slug, found.pk])

    def told():
        [row] = [row for row in Page(client.get(page)).rows() if message.text in " ".join(row)]
        return " ".join(row)

    assert ONLY_FINISHED in told()
    reopen(head, action)
    assert ANSWERED in told()


# --- the page ------------------------------------------------------------------------------------


@pytest.fixture
def url(area, action):
    return lambda name: reverse(name, args=[area.slug, action.pk])


def test_the_action_leads_to_it_and_it_is_not_the_obvious_button(client, action, url):
    page = Page(client.get(url("action")))
    [link] = page.main.xpath(".//a[.='Reopen it']")
    assert link.get("href") == url("action_reopen") and "ds_button" not in link.get("class", "")


@pytest.mark.parametrize("role", [Role.PERFORMANCE_LEAD, Role.SERVICE_MANAGER, Role.BOARD_MEMBER])
def test_who_may_not_verify_is_not_led_there(client, area, action, url, role):
    client.force_login(factories.user(area, role))
    assert url("action_reopen") not in Page(client.get(url("action"))).links
    assert client.get(url("action_reopen")).status_code == 403


def test_the_page_says_which_verification_stands_and_takes_it_back(client, action, url):
    page = Page(client.get(url("action_reopen")))
    assert "15 January 2020, Ailsa Reid Seen the register" in page.text
    sent = {**page.form, "reason": WHY}
    told = Page(client.post(url("action_reopen"), sent, follow=True))
    assert "Action A1 is open again, at risk." in told.text
    entry = words(told.main.find_class("tl_thread")[0][0])
    assert "Complete (verified) → In progress: at risk" in entry
    assert f"Verification taken back: {WHY}" in entry and "Correct this" not in entry
    assert url("action_reopen") not in told.links and url("action_update") in told.links
    assert "Seen the register" in told.text


def test_the_page_asks_for_the_reason_at_its_field(client, action, url):
    form = Page(client.get(url("action_reopen"))).form
    page = Page(client.post(url("action_reopen"), {**form, "reason": " "}))
    assert page.errors == {"Reason": ["Say why it is not complete: the board will read it."]}


def test_what_was_typed_stays_when_somebody_was_faster(client, action, lead, url):
    form = Page(client.get(url("action_reopen"))).form
    evidence.add_evidence(by=lead, action=action, description="The register of 2019")
    late = client.post(url("action_reopen"), {**form, "reason": WHY})
    page = Page(late)
    assert late.status_code == 409
    assert "The register of 2019" in page.text and page.typed("reason") == WHY
    assert again(action).status == S.COMPLETE
    assert client.post(url("action_reopen"), page.form | {"reason": WHY}).status_code == 302
    assert again(action).status == S.AT_RISK


def test_somebody_who_takes_back_what_was_taken_back_reads_who_did(client, action, head, url):
    form = Page(client.get(url("action_reopen"))).form
    reopen(head, action, reason="Of another team")
    late = client.post(url("action_reopen"), {**form, "reason": WHY})
    page = Page(late)
    assert late.status_code == 409 and "Of another team" in page.text
    refused = Page(client.post(url("action_reopen"), page.form | {"reason": WHY}))
    assert refused.summary == ["Action A1 is not complete: there is no verification to take back."]
    assert refused.typed("reason") == WHY


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"status": S.DONE}, "there is no verification to take back"),
        ({"plan__state": PlanState.CLOSED}, "The plan is closed"),
    ],
)
def test_who_comes_too_late_is_led_back_with_the_reason(client, action, url, facts, why):
    if state := facts.get("plan__state"):
        type(action.plan).objects.update(state=state)
    else:
        Action.objects.update(**facts)
    assert url("action_reopen") not in Page(client.get(url("action"))).links
    page = Page(client.get(url("action_reopen"), follow=True))
    assert why in page.text


# --- programs ------------------------------------------------------------------------------------


@pytest.fixture
def program(client, area, head, action):
    """Asks in the name of the head of service; `match` is the tag that it holds."""
    factories.api_token(area, head, "tl_secret", name="Platform")
    token = {"Authorization": "Bearer tl_secret"}
    address = f"/api/v1/areas/{area.slug}/actions/{action.pk}/"

    class Program:
        def read(self):
            return client.get(address, headers=token)

        def reopen(self, match, **body):
            tag = {"If-Match": match} if match else {}
            kind = "application/json"
            return client.post(
                f"{address}reopen/", json.dumps(body), content_type=kind, headers=token | tag
            )

    return Program()


def test_a_program_reads_which_verification_stands_and_takes_it_back(program, action, head):
    read = program.read()
    told = {"on": "2020-01-15", "by": "Ailsa Reid", "note": "Seen the register"}
    assert read.json()["verification"] == told
    answer = program.reopen(read["ETag"], reason=WHY)
    assert (answer.status_code, answer.json()["status"]) == (200, "at_risk")
    assert answer.json()["verification"] is None
    assert answer.json()["entries"][0]["text"] == f"Verification taken back: {WHY}"
    assert (again(action).status, Verification.objects.count()) == (S.AT_RISK, 1)


def test_a_program_that_has_not_read_it_or_read_it_before_takes_nothing_back(program, action, lead):
    tag = program.read()["ETag"]
    assert program.reopen("", reason=WHY).status_code == 428
    evidence.add_evidence(by=lead, action=action, description="The register of 2019")
    assert program.reopen(tag, reason=WHY).status_code == 412
    assert again(action).status == S.COMPLETE


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": WHY, "status": "on_track"}])
def test_a_program_gives_a_reason_and_nothing_else(program, action, body):
    answer = program.reopen(program.read()["ETag"], **body)
    assert answer.status_code == 400 and set(answer.json()["errors"]) & {"reason", "status"}
    assert again(action).status == S.COMPLETE
