"""Which rows of somebody else's plan are actions, and of which quality indicator each is."""

import csv
import io
from collections.abc import Sequence

import pytest
import xlsxwriter

from plans.sheets.content import Context, Result
from tests.management.sheets_built import workbook
from tests.plans.forms_built import BOTTOM, TOP, docx, p, tc, tr
from tests.plans.plans_built import (
    CONTEXT,
    HEADINGS,
    INDICATORS,
    PAGE,
    heading_row,
    lines,
    page_rows,
    table,
    understood,
    word_plan,
)

HEAD = ["Ref", "QI", "Action", "Lead", "Due", "Status"]


def of_rows(*rows: Sequence[str], context: Context = CONTEXT) -> Result:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows(rows)
    return understood(out.getvalue().encode(), "plan.csv", context)


def row(reference: str, indicator: str = "", text: str = "", *more: str) -> list[str]:
    return [
        reference,
        indicator,
        text or f"Do {reference}",
        *(more or ("Service Manager", "May 2020")),
    ]


def codes(result: Result) -> list[tuple[str, str]]:
    return [(found.reference, found.indicator) for found in result.rows]


def left_out(result: Result) -> list[tuple[str, str, str]]:
    return [(out.place, out.text, out.why) for out in result.left_out]


def stopped(result: Result) -> list[list[str]]:
    return [[note.sentence for note in found.notes if note.stops] for found in result.rows]


# --- Word --------------------------------------------------------------------------------------


@pytest.mark.parametrize("merged", [True, False], ids=["merged", "blank below"])
def test_a_plan_of_a_table_a_page_is_read_whole(merged: bool) -> None:
    result = understood(word_plan(merged), "plan.docx")
    assert [r.indicator for r in result.rows] == ["5.2"] * 4 + ["9.4"] * 4
    assert [r.text for r in result.rows[:4]] == [
        "Start every order within a week",
        "Ask people at each review what has changed",
        "Offer two more programmes",
        "Train staff",
    ]
    assert [r.key_messages for r in result.rows[:4]] == [(1, 2, 3, 4), (1, 2, 4), (1, 3), (2,)]
    assert [str(r.due) for r in result.rows[:2]] == ["2019-10-31", "2019-12-31"]
    assert [(r.lead, r.supporting) for r in result.rows[:4]] == [
        ("Service Manager", ("Information Lead",)),
        ("Senior Social Workers", ()),
        ("Head of Service", ("Service Manager",)),
        ("CJ Scotland (Head of LDI)", ("Senior Social Workers",)),
    ]
    assert result.left_out == () and not any(r.stops for r in result.rows)
    assert dict(result.rows[0].row) == {
        **dict(zip(HEADINGS[1:], PAGE[0], strict=True)),
        HEADINGS[0]: "How good is it?\n5.2 Assessing and responding to risk and need",
    }


def test_a_sections_question_in_the_cell_above_belongs_to_its_indicator() -> None:
    """As the first page of document 004 has it: the first action stands beside the question."""
    firsts = ["What have we achieved?", "1.1 Improve life chances and outcomes", "", ""]
    rows = [
        tr(tc(lines(first)), *(tc(lines(t)) for t in texts))
        for first, texts in zip(firsts, PAGE, strict=True)
    ]
    result = understood(docx(table(heading_row(), *rows)), "plan.docx")
    assert [r.indicator for r in result.rows] == ["1.1"] * 4


def test_an_indicator_above_a_table_is_of_its_rows() -> None:
    head = tr(*(tc(p(text)) for text in HEADINGS[1:]))
    rows = [tr(*(tc(lines(text)) for text in texts)) for texts in PAGE[:2]]
    made = docx(
        p("QI 5.3: Planning"),
        table(head, *rows),
        p("Leading improvement and change"),
        table(head, *rows),
    )
    assert [r.indicator for r in understood(made, "plan.docx").rows] == ["5.3", "5.3", "9.4", "9.4"]


