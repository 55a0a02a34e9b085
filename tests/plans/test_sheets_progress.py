"""What a row says of progress: what is an update, which is the newest, and with which status."""

from collections.abc import Sequence

import pytest

from plans.statuses import Status
from tests.plans.test_sheets_values import row_of, said


@pytest.mark.parametrize(
    "text",
    [
        *("Not started", "not yet started.", "No progress", "No progress to date", "N/A", "None"),
        *("Nothing to report", "0%", "Not yet due", "TBC"),
    ],
)
def test_words_that_report_nothing_are_no_update(text: str) -> None:
    row = row_of(Progress=text)
    assert (row.progress, row.updates, row.status) == ("", (), None)
    why = f"“{text}” reports nothing: it is no update."
    assert said(row) == [("progress_nothing", why, False)]


def test_what_reports_nothing_hides_no_other_update() -> None:
    row = row_of(**{"Update Q1": "Two sessions held", "Update Q2": "N/A"})
    assert row.updates == (("Update Q1", "Two sessions held"),)


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Complete: boards are up in all three waiting rooms.", Status.DONE.label),
        ("Completed, and signed by the board", Status.DONE.label),
        ("In progress", Status.ON_TRACK.label),
        ("Delayed – two staff are off sick", Status.AT_RISK.label),
        ("Not started: the post is vacant", Status.NOT_STARTED.label),
        ("On hold until June", "on hold"),
    ],
)
def test_progress_that_begins_with_a_word_of_status_is_said_to_where_there_is_none(
    text: str, status: str
) -> None:
    row = row_of(Progress=text)
    assert (row.status, row.progress) == (None, text)
    (note,) = row.notes
    assert note.code == "progress_status"
    assert note.why == (
        f"“{text}” begins as if the action were “{status}”, and no column of the row says "
        "its status: the status stays as it is."
    )


@pytest.mark.parametrize(
    "text",
    [
        *("Complete by May", "Complete, but for one room", "Draft shared with the team", "3 of 8"),
        *("Talks have begun", "82% in quarter 3.", "A list is made", "Completeness was checked"),
    ],
)
def test_progress_that_says_no_status_is_taken_without_a_word(text: str) -> None:
    assert row_of(Progress=text).notes == ()


def test_the_status_of_a_column_or_a_per_cent_comes_before_the_words_of_progress() -> None:
    assert row_of(Progress="Complete: all done", Status="Amber").notes == ()
    row = row_of(Progress="Complete: all done", **{"% complete": "60%"})
    assert [note.code for note in row.notes] == ["status_by_percent"]


def test_of_several_updates_the_rightmost_with_words_is_the_latest() -> None:
    row = row_of(**{"Update Q1": "begun", "Update Q2": "half", "Update Q3": ""})
    assert row.progress == "half"
    assert row.updates == (("Update Q1", "begun"), ("Update Q2", "half"))


@pytest.mark.parametrize(
    ("headings", "expected"),
    [
        (("Update Dec 2019", "Update Sept 2019", "Update June 2019"), "cba"),
        (("Update March 2020", "Update Dec", "Update Sept"), "cba"),
        (("Latest update", "Update Dec 2019", "Update Sept 2019"), "cba"),
        (("Update 3", "Update 2", "Update 1"), "cba"),
        (("Update June 2019", "Update Dec 2019", "Update Sept 2019"), "acb"),
        (("Update June 2019", "Update Sept 2019", "Update Dec 2019"), "abc"),
        (("Update Dec", "Update March", "Update June"), "abc"),
        (("Update 1", "Update 2", "Update 3"), "abc"),
        (("Progress", "Latest position", "Update"), "abc"),
        (("Progress update", "Comments"), "ba"),
        (("Latest position", "Comments of chair"), "ba"),
        (("Update Dec 2019", "Update Sept 2019", "Notes"), "cba"),
        (("Comments", "Progress comments", "Notes"), "acb"),
        (("Comments 1", "Comments 2"), "ab"),
    ],
)
def test_the_days_in_the_headings_tell_which_update_is_the_latest(
    headings: Sequence[str], expected: str
) -> None:
    row = row_of(**dict(zip(headings, "abc", strict=False)))
    assert "".join(text for _, text in row.updates) == expected
    assert row.progress == expected[-1]
