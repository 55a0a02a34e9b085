"""How far a row says that its action is: words of status, per cent, and both together."""

from dataclasses import replace

import pytest

from plans.phrases import status
from plans.sheets.content import Understood
from plans.statuses import Status
from tests.plans.plans_built import CONTEXT
from tests.plans.test_sheets_values import row_of, said, sheet_row

BEGUN = (
    "No word of status is understood, and {}% says that work has begun: an action that has not "
    "started is taken as “In progress: on track”."
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Green → Amber", "“green” and “amber”"),
        ("Green to Amber", "“green” and “amber”"),
        ("was Green, now Amber", "“green” and “amber”"),
        ("Green, now Amber", "“green” and “amber”"),
        ("Amber (was green)", "“amber” and “green”"),
        ("Green/Amber", "“green” and “amber”"),
        ("Amber -> Red", "“amber” and “red”"),
        ("🟢→🟠", "“green” and “amber”"),
        ("In progress → complete", "“in progress” and “complete”"),
        ("Green but at risk", "“green” and “at risk”"),
    ],
)
def test_two_words_of_status_that_differ_are_not_understood_and_are_kept(
    text: str, words: str
) -> None:
    row = row_of(RAG=text)
    assert (row.status, row.word) == (None, text)
    (note,) = row.notes
    assert (note.code, note.why) == (
        "status_unknown",
        f"“{text}” says several things at once: {words}.",
    )


def test_an_areas_own_word_beside_another_is_not_understood_either() -> None:
    own = {"teal": Status.ON_TRACK}
    assert status("Amber → Teal", own).status is None
    assert status("Teal, now amber", own).status is None


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Green, now on track", Status.ON_TRACK),
        ("On track to complete in June", Status.ON_TRACK),
        ("On track – to be delivered in May", Status.ON_TRACK),
        ("Not started - due to start in May", Status.NOT_STARTED),
        ("Yet to start – May", Status.NOT_STARTED),
        ("Ongoing to June", Status.ON_TRACK),
        ("Complete – blue", Status.DONE),
        ("Red: off track", Status.OFF_TRACK),
    ],
)
def test_words_that_mean_the_same_or_are_no_status_are_no_change(text: str, meant: Status) -> None:
    assert status(text).status == meant


def standing(word: str, percent: str) -> Understood:
    return row_of(Status=word, **{"% complete": percent})


@pytest.mark.parametrize("word", ["Amber/Red", "Green → Amber"])
def test_a_per_cent_beside_two_words_of_status_says_neither(word: str) -> None:
    row = standing(word, "20%")
    assert (row.status, row.by_percent, row.word, row.percent) == (None, False, word, 20)
    (note,) = row.notes
    assert note.accepted.startswith("It is kept, and the status stays as it is.")


@pytest.mark.parametrize("word", ["Purple", ""])
@pytest.mark.parametrize("percent", [60, 100])
def test_a_per_cent_without_a_word_says_that_work_has_begun(word: str, percent: int) -> None:
    row = standing(word, f"{percent}%")
    assert (row.status, row.by_percent) == (Status.ON_TRACK, True)
    assert (row.word, row.percent) == (word, percent)
    note = row.notes[-1]
    assert (note.code, note.why) == ("status_by_percent", BEGUN.format(percent))
    done = "That it is done, somebody has to report with the evidence."
    assert note.accepted == (done if percent == 100 else "")
    if word:
        assert row.notes[0].accepted.startswith("It is kept. Known are: ")


@pytest.mark.parametrize(("word", "percent"), [("Purple", "0%"), ("Purple", ""), ("", "0")])
def test_without_a_per_cent_an_unknown_word_says_nothing(word: str, percent: str) -> None:
    row = standing(word, percent)
    assert (row.status, row.by_percent) == (None, False)


def test_a_word_that_is_understood_stands_beside_any_per_cent() -> None:
    row = standing("Amber", "100%")
    assert (row.status, row.percent, row.by_percent, row.notes) == (
        Status.AT_RISK,
        100,
        False,
        (),
    )


@pytest.mark.parametrize("word", ["Verified", "Complete (verified)", "Signed off", "Blue"])
def test_what_a_file_calls_verified_is_shown_as_it_comes_in(word: str) -> None:
    own = replace(CONTEXT, statuses={"blue": Status.COMPLETE})
    row = row_of(own, Status=word)
    assert (row.status, row.word) == (Status.DONE, word)
    assert said(row) == [
        (
            "status_awaits",
            f"“{word}” is taken as “Done, awaiting verification”: here a second person verifies it "
            "by its evidence.",
            False,
        )
    ]


