"""The columns of a table of statements: the points of the scale, and the evidence."""

import re
from collections.abc import Sequence
from difflib import get_close_matches

from plans.form.tables import Cell, Row

MARK = 40  # characters: what is longer below a point of the scale is no mark


class Columns:
    """Where they begin and end, as the last heading has said. Without a heading there are none."""

    def __init__(self, points: Sequence[tuple[int, str]]) -> None:
        self.names = dict(points)
        self.labels = {label.lower(): value for value, label in points}
        self.points: dict[int, tuple[int, int]] = {}
        self.evidence: tuple[int, int] | None = None

    def __bool__(self) -> bool:
        return bool(self.points)

    @property
    def first(self) -> int:
        return min(left for left, _ in self.points.values())

    def head(self, row: Row) -> bool:
        """Whether the row names all points of the scale; they are then where it has them."""
        cells = [(self._label(cell.text), cell) for cell in row.cells]
        there = {value: (cell.left, cell.right) for value, cell in cells if value is not None}
        if len(there) < len(self.labels):
            return False
        self.points = there
        # Where every box has its label beside it, the row is no heading.
        return not any(cell.boxes for value, cell in cells if value is not None)

    def head_evidence(self, row: Row) -> None:
        for cell in row.cells:
            if "evidence" in cell.text.lower() and len(cell.text) <= 2 * MARK:
                self.evidence = cell.left, cell.right

    def _label(self, text: str) -> int | None:
        """The point of the scale that a heading names, with a number or a slip of the pen."""
        if len(text) > 2 * MARK:
            return None
        said = " ".join(re.sub(r"[^a-z ]", " ", text.lower()).split())
        close = get_close_matches(said, self.labels, n=1, cutoff=0.8)
        return self.labels[close[0]] if close else None

    def values(self, cell: Cell) -> list[int]:
        """The points of the scale whose columns the cell stands under."""
        return [value for value, (left, right) in self.points.items() if cell.covers(left, right)]

    def is_wide(self, cell: Cell, overall: bool) -> bool:
        """Whether a box takes up the room of another, of the statement or of the evidence."""
        values = self.values(cell)
        if len(values) != 1:
            return bool(values)
        left, right = self.points[values[0]]
        return not overall and 2 * (cell.right - cell.left) > 3 * (right - left)

    def says(self, cell: Cell) -> bool:
        """Whether it holds evidence: by its column, by its length, or by its place."""
        values = self.values(cell)
        if is_text(cell) if values else cell.left >= self.first:
            return True
        return bool(self.evidence and not values and cell.covers(*self.evidence))

    def ticked(self, row: Row) -> tuple[list[int], list[tuple[Cell, int]]]:
        """The points that are ticked in the row, and what below a point cannot be read."""
        below = [(c, value) for c in row.cells if not is_text(c) for value in self.values(c)]
        marks = [(cell, value, cell.ticked(self.names[value])) for cell, value in below]
        ticked = [value for _, value, mark in marks if mark]
        return ticked, [(cell, value) for cell, value, mark in marks if mark is None]


def is_text(cell: Cell) -> bool:
    return not cell.boxes and len(cell.text) > MARK
