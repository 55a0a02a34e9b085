"""A plan as a file: what the screen shows, for whoever may see it, and safe in any program."""

import csv
import io
import json
from datetime import date
from typing import Any

import pytest
from django.urls import reverse
from docx import Document
from docx.oxml.ns import qn
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from management.access import Role
from management.uploads import check_excel, check_word
from plans.models import Action
from plans.plan_file.plain import safe
from tests import factories
from tests.pages import AWKWARD, Page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
FORMULA = '=HYPERLINK("http://evil.example")'


@pytest.fixture
def plan() -> Any:
    area = factories.area("Kinlaggan", slug="kinlaggan")
    found = factories.inspection(area, title="The inspection")
    draft = factories.inspection(
        area, title="Secret inspection", published_on=None, plan_due_on=None
    )
    look = factories.self_evaluation(area, title="Unfinished look", state="draft")
    made = factories.plan(
        area, found, title=f"Plan: {FORMULA}", illustrative="The dates are invented."
    )
    guide = found.framework.indicators.first()
    late = factories.action(
        made,
        indicator=guide,
        reference="A1",
        sequence=1,
        text=AWKWARD,
        lead=factories.post(area, "Manager", organisation="Police"),
        supporting=(factories.post(area, "Second post"),),
        key_messages=(factories.key_message(found, 1), factories.key_message(draft, 2)),
        recommendations=(
            factories.recommendation(found, "R1"),
            factories.recommendation(draft, "S1"),
        ),
        findings=(factories.finding(look, reference="F1"),),
        status="off_track",
        percent=30,
        due=date(2020, 1, 10),
    )
    factories.update(late, text=FORMULA, on=date(2020, 1, 6))
    factories.date_change(late, old=date(2019, 12, 31), new=date(2020, 1, 10), reason="Snow")
    factories.evidence(late, description="Minutes", url="https://example.org/x", illustrative=True)
    gone = factories.evidence(late, description="Withdrawn paper")
    factories.evidence_withdrawal(gone)
    factories.action(made, indicator=guide, reference="A2", sequence=2, text="Second thing")
    return made


@pytest.fixture
def ask(client: Any, plan: Any) -> Any:
    def answer(extension: str, query: str = "", role: Role = Role.BOARD_MEMBER) -> Any:
        client.force_login(factories.user(plan.area, role))
        url = reverse("plan_file", args=[plan.area.slug, plan.pk, extension])
        response = client.get(f"{url}{query}")
        response.file = b"".join(response) if response.streaming else response.content
        return response

    return answer


def test_json_tells_what_the_screen_shows_in_codes_and_words(ask: Any) -> None:
    response = ask("json")
    told = json.loads(response.file)
    assert response["Content-Type"] == "application/json"
    assert response["Cache-Control"] == "no-store"
    assert response["Content-Disposition"] == (
        'attachment; filename="plan-hyperlinkhttpevilexample-2020-01-15.json"'
    )
    assert (told["shown"], told["total"], told["answers"]) == (2, 2, ["The inspection"])
    assert told["illustrative"] == "The dates are invented."
    first, second = told["actions"]
    assert first["text"] == AWKWARD
    assert first["status"] == {
        "code": "off_track",
        "label": "In progress: off track",
        "word": "In progress: off track",
    }
    assert (first["lead"], first["supporting"]) == ("Manager (Police)", ["Second post"])
    assert (first["due"], first["days_overdue"], first["times_moved"]) == ("2020-01-10", 5, 1)
    assert first["date_changes"][0]["reason"] == "Snow"
    assert first["latest_update"] == {"on": "2020-01-06", "by": "Somebody", "text": FORMULA}
    assert [proof["description"] for proof in first["evidence"]] == ["Minutes"]
    assert second["latest_update"] is None
    # What is invented in its entries is said of the action.
    assert (first["illustrative"], second["illustrative"]) == (True, False)


