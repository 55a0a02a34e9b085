"""The plain text of an e-mail, read from its HTML, which is our own: see `outbox.render`.

Each h2, h3 or p is a line of its own below an empty one; each li is a line that begins with "- ",
and a br in it a further line below; a link is its words and its address. h1 is the subject.
"""

from html.parser import HTMLParser

PARTS = {"h1", "h2", "h3", "p", "ul", "ol", "li", "br", "a", "strong", "em"}
AROUND = {"html", "head", "meta", "title", "body"}
APART = {"h2", "h3", "p"}


def read(html: str) -> tuple[str, str]:
    """The subject and the plain text. Raises ValueError for an element that is not known here."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.subject, "\n".join(reader.lines).strip() + "\n"


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.subject = ""
        self.lines: list[str] = []
        self.line = ""
        self.begins = ""
        self.block = ""
        self.address = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in PARTS | AROUND:
            raise ValueError(f"<{tag}> has no form in plain text")
        if tag == "a":
            self.address = dict(attrs).get("href") or ""
        elif tag == "br":
            self._end_line()
            self.begins = " " * len(self.begins)
        elif tag not in {"strong", "em"}:
            self._end_line()
            self.block, self.begins = tag, "- " if tag == "li" else ""
            if tag in APART:
                self.lines.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self.line += f": {self.address}"
        elif tag not in {"strong", "em"}:
            self._end_line()
            self.block = ""

    def handle_data(self, data: str) -> None:
        self.line += data

    def _end_line(self) -> None:
        words = " ".join(self.line.split())
        self.line = ""
        if self.block == "h1":
            self.subject = f"{self.subject} {words}".strip()
        elif words and self.block not in AROUND:
            self.lines.append(self.begins + words)
