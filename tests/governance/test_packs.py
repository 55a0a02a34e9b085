"""Gathering: what a pack says of a period, counted from what had been entered by its date."""

import itertools
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from governance import packs, wording
from governance.content import REOPENED
from governance.sections import SECTIONS
from kpis.models import Direction
from kpis.periods import month, quarter
from management import clock
from plans import coverage, statuses
from plans.models import Decision, Grade, Recommendation
from plans.statuses import Status
from tests import factories

pytestmark = pytest.mark.django_db
S = Status
SUMMER, AUTUMN = quarter(date(2019, 7, 1)), quarter(date(2019, 10, 1))
WINTER = quarter(date(2020, 1, 1))


def noon(day):
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


@pytest.fixture
def plan():
    return factories.plan(factories.area())


@pytest.fixture
def body(plan):
    return factories.body(plan)


def gather(body, period=AUTUMN, as_at=None):
    as_at = as_at or period.end + timedelta(15)
    return packs.gather(
        factories.pack(body, start=period.start, end=period.end, as_at=as_at, edition=edition(body))
    )


def edition(body):
    return body.packs.count() + 1


def says(action, on, status, **facts):
    """An update of that day, written down on the day itself unless told otherwise."""
    facts.setdefault("recorded_at", noon(on))
    return factories.update(action, on=on, status=status, **facts)


def moves(action, on, new, **facts):
    facts.setdefault("recorded_at", noon(on))
    return factories.date_change(action, on=on, new=new, **facts)


def row(content, action):
    return next(r for r in content.actions if r.reference == action.reference)


def sums(content):
    found = content.reconciliation
    assert found.difference == 0
    gone = found.completed, found.withdrawn, found.superseded
    return found.opening, found.added + found.reopened, *gone, found.remaining


# --- what came and went --------------------------------------------------------------------------


@pytest.fixture
def history(plan):
    """Six actions: one goes on, two are completed, one withdrawn, one replaced, one comes late."""
    old = {"added_on": date(2019, 8, 6), "original_due": date(2019, 11, 30)}
    found = {
        name: factories.action(plan, reference=name, **old)
        for name in ("goes on", "completed before", "completed", "withdrawn", "replaced")
    }
    found["new"] = factories.action(plan, reference="new", added_on=date(2019, 12, 31))
    says(found["goes on"], date(2019, 9, 2), S.ON_TRACK)
    for name, day in [("completed before", date(2019, 9, 30)), ("completed", date(2019, 10, 1))]:
        says(found[name], day, S.DONE)
        says(found[name], day, S.COMPLETE)
    says(found["withdrawn"], date(2019, 12, 31), S.WITHDRAWN)
    says(found["replaced"], date(2019, 11, 11), S.SUPERSEDED)
    return found


def test_the_counts_of_a_quarter_join_what_was_there_to_what_is_left(body, history):
    summer, autumn, winter = (gather(body, period) for period in (SUMMER, AUTUMN, WINTER))
    #                      opening, added, completed, withdrawn, superseded, remaining
    assert sums(summer) == (0, 5, 1, 0, 0, 4)
    assert sums(autumn) == (4, 1, 1, 1, 1, 2)
    assert sums(winter) == (2, 0, 0, 0, 0, 2)


def test_what_was_completed_is_reported_in_one_quarter_and_never_again(body, history):
    found = {
        period: [r.reference for r in gather(body, period).completed_actions]
        for period in (SUMMER, AUTUMN, WINTER)
    }
    assert found == {SUMMER: ["completed before"], AUTUMN: ["completed"], WINTER: []}
    later = row(gather(body, WINTER), history["completed"])
    assert (later.status, later.completed_on) == ("Complete (verified)", date(2019, 10, 1))


def test_each_status_is_counted_as_it_stood_at_the_periods_end(body, history):
    content = gather(body)
    assert {s.status: s.count for s in content.statuses if s.count} == {
        "Not started": 1,
        "In progress: on track": 1,
        "Complete (verified)": 2,
        "Withdrawn": 1,
        "Superseded": 1,
    }
    assert [s.status for s in content.statuses] == [s.label for s in Status]
    assert sum(s.count for s in content.statuses) == len(content.actions) == 6


