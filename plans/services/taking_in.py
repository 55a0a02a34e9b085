"""A plan's file that was looked at is taken in: all of it or nothing, and undone within a day."""

import json
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError

from management import access, audit, clock
from management.access import Actor
from management.models import Post
from management.versions import Stale, advance
from plans.imports import AGREED, CREATE, STOPPED, UPDATE, Line
from plans.models import Plan, PlanImport, QualityIndicator
from plans.services import plans
from plans.services.days import NOT_YET, refuse_future, refuse_odd
from plans.services.deciding import with_day
from plans.services.earlier import told_later
from plans.services.importing import (
    Look,
    answers_of,
    day_given,
    day_of,
    indicators_of,
    look,
)
from plans.services.locking import lock, lock_whole
from plans.services.refusals import refuse_rows
from plans.services.row_by_row import Rows
from plans.services.stretches import begun, stretch
from plans.stops import stops

A_DAY = timedelta(days=1)
NAMED = 8  # rows named in one sentence


class ReadOtherwise(ValidationError):
    """By the day of agreement that was given with it, some rows do something else than shown."""


def take_in(
    *,
    by: Actor,
    kept: PlanImport,
    version: int,
    mark: str,
    skip: Iterable[int] = (),
    take: Iterable[int] = (),
    apart: Iterable[int] = (),
    title: str = "",
    decision: str = "",
    agreed_on: date | None = None,
    submitted_on: date | None = None,
    lead: Post | str | None = None,
    indicator: QualityIndicator | None = None,
    reason: str = "",
    ended: str = "",
) -> PlanImport:
    """Do what the preview with this `mark` said, but for the lines whose `at` is in `skip`.

    `take` are the lines whose file holds although somebody here has put them otherwise too, `apart`
    those that are not of the action that they are like. Without a plan a new one is made of
    `title`: a draft, or with `decision` (who agreed it, and where that is minuted) an approved one,
    with what the file says of progress. `agreed_on` is when it was agreed, which an approved one
    needs unless it was said with the file; `submitted_on` is when the inspectorate was sent it.
    `lead` is the post of rows that name none, or the title of one that other rows make, `indicator`
    the quality indicator of rows that name none, `reason` why an approved plan's wording and dates
    change, `ended` who decided that actions were withdrawn.

    Raises ValidationError with a sentence for all that is refused, and then nothing is saved;
    ReadOtherwise where rows would do something else by the day of agreement than was shown; Stale
    when the file, the plan or one of its actions is not as it was shown.
    """
    access.require(by, "plan.edit", kept.area)
    if why := kept.why_decided:
        raise ValidationError(why)
    _refuse_day(agreed_on, agreed=bool(decision.strip()))
    with audit.acting(by, "take in plan file", kept.file_name):
        if lock(kept).version != version:
            raise Stale(kept)
        _hold(kept)
        began = begun()
        left_out, taken, apart = set(skip), set(take), set(apart)
        seen = look(kept, apart=apart, take=taken)
        if seen.mark != mark:
            raise Stale(kept)
        refuse_rows(seen.lines, skip=left_out, take=taken, apart=apart)
        if kept.plan is None and agreed_on not in {None, day_given(kept)}:
            seen = _by_the_day(kept, agreed_on, mark, apart)
        wanted = [one for one in seen.lines if one.at not in left_out]
        new, state = kept.plan is None, kept.plan.state if kept.plan else ""
        drafts = kept.plan.is_draft if kept.plan else not decision.strip()
        facts: dict[str, Any] = {"lead": lead, "reason": reason, "ended": ended}
        _refuse(wanted, taken, drafts=drafts, new=new, agreed_on=day_given(kept), **facts)
        _refuse_indicator(kept, wanted, indicator)
        plan = kept.plan or _new_plan(by, kept, title)
        done = Rows(by, kept, plan, indicator=indicator, found=seen.layouts, **facts)
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
        done.keep_rows(created, wanted, drafts=drafts)
        out = {one.at: one for one in seen.lines if one.at in left_out}
        told = {
            "new_plan": new,
            "began": not new and plan.state != state,
            "created": [action.pk for _, action in created],
            "updated": [before for _, before in updated if before],
            "posts": done.posts_made,
            "left_out": sorted(left_out),
            **told_later(seen.lines, left_out, created),
            "rows_left_out": [_left_out(one) for one in out.values()]
            + [[one.place, one.text, one.why] for one in seen.result.left_out],
            "event": begun(),
            "steps": [stretch(began, by)],
        }
        at = {"applied_at": clock.now(), "state": PlanImport.State.APPLIED}
        at |= {"plan": plan, "choices": kept.choices}
        advance(kept, version, done=json.dumps(told), taken_by=by.actor_name, **at)
    return kept


