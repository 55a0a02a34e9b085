"""What somebody outside the writing says of a self-evaluation, beside what the service said."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError

from management import access, audit, clock
from management.access import Actor
from management.models import User
from management.versions import advance
from plans.models import SelfEvaluation
from plans.services.self_evaluations import check_rating

# A row's key, and the validator's rating of it with the reason.
Views = Mapping[int, tuple[int | None, str]]


def validate(
    *,
    by: Actor,
    self_evaluation: SelfEvaluation,
    version: int,
    judgements: Views,
    overalls: Views,
    validated_for: str = "",
) -> None:
    """Put a rating beside each of the service's, with a reason where they differ.

    `validated_for` names whose view it is, where it is not one's own. Raises ValidationError when
    it is not submitted, for whoever submitted it, and for a rating or a reason that is missing;
    Stale when it has changed since `version`.
    """
    access.require(by, "self_evaluation.validate", self_evaluation.area)
    state = SelfEvaluation.State(self_evaluation.state)
    if state != SelfEvaluation.State.SUBMITTED:
        raise ValidationError(
            f"Now it is “{state.label}”: only a submitted self-evaluation can be validated."
        )
    if by.actor_id and by.actor_id == self_evaluation.submitted_by_id:
        raise ValidationError("Somebody else must validate it: you submitted it.")
    given = [
        (row, str(row.indicator.code), *judgements.get(row.pk, (None, "")))
        for row in self_evaluation.judgements.select_related("indicator")
    ] + [
        (row, f"{row.section.code} overall", *overalls.get(row.pk, (None, "")))
        for row in self_evaluation.overalls.select_related("section").filter(section__overall=True)
    ]
    _refuse("Not rated yet", [code for _, code, rating, _ in given if rating is None])
    differing = [
        code for row, code, rating, why in given if rating != row.rating and not why.strip()
    ]
    _refuse("A reason is needed where your rating differs", differing)
    with audit.acting(by, "validate self-evaluation"):
        advance(
            self_evaluation,
            version,
            state=SelfEvaluation.State.VALIDATED,
            validated_by=by if isinstance(by, User) else None,
            validated_on=clock.today(),
            validated_for=validated_for.strip(),
        )
        for row, _, rating, reason in given:
            _put(self_evaluation, row, rating, reason)


def _refuse(what: str, codes: list[str]) -> None:
    if codes:
        raise ValidationError(f"{what}: {', '.join(codes)}.")


def _put(self_evaluation: SelfEvaluation, row: Any, rating: int | None, reason: str) -> None:
    check_rating(self_evaluation.framework.scale, rating)
    row.validated_rating, row.validated_reason = rating, reason.strip()
    row.full_clean()
    row.save(update_fields=["validated_rating", "validated_reason"])
