"""Which column is what: by the wording of real headings, by the cells, and as a person says."""

import csv
import io
from collections.abc import Sequence

import pytest
import xlsxwriter

from management.sheets.content import Book
from plans.sheets.fields import Field, Sure, signature
from plans.sheets.layouts import Layout, chosen, faults, layouts, with_mapping
from plans.sheets.reading import read
from plans.sheets.understanding import understand
from tests.management.sheets_built import workbook
from tests.plans.forms_built import BOTTOM, TOP, docx, p, tc, tr
from tests.plans.plans_built import (
    CONTEXT,
    HEADINGS,
    PAGE,
    heading_row,
    page_rows,
    table,
    word_plan,
)

F = Field


def book_of(rows: Sequence[Sequence[str]], name: str = "plan.csv") -> Book:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows(rows)
    return read(out.getvalue().encode(), name)


def guessed(rows: Sequence[Sequence[str]]) -> list[tuple[Field, Sure]]:
    (layout,) = layouts(book_of(rows), CONTEXT)
    return [(column.field, column.sure) for column in layout.columns]


def fields(layout: Layout) -> list[str]:
    return [str(field) for field in layout.mapping]


# --- the heading row ---------------------------------------------------------------------------

ROW = ["1", "Train all staff", "Service Manager", "March 2020"]
HEAD = ["Ref", "Action", "Lead", "Due"]


@pytest.mark.parametrize(
    ("above", "number"),
    [
        ([], 1),
        ([["Improvement plan 2019"], ["As at 6 August 2019; the action owner updates it"]], 3),
        ([["Plan", "Version", "2"], ["Owner", "Head of Service"]], 3),
        ([[f"Line {n}", "", "", ""] for n in range(20)], 21),
    ],
    ids=["at the top", "below a title", "below facts", "below much"],
)
def test_the_heading_row_is_found_below_titles_and_notes(
    above: list[list[str]], number: int
) -> None:
    book = book_of([*above, HEAD, ROW, ["2", "Audit", "Head of Service", "May 2020"]])
    (layout,) = layouts(book, CONTEXT)
    (part,) = layout.parts
    assert [part.sheet.rows[n].number for n in part.heads] == [number]
    assert fields(layout) == ["reference", "text", "responsible", "timescale"]
    assert [c.heading for c in layout.columns] == HEAD
    result = understand(book, [layout], CONTEXT)
    assert [row.text for row in result.rows] == ["Train all staff", "Audit"]
    assert [out.why for out in result.left_out] == ["it stands above the headings"] * len(above)


def test_headings_of_two_rows_are_read_together() -> None:
    def arrange(made: xlsxwriter.Workbook) -> None:
        sheet = made.worksheets()[0]
        for column, name in enumerate(["Ref", "Action", "Lead"]):
            sheet.merge_range(0, column, 1, column, name)
        sheet.merge_range(0, 3, 0, 5, "Progress")

    rows = [
        [],
        [None, None, None, "Q1", "Q2", "Q3"],
        ["1", "Train", "Service Manager", "begun", "half", "done"],
    ]
    book = read(workbook(rows, arrange=arrange), "plan.xlsx")
    (layout,) = layouts(book, CONTEXT)
    assert [c.heading for c in layout.columns] == [
        "Ref",
        "Action",
        "Lead",
        "Progress Q1",
        "Progress Q2",
        "Progress Q3",
    ]
    (row,) = understand(book, [layout], CONTEXT).rows
    assert row.progress == "done"
    assert row.updates == (
        ("Progress Q1", "begun"),
        ("Progress Q2", "half"),
        ("Progress Q3", "done"),
    )


# --- cells -------------------------------------------------------------------------------------

BODY = [
    [
        "1a",
        "Train all staff in risk assessment within the year",
        "5.2",
        "Service Manager",
        "March 2020",
        "Green",
        "50%",
        "A register of those who were trained",
        "KM1, 2",
    ],
    [
        "1b",
        "Audit a sample of case files every quarter",
        "5.2",
        "Head of Service",
        "31/10/2019",
        "Amber",
        "10%",
        "Four reports a year",
        "KM3",
    ],
    [
        "2",
        "Ask people on orders what has changed for them",
        "9.4",
        "Information Lead",
        "May 2020",
        "Red",
        "0%",
        "A summary of answers",
        "KM1",
    ],
]
MEANT = [
    F.REFERENCE,
    F.ACTION,
    F.INDICATOR,
    F.RESPONSIBLE,
    F.TIMESCALE,
    F.STATUS,
    F.PERCENT,
    F.EVIDENCE,
    F.MESSAGES,
]


