"""The product's routes, and some that only the tests of the trail and of the policies have."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from management.access import PUBLIC, SIGNED_IN, policy
from management.models import Post


def _rename(request: HttpRequest, post: int) -> HttpResponse:
    Post.objects.filter(pk=post).update(title="Renamed by a visit")
    return HttpResponse("done")


def undeclared(request: HttpRequest) -> HttpResponse:
    return HttpResponse("nobody may see this")


urlpatterns = [
    path("rename/<int:post>", policy(PUBLIC)(lambda r, post: _rename(r, post)), name="rename"),
    path(
        "rename-signed-in/<int:post>",
        policy(SIGNED_IN)(lambda r, post: _rename(r, post)),
        name="rename-signed-in",
    ),
    path("undeclared", undeclared, name="undeclared"),
    path("allauth/", include("allauth.account.urls")),
    path("", include("tracker.urls")),
]
