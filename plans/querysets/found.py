"""Questions that can be asked of what inspections and self-evaluations found."""

from datetime import date
from typing import Any, Self

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Coalesce

from management.querysets import OwnedQuerySet
from plans.coverage import GONE
from plans.scales import LOW
from plans.statuses import Status


def areas(user: Any) -> dict[int, Any]:
    """The areas whose rows the person may see at all, by key."""
    return dict(user.areas_by_id) if user.is_authenticated and user.is_active else {}


class FrameworkQuerySet(QuerySet):
    def visible_to(self, user: Any) -> Self:
        """Frameworks are published and belong to no area: whoever has an area sees them all."""
        return self.all() if areas(user) else self.none()

    def newest(self) -> Self:
        """Only the newest version of each."""
        newer = self.model._default_manager.filter(
            code=OuterRef("code"), version__gt=OuterRef("version")
        )
        return self.exclude(Exists(newer)).order_by("title")

    def with_parts(self) -> Self:
        """With all that its page and its form print, in six queries."""
        return self.prefetch_related(
            "sections__indicators__key_factors",
            "sections__national",
            "scale_points",
            "outcomes",
            "steps",
        )


class InspectionQuerySet(OwnedQuerySet):
    def visible_to(self, user: Any) -> Self:
        """Also leaves out what is not published, for those outside the service."""
        inside = [pk for pk, a in areas(user).items() if user.may("inspection.draft", a)]
        seen = super().visible_to(user)
        return seen.filter(Q(published_on__isnull=False) | Q(area__in=inside))

    def awaited(self, *, on: date) -> Self:
        """Those with a date that may still come, with their stages: see `plans.timetable`."""
        unpublished = Q(published_on=None, stages__on__gte=on, stages__done_on=None)
        due = Q(published_on__isnull=False, plan_due_on__gte=on)
        found = self.filter(unpublished | due).distinct()
        return found.select_related("area").prefetch_related("stages")


class ReminderQuerySet(OwnedQuerySet):
    def waiting(self) -> Self:
        """Not handed over to the outbox yet."""
        return self.filter(handed_at=None)


class EvaluationQuerySet(OwnedQuerySet):
    def with_meaning(self) -> Self:
        """With the indicator and its section; adds the grade's `meaning` and what it `obliges`."""
        inspection: Any = self.model._meta.get_field("inspection").related_model
        framework = inspection._meta.get_field("framework").related_model
        points = framework._meta.get_field("scale_points").related_model._default_manager
        point = points.filter(framework=OuterRef("inspection__framework"), value=OuterRef("grade"))
        nothing = Value("", output_field=TextField())
        return self.select_related("indicator__section", "indicator__framework").annotate(
            meaning=Coalesce(Subquery(point.values("meaning")[:1]), nothing),
            obliges=Coalesce(Subquery(point.values("obliges")[:1]), nothing),
        )


class FoundQuerySet(OwnedQuerySet):
    def with_answered(self) -> Self:
        """Adds `answered`: whether an action that was not given up answers the row itself."""
        # Not "not gone": beside an action that goes on, a withdrawn one would hide it.
        live = self.model._default_manager.filter(actions__status__in=set(Status) - GONE)
        return self.annotate(answered=Exists(live.filter(pk=OuterRef("pk"))))


class RecommendationQuerySet(FoundQuerySet):
    def still_open(self) -> Self:
        """Not closed by a body's decision, or opened again since."""
        return self.filter(closed_on=None)

    def with_history(self) -> Self:
        """With every decision and reclassification, in two queries."""
        return self.prefetch_related("decisions", "reclassifications")


STOOD_BY = ("submitted", "validated")  # states in which the service means what it says


class SelfEvaluationQuerySet(OwnedQuerySet):
    def visible_to(self, user: Any) -> Self:
        """Also leaves out what the service does not stand by, for those who do not write it."""
        mine = areas(user).items()
        readers = [pk for pk, a in mine if user.may("self_evaluation.view", a)]
        writers = [pk for pk, a in mine if user.may("self_evaluation.write", a)]
        seen = super().visible_to(user).filter(area__in=readers)
        return seen.filter(Q(state__in=STOOD_BY) | Q(area__in=writers))

    def waiting_for(self, user: Any) -> Self:
        """Submitted by somebody else, and not validated yet."""
        return self.filter(state="submitted").exclude(submitted_by=user.pk)

    def stood_by(self) -> Self:
        """Submitted, or validated since."""
        return self.filter(state__in=STOOD_BY)

    def before(self, self_evaluation: Any) -> Self:
        """Those of the same area and framework (any version of it) that came earlier, last first.

        An earlier one ends earlier; of two that end together, it was entered earlier.
        """
        earlier = Q(end__lt=self_evaluation.end) | Q(
            end=self_evaluation.end, pk__lt=self_evaluation.pk
        )
        same = self.in_area(self_evaluation.area_id).exclude(state="withdrawn")
        return same.filter(earlier, framework__code=self_evaluation.framework.code)


class JudgedQuerySet(OwnedQuerySet):
    def asked_of(self, user: Any, drafts: Any) -> Self:
        """What the person was asked to write in these drafts, in the order of the form."""
        part = "section" if hasattr(self.model, "section") else "indicator"
        return self.filter(contributor=user.pk, self_evaluation__in=drafts).select_related(
            "self_evaluation", part
        )

    def rated_low(self, *, validated: bool) -> Self:
        """Rated low by the service, or by its validator where it is `validated`."""
        low = Q(rating__lte=LOW) | Q(validated_rating__lte=LOW) if validated else Q(rating__lte=LOW)
        return self.filter(low).select_related("indicator__framework", "self_evaluation__framework")
