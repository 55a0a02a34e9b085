"""What a column of a plan can hold, and what the headings in common use say that it holds."""

import hashlib
import re
from collections.abc import Iterable
from enum import StrEnum


class Field(StrEnum):
    """The names are those of an action's own fields, where it has one."""

    REFERENCE = "reference"
    INDICATOR = "indicator"
    ACTION = "text"
    RESPONSIBLE = "responsible"
    SUPPORTING = "supporting"
    TIMESCALE = "timescale"
    REVISED = "revised"
    EVIDENCE = "evidence_expected"
    STATUS = "status"
    PROGRESS = "progress"
    MESSAGES = "key_messages"
    PERCENT = "percent"
    # Our own files have them beside the post and the date that they became.
    RESPONSIBLE_WORDS = "responsible_words"
    TIMESCALE_WORDS = "timescale_words"
    NOTHING = "nothing"


class Sure(StrEnum):
    CERTAIN = "certain"
    LIKELY = "likely"
    NONE = "none"


F = Field
LABELS: dict[Field, str] = {
    F.REFERENCE: "Reference",
    F.INDICATOR: "Quality indicator",
    F.ACTION: "Action",
    F.RESPONSIBLE: "Responsible",
    F.SUPPORTING: "Supporting posts",
    F.TIMESCALE: "Timescale",
    F.REVISED: "Revised due date",
    F.EVIDENCE: "Evidence of improvement",
    F.STATUS: "Status",
    F.PROGRESS: "Progress",
    F.MESSAGES: "Key messages",
    F.PERCENT: "Per cent complete",
    F.RESPONSIBLE_WORDS: "Responsible, in the plan’s words",
    F.TIMESCALE_WORDS: "Timescale, in the plan’s words",
    F.NOTHING: "Not used",
}
# Fields that several columns may give: the rightmost progress is the latest.
SEVERAL = frozenset({F.SUPPORTING, F.EVIDENCE, F.PROGRESS, F.MESSAGES, F.NOTHING})
# Where two columns claim the same field, quarter after quarter, the rightmost is the newest.
NEWEST = frozenset({F.STATUS, F.PERCENT, F.REVISED})

