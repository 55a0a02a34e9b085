"""Signing in, with keyboard only, on wide and narrow windows."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.look import faults
from tests.browser.people import PASSWORD, email_of

PUBLIC = ["/accounts/login/", "/accounts/password/reset/", "/accounts/password/reset/done/"]
FOCUSED = "(document.activeElement.innerText || document.activeElement.name).trim()"


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("path", [*PUBLIC, "/no-such-page/"])
def test_pages_before_signing_in_have_no_fault(open_page: OpenPage, path: str, width: int) -> None:
    assert faults(open_page(path, width=width)) == []


def test_the_keyboard_goes_through_the_page_in_reading_order(open_page: OpenPage) -> None:
    page = open_page("/accounts/login/")
    order = []
    for _ in range(6):
        page.keyboard.press("Tab")
        order.append(page.evaluate(FOCUSED))
    assert order == [
        "Skip to main content",
        "Throughline",
        "login",
        "password",
        "Sign in",
        "I have forgotten my password",
    ]


def test_the_skip_link_leads_to_the_content(open_page: OpenPage) -> None:
    page = open_page("/accounts/login/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED) == "login"


def test_a_form_with_errors_says_so_first(open_page: OpenPage) -> None:
    page = open_page("/accounts/login/")
    page.get_by_label("Email").fill("morag.reid@throughline.example")
    page.get_by_role("button", name="Sign in").click()
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    assert page.title().startswith("Error: ")
    expect(page.get_by_label("Email")).to_have_value("morag.reid@throughline.example")
    assert faults(page) == []
    summary.get_by_role("link").click()
    assert page.evaluate(FOCUSED) == "password"


@pytest.mark.parametrize("scripts", [True, False])
def test_a_person_signs_in_and_out(open_page: OpenPage, scripts: bool) -> None:
    page = open_page("/accounts/login/", width=320, scripts=scripts)
    page.get_by_label("Email").fill(email_of("head_of_service"))
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    if scripts:  # without them the menu stands open
        page.get_by_role("button", name="Menu").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/accounts/login/$"))
