"""The first entries of actions that have just come in a file: many of them in a few queries."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from management import audit
from management.access import Actor
from plans.models import Action, DateChange, DateRequest, Evidence, Plan, Update
from plans.services.due_dates import late_after
from plans.services.entering import drafted
from plans.services.evidence import digest_of
from plans.services.progress import begin_by_report
from plans.services.rules import own_words, rules_of
from plans.statuses import Status
from plans.words import Rule


@dataclass(frozen=True)
class Told:
    """What a row says of its new action. `status` is None where it says nothing of it.

    `revised` is the date to which it was moved, for `source`; `evidence` describes what
    shows that it is done; `decision` is who withdrew it.
    """

    action: Action
    source: str
    status: Status | None = None
    text: str = ""
    word: str = ""
    percent: int | None = None
    revised: date | None = None
    evidence: str = ""
    decision: str = ""


def tell(*, by: Actor, plan: Plan, told: Iterable[Told], asks: bool) -> None:
    """Enter what the file says of actions that nobody else has seen yet.

    With `asks` a second person must agree to a date that was moved, as in a plan that is here
    already and wants one; in a new plan it was moved before.
    """
    rules, own = rules_of(plan.area), own_words(plan.area)
    dates: list[DateChange] = []
    requests: list[DateRequest] = []
    proofs: list[Evidence] = []
    updates: list[Update] = []
    changed: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for one in told:
        action = one.action
        mine: dict[str, Any] = {"action": action}
        if one.revised and one.revised != action.due and asks:
            asked = DateRequest(area=plan.area, old=action.due, new=one.revised)
            requests.append(drafted(asked, by, **mine, reason=one.source))
        elif one.revised and one.revised != action.due:
            made = DateChange(area=plan.area, old=action.due, new=one.revised)
            dates.append(drafted(made, by, **mine, reason=one.source))
            action.due = one.revised
            action.late_after = late_after(action, one.revised, rules)
        if one.text:
            word = one.word
            if one.status and not word and own.rule == Rule.STATUS:
                found = own.of(action, one.status)
                word = found.word if found else ""
            old, action.status = action.status, one.status or action.status
            action.word, action.percent = word, one.percent
            said = {"text": one.text, "word": word, "percent": one.percent}
            made_update = Update(area=plan.area, old_status=old, status=action.status)
            updates.append(drafted(made_update, by, **mine, **said, decision=one.decision))
        if one.evidence:
            proof = Evidence(area=plan.area, sha256=digest_of(one.evidence, ""))
            proofs.append(drafted(proof, by, **mine, description=one.evidence))
        now = (action.status, action.word, action.percent, action.due, action.late_after)
        changed[now].append(action.pk)
    with audit.acting(by, "take in plan file"):
        DateChange.objects.bulk_create(dates)
        DateRequest.objects.bulk_create(requests)
        Evidence.objects.bulk_create(proofs)
        Update.objects.bulk_create(updates)
        # Most of them say the same few things: one statement for each.
        for (status, word, percent, due, late), keys in changed.items():
            facts = {"status": status, "word": word, "percent": percent}
            facts |= {"due": due, "late_after": late}
            for start in range(0, len(keys), 500):
                rows = Action.objects.filter(pk__in=keys[start : start + 500])
                rows.update(**facts)
        if updates:
            begin_by_report(by, plan)
