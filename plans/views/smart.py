"""The SMART check beside the form of an action, while it is written. Nothing here is saved."""

import hashlib
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from kpis.models import Indicator as Kpi
from management.access import policy
from management.days import day_text
from management.requests import Request
from plans.forms.wording import ActionEditForm, ActionForm, WordingForm
from plans.models import Action, Plan
from plans.services import advising
from plans.services.offering import offered_posts
from plans.smart import Advice

UNCHANGED = 204  # so that nothing is read out twice
# Where each piece of advice can be followed: the form's own name of the field.
FIELDS = {"due": "original_due"}


@policy("plan.edit")
@require_POST
def smart_check(request: Request, area: str, pk: int) -> HttpResponse:
    rows = Plan.objects.visible_to(request.user).in_area(request.area)
    plan = get_object_or_404(rows, pk=pk)
    kpis = Kpi.objects.visible_to(request.user).in_area(request.area)
    form = ActionForm(
        request.POST,
        indicators={},
        posts=_posts(request),
        answers={"recommendations": {}, "findings": {}, "key_messages": {}, "kpis": {"": kpis}},
        draft=plan.is_draft,
    )
    return _answer(request, panel(request, form, plan))


@policy("plan.edit")
@require_POST
def action_smart_check(request: Request, area: str, pk: int) -> HttpResponse:
    rows = Action.objects.visible_to(request.user).in_area(request.area)
    action = get_object_or_404(rows.select_related("plan"), pk=pk)
    form = ActionEditForm(request.POST, action=action, indicators={}, posts=_posts(request))
    return _answer(request, panel(request, form, action.plan, action))


def _posts(request: Request) -> Any:
    return offered_posts(request.user, request.area)


def _answer(request: Request, context: dict[str, Any]) -> HttpResponse:
    if request.POST.get("heard") == context["fingerprint"]:
        return HttpResponse(status=UNCHANGED)
    return render(request, "plans/smart_said.html", context)


def panel(
    request: Request, form: WordingForm, plan: Plan, action: Action | None = None
) -> dict[str, Any]:
    """What the check says of the form as it was sent; of one that was not, of `action` as saved."""
    advice: list[Advice] | None = None
    read = ""
    if form.is_bound:
        advice, read = _advice(form, plan, action), _read(form)
    elif action is not None:
        advice = advising.advice_on([action])[action.pk]
    where = [(_place(one, form, request, action), one) for one in advice or ()]
    said = "\n".join([read, str(advice is None), *(one.sentence for _, one in where)])
    name, key = ("action_smart_check", action.pk) if action else ("smart_check", plan.pk)
    return {
        "check_url": reverse(name, args=[request.area.slug, key]),
        "checked": advice is not None,
        "advice": [(*place, one.sentence) for place, one in where],
        "read": read,
        "fingerprint": hashlib.sha256(said.encode()).hexdigest()[:16],
    }


def _advice(form: WordingForm, plan: Plan, action: Action | None) -> list[Advice]:
    due, unread = form.said("original_due"), ""
    if "original_due" not in form.fields:
        due = action.due if action is not None else None
    elif due is None:  # what stands there and is no date is words
        unread = str(form["original_due"].data or "").strip()
    return advising.advice_on_words(
        plan=plan,
        due=due,
        timescale=unread or form.said("timescale") or "",
        lead=form.said("lead"),
        kpis=(form.said("kpis") or []) if action is None else action.kpis.all(),
        text=form.said("text") or "",
        evidence_expected=form.said("evidence_expected") or "",
        new_post=form.said("new_post") or "",
        organisation=form.said("organisation") or "",
    )


def _read(form: WordingForm) -> str:
    """How words were read as a date."""
    due, typed = form.said("original_due"), str(form.data.get("original_due", "")).strip()
    if due is None or not any(letter.isalpha() for letter in typed):
        return ""
    return "" if typed == day_text(due) else f"“{typed}” is read as {day_text(due)}."


def _place(
    advice: Advice, form: WordingForm, request: Request, action: Action | None
) -> tuple[str, str]:
    """Address and name of the field that the advice is about, or of the page that has it."""
    name = FIELDS.get(advice.field, advice.field)
    if name in form.fields:
        return f"#{form[name].id_for_label or form[name].auto_id}", str(form[name].label)
    if action is None:
        return "", ""
    label, route = {"kpis": ("KPIs", "action_kpis")}.get(name, ("Due date", "action_date"))
    return reverse(route, args=[request.area.slug, action.pk]), label
