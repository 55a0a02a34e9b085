"""The tracker workbook: downloaded, filled in, brought back, and decided upon."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.look import faults
from tests.browser.people import AREA
from tests.plans.trackers_built import filled


@pytest.mark.parametrize("width", [1280, 390])
def test_a_workbook_goes_out_and_comes_back(
    open_page: OpenPage, tmp_path: Path, width: int
) -> None:
    page = open_page(f"/areas/{AREA}/plans/", role="performance_lead", width=width)
    page.get_by_role("row").nth(1).get_by_role("link").first.click()
    with page.expect_download() as started:
        page.get_by_role("link", name="Tracker workbook for Excel").click()
    download = started.value
    assert download.suggested_filename.endswith("-2020-01-15.xlsx")
    there = tmp_path / "tracker.xlsx"
    there.write_bytes(
        filled(
            Path(download.path()).read_bytes(),
            {},  # is closed
            {"lead": "Somebody else"},
            {"text": f"Reworded at {width} px", "update": "In the workbook", "percent": 50},
        )
    )
    page.get_by_role("link", name="brought back").click()
    assert faults(page) == []
    page.get_by_label("Tracker workbook").set_input_files(there)
    page.get_by_role("button", name="Look at the workbook").click()
    expect(page.get_by_role("heading", name="What the workbook changes")).to_be_visible()
    expect(page.get_by_text("Somebody else")).to_be_visible()
    # The column by which people decide is there without scrolling aside.
    comes = page.get_by_role("cell", name=f"Reworded at {width} px").bounding_box()
    assert comes and comes["x"] + comes["width"] <= width
    assert faults(page) == []
    page.get_by_role("button", name="Save all of it").click()
    expect(page.get_by_role("alert")).to_contain_text("the board will read it")
    page.get_by_label("Why the wording changes").fill("Agreed with the partners")
    page.get_by_role("button", name="Save all of it").click()
    expect(page.get_by_text("tracker.xlsx is taken in")).to_be_visible()
