"""The pages by which a plan's file comes in, and the command that does the same."""

import json
from datetime import date
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from plans.models import Action, ColumnMap, Plan, PlanImport
from plans.services import actions, importing
from plans.statuses import Status
from plans.views import plan_import
from tests import factories
from tests.pages import AWKWARD, Page
from tests.plans.importing.helpers import ROW, form_of, table
from tests.plans.plans_built import word_plan

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def upload(client, area, lead, bring):
    client.force_login(lead)

    def send(data, name="plan.csv", **facts):
        url = reverse("plan_imports", args=[area.slug])
        facts = {"framework": bring.framework.pk, "file": SimpleUploadedFile(name, data), **facts}
        return client.post(url, facts)

    return send


@pytest.fixture
def take(client):
    """Sends the page's form as a browser does, with what is otherwise; None takes a field out."""

    def send(url, **facts):
        page = Page(client.get(url))
        sent = {**form_of(page), **facts}
        return client.post(url, {name: value for name, value in sent.items() if value is not None})

    return send


def test_a_lead_brings_in_a_file_sees_what_was_understood_and_undoes_it(client, area, upload, take):
    sent = upload(
        table({}, {"Ref": "1.1b", "Due": "July 2019 onwards", "Action": AWKWARD}),
        agreed_on="17 9 2019",
    )
    assert sent.status_code == 302
    url = sent["Location"]
    page = Page(client.get(url))
    assert page.counts["new actions"] == 2
    assert page.shows(AWKWARD)
    assert "“onwards” gives no end" in page.text
    assert not Plan.objects.exists()
    facts = {"title": "Plan 2019", "stage": "agreed"}
    refused = Page(take(url, **facts))
    assert refused.errors == {
        "Who agreed it, and where that is minuted": [
            "Say who agreed the plan, and where that is minuted."
        ]
    }
    waits = "While the plan is a draft, status and progress wait."
    assert waits in page.text and waits not in refused.text
    facts["decision"] = "Board, 17 September 2019, item 3"
    assert take(url, **facts).status_code == 302
    assert Plan.objects.get().agreed_on == date(2019, 9, 17)
    assert Plan.objects.get().actions.count() == 2
    done = Page(client.get(url))
    assert "Undo this import" in done.text
    again = client.post(url, facts)
    assert again.status_code == 200 and Plan.objects.get().actions.count() == 2
    kept = PlanImport.objects.get()
    undo = reverse("plan_import_undo", args=[area.slug, kept.pk])
    assert client.post(undo, {"version": kept.version - 1}).status_code == 409
    assert client.post(undo, {"version": kept.version}).status_code == 302
    assert set(Action.objects.values_list("status", flat=True)) == {Status.WITHDRAWN}


def test_a_row_ticked_and_unticked_after_a_refusal_is_not_left_out(client, upload, take):
    url = upload(table({}, {"Ref": "1.1b", "Action": "B"}))["Location"]
    refused = take(url, title="", stage="draft", skip="2")
    page = Page(refused)
    boxes = page.tree.xpath("//input[@name='skip']")
    assert [(box.get("type"), box.get("value")) for box in boxes] == [
        ("checkbox", "1"),
        ("checkbox", "2"),
    ]
    assert [box.get("value") for box in boxes if box.get("checked") is not None] == ["2"]
    assert take(url, title="Plan", stage="draft").status_code == 302
    assert Action.objects.count() == 2


def test_a_plan_that_changed_meanwhile_is_shown_again_and_can_then_be_taken_in(
    client, upload, take, bring, lead
):
    plan = bring(table({})).plan
    url = upload(table({"Action": "Train new staff"}), plan=plan.pk)["Location"]
    page = Page(client.get(url))
    action = plan.actions.get()
    actions.edit_action(
        by=lead, action=action, version=action.version, text="Board's words", reason="Board"
    )
    stale = client.post(url, {**form_of(page), "reason": "Typed before"})
    assert stale.status_code == 409
    shown = Page(stale)
    assert "Something has changed meanwhile" in shown.text
    assert "Changed here as well" in shown.text and "Board's words" in shown.text
    assert form_of(shown)["reason"] == ["Typed before"]
    sent = {**form_of(shown), "take": "1"}
    assert client.post(url, sent).status_code == 302
    assert plan.actions.get().text == "Train new staff"


