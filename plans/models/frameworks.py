"""Published frameworks as data. Shared by all areas, owned by none; the wording is each area's."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from management.models import Owned
from plans.querysets import FrameworkQuerySet
from plans.scales import Scale


class Framework(models.Model):
    """One version of a published set of quality indicators, loaded from a file.

    A version is never changed: what was judged by it keeps the words that it was judged by.
    """

    code = models.SlugField(max_length=60)
    version = models.PositiveSmallIntegerField(default=1)
    title = models.CharField(max_length=200)
    source = models.TextField(blank=True)
    scale = models.CharField(max_length=12, choices=Scale.choices, default=Scale.GRADE)
    sha256 = models.CharField(max_length=64, blank=True, help_text="Of what it was loaded from.")

    objects: ClassVar[Any] = FrameworkQuerySet.as_manager()

    class Meta:
        ordering = ["code", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="one_framework_per_version"),
        ]

    def __str__(self) -> str:
        return self.title


class Part(models.Model):
    """A row that belongs to a framework, in its place."""

    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="+")
    sequence = models.PositiveSmallIntegerField()

    class Meta:
        abstract = True
        ordering: ClassVar[list[str]] = ["framework", "sequence"]


class ScalePoint(Part):
    """What a point of the framework's scale means, and what it obliges the service to do."""

    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="scale_points")
    value = models.PositiveSmallIntegerField()
    meaning = models.TextField()
    obliges = models.TextField(blank=True)

    class Meta(Part.Meta):
        constraints = [
            models.UniqueConstraint(fields=["framework", "value"], name="one_meaning_per_point"),
        ]

    def __str__(self) -> str:
        return f"{self.value}: {self.meaning}"

    @property
    def in_words(self) -> str:
        return f"{self.meaning} {self.obliges}".strip()


class Section(Part):
    """A key area of a guide, or a part of a self-evaluation form, and the question it asks.

    `overall` sections have a rating of their own with a rationale; `tools` ones list tools.
    """

    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="sections")
    code = models.CharField(max_length=12)
    name = models.CharField(max_length=200)
    question = models.CharField(max_length=200)
    overall = models.BooleanField(default=False)
    tools = models.BooleanField(default=False)

    class Meta(Part.Meta):
        constraints = [
            models.UniqueConstraint(fields=["framework", "code"], name="one_section_per_code"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class NationalCount(models.Model):
    """How many services of the country rated a section so (for 2024: of 32)."""

    section = models.ForeignKey(Section, on_delete=models.PROTECT, related_name="national")
    value = models.PositiveSmallIntegerField()
    count = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["-value"]
        constraints = [
            models.UniqueConstraint(fields=["section", "value"], name="one_national_count"),
        ]

    def __str__(self) -> str:
        return f"{self.section}: {self.value} by {self.count}"


class QualityIndicator(Part):
    """One indicator, statement or driver, with a code such as 5.2 or 1a.3; the label is ours."""

    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="indicators")
    section = models.ForeignKey(Section, on_delete=models.PROTECT, related_name="indicators")
    code = models.CharField(max_length=12)
    name = models.CharField(max_length=200)
    graded = models.BooleanField(default=False)

    class Meta(Part.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["framework", "code"], name="one_quality_indicator_per_code"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def question(self) -> str:
        """Of its section. Select it with `select_related("…section")`."""
        return self.section.question


class KeyFactor(models.Model):
    """A key factor of an indicator, or a characteristic of a driver: a short label of ours."""

    indicator = models.ForeignKey(
        QualityIndicator, on_delete=models.PROTECT, related_name="key_factors"
    )
    sequence = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=200)

    class Meta:
        ordering = ["indicator", "sequence"]

    def __str__(self) -> str:
        return self.text


class NationalOutcome(Part):
    """One of the outcomes that the country has set for community justice."""

    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="outcomes")
    text = models.CharField(max_length=200)

    def __str__(self) -> str:
        return f"{self.sequence}. {self.text}"


class Step(Part):
    """One step of an inspection by this framework, in a week that counts from the notification.

    `weekday` is 0 for Monday; `at` a time of day in words, or blank.
    """

    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="steps")
    week = models.PositiveSmallIntegerField()
    weekday = models.PositiveSmallIntegerField(default=0)
    at = models.CharField(max_length=40, blank=True)
    name = models.CharField(max_length=200)
    inspectorate = models.TextField(blank=True, help_text="What the inspectorate does.")
    service = models.TextField(blank=True, help_text="What the service does.")

    def __str__(self) -> str:
        return f"Week {self.week}: {self.name}"


class Wording(Owned):
    """Text that an area has loaded from a file of its own: official wording, or an exemplar."""

    class Kind(models.TextChoices):
        OFFICIAL = "official", "Official wording"
        EXEMPLAR = "exemplar", "Exemplar"

    indicator = models.ForeignKey(
        QualityIndicator, on_delete=models.PROTECT, related_name="wordings"
    )
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.OFFICIAL)
    text = models.TextField()
    file_name = models.CharField(max_length=200)
    loaded_by = models.CharField(max_length=150)
    loaded_at = models.DateTimeField()

    class Meta:
        ordering = ["indicator", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["area", "indicator"],
                condition=Q(kind="official"),
                name="one_official_wording",
            ),
        ]

    def __str__(self) -> str:
        return self.text
