"""Reminders: who gets which message on which day, once, whatever fails in between."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.urls import reverse

from management import clock
from management.access import Role
from management.models import AuditEvent, JobTick, User
from plans import jobs
from plans.models import Reminder
from plans.services import inspections, reminders
from tests import factories
from tests.pages import Page

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 1, 1, 12, tzinfo=ZoneInfo("Europe/London"))
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


def on(day, now=NOW):
    """What a run of the job on that day says."""
    with clock.hold(day):
        return jobs.remind(now)


def told():
    return [(message.to, message.subject) for message in mail.outbox]


# --- when, and to whom ---------------------------------------------------------------------------


def test_the_plans_deadline_is_reminded_of_fourteen_and_three_days_before(published):
    assert on(date(2019, 9, 2)) == "made 0, messages 0"
    assert on(date(2019, 9, 3)) == "made 1, messages 1"
    assert on(date(2019, 9, 13)) == "made 0, messages 0"
    assert on(date(2019, 9, 14)) == "made 1, messages 1"
    assert on(DUE) == on(date(2019, 9, 18)) == "made 0, messages 0"
    first, second = mail.outbox
    assert first.subject == "Throughline: next dates of Inspection of 2019"
    assert "Improvement plan due: Tuesday 17 September 2019 (in 14 days)" in first.body
    assert "(in 3 days)" in second.body
    assert first.to == ["lead@example.org"]
    assert first.content_subtype == "plain"


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


@pytest.mark.parametrize(
    "facts", [{"actions": 0}, {"actions": 1, "agreed_on": date(2019, 9, 15)}], ids=str
)
def test_an_empty_plan_or_one_to_be_agreed_later_does_not_end_the_reminders(published, facts):
    factories.plan(published.area, published, **{"agreed_on": date(2019, 9, 2), **facts})
    assert on(date(2019, 9, 14)) == "made 1, messages 1"
    assert "No plan with actions is agreed yet" in mail.outbox[0].body


def test_a_plan_that_answers_the_inspection_ends_the_reminders_of_its_deadline(
    published, refusing, settings
):
    on(date(2019, 9, 3))
    assert Reminder.objects.filter(sent_at=None).count() == 1
    factories.plan(published.area, published, agreed_on=date(2019, 9, 3), actions=1)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert on(date(2019, 9, 3)) == on(date(2019, 9, 14)) == "made 0, messages 0"
    assert mail.outbox == [] and not Reminder.objects.exists()


def test_an_inspection_that_is_published_ends_the_reminders_of_its_steps(running):
    factories.stage(running, planned_on=date(2019, 9, 11))
    running.published_on = date(2019, 8, 30)
    running.save()
    assert on(date(2019, 9, 10)) == "made 0, messages 0"


def test_the_message_says_who_does_what_and_leads_to_the_timetable(running, published, settings):
    settings.SITE_URL = "https://throughline.example.org"
    facts = {"service": "Sends it\nby e-mail", "inspectorate": "Reads it", "name": "Self-eval"}
    factories.stage(running, planned_on=date(2019, 9, 11), **facts)
    on(date(2019, 9, 3))
    wanted = f"""Hello,

These dates come next:

Inspection that runs ({running.area.name})
- Self-eval: Wednesday 11 September 2019 (in 8 days)
  The service: Sends it by e-mail
  The inspectorate: Reads it
  https://throughline.example.org/areas/{running.area.slug}/inspections/{running.pk}/timetable/

Inspection of 2019 ({running.area.name})
- Improvement plan due: Tuesday 17 September 2019 (in 14 days)
  No plan with actions is agreed yet: one goes to The inspectorate
  https://throughline.example.org/areas/{running.area.slug}/inspections/{published.pk}/timetable/

All steps are on the inspection’s timetable in Throughline. A date that has moved can be changed \
there, and one that is done marked as done; then no more messages come about it. That of \
the improvement plan is met once an agreed plan has an action.

