"""Cells, sheets and tables of a workbook, where text stays text whatever it begins with."""

import functools
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from xml.sax.saxutils import escape

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

CELL = 32_767  # characters
TOO_LONG = " [Cut here: Excel holds no more in one cell. The PDF has the whole text.]"
LINE = 15  # points of a line of text
FIRST_DAY = date(1900, 3, 1)  # Excel counts the days before it wrongly

Value = str | int | Decimal | date | None
Rows = Sequence[Sequence[Value]]
Columns = Sequence[tuple[str, float]]  # heading and width in characters


def fitting(text: str) -> str:
    """The text, or as much of it as one cell holds and the words that say so."""
    if len(text) <= CELL // 2 or _units(text) <= CELL:
        return text
    kept = text[: CELL - len(TOO_LONG)]
    while _units(kept) > CELL - len(TOO_LONG):
        kept = kept[: -max(1, (_units(kept) - CELL + len(TOO_LONG)) // 2)]
    return kept + TOO_LONG


def _units(text: str) -> int:
    """Characters as Excel counts them: in UTF-16."""
    return len(text.encode("utf-16-le")) // 2


def height(values: Sequence[Value], widths: Sequence[float]) -> float:
    """Points that a row needs: not every program makes room for wrapped text by itself."""
    lines = 1
    for value, width in zip(values, widths, strict=False):
        if isinstance(value, str):
            lines = max(lines, sum(1 + int(len(row) * 1.1 / width) for row in value.split("\n")))
    return min(LINE * lines, 400)  # Excel's tallest row has 409 points


# What cannot stand in XML as it is; and how Excel writes a character by its number.
_MARKS = ("&", "<", ">", "_x")
_letters = functools.cache(xl_col_to_name)


class LongSheet(Worksheet):
    """A sheet of a workbook in `constant_memory`, whose lines go to the disk one by one.

    XlsxWriter's own cells take four times as long. It also writes a text that begins with <r> and
    ends with </r> as markup there: whoever words an action could so write a formula.
    """

    def write_line(
        self, row: int, height: float, cells: Iterable[tuple[int, str | int, Format]]
    ) -> None:
        """A whole row, below all that was written before; `height` in points.

        Each cell is its column, a text or a number, and how it looks; columns go up.
        """
        self._write_single_row(row)  # what was written in the usual way
        parts = [f'<row r="{row + 1}" ht="{height:.16g}" customHeight="1">']
        column = 0
        for column, value, style in cells:
            head = f'<c r="{_letters(column)}{row + 1}" s="{style._get_xf_index()}"'
            if isinstance(value, int):
                parts.append(f"{head}><v>{value}</v></c>")
                continue
            if not value.isprintable() or any(map(value.__contains__, _MARKS)):
                value = self._escape_control_characters(escape(value))
            parts.append(f'{head} t="inlineStr"><is><t xml:space="preserve">{value}</t></is></c>')
        parts.append("</row>")
        self.fh.write("".join(parts))
        self._check_dimensions(row, column)  # keeps in mind how far the sheet goes


OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


class Book:
    """A workbook in our look."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.book = book
        self.tables = 0
        self.formats: dict[str, Format] = {}
        self.title = book.add_format({"bold": True, "font_size": 16, "font_color": "#0B4F5C"})
        self.strong = book.add_format({"bold": True, "valign": "top"})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self.warning = book.add_format(
            {"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#FDF3EC"}
        )
        self.head = book.add_format(
            {"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#E6EEF0", "bottom": 1}
        )

    def sheet(self, name: str, landscape: bool = True) -> Worksheet:
        sheet = self.book.add_worksheet(name)
        sheet.set_paper(8 if landscape else 9)  # A3, A4
        if landscape:
            sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_footer(f"&L{name}&RPage &P of &N")
        return sheet

    def style(self, number_format: str) -> Format:
        """One format for each way to show a number: a workbook may hold only some thousands."""
        if number_format not in self.formats:
            self.formats[number_format] = self.book.add_format(
                {"num_format": number_format, "valign": "top"}
            )
        return self.formats[number_format]

    def text(
        self, sheet: Worksheet, row: int, column: int, text: str, style: Format | None = None
    ) -> None:
        sheet.write_string(row, column, fitting(text), style)

    def put(
        self, sheet: Worksheet, row: int, column: int, value: Value, number_format: str = "#,##0"
    ) -> None:
        if value is None or value == "":
            sheet.write_blank(row, column, None, self.wrapped)
        elif isinstance(value, str):
            sheet.write_string(row, column, fitting(value), self.wrapped)
        elif isinstance(value, date):
            if value < FIRST_DAY:
                sheet.write_string(
                    row, column, f"{value.day} {value:%B} {value.year}", self.wrapped
                )
            else:
                sheet.write_datetime(row, column, value, self.style("d mmm yyyy"))
        else:
            sheet.write_number(row, column, float(value), self.style(number_format))

    def table(
        self,
        sheet: Worksheet,
        top: int,
        columns: Columns,
        rows: Rows,
        formats: Sequence[dict[int, str]] = (),
    ) -> None:
        """A real table that filters. `formats` has a number format by column for each row."""
        self.tables += 1
        for place, (_, width) in enumerate(columns):
            sheet.set_column(place, place, width)
        sheet.add_table(
            top,
            0,
            top + max(1, len(rows)),  # Excel refuses a table without a row
            len(columns) - 1,
            {
                "name": f"Table{self.tables}",
                "style": "Table Style Light 1",
                "columns": [{"header": head, "header_format": self.head} for head, _ in columns],
            },
        )
        for place, row in enumerate(rows):
            sheet.set_row(top + 1 + place, height(row, [width for _, width in columns]))
            shown = formats[place] if formats else {}
            for column, value in enumerate(row):
                self.put(sheet, top + 1 + place, column, value, shown.get(column, "#,##0"))
        sheet.set_row(top, 3 * LINE)
        sheet.freeze_panes(top + 1, 1)
        sheet.repeat_rows(top)

    def list_sheet(
        self,
        name: str,
        columns: Columns,
        rows: Rows,
        said: Sequence[str],
        formats: Sequence[dict[int, str]] = (),
    ) -> None:
        """A sheet of one table below the sentences that sum it up."""
        sheet = self.sheet(name)
        for place, line in enumerate(said):
            self.text(sheet, place, 0, line)
        self.table(sheet, len(said) + (1 if said else 0), columns, rows, formats)
