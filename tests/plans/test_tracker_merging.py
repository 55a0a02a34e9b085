"""A cell of the tracker that went out, as it stands here, and as it came back. No database."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from management.cells import CELL
from management.sheets.content import Cell
from plans.plan_file.content import Line, PlanFile
from plans.statuses import Status
from plans.tracker.columns import Name
from plans.tracker.merging import Field, Outcome, cut, names_value, outcome, values_of
from plans.tracker.proposals import Change, Proposal, Said, proposed
from plans.tracker.reading import Told
from plans.tracker.stamp import Base, Packer, pieces, unpacked
from plans.tracker.understanding import Vocabulary, meaning

NAMES = {status.value: [status.label] for status in Status}
NAMES |= {"on_track": ["Green", "On target"], "at_risk": ["Amber"]}
POSTS = ("Service Manager", "Unpaid Work Manager", "Lead (Police Scotland)")
WORDS = Vocabulary(NAMES, POSTS)
VALUE = st.sampled_from(["", "a", "b", "c"])
PLACE = "sheet “Actions”, cell H2"


def line(**facts: Any) -> Line:
    told: dict[str, Any] = {
        "key": 7,
        "version": 3,
        "plan": "Plan",
        "reference": "A1",
        "indicator_code": "5.2",
        "indicator": "Delivery",
        "text": "Do it",
        "lead": POSTS[0],
        "supporting": (),
        "key_messages": (),
        "recommendations": (),
        "findings": (),
        "kpis": (),
        "responsible": "",
        "timescale": "",
        "added_on": date(2019, 9, 17),
        "original_due": date(2020, 3, 31),
        "due": date(2020, 3, 31),
        "moves": (),
        "status": "on_track",
        "label": "In progress: on track",
        "word": "",
        "shown": "Green",
        "stands": "",
        "colour": "",
        "percent": 50,
        "is_open": True,
        "days_overdue": 0,
        "update": "",
        "update_on": None,
        "update_by": "",
        "evidence_expected": "Figures",
        "evidence": (),
        "superseded_by": "",
        "illustrative": False,
    }
    return Line(**told | facts)


def base_of(one: Line) -> Base:
    return Base(one.key, one.version, one.reference, one.shown, values_of(one, NAMES))


def told(base: Base, **cells: Any) -> Told:
    """A row that says what went out, but for these cells."""
    there = {
        Name.TEXT: base.values[Field.TEXT],
        Name.LEAD: base.values[Field.LEAD],
        Name.SUPPORTING: base.values[Field.SUPPORTING],
        Name.STATUS: base.shown,
        Name.PERCENT: base.values[Field.PERCENT],
        Name.EXPECTED: base.values[Field.EXPECTED],
        **dict.fromkeys((Name.UPDATE, Name.EVIDENCE, Name.NEW_DUE, Name.WHY), ""),
    } | {Name(name): cell for name, cell in cells.items()}
    drawn = {n: c if isinstance(c, Cell) else Cell(c, PLACE) for n, c in there.items()}
    return Told(base, "sheet “Actions”, row 2", drawn)


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "came"),
    [
        ("a", "a", "a", Outcome.UNCHANGED),
        ("a", "b", "a", Outcome.UNCHANGED),
        ("a", "a", "b", Outcome.CHANGED),
        ("a", "b", "b", Outcome.SAME),
        ("a", "b", "c", Outcome.CONFLICT),
        ("", "", "b", Outcome.CHANGED),
        ("a", "", "b", Outcome.CONFLICT),
        ("a", "b", "", Outcome.CONFLICT),
    ],
)
def test_what_became_of_a_cell(base: str, ours: str, theirs: str, came: Outcome) -> None:
    assert outcome(base, ours, theirs) == came


def stands_after(base: str, ours: str, theirs: str, *, take: bool) -> str:
    """The cell after the file was taken in; `take` theirs where both were changed."""
    came = outcome(base, ours, theirs)
    asks = came in {Outcome.CHANGED, Outcome.CONFLICT}
    change = Change(Field.TEXT, PLACE, base, ours, theirs, came)
    proposal = Proposal(7, 3, "A1", "", PLACE, {}, (change,) if asks else ())
    return proposal.wanted({Field.TEXT} if take else ()).get(Field.TEXT, ours)


@given(VALUE, VALUE, VALUE, st.booleans())
def test_no_change_is_lost_and_both_sides_are_treated_alike(
    base: str, ours: str, theirs: str, take: bool
) -> None:
    came, mirrored = outcome(base, ours, theirs), outcome(base, theirs, ours)
    for even in (Outcome.CONFLICT, Outcome.SAME):
        # An even outcome does not depend on who is who; “same” is unchanged where nobody changed.
        assert (came == even) == (mirrored == even)
    assert (came == Outcome.CHANGED) == (ours == base != theirs)
    after = stands_after(base, ours, theirs, take=take)
    if ours == base:
        assert after == theirs
    elif theirs in {base, ours}:
        assert after == ours
    else:
        assert after == (theirs if take else ours)


@given(VALUE, VALUE, VALUE)
def test_what_was_taken_is_not_asked_for_again(base: str, ours: str, theirs: str) -> None:
    after = stands_after(base, ours, theirs, take=True)
    assert outcome(base, after, theirs) in {Outcome.SAME, Outcome.UNCHANGED}  # the same file again
    assert outcome(after, after, after) == Outcome.UNCHANGED  # a new one, sent out since


def test_a_space_and_the_order_of_posts_are_no_change() -> None:
    one = line(supporting=(POSTS[2], POSTS[1]), text="Do it\nwell")
    other = told(
        base_of(one),
        supporting=f"{POSTS[1]}  ;\n{POSTS[2]}",
        text="Do it\r\nwell  ",
        status="green",
    )
    meant = meaning(other, WORDS)
    assert (meant.values, meant.problems) == (base_of(one).values, ())
    assert names_value(("b ", "a", " b")) == "a; b"


@pytest.mark.parametrize(
    ("cells", "field", "value"),
    [
        ({"status": "Amber"}, Field.STATUS, "at_risk"),
        ({"status": "on target"}, Field.STATUS, "on_track On target"),
        ({"status": "In progress: on track"}, Field.STATUS, "on_track Green"),
        ({"status": "Done, awaiting verification"}, Field.STATUS, "done"),
        ({"percent": "75"}, Field.PERCENT, "75"),
        ({"percent": "75 %"}, Field.PERCENT, "75"),
        ({"percent": ""}, Field.PERCENT, ""),
        ({"new_due": "30/06/2020"}, Field.DUE, "2020-06-30"),
        ({"new_due": "30 June 2020"}, Field.DUE, "2020-06-30"),
        ({"new_due": Cell("30 Jun", PLACE, date(2020, 6, 30))}, Field.DUE, "2020-06-30"),
        ({"lead": "unpaid work  manager"}, Field.LEAD, POSTS[1]),
        ({"supporting": f"{POSTS[1]}; {POSTS[0]}"}, Field.SUPPORTING, POSTS[1]),
        ({"evidence_expected": " "}, Field.EXPECTED, ""),
    ],
)
def test_a_cell_is_understood_however_it_is_written(
    cells: dict[str, Any], field: Field, value: str
) -> None:
    meant = meaning(told(base_of(line()), **cells), WORDS)
    assert meant.problems == ()
    assert meant.values == base_of(line()).values | {field: value}


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ({"status": "Purple"}, "“Purple” is no status here. Choose one of: “Not started”, “Green”"),
        ({"status": ""}, "the status is empty"),
        ({"percent": "half"}, "“half” is no whole number"),
        ({"percent": "101"}, "“101” is no whole number"),
        ({"percent": "0.555"}, "“0.555” is no whole number"),
        ({"new_due": "June 2020"}, "“June 2020” is no day"),
        ({"new_due": "31/06/2020"}, "“31/06/2020” is no day"),
        ({"lead": "Nobody"}, "“Nobody”: the area has no such post"),
        ({"lead": ""}, "an action needs the one post"),
        ({"supporting": "Nobody; Service Manager"}, "“Nobody”: the area has no such post"),
        ({"text": ""}, "an action needs words"),
        ({"status": Cell("#REF!", PLACE, fault="it shows the error #REF!")}, "it shows the error"),
    ],
)
def test_what_is_not_understood_is_said_with_its_place_and_changes_nothing(
    cells: dict[str, Any], sentence: str
) -> None:
    meant = meaning(told(base_of(line()), **cells), WORDS)
    (problem,) = meant.problems
    assert str(problem).startswith("Sheet “Actions”, cell H2: ")
    assert sentence in str(problem)
    assert meant.values == base_of(line()).values


def test_a_row_is_proposed_cell_by_cell_beside_what_stands_here_now() -> None:
    base = base_of(line())
    row = told(base, status="Amber", percent="60", text="Do it better", update="Half done")
    now = line(version=5, percent=70, status="at_risk", shown="Amber")
    proposal, problems = proposed(row, meaning(row, WORDS), now, NAMES, Said())
    assert problems == []
    assert [(c.field, c.outcome) for c in proposal.changes] == [
        (Field.TEXT, Outcome.CHANGED),
        (Field.PERCENT, Outcome.CONFLICT),  # and the status is the same on both sides
    ]
    assert proposal.wanted(set()) == {Field.TEXT: "Do it better"}
    assert proposal.wanted({Field.PERCENT})[Field.PERCENT] == "60"
    assert (proposal.version, proposal.update) == (5, "Half done")


def test_what_was_said_since_is_not_said_again() -> None:
    row = told(base_of(line()), update="Half done", evidence="Minutes", new_due="30/06/2020")
    said = Said(frozenset({"Half done"}), frozenset({"Minutes"}), frozenset({date(2020, 6, 30)}))
    proposal, problems = proposed(row, meaning(row, WORDS), line(), NAMES, said)
    assert not proposal.asks
    assert problems == []
    row = told(base_of(line()), why="Longer")
    _, (problem,) = proposed(row, meaning(row, WORDS), line(), NAMES, Said())
    assert "a reason for a new date, but there is no date" in str(problem)


def test_a_text_that_was_cut_never_replaces_the_whole_one() -> None:
    long = line(text="word " * 8_000)
    assert cut(long.text)
    assert not cut("x" * CELL)
    row = told(base_of(long), text="Short")
    proposal, (problem,) = proposed(row, meaning(row, WORDS), long, NAMES, Said())
    assert not proposal.asks
    assert "does not fit into a cell" in str(problem)
    assert meaning(told(base_of(long)), WORDS).values == base_of(long).values


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@given(
    st.lists(
        st.builds(
            line,
            key=st.integers(1, 10**9),
            text=TEXT,
            evidence_expected=TEXT,
            supporting=st.lists(st.sampled_from(POSTS), max_size=3).map(tuple),
            due=st.none() | st.dates(),
            percent=st.none() | st.integers(0, 100),
        ),
        max_size=4,
        unique_by=lambda one: one.key,
    )
)
def test_the_stamp_remembers_what_went_out(lines: list[Line]) -> None:
    made = datetime(2020, 1, 15, 9, 30, tzinfo=UTC)
    content = PlanFile("Plan", "Area", "area", "HSCP", made, 1, 1, (), key=4, names=NAMES)
    packer = Packer(content)
    for one in lines:
        packer.add(one)
    stamp = unpacked(packer.text())
    assert (stamp.area, stamp.plan, stamp.made_at) == ("area", 4, made)
    assert stamp.rows == {one.key: base_of(one) for one in lines}
    for one in lines:
        # What went out and came back untouched is no change, whatever it says.
        meant = meaning(told(stamp.rows[one.key]), WORDS)
        if one.text.strip():
            assert not proposed(told(base_of(one)), meant, one, NAMES, Said())[0].asks
    assert all(len(piece) <= 30_000 for piece in pieces("x" * 70_000))


def test_words_that_change_here_are_no_change_of_the_row() -> None:
    base = base_of(line(status="at_risk", shown="Amber"))
    renamed = Vocabulary(NAMES | {"at_risk": ["Yellow"]}, POSTS)
    assert meaning(told(base), renamed).values == base.values
    now = replace(line(status="at_risk"), shown="Yellow")
    assert values_of(now, renamed.names)[Field.STATUS] == base.values[Field.STATUS]


@pytest.mark.parametrize(
    ("written", "meant"),
    [("0.4", "40"), (0.4, "40"), (0.07, "7"), ("1", "1"), ("0.455", None), (1.5, None)],
)
def test_a_share_of_one_is_so_many_per_cent(written: object, meant: str | None) -> None:
    text = str(written)
    value = Decimal(text) if isinstance(written, float) else None
    cell = Cell(text, PLACE, value)
    row = replace(told(base_of(line())), cells={Name.PERCENT: cell})
    found = meaning(row, WORDS)
    assert bool(found.problems) == (meant is None)
    assert meant is None or found.values[Field.PERCENT] == meant


def test_a_colour_is_understood_where_the_area_has_no_other_meaning_for_it() -> None:
    plain = Vocabulary({status.value: [status.label] for status in Status}, POSTS)
    assert [plain.status(word) for word in ("green", "Amber", "RED", "Finished")] == [
        *("on_track", "at_risk", "off_track", ""),
    ]
    own = Vocabulary(plain.names | {"not_started": ["Red"]}, POSTS)
    assert own.status("red") == "not_started"
