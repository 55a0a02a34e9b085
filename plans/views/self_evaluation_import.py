"""A completed Word form comes in: upload, preview, acceptance. Nothing is stored before the last.

What was read travels through the page as signed text, for this person and this area alone.
"""

import hashlib
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from kpis.periods import financial_year
from management import clock
from management.access import policy
from management.requests import Request
from management.saving import FORM_METHODS, say
from management.uploads import BadFile
from plans import scales
from plans.form import carry, reading
from plans.form.content import AMBITION, IMPROVEMENTS, STRENGTHS, ElementAnswer, Form
from plans.form.matching import names_another
from plans.forms.self_evaluation_import import AcceptForm, UploadForm
from plans.models import Framework, SelfEvaluation
from plans.services import self_evaluations as services
from plans.services.frameworks import layout_of
from plans.views.self_evaluations import year_of

A_DAY = 24 * 60 * 60
LONGEST = 2_000_000  # characters that may travel through a page


@policy("self_evaluation.edit")
@require_http_methods(FORM_METHODS)
def self_evaluation_import(request: Request, area: str) -> HttpResponse:
    if "payload" in request.POST:
        return _accept(request)
    frameworks = services.frameworks()
    rated = next((f.pk for f in frameworks if f.scale == scales.Scale.RATING), None)
    form = UploadForm(
        request.POST or None,
        request.FILES or None,
        frameworks=frameworks,
        initial={"framework": rated},
    )
    if request.method == "POST" and form.is_valid():
        framework = form.cleaned_data["framework"]
        name, data = form.cleaned_data["file"]
        try:
            read = reading.read(data, layout_of(framework, request.area))
            payload = _sign(request, framework, read, name, data)
        except (BadFile, ValidationError) as error:
            form.add_error("file", error.messages if hasattr(error, "messages") else str(error))
        else:
            accept = AcceptForm(initial={**_ended_year(), "payload": payload})
            return _preview(request, framework, read, name, _sha256(data), accept)
    return render(request, "plans/self_evaluation_import.html", {"form": form})


def _ended_year() -> dict[str, Any]:
    """A form that was completed tells of a year that has ended."""
    return year_of(financial_year(clock.today()).start - timedelta(days=1))


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _salt(request: Request) -> str:
    return f"completed form, area {request.area.pk}, person {request.user.pk}"


def _sign(request: Request, framework: Framework, read: Form, name: str, data: bytes) -> str:
    carried = {
        "framework": framework.pk,
        "form": carry.to_text(read),
        "file_name": name,
        "file_sha256": _sha256(data),
    }
    payload = signing.dumps(carried, salt=_salt(request), compress=True)
    if len(payload) > LONGEST:
        raise ValidationError("The form says more than can be previewed. Is it the right file?")
    return payload


def _preview(
    request: Request,
    framework: Framework,
    read: Form,
    name: str,
    sha256: str,
    form: AcceptForm,
) -> HttpResponse:
    layout = layout_of(framework, request.area)
    mine = SelfEvaluation.objects.visible_to(request.user).in_area(request.area)
    labels = dict(layout.points)
    found = {section.code: section for section in read.sections}
    answers = {e.code: e for section in read.sections for e in section.elements}
    sections = []
    for section in layout.sections:
        if section.in_words:
            continue
        answer = found.get(section.code)
        rows = [(element, answers.get(element.code)) for element in section.elements]
        sections.append(
            {
                "section": section,
                "answer": answer,
                "overall": labels.get(answer.overall or 0, "") if answer else "",
                "rows": [
                    {
                        "element": element,
                        "answer": said,
                        "rating": labels.get(said.rating or 0, "") if said else "",
                        "parts": _parts(said) if said else [],
                    }
                    for element, said in rows
                ],
            }
        )
    context: dict[str, Any] = {
        "form": form,
        "read": read,
        "name": name,
        "framework": framework,
        "sections": sections,
        "rated": sum(answer.rating is not None for answer in answers.values()),
        "in_all": sum(len(section.elements) for section in layout.sections),
        "left_out": [note for note in read.notes if note.left_out or note.fatal],
        "to_look_at": [note for note in read.notes if not (note.left_out or note.fatal)],
        "known": mine.filter(file_sha256=sha256).exclude(state="withdrawn"),
        "elsewhere": names_another(read.area, (request.area.name, request.area.partnership)),
    }
    return render(request, "plans/self_evaluation_preview.html", context)


def _parts(answer: ElementAnswer) -> list[tuple[str, tuple[str, ...]]]:
    """Everything of an answer that would be saved, each part with its name."""
    named = (
        ("Evidence", answer.evidence),
        *answer.sources,
        (STRENGTHS, answer.strengths),
        (IMPROVEMENTS, answer.improvements),
        (AMBITION, answer.ambition),
    )
    return [(name, texts) for name, texts in named if texts]


def _accept(request: Request) -> HttpResponse:
    form = AcceptForm(request.POST)
    try:
        carried = signing.loads(request.POST["payload"], salt=_salt(request), max_age=A_DAY)
    except signing.BadSignature:
        messages.error(
            request, "The preview is more than a day old, or not yours. Bring the file in again."
        )
        return redirect("self_evaluation_import", request.area.slug)
    framework = services.framework_of(carried["framework"])
    read = carry.from_text(carried["form"])
    if form.is_valid():
        period = {key: form.cleaned_data[key] for key in ("title", "start", "end")}
        try:
            made = services.import_form(
                by=request.user,
                area=request.area,
                framework=framework,
                form=read,
                file_name=carried["file_name"],
                file_sha256=carried["file_sha256"],
                **period,
            )
        except ValidationError as error:
            say(form, error)
        else:
            messages.success(request, f"{made.title} is here, as a draft.")
            return redirect("self_evaluation", request.area.slug, made.pk)
    return _preview(request, framework, read, carried["file_name"], carried["file_sha256"], form)
