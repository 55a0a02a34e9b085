"""A token on its way: made on a page, used by a program, revoked on a page."""

from playwright.sync_api import expect

from tests.browser.look import faults
from tests.browser.people import AREA, PASSWORD


def test_a_token_is_made_used_and_revoked(open_page):
    page = open_page("/", "head_of_service")
    page.get_by_role("link", name="API access").click()
    page.get_by_role("link", name="Make a token").click()
    page.get_by_label("Name").fill("Monthly figures of the criminal justice social work service")
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Make the token").dblclick()
    expect(page.get_by_role("heading", name="Your new token")).to_be_visible()
    assert not faults(page)
    page.set_viewport_size({"width": 320, "height": 900})
    assert not faults(page)
    secret = page.locator("code").first.inner_text()
    program = open_page("/accounts/login/").context.request  # of nobody who is signed in
    asked = {"url": f"/api/v1/areas/{AREA}/kpis/", "headers": {"Authorization": f"Bearer {secret}"}}
    assert program.get(**asked).json()["count"] > 0
    page.get_by_role("link", name="I have copied it").click()
    page.wait_for_timeout(50)  # until the table knows that it scrolls now
    assert not faults(page)
    page.get_by_role("button", name="Revoke Monthly figures").click()
    expect(page.get_by_text("is revoked: it opens nothing any more.")).to_be_visible()
    assert program.get(**asked).status == 401
    assert not faults(page)
