"""An import of figures is undone within a day, while nobody has given newer ones.

No edition ever goes: what stood before is given again, as a further edition.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError

from kpis.imports.lines import Stands
from kpis.models import FigureImport, Indicator, Observation
from kpis.services import figures
from kpis.services.editions import PLACE, standing
from kpis.services.figures import Entry
from kpis.services.taking_in import record
from management import access, audit, clock
from management.access import Actor
from management.versions import Stale, advance

A_DAY = timedelta(days=1)


def why_not_undone(kept: FigureImport) -> str:
    """Why the import cannot be undone (any more), or an empty text."""
    if kept.state != FigureImport.State.APPLIED or kept.applied_at is None:
        return "Only a file that was taken in can be undone."
    if clock.now() - kept.applied_at > A_DAY:
        return "It was taken in more than a day ago: what is wrong is corrected figure by figure."
    return _Back(kept).why_not()


def undo(*, by: Actor, kept: FigureImport, version: int) -> FigureImport:
    """Give again what stood before the import, or say that there is no figure.

    Raises ValidationError when it cannot be undone (`why_not_undone`); Stale.
    """
    access.require(by, "kpi.edit", kept.area)
    with audit.acting(by, "undo import of figures", kept.file_name):
        locked = FigureImport.objects.select_for_update(no_key=True).get(pk=kept.pk)
        if locked.version != version:
            raise Stale(locked)
        figures.lock_area(kept.area)
        if why := why_not_undone(locked):
            raise ValidationError(why)
        record(by, _Back(kept).given())
        advance(kept, version, state=FigureImport.State.UNDONE, undone_at=clock.now())
    return kept


class _Back:
    """What an import brought, as it stands, and what stood before."""

    def __init__(self, kept: FigureImport) -> None:
        self.kept = kept
        rows = Observation.objects.filter(file=kept).order_by("-edition")
        # A place may have more editions of it: one that a later import took away and gave back.
        self.first = {row[:-1]: row[-1] for row in rows.values_list(*PLACE, "edition").iterator()}
        keys = {place[0] for place in self.first}
        self.kpis = {one.pk: one for one in Indicator.objects.filter(pk__in=keys)}
        for one in self.kpis.values():
            one.area = kept.area
        newest = standing(self.kpis)
        self.newest = {place: newest[place] for place in self.first}

    def why_not(self) -> str:
        approved = figures.latest_locks(self.kpis)
        for place, row in self.newest.items():
            named = f"{self.kpis[place[0]].code} for {row.period.label}"
            if row.file != self.kept.pk:
                who = Observation.objects.values_list("entered_by", flat=True).get(pk=row.pk)
                return (
                    f"{who} has given another figure of {named} since: change what is wrong there."
                )
            lock = approved.get((place[0], row.start, row.end))
            if lock is not None and lock.locked:
                return f"The figure of {named} was approved by {lock.entered_by} since."
        return ""

    def given(self) -> Iterator[tuple[Entry, Stands, int | None]]:
        before = standing(self.kpis, self.first)
        why = f"The import of {self.kept.file_name} was undone."
        for place, row in self.newest.items():
            was = before.get(place)
            facts: dict[str, Any] = {"vintage": row.vintage, "source": row.source, "note": why}
            if was is not None:
                facts = {"vintage": was.vintage, "source": was.source, "note": was.note}
                numbers = ("numerator", "denominator", "value")
                facts |= {name: getattr(was, name) for name in numbers}
            _, comparator, split, part, *_ = place
            facts |= {"comparator": comparator, "split": split, "part": part, "reason": why}
            entry = Entry(self.kpis[place[0]], row.period, **facts)
            yield entry, row, was.file if was else None
