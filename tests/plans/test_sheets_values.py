"""What the cells of somebody else's plan give, and what is said where they give nothing."""

import csv
import datetime
import io
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
import xlsxwriter

from plans.sheets.content import Context, Kind, Note, Understood
from plans.sheets.fields import Field
from plans.statuses import Status
from tests.management.sheets_built import workbook
from tests.plans.plans_built import CONTEXT, understood

F = Field
DATES = "A day such as 31 March 2020 would be read, and a month such as March 2020."


def row_of(context: Context = CONTEXT, **columns: str) -> Understood:
    """The one row of a CSV file with these columns, beside an action and its indicator."""
    given = {"QI": "5.2", "Action": "Train all staff", "Lead": "Service Manager", **columns}
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows([given.keys(), given.values()])
    (row,) = understood(out.getvalue().encode(), "plan.csv", context).rows
    return row


def said(row: Understood) -> list[tuple[str, str, bool]]:
    return [(note.code, note.why, note.stops) for note in row.notes]


def sheet_row(
    *values: Any, formats: Sequence[str] = (), head: Sequence[str] = (), **options: Any
) -> Understood:
    """The one row of a workbook, each value in the format below its heading."""

    def arrange(made: xlsxwriter.Workbook) -> None:
        sheet = made.worksheets()[0]
        for column, (value, code) in enumerate(zip(values, formats, strict=True)):
            if isinstance(value, int | float | datetime.date):
                sheet.write(1, column, value, made.add_format({"num_format": code}))

    texts = [value if isinstance(value, str) else None for value in values]
    (row,) = understood(workbook([head, texts], arrange=arrange, **options), "plan.xlsx").rows
    return row


# --- words as they are written -----------------------------------------------------------------


def test_each_field_has_its_value_and_its_raw_words_beside_it() -> None:
    row = row_of(
        Ref=" 1. ",
        Due="By the end of March 2020",
        Evidence="A register\nof staff",
        Status="Amber",
        Progress="Half\u00a0of  them  ",
        **{"% complete": "50%", "Key messages": "2, 3", "Theme": "Staff"},
    )
    assert row == Understood(
        place="line 2",
        number=2,
        reference="1",
        indicator="5.2",
        text="Train all staff",
        key_messages=(2, 3),
        posts=row.posts,
        lead="Service Manager",
        due=datetime.date(2020, 3, 31),
        evidence_expected="A register\nof staff",
        status=Status.AT_RISK,
        word="Amber",
        percent=50,
        progress="Half of them",
        updates=(("Progress", "Half of them"),),
        raw={
            F.INDICATOR: "5.2",
            F.ACTION: "Train all staff",
            F.RESPONSIBLE: "Service Manager",
            F.REFERENCE: "1.",
            F.TIMESCALE: "By the end of March 2020",
            F.EVIDENCE: "A register\nof staff",
            F.STATUS: "Amber",
            F.PROGRESS: "Half of them",
            F.PERCENT: "50%",
            F.MESSAGES: "2, 3",
        },
        row=row.row,
        notes=(),
    )
    assert (row.timescale, row.responsible) == ("By the end of March 2020", "Service Manager")
    assert ("Theme", "Staff") in row.row and ("Ref", " 1. ") in row.row


def test_text_that_looks_like_a_formula_is_text() -> None:
    row = row_of(Action="=1+1", Progress="@x", Evidence="-5", Ref="'+4")
    assert (row.text, row.progress, row.evidence_expected, row.reference) == (
        "=1+1",
        "@x",
        "-5",
        "+4",
    )
    assert row_of(Action="'quoted' words").text == "'quoted' words"


def test_spaces_and_signs_that_nobody_sees_are_gone_and_lines_stay() -> None:
    row = row_of(Action="\u200bTrain\u00a0 all\tstaff \n\n\n  “well” – now\u202e ")
    assert row.text == "Train all staff\n“well” – now"


