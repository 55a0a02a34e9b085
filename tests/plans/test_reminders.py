"""Reminders: who gets which message on which day. The outbox sends it: tests/management."""

from datetime import date

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from management import clock
from management.access import Role
from management.jobs import send_messages
from management.models import AuditEvent, JobTick, Message, User
from plans import jobs
from plans.models import Reminder
from plans.services import inspections, reminders
from tests import factories
from tests.pages import Page

pytestmark = pytest.mark.django_db
DUE = date(2019, 9, 17)


@pytest.fixture
def area():
    return factories.area()


@pytest.fixture
def lead(area):
    return factories.user(area, Role.PERFORMANCE_LEAD, email="lead@example.org")


@pytest.fixture
def published(area, lead):
    return factories.inspection(area, title="Inspection of 2019")


@pytest.fixture
def running(area, lead):
    return factories.inspection(
        area,
        title="Inspection that runs",
        notified_on=date(2019, 7, 1),
        published_on=None,
        plan_due_on=None,
    )


def on(day):
    """What a run of the job on that day says. What it has handed over goes out."""
    with clock.hold(day):
        said = jobs.remind()
        send_messages()
    return said


def told():
    return [(message.to, message.subject) for message in mail.outbox]


# --- when, and to whom ---------------------------------------------------------------------------


def test_the_plans_deadline_is_reminded_of_fourteen_and_three_days_before(published):
    assert on(date(2019, 9, 2)) == "made 0, messages 0, hand-overs 0, digests 0"
    assert on(date(2019, 9, 3)) == "made 1, messages 1, hand-overs 0, digests 0"
    assert on(date(2019, 9, 13)) == "made 0, messages 0, hand-overs 0, digests 0"
    assert on(date(2019, 9, 14)) == "made 1, messages 1, hand-overs 0, digests 0"
    assert on(DUE) == on(date(2019, 9, 18)) == "made 0, messages 0, hand-overs 0, digests 0"
    first, second = mail.outbox
    assert first.subject == "Throughline: Next dates of Inspection of 2019"
    assert "Improvement plan due: Tuesday 17 September 2019 (in 14 days)" in first.body
    assert "(in 3 days)" in second.body
    assert first.to == ["lead@example.org"]


def test_a_day_on_which_nothing_ran_is_made_up_for_with_the_nearest_reminder_alone(published):
    on(date(2019, 9, 15))
    assert [r.key.endswith("3 days") for r in Reminder.objects.all()] == [True]
    assert "(in 2 days)" in mail.outbox[0].body


def test_a_step_is_reminded_of_until_it_is_done_with_its_time(running):
    step = factories.stage(running, planned_on=date(2019, 9, 11), at="12 noon", name="Self-eval")
    factories.stage(running, planned_on=date(2019, 9, 12), done_on=date(2019, 8, 20), name="Done")
    factories.stage(running, planned_on=date(2019, 8, 20), name="Over")
    on(date(2019, 9, 1))
    [message] = mail.outbox
    assert "- Self-eval: Wednesday 11 September 2019, 12 noon (in 10 days)" in message.body
    assert "Done" not in message.body and "Over" not in message.body
    step.done_on = date(2019, 9, 2)
    step.save()
    on(date(2019, 9, 10))
    assert len(mail.outbox) == 1


def test_a_date_that_was_moved_is_reminded_of_again(running, lead):
    step = factories.stage(running, planned_on=date(2019, 9, 11))
    on(date(2019, 9, 1))
    with clock.hold(date(2019, 9, 2)):
        inspections.edit_stage(by=lead, stage=step, version=1, on=date(2019, 9, 12))
    on(date(2019, 9, 2))
    assert "11 September" in mail.outbox[0].body
    assert "12 September" in mail.outbox[1].body
    on(date(2019, 9, 3))
    assert len(mail.outbox) == 2


