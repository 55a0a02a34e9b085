"""An inspection from its notification to the coverage of its report, in an area that was empty."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.look import faults
from tests.browser.people import AREA

GRADES = {"1.1": "Weak", "2.1": "Adequate", "5.2": "Weak", "5.3": "Weak", "9.4": "Weak"}
MESSAGES = ["Respect, but no proof", "Standards not followed", "Unpaid work", "Oversight"]
FOUND = [("1", ""), *[(f"1.{part}", "1") for part in range(1, 6)], *[(n, "") for n in "2345"]]


def test_the_report_of_2019_is_recorded_in_an_empty_area(beginner: Page) -> None:
    page = beginner
    assert faults(page) == []
    page.get_by_role("link", name="Inspections", exact=True).click()
    expect(page.get_by_text("No inspection has been entered")).to_be_visible()
    page.get_by_role("link", name="Record an inspection").click()
    page.get_by_label("Title").fill("Justice social work, 2019")
    page.get_by_label("Who inspects").fill("Care Inspectorate")
    page.get_by_label("Framework").select_option(label="2019 inspection guidance")
    page.get_by_label("Notified on").fill("1 11 2018")
    page.get_by_role("button", name="Record inspection").click()
    expect(page.get_by_text("Not published yet:")).to_be_visible()
    assert faults(page) == []

    page.locator("main").get_by_role("link", name=re.compile("^(Next:|See all steps)")).click()
    row = page.get_by_role("row", name="Self-evaluation due")
    expect(row).to_contain_text("Wednesday 9 January 2019, 12 noon")
    row.get_by_role("link", name="Edit").click()
    page.get_by_label("Date").fill("1 2 2019")
    page.get_by_label("Done on").fill("1 2 2019")
    page.get_by_role("button", name="Save").click()
    expect(row).to_contain_text("Friday 1 February 2019")
    assert faults(page) == []

    page.get_by_role("link", name="Justice social work, 2019").click()
    page.get_by_role("link", name="Edit", exact=True).click()
    page.get_by_label("Published on").fill("6 8 2018")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("before it is notified (1 November 2018)")
    assert faults(page) == []
    page.get_by_label("Published on").fill("6 8 2019")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("17 September 2019 (six weeks after publication)")).to_be_visible()

    page.get_by_role("link", name="Enter grades").click()
    for code, grade in GRADES.items():
        page.get_by_label(f"Grade of {code}").select_option(label=grade)
        page.get_by_label(f"Why {code} was graded so").fill(f"In short: {grade.lower()}.")
    assert faults(page) == []
    page.get_by_role("button", name="Save grades").click()
    expect(page.get_by_text("5 quality indicators graded on the six-point scale")).to_be_visible()

    page.get_by_role("link", name="Enter key messages").click()
    for number, text in enumerate(MESSAGES, 1):
        page.get_by_label(f"KM{number}", exact=True).fill(text)
    page.get_by_role("button", name="Save key messages").click()
    expect(page.get_by_text("Standards not followed")).to_be_visible()

    page.get_by_role("link", name="Add a recommendation").click()
    for reference, whole in FOUND:
        page.get_by_label("Number").fill(reference)
        page.get_by_label("Text").fill(f"Improve {reference}")
        if whole:
            page.get_by_label("Part of").select_option(label=f"{whole} Improve {whole}")
        last = reference == FOUND[-1][0]
        page.get_by_role("button", name="Add" if last else "Add, and enter", exact=last).click()
    expect(page.get_by_text("10 open, of 10")).to_be_visible()
    assert faults(page) == []

    page.get_by_role("link", name="Which actions answer them").click()
    expect(page.get_by_role("heading", name="What answers each finding")).to_be_visible()
    row = page.get_by_role("row", name="Area for improvement 1.5 ")
    expect(row).to_contain_text("No action")
    for number in range(1, 5):
        expect(page.get_by_role("row", name=f"Key message KM{number}")).to_be_visible()
    assert faults(page) == []


def test_a_response_is_given_by_keyboard_alone(open_page: OpenPage) -> None:
    page = open_page(f"/areas/{AREA}/inspections/", "performance_lead")
    page.get_by_role("link", name="Justice social work in").first.focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="5 Agree and share").focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Respond").focus()
    page.keyboard.press("Enter")
    page.get_by_role("radio", checked=True).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("The vision, but not yet its date.")
    page.keyboard.press("Tab")
    page.keyboard.type("Head of Service")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Response to 5 saved.")).to_be_visible()
    expect(page.get_by_text("Partly agreed")).to_be_visible()
    expect(page.get_by_text("The vision, but not yet its date.")).to_be_visible()


def test_two_people_who_answer_at_once_lose_nothing(open_page: OpenPage) -> None:
    pages = []
    for role in ("performance_lead", "head_of_service"):
        page = open_page(f"/areas/{AREA}/inspections/", role)
        page.get_by_role("link", name="Justice social work in").first.click()
        page.get_by_role("link", name="4 Build a culture").click()
        page.get_by_role("link", name="Change the response").click()
        page.get_by_label("What it depends on").fill(f"Waits for the {role}")
        pages.append(page)
    first, second = pages
    first.get_by_role("button", name="Save response").click()
    expect(first.get_by_text("Waits for the performance_lead")).to_be_visible()
    second.get_by_role("button", name="Save response").click()
    expect(second.get_by_text("Nothing was saved.")).to_be_visible()
    row = second.get_by_role("row", name="What it depends on")
    expect(row).to_contain_text("Waits for the performance_lead")
    expect(row).to_contain_text("Waits for the head_of_service")
    assert faults(second) == []
    second.get_by_role("button", name="Save response").click()
    expect(second.get_by_text("Waits for the head_of_service")).to_be_visible()
