"""The life of a plan: every move, who may make it, what it refuses, and what it leaves."""

import itertools
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from hypothesis import given
from hypothesis import strategies as st

from management import clock
from management.access import Role
from management.models import AuditEvent
from management.versions import Stale
from plans.models import Acceptance, Action, PlanMove, Residual
from plans.services import actions, dates, due_dates, evidence, links, plans, progress
from plans.services.advising import standing_advice
from plans.states import PLAN_MEANINGS, PLAN_MOVES, PlanState, plan_moves
from plans.statuses import Status
from tests import factories

P, S = PlanState, Status
TODAY = date(2020, 1, 15)
SENT = date(2020, 1, 14)
KEEPERS = {Role.PERFORMANCE_LEAD, Role.HEAD_OF_SERVICE}

# Written by hand, and apart from PLAN_MOVES: "inspected" only for a plan that answers an
# inspection, "other" only for one that does not.
TABLE = """
               draft approved   submitted in_progress closed
  draft        -     always     -         -           -
  approved     -     -          inspected other       -
  submitted    -     -          -         always      -
  in_progress  -     -          -         -           always
  closed       -     -          -         -           -
"""
HEAD, *LINES = TABLE.strip().splitlines()
EXPECTED = {
    (line.split()[0], new): answer
    for line in LINES
    for new, answer in zip(HEAD.split(), line.split()[1:], strict=True)
}


def allowed(old, new, inspected):
    return EXPECTED[old, new] in {"always", "inspected" if inspected else "other"}


def test_the_table_here_is_about_every_pair_and_every_state_has_a_meaning():
    assert set(EXPECTED) == set(itertools.product(P.values, repeat=2))
    assert set(PLAN_MEANINGS) == set(PLAN_MOVES) == set(P)


@given(st.lists(st.sampled_from(P)), st.booleans())
def test_no_sequence_of_moves_reaches_a_state_that_the_table_forbids(wanted, inspected):
    state, was = P.DRAFT, [P.DRAFT]
    for new in wanted:
        assert (new in plan_moves(state, inspected=inspected)) == allowed(state, new, inspected)
        if new in plan_moves(state, inspected=inspected):
            state = new
            was.append(new)
    assert len(was) == len(set(was))  # nothing is ever undone, so there is no way back
    assert inspected or P.SUBMITTED not in was
    if P.IN_PROGRESS in was and inspected:
        assert P.SUBMITTED in was
    assert P.CLOSED not in was or was[-2:] == [P.IN_PROGRESS, P.CLOSED]


# --- from here on, with the database --------------------------------------------------------------

walked = pytest.mark.django_db


@pytest.fixture
def area():
    return factories.area("Angus")


@pytest.fixture
def head(area):
    return factories.user(area, Role.HEAD_OF_SERVICE, name="Morag Lennox")


@pytest.fixture
def lead(area):
    return factories.user(area, Role.PERFORMANCE_LEAD, name="Fiona Adair")


@pytest.fixture
def plan(area, today):
    """In whichever state a test wants; it answers an inspection and has one sound action."""

    def make(state=P.DRAFT, *, inspected=True, **facts):
        found = factories.inspection(area, plan_due_on=date(2020, 1, 10)) if inspected else None
        made = factories.plan(area, found, state=state, **{"agreed_on": TODAY, **facts})
        sound(made)
        return made

    return make


def sound(plan, **facts):
    """An action of which the SMART check has nothing to say."""
    post = factories.post(plan.area)
    factories.holding(post, factories.user(plan.area, Role.SERVICE_MANAGER))
    facts.setdefault("text", "See 9 in 10 people within five working days")
    return factories.action(plan, lead=post, **facts)


def doubtful(plan, **facts):
    """One of which it has: nobody holds its post."""
    facts.setdefault("text", "See people within 5 days")
    return factories.action(plan, **facts)


def approve(by, plan, **facts):
    facts = {"mark": plans.mark_of(plan.actions.all()), "version": plan.version} | facts
    facts.setdefault("accepted", {})
    return plans.approve_plan(by=by, plan=plan, **facts)


