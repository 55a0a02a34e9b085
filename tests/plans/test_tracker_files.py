"""The tracker workbook as a file: written, opened by others, and read again. No database."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from management.sheets import excel
from management.sheets.content import STAMP
from management.uploads import BadFile, check_excel
from plans.plan_file.content import Line, Moved, PlanFile, Proof
from plans.statuses import Status, reportable_from
from plans.tracker import reading
from plans.tracker.columns import NOT_READ, Name
from plans.tracker.merging import text_value
from plans.tracker.stamp import Packer, unpacked
from plans.tracker.writing import MOST, write
from plans.words import Line as Meaning
from tests.plans.test_tracker_merging import NAMES, POSTS, line
from tests.plans.trackers_built import filled, letter

MADE = datetime(2020, 1, 15, 9, 30, tzinfo=UTC)
AWKWARD = (
    *("=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x")', "<b>&amp;</b>", "_x0041_"),
    *("<r><t>x</t></r>", '<r></t></is></c><c t="str"><f>1+1</f></r>', "a\tb", "é 😀 שלום", "1/2"),
)
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40) | st.sampled_from(AWKWARD)


def content(*lines: Line, **facts: Any) -> PlanFile:
    told: dict[str, Any] = {
        "title": "Plan & more",
        "area": "Ardmore",
        "slug": "ardmore",
        "partnership": "HSCP",
        "made_at": MADE,
        "shown": len(lines),
        "total": len(lines),
        "lines": lines,
        "key": 4,
        "names": NAMES,
        "posts": POSTS,
        "illustrative": "The figures are invented.",
        "meanings": (Meaning("Green", "green", "In progress: on track"),),
    }
    return PlanFile(**told | facts)


def written(*lines: Line, **facts: Any) -> bytes:
    out = io.BytesIO()
    write(out, content(*lines, **facts), lambda text: text)
    return out.getvalue()


def three() -> list[Line]:
    return [line(key=key, reference=f"A{key}", text=f"Do thing {key}") for key in (1, 2, 3)]


def read(data: bytes, lines: list[Line]) -> reading.Sent:
    packer = Packer(content())
    for one in lines:
        packer.add(one)
    check_excel(data)
    return reading.read(excel.read(data, "tracker.xlsx"), unpacked(packer.text()))


def test_other_programs_find_text_dates_lists_and_notes() -> None:
    moved = Moved(date(2020, 1, 6), None, date(2020, 6, 30), "The partner", "Somebody")
    full = line(
        text="<r>=1+1</r>",
        moves=(moved,),
        evidence=(Proof(date(2020, 1, 6), "Minutes", "https://example.org/x"),),
        update="Half done",
        update_on=date(2020, 1, 6),
        update_by="Manager",
    )
    data = written(full, line(key=8, reference="A2", due=date(1890, 1, 1), percent=None))
    check_excel(data)
    book = load_workbook(io.BytesIO(data))
    assert {s.title: s.sheet_state for s in book} == {
        "Actions": "visible",
        "How to use": "visible",
        "Lists": "hidden",
        STAMP: "veryHidden",
    }
    sheet = book["Actions"]
    assert not [c for s in book for row in s.iter_rows() for c in row if c.data_type == "f"]
    heads = {cell.value.replace(f"\n{NOT_READ}", ""): cell for cell in sheet[1]}
    cells = {name: sheet.cell(2, cell.column) for name, cell in heads.items()}
    assert cells["Action"].value == "<r>=1+1</r>"
    assert cells["Due"].value == datetime(2020, 3, 31)  # noqa: DTZ001  (Excel knows no zones)
    assert cells["Due"].number_format == "d mmm yyyy"
    assert cells["% done"].value == 50
    assert cells["Latest update"].value == "6 January 2020, Manager: Half done"
    assert cells["Evidence held"].value == "Minutes (https://example.org/x)"
    assert cells["Dates moved"].value == "no date to 30 June 2020: The partner"
    assert [cells[n].value for n in ("New update", "New evidence", "New due date")] == [None] * 3
    assert sheet["G3"].value == "1 January 1890"  # before Excel's own days
    assert NOT_READ in sheet["A1"].value
    assert NOT_READ not in heads["Status"].value
    assert all(cell.comment and cell.comment.text for cell in sheet[1])
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("B2", "A1:U3")
    assert all(sheet.column_dimensions[letter(name)].hidden for name in ("key", "from"))
    rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
    assert {"H2:H3", "D2:D3", "I2:I3", "M2:M3"} == set(rules)
    assert rules["D2:D3"].formula1 == f"Lists!$A$1:$A${len(POSTS)}"
    assert rules["H2:H3"].formula1 == f"INDIRECT(${letter('from')}2)"
    about = {row[0].value: row[1].value for row in book["How to use"].iter_rows(min_row=3)}
    assert about["What is invented"] == "The figures are invented."
    assert about["Key: Green (green)"] == "In progress: on track"


@pytest.mark.parametrize("status", list(Status))
def test_each_row_offers_the_statuses_that_it_may_have_next(status: Status) -> None:
    book = load_workbook(io.BytesIO(written(line(status=status, shown=NAMES[status][0]))))
    place = book.defined_names[book["Actions"][f"{letter('from')}2"].value].attr_text
    offered = [cell.value for (cell,) in book["Lists"][place.partition("!")[2]]]
    following = reportable_from(status) or [status]  # what is closed stays as it is
    assert offered == [name for one in following for name in NAMES[one]]
    assert NAMES[status][0] in offered


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(ANY_TEXT, ANY_TEXT)
def test_whatever_a_text_says_it_comes_back_as_it_went_out(text: str, expected: str) -> None:
    one = line(text=text, evidence_expected=expected)
    (told,) = read(written(one), [one]).told
    assert told.cells[Name.TEXT].text.strip() == text_value(text)
    assert told.cells[Name.EXPECTED].text.strip() == text_value(expected)


def test_rows_are_known_again_in_any_order_and_by_others_programs() -> None:
    lines = three()
    data = written(*lines)
    book = load_workbook(io.BytesIO(data))
    sheet = book["Actions"]
    sheet.insert_cols(2)
    sheet["B1"] = "Our own column"
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    for number, values in enumerate(reversed(rows), 2):
        for column, value in enumerate(values, 1):
            sheet.cell(number, column).value = value
    sheet["L2"] = "Said by another program"
    out = io.BytesIO()
    book.save(out)
    sent = read(out.getvalue(), lines)
    assert [told.base.reference for told in sent.told] == ["A3", "A2", "A1"]
    assert sent.told[0].text(Name.UPDATE) == "Said by another program"
    assert sent.told[0].cells[Name.UPDATE].place == "sheet “Actions”, cell L2"
    assert (sent.problems, sent.gone) == ((), ())
    # Without the hidden column, by the reference.
    sheet.delete_cols(21)
    book.save(out := io.BytesIO())
    assert [told.base.key for told in read(out.getvalue(), lines).told] == [3, 2, 1]


@pytest.mark.parametrize(
    ("rows", "told", "sentences"),
    [
        ([{"reference": "A3"}], ["A2", "A3"], ["cell A2: the reference was “A1” and is “A3” now"]),
        (
            [{}, {"reference": "B1", "key": 1}],
            ["A1", "A3"],
            ["cell A3: the reference was “A1” and is “B1” now"],
        ),
        ([{"reference": "B1", "key": None}], ["A2", "A3"], ["cell A2: “B1” is not among"]),
        ([{"reference": None, "key": None}], ["A2", "A3"], ["row 2: the row has no reference"]),
        ([{}, {"reference": "A1", "key": 1, "text": "Do thing 1"}], ["A1", "A3"], []),
        (
            [{}, {"reference": "A1", "key": 1}],
            ["A3"],
            ["row 3: action A1 has 2 rows that do not say the same, the first in row 2"],
        ),
    ],
)
def test_rows_that_are_no_action_s_own_are_said_and_not_taken(
    rows: list[dict[str, Any]], told: list[str], sentences: list[str]
) -> None:
    sent = read(filled(written(*three()), *rows), three())
    assert [one.base.reference for one in sent.told] == told
    assert len(sent.problems) == len(sentences)
    for problem, sentence in zip(sent.problems, sentences, strict=True):
        assert f"Sheet “Actions”, {sentence}" in str(problem)


def test_a_row_whose_reference_was_typed_over_is_read_by_its_key() -> None:
    for typed, now in (("B1", "is “B1” now"), ("", "is empty now")):
        data = filled(written(*three()), {"reference": typed, "update": "Begun"})
        sent = read(data, three())
        (first,) = [told for told in sent.told if told.base.reference == "A1"]
        assert (first.text(Name.UPDATE), len(sent.told), sent.gone) == ("Begun", 3, ())
        (problem,) = sent.problems
        assert f"the reference was “A1” and {now}. References are not changed" in str(problem)
        assert str(problem).endswith("The rest of the row is read, by its Throughline key.")


def test_a_row_with_another_action_s_reference_is_told_once() -> None:
    sent = read(filled(written(*three()), {"reference": "A3"}), three())
    assert str(sent.problems[0]).endswith("so nothing of the row is taken.")
    assert sent.gone == ()


def test_rows_that_were_taken_out_are_named() -> None:
    lines = three()
    sent = read(written(lines[1]), lines)
    assert sent.gone == ("A1", "A3")
    assert sent.problems == ()


def test_headings_must_be_there_and_once() -> None:
    lines = three()
    data = written(*lines)
    (problem,) = read(filled(data, {"status": "State"}, below=0), lines).problems
    assert str(problem).startswith("Sheet “Actions”: There is no column “Status”")
    with pytest.raises(BadFile, match="two columns are called “Lead”"):
        read(filled(data, {"status": "lead"}, below=0), lines)
    with pytest.raises(BadFile, match="No sheet has the headings of the tracker"):
        read(filled(data, {"reference": "Ref", "key": "Key"}, below=0), lines)


def test_a_list_of_several_plans_asks_for_nothing_and_has_no_stamp() -> None:
    data = written(line(plan="First plan"), key=None)
    book = load_workbook(io.BytesIO(data))
    assert book.sheetnames == ["Actions", "How to use"]
    heads = [cell.value for cell in book["Actions"][1]]
    assert heads[:3] == ["Reference", "Plan", "Quality indicator"]
    assert not {"New update", "Throughline key"} & set(heads)
    assert book["Actions"]["B2"].value == "First plan"


def test_a_workbook_that_cannot_be_read_in_one_piece_says_so() -> None:
    book = load_workbook(io.BytesIO(written(line(), shown=MOST + 1, total=MOST + 1)))
    about = [row[0].value for row in book["How to use"].iter_rows()]
    assert "In parts" in about
    assert "In parts" not in [
        row[0].value for row in load_workbook(io.BytesIO(written(line())))["How to use"].iter_rows()
    ]


def test_an_area_s_bands_stand_beside_the_status() -> None:
    late = replace(line(), stands="Past its date")
    book = load_workbook(io.BytesIO(written(late, banded=True)))
    heads = [str(cell.value).partition("\n")[0] for cell in book["Actions"][1]]
    assert book["Actions"].cell(2, heads.index("Stands as") + 1).value == "Past its date"
