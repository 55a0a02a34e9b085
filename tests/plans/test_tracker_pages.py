"""Bringing a tracker workbook back: the upload, the preview, and what is confirmed."""

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from management import store
from management.access import Role
from plans.models import PlanImport, Update
from plans.services.actions import edit_action
from plans.services.progress import post_update
from tests import factories
from tests.pages import AWKWARD, Page
from tests.plans.trackers_built import downloaded, filled

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


class Visit:
    """A keeper of a plan of two actions, on its pages."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.area = factories.area("Kinlaggan", slug="kinlaggan")
        self.keeper = factories.user(self.area, Role.PERFORMANCE_LEAD)
        self.plan = factories.plan(self.area, title="The plan")
        self.first = factories.action(self.plan, reference="A1", status="on_track")
        self.second = factories.action(self.plan, reference="A2")
        client.force_login(self.keeper)

    def out(self) -> bytes:
        return downloaded(self.keeper, self.plan)

    def send(self, data: bytes, name: str = "tracker.xlsx") -> Any:
        url = reverse("tracker_upload", args=[self.area.slug, self.plan.pk])
        return self.client.post(url, {"file": SimpleUploadedFile(name, data)})

    def bring(self, data: bytes) -> str:
        """Where the preview is."""
        response = self.send(data)
        assert response.status_code == 302
        return str(response["Location"])


@pytest.fixture
def visit(client: Any) -> Visit:
    return Visit(client)


def test_a_workbook_is_previewed_and_saved_with_one_click(visit: Visit) -> None:
    cells = {"status": "In progress: at risk", "percent": 40, "update": AWKWARD}
    more = {"text": "Do it better", "new_due": date(2020, 6, 30), "why": "The partner"}
    url = visit.bring(filled(visit.out(), cells, more | {"lead": "Nobody"}))
    page = Page(visit.client.get(url))
    assert page.shows(AWKWARD)
    assert page.counts == {
        "actions to change": 2,
        "to decide: changed here and in the file": 0,
        "not taken": 1,
        "unchanged": 0,
    }
    assert "cell D3: action A2, “Lead”: “Nobody”: the area has no such post" in page.text
    assert [row[1:] for row in page.rows()][:3] == [
        ["New update", "–", AWKWARD],
        ["Status", "In progress: on track", "In progress: at risk"],
        ["% done", "nothing", "40%"],
    ]
    assert ["New due date", "31 March 2020", "30 June 2020: The partner"] in [
        row[1:] for row in page.rows()
    ]
    again = Page(visit.client.post(url, page.form))
    assert again.errors == {
        "Why the wording changes": ["Say why it is put otherwise: the board will read it."]
    }
    response = visit.client.post(url, page.form | {"reason": "Agreed"}, follow=True)
    assert "tracker.xlsx is taken in: 2 actions changed." in Page(response).text
    visit.second.refresh_from_db()
    assert visit.second.text == "Do it better"
    # Neither going back nor the same file again does anything more.
    assert "was taken in by" in Page(visit.client.get(url, follow=True)).text
    assert visit.client.post(url, page.form | {"reason": "Agreed"}).status_code == 302
    assert Update.objects.count() == 1


def test_whoever_took_it_in_is_named_and_not_whoever_sent_it(visit: Visit) -> None:
    url = visit.bring(filled(visit.out(), {"update": "Said"}))
    other = factories.user(visit.area, Role.PERFORMANCE_LEAD)
    visit.client.force_login(other)
    visit.client.post(url, Page(visit.client.get(url)).form)
    kept = PlanImport.objects.get()
    assert (kept.by, kept.taken_by) == (visit.keeper.name, other.name)
    said = Page(visit.client.get(url, follow=True)).text
    assert f"tracker.xlsx was taken in by {other.name} before." in said


def test_a_conflict_is_asked_with_both_sides_and_the_answer_holds(visit: Visit) -> None:
    data = filled(visit.out(), {"status": "In progress: at risk", "update": "From the file"})
    post_update(
        by=visit.keeper,
        action=visit.first,
        version=visit.first.version,
        status="off_track",
        text="From here",
    )
    url = visit.bring(data)
    page = Page(visit.client.get(url))
    question = f"{visit.first.pk}-status"
    assert "Keep what is here: In progress: off track" in page.text
    assert "Take: In progress: at risk" in page.text
    refused = Page(visit.client.post(url, {"mark": page.form["mark"]}))
    assert list(refused.errors.values()) == [
        ["Both were changed: choose which one holds."],
        ["An update was posted here since: choose whether this one is too."],
    ]
    assert f"Leave it out. Said here: 15 January 2020, {visit.keeper.name}: From here" in page.text
    assert "Post it as well: From the file" in page.text
    assert page.counts["to decide: changed here and in the file"] == 2
    assert "Nothing without a decision." in page.text
    update = f"{visit.first.pk}-update"
    sent = {"mark": page.form["mark"], question: "theirs", update: "ours"}
    half = Page(visit.client.post(url, sent))
    assert "status and % done of the workbook go with its update" in half.text
    visit.client.post(url, sent | {question: "ours", update: "theirs"})
    visit.first.refresh_from_db()
    assert visit.first.status == "off_track"
    last = visit.first.updates.last()
    assert last.text == "From the workbook of 15 January 2020: From the file"


def test_only_whoever_takes_the_file_s_wording_is_asked_why(visit: Visit) -> None:
    data = filled(visit.out(), {"text": "As the file says", "update": "Begun"})
    edit_action(by=visit.keeper, action=visit.first, version=1, reason="Clearer", text="As here")
    url = visit.bring(data)
    page = Page(visit.client.get(url))
    question = f"{visit.first.pk}-text"
    refused = Page(visit.client.post(url, page.form | {question: "theirs"}))
    assert refused.errors == {
        "Why the wording changes": ["Say why it is put otherwise: the board will read it."]
    }
    assert visit.client.post(url, page.form | {question: "ours"}).status_code == 302
    visit.first.refresh_from_db()
    assert (visit.first.text, visit.first.updates.get().text) == ("As here", "Begun")


def test_what_changed_meanwhile_is_compared_again_and_nothing_is_saved(visit: Visit) -> None:
    url = visit.bring(filled(visit.out(), {"text": "From the file"}, {"update": "Second"}))
    page = Page(visit.client.get(url))
    post_update(
        by=visit.keeper,
        action=visit.first,
        version=visit.first.version,
        status="on_track",
        text="Meanwhile",
    )
    response = visit.client.post(url, page.form | {"reason": "Typed before"})
    again = Page(response)
    assert response.status_code == 409
    assert "Nothing was saved. Something has changed here" in again.text
    assert again.form["reason"] == "Typed before"
    assert Update.objects.count() == 1
    assert visit.client.post(url, again.form).status_code == 302
    assert Update.objects.count() == 2  # the second action's, who had none here


def test_a_file_that_cannot_be_taken_is_refused_in_a_sentence(visit: Visit) -> None:
    for data, sentence in (
        (b"%PDF-1.7", "tracker.xlsx: This is a PDF, not an Excel workbook (.xlsx)."),
        (b"", "The file is empty."),
    ):
        assert sentence in str(Page(visit.send(data)).errors)
    other = factories.plan(visit.area, title="Another plan")
    factories.action(other)
    page = Page(visit.send(downloaded(visit.keeper, other)))
    assert page.errors == {
        "Tracker workbook": [
            "tracker.xlsx: The workbook is of “Another plan”, not of “The plan”. Bring it back "
            "there."
        ]
    }
    assert not PlanImport.objects.exists()


def test_nothing_to_do_is_said_and_has_no_button(visit: Visit) -> None:
    page = Page(visit.client.get(visit.bring(visit.out())))
    assert "There is nothing to do: the workbook says nothing that is not here." in page.text
    assert page.counts["unchanged"] == 2
    assert "mark" not in page.form


def test_a_workbook_whose_file_is_lost_is_asked_for_again(visit: Visit) -> None:
    url = visit.bring(filled(visit.out(), {"update": "Said"}))
    store.path(PlanImport.objects.get().sha256).unlink()
    response = visit.client.get(url, follow=True)
    assert response.redirect_chain[0][0] == reverse(
        "tracker_upload", args=[visit.area.slug, visit.plan.pk]
    )
    assert "tracker.xlsx: The file is not here any more." in Page(response).text


def test_another_plan_s_preview_and_other_imports_are_not_found_here(visit: Visit) -> None:
    url = visit.bring(filled(visit.out(), {"update": "Said"}))
    kept = PlanImport.objects.get()
    other = factories.plan(visit.area)
    elsewhere = reverse("tracker_preview", args=[visit.area.slug, other.pk, kept.pk])
    assert visit.client.get(elsewhere).status_code == 404
    table = factories.plan_import(visit.area, visit.plan)
    wrong = reverse("tracker_preview", args=[visit.area.slug, visit.plan.pk, table.pk])
    assert visit.client.get(wrong).status_code == 404
    assert visit.client.get(url).status_code == 200


def test_what_a_workbook_said_and_was_not_taken_is_listed_afterwards(visit: Visit) -> None:
    cells = {"update": "Half of it", "lead": "Nobody"}
    url = visit.bring(filled(visit.out(), cells))
    done = Page(visit.client.post(url, Page(visit.client.get(url)).form, follow=True))
    assert "1 action changed. 1 cell was not taken: see below." in done.text
    assert "“Nobody”: the area has no such post" in done.text
    again = Page(visit.client.get(url))
    assert "1 cell was not taken" in again.text and "taken in by" in again.text
