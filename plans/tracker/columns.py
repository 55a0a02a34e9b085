"""The columns of the tracker workbook: what each is called, and whether it is read back."""

from dataclasses import dataclass
from enum import StrEnum

SHEET = "Actions"
NOT_READ = "(not read back)"


class Name(StrEnum):
    """A column. Those that hold a field of an action have its name."""

    REFERENCE = "reference"
    PLAN = "plan"
    INDICATOR = "indicator"
    TEXT = "text"
    LEAD = "lead"
    SUPPORTING = "supporting"
    FIRST_DUE = "original_due"
    DUE = "due"
    STATUS = "status"
    STANDS = "stands"
    PERCENT = "percent"
    LATEST = "latest"
    UPDATE = "update"
    EVIDENCE = "evidence"
    NEW_DUE = "new_due"
    WHY = "why"
    MESSAGES = "key_messages"
    EXPECTED = "evidence_expected"
    ANSWERS = "answers"
    HELD = "held"
    MOVES = "moves"
    KEY = "key"
    FROM = "from"


@dataclass(frozen=True)
class Column:
    """`width` in characters. What is `read` comes back; the `note` hangs on the heading."""

    name: Name
    heading: str
    width: float
    note: str
    read: bool = False

    @property
    def shown(self) -> str:
        return self.heading if self.read else f"{self.heading}\n{NOT_READ}"


N = Name
COLUMNS = (
    Column(N.REFERENCE, "Reference", 12, "By this the action is known again. Leave it as it is."),
    Column(N.PLAN, "Plan", 24, "The plan that the action belongs to."),
    Column(N.INDICATOR, "Quality indicator", 24, "What the action should improve."),
    Column(
        N.TEXT,
        "Action",
        48,
        "What is to be done. A new wording is taken back when it comes from somebody who keeps the "
        "plan; after approval it needs a reason, which is asked for then.",
        read=True,
    ),
    Column(
        N.LEAD,
        "Lead",
        24,
        "The one post that answers for the action. Choose it from the list; new posts are added in "
        "Throughline.",
        read=True,
    ),
    Column(
        N.SUPPORTING,
        "Supporting",
        28,
        "The other posts, with a semicolon between them, written as in the list of the Lead "
        "column.",
        read=True,
    ),
    Column(N.FIRST_DUE, "First due", 13, "The first due date never changes."),
    Column(N.DUE, "Due", 13, "The current due date. To move it, fill in “New due date”."),
    Column(
        N.STATUS,
        "Status",
        22,
        "How the action stands. Choose from the list, and say under “New update” what has "
        "happened. That an action is complete is said by a second person in Throughline.",
        read=True,
    ),
    Column(N.STANDS, "Stands as", 16, "The area's word, by months late or per cent done."),
    Column(
        N.PERCENT,
        "% done",
        9,
        "A whole number from 0 to 100, without the sign. It goes with a new update.",
        read=True,
    ),
    Column(N.LATEST, "Latest update", 44, "What was said last, by whom and when."),
    Column(
        N.UPDATE,
        "New update",
        44,
        "A sentence or two: what was done since the last update, and what comes next.",
        read=True,
    ),
    Column(
        N.EVIDENCE,
        "New evidence",
        34,
        "What shows it, and where it is kept. Needed when the action is done. No names of people "
        "under supervision.",
        read=True,
    ),
    Column(
        N.NEW_DUE,
        "New due date",
        14,
        "Only where the date is to move: a day after today, with the reason beside it.",
        read=True,
    ),
    Column(
        N.WHY,
        "Reason for the new date",
        32,
        "Why the date moves, and what will make the new one hold. The board reads it.",
        read=True,
    ),
    Column(N.MESSAGES, "Key messages", 16, "The key messages that the action answers."),
    Column(
        N.EXPECTED,
        "Evidence expected",
        38,
        "What will show that it is done and that things are better. A new wording is taken back "
        "like that of the action.",
        read=True,
    ),
    Column(N.ANSWERS, "Answers", 24, "The recommendations and findings that the action answers."),
    Column(N.HELD, "Evidence held", 38, "The evidence that was given so far."),
    Column(N.MOVES, "Dates moved", 34, "How the due date has moved, with the reasons."),
    Column(N.KEY, "Throughline key", 10, "By this the row is known again. Leave it as it is."),
    Column(N.FROM, "Status it went out with", 16, "By this the list of statuses is chosen."),
)
HIDDEN = frozenset({N.KEY, N.FROM})
BY_NAME = {column.name: column for column in COLUMNS}
READ = tuple(column for column in COLUMNS if column.read)
# What people fill in, and of which the file that goes out says nothing.
ASKED = (N.UPDATE, N.EVIDENCE, N.NEW_DUE, N.WHY)


def plain(heading: str) -> str:
    """A heading as it is compared: without what stands in brackets, and however it is written."""
    return " ".join(heading.casefold().replace(NOT_READ, " ").split())


BY_HEADING = {plain(column.heading): column for column in COLUMNS}