def test_only_what_the_person_may_see_leads_anywhere(ask: Any) -> None:
    outside = json.loads(ask("json", role=Role.BOARD_MEMBER).file)["actions"][0]
    assert outside["key_messages"] == ["KM1"]
    assert outside["recommendations"] == ["R1"]
    assert outside["findings"] == []
    inside = json.loads(ask("json", role=Role.PERFORMANCE_LEAD).file)["actions"][0]
    assert inside["key_messages"] == ["KM1", "KM2 of “Secret inspection”"]
    assert inside["recommendations"] == ["R1", "S1 of “Secret inspection”"]
    assert inside["findings"] == ["F1 of “Unfinished look”"]
    for extension in ("docx", "xlsx", "csv"):
        assert b"Secret inspection" not in unpacked(ask(extension).file)
        assert b"Withdrawn paper" not in unpacked(ask(extension).file)


def unpacked(data: bytes) -> bytes:
    import zipfile

    if not data.startswith(b"PK"):
        return data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())


def test_csv_is_quoted_marked_and_holds_no_formula(ask: Any) -> None:
    data = ask("csv").file
    assert data.startswith(b"\xef\xbb\xbf")
    text = data.decode("utf-8-sig")
    assert text.startswith('"Plan","Reference"')
    first, second = csv.DictReader(io.StringIO(text, newline=""))
    assert (first["Latest update"], first["Due"]) == (f"'{FORMULA}", "2020-01-10")
    assert (first["Action"], first["Status code"]) == (AWKWARD, "off_track")
    assert first["Dates moved"] == "31 December 2019 to 10 January 2020: Snow"
    assert first["Evidence held"] == "Minutes (https://example.org/x)"
    assert second["What is invented"] == "The dates are invented."
    assert not [cell for row in (first, second) for cell in row.values() if cell[:1] in set("=+-@")]


@given(st.text(max_size=20))
def test_no_text_becomes_a_formula_in_any_spreadsheet(text: str) -> None:
    said = safe(text)
    assert not said.lstrip().startswith(tuple("=+-@＝＋－＠"))
    assert said[:1] not in ("\t", "\r", "\n")


def test_actions_that_came_later_stand_with_those_of_their_indicator(ask: Any, plan: Any) -> None:
    first, second = plan.actions.order_by("sequence")
    after = second.indicator.framework.indicators.order_by("sequence").last()
    Action.objects.filter(pk=first.pk).update(indicator=after)
    factories.action(plan, indicator=second.indicator, reference="A3", sequence=3)
    [table] = Document(io.BytesIO(ask("docx").file)).tables
    assert [row.cells[1].text.split("\n")[0] for row in table.rows[1:]] == ["A2", "A3", "A1"]


def test_word_says_where_no_evidence_is_expected(ask: Any) -> None:
    Action.objects.update(evidence_expected="")
    [table] = Document(io.BytesIO(ask("docx").file)).tables
    assert {row.cells[-1].text.split("\n")[0] for row in table.rows[1:]} == {"None described"}


def test_word_is_the_table_that_people_know_and_can_be_read_out(ask: Any) -> None:
    response = ask("docx")
    check_word(response.file)
    document = Document(io.BytesIO(response.file))
    (table,) = document.tables
    assert [cell.text for cell in table.rows[0].cells] == [
        *("Quality indicator", "Action", "Responsible", "Timescale", "Progress"),
        "Evidence of improvement",
    ]
    assert [row._tr.trPr.find(qn("w:tblHeader")) is not None for row in table.rows] == [
        *(True, False, False),
    ]
    indicator, action, who, when, progress, evidence = (cell.text for cell in table.rows[1].cells)
    assert indicator[0].isdigit()
    assert action == f"A1\n{AWKWARD}\nKey messages: KM1\nAnswers: R1\nIllustrative"
    assert who == "Lead: Manager (Police)\nSupporting: Second post"
    assert "Moved: 31 December 2019 to 10 January 2020: Snow" in when
    assert progress.startswith("In progress: off track\n30 per cent done\nOverdue by 5 days\n")
    assert progress.endswith(f"6 January 2020, Somebody: {FORMULA}")
    assert evidence.endswith("Held: Minutes (https://example.org/x)")
    page = document.sections[0]
    assert page.page_width > page.page_height
    assert document.core_properties.language == "en-GB"
    assert table._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val")).startswith("The actions of")
    said = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "The dates are invented." in said
    assert "Actions in this file: 2 actions" in said


