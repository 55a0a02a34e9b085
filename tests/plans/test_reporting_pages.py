"""What is said of an action, on its pages: the thread, updates with files, corrections, notes."""

import re
from datetime import UTC, date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from management import clock, store
from management.access import Role
from plans.models import Action, Evidence, Note, Update
from plans.services import progress
from plans.statuses import Status
from tests import factories
from tests.management.test_attachments import pdf
from tests.pages import Page, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
S = Status
UNTOLD = r"^\d+ January 2020, (\d\d:\d\d, )?Isla Grant |SHA-256 \w+…|Withdraw it .*$"
MINUTES = pdf()


@pytest.fixture
def area():
    return factories.area("Angus")


@pytest.fixture
def action(area):
    plan = factories.plan(area, title="The plan")
    return factories.action(plan, reference="A1", status=S.ON_TRACK)


@pytest.fixture
def manager(area, action, client):
    """A service manager who holds the lead post, signed in."""
    person = factories.user(area, Role.SERVICE_MANAGER, name="Isla Grant")
    factories.holding(action.lead, person)
    client.force_login(person)
    return person


@pytest.fixture
def url(area, action):
    return lambda name, *args: reverse(name, args=[area.slug, action.pk, *args])


@pytest.fixture
def visit(client, url):
    return lambda name, *args, **query: Page(client.get(url(name, *args), query))


@pytest.fixture
def send(client, url, action):
    """Sends a form; `follow` gives the page that it leads to."""

    def post(name, *args, follow=False, **data):
        data = {"version": action.version, **data}
        return Page(client.post(url(name, *args), data, follow=follow))

    return post


@pytest.fixture
def head_of_service(area):
    return factories.user(area, Role.HEAD_OF_SERVICE, name="Ailsa Reid")


def url_of_history(action):
    return reverse("action_history", args=[action.area.slug, action.pk])


def minutes(content=None, name="Minutes.pdf"):
    return SimpleUploadedFile(name, MINUTES if content is None else content)


def thread(page):
    return [words(item) for item in page.main.find_class("tl_thread")[0]]


# --- the thread -----------------------------------------------------------------------------------


@pytest.fixture
def told(action):
    """One entry of each kind, by somebody, in the order of their days."""

    def on(day):
        return {"on": date(2020, 1, day), "by": "Isla Grant"}

    wrong = factories.update(action, text="All 40", percent=40, word="Green", **on(1))
    factories.update(action, text="Only 14", corrects=wrong, **on(2))
    factories.date_change(action, reason="Longer", approver="Ailsa Reid", **on(3))
    asked = factories.date_request(action, reason="Longer still", **on(4))
    factories.date_answer(asked, text="Not again", by="Ailsa Reid")
    factories.date_request(action, reason="A bit more", **on(5))
    gone = factories.evidence(action, description="A count", **on(6))
    factories.evidence_withdrawal(gone, reason="Of another team", **on(7))
    factories.evidence(action, description="Minutes", file_name="May.pdf", size=20_480, **on(8))
    factories.note(action, text="Call the trainer", **on(9))
    factories.revision(action, old="Train", new="Train all", reason="Too little", **on(10))
    factories.revision(action, field="added", new="Train", reason="Found later", **on(11))
    factories.residual(action, home="Service plan 2021", **on(12))


def test_the_thread_tells_every_kind_of_entry_newest_first(manager, told, visit):
    page = visit("action")
    assert "12 entries, newest first." in page.text
    said = [
        re.sub(
            r"^\d+ January 2020, (\d\d:\d\d, )?Isla Grant |SHA-256 \w+…|Withdraw it .*$", "", entry
        ).strip()
        for entry in thread(page)
    ]
    assert said == [
        "What remains goes on elsewhere Service plan 2021",
        "Added to the plan after it was approved Reason: Found later",
        "Put otherwise: What is to be done Before Train Now Train all Reason: Too little",
        "Note Call the trainer",
        "Evidence Minutes May.pdf (20.0 KB)",
        "Evidence withdrawn Of another team It was: A count",
        "Evidence (withdrawn) A count Withdrawn on 7 January 2020 by Isla Grant: Of another team",
        "New due date asked for: 30 June 2020 instead of 31 March 2020 A bit more "
        "It waits for a second person.",
        "New due date asked for: 30 June 2020 instead of 31 March 2020 Longer still "
        "Not agreed by Ailsa Reid: Not again",
        "Due date moved from 31 March 2020 to 30 June 2020 Longer Agreed by Ailsa Reid.",
        "Correction Corrects the update of 1 January 2020. Only 14",
        "Update: In progress: on track (“Green”), 40 per cent done "
        "Corrected by the update of 2 January 2020. All 40",
    ]


