"""Due dates as an iCalendar file (RFC 5545): a whole day each, and nothing that repeats."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from icalendar import Calendar, Event

from management.documents import clean

PRODUCT = "-//Throughline//Actions//EN"


@dataclass(frozen=True)
class Due:
    """One entry: `key` tells it from others for ever, `version` counts its changes."""

    key: str
    version: int
    on: date
    title: str
    details: str
    url: str


def calendar(name: str, entries: Iterable[Due], *, at: datetime) -> bytes:
    """The file; `at` is the moment of which it tells. The same of both, the same bytes."""
    made = Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", clean(name))
    for entry in entries:
        event = Event()
        event.add("uid", entry.key)
        event.add("sequence", entry.version)
        event.add("dtstamp", at)
        event.add("dtstart", entry.on)
        event.add("dtend", entry.on + timedelta(days=1))
        event.add("summary", clean(entry.title))
        event.add("description", clean(entry.details))
        event.add("transp", "TRANSPARENT")
        if entry.url:
            event.add("url", entry.url)
        made.add_component(event)
    made.add_missing_timezones()
    return bytes(made.to_ical())
