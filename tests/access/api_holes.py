"""Viewsets as nobody should write them, and a sound one: what the visits of programs must catch."""

from typing import Any, ClassVar

from django.urls import include, path
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter
from rest_framework.views import APIView

from kpis.models import Indicator
from management import access, audit
from management.access import System
from management.api.doors import AreaRows, Given, RowOfArea
from management.models import Post
from management.versions import advance


class IndicatorShown(serializers.ModelSerializer):
    class Meta:
        model = Indicator
        fields = ["id", "version", "name", "owner"]


class IndicatorGiven(Given):
    name = serializers.CharField(max_length=200)
    owner = RowOfArea(Post, required=False, allow_null=True)


def edit(*, by: Any, indicator: Indicator, version: int, **facts: Any) -> None:
    """As a service of the product does it."""
    access.require(by, "kpi.edit", indicator.area)
    with audit.acting(by, "edit KPI", "A better name"):
        for name, value in facts.items():
            setattr(indicator, name, value)
        indicator.full_clean()
        advance(indicator, version, **facts)


class Sound(AreaRows):
    """KPIs that can be edited."""

    model = Indicator
    serializer_class = IndicatorShown
    deeds: ClassVar[dict[str, str]] = {
        "list": "kpi.view",
        "retrieve": "kpi.view",
        "partial_update": "kpi.edit",
    }
    inputs: ClassVar[dict[str, type[Given]]] = {"partial_update": IndicatorGiven}

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("owner")

    def partial_update(self, request: Any, **where: Any) -> Response:
        indicator, version = self.row_to_change()
        edit(by=request.user, indicator=indicator, version=version, **self.given())
        return self.answer(indicator)


class EveryRow(Sound):
    def get_queryset(self) -> Any:
        return Indicator.objects.all()


class Forgetful(Sound):
    deeds: ClassVar[dict[str, str]] = {"list": "kpi.view", "retrieve": "kpi.view"}


class TooOpen(Sound):
    deeds: ClassVar[dict[str, str]] = {**Sound.deeds, "list": access.PUBLIC}


class OverOthers(Sound):
    """Does not ask what was read."""

    def partial_update(self, request: Any, **where: Any) -> Response:
        indicator = self.get_object()
        edit(by=request.user, indicator=indicator, version=indicator.version, **self.given())
        return self.answer(indicator)


class OthersPosts(Sound):
    class OwnerGiven(IndicatorGiven):
        owner = serializers.PrimaryKeyRelatedField(queryset=Post.objects.all(), required=False)

    inputs: ClassVar[dict[str, type[Given]]] = {"partial_update": OwnerGiven}


class InAnotherName(Sound):
    def partial_update(self, request: Any, **where: Any) -> Response:
        indicator, version = self.row_to_change()
        edit(by=System("import"), indicator=indicator, version=version, **self.given())
        return self.answer(indicator)


class WritesWhenRead(Sound):
    def list(self, request: Any, **where: Any) -> Response:
        with audit.acting(request.user, "look"):
            self.get_queryset().update(name="seen")
        return super().list(request, **where)


class NoDoor(APIView):
    """Straight from the library: whoever is signed in may."""

    def get(self, request: Any, area: str) -> Response:
        return Response(list(Indicator.objects.values_list("name", flat=True)))


# What the visits must say of each.
CAUGHT = {
    EveryRow: "tells of the other area",
    Forgetful: "answers 403, not [200]",
    TooOpen: "answers",
    OverOthers: "answers 200, not [428]",
    OthersPosts: "answers 500",  # the database has refused it
    InAnotherName: "the trail does not say",
    WritesWhenRead: "writes, with GET",
}
router = SimpleRouter(use_regex_path=False)
for viewset in (Sound, *CAUGHT):
    router.register(f"areas/<slug:area>/{viewset.__name__}", viewset, viewset.__name__)
urlpatterns = [
    path("api/v1/", include(router.urls)),
    path("api/v1/areas/<slug:area>/nodoor/", NoDoor.as_view(), name="nodoor"),
    path("", include("tracker.urls")),
]
