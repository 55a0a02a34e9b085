"""The SMART check of actions as they stand in a plan."""

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from django.db.models import prefetch_related_objects

from kpis.models import Indicator as Kpi
from management import clock
from management.models import Holding, Post
from plans.models import Acceptance, Action, Plan
from plans.smart import Advice, Draft, Measure, advise


class Standing(NamedTuple):
    """One piece of advice on one action; `action` is its key."""

    action: int
    reference: str
    code: str
    field: str
    sentence: str


def advice_on(actions: Iterable[Action]) -> dict[int, list[Advice]]:
    """What the SMART check says of each action, by its key, in a few queries for all of them."""
    rows = list(
        Action.objects.filter(pk__in=[action.pk for action in actions])
        .select_related("plan", "lead")
        .prefetch_related("kpis__targets", "kpis__observations")
    )
    held = _holders({action.lead_id for action in rows})
    return {
        action.pk: advise(
            draft_of(
                action,
                held.get(action.lead_id, ""),
                [measure(kpi, kpi.observations.all()) for kpi in action.kpis.all()],
            )
        )
        for action in rows
    }


def _holders(posts: set[int]) -> dict[int, str]:
    """The name of who holds each post today, by the post's key."""
    current = Holding.objects.filter(post__in=posts).current(on=clock.today())
    return dict(current.values_list("post", "user__name"))


def measure(kpi: Kpi, figures: Iterable[Any]) -> Measure:
    """The KPI as the check reads it: it has a baseline once it has a figure of the area itself."""
    return Measure(
        kpi.name,
        has_baseline=any(not figure.comparator for figure in figures),
        has_target=bool(kpi.targets.all()),
    )


def draft_of(action: Action, holder: str, measures: list[Measure]) -> Draft:
    """The action as the check reads it; a post outside the area is held by its organisation."""
    return Draft(
        text=action.text,
        evidence_expected=action.evidence_expected,
        lead=str(action.lead),
        holder=holder or action.lead.organisation,
        due=action.due,
        timescale=action.timescale,
        measures=measures,
        plan_ends=action.plan.ends_on,
    )


def advice_on_words(
    *,
    plan: Plan,
    text: str,
    evidence_expected: str,
    due: date | None,
    timescale: str,
    lead: Post | None,
    new_post: str,
    organisation: str,
    kpis: Iterable[Kpi],
) -> list[Advice]:
    """What the check says of an action that is being written; nobody holds a post that is new."""
    chosen = list(kpis)
    prefetch_related_objects(chosen, "targets", "observations")
    holder = _holders({lead.pk}).get(lead.pk, "") if lead is not None else ""
    return advise(
        Draft(
            text=text,
            evidence_expected=evidence_expected,
            lead=str(lead or new_post),
            holder=holder or (lead.organisation if lead is not None else organisation),
            due=due,
            timescale=timescale,
            measures=[measure(kpi, kpi.observations.all()) for kpi in chosen],
            plan_ends=plan.ends_on,
        )
    )


def standing_advice(plan: Plan) -> list[Standing]:
    """The advice on the plan's open actions that nobody has accepted, in the plan's order."""
    actions = [action for action in plan.actions.all() if action.is_open]
    advice = advice_on(actions)
    rows = Acceptance.objects.filter(action__in=[action.pk for action in actions])
    accepted = set(rows.values_list("action", "sentence"))
    return [
        Standing(action.pk, action.reference, one.code, one.field, one.sentence)
        for action in actions
        for one in advice[action.pk]
        if (action.pk, one.sentence) not in accepted
    ]
