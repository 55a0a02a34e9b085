"""What was found, what was agreed, and what has been done about it."""

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from kpis.models import Indicator as Kpi
from management.models import Owned, Post, User, Versioned
from plans import statuses
from plans.querysets import ActionQuerySet, InspectionQuerySet, PlanQuerySet
from plans.statuses import Status


class Framework(models.Model):
    """A published set of quality indicators. Shared by all areas, owned by none."""

    code = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=200)
    source = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.title


class QualityIndicator(models.Model):
    """One indicator of a framework, such as 5.2, under the question that it helps to answer."""

    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="indicators")
    code = models.CharField(max_length=12)
    name = models.CharField(max_length=200)
    question = models.CharField(max_length=200)
    graded = models.BooleanField(default=False)
    sequence = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["framework", "sequence"]
        constraints = [
            models.UniqueConstraint(
                fields=["framework", "code"], name="one_quality_indicator_per_code"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Grade(models.IntegerChoices):
    """The six-point scale."""

    EXCELLENT = 6, "Excellent"
    VERY_GOOD = 5, "Very good"
    GOOD = 4, "Good"
    ADEQUATE = 3, "Adequate"
    WEAK = 2, "Weak"
    UNSATISFACTORY = 1, "Unsatisfactory"

    @property
    def meaning(self) -> str:
        """In short, with what the grade obliges (Care Inspectorate report 2019, appendix 1)."""
        return {
            6: "Outstanding, and others can learn from it.",
            5: "Major strengths.",
            4: "Important strengths, with some things to improve.",
            3: "Strengths only just outweigh weaknesses; improvement is needed.",
            2: "Weaknesses outweigh strengths: action is required, as a priority.",
            1: "Major weaknesses: action is required, urgently.",
        }[self.value]


class Inspection(Owned):
    """What an inspectorate looked at and published."""

    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=200)
    inspectorate = models.CharField(max_length=120)
    notified_on = models.DateField(null=True, blank=True)
    notified_text = models.CharField(max_length=60, blank=True)
    published_on = models.DateField()
    plan_due_on = models.DateField()
    records_read = models.PositiveIntegerField(null=True, blank=True)
    records_in_all = models.PositiveIntegerField(null=True, blank=True)
    records_period = models.CharField(max_length=120, blank=True)
    people_met = models.PositiveIntegerField(null=True, blank=True)
    scope = models.TextField(blank=True)
    source = models.TextField(blank=True)

    objects: ClassVar[Any] = InspectionQuerySet.as_manager()

    class Meta:
        ordering = ["-published_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["area", "title"],
                name="one_inspection_per_title",
                violation_error_message="This area already has an inspection with this title.",
            ),
            models.CheckConstraint(
                condition=Q(notified_on=None) | Q(notified_on__lte=F("published_on")),
                name="inspection_notified_before_published",
                violation_error_message="An inspection cannot be published before it is notified.",
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


class Evaluation(Owned):
    """The grade that an inspection gave to a quality indicator."""

    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="evaluations")
    indicator = models.ForeignKey(QualityIndicator, on_delete=models.PROTECT, related_name="+")
    grade = models.PositiveSmallIntegerField(choices=Grade.choices)

    class Meta:
        ordering = ["indicator__sequence"]
        constraints = [
            models.UniqueConstraint(
                fields=["inspection", "indicator"], name="one_grade_per_indicator"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator}: {self.get_grade_display()}"

    @property
    def meaning(self) -> str:
        return Grade(self.grade).meaning


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


class Recommendation(Owned):
    """An area for improvement or recommendation; parts of one hang below it."""

    inspection = models.ForeignKey(
        Inspection, on_delete=models.PROTECT, related_name="recommendations"
    )
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="parts"
    )
    reference = models.CharField(max_length=12)
    text = models.TextField()
    sequence = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["sequence"]
        constraints = [
            models.UniqueConstraint(
                fields=["inspection", "reference"], name="one_recommendation_per_reference"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.text}"


class Plan(Owned, Versioned):
    """The improvement plan that answers an inspection."""

    inspection = models.ForeignKey(
        Inspection, null=True, blank=True, on_delete=models.PROTECT, related_name="plans"
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


class KpiLink(Link):
    kpi = models.ForeignKey(Kpi, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["action", "kpi"], name="one_link_per_kpi"),
        ]

    def __str__(self) -> str:
        return f"{self.action_id} {self.kpi_id}"


class Entry(Owned):
    """Something that was said of an action on a day. Never changed: a correction is a new entry.

    `on` is the day that it is about; `recorded_at` is when it was written down; `author` is None
    where no person wrote it.
    """

    append_only = True

    on = models.DateField()
    by = models.CharField(max_length=150)
    author = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField()
    illustrative = models.BooleanField(default=False)

    class Meta:
        abstract = True
        ordering = ["on", "id"]


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
