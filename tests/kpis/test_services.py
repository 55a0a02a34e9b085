"""Definitions, targets and figures of KPIs: every change, every refusal, every edition."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import Error, IntegrityError, transaction

from kpis.models import Indicator, Observation, Unit, Vintage
from kpis.periods import month
from kpis.services import definitions, figures
from management import clock
from management.access import Role
from management.models import AuditEvent
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
OCTOBER = month(date(2019, 10, 1))


@pytest.fixture
def kpi():
    return factories.kpi(factories.area())


@pytest.fixture
def lead(kpi):
    return factories.user(kpi.area, Role.PERFORMANCE_LEAD)


def record(by, kpi, **facts):
    facts = {"period": OCTOBER, **facts}
    return figures.record_figure(by=by, indicator=kpi, **facts)


def trail(row):
    event = AuditEvent.objects.of_row(row).first()
    return event.actor_name, event.verb, event.area_id


def test_a_kpi_is_defined_once_for_its_code(kpi, lead):
    definition = {
        "code": "K99",
        "name": "Seen in time",
        "meaning": "How many were seen in time",
        "unit": Unit.PERCENTAGE,
        "direction": "higher",
        "frequency": "month",
        "source": "Case system",
    }
    made = definitions.define_indicator(by=lead, area=kpi.area, **definition)
    assert trail(made) == (lead.name, "define KPI", kpi.area_id)
    with pytest.raises(ValidationError, match="has this code already"):
        definitions.define_indicator(by=lead, area=kpi.area, **definition)
    for wrong in ({"unit": "miles"}, {"direction": "up"}, {"source": ""}):
        with pytest.raises(ValidationError):
            definitions.define_indicator(
                by=lead, area=kpi.area, **{**definition, "code": "K98", **wrong}
            )
    assert Indicator.objects.count() == 2


def test_a_target_is_set_once_for_its_first_day(kpi, lead):
    facts = {"indicator": kpi, "value": Decimal(80), "start": date(2019, 4, 1), "source": "Plan"}
    made = definitions.set_target(by=lead, **facts)
    assert trail(made) == (lead.name, "set target", kpi.area_id)
    with pytest.raises(ValidationError, match="There is a target from that day already"):
        definitions.set_target(by=lead, **facts)


def test_a_figure_says_who_entered_it_and_when(kpi, lead):
    made = record(lead, kpi, numerator=41, denominator=60)
    assert (made.edition, made.vintage, made.source) == (1, Vintage.FINAL, kpi.source)
    assert (made.entered_by, made.entered_at.date()) == (lead.name, date(2020, 1, 15))
    assert trail(made) == (lead.name, "record figure", kpi.area_id)


def test_a_correction_is_the_next_edition_and_the_earlier_one_stays(kpi, lead):
    first = record(lead, kpi, numerator=41, denominator=60, vintage=Vintage.PROVISIONAL)
    second = record(lead, kpi, numerator=43, denominator=60, note="Two were entered late")
    assert (first.edition, second.edition) == (1, 2)
    assert list(Observation.objects.latest_editions()) == [second]
    assert Observation.objects.get(edition=1).numerator == 41


def test_each_period_and_each_comparator_has_editions_of_its_own(kpi, lead):
    made = [
        record(lead, kpi, value=Decimal(70)),
        record(lead, kpi, value=Decimal(71), period=OCTOBER.next()),
        record(lead, kpi, value=Decimal(46), comparator="Scotland"),
        record(lead, factories.kpi(kpi.area), value=Decimal(46)),
    ]
    assert [figure.edition for figure in made] == [1, 1, 1, 1]
    assert set(Observation.objects.latest_editions()) == set(made)


def test_what_was_known_at_a_moment_is_the_edition_of_then(kpi, lead):
    for day, value in [(date(2019, 11, 10), 70), (date(2020, 1, 10), 72)]:
        with clock.hold(day):
            record(lead, kpi, value=Decimal(value), reason="Two were entered late")
    then = datetime(2019, 12, 31, 12, tzinfo=UTC)
    known = Observation.objects.latest_editions(known_by=then)
    assert [f.value for f in known] == [70]
    assert [f.value for f in Observation.objects.latest_editions()] == [72]
    before = datetime(2019, 11, 1, tzinfo=UTC)
    assert not Observation.objects.latest_editions(known_by=before).exists()


def test_a_figure_is_never_changed_or_removed(kpi, lead):
    record(lead, kpi, value=Decimal(70))
    with pytest.raises(Error), transaction.atomic():
        Observation.objects.update(value=99)
    with pytest.raises(Error), transaction.atomic():
        Observation.objects.all().delete()
    assert Observation.objects.get().value == 70


@pytest.mark.parametrize(
    ("facts", "field", "said"),
    [
        (
            {"numerator": 61, "denominator": 60},
            "numerator",
            "61 is more than the 60 that it is counted from.",
        ),
        (
            {"numerator": 1, "denominator": 0},
            "numerator",
            "1 is more than the 0 that it is counted from.",
        ),
        ({"value": Decimal("100.1")}, "value", "100.1% is not between 0 and 100."),
        ({"value": Decimal("-1")}, "value", "-1% is not between 0 and 100."),
        (
            {"numerator": 41, "denominator": 60, "value": Decimal(68)},
            "value",
            "Give the counts, or the value where only that is known.",
        ),
    ],
)
def test_a_figure_that_cannot_be_is_refused(kpi, lead, facts, field, said):
    with pytest.raises(ValidationError) as caught:
        record(lead, kpi, **facts)
    assert caught.value.message_dict == {field: [said]}
    assert not Observation.objects.exists()


@pytest.mark.parametrize(
    "facts", [{"numerator": -1, "denominator": 5}, {"vintage": "guessed", "value": Decimal(5)}]
)
def test_a_negative_count_and_an_unknown_vintage_are_refused(kpi, lead, facts):
    with pytest.raises(ValidationError):
        record(lead, kpi, **facts)
    assert not Observation.objects.exists()


def test_the_database_itself_refuses_counts_and_value_together(kpi):
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.observation(kpi, numerator=41, denominator=60, value=Decimal(68))


def test_counts_of_another_unit_may_be_more_than_what_they_are_counted_from(lead, kpi):
    days = factories.kpi(kpi.area, unit=Unit.DAYS)
    assert record(lead, days, numerator=120, denominator=16).shown == Decimal("7.5")
    with pytest.raises(ValidationError, match="cannot be below zero"):
        record(lead, days, value=Decimal(-1), period=OCTOBER.next())
    assert record(lead, days, value=Decimal(250), period=OCTOBER.next()).result == 250


def test_nothing_due_is_recorded_as_it_is_and_is_no_figure(kpi, lead):
    assert record(lead, kpi, numerator=0, denominator=0).result is None
    assert record(lead, kpi, period=OCTOBER.next(), note="Not collected").result is None


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.HEAD_OF_SERVICE, Role.PERFORMANCE_LEAD}))
def test_only_those_who_keep_the_plan_enter_figures(kpi, role):
    person = factories.user(kpi.area, role)
    with pytest.raises(PermissionDenied):
        record(person, kpi, value=Decimal(70))
    with pytest.raises(PermissionDenied):
        definitions.set_target(
            by=person, indicator=kpi, value=Decimal(80), start=date(2019, 4, 1), source="Plan"
        )
    with pytest.raises(PermissionDenied):
        definitions.define_indicator(by=person, area=kpi.area)
    assert not Observation.objects.exists()


def test_another_areas_lead_enters_nothing_here(kpi):
    stranger = factories.user(factories.area(), Role.PERFORMANCE_LEAD)
    with pytest.raises(PermissionDenied):
        record(stranger, kpi, value=Decimal(70))


def test_with_figures_loads_all_that_a_page_needs_in_four_queries(kpi, django_assert_num_queries):
    for _ in range(4):
        factories.kpi(kpi.area, months=5, owner=factories.post(kpi.area))
    with django_assert_num_queries(4):
        for row in Indicator.objects.with_figures():
            assert str(row.owner)
            assert len(row.figures) in {0, 5}
            assert all(f.result for f in row.figures)
            assert len(row.targets.all()) <= 1


def test_figures_of_periods_that_had_not_ended_are_left_out(kpi):
    factories.observation(kpi, month(date(2019, 12, 1)))
    factories.observation(kpi, month(date(2020, 1, 1)))
    [row] = Indicator.objects.with_figures(ended_by=date(2019, 12, 31))
    assert [f.start for f in row.figures] == [date(2019, 12, 1)]
