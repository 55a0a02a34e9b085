"""Every page that a person can reach by following links, looked at once for each kind of page."""

from collections import defaultdict, deque
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve
from playwright.sync_api import Error

from management.access import Role
from tests.browser.conftest import OpenPage
from tests.browser.look import faults

LINKS = "[...document.querySelectorAll('a[href]:not([download])')].map(a => a.href)"
# Which kinds of element a page is made of: where, what, in which style, with which attributes.
KINDS = """[...new Set([...document.querySelectorAll('body *')].map(e => [
    e.parentElement.tagName, e.tagName, e.className, ...[...e.attributes].map(a => a.name)
].join(' ')))]"""
LEAVING = {"account_logout"}
WIDE = 1280
looked_at: dict[tuple[int, str], set[str]] = defaultdict(set)
seen_narrow: set[str] = set()
# Narrow windows: for those who between them see every page.
VISITS = [
    (Role.HEAD_OF_SERVICE, WIDE),  # first, who sees the most
    *[(role, WIDE) for role in Role if role is not Role.HEAD_OF_SERVICE],
    (Role.PERFORMANCE_LEAD, 320),
    (Role.ADMINISTRATOR, 320),
]


@pytest.mark.parametrize(("role", "width"), VISITS)
def test_no_page_within_reach_has_a_fault(
    open_page: OpenPage, site: str, role: Role, width: int
) -> None:
    page = open_page("/", role=role, width=width)
    seen: set[str] = set()
    found: list[str] = []
    waiting = deque([page.url])
    while waiting:
        url = waiting.popleft()
        try:
            name = resolve(urlsplit(url).path).view_name
        except Resolver404:
            found.append(f"{url}: a link to a page that does not exist")
            continue
        if name in seen | LEAVING:
            continue
        seen.add(name)
        try:
            answer = page.goto(url)
        except Error as error:
            if "Download is starting" not in error.message:
                raise
            answer = page.request.get(url)
        assert answer is not None
        if answer.status != 200:
            found.append(f"{url}: {answer.status}")
        if "text/html" not in answer.headers["content-type"]:
            continue
        kinds = set(page.evaluate(KINDS))
        if kinds - looked_at[width, name]:  # else another role has shown all of it, and more
            looked_at[width, name] |= kinds
            # The colours of one kind of element do not change with the width of the window.
            found += faults(page, contrast=width == WIDE or bool(kinds - seen_narrow))
            if width != WIDE:
                seen_narrow.update(kinds)
        waiting.extend(link for link in page.evaluate(LINKS) if link.startswith(site))
    assert not found, "\n".join(found)
    assert {"account_change_password", "plan", "kpi"} <= seen
