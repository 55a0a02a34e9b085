"""The demonstration: the published facts as published, and everything invented marked as such."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from io import StringIO
from typing import Any, ClassVar

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from governance import packs
from governance.models import Body, Meeting, Pack, Paragraph
from kpis.models import Indicator
from kpis.periods import quarter
from management import store
from management.access import Role
from management.models import Area, AuditEvent, Membership, Post, User
from plans.models import (
    Acceptance,
    Action,
    DateChange,
    Decision,
    Dependency,
    Entry,
    Evidence,
    Inspection,
    Note,
    Plan,
    PlanMove,
    Revision,
    SelfEvaluation,
    Task,
    Update,
    Verification,
)
from plans.statuses import Status
from tests import factories
from tests.pages import Page
from tracker import demo

DAY = date(2020, 1, 15)
AUTUMN = quarter(date(2019, 10, 1))
# As the Care Inspectorate and the HSCP published them, written here by hand: KPI, whose, period.
PUBLISHED = {
    ("contact-1-day", "", "2016-17"): ["41"],
    ("contact-1-day", "", "2017-18"): ["85"],
    ("unpaid-work-7-days", "", "2013-14"): ["70"],
    ("unpaid-work-7-days", "", "2017-18"): ["15", "7"],
    ("induction-5-days", "", "2017-18"): ["20"],
    ("orders-rate", "", "2015-16"): ["67.2"],
    ("orders-rate", "Scotland", "2015-16"): ["46.1"],
    ("case-plans-complete", "", "Nov 2016 to Oct 2018"): ["37"],
    ("exit-questionnaires", "", "2017-18"): ["4.5"],
}
TIMESCALES = {
    "1.1a": ("October 2019", date(2019, 10, 31)),
    "5.2c": ("July 2019", date(2019, 7, 31)),
    "9.4a": ("July 2019 onwards", None),
    "9.4b": ("Interviewing 8 August", date(2019, 8, 8)),
    "9.4c": ("Board: 7 August CCG: Safer DIG:", date(2019, 8, 7)),
}


class Watched(dict):
    """A table of one of the files, which remembers the fields it has and those that were read."""

    there: ClassVar[set[str]] = set()
    read: ClassVar[set[str]] = set()

    def __init__(self, name: str, fields: dict[str, Any]) -> None:
        super().__init__({key: self._inside(f"{name}.{key}", fields[key]) for key in fields})
        self.name = name
        self.there |= {f"{name}.{key}" for key in fields}

    def _inside(self, name: str, value: Any) -> Any:
        if isinstance(value, list):
            return [self._inside(name, one) for one in value]
        return Watched(name, value) if isinstance(value, dict) else value

    def __getitem__(self, key: str) -> Any:
        self.read.add(f"{self.name}.{key}")
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:
        self.read.add(f"{self.name}.{key}")
        return super().get(key, default)

    def __iter__(self) -> Iterator[str]:
        return super().__iter__()  # so that ** reads field by field


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The demonstration, loaded once for this module and undone after it."""
    read = demo._file
    with django_db_blocker.unblock(), transaction.atomic(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(demo, "_file", lambda name: Watched(name, read(name)))
        assert demo.load()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def area(loaded: None, db: None, today: date) -> Area:
    return Area.objects.get(slug="west-dunbartonshire")


@pytest.fixture
def plan(area: Area) -> Plan:
    return Plan.objects.get(area=area)


@pytest.fixture
def inspection(area: Area) -> Inspection:
    return Inspection.objects.get(area=area)


def run(*arguments: Any) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out, stderr=out)
    return out.getvalue()


# --- loading it ----------------------------------------------------------------------------------


def test_a_second_run_changes_nothing_and_says_so(area):
    before = AuditEvent.objects.count()
    assert before > 400
    assert run("demo") == "The demonstration was loaded before; nothing was changed.\n"
    assert demo.load() is False
    assert AuditEvent.objects.count() == before


def test_everything_is_entered_by_somebody_named_on_the_day_on_which_it_happened(area):
    names = set(AuditEvent.objects.values_list("actor_name", flat=True))
    assert "Morag Reid" in names and "demonstration" in names
    for kind in (Update, DateChange, Evidence, Verification, Revision, Note):
        for entry in kind.objects.filter(area=area):
            assert timezone.localdate(entry.recorded_at) == entry.on <= DAY
            assert entry.author and entry.by == entry.author.name


def test_each_role_has_somebody_who_can_sign_in(area):
    roles = Membership.objects.filter(area=area).values_list("role", flat=True)
    assert set(roles) == set(Role)
    for email, _, said in demo.accounts():
        assert said
        assert User.objects.get(email=email).check_password(demo.PASSWORD)


