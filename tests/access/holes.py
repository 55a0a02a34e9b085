"""Views as nobody should write them, beside the product's routes: what the matrix must catch."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import include, path
from django.views.decorators.http import require_GET, require_POST

from governance.models import Body, PackBuild, Rendition
from management.access import policy
from management.models import Area
from plans.models import Action, Plan

VIEW = policy("plan.view")


def mine(request: Any) -> Any:
    return Plan.objects.visible_to(request.user).in_area(request.area)


def found(request: Any, pk: int) -> Plan:
    return get_object_or_404(mine(request), pk=pk)


@VIEW
@require_GET
def sound(request: Any, area: str, pk: int) -> HttpResponse:
    return HttpResponse(found(request, pk).title)


@VIEW
@require_GET
def detail_without_filter(request: Any, area: str, pk: int) -> HttpResponse:
    return HttpResponse(Plan.objects.get(pk=pk).title)


@VIEW
@require_GET
def file_by_id(request: Any, area: str, pk: int) -> HttpResponse:
    rendition = Rendition.objects.filter(pack__body__plan=pk).first()
    return HttpResponse(f"{rendition.pack.body.name}" if rendition else "")


@VIEW
@require_GET
def list_of_everything(request: Any, area: str, pk: int) -> HttpResponse:
    found(request, pk)
    return HttpResponse("\n".join(Plan.objects.values_list("title", flat=True)))


@VIEW
@require_GET
def told_in_a_header(request: Any, area: str, pk: int) -> HttpResponse:
    titles = ", ".join(Plan.objects.values_list("title", flat=True))
    return HttpResponse(found(request, pk).title, headers={"X-Debug": titles})


@VIEW
@require_GET
def area_from_the_query(request: Any, area: str, pk: int) -> HttpResponse:
    title = found(request, pk).title
    other = Area.objects.filter(slug=request.GET.get("area", "")).first()
    return HttpResponse(f"{title} {other.name if other else ''}")


@VIEW
@require_GET
def refused_where_it_should_not_exist(request: Any, area: str, pk: int) -> HttpResponse:
    if not mine(request).filter(pk=pk).exists():
        return HttpResponse("This belongs to somebody else.", status=403)
    return HttpResponse(found(request, pk).title)


@VIEW
@require_GET
def get_that_writes(request: Any, area: str, pk: int) -> HttpResponse:
    mine(request).filter(pk=pk).update(source="seen")
    return HttpResponse(found(request, pk).title)


@VIEW
@require_GET
def get_that_writes_unrecorded(request: Any, area: str, pk: int) -> HttpResponse:
    PackBuild.objects.filter(area=request.area).update(error="seen")
    return HttpResponse(found(request, pk).title)


@VIEW
def unguarded_put(request: Any, area: str, pk: int) -> HttpResponse:
    if request.method in {"GET", "PUT"}:
        return HttpResponse(found(request, pk).title)
    return HttpResponse(status=405)


@VIEW
@require_GET
def crash_on_an_odd_page(request: Any, area: str, pk: int) -> HttpResponse:
    int(request.GET.get("by", "1"))
    return HttpResponse(found(request, pk).title)


@VIEW
@require_GET
def redirect_to_anywhere(request: Any, area: str, pk: int) -> HttpResponse:
    title = found(request, pk).title
    away = request.GET.get("next")
    return HttpResponseRedirect(away) if away else HttpResponse(title)


@VIEW
@require_GET
def page_that_shows_nothing(request: Any, area: str, pk: int) -> HttpResponse:
    found(request, pk)
    return HttpResponse("")


@policy("plan.edit")
@require_POST
def child_of_another_parent(request: Any, area: str, pk: int) -> HttpResponse:
    action = Action.objects.get(pk=request.POST.get("action", 0))
    Action.objects.filter(pk=action.pk).update(text="changed")
    return redirect("home")


@policy("plan.edit")
@require_POST
def foreign_key_from_the_form(request: Any, area: str, pk: int) -> HttpResponse:
    own = Action.objects.filter(plan=found(request, pk))
    own.update(plan=request.POST.get("plan", pk), text="changed")
    return redirect("home")


@policy("plan.edit")
@require_POST
def message_that_quotes(request: Any, area: str, pk: int) -> HttpResponse:
    body = Body.objects.filter(pk=request.POST.get("body", 0)).first()
    if body is None or body.area != request.area:
        return HttpResponse(f"“{body}” is not a body of this area.", status=422)
    mine(request).filter(pk=pk).update(source="changed")
    return redirect("home")


@policy("plan.view")
@require_POST
def deed_that_is_not_asked_for(request: Any, area: str, pk: int) -> HttpResponse:
    mine(request).filter(pk=found(request, pk).pk).update(source="changed")
    return redirect("home")


@policy("plan.edit")
@require_POST
def form_that_does_nothing(request: Any, area: str, pk: int) -> HttpResponse:
    found(request, pk)
    return redirect("home")


def undeclared(request: HttpRequest, area: str, pk: int) -> HttpResponse:
    return HttpResponse(Plan.objects.get(pk=pk).title)


# What the matrix must say of each.
CAUGHT = {
    detail_without_filter: "tells of the other area",
    file_by_id: "tells of the other area",
    list_of_everything: "tells of the other area",
    told_in_a_header: "tells of the other area",
    area_from_the_query: "tells of the other area",
    refused_where_it_should_not_exist: "answers 403, not [404]",
    get_that_writes: "writes, with GET",
    get_that_writes_unrecorded: "writes, with GET",
    unguarded_put: "answers 200, not [405]",
    crash_on_an_odd_page: "answers 500",
    redirect_to_anywhere: "sends to another site",
    page_that_shows_nothing: "shows nothing",
    child_of_another_parent: "changed the other area",
    foreign_key_from_the_form: "answers 500",  # the database has refused it
    message_that_quotes: "tells of the other area",
    deed_that_is_not_asked_for: "answers 302, not [403]",
    form_that_does_nothing: "wrote nothing",
    undeclared: "answers 403, not [200]",
}
urlpatterns = [
    *(
        path(f"holes/<slug:area>/{view.__name__}/<int:pk>/", view, name=view.__name__)
        for view in [sound, *CAUGHT]
    ),
    path("", include("tracker.urls")),
]