@pytest.mark.parametrize(
    ("above", "code"),
    [
        ("Draft version 2.1", ""),
        ("The plan answers section 5.2 of the report of August 2019.", ""),
        ("Approved at item 9.4 of the Board", ""),
        ("5.2 Assessing risk", "5.2"),
        ("Indicator 5.2: the work of the team", "5.2"),
        ("Assessing risk and need", "5.2"),
        ("5.2", "5.2"),
    ],
)
def test_words_above_a_table_name_an_indicator_at_their_beginning_or_by_its_name(
    above: str, code: str
) -> None:
    head = tr(*(tc(p(text)) for text in HEADINGS[1:]))
    rows = [tr(*(tc(lines(text)) for text in texts)) for texts in PAGE[:1]]
    (found,) = understood(docx(p(above), table(head, *rows)), "plan.docx").rows
    assert found.indicator == code
    assert [n.code for n in found.notes if "indicator" in n.code] == (
        [] if code else ["no_indicator"]
    )


@pytest.mark.parametrize(
    ("between", "code"),
    [("", "5.2"), ("Action plan (continued)", "5.2"), ("Page 2", "5.2"), ("Workforce", "")],
)
def test_a_word_table_goes_on_with_an_indicator_until_other_words_stand_above_one(
    between: str, code: str
) -> None:
    head = tr(*(tc(p(text)) for text in HEADINGS[1:]))
    rows = [tr(*(tc(lines(text)) for text in texts)) for texts in PAGE[:1]]
    made = docx(p("QI 5.2"), table(head, *rows), p(between), table(head, *rows))
    result = understood(made, "plan.docx")
    assert [r.indicator for r in result.rows] == ["5.2", code]


def test_the_name_of_a_sheet_with_a_version_names_no_indicator() -> None:
    rows: list[list[str]] = [HEAD[:1] + HEAD[2:5], ["1", "Train", "Service Manager", "May 2020"]]
    made = workbook(rows, name="Plan v 5.2")
    assert codes(understood(made, "plan.xlsx")) == [("1", "")]


def test_an_action_merged_over_rows_is_one_action() -> None:
    def cells(*texts: str, merge: str = "") -> str:
        first, action, *rest = texts
        return tr(tc(p(first), merge=merge), tc(p(action), merge=merge), *(tc(p(t)) for t in rest))

    made = docx(
        table(
            heading_row(),
            cells("5.2", "Train staff", "Service Manager", "May 2020", "A register", merge=TOP),
            cells("", "", "Information Lead", "June 2020", "", merge=BOTTOM),
            cells("", "", "", "", "", merge=BOTTOM),
        )
    )
    (found,) = understood(made, "plan.docx").rows
    assert (found.lead, found.supporting) == ("Service Manager", ("Information Lead",))
    assert str(found.due) == "2020-06-30"
    assert [note.code for note in found.notes] == ["date_doubt"]


def test_a_heading_that_comes_again_on_each_page_of_one_table_is_left_out() -> None:
    rows = page_rows("5.2", PAGE[:1])
    made = docx(
        table(
            heading_row(), *rows, heading_row([h.upper() for h in HEADINGS]), *rows, heading_row()
        )
    )
    result = understood(made, "plan.docx")
    assert len(result.rows) == 2
    assert [(out.place, out.why) for out in result.left_out] == [
        ("table 1, row 3", "it has the headings again"),
        ("table 1, row 5", "it has the headings again"),
    ]


# --- Excel and CSV -----------------------------------------------------------------------------


def test_an_indicator_merged_over_rows_of_a_sheet_is_of_each() -> None:
    def arrange(made: xlsxwriter.Workbook) -> None:
        sheet = made.worksheets()[0]
        sheet.merge_range("A1:E1", "Improvement plan")
        sheet.merge_range("B3:B4", "5.2 Assessing risk and need")

    rows = [
        [],
        HEAD,
        ["1", None, "Train", "Service Manager", "May 2020"],
        ["2", None, "Audit", "Head of Service", "June 2020"],
        ["3", "9.4", "Meet", "Head of Service", "June 2020"],
    ]
    result = understood(workbook(rows, arrange=arrange), "plan.xlsx")
    assert codes(result) == [("1", "5.2"), ("2", "5.2"), ("3", "9.4")]
    assert left_out(result) == [
        ("sheet “Plan”, row 1", "Improvement plan", "it stands above the headings")
    ]


@pytest.mark.parametrize(
    ("text", "heading"),
    [
        ("5.2 Start a group of people", False),
        ("5.2 Assess the risk of all people anew", False),
        ("5.2 Assessing risk and need", True),
        ("5.2", True),
    ],
)
def test_an_action_that_is_numbered_like_an_indicator_is_no_heading(
    text: str, heading: bool
) -> None:
    head, below = ["Action", "Lead", "Due"], ["Write to all", "Service Manager", "May 2020"]
    result = of_rows(head, ["9.4 Meet", *below[1:]], [text, "", ""], below)
    assert [r.indicator for r in result.rows][-1] == ("5.2" if heading else "")
    assert [r.text for r in result.rows if r.text == text] == ([] if heading else [text])
    assert not any(note.code == "continues" for r in result.rows for note in r.notes)


