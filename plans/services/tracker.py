"""The tracker workbook that comes back: whose it is, what it changes, and taking it in."""

import hashlib
import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.core import signing
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone

from management import access, audit, clock, store
from management.access import Actor
from management.days import day_text
from management.models import Post, User
from management.sheets import excel
from management.sheets.content import STAMP, Book
from management.uploads import BadFile
from management.versions import Stale, advance
from plans.models import Action, DateRequest, Evidence, Plan, PlanImport, Update
from plans.services import exports
from plans.services.actions import edit_action
from plans.services.due_dates import move_date
from plans.services.evidence import add_evidence
from plans.services.locking import lock, lock_actions
from plans.services.progress import post_update
from plans.services.rules import words_of
from plans.services.tracker_rules import allowed, report
from plans.tracker import reading
from plans.tracker.merging import APART, REPORTED, WORDING, Field, names_value, text_value
from plans.tracker.proposals import Proposal, Said, proposed
from plans.tracker.reading import Problem
from plans.tracker.stamp import FORMAT, NAMED, Stamp, unpacked
from plans.tracker.understanding import Meant, Vocabulary, meaning

SEAL = "throughline tracker workbook"
AGAIN = "Download the tracker workbook again, and bring that one back."


def seal(text: str) -> str:
    """The text with a signature that this installation alone can make."""
    return signing.Signer(salt=SEAL).sign(text)


def stamp_of(book: Book, plan: Plan) -> Stamp:
    """What the workbook's hidden sheet remembers. Raises BadFile unless it is of this plan."""
    sheet = book.sheet(STAMP)
    cells = [row.text(0) for row in sheet.rows] if sheet else []
    if not cells:
        raise BadFile(
            "This is no tracker workbook of Throughline, or its hidden sheet was lost on the way, "
            f"as when rows are copied into a new workbook. {AGAIN}"
        )
    if cells[0] != f"{NAMED} {FORMAT}":
        raise BadFile(f"The workbook was made by another release of Throughline. {AGAIN}")
    try:
        stamp = unpacked(signing.Signer(salt=SEAL).unsign("".join(cells[1:])))
    except (signing.BadSignature, ValueError, zlib.error) as error:
        raise BadFile(
            "The hidden sheet of the workbook was altered, or it was made by another installation "
            f"of Throughline: refused. {AGAIN}"
        ) from error
    if stamp.area != plan.area.slug:
        raise BadFile("The workbook is of another area's plan: refused.")
    if stamp.plan != plan.pk:
        other = Plan.objects.in_area(plan.area).filter(pk=stamp.plan).first()
        named = f"“{other.title}”" if other else "another plan"
        raise BadFile(f"The workbook is of {named}, not of “{plan.title}”. Bring it back there.")
    return stamp


@dataclass(frozen=True)
class Comparison:
    """What came back beside what stands here: `mark` is another one when either is."""

    proposals: tuple[Proposal, ...]
    problems: tuple[Problem, ...]
    gone: tuple[str, ...]
    untouched: int  # rows that came back as they went out
    already: int  # rows of which everything is here by now
    mark: str
    made_at: datetime  # when the workbook went out, by which it is known again
    needs_reason: bool  # the wording of an approved plan changes
    may_need_reason: bool  # it does, or will where the file is preferred

    @property
    def conflicts(self) -> int:
        return sum(change.is_conflict for p in self.proposals for change in p.changes)


def compare(*, by: User, plan: Plan, data: bytes, name: str) -> Comparison:
    """What bringing the workbook back would do. The file must have passed `check_excel`.

    Raises BadFile for one that is not the plan's tracker, or beyond the limits.
    """
    access.require(by, "action.update", plan.area)
    stamp, sent = opened(plan, data, name)
    vocabulary = vocabulary_of(plan)
    meant = {told.base.key: (told, meaning(told, vocabulary)) for told in sent.told}
    asking = [key for key, (told, one) in meant.items() if _asks(told, one)]
    there = {line.key: line for line in exports.lines(user=by, area=plan.area, keys=asking)}
    actions = {row.pk: row for row in _actions(plan, asking)}
    said = _said_since(stamp, plan, asking)
    problems, proposals, already = list(sent.problems), [], 0
    for key in asking:
        told, one = meant[key]
        if key not in actions or key not in there:
            gone = Problem(told.place, "the action is not in the plan any more.")
            problems.append(told.named(gone))
            continue
        proposal, wrong = proposed(told, one, there[key], vocabulary.names, said.get(key, Said()))
        problems += map(told.named, wrong)
        if proposal.asks:
            kept, refused = allowed(by, plan, actions[key], proposal)
            problems += (told.named(vocabulary.worded(problem)) for problem in refused)
            proposals += [kept] if kept.asks else []
        else:
            already += not wrong
    worded = [] if plan.is_draft else [c for p in proposals for c in p.of(WORDING)]
    seen = (str(plan.state), plan.dates_need_approval, proposals, problems, sent.gone)
    return Comparison(
        proposals=tuple(proposals),
        problems=tuple(problems),
        gone=sent.gone,
        untouched=len(sent.told) - len(asking),
        already=already,
        mark=hashlib.sha256(repr(seen).encode()).hexdigest(),
        made_at=stamp.made_at,
        needs_reason=any(not change.is_conflict for change in worded),
        may_need_reason=bool(worded),
    )


