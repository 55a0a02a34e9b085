"""The request as our views get it: somebody is signed in, and the area is found."""

from django.http import HttpRequest

from management.models import Area, User


class Request(HttpRequest):
    """For annotations only: `PolicyMiddleware` has let the person in and set the area."""

    user: User
    area: Area
