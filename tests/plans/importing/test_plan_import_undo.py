"""An import is undone: what it puts back, and what keeps it from being undone."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from management import clock
from management.access import Role
from management.models import Post
from plans.models import Action, Plan, PlanImport
from plans.services import (
    dates,
    deciding,
    due_dates,
    importing,
    parts,
    plans,
    progress,
    rules,
    tracker,
    undoing,
)
from plans.services.evidence import standing_evidence
from plans.statuses import Status
from tests import factories
from tests.plans.importing.helpers import DRAFT, table
from tests.plans.trackers_built import downloaded

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def undo(by, kept):
    return undoing.undo(by=by, kept=kept, version=kept.version)


def test_an_import_of_a_draft_is_undone_as_if_it_had_not_been(bring, lead):
    kept = bring(table({}, {"Ref": "1.1b"}), **DRAFT)
    undo(lead, kept)
    assert not Plan.objects.exists() and not Action.objects.exists()
    assert not Post.objects.exists()
    assert PlanImport.objects.get().state == "undone"
    bring(table({}), **DRAFT)
    assert Plan.objects.get().title == "Plan 2019"


def test_an_import_into_an_agreed_plan_is_put_back_with_what_was_said_of_it(bring, lead):
    plan = bring(table({})).plan
    before = Action.objects.values("text", "due", "status", "word", "late_after").get()
    later = {"Action": "Other words", "Due": "30 June 2020", "Status": "Red", "Progress": "Stuck"}
    kept = bring(table(later, {"Ref": "1.1z", "Action": "A new one"}), plan)
    undo(lead, kept)
    first = plan.actions.get(reference="1.1a")
    assert {name: getattr(first, name) for name in before} == before
    last = first.updates.last().text
    assert "undone" in last and "does not stand" in last and "on track again" in last
    assert "Stuck" in [update.text for update in first.updates.all()]
    new = plan.actions.get(reference="1.1z")
    assert new.status == Status.WITHDRAWN
    assert [change.new for change in first.date_changes.all()] == [
        date(2020, 6, 30),
        date(2020, 3, 31),
    ]


def test_words_come_back_with_an_action_that_the_file_had_ended(bring, lead):
    plan = bring(table({})).plan
    kept = bring(table({"Action": "Other", "Status": "Withdrawn"}), plan, ended="Board, item 4")
    assert Action.objects.get().status == Status.WITHDRAWN
    undo(lead, kept)
    action = Action.objects.get()
    assert (action.text, action.status) == ("Train all staff", Status.ON_TRACK)


def test_evidence_of_the_file_alone_stands_no_more(bring, lead):
    plan = bring(table({})).plan
    kept = bring(table({"Status": "Complete"}), plan)
    assert standing_evidence(Action.objects.get()).count() == 1
    undo(lead, kept)
    action = Action.objects.get()
    assert action.status == Status.ON_TRACK
    assert not standing_evidence(action).exists()
    assert action.evidence.count() == 1


def test_a_date_that_there_was_not_stays_and_is_said_to(bring, lead):
    plan = bring(table({"Due": ""})).plan
    kept = bring(table({"Due": "30 June 2020"}), plan)
    undo(lead, kept)
    action = Action.objects.get()
    assert action.due == date(2020, 6, 30)
    assert "30 June 2020 stays" in action.notes.get().text


def test_an_undone_plan_is_named_so_and_its_file_can_come_in_again(bring, lead):
    data = table({})
    undo(lead, bring(data))
    old = Plan.objects.get()
    assert old.title == "Plan 2019 (import undone)"
    bring(data)
    assert Plan.objects.exclude(pk=old.pk).get().actions.get().status == Status.ON_TRACK


def test_a_file_is_undone_as_often_as_it_is_taken_in(bring, lead):
    titles = ["Plan 2019 (import undone)", "Plan 2019 (import undone, 2)"]
    for number in range(2):
        undo(lead, bring(table({"Action": f"Wording {number}"})))
    assert sorted(Plan.objects.values_list("title", flat=True)) == titles


def test_a_title_that_is_as_long_as_can_be_is_undone_twice(bring, lead):
    for _ in range(2):
        undo(lead, bring(table({}), title="x" * 200))
    undone = sorted(Plan.objects.values_list("title", flat=True))
    assert undone == ["x" * 181 + " (import undone, 2)", "x" * 184 + " (import undone)"]


def test_an_undone_file_of_a_plan_that_goes_on_can_come_in_again(bring, lead):
    plan = bring(table({})).plan
    data = table({}, {"Ref": "1.1b", "Action": "A new one"})
    undo(lead, bring(data, plan))
    assert bring.does(data, plan) == [("same", "1.1a"), ("create", "1.1b")]
    bring(data, plan)
    assert Action.objects.filter(text="A new one").exclude(status=Status.WITHDRAWN).count() == 1


def test_it_cannot_be_undone_after_a_day_or_in_a_closed_plan(bring):
    kept = bring(table({}))
    with clock.hold(clock.today() + timedelta(days=2)):
        assert "more than a day ago" in undoing.why_not_undone(kept)
    assert undoing.why_not_undone(kept) == ""
    kept.plan.state = "closed"
    assert "closed" in undoing.why_not_undone(kept)


def test_it_cannot_be_undone_once_somebody_has_posted_an_update(bring, lead):
    kept = bring(table({}))
    action = Action.objects.get()
    progress.post_update(
        by=lead, action=action, version=action.version, status="at_risk", text="Since"
    )
    with pytest.raises(ValidationError, match=r"action 1\.1a"):
        undo(lead, kept)
    assert Action.objects.get().status == Status.AT_RISK


def test_nobodys_task_or_link_is_undone_with_the_file(bring, lead, area):
    kept = bring(table({}, {"Ref": "1.1b", "Action": "B"}), **DRAFT)
    first, second = Action.objects.order_by("reference")
    parts.add_task(by=lead, action=first, text="Ask the trainer", post=first.lead, due=None)
    assert "action 1.1a" in undoing.why_not_undone(kept)
    first.tasks.all().delete()
    kept = bring(table({"Ref": "x", "Action": "C"}), **DRAFT | {"title": "Another plan"})
    third = Action.objects.get(text="C")
    parts.choose_blockers(
        by=lead, action=second, version=second.version, shown=[], blockers=[third]
    )
    assert "action x" in undoing.why_not_undone(kept)


def test_what_has_taken_the_place_of_another_action_is_not_undone(bring, lead):
    plan = bring(table({})).plan
    kept = bring(table({}, {"Ref": "1.1b", "Action": "Open a site"}), plan)
    old, new = plan.actions.order_by("reference")
    progress.supersede_action(
        by=lead, action=old, version=old.version, successor=new, reason="It takes its place"
    )
    with pytest.raises(ValidationError, match=r"action 1\.1b"):
        undo(lead, kept)
    assert plan.actions.get(reference="1.1b").is_open


def test_another_rule_of_what_is_late_is_nobodys_work_and_counts_what_is_open_again(
    bring, lead, area
):
    plan = bring(table({}, {"Ref": "1.1b", "Action": "B"})).plan
    for action in plan.actions.all():
        new, why = date(2020, 6, 30), "The trainer is ill"
        due_dates.move_date(by=lead, action=action, version=action.version, new=new, reason=why)
    ends, moves = {"Status": "Withdrawn"}, {"Ref": "1.1b", "Action": "B", "Due": "31 August 2020"}
    kept = bring(table(ends, moves), plan, take=[1, 2], ended="Board, item 4")
    rules.set_rules(by=lead, area=area, version=0, late="first", colours="status", words=[])
    undo(lead, kept)
    first, second = plan.actions.order_by("reference")
    assert first.status == Status.ON_TRACK
    assert first.due == second.due == date(2020, 6, 30)
    assert first.late_after == second.late_after == date(2020, 3, 31)


def test_a_new_plan_that_somebody_has_renamed_stays(bring, lead):
    kept = bring(table({}), **DRAFT)
    plan = kept.plan
    plans.edit_plan(by=lead, plan=plan, version=plan.version, title="Our plan")
    assert "the plan" in undoing.why_not_undone(kept)


def test_what_the_board_has_approved_since_is_not_undone(bring, lead):
    plan = bring(table({}), **DRAFT).plan
    kept = bring(table({"Action": "Other words"}, {"Ref": "1.1b", "Action": "A new one"}), plan)
    plan.refresh_from_db()
    assert undoing.why_not_undone(kept) == ""
    plans.record_agreement(by=lead, plan=plan, version=plan.version, decision="Board, item 3")
    kept.refresh_from_db()
    with pytest.raises(ValidationError, match=r"the plan \(approved since\)"):
        undo(lead, kept)
    assert Action.objects.filter(status=Status.NOT_STARTED).count() == 2


def test_a_plan_that_the_file_began_stays_in_progress_and_is_said_to(bring, client, lead):
    plan = bring(table({"Status": "", "Progress": ""})).plan
    kept = bring(table({}, {"Ref": "1.1b", "Action": "A new one"}), plan)
    client.force_login(lead)
    page = client.get(reverse("plan_import_undo", args=[kept.area.slug, kept.pk]))
    assert "stays as it is: in progress" in page.content.decode()
    undo(lead, kept)
    plan.refresh_from_db()
    assert plan.state == "in_progress"
    first, second = plan.actions.order_by("reference")
    assert (first.status, second.status) == (Status.NOT_STARTED, Status.WITHDRAWN)
    for action in (first, second):
        assert "The plan stays in progress" in action.updates.last().text
    later = bring(table({"Status": "Red", "Progress": "Stuck"}), plan)
    undo(lead, later)
    assert "stays in progress" not in first.updates.last().text


def test_a_draft_for_which_another_file_is_looked_at_stays_until_that_is_thrown_away(
    bring, client, lead, area
):
    kept = bring(table({}), **DRAFT)
    other = bring.keep(table({"Progress": "More"}), kept.plan, name="second.csv")
    page = reverse("plan_import_undo", args=[area.slug, kept.pk])
    client.force_login(lead)
    said = client.get(page).content.decode()
    assert "“second.csv”: throw that away first" in said
    assert "Undo the import of plan.csv</button>" not in said
    with pytest.raises(ValidationError, match=r"second\.csv"):
        undo(lead, kept)
    assert Plan.objects.count() == Action.objects.count() == 1
    deciding.throw_away(by=lead, kept=other, version=other.version)
    undo(lead, kept)
    assert not Plan.objects.exists()


def test_a_file_that_was_taken_into_the_draft_since_is_undone_first(bring, lead):
    kept = bring(table({}), **DRAFT)
    second = bring(table({"Ref": "1.1b", "Action": "B"}), kept.plan)
    with pytest.raises(ValidationError, match=r"1\.1b"):
        undo(lead, kept)
    undo(lead, second)
    undo(lead, kept)
    assert not Plan.objects.exists()


def test_a_workbook_of_the_draft_that_is_only_looked_at_goes_with_it(bring, lead):
    kept = bring(table({}), **DRAFT)
    data = downloaded(lead, kept.plan)
    book = tracker.keep(by=lead, plan=kept.plan, file_name="tracker.xlsx", data=data)
    undo(lead, kept)
    book.refresh_from_db()
    assert (book.state, book.plan) == ("thrown", None)


def test_a_post_for_which_somebody_has_found_a_use_stays(bring, lead, area):
    kept = bring(table({}), **DRAFT)
    post = Post.objects.get()
    other = factories.action(factories.plan(area))
    parts.add_task(by=lead, action=other, text="Ask", post=post, due=None)
    undo(lead, kept)
    assert (
        Post.objects.filter(pk=post.pk).exists()
        and not Action.objects.exclude(pk=other.pk).exists()
    )


def test_a_plan_whose_import_was_undone_has_answered_no_inspection(bring, lead, area):
    inspection = factories.inspection(area, bring.framework)
    kept = bring.keep(table({}), inspection=inspection)
    sent = {"submitted_on": date(2019, 9, 17), "title": "Plan 2019", "decision": "Board, item 3"}
    kept = bring.take(kept, importing.look(kept), **sent)
    assert dates.sent([inspection], on=clock.today())
    undo(lead, kept)
    assert Plan.objects.get().title == "Plan 2019 (import undone)"
    assert not dates.sent([inspection], on=clock.today())


def test_what_was_reported_as_done_is_open_again_so_that_nobody_verifies_their_own(
    bring, area, lead
):
    head = factories.user(area, Role.HEAD_OF_SERVICE)
    plan = bring(table({"Status": "Not started", "Progress": ""})).plan
    action = plan.actions.get()
    report = {"status": Status.DONE, "text": "It is done", "evidence": "The list"}
    progress.post_update(by=head, action=action, version=action.version, **report)
    kept = bring(table({"Status": "Red", "Progress": "Half of them"}), plan, take=[1])
    undo(lead, kept)
    action = plan.actions.get()
    assert action.status == Status.ON_TRACK
    assert "whoever did so has to say it again" in action.updates.last().text


def test_a_date_that_was_asked_for_when_the_file_withdrew_its_action_is_told_of(bring, lead, area):
    plan = bring(table({})).plan
    action = Action.objects.get()
    manager = factories.user(area, Role.SERVICE_MANAGER, name="Isla Grant")
    factories.holding(action.lead, manager)
    Plan.objects.update(dates_need_approval=True)
    asks = {"new": date(2020, 6, 30), "reason": "The trainer is ill"}
    action = Action.objects.get()
    due_dates.move_date(by=manager, action=action, version=action.version, **asks)
    undo(lead, bring(table({"Status": "Withdrawn"}), plan, ended="Board, item 9"))
    action = Action.objects.get()
    assert action.is_open and due_dates.waiting(action) is None
    assert "Isla Grant had asked for 30 June 2020, and has to ask again." in (
        action.updates.last().text
    )
