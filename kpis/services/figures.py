"""Figures: recorded as editions that are never changed, and locked once they are approved."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from kpis import periods
from kpis.imports.lines import Stands
from kpis.imports.periods import NAMES, of_day
from kpis.models import Indicator, Observation, PeriodLock, Vintage
from kpis.periods import Period
from management import access, audit, clock
from management.access import Actor
from management.days import day_text
from management.models import Area, Holding, User


@dataclass(frozen=True)
class Entry:
    """A figure as somebody gives it. Counts, or a value where only that is known, or neither: then
    there is no figure, and `note` says why. `read` is the edition that was read before, 0 for none
    (see `kpis.services.checking`)."""

    indicator: Indicator
    period: Period
    numerator: int | None = None
    denominator: int | None = None
    value: Decimal | None = None
    comparator: str = ""
    split: str = ""
    part: str = ""
    vintage: str = Vintage.FINAL
    source: str = ""
    note: str = ""
    reason: str = ""
    read: int | None = None

    @property
    def is_nothing(self) -> bool:
        """Whether it says that there is no figure."""
        return self.numerator is None and self.denominator is None and self.value is None

    @property
    def place(self) -> tuple[Any, ...]:
        """Whose figure of which period it is: what its editions share."""
        return (
            self.indicator.pk,
            self.comparator,
            self.split,
            self.part,
            self.period.start,
            self.period.end,
        )


def record_figure(*, by: Actor, indicator: Indicator, period: Period, **facts: Any) -> Observation:
    """Record a period's figure (`facts` as in Entry). Where there is one, it is its next edition.

    The same again records nothing, and gives the one that stands. Raises PermissionDenied for who
    neither keeps KPIs nor holds the owner post; ValidationError by field for a figure that cannot
    be, for a period of another length than the KPI's, one that has not begun, one that is locked,
    and for a changed figure without a reason.
    """
    entry = Entry(indicator, period, **facts)
    return record_figures(by=by, area=indicator.area, entries=[entry])[0]


def record_figures(*, by: Actor, area: Area, entries: Sequence[Entry]) -> list[Observation]:
    """Record all of them or none, as `record_figure` does each; in their order."""
    require_reports(by, [entry.indicator for entry in entries])
    with audit.acting(by, "record figure" if len(entries) == 1 else "record figures"):
        lock_area(area)
        standing = editions(entries)
        locked = locks(entries)
        made = []
        for entry in entries:
            old = standing.get(entry.place)
            if old is not None and same(old, entry):
                made.append(old)
                continue
            if why := why_not(entry, old, locked.get(entry.place)):
                raise ValidationError(why)
            new = _edition(by, entry, old)
            standing[entry.place] = new
            made.append(new)
        Observation.objects.bulk_create([one for one in made if one.pk is None], batch_size=1000)
    return made


def lock_area(area: Area) -> None:
    """Wait for whoever else records or approves figures of the area, in a transaction."""
    Area.objects.select_for_update(no_key=True).get(pk=area.pk)


def require_report(by: Actor, indicator: Indicator) -> None:
    """Raise PermissionDenied unless `by` keeps KPIs, or holds the post that owns this one."""
    require_reports(by, [indicator])


def require_reports(by: Actor, indicators: Iterable[Indicator]) -> None:
    """As `require_report`, of several, which may be of several areas."""
    held: dict[int, set[int]] = {}
    for indicator in {indicator.pk: indicator for indicator in indicators}.values():
        if by.may("kpi.edit", indicator.area):
            continue
        access.require(by, "kpi.report", indicator.area)
        if indicator.area_id not in held:
            held[indicator.area_id] = posts_held(by, indicator.area)
        if indicator.owner_id not in held[indicator.area_id]:
            owner = indicator.owner or "nobody yet"
            raise PermissionDenied(f"The figures of {indicator.code} come from its owner, {owner}.")


def posts_held(by: Actor, area: Area) -> set[int]:
    """The posts that `by` holds there today."""
    holdings = Holding.objects.in_area(area).current(on=clock.today())
    return set(holdings.filter(user=by.actor_id).values_list("post", flat=True))


def reportable(by: User, area: Area) -> Any:
    """The KPIs whose figures this person may give: all for who keeps them, else those owned."""
    rows = Indicator.objects.visible_to(by).in_area(area)
    return rows if by.may("kpi.edit", area) else rows.filter(owner__in=posts_held(by, area))


def editions(entries: Sequence[Entry]) -> dict[tuple[Any, ...], Observation]:
    """The figures that stand where the entries are of, by their place."""
    rows = Observation.objects.filter(
        indicator__in={entry.indicator.pk for entry in entries},
        start__gte=min((entry.period.start for entry in entries), default=date.max),
        end__lte=max((entry.period.end for entry in entries), default=date.min),
    )
    found: dict[tuple[Any, ...], Observation] = {}
    for row in rows.order_by("edition").select_related("indicator"):
        found[place_of(row)] = row
    return found


def place_of(row: Observation) -> tuple[Any, ...]:
    """As `Entry.place`."""
    return (row.indicator_id, row.comparator, row.split, row.part, row.start, row.end)


def same(row: Observation | Stands, entry: Entry) -> bool:
    """Whether the entry says what stands already. Another source or note is something new."""
    given = (entry.numerator, entry.denominator, entry.value, entry.vintage)
    stands = (row.numerator, row.denominator, row.value, row.vintage)
    told = row.source == (entry.source or row.source), row.note == (entry.note or row.note)
    return given == stands and all(told)


def why_not(
    entry: Entry, old: Observation | Stands | None, lock: PeriodLock | None
) -> dict[str, str] | None:
    """Why the entry cannot be recorded, by field, or None."""
    indicator, period = entry.indicator, entry.period
    if lock is not None and lock.locked:
        return {
            "period": f"The figure of {period.label} was approved by {lock.entered_by} on "
            f"{day_text(timezone.localtime(lock.entered_at).date())}. Open it again first."
        }
    if indicator.frequency in NAMES and of_day(period.start, indicator.frequency) != period:
        kind = NAMES[indicator.frequency]
        return {"period": f"{period.label} is no {kind}: {indicator.code} is reported by {kind}."}
    if period.start > clock.today():
        return {"period": f"{period.label} has not begun yet."}
    if period.end >= clock.today() and entry.vintage != Vintage.PROVISIONAL:
        return {"vintage": f"{period.label} has not ended yet: its figure can only be provisional."}
    if old is None or entry.reason.strip():
        return None
    if _differs(old, entry):
        return {"reason": f"It stands as {told(old)}, not {told(entry)}. Say why it changes."}
    if _settled(old) and entry.vintage == Vintage.PROVISIONAL:
        return {"reason": f"{told(old)} was not provisional. Say why it is so again."}
    return None


def _differs(old: Observation | Stands, entry: Entry) -> bool:
    """Whether a figure that had been given as settled is another one now."""
    before = (old.numerator, old.denominator, old.value)
    after = (entry.numerator, entry.denominator, entry.value)
    return before != after and _settled(old)


def _settled(old: Observation | Stands) -> bool:
    """Whether a figure was given, and not as a provisional one."""
    given = (old.numerator, old.denominator, old.value)
    return old.vintage != Vintage.PROVISIONAL and any(n is not None for n in given)


def told(one: Observation | Stands | Entry) -> str:
    """41 of 60; 7; none."""
    if one.numerator is not None and one.denominator is not None:
        return f"{one.numerator} of {one.denominator}"
    number = one.numerator if one.numerator is not None else one.value
    return "none" if number is None else f"{Decimal(number).normalize():f}"


def made_of(entry: Entry, old: Observation | Stands | None) -> Observation:
    """The edition that the entry would become after the one that stands; nobody's yet."""
    return Observation(
        area=entry.indicator.area,
        indicator=entry.indicator,
        comparator=entry.comparator,
        split=entry.split,
        part=entry.part,
        start=entry.period.start,
        end=entry.period.end,
        numerator=entry.numerator,
        denominator=entry.denominator,
        value=entry.value,
        vintage=entry.vintage,
        source=entry.source or entry.indicator.source,
        note=entry.note,
        reason=entry.reason.strip(),
        edition=(old.edition if old else 0) + 1,
    )


