"""The half year of the demonstration: what people did with the plan, day by day."""

from typing import Any

from kpis.models import Indicator
from management import attachments, clock
from management.models import Post, User
from plans.effects import Expected
from plans.models import Action, Plan, Recommendation
from plans.services import (
    actions,
    due_dates,
    evidence,
    parts,
    plans,
    progress,
    recommendations,
    rules,
    verification,
)
from plans.words import Word

# What happens on one day happens in this order.
KINDS = (
    "submissions",
    "tasks",
    "blockers",
    "notes",
    "rewordings",
    "date_changes",
    "evidence",
    "updates",
    "verifications",
    "superseded",
)


def tell(plan: Plan, story: dict[str, Any]) -> None:
    """Replay what happened, day by day, each entry by the person who made it."""
    people = {user.email: user for user in User.objects.all()}
    chosen = story["rules"]
    with clock.hold(chosen["on"]):
        rules.set_rules(
            by=people[chosen["by"]],
            area=plan.area,
            version=0,
            late=chosen["late"],
            colours=chosen["colours"],
            words=[
                Word(word["word"], colour=word["colour"], status=word["status"])
                for word in chosen["words"]
            ],
        )
    found = {r.reference: r for r in Recommendation.objects.filter(inspection=plan.inspection)}
    series = {i.code: i for i in Indicator.objects.in_area(plan.area)}
    with clock.hold(story["links_on"]):
        for link in story["links"]:
            actions.link_action(
                by=people[story["links_by"]],
                action=plan.actions.get(reference=link["action"]),
                recommendations=[found[r] for r in link["recommendations"]],
                kpis=[series[code] for code in link["kpis"]],
                expected={
                    series[said["kpi"]].pk: Expected(said["lag"], said["text"])
                    for said in story["expected"]
                    if said["action"] == link["action"]
                },
            )
    steps = [
        (entry["on"], place, kind, entry)
        for place, kind in enumerate(KINDS)
        for entry in story[kind]
    ]
    for on, _, kind, entry in sorted(steps, key=lambda step: step[:2]):
        with clock.hold(on):
            _step(plan, kind, entry, people[entry["by"]])


def _step(plan: Plan, kind: str, entry: dict[str, Any], by: User) -> None:
    if kind == "submissions":
        plan.refresh_from_db()
        facts: dict[str, Any] = {"by": by, "plan": plan, "version": plan.version}
        plans.submit_plan(on=entry["on"], illustrative=True, **facts)
        return
    action = plan.actions.get(reference=entry["action"])
    facts = {"by": by, "action": action}
    if kind == "tasks":
        _task(entry, **facts)
    elif kind == "blockers":
        blockers = plan.actions.filter(reference__in=entry["blockers"])
        parts.choose_blockers(shown=(), blockers=blockers, **facts)
    elif kind == "notes":
        progress.add_note(text=entry["text"], illustrative=True, **facts)
    elif kind == "evidence":
        _evidence(entry, **facts)
    else:
        _change(kind, entry, version=action.version, illustrative=True, **facts)


def _change(kind: str, entry: dict[str, Any], action: Action, **facts: Any) -> None:
    """A step that others must have seen: it names the version that it changes."""
    facts["action"] = action
    if kind == "rewordings":
        words = {"evidence_expected": entry["evidence_expected"]}
        actions.edit_action(reason=entry["reason"], **words, **facts)
    elif kind == "date_changes":
        due_dates.move_date(new=entry["to"], reason=entry["reason"], **facts)
    elif kind == "updates":
        said = {name: entry[name] for name in ("text", "percent") if name in entry}
        progress.post_update(status=entry["status"], **said, **facts)
    elif kind == "verifications":
        verification.verify_action(note=entry["note"], **facts)
    else:
        successor = action.plan.actions.get(reference=entry["successor"])
        progress.supersede_action(successor=successor, reason=entry["reason"], **facts)


def _task(entry: dict[str, Any], by: User, action: Action) -> None:
    post = Post.objects.in_area(action.area).get(title=entry["post"])
    facts = {"text": entry["text"], "due": entry["due"], "post": post}
    task = parts.add_task(by=by, action=action, **facts)
    if "done" in entry:
        with clock.hold(entry["done"]):
            parts.finish_task(by=by, task=task, version=task.version)


def _evidence(entry: dict[str, Any], **facts: Any) -> None:
    """A note, a link, or a small file whose content stands in the story."""
    said = ": ".join(filter(None, [entry["description"], entry.get("text", "")]))
    facts |= {"description": said, "url": entry.get("url", ""), "illustrative": True}
    if "file" in entry:
        data = entry["content"].encode()
        facts["file"] = attachments.take(entry["file"], len(data), lambda: data)
    evidence.add_evidence(**facts)


def answer(plan: Plan, content: dict[str, Any]) -> None:
    """What the service answered to each area for improvement, and what a body decided."""
    people = {user.email: user for user in User.objects.all()}
    found = {r.reference: r for r in Recommendation.objects.filter(inspection=plan.inspection)}
    for answer in content["responses"]:
        with clock.hold(answer["on"]):
            row = found[answer["reference"]]
            recommendations.respond(
                by=people[answer["by"]],
                recommendation=row,
                version=row.version,
                response=answer["response"],
                response_detail=answer["detail"],
                addressee=answer["addressee"],
                depends_on=answer["depends_on"],
            )
    for decision in content["decisions"]:
        with clock.hold(decision["on"]):
            row = found[decision["reference"]]
            recommendations.decide(
                by=people[decision["by"]],
                recommendation=row,
                version=row.version,
                kind=decision["kind"],
                on=decision["on"],
                body=decision["body"],
                minute_reference=decision["minute"],
                reason=decision["reason"],
                illustrative=True,
            )
