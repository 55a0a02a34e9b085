"""What columns mean is remembered for an area; a file that is read by it says whose choice it was.

So nobody's columns are left unread without a word, because a colleague once chose so.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from management import access, audit, clock
from management.access import Actor
from management.days import day_text
from management.models import Area
from management.sheets.content import quoted
from management.versions import advance
from plans.models import ColumnMap, PlanImport
from plans.services.locking import lock
from plans.sheets import layouts
from plans.sheets.fields import LABELS, Field
from plans.sheets.layouts import Layout


@dataclass(frozen=True)
class Remembered:
    """Columns that are read by an earlier choice.

    `otherwise` are those which would be taken for something else without it, and for what they are
    taken now. Of old choices it is not known who made them, and when.
    """

    by: str
    on: date | None
    otherwise: tuple[tuple[str, Field], ...] = ()

    @property
    def who(self) -> str:
        """In a few words, as “as Fiona Adair chose on 3 November 2026”."""
        on = f" on {day_text(self.on)}" if self.on else " before"
        return f"as {self.by or 'somebody'} chose{on}"

    @property
    def sentence(self) -> str:
        said = [
            f"{quoted(heading)} is not used"
            if field == Field.NOTHING
            else f"{quoted(heading)} is {quoted(LABELS[field])}"
            for heading, field in self.otherwise
        ]
        return f"Columns are read {self.who}{': ' if said else ''}{'; '.join(said)}."


def remembered(area: Area, found: Sequence[Layout]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the area has chosen for these tables: the mappings, and who chose each and when.

    Both by the tables' signatures, to be kept with a file: what somebody chooses later must not
    change what its preview has shown.
    """
    rows = ColumnMap.objects.in_area(area).filter(signature__in=[one.signature for one in found])
    kept = {row.signature: row for row in rows}
    told = {
        name: {"by": row.by, "on": _day(row).isoformat() if row.at else None}
        for name, row in kept.items()
    }
    return {name: json.loads(row.mapping) for name, row in kept.items()}, told


def _day(row: ColumnMap) -> date:
    return timezone.localtime(row.at).date()


def read_so(
    found: Sequence[Layout], mappings: Mapping[str, Sequence[str]], told: Mapping[str, Any]
) -> tuple[tuple[Layout, ...], tuple[Remembered, ...]]:
    """The tables with the meanings that were chosen, and whose choices those of earlier days are.

    A mapping that cannot be used for its table is passed over.
    """
    made, earlier = [], []
    given = {key: [Field(name) for name in names] for key, names in mappings.items()}
    alone = not any(layouts.has_actions(given.get(one.signature) or one.mapping) for one in found)
    for one in found:
        mapping = given.get(one.signature, [])
        if mapping and not layouts.faults(one, mapping, alone=alone):
            facts = told.get(one.signature)
            whose = _remembered(one, mapping, facts) if facts else None
            earlier += [whose] if whose else []
            one = layouts.with_mapping(one, mapping, whose.who if whose else "as you said")
        made.append(one)
    return tuple(made), tuple(earlier)


def _remembered(layout: Layout, mapping: Sequence[Field], facts: Mapping[str, Any]) -> Remembered:
    otherwise = tuple(
        (" ".join(column.heading.split()) or f"Column {place}, no heading", field)
        for place, (column, field) in enumerate(zip(layout.columns, mapping, strict=True), 1)
        if column.field != field
    )
    on = date.fromisoformat(facts["on"]) if facts["on"] else None
    return Remembered(facts["by"], on, otherwise)


def choose_columns(
    *, by: Actor, kept: PlanImport, version: int, mappings: Mapping[str, Sequence[Field]]
) -> None:
    """The columns of the file mean this, and of later files with the same headings too.

    Raises ValidationError for a file that is no preview any more; Stale.
    """
    access.require(by, "plan.edit", kept.area)
    if why := kept.why_decided:
        raise ValidationError(why)
    with audit.acting(by, "choose columns"):
        chosen = {key: [str(field) for field in fields] for key, fields in mappings.items()}
        choices = {**json.loads(kept.choices), "columns": {}}
        advance(kept, version, mapping=json.dumps(chosen), choices=json.dumps(choices))
        lock(kept.area)  # or two who choose for the same headings at once would both find nothing
        for signature, fields in chosen.items():
            row = ColumnMap.objects.in_area(kept.area).filter(signature=signature).first()
            row = row or ColumnMap(area=kept.area, signature=signature)
            row.mapping, row.by, row.at = json.dumps(fields), by.actor_name, clock.now()
            row.full_clean()
            row.save()