def _edition(by: Actor, entry: Entry, old: Observation | None) -> Observation:
    made = made_of(entry, old)
    made.entered_by, made.entered_at = by.actor_name, clock.now()
    # Whether its edition is the only one, the lock on the area has seen to.
    made.clean_fields(exclude={"area", "indicator"})
    made.clean()
    return made


# --- approval -----------------------------------------------------------------------------------


def lock_period(*, by: Actor, indicator: Indicator, period: Period) -> PeriodLock:
    """Approve a period's figures: from now on they change only once they are opened again.

    Raises ValidationError where they are approved already, and where there is no figure.
    """
    return lock_periods(by=by, area=indicator.area, chosen={(indicator, period): None})[0]


def lock_periods(
    *, by: Actor, area: Area, chosen: Mapping[tuple[Indicator, Period], int | None]
) -> list[PeriodLock]:
    """Approve the figures of these KPIs and periods, all or none; each with the edition that was
    looked at, None for whatever stands.

    Raises ValidationError with a sentence for each that cannot be: it is approved already, there
    is no figure, or somebody has given another one since.
    """
    access.require(by, "kpi.lock", area)
    entries = [Entry(indicator, period) for indicator, period in chosen]
    with audit.acting(by, "approve figures"):
        lock_area(area)
        standing, locked = editions(entries), locks(entries)
        wrong = []
        for entry in entries:
            stands, lock = standing.get(entry.place), locked.get(entry.place)
            code, label = entry.indicator.code, entry.period.label
            if lock is not None and lock.locked:
                wrong.append(f"{code}: the figures of {label} are approved already.")
            elif stands is None:
                wrong.append(f"{code}: there is no figure of {label} to approve.")
            elif chosen[entry.indicator, entry.period] not in (None, stands.edition):
                wrong.append(
                    f"{code}: since you looked at the figure of {label}, {stands.entered_by} has "
                    f"given another one: {told(stands)}."
                )
        if wrong:
            raise ValidationError(wrong)
        return [_enter_lock(by, e.indicator, e.period, locked=True, reason="") for e in entries]


