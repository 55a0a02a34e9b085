"""Who asks: a program with a personal token, else whoever is signed in (with a CSRF token)."""

import logging

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from management import tokens
from management.api import limits
from management.models import ApiToken, User

logger = logging.getLogger(__name__)


class ByToken(BaseAuthentication):
    """`Authorization: Bearer tl_…`. Any other scheme is none of ours, and left alone."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        secret = secret.strip()
        limits.refuse_guessers(request)
        try:
            return tokens.holder(secret)
        except tokens.Refused as refused:
            if limits.count_failure(request, secret):
                # Never a part of what was sent: it may be a password, or somebody's token.
                which = f"API token {refused.token.pk}" if refused.token else "A request"
                logger.warning("%s was refused: %s", which, refused)
            raise AuthenticationFailed(str(refused)) from refused

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="Throughline"'
