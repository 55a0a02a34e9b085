"""What people come to do, done with the real buttons of the real pages."""

import re

from playwright.sync_api import expect

from tests.browser.people import AREA

UPDATE = re.compile("^Update ")  # of an action, which it names, on the home page


def test_a_service_manager_posts_an_update_with_evidence(open_page):
    page = open_page(f"/areas/{AREA}/", "service_manager", width=390)
    page.get_by_role("link", name=UPDATE).first.click()
    page.locator("label", has_text="In progress: on track").click()
    page.get_by_label("What has happened").fill("<b>Half</b> of the team is trained. =1+1 😀")
    page.get_by_label("Evidence (needed when the action is done)").fill("The register of 9 January")
    page.get_by_role("button", name="Save update").dblclick()
    expect(page.get_by_text("saved.")).to_be_visible()  # and not that somebody was first
    expect(page.get_by_text("<b>Half</b> of the team is trained. =1+1 😀")).to_be_visible()
    expect(page.get_by_text("The register of 9 January", exact=True)).to_be_visible()


def test_whoever_leaves_a_form_with_something_typed_is_asked_first(open_page):
    page = open_page(f"/areas/{AREA}/", "service_manager")
    page.get_by_role("link", name=UPDATE).first.click()
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.get_by_label("What has happened").press_sequentially("Half")
    page.get_by_role("link", name="KPIs").locator("visible=true").first.click()
    page.wait_for_url("**/kpis/")
    assert asked == ["beforeunload"]


def test_a_service_manager_moves_a_date_after_being_told_what_was_wrong(open_page):
    page = open_page(f"/areas/{AREA}/", "service_manager")
    page.get_by_role("link", name="1.1c ").first.click()
    page.get_by_role("link", name="Move the due date").click()
    page.get_by_label("New due date").fill("31/02/2020")
    page.get_by_role("button", name="Move date").click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    expect(page.get_by_label("New due date")).to_have_value("31/02/2020")
    page.get_by_label("New due date").fill("30 4 2020")
    page.get_by_label("Reason").fill("The lawyers need the month of April.")
    page.get_by_role("button", name="Move date").click()
    expect(page.get_by_text("first 31 March 2020: moved once")).to_be_visible()
    expect(page.get_by_text("The lawyers need the month of April.")).to_be_visible()


def test_an_update_is_saved_by_keyboard_alone(open_page):
    page = open_page(f"/areas/{AREA}/", "service_manager")
    page.get_by_role("link", name=UPDATE).first.focus()
    page.keyboard.press("Enter")
    page.get_by_role("radio").first.wait_for()
    page.get_by_role("radio", checked=True).focus()
    page.keyboard.press("Tab")
    page.keyboard.type("Typed without a mouse.")
    for _ in range(5):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Typed without a mouse.")).to_be_visible()


def test_a_head_of_service_sends_an_action_back_with_what_is_missing(open_page):
    page = open_page(f"/areas/{AREA}/", "head_of_service")
    page.get_by_role("link", name="2.1b ").first.click()
    page.locator("label", has_text="No: it goes back").click()
    page.get_by_label("What the evidence shows").fill("The count of January is missing.")
    page.get_by_role("button", name="Save decision").click()
    expect(page.get_by_text("Not verified: The count of January is missing.")).to_be_visible()


def test_a_performance_lead_writes_a_paragraph_and_builds_a_new_edition(open_page):
    page = open_page(f"/areas/{AREA}/packs/", "performance_lead")
    page.get_by_role("link", name="HSCP Board, Q3").click()
    page.get_by_label("Risk Analysis").fill("A new risk was found in January.")
    page.get_by_role("button", name="Save paragraphs").click()
    expect(page.get_by_text("Saved: Risk Analysis.")).to_be_visible()
    page.get_by_role("link", name="Edition 1").click()
    page.get_by_text("Build a new edition").click()
    page.get_by_label("Why a new edition is needed").fill("A risk was added.")
    page.get_by_role("button", name="Build new edition").click()
    expect(page.get_by_text("Pack, edition 2")).to_be_visible()
