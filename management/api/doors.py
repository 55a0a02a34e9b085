"""What every viewset of the API stands on: who may, which rows, and no change over another's.

A viewset of an area's rows names its model, its deeds (one for each action, or it is refused) and
what its actions are given; an action then calls one service and answers with the row:

    class Actions(AreaRows):
        model = Action
        serializer_class = ActionShown
        deeds = {"list": "plan.view", "retrieve": "plan.view", "partial_update": "action.update"}
        inputs = {"partial_update": ActionGiven}

        def partial_update(self, request, **where):
            action, version = self.row_to_change()
            edit_action(by=request.user, action=action, version=version, **self.given())
            return self.answer(action)
"""

import hashlib
import logging
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import parse_etags
from rest_framework import exceptions, serializers
from rest_framework.mixins import ListModelMixin
from rest_framework.pagination import PageNumberPagination
from rest_framework.permissions import SAFE_METHODS
from rest_framework.relations import MANY_RELATION_KWARGS
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from management import access
from management.api import limits
from management.api.errors import VersionWanted
from management.api.filters import LARGEST, refuse_unknown
from management.models import ApiToken, Versioned
from management.requests import own_area
from management.versions import Stale

logger = logging.getLogger(__name__)
MOST_IDS = 200


class Pages(PageNumberPagination):
    """A hundred rows, or as many as `page_size` asks for, up to two hundred."""

    page_size = 100
    max_page_size = 200
    page_size_query_param = "page_size"
    parameters = ("page", "page_size")

    def get_page_size(self, request: Request) -> int:
        """What is asked for. Raises ValidationError: fewer rows than were meant would mislead."""
        asked = request.query_params.get(self.page_size_query_param)
        if asked is None:
            return self.page_size
        if not (asked.isascii() and asked.isdigit() and len(asked) < 4):
            asked = "0"
        if not 1 <= int(asked) <= self.max_page_size:
            sentence = f"Give a number from 1 to {self.max_page_size}."
            raise exceptions.ValidationError({self.page_size_query_param: [sentence]})
        return int(asked)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        number = {"type": "integer", "minimum": 1}
        told = [
            ("page", number, "Which page, from 1 on."),
            ("page_size", {**number, "maximum": self.max_page_size}, "Rows on a page."),
        ]
        return [
            {"name": name, "in": "query", "required": False, "description": text, "schema": schema}
            for name, schema, text in told
        ]

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """As OpenAPI 3.1 says that something may be null."""
        place = {"type": ["string", "null"], "format": "uri"}
        told = {"count": {"type": "integer"}, "next": place, "previous": place, "results": schema}
        return {"type": "object", "required": list(told), "properties": told}


class Given(serializers.Serializer):
    """What a program sends. A name that is not here is refused: a slip would change nothing."""

    def get_fields(self) -> dict[str, serializers.Field]:
        """The fields; those of which one thing is chosen say what there is when it is another."""
        fields: dict[str, serializers.Field] = super().get_fields()
        for field in fields.values():
            choice = getattr(field, "child", field)
            if isinstance(choice, serializers.ChoiceField):
                there = ", ".join(str(value) for value in choice.choices if value != "")
                said = f"“{{input}}” is not offered here. Choose one of: {there}."
                choice.error_messages["invalid_choice"] = said
        return fields

    def to_internal_value(self, data: Any) -> Any:
        unknown = set(data) - set(self.fields) if isinstance(data, Mapping) else set()
        if unknown:
            raise serializers.ValidationError(
                {str(name): ["There is no such field here."] for name in sorted(unknown, key=str)}
            )
        return super().to_internal_value(data)


class NothingGiven(Given):
    """Nothing needs to be said."""


