"""Steps about a plan's file of thousands of rows: made by somebody else, looked at, taken in."""

from pathlib import Path

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


def prepare(actions: int, path: str) -> None:
    """An area, and a workbook that no program of ours has made: one row for each action."""
    from django.core.management import call_command
    from xlsxwriter import Workbook

    call_command("migrate", verbosity=0)
    with audit.naming(data.BY, "fill"):
        data.place(kpis=0, months=0)
    with Workbook(path) as book:
        sheet = book.add_worksheet("Plan")
        sheet.write_row(0, 0, HEADINGS)
        for n in range(1, actions + 1):
            code = data.CODES[n % len(data.CODES)]
            text = f"{data.TEXT} (KM{n % 4 + 1}) (team {n})"
            lead = f"Service Manager {n % 10 + 1}; Team Leader {n % 7 + 1}"
            said = (STATUSES[n % 4], f"{data.REPORT} ({n})")
            sheet.write_row(n, 0, (f"A{n}", code, text, lead, "31 March 2020", data.PROOF, *said))


def taken_in(path: str) -> dict[str, int]:
    """The file is uploaded, looked at, and taken in as an agreed plan; then looked at again."""
    lead = User.objects.get(email=f"{Role.PERFORMANCE_LEAD}@measured.example")
    inspection = Inspection.objects.get(area__slug="measured")
    named = {"by": lead, "area": inspection.area, "data": Path(path).read_bytes()}
    named |= {"file_name": Path(path).name, "framework": inspection.framework}
    kept = importing.keep_file(**named, inspection=inspection)
    importing.look(kept)  # the preview, which the person reads
    taking_in.take_in(
        by=lead,
        kept=kept,
        version=kept.version,
        title=TITLE,
        agreed_on=data.AGREED,
        decision="Agreed by the board, minute 3",
    )
    plan = Plan.objects.get(title=TITLE)
    again = importing.look(importing.keep_file(**named, plan=plan))
    return {
        "actions": Action.objects.filter(plan=plan).count(),
        "changed by the same file": sum(line.does != "same" for line in again.lines),
    }
