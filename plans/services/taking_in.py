"""A plan's file that was looked at is taken in: all of it or nothing, and undone within a day."""

import json
from collections.abc import Iterable
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db.models import Max

from management import access, audit, clock
from management.access import Actor
from management.models import AuditEvent, Post
from management.versions import Stale, advance
from plans.imports import AGREED, CREATE, STOPPED, UPDATE, Line
from plans.models import Plan, PlanImport
from plans.services import plans
from plans.services.importing import (
    Look,
    agreed_on,
    answers_of,
    look,
)
from plans.services.locking import lock, lock_whole
from plans.services.row_by_row import Rows

A_DAY = timedelta(days=1)


def take_in(
    *,
    by: Actor,
    kept: PlanImport,
    version: int,
    mark: str,
    skip: Iterable[int] = (),
    take: Iterable[int] = (),
    title: str = "",
    decision: str = "",
    submitted_on: date | None = None,
    lead: Post | None = None,
    reason: str = "",
    ended: str = "",
) -> PlanImport:
    """Do what the preview with this `mark` said, but for the lines whose `at` is in `skip`.

    `take` are the lines whose file holds although somebody here has put them otherwise too. Without
    a plan a new one is made of `title`: a draft, or with `decision` (who agreed it, and where that
    is minuted) an approved one, with what the file says of progress; `submitted_on` is when the
    inspectorate was sent it. `lead` is the post of rows that name none, `reason` why an approved
    plan's wording and dates change, `ended` who decided that actions were withdrawn.

    Raises ValidationError with a sentence for all that is refused, and then nothing is saved; Stale
    when the file, the plan or one of its actions is not as it was shown.
    """
    access.require(by, "plan.edit", kept.area)
    if kept.state != PlanImport.State.PREVIEW:
        raise ValidationError("This file was taken in already.")
    with audit.acting(by, "take in plan file", kept.file_name):
        if lock(kept).version != version:
            raise Stale(kept)
        if kept.plan:
            # Before anything is compared: what somebody saves from now on waits for all of it.
            kept.plan = lock_whole(kept.plan)
        seen = look(kept)
        if seen.mark != mark:
            raise Stale(kept)
        left_out, taken = set(skip), set(take)
        wanted = [one for one in seen.lines if one.at not in left_out]
        new = kept.plan is None
        drafts = kept.plan.is_draft if kept.plan else not decision.strip()
        _refuse(wanted, taken, drafts=drafts, lead=lead, reason=reason, ended=ended, new=new)
        plan = kept.plan or _new_plan(by, kept, title)
        done = Rows(by, kept, plan, lead=lead, reason=reason, ended=ended)
        created = done.create([one for one in wanted if one.does == CREATE])
        if new and decision.strip():
            plans.record_agreement(by=by, plan=plan, version=plan.version, decision=decision)
            if submitted_on:
                plans.submit_plan(by=by, plan=plan, version=plan.version, on=submitted_on)
        if not plan.is_draft:
            done.report(created)
        updated = [
            done.update(one, one.stands, one.wanted(take=one.at in taken))
            for one in wanted
            if one.does == UPDATE and one.stands
        ]
        done.keep_rows(created, updated, drafts=drafts)
        last = AuditEvent.objects.aggregate(last=Max("id"))["last"] or 0
        told = {
            "new_plan": new,
            "created": [action.pk for _, action in created],
            "updated": [before for _, before in updated if before],
            "posts": done.posts_made,
            "left_out": sorted(left_out),
            "event": last,
        }
        at = {"applied_at": clock.now(), "state": PlanImport.State.APPLIED}
        advance(kept, version, plan=plan, done=json.dumps(told), taken_by=by.actor_name, **at)
    return kept


def _new_plan(by: Actor, kept: PlanImport, title: str) -> Plan:
    answers = answers_of(kept)
    return plans.create_plan(
        by=by,
        area=kept.area,
        title=title,
        agreed_on=agreed_on(kept),
        source=kept.file_name,
        inspection=answers.inspection,
        self_evaluation=answers.self_evaluation,
    )


def _refuse(
    wanted: list[Line],
    taken: set[int],
    *,
    drafts: bool,
    new: bool,
    lead: Post | None,
    reason: str,
    ended: str,
) -> None:
    """Raise ValidationError for what the lines still need of the person, or cannot have."""
    wrong = [
        note.sentence for one in wanted if one.does == STOPPED for note in one.notes if note.stops
    ]
    if wrong:
        raise ValidationError([*wrong, "Mend the file, or leave these rows out."])
    if not any(one.does in {CREATE, UPDATE} for one in wanted):
        raise ValidationError("There is nothing in the file that is not here already.")
    asked = {}
    if lead is None and any(one.needs_lead for one in wanted):
        asked["lead"] = "Some rows name no post. Choose the one that leads them, or leave them out."
    if not drafts and not ended.strip() and any(one.ends for one in wanted):
        asked["ended"] = "Say who decided to withdraw them, and where that is minuted."
    changes = [name for one in wanted for name in one.wanted(take=one.at in taken)]
    if not new and not drafts and not reason.strip() and AGREED & set(changes):
        asked["reason"] = "Say why it is put otherwise: the board will read it."
    if asked:
        raise ValidationError(asked)


def needs(seen: Look) -> set[str]:
    """What the page has to ask for, by the name of the argument of `take_in`."""
    live = [one for one in seen.lines if one.does in {CREATE, UPDATE}]
    asked = {"lead"} if any(one.needs_lead for one in live) else set()
    if any(one.ends for one in live):
        asked.add("ended")
    if any(AGREED & one.wanted(take=True).keys() for one in live):
        asked.add("reason")
    return asked
