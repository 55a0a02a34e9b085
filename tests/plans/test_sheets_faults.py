"""Cells whose text is not what was meant: errors, formulas, colours, too much, out of sight."""

import datetime

import pytest
import xlsxwriter

from plans.sheets.content import Understood
from plans.sheets.fields import Field
from plans.statuses import Status
from tests.management.sheets_built import cells, patched, workbook
from tests.plans.forms_built import docx, p, tbl, tc, tr
from tests.plans.plans_built import understood
from tests.plans.test_sheets_values import row_of, said

F = Field

# --- cells that say something else -------------------------------------------------------------


def faulty(cell: str, heading: str = "Due") -> Understood:
    whole = cells(
        '<row><c t="inlineStr"><is><t>QI</t></is></c><c t="inlineStr"><is><t>Action</t></is></c>'
        '<c t="inlineStr"><is><t>Lead</t></is></c>'
        f'<c t="inlineStr"><is><t>{heading}</t></is></c></row>'
        '<row><c><v>5.2</v></c><c t="inlineStr"><is><t>Train</t></is></c>'
        f'<c t="inlineStr"><is><t>Service Manager</t></is></c>{cell}</row>'
    )
    (row,) = understood(whole, "plan.xlsx").rows
    return row


def test_an_error_and_a_formula_without_a_value_are_said_and_not_used() -> None:
    error = faulty('<c t="e"><f>B9</f><v>#REF!</v></c>')
    assert (error.due, error.timescale) == (None, "")
    assert said(error) == [("cell", "“#REF!”: it shows the error #REF!.", False)]
    assert dict(error.row)["Due"] == "#REF!"
    without = faulty("<c><f>TODAY()</f></c>")
    assert without.notes[0].sentence == (
        "plan.xlsx, sheet “Plan”, cell D2 (“Due”): It holds a formula whose result is not stored "
        "in the file: open the file in Excel, save it there and send it again, or type the value."
    )
    assert without.notes[0].at_row == (
        "“Due”: It holds a formula whose result is not stored in the file: open the file in Excel, "
        "save it there and send it again, or type the value."
    )
    assert faulty('<c t="str"><f>A1</f><v>May 2020</v></c>').due == datetime.date(2020, 5, 31)
    assert faulty('<c t="e"><v>#N/A</v></c>', "Update").progress == ""


def test_an_action_whose_formula_has_no_value_is_stopped() -> None:
    whole = patched(
        workbook([["QI", "Action", "Lead"], ["5.2", "Train", "Service Manager"]]),
        '<c r="B2" t="s"><v>4</v></c>',
        '<c r="B2"><f>X1</f></c>',
    )
    (row,) = understood(whole, "plan.xlsx").rows
    assert [note.code for note in row.notes] == ["cell", "no_text"] and row.stops


def test_a_colour_without_a_word_is_no_status() -> None:
    head, texts = ["QI", "Action", "Lead", "RAG"], ["5.2", "Train", "Service Manager"]
    other = ["9.4", "Audit", "Head of Service", "Green"]

    def arrange(made: xlsxwriter.Workbook) -> None:
        made.worksheets()[0].write_blank(1, 3, None, made.add_format({"bg_color": "#FF0000"}))

    shaded = tc(p()).replace("</w:tcPr>", '<w:shd w:val="clear" w:fill="FF0000"/></w:tcPr>')
    rows = [head, texts, other]
    made = [tr(*(tc(p(text)) for text in row), *([shaded] if row is texts else [])) for row in rows]
    for data, name, place in (
        (workbook(rows, arrange=arrange), "plan.xlsx", "sheet “Plan”, cell D2"),
        (docx(tbl(*made, widths=(900, 3000, 900, 900))), "plan.docx", "table 1, row 2, column 4"),
    ):
        first, second = understood(data, name).rows
        assert (first.status, second.status, second.notes) == (None, Status.ON_TRACK, ())
        assert [note.sentence for note in first.notes] == [
            f"{name}, {place} (“RAG”): The cell has a colour and no word, and a colour is not "
            "read. Write the word into it: Red, Amber, Green or Blue."
        ]


def test_a_table_in_a_cell_is_said_and_the_words_beside_it_are_kept() -> None:
    inner = tbl(tr(tc(p("i")), tc(p("j"))), widths=(300, 300))
    made = docx(
        tbl(
            tr(*(tc(p(text)) for text in ("QI", "Action", "Lead"))),
            tr(tc(p("5.2")), tc(p("Train") + inner + p()), tc(p("Service Manager"))),
            widths=(900, 3000, 900),
        )
    )
    (row,) = understood(made, "plan.docx").rows
    assert row.text == "Train" and [note.code for note in row.notes] == ["cell"]


# --- what is too long --------------------------------------------------------------------------

LONG_REFERENCE = "5.2-2019-action-number-1"
TOO_LONG = "“long long long long long long long long…” has 20,004 characters."


@pytest.mark.parametrize(
    ("columns", "code", "why"),
    [
        ({"Ref": LONG_REFERENCE}, "reference_long", f"“{LONG_REFERENCE}” has 24 characters."),
        *(
            ({name: "long " * 4_001}, "too_long", TOO_LONG)
            for name in ("Action", "Evidence", "Update")
        ),
        (
            {"Action": "(KM1)"},
            "no_text",
            "Nothing says what will be done: the column for actions has nothing but key messages.",
        ),
    ],
)
def test_what_the_tables_cannot_hold_stops_the_row(
    columns: dict[str, str], code: str, why: str
) -> None:
    assert (code, why, True) in said(row_of(**columns))


def test_hidden_rows_and_columns_are_read_and_said() -> None:
    def arrange(made: xlsxwriter.Workbook) -> None:
        made.worksheets()[0].set_row(1, None, None, {"hidden": True})
        made.worksheets()[0].set_column(2, 2, None, None, {"hidden": True})
        made.add_worksheet("Old").hide()

    rows = [["QI", "Action", "Lead"], ["5.2", "Train", "Service Manager"]]
    result = understood(workbook(rows, arrange=arrange), "plan.xlsx")
    assert len(result.rows) == 1
    assert result.notes == (
        "Sheet “Old” is hidden, so it is not read. If it is wanted, show it in Excel and send the "
        "file again.",
        "Sheet “Plan”: rows that are hidden are read too: 2.",
        "The column “Lead” is hidden in Excel, and is read too.",
    )


def test_where_no_column_is_for_actions_that_is_said_and_not_that_rows_have_none() -> None:
    data = b"Ref,QI,Objective,Lead\n1,5.2,Train all staff,HoS\n2,5.2,Audit all files,HoS\n"
    for one in understood(data, "plan.csv").rows:
        (note,) = [note for note in one.notes if note.stops]
        assert (note.code, note.at_row) == (
            "no_action_column",
            "No column is taken for the one that says what will be done. Choose which column is "
            "for actions.",
        )