def test_actions_that_begin_like_notes_keys_or_totals_are_actions() -> None:
    head = ["RAG", "When", "Action", "Lead"]
    texts = [
        ("", "", "Key: appoint a manager", "Head of Service"),
        ("", "", "Source: two more programmes", "Service Manager"),
        ("", "", "Version 2 of the risk tool in use", "Service Manager"),
        ("", "Ongoing", "Train all staff"),
        ("", "", "Total the hours of unpaid work each month"),
    ]
    result = of_rows(head, *texts, ("Green", "May 2020", "Audit", "Service Manager"))
    assert [r.text for r in result.rows] == [*(text[2] for text in texts), "Audit"]


def test_an_indicator_that_is_said_to_be_none_stops_nothing() -> None:
    named = ("5.2", "-", "N/A", "", "9.4", "ditto", "Wellbeing of all")
    rows = [row(str(n), code, f"Train group {n}") for n, code in enumerate(named, 1)]
    result = of_rows(HEAD, *rows)
    expected = ["5.2", "", "", "", "9.4", "9.4", ""]
    assert [found.indicator for found in result.rows] == expected
    assert [found.stops for found in result.rows] == [False] * 6 + [True]


def test_rows_that_are_no_actions_are_left_out_with_the_reason() -> None:
    result = of_rows(
        HEAD,
        ["", "5.2 Assessing risk and need"],
        row("1"),
        [],
        ["", ""],
        row("2"),
        HEAD,
        ["", "Leading improvement and change", "", "", "", ""],
        row("3"),
        ["", "", "", "", "", "waits for the board"],
        ["Total", "", "3", "", "", ""],
        ["Note: reviewed in May"],
        ["", "Blue", "Complete and to be removed"],
        ["", "", "", "Key: see the report"],
    )
    assert codes(result) == [("1", "5.2"), ("2", "5.2"), ("3", "9.4")]
    assert left_out(result) == [
        (
            "line 2",
            "5.2 Assessing risk and need",
            "it is a heading: the rows below are of 5.2 Assessing risk and need",
        ),
        ("lines 4 to 5", "", "nothing stands there"),
        ("line 7", " | ".join(HEAD), "it has the headings again"),
        (
            "line 8",
            "Leading improvement and change",
            "it is a heading: the rows below are of 9.4 Leading improvement and change",
        ),
        ("line 10", "waits for the board", "only “Status” is filled in"),
        ("line 11", "Total | 3", "it is a total"),
        ("line 12", "Note: reviewed in May", "it is a note"),
        ("line 13", "Blue | Complete and to be removed", "it is a key to the words of status"),
        ("line 14", "Key: see the report", "it is a note"),
    ]


def test_a_row_of_a_sheet_with_text_but_no_action_is_stopped() -> None:
    result = of_rows(HEAD, row("1", "5.2"), ["2", "5.2", "", "Service Manager", "May 2020", ""])
    assert stopped(result) == [
        [],
        [
            "plan.csv, line 3: Nothing says what will be done: the column for actions has nothing. "
            "Write the action there, or take the row out."
        ],
    ]


def test_lines_within_cells_are_no_empty_rows() -> None:
    result = of_rows(HEAD, row("1", "5.2", "Train\nstaff\nand test"), row("2", "5.2"))
    assert result.left_out == () and result.rows[1].number == 5


def test_ragged_rows_are_read_as_far_as_they_go() -> None:
    result = understood(
        b"QI,Action,Lead,Due\n5.2,Train\n5.2,Audit,Head of Service,May 2020,more,and more\n",
        "plan.csv",
    )
    assert [(r.text, r.lead, str(r.due)) for r in result.rows] == [
        ("Train", "", "None"),
        ("Audit", "Head of Service", "2020-05-31"),
    ]
    assert result.rows[1].row[-1] == ("", "and more")


