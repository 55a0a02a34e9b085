import re
from itertools import pairwise

from governance.render import page
from tests.governance import samples


def test_the_fragment_begins_below_the_heading_of_its_page():
    html = page.render(samples.ordinary())
    levels = [int(level) for level in re.findall(r"<h(\d)", html)]
    assert 1 not in levels
    assert all(b - a <= 1 for a, b in pairwise(levels))
    assert levels[0] == 2


def test_the_fragment_stands_under_a_strict_policy():
    html = page.render(samples.ordinary())
    assert " style=" not in html
    assert "<style" not in html and "<script" not in html
    assert not re.findall(r"\son\w+=", html)


def test_ids_are_unique_and_every_link_leads_somewhere():
    html = page.render(samples.ordinary())
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', html)) <= set(ids)
    for names in re.findall(r'aria-labelledby="([^"]+)"', html):
        assert set(names.split()) <= set(ids)


def test_the_document_needs_nothing_else(files):
    html = files["html"].decode()
    assert html.startswith("<!DOCTYPE html>")
    assert '<html lang="en-GB">' in html
    assert f"<title>{samples.ordinary().title}</title>" in html
    assert "<script" not in html and "src=" not in html and "@import" not in html
    assert set(re.findall(r'https?://[^"\s<]+', html)) == {
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1999/xlink",
    }


def test_every_table_has_a_caption_and_scoped_headers():
    html = page.render(samples.ordinary())
    tables = re.findall(r"<table.*?</table>", html, re.S)
    assert tables
    for table in tables:
        assert "<caption" in table
        assert all("scope=" in head for head in re.findall(r"<th\b[^>]*>", table))
