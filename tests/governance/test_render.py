import dataclasses
import hashlib
import io
import json
import os
import subprocess
import sys
from datetime import date

import openpyxl
import pytest

from governance import wording
from governance.content import clean
from governance.render import page, pdf, render_all, word
from governance.render.blocks import RECENT, Bullets, Facts, Heading, Paragraph, Table
from governance.render.outline import outline, settled
from governance.render.plan import plan_rows
from tests.governance import samples
from tests.governance.reading import (
    docx_text,
    html_text,
    left_to_right,
    pdf_text,
    squeezed,
)


def texts(content, recent=None):
    """What the outline says, in order, without the list of contents."""
    for block in outline(settled(content), recent).blocks:
        if isinstance(block, Heading):
            yield block.shown
        elif isinstance(block, Paragraph):
            yield f"{block.number} {block.text}"
        elif isinstance(block, Bullets | Facts):
            yield from (f"{a} {b}" for a, b in block.items)
        elif isinstance(block, Table):
            yield block.caption
            yield from (column.title for column in block.columns)
            yield from (line for row in block.rows for cell in row.cells for line in cell)


def title_texts(content):
    paper = outline(settled(content))
    yield from (paper.partnership, paper.meeting, paper.subject)
    yield from (f"{a} {b}" for a, b in paper.facts)
    yield from paper.notices
    yield "Contents"


READERS = {
    "pdf": pdf_text,
    "docx": docx_text,
    "html": lambda data: html_text(data.decode()),
}


RENDERERS = {
    "pdf": pdf.render,
    "docx": word.render,
    "html": lambda content: page.standalone(content).encode(),
}


SAMPLES = {
    "ordinary": samples.ordinary(),
    "awkward": samples.awkward(),
    "empty": samples.empty(),
    "big": samples.big(30, 1, 40),
}


def test_a_part_stands_below_what_it_is_part_of_and_names_its_kind_where_that_is_another():
    blocks = outline(settled(samples.ordinary())).blocks
    [table] = [b for b in blocks if isinstance(b, Table) and "what was found" in b.caption]
    assert [(row.group, row.indent, row.cells[0][0]) for row in table.rows][4:] == [
        (True, 0, "Areas for improvement"),
        (False, 0, "AFI 1"),
        (False, 1, "AFI 1.1"),
        (True, 0, "Elements rated low"),
        (False, 0, "1a.2"),
        (False, 1, "F2"),
    ]
    assert [row.cells[1][0] for row in table.rows if row.indent] == [
        samples.WORK[0],
        "Area for improvement",
    ]


@pytest.mark.parametrize("kind", READERS)
@pytest.mark.parametrize("sample", ["ordinary", "awkward", "empty", "big"])
def test_each_format_says_the_whole_outline_in_its_order(kind, sample, files, awkward_files):
    content = SAMPLES[sample]
    drawn = {"ordinary": files, "awkward": awkward_files}.get(sample)
    said = squeezed(READERS[kind](drawn[kind] if drawn else RENDERERS[kind](content)))
    beginning = squeezed("".join(title_texts(content)))
    whole = squeezed("".join(texts(content, None if kind == "html" else RECENT)))
    footer = squeezed(outline(settled(content)).footer) if kind == "html" else ""
    if kind == "pdf":  # a PDF holds words from right to left in the order of the eye
        said, beginning, whole = map(left_to_right, (said, beginning, whole))
    assert said.startswith(beginning)
    assert said.removesuffix(footer).endswith(whole)


def test_words_from_right_to_left_are_in_the_pdf(awkward_files):
    said = pdf_text(awkward_files["pdf"])
    for text in ("שלום", "مرحبا"):
        assert text in said or text[::-1] in said


@pytest.mark.parametrize("start", samples.STARTS)
def test_text_is_never_code(start):
    content = samples.awkward(f"{start} then 😀 text", kpis=0)
    files = render_all(content)
    expected = squeezed(clean(start))
    for kind, read in READERS.items():
        assert squeezed(read(files[kind])).count(f"{expected}then😀text") > 40, kind
    book = openpyxl.load_workbook(io.BytesIO(files["xlsx"]))
    assert book["Tracker"]["E4"].value == f"{start} then 😀 text"
    assert book["Tracker"]["E4"].data_type == "s"
    assert "<script>" not in files["html"].decode()


def test_the_same_content_gives_the_same_bytes(files):
    again = render_all(samples.ordinary())
    assert [kind for kind in files if again[kind] != files[kind]] == []


def test_another_process_gives_the_same_bytes(files):
    program = (
        "import hashlib, json, django; django.setup()\n"
        "from governance.render import page, pdf, render_all, word\n"
        "from tests.governance import samples\n"
        "files = render_all(samples.ordinary())\n"
        "print(json.dumps({k: hashlib.sha256(v).hexdigest() for k, v in files.items()}))"
    )
    here = {kind: hashlib.sha256(data).hexdigest() for kind, data in files.items()}
    other = "1" if os.environ.get("PYTHONHASHSEED") != "1" else "2"  # ours is any, unless it is set
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONHASHSEED": other, "TZ": "Asia/Tokyo", "LC_ALL": "C"},
        capture_output=True,
        check=True,
        text=True,
    )
    assert json.loads(done.stdout) == here


def test_other_content_gives_another_mark_on_each_page(files):
    other = render_all(dataclasses.replace(samples.ordinary(), edition=2))
    assert all(other[kind] != files[kind] for kind in files)


