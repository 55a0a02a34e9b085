"""What lists are chosen from, and what their lines are linked to: several tables in one query."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Case, CharField, Count, F, IntegerField, Value, When
from django.db.models.functions import Cast

# Of each kind of choice: two texts and a number, by which it is named and put in order.
CHOICES: dict[str, tuple[str, ...]] = {
    "plan": ("title", "state", ""),
    "post": ("title", "organisation", ""),
    "indicator": ("indicator__code", "indicator__name", "indicator__sequence"),
    "message": ("inspection__title", "", "number"),
}
Choice = tuple[int, str, str, int]  # the key, the two texts and the number


def choices(**rows: Any) -> dict[str, list[Choice]]:
    """What can be chosen, by kind: plans, posts, key messages, and `indicator` of those actions.

    `held` are not chosen from: how many of these actions are in each status (number, status).
    """
    parts = []
    for kind, chosen in rows.items():
        if kind == "held":
            parts.append(_held(chosen))
            continue
        key = "indicator" if kind == "indicator" else "pk"
        first, second, number = CHOICES[kind]
        parts.append(
            chosen.order_by()
            .annotate(
                choice=Value(kind, CharField()),
                key=F(key),
                first=F(first),
                second=F(second) if second else Value("", CharField()),
                number_of=F(number) if number else Value(0, IntegerField()),
            )
            .values_list("choice", "key", "first", "second", "number_of")
            .distinct()
        )
    found: dict[str, list[Choice]] = {kind: [] for kind in rows}
    whole = parts[0].union(*parts[1:], all=True) if parts[1:] else parts[0]
    for kind, *choice in whole:
        found[kind].append(tuple(choice))
    return found


def _held(actions: Any) -> Any:
    nothing = Value("", CharField())
    rows = actions.order_by().values("status").annotate(key=Count("pk"))
    rows = rows.annotate(choice=Value("held", CharField()), first=F("status"), second=nothing)
    rows = rows.annotate(number_of=Value(0, IntegerField()))
    return rows.values_list("choice", "key", "first", "second", "number_of")


def links_of(supports: Any, messages: Any, keys: Iterable[int]) -> list[tuple[int, str, str, str]]:
    """Supporting posts and key messages of those actions, in one query.

    Each is the action's key, "post" or "message", and two texts: title and organisation, or number
    and title of the inspection where that is not the plan's own.
    """
    elsewhere = Case(
        When(key_message__inspection=F("action__plan__inspection"), then=Value("", CharField())),
        default=F("key_message__inspection__title"),
        output_field=CharField(),
    )
    parts = (
        (supports, "post", F("post__title"), F("post__organisation")),
        (messages, "message", Cast("key_message__number", CharField()), elsewhere),
    )
    keys = list(keys)
    one, two = (
        rows.filter(action__in=keys)
        .order_by()
        .annotate(kind=Value(kind, CharField()), first=first, second=second)
        .values_list("action", "kind", "first", "second")
        for rows, kind, first, second in parts
    )
    return list(one.union(two, all=True))
