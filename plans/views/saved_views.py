"""Lists of actions as a person likes to see them: saved, opened, renamed, removed."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from management.access import policy
from management.requests import Request
from management.saving import FORM_METHODS, say
from plans.forms.bulk import ViewForm
from plans.forms.lists import SaveViewForm, kept
from plans.models import SavedView
from plans.services import working
from plans.views.lists import address


def _own(request: Request) -> Any:
    rows = SavedView.objects.visible_to(request.user).in_area(request.area)
    return rows.filter(user=request.user)


def _find(request: Request, pk: int) -> SavedView:
    view: SavedView = get_object_or_404(_own(request), pk=pk)
    return view


@policy("plan.view")
@require_http_methods(FORM_METHODS)
def saved_views(request: Request, area: str) -> HttpResponse:
    """The person's own views; what is sent to it is a new one."""
    form = SaveViewForm(request.POST or None)
    page, query = request.POST.get("page", ""), request.POST.get("query", "")
    if request.method == "POST":
        if page not in SavedView.Page.values:
            raise Http404
        if form.is_valid():
            facts = form.cleaned_data | {"page": page, "query": kept(page, query)}
            try:
                view = working.save_view(by=request.user, area=request.area, **facts)
            except ValidationError as error:
                say(form, error)
            else:
                messages.success(request, f"The view “{view.name}” is saved.")
                return redirect(address(area, view.page, view.query))
    views = _own(request).order_by("page", "name")
    if not any((view.page, view.name) == (page, form["name"].value()) for view in views):
        del form.fields["replace"]  # there is nothing to save over
    context = {"form": form, "page_name": page, "query": query, "views": views}
    return render(request, "plans/saved_views.html", context)


@policy("plan.view")
@require_safe
def saved_view(request: Request, area: str, pk: int) -> HttpResponse:
    """Open it: its page, with what was chosen, as far as that can still be understood."""
    view = _find(request, pk)
    return redirect(f"{address(area, view.page, view.query)}#found")


@policy("plan.view")
@require_http_methods(FORM_METHODS)
def saved_view_edit(request: Request, area: str, pk: int) -> HttpResponse:
    view = _find(request, pk)
    form = ViewForm(request.POST or None, initial={"name": view.name})
    if request.method == "POST" and form.is_valid():
        try:
            working.rename_view(by=request.user, view=view, **form.cleaned_data)
        except ValidationError as error:
            say(form, error)
        else:
            messages.success(request, f"The view is now called “{view.name}”.")
            return redirect("saved_views", area)
    return render(request, "plans/saved_view_edit.html", {"form": form, "view": view})


@policy("plan.view")
@require_POST
def saved_view_remove(request: Request, area: str, pk: int) -> HttpResponse:
    view = _find(request, pk)
    working.remove_view(by=request.user, view=view)
    messages.success(request, f"The view “{view.name}” is removed.")
    return redirect("saved_views", area)
