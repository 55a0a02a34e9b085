"""What a pack tells of a plan that changed: each recorded change once, and the words of the day."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance import changed, packs, wording
from governance.packs.actions import wording_then
from kpis.periods import quarter
from management import clock
from management.access import Role
from plans.models import Revision
from plans.services import actions, due_dates, links, plans, progress
from plans.services.advising import standing_advice
from plans.states import PlanState
from plans.statuses import Status
from tests import factories

SUMMER, AUTUMN = quarter(date(2019, 7, 1)), quarter(date(2019, 10, 1))
WINTER = quarter(date(2020, 1, 1))
QUARTERS = (SUMMER, AUTUMN, WINTER)
S = Status


def noon(day):
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def entry(on):
    """Of that day, and written down on it."""
    return {"on": on, "recorded_at": noon(on)}


@pytest.fixture
def area(db):
    return factories.area()


@pytest.fixture
def plan(area):
    return factories.plan(area, title="Our plan")


@pytest.fixture
def body(plan):
    return factories.body(plan)


def gather(body, period=AUTUMN, as_at=None):
    as_at = as_at or period.end + timedelta(15)
    facts = {"start": period.start, "end": period.end, "as_at": as_at}
    return packs.gather(factories.pack(body, **facts, edition=body.packs.count() + 1))


def row(content, action):
    return next(r for r in content.actions if r.reference == action.reference)


def told(content):
    return [(c.kind, c.action, c.what, c.old, c.new) for c in content.changes]


# --- the life of a plan, through the services ----------------------------------------------------


@pytest.fixture
def people(area):
    roles = {"lead": Role.PERFORMANCE_LEAD, "head": Role.HEAD_OF_SERVICE}
    return {name: factories.user(area, role, name=name) for name, role in roles.items()}


@pytest.fixture
def lived(area, people):
    """A plan that answers an inspection, from its approval in summer to its closing in winter."""
    guide = factories.framework(("1.1", "5.2"))
    found = factories.inspection(area, guide)
    facts = {"state": PlanState.DRAFT, "dates_need_approval": True, "agreed_on": date(2019, 8, 6)}
    plan = factories.plan(area, found, title="Our plan", **facts)
    one, five = guide.indicators.all()
    lead, head = people["lead"], people["head"]
    there = [
        factories.action(plan, reference=reference, indicator=one, text=f"Do {reference}")
        for reference in ("kept", "given up", "replaced")
    ]
    kept, given_up, replaced = there

    def latest(row):
        row.refresh_from_db()
        return {"action": row, "version": row.version}

    def of_plan():
        plan.refresh_from_db()
        return {"plan": plan, "version": plan.version}

    with clock.hold(date(2019, 8, 6)):
        mark = plans.mark_of(plan.actions.all())
        accepted = dict.fromkeys(plans.standing_advice(plan), "Agreed in these words")
        plans.approve_plan(by=head, **of_plan(), mark=mark, accepted=accepted)
    with clock.hold(date(2019, 9, 10)):
        plans.submit_plan(by=lead, **of_plan(), on=date(2019, 9, 9))
    with clock.hold(date(2019, 10, 1)):
        progress.post_update(
            by=head, **latest(kept), status=S.ON_TRACK, text="Begun", evidence="Rota", percent=30
        )
    with clock.hold(date(2019, 10, 21)):
        new = actions.add_action(
            by=lead,
            plan=plan,
            indicator=one,
            lead=kept.lead,
            reference="new",
            text="Do more",
            added_on=date(2019, 10, 14),
            evidence_expected="Proof",
            reason="The board asked for it",
        )
        request = due_dates.move_date(
            by=lead, **latest(kept), new=date(2020, 5, 29), reason="Vacancy"
        )
    with clock.hold(date(2019, 10, 23)):
        kept.refresh_from_db()
        due_dates.answer_date(by=head, request=request, version=kept.version, agreed=True)
    with clock.hold(date(2019, 11, 5)):
        why = {"reason": "Nobody could check it"}
        actions.edit_action(by=lead, **latest(kept), **why, text="Do it by May", indicator=five)
        progress.withdraw_action(
            by=head, **latest(given_up), reason="No money", decision="Board, item 6"
        )
        progress.supersede_action(
            by=head, **latest(replaced), successor=kept, reason="Needs the same people"
        )
        proof = kept.evidence.get()
        factories.evidence_withdrawal(proof, **entry(date(2019, 11, 5)), by="lead")
    with clock.hold(date(2020, 2, 3)):
        actions.edit_action(by=lead, **latest(kept), reason="Plain words", text="Finish by May")
    with clock.hold(date(2020, 3, 2)):
        mark = plans.mark_of(plan.actions.all())
        homes = {kept.pk: "Service plan 2021", new.pk: "Business as usual"}
        plans.close_plan(
            by=head, **of_plan(), mark=mark, decision="Board, 2 March, item 4", homes=homes
        )
    return plan


def test_each_change_stands_in_the_pack_of_its_quarter_with_its_reason_and_in_no_other(lived):
    body = factories.body(lived)
    summer, autumn, winter = (gather(body, period) for period in QUARTERS)
    assert told(summer) == [
        ("The plan", "", "State", "Draft", "Approved"),
        ("The plan", "", "State", "Approved", "Submitted to the inspectorate"),
    ]
    assert [(c.on, c.by) for c in summer.changes][1] == (date(2019, 9, 9), "lead")
    indicators = [str(i) for i in lived.inspection.framework.indicators.all()]
    assert told(autumn) == [
        ("The plan", "", "State", "Submitted to the inspectorate", "In progress"),
        ("Added", "new", "New action, counted from 14 October 2019", "", "Do more"),
        ("Reworded", "kept", "What is to be done", "Do kept", "Do it by May"),
        ("Reworded", "kept", "Quality indicator", *indicators),
        ("Withdrawn", "given up", "Status", "Not started", "Withdrawn"),
        ("Superseded", "replaced", "Status", "Not started", "Superseded by kept"),
        ("Due date moved", "kept", "Due date", "31 March 2020", "29 May 2020"),
        ("Evidence withdrawn", "kept", "Rota", "", ""),
    ]
    said = {c.kind: changed.why(c) for c in autumn.changes}
    assert said["Added"] == ["The board asked for it.", "By lead"]
    assert said["Reworded"] == ["Nobody could check it.", "By lead"]
    assert said["Withdrawn"] == ["No money.", "Decided: Board, item 6.", "By head"]
    assert said["Superseded"] == ["Needs the same people.", "By head"]
    assert said["Due date moved"] == ["Vacancy.", "By lead; agreed by head"]
    assert said["Evidence withdrawn"] == ["It was of another team.", "By lead"]
    assert told(winter)[0] == ("The plan", "", "State", "In progress", "Closed")
    assert [c[:3] for c in told(winter)[1:]] == [
        ("Reworded", "kept", "What is to be done"),
        ("Withdrawn", "kept", "Status"),
        ("Withdrawn", "new", "Status"),
    ]
    closed = winter.changes[0]
    assert closed.decision == "Board, 2 March, item 4"
    assert changed.what(closed)[-2:] == [
        "What remains of kept: Service plan 2021",
        "What remains of new: Business as usual",
    ]
    states = [content.plan_state for content in (summer, autumn, winter)]
    assert states == ["Submitted to the inspectorate", "In progress", "Closed"]


def test_an_action_has_the_words_and_the_evidence_of_the_quarters_end(lived):
    body, kept = factories.body(lived), lived.actions.get(reference="kept")
    then = [row(gather(body, period), kept) for period in QUARTERS]
    assert [r.text for r in then] == ["Do kept", "Do it by May", "Finish by May"]
    assert [r.indicator_code for r in then] == ["1.1", "5.2", "5.2"]
    one = lived.inspection.framework.indicators.first()
    assert (then[0].indicator, then[0].question) == (one.name, one.question)
    assert [r.percent for r in then] == [None, 30, 30]
    assert [r.evidence for r in then] == [(), (), ()]
    october = gather(body, AUTUMN)
    replaced = row(october, lived.actions.get(reference="replaced"))
    assert wording.status(replaced) == "Superseded by kept"
    assert row(october, lived.actions.get(reference="given up")).decision == "Board, item 6"


def test_the_counts_add_up_with_superseded_and_withdrawn_told_apart(lived):
    body = factories.body(lived)
    counts = [gather(body, period).reconciliation for period in QUARTERS]
    assert [r.difference for r in counts] == [0, 0, 0]
    assert [(r.opening, r.added, r.withdrawn, r.superseded, r.remaining) for r in counts] == [
        (0, 3, 0, 0, 3),
        (3, 1, 1, 1, 2),
        (2, 0, 2, 0, 0),
    ]


# --- what was known when -------------------------------------------------------------------------


def test_what_is_written_down_after_the_packs_moment_stays_out_of_it(body, plan):
    action, other = factories.action(plan, text="New"), factories.action(plan)
    day, late = date(2019, 12, 20), noon(date(2020, 1, 16))
    proof = factories.evidence(action, **entry(date(2019, 11, 1)))
    facts = {"on": day, "recorded_at": late}
    factories.revision(action, old="Old", **facts)
    factories.revision(other, field="added", **facts)
    factories.date_change(action, **facts)
    factories.evidence_withdrawal(proof, **facts)
    factories.plan_move(plan, old=PlanState.SUBMITTED, new=PlanState.IN_PROGRESS, **facts)
    before = gather(body, as_at=date(2020, 1, 15))
    assert (before.changes, before.plan_state) == ((), "Submitted to the inspectorate")
    [found] = before.actions
    assert (found.text, found.evidence) == ("Old", ("Minutes of the meeting",))
    after = gather(body, as_at=date(2020, 1, 16))
    kinds = ["The plan", "Added", "Reworded", "Due date moved", "Evidence withdrawn"]
    assert [c.kind for c in after.changes] == kinds
    assert (row(after, action).text, row(after, action).evidence) == ("New", ())
    assert len(after.actions) == 2


def test_an_action_that_is_written_down_late_is_new_in_the_pack_that_first_tells_of_it(body, plan):
    action = factories.action(plan, added_on=date(2019, 12, 20))
    factories.revision(action, field="added", **entry(date(2020, 1, 8)))
    assert gather(body).actions == ()
    winter = gather(body, WINTER)
    assert (row(winter, action).added, winter.reconciliation.opening) == (True, 0)
    assert [c.what for c in winter.changes] == ["New action, counted from 20 December 2019"]


def test_every_field_that_was_put_otherwise_since_is_as_it_was(body, plan):
    action = factories.action(plan, timescale="By May", supporting=(factories.post(plan.area),))
    old = {
        "text": "Improve things",
        "lead": "Former Manager",
        "supporting": "Board Secretary; Clerk",
        "evidence_expected": "Something",
        "timescale": "Soon",
        "indicator": "9.9 An indicator of another guide",
    }
    for field, text in old.items():
        factories.revision(action, field=field, old=text, **entry(date(2020, 1, 2)))
    found = row(gather(body), action)
    assert (found.text, found.lead, found.timescale) == ("Improve things", "Former Manager", "Soon")
    assert found.supporting == ("Board Secretary", "Clerk")
    assert found.evidence_expected == "Something"
    told = (found.question, found.indicator_code, found.indicator)
    assert told == ("", "9.9", "An indicator of another guide")
    assert row(gather(body, WINTER), action).text == action.text


FIELDS = ("text", "evidence_expected", "lead")
SAVES = st.lists(
    st.tuples(st.integers(0, 3), st.dictionaries(st.sampled_from(FIELDS), st.sampled_from("abc"))),
    max_size=12,
)


@given(SAVES, st.integers(-1, 40))
def test_whatever_is_saved_the_wording_of_a_day_is_what_was_saved_by_then(saves, day):
    now = dict.fromkeys(FIELDS, "a")
    then, today, revisions = dict(now), 0, []
    for wait, changes in saves:
        today += wait
        for field, text in changes.items():
            if now[field] != text:
                revisions.append(SimpleNamespace(field=field, old=now[field], on=today))
                now[field] = text
        if today <= day:
            then = dict(now)
    assert wording_then(now, revisions, lambda revision: revision.on <= day) == then


def test_withdrawn_evidence_is_held_until_the_day_of_its_withdrawal(body, plan):
    action = factories.action(plan)
    file = factories.evidence(action, file_name="audit.csv", **entry(date(2019, 11, 1)))
    factories.evidence_withdrawal(file, **entry(date(2020, 1, 2)))
    assert row(gather(body), action).evidence == ("Minutes of the meeting (audit.csv)",)
    winter = gather(body, WINTER)
    assert row(winter, action).evidence == ()
    assert [(c.action, c.what) for c in winter.changes] == [
        (action.reference, "Minutes of the meeting (audit.csv)")
    ]


def test_an_action_of_another_plan_that_takes_the_place_is_named_with_it(body, plan):
    other = factories.action(factories.plan(plan.area, title="Next"), reference="B1")
    action = factories.action(plan, superseded_by=other)
    said = "Superseded by B1: Merged"
    factories.update(action, status=S.SUPERSEDED, text=said, **entry(date(2019, 11, 1)))
    content = gather(body)
    assert row(content, action).superseded_by == "B1 of “Next”"
    assert (content.changes[0].new, content.changes[0].reason) == (
        "Superseded by B1 of “Next”",
        "Merged",
    )
    assert row(gather(body, SUMMER), action).superseded_by == ""


def test_what_is_invented_of_a_change_says_so(body, plan):
    action = factories.action(plan)
    factories.revision(action, illustrative=True, **entry(date(2019, 11, 1)))
    content = gather(body)
    assert row(content, action).illustrative
    assert "Illustrative" in changed.why(content.changes[0])


# --- drafts --------------------------------------------------------------------------------------


def test_the_pack_of_a_draft_says_that_it_is_one_and_that_nothing_in_it_is_late(area):
    plan = factories.plan(area, title="Next")
    action = factories.action(plan, original_due=date(2019, 10, 31))
    factories.plan_move(plan, **entry(date(2020, 1, 6)))
    body = factories.body(plan)
    draft, approved = gather(body), gather(body, WINTER)
    assert wording.plan_draft(draft).startswith(
        "The plan itself was a draft on 31 December 2019: nobody had approved it"
    )
    assert draft.background[-1].startswith("The plan “Next” is a draft and has 1 action.")
    assert not row(draft, action).overdue
    assert wording.plan_draft(approved) == ""
    assert row(approved, action).days_overdue == 152


def test_a_plan_that_was_approved_here_after_it_was_sent_is_no_draft_since_then(area, people):
    found = factories.inspection(area)
    facts = {"state": PlanState.DRAFT, "agreed_on": date(2019, 9, 17)}
    plan = factories.plan(area, found, **facts)
    action = factories.action(plan, reference="A1", original_due=date(2019, 11, 30))
    body, head = factories.body(plan), people["head"]
    with clock.hold(date(2020, 1, 15)):
        advice = dict.fromkeys(standing_advice(plan), "It is clear enough")
        mark = plans.mark_of([action])
        plans.approve_plan(by=head, plan=plan, version=1, mark=mark, accepted=advice)
        plans.submit_plan(by=head, plan=plan, version=2, on=date(2019, 10, 1))
    before, then = gather(body, SUMMER), gather(body, AUTUMN, date(2020, 1, 20))
    assert (before.plan_state, then.plan_state) == ("Draft", "Submitted to the inspectorate")
    assert row(then, action).days_overdue == 31
    assert gather(body, AUTUMN, date(2020, 1, 14)).plan_state == "Draft"


# --- links ---------------------------------------------------------------------------------------


@pytest.fixture
def linked(area, people):
    """An action of an approved plan that in winter answers and should move other things."""
    found = factories.inspection(area)
    whole = factories.self_evaluation(area, title="Our own look", state="submitted")
    plan = factories.plan(area, found, title="Our plan")
    old, new = (factories.key_message(found, number=n) for n in (1, 2))
    first, then = (factories.recommendation(found, f"R{n}") for n in (1, 2))
    small, great = (factories.kpi(area, code=f"K{n}", name=f"Things {n}") for n in (1, 2))
    finding = factories.finding(whole, reference="F1")
    action = factories.action(
        plan, reference="A1", key_messages=(old,), recommendations=(first,), kpis=(small,)
    )
    lead = people["lead"]
    with clock.hold(date(2020, 2, 3)):
        for row, answers in [(old, []), (new, [action]), (first, []), (then, [action])]:
            shown = list(row.actions.values_list("pk", flat=True))
            facts = {"shown": shown, "actions": answers, "reason": "The board asked"}
            links.choose_actions(by=lead, row=row, **facts)
        links.choose_actions(by=lead, row=finding, shown=[], actions=[action])
        links.choose_kpis(by=lead, action=action, shown=[small.pk], kpis=[great])
    return factories.body(plan)


def moving(content):
    return {kpi.code: kpi.actions for kpi in content.kpis}


def test_a_pack_has_the_links_of_its_own_day(linked):
    autumn, winter = gather(linked), gather(linked, WINTER)
    for content, number in [(autumn, 1), (winter, 2)]:
        [action] = content.actions
        assert action.key_messages == (f"KM{number}",)
        assert action.recommendations == (f"R{number}",)
        answered = {r.reference for r in content.coverage if "A1" in r.actions}
        assert {f"KM{number}", f"R{number}"} <= answered
        assert not {f"KM{3 - number}", f"R{3 - number}"} & answered
        assert moving(content) == {f"K{number}": ("A1",), f"K{3 - number}": ()}


def test_a_pack_tells_of_each_link_that_was_made_or_ended_in_its_period(linked):
    assert told(gather(linked)) == []
    content = gather(linked, WINTER)
    assert told(content) == [
        ("Linked otherwise", "A1", "Key messages that it answers", "KM1", ""),
        ("Linked otherwise", "A1", "Key messages that it answers", "", "KM2"),
        ("Linked otherwise", "A1", "Recommendations that it answers", "R1", ""),
        ("Linked otherwise", "A1", "Recommendations that it answers", "", "R2"),
        ("Linked otherwise", "A1", "Findings that it answers", "", "F1 of “Our own look”"),
        ("Linked otherwise", "A1", "KPIs that it should move", "K1 Things 1", "K2 Things 2"),
    ]
    first = content.changes[0]
    assert first.reason == "The board asked"
    assert changed.what(first) == [first.what, "Before: KM1", "Since: nothing"]
    assert "6 changes of what actions answer or move" in changed.lead(content)


def test_another_plans_action_answers_in_the_pack_of_the_day_on_which_it_did(linked, area, people):
    """Today nothing links the two plans."""
    theirs = factories.plan(area, title="Another plan")
    message = linked.plan.inspection.key_messages.get(number=1)
    action = factories.action(theirs, reference="B1", key_messages=(message,))
    with clock.hold(date(2020, 2, 3)):
        links.choose_actions(by=people["lead"], row=message, shown=[action.pk], actions=[])

    def answers(content):
        return next(r.actions for r in content.coverage if r.reference == "KM1")

    assert answers(gather(linked)) == ("A1", "B1 of “Another plan”")
    assert answers(gather(linked, WINTER)) == ()


def test_links_of_a_draft_change_without_a_word(area, people):
    plan = factories.plan(area, state=PlanState.DRAFT)
    action, kpi = factories.action(plan), factories.kpi(area)
    links.choose_kpis(by=people["lead"], action=action, shown=[], kpis=[kpi])
    assert not Revision.objects.exists()


def test_a_draft_of_another_plan_answers_nothing_in_a_pack(linked, area):
    message = linked.plan.inspection.key_messages.get(number=1)
    draft = factories.plan(area, title="Another plan", state=PlanState.DRAFT)
    factories.action(draft, reference="B1", key_messages=(message,))
    rows = {row.reference: row.actions for row in gather(linked).coverage}
    assert rows["KM1"] == ("A1",)
