"""What went out of Throughline and comes in again as a plan's file says what it said. No database.

The last test alone needs one: it brings the files in.
"""

import io
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from management.access import Role
from management.documents import clean
from management.sheets.content import STAMP
from management.uploads import BadFile
from plans.models import Plan
from plans.plan_file import plain, word
from plans.plan_file.content import Line, Moved, PlanFile, Proof
from plans.services import exports, importing
from plans.services.progress import post_update
from plans.sheets.content import Context, Result
from plans.sheets.fields import Field
from plans.sheets.layouts import chosen, layouts, with_mapping
from plans.sheets.reading import read
from plans.sheets.understanding import understand
from plans.statuses import Status
from plans.tracker.writing import write
from tests import factories
from tests.pages import AWKWARD
from tests.plans.forms_built import docx, tbl, tc, tr
from tests.plans.plans_built import lines as paragraphs
from tests.plans.test_tracker_files import content, written
from tests.plans.test_tracker_merging import POSTS, line
from tests.plans.trackers_built import filled, redone

INDICATORS = (("5.2", "Assessing risk, as 1.1 asks"), ("1.1", "Better life chances"))
CONTEXT = Context(
    day=date(2019, 9, 17),
    posts=POSTS,
    indicators=INDICATORS,
    messages=frozenset({1, 2, 3}),
    statuses={"green": Status.ON_TRACK, "on target": Status.ON_TRACK, "amber": Status.AT_RISK},
)
KINDS = ("plan.csv", "plan.docx", "actions.xlsx")
FIRST = line(
    key=1,
    reference="1.1a",
    indicator=INDICATORS[0][1],
    text="Train all staff (KM1, 2)\nKM2, 12 sessions a year",
    lead=POSTS[2],
    supporting=(POSTS[1],),
    key_messages=("KM1", "KM3", "KM2 of “Another report; of 2016”"),
    recommendations=("R1",),
    responsible="Head of Service\nUnpaid Work Manager",
    timescale="October 2019,\nDue: soon",
    due=date(2020, 6, 30),
    moves=(Moved(date(2020, 1, 2), date(2020, 3, 31), date(2020, 6, 30), "Snow\nand ice", "P"),),
    shown="On target",
    stands="Amber",
    percent=60,
    days_overdue=3,
    late_by_first=True,
    update="KM1: half of them so far, since 3 May 2019, Person: left",
    update_on=date(2020, 1, 6),
    update_by="Person 26",
    evidence_expected="A list of names",
    evidence=(Proof(date(2020, 1, 6), "Minutes"),),
    illustrative=True,
)
SECOND = line(
    key=2,
    reference="A2",
    indicator=INDICATORS[0][1],
    due=None,
    original_due=None,
    status="not_started",
    label=Status.NOT_STARTED.label,
    shown=Status.NOT_STARTED.label,
    percent=None,
    evidence_expected="",
)


def file(name: str, lines: Iterable[Line], **facts: Any) -> bytes:
    return made(name, content(*lines, **facts | ({"key": None} if "actions" in name else {})))


def made(name: str, told: PlanFile) -> bytes:
    """The file that a person downloads."""
    out = io.BytesIO()
    if name.endswith("csv"):
        return b"".join(plain.csv_pieces(told))
    if name.endswith("docx"):
        word.write(out, told)
    else:
        write(out, told, lambda text: text)
    return out.getvalue()


def understood(name: str, data: bytes, context: Context = CONTEXT) -> Result:
    book = read(data, name)
    return understand(book, chosen(layouts(book, context)), context)


def spaced(text: str) -> str:
    return " ".join(clean(text).split())


