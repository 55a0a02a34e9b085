"""What an action waits for, and its tasks: what is done, refused and left."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from management import clock
from management.access import Role
from management.models import AuditEvent
from management.versions import Stale
from plans.models import Action, Dependency, Plan, Task
from plans.services import parts, verification
from plans.states import PlanState
from plans.statuses import Status
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
S = Status


@pytest.fixture
def plan():
    return factories.plan(factories.area())


@pytest.fixture
def lead(plan):
    return factories.user(plan.area, Role.PERFORMANCE_LEAD)


def row_of(plan, many):
    post = factories.post(plan.area)
    guide = factories.quality_indicator(factories.framework(()))
    return [
        factories.action(plan, reference=f"A{n}", lead=post, indicator=guide) for n in range(many)
    ]


def waits(action):
    return set(action.dependencies.values_list("blocker__reference", flat=True))


def choose(by, action, *blockers, shown=None):
    shown = action.dependencies.values_list("blocker", flat=True) if shown is None else shown
    parts.choose_blockers(by=by, action=action, shown=list(shown), blockers=blockers)


def trail(row):
    event = AuditEvent.objects.of_row(row).first()
    return event.actor_name, event.verb, event.reason


# --- what it waits for ---------------------------------------------------------------------------


def test_what_is_chosen_is_waited_for_from_now_on_and_the_rest_no_more(plan, lead):
    one, two, three, four = row_of(plan, 4)
    choose(lead, one, two, three)
    kept = one.dependencies.get(blocker=three)
    choose(lead, one, three, four)
    assert waits(one) == {"A2", "A3"}
    assert one.dependencies.get(blocker=three) == kept
    assert trail(kept) == (lead.name, "choose blockers", "")
    choose(lead, one)
    assert waits(one) == set()


def test_who_chose_from_an_older_list_chooses_nothing(plan, lead):
    one, two, three = row_of(plan, 3)
    choose(lead, one, two)
    with pytest.raises(Stale):
        choose(lead, one, three, shown=())
    assert waits(one) == {"A1"}


def test_what_is_closed_is_waited_for_no_more_than_it_was(plan, lead):
    one, two, three = row_of(plan, 3)
    choose(lead, one, two)
    Action.objects.filter(pk__in=[two.pk, three.pk]).update(status=S.COMPLETE)
    with pytest.raises(ValidationError, match="Action A2 is closed: nothing waits for it"):
        choose(lead, one, *Action.objects.filter(pk__in=[two.pk, three.pk]))
    choose(lead, one, Action.objects.get(pk=two.pk))  # it was waited for before: it stays listed
    assert waits(one) == {"A1"}


def test_another_areas_action_is_not_waited_for(plan, lead):
    [one] = row_of(plan, 1)
    with pytest.raises(ValidationError, match="Choose actions of this area alone"):
        choose(lead, one, factories.action(factories.plan(factories.area())))


@pytest.mark.parametrize(
    ("state", "status", "said"),
    [
        (PlanState.CLOSED, S.ON_TRACK, "The plan is closed: its actions stay as they are."),
        (PlanState.IN_PROGRESS, S.COMPLETE, "Action A0 is closed: it stays as it is."),
    ],
)
def test_what_is_closed_waits_for_nothing_new(plan, lead, state, status, said):
    one, two = row_of(plan, 2)
    Plan.objects.update(state=state)
    Action.objects.filter(pk=one.pk).update(status=status)
    with pytest.raises(ValidationError, match=said):
        choose(lead, one, two)


def test_while_what_it_waits_for_is_open_it_is_complete_only_where_the_verifier_says_so(plan, lead):
    one, two, three = row_of(plan, 3)
    choose(lead, one, two, three)
    Action.objects.filter(pk=three.pk).update(status=S.COMPLETE)
    Action.objects.filter(pk=one.pk).update(status=S.DONE)
    done = Action.objects.get(pk=one.pk)
    head = factories.user(plan.area, Role.HEAD_OF_SERVICE)
    said = {"by": head, "action": done, "version": done.version, "note": "Seen"}
    with pytest.raises(ValidationError) as refused:
        verification.verify_action(**said)
    assert refused.value.message_dict == {
        "although_blocked": [
            "It waits for A1, still open. Say that it is complete all the same, or send it back."
        ]
    }
    assert done.status == Action.objects.get(pk=one.pk).status == S.DONE
    verification.verify_action(**said, although_blocked=True)
    assert done.updates.get().text == "Verified, although it waits for A1: Seen"
    assert Action.objects.get(pk=one.pk).status == S.COMPLETE


def test_who_holds_a_post_of_the_action_says_what_it_waits_for_and_nobody_elses(plan):
    one, two = row_of(plan, 2)
    manager = factories.user(plan.area, Role.SERVICE_MANAGER)
    factories.holding(factories.post(plan.area, "Another post"), manager)
    with pytest.raises(PermissionDenied, match="belongs to another post"):
        choose(manager, one, two)
    factories.holding(one.lead, manager)
    choose(manager, one, two)
    assert waits(one) == {two.reference}


def test_a_circle_is_refused_with_the_action_that_would_close_it(plan, lead):
    one, two, three = row_of(plan, 3)
    with pytest.raises(ValidationError, match="An action cannot wait for itself"):
        choose(lead, one, one)
    choose(lead, one, two)
    choose(lead, two, three)
    with pytest.raises(ValidationError, match="Action A0 itself waits for action A2"):
        choose(lead, three, one)
    assert waits(three) == set()


MANY = 5
CHOICES = st.lists(
    st.tuples(st.integers(0, MANY - 1), st.sets(st.integers(0, MANY - 1), max_size=3)), max_size=12
)


def in_a_circle(edges):
    """Whether somebody waits for themselves in the end: what nobody waits for is taken away."""
    left = {one for edge in edges for one in edge}
    while free := {one for one in left if not any(a == one and b in left for a, b in edges)}:
        left -= free
    return bool(left)


@pytest.fixture
def several(plan):
    return row_of(plan, MANY)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(CHOICES)
def test_no_sequence_of_choices_makes_a_circle_and_no_other_choice_is_refused(
    several, lead, choices
):
    Dependency.objects.all().delete()
    edges = set()
    for one, chosen in choices:
        wanted = {edge for edge in edges if edge[0] != one} | {(one, other) for other in chosen}
        try:
            choose(lead, several[one], *(several[other] for other in chosen))
        except ValidationError:
            assert in_a_circle(wanted)
        else:
            assert not in_a_circle(wanted)
            edges = wanted
    keys = [action.pk for action in several]
    rows = Dependency.objects.values_list("action", "blocker")
    assert {(keys.index(one), keys.index(other)) for one, other in rows} == edges


# --- tasks ---------------------------------------------------------------------------------------


@pytest.fixture
def action(plan):
    return factories.action(plan, reference="A1")


@pytest.fixture
def task(action):
    return factories.task(action, text="Book the room", due=date(2020, 1, 10))


def test_a_task_has_a_text_and_may_have_a_day_and_a_post(action, lead):
    due = date(2020, 2, 28)
    made = parts.add_task(by=lead, action=action, text=" Book it ", due=due, post=action.lead)
    assert (made.text, made.due, made.post, made.area) == (
        "Book it",
        due,
        action.lead,
        action.area,
    )
    assert trail(made) == (lead.name, "add task", "")


def test_a_task_is_put_otherwise(task, lead):
    parts.edit_task(by=lead, task=task, version=1, text="Book the hall")
    assert (task.text, task.due, task.version) == ("Book the hall", None, 2)


def test_a_task_is_done_by_somebody_on_a_day_and_can_be_open_again(task, lead, today):
    parts.finish_task(by=lead, task=task, version=1)
    assert (task.done_on, task.done_by, task.is_open) == (today, lead.name, False)
    with pytest.raises(ValidationError, match="done or dropped: open it again first"):
        parts.finish_task(by=lead, task=task, version=2)
    parts.reopen_task(by=lead, task=task, version=2)
    assert (task.done_on, task.done_by, task.is_open) == (None, "", True)
    with pytest.raises(ValidationError, match="This task is open"):
        parts.reopen_task(by=lead, task=task, version=3)


def test_a_dropped_task_keeps_its_reason_until_it_is_open_again(task, lead, today):
    with pytest.raises(ValidationError, match="Say why"):
        parts.drop_task(by=lead, task=task, version=1, reason=" ")
    parts.drop_task(by=lead, task=task, version=1, reason="No room is needed")
    assert (task.dropped_on, task.dropped_reason) == (today, "No room is needed")
    assert trail(task) == (lead.name, "drop task", "No room is needed")
    for change in (parts.finish_task, parts.edit_task):
        facts = {"text": "Other"} if change is parts.edit_task else {}
        with pytest.raises(ValidationError, match="open it again first"):
            change(by=lead, task=task, version=2, **facts)
    parts.reopen_task(by=lead, task=task, version=2)
    assert (task.dropped_on, task.dropped_reason) == (None, "")


DEEDS = {
    "add": lambda by, t: parts.add_task(by=by, action=t.action, text="More"),
    "edit": lambda by, t: parts.edit_task(by=by, task=t, version=t.version, text="More"),
    "finish": lambda by, t: parts.finish_task(by=by, task=t, version=t.version),
    "drop": lambda by, t: parts.drop_task(by=by, task=t, version=t.version, reason="No"),
}


@pytest.mark.parametrize("deed", DEEDS.values(), ids=DEEDS)
def test_tasks_are_the_work_of_whoever_reports_and_in_a_draft_of_those_who_keep_it(
    deed, task, plan, lead
):
    stranger = factories.user(plan.area, Role.SERVICE_MANAGER)
    holder = factories.user(plan.area, Role.SERVICE_MANAGER)
    factories.holding(task.action.lead, holder)
    with pytest.raises(PermissionDenied):
        deed(stranger, task)
    deed(holder, task)
    draft = factories.plan(plan.area, state=PlanState.DRAFT)
    drafted = factories.task(factories.action(draft, lead=task.action.lead))
    with pytest.raises(PermissionDenied):
        deed(holder, drafted)
    deed(lead, drafted)


def test_whoever_holds_the_tasks_own_post_today_says_that_it_is_done_or_not(plan, action):
    """What the task says, and whether it is dropped, is for the action's posts."""
    post, today = factories.post(plan.area), clock.today()
    task = factories.task(action, post=post)
    holder, before = (factories.user(plan.area, Role.SERVICE_MANAGER) for _ in range(2))
    factories.holding(post, before, end=today - timedelta(days=1))
    with pytest.raises(PermissionDenied):
        parts.finish_task(by=before, task=task, version=1)
    factories.holding(post, holder, start=today)
    parts.finish_task(by=holder, task=task, version=1)
    assert task.done_by == holder.name
    parts.reopen_task(by=holder, task=task, version=2)
    for name in ("add", "edit", "drop"):
        with pytest.raises(PermissionDenied):
            DEEDS[name](holder, task)
    Task.objects.update(dropped_on=today)
    task.refresh_from_db()
    with pytest.raises(PermissionDenied):
        parts.reopen_task(by=holder, task=task, version=3)


