"""Personal tokens: how they are made, what ends them, and the pages on which people keep them."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from management import clock, tokens
from management.access import Role
from management.models import ApiToken, AuditEvent, Membership, User
from management.tokens import Refused, holder, issue_token, revoke_token
from tests import factories
from tests.factories import PASSWORD
from tests.pages import AWKWARD, Page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
LAST = date(2020, 4, 14)


@pytest.fixture
def area():
    return factories.area("Angus")


@pytest.fixture
def person(area):
    return factories.user(area, Role.PERFORMANCE_LEAD, name="Fiona Adair")


@pytest.fixture
def issue(area, person):
    """Makes a token of the person's: the token and its secret."""

    def made(**facts):
        facts = {"name": "Figures", "scope": "read", "expires_on": LAST} | facts
        return issue_token(by=person, area=area, **facts)

    return made


# --- the life of a token -------------------------------------------------------------------------


def test_a_token_is_known_by_its_secret_of_which_only_a_digest_is_kept(issue, person, area):
    token, secret = issue(scope="write")
    assert secret.startswith("tl_") and len(secret) == 46
    assert secret != issue(name="Another")[1]
    found, shown = holder(secret)
    assert (found, shown) == (person, token)
    kept = {str(value) for value in ApiToken.objects.filter(pk=token.pk).values().get().values()}
    assert secret not in kept and token.prefix == secret[:8]
    event = AuditEvent.objects.filter(table_name="management_apitoken", row_id=token.pk).get()
    assert (event.actor_name, event.verb, event.area_id) == (
        "Fiona Adair",
        "make API token",
        area.pk,
    )
    assert token.sha256 not in event.new and secret[8:] not in event.new


def test_a_token_acts_in_its_own_area_alone_whatever_else_its_person_is(issue, person, area):
    elsewhere = factories.area()
    factories.membership(elsewhere, person, Role.HEAD_OF_SERVICE)
    found, _ = holder(issue()[1])
    assert list(found.areas_by_id.values()) == [area]
    assert not found.may("plan.view", elsewhere)
    assert found.may("plan.edit", area) and not found.may("people.edit", area)
    assert User.objects.get(pk=person.pk).may("plan.view", elsewhere)


@pytest.mark.parametrize("days", [-1, 0, 366, 10_000])
def test_a_token_works_for_a_day_to_a_year(issue, days):
    with pytest.raises(ValidationError, match="in the next 365 days"):
        issue(expires_on=clock.today() + timedelta(days=days))
    assert not ApiToken.objects.exists()


def test_a_name_is_given_once_until_its_token_has_ended(issue, person, area):
    token, _ = issue()
    with pytest.raises(ValidationError, match="a token with this name"):
        issue()
    revoke_token(by=person, token=token)
    issue()
    with pytest.raises(ValidationError):
        issue(name="")
    with pytest.raises(ValidationError):
        issue(name="Other", scope="everything")


def test_nobody_makes_a_token_for_an_area_that_is_not_theirs(person):
    with pytest.raises(PermissionDenied):
        issue_token(by=person, area=factories.area(), name="Figures", scope="read", expires_on=LAST)


def test_a_token_ends_with_its_last_day(issue):
    _, secret = issue()
    with clock.hold(LAST):
        holder(secret)
    with clock.hold(LAST + timedelta(days=1)), pytest.raises(Refused, match="expired"):
        holder(secret)


def test_a_token_ends_when_it_is_revoked_or_its_person_leaves(issue, person):
    (first, secret), (_, second) = issue(), issue(name="Second")
    revoke_token(by=person, token=first)
    with pytest.raises(Refused, match="was revoked"):
        holder(secret)
    with pytest.raises(ValidationError, match="revoked before"):
        revoke_token(by=person, token=first)
    role = Membership.objects.filter(user=person).get()
    role.delete()
    with pytest.raises(Refused, match="may not use it any more"):
        holder(second)
    factories.membership(role.area, person, Role.INSPECTOR)
    assert not holder(second)[0].may("plan.edit", role.area)
    User.objects.filter(pk=person.pk).update(is_active=False)
    with pytest.raises(Refused, match="may not use it any more"):
        holder(second)


@pytest.mark.parametrize("secret", ["", "tl_", "tl_nothing", "x" * 5000, "\x00", "é"])
def test_any_other_secret_is_not_known(issue, secret):
    issue()
    with pytest.raises(Refused, match="not known"):
        holder(secret)


