"""Files with figures, and requests for figures that are missing."""

from django.db import models

from kpis.models.definitions import Indicator
from management.models import Owned, Post, User, Versioned


class FigureImport(Owned, Versioned):
    """A file with figures that `by` has brought, and that `taken_by` has perhaps taken in.

    `sha256` names the file in the store. `mapping` and `choices` are what the person chose, and
    `done` is what was changed, so that it can be undone: all three JSON as text.
    """

    class State(models.TextChoices):
        PREVIEW = "preview", "Looked at"
        APPLIED = "applied", "Taken in"
        UNDONE = "undone", "Undone"
        THROWN = "thrown", "Thrown away"

    user = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    by = models.CharField(max_length=150)
    taken_by = models.CharField(max_length=150, blank=True)
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PREVIEW)
    made_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    mapping = models.TextField(blank=True)
    choices = models.TextField(blank=True)
    done = models.TextField(blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.file_name}: {self.get_state_display()}"


class FigureColumns(Owned):
    """What the columns of an area's files with figures mean, by the signature of their headings
    (JSON as text)."""

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
