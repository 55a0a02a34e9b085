"""The pages on which it is decided what becomes of a plan's file."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from management.access import Role
from plans.models import Action, Plan, PlanImport
from plans.services import importing
from tests import factories
from tests.pages import Page
from tests.plans.importing.helpers import table
from tests.plans.importing.test_plan_import_pages import form_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
AGREED = {"title": "Plan 2019", "stage": "agreed", "decision": "Board 3 June 2018, item 2"}


@pytest.fixture
def upload(client, area, lead, bring):
    client.force_login(lead)

    def send(data, **facts):
        facts |= {
            "framework": bring.framework.pk,
            "file": SimpleUploadedFile("plan.csv", data),
        }
        return client.post(reverse("plan_imports", args=[area.slug]), facts)["Location"]

    return send


@pytest.fixture
def send(client):
    """Sends the page's form as a browser does, with what is otherwise."""

    def post(url, **facts):
        return client.post(url, {**form_of(Page(client.get(url))), **facts})

    return post


def test_whoever_says_that_it_is_agreed_is_asked_when(client, upload, send):
    url = upload(table({}))
    assert "agreed_on" not in form_of(Page(client.get(url)))  # it is empty
    assert Page(send(url, **AGREED)).errors == {
        "Agreed on": ["Give the day on which it was agreed."]
    }
    page = Page(send(url, **AGREED, agreed_on="16 1 2020"))
    assert page.errors == {
        "Agreed on": ["It cannot have been agreed on a day that has not come yet."]
    }
    assert form_of(page)["agreed_on"] == ["16 1 2020"]
    assert send(url, **AGREED, agreed_on="3 6 2019").status_code == 302
    assert Plan.objects.get().agreed_on == date(2019, 6, 3)


def test_a_day_that_was_given_before_is_not_asked_again(client, upload, send):
    url = upload(table({}), agreed_on="17 9 2019")
    assert form_of(Page(client.get(url)))["agreed_on"] == ["17 09 2019"]
    assert send(url, **AGREED).status_code == 302
    assert Plan.objects.get().agreed_on == date(2019, 9, 17)


def test_a_draft_needs_no_day(upload, send):
    assert send(upload(table({})), title="Plan", stage="draft").status_code == 302
    assert Plan.objects.get().is_draft


def test_dates_are_read_again_by_the_day_and_shown_before_they_are_taken_in(client, upload, send):
    url = upload(table({"Due": "30 June"}, {"Ref": "2", "Action": "B"}))
    page = Page(send(url, **AGREED, agreed_on="1 6 2018"))
    assert "by that day some rows are read otherwise than was shown: line 2." in page.text
    assert "30 June 2018" in page.text and not page.errors
    assert not Plan.objects.exists()
    sent = form_of(page)
    assert (sent["decision"], sent["agreed_on"]) == ([AGREED["decision"]], ["1 6 2018"])
    assert client.post(url, sent).status_code == 302
    assert Plan.objects.get().agreed_on == date(2018, 6, 1)
    assert Action.objects.get(reference="1.1a").due == date(2018, 6, 30)


def test_the_same_file_as_a_new_plan_says_what_it_made_and_asks(client, upload, send, bring):
    first = bring(table({})).plan
    url = upload(table({}))
    page = Page(client.get(url))
    assert "This file was brought in on 15 January 2020 as “Plan 2019”." in page.text
    assert "It is set beside that plan" in page.text and page.counts["new actions"] == 0
    page = Page(send(url, belongs="new"))
    assert "as a new plan now" in page.text and "Here it makes a new plan" in page.text
    assert page.counts["new action"] == 1
    assert client.post(url, {**form_of(page), "title": "Two", "stage": "draft"}).status_code == 302
    assert Plan.objects.exclude(pk=first.pk).get().title == "Two"
    url = upload(table({}))
    page = Page(send(url, belongs="new"))
    back = Page(client.post(url, {**form_of(page), "belongs": first.pk}))
    assert "for “Plan 2019” now" in back.text


def test_another_areas_plan_is_not_there_to_belong_to(upload, send):
    other = factories.plan(factories.area())
    assert send(upload(table({})), belongs=other.pk).status_code == 404


def test_columns_that_another_has_chosen_are_named_on_top(client, area, lead, upload, send):
    url = upload(table({}))
    columns = importing.look(PlanImport.objects.get()).layouts[0].columns
    chosen = {f"columns-0-{n}": str(column.field) for n, column in enumerate(columns)}
    place = [column.heading for column in columns].index("Status")
    send(url, **chosen | {f"columns-0-{place}": "nothing"}, columns="1")
    assert "Columns are read" not in Page(client.get(url)).text
    other = factories.user(area, Role.PERFORMANCE_LEAD)
    client.force_login(other)
    url = upload(table({"Progress": "Later"}))
    page = Page(client.get(url))
    said = f"Columns are read as {lead.name} chose on 15 January 2020: “Status” is not used."
    assert said in page.text
    assert page.tree.xpath("//a[@href='#columns']") and page.tree.xpath("//summary[@id='columns']")


