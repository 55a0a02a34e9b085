"""Definitions that change, phases that begin and are taken back, targets, approval of figures."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import Error, transaction

from kpis import series
from kpis.catalogue import catalogue
from kpis.models import Indicator, Observation, PeriodLock, PhaseStart, Target, Vintage
from kpis.periods import financial_year, month, quarter
from kpis.services import definitions, figures
from management import clock
from management.access import Role
from management.models import AuditEvent
from management.versions import Stale
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
OCTOBER = month(date(2019, 10, 1))


@pytest.fixture
def kpi():
    return factories.kpi(factories.area(), months=6)


@pytest.fixture
def lead(kpi):
    return factories.user(kpi.area, Role.PERFORMANCE_LEAD, name="Isla Grant")


def edit(by, kpi, **facts):
    facts = {"version": kpi.version, **facts}
    return definitions.edit_indicator(by=by, indicator=kpi, **facts)


def refused(field, call, *args, **facts):
    with pytest.raises(ValidationError) as caught:
        call(*args, **facts)
    return " ".join(caught.value.message_dict[field])


def first_day(kpi):
    return Observation.objects.filter(indicator=kpi).order_by("start").first().start


# --- definitions ---------------------------------------------------------------------------------


def test_what_does_not_decide_what_is_counted_changes_without_a_reason(kpi, lead):
    edit(lead, kpi, name="Seen within a day", meaning="As the standard asks", decimals=1)
    now = Indicator.objects.get(pk=kpi.pk)
    assert (now.name, now.decimals, now.version) == ("Seen within a day", 1, 2)
    assert not PhaseStart.objects.exists()


def test_another_counting_rule_needs_a_reason_and_begins_another_series(kpi, lead):
    day = first_day(kpi)
    later = month(day).next().next().start
    rule = "From the hearing"
    said = refused("reason", edit, lead, kpi, clock_rule=rule, counts_from=later)
    assert said == "Say why: whoever reads the figures later will ask."
    edit(lead, kpi, clock_rule=rule, counts_from=later, reason="The form of 2019")
    [phase] = PhaseStart.objects.all()
    assert (phase.kind, phase.start, phase.reason) == ("definition", later, "The form of 2019")
    assert (phase.entered_by, phase.author) == ("Isla Grant", lead)
    assert "Clock" in phase.was or "Counted" in phase.was or "Source" in phase.was
    [row] = Indicator.objects.with_figures()
    told = series.kpi(row, row.figures, row.targets.all(), phases=row.phases)
    assert [p.begins for p in told.points if p.begins] == ["The form of 2019."]


def test_other_words_for_the_same_counting_leave_the_series_whole(kpi, lead):
    edit(lead, kpi, numerator="Those who were seen", reason="Plainer")
    assert not PhaseStart.objects.exists()
    assert AuditEvent.objects.of_row(kpi).first().reason == "Plainer"


def test_before_the_first_figure_a_definition_is_free(lead, kpi):
    fresh = factories.kpi(kpi.area)
    edit(lead, fresh, unit="count", numerator="Orders", frequency="quarter")
    assert Indicator.objects.get(pk=fresh.pk).unit == "count"


@pytest.mark.parametrize(("field", "value"), [("unit", "count"), ("frequency", "quarter")])
def test_figures_keep_their_unit_and_their_frequency(kpi, lead, field, value):
    assert "Define another KPI instead." in refused(field, edit, lead, kpi, **{field: value})


def test_a_series_begins_anew_after_its_first_figure_and_once_a_day(kpi, lead):
    day = first_day(kpi)
    facts = {"reason": "New form", "clock_rule": "A"}
    assert "give a later day" in refused("counts_from", edit, lead, kpi, counts_from=day, **facts)
    later = month(day).next().start
    said = refused("counts_from", edit, lead, kpi, name="B", counts_from=later, reason="New form")
    assert said == "Nothing that decides what is counted is put otherwise."
    edit(lead, kpi, counts_from=later, **facts)
    again = {"reason": "Newer form", "clock_rule": "B", "counts_from": later}
    assert "anew on that day already" in refused("counts_from", edit, lead, kpi, **again)


def test_without_figures_nothing_begins_anew(kpi, lead):
    fresh = factories.kpi(kpi.area)
    facts = {"clock_rule": "A", "counts_from": date(2019, 11, 1), "reason": "New form"}
    assert "no figure yet" in refused("counts_from", edit, lead, fresh, **facts)
    factories.observation(fresh, comparator="Scotland")
    assert "no figure yet" in refused("counts_from", edit, lead, fresh, **facts)
    assert "Define another KPI" in refused("unit", edit, lead, fresh, unit="count")


def test_a_code_is_one_kpis_however_it_is_written(kpi, lead):
    other = factories.kpi(kpi.area, code="Z9")
    said = refused("code", edit, lead, other, code=kpi.code.lower())
    assert said == f"“{kpi}” has this code already: choose another one."
    edit(lead, other, code="z9")
    assert Indicator.objects.get(pk=other.pk).code == "z9"


def test_a_stale_definition_changes_nothing(kpi, lead):
    edit(lead, kpi, name="One")
    with pytest.raises(Stale):
        edit(lead, kpi, version=1, name="Two")
    assert Indicator.objects.get(pk=kpi.pk).name == "One"


def test_a_kpi_is_retired_and_kept_again(kpi, lead):
    said = refused(
        "reason",
        definitions.retire_indicator,
        by=lead,
        indicator=kpi,
        version=1,
        on=date(2020, 1, 1),
        reason=" ",
    )
    assert said == "Say why, and who decided it."
    facts = {"by": lead, "indicator": kpi, "reason": "The board, minute 4"}
    definitions.retire_indicator(**facts, version=1, on=date(2020, 1, 1))
    assert Indicator.objects.get(pk=kpi.pk).retired_on == date(2020, 1, 1)
    definitions.retire_indicator(**facts, version=2, on=None)
    assert Indicator.objects.get(pk=kpi.pk).retired_on is None


@pytest.mark.parametrize("entry", catalogue())
def test_every_definition_of_the_catalogue_can_be_adopted(lead, kpi, entry):
    made = definitions.adopt_definition(by=lead, area=kpi.area, entry=entry, code="Z1")
    assert (made.catalogue, made.measure, made.code) == (entry, entry, "Z1")
    told = (made.meaning, made.numerator, made.denominator, made.exclusions, made.clock_rule)
    assert all(told) and made.source


def test_an_adopted_definition_is_adapted(lead, kpi):
    facts = {"entry": "orders-completed", "code": "Z2", "name": "Orders completed here"}
    made = definitions.adopt_definition(by=lead, area=kpi.area, **facts, frequency="quarter")
    assert (made.name, made.frequency, made.unit) == (
        "Orders completed here",
        "quarter",
        "percentage",
    )
    said = refused(
        "entry", definitions.adopt_definition, by=lead, area=kpi.area, entry="none", code="Z3"
    )
    assert "“none” is not in the catalogue. There are: contact-1-day," in said


# --- baselines -----------------------------------------------------------------------------------

YES = {
    "distinct": "Eight figures above the old limit",
    "cause": "The duty desk opened in October",
    "wanted": "It was the aim of action 3",
    "lasting": "The desk is funded for three years",
}


def baseline(by, kpi, start, **facts):
    facts = {"end": None, "reason": "The desk works", "answers": YES, **facts}
    return definitions.set_baseline(by=by, indicator=kpi, start=start, **facts)


def test_a_series_begins_anew_only_with_all_four_answers(kpi, lead):
    start = month(first_day(kpi)).next().start
    for missing in YES:
        said = refused(missing, baseline, lead, kpi, start, answers={**YES, missing: " "})
        assert "without all four" in said
    made = baseline(lead, kpi, start)
    assert (made.kind, made.cause) == ("baseline", "The duty desk opened in October")
    assert list(definitions.standing_phases(kpi)) == [made]


def test_the_first_baseline_needs_a_reason_and_no_answers(kpi, lead):
    first = first_day(kpi)
    assert refused("reason", baseline, lead, kpi, first, reason="", answers={}) == "Say why."
    made = baseline(lead, kpi, first, answers={}, end=month(first).next().end)
    assert made.baseline_end == month(first).next().end
    assert "no figure so early" in refused("start", baseline, lead, kpi, date(2000, 1, 1))
    assert "already" in refused("start", baseline, lead, kpi, first, answers={})
    other = month(first).next().next()
    wrong = refused("end", baseline, lead, kpi, other.start, end=first)
    assert wrong == "The baseline ends before it starts."


def test_a_baseline_begins_while_there_are_figures(kpi, lead):
    last = Observation.objects.filter(indicator=kpi).order_by("start").last()
    factories.observation(kpi, month(date(2015, 1, 1)), comparator="Scotland")
    assert "no figure so early" in refused("start", baseline, lead, kpi, date(2015, 1, 1))
    assert "no figure from then on" in refused("start", baseline, lead, kpi, last.end)
    assert baseline(lead, kpi, last.start).start == last.start


def test_a_phase_is_taken_back_once_and_stays_recorded(kpi, lead):
    made = baseline(lead, kpi, first_day(kpi), answers={})
    facts = {"by": lead, "phase": made}
    assert "Say why" in refused("reason", definitions.cancel_phase, **facts, reason="")
    definitions.cancel_phase(**facts, reason="The wrong month")
    assert not definitions.standing_phases(kpi).exists()
    assert PhaseStart.objects.count() == 2
    with pytest.raises(ValidationError, match="taken back before"):
        definitions.cancel_phase(**facts, reason="Again")
    with pytest.raises(Error), transaction.atomic():
        PhaseStart.objects.all().delete()
    baseline(lead, kpi, first_day(kpi), answers={})  # the day is free again


# --- targets -------------------------------------------------------------------------------------


def test_a_target_ends_and_a_standard_is_none(kpi, lead):
    facts = {"by": lead, "indicator": kpi, "source": "The board"}
    definitions.set_target(**facts, value=Decimal(90), start=date(2019, 5, 1))
    definitions.set_target(**facts, value=None, start=date(2019, 11, 1))
    standard = {"value": Decimal(95), "start": date(2019, 5, 1), "kind": Target.Kind.STANDARD}
    definitions.set_target(**facts, **standard)
    aims = [aim for aim in kpi.targets.all() if aim.source == "The board"]
    made = factories.kpi(kpi.area)
    made.figures = [
        Observation(indicator=made, start=p.start, end=p.end, value=Decimal(70), vintage="final")
        for p in (OCTOBER, OCTOBER.next())
    ]
    told = series.kpi(made, made.figures, aims)
    assert [p.target for p in told.points] == [90, None]


def test_a_target_is_put_right_with_a_reason(kpi, lead):
    facts = {"value": Decimal(80), "start": date(2018, 4, 1), "source": "Plan"}
    target = definitions.set_target(by=lead, indicator=kpi, **facts)
    change = {**facts, "value": Decimal(85), "version": 1}
    call = definitions.edit_target
    assert "what was wrong" in refused("reason", call, by=lead, target=target, reason="", **change)
    slip = {"by": lead, "target": target, "reason": "A slip"}
    assert "above 100" in refused("value", call, **slip, **{**change, "value": Decimal(101)})
    taken = definitions.set_target(by=lead, indicator=kpi, **{**facts, "start": date(2018, 9, 1)})
    assert "already" in refused("start", call, **slip, **{**change, "start": taken.start})
    target.refresh_from_db()
    call(by=lead, target=target, reason="A slip", **change)
    assert Target.objects.get(pk=target.pk).value == 85
    with pytest.raises(Stale):
        call(by=lead, target=Target.objects.get(pk=target.pk), reason="A slip", **change)


# --- figures -------------------------------------------------------------------------------------


@pytest.fixture
def bare(kpi):
    return factories.kpi(kpi.area, frequency="month")


def record(by, kpi, period=OCTOBER, **facts):
    return figures.record_figure(by=by, indicator=kpi, period=period, **facts)


def test_the_same_figure_again_records_nothing(bare, lead):
    first = record(lead, bare, numerator=41, denominator=60)
    assert record(lead, bare, numerator=41, denominator=60) == first
    assert Observation.objects.filter(indicator=bare).count() == 1
    assert record(lead, bare, numerator=41, denominator=60, vintage="restated").edition == 2


def test_a_settled_figure_changes_with_a_reason_and_a_provisional_one_without(bare, lead):
    record(lead, bare, numerator=41, denominator=60, vintage=Vintage.PROVISIONAL)
    record(lead, bare, numerator=42, denominator=60)
    said = refused("reason", record, lead, bare, numerator=43, denominator=60)
    assert said == "It stands as 42 of 60, not 43 of 60. Say why it changes."
    record(lead, bare, numerator=43, denominator=60, reason="Found in the safe")
    assert [o.reason for o in Observation.objects.filter(indicator=bare).order_by("edition")] == [
        "",
        "",
        "Found in the safe",
    ]


@pytest.mark.parametrize(
    ("period", "facts", "field", "said"),
    [
        (quarter(date(2019, 10, 1)), {}, "period", "is reported by month"),
        (financial_year(date(2018, 4, 1)), {}, "period", "is reported by month"),
        (month(date(2020, 2, 1)), {}, "period", "Feb 2020 has not begun yet."),
        (month(date(2020, 1, 1)), {}, "vintage", "Jan 2020 has not ended yet"),
    ],
)
def test_a_period_is_of_the_length_of_the_kpi_and_has_ended(bare, lead, period, facts, field, said):
    assert said in refused(field, record, lead, bare, period, value=Decimal(50), **facts)
    assert not Observation.objects.filter(indicator=bare).exists()


def test_a_month_that_has_not_ended_has_a_provisional_figure(bare, lead):
    made = record(lead, bare, month(date(2020, 1, 1)), value=Decimal(50), vintage="provisional")
    assert made.edition == 1


def test_all_of_them_are_recorded_or_none(bare, lead):
    november = OCTOBER.next()
    rows = [
        figures.Entry(bare, OCTOBER, 41, 60),
        figures.Entry(bare, november, 61, 60),
    ]
    with pytest.raises(ValidationError):
        figures.record_figures(by=lead, area=bare.area, entries=rows)
    assert not Observation.objects.filter(indicator=bare).exists()


def test_parts_of_a_break_down_are_figures_of_their_own(bare, lead):
    record(lead, bare, numerator=41, denominator=60)
    record(lead, bare, numerator=20, denominator=30, split="team", part="East")
    said = refused("part", record, lead, bare, numerator=20, denominator=30, split="team")
    assert said == "Name the break-down and the part, or neither."
    assert Observation.objects.latest_editions().filter(indicator=bare).count() == 2


def test_who_holds_the_owner_post_reports_the_figures_of_their_kpi_alone(kpi):
    post = factories.post(kpi.area)
    mine, other = (factories.kpi(kpi.area, owner=owner) for owner in (post, None))
    manager = factories.user(kpi.area, Role.SERVICE_MANAGER)
    with pytest.raises(PermissionDenied, match="come from its owner"):
        record(manager, mine, value=Decimal(50))
    factories.holding(post, manager)
    assert record(manager, mine, value=Decimal(50)).entered_by == manager.name
    with pytest.raises(PermissionDenied, match="nobody yet"):
        record(manager, other, value=Decimal(50))


def test_approved_figures_stay_until_they_are_opened_with_a_reason(bare, lead):
    facts = {"by": lead, "indicator": bare, "period": OCTOBER}
    with pytest.raises(ValidationError, match="no figure of Oct 2019 to approve"):
        figures.lock_period(**facts)
    record(lead, bare, numerator=41, denominator=60)
    figures.lock_period(**facts)
    with pytest.raises(ValidationError, match="approved already"):
        figures.lock_period(**facts)
    change = {"numerator": 42, "denominator": 60, "reason": "One was late"}
    said = refused("period", record, lead, bare, **change)
    assert "approved by Isla Grant on 15 January 2020. Open it again first." in said
    assert record(lead, bare, OCTOBER.next(), value=Decimal(50)).edition == 1
    assert "Say why" in refused("reason", figures.unlock_period, **facts, reason="")
    figures.unlock_period(**facts, reason="A late return")
    with pytest.raises(ValidationError, match="open already"):
        figures.unlock_period(**facts, reason="Again")
    assert record(lead, bare, **change).edition == 2
    assert [lock.locked for lock in PeriodLock.objects.order_by("id")] == [True, False]
    with pytest.raises(Error), transaction.atomic():
        PeriodLock.objects.update(locked=False)


def test_the_last_period_that_is_due(bare):
    assert figures.latest_due(bare, date(2020, 1, 15)) == month(date(2019, 12, 1))
    assert figures.latest_due(bare, date(2020, 1, 31)) == month(date(2020, 1, 1))
    bare.frequency = "financial_year"
    assert figures.latest_due(bare, date(2020, 1, 15)) == financial_year(date(2018, 4, 1))
    bare.frequency = "once"
    assert figures.latest_due(bare, date(2020, 1, 15)) is None


def test_a_figure_as_it_stood_on_a_day_keeps_its_phases_too(bare, lead):
    with clock.hold(date(2019, 11, 5)):
        record(lead, bare, numerator=41, denominator=60)
    with clock.hold(date(2020, 1, 10)):
        definitions.set_baseline(
            by=lead, indicator=bare, start=OCTOBER.start, end=None, reason="Set", answers={}
        )
    then = clock.now().replace(year=2019, month=12, day=31)
    [row] = Indicator.objects.filter(pk=bare.pk).with_figures(known_by=then)
    assert (len(row.figures), row.phases) == (1, [])
    [row] = Indicator.objects.filter(pk=bare.pk).with_figures()
    assert len(row.phases) == 1
