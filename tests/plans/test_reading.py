"""Completed Word forms: what is read from each kind of them, and what is said where it is not."""

import zipfile
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

from management.uploads import BadFile, check_word
from plans.form.content import ElementLayout, Form, Layout, SectionLayout
from plans.form.reading import read
from plans.framework_file import read as read_framework
from plans.scales import points
from tests.plans.forms_built import (
    ARRANGEMENTS,
    BOTTOM,
    CAPACITY,
    DRIVERS,
    LABELS,
    MARKS,
    PAPER,
    PERFORMANCE,
    PRIORITIES,
    QUALITY,
    TICKS,
    TOP,
    Paper,
    Statement,
    around_cell,
    blocks,
    boxes,
    conclusion_rows,
    control,
    docx,
    driver_rows,
    form,
    full_row,
    head_rows,
    opening,
    overall_rows,
    p,
    part_rows,
    ps,
    run,
    statement_row,
    tbl,
    tc,
    tool_rows,
    tr,
)

FILE = Path(__file__).parents[2] / "plans" / "frameworks" / "self-evaluation-2024.toml"
FACTS = read_framework(FILE.read_text(encoding="utf-8"), FILE.name)
LAYOUT = Layout(
    FACTS.title,
    tuple(points(FACTS.scale)),
    tuple(
        SectionLayout(
            section.code,
            section.name,
            section.question,
            section.overall,
            section.tools,
            tuple(ElementLayout(i.code, i.name, i.key_factors) for i in section.indicators),
        )
        for section in FACTS.sections
    ),
)
STATEMENTS = PERFORMANCE.statements
ROWS = [statement_row(statement, PAPER.tick) for statement in STATEMENTS]
EVIDENCE = run("In force since 2015.")
CHANGE = 'w:id="1" w:author="A" w:date="2020-01-01T00:00:00Z"'


def reading(data: bytes) -> Form:
    check_word(data)
    return read(data, LAYOUT)


def said(form: Form) -> list[tuple[str, str, bool]]:
    return [(note.where, note.what, note.fatal) for note in form.notes]


def assert_reads(data: bytes, paper: Paper) -> None:
    """Everything of the paper is there, and nothing else is said."""
    found = reading(data)
    assert said(found) == []
    assert found.area == paper.area
    for section, part in zip(found.sections, paper.parts, strict=True):
        answers = [(element.rating, element.evidence) for element in section.elements]
        assert answers == [(s.rating, s.evidence) for s in part.statements]
        assert (section.overall, section.rationale) == (part.overall, part.rationale)
        tools = [(tool.name, tool.reach) for tool in section.tools]
        assert tools == [(name, reach.lower()) for name, reach in part.tools]
    assert (found.capacity, found.priorities) == (paper.capacity, paper.priorities)


def performance(*rows: str) -> bytes:
    """The form with other rows of statements in its first section."""
    drivers = PAPER.parts[-1]
    first = tbl(
        *head_rows(),
        *rows,
        *overall_rows(PERFORMANCE, PAPER.tick),
        *tool_rows(PERFORMANCE),
    )
    made = [opening(PAPER), p(PERFORMANCE.heading), first]
    for part in PAPER.parts[1:-1]:
        made += [p(part.heading), tbl(*part_rows(part, PAPER.tick))]
    made += [p(drivers.heading), tbl(*driver_rows(drivers, PAPER.tick))]
    return docx(*made, p("CONCLUSION"), tbl(*conclusion_rows(PAPER)))


def changed(old: str, new: str) -> bytes:
    """The form with one piece of its XML replaced, the first time that it stands there."""
    whole = "\x00".join(blocks(PAPER))
    assert old in whole
    return docx(*whole.replace(old, new, 1).split("\x00"))


def concluding(*rows: str) -> bytes:
    """The form with another table of the conclusion."""
    return docx(*blocks(PAPER)[:-2], tbl(*rows))


