"""Steps about a plan's file of thousands of rows: made by somebody else, looked at, taken in."""

from pathlib import Path
from typing import Any

from benchmarks import data
from management import audit
from management.access import Role
from management.models import User
from plans.models import Action, Inspection, Plan
from plans.services import importing, taking_in

TITLE = "Plan that came in a file"
HEADINGS = (
    *("Ref", "Quality indicator", "Action", "Responsible", "Timescale", "Evidence of improvement"),
    *("Status", "Progress"),
)
STATUSES = ("On track", "At risk", "Off track", "Not started")


def prepare(actions: int, path: str, later: str) -> None:
    """An area, a workbook that no program of ours has made: one row for each action; and a later
    one, in which each has another date and more progress."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    with audit.naming(data.BY, "fill"):
        data.place(kpis=0, months=0)
    _write(path, actions, "31 March 2020", data.REPORT)
    _write(later, actions, "30 June 2020", f"Since then: {data.REPORT}")


def _write(path: str, actions: int, due: str, report: str) -> None:
    from xlsxwriter import Workbook

    with Workbook(path) as book:
        sheet = book.add_worksheet("Plan")
        sheet.write_row(0, 0, HEADINGS)
        for n in range(1, actions + 1):
            code = data.CODES[n % len(data.CODES)]
            text = f"{data.TEXT} (KM{n % 4 + 1}) (team {n})"
            lead = f"Service Manager {n % 10 + 1}; Team Leader {n % 7 + 1}"
            said = (STATUSES[n % 4], f"{report} ({n})")
            sheet.write_row(n, 0, (f"A{n}", code, text, lead, due, data.PROOF, *said))


def taken_in(path: str) -> int:
    """The file is uploaded, looked at, and taken in as an agreed plan: its actions."""
    lead, inspection, named = _named(path)
    kept = importing.keep_file(**named, inspection=inspection, agreed_on=data.AGREED)
    shown = importing.look(kept)
    taking_in.take_in(
        by=lead,
        kept=kept,
        version=kept.version,
        mark=shown.mark,
        title=TITLE,
        decision="Agreed by the board, minute 3",
    )
    return Action.objects.filter(plan__title=TITLE).count()


def again(path: str) -> int:
    """How many rows of the same file would change anything now."""
    *_, named = _named(path)
    seen = importing.look(importing.keep_file(**named, plan=Plan.objects.get(title=TITLE)))
    return sum(line.does != "same" for line in seen.lines)


def changed(path: str) -> int:
    """The later file is looked at and taken in: how many actions have another date now."""
    lead, _, named = _named(path)
    plan = Plan.objects.get(title=TITLE)
    kept = importing.keep_file(**named, plan=plan)
    shown = importing.look(kept)
    facts = {"by": lead, "kept": kept, "version": kept.version, "mark": shown.mark}
    taking_in.take_in(**facts, reason="Agreed by the board, minute 4")
    return plan.actions.exclude(date_changes=None).count()


def _named(path: str) -> tuple[User, Inspection, dict[str, Any]]:
    lead = User.objects.get(email=f"{Role.PERFORMANCE_LEAD}@measured.example")
    inspection = Inspection.objects.get(area__slug="measured")
    named = {"by": lead, "area": inspection.area, "data": Path(path).read_bytes()}
    named |= {"file_name": Path(path).name, "framework": inspection.framework}
    return lead, inspection, named
