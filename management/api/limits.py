"""How often a program may ask, counted by the minute in the cache that all processes share."""

import hashlib
from time import time

from django.conf import settings
from django.core.cache import cache
from rest_framework.exceptions import Throttled
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

MINUTE = 60  # seconds
TOGETHER = 3
FAILURES = 20  # secrets that are no token, from one address in one minute


def spend(request: Request) -> None:
    """Count a request of a token, or of a person. Raises Throttled beyond what a minute allows.

    All tokens of a person together have TOGETHER times what one has: more tokens are no way round.
    """
    reads = request.method in SAFE_METHODS
    what = "reads" if reads else "writes"
    limit = settings.API_READS_PER_MINUTE if reads else settings.API_WRITES_PER_MINUTE
    if request.auth:
        _count(f"{what}:token:{request.auth.pk}", limit)
        _count(f"{what}:tokens-of:{request.user.pk}", limit * TOGETHER)
    else:
        _count(f"{what}:user:{request.user.pk}", limit)


def refuse_guessers(request: Request) -> None:
    """Raises Throttled for an address that has tried too many secrets: none is looked up then."""
    key, left = _key(f"failures:{_address(request)}")
    if cache.get(key, 0) >= FAILURES:
        raise Throttled(wait=left)


def count_failure(request: Request, secret: str) -> bool:
    """Count a secret that was no token; False if it was counted before.

    A program that goes on with a token that has ended counts once a minute: it must not lock out
    its neighbours, who may share its address.
    """
    address = _address(request)
    known = hashlib.sha256(secret.encode()).hexdigest()
    if not cache.add(f"api:failure:{address}:{known}", True, MINUTE):
        return False
    _add(_key(f"failures:{address}")[0])
    return True


def _address(request: Request) -> str:
    """Counted from the right by NUM_PROXIES: what a client itself writes there is not read."""
    return str(BaseThrottle().get_ident(request))


def _count(name: str, limit: int) -> None:
    key, left = _key(name)
    if _add(key) > limit:
        raise Throttled(wait=left)


def _key(name: str) -> tuple[str, float]:
    """The counter of this minute, and how many seconds of it are left."""
    minute, gone = divmod(time(), MINUTE)
    return f"api:{name}:{minute:.0f}", MINUTE - gone


def _add(key: str) -> int:
    cache.add(key, 0, 2 * MINUTE)
    try:
        return cache.incr(key)
    except ValueError:  # the cache has made room meanwhile
        return 1
