"""What people write in the cells of an improvement plan: tags, and words of status.

Nothing is guessed in silence: each answer carries what could not be read, so that a preview can
show it beside the words themselves. The shapes are those of document 004, Appendix B, and of
`domain.md`, Plans, rule 3. Dates and posts have modules of their own: `timescales`, `titles`.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from management.sheets.content import quoted
from plans.statuses import Status

# --- key messages ----------------------------------------------------------------------------

# Each sign can be read in one way only: a list that nearly is one would else be tried for ever.
_NUMBERS = r"\d{1,2}\b(?:[\s,&;/–-]{1,6}(?:(?:and|to)\s{1,3})?(?:KM\s{0,3})?\d{1,2}\b)*"
_TAGS = re.compile(
    # Not the kilometres of “20 km 3 times a week”.
    r"(?P<open>[(\[])?[ \t]{0,3}(?<!\d)(?<!\d\s)"
    r"\b(?:KM['’]?s?|key\s{1,3}messages?)\s{0,3}[.:]?\s{0,3}(?:no\.?\s{0,3})?"
    rf"(?P<numbers>{_NUMBERS})[ \t]{{0,3}}(?P<close>[)\]])?",
    re.IGNORECASE,
)
_BARE = re.compile(rf"\W*(?P<numbers>{_NUMBERS})\W*")
_RANGE = re.compile(r"(\d{1,2})\s{0,3}(?:–|-|\bto\b)\s{0,3}(?:KM\s{0,3})?(\d{1,2})", re.IGNORECASE)
_KM = re.compile(r"KM\s{0,3}(\d{1,2})", re.IGNORECASE)
LONGEST = 300  # characters of a cell of key messages; what is longer is prose
_BEFORE, _AFTER = set("\n.,;:–-"), set("\n.;:)]")
_GAP = "\0"  # where a tag was taken out, until the signs around it are mended


@dataclass(frozen=True)
class Tagged:
    """The key messages that a text names, in order, and the text without what only names them.

    `doubts` are the words of which it is not clear how many numbers belong to them.
    """

    numbers: list[int]
    text: str
    doubts: tuple[str, ...] = ()


def tags(text: str, known: Collection[int] | None = None) -> Tagged:
    """The key messages that are named among the words of an action.

    A list in brackets is one of key messages. Elsewhere it may run into the sentence ("KM1 and 2
    further workers"): then those numbers alone are taken that have KM before them, and the text is
    left as it is. `known` are the numbers that there are.
    """
    return _tagged(text, known, alone=False)


def messages(text: str, known: Collection[int] | None = None) -> Tagged:
    """The same of a cell that is for key messages alone, where numbers need no word before them."""
    bare = _BARE.fullmatch(text) if len(text) <= LONGEST else None
    if bare:
        return Tagged(sorted(set(_listed(bare["numbers"], known))), "")
    return _tagged(text, known, alone=True)


def _tagged(text: str, known: Collection[int] | None, alone: bool) -> Tagged:
    numbers: set[int] = set()
    doubts: list[str] = []

    def take(found: re.Match[str]) -> str:
        opened, closed = found["open"], found["close"]
        listed = found["numbers"]
        before = text[max(0, found.start() - 9) : found.start()].rstrip(" \t")[-1:]
        after = text[found.end() : found.end() + 9].lstrip(" \t")[:1]
        ends = bool(closed) or not after or after in _AFTER or bool(opened and after == ",")
        first, *others = map(int, re.findall(r"\d{1,2}", listed))
        named = [first, *map(int, _KM.findall(listed))]
        real = opened or known is None or all(number in known for number in others)
        if not (alone or len(named) > len(others) or (ends and real)):
            numbers.update(named)
            doubts.append(found[0].strip(" ()[]"))
            return found[0]
        numbers.update(_listed(listed, known))
        if opened and closed:
            return " "
        if alone or (ends and (opened or not before or before in _BEFORE)):
            return f"{opened or _GAP}{closed or ''}"
        return found[0]

    rest = _TAGS.sub(take, text.replace(_GAP, ""))
    rest = re.sub(r"[ \t]{2,}", " ", rest)
    rest = re.sub(rf" ?[,;:–-]? ?{_GAP}(?= ?(?:\n|$|[)\]]))", "", rest)
    rest = re.sub(rf"{_GAP} ?[.,;:]?", "", rest)
    rest = re.sub(r"[ \t]{2,}", " ", rest)
    rest = re.sub(r"([(\[])\s?[,;–-]\s?", r"\1", rest)
    return Tagged(sorted(numbers), re.sub(r" ([.,;)\]])", r"\1", rest).strip(), tuple(doubts))


def _listed(named: str, known: Collection[int] | None) -> list[int]:
    """The numbers of a list; of those between two others only the ones that there are."""
    found = [int(number) for number in re.findall(r"\d{1,2}", named)]
    for first, last in _RANGE.findall(named):
        between = range(int(first) + 1, int(last))
        found += [number for number in between if known is None or number in known]
    return found


# --- statuses --------------------------------------------------------------------------------

S = Status
# Words in common use, with what they mean here; an area's own words come before these.
MEANT = {
    S.NOT_STARTED: (
        *("not started", "not begun", "not yet started", "planned", "pending", "to be started"),
        *("yet to start", "yet to commence", "not commenced", "not yet due", "not due"),
    ),
    S.ON_TRACK: (
        *("on track", "green", "g", "in progress", "on target", "underway", "under way"),
        *("started", "progressing", "ongoing", "on-going", "on schedule", "commenced", "begun"),
        *("in hand", "progressing well"),
    ),
    S.AT_RISK: (
        *("amber", "a", "yellow", "at risk", "some delay", "delayed", "slippage", "minor delay"),
    ),
    S.OFF_TRACK: ("red", "r", "off track", "off target", "overdue", "late", "major delay"),
    S.DONE: (
        *("done", "actioned", "blue", "b", "complete", "completed", "achieved", "closed"),
        *("finished", "delivered", "implemented"),
    ),
    S.COMPLETE: ("complete (verified)", "verified", "signed off"),
    S.WITHDRAWN: ("withdrawn", "no longer required", "cancelled", "removed"),
    S.SUPERSEDED: ("superseded", "replaced", "merged"),
}
WORDS: dict[str, Status] = {word: meant for meant, words in MEANT.items() for word in words}
WORDS |= {meant.label.casefold(): meant for meant in Status}
_MARKS = {
    **dict.fromkeys("🟢🟩", " green, "),
    **dict.fromkeys("🟠🟡🟧🟨", " amber, "),
    **dict.fromkeys("🔴🟥", " red, "),
    **dict.fromkeys("🔵🟦", " blue, "),
    **dict.fromkeys("✓✔☑", " done, "),
}
_COLOURS = str.maketrans(_MARKS)
_PER_CENT = re.compile(r"(\d{1,3}(?:\.\d{1,4})?)\s?%")
_HOW_FAR = re.compile(rf"{_PER_CENT.pattern}(?:\s(?:complete|completed|done))?")
_HYPHEN = re.compile(
    r"\b(?:(on|off)-(?=track|target)|(not)-(?=started)|(in)-(?=progress)|(at)-(?=risk))"
)
_APART = re.compile(r"[/()\[\]:;,]|\s[–-]\s|–")
# From one status to another: “green → amber”, “was green, now amber”.
_TURNS = re.compile(
    rf"{_APART.pattern}|→|⇒|[-=]?>|\b(?:to|now|was|were|then|previously|formerly|from|moved|changed)\b"
)
_PLAIN = re.compile(
    r"\b(?:green|amber|yellow|red|blue|(?:on|off) (?:track|target)|at risk|not started)\b"
)
_LONGER = [word for word in WORDS if len(word) > 1]
_FIRST = re.compile(
    rf"(?:{'|'.join(sorted(map(re.escape, _LONGER), key=len, reverse=True))})\b"
    # “Complete by May” is a plan, not a status.
    r"(?!\s(?:after|before|by|if|in|once|subject|until|when)\b)"
)
_FINISHED = {S.DONE, S.COMPLETE, S.WITHDRAWN, S.SUPERSEDED}
# What takes back the word before it; and what leaves something to be done, though it says “done”.
_NOT = re.compile(r"(?:no|n|not|never|false|x|✗|✘)(?:\s(?:yet|really|quite|any ?more))?[.!?]*")
_LEFT = re.compile(
    r"\b(?:no(?!\s(?:further|more|other|issues?|concerns?)\b)|not|never|none|except(?:ing)?|but|bar"
    r"|apart from|other than|only|partial(?:ly)?|partly|part|half|almost|nearly|mostly|largely"
    r"|some|most|outstanding|remain(?:s|ing)?|still|yet|unless|without|incomplete"
    r"|(?:awaiting|pending)(?!\s(?:sign|verif|approv)))\b"
    r"|(?<![\d/])\d{1,3}\s?(?:/|of|out of)\s?\d{1,3}(?![\d/])"
)
LONGEST_STATUS = 300  # characters; what is longer is prose


@dataclass(frozen=True)
class Stood:
    """The status that a word stands for, or None; `word` is kept as it was written.

    `several` says that it names more than one.
    """

    word: str
    status: Status | None
    note: str = field(default="")
    several: bool = False


def status(text: str, own: Mapping[str, Status] | None = None) -> Stood:
    """What a word or a percentage of status means; `own` holds an area's words, in lower case.

    A percentage says how far, never that a date will be kept: 0% is not started, 100% is done, and
    between them it is taken as on track and said to be so.
    """
    word = " ".join(text.split())
    known = {**WORDS, **(own or {})}
    key = _key(word)
    if not key:
        return Stood(word, None)
    if key in known:
        return Stood(word, known[key])
    if share := _HOW_FAR.fullmatch(key):
        done = float(share[1])
        if done > 100:
            return Stood(word, None, f"“{word}” is more than everything.")
        if done in {0, 100}:
            return Stood(word, S.DONE if done else S.NOT_STARTED)
        return Stood(word, S.ON_TRACK, f"“{word}” says how far it is, not whether it is on track.")
    if len(key) <= LONGEST_STATUS:
        return _in_parts(word, key, known)
    return Stood(word, None, f"{quoted(word, 60)} is not a status that is known here.")


def _in_parts(word: str, key: str, known: Mapping[str, Status]) -> Stood:
    """The one status that the parts of the words name, or else that they begin with."""
    parts = [part for piece in _APART.split(key) if (part := _key(piece))]
    named = {part: known[part] for part in parts if part in known}
    all_named = {**named, **_turned(key, known)}
    if len(set(all_named.values())) > 1:
        listed = " and ".join(f"“{part}”" for part in sorted(all_named, key=key.find))
        said = f"{quoted(word, 60)} says several things at once: {listed}."
        return Stood(word, None, said, several=True)
    if named:
        others = [part for part in parts if part not in named]
        first = next(iter(named))
        rest = key
        for part in named:
            rest = rest.replace(part, " ", 1)
        if _takes_back(named[first], others, rest):
            return _taken_back(word, first)
        said = f"{quoted(word, 60)} is read by its word “{first}”." if others else ""
        return Stood(word, named[first], said)
    if first_words := _FIRST.match(key):
        rest = _key(key[first_words.end() :]).lstrip(":;,?/–-( ")
        if _takes_back(known[first_words[0]], [rest], rest):
            return _taken_back(word, first_words[0])
        said = f"{quoted(word, 60)} is read by its first words, “{first_words[0]}”."
        return Stood(word, known[first_words[0]], said)
    return Stood(word, None, f"{quoted(word, 60)} is not a status that is known here.")


def _turned(key: str, known: Mapping[str, Status]) -> dict[str, Status]:
    """Words of status that stand on either side of a change, and plain ones wherever they stand."""
    pieces = [piece for part in _TURNS.split(key) if (piece := _key(part)) in known]
    return {one: known[one] for one in [*pieces, *_PLAIN.findall(key)] if one in known}


def _takes_back(meant: Status, others: Iterable[str], whole: str) -> bool:
    """Whether the `others` beside a word of status say otherwise; `whole` is all of them."""
    if any(_NOT.fullmatch(other) for other in others):
        return True
    if meant not in _FINISHED:
        return False
    shares = [float(share) for share in _PER_CENT.findall(whole)]
    return any(share != 100 for share in shares) or bool(_LEFT.search(whole))


def _taken_back(word: str, first: str) -> Stood:
    said = f"{quoted(word, 60)} has “{first}” and says otherwise too: no status is read."
    return Stood(word, None, said)


def _key(text: str) -> str:
    plain = " ".join(text.translate(_COLOURS).casefold().split()).strip(" .,!*-")
    return _HYPHEN.sub(lambda found: f"{found[found.lastindex or 0]} ", plain)