# --- what may differ ---------------------------------------------------------------------------


@pytest.mark.parametrize("arrange", ARRANGEMENTS.values(), ids=ARRANGEMENTS)
def test_a_form_is_read_however_its_tables_are_arranged(arrange: Callable[[], bytes]) -> None:
    assert_reads(arrange(), PAPER)


@pytest.mark.parametrize("tick", TICKS.values(), ids=TICKS)
def test_a_box_is_ticked_in_any_way(tick: Callable[[bool, str], str]) -> None:
    assert_reads(form(replace(PAPER, tick=tick)), PAPER)


def test_a_content_control_may_go_around_the_cell() -> None:
    assert_reads(form(replace(PAPER, tick=around_cell)), PAPER)


@pytest.mark.parametrize("with_heads", [True, False])
def test_each_box_may_have_its_label_beside_it(with_heads: bool) -> None:
    labelled = replace(PAPER, tick=lambda on, label: p(f"{'☒' if on else '☐'} {label}"))
    made = blocks(labelled)
    if not with_heads:
        heads = "".join(tc(p(label)) for label in LABELS)
        made = [block.replace(heads, tc(p()) * 4) for block in made]
    assert_reads(docx(*made), PAPER)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Mostly", "MOSTLY:"),
        ("Mostly", "Mostly (3)"),
        ("Partially", "Partialy"),
        ("Not at all", "Not at all "),
    ],
)
def test_a_label_above_a_column_may_be_written_otherwise(old: str, new: str) -> None:
    assert_reads(docx(*(block.replace(p(old), p(new)) for block in blocks(PAPER))), PAPER)


def test_a_label_may_stand_on_two_lines() -> None:
    made = [block.replace(p("Not at all"), p("Not") + p("at all")) for block in blocks(PAPER)]
    assert_reads(docx(*made), PAPER)


@pytest.mark.parametrize(
    "heading",
    [
        "1A. How we measure our performance",
        "Section 1a: Performance measurement",
        "Measuring performance",
        "1 a) Measuring Performance",
        "1a",
        "1a – What our data can do",
        "PERFORMANCE MEASUREMENT (1a)",
    ],
)
def test_a_heading_may_be_in_other_words(heading: str) -> None:
    assert_reads(changed(PERFORMANCE.heading, heading), PAPER)


@pytest.mark.parametrize(
    "heading", ["PART 2", "2. Organisational drivers", "Organisational Drivers", "Part 2: Support"]
)
def test_the_drivers_may_be_headed_otherwise(heading: str) -> None:
    assert_reads(changed(DRIVERS.heading, heading), PAPER)


def test_a_section_whose_heading_is_not_known_is_taken_by_its_place_and_that_is_said() -> None:
    found = reading(changed(QUALITY.heading, "Checks"))
    assert [element.rating for element in found.sections[1].elements] == [2, 2, 3, 2]
    assert said(found) == [
        ("Table 3, row 1", "Not understood: “Checks”", False),
        ("Section 1b Quality assurance", "Has no heading of its own; taken by its place.", False),
    ]


@pytest.mark.parametrize(
    "line",
    [
        p("Local authority area: Kinlaggan"),
        p("Local Authority: Kinlaggan"),
        f"<w:p>{run('LOCAL AUTHORITY AREA: ')}<w:sdt><w:sdtPr/><w:sdtContent>{run('Kinlaggan')}"
        "</w:sdtContent></w:sdt></w:p>",
        tbl(tr(tc(p("LOCAL AUTHORITY AREA:"), 3), tc(p("Kinlaggan"), 3))),
    ],
    ids=["after a colon", "without area", "in a content control", "in a table"],
)
def test_the_area_is_found(line: str) -> None:
    assert_reads(changed(p("LOCAL AUTHORITY AREA:____Kinlaggan______"), line), PAPER)


def test_an_area_that_nobody_wrote_is_empty() -> None:
    assert reading(form(replace(PAPER, area=""))).area == ""


