"""A file with figures is kept, looked at, taken in, and undone."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpis.imports.lines import Does
from kpis.models import FigureImport, FigureName, Indicator, Observation, Vintage
from kpis.periods import month
from kpis.services import figures, importing, meaning, taking_in, undoing
from kpis.services.requests import missing
from management import clock, store
from management.access import Role
from management.versions import Stale
from tests import factories
from tests.kpis.importing.helpers import Bring, sentences, stands, table

pytestmark = pytest.mark.django_db
APRIL = month(date(2019, 4, 1))
TWO = table("K1,Apr-19,41,60,,", "K1,May-19,42,60,,")


def test_a_file_is_kept_looked_at_and_taken_in(bring, kpi, lead):
    kept = bring.keep(TWO)
    assert store.read(kept.sha256) == TWO
    assert not Observation.objects.exists()
    assert [(one.at, one.does, one.row.place) for one in importing.look(kept).lines] == [
        (1, Does.NEW, "line 2"),
        (2, Does.NEW, "line 3"),
    ]
    bring.take_in(kept)
    assert stands(kpi) == {"2019-04": (41, 60), "2019-05": (42, 60)}
    row = Observation.objects.first()
    assert (row.entered_by, row.file_id, row.vintage) == (lead.name, kept.pk, Vintage.FINAL)
    assert (kept.state, kept.taken_by) == (FigureImport.State.APPLIED, lead.name)


def test_the_same_file_twice_changes_nothing_and_says_so(bring, kpi):
    first = bring(TWO)
    again = bring.keep(TWO)
    assert bring.does(TWO) == ["same", "same"]
    assert importing.taken_before(again) == first
    with pytest.raises(ValidationError, match="nothing in the file that is not here already"):
        bring.take_in(again)
    assert Observation.objects.count() == 2


def test_a_changed_figure_is_shown_old_and_new_and_asks_for_a_reason(bring, kpi):
    bring(TWO)
    data = table("K1,Apr-19,43,60,,", "K1,May-19,42,60,,", "K1,Jun-19,44,60,,")
    kept = bring.keep(data)
    changed, same, new = importing.look(kept).lines
    assert [one.does for one in (changed, same, new)] == [Does.CHANGED, Does.SAME, Does.NEW]
    assert sentences(changed) == ["It stands as 41 of 60, not 43 of 60. Say why it changes."]
    with pytest.raises(ValidationError) as caught:
        bring.take_in(kept)
    assert caught.value.message_dict == {"reason": [f"Line 2: {changed.asks}"]}
    bring.take_in(kept, reason="Two were entered late")
    assert stands(kpi) == {"2019-04": (43, 60), "2019-05": (42, 60), "2019-06": (44, 60)}
    reasons = Observation.objects.order_by("start", "edition").values_list("edition", "reason")
    assert list(reasons) == [(1, ""), (2, "Two were entered late"), (1, ""), (1, "")]


def test_a_reason_in_the_file_or_of_one_row_goes_before_the_one_for_all(bring, kpi):
    bring(table("K1,Apr-19,41,60,,", "K1,May-19,42,60,,", "K1,Jun-19,43,60,,"))
    data = table("K1,Apr-19,51,60,,In the file", "K1,May-19,52,60,,", "K1,Jun-19,53,60,,")
    bring(data, reason="For all", reasons={2: "For one"})
    rows = Observation.objects.filter(edition=2).order_by("start")
    assert [row.reason for row in rows] == ["In the file", "For one", "For all"]


def test_what_is_stopped_is_left_out_by_a_tick_or_nothing_is_taken_in(bring, kpi):
    data = table("K1,Apr-19,41,60,,", "K1,May-19,61,60,,", "K9,Jun-19,1,2,,")
    kept = bring.keep(data)
    with pytest.raises(ValidationError) as caught:
        bring.take_in(kept)
    assert caught.value.messages == [
        "Line 3: 61 is more than the 60 that it is counted from.",
        "Line 4: “K9” is no KPI of this area.",
        "Mend the file, or leave these figures out.",
    ]
    assert not Observation.objects.exists()
    bring.take_in(kept, without_stopped=True)
    assert stands(kpi) == {"2019-04": (41, 60)}


def test_a_row_is_left_out_by_its_number_and_a_number_of_none_is_refused(bring, kpi):
    kept = bring.keep(TWO)
    with pytest.raises(ValidationError, match="has no figure 3: its figures are numbered from 1"):
        bring.take_in(kept, skip=[3])
    bring.take_in(kept, skip=[1])
    assert stands(kpi) == {"2019-05": (42, 60)}


def test_an_approved_period_is_stopped_with_a_sentence(bring, kpi, lead):
    bring(TWO)
    figures.lock_period(by=lead, indicator=kpi, period=APRIL)
    [april] = bring.look(table("K1,Apr-19,43,60,,Late")).lines
    assert april.does == Does.STOPPED
    said = f"The figure of Apr 2019 was approved by {lead.name} on 15 January 2020. Open it"
    assert sentences(april) == [f"{said} again first."]
    assert bring.does(table("K1,Apr-19,41,60,,")) == ["same"]


def test_what_is_doubtful_is_said_of_what_stands_and_of_what_comes_with_it(bring, kpi):
    rows = [
        f"K1,{p.label},{n},100,," for p, n in zip(year(), (50, 54, 48, 53, 51, 52), strict=False)
    ]
    bring(table(*rows))
    [low] = bring.look(table("K1,Oct-19,8,100,,")).lines
    assert sentences(low) == ["Check: 8% is far below the usual 42% to 61%."]
    [late] = bring.look(table("K1,Dec-19,52,100,,")).lines
    assert sentences(late) == ["Oct 2019 and the periods after it have no figure."]
    other = factories.kpi(kpi.area, code="K2")
    rows = [row.replace("K1", "K2") for row in (*rows, "K1,Oct-19,8,100,,", "K1,Dec-19,52,100,,")]
    *ordinary, low, late = bring.look(table(*rows)).lines
    assert not any(sentences(one) for one in ordinary)
    assert sentences(low) == ["Check: 8% is far below the usual 42% to 61%."]
    assert sentences(late) == ["Nov 2019 has no figure."]
    assert other.code == low.row.kpi.code


def year():
    period = APRIL
    while True:
        yield period
        period = period.next()


def test_parts_that_do_not_add_up_are_told(bring, kpi):
    head = "KPI,Period,Number,Out of,Break-down,Part\n"
    rows = ("K1,Apr-19,41,60,,", "K1,Apr-19,20,30,Team,East", "K1,Apr-19,20,30,Team,West")
    whole, *_ = bring.look(table(*rows, head=head)).lines
    assert len(sentences(whole)) == 1
    assert sentences(whole)[0].startswith("“Team”: The parts do not add up to the whole")


def test_a_month_that_has_not_ended_is_provisional(bring, kpi):
    [january] = bring.look(table("K1,Jan-20,4,6,,")).lines
    assert (january.does, january.vintage) == (Does.NEW, Vintage.PROVISIONAL)
    [february] = bring.look(table("K1,Feb-20,4,6,,")).lines
    assert sentences(february) == ["Feb 2020 has not begun yet."]


def test_what_the_file_does_not_say_is_chosen_for_it(bring, kpi):
    bring(TWO, chosen={"vintage": "provisional"})
    assert {row.vintage for row in Observation.objects.all()} == {Vintage.PROVISIONAL}
    assert bring.does(TWO) == ["same", "same"]
    assert bring.does(TWO, vintage="final") == ["changed", "changed"]


def test_unknown_names_are_asked_for_once_and_remembered(bring, kpi, lead):
    data = table("Seen,Apr-19,41,60,,", "Seen,May-19,42,60,,", "Other,Apr-19,1,2,,")
    seen = bring.look(data)
    assert [(one.name, one.first, one.rows) for one in seen.unknown] == [
        ("Seen", "line 2", 2),
        ("Other", "line 4", 1),
    ]
    kept = bring.keep(data, names={"Seen": kpi, "Other": None})
    assert [str(one.does) for one in importing.look(kept).lines] == ["new", "new"]
    assert importing.look(kept).left_out[0].why == f"Left out, as {lead.name} said."
    later = bring.look(data)
    assert (later.unknown, [one.sentence for one in later.remembered]) == (
        (),
        [
            f"“other” is left out, as {lead.name} chose on 15 January 2020.",
            f"“seen” is K1, as {lead.name} chose on 15 January 2020.",
        ],
    )
    assert bring.look(TWO).remembered == ()
    assert FigureName.objects.count() == 2


def test_the_name_of_a_file_is_asked_for_and_not_remembered(bring, kpi):
    data = table("Apr-19,41,60", head="Month,Number,Out of\n")
    seen = bring.look(data)
    assert [one.name for one in seen.unknown] == ["figures"]
    kept = bring.keep(data, names={"figures": kpi}, own_names=seen.own_names)
    assert [str(one.does) for one in importing.look(kept).lines] == ["new"]
    assert not FigureName.objects.exists()
    assert [one.name for one in bring.look(data).unknown] == ["figures"]
    assert not bring.look(data, name="K1.csv").unknown


def test_columns_are_chosen_and_remembered_by_their_headings(bring, kpi, lead):
    data = table("K1,Apr-19,41,60", head="Thing,When,So many,Of these\n")
    seen = bring.look(data)
    assert (seen.lines, seen.tables[0].layout.kind) == ((), None)
    assert "no column with figures and their periods is known" in seen.notes[0]
    fields = {"thing": "KPI", "when": "Period", "so many": "Number", "of these": "Out of"}
    columns = {seen.tables[0].layout.signature: fields}
    assert bring.does(data, columns=columns) == ["new"]
    later = bring.look(data)
    assert [str(one.does) for one in later.lines] == ["new"]
    assert later.remembered[0].sentence.endswith(f"as {lead.name} chose on 15 January 2020.")
    with pytest.raises(ValidationError, match="Choose what a column can be"):
        bring.keep(data, columns={"x": {"thing": "Nonsense"}})


def test_days_that_can_be_read_in_two_ways_are_asked_about_before_anything_is_taken_in(bring, kpi):
    data = table("K1,01/04/2019,41,60,,", "K1,02/05/2019,42,60,,")
    kept = bring.keep(data)
    assert importing.look(kept).asks_order
    with pytest.raises(ValidationError, match="Say first how the days in the file are written"):
        bring.take_in(kept, without_stopped=True)
    meaning.choose(by=bring.lead, kept=kept, version=kept.version, order="month/day/year")
    assert [one.row.period.label for one in importing.look(kept).lines] == ["Jan 2019", "Feb 2019"]


def test_what_is_taken_in_is_what_was_shown(bring, kpi, lead):
    kept = bring.keep(TWO)
    mark = importing.look(kept).mark
    figures.record_figure(by=lead, indicator=kpi, period=APRIL, numerator=40, denominator=60)
    with pytest.raises(Stale):
        bring.take_in(kept, mark=mark, reason="Late")
    assert stands(kpi) == {"2019-04": (40, 60)}
    with pytest.raises(Stale):
        taking_in.take_in(by=lead, kept=kept, version=9, mark=importing.look(kept).mark)


def test_two_kpis_of_one_name_are_told_apart_by_a_person(bring, kpi):
    factories.kpi(kpi.area, code="K2", name=kpi.name)
    [one] = bring.look(table("Seen within a day,Apr-19,41,60,,")).lines
    assert sentences(one) == [
        "“Seen within a day” is the name of more than one KPI: K1, K2. Say which."
    ]


def test_another_areas_kpis_are_unknown_and_its_people_bring_nothing(bring, kpi):
    other = factories.kpi(factories.area(), code="K7")
    assert [one.name for one in bring.look(table("K7,Apr-19,41,60,,")).unknown] == ["K7"]
    with pytest.raises(ValidationError, match="Choose KPIs of this area"):
        bring.keep(TWO, names={"K7": other})
    stranger = factories.user(other.area, Role.PERFORMANCE_LEAD)
    manager = factories.user(kpi.area, Role.SERVICE_MANAGER)
    for person in (stranger, manager):
        with pytest.raises(PermissionDenied):
            Bring(person, kpi.area).keep(TWO)


# --- undoing -----------------------------------------------------------------------------------


def test_undoing_gives_again_what_stood_before_as_a_further_edition(bring, kpi):
    bring(table("K1,Apr-19,41,60,,"))
    kept = bring(table("K1,Apr-19,43,60,,Late", "K1,May-19,42,60,,"))
    bring.undo(kept)
    assert stands(kpi) == {"2019-04": (41, 60), "2019-05": None}
    rows = Observation.objects.order_by("start", "edition")
    assert [(row.edition, row.numerator) for row in rows] == [
        *((1, 41), (2, 43), (3, 41)),
        *((1, 42), (2, None)),
    ]
    said = "The import of figures.csv was undone."
    assert [rows[2].reason, rows[4].reason, rows[4].note] == [said] * 3
    assert kept.state == FigureImport.State.UNDONE
    assert bring.does(table("K1,Apr-19,41,60,,", "K1,May-19,42,60,,")) == ["same", "new"]


def test_imports_are_undone_one_after_the_other(bring, kpi):
    first = bring(table("K1,Apr-19,41,60,,"))
    second = bring(table("K1,Apr-19,43,60,,Late"))
    assert "has given another figure of K1 for Apr 2019 since" in undoing.why_not_undone(first)
    bring.undo(second)
    bring.undo(first)
    assert stands(kpi) == {"2019-04": None}
    assert Observation.objects.count() == 4


def test_an_import_is_not_undone_over_a_newer_figure_an_approval_or_after_a_day(bring, kpi, lead):
    kept = bring(TWO)
    figures.record_figure(
        by=lead, indicator=kpi, period=APRIL, numerator=40, denominator=60, reason="Late"
    )
    with pytest.raises(
        ValidationError, match=f"{lead.name} has given another figure of K1 for Apr"
    ):
        bring.undo(kept)
    other = bring(table("K1,Jun-19,42,60,,"))
    figures.lock_period(by=lead, indicator=kpi, period=month(date(2019, 6, 1)))
    with pytest.raises(ValidationError, match="Jun 2019 was approved by"):
        bring.undo(other)
    third = bring(table("K1,Jul-19,42,60,,"))
    with clock.hold(date(2020, 1, 17)):
        assert "more than a day ago" in undoing.why_not_undone(third)
    with pytest.raises(Stale):
        undoing.undo(by=lead, kept=third, version=9)
    bring.undo(third)
    assert undoing.why_not_undone(third) == "Only a file that was taken in can be undone."


def test_a_file_that_is_thrown_away_is_decided(bring, kpi, lead):
    kept = bring.keep(TWO)
    meaning.throw_away(by=lead, kept=kept, version=kept.version)
    for decide in (bring.take_in, lambda k: meaning.choose(by=lead, kept=k, version=k.version)):
        with pytest.raises(ValidationError, match="thrown away"):
            decide(kept)


# --- parting a file ----------------------------------------------------------------------------


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(st.sampled_from(["K1", "K2"]), st.integers(0, 8), st.integers(0, 60)),
        min_size=2,
        max_size=12,
        unique_by=lambda one: one[:2],
    ),
    st.data(),
)
def test_parting_a_file_gives_the_same_figures(db, rows, data):
    """One file, or two one after the other: in areas of their own."""
    at = data.draw(st.integers(1, len(rows) - 1))
    lines = [f"{code},{month_of(n)},{count},60,," for code, n, count in rows]
    found = []
    for parts in ([lines], [lines[:at], lines[at:]]):
        area = factories.area()
        kpis = [factories.kpi(area, code=code) for code in ("K1", "K2")]
        with clock.hold(date(2020, 1, 15)):
            bring = Bring(factories.user(area, Role.PERFORMANCE_LEAD), area)
            for part in parts:
                bring(table(*part))
        found.append([stands(kpi) for kpi in kpis])
    assert found[0] == found[1]
    assert sum(len(one) for one in found[0]) == len(rows)


def month_of(number):
    return (date(2019, 4, 1) + timedelta(days=31 * number)).strftime("%b-%y")


def test_what_an_undone_file_had_given_is_missing_again(bring, kpi):
    with clock.hold(date(2019, 6, 10)):
        factories.observation(kpi, APRIL.previous())
        before = [(one.indicator, one.period) for one in missing(Indicator.objects.all())]
        kept = bring(TWO)
        assert missing(Indicator.objects.all()) == []
        bring.undo(kept)
        assert [(one.indicator, one.period) for one in missing(Indicator.objects.all())] == before
