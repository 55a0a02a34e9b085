"""Plans made to keep the reader busy, and any others: each is understood in a moment."""

import csv
import io
import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from management.sheets.content import MOST_CELLS, MOST_ROWS
from plans.sheets.content import Result
from plans.sheets.fields import Field
from plans.sheets.layouts import chosen, faults, layouts, with_mapping
from plans.sheets.reading import read
from plans.sheets.understanding import NO_ACTIONS, understand
from tests.management.sheets_built import workbook
from tests.plans.plans_built import CONTEXT, HEADINGS, POSTS, understood

# Long, and the same everywhere: where CI has the services.
pytestmark = pytest.mark.services

WIDE = replace(CONTEXT, posts=[*POSTS, *(f"Manager {n} of Service {n % 7}" for n in range(300))])


def written(rows: list[list[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows(rows)
    return out.getvalue().encode()


def seconds(data: bytes, name: str = "plan.csv") -> tuple[float, Result]:
    start = time.process_time()
    result = understood(data, name, WIDE)
    return time.process_time() - start, result


def plan_of(count: int) -> list[list[str]]:
    """Rows in which no cell is like another, and none of their posts is known."""
    head = ["Ref", "QI", "Action", "Lead", "Due", "Evidence", "RAG", "% complete", "Update"]
    return [head] + [
        [
            f"{n}",
            f"Risk and needs of people, part {n}: assessing",
            f"Train group {n} in the assessment of risk (KM1, {n % 4})",
            f"Officer {n} of Team {n}, Manager of Service {n}\nHead of Part {n}",
            f"By the end of {'March' if n % 2 else 'Oct'} {2019 + n % 3}, week {n}",
            f"A register of group {n}",
            f"Green since week {n}",
            f"{n % 100}%",
            f"Meeting {n} was held",
        ]
        for n in range(count)
    ]


def test_two_thousand_rows_that_are_all_different_are_understood_in_a_moment() -> None:
    taken, result = seconds(written(plan_of(2_000)))
    assert len(result.rows) == 2_000 and taken < 5
    data = workbook(plan_of(2_000))
    start = time.process_time()
    assert len(read(data, "plan.xlsx").sheets[0].rows) == 2_001
    assert time.process_time() - start < 3


def test_four_times_the_rows_take_about_four_times_as_long() -> None:
    few, _ = seconds(written(plan_of(200)))
    many, _ = seconds(written(plan_of(800)))
    assert many < 12 * max(few, 0.05)


HARD = [
    *(" ", ",", ", ", " & ", "1", "1 ", "KM1 ", "KM ", "a ", "A:", "(", "/", "May ", "Manager "),
    *("Q1 ", "5.2 ", "-", "2019/", "total ", "%"),
]


@pytest.mark.parametrize("piece", HARD)
def test_no_cell_is_looked_at_again_and_again(piece: str) -> None:
    """Each column has a cell of 30,000 such characters, in three rows."""
    long = piece * (30_000 // len(piece)) + "x"
    head = [*HEADINGS, "Ref", "RAG", "% complete", "Update", "Key messages", "Revised date"]
    rows = [[f"{long}{n}{column}" for column in range(len(head))] for n in range(3)]
    taken, result = seconds(written([head, *rows]))
    assert taken < 3 and len(result.rows) + len(result.left_out) == 3


MANY = {
    "as many rows as are read": [
        ["QI", "Action", "Lead"],
        *([["5.2", "a", "b"]] * (MOST_ROWS - 1)),
    ],
    "as many cells as are read": [
        ["Action", "Lead", *(["Update"] * 98)],
        *([["a"] * 100] * (MOST_CELLS // 100 - 1)),
    ],
    "headings over and over": [["QI", "Action", "Lead"]] * 9_000,
    "sections over and over": [["QI", "Action", "Lead"], *([["5.2", "", ""]] * 9_000)],
    "one reference over and over": [["Ref", "QI", "Action"], *([["1", "5.2", "a"]] * 9_000)],
    "columns of different headings": [
        [f"Heading {n}" for n in range(256)],
        *([["May 2020"] * 256] * 60),
    ],
    "strange headings": [["Action " * 11] * 200] * 40,
}


@pytest.mark.parametrize("rows", MANY.values(), ids=MANY)
def test_a_file_at_the_limits_is_understood_in_a_moment(rows: list[list[str]]) -> None:
    taken, _ = seconds(written(rows))
    assert taken < 8


said = st.text(st.characters(codec="utf-8"), max_size=30) | st.sampled_from(
    [
        "",
        *HEADINGS,
        "Ref",
        "RAG",
        "% complete",
        "5.2",
        "QI 9.4",
        "KM1, 2",
        "May 2020",
        "31/02/2020",
        "Total",
        "Note:",
        "Green",
        "150%",
        "0.5",
        "=1+1",
        "c/o Chief Officer",
        "#REF!",
        "x" * 200,
    ]
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(said, max_size=6), min_size=1, max_size=8), st.data())
def test_whatever_a_table_says_and_whatever_its_columns_are_called_it_is_understood(
    rows: list[list[str]], data: st.DataObject
) -> None:
    """Nothing is raised, no row is lost, and every note says where it is."""
    rows = [[text.replace("\x00", "") for text in row] for row in rows]
    clean = [
        ["".join(c for c in text if c.isprintable() or c == "\n") for text in row] for row in rows
    ]
    if not any(text.strip() for row in clean for text in row):
        return
    book = read(written(clean), "plan.csv")
    found = chosen(layouts(book, CONTEXT))
    assert found
    for layout in found:
        mapping = data.draw(
            st.lists(
                st.sampled_from(Field), min_size=len(layout.columns), max_size=len(layout.columns)
            )
        )
        mine = with_mapping(layout, mapping)
        assert isinstance(faults(layout, mapping), list)
        for one in (layout, mine):
            result = understand(book, [one], CONTEXT)
            if set(one.mapping) == {Field.NOTHING}:
                assert NO_ACTIONS in result.notes
                continue
            named = {row.place for row in result.rows} | {out.place for out in result.left_out}
            heads = {part.sheet.rows[n].place for part in one.parts for n in part.heads}
            assert named | heads >= {row.place for part in one.parts for row in part.sheet.rows}
            for row in result.rows:
                assert all(note.place and note.why.endswith((".", "?")) for note in row.notes)
                assert row.stops or row.text
                assert row.percent is None or 0 <= row.percent <= 100
                assert len(row.reference) <= 20 or row.stops
