"""What a KPI is, from when on, and what it should reach."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError

from kpis.catalogue import catalogue
from kpis.definition import COUNTED, QUESTIONS
from kpis.definition import counted as counted_as
from kpis.models import Indicator, Observation, PhaseStart, Target, Unit
from kpis.periods import Period
from management import access, audit, clock
from management.access import Actor
from management.days import day_text
from management.models import Area
from management.versions import Stale, advance

# What no figure can change with: a KPI with another one of these is another KPI.
FIXED = {"unit": "unit", "frequency": "frequency"}


def define_indicator(*, by: Actor, area: Area, **definition: Any) -> Indicator:
    """A new KPI. `definition` holds the fields of Indicator. Raises ValidationError by field."""
    access.require(by, "kpi.edit", area)
    with audit.acting(by, "define KPI"):
        indicator = Indicator(area=area, **definition)
        _check(indicator)
        indicator.save()
    return indicator


def adopt_definition(*, by: Actor, area: Area, entry: str, code: str, **adapted: Any) -> Indicator:
    """A new KPI from the catalogue's `entry`, with the area's own `code`; `adapted` are the fields
    that it puts otherwise. Raises ValidationError for an entry that there is not, and by field."""
    if entry not in catalogue():
        there = ", ".join(catalogue())
        raise ValidationError({"entry": f"“{entry}” is not in the catalogue. There are: {there}."})
    facts = {**catalogue()[entry], "measure": entry, **adapted}
    return define_indicator(by=by, area=area, code=code, catalogue=entry, **facts)


def edit_indicator(
    *,
    by: Actor,
    indicator: Indicator,
    version: int,
    counts_from: date | None = None,
    reason: str = "",
    **definition: Any,
) -> Indicator:
    """Change the definition.

    Where the area has figures and what decides what is counted (COUNTED) is put otherwise, `reason`
    says why. With `counts_from` something else is counted from that day on, and the series begins
    anew there; without it, it is the same in other words.

    Raises ValidationError by field: another unit or frequency than its figures have, no reason, a
    day before its first figure or a day on which it begins anew already; Stale.
    """
    access.require(by, "kpi.edit", indicator.area)
    if indicator.version != version:
        raise Stale(indicator)
    changed = {
        name: value for name, value in definition.items() if getattr(indicator, name) != value
    }
    if wrong := _why_not(indicator, changed, counts_from, reason):
        raise ValidationError(wrong)
    with audit.acting(by, "edit KPI", reason.strip()):
        was = counted_as(indicator)
        for name, value in changed.items():
            setattr(indicator, name, value)
        _check(indicator)
        advance(indicator, version, **changed)
        if counts_from:
            facts = {"kind": PhaseStart.Kind.DEFINITION, "start": counts_from, "was": was}
            enter_phase(by, indicator, reason=reason.strip(), **facts)
    return indicator


def counted_otherwise(indicator: Indicator, changed: Mapping[str, Any]) -> set[str]:
    """The fields of COUNTED among the changes that say something else; another line break does
    not."""
    return {
        name
        for name in changed.keys() & COUNTED.keys()
        if changed[name].split() != getattr(indicator, name).split()
    }


def _check(indicator: Indicator) -> None:
    """Raise ValidationError by field."""
    namesakes = Indicator.objects.in_area(indicator.area).filter(code__iexact=indicator.code)
    if (one := namesakes.exclude(pk=indicator.pk).first()) is not None:
        raise ValidationError({"code": f"“{one}” has this code already: choose another one."})
    indicator.full_clean()


def _why_not(
    indicator: Indicator, changed: Mapping[str, Any], counts_from: date | None, reason: str
) -> dict[str, str]:
    """What stands against the change, by field."""
    wrong: dict[str, str] = {
        name: f"Its figures are there, in the {label} that it has. Define another KPI instead."
        for name, label in FIXED.items()
        if name in changed and has_figures(indicator)
    }
    own, counted = periods_of(indicator), counted_otherwise(indicator, changed)
    if own and counted and not reason.strip():
        wrong["reason"] = "Say why: whoever reads the figures later will ask."
    if counts_from is None:
        return wrong
    if not own:
        wrong["counts_from"] = "It has no figure yet, so nothing begins anew: leave this out."
    elif not counted:
        wrong["counts_from"] = "Nothing that decides what is counted is put otherwise."
    elif counts_from <= own[0].start:
        wrong["counts_from"] = (
            f"Its first figure is of {day_text(own[0].start)}: give a later day, or none."
        )
    elif standing_phases(indicator).filter(start=counts_from).exists():
        wrong["counts_from"] = "The series begins anew on that day already."
    return wrong


def has_figures(indicator: Indicator) -> bool:
    """Whether there is any, be it another area's."""
    return Observation.objects.filter(indicator=indicator).exists()


def retire_indicator(
    *, by: Actor, indicator: Indicator, version: int, on: date | None, reason: str
) -> Indicator:
    """Expect no figure of it after `on`; None expects them again. Its figures stay.

    Raises ValidationError without a reason, and for one that is expected already; Stale.
    """
    access.require(by, "kpi.edit", indicator.area)
    if not reason.strip():
        raise ValidationError({"reason": "Say why, and who decided it."})
    if on is None and indicator.retired_on is None and indicator.version == version:
        raise ValidationError("It is not retired.")
    with audit.acting(by, "retire KPI" if on else "keep KPI again", reason.strip()):
        advance(indicator, version, retired_on=on)
    return indicator


# --- phases -------------------------------------------------------------------------------------


