"""Who has assessed whether public figures of a KPI could tell of a person, and what they show."""

from django.core.exceptions import ValidationError

from kpis.models import DisclosureAssessment, Indicator
from kpis.public import PublicSeries, public_series
from kpis.services.reading import Held, standing
from management import access, audit, clock
from management.access import Actor
from management.models import User

# The thresholds that can be chosen. With 2 every count that is withheld would be known to be 1.
LEAST, MOST = 3, 100
WRONG = (
    f"Give a whole number from {LEAST} to {MOST}. With less than {LEAST}, every count that is "
    "withheld would be known to be 1."
)


class Assessments(list[DisclosureAssessment]):
    """All those of a KPI, the one that holds first."""

    def __init__(self, user: User, indicator: Indicator) -> None:
        rows = DisclosureAssessment.objects.visible_to(user).filter(indicator=indicator)
        super().__init__(rows.order_by("-id"))
        self._user, self._indicator = user, indicator

    def same_measure(self) -> list[Indicator]:
        """The other KPIs of the area that measure the same: whoever assesses looks at them too,
        as no KPI is protected against another."""
        if not self._indicator.measure:
            return []
        beside = Indicator.objects.visible_to(self._user).in_area(self._indicator.area)
        return list(beside.filter(measure=self._indicator.measure).exclude(pk=self._indicator.pk))


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
        wrong["threshold"] = WRONG
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


def assessments(user: User, indicator: Indicator) -> Assessments:
    """All of them, the one that holds first."""
    return Assessments(user, indicator)


def public_view(
    row: Indicator, held: Held, assessment: DisclosureAssessment | None
) -> PublicSeries | None:
    """What the public may see of a KPI with its targets and phases loaded; None without an
    assessment: then nothing is public. One from before there was a least threshold is held to
    that."""
    if assessment is None:
        return None
    phases = standing(row.phase_starts.all())
    targets = list(row.targets.all())
    threshold = max(LEAST, assessment.threshold)
    return public_series(row, held.own, held.parts, targets, phases, threshold)
