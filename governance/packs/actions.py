"""Actions as they stood and as they were worded at the end of a pack's period."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Prefetch

from governance.content import ActionRow, Move, Reconciliation
from governance.packs.standpoint import Standpoint, said
from plans.effects import lags_in
from plans.models import Action, DateChange, Entry, Evidence, QualityIndicator, Revision, Update
from plans.position import Position, position
from plans.references import named
from plans.services.actions import LINKED, wording_of
from plans.statuses import REPORTABLE, Status, is_open, percent_shown
from plans.words import word_for


def wording_then(
    now: Mapping[str, str], revisions: Iterable[Any], knows: Callable[[Any], bool]
) -> dict[str, str]:
    """What an action said: what it says now, with every revision undone that was not known then.

    `revisions` are in the order of entry.
    """
    then = dict(now)
    for revision in reversed(list(revisions)):
        if revision.field in then and not knows(revision):
            then[revision.field] = revision.old
    return then


def known(actions: Any, at: Standpoint) -> list[Action]:
    """Those that were there at the end of the period, with all that was known of them."""
    begun = actions.filter(added_on__lte=at.end).with_thread()
    rows = (
        begun.select_related("indicator__framework", "superseded_by__plan", "residual")
        .prefetch_related(
            _entered("updates", Update.objects.all(), at),
            _entered("date_changes", DateChange.objects.all(), at),
            _entered("evidence", Evidence.objects.select_related("withdrawal"), at),
            "revisions",
            "kpis",
            "findings",
        )
        .order_by("plan", "sequence")
    )
    there = [row for row in rows if (made := addition(row)) is None or at.knows(made)]
    for row in there:
        _link_as_then(row, at)
    return there


def _link_as_then(action: Any, at: Standpoint) -> None:
    """What it answered and should have moved at the end of the period is in hand, not today's."""
    then: dict[str, str] = {}
    for revision in reversed(action.revisions.all()):
        if revision.field in LINKED and not at.knows(revision):
            then[revision.field] = revision.before
    for field, keys in then.items():
        linked = getattr(action, field).model._default_manager.all()
        found = linked.filter(pk__in=list(lags_in(keys)))
        # In place of what was read with it: whoever asks for its links, gets these.
        action._prefetched_objects_cache[field] = found


def _entered(relation: str, rows: Any, at: Standpoint) -> Prefetch:
    """Only what had been written down when the pack's data were read."""
    return Prefetch(relation, rows.filter(recorded_at__lte=at.known_by))


def addition(action: Action) -> Revision | None:
    """The entry by which it came into a plan that was approved already."""
    return next((r for r in action.revisions.all() if r.field == "added"), None)


def came_on(action: Action) -> date:
    """The day on which a board is told of it: that of the entry, where there is one."""
    made = addition(action)
    return made.on if made else action.added_on


def stood(action: Action, on: date, *, from_first: bool = False) -> Position:
    """How it stood at the end of that day."""
    updates, moves = action.updates.all(), action.date_changes.all()
    return position(action.original_due, updates, moves, on=on, from_first=from_first)


def standing(evidence: Iterable[Evidence], at: Standpoint) -> list[Evidence]:
    """What was there, without what was withdrawn by then."""
    return [
        one
        for one in evidence
        if at.knows(one)
        and not ((gone := getattr(one, "withdrawal", None)) is not None and at.knows(gone))
    ]


def shown(evidence: Evidence) -> str:
    """The evidence in words, with its address or the name of its file."""
    where = ", ".join(filter(None, (evidence.file_name, evidence.url)))
    return f"{evidence.description} ({where})" if where else evidence.description


def successor(action: Action) -> str:
    """The reference of the action that took its place, with its plan where that is another."""
    new = action.superseded_by
    if new is None:
        return ""
    return named(new.reference, "" if new.plan_id == action.plan_id else new.plan.title)


def rows(actions: Sequence[Action], at: Standpoint) -> list[ActionRow]:
    """Each action as the pack prints it."""
    questions = _questions(actions)
    return [_row(action, at, questions) for action in actions]


def _questions(actions: Iterable[Action]) -> dict[str, str]:
    """The question of each indicator that an action once had, by its code and name."""
    moved = [
        action.indicator.framework_id
        for action in actions
        if any(r.field == "indicator" for r in action.revisions.all())
    ]
    if not moved:
        return {}
    there = QualityIndicator.objects.filter(framework__in=moved).select_related("section")
    return {str(indicator): indicator.question for indicator in there}


