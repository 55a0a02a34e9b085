"""The parts of an action: what it waits for, its tasks, and what its page says of both."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.utils.text import get_text_list
from django.views.decorators.http import require_http_methods, require_POST

from kpis.models import Indicator as Kpi
from management import clock
from management.access import policy
from management.days import day_text
from management.models import User
from management.requests import Request
from management.saving import FORM_METHODS, Saving, say
from management.versions import Stale
from plans import smart
from plans.forms.drafting import DIGITS, keys_text
from plans.forms.parts import BlockersForm, DropTaskForm, TaskEditForm, TaskForm, comes_later
from plans.forms.wording import VersionForm
from plans.lines import in_time
from plans.models import Acceptance, Action, Dependency, Task
from plans.services import actions, advising, entering
from plans.services import parts as services
from plans.services.offering import offered_posts
from plans.statuses import Status
from plans.views.wording import GIVEN_UP, by_plan, find_action, kept

# --- on the page of the action -------------------------------------------------------------------


def standing(
    request: Request, action: Action, held: dict[int, User], kpis: list[Kpi]
) -> dict[str, Any]:
    """What the page of an action says of its parts and its wording: five queries at most.

    `held` is what `entering.holders` says; the KPIs have their figures.
    """
    may_word = request.user.may("plan.edit", action.area) and not actions.why_kept(action)
    tasks = Task.objects.visible_to(request.user).filter(action=action).select_related("post")
    tasks = tasks.with_held(request.user, on=clock.today())
    works = services.may_work(request.user, action, held)
    successors = Action.objects.visible_to(request.user).filter(superseded_by=action)
    return {
        **_waiting(request, action),
        "replaces": successors.select_related("plan"),
        "tasks": _listed(request, action, list(tasks), works),
        "may_work": works,
        "may_word": may_word,
        "advice": _advice(request, action, held, kpis) if may_word else None,
    }


def _waiting(request: Request, action: Action) -> dict[str, Any]:
    """What it waits for and what waits for it, each with the days that it is overdue."""
    rows = Dependency.objects.visible_to(request.user).filter(Q(action=action) | Q(blocker=action))
    found: dict[str, Any] = {"waits_for": [], "waited_by": []}
    pairs = list(rows.select_related("action__plan", "blocker__plan", "blocker__superseded_by"))
    both = [other for row in pairs for other in (row.action, row.blocker)]
    done = {other.pk for other in both if other.status == Status.DONE and other.pk != action.pk}
    seen: Any = Action.objects.visible_to(request.user).filter(pk__in=done).with_report()
    reported = {row.pk: row.done_on for row in seen} if done else {}
    for row in pairs:
        name, other = (
            ("waits_for", row.blocker) if row.action_id == action.pk else ("waited_by", row.action)
        )
        done_on = reported.get(other.pk)
        free = other.plan.is_draft or in_time(done_on, other.late_after)
        late = 0 if free else other.days_overdue(clock.today())
        told = {"late": late, "given_up": other.status in GIVEN_UP}
        found[name].append({"row": other, "later": comes_later(other, action.due), **told})
    waited = {other["row"].pk for other in found["waits_for"]}
    for other in found["waits_for"]:
        other["instead"] = other["row"].superseded_by_id not in waited
    return found


def _listed(request: Request, action: Action, tasks: list[Any], works: bool) -> dict[str, Any]:
    """Open ones by date, then what is done, then what was dropped; and how many there are.

    Each with the days that it is overdue, and whether this person may tick it.
    """
    today = clock.today()

    def place(task: Task) -> tuple[Any, ...]:
        return task.dropped_on is not None, not task.is_open, task.due is None, task.due, task.pk

    rows = []
    for task in sorted(tasks, key=place):
        task.action = action
        late = (today - task.due).days if task.is_open and task.due and task.due < today else 0
        ticks = works or services.may_tick(request.user, task, holds=task.held)
        rows.append({"row": task, "late": late, "ticks": ticks})
    return {
        "rows": rows,
        "done": sum(task.done_on is not None for task in tasks),
        "kept": sum(task.dropped_on is None for task in tasks),
    }


def _advice(
    request: Request, action: Action, held: dict[int, User], kpis: list[Kpi]
) -> list[tuple[smart.Advice, Acceptance | None]]:
    """What the SMART check says of it, each with why it was accepted, where it was."""
    holder = held.get(action.lead_id)
    measures = [advising.measure(kpi, kpi.figures) for kpi in kpis]
    advice = smart.advise(advising.draft_of(action, holder.name if holder else "", measures))
    accepted = Acceptance.objects.visible_to(request.user).filter(action=action) if advice else ()
    reasons = {row.sentence: row for row in accepted}
    return [(one, reasons.get(one.sentence)) for one in advice]


# --- what it waits for ---------------------------------------------------------------------------


@policy("action.update")
@require_http_methods(FORM_METHODS)
def action_blockers(request: Request, area: str, pk: int) -> HttpResponse:
    action = find_action(request, pk)
    entering.require_reporter(request.user, action)
    if answer := kept(request, action, actions.why_kept(action)):
        return answer
    linked = set(action.dependencies.values_list("blocker", flat=True))
    rows = Action.objects.visible_to(request.user).in_area(request.area).exclude(pk=pk)
    # What began to wait for it while the form was open is refused by its name.
    sent = {int(key) for key in request.POST.getlist("blockers") if DIGITS.fullmatch(key)}
    around = services.those_that_wait(action) - sent
    groups = by_plan(rows.still_open().exclude(pk__in=around) | rows.filter(pk__in=linked))
    ticked = _instead(request, action, linked)
    form = BlockersForm(
        request.POST or None, groups=groups, linked=linked, ticked=ticked, due=action.due
    )
    context: dict[str, Any] = {
        "action": action,
        "form": form,
        "offered": sum(map(len, groups.values())),
        "around": len(around),
    }
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            services.choose_blockers(by=request.user, action=action, **form.cleaned_data)
        except ValidationError as error:
            say(form, error)
        except Stale:
            chosen = {blocker.pk for blocker in form.cleaned_data["blockers"]}
            context["stale"], status = [("Waits for", *_named(groups, linked, chosen))], 409
            form.data = data = request.POST.copy()
            data["shown"] = keys_text(linked)  # saving again is then a choice with open eyes
        else:
            blockers = form.cleaned_data["blockers"]
            _chosen(request, action, blockers)
            return redirect("action", area, pk)
    return render(request, "plans/action_blockers.html", context, status=status)


def _instead(request: Request, action: Action, linked: set[int]) -> set[int]:
    """The keys of what it waits for, where the address names what has replaced one of those with
    that in its place."""
    key = request.GET.get("instead", "")
    if not DIGITS.fullmatch(key):
        return linked
    gone = Action.objects.visible_to(request.user).filter(pk__in=linked, superseded_by=int(key))
    old = set(gone.values_list("pk", flat=True))
    return linked - old | {int(key)} if old else linked


def _chosen(request: Request, action: Action, blockers: list[Action]) -> None:
    """Say what it waits for now, and what of that comes later than it."""
    names = get_text_list([blocker.reference for blocker in blockers], "and")
    waits = f"waits for {names}" if blockers else "waits for no other action"
    messages.success(request, f"Saved: action {action.reference} {waits} now.")
    for blocker in blockers:
        if blocker.due and action.due and comes_later(blocker, action.due):
            messages.warning(
                request,
                f"Action {blocker.reference} is due on {day_text(blocker.due)}, later than action "
                f"{action.reference}, which waits for it ({day_text(action.due)}).",
            )


def _named(groups: dict[str, list[Action]], *several: set[int]) -> list[str]:
    every = [action for rows in groups.values() for action in rows]
    return [", ".join(a.reference for a in every if a.pk in some) for some in several]


# --- tasks ---------------------------------------------------------------------------------------


def find_task(request: Request, pk: int) -> Task:
    rows = Task.objects.visible_to(request.user).in_area(request.area)
    whole = rows.select_related("area", "action__area", "action__lead", "action__plan")
    return get_object_or_404(whole, pk=pk)


def _refused(request: Request, action: Action) -> HttpResponse | None:
    """Back to the action where its tasks stay as they are; PermissionDenied for others."""
    try:
        services.require_work(request.user, action)
    except ValidationError as error:
        return kept(request, action, " ".join(error.messages))
    return None


def _posts(request: Request) -> Any:
    return offered_posts(request.user, request.area)


def _tasks(
    request: Request, action: Action, said: str, level: int = messages.SUCCESS
) -> HttpResponse:
    """To the tasks on the action's page, where this is said, and not out of sight above them."""
    messages.add_message(request, level, said, extra_tags="tasks")
    return redirect(f"{resolve_url('action', request.area.slug, action.pk)}#tasks")


