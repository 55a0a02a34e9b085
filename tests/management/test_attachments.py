"""Files that may be kept and handed on: what is refused, with which words, and what is taken."""

import io
import time
import zipfile
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from management.attachments import ACCEPT, TAKEN, Attachment, clean_name, take
from management.uploads import MAX_BYTES, BadFile
from tests.management.test_uploads import (
    OLE,
    REFUSED,
    archive,
    excel,
    named,
    opendocument,
    packed,
    random_bytes,
    word,
)

OFFICE = "application/vnd.openxmlformats-officedocument."
WORD, SLIDES = f"{OFFICE}wordprocessingml.document", f"{OFFICE}presentationml.presentation"


def taken(name: str, data: bytes) -> Attachment:
    return take(name, len(data), lambda: data)


def pdf(change: Callable[[pikepdf.Pdf], Any] | None = None, **how: Any) -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page()
        if change:
            change(made)
        made.save(out, **how)
    return out.getvalue()


def script(made: pikepdf.Pdf) -> None:
    made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")


def launch(made: pikepdf.Pdf) -> None:
    made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.Launch, F="cmd.exe")


def with_file(made: pikepdf.Pdf) -> None:
    made.attachments["evil.exe"] = b"MZ"


def shifted(data: bytes, old: bytes, new: bytes) -> bytes:
    """The PDF with something longer in it, before its table."""
    head, tail = data.replace(old, new).rsplit(b"startxref", 1)
    at = int(tail.split()[0]) + len(new) - len(old)
    return head + b"startxref\n%d\n%%%%EOF\n" % at


PACKED = {"object_stream_mode": pikepdf.ObjectStreamMode.generate}
LOCKED = {"encryption": pikepdf.Encryption(owner="a", user="")}


def picture(form: str = "PNG", size: tuple[int, int] = (40, 30)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "navy").save(out, form)
    return out.getvalue()


def huge(side: int) -> bytes:
    """A picture of many million points in a few kilobytes."""
    out = io.BytesIO()
    Image.new("1", (side, side)).save(out, "PNG")
    return out.getvalue()


def powerpoint(more: dict[str, bytes] | None = None) -> bytes:
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Override PartName="/ppt/presentation.xml" ContentType="{OFFICE}'
        'presentationml.presentation.main+xml"/></Types>'
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("[Content_Types].xml", types)
        made.writestr("_rels/.rels", "<Relationships/>")
        for name, content in (more or {}).items():
            made.writestr(name, content)
    return out.getvalue()


def linked(kind: str, target: str) -> bytes:
    """A document with a link of that kind to somewhere outside of it."""
    link = f'<Relationship Id="r9" Type="x/{kind}" Target="{target}" TargetMode="External"/>'
    links = f"<Relationships>{link}</Relationships>".encode()
    return packed({"word/_rels/settings.xml.rels": links})


