"""What an uploaded file really is, decided by its structure before any parser sees it.

A zip's own directory lies as easily as a file name does: sizes are counted while unpacking, members
may not overlap (CPython's own check came with 3.11.8), and no XML may bring a document type.
Objects embedded in a document, and links out of it, are let through: such a file is read for its
text alone, and is neither kept nor handed to anybody.
"""

import codecs
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

MAX_BYTES = 10 * 1024 * 1024
MAX_MEMBERS = 2_000
MAX_UNPACKED = 100 * 1024 * 1024
MAX_XML = 20 * 1024 * 1024  # one part: a parser needs ten times as much memory
MAX_LISTS = 1024 * 1024  # one list of parts or links: each entry becomes several objects
MAX_RATIO = 200  # of members above RATIO_FROM; real Word files stay below 30
RATIO_FROM = 1024 * 1024
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
OFFICE = "application/vnd.openxmlformats-officedocument."
TYPES = "[Content_Types].xml"
ACTIVE = (b"macroEnabled", b"macrosheet", b"vbaProject", b"ms-office.activeX")
STRICT = b"http://purl.oclc.org/ooxml/"
PACKINGS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
ENCODINGS = {b"utf-8", b"us-ascii", b"ascii"}
MB = 1024 * 1024


class BadFile(ValueError):
    """The file is refused; the sentence says why, and what to do."""


@dataclass(frozen=True)
class Kind:
    """A kind of file: its name for people, its ending, and what makes it an Office file.

    `most_marks` are signs “<” in all XML of a file that its reader can be given.
    """

    name: str
    ending: str
    program: str = ""
    main_type: str = ""
    most_marks: int = 0

    def __str__(self) -> str:
        return f"{self.name} ({self.ending})"

    @property
    def a(self) -> str:
        return f"{'an' if self.name[0] in 'AEIOU' else 'a'} {self}"

    @property
    def again(self) -> str:
        return f"Open it in {self.program} and save it again."


# A Word document of 200 pages has about 160,000 marks.
WORD_FILE = Kind(
    "Word document", ".docx", "Word", f"{OFFICE}wordprocessingml.document.main+xml", 300_000
)
# 50,000 rows of eighteen cells that are formatted and empty.
EXCEL_FILE = Kind(
    "Excel workbook", ".xlsx", "Excel", f"{OFFICE}spreadsheetml.sheet.main+xml", 1_000_000
)
# A slide of text and shapes has about 5,000 marks.
POWERPOINT_FILE = Kind(
    "PowerPoint presentation",
    ".pptx",
    "PowerPoint",
    f"{OFFICE}presentationml.presentation.main+xml",
    1_000_000,
)
CSV_FILE = Kind("CSV file", ".csv")
# How other files begin, or what their types say.
BEGINNINGS = {
    b"%PDF-": "a PDF",
    b"{\\rtf": "a Rich Text file",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
}
OTHERS = {
    f"{OFFICE}wordprocessingml.document.main+xml": "a Word document",
    f"{OFFICE}wordprocessingml.template.main+xml": "a Word template",
    f"{OFFICE}spreadsheetml.sheet.main+xml": "an Excel workbook",
    POWERPOINT_FILE.main_type: "a PowerPoint presentation",
}
_MARKED = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_PAGE = re.compile(r"\s*<(?:!doctype|html|head|body|table|\?xml|!--)", re.IGNORECASE)
_ENCODING = re.compile(rb"""^\s*<\?xml[^>]*?\bencoding\s*=\s*["']([^"']*)["']""")
# Whatever the encoding: two-byte ones are let through in parts that no parser sees.
_DECLARATIONS = [
    mark.encode(encoding)
    for mark in ("<!DOCTYPE", "<!ENTITY")
    for encoding in ("utf-8", "utf-16-le", "utf-16-be")
]


def check_word(data: bytes) -> None:
    """Raise BadFile unless the bytes are a plain Word document (.docx) that is safe to parse."""
    check_office(data, [WORD_FILE])


def check_excel(data: bytes) -> None:
    """Raise BadFile unless the bytes are a plain Excel workbook (.xlsx) that is safe to parse."""
    check_office(data, [EXCEL_FILE])


def check_table(
    data: bytes, kinds: Sequence[Kind] = (WORD_FILE, EXCEL_FILE, CSV_FILE), most: int = MAX_BYTES
) -> Kind:
    """Which kind of file with tables it is: Word, Excel or CSV, whatever its name is.

    `most` is of bytes, for CSV. Raises BadFile for any other kind, and for one that is not safe to
    parse.
    """
    if data.startswith((b"PK\x03\x04", OLE)):
        return check_office(data, kinds)
    check_size(len(data), "Part it.", most)
    text_of(data, kinds)
    return CSV_FILE