def test_every_format_says_that_it_is_a_draft_and_illustrative(files):
    content = samples.ordinary()
    book = openpyxl.load_workbook(io.BytesIO(files["xlsx"]))
    cells = "".join(str(c.value) for row in book["Summary"].iter_rows() for c in row)
    said = {kind: read(files[kind]) for kind, read in READERS.items()} | {"xlsx": cells}
    for text in said.values():
        assert squeezed(wording.draft(content)) in squeezed(text)
        assert squeezed(content.illustrative) in squeezed(text)


CHANGED = [
    "Recorded between 1 October 2019 and 31 December 2019: 1 step of the plan itself, 1 action "
    "added, 2 changes of wording, 1 action withdrawn, 1 action superseded, 1 action reopened, "
    "1 due date moved, 1 due date given for the first time and 1 piece of evidence withdrawn.",
    "By 31 March 2020",
    "Nobody could check “soon”",
    "Two audits a year",
    "HSCP Board, 20 November 2019, item 6",
    "A2: Service plan 2020",
    "Superseded by A7",
    "The register was of 2018",
    "Elspeth Cairnie",
    "13 December 2019",
    "Of another team",
]
KEY = [
    "Under way (Green)",
    "Finished (Blue)",
    "Open actions have the area’s word by this: “Slipping (Amber)” from 1 month late and",
    "In this area an action is late from its first due date on",
    "The count reconciles: 19 + 1 + 0 − 4 − 0 − 0 = 16.",
    "Reopened in the period",
    "Superseded in the period",
]


def test_every_format_tells_the_changes_the_areas_key_and_the_whole_count(files):
    book = openpyxl.load_workbook(io.BytesIO(files["xlsx"]))
    cells = [str(c.value) for sheet in book for row in sheet.iter_rows() for c in row]
    said = {kind: squeezed(read(files[kind])) for kind, read in READERS.items()}
    for text in (*CHANGED, *KEY):
        assert any(text in cell for cell in cells), text
        assert [k for k, whole in said.items() if squeezed(text) not in whole] == [], text
    for text in ("The area’s word: Under way (Green)", "40% done", "Before: nothing"):
        assert [k for k, whole in said.items() if squeezed(text) not in whole] == [], text
    tracker = {cell.value: cell.column for cell in book["Tracker"][3]}
    first = [book["Tracker"].cell(4, tracker[c]).value for c in ("The area’s word", "Colour")]
    assert first == ["Under way", "Green"]
    assert book["Tracker"].cell(4, tracker["Per cent done"]).value == 40
    sheet = book["Changes"]
    columns = {cell.value: cell.column for cell in sheet[3]}
    assert sheet.max_row == 3 + len(samples.changes())
    assert sheet.cell(4, columns["On"]).value.date() == date(2019, 11, 4)


def test_the_plan_says_where_no_evidence_is_expected():
    bare = dataclasses.replace(samples.action(1), evidence_expected=" ", evidence=("Minutes",))
    _, row = plan_rows(dataclasses.replace(samples.ordinary(), actions=(bare,)))
    assert row.cells[-1] == ("None described", "Held: Minutes")


def test_the_plan_says_where_days_overdue_count_from_the_first_date():
    content = samples.ordinary()
    late = next(a for a in content.actions if a.overdue and a.times_moved)
    for from_first, said in ((True, ", by its first date"), (False, "")):
        facts = {"actions": (late,), "late_from_first": from_first}
        _, row = plan_rows(dataclasses.replace(content, **facts))
        days = "day" if late.days_overdue == 1 else "days"
        assert f"Overdue by {late.days_overdue} {days}{said}" in row.cells[2]


def test_the_pack_of_a_draft_says_so_in_every_format():
    files = render_all(dataclasses.replace(samples.empty(), plan_state="Draft"))
    book = openpyxl.load_workbook(io.BytesIO(files["xlsx"]))
    cells = [str(c.value) for row in book["Summary"].iter_rows() for c in row]
    text = "The plan itself was a draft on 31 December 2019: nobody had approved it"
    assert any(text in cell for cell in cells)
    assert all(squeezed(text) in squeezed(read(files[kind])) for kind, read in READERS.items())


ABSENT = [
    "Nothing in the plan was changed between 1 October 2019 and 31 December 2019.",
    "The plan held no actions at 31 December 2019.",
    "No action was completed between 1 October 2019 and 31 December 2019.",
    "No action was overdue at 31 December 2019.",
    "No due date had been moved by 31 December 2019.",
    "No inspection grades are recorded for this plan.",
    "The area has no key performance indicators yet.",
    "At 31 December 2019 no KPI missed its target with linked actions complete, and none met it "
    "with nothing done.",
    "No key messages or areas for improvement are recorded for this plan.",
    "Not yet written.",
    "HSCP Board: date to be set",
]


def test_an_empty_pack_says_what_is_not_there():
    files = render_all(samples.empty())
    book = openpyxl.load_workbook(io.BytesIO(files["xlsx"]))
    cells = [str(c.value) for sheet in book for row in sheet.iter_rows() for c in row]
    said = {kind: squeezed(read(files[kind])) for kind, read in READERS.items()}
    for sentence in ABSENT:
        assert any(sentence in cell for cell in cells), sentence
        assert [k for k, text in said.items() if squeezed(sentence) not in text] == [], sentence
