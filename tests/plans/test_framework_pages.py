"""Pages of frameworks: what a reader sees, and what comes of a file that is sent."""

import io

import docx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse

from management.access import Role
from management.models import AuditEvent
from plans.form import writing
from plans.form.content import Form
from plans.models import Wording
from plans.services.frameworks import latest, layout_of
from tests import factories
from tests.pages import AWKWARD, Page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
WORDS = 'framework = "{}"\n[official]\n"5.2" = "Official"\n[exemplar]\n"5.2" = ["Good", "Better"]\n'


@pytest.fixture
def area():
    return factories.area("Angus")


@pytest.fixture
def lead(area, client):
    """The performance lead, signed in."""
    person = factories.user(area, Role.PERFORMANCE_LEAD, name="Fiona Adair")
    client.force_login(person)
    return person


@pytest.fixture
def guide():
    return factories.framework(("1.1", "5.2"), code="guide", title="The guide", source="A board")


@pytest.fixture
def open_page(client, area):
    def visit(name, *args):
        return Page(client.get(reverse(name, args=[area.slug, *args])))

    return visit


@pytest.fixture
def send(client, area):
    """Sends a file for a framework, and follows to where the answer leads."""

    def post(framework, content, name="words.toml", **data):
        file = SimpleUploadedFile(name, content if isinstance(content, bytes) else content.encode())
        url = reverse("framework_wording", args=[area.slug, framework.pk])
        return Page(client.post(url, {"file": file, **data}, follow=True))

    return post


def test_the_list_has_the_newest_version_of_each_and_how_much_wording_is_loaded(
    area, lead, guide, open_page
):
    factories.framework(("1.1", "5.2", "9.4"), code="guide", version=2, title="The new guide")
    other = factories.framework(("6.4",), code="other", title="Another", scale="four-point")
    factories.wording(area, other.indicators.get())
    factories.wording(area, other.indicators.get(), kind=Wording.Kind.EXEMPLAR)
    factories.wording(factories.area(), other.indicators.get())
    page = open_page("frameworks")
    assert "2 frameworks, the newest version of each" in page.text
    assert "The guide" not in page.text
    assert "Another 1 Four-point scale 1 of 1 Not said" in page.text
    assert "The new guide 2 Six-point scale 0 of 3 Not said" in page.text


def test_an_empty_list_says_what_the_operator_must_do(lead, open_page):
    page = open_page("frameworks")
    assert "No framework is loaded yet" in page.text
    assert "manage.py load_frameworks" in page.text


def test_the_list_is_reached_from_the_inspections(lead, guide, client, area):
    source = client.get(reverse("inspections", args=[area.slug])).content.decode()
    assert reverse("frameworks", args=[area.slug]) in source


def test_a_framework_shows_all_that_its_file_says(lead, open_page):
    call_command("load_frameworks", stdout=io.StringIO())
    page = open_page("framework", latest("inspection-2019").pk)
    assert "5.2 Assessing risk and need (graded) In line with FRAME" in page.text
    assert "6.1 Policies, procedures and the law Statutory duties met" in page.text
    assert "Weak What does not work prevails over what does. Action is required, as a" in page.text
    assert "Self-evaluation due Week 11, Wednesday, 12 noon Hands the self-evaluation" in page.text
    assert "None is loaded for Angus" in page.text
    page = open_page("framework", latest("self-evaluation-2024").pk)
    assert (
        "Of 32 services of the country, overall: Fully 2, Mostly 15, Partially 15, Not at all"
        in (page.text)
    )
    assert "It has an overall rating of its own, with a rationale." in page.text
    page = open_page("framework", latest("community-justice-2023").pk)
    assert "10 Capacity for improvement What is our capacity for improvement? It has no indic" in (
        page.text
    )
    assert "National outcomes Diversion from prosecution" in page.text
    assert "Steps of an inspection" not in page.text


def test_older_versions_are_reached_from_the_newest(lead, guide, open_page):
    new = factories.framework(code="guide", version=2, title="The new guide")
    assert "2 (others: version 1)" in open_page("framework", new.pk).text
    page = open_page("framework", guide.pk)
    assert page.title.startswith("The guide")
    assert "1 (others: version 2)" in page.text