def _past(task: Task) -> str:
    """That the day given for it is past, as a sentence after another one; mostly nothing."""
    if task.due is None or task.due >= clock.today():
        return ""
    return (
        f" Its day, {day_text(task.due)}, is past already: it counts as overdue until it is done."
    )


@policy("action.update")
@require_http_methods(FORM_METHODS)
def task_new(request: Request, area: str, pk: int) -> HttpResponse:
    action = find_action(request, pk)
    if answer := _refused(request, action):
        return answer
    form = TaskForm(request.POST or None, posts=_posts(request))
    if request.method == "POST" and form.is_valid():
        try:
            task = services.add_task(by=request.user, action=action, **form.cleaned_data)
        except ValidationError as error:
            say(form, error)
        else:
            said = f"Task “{task.text}” is added.{_past(task)}"
            if "next" not in request.POST:
                return _tasks(request, action, said)
            messages.success(request, said)
            return redirect("task_new", area, pk)
    context = {
        "action": action,
        "form": form,
        "heading": "Add a task",
        "told": "A step of the action, with a day and a post of its own where it has them.",
        "button": "Add",
        "another": "Add, and enter another",
    }
    return render(request, "plans/action_form.html", context)


@policy("action.update")
@require_http_methods(FORM_METHODS)
def task_edit(request: Request, area: str, pk: int) -> HttpResponse:
    task = find_task(request, pk)
    form = partial(TaskEditForm, posts=_posts(request))
    words = {"heading": "Change a task", "button": "Save"}
    return _changed(request, task, form, services.edit_task, words)


