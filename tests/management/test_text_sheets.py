"""What is read of a CSV file: the same texts that were written, whoever wrote it and how."""

import contextlib
import csv
import io
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from management.sheets.content import Cell
from management.sheets.text import read
from management.uploads import MAX_BYTES, BadFile, check_table

ROWS = [["Ref", "Action", "Due"], ["1", "Review; update, and agree", "31/10/2019"]]


def written(rows: list[list[str]], separator: str = ",", **options: object) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=separator, **options).writerows(rows)  # type: ignore[arg-type]
    return out.getvalue()


def texts(data: bytes) -> list[list[str]]:
    check_table(data)
    rows = read(data, "plan.csv").sheets[0].rows
    return [[cell.text for cell in row.cells.values()] for row in rows]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_table_reads_as_it_was_written(separator: str, encoding: str) -> None:
    rows = [*ROWS, ["2", "“Café” – a\nsecond line", "Oct-19"]]
    assert texts(written(rows, separator).encode(encoding)) == rows


cell = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12)
cell |= st.sampled_from(
    ["=1+1", "-5", "@x", "+4", " a ", "\u00a0b", 'say "so"', "a,b;c\td", "a\nb"]
)


@given(
    st.integers(2, 4).flatmap(
        lambda wide: st.lists(
            st.lists(cell.filter(str.strip), min_size=wide, max_size=wide), min_size=1, max_size=5
        )
    ),
    st.sampled_from([",", ";", "\t"]),
)
def test_any_text_comes_back_from_a_csv_file(rows: list[list[str]], separator: str) -> None:
    assert texts(written(rows, separator, quoting=csv.QUOTE_ALL).encode()) == rows


def test_each_cell_has_its_line_and_column_and_blank_lines_are_gone() -> None:
    data = b'Ref,Action\r\n\r\n1,"one\r\ntwo"\r\n , \r\n2,,last'
    rows = read(data, "plan.csv").sheets[0].rows
    assert [(row.number, row.place) for row in rows] == [
        (1, "line 1"),
        (3, "line 3"),
        (6, "line 6"),
    ]
    assert rows[1].cells[1] == Cell("one\ntwo", "line 3, column 2")
    assert rows[2].cells == {
        0: Cell("2", "line 6, column 1"),
        2: Cell("last", "line 6, column 3"),
    }


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("sep=;\nRef;Action\n1;a, b, c", [["Ref", "Action"], ["1", "a, b, c"]]),
        (
            "Action\nReview, and agree\nTrain staff\nAudit\n",
            [["Action"], ["Review, and agree"], ["Train staff"], ["Audit"]],
        ),
        (
            "My plan\nRef,Action,Due\n1,a,May\n2,b,June\n",
            [["My plan"], ["Ref", "Action", "Due"], ["1", "a", "May"], ["2", "b", "June"]],
        ),
        ('"0";"a,b;c"\n', [["0", "a,b;c"]]),
        ("a;1,5;b\nc;2,5;d\n", [["a", "1,5", "b"], ["c", "2,5", "d"]]),
        ('a,say "so",b\n', [["a", 'say "so"', "b"]]),
        ("Ref,Action\r1,old Mac\r", [["Ref", "Action"], ["1", "old Mac"]]),
        ("Ref,Action\n1,a,extra\n2\n", [["Ref", "Action"], ["1", "a", "extra"], ["2"]]),
    ],
    ids=[
        "sep=",
        "prose",
        "title",
        "commas in quotes",
        "decimal commas",
        "quotes",
        "old Mac",
        "ragged",
    ],
)
def test_what_parts_the_columns_is_found_by_their_number(text: str, rows: list[list[str]]) -> None:
    assert texts(text.encode()) == rows


WANTED = "a Word document (.docx), an Excel workbook (.xlsx) or a CSV file (.csv)"
UTF = f"Save it as {WANTED}; CSV is best saved as “CSV UTF-8”."
REFUSED = {
    "empty": (b"", "The file is empty."),
    "NUL": (
        b"Ref,Action\n1,a\x00b",
        f"The file is no text: in line 2, what stands in place 4 is no letter. {UTF}",
    ),
    "UTF-16 without its mark": (
        "Ref".encode("utf-16-le"),
        f"The file is no text: in line 1, what stands in place 2 is no letter. {UTF}",
    ),
    "half a UTF-16 letter": (
        "Ref\nA".encode("utf-16") + b"x",
        f"The file is no text: in line 2, what stands in place 2 is no letter. {UTF}",
    ),
    "no letter of Windows": (
        b"Ref\n\x81\xff",
        f"The file is no text: in line 2, what stands in place 1 is no letter. {UTF}",
    ),
    "a web page": (
        b"\n <!DOCTYPE html><table><tr><td>Ref",
        f"This is a web page, not {WANTED}. Open it in Excel and save it so.",
    ),
    "a PDF": (b"%PDF-1.7\n", f"This is a PDF, not {WANTED}."),
    "too long": (
        b"a" * (MAX_BYTES + 1),
        "The file has 10.1 MB; at most 10 MB can be read. Part it.",
    ),
    "a long cell": (
        b"Ref,Action\n1," + b"long " * 7_000,
        "Line 2, column 2: “long long long long long long long long…” has 35,000 characters; a "
        "cell of at most 32,767 can be read. Shorten it.",
    ),
    "a cell of a megabyte": (
        b'Ref,Action\n"1\n2",' + b"long " * 200_000,
        "Line 2: a cell has far more than 32,767 characters, and no longer one can be read. Is a "
        "quotation mark missing at its end?",
    ),
    "a hundred thousand columns": (
        b",".join([b"x"] * 100_000),
        "Line 1, column 257: “x” stands in column 257; at most 256 columns are read. Take it out, "
        "or move it to the left.",
    ),
    "many lines": (
        b"\n" * 1_048_577,
        "The file has 1,048,578 lines; at most 1,048,576 are read. Take the empty ones out, or "
        "part it.",
    ),
    "many lines of an old Macintosh": (
        b"\r" * 1_048_577,
        "The file has 1,048,578 lines; at most 1,048,576 are read. Take the empty ones out, or "
        "part it.",
    ),
    "many rows": (
        b"a,b\n" * 10_001,
        "Line 10,001: the file has more than 10,000 rows with text, and no more are read. Take out "
        "of it what is not needed, or part it.",
    ),
    "an open quotation mark": (
        b'Ref,Action\n1,"one\n2,two\n3,three\n',
        "Line 2: a quotation mark is opened and never closed, so that all lines below are one "
        "cell. Close it, or write it twice.",
    ),
}


@pytest.mark.parametrize(("data", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_csv_file_is_refused_at_once(data: bytes, sentence: str) -> None:
    start = time.process_time()
    with pytest.raises(BadFile) as caught:
        check_table(data)
        read(data, "plan.csv")
    assert str(caught.value) == sentence
    assert time.process_time() - start < 2


SLOW = {
    "separators": b"," * 9_000_000,
    "quotation marks": b'"' * 9_000_001,
    "lines": b"\n" * 1_000_000,
    "short lines": b"a\n" * 9_000,
    "quoted lines": b'"a\n' * 9_000,
    "marks of a page": b" " * 9_000_000 + b"<html",
}


@pytest.mark.parametrize("data", SLOW.values(), ids=SLOW)
def test_a_file_within_the_limits_is_read_or_refused_in_a_moment(data: bytes) -> None:
    start = time.process_time()
    with contextlib.suppress(BadFile):
        texts(data)
    assert time.process_time() - start < 5
