"""Inspections: what an inspectorate looked at, published and recommended, and what came of it."""

from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from management.models import Message, Owned, User, Versioned
from plans.models.entries import Entry
from plans.models.frameworks import Framework, QualityIndicator
from plans.querysets import (
    EvaluationQuerySet,
    InspectionQuerySet,
    RecommendationQuerySet,
    ReminderQuerySet,
)
from plans.scales import Grade


class Inspection(Owned, Versioned):
    """What an inspectorate looked at and published. Until then it is confidential.

    `version` also counts the changes of its grades and key messages, which are edited with it.
    """

    class Kind(models.TextChoices):
        JUSTICE = "justice", "Inspection of justice social work"
        COMMUNITY = "community", "Inspection of community justice"
        THEMATIC = "thematic", "Thematic review"
        PROGRESS = "progress", "Progress review"
        OTHER = "other", "Other"

    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.JUSTICE)
    follows = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="reviews",
        help_text="Only for a progress review: the inspection whose progress it looks at.",
    )
    title = models.CharField(max_length=200)
    inspectorate = models.CharField(max_length=120)
    notified_on = models.DateField(null=True, blank=True)
    notified_text = models.CharField(max_length=60, blank=True)
    published_on = models.DateField(null=True, blank=True)
    plan_due_on = models.DateField(null=True, blank=True)
    records_read = models.PositiveIntegerField(null=True, blank=True)
    records_in_all = models.PositiveIntegerField(null=True, blank=True)
    records_period = models.CharField(max_length=120, blank=True)
    people_met = models.PositiveIntegerField(null=True, blank=True)
    scope = models.TextField(blank=True)
    source = models.TextField(blank=True)

    objects: ClassVar[Any] = InspectionQuerySet.as_manager()

    class Meta:
        ordering = [F("published_on").desc(nulls_first=True), "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["area", "title"],
                name="one_inspection_per_title",
                violation_error_message="This area already has an inspection with this title.",
            ),
            models.CheckConstraint(
                condition=Q(notified_on=None)
                | Q(published_on=None)
                | Q(notified_on__lte=F("published_on")),
                name="inspection_notified_before_published",
                violation_error_message="An inspection cannot be published before it is notified.",
            ),
            models.CheckConstraint(
                condition=Q(plan_due_on=None)
                | Q(published_on__isnull=False, plan_due_on__gte=F("published_on")),
                name="inspection_plan_due_after_published",
                violation_error_message="A plan cannot be due before the report is published.",
            ),
            models.CheckConstraint(
                condition=Q(records_read=None)
                | Q(records_in_all=None)
                | Q(records_read__lte=F("records_in_all")),
                name="inspection_sample_within_population",
                violation_error_message="More records were read than there are.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_published(self) -> bool:
        return self.published_on is not None


class Stage(Owned, Versioned):
    """One step of this inspection's timetable. `planned_on` is what the framework's weeks gave."""

    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="stages")
    sequence = models.PositiveSmallIntegerField()
    week = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=200)
    inspectorate = models.TextField(blank=True)
    service = models.TextField(blank=True)
    planned_on = models.DateField()
    on = models.DateField()
    at = models.CharField(max_length=40, blank=True)
    done_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["inspection", "on", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["inspection", "sequence"], name="one_stage_per_place"),
        ]

    def __str__(self) -> str:
        return self.name