def test_a_table_split_over_two_pages_goes_on() -> None:
    rest = [*overall_rows(PERFORMANCE, PAPER.tick), *tool_rows(PERFORMANCE)]
    for again in ([], head_rows()):
        first, second = tbl(*head_rows(), *ROWS[:2]), tbl(*again, *ROWS[2:], *rest)
        made = [opening(PAPER), p(PERFORMANCE.heading), first, p(), second]
        assert_reads(docx(*made, *blocks(PAPER)[7:]), PAPER)


def test_spare_rows_are_no_answers() -> None:
    spare = Statement("", None, ())
    empty = [statement_row(spare, PAPER.tick), statement_row(spare, TICKS["x"])]
    assert_reads(performance(*ROWS, *empty, full_row("")), PAPER)


@pytest.mark.parametrize(
    "rows",
    [
        [full_row(CAPACITY, *PAPER.capacity), full_row(PRIORITIES, *PAPER.priorities)],
        [
            tr(tc(p(CAPACITY), 3), tc(ps(PAPER.capacity), 3)),
            tr(tc(p(PRIORITIES), 3), tc(ps(PAPER.priorities), 3)),
        ],
        [
            full_row(CAPACITY),
            *(full_row(text) for text in PAPER.capacity),
            full_row(PRIORITIES),
            *(tr(tc(p(f"{n}.")), tc(p(text), 5)) for n, text in enumerate(PAPER.priorities, 1)),
        ],
        [
            full_row(CAPACITY),
            full_row(*PAPER.capacity),
            full_row(PRIORITIES),
            tr(
                tc(
                    "<w:p><w:r><w:t>1. Agree our measures</w:t><w:br/>"
                    "<w:t>- Ask people each quarter</w:t></w:r></w:p>",
                    6,
                )
            ),
        ],
        [
            full_row(CAPACITY),
            full_row(*PAPER.capacity),
            full_row(PRIORITIES),
            tr(tc("".join(p(text, "ListBullet") for text in PAPER.priorities), 6)),
        ],
    ],
    ids=["below the question", "beside it", "a row each", "lines of a paragraph", "a real list"],
)
def test_conclusions_may_stand_anywhere_by_their_question(rows: list[str]) -> None:
    assert_reads(concluding(*rows), PAPER)


def test_texts_that_look_like_parts_of_a_form_stay_texts() -> None:
    traps = ("Measuring outcomes", "Quality assurance", "Rating", "Mostly", "Is that so?", "x")
    paper = replace(
        PAPER.but(
            0,
            rationale=traps,
            statements=(Statement(STATEMENTS[0].text, 4, traps), *STATEMENTS[1:]),
        ),
        capacity=("Our capacity for improvement is limited.", "Conclusion", "Part 2"),
        priorities=("Quality assurance", "1a"),
    )
    assert_reads(form(paper), paper)


def test_ticks_in_a_text_stay_in_it() -> None:
    evidence = ("☒ audit done", "☐ survey", "● a bullet")
    paper = PAPER.but(0, statements=(Statement(STATEMENTS[0].text, 4, evidence), *STATEMENTS[1:]))
    assert_reads(form(paper), paper)


def test_a_tool_without_its_reach_is_a_tool_whatever_its_name() -> None:
    found = reading(form(PAPER.but(0, tools=(("Measuring outcomes star", ""), ("Scale", "Both")))))
    tools = [(tool.name, tool.reach) for tool in found.sections[0].tools]
    assert tools == [("Measuring outcomes star", ""), ("Scale", "")]
    what = "it is not clear whether it is local, national or external."
    assert said(found) == [
        ("Table 2, row 13", f"“Measuring outcomes star”: {what}", False),
        ("Table 2, row 14", f"“Scale”: {what}", False),
    ]


