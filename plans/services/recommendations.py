"""Recommendations: every change to them, from the first draft to a body's decision to close."""

import copy
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from management import access, audit, clock
from management.access import Actor
from management.days import day_text
from management.models import Area
from management.versions import advance
from plans.models import Decision, Entry, Inspection, Reclassification, Recommendation
from plans.nesting import below
from plans.services.days import refuse_future, refuse_odd
from plans.services.locking import lock

Response = Recommendation.Response
CLOSED, REOPENED = Decision.Kind.CLOSED, Decision.Kind.REOPENED


def add_recommendation(
    *,
    by: Actor,
    inspection: Inspection,
    reference: str,
    text: str,
    kind: str = Recommendation.Kind.IMPROVEMENT,
    parent: Recommendation | None = None,
    addressee: str = "",
    added_on: date | None = None,
) -> Recommendation:
    """A recommendation, after those that are there.

    It counts from `added_on`; without it from the publication, and until the report is published
    from the notification (see `follow_inspection`). Raises ValidationError for a reference that is
    taken, for a part of what is closed and for a day on which it cannot have been added.
    """
    access.require(by, "inspection.edit", inspection.area)
    with audit.acting(by, "add recommendation"):
        hold_still(inspection)
        last = inspection.recommendations.order_by("-sequence").first()
        row = Recommendation(
            area=inspection.area,
            inspection=inspection,
            reference=reference.strip(),
            text=text.strip(),
            kind=kind,
            parent=parent,
            addressee=addressee.strip(),
            added_on=added_on or _starts(inspection),
            sequence=last.sequence + 1 if last else 1,
        )
        _check(row, added=True)
        row.full_clean()
        row.save()
    return row


def edit_recommendation(
    *, by: Actor, recommendation: Recommendation, version: int, **facts: Any
) -> None:
    """Correct what was entered: reference, text, what it is part of, when it was added.

    Its class changes by `reclassify` alone. Raises ValidationError for a nest that contains itself,
    Stale when it has changed since `version`.
    """
    access.require(by, "inspection.edit", recommendation.area)
    with audit.acting(by, "edit recommendation"):
        hold_still(recommendation.inspection)
        _require_open(recommendation, "edited")
        changed = copy.copy(recommendation)
        for name, value in facts.items():
            setattr(changed, name, value.strip() if isinstance(value, str) else value)
        _check(changed, added=changed.added_on != recommendation.added_on)
        changed.full_clean()
        advance(recommendation, version, **{name: getattr(changed, name) for name in facts})


def remove_recommendation(
    *, by: Actor, recommendation: Recommendation, version: int, reason: str
) -> None:
    """Take out what was entered by mistake, for a reason. The audit trail keeps both.

    Raises ValidationError once something hangs on it: a response, a part, an action, or an entry in
    its history. Stale when it has changed since `version`.
    """
    access.require(by, "inspection.edit", recommendation.area)
    if not reason.strip():
        raise ValidationError({"reason": "Say why it is removed."})
    with audit.acting(by, "remove recommendation", reason.strip()):
        hold_still(recommendation.inspection)
        if hanging := _why_it_stays(recommendation):
            raise ValidationError(hanging)
        advance(recommendation, version)
        recommendation.delete()


def _why_it_stays(row: Recommendation) -> str:
    """What hangs on it, so that it cannot be removed, or an empty text."""
    hanging = {
        "a response": bool(row.response),
        "a decision": row.decisions.exists(),
        "a reclassification": row.reclassifications.exists(),
        "a part": row.parts.exists(),
        "an action": row.actions.exists(),
    }
    found = [name for name, there in hanging.items() if there]
    if not found:
        return ""
    said = " and ".join(filter(None, [", ".join(found[:-1]), found[-1]]))
    return f"{row.reference} has {said}, so it stays."


def follow_inspection(old: Inspection, new: Inspection) -> None:
    """After a change of its dates: what counted from the old one counts from the new one.

    Until the report is published that is the day of notification. So does what would now come
    before all that. What was decided on or moved before the new day stays where it is.
    """
    starts, first = new.published_on or new.notified_on, _first_day(new)
    if starts is None or first is None:
        return
    for row in new.recommendations.with_history():
        follows = row.added_on == (old.published_on or old.notified_on) or row.added_on < first
        told = min((entry.on for entry in _history(row)), default=starts)
        if follows and row.added_on != starts <= told:
            advance(row, row.version, added_on=starts)


def _starts(inspection: Inspection) -> date:
    if starts := inspection.published_on or inspection.notified_on:
        return starts
    raise ValidationError(
        {"added_on": "Give the day: neither notification nor publication is entered yet."}
    )