DAMAGED_PDF = "The PDF is damaged or not complete. Print it to a new PDF and add that."
ACTS = "The PDF runs a script or has another file in itself. Print it to a new PDF and add that."
PROTECTED = (
    "The PDF is protected, so nobody can say what is in it. Print it to a new PDF and add that."
)
EMBEDDED = (
    "Another file is embedded in it, which could run. Take it out, or save the whole as a PDF."
)
LOADS = "It loads something from another address when it is opened. Save it as a PDF."
XML = "It is a web page, a drawing (SVG) or other XML, which can run."
HOSTILE: dict[str, tuple[str, bytes, str]] = {
    "nothing": ("a.txt", b"", "The file is empty."),
    "a PDF that is HTML": ("a.pdf", b"%PDF-1.7\n<script>alert(1)</script>", DAMAGED_PDF),
    "a PDF that is cut off": ("a.pdf", pdf()[:-30], DAMAGED_PDF),
    "a PDF with a folder behind it": ("a.pdf", pdf() + archive() * 30, DAMAGED_PDF),
    "a PDF whose end leads nowhere": (
        "a.pdf",
        b"%PDF-1.7\nHello\nstartxref\n9999999999\n%%EOF",
        DAMAGED_PDF,
    ),
    "a script": ("a.pdf", pdf(script), ACTS),
    "a packed script": ("a.pdf", pdf(script, **PACKED), ACTS),
    "a script under an escaped name": (
        "a.pdf",
        shifted(pdf(script), b"/JavaScript", b"/J#61vaScript"),
        ACTS,
    ),
    "a program to start": ("a.pdf", pdf(launch), ACTS),
    "a file in a PDF": ("a.pdf", pdf(with_file), ACTS),
    "a protected PDF": ("a.pdf", pdf(**LOCKED), PROTECTED),
    "a workbook named PDF": (
        "a.pdf",
        excel(),
        "It is an Excel workbook, so its name should end in .xlsx.",
    ),
    "a PDF named page": ("a.html", pdf(), "It is a PDF, so its name should end in .pdf."),
    "a PDF without an ending": ("scan", pdf(), "It is a PDF, so its name should end in .pdf."),
    "a picture named program": (
        "a.exe",
        picture(),
        "It is a picture, so its name should end in .png.",
    ),
    "a script behind a PNG's head": (
        "a.png",
        picture()[:33] + b"<script>alert(1)</script>",
        "The picture is damaged.",
    ),
    "only a head": ("a.png", b"\x89PNG\r\n\x1a\n<svg/>", "The picture is damaged."),
    "a PNG with a wrong sum": (
        "a.png",
        picture().replace(b"IDAT", b"IDAU"),
        "The picture is damaged.",
    ),
    "a JPEG that is cut off": ("a.jpg", picture("JPEG")[:-2], "The picture is cut off."),
    "400 million points": (
        "a.png",
        huge(20_000),
        "The picture has more than 64 million points: make it smaller.",
    ),
    "90 million points": (
        "a.png",
        huge(9_500),
        "The picture has more than 64 million points: make it smaller.",
    ),
    "a drawing": ("a.svg", b"<svg onload='x()'/>", XML),
    "a drawing named picture": (
        "a.png",
        b"<?xml version='1.0'?><svg/>",
        XML,
    ),
    "a page named text": ("a.txt", b"\xef\xbb\xbf \n<script>x()</script>", XML),
    "a GIF": ("a.gif", b"GIF89a" + bytes(20), "It is a GIF picture."),
    "a phone's own kind": (
        "a.heic",
        b"\x00\x00\x00\x18ftypheic" + bytes(20),
        "It is a picture in HEIC. Save it as JPEG, or set the camera to do so.",
    ),
    "a film": ("a.mp4", b"\x00\x00\x00\x18ftypisom" + bytes(20), "It is a film or a sound."),
    "a program": ("a.exe", b"MZ\x90\x00" + bytes(60), "It is a program."),
    "a program named text": ("a.txt", b"\x7fELF\x02\x00" + bytes(60), "It is a program."),
    "something": ("a.dat", b"\x00\x01\x02", "It is of another kind."),
    "Windows text": (
        "a.csv",
        "Cost;£5".encode("cp1252"),
        "It is a text that is not in UTF-8. Save it as “CSV UTF-8”.",
    ),
    "a text to run": ("a.bat", b"del *.*", "It is a text, so its name should end in .txt or .csv."),
    "an object of an old Office": (
        "a.docx",
        packed({"word/embeddings/oleObject1.bin": OLE}),
        EMBEDDED,
    ),
    "a program in a document": ("a.docx", packed({"word/media/a.png": b"MZ\x90\x00"}), EMBEDDED),
    "a folder in a document": (
        "a.docx",
        packed({"word/embeddings/a.docx": archive()}),
        "Another file is embedded in it. This is a zip file, not a Word document (.docx), an Excel "
        "workbook (.xlsx) or a PowerPoint presentation (.pptx).",
    ),
    "a broken folder in a document": (
        "a.docx",
        packed({"word/embeddings/a.docx": b"PK\x03\x04"}),
        "A file that is embedded in it is damaged: take it out.",
    ),
    "a macro in a workbook in slides": (
        "a.pptx",
        powerpoint({"ppt/embeddings/a.xlsx": packed({"word/vbaProject.bin": OLE})}),
        "Another file is embedded in it. The file has macros or ActiveX controls. Save it without,"
        " as a Word document (.docx), an Excel workbook (.xlsx) or a PowerPoint presentation "
        "(.pptx).",
    ),
    "a template from elsewhere": (
        "a.docx",
        linked("attachedTemplate", "https://evil.example/t"),
        LOADS,
    ),
    "a frame from elsewhere": ("a.docx", linked("frame", "mhtml:http://evil.example"), LOADS),
}


def called(value: Any) -> str | None:
    """The name of a case. Bytes that differ from run to run are none."""
    return None if isinstance(value, str) else "file"


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize(("name", "data", "why"), HOSTILE.values(), ids=HOSTILE)
def test_what_is_refused_is_named_with_the_reason_and_with_what_would_do(
    name: str, data: bytes, why: str
) -> None:
    start = time.process_time()
    with pytest.raises(BadFile) as caught:
        taken(name, data)
    assert str(caught.value) == f"“{name}” was not taken. {why} {TAKEN}"
    assert time.process_time() - start < 1


