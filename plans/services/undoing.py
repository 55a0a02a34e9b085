"""An import is undone, within a day and while nobody has gone on working with what it brought."""

import json
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q

from kpis.periods import day_text
from management import access, audit, clock
from management.access import Actor
from management.models import Post
from management.versions import Stale, advance
from plans.models import Action, DateChange, ImportedRow, Plan, PlanImport, QualityIndicator
from plans.services import actions, progress
from plans.services.entering import enter
from plans.services.progress import enter_update
from plans.services.taking_in import A_DAY
from plans.statuses import Status


def why_not_undone(kept: PlanImport) -> str:
    """Why the import cannot be undone (any more), or an empty text."""
    if kept.state != PlanImport.State.APPLIED or kept.applied_at is None:
        return "Only a file that was taken in can be undone."
    if clock.now() - kept.applied_at > A_DAY:
        return "It was taken in more than a day ago: what is wrong is changed action by action."
    changed = _changed(kept)
    if changed:
        return f"Somebody has gone on working with {changed}: change what is wrong there."
    return ""


def _changed(kept: PlanImport) -> str:
    """What was changed since, in words, or an empty text."""
    done = json.loads(kept.done)
    versions = dict(map(tuple, done["created"])) | {
        row["pk"]: row["after"] for row in done["updated"]
    }
    now = Action.objects.filter(pk__in=versions).values_list("pk", "reference", "version")
    changed = [reference for pk, reference, version in now if version != versions[pk]]
    plan = kept.plan
    if done["new_plan"] and plan is not None:
        others = plan.actions.exclude(pk__in=versions)
        changed += list(others.values_list("reference", flat=True))
    if not changed:
        return ""
    listed = ", ".join(changed[:5]) + (" and others" if len(changed) > 5 else "")
    return f"action {listed}" if len(changed) == 1 else f"actions {listed}"


def undo(*, by: Actor, kept: PlanImport, version: int) -> PlanImport:
    """Put back what the import changed.

    In a draft what it brought goes again; in a plan that is agreed nothing can go: what it brought
    is withdrawn, what it changed is put back as it was, and each says why. Raises ValidationError
    when it cannot be undone (`why_not_undone`); Stale.
    """
    access.require(by, "plan.edit", kept.area)
    with audit.acting(by, "undo import", kept.file_name):
        locked = PlanImport.objects.select_for_update().get(pk=kept.pk)
        if locked.version != version:
            raise Stale(locked)
        if why := why_not_undone(locked):
            raise ValidationError(why)
        plan, done = locked.plan, json.loads(locked.done)
        assert plan is not None  # noqa: S101  (an applied import has one)
        for row in done["updated"]:
            _put_back(by, plan, row, locked)
        for pk, _ in done["created"]:
            _take_out(by, plan, pk, locked)
        facts: dict[str, Any] = {"state": PlanImport.State.UNDONE, "undone_at": clock.now()}
        gone = done["new_plan"] and plan.is_draft
        advance(kept, version, plan=None if gone else plan, **facts)
        if gone:
            plan.delete()
        _remove_posts(done["posts"])
    return kept


def _take_out(by: Actor, plan: Plan, pk: int, kept: PlanImport) -> None:
    action = Action.objects.select_related("plan", "area").get(pk=pk)
    if plan.is_draft:
        ImportedRow.objects.filter(action=action).delete()
        actions.remove_action(by=by, action=action, version=action.version)
    elif action.is_open:
        progress.withdraw_action(
            by=by,
            action=action,
            version=action.version,
            reason=f"The import of “{kept.file_name}” was undone.",
            decision=f"Undone by {by.actor_name} on {day_text(clock.today())}.",
        )


def _put_back(by: Actor, plan: Plan, row: dict[str, Any], kept: PlanImport) -> None:
    action = Action.objects.select_related("plan", "area", "lead", "indicator").get(pk=row["pk"])
    reason = f"The import of “{kept.file_name}” was undone."
    words: dict[str, Any] = {
        name: row[name] for name in ("text", "evidence_expected", "responsible", "timescale")
    }
    words["indicator"] = QualityIndicator.objects.get(pk=row["indicator"])
    words["lead"] = Post.objects.get(pk=row["lead"])
    due = date.fromisoformat(row["due"]) if row["due"] else None
    late = date.fromisoformat(row["late_after"]) if row["late_after"] else None
    if action.is_open:
        if plan.is_draft:
            words["original_due"] = due
        actions.edit_action(by=by, action=action, version=action.version, reason=reason, **words)
    old, moved = action.status, action.due
    told = {"status": row["status"], "word": row["word"], "percent": row["percent"]}
    advance(action, action.version, due=due, late_after=late, **told)
    if plan.is_draft:
        return
    if moved != due and due is not None:
        enter(DateChange(area=action.area, action=action, old=moved, new=due), by, reason=reason)
    if old != action.status:
        enter_update(
            by, action, old, f"{reason} The status is {Status(action.status).label} again."
        )
    ImportedRow.objects.filter(action=action, plan_import=kept).delete()


def _remove_posts(keys: list[int]) -> None:
    """Posts that came with the file and that nothing uses."""
    for post in Post.objects.filter(pk__in=keys, holdings=None):
        used = Action.objects.filter(Q(lead=post) | Q(supporting=post)).exists()
        if not used:
            post.delete()