def test_official_wording_stands_beside_the_label_of_its_own_area_alone(
    area, lead, guide, open_page
):
    indicator = guide.indicators.get(code="5.2")
    factories.wording(area, indicator, text="First line.\n\nSecond.", loaded_by="Ann")
    factories.wording(area, indicator, text="A good answer", kind=Wording.Kind.EXEMPLAR)
    factories.wording(factories.area(), guide.indicators.first(), text="Of another area")
    page = open_page("framework", guide.pk)
    assert "First line. Second. From wording.toml, loaded by Ann on 6 January 2020." in page.text
    assert "1 exemplar of 5.2 A good answer" in page.text
    assert "1 text loaded for Angus" in page.text
    assert "Of another area" not in page.text


def test_wording_of_odd_characters_is_shown_as_it_was_written(area, lead, guide, open_page):
    factories.wording(area, guide.indicators.first(), text=AWKWARD, file_name=AWKWARD)
    assert open_page("framework", guide.pk).shows(AWKWARD)


@pytest.mark.parametrize("role", list(Role))
def test_only_who_may_load_wording_is_led_to_it(area, guide, client, open_page, role):
    client.force_login(factories.user(area, role))
    may = role in {Role.PERFORMANCE_LEAD, Role.HEAD_OF_SERVICE}
    assert ("Load wording" in open_page("framework", guide.pk).text) is may


def test_the_page_takes_few_queries_however_large_the_framework(
    lead, open_page, django_assert_max_num_queries
):
    call_command("load_frameworks", stdout=io.StringIO())
    framework = latest("community-justice-2023")
    with django_assert_max_num_queries(16):
        open_page("framework", framework.pk)


# --- files ----------------------------------------------------------------------------------------


def test_the_page_explains_the_file_with_codes_of_this_framework(lead, guide, open_page):
    page = open_page("framework_wording", guide.pk)
    assert 'framework = "guide" [official] "1.1" = "The official text of 1.1."' in page.text
    assert "Codes: 1.1, 5.2." in page.text


def test_a_wording_file_is_loaded_and_seen_at_once(lead, guide, send):
    page = send(guide, WORDS.format("guide"))
    assert page.title.startswith("The guide")
    assert "Success: words.toml: 1 official text loaded, 2 exemplars added, 0 already there." in (
        page.text
    )
    assert "Official From words.toml, loaded by Fiona Adair on 15 January 2020." in page.text
    assert "2 exemplars of 5.2 Good Remove the exemplar of 5.2 Better Remove" in page.text


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (
            WORDS.format("other"),
            "w.toml",
            "w.toml is for the framework “other”; this one is “guide",
        ),
        (
            WORDS.format("guide").replace("5.2", "9.9"),
            "w.toml",
            "The guide has no 9.9. Its codes are",
        ),
        ("[official]", "w.toml", "w.toml: “framework” is missing."),
        (b"\xff\xfe\x00", "w.toml", "w.toml is not a text file in UTF-8."),
        (b"", "w.toml", "The file is empty."),
        (b"#" * 1_000_001, "w.toml", "w.toml is larger than 1 MB."),
        (b"framework", f"{'w' * 200}.toml", "The name of the file is longer than 200 characters."),
        (b"a text", "form.docx", "This is not a Word document (.docx)."),
        (
            b"PK\x03\x04nothing",
            "form.docx",
            "The file is damaged. Open it in Word and save it again",
        ),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "form.toml", "This is a file of an old Office."),
    ],
)
def test_a_file_that_is_something_else_is_refused_at_the_field(
    lead, guide, send, content, name, said
):
    before = AuditEvent.objects.count()
    page = send(guide, content, name)
    assert page.title.startswith("Error: Load wording")
    (sentence,) = page.errors["File"]
    assert said in sentence
    assert said in page.summary[0]
    assert AuditEvent.objects.count() == before


def test_without_a_file_it_is_asked_for(lead, guide, client, area):
    url = reverse("framework_wording", args=[area.slug, guide.pk])
    assert Page(client.post(url, {})).errors == {"File": ["Choose a file."]}


def test_a_text_is_removed_after_it_was_shown_again(area, lead, guide, client, open_page):
    indicator = guide.indicators.get(code="5.2")
    kept = factories.wording(area, indicator, text="The right one")
    wrong = factories.wording(area, indicator, text="A wrong one", kind=Wording.Kind.EXEMPLAR)
    page = open_page("framework_wording_remove", guide.pk, wrong.pk)
    assert "Exemplar of 5.2" in page.text and "A wrong one" in page.text
    url = reverse("framework_wording_remove", args=[area.slug, guide.pk, wrong.pk])
    page = Page(client.post(url, page.form, follow=True))
    assert "The text of 5.2 is removed." in page.text and "A wrong one" not in page.text
    assert list(Wording.objects.all()) == [kept]
    event = AuditEvent.objects.of_row(wrong).order_by("pk").last()
    assert (event.actor_name, event.verb, event.reason) == (
        *("Fiona Adair", "remove wording", "wording.toml"),
    )