def test_administrators_revoke_anybodys_token_and_others_only_their_own(issue, person, area):
    token, _ = issue()
    for role in set(Role) - {Role.ADMINISTRATOR}:
        with pytest.raises(PermissionDenied):
            revoke_token(by=factories.user(area, role), token=token)
    stranger = factories.user(factories.area(), Role.ADMINISTRATOR)
    with pytest.raises(PermissionDenied):
        revoke_token(by=stranger, token=token)
    revoke_token(by=factories.user(area, Role.ADMINISTRATOR, name="Dougal"), token=token)
    event = AuditEvent.objects.filter(verb="revoke API token").get()
    assert event.actor_name == "Dougal"


# --- the pages -----------------------------------------------------------------------------------

WANTED = {"name": "Monthly figures", "scope": "write", "days": "90", "password": PASSWORD}


@pytest.fixture
def signed_in(client, person):
    client.force_login(person)
    return client


def test_a_new_token_is_shown_once_and_kept_nowhere(signed_in, area):
    address = reverse("token_new", args=[area.slug])
    response = signed_in.post(address, WANTED)
    page = Page(response)
    token = ApiToken.objects.get()
    secret = next(word for word in page.text.split() if word.startswith("tl_") and len(word) > 40)
    assert holder(secret)[1] == token
    assert (token.name, token.scope, token.expires_on) == ("Monthly figures", "write", LAST)
    assert "shown this once" in page.text and "14 April 2020" in page.text
    assert f"http://testserver/api/v1/areas/{area.slug}/" in page.text
    assert "no-store" in response["Cache-Control"]
    assert secret not in str(dict(signed_in.session))
    after = Page(signed_in.get(reverse("tokens", args=[area.slug])))
    row = ["Monthly figures", f"{secret[:8]}…", "Read and write", "15 January 2020"]
    assert after.rows() == [[*row, "14 April 2020", "Revoke Monthly figures"]]
    assert secret not in after.source
    again = Page(signed_in.post(address, WANTED))  # the page loaded again
    assert again.errors == {"Name": ["You have a token with this name here already."]}
    assert ApiToken.objects.count() == 1


def test_without_the_right_password_nothing_is_made_and_guessing_ends_soon(signed_in, area):
    address = reverse("token_new", args=[area.slug])
    assert Page(signed_in.get(address)).status == 200
    nothing = Page(signed_in.post(address, {"name": ""}))
    assert set(nothing.errors) == {
        "Name",
        "What it may do",
        "How long it works",
        "Your password",
    }
    for _ in range(5):
        wrong = Page(signed_in.post(address, WANTED | {"password": "not it"}))
        assert wrong.errors == {"Your password": ["This is not your password."]}
        assert "not it" not in wrong.source
    right = Page(signed_in.post(address, WANTED))
    assert "Too many failed login attempts" in right.errors["Your password"][0]
    assert not ApiToken.objects.exists()


def test_a_token_is_revoked_on_its_page(signed_in, issue, area):
    token, secret = issue()
    address = reverse("token_revoke", args=[area.slug, token.pk])
    done = Page(signed_in.post(address, follow=True))
    assert "“Figures” is revoked" in done.text
    assert done.rows()[0][-2:] == ["Revoked on 15 January 2020", ""]
    with pytest.raises(Refused):
        holder(secret)
    assert "was revoked before" in Page(signed_in.post(address, follow=True)).text


def test_people_see_their_own_tokens_here_and_administrators_everybodys(client, issue, area):
    issue()
    factories.api_token(area, factories.user(area, Role.INSPECTOR, name="Ruth"), name="Ended")
    ApiToken.objects.filter(name="Ended").update(expires_on=date(2019, 12, 31))
    here = reverse("tokens", args=[area.slug])
    admin = factories.user(area, Role.ADMINISTRATOR)
    factories.api_token(factories.area(), admin, name="Elsewhere")
    client.force_login(admin)
    page = Page(client.get(here))
    assert "You have made no token for Angus yet." in page.text
    assert [row[:2] + row[5:6] for row in page.rows()] == [
        ["Ended", "Ruth", "Expired on 31 December 2019"],
        ["Figures", "Fiona Adair", "14 April 2020"],
    ]
    assert "Elsewhere" not in page.source
    client.force_login(factories.user(area, Role.BOARD_MEMBER))
    other = Page(client.get(here))
    assert "Figures" not in other.source and "other people" not in other.text


def test_whatever_a_token_is_called_is_shown_as_it_was_written(signed_in, issue, area):
    issue(name=AWKWARD)
    assert Page(signed_in.get(reverse("tokens", args=[area.slug]))).shows(AWKWARD)


def test_the_longest_choice_on_the_page_is_one_that_the_service_accepts(signed_in, area):
    days = {"days": str(tokens.MOST_DAYS)}
    assert signed_in.post(reverse("token_new", args=[area.slug]), WANTED | days).status_code == 200
    assert ApiToken.objects.get().expires_on == clock.today() + timedelta(days=365)
