"""KPI definitions, their targets, and their figures, every version of which is kept."""

from decimal import Decimal
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from kpis import periods
from kpis.querysets import IndicatorQuerySet, ObservationQuerySet
from management.models import Owned, Post, Versioned


class Unit(models.TextChoices):
    PERCENTAGE = "percentage", "%"
    PER_10000 = "per_10000", "per 10,000 people"
    COUNT = "count", "count"
    DAYS = "days", "days"


class Direction(models.TextChoices):
    HIGHER = "higher", "Higher is better"
    LOWER = "lower", "Lower is better"
    NEITHER = "neither", "Neither higher nor lower is better"


class Frequency(models.TextChoices):
    MONTH = periods.MONTH, "Monthly"
    QUARTER = periods.QUARTER, "Quarterly"
    FINANCIAL_YEAR = periods.FINANCIAL_YEAR, "Each financial year"
    CALENDAR_YEAR = periods.CALENDAR_YEAR, "Each calendar year"
    ONCE = "once", "Once, for a period of its own"


class Vintage(models.TextChoices):
    PROVISIONAL = "provisional", "Provisional"
    FINAL = "final", "Final"
    RESTATED = "restated", "Restated"


class Indicator(Owned, Versioned):
    """A KPI from one source. One `measure` from two sources is two indicators, never one line."""

    code = models.CharField(max_length=30)
    name = models.CharField(max_length=200)
    measure = models.SlugField(max_length=60, blank=True)
    meaning = models.TextField()
    numerator = models.TextField(blank=True)
    denominator = models.TextField(blank=True)
    exclusions = models.TextField(blank=True)
    clock_rule = models.TextField(blank=True)
    unit = models.CharField(max_length=12, choices=Unit.choices)
    direction = models.CharField(max_length=8, choices=Direction.choices)
    frequency = models.CharField(max_length=14, choices=Frequency.choices)
    decimals = models.PositiveSmallIntegerField(default=0)
    source = models.TextField()
    owner = models.ForeignKey(
        Post, null=True, blank=True, on_delete=models.PROTECT, related_name="indicators"
    )
    illustrative = models.BooleanField(default=False)
    figures: list["Observation"]  # there after `with_figures`

    objects: ClassVar[Any] = IndicatorQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                fields=["area", "code"],
                name="one_indicator_per_code",
                violation_error_message="This area already has a KPI with this code.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Target(Owned):
    """What the figure should reach, from a date on, with who set it."""

    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="targets")
    value = models.DecimalField(max_digits=12, decimal_places=4)
    start = models.DateField()
    source = models.TextField()

    class Meta:
        ordering = ["start"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "start"],
                name="one_target_per_start",
                violation_error_message="This KPI already has a target from this date.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator.code}: {self.value:f} from {self.start}"


class Observation(Owned):
    """One figure of one period. A correction is a new edition; no edition is ever changed.

    `comparator` is blank for the area's own figure, or names whose figure it is ("Scotland").
    `value` is given only where the counts are not known; otherwise the counts make it.
    """

    append_only = True

    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="observations")
    comparator = models.CharField(max_length=120, blank=True)
    start = models.DateField()
    end = models.DateField()
    numerator = models.PositiveIntegerField(null=True, blank=True)
    denominator = models.PositiveIntegerField(null=True, blank=True)
    value = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)
    vintage = models.CharField(max_length=12, choices=Vintage.choices)
    source = models.TextField()
    note = models.TextField(blank=True)
    edition = models.PositiveIntegerField(default=1)
    entered_by = models.CharField(max_length=150)
    entered_at = models.DateTimeField()

    objects: ClassVar[Any] = ObservationQuerySet.as_manager()

    class Meta:
        ordering = ["start", "comparator", "edition"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "comparator", "start", "end", "edition"],
                name="one_figure_per_edition",
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
        unit = self.indicator.unit
        if unit == Unit.PERCENTAGE:
            if (
                self.numerator is not None
                and self.denominator is not None
                and self.numerator > self.denominator
            ):
                raise ValidationError(
                    {
                        "numerator": f"{self.numerator} is more than the {self.denominator} "
                        "that it is counted from."
                    }
                )
            if self.value is not None and not 0 <= self.value <= 100:
                raise ValidationError({"value": f"{self.value}% is not between 0 and 100."})
        if self.value is not None and self.value < 0:
            raise ValidationError({"value": "A figure cannot be below zero."})

    @property
    def period(self) -> periods.Period:
        return periods.Period(self.start, self.end)

    @property
    def result(self) -> Decimal | None:
        """The figure in the indicator's unit: from the counts, else as given, else None.

        None due (a denominator of 0) is None, never 0% or 100%.
        """
        if self.numerator is None:
            return self.value
        if self.indicator.unit in {Unit.COUNT, Unit.DAYS} and self.denominator is None:
            return Decimal(self.numerator)
        if not self.denominator:
            return None
        scale = {Unit.PERCENTAGE: 100, Unit.PER_10000: 10_000}.get(Unit(self.indicator.unit), 1)
        return Decimal(self.numerator) * scale / self.denominator