def test_what_was_written_down_on_its_day_has_the_time_in_scotland(manager, action, visit):
    def at(day, hour):
        return datetime(2020, 7, day, hour, 5, tzinfo=UTC)

    facts = {"on": date(2020, 7, 15), "by": "Isla Grant"}
    factories.note(action, text="First", recorded_at=at(15, 8), **facts)
    factories.note(action, text="Second", recorded_at=at(15, 13), **facts)
    factories.note(action, text="Brought in", recorded_at=at(16, 13), **facts)
    assert thread(visit("action")) == [
        "15 July 2020, Isla Grant Note Brought in",
        "15 July 2020, 14:05, Isla Grant Note Second",
        "15 July 2020, 09:05, Isla Grant Note First",
    ]


def test_the_thread_is_narrowed_to_a_kind_by_its_address(manager, told, visit):
    page = visit("action", kind="date")
    assert len(thread(page)) == 3 and "1 to 3 of 3 are shown." in page.text
    assert "12 entries" in page.text and "Evidence (3)" in page.text
    assert page.main.xpath("string(.//a[@aria-current='true'])") == "Due dates (3)"
    for odd in ("colour", "' OR 1=1", "\x00"):
        assert len(thread(visit("action", kind=odd))) == 12


def test_a_kind_that_has_no_entry_says_so(manager, action, visit):
    factories.note(action)
    assert "None of its entries is of this kind." in visit("action", kind="date").text


def test_a_long_thread_has_pages(manager, action, visit):
    for number in range(51):
        factories.note(action, text=f"Note {number}", on=date(2019, 1, 1))
    assert len(thread(visit("action"))) == 50
    assert len(thread(visit("action", kind="note", page=2))) == 1


def test_the_dates_say_how_far_they_moved_on_top_of_the_page(manager, action, visit):
    factories.date_change(action)
    due = date(2020, 6, 30)
    Action.objects.update(due=due, late_after=due, percent=40)
    page = visit("action")
    assert "Due 30 June 2020, first 31 March 2020: moved once, 91 days later." in page.text
    assert "40 per cent done." in page.text
    crumbs = page.tree.xpath("//nav[@aria-label='Breadcrumb']//a/text()")
    assert crumbs == ["Angus", "Plans", "The plan"]


def test_one_thing_is_obvious_and_the_rest_are_links(manager, action, visit, url):
    page = visit("action")
    buttons = page.main.xpath(".//a[@class='ds_button']/text()")
    assert buttons == ["Post an update"]
    assert {url("evidence_add"), url("action_date"), url("note_add")} <= page.links


@pytest.mark.parametrize(("state", "status"), [("draft", S.NOT_STARTED), ("closed", S.ON_TRACK)])
def test_a_plan_that_takes_no_reports_offers_none_and_its_forms_say_why(
    manager, action, client, url, visit, state, status
):
    Action.objects.update(status=status)
    type(action.plan).objects.update(state=state)
    assert not {url("action_update"), url("evidence_add")} & visit("action").links
    for name in ("action_update", "action_date", "evidence_add"):
        page = Page(client.get(url(name), follow=True))
        assert f"The plan is {'a draft' if state == 'draft' else 'closed'}: " in page.text
        sent = Page(client.post(url(name), {"version": 1}))
        assert sent.status == (200 if state == "draft" else 409)  # what was typed is still there


def test_the_areas_own_word_stands_beside_the_status(manager, area, action, visit):
    factories.status_word(area, "Amber", status=S.AT_RISK, colour="amber")
    Action.objects.update(status=S.AT_RISK)
    page = visit("action")
    assert "Amber In progress: at risk" in page.text
    assert "The words of Angus Word Meaning Amber In progress: at risk" in page.text
    radio = visit("action_update").main.xpath(".//label[contains(., 'at risk')]")[0]
    assert words(radio) == "In progress: at risk (“Amber”)"


# --- updates --------------------------------------------------------------------------------------


