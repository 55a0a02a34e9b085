"""Which files may be kept, and handed on to others: decided by their content, not by their name.

What runs is refused, and so is what reaches out of the file when it is opened, or hides another
file in itself. A PDF is looked through without a parser: of what is packed in it, the objects that
say what it does are read, its pages are not. Files are only ever handed out as downloads.
"""

import io
import re
import unicodedata
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any
from urllib.parse import urlsplit

from defusedxml.ElementTree import ParseError, fromstring
from PIL import Image

from management.uploads import (
    EXCEL_FILE,
    MAX_BYTES,
    MAX_UNPACKED,
    MB,
    OLE,
    POWERPOINT_FILE,
    WORD_FILE,
    BadFile,
    Kind,
    check_office,
    check_size,
    text_of,
)

OFFICE_FILES = (WORD_FILE, EXCEL_FILE, POWERPOINT_FILE)
PDF, PICTURE = Kind("PDF", ".pdf"), Kind("picture", ".png")
TEXTS = {".csv": "text/csv; charset=utf-8", ".txt": "text/plain; charset=utf-8"}
# What names a file of that kind may have; a picture may be called by the other one's ending.
ENDINGS: dict[str, tuple[str, ...]] = {
    PDF.name: (".pdf",),
    PICTURE.name: (".png", ".jpg", ".jpeg", ".jfif"),
    **{kind.name: (kind.ending,) for kind in OFFICE_FILES},
}
TAKEN = (
    "You can add a PDF, a picture (PNG or JPEG), a Word, Excel or PowerPoint file (.docx, .xlsx, "
    f".pptx) or a text (.txt, .csv in UTF-8), of at most {MAX_BYTES // MB} MB."
)
ACCEPT = ",".join([*(e for endings in ENDINGS.values() for e in endings), *TEXTS])
LONGEST_NAME = 200
MAX_PIXELS = 64_000_000  # the largest pictures that phones take, with room
MAX_SEEN = 20 * MB  # of the packed objects of a PDF
PDF_END = 2048  # bytes from its end within which a PDF says where it begins
# How other files begin that people choose, and what runs.
RUNS = (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe")
OTHERS = {
    **dict.fromkeys(RUNS, "a program"),
    b"GIF8": "a GIF picture",
    b"BM": "a BMP picture",
    b"II*\x00": "a TIFF picture",
    b"MM\x00*": "a TIFF picture",
    b"{\\rtf": "a Rich Text file",
    b"Rar!": "a packed folder",
    b"7z\xbc\xaf": "a packed folder",
    b"\x1f\x8b": "a packed file",
}
HEIC = {b"heic", b"heix", b"mif1", b"msf1"}
# Pictures of so many points are refused below, with a sentence.
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)
_ESCAPED = re.compile(rb"#([0-9a-fA-F]{2})")
_ACTS = re.compile(rb"/(?:JavaScript|JS|Launch|RichMedia|EmbeddedFiles?)(?![A-Za-z0-9])")
_LOCKED = re.compile(rb"/Encrypt\s*(?:\d+\s+\d+\s+R|<<)")
_BEGINS = re.compile(rb"startxref\s+(\d{1,10})\s+%%EOF\s*")
_TABLE = re.compile(rb"\s*(?:xref\b|\d+\s+\d+\s+obj\b)")


@dataclass(frozen=True)
class Attachment:
    """A file that was looked into: its name, its type as its content says, and its bytes."""

    name: str
    media_type: str
    data: bytes


def take(name: str, size: int, read: Any) -> Attachment:
    """The file, once its content is known to be of a kind that may be kept; `read` gives its bytes.

    Raises BadFile with a sentence that names the file, says why, and what would be taken.
    """
    name = clean_name(name)
    try:
        if size > MAX_BYTES:  # said without reading it
            check_size(size, "Make it smaller, or give a link to where it is kept.")
        data: bytes = read()
        return Attachment(name, _type_of(name, data), data)
    except BadFile as error:
        raise BadFile(f"“{name}” was not taken. {error} {TAKEN}") from error


