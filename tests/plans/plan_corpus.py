"""Improvement plans as people really send them: each awkward in a way of its own.

`CORPUS` has for each its file, and what comes of it: the due date of each action by its text, or a
part of the sentence with which it is refused. Rows that are stopped are none of them.
"""

import csv
import io
import zipfile
from collections.abc import Sequence
from datetime import date
from typing import Any

import xlsxwriter

from tests.management.sheets_built import packed, parts, workbook
from tests.plans.forms_built import docx, p, run, tbl, tc, tr
from tests.plans.plans_built import heading_row, lines, page_rows, table, word_plan

HEAD = ["Ref", "Quality indicator", "Action", "Lead", "Due", "Status", "Progress", "Evidence"]
TRAIN = [
    "1",
    "1.1",
    "Train all staff",
    "Head of Service",
    "31 March 2020",
    "Green",
    "Begun",
    "A list",
]
AUDIT = ["2", "5.2", "Audit forty files", "Service Manager", "May 2020", "Red", "", "A report"]
MARCH, MAY = date(2020, 3, 31), date(2020, 5, 31)
BOTH = {"Train all staff": MARCH, "Audit forty files": MAY}
Expected = dict[str, date | None] | str


def csv_of(rows: Sequence[Sequence[str]], encoding: str = "utf-8", **how: Any) -> bytes:
    out = io.StringIO()
    csv.writer(out, **how).writerows(rows)
    return out.getvalue().encode(encoding)


def with_(row: list[str], **otherwise: str) -> list[str]:
    return [
        otherwise.get(name.split()[0].lower(), cell) for name, cell in zip(HEAD, row, strict=True)
    ]


def due(text: str) -> bytes:
    return csv_of([HEAD, with_(TRAIN, due=text)])


def word(*rows: Sequence[str], head: Sequence[str] = HEAD) -> bytes:
    made = [tr(*(tc(lines(text)) for text in row)) for row in (head, *rows)]
    return docx(p("Improvement plan"), tbl(*made, widths=[1500] * len(head)))


def _hidden(made: xlsxwriter.Workbook) -> None:
    sheet = made.worksheets()[0]
    sheet.set_row(2, None, None, {"hidden": True})
    sheet.set_column(5, 5, None, None, {"hidden": True})


def _two_sheets(made: xlsxwriter.Workbook) -> None:
    sheet = made.add_worksheet("Page 2")
    sheet.write_row(0, 0, HEAD)
    sheet.write_row(1, 0, AUDIT)


def _merged(made: xlsxwriter.Workbook) -> None:
    made.worksheets()[0].merge_range(1, 1, 2, 1, "5.2")


def _coloured(made: xlsxwriter.Workbook) -> None:
    made.worksheets()[0].write_blank(1, 5, None, made.add_format({"bg_color": "#00B050"}))


def _with_member(name: str, data: bytes) -> bytes:
    return packed({**parts(workbook([HEAD, TRAIN])), name: data})


def _tracked() -> bytes:
    text = (
        '<w:p><w:r><w:t xml:space="preserve">Train </w:t></w:r>'
        '<w:del w:id="1" w:author="A"><w:r><w:delText>some</w:delText></w:r></w:del>'
        '<w:ins w:id="2" w:author="A"><w:r><w:t>all</w:t></w:r></w:ins>'
        '<w:r><w:t xml:space="preserve"> staff</w:t></w:r></w:p>'
    )
    cells = [tc(lines(cell)) for cell in TRAIN]
    cells[2] = tc(text)
    head = tr(*(tc(lines(name)) for name in HEAD))
    return docx(tbl(head, tr(*cells), widths=[1500] * len(HEAD)))


def _nested() -> bytes:
    inner = tbl(tr(tc(p("A")), tc(p("B"))), widths=(400, 400))
    cells = [tc(lines(cell)) for cell in TRAIN]
    cells[7] = tc(p("A list") + inner + p())
    head = tr(*(tc(lines(name)) for name in HEAD))
    return docx(tbl(head, tr(*cells), widths=[1500] * len(HEAD)))


def _dragged() -> bytes:
    """The edge between the lead and the day is dragged in one row, and a column is very narrow."""
    cells = [tc(lines(text)) for text in AUDIT]
    cells[3], cells[4] = tc(lines(AUDIT[3])), tc(lines(AUDIT[4]), span=2)
    rows = [
        tr(*(tc(lines(text), span=2 if n == 3 else 1) for n, text in enumerate(row)))
        for row in (HEAD, TRAIN)
    ]
    return docx(tbl(*rows, tr(*cells), widths=[900, 900, 3000, 1000, 600, 1800, 100, 900, 900]))


