"""Results as one table for people and one file for machines."""

import json
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from os import cpu_count
from pathlib import Path


@dataclass(frozen=True)
class Result:
    """One measured number. Without a limit it is there to be watched."""

    name: str
    measures: str
    value: float
    unit: str
    limit: float | None = None
    details: tuple[float, ...] = ()

    @property
    def ok(self) -> bool:
        return self.limit is None or self.value <= self.limit


def table(results: Sequence[Result]) -> str:
    """The results in columns, and a last line that says how many limits were kept."""
    rows = [("name", "what it measures", "result", "limit", "ok")]
    for r in results:
        limit = "" if r.limit is None else f"≤ {_shown(r.limit, r.unit)}"
        said = "" if r.limit is None else "yes" if r.ok else "NO"
        rows.append((r.name, r.measures, _shown(r.value, r.unit), limit, said))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [_line(row, widths) for row in rows]
    limited = [r for r in results if r.limit is not None]
    kept = sum(r.ok for r in limited)
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:], f"{kept} of {len(limited)} kept."])


def write(results: Sequence[Result], path: Path) -> None:
    """The results with their details and the machine, as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    found = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {"cores": cpu_count(), "python": platform.python_version(), "system": _system()},
        "ok": all(r.ok for r in results),
        "results": [asdict(r) | {"ok": r.ok} for r in results],
    }
    path.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _system() -> str:
    return f"{platform.system()} {platform.machine()}"


def _shown(value: float, unit: str) -> str:
    number = f"{value:.0f}" if unit in {"queries", "MiB", "ms"} else f"{value:.2f}"
    return f"{number} {unit}".strip()


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    name, measures, value, limit, ok = row
    a, b, c, d, _ = widths
    return f"{name:<{a}}  {measures:<{b}}  {value:>{c}}  {limit:>{d}}  {ok}".rstrip()
