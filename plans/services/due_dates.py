"""Due dates that move: with a reason, and where the plan says so with a second person's word."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from management import access, audit, clock
from management.access import Actor
from management.days import day_text
from management.versions import Stale, advance
from plans.models import Action, DateAnswer, DateChange, DateRequest, Rules
from plans.services.days import refuse_odd
from plans.services.entering import enter, require_update, why_closed, why_no_update
from plans.services.locking import lock
from plans.services.rules import rules_of
from plans.thread import LAPSED

ASKED = "A new date is asked for already, and waits for an answer."
ANSWERED = "This request was answered before."
OWN = "Somebody else must answer: you asked for this date. You can take it back."


def move_date(
    *,
    by: Actor,
    action: Action,
    version: int,
    new: date,
    reason: str,
    illustrative: bool = False,
) -> DateChange | DateRequest:
    """Move the current due date; the original one stays. Where the plan wants a second person to
    agree, only ask for it.

    Raises ValidationError without a reason, for a closed action, for the same date again, for a
    date that is not after today, and while another date is asked for; Stale when the action has
    changed since `version`.
    """
    require_update(by, action)
    refuse_date(action, new, reason)
    with audit.acting(by, "move due date", reason.strip()):
        said: dict[str, Any] = {"reason": reason.strip(), "illustrative": illustrative}
        if not action.plan.dates_need_approval:
            return _move(by, action, version, new, old=action.due, **said)
        advance(action, version)
        if waiting(action) is not None:
            raise ValidationError(ASKED)
        made = DateRequest(area=action.area, action=action, old=action.due, new=new)
        request: DateRequest = enter(made, by, **said)
        return request


def refuse_date(action: Action, new: date, reason: str) -> None:
    """Raise ValidationError for a date to which the action cannot be moved as it stands."""
    today = clock.today()
    if why := why_closed(action):
        raise ValidationError(why)
    if not reason.strip():
        raise ValidationError({"reason": "Give the reason: the board will read it."})
    if new == action.due:
        raise ValidationError({"new": f"The action is already due on {day_text(new)}."})
    if new <= today:
        raise ValidationError(
            {"new": f"Give a date after today, {day_text(today)}. You gave {day_text(new)}."}
        )
    refuse_odd(new=new)


def _move(by: Actor, action: Action, version: int, new: date, /, **said: Any) -> DateChange:
    # Locked before the rules are read: a change of them waits, and then counts this date again.
    lock(action)
    counted = late_after(action, new, rules_of(action.area))
    advance(action, version, due=new, late_after=counted)
    made = DateChange(area=action.area, action=action, new=new)
    change: DateChange = enter(made, by, **said)
    return change


def late_after(action: Action, due: date | None, rules: Rules) -> date | None:
    """The day after which the action is overdue, once it is due on `due`.

    Where the first date counts, one that the plan had not given is that of the first change.
    """
    if rules.late == Rules.Late.CURRENT:
        return due
    if action.original_due is not None:
        return action.original_due
    first = action.date_changes.order_by("id").first()
    return first.new if first else due


def waiting(action: Action) -> DateRequest | None:
    """The new date that is asked for and not answered yet."""
    found: DateRequest | None = action.date_requests.filter(answer=None).first()
    return found


def lapse_request(by: Actor, action: Action, why: str) -> None:
    """Answer the new date that is asked for, where there is one: it is not needed any more, since
    `why`. Within a change that ends the action, or opens it again."""
    request = waiting(action)
    if request is not None:
        made = DateAnswer(area=action.area, request=request, agreed=False)
        enter(made, by, text=f"{LAPSED} {why}")


def answer_date(
    *, by: Actor, request: DateRequest, version: int, agreed: bool, text: str = ""
) -> DateAnswer:
    """Agree to a new date as a second person, or refuse it; `version` is the action's.

    Raises ValidationError for one's own request (see `take_back_date`), for one that was answered
    before, for a refusal without a reason, and when the date is no longer to come; Stale.
    """
    action = request.action
    access.require(by, "date.approve", action.area)
    if by.actor_id and by.actor_id == request.author_id:
        raise ValidationError(OWN)
    if not agreed and not text.strip():
        raise ValidationError({"text": "Say why not, so that a better date can be given."})
    if not agreed and text.strip().startswith(LAPSED):
        other = f"Put it otherwise: “{LAPSED}” is said where an action ended before an answer."
        raise ValidationError({"text": other})
    with audit.acting(by, "answer date request", text.strip()):
        if action.version != version:
            raise Stale(action)
        if DateAnswer.objects.filter(request=request).exists():
            raise ValidationError(ANSWERED)
        if agreed:
            refuse_date(action, request.new, request.reason)
            said: dict[str, Any] = {
                "by": request.by,
                "author_id": request.author_id,
                "reason": request.reason,
                "illustrative": request.illustrative,
            }
            old, approver = action.due, by.actor_name
            _move(by, action, version, request.new, old=old, approver=approver, **said)
        else:
            advance(action, version)
        made = DateAnswer(area=request.area, request=request, agreed=agreed)
        answer: DateAnswer = enter(made, by, text=text.strip())
    return answer


def take_back_date(*, by: Actor, request: DateRequest, version: int, reason: str) -> DateAnswer:
    """Whoever asked for a new date does not want it any more; `version` is the action's.

    Raises ValidationError for others, without a reason, for a request that was answered before, and
    once nothing is reported on the action any more; Stale.
    """
    action = request.action
    access.require(by, "action.update", action.area)
    if why := why_not_taken_back(by, request):
        raise ValidationError(why)
    if not reason.strip():
        raise ValidationError({"reason": "Say why the date is not asked for any more."})
    with audit.acting(by, "take back date request", reason.strip()):
        advance(action, version)
        if DateAnswer.objects.filter(request=request).exists():
            raise ValidationError(ANSWERED)
        made = DateAnswer(area=request.area, request=request, agreed=False)
        answer: DateAnswer = enter(made, by, text=reason.strip())
    return answer


def why_not_taken_back(by: Actor, request: DateRequest) -> str:
    """Why this person cannot take the request back, or an empty text."""
    if request.author_id is None or request.author_id != by.actor_id:
        return f"Only {request.by} can take this date back: it was asked for by them."
    if hasattr(request, "answer"):
        return ANSWERED
    return why_no_update(request.action)
