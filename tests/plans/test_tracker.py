"""A tracker workbook comes back: compared, refused where it must be, and taken in as a whole."""

import hashlib
import json
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import override_settings

from management import store
from management.access import Role
from management.models import AuditEvent
from management.uploads import BadFile
from management.versions import Stale
from plans.models import DateRequest, Plan, PlanImport, Update
from plans.services import tracker
from plans.services.actions import edit_action
from plans.services.due_dates import answer_date
from plans.services.evidence import withdraw_evidence
from plans.services.progress import post_update
from plans.states import PlanState
from plans.tracker.merging import Field
from tests import factories
from tests.plans.trackers_built import downloaded, filled, letter, redone

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
LATER = date(2020, 6, 30)


class Here:
    """A plan of two actions: of the first, a service manager holds the post."""

    def __init__(self, **facts: Any) -> None:
        self.area = factories.area("Kinlaggan", slug="kinlaggan")
        self.keeper = factories.user(self.area, Role.PERFORMANCE_LEAD)
        self.manager = factories.user(self.area, Role.SERVICE_MANAGER)
        self.posts = [factories.post(self.area, f"Post {n}") for n in (1, 2, 3)]
        factories.holding(self.posts[0], self.manager)
        self.plan = factories.plan(self.area, **facts)
        self.first = self.action("A1", self.posts[0], status="on_track", percent=20)
        self.second = self.action("A2", self.posts[1], supporting=(self.posts[2],))

    def action(self, reference: str, lead: Any, **facts: Any) -> Any:
        return factories.action(
            self.plan, reference=reference, lead=lead, text=f"Do {reference}", **facts
        )

    def out(self) -> bytes:
        return downloaded(self.keeper, self.plan)

    def compare(self, data: bytes, by: Any = None) -> tracker.Comparison:
        self.plan = Plan.objects.get(pk=self.plan.pk)
        return tracker.compare(by=by or self.keeper, plan=self.plan, data=data, name="t.xlsx")

    def keep(self, data: bytes, by: Any = None) -> PlanImport:
        return tracker.keep(by=by or self.keeper, plan=self.plan, file_name="t.xlsx", data=data)

    def take_in(self, kept: PlanImport, by: Any = None, **facts: Any) -> int:
        by = by or self.keeper
        facts.setdefault("mark", tracker.compare_kept(by=by, kept=kept).mark)
        facts.setdefault("taken", {})
        return tracker.take_in(by=by, kept=kept, **facts)

    def sentences(self, data: bytes, by: Any = None) -> list[str]:
        return [str(problem) for problem in self.compare(data, by).problems]


@pytest.fixture
def here() -> Here:
    return Here()


def place(name: str, row: int) -> str:
    return f"Sheet “Actions”, cell {letter(name)}{row}: "


