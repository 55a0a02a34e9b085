"""Workbooks for tests: made by XlsxWriter, then changed where it would not write such a thing."""

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import xlsxwriter

Rows = Sequence[Sequence[Any]]
Arrange = Callable[[xlsxwriter.Workbook], None]
SHEET = "xl/worksheets/sheet1.xml"


def workbook(
    rows: Rows = (), name: str = "Plan", arrange: Arrange | None = None, **options: Any
) -> bytes:
    """A workbook of one sheet; `arrange` may add to it, `options` are XlsxWriter's."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, **options}) as made:
        sheet = made.add_worksheet(name)
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, str):
                    sheet.write_string(number, column, value)
                elif value is not None:
                    sheet.write(number, column, value)
        if arrange:
            arrange(made)
    return out.getvalue()


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as whole:
        return {name: whole.read(name) for name in whole.namelist()}


def packed(members: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return out.getvalue()


def patched(data: bytes, old: str, new: str, part: str = SHEET) -> bytes:
    """The workbook with one piece of a part replaced."""
    members = parts(data)
    assert old.encode() in members[part], members[part]
    return packed(members | {part: members[part].replace(old.encode(), new.encode(), 1)})


def cells(xml: str) -> bytes:
    """A workbook whose sheet has these rows, written by hand; its one shared string is “shared”."""
    whole = workbook([["shared"]])
    content = parts(whole)[SHEET].decode()
    start, end = content.index("<sheetData>") + 11, content.index("</sheetData>")
    return packed(parts(whole) | {SHEET: f"{content[:start]}{xml}{content[end:]}".encode()})
