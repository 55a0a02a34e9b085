"""The doors of the API: who is let in, how often, what a change needs, and how it refuses."""

import gzip
import json
import logging
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kpis.models import Indicator
from management import audit
from management.access import Role, System
from management.api import limits
from management.api.doors import Given, RowOfArea
from management.models import ApiToken, AuditEvent, Membership, Post, User
from tests import factories

pytestmark = pytest.mark.django_db
SECRET = "tl_a secret of the tests"
JSON = "application/json"


@pytest.fixture
def area():
    return factories.area("Angus", slug="angus")


@pytest.fixture
def person(area):
    return factories.user(area, Role.PERFORMANCE_LEAD, name="Fiona Adair")


@pytest.fixture
def token(area, person):
    return factories.api_token(area, person, SECRET, name="Figures")


@pytest.fixture
def ask(client, token) -> Any:
    """Asks as a program with the token, unless other headers are given."""

    def asked(
        method: str, path: str, body: Any = None, secret: str = SECRET, **headers: str
    ) -> Any:
        return client.generic(
            method,
            f"/api/v1/{path}",
            body if isinstance(body, str) else json.dumps(body) if body is not None else b"",
            content_type=JSON if body is not None else "",
            headers={"Authorization": f"Bearer {secret}", **headers},
        )

    return asked


