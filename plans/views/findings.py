"""Pages of the findings of a self-evaluation."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from management.access import policy
from management.fields import ReasonForm
from management.requests import Request
from management.saving import FORM_METHODS, say
from plans.coverage import GONE
from plans.forms.self_evaluations import FindingForm
from plans.models import Action, Finding, SelfEvaluation
from plans.services import findings as services
from plans.statuses import Status
from plans.views.self_evaluations import find_self_evaluation


@policy("self_evaluation.view")
@require_http_methods(FORM_METHODS)
def findings(request: Request, area: str, pk: int) -> HttpResponse:
    whole = find_self_evaluation(request, pk)
    if request.method == "POST":
        return _make(request, whole)
    seen = Action.objects.visible_to(request.user).filter(findings__self_evaluation=whole)
    answers: dict[int, list[Action]] = {}
    for action in seen.distinct().prefetch_related("findings"):
        for finding in action.findings.all():
            answers.setdefault(finding.pk, []).append(action)
    lines = list(enumerate(services.lines(whole), 1))
    live = {
        pk for pk, found in answers.items() if any(Status(one.status) not in GONE for one in found)
    }
    made = list(whole.findings.select_related("indicator"))
    standing = [finding for finding in made if not finding.withdrawn_on]
    context = {
        "whole": whole,
        "groups": [
            ("Strengths", [row for row in lines if row[1].kind == Finding.Kind.STRENGTH]),
            ("Areas for improvement", [row for row in lines if _improves(row[1])]),
            ("Priorities", [row for row in lines if row[1].indicator is None]),
        ],
        "waiting": services.waiting(line for _, line in lines),
        "rows": [(row, answers.get(row.pk, []), row.pk in live) for row in made],
        "standing": len(standing),
        "unanswered": sum(
            finding.pk not in live and finding.kind == Finding.Kind.IMPROVEMENT
            for finding in standing
        ),
        "may_edit": request.user.may("self_evaluation.edit", request.area),
    }
    return render(request, "plans/findings.html", context)


def _improves(line: services.Line) -> bool:
    return line.kind == Finding.Kind.IMPROVEMENT and line.indicator is not None


def _make(request: Request, whole: SelfEvaluation) -> HttpResponse:
    form = FindingForm(request.POST)
    form.is_valid()
    wanted = form.cleaned_data
    about = whole.framework.indicators.filter(pk=wanted.get("indicator") or 0).first()
    try:
        if wanted.get("everything"):
            made = services.make_all_findings(by=request.user, self_evaluation=whole)
            messages.success(request, f"{len(made)} made.")
        else:
            finding = services.make_finding(
                by=request.user,
                self_evaluation=whole,
                kind=wanted.get("kind", ""),
                text=wanted.get("text", ""),
                indicator=about,
            )
            messages.success(request, f"{finding.reference} made: {finding.text}")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    place = f"#line-{wanted['line']}" if wanted.get("line") else ""
    return redirect(reverse("findings", args=[request.area.slug, whole.pk]) + place)


@policy("self_evaluation.edit")
@require_http_methods(FORM_METHODS)
def finding_withdraw(request: Request, area: str, pk: int, finding: int) -> HttpResponse:
    whole = find_self_evaluation(request, pk)
    row = get_object_or_404(whole.findings.select_related("indicator", "area"), pk=finding)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.withdraw_finding(by=request.user, finding=row, **form.cleaned_data)
        except ValidationError as error:
            say(form, error)
        else:
            messages.success(request, f"{row.reference} is withdrawn. It stays to be read.")
            return redirect("findings", area, pk)
    context = {"whole": whole, "finding": row, "form": form}
    return render(request, "plans/finding_withdraw.html", context)
