"""The figures of a KPI, every version of which is kept."""

from decimal import Decimal
from fractions import Fraction
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from kpis import periods
from kpis.models.definitions import Indicator, Unit
from kpis.models.incoming import FigureImport
from kpis.querysets import ObservationQuerySet
from kpis.values import exact, result
from management.models import Owned, Recorded


class Vintage(models.TextChoices):
    PROVISIONAL = "provisional", "Provisional"
    FINAL = "final", "Final"
    RESTATED = "restated", "Restated"


class Observation(Owned):
    """One figure of one period. A correction is a new edition; no edition is ever changed.

    `comparator` is blank for the area's own figure, or names whose figure it is ("Scotland").
    `split` and `part` are blank for the whole, or name a break-down and the part of it ("team",
    "East"). `value` is given only where the counts are not known; otherwise the counts make it. An
    edition with neither says that there is no figure, and `note` why. `reason` is why it replaces
    an earlier edition, `file` the file with figures that brought it, if one did.
    """

    append_only = True

    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="observations")
    comparator = models.CharField(max_length=120, blank=True)
    split = models.CharField(max_length=60, blank=True)
    part = models.CharField(max_length=120, blank=True)
    start = models.DateField()
    end = models.DateField()
    numerator = models.PositiveIntegerField(null=True, blank=True)
    denominator = models.PositiveIntegerField(null=True, blank=True)
    value = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)
    vintage = models.CharField(max_length=12, choices=Vintage.choices)
    source = models.TextField()
    note = models.TextField(blank=True)
    reason = models.TextField(blank=True)
    edition = models.PositiveIntegerField(default=1)
    file = models.ForeignKey(
        FigureImport, null=True, blank=True, on_delete=models.PROTECT, related_name="figures"
    )
    entered_by = models.CharField(max_length=150)
    entered_at = models.DateTimeField()

    objects: ClassVar[Any] = ObservationQuerySet.as_manager()

    class Meta:
        ordering = ["start", "comparator", "edition"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "comparator", "split", "part", "start", "end", "edition"],
                name="one_figure_per_edition",
            ),
            models.CheckConstraint(
                condition=Q(split="", part="") | (~Q(split="") & ~Q(part="")),
                name="figure_of_a_part_of_a_split",
                violation_error_message="Name the break-down and the part, or neither.",
            ),
            models.CheckConstraint(
                condition=Q(end__gte=F("start")),
                name="figure_ends_after_start",
                violation_error_message="The period ends before it starts.",
            ),
            models.CheckConstraint(
                condition=Q(numerator=None, denominator=None) | Q(value=None),
                name="figure_counts_or_value",
                violation_error_message="Give the counts, or the value where only that is known.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator.code} {self.period.label}"

    def clean(self) -> None:
        if self.value is not None and (self.numerator, self.denominator) != (None, None):
            raise ValidationError(
                {"value": "Give the counts, or the value where only that is known."}
            )
        if bool(self.split) != bool(self.part):
            raise ValidationError({"part": "Name the break-down and the part, or neither."})
        if self.denominator is not None and self.numerator is None:
            raise ValidationError({"numerator": f"How many of the {self.denominator}?"})
        if self.indicator.unit == Unit.PERCENTAGE:
            self._refuse_percentage()
        if self.value is not None and self.value < 0:
            raise ValidationError({"value": "A figure cannot be below zero."})

    def _refuse_percentage(self) -> None:
        if self.numerator is not None:
            if self.denominator is None:
                raise ValidationError({"denominator": f"{self.numerator} out of how many?"})
            if self.numerator > self.denominator:
                raise ValidationError(
                    {
                        "numerator": f"{self.numerator} is more than the {self.denominator} "
                        "that it is counted from."
                    }
                )
        if self.value is not None and not 0 <= self.value <= 100:
            raise ValidationError({"value": f"{self.value}% is not between 0 and 100."})

    @property
    def period(self) -> periods.Period:
        return periods.Period(self.start, self.end)

    @property
    def result(self) -> Fraction | None:
        """The figure in the indicator's unit, exact: from the counts, else as given, else None.

        None due (a denominator of 0) is None, never 0% or 100%.
        """
        return result(self.numerator, self.denominator, self.value, self.indicator.unit)

    @property
    def shown(self) -> Decimal | None:
        """The same as a decimal, of more places than are ever shown."""
        return None if self.result is None else exact(self.result)


class PeriodLock(Recorded):
    """The figures of a period were approved, or opened again with a reason. Never changed.

    The latest one of a KPI's period holds.
    """

    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="locks")
    start = models.DateField()
    end = models.DateField()
    locked = models.BooleanField()
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["start", "id"]
        indexes = [models.Index(fields=["indicator", "start", "end"])]

    def __str__(self) -> str:
        return f"{self.indicator.code} {'locked' if self.locked else 'open'}"
