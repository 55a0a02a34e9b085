"""The work of a worker: claim a pack, freeze what it says, draw its files, keep them.

A pack's row is the promise and whoever claims it holds it by a token until the lease runs out.
Every later write asks for that token, so a worker that was thought dead can no longer change
anything. What a pack says is frozen once; a second attempt draws from the same text.
"""

import logging
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

from django.db import Error as DatabaseTrouble
from django.db import connection, transaction
from django.utils import timezone

from governance import packs, render
from governance.content import PackContent, fingerprint, freeze, thaw
from governance.models import Frozen, Pack, PackBuild, Rendition
from governance.services import MAX_ATTEMPTS, lease
from management import access, audit, clock, store

logger = logging.getLogger(__name__)
WORKER = access.System("pack worker")
State = PackBuild.State


class Lost(Exception):
    """The lease ran out and another worker may hold the pack: nothing more may be written."""


class Lease:
    """Keeps a claimed build ours while it is worked on, from a thread with its own connection."""

    def __init__(self, build: PackBuild, token: str) -> None:
        self.build, self.token = build, token
        self.lost = False
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="lease", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._thread.join()

    def renew(self) -> None:
        """Prolong the lease. Raises Lost when it is no longer ours."""
        held = PackBuild.objects.held(self.build.pk, self.token)
        if self.lost or not held.update(lease_until=timezone.now() + lease()):
            self.lost = True
            raise Lost

    def _keep(self) -> None:
        try:
            while not self._ended.wait(lease().total_seconds() / 4):
                try:
                    self.renew()
                except Lost:
                    return
                except DatabaseTrouble:
                    # If the database stays away, the lease runs out by itself.
                    logger.warning("The lease of pack %s was not renewed.", self.build.pack_id)
                    connection.close()
        finally:
            connection.close()


def build(pack_id: int, *, now: datetime) -> bool:
    """Build the pack if it is due and nobody holds it; whether this call built it.

    An error puts it back, to be tried again after a while, and is raised again.
    """
    token = uuid.uuid4().hex
    row = PackBuild.objects.filter(pack_id=pack_id).first()
    if row is None or not PackBuild.objects.claim(
        row.pk, token=token, at=now, until=now + lease(), limit=MAX_ATTEMPTS
    ):
        return False
    row = PackBuild.objects.select_related("pack__area", "pack__body").get(pk=row.pk)
    with audit.naming(WORKER, "build pack"), Lease(row, token) as held:
        try:
            files = render.render_all(_content(row.pack, held))
            held.renew()
            kept = {form: (store.put(files[form]), len(files[form])) for form in Rendition.Format}
            _finish(row, token, kept)
        except Lost:
            logger.warning("Pack %s was taken over by another worker.", pack_id)
            return False
        except BaseException as error:  # a worker that is told to stop raises SystemExit
            logger.exception("Pack %s was not built.", pack_id)
            _put_back(row, token, error)
            raise
    logger.info("Pack %s is built, at attempt %s.", pack_id, row.attempts)
    return True


def _content(pack: Pack, held: Lease) -> PackContent:
    """What the pack says, read back from the frozen text, so that only that is ever drawn."""
    frozen = Frozen.objects.filter(pack=pack).first()
    if frozen is None:
        with _snapshot():
            text = freeze(packs.gather(pack))
        frozen = Frozen(
            area=pack.area,
            pack=pack,
            text=text,
            sha256=fingerprint(text),
            frozen_at=clock.now(),
        )
        with transaction.atomic():
            held.renew()
            frozen.save()
    return thaw(frozen.text)


@contextmanager
def _snapshot() -> Iterator[None]:
    """Read the database as it stands at one moment, whatever others write meanwhile."""
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        with transaction.atomic():
            yield
        return
    from psycopg import IsolationLevel

    connection.ensure_connection()
    session = connection.connection
    before = session.isolation_level, session.read_only
    session.isolation_level, session.read_only = IsolationLevel.REPEATABLE_READ, True
    try:
        with transaction.atomic():
            yield
    finally:
        if not session.closed:
            session.isolation_level, session.read_only = before


def _finish(row: PackBuild, token: str, kept: dict[Rendition.Format, tuple[str, int]]) -> None:
    with audit.acting(WORKER, "build pack"):
        if not PackBuild.objects.held(row.pk, token).update(
            state=State.DONE, finished_at=timezone.now(), lease_until=None, token="", error=""
        ):
            raise Lost
        Rendition.objects.bulk_create(
            Rendition(area=row.area, pack=row.pack, format=form, sha256=sha256, size=size)
            for form, (sha256, size) in kept.items()
        )


def _put_back(row: PackBuild, token: str, error: BaseException) -> None:
    now = timezone.now()
    last = row.attempts >= MAX_ATTEMPTS
    try:
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()
        PackBuild.objects.held(row.pk, token).update(
            state=State.FAILED if last else State.RETRY,
            not_before=now + timedelta(seconds=15 * 2**row.attempts),
            finished_at=now if last else None,
            lease_until=None,
            token="",
            enqueued_at=None,
            error=f"Attempt {row.attempts} of {MAX_ATTEMPTS} ended with {type(error).__name__}. "
            "The log of the worker says more.",
        )
    except DatabaseTrouble:
        logger.exception("Pack %s is put back when its lease runs out.", row.pack_id)
