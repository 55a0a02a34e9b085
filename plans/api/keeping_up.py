"""What a person keeps for their own work, for programs: saved views, the digest, the calendar."""

from typing import Any, ClassVar

from django.conf import settings
from django.urls import reverse
from django_filters.rest_framework import FilterSet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from management.api.doors import AreaRows, Door, Given, NothingGiven
from management.api.filters import IdFilter
from plans.forms.lists import kept
from plans.models import Digest as DigestRow
from plans.models import Feed, HandedOver, HandOver, SavedView
from plans.services import digests, feeds, working


class ViewShown(serializers.ModelSerializer):
    class Meta:
        model = SavedView
        fields = ["id", "name", "page", "query"]


class ViewChanged(Given):
    """Another name for a view."""

    name = serializers.CharField(max_length=60)


class ViewGiven(ViewChanged):
    """A list of actions, by name."""

    page = serializers.ChoiceField(SavedView.Page.choices)
    query = serializers.CharField(
        allow_blank=True,
        max_length=2_000,
        help_text="As in the address of that page, behind the “?”. What the page does not know is "
        "left out.",
    )


@extend_schema_view(
    list=extend_schema(summary="Your own saved views, by page and name"),
    retrieve=extend_schema(summary="One of your saved views"),
)
class SavedViews(AreaRows):
    """Lists of actions as you like to see them. Nobody else sees yours."""

    model = SavedView
    serializer_class = ViewShown
    deeds: ClassVar[dict[str, str]] = {
        "list": "plan.view",
        "retrieve": "plan.view",
        "create": "plan.view",
        "partial_update": "plan.view",
        "destroy": "plan.view",
    }
    inputs: ClassVar[dict[str, type[Given]]] = {"create": ViewGiven, "partial_update": ViewChanged}
    tag = "your own"

    def get_queryset(self) -> Any:
        rows = super().get_queryset()
        if not getattr(self, "swagger_fake_view", False):
            rows = rows.filter(user=self.request.user)
        return rows.order_by("page", "name", "pk")

    @extend_schema(summary="Save a view", responses=ViewShown)
    def create(self, request: Request, **where: Any) -> Response:
        given = self.given()
        given["query"] = kept(given["page"], given["query"])
        return self.made(working.save_view(by=request.user, area=request.area, **given))

    @extend_schema(summary="Call a view by another name", responses=ViewShown)
    def partial_update(self, request: Request, **where: Any) -> Response:
        view = self.get_object()
        given = {"name": view.name} | self.given()
        working.rename_view(by=request.user, view=view, **given)
        return self.answer(view)

    @extend_schema(summary="Remove a view")
    def destroy(self, request: Request, **where: Any) -> Response:
        working.remove_view(by=request.user, view=self.get_object())
        return Response(status=204)


class DigestShown(serializers.ModelSerializer):
    class Meta:
        model = DigestRow
        fields = ["version", "day", "overdue", "due_soon", "waiting"]
        extra_kwargs = {"day": {"help_text": "0 is Monday; null: never."}}


class DigestGiven(Given):
    """What you are told of from now on, and on which day of the week."""

    day = serializers.ChoiceField(DigestRow.Day.choices, allow_null=True, help_text="null: never.")
    overdue = serializers.BooleanField(help_text="What is overdue, with overdue tasks.")
    due_soon = serializers.BooleanField(help_text="What is due in the next 14 days.")
    waiting = serializers.BooleanField(help_text="What waits for you.")

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        """A digest of nothing would never come."""
        told = any(given[name] for name in ("overdue", "due_soon", "waiting"))
        if given["day"] is not None and not told:
            raise serializers.ValidationError(
                {"overdue": "Say true to at least one thing, or null to the day."}
            )
        return given


