"""Figures come in on a phone and at a desk: read, asked about, taken in, undone."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.look import faults
from tests.browser.people import AREA


@pytest.mark.parametrize("width", [1280, 390])
def test_figures_come_in_and_are_undone(open_page: OpenPage, tmp_path: Path, width: int) -> None:
    path = tmp_path / f"Returns at {width}.csv"
    path.write_text(f"KPI,Apr-12,May-12\nContacts {width},41 of 60,70 of 60\nTotal,1,2\n")
    page = open_page(f"/areas/{AREA}/figures/files/", role="performance_lead", width=width)
    assert faults(page) == []
    page.get_by_label("File with figures").set_input_files(path)
    page.get_by_role("button", name="Read the file").click()
    expect(page.get_by_role("heading", name="What was read")).to_be_visible()
    page.get_by_text("What the columns were taken for").click()
    assert faults(page) == []
    choice = page.get_by_label(f"Contacts {width}")
    wanted = choice.locator("option", has_text="It is K2").get_attribute("value")
    choice.select_option(wanted)
    page.get_by_role("button", name="Read it so").click()
    expect(page.get_by_role("status")).to_contain_text("The file is read as you chose now.")
    expect(page.get_by_text("70 is more than the 60").first).to_be_visible()
    page.get_by_label("Take it in without").check(force=True)
    page.get_by_role("button", name="Take it in", exact=True).click()
    expect(page.get_by_text("is taken in.")).to_be_visible()
    assert faults(page) == []
    page.get_by_role("link", name="Undo this import").click()
    assert faults(page) == []
    page.get_by_role("button", name="Undo the import").click()
    expect(page.get_by_text("is undone.")).to_be_visible()