def test_an_update_with_its_file_is_saved_and_the_file_can_be_had(manager, action, client, send):
    page = send(
        "action_update",
        follow=True,
        status=S.DONE,
        text="All trained",
        percent="100",
        evidence="The minutes",
        file=minutes(),
    )
    assert "Update of action A1 saved." in page.text
    assert "In progress: on track → Done, awaiting verification, 100 per cent done" in page.text
    made = Evidence.objects.get()
    [link] = [href for href in page.links if href.endswith("/file/")]
    assert client.get(link).content == store.read(made.sha256) == MINUTES


def test_after_a_refusal_what_was_typed_is_there_and_the_file_is_asked_for_again(
    manager, action, send
):
    page = send("action_update", status=S.ON_TRACK, text="", percent="40", file=minutes())
    assert page.errors == {"What has happened": ["Say what has happened, in a sentence or two."]}
    assert page.typed("percent") == "40"
    assert "Choose the file “Minutes.pdf” again before you save" in page.text
    assert not Evidence.objects.exists()


def test_it_is_said_beforehand_that_a_file_or_a_link_is_described(manager, visit, send):
    page = visit("action_update")
    assert page.text.count("A file or a link is saved only with it: say what they show.") == 1
    page = send("action_update", status=S.ON_TRACK, text="Half way", file=minutes())
    label = "Evidence (needed when the action is done)"
    assert page.errors == {label: ["Say what the file shows."]}


def test_a_file_that_may_not_be_kept_is_refused_at_its_field(manager, action, send, caplog):
    file = minutes(b"<svg onload='x()'/>", "<b>drawing</b>.svg")
    sent = {"status": S.ON_TRACK, "text": "Half way", "evidence": "A drawing", "file": file}
    page = send("action_update", **sent)
    [said] = page.errors["File with the evidence (optional)"]
    assert said.startswith("“b>.svg” was not taken. It is a web page, a drawing (SVG)")
    assert "You can add a PDF, a picture" in said
    assert page.typed("text") == "Half way"
    assert "again before you save" not in page.text  # it would be refused again
    assert not Update.objects.exists()
    assert "An upload was refused" in caplog.text


def test_a_file_and_a_link_are_saved_together_and_both_can_be_opened(manager, visit, send):
    sent = {"status": S.ON_TRACK, "text": "Half way", "evidence": "Minutes", "file": minutes()}
    page = send("action_update", **sent, evidence_url="https://example.org/m", follow=True)
    assert "Update of action A1 saved." in page.text
    assert "https://example.org/m" in page.links
    assert [href for href in page.links if href.endswith("/file/")]


def test_an_empty_file_is_refused_by_its_name(manager, send):
    page = send("evidence_add", description="Minutes", file=minutes(b"", "a.pdf"))
    [said] = page.errors["File (optional)"]
    assert said.startswith("“a.pdf” was not taken. The file is empty.")


def test_the_form_shows_the_share_that_was_given_and_an_emptied_field_clears_it(
    manager, action, visit, send
):
    Action.objects.update(percent=40)
    assert visit("action_update").typed("percent") == "40"
    send("action_update", follow=True, status=S.ON_TRACK, text="Half way", percent="")
    action.refresh_from_db()
    assert action.percent is None


def test_what_is_not_started_has_nothing_done(manager, action, send):
    Action.objects.update(status=S.NOT_STARTED)
    page = send("action_update", status=S.NOT_STARTED, text="Nothing yet", percent="20")
    [said] = page.errors["Per cent done (optional)"]
    assert said.startswith("Of an action that is not started nothing is done, and not 20 per cent.")


def test_what_is_left_open_is_said_in_the_form_and_after_it_is_reported_as_done(
    manager, action, visit, send
):
    assert "Before you report it as done" not in visit("action_update").text
    factories.task(action, text="Hire")
    factories.task(action, text="Gone", dropped_on=date(2020, 1, 6), dropped_reason="No")
    assert "Before you report it as done: its one task is not done." in visit("action_update").text
    factories.task(action, text="Book a room", done_on=date(2020, 1, 6))
    Action.objects.update(percent=60)
    blocker = factories.action(action.plan, reference="B1", status=S.ON_TRACK)
    factories.dependency(action, blocker)
    left = "1 of its 2 tasks is not done; it waits for B1, still open; it stands at 60 per cent."
    assert f"Before you report it as done: {left}" in visit("action_update").text
    sent = {"follow": True, "text": "Now", "percent": "60"}
    assert "but" not in send("action_update", status=S.ON_TRACK, **sent).text.split("saved.")[1][:9]
    sent |= {"status": S.DONE, "evidence": "Minutes", "version": 2}
    page = send("action_update", **sent)
    assert f"Action A1 is reported as done, but {left}" in page.text


