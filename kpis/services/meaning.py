"""What the columns and names of an area's files with figures mean: chosen once, and remembered.

A file keeps what was known when it was brought, and says whose choice that was: nobody's columns
are read otherwise without a word, because a colleague once chose so.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from kpis.imports.layouts import Field, fold
from kpis.imports.periods import Order
from kpis.models import FigureColumns, FigureImport, FigureName, Indicator, Vintage
from kpis.services.figures import lock_area
from management import access, audit, clock
from management.access import Actor
from management.days import day_text
from management.models import Area
from management.sheets.content import quoted
from management.versions import advance

LEFT_OUT = "Left out, as {who} said."
VINTAGES = ("", *map(str, Vintage))


@dataclass(frozen=True)
class Remembered:
    """An earlier choice by which a file is read: whose it is, and what was chosen."""

    by: str
    on: date
    what: str

    @property
    def sentence(self) -> str:
        return f"{self.what}, as {self.by} chose on {day_text(self.on)}."


def choices_of(kept: FigureImport) -> dict[str, Any]:
    """What was chosen of the file beside its columns: `order`, `vintage`, `names`."""
    found: dict[str, Any] = json.loads(kept.choices or "{}")
    return found


def remembered(area: Area, signatures: Iterable[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the area has chosen so far: the mappings by signature, and the other choices, with who
    made each and when."""
    rows = FigureColumns.objects.in_area(area).filter(signature__in=list(signatures))
    mapping = {row.signature: json.loads(row.mapping) for row in rows}
    columns = {row.signature: _who(row) for row in rows}
    names = {
        row.name: {"kpi": row.indicator_id, **_who(row)}
        for row in FigureName.objects.in_area(area).order_by("name")
    }
    return mapping, {"columns": columns, "names": names}


def _who(row: Any) -> dict[str, str]:
    return {"by": row.by, "on": timezone.localtime(row.at).date().isoformat()}


def columns_of(kept: FigureImport) -> tuple[dict[str, dict[str, str]], list[Remembered]]:
    """The meanings of its columns, by the signature of their headings; whose earlier choices."""
    mapping = json.loads(kept.mapping or "{}")
    told = choices_of(kept).get("columns", {})
    return mapping, [
        Remembered(
            one["by"], date.fromisoformat(one["on"]), f"The columns {_listed(mapping[name])}"
        )
        for name, one in told.items()
        if name in mapping
    ]


def _listed(fields: Mapping[str, str]) -> str:
    said = [
        f"{quoted(heading)} is {quoted(field)}" if field else f"{quoted(heading)} is not used"
        for heading, field in fields.items()
    ]
    return f"The columns are read so: {'; '.join(said)}"


def names_of(
    kept: FigureImport, kpis: Iterable[Indicator]
) -> tuple[dict[str, Indicator], dict[str, str], dict[str, Remembered]]:
    """The KPIs that names mean, why others are left out, and whose earlier choices these were."""
    by_key = {one.pk: one for one in kpis}
    meant, out, told = {}, {}, {}
    for name, one in choices_of(kept).get("names", {}).items():
        who = one["by"]
        if one["kpi"] is None:
            out[name] = LEFT_OUT.format(who=who)
            what = f"{quoted(name)} is left out"
        elif one["kpi"] in by_key:
            meant[name] = by_key[one["kpi"]]
            what = f"{quoted(name)} is {by_key[one['kpi']].code}"
        else:
            continue
        if not one.get("new"):
            told[name] = Remembered(who, date.fromisoformat(one["on"]), what)
    return meant, out, told


