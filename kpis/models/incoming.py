"""Files with figures, and requests for figures that are missing."""

from django.db import models

from kpis.models.definitions import Indicator
from management.models import BroughtFile, Owned, Post


class FigureImport(BroughtFile):
    """A file with figures."""


class FigureColumns(Owned):
    """What the columns of an area's files with figures mean, by the signature of their headings
    (JSON as text: for each heading, folded, a field or nothing)."""

    signature = models.CharField(max_length=64)
    mapping = models.TextField()
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["area", "signature"], name="one_figure_map"),
        ]

    def __str__(self) -> str:
        return self.signature[:12]


class FigureName(Owned):
    """What a name in an area's files with figures is, as somebody said: one of its KPIs, or without
    one nothing that is taken in. `name` is folded."""

    name = models.CharField(max_length=200)
    indicator = models.ForeignKey(
        Indicator, null=True, blank=True, on_delete=models.PROTECT, related_name="names"
    )
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["area", "name"], name="one_meaning_per_figure_name"),
        ]

    def __str__(self) -> str:
        return self.name


class FigureRequest(Owned):
    """The owner post was asked for a period's figure, which is missing. Never changed, and never
    asked twice of the same day."""

    append_only = True

    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="requests")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    start = models.DateField()
    end = models.DateField()
    wanted_by = models.DateField()
    entered_by = models.CharField(max_length=150)
    entered_at = models.DateTimeField()

    class Meta:
        ordering = ["wanted_by", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "start", "end", "wanted_by"], name="one_request_per_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator.code} by {self.wanted_by}"
