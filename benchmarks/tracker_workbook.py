"""Steps about the tracker workbook: a plan of thousands of actions, and its file."""

from tempfile import TemporaryFile

from benchmarks.statements import counted, queries
from management import audit
from management.access import Role
from management.models import User
from plans.models import Plan
from plans.services import exports
from plans.services.tracker import seal
from plans.tracker.writing import write


def prepare(actions: int) -> int:
    """A plan of so many actions with their posts, links, updates, moved dates and evidence."""
    # Here and not above: what only fills the database is not measured.
    from django.core.management import call_command

    from benchmarks import data

    call_command("migrate", verbosity=0)
    with audit.naming(data.BY, "fill"):
        there = data.found(data.place(kpis=3, months=3), "of the workbook", rows=60)
        return int(data.plan(there, actions=actions).pk)


def written(plan: int) -> dict[str, int]:
    """The workbook as somebody of the service downloads it: its size, and the queries."""
    person = User.objects.get(email=f"{Role.SERVICE_MANAGER}@measured.example")
    with TemporaryFile() as out, counted() as statements:
        content = exports.plan_file(user=person, plan=Plan.objects.get(pk=plan))
        write(out, content, seal)
        return {"bytes": out.tell(), "queries": queries(statements)}
