"""Tracker workbooks as people send them back: downloaded, and some cells filled in."""

import io
import re
import zipfile
from datetime import date
from typing import Any
from xml.sax.saxutils import escape

from management.models import User
from plans.models import Plan
from plans.services import exports
from plans.services.tracker import seal
from plans.tracker.columns import COLUMNS, Name
from plans.tracker.writing import EPOCH, write

SHEET = "xl/worksheets/sheet1.xml"


def downloaded(user: User, plan: Plan, keys: Any = None) -> bytes:
    """The workbook as the person downloads it now."""
    out = io.BytesIO()
    write(out, exports.plan_file(user=user, plan=plan, keys=keys), seal)
    return out.getvalue()


def letter(name: str) -> str:
    """The letter of a column of a plan's tracker, where the area's words go by status."""
    names = [c.name for c in COLUMNS if c.name not in {Name.PLAN, Name.STANDS}]
    return chr(65 + names.index(Name(name)))


def filled(data: bytes, *rows: dict[str, Any], below: int = 1) -> bytes:
    """The workbook with cells filled in, by the names of columns: in the first row below the
    headings, in the second, and so on."""

    def fill(xml: str) -> str:
        for number, cells in enumerate(rows, below + 1):
            for name, value in cells.items():
                xml = put(xml, f"{letter(name)}{number}", number, value)
        return xml

    return redone(data, SHEET, fill)


def put(xml: str, place: str, row: int, value: Any) -> str:
    """The sheet with that cell written anew, at the end of its row."""
    xml = re.sub(rf'<c r="{place}"[^>]*?(?:/>|>.*?</c>)', "", xml, flags=re.DOTALL)
    if value is None:
        return xml
    if isinstance(value, date):
        # The third style of our workbook is that of days.
        style = re.search(r'<c r="[FG]\d+" s="(\d+)"><v>', xml)
        assert style is not None
        cell = f'<c r="{place}" s="{style[1]}"><v>{value.toordinal() - EPOCH}</v></c>'
    elif isinstance(value, int | float):
        cell = f'<c r="{place}"><v>{value}</v></c>'
    else:
        cell = f'<c r="{place}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    end = xml.index("</row>", xml.index(f'<row r="{row}"'))
    return f"{xml[:end]}{cell}{xml[end:]}"


def redone(data: bytes, part: str, change: Any) -> bytes:
    """The file with one of its parts changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == part:
                content = change(content.decode()).encode()
            new.writestr(name, content)
    return out.getvalue()
