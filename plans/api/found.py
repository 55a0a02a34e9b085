"""What was found, for programs: indicators, inspections, self-evaluations; and what answers it."""

from typing import Any, ClassVar

from django.db.models import Prefetch, Q
from django_filters.rest_framework import FilterSet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action as step
from rest_framework.request import Request
from rest_framework.response import Response

from management.api.doors import AreaRows, Given, RowOfArea
from management.api.filters import ChoiceFilter, IdFilter, TextFilter, YesNoFilter
from management.models import User
from plans.api.action_inputs import WHY_LINKED
from plans.models import (
    Action,
    Finding,
    Framework,
    Inspection,
    KeyMessage,
    QualityIndicator,
    Recommendation,
    SelfEvaluation,
)
from plans.services import links
from plans.services.frameworks import indicators_seen_by


class IndicatorShown(serializers.ModelSerializer):
    framework_title = serializers.CharField(source="framework.title")
    framework_version = serializers.IntegerField(source="framework.version")
    section = serializers.CharField(source="section.code", help_text="The code of its section.")

    class Meta:
        model = QualityIndicator
        fields = [
            "id",
            "framework",
            "framework_title",
            "framework_version",
            "section",
            "code",
            "name",
            "graded",
        ]


class AnsweredShown(serializers.ModelSerializer):
    actions = serializers.PrimaryKeyRelatedField(
        read_only=True, many=True, help_text="Ids of the actions that answer it."
    )


class KeyMessageShown(AnsweredShown):
    reference = serializers.CharField(help_text="KM1, KM2 …")

    class Meta:
        model = KeyMessage
        fields = ["id", "inspection", "reference", "text", "actions"]


class RecommendationShown(AnsweredShown):
    response = serializers.ChoiceField(Recommendation.Response.choices)

    class Meta:
        model = Recommendation
        fields = [
            "id",
            "version",
            "inspection",
            "parent",
            "kind",
            "reference",
            "text",
            "addressee",
            "added_on",
            "response",
            "response_detail",
            "depends_on",
            "closed_on",
            "actions",
        ]


class InspectionListed(serializers.ModelSerializer):
    class Meta:
        model = Inspection
        fields = [
            "id",
            "version",
            "title",
            "kind",
            "inspectorate",
            "framework",
            "follows",
            "notified_on",
            "published_on",
            "plan_due_on",
            "source",
        ]


class InspectionShown(InspectionListed):
    key_messages = KeyMessageShown(many=True)
    recommendations = RecommendationShown(many=True)

    class Meta(InspectionListed.Meta):
        fields = [*InspectionListed.Meta.fields, "key_messages", "recommendations"]


class FindingShown(AnsweredShown):
    class Meta:
        model = Finding
        fields = [
            "id",
            "self_evaluation",
            "indicator",
            "kind",
            "reference",
            "text",
            "made_by",
            "made_on",
            "withdrawn_on",
            "withdrawn_reason",
            "actions",
        ]


class SelfEvaluationListed(serializers.ModelSerializer):
    class Meta:
        model = SelfEvaluation
        fields = [
            "id",
            "version",
            "title",
            "framework",
            "start",
            "end",
            "state",
            "submitted_on",
            "validated_on",
            "illustrative",
        ]


class SelfEvaluationShown(SelfEvaluationListed):
    findings = FindingShown(many=True)

    class Meta(SelfEvaluationListed.Meta):
        fields = [*SelfEvaluationListed.Meta.fields, "findings"]


class ActionsGiven(Given):
    """All actions that answer it, from now on."""

    actions = RowOfArea(Action, many=True)
    reason = serializers.CharField(required=False, allow_blank=True, help_text=WHY_LINKED)