class Reminder(Owned):
    """One person is reminded of one date, once, by a message that may tell of more dates.

    `handed_at` is when it went into the outbox, or, before there was one, when it was sent.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=80)
    text = models.TextField()
    due = models.DateField()
    made_at = models.DateTimeField()
    handed_at = models.DateTimeField(null=True, blank=True)
    message = models.ForeignKey(
        Message, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects: ClassVar[Any] = ReminderQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="one_reminder_per_key"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.text}"

    @property
    def sent_at(self) -> datetime | None:
        """When its message went out; None while it has not, or nobody knows."""
        return self.message.sent_at if self.message else self.handed_at


class Evaluation(Owned):
    """The grade that an inspection gave to a quality indicator, and why, in short."""

    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="evaluations")
    indicator = models.ForeignKey(QualityIndicator, on_delete=models.PROTECT, related_name="+")
    grade = models.PositiveSmallIntegerField(choices=Grade.choices)
    rationale = models.TextField(blank=True)

    objects: ClassVar[Any] = EvaluationQuerySet.as_manager()

    class Meta:
        ordering = ["indicator__sequence"]
        constraints = [
            models.UniqueConstraint(
                fields=["inspection", "indicator"], name="one_grade_per_indicator"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator}: {self.get_grade_display()}"


class KeyMessage(Owned):
    """KM1, KM2 …: what the inspectorate most wants to be heard."""

    inspection = models.ForeignKey(
        Inspection, on_delete=models.PROTECT, related_name="key_messages"
    )
    number = models.PositiveSmallIntegerField()
    text = models.TextField()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["inspection", "number"], name="one_key_message_number"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return f"KM{self.number}"


class Recommendation(Owned, Versioned):
    """A recommendation or area for improvement; parts of one hang below it.

    `kind` and `closed_on` follow its reclassifications and decisions, which are append-only.
    """

    class Kind(models.TextChoices):
        IMPROVEMENT = "improvement", "Area for improvement"
        RECOMMENDATION = "recommendation", "Recommendation"
        DEVELOPMENT = "development", "Area for development"

    class Response(models.TextChoices):
        NONE = "", "No response yet"
        AGREED = "agreed", "Agreed"
        PARTLY = "partly", "Partly agreed"
        NOT_AGREED = "not_agreed", "Not agreed"

    inspection = models.ForeignKey(
        Inspection, on_delete=models.PROTECT, related_name="recommendations"
    )
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="parts"
    )
    kind = models.CharField(max_length=16, choices=Kind.choices, default=Kind.IMPROVEMENT)
    reference = models.CharField(max_length=12)
    text = models.TextField()
    sequence = models.PositiveSmallIntegerField()
    added_on = models.DateField()
    addressee = models.CharField(
        max_length=150, blank=True, help_text="Who must act, as the report says."
    )
    response = models.CharField(max_length=12, choices=Response.choices, blank=True, default="")
    response_detail = models.TextField(blank=True)
    depends_on = models.TextField(
        blank=True, help_text="What else must happen first: another authority, a law, a ruling."
    )
    closed_on = models.DateField(null=True, blank=True, editable=False)

    objects: ClassVar[Any] = RecommendationQuerySet.as_manager()

    class Meta:
        ordering = ["sequence"]
        constraints = [
            models.UniqueConstraint(
                fields=["inspection", "reference"],
                name="one_recommendation_per_reference",
                violation_error_message="This inspection already has one with this reference.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.text}"

    @property
    def is_open(self) -> bool:
        return self.closed_on is None


class Decision(Entry):
    """A named body closed the recommendation on evidence, or opened it again."""

    class Kind(models.TextChoices):
        CLOSED = "closed", "Closed"
        REOPENED = "reopened", "Reopened"

    recommendation = models.ForeignKey(
        Recommendation, on_delete=models.PROTECT, related_name="decisions"
    )
    kind = models.CharField(max_length=12, choices=Kind.choices)
    body = models.CharField(max_length=150)
    minute_reference = models.CharField(max_length=120)
    reason = models.TextField()

    def __str__(self) -> str:
        return f"{self.get_kind_display()} by {self.body} on {self.on}"


class Reclassification(Entry):
    """The recommendation was moved from one class to another."""

    recommendation = models.ForeignKey(
        Recommendation, on_delete=models.PROTECT, related_name="reclassifications"
    )
    old = models.CharField(max_length=16, choices=Recommendation.Kind.choices)
    new = models.CharField(max_length=16, choices=Recommendation.Kind.choices)
    reason = models.TextField()

    def __str__(self) -> str:
        return f"{self.on}: {self.old} to {self.new}"