def choose(
    *,
    by: Actor,
    kept: FigureImport,
    version: int,
    columns: Mapping[str, Mapping[str, str]] | None = None,
    names: Mapping[str, Indicator | None] | None = None,
    own_names: Iterable[str] = (),
    order: str | None = None,
    vintage: str | None = None,
) -> None:
    """Read the file so; what is None stays as it is.

    `columns` are fields (`Field`, or nothing) by folded heading, by signature; `names` the KPI that
    a name means, None for one that is left out. Both are remembered for later files, but for
    `own_names`, which are those of sheets and files. `order` is how days are written, `vintage`
    that of figures of which the file does not say it.

    Raises ValidationError for a file that is no preview any more, another area's KPI, and what is
    no field, order or vintage; Stale.
    """
    access.require(by, "kpi.edit", kept.area)
    if why := kept.why_decided:
        raise ValidationError(why)
    _refuse_odd(kept, columns, names, order, vintage)
    who = {"by": by.actor_name, "on": clock.today().isoformat(), "new": True}
    choices, mapping = choices_of(kept), json.loads(kept.mapping or "{}")
    if order is not None:
        choices["order"] = order
    if vintage is not None:
        choices["vintage"] = vintage
    said = {fold(name)[:200]: kpi.pk if kpi else None for name, kpi in (names or {}).items()}
    known = choices.setdefault("names", {})
    said = {name: pk for name, pk in said.items() if name not in known or known[name]["kpi"] != pk}
    known |= {name: {"kpi": pk, **who} for name, pk in said.items()}
    new = {name: fields for name, fields in (columns or {}).items() if mapping.get(name) != fields}
    mapping |= new
    for name in new:
        choices.get("columns", {}).pop(name, None)
    with audit.acting(by, "say how file with figures is read", kept.file_name):
        advance(kept, version, mapping=json.dumps(mapping), choices=json.dumps(choices))
        lock_area(kept.area)  # or two who choose the same at once would both find nothing
        own = {fold(name) for name in own_names}
        _remember(by, kept.area, {n: pk for n, pk in said.items() if n not in own}, new)


def _remember(
    by: Actor, area: Area, names: Mapping[str, Any], columns: Mapping[str, Mapping[str, str]]
) -> None:
    made: list[Any] = []
    there = {row.name: row for row in FigureName.objects.in_area(area)}
    for name, pk in names.items():
        row = there.get(name) or FigureName(area=area, name=name)
        row.indicator_id = pk
        made.append(row)
    kept = {row.signature: row for row in FigureColumns.objects.in_area(area)}
    for signature, fields in columns.items():
        of = kept.get(signature) or FigureColumns(area=area, signature=signature)
        of.mapping = json.dumps(fields)
        made.append(of)
    for row in made:
        row.by, row.at = by.actor_name, clock.now()
        row.full_clean()
        row.save()


def _refuse_odd(
    kept: FigureImport,
    columns: Mapping[str, Mapping[str, str]] | None,
    names: Mapping[str, Indicator | None] | None,
    order: str | None,
    vintage: str | None,
) -> None:
    wrong = {}
    fields = {said for mapping in (columns or {}).values() for said in mapping.values()}
    if fields - {"", *map(str, Field)}:
        wrong["columns"] = "Choose what a column can be."
    if any(kpi is not None and kpi.area_id != kept.area_id for kpi in (names or {}).values()):
        wrong["names"] = "Choose KPIs of this area."
    if order not in {None, "", *map(str, Order)}:
        wrong["order"] = "Choose how the days are written."
    if vintage not in {None, *VINTAGES}:
        wrong["vintage"] = "Choose provisional, final or restated."
    if wrong:
        raise ValidationError(wrong)


def throw_away(*, by: Actor, kept: FigureImport, version: int) -> None:
    """Nothing is to come of the file. It stays listed, and can be brought in again.

    Raises ValidationError for one that is no preview any more; Stale.
    """
    access.require(by, "kpi.edit", kept.area)
    if why := kept.why_decided:
        raise ValidationError(why)
    with audit.acting(by, "throw file with figures away", kept.file_name):
        told = {"by": by.actor_name, "on": clock.today().isoformat()}
        advance(kept, version, state=FigureImport.State.THROWN, done=json.dumps(told))