_SAID: dict[Field, str] = {
    F.REFERENCE: """
        ref, refs, reference, reference no, reference number, ref no, ref number, no, nos, number,
        id, item, item no, s n, sn, action no, action number, action ref, action reference,
        action id, unique id, line, row
    """,
    F.INDICATOR: """
        quality indicator, quality indicators, quality indicator s, qi, qis, qi no, qi number,
        qi ref, indicator, indicators, quality indicator ref, quality indicator number,
        quality indicator and theme, qi and theme
    """,
    F.ACTION: """
        action, actions, action s, action for improvement, actions for improvement,
        action s for improvement, improvement action, improvement actions, action required,
        actions required, action s required, action to be taken, actions to be taken,
        action point, action points, planned action, planned actions, agreed action,
        agreed actions, key action, key actions, action description, description of action,
        action needed, actions needed, what will we do, what we will do, what are we going to do,
        what we are going to do, what will be done, what needs to be done, task, tasks, activity,
        activities, improvement activity, improvement activities, smart action, smart actions,
        proposed action, proposed actions, action detail, action details, improvement
    """,
    F.RESPONSIBLE: """
        responsible, responsibility, responsibilities, owner, owners, owner s, lead, leads, lead s,
        lead officer, lead officers, lead officer s, action owner, action owners, action lead,
        responsible person, responsible persons, responsible officer, responsible officers,
        responsible lead, responsible owner, responsible post, responsible post holder,
        person responsible, persons responsible, person s responsible, officer responsible,
        lead person, lead post, lead agency, lead partner, lead role, lead responsibility,
        lead responsible, accountable, accountable officer, accountable lead, accountable owner,
        who, by whom, who is responsible, who will do it, who will lead, assigned to, allocated to,
        named lead, named officer, officer, owned by, led by, post, postholder, post holder, person
    """,
    F.SUPPORTING: """
        supporting, support, supported by, supporting officer, supporting officers,
        supporting post, supporting posts, supporting lead, supporting leads, supporting partners,
        contributor, contributors, contributing, partner, partners, key partners, others involved,
        who else, with whom, support officer, support officers, in partnership with
    """,
    F.TIMESCALE: """
        timescale, timescales, time scale, time scales, timescale s, due, due date, date due,
        due by, target, target date, target dates, target timescale, target completion,
        target completion date, by when, when, deadline, deadlines, completion date,
        date for completion, completion due, complete by, to be completed by, timeline, timelines,
        timeframe, timeframes, time frame, end, end date, finish, finish date, to, action by date,
        original due date, original date,
        original target date, original timescale, planned completion date, planned end date,
        expected completion date, expected completion, timescale for completion,
        timescales review, timescales review progress, timescale review, review timescale, date
    """,
    F.REVISED: """
        revised date, revised due date, revised target date, revised target, revised timescale,
        revised timescales, revised completion date, revised deadline, new due date, new date,
        new target date, extended date, extension date, forecast date, forecast completion date,
        current due date, amended date, amended due date
    """,
    F.EVIDENCE: """
        evidence, evidence of improvement, evidence of improvements, evidence expected,
        expected evidence, evidence of impact, evidence of completion, evidence required,
        evidence of success, success measure, success measures, measure of success,
        measures of success, success criteria, success criterion, success indicator,
        success indicators, measure, measures, performance measure, performance measures,
        how will we know, how we will know, how will we measure success,
        how will we measure this, how we will measure success, what will success look like,
        what success will look like, what difference will it make, expected impact,
        intended impact, expected outcome, expected outcomes, intended outcome, intended outcomes,
        desired outcome, desired outcomes, outcome and evidence, evidence of outcome
    """,
    F.STATUS: """
        status, rag, rag status, rag rating, rag score, brag, brag status, brag rating,
        current status, action status, progress status, status rag, status brag, r a g, state,
        delivery status, current rag, current brag, rag brag, stage
    """,
    F.PROGRESS: """
        progress, update, updates, latest update, progress update, progress updates, comment,
        comments, progress to date, progress comment, progress comments, note, notes,
        progress note, progress notes, progress made, progress report, current position,
        latest position, position, latest progress, commentary, narrative, status update,
        progress and comments, update comments, current progress, action taken, actions taken,
        review comments, progress review
    """,
    F.MESSAGES: """
        key message, key messages, key message s, km, kms, km s, key message no, key messages no,
        key message number, key message ref, related key messages, linked key messages
    """,
    F.PERCENT: """
        % complete, complete %, % completed, % completion, completion %, %, % done, % progress,
        progress %, percent complete, per cent complete, percentage complete, percent,
        percentage, percent completed, percentage completed, percentage completion,
        percentage progress, complete percentage, how complete
    """,
    F.NOTHING: """
        recommendation, recommendations, recommendation no, recommendation number,
        area for improvement, areas for improvement, area s for improvement, finding, findings,
        inspection finding, priority, theme, themes, risk, risks, risk rating, cost, costs, budget,
        resource, resources, resource implications, start, start date, from, date from, begins,
        date started, date added, date raised, date opened, date agreed, date logged, date set,
        date created, date identified, date of meeting, meeting date, date completed,
        completed date, actual completion date,
        date of completion, date closed, closed date, date complete, completed on, source,
        objective, objectives, aim, aims, strategic priority, strategic objective, section,
        last updated, date updated, date of update, update date, latest update on, latest update by,
        last update on, last update by, last updated by, updated on, updated by, update by,
        category, service, team,
        rationale, baseline, dependencies, dependency, link, links, key, legend, meaning, meanings,
        definition, definitions, version, version no, version number, author, authors,
        summary of changes, change, changes, amendment, amendments, approved by, distribution
    """,
}
EXACT: dict[str, Field] = {
    " ".join(phrase.split()): field for field, said in _SAID.items() for phrase in said.split(",")
}
# Within a longer heading these say as much; the others (“no”, “who”, “line”) do not.
_SHORT = {phrase for phrase in EXACT if len(phrase) < 4} - {"due", "rag", "kms"}
_TOO_COMMON = {"number", "item", "line", "row", "when", "date", "stage", "state", "officer", "from"}
# What such words mean is likely, even where they are the whole heading.
_HINTS: dict[str, Field] = {
    **dict.fromkeys(("outcome", "outcomes", "impact", "results", "what difference"), F.EVIDENCE),
    **dict.fromkeys(("who", "action by", "by who", "contact", "lead contact"), F.RESPONSIBLE),
    **dict.fromkeys(("review date", "review", "completion", "action by when"), F.TIMESCALE),
    **dict.fromkeys(("update on", "update on action", "update on actions"), F.PROGRESS),
    **dict.fromkeys(("date action", "action completed", "date of action"), F.NOTHING),
    **dict.fromkeys(("what", "how", "step", "steps", "improvement required"), F.ACTION),
    **dict.fromkeys(("rating", "on track"), F.STATUS),
}
_PARTS = _HINTS | {
    phrase: field for phrase, field in EXACT.items() if phrase not in _SHORT | _TOO_COMMON
}
# These turn what a heading says: the start of a time is not its end, a key has no action's status.
_START = re.compile(r"\b(?:start|begin|commenc|raised\b|opened\b)|\bfrom$")
_END = re.compile(r"\b(?:end|finish|due|complet)")
_KEY = re.compile(r"\b(?:key|legend|meanings?|definitions?)\b")
# Of such a column another one that claims the same field has it, as the lead's post before the
# body to which it belongs, and what is done before what it is for.
_GIVES_WAY = re.compile(
    r"dates?|review(?: date)?|improvements?|improvement required"
    r"|.*\b(?:achieve|achieved|agency|agencies|organisation|partner)\b.*"
)
_COMPLETED = re.compile(
    r"(?:date |actual )+(?:of )?(?:complet\w+|closed)(?: date)?|(?:completed|closed) (?:date|on)"
)
LONGEST = 120  # characters of a heading
WHY_NOTHING = {
    "recommendation": "recommendations are linked to actions by people, after the import",
    "area": "areas for improvement are linked to actions by people, after the import",
    "finding": "findings are linked to actions by people, after the import",
}


