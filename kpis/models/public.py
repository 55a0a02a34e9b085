"""What may be shown to the public."""

from django.db import models

from kpis.models.definitions import Indicator
from management.models import Owned, User


class DisclosureAssessment(Owned):
    """Somebody has looked at whether a KPI's public figures could tell of a person. Never changed:
    the latest one holds. Counts below `threshold` are suppressed, and what would give them away."""

    append_only = True

    indicator = models.ForeignKey(
        Indicator, on_delete=models.PROTECT, related_name="disclosure_assessments"
    )
    threshold = models.PositiveSmallIntegerField(default=5)
    text = models.TextField()
    entered_by = models.CharField(max_length=150)
    author = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    entered_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.indicator.code}: below {self.threshold}"