def test_an_action_that_is_added_later_is_not_yet_in_the_pack(body, history):
    assert "new" not in [r.reference for r in gather(body, SUMMER).actions]
    assert row(gather(body), history["new"]).added
    assert not row(gather(body, WINTER), history["new"]).added


def test_a_plan_without_actions_has_a_pack_of_noughts(body):
    content = gather(body)
    assert sums(content) == (0, 0, 0, 0, 0, 0)
    assert (content.actions, content.contradictions) == ((), ())
    assert "has 0 actions." in content.background[-1]


# --- what is late, and what was moved ------------------------------------------------------------


def test_lateness_is_that_of_the_periods_last_day(body, plan):
    due = {"added_on": date(2019, 8, 6), "original_due": date(2019, 12, 1)}
    late = factories.action(plan, **due)
    later = factories.action(plan, **{**due, "original_due": date(2019, 11, 1)})
    closed_since = factories.action(plan, **due)
    says(closed_since, date(2020, 1, 2), S.COMPLETE)
    moved_since = factories.action(plan, **due)
    moves(moved_since, date(2020, 1, 2), date(2020, 5, 29))
    on_the_day = factories.action(plan, **{**due, "original_due": date(2019, 12, 31)})
    content = gather(body)
    assert [(r.reference, r.days_overdue) for r in content.overdue_actions] == [
        (later.reference, 60),
        (late.reference, 30),
        (closed_since.reference, 30),
        (moved_since.reference, 30),
    ]
    assert not row(content, on_the_day).overdue
    winter = gather(body, WINTER)
    assert not row(winter, closed_since).overdue
    assert not row(winter, moved_since).overdue


def test_moved_dates_are_told_with_their_reasons_and_how_often(body, plan):
    action = factories.action(plan, original_due=date(2019, 10, 31))
    moves(action, date(2019, 9, 20), date(2019, 11, 29), old=date(2019, 10, 31), reason="One")
    moves(action, date(2019, 11, 25), date(2019, 12, 20), old=date(2019, 11, 29), reason="Two")
    moves(action, date(2020, 1, 7), date(2020, 3, 31), old=date(2019, 12, 20), reason="Three")
    found = row(gather(body), action)
    assert [(m.from_due, m.to_due, m.reason) for m in found.moves] == [
        (date(2019, 10, 31), date(2019, 11, 29), "One"),
        (date(2019, 11, 29), date(2019, 12, 20), "Two"),
    ]
    assert (found.moves_in_period, found.days_moved) == (1, 50)
    assert (found.original_due, found.due) == (date(2019, 10, 31), date(2019, 12, 20))
    assert found.days_overdue == 11
    assert gather(body).moved_actions == [found]


def test_a_date_that_is_given_for_the_first_time_has_not_moved(body, plan):
    action = factories.action(plan, original_due=None, due=None)
    moves(action, date(2019, 11, 1), date(2019, 12, 20), old=None)
    content = gather(body)
    found = row(content, action)
    assert (len(found.moves), found.times_moved, found.moves_in_period) == (1, 0, 0)
    assert (found.due, found.days_moved, content.moved_actions) == (date(2019, 12, 20), 0, [])
    moves(action, date(2019, 12, 2), date(2019, 12, 30), old=date(2019, 12, 20))
    found = row(gather(body), action)
    assert (found.times_moved, found.moves_in_period, found.days_moved) == (1, 1, 10)


# --- what was known when -------------------------------------------------------------------------


