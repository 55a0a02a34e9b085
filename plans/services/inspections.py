"""Inspections: every change to them, their timetables, grades and key messages."""

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q

from management import access, audit
from management.access import Actor
from management.days import day_text
from management.models import Area
from management.versions import advance
from plans import timetable
from plans.models import (
    Action,
    Evaluation,
    Framework,
    Inspection,
    KeyMessage,
    QualityIndicator,
    Stage,
)
from plans.scales import Grade, Scale
from plans.services.days import refuse_future, refuse_odd
from plans.services.recommendations import follow_inspection, hold_still

MESSAGES = 99  # the highest number of a key message


@dataclass(frozen=True)
class Given:
    """What an inspection said of one indicator. Without a grade it said nothing."""

    indicator: QualityIndicator
    grade: int | None
    rationale: str = ""


def open_inspection(*, by: Actor, area: Area, framework: Framework, **facts: Any) -> Inspection:
    """Record an inspection at any point: only notified, or already published.

    `facts` holds the plain fields of Inspection. The plan is due six weeks after publication unless
    a day is given; a notification date lays out the framework's timetable.
    """
    access.require(by, "inspection.edit", area)
    with audit.acting(by, "open inspection"):
        inspection = Inspection(area=area, framework=framework, **facts)
        if inspection.plan_due_on is None:
            inspection.plan_due_on = _plan_due(inspection)
        _check(inspection)
        inspection.full_clean()
        inspection.save()
        _lay_out(inspection)
    return inspection


def edit_inspection(*, by: Actor, inspection: Inspection, version: int, **facts: Any) -> None:
    """Change the facts of an inspection. What is not named stays.

    The plan's deadline follows the publication date unless it was set by hand; an empty one is
    worked out again. A new notification date moves those stages that nobody edited and that are
    not done; a new framework lays them out again. Raises ValidationError for what was entered on
    the strength of another date or framework, Stale when the inspection has changed since
    `version`.
    """
    access.require(by, "inspection.edit", inspection.area)
    with audit.acting(by, "edit inspection"):
        hold_still(inspection)
        old, changed = copy.copy(inspection), copy.copy(inspection)
        for name, value in facts.items():
            setattr(changed, name, value)
        followed = old.plan_due_on == _plan_due(old)
        untouched = changed.plan_due_on == old.plan_due_on
        if changed.plan_due_on is None or (followed and untouched):
            changed.plan_due_on = _plan_due(changed)
        _check(changed)
        _check_history(old, changed)
        changed.full_clean()
        names = {*facts, "plan_due_on"}
        advance(inspection, version, **{name: getattr(changed, name) for name in names})
        if _basis(old) != _basis(inspection) and not _touched(inspection.stages.all(), old):
            for stage in inspection.stages.all():
                stage.delete()
        _lay_out(inspection)
        follow_inspection(old, inspection)


def _plan_due(inspection: Inspection) -> date | None:
    """A progress review asks for no plan of its own."""
    if inspection.published_on is None or inspection.kind == Inspection.Kind.PROGRESS:
        return None
    return timetable.plan_due(inspection.published_on)


def _check(inspection: Inspection) -> None:
    notified, published = inspection.notified_on, inspection.published_on
    due, read = inspection.plan_due_on, inspection.records_read
    refuse_odd(notified_on=notified, published_on=published, plan_due_on=due)
    refuse_future(
        "published_on",
        published,
        "Enter the day of publication once it has come: until then the inspection is confidential.",
    )
    wrong = {}
    if notified and published and published < notified:
        wrong["published_on"] = (
            f"It cannot be published ({day_text(published)}) "
            f"before it is notified ({day_text(notified)})."
        )
    if due and not published:
        wrong["plan_due_on"] = "The plan is due after publication: enter the day of that first."
    elif due and published and due < published:
        wrong["plan_due_on"] = (
            f"The plan cannot be due ({day_text(due)}) "
            f"before the report is published ({day_text(published)})."
        )
    if read and inspection.records_in_all is not None and read > inspection.records_in_all:
        wrong["records_read"] = "More records were read than there are."
    if inspection.framework.scale != Scale.GRADE:
        wrong["framework"] = "Inspections are graded on the six-point scale; this framework is not."
    if refusal := _wrong_origin(inspection):
        wrong["follows"] = refusal
    same = Inspection.objects.in_area(inspection.area).filter(title=inspection.title)
    if same.exclude(pk=inspection.pk).exists():
        wrong["title"] = "This area already has an inspection with this title."
    if wrong:
        raise ValidationError(wrong)


