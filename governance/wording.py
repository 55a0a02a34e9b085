"""The sentences, dates and numbers of a pack, written once for all formats. Pure."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from governance.content import ActionRow, Band, Coverage, Meeting, Move, PackContent
from kpis.series import Kpi, Point
from management.days import day_text
from plans import coverage
from plans.references import named
from plans.states import PlanState

NOT_WRITTEN = "Not yet written."
NOT_REPORTED = "Not reported"
NONE_DUE = "None due"
NO_NUMBERS = "numbers not published"
ILLUSTRATIVE = "Illustrative: made up to show how the paper works, not a real record."
PLURALS = {
    "Key message": "Key messages",
    "Area for improvement": "Areas for improvement",
    "Area for development": "Areas for development",
    "Recommendation": "Recommendations",
    "Graded indicator": "Graded indicators",
    "Strength": "Strengths",
    coverage.ELEMENT: "Elements rated low",
}
OPEN_STATES = {
    coverage.UNCOVERED: "Without an action",
    coverage.ONLY_GONE: "With withdrawn actions only",
    coverage.ONLY_FINISHED: "With finished actions only",
    coverage.UNMEASURED: "With an action but no measure",
}
WANTING = {*OPEN_STATES, coverage.ANSWERED}  # what is in another state needs no action any more
LONDON = ZoneInfo("Europe/London")


def day(value: date | None, otherwise: str = "") -> str:
    """A date as "31 December 2019"."""
    return day_text(value) if value else otherwise


def moment(value: datetime) -> str:
    """A time as "6 January 2020, 09:30" in Scotland; a naive one is taken as it stands."""
    local = value.astimezone(LONDON) if value.tzinfo else value
    return f"{day(local)}, {local:%H:%M}"


def how_many(count: int, one: str, many: str = "") -> str:
    """ "1 action", "2 actions"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def listed(items: Sequence[str], end: str = "and") -> str:
    """ "a", "a and b", "a, b and c"."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {end} {items[-1]}"


def sentence(text: str) -> str:
    """The text with a full stop, unless it ends a sentence already."""
    text = text.strip()
    return text if not text or text[-1] in ".!?…:" else f"{text}."


def number(value: Decimal | None, decimals: int, unit: str = "") -> str:
    """A figure rounded half up, with the sign when the unit is %."""
    if value is None:
        return ""
    rounded = value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return f"{rounded:,}{'%' if unit == '%' else ''}"


def figure(point: Point, kpi: Kpi) -> str:
    """A point in full: "41% (7 of 17)", "41% (numbers not published)" or why there is none."""
    if point.value is None:
        return NONE_DUE if point.denominator == 0 else NOT_REPORTED
    shown = number(point.value, kpi.decimals, kpi.unit)
    if point.numerator is not None and point.denominator is not None:
        return f"{shown} ({point.numerator:,} of {point.denominator:,})"
    if point.numerator is not None and kpi.unit != "%":
        return shown
    return f"{shown} ({NO_NUMBERS})"


def subject_line(content: PackContent) -> str:
    return f"Subject: {content.meeting.subject.strip() or content.title}"


def meeting_line(meeting: Meeting) -> str:
    return f"{meeting.body}: {day(meeting.on, 'date to be set')}"


def period_line(content: PackContent) -> str:
    return f"{content.period} ({day(content.period_start)} to {day(content.period_end)})"


def draft(content: PackContent) -> str:
    return (
        f"Edition {content.edition} is a draft: nobody has approved it yet. What it says is "
        "frozen; whatever changes later is in a later edition."
    )


def plan_draft(content: PackContent) -> str:
    """That nobody has approved the plan yet, where that is so."""
    if content.plan_state != PlanState.DRAFT.label:
        return ""
    return (
        f"The plan itself was a draft on {day(content.period_end)}: nobody had approved it, its "
        "actions could still change, and none counts as overdue."
    )


def grades_lead(content: PackContent) -> str:
    if not content.grades:
        return "No inspection grades are recorded for this plan."
    source = f" in: {sentence(content.inspection)}" if content.inspection else "."
    count = how_many(len(content.grades), "quality indicator was", "quality indicators were")
    return f"{count} graded{source}"


def status_lead(content: PackContent) -> str:
    """How many actions there are, how many are open, and how many of those are late."""
    end = day(content.period_end)
    if not content.actions:
        return f"The plan held no actions at {end}."
    still = sum(a.is_open for a in content.actions)
    late = len(content.overdue_actions)
    first = f"The plan held {how_many(len(content.actions), 'action')} at {end}: {still:,} open"
    return (
        f"{first} ({late:,} of them overdue) and {len(content.actions) - still:,} no longer open."
    )


def own_word(word: str, colour: str) -> str:
    """The area's own word with the name of its colour: a colour never stands alone."""
    return f"{word} ({colour})" if word and colour else word