@pytest.mark.parametrize("percent", ["101", "-1", "x", "4.5"])
def test_a_share_is_a_whole_number_up_to_a_hundred(manager, send, percent):
    page = send("action_update", status=S.ON_TRACK, text="Half way", percent=percent)
    assert list(page.errors) == ["Per cent done (optional)"]
    assert page.typed("percent") == percent


def test_somebody_elses_entries_stand_beside_what_was_typed_and_the_file_is_asked_for(
    manager, action, send
):
    factories.date_request(action, reason="I was first", by="Callum Baird")
    factories.note(action, text="And noted it", by="Callum Baird")
    Action.objects.update(version=2)
    page = send("action_update", status=S.AT_RISK, text="What I typed", file=minutes())
    assert page.status == 409
    assert len(thread(page)) == 2 and "I was first" in page.text and "And noted it" in page.text
    assert (page.typed("text"), page.typed("version")) == ("What I typed", "2")
    assert "Choose the file “Minutes.pdf” again" in page.text
    assert not Update.objects.exists()


def entered(action, by, **facts):
    """What a person adds at this very moment."""
    return factories.note(action, author=by, by=by.name, recorded_at=clock.now(), **facts)


def test_whoever_was_too_late_sees_what_was_entered_since_the_form_was_opened(
    manager, head_of_service, action, visit, send
):
    entered(action, manager, text="Long before")
    opened = visit("action_update").typed("opened")
    entered(action, head_of_service, text="Meanwhile")
    Action.objects.update(version=2)
    sent = {"status": S.AT_RISK, "text": "Mine", "version": 1, "opened": opened}
    page = send("action_update", **sent)
    assert "Nothing was saved. Somebody else changed this action while you" in page.text
    assert [entry.endswith("Note Meanwhile") for entry in thread(page)] == [True]
    again = page.typed("opened")
    entered(action, manager, text="In another window")
    Action.objects.update(version=3)
    page = send("action_update", **sent | {"opened": again})
    assert "You changed this action in another window while you had this one open." in page.text
    assert [entry.endswith("Note In another window") for entry in thread(page)] == [True]
    Action.objects.update(version=4)
    page = send("action_update", **sent | {"opened": page.typed("opened")})
    assert "This action was changed while you were writing, without a word in its" in page.text
    assert url_of_history(action) in page.links


def test_a_status_that_nobody_chose_is_not_set_back_to_what_it_was(manager, action, visit, send):
    Action.objects.update(status=S.ON_TRACK, percent=40)
    shown = visit("action_update")
    opened = {name: shown.typed(name) for name in ("initial-status", "initial-percent")}
    Action.objects.update(status=S.OFF_TRACK, percent=60, version=2)
    sent = {"status": S.ON_TRACK, "percent": "40", "text": "Mine", "version": 1, **opened}
    page = send("action_update", **sent)
    assert (page.status, chosen(page), page.typed("percent")) == (409, S.OFF_TRACK, "60")
    page = send("action_update", **sent | {"status": S.AT_RISK, "percent": "50"})
    assert (page.status, chosen(page), page.typed("percent")) == (409, S.AT_RISK, "50")


def test_a_percentage_that_nobody_gave_stays_empty_after_a_stale_save(manager, action, visit, send):
    shown = visit("action_update")
    opened = {name: shown.typed(name) for name in ("initial-status", "initial-percent")}
    Action.objects.update(version=2)
    page = send("action_update", status=S.AT_RISK, text="Mine", version=1, **opened)
    assert (page.status, page.typed("percent")) == (409, "")
    assert send("action_update", follow=True, **page.form | {"text": "Mine"}).status == 200
    assert Update.objects.get().text == "Mine"


def chosen(page):
    return page.main.xpath(".//input[@type='radio'][@name='status'][@checked]/@value")[0]


@pytest.mark.parametrize("opened", ["", "yesterday", "2020-01-15T09:00:00"])
def test_where_a_form_does_not_say_when_it_was_opened_the_newest_entries_are_shown(
    manager, action, send, opened
):
    for text in "abcd":
        factories.note(action, text=text)
    page = send("action_update", status=S.AT_RISK, text="Mine", version=2, opened=opened)
    assert (page.status, len(thread(page))) == (409, 3)