def test_what_is_about_a_later_day_belongs_to_the_next_pack(body, plan):
    action = factories.action(plan)
    says(action, date(2019, 12, 31), S.ON_TRACK, text="In time")
    says(action, date(2020, 1, 1), S.COMPLETE, text="Too late for this pack")
    factories.evidence(action, on=date(2020, 1, 1), recorded_at=noon(date(2020, 1, 1)))
    found = row(gather(body), action)
    assert (found.status, found.latest_update) == ("In progress: on track", "In time")
    assert (found.latest_update_on, found.evidence) == (date(2019, 12, 31), ())
    winter = row(gather(body, WINTER), action)
    assert (winter.completed, winter.evidence) == (True, ("Minutes of the meeting",))


def test_what_is_written_down_after_the_packs_date_is_left_out(body, plan):
    action, measure = factories.action(plan), factories.kpi(plan.area)
    after = {"recorded_at": noon(date(2020, 1, 16))}
    says(action, date(2019, 12, 20), S.COMPLETE, **after)
    moves(action, date(2019, 12, 20), date(2020, 6, 30), **after)
    factories.evidence(action, on=date(2019, 12, 20), **after)
    factories.observation(measure, entered_at=noon(date(2020, 1, 16)))
    before = gather(body, as_at=date(2020, 1, 15))
    found = row(before, action)
    assert (found.status, found.moves, found.evidence) == ("Not started", (), ())
    assert before.kpis[0].points == ()
    the_same_day = gather(body, as_at=date(2020, 1, 16))
    found = row(the_same_day, action)
    assert (found.completed, len(found.moves), len(found.evidence)) == (True, 1, 1)
    assert len(the_same_day.kpis[0].points) == 1


def test_a_pack_of_today_is_as_at_now_and_one_of_an_earlier_day_at_its_end(body):
    with clock.hold(date(2020, 1, 15)):
        today, earlier = gather(body), gather(body, as_at=date(2020, 1, 14))
        assert abs(today.data_as_at - clock.now()) < timedelta(minutes=1)
    assert earlier.data_as_at.isoformat() == "2020-01-14T23:59:59+00:00"


# --- what is found and answered ------------------------------------------------------------------


def test_the_inspection_its_grades_and_what_answers_its_findings():
    area = factories.area()
    guide = factories.framework(("1.1", "5.2"))
    found = factories.inspection(
        area, guide, title="The 2019 inspection", records_read=99, records_in_all=702, people_met=28
    )
    one, five = guide.indicators.all()
    factories.evaluation(found, one, grade=Grade.WEAK)
    factories.evaluation(found, five, grade=Grade.ADEQUATE)
    message = factories.key_message(found)
    whole = factories.recommendation(found, "1")
    part = factories.recommendation(found, "1.1", parent=whole)
    factories.recommendation(found, "2")
    plan = factories.plan(area, found)
    links = {"key_messages": (message,), "recommendations": (part,)}
    here = factories.action(plan, indicator=five, **links)
    gone = factories.action(plan, **links)
    says(here, date(2019, 10, 8), S.COMPLETE)
    says(gone, date(2019, 10, 8), S.WITHDRAWN)
    content = gather(factories.body(plan))
    assert [(g.code, g.grade) for g in content.grades] == [("1.1", "Weak"), ("5.2", "Adequate")]
    assert content.inspection == "The 2019 inspection"
    assert "99 of 702 people and met 28." in content.background[0]
    assert len(content.recommendations) == 3
    assert [(c.reference, c.level, c.actions, c.completed) for c in content.coverage] == [
        ("KM1", 0, (here.reference,), 1),
        ("1", 0, (here.reference,), 1),
        ("1.1", 1, (here.reference,), 1),
        ("2", 0, (), 0),
        ("1.1", 0, (), 0),
        ("5.2", 0, (here.reference,), 1),
    ]
    states = {(c.kind, c.reference): c.state for c in content.coverage}
    assert states["Key message", "KM1"] == coverage.ONLY_FINISHED
    assert states["Area for improvement", "2"] == coverage.UNCOVERED
    assert states["Graded indicator", "1.1"] == coverage.UNCOVERED
    assert content.coverage[1].gone == (gone.reference,)
    before = gather(factories.body(plan), SUMMER).coverage
    assert before[0].actions == (here.reference, gone.reference)


