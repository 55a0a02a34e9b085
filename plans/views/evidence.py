"""Evidence of an action: it is added, withdrawn with a reason, and handed out as a file."""

import logging

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from management import store
from management.access import policy
from management.requests import Request
from management.saving import FORM_METHODS
from plans.forms.actions import EvidenceForm, ReasonForm
from plans.models import Action, Evidence
from plans.services import entering
from plans.services import evidence as services
from plans.views.reporting import Saying
from plans.views.too_late import too_late
from plans.views.wording import find_action, kept

logger = logging.getLogger(__name__)
# Nothing in a file that people have sent may run, whatever a browser makes of it.
SANDBOX = "sandbox; default-src 'none'"


def _find(request: Request, action: Action, pk: int) -> Evidence:
    rows = Evidence.objects.visible_to(request.user).filter(action=action)
    return get_object_or_404(rows.select_related("withdrawal", "area", "action__plan"), pk=pk)


@policy("action.update")
@require_http_methods(FORM_METHODS)
def evidence_add(request: Request, area: str, pk: int) -> HttpResponse:
    action = find_action(request, pk)
    entering.require_reporter(request.user, action)
    if answer := kept(request, action, entering.why_no_reports(action.plan)):
        return answer
    saying = Saying(request, action, EvidenceForm)
    if saying.saves(
        lambda: services.add_evidence(by=request.user, action=action, **saying.form.cleaned_data)
    ):
        messages.success(request, f"Evidence of action {action.reference} saved.")
        return redirect("evidence_add" if "next" in request.POST else "action", area, pk)
    late = too_late(saying, lambda row: entering.why_no_reports(row.plan))
    return late or saying.page("plans/evidence_add.html", {})


@policy("action.update")
@require_http_methods(FORM_METHODS)
def evidence_withdraw(request: Request, area: str, pk: int, evidence: int) -> HttpResponse:
    action = find_action(request, pk)
    row = _find(request, action, evidence)
    entering.require_reporter(request.user, action)
    why = entering.why_no_reports(action.plan)
    why = why or services.why_not_withdrawn(action, row)
    if answer := kept(request, action, why):
        return answer
    saying = Saying(request, action, ReasonForm)
    if saying.saves(
        lambda: services.withdraw_evidence(
            by=request.user, evidence=row, **saying.form.cleaned_data
        )
    ):
        messages.success(request, f"Evidence of action {action.reference} withdrawn.")
        return redirect("action", area, pk)
    context = {
        "heading": "Withdraw evidence",
        "text": row.description,
        "told": "It stays listed with your reason, and counts as evidence no more. A file is then "
        "handed only to those who report on the action.",
        "button": "Withdraw it",
    }
    return saying.page("plans/action_form.html", context)


@policy("plan.view")
@require_safe
def evidence_file(request: Request, area: str, pk: int, evidence: int) -> HttpResponse:
    action = find_action(request, pk)
    row = _find(request, action, evidence)
    if not row.file_name:
        raise Http404
    if hasattr(row, "withdrawal") and not entering.may_update(request.user, action):
        raise PermissionDenied(
            "This evidence was withdrawn: only those who report on the action can still open it."
        )
    try:
        data = store.read(row.sha256)
    except store.StoreError as error:
        logger.error("Evidence %s of action %s cannot be handed out: %s", row.pk, action.pk, error)
        context = {"action": action, "evidence": row}
        return render(request, "plans/evidence_damaged.html", context, status=503)
    response = HttpResponse(data, content_type=row.media_type)
    response["Content-Disposition"] = content_disposition_header(True, row.file_name)
    response["Content-Security-Policy"] = SANDBOX
    return response
