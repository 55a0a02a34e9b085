"""The figures that stand, as slim rows: of a long file all of them are looked at at once."""

from collections.abc import Mapping
from typing import Any

from kpis.imports.lines import Stands
from kpis.models import Indicator, Observation

PLACE = ("indicator_id", "comparator", "split", "part", "start", "end")
FACTS = ("pk", "start", "end", "numerator", "denominator", "value", "vintage", "source", "note")
EDITION = len(PLACE) + len(FACTS)
AT_ONCE = 500  # keys in a query: SQLite takes no more than a thousand


def standing(
    kpis: Mapping[int, Indicator], before: Mapping[tuple[Any, ...], int] | None = None
) -> dict[tuple[Any, ...], Stands]:
    """The latest edition of every figure of these KPIs, by its place (`Entry.place`); with `before`
    of those places alone, and of the editions before that one."""
    keys = sorted(kpis)
    found: dict[tuple[Any, ...], Stands] = {}
    words: dict[str, str] = {}  # one text for what many figures say: source, vintage, part
    for first in range(0, len(keys), AT_ONCE):
        rows = Observation.objects.filter(indicator__in=keys[first : first + AT_ONCE])
        values = rows.order_by("edition").values_list(*PLACE, *FACTS, "edition", "file_id")
        row: Any
        for row in values.iterator(chunk_size=5000):
            told: Any = [words.setdefault(x, x) if isinstance(x, str) else x for x in row]
            place = tuple(told[: len(PLACE)])
            if before is not None and told[EDITION] >= before.get(place, 0):
                continue
            told.append(kpis[told[0]].unit)
            found[place] = Stands(*told[len(PLACE) :])
    return found
