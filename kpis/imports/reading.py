"""From the bytes of a file with figures to its sheets, and how each of them is laid out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from kpis.imports.layouts import Layout, fold, layout
from management.sheets import excel, text
from management.sheets.content import Book, Limits, upper
from management.sheets.opening import as_said, opened
from management.uploads import CSV_FILE, EXCEL_FILE, MB, BadFile, check_table

KINDS = (EXCEL_FILE, CSV_FILE)
MAX_BYTES = 30 * MB
# 200,000 figures of a row each; what is unpacked of a workbook has limits of its own.
LIMITS = Limits(rows=250_000, cells=2_500_000, text=30_000_000)
SAMPLES = 3


@dataclass(frozen=True)
class Table:
    """A sheet that has figures, or looks like it. `kpi` is what names the KPI where its columns
    name none: what stands above the table, or else the sheet or the file."""

    layout: Layout
    kpi: str
    samples: Mapping[int, tuple[str, ...]]

    @property
    def place(self) -> str:
        return self.layout.sheet.place

    @property
    def bare(self) -> "Table":
        """Without the rows, which may be many."""
        sheet = replace(self.layout.sheet, rows=())
        return replace(self, layout=replace(self.layout, sheet=sheet))


def read(data: bytes, name: str) -> Book:
    """The sheets of an Excel workbook, or a CSV file; `name` is what it is called.

    Which of them it is, is told from the bytes. Hidden sheets are not read, which its notes say.
    Raises BadFile, whose sentence begins with the name.
    """
    return opened(data, name, _read, "the figures")


def _read(data: bytes, name: str) -> Book:
    kind = check_table(data, KINDS, MAX_BYTES)
    book = (excel if kind == EXCEL_FILE else text).read(data, name, LIMITS)
    if not any(sheet.rows for sheet in book.visible):
        hidden = f" {' '.join(book.notes)}" if book.notes else ""
        raise BadFile(
            "there is no table with text in it. Figures are read from a table with a heading above "
            f"each column.{hidden}"
        )
    return as_said(book, name, KINDS)


def tables(
    book: Book, kpis: Sequence[str], mappings: Mapping[str, Mapping[str, str]]
) -> tuple[list[Table], list[str]]:
    """The book's sheets as they are laid out (`layouts.layout`), and what is said of others."""
    found, notes = [], []
    for sheet in book.visible:
        if not sheet.rows:
            continue
        made = layout(sheet, kpis, mappings)
        if made is None:
            notes.append(f"{upper(sheet.place)} has no table with figures, so it is not read.")
            continue
        named = made.subject or sheet.name or book.name.rpartition(".")[0] or book.name
        found.append(Table(made, named, _samples(made)))
    return found, notes


def own_name(one: Table) -> bool:
    """Whether the sheet or the file itself, and no cell, names the KPI."""
    return not one.layout.names_kpis and fold(one.kpi) != fold(one.layout.subject)


def _samples(made: Layout) -> dict[int, tuple[str, ...]]:
    rows = made.sheet.rows[made.first : made.first + 20]
    found = {}
    for column in made.columns:
        texts = (" ".join(row.text(column.index).split())[:60] for row in rows)
        found[column.index] = tuple(dict.fromkeys(filter(None, texts)))[:SAMPLES]
    return found