def _first_day(inspection: Inspection) -> date | None:
    """Before it, the inspection cannot have recommended anything."""
    return inspection.notified_on or inspection.published_on


def respond(
    *,
    by: Actor,
    recommendation: Recommendation,
    version: int,
    response: str,
    response_detail: str = "",
    addressee: str = "",
    depends_on: str = "",
) -> None:
    """What the service answers, who must act, and what else must happen first.

    Raises ValidationError when it is partly agreed without saying which part, not agreed without
    saying why, or explained and not given; Stale when it has changed since `version`.
    """
    access.require(by, "inspection.edit", recommendation.area)
    _require_open(recommendation, "answered")
    detail = response_detail.strip()
    if response == Response.PARTLY and not detail:
        raise ValidationError({"response_detail": "Say which part is agreed, and which is not."})
    if not response and detail:
        raise ValidationError({"response": "Choose the response that the text belongs to."})
    if response == Response.NOT_AGREED and not detail:
        raise ValidationError({"response_detail": "Say why it is not agreed."})
    facts = {
        "response": response,
        "response_detail": detail,
        "addressee": addressee.strip(),
        "depends_on": depends_on.strip(),
    }
    with audit.acting(by, "respond to recommendation"):
        changed = copy.copy(recommendation)
        for name, value in facts.items():
            setattr(changed, name, value)
        changed.full_clean()
        advance(recommendation, version, **facts)


def decide(
    *,
    by: Actor,
    recommendation: Recommendation,
    version: int,
    kind: str,
    on: date,
    body: str,
    minute_reference: str,
    reason: str,
    illustrative: bool = False,
) -> Decision:
    """Record that a named body closed the recommendation on evidence, or opened it again.

    Raises ValidationError for closing what is closed or what has open parts, for reopening what is
    open or part of what is closed, all of it asked of the day of the decision; for a day before it
    was added, before the last entry in its history, or in the future; Stale when it has changed
    since `version`.
    """
    access.require(by, "recommendation.decide", recommendation.area)
    said = {
        "body": (body, "Name the body that decided: nobody else can."),
        "minute_reference": (minute_reference, "Give the minute in which the decision stands."),
        "reason": (reason, "Say on what evidence it was decided."),
    }
    if missing := {name: sentence for name, (text, sentence) in said.items() if not text.strip()}:
        raise ValidationError(missing)
    _check_day(recommendation, on)
    with audit.acting(by, f"{kind} recommendation", reason.strip()):
        hold_still(recommendation.inspection)
        closed_on = _decided(recommendation, kind, on)
        advance(recommendation, version, closed_on=closed_on)
        decision = Decision(
            kind=kind,
            body=body.strip(),
            minute_reference=minute_reference.strip(),
            reason=reason.strip(),
        )
        _enter(decision, by, recommendation, on, illustrative)
    return decision


def _decided(row: Recommendation, kind: str, on: date) -> date | None:
    """`closed_on` after the decision. Raises ValidationError for one that cannot be."""
    if kind == CLOSED:
        if row.closed_on:
            raise ValidationError(
                {"kind": f"{row.reference} has been closed since {day_text(row.closed_on)}."}
            )
        parts = _parts(row)
        if still := [part.reference for part in parts if part.is_open]:
            verb = "are" if len(still) > 1 else "is"
            raise ValidationError({"kind": f"{', '.join(still)} {verb} part of it and still open."})
        closed = {part.closed_on: part.reference for part in parts if part.closed_on}
        if closed and on < (last := max(closed)):
            raise ValidationError(
                {"on": f"Its part {closed[last]} was open until {day_text(last)}."}
            )
        return on
    if kind != REOPENED:
        raise ValidationError({"kind": "Choose whether it was closed or opened again."})
    if row.closed_on is None:
        raise ValidationError({"kind": f"{row.reference} is open."})
    # Read again: whoever held this inspection before us may have closed it.
    whole = row.parent and row.inspection.recommendations.get(pk=row.parent.pk)
    if whole and not whole.is_open:
        raise ValidationError(
            {"kind": f"It is part of {whole.reference}, which is closed: reopen that first."}
        )
    reopened = whole and whole.decisions.filter(kind=REOPENED).order_by("on").last()
    if whole and reopened and on < reopened.on:
        raise ValidationError(
            {
                "on": f"It is part of {whole.reference}, which was closed "
                f"until {day_text(reopened.on)}."
            }
        )
    return None


