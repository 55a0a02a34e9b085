"""Which action each row of a file speaks of: for certain first, then by likeness."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans import matching
from plans.imports import Base, By, Place, Stands
from plans.matching import left_out_key, matched, place_of
from plans.sheets.content import Understood
from plans.sheets.fields import Field

F = Field
WORDS = [
    "staff",
    "people",
    "service",
    "report",
    "group",
    "plan",
    "court",
    "order",
    "review",
    "home",
    "support",
    "need",
]
TRAIN = "Train all staff in assessing the risk of serious harm"
OPEN = "Open a second site for unpaid work in the west"


def row(text, number=2, *, reference="", indicator="1.1", lead="Manager", due="March 2020"):
    raw = {F.ACTION: text, F.RESPONSIBLE: lead, F.TIMESCALE: due}
    raw |= {F.REFERENCE: reference} if reference else {}
    return Understood(
        place=f"table 1, row {number}",
        number=number,
        reference=reference,
        indicator=indicator,
        text=text,
        lead=lead,
        raw={field: said for field, said in raw.items() if said},
        row=tuple((str(field), said) for field, said in raw.items()),
    )


def stands(pk, of, *, reference="", brought=7, text=None):
    """The action that a row had made, perhaps put otherwise here since."""
    values = {"text": of.text if text is None else text, "indicator": of.indicator}
    base = Base({str(f): t for f, t in of.raw.items()}, [list(pair) for pair in of.row], {})
    where = place_of(brought, of.place)
    named = reference or of.reference or str(pk)
    return Stands(pk, named, values | {"lead": of.lead}, base=base, place=where)


def plan(*rows):
    return [stands(pk, of, reference=f"A{pk}") for pk, of in enumerate(rows, 1)]


def told(rows, there, new=()):
    """Of each row the key of its action, and by what it was found."""
    return [(m.stands.pk, m.by) if m else None for m in matched(rows, there, new)]


# --- for certain ----------------------------------------------------------------------------------


def test_a_reference_gives_way_to_words_that_are_another_actions_alone():
    there = [stands(1, row(TRAIN, reference="1")), stands(2, row(OPEN, 3, reference="2"))]
    (match,) = matched([row(OPEN, reference="1")], there)
    assert (match.stands.pk, match.by, match.reference) == (2, By.WORDS, "1")
    assert "those of action 2: its reference in the file, “1”, is another." in match.said
    there += [stands(3, row(OPEN, 4, reference="3"))]  # the words say no longer which is meant
    assert told([row(OPEN, reference="1")], there) == [(1, By.CERTAIN)]
    assert told([row(OPEN, reference="1"), row(OPEN, reference="2")], there[:2]) == [
        (1, By.CERTAIN),
        (2, By.CERTAIN),
    ]


def test_a_plan_that_is_numbered_anew_is_known_by_its_words():
    there = [stands(1, row(TRAIN, reference="1")), stands(2, row(OPEN, 3, reference="2"))]
    rows = [row("Find a trainer who is here", reference="1"), row(TRAIN + " now", 3, reference="2")]
    rows += [row(OPEN, 4, reference="3")]
    assert told(rows, there) == [(1, By.CERTAIN), (2, By.CERTAIN), None]
    there += [stands(3, row("Hold meetings", 4, reference="3"))]
    assert told(rows, there) == [None, (1, By.WORDS), (2, By.WORDS)]


def test_references_that_were_invented_here_decide_where_the_words_are_of_the_same_matter():
    there = plan(row(TRAIN), row(OPEN, 3))
    assert told([row("Find a house", reference="A1")], there) == [None]
    assert told([row("Find a trainer", reference="A1")], there) == [(1, By.CERTAIN)]
    assert told([row(TRAIN, 3, reference="A2")], there) == [(1, By.WORDS)]


def test_the_references_of_a_file_of_ours_decide_whatever_the_words():
    there = [stands(1, row(TRAIN, reference="1")), stands(2, row(OPEN, 3, reference="2"))]
    ours = row(OPEN, reference="1")
    ours = replace(ours, raw={**ours.raw, F.RESPONSIBLE_WORDS: ""})
    assert told([ours], there) == [(1, By.CERTAIN)]
    there = [
        stands(1, row(TRAIN, reference="1"), reference="2"),
        stands(2, row(OPEN), reference="1"),
    ]
    assert told([ours], there) == [(2, By.CERTAIN)]
    assert told([row("Train nobody", reference="1")], there) == [(1, By.CERTAIN)]


def test_a_reference_that_was_changed_here_is_still_that_of_the_file():
    there = [stands(1, row(TRAIN, reference="1"), reference="9.9")]
    assert told([row("Quite other words", 8, reference="1")], there) == [(1, By.CERTAIN)]


def test_references_that_the_file_did_not_have_before_make_no_new_actions():
    there = plan(row(TRAIN), row(OPEN, 3))
    rows = [row(TRAIN, reference="R1"), row(OPEN, 3, reference="R2")]
    assert told(rows, there) == [(1, By.CERTAIN), (2, By.CERTAIN)]


def test_a_row_with_another_reference_is_another_action_unless_it_is_word_for_word_there():
    there = [stands(1, row(TRAIN, reference="1"))]
    for reference in ("2", "01", "Action 1", "1.0"):
        assert told([row(TRAIN, reference=reference)], there) == [(1, By.WORDS)]
    assert told([row(TRAIN, reference="2")], there, new={0}) == [None]
    assert told([row(TRAIN, reference="2", indicator="5.2")], there[:0]) == [None]
    assert told([row(TRAIN + " again", reference="2")], there) == [None]
    assert told([row(TRAIN, reference="2"), row(TRAIN, reference="1")], there) == [
        None,
        (1, By.CERTAIN),
    ]


def test_of_two_with_the_same_words_the_one_under_the_same_indicator_is_meant():
    there = plan(row(TRAIN), row(TRAIN, 3, indicator="5.2"))
    later = row(TRAIN, 3, indicator="5.2", due="June 2020")
    assert told([later], there) == [(2, By.CERTAIN)]


# --- by likeness ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Train all staff in assessing the risk of any serious harm",
        "Train all staff in assessing the risk of harm",
        "Train all our staff in assessing the risk of serious harm",
        "TRAIN ALL STAFF – in assessing the risk of serious injury.",
    ],
    ids=["one word more", "one word less", "one word in the middle", "one word other"],
)
def test_words_that_are_nearly_the_same_find_the_action_wherever_the_row_stands(text):
    rows = [row(text, 40, lead="Somebody else", due="June 2021"), row(OPEN, 3)]
    assert told(rows, plan(row(TRAIN), row(OPEN, 3))) == [(1, By.WORDS), (2, By.CERTAIN)]


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("Train some staff in something else entirely", {}),
        (TRAIN + " now", {"indicator": "5.2"}),
        (TRAIN + " now", {"reference": "R7"}),
    ],
    ids=["other words", "another indicator", "a reference of its own"],
)
def test_what_is_not_near_is_a_new_action(text, more):
    there = [stands(1, row(TRAIN, reference="1"))]
    assert told([row(text, 9, **more)], there) == [None]


def test_a_row_that_names_no_indicator_may_be_of_an_action_under_any():
    here = Stands(1, "1", {"text": TRAIN, "indicator": "5.2", "lead": "Manager"})
    assert told([row(TRAIN, indicator="")], [here]) == [(1, By.CERTAIN)]
    assert told([row(TRAIN)], [here]) == [None]
    brought = stands(1, row(TRAIN, indicator=""))
    before = [replace(brought, values={**brought.values, "indicator": "5.2"})]
    assert told([row(TRAIN + " now", indicator="")], before) == [(1, By.WORDS)]
    assert told([row("Find a trainer", indicator="")], before) == [(1, By.PLACE)]


def test_a_number_that_differs_makes_another_action():
    there = plan(row("Open one more site for people of group 1 in the west"))
    other = row("Open one more site for people of group 2 in the west", 9)
    assert told([other], there) == [None]


def test_words_are_near_to_those_of_the_last_file_though_they_are_other_ones_here_now():
    there = [stands(1, row(TRAIN), text="As the board wants it")]
    assert told([row(TRAIN + " now", 9)], there) == [(1, By.WORDS)]


def test_of_two_rows_that_are_like_one_action_the_nearer_one_is_it():
    rows = [row(TRAIN + " and of escape", 8), row(TRAIN + " now", 9)]
    assert told(rows, plan(row(TRAIN))) == [None, (1, By.WORDS)]


def test_of_two_actions_that_are_as_near_the_one_that_stood_in_this_place_is_meant():
    there = plan(row(TRAIN + " soon", 2), row(TRAIN + " today", 3))
    assert told([row(TRAIN + " now", 3)], there) == [(2, By.WORDS)]


def test_a_row_of_quite_other_words_is_known_by_its_place_post_and_date():
    there = plan(row(TRAIN), row(OPEN, 3))
    assert told([row(TRAIN), row("Find a site", 3)], there)[1] == (2, By.PLACE)


def test_place_post_and_date_are_not_enough_for_words_of_another_matter():
    there = plan(row(TRAIN), row(OPEN, 3))
    assert told([row(TRAIN), row("Buy all new laptops", 3)], there)[1] is None


def test_another_deed_at_the_beginning_is_not_nearly_the_same():
    there = plan(row("Increase the number of home visits each month"))
    for text, match in (("Reduce", None), ("Increasing", (1, By.WORDS))):
        assert told([row(f"{text} the number of home visits each month", 9)], there) == [match]


@pytest.mark.parametrize(
    "more",
    [
        {"lead": "Somebody else"},
        {"due": "June 2021"},
        {"indicator": "5.2"},
        {"number": 4},
        {"reference": "R7"},
    ],
    ids=lambda more: "another " + next(iter(more)),
)
def test_place_alone_makes_no_match(more):
    before = row(OPEN, 3, reference="R2")
    there = [stands(1, row(TRAIN)), stands(2, before)]
    rows = [row(TRAIN), row("Find a site", **{"number": 3, "reference": "", **more})]
    assert told(rows, there)[1] is None


def test_place_without_post_and_date_makes_no_match():
    there = plan(row(TRAIN, lead="", due=""))
    assert told([row("Find a trainer", lead="", due="")], there) == [None]


def test_place_is_counted_from_the_row_above_that_is_known():
    there = plan(row(TRAIN, 2), row(OPEN, 3))
    rows = [row("A new one", 2, lead="Other"), row(TRAIN, 3), row("Find a site", 4)]
    assert told(rows, there) == [None, (1, By.CERTAIN), (2, By.PLACE)]


def test_the_same_place_in_an_older_file_is_not_the_place():
    older, newer = row(OPEN, 3), row(TRAIN, 2)
    there = [stands(1, newer, brought=8), stands(2, older, brought=7)]
    assert told([row(TRAIN, 2), row("Find a trainer", 3)], there)[1] is None


def test_a_row_that_was_left_out_before_is_like_no_action():
    assert told([row(TRAIN + " now")], plan(row(TRAIN)), new={0}) == [None]
    assert told([row(TRAIN)], plan(row(TRAIN)), new={0}) == [(1, By.CERTAIN)]


def test_a_place_is_read_from_its_words():
    assert place_of(7, "table 1, row 3") == Place(7, "table 1, row", 3)
    assert place_of(7, "line 1,234") == Place(7, "line", 1234)
    assert place_of(7, "") == Place(7, "", 0)


def test_what_was_left_out_is_known_by_its_words_else_by_all_of_it():
    assert left_out_key(row("Find a  Trainer")) == left_out_key(row("find a trainer", 9, due="May"))
    assert left_out_key(row("Find a trainer")) != left_out_key(row("Find two trainers"))
    assert left_out_key(row("", due="May")) != left_out_key(row("", due="June"))


# --- whatever the file ----------------------------------------------------------------------------

texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=9).map(" ".join)
files = st.lists(
    st.builds(
        lambda text, indicator, lead: (text, indicator, lead),
        texts,
        st.sampled_from(["1.1", "5.2"]),
        st.sampled_from(["Manager", "Head"]),
    ),
    max_size=12,
)


def rows_of(file):
    return [row(t, n, indicator=i, lead=p) for n, (t, i, p) in enumerate(file, 2)]


@given(files, files)
def test_no_action_is_of_two_rows_and_likeness_takes_nothing_from_certainty(before, now):
    rows, there = rows_of(now), plan(*rows_of(before))
    found = told(rows, there)
    keys = [pair[0] for pair in found if pair]
    assert len(keys) == len(set(keys))
    certain = told(rows, there, new=range(len(rows)))
    assert [pair for pair in found if pair and pair[1] == By.CERTAIN] == [p for p in certain if p]
    assert told(rows, there) == found


@given(files)
def test_the_same_file_is_every_action_for_certain(file):
    rows = rows_of(file)
    assert told(rows, plan(*rows)) == [(pk, By.CERTAIN) for pk in range(1, len(rows) + 1)]


@given(st.data())
def test_a_word_put_into_one_row_of_a_file_makes_no_new_action(data):
    texts_ = data.draw(st.lists(texts, min_size=1, max_size=10, unique=True))
    before = [row(text, number) for number, text in enumerate(texts_, 2)]
    at = data.draw(st.integers(0, len(before) - 1))
    words = texts_[at].split()
    words.insert(data.draw(st.integers(0, len(words))), "forthwith")
    rows = [*before[:at], row(" ".join(words), at + 2), *before[at + 1 :]]
    found = matched(rows, plan(*before))
    assert [match.stands.pk for match in found] == list(range(1, len(before) + 1))


def test_thousands_of_rows_are_compared_with_few_actions_each(monkeypatch):
    compared = []
    in_order = matching._in_order
    monkeypatch.setattr(matching, "_in_order", lambda *of: compared.append(1) or in_order(*of))
    many = 2_000
    before = [row(f"{TRAIN} in the place of {n:x}th call", n) for n in range(many)]
    now = [row(f"{TRAIN} at the place of {n:x}th call", n, lead="Head") for n in range(many)]
    found = matched(now, plan(*before))
    assert [match.stands.pk for match in found] == list(range(1, many + 1))
    assert len(compared) <= many * matching.CANDIDATES * 2


@given(st.lists(st.sampled_from("abcd"), max_size=9), st.lists(st.sampled_from("abcd"), max_size=9))
def test_the_words_in_order_are_those_of_the_longest_common_run(one, other):
    table = [[0] * (len(other) + 1) for _ in range(len(one) + 1)]
    for i, mine in enumerate(one):
        for j, its in enumerate(other):
            same = table[i][j] + 1 if mine == its else 0
            table[i + 1][j + 1] = max(same, table[i][j + 1], table[i + 1][j])
    assert matching._in_order(one, other) == table[-1][-1]
