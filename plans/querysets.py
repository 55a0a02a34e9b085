"""Questions that can be asked of plans, actions and what inspections found."""

from datetime import date
from typing import Any, Self

from django.db.models import Case, Count, IntegerField, Q, Value, When

from management.querysets import OwnedQuerySet
from plans.statuses import CLOSED, Status


class ActionQuerySet(OwnedQuerySet):
    def still_open(self) -> Self:
        return self.exclude(status__in=CLOSED)

    def overdue(self, *, on: date) -> Self:
        """Open, and due before that day."""
        return self.still_open().filter(due__lt=on)

    def of_posts_held_by(self, user: Any, *, on: date) -> Self:
        """Led or supported by a post that the user holds on that day."""
        held = Q(holdings__user=user, holdings__start__lte=on) & (
            Q(holdings__end=None) | Q(holdings__end__gte=on)
        )
        posts: Any = self.model._meta.get_field("lead").related_model
        ids = posts._default_manager.filter(held).values("pk")
        return self.filter(Q(lead__in=ids) | Q(pk__in=self._supported_by(ids)))

    def _supported_by(self, posts: Any) -> Any:
        supporting: Any = self.model._meta.get_field("supporting")
        return supporting.remote_field.through._default_manager.filter(post__in=posts).values(
            "action"
        )

    def with_thread(self) -> Self:
        """Everything that a list of actions prints, in a fixed number of queries."""
        return self.select_related("lead", "indicator", "plan").prefetch_related(
            "supporting", "key_messages", "recommendations"
        )

    def by_urgency(self, *, on: date) -> Self:
        """Overdue first, then by due date; those without a date after them; closed ones last."""
        return self.annotate(
            urgency=Case(
                When(status__in=CLOSED, then=Value(3)),
                When(due=None, then=Value(2)),
                When(due__lt=on, then=Value(0)),
                default=Value(1),
                output_field=IntegerField(),
            )
        ).order_by("urgency", "due", "sequence")


class PlanQuerySet(OwnedQuerySet):
    def with_counts(self, *, on: date) -> Self:
        """How many actions each plan has, and how many are complete or overdue on that day."""
        return self.annotate(
            action_count=Count("actions"),
            complete_count=Count("actions", filter=Q(actions__status=Status.COMPLETE)),
            overdue_count=Count(
                "actions", filter=~Q(actions__status__in=CLOSED) & Q(actions__due__lt=on)
            ),
        )
