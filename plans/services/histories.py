"""The histories of an inspection's recommendations, as plain facts to count."""

from collections.abc import Iterable
from datetime import datetime

from plans.models import Decision, Inspection, Reclassification, Recommendation
from plans.reconciliation import MOVED, Event, History


def histories(inspection: Inspection) -> list[History]:
    """One history for each recommendation, parts included."""
    return [_history(row) for row in inspection.recommendations.with_history()]


def known(row: Recommendation, *, by: datetime) -> History:
    """The history of one as far as it had been written down by then: how it stood is told by it."""
    every = list(row.reclassifications.all())
    moves = [m for m in every if m.recorded_at <= by]
    decisions = [d for d in row.decisions.all() if d.recorded_at <= by]
    kind = moves[-1].new if moves else every[0].old if every else row.kind
    is_open = not decisions or decisions[-1].kind == Decision.Kind.REOPENED
    return History(row.reference, row.added_on, kind, is_open, _events(decisions, moves))


def _history(row: Recommendation) -> History:
    events = _events(row.decisions.all(), row.reclassifications.all())
    return History(row.reference, row.added_on, row.kind, row.is_open, events)


def _events(decisions: Iterable[Decision], moves: Iterable[Reclassification]) -> tuple[Event, ...]:
    told = [(d.on, d.recorded_at, Event(d.on, d.kind)) for d in decisions]
    told += [(m.on, m.recorded_at, Event(m.on, MOVED, m.old, m.new)) for m in moves]
    return tuple(event for _, _, event in sorted(told, key=lambda entry: entry[:2]))
