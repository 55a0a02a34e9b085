"""The KPI sheets of a workbook: every figure in a row of its own, and charts drawn from them."""

from dataclasses import dataclass
from typing import Any

from governance import measured, wording
from governance.content import PackContent
from kpis.series import Kpi, Point
from management.cells import Book, Value, height

SHEET = "KPI figures"
COLUMNS = [
    ("Code", 9),
    ("Name", 40),
    ("Area", 24),
    ("Period", 18),
    ("Start date", 13),
    ("Numerator", 11),
    ("Denominator", 12),
    ("Value", 10),
    ("Unit", 22),
    ("Target", 10),
    ("Median", 10),
    ("Kind of figure", 14),
    ("Note", 36),
    ("Source", 44),
    ("Illustrative", 11),
]
AREA, PERIOD, VALUE, TARGET, MEDIAN = 2, 3, 7, 9, 10
TEAL, ORANGE, GREY = "#0B6E6E", "#B5460F", "#4A4A4A"
COMPARATOR_LOOKS = [("square", "#5B3F8C"), ("triangle", "#1F5FA8"), ("diamond", "#6B4A1F")]
CHART_ROWS = 22  # rows of the sheet from one chart to the next
FEW = 9


@dataclass(frozen=True)
class Place:
    """Where a series stands in the sheet of figures: rows counted from 0, both included."""

    first: int
    last: int


def write(book: Book, content: PackContent) -> list[list[Place]]:
    """The sheet of figures. Returns, for each KPI, the rows of its line and its comparators."""
    rows: list[list[Value]] = []
    formats: list[dict[int, str]] = []
    places = []
    top = 3  # the sentence, a blank row, the header
    for kpi in content.kpis:
        shown = number_format(kpi)
        lines = [(content.area, kpi.points, kpi.centre)]
        lines += [(c.name, c.points, None) for c in kpi.comparators]
        there = []
        for area, points, centre in lines:
            aligned = _aligned(kpi, points)
            there.append(Place(top + len(rows), top + len(rows) + len(kpi.points) - 1))
            for own, point in aligned:
                rows.append(_row(kpi, area, own, point, centre))
                formats.append(dict.fromkeys((VALUE, TARGET, MEDIAN), shown))
        places.append(there)
    book.list_sheet(SHEET, COLUMNS, rows, [wording.kpis_lead(content)], formats)
    return places


def number_format(kpi: Kpi) -> str:
    """Excel's number format for the KPI's values, which are 41 where the page says 41%."""
    decimals = f".{'0' * kpi.decimals}" if kpi.decimals else ""
    return f"#,##0{decimals}" + ('"%"' if kpi.unit == "%" else "")


def _aligned(kpi: Kpi, points: tuple[Point, ...]) -> list[tuple[Point, Point | None]]:
    """The periods of the KPI with this series' figures, then the figures of other periods."""
    there = {p.start: p for p in points}
    own = [(p, there.pop(p.start, None)) for p in kpi.points]
    return own + [(p, p) for p in points if p.start in there]


def _row(kpi: Kpi, area: str, own: Point, point: Point | None, centre: Any) -> list[Value]:
    shared: list[Value] = [kpi.code, kpi.name, area, own.period, own.start]
    end: list[Value] = [kpi.source, "Yes" if kpi.illustrative else "No"]
    if point is None:
        blank: list[Value] = [None, None, None, kpi.unit, None, centre, None]
        return [*shared, *blank, wording.NOT_REPORTED, *end]
    figure: list[Value] = [point.numerator, point.denominator, point.value, kpi.unit]
    about: list[Value] = [point.target, centre, point.vintage, _note(point)]
    return [*shared, *figure, *about, *end]


def _note(point: Point) -> str:
    return "; ".join(filter(None, [_about(point), measured.completed(point)]))


def _about(point: Point) -> str:
    if point.value is None:
        return point.note or wording.NOT_REPORTED
    if point.numerator is None and point.denominator is None:
        return "; ".join(t for t in (point.note, wording.NO_NUMBERS) if t)
    return point.note


