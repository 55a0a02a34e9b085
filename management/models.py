"""Areas, people, posts, and the record of every change."""

from collections import defaultdict
from datetime import date
from functools import cached_property
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q

from management.access import Role, roles_allow
from management.querysets import AreaQuerySet, AuditQuerySet, HoldingQuerySet, OwnedQuerySet


class Area(models.Model):
    """A local authority area and its partnership; other areas' people see nothing of it."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120, unique=True)
    partnership = models.CharField(max_length=200)

    objects = AreaQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Owned(models.Model):
    """Belongs to one area, and says so in a column of its own."""

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[Any] = OwnedQuerySet.as_manager()

    class Meta:
        abstract = True


class Versioned(models.Model):
    """What people edit: a save made from an older version changes nothing."""

    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True


class BroughtFile(Owned, Versioned):
    """A file that `by` has brought, and that `taken_by` has perhaps taken in.

    `sha256` names the file in the store. `mapping` and `choices` are what the person chose, and
    `done` is what was changed, so that it can be undone: all three JSON as text.
    """

    class State(models.TextChoices):
        PREVIEW = "preview", "Looked at"
        APPLIED = "applied", "Taken in"
        UNDONE = "undone", "Undone"
        THROWN = "thrown", "Thrown away"

    user = models.ForeignKey(
        "management.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    by = models.CharField(max_length=150)
    taken_by = models.CharField(max_length=150, blank=True)
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PREVIEW)
    made_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    mapping = models.TextField(blank=True)
    choices = models.TextField(blank=True)
    done = models.TextField(blank=True)

    class Meta:
        abstract = True
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.file_name}: {self.get_state_display()}"

    @property
    def why_decided(self) -> str:
        """Why nothing can be decided of it any more, or an empty text."""
        if self.state == self.State.PREVIEW:
            return ""
        if self.state == self.State.THROWN:
            return "This file was thrown away. Bring it in again."
        return "This file was taken in already."


class Recorded(Owned):
    """What somebody decided or said, and when it was entered. Never changed: what puts it otherwise
    is another one. `author` is None where no person entered it."""

    append_only = True

    entered_by = models.CharField(max_length=150)
    author = models.ForeignKey(
        "management.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    entered_at = models.DateTimeField()

    class Meta:
        abstract = True


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, name: str, password: str | None = None) -> "User":
        """A person who can sign in once a password is set."""
        user = self.model(email=self.normalize_email(email).lower(), name=name)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save()
        return user


class User(AbstractBaseUser):
    """A person who signs in. Deactivated when they leave, never deleted."""

    email = models.EmailField(
        "e-mail address",
        unique=True,
        error_messages={"unique": "Somebody with this e-mail address is already there."},
    )
    name = models.CharField(max_length=150)
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = UserManager()
    # Columns that never enter the audit trail.
    not_recorded = ("password",)
    # What acts for them, where it is not they who are signed in: `API token “Figures”`.
    came_by = ""

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def actor_id(self) -> int | None:
        return self.pk

    @property
    def actor_name(self) -> str:
        return self.name

    @cached_property
    def areas_by_id(self) -> dict[int, Area]:
        return {m.area_id: m.area for m in self._memberships}

    @cached_property
    def roles_by_area(self) -> dict[int, set[str]]:
        roles: dict[int, set[str]] = defaultdict(set)
        for membership in self._memberships:
            roles[membership.area_id].add(membership.role)
        return dict(roles)

    @cached_property
    def _memberships(self) -> list["Membership"]:
        return list(self.memberships.select_related("area").order_by("area__name", "role"))

    def acts_by(self, token: "ApiToken") -> None:
        """From here on this person is a program with their token: in its one area, and no other."""
        self._memberships = [m for m in self._memberships if m.area_id == token.area_id]
        self.came_by = f"API token “{token.name}”"

    def may(self, deed: str, area: Area) -> bool:
        """Whether the permission table allows the deed to this person's roles in that area."""
        return self.is_active and roles_allow(self.roles_by_area.get(area.pk, set()), deed)