def _hold(kept: PlanImport) -> None:
    """Before anything is compared: what somebody saves from now on waits for all of it.

    Another file of the area that is taken in waits, too: both may make a plan of one title, or one
    post.
    """
    if kept.plan:
        kept.plan = lock_whole(kept.plan)
        return
    answers = answers_of(kept)
    for whole in filter(None, (answers.inspection, answers.self_evaluation, kept.area)):
        lock(whole)


def _refuse_day(day: date | None, *, agreed: bool) -> None:
    refuse_odd(agreed_on=day)
    if agreed:
        refuse_future("agreed_on", day, NOT_YET)


def _by_the_day(kept: PlanImport, day: date | None, mark: str, apart: set[int]) -> Look:
    """The file as it is read by that day of agreement. Raises ReadOtherwise."""
    kept.choices = with_day(kept, day)
    seen = look(kept, apart=apart)
    if seen.mark != mark:
        raise ReadOtherwise(
            {
                "agreed_on": "By this day some rows of the file are read otherwise than was shown. "
                "Say it first, and look at the rows again."
            }
        )
    return seen


def _left_out(one: Line) -> list[str]:
    """Where the row is, what it says, and why it was left out."""
    named = f"{one.row.reference} {one.row.text}".strip()
    stops = " ".join(note.why for note in one.notes if note.stops)
    return [one.row.place, named[:200], stops or "You left it out."]


def _new_plan(by: Actor, kept: PlanImport, title: str) -> Plan:
    """A draft. Of one whose day nobody has said, the file remembers which it has instead."""
    answers, day = answers_of(kept), day_of(kept)
    made = plans.create_plan(
        by=by,
        area=kept.area,
        title=title,
        agreed_on=day,
        source=kept.file_name,
        inspection=answers.inspection,
        self_evaluation=answers.self_evaluation,
    )
    if day_given(kept) is None:
        kept.choices = json.dumps({**json.loads(kept.choices), "default_day": day.isoformat()})
        # Known before the first row is: by a day that nobody has given, none of them is too early.
        PlanImport.objects.filter(pk=kept.pk).update(plan=made, choices=kept.choices)
    return made


def _refuse(
    wanted: list[Line],
    taken: set[int],
    *,
    drafts: bool,
    new: bool,
    lead: Post | str | None,
    reason: str,
    ended: str,
    agreed_on: date | None,
) -> None:
    """Raise ValidationError for what the lines still need of the person, or cannot have."""
    wrong = [stop.sentence for stop in stops(one for one in wanted if one.does == STOPPED)]
    if wrong:
        raise ValidationError([*wrong, "Mend the file, or leave these rows out."])
    if not any(one.does in {CREATE, UPDATE} for one in wanted):
        raise ValidationError("There is nothing in the file that is not here already.")
    asked = {}
    if new and not drafts and agreed_on is None:
        asked["agreed_on"] = "Give the day on which it was agreed."
    if lead is None and (rows := [one for one in wanted if one.needs_lead]):
        then = "Choose the one that leads them, or leave them out."
        asked["lead"] = f"Some rows name no post: {_places(rows)}. {then}"
    if not drafts and not ended.strip() and any(one.ends(take=one.at in taken) for one in wanted):
        asked["ended"] = "Say who decided to withdraw them, and where that is minuted."
    changes = [name for one in wanted for name in one.wanted(take=one.at in taken)]
    if not new and not drafts and not reason.strip() and AGREED & set(changes):
        asked["reason"] = "Say why it is put otherwise: the board will read it."
    if asked:
        raise ValidationError(asked)


def _places(lines: list[Line]) -> str:
    """Where some rows stand in the file, the first of very many."""
    listed, more = ", ".join(one.row.place for one in lines[:NAMED]), len(lines) - NAMED
    return f"{listed} and {more:,} more" if more > 0 else listed


def _refuse_indicator(
    kept: PlanImport, wanted: list[Line], indicator: QualityIndicator | None
) -> None:
    """Raise ValidationError where rows name no quality indicator and the one given cannot be it."""
    rows = [one for one in wanted if one.needs_indicator]
    if not rows:
        return
    if indicator is None:
        said = f"Some rows name no quality indicator: {_places(rows)}."
        raise ValidationError({"indicator": f"{said} Choose the one of these, or leave them out."})
    if indicator not in indicators_of(answers_of(kept)).values():
        raise ValidationError({"indicator": "Choose an indicator of the plan’s own framework."})


def needs(seen: Look) -> set[str]:
    """What the page has to ask for, by the name of the argument of `take_in`."""
    live = [one for one in seen.lines if one.does in {CREATE, UPDATE}]
    asked = {"lead"} if any(one.needs_lead for one in live) else set()
    if any(one.needs_indicator for one in live):
        asked.add("indicator")
    if any(one.ends(take=True) for one in live):
        asked.add("ended")
    if any(AGREED & one.wanted(take=True).keys() for one in live):
        asked.add("reason")
    return asked