@policy("action.update")
@require_http_methods(FORM_METHODS)
def task_drop(request: Request, area: str, pk: int) -> HttpResponse:
    task = find_task(request, pk)
    words = {"heading": "Drop a task", "button": "Drop", "text": task.text}
    return _changed(request, task, DropTaskForm, services.drop_task, words)


def _changed(
    request: Request, task: Task, form: Any, change: Callable[..., None], words: dict[str, str]
) -> HttpResponse:
    """A form that changes an open task."""
    if answer := _refused(request, task.action):
        return answer
    if answer := kept(request, task.action, "" if task.is_open else services.NOT_OPEN):
        return answer
    saving = Saving(request, task, _facts, form)
    if saving.saves(lambda: change(by=request.user, task=task, **saving.form.cleaned_data)):
        said = "dropped" if task.dropped_on else "saved"
        past = _past(task) if "due" in saving.form.changed_data else ""
        return _tasks(request, task.action, f"Task “{task.text}” is {said}.{past}")
    return saving.page("plans/action_form.html", {"action": task.action, **words})


def _facts(task: Task) -> dict[str, Any]:
    return {"text": task.text, "due": task.due, "post": task.post_id}


@policy("action.update")
@require_POST
def task_done(request: Request, area: str, pk: int) -> HttpResponse:
    return _pressed(request, pk, services.finish_task, "done")


@policy("action.update")
@require_POST
def task_reopen(request: Request, area: str, pk: int) -> HttpResponse:
    return _pressed(request, pk, services.reopen_task, "open again")


def _pressed(request: Request, pk: int, change: Callable[..., None], said: str) -> HttpResponse:
    """One press of a button beside a task. Nothing was typed, so nothing can be lost."""
    task = find_task(request, pk)
    form = VersionForm(request.POST)
    try:
        if not form.is_valid():
            raise Stale(task)
        change(by=request.user, task=task, **form.cleaned_data)
    except ValidationError as error:
        return _tasks(request, task.action, " ".join(error.messages), messages.ERROR)
    except Stale:
        changed = "Somebody else changed this task meanwhile. Look at it again."
        return _tasks(request, task.action, changed, messages.ERROR)
    return _tasks(request, task.action, f"Task “{task.text}” is {said}.")
