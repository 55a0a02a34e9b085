"""What the API tells of KPIs: definitions, targets, and figures as they stand now."""

from typing import Any, ClassVar

from django_filters.rest_framework import FilterSet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from kpis.models import Frequency, Indicator, Observation, Target
from management.api.doors import AreaRows
from management.api.filters import ChoiceFilter, IdFilter, TextFilter


class KpiListed(serializers.ModelSerializer):
    owner = serializers.PrimaryKeyRelatedField(
        read_only=True, allow_null=True, help_text="The id of the post that owns it."
    )

    class Meta:
        model = Indicator
        fields = [
            "id",
            "version",
            "code",
            "name",
            "measure",
            "unit",
            "direction",
            "frequency",
            "owner",
            "illustrative",
        ]


class TargetShown(serializers.ModelSerializer):
    class Meta:
        model = Target
        fields = ["value", "start", "source"]


class FigureShown(serializers.ModelSerializer):
    period = serializers.CharField(source="period.label", help_text="As people write it: Oct 2019.")
    value = serializers.DecimalField(
        source="shown",
        max_digits=None,
        decimal_places=4,
        allow_null=True,
        help_text="In the KPI's unit, worked out from the counts; null when none was due.",
    )

    class Meta:
        model = Observation
        fields = [
            "comparator",
            "period",
            "start",
            "end",
            "numerator",
            "denominator",
            "value",
            "vintage",
            "source",
            "note",
            "edition",
            "entered_by",
            "entered_at",
        ]
        extra_kwargs = {"comparator": {"help_text": "Blank for the area's own figure."}}


class KpiShown(KpiListed):
    targets = TargetShown(many=True)
    figures = FigureShown(many=True, help_text="The newest edition of each period, oldest first.")

    class Meta(KpiListed.Meta):
        fields = [
            *KpiListed.Meta.fields,
            "meaning",
            "numerator",
            "denominator",
            "exclusions",
            "clock_rule",
            "decimals",
            "source",
            "targets",
            "figures",
        ]


class KpiFilter(FilterSet):
    code = TextFilter(help_text="Exactly this code.")
    measure = TextFilter(help_text="What is measured, whatever the source.")
    frequency = ChoiceFilter(choices=Frequency.choices)
    owner = IdFilter(help_text="The id of the post that owns it.")


@extend_schema_view(
    list=extend_schema(summary="KPIs, by code, without their figures"),
    retrieve=extend_schema(summary="One KPI with its targets and figures"),
)
class Kpis(AreaRows):
    """What is measured, what it should reach, and how it went."""

    model = Indicator
    serializer_class = KpiShown
    list_serializer_class = KpiListed
    filterset_class = KpiFilter
    deeds: ClassVar[dict[str, str]] = {"list": "kpi.view", "retrieve": "kpi.view"}
    tag = "kpis"

    def whole(self, rows: Any) -> Any:
        return rows.with_figures()
