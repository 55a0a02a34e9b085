"""Reads the text back out of each format, so that what was written can be compared."""

import io
import re
import zipfile
from html.parser import HTMLParser

import pikepdf
from docx.oxml.ns import qn
from lxml import etree


def squeezed(text: str) -> str:
    """Without spaces and break marks: what is left is the same however the lines fall."""
    return "".join(c for c in text if not c.isspace() and c != "\u200b")


def left_to_right(text: str) -> str:
    """Without the letters that a PDF holds in the order of the eye, from right to left."""
    return "".join(
        c for c in text if not "\u0590" <= c <= "\u08ff" and not "\ufb1d" <= c <= "\ufefc"
    )


def pdf_text(data: bytes) -> str:
    """The text of a PDF in the reading order of its tags, without that of charts."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        said: dict[tuple[int, int | None], str] = {}
        for page in pdf.pages:
            for mark, text in _marked(page):
                key = (page.obj.objgen[0], mark)
                said[key] = said.get(key, "") + text
        return "".join(_in_order(pdf.Root.StructTreeRoot, None, said))


def pdf_furniture(data: bytes) -> list[str]:
    """For each page what is not tagged: its footer and its repeated table headers."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return ["".join(t for mark, t in _marked(page) if mark is None) for page in pdf.pages]


def pdf_runs(data: bytes) -> list[str]:
    """Every piece of text that a PDF draws in one go: a line, or a part of one."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return [text for page in pdf.pages for _, text in _marked(page)]


def _in_order(node, page, said):
    if isinstance(node, int):
        yield said.get((page, node), "")
    elif isinstance(node, pikepdf.Array):
        for child in node:
            yield from _in_order(child, page, said)
    elif isinstance(node, pikepdf.Dictionary) and node.get("/S") != "/Figure":
        page = node.Pg.objgen[0] if "/Pg" in node else page
        yield from _in_order(node.get("/MCID", node.get("/K", "")), page, said)


def _marked(page):
    """Pairs of a mark's number and the text shown under it, as the page draws them."""
    fonts = {name: _letters(font) for name, font in page.Resources.get("/Font", {}).items()}
    marks: list[int | None] = []
    silent, font = 0, {}
    for operands, operator in pikepdf.parse_content_stream(page):
        name = str(operator)
        if name in {"BMC", "BDC"}:
            about = operands[1] if len(operands) > 1 else {}
            marks.append(int(about["/MCID"]) if "/MCID" in about else None)
            if "/ActualText" in about:
                yield from _text(marks, str(about["/ActualText"]))
                silent = len(marks)
        elif name == "EMC":
            silent = 0 if silent == len(marks) else silent
            marks.pop()
        elif name == "Tf":
            font = fonts[str(operands[0])]
        elif name in {"Tj", "TJ"} and not silent:
            shown = []
            for part in operands[0] if name == "TJ" else operands:
                if isinstance(part, pikepdf.String):
                    codes = [bytes(part)[i : i + 2] for i in range(0, len(bytes(part)), 2)]
                    shown.append("".join(font.get(c, "\ufffd") for c in codes))
            yield from _text(marks, "".join(shown))


def _text(marks, text):
    yield next((m for m in reversed(marks) if m is not None), None), text


def _letters(font) -> dict[bytes, str]:
    """The font's ToUnicode map."""
    letters = {}
    table = font.ToUnicode.read_bytes().decode("latin-1")
    for block in re.findall(r"beginbfchar(.*?)endbfchar", table, re.S):
        for code, text in re.findall(r"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>", block):
            letters[bytes.fromhex(code)] = bytes.fromhex(text).decode("utf-16-be")
    for block in re.findall(r"beginbfrange(.*?)endbfrange", table, re.S):
        for first, last, text in re.findall(r"<(\w+)>\s*<(\w+)>\s*<(\w+)>", block):
            start = int(text, 16)
            for step in range(int(last, 16) - int(first, 16) + 1):
                letters[(int(first, 16) + step).to_bytes(2, "big")] = chr(start + step)
    return letters


def docx_part(data: bytes, name: str):
    """One part of a Word document, parsed."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return etree.fromstring(archive.read(name))


def docx_text(data: bytes) -> str:
    body = docx_part(data, "word/document.xml")
    return "".join(t.text or "" for t in body.iter(qn("w:t")))


def html_text(page: str) -> str:
    """The text between the tags, without that of charts and styles."""
    reader = _Reader()
    reader.feed(page)
    return "".join(reader.said)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.inside: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag in {"svg", "style", "title", "summary"}:
            self.inside.append(tag)

    def handle_endtag(self, tag):
        if self.inside and tag == self.inside[-1]:
            self.inside.pop()

    def handle_data(self, data):
        if not self.inside:
            self.said.append(data)