def unlock_period(*, by: Actor, indicator: Indicator, period: Period, reason: str) -> PeriodLock:
    """Open approved figures again.

    Raises ValidationError without a reason, and where they are open already.
    """
    access.require(by, "kpi.lock", indicator.area)
    if not reason.strip():
        raise ValidationError({"reason": "Say why figures that were approved change."})
    with audit.acting(by, "open approved figures", reason.strip()):
        lock_area(indicator.area)
        stands = _lock_of(indicator, period)
        if stands is None or not stands.locked:
            raise ValidationError(f"The figures of {period.label} are open already.")
        return _enter_lock(by, indicator, period, locked=False, reason=reason.strip())


def locks(entries: Sequence[Entry]) -> dict[tuple[Any, ...], PeriodLock]:
    """The latest lock of each entry's period, by the place of the entry."""
    latest = latest_locks({entry.indicator.pk for entry in entries})
    found = {}
    for entry in entries:
        row = latest.get((entry.indicator.pk, entry.period.start, entry.period.end))
        if row is not None:
            found[entry.place] = row
    return found


def latest_locks(kpis: Iterable[int]) -> dict[tuple[Any, ...], PeriodLock]:
    """The latest lock of each period of these KPIs, by the KPI's key and the period's days."""
    rows = PeriodLock.objects.filter(indicator__in=set(kpis)).order_by("id")
    return {(row.indicator_id, row.start, row.end): row for row in rows}


def _lock_of(indicator: Indicator, period: Period) -> PeriodLock | None:
    rows = PeriodLock.objects.filter(indicator=indicator, start=period.start, end=period.end)
    found: PeriodLock | None = rows.order_by("id").last()
    return found


def _enter_lock(
    by: Actor, indicator: Indicator, period: Period, *, locked: bool, reason: str
) -> PeriodLock:
    made = PeriodLock(
        area=indicator.area,
        indicator=indicator,
        start=period.start,
        end=period.end,
        locked=locked,
        reason=reason,
        entered_by=by.actor_name,
        author_id=by.actor_id,
        entered_at=clock.now(),
    )
    made.full_clean()
    made.save()
    return made


def latest_due(indicator: Indicator, on: date) -> Period | None:
    """The last period that had ended on that day, None for a KPI of no calendar."""
    if indicator.frequency not in periods.LENGTHS:
        return None
    current = of_day(on, indicator.frequency)
    if current is None:
        return None
    return current if current.end <= on else current.previous()
