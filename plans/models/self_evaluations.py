"""Self-evaluations: what a service concluded about itself, on what evidence, and what follows."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from management.models import Owned, User, Versioned
from plans import scales
from plans.models.frameworks import Framework, QualityIndicator, Section
from plans.querysets import (
    STOOD_BY,
    FoundQuerySet,
    JudgedQuerySet,
    SelfEvaluationQuerySet,
)

SAME_TITLE = "This area already has a self-evaluation with this title."


class SelfEvaluation(Owned, Versioned):
    """One look of a service at itself, by one framework, for one period."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        SUBMITTED = "submitted", "Submitted"
        VALIDATED = "validated", "Validated"
        WITHDRAWN = "withdrawn", "Withdrawn"

    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=200)
    start = models.DateField()
    end = models.DateField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFT)
    capacity = models.TextField("capacity for improvement, and what stands in its way", blank=True)
    priorities = models.TextField(blank=True, help_text="One on each line.")
    started_by = models.CharField(max_length=150)
    started_on = models.DateField()
    submitted_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    submitted_on = models.DateField(null=True, blank=True)
    validated_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    validated_on = models.DateField(null=True, blank=True)
    validated_for = models.CharField(
        max_length=150, blank=True, help_text="Whose view the validation is, where not one's own."
    )
    withdrawn_by = models.CharField(max_length=150, blank=True)
    withdrawn_on = models.DateField(null=True, blank=True)
    withdrawn_reason = models.TextField(blank=True)
    file_name = models.CharField(max_length=200, blank=True, help_text="Of the form read.")
    file_sha256 = models.CharField(max_length=64, blank=True)
    illustrative = models.TextField(blank=True, help_text="What in it is invented.")

    objects: ClassVar[Any] = SelfEvaluationQuerySet.as_manager()

    class Meta:
        ordering = ["-end", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["area", "title"],
                condition=~Q(state="withdrawn"),
                name="one_self_evaluation_per_title",
                violation_error_message=SAME_TITLE,
            ),
            models.CheckConstraint(
                condition=Q(end__gte=F("start")),
                name="self_evaluation_ends_after_start",
                violation_error_message="The period cannot end before it begins.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT

    @property
    def is_stood_by(self) -> bool:
        """Submitted, or validated since."""
        return self.state in STOOD_BY


class Judged(Owned, Versioned):
    """A rating of the service's own, and the validator's beside it. Values are the framework's.

    The contributor is who was asked to write it.
    """

    self_evaluation = models.ForeignKey(
        SelfEvaluation, on_delete=models.PROTECT, related_name="%(class)ss"
    )
    contributor = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    rating = models.PositiveSmallIntegerField(null=True, blank=True)
    validated_rating = models.PositiveSmallIntegerField(null=True, blank=True)
    validated_reason = models.TextField(blank=True)
    written_by = models.CharField(max_length=150, blank=True)
    written_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[Any] = JudgedQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def code(self) -> str:
        """1a.1, or “1a overall”."""
        raise NotImplementedError

    @property
    def difference(self) -> int | None:
        """Points by which the validator rated higher (positive) or lower; None without both."""
        if self.rating is None or self.validated_rating is None:
            return None
        return self.validated_rating - self.rating

    def in_words(self, value: int | None) -> str:
        return scales.label(self.self_evaluation.framework.scale, value)


class Judgement(Judged):
    """What the service says of one indicator, statement or driver, and what shows it.

    `strengths` and `improvements` hold one on each line; so do the four kinds of source.
    """

    indicator = models.ForeignKey(QualityIndicator, on_delete=models.PROTECT, related_name="+")
    evidence = models.TextField(blank=True)
    data = models.TextField(blank=True)
    documents = models.TextField(blank=True)
    views = models.TextField("views of people", blank=True)
    observation = models.TextField(blank=True)
    strengths = models.TextField(blank=True)
    improvements = models.TextField("areas for improvement", blank=True)
    ambition = models.TextField("how good can we be", blank=True)

    class Meta:
        ordering = ["indicator__sequence"]
        constraints = [
            models.UniqueConstraint(
                fields=["self_evaluation", "indicator"], name="one_judgement_per_indicator"
            ),
        ]

    def __str__(self) -> str:
        return str(self.indicator)

    @property
    def code(self) -> str:
        return self.indicator.code


class Overall(Judged):
    """The overall rating of a section, with its rationale."""

    section = models.ForeignKey(Section, on_delete=models.PROTECT, related_name="+")
    rationale = models.TextField(blank=True)

    class Meta:
        ordering = ["section__sequence"]
        constraints = [
            models.UniqueConstraint(
                fields=["self_evaluation", "section"], name="one_overall_per_section"
            ),
        ]

    def __str__(self) -> str:
        return str(self.section)

    @property
    def code(self) -> str:
        return f"{self.section.code} overall"


class Tool(Owned):
    """A tool or system that the service uses to gather, analyse or report."""

    class Reach(models.TextChoices):
        LOCAL = "local", "Local"
        NATIONAL = "national", "National"
        EXTERNAL = "external", "External"
        UNKNOWN = "", "Not said"

    overall = models.ForeignKey(Overall, on_delete=models.PROTECT, related_name="tools")
    sequence = models.PositiveSmallIntegerField()
    name = models.TextField()
    reach = models.CharField(max_length=12, choices=Reach.choices, blank=True, default="")

    class Meta:
        ordering = ["overall", "sequence"]

    def __str__(self) -> str:
        return self.name


class Finding(Owned):
    """A strength or an area for improvement that actions can hang on.

    `indicator` is None for a priority of the whole self-evaluation. The text stays as it was found.
    """

    class Kind(models.TextChoices):
        STRENGTH = "strength", "Strength"
        IMPROVEMENT = "improvement", "Area for improvement"

    self_evaluation = models.ForeignKey(
        SelfEvaluation, on_delete=models.PROTECT, related_name="findings"
    )
    indicator = models.ForeignKey(
        QualityIndicator, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    kind = models.CharField(max_length=12, choices=Kind.choices)
    reference = models.CharField(max_length=12)
    text = models.TextField()
    sequence = models.PositiveSmallIntegerField()
    made_by = models.CharField(max_length=150)
    made_on = models.DateField()
    withdrawn_on = models.DateField(null=True, blank=True)
    withdrawn_reason = models.TextField(blank=True)

    objects: ClassVar[Any] = FoundQuerySet.as_manager()

    class Meta:
        ordering = ["sequence"]
        constraints = [
            models.UniqueConstraint(
                fields=["self_evaluation", "reference"], name="one_finding_per_reference"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.text}"