def submit(by, plan, **facts):
    return plans.submit_plan(by=by, plan=plan, **{"version": plan.version, "on": TODAY} | facts)


def begin(by, plan, **facts):
    return plans.begin_plan(by=by, plan=plan, **{"version": plan.version} | facts)


def close(by, plan, **facts):
    rows = list(plan.actions.all())
    facts = {"mark": plans.mark_of(rows), "version": plan.version} | facts
    facts.setdefault("decision", "HSCP Board, 15 January 2020, item 7")
    facts.setdefault("homes", {row.pk: "Service plan 2020" for row in rows})
    return plans.close_plan(by=by, plan=plan, **facts)


STEPS = {P.APPROVED: approve, P.SUBMITTED: submit, P.IN_PROGRESS: begin, P.CLOSED: close}
VERBS = {
    P.APPROVED: "approve plan",
    P.SUBMITTED: "submit plan",
    P.IN_PROGRESS: "begin plan",
    P.CLOSED: "close plan",
}


@walked
@pytest.mark.parametrize("inspected", [True, False], ids=["inspected", "other"])
@pytest.mark.parametrize("old", P)
def test_each_step_is_made_or_refused_as_the_table_says_and_leaves_who_and_when(
    plan, head, old, inspected
):
    for new, step in STEPS.items():
        row = plan(old, inspected=inspected)
        if allowed(old, new, inspected):
            step(head, row, text="As agreed")
            row.refresh_from_db()
            move = row.moves.get()
            assert (row.state, row.version) == (new, 2)
            assert (move.old, move.new, move.by, move.on) == (old, new, "Morag Lennox", TODAY)
            assert (move.text, move.author) == ("As agreed", head)
            event = AuditEvent.objects.of_row(row).first()
            assert (event.actor_name, event.verb) == ("Morag Lennox", VERBS[new])
        else:
            with pytest.raises(
                ValidationError, match=f"The plan is {P(old).label.lower()}: it"
            ) as caught:
                step(head, row)
            unsent = (old, new, inspected) == (P.APPROVED, P.IN_PROGRESS, True)
            assert ("record first that it was sent" in str(caught.value)) == unsent
            row.refresh_from_db()
            assert (row.state, row.moves.count()) == (old, 0)


@walked
@pytest.mark.parametrize(
    ("old", "new", "may"),
    [
        (P.DRAFT, P.APPROVED, {Role.HEAD_OF_SERVICE}),
        (P.APPROVED, P.SUBMITTED, KEEPERS),
        (P.SUBMITTED, P.IN_PROGRESS, KEEPERS),
        (P.IN_PROGRESS, P.CLOSED, KEEPERS),
    ],
)
def test_each_step_is_for_those_who_may_alone(plan, area, old, new, may):
    row = plan(old)
    for role in set(Role) - may:
        with pytest.raises(PermissionDenied):
            STEPS[new](factories.user(area, role), row)
    stranger = factories.user(factories.area(), Role.HEAD_OF_SERVICE)
    with pytest.raises(PermissionDenied):
        STEPS[new](stranger, row)
    assert not PlanMove.objects.exists()
    for role in may:
        STEPS[new](factories.user(area, role), plan(old))


@walked
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (P.DRAFT, P.APPROVED),
        (P.APPROVED, P.SUBMITTED),
        (P.SUBMITTED, P.IN_PROGRESS),
        (P.IN_PROGRESS, P.CLOSED),
    ],
)
def test_a_plan_that_has_changed_since_it_was_read_does_not_move(plan, head, old, new):
    row = plan(old)
    with pytest.raises(Stale):
        STEPS[new](head, row, version=7)
    row.refresh_from_db()
    assert (row.state, PlanMove.objects.count(), Residual.objects.count()) == (old, 0, 0)
    assert row.actions.get().status == S.NOT_STARTED


