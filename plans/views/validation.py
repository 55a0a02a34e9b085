"""The page on which a self-evaluation is validated."""

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from management.access import policy
from management.requests import Request
from plans import scales
from plans.forms.self_evaluations import ValidateForm
from plans.models import Judgement, Overall
from plans.services import validation as services
from plans.views.saving import FORM_METHODS, Saving
from plans.views.self_evaluations import find_self_evaluation, rows_of


@policy("self_evaluation.validate")
@require_http_methods(FORM_METHODS)
def self_evaluation_validate(request: Request, area: str, pk: int) -> HttpResponse:
    whole = find_self_evaluation(request, pk)
    rows = [row for row in rows_of(whole) if not isinstance(row, Overall) or row.section.overall]
    scale = whole.framework.scale
    saving = Saving(request, whole, lambda whole: {}, partial(ValidateForm, rows=rows, scale=scale))
    if saving.saves(
        lambda: services.validate(
            by=request.user,
            self_evaluation=whole,
            version=saving.form.cleaned_data["version"],
            judgements=saving.form.views(Judgement),
            overalls=saving.form.views(Overall),
            validated_for=saving.form.cleaned_data["validated_for"],
        )
    ):
        messages.success(request, f"{whole.title} is validated.")
        return redirect("self_evaluation", area, pk)
    table = [
        (row, scales.label(scale, row.rating), rating, reason)
        for row, rating, reason in saving.form.table()
    ]
    whole = find_self_evaluation(request, pk)
    context = {"whole": whole, "table": table, "own": whole.submitted_by_id == request.user.pk}
    return saving.page("plans/self_evaluation_validate.html", context)
