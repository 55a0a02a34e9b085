"""What is said of an action, entry by entry: nothing here is ever changed."""

from typing import Any, ClassVar

from django.db import models

from management.models import Owned, Post, User
from plans.models.actions import Action
from plans.models.entries import Entry
from plans.querysets import UndoableQuerySet
from plans.statuses import Status


class Update(Entry):
    """Progress reported: what was done, and the status from now on.

    `corrects` is the earlier update that it puts right, `word` the area's own word for the status
    as it was written, `decision` who decided that the action ends early and where it is minuted.
    `undoes` is the one that does not stand since this entry, which puts back what was before it.
    """

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="updates")
    old_status = models.CharField(max_length=12, choices=Status.choices)
    status = models.CharField(max_length=12, choices=Status.choices)
    text = models.TextField()
    word = models.CharField(max_length=60, blank=True)
    percent = models.PositiveSmallIntegerField(null=True, blank=True)
    decision = models.TextField(blank=True)
    corrects = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrections"
    )
    undoes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="undone_by"
    )

    objects: ClassVar[Any] = UndoableQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.on}: {self.get_status_display()}"


class DateRequest(Entry):
    """Somebody asks for a new due date, where the plan wants a second person to agree."""

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="date_requests")
    old = models.DateField(null=True, blank=True)
    new = models.DateField()
    reason = models.TextField()

    def __str__(self) -> str:
        return f"{self.on}: {self.old} to {self.new}?"


class DateAnswer(Entry):
    """The second person's answer; a request without one is open."""

    request = models.OneToOneField(DateRequest, on_delete=models.PROTECT, related_name="answer")
    agreed = models.BooleanField()
    text = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.on}: {'agreed' if self.agreed else 'refused'}"


class DateChange(Entry):
    """A due date moved. `old` is None where the plan had given none.

    `approver` is who agreed, as a second person, to what `by` had asked for; `undoes` the move
    that this one takes back, so that together they are none.
    """

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="date_changes")
    old = models.DateField(null=True, blank=True)
    new = models.DateField()
    reason = models.TextField()
    approver = models.CharField(max_length=150, blank=True)
    undoes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="undone_by"
    )

    objects: ClassVar[Any] = UndoableQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.on}: {self.old} to {self.new}"


class Evidence(Entry):
    """A file, a link, both of them, or a note that shows what was done.

    `sha256` is that of the file's bytes, else of the description and the link.
    """

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="evidence")
    description = models.TextField()
    url = models.URLField(max_length=500, blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    media_type = models.CharField(max_length=100, blank=True)
    size = models.PositiveIntegerField(default=0, help_text="In bytes.")
    sha256 = models.CharField(max_length=64)

    def __str__(self) -> str:
        return self.description

    @property
    def kind(self) -> str:
        return "file" if self.file_name else "link" if self.url else "note"


class EvidenceWithdrawal(Entry):
    """The evidence does not stand any more, and why. It stays listed."""

    evidence = models.OneToOneField(Evidence, on_delete=models.PROTECT, related_name="withdrawal")
    reason = models.TextField()

    def __str__(self) -> str:
        return f"{self.on}: {self.reason}"


class Verification(Entry):
    """A second person's acceptance that an action is done.

    Of a complete action the latest one stands. It can be taken back, and the action be verified
    again: `plans.services.verification`.
    """

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="verifications")
    note = models.TextField()

    def __str__(self) -> str:
        return f"{self.on}: verified by {self.by}"


class Note(Entry):
    """What somebody of the service wants known of an action, without a word on its status."""

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="notes")
    text = models.TextField()

    def __str__(self) -> str:
        return f"{self.on}: {self.text}"


class Revision(Entry):
    """After its plan was approved an action was added, reworded, or linked otherwise.

    `field` is the name of the field of Action, or "added". `before` has the keys of what it was
    linked to, apart by commas, where it was linked otherwise: names may change.
    """

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="revisions")
    field = models.CharField(max_length=30)
    old = models.TextField(blank=True)
    new = models.TextField(blank=True)
    before = models.TextField(blank=True)
    reason = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.on}: {self.field}"


class Acceptance(Entry):
    """A sentence of the SMART check that was accepted as it is, and why."""

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="acceptances")
    code = models.CharField(max_length=30)
    sentence = models.TextField()
    reason = models.TextField()

    def __str__(self) -> str:
        return f"{self.code}: {self.reason}"


class Residual(Entry):
    """Where an action's remaining work goes on when its plan closes."""

    action = models.OneToOneField(Action, on_delete=models.PROTECT, related_name="residual")
    home = models.CharField(max_length=300)

    def __str__(self) -> str:
        return self.home


class HandOver(Entry):
    """A post came to another holder, who is told what is open. `on` is the day it begins."""

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="hand_overs")
    old = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    new = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.on}: {self.post} to {self.new}"


class HandedOver(Owned):
    """An action that was open when its post came to another holder, and how it stood then.

    It may be another post's, with a task of this one: `text` has a line for each.
    """

    append_only = True

    hand_over = models.ForeignKey(HandOver, on_delete=models.PROTECT, related_name="open_actions")
    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["hand_over", "action"], name="one_hand_over_per_action"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hand_over_id} {self.action_id}"
