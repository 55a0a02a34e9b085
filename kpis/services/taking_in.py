"""A file with figures that was looked at is taken in: all of it or nothing."""

import json
from collections.abc import Collection, Iterable, Mapping
from itertools import islice
from typing import Any

from django.core.exceptions import ValidationError

from kpis.imports.lines import Does, Line, Stands, reasons_of
from kpis.models import FigureImport, Observation
from kpis.services import figures
from kpis.services.figures import Entry
from kpis.services.importing import Look, counts, entry_of, look
from management import access, audit, clock
from management.access import Actor
from management.collecting import uncollected
from management.versions import Stale, advance

BATCH = 2000
LISTED = 500  # lines that are named when the file is done with
TOLD = 5  # sentences on what stops lines, when they are refused


class NothingNew(ValidationError):
    """All that is in the file is here already: `seen` is how it was read."""

    def __init__(self, seen: Look) -> None:
        super().__init__("There is nothing in the file that is not here already.")
        self.seen = seen


def take_in(
    *,
    by: Actor,
    kept: FigureImport,
    version: int,
    mark: str | None,
    skip: Collection[int] = (),
    without_stopped: bool = False,
    reason: str = "",
    reasons: Mapping[int, str] | None = None,
    data: bytes | None = None,
) -> Look:
    """Record what the preview with this `mark` said, but for the lines whose `at` is in `skip`.

    Without a mark it is taken in as it is now, which nobody has seen. `without_stopped` leaves out
    the lines that are stopped. `reason` is why figures change that had been settled, for lines
    whose file says none; `reasons` by `at` go before it. `data` is the file where it is at hand.

    Raises ValidationError with a sentence for all that is refused, and then nothing is saved; Stale
    when the file is read otherwise, or a figure here is another, than was shown.
    """
    access.require(by, "kpi.edit", kept.area)
    if why := kept.why_decided:
        raise ValidationError(why)
    with audit.acting(by, "take in file with figures", kept.file_name):
        if FigureImport.objects.select_for_update(no_key=True).get(pk=kept.pk).version != version:
            raise Stale(kept)
        figures.lock_area(kept.area)
        seen = look(kept, data)
        if mark is not None and seen.mark != mark:
            raise Stale(kept)
        left_out = _left_out(seen, skip, without_stopped)
        wanted = [one for one in seen.lines if one.at not in left_out]
        said = {at: text.strip() for at, text in (reasons or {}).items() if text.strip()}
        _refuse(seen, wanted, reason.strip(), said)
        live = (one for one in wanted if one.does in {Does.NEW, Does.CHANGED})
        many = record(by, ((_entry(one, said, reason), one.stands, kept.pk) for one in live))
        done = {**_told(seen, left_out), "recorded": many, "reason": reason.strip()}
        state = {"state": FigureImport.State.APPLIED, "applied_at": clock.now()}
        advance(kept, version, done=json.dumps(done), taken_by=by.actor_name, **state)
    return seen


def _entry(one: Line, reasons: Mapping[int, str], reason: str) -> Entry:
    why = reason if one.does == Does.CHANGED else ""
    return entry_of(one, reasons.get(one.at, why))


def record(by: Actor, given: Iterable[tuple[Entry, Stands | None, int | None]]) -> int:
    """Record each entry as the next edition of what stands, a batch at a time; how many.

    Third is the key of the file that brought it. The area is locked, and that all of them can be
    recorded is known.
    """
    now, many, source = clock.now(), 0, iter(given)
    with uncollected():
        while batch := [_made(by, now, *one) for one in islice(source, BATCH)]:
            Observation.objects.bulk_create(batch)
            many += len(batch)
    return many


def _made(
    by: Actor, now: Any, entry: Entry, stands: Stands | None, file: int | None
) -> Observation:
    made = figures.made_of(entry, stands)
    made.entered_by, made.entered_at, made.file_id = by.actor_name, now, file
    # What its fields can hold was asked when the file was read (`kpis.imports.numbers`); asking
    # again of 200,000 figures would take seconds.
    made.clean()
    return made


def _left_out(seen: Look, skip: Collection[int], without_stopped: bool) -> set[int]:
    """Raises ValidationError for numbers that no line has."""
    odd = sorted(set(skip) - {one.at for one in seen.lines})
    if odd:
        raise ValidationError(
            {
                "skip": f"The file has no figure {odd[0]}: its figures are numbered from 1 to "
                f"{len(seen.lines)}."
            }
        )
    stopped = {one.at for one in seen.doing(Does.STOPPED)} if without_stopped else set()
    return set(skip) | stopped


def _refuse(seen: Look, wanted: Collection[Line], reason: str, reasons: Mapping[int, str]) -> None:
    """Raise ValidationError for what the lines still need of the person, or cannot have."""
    if seen.asks_order:
        raise ValidationError("Say first how the days in the file are written.")
    if stopped := reasons_of(one for one in wanted if one.does == Does.STOPPED):
        wrong = [f"{_upper(one.place)}: {one.text}{_more(one.many)}" for one in stopped[:TOLD]]
        if len(stopped) > TOLD:
            wrong.append(f"And {len(stopped) - TOLD:,} more reasons, each at its figure.")
        raise ValidationError([*wrong, "Mend the file, or leave these figures out."])
    if not any(one.does in {Does.NEW, Does.CHANGED} for one in wanted):
        raise NothingNew(seen)
    if not reason and (asked := [one for one in wanted if one.asks and one.at not in reasons]):
        first = asked[0]
        said = f"{_upper(first.row.place)}: {first.asks}{_more(len(asked))}"
        raise ValidationError({"reason": said})


def _more(many: int) -> str:
    if many == 1:
        return ""
    return f" So with {many - 1:,} more figure{'s' if many > 2 else ''}."


def _upper(place: str) -> str:
    return place[:1].upper() + place[1:]


def _told(seen: Look, left_out: set[int]) -> dict[str, Any]:
    out = [
        [one.row.place, one.row.text, " ".join(one.stops) or "You left it out."]
        for one in seen.lines
        if one.at in left_out
    ]
    out += [[one.place, one.text, one.why] for one in seen.left_out]
    return {"counts": counts(seen), "left_out": out[:LISTED], "left_out_in_all": len(out)}