@pytest.mark.parametrize(
    "reach",
    [
        "<w:p><w:sdt><w:sdtPr><w:dropDownList/></w:sdtPr>"
        f"<w:sdtContent>{run('Local')}</w:sdtContent></w:sdt></w:p>",
        '<w:p><w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:ddList><w:result w:val="1"/>'
        '<w:listEntry w:val="National"/><w:listEntry w:val="Local"/></w:ddList></w:ffData>'
        "</w:fldChar></w:r></w:p>",
    ],
    ids=["content control", "form field"],
)
def test_the_reach_may_be_chosen_from_a_list(reach: str) -> None:
    assert_reads(changed(p("Local"), reach), PAPER)


THREE = ("Tool", "Local", "National", "External")
WIDE = (3000, 2000, 2000, 2000)


def ticks(*on: int) -> list[str]:
    return [tc(p("☒" if place in on else "☐")) for place in range(3)]


def with_tools(*rows: str, widths: tuple[int, ...] = WIDE, overall: bool = True) -> bytes:
    """The form with a table of its own for the tools of the first section."""
    part = PERFORMANCE if overall else replace(PERFORMANCE, overall=None, rationale=())
    statements = [statement_row(s, PAPER.tick) for s in part.statements]
    rest = overall_rows(part, PAPER.tick) if overall else []
    made = [opening(PAPER), p(part.heading), tbl(*head_rows(), *statements, *rest), p()]
    return docx(*made, tbl(*rows, widths=widths), *blocks(PAPER)[7:])


def reaches(data: bytes) -> list[tuple[str, str]]:
    return [(tool.name, tool.reach) for tool in reading(data).sections[0].tools]


@pytest.mark.parametrize("overall", [True, False])
@pytest.mark.parametrize("mark", [None, "x", "✓", "Yes"])
def test_tools_may_have_a_column_for_each_reach(overall: bool, mark: str | None) -> None:
    heads = tr(*(tc(p(text)) for text in THREE))
    first = [tc(p(mark or "")) if n == 1 else tc(p()) for n in range(3)] if mark else ticks(1)
    rows = [heads, tr(tc(p("Annual return")), *first), tr(tc(p("Dashboard")), *ticks(0))]
    data = with_tools(*rows, overall=overall)
    assert reaches(data) == [("Annual return", "national"), ("Dashboard", "local")]
    missing = [("Section 1a Measuring performance", "No overall rating was found.", False)]
    assert said(reading(data)) == ([] if overall else missing)


def test_the_heading_of_tools_may_have_two_rows() -> None:
    heads = [
        tr(tc(p("Tools"), merge=TOP), tc(p("Local, national or external"), 3)),
        tr(tc(p(), merge=BOTTOM), *(tc(p(text)) for text in THREE[1:])),
    ]
    asked = tr(tc(p("Which specific tools do you use?"), 4))
    data = with_tools(asked, *heads, tr(tc(p("Survey")), *ticks(2)))
    assert (reaches(data), said(reading(data))) == ([("Survey", "external")], [])


@pytest.mark.parametrize(
    "cells",
    [
        [tc(p("☐ Local ☒ National ☐ External"), 3)],
        [tc(p("Local ☐ National ☒ External ☐"), 3)],
        [tc(p("☐ Local") + p("☒ National") + p("☐ External"), 3)],
        [tc(p("☐ Local")), tc(p("☒ National")), tc(p("☐ External"))],
        [tc(p("[ ] Local [x] National [ ] External"), 3)],
        [tc("".join(f"<w:p>{control(on)}{run(text)}</w:p>" for on, text in (
            (False, "Local"), (True, "National"), (False, "External"))), 3)],
        [tc(p("National"), 3)],
    ],
    ids=["before", "behind", "lines", "cells", "brackets", "controls", "a word"],
)  # fmt: skip
def test_a_reach_may_be_ticked_beside_its_word(cells: list[str]) -> None:
    heads = tr(tc(p("Tool")), tc(p("Local/National/External"), 3))
    data = with_tools(heads, tr(tc(p("Annual return")), *cells))
    assert (reaches(data), said(reading(data))) == ([("Annual return", "national")], [])


