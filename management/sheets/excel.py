"""Excel workbooks: what their cells say, sheet by sheet, in one pass over each part of the file.

openpyxl's own reader is not used here. In its read-only mode it believes the size that a sheet
claims to have, gives neither merged cells nor hidden rows, cannot tell a formula without a value
from an empty cell, and makes an object of each style and name: whoever chooses the file could keep
it busy for minutes. Its knowledge of number formats and of days is used in `formats`.
"""

import io
import posixpath
import zipfile
from collections.abc import Iterator
from typing import Any

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, iterparse

from management.sheets import formats
from management.sheets.content import MOST_SHEETS, STAMP, Book, Limits, Meter, quoted, some, upper
from management.sheets.worksheet import (
    DAMAGED,
    MAIN,
    TRUE,
    Parts,
    Style,
    is_struck,
    read_sheet,
    text_in,
)
from management.uploads import EXCEL_FILE, BadFile

LINKS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
LONGEST_NAME = 31  # of a sheet; Excel has no longer ones
MOST_STYLES = 65_536  # Excel has no more
THREADED = "[Threaded comment]"  # what old programs are told of it stands before its words
HIDDEN = {"hidden": "hidden", "veryHidden": "very hidden"}


def read(data: bytes, name: str, most: Limits | None = None) -> Book:
    """The sheets of a workbook that people see, and the `STAMP`.

    Of formulas it is their value that is read. The file must have passed `check_excel`. Raises
    BadFile for one that is broken all the same, and beyond the limits.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _Workbook(archive, most or Limits()).book(name)
    except BadFile:
        raise
    except (ParseError, DefusedXmlException, KeyError, ValueError) as error:
        raise BadFile(DAMAGED) from error


class _Workbook:
    """The parts of the file that its sheets need: where they are, their strings and styles."""

    def __init__(self, archive: zipfile.ZipFile, most: Limits) -> None:
        self.archive = archive
        self.names = {name.lower(): name for name in archive.namelist()}
        self.parts = Parts(meter=Meter(most))
        self.notes: list[str] = []
        self.comments: list[str] = []

    def book(self, name: str) -> Book:
        main = next((to for kind, to in self.links("").values() if kind == "officeDocument"), "")
        links = self.links(main)
        listed: list[tuple[str, str, str]] = []
        for element in self.elements(main):
            if element.tag == f"{MAIN}workbookPr":
                self.parts.mac = element.get("date1904", "") in TRUE
            elif element.tag == f"{MAIN}sheet":
                listed.append(
                    (element.get("name", ""), element.get("state", ""), element.get(LINK, ""))
                )
        if len(listed) > MOST_SHEETS:
            raise BadFile(
                f"The file has {len(listed):,} sheets; at most {MOST_SHEETS} are read. Keep those "
                "that are needed."
            )
        shared = dict(reversed(links.values()))  # one part of a kind is read, and once
        if "sharedStrings" in shared:
            self.parts.strings = list(self.texts(shared["sharedStrings"]))
        if "styles" in shared:
            self.parts.styles = list(self.formats(shared["styles"]))
        sheets, seen = [], set()
        for title, state, link in listed:
            kind, target = links.get(link, ("", ""))
            title = " ".join(title.split())
            place = f"sheet {quoted(title, LONGEST_NAME)}"
            if kind != "worksheet":
                self.notes.append(f"{upper(place)} is not read: it has no cells.")
                continue
            hidden = HIDDEN.get(state, "")
            if hidden and title != STAMP:
                self.notes.append(
                    f"{upper(place)} is {hidden}, so it is not read. If it is wanted, show it in "
                    "Excel and send the file again."
                )
                continue
            if target.lower() in seen:
                raise BadFile(f"{upper(place)} is another sheet too. {DAMAGED}")
            seen.add(target.lower())
            with self.archive.open(self.names[target.lower()]) as source:
                sheets.append(read_sheet(source, self.parts, title, place, hidden))
            self.comments += self.remarks(target, place)
        self.notes += some(self.comments, "comment", "comments")
        return Book(name, EXCEL_FILE, tuple(sheets), tuple(self.notes))

    def elements(self, part: str, *inner: str) -> Iterator[Any]:
        """The elements of a part as they end. Those named `inner` stay in what they stand in."""
        with self.archive.open(self.names[part.lower()]) as source:
            for _, element in iterparse(source, forbid_dtd=True):
                yield element
                if element.tag not in inner:
                    element.clear()

    def links(self, part: str) -> dict[str, tuple[str, str]]:
        """What a part points to: the last word of the kind, and the part, by the link's name."""
        folder, name = posixpath.split(part)
        listed = posixpath.join(folder, "_rels", f"{name}.rels")
        found = {}
        if listed.lower() in self.names:
            for element in self.elements(listed):
                if element.tag == f"{LINKS}Relationship" and element.get("TargetMode") is None:
                    kind = element.get("Type", "").rpartition("/")[2]
                    target = posixpath.normpath(posixpath.join(folder, element.get("Target", "")))
                    found[element.get("Id", "")] = kind, target.lstrip("/")
        return found

    def texts(self, part: str) -> Iterator[tuple[str, str]]:
        """The shared texts, each with what is struck through of it."""
        inner = (f"{MAIN}{name}" for name in ("t", "r", "rPr", "strike"))
        for element in self.elements(part, *inner):
            if element.tag == f"{MAIN}si":
                yield text_in(element)

    def remarks(self, part: str, place: str) -> Iterator[str]:
        """What is said of each comment on a cell of a sheet: it is not read."""
        listed = [to for kind, to in self.links(part).values() if kind == "comments"]
        inner = (f"{MAIN}{name}" for name in ("text", "t", "r", "rPr", "strike"))
        for element in self.elements(listed[0], *inner) if listed else ():
            if element.tag == f"{MAIN}comment":
                text, _ = text_in(next(element.iterfind(f"{MAIN}text"), element))
                text = text.rpartition("Comment:")[2] if text.startswith(THREADED) else text
                cell = element.get("ref", "")[:LONGEST_NAME]
                yield f"{upper(place)}, cell {cell}: a comment is not read: {quoted(text.strip())}."

    def formats(self, part: str) -> Iterator[Style]:
        """How the cells of each style show their numbers, and how they look."""
        codes: dict[str, str] = {}
        fills: list[bool] = []
        fonts: list[bool] = []
        styles: list[tuple[str, str, str]] = []
        inner = (f"{MAIN}{name}" for name in ("patternFill", "fgColor", "strike"))
        for element in self.elements(part, *inner):
            if element.tag == f"{MAIN}numFmt":
                codes[element.get("numFmtId", "")] = element.get("formatCode", "")
            elif element.tag == f"{MAIN}fill":
                fills.append(_is_colour(element))
            elif element.tag == f"{MAIN}font":
                fonts.append(is_struck(element))
            elif element.tag == f"{MAIN}xf":
                names = ("numFmtId", "fillId", "fontId")
                number, fill, font = (element.get(name, "0") for name in names)
                styles.append((number, fill, font))
                if len(styles) > MOST_STYLES:
                    raise BadFile(DAMAGED)
            elif element.tag == f"{MAIN}cellStyleXfs":
                styles.clear()  # those of named styles, not of cells
        for number, fill, font in styles:
            code, place = codes.get(number) or formats.builtin(int(number)), int(fill)
            look = int(font)
            # The first two fills are nothing and a pattern that no cell has.
            coloured = 1 < place < len(fills) and fills[place]
            yield Style(code, coloured, 0 <= look < len(fonts) and fonts[look])


def _is_colour(fill: Any) -> bool:
    """Whether a fill is to be seen on white paper."""
    pattern = fill.find(f"{MAIN}patternFill")
    if pattern is None:
        return len(fill) > 0  # a gradient
    colour = pattern.find(f"{MAIN}fgColor")
    white = colour is not None and (
        colour.get("rgb", "").upper().endswith("FFFFFF")
        or (colour.get("theme") == "0" and not colour.get("tint"))
        or colour.get("indexed") in {"9", "64"}
    )
    return pattern.get("patternType", "none") != "none" and not white
