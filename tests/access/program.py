"""Visits every address of the API in every way: signed in, with a token, or with nothing."""

import json
import secrets
from typing import Any
from urllib.parse import urlencode

from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import reverse

from management.access import PUBLIC, SIGNED_IN, Role
from management.models import ApiToken
from tests import factories
from tests.access.api_routes import METHODS, ApiRow
from tests.access.matrix import PLAIN_METHODS, REACHES_MOST, SAFE, Visitor, may, told, walk
from tests.factories import World

SESSION, READ, WRITE = "session", ApiToken.Scope.READ, ApiToken.Scope.WRITE


class Program(Visitor):
    """What acts for one person of `mine`, or for nobody, on the rows of two worlds."""

    def __init__(
        self,
        role: Role | None,
        by: str,
        mine: World,
        other: World,
        api_rows: dict[str, ApiRow],
    ) -> None:
        self.by = by
        self.headers: dict[str, str] = {}
        if role is not None and by != SESSION:
            secret = f"tl_{secrets.token_urlsafe()}"
            factories.api_token(mine.area, mine.people[role], secret, scope=by)
            self.headers["Authorization"] = f"Bearer {secret}"
        super().__init__(role, mine, other, {})
        self.api_rows = api_rows
        if by != SESSION:
            self.client.logout()

    def visit_all(self) -> list[str]:
        thorough = self.role == REACHES_MOST and self.by != READ
        for name, row in self.api_rows.items():
            for method in METHODS if thorough else {*PLAIN_METHODS, *row.deeds}:
                self.own_row(name, row, method)
                if method == "GET" or (method in row.deeds and thorough):
                    self.other_rows(name, row, method)
            if not thorough or self.by != WRITE:
                continue
            for method in row.deeds.keys() - SAFE:
                if self.right(row, method) < 400:
                    self.forced(name, row, method)
                if self.right(row, method) in {200, 201}:
                    self.stuffed(name, row, method)
            if "GET" in row.deeds and name != "api_schema":
                self.odd(name, row)
        return self.problems

    def own_row(self, name: str, row: ApiRow, method: str) -> None:
        wanted = self.right(row, method)
        self.match(row)
        response, events = self.ask(
            name, method, row.where(self.mine), self.data(row, method), "own", {wanted}
        )
        if response is None or row.deeds.get(method, PUBLIC) == PUBLIC or wanted >= 400:
            return
        if method == "GET" and row.shows:
            self.hold(self.mine.canary in told(response), name, method, "own", "shows nothing")
        if method not in SAFE:
            wrote = bool(events) or method in row.idle
            self.hold(wrote, name, method, "own", "wrote nothing")
            strangers = [e for e in events if e.area_id != self.mine.area.pk]
            self.hold(not strangers, name, method, "own", f"wrote elsewhere: {strangers}")
            said = all(("API token" in e.reason) is (self.by != SESSION) for e in events)
            self.hold(said, name, method, "own", "the trail does not say by what it came")

    def other_rows(self, name: str, row: ApiRow, method: str) -> None:
        """The other area's address; its address with ids of mine; and mine with ids of its."""
        mine, theirs = row.where(self.mine), row.where(self.other)
        if "area" not in mine:
            return
        self.match(row)
        data = self.data(row, method)
        unseen = 401 if self.role is None else 404
        self.ask(name, method, theirs, data, "other", {unseen})
        if len(mine) > 1:
            self.ask(name, method, mine | {"area": theirs["area"]}, data, "swapped", {unseen})
            wanted = self.right(row, method)
            mixed = wanted if wanted > 400 or row.shared else 404  # 400: not now, of my own
            self.ask(name, method, theirs | {"area": mine["area"]}, data, "mixed", {mixed})

    def forced(self, name: str, row: ApiRow, method: str) -> None:
        """A change that does not say what it has read, or says something else."""
        if row.changes is None and not row.etag:
            return
        where, data = row.where(self.mine), self.data(row, method)
        pk = getattr(self.mine, row.changes).pk if row.changes else where.get("pk", 0)
        for tag, wanted in ((None, 428), ("*", 412), (f'"{pk}-99"', 412), ('"', 412)):
            self.headers.pop("If-Match", None)
            if tag is not None:
                self.headers["If-Match"] = tag
            self.ask(name, method, where, data, f"If-Match {tag}", {wanted})

    def stuffed(self, name: str, row: ApiRow, method: str) -> None:
        """Bodies that name the other area, or nothing that there is."""
        where = row.where(self.mine)
        extra = {
            "area": self.other.area.pk,
            "area_id": self.other.area.pk,
            "id": self.other.action.pk,
            "pk": self.other.action.pk,
            "version": 99,
            "plan": self.other.plan.pk,
        }
        self.match(row)
        self.ask(name, method, where, self.data(row, method) | extra, "stuffed", {400})
        if row.multipart:
            return
        for body in (row.body(self.other), [], "x", {"title": {"a": []}, "text": None}):
            self.ask(name, method, where, body, f"body {body!r}", None)

    def odd(self, name: str, row: ApiRow) -> None:
        """Questions that name the other area, and some that nobody should ask."""
        view = dict(walk())[name].callback
        is_list = getattr(view, "actions", {}).get("get") == "list"
        filters = getattr(view.cls, "filterset_class", None) if is_list else None
        values = [self.other.lead.pk, "x'\"\\%", "9" * 30, "\x00"]
        asked = [
            {one: value} for one in (filters.base_filters if filters else ()) for value in values
        ]
        for query in [*asked, {"area": self.other.area.slug, "next": "//evil"}, {"page": "-1"}]:
            self.ask(name, "GET", row.where(self.mine), query, f"?{query}", None)

    # --- asking, and the right answer ---------------------------------------------------------

    def right(self, row: ApiRow, method: str) -> int:
        deed = row.deeds.get("GET" if method == "HEAD" else method)
        if deed == PUBLIC:
            return 404
        if self.role is None:
            return 401
        if deed is None:
            return 405
        if deed != SIGNED_IN and not may(self.role, deed):
            return 403
        if method not in SAFE and self.by == READ:
            return 403
        if row.owner not in {None, self.role}:
            return 404
        return row.answer("GET" if method == "HEAD" else method)

    def data(self, row: ApiRow, method: str) -> dict[str, Any]:
        return {} if method in SAFE else row.body(self.mine)

    def match(self, row: ApiRow) -> None:
        self.headers.pop("If-Match", None)
        if row.changes is not None:
            changed = getattr(self.mine, row.changes)
            self.headers["If-Match"] = f'"{changed.pk}-{changed.version}"'

        if row.etag:
            url = reverse(row.etag, kwargs=row.where(self.mine))
            self.headers["If-Match"] = self.client.get(url, headers=self.headers).get("ETag", "")

    def send(self, method: str, url: str, data: Any) -> Any:
        if method in SAFE:
            asked = f"{url}?{urlencode(data)}" if data else url
            return self.client.generic(method, asked, headers=self.headers)
        multipart = isinstance(data, dict) and any(hasattr(one, "read") for one in data.values())
        body = encode_multipart(BOUNDARY, data) if multipart else json.dumps(data)
        kind = MULTIPART_CONTENT if multipart else "application/json"
        return self.client.generic(method, url, body, content_type=kind, headers=self.headers)

    def hold(self, fine: bool, name: str, method: str, what: str, trouble: str) -> None:
        super().hold(fine, name, method, f"{what} by {self.by}", trouble)