@pytest.mark.parametrize(
    "cells",
    [ticks(), ticks(0, 2), [tc(p("☐ Local ☐ National ☐ External"), 3)],
     [tc(p("Local ☒ National External"), 3)], [tc(p("☒ Local ☒ National ☐ External"), 3)]],
)  # fmt: skip
def test_a_reach_that_is_not_one_is_not_guessed(cells: list[str]) -> None:
    data = with_tools(tr(*(tc(p(text)) for text in THREE)), tr(tc(p("Survey")), *cells))
    assert reaches(data) == [("Survey", "")]
    what = "“Survey”: it is not clear whether it is local, national or external."
    assert said(reading(data)) == [("Table 2, row 2", what, False)]


def test_boxes_without_a_tool_are_no_tool_and_ticks_among_them_are_named() -> None:
    heads = tr(*(tc(p(text)) for text in THREE))
    data = with_tools(heads, tr(tc(p()), *ticks()), tr(tc(p()), *ticks(1)))
    assert reaches(data) == []
    what = "A box is ticked in a row without a text: not used."
    assert said(reading(data)) == [("Table 2, row 3", what, False)]


# --- what a reader of the document sees --------------------------------------------------------


@pytest.mark.parametrize(
    "seen",
    [
        f"<w:del {CHANGE}><w:r><w:delText>Gone. </w:delText></w:r></w:del>{run('In force ')}"
        f"<w:ins {CHANGE}>{run('since 2015.')}</w:ins>",
        f"<w:moveFrom {CHANGE}>{run('Gone')}</w:moveFrom><w:moveTo {CHANGE}>{EVIDENCE}</w:moveTo>",
        f"{run('Hidden', '<w:vanish/>')}{EVIDENCE}",
        f'{run("In force ", "<w:b/>")}<w:hyperlink w:anchor="a">{run("since")}</w:hyperlink>'
        f"<w:smartTag>{run(' 2015.')}</w:smartTag>",
        f"<w:sdt><w:sdtPr/><w:sdtContent>{EVIDENCE}</w:sdtContent></w:sdt>",
        f"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{run('Click here')}"
        f"</w:sdtContent></w:sdt>{EVIDENCE}",
    ],
    ids=["tracked", "moved", "hidden", "in pieces", "in a control", "placeholder"],
)
def test_evidence_is_what_a_reader_sees(seen: str) -> None:
    assert_reads(changed(EVIDENCE, seen), PAPER)


def test_paragraphs_whose_end_was_deleted_are_one() -> None:
    end = f"<w:pPr><w:rPr><w:del {CHANGE}/></w:rPr></w:pPr>"
    two = f"<w:p>{end}{run('In force ')}</w:p><w:p>{run('since 2015.')}</w:p>"
    assert_reads(changed(f"<w:p>{EVIDENCE}</w:p>", two), PAPER)


def test_a_deleted_row_is_gone() -> None:
    gone = tr(tc(p("Gone")), *boxes(PAPER.tick, 2), tc(p()), properties=f"<w:del {CHANGE}/>")
    assert_reads(performance(ROWS[0], gone, *ROWS[1:]), PAPER)


def test_a_row_may_stand_in_a_content_control() -> None:
    around = f"<w:sdt><w:sdtPr/><w:sdtContent>{ROWS[0]}</w:sdtContent></w:sdt>"
    assert_reads(performance(around, *ROWS[1:]), PAPER)


def test_the_statement_is_kept_as_it_stands_in_the_file() -> None:
    element = reading(form()).sections[0].elements[1]
    assert element.statement == "Our KPIs cover the core functions"
    assert element.where == "Table 2, row 4"
    driver = reading(form()).sections[3].elements[1]
    assert driver.statement == "\n".join(["Leadership", *MARKS])


