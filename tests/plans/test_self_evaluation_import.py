"""The preview of a completed Word form: all that would be saved, and what to look at."""

from dataclasses import replace
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse

from management.access import Role
from plans.form.content import ElementAnswer, Form, SectionAnswer
from plans.form.matching import names_another
from plans.form.writing import write
from plans.services.frameworks import latest, layout_of
from tests import factories
from tests.pages import Page
from tests.plans.forms_built import PAPER, form

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def area():
    call_command("load_frameworks", stdout=StringIO())
    return factories.area("Kinlaggan")


@pytest.fixture
def preview(area, client):
    client.force_login(factories.user(area, Role.PERFORMANCE_LEAD))

    def visit(content: bytes, code: str = "self-evaluation-2024") -> Page:
        url = reverse("self_evaluation_import", args=[area.slug])
        file = SimpleUploadedFile("form.docx", content)
        return Page(client.post(url, {"framework": latest(code).pk, "file": file}))

    return visit


def test_everything_that_would_be_saved_can_be_read_before(preview, area):
    layout = layout_of(latest("self-evaluation-2024"), area)
    long = "Evidence of many words. " * 20
    answer = ElementAnswer(
        "1a.1",
        3,
        (long.strip(), "A last paragraph."),
        sources=(("Data", ("The register",)), ("Views of people", ("An exit survey",))),
        strengths=("Staff care",),
        improvements=("Too few checks",),
        ambition=("Checks each month",),
    )
    first = SectionAnswer("1a", (answer,), 2, (f"A reason. {long}".strip(), "Another reason."))
    page = preview(write(Form("", (first,), ("We can.",), ("Ask people",)), layout, "A form"))
    for text in (
        *(long.strip(), "A last paragraph.", "Data The register", "Staff care"),
        *("Views of people An exit survey", "Areas for improvement Too few checks"),
        *("How good can we be Checks each month", "The whole answer to 1a.1"),
        *("Another reason.", "The whole rationale of 1a", "We can.", "Ask people"),
    ):
        assert text in page.text


def test_what_is_missing_is_not_called_not_understood(preview):
    paper = replace(PAPER, capacity=(), priorities=())
    page = preview(form(paper))
    assert (page.counts["not understood"], page.counts["to look at"]) == (0, 2)
    assert "Everything in the form was understood." in page.text
    assert "No priorities for improvement were found." in page.text
    page = preview(form(PAPER.but(0, tools=(("Dashboard", "Both"),))))
    assert (page.counts["not understood"], page.counts["to look at"]) == (0, 1)
    page = preview(form(PAPER))
    assert (page.counts["not understood"], page.counts["to look at"]) == (0, 0)
    assert "What to look at" not in page.text


def test_the_form_of_the_guide_of_2023_comes_in(preview, area):
    layout = layout_of(latest("community-justice-2023"), area)
    sections = tuple(
        SectionAnswer(s.code, tuple(ElementAnswer(e.code, 4, ("Seen.",)) for e in s.elements))
        for s in layout.sections
    )
    page = preview(
        write(Form("", sections, ("We can.",), ("Ask people",)), layout, "A form"),
        "community-justice-2023",
    )
    assert page.counts["rated, of 23 elements"] == 23
    assert page.counts["not understood"] == 0
    assert "10 Capacity for improvement" not in page.text
    assert "payload" in page.form


def test_the_council_of_the_area_is_not_another_area(preview):
    assert "Another area?" not in preview(form(replace(PAPER, area="Kinlaggan Council"))).text
    assert "Another area?" in preview(form(replace(PAPER, area="Glenmore Council"))).text


@pytest.mark.parametrize(
    ("written", "name", "other"),
    [
        ("Angus Council", "Angus", False),
        ("ANGUS HSCP", "Angus", False),
        ("Edinburgh", "City of Edinburgh", False),
        ("Renfrewshire Council", "Renfrewshire", False),
        ("East Renfrewshire Council", "Renfrewshire", True),
        ("Renfrewshire", "East Renfrewshire", True),
        ("Aberdeen City", "Aberdeenshire", True),
        ("", "Angus", False),
        ("–", "Angus", False),
    ],
)
def test_a_name_is_compared_by_its_words(written, name, other):
    assert names_another(written, [name, ""]) is other