def _wrong_origin(inspection: Inspection) -> str:
    earlier, seen = inspection.follows, {inspection.pk} - {None}
    if earlier is None:
        return ""
    if inspection.kind != Inspection.Kind.PROGRESS:
        return "Only a progress review looks at an earlier inspection."
    if earlier.area_id != inspection.area_id:
        return "Choose an inspection of the same area."
    while earlier is not None:
        if earlier.pk in seen:
            return "A progress review cannot look at itself, or at one that looks at it."
        seen.add(earlier.pk)
        earlier = earlier.follows
    return ""


def _check_history(old: Inspection, new: Inspection) -> None:
    """What was entered on the strength of a date or a framework keeps it in place."""
    stages = list(old.stages.all())
    kept = _touched(stages, old)
    first = new.notified_on or date.min
    early = [s for s in stages if _stays(s) and min(s.on, s.done_on or s.on) < first]
    wrong = {}
    if new.notified_on is None and old.notified_on and kept:
        wrong["notified_on"] = (
            f"The timetable counts from this date, and was edited: {_names(kept)}. "
            "Change the date, but do not remove it."
        )
    elif new.notified_on != old.notified_on and early:
        wrong["notified_on"] = (
            f"Edited steps of the timetable would come before it: {_names(early)}. "
            "Correct their dates first."
        )
    if new.published_on is None and old.published_on and _answered(old):
        wrong["published_on"] = (
            "A plan or its actions answer this inspection, so that it is known to everybody. "
            "Change the day, but do not remove it."
        )
    if new.framework_id != old.framework_id and (kept or old.evaluations.exists()):
        wrong["framework"] = (
            f"Grades were given by {old.framework}, or its timetable was edited, "
            "so it cannot be exchanged."
        )
    if wrong:
        raise ValidationError(wrong)


def _answered(inspection: Inspection) -> bool:
    linked = Q(recommendations__inspection=inspection) | Q(key_messages__inspection=inspection)
    actions = Action.objects.in_area(inspection.area)
    return inspection.plans.exists() or actions.filter(linked).exists()


def _touched(stages: Iterable[Stage], inspection: Inspection) -> list[Stage]:
    """Those that are done, or do not stand as the framework laid them out."""
    times = dict(inspection.framework.steps.values_list("sequence", "at"))
    return [s for s in stages if _stays(s) or s.at != times.get(s.sequence, s.at)]


def _stays(stage: Stage) -> bool:
    """Whether it keeps its date when the others move."""
    return stage.done_on is not None or stage.on != stage.planned_on


def _names(stages: Iterable[Stage]) -> str:
    return ", ".join(f"{stage.name} ({day_text(stage.on)})" for stage in stages)


def _basis(inspection: Inspection) -> tuple[Any, ...]:
    """Whether there is a timetable at all, and whose."""
    progress = inspection.kind == Inspection.Kind.PROGRESS
    return inspection.framework_id, inspection.notified_on is None, progress


def _lay_out(inspection: Inspection) -> None:
    """Make the timetable, or move what in it nobody has touched."""
    if inspection.notified_on is None:
        return
    stages = list(inspection.stages.all())
    if not stages and inspection.kind != Inspection.Kind.PROGRESS:
        for step in inspection.framework.steps.all():
            on = timetable.step_day(inspection.notified_on, step.week, step.weekday)
            stage = Stage(
                area=inspection.area,
                inspection=inspection,
                sequence=step.sequence,
                week=step.week,
                name=step.name,
                inspectorate=step.inspectorate,
                service=step.service,
                planned_on=on,
                on=on,
                at=step.at,
            )
            stage.full_clean()
            stage.save()
    weekdays = dict(inspection.framework.steps.values_list("sequence", "weekday"))
    for stage in stages:
        planned = timetable.step_day(
            inspection.notified_on, stage.week, weekdays.get(stage.sequence, 0)
        )
        if planned != stage.planned_on:
            on = stage.on if _stays(stage) else planned
            advance(stage, stage.version, planned_on=planned, on=on)