def clean_name(name: str) -> str:
    """The name without folders and without signs that nobody sees; its ending stays."""
    name = name.replace("\\", "/").rsplit("/", 1)[-1]
    seen = "".join(" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in name)
    seen = " ".join(seen.split()).strip(". ") or "file"
    ending = PurePath(seen).suffix[:20]
    return seen.removesuffix(ending)[: LONGEST_NAME - len(ending)] + ending


def _type_of(name: str, data: bytes) -> str:
    if data.startswith(b"%PDF-"):
        _check_pdf(data)
        _check_name(name, PDF.name)
        return "application/pdf"
    if data.startswith((b"\x89PNG", b"\xff\xd8\xff")):
        media_type = _check_picture(data)
        _check_name(name, PICTURE.name)
        return media_type
    if data.startswith((b"PK\x03\x04", OLE)):
        kind = check_office(data, OFFICE_FILES)
        _check_inside(data)
        _check_name(name, kind.name)
        return kind.main_type.removesuffix(".main+xml")
    return _check_text(name, data)


def _check_name(name: str, kind: str) -> None:
    """Whoever opens the file later goes by its name."""
    if not name.lower().endswith(endings := ENDINGS[kind]):
        article = "an" if kind[0] in "AEIOU" else "a"
        raise BadFile(f"It is {article} {kind}, so its name should end in {endings[0]}.")


def _check_text(name: str, data: bytes) -> str:
    """A text is what can be read as one; what cannot is named where it is known."""
    try:
        if data.decode("utf-8-sig").lstrip().startswith("<"):
            raise BadFile("It is a web page, a drawing (SVG) or other XML, which can run.")
        text_of(data)
    except UnicodeDecodeError as error:
        if b"\x00" in data:
            raise BadFile(_other(data)) from error
        raise BadFile("It is a text that is not in UTF-8. Save it as “CSV UTF-8”.") from error
    except BadFile as error:
        raise BadFile(_other(data) if b"\x00" in data else str(error)) from error
    ending = PurePath(name).suffix.lower()
    if ending not in TEXTS:
        raise BadFile("It is a text, so its name should end in .txt or .csv.")
    return TEXTS[ending]


def _other(data: bytes) -> str:
    if data[4:8] == b"ftyp":
        if data[8:12] in HEIC:
            return "It is a picture in HEIC. Save it as JPEG, or set the camera to do so."
        return "It is a film or a sound."
    what = next((what for start, what in OTHERS.items() if data.startswith(start)), "")
    return f"It is {what}." if what else "It is of another kind."


def _check_picture(data: bytes) -> str:
    """Its type. A picture that is cut off, or larger than any camera's, is refused undrawn."""
    try:
        image = Image.open(io.BytesIO(data), formats=["PNG", "JPEG"])
        width, height = image.size
        if width * height <= MAX_PIXELS:
            image.verify()
    except Image.DecompressionBombError:
        width = height = MAX_PIXELS
    except Exception as error:  # Pillow raises whatever its readers do
        raise BadFile("The picture is damaged.") from error
    if width * height > MAX_PIXELS:
        most = MAX_PIXELS // 1_000_000
        raise BadFile(f"The picture has more than {most} million points: make it smaller.")
    if data.startswith(b"\x89PNG"):
        return "image/png"
    # Pillow does not look at a JPEG's end: after the last begin of its points comes a mark.
    if data.rfind(b"\xff\xd9") < data.rfind(b"\xff\xda"):
        raise BadFile("The picture is cut off.")
    return "image/jpeg"


# --- what is in an Office file -------------------------------------------------------------------


def _check_inside(data: bytes) -> None:
    """No part of it is a program, an object of an old Office, or loads something from elsewhere.

    The workbooks behind charts are Office files themselves and are looked into in the same way.
    """
    waiting, left = [data], MAX_UNPACKED
    while waiting:
        with zipfile.ZipFile(io.BytesIO(waiting.pop())) as archive:
            for member in archive.infolist():
                with archive.open(member) as part:
                    start = part.read(8)
                if start.startswith((OLE, *RUNS)):
                    raise BadFile(
                        "Another file is embedded in it, which could run. Take it out, or save "
                        "the whole as a PDF."
                    )
                if start.startswith(b"PK"):
                    inner = archive.read(member)
                    left -= _unpacked(inner)
                    if left < 0:
                        raise BadFile("The files embedded in it are too large: take them out.")
                    waiting.append(_checked(inner))
                if member.filename.lower().endswith(".rels"):
                    _check_links(archive.read(member))


def _checked(inner: bytes) -> bytes:
    try:
        check_office(inner, OFFICE_FILES)
    except BadFile as error:
        raise BadFile(f"Another file is embedded in it. {error}") from error
    return inner


def _unpacked(data: bytes) -> int:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise BadFile("A file that is embedded in it is damaged: take it out.") from error


def _check_links(data: bytes) -> None:
    """A hyperlink waits for a click. Where the template lies, and other workbooks, is a `file:`."""
    try:
        links = list(fromstring(data))
    except ParseError as error:
        raise BadFile("The file is damaged.") from error
    for link in links:
        if link.get("TargetMode") != "External" or link.get("Type", "").endswith("/hyperlink"):
            continue
        try:
            scheme = urlsplit(link.get("Target", "")).scheme
        except ValueError:
            scheme = "odd"
        if len(scheme) > 1 and scheme.lower() != "file":  # C:\ is a place too
            raise BadFile(
                "It loads something from another address when it is opened. Save it as a PDF."
            )


# --- what a PDF does -----------------------------------------------------------------------------


def _check_pdf(data: bytes) -> None:
    again = "Print it to a new PDF and add that."
    ends = list(_BEGINS.finditer(data, max(len(data) - PDF_END, 0)))
    if not ends or not _TABLE.match(data, int(ends[-1][1])):
        raise BadFile(f"The PDF is damaged or not complete. {again}")
    said = b"\n".join(_said(data))
    if _LOCKED.search(said):
        raise BadFile(f"The PDF is protected, so nobody can say what is in it. {again}")
    if _ACTS.search(_ESCAPED.sub(lambda sign: bytes([int(sign[1], 16)]), said)):
        raise BadFile(f"The PDF runs a script or has another file in itself. {again}")


def _said(data: bytes) -> Iterator[bytes]:
    """Its objects, packed or not, without the streams that draw its pages."""
    at, left = 0, MAX_SEEN
    # Looked for one by one: an expression would begin anew at every stream that has no end.
    while (start := data.find(b"stream", at)) >= 0 and (end := data.find(b"endstream", start)) >= 0:
        before, stream = data[at:start], data[start + 6 : end].lstrip(b"\r\n")
        yield before
        at = end + 9
        if b"/ObjStm" in before[max(before.rfind(b"obj"), 0) :]:
            with suppress(zlib.error):  # not packed, or damaged: looked through as it is
                stream = zlib.decompressobj().decompress(stream, left + 1)
            left -= len(stream)
            if left < 0:
                raise BadFile("The PDF is too large when unpacked.")
            yield stream
    yield data[at:]