def test_columns_that_were_taken_wrongly_are_chosen_and_remembered(client, upload, take):
    url = upload(table({}))["Location"]
    columns = importing.look(PlanImport.objects.get()).layouts[0].columns
    place = [column.heading for column in columns].index("Progress")
    text = [column.heading for column in columns].index("Action")
    chosen = {f"columns-0-{n}": str(column.field) for n, column in enumerate(columns)}
    wrong = {**chosen, f"columns-0-{place}": "text", "columns": "1", "title": "Typed"}
    page = Page(take(url, **wrong))
    assert page.summary and "Action" in page.summary[0]
    assert form_of(page)["title"] == ["Typed"]
    right = {**chosen, f"columns-0-{place}": "nothing", "columns": "1", "title": "Typed"}
    page = Page(take(url, **right))
    assert "read with these columns" in page.text
    assert form_of(page)["title"] == ["Typed"]
    assert importing.look(PlanImport.objects.get()).lines[0].row.progress == ""
    assert ColumnMap.objects.count() == 1 and text != place
    upload(table({"Progress": "Later"}))
    assert importing.look(PlanImport.objects.latest("pk")).lines[0].row.progress == ""


def test_a_long_file_is_shown_page_by_page_and_what_is_ticked_stays(
    client, upload, take, monkeypatch
):
    monkeypatch.setattr(plan_import, "LISTED", 2)
    rows = [{"Ref": f"R{n}", "Action": f"Open one more site for group {n}"} for n in range(1, 6)]
    rows[4]["Quality indicator"] = "12.9 Nothing known"
    url = upload(table(*rows))["Location"]
    first = Page(client.get(url))
    assert "Rows 1 to 2 of 5" in first.text and "plan.csv, line 6" in first.text
    second = Page(take(url, title="Typed", skip="2", go="2"))
    assert "Rows 3 to 4 of 5" in second.text and not second.errors
    values = form_of(second)
    assert (values["title"], values["skip"]) == (["Typed"], ["2"])
    done = client.post(url, {**values, "stage": "draft", "without_stopped": "on"})
    assert done.status_code == 302
    references = Action.objects.order_by("sequence").values_list("reference", flat=True)
    assert list(references) == ["R1", "R3", "R4"]


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"", "The file is empty."), (b"PK\x03\x04 nonsense", "damaged"), (b"%PDF-1.7 x", "a PDF")],
    ids=["empty", "damaged", "a PDF"],
)
def test_a_file_that_is_no_plan_is_refused_at_its_field_by_name(upload, data, said):
    page = Page(upload(data, "plan.xlsx"))
    (errors,) = page.errors.values()
    assert said in errors[0]
    assert not PlanImport.objects.exists()


def test_the_board_papers_table_comes_in_with_its_messages_and_awkward_dates(
    client, area, upload, take
):
    found = factories.inspection(
        area,
        factories.framework(("1.1", "2.1", "5.2", "5.3", "9.4")),
        published_on=date(2019, 6, 25),
    )
    for number in range(1, 6):
        factories.key_message(found, number=number)
    brought = upload(word_plan(), "Appendix B.docx", inspection=found.pk, agreed_on="17 9 2019")
    url = brought["Location"]
    seen = importing.look(PlanImport.objects.get())
    assert Page(client.get(url)).counts["new actions"] == len(seen.doing("create")) > 0
    facts = {"title": "Plan", "stage": "agreed", "decision": "Board", "without_stopped": "on"}
    if "lead" in form_of(Page(client.get(url))):
        facts["lead"] = factories.post(area).pk
    assert take(url, **facts).status_code == 302
    plan = Plan.objects.get()
    for line in seen.doing("create"):
        action = plan.actions.get(text=line.row.text, indicator__code=line.row.indicator)
        assert (action.original_due, action.timescale) == (line.row.due, line.row.timescale)
        assert {m.number for m in action.key_messages.all()} == set(line.row.key_messages)
        assert action.imported_rows.get().place == line.row.place
    assert any(action.key_messages.exists() for action in plan.actions.all())
    assert plan.actions.filter(original_due=date(2019, 10, 31)).exists()


# --- the command -----------------------------------------------------------------------------


def run(path, area, *options):
    out = StringIO()
    call_command("import_plan", str(path), "--area", area.slug, *options, stdout=out)
    return out.getvalue()


@pytest.fixture
def framework():
    return factories.framework(code="inspection-2019")


def test_the_command_previews_takes_in_and_changes_nothing_the_second_time(
    tmp_path, area, framework
):
    path = tmp_path / "Plan 2019.csv"
    path.write_bytes(table({}))
    told = json.loads(run(path, area, "--preview", "--json"))
    assert (told["saved"], told["counts"]["create"]) == (False, 1)
    assert told["rows"][0]["due"] == "2020-03-31"
    assert not Plan.objects.exists() and not PlanImport.objects.exists()
    agreed = ["--agreed-by", "Board, item 3", "--agreed-on", "2018-06-01"]
    told = json.loads(run(path, area, "--json", *agreed))
    assert (told["saved"], told["plan"]) == (True, "Plan 2019")
    assert Plan.objects.get().agreed_on == date(2018, 6, 1)
    told = json.loads(run(path, area, "--json"))
    assert (told["saved"], told["counts"]) == (
        False,
        {"create": 0, "update": 0, "same": 1, "stopped": 0},
    )
    assert Action.objects.count() == 1


