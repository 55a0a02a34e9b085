"""Words of plans as people write them: what is understood, and what is said of the rest."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans.phrases import Tagged, messages, status, tags
from plans.statuses import Status
from plans.timescales import timescale
from plans.titles import Named, Titles

AGREED = date(2019, 8, 6)


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("October 2019", date(2019, 10, 31)),
        ("Feb 2020", date(2020, 2, 29)),
        ("Sept 2019", date(2019, 9, 30)),
        ("Oct-19", date(2019, 10, 31)),
        ("31-Oct-19", date(2019, 10, 31)),
        ("31st October '19", date(2019, 10, 31)),
        ("2019-10-31 00:00:00", date(2019, 10, 31)),
        ("31/10/2019 00:00", date(2019, 10, 31)),
        ("10/2019", date(2019, 10, 31)),
        ("2019-10", date(2019, 10, 31)),
        ("Due date: 31.10.2019", date(2019, 10, 31)),
        ("Qtr 3 19/20", date(2019, 12, 31)),
        ("31/10/2019", date(2019, 10, 31)),
        ("1.4.20", date(2020, 4, 1)),
        ("2019-10-31", date(2019, 10, 31)),
        ("31 October 2019", date(2019, 10, 31)),
        ("31st of October, 2019", date(2019, 10, 31)),
        ("October 31, 2019", date(2019, 10, 31)),
        ("By the end of March 2020", date(2020, 3, 31)),
        ("Q3 2019/20", date(2019, 12, 31)),
        ("Q4 2019-20", date(2020, 3, 31)),
        ("quarter 1, 2020/21", date(2020, 6, 30)),
        ("2019/20", date(2020, 3, 31)),
        ("End of 2020/2021", date(2021, 3, 31)),
        ("", None),
    ],
)
def test_a_date_that_is_plain_needs_no_note(text: str, due: date | None) -> None:
    read = timescale(text, AGREED)
    assert (read.due, read.notes) == (due, ())


@pytest.mark.parametrize(
    ("text", "due", "note"),
    [
        ("July 2019 onwards", None, "“onwards” gives no end, so there is no due date."),
        ("Ongoing", None, "“Ongoing” gives no end, so there is no due date."),
        ("8 August", date(2019, 8, 8), "“8 August” has no year: 2019 is taken."),
        ("January", date(2020, 1, 31), "“January” has no year: 2020 is taken."),
        ("May", date(2020, 5, 31), "“May” has no year: 2020 is taken."),
        ("Interviewing 8 August", date(2019, 8, 8), "“Interviewing” stands beside the date"),
        ("Board: 7 August CCG: Safer DIG:", date(2019, 8, 7), "“Safer DIG” has no date."),
        ("Board: 7 August CCG: Safer DIG:", date(2019, 8, 7), "“CCG” has no date."),
        ("June 2019 and October 2019", date(2019, 10, 31), "the last is taken as the due date."),
        ("Spring", None, "No date could be read in “Spring”."),
        ("31/02/2020", None, "“31/02/2020” is no day of the calendar."),
        ("12/25/2019", None, "“12/25/2019” is no day of the calendar."),
        ("31 June", None, "“31 June” is no day of the calendar."),
        ("7 August, 14 September", date(2019, 9, 14), "the last is taken as the due date."),
        ("8 August 12 noon", date(2019, 8, 8), "“12 noon” stands beside the date"),
        ("August 31", date(2019, 8, 31), "“August 31” has no year: 2019 is taken."),
        ("end of 2019", date(2019, 12, 31), "“end of 2019” is taken as 31 December 2019."),
        ("Aug - Oct 2019", date(2019, 10, 31), "the last is taken as the due date."),
        ("w/c 5 August 2019", date(2019, 8, 5), "“w/c” stands beside the date"),
        ("It may be done by May 2020", date(2020, 5, 31), "“It may be done by” stands beside"),
        ("2019", None, "No date could be read in “2019”."),
        ("word " * 200, None, "It has 1,000 characters: no date is read in so many."),
        ("March 2919", None, "31 March 2919 is too far from the plan's own day."),
    ],
)
def test_what_is_not_plain_is_said(text: str, due: date | None, note: str) -> None:
    read = timescale(text, AGREED)
    assert read.due == due
    assert any(note in said for said in read.notes), read.notes
    assert bool(read.impossible) == ("calendar" in note or "too far" in note)


@given(st.dates(date(2010, 1, 1), date(2030, 12, 31)))
def test_every_way_of_writing_a_day_gives_that_day(day: date) -> None:
    for way in ("%d/%m/%Y", "%Y-%m-%d", "%d %B %Y", "%d %b %Y", "%B %d, %Y", "%d.%m.%y"):
        assert timescale(day.strftime(way), day).due == day


@given(st.text(max_size=120), st.dates(date(1990, 1, 1), date(2100, 1, 1)))
def test_any_text_gives_a_date_or_says_why_not(text: str, near: date) -> None:
    read = timescale(text, near)
    assert read.due is not None or read.notes or not text.strip()


@pytest.mark.parametrize(
    ("text", "numbers", "rest"),
    [
        ("Report monthly (KM1, 2, 3)", [1, 2, 3], "Report monthly"),
        ("Report monthly (KM 1, 2, 4).", [1, 2, 4], "Report monthly."),
        ("KM1 & KM3", [1, 3], ""),
        ("Key messages 2 and 4", [2, 4], ""),
        ("(KM1-3)", [1, 2, 3], ""),
        ("Plan KM1; review (km 4)", [1, 4], "Plan KM1; review"),
        ("See 12 people in KMs", [], "See 12 people in KMs"),
        ("Nothing", [], "Nothing"),
        ("Train [KM1] (KMs 2, and KM 3)", [1, 2, 3], "Train"),
        ("Train (Key messages: 1 and 2)", [1, 2], "Train"),
        ("Train (KM1, 2; see the report)", [1, 2], "Train (see the report)"),
        ("Train (see KM4)", [4], "Train (see KM4)"),
        ("Train staff\nKM1 & KM3", [1, 3], "Train staff"),
        ("Train staff. KM1, 2.", [1, 2], "Train staff."),
        ("Train staff - KM 1, 2, 4", [1, 2, 4], "Train staff"),
        ("KM1: Train staff", [1], "Train staff"),
        ("Deliver KM1, 2.", [1, 2], "Deliver KM1, 2."),
        ("Act on KM1 and KM3 by June", [1, 3], "Act on KM1 and KM3 by June"),
        ("Walk 20 km 3 times a week", [], "Walk 20 km 3 times a week"),
    ],
)
def test_key_messages_are_told_from_the_text(text: str, numbers: list[int], rest: str) -> None:
    assert tags(text) == Tagged(numbers, rest)


@pytest.mark.parametrize(
    ("text", "numbers", "doubt"),
    [
        ("KM1 - 20 staff to be trained", [1], "KM1 - 20"),
        ("KM2, 12 sessions a year", [2], "KM2, 12"),
        ("KM1 and 2 further workers recruited", [1], "KM1 and 2"),
        ("Answer KM1, KM3 and 2 findings", [1, 3], "KM1, KM3 and 2"),
        ("Hold sessions for KM2, 12.", [2], "KM2, 12"),
        ("Train (KM1 and 2 others)", [1], "KM1 and 2"),
    ],
)
def test_numbers_that_run_into_the_sentence_are_no_key_messages(
    text: str, numbers: list[int], doubt: str
) -> None:
    assert tags(text, {1, 2, 3, 4}) == Tagged(numbers, text, (doubt,))


@given(st.text("KM km12-,&;:.() \nandto", max_size=40))
def test_no_word_of_an_action_is_lost_with_its_key_messages(text: str) -> None:
    words = f"Hire 20 people{text}in 3 teams"
    rest = tags(words, {1, 2}).text
    assert rest.startswith("Hire 20 people") and rest.endswith("in 3 teams")


def test_of_a_range_only_those_are_meant_that_there_are() -> None:
    assert tags("Train (KM1-20)", {1, 2, 3, 4}).numbers == [1, 2, 3, 4, 20]
    assert messages("1-20", {1, 2}).numbers == [1, 2, 20]


@pytest.mark.parametrize(
    ("text", "numbers", "rest"),
    [
        *(
            ("1, 2 & 4", [1, 2, 4], ""),
            ("2", [2], ""),
            ("KM1 KM3", [1, 3], ""),
            ("1-3", [1, 2, 3], ""),
        ),
        *(("1; see page 4", [], "1; see page 4"), ("", [], "")),
    ],
)
def test_a_column_of_key_messages_needs_no_word_before_them(
    text: str, numbers: list[int], rest: str
) -> None:
    assert messages(text) == Tagged(numbers, rest)


KNOWN = [
    *("Service Manager", "Unpaid Work Manager", "Senior Social Worker", "Information Lead"),
    *("Head of Service", "Head of Service, Children", "Manager"),
]


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        (
            "Service Manager Unpaid Work Manager Senior Social Workers Information Lead",
            ["Service Manager", "Unpaid Work Manager", "Senior Social Worker", "Information Lead"],
        ),
        ("Service Manager\nInformation Lead", ["Service Manager", "Information Lead"]),
        ("Service Manager; Head of Service", ["Service Manager", "Head of Service"]),
        ("Head of Service, Children", ["Head of Service, Children"]),
        ("service manager & HEAD OF SERVICE", ["Service Manager", "Head of Service"]),
        ("Service Manager, Service Manager", ["Service Manager"]),
        ("", []),
    ],
)
def test_known_posts_are_told_apart(text: str, titles: list[str]) -> None:
    assert Titles(KNOWN).named(text) == [Named(title, True) for title in titles]


def test_an_unknown_post_is_kept_as_it_is_written() -> None:
    assert Titles(KNOWN).named("Unpaid Work Manager CVS") == [
        Named("Unpaid Work Manager", True),
        Named("CVS", False),
    ]
    outside = "Community Justice Scotland (Head of Learning, Development & Innovation)"
    assert Titles(KNOWN).named(f"Information Lead\n{outside}") == [
        Named("Information Lead", True),
        Named(outside, False),
    ]
    assert Titles(KNOWN).named("c/o Head of Service") == [
        Named("Head of Service", True, care_of=True)
    ]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Senior Social Worker / Head of Services", ["Senior Social Worker!", "Head of Service!"]),
        ("Learning & Development Lead", ["Learning & Development Lead"]),
        ("Justice Manager & Data Analyst", ["Justice Manager", "Data Analyst"]),
        ("Team Leader and Service Manager", ["Team Leader", "Service Manager!"]),
        (
            "SACRO, Police Scotland (Partnerships, West)",
            ["SACRO", "Police Scotland (Partnerships, West)"],
        ),
        ("MAPPAs co-ordinator", ["MAPPA Coordinator!"]),
        ("Manager", ["Manager!"]),
        ("Assistant Manager", ["Assistant Manager"]),
    ],
)
def test_titles_are_found_by_their_words(text: str, named: list[str]) -> None:
    found = Titles([*KNOWN, "MAPPA Coordinator"]).named(text)
    assert [f"{one.title}{'!' * one.known}" for one in found] == named


@given(st.lists(st.sampled_from(KNOWN), unique=True, max_size=4), st.sampled_from(["\n", "; "]))
def test_a_list_of_known_posts_comes_back(titles: list[str], between: str) -> None:
    assert [named.title for named in Titles(KNOWN).named(between.join(titles))] == titles


@pytest.mark.parametrize(
    ("word", "meaning"),
    [
        *(("Blue", Status.DONE), ("GREEN", Status.ON_TRACK), ("Amber", Status.AT_RISK)),
        *(("Red", Status.OFF_TRACK), ("Pending", Status.NOT_STARTED), ("0%", Status.NOT_STARTED)),
        *(
            ("100%", Status.DONE),
            ("Complete (verified)", Status.COMPLETE),
            (" done. ", Status.DONE),
        ),
        *(("In progress: at risk", Status.AT_RISK), ("Superseded", Status.SUPERSEDED)),
    ],
)
def test_words_in_common_use_have_a_meaning(word: str, meaning: Status) -> None:
    stood = status(word)
    assert (stood.status, stood.note) == (meaning, "")


def test_an_areas_own_words_come_first_and_are_kept() -> None:
    stood = status("Blue", {"blue": Status.COMPLETE})
    assert (stood.word, stood.status) == ("Blue", Status.COMPLETE)


@pytest.mark.parametrize(
    ("word", "meaning", "note"),
    [
        ("60%", Status.ON_TRACK, "says how far it is"),
        ("130%", None, "more than everything"),
        ("Purple", None, "“Purple” is not a status that is known here."),
    ],
)
def test_what_is_doubtful_is_said(word: str, meaning: Status | None, note: str) -> None:
    stood = status(word)
    assert stood.status == meaning and note in stood.note and stood.word == word


def test_no_status_is_no_status() -> None:
    assert status("  ").status is None and status("").note == ""


@pytest.mark.parametrize(
    ("word", "meaning", "note"),
    [
        ("Green – on track", Status.ON_TRACK, ""),
        ("Amber/Red", None, "“Amber/Red” says several things at once: “amber” and “red”."),
        ("Green (since May)", Status.ON_TRACK, "“Green (since May)” is read by its word “green”."),
        ("Completed March 2020", Status.DONE, "is read by its first words, “completed”."),
        ("Complete by March 2020", None, "is not a status that is known here."),
        ("Not complete", None, "is not a status that is known here."),
        *(
            (word, None, "says otherwise too: no status is read.")
            for word in (
                *("Completed 50%", "Done (50%)", "Complete: no", "Done - no", "Done? Not yet."),
                *("Complete except for training", "Complete but for two", "Completed 3 of 5"),
                *("Done (12/20)", "Complete – training outstanding", "Blue - not verified"),
                *("On track: no", "Closed, partly", "Implemented for some teams"),
            )
        ),
        ("Complete (100%)", Status.DONE, "is read by its word “complete”."),
        ("Complete: no further action", Status.DONE, "is read by its word “complete”."),
        ("Completed 12/03/2020", Status.DONE, "is read by its first words, “completed”."),
        ("On track – no issues", Status.ON_TRACK, "is read by its word “on track”."),
        ("Withdrawn – no longer required", Status.WITHDRAWN, ""),
        *(
            ("R", Status.OFF_TRACK, ""),
            ("🟠", Status.AT_RISK, ""),
            ("🔵 Complete", Status.DONE, ""),
        ),
        *(("✓", Status.DONE, ""), ("Not yet started.", Status.NOT_STARTED, "")),
    ],
)
def test_more_than_one_word_is_read_where_all_agree(
    word: str, meaning: Status | None, note: str
) -> None:
    stood = status(word)
    assert (stood.word, stood.status) == (word, meaning)
    assert stood.note.endswith(note) and bool(note) == bool(stood.note)


@pytest.mark.parametrize(
    "text",
    [" ", ",", ", ", " & ", "1", "1 ", "KM1 ", "KM ", "a ", "A:", "(", "/", "May ", "Manager "],
)
def test_a_long_cell_is_read_in_a_short_time(text: str) -> None:
    """20,000 characters, the most that a field holds: no rule looks again and again."""
    long = text * (20_000 // len(text)) + "x"
    timescale(long, AGREED)
    tags(long)
    Titles(KNOWN).named(long)
    status(long)