# --- what is said, with its place --------------------------------------------------------------


def test_a_statement_without_a_tick_has_no_rating() -> None:
    for tick in ("☒ and ☐", "x", "form fields"):
        for evidence in (("Seen.",), ()):
            first = Statement(STATEMENTS[0].text, None, evidence)
            paper = PAPER.but(0, statements=(first, *STATEMENTS[1:]))
            found = reading(form(replace(paper, tick=TICKS[tick])))
            element = found.sections[0].elements[0]
            assert (element.rating, element.evidence) == (None, evidence)
            what = "No box is ticked for “A framework for managing performance guides us”."
            assert said(found) == [("Table 2, row 3", what, False)]


def test_a_word_below_a_label_is_no_tick() -> None:
    cells = [tc(p("☐"))] * 3 + [tc(p("nearly"))]
    found = reading(performance(tr(tc(p(STATEMENTS[0].text)), *cells, tc(p())), *ROWS[1:]))
    assert found.sections[0].elements[0].rating is None
    assert said(found)[0] == ("Table 1, row 3", "“nearly” under Fully was not understood.", False)


def test_a_missing_row_is_named() -> None:
    found = reading(performance(ROWS[0], ROWS[1], ROWS[3]))
    ratings = {element.code: element.rating for element in found.sections[0].elements}
    assert ratings == {"1a.1": 4, "1a.2": 3, "1a.3": None, "1a.4": 1}
    what = "No row was found for 1a.3 Ways and tools to gather performance data."
    assert said(found) == [("Section 1a Measuring performance", what, False)]


def test_an_additional_row_is_named() -> None:
    more = statement_row(Statement("We like our chairs", 2, ("Blue.",)), PAPER.tick)
    found = reading(performance(*ROWS[:2], more, *ROWS[2:]))
    assert [element.rating for element in found.sections[0].elements] == [4, 3, 2, 1]
    assert said(found) == [("Table 1, row 5", "Not used: “We like our chairs”", False)]


def test_a_row_that_looks_unlike_its_element_is_named() -> None:
    other = statement_row(Statement("Something else entirely", 4, ()), PAPER.tick)
    found = reading(performance(other, *ROWS[1:]))
    assert found.sections[0].elements[0].rating == 4
    what = (
        "Taken for 1a.1 Performance management framework, by its place: “Something else entirely”"
    )
    assert said(found) == [("Table 1, row 3", what, False)]


def test_rows_in_another_order_are_named() -> None:
    found = reading(performance(ROWS[1], ROWS[0], *ROWS[2:]))
    assert [note[0] for note in said(found)] == ["Table 1, row 3", "Table 1, row 4"]


def test_a_tick_without_a_statement_is_named() -> None:
    found = reading(performance(*ROWS, statement_row(Statement("", 2, ("So.",)), PAPER.tick)))
    what = "Not used, for it has no statement: “So.”"
    assert said(found) == [("Table 1, row 7", what, False)]


def test_what_fits_nowhere_is_named() -> None:
    before = tbl(tr(tc(p("Filled in by"), 3), tc(p("A. Person"), 3)))
    box = "<w:r><w:pict><w:txbxContent><w:p><w:r><w:t>In a box</w:t></w:r></w:p></w:txbxContent>"
    made = blocks(PAPER)
    made.insert(1, before)
    made.insert(7, p("We talked of this in a workshop."))
    after = [p("So much for this year."), p(), f"<w:p>{box}</w:pict></w:r></w:p>"]
    found = reading(docx(*made, *after, tbl(tr(tc(p("Office use"))))))
    assert said(found) == [
        ("Table 1", "Not used, for it fits nowhere: “Filled in by”", False),
        ("Below table 3", "Not used: “We talked of this in a workshop.”", False),
        ("Below table 9", "Not used: “So much for this year.”", False),
        ("Table 10, row 1", "Not understood: “Office use”", False),
        ("A text box", "Not used: “In a box”", False),
    ]
    assert found.priorities == PAPER.priorities