def test_the_command_asks_for_what_the_page_asks_for(tmp_path, area, framework):
    factories.post(area, "Head of Service")
    path = tmp_path / "plan.csv"
    path.write_bytes(table({"Lead": "", "Status": "Withdrawn"}))
    with pytest.raises(CommandError, match="Some rows name no post: line 2"):
        run(path, area, "--agreed-by", "Board")
    with pytest.raises(CommandError, match="Give the day on which it was agreed"):
        run(path, area, "--agreed-by", "Board")
    assert not PlanImport.objects.exists()
    agreed = ["--agreed-by", "Board", "--agreed-on", "2019-09-17"]
    run(path, area, *agreed, "--lead", "Head of Service", "--withdrawn-by", "Board")
    assert str(Action.objects.get().lead) == "Head of Service"
    path.write_bytes(table({"Lead": "", "Status": "Withdrawn"}, ROW | {"Ref": "2", "Lead": ""}))
    with pytest.raises(CommandError, match="no post “Nobody”"):
        run(path, area, "--lead", "Nobody")


def test_the_command_refuses_with_sentences_and_saves_nothing(tmp_path, area, framework):
    path = tmp_path / "plan.csv"
    path.write_bytes(table({"Action": ""}))
    with pytest.raises(CommandError, match="nothing is saved"):
        run(path, area)
    with pytest.raises(CommandError, match="There is no area"):
        call_command("import_plan", str(path), "--area", "nowhere")
    assert not Plan.objects.exists()


def test_a_post_that_goes_between_the_look_and_the_button_is_said_to_have(
    client, upload, take, area
):
    post = factories.post(area, ROW["Lead"])
    url = upload(table({}))["Location"]
    sent = form_of(Page(client.get(url))) | {"title": "Plan 2019", "stage": "draft"}
    post.delete()
    answer = client.post(url, sent)
    assert answer.status_code == 409 and not Plan.objects.exists()
    assert "Something has changed meanwhile." in Page(answer).text
    take(url, title="Plan 2019", stage="draft")
    assert Plan.objects.exists()


def test_a_change_at_the_end_of_a_long_text_is_seen(client, upload, bring):
    long = "and so on " * 40
    plan = bring(table({"Action": f"{long} by March", "Evidence": f"{long} x"})).plan
    url = upload(table({"Action": f"{long} by May", "Evidence": f"{long} xyz"}), plan=plan.pk)
    changes = Page(client.get(url["Location"])).tree.xpath("//li[del]")
    shown = [(li.find("del").text_content(), li.find("ins").text_content()) for li in changes]
    ends = [(old.rpartition("on ")[2], new.rpartition("on ")[2]) for old, new in shown]
    assert ends == [("by March", "by May"), ("x", "xyz")]
    assert all(old.startswith("…") and len(old) < 100 for old, _ in shown)


def test_the_list_says_how_many_files_there_are_and_has_pages(
    client, area, bring, lead, monkeypatch
):
    monkeypatch.setattr(plan_import, "FILES", 2)
    for number in range(3):
        bring.keep(table({"Action": f"Do {number}"}))
    client.force_login(lead)
    url = reverse("plan_imports", args=[area.slug])
    first, second = Page(client.get(url)), Page(client.get(url, {"page": 2}))
    assert "2 of 3 files, newest first" in first.text and "Page 1 of 2" in first.text
    assert "1 of 3 files, newest first" in second.text


def test_all_columns_of_progress_of_a_new_row_are_shown(client, upload):
    headings = [*ROW, "Progress Q2"]
    url = upload(table({"Progress Q2": "The trainer resigned"}, headings=headings))["Location"]
    shown = Page(client.get(url)).text
    assert "Progress: Half of them so far Progress Q2: The trainer resigned" in shown


def shown(page):
    """The headings of the rows on the page."""
    return [
        " ".join(h.text_content().split())
        for h in page.tree.xpath("//h3[starts-with(@id, 'row-')]")
    ]


