"""A real site in a process of its own, with the demonstration in it, and a real browser."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.people import BEGINNER, DEMO_DAY, EMPTY_AREA, PASSWORD, email_of
from tests.conftest import manage, surroundings

CHROMIUM = next(filter(None, map(shutil.which, ["chromium", "chromium-browser"])), None)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Each window would start two more processes for the lists below its address bar, which nobody
    # sees. The others are those that Playwright switches off: the last list alone counts.
    "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,"
    "AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose,HttpsUpgrades,"
    "HttpsFirstBalancedModeAutoEnable,LensOverlay,MediaRouter,PaintHolding,"
    "ThirdPartyStoragePartitioning,AvoidCorsURLLoaderRestartOnRedirect,OptimizationHints,"
    "NetworkTimeServiceQuerying,AimEnabled,PreconnectToSearch",
]
OpenPage = Callable[..., Page]
# An area with nothing in it, and one person who begins there, with a password as an operator's
# console could give it, with its name in the audit trail.
AN_EMPTY_AREA = f"""
from django.core.management import call_command
name = "{EMPTY_AREA.title()}"
call_command("create_area", "{EMPTY_AREA}", name=name, partnership=f"{{name}} HSCP")
person = {{"area": "{EMPTY_AREA}", "name": "Nan Begg", "role": "performance_lead"}}
call_command("add_member", "{BEGINNER}", **person)
from management import audit
from management.access import System
from management.models import User
with audit.acting(System("browser tests"), "set password"):
    user = User.objects.get(email="{BEGINNER}")
    user.set_password("{PASSWORD}")
    user.save()
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests of this folder are marked, and share one site and one browser in one process."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        if os.environ.get("CI", "").lower() in {"1", "true"}:
            pytest.fail("CI must drive Chromium, and none is installed.", pytrace=False)
        pytest.skip("browser tests skipped: Chromium is not installed")
    # Playwright runs an event loop in this thread, in which Django opens other connections than
    # outside it: all of it ends with this folder.
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="package")
def site(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the demonstration, served by gunicorn as in production, packs built."""
    data = tmp_path_factory.mktemp("site")
    shutil.copyfile(migrated, data / "throughline.sqlite3")
    held = {"THROUGHLINE_TODAY": DEMO_DAY}
    manage(data, "collectstatic", "--noinput", "--verbosity", "0", **held)
    manage(data, "demo", "--once", "--out", str(data / "demo"), **held)
    manage(data, "shell", "-v0", "-c", AN_EMPTY_AREA, **held)
    env = surroundings(data) | held
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "tracker.wsgi", "--no-control-socket"]
    command += ["--bind", f"127.0.0.1:{port}", "--threads", "4"]
    with (data / "site.log").open("w") as log:
        process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=env, stdout=log, stderr=log)
        try:
            _wait_for(port, process, data / "site.log")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(30)


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail(f"The site did not start:\n{log.read_text()}", pytrace=False)


@pytest.fixture(scope="package")
def signed_in(site: str, browser: Browser) -> Callable[[str], Any]:
    """The cookies of a person of a role, who signs in once, through the page."""
    kept: dict[str, Any] = {}

    def cookies(role: str) -> Any:
        if role not in kept:
            context = browser.new_context()
            page = context.new_page()
            page.goto(f"{site}/accounts/login/")
            page.get_by_label("Email").fill(email_of(role))
            page.get_by_label("Password").fill(PASSWORD)
            page.get_by_role("button", name="Sign in").click()
            page.get_by_role("button", name="Sign out").wait_for()
            kept[role] = context.storage_state()
            context.close()
        return kept[role]

    return cookies


@pytest.fixture
def open_page(
    site: str, browser: Browser, signed_in: Callable[[str], Any], request: pytest.FixtureRequest
) -> Iterator[OpenPage]:
    """Opens a path as a role (or signed out), at a width, with or without scripts.

    What the console complains of (a breach of the Content-Security-Policy, a script that fails)
    fails the test.
    """
    complaints: list[str] = []
    contexts = []

    def open_(path: str, role: str = "", width: int = 1280, scripts: bool = True) -> Page:
        context = browser.new_context(
            base_url=site,
            viewport={"width": width, "height": 900},
            storage_state=signed_in(role) if role else None,
            java_script_enabled=scripts,
            locale="en-GB",
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        page.on(
            "console",
            lambda said: (
                complaints.append(f"{page.url}: {said.text}")
                # The page itself is asked to be missing or forbidden in some tests.
                if said.type == "error" and said.location.get("url") != page.url
                else None
            ),
        )
        page.goto(path)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert not complaints, "The browser complained:\n" + "\n".join(complaints)


@pytest.fixture
def beginner(open_page: OpenPage) -> Page:
    """The first person of the empty area, signed in on its home page."""
    page = open_page("/accounts/login/")
    page.get_by_label("Email").fill(BEGINNER)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile(f"/areas/{EMPTY_AREA}/$"))
    return page
