"""Areas, people and posts; and what every factory uses."""

import itertools
from datetime import UTC, date, datetime
from typing import Any

from management.access import Role
from management.models import Area, Holding, Membership, Post, User

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