def test_what_an_action_answers_of_another_inspection_is_named_with_it():
    area = factories.area()
    found = factories.inspection(area)
    other = factories.inspection(area, title="A later look")
    mine, theirs = factories.key_message(found), factories.key_message(other)
    asks = factories.recommendation(found, "1"), factories.recommendation(other, "1")
    plan = factories.plan(area, found)
    links = {"key_messages": (theirs, mine), "recommendations": asks[::-1]}
    action = factories.action(plan, **links)
    only = factories.action(plan, key_messages=(theirs,))
    content = gather(factories.body(plan))
    assert row(content, action).key_messages == ("KM1", "KM1 of “A later look”")
    assert row(content, action).recommendations == ("1", "1 of “A later look”")
    assert row(content, only).key_messages == ("KM1 of “A later look”",)
    assert content.coverage[0].actions == (action.reference,)


def test_a_recommendation_is_closed_from_the_day_of_the_decision_and_added_on_its_day():
    area = factories.area()
    found = factories.inspection(area, factories.framework(("1.1",)))
    closed = factories.recommendation(found, "1")
    reopened = factories.recommendation(found, "2")
    factories.recommendation(found, "3", added_on=date(2020, 1, 2))
    kinds = Decision.Kind
    factories.decision(closed, kind=kinds.CLOSED, on=date(2019, 12, 31))
    factories.decision(reopened, kind=kinds.CLOSED, on=date(2019, 11, 1))
    factories.decision(reopened, kind=kinds.REOPENED, on=date(2019, 12, 1))
    body = factories.body(factories.plan(area, found))
    assert [(c.reference, c.state) for c in gather(body).coverage] == [
        ("1", coverage.CLOSED),
        ("2", coverage.UNCOVERED),
    ]
    assert {c.state for c in gather(body, SUMMER).coverage} == {coverage.UNCOVERED}


def test_a_decision_that_was_written_down_later_is_not_in_the_pack_of_before():
    area = factories.area()
    found = factories.inspection(area)
    body = factories.body(factories.plan(area, found))
    wrote = datetime(2020, 1, 15, 9, tzinfo=UTC)
    factories.decision(
        factories.recommendation(found, "1"), on=date(2019, 12, 31), recorded_at=wrote
    )
    for as_at, state in (
        (date(2020, 1, 14), coverage.UNCOVERED),
        (date(2020, 1, 15), coverage.CLOSED),
    ):
        assert [c.state for c in gather(body, as_at=as_at).coverage] == [state]


def test_a_recommendation_has_the_class_of_the_periods_end_as_it_was_known_by_then():
    area = factories.area()
    kinds = Recommendation.Kind
    found = factories.inspection(area)
    moved = factories.recommendation(found, "1", kind=kinds.IMPROVEMENT)
    steps = [
        (kinds.RECOMMENDATION, kinds.DEVELOPMENT, date(2019, 12, 20), date(2019, 12, 20)),
        (kinds.DEVELOPMENT, kinds.RECOMMENDATION, date(2019, 12, 31), date(2020, 1, 16)),
        (kinds.RECOMMENDATION, kinds.IMPROVEMENT, date(2020, 1, 20), date(2020, 1, 20)),
    ]
    for old, new, on, written in steps:
        factories.reclassification(moved, old=old, new=new, on=on, recorded_at=noon(written))
    body = factories.body(factories.plan(area, found))
    told = {
        (period, as_at): [c.kind for c in gather(body, period, as_at).coverage]
        for period, as_at in [
            (SUMMER, date(2019, 10, 15)),
            (SUMMER, date(2020, 2, 1)),
            (AUTUMN, date(2019, 12, 19)),
            (AUTUMN, date(2020, 1, 15)),
            (AUTUMN, date(2020, 2, 1)),
            (WINTER, date(2020, 4, 15)),
        ]
    }
    assert list(told.values()) == [
        ["Recommendation"],
        ["Recommendation"],
        ["Recommendation"],
        ["Area for development"],
        ["Recommendation"],
        ["Area for improvement"],
    ]