def text_of(data: bytes, kinds: Sequence[Kind] = (CSV_FILE,)) -> str:
    """What a text file says: in UTF-8, in UTF-16 with its mark, else in Windows-1252.

    Raises BadFile for what is no text, and for a web page; `kinds` are what is wanted instead.
    """
    if not data:
        raise BadFile("The file is empty.")
    if what := _beginning(data):
        raise BadFile(f"This is {what}, not {_any(kinds)}.")
    said = next((codec for mark, codec in _MARKED.items() if data.startswith(mark)), "")
    text = before = ""
    for codec in [said] if said else ["utf-8", "cp1252"]:
        try:
            text = data.decode(codec)
            break
        except UnicodeDecodeError as error:
            before = data[: error.start].decode(codec, errors="replace")
    else:
        raise BadFile(_no_text(before, kinds))
    if odd := _CONTROL.search(text):
        raise BadFile(_no_text(text[: odd.start()], kinds))
    if _PAGE.match(text[:1000]):
        raise BadFile(f"This is a web page, not {_any(kinds)}. Open it in Excel and save it so.")
    return text


def _no_text(before: str, kinds: Sequence[Kind]) -> str:
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    return (
        f"The file is no text: in line {line:,}, what stands in place {column:,} is no letter. "
        f"Save it as {_any(kinds)}; CSV is best saved as “CSV UTF-8”."
    )


def check_size(
    size: int, remedy: str = "Take large pictures out of it.", most: int = MAX_BYTES
) -> None:
    """Raise BadFile for a file of more bytes than are read at all."""
    if size > most:
        raise BadFile(
            f"The file has {max(size / MB, most / MB + 0.1):.1f} MB; at most "
            f"{most // MB} MB can be read. {remedy}"
        )


def _any(kinds: Sequence[Kind]) -> str:
    """“a Word document (.docx) or an Excel workbook (.xlsx)”."""
    named = [kind.a for kind in kinds]
    return " or ".join(filter(None, [", ".join(named[:-1]), named[-1]]))


def _beginning(data: bytes) -> str:
    """What it is by how it begins: people are told what they have chosen."""
    return next((name for start, name in BEGINNINGS.items() if data.startswith(start)), "")