def test_everything_that_was_written_is_taken_in_together_and_only_once(here: Here) -> None:
    data = filled(
        here.out(),
        {"status": "In progress: at risk", "percent": 40, "update": "Two posts are vacant"},
        {
            "text": "Do A2 better",
            "lead": "Post 3",
            "supporting": "Post 1; Post 2",
            "evidence_expected": "A count",
            "new_due": LATER,
            "why": "The partner",
            "evidence": "Minutes of the meeting",
        },
    )
    kept = here.keep(data)
    seen = tracker.compare_kept(by=here.keeper, kept=kept)
    assert (len(seen.proposals), seen.conflicts, seen.problems) == (2, 0, ())
    assert seen.needs_reason
    with pytest.raises(ValidationError, match="the board will read it"):
        here.take_in(kept)
    here.first.refresh_from_db()
    assert here.first.status == "on_track"  # nothing of it
    assert here.take_in(kept, reason="Agreed in January") == 2
    here.first.refresh_from_db()
    assert (here.first.status, here.first.percent) == ("at_risk", 40)
    assert here.first.updates.get().text == "Two posts are vacant"
    here.second.refresh_from_db()
    assert (here.second.text, str(here.second.lead)) == ("Do A2 better", "Post 3")
    assert [str(post) for post in here.second.supporting.all()] == ["Post 1", "Post 2"]
    assert here.second.due == LATER
    assert here.second.date_changes.get().reason == "The partner"
    assert here.second.evidence.get().description == "Minutes of the meeting"
    assert {r.reason for r in here.second.revisions.all()} == {"Agreed in January"}
    assert here.second.revisions.count() == 4
    kept.refresh_from_db()
    assert kept.state == PlanImport.State.APPLIED
    assert json.loads(kept.done)["actions"]["A1"] == ["update"]
    verbs = AuditEvent.objects.filter(actor_name=here.keeper.name).values_list("verb", flat=True)
    assert {"take tracker workbook in", "post update", "edit action", "move due date"} <= set(verbs)
    with pytest.raises(ValidationError, match="taken in before"):
        here.take_in(kept)
    again = here.compare(data)
    assert (again.proposals, again.problems, again.already) == ((), (), 2)
    new = here.compare(here.out())
    assert (new.proposals, new.problems, new.untouched) == ((), (), 2)


def test_what_was_changed_on_both_sides_is_asked_for_cell_by_cell(here: Here) -> None:
    data = filled(
        here.out(),
        {"status": "In progress: at risk", "percent": 40, "update": "From the file"},
        {"text": "Do A2 as the file says"},
    )
    post_update(
        by=here.keeper,
        action=here.first,
        version=here.first.version,
        status="off_track",
        text="From here",
        percent=40,
    )
    edit_action(
        by=here.keeper, action=here.second, version=1, reason="Clearer", text="Do A2 as here"
    )
    kept = here.keep(data)
    seen = tracker.compare_kept(by=here.keeper, kept=kept)
    assert [(p.reference, c.field) for p in seen.proposals for c in p.changes] == [
        ("A1", Field.STATUS),
        ("A1", Field.UPDATE),
        ("A2", Field.TEXT),
    ]
    assert seen.conflicts == 3
    with pytest.raises(ValidationError, match="status and % done of the workbook go"):
        here.take_in(kept, taken={here.first.pk: {Field.STATUS}}, reason="Decided")
    both = {Field.STATUS, Field.UPDATE}
    here.take_in(kept, taken={here.first.pk: both}, reason="Decided")
    here.first.refresh_from_db()
    here.second.refresh_from_db()
    assert here.first.status == "at_risk"
    assert here.second.text == "Do A2 as here"


def test_nothing_is_saved_when_anything_is_not_as_it_was_shown(here: Here) -> None:
    kept = here.keep(
        filled(here.out(), {"update": "From the file"}, {"update": "From the file too"})
    )
    mark = tracker.compare_kept(by=here.keeper, kept=kept).mark
    post_update(
        by=here.manager,
        action=here.first,
        version=here.first.version,
        status="on_track",
        text="Meanwhile",
    )
    with pytest.raises(Stale):
        here.take_in(kept, mark=mark)
    assert [update.text for update in Update.objects.all()] == ["Meanwhile"]
    kept.refresh_from_db()
    assert kept.state == PlanImport.State.PREVIEW
    assert here.take_in(kept, taken={here.first.pk: {Field.UPDATE}}) == 2


@pytest.mark.parametrize(
    ("cells", "name", "sentence"),
    [
        ({"status": "Not started"}, "update", "Say what has happened"),
        ({"new_due": date(2020, 1, 15), "why": "x"}, "new_due", "Give a date after today"),
        ({"new_due": date(2031, 1, 15), "why": "x"}, "new_due", "Is the year right?"),
        ({"new_due": LATER}, "why", "Give the reason"),
        ({"lead": "Post 9"}, "lead", "the area has no such post"),
        ({"percent": 400}, "percent", "no whole number from 0 to 100"),
    ],
)
def test_a_refusal_names_its_cell_and_leaves_everything_else(
    here: Here, cells: dict[str, Any], name: str, sentence: str
) -> None:
    data = filled(here.out(), cells, {"update": "Fine"})
    (said,) = here.sentences(data)
    assert said.startswith(place(name, 2))
    assert sentence in said
    assert [p.reference for p in here.compare(data).proposals] == ["A2"]


