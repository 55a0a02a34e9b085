"""Visits every route in every way as one person, and says what should not have happened."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any
from urllib.parse import urlencode

from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from governance.models import PackBuild
from management.access import LIBRARY_ROUTES, PUBLIC, SIGNED_IN, Role
from management.models import AuditEvent
from tests.access.routes import Row
from tests.factories import World
from tests.management.test_access import EXPECTED

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
FORM = "application/x-www-form-urlencoded"
SAFE = {"GET", "HEAD", "OPTIONS"}
REFUSALS = {400, 401, 403, 404, 405, 412, 413, 415, 428, 429}
# By those who reach less: views refuse the other methods before they look at who asks.
PLAIN_METHODS = ("GET", "HEAD", "POST", "DELETE")
# Who reaches the most tries the most; which rows are of whose area is no matter of the role, nor
# is what a page makes of an odd question, nor that HEAD answers as GET does.
REACHES_MOST = Role.HEAD_OF_SERVICE
# Whose rights hang on rows, by the posts that they hold, so that a question may matter.
REACHES_BY_POST = Role.SERVICE_MANAGER
# Tried in other places too: an area and its rows are refused before the method is looked at.
TRIED_ELSEWHERE = {"GET", "POST"}

# Compiled once, for they are asked after every visit.
NEWEST = AuditEvent.objects.order_by("-pk").values_list("pk")[:1].query.sql_with_params()
BUILDS = (
    PackBuild.objects.order_by("pk")
    .values_list("area", *(f.attname for f in PackBuild._meta.concrete_fields))
    .query.sql_with_params()
)


def walk(patterns: Any = None) -> Iterator[tuple[str, URLPattern]]:
    """Every route there is, however deep, with its name."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from walk(pattern.url_patterns)
        else:
            yield pattern.name or "", pattern


def policy_of(name: str, pattern: URLPattern) -> str | None:
    return getattr(pattern.callback, "policy", None) or LIBRARY_ROUTES.get(name)


def speaks_for_all(role: Role | None, deed: str) -> bool:
    """Whether this person tries what is the same for whoever may do the deed."""
    who = [one for one in (REACHES_MOST, REACHES_BY_POST, *Role) if may(one, deed)]
    return role == REACHES_BY_POST or role in who[:1]


def may(role: Role | None, deed: str) -> bool:
    if deed == PUBLIC:
        return True
    if role is None:
        return False
    return deed == SIGNED_IN or EXPECTED[deed, role]


