"""Which actions answer what was found, and which KPIs they should move."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError

from kpis.models import Indicator as Kpi
from management import access, audit
from management.access import Actor
from management.versions import Stale, advance
from plans.models import Action, Finding, KeyMessage, Recommendation
from plans.services.locking import lock, lock_actions

Found = Recommendation | Finding | KeyMessage


def choose_actions(
    *, by: Actor, row: Found, shown: Iterable[int], actions: Iterable[Action]
) -> None:
    """These actions answer the row from now on. What else they answer stays as it is.

    `shown` are the keys of the actions that answered it when the person began to choose; raises
    Stale when others answer it now. Raises ValidationError for a new link to what takes none, and
    where a closed plan's action would change. Each action that changes has a new version.
    """
    access.require(by, "plan.edit", row.area)
    wanted = {action.pk: action for action in actions}
    if any(action.area_id != row.area_id for action in wanted.values()):
        raise ValidationError({"actions": "Choose actions of this area alone."})
    with audit.acting(by, "choose actions"):
        locked = hold(row)
        seen = set(shown)
        rows = lock_actions(Action.objects.in_area(row.area).filter(pk__in=seen | wanted.keys()))
        now = set(locked.actions.values_list("pk", flat=True))
        if now != seen:
            raise Stale(locked)
        if wanted.keys() - now and (why := why_not(locked)):
            raise ValidationError({"actions": why})
        changed = [action for action in rows if action.pk in now ^ wanted.keys()]
        _refuse_closed("actions", changed)
        for action in changed:
            advance(action, action.version)
        locked.actions.remove(*(now - wanted.keys()))
        locked.actions.add(*(wanted.keys() - now), through_defaults={"area": locked.area})


def choose_kpis(
    *,
    by: Actor,
    action: Action,
    shown: Iterable[int],
    kpis: Iterable[Kpi],
    version: int | None = None,
) -> None:
    """These KPIs are those that the action should move, from now on.

    `shown` are the keys of those that were when the person began to choose; raises Stale when they
    are others now, or where the action has changed since `version`, if that is given; and
    ValidationError for a closed plan's action. The action has a new version when they change.
    """
    access.require(by, "plan.edit", action.area)
    wanted = {kpi.pk: kpi for kpi in kpis}
    if any(kpi.area_id != action.area_id for kpi in wanted.values()):
        raise ValidationError({"kpis": "Choose KPIs of this area alone."})
    with audit.acting(by, "choose KPIs"):
        [locked] = lock_actions(Action.objects.filter(pk=action.pk))
        now = set(locked.kpis.values_list("pk", flat=True))
        if now != set(shown) or (version or locked.version) != locked.version:
            raise Stale(locked)
        if now == wanted.keys():
            return
        _refuse_closed("kpis", [locked])
        advance(locked, locked.version)
        locked.kpis.set(wanted.values(), through_defaults={"area": locked.area})


def choose_messages(
    *, by: Actor, action: Action, version: int, messages: Iterable[KeyMessage], reason: str = ""
) -> None:
    """These key messages are those that the action answers, from now on.

    Raises ValidationError for a closed plan's action, and for a message of a report that is not
    published; Stale.
    """
    access.require(by, "plan.edit", action.area)
    wanted = {message.pk: message for message in messages}
    with audit.acting(by, "choose key messages", reason):
        held = {key: hold(message) for key, message in sorted(wanted.items())}
        [locked] = lock_actions(Action.objects.filter(pk=action.pk))
        now = set(action.key_messages.values_list("pk", flat=True))
        if now != wanted.keys():
            _refuse_closed("key_messages", [locked])
        for key in wanted.keys() - now:
            if why := why_not(held[key]):
                raise ValidationError({"key_messages": why})
        advance(action, version)
        action.key_messages.remove(*(now - wanted.keys()))
        action.key_messages.add(*(wanted.keys() - now), through_defaults={"area": action.area})


def _refuse_closed(field: str, changed: Iterable[Action]) -> None:
    if names := ", ".join(sorted(a.reference for a in changed if a.plan.is_closed)):
        raise ValidationError({field: f"{names}: the plan is closed, and stays as it is."})


def hold(row: Any) -> Any:
    """Inside a transaction: the row as it is, kept so, and what it belongs to with it.

    A report that is withdrawn from publication, or a self-evaluation that is taken back, waits.
    """
    name = "self_evaluation" if isinstance(row, Finding) else "inspection"
    whole, locked = lock(getattr(row, name)), lock(row)
    setattr(locked, name, whole)
    return locked


def why_not(row: Found) -> str:
    """Why no more actions can answer it, or an empty text.

    Everybody of the area sees actions and what they answer, so nothing of an inspection that is not
    published can stand there.
    """
    if isinstance(row, Finding):
        if not row.self_evaluation.is_stood_by:
            state = row.self_evaluation.get_state_display()
            return f"The self-evaluation is “{state}” now: only what was submitted can be answered."
        return f"{row.reference} is withdrawn." if row.withdrawn_on else ""
    if not row.inspection.is_published:
        return "The report is not published: until then it is confidential, and actions are not."
    return ""
