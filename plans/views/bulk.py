"""One change to several actions: what is to be done, what that would do, and doing it."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import get_text_list
from django.views.decorators.http import require_http_methods

from management import clock
from management.access import policy
from management.requests import Request
from management.saving import FORM_METHODS
from plans.forms.bulk import BulkForm, keys_of, versions_of
from plans.models import Action
from plans.services import bulk as services
from plans.services.exports import names_by_status
from plans.services.rules import own_words
from plans.views.actions import thread_of
from plans.views.lists import address
from plans.views.reporting import moment
from plans.words import Rule


@policy("action.update")
@require_http_methods(FORM_METHODS)
def bulk(request: Request, area: str) -> HttpResponse:
    """The form, then the preview, then the change; each step sends on what was chosen."""
    asked = request.POST if request.method == "POST" else request.GET
    keys = keys_of(asked.getlist("action"))
    if not 0 < len(keys) <= services.LIMIT:
        ticked = {"number": len(keys), "most": services.LIMIT}
        return render(request, "plans/bulk_none.html", ticked)
    form = BulkForm(request.POST if "step" in request.POST else None, words=_words(request))
    actions = _find(request, keys)
    gone = len(keys) - len(actions)
    if gone and request.method != "POST":
        raise Http404
    status = 409 if gone else 200
    context: dict[str, Any] = {
        "actions": actions,
        "changed": [{"why": _left_out(gone)}] if gone else [],
        "opened": clock.now().isoformat(),
        "form": form,
        "from": asked.get("from", ""),
        "query": asked.get("query", ""),
        "back": address(area, asked.get("from", ""), asked.get("query", "")),
    }
    if request.POST.get("step") not in {"preview", "confirm"} or not form.is_valid():
        return render(request, "plans/bulk.html", context, status=status)
    if request.POST["step"] == "confirm" and not gone:
        shown = versions_of(request.POST.getlist("ready"))
        if not shown.keys() <= set(keys):
            raise Http404
        try:
            done = services.carry_out(
                by=request.user, area=request.area, shown=shown, change=form.change()
            )
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        except services.Changed as changed:
            since = moment(request.POST.get("opened", ""))
            context["changed"] = [_changed(request, *row, since) for row in changed.rows]
            status = 409
            context["actions"] = _find(request, keys)
        else:
            number = "1 action is" if len(done) == 1 else f"{len(done)} actions are"
            messages.success(request, f"{number} updated.")
            return redirect(context["back"])
    found = services.preview(by=request.user, actions=context["actions"], change=form.change())
    can = [outcome for outcome in found if not outcome.why_not]
    context["ready"] = [outcome for outcome in can if not outcome.warning]
    context["warned"] = [outcome for outcome in can if outcome.warning]
    context["ticked"] = request.POST.getlist("ready")
    context["refused"] = [outcome for outcome in found if outcome.why_not]
    return render(request, "plans/bulk_preview.html", context, status=status)


def _changed(
    request: Request, action: Action | None, why: str, since: datetime | None
) -> dict[str, Any]:
    """Why an action could not be changed, with what was entered since the preview and by whom."""
    if action is None:
        return {"why": why}
    entries = thread_of(request, action)
    entries = [one for one in entries if since and one["recorded_at"] >= since]
    who = list(dict.fromkeys(one["by"] for one in entries))
    if why == services.CHANGED and who:
        why = f"{get_text_list(who, 'and')} {'has' if len(who) == 1 else 'have'} changed it."
    return {"action": action, "why": why, "entries": entries}


def _words(request: Request) -> dict[str, str]:
    """The area's word for each status, where its words go by status: others change by the day."""
    own = own_words(request.area)
    words = own.words if own.rule == Rule.STATUS else []
    return {status: names[0] for status, names in names_by_status(words).items()}


def _find(request: Request, keys: list[int]) -> list[Action]:
    """Those of these actions that are there, in the order of their plans."""
    rows = Action.objects.visible_to(request.user).in_area(request.area).filter(pk__in=keys)
    return list(rows.with_posts().select_related("area").order_by("plan", "sequence", "pk"))


def _left_out(gone: int) -> str:
    if gone == 1:
        return "1 action that you ticked is not there any more. It is left out here."
    return f"{gone} actions that you ticked are not there any more. They are left out here."
