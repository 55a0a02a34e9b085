"""Which quality indicator a cell names: by its code, by its name, or nearly by its name."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from management.sheets.content import quoted
from plans.form.matching import words

LONGEST = 600  # characters of a cell that names an indicator; what is longer is prose
LONGEST_HEADING = 150  # characters of words above a table that have an indicator's name
ENOUGH = 0.74  # of a name's telling words, for it to be meant
AHEAD = 0.2  # by so much more than of any other name
SAME = 0.6  # of the telling words of both, for words to be a name and nothing else
_BEFORE = (
    r"(?:\b(?:quality\s{1,2}indicators?|indicators?|QIs?)\s{0,2}"
    r"(?:no\.?|number|ref\.?)?[\s:.–-]{0,3})"
)
_CODE = r"(?P<code>[0-9]{1,2}[a-z]?(?:\.[0-9]{1,2}){0,2})(?![\w%])(?!\.\d)"
_FIRST = re.compile(rf"^[\s(\[]*{_BEFORE}?{_CODE}", re.IGNORECASE | re.MULTILINE)
_NAMED = re.compile(rf"{_BEFORE}{_CODE}", re.IGNORECASE)
_DOTTED = re.compile(rf"(?<![\w.]){_CODE}", re.IGNORECASE)


@dataclass(frozen=True)
class Match:
    """The code of the indicator that a text names, or empty, and a sentence where it is doubtful.

    `like` is the one that comes nearest where none is meant for certain, as people name it.
    """

    code: str = ""
    note: str = ""
    like: str = ""


class Indicators:
    """The indicators of a framework, to be found in many cells: each text is looked at once."""

    def __init__(self, known: Iterable[tuple[str, str]]) -> None:
        self.names = dict(known)
        self.codes = {code.casefold(): code for code in self.names}
        self.called_so = {self.called(code).casefold(): code for code in self.names}
        self.plain = {_plain(name): code for code, name in self.names.items()}
        self.words = {code: words(name) for code, name in self.names.items()}
        self.seen: dict[str, Match] = {}

    def find(self, text: str) -> Match:
        """The indicator that the text names. The same text gives the same answer at once."""
        if text not in self.seen:
            self.seen[text] = self._find(text[:LONGEST])
        return self.seen[text]

    def heading(self, text: str) -> Match:
        """The indicator that words above rows name: by its code at the beginning, or its name.

        “Version 2.1” and “section 5.2 of the report” name none.
        """
        begins = _FIRST.match(text[:LONGEST])
        code = self.codes.get(begins["code"].casefold(), "") if begins else ""
        if code and begins and ("." in code or _NAMED.match(begins[0]) or self._fits(code, text)):
            return self.find(text)
        return self._by_name(text) if len(text) <= LONGEST_HEADING else Match()

    def is_name(self, code: str, text: str) -> bool:
        """Whether the text is the indicator's code or name, and says nothing else."""
        said, name = words(_plain(text)), self.words[code]
        return not said or len(said & name) >= SAME * len(said | name)

    def called(self, code: str) -> str:
        return f"{code} {self.names[code]}" if code in self.names else code

    def _find(self, text: str) -> Match:
        if code := self.called_so.get(" ".join(text.split()).casefold()):
            return Match(code)
        by_name = self._by_name(text)
        codes = self._codes(text)
        if len(codes) > 1:
            listed = " and ".join(codes)
            return Match(codes[0], f"{quoted(text, 60)} names {listed}: the first is taken.")
        if codes:
            other = by_name.code
            if other and other != codes[0] and not self._fits(codes[0], text):
                said = f"{quoted(text, 60)} has the code of {self.called(codes[0])}"
                return Match(codes[0], f"{said}, but reads like {self.called(other)}.")
            return Match(codes[0])
        unknown = _FIRST.match(text)
        if unknown and "." in unknown["code"]:
            return Match(like=by_name.code and self.called(by_name.code))
        return by_name

    def _codes(self, text: str) -> list[str]:
        """The known codes that the text names, where a code stands."""
        if (whole := text.strip(" .:()[]").casefold()) in self.codes:
            return [self.codes[whole]]
        found = [match["code"] for shape in (_FIRST, _NAMED) for match in shape.finditer(text)]
        found += [match["code"] for match in _DOTTED.finditer(text) if "." in match["code"]]
        known = [self.codes[code.casefold()] for code in found if code.casefold() in self.codes]
        return list(dict.fromkeys(known))

    def _by_name(self, text: str) -> Match:
        plain = _plain(text)
        if plain in self.plain:
            return Match(self.plain[plain])
        said = words(text)
        shares = sorted(
            ((self._share(code, said), code) for code in self.names if len(self.words[code]) > 1),
            reverse=True,
        )
        if not shares or shares[0][0] == 0:
            return Match()
        best, code = shares[0]
        second = shares[1][0] if len(shares) > 1 else 0.0
        if best >= ENOUGH and best - second >= AHEAD:
            return Match(code, f"{quoted(text, 60)} is taken for {self.called(code)}.")
        return Match(like=self.called(code) if best >= 0.5 else "")

    def _share(self, code: str, said: set[str]) -> float:
        return len(self.words[code] & said) / len(self.words[code])

    def _fits(self, code: str, text: str) -> bool:
        wanted = self.words[code]
        return not wanted or self._share(code, words(text)) > 0.3


def _plain(text: str) -> str:
    """A name without its code, capitals and signs."""
    text = re.sub(rf"^[\s(\[]*{_BEFORE}?{_CODE}", "", text[:LONGEST], flags=re.IGNORECASE)
    return " ".join(re.findall(r"[^\W_]+", text.casefold().replace("&", " and ")))
