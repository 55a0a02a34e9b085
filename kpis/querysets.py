"""Questions that can be asked of indicators and their figures."""

from datetime import date
from typing import Any, Self

from django.db.models import OuterRef, Prefetch, Subquery

from management.querysets import OwnedQuerySet


class ObservationQuerySet(OwnedQuerySet):
    def latest_editions(self) -> Self:
        """For each series, comparator and period, the figure as it stands now."""
        newest = self.model._default_manager.filter(
            indicator=OuterRef("indicator"),
            comparator=OuterRef("comparator"),
            start=OuterRef("start"),
            end=OuterRef("end"),
        ).order_by("-edition")
        return self.filter(edition=Subquery(newest.values("edition")[:1]))

    def ended_by(self, day: date) -> Self:
        """Figures of periods that had ended on that day."""
        return self.filter(end__lte=day)


class IndicatorQuerySet(OwnedQuerySet):
    def with_figures(self) -> Self:
        """Loads each indicator's current figures (as `figures`) and targets: two more queries."""
        observations: Any = self.model._meta.get_field("observations").related_model
        return self.select_related("owner").prefetch_related(
            Prefetch(
                "observations",
                observations._default_manager.latest_editions().order_by("start", "comparator"),
                to_attr="figures",
            ),
            "targets",
        )