class Visitor:
    """One person of `mine`, or nobody in particular, who visits the rows of two worlds."""

    def __init__(self, role: Role | None, mine: World, other: World, rows: dict[str, Row]) -> None:
        self.role, self.mine, self.other, self.rows = role, mine, other, rows
        self.client = Client(raise_request_exception=False)
        if role is not None:
            self.client.force_login(mine.people[role])
        self.cookies = deepcopy(self.client.cookies)
        self.before = self.traces()  # every visit is undone, so it starts from here
        self.visits = 0
        self.problems: list[str] = []

    def visit_all(self) -> list[str]:
        for name, row in self.rows.items():
            for method in METHODS if self.role == REACHES_MOST else PLAIN_METHODS:
                if method == "HEAD" and self.only_repeats(row, row.get):
                    continue
                self.own(name, row, method)
                if method in TRIED_ELSEWHERE:
                    self.others(name, row, method)
            self.probe(name, row)
        return self.problems

    def only_repeats(self, row: Row, deed: str | None) -> bool:
        """Whether this person may, like another who has tried the same in their place."""
        allowed = deed is not None and may(self.role, row.policy) and may(self.role, deed)
        return allowed and not speaks_for_all(self.role, str(deed))

    # --- the places that a person could try -------------------------------------------------

    def own(self, name: str, row: Row, method: str) -> None:
        allowed, wanted = self.wanted(row, method)
        where, form = row.where(self.mine), row.form(self.mine)
        response, events = self.ask(name, method, where, form, "own", wanted)
        if not allowed or response is None:
            return
        if method == "GET" and row.shows:
            self.hold(self.mine.canary in told(response), name, method, "own", "shows nothing")
        if method == "POST" and row.writes:
            self.hold(bool(events), name, method, "own", "wrote nothing")
        strangers = [e for e in events if e.area_id not in {self.mine.area.pk, None}]
        self.hold(not strangers, name, method, "own", f"wrote elsewhere: {strangers}")

    def others(self, name: str, row: Row, method: str) -> None:
        """The other area's page; its address with ids of mine; and mine with each id of its."""
        mine, theirs = row.where(self.mine), row.where(self.other)
        if "area" not in mine or row.policy == PUBLIC:  # which asks nobody who they are
            return
        refused = 302 if self.role is None else 404
        self.ask(name, method, theirs, row.form(self.other), "other", {refused})
        if len(mine) > 1 and self.role == REACHES_MOST:
            swapped = mine | {"area": theirs["area"]}
            self.ask(name, method, swapped, row.form(self.mine), "swapped", {refused})
        ids = {k: v for k, v in theirs.items() if k != "area" and v != mine[k]}
        mixtures = [ids] if ids else []
        if self.role == REACHES_MOST and len(ids) > 1:
            mixtures += [{key: value} for key, value in ids.items()]
        for one in mixtures:
            wanted = self.wanted_of_a_stranger(row, method)
            self.ask(name, method, mine | one, row.form(self.mine), f"mixed {one}", wanted)

    def probe(self, name: str, row: Row) -> None:
        """Questions and forms that name the other area, on my own pages."""
        _, wanted = self.wanted(row, "GET")
        where = row.where(self.mine)
        ids = {
            "area": self.other.area.slug,
            "post": self.other.lead.pk,
            "body": self.other.body.pk,
            "plan": self.other.plan.pk,
            "pk": self.other.action.pk,
            "user": self.other.people[Role.INSPECTOR].pk,
            "indicator": "9.9",
            "message": "99",
        }
        odd = {"page": "99999", "by": "nothing", "status": "junk", "q": "x'\"\\%", "next": "//evil"}
        queries = [ids, odd, {"area": self.other.area.pk, "page": "-1", "q": "\u202e👩‍👩‍👧"}]
        forms = [row.form(self.other), {}]
        if self.role != REACHES_MOST:
            del queries[1:], forms[1:]
        if not self.only_repeats(row, row.get):
            for query in queries:
                self.ask(name, "GET", where, query, f"?{query}", wanted)
        if row.post and not self.only_repeats(row, row.post):
            stuffed = row.form(self.mine) | {
                "area": self.other.area.pk,
                "area_id": self.other.area.pk,
                "id": self.other.action.pk,
                "plan": self.other.plan.pk,
                "action": self.other.action.pk,
            }
            for form in (stuffed, *forms):
                self.ask(name, "POST", where, form, f"form {form}", None)

    # --- asking, and judging the answer -------------------------------------------------------

    def wanted(self, row: Row, method: str) -> tuple[bool, set[int]]:
        """Whether this person gets what they ask for on their own page, and the right answers."""
        deed = {"GET": row.get, "HEAD": row.get, "POST": row.post}.get(method)
        if self.role is None and row.policy != PUBLIC:
            return False, {302}
        if not may(self.role, row.policy):
            return False, {403}
        if row.library:
            return method in {"GET", "POST"}, {200, 302, 405, 429}
        if deed is None:
            return False, {405}
        if not may(self.role, deed):
            return False, {403}
        if method == "HEAD":
            return False, {*row.get_answers, 405}
        return True, set(row.post_answers if method == "POST" else row.get_answers)

    def wanted_of_a_stranger(self, row: Row, method: str) -> set[int]:
        """The right answers on my page of a row that is not mine: refused as ever, or not found."""
        _, wanted = self.wanted(row, method)
        if self.role is None or not may(self.role, row.policy) or wanted == {405}:
            return wanted
        return {404}

    def ask(
        self,
        name: str,
        method: str,
        where: dict[str, Any],
        data: dict[str, Any],
        what: str,
        wanted: set[int] | None,
    ) -> tuple[Any, list[AuditEvent]]:
        """Ask once, undo whatever it wrote, and note what is wrong with the answer."""
        self.visits += 1
        url = reverse(name, kwargs=where)
        with transaction.atomic():
            response = self.send(method, url, data)
            before = after = self.before
            events = []
            if not transaction.get_rollback():  # else the database has refused it already
                after = self.traces()
            if after[0] != before[0]:
                events = list(AuditEvent.objects.filter(pk__gt=before[0]).order_by("pk"))
            transaction.set_rollback(True)
        if response.cookies:
            self.client.cookies = deepcopy(self.cookies)
        status = response.status_code
        note = (name, method, what)
        self.hold(status < 500 or (name == "health" and status == 503), *note, f"answers {status}")
        if wanted is not None:
            self.hold(status in wanted, *note, f"answers {status}, not {sorted(wanted)}")
        self.hold(self.other.canary not in told(response), *note, "tells of the other area")
        theirs = [e for e in events if e.area_id == self.other.area.pk]
        self.hold(not theirs, *note, f"changed the other area: {theirs}")
        self.hold(before[2] == after[2], *note, "changed a build of the other area")
        if method in SAFE or status in REFUSALS:
            self.hold(before == after, *note, f"writes, with {method} and {status}: {events}")
        if self.role is None and status == 302 and wanted == {302}:
            signs_in = response["Location"].startswith(reverse("account_login"))
            self.hold(signs_in, *note, f"sends to {response['Location']}")
        evil = "evil" in response.get("Location", "").split("?")[0]
        self.hold(not evil, *note, "sends to another site")
        return (response if wanted is None or status in wanted else None), events

    def send(self, method: str, url: str, data: dict[str, Any]) -> Any:
        if method in {"GET", "HEAD"}:
            return self.client.generic(method, f"{url}?{urlencode(data)}")
        return self.client.generic(method, url, urlencode(data), content_type=FORM)

    def traces(self) -> tuple[int, list[Any], list[Any]]:
        """What any write would change: the trail, and the tables that are not recorded."""
        with connection.cursor() as cursor:
            cursor.execute(*NEWEST)
            newest = (cursor.fetchone() or [0])[0]
            cursor.execute(*BUILDS)
            builds = cursor.fetchall()
        theirs = [build for build in builds if build[0] == self.other.area.pk]
        return newest, builds, theirs

    def hold(self, fine: bool, name: str, method: str, what: str, trouble: str) -> None:
        if not fine:
            who = self.role or "anonymous"
            self.problems.append(f"{method} {name}, {what}, as {who}: {trouble}")


def told(response: Any) -> str:
    """Everything that the answer says, in its headers and in its body."""
    body = b"".join(response) if response.streaming else response.content
    if response.streaming:  # what was read once is gone, and may be asked for again
        response.streaming_content = [body]
    return f"{body.decode(errors='replace')}\n{response.headers}"
