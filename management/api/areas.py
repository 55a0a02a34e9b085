"""What the API tells of itself, of whoever asks, of their areas, and of the posts there."""

from functools import cache
from typing import Any, ClassVar

from django.conf import settings
from django.urls import reverse
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer2, OpenApiYamlRenderer
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiExample,
    extend_schema,
    extend_schema_serializer,
    extend_schema_view,
)
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from management import services
from management.access import PUBLIC, SIGNED_IN, Role
from management.api.doors import AreaRows, Door, Given
from management.models import ApiToken, Area, Post


class AreaShown(serializers.ModelSerializer):
    class Meta:
        model = Area
        fields = ["slug", "name", "partnership"]


class RolesShown(serializers.Serializer):
    slug = serializers.SlugField()
    name = serializers.CharField()
    roles = serializers.ListField(child=serializers.ChoiceField(Role.choices))


class TokenShown(serializers.ModelSerializer):
    area = serializers.SlugRelatedField("slug", read_only=True)

    class Meta:
        model = ApiToken
        fields = ["name", "prefix", "scope", "area", "made_at", "expires_on"]


class MeShown(serializers.Serializer):
    """Who asks, and as what."""

    name = serializers.CharField()
    email = serializers.EmailField()
    areas = RolesShown(many=True)
    token = TokenShown(allow_null=True, help_text="Nothing for somebody who is signed in.")


class IndexShown(serializers.Serializer):
    """Where to begin."""

    schema = serializers.URLField()
    me = serializers.URLField()
    areas = serializers.URLField()


class Index(Door, ViewSet):
    """Where everything else is found."""

    deeds: ClassVar[dict[str, str]] = {"retrieve": SIGNED_IN}
    tag = "about"

    @extend_schema(summary="Where to begin", operation_id="index", responses=IndexShown)
    def retrieve(self, request: Request) -> Response:
        routes = {"schema": "api_schema", "me": "api_me", "areas": "api_areas-list"}
        return Response(
            {name: request.build_absolute_uri(reverse(to)) for name, to in routes.items()}
        )


class Me(Door, ViewSet):
    """Whoever asks: the person, their roles, and the token that is shown."""

    deeds: ClassVar[dict[str, str]] = {"retrieve": SIGNED_IN}
    tag = "about"

    @extend_schema(summary="Who asks, and as what", responses=MeShown)
    def retrieve(self, request: Request) -> Response:
        person = request.user
        areas = [
            {"slug": a.slug, "name": a.name, "roles": sorted(person.roles_by_area[a.pk])}
            for a in person.areas_by_id.values()
        ]
        told = {"name": person.name, "email": person.email, "areas": areas, "token": request.auth}
        return Response(MeShown(told).data)


@extend_schema_view(
    list=extend_schema(summary="The areas that you belong to"),
    retrieve=extend_schema(summary="One area"),
)
class Areas(AreaRows):
    """With a token, the one area for which it was made."""

    model = Area
    serializer_class = AreaShown
    deeds: ClassVar[dict[str, str]] = {"list": SIGNED_IN, "retrieve": "area.view"}
    lookup_url_kwarg = "area"
    lookup_value_converter = "slug"
    tag = "areas"

    def get_queryset(self) -> Any:
        return self.model.objects.visible_to(self.request.user)

    def get_object(self) -> Area:
        return self.request.area


class PostShown(serializers.ModelSerializer):
    class Meta:
        model = Post
        fields = ["id", "title", "organisation"]


@extend_schema_serializer(
    examples=[
        OpenApiExample("A post inside the area", value={"title": "Unpaid Work Manager"}),
        OpenApiExample(
            "A post outside",
            value={"title": "Trainer", "organisation": "Community Justice Scotland"},
        ),
    ]
)
class PostGiven(Given):
    """A new post."""

    title = serializers.CharField(max_length=150)
    organisation = serializers.CharField(
        max_length=150,
        required=False,
        allow_blank=True,
        help_text="Only for a post outside the area.",
    )


@extend_schema_view(
    list=extend_schema(summary="Posts that can own actions, by title"),
    retrieve=extend_schema(summary="One post"),
)
class Posts(AreaRows):
    """Posts own actions; people hold posts for a time."""

    model = Post
    serializer_class = PostShown
    deeds: ClassVar[dict[str, str]] = {
        "list": "area.view",
        "retrieve": "area.view",
        "create": "post.create",
    }
    inputs: ClassVar[dict[str, type[Given]]] = {"create": PostGiven}
    tag = "posts"

    def get_queryset(self) -> Any:
        return super().get_queryset().order_by("title", "organisation", "pk")

    @extend_schema(summary="A new post", responses=PostShown)
    def create(self, request: Request, **where: Any) -> Response:
        return self.made(services.create_post(by=request.user, area=request.area, **self.given()))


@extend_schema(exclude=True)
class Nowhere(Door):
    """Any other address below /api/: JSON too, and no way round by a redirect to another one."""

    http_method_names: ClassVar[list[str]] = [*Door.http_method_names, "options"]
    deeds: ClassVar[dict[str, str]] = dict.fromkeys(http_method_names, PUBLIC)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise exceptions.NotFound("Every address of the API ends with “/”.")


class Schema(Door):
    """This description: JSON, or YAML with `?format=yaml`."""

    deeds: ClassVar[dict[str, str]] = {"get": SIGNED_IN}
    renderer_classes: ClassVar[list[Any]] = [OpenApiJsonRenderer2, OpenApiYamlRenderer]
    tag = "about"

    @extend_schema(
        summary="The description of the API",
        operation_id="schema_retrieve",
        responses={200: OpenApiTypes.OBJECT},
    )
    def get(self, request: Request) -> Response:
        return Response(_description(settings.ROOT_URLCONF))


@cache
def _description(urlconf: str) -> dict[str, Any]:
    """Drawn once: it is the same for everybody, and takes a while."""
    return SchemaGenerator(urlconf=urlconf).get_schema(request=None, public=True)
