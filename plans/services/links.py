"""Which actions answer what was found, and which KPIs they should move."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError

from kpis.models import Indicator as Kpi
from management import access, audit
from management.access import Actor
from management.versions import Stale, advance
from plans.effects import Expected, lags_text
from plans.models import Action, Finding, KeyMessage, KpiLink, Recommendation, Revision
from plans.references import named
from plans.services.actions import expect
from plans.services.entering import enter
from plans.services.locking import lock, lock_actions

Found = Recommendation | Finding | KeyMessage
FIELDS = {
    Recommendation: "recommendations",
    Finding: "findings",
    KeyMessage: "key_messages",
}


def choose_actions(
    *, by: Actor, row: Found, shown: Iterable[int], actions: Iterable[Action], reason: str = ""
) -> None:
    """These actions answer the row from now on. What else they answer stays as it is.

    `shown` are the keys of the actions that answered it when the person began to choose; raises
    Stale when others answer it now. Raises ValidationError for a new link to what takes none, and
    where a closed plan's action would change. Each action that changes has a new version and, once
    its plan was approved, an entry with the reason.
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
        field = FIELDS[type(locked)]
        for action in changed:
            there = set(getattr(action, field).values_list("pk", flat=True))
            _link(by, action, field, there ^ {locked.pk}, reason)


def choose_kpis(
    *,
    by: Actor,
    action: Action,
    shown: Iterable[int],
    kpis: Iterable[Kpi],
    expected: Mapping[int, Expected] | None = None,
    seen: Mapping[int, int] | None = None,
    version: int | None = None,
    reason: str = "",
) -> None:
    """These KPIs are those that the action should move, from now on.

    `shown` are the keys of those that were when the person began to choose, `seen` the months that
    stood beside them, if that is given; raises Stale when they are others now, or where the action
    has changed since `version`, if that is given; and ValidationError for a closed plan's action.
    `expected` says by the key of a KPI what it should show and when; what it does not name stays as
    it is. When anything changes, the action has a new version and, once its plan was approved, an
    entry with the reason.
    """
    access.require(by, "plan.edit", action.area)
    wanted = {kpi.pk: kpi for kpi in kpis}
    if any(kpi.area_id != action.area_id for kpi in wanted.values()):
        raise ValidationError({"kpis": "Choose KPIs of this area alone."})
    with audit.acting(by, "choose KPIs"):
        [locked] = lock_actions(Action.objects.filter(pk=action.pk))
        now = {link.kpi_id: link for link in KpiLink.objects.filter(action=locked)}
        other = any(now[key].lag != lag for key, lag in (seen or {}).items() if key in now)
        if now.keys() != set(shown) or other or (version or locked.version) != locked.version:
            raise Stale(locked)
        asked = {key: said for key, said in (expected or {}).items() if key in wanted}
        stays = all(key in now and now[key].says == said for key, said in asked.items())
        if now.keys() == wanted.keys() and stays:
            return
        _refuse_closed("kpis", [locked])
        _link(by, locked, "kpis", wanted.keys(), reason, asked)


def choose_messages(
    *, by: Actor, action: Action, version: int, messages: Iterable[KeyMessage], reason: str = ""
) -> None:
    """These key messages are those that the action answers, from now on.

    Raises ValidationError for a closed plan's action, and for a message of a report that is not
    published; Stale. Recorded as `choose_kpis` is.
    """
    access.require(by, "plan.edit", action.area)
    wanted = {message.pk: message for message in messages}
    with audit.acting(by, "choose key messages", reason):
        held = {key: hold(message) for key, message in sorted(wanted.items())}
        [locked] = lock_actions(Action.objects.filter(pk=action.pk))
        now = set(action.key_messages.values_list("pk", flat=True))
        if locked.version != version:
            raise Stale(locked)
        if now == wanted.keys():
            return
        _refuse_closed("key_messages", [locked])
        for key in wanted.keys() - now:
            if why := why_not(held[key]):
                raise ValidationError({"key_messages": why})
        _link(by, locked, "key_messages", wanted.keys(), reason)
        action.version = locked.version


def _link(
    by: Actor,
    action: Action,
    field: str,
    keys: Iterable[int],
    reason: str,
    expected: Mapping[int, Expected] | None = None,
) -> None:
    """The locked action is linked by this field to these rows and no others."""
    relation = getattr(action, field)
    before = _kept(action, field)
    old = _named(action, field)
    advance(action, action.version)
    relation.set(keys, through_defaults={"area": action.area})
    expect(action, expected or {})
    if not action.plan.is_draft:
        said = {"old": old, "new": _named(action, field), "reason": reason.strip()}
        made = Revision(area=action.area, action=action, field=field, before=before)
        enter(made, by, **said)


def _kept(action: Action, field: str) -> str:
    """The keys of what it is linked to by this field; of KPIs with their months."""
    if field == "kpis":
        return lags_text(dict(KpiLink.objects.filter(action=action).values_list("kpi", "lag")))
    keys = getattr(action, field).values_list("pk", flat=True)
    return ",".join(str(key) for key in sorted(keys))


def _named(action: Action, field: str) -> str:
    """What it is linked to by this field, as text."""
    if field == "key_messages":
        return "; ".join(action.message_names)
    if field == "recommendations":
        return "; ".join(action.recommendation_names)
    if field == "kpis":
        rows = KpiLink.objects.filter(action=action).select_related("kpi").order_by("kpi__code")
        return "; ".join(row.says.after(f"{row.kpi.code} {row.kpi.name}") for row in rows)
    own = action.plan.self_evaluation_id
    found = action.findings.select_related("self_evaluation").order_by(
        "self_evaluation", "sequence"
    )
    return "; ".join(
        named(f.reference, "" if f.self_evaluation_id == own else f.self_evaluation.title)
        for f in found
    )


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
