"""What an action says: how it is put otherwise, taken out of a draft, and ended early."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from management.access import Role
from management.models import AuditEvent, Post
from management.versions import Stale
from plans.forms.wording import DueField
from plans.models import Action, Plan, Revision, Task
from plans.services import actions, advising, drafting, progress
from plans.states import PlanState
from plans.statuses import Status
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
S = Status


@pytest.fixture
def area():
    return factories.area()


@pytest.fixture
def lead(area):
    return factories.user(area, Role.PERFORMANCE_LEAD)


@pytest.fixture
def draft(area):
    return factories.plan(area, state=PlanState.DRAFT)


@pytest.fixture
def plan(area):
    return factories.plan(area)


@pytest.fixture
def action(plan):
    return factories.action(plan, reference="A1", text="Improve things", status=S.ON_TRACK)


@pytest.fixture
def drafted(draft):
    return factories.action(draft, reference="A1", text="Improve things")


def edit(by, action, **facts):
    return actions.edit_action(by=by, action=action, version=action.version, **facts)


def trail(row):
    event = AuditEvent.objects.of_row(row).first()
    return event.actor_name, event.verb, event.reason


# --- put otherwise -------------------------------------------------------------------------------


def test_in_a_draft_everything_is_put_otherwise_without_an_entry(drafted, lead):
    due = date(2020, 6, 30)
    assert edit(lead, drafted, reference="B7", text="See all in 5 days", original_due=due) == []
    now = Action.objects.get()
    assert (now.reference, now.text) == ("B7", "See all in 5 days")
    assert {now.original_due, now.due, now.late_after} == {due}
    assert not Revision.objects.exists()
    edit(lead, drafted, original_due=None)
    assert {drafted.original_due, drafted.due, drafted.late_after} == {None}
    assert trail(drafted) == (lead.name, "edit action", "")


def test_after_approval_each_changed_field_is_an_entry_with_both_wordings_and_the_reason(
    action, lead, today
):
    new, old = factories.post(action.area, "New lead"), action.lead
    helper = factories.post(action.area, "Helper")
    made = edit(
        lead,
        action,
        reason=" It said too little ",
        text="See all people in 5 days",
        evidence_expected=action.evidence_expected,
        lead=new,
        supporting=[helper, new],
    )
    told = {row.field: (row.old, row.new) for row in made}
    assert told == {
        "text": ("Improve things", "See all people in 5 days"),
        "lead": (str(old), "New lead"),
        "supporting": ("", "Helper"),  # the lead is not its own supporter
    }
    assert {(row.by, row.on, row.reason) for row in made} == {
        (lead.name, today, "It said too little")
    }
    assert trail(action)[2] == "It said too little"
    assert list(Revision.objects.values_list("field", flat=True)) == list(told)


def test_what_is_put_as_it_was_needs_no_reason_and_leaves_no_entry(action, lead):
    assert edit(lead, action, text=action.text, timescale="") == []
    assert not Revision.objects.exists()


def test_what_is_refused_changes_nothing_at_all(action, lead):
    with pytest.raises(ValidationError, match="Say why it is put otherwise") as refusal:
        edit(lead, action, text="Other", supporting=[factories.post(action.area)], reason=" ")
    assert set(refusal.value.message_dict) == {"reason"}
    now = Action.objects.get()
    assert (now.text, now.version, now.supporting.count()) == ("Improve things", 1, 0)


@pytest.mark.parametrize("name", ["reference", "original_due"])
def test_reference_and_first_date_stay_once_the_plan_is_approved(name, action, lead):
    with pytest.raises(ValidationError, match="After the plan is approved") as refusal:
        edit(lead, action, reason="Why", **{name: None})
    assert set(refusal.value.message_dict) == {name}


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"reference": "b2"}, "reference"),
        ({"text": ""}, "text"),
        ({"original_due": date(2018, 9, 15)}, "original_due"),
        ({"original_due": date(2091, 1, 1)}, "original_due"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(facts, field, draft, drafted, lead):
    factories.action(draft, reference="B2")
    with pytest.raises(ValidationError) as refusal:
        edit(lead, drafted, **facts)
    assert set(refusal.value.message_dict) == {field}
    assert Action.objects.get(pk=drafted.pk).version == 1


@pytest.mark.parametrize(
    ("state", "status", "said"),
    [
        (PlanState.CLOSED, S.ON_TRACK, "The plan is closed: its actions stay as they are"),
        (PlanState.IN_PROGRESS, S.WITHDRAWN, "Action A1 is closed: it stays as it is"),
    ],
)
def test_what_is_closed_is_not_put_otherwise(state, status, said, action, lead):
    Action.objects.update(status=status)
    Plan.objects.update(state=state)
    with pytest.raises(ValidationError, match=said):
        edit(lead, action, text="Other", reason="Why")


def test_an_older_version_is_said_before_anything_else_that_is_wrong(action, lead):
    Action.objects.update(version=2)
    with pytest.raises(Stale):
        edit(lead, action, text="Other")


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.PERFORMANCE_LEAD, Role.HEAD_OF_SERVICE}))
def test_only_those_who_keep_the_plan_change_what_it_says(role, area, action, drafted):
    person = factories.user(area, role)
    factories.holding(action.lead, person)
    for deed in (
        lambda: edit(person, action, text="Other"),
        lambda: drafting.redraft_action(by=person, action=action, version=1, lead=action.lead),
        lambda: actions.remove_action(by=person, action=drafted, version=1),
        lambda: progress.supersede_action(
            by=person, action=action, version=1, successor=drafted, reason="Why"
        ),
    ):
        with pytest.raises(PermissionDenied):
            deed()


def test_a_new_post_leads_it_or_is_not_made_at_all(action, lead):
    facts = {"by": lead, "action": action, "new_post": " Data Lead ", "organisation": "Board"}
    with pytest.raises(ValidationError, match="Say why"):
        drafting.redraft_action(**facts, version=1)
    assert not Post.objects.filter(title="Data Lead").exists()
    [made] = drafting.redraft_action(**facts, version=1, reason="They have the figures")
    assert (made.field, made.new) == ("lead", "Data Lead (Board)")
    assert action.lead == Post.objects.get(title="Data Lead")


def test_an_action_that_is_added_after_approval_says_why(plan, action, lead):
    def add(to, reference, **facts):
        return drafting.draft_action(
            by=lead,
            plan=to,
            lead=action.lead,
            indicator=action.indicator,
            reference=reference,
            text="Do more",
            evidence_expected="Figures",
            original_due=None,
            timescale="July 2019 onwards",
            added_on=date(2020, 1, 15),
            **facts,
        )

    made = add(plan, "A9", reason="The review asked for it")
    entry = made.revisions.get()
    assert (entry.field, entry.new, entry.reason) == ("added", "Do more", "The review asked for it")
    assert (made.due, made.timescale) == (None, "July 2019 onwards")
    drafted = add(factories.plan(plan.area, state=PlanState.DRAFT), "A9")
    assert not drafted.revisions.exists()


# --- taken out of a draft ------------------------------------------------------------------------


def test_an_action_is_taken_out_of_a_draft_with_its_parts_and_the_trail_keeps_it(drafted, lead):
    other = factories.action(drafted.plan)
    factories.dependency(drafted, other)
    factories.task(drafted)
    drafted.kpis.set([factories.kpi(drafted.area)], through_defaults={"area": drafted.area})
    key = drafted.pk
    actions.remove_action(by=lead, action=drafted, version=1)
    assert list(Action.objects.all()) == [other]
    assert not Task.objects.exists()
    event = AuditEvent.objects.filter(table_name="plans_action", row_id=str(key)).first()
    assert (event.actor_name, event.verb) == (lead.name, "remove action")
    assert "Improve things" in event.old


def test_what_stands_in_an_approved_plan_is_not_taken_out(action, lead):
    with pytest.raises(ValidationError, match="withdrawn by a decision, and stays listed"):
        actions.remove_action(by=lead, action=action, version=1)


@pytest.mark.parametrize("what", ["note", "successor"])
def test_what_something_hangs_on_is_not_taken_out_and_loses_nothing(what, drafted, action, lead):
    if what == "note":
        factories.note(drafted)
    else:
        Action.objects.filter(pk=action.pk).update(superseded_by=drafted)
    factories.task(drafted)
    with pytest.raises(ValidationError, match="Action A1 stays: somebody has written about it"):
        actions.remove_action(by=lead, action=drafted, version=1)
    assert drafted.tasks.count() == 1
    assert Action.objects.get(pk=drafted.pk).version == 1


def test_what_has_changed_since_it_was_read_is_not_taken_out(drafted, lead):
    Action.objects.update(version=2)
    with pytest.raises(Stale):
        actions.remove_action(by=lead, action=drafted, version=1)
    assert Action.objects.exists()


# --- ended early ---------------------------------------------------------------------------------


def supersede(by, action, successor, reason="It is wider"):
    return progress.supersede_action(
        by=by, action=action, version=action.version, successor=successor, reason=reason
    )


def test_another_action_takes_its_place_and_the_thread_says_so(plan, action, lead):
    other = factories.action(plan, reference="B2", status=S.COMPLETE)
    entry = supersede(lead, action, other)
    assert (action.status, action.superseded_by) == (S.SUPERSEDED, other)
    assert (entry.old_status, entry.text) == (S.ON_TRACK, "Superseded by B2: It is wider")
    assert trail(action) == (lead.name, "supersede action", "It is wider")


@pytest.mark.parametrize("what", ["itself", "another area's", "withdrawn", "superseded"])
def test_some_actions_cannot_take_its_place(what, plan, action, lead):
    successor = {
        "itself": lambda: action,
        "another area's": lambda: factories.action(factories.plan(factories.area())),
        "withdrawn": lambda: factories.action(plan, status=S.WITHDRAWN),
        "superseded": lambda: factories.action(plan, status=S.SUPERSEDED),
    }[what]()
    with pytest.raises(ValidationError) as refusal:
        supersede(lead, action, successor)
    assert set(refusal.value.message_dict) == {"successor"}
    assert Action.objects.get(pk=action.pk).status == S.ON_TRACK


def test_two_actions_do_not_take_each_others_place(plan, action, lead):
    other = factories.action(plan)
    supersede(lead, action, other)
    with pytest.raises(ValidationError, match="is itself superseded"):
        supersede(lead, other, action)


def withdraw(by, action, reason="No", decision="Board, item 3"):
    return progress.withdraw_action(
        by=by, action=action, version=action.version, reason=reason, decision=decision
    )


def test_a_withdrawal_names_who_decided_it(action, lead):
    with pytest.raises(ValidationError) as refusal:
        withdraw(lead, action, reason=" ", decision=" ")
    assert set(refusal.value.message_dict) == {"reason", "decision"}
    assert withdraw(lead, action).decision == "Board, item 3"
    assert action.status == S.WITHDRAWN


def test_nothing_ends_early_in_a_draft_or_twice(plan, action, drafted, lead):
    other = factories.action(plan)
    for deed in (lambda row: withdraw(lead, row), lambda row: supersede(lead, row, other)):
        with pytest.raises(ValidationError, match="change the action, or take it out"):
            deed(drafted)
    withdraw(lead, action)
    for deed in (lambda row: withdraw(lead, row), lambda row: supersede(lead, row, other)):
        with pytest.raises(ValidationError, match="Action A1 is closed"):
            deed(action)


# --- advice on what is being written -------------------------------------------------------------


def asked(plan, **facts):
    words = {
        "text": "Report every month how many people were seen in 1 day",
        "evidence_expected": "The report",
        "due": date(2020, 3, 31),
        "timescale": "",
        "lead": None,
        "new_post": "",
        "organisation": "",
        "kpis": [],
    }
    return [one.code for one in advising.advice_on_words(plan=plan, **{**words, **facts})]


def test_words_are_judged_with_the_holder_the_kpis_and_the_end_of_the_plan(area, lead):
    plan = factories.plan(area, ends_on=date(2020, 2, 28))
    post, due = factories.post(area, "Manager"), {"due": date(2020, 2, 1)}
    assert asked(plan, **due, lead=post) == ["not_held"]
    factories.holding(post, lead)
    assert asked(plan, **due, lead=post) == []
    assert asked(plan, lead=post) == ["after_plan"]
    assert asked(plan, **due) == ["no_lead"]
    assert asked(plan, **due, new_post="Data Lead") == ["not_held"]
    assert asked(plan, **due, new_post="Data Lead", organisation="Police Scotland") == []
    bare = factories.kpi(area)
    unmeasured = {"lead": post, "evidence_expected": "", **due}
    assert asked(plan, **unmeasured, kpis=[bare]) == ["half_measure"]
    known = factories.kpi(area, months=3)
    factories.target(known)
    assert asked(plan, **unmeasured, kpis=[bare, known]) == []


# --- a date as people write it -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("31 3 2020", date(2020, 3, 31)),
        ("15/1/20", date(2020, 1, 15)),
        ("2020-03-31", date(2020, 3, 31)),
        ("March 2020", date(2020, 3, 31)),
        ("by the end of feb 2020", date(2020, 2, 29)),
        ("", None),
    ],
)
def test_a_month_is_its_last_day(typed, day):
    assert DueField("Due date", "").clean(typed) == day


@pytest.mark.parametrize("typed", ["March", "July 2019 onwards", "31 2 2020", "soon", "2020"])
def test_what_would_be_a_guess_is_no_date(typed):
    with pytest.raises(ValidationError, match="This is not a date that can be read"):
        DueField("Due date", "").clean(typed)
