"""What shows that an action was done: files, links and notes, and those that stand no more."""

import hashlib
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F

from management import audit, store
from management.access import Actor
from management.attachments import Attachment
from plans.models import Action, Evidence, EvidenceWithdrawal
from plans.services.entering import enter, require_update
from plans.services.locking import lock
from plans.statuses import Status

LAST = {
    Status.DONE: "Action {} is reported as done, and this is the last evidence that stands for it. "
    "Add what takes its place first, or report that it is not done; then withdraw this.",
    Status.COMPLETE: "Action {} was verified as complete, and this is the last evidence that "
    "stands for it. Add what takes its place first, or have the action reopened; then withdraw "
    "this.",
}


def standing_evidence(action: Action) -> Any:
    """Its evidence that was not withdrawn."""
    return action.evidence.filter(withdrawal=None)


def add_evidence(
    *,
    by: Actor,
    action: Action,
    description: str,
    url: str = "",
    file: Attachment | None = None,
    illustrative: bool = False,
) -> Evidence:
    """A file, a link, both or a note that shows what was done.

    Whoever verifies the action meanwhile has not seen it: its version goes on. Raises
    ValidationError without a description.
    """
    require_update(by, action)
    with audit.acting(by, "add evidence"):
        said: dict[str, Any] = {"description": description, "url": url, "file": file}
        evidence = enter_evidence(by=by, action=action, **said, illustrative=illustrative)
        _go_on(action)
    return evidence


def enter_evidence(
    *,
    by: Actor,
    action: Action,
    description: str,
    url: str = "",
    file: Attachment | None = None,
    illustrative: bool = False,
) -> Evidence:
    """The same within a change that gives the action its next version itself."""
    refuse_evidence(description, url, file, "description")
    description = description.strip()
    with audit.acting(by, "add evidence"):
        made = Evidence(area=action.area, action=action, url=url)
        if file is None:
            made.sha256 = digest_of(description, url)
        else:
            made.sha256 = store.put(file.data)
            made.file_name, made.media_type = file.name, file.media_type
            made.size = len(file.data)
        evidence: Evidence = enter(made, by, description=description, illustrative=illustrative)
    return evidence


def digest_of(description: str, url: str) -> str:
    """The fingerprint of evidence that is not a file."""
    return hashlib.sha256(f"{description}\n{url}".encode()).hexdigest()


def refuse_evidence(description: str, url: str, file: Attachment | None, field: str) -> None:
    """Raise ValidationError, at `field`, where a file or a link is not described."""
    if (url or file) and not description.strip():
        raise ValidationError({field: f"Say what the {'file' if file else 'link'} shows."})


def withdraw_evidence(*, by: Actor, evidence: Evidence, reason: str) -> EvidenceWithdrawal:
    """The evidence does not stand any more; it stays listed, with the reason.

    Raises ValidationError without a reason, when it was withdrawn before, and for the last one of
    an action that is reported as done or complete.
    """
    require_update(by, evidence.action)
    if not reason.strip():
        raise ValidationError({"reason": "Say why it does not stand any more."})
    with audit.acting(by, "withdraw evidence", reason.strip()):
        # Locked: whoever verifies the action meanwhile must not rely on what goes.
        action = lock(evidence.action)
        if why := why_not_withdrawn(action, evidence):
            raise ValidationError(why)
        made = EvidenceWithdrawal(area=evidence.area, evidence=evidence)
        withdrawal: EvidenceWithdrawal = enter(made, by, reason=reason.strip())
        _go_on(evidence.action)
    return withdrawal


def _go_on(action: Action) -> None:
    """Give the action its next version, whichever it has: a verifier's page is then outdated."""
    Action.objects.filter(pk=action.pk).update(version=F("version") + 1)
    action.refresh_from_db(fields=["version"])


def why_not_withdrawn(action: Action, evidence: Evidence) -> str:
    """Why this evidence of the action has to stand, or an empty text."""
    if EvidenceWithdrawal.objects.filter(evidence=evidence).exists():
        return "This evidence was withdrawn before."
    last = LAST.get(Status(action.status))
    # Neither is said without evidence, so neither is left without.
    if last is None or standing_evidence(action).exclude(pk=evidence.pk).exists():
        return ""
    return last.format(action.reference)