def reclassify(
    *,
    by: Actor,
    recommendation: Recommendation,
    version: int,
    new: str,
    on: date,
    reason: str,
    illustrative: bool = False,
) -> Reclassification:
    """Move an open recommendation to another class, for a reason, from a day on.

    Raises ValidationError for a closed one, the class that it has, a missing reason and an
    impossible day; Stale when it has changed since `version`.
    """
    access.require(by, "inspection.edit", recommendation.area)
    _require_open(recommendation, "reclassified")
    if new not in Recommendation.Kind.values:
        raise ValidationError({"new": "Choose the class that it moves to."})
    if new == recommendation.kind:
        label = recommendation.get_kind_display().lower()
        raise ValidationError({"new": f"It is already classed as: {label}."})
    if not reason.strip():
        raise ValidationError({"reason": "Say why it moves, and who decided it."})
    _check_day(recommendation, on)
    with audit.acting(by, "reclassify recommendation", reason.strip()):
        old = recommendation.kind
        advance(recommendation, version, kind=new)
        move = Reclassification(old=old, new=new, reason=reason.strip())
        _enter(move, by, recommendation, on, illustrative)
    return move


def hold_still(inspection: Inspection) -> None:
    """Inside a transaction: whoever else changes this inspection, or what hangs on it, waits."""
    lock(inspection)


def _require_open(row: Recommendation, done: str) -> None:
    if not row.is_open:
        raise ValidationError(
            f"{row.reference} is closed: it cannot be {done} unless a body reopens it."
        )


def _check(row: Recommendation, *, added: bool) -> None:
    """What the database cannot know of a new or corrected recommendation.

    `added` says whether the day on which it was added is a new one.
    """
    refuse_odd(added_on=row.added_on)
    refuse_future("added_on", row.added_on, "It cannot be added on a day that has not come yet.")
    wrong = {}
    if not row.text:
        wrong["text"] = "Give the recommendation in short."
    if not row.reference:
        wrong["reference"] = "Give the number by which people will know it."
    others = row.inspection.recommendations.exclude(pk=row.pk)
    if others.filter(reference=row.reference).exists():
        wrong["reference"] = f"This inspection already has a recommendation {row.reference}."
    if refusal := _wrong_parent(row):
        wrong["parent"] = refusal
    entered = min((entry.on for entry in _history(row)), default=None)
    first = _first_day(row.inspection)
    if entered and row.added_on > entered:
        wrong["added_on"] = f"It was already decided on or moved on {day_text(entered)}."
    elif added and first and row.added_on < first:
        done = "notified" if row.inspection.notified_on else "published"
        wrong["added_on"] = f"That is before the inspection was {done}, on {day_text(first)}."
    if wrong:
        raise ValidationError(wrong)


def _wrong_parent(row: Recommendation) -> str:
    if row.parent_id is None:
        return ""
    parent = row.inspection.recommendations.filter(pk=row.parent_id).first()
    if parent is None:
        return "Choose a recommendation of the same inspection."
    if parent.pk == row.pk or (row.pk and parent.pk in _keys_below(row)):
        return f"{row.reference} cannot be part of itself, or of one of its own parts."
    if not parent.is_open and row.is_open:
        return f"{parent.reference} is closed: a body must reopen it before it gets another part."
    return ""


def _keys_below(row: Recommendation) -> set[int]:
    rows = row.inspection.recommendations.values_list("pk", "parent")
    return below(row.pk, dict(rows))


def _parts(row: Recommendation) -> list[Recommendation]:
    return list(row.inspection.recommendations.filter(pk__in=_keys_below(row)))


def _history(row: Recommendation) -> list[Entry]:
    return [*row.decisions.all(), *row.reclassifications.all()] if row.pk else []


def _check_day(row: Recommendation, on: date) -> None:
    """A history is told in its order: then counts of any two days reconcile."""
    refuse_odd(on=on)
    refuse_future("on", on, "Enter a decision once it has been taken, not before.")
    if on < row.added_on:
        raise ValidationError({"on": f"{row.reference} was added on {day_text(row.added_on)}."})
    latest = max((entry.on for entry in _history(row)), default=None)
    if latest and on < latest:
        raise ValidationError(
            {"on": f"Its history already goes to {day_text(latest)}: give that day or a later one."}
        )


def _enter(entry: Any, by: Actor, row: Recommendation, on: date, illustrative: bool) -> None:
    area: Area = row.area
    entry.area, entry.recommendation, entry.on = area, row, on
    entry.recorded_at, entry.by, entry.author_id = clock.now(), by.actor_name, by.actor_id
    entry.illustrative = illustrative
    entry.full_clean()
    entry.save()
