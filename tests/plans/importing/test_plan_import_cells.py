"""What single cells of a file say on the preview, and what becomes of it when it is taken in."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from management.access import Role
from plans.models import Action
from plans.statuses import Status
from tests import factories
from tests.pages import Page
from tests.plans.importing.helpers import HEADINGS, Bring, table

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
PER_CENT = [*HEADINGS, "% complete"]


@pytest.fixture
def bring():
    area = factories.area(slug="ardmore")
    return Bring(factories.user(area, Role.PERFORMANCE_LEAD), area, factories.framework())


@pytest.fixture
def page(client, bring):
    """The preview of a file, or the form with what is wrong."""
    client.force_login(bring.lead)

    def send(data, name="plan.csv"):
        file = SimpleUploadedFile(name, data)
        facts = {"framework": bring.framework.pk, "file": file}
        url = reverse("plan_imports", args=[bring.area.slug])
        return Page(client.post(url, facts, follow=True))

    return send


def row(percent="", **cells):
    return table({**cells, "% complete": percent}, headings=PER_CENT)


def notes(line):
    return [note.code for note in line.notes]


# --- per cent ----------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["Purple", ""])
def test_a_new_action_with_a_per_cent_alone_is_on_track_and_never_done(bring, word):
    bring(row("100%", Status=word))
    action = Action.objects.get()
    assert (action.status, action.percent, action.word) == (Status.ON_TRACK, 100, word)
    assert not action.evidence.exists()


def test_a_per_cent_alone_begins_what_has_not_started_and_changes_no_other_status(bring):
    plan = bring(row("", Status="", Progress="")).plan
    begun = row("40%", Status="", Progress="")
    assert bring.changes(begun, plan) == [["status", "percent"]]
    bring(begun, plan)
    assert Action.objects.get().status == Status.ON_TRACK
    for word in ("", "Purple"):
        (line,) = bring.look(row("60%", Status=word, Progress=""), plan).lines
        assert "status" not in {change.name for change in line.changes}
        assert "status_by_percent" not in notes(line)
    Action.objects.update(status=Status.AT_RISK)
    assert bring.changes(row("80%", Status="", Progress=""), plan) == [["percent"]]


def test_a_row_that_changes_nothing_says_nothing_of_its_status(bring):
    file = row("40%", Status="", Progress="")
    plan = bring(file).plan
    (line,) = bring.look(file, plan).lines
    assert (line.does, notes(line)) == ("same", [])


# --- verified ----------------------------------------------------------------------------------


def test_what_is_verified_in_the_file_is_shown_and_comes_in_as_waiting_for_it(bring, page):
    shown = page(table({"Status": "Verified"})).text
    assert "Done, awaiting verification (in the file: Verified)" in shown
    assert "“Status”: “Verified” is taken as “Done, awaiting verification”" in shown
    assert "Complete (verified)" not in shown
    plan = bring(table({"Status": "Verified"})).plan
    assert Action.objects.get().status == Status.DONE
    Action.objects.update(status=Status.COMPLETE)
    (line,) = bring.look(table({"Status": "Signed off"}), plan).lines
    assert "status" not in {change.name for change in line.changes}
    assert "status_awaits" not in notes(line)


# --- dates -------------------------------------------------------------------------------------


def test_a_date_that_was_moved_in_words_keeps_its_first_and_is_said_to_have_been_moved(bring):
    bring(table({"Due": "Oct 2020 (revised to Jan 2021)"}))
    action = Action.objects.get()
    assert (action.original_due, action.due) == (date(2020, 10, 31), date(2021, 1, 31))
    (moved,) = action.date_changes.all()
    assert (moved.old, moved.new) == (date(2020, 10, 31), date(2021, 1, 31))


# --- the page ----------------------------------------------------------------------------------


def test_the_preview_of_a_row_shows_the_evidence_and_names_the_column_of_a_note(page):
    shown = page(table({"Due": "Interviewing 8 December"})).text
    assert "Evidence of improvement List of names" in shown
    assert (
        "“Due”: “8 December” has no year: 2019 is taken. 8 December 2019 lies before the day of "
        "agreement," in shown
    )
    assert "Evidence of improvement None described" in page(table({"Evidence": ""})).text


def test_a_file_with_headings_alone_is_said_to_be_that(page):
    shown = page(table()).text
    assert "The file: there are headings, and no rows below them." in shown
    assert "No action was found in the file." in shown
    assert "No row can be taken in as it is." not in shown


@pytest.mark.parametrize(
    ("data", "name", "sentence"),
    [
        (b"", "our plan.csv", "our plan.csv: The file is empty."),
        (b"", "our plan.docx", "our plan.docx: The file is empty."),
        (
            b"We will train all staff.",
            "our plan.docx",
            "our plan.docx: This is not a Word document (.docx) but text. Save the plan as",
        ),
    ],
)
def test_a_file_that_is_no_plan_is_refused_by_its_name(page, data, name, sentence):
    assert sentence in page(data, name).text