def test_neither_a_reader_with_the_post_nor_its_holder_in_a_draft_ticks_a_task(plan, action):
    post = factories.post(plan.area)
    draft = factories.action(factories.plan(plan.area, state=PlanState.DRAFT))
    for role, of in ((Role.BOARD_MEMBER, action), (Role.SERVICE_MANAGER, draft)):
        person = factories.user(plan.area, role)
        factories.holding(post, person)
        with pytest.raises(PermissionDenied):
            parts.finish_task(by=person, task=factories.task(of, post=post), version=1)


@pytest.mark.parametrize("deed", DEEDS.values(), ids=DEEDS)
def test_the_tasks_of_what_is_closed_stay_as_they_are(deed, task, lead):
    task.action.status = S.COMPLETE
    with pytest.raises(ValidationError, match="Action A1 is closed: it stays as it is"):
        deed(lead, task)
    task.action.status, task.action.plan.state = S.ON_TRACK, PlanState.CLOSED
    with pytest.raises(ValidationError, match="The plan is closed"):
        deed(lead, task)
    assert Task.objects.get().version == 1


@pytest.mark.parametrize("deed", list(DEEDS.values())[1:], ids=list(DEEDS)[1:])
def test_a_task_that_has_changed_since_it_was_read_stays_as_it_is_now(deed, task, lead):
    Task.objects.update(version=2)
    with pytest.raises(Stale):
        deed(lead, task)
    assert Task.objects.get().is_open


@pytest.mark.parametrize(
    ("facts", "field"), [({"text": " "}, "text"), ({"due": date(2091, 1, 1)}, "due")]
)
def test_a_task_that_cannot_be_is_refused_at_its_field(facts, field, task, lead):
    facts = {"text": "Book it", **facts}
    for change in (
        lambda: parts.add_task(by=lead, action=task.action, **facts),
        lambda: parts.edit_task(by=lead, task=task, version=1, **facts),
    ):
        with pytest.raises(ValidationError) as refusal:
            change()
        assert set(refusal.value.message_dict) == {field}
