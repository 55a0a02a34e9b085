"""Every SQL statement that the database is sent, as the driver sees it."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from tempfile import TemporaryFile

from django.db import connection

TRANSACTION = re.compile(r"(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE)\b")
LENGTH = 1000  # characters that are kept of a statement


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements of this thread's connection, there when the block has ended."""
    connection.ensure_connection()
    statements: list[str] = []
    if connection.vendor == "sqlite":
        # A frozen text of megabytes stands in its statement: kept, it would be measured, too.
        connection.connection.set_trace_callback(lambda sql: statements.append(sql[:LENGTH]))
        try:
            yield statements
        finally:
            connection.connection.set_trace_callback(None)
        return
    with TemporaryFile("w+") as traced:
        wire = connection.connection.pgconn
        wire.trace(traced.fileno())
        try:
            yield statements
        finally:
            wire.untrace()
        traced.seek(0)
        statements += _sent(traced.read())


def queries(statements: Sequence[str]) -> int:
    """How many of them ask for rows or change them, rather than begin or end a transaction."""
    return sum(not TRANSACTION.match(statement) for statement in statements)


def _sent(trace: str) -> list[str]:
    """What libpq's trace (time, direction, length, kind and text, parted by tabs) says was sent."""
    lines = [line.split("\t") for line in trace.splitlines()]
    sent = [parts for parts in lines if len(parts) > 4 and parts[1] == "F"]
    return [parts[4].strip(' "') for parts in sent if parts[3] in {"Query", "Execute"}]