def test_after_a_refusal_the_form_was_opened_when_it_first_was(manager, action, visit, send):
    opened = visit("action_update").typed("opened")
    assert send("action_update", status=S.ON_TRACK, text="", opened=opened).typed("opened") == (
        opened
    )


def test_whoever_holds_a_post_of_it_is_led_back_to_their_actions(
    manager, head_of_service, area, action, client, send
):
    mine = reverse("my_actions", args=[area.slug])
    for person, led in ((manager, True), (head_of_service, False)):
        client.force_login(person)
        action.refresh_from_db()
        page = send("action_update", follow=True, status=S.ON_TRACK, text="<b>Half</b>")
        assert "Update of action A1 saved." in page.text
        assert (mine in page.links) is led


# --- corrections ----------------------------------------------------------------------------------


def test_my_own_update_is_corrected_by_one_beside_it(manager, action, visit, send, url):
    wrong = factories.update(action, text="All 40", author=manager)
    factories.update(action, text="By somebody else")
    assert [link for link in visit("action").links if link.endswith("/correct/")] == [
        url("update_correct", wrong.pk)
    ]
    form = visit("update_correct", wrong.pk)
    assert (form.typed("text"), form.typed("status")) == ("All 40", S.ON_TRACK)
    assert "stays as it is" in form.text
    page = send("update_correct", wrong.pk, follow=True, status=S.ON_TRACK, text="Only 14")
    assert re.search(r"Corrected by the update of 15 January 2020, \d\d:\d\d. All 40", page.text)
    right = Update.objects.latest("pk")
    links = {link.rpartition("#")[2] for link in page.links}
    assert {f"update-{right.pk}", f"update-{right.corrects_id}"} <= links
    assert not [link for link in page.links if link == url("update_correct", wrong.pk)]


def test_somebody_elses_update_is_not_mine_to_correct(manager, action, client, send, url):
    theirs = factories.update(action, by="Callum Baird")
    page = Page(client.get(url("update_correct", theirs.pk), follow=True))
    assert "Only Callum Baird can correct this update. Post one of your own." in page.text
    sent = send("update_correct", theirs.pk, status=S.ON_TRACK, text="Only 14")
    assert sent.summary == ["Only Callum Baird can correct this update. Post one of your own."]
    assert sent.typed("text") == "Only 14"
    assert Update.objects.count() == 1
    elsewhere = factories.update(factories.action(action.plan))
    assert client.get(url("update_correct", elsewhere.pk)).status_code == 404


# --- notes ----------------------------------------------------------------------------------------


def test_once_the_plan_is_closed_a_note_is_refused_with_its_reason(head, action, visit, send, url):
    type(action.plan).objects.update(state="closed")
    closed = "The plan is closed: its actions stay as they are, and take no more notes."
    assert url("note_add") not in visit("action").links
    assert send("note_add", text="Too late").summary == [closed]
    page = send("note_add", text="Too late")
    assert page.typed("text") == "Too late"
    assert not Note.objects.exists()


def test_whoever_works_in_the_service_adds_a_note_to_any_action(area, action, client, send):
    client.force_login(factories.user(area, Role.SERVICE_MANAGER, name="Una Kerr"))
    page = send("note_add", follow=True, text="The trainer left")
    assert "Your note on action A1 is saved." in page.text
    [entry] = thread(page)
    assert re.fullmatch(r"15 January 2020, \d\d:\d\d, Una Kerr Note The trainer left", entry)
    assert send("note_add", text=" ").errors == {"Note": ["Write the note."]}
    assert Note.objects.count() == 1


# --- verification ---------------------------------------------------------------------------------


def test_the_same_note_is_saved_once_a_day(area, manager, action, send):
    assert "is saved." in send("note_add", follow=True, text="Call the trainer").text
    page = send("note_add", text=" Call the trainer ")
    [said] = page.errors["Note"]
    assert said.startswith("You have noted exactly this on this action today: it is saved already.")
    other = factories.user(area, Role.HEAD_OF_SERVICE)
    progress.add_note(by=other, action=action, text="Call the trainer")
    with clock.hold(date(2020, 1, 16)):
        progress.add_note(by=manager, action=action, text="Call the trainer")
    assert Note.objects.count() == 3


@pytest.fixture
def head(area, client):
    person = factories.user(area, Role.HEAD_OF_SERVICE, name="Ailsa Reid")
    client.force_login(person)
    return person


