"""The blocks that a paper is made of, for PDF, Word and page alike. Pure."""

from dataclasses import dataclass

Cell = tuple[str, ...]
# Figures of a series in a paper: a year of months, and the same month of the year before. Hundreds
# of pages of them are not read, and cost half a gigabyte.
RECENT = 13


@dataclass(frozen=True)
class Facts:
    """Label and value pairs: the facts under the title, or the lines that close the paper."""

    items: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Heading:
    """Level 1 is a numbered section; `number` is printed before the text."""

    level: int
    text: str
    anchor: str
    number: str = ""

    @property
    def shown(self) -> str:
        return f"{self.number} {self.text}".strip()


@dataclass(frozen=True)
class Paragraph:
    """`kind` is "" for the text of the paper, "note" for small print, "mark" for a warning."""

    text: str
    number: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Bullets:
    """Lines with a mark each, such as (i)."""

    items: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Column:
    """`share` is the part of the width. The first line of a `lead` column is set in bold."""

    title: str
    share: float
    numeric: bool = False
    lead: bool = False


@dataclass(frozen=True)
class Row:
    """Cells of lines. A `group` row has one cell, a heading for the rows after it."""

    cells: tuple[Cell, ...]
    group: bool = False
    total: bool = False
    indent: int = 0


@dataclass(frozen=True)
class Table:
    """A table whose header row repeats. `long` tables may be folded away on a page."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    anchor: str
    long: bool = False


@dataclass(frozen=True)
class Chart:
    """The drawing of `content.kpis[index]`; `description` is read in its place."""

    index: int
    title: str
    description: str


@dataclass(frozen=True)
class Landscape:
    """What follows is on wide pages that begin here."""


Block = Facts | Heading | Paragraph | Bullets | Table | Chart | Landscape


@dataclass(frozen=True)
class Outline:
    """The paper: its title block and its body."""

    title: str
    partnership: str
    meeting: str
    subject: str
    facts: tuple[tuple[str, str], ...]
    notices: tuple[str, ...]
    footer: str
    blocks: tuple[Block, ...]

    @property
    def contents(self) -> list[Heading]:
        """Headings for the list of contents."""
        return [b for b in self.blocks if isinstance(b, Heading) and b.level < 3]


def lines(text: str) -> Cell:
    """The lines of a text that say something."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def one_line(text: str) -> str:
    return " ".join(lines(text))


def roman(count: int) -> str:
    """1 is i, 4 is iv."""
    values = (
        (100, "c"),
        (90, "xc"),
        (50, "l"),
        (40, "xl"),
        (10, "x"),
        (9, "ix"),
        (5, "v"),
        (4, "iv"),
    )
    text = ""
    for value, letters in values:
        text += letters * (count // value)
        count %= value
    return text + "i" * count