@pytest.mark.parametrize(
    ("status", "name", "sentence"),
    [
        ("Finished", "status", "is no status here"),
        ("Complete (verified)", "status", "cannot follow"),
        ("Not started", "status", "cannot follow"),
        ("Done, awaiting verification", "evidence", "only with evidence"),
    ],
)
def test_what_is_written_beside_a_refused_status_is_held_back_with_it_and_named(
    here: Here, status: str, name: str, sentence: str
) -> None:
    evidence = {} if name == "evidence" else {"evidence": "Contract"}
    written = {"status": status, "update": "All done!", "percent": 50, **evidence}
    data = filled(here.out(), written, {"update": "Fine"})
    said, *held = here.sentences(data)
    assert said.startswith(place(name, 2)) and sentence in said
    back = "held back, because the status in this row is not taken."
    assert held == [
        f"{place('percent', 2)}action A1, “% done” “50”: {back}",
        f"{place('update', 2)}action A1, “New update” “All done!”: {back}",
        *(f"{place('evidence', 2)}action A1, “New evidence” “Contract”: {back}" for _ in evidence),
    ]
    assert here.take_in(here.keep(data)) == 1
    here.first.refresh_from_db()
    assert (here.first.status, here.first.percent) == ("on_track", 20)
    assert not here.first.updates.exists() and not here.first.evidence.exists()
    assert here.second.updates.get().text == "Fine"


def test_evidence_beside_a_status_without_a_word_is_held_back_too(here: Here) -> None:
    data = filled(here.out(), {"status": "In progress: at risk", "evidence": "Contract"})
    said, held = here.sentences(data)
    assert said.startswith(place("update", 2)) and "Say what has happened" in said
    assert held.startswith(f"{place('evidence', 2)}action A1, “New evidence” “Contract”: held back")
    assert here.compare(data).proposals == ()


def test_a_service_manager_brings_back_only_what_is_theirs(here: Here) -> None:
    data = filled(
        here.out(),
        {"update": "Mine", "text": "Do it otherwise"},
        {"update": "Somebody else's"},
    )
    seen = here.compare(data, here.manager)
    assert [(p.reference, p.update, p.changes) for p in seen.proposals] == [("A1", "Mine", ())]
    assert [str(problem) for problem in seen.problems] == [
        f"{place('text', 2)}action A1, “Action” “Do it otherwise”: what was agreed is changed by "
        "those who keep the plan.",
        "Sheet “Actions”, row 3: “New update” “Somebody else's”: Action A2 belongs to another "
        "post. Its lead is Post 2.",
    ]
    assert here.take_in(here.keep(data, here.manager), here.manager) == 1
    with pytest.raises(PermissionDenied):
        here.keep(data, factories.user(here.area, Role.BOARD_MEMBER))


def test_a_draft_is_worded_and_dated_without_a_reason_and_takes_no_reports() -> None:
    here = Here(state=PlanState.DRAFT)
    data = filled(here.out(), {"text": "Do it well", "new_due": LATER}, {"update": "Begun"})
    assert here.sentences(data) == [
        "Sheet “Actions”, row 3: action A2, “New update” “Begun”: The plan is a draft: progress is "
        "reported once it is approved."
    ]
    seen = here.compare(data)
    assert not seen.needs_reason
    assert here.take_in(here.keep(data)) == 1
    here.first.refresh_from_db()
    assert (here.first.text, here.first.original_due, here.first.due) == (
        "Do it well",
        LATER,
        LATER,
    )
    assert not here.first.revisions.exists()
    early = filled(here.out(), {"new_due": date(2015, 1, 1)})
    assert here.sentences(early)[0].startswith(place("new_due", 2))


