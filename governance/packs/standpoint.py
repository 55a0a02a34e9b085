"""From where a pack looks at a plan: which period, what was known, and the area's rules."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from governance.content import Band, StatusCount
from kpis.periods import Period
from plans.models import Entry, Plan, PlanMove, Rules
from plans.services.rules import rules_of, words_of
from plans.states import PlanState
from plans.statuses import MEANINGS, Status
from plans.words import Colour, Rule, Word, word_for


@dataclass(frozen=True)
class Standpoint:
    """The end of `period`, with what had been written down by `known_by`."""

    period: Period
    known_by: datetime
    state: PlanState
    moves: tuple[PlanMove, ...]
    rules: Rules
    words: tuple[Word, ...]

    @property
    def end(self) -> date:
        return self.period.end

    @property
    def is_draft(self) -> bool:
        return self.state == PlanState.DRAFT

    @property
    def from_first(self) -> bool:
        return self.rules.late == Rules.Late.FIRST

    def knows(self, entry: Entry) -> bool:
        """Whether it is of the period or from before it, and had been written down."""
        return entry.on <= self.end and entry.recorded_at <= self.known_by

    def tells(self, entry: Entry) -> bool:
        """Whether the pack reports it as something that happened in its period."""
        return self.knows(entry) and entry.on in self.period

    def key(self, statuses: Iterable[str]) -> tuple[StatusCount, ...]:
        """The statuses with their meanings, the area's words, and how many actions have each."""
        there = list(statuses)
        return tuple(
            StatusCount(
                status.label,
                MEANINGS[status],
                there.count(status.label),
                *said(self._named(status)),
            )
            for status in Status
        )

    def _named(self, status: Status) -> Word | None:
        facts: dict[str, Any] = {"percent": None, "late_after": None, "on": self.end}
        return word_for(self.words, Rule.STATUS, status=status, **facts)

    @property
    def bands(self) -> tuple[Band, ...]:
        """The words that the area's rule gives to open actions, the lowest band first."""
        if self.rules.colours == Rule.STATUS:
            return ()
        # Once its date has passed, an action has a word by months late whatever is done of it.
        rules = dict.fromkeys([Rule(self.rules.colours), Rule.LATE])
        return tuple(
            Band(*said(word), rule == Rule.LATE, word.least or 0)
            for rule in rules
            for word in sorted(
                (word for word in self.words if word.rule == rule), key=lambda w: w.least or 0
            )
        )


def said(word: Word | None) -> tuple[str, str]:
    """The word and the name of its colour, for print."""
    if word is None:
        return "", ""
    return word.word, Colour(word.colour).label if word.colour else ""


def standpoint(plan: Plan, period: Period, known_by: datetime) -> Standpoint:
    """Where a pack about the plan stands; the area's rules are those of today."""
    moves = tuple(plan.moves.order_by("pk"))
    rules, words = rules_of(plan.area), tuple(words_of(plan.area))
    now = Standpoint(period, known_by, PlanState(plan.state), moves, rules, words)
    # The steps follow each other as they were entered, whatever day each of them is of: a plan may
    # be approved here after it was sent.
    if known := [move.new for move in moves if now.knows(move)]:
        return replace(now, state=PlanState(known[-1]))
    return replace(now, state=PlanState(moves[0].old)) if moves else now
