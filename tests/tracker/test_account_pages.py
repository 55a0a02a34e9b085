"""Passwords and sign-in: the pages and messages that allauth draws with our templates."""

import re

import pytest
from django.core import mail
from django.template.loader import render_to_string
from django.test import Client

from tests import factories

pytestmark = pytest.mark.django_db
RESET = "/accounts/password/reset/"
NEW = "a new and much longer password"


def test_a_forgotten_password_is_set_through_the_link_of_one_message(client: Client) -> None:
    user = factories.user()
    asked = client.post(RESET, {"email": user.email}, follow=True)
    assert "Look at your e-mail" in asked.content.decode()
    [message] = mail.outbox
    assert message.to == [user.email]
    assert message.subject == "Throughline: Set a new password"
    [link] = re.findall(r"https?://testserver(/\S+)", message.body)
    page = client.get(link, follow=True)
    where = page.redirect_chain[-1][0]
    done = client.post(where, {"password1": NEW, "password2": NEW}, follow=True)
    assert "Your password is set" in done.content.decode()
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert mail.outbox[1].subject == "Throughline: Your password was reset"
    assert "tell an administrator" in mail.outbox[1].body
    again = client.get(link, follow=True).content.decode()
    assert "This link does not work" in again


def test_an_address_without_an_account_looks_the_same_and_gets_no_message(client: Client) -> None:
    asked = client.post(RESET, {"email": "nobody@example.org"}, follow=True)
    assert "Look at your e-mail" in asked.content.decode()
    assert mail.outbox == []


def test_a_wrong_password_is_refused_with_the_address_kept(client: Client) -> None:
    user = factories.user()
    page = client.post("/accounts/login/", {"login": user.email, "password": "wrong"})
    text = page.content.decode()
    assert "<title>Error: Sign in – Throughline</title>" in text
    assert "There is a problem" in text
    assert f'value="{user.email}"' in text


def test_the_last_resort_needs_neither_database_nor_context() -> None:
    page = render_to_string("500.html")
    assert "Something went wrong" in page
    assert "reference" not in page
    assert "<code>abc</code>" in render_to_string("500.html", {"request_id": "abc"})


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "429"])
def test_error_pages_are_drawn_with_nothing_but_themselves(name: str) -> None:
    assert "<h1" in render_to_string(f"{name}.html")
