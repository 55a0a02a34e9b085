"""Pages on which a due date is moved, or asked for and answered by a second person."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from management.access import policy
from management.days import day_text
from management.requests import Request
from management.saving import FORM_METHODS, Saving
from plans.forms.actions import AnswerDateForm, MoveDateForm, TakeBackForm
from plans.models import Action, DateRequest
from plans.services import due_dates, entering
from plans.views.reporting import Saying
from plans.views.too_late import too_late
from plans.views.wording import find_action, kept


@policy("action.update")
@require_http_methods(FORM_METHODS)
def action_date(request: Request, area: str, pk: int) -> HttpResponse:
    action = find_action(request, pk)
    entering.require_reporter(request.user, action)
    asks = action.plan.dates_need_approval
    why = entering.why_no_update(action)
    if not why and asks and due_dates.waiting(action):
        why = due_dates.ASKED
    if answer := kept(request, action, why):
        return answer
    saying = Saying(request, action, MoveDateForm)
    if saying.saves(
        lambda: due_dates.move_date(by=request.user, action=action, **saying.form.cleaned_data)
    ):
        new = day_text(saying.form.cleaned_data["new"])
        said = (
            f"You have asked that action {action.reference} be due on {new}. Until a second person "
            f"agrees, it is due as before: {day_text(action.due) if action.due else 'no date'}."
            if asks
            else f"Due date of action {action.reference} moved to {new}."
        )
        messages.success(request, said)
        return redirect("action", area, pk)
    return too_late(saying) or saying.page("plans/action_date.html", {"asks": asks})


def _find_request(request: Request, action: Action, pk: int) -> DateRequest:
    rows = DateRequest.objects.visible_to(request.user).filter(action=action)
    whole = rows.select_related("action__plan", "action__area", "area", "answer")
    return get_object_or_404(whole, pk=pk)


@policy("date.approve")
@require_http_methods(FORM_METHODS)
def date_answer(request: Request, area: str, pk: int, asked: int) -> HttpResponse:
    action = find_action(request, pk)
    row = _find_request(request, action, asked)
    why = entering.why_no_update(action)
    why = why or (due_dates.ANSWERED if hasattr(row, "answer") else "")
    why = why or (due_dates.OWN if row.author_id == request.user.pk else "")
    if answer := kept(request, action, why):
        return answer
    saying = Saying(request, action, AnswerDateForm)

    def save() -> None:
        agreed = saying.form.cleaned_data.pop("decision") == "agree"
        due_dates.answer_date(
            by=request.user, request=row, agreed=agreed, **saying.form.cleaned_data
        )

    if saying.saves(save):
        messages.success(request, _answered(row))
        return redirect("action", area, pk)
    return too_late(saying) or saying.page("plans/date_answer.html", {"asked": row})


def _answered(row: DateRequest) -> str:
    action, new = row.action, day_text(row.new)
    if row.answer.agreed:
        return f"Agreed: action {action.reference} is due on {new}."
    stays = f"is due as before, on {day_text(action.due)}" if action.due else "has no due date"
    return f"Not agreed to {new}: action {action.reference} {stays}."


@policy("action.update")
@require_http_methods(FORM_METHODS)
def date_take_back(request: Request, area: str, pk: int, asked: int) -> HttpResponse:
    """For whoever asked for the date."""
    action = find_action(request, pk)
    row = _find_request(request, action, asked)
    if answer := kept(request, action, due_dates.why_not_taken_back(request.user, row)):
        return answer
    saving = Saving(request, action, lambda action: {}, TakeBackForm)
    if saving.saves(
        lambda: due_dates.take_back_date(by=request.user, request=row, **saving.form.cleaned_data)
    ):
        messages.success(request, f"The new date of action {action.reference} is taken back.")
        return redirect("action", area, pk)
    context = {
        "action": action,
        "heading": "Take a new date back",
        "told": f"You asked that it be due on {day_text(row.new)}. It stays due as before.",
        "button": "Take it back",
    }
    return saving.page("plans/action_form.html", context)
