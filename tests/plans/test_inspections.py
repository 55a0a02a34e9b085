"""Every change to an inspection: what it does, what it refuses, what it leaves in the trail."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from management import clock
from management.access import Role
from management.models import AuditEvent
from management.versions import Stale
from plans.models import Evaluation, Inspection, KeyMessage, Stage
from plans.services import inspections as services
from plans.services.inspections import Given
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
NOTIFIED, PUBLISHED = date(2018, 11, 1), date(2019, 8, 6)


@pytest.fixture
def area():
    return factories.area()


@pytest.fixture
def lead(area):
    return factories.user(area, Role.PERFORMANCE_LEAD)


@pytest.fixture
def guide():
    made = factories.framework()
    for sequence, (week, weekday, name) in enumerate(
        [(1, 0, "Notification"), (11, 2, "Self-evaluation"), (28, 0, "Publication")], 1
    ):
        factories.step(made, sequence=sequence, week=week, weekday=weekday, name=name)
    return made


@pytest.fixture
def opened(area, lead, guide):
    def make(**facts):
        facts = {"title": "Inspection", "inspectorate": "Care Inspectorate", **facts}
        return services.open_inspection(
            by=lead, area=area, framework=facts.pop("framework", guide), **facts
        )

    return make


def trail(row):
    event = AuditEvent.objects.of_row(row).first()
    return event.actor_name, event.verb


def refused(call, **facts):
    """The sentences of a refusal, by field."""
    with pytest.raises(ValidationError) as caught:
        call(**facts)
    return {name: " ".join(said) for name, said in caught.value.message_dict.items()}


def days(inspection):
    return {stage.name: stage.on for stage in inspection.stages.all()}


# --- recording -----------------------------------------------------------------------------------


def test_one_that_is_only_notified_has_its_timetable_and_no_deadline_for_a_plan(opened, lead):
    made = opened(notified_on=NOTIFIED)
    assert (made.is_published, made.plan_due_on) == (False, None)
    assert days(made) == {
        "Notification": NOTIFIED,
        "Self-evaluation": date(2019, 1, 9),
        "Publication": date(2019, 5, 6),
    }
    assert trail(made) == trail(made.stages.first()) == (lead.name, "open inspection")


def test_one_that_is_already_published_has_its_plan_due_six_weeks_later(opened):
    made = opened(published_on=PUBLISHED)
    assert made.plan_due_on == date(2019, 9, 17)
    assert not made.stages.exists()
    by_hand = opened(title="Another", published_on=PUBLISHED, plan_due_on=date(2019, 9, 30))
    assert by_hand.plan_due_on == date(2019, 9, 30)


def test_a_progress_review_has_no_weeks_and_no_plan_of_its_own(opened):
    first = opened(published_on=PUBLISHED)
    review = opened(
        title="Review",
        kind=Inspection.Kind.PROGRESS,
        follows=first,
        notified_on=date(2019, 10, 1),
        published_on=date(2019, 12, 3),
    )
    assert (review.plan_due_on, review.stages.count()) == (None, 0)


@pytest.mark.parametrize(
    ("facts", "field", "said"),
    [
        (
            {"notified_on": date(2019, 8, 7), "published_on": PUBLISHED},
            "published_on",
            "cannot be published (6 August 2019) before it is notified (7 August 2019)",
        ),
        (
            {"published_on": PUBLISHED, "plan_due_on": date(2019, 8, 5)},
            "plan_due_on",
            "before the report is published",
        ),
        ({"plan_due_on": PUBLISHED}, "plan_due_on", "enter the day of that first"),
        ({"published_on": date(2020, 1, 16)}, "published_on", "until then the inspection is conf"),
        ({"notified_on": date(2091, 1, 1)}, "notified_on", "Is the year right?"),
        ({"notified_on": date(219, 1, 1)}, "notified_on", "Is the year right?"),
        (
            {"published_on": PUBLISHED, "plan_due_on": date(9999, 12, 31)},
            "plan_due_on",
            "Is the year right?",
        ),
        ({"records_read": 703, "records_in_all": 702}, "records_read", "More records were read"),
        ({"title": ""}, "title", "cannot be blank"),
    ],
)
def test_impossible_facts_are_refused_at_the_field(opened, facts, field, said):
    found = refused(opened, **facts)
    assert list(found) == [field]
    assert said in found[field]
    assert not Inspection.objects.exists() and not Stage.objects.exists()


def test_one_title_is_one_inspection_of_an_area(opened):
    opened()
    assert "already has" in refused(opened)["title"]
    elsewhere = factories.area()
    services.open_inspection(
        by=factories.user(elsewhere, Role.HEAD_OF_SERVICE),
        area=elsewhere,
        framework=factories.framework(),
        title="Inspection",
        inspectorate="Care Inspectorate",
    )


def test_what_a_progress_review_looks_at_makes_sense(area, opened, lead):
    first = opened()
    strange = factories.inspection(factories.area())
    progress = {"title": "Review", "kind": Inspection.Kind.PROGRESS}
    assert "Only a progress review" in refused(opened, title="Other", follows=first)["follows"]
    assert "same area" in refused(opened, **progress, follows=strange)["follows"]
    review = opened(**progress, follows=first)
    found = refused(
        services.edit_inspection,
        by=lead,
        inspection=first,
        version=1,
        kind=Inspection.Kind.PROGRESS,
        follows=review,
    )
    assert "look at itself" in found["follows"]


def test_a_framework_of_four_points_grades_nothing(opened):
    found = refused(opened, framework=factories.self_evaluation_form())
    assert "six-point scale" in found["framework"]


def test_only_those_who_keep_plans_record_one(area, guide):
    for role in set(Role) - {Role.PERFORMANCE_LEAD, Role.HEAD_OF_SERVICE}:
        with pytest.raises(PermissionDenied):
            services.open_inspection(
                by=factories.user(area, role),
                area=area,
                framework=guide,
                title="Inspection",
                inspectorate="Care Inspectorate",
            )


# --- editing -------------------------------------------------------------------------------------


@pytest.fixture
def edited(lead):
    def change(inspection, **facts):
        facts = {"version": inspection.version, **facts}
        services.edit_inspection(by=lead, inspection=inspection, **facts)
        return inspection

    return change


def test_the_deadline_follows_the_publication_until_it_is_set_by_hand(opened, edited):
    made = edited(opened(), published_on=PUBLISHED)
    assert made.plan_due_on == date(2019, 9, 17)
    form = {"plan_due_on": made.plan_due_on}  # as a form sends it back
    edited(made, published_on=date(2019, 8, 13), **form)
    assert made.plan_due_on == date(2019, 9, 24)
    edited(made, plan_due_on=date(2019, 10, 31))
    edited(made, published_on=PUBLISHED, plan_due_on=date(2019, 10, 31))
    assert made.plan_due_on == date(2019, 10, 31)
    edited(made, plan_due_on=None)
    assert made.plan_due_on == date(2019, 9, 17)


def test_a_new_notification_date_moves_what_nobody_has_touched(opened, edited, lead):
    made = opened(notified_on=NOTIFIED)
    moved, done = made.stages.get(week=11), made.stages.get(week=1)
    services.edit_stage(by=lead, stage=moved, version=1, on=date(2019, 2, 1), at="by noon")
    services.edit_stage(by=lead, stage=done, version=1, on=done.on, done_on=date(2018, 11, 2))
    last = made.stages.get(week=28)
    edited(made, notified_on=date(2018, 10, 22))
    assert days(made) == {
        "Notification": NOTIFIED,
        "Self-evaluation": date(2019, 2, 1),
        "Publication": date(2019, 4, 29),
    }
    moved.refresh_from_db()
    assert (moved.planned_on, moved.at) == (date(2019, 1, 2), "by noon")
    with pytest.raises(Stale):  # whoever had the old date open is told
        services.edit_stage(by=lead, stage=last, version=1, on=date(2019, 5, 7))


def test_a_notification_date_that_comes_later_lays_out_the_weeks(opened, edited):
    made = opened()
    assert not made.stages.exists()
    assert made.stages.count() == 0
    edited(made, notified_on=NOTIFIED)
    assert made.stages.count() == 3


@pytest.fixture
def other():
    made = factories.framework()
    factories.step(made, sequence=1, week=2, weekday=0, name="Visit")
    return made


def test_a_timetable_that_nobody_edited_is_laid_out_again(opened, edited, other):
    made = opened(notified_on=NOTIFIED)
    edited(made, framework=other)
    assert days(made) == {"Visit": date(2018, 11, 5)}
    edited(made, kind=Inspection.Kind.PROGRESS)
    assert days(made) == {}
    edited(made, kind=Inspection.Kind.JUSTICE)
    edited(made, notified_on=None)
    assert days(made) == {}


@pytest.mark.parametrize(
    "facts",
    [
        {"on": date(2019, 1, 9), "at": "2pm"},
        {"on": date(2019, 1, 10)},
        {"on": date(2019, 1, 9), "done_on": date(2019, 1, 8)},
    ],
)
def test_an_edited_timetable_keeps_its_framework_and_its_date(opened, edited, other, lead, facts):
    made = opened(notified_on=NOTIFIED)
    services.edit_stage(by=lead, stage=made.stages.get(week=11), version=1, **facts)
    assert "cannot be exchanged" in refused(edited, inspection=made, framework=other)["framework"]
    found = refused(edited, inspection=made, notified_on=None)
    assert "was edited: Self-evaluation (" in found["notified_on"]
    assert made.stages.count() == 3
    edited(made, kind=Inspection.Kind.PROGRESS)
    assert made.stages.count() == 3


def test_a_framework_by_which_grades_were_given_stays(opened, edited, graded, guide, other):
    made = opened()
    graded(made, Given(guide.indicators.first(), 2))
    assert "cannot be exchanged" in refused(edited, inspection=made, framework=other)["framework"]


def test_a_notification_date_after_an_edited_step_is_refused_and_names_it(opened, edited, lead):
    made = opened(notified_on=date(2019, 7, 1))
    first, second, _ = made.stages.all()
    done = date(2019, 7, 3)
    services.edit_stage(by=lead, stage=first, version=1, on=first.on, done_on=done)
    services.edit_stage(by=lead, stage=second, version=1, on=date(2019, 7, 10))
    found = refused(edited, inspection=made, notified_on=date(2019, 7, 11))["notified_on"]
    assert "Notification (1 July 2019), Self-evaluation (10 July 2019)" in found
    assert days(made)["Self-evaluation"] == date(2019, 7, 10)
    services.edit_stage(by=lead, stage=first, version=2, on=date(2019, 7, 4), done_on=done)
    found = refused(edited, inspection=made, notified_on=date(2019, 7, 4))["notified_on"]
    assert "Notification (4 July 2019). Correct" in found
    edited(made, notified_on=date(2019, 7, 3))


def test_what_a_plan_answers_stays_published(opened, edited):
    made = opened(published_on=PUBLISHED)
    edited(made, published_on=None)
    answered = opened(title="Answered", published_on=PUBLISHED)
    factories.plan(answered.area, answered)
    found = refused(edited, inspection=answered, published_on=None)
    assert "do not remove it" in found["published_on"]


@pytest.mark.parametrize("kind", ["recommendation", "key_message"])
def test_what_an_action_of_another_plan_answers_stays_published(opened, edited, area, kind):
    made = opened(published_on=PUBLISHED)
    row = getattr(factories, kind)(made)
    factories.action(factories.plan(area), **{f"{kind}s": (row,)})
    found = refused(edited, inspection=made, published_on=None)
    assert "do not remove it" in found["published_on"]
    edited(made, published_on=date(2019, 8, 7))


def test_a_stale_edit_changes_nothing(opened, edited, lead):
    made = opened()
    old = Inspection.objects.get()
    edited(made, title="New title")
    with pytest.raises(Stale) as caught:
        services.edit_inspection(by=lead, inspection=old, version=1, title="Lost title")
    assert caught.value.row.title == "New title"
    assert Inspection.objects.get().title == "New title"


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"on": date(2018, 10, 31)}, "on"),
        ({"on": date(2088, 10, 31)}, "on"),
        ({"on": date(2019, 2, 1), "done_on": date(2020, 1, 16)}, "done_on"),
        ({"on": date(2019, 2, 1), "done_on": date(2018, 1, 1)}, "done_on"),
    ],
)
def test_a_stage_has_possible_dates(opened, lead, facts, field):
    stage = opened(notified_on=NOTIFIED).stages.get(week=11)
    assert list(refused(services.edit_stage, by=lead, stage=stage, version=1, **facts)) == [field]
    stage.refresh_from_db()
    assert (stage.on, stage.done_on, stage.version) == (date(2019, 1, 9), None, 1)


def test_a_stage_is_edited_by_keepers_on_the_record(opened, area, lead):
    stage = opened(notified_on=NOTIFIED).stages.get(week=11)
    with pytest.raises(PermissionDenied):
        services.edit_stage(
            by=factories.user(area, Role.SERVICE_MANAGER), stage=stage, version=1, on=stage.on
        )
    services.edit_stage(by=lead, stage=stage, version=1, on=date(2019, 2, 1), done_on=NOTIFIED)
    assert (stage.on, stage.done_on, stage.version) == (date(2019, 2, 1), NOTIFIED, 2)
    assert trail(stage) == (lead.name, "edit timetable")


# --- grades and messages -------------------------------------------------------------------------


@pytest.fixture
def graded(lead):
    def grade(inspection, *grades, version=None):
        version = version or inspection.version
        services.set_grades(by=lead, inspection=inspection, version=version, grades=grades)

    return grade


def test_grades_are_set_changed_and_taken_away_with_their_reasons(opened, graded, guide, lead):
    made = opened()
    one, other = guide.indicators.all()
    graded(made, Given(one, 2, " Too little is known "), Given(other, 3))
    first = made.evaluations.get(indicator=one)
    assert (first.grade, first.rationale) == (2, "Too little is known")
    assert trail(first) == (lead.name, "set grades")
    graded(made, Given(one, 4, "Better"), Given(other, None))
    assert [(e.pk, e.grade, e.rationale) for e in made.evaluations.all()] == [
        (first.pk, 4, "Better")
    ]
    graded(made)
    assert not Evaluation.objects.exists()


def test_a_grade_of_another_framework_is_refused_at_its_field(opened, graded, guide):
    made, strange = opened(), factories.framework().indicators.first()
    found = refused(lambda: graded(made, Given(guide.indicators.first(), 2), Given(strange, 2)))
    assert list(found) == [f"grade_{strange.pk}"]
    assert "does not belong" in found[f"grade_{strange.pk}"]
    assert not Evaluation.objects.exists()


def test_a_reason_without_a_grade_and_a_grade_that_is_none_are_refused(opened, graded, guide):
    made, one = opened(), guide.indicators.first()
    name = f"grade_{one.pk}"
    assert "Choose the grade" in refused(lambda: graded(made, Given(one, None, "Why")))[name]
    assert "six-point" in refused(lambda: graded(made, Given(one, 7)))[name]


def test_two_people_who_grade_at_once_lose_nothing(opened, graded, guide):
    made, one = opened(), guide.indicators.first()
    other = Inspection.objects.get()
    graded(made, Given(one, 2, "Mine"))
    with pytest.raises(Stale):
        graded(other, Given(one, 5, "Theirs"), version=1)
    assert Evaluation.objects.get().rationale == "Mine"


def test_key_messages_are_written_changed_and_removed_by_number(opened, lead):
    made = opened()

    def write(**messages):
        numbered = {int(number[1:]): text for number, text in messages.items()}
        services.set_key_messages(by=lead, inspection=made, version=made.version, messages=numbered)
        return {m.reference: m.text for m in made.key_messages.all()}

    assert write(m1="Respect", m2="Standards ", m3=" ") == {"KM1": "Respect", "KM2": "Standards"}
    second = KeyMessage.objects.get(number=2)
    assert write(m2="Standards first", m3="Work") == {"KM2": "Standards first", "KM3": "Work"}
    assert KeyMessage.objects.get(number=2) == second
    assert trail(second) == (lead.name, "set key messages")
    with pytest.raises(ValidationError, match="from 1 to 99"):
        write(m100="Too many")


def test_a_key_message_that_actions_answer_stays(opened, lead, area):
    made = opened(published_on=PUBLISHED)
    message = factories.key_message(made)
    factories.action(factories.plan(area, made), reference="1.1a", key_messages=[message])
    found = refused(
        services.set_key_messages, by=lead, inspection=made, version=made.version, messages={}
    )
    assert found == {"text_1": "KM1 is answered by 1.1a, so it cannot be removed."}


def test_the_clock_that_is_held_is_the_one_that_counts(opened):
    with clock.hold(date(2018, 11, 2)):
        assert "Enter the day" in refused(opened, published_on=PUBLISHED)["published_on"]
        opened(notified_on=NOTIFIED)