def set_baseline(
    *,
    by: Actor,
    indicator: Indicator,
    start: date,
    end: date | None,
    reason: str,
    answers: Mapping[str, str],
) -> PhaseStart:
    """Work out centre and limits anew from the period that begins on `start`, by the periods up to
    `end`, or by all where it is None.

    A baseline for the first figures needs no `answers`. A later one is a re-basing, allowed only
    with an answer to each of QUESTIONS (the specification of the statistics, section 2): nobody but
    a person decides that a series begins anew. Raises ValidationError by field.
    """
    access.require(by, "kpi.edit", indicator.area)
    with audit.acting(by, "set baseline", reason.strip()):
        _hold(indicator)
        if wrong := _why_no_baseline(indicator, start, end, reason, answers):
            raise ValidationError(wrong)
        facts: dict[str, Any] = {name: answers.get(name, "").strip() for name in QUESTIONS}
        facts |= {"start": start, "baseline_end": end, "kind": PhaseStart.Kind.BASELINE}
        return enter_phase(by, indicator, reason=reason.strip(), **facts)


def _why_no_baseline(
    indicator: Indicator, start: date, end: date | None, reason: str, answers: Mapping[str, str]
) -> dict[str, str]:
    """What stands against it, by field."""
    starts = [period.start for period in periods_of(indicator)]
    wrong = {}
    if not reason.strip():
        wrong["reason"] = "Say why."
    if not starts or start < starts[0]:
        wrong["start"] = "There is no figure so early."
    elif start > starts[-1]:
        wrong["start"] = "There is no figure from then on."
    elif start > starts[0]:
        wrong |= {
            name: "Answer this: without all four a series does not begin anew."
            for name in QUESTIONS
            if not answers.get(name, "").strip()
        }
    if end is not None and end < start:
        wrong["end"] = "The baseline ends before it starts."
    if standing_phases(indicator).filter(start=start).exists():
        wrong["start"] = "The series begins anew on that day already."
    return wrong


def periods_of(indicator: Indicator) -> list[Period]:
    """The periods of the area's own figures, oldest first."""
    own = Observation.objects.filter(indicator=indicator, comparator="", split="", edition=1)
    rows = own.order_by("start", "end").values_list("start", "end")
    return [Period(start, end) for start, end in rows]


def _hold(indicator: Indicator) -> None:
    """Nobody else begins or takes back a phase of it until this is done."""
    Indicator.objects.select_for_update(no_key=True).get(pk=indicator.pk)


def cancel_phase(*, by: Actor, phase: PhaseStart, reason: str) -> PhaseStart:
    """Take back that the series begins anew there. Both stay recorded.

    A changed definition stays changed; it is its day that is taken back. Raises ValidationError
    without a reason, and for one that was taken back before.
    """
    access.require(by, "kpi.edit", phase.area)
    if not reason.strip():
        raise ValidationError({"reason": "Say why it is taken back."})
    with audit.acting(by, "take back phase", reason.strip()):
        _hold(phase.indicator)
        if not standing_phases(phase.indicator).filter(pk=phase.pk).exists():
            raise ValidationError("This was taken back before.")
        facts = {"kind": phase.kind, "start": phase.start, "cancels": phase}
        return enter_phase(by, phase.indicator, reason=reason.strip(), **facts)


def standing_phases(indicator: Indicator) -> Any:
    """Those that nobody has taken back."""
    return PhaseStart.objects.filter(indicator=indicator).standing()


def enter_phase(by: Actor, indicator: Indicator, **facts: Any) -> PhaseStart:
    """The entry itself, within what an audited deed does."""
    made = PhaseStart(
        area=indicator.area,
        indicator=indicator,
        entered_by=by.actor_name,
        author_id=by.actor_id,
        entered_at=clock.now(),
        **facts,
    )
    made.full_clean()
    made.save()
    return made


# --- targets ------------------------------------------------------------------------------------


def set_target(
    *,
    by: Actor,
    indicator: Indicator,
    value: Decimal | None,
    start: date,
    source: str,
    kind: str = Target.Kind.TARGET,
) -> Target:
    """What the KPI should reach from `start` on, in its own unit; None: nothing from then on.

    Raises ValidationError by field: a value that its unit forbids, a day from which there is one.
    """
    access.require(by, "kpi.edit", indicator.area)
    with audit.acting(by, "set target"):
        target = Target(area=indicator.area, indicator=indicator, kind=kind)
        _aim(target, {"value": value, "start": start, "source": source})
        target.save()
    return target


def edit_target(
    *,
    by: Actor,
    target: Target,
    version: int,
    value: Decimal | None,
    start: date,
    source: str,
    reason: str,
) -> Target:
    """Put right what was set; the trail keeps what it was. Raises ValidationError as `set_target`
    does, and without a reason; Stale. A new target from a new day is set, not edited."""
    access.require(by, "kpi.edit", target.area)
    if not reason.strip():
        raise ValidationError({"reason": "Say what was wrong."})
    if target.version != version:
        raise Stale(target)
    facts: dict[str, Any] = {"value": value, "start": start, "source": source}
    with audit.acting(by, "edit target", reason.strip()):
        _aim(target, facts)
        advance(target, version, **facts)
    return target


def _aim(target: Target, facts: Mapping[str, Any]) -> None:
    """Give the target these facts. Raises ValidationError by field."""
    for name, fact in facts.items():
        setattr(target, name, fact)
    wrong, value = {}, target.value
    if value is not None and value < 0:
        wrong["value"] = "A target cannot be below 0."
    elif value is not None and value > 100 and target.indicator.unit == Unit.PERCENTAGE:
        wrong["value"] = "A percentage cannot be above 100."
    others = Target.objects.filter(indicator=target.indicator, kind=target.kind)
    if others.filter(start=target.start).exclude(pk=target.pk).exists():
        kind = target.get_kind_display().lower()
        wrong["start"] = f"There is a {kind} from that day already: put that one right instead."
    if wrong:
        raise ValidationError(wrong)
    target.full_clean()