def edit_stage(
    *, by: Actor, stage: Stage, version: int, on: date, at: str = "", done_on: date | None = None
) -> None:
    """Move a date of the timetable, or say when it was done.

    Raises ValidationError for a day before the notification and for one done in the future; Stale
    when the stage has changed since `version`.
    """
    access.require(by, "inspection.edit", stage.area)
    refuse_odd(on=on, done_on=done_on)
    refuse_future("done_on", done_on, "It cannot have been done on a day that has not come yet.")
    notified = stage.inspection.notified_on
    for name, day in (("on", on), ("done_on", done_on)):
        if notified and day and day < notified:
            raise ValidationError(
                {name: f"That is before the inspection was notified, on {day_text(notified)}."}
            )
    with audit.acting(by, "edit timetable"):
        changed = copy.copy(stage)
        changed.on, changed.at, changed.done_on = on, at.strip(), done_on
        changed.full_clean()
        advance(stage, version, on=on, at=changed.at, done_on=done_on)


def set_grades(*, by: Actor, inspection: Inspection, version: int, grades: Iterable[Given]) -> None:
    """The grades of an inspection, each with its rationale in short; others are removed.

    Errors name `grade_<key of the indicator>`. Raises Stale when the inspection has changed since
    `version`.
    """
    access.require(by, "inspection.edit", inspection.area)
    given = {one.indicator.pk: one for one in grades}
    wrong = {f"grade_{pk}": said for pk, one in given.items() if (said := _unfit(inspection, one))}
    if wrong:
        raise ValidationError(wrong)
    with audit.acting(by, "set grades"):
        advance(inspection, version)
        present = {e.indicator_id: e for e in inspection.evaluations.all()}
        for pk, one in given.items():
            row = present.pop(pk, None)
            if one.grade is None:
                if row is not None:
                    row.delete()
                continue
            if row is None:
                row = Evaluation(
                    area=inspection.area, inspection=inspection, indicator=one.indicator
                )
            elif (row.grade, row.rationale) == (one.grade, one.rationale.strip()):
                continue
            row.grade, row.rationale = one.grade, one.rationale.strip()
            row.full_clean()
            row.save()
        for row in present.values():
            row.delete()


def _unfit(inspection: Inspection, one: Given) -> str:
    if one.indicator.framework_id != inspection.framework_id:
        return f"{one.indicator} does not belong to {inspection.framework}."
    if one.grade is None:
        return "Choose the grade that this rationale explains." if one.rationale.strip() else ""
    return "" if one.grade in Grade.values else "This is not a grade of the six-point scale."


def set_key_messages(
    *, by: Actor, inspection: Inspection, version: int, messages: Mapping[int, str]
) -> None:
    """The key messages of an inspection by number; an empty text removes one.

    Errors name `text_<number>`. Raises ValidationError for one that actions answer; Stale when the
    inspection has changed since `version`.
    """
    access.require(by, "inspection.edit", inspection.area)
    wanted = {number: text.strip() for number, text in messages.items() if text.strip()}
    if odd := [number for number in wanted if not 1 <= number <= MESSAGES]:
        raise ValidationError(f"Key messages are numbered from 1 to {MESSAGES}, not {odd[0]}.")
    with audit.acting(by, "set key messages"):
        advance(inspection, version)
        present = {m.number: m for m in inspection.key_messages.prefetch_related("actions")}
        for number, message in present.items():
            if number in wanted:
                continue
            if answering := sorted(action.reference for action in message.actions.all()):
                raise ValidationError(
                    {
                        f"text_{number}": f"{message.reference} is answered by "
                        f"{', '.join(answering)}, so it cannot be removed."
                    }
                )
            message.delete()
        for number, text in wanted.items():
            row = present.get(number) or KeyMessage(
                area=inspection.area, inspection=inspection, number=number
            )
            if row.text != text:
                row.text = text
                row.full_clean()
                row.save()
