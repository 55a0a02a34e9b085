"""A draft that the service stands by from now on, takes back, or gives up."""

from django.core.exceptions import ValidationError

from management import access, audit, clock
from management.access import Actor
from management.models import User
from management.versions import Stale, advance
from plans.models import SelfEvaluation
from plans.services.rows import revision, unrated
from plans.services.self_evaluations import require_draft

State = SelfEvaluation.State


def submit(
    *, by: Actor, self_evaluation: SelfEvaluation, revision_read: int, challenges_read: bool
) -> None:
    """The service stands by it from now on. What it says is not changed any more.

    Raises ValidationError while something has no rating, naming it, and unless somebody says that
    the challenges were read; Stale when it, or anything in it, has changed since `revision_read`.
    """
    access.require(by, "self_evaluation.edit", self_evaluation.area)
    with audit.acting(by, "submit self-evaluation"):
        require_draft(self_evaluation)
        if missing := [row.code for row in unrated(self_evaluation)]:
            raise ValidationError(f"Not rated yet: {', '.join(missing)}. Rate them first.")
        if not challenges_read:
            raise ValidationError({"challenges_read": "Say that you have read the challenges."})
        if revision(self_evaluation) != revision_read:
            raise Stale(self_evaluation)
        advance(
            self_evaluation,
            self_evaluation.version,
            state=State.SUBMITTED,
            submitted_by=by if isinstance(by, User) else None,
            submitted_on=clock.today(),
        )


def take_back(*, by: Actor, self_evaluation: SelfEvaluation, version: int, reason: str) -> None:
    """A submitted one is a draft again, to be mended; the reason stays in the audit trail.

    What a validator kept of it so far is gone: it was said of other words.
    """
    access.require(by, "self_evaluation.edit", self_evaluation.area)
    if self_evaluation.state != State.SUBMITTED:
        raise ValidationError(
            f"Now it is “{State(self_evaluation.state).label}”: only a submitted self-evaluation "
            "can be taken back."
        )
    if not reason.strip():
        raise ValidationError({"reason": "Say why it is taken back."})
    with audit.acting(by, "take back self-evaluation", reason.strip()):
        advance(
            self_evaluation,
            version,
            state=State.DRAFT,
            submitted_by=None,
            submitted_on=None,
            validated_by=None,
            validated_for="",
        )
        for rows in (self_evaluation.judgements, self_evaluation.overalls):
            rows.exclude(validated_rating=None, validated_reason="").update(
                validated_rating=None, validated_reason=""
            )


def withdraw(*, by: Actor, self_evaluation: SelfEvaluation, version: int, reason: str) -> None:
    """A draft is given up. It stays to be read by those who write; its title is free again.

    Raises ValidationError for anything but a draft, while findings or plans hang on it, and
    without a reason; Stale when it has changed since `version`.
    """
    access.require(by, "self_evaluation.edit", self_evaluation.area)
    if not reason.strip():
        raise ValidationError({"reason": "Say why it is withdrawn."})
    with audit.acting(by, "withdraw self-evaluation", reason.strip()):
        require_draft(self_evaluation)
        standing = self_evaluation.findings.filter(withdrawn_on=None)
        if named := ", ".join(standing.values_list("reference", flat=True)):
            raise ValidationError(
                f"{named} {'was' if ',' not in named else 'were'} found in it. "
                "Withdraw what was found first, with a reason."
            )
        if plan := self_evaluation.plans.first():
            raise ValidationError(f"The plan “{plan}” answers it, so it stays.")
        advance(
            self_evaluation,
            version,
            state=State.WITHDRAWN,
            withdrawn_by=by.actor_name,
            withdrawn_on=clock.today(),
            withdrawn_reason=reason.strip(),
        )
