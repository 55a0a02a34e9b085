"""What a phone shows otherwise than a wide window."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.look import faults, too_wide
from tests.browser.people import AREA

LINES = """() => {
  const main = document.querySelector("main");
  const item = '<li class="tl_row--attention"><div><p>Hire</p></div></li>';
  main.innerHTML = `<ul class="tl_tasks">${item}</ul>`;
  const [row, words] = [main.querySelector("li"), main.querySelector("div")];
  return [
    getComputedStyle(row).boxShadow !== "none",
    getComputedStyle(words).boxShadow,
    words.getBoundingClientRect().left - row.getBoundingClientRect().left,
  ];
}"""


def test_the_filters_of_all_actions_stand_folded_on_a_phone(open_page: OpenPage) -> None:
    page = open_page(f"/areas/{AREA}/actions/", "performance_lead", width=390)
    words = page.get_by_label("Words")
    expect(words).to_be_hidden()
    page.get_by_text("Search and filter").click()
    words.fill("court")
    page.get_by_role("button", name="Show").first.click()
    page.wait_for_url("**q=court**#found")
    expect(words).to_be_hidden()
    # What was chosen is said where the page begins now, and the first action stands there too.
    expect(page.get_by_text("Words: court")).to_be_in_viewport()
    expect(page.locator("tbody tr").first).to_be_in_viewport()
    page.goto(f"/areas/{AREA}/actions/?q=court&status=nothing")
    expect(words).to_be_visible()  # a fault of it is not hidden
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"/areas/{AREA}/actions/")
    expect(words).to_be_visible()
    expect(page.get_by_text("Search and filter")).to_be_hidden()


def test_a_count_leads_to_what_it_counts_on_a_phone(open_page: OpenPage) -> None:
    page = open_page(f"/areas/{AREA}/actions/", "performance_lead", width=390)
    page.get_by_role("link", name="overdue", exact=True).click()
    expect(page.get_by_text("Status: Overdue")).to_be_in_viewport()
    expect(page.locator("tbody tr").first).to_be_in_viewport()


def test_my_actions_begin_in_the_first_screen_of_a_phone(open_page: OpenPage) -> None:
    page = open_page(f"/areas/{AREA}/my-actions/", "service_manager", width=390)
    expect(page.get_by_role("rowheader").first).to_be_in_viewport()
    assert too_wide(page) == []


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_what_belongs_to_the_person_is_in_the_menu_of_a_phone(
    open_page: OpenPage, scripts: bool
) -> None:
    page = open_page(f"/areas/{AREA}/", "board_member", width=390, scripts=scripts)
    out = page.get_by_role("button", name="Sign out")
    if scripts:
        expect(out).to_be_hidden()
        page.get_by_role("button", name="Menu").click()
        assert faults(page) == []
    expect(out).to_be_visible()
    expect(page.get_by_role("link", name="API access")).to_be_visible()
    page.get_by_role("link", name="Change password").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()  # it has no menu


def test_the_line_of_an_overdue_task_stands_beside_its_words(open_page: OpenPage) -> None:
    page = open_page(f"/areas/{AREA}/actions/", "performance_lead", width=390)
    has_line, of_words, room = page.evaluate(LINES)
    assert (has_line, of_words) == (True, "none")
    assert room > 4
