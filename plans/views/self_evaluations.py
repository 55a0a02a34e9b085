"""Pages of a self-evaluation as a whole."""

from datetime import date
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
from management.saving import FORM_METHODS, Saving, say
from plans import scales
from plans.challenge import WHOLE
from plans.forms.self_evaluations import AssignForm, ConclusionForm, EditForm, StartForm, name_of
from plans.models import Judgement, Overall, SelfEvaluation
from plans.models.self_evaluations import Judged
from plans.sentences import folded, lines_of, sentences
from plans.services import self_evaluations as services
from plans.services.challenges import challenges
from plans.services.findings import lines, waiting
from plans.services.rows import asked_to_rate, rows_of


def find_self_evaluation(request: Request, pk: int) -> SelfEvaluation:
    rows = SelfEvaluation.objects.visible_to(request.user).in_area(request.area)
    people = rows.select_related("framework", "area", "submitted_by", "validated_by")
    return get_object_or_404(people, pk=pk)


def validated_label(whole: SelfEvaluation, row: Judged) -> str:
    """The validator's rating in words; empty while the validator is at it."""
    if whole.state != SelfEvaluation.State.VALIDATED:
        return ""
    return scales.label(whole.framework.scale, row.validated_rating)


def left(row: Judgement) -> list[str]:
    """The sentences of the evidence that were not picked yet."""
    known = {folded(line) for line in lines_of(f"{row.strengths}\n{row.improvements}")}
    return [sentence for sentence in sentences(row.evidence) if folded(sentence) not in known]


@policy("self_evaluation.view")
@require_safe
def self_evaluations(request: Request, area: str) -> HttpResponse:
    rows = SelfEvaluation.objects.visible_to(request.user).in_area(request.area)
    known = rows.select_related("framework", "submitted_by", "validated_by")
    gone = SelfEvaluation.State.WITHDRAWN
    context = {
        "self_evaluations": [one for one in known if one.state != gone],
        "withdrawn": [one for one in known if one.state == gone],
    }
    return render(request, "plans/self_evaluations.html", context)


def year_of(day: date) -> dict[str, Any]:
    """The financial year of that day with a title, as a first guess."""
    period = financial_year(day)
    return {
        "title": f"Self-evaluation {period.label}",
        "start": period.start,
        "end": period.end,
    }


@policy("self_evaluation.edit")
@require_http_methods(FORM_METHODS)
def self_evaluation_new(request: Request, area: str) -> HttpResponse:
    form = StartForm(
        request.POST or None, frameworks=services.frameworks(), initial=year_of(clock.today())
    )
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
    wanted = asked_to_rate(rows)
    user = request.user
    context = {
        "whole": whole,
        "sections": _sections(request, whole, wanted, rows, [c.where for c in asked]),
        "asked": len(asked),
        "of_whole": [c.text for c in asked if c.where == WHOLE],
        "rated": sum(row.rating is not None for row in wanted),
        "rateable": len(wanted),
        "findings": whole.findings.filter(withdrawn_on=None).count(),
        "priorities": lines_of(whole.priorities),
        "to_pick": _first_to_pick(rows) if whole.is_draft else None,
        "none_picked": not any(row.strengths or row.improvements for row in of_elements(rows)),
        "to_find": waiting(lines(whole)) if whole.is_stood_by else 0,
        "may_edit": user.may("self_evaluation.edit", request.area),
        "may_validate": user.may("self_evaluation.validate", request.area)
        and whole.submitted_by_id != user.pk,
    }
    return render(request, "plans/self_evaluation.html", context)


def of_elements(rows: list[Judged]) -> list[Judgement]:
    return [row for row in rows if isinstance(row, Judgement)]


def _first_to_pick(rows: list[Judged]) -> Judgement | None:
    """The first element with a sentence that was not picked: one with none picked, if there is."""
    unpicked = [row for row in of_elements(rows) if left(row)]
    return min(unpicked, key=lambda row: bool(row.strengths or row.improvements), default=None)


def _sections(
    request: Request,
    whole: SelfEvaluation,
    wanted: list[Judged],
    rows: list[Judged],
    asked: list[str],
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
                "rates": row in wanted,
                "rating": scales.label(scale, row.rating),
                "validated": validated_label(whole, row),
                "difference": scales.difference(row.difference),
                "asked": asked.count(row.code),
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


def _named(whole: SelfEvaluation) -> dict[str, Any]:
    return {"title": whole.title, "start": whole.start, "end": whole.end}


@policy("self_evaluation.edit")
@require_http_methods(FORM_METHODS)
def self_evaluation_edit(request: Request, area: str, pk: int) -> HttpResponse:
    whole = find_self_evaluation(request, pk)
    saving = Saving(request, whole, _named, EditForm)
    if saving.saves(
        lambda: services.revise(by=request.user, self_evaluation=whole, **saving.form.cleaned_data)
    ):
        messages.success(request, "Title and period saved.")
        return redirect("self_evaluation", area, pk)
    whole = find_self_evaluation(request, pk)
    return saving.page("plans/self_evaluation_edit.html", {"whole": whole})
