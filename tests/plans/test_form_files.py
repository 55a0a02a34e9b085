"""A self-evaluation out as Word and Excel: the Word file comes back in as it went out."""

import io
import re
from dataclasses import replace
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from management.uploads import check_word
from plans.form import workbook, writing
from plans.form.content import (
    SOURCES,
    ElementAnswer,
    ElementLayout,
    Form,
    Layout,
    SectionAnswer,
    SectionLayout,
    ToolAnswer,
)
from plans.form.reading import read
from plans.framework_file import FrameworkFacts
from plans.scales import Scale, points
from plans.services.frameworks import shipped

# Letters at the start and end: what looks like a bullet or a question belongs to the form.
# Long, and the same everywhere: where CI has the services.
pytestmark = pytest.mark.services

TEXT = st.from_regex(
    r"[A-Zé][a-z=+@é£“”<&>☐☒0-9,.;:'()-]{0,9}( [a-z&<>=0-9]{1,9}){0,3}[a-z]", fullmatch=True
)
TEXTS = st.lists(TEXT, max_size=2).map(tuple)
VIEW = st.tuples(st.sampled_from([None, 1, 4]), TEXT | st.just(""))


def layout(scale: str = Scale.RATING) -> Layout:
    return Layout(
        "A guide",
        tuple(points(scale)),
        (
            SectionLayout(
                "1a",
                "Measuring performance",
                "How well is it measured?",
                True,
                True,
                (
                    ElementLayout("1a.1", "A framework"),
                    ElementLayout("1a.2", "Measures", wording="Our official measures & more"),
                ),
            ),
            SectionLayout(
                "2",
                "Organisational drivers",
                "What helps?",
                False,
                False,
                (ElementLayout("2.1", "Leadership", ("Attention", "Example")),),
            ),
        ),
    )


@st.composite
def forms(draw: Any, scale: str) -> Form:
    rating = st.none() | st.sampled_from([value for value, _ in points(scale)])

    def element(code: str) -> ElementAnswer:
        kinds = {kind: draw(TEXTS) for kind in draw(st.sets(st.sampled_from(SOURCES)))}
        return ElementAnswer(
            code,
            draw(rating),
            draw(TEXTS),
            sources=tuple((kind, kinds[kind]) for kind in SOURCES if kinds.get(kind)),
            strengths=draw(TEXTS),
            improvements=draw(TEXTS),
            ambition=draw(TEXTS),
        )

    reach = st.sampled_from(["local", "national", "external", ""])
    tools = st.lists(st.builds(ToolAnswer, TEXT, reach), max_size=3).map(tuple)
    return Form(
        draw(st.sampled_from(["", "Kinlaggan", "Eilean & Mòr"])),
        (
            SectionAnswer(
                "1a",
                (element("1a.1"), element("1a.2")),
                draw(rating),
                draw(TEXTS),
                draw(tools),
            ),
            SectionAnswer("2", (element("2.1"),)),
        ),
        draw(TEXTS),
        draw(TEXTS),
    )


def bare(form: Form) -> Form:
    """Without what only a file has: places, statements and notes."""
    return replace(
        form,
        notes=(),
        sections=tuple(
            replace(
                section,
                where="",
                elements=tuple(replace(e, where="", statement="") for e in section.elements),
            )
            for section in form.sections
        ),
    )


@pytest.mark.parametrize("scale", [Scale.RATING, Scale.GRADE])
def test_what_goes_out_as_word_comes_back_in(scale: str) -> None:
    @settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
    @given(forms(scale), st.dictionaries(st.sampled_from(["1a.1", "1a", "2.1"]), VIEW))
    def check(form: Form, views: Any) -> None:
        data = writing.write(form, layout(scale), "Our year", [("Period", "2019-20")], views)
        check_word(data)
        found = read(data, layout(scale))
        assert not found.refused
        assert bare(found) == form

    check()


def test_a_validated_one_says_both_ratings_before_the_form() -> None:
    form = Form("", (SectionAnswer("1a", (ElementAnswer("1a.1", 4),), 3), SectionAnswer("2", ())))
    views = {"1a.1": (2, "Two of nine are late"), "1a.2": (None, ""), "1a": (3, ""), "2.1": (1, "")}
    document = Document(io.BytesIO(writing.write(form, layout(), "Our year", (), views)))
    first = document.tables[0]
    assert [[cell.text for cell in row.cells] for row in first.rows] == [
        ["What was validated", "The service's rating", "Validator's rating", "Reason"],
        ["1a.1 A framework", "Fully", "Partially", "Two of nine are late"],
        ["1a Measuring performance: overall", "Mostly", "Mostly", ""],
        ["2.1 Leadership", "Not rated", "Not at all", ""],
    ]
    without = Document(io.BytesIO(writing.write(form, layout(), "Our year")))
    assert len(without.tables) == len(document.tables) - 1


def shipped_layout(facts: FrameworkFacts) -> Layout:
    return Layout(
        facts.title,
        tuple(points(facts.scale)),
        tuple(
            SectionLayout(
                section.code,
                section.name,
                section.question,
                section.overall,
                section.tools,
                tuple(ElementLayout(i.code, i.name, i.key_factors) for i in section.indicators),
            )
            for section in facts.sections
        ),
    )


