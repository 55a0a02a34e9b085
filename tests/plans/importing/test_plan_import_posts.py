"""Names that no post has, and rows without an indicator: what is asked, and what is done."""

import json

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from management import clock
from management.access import PermissionDenied, Role
from management.models import Post
from management.versions import Stale
from plans.models import Action, PlanImport
from plans.services import deciding, drafting, importing, naming, parts, undoing
from plans.services.offering import offered_posts
from plans.sheets.content import Kind
from tests import factories
from tests.pages import Page
from tests.plans.importing.helpers import (
    DRAFT,
    HEADINGS,
    Bring,
    chosen_in,
    form_of,
    select_of,
    table,
)
from tests.plans.test_api import Api

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
WITHOUT = [heading for heading in HEADINGS if heading != "Quality indicator"]


@pytest.fixture
def area():
    return factories.area(slug="ardmore", name="Ardmore")


@pytest.fixture
def bring(lead, area):
    return Bring(lead, area, factories.framework(("1.1", "2.1")))


def rows_led_by(*leads):
    return table(
        *(
            {"Ref": f"R{n}", "Action": f"Open a site for group {n}", "Lead": lead}
            for n, lead in enumerate(leads, 1)
        )
    )


def names(seen):
    return [(one.name, one.rows, one.taken, one.near) for one in seen.result.unknown]


def choose(by, kept, **answers):
    said = {name.replace("_", " "): answer for name, answer in answers.items()}
    naming.choose_names(by=by, kept=kept, version=kept.version, answers={Kind.POST: said})


# --- what is said of names ------------------------------------------------------------------------


def test_nobody_is_made_a_post_and_the_row_says_so(bring, area):
    post = factories.post(area, "Service Manager")
    kept = bring.keep(rows_led_by("TBC", "N/A", "Service Manager supported by TBC"))
    seen = importing.look(kept)
    assert names(seen) == []
    assert [one.row.lead for one in seen.lines] == ["", "", "Service Manager"]
    assert "“TBC” names no post." in [note.why for note in seen.lines[0].notes]
    bring.take(kept, seen, **DRAFT, lead=post)
    assert [str(row) for row in Post.objects.all()] == ["Service Manager"]


def test_each_name_is_said_once_and_means_the_same_in_every_row(bring, lead, area):
    manager = factories.post(area, "Unpaid Work Manager")
    data = rows_led_by("Jane Smith", "Jane Smith; Team Leader", "Unpaid Work Manger", "Team Leader")
    kept = bring.keep(data)
    before = importing.look(kept)
    assert names(before) == [
        ("Jane Smith", 2, "Jane Smith", ""),
        ("Team Leader", 2, "Team Leader", ""),
        ("Unpaid Work Manger", 1, "Unpaid Work Manager", "Unpaid Work Manager"),
    ]
    choose(lead, kept, Jane_Smith=manager, Unpaid_Work_Manger="new", Team_Leader="none")
    seen = importing.look(kept)
    assert seen.mark != before.mark
    assert [(one.row.lead, one.row.new_posts) for one in seen.lines] == [
        ("Unpaid Work Manager", ()),
        ("Unpaid Work Manager", ()),
        ("Unpaid Work Manger", ("Unpaid Work Manger",)),
        ("", ()),
    ]
    with pytest.raises(Stale):
        bring.take(kept, before, **DRAFT, lead=manager)
    bring.take(kept, seen, **DRAFT, lead=manager)
    assert set(Post.objects.values_list("title", flat=True)) == {
        "Unpaid Work Manager",
        "Unpaid Work Manger",
    }


def test_a_slip_is_taken_for_the_post_unless_somebody_says_otherwise(bring, area):
    post = factories.post(area, "Unpaid Work Manager")
    bring(rows_led_by("Unpaid Work Manger"))
    assert Action.objects.get().lead == post and Post.objects.count() == 1


def test_a_row_has_the_same_lead_the_first_time_and_the_second(bring, area):
    factories.post(area, "Senior Social Worker")
    data = rows_led_by("CJ Scotland (Head of LDI) Senior Social Worker")
    first = importing.look(bring.keep(data)).lines[0].row.lead
    plan = bring(data).plan
    assert str(Action.objects.get().lead) == first == "CJ Scotland (Head of LDI)"
    assert bring.does(data, plan) == [("same", "R1")]


def test_answers_are_remembered_for_the_next_file_until_others_are_given(bring, lead, area):
    manager = factories.post(area, "Service Manager")
    kept = bring.keep(rows_led_by("Jane Smith", "Boss", "Team Leader"))
    choose(lead, kept, Jane_Smith="none", Boss=manager, Team_Leader="new")
    later = bring.keep(rows_led_by("JANE SMITH", "Boss", "Team Leader"))
    seen = importing.look(later).result.unknown
    assert [(one.taken, one.chosen) for one in seen] == [
        ("", True),
        ("Service Manager", True),
        ("Team Leader", False),
    ]
    manager.delete()
    assert names(importing.look(later))[1] == ("Boss", 1, "Boss", "")
    elsewhere = factories.area(slug="elsewhere")
    assert naming.remembered(elsewhere, Kind.POST) == {}