def test_a_form_that_nobody_filled_in_is_read_and_says_so() -> None:
    parts = tuple(
        replace(
            part,
            overall=None,
            rationale=(),
            tools=(),
            statements=tuple(Statement(s.text, None, ()) for s in part.statements),
        )
        for part in PAPER.parts
    )
    found = reading(form(replace(PAPER, area="", parts=parts, capacity=(), priorities=())))
    assert not found.refused
    assert sum("No box is ticked" in what for _, what, _ in said(found)) == 12 + 5 + 3
    assert said(found)[-2:] == [
        ("Conclusion", "Nothing is said of the capacity to improve.", False),
        ("Conclusion", "No priorities for improvement were found.", False),
    ]


# --- what is refused, with its place -----------------------------------------------------------


def row_of_cells(*cells: str) -> list[str]:
    """The rows of the first section, the second of them with other cells after its statement."""
    return [ROWS[0], tr(tc(p(STATEMENTS[1].text)), *cells), *ROWS[2:]]


def refusal(data: bytes) -> list[tuple[str, str]]:
    found = reading(data)
    assert found.refused
    return [(where, what) for where, what, fatal in said(found) if fatal]


KPIS = "“Our KPIs cover the core functions”"
MERGED = "so that its rating or evidence cannot be told apart. Split the cells."
EMPTY, FULL = tc(p("☐")), tc(p("☒"))


def test_two_ticks_in_a_row_are_refused() -> None:
    rows = row_of_cells(FULL, EMPTY, FULL, EMPTY, tc(p()))
    what = f"More than one box is ticked for {KPIS}: Not at all and Mostly. Leave one."
    assert refusal(performance(*rows)) == [("Table 1, row 4", what)]


def test_two_ticks_of_an_overall_rating_are_refused() -> None:
    one = "".join(boxes(PAPER.tick, 3))
    old = f"{tc(p(), merge=BOTTOM)}{one}</w:tr>"
    two = f"{tc(p(), merge=BOTTOM)}{EMPTY}{FULL}{FULL}{EMPTY}</w:tr>"
    what = "More than one box is ticked for the overall rating: Partially and Mostly. Leave one."
    assert refusal(changed(old, two)) == [("Table 2, row 8", what)]


@pytest.mark.parametrize(
    "cells",
    [
        [tc(p("☒"), span=2), EMPTY, EMPTY, tc(p())],
        [EMPTY, EMPTY, tc(p("☒"), span=2), tc(p())],
        [tc(p("Mostly"), span=4), tc(p())],
        [EMPTY, EMPTY, EMPTY, tc(p("☒ Fully"), span=2)],
    ],
)
def test_merged_cells_are_refused_where_the_rating_cannot_be_told(cells: list[str]) -> None:
    what = f"Cells are merged in the row of {KPIS}, {MERGED}"
    found = refusal(performance(*row_of_cells(*cells)))
    assert found == [("Table 1, row 4", what)]


def test_boxes_merged_downwards_are_refused() -> None:
    upper = tr(tc(p(STATEMENTS[0].text)), EMPTY, EMPTY, EMPTY, tc(p("☒"), merge=TOP), tc(p()))
    lower = tr(tc(p(STATEMENTS[1].text)), EMPTY, EMPTY, EMPTY, tc(p(), merge=BOTTOM), tc(p()))
    what = f"Cells are merged in the row of {KPIS}, {MERGED}"
    assert refusal(performance(upper, lower, *ROWS[2:])) == [("Table 1, row 4", what)]


def test_a_table_inside_a_cell_is_refused() -> None:
    inner = tc(tbl(tr(tc(p("Figures"))), widths=(900,)) + p())
    rows = row_of_cells(EMPTY, EMPTY, FULL, EMPTY, inner)
    what = f"A table stands inside a cell of the row of {KPIS}. Take it out of the cell."
    assert refusal(performance(*rows)) == [("Table 1, row 4", what)]
    rationale = p("The basis is sound.")
    found = refusal(changed(rationale, rationale + tbl(tr(tc(p("Figures")))) + p()))
    what = "A table stands inside a cell. Take it out of the cell."
    assert found == [("Table 2, row 10", what)]