def check(result: Result, lines: list[Line], name: str) -> None:
    """Every row says what the action is."""
    assert len(result.rows) == len(lines)
    for row, one in zip(result.rows, lines, strict=True):
        assert (row.reference, row.indicator) == (one.reference, one.indicator_code)
        assert spaced(row.text) == spaced(one.text)
        assert (row.lead, row.supporting) == (one.lead, one.supporting)
        assert row.new_posts == ()
        assert row.key_messages == tuple(int(m[2:]) for m in one.key_messages if len(m) == 3)
        assert (row.due, row.revised) == (one.due, None)
        # The other two do not have the plan's own words, and what they have is not said to be them.
        assert spaced(row.responsible) == (spaced(one.responsible) if "csv" in name else "")
        assert spaced(row.timescale) == ("" if "xlsx" in name else spaced(one.timescale))
        assert row.status == one.status
        assert row.word == ("" if one.shown == one.label else one.shown)
        assert row.percent == one.percent
        assert spaced(row.progress) == spaced(one.update)
        assert spaced(row.evidence_expected) == spaced(one.evidence_expected)
        assert not row.stops


@pytest.mark.parametrize("name", KINDS)
def test_our_own_file_says_what_the_plan_says(name: str) -> None:
    lines = [FIRST, SECOND]
    check(understood(name, file(name, lines)), lines, name)


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.sampled_from(
    [AWKWARD, "=1+1", "''=1", "'\tx", " -5 days", "KM1 and KM2", "Total", "On track", "1. Do it"]
)
SAYS = TEXT.filter(lambda text: spaced(text).strip("'"))
LINES = st.builds(
    line,
    text=SAYS,
    responsible=TEXT,
    timescale=TEXT,
    evidence_expected=TEXT,
    update=SAYS,
    update_on=st.just(date(2020, 1, 6)),
    update_by=st.just("Person 26"),
    lead=st.sampled_from(POSTS),
    supporting=st.lists(st.sampled_from(POSTS), max_size=2, unique=True).map(tuple),
    key_messages=st.sampled_from([(), ("KM1",), ("KM1", "KM3")]),
    due=st.none() | st.dates(date(2018, 1, 1), date(2024, 12, 31)),
    percent=st.none() | st.integers(0, 100),
    status=st.just("on_track"),
    shown=st.sampled_from(["Green", "On target"]),
    indicator=st.just(INDICATORS[0][1]),
)


@pytest.mark.parametrize("name", KINDS)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=st.lists(LINES, min_size=1, max_size=4))
def test_nothing_that_a_plan_can_say_comes_back_otherwise(name: str, made: list[Line]) -> None:
    lines = [
        replace(
            one,
            key=number,
            reference=f"A{number}",
            supporting=tuple(post for post in one.supporting if post != one.lead),
        )
        for number, one in enumerate(made, 1)
    ]
    if name != "plan.csv":  # where alone an apostrophe is taken away that we have put there
        lines = [replace(one, text=f"Do {one.text}", update=f"So {one.update}") for one in lines]
        lines = [replace(one, evidence_expected=f"A {one.evidence_expected}") for one in lines]
        lines = [replace(one, timescale=f"By {one.timescale}") for one in lines]
    check(understood(name, file(name, lines)), lines, name)


def page(*rows: tuple[str, ...]) -> bytes:
    """A Word file with the headings of ours."""
    drawn = (tr(*(tc(paragraphs(text)) for text in row)) for row in (tuple(word.COLUMNS), *rows))
    return docx(tbl(*drawn, widths=(1800,) * 6))


def test_what_somebody_changed_in_our_word_file_is_read() -> None:
    changed = (
        "5.2 Assessing risk, as 1.1 asks",
        "A1 of “Plan 2019”\nTrain everybody\nin June\nAnswers: R1",
        "Lead: Unpaid Work Manager\nSupporting: Service Manager; Lead (Police Scotland)",
        "In the plan: May\nDue: 30 June 2020\nFirst due: 31 May 2020\nMoved: Snow",
        "Amber\n40 per cent done\n6 January 2020, Person: Half of them\nNow more",
        "Held: Minutes",
    )
    added = ("1.1 Better life chances", "Ask people (KM2)", "Service Manager", "May 2020", "", "")
    first, second = understood("plan.docx", page(changed, added)).rows
    assert (first.reference, first.text, first.lead) == ("A1", "Train everybody\nin June", POSTS[1])
    assert first.supporting == (POSTS[0], POSTS[2])
    assert (first.due, first.timescale) == (date(2020, 6, 30), "May")
    assert (first.status, first.word, first.percent) == ("at_risk", "Amber", 40)
    assert (first.progress, first.evidence_expected) == ("Half of them\nNow more", "")
    # A row that was typed into it is read as anybody's.
    assert (second.reference, second.text, second.key_messages) == ("", "Ask people", (2,))
    assert (second.lead, second.due) == (POSTS[0], date(2020, 5, 31))


