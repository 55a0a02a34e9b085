"""Saved views: one's own, opened through the page's form, renamed, removed."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from management.access import Role
from management.models import AuditEvent
from plans.models import SavedView
from plans.services import working
from tests import factories
from tests.pages import AWKWARD, Page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def area():
    return factories.area("Angus")


@pytest.fixture
def lead(area, client):
    person = factories.user(area, Role.PERFORMANCE_LEAD)
    client.force_login(person)
    return person


@pytest.fixture
def visit(client, area):
    def open_page(route, /, *args, **query):
        return Page(client.get(reverse(route, args=[area.slug, *args]), query))

    return open_page


@pytest.fixture
def send(client, area):
    def post(route, /, *args, **data):
        return client.post(reverse(route, args=[area.slug, *args]), data)

    return post


def test_what_is_chosen_is_saved_under_a_name_and_opened_again(client, lead, visit, send, area):
    assert "Save this view" not in visit("actions").text
    page = visit("actions", status="overdue", sort="-due")
    assert page.form["page"] == "actions"
    response = send("saved_views", **page.form | {"name": AWKWARD})
    here = reverse("actions", args=[area.slug])
    assert response.url == f"{here}?status=overdue&sort=-due"
    page = Page(client.get(response.url))
    assert page.shows(AWKWARD)
    view = SavedView.objects.get()
    assert (view.user, view.area, view.query) == (lead, area, "status=overdue&sort=-due")
    opened = reverse("saved_view", args=[area.slug, view.pk])
    assert opened in page.links and opened not in visit("my_actions").links
    assert client.get(opened).url == f"{response.url}#found"
    event = AuditEvent.objects.get(table_name="plans_savedview")
    assert (event.verb, event.actor_id) == ("save view", lead.pk)


def test_a_stored_query_is_read_through_the_form_again(client, lead, area):
    query = "status=overdue&post=999&next=//evil&csrfmiddlewaretoken=x&q=%00%22%3E&page=4"
    view = factories.saved_view(area, lead, query=query)
    response = client.get(reverse("saved_view", args=[area.slug, view.pk]))
    assert response.url.startswith(reverse("actions", args=[area.slug]) + "?")
    assert "evil" not in response.url and "csrf" not in response.url
    page = Page(client.get(response.url))
    assert page.status == 200 and "Post (lead or supporting)" in page.errors
    assert "Status: Overdue" in page.text


def test_views_are_renamed_and_removed(lead, visit, send, area):
    view = factories.saved_view(area, lead, name="Late")
    page = visit("saved_views")
    assert page.rows()[0][:2] == ["Late", "All actions"]
    assert send("saved_view_edit", view.pk, name="Overdue in my team").status_code == 302
    assert "Overdue in my team" in visit("saved_views").text
    assert send("saved_view_remove", view.pk).status_code == 302
    assert "You have saved no view yet." in visit("saved_views").text
    verbs = AuditEvent.objects.filter(table_name="plans_savedview", actor_id=lead.pk)
    assert set(verbs.values_list("verb", flat=True)) == {"rename view", "remove view"}


def test_a_view_is_saved_over_by_its_owner_who_ticks_so(lead, send, area):
    kept = factories.saved_view(area, lead, name="Late", page="actions", query="status=overdue")
    theirs = factories.saved_view(area, factories.user(area, Role.HEAD_OF_SERVICE), name="Late")
    facts = {"name": "Late", "page": "actions", "query": "status=open"}
    page = Page(send("saved_views", **facts))
    assert "Save over the view that has this name" in page.text
    assert "Save over" not in Page(send("saved_views", **facts | {"name": ""})).text
    assert send("saved_views", replace="on", **facts).status_code == 302
    before = theirs.query
    for row in (kept, theirs):
        row.refresh_from_db()
    assert (kept.query, theirs.query) == ("status=open", before)
    assert SavedView.objects.count() == 2


def test_a_name_is_used_once_on_each_page(lead, visit, send, area):
    factories.saved_view(area, lead, name="Late")
    other = factories.saved_view(area, lead, name="Early")
    facts = {"name": "Late", "query": "status=open"}
    page = Page(send("saved_views", page="actions", **facts))
    assert "You already have a view with this name." in page.summary
    assert page.typed("query") == "status=open"
    assert send("saved_views", page="my_actions", **facts).status_code == 302
    page = Page(send("saved_view_edit", other.pk, name="Late"))
    assert "You already have a view with this name." in page.summary
    assert Page(send("saved_views", page="actions", name="")).errors == {
        "Name of the view": ["Give the view a name."]
    }
    assert SavedView.objects.count() == 3


def test_somebody_elses_views_are_not_there(client, lead, visit, send, area):
    view = factories.saved_view(area, factories.user(area), name="Theirs")
    assert "Theirs" not in visit("actions").text + visit("saved_views").text
    for name in ("saved_view", "saved_view_edit", "saved_view_remove"):
        url = reverse(name, args=[area.slug, view.pk])
        assert client.post(url, {"name": "Mine"}).status_code in {404, 405}
        assert client.get(url).status_code in {404, 405}
    with pytest.raises(PermissionDenied):
        working.rename_view(by=lead, view=view, name="Mine")
    with pytest.raises(PermissionDenied):
        working.remove_view(by=lead, view=view)
    assert SavedView.objects.get().name == "Theirs"


def test_only_whoever_has_a_page_keeps_views_of_it(client, area, send):
    reader = factories.user(area, Role.BOARD_MEMBER)
    client.force_login(reader)
    assert send("saved_views", name="A", page="my_actions", query="").status_code == 403
    assert send("saved_views", name="A", page="actions", query="").status_code == 302
    assert send("saved_views", name="A", page="secrets", query="").status_code == 404
    with pytest.raises(ValidationError):
        working.save_view(by=reader, area=area, page="actions", name=" ", query="")


def test_my_views_of_either_list_stand_on_both_and_on_the_home_page(lead, visit, area):
    assert "My views" not in visit("area").text
    factories.holding(factories.post(area), lead)
    mine, other = (
        factories.saved_view(area, lead, name=name, page=page)
        for name, page in (("Late", "my_actions"), ("Done", "actions"))
    )
    factories.saved_view(area, factories.user(area, Role.PERFORMANCE_LEAD), name="Theirs")
    for page, said in (
        ("my_actions", "My views: Late Done (All actions)"),
        ("actions", "My views: Done Late (My actions)"),
        ("area", "My views Late My actions Done All actions"),
    ):
        shown = visit(page)
        assert said in shown.text and "Theirs" not in shown.text
        for view in (mine, other):
            assert reverse("saved_view", args=[area.slug, view.pk]) in shown.links
