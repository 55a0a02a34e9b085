import io
import re
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import pytest
from lxml import etree
from PIL import Image

from kpis.charts import Chart, ChartLine, ChartPoint, Drawing
from kpis.svg import SVG

SHOUT = '<b>&"{{7*7}} $x^2$ \\frac'


def line(*values, name="West Dunbartonshire"):
    return ChartLine(
        name,
        tuple(
            ChartPoint(f"{2015 + i}-{16 + i}", None if v is None else Decimal(v))
            for i, v in enumerate(values)
        ),
    )


def chart(*values, **changes):
    points = line(*values)
    return replace(
        Chart("k1", "A title", "A description", "%", 0, points, (Decimal(80),) * len(values)),
        **changes,
    )


def drawn(asked):
    return etree.fromstring(Drawing(asked).svg)


def words(root):
    return [t.text for t in root.iter(f"{{{SVG}}}text")]


def test_the_drawing_is_named_and_described_first():
    root = drawn(chart(41, 56, title=SHOUT, description=SHOUT))
    assert root.get("role") == "img"
    assert [child.tag for child in root[:2]] == [f"{{{SVG}}}title", f"{{{SVG}}}desc"]
    assert root[0].text == root[1].text == SHOUT
    assert root.get("aria-labelledby").split() == [root[0].get("id"), root[1].get("id")]


def test_no_style_and_no_time_is_in_the_drawing():
    svg = Drawing(chart(41, 56)).svg.decode()
    assert "style" not in svg
    assert "metadata" not in svg and "<!DOCTYPE" not in svg


def test_ids_are_unlike_those_of_another_chart():
    one, other = (
        set(re.findall(r'id="([^"]+)"', Drawing(chart(41, 56, key=key)).svg.decode()))
        for key in ("k1", "k2")
    )
    assert one and not one & other


def test_references_point_to_ids_of_the_same_drawing():
    svg = Drawing(chart(41, 56)).svg.decode()
    ids = set(re.findall(r'id="([^"]+)"', svg))
    targets = re.findall(r'href="#([^"]+)"', svg) + re.findall(r"url\(#([^)]+)\)", svg)
    assert targets and set(targets) <= ids


def test_the_same_chart_gives_the_same_bytes():
    one, other = Drawing(chart(41, None, 56)), Drawing(chart(41, None, 56))
    assert one.svg == other.svg
    assert one.png == other.png
    # Whichever is asked first.
    backwards = Drawing(chart(41, None, 56))
    assert (backwards.png, backwards.svg) == (one.png, one.svg)


def test_a_few_values_are_each_labelled_and_many_only_at_the_end():
    assert {"41%", "56%"} <= set(words(drawn(chart(41, 56))))
    many = words(drawn(chart(*range(30, 60))))
    assert "30%" not in many
    assert any(text.endswith("59%") for text in many)


def test_a_value_not_reported_is_a_gap_and_not_a_zero():
    root = drawn(chart(40, 50, None, 50, 40, targets=()))
    paths = [p.get("d") for p in root.iter(f"{{{SVG}}}path") if p.get("stroke-width") == "2"]
    assert [path.count("M") for path in paths] == [2]
    assert "0%" in words(root), "the axis begins at nought"
    assert words(root).count("0%") == 1


def test_lines_differ_in_more_than_colour():
    asked = chart(41, 56, 60, comparators=(line(60, 61, 62, name="Scotland"),), centre=Decimal(50))
    root = drawn(asked)
    dashes = [p.get("stroke-dasharray") for p in root.iter() if p.get("stroke-dasharray")]
    assert len(dashes) == len(set(dashes)) == 3
    said = " ".join(words(root))
    for label in ("Target 80%", "Median 50%", "Scotland", "Dunbartonshire"):
        assert label in said


def test_a_provisional_figure_has_a_hollow_mark_and_words_for_it():
    point = ChartPoint("2017-18", Decimal(60), provisional=True)
    asked = chart(41, 56)
    asked = replace(asked, line=replace(asked.line, points=(*asked.line.points, point)))
    assert "Hollow mark: provisional" in words(drawn(asked))
    fills = [mark.get("fill") for mark in drawn(asked).iter(f"{{{SVG}}}use") if mark.get("x")]
    assert fills.count("#ffffff") == 1
    assert "Hollow mark: provisional" not in words(drawn(chart(41, 56)))


def test_a_percentage_is_drawn_from_0_to_100():
    said = words(drawn(chart(41, 56)))
    assert "0%" in said and "100%" in said


def test_another_unit_is_named_and_numbers_are_grouped():
    said = words(drawn(chart(1200, 3400, unit="hours", targets=())))
    assert "hours" in said
    assert "3,400" in said


def test_names_are_never_read_as_formulas():
    root = drawn(chart(41, 56, line=line(41, 56, name="$x^2$ \\frac")))
    assert "$x^2$ \\frac" in " ".join(words(root))


def test_labels_at_the_right_do_not_cover_each_other():
    names = ("Scotland", "Fife", "Angus", "Moray")
    asked = chart(50, 51, comparators=tuple(line(50, 51, name=n) for n in names))
    places = {
        t.text: float(t.get("y")) for t in drawn(asked).iter(f"{{{SVG}}}text") if t.text in names
    }
    heights = sorted(places.values())
    assert len(heights) == 4
    assert all(b - a >= 8 for a, b in pairwise(heights))


@pytest.mark.parametrize(
    "asked",
    [
        chart(),
        chart(None),
        chart(None, None),
        chart(0),
        chart(-5, 5, unit="points"),
        chart(140, 20),
        chart(*[50] * 120),
        chart(41, 56, line=line(41, 56, name="x" * 5000 + " 😀 שלום 漢字 \x07")),
        chart(41, unit="per " + "x" * 500),
    ],
    ids=["none", "no value", "no values", "nought", "minus", "over", "many", "name", "unit"],
)
def test_odd_series_are_drawn(asked):
    drawing = Drawing(asked)
    assert etree.fromstring(drawing.svg) is not None
    with Image.open(io.BytesIO(drawing.png)) as image:
        assert image.info["dpi"][0] == pytest.approx(150, abs=1)
        assert image.width > image.height
