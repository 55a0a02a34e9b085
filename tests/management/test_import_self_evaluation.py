"""The operator's command that brings a completed Word form in."""

import hashlib
import json
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from management.models import AuditEvent
from plans.models import Judgement, Overall, SelfEvaluation
from tests import factories
from tests.management.test_uploads import OLE
from tests.plans.forms_built import PAPER, PERFORMANCE, docx, form, p

pytestmark = pytest.mark.usefixtures("db", "today", "kinlaggan")


@pytest.fixture
def kinlaggan() -> Any:
    call_command("load_frameworks", stdout=StringIO())
    return factories.area("Kinlaggan", slug="kinlaggan")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "form.docx"
    made.write_bytes(form())
    return made


def run(path: Path, *options: str) -> str:
    out = StringIO()
    arguments = ["--area", "kinlaggan", *options]
    call_command("import_self_evaluation", str(path), *arguments, stdout=out)
    return out.getvalue()


def refused(path: Path, *options: str) -> tuple[str, str]:
    """What it says on the two channels, when it ends with an error and saves nothing."""
    out = StringIO()
    with pytest.raises(CommandError) as caught:
        arguments = ["--area", "kinlaggan", *options]
        call_command("import_self_evaluation", str(path), *arguments, stdout=out)
    assert caught.value.returncode == 1
    assert not SelfEvaluation.objects.exists()
    return out.getvalue(), str(caught.value)


def test_a_form_becomes_a_draft_of_the_financial_year(path: Path) -> None:
    assert run(path).splitlines()[-1] == "Saved as a draft: Self-evaluation 2019-20."
    made = SelfEvaluation.objects.get()
    assert (made.area.slug, made.state, str(made.start), str(made.end)) == (
        "kinlaggan",
        SelfEvaluation.State.DRAFT,
        "2019-04-01",
        "2020-03-31",
    )
    assert (made.file_name, made.file_sha256) == (
        "form.docx",
        hashlib.sha256(path.read_bytes()).hexdigest(),
    )
    assert made.started_by == "operator (import_self_evaluation)"
    assert list(Judgement.objects.values_list("rating", flat=True)) == [
        *(4, 3, 2, 1, 2, 2, 3, 2, 3, 2, 2, 2),
        *(3, 4, 2, 2, 3),
    ]
    assert list(Overall.objects.values_list("rating", flat=True)) == [3, 2, 2]
    assert made.priorities == "Agree our measures\nAsk people each quarter"
    assert AuditEvent.objects.filter(verb="import self-evaluation").exists()


def test_title_and_period_can_be_given(path: Path) -> None:
    run(path, "--title", "Our look", "--from", "2018-01-01", "--to", "2018-12-31")
    made = SelfEvaluation.objects.get()
    assert (made.title, str(made.start), str(made.end)) == ("Our look", "2018-01-01", "2018-12-31")


def test_a_preview_says_everything_and_saves_nothing(path: Path) -> None:
    said = run(path, "--preview").splitlines()
    assert said[:3] == [
        "Area on the form: Kinlaggan",
        "1a Measuring performance",
        "  1a.1 Performance management framework: Fully, 1 paragraph of evidence (Table 2, row 3)",
    ]
    assert "  Overall: Mostly" in said
    assert "  Tool: Peer reading (external)" in said
    assert said[-3:] == [
        "Priority: Agree our measures",
        "Priority: Ask people each quarter",
        "Nothing is saved: this is a preview.",
    ]
    assert not SelfEvaluation.objects.exists()
    assert not AuditEvent.objects.filter(verb="import self-evaluation").exists()


