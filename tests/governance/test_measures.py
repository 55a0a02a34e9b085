"""What a pack says of whether it worked, and of what does not fit together."""

from datetime import date
from decimal import Decimal

import pytest

from kpis.periods import Period, month
from management import clock
from management.access import Role
from plans.effects import Expected
from plans.models import KpiLink
from plans.services import links
from plans.statuses import Status
from tests import factories
from tests.governance.test_packs import gather, says

pytestmark = pytest.mark.django_db
ORDINARY = (61, 58, 63, 60, 57, 62, 64, 59, 60, 62, 58, 61)


@pytest.fixture
def plan():
    return factories.plan(factories.area())


@pytest.fixture
def body(plan):
    return factories.body(plan)


def series(area, values, *, last=date(2019, 12, 1), aim=None, **facts):
    """A KPI with these monthly figures, the last of them of that month."""
    made = factories.kpi(area, code="K1", name="Seen in time", **facts)
    period: Period = month(last)
    for value in reversed(values):
        factories.observation(made, period, value=Decimal(value))
        period = period.previous()
    if aim is not None:
        factories.target(made, value=aim, start=date(2018, 1, 1))
    return made


def complete(plan, measure, on, **facts):
    action = factories.action(plan, kpis=(measure,), **facts)
    says(action, on, Status.COMPLETE)
    return action


def test_a_change_at_the_time_that_one_would_expect_is_told_and_no_cause(body, plan):
    measure = series(plan.area, (*ORDINARY, *ORDINARY[:5], *[75] * 8))
    complete(plan, measure, date(2019, 5, 7), reference="B1")
    factories.action(plan, reference="B2", kpis=(measure,))
    [kpi] = gather(body).kpis
    assert kpi.effect == (
        "1 of 2 linked actions was complete by May 2019. The last 8 figures are above the earlier "
        "mean of 60%, since May 2019: a real change for the better, at the time one would expect. "
        "This does not by itself prove the cause.",
    )
    assert [(p.period, p.completed) for p in kpi.points if p.completed] == [("May 2019", ("B1",))]
    assert "Actions completed: B1 in May 2019." in kpi.description


def test_a_pack_tells_where_a_conclusion_ends_and_what_has_yet_to_show(body, plan):
    measure = series(plan.area, (*ORDINARY, *[75] * 9, 30, 31, 28))
    factories.phase(
        measure, start=date(2019, 10, 1), kind="definition", reason="Counted from the court."
    )
    complete(plan, measure, date(2019, 1, 7), reference="B1")
    late = complete(plan, measure, date(2019, 12, 2), reference="B2")
    KpiLink.objects.filter(action=late, kpi=measure).update(lag=2)
    [kpi] = gather(body).kpis
    first, cut, still = kpi.effect
    assert "Up to Sep 2019 (what is counted changed then), the last 10 figures are above" in first
    assert cut == (
        "What is counted changed in Oct 2019 (Counted from the court): figures from then on are "
        "left out."
    )
    assert still.startswith("B2 has yet to show")


def test_the_pack_judges_by_the_months_that_were_expected_at_the_end_of_its_period(
    body,
    plan,
):
    measure = series(plan.area, (*ORDINARY, *ORDINARY[:8]))
    action = complete(plan, measure, date(2019, 12, 2))
    lead = factories.user(plan.area, Role.PERFORMANCE_LEAD)
    facts = {"by": lead, "action": action, "shown": [measure.pk], "kpis": [measure]}
    with clock.hold(date(2019, 12, 10)):
        links.choose_kpis(expected={measure.pk: Expected(2)}, **facts)
    with clock.hold(date(2020, 1, 10)):
        links.choose_kpis(expected={measure.pk: Expected(0)}, **facts)
    content = gather(body)
    assert "The first effect is expected from 2 February 2020" in content.kpis[0].effect[0]
    [change] = [one for one in content.changes if one.kind == "Linked otherwise"]
    assert (change.old, change.new) == (
        "K1 Seen in time",
        "K1 Seen in time, expected 2 months after completion",
    )


def test_several_finished_actions_of_one_kpi_are_one_disagreement(body, plan):
    measure = series(plan.area, [62], aim=80)
    for name in ("B1", "B2"):
        complete(plan, measure, date(2019, 11, 1), reference=name)
    [found] = gather(body).contradictions
    assert (found.action, found.kpi, found.code) == ("B1 and B2", "K1", "complete_unmet")
    assert found.sentence == (
        "All 2 linked actions are complete (B1 and B2), yet Seen in time (K1) stands at 62% "
        "(Dec 2019) and does not meet its target of 80%."
    )


def test_a_target_that_is_met_with_nothing_done_is_a_disagreement_too(body, plan):
    measure = series(plan.area, [85], aim=80)
    factories.action(plan, reference="B1", kpis=(measure,))
    [found] = gather(body).contradictions
    assert (found.action, found.code) == ("B1", "met_undone")
    assert found.sentence.startswith(
        "Seen in time (K1) stands at 85% (Dec 2019) and meets its target of 80%, yet the action "
        "linked to it, B1, is not begun:"
    )
