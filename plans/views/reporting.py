"""Pages on which something is said of an action: an update, a correction, a note."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, resolve_url
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods

from management import clock
from management.access import policy
from management.requests import Request
from management.saving import FORM_METHODS, Saving
from plans import thread
from plans.forms.actions import LateForm, NoteForm, UpdateForm
from plans.models import Action, Update
from plans.services import entering, progress, rules, verification
from plans.services.waiting import sent_back
from plans.statuses import KEY, Status
from plans.views.actions import lateness, thread_of
from plans.views.too_late import has_evidence, late_page, may_prove, too_late
from plans.views.wording import find_action, kept

NEWEST = 3  # entries that are shown where it is not known since when the form was open


class Saying(Saving):
    """One visit to a form by which something is said of an action, with a file where it has one.

    After a stale save, what others have said meanwhile stands above what was typed.
    """

    def __init__(
        self,
        request: Request,
        action: Action,
        form: Any,
        stand: Callable[[Any], dict[str, Any]] = lambda action: {},
    ) -> None:
        super().__init__(request, action, stand, partial(form, files=request.FILES or None))
        self.opened = moment(request.POST.get("opened", ""))
        self.refused: set[str] = set()

    def outdated(self) -> bool:
        outdated = super().outdated()
        # Before a service says anything: a file that is not at fault is wanted again.
        self.refused = set(self.form.errors)
        return outdated

    def differences(self) -> Any:
        """What was entered while the form was open."""
        entries = thread_of(self.request, self.row)
        if self.opened is None:
            return entries[:NEWEST]
        return [entry for entry in entries if entry["recorded_at"] >= self.opened]

    def moved(self) -> thread.Moves:
        entries = thread_of(self.request, self.row)
        return thread.moved(self.row.original_due, self.row.due, entries)

    def page(self, template: str, context: dict[str, Any]) -> HttpResponse:
        # Read again: a save that was refused half way has changed the row at hand alone.
        self.row = find_action(self.request, self.row.pk)
        files: Any = self.request.FILES
        # A browser keeps what was typed, but no file.
        sent = {name: file.name for name, file in files.items() if name in self.form.fields}
        lost = {name: file for name, file in sent.items() if name not in self.refused}
        for name, file in lost.items():
            again = "<strong>Choose the file “{}” again.</strong> {}"
            self.form[name].help_text = format_html(again, file, self.form[name].help_text)
        context |= {
            "action": self.row,
            "own": rules.own_words(self.row.area),
            "key": KEY,
            "moved": self.moved(),
            **lateness(self.row),
            "lost": list(lost.values()),
        }
        if self.stale:
            stale = self.differences()
            context["own_change"] = {entry["author"] for entry in stale} == {self.request.user.pk}
        # A form that is sent again after others have changed the action is opened anew.
        known = None if self.stale else self.opened
        context["opened"] = (known or clock.now()).isoformat()
        return super().page(template, context)


def moment(text: str) -> datetime | None:
    """When a form was opened, as it says itself."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


@policy("action.update")
@require_http_methods(FORM_METHODS)
def action_update(request: Request, area: str, pk: int) -> HttpResponse:
    action = find_action(request, pk)
    entering.require_reporter(request.user, action)
    if answer := kept(request, action, entering.why_no_update(action)):
        return answer
    return _update(request, action, None)


@policy("action.update")
@require_http_methods(FORM_METHODS)
def update_correct(request: Request, area: str, pk: int, update: int) -> HttpResponse:
    action = find_action(request, pk)
    rows = Update.objects.visible_to(request.user).filter(action=action)
    earlier = get_object_or_404(rows, pk=update)
    entering.require_reporter(request.user, action)
    why = entering.why_no_update(action)
    why = why or progress.why_not_corrected(request.user, action, earlier)
    if answer := kept(request, action, why):
        return answer
    return _update(request, action, earlier)


def _update(request: Request, action: Action, earlier: Update | None) -> HttpResponse:
    """The form of an update, of its own or in the place of an earlier one."""
    own = rules.own_words(action.area)
    words = {str(s): word.word for s in Status if (word := own.of(action, s))}

    def stand(row: Action) -> dict[str, Any]:
        given = {"text": earlier.text} if earlier else {}
        return {"status": row.status, "percent": row.percent, **given}

    form = partial(UpdateForm, action=action, words=words, left=_left(action))
    saying = Saying(request, action, form, stand)
    if saying.saves(
        lambda: progress.post_update(
            by=request.user, action=action, corrects=earlier, **saying.form.cleaned_data
        )
    ):
        messages.success(request, _saved(request, action))
        if action.status == Status.DONE and (left := _left(action)):
            messages.warning(request, f"Action {action.reference} is reported as done, but {left}")
        return redirect("action", request.area.slug, action.pk)
    told = (entry for entry in thread_of(request, action) if entry["kind"] == "update")
    context = {
        "earlier": earlier,
        "last": None if earlier else next(told, None),
        "sent_back": sent_back(request.user, action),
    }
    return too_late(saying) or saying.page("plans/action_update.html", context)


def _left(action: Action) -> str:
    """What it would leave open if it were reported as done, or an empty text."""
    return verification.left_open([action]).get(action.pk, "")


def _saved(request: Request, action: Action) -> str:
    """That an update is saved, with the way on for whoever holds a post of the action."""
    said = f"Update of action {action.reference} saved."
    if request.user.pk not in {user.pk for user in entering.holders(action).values()}:
        return said
    mine = resolve_url("my_actions", request.area.slug)
    return format_html('{} <a href="{}">Back to My actions</a>', said, mine)


@policy("action.note")
@require_http_methods(FORM_METHODS)
def note_add(request: Request, area: str, pk: int) -> HttpResponse:
    action = find_action(request, pk)
    if answer := kept(request, action, progress.why_no_note(action)):
        return answer
    late = "late" in request.POST
    proves = may_prove(request, action)
    form = partial(LateForm, proves=proves) if late else NoteForm
    save = progress.add_late_note if late else progress.add_note
    saying = Saying(request, action, form)
    if late and not proves and has_evidence(request.POST) and (answer := too_late(saying)):
        return answer  # evidence is not taken any more by now: it goes on in words
    said: dict[str, Any] = {"by": request.user, "action": action, "begun": saying.opened}
    if saying.saves(lambda: save(**said, **saying.form.cleaned_data)):
        messages.success(request, f"Your note on action {action.reference} is saved.")
        return redirect("action", area, pk)
    if late:
        return late_page(saying)
    context = {
        "heading": "Add a note",
        "told": "For what should be known of the action, whoever’s it is.",
        "button": "Save note",
    }
    return saying.page("plans/action_form.html", context)
