import dataclasses
import io
import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance import wording
from governance.content import Reconciliation, clean, fingerprint, freeze, thaw
from governance.render import page, render_all
from tests.governance import samples
from tests.governance.reading import docx_text, html_text, pdf_text, squeezed

# Frozen by the code that wrote packs of each earlier schema.
FIRST_SCHEMA = Path(__file__).with_name("pack_of_schema_1.json")
SECOND_SCHEMA = Path(__file__).with_name("pack_of_schema_2.json")
THIRD_SCHEMA = Path(__file__).with_name("pack_of_schema_3.json")
EARLIER = {
    FIRST_SCHEMA: "c6148a229dde692f022bc0c52fd4b158ce19766e2ff3c2d775d43e378afdefa5",
    SECOND_SCHEMA: "031ffcac7f6d43baf000b174c867318acc5a56758683e57a3416827a8fae43bb",
    THIRD_SCHEMA: "aa5546666e12923d9cde7119127448fb5fd61365060cb07c469d4268d7760087",
}
PACKS = [samples.ordinary(), samples.empty(), samples.big(3, 2, 30)]


@pytest.mark.parametrize("content", PACKS)
def test_thawing_what_was_frozen_gives_the_same_content(content):
    assert thaw(freeze(content)) == content


def test_the_frozen_text_is_canonical():
    text = freeze(samples.ordinary())
    loaded = json.loads(text)
    assert text == json.dumps(
        loaded, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    assert all(key.isascii() for key in loaded)


def test_decimals_and_dates_are_strings():
    loaded = json.loads(freeze(samples.ordinary()))
    assert loaded["period_end"] == "2019-12-31"
    assert isinstance(loaded["kpis"][0]["points"][0]["value"], str)


def test_a_decimal_keeps_its_zeros():
    point = dataclasses.replace(samples.kpi(1).points[0], value=Decimal("40.00"))
    kpi = dataclasses.replace(samples.kpi(1), points=(point,))
    content = dataclasses.replace(samples.ordinary(), kpis=(kpi,))
    assert str(thaw(freeze(content)).kpis[0].points[0].value) == "40.00"


def test_floats_are_refused():
    with pytest.raises(TypeError, match="float"):
        freeze(dataclasses.replace(samples.ordinary(), edition=1.0))


@pytest.mark.parametrize(
    "change",
    [
        {"edition": "1"},
        {"title": 1},
        {"actions": [{"reference": "A1"}]},
        {"period_end": "yesterday"},
        {"unknown": ""},
    ],
)
def test_other_documents_are_refused(change):
    loaded = json.loads(freeze(samples.ordinary()))
    with pytest.raises(ValueError):
        thaw(json.dumps({**loaded, **change}))


def test_a_missing_field_is_refused():
    loaded = json.loads(freeze(samples.ordinary()))
    del loaded["title"]
    with pytest.raises(ValueError, match="title"):
        thaw(json.dumps(loaded))


def test_a_pack_of_before_is_read_without_what_was_not_told_then():
    content = samples.ordinary()
    before = json.loads(freeze(content))
    for line in before["coverage"]:
        for later in ("state", "obliges", "gone", "needed", "source"):
            del line[later]
    read = thaw(json.dumps(before))
    assert [c.reference for c in read.coverage] == [c.reference for c in content.coverage]
    assert {c.state for c in read.coverage} == {""}
    assert wording.coverage_lead(read) == [
        "Key messages: 2 of 3 have an action. Without an action: KM3.",
        "Areas for improvement: 2 of 3 have an action. Without an action: AFI 1.1.",
        "Elements rated low: 1 of 1 has an action.",
    ]
    assert "AFI 1.1" in page.render(read)


@pytest.mark.parametrize(("file", "mark"), EARLIER.items())
def test_a_pack_of_an_earlier_schema_keeps_its_text_and_its_fingerprint(file, mark):
    text = file.read_text(encoding="utf-8").strip()
    read = thaw(text)
    assert freeze(read) == text
    assert fingerprint(freeze(read)) == mark
    assert f"Content {mark[:12]}" in page.render(read)


def test_what_an_older_pack_did_not_tell_is_not_told_of_it():
    read = thaw(FIRST_SCHEMA.read_text(encoding="utf-8"))
    assert not read.tells_changes
    files = render_all(read)
    book = openpyxl.load_workbook(io.BytesIO(files["xlsx"]))
    assert "Changes" not in book.sheetnames
    cells = [str(c.value) for sheet in book for row in sheet.iter_rows() for c in row]
    said = [pdf_text(files["pdf"]), docx_text(files["docx"]), html_text(files["html"].decode())]
    for text in (*said, " ".join(cells)):
        assert squeezed("Theplanheld3actions") in squeezed(text)
        assert squeezed("The count reconciles: 2 + 1 − 1 − 0 = 2.") in squeezed(text)
        for unsaid in ("Nothing in the plan was changed", "Superseded in the period:"):
            assert squeezed(unsaid) not in squeezed(text)


def test_a_pack_of_the_second_schema_says_nothing_of_actions_that_were_reopened():
    read = thaw(SECOND_SCHEMA.read_text(encoding="utf-8"))
    assert read.tells_changes and not read.tells_reopened
    text = html_text(page.render(read))
    assert "The count reconciles: 2 + 1 − 1 − 0 − 0 = 2." in text
    assert "Superseded in the period" in text and "Reopened" not in text


def test_a_pack_of_the_third_schema_says_nothing_of_what_moved_a_kpi():
    read = thaw(THIRD_SCHEMA.read_text(encoding="utf-8"))
    assert read.tells_reopened and not read.tells_limits
    text = html_text(page.render(read))
    assert "Where finished actions and figures disagree" in text
    assert "1 finished action has a figure below target." in text
    assert "Reopened" in text
    for unsaid in ("Did it work?", "Completed:", "Special cause"):
        assert unsaid not in text


def test_another_word_gives_another_fingerprint():
    one = freeze(samples.ordinary())
    other = freeze(dataclasses.replace(samples.ordinary(), title="Another"))
    assert fingerprint(one) != fingerprint(other)
    assert len(fingerprint(one)) == 64


@given(st.text(st.characters()))
def test_any_text_survives_freezing_once_cleaned(text):
    content = dataclasses.replace(samples.empty(), title=text, purpose=(text, ""))
    thawed = thaw(freeze(content))
    assert thawed.title == clean(text)
    assert thaw(freeze(thawed)) == thawed
    assert freeze(thawed) == freeze(content)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4), st.datetimes())
def test_any_figure_and_time_survives(value, when: datetime):
    point = dataclasses.replace(samples.kpi(1).points[0], value=value)
    kpi = dataclasses.replace(samples.kpi(1), points=(point,))
    content = dataclasses.replace(samples.empty(), kpis=(kpi,), data_as_at=when)
    assert thaw(freeze(content)) == content


@given(st.text(st.characters()))
def test_cleaning_twice_changes_nothing_more(text):
    assert clean(clean(text)) == clean(text)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("a\r\nb\rc", "a\nb\nc"),
        ("pay\u202edekcehc", "paydekcehc"),
        ("bell\x07 null\x00", "bell null"),
        ("lone\ud800 end\ufffe", "lone end"),
        ("tab\tstays", "tab\tstays"),
        ("e\u0301", "é"),
        ("שלום 😀", "שלום 😀"),
    ],
)
def test_what_no_format_can_show_is_dropped(text, cleaned):
    assert clean(text) == cleaned


def test_a_count_that_does_not_come_out_says_by_how_much():
    assert Reconciliation(10, 2, 3, 1, 8).difference == 0
    assert Reconciliation(10, 2, 3, 1, 7).difference == 1