def test_the_last_answer_is_remembered_whichever_file_it_was_given_with(bring, lead, area):
    first, second = factories.post(area, "Service Manager"), factories.post(area, "Team Leader")
    older = bring.keep(rows_led_by("Boss"))
    choose(lead, older, Boss=first)
    newer = bring.keep(rows_led_by("Boss", "Jane Smith"))
    older.refresh_from_db()
    choose(lead, older, Boss=second)
    choose(lead, newer, Boss=first, Jane_Smith="none")  # of Boss as it was
    assert naming.remembered(area, Kind.POST) == {"boss": second.pk, "jane smith": "none"}
    assert naming.said_of(bring.keep(rows_led_by("Boss")).choices)["boss"] == second.pk


def test_what_was_said_with_a_file_that_was_thrown_away_is_forgotten(bring, lead, area):
    post = factories.post(area, "Service Manager")
    choose(lead, bring.keep(rows_led_by("Boss")), Boss=post)
    thrown = bring.keep(rows_led_by("Boss"))
    choose(lead, thrown, Boss="none")
    deciding.throw_away(by=lead, kept=thrown, version=thrown.version)
    assert naming.remembered(area, Kind.POST) == {"boss": post.pk}


def test_the_answers_of_an_older_file_count_from_its_day(bring, lead, area):
    posts = [factories.post(area, f"Post {n}") for n in (1, 2)]
    for post in posts:
        kept = bring.keep(rows_led_by("Boss"))
        choices = json.loads(kept.choices) | {"posts": {"boss": post.pk}}
        del choices["said"]
        PlanImport.objects.filter(pk=kept.pk).update(choices=json.dumps(choices))
    assert naming.remembered(area, Kind.POST) == {"boss": posts[1].pk}


def test_only_those_who_keep_the_plan_say_what_names_are_and_only_of_a_preview(bring, lead, area):
    kept = bring.keep(rows_led_by("Jane Smith"))
    with pytest.raises(PermissionDenied):
        choose(factories.user(area, Role.SERVICE_MANAGER), kept, Jane_Smith="none")
    with pytest.raises(ValidationError, match="posts of this area"):
        choose(lead, kept, Jane_Smith=factories.post(factories.area(slug="elsewhere")))
    with pytest.raises(Stale):
        naming.choose_names(
            by=lead, kept=kept, version=7, answers={Kind.POST: {"Jane Smith": "none"}}
        )
    done = bring(rows_led_by("Jane Smith"))
    with pytest.raises(ValidationError, match="taken in already"):
        choose(lead, done, Jane_Smith="none")


# --- undo -----------------------------------------------------------------------------------------


def test_posts_that_an_import_made_go_with_it_unless_something_else_names_them(bring, lead, area):
    kept = bring(rows_led_by("Team Leader", "Boss", "Jane Smith", "Kept By Preview"), **DRAFT)
    post = {row.title: row for row in Post.objects.all()}
    factories.holding(post["Boss"], lead)
    other = factories.action(factories.plan(area, title="Other"))
    parts.add_task(by=lead, action=other, text="Ask", post=post["Jane Smith"], due=None)
    choose(lead, bring.keep(rows_led_by("Somebody")), Somebody=post["Kept By Preview"])
    undoing.undo(by=lead, kept=kept, version=kept.version)
    left = {row.title for row in Post.objects.all()} - {str(other.lead)}
    assert left == {"Boss", "Jane Smith", "Kept By Preview"}


def test_a_post_that_only_withdrawn_actions_of_an_undone_import_name_is_offered_to_nobody(
    bring, lead, area
):
    kept = bring(rows_led_by("Team Leader", "Boss; Team Leader", "Boss"))
    undoing.undo(by=lead, kept=kept, version=kept.version)
    assert Post.objects.filter(title__in=["Team Leader", "Boss"]).count() == 2
    assert not offered_posts(lead, area).exists()
    other = factories.action(factories.plan(area, title="Other"), lead=factories.post(area, "C"))
    boss = Post.objects.get(title="Boss")
    parts.add_task(by=lead, action=other, text="Ask", post=boss, due=None)
    assert {str(post) for post in offered_posts(lead, area)} == {"Boss", "C"}
    bring(rows_led_by("Team Leader"), title="Again")
    assert {str(post) for post in offered_posts(lead, area)} == {"Boss", "C", "Team Leader"}