class RowsOfArea(serializers.ManyRelatedField):
    """Some ids, each of which is looked up: so not as many as fit into a request. One that is
    named twice counts once."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, list) and len(data) > MOST_IDS:
            raise serializers.ValidationError(f"Name {MOST_IDS} at most.")
        return list(dict.fromkeys(super().to_internal_value(data)))


class RowOfArea(serializers.PrimaryKeyRelatedField):
    """The id of a row of the same area, or with `many` some: others' rows are as if not there."""

    def __init__(self, model: type[Model], **options: Any) -> None:
        self.model = model
        number = serializers.IntegerField(min_value=1, max_value=LARGEST)
        super().__init__(pk_field=number, **options)

    @classmethod
    def many_init(cls, model: type[Model], **options: Any) -> RowsOfArea:
        kept = {name: options[name] for name in MANY_RELATION_KWARGS if name in options}
        return RowsOfArea(child_relation=cls(model, **options), **kept)

    def get_queryset(self) -> Any:
        request = self.context["request"]
        rows = self.model.objects.visible_to(request.user)  # type: ignore[attr-defined]  # of every model of ours
        return rows.in_area(request.area) if hasattr(request, "area") else rows


class Door(APIView):
    """Asks in this order: who, how often, in which area, whether there is such a method, may they.

    It answers 401, 429, 404, 405 and 403 accordingly. Another area does not exist for anybody.
    """

    http_method_names: ClassVar[list[str]] = ["get", "head", "post", "put", "patch", "delete"]
    # Action: deed of management.access, or SIGNED_IN, or PUBLIC. Methods, where it has no actions.
    deeds: ClassVar[dict[str, str]] = {}
    # Actions that hand out a file, which is of its own type whatever `Accept` says.
    files: ClassVar[set[str]] = set()
    # Actions that read a file that was kept, which may be lost: 503.
    reads_files: ClassVar[set[str]] = set()
    # Actions whose body, and not If-Match, says what was read, because they change several rows.
    versions_in_body: ClassVar[set[str]] = set()
    # Action: the serializer of what it is given.
    inputs: ClassVar[dict[str, type[Given]]] = {}

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        for deed in cls.deeds.values():
            access.policy(deed)  # a deed that nobody has named is an error here and now

    @classmethod
    def as_view(cls, *args: Any, **options: Any) -> Callable[..., HttpResponse]:
        view = super().as_view(*args, **options)
        view.policy = access.API
        return view

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        hands_out = getattr(self, "action", None) in self.files
        return super().perform_content_negotiation(request, force=force or hands_out)

    def perform_authentication(self, request: Request) -> None:
        super().perform_authentication(request)
        if request.user.is_authenticated:
            limits.spend(request)

    def check_permissions(self, request: Request) -> None:
        name = getattr(self, "action", None) or request.method.lower().replace("head", "get")
        deed = self.deeds.get(name)
        if deed == access.PUBLIC:
            return
        if not request.user.is_authenticated:
            raise exceptions.NotAuthenticated(
                "Show a token, as “Authorization: Bearer tl_…”, or sign in."
            )
        if "area" in self.kwargs:
            request._request.area = own_area(request.user, self.kwargs["area"])
        if request.method.lower() not in self.http_method_names or not hasattr(
            self, request.method.lower()
        ):
            raise exceptions.MethodNotAllowed(request.method)
        if deed is None:
            logger.error("%s.%s declares no deed and is refused.", type(self).__name__, name)
            raise PermissionDenied("This address declares no policy.")
        if deed != access.SIGNED_IN:
            access.require(request.user, deed, request.area)
        writes = request.method not in SAFE_METHODS
        if writes and request.auth and request.auth.scope != ApiToken.Scope.WRITE:
            raise PermissionDenied("This token may only read: make one that may write as well.")

    def given(self) -> dict[str, Any]:
        """What was sent to this action, checked. Raises ValidationError."""
        partial = self.request.method == "PATCH"
        context = {"request": self.request, "view": self}
        given = self.inputs[self.action](data=self.request.data, partial=partial, context=context)
        given.is_valid(raise_exception=True)
        return dict(given.validated_data)


