"""Pages of packs: asking for one, its state, its files, and the paragraphs that people write."""

from datetime import date
from unittest import mock

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from governance import packs, views
from governance.content import freeze
from governance.models import Pack, PackBuild, Paragraph, Rendition
from governance.render import page as page_of
from management import store
from management.access import Role
from management.models import AuditEvent
from tests import factories
from tests.pages import AWKWARD, Page, statements, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
State = PackBuild.State


@pytest.fixture
def area():
    return factories.area("Angus")


@pytest.fixture
def body(area):
    return factories.body(factories.plan(area, actions=1), name="HSCP Board", slug="board")


@pytest.fixture
def lead(area, client):
    person = factories.user(area, Role.PERFORMANCE_LEAD, name="Fiona Adair")
    client.force_login(person)
    return person


@pytest.fixture
def url(area):
    return lambda name, *args: reverse(name, args=[area.slug, *args])


@pytest.fixture
def open_page(client, url):
    return lambda name, *args, **query: Page(client.get(url(name, *args), query))


def built(body, **facts):
    """A pack that is there, with a small file in place of each real one."""
    made = factories.pack(body, state=State.DONE, **facts)
    factories.frozen(made, freeze(packs.gather(made)))
    for form in Rendition.Format:
        content = f"{made.pk} {form}".encode()
        store.put(content)
        factories.rendition(made, content, format=form)
    return made


# --- the list ------------------------------------------------------------------------------------


def test_packs_are_listed_newest_first_with_their_state(lead, body, open_page):
    built(body)
    factories.pack(body, edition=2, state=State.FAILED)
    factories.pack(body, start=date(2019, 7, 1), end=date(2019, 9, 30))
    page = open_page("packs")
    assert "3 packs of Angus, newest first" in page.text
    autumn = "Q3 2019-20 (October to December 2019)"
    assert page.rows() == [
        [autumn, "HSCP Board", "2", "15 January 2020", "Failed: a person must look"],
        [autumn, "HSCP Board", "1", "15 January 2020", "Built"],
        [
            "Q2 2019-20 (July to September 2019)",
            "HSCP Board",
            "1",
            "15 January 2020",
            "Waiting for a worker",
        ],
    ]


def test_without_packs_and_bodies_the_page_says_so(lead, open_page):
    page = open_page("packs")
    assert "No pack has been built yet." in page.text
    assert "or when you ask for it" in page.text
    assert "No board or committee has been set up for Angus yet." in page.text


def test_a_board_member_is_offered_neither_request_nor_paragraphs(area, body, client, open_page):
    client.force_login(factories.user(area, Role.BOARD_MEMBER))
    page = open_page("packs")
    assert "Ask for a pack" not in page.text and "or when you ask for it" not in page.text
    assert (page.main.findall(".//form"), page.links) == ([], set())


def test_the_list_costs_the_same_queries_whatever_its_length(lead, body, client, url):
    counts = set()
    for editions in (2, 20):
        for _ in range(editions):
            factories.pack(body, edition=Pack.objects.count() + 1)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(url("packs")).status_code == 200
        counts.add(statements(asked))
    assert len(counts) == 1 and max(counts) <= 12


# --- asking for one ------------------------------------------------------------------------------


def test_asking_leads_to_the_pack_and_asking_again_to_the_same(lead, body, client, url):
    sent = {"body": body.pk, "period": "2019-10-01"}
    first, second = (client.post(url("packs"), sent) for _ in range(2))
    pack = Pack.objects.get()
    assert first["Location"] == second["Location"] == url("pack", pack.pk)
    assert (pack.start, pack.end, pack.as_at) == (
        date(2019, 10, 1),
        date(2019, 12, 31),
        date(2020, 1, 15),
    )
    event = AuditEvent.objects.of_row(pack).get()
    assert (event.actor_name, event.verb) == ("Fiona Adair", "request pack")


