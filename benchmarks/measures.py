"""What is measured, and the limits that it must keep."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import places
from benchmarks.process import Run, run
from benchmarks.results import Result

CHANGES = 30.0  # seconds of CPU, our own limit: the page answers once
PEOPLE = 20
FIGURES = 200_000
TIMES = 3  # repetitions of what is quick
BIG = {"actions": 500, "kpis": 60, "months": 120}
RATIO = 3.0  # ours may cost so many times what the bare libraries cost
QUERIES, MILLISECONDS = 12.0, 60.0
FIRST_ROWS = 45.0  # milliseconds on PostgreSQL; SQLite works in our own process, so twice that
# A coverage page shows every row and every action that answers it, on one page.
LONGER = {"coverage": 120.0, "self-evaluation coverage": 120.0, "action": 80.0}
MORE = {"action": 19.0}  # queries of a page that has something of everything


def demo_pack() -> Iterator[Result]:
    """The pack of the demonstration, and the bare libraries beside it."""
    what = "demo pack, 20 actions and 8 KPIs, four formats, fresh worker"
    yield from _pack("demo", what, "packs:prepare_demo", {}, cpu=5.0)


def big_pack() -> Iterator[Result]:
    """A pack of the size that a large area has after ten years."""
    what = "pack of 500 actions and 60 KPIs of 120 months, fresh worker"
    yield from _pack("big", what, "packs:prepare_big", BIG, cpu=25.0, peak=500.0)


def _pack(
    name: str,
    what: str,
    step: str,
    size: dict[str, int],
    *,
    cpu: float,
    peak: float | None = None,
) -> Iterator[Result]:
    with places.folder() as place:
        pack = run(step, places.surroundings(place), **size).result
        runs = [_built(place, pack) for _ in range(TIMES)]
        run("packs:build", places.surroundings(place), pack=pack)
        drawn = run("packs:drawn", places.surroundings(place), pack=pack).result
        content = place / "drawn.json"
        content.write_text(json.dumps(drawn), encoding="utf-8")
        bare = [run("bare:draw", {}, path=str(content)) for _ in range(TIMES)]
    ours, theirs = _cpu(runs), _cpu(bare)
    yield Result(f"{name}: CPU", what, ours, "s", cpu, tuple(r.cpu for r in runs))
    yield _memory(name, runs, peak)
    largest = max(r.largest for r in runs)
    yield Result(f"{name}: largest", "the same, peak of the largest process", largest, "MiB", peak)
    yield Result(f"{name}: queries", "the same, SQL", runs[0].result["queries"], "queries")
    parts = "bare matplotlib, Typst, python-docx and XlsxWriter, same charts and tables"
    yield Result(f"{name}: bare: CPU", parts, theirs, "s", None, tuple(r.cpu for r in bare))
    yield _memory(f"{name}: bare", bare)
    yield Result(f"{name}: ratio", "ours (all of it) / bare", ours / theirs, "", RATIO)


def _built(place: Path, pack: int) -> Run:
    with places.copy(place) as fresh:
        return run("packs:build", places.surroundings(fresh), pack=pack)


def _memory(name: str, runs: list[Run], limit: float | None = None) -> Result:
    peaks = tuple(r.peak for r in runs)
    what = "the same, peak of all its processes together"
    return Result(f"{name}: memory", what, max(peaks), "MiB", limit, peaks)


def _cpu(runs: list[Run]) -> float:
    return median(r.cpu for r in runs)


def plan_table() -> Iterator[Result]:
    """A plan of 1,000 actions as PDF."""
    with places.folder() as place:
        path = str(place / "content.json")
        run("packs:prepare_table", places.surroundings(place), actions=1000, path=path)
        runs = [run("packs:table", places.surroundings(place), path=path) for _ in range(TIMES)]
    what = "plan table of 1,000 actions as PDF, fresh process"
    yield Result("table: CPU", what, _cpu(runs), "s", 5.0, tuple(r.cpu for r in runs))
    yield _memory("table", runs)


def tracker() -> Iterator[Result]:
    """The tracker workbook of a plan of 10,000 actions."""
    with places.folder() as place:
        there = places.surroundings(place)
        plan = run("tracker_workbook:prepare", there, actions=10_000).result
        runs = [run("tracker_workbook:written", there, plan=plan) for _ in range(TIMES)]
    what = "tracker workbook of 10,000 actions, read and written, fresh process"
    yield Result("tracker: CPU", what, _cpu(runs), "s", 2.5, tuple(r.cpu for r in runs))
    yield _memory("tracker", runs, 150.0)
    yield Result("tracker: queries", "the same, SQL", runs[0].result["queries"], "queries")


def taking_in() -> Iterator[Result]:
    """A plan of 2,000 actions comes in from a workbook of somebody else's."""
    for engine, database in _engines():
        with places.folder() as place:
            there, path = places.surroundings(place, database), str(place / "plan.xlsx")
            later = str(place / "later.xlsx")
            run("taking_in:prepare", there, actions=2000, path=path, later=later)
            done = run("taking_in:taken_in", there, path=path)
            again = run("taking_in:again", there, path=path).result
            changed = run("taking_in:changed", there, path=later)
        name = f"import, {engine}"
        what = f"workbook of 2,000 rows kept, looked at and taken in, fresh process, {engine}"
        yield Result(f"{name}: CPU", what, done.cpu, "s", 10.0)
        lost = 2000 - done.result
        yield Result(f"{name}: lost", "rows that became no action", lost, "rows", 0.0)
        yield Result(f"{name}: again", "rows that the same file would change", again, "rows", 0.0)
        what = "another date and more progress of all 2,000, each an entry of its own"
        yield Result(f"{name}: changes", what, changed.cpu, "s", CHANGES)
        lost = 2000 - changed.result
        yield Result(f"{name}: not moved", "of these, dates that stayed", lost, "dates", 0.0)