def test_keepers_of_the_area_are_told_and_nobody_else(area, published, settings):
    people = {role: factories.user(area, role) for role in Role}
    left = factories.user(area, Role.HEAD_OF_SERVICE)
    User.objects.filter(pk=left.pk).update(is_active=False)
    factories.user(factories.area(), Role.HEAD_OF_SERVICE)
    both = people[Role.HEAD_OF_SERVICE]
    factories.membership(area, both, Role.PERFORMANCE_LEAD)
    on(date(2019, 9, 3))
    assert sorted(to for message in mail.outbox for to in message.to) == sorted(
        ["lead@example.org", people[Role.PERFORMANCE_LEAD].email, both.email]
    )


def test_the_days_are_a_setting(published, settings):
    settings.REMIND_DAYS = (30, 1, 0)
    for day in (date(2019, 8, 17), date(2019, 8, 18), date(2019, 9, 16), DUE):
        on(day)
    assert [body.split("(in ")[-1][:7] for body in (mail.outbox[0].body,)] == ["30 days"]
    assert "(tomorrow)" in mail.outbox[1].body and "(today)" in mail.outbox[2].body


def test_a_role_in_another_area_brings_no_reminders_of_this_one(area, published):
    guest = factories.user(area, Role.BOARD_MEMBER)
    factories.membership(factories.area(), guest, Role.HEAD_OF_SERVICE)
    on(date(2019, 9, 3))
    assert [to for to, _ in told()] == [["lead@example.org"]]


@pytest.mark.parametrize("state", ["draft", "approved"])
def test_a_plan_that_was_not_submitted_does_not_end_the_reminders(published, state):
    facts = {"agreed_on": date(2019, 9, 2), "state": state}
    plan = factories.plan(published.area, published, actions=1, **facts)
    if state == "approved":
        factories.plan_move(plan, on=date(2019, 9, 2))
    assert on(date(2019, 9, 14)).startswith("made 1, messages 1,")
    assert "No plan is recorded as submitted to The inspectorate yet" in mail.outbox[0].body


def submitted(inspection, on, **facts):
    """A plan that the inspectorate was sent on that day."""
    plan = factories.plan(inspection.area, inspection, actions=1, state="submitted", **facts)
    factories.plan_move(plan, on=on, old="approved", new="submitted")
    return plan


def test_a_plan_that_was_submitted_ends_the_reminders_of_its_deadline(published):
    on(date(2019, 9, 3))
    submitted(published, date(2019, 9, 3))
    assert on(date(2019, 9, 3)).startswith("made 0, messages 0,")
    assert on(date(2019, 9, 14)).startswith("made 0, messages 0,")
    assert len(mail.outbox) == 1


def test_so_does_one_from_before_plans_had_states(published):
    on(date(2019, 9, 3))
    factories.plan(published.area, published, agreed_on=date(2019, 9, 3), actions=1)
    assert on(date(2019, 9, 14)).startswith("made 0, messages 0,")


def test_an_inspection_that_is_published_ends_the_reminders_of_its_steps(running):
    factories.stage(running, planned_on=date(2019, 9, 11))
    running.published_on = date(2019, 8, 30)
    running.save()
    assert on(date(2019, 9, 10)) == "made 0, messages 0, hand-overs 0, digests 0"


def test_the_message_says_who_does_what_and_leads_to_the_timetable(running, published, settings):
    settings.SITE_URL = "https://throughline.example.org"
    facts = {"service": "Sends it\nby e-mail", "inspectorate": "Reads it", "name": "Self-eval"}
    factories.stage(running, planned_on=date(2019, 9, 11), **facts)
    on(date(2019, 9, 3))
    wanted = f"""Hello,

As of 3 September 2019, these dates come next:

Inspection that runs ({running.area.name})
- Self-eval: Wednesday 11 September 2019 (in 8 days)
  The service: Sends it by e-mail
  The inspectorate: Reads it

Its timetable: https://throughline.example.org/areas/{running.area.slug}/inspections/{running.pk}/timetable/

Inspection of 2019 ({running.area.name})
- Improvement plan due: Tuesday 17 September 2019 (in 14 days)
  No plan is recorded as submitted to The inspectorate yet

Its timetable: https://throughline.example.org/areas/{running.area.slug}/inspections/{published.pk}/timetable/

All steps are on the inspection’s timetable in Throughline. A date that has moved can be changed \
there, and one that is done marked as done; then no more messages come about it. That of \
the improvement plan is met once a plan is recorded as submitted on its own page.

Throughline
"""
    assert mail.outbox[0].body == wanted
    [(html, media_type)] = mail.outbox[0].alternatives
    assert media_type == "text/html"
    assert f"<h2>Inspection that runs ({running.area.name})</h2>" in html
    assert f'{published.pk}/timetable/">Its timetable</a>' in html


