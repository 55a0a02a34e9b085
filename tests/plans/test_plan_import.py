"""A plan's file comes in: what it does, does twice, refuses, and how it is undone."""

import csv
import io
import json
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from management import clock
from management.access import Role
from management.models import AuditEvent, Post
from plans.models import (
    Acceptance,
    Action,
    ColumnMap,
    DateChange,
    Plan,
    PlanImport,
    Revision,
    Update,
)
from plans.services import importing, progress, taking_in, undoing
from plans.states import PlanState
from plans.statuses import Status
from tests import factories
from tests.pages import AWKWARD, Page
from tests.plans.plans_built import word_plan

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
HEADINGS = ["Ref", "Quality indicator", "Action", "Lead", "Due", "Status", "Progress", "Evidence"]
ROW = {
    "Ref": "1.1a",
    "Quality indicator": "1.1",
    "Action": "Train all staff",
    "Lead": "Unpaid Work Manager",
    "Due": "31 March 2020",
    "Status": "Green",
    "Progress": "Half of them so far",
    "Evidence": "List of names",
}
AGREED = {"title": "Plan 2019", "agreed_on": date(2019, 9, 17), "decision": "Board, item 3"}
DRAFT = {"title": "Plan 2019", "agreed_on": date(2019, 9, 17)}


@pytest.fixture
def area():
    return factories.area(slug="ardmore")


@pytest.fixture
def lead(area):
    return factories.user(area, Role.PERFORMANCE_LEAD)


@pytest.fixture
def framework():
    return factories.framework()


@pytest.fixture(autouse=True)
def store(settings, tmp_path):
    settings.STORE_DIR = tmp_path


def table(*rows):
    """A CSV file of rows like ROW, each with what is otherwise."""
    out = io.StringIO()
    writer = csv.DictWriter(out, HEADINGS)
    writer.writeheader()
    writer.writerows(ROW | row for row in rows)
    return out.getvalue().encode()


@pytest.fixture
def bring(area, lead, framework):
    """Keeps the file and takes it in; gives the import."""

    def run(data, plan=None, **facts):
        kept = importing.keep_file(
            by=lead, area=area, data=data, file_name="plan.csv", framework=framework, plan=plan
        )
        if plan is None:
            facts = AGREED | facts
        return taking_in.take_in(by=lead, kept=kept, version=kept.version, **facts)

    return run


def look(area, lead, framework, data, plan=None):
    facts = {"data": data, "file_name": "plan.csv", "framework": framework, "plan": plan}
    kept = importing.keep_file(by=lead, area=area, **facts)
    return [(one.does, one.row.reference) for one in importing.look(kept).lines]


def test_a_plan_that_is_agreed_comes_in_with_its_words_dates_and_progress(bring, area, lead):
    bring(table({}, {"Ref": "1.1b", "Status": "Blue", "Action": "Open a second site"}))
    plan = Plan.objects.get()
    assert (plan.title, plan.state) == ("Plan 2019", PlanState.IN_PROGRESS)
    first, second = plan.actions.order_by("sequence")
    assert (first.reference, first.text, first.due) == (
        "1.1a",
        "Train all staff",
        date(2020, 3, 31),
    )
    assert (first.status, first.word, str(first.lead)) == (
        Status.ON_TRACK,
        "Green",
        "Unpaid Work Manager",
    )
    assert first.updates.get().text == "Half of them so far"
    assert (second.status, second.word) == (Status.DONE, "Blue")
    assert second.evidence.get().description == "Reported as done: From “plan.csv”, line 3."
    assert plan.moves.first().decision == "Board, item 3"
    assert not Revision.objects.exists()
    event = AuditEvent.objects.filter(table_name="plans_plan", operation="insert").get()
    assert (event.actor_name, event.verb) == (lead.name, "create plan")
    row = first.imported_rows.get()
    assert row.place == "line 2"
    assert json.loads(row.raw)["raw"]["status"] == "Green"


def test_a_draft_comes_in_without_entries_and_keeps_the_files_word(bring):
    bring(table({}), **DRAFT | {"decision": ""})
    action = Action.objects.get()
    assert action.plan.state == PlanState.DRAFT
    assert (action.status, action.word) == (Status.NOT_STARTED, "Green")
    assert not Update.objects.exists()


def test_the_same_file_twice_changes_nothing_whatever_was_done_since(bring, area, lead, framework):
    data = table({}, {"Ref": "", "Action": "No reference here"})
    plan = bring(data).plan
    action = plan.actions.get(reference="1.1a")
    progress.post_update(
        by=lead, action=action, version=action.version, status="at_risk", text="One left"
    )
    assert [does for does, _ in look(area, lead, framework, data, plan)] == ["same", "same"]
    before = AuditEvent.objects.filter(table_name="plans_action").count()
    with pytest.raises(ValidationError, match="nothing in the file that is not here"):
        bring(data, plan)
    assert AuditEvent.objects.filter(table_name="plans_action").count() == before
    assert plan.actions.count() == 2


