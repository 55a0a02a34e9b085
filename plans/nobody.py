"""Words in a cell of posts that are no title: that there is nobody, who leads, how many, when."""

import re

from plans.timescales import is_date

# Who says that there is no post, or not yet.
_NONE_YET = (
    r"(?:to be|not yet|yet to be) (?:advised|agreed|allocated|appointed|arranged|assigned"
    r"|confirmed|decided|defined|determined|identified|known|named|recruited)(?: .{1,60})?"
)
_NOBODY = re.compile(
    rf"(?:t ?b ?[acdn]|n ?/? ?a|none(?: identified)?|nil|no ?one|nobody|no (?:post|lead)"
    rf"|{_NONE_YET}|(?:post |currently )?vacan(?:t|cy)(?: post)?"
    r"|not (?:applicable|allocated|appointed|assigned|confirmed|known|named|required)|unknown"
    r"|un(?:allocated|assigned|filled|named)|every(?:one|body)"
    r"|all(?: (?:staff|partners|agencies|services|teams|posts|of the above|the above|above))?"
    r"|various|ditto|(?:as|see) (?:above|before|below)|same(?: as above)?|others?|etc"
    r"|x{1,4})(?: (?:at present|yet|as yet|currently|at this (?:stage|time)))?",
    re.IGNORECASE,
)
# What stands beside a title and is none: how many there are, or for how long somebody is one.
_BESIDE = re.compile(
    r"x ?\d{1,3}|\d{1,3}(?: ?x)?|acting|interim|temporary|former(?:ly)?|ex", re.IGNORECASE
)
IS_ROLE = re.compile(
    r"(?:leads?|led by|owner|responsible|accountable"
    r"|(?P<support>support(?:s|ing|ed)?(?: by| from)?))",
    re.IGNORECASE,
)


def is_nobody(text: str) -> bool:
    """Whether the words say that there is no post, such as “TBC”, “N/A” or a dash."""
    plain = " ".join(re.sub(r"[^\w/]+", " ", text).split())
    return not re.search(r"\w", plain) or bool(_NOBODY.fullmatch(plain.strip("/ ")))


def is_aside(words: str) -> bool:
    """Whether the words stand beside a title and are none."""
    plain = words.strip(" .,:–-")
    return (
        is_nobody(words)
        or bool(IS_ROLE.fullmatch(words) or _BESIDE.fullmatch(plain))
        or is_date(words)
    )
