"""A new action with all that belongs to it: its post, and what it answers."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError

from kpis.models import Indicator as Kpi
from management import access, audit
from management.access import Actor
from management.models import Post
from management.services import create_post
from plans.models import Action, Finding, KeyMessage, Plan, Recommendation
from plans.services.links import hold, why_not
from plans.services.plans import add_action, link_action, too_early


def draft_action(
    *,
    by: Actor,
    plan: Plan,
    lead: Post | None = None,
    new_post: str = "",
    organisation: str = "",
    recommendations: Iterable[Recommendation] = (),
    findings: Iterable[Finding] = (),
    key_messages: Iterable[KeyMessage] = (),
    kpis: Iterable[Kpi] = (),
    **facts: Any,
) -> Action:
    """Add an action with its links, led by a post that is there or by a new one.

    `new_post` is the new one's title, `organisation` where it is, if outside the area. `facts` are
    those of `add_action`, with a due date. All of it is saved, or nothing.
    """
    access.require(by, "plan.edit", plan.area)
    title, organisation = new_post.strip(), organisation.strip()
    answered: dict[str, list[Any]] = {
        "recommendations": list(recommendations),
        "findings": list(findings),
        "key_messages": list(key_messages),
    }
    with audit.acting(by, "add action"):
        wrong = {
            name: [f"{row.reference}: {said}" for row in rows if (said := why_not(hold(row)))]
            for name, rows in answered.items()
        }
        wrong |= _wrong_lead(plan, lead, title, organisation)
        wrong["original_due"] = list(filter(None, [too_early(plan, facts["original_due"])]))
        if any(wrong.values()):
            raise ValidationError({name: said for name, said in wrong.items() if said})
        if lead is None:
            lead = create_post(by=by, area=plan.area, title=title, organisation=organisation)
        action = add_action(
            by=by, plan=plan, lead=lead, key_messages=answered.pop("key_messages"), **facts
        )
        link_action(by=by, action=action, kpis=kpis, **answered)
    return action


def _wrong_lead(plan: Plan, lead: Post | None, title: str, organisation: str) -> dict[str, Any]:
    if lead is not None and title:
        return {"new_post": ["Choose a post, or name a new one: not both."]}
    if lead is None and not title:
        return {"lead": ["Choose the post that leads it, or name a new one."]}
    rows = Post.objects.in_area(plan.area)
    if lead is None and rows.filter(title__iexact=title, organisation__iexact=organisation):
        return {"new_post": ["This post is there already: choose it in the list."]}
    return {}