def test_the_verifier_sees_what_stands_what_does_not_and_what_is_not_done(head, action, visit, url):
    Action.objects.update(status=S.DONE)
    factories.evidence(action, description="A count")
    gone = factories.evidence(action, description="Minutes")
    factories.evidence_withdrawal(gone, reason="Of another team")
    factories.task(action, text="Book a room")
    factories.task(action, text="Hire", done_on=date(2020, 1, 6))
    for reference, status in (("A2", S.ON_TRACK), ("A3", S.COMPLETE)):
        other = factories.action(action.plan, reference=reference, status=status)
        factories.dependency(action, other)
    old, new = (factories.action(action.plan, reference=name) for name in ("A4", "A5"))
    Action.objects.filter(pk=old.pk).update(status=S.SUPERSEDED, superseded_by=new)
    factories.dependency(action, old)
    Action.objects.filter(pk=action.pk).update(percent=60)
    page = visit("action_verify")
    assert (
        "Not everything is done: 1 task of it is still open (Book a room). It waits for 1 action "
        "that is still open (A2). It waits for A4, which was replaced by A5, still open. "
        "It stands at 60 per cent." in page.text
    )
    factories.dependency(action, new)
    assert "was replaced by" not in visit("action_verify").text
    assert "2 pieces, newest first." in page.text
    assert "Does not stand any more. Minutes" in page.text and "Of another team" in page.text


def test_who_verifies_what_waits_for_something_says_so_on_the_page(head, action, visit, send):
    Action.objects.update(status=S.DONE)
    factories.dependency(action, factories.action(action.plan, reference="A2", status=S.ON_TRACK))
    label = "It is complete although it waits for A2, still open"
    assert label in visit("action_verify").text
    page = send("action_verify", decision="accept", note="Seen")
    assert list(page.errors) == [label]
    said = {"decision": "accept", "note": "Seen", "although_blocked": "on"}
    assert "Action A1 is complete." in send("action_verify", follow=True, **said).text


def test_what_waits_for_something_can_be_sent_back(head, action, send):
    Action.objects.update(status=S.DONE)
    factories.dependency(action, factories.action(action.plan, reference="A2", status=S.ON_TRACK))
    page = send("action_verify", follow=True, decision="return", note="Half of it is missing")
    assert "Action A1 is open again, at risk." in page.text


def test_whoever_reported_it_cannot_verify_it_but_sends_it_back(head, action, visit, url, send):
    factories.update(action, status=S.DONE, author=head)
    Action.objects.update(status=S.DONE)
    page = visit("action")
    why = "Somebody else must verify it: you lead it, reported it as done, or gave its evidence."
    assert f"{why} You can send it back." in page.text
    assert not page.main.xpath(".//a[contains(@class, 'ds_button')][.='Verify']")
    form = visit("action_verify")
    assert why in form.text and url("action_verify") in page.links
    assert form.main.xpath(".//input[@name='decision']/@value") == ["return"]
    page = send("action_verify", follow=True, decision="return", note="Half of it is missing")
    assert "Action A1 is open again, at risk." in page.text


def test_what_is_overdue_is_off_track_when_it_is_sent_back(head, action, send):
    Action.objects.update(status=S.DONE, late_after=date(2020, 1, 1))
    page = send("action_verify", follow=True, decision="return", note="Half of it is missing")
    assert "Action A1 is open again, off track." in page.text


def test_a_correction_of_what_was_said_before_is_no_claim_that_it_is_done(head, action, visit):
    Action.objects.update(status=S.DONE)
    before = factories.update(action, status=S.ON_TRACK, text="Begun", on=date(2020, 1, 2))
    claim = factories.update(
        action, old_status=S.ON_TRACK, status=S.DONE, text="Finished", on=date(2020, 1, 9)
    )
    again = {"old_status": S.DONE, "status": S.DONE, "on": date(2020, 1, 10)}
    factories.update(action, corrects=before, text="Begun late", **again)
    factories.update(action, corrects=claim, text="All finished", **again)
    claimed = visit("action_verify").text.split("What is claimed")[1].split("Evidence expected")[0]
    assert "All finished" in claimed and "Begun late" not in claimed


def test_what_is_sent_back_is_open_again_with_what_is_missing(head, action, send):
    Action.objects.update(status=S.DONE)
    page = send("action_verify", follow=True, decision="return", note="Where is the count?")
    assert "Action A1 is open again, at risk." in page.text
    assert "Not verified: Where is the count?" in page.text