@walked
@pytest.mark.parametrize(("old", "new"), [(P.DRAFT, P.APPROVED), (P.IN_PROGRESS, P.CLOSED)])
def test_nor_does_one_whose_actions_are_others_than_were_read(plan, head, old, new):
    row = plan(old)
    first = row.actions.get()
    mark = plans.mark_of([first])
    Action.objects.filter(pk=first.pk).update(version=2)
    with pytest.raises(Stale):
        STEPS[new](head, row, mark=mark)
    changed = plans.changed_since(mark, row.actions.all())
    assert changed == plans.Changed(new=set(), otherwise={first.pk}, gone=0)
    second = sound(row)
    changed = plans.changed_since(f"{mark},999999:1", row.actions.all())
    assert changed == plans.Changed(new={second.pk}, otherwise={first.pk}, gone=1)
    for junk in ("", "junk", ":", "a:b:c,,", f"{first.pk}:x"):
        with pytest.raises(Stale):
            STEPS[new](head, row, mark=junk)
        assert plans.changed_since(junk, [second]).new == {second.pk}


# --- approving ------------------------------------------------------------------------------------


@walked
def test_a_plan_without_actions_is_not_approved(area, head, today):
    empty = factories.plan(area, state=P.DRAFT)
    with pytest.raises(ValidationError, match="has no actions yet: there is nothing to approve"):
        approve(head, empty)


@walked
def test_nothing_is_agreed_on_a_day_that_has_not_come(plan, head, lead):
    row = plan(agreed_on=date(2020, 1, 16))
    with pytest.raises(ValidationError, match=r"16 January 2020, a day that has not come yet\."):
        approve(head, row)
    with pytest.raises(ValidationError, match="Change that day first, or wait for it"):
        plans.record_agreement(by=lead, plan=row, version=1, decision="Board, item 3")
    row.refresh_from_db()
    assert row.is_draft and not PlanMove.objects.exists()
    with clock.hold(date(2020, 1, 16)):
        assert approve(head, row).new == P.APPROVED


@walked
def test_every_piece_of_advice_that_stands_is_accepted_for_a_reason_and_kept(plan, head):
    row = plan()
    action = doubtful(row, reference="B7", text="Improve things")
    first, second = standing_advice(row)
    assert {first.reference, second.reference} == {"B7"}
    for reasons in ({}, {first: "Agreed so"}, {first: "Agreed so", second: "  "}):
        with pytest.raises(ValidationError, match=r"^..Action B7: .*or say why it stands"):
            approve(head, row, accepted=reasons)
    assert not Acceptance.objects.exists()
    row.refresh_from_db()
    assert row.is_draft
    approve(head, row, accepted={first: " Agreed so ", second: "The post is advertised"})
    assert [(a.action, a.sentence, a.reason, a.by) for a in Acceptance.objects.order_by("id")] == [
        (action, first.sentence, "Agreed so", head.name),
        (action, second.sentence, "The post is advertised", head.name),
    ]
    assert standing_advice(row) == []


@walked
def test_a_withdrawn_action_needs_no_reason(plan, head):
    row = plan()
    doubtful(row, status=S.WITHDRAWN)
    assert approve(head, row).new == P.APPROVED


@walked
def test_a_draft_is_written_freely_and_what_is_approved_is_revised_with_a_reason(plan, head, lead):
    row = plan()
    action = row.actions.get()
    actions.edit_action(by=lead, action=action, version=1, text="See all people in 5 days")
    with pytest.raises(ValidationError, match="The plan is a draft: progress is reported once"):
        report(lead, action)
    approve(head, row)
    action = Action.objects.get()
    with pytest.raises(ValidationError, match="Say why it is put otherwise"):
        actions.edit_action(by=lead, action=action, version=action.version, text="Other words")
    with pytest.raises(ValidationError, match="After the plan is approved this stays as it is"):
        actions.edit_action(by=lead, action=action, version=action.version, reference="Z")


def report(by, action, **facts):
    facts = {"status": S.ON_TRACK, "text": "Half way", "version": action.version} | facts
    return progress.post_update(by=by, action=action, **facts)


# --- submitting and beginning ---------------------------------------------------------------------


