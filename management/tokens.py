"""Personal tokens of the API: what a program shows to act for one person in one area."""

import hashlib
import hmac
import secrets
from datetime import date, timedelta

from django.core.exceptions import ValidationError

from management import access, audit, clock
from management.models import ApiToken, Area, User

PREFIX = "tl_"
SHOWN = 8  # characters, which is what `ApiToken.prefix` holds
USUAL_DAYS, MOST_DAYS = 90, 365


class Refused(Exception):
    """A token that opens nothing, with a sentence for whoever shows it. `token` if it is known."""

    def __init__(self, sentence: str, token: ApiToken | None = None) -> None:
        self.token = token
        super().__init__(sentence)


def issue_token(
    *, by: User, area: Area, name: str, scope: str, expires_on: date
) -> tuple[ApiToken, str]:
    """A new token of the person's own, and its secret, which is kept nowhere.

    Only after the person has given their password again: see `management.forms.TokenForm`. Raises
    ValidationError for a last day that is not within a year, and for a name that another of their
    working tokens has.
    """
    access.require(by, "api.use", area)
    today = clock.today()
    if not today < expires_on <= today + timedelta(days=MOST_DAYS):
        raise ValidationError({"expires_on": f"Choose a day in the next {MOST_DAYS} days."})
    secret = PREFIX + secrets.token_urlsafe(32)  # 256 bits
    with audit.acting(by, "make API token"):
        own = ApiToken.objects.in_area(area).filter(user=by, name=name)
        if any(works(token) for token in own):
            raise ValidationError({"name": "You have a token with this name here already."})
        token = ApiToken(
            area=area,
            user=by,
            name=name,
            scope=scope,
            prefix=secret[:SHOWN],
            sha256=_digest(secret),
            made_at=clock.now(),
            expires_on=expires_on,
        )
        token.full_clean(exclude=["revoked_at"])
        token.save()
    return token, secret


def revoke_token(*, by: User, token: ApiToken) -> None:
    """End a token for good: one's own, or as an administrator anybody's of the area.

    Raises ValidationError when it was revoked before.
    """
    own = token.user_id == by.actor_id
    access.require(by, "api.use" if own else "people.edit", token.area)
    with audit.acting(by, "revoke API token"):
        rows = ApiToken.objects.filter(pk=token.pk, revoked_at=None)
        if not rows.update(revoked_at=clock.now()):
            raise ValidationError(f"“{token.name}” was revoked before.")


def works(token: ApiToken) -> bool:
    """Whether the token itself still opens anything; whether its person does is asked apart."""
    return token.revoked_at is None and clock.today() <= token.expires_on


def holder(secret: str) -> tuple[User, ApiToken]:
    """The person for whom a program with this secret acts, narrowed to the token's area.

    Raises Refused for a token that is unknown, revoked or expired, or whose person has left the
    area: asked each time, so that nothing outlives the moment at which it was taken away.
    """
    digest = _digest(secret)
    token = ApiToken.objects.select_related("user", "area").filter(sha256=digest).first()
    if token is None or not hmac.compare_digest(token.sha256, digest):
        raise Refused("This token is not known.")
    if token.revoked_at is not None:
        raise Refused("This token was revoked.", token)
    if not works(token):
        raise Refused("This token has expired.", token)
    person = token.user
    person.acts_by(token)
    if not person.may("api.use", token.area):
        raise Refused("The person whose token this is may not use it any more.", token)
    return person, token


def _digest(secret: str) -> str:
    """SHA-256 is enough where the secret is 256 random bits: there is nothing to guess."""
    return hashlib.sha256(secret.encode()).hexdigest()
