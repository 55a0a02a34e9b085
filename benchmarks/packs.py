"""Steps about packs: make the data, build the pack, draw the plan table, tell what was drawn."""

import io
import re
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection
from lxml import etree

from benchmarks import data
from benchmarks.statements import counted, queries
from governance import jobs, packs, services
from governance.content import PackContent, freeze, thaw
from governance.models import Body, Frozen, Rendition
from governance.render import pdf
from governance.render.blocks import Chart, Table
from governance.render.outline import outline, settled
from kpis.periods import last_complete_quarter
from management import audit, clock, store
from tracker import demo

CELL = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RANGE = re.compile(rb"<c:(?:cat|val)><c:\w+><c:f>(.*?)</c:f>")


def prepare_demo() -> int:
    """The demonstration's database, and its pack asked for; returns the pack's key."""
    call_command("migrate", verbosity=0)
    demo.load()
    return _ask(Body.objects.get(area__slug="west-dunbartonshire", slug="hscp-board"))


def prepare_big(actions: int, kpis: int, months: int) -> int:
    """A plan of that size and its pack asked for; returns the pack's key."""
    call_command("migrate", verbosity=0)
    with audit.naming(data.BY, "fill"):
        there = data.place(kpis=kpis, months=months)
        made = data.body(data.plan(there, actions=actions))
    return _ask(made)


def _ask(body: Body) -> int:
    period = last_complete_quarter(clock.today())
    pack = services.request_pack(by=data.BY, body=body, period=period, as_at=clock.today())
    connection.close()
    return pack.pk


def build(pack: int) -> dict[str, Any]:
    """What a worker does with a message, from the first import to the stored files."""
    with counted() as statements:
        said = jobs.build_pack(pack)
    assert said == "built"
    sizes = {r.format: r.size for r in Rendition.objects.filter(pack=pack)}
    assert len(sizes) == 4
    return {"queries": queries(statements), "sizes": sizes}


def prepare_table(actions: int, path: str) -> None:
    """The frozen content of a plan whose only long table is the plan itself."""
    call_command("migrate", verbosity=0)
    with audit.naming(data.BY, "fill"):
        there = data.place(kpis=0, months=0)
        body = data.body(data.plan(there, actions=actions, quiet=True))
    services.request_pack(
        by=data.BY, body=body, period=last_complete_quarter(clock.today()), as_at=date(2020, 1, 15)
    )
    Path(path).write_text(freeze(packs.gather(body.packs.get())), encoding="utf-8")


def table(path: str) -> int:
    """Draw that content as PDF; returns the size of the file."""
    return len(pdf.render(thaw(Path(path).read_text(encoding="utf-8"))))


def drawn(pack: int) -> dict[str, Any]:
    """The tables, charts and sheets of a built pack as plain lists, for the bare libraries."""
    content = settled(thaw(Frozen.objects.get(pack=pack).text))
    blocks = outline(content).blocks
    book = store.read(Rendition.objects.get(pack=pack, format="xlsx").sha256)
    return {
        "charts": [_chart(content, b.index) for b in blocks if isinstance(b, Chart)],
        "tables": [_table(b) for b in blocks if isinstance(b, Table)],
        "sheets": _sheets(book),
        "sheet_charts": _sheet_charts(book),
    }


def _chart(content: PackContent, index: int) -> dict[str, Any]:
    kpi = content.kpis[index]
    lines = {content.area: _values(kpi.points)}
    for other in kpi.comparators:
        there = {p.start: p for p in other.points}
        lines[other.name] = _values([there.get(p.start) for p in kpi.points])
    if any(p.target is not None for p in kpi.points):
        lines["Target"] = [None if p.target is None else float(p.target) for p in kpi.points]
    if kpi.centre is not None:
        lines["Median"] = [float(kpi.centre)] * len(kpi.points)
    return {"title": kpi.name, "labels": [p.period for p in kpi.points], "lines": lines}


def _values(points: Any) -> list[float | None]:
    return [None if p is None or p.value is None else float(p.value) for p in points]


def _table(block: Table) -> dict[str, Any]:
    wide = len(block.columns)
    rows = [["\n".join(cell) for cell in row.cells] for row in block.rows]
    return {
        "columns": [c.title for c in block.columns],
        "rows": [row + [""] * (wide - len(row)) for row in rows],
    }


def _sheets(book: bytes) -> list[list[list[Any]]]:
    """The cells of each sheet, numbers as numbers."""
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        strings = [
            "".join(item.itertext())
            for item in etree.fromstring(parts.read("xl/sharedStrings.xml"))
        ]
        names = sorted(n for n in parts.namelist() if n.startswith("xl/worksheets/sheet"))
        roots = [etree.fromstring(parts.read(name)) for name in names]
    return [
        [[_cell(c, strings) for c in row.iter(f"{CELL}c")] for row in root.iter(f"{CELL}row")]
        for root in roots
    ]


def _cell(cell: Any, strings: list[str]) -> Any:
    value = cell.findtext(f"{CELL}v")
    if value is None:
        return None
    return strings[int(value)] if cell.get("t") == "s" else float(value)


def _sheet_charts(book: bytes) -> list[list[str]]:
    """The ranges that each native chart is drawn from."""
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        names = sorted(n for n in parts.namelist() if n.startswith("xl/charts/chart"))
        return [[found.decode() for found in RANGE.findall(parts.read(name))] for name in names]
