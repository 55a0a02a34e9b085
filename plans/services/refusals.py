"""What the services would refuse of a file's rows, asked before anybody takes them in."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from kpis.periods import day_text
from plans import imports
from plans.imports import CREATE, STOPPED, UPDATE, Line
from plans.models import Action, DateRequest, Plan, PlanImport
from plans.services.actions import too_early, why_kept
from plans.services.days import refuse_odd
from plans.services.due_dates import refuse_date
from plans.services.entering import why_no_update
from plans.services.progress import refuse_update
from plans.sheets.content import Note
from plans.statuses import Status


class Checks:
    """Asks the services beforehand, so that the preview says what taking in would refuse."""

    def __init__(self, kept: PlanImport, plan: Plan, actions: Mapping[int, Action]) -> None:
        self.kept, self.plan, self.actions = kept, plan, actions
        waiting = DateRequest.objects.filter(action__in=actions, answer=None)
        asks = kept.plan is not None and kept.plan.dates_need_approval
        self.asked: dict[int, date] = dict(waiting.values_list("action", "new")) if asks else {}

    def checked(self, one: Line) -> Line:
        """The line, stopped by what would be refused."""
        if one.does == CREATE:
            why = self._new(one)
        elif one.does == UPDATE and one.stands:
            why = self._changed(one, self.actions[one.stands.pk])
        else:
            return one
        notes = tuple(
            Note("refused", self.kept.file_name, one.row.place, "", "", said, stops=True)
            for said in why
        )
        return replace(one, does=STOPPED, notes=one.notes + notes) if notes else one

    def _new(self, one: Line) -> Iterator[str]:
        if self.plan.is_closed:
            yield "The plan is closed: nothing can be added to it."
        yield from _said(lambda: refuse_odd(original_due=one.row.due, revised=one.row.revised))
        if early := too_early(self.plan, one.row.due):
            yield early

    def _changed(self, one: Line, action: Action) -> Iterator[str]:
        wanted = {change.name for change in one.changes}
        reports = wanted & imports.REPORTED
        if wanted - reports and (why := why_kept(action)):
            yield why
            return
        if reports and (why := why_no_update(action)):
            yield why
            return
        if "due" in wanted and (day := one.row.due_now):
            yield from self._date(action, day)
        status = one.row.status
        if "status" in wanted and status and status not in imports.ENDED:
            new = reported(status)
            facts: dict[str, Any] = {"status": new, "text": "-", "evidence": "-", "percent": None}
            yield from _said(lambda: refuse_update(action, **facts))

    def _date(self, action: Action, day: date) -> Iterator[str]:
        if self.plan.is_draft:
            yield from _said(lambda: refuse_odd(original_due=day))
            if early := too_early(self.plan, day):
                yield early
            return
        yield from _said(lambda: refuse_date(action, day, "-"))
        if asked := self.asked.get(action.pk):
            yield f"{day_text(asked)} is asked for already, and waits for an answer."


def reported(status: Status) -> Status:
    """How far a file can report: whether it is complete, a second person says here."""
    return Status.DONE if status == Status.COMPLETE else status


def _said(ask: Any) -> Iterable[str]:
    """The sentences with which a service refuses, if it does."""
    try:
        ask()
    except ValidationError as error:
        return list(error.messages)
    return ()
