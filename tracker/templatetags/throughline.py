"""Tags and filters that every template has."""

from datetime import date
from typing import Any

from django import template
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from kpis.values import show
from management.days import day_text
from plans.lines import in_time
from plans.models import Grade
from plans.statuses import Status
from plans.thread import moves_of

register = template.Library()


@register.filter
def day(value: date | None) -> str:
    """15 January 2020, or "No date"."""
    return day_text(value) if value else "No date"


@register.filter
def figure(point: Any, kpi: Any) -> str:
    """A point's value with its KPI's unit and decimals, "None due" or "Not reported"."""
    if point.value is None:
        return "None due" if point.denominator == 0 else "Not reported"
    return show(point.value, kpi.unit, kpi.decimals)


@register.filter
def aim(target: Any, kpi: Any) -> str:
    """A target with its KPI's unit and decimals, or "None"."""
    return "None" if target is None else show(target, kpi.unit, kpi.decimals)


@register.simple_tag(takes_context=True)
def query(context: Any, **changes: Any) -> str:
    """This page's query string with some parameters set, or dropped when empty."""
    parameters: QueryDict = context["request"].GET.copy()
    for name, value in changes.items():
        if value in ("", None):
            parameters.pop(name, None)
        else:
            parameters[name] = str(value)
    return f"?{parameters.urlencode()}"


@register.simple_tag(takes_context=True)
def actions_table(context: Any, lines: Any, **how: Any) -> SafeString:
    """The lines (`plans.lines.Line`) as a table under a `caption`. With `plan_column` and
    `lead_column` where there are such; `choosing`, "yes" or "all", where they can be chosen;
    `updating` where each has its link to an update."""
    told = {name: context.get(name) for name in ("heads", "action_url", "plan_url")}
    html = render_to_string("plans/lines.html", told | {"lines": lines} | how, using="jinja2")
    return mark_safe(html)  # noqa: S308  (Jinja has escaped what it was given)


@register.simple_tag(takes_context=True)
def may(context: Any, deed: str) -> bool:
    """Whether the person may do the deed in the page's area."""
    request = context["request"]
    return request.user.may(deed, request.area)


@register.filter
def days_overdue(action: Any, today: date) -> int:
    """Days past the action's due date, 0 when it is not overdue, or was reported as done in time;
    of one that was read `with_report`."""
    return 0 if in_time(action.done_on, action.late_after) else action.days_overdue(today)


@register.filter
def moved(action: Any) -> str:
    """How far its date has moved, where it has: “, first 1 May 2020: moved once, 9 days later”."""
    moves = moves_of(action.first, action.due, action.moves)
    return f", first {day(moves.first)}: {moves.words}" if moves.times else ""


@register.filter
def word_of(own: Any, action: Any) -> Any:
    """The area's own word for the action, where the page knows the area's words (`own`)."""
    return own.of(action) if own else None


@register.filter
def counted(number: int, thing: str) -> str:
    """1 action, 2 actions, 3 entries."""
    if number == 1:
        return f"1 {thing}"
    return f"{number} {thing[:-1]}ies" if thing.endswith("ry") else f"{number} {thing}s"


@register.filter
def status_label(value: str) -> str:
    """The label of an action's status."""
    return Status(value).label


@register.filter
def iso_day(value: str) -> str:
    """15 January 2020 from 2020-01-15, or "no date"."""
    return day_text(date.fromisoformat(value)) if value else "no date"


@register.filter
def grade(value: int) -> str:
    """The word for a grade of the six-point scale."""
    return Grade(value).label
