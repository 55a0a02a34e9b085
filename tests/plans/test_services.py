"""Every change to plans and actions: what it does, what it refuses, what it leaves."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import Error, transaction

from management import clock
from management.access import Role, System
from management.models import AuditEvent, Holding
from management.versions import Stale
from plans import statuses
from plans.models import (
    Action,
    DateChange,
    Evidence,
    Update,
    Verification,
)
from plans.services import actions, due_dates, entering, evidence, plans, progress, verification
from plans.statuses import Status
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
S = Status
WORKING = {S.ON_TRACK, S.AT_RISK, S.OFF_TRACK}
# Written by hand, and apart from statuses.MOVES: what an update may say next.
REPORTS = {
    S.NOT_STARTED: {S.NOT_STARTED, *WORKING, S.DONE},
    S.ON_TRACK: {*WORKING, S.DONE},
    S.AT_RISK: {*WORKING, S.DONE},
    S.OFF_TRACK: {*WORKING, S.DONE},
    S.DONE: {*WORKING, S.DONE},
    S.COMPLETE: set(),
    S.WITHDRAWN: set(),
    S.SUPERSEDED: set(),
}


@pytest.fixture
def plan():
    return factories.plan(factories.area())


@pytest.fixture
def lead(plan):
    return factories.user(plan.area, Role.PERFORMANCE_LEAD)


@pytest.fixture
def head(plan):
    return factories.user(plan.area, Role.HEAD_OF_SERVICE)


def report(by, action, **facts):
    facts = {"version": action.version, "status": S.ON_TRACK, "text": "Half way", **facts}
    return progress.post_update(by=by, action=action, **facts)


def move(by, action, new=date(2020, 6, 30), **facts):
    facts = {"version": action.version, "reason": "The partner needs longer", **facts}
    return due_dates.move_date(by=by, action=action, new=new, **facts)


def verify(by, action, **facts):
    facts = {"version": action.version, "note": "Seen and accepted", **facts}
    return verification.verify_action(by=by, action=action, **facts)


def withdraw(by, action, **facts):
    facts = {
        "version": action.version,
        "reason": "The board decided so",
        "decision": "Board, item 3",
        **facts,
    }
    return progress.withdraw_action(by=by, action=action, **facts)


def trail(row):
    """Actor, verb and reason of the newest entry about a row."""
    event = AuditEvent.objects.of_row(row).first()
    return event.actor_name, event.verb, event.reason


def entries(action):
    """How many updates, moved dates, pieces of evidence and verifications an action has."""
    kinds = (Update, DateChange, Evidence, Verification)
    return tuple(kind.objects.filter(action=action).count() for kind in kinds)


def nothing_changed(action):
    before = (action.status, action.due, action.version)
    action.refresh_from_db()
    return entries(action) == (0, 0, 0, 0) and before == (
        action.status,
        action.due,
        action.version,
    )


# --- progress --------------------------------------------------------------------------------


@pytest.mark.parametrize("old", Status)
@pytest.mark.parametrize("new", Status)
def test_an_update_may_say_what_the_table_allows_and_nothing_else(plan, lead, old, new):
    action = factories.action(plan, status=old)
    if new in REPORTS[old]:
        made = report(lead, action, status=new, evidence="Minutes")
        action.refresh_from_db()
        assert (made.old_status, made.status, action.status) == (old, new, new)
        assert trail(action) == (lead.name, "post update", "")
        assert trail(made) == (lead.name, "post update", "")
    else:
        with pytest.raises(ValidationError) as caught:
            report(lead, action, status=new, evidence="Minutes")
        assert set(caught.value.message_dict) == {"status"}
        assert nothing_changed(action)


def test_the_table_of_moves_lets_nothing_leave_a_closed_status():
    assert {old for old, allowed in REPORTS.items() if not allowed} == statuses.CLOSED
    for old in Status:
        assert set(statuses.reportable_from(old)) == REPORTS[old]
        assert set(statuses.MOVES) == set(Status) == set(statuses.MEANINGS)


def test_the_refusal_of_a_move_names_what_may_be_said(plan, lead):
    action = factories.action(plan, status=S.ON_TRACK)
    with pytest.raises(
        ValidationError, match=r"cannot follow “In progress: on track”.*Done, await"
    ):
        report(lead, action, status=S.COMPLETE)


def test_a_status_that_nobody_has_heard_of_is_refused(plan, lead):
    action = factories.action(plan)
    with pytest.raises(ValidationError, match="“finished” cannot follow “Not started”"):
        report(lead, action, status="finished")
    assert nothing_changed(action)


@pytest.mark.parametrize("old", sorted(statuses.CLOSED))
def test_a_closed_action_takes_no_more_updates(plan, lead, old):
    action = factories.action(plan, status=old)
    with pytest.raises(ValidationError, match="is closed: it stays as it is"):
        report(lead, action)
    assert nothing_changed(action)


@pytest.mark.parametrize("text", ["", "   ", "\n\t"])
def test_an_update_says_something(plan, lead, text):
    action = factories.action(plan)
    with pytest.raises(ValidationError) as caught:
        report(lead, action, text=text)
    assert caught.value.message_dict == {
        "text": ["Say what has happened, in a sentence or two."],
    }
    assert nothing_changed(action)


@pytest.mark.parametrize("said", ["", "  "])
def test_done_needs_evidence(plan, lead, said):
    action = factories.action(plan)
    with pytest.raises(ValidationError, match="only with evidence") as caught:
        report(lead, action, status=S.DONE, evidence=said)
    assert set(caught.value.message_dict) == {"evidence"}
    assert nothing_changed(action)


def test_evidence_that_came_with_the_update_or_before_it_will_do(plan, lead):
    first, second = factories.action(plan), factories.action(plan)
    report(lead, first, status=S.DONE, evidence=" Audit of 40 cases ", evidence_url="https://a.org")
    made = first.evidence.get()
    assert (made.description, made.url) == ("Audit of 40 cases", "https://a.org")
    assert trail(made) == (lead.name, "add evidence", "")
    evidence.add_evidence(by=lead, action=second, description="Minutes")
    report(lead, second, status=S.DONE)
    assert entries(second) == (1, 0, 1, 0)


def test_another_actions_evidence_will_not_do(plan, lead):
    factories.evidence(factories.action(plan))
    with pytest.raises(ValidationError, match="only with evidence"):
        report(lead, factories.action(plan), status=S.DONE)


def test_a_link_alone_does_not_say_what_it_shows(plan, lead):
    action = factories.action(plan)
    with pytest.raises(ValidationError, match="Say what the link shows"):
        report(lead, action, evidence_url="https://example.org/report")
    assert nothing_changed(action)


def test_the_per_cent_done_stays_until_another_number_or_none_is_given(plan, lead, head):
    action = factories.action(plan, percent=None)
    for given, stands in [
        ({"percent": 40}, 40),
        ({}, 40),
        ({"status": S.AT_RISK}, 40),
        ({"percent": None}, None),
        ({"percent": 0}, 0),
        ({}, 0),
    ]:
        update = report(lead, action, **given)
        action.refresh_from_db()
        assert (action.percent, update.percent) == (stands, stands)


@pytest.mark.parametrize(("percent", "stands"), [(100, None), (90, 90), (None, None)])
def test_sent_back_it_is_not_a_hundred_per_cent_done_any_more(plan, lead, head, percent, stands):
    action = factories.action(plan, status=S.DONE, percent=percent)
    update = verification.return_action(by=head, action=action, version=1, note="Where is it?")
    action.refresh_from_db()
    assert (action.percent, update.percent) == (stands, stands)


def test_who_may_verify_opens_what_they_reported_themselves_again(plan, head):
    action = factories.action(plan, status=S.DONE)
    factories.update(action, status=S.DONE, author=head)
    with pytest.raises(ValidationError, match="Somebody else must verify it"):
        verify(head, action)
    verification.return_action(by=head, action=action, version=1, note="Not yet")
    action.refresh_from_db()
    assert action.status == S.AT_RISK


def test_an_update_is_of_the_day_and_names_its_author(plan, lead):
    made = report(lead, factories.action(plan), text="  Half way  ")
    assert (made.on, made.text) == (date(2020, 1, 15), "Half way")
    assert (made.by, made.author, made.area) == (lead.name, lead, plan.area)
    assert made.recorded_at.date() == date(2020, 1, 15)


def test_the_program_itself_is_named_where_no_person_wrote(plan):
    made = report(System("import"), factories.action(plan))
    assert (made.by, made.author) == ("import", None)
    assert trail(made) == ("import", "post update", "")


# --- nothing is saved over what somebody else has saved ----------------------------------------


@pytest.mark.parametrize("deed", [report, move, verify, withdraw])
def test_a_change_from_an_older_version_changes_nothing(plan, head, deed):
    action = factories.action(plan, status=S.DONE if deed is verify else S.ON_TRACK)
    opened = Action.objects.get(pk=action.pk)
    Action.objects.filter(pk=action.pk).update(version=2)
    action.refresh_from_db()
    with pytest.raises(Stale) as caught:
        deed(head, opened)
    assert caught.value.row == action
    assert caught.value.row.version == 2
    assert nothing_changed(action)


def test_a_version_that_never_was_changes_nothing(plan, lead):
    action = factories.action(plan)
    for version in (0, 2, 10**20):
        with pytest.raises(Stale):
            report(lead, action, version=version, evidence="Minutes")
    assert nothing_changed(action)


def test_each_change_gives_the_next_version(plan, lead, head):
    action = factories.action(plan)
    report(lead, action, status=S.DONE, evidence="Minutes")
    assert action.version == 2
    move(lead, action)
    assert action.version == 3
    verify(head, action)
    assert (action.version, action.status) == (4, S.COMPLETE)


# --- who may report ----------------------------------------------------------------------------


@pytest.fixture
def manager(plan):
    return factories.user(plan.area, Role.SERVICE_MANAGER)


@pytest.mark.parametrize("place", ["lead", "supporting"])
def test_a_service_manager_reports_on_the_actions_of_a_post_held_today(plan, manager, place):
    post = factories.post(plan.area)
    factories.holding(post, manager, start=date(2020, 1, 15))
    own = {"lead": post} if place == "lead" else {"supporting": (post,)}
    action = factories.action(plan, **own)
    assert entering.may_update(manager, action)
    report(manager, action)
    move(manager, action)
    evidence.add_evidence(by=manager, action=action, description="Minutes")
    assert entries(action) == (1, 1, 1, 0)


NOT_TODAY = {
    "no post at all": None,
    "a post that ended yesterday": (date(2019, 1, 1), date(2020, 1, 14)),
    "a post that begins tomorrow": (date(2020, 1, 16), None),
}


@pytest.mark.parametrize("held", list(NOT_TODAY.values()), ids=list(NOT_TODAY))
def test_a_service_manager_without_the_post_today_is_refused(plan, manager, held):
    post = factories.post(plan.area, "Unpaid Work Manager")
    factories.holding(factories.post(plan.area), manager)
    if held:
        factories.holding(post, manager, start=held[0], end=held[1])
    action = factories.action(plan, lead=post, supporting=(factories.post(plan.area),))
    deeds = (
        lambda: report(manager, action),
        lambda: move(manager, action),
        lambda: evidence.add_evidence(by=manager, action=action, description="Minutes"),
    )
    for deed in deeds:
        with pytest.raises(PermissionDenied, match="Its lead is Unpaid Work Manager"):
            deed()
    assert not entering.may_update(manager, action)
    assert nothing_changed(action)


def test_who_holds_the_posts_today_is_told_by_post_and_need_not_be_asked_again(plan, manager):
    lead, supporting, vacant = (factories.post(plan.area) for _ in range(3))
    other = factories.user(plan.area, Role.SERVICE_MANAGER)
    factories.holding(lead, other, start=date(2018, 1, 1), end=date(2020, 1, 14))
    factories.holding(lead, manager, start=date(2020, 1, 15))
    factories.holding(supporting, other)
    action = factories.action(plan, lead=lead, supporting=(supporting, vacant))
    held = entering.holders(action)
    assert held == {lead.pk: manager, supporting.pk: other}
    assert entering.may_update(manager, action, held) and entering.may_update(other, action, held)
    assert not entering.may_update(manager, action, {supporting.pk: other})
    assert not entering.may_update(manager, action, {})
    assert entering.may_update(manager, action)
    assert entering.may_update(factories.user(plan.area, Role.PERFORMANCE_LEAD), action, {})
    reader = factories.user(plan.area, Role.INSPECTOR)
    assert not entering.may_update(reader, action, {lead.pk: reader})


def test_the_last_day_of_a_holding_still_counts(plan, manager):
    post = factories.post(plan.area)
    factories.holding(post, manager, end=date(2020, 1, 15))
    report(manager, factories.action(plan, lead=post))


def test_a_post_held_by_somebody_else_does_not_count(plan, manager):
    post = factories.post(plan.area)
    factories.holding(post, factories.user(plan.area, Role.SERVICE_MANAGER))
    assert not entering.may_update(manager, factories.action(plan, lead=post))


@pytest.mark.parametrize("role", Role)
def test_another_areas_people_may_change_nothing(plan, role):
    stranger = factories.user(factories.area(), role)
    post = factories.post(plan.area)
    factories.holding(post, stranger)  # even so: without a role here, the post counts for nothing
    action = factories.action(plan, lead=post, status=S.DONE)
    for deed in (report, move, verify, withdraw):
        with pytest.raises(PermissionDenied):
            deed(stranger, action)
    assert nothing_changed(action)


@pytest.mark.parametrize("role", [Role.BOARD_MEMBER, Role.INSPECTOR, Role.ADMINISTRATOR])
def test_those_who_only_read_may_report_nothing_even_with_the_post(plan, role):
    reader = factories.user(plan.area, role)
    post = factories.post(plan.area)
    factories.holding(post, reader)
    action = factories.action(plan, lead=post)
    with pytest.raises(PermissionDenied):
        report(reader, action)
    assert nothing_changed(action)


@pytest.mark.parametrize("role", [Role.PERFORMANCE_LEAD, Role.HEAD_OF_SERVICE])
def test_those_who_keep_the_plan_report_on_any_action(plan, role):
    report(factories.user(plan.area, role), factories.action(plan))


# --- due dates ---------------------------------------------------------------------------------


def test_a_date_is_moved_with_its_reason_and_the_first_date_is_kept(plan, lead):
    action = factories.action(plan, original_due=date(2020, 3, 31))
    first = move(lead, action, date(2020, 6, 30), reason="  The trainer is away  ")
    assert (first.old, first.new, first.reason) == (
        date(2020, 3, 31),
        date(2020, 6, 30),
        "The trainer is away",
    )
    assert trail(action) == (lead.name, "move due date", "The trainer is away")
    assert trail(first) == (lead.name, "move due date", "The trainer is away")
    second = move(lead, action, date(2020, 5, 29))
    assert (second.old, second.new) == (date(2020, 6, 30), date(2020, 5, 29))
    action.refresh_from_db()
    assert (action.original_due, action.due) == (date(2020, 3, 31), date(2020, 5, 29))
    assert entries(action) == (0, 2, 0, 0)


def test_an_action_without_a_date_gets_its_first_one(plan, lead):
    action = factories.action(plan, original_due=None, due=None)
    assert move(lead, action).old is None
    action.refresh_from_db()
    assert (action.original_due, action.due) == (None, date(2020, 6, 30))


@pytest.mark.parametrize(
    ("facts", "field", "said"),
    [
        ({"reason": ""}, "reason", "Give the reason: the board will read it."),
        ({"reason": " \n"}, "reason", "Give the reason: the board will read it."),
        ({"new": date(2020, 3, 31)}, "new", "The action is already due on 31 March 2020."),
        (
            {"new": date(2020, 1, 14)},
            "new",
            "Give a date after today, 15 January 2020. You gave 14 January 2020.",
        ),
        (
            {"new": date(2020, 1, 15)},
            "new",
            "Give a date after today, 15 January 2020. You gave 15 January 2020.",
        ),
    ],
)
def test_a_move_that_cannot_be_is_refused_at_its_field(plan, lead, facts, field, said):
    action = factories.action(plan)
    with pytest.raises(ValidationError) as caught:
        move(lead, action, **facts)
    assert caught.value.message_dict == {field: [said]}
    assert nothing_changed(action)


def test_tomorrow_will_do(plan, lead):
    move(lead, factories.action(plan), date(2020, 1, 16))


@pytest.mark.parametrize("status", sorted(statuses.CLOSED))
def test_the_date_of_a_closed_action_cannot_be_moved(plan, lead, status):
    action = factories.action(plan, status=status)
    with pytest.raises(ValidationError, match="is closed: it stays as it is"):
        move(lead, action)
    assert nothing_changed(action)


# --- evidence ----------------------------------------------------------------------------------


def test_evidence_is_kept_with_its_fingerprint(plan, lead):
    action = factories.action(plan)
    one = evidence.add_evidence(by=lead, action=action, description="Minutes")
    same = evidence.add_evidence(by=lead, action=action, description="Minutes")
    other = evidence.add_evidence(
        by=lead, action=action, description="Minutes", url="https://a.org"
    )
    assert one.sha256 == same.sha256 != other.sha256
    assert trail(one) == (lead.name, "add evidence", "")
    action.refresh_from_db()
    assert (action.version, action.status) == (4, S.NOT_STARTED)


@pytest.mark.parametrize(
    "wrong", [{"description": ""}, {"description": "Minutes", "url": "javascript:alert(1)"}]
)
def test_evidence_says_what_it_is_and_links_to_a_page(plan, lead, wrong):
    action = factories.action(plan)
    with pytest.raises(ValidationError):
        evidence.add_evidence(by=lead, action=action, **wrong)
    assert nothing_changed(action)


# --- a second person ---------------------------------------------------------------------------


def test_a_head_of_service_verifies_what_somebody_else_reported(plan, lead, head):
    action = factories.action(plan)
    report(lead, action, status=S.DONE, evidence="Minutes")
    verification = verify(head, action, note="Read the minutes")
    action.refresh_from_db()
    assert action.status == S.COMPLETE
    assert trail(action) == (head.name, "verify action", "Read the minutes")
    assert trail(verification) == (head.name, "verify action", "Read the minutes")
    last = action.updates.last()
    assert (last.old_status, last.status, last.text) == (
        S.DONE,
        S.COMPLETE,
        "Verified: Read the minutes",
    )


def test_whoever_reported_it_may_not_verify_it(plan, head):
    action = factories.action(plan)
    report(head, action, status=S.DONE, evidence="Minutes")
    with pytest.raises(ValidationError, match="Somebody else must verify it"):
        verify(head, action)
    assert entries(action) == (1, 0, 1, 0)


def test_a_word_by_somebody_else_since_does_not_make_the_reporter_a_second_person(plan, lead, head):
    action = factories.action(plan)
    report(head, action, status=S.DONE, evidence="Minutes")
    report(lead, action, status=S.DONE, text="The minutes are on the intranet too")
    with pytest.raises(ValidationError, match="Somebody else must verify it"):
        verify(head, action)


def test_whoever_reported_it_the_time_before_may_verify_it_now(plan, lead, head):
    action = factories.action(plan)
    evidence.add_evidence(by=lead, action=action, description="Minutes")
    report(head, action, status=S.DONE)
    report(lead, action, status=S.AT_RISK, text="Not quite: two teams are missing")
    report(lead, action, status=S.DONE)
    verify(head, action)
    assert action.status == S.COMPLETE


def test_whoever_leads_it_today_or_gave_its_evidence_may_not_verify_it(plan, lead, head):
    action = factories.action(plan)
    report(lead, action, status=S.DONE, evidence="Minutes")
    leader, author = (factories.user(plan.area, Role.HEAD_OF_SERVICE) for _ in range(2))
    factories.holding(action.lead, leader)
    evidence.add_evidence(by=author, action=action, description="A count")
    for person in (leader, author):
        with pytest.raises(ValidationError, match="Somebody else must verify it"):
            verify(person, action)
    former = factories.user(plan.area, Role.HEAD_OF_SERVICE)
    factories.holding(action.lead, former, start=date(2018, 1, 1), end=date(2018, 12, 31))
    verify(former, action)


def test_whoever_holds_a_supporting_post_alone_may_verify_it(plan, lead, head):
    support = factories.post(plan.area)
    factories.holding(support, head)
    action = factories.action(plan, supporting=(support,))
    report(lead, action, status=S.DONE, evidence="Minutes")
    verify(head, action)
    assert action.status == S.COMPLETE


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.HEAD_OF_SERVICE}))
def test_only_a_head_of_service_verifies(plan, role):
    action = factories.action(plan, status=S.DONE)
    with pytest.raises(PermissionDenied):
        verify(factories.user(plan.area, role), action)
    assert nothing_changed(action)


@pytest.mark.parametrize("status", sorted(set(Status) - {Status.DONE}))
def test_only_what_is_reported_as_done_can_be_verified(plan, head, status):
    action = factories.action(plan, status=status)
    with pytest.raises(ValidationError, match="only an action reported as done"):
        verify(head, action)
    assert nothing_changed(action)


def test_a_verification_says_what_was_seen(plan, head):
    action = factories.action(plan, status=S.DONE)
    with pytest.raises(ValidationError):
        verify(head, action, note="")
    assert nothing_changed(Action.objects.get(pk=action.pk))


# --- withdrawal --------------------------------------------------------------------------------


@pytest.mark.parametrize("status", sorted(set(Status) - statuses.CLOSED))
def test_an_open_action_is_withdrawn_by_a_decision(plan, lead, status):
    action = factories.action(plan, status=status)
    update = withdraw(lead, action, reason="Covered by A2. Board, 12 January.")
    action.refresh_from_db()
    assert (action.status, update.old_status) == (S.WITHDRAWN, status)
    assert update.text == "Withdrawn: Covered by A2. Board, 12 January."
    assert trail(action) == (lead.name, "withdraw action", "Covered by A2. Board, 12 January.")


@pytest.mark.parametrize("status", sorted(statuses.CLOSED))
def test_a_closed_action_cannot_be_withdrawn(plan, lead, status):
    action = factories.action(plan, status=status)
    with pytest.raises(ValidationError, match="is closed"):
        withdraw(lead, action)
    assert nothing_changed(action)


def test_a_withdrawal_needs_its_reason(plan, lead):
    action = factories.action(plan)
    with pytest.raises(ValidationError, match="Say why it is withdrawn"):
        withdraw(lead, action, reason=" ")
    assert nothing_changed(action)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.HEAD_OF_SERVICE, Role.PERFORMANCE_LEAD}))
def test_only_those_who_keep_the_plan_withdraw(plan, role):
    person = factories.user(plan.area, role)
    post = factories.post(plan.area)
    factories.holding(post, person)
    action = factories.action(plan, lead=post)
    with pytest.raises(PermissionDenied):
        withdraw(person, action)
    assert nothing_changed(action)


# --- what was said stays said ------------------------------------------------------------------


def an_entry(kind, action):
    make = {
        Update: factories.update,
        DateChange: factories.date_change,
        Evidence: factories.evidence,
        Verification: factories.verification,
    }
    return make[kind](action)


@pytest.mark.parametrize("kind", [Update, DateChange, Evidence, Verification])
def test_an_entry_is_never_changed_or_removed(plan, kind):
    entry = an_entry(kind, factories.action(plan))
    with pytest.raises(Error), transaction.atomic():
        kind.objects.filter(pk=entry.pk).update(by="Somebody else")
    with pytest.raises(Error), transaction.atomic():
        kind.objects.filter(pk=entry.pk).delete()
    assert kind.objects.get(pk=entry.pk).by == "Somebody"


# --- plans, actions ---------------------------------------------------------------


def test_one_title_is_one_plan_of_an_area(plan, lead):
    with pytest.raises(ValidationError, match="already has a plan with this title"):
        plans.create_plan(by=lead, area=plan.area, title=plan.title, agreed_on=date(2019, 8, 6))


def test_a_plan_is_created_by_those_who_keep_it(plan, lead):
    made = plans.create_plan(
        by=lead, area=plan.area, title="The next plan", agreed_on=date(2020, 1, 15)
    )
    assert trail(made) == (lead.name, "create plan", "")
    with pytest.raises(PermissionDenied):
        plans.create_plan(
            by=factories.user(plan.area, Role.SERVICE_MANAGER),
            area=plan.area,
            title="Another plan",
            agreed_on=date(2020, 1, 15),
        )


def add(by, plan, **facts):
    facts = {
        "indicator": factories.quality_indicator(factories.framework(())),
        "lead": factories.post(plan.area),
        "reference": "A1",
        "sequence": 1,
        "text": "See people on the day",
        "timescale": "July 2019 onwards",
        "added_on": date(2019, 8, 6),
        "evidence_expected": "Figures",
        **facts,
    }
    return actions.add_action(by=by, plan=plan, **facts)


def test_an_action_is_added_with_its_links_not_started_and_due_at_first_when_agreed(plan, lead):
    found = factories.inspection(plan.area)
    message = factories.key_message(found)
    support = factories.post(plan.area)
    action = add(
        lead,
        plan,
        supporting=[support],
        key_messages=[message],
        original_due=date(2020, 3, 31),
    )
    assert (action.status, action.version) == (S.NOT_STARTED, 1)
    assert action.original_due == action.due == date(2020, 3, 31)
    assert (list(action.supporting.all()), list(action.key_messages.all())) == (
        [support],
        [message],
    )
    assert trail(action) == (lead.name, "add action", "")


def test_an_action_is_added_whole_or_not_at_all(plan, lead):
    with pytest.raises(ValidationError, match="cannot be blank"):
        add(lead, plan, text="")
    with pytest.raises(Error), transaction.atomic():
        add(lead, plan, supporting=[factories.post(factories.area())])
    assert not Action.objects.exists()
    add(lead, plan)
    with pytest.raises(ValidationError, match="already has an action with this reference"):
        add(lead, plan)


def test_an_action_is_linked_to_what_it_answers_and_should_move(plan, lead):
    action = factories.action(plan)
    answer = factories.recommendation(factories.inspection(plan.area))
    measure = factories.kpi(plan.area)
    actions.link_action(by=lead, action=action, recommendations=[answer], kpis=[measure])
    assert list(action.recommendations.all()) == [answer]
    assert list(action.kpis.all()) == [measure]
    event = AuditEvent.objects.filter(table_name="plans_kpilink").first()
    assert (event.actor_name, event.verb) == (lead.name, "link action")
    actions.link_action(by=lead, action=action, recommendations=[answer])
    assert not action.kpis.exists()
    with pytest.raises(PermissionDenied):
        actions.link_action(by=factories.user(plan.area, Role.SERVICE_MANAGER), action=action)


def test_a_holding_is_judged_on_the_day_that_the_clock_says(plan, manager):
    post = factories.post(plan.area)
    factories.holding(post, manager, start=date(2020, 2, 1))
    action = factories.action(plan, lead=post)
    assert Holding.objects.count() == 1
    assert not entering.may_update(manager, action)
    with clock.hold(date(2020, 2, 1)):
        assert entering.may_update(manager, action)
