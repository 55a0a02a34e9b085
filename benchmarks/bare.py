"""The libraries by themselves, with the same charts, tables and sheets as a pack of ours.

Each is used as its own documentation shows, without any of our styles, texts or checks.
"""

import io
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

SIZE = (5.6, 2.9)  # inches, as our charts
DOCUMENT = """
#let d = json("tables.json")
#for t in d {
  table(columns: t.columns.len(), table.header(..t.columns), ..t.rows.flatten())
}
#for n in range(CHARTS) { image("chart-" + str(n) + ".svg") }
"""


def draw(path: str) -> list[int]:
    """Draw all that the file at `path` lists; returns the sizes of the PDF, DOCX and XLSX."""
    content = json.loads(Path(path).read_text(encoding="utf-8"))
    svgs, pngs = _charts(content["charts"])
    return [
        len(_pdf(content["tables"], svgs)),
        len(_word(content["tables"], pngs)),
        len(_workbook(content["sheets"], content["sheet_charts"])),
    ]


def _charts(charts: list[dict[str, Any]]) -> tuple[list[bytes], list[bytes]]:
    from matplotlib.figure import Figure

    svgs, pngs = [], []
    for chart in charts:
        figure = Figure(figsize=SIZE)
        axes = figure.subplots()
        for name, values in chart["lines"].items():
            points = [float("nan") if v is None else v for v in values]
            axes.plot(chart["labels"], points, marker="o", label=name)
        axes.set_title(chart["title"])
        axes.set_xticks(range(0, len(chart["labels"]), max(1, len(chart["labels"]) // 6)))
        axes.legend()
        svg, png = io.BytesIO(), io.BytesIO()
        figure.savefig(svg, format="svg")
        figure.savefig(png, format="png", dpi=150)
        svgs.append(svg.getvalue())
        pngs.append(png.getvalue())
    return svgs, pngs


def _pdf(tables: list[dict[str, Any]], svgs: list[bytes]) -> bytes:
    import typst

    with TemporaryDirectory(prefix="bare-") as name:
        folder = Path(name)
        (folder / "tables.json").write_text(json.dumps(tables), encoding="utf-8")
        for place, svg in enumerate(svgs):
            (folder / f"chart-{place}.svg").write_bytes(svg)
        document = folder / "document.typ"
        document.write_text(DOCUMENT.replace("CHARTS", str(len(svgs))), encoding="utf-8")
        return bytes(typst.compile(document, root=folder))


def _word(tables: list[dict[str, Any]], pngs: list[bytes]) -> bytes:
    from docx import Document

    document = Document()
    for table in tables:
        lines = [table["columns"], *table["rows"]]
        made = document.add_table(len(lines), len(table["columns"]))
        for row, values in zip(made.rows, lines, strict=True):
            for cell, value in zip(row.cells, values, strict=True):
                cell.text = value
    for png in pngs:
        document.add_picture(io.BytesIO(png))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _workbook(sheets: list[list[list[Any]]], charts: list[list[str]]) -> bytes:
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        made = [book.add_worksheet(_name(place)) for place in range(len(sheets))]
        for sheet, rows in zip(made, sheets, strict=True):
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
        for place, ranges in enumerate(charts):
            chart = book.add_chart({"type": "line"})
            for categories, values in zip(ranges[::2], ranges[1::2], strict=True):
                chart.add_series({"categories": f"={categories}", "values": f"={values}"})
            made[-1].insert_chart(place * 20, 0, chart)
    return out.getvalue()


def _name(place: int) -> str:
    return "KPI figures" if place == 2 else f"Sheet {place + 1}"
