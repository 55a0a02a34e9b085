"""Every refusal of the API as one kind of JSON: problem details, RFC 9457."""

from collections.abc import Iterator
from http import HTTPStatus
from math import ceil
from typing import Any

from django.core.exceptions import (
    NON_FIELD_ERRORS,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    ValidationError,
)
from django.http import Http404, HttpRequest, JsonResponse
from rest_framework import exceptions
from rest_framework.permissions import SAFE_METHODS
from rest_framework.views import set_rollback

from management.versions import Stale

GENERAL = "general"  # where an error belongs to no one field
NOT_FOUND = "There is nothing at this address for you."


class VersionWanted(exceptions.APIException):
    status_code = 428
    default_detail = (
        "Say in If-Match which version you read: the ETag that came with it, as it stands."
    )


class Outdated(exceptions.APIException):
    """Some of the rows that were named have changed since they were read: sentences by row."""

    status_code = 412
    default_detail = "Nothing was changed: see “errors” for what is not as you read it."

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__()
        self.errors = {name: [sentence] for name, sentence in errors.items()}


def problem(
    request: HttpRequest,
    status: int,
    detail: str,
    *,
    headers: dict[str, str] | None = None,
    **more: Any,
) -> JsonResponse:
    """An answer that says what is wrong; `more` holds members of its own kind."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        **more,
        "request_id": getattr(request, "id", ""),
    }
    return JsonResponse(
        body, status=status, headers=headers, content_type="application/problem+json"
    )


def handle(error: Exception, context: dict[str, Any]) -> JsonResponse | None:
    """The answer to whatever a viewset raised; None for what only a programmer can put right."""
    request = context["request"]
    answer = _answer(error, request, context["view"])
    if answer is not None:
        set_rollback()
    return answer


def _answer(error: Exception, request: Any, view: Any) -> JsonResponse | None:
    if isinstance(error, Http404):
        return problem(request, 404, NOT_FOUND)
    if isinstance(error, PermissionDenied):
        return problem(request, 403, str(error) or "Your role does not allow this.")
    if isinstance(error, Stale):
        try:
            data, tag = view.current()
        except Http404:  # gone meanwhile
            return problem(request, 404, NOT_FOUND)
        headers = {"ETag": tag}
        detail = f"{error} Nothing was changed; “current” is how it stands now."
        return problem(request, 412, detail, headers=headers, current=data)
    if isinstance(error, ValidationError):
        return _invalid(request, dict(_of_django(error)))
    if isinstance(error, exceptions.ValidationError):
        return _invalid(request, dict(_of_library(error.detail)))
    if isinstance(error, RequestDataTooBig):
        return problem(request, 413, "This is more than a request may hold.")
    if isinstance(error, SuspiciousOperation):
        return problem(request, 400, "This request could not be read.")
    if isinstance(error, exceptions.APIException):
        return _of_api(request, error)
    return None


def _invalid(request: Any, errors: dict[str, list[str]]) -> JsonResponse:
    detail = "See “errors” for what to put right."
    if request.method not in SAFE_METHODS:
        detail = f"Nothing was changed. {detail}"
    return problem(request, 400, detail, errors=errors)


def _of_django(error: ValidationError) -> Iterator[tuple[str, list[str]]]:
    if not hasattr(error, "error_dict"):
        yield GENERAL, error.messages
        return
    for name, sentences in error.message_dict.items():
        yield GENERAL if name == NON_FIELD_ERRORS else name, sentences


def _of_library(detail: Any, path: str = "") -> Iterator[tuple[str, list[str]]]:
    """Flat: what is wrong deep inside stands at `figures.0.value`."""
    if isinstance(detail, str):
        yield path or GENERAL, [str(detail)]
    elif isinstance(detail, dict):
        for name, inner in detail.items():
            name = GENERAL if name == "non_field_errors" else str(name)
            yield from _of_library(inner, f"{path}.{name}" if path else name)
    elif any(isinstance(one, dict | list) for one in detail):
        for number, inner in enumerate(detail):
            yield from _of_library(inner, f"{path}.{number}" if path else str(number))
    elif detail:
        yield path or GENERAL, [str(sentence) for sentence in detail]


def _of_api(request: Any, error: exceptions.APIException) -> JsonResponse:
    headers = {}
    if auth := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = auth
    detail = str(error.detail)
    if isinstance(error, exceptions.Throttled):
        headers["Retry-After"] = str(ceil(error.wait or 1))
        detail = "Too many requests. Wait for as many seconds as Retry-After says."
    elif isinstance(error, exceptions.NotFound):
        detail = f"{NOT_FOUND} {detail}"
    more = {"errors": error.errors} if isinstance(error, Outdated) else {}
    return problem(request, error.status_code, detail, headers=headers, **more)