def opened(plan: Plan, data: bytes, name: str) -> tuple[Stamp, reading.Sent]:
    """What went out and what came back. Raises BadFile for what is not the plan's tracker."""
    book = excel.read(data, name)
    stamp = stamp_of(book, plan)
    return stamp, reading.read(book, stamp)


def vocabulary_of(plan: Plan) -> Vocabulary:
    posts = Post.objects.in_area(plan.area)
    return Vocabulary(
        exports.names_by_status(words_of(plan.area)), tuple(str(post) for post in posts)
    )


def _asks(told: reading.Told, meant: Meant) -> bool:
    """Whether the row has anything to look at: most are as they went out."""
    written = meant.update or meant.evidence or meant.why or meant.problems
    return bool(written) or meant.values != told.base.values


def _actions(plan: Plan, keys: Iterable[int]) -> Any:
    rows = Action.objects.filter(plan=plan, pk__in=keys).select_related("area", "plan", "lead")
    return rows.prefetch_related("supporting")


def _said_since(stamp: Stamp, plan: Plan, keys: list[int]) -> dict[int, Said]:
    """What was said of the actions since the workbook was made."""
    since: dict[str, Any] = {"action__in": keys, "recorded_at__gte": stamp.made_at}
    updates: dict[int, set[str]] = {key: set() for key in keys}
    latest: dict[int, str] = {}
    posted = Update.objects.filter(**since)
    for key, text in posted.values_list("action_id", "text"):
        updates[key].add(text_value(text))
    for update in posted.standing().order_by("recorded_at", "pk"):
        latest[update.action_id] = f"{day_text(update.on)}, {update.by}: {update.text}"
    evidence: dict[int, set[str]] = {key: set() for key in keys}
    proofs = Evidence.objects.filter(**since)  # what was withdrawn since then was said too
    for key, text in proofs.values_list("action_id", "description"):
        evidence[key].add(text_value(text))
    asked: dict[int, set[date]] = {key: set() for key in keys}
    # Those that wait for an answer, whenever they were made, and those that had one since then.
    waits = Q(action__in=keys, answer=None)
    for key, day in DateRequest.objects.filter(waits | Q(**since)).values_list("action_id", "new"):
        asked[key].add(day)
    decided = _decided(stamp, plan)
    return {
        key: Said(
            frozenset(updates[key]),
            frozenset(evidence[key]),
            frozenset(asked[key]),
            frozenset(decided.get(key, ())),
            latest.get(key, ""),
        )
        for key in keys
    }


def _decided(stamp: Stamp, plan: Plan) -> dict[int, set[tuple[str, str]]]:
    """The cells of each action that were decided when this workbook was taken in before."""
    rows = PlanImport.objects.filter(
        plan=plan, kind=PlanImport.Kind.TRACKER, state=PlanImport.State.APPLIED
    )
    found: dict[int, set[tuple[str, str]]] = {}
    for done in map(json.loads, rows.values_list("done", flat=True)):
        if done.get("made_at") == stamp.made_at.isoformat():
            for key, cells in done["decided"].items():
                found.setdefault(int(key), set()).update(cells.items())
    return found


# --- taking it in -------------------------------------------------------------------------------


def keep(*, by: User, plan: Plan, file_name: str, data: bytes) -> PlanImport:
    """Keep a workbook that came back, to be looked at. Nothing of the plan is changed.

    Raises BadFile for a file that is not the plan's tracker.
    """
    access.require(by, "action.update", plan.area)
    opened(plan, data, file_name)
    sha256 = store.put(data)
    with audit.acting(by, "bring tracker workbook back"):
        kept = PlanImport(
            area=plan.area,
            plan=plan,
            user=by,
            by=by.actor_name,
            file_name=file_name,
            sha256=sha256,
            made_at=clock.now(),
            kind=PlanImport.Kind.TRACKER,
        )
        kept.full_clean(exclude=["applied_at", "undone_at"])  # it is neither yet
        kept.save()
    return kept


def compare_kept(*, by: User, kept: PlanImport) -> Comparison:
    """The comparison of a workbook that was kept, as things stand now."""
    assert kept.plan is not None  # noqa: S101  (trackers are of a plan)
    try:
        data = store.read(kept.sha256)
    except store.StoreError as error:
        raise BadFile(f"The file is not here any more. {AGAIN}") from error
    return compare(by=by, plan=kept.plan, data=data, name=kept.file_name)