def test_what_needs_no_action_or_is_closed_is_not_counted_as_wanting_one():
    area = factories.area()
    guide = factories.framework(("1.1", "5.2"))
    found = factories.inspection(area, guide, title="The report")
    for indicator, grade in zip(guide.indicators.all(), (Grade.EXCELLENT, Grade.WEAK), strict=True):
        factories.evaluation(found, indicator, grade=grade)
    for reference in ("1", "2", "3"):
        factories.recommendation(found, reference)
    factories.decision(found.recommendations.get(reference="3"), on=date(2019, 12, 31))
    look = factories.self_evaluation(area, title="Our look", state="submitted")
    factories.finding(look, reference="F1", made_on=date(2019, 11, 1))
    for reference in ("F2", "F3"):
        days = {"made_on": date(2019, 11, 1)}
        factories.finding(look, reference=reference, kind="strength", **days)
    plan = factories.plan(area, found, self_evaluation=look)
    strength = look.findings.get(reference="F3")
    factories.action(plan, findings=(strength,), indicator=guide.indicators.get(code="1.1"))
    content = gather(factories.body(plan))
    assert wording.coverage_lead(content) == [
        "Areas for improvement of “The report”: 0 of 2 have an action. "
        "Without an action: 1 and 2. 1 closed by decision.",
        "Graded indicators of “The report”: 0 of 1 have an action. "
        "Without an action: 5.2. 1 needs none.",
        "Areas for improvement of “Our look”: 0 of 1 have an action. Without an action: F1.",
        "Strengths of “Our look”: 2 need none.",
    ]


def test_the_findings_of_the_plans_self_evaluation_are_there_from_the_day_they_were_made():
    area = factories.area()
    made = factories.self_evaluation(area, state="submitted")
    plan = factories.plan(area, self_evaluation=made)
    finding = factories.finding(made, reference="F1", made_on=date(2019, 11, 1))
    factories.finding(made, reference="F2", made_on=date(2020, 1, 2))
    factories.finding(
        made, reference="F3", made_on=date(2019, 11, 1), withdrawn_on=date(2019, 12, 1)
    )
    action = factories.action(plan)
    action.findings.set([finding], through_defaults={"area": area})
    (line,) = gather(factories.body(plan)).coverage
    assert (line.reference, line.actions) == ("F1", (action.reference,))
    assert line.state == coverage.UNMEASURED


def test_what_was_rated_low_is_there_once_it_was_submitted_and_as_validated_by_then():
    area = factories.area()
    days = {"submitted_on": date(2019, 7, 15), "validated_on": date(2019, 11, 1)}
    made = factories.self_evaluation(area, state="validated", **days)
    first, second, *_ = made.framework.indicators.all()
    factories.judgement(made, first, rating=1, validated_rating=3)
    factories.judgement(made, second, rating=3, validated_rating=2)
    factories.finding(made, reference="F1", indicator=first, made_on=date(2019, 8, 1))
    plan = factories.plan(area, self_evaluation=made)
    factories.action(plan, findings=made.findings.all())
    body = factories.body(plan)
    assert [(c.reference, c.level, c.text) for c in gather(body).coverage] == [
        (first.code, 0, f"{first.name}: Not at all; validated: Mostly"),
        ("F1", 1, made.findings.get().text),
        (second.code, 0, f"{second.name}: Mostly; validated: Partially"),
    ]
    assert [c.state for c in gather(body).coverage] == [
        coverage.UNMEASURED,
        coverage.UNMEASURED,
        coverage.UNCOVERED,
    ]
    before = gather(body, SUMMER).coverage
    assert [c.reference for c in before] == [first.code, "F1"]
    assert before[0].text == f"{first.name}: Not at all"
    assert gather(body, quarter(date(2019, 4, 1))).coverage == ()


