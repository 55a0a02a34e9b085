"""What a row says of progress: its updates, and the status with which the words begin."""

import re
from collections.abc import Sequence

from management.sheets.content import quoted
from plans.sheets.fields import LABELS, Field
from plans.sheets.known import Known, said
from plans.sheets.rows import Record
from plans.sheets.standing import Noted
from plans.sheets.word import INSIDE
from plans.statuses import Status

F = Field
Updates = list[tuple[str, str]]  # each with the heading of its column
_COMMENT = re.compile(r"\b(?:comment(?:s|ary)?|feedback|notes?|remarks?)\b", re.IGNORECASE)
_TELLS = re.compile(r"\b(?:position|progress|status|updates?)\b", re.IGNORECASE)
_NOTHING = re.compile(
    r"(?:n ?/? ?a|nil|none|not applicable|t ?b ?[ac]"
    r"|no(?:thing)?(?: (?:progress|updates?|action))?)"
    r"(?: (?:yet|as yet|so far|at present|to (?:date|report)|at this (?:stage|time)))?",
    re.IGNORECASE,
)
# Said of actions too, and no status here.
_HELD = re.compile(r"(?:deferred|on[ -]hold|paused|postponed|stalled|suspended)\b", re.IGNORECASE)
_CLAUSE = re.compile(r"[.:;,\n]|\s[–-]\s|–")


def updates_of(record: Record, known: Known, note: Noted) -> Updates:
    """The updates, oldest first; words that report nothing are none, and said to be.

    What was reported here is one, whatever it says.
    """
    updates = []
    for heading, cell in record.cells.get(F.PROGRESS, []):
        text = said(cell)
        if not text or cell.fault not in {"", INSIDE}:
            continue
        if not record.says and _is_nothing(text, known):
            note(
                F.PROGRESS, "progress_nothing", f"{quoted(text)} reports nothing: it is no update."
            )
        else:
            updates.append((heading or LABELS[F.PROGRESS], text))
    # What others say of the progress stands before it: the progress itself is the newest.
    beside = [one for one in updates if _is_comment(one[0])]
    told = [one for one in updates if not _is_comment(one[0])]
    return _oldest_first(beside, known) + _oldest_first(told, known)


def say_standing(updates: Updates, known: Known, note: Noted) -> None:
    """That the newest update begins with a word of status, in a row that has none of its own."""
    found = _begins_with(updates[-1][1], known) if updates else None
    if found:
        why = f"{quoted(updates[-1][1], 60)} begins as if the action were “{found}”"
        note(
            F.PROGRESS,
            "progress_status",
            f"{why}, and no column of the row says its status: the status stays as it is.",
            "A word such as Green or Complete in a column of status would be read.",
        )


def _is_nothing(text: str, known: Known) -> bool:
    plain = " ".join(re.sub(r"[^\w/%]+", " ", text).split())
    stood = known.status(text)
    not_begun = stood.status == Status.NOT_STARTED and not stood.note
    return not plain or not_begun or bool(_NOTHING.fullmatch(plain))


def _is_comment(heading: str) -> bool:
    """Whether the column has remarks on the progress, and not the progress."""
    return bool(_COMMENT.search(heading) and not _TELLS.search(heading))


def _begins_with(text: str, known: Known) -> str:
    """The status that the first words name, unless the others say otherwise; or nothing."""
    first = known.status(_CLAUSE.split(text, maxsplit=1)[0]).status
    if first and known.status(text).status == first:
        return first.label
    held = _HELD.match(text)
    return held[0].casefold() if held else ""


def _oldest_first(updates: Updates, known: Known) -> Updates:
    """Some put the newest on the left: the days in the headings tell, or else the numbers."""
    read = [known.timescale(heading) for heading, _ in updates]
    told: Sequence[int | None] = [one.due.toordinal() if one.due else None for one in read]
    if not any(told):
        found = [re.findall(r"\d{1,3}", heading) for heading, _ in updates]
        told = [int(numbers[-1]) if numbers else None for numbers in found]
    days = [day for day in told if day is not None]
    if days and days == sorted(days, reverse=True) and days[0] > days[-1]:
        return updates[::-1]
    guessed = any("has no year" in said_of for one in read for said_of in one.notes)
    if len(days) < len(updates) or guessed:
        return updates
    return [updates[at] for at in sorted(range(len(updates)), key=lambda at: days[at])]
