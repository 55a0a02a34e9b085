"""The improvement plan, its life, and what an area decides about all of its plans."""

from typing import Any, ClassVar

from django.db import models
from django.utils.functional import cached_property

from management.models import Owned, Versioned
from plans.models.entries import Entry
from plans.models.inspections import Inspection
from plans.models.self_evaluations import SelfEvaluation
from plans.querysets import PlanQuerySet
from plans.states import PlanState
from plans.statuses import Status
from plans.words import Colour, Rule


class Plan(Owned, Versioned):
    """The improvement plan that answers an inspection, a self-evaluation, or both."""

    inspection = models.ForeignKey(
        Inspection, null=True, blank=True, on_delete=models.PROTECT, related_name="plans"
    )
    self_evaluation = models.ForeignKey(
        SelfEvaluation, null=True, blank=True, on_delete=models.PROTECT, related_name="plans"
    )
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=12, choices=PlanState.choices, default=PlanState.DRAFT)
    agreed_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    dates_need_approval = models.BooleanField(
        default=False, help_text="A due date moves only when a second person agrees."
    )
    source = models.TextField(blank=True)
    illustrative = models.TextField(
        blank=True, help_text="Printed on every page and pack of the plan: what in it is invented."
    )

    objects: ClassVar[Any] = PlanQuerySet.as_manager()

    class Meta:
        ordering = ["-agreed_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["area", "title"],
                name="one_plan_per_title",
                violation_error_message="This area already has a plan with this title.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_draft(self) -> bool:
        return self.state == PlanState.DRAFT

    @property
    def is_closed(self) -> bool:
        return self.state == PlanState.CLOSED

    @cached_property
    def day_is_given(self) -> bool:
        """Whether anybody has said when it was agreed.

        A draft that came from a file without a word of it has the day on which it was brought in.
        """
        if not self.is_draft or self.pk is None:
            return True
        default = f'"default_day": "{self.agreed_on.isoformat()}"'
        return not self.imports.filter(choices__contains=default).exists()


class PlanMove(Entry):
    """The plan came into another state. `decision` names who decided it and where it is minuted."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="moves")
    old = models.CharField(max_length=12, choices=PlanState.choices)
    new = models.CharField(max_length=12, choices=PlanState.choices)
    text = models.TextField(blank=True)
    decision = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.on}: {self.get_new_display()}"


class Rules(Owned, Versioned):
    """What an area decides about all of its actions: when one is late, and what colours mean."""

    class Late(models.TextChoices):
        CURRENT = "current", "After its current due date"
        FIRST = "first", "After its first due date, though a new one was agreed"

    late = models.CharField(max_length=10, choices=Late.choices, default=Late.CURRENT)
    colours = models.CharField(max_length=12, choices=Rule.choices, default=Rule.STATUS)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["area"], name="one_set_of_rules_per_area"),
        ]

    def __str__(self) -> str:
        return f"{self.get_late_display()}; colours {self.get_colours_display()}"


class StatusWord(Owned):
    """One of the area's own words: for a status, or for so many months late or so many per cent.

    Of several words for one status the one with the lowest `place` is shown; all are understood.
    """

    rule = models.CharField(max_length=12, choices=Rule.choices)
    word = models.CharField(max_length=60)
    colour = models.CharField(max_length=8, choices=Colour.choices, blank=True)
    status = models.CharField(max_length=12, choices=Status.choices, blank=True)
    least = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="From so many months late, or so many per cent, on."
    )
    place = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["rule", "place", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["area", "rule", "word"],
                name="one_meaning_per_word",
                violation_error_message="This word already has a meaning here.",
            ),
        ]

    def __str__(self) -> str:
        return self.word
