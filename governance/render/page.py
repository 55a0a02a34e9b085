"""A pack as HTML: the part of a page, or a document of its own. Same content, same text."""

from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from governance.content import PackContent
from governance.render.blocks import Block, Cell, Chart, Column, Row, Table
from governance.render.drawings import Drawings
from governance.render.outline import outline, settled

# One more with every change of what is drawn: pages that are kept are then drawn again.
VERSION = 2


@dataclass(frozen=True)
class ShownCell:
    """A cell of lines, with what the template must know of its column and row."""

    lines: Cell
    heads: bool
    numeric: bool
    lead: bool


@dataclass(frozen=True)
class ShownRow:
    cells: tuple[ShownCell, ...]
    total: bool
    indent: int


@dataclass(frozen=True)
class Group:
    """Rows below one heading; `heading` is empty when they have none."""

    heading: Cell
    rows: list[ShownRow]


def render(content: PackContent, drawings: Drawings | None = None) -> SafeString:
    """The pack as an <article>, its sections from <h2>, to stand in a page with its own <h1>."""
    return render_to_string("governance/pack_content.html", _context(content, drawings))


def standalone(content: PackContent, drawings: Drawings | None = None) -> str:
    """The pack as a whole HTML document that needs no other file, address or script."""
    context = {**_context(content, drawings), "alone": True}
    return str(render_to_string("governance/pack_file.html", context))


def _context(content: PackContent, drawings: Drawings | None) -> dict[str, Any]:
    content = settled(content)
    drawings = drawings or Drawings(content)
    paper = outline(content)
    return {"paper": paper, "blocks": [_block(block, drawings) for block in paper.blocks]}


def _block(block: Block, drawings: Drawings) -> dict[str, Any]:
    shown: dict[str, Any] = {"kind": type(block).__name__.lower(), "block": block}
    if isinstance(block, Chart):
        # Our own SVG, in which people's text is escaped: it may stand in the page as it is.
        shown["svg"] = SafeString(drawings.svg(block.index).decode())
    elif isinstance(block, Table):
        shown["groups"] = _groups(block)
    return shown


def _groups(table: Table) -> list[Group]:
    groups = [Group((), [])]
    for row in table.rows:
        if row.group:
            groups.append(Group(row.cells[0], []))
        else:
            groups[-1].rows.append(_row(table.columns, row))
    return [group for group in groups if group.heading or group.rows]


def _row(columns: tuple[Column, ...], row: Row) -> ShownRow:
    cells = (
        ShownCell(cell, heads=place == 0, numeric=column.numeric, lead=column.lead)
        for place, (column, cell) in enumerate(zip(columns, row.cells, strict=True))
    )
    return ShownRow(tuple(cells), row.total, row.indent)