# --- dates -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "due", "codes"),
    [
        ("March 2020", "2020-03-31", []),
        ("31-Mar-20", "2020-03-31", []),
        ("July 2019 onwards", "None", ["date_unread"]),
        ("Interviewing 8 August", "2019-08-08", ["date_doubt"] * 2),
        ("Board: 7 August CCG: Safer DIG:", "2019-08-07", ["date_doubt"] * 3),
        ("Ongoing", "None", ["date_unread"]),
        ("TBC", "None", ["date_unread"]),
        ("43769", "2019-10-31", ["day_number"]),
        ("31/02/2020", "None", ["date_impossible"]),
        ("31 March 2090", "None", ["date_impossible"]),
        ("60000", "None", ["day_number", "date_impossible"]),
        ("", "None", []),
    ],
)
def test_dates_in_words(text: str, due: str, codes: list[str]) -> None:
    row = row_of(Due=text)
    assert str(row.due) == due
    assert [note.code for note in row.notes] == codes
    assert row.stops == ("date_impossible" in codes)


def test_what_is_said_of_a_date_names_everything() -> None:
    (note,) = row_of(Due="31/02/2020").notes
    assert note == Note(
        code="date_impossible",
        file="plan.csv",
        place="line 2, column 4",
        heading="Due",
        value="31/02/2020",
        why="“31/02/2020” is no day of the calendar.",
        accepted=DATES,
        stops=True,
    )
    assert note.sentence == (
        f"plan.csv, line 2, column 4 (“Due”): “31/02/2020” is no day of the calendar. {DATES}"
    )


@pytest.mark.parametrize("options", [{}, {"date_1904": True}], ids=["1900", "1904"])
def test_dates_of_excel(options: dict[str, bool]) -> None:
    day = datetime.date(2020, 3, 1)
    head = ["Ref", "QI", "Action", "Lead", "Due", "Revised date", "Update"]
    formats = ["General", "0.0", "@", "@", "dd/mm/yyyy", "mmm-yy", "d mmm yyyy"]
    row = sheet_row(
        1.0, 5.2, "Train", "Service Manager", day, day, day, formats=formats, head=head, **options
    )
    assert (row.reference, row.indicator) == ("1", "5.2")
    assert row.due == day and row.timescale == "01/03/2020"
    assert row.revised == datetime.date(2020, 3, 31)  # people see Mar-20
    assert row.progress == "1 Mar 2020"
    assert row.notes == ()


def test_a_reference_that_excel_made_a_date_of_is_said() -> None:
    day = datetime.date(2019, 2, 1)
    row = sheet_row(
        day,
        "5.2",
        "Train",
        "Service Manager",
        formats=["dd/mm/yyyy", "", "", ""],
        head=["Ref", "QI", "Action", "Lead"],
    )
    assert said(row) == [
        (
            "reference_date",
            "“01/02/2019” is a date: Excel makes one of what is typed as 1-2 or 1/2.",
            False,
        )
    ]


# --- posts -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "lead", "supporting", "new", "codes"),
    [
        ("Service Manager\nInformation Lead", "Service Manager", ("Information Lead",), (), []),
        ("c/o Head of Service", "Head of Service", (), (), ["care_of"]),
        ("MAPPAs co-ordinator", "MAPPA Co-ordinator", (), (), []),
        ("CVS", "CVS", (), ("CVS",), ["post_unknown"]),
        (
            "CJ Scotland (Head of LDI) Senior Social Worker",
            "CJ Scotland (Head of LDI)",
            ("Senior Social Workers",),
            ("CJ Scotland (Head of LDI)",),
            ["post_unknown"],
        ),
        ("Support: Service Manager", "", ("Service Manager",), (), ["no_lead"]),
        (
            "Support: Service Manager; Lead: Information Lead",
            *("Information Lead", ("Service Manager",), (), []),
        ),
        ("TBC", "", (), (), ["no_post", "no_lead"]),
        ("–", "", (), (), ["no_lead"]),
        ("", "", (), (), ["no_lead"]),
        ("x" * 151, "", (), (), ["post_long", "no_lead"]),
    ],
)
def test_posts(
    text: str, lead: str, supporting: tuple[str, ...], new: tuple[str, ...], codes: list[str]
) -> None:
    row = row_of(Lead=text)
    assert (row.lead, row.supporting, row.new_posts) == (lead, supporting, new)
    assert [note.code for note in row.notes] == codes and not row.stops


