"""The one clock: what day it is for plans, KPIs and packs.

Leases and other machinery measure real time with `django.utils.timezone.now`; everything that a
person reads as a date asks here, so that a demonstration can be held at a day of its own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time

from django.conf import settings
from django.utils import timezone

_held: ContextVar[date | None] = ContextVar("held", default=None)


def held() -> date | None:
    """The day at which the clock is held, or None when it runs."""
    return _held.get() or settings.TODAY


def today() -> date:
    """The day in Scotland."""
    return held() or timezone.localdate()


def now() -> datetime:
    """The moment, on `today`, at the real time of day."""
    real = timezone.localtime()
    day = held()
    return real if day is None else datetime.combine(day, real.time(), tzinfo=real.tzinfo)


def end_of(day: date) -> datetime:
    """The last moment of that day in Scotland; of today, now."""
    present = now().replace(microsecond=0)
    if day == present.date():
        return present
    return datetime.combine(day, time(23, 59, 59), present.tzinfo)


@contextmanager
def hold(day: date) -> Iterator[None]:
    """Work as if it were that day, to load what happened then."""
    token = _held.set(day)
    try:
        yield
    finally:
        _held.reset(token)
