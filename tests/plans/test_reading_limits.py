"""Word files made to keep the reader busy: each is read or refused in a moment."""

import time
from unittest.mock import patch

import pytest

from management.uploads import BadFile, check_word
from plans.form import reading
from tests.management.test_uploads import random_bytes
from tests.plans.forms_built import PAPER, PERFORMANCE, docx, form, head_rows, p, tbl, tc, tr
from tests.plans.test_reading import LAYOUT

# Long, and the same everywhere: where CI has the services.
pytestmark = pytest.mark.services

HEADING = p(PERFORMANCE.heading)
NUMBERED = tr(tc(p("." * 900_000 + "ab")), tc(p("A statement")), *[tc(p("☐"))] * 4, tc(p()))
RUN = "<w:r><w:t>a</w:t></w:r>"
SLOW = {
    "a text that nearly asks": HEADING + p("?" * 900_000 + "a"),
    "a text that nearly counts": HEADING + tbl(*head_rows(), NUMBERED),
    "a heading that nearly is one": HEADING + p("." * 118 + "q") * 8_000,
    "a text that nearly prioritises": HEADING + p("priorit" * 35) * 3_500,
    "bullets": p(" a" + "●" * 900_000 + "a"),
    "deep insertions": f"<w:p>{'<w:ins>' * 200}{RUN * 40_000}{'</w:ins>' * 200}</w:p>",
    "boxes in boxes": f"{'<w:txbxContent>' * 200}{p('a') * 19_000}{'</w:txbxContent>' * 200}",
    "rows of one cell": HEADING + tbl(*head_rows(), tr(tc(p("a b"))) * 9_900),
    "tables": "<w:tbl/>" * 200_000,
    "line ends that are no lines": p("a\n" * 450_000),
}


def packed(content: str) -> bytes:
    """With something that is hard to pack, for what swells too much is refused before."""
    return docx(content, f"<!--{random_bytes(len(content) // 50).hex()}-->")


@pytest.mark.parametrize("content", SLOW.values(), ids=SLOW)
def test_a_file_within_the_limits_is_read_in_a_moment(content: str) -> None:
    data = packed(content)
    start = time.process_time()
    check_word(data)
    found = reading.read(data, LAYOUT)
    assert time.process_time() - start < 5
    assert len(found.notes) < 20_000


FORM = "Take out of it what is not part of the form."
LONG = {
    "cells in a row": (
        tbl(tr("<w:tc/>" * 64)),
        "Table 1, row 1, has more than 63 cells, which no table of Word has.",
    ),
    "cells": (
        tbl(tr("<w:tc/>" * 60) * 200),
        f"The file has 12,000 table cells; a form of at most 10,000 can be read. {FORM}",
    ),
    "lines": (
        "<w:p><w:r><w:br/></w:r></w:p>" * 10_001,
        f"The file has 20,002 lines; a form of at most 20,000 can be read. {FORM}",
    ),
    "text": (
        p("a" * 600_000) * 2,
        f"The file has 1,200,000 characters; a form of at most 1,000,000 can be read. {FORM}",
    ),
}


@pytest.mark.parametrize(("content", "sentence"), LONG.values(), ids=LONG)
def test_a_file_that_no_form_is_as_long_as_is_refused_at_once(content: str, sentence: str) -> None:
    data = packed(content)
    check_word(data)
    start = time.process_time()
    with pytest.raises(BadFile) as caught:
        reading.read(data, LAYOUT)
    assert str(caught.value) == sentence
    assert time.process_time() - start < 2


def test_what_nobody_thought_of_is_a_sentence_and_is_logged(caplog) -> None:
    with (
        patch("plans.form.reading.answer_of", side_effect=IndexError),
        pytest.raises(BadFile, match="Something in the file cannot be read"),
    ):
        reading.read(form(PAPER), LAYOUT)
    assert "A Word form could not be read" in caplog.text
