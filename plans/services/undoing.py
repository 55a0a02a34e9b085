"""An import is undone, within a day and while nobody has gone on working with what it brought."""

import json
from datetime import date
from itertools import count
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import ProtectedError

from management import access, audit, clock
from management.access import Actor
from management.days import day_text
from management.models import AuditEvent, Post
from management.versions import Stale, advance
from plans.models import (
    Action,
    DateAnswer,
    DateChange,
    DateRequest,
    Evidence,
    EvidenceWithdrawal,
    ImportedRow,
    KeyMessage,
    Note,
    Plan,
    PlanImport,
    PlanMove,
    QualityIndicator,
    Update,
)
from plans.services import actions, links, progress
from plans.services.due_dates import late_after
from plans.services.entering import enter
from plans.services.locking import lock, lock_files, lock_whole
from plans.services.naming import remove_posts
from plans.services.progress import enter_update
from plans.services.rules import rules_of
from plans.services.stretches import begun, holds, stretch
from plans.services.taking_in import A_DAY
from plans.services.trail import PARTS
from plans.states import PlanState
from plans.statuses import Status
from plans.thread import LAPSED

WORDS = ("text", "evidence_expected", "responsible", "timescale")
SPENT = (PlanImport.State.UNDONE, PlanImport.State.THROWN)  # nothing of the file stands
WORKBOOKS = {"kind": PlanImport.Kind.TRACKER, "state": PlanImport.State.PREVIEW}


def why_not_undone(kept: PlanImport) -> str:
    """Why the import cannot be undone (any more), or an empty text."""
    if kept.state != PlanImport.State.APPLIED or kept.applied_at is None or kept.plan is None:
        return "Only a file that was taken in can be undone."
    if clock.now() - kept.applied_at > A_DAY:
        return "It was taken in more than a day ago: what is wrong is changed action by action."
    if kept.plan.is_closed:
        return "The plan is closed: its actions stay as they are."
    if changed := _changed(kept, kept.plan):
        return f"Somebody has gone on working with {changed}: change what is wrong there."
    if kept.plan.is_draft and json.loads(kept.done)["new_plan"]:
        return _why_it_stays(kept, kept.plan)
    return ""


def _why_it_stays(kept: PlanImport, plan: Plan) -> str:
    """Why the draft cannot go with the file that made it, or an empty text."""
    others = PlanImport.objects.filter(plan=plan).exclude(pk=kept.pk).exclude(state__in=SPENT)
    # A workbook of the draft is of no use without it: it is thrown away with it.
    other = others.exclude(**WORKBOOKS).first()
    if other is None:
        return ""
    if other.state == PlanImport.State.PREVIEW:
        return (
            f"The draft would go, and {other.by} is looking at another file for it, "
            f"“{other.file_name}”: throw that away first, or choose another plan for it."
        )
    return f"The draft would go, and “{other.file_name}” was taken into it since: undo that first."


def _changed(kept: PlanImport, plan: Plan) -> str:
    """What anybody has done since with what it brought, in words, or an empty text.

    The audit trail knows of every row: of links and tasks, too, which leave an action as it is. Who
    approves the plan, or sends it on, has read what it brought. A later import that was itself
    undone has left nothing to go on with.
    """
    done = json.loads(kept.done)
    undone = _undone_since(plan, done["event"])
    touched = {*done["created"], *(row["pk"] for row in done["updated"])}
    since = AuditEvent.objects.filter(area_id=kept.area_id, id__gt=done["event"])
    tables = {model._meta.db_table for model in PARTS}
    own = {model._meta.db_table for model in (Action, Plan, PlanMove)}
    changed: set[int] = set()
    for event in since.filter(table_name__in=tables | own).order_by("id").iterator():
        old, new = (json.loads(text or "{}") for text in (event.old, event.new))
        if holds(undone, event) or _counts_again(old, new):
            continue
        row = new or old
        if event.table_name == Plan._meta.db_table:
            if done["new_plan"] and row.get("id") == plan.pk:
                return "the plan"
            continue
        if event.table_name == PlanMove._meta.db_table:
            if row["plan_id"] == plan.pk:
                return f"the plan ({PlanState(row['new']).label.lower()} since)"
            continue
        key = row.get("id" if event.table_name in own else "action_id")
        if done["new_plan"] and event.table_name in own and row.get("plan_id") == plan.pk:
            changed.add(key)
        # What it brought may have taken the place of an action that has nothing to do with it.
        successor = new.get("superseded_by_id")
        replaces = successor if successor != old.get("superseded_by_id") else None
        changed |= {key, row.get("blocker_id"), replaces} & touched
    names = sorted(Action.objects.filter(pk__in=changed).values_list("reference", flat=True))
    if not names:
        return "an action of it" if changed else ""
    listed = ", ".join(names[:5]) + (" and others" if len(names) > 5 else "")
    return f"action {listed}" if len(names) == 1 else f"actions {listed}"