def test_somebody_elses_plan_with_the_headings_of_ours_is_read_as_theirs() -> None:
    row = ("5.2", "A1\nTrain all staff", "Service Manager", "May 2020", "Green, as said", "A list")
    (found,) = understood("plan.docx", page(row)).rows
    assert (found.reference, found.text) == ("", "A1\nTrain all staff")
    assert found.lead == POSTS[0]


def test_another_meaning_that_a_person_gives_to_a_column_of_ours_holds() -> None:
    book = read(file("plan.csv", [FIRST]), "plan.csv")
    (layout,) = layouts(book, CONTEXT)
    fields = [Field.NOTHING if f == Field.PROGRESS else f for f in layout.mapping]
    (row,) = understand(book, [with_mapping(layout, fields)], CONTEXT).rows
    assert (row.reference, row.progress) == ("1.1a", "")


def test_a_csv_file_of_ours_with_half_its_columns_is_read_by_its_headings() -> None:
    head = "Reference,Indicator code,Action,Lead,Latest update,Latest update on,Latest update by"
    said = "A1,5.2,Do it,Service Manager,Half of it,2020-01-06,Person 26"
    (row,) = understood("plan.csv", f"{head}\n{said}\n".encode()).rows
    assert (row.text, row.progress) == ("Do it", "Half of it")


def test_a_tracker_workbook_is_sent_to_where_it_is_compared() -> None:
    with pytest.raises(BadFile, match=r"our plan\.xlsx: this is the tracker workbook of a plan"):
        read(written(FIRST), "our plan.xlsx")


def test_a_tracker_workbook_whose_hidden_sheet_is_lost_is_read_as_ours() -> None:
    lost = redone(written(FIRST), "xl/workbook.xml", lambda xml: xml.replace(STAMP, "Copy"))
    lost = filled(lost, {"update": "All of them", "new_due": date(2020, 9, 30)})
    (row,) = understood("plan.xlsx", lost).rows
    assert (row.reference, row.text, row.revised) == ("1.1a", FIRST.text, date(2020, 9, 30))
    assert [text for _, text in row.updates] == [FIRST.update, "All of them"]


@pytest.mark.django_db
@pytest.mark.usefixtures("today")
@pytest.mark.parametrize("name", KINDS)
def test_the_file_of_a_plan_that_has_not_changed_proposes_nothing(name: str) -> None:
    area = factories.area(slug="ardmore")
    keeper = factories.user(area, Role.PERFORMANCE_LEAD)
    found = factories.inspection(area)
    plan = factories.plan(area, found)
    guide = found.framework.indicators.first()
    posts = [factories.post(area, title) for title in ("Service Manager", "Information Lead")]
    first = factories.action(
        plan,
        indicator=guide,
        reference="1.1a",
        text="Train all staff (KM1), KM2 - 20 of them",
        lead=posts[0],
        supporting=(posts[1],),
        key_messages=(factories.key_message(found, 1),),
        responsible="The service manager & others",
        timescale="October 2019",
        due=date(2020, 3, 31),
    )
    factories.action(plan, indicator=guide, reference="1.1b", text="=1+1", lead=posts[0], due=None)
    for said in ("A quarter of them", "Half of them, by KM1"):
        first.refresh_from_db()
        version = first.version
        post_update(
            by=keeper, action=first, version=version, status="at_risk", text=said, percent=50
        )
    told = exports.plan_file(user=keeper, plan=Plan.objects.get())
    if name == "actions.xlsx":
        told = exports.actions_file(user=keeper, area=area, keys=plan.actions.order_by("sequence"))
    kept = importing.keep_file(
        by=keeper,
        area=area,
        data=made(name, told),
        file_name=name,
        framework=found.framework,
        plan=plan,
    )
    seen = importing.look(kept)
    assert [(one.does, one.changes) for one in seen.lines] == [("same", ()), ("same", ())]