# --- indicators --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *(("5.2", "5.2"), ("QI 5.2", "5.2"), ("qi5.2", "5.2"), ("(5.2)", "5.2"), ("5.2.", "5.2")),
        ("Quality Indicator 5.2: Assessing and responding", "5.2"),
        ("How good is our delivery? 5.3 Planning and Providing", "5.3"),
        ("How good is it?\n2.1 Impact on people who have committed offences", "2.1"),
        ("Assessing risk and need", "5.2"),
        ("ASSESSING  RISK & NEED", "5.2"),
        ("5.2 (KM1)", "5.2"),
    ],
)
def test_an_indicator_is_known_by_its_code_or_its_name(text: str, code: str) -> None:
    result = of_rows(HEAD, row("1", text))
    assert result.rows[0].indicator == code and result.rows[0].notes == ()


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        (
            "Assessing and responding to risk and need",
            "5.2",
            "“Assessing and responding to risk and need” is taken for 5.2 Assessing risk and need.",
        ),
        ("5.2 and 5.3", "5.2", "“5.2 and 5.3” names 5.2 and 5.3: the first is taken."),
        (
            "5.2 Leading improvement and change",
            "5.2",
            "“5.2 Leading improvement and change” has the code of 5.2 Assessing risk and need, but "
            "reads like 9.4 Leading improvement and change.",
        ),
    ],
)
def test_an_indicator_that_is_nearly_known_is_taken_and_said(
    text: str, code: str, said: str
) -> None:
    (found,) = of_rows(HEAD, row("1", text)).rows
    assert found.indicator == code
    assert [(note.why, note.stops) for note in found.notes] == [(said, False)]


LISTED = ", ".join(f"{code} {name}" for code, name in INDICATORS)
ACCEPTED = f"The code or the name of one would be read: {LISTED}."


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("5.9 Something", "“5.9 Something” is no quality indicator of the plan's framework."),
        ("Housing", "“Housing” is no quality indicator of the plan's framework."),
        (
            "Leadership of improvement and change",
            "“Leadership of improvement and change” is no quality indicator of the plan's "
            "framework. Did you mean 9.4 Leading improvement and change?",
        ),
    ],
)
def test_an_unknown_indicator_stops_its_rows(text: str, why: str) -> None:
    result = of_rows(HEAD, row("1", text), row("2"))
    said = f"plan.csv, line 2, column 2 (“QI”): {why} {ACCEPTED}"
    assert stopped(result) == [[said], [said]]


def test_a_row_without_an_indicator_says_so_unless_something_else_names_it() -> None:
    head = ["Ref", "Action", "Lead"]
    result = of_rows(head, ["1", "Train", "Service Manager"])
    assert stopped(result) == [[]]
    assert [note.code for note in result.rows[0].notes] == ["no_indicator"]
    found = of_rows(head, ["5.2a", "Train", "Service Manager"]).rows[0]
    assert (found.indicator, [n.code for n in found.notes]) == ("5.2", ["indicator_reference"])


def test_an_unknown_heading_between_rows_does_not_leave_them_with_the_one_before() -> None:
    head = ["Action", "Lead", "Due"]
    plain = ["Train", "Service Manager", "May 2020"]
    result = of_rows(["No", *head], ["5.2 Risk"], ["1", *plain], ["Housing"], ["2", *plain])
    assert [found.indicator for found in result.rows] == ["5.2", ""]
    (note,) = result.rows[1].notes
    assert note.why.startswith("“Housing” above it is none, and no quality indicator is named")
    assert not note.stops
    assert left_out(result)[1][2] == "it is a heading: the rows below are of “Housing”"


# --- references --------------------------------------------------------------------------------


def test_two_rows_with_one_reference_stop_both() -> None:
    result = of_rows(HEAD, row("1a", "5.2"), row("1A", "5.2", "Audit"), row("2", "5.2"))
    remedy = (
        "Give each action its own; in Excel, 1.10 typed as a number reads 1.1, so make the column "
        "text."
    )
    assert stopped(result) == [
        [f"plan.csv, line 2: “1a” is also the reference of line 3. {remedy}"],
        [f"plan.csv, line 3: “1A” is also the reference of line 2. {remedy}"],
        [],
    ]


def test_the_same_action_twice_is_said() -> None:
    result = of_rows(
        HEAD, row("1", "5.2", "Train"), row("2", "5.2", "train"), row("3", "9.4", "Train")
    )
    assert [[n.why for n in found.notes] for found in result.rows] == [
        ["The same action stands in line 3."],
        ["The same action stands in line 2."],
        [],
    ]
