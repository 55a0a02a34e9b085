"""The table of tools in a form: its heading, and how far each tool reaches."""

import itertools
import re
from collections.abc import Mapping

from plans.form.tables import EMPTY, TICKED, Cell, Row

REACHES = ("local", "national", "external")
HEAD = re.compile(r"(names? of )?(the )?(tool|system|name)s?\b", re.IGNORECASE)
TOOL = re.compile(r"tools?\b", re.IGNORECASE)
ONLY_TOOL = re.compile(r"(the )?tools?( (or|and) systems?)?\W*", re.IGNORECASE)
ONLY_REACHES = re.compile(r"(?:\W|local|national|external|\bor\b|\band\b)+")
# Each sign that ticks or does not, and each reach beside it.
SIGNS = re.compile(rf"[{TICKED}{EMPTY}]|\[[x ]?\]|local|national|external")

Columns = Mapping[str, tuple[int, int]]  # reach: where its column begins and ends


def columns_of(row: Row) -> Columns:
    """The columns of a heading that has one for each reach; nothing for any other row."""
    named = [(cell.text.lower().strip(" :."), cell) for cell in row.cells if not cell.boxes]
    found = {reach: (cell.left, cell.right) for reach, cell in named if reach in REACHES}
    return found if len(found) > 1 else {}


def is_head(row: Row, *, listed: bool) -> bool:
    """Whether the row heads a table of tools; `listed` where tools were asked for."""
    texts = [text.lower().strip(" :.") for text in row.texts if text]
    if not texts or any(cell.boxes for cell in row.cells):
        return False
    if columns_of(row):
        first, *rest = texts
        return all(text in REACHES for text in rest) and (
            HEAD.match(first) is not None or (listed and first in REACHES)
        )
    if not TOOL.match(texts[0]):
        return False
    last = texts[-1]
    every = "/" in last and "national" in last and ONLY_REACHES.fullmatch(last) is not None
    return every or (listed and ONLY_TOOL.fullmatch(texts[0]) is not None)


def name_cell(row: Row, columns: Columns) -> Cell | None:
    """The cell that names the tool, if any does."""
    under = {c for c in row.cells for left, right in columns.values() if c.covers(left, right)}
    return next((cell for cell in row.cells if cell.text and cell not in under), None)


def reach_of(row: Row, name: Cell, columns: Columns) -> str:
    """The one reach that is ticked or written beside the name; empty where it is not one."""
    ticked = {
        reach
        for reach, (left, right) in columns.items()
        for cell in row.cells
        if cell is not name and cell.covers(left, right) and cell.ticked(reach)
    }
    said = " ".join(p for cell in row.cells if cell is not name for p in cell.said)
    found = ticked or _said(said.lower())
    return found.pop() if len(found) == 1 else ""


def _said(text: str) -> set[str]:
    """The reaches that a text names: where boxes stand before or behind them, those ticked."""
    signs = SIGNS.findall(text)
    if not signs or all(sign in REACHES for sign in signs):
        return set(signs)
    if signs[0] in REACHES:
        signs.reverse()  # each box behind its word
    if signs[0] in REACHES:
        return set()  # a box somewhere between
    ticks = {*TICKED, "[x]"}
    pairs = itertools.pairwise(signs)
    return {reach for box, reach in pairs if box in ticks and reach in REACHES}