def test_without_headings_the_cells_tell() -> None:
    assert guessed(BODY) == [(field, Sure.LIKELY) for field in MEANT]
    (layout,) = layouts(book_of(BODY), CONTEXT)
    assert layout.parts[0].first == 0 and layout.is_plan
    assert layout.columns[4].why == "no heading; its cells are dates"
    assert layout.columns[5].samples == ("Green", "Amber", "Red")


def test_odd_headings_give_way_to_the_cells() -> None:
    odd = ["Kennung", "Aufgabe", "Thema", "Wer", "Bis", "Ampel", "Grad", "Beleg", "Bezug"]
    (layout,) = layouts(book_of([odd, *BODY]), CONTEXT)
    assert [c.heading for c in layout.columns] == odd
    assert layout.columns[4].why == "its heading is not known; its cells are dates"
    found = [(column.field, column.sure) for column in layout.columns]
    assert found.pop(7) == (F.NOTHING, Sure.NONE)  # texts under a heading may be anything
    assert found == [(field, Sure.LIKELY) for field in MEANT if field != F.EVIDENCE]


@pytest.mark.parametrize(
    ("heading", "cells", "field", "why"),
    [
        (
            "Status",
            ["We have begun to train staff, and half of them have been"] * 3,
            F.PROGRESS,
            "its cells are sentences",
        ),
        ("Progress", ["Green", "Red", "Amber"], F.STATUS, "its cells are words of status"),
        ("Progress", ["10%", "50%", "100%"], F.PERCENT, "its cells are percentages"),
        ("RAG", ["10%", "50%", "100%"], F.PERCENT, "its cells are percentages"),
        (
            "Number",
            ["5.2", "5.2", "9.4"],
            F.INDICATOR,
            "its cells are codes of indicators, several times",
        ),
    ],
)
def test_cells_may_contradict_their_heading(
    heading: str, cells: list[str], field: Field, why: str
) -> None:
    rows = [["Action", "Lead", heading], *(["Do it", "Service Manager", cell] for cell in cells)]
    (layout,) = layouts(book_of(rows), CONTEXT)
    column = layout.columns[2]
    assert (column.field, column.sure) == (field, Sure.LIKELY)
    assert column.why.endswith(f", but {why}")


def test_a_column_of_short_numbers_under_action_is_their_reference() -> None:
    rows = [
        ["Action", "Description", "Owner"],
        *([f"1.{n}", f"Train group {n} of all staff", "Service Manager"] for n in range(4)),
    ]
    (layout,) = layouts(book_of(rows), CONTEXT)
    assert fields(layout) == ["reference", "text", "responsible"]


def test_of_two_columns_for_one_field_the_surest_is_taken_and_the_other_said() -> None:
    rows = [
        ["Action", "Action", "Lead", "RAG Q1", "RAG Q2", "Update Q1", "Update Q2"],
        ["a", "b", "c", "Red", "Green", "e", "f"],
    ]
    (layout,) = layouts(book_of(rows), CONTEXT)
    assert fields(layout) == [
        "text",
        "nothing",
        "responsible",
        "nothing",
        "status",
        "progress",
        "progress",
    ]
    assert (
        layout.columns[1].why == "action is taken from “Action”, the other column with this heading"
    )
    assert layout.columns[3].why == "status is taken from “RAG Q2”"


@pytest.mark.parametrize(
    ("claims", "taken"),
    [
        ({"Date": "6 August 2019", "Due": "May 2020"}, {"timescale": "Due"}),
        ({"Start": "May 2019", "Finish": "May 2020"}, {"timescale": "Finish"}),
        ({"Review": "May 2019", "Action due date": "May 2020"}, {"timescale": "Action due date"}),
        (
            {"Target": "71% of orders in time", "By when": "May 2020"},
            {"timescale": "By when", "evidence_expected": "Target"},
        ),
        ({"Target": "Ongoing"}, {"timescale": "Target"}),
        ({"By when": "", "Target date": "May 2020"}, {"timescale": "Target date"}),
        (
            {"Action by (who)": "Service Manager", "Action by (date)": "May 2020"},
            {"responsible": "Action by (who)", "timescale": "Action by (date)"},
        ),
        (
            {"Who": "Service Manager", "Lead (by)": "May 2020"},
            {"responsible": "Who", "timescale": "Lead (by)"},
        ),
        ({"Lead agency": "Police", "Officer": "Chief Officer"}, {"responsible": "Officer"}),
        ({"Lead agency": "Police Scotland"}, {"responsible": "Lead agency"}),
        ({"RAG Q1": "Red", "RAG Q2": "Green", "RAG Q3": ""}, {"status": "RAG Q2"}),
    ],
)  # fmt: skip
def test_of_columns_that_claim_the_same_the_better_is_taken(
    claims: dict[str, str], taken: dict[str, str]
) -> None:
    rows = [["What we will do", *claims], *([f"Do {n}", *claims.values()] for n in "abc")]
    (layout,) = layouts(book_of(rows), CONTEXT)
    assert {str(c.field): c.heading for c in layout.columns[1:] if c.field != F.NOTHING} == taken


