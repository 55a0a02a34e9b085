"""Actions as the lines of a list: everything worked out, so that a page has only to print it."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from management.days import day_text
from plans.references import named
from plans.states import WORKED_ON, PlanState
from plans.statuses import Status, is_open
from plans.thread import moves_of
from plans.words import Word, word_for

SHORT = 160  # characters of an action's text
LABELS = dict(Status.choices)
COLOURS = {
    Status.COMPLETE: "green",
    Status.ON_TRACK: "blue",
    Status.AT_RISK: "orange",
    Status.OFF_TRACK: "red",
    Status.DONE: "purple",
}
TAGS = {"": "grey", "amber": "orange"}  # colours of words that tags have otherwise


@dataclass(slots=True)
class Line:
    """One action as text: `name` is its reference and plan, `title` its reference and text, `dates`
    what its due date was at first and how it moved, `late` by how much it is overdue, or empty,
    as for one that was reported as done in time; `reported` since when it waits to be verified;
    `word` is the area's own, or empty."""

    key: str
    name: str
    title: str
    plan_key: str
    plan: str
    due: str
    dates: str
    timescale: str
    late: str
    reported: str
    status: str
    label: str
    colour: str
    word: str
    word_colour: str
    lead: str
    updated: str
    updatable: bool
    supporting: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Reader:
    """For whom lines are made: the area's words and their rule, and whose actions may be updated
    (those of every post, or of the keys in `posts`)."""

    on: date
    words: Sequence[Word] = ()
    rule: str = ""
    posts: Collection[int] | None = ()


def line(row: dict[str, Any], reader: Reader) -> Line:
    """Of a row of `ActionListQuerySet.lines`; `mine` in it says that a post of theirs has it."""
    status, due, late_after, on = row["status"], row["due"], row["late_after"], reader.on
    going = is_open(status)
    promised = row["plan_state"] != PlanState.DRAFT
    late = going and promised and late_after is not None and late_after < on
    late = late and not in_time(row["done_on"], late_after)
    word = None
    if reader.words:
        stands = {"status": status, "percent": row["percent"], "late_after": late_after}
        word = word_for(reader.words, reader.rule, **stands, on=on)
    return Line(
        key=str(row["pk"]),
        name=f"{row['reference']}, {row['plan_title']}",
        title=f"{row['reference']} {shortened(row['text'])}",
        plan_key=str(row["plan_id"]),
        plan=row["plan_title"],
        due=day_text(due) if due else "No date",
        dates=_dates(row["first"], due, row["moves"]),
        timescale="" if due else row["timescale"],
        late=_lateness(on - late_after, by_first=late_after != due) if late else "",
        reported=waiting_since(row["done_on"], on),
        status=status,
        label=LABELS[status],
        colour=COLOURS.get(status, "grey"),
        word=word.word if word else "",
        word_colour=TAGS.get(word.colour, word.colour) if word else "",
        lead=titled(row["lead_title"], row["lead_organisation"]),
        updated=day_text(row["updated"]) if row["updated"] else "None yet",
        updatable=going
        and row["plan_state"] in WORKED_ON
        and (reader.posts is None or bool(row.get("mine"))),
    )


def in_time(done_on: date | None, late_after: date | None) -> bool:
    """Whether what was reported as done on that day, and waits to be verified, was so in time: its
    owner is not late, though it counts as overdue until it is verified."""
    return done_on is not None and late_after is not None and done_on <= late_after


def waiting_since(done_on: date | None, on: date) -> str:
    """“Reported done on 20 December 2019: has waited 26 days to be verified”, or empty."""
    if done_on is None:
        return ""
    days = (on - done_on).days
    waits = f"has waited {'1 day' if days == 1 else f'{days} days'}" if days > 0 else "waits"
    return f"Reported done on {day_text(done_on)}: {waits} to be verified"


def _dates(first: date | None, due: date | None, times: int) -> str:
    """“First 31 March 2020, moved once, 61 days later”; empty where it never was another."""
    was = f"First {day_text(first)}" if first and first != due else ""
    return ", ".join(filter(None, (was, moves_of(first, due, times).words)))


def _lateness(past: timedelta, *, by_first: bool) -> str:
    """“Overdue by 3 days”, and where the days count from its first date, that."""
    days = "1 day" if past.days == 1 else f"{past.days} days"
    return f"Overdue by {days}{', by its first date' if by_first else ''}"


def linked(lines: Iterable[Line], links: Iterable[tuple[int, str, str, str]]) -> None:
    """Give the lines their supporting posts and key messages: see `plans.querysets.links_of`."""
    by_key: dict[str, list[Line]] = {}
    for one in lines:  # by key message, an action is listed more than once
        by_key.setdefault(one.key, []).append(one)
    links = list(links)
    for key, kind, title, organisation in sorted(links, key=lambda link: link[2:]):
        for one in by_key[str(key)] if kind == "post" else ():
            one.supporting.append(titled(title, organisation))
    messages = [(title, int(number), key) for key, kind, number, title in links if kind != "post"]
    for title, number, key in sorted(messages):
        for one in by_key[str(key)]:
            one.messages.append(named(f"KM{number}", title))


def titled(title: str, organisation: str) -> str:
    """A post as it is named everywhere: its organisation only where it is outside the area."""
    return f"{title} ({organisation})" if organisation else title


def shortened(text: str) -> str:
    """One line of it, short enough for a list."""
    line = " ".join(text[: 2 * SHORT].split())
    return line if len(line) <= SHORT else f"{line[: SHORT - 1].rstrip()}…"