def test_the_files_hold_nothing_that_is_never_loaded(loaded):
    for_people = {
        "plan.actions.tags_raw",  # the words of the source, beside what they were read as
        "second_area.actions.tags_raw",
        "kpis.kpis.targets.illustrative",  # said at the figure itself
        "second_area.kpis.targets.illustrative",
    }
    assert Watched.there - Watched.read <= for_people, Watched.there - Watched.read


# --- what was published --------------------------------------------------------------------------


def test_the_inspection_is_as_published(inspection):
    assert (inspection.published_on, inspection.plan_due_on) == (
        date(2019, 8, 6),
        date(2019, 9, 17),
    )
    assert inspection.notified_text == "November 2018"
    assert (inspection.records_read, inspection.records_in_all, inspection.people_met) == (
        99,
        702,
        28,
    )
    grades = {e.indicator.code: e.get_grade_display() for e in inspection.evaluations.all()}
    assert grades == {
        "1.1": "Weak",
        "2.1": "Adequate",
        "5.2": "Weak",
        "5.3": "Weak",
        "9.4": "Weak",
    }
    assert [m.reference for m in inspection.key_messages.all()] == ["KM1", "KM2", "KM3", "KM4"]


def test_each_grade_has_its_reason_in_short(inspection):
    for evaluation in inspection.evaluations.all():
        assert 40 < len(evaluation.rationale) < 200, evaluation


def test_the_timetable_has_the_dates_of_the_board_paper_and_all_in_their_order(inspection):
    stages = list(inspection.stages.all())
    assert inspection.notified_on == stages[0].on == date(2018, 11, 1)
    assert [stage.week for stage in stages] == sorted(stage.week for stage in stages)
    assert {stage.name: stage.on for stage in stages if stage.done_on} == {
        "Self-evaluation due": date(2019, 2, 1),
        "Publication": date(2019, 8, 6),
    }
    assert stages[3].planned_on == date(2019, 1, 9)  # what the 28 weeks gave


def test_nine_areas_are_answered_one_waits_and_a_body_has_closed_one(inspection):
    rows = {r.reference: r for r in inspection.recommendations.all()}
    assert rows.pop("5").response == ""
    assert rows["2"].response == "partly" and rows["2"].response_detail and rows["2"].depends_on
    assert all(row.response and row.addressee for row in rows.values())
    assert [row.reference for row in rows.values() if not row.is_open] == ["1.1"]
    [decision] = rows["1.1"].decisions.all()
    assert (decision.body, decision.on) == ("HSCP Board", date(2019, 11, 20))
    assert decision.minute_reference and decision.reason


def test_five_areas_for_improvement_the_first_with_five_parts(inspection):
    found = {r.reference: r.parent and r.parent.reference for r in inspection.recommendations.all()}
    assert found == {
        **dict.fromkeys(["1", "2", "3", "4", "5"]),
        **dict.fromkeys(["1.1", "1.2", "1.3", "1.4", "1.5"], "1"),
    }


def test_twenty_actions_four_under_each_graded_indicator(plan, inspection):
    codes = Counter(plan.actions.values_list("indicator__code", flat=True))
    graded = inspection.evaluations.values_list("indicator__code", flat=True)
    assert codes == dict.fromkeys(graded, 4)
    assert plan.actions.count() == 20


def test_the_key_messages_are_tagged_as_in_the_paper(plan):
    tags = Counter(m.reference for a in plan.actions.all() for m in a.key_messages.all())
    assert tags == {"KM1": 13, "KM2": 19, "KM3": 7, "KM4": 12}
    first, last = plan.actions.get(reference="1.1a"), plan.actions.get(reference="9.4d")
    assert [m.number for m in first.key_messages.all()] == [1, 2, 3, 4]
    assert [m.number for m in last.key_messages.all()] == [4]


@pytest.mark.parametrize(("reference", "expected"), TIMESCALES.items(), ids=TIMESCALES)
def test_a_timescale_is_kept_in_the_plans_words_beside_its_date(plan, reference, expected):
    action = plan.actions.get(reference=reference)
    assert (action.timescale, action.original_due) == expected


def test_every_action_has_its_words_its_evidence_and_a_post_that_leads(plan):
    for action in plan.actions.all():
        assert action.timescale and action.responsible and action.evidence_expected
        assert action.lead.area == plan.area
    outside = Post.objects.filter(area=plan.area, supported_actions__plan=plan).exclude(
        organisation=""
    )
    assert "Community Justice Scotland" in outside.values_list("organisation", flat=True)


