"""What the hidden sheet of a tracker workbook remembers: whose it is, and what went out in it.

The text is sealed by `plans.services.tracker`, so that nobody's hand can have been in it.
"""

import base64
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from plans.plan_file.content import Line, PlanFile
from plans.tracker.merging import SENT, Field, values_of

FORMAT = 1
NAMED = "Throughline tracker"
PIECE = 30_000  # characters of a cell; Excel holds 32,767
LEVEL = 1  # of packing: the higher ones cost more time than they save room


@dataclass(frozen=True)
class Base:
    """One action as it went out. `shown` is the word of its status as the cell had it."""

    key: int
    version: int
    reference: str
    shown: str
    values: Mapping[Field, str]


@dataclass(frozen=True)
class Stamp:
    area: str
    plan: int
    made_at: datetime
    rows: Mapping[int, Base]


class Packer:
    """Takes the actions one by one as they are written."""

    def __init__(self, content: PlanFile) -> None:
        self.names = content.names
        self.packing = zlib.compressobj(LEVEL)
        self.packed = bytearray()
        self._put([FORMAT, content.slug, content.key, content.made_at.isoformat()])

    def add(self, line: Line) -> None:
        values = values_of(line, self.names)
        self._put([line.key, line.version, line.reference, line.shown, *values.values()])

    def _put(self, facts: list[object]) -> None:
        self.packed += self.packing.compress(json.dumps(facts).encode() + b"\n")

    def text(self) -> str:
        """All of it, in letters, digits, - and _."""
        return base64.urlsafe_b64encode(bytes(self.packed) + self.packing.flush()).decode()


def unpacked(text: str) -> Stamp:
    """What was packed. Only for text whose seal is whole: nobody else may have it unpacked."""
    told = zlib.decompress(base64.urlsafe_b64decode(text)).decode().splitlines()
    _, area, plan, made_at = json.loads(told[0])
    rows = {}
    for one in told[1:]:
        key, version, reference, shown, *values = json.loads(one)
        rows[key] = Base(key, version, reference, shown, dict(zip(SENT, values, strict=True)))
    return Stamp(area, plan, datetime.fromisoformat(made_at), rows)


def pieces(sealed: str) -> list[str]:
    """The cells of the hidden sheet, one below the other."""
    parts = [sealed[start : start + PIECE] for start in range(0, len(sealed), PIECE)]
    return [f"{NAMED} {FORMAT}", *parts]
