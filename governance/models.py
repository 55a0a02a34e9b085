"""Bodies, their meetings, and the packs that they are given."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from governance.querysets import BuildQuerySet, PackQuerySet
from kpis.periods import Period
from management.models import Owned, Versioned
from plans.models import Plan


class Body(Owned, Versioned):
    """A board or committee that receives packs.

    From the quarter of `packs_from` on, a pack is due `days_after_quarter` days after each quarter.
    """

    slug = models.SlugField(max_length=60)
    name = models.CharField(max_length=150)
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="bodies")
    packs_from = models.DateField()
    days_after_quarter = models.PositiveSmallIntegerField(default=14)
    subject = models.CharField(max_length=200)
    wards = models.CharField(max_length=200, default="All")
    background_papers = models.TextField(default="None")
    author = models.CharField(max_length=150)
    author_post = models.CharField(max_length=150)
    contact = models.TextField(blank=True)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "bodies"
        constraints = [
            models.UniqueConstraint(fields=["area", "slug"], name="one_body_per_slug"),
        ]

    def __str__(self) -> str:
        return self.name


class Meeting(Owned):
    """When a body meets, and when its papers are due."""

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="meetings")
    on = models.DateField()
    papers_due = models.DateField()

    class Meta:
        ordering = ["on"]
        constraints = [
            models.UniqueConstraint(fields=["body", "on"], name="one_meeting_per_day"),
            models.CheckConstraint(
                condition=Q(papers_due__lte=F("on")),
                name="papers_due_before_meeting",
                violation_error_message="Papers are due before the meeting, not after it.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.body}: {self.on}"


class Paragraph(Owned, Versioned):
    """What people write for one section of one body's pack of one period."""

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="paragraphs")
    start = models.DateField()
    section = models.CharField(max_length=30)
    text = models.TextField(blank=True)
    written_by = models.CharField(max_length=150)
    written_on = models.DateField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["body", "start", "section"], name="one_paragraph_per_section"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.body}: {self.section}"


class Pack(Owned):
    """One edition of one body's report for one period. What it says is in its `frozen` content."""

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="packs")
    start = models.DateField()
    end = models.DateField()
    edition = models.PositiveIntegerField(default=1)
    as_at = models.DateField()
    reason = models.TextField(blank=True)
    requested_by = models.CharField(max_length=150)
    requested_at = models.DateTimeField()

    objects: ClassVar[Any] = PackQuerySet.as_manager()

    class Meta:
        ordering = ["-start", "-edition"]
        constraints = [
            models.UniqueConstraint(
                fields=["body", "start", "edition"], name="one_pack_per_period_and_edition"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.body}: {self.period.label}, edition {self.edition}"

    @property
    def period(self) -> Period:
        return Period(self.start, self.end)


class PackBuild(models.Model):
    """The work of building one pack: who has claimed it and how it stands."""

    # The machine's own notes; what people asked for and got is recorded in Pack and Frozen.
    audited = False

    class State(models.TextChoices):
        QUEUED = "queued", "Waiting for a worker"
        BUILDING = "building", "Being built"
        RETRY = "retry", "Interrupted: will be tried again"
        DONE = "done", "Built"
        FAILED = "failed", "Failed: a person must look"

    pack = models.OneToOneField(Pack, on_delete=models.PROTECT, related_name="build")
    area = models.ForeignKey("management.Area", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveIntegerField(default=0)
    not_before = models.DateTimeField()
    enqueued_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    token = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    objects = BuildQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["state", "not_before"])]

    def __str__(self) -> str:
        return f"{self.pack_id}: {self.state}"


class Frozen(Owned):
    """The canonical JSON of a pack's content and its SHA-256: the pack itself, never changed."""

    append_only = True
    not_recorded = ("text",)

    pack = models.OneToOneField(Pack, on_delete=models.PROTECT, related_name="frozen")
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    frozen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.sha256


class Rendition(Owned):
    """One file drawn from the frozen content, kept in the store under its own SHA-256."""

    append_only = True

    class Format(models.TextChoices):
        PDF = "pdf", "PDF"
        WORD = "docx", "Word"
        EXCEL = "xlsx", "Excel"
        PAGE = "html", "Web page"

    pack = models.ForeignKey(Pack, on_delete=models.PROTECT, related_name="renditions")
    format = models.CharField(max_length=4, choices=Format.choices)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["pack", "format"], name="one_rendition_per_format"),
        ]

    def __str__(self) -> str:
        return f"{self.pack_id}.{self.format}"
