"""What stands beside a date: where something begins, to where it was moved, and which year."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans.timescales import LONGEST, is_month_first, timescale

AGREED = date(2026, 10, 1)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Quarterly from January 2027", "from January 2027"),
        ("As from 1 January 2027", "As from 1 January 2027"),
        ("Starting in April 2027", "Starting in April 2027"),
        ("Start date: 5 May 2027", "Start date: 5 May 2027"),
        ("Beginning January 2027", "Beginning January 2027"),
        ("Commencing w/c 5 May 2027", "Commencing w/c 5 May 2027"),
        ("after 31 March 2027", "after 31 March 2027"),
        ("Monthly since 1.4.26", "since 1.4.26"),
        ("From 2026/27", "From 2026/27"),
        ("from the end of January 2027", "from the end of January 2027"),
        ("Not before March 2027", "Not before March 2027"),
        ("No earlier than March", "No earlier than March"),
    ],
)
def test_a_start_is_no_due_date(text: str, words: str) -> None:
    read = timescale(text, AGREED)
    assert (read.due, read.revised, read.impossible) == (None, None, "")
    assert read.notes == (
        f"“{words}” says when it begins and gives no end, so there is no due date.",
    )


@pytest.mark.parametrize(
    ("text", "due", "start"),
    [
        ("from January to March 2027", date(2027, 3, 31), "from January"),
        ("From 1 April 2027 until 31 March 2028", date(2028, 3, 31), "From 1 April 2027"),
        ("Start: October 2026, end: March 2027", date(2027, 3, 31), "Start: October 2026"),
        ("Begins October 2026, ends March 2027", date(2027, 3, 31), "Begins October 2026"),
        ("June 2027, then monthly from July 2027", date(2027, 6, 30), "from July 2027"),
    ],
)
def test_of_a_start_and_an_end_the_end_is_the_due_date(text: str, due: date, start: str) -> None:
    read = timescale(text, AGREED)
    assert (read.due, read.revised) == (due, None)
    assert f"“{start}” is taken as a start, not as the due date." in read.notes
    assert not any("several dates" in note for note in read.notes)


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("By the beginning of March 2027", date(2027, 3, 31)),
        ("Start of March 2027", date(2027, 3, 31)),
        ("Week commencing 5 August 2027", date(2027, 8, 5)),
        ("Week beginning 5 August 2027", date(2027, 8, 5)),
        ("Start by May 2027", date(2027, 5, 31)),
        ("Report on learning from visits, May 2027", date(2027, 5, 31)),
    ],
)
def test_words_that_only_look_like_a_start_take_no_due_date_away(text: str, due: date) -> None:
    assert timescale(text, AGREED).due == due


@pytest.mark.parametrize(
    ("text", "due", "revised"),
    [
        ("Oct 2026 (revised to Jan 2027)", date(2026, 10, 31), date(2027, 1, 31)),
        ("31/10/26 extended to 31/1/27", date(2026, 10, 31), date(2027, 1, 31)),
        ("was Oct 2026, now Jan 2027", date(2026, 10, 31), date(2027, 1, 31)),
        ("Oct 2026 now due by the end of Jan 2027", date(2026, 10, 31), date(2027, 1, 31)),
        ("Moved from Oct 2026 to Jan 2027", date(2026, 10, 31), date(2027, 1, 31)),
        ("Oct 2026, moved to Jan 2027, moved to May 2027", date(2026, 10, 31), date(2027, 5, 31)),
        ("Oct 2026\nRevised date: Jan 2027", date(2026, 10, 31), date(2027, 1, 31)),
        ("March 2027, now January 2027", date(2027, 3, 31), date(2027, 1, 31)),
    ],
)
def test_a_date_that_was_moved_keeps_the_first(text: str, due: date, revised: date) -> None:
    read = timescale(text, AGREED)
    assert (read.due, read.revised) == (due, revised)
    assert sum("as the one to which it was moved." in note for note in read.notes) == 1


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("Revised to Jan 2027", date(2027, 1, 31)),
        ("now Jan 2027", date(2027, 1, 31)),
        ("Oct 2026 and Jan 2027", date(2027, 1, 31)),
        ("Oct 2026 to Jan 2027", date(2027, 1, 31)),
    ],
)
def test_without_a_date_before_it_or_the_word_nothing_was_moved(text: str, due: date) -> None:
    read = timescale(text, AGREED)
    assert (read.due, read.revised) == (due, None) and read.notes


@pytest.mark.parametrize(
    ("text", "words", "day"),
    [
        ("Interviewing 8 August", "8 August", "8 August 2026"),
        ("Board: 7 August / CCG: / Safer DIG:", "7 August", "7 August 2026"),
        ("August", "August", "31 August 2026"),
    ],
)
def test_a_day_that_lies_before_the_agreement_is_said_with_its_year(
    text: str, words: str, day: str
) -> None:
    assert timescale(text, AGREED).notes[0] == (
        f"“{words}” has no year: 2026 is taken. "
        f"{day} lies before the day of agreement, 1 October 2026."
    )
    for later in ("1 October", "8 December"):
        assert not any("lies before" in note for note in timescale(later, AGREED).notes)


@given(
    st.lists(st.sampled_from(["from ", "to ", "now ", "(", "revised ", "Oct 2026 ", "May ", "x"]))
)
def test_any_order_of_such_words_gives_a_date_or_says_why_not(pieces: list[str]) -> None:
    text = "".join(pieces)
    read = timescale(text, AGREED)
    assert read.due is not None or read.notes or not text.strip()
    assert read.revised is None or read.due is not None


@pytest.mark.parametrize("piece", ["from ", "end of ", "now (", "revised ", "date: ", "w/c "])
def test_such_words_again_and_again_are_read_in_a_short_time(piece: str) -> None:
    timescale(f"May 2026 {piece * LONGEST}"[: LONGEST - 9] + " May 2027", AGREED)


@pytest.mark.parametrize(
    ("agreed", "text", "due"),
    [
        (date(2019, 8, 6), "By 31 March", date(2020, 3, 31)),
        (date(2019, 8, 6), "April", date(2020, 4, 30)),
        (date(2019, 8, 6), "June", date(2019, 6, 30)),
        (date(2019, 8, 6), "August", date(2019, 8, 31)),
        (date(2020, 1, 15), "November", date(2019, 11, 30)),
        (date(2020, 1, 15), "October", date(2020, 10, 31)),
        (date(2019, 12, 15), "January", date(2020, 1, 31)),
    ],
)
def test_a_month_without_a_year_is_the_next_one_or_one_of_the_two_before(
    agreed: date, text: str, due: date
) -> None:
    assert timescale(text, agreed).due == due


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("1. Dec 2026\n2. March 2027", date(2027, 3, 31)),
        ("1. Dec 2026 2. March 2027", date(2027, 3, 31)),
        ("2) March 2027\n3) June 2027", date(2027, 6, 30)),
        ("2. March 2027", date(2027, 3, 31)),
        ("Phase 1 June 27, Phase 2 Dec 27", date(2027, 12, 31)),
        ("12. March 2027", date(2027, 3, 12)),
        ("2 March 2027", date(2027, 3, 2)),
        ("1.4.27", date(2027, 4, 1)),
    ],
)
def test_the_number_of_a_line_or_a_phase_is_no_day(text: str, due: date) -> None:
    assert timescale(text, AGREED).due == due


def test_one_number_that_may_be_a_day_is_said_to_be_none() -> None:
    said = "“2.” is taken as the number of a line, not as a day."
    assert timescale("2. March 2027", AGREED).notes == (said,)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Oct-Nov 2020", "31 October 2020, 30 November 2020"),
        ("May and November 2020", "31 May 2020, 30 November 2020"),
        ("Sept, Oct & Nov 2020", "30 September 2020, 31 October 2020, 30 November 2020"),
        ("Nov - Jan 2021", "30 November 2020, 31 January 2021"),
        ("5 June and 1 February 2021", "5 June 2020, 1 February 2021"),
        ("February/March 2021", "28 February 2021, 31 March 2021"),
    ],
)
def test_a_month_before_another_with_a_year_has_that_year(text: str, days: str) -> None:
    read = timescale(text, date(2020, 1, 15))
    said = f"There are several dates ({days}): the last is taken as the due date."
    assert said in read.notes
    assert not any("no year" in note for note in read.notes)


def test_a_day_of_something_else_keeps_the_year_that_is_next() -> None:
    read = timescale("Interviewing 8 August, report by May 2027", date(2026, 7, 1))
    assert any(note.startswith("“8 August” has no year: 2026 is taken.") for note in read.notes)


@pytest.mark.parametrize(
    ("texts", "first"),
    [
        (["3/31/2020", "4/5/2020", "12/31/2020"], True),
        (["3/31/2020", "4/5/2020"], False),  # perhaps a slip
        (["3/31/2020", "12/31/2020", "31/3/2020"], False),
        (["4/5/2020", "March 2020", "2020-03-31"], False),
    ],
)
def test_two_dates_that_can_have_no_other_order_prove_the_month_first(
    texts: list[str], first: bool
) -> None:
    assert is_month_first(texts) == first