def plain(heading: str) -> str:
    """A heading without capitals, signs and spaces that differ from file to file."""
    said = heading[: 4 * LONGEST].casefold().replace("#", " no ").replace("&", " and ")
    return " ".join(re.findall(r"%|[^\W_]+", said))


def by_heading(heading: str) -> tuple[Field, Sure, str]:
    """What the heading says of its column, how surely, and why in a few words."""
    said = plain(heading)
    if not said or len(said) > LONGEST:
        return F.NOTHING, Sure.NONE, "no heading" if not said else "too long for a heading"
    if said in EXACT:
        field = EXACT[said]
        return field, Sure.CERTAIN, _why(field, said)
    words = said.split()
    spans = (
        (" ".join(words[first:last]), first)
        for first in range(len(words))
        for last in range(first + 1, min(first + 6, len(words)) + 1)
    )
    found = [(len(phrase), -first, phrase) for phrase, first in spans if phrase in _PARTS]
    if not found:
        return F.NOTHING, Sure.NONE, "its heading is not known"
    phrase = max(found)[2]
    field = _PARTS[phrase]
    turned = _turned(field, said)
    if turned:
        return F.NOTHING, Sure.LIKELY, _why(F.NOTHING, turned)
    return field, Sure.LIKELY, _why(field, phrase)


def _turned(field: Field, said: str) -> str:
    """The word by which a heading does not mean what another of its words says; or nothing."""
    turns = _START if field == F.TIMESCALE and not _END.search(said) else _KEY
    found = turns.search(said) if field in {F.TIMESCALE, F.STATUS} else None
    return found[0] if found else ""


def is_key(heading: str) -> bool:
    """Whether the column explains words or colours: it is of no action."""
    return bool(_KEY.search(plain(heading))) and by_heading(heading)[0] == F.NOTHING


def gives_way(heading: str) -> bool:
    """Whether another column that claims the same field has it rather than this one."""
    return bool(_GIVES_WAY.fullmatch(plain(heading)))


def says_completed(heading: str) -> bool:
    """Whether the column has the day on which an action was completed."""
    return bool(_COMPLETED.fullmatch(plain(heading)))


def _why(field: Field, phrase: str) -> str:
    if field != F.NOTHING:
        return f"its heading says “{phrase}”"
    return WHY_NOTHING.get(phrase.rstrip("s").split()[0].rstrip("s"), f"“{phrase}” is not imported")


def signature(headings: Iterable[str]) -> str:
    """The SHA-256 by which a table's headings are known again, however they are written."""
    return hashlib.sha256("\x1f".join(map(plain, headings)).encode()).hexdigest()