class TextSearch(FilterSet):
    text = TextFilter(method="of_text", help_text="Somewhere in the reference or the text.")

    def of_text(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(Q(reference__icontains=value) | Q(text__icontains=value))


class IndicatorFilter(FilterSet):
    framework = IdFilter(help_text="The id of the framework.")
    code = TextFilter(help_text="Exactly this code, such as 5.2.")
    text = TextFilter(
        field_name="name", lookup_expr="icontains", help_text="Somewhere in its name."
    )
    newest = YesNoFilter(method="of_newest", help_text="Only of the newest version of each.")

    def of_newest(self, rows: Any, name: str, value: bool) -> Any:
        chosen = {
            "framework__in": Framework.objects.visible_to(self.request.user)
            .newest()
            .order_by()
            .values("pk")
        }
        return rows.filter(**chosen) if value else rows.exclude(**chosen)


class InspectionFilter(FilterSet):
    kind = ChoiceFilter(choices=Inspection.Kind.choices)
    published = YesNoFilter(
        field_name="published_on",
        lookup_expr="isnull",
        exclude=True,
        help_text="Only those that are, or are not.",
    )


class RecommendationFilter(TextSearch):
    inspection = IdFilter(help_text="The id of the inspection.")
    kind = ChoiceFilter(choices=Recommendation.Kind.choices)
    open = YesNoFilter(
        field_name="closed_on", lookup_expr="isnull", help_text="Only those that are, or are not."
    )


class KeyMessageFilter(FilterSet):
    inspection = IdFilter(help_text="The id of the inspection.")
    text = TextFilter(lookup_expr="icontains", help_text="Somewhere in the text.")


class SelfEvaluationFilter(FilterSet):
    state = ChoiceFilter(choices=SelfEvaluation.State.choices)
    framework = IdFilter(help_text="The id of the framework.")


class FindingFilter(TextSearch):
    self_evaluation = IdFilter(help_text="The id of the self-evaluation.")
    kind = ChoiceFilter(choices=Finding.Kind.choices)
    indicator = IdFilter(help_text="The id of the quality indicator.")


def with_actions(user: User, name: str = "") -> Prefetch:
    """The ids of the actions that answer each, in one query."""
    path = f"{name}__actions" if name else "actions"
    return Prefetch(path, Action.objects.visible_to(user).only("pk").order_by("pk"))


@extend_schema_view(
    list=extend_schema(summary="Quality indicators, by framework and place in it"),
    retrieve=extend_schema(summary="One quality indicator"),
)
class Indicators(AreaRows):
    """The indicators of published frameworks, which belong to no area: every action has one."""

    model = QualityIndicator
    serializer_class = IndicatorShown
    filterset_class = IndicatorFilter
    deeds: ClassVar[dict[str, str]] = {"list": "framework.view", "retrieve": "framework.view"}
    tag = "findings"

    def get_queryset(self) -> Any:
        rows = indicators_seen_by(self.request.user).select_related("framework", "section")
        return rows.order_by("framework__code", "-framework__version", "sequence", "pk")


@extend_schema_view(
    list=extend_schema(summary="Inspections, newest first"),
    retrieve=extend_schema(summary="One inspection, with its key messages and recommendations"),
)
class Inspections(AreaRows):
    """What was published; and for the service's own people what was announced."""

    model = Inspection
    serializer_class = InspectionShown
    list_serializer_class = InspectionListed
    filterset_class = InspectionFilter
    deeds: ClassVar[dict[str, str]] = {"list": "inspection.view", "retrieve": "inspection.view"}
    tag = "findings"

    def whole(self, rows: Any) -> Any:
        return rows.prefetch_related(
            "key_messages",
            "recommendations",
            with_actions(self.request.user, "key_messages"),
            with_actions(self.request.user, "recommendations"),
        )


@extend_schema_view(
    list=extend_schema(summary="Self-evaluations, newest first"),
    retrieve=extend_schema(summary="One self-evaluation, with its findings"),
)
class SelfEvaluations(AreaRows):
    """Those that the service stands by; and for those who write them the drafts."""

    model = SelfEvaluation
    serializer_class = SelfEvaluationShown
    list_serializer_class = SelfEvaluationListed
    filterset_class = SelfEvaluationFilter
    deeds: ClassVar[dict[str, str]] = {
        "list": "self_evaluation.view",
        "retrieve": "self_evaluation.view",
    }
    tag = "findings"

    def whole(self, rows: Any) -> Any:
        return rows.prefetch_related("findings", with_actions(self.request.user, "findings"))


class Answered(AreaRows):
    """Rows that actions answer. Which ones is chosen here, from what was found to what is done."""

    inputs: ClassVar[dict[str, type[Given]]] = {"actions": ActionsGiven}
    by_etag: ClassVar[set[str]] = {"actions"}
    tag = "findings"

    def choose(self) -> Response:
        """These actions answer the row of the address from now on."""
        row = self.row_as_read()
        shown = [action.pk for action in row.actions.all()]
        links.choose_actions(by=self.request.user, row=row, shown=shown, **self.given())
        return self.answer(row)


@extend_schema_view(
    list=extend_schema(summary="Recommendations and areas for improvement, by inspection"),
    retrieve=extend_schema(summary="One recommendation"),
)
class Recommendations(Answered):
    """What an inspection asks for; parts of one name it as `parent`."""

    model = Recommendation
    serializer_class = RecommendationShown
    filterset_class = RecommendationFilter
    deeds: ClassVar[dict[str, str]] = {
        "list": "inspection.view",
        "retrieve": "inspection.view",
        "actions": "plan.edit",
    }

    def get_queryset(self) -> Any:
        seen = Inspection.objects.visible_to(self.request.user)
        rows = super().get_queryset().filter(inspection__in=seen).select_related("inspection")
        rows = rows.prefetch_related(with_actions(self.request.user))
        return rows.order_by("-inspection", "sequence", "pk")

    @extend_schema(summary="Say which actions answer it", responses=RecommendationShown)
    @step(detail=True, methods=["put"])
    def actions(self, request: Request, **where: Any) -> Response:
        return self.choose()


@extend_schema_view(
    list=extend_schema(summary="Key messages, by inspection"),
    retrieve=extend_schema(summary="One key message"),
)
class KeyMessages(Answered):
    """What an inspectorate most wants to be heard."""

    model = KeyMessage
    serializer_class = KeyMessageShown
    filterset_class = KeyMessageFilter
    deeds: ClassVar[dict[str, str]] = {
        "list": "inspection.view",
        "retrieve": "inspection.view",
        "actions": "plan.edit",
    }

    def get_queryset(self) -> Any:
        seen = Inspection.objects.visible_to(self.request.user)
        rows = super().get_queryset().filter(inspection__in=seen).select_related("inspection")
        return rows.prefetch_related(with_actions(self.request.user)).order_by(
            "-inspection", "number", "pk"
        )

    @extend_schema(summary="Say which actions answer it", responses=KeyMessageShown)
    @step(detail=True, methods=["put"])
    def actions(self, request: Request, **where: Any) -> Response:
        return self.choose()


@extend_schema_view(
    list=extend_schema(summary="Findings of submitted self-evaluations"),
    retrieve=extend_schema(summary="One finding"),
)
class Findings(Answered):
    """Strengths and areas for improvement that the service found itself."""

    model = Finding
    serializer_class = FindingShown
    filterset_class = FindingFilter
    deeds: ClassVar[dict[str, str]] = {
        "list": "self_evaluation.view",
        "retrieve": "self_evaluation.view",
        "actions": "plan.edit",
    }

    def get_queryset(self) -> Any:
        seen = SelfEvaluation.objects.visible_to(self.request.user).stood_by()
        rows = super().get_queryset().filter(self_evaluation__in=seen)
        rows = rows.select_related("self_evaluation").prefetch_related(
            with_actions(self.request.user)
        )
        return rows.order_by("-self_evaluation", "sequence", "pk")

    @extend_schema(summary="Say which actions answer it", responses=FindingShown)
    @step(detail=True, methods=["put"])
    def actions(self, request: Request, **where: Any) -> Response:
        return self.choose()
