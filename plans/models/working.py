"""What people keep for their own work with actions: views, feeds, digests; and imported files."""

from django.db import models

from management.models import BroughtFile, Owned, User, Versioned
from plans.models.actions import Action
from plans.models.plans import Plan


class SavedView(Owned):
    """A list of actions as somebody likes to see it: the filter's query, by name."""

    class Page(models.TextChoices):
        MINE = "my_actions", "My actions"
        ALL = "actions", "All actions"

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    page = models.CharField(max_length=12, choices=Page.choices)
    query = models.TextField(blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["area", "user", "page", "name"],
                name="one_saved_view_per_name",
                violation_error_message="You already have a view with this name.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Feed(Owned):
    """A person's dates for their calendar, by a secret address. Only its SHA-256 is kept."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.user}, {self.made_at}"


class Digest(Owned, Versioned):
    """What a person wants to be told of by e-mail, and on which day of the week.

    `handled_on` is the day on which a worker last did so, or found nothing to tell: once a week.
    """

    class Day(models.IntegerChoices):
        MONDAY = 0, "Every Monday"
        TUESDAY = 1, "Every Tuesday"
        WEDNESDAY = 2, "Every Wednesday"
        THURSDAY = 3, "Every Thursday"
        FRIDAY = 4, "Every Friday"

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    day = models.PositiveSmallIntegerField(choices=Day.choices, null=True, blank=True)
    chosen_on = models.DateField()
    handled_on = models.DateField(null=True, blank=True, editable=False)
    due_soon = models.BooleanField(default=True)
    overdue = models.BooleanField(default=True)
    waiting = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["area", "user"], name="one_digest_per_person"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_day_display() or 'never'}"


class PlanImport(BroughtFile):
    """A plan's file, of which `plan` is the one that it is for, if it is there."""

    class Kind(models.TextChoices):
        PLAN = "plan", "A plan in Word, Excel or CSV"
        TRACKER = "tracker", "A tracker workbook that came back"

    plan = models.ForeignKey(
        Plan, null=True, blank=True, on_delete=models.PROTECT, related_name="imports"
    )
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.PLAN)


class ImportedRow(Owned):
    """Where an action came from: the row of the file, word for word (JSON as text)."""

    plan_import = models.ForeignKey(PlanImport, on_delete=models.PROTECT, related_name="rows")
    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="imported_rows")
    place = models.CharField(max_length=120)
    raw = models.TextField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.place


class ColumnMap(Owned):
    """What an area's columns mean, by the signature of their headings (JSON as text).

    `by` chose it `at` that time; neither is known of what was chosen before they were kept.
    """

    signature = models.CharField(max_length=64)
    mapping = models.TextField()
    by = models.CharField(max_length=150, blank=True)
    at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["area", "signature"], name="one_map_per_headings"),
        ]

    def __str__(self) -> str:
        return self.signature[:12]
