"""Findings: lines of a self-evaluation that actions can hang on."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError

from management import access, audit, clock
from management.access import Actor
from plans.models import Finding, QualityIndicator, SelfEvaluation
from plans.sentences import folded, lines_of
from plans.services.locking import lock


@dataclass(frozen=True)
class Line:
    """A strength, an area for improvement, or a priority (`indicator` None), as it is written.

    `finding` is what was made of it, and still holds.
    """

    kind: str
    text: str
    indicator: QualityIndicator | None
    finding: Finding | None = None


def lines(self_evaluation: SelfEvaluation) -> list[Line]:
    """Every line that can become a finding, in the order of the form, priorities last."""
    standing = self_evaluation.findings.filter(withdrawn_on=None)
    made = {(f.kind, f.indicator_id, folded(f.text)): f for f in standing}
    written: list[tuple[str, str, QualityIndicator | None]] = []
    for judgement in self_evaluation.judgements.select_related("indicator"):
        for kind, text in (
            (Finding.Kind.STRENGTH, judgement.strengths),
            (Finding.Kind.IMPROVEMENT, judgement.improvements),
        ):
            written += [(kind, line, judgement.indicator) for line in lines_of(text)]
    written += [
        (Finding.Kind.IMPROVEMENT, line, None) for line in lines_of(self_evaluation.priorities)
    ]
    return [
        Line(kind, text, about, made.get((kind, about.pk if about else None, folded(text))))
        for kind, text, about in written
    ]


def waiting(written: Iterable[Line]) -> int:
    """Of how many lines a finding can still be made; the same line twice is one."""
    bare = (line for line in written if line.finding is None)
    return len({(line.kind, folded(line.text), line.indicator) for line in bare})


def make_finding(
    *,
    by: Actor,
    self_evaluation: SelfEvaluation,
    kind: str,
    text: str,
    indicator: QualityIndicator | None = None,
) -> Finding:
    """Make one line something that actions can hang on.

    Raises ValidationError for a draft, for a line that is not there, and for one that is a finding
    already.
    """
    access.require(by, "self_evaluation.edit", self_evaluation.area)
    with audit.acting(by, "make finding"):
        self_evaluation = _stand(self_evaluation)
        wanted = (kind, folded(text), indicator)
        for line in lines(self_evaluation):
            if (line.kind, folded(line.text), line.indicator) == wanted:
                if line.finding:
                    raise ValidationError(f"This is finding {line.finding.reference} already.")
                return _make(by, self_evaluation, line)
    raise ValidationError("This line is not there any more: somebody has changed it.")


def make_all_findings(*, by: Actor, self_evaluation: SelfEvaluation) -> list[Finding]:
    """Make a finding of every line that is none yet."""
    access.require(by, "self_evaluation.edit", self_evaluation.area)
    made: dict[tuple[str, str, QualityIndicator | None], Finding] = {}
    with audit.acting(by, "make findings"):
        self_evaluation = _stand(self_evaluation)
        for line in lines(self_evaluation):
            key = (line.kind, folded(line.text), line.indicator)
            if line.finding is None and key not in made:
                made[key] = _make(by, self_evaluation, line)
    return list(made.values())


def _stand(self_evaluation: SelfEvaluation) -> SelfEvaluation:
    """Inside a transaction: as it stands, and nobody else changes it or numbers findings."""
    locked: SelfEvaluation = lock(self_evaluation)
    if not locked.is_stood_by:
        raise ValidationError(
            f"It is “{locked.get_state_display()}”. Submit it first: findings are what the "
            "service stands by."
        )
    return locked


def _make(by: Actor, self_evaluation: SelfEvaluation, line: Line) -> Finding:
    number = self_evaluation.findings.count() + 1
    finding = Finding(
        area=self_evaluation.area,
        self_evaluation=self_evaluation,
        indicator=line.indicator,
        kind=line.kind,
        reference=f"F{number}",
        text=line.text,
        sequence=number,
        made_by=by.actor_name,
        made_on=clock.today(),
    )
    finding.full_clean()
    finding.save()
    return finding


def withdraw_finding(*, by: Actor, finding: Finding, reason: str) -> None:
    """It was no finding after all. It stays to be read, with the reason.

    Raises ValidationError while an open action hangs on it.
    """
    access.require(by, "self_evaluation.edit", finding.area)
    if not reason.strip():
        raise ValidationError({"reason": "Say why it is withdrawn."})
    with audit.acting(by, "withdraw finding", reason.strip()):
        finding = lock(finding)
        if finding.withdrawn_on:
            raise ValidationError(f"{finding.reference} was withdrawn already.")
        hanging = finding.actions.still_open().values_list("reference", flat=True)
        if hanging:
            raise ValidationError(
                f"{finding.reference} is answered by {', '.join(hanging)}, still open. "
                "Link the action to something else, or end it, first."
            )
        finding.withdrawn_on, finding.withdrawn_reason = clock.today(), reason.strip()
        finding.full_clean()
        finding.save()
