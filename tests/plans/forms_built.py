"""Completed self-evaluation forms as Word files, built in the shape of the 2024 form.

The statements and answers are invented; what may differ from form to form is a parameter.
"""

import functools
import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from xml.sax.saxutils import escape

from docx import Document
from docx.oxml.ns import nsdecls

W14 = 'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'
LABELS = ("Not at all", "Partially", "Mostly", "Fully")
WIDTHS = (2600, 900, 900, 900, 900, 3800)
BOTTOM, TOP = "below", "top"
Tick = Callable[[bool, str], str]


# --- pieces of WordprocessingML ----------------------------------------------------------------


def run(text: str, properties: str = "") -> str:
    inner = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{inner}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def p(text: str = "", style: str = "") -> str:
    look = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{look}{run(text) if text else ''}</w:p>"


def ps(texts: Sequence[str]) -> str:
    return "".join(p(text) for text in texts) or p()


def tc(content: str, span: int = 1, merge: str = "", width: int = 900) -> str:
    """A cell. `merge` is TOP or BOTTOM of cells merged downwards."""
    wide = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    down = {"": "", TOP: '<w:vMerge w:val="restart"/>', BOTTOM: "<w:vMerge/>"}[merge]
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{wide}{down}</w:tcPr>{content}</w:tc>'


def tr(*cells: str, properties: str = "") -> str:
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


def tbl(*rows: str, widths: Sequence[int] = WIDTHS) -> str:
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return (
        '<w:tbl><w:tblPr><w:tblW w:w="0" w:type="auto"/></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"
    )