def test_json_holds_all_that_was_read(path: Path) -> None:
    content = json.loads(run(path, "--json"))
    made = SelfEvaluation.objects.get()
    first = content["sections"][0]
    assert list(content) == [
        "file",
        "sha256",
        "framework",
        "area_on_form",
        "sections",
        "capacity",
        "priorities",
        "notes",
        "refused",
        "saved",
        "self_evaluation",
    ]
    assert (content["file"], content["framework"]) == ("form.docx", "self-evaluation-2024")
    assert content["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert content["area_on_form"] == "Kinlaggan"
    assert [section["code"] for section in content["sections"]] == ["1a", "1b", "1c", "2"]
    assert (first["overall"], first["rationale"]) == ("Mostly", list(PERFORMANCE.rationale))
    assert first["tools"][0] == {"name": "Dashboard (from the case system)", "reach": "local"}
    assert first["elements"][1] == {
        "code": "1a.2",
        "rating": "Mostly",
        "evidence": ["Twelve KPIs.", "Reviewed in May."],
        "where": "Table 2, row 4",
    }
    assert content["sections"][3]["overall"] is None
    assert (content["capacity"], content["priorities"]) == (
        list(PAPER.capacity),
        list(PAPER.priorities),
    )
    assert (content["notes"], content["refused"]) == ([], False)
    assert (content["saved"], content["self_evaluation"]) == (True, made.pk)


def test_json_of_a_preview_is_not_saved(path: Path) -> None:
    content = json.loads(run(path, "--json", "--preview"))
    assert (content["saved"], content["self_evaluation"]) == (False, None)
    assert not SelfEvaluation.objects.exists()


def test_a_form_of_another_area_is_named(path: Path) -> None:
    path.write_bytes(form(replace(PAPER, area="Glenmore")))
    what = "The form is of Glenmore; it is brought in for Kinlaggan."
    assert json.loads(run(path, "--json", "--preview"))["notes"] == [
        {"where": "First page", "what": what, "fatal": False}
    ]
    path.write_bytes(form(replace(PAPER, area="KINLAGGAN COUNCIL")))
    assert json.loads(run(path, "--json", "--preview"))["notes"] == []


@pytest.mark.parametrize("options", [(), ("--preview",)])
def test_a_form_that_can_be_read_in_two_ways_is_refused_with_its_places(
    path: Path, options: tuple[str, ...]
) -> None:
    two = replace(PAPER, tick=lambda on, label: p("☒" if on or label == "Fully" else "☐"))
    path.write_bytes(form(two))
    out, error = refused(path, *options)
    lines = error.splitlines()
    assert out == ""
    assert lines[0] == "form.docx is refused, nothing is saved."
    assert lines[1] == (
        "Table 2, row 4: More than one box is ticked for “Our KPIs cover the core functions”: "
        "Mostly and Fully. Leave one."
    )
    assert len(lines) == 1 + 11 + 4 + 3
    out, _ = refused(path, "--json", *options)
    content = json.loads(out)
    assert (content["refused"], content["saved"], content["self_evaluation"]) == (True, False, None)
    assert len([note for note in content["notes"] if note["fatal"]]) == 18


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The file is empty."),
        (b"Dear all", "This is not a Word document (.docx)."),
        (OLE, "This is a file of an old Office. Save it as a Word document (.docx)."),
        (
            bytes(50 * 1024 * 1024),
            "The file has 50.0 MB; at most 10 MB can be read. Take large pictures out of it.",
        ),
        (
            docx(p("Minutes")),
            "No table of statements with boxes under Not at all, Partially, Mostly, Fully was "
            "found in it. Is it the form “2024 justice social work self-evaluation”?",
        ),
    ],
    ids=["empty", "text", "old", "large", "another document"],
)
def test_another_file_is_refused(path: Path, data: bytes, sentence: str) -> None:
    path.write_bytes(data)
    out, error = refused(path, "--json")
    assert error == f"form.docx is refused, nothing is saved.\nThe file: {sentence}"
    content = json.loads(out)
    assert content["notes"] == [{"where": "The file", "what": sentence, "fatal": True}]
    assert (content["sections"], content["refused"], content["saved"]) == ([], True, False)
    assert content["sha256"] == hashlib.sha256(data).hexdigest()


def test_a_title_that_is_taken_is_refused(path: Path) -> None:
    run(path)
    with pytest.raises(CommandError) as caught:
        run(path)
    assert str(caught.value).splitlines() == [
        "form.docx is refused, nothing is saved.",
        "Self-evaluation: This area already has a self-evaluation with this title.",
    ]
    assert SelfEvaluation.objects.count() == 1


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--area", "nowhere"), "There is no area “nowhere”. There is: kinlaggan."),
        (("--from", "2019-04-01"), "Give both --from and --to, or neither."),
        (
            ("--from", "1 April", "--to", "2020-03-31"),
            "“1 April” is not a date. Write one as 2020-01-15.",
        ),
    ],
)
def test_options_that_cannot_be_meant_are_refused(
    path: Path, options: tuple[str, ...], sentence: str
) -> None:
    assert refused(path, *options) == ("", sentence)


def test_a_period_that_ends_before_it_begins_is_refused(path: Path) -> None:
    _, error = refused(path, "--from", "2020-01-01", "--to", "2019-01-01")
    assert error == "A period cannot end (2019-01-01) before it starts (2020-01-01)."


def test_a_framework_that_is_not_there_is_named(path: Path) -> None:
    _, error = refused(path, "--framework", "other")
    assert error.startswith("There is no framework “other”. There is: ")
    assert "self-evaluation-2024" in error


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    _, error = refused(tmp_path / "none.docx")
    assert error == f"{tmp_path / 'none.docx'} cannot be read: No such file or directory."
