"""A person's dates for their own calendar, by a secret address."""

import hashlib
import secrets

from django.core.exceptions import PermissionDenied

from management import access, audit, clock
from management.access import Actor
from management.models import Area, User
from plans.models import Feed


def renew_feed(*, by: Actor, user: User, area: Area) -> str:
    """A new secret for the person's own feed; every earlier one ends. It is kept nowhere else."""
    access.require(by, "action.update", area)
    if by.actor_id != user.pk:
        raise PermissionDenied("A calendar feed is made by its own reader.")
    secret = secrets.token_urlsafe(32)
    with audit.acting(by, "renew calendar feed"):
        _revoke(user, area)
        feed = Feed(area=area, user=user, sha256=_digest(secret), made_at=clock.now())
        feed.full_clean(exclude={"revoked_at"})
        feed.save()
    return secret


def revoke_feed(*, by: Actor, user: User, area: Area) -> int:
    """End the person's own feed; how many addresses ended. Whoever leaves needs no such end."""
    if by.actor_id != user.pk:
        raise PermissionDenied("A calendar feed is ended by its own reader.")
    with audit.acting(by, "revoke calendar feed"):
        return _revoke(user, area)


def _revoke(user: User, area: Area) -> int:
    live = Feed.objects.in_area(area).filter(user=user, revoked_at=None)
    return live.update(revoked_at=clock.now())


def feed_with(secret: str) -> Feed | None:
    """The feed of that secret, unless it has ended or its reader has left.

    The look-up is by the secret's SHA-256: how long it takes tells nothing of other secrets.
    """
    rows = Feed.objects.filter(sha256=_digest(secret), revoked_at=None)
    feed: Feed | None = rows.select_related("user", "area").first()
    if feed is None or not feed.user.may("action.update", feed.area):
        return None
    return feed


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