def take_in(
    *,
    by: User,
    kept: PlanImport,
    mark: str,
    taken: Mapping[int, set[Field]],
    reason: str = "",
) -> int:
    """Do all that the preview with this `mark` said, or nothing; returns to how many actions.

    What of the workbook could not be taken is kept with it: see `not_taken`.

    `taken` are the fields of each action, by its key, where the file holds though both were
    changed. Raises ValidationError for a workbook that was taken in before, and without a reason
    where the wording of an approved plan changes; Stale when anything is not as it was shown.
    """
    access.require(by, "action.update", kept.area)
    with audit.acting(by, "take tracker workbook in", reason.strip()):
        kept = lock(kept)
        if kept.state != PlanImport.State.PREVIEW:
            raise ValidationError("This workbook was taken in before.")
        if kept.user_id != by.pk and not by.may("action.update_any", kept.area):
            raise ValidationError(
                f"{kept.by} brought this workbook: they take it in, or who keeps the plan."
            )
        seen = compare_kept(by=by, kept=kept)
        if seen.mark != mark:
            raise Stale(kept)
        if not seen.proposals:
            raise ValidationError("There is nothing to save: nothing of it can be taken.")
        for proposal in seen.proposals:
            chosen = taken.get(proposal.key, set())
            if proposal.is_late and chosen & REPORTED and Field.UPDATE not in chosen:
                raise ValidationError(
                    f"Action {proposal.reference}: status and % done of the workbook go with its "
                    "update. Post that too, or keep what is here."
                )
        assert kept.plan is not None  # noqa: S101  (see `compare_kept`)
        posts = {names_value((str(post),)): post for post in Post.objects.in_area(kept.area)}
        rows = _actions(kept.plan, [proposal.key for proposal in seen.proposals])
        actions = {row.pk: row for row in lock_actions(rows)}
        done = {
            proposal.reference: names
            for proposal in seen.proposals
            if (
                names := _do(
                    by,
                    actions[proposal.key],
                    dated(proposal, seen.made_at),
                    taken,
                    posts,
                    reason,
                )
            )
        }
        decided = {
            proposal.key: {change.field: change.theirs for change in proposal.changes}
            for proposal in seen.proposals
        }
        told = {
            "actions": done,
            "not_taken": list(map(str, seen.problems)),
            "made_at": seen.made_at.isoformat(),
            "decided": decided,
        }
        choices = {str(key): sorted(fields) for key, fields in taken.items()}
        advance(
            kept,
            kept.version,
            state=PlanImport.State.APPLIED,
            applied_at=clock.now(),
            taken_by=by.actor_name,
            choices=json.dumps(choices),
            done=json.dumps(told),
        )
    return len(done)


def not_taken(kept: PlanImport) -> list[str]:
    """What of a workbook that was taken in was not taken: each cell, and why. Of old ones nothing.

    Where somebody has chosen that what is here holds, that is no refusal, and not among them.
    """
    found: list[str] = json.loads(kept.done or "{}").get("not_taken", [])
    return found


def dated(proposal: Proposal, made_at: datetime) -> Proposal:
    """An update that is posted after one which was not known to its writer says so."""
    if not proposal.is_late:
        return proposal
    day = day_text(timezone.localtime(made_at).date())
    return replace(proposal, update=f"From the workbook of {day}: {proposal.update}")


def _do(
    by: Actor,
    action: Action,
    proposal: Proposal,
    taken: Mapping[int, set[Field]],
    posts: Mapping[str, Post],
    reason: str,
) -> list[str]:
    """One action: wording first, then its date, then what is reported. Names what was done."""
    chosen = taken.get(proposal.key, set())
    wanted = proposal.wanted(chosen)
    done: list[str] = []
    if action.version != proposal.version:
        raise Stale(action)
    if facts := _facts(action, wanted, posts):
        edit_action(by=by, action=action, version=action.version, reason=reason, **facts)
        done += facts
    if Field.DUE in wanted and not action.plan.is_draft:
        day = date.fromisoformat(wanted[Field.DUE])
        move_date(by=by, action=action, version=action.version, new=day, reason=proposal.why)
        done.append("due")
    if proposal.posts(chosen):
        said = report(action, proposal, wanted)
        given = wanted.get(Field.STATUS)
        word = action.word if given is None else given.partition(" ")[2]
        post_update(by=by, action=action, version=action.version, word=word, **said)
        done.append("update")
    elif proposal.evidence:
        add_evidence(by=by, action=action, description=proposal.evidence)
        done.append("evidence")
    return done


def _facts(
    action: Action, wanted: Mapping[Field, str], posts: Mapping[str, Post]
) -> dict[str, Any]:
    """What `edit_action` is to change."""
    facts: dict[str, Any] = {
        f.value: wanted[f] for f in (Field.TEXT, Field.EXPECTED) if f in wanted
    }
    if Field.LEAD in wanted:
        facts["lead"] = posts[wanted[Field.LEAD]]
    if Field.SUPPORTING in wanted:
        titles = filter(None, wanted[Field.SUPPORTING].split(APART))
        facts["supporting"] = [posts[title] for title in titles]
    if Field.DUE in wanted and action.plan.is_draft:
        facts["original_due"] = date.fromisoformat(wanted[Field.DUE])
    return facts