def test_a_later_file_changes_what_it_says_otherwise_with_its_reason(bring):
    plan = bring(table({})).plan
    later = {
        "Action": "Train all staff and volunteers",
        "Due": "30 June 2020",
        "Status": "Amber",
        "Progress": "Ten to go",
    }
    bring(table(later), plan)
    action = plan.actions.get()
    assert (action.text, action.due) == ("Train all staff and volunteers", date(2020, 6, 30))
    assert (action.status, action.word) == (Status.AT_RISK, "Amber")
    assert action.original_due == date(2020, 3, 31)
    assert Revision.objects.get().reason == "From “plan.csv”, line 2."
    assert DateChange.objects.get().reason == "From “plan.csv”, line 2."
    assert action.updates.last().text == "Ten to go"


def test_all_of_it_or_nothing_and_every_refusal_names_its_row(bring, area):
    wrong = {"Ref": "1.1b", "Quality indicator": "12.9 Nothing known", "Action": "Do it"}
    with pytest.raises(ValidationError) as refused:
        bring(table({}, wrong, {"Ref": "1.1c", "Action": ""}))
    said = " ".join(refused.value.messages)
    assert "plan.csv, line 3" in said and "12.9" in said
    assert not Plan.objects.exists() and not Action.objects.exists()
    assert not Post.objects.exists()
    assert PlanImport.objects.get().state == "preview"
    number = 3
    bring(table({}, wrong), skip=[number])
    assert Action.objects.get().reference == "1.1a"


def test_an_import_of_a_draft_is_undone_as_if_it_had_not_been(bring, area, lead):
    kept = bring(table({}, {"Ref": "1.1b"}), **DRAFT | {"decision": ""})
    undoing.undo(by=lead, kept=kept, version=kept.version)
    assert not Plan.objects.exists() and not Action.objects.exists()
    assert not Post.objects.exists()
    assert PlanImport.objects.get().state == "undone"
    bring(table({}), **DRAFT | {"decision": ""})
    assert Plan.objects.get().title == "Plan 2019"


def test_an_import_into_an_agreed_plan_is_put_back_with_what_was_said_of_it(bring, lead):
    plan = bring(table({})).plan
    before = Action.objects.values("text", "due", "status", "word", "late_after").get()
    later = {"Action": "Other words", "Due": "30 June 2020", "Status": "Red", "Progress": "Stuck"}
    kept = bring(table(later, {"Ref": "1.1z", "Action": "A new one"}), plan)
    undoing.undo(by=lead, kept=kept, version=kept.version)
    first = plan.actions.get(reference="1.1a")
    assert {name: getattr(first, name) for name in before} == before
    assert "undone" in first.updates.last().text
    assert "Stuck" in [update.text for update in first.updates.all()]
    new = plan.actions.get(reference="1.1z")
    assert new.status == Status.WITHDRAWN
    assert [change.new for change in first.date_changes.all()] == [
        date(2020, 6, 30),
        date(2020, 3, 31),
    ]


def test_it_cannot_be_undone_after_a_day_or_once_somebody_goes_on(bring, lead):
    kept = bring(table({}))
    with clock.hold(clock.today() + timedelta(days=2)):
        assert "more than a day ago" in undoing.why_not_undone(kept)
    assert undoing.why_not_undone(kept) == ""
    action = Action.objects.get()
    progress.post_update(
        by=lead, action=action, version=action.version, status="at_risk", text="Since"
    )
    with pytest.raises(ValidationError, match=r"action 1\.1a"):
        undoing.undo(by=lead, kept=kept, version=kept.version)
    assert Action.objects.get().status == Status.AT_RISK


def test_only_those_who_keep_the_plan_bring_one_in(area, framework):
    manager = factories.user(area, Role.SERVICE_MANAGER)
    with pytest.raises(Exception, match="Your role does not allow this"):
        importing.keep_file(
            by=manager, area=area, data=table({}), file_name="plan.csv", framework=framework
        )


# --- the pages -------------------------------------------------------------------------------


@pytest.fixture
def upload(client, area, lead, framework):
    client.force_login(lead)

    def send(data, name="plan.csv", **facts):
        url = reverse("plan_imports", args=[area.slug])
        facts = {"framework": framework.pk, "file": SimpleUploadedFile(name, data), **facts}
        return client.post(url, facts)

    return send


