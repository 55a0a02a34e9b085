"""Pages of frameworks, with the area's own wording beside our labels."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from management.access import policy
from management.requests import Request
from plans import scales
from plans.forms.frameworks import RemoveForm, WordingForm
from plans.framework_file import WEEKDAYS
from plans.models import Framework, Section, Wording
from plans.services import wording as services
from plans.services.frameworks import layout_of


@policy("framework.view")
@require_safe
def frameworks(request: Request, area: str) -> HttpResponse:
    rows = Framework.objects.visible_to(request.user).newest()
    rows = rows.annotate(indicator_count=Count("indicators"))
    official = _wordings(request).filter(kind=Wording.Kind.OFFICIAL).order_by()
    counts = dict(official.values_list("indicator__framework").annotate(n=Count("pk")))
    context = {"frameworks": [(row, counts.get(row.pk, 0)) for row in rows]}
    return render(request, "plans/frameworks.html", context)


@policy("framework.view")
@require_safe
def framework(request: Request, area: str, pk: int) -> HttpResponse:
    framework = _find(request, pk)
    rows = Framework.objects.visible_to(request.user).filter(code=framework.code)
    wordings = list(_wordings(request).filter(indicator__framework=framework))
    points = {p.value: p for p in framework.scale_points.all()}
    context = {
        "framework": framework,
        "versions": rows.exclude(pk=framework.pk),
        "sections": [_section(framework, s, wordings) for s in framework.sections.all()],
        "points": [
            (label, points.get(value)) for value, label in reversed(scales.points(framework.scale))
        ],
        "steps": [(step, WEEKDAYS[step.weekday]) for step in framework.steps.all()],
        "official": [w for w in wordings if w.kind == Wording.Kind.OFFICIAL],
    }
    return render(request, "plans/framework.html", context)


@policy("framework.word")
@require_http_methods(["GET", "HEAD", "POST"])
def framework_wording(request: Request, area: str, pk: int) -> HttpResponse:
    framework = _find(request, pk)
    layout = layout_of(framework, request.area)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = WordingForm(*sent, framework=framework, layout=layout)
    if request.method == "POST" and form.is_valid():
        name, facts = form.cleaned_data["name"], form.cleaned_data["facts"]
        try:
            loaded = services.load_wording(
                by=request.user,
                area=request.area,
                framework=framework,
                official=facts.official,
                exemplars=facts.exemplars,
                file_name=name,
            )
        except ValidationError as error:
            form.add_error("file", error)
        else:
            messages.success(request, f"{name}: {loaded.in_words}")
            return redirect("framework", area, pk)
    codes = [element.code for section in layout.sections for element in section.elements]
    context = {"framework": framework, "form": form, "codes": codes}
    return render(request, "plans/framework_wording.html", context)


@policy("framework.word")
@require_http_methods(["GET", "HEAD", "POST"])
def framework_wording_remove(request: Request, area: str, pk: int, wording: int) -> HttpResponse:
    framework = _find(request, pk)
    rows = _wordings(request).filter(indicator__framework=framework).select_related("indicator")
    row = get_object_or_404(rows, pk=wording)
    form = RemoveForm(request.POST or None, initial={"seen": row.loaded_at.isoformat()})
    if request.method == "POST" and form.is_valid():
        try:
            services.remove_wording(by=request.user, wording=row, seen=form.cleaned_data["seen"])
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"The text of {row.indicator.code} is removed.")
            return redirect("framework", area, pk)
    context = {"framework": framework, "wording": row, "form": form}
    return render(request, "plans/framework_wording_remove.html", context)


def _find(request: Request, pk: int) -> Framework:
    rows = Framework.objects.visible_to(request.user).with_parts()
    return get_object_or_404(rows, pk=pk)


def _wordings(request: Request) -> Any:
    return Wording.objects.visible_to(request.user).in_area(request.area)


def _section(framework: Framework, section: Section, wordings: list[Wording]) -> dict[str, Any]:
    """A section as the page prints it: each indicator with its official text and exemplars."""
    rows = []
    for indicator in section.indicators.all():
        mine = [w for w in wordings if w.indicator_id == indicator.pk]
        official = [w for w in mine if w.kind == Wording.Kind.OFFICIAL]
        exemplars = [w for w in mine if w.kind == Wording.Kind.EXEMPLAR]
        rows.append((indicator, official, exemplars))
    counts = list(section.national.all())
    return {
        "section": section,
        "rows": rows,
        "national": [(scales.label(framework.scale, c.value), c.count) for c in counts],
        "services": sum(c.count for c in counts),
        "worded": any(official or exemplars for _, official, exemplars in rows),
        "detailed": any(i.key_factors.all() for i, _, _ in rows),
    }
