"""A plan's actions as a list: filtered, counted, grouped; only one page of them is loaded."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from plans.references import named
from plans.statuses import Status, is_open

NO_MESSAGE = "No key message"
Entry = tuple[str, int]  # the group's heading and the action's key


@dataclass(frozen=True)
class Listing:
    """`entries` are what is listed, in order; an action is listed once under each of its groups."""

    entries: list[Entry]
    total: int
    shown: int
    statuses: list[tuple[Status, int]]
    open: int
    overdue: int
    sizes: Counter[str]
    _rows: Any

    def groups(self, entries: Iterable[Entry]) -> list[tuple[str, int, list[Any]]]:
        """Heading, size of the whole group, and the actions of it that this page lists."""
        entries = list(entries)
        rows = {a.pk: a for a in self._rows.filter(pk__in={key for _, key in entries})}
        found: dict[str, list[Any]] = {}
        for heading, key in entries:
            found.setdefault(heading, []).append(rows[key])
        return [(heading, self.sizes[heading], rows) for heading, rows in found.items()]


def listing(
    actions: Any,
    facts: list[dict[str, Any]],
    wanted: dict[str, Any],
    messages: Sequence[Any],
    posts: Sequence[Any],
    *,
    on: date,
) -> Listing:
    """The actions of one plan that the filter wants, grouped as it says, overdue counted `on`.

    `facts` are those of the same actions (`ActionQuerySet.facts`).
    """
    if wanted.get("message"):
        # Another inspection may have used the same number: from here on, the key counts.
        keys = {str(message.number): message.pk for message in messages}
        wanted = wanted | {"message": keys[wanted["message"]]}
    names = {post.pk: str(post) for post in posts}
    supporters = actions.supporters() if wanted.get("post") else {}
    tagged = actions.tags() if wanted.get("message") or wanted.get("by") == "message" else {}
    kept = [
        fact
        for fact in facts
        if _wanted(fact, wanted, supporters.get(fact["pk"], ()), tagged.get(fact["pk"], {}), on)
    ]
    entries = [
        (heading, fact["pk"])
        for fact in kept
        for heading in _headings(fact, wanted, tagged.get(fact["pk"], {}), names)
    ]
    order = _order(wanted, messages, facts)
    entries.sort(key=lambda entry: order(entry[0]))
    states = Counter(fact["status"] for fact in kept)
    return Listing(
        entries=entries,
        total=len(facts),
        shown=len(kept),
        statuses=[(status, states[status]) for status in Status],
        open=sum(is_open(fact["status"]) for fact in kept),
        overdue=sum(_overdue(fact, on) for fact in kept),
        sizes=Counter(heading for heading, _ in entries),
        _rows=actions.with_posts(),
    )


def indicators(facts: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """The quality indicators that the plan's actions stand under: code, code and name."""
    places = {(f["indicator__sequence"], f["indicator__code"]): _indicator(f) for f in facts}
    return [(code, name) for (_, code), name in sorted(places.items())]


def _indicator(fact: dict[str, Any]) -> str:
    return f"{fact['indicator__code']} {fact['indicator__name']}"


def _overdue(fact: dict[str, Any], on: date) -> bool:
    return is_open(fact["status"]) and fact["due"] is not None and fact["due"] < on


def _wanted(
    fact: dict[str, Any], wanted: dict[str, Any], supporters: Any, tags: Any, on: date
) -> bool:
    status, post = wanted.get("status"), wanted.get("post")
    if status == "open" and not is_open(fact["status"]):
        return False
    if status == "overdue" and not _overdue(fact, on):
        return False
    if status and status not in {"open", "overdue"} and fact["status"] != status:
        return False
    if wanted.get("indicator") and fact["indicator__code"] != wanted["indicator"]:
        return False
    if wanted.get("message") and wanted["message"] not in tags:
        return False
    return not post or int(post) in {fact["lead_id"], *supporters}


def _headings(
    fact: dict[str, Any], wanted: dict[str, Any], tags: Any, names: dict[int, str]
) -> list[str]:
    by = wanted.get("by")
    if by == "message":
        return [
            named(f"KM{number}", title)
            for key, (number, title) in tags.items()
            if wanted.get("message") in (None, "", key)
        ] or [NO_MESSAGE]
    if by == "status":
        return [Status(fact["status"]).label]
    if by == "post":
        return [names.get(fact["lead_id"], "")]
    return [_indicator(fact)]


def _order(wanted: dict[str, Any], messages: Sequence[Any], facts: list[dict[str, Any]]) -> Any:
    by = wanted.get("by")
    if by == "message":
        # The plan's own first, then those of other inspections.
        places = {m.reference: (0, m.number, "") for m in messages} | {NO_MESSAGE: (2, 0, "")}
        return lambda heading: places.get(heading, (1, 0, heading))
    if by == "status":
        labels = [status.label for status in Status]
        return labels.index
    if by == "post":
        return str.casefold
    sequences = {_indicator(fact): fact["indicator__sequence"] for fact in facts}
    return sequences.get
