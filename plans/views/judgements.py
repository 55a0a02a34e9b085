"""Pages of one element, and of the overall rating of one section."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from management.access import policy
from management.requests import Request
from management.saving import FORM_METHODS, Saving
from plans import scales
from plans.forms.self_evaluations import JudgementForm, OverallForm, PickForm, ToolFormSet
from plans.models import Judgement, Overall, SelfEvaluation, Tool, Wording
from plans.models.self_evaluations import Judged
from plans.services import self_evaluations as services
from plans.services.challenges import challenges, last_one
from plans.services.rows import asked_to_rate, rows_of, unrated
from plans.views.self_evaluations import find_self_evaluation, left, validated_label


def find_judgement(whole: SelfEvaluation, element: int) -> Judgement:
    rows = whole.judgements.select_related("indicator__section", "contributor", "area")
    return get_object_or_404(rows.prefetch_related("indicator__key_factors"), pk=element)


def find_overall(whole: SelfEvaluation, section: int) -> Overall:
    rows = whole.overalls.select_related("section", "contributor", "area")
    return get_object_or_404(rows.prefetch_related("tools"), pk=section)


def beside(request: Request, row: Judgement) -> dict[str, Any]:
    """What stands beside an element: its wording, what was said last time, what is to be asked."""
    whole = row.self_evaluation
    wordings = Wording.objects.visible_to(request.user).in_area(request.area)
    last = last_one(whole)
    code = row.indicator.code
    last_row = last.judgements.filter(indicator__code=code).first() if last else None
    return {
        "whole": whole,
        "row": row,
        "wordings": wordings.filter(indicator=row.indicator),
        "last": last,
        "last_row": last_row,
        "asks_rating": row in asked_to_rate(rows_of(whole)),
        "asked": [c.text for c in challenges(whole) if c.where == row.code],
    }


def in_words(row: Judged | None) -> dict[str, str]:
    """The ratings of a row as words."""
    if row is None:
        return {}
    scale = row.self_evaluation.framework.scale
    return {
        "rating": scales.label(scale, row.rating),
        "validated": validated_label(row.self_evaluation, row),
        "difference": scales.difference(row.difference),
    }


@policy("self_evaluation.view")
@require_safe
def judgement(request: Request, area: str, pk: int, element: int) -> HttpResponse:
    row = find_judgement(find_self_evaluation(request, pk), element)
    context = beside(request, row)
    context |= {"words": in_words(row), "last_words": in_words(context["last_row"])}
    context["may_write"] = row.self_evaluation.is_draft and services.may_write(request.user, row)
    return render(request, "plans/judgement.html", context)


@policy("self_evaluation.write")
@require_http_methods(FORM_METHODS)
def judgement_write(request: Request, area: str, pk: int, element: int) -> HttpResponse:
    row = find_judgement(whole := find_self_evaluation(request, pk), element)
    services.require_write(request.user, row)
    if request.method != "POST" and not whole.is_draft:
        return redirect("judgement", area, pk, element)
    saving = Saving(request, row, _facts, _rated(JudgementForm, whole))
    if saving.saves(
        lambda: services.write_judgement(by=request.user, judgement=row, **saving.form.cleaned_data)
    ):
        return saved(request, row, "judgement_write")
    context = beside(request, find_judgement(whole, element))  # as it is saved, whatever was typed
    context["last_words"] = in_words(context["last_row"])
    return saving.page("plans/judgement_write.html", context)


def _facts(row: Judged) -> dict[str, Any]:
    form = JudgementForm if isinstance(row, Judgement) else OverallForm
    return {name: getattr(row, name) for name in form.base_fields if name != "version"}


def _rated(form: Any, whole: SelfEvaluation) -> Any:
    framework = whole.framework
    return partial(form, scale=framework.scale, points=framework.scale_points.all())


def saved(request: Request, row: Judged, name: str) -> HttpResponse:
    """On to the next thing that this person may write, or back to the same page."""
    whole = row.self_evaluation
    asked = sum(c.where == row.code for c in challenges(whole))
    more = f" {asked} question{'' if asked == 1 else 's'} to think about." if asked else ""
    bare = " It has no rating yet." if row in unrated(whole) else ""
    messages.success(request, f"{row.code} saved.{bare}{more}")
    if "next" not in request.POST:
        return redirect(name, request.area.slug, whole.pk, row.pk)
    rows = rows_of(whole)
    place = next(n for n, one in enumerate(rows) if (type(one), one.pk) == (type(row), row.pk))
    for one in rows[place + 1 :]:
        if name == "judgement_pick":
            if isinstance(one, Judgement) and left(one) and _mine(request, one):
                return redirect(name, request.area.slug, whole.pk, one.pk)
        elif _mine(request, one):
            route = "overall_write" if isinstance(one, Overall) else "judgement_write"
            return redirect(route, request.area.slug, whole.pk, one.pk)
    return redirect("self_evaluation", request.area.slug, whole.pk)


def _mine(request: Request, row: Judged) -> bool:
    return services.may_write(request.user, row)


@policy("self_evaluation.write")
@require_http_methods(FORM_METHODS)
def judgement_pick(request: Request, area: str, pk: int, element: int) -> HttpResponse:
    row = find_judgement(whole := find_self_evaluation(request, pk), element)
    services.require_write(request.user, row)
    if request.method != "POST" and not whole.is_draft:
        return redirect("judgement", area, pk, element)
    saving = Saving(request, row, lambda row: {}, partial(PickForm, sentences=left(row)))
    if saving.saves(
        lambda: services.add_lines(
            by=request.user,
            judgement=row,
            version=saving.form.cleaned_data["version"],
            strengths=saving.form.picked("strengths"),
            improvements=saving.form.picked("improvements"),
        )
    ):
        return saved(request, row, "judgement_pick")
    row = find_judgement(whole, element)
    context = {"whole": whole, "row": row, "words": in_words(row)}
    return saving.page("plans/judgement_pick.html", context)


@policy("self_evaluation.view")
@require_safe
def overall(request: Request, area: str, pk: int, section: int) -> HttpResponse:
    row = find_overall(whole := find_self_evaluation(request, pk), section)
    asked = [c.text for c in challenges(whole) if c.where == row.code]
    context = {"whole": whole, "row": row, "asked": asked, "words": in_words(row)}
    context["may_write"] = whole.is_draft and services.may_write(request.user, row)
    return render(request, "plans/overall.html", context)


class OverallSaving(Saving):
    """With the tools of the section, which have a table of their own."""

    def __init__(self, request: Request, row: Overall) -> None:
        super().__init__(request, row, _facts, _rated(OverallForm, row.self_evaluation))
        sent = request.POST or None
        # Only a fresh form begins with what is saved: Django would take a row that is sent and
        # equals it for one that was left empty.
        had = None if sent else [{"name": t.name, "reach": t.reach} for t in row.tools.all()]
        self.tools = ToolFormSet(sent, prefix="tools", initial=had)

    def valid(self) -> bool:
        return super().valid() and self.tools.is_valid()

    def differences(self) -> list[tuple[str, str, str]]:
        found = super().differences()
        saved = _tool_lines((tool.name, tool.reach) for tool in self.row.tools.all())
        typed = _tool_lines((tool["name"].data, tool["reach"].data) for tool in self.tools)
        return found if saved == typed else [*found, ("Tools and systems", saved, typed)]


def _tool_lines(tools: Iterable[tuple[str | None, str | None]]) -> str:
    """Each tool and its reach, one after the other."""
    reaches = {str(key): str(label) for key, label in Tool.Reach.choices}
    named = [
        (" ".join((name or "").split()), reaches.get(reach or "", "")) for name, reach in tools
    ]
    return "\n".join(f"{name} ({reach})" for name, reach in named if name)


@policy("self_evaluation.write")
@require_http_methods(FORM_METHODS)
def overall_write(request: Request, area: str, pk: int, section: int) -> HttpResponse:
    row = find_overall(whole := find_self_evaluation(request, pk), section)
    services.require_write(request.user, row)
    if request.method != "POST" and not whole.is_draft:
        return redirect("overall", area, pk, section)
    saving = OverallSaving(request, row)
    if saving.saves(
        lambda: services.write_overall(
            by=request.user,
            overall=row,
            tools=[
                (one.get("name", ""), one.get("reach", "")) for one in saving.tools.cleaned_data
            ],
            **saving.form.cleaned_data,
        )
    ):
        return saved(request, row, "overall_write")
    row = find_overall(whole, section)
    context = {"whole": whole, "row": row, "tools": saving.tools}
    context["parts"] = [
        (part, in_words(part)["rating"])
        for part in rows_of(whole)
        if isinstance(part, Judgement) and part.indicator.section_id == row.section_id
    ]
    context["asked"] = [c.text for c in challenges(whole) if c.where == row.code]
    return saving.page("plans/overall_write.html", context)
