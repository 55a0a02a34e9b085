"""A service manager on a phone says how an action stands, with what shows it."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.look import faults
from tests.browser.people import AREA
from tests.management.test_attachments import picture

PHONE = 390


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_an_update_with_its_file_is_posted_on_a_phone_by_keyboard_alone(
    open_page: OpenPage, tmp_path: Path
) -> None:
    drawing, poster = tmp_path / "drawing.svg", tmp_path / "Poster.png"
    drawing.write_text("<svg onload='x()'/>")
    poster.write_bytes(picture())
    page = open_page(f"/areas/{AREA}/", "service_manager", width=PHONE)
    page.get_by_role("link", name="5.2a ").first.focus()
    press(page, "Enter")
    expect(page.get_by_role("heading", name="What has happened")).to_be_visible()
    assert faults(page) == []
    page.get_by_role("link", name="Post an update").focus()
    press(page, "Enter")
    page.get_by_role("radio").first.wait_for()
    assert faults(page) == []

    page.get_by_role("radio", name="In progress: on track").focus()
    press(page, "Space", "Tab")
    page.keyboard.type("The poster hangs in every office.")
    press(page, "Tab")
    page.keyboard.type("40")
    press(page, "Tab")
    page.keyboard.type("The poster")
    press(page, "Tab")
    with page.expect_file_chooser() as chooser:
        press(page, "Space")
    chooser.value.set_files(drawing)
    press(page, "Tab", "Tab", "Enter")
    expect(page.get_by_role("alert")).to_contain_text("“drawing.svg” was not taken.")
    expect(page.get_by_text("Choose the file “drawing.svg” again")).to_have_count(0)
    expect(page.get_by_label("What has happened")).to_have_value(
        "The poster hangs in every office."
    )
    assert faults(page) == []

    page.get_by_label("File with the evidence").set_input_files(poster)
    page.get_by_label("File with the evidence").focus()
    press(page, "Tab", "Tab", "Enter")
    expect(page.get_by_text("saved.")).to_be_visible()
    expect(page.get_by_text("The poster hangs in every office.")).to_be_visible()
    assert faults(page) == []
    link = page.get_by_role("link", name="Poster.png")
    link.focus()
    with page.expect_download() as download:
        press(page, "Enter")
    assert Path(download.value.path()).read_bytes() == picture()
    assert download.value.suggested_filename == "Poster.png"

    page.get_by_role("link", name="Evidence (").focus()
    press(page, "Enter")
    expect(page.get_by_role("heading", name="Evidence", exact=True).first).to_be_visible()
    expect(page.get_by_text("The poster hangs in every office.")).to_have_count(0)
    page.get_by_role("link", name="Every change, field by field").focus()
    press(page, "Enter")
    page.get_by_label("Of", exact=True).select_option(label="Per cent done")
    page.get_by_role("button", name="Show").focus()
    press(page, "Enter")
    page.wait_for_url("**field=percent*")
    expect(page.get_by_role("definition").first).to_contain_text("40")
    assert faults(page) == []


def test_evidence_notes_and_corrections_have_pages_without_faults(open_page: OpenPage) -> None:
    page = open_page(f"/areas/{AREA}/", "service_manager", width=PHONE)
    page.get_by_role("link", name="5.2a ").first.click()
    page.get_by_role("link", name="Add evidence").click()
    assert faults(page) == []
    page.get_by_label("What it shows").fill("The count of December")
    page.get_by_role("button", name="Save evidence").click()
    page.get_by_role("link", name="Withdraw it (The count of December)").click()
    assert faults(page) == []
    page.get_by_label("Reason").fill("It was of another team")
    page.get_by_role("button", name="Withdraw it").click()
    expect(page.get_by_text("Evidence (withdrawn)")).to_be_visible()
    page.get_by_role("link", name="Add a note").click()
    page.get_by_label("Note").fill("The trainer is ill")
    page.get_by_role("button", name="Save note").click()
    page.get_by_role("link", name="Post an update").click()
    page.get_by_label("What has happened").fill("All 40 trained")
    page.get_by_role("button", name="Save update").click()
    page.get_by_role("link", name="Correct this update").first.click()
    expect(page.get_by_label("What has happened")).to_have_value("All 40 trained")
    page.get_by_label("What has happened").fill("Only 14 trained")
    page.get_by_role("button", name="Save update").click()
    expect(page.get_by_text("Corrects the update of")).to_be_visible()
    assert faults(page) == []


def test_a_file_and_a_link_are_one_piece_of_evidence(open_page: OpenPage, tmp_path: Path) -> None:
    poster = tmp_path / "Poster.png"
    poster.write_bytes(picture())
    page = open_page(f"/areas/{AREA}/", "service_manager", width=PHONE)
    page.get_by_role("link", name="5.2a ").first.click()
    page.get_by_role("link", name="Add evidence").click()
    page.get_by_label("What it shows").fill("The poster, once more")
    page.get_by_label("File (optional)").set_input_files(poster)
    page.get_by_label("Link to the evidence").fill("https://intranet.example/poster")
    page.get_by_role("button", name="Save evidence").click()
    expect(page.get_by_text("The poster, once more", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="https://intranet.example/poster")).to_be_visible()