def test_what_a_validator_has_so_far_is_not_told_of():
    area = factories.area()
    made = factories.self_evaluation(area, state="submitted", submitted_on=date(2019, 7, 15))
    first, second, *_ = made.framework.indicators.all()
    factories.judgement(made, first, rating=1, validated_rating=3)
    factories.judgement(made, second, rating=3, validated_rating=2)
    told = gather(factories.body(factories.plan(area, self_evaluation=made))).coverage
    assert [c.text for c in told] == [f"{first.name}: Not at all"]


@pytest.mark.parametrize("state", ["draft", "withdrawn"])
def test_a_self_evaluation_that_was_taken_back_is_not_told_of(state):
    area = factories.area()
    made = factories.self_evaluation(area, state=state, illustrative="Invented draft")
    factories.finding(made, made_on=date(2019, 11, 1))
    content = gather(factories.body(factories.plan(area, self_evaluation=made)))
    assert (content.coverage, content.illustrative) == ((), "")
    assert not any("self-evaluation" in line for line in content.recommendations)


def test_a_pack_that_tells_of_a_self_evaluation_says_what_in_it_is_invented_and_asks_of_it():
    area = factories.area()
    made = factories.self_evaluation(area, state="validated", illustrative="Its findings are.")
    plan = factories.plan(area, self_evaluation=made, illustrative="The plan is.")
    content = gather(factories.body(plan))
    assert content.illustrative == "The plan is.\nIts findings are."
    assert content.recommendations[-1] == (
        "Note which findings of the self-evaluation have no action yet."
    )


def test_an_action_of_another_plan_that_answers_the_same_counts_by_what_was_known_then():
    area = factories.area()
    found = factories.inspection(area)
    asked = factories.recommendation(found, "1")
    plan, other = factories.plan(area, found), factories.plan(area, title="Next")
    there = factories.action(other, reference="B7", recommendations=(asked,))
    factories.action(other, reference="B8", recommendations=(asked,), added_on=date(2020, 1, 2))
    factories.action(other, reference="B9")
    says(there, date(2019, 10, 8), S.COMPLETE)
    body = factories.body(plan)
    (line,) = gather(body).coverage
    assert (line.actions, line.completed) == (("B7 of “Next”",), 1)
    assert line.state == coverage.ONLY_FINISHED
    assert gather(body).actions == ()
    (before,) = gather(body, SUMMER).coverage
    assert (before.completed, before.state) == (0, coverage.UNMEASURED)


def test_a_plan_that_answers_no_inspection_says_nothing_of_one(body):
    content = gather(body)
    assert (content.inspection, content.grades, content.coverage) == ("", (), ())
    assert len(content.recommendations) == 2
    assert not any("inspection" in line for line in (*content.background, *content.recommendations))


def test_the_meeting_is_the_first_after_the_period(body):
    for day in (date(2019, 12, 31), date(2020, 2, 19), date(2020, 5, 13)):
        factories.meeting(body, on=day, papers_due=day)
    assert gather(body).meeting.on == date(2020, 2, 19)


def test_without_a_meeting_its_date_is_not_set(body):
    factories.meeting(factories.body(body.plan))
    content = gather(body)
    assert content.meeting.on is None
    assert (content.meeting.body, content.meeting.subject) == (body.name, body.subject)


def test_paragraphs_of_the_period_stand_in_the_papers_order_and_the_others_are_unwritten(body):
    factories.paragraph(body, section="risk", text="One\n\n  Two  \n", written_by="Fiona")
    factories.paragraph(body, section="people", text="  \n ")
    factories.paragraph(body, section="impact", start=date(2020, 1, 1), text="Of another quarter")
    factories.paragraph(factories.body(body.plan), section="strategic", text="Another body’s")
    factories.paragraph(
        body, section="financial", text="Later than the pack", written_on=date(2020, 1, 16)
    )
    written = {part.key: part for part in gather(body).written}
    assert list(written) == list(SECTIONS)
    assert written["risk"].paragraphs == ("One", "Two")
    assert (written["risk"].written_by, written["risk"].written_on) == ("Fiona", date(2020, 1, 6))
    assert all(part.paragraphs == () for key, part in written.items() if key != "risk")