def test_the_figures_are_those_that_were_published_and_no_others(area):
    found: dict[Any, list[str]] = {}
    for kpi in Indicator.objects.filter(area=area, illustrative=False).with_figures():
        assert kpi.source
        for figure in kpi.figures:
            key = (kpi.measure, figure.comparator, figure.period.label)
            found.setdefault(key, []).append(f"{figure.shown.normalize():f}")
    assert {key: sorted(values) for key, values in found.items()} == PUBLISHED


def test_nine_of_two_hundred_is_kept_as_its_counts(area):
    [figure] = Indicator.objects.get(area=area, measure="exit-questionnaires").observations.all()
    assert (figure.numerator, figure.denominator, figure.value) == (9, 200, None)


def test_the_two_sources_of_one_measure_are_kept_apart(area):
    both = Indicator.objects.filter(area=area, measure="unpaid-work-7-days").with_figures()
    latest = {kpi.source: kpi.figures[-1].result for kpi in both}
    assert len(latest) == 2
    [ours] = [source for source in latest if "public performance report" in source]
    assert (latest.pop(ours), *latest.values()) == (15, 7)


# --- what is invented ----------------------------------------------------------------------------


def test_everything_that_was_invented_says_so(area, plan):
    assert plan.illustrative.startswith("Illustrative: ")
    entries: list[Entry] = []
    said = (Update, DateChange, Evidence, Verification, Revision, Note)
    for kind in (*said, Decision, PlanMove, Acceptance):
        entries += kind.objects.filter(area=area)
    assert len(entries) > 50
    assert all(entry.illustrative for entry in entries)
    for kpi in Indicator.objects.filter(area=area, frequency="month"):
        assert kpi.illustrative and "Invented" in kpi.source
    other = Plan.objects.exclude(area=area).get()
    assert "invented" in other.illustrative
    assert all(kpi.illustrative for kpi in Indicator.objects.exclude(area=area))


def test_every_page_that_shows_something_invented_says_so(area, plan):
    client = Client()
    client.force_login(User.objects.get(email="elspeth.cairnie@throughline.example"))
    monthly = Indicator.objects.get(area=area, frequency="month")
    moved = DateChange.objects.filter(area=area).first().action
    closed = Decision.objects.get(area=area).recommendation_id
    step = plan.inspection.stages.first().pk
    for name, *args in (
        ("area",),
        ("plan", plan.pk),
        ("action", moved.pk),
        ("action_update", plan.actions.get(reference="5.3b").pk),
        ("action_date", plan.actions.get(reference="5.3b").pk),
        ("inspection", plan.inspection_id),
        ("coverage", plan.inspection_id),
        ("inspection_timetable", plan.inspection_id),
        ("inspection_reconcile", plan.inspection_id),
        ("inspection_reminders", plan.inspection_id),
        ("stage_edit", step),
        ("recommendation", closed),
        ("recommendation_response", closed),
        ("recommendation_decide", closed),
        ("kpi", monthly.pk),
        ("kpis",),
    ):
        page = Page(client.get(reverse(name, args=[area.slug, *args])))
        assert page.status == 200
        assert "illustrative" in page.text.lower(), name


# --- what it shows -------------------------------------------------------------------------------


def test_each_status_and_date_is_what_its_thread_says(plan):
    for action in plan.actions.all():
        last, move = action.updates.last(), action.date_changes.last()
        assert action.status == (last.status if last else Status.NOT_STARTED)
        assert action.due == (move.new if move else action.original_due)
        if action.status == Status.COMPLETE:
            assert action.evidence.exists()
            done = action.updates.get(status=Status.DONE)
            assert action.verifications.get().author != done.author


def test_there_is_work_in_every_state_that_a_board_must_see(plan):
    states = set(plan.actions.values_list("status", flat=True))
    assert {Status.COMPLETE, Status.SUPERSEDED, Status.ON_TRACK} <= states
    assert Action.objects.filter(plan=plan).overdue(on=DAY).exists()


def test_the_plan_was_approved_and_sent_in_time_and_has_begun(plan, inspection):
    moves = [(move.on, move.get_new_display()) for move in plan.moves.all()]
    assert moves == [
        (date(2019, 8, 6), "Approved"),
        (date(2019, 9, 10), "Submitted to the inspectorate"),
        (date(2019, 9, 10), "In progress"),
    ]
    assert moves[1][0] < inspection.plan_due_on


def test_one_action_is_put_otherwise_and_another_is_carried_by_a_third(plan):
    [revision] = Revision.objects.filter(action__plan=plan)
    assert (revision.action.reference, revision.field) == ("5.3b", "evidence_expected")
    assert revision.old == "Services that are better, and better known locally."
    assert revision.new == revision.action.evidence_expected and revision.reason
    [merged] = plan.actions.exclude(superseded_by=None)
    assert (merged.reference, merged.superseded_by.reference) == ("2.1d", "1.1c")