def draw(book: Book, content: PackContent, places: list[list[Place]]) -> None:
    """The sheet of charts, each with its reading above it and an alternative text."""
    sheet = book.sheet("KPI charts", landscape=False)
    sheet.set_column(0, 0, 96)
    sheet.hide_gridlines(2)
    # Printed two to a page, and none cut in two.
    sheet.set_h_pagebreaks(range(2 * CHART_ROWS, len(content.kpis) * CHART_ROWS, 2 * CHART_ROWS))
    if not content.kpis:
        book.text(sheet, 0, 0, wording.kpis_lead(content))
    for index, (kpi, there) in enumerate(zip(content.kpis, places, strict=True)):
        row = index * CHART_ROWS
        book.text(sheet, row, 0, f"{kpi.code} {kpi.name}", book.strong)
        mark = f"{wording.ILLUSTRATIVE} " if kpi.illustrative else ""
        said = [kpi.reading or wording.no_points(content), *filter(None, [measured.effect(kpi)])]
        said.append(f"{mark}Source: {wording.sentence(kpi.source)}")
        for below, text in enumerate(said, 1):
            book.text(sheet, row + below, 0, text, book.wrapped)
            sheet.set_row(row + below, height([text], [96]))
        if not kpi.points:
            continue
        size = {"x_scale": 1.35, "y_scale": 1.15}
        about = {"description": kpi.description, "object_position": 2}
        sheet.insert_chart(row + 1 + len(said), 0, _chart(book, kpi, there), {**size, **about})


def _chart(book: Book, kpi: Kpi, places: list[Place]) -> Any:
    chart = book.book.add_chart({"type": "line"})
    own, others = places[0], places[1:]
    few = len(kpi.points) <= FEW
    main = _series(own, VALUE, TEAL, "solid", 2.25)
    main["name"] = [SHEET, own.first, AREA]
    main["marker"] = {"type": "circle", "size": 6 if few else 3, "fill": {"color": TEAL}}
    if few:
        main["data_labels"] = {"value": True, "position": "above"}
    chart.add_series(main)
    for place, (mark, colour) in zip(others, COMPARATOR_LOOKS * 5, strict=False):
        other = _series(place, VALUE, colour, "dash_dot", 1.25)
        other["name"] = [SHEET, place.first, AREA]
        other["marker"] = {"type": mark, "size": 6 if few else 3, "fill": {"color": colour}}
        chart.add_series(other)
    if any(p.target is not None for p in kpi.points):
        chart.add_series({**_series(own, TARGET, ORANGE, "dash", 1.5), "name": "Target"})
    if kpi.centre is not None:
        chart.add_series({**_series(own, MEDIAN, GREY, "round_dot", 1.5), "name": "Median"})
    values: dict[str, Any] = {"num_format": number_format(kpi), "min": 0}
    known = [p.value for p in kpi.points if p.value is not None]
    if any(v < 0 for v in known):
        del values["min"]
    if kpi.unit == "%" and all(v <= 100 for v in known):
        values["max"] = 100
    elif kpi.unit != "%":
        values["name"] = f"Unit: {kpi.unit[:80]}"
    values["major_gridlines"] = {"visible": True, "line": {"color": "#D5D9DC"}}
    chart.set_y_axis(values)
    chart.set_x_axis({"interval_unit": max(1, len(kpi.points) // 12)})
    chart.set_title({"none": True})
    chart.set_legend({"position": "bottom"})
    chart.show_blanks_as("gap")
    return chart


def _series(place: Place, column: int, colour: str, dash: str, width: float) -> dict[str, Any]:
    return {
        "categories": [SHEET, place.first, PERIOD, place.last, PERIOD],
        "values": [SHEET, place.first, column, place.last, column],
        "line": {"color": colour, "width": width, "dash_type": dash},
    }
