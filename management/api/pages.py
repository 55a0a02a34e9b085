"""The pages on which people make and revoke the tokens of their programs."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from management import clock
from management.access import policy
from management.forms import TokenForm
from management.models import ApiToken
from management.requests import Request
from management.tokens import issue_token, revoke_token, works


@policy("api.use")
@require_safe
def tokens(request: Request, area: str) -> HttpResponse:
    rows = ApiToken.objects.visible_to(request.user).in_area(request.area).select_related("user")
    found: list[dict[str, Any]] = [{"row": row, "works": works(row)} for row in rows]
    own = [token for token in found if token["row"].user_id == request.user.pk]
    context = {"own": own}
    if request.user.may("people.edit", request.area):
        context["others"] = [token for token in found if token not in own]
    return render(request, "management/tokens.html", context)


@policy("api.use")
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def token_new(request: Request, area: str) -> HttpResponse:
    """The secret stands on the answer to this request alone: it is kept nowhere."""
    form = TokenForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            token, secret = issue_token(
                by=request.user,
                area=request.area,
                name=form.cleaned_data["name"],
                scope=form.cleaned_data["scope"],
                expires_on=clock.today() + timedelta(days=form.cleaned_data["days"]),
            )
        except ValidationError as error:
            for name, errors in error.error_dict.items():
                form.add_error(name if name in form.fields else None, errors)
        else:
            api = request.build_absolute_uri(reverse("api_areas-detail", args=[area]))
            made = {"token": token, "secret": secret, "api": api}
            return render(request, "management/token_made.html", made)
    return render(request, "management/token_new.html", {"form": form})


@policy("api.use")
@require_POST
def token_revoke(request: Request, area: str, pk: int) -> HttpResponse:
    """One's own; an administrator anybody's. Others' tokens are refused by the service."""
    rows = ApiToken.objects.visible_to(request.user).in_area(request.area)
    token = get_object_or_404(rows, pk=pk)
    try:
        revoke_token(by=request.user, token=token)
    except ValidationError as error:
        messages.info(request, error.message)
    else:
        messages.success(request, f"“{token.name}” is revoked: it opens nothing any more.")
    return redirect("tokens", area)
