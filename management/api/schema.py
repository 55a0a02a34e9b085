"""How the API describes itself, as OpenAPI: each viewset, and what all have in common."""

from http import HTTPStatus
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from rest_framework.permissions import SAFE_METHODS

from management.access import SIGNED_IN
from management.models import Versioned

TITLES = {
    400: "What was sent is not right: `errors` says where",
    401: "Nobody was let in: no token, or one that is unknown, expired or revoked",
    403: "Your role, or your token's scope, does not allow this",
    404: "There is nothing at this address for you",
    406: "`Accept` names no type in which this can be answered",
    412: "Somebody else has changed the row since you read it: `current` is how it stands now",
    413: "The body is too large",
    415: "The body is of another type than is taken here",
    428: "`If-Match` is missing",
    429: "Too many requests: wait for as many seconds as `Retry-After` says",
    503: "The file is kept, and cannot be read at the moment",
}
_TEXT = {"type": "string"}
PROBLEM = {
    "type": "object",
    "description": "What is wrong with a request, as problem details (RFC 9457).",
    "properties": {
        "type": {"const": "about:blank", "description": "The status says what it is."},
        "title": {**_TEXT, "description": "The status in words."},
        "status": {"type": "integer"},
        "detail": {**_TEXT, "description": "A sentence for a person."},
        "errors": {
            "type": "object",
            "additionalProperties": {"type": "array", "items": _TEXT},
            "description": "With 400: sentences by field; `general`, where it is no one field. "
            "With 412, where several rows were named: sentences by row.",
        },
        "current": {
            "type": "object",
            "description": "With 412: the row as it stands now, as a GET tells it.",
        },
        "request_id": {**_TEXT, "description": "By which whoever runs the service finds it."},
    },
    "required": ["type", "title", "status", "detail", "request_id"],
    "additionalProperties": False,
}
_MORE: dict[int, dict[str, Any]] = {
    400: {"errors": {"title": ["This field may not be blank."]}},
    412: {"current": {"id": 7, "version": 4}},
}


class Described(AutoSchema):
    """One operation. What every door refuses, and ETags, are said here for all of them."""

    def get_tags(self) -> list[str]:
        tag = getattr(self.view, "tag", "")
        return [tag] if tag else list(super().get_tags())

    def get_request_serializer(self) -> Any:
        return getattr(self.view, "inputs", {}).get(self.view_action)

    def get_serializer_name(self, serializer: Any, direction: Any) -> str:
        """A post is a post: that it is shown or given is our own business."""
        name = str(super().get_serializer_name(serializer, direction))
        return name.removesuffix("Shown").removesuffix("Given")

    @property
    def view_action(self) -> str:
        return getattr(self.view, "action", None) or self.method.lower()

    @property
    def reads_one_row(self) -> bool:
        return self.view_action == "retrieve" and hasattr(self.view, "current")

    @property
    def changes_version(self) -> bool:
        model = getattr(self.view, "model", None)
        versioned = model is not None and issubclass(model, Versioned)
        detail = bool(getattr(self.view, "detail", False))
        if self.view_action in getattr(self.view, "by_etag", ()):
            return True
        return detail and versioned and self.method not in SAFE_METHODS

    def get_override_parameters(self) -> list[Any]:
        found = []
        if self.reads_one_row:
            told = "An ETag that you hold: 304 while the row is as you know it."
            found.append(_header("If-None-Match", told))
        if self.changes_version:
            told = "The ETag with which you read the row. `*` is refused."
            found.append(_header("If-Match", told, required=True))
        if self.reads_one_row or self.changes_version or self._is_create_operation():
            told = "Which version this is. Send it back in If-Match to change it."
            found.append(_header("ETag", told, response=[200, 201]))
        if self._is_create_operation():
            found.append(_header("Location", "Where the new row is.", response=[201]))
        return found

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        if self.reads_one_row:
            bodies["304"] = {"description": "The row is as you know it."}
        for status in sorted(self._refusals()):
            bodies[str(status)] = {"$ref": f"#/components/responses/Problem{status}"}
        return bodies

    def _refusals(self) -> set[int]:
        statuses = {401, 406, 429}
        reads = self.method in SAFE_METHODS
        asked = any(one.location == "query" for one in self.get_override_parameters())
        if not reads or asked or self._get_pagination_parameters() or self._get_filter_parameters():
            statuses.add(400)
        if not reads or self.view.deeds.get(self.view_action) != SIGNED_IN:
            statuses.add(403)
        if "{" in self.path or self._get_pagination_parameters() or self._get_format_parameters():
            statuses.add(404)
        if not reads:
            statuses |= {413, 415}
        if self.changes_version:
            statuses |= {412, 428}
        if self.view_action in self.view.versions_in_body:
            statuses.add(412)
        if self.view_action in self.view.files:
            statuses = statuses - {406} | {503}
        if self.view_action in self.view.reads_files:
            statuses.add(503)
        return statuses


def _header(name: str, description: str, **options: Any) -> OpenApiParameter:
    return OpenApiParameter(name, str, "header", description=description, **options)


class BearerScheme(OpenApiAuthenticationExtension):
    target_class = "management.api.authentication.ByToken"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        description = "A personal token, made on the page “API access”. It begins with `tl_`."
        return {"type": "http", "scheme": "bearer", "description": description}


def finish(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """A postprocessing hook: what all operations have in common is said once."""
    components = result["components"]
    for name, schema in components["schemas"].items():
        if name.endswith("Request"):
            schema["additionalProperties"] = False  # see `doors.Given`
        elif "properties" in schema:
            schema["required"] = list(schema["properties"])  # an answer always has all of them
    components["schemas"]["Problem"] = PROBLEM
    components["responses"] = {f"Problem{status}": _refusal(status) for status in TITLES}
    return result


def _refusal(status: int) -> dict[str, Any]:
    example = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": f"{TITLES[status]}.",
        **_MORE.get(status, {}),
        "request_id": "9f2b6c1d4e5f47a8b0c1d2e3f4a5b6c7",
    }
    schema = {"$ref": "#/components/schemas/Problem"}
    told: dict[str, Any] = {
        "description": TITLES[status],
        "content": {"application/problem+json": {"schema": schema, "example": example}},
    }
    if status == 429:
        told["headers"] = {"Retry-After": {"schema": {"type": "integer"}}}
    return told