def figures() -> Iterator[Result]:
    """200,000 figures come in from a CSV file, with the audit trail that each of them writes."""
    for engine, database in _engines():
        with places.folder() as place:
            there, path = places.surroundings(place, database), str(place / "figures.csv")
            run("figures:prepare", there, figures=FIGURES, path=path)
            done = run("figures:taken_in", there, path=path)
            again = run("figures:looked_at", there, path=path)
        name = f"figures, {engine}"
        what = f"CSV file of {FIGURES:,} figures kept, looked at and taken in, {engine}"
        yield Result(f"{name}: CPU", what, done.cpu, "s", 30.0)
        yield Result(f"{name}: memory", "the same, peak", done.peak, "MiB", 500.0)
        lost = FIGURES - done.result
        yield Result(f"{name}: lost", "rows that became no figure", lost, "rows", 0.0)
        what = "figures that the same file would change"
        yield Result(f"{name}: again", what, again.result, "figures", 0.0)
        yield Result(f"{name}: again, CPU", "to look at it beside them", again.cpu, "s")
        yield Result(f"{name}: again, memory", "the same, peak", again.peak, "MiB", 500.0)


def at_once() -> Iterator[Result]:
    """Twenty people post an update of the same action at the same time, through a real server."""
    for engine, database in _engines():
        with places.folder() as place:
            there = places.surroundings(place, database)
            tokens = run("at_once:prepare", there, people=PEOPLE).result
            found = run("at_once:updated", there, tokens=tokens).result
        name, what = f"at once, {engine}", f"{PEOPLE} people at one action, {engine}"
        lost = PEOPLE - found["kept"]
        yield Result(f"{name}: lost", f"{what}: updates not kept", lost, "updates", 0.0)
        yield Result(
            f"{name}: errors", "answers that are neither 200 nor 412", found["wrong"], "", 0.0
        )
        stale = found["refused as stale"]
        yield Result(f"{name}: stale", "saves refused as stale, and tried again", stale, "")


def pages() -> Iterator[Result]:
    """The pages of plans, actions and coverage, on SQLite and, where one is named, PostgreSQL."""
    for engine, found in _on_each_engine("pages"):
        yield from _pages(engine, found)


def lists() -> Iterator[Result]:
    """The first hundred rows of long lists, of 5,000 actions of an area and 100,000 in all."""
    for engine, found in _on_each_engine("lists"):
        limit = FIRST_ROWS * (1 if engine == "PostgreSQL" else 2)
        for page in dict.fromkeys(row["page"] for row in found):
            rows = [row for row in found if row["page"] == page]
            name, kind = f"{page}, {engine}", f"{page}: first 100 of up to 5,000 actions, {engine}"
            yield _worst(f"{name}: queries", f"{kind}, worst role", rows, "queries", QUERIES)
            yield _worst(f"{name}: CPU", "the same, median request", rows, "ms", limit)


