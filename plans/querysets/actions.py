"""Questions that can be asked of actions and plans."""

from datetime import date
from typing import Any, Self

from django.db.models import Case, Count, Exists, F, OuterRef, Prefetch, Q, Subquery, When

from management.querysets import OwnedQuerySet
from plans.querysets.thread import ThreadQuerySet
from plans.states import PlanState
from plans.statuses import CLOSED, Status


class ActionQuerySet(ThreadQuerySet):
    def still_open(self) -> Self:
        return self.exclude(status__in=CLOSED)

    def overdue(self, *, on: date) -> Self:
        """Open, and late by what its area counts; a plan's draft promises nothing yet."""
        return self.still_open().filter(late_after__lt=on).promised()

    def promised(self) -> Self:
        """Of plans that were approved."""
        return self.exclude(plan__state=PlanState.DRAFT)

    def of_posts_held_by(self, user: Any, *, on: date) -> Self:
        """Led or supported by a post that the user holds on that day."""
        return self.of_posts(
            posts_held_by(self.model._meta.get_field("lead").related_model, user, on)
        )

    def of_posts(self, posts: Any) -> Self:
        """Led or supported by one of the posts."""
        return self.filter(Q(lead__in=posts) | Q(pk__in=self._supported_by(posts)))

    def _supported_by(self, posts: Any) -> Any:
        supporting: Any = self.model._meta.get_field("supporting")
        return supporting.remote_field.through._default_manager.filter(post__in=posts).values(
            "action"
        )

    def with_posts(self) -> Self:
        """Everything that a table of actions prints, in three queries."""
        messages = self._with_inspection("key_messages")
        return self.select_related("lead", "plan").prefetch_related("supporting", messages)

    def _with_inspection(self, relation: str) -> Prefetch:
        rows: Any = self.model._meta.get_field(relation).related_model
        return Prefetch(relation, rows._default_manager.select_related("inspection"))

    def with_thread(self) -> Self:
        """Everything that an action leads back to, in four queries."""
        return (
            self.with_posts()
            .select_related("lead", "indicator__section", "plan")
            .prefetch_related(self._with_inspection("recommendations"))
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

    def answering_inspection(self, inspection: Any) -> Self:
        """Of plans that answer it, or linked to one of its messages or recommendations."""
        return self._answering(
            Q(plan__inspection=inspection),
            Q(key_messages__inspection=inspection),
            Q(recommendations__inspection=inspection),
        )

    def answering_self_evaluation(self, self_evaluation: Any) -> Self:
        """Of plans that answer it, or linked to one of its findings."""
        return self._answering(
            Q(plan__self_evaluation=self_evaluation), Q(findings__self_evaluation=self_evaluation)
        )

    def _answering(self, *ways: Q) -> Self:
        every: Any = self.model._default_manager
        found = Q()
        for way in ways:
            found |= Q(pk__in=every.filter(way).values("pk"))
        return self.filter(found)

    def for_coverage(self) -> list[dict[str, Any]]:
        """Of each action, in order: what a coverage page tells, and whether a KPI is `measured`."""
        kpis: Any = self.model._meta.get_field("kpis")
        linked = kpis.remote_field.through._default_manager.filter(action=OuterRef("pk"))
        return list(
            self.order_by("plan", "sequence").values(
                "pk",
                "reference",
                "status",
                "indicator__code",
                "plan__state",
                framework=F("indicator__framework__code"),
                measured=Exists(linked),
            )
        )

    def links_to(self, relation: str) -> dict[int, set[int]]:
        """The keys of what each action is linked to, by the action's key."""
        return _together(self.values_list("pk", relation))


class PlanQuerySet(OwnedQuerySet):
    def with_undone(self) -> Self:
        """Adds `undone`: an import made it, and nothing stands in it since that was undone."""
        imports: Any = self.model._meta.get_field("imports").related_model
        actions: Any = self.model._meta.get_field("actions").related_model
        undone = imports._default_manager.filter(
            plan=OuterRef("pk"), state=imports.State.UNDONE, done__contains='"new_plan": true'
        )
        standing = actions._default_manager.filter(plan=OuterRef("pk")).exclude(
            status=Status.WITHDRAWN
        )
        return self.annotate(
            undone=Case(
                When(Exists(undone) & ~Exists(standing) & ~Q(state=PlanState.CLOSED), then=True),
                default=False,
            )
        )

    def standing(self, *, or_key: str | None = None) -> Self:
        """Without those that are `undone`, but for the one with this key."""
        kept = Q(undone=False)
        if or_key and or_key.isdecimal() and len(or_key) < 19:  # a number that a key can be
            kept |= Q(pk=int(or_key))
        return self.with_undone().filter(kept)

    def with_counts(self, *, on: date) -> Self:
        """How many actions each plan has, and how many are complete or overdue on that day."""
        return self.annotate(
            action_count=Count("actions"),
            complete_count=Count("actions", filter=Q(actions__status=Status.COMPLETE)),
            overdue_count=Count(
                "actions",
                filter=~Q(state=PlanState.DRAFT)
                & ~Q(actions__status__in=CLOSED)
                & Q(actions__late_after__lt=on),
            ),
        )


def posts_held_by(posts: Any, user: Any, on: date) -> Any:
    """The keys of the posts, which are that model's rows, that the user holds on that day."""
    held = Q(holdings__user=user, holdings__start__lte=on) & (
        Q(holdings__end=None) | Q(holdings__end__gte=on)
    )
    return posts._default_manager.filter(held).values("pk")


def _together(pairs: Any) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for key, value in pairs:
        found.setdefault(key, set())
        if value is not None:
            found[key].add(value)
    return found
