import dataclasses
import io

import pikepdf
import pytest

from governance import wording
from governance.content import fingerprint, freeze
from governance.render import page, pdf, word
from governance.render.blocks import RECENT, Chart, Heading, Table
from governance.render.outline import outline, settled
from tests.governance import samples
from tests.governance.reading import docx_text, pdf_furniture, pdf_runs, pdf_text, squeezed


def structure(data):
    """Every structure element of a PDF as (type, element)."""
    found = []

    def walk(node):
        if isinstance(node, pikepdf.Array):
            for child in node:
                walk(child)
        elif isinstance(node, pikepdf.Dictionary):
            if "/S" in node:
                found.append((str(node.S)[1:], node))
            if "/K" in node:
                walk(node.K)

    with pikepdf.open(io.BytesIO(data)) as document:
        walk(document.Root.StructTreeRoot)
        return [(kind, str(node.get("/Alt", ""))) for kind, node in found]


def test_the_pdf_is_tagged_british_and_shows_its_title(files):
    with pikepdf.open(io.BytesIO(files["pdf"])) as document:
        root = document.Root
        assert root.MarkInfo.Marked
        assert str(root.Lang) == "en-GB"
        assert root.ViewerPreferences.DisplayDocTitle
        metadata = root.Metadata.read_bytes().decode()
        with document.open_outline() as bookmarks:
            titles = [item.title for item in bookmarks.root]
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert samples.ordinary().title in metadata
    assert "2020-01-06T09:30:00" in metadata
    assert [t for t in titles if t[0].isdigit()][:4] == [
        "1. Purpose",
        "2. Recommendations",
        "3. Background",
        "4. Main Issues",
    ]


def test_the_pdf_has_real_headings_tables_and_alternative_texts(files):
    content = samples.ordinary()
    elements = structure(files["pdf"])
    kinds = [kind for kind, _ in elements]
    blocks = outline(settled(content)).blocks
    tables = [b for b in blocks if isinstance(b, Table)]
    assert kinds.count("Table") == kinds.count("Caption") == len(tables)
    # A heading between the rows is a header cell too.
    heads = sum(len(t.columns) + sum(r.group for r in t.rows) for t in tables)
    assert kinds.count("TH") == heads
    for level in (2, 3):
        expected = sum(isinstance(b, Heading) and b.level == level for b in blocks)
        assert kinds.count(f"H{level}") == expected
    assert [alt for kind, alt in elements if kind == "Figure"] == [
        kpi.description for kpi in content.kpis
    ]


def test_a_word_that_no_column_holds_is_broken_and_not_cut():
    action = dataclasses.replace(
        samples.action(1), text=samples.LONG_WORD, reference="R" * 60, lead="L" * 300
    )
    part = samples.WrittenPart("risk", "H" * 300, (samples.LONG_WORD,))
    content = dataclasses.replace(samples.ordinary(1, 0), actions=(action,), written=(part,))
    data = pdf.render(content)
    said = pdf_text(data)
    assert said.count(samples.LONG_WORD) >= 2
    assert "\u200b" not in said
    assert max(len(run) for run in pdf_runs(data)) < 130, "a line longer than the widest page"


def test_every_page_has_its_number_and_the_fingerprint(files):
    with pikepdf.open(io.BytesIO(files["pdf"])) as document:
        wide = [float(p.MediaBox[2]) > float(p.MediaBox[3]) for p in document.pages]
    assert wide == sorted(wide) and wide[-1] and not wide[0]
    footer = squeezed(outline(settled(samples.ordinary())).footer)
    assert fingerprint(freeze(samples.ordinary()))[:12] in footer
    for number, said in enumerate(pdf_furniture(files["pdf"]), 1):
        assert footer in squeezed(said)
        assert f"Page{number}of{len(wide)}" in squeezed(said)


def test_the_header_of_a_long_table_is_repeated(files):
    repeated = [said for said in pdf_furniture(files["pdf"]) if "Timescales and progress" in said]
    assert len(repeated) >= 2


def test_a_broken_word_is_copied_without_break_marks():
    assert pdf.breakable("short words stay") == "short words stay"
    assert "\u200b" in pdf.breakable("x" * 25)
    assert pdf.breakable("e\u0301" * 30).replace("\u200b", "") == "e\u0301" * 30
    assert "\u200b\u0301" not in pdf.breakable("e\u0301" * 30)
    assert "\u200b" not in pdf.breakable("م" * 30), "Arabic letters join"


def test_the_charts_of_a_pack_without_figures_are_left_out():
    kpi = dataclasses.replace(samples.kpi(1), points=(), comparators=(), reading="")
    content = dataclasses.replace(samples.ordinary(1, 0), kpis=(kpi,))
    blocks = outline(settled(content)).blocks
    assert not [b for b in blocks if isinstance(b, Chart)]
    assert wording.no_points(content) in docx_text(word.render(content))


def test_a_document_that_takes_too_long_is_given_up(monkeypatch):
    monkeypatch.setattr(pdf, "SECONDS", 0.01)
    with pytest.raises(pdf.PdfError, match=r"0\.01 seconds"):
        pdf.render(samples.empty())


def test_a_document_against_the_rules_of_pdf_ua_is_refused(monkeypatch, tmp_path):
    template = tmp_path / "pack.typ"
    template.write_text('#image("chart-0.svg")')  # no title, no alternative text
    monkeypatch.setattr(pdf, "TEMPLATE", template)
    with pytest.raises(pdf.PdfError, match="PDF/UA"):
        pdf.render(samples.ordinary(1, 1))


def test_a_long_series_gives_its_latest_figures_and_says_where_the_rest_is():
    content = samples.big(1, 1, 40)
    said = pdf_text(pdf.render(content))
    assert wording.latest(RECENT, 40) in said
    assert "April 2013" in said
    assert "January 2010" not in said
    assert "January 2010" in page.render(content)