@pytest.mark.parametrize(
    ("text", "percent"),
    [
        *(("50.5", 51), ("50.4%", 50), ("33.3 %", 33), ("0.4%", 0), ("0.5%", 1)),
        *(("99.9%", 99), ("99.5", 99), ("99.9999%", 99)),
    ],
)
def test_what_is_rounded_is_said_and_never_becomes_all_of_it(text: str, percent: int) -> None:
    rounded = [("percent_rounded", f"“{text}” is rounded to {percent}%.", False)]
    row = standing("Green", text)
    assert (row.percent, said(row)) == (percent, rounded)


def test_a_share_of_nearly_one_is_not_all_of_it() -> None:
    row = standing("Green", "0.999")
    assert row.percent == 99
    assert said(row) == [("percent_share", "“0.999” is taken as 99%.", False)]


@pytest.mark.parametrize(
    ("value", "percent", "why"),
    [
        (0.999, 99, "“100%” is 99.9% in the file, and taken as 99%."),
        (1, 100, ""),
        (1 / 3, 33, ""),  # Excel shows 33%
    ],
)
def test_excel_shows_less_than_all_as_all_and_it_is_not(
    value: float, percent: int, why: str
) -> None:
    head = ["QI", "Action", "Lead", "Status", "% complete"]
    texts = ["5.2", "Train", "Service Manager", "Green"]
    row = sheet_row(*texts, value, formats=["", "", "", "", "0%"], head=head)
    assert (row.percent, [note.why for note in row.notes]) == (percent, [why] if why else [])


@pytest.mark.parametrize(
    ("text", "percent", "codes"),
    [
        ("60%", 60, ["status_doubt"]),
        ("99.9%", 99, ["status_doubt", "percent_rounded"]),
        ("100.0%", 100, []),
    ],
)
def test_a_per_cent_in_the_column_of_status(text: str, percent: int, codes: list[str]) -> None:
    row = row_of(Status=text)
    assert (row.percent, row.by_percent) == (percent, False)
    assert row.status == (Status.DONE if percent == 100 else Status.ON_TRACK)
    assert [note.code for note in row.notes] == codes


@pytest.mark.parametrize(
    ("columns", "due", "revised"),
    [
        ({"Due": "Oct 2019 (revised to Jan 2020)"}, "2019-10-31", "2020-01-31"),
        ({"Due": "Oct 2019 (revised to Jan 2020)", "Revised date": ""}, "2019-10-31", "2020-01-31"),
        (
            {"Due": "Oct 2019 (revised to Jan 2020)", "Revised date": "May 2020"},
            "2019-10-31",
            "2020-05-31",
        ),
        (
            {"Due": "Oct 2019", "Revised date": "Jan 2020, extended to May 2020"},
            "2019-10-31",
            "2020-05-31",
        ),
        ({"Due": "Quarterly from January 2020"}, "None", "None"),
        ({"Due": "from January to March 2020"}, "2020-03-31", "None"),
    ],
)
def test_the_first_due_date_and_the_one_to_which_it_was_moved(
    columns: dict[str, str], due: str, revised: str
) -> None:
    row = row_of(**columns)
    assert (str(row.due), str(row.revised)) == (due, revised)
    assert row.timescale == columns["Due"] and not row.stops


@pytest.mark.parametrize(
    ("text", "meant", "percent"),
    [
        ("75% complete", Status.ON_TRACK, 75),
        ("100% complete", Status.DONE, 100),
        ("In progress (50%)", Status.ON_TRACK, 50),
        ("75% - on track", Status.ON_TRACK, 75),
        ("Complete 80%", Status.ON_TRACK, 80),
        ("On-track", Status.ON_TRACK, None),
        ("Off-track", Status.OFF_TRACK, None),
        ("Green (95% target)", Status.ON_TRACK, None),
        ("50-75%", None, None),
    ],
)
def test_a_per_cent_beside_words_of_status_is_read(
    text: str, meant: Status | None, percent: int | None
) -> None:
    row = row_of(Status=text)
    assert (row.status, row.percent) == (meant, percent)


def test_a_per_cent_may_say_of_what_it_is() -> None:
    row = row_of(**{"% complete": "75% complete"})
    assert row.percent == 75


def test_what_is_known_of_status_names_the_usual_words_too() -> None:
    (note,) = row_of(Status="Paused").notes
    assert "Known are: Red, Amber, Green, Blue, Complete, Not started," in note.accepted
