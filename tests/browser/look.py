"""What is looked at on every page: accessibility by axe, width, and a picture when asked for."""

import os
import re
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# PICTURES=folder keeps a picture of every page that the tests look at.
PICTURES = os.environ.get("PICTURES")


def faults(page: Page, contrast: bool = True) -> list[str]:
    """What is wrong with the page as it stands, in readable lines; keeps a picture of it.

    Contrast takes most of the time: not asked for where the same colours were looked at.
    """
    asked = {
        "runOnly": RULES,
        "rules": {"color-contrast": {"enabled": contrast}},
        "resultTypes": ["violations"],  # only what is wrong is described, which saves time
    }
    width = page.viewport_size["width"] if page.viewport_size else 0
    where = f"{page.url} at {width} px"
    found = [
        f"{where}: {rule['id']}: {rule['help']}: {node['html'][:200]}"
        for rule in Axe().run(page, options=asked).response["violations"]
        for node in rule["nodes"]
    ]
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        found.append(f"{where}: the page is wider than its window")
    if PICTURES:
        name = re.sub(r"\W+", "-", page.url.split("/", 3)[3]).strip("-") or "home"
        page.screenshot(path=Path(PICTURES) / f"{name}-{width}.png", full_page=True)
    return found
