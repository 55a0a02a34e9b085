"""What is said on a day and never changed."""

from django.db import models

from management.models import Owned, User


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