def test_there_are_tasks_a_dependency_a_note_a_file_and_the_areas_own_words(area, plan):
    assert [task.is_open for task in Task.objects.filter(area=area)] == [False, True, True]
    [waits] = Dependency.objects.filter(area=area)
    assert (waits.action.reference, waits.blocker.reference) == ("5.3a", "1.1b")
    assert waits.blocker.is_open and Note.objects.filter(area=area).count() == 1
    [file] = Evidence.objects.filter(area=area).exclude(file_name="")
    assert file.file_name.endswith(".csv") and file.media_type.startswith("text/csv")
    assert store.read(file.sha256).startswith(b"Month,Reviews in the timetable,")
    assert plan.actions.exclude(percent=None).count() == 1


def test_the_pack_of_the_quarter_adds_up_and_has_what_it_must_show(area):
    body = Body.objects.get(area=area)
    assert (body.slug, body.packs_from) == ("hscp-board", AUTUMN.start)
    met = [meeting.on for meeting in Meeting.objects.filter(body=body)]
    assert met == [date(2019, 11, 20), date(2020, 2, 19)]
    assert not Pack.objects.exists()
    content = packs.gather(factories.pack(body, start=AUTUMN.start, end=AUTUMN.end, as_at=DAY))
    assert content.reconciliation.difference == 0
    assert content.reconciliation.completed == len(content.completed_actions) == 4
    assert (content.reconciliation.withdrawn, content.reconciliation.superseded) == (0, 1)
    assert Counter(change.kind for change in content.changes) == {
        "Reworded": 1,
        "Superseded": 1,
        "Due date moved": 6,
    }
    assert all(change.illustrative and change.reason for change in content.changes)
    assert {s.colour for s in content.statuses} == {"Blue", "Green", "Amber", "Red", "Grey"}
    assert all(s.word for s in content.statuses) and content.plan_state == "In progress"
    assert content.overdue_actions and content.moved_actions and content.contradictions
    assert [c.reference for c in content.coverage if not c.actions] == ["1.4"]
    assert len(content.kpis) == 8
    assert all(part.paragraphs for part in content.written)
    assert content.illustrative == demo.ILLUSTRATIVE
    assert Paragraph.objects.count() == len(content.written)


def test_nothing_of_one_area_is_seen_from_the_other(area):
    other = Area.objects.exclude(pk=area.pk).get()
    client = Client()
    client.force_login(User.objects.get(email="ewan.tulloch@throughline.example"))
    assert client.get(f"/areas/{area.slug}/").status_code == 404
    page = client.get(f"/areas/{other.slug}/plans/")
    assert page.status_code == 200 and b"Dunbartonshire" not in page.content


def test_a_validated_self_evaluation_differs_from_its_validator_and_has_findings_with_actions(area):
    validated, draft = SelfEvaluation.objects.filter(area=area).order_by("end")
    assert (validated.state, draft.state) == ("validated", "draft")
    differences = [row.difference for row in validated.judgements.all()]
    assert len(differences) == 17 and {-1, 0, 1} == set(differences)
    answered = validated.findings.filter(actions__isnull=False).distinct()
    assert 0 < answered.count() < validated.findings.count()
    linked = Action.objects.get(area=area, reference="5.3d")
    assert linked.recommendations.exists() and linked.kpis.exists() and linked.findings.exists()
    asked = draft.judgements.exclude(contributor=None).values_list("contributor__email", flat=True)
    assert "morag.reid@throughline.example" in asked


def test_every_page_of_a_self_evaluation_says_that_it_is_invented(area, client):
    client.force_login(User.objects.get(email="fiona.adair@throughline.example"))
    whole, draft = SelfEvaluation.objects.filter(area=area).order_by("end")
    element, section = whole.judgements.first(), whole.overalls.first()
    mine, about = draft.judgements.first(), draft.overalls.first()
    for name, *arguments in [
        ("self_evaluations",),
        ("self_evaluation", whole.pk),
        ("self_evaluation_compare", draft.pk),
        ("findings", whole.pk),
        ("finding_withdraw", whole.pk, whole.findings.first().pk),
        ("judgement", whole.pk, element.pk),
        ("overall", whole.pk, section.pk),
        ("judgement_write", draft.pk, mine.pk),
        ("judgement_pick", draft.pk, mine.pk),
        ("overall_write", draft.pk, about.pk),
        ("self_evaluation_assign", draft.pk),
        ("self_evaluation_conclusion", draft.pk),
        ("self_evaluation_submit", draft.pk),
    ]:
        page = Page(client.get(reverse(name, args=[area.slug, *arguments])))
        assert page.status == 200 and "Illustrative: this self-evaluation" in page.text, name
