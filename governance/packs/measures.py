"""KPIs in a pack: how each is read at the end of the period, and what that says of the actions."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from governance.content import ActionRow, Contradiction, Kpi
from governance.models import Pack
from governance.packs.actions import stood
from governance.packs.standpoint import Standpoint
from kpis import series
from kpis.models import Indicator
from kpis.periods import Period
from kpis.sentences import Style
from plans import contradictions, effect_words, effects
from plans.effects import Linked, lags_in
from plans.models import Action, KpiLink


def measures(
    pack: Pack,
    period: Period,
    known_by: datetime,
    linked: dict[int, list[Linked]],
    *,
    judged: bool,
) -> tuple[tuple[Kpi, ...], tuple[Contradiction, ...]]:
    """The area's KPIs as they were known, and where they and their actions do not fit together.

    `linked` are the actions that should move each KPI, by its key; they are `judged` by it once
    their plan is more than a draft, which promises nothing yet.
    """
    rows = (
        Indicator.objects.in_area(pack.area)
        .with_figures(known_by=known_by, ended_by=period.end)
        .order_by("code")
    )
    kpis, found = [], []
    for row in rows:
        there = linked.get(row.pk, [])
        style = Style(row.get_unit_display(), row.decimals)
        read = series.stands(row)
        told = series.kpi(
            row,
            row.figures,
            row.targets.all(),
            tuple(one.reference for one in there),
            phases=row.phases,
            found=read,
            completed=[(one.reference, one.completed) for one in there if one.completed],
        )
        if there and judged:
            judgement = effects.judge(read, there)
            told = replace(told, effect=effect_words.in_short(judgement, read.measure, style))
        kpis.append(told)
        name = f"{row.name} ({row.code})"
        if judged and (wrong := contradictions.contradiction(read, name, style, there)):
            named = contradictions.listed(wrong.actions)
            found.append(Contradiction(named, row.code, wrong.sentence, wrong.code.value))
    return tuple(kpis), tuple(found)


def linked_then(
    actions: Sequence[Action], rows: Sequence[ActionRow], at: Standpoint
) -> dict[int, list[Linked]]:
    """By the key of each KPI the actions that should have moved it, as they stood at the end."""
    found: dict[int, list[Linked]] = defaultdict(list)
    lags = _lags(actions, at)
    for action, row in zip(actions, rows, strict=True):
        status = stood(action, at.end).status
        for kpi in action.kpis.all():
            lag = lags[action.pk].get(kpi.pk, 0)
            found[kpi.pk].append(Linked(row.reference, status, row.completed_on, lag))
    return found


def _lags(actions: Sequence[Action], at: Standpoint) -> dict[int, dict[int, int]]:
    """Of each action, by the keys of its KPIs: how many months later it should have shown."""
    found: dict[int, dict[int, int]] = defaultdict(dict)
    links = KpiLink.objects.filter(action__in=[action.pk for action in actions])
    for key, kpi, lag in links.values_list("action", "kpi", "lag"):
        found[key][kpi] = lag
    for action in actions:
        for revision in reversed(action.revisions.all()):
            if revision.field == "kpis" and not at.knows(revision):
                found[action.pk] = lags_in(revision.before)
    return found