@walked
@pytest.mark.parametrize(
    ("on", "said"),
    [
        (date(2020, 1, 16), "It cannot have been sent on a day that has not come yet"),
        (date(2020, 1, 13), "It was agreed on 14 January 2020, and not sent before"),
    ],
)
def test_a_plan_is_sent_after_it_was_agreed_and_not_in_days_to_come(plan, head, on, said):
    row = plan(agreed_on=SENT)
    with clock.hold(SENT):
        approve(head, row)
    with pytest.raises(ValidationError, match=said) as caught:
        submit(head, row, on=on)
    assert list(caught.value.message_dict) == ["on"]
    assert submit(head, row, on=SENT).on == SENT


@walked
def test_a_plan_that_was_agreed_and_sent_before_it_was_entered_keeps_its_day(area, head, today):
    found = factories.inspection(area, plan_due_on=date(2019, 9, 17))
    old = factories.plan(area, found, state=P.DRAFT, agreed_on=date(2019, 9, 10))
    sound(old)
    approve(head, old)
    with pytest.raises(ValidationError, match="agreed on 10 September 2019, and not sent before"):
        submit(head, old, on=date(2019, 9, 9))
    submit(head, old, on=date(2019, 9, 12))
    found_sent, said = dates.standing(found, on=TODAY)
    assert found_sent == dates.Sent(old.pk, old.title, date(2019, 9, 12))
    assert said == "Submitted on 12 September 2019, 5 days before the deadline"


@walked
def test_the_deadline_is_met_by_the_plan_that_was_submitted_first(area, plan, head):
    first, second = plan(P.APPROVED), plan(P.APPROVED)
    found = first.inspection
    type(second).objects.filter(pk=second.pk).update(inspection=found)
    assert dates.late([found], on=TODAY) == [found]
    assert dates.standing(found, on=TODAY) == (None, "Not submitted: 5 days late")
    submit(head, second, version=1)
    with clock.hold(tomorrow := date(2020, 1, 16)):
        submit(head, first, on=tomorrow)
    sent, said = dates.standing(found, on=tomorrow)
    assert (sent.plan, said) == (second.pk, "Submitted on 15 January 2020, 5 days late")
    assert dates.late([found], on=TODAY) == []
    with_no_day = factories.inspection(area, plan_due_on=date(2020, 1, 10))
    old = factories.plan(area, with_no_day, actions=1)  # from before plans had states
    for _ in ("while it goes on", "once it is closed"):
        sent, said = dates.standing(with_no_day, on=TODAY)
        assert (sent.on, said) == (
            None,
            "Answered; the day on which it was submitted was not recorded",
        )
        if not old.is_closed:
            close(head, old)


@walked
@pytest.mark.parametrize(
    ("old", "inspected", "begins"),
    [(P.APPROVED, False, True), (P.SUBMITTED, True, True), (P.APPROVED, True, False)],
)
def test_the_first_update_begins_a_plan_that_waits_for_nothing_else(
    plan, lead, old, inspected, begins
):
    row = plan(old, inspected=inspected)
    report(lead, row.actions.get())
    row.refresh_from_db()
    assert row.state == (P.IN_PROGRESS if begins else old)
    assert [move.text for move in row.moves.all()] == ["Its first update was posted."] * begins


# --- closing --------------------------------------------------------------------------------------


@walked
def test_a_plan_closes_by_a_decision_and_what_is_left_has_a_home(plan, head):
    row = plan(P.IN_PROGRESS)
    left = row.actions.get()
    complete = sound(row, status=S.COMPLETE)
    with pytest.raises(ValidationError) as caught:
        close(head, row, decision=" ")
    assert list(caught.value.message_dict) == ["decision"]
    for homes in ({}, {left.pk: "  "}, {complete.pk: "Elsewhere"}, {left.pk: "?"}):
        with pytest.raises(ValidationError, match=f"remaining work of action {left.reference} goe"):
            close(head, row, homes=homes)
    assert not Residual.objects.exists()
    close(head, row, homes={left.pk: " Service plan 2020 "})
    left.refresh_from_db()
    complete.refresh_from_db()
    assert (left.status, complete.status) == (S.WITHDRAWN, S.COMPLETE)
    assert [(r.action, r.home) for r in Residual.objects.all()] == [(left, "Service plan 2020")]
    told = left.updates.get()
    assert told.text == "Withdrawn as the plan closes. What remains goes on in: Service plan 2020"
    assert told.decision == row.moves.get().decision == "HSCP Board, 15 January 2020, item 7"