def test_a_file_is_thrown_away_by_a_button_and_stays_listed(client, area, lead, upload, send):
    url = upload(table({}))
    assert send(url, throw="1")["Location"] == reverse("plan_imports", args=[area.slug])
    assert "Thrown away" in Page(client.get(reverse("plan_imports", args=[area.slug]))).text
    page = Page(client.get(url))
    assert (
        f"thrown away by {lead.name} on 15 January 2020: nothing of it was taken in." in page.text
    )
    assert not page.tree.xpath("//button[@name='throw']")
    stale = upload(table({"Action": "Other"}))
    sent = form_of(Page(client.get(stale))) | {"throw": "1", "version": "7"}
    assert "Somebody else has gone on" in Page(client.post(stale, sent, follow=True)).text


def test_rows_that_are_ticked_are_counted_and_named_when_they_are_left_out(client, upload, send):
    rows = [{}, {"Ref": "2", "Action": "B"}, {"Ref": "3", "Action": "", "Progress": "Stopped"}]
    url = upload(table(*rows))
    page = Page(send(url, skip="2", go="1"))
    assert page.counts["ticked to be left out"] == 1
    assert page.counts["new action"] == 1
    sent = {**form_of(page), "title": "Plan", "stage": "draft", "without_stopped": "on"}
    done = Page(client.post(url, sent, follow=True))
    assert "status and progress (1 row) waits" in done.text
    (table_of,) = done.tree.xpath("//table[caption[contains(., 'left out')]]")
    said = [[cell.text_content() for cell in row] for row in table_of.iterfind("tbody/tr")]
    assert said[0] == ["line 3", "2 B", "You left it out."]
    assert said[1][:2] == ["line 4", "3"] and "the column for actions has nothing" in said[1][2]


def test_what_another_import_did_is_no_work_once_it_is_undone(client, area, bring, upload, send):
    """Through pages, each of which is a request of its own in the audit trail."""
    rows = [{"Ref": "3", "Action": "A"}, {"Ref": "8", "Action": "B"}]
    first = upload(table(*rows), agreed_on="17 9 2019")
    assert send(first, **AGREED).status_code == 302
    plan = Plan.objects.get()
    second = upload(table(rows[0], rows[1] | {"Progress": "More"}), plan=plan.pk)
    assert send(second).status_code == 302
    assert "with action 8:" in Page(client.get(first)).text
    kept = PlanImport.objects.first()
    undo = reverse("plan_import_undo", args=[area.slug, kept.pk])
    assert client.post(undo, {"version": kept.version}).status_code == 302
    assert "Undo this import" in Page(client.get(first)).text


def test_the_approval_of_a_draft_asks_for_the_day_that_nobody_has_said(
    client, upload, send, area, lead
):
    url = upload(table({}))
    assert send(url, title="Plan", stage="draft").status_code == 302
    plan = Plan.objects.get()
    client.force_login(factories.user(area, Role.HEAD_OF_SERVICE))
    approval = reverse("plan_approve", args=[area.slug, plan.pk])
    page = Page(client.get(approval))
    assert "On which day it was agreed is asked below." in page.text
    assert page.form["agreed_on"] == "15 01 2020"
    facts = {**page.form, "for_all": "Agreed so"}
    refused = Page(client.post(approval, {**facts, "agreed_on": "16 1 2020"}))
    assert refused.errors == {
        "Agreed on": ["It cannot have been agreed on a day that has not come yet."]
    }
    assert client.post(approval, {**facts, "agreed_on": "17 9 2019"}).status_code == 302
    plan.refresh_from_db()
    assert (plan.state, plan.agreed_on) == ("approved", date(2019, 9, 17))


def test_the_approval_of_a_draft_whose_day_was_said_does_not_ask_again(
    client, upload, send, area, lead
):
    url = upload(table({}), agreed_on="17 9 2019")
    assert send(url, title="Plan", stage="draft").status_code == 302
    client.force_login(factories.user(area, Role.HEAD_OF_SERVICE))
    page = Page(client.get(reverse("plan_approve", args=[area.slug, Plan.objects.get().pk])))
    assert "To be agreed on 17 September 2019." in page.text and "agreed_on" not in page.form
