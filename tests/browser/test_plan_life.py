"""A head of service reads a draft, accepts one point of the SMART check, and approves the plan."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.look import faults
from tests.browser.people import AREA

TITLE = "Plan for the year after"


def follow(page: Page, name: str) -> None:
    """A link of the page itself, by keyboard."""
    page.get_by_role("main").get_by_role("link", name=name).first.focus()
    page.keyboard.press("Enter")


def test_a_plan_is_approved_by_keyboard_with_one_point_accepted(open_page: OpenPage) -> None:
    page = open_page(f"/areas/{AREA}/plans/", "head_of_service")
    follow(page, "Start a plan")
    page.get_by_label("Title").fill(TITLE)
    page.get_by_label("Agreed on").fill("1 8 2019")  # so that it stands below the others
    page.get_by_label("Runs until").fill("31 3 2021")
    assert faults(page) == []
    page.get_by_role("button", name="Start plan").click()
    expect(page.get_by_text("Draft. Still being written")).to_be_visible()
    assert faults(page) == []
    follow(page, "Add an action")
    page.get_by_label("What is to be done").fill("Improve the waiting room")
    page.get_by_label("Quality indicator").select_option(index=1)
    page.get_by_label("Lead post").select_option(label="Service Manager")
    page.get_by_label("Due date").fill("30 6 2020")
    page.get_by_label("Evidence of improvement expected").fill("A survey of those who wait")
    page.get_by_role("button", name="Add", exact=True).click()
    page.goto(f"/areas/{AREA}/")
    expect(page.get_by_text("1 draft plan waits to be approved")).to_be_visible()
    assert faults(page) == []

    follow(page, TITLE)
    expect(page.get_by_text("1 point about 1 action.")).to_be_visible()
    button = page.get_by_role("button", name="Approve the plan")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Change the action, or say why it stands")
    assert faults(page) == []
    page.get_by_role("alert").get_by_role("link").focus()
    page.keyboard.press("Enter")
    reason = page.get_by_label("“improve” does not say what will be different")
    expect(reason).to_be_focused()
    page.keyboard.type("The architect says next month how much is possible.")
    follow(page, "Change action")
    page.get_by_label("Evidence of improvement expected").fill("A survey of all who wait")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("You were elsewhere. What you typed is back")).to_be_visible()
    expect(reason).to_have_value("The architect says next month how much is possible.")
    expect(page.get_by_text("A survey of all who wait")).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 900})
    assert faults(page, contrast=False) == []
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"{TITLE} is approved.")).to_be_visible()
    expect(page.get_by_text("Say that work has begun")).to_be_visible()
    assert faults(page) == []


def test_the_words_of_an_area_are_previewed_from_a_ready_set(open_page: OpenPage) -> None:
    page = open_page(f"/areas/{AREA}/rules/?start=brag", "performance_lead", width=390)
    expect(page.get_by_text("Nothing is saved yet.")).to_be_visible()
    assert faults(page) == []
    page.get_by_label("By status, row 2: word").fill("Going well")
    page.get_by_role("button", name="Preview the key").click()
    expect(page.get_by_text("As typed above, and not saved.")).to_be_visible()
    expect(page.get_by_role("row", name="Going well Green")).to_contain_text("on track")
    page.set_viewport_size({"width": 1280, "height": 900})
    assert faults(page) == []