@pytest.mark.parametrize("ending", ["docx", "png", "pdf", "csv"])
@pytest.mark.parametrize(
    "file",
    [case[0] for case in REFUSED.values()][::3],
    ids=called,
)
def test_no_document_that_is_refused_to_be_read_is_kept(file: Any, ending: str) -> None:
    data = file if isinstance(file, bytes) else file()
    if data == b"Dear all,":
        return  # a text, which is no document to read, may be kept
    with pytest.raises(BadFile):
        taken(f"a.{ending}", data)


def test_macros_programs_and_paths_out_of_a_document_are_refused() -> None:
    for data in (packed({"word/vbaProject.bin": OLE}), named("../../etc/passwd"), opendocument()):
        with pytest.raises(BadFile, match="was not taken"):
            taken("a.docx", data)


@pytest.mark.parametrize(
    ("name", "data", "media_type"),
    [
        ("Minutes.PDF", pdf(), "application/pdf"),
        ("a.pdf", pdf(**PACKED), "application/pdf"),
        ("a.pdf", pdf(linearize=True), "application/pdf"),
        ("a.png", picture(), "image/png"),
        ("a.jpg", picture("JPEG"), "image/jpeg"),
        ("sent as.jpg", picture(), "image/png"),
        ("a.docx", word(), WORD),
        ("a.xlsx", excel(), f"{OFFICE}spreadsheetml.sheet"),
        ("a.pptx", powerpoint(), SLIDES),
        (
            "a.pptx",
            powerpoint({"ppt/embeddings/a.xlsx": excel()}),
            SLIDES,
        ),
        (
            "a.docx",
            linked("hyperlink", "https://example.org"),
            WORD,
        ),
        (
            "a.docx",
            linked("attachedTemplate", r"file:///\\server\our.dotm"),
            WORD,
        ),
        (
            "a.docx",
            packed({"word/media/a.png": random_bytes(90_000)}),
            WORD,
        ),
        ("a.csv", "Month;Cost\nMärz;£5\n".encode(), "text/csv; charset=utf-8"),
        ("a.txt", b"\xef\xbb\xbfPK, MZ and BM are words too", "text/plain; charset=utf-8"),
    ],
    ids=called,
)
def test_what_people_have_is_taken_with_the_type_that_its_content_says(
    name: str, data: bytes, media_type: str
) -> None:
    assert taken(name, data) == Attachment(name, media_type, data)


def test_a_file_that_is_too_large_is_refused_unread() -> None:
    def never() -> bytes:
        raise AssertionError("it was read")

    with pytest.raises(BadFile, match=r"“film.mp4” was not taken. The file has 10\.1 MB"):
        take("film.mp4", MAX_BYTES + 1, never)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Minutes of 3 March.pdf", "Minutes of 3 March.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\scan.pdf", "scan.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "a Set-Cookie: x.pdf"),
        ("report\u202efdp.exe", "report fdp.exe"),
        ("\x00.pdf", "pdf"),
        ("", "file"),
        ("Ñandú 😀.png", "Ñandú 😀.png"),
        ("x" * 300 + ".docx", "x" * 195 + ".docx"),
    ],
)
def test_a_name_loses_folders_and_unseen_signs_and_keeps_its_ending(name: str, kept: str) -> None:
    assert clean_name(name) == kept


def test_a_browser_is_told_which_files_to_offer() -> None:
    assert ACCEPT == ".pdf,.png,.jpg,.jpeg,.jfif,.docx,.xlsx,.pptx,.csv,.txt"


def test_a_pdf_full_of_beginnings_takes_no_time() -> None:
    data = b"%PDF-1.7\n1 0 obj\n" + b"stream\n" * 700_000 + b"startxref\n9\n%%EOF"
    start = time.process_time()
    taken("a.pdf", data)
    assert time.process_time() - start < 1


@given(st.binary(max_size=60), st.integers(min_value=0), st.sampled_from(["pdf", "png", "jpg"]))
def test_whatever_bytes_come_they_are_taken_or_refused(
    change: bytes, place: int, kind: str
) -> None:
    whole = bytearray(WHOLE[kind])
    at = place % len(whole)
    whole[at : at + len(change)] = change
    for data in (bytes(whole), bytes(whole[:at]), whole[:8] + change):
        try:
            taken(f"a.{kind}", bytes(data))
        except BadFile as error:
            assert str(error).endswith(TAKEN)


WHOLE = {"pdf": pdf(), "png": picture(), "jpg": picture("JPEG")}
