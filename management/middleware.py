"""What every request passes: an id, the headers, the actor of its writes, and its policy."""

import logging
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import is_valid_path
from django.utils.http import url_has_allowed_host_and_scheme

from management import access, audit
from management.requests import own_area

logger = logging.getLogger(__name__)
Next = Callable[[HttpRequest], HttpResponse]

CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ]
)
HEALTH = "/health"
VISITOR = access.System("visitor who is not signed in")


def _page_of(request: HttpRequest) -> str:
    """Where whoever signs in goes on: what only takes what is sent to it is no page to read."""
    if request.method in {"GET", "HEAD"}:
        return request.get_full_path()
    sent_from = request.headers.get("Referer", "")
    secure = request.is_secure()
    if url_has_allowed_host_and_scheme(sent_from, {request.get_host()}, require_https=secure):
        return urlsplit(sent_from)._replace(scheme="", netloc="", fragment="").geturl() or "/"
    path = request.path
    while path != "/":
        path = path.rstrip("/").rpartition("/")[0] + "/"
        if is_valid_path(path):
            break
    return path


class RequestIdMiddleware:
    """Gives the request an id that its log lines, audit entries and error page share."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.id = uuid.uuid4().hex  # type: ignore[attr-defined]
        with audit.naming(VISITOR, f"{request.method} {request.path}"[:100], "", request.id):  # type: ignore[attr-defined]
            response = self.get_response(request)
        response["X-Request-ID"] = request.id  # type: ignore[attr-defined]
        return response


class HeadersMiddleware:
    """A strict Content-Security-Policy on every answer; no page stays in a cache."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.setdefault("Cache-Control", "no-store")
        return response


class ActorMiddleware:
    """Names the signed-in person as the actor of the request's writes."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Monitors ask for the health while there is no database to find a person in.
        if request.path_info == HEALTH or not request.user.is_authenticated:
            return self.get_response(request)
        with audit.naming(request.user, f"{request.method} {request.path}"):
            return self.get_response(request)


class PolicyMiddleware:
    """Refuses a route without a policy; lets in only who the policy names.

    Another area's pages do not exist for a person (404); a deed that their role does not allow in
    their own area is forbidden (403). Sets `request.area` from the route's `area`.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        match = request.resolver_match
        name = match.view_name if match else ""
        policy = getattr(view, "policy", None) or access.LIBRARY_ROUTES.get(name)
        if policy is None:
            logger.error("The route %s declares no policy and is refused.", name or request.path)
            raise PermissionDenied("This page declares no policy.")
        if policy in {access.PUBLIC, access.API}:
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(_page_of(request))
        if policy == access.SIGNED_IN:
            return None
        area = own_area(request.user, kwargs.get("area"))
        access.require(request.user, policy, area)
        request.area = area  # type: ignore[attr-defined]
        return None
