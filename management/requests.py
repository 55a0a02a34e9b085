"""The request as our views get it: somebody is signed in, and the area is found."""

from django.http import Http404, HttpRequest

from management.models import Area, User


class Request(HttpRequest):
    """For annotations only: `PolicyMiddleware` has let the person in and set the area."""

    user: User
    area: Area


def own_area(user: User, slug: str | None) -> Area:
    """The person's own area of that short name. Raises Http404: others do not exist for them."""
    for area in user.areas_by_id.values():
        if area.slug == slug:
            return area
    raise Http404
