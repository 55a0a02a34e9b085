"""Tables that share a sheet or follow one another: which belong together, and which do not."""

import pytest

from plans.sheets.content import Result
from plans.sheets.layouts import chosen, layouts
from plans.sheets.reading import read
from plans.sheets.understanding import understand
from tests.management.sheets_built import Rows, workbook
from tests.plans.forms_built import docx, p, tbl, tc, tr
from tests.plans.plans_built import CONTEXT

HEAD = ["Ref", "Action", "Lead", "Due", "Evidence", "Progress"]
AUDIT = ["1.1", "Audit forty files", "Service Manager", "March 2020", "A report", "Half done"]
TRAIN = ["1.2", "Train all staff", "Head of Service", "May 2020", "A list", "Begun"]
OTHERS = ["No.", "Action", "Progress", "Evidence", "Timescale", "Owner"]
MEET = ["2.1", "Meet each week", "Six held", "Minutes", "June 2020", "Chief Officer"]
KEY = "Sheet “Plan”: “{}” stands beside the table, beyond an empty column: it is not read. If it "
KEY += "belongs to the plan, take the empty column out."


def of(rows: Rows) -> Result:
    book = read(workbook(rows), "plan.xlsx")
    return understand(book, chosen(layouts(book, CONTEXT)), CONTEXT)


# --- one below the other -----------------------------------------------------------------------


@pytest.mark.parametrize("head", [OTHERS, [*HEAD[:4], "Progress", "Evidence"]])
def test_a_table_below_another_has_columns_of_its_own(head: list[str]) -> None:
    meet = MEET if head == OTHERS else [*MEET[:2], "Chief Officer", "June 2020", *MEET[2:4]]
    rows = of([HEAD, AUDIT, TRAIN, [], ["5.3 Planning"], head, meet]).rows
    assert [(r.text, r.evidence_expected, r.progress, r.lead) for r in rows] == [
        ("Audit forty files", "A report", "Half done", "Service Manager"),
        ("Train all staff", "A list", "Begun", "Head of Service"),
        ("Meet each week", "Minutes", "Six held", "Chief Officer"),
    ]
    assert [row.indicator for row in rows] == ["", "", "5.3"]
    assert [row.place for row in rows][2] == "sheet “Plan”, row 7"


def test_the_same_headings_again_begin_no_other_table() -> None:
    again = [*HEAD[:5], "Progress update"]
    book = read(workbook([HEAD, AUDIT, HEAD, TRAIN, again, MEET]), "plan.xlsx")
    (layout,) = layouts(book, CONTEXT)
    assert len(layout.parts) == 1


def test_a_row_of_words_that_are_headings_elsewhere_is_an_action() -> None:
    row = ["1.2", "Update", "Lead officer", "May 2020", "Progress report", "None"]
    assert [row.text for row in of([HEAD, AUDIT, row]).rows] == ["Audit forty files", "Update"]


def test_a_table_below_that_is_no_plan_is_named() -> None:
    kpis = [["Indicator", "Measure", "Target", "Q1"], ["Orders", "in 7 days", "80%", "67%"]]
    result = of([HEAD, AUDIT, [], *kpis, [], ["RAG", "Number"], ["Red", "1"]])
    assert [row.text for row in result.rows] == ["Audit forty files"]
    assert result.notes == (
        "Not read, because nothing there looks like a plan: sheet “Plan”, row 4 (“Indicator”), "
        "sheet “Plan”, row 7 (“RAG”).",
    )


@pytest.mark.parametrize(
    "below",
    [
        [["RAG", "Number"], ["Red", "1"], ["Green", "2"]],
        [["Version", "Date", "Author", "Comments"], ["1", "May 2019", "A Smith", "The first"]],
    ],
    ids=["how many", "versions"],
)
def test_a_small_table_below_a_gap_or_a_title_gives_no_actions(below: list[list[str]]) -> None:
    for parted in ([], ["Summary"]):
        result = of([HEAD, AUDIT, parted, *below])
        assert [row.text for row in result.rows] == ["Audit forty files"]
        assert f"row 4 (“{below[0][0]}”)" in result.notes[0]


# --- beside ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "key",
    [
        [["RAG key"], ["Red"], ["Green"], ["Amber"]],
        [["RAG", "Meaning"], ["Red", "Late"], ["Green", "On track"], ["Amber", "At risk"]],
        [["Red", "Late"], ["Green", "On track"], ["Amber", "At risk"]],
        [["RAG", "Number"], ["Red", "1"]],
        [["Action", "Status"], ["Red", "x"], ["Green", "y"], ["Amber", "z"]],
    ],
    ids=["a key", "with its meaning", "without a heading", "how many", "another table"],
)
def test_what_stands_beyond_an_empty_column_is_of_no_action(key: list[list[str]]) -> None:
    rows = [HEAD, AUDIT, TRAIN, [*AUDIT[:1], "Meet", *AUDIT[2:]]]
    beside = [*key, *([[]] * (len(rows) - len(key)))]
    result = of([[*row, None, *more] for row, more in zip(rows, beside, strict=True)])
    assert [row.status for row in result.rows] == [None] * 3
    assert KEY.format(key[0][0]) in result.notes


def test_an_empty_column_may_part_what_belongs_together() -> None:
    rows = [[*HEAD[:4], None, "RAG", "Progress"], [*AUDIT[:4], None, "Green", "Half done"]]
    (row,) = of(rows).rows
    assert (row.word, row.progress) == ("Green", "Half done")


# --- one after the other -----------------------------------------------------------------------


def test_a_list_of_members_does_not_go_on_with_the_plan_before() -> None:
    def table(*rows: list[str]) -> str:
        return tbl(*(tr(*(tc(p(text)) for text in row)) for row in rows), widths=[1500] * 4)

    plan, more = table(HEAD[:4], AUDIT[:4]), table(TRAIN[:4])
    members = table(
        ["A Smith", "Service Manager", "Chair", "Police"],
        ["B Jones", "Head of Service", "Member", "Council"],
    )
    made = docx(plan, p("Continued"), more, p("Members of the group"), members)
    book = read(made, "plan.docx")
    result = understand(book, chosen(layouts(book, CONTEXT)), CONTEXT)
    assert [row.text for row in result.rows] == ["Audit forty files", "Train all staff"]
    assert result.notes == (
        "Not read, because nothing there looks like a plan: table 3 (“A Smith”).",
    )


def test_a_register_of_risks_is_no_plan() -> None:
    rows = [["Risk", "Action", "Owner", "Rating"], ["Staff leave", "Pay more", "Owner", "High"]]
    (layout,) = layouts(read(workbook(rows), "plan.xlsx"), CONTEXT)
    assert (layout.is_plan, layout.why) == (False, "it lists risks")
