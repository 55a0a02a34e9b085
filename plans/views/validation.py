"""The page on which a self-evaluation is validated."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from management.access import policy
from management.requests import Request
from management.saving import FORM_METHODS, Saving
from plans import scales
from plans.forms.self_evaluations import ValidateForm, name_of
from plans.models import Judgement, Overall, SelfEvaluation
from plans.services import validation as services
from plans.services.challenges import challenges
from plans.services.rows import asked_to_rate, rows_of
from plans.views.self_evaluations import find_self_evaluation


@policy("self_evaluation.validate")
@require_http_methods(FORM_METHODS)
def self_evaluation_validate(request: Request, area: str, pk: int) -> HttpResponse:
    whole = find_self_evaluation(request, pk)
    State = SelfEvaluation.State
    mine = whole.validated_by_id == request.user.pk
    if request.method == "POST" and whole.state == State.VALIDATED and mine:
        messages.info(request, f"{whole.title}: it is validated already.")  # a second click
        return redirect("self_evaluation", area, pk)
    if own := whole.submitted_by_id == request.user.pk:  # who also sees nobody's half-way ratings
        context = {"whole": whole, "own": own}
        return render(request, "plans/self_evaluation_validate.html", context)
    every = rows_of(whole)
    asked = asked_to_rate(every)
    rows = [row for row in every if row in asked or row.rating is not None]
    scale = whole.framework.scale
    later = "later" in request.POST

    def so_far(whole: SelfEvaluation) -> dict[str, Any]:
        said: dict[str, Any] = {"validated_for": whole.validated_for}
        for row in rows_of(whole):
            said[f"{name_of(row)}-rating"] = row.validated_rating
            said[f"{name_of(row)}-reason"] = row.validated_reason
        return said

    form = partial(ValidateForm, rows=rows, asked=asked, scale=scale, complete=not later)
    saving = Saving(request, whole, so_far, form)
    save = services.keep if later else services.validate
    if saving.saves(
        lambda: save(
            by=request.user,
            self_evaluation=whole,
            version=saving.form.cleaned_data["version"],
            judgements=saving.form.views(Judgement),
            overalls=saving.form.views(Overall),
            validated_for=saving.form.cleaned_data["validated_for"],
        )
    ):
        done = "what you have so far is kept" if later else "it is validated"
        messages.success(request, f"{whole.title}: {done}.")
        return redirect("self_evaluation", area, pk)
    questions: dict[str, list[str]] = {}
    for one in challenges(whole):
        questions.setdefault(one.where, []).append(one.text)
    table = [
        (row, scales.label(scale, row.rating), questions.get(row.code, []), rating, reason)
        for row, rating, reason in saving.form.table()
    ]
    whole = find_self_evaluation(request, pk)
    context = {"whole": whole, "table": table, "begun_by": None if mine else whole.validated_by}
    context["made"] = [row for row, *_ in saving.form.table() if row.validated_rating is not None]
    return saving.page("plans/self_evaluation_validate.html", context)
