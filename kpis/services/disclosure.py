"""Who has assessed whether public figures of a KPI could tell of a person, and what they show."""

from django.core.exceptions import ValidationError

from kpis.models import DisclosureAssessment, Indicator
from kpis.public import PublicSeries, public_series
from kpis.services.reading import Held, standing
from management import access, audit, clock
from management.access import Actor
from management.models import User

LEAST, MOST = 1, 100  # the thresholds that can be chosen; below 1 nothing is small


def record_assessment(
    *, by: Actor, indicator: Indicator, threshold: int, text: str
) -> DisclosureAssessment:
    """Record that somebody has assessed the risk. It holds from now on; earlier ones are kept.

    Counts below `threshold` are withheld from the public. Raises ValidationError by field.
    """
    access.require(by, "kpi.edit", indicator.area)
    wrong = {}
    if not text.strip():
        wrong["text"] = "Say what was looked at, and why this is enough."
    if not LEAST <= threshold <= MOST:
        wrong["threshold"] = f"Give a whole number from {LEAST} to {MOST}."
    if wrong:
        raise ValidationError(wrong)
    with audit.acting(by, "assess disclosure"):
        made = DisclosureAssessment(
            area=indicator.area,
            indicator=indicator,
            threshold=threshold,
            text=text.strip(),
            entered_by=by.actor_name,
            author_id=by.actor_id,
            entered_at=clock.now(),
        )
        made.full_clean()
        made.save()
    return made


def assessments(user: User, indicator: Indicator) -> list[DisclosureAssessment]:
    """All of them, the one that holds first."""
    rows = DisclosureAssessment.objects.visible_to(user).filter(indicator=indicator)
    return list(rows.order_by("-id"))


def public_view(
    row: Indicator, held: Held, assessment: DisclosureAssessment | None
) -> PublicSeries | None:
    """What the public may see of a KPI with its targets and phases loaded; None without an
    assessment: then nothing is public."""
    if assessment is None:
        return None
    phases = standing(row.phase_starts.all())
    targets = list(row.targets.all())
    return public_series(row, held.own, held.parts, targets, phases, assessment.threshold)
