"""Where the series of KPIs begin anew, for programs."""

from typing import Any, ClassVar

from django_filters.rest_framework import FilterSet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action as step
from rest_framework.request import Request
from rest_framework.response import Response

from kpis.definition import QUESTIONS
from kpis.models import Indicator, PhaseStart
from kpis.services import definitions as services
from management.api.doors import AreaRows, Given, RowOfArea
from management.api.filters import ChoiceFilter, IdFilter


class PhaseShown(serializers.ModelSerializer):
    kpi = serializers.PrimaryKeyRelatedField(
        source="indicator", read_only=True, help_text="The id of the KPI."
    )

    class Meta:
        model = PhaseStart
        fields = [
            "id",
            "kpi",
            "kind",
            "start",
            "reason",
            "was",
            *QUESTIONS,
            "baseline_end",
            "cancels",
            "entered_by",
            "entered_at",
        ]
        extra_kwargs = {
            "start": {"help_text": "Nothing is compared across this day."},
            "was": {"help_text": "What was counted until then, where the definition changed."},
            "baseline_end": {
                "help_text": "Up to this day periods make the centre and the limits; null: all do."
            },
            "cancels": {"help_text": "The one that it takes back; it then starts nothing."},
            **{name: {"help_text": question} for name, question in QUESTIONS.items()},
        }


class BaselineGiven(Given):
    """From when on centre and limits are worked out anew, and why."""

    kpi = RowOfArea(Indicator)
    start = serializers.DateField(help_text="The first day of a period.")
    end = serializers.DateField(
        required=False,
        allow_null=True,
        default=None,
        help_text="The last day of the periods that make them; left out, all periods do.",
    )
    reason = serializers.CharField()
    distinct = serializers.CharField(required=False, allow_blank=True)
    cause = serializers.CharField(required=False, allow_blank=True)
    wanted = serializers.CharField(required=False, allow_blank=True)
    lasting = serializers.CharField(required=False, allow_blank=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, question in QUESTIONS.items():
            needed = "Needed unless it begins with the first figure."
            self.fields[name].help_text = f"{question} {needed}"


class TakingBackGiven(Given):
    """Why it does not begin anew there after all."""

    reason = serializers.CharField()


class PhaseFilter(FilterSet):
    kpi = IdFilter(field_name="indicator", help_text="The id of the KPI.")
    kind = ChoiceFilter(choices=PhaseStart.Kind.choices)


@extend_schema_view(
    list=extend_schema(summary="Where series begin anew, by KPI and day, with what took it back"),
    retrieve=extend_schema(summary="One place where a series begins anew"),
)
class Phases(AreaRows):
    """Set by a changed definition (`PATCH` of the KPI) or, here, by a baseline. Never changed."""

    model = PhaseStart
    serializer_class = PhaseShown
    filterset_class = PhaseFilter
    deeds: ClassVar[dict[str, str]] = {
        "list": "kpi.view",
        "retrieve": "kpi.view",
        "create": "kpi.edit",
        "take_back": "kpi.edit",
    }
    inputs: ClassVar[dict[str, type[Given]]] = {
        "create": BaselineGiven,
        "take_back": TakingBackGiven,
    }
    tag = "kpis"

    def get_queryset(self) -> Any:
        rows = super().get_queryset().select_related("area", "indicator")
        return rows.order_by("indicator", "start", "pk")

    @extend_schema(summary="Set a baseline", responses=PhaseShown)
    def create(self, request: Request, **where: Any) -> Response:
        """The series begins anew there: nothing is compared across it."""
        given = self.given()
        answers = {name: given.pop(name, "") for name in QUESTIONS}
        made = services.set_baseline(
            by=request.user, indicator=given.pop("kpi"), answers=answers, **given
        )
        return self.made(made)

    @extend_schema(summary="Take it back", responses=PhaseShown)
    @step(detail=True, methods=["post"], url_path="take-back")
    def take_back(self, request: Request, **where: Any) -> Response:
        """Both stay recorded; the answer is the entry that takes it back."""
        row = self.get_object()
        return self.made(services.cancel_phase(by=request.user, phase=row, **self.given()))
