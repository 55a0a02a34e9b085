"""Targets and national standards of KPIs, for programs."""

from typing import Any, ClassVar

from django_filters.rest_framework import FilterSet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from kpis.models import Indicator, Target
from kpis.services import definitions as services
from management.api.doors import AreaRows, Given, RowOfArea
from management.api.filters import ChoiceFilter, IdFilter

NONE = "In the KPI's unit; null: there is none from then on."


class TargetShown(serializers.ModelSerializer):
    kpi = serializers.PrimaryKeyRelatedField(
        source="indicator", read_only=True, help_text="The id of the KPI."
    )

    class Meta:
        model = Target
        fields = ["id", "version", "kpi", "kind", "value", "start", "source"]
        extra_kwargs = {
            "value": {"help_text": NONE},
            "start": {"help_text": "It holds until the day before the next of its kind."},
            "source": {"help_text": "Who set it, and where that is written."},
        }


class TargetSaid(Given):
    """What a KPI should reach, from a day on."""

    value = serializers.DecimalField(
        max_digits=12, decimal_places=4, allow_null=True, help_text=NONE
    )
    start = serializers.DateField()
    source = serializers.CharField(help_text="Who set it, and where that is written.")


class TargetGiven(TargetSaid):
    """A target or a standard, from a day on."""

    kpi = RowOfArea(Indicator)
    kind = serializers.ChoiceField(Target.Kind.choices, required=False)


class TargetChanged(TargetSaid):
    """What was entered wrongly. What is left out stays as it is."""

    reason = serializers.CharField(help_text="What was wrong.")


class TargetFilter(FilterSet):
    kpi = IdFilter(field_name="indicator", help_text="The id of the KPI.")
    kind = ChoiceFilter(choices=Target.Kind.choices)


@extend_schema_view(
    list=extend_schema(summary="Targets and standards, by KPI, oldest first"),
    retrieve=extend_schema(summary="One target or standard"),
)
class Targets(AreaRows):
    """One that has changed is a new one from a new day on; what held before stays."""

    model = Target
    serializer_class = TargetShown
    filterset_class = TargetFilter
    deeds: ClassVar[dict[str, str]] = {
        "list": "kpi.view",
        "retrieve": "kpi.view",
        "create": "kpi.edit",
        "partial_update": "kpi.edit",
    }
    inputs: ClassVar[dict[str, type[Given]]] = {
        "create": TargetGiven,
        "partial_update": TargetChanged,
    }
    tag = "kpis"

    def get_queryset(self) -> Any:
        rows = super().get_queryset().select_related("area", "indicator")
        return rows.order_by("indicator", "kind", "start")

    @extend_schema(summary="A target or a standard, from a day on", responses=TargetShown)
    def create(self, request: Request, **where: Any) -> Response:
        given = self.given()
        return self.made(services.set_target(by=request.user, indicator=given.pop("kpi"), **given))

    @extend_schema(summary="Put right what was entered wrongly", responses=TargetShown)
    def partial_update(self, request: Request, **where: Any) -> Response:
        row, version = self.row_to_change()
        facts = {name: getattr(row, name) for name in ("value", "start", "source")}
        facts |= {"reason": "", **self.given()}
        services.edit_target(by=request.user, target=row, version=version, **facts)
        return self.answer(row)