@pytest.mark.parametrize("facts", shipped(), ids=lambda facts: facts.code)
@pytest.mark.parametrize("filled", [True, False])
def test_the_form_of_every_framework_comes_back_in(facts: FrameworkFacts, filled: bool) -> None:
    asked = shipped_layout(facts)
    values = [value for value, _ in asked.points]
    sections = tuple(
        SectionAnswer(
            section.code,
            tuple(
                ElementAnswer(e.code, values[n % len(values)], ("Seen by all.", "Twice."))
                if filled
                else ElementAnswer(e.code)
                for n, e in enumerate(section.elements)
            ),
            values[0] if section.overall and filled else None,
            ("It is so.",) if section.overall and filled else (),
            (ToolAnswer("Survey", "local"),) if section.tools and filled else (),
        )
        for section in asked.sections
    )
    form = Form("Kinlaggan", sections, ("We can.",), ("Ask people",))
    found = read(writing.write(form, asked, "Our year"), asked)
    assert bare(found) == form
    not_ticked = [note for note in found.notes if "No box is ticked" in note.what]
    assert [note for note in found.notes if note not in not_ticked] == []
    elements = sum(len(section.elements) + section.overall for section in asked.sections)
    assert len(not_ticked) == (0 if filled else elements)


FULL = Form(
    "Kinlaggan",
    (
        SectionAnswer(
            "1a",
            (
                ElementAnswer(
                    "1a.1",
                    3,
                    ("=SUM(A1)", "Twelve KPIs."),
                    sources=(("Data", ("The register",)),),
                    strengths=("Staff care",),
                    improvements=("Too few checks",),
                    ambition=("Checks each month",),
                ),
                ElementAnswer("1a.2"),
            ),
            2,
            ("Half done.",),
            (ToolAnswer("@dashboard", "local"),),
        ),
        SectionAnswer("2", (ElementAnswer("2.1", 4, ("Seen.",)),)),
    ),
    ("Two people.",),
    ("+ more checks", "Ask people"),
)


def test_the_same_form_gives_the_same_bytes() -> None:
    for write in (writing.write, workbook.write):
        assert write(FULL, layout(), "Our year") == write(FULL, layout(), "Our year")


def test_the_word_file_has_what_readers_of_it_need() -> None:
    document = Document(io.BytesIO(writing.write(FULL, layout(), "Our year", [("State", "Draft")])))
    assert document.core_properties.title == "Our year"
    assert document.core_properties.language == "en-GB"
    languages = {element.get(qn("w:val")) for element in document.styles.element.iter(qn("w:lang"))}
    assert languages == {"en-GB"}
    heads = [p.text for p in document.paragraphs if (p.style.name or "").startswith("Heading 1")]
    assert heads == ["1a Measuring performance", "2 Organisational drivers", "Conclusion"]
    for table in document.tables:
        assert table.rows[0]._tr.trPr is not None
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    rating = [cell.text for cell in document.tables[0].rows[2].cells]
    assert rating[1:5] == ["☐", "☐", "☒", "☐"]
    assert [p.text for p in document.paragraphs if "State" in p.text] == ["State: Draft"]


def sheets(data: bytes) -> dict[str, list[list[Any]]]:
    book = load_workbook(io.BytesIO(data))
    for sheet in book:
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    return {
        sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book
    }


def test_the_workbook_has_a_row_for_each_element_section_and_tool() -> None:
    validated = {"1a.1": (2, "Not all of it"), "1a": (1, "Hardly")}
    found = sheets(workbook.write(FULL, layout(), "Our year", [("State", "Draft")], validated))
    elements = [dict(zip(found["Elements"][0], row, strict=True)) for row in found["Elements"][1:]]
    assert [row["Code"] for row in elements] == ["1a.1", "1a.2", "2.1"]
    first = {name: value for name, value in elements[0].items() if value}
    assert first == {
        "Section": "1a Measuring performance",
        "Code": "1a.1",
        "Statement": "A framework",
        "Rating": "Mostly",
        "Validator's rating": "Partially",
        "Validator's reason": "Not all of it",
        "Evidence": "=SUM(A1)\nTwelve KPIs.",
        "Data": "The register",
        "Strengths": "Staff care",
        "Areas for improvement": "Too few checks",
        "How good can we be": "Checks each month",
    }
    assert found["Overall ratings"][1:] == [
        ["1a Measuring performance", "Partially", "Not at all", "Hardly", "Half done."]
    ]
    assert found["Tools"][1:] == [["1a Measuring performance", "@dashboard", "Local"]]
    summary = [row[:2] for row in found["Summary"] if row[0]]
    assert summary == [
        ["Our year", None],
        ["Area", "Kinlaggan"],
        ["State", "Draft"],
        ["Capacity for improvement", "Two people."],
        ["Priority", "+ more checks"],
        ["Priority", "Ask people"],
    ]


def test_text_that_no_file_can_hold_is_left_out() -> None:
    odd = "A\x00b\ud800c\x0bd\ufffee"
    form = replace(FULL, capacity=(odd,), priorities=(odd,), area=odd)
    word = Document(io.BytesIO(writing.write(form, layout(), odd, [(odd, odd)])))
    assert re.search(r"\bAbcde\b", " ".join(p.text for p in word.paragraphs))
    assert sheets(workbook.write(form, layout(), odd, [(odd, odd)]))["Summary"][0][0] == "Abcde"
