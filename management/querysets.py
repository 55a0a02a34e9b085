"""Questions that can be asked of what an area owns."""

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Q


class OwnedQuerySet(models.QuerySet):
    """Rows of one area each. Every read for a person begins with `visible_to`."""

    area_field = "area"

    def visible_to(self, user: Any) -> Self:
        """Only what belongs to the user's areas; nothing for somebody who is not signed in."""
        ids = user.areas_by_id if user.is_authenticated and user.is_active else ()
        return self.filter(**{f"{self.area_field}__in": list(ids)})

    def in_area(self, area: Any) -> Self:
        return self.filter(**{self.area_field: area})


class AreaQuerySet(OwnedQuerySet):
    area_field = "pk"


class HoldingQuerySet(OwnedQuerySet):
    def current(self, *, on: date) -> Self:
        """Holdings in force on that day."""
        return self.filter(Q(end=None) | Q(end__gte=on), start__lte=on)


class AuditQuerySet(OwnedQuerySet):
    area_field = "area_id"

    def in_area(self, area: Any) -> Self:
        return self.filter(area_id=area.pk)

    def of_row(self, row: models.Model) -> Self:
        """The history of one row, newest first."""
        return self.filter(table_name=row._meta.db_table, row_id=str(row.pk))

    def mentioning(self, text: str) -> Self:
        """By a person, a verb or a table that contains the text."""
        return self.filter(
            Q(actor_name__icontains=text) | Q(verb__icontains=text) | Q(table_name__icontains=text)
        )
