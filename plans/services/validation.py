"""What somebody outside the writing says of a self-evaluation, beside what the service said."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError

from management import access, audit, clock
from management.access import Actor
from management.models import User
from management.versions import advance
from plans.models import Overall, SelfEvaluation
from plans.models.self_evaluations import Judged
from plans.services.rows import asked_to_rate, rows_of
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
    _allow(by, self_evaluation)
    rows = rows_of(self_evaluation)
    given = _given(rows, judgements, overalls)
    asked = asked_to_rate(rows)
    _refuse("Not rated yet", [row for row, rating, _ in given if row in asked and rating is None])
    _refuse(
        "A reason is needed where your rating differs",
        [
            row
            for row, rating, why in given
            if rating is not None and rating != row.rating and not why.strip()
        ],
    )
    with audit.acting(by, "validate self-evaluation"):
        advance(
            self_evaluation,
            version,
            state=SelfEvaluation.State.VALIDATED,
            validated_by=by if isinstance(by, User) else None,
            validated_on=clock.today(),
            validated_for=validated_for.strip(),
        )
        for row, rating, reason in given:
            _put(self_evaluation, row, rating, reason)


def keep(
    *,
    by: Actor,
    self_evaluation: SelfEvaluation,
    version: int,
    judgements: Views,
    overalls: Views,
    validated_for: str = "",
) -> None:
    """Keep what a validator has so far, complete or not. Only validators see it until it is done.

    Raises ValidationError when it is not submitted and for whoever submitted it; Stale when it has
    changed since `version`.
    """
    _allow(by, self_evaluation)
    with audit.acting(by, "keep validation"):
        advance(
            self_evaluation,
            version,
            validated_by=by if isinstance(by, User) else None,
            validated_for=validated_for.strip(),
        )
        for row, rating, reason in _given(rows_of(self_evaluation), judgements, overalls):
            _put(self_evaluation, row, rating, reason)


def _allow(by: Actor, self_evaluation: SelfEvaluation) -> None:
    access.require(by, "self_evaluation.validate", self_evaluation.area)
    state = SelfEvaluation.State(self_evaluation.state)
    if state != SelfEvaluation.State.SUBMITTED:
        raise ValidationError(
            f"Now it is “{state.label}”: only a submitted self-evaluation can be validated."
        )
    if by.actor_id and by.actor_id == self_evaluation.submitted_by_id:
        raise ValidationError("Somebody else must validate it: you submitted it.")


def _given(
    rows: list[Judged], judgements: Views, overalls: Views
) -> list[tuple[Judged, int | None, str]]:
    """What is said of each row; nothing of those that are not named."""
    return [
        (row, *(overalls if isinstance(row, Overall) else judgements).get(row.pk, (None, "")))
        for row in rows
    ]


def _refuse(what: str, rows: list[Judged]) -> None:
    if rows:
        raise ValidationError(f"{what}: {', '.join(row.code for row in rows)}.")


def _put(self_evaluation: SelfEvaluation, row: Judged, rating: int | None, reason: str) -> None:
    check_rating(self_evaluation.framework.scale, rating)
    row.validated_rating, row.validated_reason = rating, reason.strip()
    row.full_clean()
    row.save(update_fields=["validated_rating", "validated_reason"])
