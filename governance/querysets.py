"""Questions that can be asked of packs and of the work on them."""

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import F, Q

from management.querysets import OwnedQuerySet


class PackQuerySet(OwnedQuerySet):
    def latest_first(self) -> Self:
        return self.select_related("body", "build").order_by("-start", "body__name", "-edition")


class BuildQuerySet(models.QuerySet):
    """Rows are promises: one for each pack that must exist. A message in a queue is only a hint."""

    def due(self, *, at: datetime) -> Self:
        """Waiting and allowed to start, or left behind by a worker that died."""
        return self.filter(
            Q(state__in=["queued", "retry"], not_before__lte=at)
            | Q(state="building", lease_until__lt=at)
        )

    def claim(self, pk: Any, *, token: str, at: datetime, until: datetime, limit: int) -> bool:
        """Take one due build by a conditional update; whoever comes second gets False.

        The attempt is counted here, so a build that kills its worker still comes to an end.
        """
        return bool(
            self.due(at=at)
            .filter(pk=pk, attempts__lt=limit)
            .update(
                state="building",
                token=token,
                attempts=F("attempts") + 1,
                lease_until=until,
                started_at=at,
                error="",
            )
        )

    def held(self, pk: Any, token: str) -> Self:
        """The build, if the holder of this token still owns it."""
        return self.filter(pk=pk, token=token, state="building")