def test_a_slip_of_a_known_title_is_taken_for_it_and_said_to_be() -> None:
    row = row_of(Lead="Unpaid Works Manger")
    assert (row.lead, row.new_posts, row.unknown) == (
        "Unpaid Work Manager",
        (),
        ("Unpaid Works Manger",),
    )
    (note,) = row.notes
    assert note.why == "“Unpaid Works Manger” is no post here: “Unpaid Work Manager” is taken."


def test_what_a_person_has_said_of_a_name_comes_before_its_likeness() -> None:
    def lead(said: str) -> tuple[str, tuple[str, ...]]:
        own = replace(CONTEXT, meant={Kind.POST: {"unpaid works manger": said}})
        row = row_of(own, Lead="Unpaid Works Manger")
        return row.lead, row.new_posts

    assert lead("unpaid works manger") == ("Unpaid Works Manger", ("Unpaid Works Manger",))
    assert lead("Head of Service") == ("Head of Service", ())
    assert lead("") == ("", ())


def test_names_without_a_post_are_listed_once_with_their_rows() -> None:
    rows = [["QI", "Action", "Lead"]]
    rows += [["5.2", f"Do {n}", "Jane Smith; Unpaid Work Manger; JANE SMITH"] for n in range(3)]
    rows.append(["5.2", "Do more", "jane smith, TBC"])
    found = understood(workbook(rows), "plan.xlsx").unknown
    assert [(one.name, one.rows, one.taken, one.near, one.is_new) for one in found] == [
        ("Jane Smith", 4, "Jane Smith", "", True),
        ("Unpaid Work Manger", 3, "Unpaid Work Manager", "Unpaid Work Manager", False),
    ]


def test_supporting_posts_may_have_a_column_of_their_own() -> None:
    row = row_of(**{"Supporting officers": "Information Lead; Service Manager"})
    assert (row.lead, row.supporting) == ("Service Manager", ("Information Lead",))


# --- status, per cent, progress, key messages --------------------------------------------------


def test_a_status_is_read_by_the_areas_words_first_and_an_unknown_one_is_kept() -> None:
    own = replace(CONTEXT, statuses={"blue": Status.COMPLETE, "teal": Status.ON_TRACK})
    assert row_of(own, RAG="Teal").status == Status.ON_TRACK
    row = row_of(own, RAG="Purple")
    assert (row.status, row.word) == (None, "Purple")
    (note,) = row.notes
    assert note.why == "“Purple” is not a status that is known here."
    assert note.accepted.startswith(
        "It is kept, and the status stays as it is. Known are: blue, teal, "
    )
    assert [n.code for n in row_of(RAG="Green, " + "x" * 60).notes] == [
        "status_doubt",
        "status_long",
    ]
    assert (row_of(RAG="60%").status, row_of(RAG="60%").percent) == (Status.ON_TRACK, 60)


@pytest.mark.parametrize(
    ("text", "percent", "codes"),
    [
        *(("50%", 50, []), ("50", 50, []), ("0", 0, []), ("100%", 100, []), ("100.0%", 100, [])),
        *(("1", 1, ["percent_doubt"]), ("0.5", 50, ["percent_share"])),
        *(("101%", None, ["percent_unread"]), ("half", None, ["percent_unread"]), ("", None, [])),
    ],
)
def test_per_cent(text: str, percent: int | None, codes: list[str]) -> None:
    row = row_of(Status="Green", **{"% complete": text})
    assert row.percent == percent and [note.code for note in row.notes] == codes


def test_a_share_that_excel_shows_as_per_cent_is_read_as_people_see_it() -> None:
    row = sheet_row(
        "5.2",
        "Train",
        "Service Manager",
        0.5,
        "Green",
        formats=["", "", "", "0%", ""],
        head=["QI", "Action", "Lead", "% complete", "Status"],
    )
    assert (row.percent, row.raw[F.PERCENT], row.notes) == (50, "50%", ())