@pytest.mark.parametrize(
    ("goal", "action"),
    [
        ("Improvement", "Action required"),
        ("What do we want to achieve?", "How will we do it?"),
    ],
)
def test_what_is_done_is_the_action_and_not_what_it_is_for(goal: str, action: str) -> None:
    rows = [[goal, action, "Lead"], ["Safer streets", "Audit files", "Service Manager"]]
    (layout,) = layouts(book_of(rows), CONTEXT)
    assert fields(layout) == ["nothing", "text", "responsible"]
    (layout,) = layouts(book_of([[row[0], row[2]] for row in rows]), CONTEXT)
    assert fields(layout) == ["text", "responsible"]


def test_measures_and_evidence_are_both_kept() -> None:
    rows = [
        ["Action", "Lead", "Success measure", "Evidence of improvement"],
        ["Audit", "Service Manager", "90% in time", "A report"],
    ]
    book = book_of(rows)
    (row,) = understand(book, layouts(book, CONTEXT), CONTEXT).rows
    assert row.evidence_expected == "90% in time\nA report"


def test_one_column_of_actions_is_enough_where_there_is_nothing_else() -> None:
    book = book_of([["Actions"], ["Train all staff"], ["Audit a sample of files"]])
    (layout,) = chosen(layouts(book, CONTEXT))
    assert fields(layout) == ["text"] and not layout.is_plan
    assert layout.why == "beside the actions nothing was found that belongs to a plan"


@pytest.mark.parametrize(
    "rows",
    [
        [["hello"], ["world"]],
        [["hello", "there"], ["world", "again"]],
        [["Buy milk and bread for the meeting"], ["Phone the plumber about the boiler"]],
    ],
)
def test_a_list_of_some_words_is_no_plan_until_a_person_says_so(rows: list[list[str]]) -> None:
    book = book_of(rows)
    (layout,) = chosen(layouts(book, CONTEXT))
    assert layout.columns[0].why == "no heading looks like that of an action"
    result = understand(book, [layout], CONTEXT)
    assert not result.rows and "No heading looks like that of an action" in result.notes[0]
    mine = with_mapping(layout, [F.ACTION, *layout.mapping[1:]])
    assert len(understand(book, [mine], CONTEXT).rows) >= 1


CONTROL = [["Version", "Committee", "Date"], ["1", "Audit and Performance Review", "1 May 2019"]]


def test_the_table_of_a_documents_versions_is_not_its_plan() -> None:
    control = table(*(tr(*(tc(p(text)) for text in row)) for row in CONTROL))
    plan = table(heading_row(), *page_rows("5.2"))
    found = layouts(read(docx(control, p(), plan), "plan.docx"), CONTEXT)
    assert [one.is_plan for one in found] == [True, False]
    assert found[1].why == "it lists the versions of the document"


def test_a_table_of_which_no_column_has_actions_is_not_read_beside_one_that_has() -> None:
    control, plan = (book_of(rows) for rows in (CONTROL, [HEAD, ROW]))
    (other,), (own,) = layouts(control, CONTEXT), layouts(plan, CONTEXT)
    unused = [F.NOTHING] * 3
    assert faults(other, unused, alone=False) == [] and faults(other, unused) != []
    both = [with_mapping(other, [F.REFERENCE, F.NOTHING, F.TIMESCALE]), own]
    assert [row.text for row in understand(plan, both, CONTEXT).rows] == [
        row.text for row in understand(plan, [own], CONTEXT).rows
    ]


# --- several tables ----------------------------------------------------------------------------


def test_tables_with_the_same_headings_are_one_layout_and_others_are_told_from_it() -> None:
    found = layouts(read(word_plan(), "plan.docx"), CONTEXT)
    assert [(layout.is_plan, [p.sheet.name for p in layout.parts]) for layout in found] == [
        (True, ["table 2", "table 3"]),
        (False, ["table 1"]),
    ]
    assert found[1].why == "it has no headings and few columns"
    assert chosen(found) == found[:1]


