"""Questions that can be asked of tasks."""

from datetime import date
from typing import Any, Self

from django.db.models import Case, Q, Value, When

from management.querysets import OwnedQuerySet
from plans.querysets.actions import posts_held_by
from plans.states import WORKED_ON
from plans.statuses import CLOSED


class TaskQuerySet(OwnedQuerySet):
    def still_open(self) -> Self:
        return self.filter(done_on=None, dropped_on=None)

    def of_posts(self, posts: Any) -> Self:
        """For these posts to do, of open actions that are worked on.

        A task without a post of its own is for the lead of its action.
        """
        theirs = Q(post__in=posts) | Q(post=None, action__lead__in=posts)
        rows = self.filter(theirs, action__plan__state__in=WORKED_ON)
        return rows.exclude(action__status__in=CLOSED)

    def of_posts_held_by(self, user: Any, *, on: date) -> Self:
        """For the posts that the user holds on that day."""
        return self.of_posts(self._held_by(user, on))

    def with_held(self, user: Any, *, on: date) -> Self:
        """Adds `held`: whether the user holds the task's own post on that day."""
        held = When(post__in=self._held_by(user, on), then=Value(True))
        return self.annotate(held=Case(held, default=Value(False)))

    def _held_by(self, user: Any, on: date) -> Any:
        return posts_held_by(self.model._meta.get_field("post").related_model, user, on)
