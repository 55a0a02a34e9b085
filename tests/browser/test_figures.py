"""A performance lead gives a month's figure, is told what looks wrong, and approves it."""

from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.look import faults
from tests.browser.people import AREA

PHONE = 390
FIGURES = f"/areas/{AREA}/figures/"


def test_a_doubtful_figure_is_seen_again_on_a_phone_and_saved_by_keyboard(
    open_page: OpenPage,
) -> None:
    page = open_page(f"{FIGURES}?period=2020-01", "performance_lead", width=PHONE)
    assert faults(page) == []
    page.get_by_label("Number, K2").focus()
    page.keyboard.type("1")
    page.keyboard.press("Tab")
    page.keyboard.type("30")
    page.keyboard.press("Enter")
    told = page.get_by_role("alert")
    expect(told).to_contain_text("Check: 3.3% is far below the usual")
    expect(told).to_be_focused()
    expect(page.get_by_label("Out of, K2")).to_have_value("30")
    assert faults(page) == []
    page.get_by_role("button", name="Save all the same").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 figure is saved.")).to_be_visible()
    page.get_by_role("link", name="3.3% (1 of 30)").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Every version")).to_be_visible()
    assert faults(page) == []
    page.get_by_role("link", name="Give it with a new break-down").click()
    page.get_by_label("Name of the break-down").wait_for()
    assert faults(page) == []
    page.set_viewport_size({"width": 1280, "height": 900})
    assert faults(page) == []


def test_a_figure_is_approved_and_opened_again(open_page: OpenPage) -> None:
    page = open_page(f"{FIGURES}?period=2019-11", "performance_lead")
    page.get_by_role("button", name="Approve what is ticked").click()
    expect(page.get_by_text("1 figure is approved.")).to_be_visible()
    assert faults(page) == []
    page.get_by_role("link", name="the figure’s own page").click()
    page.get_by_label("Reason").fill("One came late")
    page.get_by_role("button", name="Open it again").click()
    expect(page.get_by_text("are open again.")).to_be_visible()
    assert faults(page) == []
    page.goto(page.url.split("/kpis/")[0] + "/figures/due/")
    expect(page.get_by_role("heading", name="Figures due")).to_be_visible()
    assert faults(page) == []