def test_without_the_address_of_the_service_the_message_has_no_link(published):
    on(date(2019, 9, 3))
    assert "/inspections/" not in mail.outbox[0].body


# --- one message a day ---------------------------------------------------------------------------


def test_a_person_has_one_message_a_day_with_all_dates_soonest_first(area, lead, running):
    other = factories.inspection(area, title="Another\nBcc: all@example.org")
    factories.stage(running, planned_on=date(2019, 9, 4), name="Soon")
    on(date(2019, 9, 3))
    [message] = mail.outbox
    assert message.subject == "Throughline: Next dates of 2 inspections"
    assert message.body.index("Soon") < message.body.index("Improvement plan due")
    factories.stage(running, planned_on=date(2019, 9, 5), name="Late to be known")
    assert on(date(2019, 9, 3)) == "made 1, messages 0, hand-overs 0, digests 0"
    assert on(date(2019, 9, 4)) == "made 0, messages 1, hand-overs 0, digests 0"
    assert "Late to be known" in mail.outbox[1].body
    assert other.title.startswith("Another")


def test_what_is_due_today_does_not_wait_for_tomorrows_message(running):
    factories.stage(running, planned_on=date(2019, 9, 4))
    on(date(2019, 9, 3))
    factories.stage(running, planned_on=date(2019, 9, 3), name="Known at last")
    assert on(date(2019, 9, 3)) == "made 1, messages 1, hand-overs 0, digests 0"
    assert "Known at last" in mail.outbox[1].body and "(today)" in mail.outbox[1].body
    assert on(date(2019, 9, 3)) == "made 0, messages 0, hand-overs 0, digests 0"


def test_a_title_of_two_lines_stays_a_subject_of_one(area, lead):
    factories.inspection(area, title="Odd\nBcc: all@example.org")
    on(date(2019, 9, 3))
    assert mail.outbox[0].subject == "Throughline: Next dates of Odd Bcc: all@example.org"
    assert mail.outbox[0].message()["Bcc"] is None


def test_awkward_words_arrive_as_they_were_written(area, lead):
    factories.inspection(area, title="A & B <i>“שלום”</i>")
    on(date(2019, 9, 3))
    assert "A & B <i>“שלום”</i>" in mail.outbox[0].body
    assert "A & B <i>“שלום”</i>" in mail.outbox[0].subject
    assert "<i>" not in mail.outbox[0].alternatives[0][0]


def test_who_keeps_the_plans_of_two_areas_has_one_message_of_each(lead, published):
    elsewhere = factories.area()
    factories.membership(elsewhere, lead, Role.PERFORMANCE_LEAD)
    factories.inspection(elsewhere, title="Inspection elsewhere")
    assert on(date(2019, 9, 3)) == "made 2, messages 2, hand-overs 0, digests 0"
    found = Message.objects.order_by("subject").values_list("area", "subject")
    assert list(found) == [
        (elsewhere.pk, "Next dates of Inspection elsewhere"),
        (published.area.pk, "Next dates of Inspection of 2019"),
    ]


# --- nothing twice, nothing that is over ---------------------------------------------------------


def test_a_second_run_hands_nothing_over_again(published, lead):
    on(date(2019, 9, 3))
    row = Reminder.objects.get()
    days = {timezone.localdate(row.handed_at), timezone.localdate(row.sent_at)}
    assert days == {date(2019, 9, 3)}
    assert (row.message.user, row.message.area) == (lead, published.area)
    assert on(date(2019, 9, 3)) == "made 0, messages 0, hand-overs 0, digests 0"
    assert len(mail.outbox) == 1
    assert AuditEvent.objects.of_row(row).first().actor_name == "reminders"


