"""Questions that can be asked of indicators and their figures."""

from datetime import date, datetime
from typing import Any, Self

from django.db.models import Exists, OuterRef, Prefetch, Q, Subquery

from management.querysets import OwnedQuerySet


class ObservationQuerySet(OwnedQuerySet):
    def latest_editions(self, *, known_by: datetime | None = None) -> Self:
        """For each series, comparator and period, the figure as it stands now, or stood then."""
        then = {} if known_by is None else {"entered_at__lte": known_by}
        newest = self.model._default_manager.filter(
            **then,
            indicator=OuterRef("indicator"),
            comparator=OuterRef("comparator"),
            split=OuterRef("split"),
            part=OuterRef("part"),
            start=OuterRef("start"),
            end=OuterRef("end"),
        ).order_by("-edition")
        return self.filter(edition=Subquery(newest.values("edition")[:1]))

    def answers(self) -> Self:
        """Figures that stand, be it that there is none and why; not what an undone import of a file
        has left behind, where nobody has given one since."""
        before = self.model._default_manager.filter(
            indicator=OuterRef("indicator"),
            comparator=OuterRef("comparator"),
            split=OuterRef("split"),
            part=OuterRef("part"),
            start=OuterRef("start"),
            end=OuterRef("end"),
            edition=OuterRef("edition") - 1,
            file__state="undone",
        )
        return self.latest_editions().exclude(Q(Exists(before)) & Q(numerator=None, value=None))

    def whole(self) -> Self:
        """Without the parts of break-downs."""
        return self.filter(split="")

    def ended_by(self, day: date) -> Self:
        """Figures of periods that had ended on that day."""
        return self.filter(end__lte=day)


class PhaseQuerySet(OwnedQuerySet):
    def standing(self, *, known_by: datetime | None = None) -> Self:
        """Those that begin something, and that nobody has taken back (or had, by then)."""
        rows = self if known_by is None else self.filter(entered_at__lte=known_by)
        cancelled = rows.exclude(cancels=None).order_by().values("cancels")
        # Not `cancels=None`: SQLite would read nearly all rows there are by the unique index.
        return rows.exclude(cancels__isnull=False).exclude(pk__in=cancelled)


class IndicatorQuerySet(OwnedQuerySet):
    def with_figures(
        self, *, known_by: datetime | None = None, ended_by: date | None = None
    ) -> Self:
        """Loads each indicator's figures of the whole (as `figures`), the phases of its series (as
        `phases`) and its targets: three more queries.

        The figures and phases are the current ones, or those known at a moment; the figures of
        periods ended by a day.
        """
        observations: Any = self.model._meta.get_field("observations").related_model
        figures = observations._default_manager.whole().latest_editions(known_by=known_by)
        if ended_by is not None:
            figures = figures.ended_by(ended_by)
        phases: Any = self.model._meta.get_field("phase_starts").related_model
        standing = phases._default_manager.standing(known_by=known_by)
        return self.select_related("owner").prefetch_related(
            Prefetch(
                "observations", figures.order_by("start", "end", "comparator"), to_attr="figures"
            ),
            Prefetch("phase_starts", standing.order_by("start", "id"), to_attr="phases"),
            "targets",
        )

    def without_figures(self) -> Self:
        """Indicators that nobody has reported a figure for."""
        return self.filter(observations=None)