def _counts_again(old: dict[str, Any], new: dict[str, Any]) -> bool:
    """Whether nothing but the area's rule of what is late has changed the row: that is no work."""
    return {name for name, value in new.items() if value != old.get(name)} == {"late_after"}


def _undone_since(plan: Plan, event: int) -> list[dict[str, Any]]:
    """The stretches of the audit trail of imports that came after this event and are undone.

    Those of an earlier one are not among them: undoing it has put back what was before both.
    """
    rows = PlanImport.objects.filter(plan=plan, state=PlanImport.State.UNDONE)
    steps = [json.loads(done).get("steps", []) for done in rows.values_list("done", flat=True)]
    return [step for of_one in steps if of_one and of_one[0]["after"] >= event for step in of_one]


def undo(*, by: Actor, kept: PlanImport, version: int) -> PlanImport:
    """Put back what the import changed.

    In a draft what it brought goes again; in a plan that is agreed nothing can go: what it brought
    is withdrawn, what it changed is put back as it was, and each says why. Raises ValidationError
    when it cannot be undone (`why_not_undone`, or something hangs on the new plan); Stale.
    """
    access.require(by, "plan.edit", kept.area)
    with audit.acting(by, "undo import", kept.file_name):
        locked = lock(kept)
        if locked.version != version:
            raise Stale(locked)
        # Before the plan: who takes one of them in holds it, too, and then asks for actions.
        lock_files(PlanImport.objects.filter(**WORKBOOKS, plan=locked.plan_id))
        locked.plan = lock_whole(locked.plan) if locked.plan else None
        if why := why_not_undone(locked):
            raise ValidationError(why)
        plan, done, began = locked.plan, json.loads(locked.done), begun()
        back = _Back(by, plan, locked, began=done.get("began", False))
        for row in done["updated"]:
            back.put(row)
        for action in Action.objects.filter(pk__in=done["created"]).select_related("area"):
            back.take_out(action)
        facts: dict[str, Any] = {"state": PlanImport.State.UNDONE, "undone_at": clock.now()}
        gone = done["new_plan"] and plan.is_draft
        advance(kept, version, plan=None if gone else plan, **facts)
        if gone:
            _remove(by, plan)
        elif done["new_plan"]:
            advance(plan, plan.version, title=_title(plan))
        remove_posts(kept, done["posts"])
        if not gone:
            done["steps"] = [*done.get("steps", []), stretch(began, by)]
            advance(kept, kept.version, done=json.dumps(done))
    return kept