def test_a_new_post_of_such_a_title_takes_it_up_again(bring, lead, area):
    kept = bring(rows_led_by("Team Leader"))
    undoing.undo(by=lead, kept=kept, version=kept.version)
    action = drafting.draft_action(
        by=lead,
        plan=factories.plan(area, title="Other"),
        new_post="Team Leader",
        text="Train all staff",
        reference="A1",
        indicator=bring.framework.indicators.first(),
        original_due=None,
        added_on=clock.today(),
    )
    assert action.lead == Post.objects.get(title="Team Leader")
    assert list(offered_posts(lead, area)) == [action.lead]


# --- rows without an indicator, and what stops rows -----------------------------------------------


def test_a_plan_without_indicators_comes_in_under_the_one_that_is_chosen(bring):
    data = table({}, {"Ref": "R2", "Action": "B"}, headings=WITHOUT)
    data = data.replace(b"1.1a", b"R1")
    kept = bring.keep(data)
    seen = importing.look(kept)
    assert [one.does for one in seen.lines] == ["create", "create"]
    with pytest.raises(ValidationError) as refused:
        bring.take(kept, seen, **DRAFT)
    assert "indicator" in refused.value.message_dict
    strange = factories.framework(code="other").indicators.first()
    with pytest.raises(ValidationError, match="own framework"):
        bring.take(kept, seen, **DRAFT, indicator=strange)
    chosen = bring.framework.indicators.get(code="2.1")
    plan = bring.take(kept, seen, **DRAFT, indicator=chosen).plan
    assert {action.indicator for action in plan.actions.all()} == {chosen}
    assert bring.does(data, plan) == [("same", "R1"), ("same", "R2")]


def test_an_indicator_is_asked_for_only_where_a_row_names_none(bring, upload, client):
    assert "indicator" not in form_of(Page(client.get(upload(table({})))))
    wrong = table({"Quality indicator": "12.9 Unknown"})
    assert [one.does for one in bring.look(wrong).lines] == ["stopped"]


def test_what_stops_rows_is_said_once_with_how_many_and_the_first_places(bring, upload, client):
    rows = [
        {"Ref": f"R{n}", "Action": f"Open a site for group {n}", "Quality indicator": f"12.{n % 9}"}
        for n in range(40)
    ]
    page = Page(client.get(upload(table({}, *rows, {"Ref": "R99", "Action": ""}))))
    (stops,) = page.tree.xpath("//h2[text()='What stops rows']/following-sibling::ul[1]")
    said = [" ".join(item.text_content().split()) for item in stops]
    assert len(said) == 2
    assert "This and the like stop 40 rows: line 3, line 4, line 5" in said[0]
    assert said[0].endswith("and 35 more.") and "line 43" in said[1]


# --- the page -------------------------------------------------------------------------------------


@pytest.fixture
def upload(client, area, lead, bring):
    client.force_login(lead)

    def send(data):
        url = reverse("plan_imports", args=[area.slug])
        file = SimpleUploadedFile("plan.csv", data)
        return client.post(url, {"framework": bring.framework.pk, "file": file})["Location"]

    return send


def test_the_page_asks_once_for_each_name_and_reads_the_file_by_the_answers(
    client, upload, area, lead
):
    manager = factories.post(area, "Unpaid Work Manager")
    url = upload(rows_led_by("Jane Smith", "Jane Smith", "Unpaid Work Manger"))
    page = Page(client.get(url))
    assert "Posts that Ardmore does not have" in page.text
    assert "2 names in the file are no posts of Ardmore. Say what they are before" in page.text
    assert chosen_in(page, "Jane Smith") == "Make a new post"
    assert chosen_in(page, "Unpaid Work Manger") == "It is Unpaid Work Manager"
    assert "It reads like a slip of “Unpaid Work Manager”" in page.text
    sent = {**form_of(page), "title": "Typed", "names": "1", "skip": "2"}
    sent[select_of(page, "Jane Smith").get("name")] = "none"
    page = Page(client.post(url, sent))
    assert "read as you chose now" in page.text and not page.errors
    assert "no posts of Ardmore. What was said of them" in page.text
    assert chosen_in(page, "Jane Smith") == "It is no post"
    assert (form_of(page)["title"], form_of(page)["skip"]) == (["Typed"], ["2"])
    assert "lead" in form_of(page)
    done = client.post(url, {**form_of(page), "stage": "draft", "lead": manager.pk})
    assert done.status_code == 302
    assert set(Post.objects.values_list("title", flat=True)) == {"Unpaid Work Manager"}


