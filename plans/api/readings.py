"""What a KPI says, for programs: the sentence, the icons, the points, what actions did."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from kpis.models import Indicator
from kpis.services import reading
from management import clock
from management.api.doors import AreaRows
from management.api.filters import refuse_unknown
from plans.contradictions import Code
from plans.effects import Outcome, When
from plans.services.kpi_reading import read_kpi

FIGURE = {"max_digits": None, "decimal_places": 4, "allow_null": True}


class IconShown(serializers.Serializer):
    letter = serializers.CharField(help_text="H, L or C of variation; P, F or ? of assurance.")
    words = serializers.CharField()


class KpiPointShown(serializers.Serializer):
    """One period; a period without a figure is among them, with a null value."""

    period = serializers.CharField(help_text="As people write it: Oct 2019.")
    start = serializers.DateField()
    numerator = serializers.IntegerField(allow_null=True)
    denominator = serializers.IntegerField(allow_null=True)
    value = serializers.DecimalField(**FIGURE)
    target = serializers.DecimalField(**FIGURE, help_text="The one in force then.")
    vintage = serializers.CharField(help_text="Blank where no figure is held.")
    centre = serializers.DecimalField(**FIGURE, help_text="Median or mean of its phase.")
    lower = serializers.DecimalField(**FIGURE, help_text="The lower limit of ordinary figures.")
    upper = serializers.DecimalField(**FIGURE)
    signal = serializers.CharField(help_text="Why it is a sign of change; blank where it is none.")
    better = serializers.BooleanField(allow_null=True, help_text="Of a sign of change.")
    begins = serializers.CharField(help_text="Why the series begins anew with it, else blank.")
    completed = serializers.ListField(
        child=serializers.CharField(), help_text="Linked actions that were completed in it."
    )


class KpiEffectShown(serializers.Serializer):
    """What can be concluded of the actions that should move it."""

    outcome = serializers.ChoiceField([one.value for one in Outcome], source="judgement.outcome")
    when = serializers.ChoiceField(
        [one.value for one in When],
        source="judgement.when",
        allow_null=True,
        help_text="When a change began, beside the time at which the actions should have shown.",
    )
    said = serializers.ListField(child=serializers.CharField())
    contradiction_code = serializers.ChoiceField(
        [one.value for one in Code], source="contradiction.code", allow_null=True, default=None
    )
    contradiction = serializers.CharField(
        source="contradiction.sentence", allow_null=True, default=None
    )


class KpiReadingShown(serializers.Serializer):
    id = serializers.IntegerField(source="read.row.pk")
    code = serializers.CharField(source="read.kpi.code")
    name = serializers.CharField(source="read.kpi.name")
    unit = serializers.CharField(source="read.kpi.unit")
    on = serializers.DateField(allow_null=True, help_text="Null: as it stands now.")
    sentence = serializers.CharField(source="read.kpi.reading")
    chart = serializers.CharField(
        source="read.kpi.rules", help_text="The chart and its rules; blank with too few figures."
    )
    notes = serializers.ListField(source="read.kpi.notes", child=serializers.CharField())
    variation = IconShown(source="read.kpi.variation", allow_null=True)
    assurance = IconShown(source="read.kpi.assurance", allow_null=True)
    points = KpiPointShown(source="read.kpi.points", many=True, help_text="Oldest first.")
    effect = KpiEffectShown(allow_null=True, help_text="Null of an earlier day.")


class Readings(AreaRows):
    """One sentence of each KPI, and what it rests on."""

    model = Indicator
    serializer_class = KpiReadingShown
    deeds: ClassVar[dict[str, str]] = {"retrieve": "kpi.view"}
    tag = "kpis"

    def whole(self, rows: Any) -> Any:
        return reading.with_all(rows)

    @extend_schema(
        summary="What a KPI says, now or as it stood on a day",
        parameters=[
            OpenApiParameter(
                "on", {"type": "string", "format": "date"}, description="As it stood that day."
            )
        ],
        responses=KpiReadingShown,
    )
    def retrieve(self, request: Request, **where: Any) -> Response:
        refuse_unknown(request, ["on"])
        on = self._day(request)
        told = read_kpi(request.user, request.area, self.get_object(), on=on)
        facts = {"read": told.read, "effect": told.effect, "on": on}
        return Response(KpiReadingShown(facts).data)

    def _day(self, request: Request) -> Any:
        """The earlier day that is asked for; None for today. Raises ValidationError."""
        if "on" not in request.query_params:
            return None
        day = serializers.DateField(input_formats=["%Y-%m-%d"])
        try:
            on = day.run_validation(request.query_params["on"])
        except serializers.ValidationError as error:
            raise ValidationError({"on": error.detail}) from None
        if on > clock.today():
            raise ValidationError({"on": "This day is still to come."})
        return None if on == clock.today() else on