@pytest.mark.parametrize(
    ("wrong", "label", "said"),
    [
        ({"period": "2020-01-01"}, "Quarter", "2020-01-01 is not one of the available choices."),
        ({"period": "soon"}, "Quarter", "soon is not one of the available choices."),
        ({"period": ""}, "Quarter", "This field is required."),
        ({"body": "0"}, "For", "That choice is not one of the available choices."),
        ({"body": "x"}, "For", "That choice is not one of the available choices."),
    ],
)
def test_a_wrong_request_is_said_at_its_field(lead, body, client, url, wrong, label, said):
    sent = {"body": body.pk, "period": "2019-07-01", **wrong}
    page = Page(client.post(url("packs"), sent))
    assert page.status == 200
    assert list(page.errors) == [label]
    assert page.errors[label][0].endswith(said)
    if "period" not in wrong:
        assert page.typed("period") == "2019-07-01"
    assert not Pack.objects.exists()


def test_another_areas_body_is_an_unknown_one(lead, body, client, url):
    other = factories.body(factories.plan(factories.area()), name="Stranger")
    page = Page(client.post(url("packs"), {"body": other.pk, "period": "2019-10-01"}))
    assert list(page.errors) == ["For"]
    assert "Stranger" not in page.source and not Pack.objects.exists()


def test_those_who_may_not_ask_are_told_so(area, body, client, url):
    client.force_login(factories.user(area, Role.SERVICE_MANAGER))
    response = client.post(url("packs"), {"body": body.pk, "period": "2019-10-01"})
    assert response.status_code == 403
    assert "Your role does not allow this" in Page(response).text
    assert not Pack.objects.exists()


# --- one pack ------------------------------------------------------------------------------------


def test_a_pack_on_its_way_says_so_and_looks_again(lead, body, client, url, open_page):
    pack = factories.pack(body)
    page = open_page("pack", pack.pk)
    assert "Waiting for a worker. Asked for by Somebody." in page.text
    assert "Build a new edition" not in page.text
    assert "without JavaScript, load the page again" in page.text
    assert f'hx-get="{url("pack_progress", pack.pk)}"' in page.source
    part = client.get(url("pack_progress", pack.pk))
    assert "HX-Refresh" not in part and b"Waiting for a worker" in part.content
    PackBuild.objects.update(state=State.DONE)
    assert client.get(url("pack_progress", pack.pk))["HX-Refresh"] == "true"


def test_a_failed_pack_says_why_and_can_be_tried_again(lead, body, client, url, open_page):
    pack = factories.pack(body, state=State.FAILED)
    PackBuild.objects.update(attempts=5, error="The disk is full.")
    page = open_page("pack", pack.pk)
    assert "This pack could not be built after 5 attempts. The disk is full." in page.text
    assert "Try again" in page.text and "hx-get" not in page.source
    assert "Build a new edition" in page.text
    assert page.main.xpath(f".//form[@action='{url('pack_edition', pack.pk)}']")
    client.post(url("pack_retry", pack.pk))
    assert PackBuild.objects.get().state == State.QUEUED
    page = Page(client.post(url("pack_retry", pack.pk), follow=True))
    assert "Only a failed pack can be tried again. This one: waiting for a worker." in page.text


def test_a_built_pack_shows_its_content_and_offers_its_files(lead, body, url, open_page):
    pack = built(body)
    page = open_page("pack", pack.pk)
    for said in (
        "Pack, edition 1: draft, not yet approved",
        "PDF",
        "Word",
        "Excel",
        "Web page",
        "Data as at 15 January 2020.",
        pack.frozen.sha256,
        body.plan.actions.get().text,
        "Recommendations",
    ):
        assert said in page.text, said
    assert {url("pack_file", pack.pk, form) for form in Rendition.Format} <= page.links