class AreaRows(Door, ListModelMixin, GenericViewSet):
    """Rows of one area: a list of them, and each by its id. Subclasses add what changes them."""

    model: type[Any]
    # Actions that change what no version counts: see `row_as_read`.
    by_etag: ClassVar[set[str]] = set()
    pagination_class = Pages
    lookup_value_converter = "int"
    # The serializer of the list, where it tells less than that of one row.
    list_serializer_class: type[serializers.Serializer] | None = None

    def get_queryset(self) -> Any:
        """The rows that this person may see here. Extend it to order them and to load more."""
        rows = self.model.objects.visible_to(self.request.user)
        # The schema is drawn from viewsets that nobody has asked anything.
        drawn = getattr(self, "swagger_fake_view", False)
        return rows if drawn else rows.in_area(self.request.area)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        filters = getattr(self, "filterset_class", None)
        known = filters.base_filters if filters else ()
        refuse_unknown(request, [*known, *Pages.parameters])
        return super().list(request, *args, **kwargs)

    def page_of(self, rows: Any, shown: type[serializers.Serializer]) -> Response:
        """A page of what hangs on a row, for actions that list it."""
        refuse_unknown(self.request, Pages.parameters)
        page = self.paginate_queryset(rows)
        data = shown(page, many=True, context=self.get_serializer_context()).data
        return self.get_paginated_response(data)

    def whole(self, rows: Any) -> Any:
        """Loads what is shown of one row and not in a list."""
        return rows

    def get_serializer_class(self) -> Any:
        listed = self.list_serializer_class if self.action == "list" else None
        return listed or self.serializer_class

    def get_object(self) -> Any:
        """The row of the address. Raises Http404."""
        return get_object_or_404(self.whole(self.get_queryset()), pk=self.kwargs["pk"])

    def retrieve(self, request: Request, **where: Any) -> Response:
        data, tag = self.current()
        known = parse_etags(request.headers.get("If-None-Match", ""))
        if "*" in known or tag in {one.removeprefix("W/") for one in known}:
            return Response(status=304, headers={"ETag": tag})
        return Response(data, headers={"ETag": tag})

    def current(self) -> tuple[Any, str]:
        """The row of the address as it is shown now, and its ETag."""
        return self._shown(self.get_object())

    def row_to_change(self) -> tuple[Any, int]:
        """The row of the address, and the version that the program has read, for the service.

        Raises Http404; VersionWanted (428) without If-Match; Stale (412) when it names another
        version, or any (`*`): whoever has not read the row must not write over it.
        """
        row = self.get_object()
        if "If-Match" not in self.request.headers:
            raise VersionWanted
        # A weak tag counts as well: compressing an answer has made it one on the way.
        tags = parse_etags(self.request.headers["If-Match"])
        read = [tag.removeprefix("W/").strip('"') for tag in tags]
        now = f"{row.pk or 0}-{row.version}"
        if not any(tag == now or tag.startswith(f"{now}-") for tag in read):
            raise Stale(row)
        return row, row.version

    def row_as_read(self) -> Any:
        """The row of the address, for a change of what no version counts.

        All that is told of it must be as the program has read it. Raises as `row_to_change` does.
        """
        row = self.get_object()
        if "If-Match" not in self.request.headers:
            raise VersionWanted
        tags = parse_etags(self.request.headers["If-Match"])
        if self._shown(row)[1] not in {tag.removeprefix("W/") for tag in tags}:
            raise Stale(row)
        return row

    def answer(self, row: Any) -> Response:
        """The row as it stands after a change, with its new ETag."""
        data, tag = self._shown(self.again(row))
        return Response(data, headers={"ETag": tag})

    def made(self, row: Any) -> Response:
        """A new row: 201, with where it is."""
        data, tag = self._shown(self.again(row))
        place = reverse(f"{self.basename}-detail", kwargs={**self.kwargs, "pk": row.pk})
        return Response(data, status=201, headers={"ETag": tag, "Location": place})

    def again(self, row: Any) -> Any:
        """The row with all that is shown of it, after a change."""
        return get_object_or_404(self.whole(self.get_queryset()), pk=row.pk)

    def _shown(self, row: Any) -> tuple[Any, str]:
        """What is told of the row, and `"<pk>-<version>-<digest of all that is told>"`.

        The digest is for If-None-Match: a post's new name is news to a reader of the action, whose
        version is what it was. For If-Match only pk and version count: to write, it is no matter.
        """
        data = self.serializer_class(row, context=self.get_serializer_context()).data
        digest = hashlib.sha256(JSONRenderer().render(data)).hexdigest()[:16]
        version = row.version if isinstance(row, Versioned) else 0
        return data, f'"{row.pk or 0}-{version}-{digest}"'
