"""What is looked at on every page: accessibility by axe, width, and a picture when asked for."""

import os
import re
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = Axe()
# PICTURES=folder keeps a picture of every page that the tests look at.
PICTURES = os.environ.get("PICTURES")


def faults(page: Page, contrast: bool = True, sizes: bool = True) -> list[str]:
    """What is wrong with the page as it stands, in readable lines; keeps a picture of it.

    Contrast and the sizes of what can be pressed take most of the time: they are not asked for
    where the same kinds of element were looked at.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.axe_script)
    asked = {
        "runOnly": RULES,
        "rules": {"color-contrast": {"enabled": contrast}, "target-size": {"enabled": sizes}},
        "resultTypes": ["violations"],  # only what is wrong is described, which saves time
    }
    found = [
        f"{where(page)}: {rule['id']}: {rule['help']}: {node['html'][:200]}"
        for rule in page.evaluate("asked => axe.run(document, asked)", asked)["violations"]
        for node in rule["nodes"]
    ]
    if PICTURES:
        name = re.sub(r"\W+", "-", where(page).split("/", 3)[3]).strip("-")
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)
    return found + too_wide(page)


def too_wide(page: Page) -> list[str]:
    """Whether the page has to be scrolled sideways."""
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        return [f"{where(page)}: the page is wider than its window"]
    return []


def where(page: Page) -> str:
    width = page.viewport_size["width"] if page.viewport_size else 0
    return f"{page.url} at {width} px"
