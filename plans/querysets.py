"""Questions that can be asked of plans, actions and what inspections found."""

from datetime import date, datetime
from typing import Any, Self

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Concat

from management.querysets import OwnedQuerySet
from plans.coverage import GONE
from plans.scales import LOW
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
        return self.links_to("supporting")

    def tags(self) -> dict[int, dict[int, tuple[int, str]]]:
        """Of each action's key messages, by key: the number, and the title of their inspection.

        Those of the plan's own inspection have no title: of it alone a number says enough.
        """
        told = ("key_messages", "key_messages__number", "key_messages__inspection")
        title = "key_messages__inspection__title"
        rows = self.order_by().values_list("pk", *told, title, "plan__inspection")
        found: dict[int, dict[int, tuple[int, str]]] = {}
        for action, message, number, inspection, name, own in rows:
            if message is not None:
                found.setdefault(action, {})[message] = (number, "" if inspection == own else name)
        return found

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
                framework=F("indicator__framework__code"),
                measured=Exists(linked),
            )
        )

    def links_to(self, relation: str) -> dict[int, set[int]]:
        """The keys of what each action is linked to, by the action's key."""
        return _together(self.values_list("pk", relation))

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

    def reasons_of(
        self, action: Any, *, inspections: Any, self_evaluations: Any
    ) -> list[dict[str, Any]]:
        """What an action answers of those inspections and self-evaluations, in one query.

        Each has what (message, recommendation or finding), key, reference, text, kind, withdrawn
        (a day as text), and whole and title of what found it.
        """
        names = ("what", "key", "place", "reference", "text", "kind", "withdrawn", "whole", "title")

        def part(what: str, relation: str, whole: str, given: Any, **told: Any) -> Any:
            rows = getattr(action, relation).order_by().filter(**{f"{whole}__in": given})
            told |= {"what": Value(what), "key": F("pk"), "text": F("text")}
            told |= {"whole": F(f"{whole}_id"), "title": F(f"{whole}__title")}
            its = {f"its_{name}": told[name] for name in names}
            return rows.annotate(**its).values_list(*its)

        listed = {"place": F("sequence"), "reference": F("reference"), "kind": F("kind")}
        none = Value("", CharField())
        rows = part(
            "message",
            "key_messages",
            "inspection",
            inspections,
            place=F("number"),
            reference=Concat(Value("KM"), _text(F("number"))),
            kind=none,
            withdrawn=none,
        ).union(
            part(
                "recommendation",
                "recommendations",
                "inspection",
                inspections,
                **listed,
                withdrawn=none,
            ),
            part(
                "finding",
                "findings",
                "self_evaluation",
                self_evaluations,
                **listed,
                withdrawn=_text(F("withdrawn_on")),
            ),
            all=True,
        )
        found = [dict(zip(names, row, strict=True)) for row in rows]
        return sorted(found, key=lambda reason: (reason["whole"], reason["place"]))

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


def areas(user: Any) -> dict[int, Any]:
    """The areas whose rows the person may see at all, by key."""
    return dict(user.areas_by_id) if user.is_authenticated and user.is_active else {}


def _text(expression: Any) -> Any:
    return Coalesce(Cast(expression, CharField()), Value(""))


def _together(pairs: Any) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for key, value in pairs:
        found.setdefault(key, set())
        if value is not None:
            found[key].add(value)
    return found


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
    def waiting(self, *, before: datetime) -> Self:
        """Not sent, and not claimed by a worker that may still be sending it."""
        return self.filter(sent_at=None).filter(Q(claimed_at=None) | Q(claimed_at__lt=before))

    def told(self, user: Any, *, on: date, since: datetime) -> Self:
        """What the person was sent on that day, or is being sent by a worker since then."""
        return self.filter(user=user).filter(
            Q(sent_at__date=on) | Q(sent_at=None, claimed_at__gte=since)
        )


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