class Membership(Owned):
    """One role of one person in one area."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices)

    class Meta:
        ordering = ["user__name", "role"]
        constraints = [
            models.UniqueConstraint(
                fields=["area", "user", "role"],
                name="one_membership_per_role",
                violation_error_message="This person already has this role here.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}"


class Post(Owned):
    """A role that can own an action, inside the area or outside it. Actions belong to posts."""

    title = models.CharField(max_length=150)
    organisation = models.CharField(
        max_length=150, blank=True, help_text="Only for a post outside the area."
    )

    class Meta:
        ordering = ["title"]
        constraints = [
            models.UniqueConstraint(
                fields=["area", "title", "organisation"],
                name="one_post_per_title",
                violation_error_message="This area already has a post with this title.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.organisation})" if self.organisation else self.title


class Holding(Owned):
    """Who holds a post, from when, and until when (None: still)."""

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="holdings")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="holdings")
    start = models.DateField()
    end = models.DateField(null=True, blank=True)

    objects: ClassVar[Any] = HoldingQuerySet.as_manager()

    class Meta:
        ordering = ["-start"]
        constraints = [
            models.UniqueConstraint(fields=["post", "user", "start"], name="one_holding_per_start"),
            models.CheckConstraint(
                condition=Q(end=None) | Q(end__gte=F("start")),
                name="holding_ends_after_start",
                violation_error_message="A post cannot be left before it is taken up.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.post}: {self.user} from {self.start}"

    def covers(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day <= self.end)


class Message(Owned):
    """One e-mail to one person. `key` names the event that it tells of: nobody is told twice.

    `token` belongs to the worker that sends it. What a worker died over is uncertain, and never
    sent again by itself: a person decides.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        SENDING = "sending", "Being sent"
        SENT = "sent", "Sent"
        UNCERTAIN = "uncertain", "Perhaps sent"
        FAILED = "failed", "Not sent"

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=200)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField(blank=True)
    made_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    token = models.CharField(max_length=32, blank=True)
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=200, blank=True)

    # The text is kept in the row itself; each state of it need not be kept again.
    not_recorded = ("text", "html")

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["state", "next_attempt_at"])]
        constraints = [
            models.UniqueConstraint(fields=["area", "user", "key"], name="one_message_per_event"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.subject}"


class ApiToken(Owned):
    """What a program shows to act for a person in one area. Only its SHA-256 is kept."""

    class Scope(models.TextChoices):
        READ = "read", "Read only"
        WRITE = "write", "Read and write"

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="api_tokens")
    name = models.CharField(max_length=60)
    scope = models.CharField(max_length=10, choices=Scope.choices)
    prefix = models.CharField(max_length=8, help_text="Its first characters, to tell it by.")
    sha256 = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_on = models.DateField()
    revoked_at = models.DateTimeField(null=True)

    not_recorded = ("sha256",)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class AuditEvent(models.Model):
    """One changed row: written by database triggers (`management.audit`), never changed again.

    `old` and `new` are the row as JSON text, without secrets. `at` is the database's own time.
    """

    at = models.DateTimeField(db_index=True)
    area_id = models.BigIntegerField(null=True, db_index=True)
    table_name = models.CharField(max_length=63)
    row_id = models.CharField(max_length=64)
    operation = models.CharField(max_length=6)
    old = models.TextField(null=True)  # noqa: DJ001  (absent is not an empty row)
    new = models.TextField(null=True)  # noqa: DJ001
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=150)
    verb = models.CharField(max_length=100)
    reason = models.TextField()
    request_id = models.CharField(max_length=64)

    objects = AuditQuerySet.as_manager()
    append_only = True

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["table_name", "row_id"])]

    def __str__(self) -> str:
        return f"{self.actor_name}: {self.verb} ({self.table_name} {self.row_id})"


class JobTick(models.Model):
    """When a recurring job last started and last ended well: what /health reads."""

    # The machine's own notes: a row a minute would bury what people did.
    audited = False

    name = models.CharField(max_length=60, primary_key=True)
    started_at = models.DateTimeField(null=True)
    succeeded_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.name
