"""What the services would refuse of a file's rows, asked before anybody takes them in."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError

from management.days import day_text
from management.sheets.content import quoted
from plans import imports
from plans.bases import due_of, moved
from plans.imports import CREATE, STOPPED, UPDATE, Line
from plans.models import Action, DateRequest, Plan, PlanImport
from plans.services.actions import EARLIEST, too_early, why_kept
from plans.services.days import refuse_odd
from plans.services.due_dates import refuse_date
from plans.services.entering import why_no_update
from plans.services.progress import refuse_update
from plans.sheets.content import Note, Understood
from plans.sheets.fields import Field
from plans.sheets.layouts import Layout
from plans.stops import REFUSED


class Columns:
    """Says of what services refuse in which column of the file's tables it stands."""

    def __init__(self, file: str, found: Iterable[Layout]) -> None:
        self.file = file
        self.headings = {(one.field, one.heading) for table in found for one in table.columns}

    def note(self, row: Understood, field: Field | None, why: str, accepted: str = "") -> Note:
        """What is refused of the row, or of this field of it."""
        value = row.raw.get(field, "") if field else ""
        heading = next((name for name, _ in row.row if (field, name) in self.headings), "")
        if value and value not in why and quoted(value) not in why:
            why = f"{quoted(value)}: {why}"
        return Note(REFUSED, self.file, row.place, heading, value, why, accepted, stops=True)

    def notes(self, row: Understood, error: ValidationError, **places: Field) -> list[Note]:
        """All that the error says; `places` are fields of it that stand elsewhere than usual."""
        if not hasattr(error, "error_dict"):
            return [self.note(row, None, said) for said in error.messages]
        usual = _places(row) | places
        return [
            self.note(row, usual.get(name), said)
            for name, messages in error.message_dict.items()
            for said in messages
        ]


def _places(row: Understood) -> dict[str, Field]:
    """In which columns the fields stand that services name when they refuse."""
    due = Field.REVISED if moved(row) else Field.TIMESCALE
    stands = Field.PERCENT if row.by_percent else Field.STATUS
    return {
        "reference": Field.REFERENCE,
        "indicator": Field.INDICATOR,
        "text": Field.ACTION,
        "evidence_expected": Field.EVIDENCE,
        "responsible": Field.RESPONSIBLE,
        "lead": Field.RESPONSIBLE,
        "title": Field.RESPONSIBLE,  # of a post that the row makes
        "supporting": Field.SUPPORTING,
        "timescale": Field.TIMESCALE,
        "original_due": due,
        "revised": Field.REVISED,
        "new": due,
        "status": stands,
        "evidence": stands,  # that it is done
        "percent": Field.PERCENT,
    }


class Checks:
    """Asks the services beforehand, so that the preview says what taking in would refuse."""

    def __init__(
        self,
        kept: PlanImport,
        plan: Plan,
        actions: Mapping[int, Action],
        found: Sequence[Layout],
        agreed_on: date | None,
    ) -> None:
        """`agreed_on` is when the plan was agreed, if anybody has said so; `found` are its tables.

        Without that day none is too early for it.
        """
        self.kept, self.plan, self.actions = kept, plan, actions
        self.agreed_on = agreed_on
        self.columns = Columns(kept.file_name, found)
        waiting = DateRequest.objects.filter(action__in=actions, answer=None)
        asks = kept.plan is not None and kept.plan.dates_need_approval
        self.asked: dict[int, date] = dict(waiting.values_list("action", "new")) if asks else {}

    def checked(self, one: Line, *, take: bool = False) -> Line:
        """The line, stopped by what would be refused; with `take` the file holds in a conflict."""
        if one.does == CREATE:
            why = self._new(one)
        elif one.does == UPDATE and one.stands:
            wanted = one.wanted(take=take).keys()
            why = self._changed(one, self.actions[one.stands.pk], wanted)
        else:
            return one
        notes = tuple(
            said if isinstance(said, Note) else self.columns.note(one.row, None, said)
            for said in why
        )
        return replace(one, does=STOPPED, notes=one.notes + notes) if notes else one

    def _new(self, one: Line) -> Iterator[str | Note]:
        if self.plan.is_closed:
            yield "The plan is closed: nothing can be added to it."
        row = one.row
        days = {"original_due": row.due, "revised": row.revised}
        yield from self._said(row, lambda: refuse_odd(**days), original_due=Field.TIMESCALE)
        yield from self._early(one.row, one.row.due)

    def _changed(self, one: Line, action: Action, wanted: Set[str]) -> Iterator[str | Note]:
        reports = wanted & imports.REPORTED
        if wanted - reports and (why := why_kept(action)):
            yield why
            return
        if reports and (why := why_no_update(action)):
            yield why
            return
        if "due" in wanted and (day := due_of(one.row, draft=self.plan.is_draft)):
            yield from self._date(one.row, action, day)
        status = one.row.status
        if "status" in wanted and status and status not in imports.ENDED:
            facts: dict[str, Any] = {
                "status": status,
                "text": "-",
                "evidence": "-",
                "percent": None,
            }
            yield from self._said(one.row, lambda: refuse_update(action, **facts))

    def _date(self, row: Understood, action: Action, day: date) -> Iterator[str | Note]:
        if self.plan.is_draft:
            yield from self._said(row, lambda: refuse_odd(original_due=day))
            yield from self._early(row, day)
            return
        yield from self._said(row, lambda: refuse_date(action, day, "-"))
        if asked := self.asked.get(action.pk):
            said = f"{day_text(asked)} is asked for already, and waits for an answer."
            yield from self.columns.notes(row, ValidationError({"new": said}))

    def _said(self, row: Understood, ask: Callable[[], None], **places: Field) -> list[Note]:
        """What a service refuses, if it does."""
        try:
            ask()
        except ValidationError as error:
            return self.columns.notes(row, error, **places)
        return []

    def _early(self, row: Understood, day: date | None) -> Iterator[Note]:
        """A date too long before the plan was agreed: its column, and what would be accepted."""
        if day is None or self.agreed_on is None or not too_early(self.plan, day):
            return
        field = Field.REVISED if day == row.revised and day != row.due else Field.TIMESCALE
        value = row.raw.get(field, "")
        read = "" if value == day_text(day) else f"{quoted(value)} is " if value else ""
        why = (
            f"{read}{day_text(day)}, more than a year before the plan was agreed "
            f"({day_text(self.agreed_on)})."
        )
        first = day_text(self.agreed_on - timedelta(days=EARLIEST))
        then = f"A day from {first} on would be accepted{self._else()}."
        yield replace(self.columns.note(row, field, why, then), code="too_early")

    def _else(self) -> str:
        """What else helps: the day of agreement, while that can still be another one."""
        if self.kept.plan is None:
            return "; or say that the plan was agreed on another day"
        return "; or give the plan another day of agreement first" if self.plan.is_draft else ""


def refuse_rows(lines: Sequence[Line], **numbers: Set[int]) -> None:
    """Raise ValidationError, by argument, for numbers that no line has as its `at`."""
    there = {one.at for one in lines}
    odd = {name: sorted(given - there) for name, given in numbers.items()}
    wrong = {
        name: f"The file has no row {found[0]}: its rows are numbered from 1 to {len(lines)}."
        for name, found in odd.items()
        if found
    }
    if wrong:
        raise ValidationError(wrong)