def test_a_lead_brings_in_a_file_sees_what_was_understood_and_undoes_it(client, area, upload):
    sent = upload(table({}, {"Ref": "1.1b", "Due": "July 2019 onwards", "Action": AWKWARD}))
    assert sent.status_code == 302
    page = Page(client.get(sent["Location"]))
    assert page.counts["new actions"] == 2
    assert AWKWARD in page.text, page.text[:3000]
    assert page.shows(AWKWARD)
    assert "“onwards” gives no end" in page.text
    assert not Plan.objects.exists()
    facts = {"title": "Plan 2019", "agreed_on": "17 9 2019", "stage": "agreed", "version": 1}
    refused = Page(client.post(sent["Location"], facts))
    assert refused.errors == {
        "Who agreed it, and where that is minuted": [
            "Say who agreed the plan, and where that is minuted."
        ]
    }
    facts["decision"] = "Board, 17 September 2019, item 3"
    assert client.post(sent["Location"], facts).status_code == 302
    assert Plan.objects.get().actions.count() == 2
    done = Page(client.get(sent["Location"]))
    assert "Undo this import" in done.text
    again = client.post(sent["Location"], facts)
    assert again.status_code == 200 and Plan.objects.get().actions.count() == 2
    kept = PlanImport.objects.get()
    undo = reverse("plan_import_undo", args=[area.slug, kept.pk])
    assert client.post(undo, {"version": kept.version - 1}).status_code == 409
    assert client.post(undo, {"version": kept.version}).status_code == 302
    assert set(Action.objects.values_list("status", flat=True)) == {Status.WITHDRAWN}


def test_columns_that_were_taken_wrongly_are_chosen_and_remembered(client, area, upload):
    sent = upload(table({}))
    page = Page(client.get(sent["Location"]))
    assert "What the columns were taken for" in page.text
    kept = PlanImport.objects.get()
    found = importing.look(kept).layouts[0]
    chosen = {f"0-{place}": str(column.field) for place, column in enumerate(found.columns)}
    place = [column.heading for column in found.columns].index("Progress")
    chosen[f"0-{place}"] = "nothing"
    url = reverse("plan_import_columns", args=[area.slug, kept.pk])
    assert client.post(url, {"version": kept.version, **chosen}).status_code == 302
    assert importing.look(PlanImport.objects.get()).lines[0].row.progress == ""
    assert ColumnMap.objects.count() == 1
    upload(table({"Progress": "Later"}))
    newest = PlanImport.objects.latest("pk")
    assert importing.look(newest).lines[0].row.progress == ""


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
    client, area, lead, framework, upload
):
    found = factories.inspection(area, factories.framework())
    for number in range(1, 6):
        factories.key_message(found, number=number)
    sent = upload(word_plan(), "Appendix B.docx", inspection=found.pk)
    page = Page(client.get(sent["Location"]))
    assert page.counts["new actions"] > 3
    kept = PlanImport.objects.get()
    rows = [one.row for one in importing.look(kept).lines]
    assert any(row.key_messages for row in rows)
    assert all(row.text for row in rows)


# --- the command -----------------------------------------------------------------------------


def run(path, area, *options):
    out = StringIO()
    call_command("import_plan", str(path), "--area", area.slug, *options, stdout=out)
    return out.getvalue()


def test_the_command_previews_takes_in_and_changes_nothing_the_second_time(tmp_path, area):
    factories.framework(code="inspection-2019")
    path = tmp_path / "Plan 2019.csv"
    path.write_bytes(table({}))
    told = json.loads(run(path, area, "--preview", "--json"))
    assert (told["saved"], told["counts"]["create"]) == (False, 1)
    assert told["rows"][0]["due"] == "2020-03-31"
    assert not Plan.objects.exists()
    told = json.loads(run(path, area, "--json", "--agreed-by", "Board, item 3"))
    assert (told["saved"], told["plan"]) == (True, "Plan 2019")
    told = json.loads(run(path, area, "--json"))
    assert (told["saved"], told["counts"]) == (
        False,
        {"create": 0, "update": 0, "same": 1, "stopped": 0},
    )
    assert Action.objects.count() == 1
    assert Acceptance.objects.filter(action=Action.objects.get()).count() <= 1


def test_the_command_refuses_with_sentences_and_saves_nothing(tmp_path, area):
    factories.framework(code="inspection-2019")
    path = tmp_path / "plan.csv"
    path.write_bytes(table({"Action": ""}))
    with pytest.raises(CommandError, match="nothing is saved"):
        run(path, area)
    with pytest.raises(CommandError, match="There is no area"):
        call_command("import_plan", str(path), "--area", "nowhere")
    assert not Plan.objects.exists()