def test_the_numbers_narrow_the_rows_over_all_pages_and_what_is_ticked_stays(
    client, upload, bring, monkeypatch
):
    monkeypatch.setattr(plan_import, "LISTED", 2)
    factories.post(bring.area, "Unpaid Work Manager")
    plan = bring(table({})).plan
    new = [{"Ref": f"R{n}", "Action": f"Open one more site for group {n}"} for n in range(1, 4)]
    strange = {"Ref": "R4", "Action": "Train", "Quality indicator": "12.9 Unknown"}
    url = upload(table({}, *new, strange), plan=plan.pk)["Location"]
    page = Page(client.get(url, {"show": "new"}))
    assert [head.split(":")[0] for head in shown(page)] == ["New", "New"]
    assert "3 of 5 rows: new actions." in page.text and "Rows 1 to 2 of 3" in page.text
    narrow = page.tree.xpath("//button[@formaction='?show=stopped#rows']")[0]
    assert (narrow.text_content(), narrow.get("form")) == ("1", "file")
    sent = {**form_of(page), "skip": "2", "reason": "Typed"}
    more = Page(client.post(f"{url}?show=new", {**sent, "go": "2"}))
    assert shown(more) == ["New: R3 Open one more site for group 3"]
    assert form_of(more)["skip"] == ["2"]
    stopped = Page(client.post(f"{url}?show=stopped", {**form_of(more), "go": "1"}))
    assert shown(stopped) == ["Stopped: R4 Train"]
    assert form_of(stopped)["skip"] == ["2"]
    left = Page(client.get(url, {"show": "left-out"}))
    assert shown(left) == [] and "0 of 5 rows" in left.text
    assert len(shown(Page(client.get(url, {"show": "nonsense"})))) == 2


def test_the_enter_key_takes_the_file_in_and_does_not_narrow_the_rows(client, upload):
    url = upload(table({}))["Location"]
    tree = Page(client.get(url)).tree
    first = tree.xpath("//button[@form='file' or ancestor::form[@id='file']]")[0]
    assert first.text_content() == "Take it in" and first.get("name") is None


def test_a_row_without_remarks_is_short_and_says_the_rest_in_its_fold(client, upload, bring):
    factories.post(bring.area, "Unpaid Work Manager")
    url = upload(table({}, {"Ref": "1.1b", "Due": "July 2019 onwards", "Action": "Ask the board"}))[
        "Location"
    ]
    page = Page(client.get(url))
    quiet, loud = page.tree.find_class("tl_block")
    assert "tl_block--quiet" in quiet.get("class") and "--quiet" not in loud.get("class")
    assert "line 2: 1.1, Unpaid Work Manager, 31 March 2020" in page.text
    assert quiet.xpath("./dl") == [] and len(quiet.xpath("./details//dl[1]/div")) > 3
    assert len(loud.xpath("./dl")) == 1


def test_a_column_that_says_something_and_is_not_read_is_named_above_the_rows(client, upload):
    headings = [*ROW, "Reported to committee", "Cost"]
    url = upload(table({"Reported to committee": "August"}, headings=headings))["Location"]
    text = Page(client.get(url)).text
    assert "The column “Reported to committee” is not read. Change" in text
    several = table({"Reported to committee": "August", "Cost": "£5"}, headings=headings)
    text = Page(client.get(upload(several)["Location"])).text
    assert "Columns that are not read: “Reported to committee”, “Cost”." in text


def test_a_draft_says_first_that_status_and_progress_wait(client, upload, bring, take):
    page = Page(client.get(upload(table({}))["Location"]))
    said = "While the plan is a draft, status and progress wait. 1 row of the file says something"
    assert 0 < page.text.index(said) < page.text.index("new action")
    silent = Page(client.get(upload(table({"Status": "", "Progress": ""}))["Location"]))
    assert "status and progress wait" not in silent.text
    plan = factories.plan(bring.area, state="draft", title="Draft")
    page = Page(client.get(upload(table({}), plan=plan.pk)["Location"]))
    assert page.text.index("The plan is a draft. What the file says of") < page.text.index(
        "new action"
    )


def test_the_day_that_was_given_with_the_file_stands_on_the_next_page(client, upload):
    url = upload(table({}), agreed_on="17 9 2019")["Location"]
    page = Page(client.get(url))
    assert form_of(page)["agreed_on"] == ["17 09 2019"]


def test_why_a_row_is_no_action_stands_below_it_on_a_small_screen(client, upload, take):
    stopped = {"Ref": "2", "Action": "", "Progress": "Stopped"}
    url = upload(table({}, stopped) + b"Total,,,,,,,\n")["Location"]
    cells = Page(client.get(url)).tree.xpath(
        "//table[contains(@class, 'tl_cards')]//td/@data-label"
    )
    assert cells == ["What it says", "Why"]
    assert take(url, title="Plan", stage="draft", skip="2").status_code == 302
    done = Page(client.get(url)).tree.xpath("//table[contains(@class, 'tl_cards')]//td/@data-label")
    assert done == ["What it says", "Why"] * 2
