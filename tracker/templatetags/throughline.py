"""Tags and filters that every template has."""

from datetime import date
from typing import Any

from django import template
from django.http import QueryDict

from kpis.analysis import show
from kpis.periods import day_text

register = template.Library()


@register.filter
def day(value: date | None) -> str:
    """15 January 2020, or "No date"."""
    return day_text(value) if value else "No date"


@register.filter
def figure(value: Any, kpi: Any) -> str:
    """A value with its KPI's unit and decimals, or "Not reported"."""
    return "Not reported" if value is None else show(value, kpi.unit, kpi.decimals)


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
def may(context: Any, deed: str) -> bool:
    """Whether the person may do the deed in the page's area."""
    request = context["request"]
    return request.user.may(deed, request.area)