def test_where_a_second_person_must_agree_a_date_is_asked_for_once() -> None:
    here = Here(dates_need_approval=True)
    data = filled(here.out(), {"new_due": LATER, "why": "The partner"})
    assert here.take_in(here.keep(data)) == 1
    here.first.refresh_from_db()
    assert here.first.due == date(2020, 3, 31)
    assert DateRequest.objects.get().new == LATER
    assert here.compare(data).proposals == ()
    other = filled(here.out(), {"new_due": date(2020, 9, 30), "why": "Longer"})
    (said,) = here.sentences(other)
    assert "30 June 2020 is asked for already" in said


def test_closed_actions_and_plans_stay_as_they_are(here: Here) -> None:
    data = filled(here.out(), {"update": "More", "text": "Other", "new_due": LATER, "why": "x"})
    type(here.first).objects.filter(pk=here.first.pk).update(status="withdrawn")
    assert len(here.sentences(data)) == 3
    assert all("closed" in said for said in here.sentences(data))
    Plan.objects.filter(pk=here.plan.pk).update(state=PlanState.CLOSED)
    assert here.compare(data).proposals == ()


def test_a_file_that_is_not_this_plan_s_tracker_is_refused(here: Here) -> None:
    data = here.out()

    def why(changed: bytes, plan: Plan | None = None) -> str:
        with pytest.raises(BadFile) as refused:
            tracker.keep(by=here.keeper, plan=plan or here.plan, file_name="t.xlsx", data=changed)
        return str(refused.value)

    stamp = "xl/worksheets/sheet4.xml"
    missing = redone(data, "xl/workbook.xml", lambda xml: xml.replace("_throughline", "Notes"))
    assert "no tracker workbook of Throughline" in why(missing)
    older = redone(data, stamp, lambda xml: xml.replace("Throughline tracker 1", "Older 0"))
    assert "made by another release" in why(older)
    damaged = redone(data, stamp, lambda xml: xml.replace(">eA", ">eB"))
    assert "was altered" in why(damaged)
    with override_settings(SECRET_KEY="of another installation"):
        foreign = here.out()
    assert "made by another installation" in why(foreign)
    other = factories.plan(here.area, title="Another plan")
    assert "of “" in why(data, other)
    assert f"not of “{other.title}”" in why(data, other)
    elsewhere = factories.plan(factories.area("Bendor"))
    with pytest.raises(BadFile, match="of another area's plan: refused"):
        tracker.compare(
            by=factories.user(elsewhere.area, Role.PERFORMANCE_LEAD),
            plan=elsewhere,
            data=data,
            name="t.xlsx",
        )
    assert not PlanImport.objects.exists()
    assert not store.path(hashlib.sha256(missing).hexdigest()).exists()


def test_an_action_that_left_the_draft_is_not_looked_for() -> None:
    here = Here(state=PlanState.DRAFT)
    data = filled(here.out(), {"text": "Other"})
    here.first.delete()
    assert here.sentences(data) == [
        "Sheet “Actions”, row 2: action A1: the action is not in the plan any more."
    ]


def test_the_area_s_own_words_go_out_and_come_back(here: Here) -> None:
    factories.status_word(here.area, "Green", status="on_track", place=1)
    factories.status_word(here.area, "Amber", status="at_risk", place=2)
    factories.status_word(here.area, "Yellow", status="at_risk", place=3)
    data = filled(here.out(), {"status": "Yellow", "update": "Slower"})
    assert here.take_in(here.keep(data)) == 1
    here.first.refresh_from_db()
    assert (here.first.status, here.first.word) == ("at_risk", "Yellow")
    assert here.compare(data).already == 1
    assert here.compare(here.out()).untouched == 2
    # A status that stays keeps its word; per cent goes with an update.
    data = filled(here.out(), {"percent": 60, "update": "Further"})
    assert here.take_in(here.keep(data)) == 1
    here.first.refresh_from_db()
    assert (here.first.status, here.first.word, here.first.percent) == ("at_risk", "Yellow", 60)


