"""What is refused before a parser sees it, and the sentence that says why."""

import functools
import hashlib
import io
import struct
import time
import zipfile
from collections.abc import Callable

import pytest
import xlsxwriter
from docx import Document
from hypothesis import given
from hypothesis import strategies as st

from management.uploads import (
    CSV_FILE,
    EXCEL_FILE,
    MAX_BYTES,
    MAX_MEMBERS,
    WORD_FILE,
    BadFile,
    check_excel,
    check_size,
    check_table,
    check_word,
)

WORD = "Word document (.docx)"
AGAIN = "Open it in Word and save it again."
TYPES = "[Content_Types].xml"
MAIN = "word/document.xml"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def word() -> bytes:
    out = io.BytesIO()
    document = Document()
    document.add_paragraph("Text")
    document.save(out)
    return out.getvalue()


@functools.cache
def members() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(word())) as whole:
        return {name: whole.read(name) for name in whole.namelist()}


def packed(
    changes: dict[str, bytes] | None = None, without: str = "", how: int = zipfile.ZIP_DEFLATED
) -> bytes:
    """The document with other or more members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as made:
        for name, content in (members() | (changes or {})).items():
            if name != without:
                made.writestr(name, content)
    return out.getvalue()


def retyped(old: str, new: str) -> bytes:
    return packed({TYPES: members()[TYPES].replace(old.encode(), new.encode())})


def excel() -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        book.add_worksheet()
    return out.getvalue()


def opendocument() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        made.writestr("content.xml", "<a/>")
    return out.getvalue()


def archive(name: str = "evil.exe") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr(name, b"MZ")
    return out.getvalue()


def named(name: str) -> bytes:
    """A member of that name, which zipfile itself would not write."""
    data = packed({"word/" + "x" * (len(name) - 5): b"x"})
    return data.replace(b"word/" + b"x" * (len(name) - 5), name.encode())


def twice() -> bytes:
    return packed({"word/documenT.xml": b"<a/>"})


def locked() -> bytes:
    """Every member of the zip itself is marked as encrypted."""
    data = bytearray(word())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + place] |= 1
            at = data.find(mark, at + 4)
    return bytes(data)


def overlapping() -> bytes:
    """The directory has one more member, which lies in the bytes of another."""
    data = word()
    end = data.rfind(b"PK\x05\x06")
    count, size, start = struct.unpack_from("<HII", data, end + 10)
    first = data[start:end]
    name = struct.unpack_from("<H", first, 28)[0]
    entry = bytearray(first[: 46 + name])
    entry[30:34] = bytes(4)  # no extra field and no comment
    entry[46:47] = b"x"
    tail = struct.pack(
        "<4s4H2IH", b"PK\x05\x06", 0, 0, count + 1, count + 1, size + len(entry), start, 0
    )
    return data[:end] + bytes(entry) + tail


def lying() -> bytes:
    """A member whose declared size is smaller than what it unpacks to."""
    data = bytearray(packed({"word/media/a.png": bytes(500_000)}))
    name = b"word/media/a.png"
    for at, field in ((data.find(name) - 30, 22), (data.rfind(name) - 46, 24)):
        struct.pack_into("<I", data, at + field, 1000)
    return bytes(data)


def misnamed() -> bytes:
    """A name in the directory that says it is UTF-8, and is not."""
    data = bytearray(word())
    at = data.find(b"PK\x01\x02")
    data[at + 9] |= 0x08
    data[at + 46] = 0xFF
    return bytes(data)


def before_the_beginning() -> bytes:
    """A directory that begins before the file does."""
    data = bytearray(word())
    struct.pack_into("<I", data, data.rfind(b"PK\x05\x06") + 12, len(data))
    return bytes(data)


def cut() -> bytes:
    return word()[:-300]


def broken() -> bytes:
    data = bytearray(word())
    at = data.find(MAIN.encode()) + len(MAIN) + 20
    data[at : at + 20] = bytes(20)
    return bytes(data)


def random_bytes(count: int) -> bytes:
    return hashlib.shake_256(b"").digest(count)


DOCUMENT = members()[MAIN]
DTD = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
NO_UTF8 = f"A part of the file is not written in UTF-8. {AGAIN}"
DECLARED = "A part of the file declares a document type, which no Office does."
OUTSIDE = "A part of the file would be unpacked outside its folder: refused."
ACTIVE = f"The file has macros or ActiveX controls. Save it without, as a {WORD}."
LOCKED = "The file is protected with a password. Save it without one."
DAMAGED = f"The file is damaged. {AGAIN}"
MAIN_TYPE = "wordprocessingml.document.main+xml"
NOISE = b"<!--" + random_bytes(10_000).hex().encode() + b"--></a>"  # hard to pack
PIECES = (
    "The text of the file is in more than 300,000 pieces: refused. Copy what is needed into a new "
    "document."
)
REFUSED = {
    "empty": (b"", "The file is empty."),
    "50 MB": (
        b"PK\x03\x04" + bytes(50 * 1024 * 1024),
        "The file has 50.0 MB; at most 10 MB can be read. Take large pictures out of it.",
    ),
    "an old .doc": (
        OLE + "WordDocument".encode("utf-16-le"),
        f"This is a file of an old Office. Save it as a {WORD}.",
    ),
    "encrypted": (OLE + "EncryptedPackage".encode("utf-16-le"), LOCKED),
    "an encrypted zip": (locked(), LOCKED),
    "a text": (b"Dear all,", f"This is not a {WORD}."),
    "a PDF": (b"%PDF-1.7\n", f"This is a PDF, not a {WORD}."),
    "rich text": (b"{\\rtf1\\ansi}", f"This is a Rich Text file, not a {WORD}."),
    "a picture": (b"\x89PNG\r\n\x1a\n", f"This is a picture, not a {WORD}."),
    "an empty zip": (b"PK\x05\x06" + bytes(18), f"This is not a {WORD}."),
    "a workbook": (excel(), f"This is an Excel workbook, not a {WORD}."),
    "OpenDocument": (opendocument(), f"This is an OpenDocument file, not a {WORD}."),
    "a zip": (archive(), f"This is a zip file, not a {WORD}."),
    "a template": (
        retyped(MAIN_TYPE, "wordprocessingml.template.main+xml"),
        f"This is a Word template, not a {WORD}.",
    ),
    "another Office file": (
        retyped(MAIN_TYPE, "wordprocessingml.glossary+xml"),
        f"This is an Office file, not a {WORD}.",
    ),
    "strict": (
        packed(
            {
                "_rels/.rels": members()["_rels/.rels"].replace(
                    b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/",
                    b"http://purl.oclc.org/ooxml/officeDocument/relationships/",
                )
            }
        ),
        f"This is a Strict Open XML file. Save it as an ordinary {WORD}.",
    ),
    "macros": (
        retyped(
            "application/vnd.openxmlformats-officedocument." + MAIN_TYPE,
            "application/vnd.ms-word.document.macroEnabled.main+xml",
        ),
        ACTIVE,
    ),
    "macros beside an innocent type": (packed({"word/vbaProject.bin": OLE}), ACTIVE),
    "macros under another name": (
        retyped(
            "</Types>",
            '<Override PartName="/word/a.bin" ContentType="application/vnd.ms-office.vbaProject"/>'
            "</Types>",
        ),
        ACTIVE,
    ),
    "ActiveX": (
        retyped(
            "</Types>",
            '<Override PartName="/word/a.xml" '
            'ContentType="application/vnd.ms-office.activeX+xml"/></Types>',
        ),
        ACTIVE,
    ),
    "too much when unpacked": (
        lambda: packed({f"word/media/{n}.bin": bytes(26_000_000) for n in range(4)}),
        "A part of the file swells too much when unpacked: refused.",
    ),
    "many parts": (
        lambda: packed({f"word/{n}.bin": b"" for n in range(MAX_MEMBERS)}),
        f"The file has {len(members()) + MAX_MEMBERS:,} parts, more than any document needs.",
    ),
    "too large together": (
        lambda: packed(
            {f"word/{n}.png": random_bytes(200_000) + bytes(18_000_000) for n in range(6)}
        ),
        "The file is too large when unpacked. Take large pictures out of it.",
    ),
    "a long text": (
        lambda: packed({MAIN: random_bytes(5_000_000).hex().encode() + b" " * 11_000_000}),
        "The text of the file is too long when unpacked: refused.",
    ),
    "a text in very many pieces": (
        lambda: packed({MAIN: b"<a>" + b"<b/>" * 300_000 + NOISE}),
        PIECES,
    ),
    "many parts in very many pieces": (
        lambda: packed({f"word/{n}.xml": b"<a>" + b"<b/>" * 60_000 + b"</a>" for n in range(5)}),
        PIECES,
    ),
    "a long list of links": (
        packed({"word/_rels/document.xml.rels": b"<a>" + b" " * 1024 * 1024 + NOISE}),
        "The text of the file is too long when unpacked: refused.",
    ),
    "a way up": (named("../../etc/passwd"), OUTSIDE),
    "a way up inside": (named("word/../../passwd"), OUTSIDE),
    "from the root": (named("/etc/passwd"), OUTSIDE),
    "of Windows": (named("..\\..\\win.ini"), OUTSIDE),
    "of a drive": (named("c:/windows/win.ini"), OUTSIDE),
    "two of one name": (twice(), f"The file has two parts of the same name. {AGAIN}"),
    "overlapping": (overlapping(), "Parts of the file overlap: refused."),
    "a lie about its size": (lying(), DAMAGED),
    "a name that is no text": (misnamed(), DAMAGED),
    "a place before the beginning": (before_the_beginning(), DAMAGED),
    "cut off": (cut(), DAMAGED),
    "broken": (broken(), DAMAGED),
    "without relationships": (packed(without="_rels/.rels"), DAMAGED),
    "packed otherwise": (
        packed(how=zipfile.ZIP_BZIP2),
        f"The file is packed in an unusual way. {AGAIN}",
    ),
    "a document type": (packed({MAIN: DTD}), DECLARED),
    "a document type elsewhere": (packed({"customXml/item1.xml": DTD}), DECLARED),
    "a document type in UTF-16": (
        packed({"customXml/item1.xml": b"\xff\xfe" + DTD.decode().encode("utf-16-le")}),
        DECLARED,
    ),
    "a document type under another name": (packed({"word/a.bin": DTD}), DECLARED),
    "a document type far on": (packed({MAIN: b"<a>" + b" " * 300_000 + DTD}), DECLARED),
    "UTF-16": (packed({MAIN: "<a/>".encode("utf-16")}), NO_UTF8),
    "UTF-7": (packed({MAIN: b'<?xml version="1.0" encoding="UTF-7"?><a/>'}), NO_UTF8),
    "Latin-1": (packed({MAIN: "<a>é</a>".encode("latin-1")}), NO_UTF8),
    "UTF-7 elsewhere": (
        packed({"customXml/item1.xml": b'<?xml version="1.0" encoding="UTF-7"?><a/>'}),
        NO_UTF8,
    ),
}


@pytest.mark.parametrize(("data", "sentence"), REFUSED.values(), ids=REFUSED)
def test_a_file_that_is_something_else_is_refused_with_a_sentence_in_no_time(
    data: bytes | Callable[[], bytes], sentence: str
) -> None:
    file = data if isinstance(data, bytes) else data()
    start = time.process_time()
    with pytest.raises(BadFile) as caught:
        check_word(file)
    assert str(caught.value) == sentence
    assert time.process_time() - start < 1


@pytest.mark.parametrize(
    "data",
    [
        word(),
        packed(how=zipfile.ZIP_STORED),
        packed(
            {"customXml/item1.xml": '<?xml version="1.0" encoding="utf-16"?><a/>'.encode("utf-16")}
        ),
        packed({"word/media/image1.png": random_bytes(3_000_000)}),
        packed({"word/embeddings/oleObject1.bin": OLE}),
        packed({MAIN: b"\xef\xbb\xbf" + DOCUMENT}),
        packed({MAIN: DOCUMENT.replace(b"Text", "“é” ☒ ".encode() * 60_000)}),
    ],
    ids=["plain", "not packed", "UTF-16 data", "a picture", "an object", "a mark", "long"],
)
def test_a_word_document_is_let_through(data: bytes) -> None:
    check_word(data)


def test_each_kind_of_file_is_told_from_the_others() -> None:
    kinds = [check_table(data) for data in (word(), excel(), b"a,b\n", "é".encode("cp1252"))]
    assert kinds == [WORD_FILE, EXCEL_FILE, CSV_FILE, CSV_FILE]
    check_excel(excel())
    with pytest.raises(BadFile) as caught:
        check_excel(word())
    assert str(caught.value) == "This is a Word document, not an Excel workbook (.xlsx)."


def test_the_limit_is_said_without_reading() -> None:
    check_size(MAX_BYTES)
    with pytest.raises(BadFile, match=r"The file has 10\.1 MB; at most 10 MB can be read\."):
        check_size(MAX_BYTES + 1)


@given(st.binary(max_size=300), st.integers(min_value=0), st.binary(min_size=1, max_size=4))
def test_whatever_bytes_come_they_are_checked_or_refused(
    start: bytes, place: int, change: bytes
) -> None:
    whole = bytearray(WHOLE)
    at = place % len(whole)
    whole[at : at + len(change)] = change
    for data in (start, b"PK\x03\x04" + start, bytes(whole)):
        try:
            check_word(data)
        except BadFile as error:
            assert str(error).endswith((".", "refused."))


WHOLE = word()
