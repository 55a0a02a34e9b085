"""Figures are looked over before they are recorded: all of them, or none."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from kpis.models import Observation, PhaseStart, Vintage
from kpis.periods import Period, month
from kpis.services import figures
from kpis.services.checking import Held, look_over, report_figures
from kpis.services.figures import Entry
from management import clock
from management.access import Role
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
DECEMBER = month(date(2019, 12, 1))
NOVEMBER = DECEMBER.previous()


@pytest.fixture
def area():
    return factories.area("Angus")


@pytest.fixture
def lead(area):
    return factories.user(area, Role.PERFORMANCE_LEAD, name="Isla Grant")


def kpi_of(area, months=12, **facts):
    """A KPI with figures up to November 2019, which lie between 66% and 77%."""
    made = factories.kpi(area, **facts)
    period = NOVEMBER
    for back in range(months):
        factories.observation(made, period, numerator=40 + back % 7, denominator=60)
        period = period.previous()
    return made


def report(by, area, *entries, seen=""):
    return report_figures(by=by, area=area, entries=entries, seen=seen)


def held(by, area, *entries, seen=""):
    before = Observation.objects.count()
    with pytest.raises(Held) as caught:
        report(by, area, *entries, seen=seen)
    assert Observation.objects.count() == before
    return caught.value


def test_what_is_in_order_is_recorded_at_once(area, lead):
    one, other = kpi_of(area), kpi_of(area, months=0)
    made = report(lead, area, Entry(one, DECEMBER, 42, 60), Entry(other, DECEMBER, 1, 2))
    assert [(o.indicator, o.numerator, o.entered_by) for o in made] == [
        (one, 42, "Isla Grant"),
        (other, 1, "Isla Grant"),
    ]


def test_one_that_is_wrong_keeps_all_of_them_back_and_each_says_why(area, lead):
    good, wrong, odd, stood = (kpi_of(area) for _ in range(4))
    why = held(
        lead,
        area,
        Entry(good, DECEMBER, 42, 60),
        Entry(wrong, DECEMBER, 61, 60),
        Entry(odd, month(date(2020, 2, 1)), 42, 60),
        Entry(stood, NOVEMBER, 10, 60),
    )
    assert [one.errors for one in why.outcomes] == [
        {},
        {"numerator": "61 is more than the 60 that it is counted from."},
        {"period": "Feb 2020 has not begun yet."},
        {"reason": "It stands as 40 of 60, not 10 of 60. Say why it changes."},
    ]


def test_what_is_doubtful_is_shown_once_and_recorded_when_exactly_that_was_seen(area, lead):
    kpi = kpi_of(area)
    entry = Entry(kpi, DECEMBER, 5, 60)
    why = held(lead, area, entry)
    assert why.outcomes[0].doubts == ("Check: 8% is far below the usual 65% to 77%.",)
    assert held(lead, area, Entry(kpi, DECEMBER, 4, 60), seen=why.mark).mark != why.mark
    assert held(lead, area, entry, seen="x").mark == why.mark
    assert report(lead, area, entry, seen=why.mark)[0].numerator == 5


def test_a_figure_is_never_held_against_what_was_counted_otherwise(area, lead):
    kpi = kpi_of(area)
    factories.phase(kpi, kind=PhaseStart.Kind.DEFINITION, start=DECEMBER.start)
    assert report(lead, area, Entry(kpi, DECEMBER, 5, 60))
    kpi = kpi_of(area)
    factories.phase(kpi, kind=PhaseStart.Kind.DEFINITION, start=NOVEMBER.start)
    early = NOVEMBER.previous()
    why = held(lead, area, Entry(kpi, early, 5, 60, reason="Recounted"))
    assert "far below the usual" in why.outcomes[0].doubts[0]


def test_a_gap_is_told_unless_it_is_filled_at_the_same_time(area, lead):
    kpi = factories.kpi(area)
    factories.observation(kpi, NOVEMBER.previous())
    why = held(lead, area, Entry(kpi, DECEMBER, 42, 60))
    assert why.outcomes[0].doubts == ("Nov 2019 has no figure.",)
    assert len(report(lead, area, Entry(kpi, DECEMBER, 42, 60), Entry(kpi, NOVEMBER, 42, 60))) == 2


def test_what_somebody_else_has_given_meanwhile_is_not_written_over(area, lead):
    kpi = kpi_of(area)
    mine = Entry(kpi, DECEMBER, 42, 60, read=0)
    figures.record_figure(
        by=lead, indicator=kpi, period=DECEMBER, numerator=43, denominator=60, vintage="provisional"
    )
    [one] = held(lead, area, mine).changed
    assert (one.stands.numerator, one.stands.edition) == (43, 1)
    assert report(lead, area, Entry(kpi, DECEMBER, 42, 60, read=1))[0].edition == 2
    # Who says the same as stands writes over nothing.
    assert report(lead, area, Entry(kpi, DECEMBER, 42, 60, read=0))[0].edition == 2


def test_an_approved_figure_stays(area, lead):
    kpi = kpi_of(area)
    figures.lock_period(by=lead, indicator=kpi, period=NOVEMBER)
    entry = Entry(kpi, NOVEMBER, 41, 60, reason="Recounted")
    assert (
        "was approved by Isla Grant on 15 January 2020"
        in (held(lead, area, entry).outcomes[0].errors["period"])
    )


def test_none_due_and_no_figure_are_no_doubt(area, lead):
    kpi = kpi_of(area)
    report(lead, area, Entry(kpi, DECEMBER, 0, 0))
    other = kpi_of(area)
    report(lead, area, Entry(other, DECEMBER, note="The system was down"))
    assert [o.result for o in Observation.objects.filter(start=DECEMBER.start)] == [None, None]


def test_parts_that_do_not_add_up_are_doubtful(area, lead):
    kpi = kpi_of(area)
    parts = [
        Entry(kpi, DECEMBER, n, d, split="Team", part=part)
        for part, n, d in (("East", 20, 30), ("West", 21, 30))
    ]
    [first, *_] = held(lead, area, Entry(kpi, DECEMBER, 42, 60), *parts).outcomes
    assert first.doubts == (
        "“Team”: The parts do not add up to the whole: their number is 41, 1 fewer than the 42 of "
        "the whole.",
    )
    assert len(report(lead, area, Entry(kpi, DECEMBER, 41, 60), *parts)) == 3


def test_who_owns_one_kpi_reports_no_other(area, lead):
    manager = factories.user(area, Role.SERVICE_MANAGER)
    post = factories.post(area)
    factories.holding(post, manager)
    own, other = kpi_of(area, owner=post), kpi_of(area)
    assert list(figures.reportable(manager, area)) == [own]
    assert set(figures.reportable(lead, area)) == {own, other}
    report(manager, area, Entry(own, DECEMBER, 42, 60))
    with pytest.raises(PermissionDenied):
        report(manager, area, Entry(own, NOVEMBER, 42, 60), Entry(other, DECEMBER, 42, 60))


def test_the_same_figure_twice_at_once_is_refused(area, lead):
    kpi = kpi_of(area)
    why = held(lead, area, Entry(kpi, DECEMBER, 42, 60), Entry(kpi, DECEMBER, 43, 60))
    assert [one.errors for one in why.outcomes] == [{"period": "This figure is given twice."}] * 2


def test_looking_over_costs_the_same_queries_however_many_there_are(
    area, django_assert_max_num_queries
):
    entries = [Entry(kpi_of(area), DECEMBER, 42, 60) for _ in range(6)]
    with django_assert_max_num_queries(7):
        assert not any(one.errors or one.doubts for one in look_over(entries))


class NoVersionIsLost(TestCase):
    """Whatever is corrected in whatever order, and refused or not."""

    @settings(max_examples=25, deadline=None)
    @given(
        st.lists(
            st.tuples(
                st.integers(-1, 61),
                st.sampled_from([0, 60]),
                st.sampled_from(Vintage.values),
                st.sampled_from(["", "Recounted"]),
                st.sampled_from([None, 0, 1, 2]),
                st.booleans(),
            ),
            max_size=8,
        )
    )
    def test_no_sequence_of_corrections_loses_a_version(self, steps):
        with clock.hold(date(2020, 1, 15)):
            area = factories.area()
            lead = factories.user(area, Role.PERFORMANCE_LEAD)
            kpi = factories.kpi(area)
            kept: list[tuple[object, ...]] = []
            for numerator, denominator, vintage, reason, read, approves in steps:
                entry = Entry(
                    kpi, DECEMBER, numerator, denominator, vintage=vintage, reason=reason, read=read
                )
                try:
                    [made] = report_figures(by=lead, area=area, entries=[entry])
                except Held:
                    pass
                else:
                    told = (numerator, denominator, vintage)
                    assert (made.numerator, made.denominator, made.vintage) == told
                    if made.edition > len(kept):
                        kept.append(told)
                if approves and kept:
                    self._toggle(lead, kpi, DECEMBER)
                rows = Observation.objects.filter(indicator=kpi).order_by("edition")
                assert [(o.numerator, o.denominator, o.vintage) for o in rows] == kept
                assert [o.edition for o in rows] == list(range(1, len(kept) + 1))

    def _toggle(self, lead, kpi, period: Period):
        """Approve the figure, or open it again."""
        stands = kpi.locks.order_by("id").last()
        if stands is not None and stands.locked:
            figures.unlock_period(by=lead, indicator=kpi, period=period, reason="Again")
        else:
            figures.lock_period(by=lead, indicator=kpi, period=period)


def test_a_value_alone_is_looked_over_as_well(area, lead):
    kpi = factories.kpi(area)
    why = held(lead, area, Entry(kpi, DECEMBER, value=Decimal(101)))
    assert why.outcomes[0].errors == {"value": "101% is not between 0 and 100."}


def test_a_settled_figure_becomes_provisional_again_only_with_a_reason(area, lead):
    """Or it could be changed in two steps without any."""
    one = kpi_of(area)
    stands = Observation.objects.get(indicator=one, start=NOVEMBER.start)
    again = Entry(one, NOVEMBER, stands.numerator, stands.denominator, vintage="provisional")
    assert "was not provisional" in str(held(lead, area, again).wrong)
