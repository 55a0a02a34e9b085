"""What is known before a file is read, asked once for each different text in it."""

import re
from collections import Counter
from collections.abc import Callable
from functools import cache

from management.documents import clean
from management.sheets.content import Cell, quoted
from plans.form.matching import words
from plans.phrases import Stood, status
from plans.plan_file.plain import ODD
from plans.sheets.content import Context, Kind
from plans.sheets.indicators import Indicators
from plans.statuses import Status
from plans.timescales import Timescale, timescale
from plans.titles import Named, Read, Titles, is_slip

COMPARED = 12  # known titles with which an unknown one is compared letter by letter
# A CSV file from a careful program has an apostrophe before what Excel would take for a formula.
_APOSTROPHE = re.compile(rf"'(?={ODD.pattern})")
_SPACES = re.compile(r"[^\S\n]+")
_LINES = re.compile(r" ?\n[ \n]*")


class Known:
    """The context of a plan, with an answer kept for each text: most of them come again."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.indicators = Indicators(context.indicators)
        self.titles = Titles(context.posts)
        self.by_title = {title.casefold() for title in context.posts}
        self.timescale: Callable[[str], Timescale] = cache(lambda t: timescale(t, context.day))
        self.status: Callable[[str], Stood] = cache(lambda text: status(text, context.statuses))
        self.named: Callable[[str], Read] = cache(self.titles.read)
        self.near: Callable[[str], str] = cache(self._near)
        self._by_word: dict[str, list[str]] = {}
        for title in context.posts:
            for word in words(title):
                self._by_word.setdefault(word, []).append(title)

    def posts(self, text: str) -> list[Named]:
        """The posts that a text names."""
        return self.named(text).posts

    def answer(self, kind: Kind, name: str) -> str | None:
        """What a person has said that an unknown word is, or None where nobody has."""
        return self.context.meant.get(kind, {}).get(name.casefold())

    def told_status(self, text: str) -> Stood:
        """The status of a word: of one that is unknown, the one that a person has said."""
        stood = self.status(text)
        answer = self.answer(Kind.STATUS, text) if stood.status is None else None
        if not answer:
            return stood
        found = Status(answer)
        return Stood(text, found, f"{quoted(text, 60)} is taken as “{found.label}”.")

    def meant(self, title: str) -> str:
        """What becomes of an unknown title: a known one, itself as a new post, or nothing.

        As a person has said; else the known title of which it is a slip.
        """
        said_so = self.answer(Kind.POST, title)
        if said_so is None:
            return self.near(title) or title
        return title if said_so == title.casefold() else said_so

    def _near(self, title: str) -> str:
        """The known post of whose title this one is a slip, or nothing."""
        shared = Counter(t for word in words(title) for t in self._by_word.get(word, ()))
        alike = (known for known, _ in shared.most_common(COMPARED) if is_slip(title, known))
        return next(alike, "")


def said(cell: Cell | None) -> str:
    """What a cell says, without the spaces and signs that nobody sees; lines stay apart."""
    if cell is None:
        return ""
    text = _APOSTROPHE.sub("", cell.text, count=1) if cell.text.startswith("'") else cell.text
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    text = clean(text).replace("\t", " ")
    return _LINES.sub("\n", _SPACES.sub(" ", text)).strip()