@walked
def test_what_waits_to_be_verified_keeps_a_plan_open(plan, head):
    row = plan(P.IN_PROGRESS)
    sound(row, status=S.DONE, reference="B9")
    with pytest.raises(ValidationError, match="Action B9 waits to be verified: verify it or send"):
        close(head, row)


@walked
def test_nothing_of_a_closed_plan_changes(plan, head):
    row = plan(P.IN_PROGRESS)
    close(head, row)
    action, measure = row.actions.get(), factories.kpi(row.area)
    found = factories.recommendation(row.inspection)
    action.recommendations.set([found], through_defaults={"area": row.area})
    before = AuditEvent.objects.count()
    tries = {
        "edit_plan": lambda: edit(head, row, title="Other"),
        "report": lambda: report(head, action),
        "word": lambda: actions.edit_action(by=head, action=action, version=2, text="Other"),
        "move": lambda: due_dates.move_date(
            by=head, action=action, version=2, new=date(2020, 6, 1), reason="Later"
        ),
        "withdraw": lambda: progress.withdraw_action(
            by=head, action=action, version=2, reason="No", decision="Board"
        ),
        "evidence": lambda: evidence.add_evidence(by=head, action=action, description="Minutes"),
        "link": lambda: links.choose_actions(by=head, row=found, shown=[action.pk], actions=[]),
        "measure": lambda: links.choose_kpis(by=head, action=action, shown=[], kpis=[measure]),
        "approve": lambda: approve(head, row),
    }
    for name, attempt in tries.items():
        with pytest.raises(ValidationError, match="closed"):
            attempt()
            pytest.fail(name)
    assert AuditEvent.objects.count() == before


# --- what the plan says of itself -----------------------------------------------------------------


def edit(by, plan, **facts):
    return plans.edit_plan(by=by, plan=plan, version=plan.version, **facts)


@walked
def test_what_the_plan_says_of_itself_is_changed_by_those_who_keep_it(plan, area, lead):
    row, other = plan(), factories.plan(area, title="Taken")
    edit(lead, row, title="New", ends_on=date(2021, 3, 31), dates_need_approval=True, source="004")
    row.refresh_from_db()
    assert (row.title, row.ends_on, row.source) == ("New", date(2021, 3, 31), "004")
    assert (row.dates_need_approval, row.version) == (True, 2)
    event = AuditEvent.objects.of_row(row).first()
    assert (event.actor_name, event.verb) == (lead.name, "edit plan")
    for facts, field in (
        ({"title": other.title}, "__all__"),
        ({"title": ""}, "title"),
        ({"ends_on": TODAY}, "ends_on"),
        ({"ends_on": date(2091, 3, 31)}, "ends_on"),
        ({"agreed_on": date(1919, 1, 1)}, "agreed_on"),
    ):
        with pytest.raises(ValidationError) as caught:
            edit(lead, row, **facts)
        assert list(caught.value.message_dict) == [field], facts
    for role in set(Role) - KEEPERS:
        with pytest.raises(PermissionDenied):
            edit(factories.user(area, role), row, title="Mine")
    with pytest.raises(Stale):
        plans.edit_plan(by=lead, plan=row, version=1, title="Late")
    with pytest.raises(TypeError):
        edit(lead, row, state=P.CLOSED)


@walked
def test_the_day_of_agreement_stays_once_the_plan_is_approved(plan, lead):
    row = plan(P.APPROVED)
    edit(lead, row, title="New", agreed_on=row.agreed_on)
    with pytest.raises(ValidationError, match="The plan is approved: this day stays as it is"):
        edit(lead, row, agreed_on=SENT)
