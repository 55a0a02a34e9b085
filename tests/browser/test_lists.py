"""Lists of actions on a phone, on a desk, on paper, and without scripts."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.look import faults
from tests.browser.people import AREA

PHONE, DESK = 390, 1280
FINGER = 44  # pixels


def small_targets(page: Page) -> list[str]:
    """What can be pressed in the rows of the list, and is lower than a finger."""
    pressed = page.locator(".tl_cards tbody").locator("th a, .tl_update, .ds_checkbox__label")
    return [
        f"{box['height']:.0f} px: {one.inner_text()[:40]}"
        for one in pressed.all()
        if (box := one.bounding_box()) is None or box["height"] < FINGER
    ]


def test_on_a_phone_the_rows_are_cards_and_stay_a_table_for_those_who_listen(
    open_page: OpenPage,
) -> None:
    page = open_page(f"/areas/{AREA}/", "service_manager", width=PHONE)
    page.get_by_role("link", name="All my actions").click()
    table = page.get_by_role("table", name="My actions")
    expect(table.get_by_role("columnheader", name="Due")).to_be_visible()
    row = table.get_by_role("row").nth(1)
    expect(row.get_by_role("rowheader")).to_be_visible()
    expect(row.get_by_role("cell", name="In progress").first).to_be_visible()
    boxes = [cell.bounding_box() for cell in row.get_by_role("cell").all()]
    tops = {round(box["y"]) for box in boxes if box}
    assert len(tops) > 1, "the cells stand beside each other: this is no card"
    assert small_targets(page) == []
    assert faults(page) == []
    # The labels are seen, and not read twice.
    assert "Due" not in row.get_by_role("cell").nth(2).inner_text()
    table.get_by_role("link", name="Due").click()
    expect(page.get_by_role("columnheader", name="Due")).to_have_attribute("aria-sort", "ascending")


def test_several_actions_get_a_note_on_a_phone(open_page: OpenPage) -> None:
    page = open_page(f"/areas/{AREA}/my-actions/", "service_manager", width=PHONE)
    boxes = page.locator(".tl_choice label")
    boxes.nth(0).click()
    boxes.nth(1).click()
    page.get_by_role("button", name="Update those I have ticked").click()
    expect(page.get_by_role("heading", name="Update 2 actions")).to_be_visible()
    assert faults(page, contrast=False) == []
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    page.locator("label", has_text="Add a note").click()
    page.get_by_label("What has happened, why").fill("Both are on the agenda of 20 January.")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("2 of 2 actions will be changed")).to_be_visible()
    assert faults(page) == []
    page.get_by_role("button", name="Change 2 actions").dblclick()
    expect(page.get_by_text("2 actions are updated.")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_actions_are_found_sorted_kept_as_a_view_and_ticked(
    open_page: OpenPage, scripts: bool
) -> None:
    page = open_page(f"/areas/{AREA}/plans/", "performance_lead", width=DESK, scripts=scripts)
    page.get_by_role("link", name="All actions").click()
    page.get_by_label("Words").fill("work")
    page.get_by_label("Status").select_option(label="All open")
    page.get_by_text("More filters").click()
    page.get_by_label("Due to").fill("31 12 2020")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_label("Due to")).to_be_visible()  # what narrows the list is not hidden
    page.get_by_role("link", name="Last update").click()
    head = page.get_by_role("columnheader", name="Last update")
    expect(head).to_have_attribute("aria-sort", "ascending")
    page.get_by_text("Save this view").click()
    page.get_by_label("Name of the view").fill(f"Work {scripts}")
    page.get_by_role("button", name="Save view").click()
    page.get_by_role("link", name=f"Work {scripts}").click()
    expect(page.get_by_label("Words")).to_have_value("work")
    expect(head).to_have_attribute("aria-sort", "ascending")
    page.get_by_role("link", name="Tick all on this page").click()
    count = page.get_by_role("checkbox", checked=True).count()
    assert count > 1
    if scripts:
        assert faults(page) == []
    page.get_by_role("button", name="Update those I have ticked").click()
    expect(page.get_by_role("heading", name=f"Update {count} actions")).to_be_visible()
    page.get_by_role("link", name="Back to the list").click()
    expect(page.get_by_label("Words")).to_have_value("work")


@pytest.mark.parametrize("path", ["my-actions/", "actions/?status=overdue", "plans/"])
def test_on_paper_a_list_is_a_table_with_its_key_and_nothing_to_press(
    open_page: OpenPage, path: str
) -> None:
    page = open_page(f"/areas/{AREA}/{path}", "performance_lead", width=PHONE)
    if path == "plans/":
        page.get_by_role("link", name="Improvement plan for").first.click()
    page.emulate_media(media="print")
    for hidden in ("nav.ds_site-navigation", ".tl_filters", ".ds_button", ".tl_choice", ".tl_do"):
        for one in page.locator(hidden).all():
            expect(one).to_be_hidden()
    if path == "my-actions/":  # she holds no post
        return
    expect(page.get_by_text("What the statuses mean").locator("visible=true")).to_have_count(1)
    expect(page.get_by_text("West Dunbartonshire, 15 January 2020")).to_be_visible()
    shown = "row => getComputedStyle(row).display"
    assert page.locator(".tl_cards tbody tr").first.evaluate(shown) == "table-row"
    if "overdue" in path:
        expect(page.get_by_text("actions: Status: Overdue")).to_be_visible()
