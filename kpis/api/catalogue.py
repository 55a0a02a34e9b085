"""The ready definitions, for programs."""

from typing import Any, ClassVar

from django.http import Http404
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from kpis.catalogue import catalogue
from kpis.models import Indicator
from management.api.doors import AreaRows


class ReadyDefinitionShown(serializers.ModelSerializer):
    entry = serializers.SlugField(source="catalogue", help_text="Its code in the catalogue.")
    adopted = serializers.SerializerMethodField(
        help_text="Ids of the area's KPIs that were adopted from it."
    )

    class Meta:
        model = Indicator
        fields = [
            "entry",
            "name",
            "meaning",
            "numerator",
            "denominator",
            "exclusions",
            "clock_rule",
            "unit",
            "direction",
            "frequency",
            "decimals",
            "source",
            "adopted",
        ]

    def get_adopted(self, row: Indicator) -> list[int]:
        return [kpi for kpi, entry in self.context["adopted"] if entry == row.catalogue]


@extend_schema_view(
    list=extend_schema(summary="Ready definitions of KPIs"),
    retrieve=extend_schema(summary="One ready definition"),
)
class Catalogue(AreaRows):
    """An area adopts one (`POST` to `kpis/` with its `entry`) and adapts it."""

    model = Indicator
    serializer_class = ReadyDefinitionShown
    deeds: ClassVar[dict[str, str]] = {"list": "kpi.view", "retrieve": "kpi.view"}
    lookup_url_kwarg = "entry"
    lookup_value_converter = "slug"
    tag = "kpis"

    def get_queryset(self) -> Any:
        """All of them, as KPIs that nobody has defined yet."""
        if getattr(self, "swagger_fake_view", False):
            return super().get_queryset().none()
        return [Indicator(catalogue=code, **facts) for code, facts in catalogue().items()]

    def get_object(self) -> Indicator:
        found = [row for row in self.get_queryset() if row.catalogue == self.kwargs["entry"]]
        if not found:
            raise Http404
        return found[0]

    def get_serializer_context(self) -> dict[str, Any]:
        told: list[Any] = []
        if not getattr(self, "swagger_fake_view", False):
            rows = super().get_queryset().exclude(catalogue="")
            told = list(rows.order_by("code").values_list("pk", "catalogue"))
        return {**super().get_serializer_context(), "adopted": told}