def test_dates_with_the_month_first_are_read_so_and_said_to_be() -> None:
    texts = ["3/31/2020", "4/5/2020", "12/31/2020"]
    rows = [["5.2", f"Train group {text}", "Service Manager", text] for text in texts]
    made = understood(workbook([["QI", "Action", "Lead", "Due"], *rows]), "plan.xlsx")
    assert [str(row.due) for row in made.rows] == ["2020-03-31", "2020-04-05", "2020-12-31"]
    assert said(made.rows[1]) == [
        (
            "month_first",
            "The dates of this column have the month first: “4/5/2020” is read so.",
            False,
        )
    ]


def test_dates_of_a_merged_action_are_those_of_the_file_however_they_are_shown() -> None:
    def arrange(made: xlsxwriter.Workbook) -> None:
        sheet = made.worksheets()[0]
        sheet.merge_range("A2:A3", "5.2")
        sheet.merge_range("B2:B3", "Train all staff")
        american = made.add_format({"num_format": "m/d/yyyy"})
        for at, day in enumerate((datetime.date(2020, 4, 5), datetime.date(2020, 5, 6)), 1):
            sheet.write_datetime(at, 3, day, american)

    rows = [["QI", "Action", "Lead", "Due"], [None, None, "Service Manager"], [None, None, "Head"]]
    (row,) = understood(workbook(rows, arrange=arrange), "plan.xlsx").rows
    assert str(row.due) == "2020-05-06"


def test_of_a_column_for_each_quarter_the_newest_that_says_something_tells() -> None:
    head = ["QI", "Action", "Lead", "Q1 RAG", "Q2 RAG", "Q3 RAG", "Q4 RAG"]
    rows = [
        ["5.2", "Train all staff", "Service Manager", "Red", "Green", "", ""],
        ["5.2", "Open a site", "Service Manager", "Blue", "", "", ""],
        ["5.2", "Hold meetings", "Service Manager", "", "", "", ""],
    ]
    made = understood(workbook([head, *rows]), "plan.xlsx")
    assert [row.status for row in made.rows] == [Status.ON_TRACK, Status.DONE, None]
    told = [[n.why for n in row.notes if n.code == "earlier_column"] for row in made.rows]
    assert told == [[], ["“Q2 RAG” is empty: “Blue” is taken from “Q1 RAG”."], []]


def test_key_messages_stand_in_a_column_in_the_action_or_at_the_indicator() -> None:
    row = row_of(QI="5.2 (KM4)", Action="Train (KM 1, 2)", **{"Key messages": "3"})
    assert (row.key_messages, row.text, row.notes) == ((1, 2, 3, 4), "Train", ())
    unknown = row_of(Action="Train (KM1, 7)", **{"Key messages": "see report"})
    assert unknown.key_messages == (1,)
    assert [(n.code, n.why, n.accepted) for n in unknown.notes] == [
        ("messages", "“see report” names no key message.", "Numbers such as KM1, 2 would be read."),
        (
            "message_unknown",
            "KM7: the inspection that the plan answers has no such key message.",
            "It has KM1, KM2, KM3, KM4.",
        ),
    ]
    doubt = row_of(Action="KM1 - 20 staff to be trained")
    assert (doubt.text, doubt.key_messages) == ("KM1 - 20 staff to be trained", (1,))
    assert [(n.code, n.why.partition(":")[0]) for n in doubt.notes] == [
        ("message_doubt", "“KM1 - 20”")
    ]


def test_that_there_are_no_key_messages_is_said_once_for_the_file() -> None:
    rows = [
        ["QI", "Action", "Lead"],
        *(["5.2", f"Do {n} (KM{n})", "Chief Officer"] for n in (1, 2)),
    ]
    found = understood(workbook(rows), "p.xlsx", replace(CONTEXT, messages=frozenset()))
    assert [row.notes for row in found.rows] == [(), ()]
    assert found.notes == (
        "Key messages are not linked (KM1, KM2; 2 rows name them): the plan answers no inspection "
        "that has any.",
    )