def test_content_is_kept_drawn_for_a_day_and_drawn_again_when_the_drawing_has_changed(
    lead, body, open_page, monkeypatch
):
    pack, kept, draw, drawn = built(body), {}, page_of.render, []
    places = mock.Mock(get=kept.get)
    places.set.side_effect = lambda key, article, life: kept.update({key: article})
    monkeypatch.setattr(views, "cache", places)
    monkeypatch.setattr(page_of, "render", lambda content: drawn.append(1) or draw(content))
    first, second = (open_page("pack", pack.pk).text for _ in range(2))
    assert first == second and len(drawn) == 1
    assert [call.args[2] for call in places.set.call_args_list] == [24 * 60 * 60]
    monkeypatch.setattr(page_of, "VERSION", page_of.VERSION + 1)
    assert open_page("pack", pack.pk).text == first
    assert len(drawn) == 2


def test_editions_of_one_pack_stand_side_by_side_with_their_reasons(lead, body, open_page):
    built(body)
    second = built(body, edition=2, reason="A figure was wrong")
    page = open_page("pack", second.pk)
    assert "Edition 2, asked for by Somebody: A figure was wrong" in page.text
    assert "Edition 1, asked for by Somebody" in page.text


@pytest.mark.parametrize(
    ("form", "kind"),
    [
        ("pdf", "application/pdf"),
        ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("html", "text/html; charset=utf-8"),
    ],
)
def test_a_file_is_handed_out_to_be_saved_and_never_run(lead, body, area, client, url, form, kind):
    pack = built(body)
    response = client.get(url("pack_file", pack.pk, form))
    assert response.content == f"{pack.pk} {form}".encode()
    assert response["Content-Type"] == kind
    name = f"{area.slug}-board-2019-10-01_1.{form}"
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("pk", [0, 10**6, 10**30])
def test_a_pack_and_a_file_that_are_not_there_are_not_found(lead, body, client, url, pk):
    pack = built(body)
    for where in (
        url("pack", pk),
        url("pack_progress", pk),
        url("pack_file", pk, "pdf"),
        url("pack_file", pack.pk, "exe"),
    ):
        assert client.get(where).status_code == 404


def test_a_new_edition_is_asked_for_with_a_reason(lead, body, client, url):
    pack = built(body)
    page = Page(client.post(url("pack_edition", pack.pk), {"reason": "  "}))
    assert page.status == 422
    assert page.errors == {
        "Why a new edition is needed": ["Say why a new edition is needed."],
    }
    client.post(url("pack_edition", pack.pk), {"reason": "A figure was wrong"})
    assert Pack.objects.get(edition=2).reason == "A figure was wrong"
    page = Page(client.post(url("pack_edition", pack.pk), {"reason": "Once more, please"}))
    assert page.summary == [
        "Edition 2 is still on its way. Ask for a new one when it is there.",
    ]
    assert page.typed("reason") == "Once more, please"


# --- paragraphs ----------------------------------------------------------------------------------


@pytest.fixture
def where(body, url):
    return url("paragraphs", body.slug, "2019-10-01")


@pytest.fixture
def opened(lead, client, where):
    """The page with its form, as the performance lead has opened it."""
    return Page(client.get(where))


@pytest.fixture
def save(client, where):
    """Sends the form of a page with some fields changed, and follows where it leads."""
    return lambda page, **changes: Page(client.post(where, {**page.form, **changes}, follow=True))


def texts():
    return dict(Paragraph.objects.values_list("section", "text"))


def test_paragraphs_are_saved_and_shown_again(opened, save):
    assert "What is not written is printed as “Not yet written.”" in opened.text
    page = save(opened, risk="Low <b>risk</b>", people="Two posts")
    assert "Saved: People Implications, Risk Analysis." in page.text
    assert (page.typed("risk"), page.typed("risk_version")) == ("Low <b>risk</b>", "1")
    assert (page.typed("impact"), page.typed("impact_version")) == ("", "0")
    assert "Nothing had changed." in save(page).text