class _Back:
    """One import being undone."""

    def __init__(self, by: Actor, plan: Plan, kept: PlanImport, *, began: bool) -> None:
        self.by, self.plan, self.kept = by, plan, kept
        self.reason = f"The import of “{kept.file_name}” was undone."
        self.rules = rules_of(plan.area)
        # There is no way back from it, and the plan may well be worked on.
        self.stays = " The plan stays in progress, as the file began it." if began else ""

    def take_out(self, action: Action) -> None:
        """An action that the file brought."""
        action.plan = self.plan
        if self.plan.is_draft:
            actions.remove_action(by=self.by, action=action, version=action.version)
        elif action.is_open:
            progress.withdraw_action(
                by=self.by,
                action=action,
                version=action.version,
                reason=self.reason + self.stays,
                decision=f"Undone by {self.by.actor_name} on {day_text(clock.today())}.",
            )

    def put(self, row: dict[str, Any]) -> None:
        """An action that the file changed; `row` is how it was.

        What was reported as done is open again: who did so could else verify it, as the claim would
        be that of whoever undoes.
        """
        action = Action.objects.select_related("area", "lead", "indicator").get(pk=row["pk"])
        action.plan = self.plan
        said, old = [self.reason], action.status
        told = {"status": row["status"], "word": row["word"], "percent": row["percent"]}
        if row["status"] == Status.DONE != old:
            told |= {"status": Status.ON_TRACK, "word": ""}
            said.append("It was reported as done before; whoever did so has to say it again.")
        # First, so that an action which the file has ended can be put as it was.
        if any(getattr(action, name) != value for name, value in told.items()):
            advance(action, action.version, **told)
        self._word(action, row)
        said += self._date(action, row)
        # While the file had ended it, no change of the rule has counted it.
        counted = late_after(action, action.due, self.rules)
        if action.is_open and action.late_after != counted:
            advance(action, action.version, late_after=counted)
        said += self._proofs(action, row)
        reported = list(action.updates.order_by("id")[row["updates"] :])
        if reported:
            said.append(f"What it reported does not stand.{self.stays}")
        if old != action.status:
            said.append(f"The status is {Status(action.status).label} again.")
        if len(said) > 1 and not self.plan.is_draft:
            self._tell(action, old, " ".join(said), reported, same=action.status == row["status"])
        ImportedRow.objects.filter(action=action, plan_import=self.kept).delete()

    def _tell(
        self, action: Action, old: str, said: str, reported: list[Update], *, same: bool
    ) -> None:
        """That it was undone: no progress, where all of it is as it was before."""
        if not reported and old == action.status:
            enter(Note(area=action.area), self.by, action=action, text=said)
            return
        facts: dict[str, Any] = {"word": action.word, "percent": action.percent}
        if same and len(reported) == 1:
            facts["undoes"] = reported[0]
        enter_update(self.by, action, old, said, **facts)

    def _word(self, action: Action, row: dict[str, Any]) -> None:
        words: dict[str, Any] = {n: row[n] for n in WORDS if row[n] != getattr(action, n)}
        if row["indicator"] != action.indicator_id:
            words["indicator"] = QualityIndicator.objects.get(pk=row["indicator"])
        if row["lead"] != action.lead_id:
            words["lead"] = Post.objects.get(pk=row["lead"])
        if {post.pk for post in action.supporting.all()} != set(row["supporting"]):
            words["supporting"] = list(Post.objects.filter(pk__in=row["supporting"]))
        if self.plan.is_draft and _day(row["due"]) != action.due:
            words["original_due"] = _day(row["due"])
        if words:
            why: dict[str, Any] = {"reason": self.reason, "version": action.version}
            actions.edit_action(by=self.by, action=action, **why, **words)
        now = {message.pk for message in action.key_messages.all()}
        if now != set(row["key_messages"]):
            links.choose_messages(
                by=self.by,
                action=action,
                version=action.version,
                messages=KeyMessage.objects.filter(pk__in=row["key_messages"]),
                reason=self.reason,
            )

    def _date(self, action: Action, row: dict[str, Any]) -> list[str]:
        """The due date is what it was; one that there was not cannot be taken away again."""
        due = _day(row["due"])
        told = []
        asked = DateRequest.objects.filter(action=action, answer=None)
        for request in asked.exclude(pk__in=row["asked"]):
            answer = DateAnswer(area=action.area, request=request, agreed=False)
            enter(answer, self.by, text=self.reason)
            told.append(f"{day_text(request.new)} is not asked for any more.")
        # What ended with the file's withdrawal: nobody but its author can ask for it.
        ended = DateRequest.objects.filter(pk__in=row["asked"], answer__text__startswith=LAPSED)
        meanwhile = (self.kept.made_at, self.kept.applied_at)
        for request in ended.filter(answer__recorded_at__range=meanwhile):
            told.append(
                f"{request.by} had asked for {day_text(request.new)}, and has to ask again."
            )
        if action.due == due:
            return told
        if due is None:
            stays = day_text(action.due) if action.due else ""
            return [*told, f"The due date {stays} stays: it can be moved, not taken away."]
        moved = action.due
        advance(action, action.version, due=due)
        stands = action.date_changes.filter(old=due, undone_by=None).order_by("id")
        made = stands.filter(new=moved).last() if moved else None
        change = DateChange(area=action.area, action=action, old=moved, new=due, undoes=made)
        enter(change, self.by, reason=self.reason)
        return told

    def _proofs(self, action: Action, row: dict[str, Any]) -> list[str]:
        """Evidence that the file was taken for stands no more."""
        brought = Evidence.objects.filter(action=action, withdrawal=None).exclude(
            pk__in=row["evidence"]
        )
        for proof in brought:
            withdrawn = EvidenceWithdrawal(area=action.area, evidence=proof)
            enter(withdrawn, self.by, reason=self.reason)
        return ["Its evidence is withdrawn."] if brought else []


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _title(plan: Plan) -> str:
    """What an agreed plan is called once what made it is undone: no other plan is called so."""
    taken = set(Plan.objects.in_area(plan.area).values_list("title", flat=True))
    longest = Plan._meta.get_field("title").max_length or 0
    for number in count(1):
        end = f" (import undone{f', {number}' if number > 1 else ''})"
        title = plan.title[: longest - len(end)] + end
        if title not in taken:
            break
    return title


def _remove(by: Actor, plan: Plan) -> None:
    """The draft goes; files of which nothing stands in it, undone or thrown away, let it go."""
    rows = PlanImport.objects.filter(plan=plan)
    told = json.dumps({"by": by.actor_name, "on": clock.today().isoformat()})
    for workbook in rows.filter(**WORKBOOKS):
        advance(workbook, workbook.version, state=PlanImport.State.THROWN, done=told)
    rows.filter(state__in=SPENT).update(plan=None)
    try:
        plan.delete()
    except ProtectedError as error:
        kinds = sorted({str(row._meta.verbose_name) for row in error.protected_objects})
        raise ValidationError(
            f"The plan cannot go: there is something that belongs to it ({', '.join(kinds)})."
        ) from error
