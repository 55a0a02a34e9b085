"""Steps about a file with 200,000 figures: looked at and taken in, and a second time."""

import csv
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks import data
from kpis.models import Indicator, Observation
from kpis.periods import month
from kpis.services import importing, taking_in
from management import audit
from management.access import Role
from management.models import Area, User

MONTHS, PARTS = 100, 19
HEADINGS = ("KPI", "Period", "Numerator", "Denominator", "Break-down", "Part", "Source")


def prepare(figures: int, path: str) -> None:
    """An area with as many KPIs as it takes, and the file: a hundred months of each whole and of
    nineteen teams that add up to it."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    many = figures // (MONTHS * (PARTS + 1))
    with audit.naming(data.BY, "fill"):
        data.place(kpis=0, months=0)
        area = Area.objects.get(slug="measured")
        facts = {"unit": "percentage", "direction": "higher", "frequency": "month"}
        Indicator.objects.bulk_create(
            Indicator(
                area=area,
                code=f"F{n}",
                name=f"Figures of a file {n}",
                meaning="How many were done in time",
                source="Case management system",
                **facts,
            )
            for n in range(many)
        )
    with Path(path).open("w", newline="", encoding="utf-8") as file:
        written = csv.writer(file)
        written.writerow(HEADINGS)
        for n in range(many):
            written.writerows(_rows(n))


def _rows(kpi: int) -> Any:
    for at, period in enumerate(islice(_months(), MONTHS)):
        parts = [(20 + (kpi + at * 7 + part * 3) % 11, 30 + part % 4) for part in range(PARTS)]
        whole = sum(met for met, _ in parts), sum(due for _, due in parts)
        label = f"{period.start:%Y-%m}"
        yield (f"F{kpi}", label, *whole, "", "", "Case management system")
        for part, (met, due) in enumerate(parts, 1):
            yield (f"F{kpi}", label, met, due, "Team", f"Team {part}", "Case management system")


def _months() -> Any:
    period = month(data.AGREED)
    for _ in range(MONTHS):
        period = period.previous()
    while True:
        yield period
        period = period.next()


def taken_in(path: str) -> int:
    """The file is kept, looked at, and taken in: how many figures there are."""
    lead, facts = _named(path)
    kept = importing.keep_file(**facts)
    taking_in.take_in(by=lead, kept=kept, version=kept.version, mark=None, data=facts["data"])
    return Observation.objects.filter(file=kept).count()


def looked_at(path: str) -> int:
    """How many figures of the same file would change anything now."""
    _, facts = _named(path)
    seen = importing.look(importing.keep_file(**facts), facts["data"])
    return sum(line.does != "same" for line in seen.lines)


def _named(path: str) -> tuple[User, dict[str, Any]]:
    lead = User.objects.get(email=f"{Role.PERFORMANCE_LEAD}@measured.example")
    area = Area.objects.get(slug="measured")
    given = {"by": lead, "area": area, "data": Path(path).read_bytes()}
    return lead, given | {"file_name": Path(path).name}