# --- figures -------------------------------------------------------------------------------------


def test_two_sources_of_one_measure_are_two_kpis(body, plan):
    for code, value, source in [("K3", 7, "National return"), ("K4", 15, "The HSCP’s report")]:
        one = factories.kpi(plan.area, code=code, measure="unpaid-work-7-days", source=source)
        factories.observation(one, value=Decimal(value))
    found = gather(body).kpis
    assert [(k.code, k.source, [p.value for p in k.points]) for k in found] == [
        ("K3", "National return", [7]),
        ("K4", "The HSCP’s report", [15]),
    ]


def test_figures_are_those_of_the_latest_edition_and_of_periods_that_had_ended(body, plan):
    measure = factories.kpi(plan.area)
    october = month(date(2019, 10, 1))
    factories.observation(measure, october, value=Decimal(70))
    factories.observation(measure, october, value=Decimal(72), edition=2)
    factories.observation(measure, month(date(2020, 1, 1)), value=Decimal(99))
    action = factories.action(plan, kpis=(measure,))
    [found] = gather(body).kpis
    assert [(p.period, p.value) for p in found.points] == [("Oct 2019", 72)]
    assert found.actions == (action.reference,)


def test_another_areas_kpis_are_not_in_the_pack(body):
    factories.kpi(factories.area(), months=2)
    assert gather(body).kpis == ()


@pytest.fixture
def finished(plan):
    """Makes a completed action with a KPI that has a target of 80 and these monthly figures."""

    def make(*values, status=S.COMPLETE, aim=80, **facts):
        measure = factories.kpi(plan.area, name="Seen in time", **facts)
        period = month(date(2019, 10, 1))
        for value in values:
            factories.observation(measure, period, value=value)
            period = period.next()
        if aim is not None:
            factories.target(measure, value=aim)
        action = factories.action(plan, kpis=(measure,))
        says(action, date(2019, 11, 20), status)
        return action, measure

    return make


def test_a_finished_action_whose_kpi_misses_its_target_is_a_contradiction(body, finished):
    action, measure = finished(Decimal(90), Decimal(62))
    [found] = gather(body).contradictions
    assert (found.action, found.kpi) == (action.reference, measure.code)
    assert found.sentence == (
        f"Action {action.reference} is complete, yet Seen in time ({measure.code}) stands at 62% "
        "(Nov 2019) and does not meet its target of 80%."
    )


def test_a_figure_from_before_the_completion_is_said_to_be_older(body, finished):
    finished(Decimal(62))
    sentence = gather(body).contradictions[0].sentence
    assert "stands at 62% (Oct 2019)" in sentence
    assert sentence.endswith(" That figure is older than the completion.")


def test_a_miss_that_rounding_would_hide_is_told_with_the_decimals_that_show_it(
    body, plan, finished
):
    _, measure = finished(aim=Decimal("66.7"))
    factories.observation(measure, numerator=2, denominator=3)
    assert "stands at 66.67% (Dec 2019) and does not meet its target of 66.70%." in (
        gather(body).contradictions[0].sentence
    )


def test_where_lower_is_better_too_much_is_the_contradiction(body, finished):
    finished(Decimal(81), direction=Direction.LOWER)
    finished(Decimal(79), direction=Direction.LOWER)
    [found] = gather(body).contradictions
    assert "stands at 81%" in found.sentence


@pytest.mark.parametrize(
    ("values", "facts"),
    [
        ([80], {}),
        ([62, 81], {}),
        ([62], {"aim": None}),
        ([62], {"direction": Direction.NEITHER}),
        ([], {}),
        ([None], {}),
        *(([62], {"status": status}) for status in sorted(set(Status) - {S.COMPLETE})),
    ],
)
def test_there_is_no_contradiction_without_both_halves_of_it(body, finished, values, facts):
    finished(*(None if v is None else Decimal(v) for v in values), **facts)
    assert gather(body).contradictions == ()