def test_a_text_that_was_replaced_meanwhile_stays(area, lead, guide, client, open_page, send):
    row = factories.wording(area, guide.indicators.get(code="5.2"), text="Old")
    page = open_page("framework_wording_remove", guide.pk, row.pk)
    send(guide, WORDS.format("guide"))
    url = reverse("framework_wording_remove", args=[area.slug, guide.pk, row.pk])
    page = Page(client.post(url, page.form))
    assert "It was replaced or removed meanwhile: nothing is removed." in page.text
    assert Wording.objects.get(pk=row.pk).text == "Official"


def test_the_text_of_another_framework_or_area_is_not_found(area, lead, guide, client):
    other = factories.framework(("6.4",), code="other")
    strange = factories.wording(area, other.indicators.get())
    foreign = factories.wording(factories.area(), guide.indicators.first())
    for row in (strange, foreign):
        url = reverse("framework_wording_remove", args=[area.slug, guide.pk, row.pk])
        assert client.post(url, {"seen": row.loaded_at.isoformat()}).status_code == 404
    assert Wording.objects.count() == 2


# --- the Word form as a source --------------------------------------------------------------------


def word_form(layout, *, mark="☐", evidence=""):
    """A form of Word: for each section its heading, its table of statements, its overall rating."""
    document = docx.Document()
    for section in layout.sections:
        document.add_paragraph(f"{section.code} {section.name}")
        table = document.add_table(rows=1, cols=len(layout.points) + 2)
        labels = [label for _, label in layout.points]
        for cell, text in zip(table.rows[0].cells, ["", *labels, "Evidence"], strict=True):
            cell.text = text
        for element in section.elements:
            cells = table.add_row().cells
            said = evidence and f"{evidence} {element.code}"
            texts = [f"We have {element.label}", mark, *"☐" * (len(labels) - 1), said]
            for cell, text in zip(cells, texts, strict=True):
                cell.text = text
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


@pytest.fixture
def form():
    return factories.self_evaluation_form()


def test_the_statements_of_a_blank_form_become_official_wording(area, lead, form, send):
    page = send(form, word_form(layout_of(form, area)), "blank.docx", evidence="on")
    assert "blank.docx: 5 official texts loaded, 0 exemplars added" in page.text
    assert dict(Wording.objects.values_list("indicator__code", "text")) == {
        i.code: f"We have {i.name}" for i in form.indicators.all()
    }


@pytest.mark.parametrize(("asked", "exemplars"), [({"evidence": "on"}, 5), ({}, 0)])
def test_the_evidence_of_a_filled_form_is_kept_only_when_asked_for(
    area, lead, form, send, asked, exemplars
):
    filled = word_form(layout_of(form, area), mark="☒", evidence="Figures for")
    page = send(form, filled, "filled.docx", **asked)
    assert f"5 official texts loaded, {exemplars} exemplar" in page.text
    kept = Wording.objects.filter(kind="exemplar").values_list("indicator__code", "text")
    assert dict(kept) == (
        {i.code: f"Figures for {i.code}" for i in form.indicators.all()} if asked else {}
    )


def test_our_own_word_file_is_no_source_of_official_wording(area, lead, form, send):
    indicator = form.indicators.first()
    word = writing.write(Form("", ()), layout_of(form, area), "A form")
    assert (
        "0 official texts loaded, 0 exemplars added, 0 already" in send(form, word, "a.docx").text
    )
    factories.wording(area, indicator, text="The official words\nin two lines")
    word = writing.write(Form("", ()), layout_of(form, area), "A form")
    page = send(form, word, "a.docx")
    assert "0 official texts loaded, 0 exemplars added, 1 already there." in page.text
    assert Wording.objects.get().text == "The official words\nin two lines"


def test_a_word_file_that_is_another_form_is_refused_and_nothing_is_entered(lead, form, send):
    document, file = docx.Document(), io.BytesIO()
    document.add_paragraph("Minutes of a meeting")
    document.save(file)
    page = send(form, file.getvalue(), "minutes.docx")
    (sentence,) = page.errors["File"]
    assert sentence.startswith("minutes.docx cannot be taken. The file: No table of statements")
    assert not Wording.objects.exists()
