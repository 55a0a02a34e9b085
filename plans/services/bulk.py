"""One change to several actions: what it would do to each, and then all of it or nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError

from management import access, audit
from management.access import Actor
from management.days import day_text
from management.models import Area
from management.versions import Stale
from plans.models import Action
from plans.services.due_dates import ASKED, move_date, refuse_date, waiting
from plans.services.entering import require_update
from plans.services.locking import lock_actions
from plans.services.progress import (
    Percent,
    add_note,
    post_update,
    refuse_update,
    why_no_note,
    why_noted,
)
from plans.services.verification import left_open
from plans.statuses import Status, contradiction, steps_back

LIMIT = 200  # actions
CHANGED = "Somebody else has changed it."
NO_EVIDENCE = (
    "It has no evidence yet. Go back to the form, and describe what shows that it is done."
)


@dataclass(frozen=True)
class Report:
    """Progress: the status from now on (empty: each stays as it is), how many per cent are done,
    where that is said, and evidence (described, perhaps with a link), which each of the actions
    gets."""

    text: str
    status: str = ""
    percent: int | None = None
    evidence: str = ""
    evidence_url: str = ""

    def says(self, action: Action) -> str:
        done = "" if self.percent is None else f", {self.percent} per cent done"
        done += ", with evidence" if self.evidence.strip() else ""
        status = self._status(action)
        label = Status(status).label
        if action.status == status:
            return f"An update; it stays “{label}”{done}"
        return f"“{Status(action.status).label}” becomes “{label}”{done}"

    def warns(self, actions: Sequence[Action]) -> dict[int, str]:
        """What has to be seen before it is done, by the action's key; nothing of the others."""
        back = "A step back: it was reported as done, and would have to be so again."
        found = {a.pk: back for a in actions if steps_back(a.status, self._status(a))}
        done = [a for a in actions if a.status != self._status(a) == Status.DONE]
        left = left_open(done, percent=self.percent)
        return found | {key: f"It leaves something open: {what}" for key, what in left.items()}

    def refuse(self, by: Actor, action: Action) -> None:
        require_update(by, action)
        status = self._status(action)
        facts = {"status": status, "text": self.text, "evidence": self.evidence}
        refuse_update(action, **facts, percent=self.percent)
        if why := contradiction(status, self.percent):
            raise ValidationError({"percent": why})

    def do(self, by: Actor, action: Action) -> None:
        post_update(
            by=by,
            action=action,
            version=action.version,
            status=self._status(action),
            text=self.text,
            percent=Percent.AS_IT_IS if self.percent is None else self.percent,
            evidence=self.evidence,
            evidence_url=self.evidence_url,
        )

    def _status(self, action: Action) -> str:
        return self.status or action.status


@dataclass(frozen=True)
class NewDate:
    """A new due date; `text` is the reason."""

    text: str
    new: date

    def says(self, action: Action) -> str:
        old = day_text(action.due) if action.due else "no date"
        if action.plan.dates_need_approval:
            return f"A second person is asked to agree to {day_text(self.new)} instead of {old}"
        return f"Due on {day_text(self.new)} instead of {old}"

    def refuse(self, by: Actor, action: Action) -> None:
        require_update(by, action)
        refuse_date(action, self.new, self.text)
        if action.plan.dates_need_approval and waiting(action) is not None:
            raise ValidationError(ASKED)

    def do(self, by: Actor, action: Action) -> None:
        move_date(by=by, action=action, version=action.version, new=self.new, reason=self.text)


@dataclass(frozen=True)
class Remark:
    """A note, without a word on the status."""

    text: str

    def says(self, action: Action) -> str:
        return "The note is added"

    def refuse(self, by: Actor, action: Action) -> None:
        access.require(by, "action.note", action.area)
        if why := why_no_note(action) or why_noted(by, action, self.text):
            raise ValidationError(why)

    def do(self, by: Actor, action: Action) -> None:
        add_note(by=by, action=action, text=self.text)


Change = Report | NewDate | Remark


@dataclass(frozen=True)
class Outcome:
    """What a change would do to one action, or why it cannot be made.

    With a `warning` it is made only where somebody has said so for this action.
    """

    action: Action
    will: str
    why_not: str = ""
    warning: str = ""

    @property
    def shown(self) -> str:
        """The action and its version, as `carry_out` is told what was seen."""
        return f"{self.action.pk}:{self.action.version}"


class Changed(Exception):
    """Since the preview something has changed, so that nothing was saved: each action and what."""

    def __init__(self, rows: list[tuple[Action | None, str]]) -> None:
        self.rows = rows
        super().__init__("Something has changed since the preview.")


def preview(*, by: Actor, actions: Iterable[Action], change: Change) -> list[Outcome]:
    """What the change would do to each of them; nothing is changed.

    The actions come with their plans and posts.
    """
    found, can = [], []
    for action in actions:
        try:
            change.refuse(by, action)
        except (ValidationError, PermissionDenied) as error:
            found.append(Outcome(action, "", _sentence(error)))
        else:
            can.append(action)
            found.append(Outcome(action, change.says(action)))
    warned = change.warns(can) if isinstance(change, Report) else {}
    return [replace(one, warning=warned.get(one.action.pk, "")) for one in found]


def carry_out(*, by: Actor, area: Area, shown: Mapping[int, int], change: Change) -> list[Action]:
    """Make the change to all of these actions or to none. `shown` is the version of each, by key.

    Raises ValidationError for none or more than LIMIT; Changed, when one of them has changed since
    then, or could be changed then and cannot now.
    """
    access.require(by, "action.update", area)
    if not 0 < len(shown) <= LIMIT:
        raise ValidationError(f"Choose from 1 to {LIMIT} actions.")
    with audit.acting(by, "update several actions"):
        rows = Action.objects.in_area(area).filter(pk__in=shown)
        actions = lock_actions(rows.with_posts().select_related("area"))
        stale: list[tuple[Action | None, str]] = [
            (action, CHANGED) for action in actions if action.version != shown[action.pk]
        ]
        if len(actions) < len(shown):
            stale.append((None, "One of the actions was taken out of its plan."))
        if stale:
            raise Changed(stale)
        for action in actions:
            try:
                change.do(by, action)
            except (ValidationError, Stale) as error:
                stale.append((action, _sentence(error)))
        if stale:
            raise Changed(stale)
    return actions


def _sentence(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    if hasattr(error, "error_dict") and set(error.error_dict) == {"evidence"}:
        return NO_EVIDENCE
    return " ".join(error.messages)
