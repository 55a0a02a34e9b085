"""Questions that can be asked of what an area owns."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import CharField, F, JSONField, Q, TextField, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, Concat, Replace


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

    def of_family(self, row: models.Model, parts: Iterable[Any], link: str) -> Self:
        """The history of a row and of its parts, in any order: those that were deleted as well.

        `parts` are querysets of the parts that are there; `link` is the column by which parts that
        can be deleted point at the row.
        """
        wanted = Q(table_name=row._meta.db_table, row_id=str(row.pk))
        for part in parts:
            table = Q(table_name=part.model._meta.db_table)
            keys = part.order_by().annotate(its_key=Cast("pk", CharField())).values("its_key")
            wanted |= table & Q(row_id__in=keys)
            if not getattr(part.model, "append_only", False):
                gone = self.model._default_manager.filter(table, operation="delete")
                gone = gone.filter(_naming(link, row.pk))
                wanted |= table & Q(row_id__in=gone.values("row_id"))
        return self.filter(wanted)

    def changing(self, column: str) -> Self:
        """Only what has changed that column of its row, or given it a first value."""
        told = {
            row: Coalesce(KeyTextTransform(column, Cast(row, JSONField())), Value("", TextField()))
            for row in ("old", "new")
        }
        rows = self.annotate(before=told["old"], after=told["new"])
        return rows.exclude(before=F("after"))

    def saying_something(self) -> Self:
        """Without the rows that only got their next version: why is told by another event."""

        def rest(row: str) -> Any:
            version = KeyTextTransform("version", Cast(row, JSONField()))
            text: Any = F(row)
            for space in ("", " "):  # SQLite writes JSON without spaces
                start = Value(f'"version":{space}', TextField())
                key: Any = Concat(start, version, output_field=TextField())
                text = Replace(text, key, Value("", TextField()), output_field=TextField())
            return text

        rows = self.annotate(old_rest=rest("old"), new_rest=rest("new"))
        return rows.exclude(operation="update", old_rest=F("new_rest"))

    def mentioning(self, text: str) -> Self:
        """By a person, a verb or a table that contains the text."""
        return self.filter(
            Q(actor_name__icontains=text) | Q(verb__icontains=text) | Q(table_name__icontains=text)
        )


def _naming(column: str, key: Any) -> Q:
    """Whether the row as it was named the key in the column: SQLite writes JSON without spaces."""
    wanted = Q()
    for space in ("", " "):
        for end in (",", "}"):
            wanted |= Q(old__contains=f'"{column}":{space}{key}{end}')
    return wanted