def test_paragraphs_that_are_too_late_show_both_texts_and_save_nothing(body, opened, save):
    factories.paragraph(body, section="risk", text="Theirs", written_by="Callum Baird")
    before = AuditEvent.objects.count()
    page = save(opened, risk="Mine", people="Two posts")
    assert page.status == 409
    assert "Nothing was saved. Somebody else has changed 1 section" in page.text
    assert "Risk Analysis, by Callum Baird Theirs" in page.text
    assert (page.typed("risk"), page.typed("people")) == ("Mine", "Two posts")
    assert AuditEvent.objects.count() == before
    assert save(page, risk="Both").status == 200
    assert texts() == {"risk": "Both", "people": "Two posts"}


def test_a_section_that_was_not_touched_is_never_saved_over_somebody_elses(body, opened, save):
    factories.paragraph(body, section="risk", text="Theirs")
    page = save(opened, people="Two posts")
    assert "Saved: People Implications." in page.text
    assert (texts(), page.typed("risk")) == ({"risk": "Theirs", "people": "Two posts"}, "Theirs")


def test_beside_a_conflict_what_was_not_touched_is_shown_as_it_now_stands(body, opened, save):
    for section in ("risk", "impact"):
        factories.paragraph(body, section=section, text=f"Their {section}")
    page = save(opened, risk="Mine")
    assert page.status == 409
    assert (page.typed("risk"), page.typed("impact")) == ("Mine", "Their impact")
    save(page)
    assert texts() == {"risk": "Mine", "impact": "Their impact"}


@pytest.fixture
def elspeth(area, body, lead, where):
    """Saves sections as Elspeth Cairnie, in a browser of her own; Fiona has written three before.

    The texts are there already, so that every save is a change and none the first.
    """
    for section in ("risk", "people", "impact"):
        factories.paragraph(body, section=section, text=f"Old {section}", written_by=lead.name)
    browser = Client()
    browser.force_login(factories.user(area, Role.HEAD_OF_SERVICE, name="Elspeth Cairnie"))

    def save(**changes):
        form = Page(browser.get(where)).form
        assert browser.post(where, {**form, **changes}).status_code == 302

    return save


def test_two_people_who_change_different_sections_both_keep_theirs(elspeth, client, where, save):
    mine = Page(client.get(where))
    elspeth(risk="Hers")
    page = save(mine, people="Mine")
    assert (page.status, "Saved: People Implications." in page.text) == (200, True)
    assert texts() == {"risk": "Hers", "people": "Mine", "impact": "Old impact"}
    authors = dict(Paragraph.objects.values_list("section", "written_by"))
    assert (authors["risk"], authors["people"]) == ("Elspeth Cairnie", "Fiona Adair")


def test_of_a_conflict_only_what_both_have_changed_is_shown_and_nothing_is_lost(
    elspeth, client, where, save
):
    mine = Page(client.get(where))
    elspeth(risk="Hers", impact="Her impact")
    page = save(mine, risk="Mine", people="My people")
    assert page.status == 409
    assert "Somebody else has changed 1 section while" in page.text
    listed = page.main.xpath(".//dl[contains(@class, 'ds_summary-list')]")
    assert [words(one) for one in listed] == ["Risk Analysis, by Elspeth Cairnie Hers"]
    assert {key: page.typed(key) for key in ("risk", "people", "impact")} == {
        "risk": "Mine",
        "people": "My people",
        "impact": "Her impact",
    }
    assert texts() == {"risk": "Hers", "people": "Old people", "impact": "Her impact"}
    assert save(page, risk="Hers and mine").status == 200
    assert texts() == {"risk": "Hers and mine", "people": "My people", "impact": "Her impact"}