def docx(*blocks: str) -> bytes:
    """A Word document with these blocks, in python-docx's own wrapping."""
    document = (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:document {nsdecls("w")} {W14}>'
        f"<w:body>{''.join(blocks)}<w:sectPr/></w:body></w:document>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in _wrapping().items():
            made.writestr(name, document if name == "word/document.xml" else content)
    return out.getvalue()


@functools.cache
def _wrapping() -> dict[str, bytes]:
    out = io.BytesIO()
    Document().save(out)
    with zipfile.ZipFile(out) as whole:
        return {name: whole.read(name) for name in whole.namelist()}


# --- ways to tick a box ------------------------------------------------------------------------


def _characters(ticked: str, empty: str) -> Tick:
    return lambda on, label: p(ticked if on else empty)


def _symbol(font: str, ticked: str, empty: str) -> Tick:
    def tick(on: bool, label: str) -> str:
        code = ticked if on else empty
        return f'<w:p><w:r><w:sym w:font="{font}" w:char="{code}"/></w:r></w:p>'

    return tick


def control(on: bool, shown: str = "☐", content: str = "") -> str:
    return (
        f'<w:sdt><w:sdtPr><w14:checkbox><w14:checked w14:val="{int(on)}"/>'
        '<w14:checkedState w14:val="2612" w14:font="MS Gothic"/></w14:checkbox></w:sdtPr>'
        f"<w:sdtContent>{content or run(shown)}</w:sdtContent></w:sdt>"
    )


def _in_paragraph(on: bool, label: str) -> str:
    return f"<w:p>{control(on, '☒' if on else '☐')}</w:p>"


def _around_paragraph(on: bool, label: str) -> str:
    return control(on, "", p("☒" if on else "☐"))


def _own_glyph(on: bool, label: str) -> str:
    """A control whose ticked and empty states look alike: its state alone tells."""
    return f"<w:p>{control(on, '■')}</w:p>"


def _field(state: str) -> str:
    return (
        '<w:p><w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:name w:val="Check1"/><w:enabled/>'
        f'<w:checkBox><w:sizeAuto/><w:default w:val="0"/>{state}</w:checkBox></w:ffData>'
        "</w:fldChar></w:r><w:r><w:instrText> FORMCHECKBOX </w:instrText></w:r>"
        '<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    )


def _legacy(on: bool, label: str) -> str:
    return _field("<w:checked/>" if on else "")


def _legacy_valued(on: bool, label: str) -> str:
    return _field(f'<w:checked w:val="{int(on)}"/>')


def _legacy_default(on: bool, label: str) -> str:
    return _field("").replace('<w:default w:val="0"/>', f'<w:default w:val="{int(on)}"/>')


def _wingdings(on: bool, label: str) -> str:
    """Typed in the symbol font, not inserted as a symbol."""
    font = '<w:rFonts w:ascii="Wingdings" w:hAnsi="Wingdings"/>'
    return f"<w:p>{run('þ' if on else '¨', font)}</w:p>"


def _in_two_runs(on: bool, label: str) -> str:
    return f"<w:p>{run(' ')}{run('☒' if on else '☐')}{run(' ')}</w:p>{p()}"


TICKS: dict[str, Tick] = {
    "☒ and ☐": _characters("☒", "☐"),
    "☑ and ☐": _characters("☑", "☐"),
    "✓ and nothing": _characters("✓", ""),
    "✔ and nothing": _characters("✔", ""),
    "x": _characters("x", ""),
    "X": _characters("X", ""),
    "[x]": _characters("[x]", "[ ]"),
    "√": _characters("√", ""),
    "yes and no": _characters("Yes", "No"),
    "the label itself": lambda on, label: p(label if on else ""),
    "the label itself, small": lambda on, label: p(label.lower() if on else ""),
    "an x beside the empty box": _characters("☐x", "☐"),
    "in several runs": _in_two_runs,
    "Wingdings symbols": _symbol("Wingdings", "F0FE", "F0A8"),
    "Wingdings 2 symbols": _symbol("Wingdings 2", "F052", "F0A3"),
    "a Wingdings tick": _symbol("Wingdings", "F0FC", "F0A8"),
    "characters in Wingdings": _wingdings,
    "content controls in the paragraph": _in_paragraph,
    "content controls around the paragraph": _around_paragraph,
    "content controls with a glyph of their own": _own_glyph,
    "form fields": _legacy,
    "form fields with a value": _legacy_valued,
    "form fields by their default": _legacy_default,
}


def around_cell(on: bool, label: str) -> str:
    """A content control around the whole cell."""
    return control(on, "", tc(p("☒" if on else "☐")))


# --- the form ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Statement:
    text: str
    rating: int | None
    evidence: tuple[str, ...]


@dataclass(frozen=True)
class Part:
    """A section: its heading, its statements, its overall rating with rationale, its tools."""

    heading: str
    question: str
    statements: tuple[Statement, ...]
    overall: int | None = None
    rationale: tuple[str, ...] = ()
    tools: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Paper:
    area: str = "Kinlaggan"
    parts: tuple[Part, ...] = ()
    capacity: tuple[str, ...] = ("Two people can do this.", "The old database stands in the way.")
    priorities: tuple[str, ...] = ("Agree our measures", "Ask people each quarter")
    tick: Tick = TICKS["☒ and ☐"]

    def but(self, part: int, **changes: Any) -> "Paper":
        """The same with other facts in one of its parts, counted from 0."""
        parts = list(self.parts)
        parts[part] = replace(parts[part], **changes)
        return replace(self, parts=tuple(parts))


PERFORMANCE = Part(
    "1a MEASURING PERFORMANCE ",
    "How well can you measure performance?",
    (
        Statement("A framework for managing performance guides us", 4, ("In force since 2015.",)),
        Statement("Our KPIs cover the core functions", 3, ("Twelve KPIs.", "Reviewed in May.")),
        Statement("Ways and tools gather the data that we need", 2, ("A dashboard.",)),
        Statement("Performance data has led to improvement", 1, ("Not yet.",)),
    ),
    3,
    ("The basis is sound.", "Paper records slow us down."),
    (("Dashboard (from the case system)", "Local"), ("Annual return", "National")),
)
QUALITY = Part(
    "1b QUALITY ASSURANCE",
    "How well can you measure the quality of the work?",
    (
        Statement("A framework for quality assurance guides us", 2, ("Only by theme.",)),
        Statement("Quality measures cover the core functions", 2, ("In part.",)),
        Statement("Ways and tools gather data on quality", 3, ("File reading.",)),
        Statement("Quality assurance has led to improvement", 2, ("Reports are shorter.",)),
    ),
    2,
    ("Not standardised.",),
    (("Court report audit", "National"), ("Peer reading", "External")),
)
OUTCOMES = Part(
    "1c MEASURING OUTCOMES",
    "How well can you measure what changes for people?",
    (
        Statement("Outcome measures follow local and national priorities", 3, ("Mapped.",)),
        Statement("Outcome measures tell of wellbeing and life chances", 2, ("A new tool.",)),
        Statement("Ways and tools gather data on outcomes", 2, ("Exit survey.", "A panel.")),
        Statement("Outcome data has led to improvement", 2, ("Early days.",)),
    ),
    2,
    ("Hard to show so far.",),
    (("Exit survey", "Local"),),
)
DRIVERS = Part(
    "PART 2 – ORGANISATIONAL DRIVERS AND CAPABILITIES",
    "",
    (
        Statement("A culture of learning and improvement", 3, ("Learning sets.",)),
        Statement("Leadership ", 4, ("A lead post.",)),
        Statement("Governance ", 2, ("Reports to two committees.", "Yearly", "Quarterly")),
        Statement("Knowledge and expertise Characterised by: ", 2, ("Staff turnover.",)),
        Statement("Resources ", 3, ("One analyst.",)),
    ),
)
PAPER = Paper(parts=(PERFORMANCE, QUALITY, OUTCOMES, DRIVERS))
MARKS = ("Characterised by:", "· Time for reflection", "· Money for learning")
RATIONALE = "Give the rationale of this overall rating, with further evidence:"
TOOLS = "Which specific tools do you use to gather and report this? "
CAPACITY = "What is your capacity for improvement now, and what hinders you? "
PRIORITIES = "What are your priority areas for improvement? (A few bullets are enough)"


def full_row(text: str, *more: str) -> str:
    return tr(tc(ps([text, *more]), span=6))


def head_rows(evidence: str = "What is the evidence for it? ") -> list[str]:
    """Two rows of headings: the first and last cells go over both, “Rating” over four columns."""
    return [
        tr(
            tc(p("How far can you show this:"), merge=TOP),
            tc(p("Rating"), span=4),
            tc(p(evidence), merge=TOP),
        ),
        tr(
            tc(p(), merge=BOTTOM),
            *(tc(p(label)) for label in LABELS),
            tc(p(), merge=BOTTOM),
        ),
    ]


def boxes(tick: Tick, rating: int | None) -> list[str]:
    made = [tick(rating == value, label) for value, label in enumerate(LABELS, 1)]
    return [one if "<w:tc>" in one else tc(one) for one in made]


def statement_row(statement: Statement, tick: Tick, first: str = "") -> str:
    return tr(
        tc(first or p(statement.text)),
        *boxes(tick, statement.rating),
        tc(ps(statement.evidence)),
    )


def overall_rows(part: Part, tick: Tick) -> list[str]:
    """A head of its own, a row without a first text, and no cell for evidence."""
    return [
        tr(tc(p("Overall Rating"), merge=TOP), *(tc(p(label)) for label in LABELS)),
        tr(tc(p(), merge=BOTTOM), *boxes(tick, part.overall)),
        full_row(RATIONALE),
        full_row(*(part.rationale or [""])),
    ]


def tool_rows(part: Part) -> list[str]:
    rows = [
        full_row(TOOLS),
        tr(tc(p("Tool (describe it)"), 3), tc(p("Local/National/External"), 3)),
    ]
    return [*rows, *(tr(tc(p(name), 3), tc(p(reach), 3)) for name, reach in part.tools)]


def part_rows(part: Part, tick: Tick) -> list[str]:
    rows = [*head_rows(), *(statement_row(s, tick) for s in part.statements)]
    return [*rows, *overall_rows(part, tick), *tool_rows(part)]


def driver_rows(part: Part, tick: Tick) -> list[str]:
    firsts = [
        ps([s.text, *(() if "Char" in s.text else MARKS[:1]), *MARKS[1:]]) for s in part.statements
    ]
    rows = zip(part.statements, firsts, strict=True)
    return [*head_rows(), *(statement_row(s, tick, first) for s, first in rows)]


def conclusion_rows(paper: Paper) -> list[str]:
    last = len(paper.priorities) - 1
    bullets = [f"{'' if n == last else '· '}{text}" for n, text in enumerate(paper.priorities)]
    return [
        full_row(CAPACITY),
        full_row("", *(t for text in paper.capacity for t in (text, ""))),
        full_row(PRIORITIES),
        full_row(*(bullets or [""])),
    ]


def opening(paper: Paper) -> str:
    return (
        p("Self-evaluation of our service")
        + p("The scale is explained here: Not at all, Partially, Mostly, Fully.")
        + p() * 3
        + p(f"LOCAL AUTHORITY AREA:____{paper.area}______")
        + p("PART 1 – PERFORMANCE, QUALITY AND OUTCOMES")
    )


def blocks(paper: Paper) -> list[str]:
    """The usual form: each heading in a table of its own, one table for each section."""
    made = [opening(paper)]
    for part in paper.parts[:-1]:
        made += [tbl(tr(tc(p(part.heading))), widths=(9000,)), p(), p(part.question), p()]
        made += [tbl(*part_rows(part, paper.tick)), p(), p()]
    drivers = paper.parts[-1]
    made += [p(drivers.heading), tbl(*driver_rows(drivers, paper.tick)), p()]
    made += [p("CONCLUSION"), tbl(*conclusion_rows(paper)), p(" ")]
    return made


def form(paper: Paper = PAPER) -> bytes:
    return docx(*blocks(paper))


# --- the same form in other arrangements -------------------------------------------------------


def in_one_table(paper: Paper = PAPER) -> bytes:
    rows = []
    for part in paper.parts[:-1]:
        rows += [full_row(part.heading), full_row(part.question), *part_rows(part, paper.tick)]
    drivers = paper.parts[-1]
    rows += [full_row(drivers.heading), *driver_rows(drivers, paper.tick)]
    rows += [full_row("CONCLUSION"), *conclusion_rows(paper)]
    return docx(opening(paper), tbl(*rows))


def in_many_tables(paper: Paper = PAPER) -> bytes:
    """Overall rating and tools as tables of their own, prompts and answers between them."""
    made = [opening(paper)]
    for part in paper.parts[:-1]:
        statements = [statement_row(s, paper.tick) for s in part.statements]
        made += [p(part.heading), p(part.question), tbl(*head_rows(), *statements), p()]
        made += [tbl(*overall_rows(part, paper.tick)[:2]), p(RATIONALE), ps(part.rationale)]
        made += [p(TOOLS), tbl(*tool_rows(part)[1:]), p()]
    drivers = paper.parts[-1]
    made += [p(drivers.heading), tbl(*driver_rows(drivers, paper.tick)), p("Conclusion")]
    made += [p(CAPACITY), ps(paper.capacity), p(PRIORITIES), ps(paper.priorities)]
    return docx(*made)


def with_one_head(paper: Paper = PAPER) -> bytes:
    """The overall rating as the last row below the statements, with its rationale as evidence."""
    made = [opening(paper)]
    for part in paper.parts[:-1]:
        whole = Statement("Overall rating", part.overall, part.rationale)
        rows = [statement_row(s, paper.tick) for s in (*part.statements, whole)]
        made += [p(part.heading), tbl(*head_rows(), *rows, *tool_rows(part)), p()]
    drivers = paper.parts[-1]
    made += [p(drivers.heading), tbl(*driver_rows(drivers, paper.tick)), p()]
    return docx(*made, tbl(*conclusion_rows(paper)))


def with_more_columns(paper: Paper = PAPER) -> bytes:
    """A number before each statement, an empty column in the middle, evidence before the boxes."""
    made = [opening(paper)]
    for part in paper.parts:
        rows = [
            tr(
                tc(p("No.")),
                tc(p("Statement")),
                tc(p("Evidence")),
                *(tc(p(f" {label.upper()} ")) for label in LABELS),
                tc(p()),
            )
        ]
        rows += [
            tr(
                tc(p(str(n))),
                tc(p(s.text)),
                tc(ps(s.evidence)),
                *boxes(paper.tick, s.rating),
                tc(p()),
            )
            for n, s in enumerate(part.statements, 1)
        ]
        made += [p(part.heading), tbl(*rows, widths=(400, 2000, 3000, *(900,) * 4, 300)), p()]
        if part.overall:
            made += [tbl(*overall_rows(part, paper.tick), *tool_rows(part)), p()]
    return docx(*made, p("Conclusion"), tbl(*conclusion_rows(paper)))


ARRANGEMENTS = {
    "one table for each section": form,
    "one table for all": in_one_table,
    "many tables": in_many_tables,
    "one head for statements and overall rating": with_one_head,
    "more columns, in another order": with_more_columns,
}
