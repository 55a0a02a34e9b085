"""A plan in Word comes in on a phone and at a desk: read, mended, taken in, undone."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.look import faults
from tests.browser.people import AREA
from tests.plans.plans_built import word_plan


@pytest.mark.parametrize("width", [1280, 390])
def test_a_word_plan_comes_in_and_is_undone(
    open_page: OpenPage, tmp_path: Path, width: int
) -> None:
    path = tmp_path / f"Appendix B at {width}.docx"
    path.write_bytes(word_plan())
    page = open_page(f"/areas/{AREA}/plans/import/", role="performance_lead", width=width)
    page.get_by_label("File of the plan").set_input_files(path)
    page.get_by_label("Inspection that a new plan answers").select_option(index=1)
    page.get_by_role("button", name="Read the file").click()
    expect(page.get_by_role("heading", name="What was read")).to_be_visible()
    page.get_by_text("What the columns were taken for").click()
    assert faults(page) == []
    page.get_by_label("Timescales/Review (progress)").select_option("nothing")
    page.get_by_label("Title of the plan").fill(f"Word plan at {width}")
    page.get_by_role("button", name="Read it so", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("read with these columns")
    expect(page.get_by_label("Title of the plan")).to_have_value(f"Word plan at {width}")
    page.get_by_text("What the columns were taken for").click()
    page.get_by_label("Timescales/Review (progress)").select_option("timescale")
    page.get_by_role("button", name="Read it so", exact=True).click()
    boxes = page.get_by_label("Leave this row out")
    before = boxes.count()
    boxes.first.check(force=True)
    page.get_by_role("button", name="Take it in").first.click()
    expect(page.get_by_text("is taken in.")).to_be_visible()
    taken, left_out = page.get_by_role("table").all()
    assert taken.get_by_role("rowheader").count() == before - 1
    assert left_out.get_by_role("rowheader").count() == 1
    assert faults(page) == []
    page.get_by_role("link", name="Undo this import").click()
    assert faults(page) == []
    page.get_by_role("button", name="Undo the import").click()
    expect(page.get_by_text("is undone.")).to_be_visible()
