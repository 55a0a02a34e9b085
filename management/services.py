"""Areas, people and posts: every change to them."""

from datetime import date

from django.core.exceptions import ValidationError

from management import access, audit
from management.access import Actor, Role
from management.models import Area, Holding, Membership, Post, User


def create_area(*, by: Actor, slug: str, name: str, partnership: str) -> Area:
    """A new area, empty. Only the program itself may make one (an operator's command)."""
    area = Area(slug=slug, name=name, partnership=partnership)
    access.require(by, "people.edit", area)
    with audit.acting(by, "create area"):
        area.full_clean()
        area.save()
    return area


def area_named(slug: str) -> Area:
    """The area of that short name. Raises ValidationError, naming those that there are."""
    area = Area.objects.filter(slug=slug).first()
    if area is None:
        known = ", ".join(Area.objects.order_by("slug").values_list("slug", flat=True))
        raise ValidationError(f"There is no area “{slug}”. There is: {known or 'none yet'}.")
    return area


def add_member(
    *, by: Actor, area: Area, email: str, name: str, role: Role, password: str | None = None
) -> Membership:
    """Give a person a role in an area; a person who is new gets an account without a password.

    Raises ValidationError when the person already has the role, or was deactivated.
    """
    access.require(by, "people.edit", area)
    with audit.acting(by, "add member"):
        user = User.objects.filter(email=email.strip().lower()).first()
        if user is None:
            user = User.objects.create_user(email.strip(), name, password)
        if not user.is_active:
            raise ValidationError(f"{user.email} was deactivated and cannot be given a role.")
        membership = Membership(area=area, user=user, role=role)
        membership.full_clean()
        membership.save()
    return membership


def create_post(*, by: Actor, area: Area, title: str, organisation: str = "") -> Post:
    """A post that can own actions. `organisation` is blank inside the area."""
    access.require(by, "post.create", area)
    with audit.acting(by, "create post"):
        post = Post(area=area, title=title, organisation=organisation)
        post.full_clean()
        post.save()
    return post


def appoint(*, by: Actor, post: Post, user: User, start: date) -> Holding:
    """The person holds the post from `start`; whoever held it leaves it the day before.

    Raises ValidationError when the person has no role in the post's area.
    """
    access.require(by, "people.edit", post.area)
    if not user.memberships.filter(area=post.area).exists():
        raise ValidationError(
            f"{user.name} has no role in {post.area}: give one before appointing to a post there."
        )
    with audit.acting(by, "appoint to post"):
        for holding in post.holdings.filter(end=None):
            holding.end = date.fromordinal(start.toordinal() - 1)
            holding.full_clean()
            holding.save()
        holding = Holding(area=post.area, post=post, user=user, start=start)
        holding.full_clean()
        holding.save()
    return holding
