"""A Word document as plain paragraphs and tables, with the marks in its boxes.

Takes what a reader sees: insertions stand, deletions and hidden text are gone, content controls
are transparent, and a box is ticked or not whichever way it was made.

Whoever can upload chooses the file: all work is in proportion to its length, which has limits.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from docx import Document
from docx.oxml.ns import qn

from management.uploads import BadFile
from plans.form.asides import STRUCK, Aside, around, spell_out, take_out_struck

W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
TICKED = "☒☑🗹🗷✓✔✗✘☓⊠●■"
EMPTY = "☐□◻▢○⬜❏❑"
# Characters of Microsoft's symbol fonts, by the last two digits of their code.
SYMBOLS = {
    "wingdings": {"FE": "☑", "FD": "☒", "FC": "✓", "FB": "✗", "A8": "☐", "6F": "☐", "78": "☒"},
    "wingdings 2": {"50": "✓", "4F": "✗", "52": "☑", "51": "☒", "53": "☒", "54": "☒", "A3": "☐"},
}
ALIKE = 1000
MOST = 100_000
MOST_COLUMNS = 63  # Word itself makes no more
MOST_CELLS = 10_000  # a completed form has some hundreds
MOST_LINES = 20_000
MOST_TEXT = 1_000_000  # characters
LONGEST_CHOICE = 255
# Typed instead of a box, or beside an empty one.
TYPED = {"x", "xx", "×", "х", "√", "/", "*", "y", "yes", "ticked", "tick", "true"}
UNTYPED = {"", "n", "no", "-", "–", "—", "n/a", "na", "false"}
BULLETS_TOO = "●■○□"  # before a sentence they are no boxes
BULLETS = "•·●▪◦‣\uf0b7\uf0a7o–-*"
_THROUGH = {qn(f"w:{name}") for name in ("ins", "smartTag", "customXml", "hyperlink", "moveTo")} | {
    qn("w:fldSimple"),
    f"{MC}AlternateContent",
    f"{MC}Choice",
}
_GONE = {qn(f"w:{name}") for name in ("del", "moveFrom", "instrText", "delText")} | {
    f"{MC}Fallback"
}


@dataclass(frozen=True)
class Cell:
    """One cell: where it begins and ends from the left, its paragraphs and its boxes.

    `said` are the paragraphs with the boxes left in them, as characters.
    `below` says that it is the lower part of a cell merged from above, `tables` are those that
    stand inside it, and `shaded` is a cell with a colour of its own. `struck` is what is struck
    through, where that was asked for: it is left out where anything else stands in the cell.
    """

    left: int
    right: int
    paragraphs: tuple[str, ...]
    said: tuple[str, ...]
    boxes: tuple[bool, ...]
    below: bool
    tables: tuple["Table", ...] = ()
    shaded: bool = False
    struck: str = ""

    @property
    def table(self) -> bool:
        return bool(self.tables)

    @property
    def text(self) -> str:
        return " ".join(self.paragraphs)

    def covers(self, left: int, right: int) -> bool:
        """Whether it takes up most of that room, or lies mostly in it: askew borders overlap."""
        shared = min(self.right, right) - max(self.left, left)
        return 2 * shared > min(right - left, self.right - self.left)

    def ticked(self, label: str) -> bool | None:
        """Whether the cell below that label is ticked; None for a mark that cannot be read."""
        text = self.text.lower().strip(".:()[]_ ")
        if any(self.boxes) or text in TYPED:
            return True
        if text in UNTYPED or (self.boxes and text == label.lower()):
            return False
        return True if text == label.lower() else None


@dataclass(frozen=True)
class Row:
    number: int
    cells: tuple[Cell, ...]

    @property
    def texts(self) -> list[str]:
        """What its cells say, without the lower parts of merged ones."""
        return [cell.text for cell in self.cells if not cell.below]

    @property
    def is_blank(self) -> bool:
        return not any(cell.text or cell.boxes or cell.table for cell in self.cells)


@dataclass(frozen=True)
class TextBox:
    """Text that stands beside the text: what it says."""

    text: str


@dataclass(frozen=True)
class Table:
    """A table of the document, numbered from 1 as a person counts them.

    One that stands in a cell is numbered within it.
    """

    number: int
    rows: tuple[Row, ...]


def blocks(
    data: bytes, what: str = "form", *, asides: bool = False
) -> Iterator[str | Table | TextBox | Aside]:
    """Paragraphs and tables in the order of the document, then its text boxes.

    With `asides` links have their address behind them, struck text is told from other text, and
    what is remarked, numbered or tracked comes last. The file must have been checked. Raises
    BadFile where it is broken all the same, and for one that is longer than any form, or `what` it
    is.
    """
    try:
        document = Document(io.BytesIO(data))
        body = document.element.body
        if asides:
            take_out_struck(body)
            links = document.part.rels.items()
            spell_out(body, {name: to.target_ref for name, to in links if to.is_external})
        children = list(_children(body))
    except Exception as error:  # whatever python-docx stumbles over
        raise BadFile("The file is damaged. Open it in Word and save it again.") from error
    _check_length(body, what)
    number = 0
    for element in children:
        if element.tag == qn("w:p"):
            yield from _paragraph(element)[1]
        elif element.tag == qn("w:tbl"):
            number += 1
            yield Table(number, tuple(_rows(element, number)))
    for box in body.iter(qn("w:txbxContent")):
        # The same again for old programs, or a box in a box, which the outer one has said.
        if next(box.iterancestors(f"{MC}Fallback", qn("w:txbxContent")), None) is not None:
            continue
        lines = [line for p in box.iter(qn("w:p")) for line in _paragraph(p)[0]]
        if lines:
            yield TextBox(" ".join(lines))
    if asides:
        yield from around(document)


def _check_length(body: Any, whole: str) -> None:
    cells = sum(1 for _ in body.iter(qn("w:tc")))
    lines = sum(1 for _ in body.iter(qn("w:p"), qn("w:br"), qn("w:cr")))
    text = sum(len(part.text or "") for part in body.iter(qn("w:t")))
    for count, most, what in (
        (cells, MOST_CELLS, "table cells"),
        (lines, MOST_LINES, "lines"),
        (text, MOST_TEXT, "characters"),
    ):
        if count > most:
            raise BadFile(
                f"The file has {count:,} {what}; a {whole} of at most {most:,} can be read. Take "
                f"out of it what is not part of the {whole}."
            )


def bare(text: str) -> str:
    """The text without the bullet before it."""
    return re.sub(rf"^(?:[{re.escape(BULLETS)}]|\d+[.)])\s+|^[{re.escape(BULLETS[:8])}]", "", text)


def _children(element: Any) -> Iterator[Any]:
    """The children that a reader sees, through content controls and tracked insertions."""
    inside = [iter(element)]
    while inside:
        child = next(inside[-1], None)
        if child is None:
            inside.pop()
        elif child.tag in _GONE:
            continue
        elif child.tag == qn("w:sdt"):
            content = child.find(qn("w:sdtContent"))
            placeholder = child.find(f"{qn('w:sdtPr')}/{qn('w:showingPlcHdr')}")
            is_box = child.find(f"{qn('w:sdtPr')}/{W14}checkbox") is not None
            if is_box and not (content is not None and content.findall(qn("w:tc"))):
                yield child  # in a paragraph, or a whole paragraph
            elif content is not None and placeholder is None:
                inside.append(iter(content))
        elif child.tag in _THROUGH:
            inside.append(iter(child))
        else:
            yield child


def _rows(table: Any, place: int) -> Iterator[Row]:
    number = 0
    widths = [_number(column, "", 0, "w:w") for column in table.iterfind(f"{qn('w:tblGrid')}/*")]
    edges = list(accumulate(widths, initial=0)) if all(widths) else [0]
    for element in _children(table):
        if element.tag != qn("w:tr"):
            continue
        properties = element.find(qn("w:trPr"))
        if properties is not None and properties.find(qn("w:del")) is not None:
            continue
        number += 1
        column = _number(properties, "w:gridBefore", 0)
        cells: list[Cell] = []
        for child in _children_of_row(element):
            if len(cells) == MOST_COLUMNS:
                raise BadFile(
                    f"Table {place}, row {number}, has more than {MOST_COLUMNS} cells, which no "
                    "table of Word has."
                )
            end = column + _number(child.find(qn("w:tcPr")), "w:gridSpan", 1)
            cells.append(_cell(child, _from_left(edges, column), _from_left(edges, end)))
            column = end
        yield Row(number, tuple(cells))


def _from_left(edges: list[int], columns: int) -> int:
    """How far from the left the first columns reach. Those without a width are alike."""
    last = len(edges) - 1
    return edges[min(columns, last)] + ALIKE * max(0, columns - last)


def _children_of_row(row: Any) -> Iterator[Any]:
    return (child for child in _children(row) if child.tag == qn("w:tc"))


def _cell(element: Any, left: int, right: int) -> Cell:
    properties = element.find(qn("w:tcPr"))
    merge = None if properties is None else properties.find(qn("w:vMerge"))
    below = merge is not None and merge.get(qn("w:val"), "continue") == "continue"
    paragraphs: list[str] = []
    said: list[str] = []
    boxes: list[bool] = []
    # A content control around the cell itself may be the check box.
    around = element.getparent().getparent()
    if around is not None and around.tag == qn("w:sdt"):
        boxes += _checked(around)
    tables: list[Table] = []
    joins = False
    for child in _children(element):
        if child.tag == qn("w:p"):
            texts, lines, ticks = _paragraph(child)
            if joins and texts and paragraphs:
                texts[0] = f"{paragraphs.pop()} {texts[0]}"
                lines[0] = f"{said.pop()} {lines[0]}"
            paragraphs += texts
            said += lines
            boxes += ticks
            # Where the end of a paragraph was deleted, the next one goes on in it.
            joins = child.find(f"{qn('w:pPr')}/{qn('w:rPr')}/{qn('w:del')}") is not None
        elif child.tag == qn("w:sdt"):
            boxes += _checked(child)
        elif child.tag == qn("w:tbl"):
            number = len(tables) + 1
            tables.append(Table(number, tuple(_rows(child, number))))
    if around is not None and around.tag == qn("w:sdt") and boxes:
        paragraphs = []
    return Cell(
        left,
        right,
        () if below else tuple(paragraphs),
        () if below else tuple(said),
        () if below else tuple(boxes),
        below,
        tuple(tables),
        _is_shaded(properties),
        element.get(STRUCK, ""),
    )


def _is_shaded(properties: Any) -> bool:
    shading = None if properties is None else properties.find(qn("w:shd"))
    colour = "" if shading is None else shading.get(qn("w:fill"), "")
    return colour.lower() not in {"", "auto", "ffffff"}


def _number(properties: Any, name: str, missing: int, attribute: str = "w:val") -> int:
    """A number in the child of that name, or in the element itself; no more than fits a page."""
    found = properties if properties is None or not name else properties.find(qn(name))
    value = "" if found is None else found.get(qn(attribute), "")
    return min(int(value), MOST) if value.isdecimal() and len(value) < 9 else missing


def _checked(control: Any) -> list[bool]:
    """The state of a content control that is a check box; nothing for any other."""
    properties = control.find(qn("w:sdtPr"))
    box = None if properties is None else properties.find(f"{W14}checkbox")
    if box is None:
        return []
    checked = box.find(f"{W14}checked")
    return [checked is not None and _is_on(checked.get(f"{W14}val", "1"))]


def _is_on(value: str) -> bool:
    return value.lower() in {"1", "true", "on"}


def _paragraph(element: Any) -> tuple[list[str], list[str], list[bool]]:
    """The lines of a paragraph that say something, without and with its boxes, and the boxes."""
    pieces: list[str] = []
    for child in _children(element):
        if child.tag == qn("w:sdt"):
            pieces += _as_characters(_checked(child))
        elif child.tag == qn("w:r"):
            _run(child, pieces)
    text = "".join(pieces)
    short = len(text.strip()) <= 3
    marks = {c for c in set(text) & set(TICKED + EMPTY) if short or c not in BULLETS_TOO}
    boxes = [character in TICKED for character in text if character in marks]
    without = text.translate({ord(character): " " for character in marks})
    return _lines(without), _lines(text), boxes


def _lines(text: str) -> list[str]:
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return [line for line in lines if line]


def _as_characters(boxes: list[bool]) -> list[str]:
    """Boxes that are no characters as those that look like them."""
    return ["☒" if ticked else "☐" for ticked in boxes]


def _run(element: Any, pieces: list[str]) -> None:
    hidden = element.find(f"{qn('w:rPr')}/{qn('w:vanish')}")
    if hidden is not None and _is_on(hidden.get(qn("w:val"), "1")):
        return
    symbols = _symbols(element)
    for child in _children(element):
        if child.tag == qn("w:t"):
            text = (child.text or "").replace("\n", " ")
            pieces.append("".join(symbols.get(c, c) for c in text) if symbols else text)
        elif child.tag in {qn("w:tab"), qn("w:ptab")}:
            pieces.append(" ")
        elif child.tag in {qn("w:br"), qn("w:cr")}:
            pieces.append("\n")
        elif child.tag == qn("w:noBreakHyphen"):
            pieces.append("-")
        elif child.tag == qn("w:sym"):
            font = SYMBOLS.get(child.get(qn("w:font"), "").lower(), {})
            pieces.append(font.get(child.get(qn("w:char"), "")[-2:].upper(), ""))
        elif child.tag == qn("w:fldChar"):
            pieces += _as_characters(_legacy(child))
            pieces += _chosen(child)


def _chosen(field: Any) -> list[str]:
    """The entry of an old drop-down field that is chosen; nothing for any other field."""
    choice = field.find(f"{qn('w:ffData')}/{qn('w:ddList')}")
    if choice is None:
        return []
    entries = choice.findall(qn("w:listEntry"))[_number(choice, "w:result", 0) :][:1]
    return [" ".join(e.get(qn("w:val"), "")[:LONGEST_CHOICE].split()) for e in entries]


def _symbols(element: Any) -> dict[str, str]:
    """What characters typed in a symbol font look like; nothing for a run in any other font."""
    fonts = element.find(f"{qn('w:rPr')}/{qn('w:rFonts')}")
    name = "" if fonts is None else fonts.get(qn("w:ascii"), "")
    found = {}
    for code, character in SYMBOLS.get(name.lower(), {}).items():
        found[chr(int(code, 16))] = found[chr(0xF000 + int(code, 16))] = character
    return found


def _legacy(field: Any) -> list[bool]:
    """The state of a check box of the old form fields."""
    box = field.find(f"{qn('w:ffData')}/{qn('w:checkBox')}")
    if box is None:
        return []
    for name in ("w:checked", "w:default"):
        state = box.find(qn(name))
        if state is not None:
            return [_is_on(state.get(qn("w:val"), "1"))]
    return [False]
