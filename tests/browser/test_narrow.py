"""What a phone shows otherwise than a wide window."""

from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
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
    page.wait_for_url("**q=court**")
    expect(words).to_be_visible()  # what is chosen is not hidden
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"/areas/{AREA}/actions/")
    expect(words).to_be_visible()
    expect(page.get_by_text("Search and filter")).to_be_hidden()


def test_the_line_of_an_overdue_task_stands_beside_its_words(open_page: OpenPage) -> None:
    page = open_page(f"/areas/{AREA}/actions/", "performance_lead", width=390)
    has_line, of_words, room = page.evaluate(LINES)
    assert (has_line, of_words) == (True, "none")
    assert room > 4
