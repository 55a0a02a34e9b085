"""Every page that a person can reach by following links, looked at once for each kind of page."""

from collections import defaultdict, deque
from typing import Any
from urllib.parse import urljoin, urlsplit

import lxml.html
import pytest
from django.urls import Resolver404, resolve

from management.access import Role
from tests.browser.conftest import OpenPage
from tests.browser.look import faults, too_wide

LEAVING = {"account_logout"}
WIDE = 1280
looked_at: dict[tuple[int, str], set[str]] = defaultdict(set)
# Narrow windows: for those who between them see every page.
VISITS = [
    (Role.HEAD_OF_SERVICE, WIDE),  # first, who sees the most
    *[(role, WIDE) for role in Role if role is not Role.HEAD_OF_SERVICE],
    (Role.PERFORMANCE_LEAD, 320),
    (Role.ADMINISTRATOR, 320),
]


def kinds_of(body: Any) -> set[str]:
    """Which kinds of element a page is made of: where, what, in which style, with what about it."""
    return {
        f"{e.getparent().tag} {e.tag} {e.get('class')} {sorted(e.attrib)}"
        for e in body.xpath(".//*")
    }


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
        answer = page.request.get(url)
        if answer.status != 200:
            found.append(f"{url}: {answer.status}")
        if "text/html" not in answer.headers["content-type"]:
            continue
        body = lxml.html.fromstring(answer.body()).body
        kinds = kinds_of(body)
        if kinds - looked_at[width, name]:  # else another role has shown all of it, and more
            looked_at[width, name] |= kinds
            page.goto(url)
            if width == WIDE or kinds - looked_at[width, ""]:
                found += faults(page)
            else:  # what is wrong with more than one kind of element is seen in the wide window
                found += too_wide(page)
            looked_at[width, ""] |= kinds
        links = (urljoin(url, href) for href in body.xpath(".//a[not(@download)]/@href"))
        waiting.extend(link for link in links if link.startswith(site))
    assert not found, "\n".join(found)
    assert {"account_change_password", "plan", "kpi"} <= seen
