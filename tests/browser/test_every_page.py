"""Every page that a person can reach by following links, looked at once for each kind of page."""

from collections import defaultdict, deque
from typing import Any
from urllib.parse import urljoin, urlsplit

import lxml.html
import pytest
from django.urls import Resolver404, resolve

from management.access import Role
from tests.browser.conftest import OpenPage
from tests.browser.look import AXE, faults

LEAVING = {"account_logout"}
WIDE, NARROW = 1280, 320
looked_at: dict[str, set[str]] = defaultdict(set)
looked_at_anywhere: set[str] = set()
# First who sees more than those who follow.
VISITORS = [Role.PERFORMANCE_LEAD, *[role for role in Role if role is not Role.PERFORMANCE_LEAD]]


def kinds_of(body: Any) -> set[str]:
    """Which kinds of element a page is made of: where, what, in which style, with what about it."""
    return {
        f"{e.tag} {e.get('class')} [{e.getparent().tag} {e.getparent().get('class')}"
        f" {sorted(e.attrib)}]"
        for e in body.xpath(".//*")
    }


@pytest.mark.parametrize("role", VISITORS)
def test_no_page_within_reach_has_a_fault(open_page: OpenPage, site: str, role: Role) -> None:
    page = open_page("/", role=role, width=WIDE)
    page.add_init_script(AXE.axe_script)  # else it is sent again for each page
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
        if kinds - looked_at[name]:  # else another role has shown all of it, and more
            looked_at[name] |= kinds
            new = bool(kinds - looked_at_anywhere)  # else its colours and sizes are known
            looked_at_anywhere.update(kinds)
            page.set_viewport_size({"width": WIDE, "height": 900})
            page.goto(url)
            found += faults(page, contrast=new, sizes=new)
            page.set_viewport_size({"width": NARROW, "height": 900})
            page.wait_for_timeout(50)  # until the tables know that they scroll now
            # A narrow window has no colours of its own but in its menu, which is on every page.
            found += faults(page, contrast=len(seen) == 1, sizes=new)
        links = (urljoin(url, href) for href in body.xpath(".//a[not(@download)]/@href"))
        waiting.extend(link for link in links if link.startswith(site))
    assert not found, "\n".join(found)
    assert {"account_change_password", "plan", "kpi"} <= seen
