"""What was agreed, and what has been done about it."""

from collections.abc import Iterable
from datetime import date
from typing import Any, ClassVar

from django.db import models

from kpis.models import Indicator as Kpi
from management.models import Owned, Post, Versioned
from plans import statuses
from plans.models.entries import Entry
from plans.models.frameworks import QualityIndicator
from plans.models.inspections import Inspection, KeyMessage, Recommendation
from plans.models.self_evaluations import Finding, SelfEvaluation
from plans.querysets import ActionQuerySet, PlanQuerySet
from plans.references import named
from plans.statuses import Status


class Plan(Owned, Versioned):
    """The improvement plan that answers an inspection, a self-evaluation, or both."""

    inspection = models.ForeignKey(
        Inspection, null=True, blank=True, on_delete=models.PROTECT, related_name="plans"
    )
    self_evaluation = models.ForeignKey(
        SelfEvaluation, null=True, blank=True, on_delete=models.PROTECT, related_name="plans"
    )
    title = models.CharField(max_length=200)
    agreed_on = models.DateField()
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


class Action(Owned, Versioned):
    """One SMART action. `original_due` never changes; `status` and `due` follow the updates.

    `timescale` keeps the plan's own words ("July 2019 onwards") beside the parsed date.
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
    evidence_expected = models.TextField()
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.NOT_STARTED)
    illustrative = models.BooleanField(default=False)

    objects: ClassVar[Any] = ActionQuerySet.as_manager()

    class Meta:
        ordering = ["sequence"]
        indexes = [models.Index(fields=["area", "status", "due"])]
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

    def days_overdue(self, day: date) -> int:
        """Days past the current due date, 0 when closed, not due, or without a date."""
        if not self.is_open or self.due is None or day <= self.due:
            return 0
        return (day - self.due).days


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
    kpi = models.ForeignKey(Kpi, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["action", "kpi"], name="one_link_per_kpi"),
        ]

    def __str__(self) -> str:
        return f"{self.action_id} {self.kpi_id}"


class Update(Entry):
    """Progress reported: what was done, and the status from now on."""

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="updates")
    old_status = models.CharField(max_length=12, choices=Status.choices)
    status = models.CharField(max_length=12, choices=Status.choices)
    text = models.TextField()

    def __str__(self) -> str:
        return f"{self.on}: {self.get_status_display()}"


class DateChange(Entry):
    """A due date moved. `old` is None where the plan had given none."""

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="date_changes")
    old = models.DateField(null=True, blank=True)
    new = models.DateField()
    reason = models.TextField()

    def __str__(self) -> str:
        return f"{self.on}: {self.old} to {self.new}"


class Evidence(Entry):
    """A note or a link that shows what was done, with the SHA-256 of what it said."""

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="evidence")
    description = models.TextField()
    url = models.URLField(max_length=500, blank=True)
    sha256 = models.CharField(max_length=64)

    def __str__(self) -> str:
        return self.description


class Verification(Entry):
    """A second person's acceptance that an action is done."""

    action = models.OneToOneField(Action, on_delete=models.PROTECT, related_name="verification")
    note = models.TextField()

    def __str__(self) -> str:
        return f"{self.on}: verified by {self.by}"
