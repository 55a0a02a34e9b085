"""Areas, people and posts; and what every factory uses."""

import hashlib
import itertools
from datetime import UTC, date, datetime
from typing import Any

from management.access import Role
from management.models import ApiToken, Area, Holding, Membership, Message, Post, User

PASSWORD = "correct horse battery staple"
MOMENT = datetime(2020, 1, 6, 9, 30, tzinfo=UTC)
numbers = itertools.count(1)


def area(name: str = "", **facts: Any) -> Area:
    number = next(numbers)
    facts.setdefault("slug", f"area-{number}")
    facts.setdefault("partnership", f"{name or 'Area'} HSCP")
    return Area.objects.create(name=name or f"Area {number}", **facts)


def user(area: Area | None = None, role: Role | None = None, **facts: Any) -> User:
    """A person who can sign in with PASSWORD; a member of the area when it is given."""
    number = next(numbers)
    facts.setdefault("email", f"person{number}@example.org")
    facts.setdefault("name", f"Person {number}")
    person = User(**facts)
    person.set_password(PASSWORD)
    person.save()
    if area is not None:
        membership(area, person, role or Role.SERVICE_MANAGER)
    return person


def membership(area: Area, user: User, role: Role) -> Membership:
    return Membership.objects.create(area=area, user=user, role=role)


def post(area: Area, title: str = "", **facts: Any) -> Post:
    return Post.objects.create(area=area, title=title or f"Manager {next(numbers)}", **facts)


def holding(post: Post, user: User, **facts: Any) -> Holding:
    facts.setdefault("start", date(2019, 1, 1))
    return Holding.objects.create(area=post.area, post=post, user=user, **facts)


def message(area: Area, user: User, **facts: Any) -> Message:
    facts.setdefault("key", f"event {next(numbers)}")
    facts.setdefault("subject", "Actions due soon")
    facts.setdefault("text", "One action is due soon.")
    facts.setdefault("made_at", MOMENT)
    return Message.objects.create(area=area, user=user, **facts)


def api_token(area: Area, user: User, secret: str = "", **facts: Any) -> ApiToken:
    """Of a secret that nobody knows, unless it is given."""
    secret = secret or f"secret {next(numbers)}"
    facts.setdefault("name", "Figures program")
    facts.setdefault("scope", ApiToken.Scope.WRITE)
    facts.setdefault("expires_on", date(2099, 1, 1))
    facts.setdefault("made_at", MOMENT)
    sha256 = hashlib.sha256(secret.encode()).hexdigest()
    return ApiToken.objects.create(area=area, user=user, prefix=secret[:8], sha256=sha256, **facts)
