"""The posts that a cell of an improvement plan names, told from the words that stand around them.

“Lead:”, “Support:”, “supported by”, “with” and “c/o” stand between posts and are none; “TBC”, “N/A”
and the like say that there is none.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from management.sheets.content import quoted
from plans.nobody import IS_ROLE, is_aside, is_nobody

LEAD, SUPPORT = "lead", "support"
LONGEST = 300  # characters of a title; what is longer is prose
ALIKE = 0.8  # of the letters of a word, for it to be a slip of another


@dataclass(frozen=True)
class Named:
    """One post that a cell names. `title` is the known post's where `known`.

    `role` is what the cell says of it: that it leads, or supports; empty where it says neither.
    """

    title: str
    known: bool
    care_of: bool = False
    role: str = ""


class Read(NamedTuple):
    """The posts that a cell names, the words that say that there is none, and sentences on words
    that can be read as one title or as several.
    """

    posts: list[Named]
    nobody: list[str]
    doubts: list[str]


_LINES = re.compile(r"[\n;|•●▪\uf0a7\uf0b7]")  # the last two are the bullets of Word's own fonts
_KNOWN = "\0"  # where a known title stands in the words
_WORD = re.compile(r"\w+(?:[-‐‑’']\w+)*")
_HYPHENS = dict.fromkeys(map(ord, "-‐‑’'"))
_DASH = r"(?:\s[-–—]\s?|\s?[–—]\s?|-\s)"
_DASHED, _PARTED = re.compile(_DASH), re.compile(r"[-–—(]")
# At the end of a line, or the beginning of one: the title goes on across the break.
_RUNS_ON = re.compile(r"(?:\b(?:and|for|in|of|the)|\s&)$", re.IGNORECASE)
_RUN_INTO = re.compile(r"(?:(?:and|for|of)\b|&)", re.IGNORECASE)
MOST_LINES = 4  # over which a title is wrapped
_NUMBERED = re.compile(r"\s*[(\[]?\d{1,2}(?:[.):\]]\s*|\s[–-]\s)(?=\D)")  # a line of a list
_WHO = r"(?: (?:officers?|posts?|persons?|roles?|staff|leads?|agenc(?:y|ies)))?"
_ROLE = (
    rf"(?:(?P<lead>(?:lead(?:s|ing)?|owner|responsible|accountable){_WHO}|led by)"
    rf"|(?P<support>support(?:s|ing|ed)?(?: (?:by|from)|{_WHO})))"
)
_LABEL = re.compile(rf"(?:^|(?<=[\0,.;()/&–—-]))\s?(?:and )?{_ROLE}(?:\s?:|{_DASH})", re.IGNORECASE)
_AFTER_LABEL = re.compile(r"(?<!\w)(?P<support>support(?:ing|ed)?)\s?:", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"\s?[(\[]\s?([^()\[\]\0]{1,60}?)\s?[)\]]")
_BETWEEN = re.compile(
    r"(?P<bracket>[()])|(?P<comma>,\s)"
    r"|(?P<support>(?<![\w-])(?:,? ?with )?(?:the )?(?:supported by|support(?:ing)? (?:from|of|by)"
    r"|assisted by)(?!\w):?)"
    r"|(?P<care>(?<![\w/])(?:c/o|care of)(?!\w):?)"
    r"|(?P<none>(?<!\w)t\.?b\.?[acd]\b\.?)"
    r"|(?P<with>(?:(?<=\s)|(?<=\0)|^)(?:(?:along|together|jointly|in (?:collaboration|conjunction"
    r"|consultation|liaison|partnership)) )?with(?=\s|:|\0):?)"
    r"|\s(?P<also>&|/|and|as well as)\s",
    re.IGNORECASE,
)
# What a title says and an organisation's name does not: “Learning & Development Lead” is one post.
_OFFICE = re.compile(
    r"\0|\b(?:administrator|analyst|chair|chief|convener|co-?ordinator|director|head|inspector"
    r"|leads?|leaders?|managers?|officers?|practitioners?|secretary|supervisors?|workers?|teams?)"
    r"\b",
    re.IGNORECASE,
)
_EDGES = re.compile(
    r"^(?:[\s,.–—:&/)\]-]|(?:and|with)\b)+|(?:[\s,.–—:&/(\[-]|\b(?:and|with))+$", re.IGNORECASE
)
_BEGINS_APART = re.compile(r"\s*(?:[,.–—:&/)\]-]|(?:and|with)\b)", re.IGNORECASE)
_ENDS_APART = re.compile(r"(?:[,.–—:&/()\[\]-]|\b(?:and|with))\s*$", re.IGNORECASE)
# What belongs to a known title makes another one of it: “Service Manager - Unpaid Work”.
_TOGETHER = re.compile(
    r"(?=[^\0()]*?\w)[^\0()]*\([^()]*\0[^()]*\)"  # an organisation, and a known title in brackets
    r"|\0\s?\((?=[^()\0]*?\w)[^()\0]*\)"
    rf"|\0{_DASH}(?=[^\0]*?\w)[^\0]+"
    rf"|(?=[^\0]*?\w)[^\0]+?{_DASH}\0"
    r"|\0|[^\0]+"
)


class Titles:
    """The titles of posts that an area has, to be found in many cells.

    A title is found by its words, whatever stands between them, in the singular or the plural. One
    of a single word ("Manager") is known only where it stands alone: it ends many others. A post
    that somebody has called “TBC” or “supported by” is not found.
    """

    def __init__(self, known: Iterable[str]) -> None:
        self.first: dict[tuple[str, ...], list[tuple[tuple[str, ...], str]]] = {}
        self.alone: dict[tuple[str, ...], str] = {}
        for title in known:
            words = _words(title)
            if is_nobody(title) or IS_ROLE.fullmatch(title.strip()):
                continue
            if len(words) > 1:
                self.first.setdefault(words[:2], []).append((words, title))
            self.alone.setdefault(words, title)
        for titles in self.first.values():
            titles.sort(key=lambda one: -len(one[0]))

    def named(self, text: str) -> list[Named]:
        """The posts, each once: with what is said of it where it stands first."""
        return self.read(text).posts

    def read(self, text: str) -> Read:
        """The posts, each once, and what is to be said of the words."""
        found: dict[str, Named] = {}
        nobody: dict[str, None] = {}
        doubts: dict[str, None] = {}
        role = ""
        lines = self._unwrapped(text.replace(_KNOWN, " ").split("\n"), doubts)
        for line in _LINES.split("\n".join(lines)):
            piece = _Piece(self, _NUMBERED.sub("", line, count=1), role)
            role = piece.read()
            for one in piece.found:
                found.setdefault(one.title.casefold(), one)
            nobody |= piece.nobody
            doubts |= piece.doubts
        return Read(list(found.values()), list(nobody), list(doubts))

    def _unwrapped(self, lines: Iterable[str], doubts: dict[str, None]) -> list[str]:
        """The lines, with those as one over which a title is wrapped."""
        made: list[str] = []
        for line in map(str.strip, lines):
            above = next((n for n in range(1, MOST_LINES) if self._is_wrapped(made[-n:], line)), 0)
            runs = made and (_RUNS_ON.search(made[-1]) or _RUN_INTO.match(line))
            if runs and _WORD.search(made[-1]) and len(made[-1]) <= LONGEST:
                above = above or 1
            made = [*made[: len(made) - above], " ".join([*made[len(made) - above :], line])]
        for upper, lower in pairwise(made):
            if self.one(lower) and self._may_go_on(upper):
                doubts[_cut(upper, lower)] = None
        return made

    def _is_wrapped(self, above: list[str], line: str) -> bool:
        """Whether the lines are one known title together, and not several."""
        return bool(above and self.one(" ".join([*above, line]))) and not all(
            map(self.one, [*above, line])
        )

    def _may_go_on(self, line: str) -> bool:
        """Whether the line can be the beginning of a title of which the next line is the end."""
        few = 0 < len(_words(line)) < 3 and not _ENDS_APART.search(line)
        known = self.one(line) or _OFFICE.search(line) or line.strip().isupper()
        return few and not known and not is_aside(line) and not _LINES.search(line)

    def marked(self, piece: str) -> tuple[str, list[tuple[str, str]]]:
        """The words with a sign for each known title; of each the title, and how it is written."""
        spans = [match.span() for match in _WORD.finditer(piece)]
        words = [_word(piece[start:end]) for start, end in spans]
        made: list[str] = []
        titles: list[tuple[str, str]] = []
        place = begins = 0
        while place < len(words):
            title, many = self._at(piece, spans, words, place)
            if title:
                start, end = spans[place][0], spans[place + many - 1][1]
                made += [piece[begins:start], _KNOWN]
                titles.append((title, piece[start:end]))
                place, begins = place + many, end
            else:
                place += 1
        return "".join([*made, piece[begins:]]), titles

    def _at(
        self, piece: str, spans: list[tuple[int, int]], words: list[str], place: int
    ) -> tuple[str, int]:
        """The known title that begins there, and how many words it has.

        One with a dash is found where something stands between the words: “Service Manager Unpaid
        Work Manager” are two posts, though there is a “Service Manager - Unpaid Work”.
        """
        for wanted, title in self.first.get(tuple(words[place : place + 2]), ()):
            if tuple(words[place : place + len(wanted)]) == wanted:
                written = piece[spans[place][0] : spans[place + len(wanted) - 1][1]]
                if _PARTED.search(written) or not _DASHED.search(title):
                    return title, len(wanted)
        return "", 0

    def one(self, title: str) -> str:
        """The known title that these words are and nothing else, or nothing."""
        return self.alone.get(_words(title), "")


class _Piece:
    """One line of a cell, being read from left to right."""

    def __init__(self, titles: Titles, piece: str, role: str) -> None:
        self.titles, self.role = titles, role
        self.text, self.known = titles.marked(" ".join(piece.split()))
        self.at = 0  # how many of the known titles are behind
        self.care_of, self.aside = False, ""
        self.found: list[Named] = []
        self.nobody: dict[str, None] = {}
        self.doubts: dict[str, None] = {}

    def read(self) -> str:
        """Find the posts, the words that name none, and doubts. The role that the next line goes
        on with.
        """
        if alone := IS_ROLE.fullmatch(self.text.strip(" .:-–—")):
            return SUPPORT if alone["support"] else LEAD
        begins, labels = 0, list(_LABEL.finditer(self.text))
        if labels and labels[0].start() == 0:
            starts = {one.start(one.lastgroup or 0) for one in labels}
            later = _AFTER_LABEL.finditer(self.text)
            labels += [one for one in later if one.start() not in starts]
            labels.sort(key=lambda one: one.start())
        for label in labels:
            self._parts(self.text[begins : label.start()])
            self.role = SUPPORT if label["support"] else LEAD
            begins = label.end()
        self._parts(self.text[begins:])
        return self.role

    def _parts(self, text: str) -> None:
        """What commas and the words between posts part, outside brackets; and “and”, where an
        office stands on both sides.
        """
        depth = begins = 0
        for found in _BETWEEN.finditer(text):
            start, end = found.span()
            before = text[max(begins, start - LONGEST) : start]
            if found["bracket"]:
                depth = max(0, depth + (1 if found["bracket"] == "(" else -1))
            elif depth == 0 and self._ends(found, before, text[end : end + LONGEST]):
                self._part(text[begins:start])
                begins = end
                self._between(found)
        self._part(text[begins:])

    def _ends(self, found: re.Match[str], before: str, after: str) -> bool:
        if found["also"]:
            return bool(_OFFICE.search(before) and _OFFICE.search(after))
        if found["with"]:  # not in “Engagement with Families Lead”
            stands = _OFFICE.search(before) or after.lstrip().startswith(_KNOWN)
            return bool(stands) or is_nobody(before)
        return True

    def _between(self, found: re.Match[str]) -> None:
        if found["support"]:
            self.role = SUPPORT
        elif found["care"]:
            self.care_of = True
        elif found["none"]:
            self.nobody[found["none"]] = None

    def _part(self, part: str) -> None:
        """Known titles, and what stands between them."""
        for found in _IN_BRACKETS.finditer(part):
            self._aside(found[1])
        role = self.aside or self.role
        part = _IN_BRACKETS.sub(lambda found: " " if is_aside(found[1]) else found[0], part)
        pieces = [piece.strip() for piece in re.split(_DASH, part)]
        if not all(piece == _KNOWN or self._is_one(piece) for piece in pieces):
            pieces = _TOGETHER.findall(re.sub(rf"(?<=\0){_DASH}(?=\0)", " ", part))
            pieces = self._uncut([piece for piece in pieces if piece.strip()])
        for piece in pieces:
            self._name(piece, role)
        self.aside = ""

    def _uncut(self, pieces: list[str]) -> list[str]:
        """The pieces, without a cut where only a space parts a known title from other words.

        “Community Justice Co-ordinator” is one title, though there is a “Justice Co-ordinator”. A
        title stays apart, and an organisation in capitals behind one: “Unpaid Work Manager CVS”.
        """
        made: list[str] = []
        at = self.at
        for piece, after in pairwise([*pieces, ""]):
            before = made[-1] if made else ""
            other = piece if _KNOWN in before else before
            if (
                not before
                or (_KNOWN in before) == (_KNOWN in piece)
                or not self._is_doubtful(other)
            ):
                made.append(piece)
            else:
                first = at - before.count(_KNOWN)
                one, two = self._written(before, first), self._written(piece, at)
                ends, begins = _ENDS_APART.search(before), _BEGINS_APART.match(piece)
                goes_on = other is piece and _KNOWN in after and not _ENDS_APART.search(piece)
                acronym = other is piece and other.strip().isupper()
                if ends or begins or goes_on or acronym or _OFFICE.search(other):
                    made.append(piece)
                    joint = ends and ends[0].strip().casefold() in {"and", "&"}
                    if joint or not (ends or begins or goes_on):
                        self.doubts[_cut(one, two)] = None
                else:
                    made[-1] = f"{before.rstrip()} {piece.lstrip()}"
                    why = f"{quoted(f'{one} {two}')} is taken as one title"
                    self.doubts[f"{why}, and not as {quoted(one)} and {quoted(two)}."] = None
            at += piece.count(_KNOWN)
        return made

    def _is_one(self, piece: str) -> bool:
        return _KNOWN not in piece and bool(self.titles.one(piece))

    def _is_doubtful(self, other: str) -> bool:
        """Whether the words beside a known title may be a part of it, or a post of their own."""
        if len(other) > LONGEST or not _WORD.search(other):
            return False
        return not (self.titles.one(other) or is_aside(_EDGES.sub("", other)))

    def _written(self, piece: str, at: int) -> str:
        """The piece as it stands in the file; `at` known titles are before it."""
        titles = iter(self.known[at:])
        return re.sub(_KNOWN, lambda _: next(titles)[1], piece).strip()

    def _aside(self, words: str) -> None:
        """What stands in brackets beside a title, such as “(lead)” or “(TBC)”."""
        if role := IS_ROLE.fullmatch(words):
            self.aside = SUPPORT if role["support"] else LEAD
        elif is_aside(words):
            self.nobody[words] = None

    def _name(self, piece: str, role: str) -> None:
        """One post, known or not, unless the words are of none."""
        behind = self.known[self.at : self.at + piece.count(_KNOWN)]
        self.at += len(behind)
        kept = _EDGES.sub("", piece) if len(piece) <= LONGEST else piece
        others = kept.replace(_KNOWN, " ")[:LONGEST]
        if len(piece) <= LONGEST:
            others = _EDGES.sub("", others)
        if not behind and not _WORD.search(kept):
            return  # what is left of signs around a known title
        if is_aside(others) and len(behind) < 2:
            if _WORD.search(others) and not IS_ROLE.fullmatch(others):
                self.nobody[others] = None
            kept = _KNOWN if behind else ""
        title, known = self.titles.one(kept), True
        if kept == _KNOWN:
            title = behind[0][0]
        elif kept and not title:
            written = iter(behind)
            title, known = re.sub(_KNOWN, lambda _: next(written)[1], kept), False
        if title:
            self.found.append(Named(title, known, self.care_of, role))
            self.care_of = False


def _cut(one: str, two: str) -> str:
    whole = " ".join(f"{one} {two}".split())
    why = f"{quoted(whole)} is taken as two posts, {quoted(one)} and {quoted(two)}"
    return f"{why}: it may be one title."


def is_slip(title: str, known: str) -> bool:
    """Whether the title is the known one with a letter more, less or other in its words.

    A word that is another one (“East” for “West”, “2” for “1”) is no slip.
    """
    ours, theirs = _words(title), _words(known)
    if "".join(ours) == "".join(theirs):
        return True
    if len(ours) != len(theirs):
        return False
    others = [(one, other) for one, other in zip(ours, theirs, strict=True) if one != other]
    return all(_is_near(one, other) for one, other in others)


@lru_cache(maxsize=50_000)  # the words of titles come again in others
def _is_near(one: str, other: str) -> bool:
    letters = SequenceMatcher(None, one, other)
    return letters.quick_ratio() >= ALIKE and letters.ratio() >= ALIKE


@lru_cache(maxsize=5_000)  # the known titles are compared with many others
def _words(title: str) -> tuple[str, ...]:
    return tuple(_word(word) for word in _WORD.findall(title))


def _word(word: str) -> str:
    """A word of a title without its hyphens, and in the singular."""
    plain = word.casefold().translate(_HYPHENS)
    return plain.removesuffix("s") if len(plain) > 3 else plain
