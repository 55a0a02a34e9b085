"""The plain text of messages, read from their HTML."""

import pytest
from django.utils.html import escape
from hypothesis import given
from hypothesis import strategies as st

from management import plain

PAGE = """<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>Ours</title></head>
<body><h1>Two
  things</h1><p>Hello,</p>{}</body></html>"""


def test_paragraphs_headings_lists_and_links_have_a_plain_form():
    assert plain.read(
        PAGE.format(
            "<p>Look at <strong>this</strong>:</p><h2>First</h2>"
            '<ul><li>One<br>and more</li><li>See <a href="https://x.example/a?b=1&amp;c">A</a></li>'
            "</ul><p>The end.</p>"
        )
    ) == (
        "Two things",
        "Hello,\n\nLook at this:\n\nFirst\n- One\n  and more\n- See A: https://x.example/a?b=1&c\n"
        "\nThe end.\n",
    )


@pytest.mark.parametrize("tag", ["table", "script", "img"])
def test_what_has_no_plain_form_is_refused_while_a_template_is_written(tag):
    with pytest.raises(ValueError, match=f"<{tag}> has no form in plain text"):
        plain.read(PAGE.format(f"<{tag}>"))


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00")))
def test_whatever_people_write_is_read_on_one_line_as_it_was_written(typed):
    subject, text = plain.read(PAGE.format(f"<p>It says {escape(typed)}.</p>"))
    assert subject == "Two things"
    assert text == f"Hello,\n\n{' '.join(f'It says {typed}.'.split())}\n"