Throughline
"""
    assert mail.outbox[0].body.strip() == wanted.strip()


def test_without_the_address_of_the_service_the_message_has_no_link(published):
    on(date(2019, 9, 3))
    assert "/inspections/" not in mail.outbox[0].body


# --- one message a day ---------------------------------------------------------------------------


def test_a_person_has_one_message_a_day_with_all_dates_soonest_first(area, lead, running):
    other = factories.inspection(area, title="Another\nBcc: all@example.org")
    factories.stage(running, planned_on=date(2019, 9, 4), name="Soon")
    on(date(2019, 9, 3))
    [message] = mail.outbox
    assert message.subject == "Throughline: next dates of 2 inspections"
    assert message.body.index("Soon") < message.body.index("Improvement plan due")
    factories.stage(running, planned_on=date(2019, 9, 5), name="Late to be known")
    assert on(date(2019, 9, 3)) == "made 1, messages 0"
    assert on(date(2019, 9, 4)) == "made 0, messages 1"
    assert "Late to be known" in mail.outbox[1].body
    assert other.title.startswith("Another")


def test_what_is_due_today_does_not_wait_for_tomorrows_message(running):
    factories.stage(running, planned_on=date(2019, 9, 4))
    on(date(2019, 9, 3))
    factories.stage(running, planned_on=date(2019, 9, 3), name="Known at last")
    assert on(date(2019, 9, 3)) == "made 1, messages 1"
    assert "Known at last" in mail.outbox[1].body and "(today)" in mail.outbox[1].body
    assert on(date(2019, 9, 3)) == "made 0, messages 0"


def test_a_title_of_two_lines_stays_a_subject_of_one(area, lead):
    factories.inspection(area, title="Odd\nBcc: all@example.org")
    on(date(2019, 9, 3))
    assert mail.outbox[0].subject == "Throughline: next dates of Odd Bcc: all@example.org"
    assert mail.outbox[0].message()["Bcc"] is None


def test_awkward_words_arrive_as_they_were_written(area, lead):
    factories.inspection(area, title="A & B <i>“שלום”</i>")
    on(date(2019, 9, 3))
    assert "A & B <i>“שלום”</i>" in mail.outbox[0].body


# --- nothing twice, nothing lost -----------------------------------------------------------------


def test_a_second_run_sends_nothing_again(published):
    on(date(2019, 9, 3))
    row = Reminder.objects.get()
    assert row.sent_at.date() == date(2019, 9, 3) and row.error == ""
    assert on(date(2019, 9, 3)) == "made 0, messages 0"
    assert len(mail.outbox) == 1
    assert AuditEvent.objects.of_row(row).last().actor_name == "reminders"


class Refusing(EmailBackend):
    refused = frozenset({"lead@example.org"})

    def send_messages(self, messages):
        if self.refused & {to for message in messages for to in message.to}:
            raise ConnectionRefusedError("10.0.0.9 refused secret")
        return super().send_messages(messages)


@pytest.fixture
def refusing(settings):
    settings.EMAIL_BACKEND = f"{Refusing.__module__}.{Refusing.__name__}"


def test_what_the_mail_server_refused_waits_and_keeps_nobody_else_waiting(
    area, published, refusing, settings
):
    other = factories.user(area, Role.HEAD_OF_SERVICE)
    assert on(date(2019, 9, 3)) == "made 2, messages 1"
    assert [to for to, _ in told()] == [[other.email]]
    tick = JobTick.objects.get(name="remind")
    assert "ConnectionRefusedError" in tick.error and "secret" not in tick.error
    waiting = Reminder.objects.get(sent_at=None)
    assert (waiting.claimed_at, waiting.error) == (None, "ConnectionRefusedError")
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert on(date(2019, 9, 3)) == "made 0, messages 1"
    assert JobTick.objects.get(name="remind").error == ""
    waiting.refresh_from_db()
    assert waiting.sent_at and waiting.error == ""


class Died(BaseException):
    """The worker is killed: nothing catches it."""


def test_a_worker_that_dies_before_the_message_left_loses_nothing(published, monkeypatch):
    monkeypatch.setattr(reminders, "_message", lambda *args: (_ for _ in ()).throw(Died()))
    with pytest.raises(Died):
        on(date(2019, 9, 3))
    monkeypatch.undo()
    assert on(date(2019, 9, 3), NOW + timedelta(minutes=15)) == "made 0, messages 0"
    assert on(date(2019, 9, 3), NOW + timedelta(minutes=61)) == "made 0, messages 1"


def test_a_worker_that_dies_after_the_message_left_sends_the_same_one_by_its_id(
    published, running, monkeypatch
):
    mark = reminders._mark

    def die(*args, **facts):
        raise Died

    monkeypatch.setattr(reminders, "_mark", die)
    with pytest.raises(Died):
        on(date(2019, 9, 3))
    monkeypatch.setattr(reminders, "_mark", mark)
    factories.stage(running, planned_on=date(2019, 9, 6), name="New since")
    assert on(date(2019, 9, 3), NOW + timedelta(minutes=61)) == "made 1, messages 1"
    first, again = mail.outbox
    assert first.extra_headers["Message-ID"] == again.extra_headers["Message-ID"]
    assert "New since" not in again.body
    on(date(2019, 9, 4), NOW + timedelta(days=1))
    assert "New since" in mail.outbox[2].body
    assert mail.outbox[2].extra_headers["Message-ID"] != first.extra_headers["Message-ID"]


def test_whoever_has_left_since_a_worker_died_is_not_sent_its_message(published, lead, monkeypatch):
    monkeypatch.setattr(reminders, "_message", lambda *args: (_ for _ in ()).throw(Died()))
    with pytest.raises(Died):
        on(date(2019, 9, 3))
    monkeypatch.undo()
    User.objects.filter(pk=lead.pk).update(is_active=False)
    assert on(date(2019, 9, 3), NOW + timedelta(minutes=61)) == "made 0, messages 0"
    assert mail.outbox == []


def test_what_another_worker_is_sending_is_left_to_it(published):
    with clock.hold(date(2019, 9, 3)):
        reminders.make_due()
    Reminder.objects.update(claimed_at=NOW)
    assert on(date(2019, 9, 3), NOW + timedelta(minutes=1)) == "made 0, messages 0"
    assert mail.outbox == []


def test_two_workers_that_saw_the_same_rows_send_one_message(published):
    with clock.hold(date(2019, 9, 3)):
        reminders.make_due()
        seen = list(Reminder.objects.all())
        assert reminders._claim(seen, NOW) == seen
        assert reminders._claim(seen, NOW + timedelta(seconds=1)) == []


@pytest.mark.parametrize("what", ["done", "moved", "left"])
def test_what_is_not_needed_any_more_is_not_sent(running, lead, refusing, settings, what):
    step = factories.stage(running, planned_on=date(2019, 9, 11))
    on(date(2019, 9, 1))
    if what == "done":
        step.done_on = date(2019, 9, 2)
    elif what == "moved":
        step.on = date(2019, 12, 1)
    else:
        User.objects.filter(pk=lead.pk).update(is_active=False)
    step.save()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert on(date(2019, 9, 2)) == "made 0, messages 0"
    assert not Reminder.objects.exists()


def test_what_could_not_be_sent_in_time_is_dropped_and_troubles_nobody(
    published, refusing, settings
):
    on(date(2019, 9, 14))
    assert on(DUE) == "made 0, messages 0"
    assert Reminder.objects.exists()
    on(date(2019, 9, 18))
    assert not Reminder.objects.exists()
    assert JobTick.objects.get(name="remind").error == ""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert on(date(2019, 9, 19)) == "made 0, messages 0"
    assert mail.outbox == []


def test_what_waited_until_the_next_reminder_of_the_same_date_is_said_once(
    published, running, refusing, settings
):
    factories.stage(running, planned_on=date(2019, 9, 20), name="Another date")
    on(date(2019, 9, 6))
    on(date(2019, 9, 14))
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    on(date(2019, 9, 15))
    [message] = mail.outbox
    assert message.body.count("Improvement plan due: Tuesday 17 September 2019 (in 2 days)") == 1
    assert message.body.count("Another date") == 1
    keys = Reminder.objects.values_list("key", flat=True)
    assert sorted(key.rpartition(", ")[2] for key in keys) == ["14 days", "3 days"]


def test_one_persons_refusal_is_told_for_a_day_while_others_get_their_messages(
    area, published, refusing
):
    factories.user(area, Role.HEAD_OF_SERVICE)

    def said(day):
        on(day)
        return JobTick.objects.get(name="remind").error

    assert "ConnectionRefusedError" in said(date(2019, 9, 3))
    assert said(date(2019, 9, 5)) == ""
    assert Reminder.objects.get(sent_at=None).error == "ConnectionRefusedError"


def test_a_refusal_of_everybody_is_told_until_messages_go_out_again(published, refusing):
    for day in range(3, 18):
        on(date(2019, 9, day))
        assert "ConnectionRefusedError" in JobTick.objects.get(name="remind").error


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
    assert on(date(2019, 9, 3)) == "made 1, messages 1"
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


def test_the_page_says_what_the_mail_server_refused(published, show, refusing):
    on(date(2019, 9, 3))
    page = show(published)
    assert "1 reminder, 1 of them not sent" in page.text
    assert "Not yet: the mail server did not take it (ConnectionRefusedError)." in page.text
    assert "secret" not in page.source


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


def test_every_page_awaits_the_plan_until_one_with_an_action_is_agreed(
    area, published, lead, client
):
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
    factories.plan(area, published, agreed_on=date(2019, 9, 2))
    factories.plan(area, published, agreed_on=date(2019, 9, 4), actions=1)
    assert said() == set(awaited)
    factories.plan(area, published, agreed_on=date(2019, 9, 3), actions=1)
    assert said() == set()
