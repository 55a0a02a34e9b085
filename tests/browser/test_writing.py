"""An action is written with the SMART check beside it, and a task is ticked by keyboard."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.look import faults
from tests.browser.people import AREA

VAGUE = "“improve” does not say what will be different"


def new_action(open_page: OpenPage, **how: bool) -> Page:
    page = open_page(f"/areas/{AREA}/plans/", "performance_lead", **how)
    page.locator("main").get_by_role("rowheader").get_by_role("link").first.click()
    page.get_by_role("link", name="Add an action").first.click()
    return page


def test_the_check_answers_while_somebody_writes_and_leads_to_the_field(
    open_page: OpenPage,
) -> None:
    page = new_action(open_page)
    said = page.locator("#smart")
    expect(said).to_contain_text("While you write, this asks")
    expect(page.get_by_role("button", name="Check")).to_be_hidden()
    page.get_by_label("What is to be done").press_sequentially("Improve things")
    expect(said).to_contain_text(VAGUE)
    page.get_by_label("What is to be done").fill("See 5 people a day")
    expect(said).not_to_contain_text(VAGUE)
    page.get_by_label("Due date").fill("March 2020")
    expect(said).to_contain_text("“March 2020” is read as 31 March 2020.")
    assert faults(page) == []
    said.get_by_role("link", name="Lead post").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Lead post")).to_be_focused()
    page.set_viewport_size({"width": 390, "height": 900})
    assert faults(page, contrast=False) == []


def test_without_scripts_a_button_asks_the_check(open_page: OpenPage) -> None:
    page = new_action(open_page, scripts=False)
    page.get_by_label("What is to be done").fill("Improve things")
    page.get_by_role("button", name="Check").click()
    expect(page.locator("#smart")).to_contain_text(VAGUE)
    expect(page.get_by_label("What is to be done")).to_have_value("Improve things")


def test_a_task_is_added_and_ticked_by_keyboard_on_a_phone(open_page: OpenPage) -> None:
    page = open_page(f"/areas/{AREA}/", "service_manager", width=390)
    page.get_by_role("link", name="1.1c ").first.click()
    page.get_by_role("link", name="Add a task").focus()
    page.keyboard.press("Enter")
    page.get_by_label("What is to be done").focus()
    page.keyboard.type("Book the training room")
    page.keyboard.press("Tab")
    page.keyboard.type("10 1 2020")
    page.keyboard.press("Enter")
    task = page.get_by_role("listitem").filter(has_text="Book the training room").last
    expect(task).to_contain_text("Overdue by 5 days")
    assert faults(page) == []
    button = task.get_by_role("button", name="Done Book the training room")
    box = button.bounding_box()
    assert box and min(box["width"], box["height"]) >= 44
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Task “Book the training room” is done.")).to_be_visible()
    expect(page.get_by_role("button", name="Open again Book the training room")).to_be_visible()
    assert faults(page, contrast=False) == []
