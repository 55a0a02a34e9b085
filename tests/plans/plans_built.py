"""Improvement plans as other people's files: the shapes of real ones, with invented content."""

from collections.abc import Sequence
from datetime import date

from plans.sheets.content import Context, Result
from plans.sheets.layouts import Layout, chosen, layouts
from plans.sheets.reading import read
from plans.sheets.understanding import understand
from tests.plans.forms_built import BOTTOM, TOP, docx, p, ps, tbl, tc, tr

INDICATORS = (
    ("1.1", "Better life chances and outcomes"),
    ("2.1", "Impact on people who have offended"),
    ("5.2", "Assessing risk and need"),
    ("5.3", "Planning and effective intervention"),
    ("9.4", "Leading improvement and change"),
)
POSTS = (
    *("Head of Service", "Service Manager", "Unpaid Work Manager", "Senior Social Workers"),
    *("Information Lead", "MAPPA Co-ordinator", "Chief Officer"),
)
CONTEXT = Context(
    day=date(2019, 8, 6),
    posts=POSTS,
    indicators=INDICATORS,
    messages=frozenset({1, 2, 3, 4}),
)
HEADINGS = (
    *("Quality Indicators", "Actions for improvement", "Responsible"),
    *("Timescales/Review (progress)", "Evidence of improvement"),
)
WIDE = (2200, 4200, 2600, 1800, 3200)
# Four actions of one page, in the shape of document 004's appendix: responsible, when, evidence.
PAGE = (
    ("Start every order within a week (KM1, 2, 3, 4)", "Service Manager Information Lead",
     "October 2019", "A monthly count"),
    ("Ask people at each review what has changed (KM 1, 2, 4)", "Senior Social Workers",
     "December 2019", "A summary each quarter"),
    ("Offer two more programmes (KM1 & KM3)", "Head of Service\nService Manager",
     "March 2020", "Places taken up"),
    ("Train staff (KM2)", "CJ Scotland (Head of LDI) Senior Social Workers",
     "September 2019", "A register"),
)  # fmt: skip


def lines(text: str) -> str:
    return ps(text.split("\n"))


def heading_row(headings: Sequence[str] = HEADINGS) -> str:
    return tr(*(tc(lines(text)) for text in headings))


def page_rows(
    indicator: str, page: Sequence[Sequence[str]] = PAGE, merged: bool = True
) -> list[str]:
    """The rows of a page: its indicator in one cell over all of them, or in the first alone."""
    made = []
    for number, texts in enumerate(page):
        merge = ("" if not merged else TOP) if number == 0 else (BOTTOM if merged else "")
        first = tc(lines(indicator if number == 0 else ""), merge=merge)
        made.append(tr(first, *(tc(lines(text)) for text in texts)))
    return made


def table(*rows: str) -> str:
    return tbl(*rows, widths=WIDE)


def word_plan(merged: bool = True) -> bytes:
    """One table a page, each with its headings again, and a title between them."""
    return docx(
        p("Evaluations"),
        tbl(tr(tc(p("5.2 Assessing risk and need")), tc(p("Weak"))), widths=(5000, 2000)),
        p("Key messages of the report"),
        p("Summary improvement plan"),
        table(
            heading_row(),
            *page_rows(
                "How good is it?\n5.2 Assessing and responding to risk and need", merged=merged
            ),
        ),
        p("Summary improvement plan (6 August 2019)"),
        table(heading_row(), *page_rows("QI 9.4", merged=merged)),
    )


def plans(data: bytes, name: str, context: Context = CONTEXT) -> tuple[Layout, ...]:
    return chosen(layouts(read(data, name), context))


def understood(data: bytes, name: str, context: Context = CONTEXT) -> Result:
    """What is read of a file with the columns as they are guessed."""
    book = read(data, name)
    return understand(book, chosen(layouts(book, context)), context)