def test_a_section_that_is_missing_is_refused() -> None:
    made = [block for place, block in enumerate(blocks(PAPER)) if not 7 <= place < 13]
    what = "Its table was not found in the file."
    assert refusal(docx(*made)) == [("Section 1b Quality assurance", what)]


@pytest.mark.parametrize(
    "data",
    [
        docx(p("Minutes of a meeting")),
        docx(p("1a Measuring performance"), tbl(tr(tc(p("x"))))),
        docx(),
    ],
    ids=["a text", "a table", "nothing"],
)
def test_another_document_is_refused(data: bytes) -> None:
    what = (
        "No table of statements with boxes under Not at all, Partially, Mostly, Fully was found in "
        "it. Is it the form “2024 justice social work self-evaluation”?"
    )
    assert refusal(data) == [("The file", what)]


def test_everything_that_is_wrong_is_said_at_once() -> None:
    wrong = tr(tc(p(STATEMENTS[0].text)), FULL, FULL, EMPTY, EMPTY, tc(p()))
    merged = tr(tc(p(STATEMENTS[1].text)), tc(p("☒"), span=4), tc(p()))
    found = refusal(performance(wrong, merged, *ROWS[2:]))
    assert [where for where, _ in found] == ["Table 1, row 3", "Table 1, row 4"]


def without(name: str) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(form())) as old, zipfile.ZipFile(out, "w") as new:
        for member in old.namelist():
            if member != name:
                new.writestr(member, old.read(member))
    return out.getvalue()


@pytest.mark.parametrize("name", ["word/document.xml", "word/_rels/document.xml.rels"])
def test_a_file_without_its_parts_is_a_sentence_or_a_form(name: str) -> None:
    try:
        assert_reads(without(name), PAPER)
    except BadFile as error:
        assert str(error) == "The file is damaged. Open it in Word and save it again."


def test_borders_drawn_askew_are_not_merged_cells() -> None:
    widths = (2600, 880, 20, 900, 900, 880, 20, 3800)
    head = tr(tc(p()), tc(p("Not at all")), tc(p("Partially"), 2), *(tc(p(x)) for x in LABELS[2:]))
    askew = [
        tr(
            tc(p(statement.text)),
            *(
                tc(PAPER.tick(statement.rating == 1, ""), 2),
                tc(PAPER.tick(statement.rating == 2, "")),
            ),
            *(tc(PAPER.tick(statement.rating == value, "")) for value in (3, 4)),
            tc(ps(statement.evidence), 2),
        )
        for statement in STATEMENTS
    ]
    first = [p(PERFORMANCE.heading), tbl(head, *askew, widths=widths)]
    last = tbl(*overall_rows(PERFORMANCE, PAPER.tick), *tool_rows(PERFORMANCE))
    assert_reads(docx(opening(PAPER), *first, last, *blocks(PAPER)[7:]), PAPER)


def test_an_overall_rating_that_is_not_asked_for_is_named_and_left_out() -> None:
    rows = [*driver_rows(DRIVERS, PAPER.tick), *overall_rows(replace(PERFORMANCE), PAPER.tick)]
    made = [*blocks(PAPER)[:-5], tbl(*rows), p(), p("CONCLUSION")]
    found = reading(docx(*made, tbl(*conclusion_rows(PAPER))))
    assert (found.sections[3].overall, found.sections[3].rationale) == (None, ())
    assert [element.rating for element in found.sections[3].elements] == [3, 4, 2, 2, 3]
    what = "Has an overall rating, which is not asked for: not used."
    assert said(found) == [("Section 2 Organisational drivers", what, False)]
