"""No stale save: a change made from an older version of a row changes nothing."""

from typing import Any

from django.db import models
from django.db.models import F
from django.http import Http404


class Stale(Exception):
    """Somebody else has changed the row since it was read. `row` is how it stands now."""

    def __init__(self, row: models.Model) -> None:
        self.row = row
        super().__init__("Somebody else has changed this since you opened it.")


def advance(row: Any, version: int, **changes: Any) -> None:
    """Write the changes if the row still has that version, and give it the next one.

    Raises Stale, and writes nothing, when it has not; Http404 when it is gone. The row in hand says
    what was written, and keeps what else was read with it.
    """
    rows = type(row)._default_manager.filter(pk=row.pk)
    if not rows.filter(version=version).update(version=F("version") + 1, **changes):
        now = rows.first()
        if now is None:
            raise Http404
        raise Stale(now)
    # Not read again: that would drop every row that was read with it, one query for each later.
    reckoned = [name for name, value in changes.items() if hasattr(value, "resolve_expression")]
    for name in changes.keys() - set(reckoned):
        setattr(row, name, changes[name])
    row.version = version + 1
    if reckoned:
        row.refresh_from_db(fields=reckoned)