def band(item: Band) -> str:
    """From when on the area's word is used."""
    word = f"“{own_word(item.word, item.colour)}”"
    if not item.late:
        return f"{word} from {item.least:,}% done"
    return f"{word} from {how_many(item.least, 'month')} late" if item.least else f"{word} in time"


def key_notes(content: PackContent) -> list[str]:
    """What must be known beside the key: the area's bands, and when an action is late."""
    notes = []
    if content.bands:
        said = f"Open actions have the area’s word by this: {listed([*map(band, content.bands)])}."
        if any(b.late for b in content.bands):
            said += " A month that has begun counts as a whole one."
        if len({b.late for b in content.bands}) == 2:
            said += " Once the date has passed, only the words for lateness count."
        notes.append(said)
    if content.late_from_first:
        notes.append(
            "In this area an action is late from its first due date on, even where a later one "
            "was agreed."
        )
    return notes


def reconciled(content: PackContent) -> str:
    """The count in one sentence, and whether it comes out."""
    r = content.reconciliation
    plus, minus = [r.opening, r.added], [r.completed, r.withdrawn]
    plus += [r.reopened] if content.tells_reopened else []
    minus += [r.superseded] if content.tells_changes else []
    sum_ = " − ".join([" + ".join(f"{n:,}" for n in plus), *(f"{n:,}" for n in minus)])
    expected = r.remaining + r.difference
    if r.difference == 0:
        return f"The count reconciles: {sum_} = {r.remaining:,}."
    return (
        f"The count does not reconcile: {sum_} = {expected:,}, but {r.remaining:,} "
        f"{'is' if r.remaining == 1 else 'are'} open, a difference of {abs(r.difference):,}."
    )


def counts(content: PackContent) -> list[tuple[str, str, int]]:
    """The count line by line, the last one what is left: what happened, its sign, how many."""
    r = content.reconciliation
    reopened = [("Reopened in the period", "+", r.reopened)]
    superseded = [("Superseded in the period", "−", r.superseded)]
    return [
        (f"Open before {day(content.period_start)}", "", r.opening),
        ("Added in the period", "+", r.added),
        *(reopened if content.tells_reopened else []),
        ("Completed in the period", "−", r.completed),
        ("Withdrawn in the period", "−", r.withdrawn),
        *(superseded if content.tells_changes else []),
        (f"Open at {day(content.period_end)}", "", r.remaining),
    ]


def completed_lead(content: PackContent) -> str:
    span = f"between {day(content.period_start)} and {day(content.period_end)}"
    done = len(content.completed_actions)
    if not done:
        return f"No action was completed {span}."
    return f"{how_many(done, 'action was', 'actions were')} completed {span}."


def overdue_lead(content: PackContent) -> str:
    late = content.overdue_actions
    if not late:
        return f"No action was overdue at {day(content.period_end)}."
    longest = how_many(late[0].days_overdue, "day")
    was = how_many(len(late), "action was", "actions were")
    return f"{was} overdue at {day(content.period_end)}, the longest by {longest}."


def moved_lead(content: PackContent) -> str:
    moved = content.moved_actions
    if not moved:
        return f"No due date had been moved by {day(content.period_end)}."
    times = sum(a.times_moved for a in moved)
    lately = sum(a.moves_in_period for a in moved)
    of = how_many(len(content.actions), "action")
    has = "has had its due date" if len(moved) == 1 else "have had their due dates"
    return (
        f"{len(moved):,} of {of} {has} moved, {how_many(times, 'time')} in all; "
        f"{how_many(lately, 'time')} in this period."
    )


def moved(action: ActionRow) -> str:
    """ "Moved 2 times, by 61 days in all", or nothing when the date never moved."""
    if not action.times_moved:
        return ""
    times = "once" if action.times_moved == 1 else f"{action.times_moved:,} times"
    if not action.days_moved:
        return f"Moved {times}"
    way = "later" if action.days_moved > 0 else "earlier"
    return f"Moved {times}, {how_many(abs(action.days_moved), 'day')} {way}"