def _row(action: Action, at: Standpoint, questions: Mapping[str, str]) -> ActionRow:
    at_end = stood(action, at.end, from_first=at.from_first)
    moves = without_undone([m for m in action.date_changes.all() if at.knows(m)])
    updates = without_undone([u for u in action.updates.all() if at.knows(u)])
    latest = updates[-1] if updates else None
    evidence = standing(action.evidence.all(), at)
    revisions = [r for r in action.revisions.all() if at.knows(r)]
    marked: list[Action | Entry] = [action, *moves, *updates[-1:], *evidence, *revisions]
    closed_now = at_end.closed_on is not None and at_end.closed_on in at.period
    now = wording_of(action)
    then = wording_then(now, action.revisions.all(), at.knows)
    code, _, name = then["indicator"].partition(" ")
    asked = action.indicator.question
    if then["indicator"] != now["indicator"]:
        asked = questions.get(then["indicator"], "")
    # A draft promises nothing yet, so nothing in it is late.
    days_overdue = 0 if at.is_draft else at_end.days_overdue
    percent = next((u.percent for u in reversed(updates) if u.status in REPORTABLE), None)
    word, colour = said(
        word_for(
            at.words,
            at.rules.colours,
            status=at_end.status,
            percent=percent,
            late_after=at.end - timedelta(days_overdue) if days_overdue else None,
            on=at.end,
        )
    )
    return ActionRow(
        reference=action.reference,
        question=asked,
        indicator_code=code,
        indicator=name,
        text=then["text"],
        key_messages=tuple(action.message_names),
        recommendations=tuple(action.recommendation_names),
        lead=then["lead"],
        supporting=tuple(filter(None, then["supporting"].split("; "))),
        timescale=then["timescale"],
        original_due=action.original_due,
        due=at_end.due,
        evidence_expected=then["evidence_expected"],
        status=at_end.status.label,
        is_open=at_end.is_open,
        days_overdue=days_overdue,
        added=came_on(action) in at.period,
        completed=closed_now and at_end.status == Status.COMPLETE,
        withdrawn=closed_now and at_end.status == Status.WITHDRAWN,
        superseded=closed_now and at_end.status == Status.SUPERSEDED,
        completed_on=at_end.closed_on if at_end.status == Status.COMPLETE else None,
        moves=tuple(Move(m.on, m.old, m.new, m.reason) for m in moves),
        moves_in_period=sum(m.old is not None for m in moved_in(action, at)),
        days_moved=at_end.days_moved,
        latest_update=latest.text if latest else "",
        latest_update_on=latest.on if latest else None,
        evidence=tuple(shown(one) for one in evidence),
        illustrative=any(one.illustrative for one in marked),
        reopened=_reopened(action, at),
        superseded_by=successor(action) if at_end.status == Status.SUPERSEDED else "",
        decision=latest.decision if latest and not at_end.is_open else "",
        word=word,
        colour=colour,
        percent=percent_shown(at_end.status, percent),
    )


def without_undone(entries: Sequence[Any]) -> list[Any]:
    """Those of these entries that stand: without pairs of which one undoes the other.

    One whose other half is not among them stays: across the end of a period, each is told.
    """
    here = {entry.pk for entry in entries}
    undone = {entry.undoes_id for entry in entries}
    return [one for one in entries if one.pk not in undone and one.undoes_id not in here]


def moved_in(action: Action, at: Standpoint) -> list[DateChange]:
    """How its date moved in the period."""
    return without_undone([move for move in action.date_changes.all() if at.tells(move)])


def reopening(update: Update) -> bool:
    """Whether it opens again what was closed: a verification, or the end of it, is taken back."""
    return is_open(update.status) and not is_open(update.old_status)


def _reopened(action: Action, at: Standpoint) -> bool:
    """Whether no count of the period before has it as open, though it was open in this one."""
    before = stood(action, _before(at))
    again = any(reopening(update) for update in action.updates.all() if at.tells(update))
    return again and not before.is_open


def _before(at: Standpoint) -> date:
    return at.period.start - timedelta(1)


def reconciliation(
    actions: Sequence[Action], rows: Sequence[ActionRow], at: Standpoint
) -> Reconciliation:
    """Each number is counted by itself, so that a difference would show."""
    before = _before(at)
    return Reconciliation(
        opening=sum(came_on(a) <= before and stood(a, before).is_open for a in actions),
        added=sum(row.added for row in rows),
        completed=sum(row.completed for row in rows),
        withdrawn=sum(row.withdrawn for row in rows),
        superseded=sum(row.superseded for row in rows),
        reopened=sum(row.reopened for row in rows),
        remaining=sum(row.is_open for row in rows),
    )
