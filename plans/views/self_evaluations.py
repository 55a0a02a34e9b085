"""Pages of a self-evaluation as a whole."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from kpis.periods import financial_year
from management import clock
from management.access import policy
from management.requests import Request
from plans import scales
from plans.challenge import WHOLE
from plans.forms.self_evaluations import (
    AssignForm,
    ConclusionForm,
    StartForm,
    SubmitForm,
    TakeBackForm,
    code_of,
    name_of,
)
from plans.models import Judgement, Overall, SelfEvaluation
from plans.models.self_evaluations import Judged
from plans.services import self_evaluations as services
from plans.services.challenges import challenges
from plans.views.saving import FORM_METHODS, Saving, say


def find_self_evaluation(request: Request, pk: int) -> SelfEvaluation:
    rows = SelfEvaluation.objects.visible_to(request.user).in_area(request.area)
    people = rows.select_related("framework", "area", "submitted_by", "validated_by")
    return get_object_or_404(people, pk=pk)


def rows_of(self_evaluation: SelfEvaluation) -> list[Judged]:
    """Its elements and overall ratings as the form has them: section by section, overall last."""
    judgements = self_evaluation.judgements.select_related("indicator__section", "contributor")
    overalls = self_evaluation.overalls.select_related("section", "contributor")
    placed: list[tuple[int, int, int, Judged]] = [
        (row.indicator.section.sequence, 0, row.indicator.sequence, row) for row in judgements
    ]
    placed += [(row.section.sequence, 1, 0, row) for row in overalls]
    return [row for *_, row in sorted(placed, key=lambda place: place[:3])]


@policy("self_evaluation.view")
@require_safe
def self_evaluations(request: Request, area: str) -> HttpResponse:
    rows = SelfEvaluation.objects.visible_to(request.user).in_area(request.area)
    context = {"self_evaluations": rows.select_related("framework", "submitted_by", "validated_by")}
    return render(request, "plans/self_evaluations.html", context)


def this_year() -> dict[str, Any]:
    """The financial year of today, as a first guess."""
    period = financial_year(clock.today())
    return {
        "title": f"Self-evaluation {period.label}",
        "start": period.start,
        "end": period.end,
    }


@policy("self_evaluation.edit")
@require_http_methods(FORM_METHODS)
def self_evaluation_new(request: Request, area: str) -> HttpResponse:
    form = StartForm(request.POST or None, frameworks=services.frameworks(), initial=this_year())
    if request.method == "POST" and form.is_valid():
        try:
            made = services.start_self_evaluation(
                by=request.user, area=request.area, **form.cleaned_data
            )
        except ValidationError as error:
            say(form, error)
        else:
            messages.success(request, "Started. Ask people to write its elements, or begin.")
            return redirect("self_evaluation", area, made.pk)
    return render(request, "plans/self_evaluation_new.html", {"form": form})


@policy("self_evaluation.view")
@require_safe
def self_evaluation(request: Request, area: str, pk: int) -> HttpResponse:
    whole = find_self_evaluation(request, pk)
    rows = rows_of(whole)
    asked = challenges(whole)
    user = request.user
    context = {
        "whole": whole,
        "sections": _sections(request, whole, rows, [c.where for c in asked]),
        "asked": len(asked),
        "of_whole": [c.text for c in asked if c.where == WHOLE],
        "rated": sum(row.rating is not None for row in rows if _rates(row)),
        "rateable": sum(_rates(row) for row in rows),
        "findings": whole.findings.filter(withdrawn_on=None).count(),
        "priorities": services.lines_of(whole.priorities),
        "to_pick": _first_to_pick(rows) if whole.is_draft else None,
        "may_edit": user.may("self_evaluation.edit", request.area),
        "may_validate": user.may("self_evaluation.validate", request.area)
        and whole.submitted_by_id != user.pk,
    }
    return render(request, "plans/self_evaluation.html", context)


def _rates(row: Judged) -> bool:
    return not isinstance(row, Overall) or row.section.overall


def _first_to_pick(rows: list[Judged]) -> Judged | None:
    """The first element whose evidence is there and from which nothing was picked yet."""
    judgements = (row for row in rows if isinstance(row, Judgement))
    bare = (j for j in judgements if j.evidence and not (j.strengths or j.improvements))
    return next(bare, None)


def _sections(
    request: Request, whole: SelfEvaluation, rows: list[Judged], asked: list[str]
) -> list[dict[str, Any]]:
    """The table of each section: every row with its ratings in words."""
    found: dict[int, dict[str, Any]] = {}
    scale = whole.framework.scale
    for row in rows:
        section = row.section if isinstance(row, Overall) else row.indicator.section  # type: ignore[attr-defined]
        found.setdefault(section.pk, {"section": section, "rows": []})["rows"].append(
            {
                "row": row,
                "overall": isinstance(row, Overall),
                "rates": _rates(row),
                "rating": scales.label(scale, row.rating),
                "validated": scales.label(scale, row.validated_rating),
                "difference": scales.difference(row.difference),
                "asked": asked.count(code_of(row)),
                "may_write": whole.is_draft and services.may_write(request.user, row),
            }
        )
    return list(found.values())


@policy("self_evaluation.edit")
@require_http_methods(FORM_METHODS)
def self_evaluation_assign(request: Request, area: str, pk: int) -> HttpResponse:
    whole = find_self_evaluation(request, pk)

    def form(*args: Any, **kwargs: Any) -> AssignForm:
        people = services.contributors(request.area)
        return AssignForm(*args, rows=rows_of(whole), people=people, **kwargs)

    saving = Saving(request, whole, _assigned, form)
    if saving.saves(
        lambda: services.assign(
            by=request.user,
            self_evaluation=whole,
            version=saving.form.cleaned_data["version"],
            judgements=saving.form.wanted(Judgement),
            overalls=saving.form.wanted(Overall),
        )
    ):
        changed = len(saving.form.changed_data)
        messages.success(request, f"Saved: {changed} changed.")
        return redirect("self_evaluation", area, pk)
    return saving.page("plans/self_evaluation_assign.html", {"whole": whole})


def _assigned(whole: SelfEvaluation) -> dict[str, Any]:
    return {name_of(row): str(row.contributor_id or "") for row in rows_of(whole)}


@policy("self_evaluation.edit")
@require_http_methods(FORM_METHODS)
def self_evaluation_conclusion(request: Request, area: str, pk: int) -> HttpResponse:
    whole = find_self_evaluation(request, pk)
    saving = Saving(request, whole, _conclusion, ConclusionForm)
    if saving.saves(
        lambda: services.write_conclusion(
            by=request.user, self_evaluation=whole, **saving.form.cleaned_data
        )
    ):
        messages.success(request, "Conclusion saved.")
        return redirect("self_evaluation", area, pk)
    return saving.page("plans/self_evaluation_conclusion.html", {"whole": whole})


def _conclusion(whole: SelfEvaluation) -> dict[str, Any]:
    return {"capacity": whole.capacity, "priorities": whole.priorities}


class Submitting(Saving):
    """Where the questions may be others than those that were read."""

    def again(self) -> Any:
        data = super().again()
        data.pop("challenges_read", None)
        return data


@policy("self_evaluation.edit")
@require_http_methods(FORM_METHODS)
def self_evaluation_submit(request: Request, area: str, pk: int) -> HttpResponse:
    whole = find_self_evaluation(request, pk)
    asked = challenges(whole)

    def form(*args: Any, **kwargs: Any) -> SubmitForm:
        return SubmitForm(*args, asked=bool(asked), **kwargs)

    saving = Submitting(request, whole, _revision, form)
    if saving.saves(
        lambda: services.submit(
            by=request.user,
            self_evaluation=whole,
            revision_read=saving.form.cleaned_data["revision"],
            challenges_read=True,
        )
    ):
        messages.success(request, f"{whole.title} is submitted and can be validated.")
        return redirect("self_evaluation", area, pk)
    whole = find_self_evaluation(request, pk)
    places: dict[str, list[str]] = {}  # what is asked of many elements is said once
    for one in asked:
        places.setdefault(one.text, []).append(one.where)
    context = {
        "whole": whole,
        "asked": asked,
        "grouped": list(places.items()),
        "missing": services.unrated(whole),
    }
    return saving.page("plans/self_evaluation_submit.html", context)


def _revision(whole: SelfEvaluation) -> dict[str, Any]:
    return {"revision": services.revision(whole)}


@policy("self_evaluation.edit")
@require_http_methods(FORM_METHODS)
def self_evaluation_take_back(request: Request, area: str, pk: int) -> HttpResponse:
    whole = find_self_evaluation(request, pk)
    saving = Saving(request, whole, lambda whole: {}, TakeBackForm)
    if saving.saves(
        lambda: services.take_back(
            by=request.user, self_evaluation=whole, **saving.form.cleaned_data
        )
    ):
        messages.success(request, f"{whole.title} is a draft again.")
        return redirect("self_evaluation", area, pk)
    whole = find_self_evaluation(request, pk)
    return saving.page("plans/self_evaluation_take_back.html", {"whole": whole})
