"""A self-evaluation from a Word file to submission, and one element by keyboard, in a browser."""

from playwright.sync_api import expect

from tests.browser.look import faults
from tests.browser.people import AREA

LIST = f"/areas/{AREA}/self-evaluations/"


def test_a_word_form_is_brought_in_picked_from_submitted_and_validated(open_page, tmp_path):
    page = open_page(LIST, "performance_lead")
    page.get_by_role("link", name="Self-evaluation 2018-19").click()
    with page.expect_download() as started:
        page.get_by_role("link", name="Word", exact=True).click()
    form = tmp_path / "completed form.docx"
    started.value.save_as(form)

    page.goto(LIST)
    page.get_by_role("link", name="Bring in a Word form").click()
    page.get_by_label("Completed form").set_input_files(form)
    page.get_by_role("button", name="Read the form").click()
    expect(page.get_by_role("heading", name="What was read")).to_be_visible()
    assert not faults(page)
    page.get_by_label("Title").fill("From Word")
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_text("From Word is here, as a draft.")).to_be_visible()
    expect(page.get_by_text("completed form.docx")).to_be_visible()

    page.get_by_role("link", name="Pick strengths and areas for improvement").click()
    sentence = page.locator("main fieldset").first
    picked = sentence.locator("legend").inner_text()
    sentence.locator("label", has_text="Area for improvement").click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Areas for improvement so far")).to_be_visible()

    page.get_by_role("link", name="From Word").click()
    page.get_by_role("link", name="Submit").click()
    page.locator("label", has_text="I have read the questions").click()
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_text("From Word is submitted and can be validated.")).to_be_visible()
    page.get_by_role("link", name="Make findings").click()
    page.get_by_role("button", name="Make all").click()
    expect(page.get_by_text(picked).first).to_be_visible()
    assert not faults(page)

    page = open_page(f"/areas/{AREA}/", "head_of_service")
    page.get_by_role("link", name="From Word").first.click()
    assert not faults(page)
    for part in page.locator("main section").all():
        own = part.locator("strong").first.inner_text()
        part.get_by_label("Your rating of").select_option(label=own)
    page.get_by_label("Your rating of 1a.1").select_option(label="Not at all")
    page.get_by_role("button", name="Save and go on later").click()
    expect(page.get_by_text("From Word: what you have so far is kept.")).to_be_visible()
    page.get_by_role("link", name="Go on validating").click()
    expect(page.get_by_text("20 of 20 rated and kept so far.")).to_be_visible()
    page.get_by_role("button", name="Validate").click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    page.get_by_label("Reason, where you rate 1a.1 otherwise").fill("No team works by it.")
    page.get_by_role("button", name="Validate").click()
    expect(page.get_by_text("From Word: it is validated.")).to_be_visible()
    expect(page.get_by_text("2 points lower")).to_be_visible()


def test_an_element_is_written_by_keyboard_alone(open_page):
    page = open_page(f"/areas/{AREA}/", "service_manager")
    page.get_by_role("link", name="1b.1").first.focus()
    page.keyboard.press("Enter")
    page.get_by_role("radio").first.wait_for()
    page.get_by_role("radio", checked=True).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("Typed without a mouse.")
    for _ in range(7):
        page.keyboard.press("Tab")
    page.keyboard.type("More of it")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1b.1 saved.")).to_be_visible()
    expect(page.get_by_label("Evidence", exact=True)).to_have_value("Typed without a mouse.")
    expect(page.get_by_label("How good can we be?")).to_have_value("More of it")
    expect(page.get_by_role("radio", name="Fully")).to_be_checked()