@pytest.mark.parametrize("taken", [1, 2])
def test_what_another_worker_has_handed_over_meanwhile_is_left_to_it(
    area, published, running, monkeypatch, taken
):
    factories.stage(running, planned_on=date(2019, 9, 11))
    with clock.hold(date(2019, 9, 3)):
        reminders.make_due()
        seen = reminders._waiting(date(2019, 9, 3))
        assert [len(rows) for rows in seen.values()] == [2]
        other = [row.pk for rows in seen.values() for row in rows][:taken]
        Reminder.objects.filter(pk__in=other).update(handed_at=clock.now())
        monkeypatch.setattr(reminders, "_waiting", lambda today: seen)
        assert reminders.hand_over() == (0, [])
    assert not Message.objects.exists()
    assert Reminder.objects.waiting().count() == 2 - taken


@pytest.fixture
def waits(running):
    """A step that became known after the message of 1 September: it waits for that of the 2nd."""
    factories.stage(running, planned_on=date(2019, 9, 10))
    on(date(2019, 9, 1))
    step = factories.stage(running, planned_on=date(2019, 9, 11), name="Waits")
    assert on(date(2019, 9, 1)) == "made 1, messages 0, hand-overs 0, digests 0"
    return step


@pytest.mark.parametrize("what", ["done", "moved", "left", "over"])
def test_what_is_not_needed_any_more_is_not_handed_over(waits, lead, what):
    if what == "done":
        waits.done_on = date(2019, 9, 2)
    elif what == "moved":
        waits.on = date(2019, 12, 1)
    elif what == "left":
        User.objects.filter(pk=lead.pk).update(is_active=False)
    waits.save()
    assert (
        on(date(2019, 9, 12 if what == "over" else 2))
        == "made 0, messages 0, hand-overs 0, digests 0"
    )
    assert not Reminder.objects.waiting().exists()
    assert len(mail.outbox) == 1


def test_what_waited_until_the_next_reminder_of_the_same_date_is_said_once(waits, settings):
    settings.REMIND_DAYS = (14, 9)
    assert on(date(2019, 9, 2)) == "made 2, messages 1, hand-overs 0, digests 0"
    assert mail.outbox[1].body.count("- Waits: Wednesday 11 September 2019 (in 9 days)") == 1
    keys = Reminder.objects.filter(key__contains="2019-09-11").values_list("key", flat=True)
    assert [key.rpartition(", ")[2] for key in keys] == ["9 days"]


def test_one_persons_trouble_does_not_keep_the_others_waiting(area, published, lead, monkeypatch):
    other = factories.user(area, Role.HEAD_OF_SERVICE)
    post = reminders.outbox.post

    def refuse(**facts):
        if facts["user"] == lead:
            raise RuntimeError("/secret/path")
        return post(**facts)

    with monkeypatch.context() as patch:
        patch.setattr(reminders.outbox, "post", refuse)
        assert on(date(2019, 9, 3)) == "made 2, messages 1, hand-overs 0, digests 0"
    assert JobTick.objects.get(name="remind").error == f"user {lead.pk}: RuntimeError"
    assert on(date(2019, 9, 3)) == "made 0, messages 1, hand-overs 0, digests 0"
    assert [to for to, _ in told()] == [[other.email], [lead.email]]


def test_one_inspections_trouble_does_not_keep_the_others_waiting(
    area, published, running, monkeypatch
):
    factories.stage(running, planned_on=date(2019, 9, 11))
    make = reminders._make_of

    def refuse(inspection, today):
        if inspection == running:
            raise RuntimeError("/secret/path")
        return make(inspection, today)

    monkeypatch.setattr(reminders, "_make_of", refuse)
    assert on(date(2019, 9, 3)) == "made 1, messages 1, hand-overs 0, digests 0"
    assert JobTick.objects.get(name="remind").error == f"inspection {running.pk}: RuntimeError"


# --- the page of what was sent -------------------------------------------------------------------


