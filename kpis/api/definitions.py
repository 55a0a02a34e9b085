"""KPIs for programs: what they are, with their targets and their figures as they stand now."""

from typing import Any, ClassVar

from django_filters.rest_framework import FilterSet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action as step
from rest_framework.request import Request
from rest_framework.response import Response

from kpis.api.phases import PhaseShown
from kpis.api.targets import TargetShown
from kpis.catalogue import catalogue
from kpis.definition import MOST_PLACES
from kpis.models import ChartChoice, Direction, Frequency, Indicator, Observation, Unit
from kpis.services import definitions as services
from management.api.doors import AreaRows, Given, RowOfArea
from management.api.filters import ChoiceFilter, IdFilter, TextFilter
from management.models import Post


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
            "retired_on",
            "illustrative",
        ]


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
    targets = TargetShown(many=True, help_text="All there are, oldest first.")
    phases = PhaseShown(
        many=True, help_text="Where the series begins anew, without what was taken back."
    )
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
            "outcomes",
            "standards",
            "chart",
            "catalogue",
            "targets",
            "phases",
            "figures",
        ]


class KpiSaid(Given):
    """What a KPI says of itself. Texts that are left out are empty, or stay as they are."""

    code = serializers.CharField(max_length=30)
    name = serializers.CharField(max_length=200)
    meaning = serializers.CharField()
    source = serializers.CharField()
    unit = serializers.ChoiceField(Unit.choices)
    direction = serializers.ChoiceField(Direction.choices)
    frequency = serializers.ChoiceField(Frequency.choices)
    numerator = serializers.CharField(required=False, allow_blank=True)
    denominator = serializers.CharField(required=False, allow_blank=True)
    exclusions = serializers.CharField(required=False, allow_blank=True)
    clock_rule = serializers.CharField(required=False, allow_blank=True)
    decimals = serializers.IntegerField(min_value=0, max_value=MOST_PLACES, required=False)
    measure = serializers.SlugField(max_length=60, required=False, allow_blank=True)
    outcomes = serializers.CharField(required=False, allow_blank=True)
    standards = serializers.CharField(required=False, allow_blank=True)
    chart = serializers.ChoiceField(ChartChoice.choices, required=False)
    owner = RowOfArea(
        Post, required=False, allow_null=True, help_text="The post that reports its figures."
    )


class KpiGiven(KpiSaid):
    """A new KPI, its own or adopted from the catalogue: then only `code` and what differs."""

    entry = serializers.ChoiceField(
        [(code, code) for code in catalogue()],
        required=False,
        help_text="The ready definition that it is adopted from.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("name", "meaning", "source", "unit", "direction", "frequency"):
            self.fields[name].required = False
            self.fields[name].help_text = "Needed without `entry`."

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        """What an entry does not say has to be said."""
        needed = () if "entry" in given else KpiSaid().fields.items()
        missing = {name: "Say this." for name, f in needed if f.required and name not in given}
        if missing:
            raise serializers.ValidationError(missing)
        return given


class KpiChanged(KpiSaid):
    """What changes of a definition. Unit and frequency stay once figures are there."""

    counts_from = serializers.DateField(
        required=False,
        help_text="Where something else is counted: from which day on. Left out, it is the same in "
        "other words.",
    )
    reason = serializers.CharField(
        required=False,
        allow_blank=True,
        help_text="Needed once figures are there, when `numerator`, `denominator`, `exclusions`, "
        "`clock_rule` or `source` change.",
    )


class RetiringGiven(Given):
    """After which day no figure is expected, and why."""

    on = serializers.DateField()
    reason = serializers.CharField()


class KeepingGiven(Given):
    """Why figures are expected again."""

    reason = serializers.CharField()


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
    deeds: ClassVar[dict[str, str]] = {
        "list": "kpi.view",
        "retrieve": "kpi.view",
        "create": "kpi.edit",
        "partial_update": "kpi.edit",
        "retire": "kpi.edit",
        "keep": "kpi.edit",
    }
    inputs: ClassVar[dict[str, type[Given]]] = {
        "create": KpiGiven,
        "partial_update": KpiChanged,
        "retire": RetiringGiven,
        "keep": KeepingGiven,
    }
    tag = "kpis"

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("area")

    def whole(self, rows: Any) -> Any:
        return rows.with_figures()

    @extend_schema(summary="A new KPI, its own or adopted", responses=KpiShown)
    def create(self, request: Request, **where: Any) -> Response:
        facts = {"by": request.user, "area": request.area, **self.given()}
        if "entry" in facts:
            return self.made(services.adopt_definition(**facts))
        return self.made(services.define_indicator(**facts))

    @extend_schema(summary="Change a definition", responses=KpiShown)
    def partial_update(self, request: Request, **where: Any) -> Response:
        """With `counts_from` the series begins anew on that day: nothing is compared across it."""
        row, version = self.row_to_change()
        services.edit_indicator(by=request.user, indicator=row, version=version, **self.given())
        return self.answer(row)

    @extend_schema(summary="Expect no more figures", responses=KpiShown)
    @step(detail=True, methods=["post"])
    def retire(self, request: Request, **where: Any) -> Response:
        """What it has stays."""
        row, version = self.row_to_change()
        services.retire_indicator(by=request.user, indicator=row, version=version, **self.given())
        return self.answer(row)

    @extend_schema(summary="Expect figures again", responses=KpiShown)
    @step(detail=True, methods=["post"])
    def keep(self, request: Request, **where: Any) -> Response:
        """Of one that was retired."""
        row, version = self.row_to_change()
        facts = {"by": request.user, "indicator": row, "version": version, **self.given()}
        services.retire_indicator(on=None, **facts)
        return self.answer(row)
