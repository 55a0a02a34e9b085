"""What programs send of actions."""

from typing import Any

from rest_framework import serializers

from kpis.models import Indicator as Kpi
from management.api.doors import Given, RowOfArea
from management.api.files import AttachmentField
from management.models import Post
from plans.effects import LONGEST_LAG
from plans.models import (
    Action,
    DateRequest,
    Evidence,
    Finding,
    KeyMessage,
    Plan,
    QualityIndicator,
    Recommendation,
    Update,
)
from plans.services.frameworks import indicators_seen_by
from plans.statuses import REPORTED

WHY_LINKED = "Kept with the entry that an approved plan gets of it."


class IndicatorRow(RowOfArea):
    """The id of a quality indicator of a framework, which belong to no area."""

    def __init__(self, **options: Any) -> None:
        super().__init__(QualityIndicator, **options)

    def get_queryset(self) -> Any:
        return indicators_seen_by(self.context["request"].user)


class ActionChanged(Given):
    """What an action says. After approval each change needs `reason`."""

    reference = serializers.CharField(max_length=20, required=False, help_text="In a draft alone.")
    text = serializers.CharField(required=False)
    indicator = IndicatorRow(required=False)
    lead = RowOfArea(Post, required=False)
    supporting = RowOfArea(Post, many=True, required=False)
    evidence_expected = serializers.CharField(required=False, allow_blank=True)
    timescale = serializers.CharField(required=False, allow_blank=True)
    responsible = serializers.CharField(required=False, allow_blank=True)
    original_due = serializers.DateField(
        required=False, allow_null=True, help_text="In a draft alone: later, `move-date`."
    )
    reason = serializers.CharField(required=False, allow_blank=True)


class ActionGiven(Given):
    """A new action, not started."""

    plan = RowOfArea(Plan)
    reference = serializers.CharField(max_length=20)
    text = serializers.CharField()
    indicator = IndicatorRow()
    lead = RowOfArea(Post)
    supporting = RowOfArea(Post, many=True, required=False)
    evidence_expected = serializers.CharField(required=False, allow_blank=True)
    original_due = serializers.DateField(required=False, allow_null=True, default=None)
    timescale = serializers.CharField(required=False, allow_blank=True)
    responsible = serializers.CharField(required=False, allow_blank=True)
    key_messages = RowOfArea(KeyMessage, many=True, required=False)
    recommendations = RowOfArea(Recommendation, many=True, required=False)
    findings = RowOfArea(Finding, many=True, required=False)
    kpis = RowOfArea(Kpi, many=True, required=False)
    reason = serializers.CharField(
        required=False, allow_blank=True, help_text="Why it is added to an approved plan."
    )


class UpdateGiven(Given):
    """Progress, with evidence where there is some. “Done” needs evidence."""

    status = serializers.ChoiceField(REPORTED)
    text = serializers.CharField(max_length=20_000)
    evidence = serializers.CharField(required=False, allow_blank=True, max_length=20_000)
    evidence_url = serializers.URLField(required=False, allow_blank=True, max_length=500)
    word = serializers.CharField(required=False, allow_blank=True, max_length=60)
    percent = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=0,
        max_value=100,
        help_text="How much is done. Left out it stays as it is; null clears it.",
    )
    corrects = RowOfArea(Update, required=False, allow_null=True)


class DateGiven(Given):
    """A new due date; where the plan says so it is only asked for."""

    new = serializers.DateField()
    reason = serializers.CharField(max_length=20_000)


class AnswerGiven(Given):
    """A second person's answer to a date that is asked for."""

    request = RowOfArea(DateRequest)
    agreed = serializers.BooleanField()
    text = serializers.CharField(required=False, allow_blank=True)


class TakenBack(Given):
    """A date that you asked for, and do not want any more."""

    request = RowOfArea(DateRequest)
    reason = serializers.CharField(max_length=20_000)


class EvidenceGiven(Given):
    """A note or a link. Files go to `files`."""

    description = serializers.CharField(max_length=20_000)
    url = serializers.URLField(required=False, allow_blank=True, max_length=500)


class FileGiven(Given):
    """A file, as `multipart/form-data`. What it is, its content says, and not its name."""

    description = serializers.CharField(max_length=20_000, help_text="What the file shows.")
    file = AttachmentField()


class EvidenceWithdrawn(Given):
    """Evidence that does not stand any more."""

    evidence = RowOfArea(Evidence)
    reason = serializers.CharField()


class NoteGiven(Given):
    """What somebody wants known."""

    text = serializers.CharField(max_length=20_000)


class VerdictGiven(Given):
    """What the evidence shows, or what is missing."""

    note = serializers.CharField(max_length=20_000)


class AcceptanceGiven(VerdictGiven):
    """What the evidence shows."""

    although_blocked = serializers.BooleanField(
        required=False, help_text="It is complete although something that it waits for is open."
    )


class ReopeningGiven(Given):
    """Why it is not complete after all."""

    reason = serializers.CharField(max_length=20_000)


class WithdrawalGiven(Given):
    """An early end, by a decision."""

    reason = serializers.CharField()
    decision = serializers.CharField(help_text="Who decided it, and where that is minuted.")


class SuccessorGiven(Given):
    """Another action takes its place."""

    successor = RowOfArea(Action)
    reason = serializers.CharField()


class BlockersGiven(Given):
    """All that it waits for, from now on."""

    blockers = RowOfArea(Action, many=True)


class ExpectedGiven(serializers.Serializer):
    """What one of the KPIs should show, and when."""

    kpi = serializers.IntegerField(help_text="Id of a KPI in `kpis`.")
    lag = serializers.IntegerField(
        min_value=0,
        max_value=LONGEST_LAG,
        default=0,
        help_text="How many months after the action’s completion it should show; 0 for at once.",
    )
    expected = serializers.CharField(
        required=False, allow_blank=True, default="", help_text="What should be seen then, and why."
    )


class KpisGiven(Given):
    """All KPIs that it should move, from now on. What `links` does not name stays as it is."""

    kpis = RowOfArea(Kpi, many=True)
    links = ExpectedGiven(many=True, required=False)
    reason = serializers.CharField(required=False, allow_blank=True, help_text=WHY_LINKED)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        chosen = {kpi.pk for kpi in attrs["kpis"]}
        if others := sorted({one["kpi"] for one in attrs.get("links", ())} - chosen):
            others_text = ", ".join(map(str, others))
            raise serializers.ValidationError({"links": f"Not in “kpis”: {others_text}."})
        return attrs


class MessagesGiven(Given):
    """All key messages that it answers, from now on."""

    key_messages = RowOfArea(KeyMessage, many=True)
    reason = serializers.CharField(required=False, allow_blank=True, help_text=WHY_LINKED)