def test_whoever_leads_now_does_not_support_beside_it(here: Here) -> None:
    data = filled(here.out(), {}, {"lead": "Post 3"})
    here.take_in(here.keep(data), reason="Post 2 is gone")
    here.second.refresh_from_db()
    assert (str(here.second.lead), list(here.second.supporting.all())) == ("Post 3", [])
    assert here.compare(data).proposals == ()


@pytest.mark.parametrize("supporting", ["Post 2", None])
def test_nobody_drops_off_where_only_the_lead_is_in_conflict(supporting: str | None) -> None:
    here = Here()
    data = filled(here.out(), {}, {"lead": "Post 3", "supporting": supporting})
    facts = {"version": here.second.version, "lead": here.posts[0], "reason": "The board said so"}
    edit_action(by=here.keeper, action=here.second, **facts)
    (proposal,) = here.compare(data).proposals
    assert {c.field: c.is_conflict for c in proposal.changes} == {
        Field.LEAD: True,
        Field.SUPPORTING: True,
    }
    here.take_in(here.keep(data))
    here.second.refresh_from_db()
    assert str(here.second.lead) == "Post 1"
    assert list(map(str, here.second.supporting.all())) == ["Post 3"]


def test_what_was_taken_back_since_the_workbook_came_is_not_asked_for_again(here: Here) -> None:
    data = filled(here.out(), {"evidence": "A list of names"})
    here.take_in(here.keep(data))
    proof = here.first.evidence.get()
    withdraw_evidence(by=here.keeper, evidence=proof, reason="It names people")
    again = here.compare(data)
    assert (again.proposals, again.already) == ((), 1)


def test_a_date_that_was_refused_is_not_asked_for_again() -> None:
    here = Here(dates_need_approval=True)
    data = filled(here.out(), {"new_due": LATER, "why": "The partner"})
    here.take_in(here.keep(data))
    here.first.refresh_from_db()
    answer_date(
        by=factories.user(here.area, Role.HEAD_OF_SERVICE),
        request=DateRequest.objects.get(),
        version=here.first.version,
        agreed=False,
        text="It must not slip",
    )
    again = here.compare(data)
    assert (again.proposals, again.problems, again.already) == ((), (), 1)
    # Whoever wants it after all downloads the workbook again.
    assert len(here.compare(filled(here.out(), {"new_due": LATER, "why": "x"})).proposals) == 1


def test_wording_that_is_kept_as_it_is_here_needs_no_reason(here: Here) -> None:
    data = filled(here.out(), {"text": "As the file says", "update": "Begun"})
    edit_action(by=here.keeper, action=here.first, version=1, reason="Clearer", text="As here")
    kept = here.keep(data)
    seen = tracker.compare_kept(by=here.keeper, kept=kept)
    assert (seen.needs_reason, seen.may_need_reason) == (False, True)
    with pytest.raises(ValidationError, match="the board will read it"):
        here.take_in(kept, taken={here.first.pk: {Field.TEXT}})
    assert here.take_in(kept) == 1
    here.first.refresh_from_db()
    assert here.first.text == "As here"


def test_a_workbook_is_taken_in_by_whoever_brought_it_or_who_keeps_the_plan(here: Here) -> None:
    data = filled(here.out(), {"status": "In progress: at risk", "update": "Two posts are vacant"})
    kept = here.keep(data)
    with pytest.raises(ValidationError, match=f"{here.keeper.name} brought this workbook"):
        here.take_in(kept, by=here.manager)
    own = here.keep(data, by=here.manager)
    assert here.take_in(own) == 1
