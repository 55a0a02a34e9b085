"""A self-evaluation as a file, in the shape of the form."""

from typing import Any

from django.http import Http404, HttpResponse
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from management.access import policy
from management.days import day_text
from management.requests import Request
from plans.form import workbook, writing
from plans.models import SelfEvaluation
from plans.services.frameworks import layout_of
from plans.services.rows import rows_of
from plans.services.written import form_of
from plans.views.self_evaluations import find_self_evaluation

OFFICE = "application/vnd.openxmlformats-officedocument"
TYPES = {
    "docx": f"{OFFICE}.wordprocessingml.document",
    "xlsx": f"{OFFICE}.spreadsheetml.sheet",
}


@policy("self_evaluation.view")
@require_safe
def self_evaluation_file(request: Request, area: str, pk: int, extension: str) -> HttpResponse:
    whole = find_self_evaluation(request, pk)
    if extension not in TYPES:
        raise Http404
    facts: dict[str, Any] = {
        "form": form_of(whole),
        "layout": layout_of(whole.framework, request.area),
        "title": whole.title,
        "facts": _facts(whole),
    }
    rows = {row.code.removesuffix(" overall"): row for row in rows_of(whole)}
    views = {code: (row.validated_rating, row.validated_reason) for code, row in rows.items()}
    facts["validated"] = views if whole.state == SelfEvaluation.State.VALIDATED else None
    content = (writing if extension == "docx" else workbook).write(**facts)
    name = f"{slugify(whole.title) or 'self-evaluation'}.{extension}"
    response = HttpResponse(content, content_type=TYPES[extension])
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _facts(whole: SelfEvaluation) -> list[tuple[str, str]]:
    """What stands below the title: the period, and how far it came."""
    facts = [("Period", f"{day_text(whole.start)} to {day_text(whole.end)}")]
    facts.append(("State", whole.get_state_display()))
    for what, on, by in (
        ("Submitted", whole.submitted_on, whole.submitted_by),
        ("Validated", whole.validated_on, whole.validated_by),
    ):
        if on:
            facts.append((what, ", ".join(filter(None, [day_text(on), by.name if by else ""]))))
    if whole.validated_on and whole.validated_for:
        facts.append(("Validated for", whole.validated_for))
    if whole.withdrawn_on:
        facts.append(("Withdrawn", f"{day_text(whole.withdrawn_on)}, {whole.withdrawn_by}"))
    if whole.illustrative:
        facts.append(("Note", whole.illustrative))
    return facts
