"""What a KPI is: its definition, the phases of its series, its targets."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.db.models import Q

from kpis import periods
from kpis.querysets import IndicatorQuerySet, PhaseQuerySet
from kpis.reading import Choice
from management.models import Owned, Post, Recorded, Versioned

if TYPE_CHECKING:
    from kpis.models.figures import Observation


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


class ChartChoice(models.TextChoices):
    """By which chart a KPI is read."""

    AUTO = Choice.AUTO, "By its figures"
    RUN = Choice.RUN, "Always a run chart"
    XMR = Choice.XMR, "An XmR chart of the values"


class Indicator(Owned, Versioned):
    """A KPI from one source. One `measure` from two sources is two indicators, never one line.

    `outcomes` and `standards` are the national ones that it bears on, one on a line. After
    `retired_on` no figure is expected of it; what it has stays. `catalogue` is the code of the
    ready definition that it was adopted from.
    """

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
    outcomes = models.TextField(blank=True)
    standards = models.TextField(blank=True)
    chart = models.CharField(max_length=8, choices=ChartChoice.choices, default=ChartChoice.AUTO)
    catalogue = models.CharField(max_length=30, blank=True)
    retired_on = models.DateField(null=True, blank=True)
    owner = models.ForeignKey(
        Post, null=True, blank=True, on_delete=models.PROTECT, related_name="indicators"
    )
    illustrative = models.BooleanField(default=False)
    figures: list["Observation"]  # there after `with_figures`, as are its phases
    phases: list["PhaseStart"]

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


class PhaseStart(Recorded):
    """From `start` on the series is another one: nothing is compared across it. Never changed.

    For a DEFINITION `was` is what was counted until then, as text. For a BASELINE the four answers
    say why the centre and the limits begin anew (the specification of the statistics, section 2),
    and `baseline_end` is the last day of the periods that make them, all of the phase where it is
    empty. One that `cancels` an earlier one takes it back, and starts nothing.
    """

    class Kind(models.TextChoices):
        DEFINITION = "definition", "What is counted has changed"
        BASELINE = "baseline", "The baseline begins anew"

    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="phase_starts")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    start = models.DateField()
    reason = models.TextField()
    was = models.TextField(blank=True)
    distinct = models.TextField(blank=True)
    cause = models.TextField(blank=True)
    wanted = models.TextField(blank=True)
    lasting = models.TextField(blank=True)
    baseline_end = models.DateField(null=True, blank=True)
    cancels = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="cancelled_by"
    )

    objects: ClassVar[Any] = PhaseQuerySet.as_manager()

    class Meta:
        ordering = ["start", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(baseline_end=None) | Q(baseline_end__gte=models.F("start")),
                name="baseline_ends_after_start",
                violation_error_message="The baseline ends before it starts.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator.code} from {self.start}"


class Target(Owned, Versioned):
    """What the figure should reach, from a date on, with who set it; without `value` there is no
    target from then on."""

    class Kind(models.TextChoices):
        TARGET = "target", "Target"
        STANDARD = "standard", "National standard"

    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="targets")
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.TARGET)
    value = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)
    start = models.DateField()
    source = models.TextField()

    class Meta:
        ordering = ["start"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "kind", "start"],
                name="one_target_per_start",
                violation_error_message="This KPI already has a target from this date.",
            ),
        ]

    def __str__(self) -> str:
        value = "none" if self.value is None else f"{self.value:f}"
        return f"{self.indicator.code}: {value} from {self.start}"
