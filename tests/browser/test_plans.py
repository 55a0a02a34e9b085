"""From what an inspection found to an action that answers it, in an area without plan or post."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.look import faults
from tests.browser.people import AREA


def test_what_was_found_gets_a_plan_an_action_and_a_post(beginner: Page) -> None:
    page = beginner
    page.get_by_role("link", name="Inspections", exact=True).click()
    page.get_by_role("link", name="Record an inspection").click()
    page.get_by_label("Title").fill("Review of unpaid work")
    page.get_by_label("Who inspects").fill("Care Inspectorate")
    page.get_by_label("Framework").select_option(label="2019 inspection guidance")
    page.get_by_label("Published on").fill("6 8 2019")
    page.get_by_role("button", name="Record inspection").click()
    page.get_by_role("link", name="Add a recommendation").click()
    page.get_by_label("Number").fill("1")
    page.get_by_label("Text").fill("Begin unpaid work in time")
    page.get_by_role("button", name="Add", exact=True).click()

    page.get_by_role("link", name="Which actions answer them").click()
    page.get_by_role("link", name="Choose actions that answer 1").click()
    expect(page.get_by_text("has no improvement plan yet")).to_be_visible()
    assert faults(page) == []
    page.get_by_role("link", name="Start a plan").click()
    expect(page.get_by_label("Inspection that it answers")).to_contain_text("Review of unpaid work")
    page.get_by_label("Title").fill("Unpaid work plan")
    page.get_by_label("Agreed on").fill("17 9 2019")
    assert faults(page) == []
    page.get_by_role("button", name="Start plan").click()
    expect(page.get_by_text("Unpaid work plan is started.")).to_be_visible()

    page.get_by_role("link", name="Add an action").click()
    expect(page.get_by_label("Reference")).to_have_value("1")
    assert faults(page) == []
    page.get_by_label("What is to be done").fill("Open two more workshops")
    page.get_by_label("Quality indicator").select_option(index=1)
    page.get_by_label("Due date").fill("1 8 2018")
    page.get_by_label("Evidence of improvement expected").fill("The monthly figure")
    page.locator("label", has_text="1 Begin unpaid work in time").click()
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Choose the post that leads it")
    expect(page.get_by_role("alert")).to_contain_text("agreed on 17 September 2019")
    assert faults(page) == []
    page.get_by_label("Or a new post: its title").fill("Unpaid Work Manager")
    page.get_by_label("Due date").fill("31 3 2020")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("Action 1 is added.")).to_be_visible()
    expect(page.get_by_text("Unpaid Work Manager (nobody holds this post today)")).to_be_visible()

    page.get_by_role("link", name="Review of unpaid work").click()
    page.get_by_role("link", name="Which actions answer them").click()
    row = page.get_by_role("row", name="Area for improvement 1 ")
    expect(row).to_contain_text("1 (in a draft plan)")
    expect(row).to_contain_text("No measure: no KPI is linked to its actions")
    assert faults(page) == []


def test_actions_are_chosen_by_keyboard_alone(open_page: OpenPage) -> None:
    page = open_page(f"/areas/{AREA}/inspections/", "performance_lead")
    page.get_by_role("link", name="Justice social work in").first.focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Which actions answer them").focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Choose actions that answer 1.4").focus()
    page.keyboard.press("Enter")
    box = page.get_by_role("checkbox", name="5.3a")
    box.focus()
    page.keyboard.press("Space")
    expect(box).to_be_checked()
    page.get_by_role("button", name="Save", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Actions that answer 1.4 saved.")).to_be_visible()
    expect(page.get_by_role("rowheader", name="5.3a")).to_be_visible()
