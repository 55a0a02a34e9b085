"""What was agreed to be done, and what each action is linked to."""

from collections.abc import Iterable
from datetime import date
from typing import Any, ClassVar

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q

from kpis.models import Indicator as Kpi
from management.models import Owned, Post, Versioned
from plans import statuses
from plans.effects import LONGEST_LAG, Expected
from plans.models.frameworks import QualityIndicator
from plans.models.inspections import KeyMessage, Recommendation
from plans.models.plans import Plan
from plans.models.self_evaluations import Finding
from plans.querysets import ActionListQuerySet, KpiLinkQuerySet, TaskQuerySet
from plans.references import named
from plans.statuses import Status


class Action(Owned, Versioned):
    """One SMART action. `original_due` never changes; `status` and `due` follow the entries.

    `timescale` keeps the plan's own words ("July 2019 onwards") beside the parsed date, `word` the
    area's own word for the status as it was last said. `late_after` is the day after which it is
    overdue while it is open: the current due date, or the first one where the area counts so.
    """

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="actions")
    reference = models.CharField(max_length=20)
    sequence = models.PositiveIntegerField()
    indicator = models.ForeignKey(
        QualityIndicator, on_delete=models.PROTECT, related_name="actions"
    )
    text = models.TextField()
    lead = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="led_actions")
    supporting = models.ManyToManyField(Post, through="Support", related_name="supported_actions")
    key_messages = models.ManyToManyField(
        KeyMessage, through="KeyMessageLink", related_name="actions"
    )
    recommendations = models.ManyToManyField(
        Recommendation, through="RecommendationLink", related_name="actions"
    )
    findings = models.ManyToManyField(Finding, through="FindingLink", related_name="actions")
    kpis = models.ManyToManyField(Kpi, through="KpiLink", related_name="actions")
    timescale = models.TextField(blank=True)
    responsible = models.TextField(blank=True, help_text="Who is responsible, in the plan's words.")
    added_on = models.DateField()
    original_due = models.DateField(null=True, blank=True)
    due = models.DateField(null=True, blank=True)
    late_after = models.DateField(null=True, blank=True, editable=False)
    evidence_expected = models.TextField(blank=True)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.NOT_STARTED)
    word = models.CharField(max_length=60, blank=True)
    percent = models.PositiveSmallIntegerField(null=True, blank=True)
    superseded_by = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="supersedes"
    )
    illustrative = models.BooleanField(default=False)

    objects: ClassVar[Any] = ActionListQuerySet.as_manager()

    class Meta:
        ordering = ["sequence"]
        indexes = [models.Index(fields=["area", "status", "late_after"])]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "reference"],
                name="one_action_per_reference",
                violation_error_message="This plan already has an action with this reference.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.text}"

    @property
    def is_open(self) -> bool:
        return statuses.is_open(self.status)

    @property
    def message_names(self) -> list[str]:
        """Its key messages; those of another inspection than the plan's are named with it."""
        return self._names(self.key_messages.all())

    @property
    def recommendation_names(self) -> list[str]:
        """Its recommendations, in the same way."""
        return self._names(self.recommendations.all())

    def _names(self, rows: Iterable[Any]) -> list[str]:
        own = self.plan.inspection_id
        told = [(r.reference, "" if r.inspection_id == own else r.inspection.title) for r in rows]
        return [named(*one) for one in sorted(told, key=lambda one: one[1])]

    @property
    def percent_shown(self) -> int | None:
        return statuses.percent_shown(self.status, self.percent)

    def days_overdue(self, day: date) -> int:
        """Days past the date that counts, 0 when closed, not due, or without a date."""
        if not self.is_open or self.late_after is None or day <= self.late_after:
            return 0
        return (day - self.late_after).days


class Link(Owned):
    """A link of an action, with the area in a column of its own."""

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class Support(Link):
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["action", "post"], name="one_support_per_post"),
        ]

    def __str__(self) -> str:
        return f"{self.action_id} {self.post_id}"


class KeyMessageLink(Link):
    key_message = models.ForeignKey(KeyMessage, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["action", "key_message"], name="one_link_per_message"),
        ]

    def __str__(self) -> str:
        return f"{self.action_id} {self.key_message_id}"


class RecommendationLink(Link):
    recommendation = models.ForeignKey(Recommendation, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["action", "recommendation"], name="one_link_per_recommendation"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action_id} {self.recommendation_id}"


class FindingLink(Link):
    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["action", "finding"], name="one_link_per_finding"),
        ]

    def __str__(self) -> str:
        return f"{self.action_id} {self.finding_id}"


class KpiLink(Link):
    """A KPI that the action should move: `lag` months after its completion, 0 for at once;
    `expected` says what should then be seen, and why."""

    kpi = models.ForeignKey(Kpi, on_delete=models.PROTECT, related_name="+")
    lag = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(LONGEST_LAG)])
    expected = models.TextField(blank=True)

    objects: ClassVar[Any] = KpiLinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["action", "kpi"], name="one_link_per_kpi"),
        ]

    def __str__(self) -> str:
        return f"{self.action_id} {self.kpi_id}"

    @property
    def says(self) -> Expected:
        return Expected(self.lag, self.expected)


class Dependency(Owned):
    """The action waits for the `blocker`: while that is open, who verifies it must say so."""

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="dependencies")
    blocker = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="blocking")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["action", "blocker"], name="one_dependency_per_pair"),
            models.CheckConstraint(
                condition=~Q(action=F("blocker")),
                name="no_action_blocks_itself",
                violation_error_message="An action cannot wait for itself.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action_id} waits for {self.blocker_id}"


class Task(Owned, Versioned):
    """A part of an action with a date of its own. Dropped ones stay listed, with the reason."""

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="tasks")
    text = models.CharField(max_length=300)
    post = models.ForeignKey(
        Post, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    due = models.DateField(null=True, blank=True)
    done_on = models.DateField(null=True, blank=True)
    done_by = models.CharField(max_length=150, blank=True)
    dropped_on = models.DateField(null=True, blank=True)
    dropped_reason = models.TextField(blank=True)

    objects: ClassVar[Any] = TaskQuerySet.as_manager()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.text

    @property
    def is_open(self) -> bool:
        return self.done_on is None and self.dropped_on is None
