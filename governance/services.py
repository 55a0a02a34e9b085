"""Packs: asking for one, trying a failed one again, and handing out its files."""

from datetime import date, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from governance.models import Body, Pack, PackBuild
from governance.timetable import coming_period, due_periods
from kpis.periods import Period
from kpis.services.requests import request_missing
from management import access, audit, clock, queue, store
from management.access import Actor
from management.days import day_text

TIMETABLE = access.System("timetable")
# So long before a pack is due, who owns KPIs is asked for the figures that it would lack.
ASK_BEFORE = timedelta(days=5)
MAX_ATTEMPTS = 5
# A message that was not followed by a claim for so long is taken for lost.
MESSAGE_LIFE = timedelta(minutes=10)
# More messages than this would only make the sweep itself wait behind them.
MESSAGES_AT_ONCE = 4
BUILT, FAILED = PackBuild.State.DONE, PackBuild.State.FAILED
WAITING = (PackBuild.State.QUEUED, PackBuild.State.RETRY)


def lease() -> timedelta:
    """For how long a worker owns a pack without a sign of life."""
    return timedelta(seconds=settings.PACK_LEASE_SECONDS)


def request_pack(
    *,
    by: Actor,
    body: Body,
    period: Period,
    as_at: date,
    reason: str = "",
    new_edition: bool = False,
) -> Pack:
    """The body's pack for the period: the latest edition there is, or a first one to be built.

    With `new_edition` and a reason, the next edition, once the latest one is built or has failed.
    Raises ValidationError when a date or a reason does not hold.
    """
    access.require(by, "pack.request", body.area)
    _check_dates(period, as_at)
    latest = latest_edition(body, period)
    if latest and not new_edition:
        return latest
    if latest:
        _check_new_edition(latest, reason)
    try:
        return _create(by, body, period, as_at, reason, latest.edition + 1 if latest else 1)
    except IntegrityError:
        # Somebody asked at the same moment and was first: this is the pack that both asked for.
        winner = latest_edition(body, period)
        if winner is None or winner == latest:
            raise
        return winner


def latest_edition(body: Body, period: Period) -> Pack | None:
    """The newest edition of the body's pack for the period, whatever its state."""
    packs = Pack.objects.filter(body=body, start=period.start)
    return packs.select_related("body", "area", "build").order_by("-edition").first()


def _check_dates(period: Period, as_at: date) -> None:
    if as_at < period.end:
        raise ValidationError(
            f"The period ends on {day_text(period.end)}: its pack cannot be drawn up as at "
            f"{day_text(as_at)}, before that."
        )
    if as_at > clock.today():
        raise ValidationError(
            f"A pack cannot be drawn up as at {day_text(as_at)}: today is "
            f"{day_text(clock.today())}."
        )


def _check_new_edition(latest: Pack, reason: str) -> None:
    if not reason.strip():
        raise ValidationError({"reason": "Say why a new edition is needed."})
    if latest.build.state not in (BUILT, FAILED):
        raise ValidationError(
            f"Edition {latest.edition} is still on its way. Ask for a new one when it is there."
        )


def _create(by: Actor, body: Body, period: Period, as_at: date, reason: str, edition: int) -> Pack:
    with audit.acting(by, "request pack", reason):
        pack = Pack(
            area=body.area,
            body=body,
            start=period.start,
            end=period.end,
            edition=edition,
            as_at=as_at,
            reason=reason,
            requested_by=by.actor_name,
            requested_at=clock.now(),
        )
        # The database alone decides who was first: see `request_pack`.
        pack.full_clean(validate_unique=False, validate_constraints=False)
        pack.save()
        # `enqueued_at` stays empty, so that the next sweep repeats a message that was lost.
        PackBuild(pack=pack, area=body.area, not_before=timezone.now()).save()
        _enqueue(pack.pk)
    return pack


def _enqueue(pack_id: int) -> None:
    queue.enqueue("governance.jobs.build_pack", pack_id, group="packs")


def retry_pack(*, by: Actor, pack: Pack) -> Pack:
    """Try a failed pack again, from its first attempt. Raises ValidationError for any other."""
    access.require(by, "pack.request", pack.area)
    with audit.acting(by, "retry pack"):
        builds = PackBuild.objects.filter(pack=pack)
        if not builds.filter(state=FAILED).update(
            state=PackBuild.State.QUEUED,
            attempts=0,
            not_before=timezone.now(),
            enqueued_at=None,
            error="",
        ):
            state = builds.get().get_state_display().lower()
            raise ValidationError(f"Only a failed pack can be tried again. This one: {state}.")
        _enqueue(pack.pk)
    pack.refresh_from_db()
    return pack


def request_due(body: Body, today: date) -> int:
    """Ask for every pack of the body that is due and not there, oldest first; how many."""
    there = set(Pack.objects.filter(body=body).values_list("start", flat=True))
    due = [
        period
        for period in due_periods(body.packs_from, body.days_after_quarter, today)
        if period.start not in there
    ]
    for period in due:
        request_pack(by=TIMETABLE, body=body, period=period, as_at=today)
    return len(due)


def ask_before_pack(body: Body, today: date) -> int:
    """In the days before the body's next pack is due, ask for the figures that it will lack; how
    many. Nobody is asked twice for the same pack."""
    period = coming_period(body.packs_from, body.days_after_quarter, today)
    if period is None or latest_edition(body, period) is not None:
        return 0
    due = period.end + timedelta(days=body.days_after_quarter)
    if today < due - ASK_BEFORE:
        return 0
    asked = request_missing(by=TIMETABLE, area=body.area, wanted_by=due, ended_by=period.end)
    return len(asked)


def release_abandoned(now: datetime) -> int:
    """Put back what a worker left when it died, or give it up after the last attempt."""
    abandoned = PackBuild.objects.filter(state=PackBuild.State.BUILDING, lease_until__lt=now)
    released = abandoned.filter(attempts__gte=MAX_ATTEMPTS).update(
        state=FAILED,
        lease_until=None,
        token="",
        finished_at=now,
        error=f"The worker stopped {MAX_ATTEMPTS} times without finishing this pack.",
    )
    return released + abandoned.update(
        state=PackBuild.State.RETRY,
        lease_until=None,
        token="",
        not_before=now,
        enqueued_at=None,
        error="The worker stopped before it had finished.",
    )


def enqueue_waiting(now: datetime) -> int:
    """Send messages for builds that are due and have none on its way; how many were sent."""
    waiting = PackBuild.objects.filter(state__in=WAITING, not_before__lte=now)
    silent = Q(enqueued_at=None) | Q(enqueued_at__lt=now - MESSAGE_LIFE)
    busy = PackBuild.objects.filter(state=PackBuild.State.BUILDING).count()
    room = max(0, MESSAGES_AT_ONCE - busy - waiting.exclude(silent).count())
    sent = 0
    for build in waiting.filter(silent).order_by("pk")[:room]:
        with transaction.atomic():
            if waiting.filter(silent, pk=build.pk).update(enqueued_at=now):
                _enqueue(build.pack_id)
                sent += 1
    return sent


def file_name(pack: Pack, extension: str) -> str:
    """west-dunbartonshire-hscp-board-2019-10-01_1.pdf"""
    return f"{pack.area.slug}-{pack.body.slug}-{pack.start}_{pack.edition}.{extension}"


def export(pack: Pack, folder: Path) -> list[Path]:
    """Write the files of a built pack into the folder. Raises StoreError when one is damaged."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for rendition in pack.renditions.all():
        path = folder / file_name(pack, rendition.format)
        path.write_bytes(store.read(rendition.sha256))
        written.append(path)
    return written