def move(change: Move) -> str:
    """One change of a due date with its reason."""
    before = day(change.from_due, "no date")
    reason = sentence(change.reason) or "No reason was recorded."
    return f"{day(change.on)}: from {before} to {day(change.to_due)}. {reason}"


def overdue(action: ActionRow, content: PackContent) -> str:
    if not action.overdue:
        return ""
    first = content.late_from_first and action.times_moved
    by = ", by its first date" if first else ""
    return f"Overdue by {how_many(action.days_overdue, 'day')}{by}"


def status(action: ActionRow) -> str:
    """The status, with the day of completion or what took its place."""
    if action.completed_on:
        return f"{action.status}, {day(action.completed_on)}"
    if action.superseded_by:
        return f"{action.status} by {action.superseded_by}"
    return action.status


def due(action: ActionRow, content: PackContent) -> list[str]:
    """The date by which an action is late: the current one, or the first where that counts."""
    if not (content.late_from_first and action.times_moved):
        return [day(action.due, "No date")]
    first = action.original_due or action.moves[0].to_due
    return [f"First {day(first)}", f"Now {day(action.due, 'no date')}"]


def update(action: ActionRow, otherwise: str = "") -> str:
    """The latest report of progress, dated."""
    if not action.latest_update:
        return otherwise
    when = f"{day(action.latest_update_on)}: " if action.latest_update_on else ""
    return f"{when}{action.latest_update}"


def coverage_lead(content: PackContent) -> list[str]:
    """One sentence for each kind of finding: how many have an action, and what is still open."""
    if not content.coverage:
        return ["No key messages or areas for improvement are recorded for this plan."]
    kinds: dict[str, list[Coverage]] = {}
    for item in content.coverage:
        kinds.setdefault(coverage_kind(content, item), []).append(item)
    return [f"{kind}: {_covered(items)}" for kind, items in kinds.items()]


def coverage_kind(content: PackContent, item: Coverage) -> str:
    """What it is, as a heading; with what found it where a pack tells of several."""
    kind = PLURALS.get(item.kind, item.kind)
    several = len({each.source for each in content.coverage}) > 1
    return named(kind, item.source) if several else kind


def _covered(items: Sequence[Coverage]) -> str:
    """How many of those that still need an action have one, and how many need none."""
    wanting = [item for item in items if _counts(item)]
    said = []
    if wanting:
        answered = sum(bool(item.actions) for item in wanting)
        has = "has" if answered == 1 else "have"
        said.append(f"{answered:,} of {len(wanting):,} {has} an action.")
    for state, lead in OPEN_STATES.items():
        there = [item.reference for item in wanting if _state(item) == state]
        said += [f"{lead}: {listed(there)}."] if there else []
    others = Counter(
        coverage.NOT_NEEDED if _state(item) in WANTING else _state(item)
        for item in items
        if not _counts(item)
    )
    told = [
        f"{count:,} {'needs' if count == 1 else 'need'} none"
        if state == coverage.NOT_NEEDED
        else f"{count:,} {state.lower()}"
        for state, count in others.items()
    ]
    return " ".join([*said, *([f"{listed(told)}."] if told else [])])


def _counts(item: Coverage) -> bool:
    return item.needed and _state(item) in WANTING


def _state(item: Coverage) -> str:
    """Packs of before told only whether there was an action."""
    return item.state or (coverage.ANSWERED if item.actions else coverage.UNCOVERED)


def kpis_lead(content: PackContent) -> str:
    if not content.kpis:
        return "The area has no key performance indicators yet."
    count = how_many(
        len(content.kpis), "key performance indicator is", "key performance indicators are"
    )
    made_up = sum(k.illustrative for k in content.kpis)
    mark = (
        f" {made_up:,} of them {'uses' if made_up == 1 else 'use'} illustrative figures."
        if made_up
        else ""
    )
    return f"{count} reported below.{mark}"


def latest(shown: int, known: int) -> str:
    return f"the latest {shown} of {known} figures; the workbook and the page have them all"


def no_points(content: PackContent) -> str:
    return f"No figures had been reported by {day(content.period_end)}."


def appendix_title(content: PackContent) -> str:
    return f"Improvement plan at {day(content.period_end)}"


def footer(content: PackContent, fingerprint: str) -> str:
    """What every page carries: whose paper, which edition, and what identifies its content."""
    name = content.partnership
    name = name if len(name) <= 90 else f"{name[:89]}…"
    return f"{name} · Edition {content.edition} · Content {fingerprint[:12]}"
