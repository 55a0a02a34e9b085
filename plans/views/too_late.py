"""What was typed of an action that was closed before it could be saved: it is kept as a note."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpResponse

from management.days import day_text
from management.requests import Request
from plans.forms.actions import LateForm
from plans.models import Action, PlanMove
from plans.services import entering
from plans.states import PlanState
from plans.statuses import CLOSED, Status
from plans.views.actions import thread_of
from plans.views.wording import find_action

ENDED = {
    Status.COMPLETE: "verified it as complete",
    Status.WITHDRAWN: "withdrew it",
    Status.SUPERSEDED: "replaced it by another action",
}


def too_late(
    saying: Any, why: Callable[[Action], str] = entering.why_no_update
) -> HttpResponse | None:
    """The page that offers to keep as a note what was sent, where `why` says of the action as it is
    by now that it cannot be saved otherwise; None where it can. `saying` is a `Saying`."""
    if saying.request.method != "POST":
        return None
    action = find_action(saying.request, saying.row.pk)
    if action.plan.is_draft or not why(action):
        return None
    proves = may_prove(saying.request, action)
    saying.form = LateForm(initial=_typed(saying.request.POST, proves=proves), proves=proves)
    saying.stale = True
    return late_page(saying)


def may_prove(request: Request, action: Action) -> bool:
    """Whether the action still takes this person's evidence."""
    reports = not entering.why_no_reports(action.plan)
    return reports and entering.may_update(request.user, action)


def has_evidence(sent: Mapping[str, str]) -> bool:
    """Whether evidence was typed into the form."""
    return any(sent.get(name, "").strip() for name in ("evidence", "evidence_url"))


def late_page(saying: Any) -> HttpResponse:
    """The form of the note, with who has closed the action meanwhile."""
    action: Action = saying.row
    context = {
        "why": _why(saying.request, action),
        "files": [file.name for file in saying.request.FILES.values()],
        "begun": saying.request.POST.get("opened", ""),
    }
    response: HttpResponse = saying.page("plans/too_late.html", context)
    return response


def _why(request: Request, action: Action) -> str:
    """Who did what, as a sentence."""
    if action.plan.is_closed:
        moves = PlanMove.objects.visible_to(request.user).filter(plan=action.plan)
        move = moves.filter(new=PlanState.CLOSED).last()
        who = f"{move.by} closed the plan on {day_text(move.on)}" if move else "The plan is closed"
        return f"{who}: nothing is reported on its actions any more."
    entries = (entry for entry in thread_of(request, action) if entry["kind"] == "update")
    last = next((entry for entry in entries if entry["new"] != entry["old"]), None)
    if last is None:
        return f"It is “{action.get_status_display()}” now."
    did = ENDED.get(last["new"], f"made it “{Status(last['new']).label}”")
    who = f"{last['by']} {did} on {day_text(last['on'])}."
    if last["new"] == Status.COMPLETE:
        return f"{who} If it is not complete after all, ask them to reopen it."
    return f"{who} It takes no more updates or dates." if last["new"] in CLOSED else who


def _typed(sent: Mapping[str, str], *, proves: bool) -> dict[str, str]:
    """What was typed into whichever form it was; as words alone where there is no evidence."""

    def first(*names: str) -> str:
        return next((sent[name].strip() for name in names if sent.get(name, "").strip()), "")

    text, evidence = first("text", "note", "reason"), first("evidence", "description")
    url = first("evidence_url", "url")
    if (status := first("status")) in Status.values:
        done = f", {percent} per cent" if (percent := first("percent")) else ""
        text = f"Reported as: {Status(status).label}{done}. {text}".strip()
    if new := first("new"):
        text = f"New due date asked for: {new}. {text}".strip()
    if not proves and (evidence or url):
        proof = f"{evidence} ({url})" if evidence and url else evidence or url
        text = f"{text}\n\nEvidence: {proof}".strip()
    return {"text": text, "evidence": evidence, "evidence_url": url}
