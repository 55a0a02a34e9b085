"""An action with all that belongs to it: its post, which may be new, and what it answers."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError

from kpis.models import Indicator as Kpi
from management import access, audit
from management.access import Actor
from management.models import Area, Post
from management.services import create_post
from plans.models import Action, Finding, KeyMessage, Plan, Recommendation, Revision
from plans.services.actions import add_action, edit_action, link_action, too_early
from plans.services.links import hold, why_not
from plans.services.offering import left_behind


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
    those of `add_action`, with `original_due`. All of it is saved, or nothing.
    """
    access.require(by, "plan.edit", plan.area)
    answered: dict[str, Any] = {
        "recommendations": list(recommendations),
        "findings": list(findings),
        "key_messages": list(key_messages),
    }
    with audit.acting(by, "add action"):
        wrong = {
            name: [f"{row.reference}: {said}" for row in rows if (said := why_not(hold(row)))]
            for name, rows in answered.items()
        }
        wrong |= _wrong_lead(plan.area, lead, new_post.strip(), organisation.strip())
        wrong["original_due"] = list(filter(None, [too_early(plan, facts["original_due"])]))
        if any(wrong.values()):
            raise ValidationError({name: said for name, said in wrong.items() if said})
        action = add_action(
            by=by,
            plan=plan,
            lead=lead or _created(by, plan.area, new_post, organisation),
            key_messages=answered.pop("key_messages"),
            **facts,
        )
        link_action(by=by, action=action, kpis=kpis, **answered)
    return action


def redraft_action(
    *,
    by: Actor,
    action: Action,
    version: int,
    lead: Post | None = None,
    new_post: str = "",
    organisation: str = "",
    **facts: Any,
) -> list[Revision]:
    """Put an action otherwise, led by a post that is there or by a new one.

    `facts` are those of `edit_action`. All of it is saved, or nothing. Raises ValidationError,
    Stale.
    """
    access.require(by, "plan.edit", action.area)
    with audit.acting(by, "edit action"):
        if wrong := _wrong_lead(action.area, lead, new_post.strip(), organisation.strip()):
            raise ValidationError(wrong)
        lead = lead or _created(by, action.area, new_post, organisation)
        return edit_action(by=by, action=action, version=version, lead=lead, **facts)


def _created(by: Actor, area: Area, title: str, organisation: str) -> Post:
    """The new post; one of this title that nobody is offered is taken up again."""
    named = _called(area, title.strip(), organisation.strip()).first()
    return named or create_post(
        by=by, area=area, title=title.strip(), organisation=organisation.strip()
    )


def _called(area: Area, title: str, organisation: str) -> Any:
    rows = Post.objects.in_area(area)
    return rows.filter(title__iexact=title, organisation__iexact=organisation)


def _wrong_lead(area: Area, lead: Post | None, title: str, organisation: str) -> dict[str, Any]:
    if lead is not None and title:
        return {"new_post": ["Choose a post, or name a new one: not both."]}
    if lead is None and not title:
        return {"lead": ["Choose the post that leads it, or name a new one."]}
    called = _called(area, title, organisation)
    if lead is None and called.exclude(pk__in=left_behind(area)).exists():
        return {"new_post": ["This post is there already: choose it in the list."]}
    return {}