def test_headings_that_differ_by_a_word_from_page_to_page_are_one_layout_in_word() -> None:
    others = [h.replace("/Review (progress)", "/Review") for h in HEADINGS]
    pages = [table(heading_row(h), *page_rows("5.2")) for h in (HEADINGS, others)]
    (layout,) = layouts(read(docx(pages[0], p(), pages[1]), "plan.docx"), CONTEXT)
    assert [part.sheet.name for part in layout.parts] == ["table 1", "table 2"]
    assert layout.signature == signature(HEADINGS)


def test_a_table_without_headings_goes_on_with_the_one_before() -> None:
    rest = page_rows("", [PAGE[3]], merged=False)
    book = read(
        docx(table(heading_row(), *page_rows("5.2", PAGE[:3])), p(), table(*rest)), "plan.docx"
    )
    (layout,) = layouts(book, CONTEXT)
    assert [(part.sheet.name, part.heads) for part in layout.parts] == [
        ("table 1", (0,)),
        ("table 2", ()),
    ]
    result = understand(book, [layout], CONTEXT)
    assert [row.indicator for row in result.rows] == ["5.2"] * 4


def test_two_sheets_with_plans_of_their_own_are_two_layouts() -> None:
    def arrange(made: xlsxwriter.Workbook) -> None:
        other = made.add_worksheet("Other")
        for row, texts in enumerate(
            [
                ["Action owner", "What we will do", "By when"],
                ["Head of Service", "Audit", "May 2020"],
            ]
        ):
            for column, text in enumerate(texts):
                other.write_string(row, column + 1, text)
        same = made.add_worksheet("5.3")
        for row, texts in enumerate([HEAD, ROW]):
            for column, text in enumerate(texts):
                same.write_string(row + 2, column + 1, text)

    book = read(workbook([HEAD, ROW], arrange=arrange), "plan.xlsx")
    found = layouts(book, CONTEXT)
    assert [[(p.sheet.name, p.columns) for p in layout.parts] for layout in found] == [
        [("Plan", (0, 1, 2, 3)), ("5.3", (1, 2, 3, 4))],
        [("Other", (1, 2, 3))],
    ]
    result = understand(book, found, CONTEXT)
    assert [(row.place, row.indicator) for row in result.rows] == [
        ("sheet “Plan”, row 2", ""),
        ("sheet “5.3”, row 4", "5.3"),
        ("sheet “Other”, row 2", ""),
    ]


def test_rows_merged_into_a_heading_are_no_second_heading() -> None:
    rows = [
        tr(*(tc(p(text), merge=TOP) for text in HEAD)),
        tr(*(tc(p(), merge=BOTTOM) for _ in HEAD)),
    ]
    book = read(docx(table(*rows, tr(*(tc(p(text)) for text in ROW)))), "plan.docx")
    result = understand(book, layouts(book, CONTEXT), CONTEXT)
    assert [row.text for row in result.rows] == ["Train all staff"]


# --- a person's own mapping --------------------------------------------------------------------


def test_a_person_may_say_what_the_columns_are() -> None:
    book = book_of([["Aufgabe", "Wer", "Bis"], ["Train", "Service Manager", "May 2020"]])
    (layout,) = layouts(book, CONTEXT)
    mapping = [F.ACTION, F.RESPONSIBLE, F.TIMESCALE]
    assert faults(layout, mapping) == []
    mine = with_mapping(layout, mapping)
    assert mine.mapping == tuple(mapping) and mine.signature == layout.signature
    changed = [c for c, old in zip(mine.columns, layout.columns, strict=True) if c != old]
    assert all((c.sure, c.why) == (Sure.CERTAIN, "as you said") for c in changed)
    (row,) = understand(book, [mine], CONTEXT).rows
    assert (row.text, row.lead) == ("Train", "Service Manager")


def test_a_mapping_that_cannot_be_is_refused_in_sentences() -> None:
    (layout,) = layouts(book_of([HEAD, ROW]), CONTEXT)
    assert faults(layout, [F.ACTION]) == ["The table has 4 columns; 1 are given a meaning."]
    assert faults(layout, [F.STATUS, F.STATUS, F.PROGRESS, F.PROGRESS]) == [
        "Say which column has the actions: without one nothing can be imported.",
        "Status can be one column only: it is said of “Ref” and “Action”.",
    ]