def _struck() -> bytes:
    moved = f"<w:p>{run('June 2020', '<w:strike/>')}{run(' 31 March 2020')}</w:p>"
    cells = [tc(moved if text == TRAIN[4] else lines(text)) for text in TRAIN]
    head = tr(*(tc(lines(name)) for name in HEAD))
    return docx(tbl(head, tr(*cells), widths=[1500] * len(HEAD)))


def _bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in parts(workbook([HEAD, TRAIN])).items():
            made.writestr(name, data)
        made.writestr("xl/media/image1.png", b"\0" * 60_000_000)
    return out.getvalue()


BLANK = ("Train staff (KM2)", "Head of Service", "Committee:  /  /", "A list")
BOARD = {
    "Start every order within a week": date(2019, 10, 31),
    "Ask people at each review what has changed": date(2019, 12, 31),
    "Offer two more programmes": date(2020, 3, 31),
    "Train staff": date(2019, 9, 30),
}
TITLE = [["Improvement plan 2019"], [""], ["Owner: Head of Service"], [""]]
CORPUS: dict[str, tuple[str, bytes, Expected]] = {
    # --- text ---------------------------------------------------------------------------------
    "plain": ("a.csv", csv_of([HEAD, TRAIN, AUDIT]), BOTH),
    "semicolons": ("a.csv", csv_of([HEAD, TRAIN, AUDIT], delimiter=";"), BOTH),
    "tabs": ("a.csv", csv_of([HEAD, TRAIN, AUDIT], delimiter="\t"), BOTH),
    "UTF-16": ("a.csv", csv_of([HEAD, TRAIN, AUDIT], "utf-16"), BOTH),
    "Windows letters": (
        "a.csv",
        csv_of([HEAD, with_(TRAIN, action="Train “all” staff – café")], "cp1252"),
        {"Train “all” staff – café": MARCH},
    ),
    "lines within cells": (
        "a.csv",
        csv_of([HEAD, with_(TRAIN, action="Train\nall staff"), AUDIT], quoting=csv.QUOTE_ALL),
        {"Train\nall staff": MARCH, "Audit forty files": MAY},
    ),
    "below a title": ("a.csv", csv_of([*TITLE, HEAD, TRAIN, AUDIT]), BOTH),
    "headings again": ("a.csv", csv_of([HEAD, TRAIN, HEAD, AUDIT]), BOTH),
    "totals and notes": (
        "a.csv",
        csv_of([HEAD, TRAIN, AUDIT, ["Total", "2"], ["Note: reviewed in May"]]),
        BOTH,
    ),
    "empty rows and columns": (
        "a.csv",
        csv_of([[*HEAD, "", ""], [""] * 10, [*TRAIN, "", ""], [""] * 10, [*AUDIT, "", ""]]),
        BOTH,
    ),
    "formulas": (
        "a.csv",
        csv_of([HEAD, with_(TRAIN, action="=1+1 training days for staff")]),
        {"=1+1 training days for staff": MARCH},
    ),
    "references twice": ("a.csv", csv_of([HEAD, TRAIN, with_(AUDIT, ref="1")]), {}),
    "no references": (
        "a.csv",
        csv_of([row[1:] for row in (HEAD, TRAIN, AUDIT)]),
        BOTH,
    ),
    "an unknown indicator": (
        "a.csv",
        csv_of([HEAD, with_(TRAIN, quality="77.7"), AUDIT]),
        {"Audit forty files": MAY},
    ),
    "no action in a row": (
        "a.csv",
        csv_of([HEAD, with_(TRAIN, action=""), AUDIT]),
        {"Audit forty files": MAY},
    ),
    "prose of 25,000 letters": ("a.csv", csv_of([HEAD, with_(TRAIN, action="word " * 5_000)]), {}),
    "empty": ("a.csv", b"", "empty"),
    "headings alone": ("a.csv", csv_of([HEAD]), {}),
    "bytes of no text": ("a.csv", bytes(range(256)) * 40, "a.csv"),
    # --- dates --------------------------------------------------------------------------------
    "a British day": ("a.csv", due("31/3/20"), {"Train all staff": MARCH}),
    "onwards": ("a.csv", due("July 2019 onwards"), {"Train all staff": None}),
    "ongoing": ("a.csv", due("Ongoing"), {"Train all staff": None}),
    "to be confirmed": ("a.csv", due("TBC"), {"Train all staff": None}),
    "a day without its year": (
        "a.csv",
        due("Interviewing 8 August"),
        {"Train all staff": date(2019, 8, 8)},
    ),
    "a day that is none": ("a.csv", due("31 February 2020"), {}),
    "a year that cannot be": ("a.csv", due("31 March 2202"), {}),
    # --- workbooks ----------------------------------------------------------------------------
    "days as dates": (
        "a.xlsx",
        workbook([HEAD, [*TRAIN[:4], MARCH, *TRAIN[5:]], [*AUDIT[:4], MAY, *AUDIT[5:]]]),
        BOTH,
    ),
    "a day as its number": (
        "a.xlsx",
        workbook([HEAD, [*TRAIN[:4], "43921", *TRAIN[5:]]]),
        {"Train all staff": MARCH},
    ),
    "hidden row and column": ("a.xlsx", workbook([HEAD, TRAIN, AUDIT], arrange=_hidden), BOTH),
    "two sheets": ("a.xlsx", workbook([HEAD, TRAIN], arrange=_two_sheets), BOTH),
    "an indicator over two rows": (
        "a.xlsx",
        workbook([HEAD, with_(TRAIN, quality=""), with_(AUDIT, quality="")], arrange=_merged),
        BOTH,
    ),
    "a colour and no word": (
        "a.xlsx",
        workbook([HEAD, with_(TRAIN, status="")], arrange=_coloured),
        {"Train all staff": MARCH},
    ),
    "shares of one": (
        "a.xlsx",
        workbook([[*HEAD, "% complete"], [*TRAIN, 0.5], [*AUDIT, 0.25]]),
        BOTH,
    ),
    "a start beside the end": (
        "a.xlsx",
        workbook([[*HEAD[:4], "Timescale (start)", "Timescale (end)"],
                  [*TRAIN[:4], "October 2019", MARCH], [*AUDIT[:4], "October 2019", MAY]]),
        BOTH,
    ),
    "the day on which it was raised": (
        "a.xlsx",
        workbook([["Date", *HEAD], [date(2019, 8, 6), *TRAIN], [date(2019, 8, 6), *AUDIT]]),
        BOTH,
    ),
    "a key beside the table": (
        "a.xlsx",
        workbook([[*HEAD, None, "RAG key"], [*TRAIN, None, "Red"], [*AUDIT, None, "Green"]]),
        BOTH,
    ),
    "a second table below, in another order": (
        "a.xlsx",
        workbook([HEAD, TRAIN, [], ["Leadership"], HEAD[::-1], AUDIT[::-1]]),
        BOTH,
    ),
    "how much beside by when": (
        "a.xlsx",
        workbook([[*HEAD[:4], "Target", "By when"], [*TRAIN[:4], "90% in time", TRAIN[4]],
                  [*AUDIT[:4], "Forty", AUDIT[4]]]),
        BOTH,
    ),
    "macros": ("a.xlsx", _with_member("xl/vbaProject.bin", b"x"), "macro"),
    "a bomb": ("a.xlsx", _bomb(), "a.xlsx"),
    "an old workbook": ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "a.xlsx"),
    "a PDF that says it is a workbook": ("a.xlsx", b"%PDF-1.7 x", "a PDF"),
    "a workbook that says it is text": ("a.csv", workbook([HEAD, TRAIN, AUDIT]), BOTH),
    # --- Word ---------------------------------------------------------------------------------
    "a board paper": ("a.docx", word_plan(), BOARD),
    "a board paper, not merged": ("a.docx", word_plan(merged=False), BOARD),
    "one plain table": ("a.docx", word(TRAIN, AUDIT), BOTH),
    "several posts in a cell": (
        "a.docx",
        word(with_(TRAIN, lead="Head of Service\nService Manager / Information Lead"), AUDIT),
        BOTH,
    ),
    "changes tracked": ("a.docx", _tracked(), {"Train all staff": MARCH}),
    "an edge that was dragged": ("a.docx", _dragged(), BOTH),
    "an old day struck through": ("a.docx", _struck(), {"Train all staff": MARCH}),
    "a table in a table": ("a.docx", _nested(), {"Train all staff": MARCH}),
    "blank committee dates": (
        "a.docx",
        docx(table(heading_row(), *page_rows("5.2", page=[BLANK]))),
        {"Train staff": None},
    ),
    "no table": ("a.docx", docx(p("We will train all staff by March.")), "table"),
}  # fmt: skip
