"""A text is parted into its sentences, and no word of it is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans.sentences import folded, lines_of, sentences


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", []),
        ("One. Two", ["One.", "Two"]),
        ("We look (e.g. SIRs). Dr. Reid agrees.", ["We look (e.g. SIRs).", "Dr. Reid agrees."]),
        ("He said “Good.” Then he left! 3 did.", ["He said “Good.”", "Then he left!", "3 did."]),
        ("A rise of 3.5 per cent. (See above.)", ["A rise of 3.5 per cent.", "(See above.)"]),
        ("• First\n\n- Second. Third", ["First", "Second.", "Third"]),
        ("Same. Same.", ["Same."]),
        ("no capital. after this", ["no capital. after this"]),
        ("-5% in breaches", ["-5% in breaches"]),
    ],
)
def test_a_text_has_these_sentences(text: str, parts: list[str]) -> None:
    assert sentences(text) == parts


@given(st.lists(st.text(alphabet="abc ABC.!?\n”()", max_size=40)))
def test_every_word_stands_in_one_of_the_sentences(pieces: list[str]) -> None:
    text = " ".join(pieces)
    found = {word for sentence in sentences(text) for word in sentence.split()}
    assert found == set(text.split())


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("- One\n\n• Two\n  *  Three\n•Four\n-- Five", ["One", "Two", "Three", "Four", "Five"]),
        ("-5% in breaches\n–3 staff\n*5 star", ["-5% in breaches", "–3 staff", "*5 star"]),
        ("-\n•\n – \n---", []),
    ],
)
def test_a_bullet_is_no_part_of_a_line_and_a_sign_is(text: str, lines: list[str]) -> None:
    assert lines_of(text) == lines


@given(st.text(alphabet="ab5-–*•· \n%", max_size=30))
def test_lines_read_again_are_the_same(text: str) -> None:
    assert lines_of("\n".join(lines_of(text))) == lines_of(text)


def test_capitals_and_spaces_do_not_make_another_line_but_signs_do() -> None:
    assert folded(" More\tFiles ") == folded("more files")
    assert folded("Breaches by 5%") != folded("Breaches by 5")
