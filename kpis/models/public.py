"""What may be shown to the public."""

from django.db import models

from kpis.models.definitions import Indicator
from management.models import Recorded


class DisclosureAssessment(Recorded):
    """Somebody has looked at whether a KPI's public figures could tell of a person. Never changed:
    the latest one holds. Counts below `threshold` are suppressed, and what would give them away."""

    indicator = models.ForeignKey(
        Indicator, on_delete=models.PROTECT, related_name="disclosure_assessments"
    )
    threshold = models.PositiveSmallIntegerField(default=5)
    text = models.TextField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.indicator.code}: below {self.threshold}"
