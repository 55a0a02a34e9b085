"""manage.py analyse_series: one series a line in, its statistics a line out, as JSON.

The shapes are those of the reference results that the statistics are tested with.
"""

import json
import sys
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.core.management.base import BaseCommand

from kpis.spc.reference import Unreadable, analysed

LONGEST = 10_000_000  # characters of a line


class Command(BaseCommand):
    help = (
        "Read one JSON object a line from standard input: id, profile, input and perhaps options. "
        "Write one a line: id, profile and result, or error where it cannot be read. The exit code "
        "is 1 if there was any."
    )
    requires_system_checks = ()  # it needs no database

    def handle(self, *args: Any, **options: Any) -> None:
        wrong = 0
        for number, line in enumerate(iter(lambda: sys.stdin.readline(LONGEST), ""), 1):
            if line.strip():
                told = _answer(line, number)
                wrong += "error" in told
                self.stdout.write(json.dumps(told, default=float))
        if wrong:
            sys.exit(1)


def _answer(line: str, number: int) -> dict[str, Any]:
    try:
        asked = json.loads(line, parse_float=Decimal)
    except ValueError as error:
        return {"id": None, "profile": None, "error": f"Line {number} is no JSON: {error}"}
    given = asked.get("input") if isinstance(asked, dict) else None
    if not isinstance(given, Mapping) or not isinstance(asked.get("options") or {}, Mapping):
        said = f"Line {number} is no object with id, profile, input and perhaps options."
        return {"id": None, "profile": None, "error": said}
    named = {"id": asked.get("id"), "profile": asked.get("profile")}
    try:
        result = analysed(str(named["profile"]), given, asked.get("options") or {})
    except Unreadable as error:
        return named | {"error": f"Line {number}: {error}"}
    return named | {"result": result}
