"""Questions that can be asked of plans, actions and what inspections found."""

from datetime import date
from typing import Any, Self

from django.db.models import (
    Case,
    CharField,
    Count,
    F,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce

from management.querysets import OwnedQuerySet
from plans.coverage import GONE
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

    def with_posts(self) -> Self:
        """Everything that a table of actions prints, in three queries."""
        return self.select_related("lead").prefetch_related("supporting", "key_messages")

    def with_thread(self) -> Self:
        """Everything that an action leads back to, in four queries."""
        return (
            self.with_posts()
            .select_related("lead", "indicator", "plan")
            .prefetch_related("recommendations")
        )

    def with_grade(self) -> Self:
        """Adds `grade`: what the plan's inspection gave to the action's quality indicator."""
        plan: Any = self.model._meta.get_field("plan").related_model
        inspection = plan._meta.get_field("inspection").related_model
        evaluations = inspection._meta.get_field("evaluations").related_model
        given = evaluations._default_manager.filter(
            inspection=OuterRef("plan__inspection"), indicator=OuterRef("indicator")
        )
        return self.select_related("plan__inspection").annotate(
            grade=Subquery(given.values("grade")[:1])
        )

    def facts(self) -> Any:
        """The few columns by which a whole plan is filtered, grouped and counted."""
        return self.order_by("sequence").values(
            "pk",
            "status",
            "due",
            "lead_id",
            "indicator__code",
            "indicator__name",
            "indicator__sequence",
        )

    def supporters(self) -> dict[int, set[int]]:
        """The supporting posts of each action, by key."""
        return _together(self.values_list("pk", "supporting"))

    def tags(self) -> dict[int, list[int]]:
        """The numbers of each action's key messages, in order."""
        pairs = self.order_by("key_messages__number").values_list("pk", "key_messages__number")
        return {pk: sorted(numbers) for pk, numbers in _together(pairs).items()}

    def thread_of(self, action: Any) -> list[dict[str, Any]]:
        """All that was said of an action, newest first, in one query.

        Each entry has kind, id, on, by, recorded_at, illustrative, text, old and new: statuses of
        an update, dates of a moved date, address and SHA-256 of evidence.
        """
        common = ("kind", "id", "on", "by", "recorded_at", "illustrative")

        def part(kind: str, relation: str, text: str, old: Any, new: Any) -> Any:
            rows = getattr(action, relation).order_by()
            return (
                rows.in_area(action.area_id)
                .annotate(kind=Value(kind), said=F(text), before=_text(old), after=_text(new))
                .values_list(*common, "said", "before", "after", named=False)
            )

        rows = part("update", "updates", "text", F("old_status"), F("status")).union(
            part("date", "date_changes", "reason", F("old"), F("new")),
            part("evidence", "evidence", "description", F("url"), F("sha256")),
            all=True,
        )
        names = (*common, "text", "old", "new")
        entries = [dict(zip(names, row, strict=True)) for row in rows]
        return sorted(entries, key=lambda e: (e["on"], e["recorded_at"], e["id"]), reverse=True)

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


def _text(expression: Any) -> Any:
    return Coalesce(Cast(expression, CharField()), Value(""))


def _together(pairs: Any) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for key, value in pairs:
        found.setdefault(key, set())
        if value is not None:
            found[key].add(value)
    return found


class InspectionQuerySet(OwnedQuerySet):
    def with_unanswered(self) -> Self:
        """Adds how many areas for improvement have no action (`unanswered`), of how many."""
        linked: Any = self.model._meta.get_field("recommendations").related_model
        # Not "not gone": beside an action that goes on, a withdrawn one would hide it.
        live = set(Status) - GONE
        answered = Q(actions__status__in=live) | Q(parts__actions__status__in=live)
        open_ones = linked._default_manager.filter(inspection=OuterRef("pk")).exclude(
            pk__in=linked._default_manager.filter(answered).values("pk")
        )
        counted = open_ones.order_by().values("inspection").annotate(n=Count("pk")).values("n")
        return self.annotate(
            unanswered=Coalesce(Subquery(counted), 0), in_all=Count("recommendations")
        )
