import io
from datetime import UTC, datetime

from docx import Document
from docx.oxml.ns import qn
from lxml import etree

from governance.render.blocks import Heading
from governance.render.outline import outline, settled
from tests.governance import samples
from tests.governance.reading import docx_part


def test_word_uses_heading_styles_in_order(files):
    paragraphs = Document(io.BytesIO(files["docx"])).paragraphs
    levels = [int(p.style.name[-1]) for p in paragraphs if p.style.name.startswith("Heading")]
    blocks = outline(settled(samples.ordinary())).blocks
    assert levels == [b.level for b in blocks if isinstance(b, Heading)]
    assert [p.style.name for p in paragraphs].count("Title") == 1


def test_word_tables_repeat_their_header_and_keep_rows_whole(files):
    body = docx_part(files["docx"], "word/document.xml")
    tables = list(body.iter(qn("w:tbl")))
    assert tables
    for table in tables:
        rows = table.findall(qn("w:tr"))
        assert rows[0].find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None
        assert all(row.find(f"{qn('w:trPr')}/{qn('w:cantSplit')}") is not None for row in rows)
        grid = [int(c.get(qn("w:w"))) for c in table.iter(qn("w:gridCol"))]
        widths = [int(w.get(qn("w:w"))) for w in rows[0].iter(qn("w:tcW"))]
        assert grid == widths


def test_word_charts_have_alternative_texts(files):
    body = docx_part(files["docx"], "word/document.xml")
    described = [e.get("descr") for e in body.iter(qn("wp:docPr"))]
    assert described == [kpi.description for kpi in samples.ordinary().kpis]


def test_word_is_british_and_titled(files):
    styles = docx_part(files["docx"], "word/styles.xml")
    languages = {e.get(qn("w:val")) for e in styles.iter(qn("w:lang"))}
    assert languages == {"en-GB"}
    properties = Document(io.BytesIO(files["docx"])).core_properties
    assert properties.title == samples.ordinary().title
    assert properties.language == "en-GB"
    assert properties.modified == properties.created == datetime(2020, 1, 6, 9, 30, tzinfo=UTC)


def test_word_turns_the_pages_of_the_appendix_and_counts_pages(files):
    document = Document(io.BytesIO(files["docx"]))
    first, last = document.sections
    assert first.page_width < first.page_height
    assert last.page_width > last.page_height
    footer = etree.tostring(docx_part(files["docx"], "word/footer1.xml")).decode()
    assert " PAGE " in footer and " NUMPAGES " in footer


def test_word_links_lead_to_bookmarks(files):
    body = docx_part(files["docx"], "word/document.xml")
    links = {e.get(qn("w:anchor")) for e in body.iter(qn("w:hyperlink"))}
    marks = [e.get(qn("w:name")) for e in body.iter(qn("w:bookmarkStart"))]
    assert links <= set(marks)
    assert len(marks) == len(set(marks))
