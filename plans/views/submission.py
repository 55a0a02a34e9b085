"""Pages on which the service stands by a self-evaluation, takes it back, or gives a draft up."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from management.access import policy
from management.fields import VersionedReasonForm
from management.requests import Request
from management.saving import FORM_METHODS, Saving
from plans.challenge import WHOLE
from plans.forms.self_evaluations import SubmitForm
from plans.models import Judgement, SelfEvaluation
from plans.models.self_evaluations import Judged
from plans.services import submission as services
from plans.services.challenges import challenges
from plans.services.rows import revision, rows_of, unrated
from plans.views.self_evaluations import find_self_evaluation


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
    if request.method == "POST" and whole.state == SelfEvaluation.State.SUBMITTED:
        # A second click, or a second person: what was wanted is done.
        messages.info(request, f"{whole.title} is submitted already and can be validated.")
        return redirect("self_evaluation", area, pk)
    asked = challenges(whole)

    def form(*args: Any, **kwargs: Any) -> SubmitForm:
        return SubmitForm(*args, asked=bool(asked), **kwargs)

    saving = Submitting(request, whole, lambda whole: {"revision": revision(whole)}, form)
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
    ways = {row.code: _way(area, row) for row in rows_of(whole)}
    ways[WHOLE] = reverse("self_evaluation_conclusion", args=[area, pk])
    places: dict[str, list[tuple[str, str]]] = {}  # what is asked of many elements is said once
    for one in asked:
        places.setdefault(one.text, []).append((one.where, ways[one.where]))
    context = {
        "whole": whole,
        "asked": asked,
        "grouped": list(places.items()),
        "missing": [(row.code, ways[row.code]) for row in unrated(whole)],
    }
    return saving.page("plans/self_evaluation_submit.html", context)


def _way(area: str, row: Judged) -> str:
    """To where one row is written."""
    name = "judgement_write" if isinstance(row, Judgement) else "overall_write"
    return reverse(name, args=[area, row.self_evaluation_id, row.pk])


@policy("self_evaluation.edit")
@require_http_methods(FORM_METHODS)
def self_evaluation_take_back(request: Request, area: str, pk: int) -> HttpResponse:
    whole = find_self_evaluation(request, pk)
    saving = Saving(request, whole, lambda whole: {}, VersionedReasonForm)
    if saving.saves(
        lambda: services.take_back(
            by=request.user, self_evaluation=whole, **saving.form.cleaned_data
        )
    ):
        messages.success(request, f"{whole.title} is a draft again.")
        return redirect("self_evaluation", area, pk)
    whole = find_self_evaluation(request, pk)
    return saving.page("plans/self_evaluation_take_back.html", {"whole": whole})


@policy("self_evaluation.edit")
@require_http_methods(FORM_METHODS)
def self_evaluation_withdraw(request: Request, area: str, pk: int) -> HttpResponse:
    whole = find_self_evaluation(request, pk)
    saving = Saving(request, whole, lambda whole: {}, VersionedReasonForm)
    if saving.saves(
        lambda: services.withdraw(
            by=request.user, self_evaluation=whole, **saving.form.cleaned_data
        )
    ):
        messages.success(request, f"{whole.title} is withdrawn. It stays to be read.")
        return redirect("self_evaluations", area)
    whole = find_self_evaluation(request, pk)
    return saving.page("plans/self_evaluation_withdraw.html", {"whole": whole})