def check_office(data: bytes, kinds: Sequence[Kind]) -> Kind:
    """Which of the kinds it is. Those without a type of their own are named in refusals alone.

    Raises BadFile for any other, and for one that is not safe to parse.
    """
    wanted = _any(kinds)
    again = f"Open it in {' or '.join(k.program for k in kinds if k.program)} and save it again."
    if not data:
        raise BadFile("The file is empty.")
    check_size(len(data))
    if data.startswith(OLE):
        if ENCRYPTED in data:
            raise BadFile("The file is protected with a password. Save it without one.")
        raise BadFile(f"This is a file of an old Office. Save it as {wanted}.")
    if not data.startswith(b"PK\x03\x04"):
        what = _beginning(data)
        raise BadFile(f"This is {what}, not {wanted}." if what else f"This is not {wanted}.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_members(archive, data, again)
            kind = _check_types(archive, kinds)
            _check_parts(archive, kind)
            return kind
    except BadFile:
        raise
    # ValueError: a name that is not text, or a place before the beginning.
    except (
        *(zipfile.BadZipFile, zlib.error, struct.error),
        *(EOFError, OSError, RuntimeError, ValueError),
    ) as error:
        raise BadFile(f"The file is damaged. {again}") from error


def _check_members(archive: zipfile.ZipFile, data: bytes, again: str) -> None:
    """Names, number and places of the members, and their sizes as the directory tells them."""
    members = archive.infolist()
    if len(members) > MAX_MEMBERS:
        raise BadFile(f"The file has {len(members):,} parts, more than any document needs.")
    if len({member.filename.lower() for member in members}) < len(members):
        raise BadFile(f"The file has two parts of the same name. {again}")
    for member in members:
        name = member.filename
        if name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/"):
            raise BadFile("A part of the file would be unpacked outside its folder: refused.")
        if member.flag_bits & 0x1:
            raise BadFile("The file is protected with a password. Save it without one.")
        if member.compress_type not in PACKINGS:
            raise BadFile(f"The file is packed in an unusual way. {again}")
        if member.file_size > RATIO_FROM and member.file_size > MAX_RATIO * member.compress_size:
            raise BadFile("A part of the file swells too much when unpacked: refused.")
    if sum(member.file_size for member in members) > MAX_UNPACKED:
        raise BadFile("The file is too large when unpacked. Take large pictures out of it.")
    _check_places(archive, data)


def _check_places(archive: zipfile.ZipFile, data: bytes) -> None:
    """Every member has bytes of its own, before the directory."""
    limit = archive.start_dir
    for member in sorted(archive.infolist(), key=lambda m: m.header_offset, reverse=True):
        name, extra = struct.unpack_from("<HH", data, member.header_offset + 26)
        if member.header_offset + 30 + name + extra + member.compress_size > limit:
            raise BadFile("Parts of the file overlap: refused.")
        limit = member.header_offset


def _check_types(archive: zipfile.ZipFile, kinds: Sequence[Kind]) -> Kind:
    """What the file says that it is, and that it says nothing of macros."""
    names = archive.namelist()
    if TYPES not in names:
        first = archive.read("mimetype")[:100] if "mimetype" in names else b""
        what = "an OpenDocument file" if b"opendocument" in first else "a zip file"
        raise BadFile(f"This is {what}, not {_any(kinds)}.")
    types = b"".join(_blocks(archive, archive.getinfo(TYPES), MAX_XML))
    active = any(mark in types for mark in ACTIVE)
    if active or any("vbaproject" in name.lower() for name in names):
        raise BadFile(
            f"The file has macros or ActiveX controls. Save it without, as {_any(kinds)}."
        )
    said = [kind for kind in kinds if kind.main_type and kind.main_type.encode() in types]
    if not said:
        what = next((name for type_, name in OTHERS.items() if type_.encode() in types), "")
        raise BadFile(f"This is {what or 'an Office file'}, not {_any(kinds)}.")
    kind = said[0]
    if "_rels/.rels" not in names:
        raise BadFile(f"The file is damaged. {kind.again}")
    if STRICT in b"".join(_blocks(archive, archive.getinfo("_rels/.rels"), MAX_XML)):
        raise BadFile(f"This is a Strict Open XML file. Save it as an ordinary {kind}.")
    return kind


def _check_parts(archive: zipfile.ZipFile, kind: Kind) -> None:
    """Every member is read to its end, with a limit that does not trust the directory."""
    left, marks = MAX_UNPACKED, 0
    for member in archive.infolist():
        name = member.filename.lower()
        said = name.endswith((".xml", ".rels", ".vml"))
        check: _Xml | None = None
        for place, block in enumerate(_blocks(archive, member, left)):
            left -= len(block)
            if place == 0 and (said or _looks_like_xml(block)):
                # Data of other programs; Word writes some of it in UTF-16.
                most = MAX_LISTS if name.endswith((".rels", TYPES.lower())) else MAX_XML
                check = _Xml(name.startswith("customxml/"), most, kind.again)
            if check:
                check.take(block)
                marks += block.count(b"<")
            if marks > kind.most_marks:
                raise BadFile(
                    f"The text of the file is in more than {kind.most_marks:,} pieces: refused. "
                    f"Copy what is needed into a new {kind.name.split()[-1]}."
                )
        if check:
            check.end()


def _looks_like_xml(block: bytes) -> bool:
    """Whether a parser could take it for XML, whatever its name says."""
    return block[:200].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")[:1] == b"<"


class _Xml:
    """Looks through one part, block by block: in UTF-8, not too long, without a document type."""

    def __init__(self, foreign: bool, most: int, again: str) -> None:
        self.foreign, self.most, self.again = foreign, most, again
        self.decoder: codecs.IncrementalDecoder = codecs.getincrementaldecoder("utf-8")()
        self.size = 0
        self.tail = b""

    def take(self, block: bytes) -> None:
        if not self.size:
            declared = _ENCODING.match(block.removeprefix(codecs.BOM_UTF8))
            if declared and declared[1].lower() not in ENCODINGS:
                self.foreign = self.foreign and declared[1].lower() == b"utf-16"
                self.check_foreign()
        self.size += len(block)
        if self.size > self.most:
            raise BadFile("The text of the file is too long when unpacked: refused.")
        try:
            if "\x00" in self.decoder.decode(block):
                self.check_foreign()
        except UnicodeDecodeError:
            self.check_foreign()
        if any(mark in self.tail + block for mark in _DECLARATIONS):
            raise BadFile("A part of the file declares a document type, which no Office does.")
        self.tail = block[-32:]

    def end(self) -> None:
        try:
            self.decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            self.check_foreign()

    def check_foreign(self) -> None:
        if not self.foreign:
            raise BadFile(f"A part of the file is not written in UTF-8. {self.again}")
        self.decoder = codecs.getincrementaldecoder("latin-1")()  # nothing more to find


def _blocks(archive: zipfile.ZipFile, member: zipfile.ZipInfo, most: int) -> Iterator[bytes]:
    with archive.open(member) as part:
        while block := part.read(256 * 1024):
            most -= len(block)
            if most < 0:
                raise BadFile("The file is too large when unpacked: refused.")
            yield block