def says(response: Any, status: int) -> dict[str, Any]:
    """The problem that the answer tells of, after looking at what all problems have."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert body["type"] == "about:blank" and body["title"] and body["detail"]
    assert body["status"] == status
    assert body["request_id"] == response["X-Request-ID"]
    return body


# --- who is let in -------------------------------------------------------------------------------


def test_a_program_learns_who_it_is_and_where(ask, area, person):
    assert ask("GET", "").json()["me"] == "http://testserver/api/v1/me/"
    factories.membership(factories.area(), person, Role.BOARD_MEMBER)
    told = ask("GET", "me/").json()
    assert (told["name"], told["email"]) == ("Fiona Adair", person.email)
    assert told["areas"] == [{"slug": "angus", "name": "Angus", "roles": ["performance_lead"]}]
    assert told["token"]["name"] == "Figures" and told["token"]["area"] == "angus"
    assert "sha256" not in told["token"] and SECRET not in str(told)


def test_whoever_is_signed_in_sees_each_of_their_areas_apart_and_no_token(client, area, person):
    fife = factories.area("Fife", slug="fife")
    factories.membership(fife, person, Role.BOARD_MEMBER)
    there = factories.post(fife, "A post of Fife")
    client.force_login(person)
    assert client.get("/api/v1/areas/fife/posts/").json()["count"] == 1
    assert client.get("/api/v1/areas/angus/posts/").json()["count"] == 0
    assert client.get(f"/api/v1/areas/angus/posts/{there.pk}/").status_code == 404
    told = client.get("/api/v1/me/").json()
    assert [area["name"] for area in told["areas"]] == ["Angus", "Fife"]
    assert told["token"] is None
    assert client.get("/api/v1/areas/").json()["count"] == 2


def test_another_area_of_the_same_person_does_not_exist_for_their_token(ask, person):
    fife = factories.area("Fife", slug="fife")
    factories.membership(fife, person, Role.HEAD_OF_SERVICE)
    post = factories.post(fife)
    assert [area["slug"] for area in ask("GET", "areas/").json()["results"]] == ["angus"]
    for path in ("areas/fife/", "areas/fife/posts/", f"areas/angus/posts/{post.pk}/"):
        says(ask("GET", path), 404)
    says(ask("POST", "areas/fife/posts/", {"title": "A post"}), 404)


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer ", "Bearer tl_nobody", "Bearer é", "Basic dXNlcjpwYXNz"]
)
def test_without_a_token_that_works_nobody_is_let_in(client, token, header):
    headers = {} if header is None else {"Authorization": header}
    response = client.get("/api/v1/me/", headers=headers)
    says(response, 401)
    assert response["WWW-Authenticate"].startswith("Bearer")


def test_a_token_that_was_taken_away_opens_nothing_from_that_moment_on(ask, token, person):
    assert ask("GET", "me/").status_code == 200
    ApiToken.objects.update(revoked_at=token.made_at)
    assert "revoked" in says(ask("GET", "me/"), 401)["detail"]
    ApiToken.objects.update(revoked_at=None)
    assert ask("GET", "me/").status_code == 200
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert "may not use it" in says(ask("GET", "me/"), 401)["detail"]


def test_a_program_may_at_most_what_its_person_may_now(ask, person):
    assert ask("POST", "areas/angus/posts/", {"title": "One"}).status_code == 201
    Membership.objects.filter(user=person).update(role=Role.BOARD_MEMBER)
    assert "role" in says(ask("POST", "areas/angus/posts/", {"title": "Two"}), 403)["detail"]
    assert Post.objects.count() == 1


def test_a_token_for_reading_writes_nothing_and_says_why(ask):
    ApiToken.objects.update(scope=ApiToken.Scope.READ)
    assert ask("GET", "areas/angus/posts/").status_code == 200
    refused = says(ask("POST", "areas/angus/posts/", {"title": "A post"}), 403)
    assert "may only read" in refused["detail"]
    assert not Post.objects.exists()


def test_a_change_is_recorded_as_the_persons_by_their_token(ask):
    response = ask("POST", "areas/angus/posts/", {"title": "A post"})
    event = AuditEvent.objects.filter(table_name="management_post").get()
    assert (event.actor_name, event.verb) == ("Fiona Adair", "create post")
    assert event.reason == "(by API token “Figures”)"
    assert event.request_id == response["X-Request-ID"]


def test_a_session_needs_its_csrf_token_and_a_program_none(area, person, token):
    client = Client(enforce_csrf_checks=True)
    path, post = "/api/v1/areas/angus/posts/", json.dumps({"title": "A post"})
    by_token = {"Authorization": f"Bearer {SECRET}"}
    assert client.post(path, post, content_type=JSON, headers=by_token).status_code == 201
    client.force_login(person)
    other = post.replace("A post", "Another")
    assert "CSRF" in says(client.post(path, other, content_type=JSON), 403)["detail"]
    client.get(reverse("tokens", args=[area.slug]))  # which brings the cookie
    csrf = {"X-CSRFToken": client.cookies["csrftoken"].value}
    assert client.post(path, other, content_type=JSON, headers=csrf).status_code == 201
    event = AuditEvent.objects.filter(table_name="management_post").latest("pk")
    assert (event.actor_name, event.reason) == ("Fiona Adair", "")


def test_a_refused_token_is_logged_without_a_part_of_it(ask, token, caplog):
    caplog.set_level(logging.WARNING)
    ask("GET", "me/", secret="hunter2-hunter2")
    ApiToken.objects.update(revoked_at=token.made_at)
    ask("GET", "me/")
    said = [r.getMessage() for r in caplog.records if r.name == "management.api.authentication"]
    assert said == [
        "A request was refused: This token is not known.",
        f"API token {token.pk} was refused: This token was revoked.",
    ]


# --- how often -----------------------------------------------------------------------------------


@pytest.fixture
def one_minute(monkeypatch):
    """Which does not end in the middle of a test."""
    monkeypatch.setattr(limits, "time", lambda: 1_000_000.0)


@pytest.mark.usefixtures("one_minute")
def test_each_token_and_each_person_has_so_many_requests_a_minute(
    ask, settings, client, person, monkeypatch
):
    settings.API_READS_PER_MINUTE, settings.API_WRITES_PER_MINUTE = 3, 1
    for number in range(3):
        assert ask("GET", "me/", **{"X-Forwarded-For": f"10.0.0.{number}"}).status_code == 200
    refused = ask("GET", "me/", **{"X-Forwarded-For": "10.0.0.9"})
    assert "Too many requests" in says(refused, 429)["detail"]
    assert refused["Retry-After"] == "20"
    assert ask("POST", "areas/angus/posts/", {"title": "One"}).status_code == 201
    says(ask("POST", "areas/angus/posts/", {"title": "Two"}), 429)
    client.force_login(person)
    assert client.get("/api/v1/me/").status_code == 200
    monkeypatch.setattr(limits, "time", lambda: 1_000_021.0)
    assert ask("GET", "me/").status_code == 200


@pytest.mark.usefixtures("one_minute")
def test_more_tokens_are_no_way_round_the_limit(ask, settings, area, person):
    settings.API_READS_PER_MINUTE = 2
    for number in range(limits.TOGETHER + 1):
        factories.api_token(area, person, f"tl_{number}", name=f"Token {number}")
    for number in range(limits.TOGETHER):
        for _ in range(2):
            assert ask("GET", "me/", secret=f"tl_{number}").status_code == 200
    says(ask("GET", "me/", secret=f"tl_{limits.TOGETHER}"), 429)


@pytest.mark.usefixtures("one_minute")
def test_an_address_that_guesses_is_refused_whatever_it_calls_itself(ask):
    for number in range(limits.FAILURES):
        forwarded = {"X-Forwarded-For": f"10.0.0.{number}"}
        says(ask("GET", "me/", secret=f"tl_{number}", **forwarded), 401)
    refused = ask("GET", "me/", secret="tl_another", **{"X-Forwarded-For": "10.9.9.9"})
    assert says(refused, 429) and refused["Retry-After"] == "20"
    says(ask("GET", "me/"), 429)  # it is not looked up: the next guess may be right


@pytest.mark.usefixtures("one_minute")
def test_behind_a_proxy_the_address_is_the_one_that_the_proxy_saw(ask, settings):
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"NUM_PROXIES": 1}
    for number in range(limits.FAILURES):
        forwarded = {"X-Forwarded-For": f"10.0.0.{number}, 192.0.2.1"}
        says(ask("GET", "me/", secret=f"tl_{number}", **forwarded), 401)
    says(ask("GET", "me/", **{"X-Forwarded-For": "10.9.9.9, 192.0.2.1"}), 429)
    assert ask("GET", "me/", **{"X-Forwarded-For": "192.0.2.1, 192.0.2.2"}).status_code == 200


@pytest.mark.usefixtures("one_minute")
def test_a_program_that_goes_on_with_a_dead_token_does_not_lock_out_its_neighbours(ask):
    for _ in range(limits.FAILURES * 2):
        says(ask("GET", "me/", secret="tl_ended"), 401)
    assert ask("GET", "me/").status_code == 200


# --- what a change needs -------------------------------------------------------------------------


@pytest.fixture
def kpi(area, settings):
    """A KPI that can be edited: the sound viewset of tests/access/api_holes.py."""
    settings.ROOT_URLCONF = "tests.access.api_holes"
    return factories.kpi(area, code="K1", name="Waiting", owner=factories.post(area, "Manager"))


def test_what_was_read_is_told_again_only_when_it_has_changed(ask, kpi):
    path = f"areas/angus/Sound/{kpi.pk}/"
    first = ask("GET", path)
    tag = first["ETag"]
    assert tag.startswith(f'"{kpi.pk}-{kpi.version}-')
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = ask("GET", path, **{"If-None-Match": known})
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
    Indicator.objects.update(name="Waiting for long")  # whoever did it, and however
    news = ask("GET", path, **{"If-None-Match": tag})
    assert news.status_code == 200 and news["ETag"] != tag


def test_a_change_says_what_it_has_read_and_is_answered_with_what_is_there_now(ask, kpi):
    path = f"areas/angus/Sound/{kpi.pk}/"
    tag = ask("GET", path)["ETag"]
    done = ask("PATCH", path, {"name": "Shorter"}, **{"If-Match": tag})
    assert done.status_code == 200
    assert done.json() == {"id": kpi.pk, "version": 2, "name": "Shorter", "owner": kpi.owner_id}
    assert done["ETag"] == ask("GET", path)["ETag"] != tag
    event = AuditEvent.objects.filter(table_name="kpis_indicator").latest("pk")
    assert event.reason == "A better name (by API token “Figures”)"


def test_an_answer_that_was_compressed_on_the_way_can_be_changed_too(ask, kpi):
    Indicator.objects.update(name="Waiting " * 24)
    path = f"areas/angus/Sound/{kpi.pk}/"
    read = ask("GET", path, **{"Accept-Encoding": "gzip"})
    assert read["ETag"].startswith("W/") and b"Waiting" in gzip.decompress(read.content)
    assert ask("GET", path, **{"If-None-Match": read["ETag"]}).status_code == 304
    assert ask("PATCH", path, {"name": "New"}, **{"If-Match": read["ETag"]}).status_code == 200


def test_a_change_that_does_not_say_what_it_has_read_is_refused(ask, kpi):
    refused = says(ask("PATCH", f"areas/angus/Sound/{kpi.pk}/", {"name": "New"}), 428)
    assert "If-Match" in refused["detail"]
    assert Indicator.objects.get().name == "Waiting"


def test_a_change_of_something_older_is_refused_with_what_is_there_now(ask, kpi):
    path = f"areas/angus/Sound/{kpi.pk}/"
    tag = ask("GET", path)["ETag"]
    ask("PATCH", path, {"name": "Theirs"}, **{"If-Match": tag})
    now = ask("GET", path)
    for old in (tag, "*", '"', "", f'"{kpi.pk}-"', f'"{kpi.pk}-22"', f'"1{kpi.pk}-2"', "9" * 6000):
        refused = ask("PATCH", path, {"name": "Mine"}, **{"If-Match": old})
        body = says(refused, 412)
        assert body["current"] == now.json() and body["current"]["name"] == "Theirs"
        assert refused["ETag"] == now["ETag"]
    assert Indicator.objects.get().name == "Theirs"
    assert ask("PATCH", path, {"name": "Mine"}, **{"If-Match": refused["ETag"]}).status_code == 200


def test_somebody_who_saves_between_the_reading_and_the_writing_wins(ask, kpi, monkeypatch):
    """The tag was right when it was looked at: the service itself finds the row changed."""
    from tests.access import api_holes

    def too_late(**facts: Any) -> None:
        Indicator.objects.update(version=9, name="Theirs")
        edit(**facts)

    edit = api_holes.edit
    monkeypatch.setattr(api_holes, "edit", too_late)
    path = f"areas/angus/Sound/{kpi.pk}/"
    refused = ask("PATCH", path, {"name": "Mine"}, **{"If-Match": f'"{kpi.pk}-1"'})
    assert says(refused, 412)["current"]["name"] == "Theirs"


def test_what_was_taken_away_meanwhile_is_not_there(ask, kpi, monkeypatch):
    """The row was there when it was looked at, and gone when it was to be written."""
    from tests.access import api_holes

    def too_late(**facts: Any) -> None:
        with audit.acting(System("tests"), "remove KPI"):
            Indicator.objects.filter(pk=kpi.pk).delete()
        edit(**facts)

    edit = api_holes.edit
    monkeypatch.setattr(api_holes, "edit", too_late)
    path, tag = f"areas/angus/Sound/{kpi.pk}/", {"If-Match": f'"{kpi.pk}-1"'}
    says(ask("PATCH", path, {"name": "Mine"}, **tag), 404)


def test_a_row_of_another_area_cannot_be_named_in_a_change(ask, kpi):
    strangers = factories.post(factories.area(), "Stranger")
    tag = {"If-Match": f'"{kpi.pk}-1"'}
    for owner in (strangers.pk, 99_999, 2**70, "x", 1.5, True, [1]):
        refused = ask("PATCH", f"areas/angus/Sound/{kpi.pk}/", {"owner": owner}, **tag)
        assert "owner" in says(refused, 400)["errors"], owner
        assert "Stranger" not in str(refused.json())
    assert ask("PATCH", f"areas/angus/Sound/{kpi.pk}/", {"owner": None}, **tag).status_code == 200


def test_rows_are_named_by_their_ids_and_never_more_than_can_be_looked_up(area, person):
    class PostsGiven(Given):
        posts = RowOfArea(Post, many=True, required=False)

    def given(ids: Any) -> Any:
        asked = SimpleNamespace(user=person, area=area)
        return PostsGiven(data={"posts": ids}, context={"request": asked})

    mine, theirs = factories.post(area), factories.post(factories.area())
    assert (sound := given([mine.pk])).is_valid() and sound.validated_data == {"posts": [mine]}
    assert given([]).is_valid()
    for ids in ([mine.pk, theirs.pk], ["x"], mine.pk, [[mine.pk]]):
        assert not given(ids).is_valid(), ids
    many = given([mine.pk] * 201)
    with CaptureQueriesContext(connection) as asked:
        assert not many.is_valid()
    assert not asked.captured_queries and many.errors == {"posts": ["Name 200 at most."]}


# --- how it refuses ------------------------------------------------------------------------------


def test_a_wrong_field_is_named_with_a_sentence(ask, area):
    factories.post(area, "Manager")
    path = "areas/angus/posts/"

    def errors(body: Any) -> dict[str, list[str]]:
        found: dict[str, list[str]] = says(ask("POST", path, body), 400)["errors"]
        return found

    assert errors({}) == {"title": ["This field is required."]}
    assert errors({"title": " "}) == {"title": ["This field may not be blank."]}
    assert errors({"title": "A", "organization": "B", "id": 7}) == {
        "id": ["There is no such field here."],
        "organization": ["There is no such field here."],
    }
    taken = errors({"title": "Manager"})
    assert taken == {"general": ["This area already has a post with this title."]}
    for odd in ([], ["x"], 7, {"title": ["a"]}, {"title": {"b": 1}}, {"title": "\x00"}):
        assert errors(odd), odd
    assert Post.objects.count() == 1


@pytest.mark.parametrize(
    "body", ["", "{", "[1,", "NaN", '{"title": 1e400', "[" * 100_000, "\ufeff"]
)
def test_what_is_no_json_is_refused(ask, body):
    says(ask("POST", "areas/angus/posts/", body), 400)


def test_what_is_too_large_or_of_another_kind_is_refused(ask, client, token, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    says(ask("POST", "areas/angus/posts/", {"title": "x" * 1000}), 413)
    headers = {"Authorization": f"Bearer {SECRET}"}
    path = "/api/v1/areas/angus/posts/"
    says(client.post(path, {"title": "A form"}, headers=headers), 415)
    bomb = "application/json; charset=bz2_codec"
    says(client.generic("POST", path, b"x", content_type=bomb, headers=headers), 400)
    assert not Post.objects.exists()


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS"])
@pytest.mark.parametrize(
    "path", ["nothing", "areas/angus/posts", "areas/angus/nothing/", "../v2/me/"]
)
def test_an_address_that_is_not_there_is_no_redirect_to_another(ask, method, path):
    response = ask(method, path, {"title": "A post"})
    assert "There is nothing at this address" in says(response, 404)["detail"]
    assert not Post.objects.exists()


def test_a_method_that_is_not_there_is_refused_with_those_that_are(ask):
    response = ask("DELETE", "areas/angus/posts/")
    says(response, 405)
    assert response["Allow"] == "GET, HEAD, POST"


def test_a_failure_of_the_service_tells_only_by_which_number_to_find_it(
    ask, client, monkeypatch, caplog
):
    def fail(**facts: Any) -> None:
        raise RuntimeError("the password is hunter2")

    monkeypatch.setattr("management.api.areas.services.create_post", fail)
    client.raise_request_exception = False
    response = ask("POST", "areas/angus/posts/", {"title": "A post"})
    says(response, 500)
    assert "hunter2" not in response.content.decode()
    assert "hunter2" in caplog.text


def test_lists_have_pages(ask, area):
    for number in range(3):
        factories.post(area, f"Post {number}")
    first = ask("GET", "areas/angus/posts/?page_size=2").json()
    assert [post["title"] for post in first["results"]] == ["Post 0", "Post 1"]
    assert (first["count"], first["previous"]) == (3, None)
    assert first["next"] == "http://testserver/api/v1/areas/angus/posts/?page=2&page_size=2"
    second = ask("GET", "areas/angus/posts/?page_size=2&page=2").json()
    assert [post["title"] for post in second["results"]] == ["Post 2"]
    assert second["next"] is None and second["previous"]
    says(ask("GET", "areas/angus/posts/?page=3&page_size=2"), 404)
    Post.objects.bulk_create(Post(area=area, title=f"More {n}") for n in range(250))
    assert len(ask("GET", "areas/angus/posts/").json()["results"]) == 100
    assert len(ask("GET", "areas/angus/posts/?page_size=200").json()["results"]) == 200
    for size in ("201", "0", "abc", "-1", "9" * 30, "²"):
        refused = says(ask("GET", f"areas/angus/posts/?page_size={size}"), 400)
        assert refused["errors"] == {"page_size": ["Give a number from 1 to 200."]}, size


@pytest.mark.parametrize(
    ("asked", "name", "sentence"),
    [
        ("titel=x", "titel", "There is no such parameter here. There are: page, page_size."),
        ("page=1&page=2", "page", "Give it once."),
        ("page_size=", "page_size", "Give a value, or leave it out."),
    ],
)
def test_a_list_is_not_narrowed_by_what_it_does_not_understand(ask, asked, name, sentence):
    refused = says(ask("GET", f"areas/angus/posts/?{asked}"), 400)
    assert refused["errors"] == {name: [sentence]}
    assert refused["detail"] == "See “errors” for what to put right."


def test_what_is_asked_for_in_another_type_is_refused_as_a_problem(ask):
    says(ask("GET", "areas/angus/posts/", Accept="text/html"), 406)


def test_a_new_post_says_where_it_is(ask):
    made = ask("POST", "areas/angus/posts/", {"title": "Trainer", "organisation": "Elsewhere"})
    assert made.status_code == 201
    path = made["Location"]
    assert path == f"/api/v1/areas/angus/posts/{made.json()['id']}/"
    again = ask("GET", path.removeprefix("/api/v1/"))
    assert again.json() == made.json() | {"title": "Trainer", "organisation": "Elsewhere"}
    assert again["ETag"] == made["ETag"]
