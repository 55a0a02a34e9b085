"""What was typed is not lost when the session has ended meanwhile."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.people import AREA, PASSWORD, email_of

BACK = "You had to sign in again. What you typed is back; nothing was saved yet."
ENDED = "Your session ended. What you typed is kept in this window until you sign in again."
GONE = "!sessionStorage.getItem('throughline-kept')"


def open_update(open_page: OpenPage, text: str) -> Page:
    """The form of an update, in which somebody has typed."""
    page = open_page(f"/areas/{AREA}/", "service_manager", width=390)
    page.get_by_role("link", name=re.compile("^Update ")).first.click()
    page.locator("label", has_text="In progress: at risk").click()
    page.get_by_label("What has happened").fill(text)
    return page


def end_session(page: Page) -> None:
    page.context.clear_cookies(name=re.compile("sessionid$"))


def sign_in(page: Page, role: str) -> None:
    page.get_by_label("Email").fill(email_of(role))
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.locator("body[data-person]").wait_for()


def test_what_was_typed_is_back_after_the_same_person_has_signed_in_again(
    open_page: OpenPage,
) -> None:
    page = open_update(open_page, "Half of the <b>team</b>")
    address = page.url
    end_session(page)
    page.get_by_role("button", name="Save update").click()
    expect(page.get_by_role("status").filter(has_text=ENDED)).to_be_visible()
    page.get_by_label("Email").fill("nobody@example.org")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    sign_in(page, "service_manager")
    expect(page).to_have_url(address)
    expect(page.get_by_role("status").filter(has_text=BACK)).to_be_visible()
    expect(page.get_by_label("What has happened")).to_have_value("Half of the <b>team</b>")
    expect(page.get_by_role("radio", name="In progress: at risk")).to_be_checked()
    page.get_by_role("button", name="Save update").click()
    expect(page.get_by_text("Half of the <b>team</b>")).to_be_visible()
    page.wait_for_function(GONE)


def test_what_was_typed_is_kept_from_everybody_else(open_page: OpenPage) -> None:
    page = open_update(open_page, "Mine alone")
    end_session(page)
    page.get_by_role("button", name="Save update").click()
    page.get_by_label("Password").wait_for()
    sign_in(page, "performance_lead")
    page.wait_for_function(GONE)
    expect(page.get_by_label("What has happened")).to_have_value("")


def test_what_was_refused_is_nothing_that_came_back(open_page: OpenPage) -> None:
    page = open_update(open_page, " ")
    page.get_by_role("button", name="Save update").click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    expect(page.get_by_text(BACK)).to_have_count(0)


def test_what_was_typed_is_back_after_signing_in_again_in_another_window(
    open_page: OpenPage,
) -> None:
    page = open_update(open_page, "Half of the team")
    address = page.url
    page.context.clear_cookies()  # signing out would end the session of other tests too
    other = page.context.new_page()
    other.goto(address)
    sign_in(other, "service_manager")
    other.close()
    page.get_by_role("button", name="Save update").click()
    page.get_by_text("What you typed is kept in this window.").wait_for()
    page.get_by_role("link", name="Open the form again").click()
    expect(page).to_have_url(address)
    said = "The form was not accepted. What you typed is back; nothing was saved yet."
    expect(page.get_by_role("status").filter(has_text=said)).to_be_visible()
    page.get_by_role("button", name="Save update").click()
    expect(page.get_by_text("Half of the team")).to_be_visible()