def test_a_conflict_that_goes_on_is_told_again(elspeth, client, where, save):
    mine = Page(client.get(where))
    elspeth(risk="Hers")
    page = save(mine, risk="Mine", people="My people")
    elspeth(risk="Hers, once more")
    page = save(page)
    assert page.status == 409
    assert "Risk Analysis, by Elspeth Cairnie Hers, once more" in page.text
    assert (page.typed("risk"), page.typed("people")) == ("Mine", "My people")
    assert texts()["risk"] == "Hers, once more"
    save(page)
    assert texts() == {"risk": "Mine", "people": "My people", "impact": "Old impact"}


def test_a_section_that_both_have_changed_alike_is_no_conflict(elspeth, client, where, save):
    mine = Page(client.get(where))
    elspeth(people="Ours alike")
    assert "Nothing had changed." in save(mine, people="Ours alike").text
    page = save(mine, people="Ours alike", impact="My impact")
    assert "Saved: Impact Assessments." in page.text
    elspeth(risk="Hers")
    page = save(mine, people="Ours alike", risk="Mine")
    assert page.status == 409
    assert "Somebody else has changed 1 section while" in page.text


def test_line_breaks_as_browsers_send_them_do_not_touch_a_section(body, lead, client, where, save):
    factories.paragraph(body, section="risk", text="One\nTwo")
    page = Page(client.get(where))
    as_sent = {"risk": "One\r\nTwo\r\n"}
    assert "Nothing had changed." in save(page, **as_sent).text
    Paragraph.objects.update(text="Theirs", version=2)
    assert "Saved: People Implications." in save(page, people="Two posts", **as_sent).text
    assert texts() == {"risk": "Theirs", "people": "Two posts"}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"risk": "x" * 20_001},
            "Ensure this value has at most 20000 characters (it has 20001).",
        ),
        ({"risk": "a\x00b"}, "Null characters are not allowed."),
    ],
)
def test_a_text_that_cannot_be_is_said_at_its_field(opened, save, changes, said):
    page = save(opened, people="Two posts", **changes)
    assert (page.status, page.errors) == (200, {"Risk Analysis": [said]})
    assert page.typed("people") == "Two posts"
    assert texts() == {}


@pytest.mark.parametrize("version", ["x", "-1", "7", ""])
def test_a_form_whose_version_was_tampered_with_saves_nothing(opened, save, version):
    page = save(opened, risk="Low", risk_version=version)
    assert page.status == 200 and page.summary
    assert page.typed("risk") == "Low"
    assert texts() == {}


@pytest.mark.parametrize(
    "period", ["2019-11-01", "2019-10-02", "soon", "2019-13-01", "0001-01-01", "9999-10-01"]
)
def test_paragraphs_belong_to_a_quarter_that_can_be(lead, body, client, url, period):
    assert client.get(url("paragraphs", body.slug, period)).status_code == 404
    assert client.get(url("paragraphs", "nobody", "2019-10-01")).status_code == 404


def test_paragraphs_of_a_pack_that_is_there_go_into_its_next_edition(lead, body, client, where):
    built(body)
    page = Page(client.get(where))
    assert "Edition 1 keeps the text it was built with." in page.text


def test_those_who_only_read_are_refused_with_a_sentence(area, body, client, where):
    client.force_login(factories.user(area, Role.BOARD_MEMBER))
    for response in (client.get(where), client.post(where, {"risk": "Low"})):
        assert response.status_code == 403
        assert "Your role does not allow this" in Page(response).text
    assert texts() == {}


def test_whatever_people_write_is_shown_as_they_wrote_it(client):
    world = factories.world(AWKWARD, "awkward")
    client.force_login(world.people[Role.HEAD_OF_SERVICE])
    pack = built(world.body, edition=2, reason=AWKWARD)
    for name, *args in (
        ("packs",),
        ("pack", pack.pk),
        ("paragraphs", world.body.slug, "2019-10-01"),
    ):
        page = Page(client.get(reverse(name, args=["awkward", *args])))
        assert page.shows(AWKWARD), name