@extend_schema_view(retrieve=extend_schema(summary="The weekly digest that you chose"))
class Digest(AreaRows):
    """What you are told of by e-mail each week. It is your own, and there is one."""

    model = DigestRow
    serializer_class = DigestShown
    deeds: ClassVar[dict[str, str]] = {"retrieve": "area.view", "choose": "area.view"}
    inputs: ClassVar[dict[str, type[Given]]] = {"choose": DigestGiven}
    tag = "your own"

    def get_object(self) -> DigestRow:
        return digests.digest_of(self.request.user, self.request.area)

    def again(self, row: DigestRow) -> DigestRow:
        return self.get_object()

    @extend_schema(summary="Choose your weekly digest", responses=DigestShown)
    def choose(self, request: Request, **where: Any) -> Response:
        _, version = self.row_to_change()
        facts = {"user": request.user, "area": request.area, "version": version}
        return self.answer(digests.choose_digest(by=request.user, **facts, **self.given()))


class FeedShown(serializers.Serializer):
    """The calendar's address is told once, when it is made."""

    made_at = serializers.DateTimeField(allow_null=True, help_text="null: there is none.")


class FeedMade(serializers.Serializer):
    """An address that ends every earlier one."""

    address = serializers.URLField(help_text="Secret: whoever has it reads your dates.")


class CalendarFeed(Door, ViewSet):
    """Your due dates for your own calendar, by a secret address."""

    deeds: ClassVar[dict[str, str]] = {
        "retrieve": "action.update",
        "renew": "action.update",
        "end": "action.update",
    }
    inputs: ClassVar[dict[str, type[Given]]] = {"renew": NothingGiven}
    tag = "your own"

    @extend_schema(summary="Whether your calendar has an address", responses=FeedShown)
    def retrieve(self, request: Request, **where: Any) -> Response:
        rows = Feed.objects.visible_to(request.user).in_area(request.area)
        feed = rows.filter(user=request.user, revoked_at=None).first()
        return Response(FeedShown({"made_at": feed.made_at if feed else None}).data)

    @extend_schema(summary="A new address for your calendar", responses={201: FeedMade})
    def renew(self, request: Request, **where: Any) -> Response:
        """Every earlier address ends."""
        whose = {"user": request.user, "area": request.area}
        secret = feeds.renew_feed(by=request.user, **whose, **self.given())
        path = reverse("feed", args=[request.area.slug, secret])
        site = settings.SITE_URL
        address = f"{site}{path}" if site else request.build_absolute_uri(path)
        return Response(FeedMade({"address": address}).data, status=201)

    @extend_schema(summary="End your calendar's address", responses={204: None})
    def end(self, request: Request, **where: Any) -> Response:
        feeds.revoke_feed(by=request.user, user=request.user, area=request.area)
        return Response(status=204)


class HandOverListed(serializers.ModelSerializer):
    old = serializers.CharField(source="old.name", allow_null=True, help_text="Who held it before.")
    new = serializers.CharField(source="new.name", help_text="Who holds it since.")

    class Meta:
        model = HandOver
        fields = ["id", "post", "on", "old", "new"]


class HandedOverShown(serializers.ModelSerializer):
    class Meta:
        model = HandedOver
        fields = ["action", "text"]
        extra_kwargs = {"text": {"help_text": "How the action stood then."}}


class HandOverShown(HandOverListed):
    open_actions = HandedOverShown(many=True)

    class Meta(HandOverListed.Meta):
        fields = [*HandOverListed.Meta.fields, "open_actions"]


class HandOverFilter(FilterSet):
    post = IdFilter(help_text="The id of the post.")


@extend_schema_view(
    list=extend_schema(summary="Posts that came to another holder, newest first"),
    retrieve=extend_schema(summary="One hand-over, with what was open"),
)
class HandOvers(AreaRows):
    """Recorded when a post comes to another person, who is told what is open."""

    model = HandOver
    serializer_class = HandOverShown
    list_serializer_class = HandOverListed
    filterset_class = HandOverFilter
    deeds: ClassVar[dict[str, str]] = {"list": "plan.view", "retrieve": "plan.view"}
    tag = "posts"

    def get_queryset(self) -> Any:
        rows = super().get_queryset().select_related("post", "old", "new")
        return rows.order_by("-on", "-pk")

    def whole(self, rows: Any) -> Any:
        return rows.prefetch_related("open_actions")