@pytest.fixture
def show(client, lead):
    client.force_login(lead)

    def visit(inspection, day=date(2019, 9, 3)):
        with clock.hold(day):
            place = [inspection.area.slug, inspection.pk]
            return Page(client.get(reverse("inspection_reminders", args=place)))

    return visit


def test_the_page_says_what_was_sent_to_whom_and_what_comes(area, published, lead, show):
    on(date(2019, 9, 3))
    page = show(published)
    assert "14 and 3 days before each date" in page.text
    assert f"keeps this area’s plans: {lead.name}." in page.text
    plan = "Improvement plan due"
    assert page.rows(0) == [[plan, "Tuesday 17 September 2019", "14 September 2019"]]
    [[what, to, made, sent]] = page.rows(1)
    assert what == f"{plan}: Tuesday 17 September 2019"
    assert to == f"{lead.name} {lead.email}"
    assert made.startswith("3 September 2019,") and sent.startswith("3 September 2019,")
    assert "1 reminder, 0 of them not sent" in page.text


@pytest.mark.parametrize(
    ("state", "error", "said"),
    [
        ("waiting", "", "Waiting"),
        ("failed", "The mail server refused this.", "Not sent: The mail server refused this."),
        ("uncertain", "The worker stopped.", "Perhaps sent: The worker stopped."),
    ],
)
def test_the_page_says_what_has_become_of_the_message(published, show, state, error, said):
    with clock.hold(date(2019, 9, 3)):
        jobs.remind()
    Message.objects.update(state=state, error=error)
    page = show(published)
    assert "1 reminder, 1 of them not sent" in page.text
    assert page.rows(1)[0][3] == said


def test_what_was_sent_before_there_was_an_outbox_stays_sent(published, lead, show):
    sent = factories.reminder(published, lead, handed_at=factories.MOMENT)
    waits = factories.reminder(published, lead, due=date(2019, 9, 17))
    page = show(published)
    assert "2 reminders, 1 of them not sent" in page.text
    assert [row[3] for row in page.rows(1)] == ["Not yet", "6 January 2020, 09:30"]
    on(date(2019, 9, 3))
    assert Reminder.objects.filter(pk=sent.pk, message=None).exists()
    assert not Reminder.objects.filter(pk=waits.pk).exists()  # of no date that is awaited


def test_the_page_says_when_nothing_comes_and_nobody_was_reminded(published, show):
    page = show(published, date(2019, 12, 1))
    assert "No date of this inspection is awaited" in page.text
    assert "No reminder of this inspection’s dates has been made yet." in page.text


def test_the_page_is_of_its_own_inspection_and_the_timetable_leads_to_it(
    area, published, running, show, client
):
    on(date(2019, 9, 3))
    assert "No reminder of this inspection’s dates" in show(running).text
    timetable = reverse("inspection_timetable", args=[area.slug, running.pk])
    assert timetable in show(running).links
    place = reverse("inspection_reminders", args=[area.slug, running.pk])
    assert place in Page(client.get(timetable)).links


def test_every_page_awaits_the_plan_until_one_is_submitted(area, published, lead, client):
    client.force_login(lead)
    awaited = {
        "area": "17 September 2019: Improvement plan due",
        "inspections": "17 September 2019: Improvement plan due",
        "inspection_timetable": "Next: Improvement plan due, Tuesday 17 September 2019.",
        "inspection_reminders": "1 date",
    }
    factories.stage(published, planned_on=date(2019, 3, 20))

    def said():
        found = set()
        for name, words in awaited.items():
            place = [area.slug] if name in ("area", "inspections") else [area.slug, published.pk]
            with clock.hold(date(2019, 9, 3)):
                page = Page(client.get(reverse(name, args=place)))
            found |= {name} if words in page.text else set()
        return found

    assert said() == set(awaited)
    factories.plan(area, published, agreed_on=date(2019, 9, 2), state="draft")
    submitted(published, date(2019, 9, 4))
    assert said() == set(awaited)
    submitted(published, date(2019, 9, 3))
    assert said() == set()
