"""Pages for administrators: people, posts and the audit trail."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from management import audit, services
from management.access import Role, System
from management.models import AuditEvent
from tests import factories
from tests.pages import AWKWARD, Page, statements

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def area(client):
    made = factories.area("Angus")
    person = factories.user(made, Role.ADMINISTRATOR, name="Dougal Finnie", email="d@example.org")
    client.force_login(person)
    return made


@pytest.fixture
def open_page(client, area):
    return lambda name, **query: Page(client.get(reverse(name, args=[area.slug]), query))


# --- people --------------------------------------------------------------------------------------


def test_people_are_listed_with_their_roles_and_whether_they_can_sign_in(area, open_page):
    left = factories.user(area, Role.INSPECTOR, name="Ruth Ainslie", is_active=False)
    both = factories.user(area, Role.HEAD_OF_SERVICE, name="Elspeth Cairnie")
    factories.membership(area, both, Role.BOARD_MEMBER)
    factories.user(factories.area(), Role.ADMINISTRATOR, name="Stranger")
    page = open_page("people")
    assert "4 roles held in Angus" in page.text
    assert page.rows() == [
        ["Dougal Finnie", "d@example.org", "Administrator", "Yes"],
        ["Elspeth Cairnie", both.email, "Board member", "Yes"],
        ["Elspeth Cairnie", both.email, "Head of service", "Yes"],
        ["Ruth Ainslie", left.email, "Inspector", "No: deactivated"],
    ]


def test_posts_show_who_holds_them_today_or_that_nobody_does(area, open_page):
    person = factories.user(area, name="Morag Reid")
    held, vacant = factories.post(area, "A held post"), factories.post(area, "A vacant post")
    factories.holding(held, person, start=date(2019, 9, 30))
    factories.holding(vacant, person, end=date(2020, 1, 14))
    factories.holding(vacant, person, start=date(2020, 1, 16))
    factories.post(area, "Trainer", organisation="Community Justice Scotland")
    page = open_page("people")
    assert "3 posts." in page.text
    assert page.rows(1) == [
        ["A held post", "Morag Reid", "30 September 2019"],
        ["A vacant post", "Nobody", ""],
        ["Trainer (Community Justice Scotland)", "Outside the area", ""],
    ]


def test_without_posts_the_page_says_so(area, open_page):
    assert "No post has been entered yet." in open_page("people").text


@pytest.mark.parametrize("role", [Role.SERVICE_MANAGER, Role.BOARD_MEMBER, Role.PERFORMANCE_LEAD])
def test_others_are_refused_with_a_sentence(area, client, role):
    client.force_login(factories.user(area, role))
    for name in ("people", "audit"):
        response = client.get(reverse(name, args=[area.slug]))
        assert response.status_code == 403
        assert "Your role does not allow this" in Page(response).text


# --- the audit trail -----------------------------------------------------------------------------


@pytest.fixture
def renamed(area):
    """A post that was made by one person and renamed, with a reason, by another."""
    made = services.create_post(by=System("import"), area=area, title="Old title")
    with audit.acting(System("Callum Baird"), "rename post", "The council’s wish"):
        made.title = "New title"
        made.save()
    return made


def test_a_change_shows_who_what_why_and_the_columns_before_and_after(renamed, open_page):
    page = open_page("audit", q="management_post")
    assert "2 changes that mention “management_post”; 1 to 2 are shown" in page.text
    newest, oldest = page.rows()
    assert newest[1:3] == ["Callum Baird", "rename post: The council’s wish"]
    assert f"update management_post {renamed.pk}, 1 column" in newest[3]
    assert "title: “Old title” → “New title”" in newest[3]
    assert oldest[1:3] == ["import", "create post"]
    assert "title: “Old title”" in oldest[3]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [("callum", 1), ("RENAME", 1), ("management_post", 2), ("  import ", 1), ("%", 0), ("_p", 2)],
)
def test_the_trail_is_searched_by_person_deed_and_table(renamed, open_page, wanted, found):
    page = open_page("audit", q=wanted)
    rows = [r for r in page.rows() if "management_post" in r[3]] if found else []
    assert len(rows) == found
    assert page.typed("q") == wanted.strip()


def test_a_search_that_finds_nothing_says_so_and_keeps_what_was_typed(renamed, open_page):
    page = open_page("audit", q="<b>nobody</b>")
    assert "No change mentions “<b>nobody</b>”." in page.text
    assert page.typed("q") == "<b>nobody</b>"
    assert "<b>nobody" not in page.source


@pytest.mark.parametrize("wanted", ["\x00", "a\x00b", "x" * 5000, "'; --", "\\"])
def test_a_search_for_anything_at_all_is_answered(renamed, open_page, wanted):
    assert open_page("audit", q=wanted).status == 200


def test_another_areas_changes_are_not_in_the_trail(area, open_page):
    factories.post(factories.area(), "Stranger")
    page = open_page("audit")
    assert "Stranger" not in page.source
    assert AuditEvent.objects.filter(new__contains="Stranger").exists()


def test_a_password_is_never_in_the_trail(area, open_page):
    assert "md5$" not in open_page("audit").source
    assert not AuditEvent.objects.filter(new__contains="md5$").exists()


def test_a_long_trail_has_pages_that_keep_the_search(area, open_page):
    for _ in range(51):
        factories.post(area)
    first, second = (open_page("audit", q="management_post", page=n) for n in (1, 2))
    assert (len(first.rows()), len(second.rows())) == (50, 1)
    assert "?q=management_post&page=2" in first.links
    assert "51 to 51 are shown" in second.text
    assert len(open_page("audit", q="management_post", page="x").rows()) == 50


def test_the_pages_cost_the_same_queries_whatever_their_length(area, client):
    counts = {}
    for size in (2, 20):
        for _ in range(size):
            factories.holding(factories.post(area), factories.user(area))
        for name in ("people", "audit"):
            with CaptureQueriesContext(connection) as asked:
                assert client.get(reverse(name, args=[area.slug])).status_code == 200
            counts.setdefault(name, set()).add(statements(asked))
    assert all(len(found) == 1 and max(found) <= 12 for found in counts.values()), counts


def test_whatever_people_write_is_shown_as_they_wrote_it(client):
    world = factories.world(AWKWARD, "awkward")
    client.force_login(world.people[Role.ADMINISTRATOR])
    for name in ("people", "audit"):
        page = Page(client.get(reverse(name, args=["awkward"])))
        assert page.shows(AWKWARD), name