def test_a_month_without_a_figure_does_not_hide_the_one_before_it(body, finished):
    finished(Decimal(62), None)
    assert "62% (Oct 2019)" in gather(body).contradictions[0].sentence


# --- what is invented ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "facts"),
    [
        (says, {"on": date(2019, 11, 1), "status": S.ON_TRACK}),
        (moves, {"on": date(2019, 11, 1), "new": date(2020, 6, 30)}),
        (factories.evidence, {"on": date(2019, 11, 1)}),
    ],
)
def test_what_is_invented_is_marked_in_the_row_that_shows_it(body, plan, make, facts):
    action, other = factories.action(plan), factories.action(plan)
    make(action, **facts, illustrative=True)
    make(other, **facts)
    content = gather(body)
    assert row(content, action).illustrative
    assert not row(content, other).illustrative


def test_an_invented_action_is_marked_before_anything_is_said_of_it(body, plan):
    action = factories.action(plan, illustrative=True)
    assert row(gather(body), action).illustrative


def test_the_plans_own_warning_is_carried(plan):
    plan = factories.plan(plan.area, illustrative="Some of it is invented.")
    assert gather(factories.body(plan)).illustrative == "Some of it is invented."


# --- whatever happened ---------------------------------------------------------------------------

FIRST = date(2019, 3, 1)
YEAR = [quarter(date(2019, m, 1)) for m in (4, 7, 10)] + [WINTER]
STEPS = st.lists(
    st.tuples(st.integers(0, 150), st.sampled_from([*Status, S.COMPLETE, S.AT_RISK])), max_size=6
)
HISTORIES = st.lists(st.tuples(st.integers(0, 420), STEPS), max_size=6)


def live(plan, lead, indicator, added, steps):
    """An action with that history, of which nothing is left out but what cannot follow its end;
    each day, and how it stood from then on."""
    day = FIRST + timedelta(added)
    action = factories.action(plan, lead=lead, indicator=indicator, added_on=day)
    lived = [(day, S.NOT_STARTED)]
    for wait, status in steps:
        day += timedelta(wait)
        old = lived[-1][1]
        if statuses.is_open(old) or status in statuses.MOVES[old]:
            says(action, day, status, old_status=old)
            lived.append((day, status))
    return lived


def ended(lived, period):
    """How it ended in the period, if it was over at the period's end and by what happened in it."""
    day, status = [(day, status) for day, status in lived if day <= period.end][-1]
    return None if statuses.is_open(status) or day not in period else status


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(HISTORIES)
def test_whatever_happens_the_counts_of_one_quarter_are_taken_up_by_the_next(body, histories):
    plan = factories.plan(body.area)
    lead = factories.post(body.area)
    indicator = factories.quality_indicator(factories.framework(()))
    lives = [live(plan, lead, indicator, *history) for history in histories]
    board = factories.body(plan)
    year = [gather(board, period, as_at=date(2021, 12, 31)) for period in YEAR]
    counts = [sums(content) for content in year]
    for (*_, remaining), (opening, *_) in itertools.pairwise(counts):
        assert opening == remaining
    for period, (_, _, *gone, _) in zip(YEAR, counts, strict=True):
        there = [lived for lived in lives if lived[0][0] <= period.end]
        ends = [ended(lived, period) for lived in there]
        assert gone == [ends.count(how) for how in (S.COMPLETE, S.WITHDRAWN, S.SUPERSEDED)]
    told = Counter(r.reference for content in year for r in content.completed_actions)
    again = Counter(c.action for content in year for c in content.changes if c.kind == REOPENED)
    assert all(times <= 1 + again[action] for action, times in told.items())
    reopenings = [
        day
        for lived in lives
        for (_, old), (day, new) in itertools.pairwise(lived)
        if old == S.COMPLETE and any(day in period for period in YEAR)
    ]
    assert again.total() == len(reopenings)