def test_the_workbook_opens_elsewhere_with_dates_and_without_formulas(ask: Any) -> None:
    response = ask("xlsx")
    check_excel(response.file)
    sheet = load_workbook(io.BytesIO(response.file))["Actions"]
    assert [cell.value for cell in sheet["A"][1:]] == ["A1", "A2"]
    assert sheet["G2"].value.date() == date(2020, 1, 10)
    assert sheet["C2"].value == AWKWARD


def test_the_page_s_filter_says_what_is_in_the_file(ask: Any) -> None:
    told = json.loads(ask("json", "?q=Second&by=status").file)
    assert [action["reference"] for action in told["actions"]] == ["A2"]
    assert (told["shown"], told["total"]) == (1, 2)
    assert told["chosen"] == [{"filter": "Words", "value": "Second"}]
    assert ask("pdf").status_code == 404


@pytest.mark.parametrize("name", ["plan_file", "actions_file"])
def test_a_filter_that_cannot_be_understood_gives_no_file_of_everything(
    client: Any, plan: Any, name: str
) -> None:
    client.force_login(factories.user(plan.area, Role.BOARD_MEMBER))
    place = [plan.area.slug, plan.pk] if name == "plan_file" else [plan.area.slug]
    url = reverse(name, args=[*place, "csv"])
    page = Page(client.get(url, {"status": "zzz", "q": "Second"}, follow=True))
    assert "No file was made: the filter could not be understood." in page.text
    assert page.errors["Status"][0].startswith("“Status” has no “")
    assert page.typed("q") == "Second"


def test_a_list_of_all_actions_names_each_one_s_plan(client: Any, plan: Any) -> None:
    other = factories.plan(plan.area, title="Other plan")
    factories.action(other, reference="B1", text="Elsewhere", due=date(2020, 1, 1))
    client.force_login(factories.user(plan.area, Role.BOARD_MEMBER))
    url = reverse("actions_file", args=[plan.area.slug, "json"])
    told = json.loads(b"".join(client.get(url, {"status": "overdue"})))
    # As the page has it: what is needed first comes first.
    assert [(a["plan"], a["reference"]) for a in told["actions"]] == [
        ("Other plan", "B1"),
        (plan.title, "A1"),
    ]
    assert told["illustrative"] == "The dates are invented."
    url = reverse("actions_file", args=[plan.area.slug, "xlsx"])
    book = load_workbook(io.BytesIO(b"".join(client.get(url))))
    assert book["Actions"]["B2"].value == "Other plan"
    assert "_throughline" not in book.sheetnames


def test_the_plan_s_page_offers_its_files_as_filtered(client: Any, plan: Any) -> None:
    client.force_login(factories.user(plan.area, Role.BOARD_MEMBER))
    here = reverse("plan", args=[plan.area.slug, plan.pk])
    page = client.get(here, {"q": "Second"}).content.decode()
    file = reverse("plan_file", args=[plan.area.slug, plan.pk, "xlsx"])
    assert f'href="{file}?' in page
    assert "q=Second" in page.split(f'href="{file}?')[1].split('"')[0]
    back = reverse("tracker_upload", args=[plan.area.slug, plan.pk])
    assert back not in page  # for those who report on actions
    client.force_login(factories.user(plan.area, Role.SERVICE_MANAGER))
    assert back in client.get(here).content.decode()