def kpis() -> Iterator[Result]:
    """Series read, charts drawn, the grid of an area, and pages among two million figures."""
    with places.folder() as place:
        there = places.surroundings(place)
        read = run("kpis:analyse", there).result["seconds"]
        yield Result("KPIs: analysed", "10,000 series of 60 points, read and said", read, "s", 15.0)
        run("kpis:prepare_grid", there)
        drawn = tuple(run("kpis:chart", there).result)
        yield Result("KPIs: chart", "CPU of one chart", median(drawn), "ms", 120.0, drawn)
        grid = run("kpis:grid", there).result
    for name, what, limit in (
        ("first", "60 KPIs with every small chart, nothing stored", 4.0),
        ("again", "the same from what is stored", 0.2),
        ("changed", "after one figure has changed", 0.4),
    ):
        yield Result(f"KPIs: grid, {name}", f"{what}, CPU", grid[name], "s", limit)
    for engine, database in _engines():
        if engine != "PostgreSQL":
            continue
        with places.folder() as place:
            there = places.surroundings(place, database)
            run("kpis:prepare", there)
            found = run("kpis:measure", there).result
        yield Result("KPIs: figures", "in the database", found["figures"], "figures")
        for row in found["pages"]:
            name, what = f"KPIs: {row['page']}", f"among 2,000,000 figures, {engine}"
            yield Result(f"{name}: queries", what, row["queries"], "queries", QUERIES)
            yield Result(f"{name}: p95", f"{what}, server's time", row["p95"], "ms", 150.0)
            yield Result(f"{name}: CPU", f"{what}, median", row["CPU"], "ms")


def _on_each_engine(module: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """What the steps `prepare` and `measure` of the module find, in databases of their own."""
    for engine, database in _engines():
        yield engine, _found(module, database)


def _engines() -> Iterator[tuple[str, str]]:
    """SQLite, and PostgreSQL with a new database where a server is named."""
    yield "SQLite", ""
    named = (os.environ.get(name, "") for name in ("TEST_DATABASE_URL", "DATABASE_URL"))
    server = next((url for url in named if url.startswith(("postgres://", "postgresql://"))), "")
    if server:
        with places.postgres(server) as database:
            yield "PostgreSQL", database
    else:
        print("PostgreSQL is left out: set TEST_DATABASE_URL.")


def _found(module: str, database: str) -> list[dict[str, Any]]:
    with places.folder() as place:
        there = places.surroundings(place, database)
        run(f"{module}:prepare", there)
        found: list[dict[str, Any]] = run(f"{module}:measure", there).result
    return found


def _pages(engine: str, found: list[dict[str, Any]]) -> Iterator[Result]:
    for page in dict.fromkeys(row["page"] for row in found):
        rows = [row for row in found if row["page"] == page]
        most = max(row["rows"] for row in rows)
        kind = f"{page} page of {most} {'entries' if page == 'action' else 'actions'}, {engine}"
        large = [row for row in rows if row["rows"] == most]
        name, limit = f"{page}, {engine}", LONGER.get(page, MILLISECONDS)
        most_asked = MORE.get(page, QUERIES)
        yield _worst(f"{name}: queries", f"{kind}, worst role", large, "queries", most_asked)
        yield _worst(f"{name}: CPU", "the same, median request", large, "ms", limit)
        small = min(row["rows"] for row in rows)
        grown = f"its queries for {most} less those for {small}, worst role"
        yield Result(f"{name}: growth", grown, _growth(rows, small, most), "queries", 0.0)


def _worst(name: str, what: str, rows: list[dict[str, Any]], unit: str, limit: float) -> Result:
    values = [row["queries" if unit == "queries" else "milliseconds"] for row in rows]
    return Result(name, what, max(values), unit, limit, tuple(values))


def _growth(rows: list[dict[str, Any]], small: int, most: int) -> int:
    asked = {(row["role"], row["rows"]): row["queries"] for row in rows}
    return max(abs(asked[role, most] - asked[role, small]) for role, _ in asked)


MEASURES = {
    "demo": demo_pack,
    "big": big_pack,
    "table": plan_table,
    "tracker": tracker,
    "pages": pages,
    "lists": lists,
    "kpis": kpis,
    "import": taking_in,
    "figures": figures,
    "at_once": at_once,
}