def test_an_answer_that_was_not_read_yet_is_not_lost_when_the_file_is_taken_in(
    client, upload, area
):
    factories.post(area, "Service Manager")
    url = upload(rows_led_by("Jane Smith"))
    page = Page(client.get(url))
    sent = {**form_of(page), "title": "Plan", "stage": "draft"}
    sent[select_of(page, "Jane Smith").get("name")] = "none"
    page = Page(client.post(url, sent))
    assert "Nothing is taken in yet" in page.text and not Action.objects.exists()
    assert chosen_in(page, "Jane Smith") == "It is no post"
    more = {**sent, **form_of(page), "go": "1"}
    more[select_of(page, "Jane Smith").get("name")] = "new"
    assert chosen_in(Page(client.post(url, more)), "Jane Smith") == "Make a new post"
    assert PlanImport.objects.get().version == 2  # another page of rows decides nothing


def test_in_an_area_without_posts_one_that_the_file_makes_leads_rows_that_name_none(client, upload):
    url = upload(rows_led_by("TBC", "Team Leader"))
    page = Page(client.get(url))
    sent = {**form_of(page), "title": "Plan", "stage": "draft"}
    assert list(Page(client.post(url, sent)).errors) == ["Lead post for rows that name no post"]
    assert client.post(url, {**sent, "lead": "new:Nobody"}).status_code == 200
    assert client.post(url, {**sent, "lead": "new:Team Leader"}).status_code == 302
    assert {str(action.lead) for action in Action.objects.all()} == {"Team Leader"}
    assert Post.objects.count() == 1


def test_a_file_whose_posts_are_all_known_asks_nothing(client, upload, area):
    factories.post(area, "Unpaid Work Manager")
    assert "does not have" not in Page(client.get(upload(table({})))).text


def test_the_page_asks_for_the_indicator_of_rows_that_name_none(client, upload):
    url = upload(table({}, headings=WITHOUT).replace(b"1.1a", b"R1"))
    page = Page(client.get(url))
    sent = {**form_of(page), "title": "Plan", "stage": "draft"}
    refused = Page(client.post(url, sent))
    assert list(refused.errors) == ["Quality indicator for rows that name none"]
    key = refused.tree.xpath("//select[@name='indicator']/option[starts-with(., '2.1')]/@value")[0]
    assert client.post(url, {**sent, "indicator": key}).status_code == 302
    assert Action.objects.get().indicator.code == "2.1"


# --- programs and operators -----------------------------------------------------------------------


def test_programs_say_what_names_are_and_which_indicator_rows_have(client, area, lead, bring):
    manager = factories.post(area, "Service Manager")
    api = Api(client, area, lead)
    data = table({"Lead": "Jane Smith"}, {"Ref": "R2", "Lead": "Boss"}, headings=WITHOUT)
    file = SimpleUploadedFile("plan.csv", data.replace(b"1.1a", b"R1"))
    sent = {"file": file, "framework": bring.framework.pk}
    made = client.post(api.url("imports"), sent, headers=api.token)
    key, seen = made.json()["id"], made.json()["look"]
    assert [(one["name"], one["answer"], one["rows"]) for one in seen["names"]] == [
        ("Jane Smith", "new", 1),
        ("Boss", "new", 1),
    ]
    wrong = {"names": [{"name": "Boss", "answer": "is"}]}
    assert api.change("PUT", "imports", key, "names", **wrong).status_code == 400
    said = [
        {"name": "Jane Smith", "answer": "none"},
        {"name": "Boss", "answer": "is", "post": manager.pk},
    ]
    read = api.change("PUT", "imports", key, "names", names=said)
    assert read.status_code == 200, read.content
    seen = read.json()["look"]
    assert [(one["answer"], one["taken"], one["chosen"]) for one in seen["names"]] == [
        ("none", "", True),
        ("is", "Service Manager", True),
    ]
    facts = {"mark": seen["mark"], "title": "Plan", "lead": manager.pk}
    refused = api.change("POST", "imports", key, "take-in", **facts)
    assert refused.json()["errors"].keys() == {"indicator"}
    facts["indicator"] = bring.framework.indicators.get(code="2.1").pk
    done = api.change("POST", "imports", key, "take-in", **facts)
    assert done.status_code == 200, done.content
    assert {(str(a.lead), a.indicator.code) for a in Action.objects.all()} == {
        ("Service Manager", "2.1")
    }


def test_the_command_takes_the_indicator_of_rows_that_name_none(area, bring, tmp_path):
    path = tmp_path / "plan.csv"
    path.write_bytes(table({}, headings=WITHOUT).replace(b"1.1a", b"R1"))
    where = [str(path), "--area", area.slug, "--framework", bring.framework.code]
    with pytest.raises(CommandError, match="name no quality indicator"):
        call_command("import_plan", *where)
    with pytest.raises(CommandError, match=r"no quality indicator “9\.9”"):
        call_command("import_plan", *where, "--indicator", "9.9")
    call_command("import_plan", *where, "--indicator", "2.1")
    assert Action.objects.get().indicator.code == "2.1"
