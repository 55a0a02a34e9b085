"""How plans, actions and what was said of them are told to programs."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from management import clock
from plans.models import Action, Inspection, KpiLink, Plan, SelfEvaluation, Task
from plans.services.verification import standing_verification
from plans.states import PlanState
from plans.statuses import Status
from plans.thread import GROUP_OF


class PlanMoveShown(serializers.Serializer):
    """The plan came into another state."""

    on = serializers.DateField()
    by = serializers.CharField()
    old = serializers.ChoiceField(PlanState.choices)
    new = serializers.ChoiceField(PlanState.choices)
    text = serializers.CharField()
    decision = serializers.CharField(help_text="Who decided it, and where that is minuted.")


class PlanListed(serializers.ModelSerializer):
    class Meta:
        model = Plan
        fields = [
            "id",
            "version",
            "title",
            "state",
            "agreed_on",
            "ends_on",
            "dates_need_approval",
            "inspection",
            "self_evaluation",
            "source",
            "illustrative",
        ]


class PlanShown(PlanListed):
    moves = PlanMoveShown(many=True, help_text="Its life so far, oldest first.")

    class Meta(PlanListed.Meta):
        fields = [*PlanListed.Meta.fields, "moves"]


class AdviceShown(serializers.Serializer):
    """One piece of the SMART check's advice that nobody has accepted yet."""

    action = serializers.IntegerField(help_text="The action's id.")
    reference = serializers.CharField()
    code = serializers.CharField()
    field = serializers.CharField()
    sentence = serializers.CharField()


class ReadingShown(serializers.Serializer):
    """What must be read before a plan is approved or closed."""

    mark = serializers.CharField(help_text="Send it back with the approval or the closing.")
    advice = AdviceShown(many=True)


class TaskShown(serializers.ModelSerializer):
    class Meta:
        model = Task
        fields = [
            "id",
            "version",
            "action",
            "text",
            "post",
            "due",
            "done_on",
            "done_by",
            "dropped_on",
            "dropped_reason",
        ]


class ReasonShown(serializers.Serializer):
    """Something that was found, which the action answers."""

    what = serializers.ChoiceField(["message", "recommendation", "finding"])
    id = serializers.IntegerField(source="key")
    reference = serializers.CharField()
    text = serializers.CharField()
    found_by = serializers.CharField(source="title", help_text="The inspection or self-evaluation.")


class EntryShown(serializers.Serializer):
    """One thing that was said of the action. Entries are never changed."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(list(GROUP_OF))
    on = serializers.DateField()
    by = serializers.CharField()
    recorded_at = serializers.DateTimeField()
    text = serializers.CharField()
    old = serializers.CharField(help_text="Status, date or wording before; a link of evidence.")
    new = serializers.CharField(help_text="Status, date or wording after; SHA-256 of evidence.")
    more = serializers.CharField(
        help_text="Who decided or agreed; a file's name; the field of a revision."
    )
    refers = serializers.IntegerField(
        allow_null=True, help_text="The entry that it corrects or withdraws."
    )


class VerificationShown(serializers.Serializer):
    """By whom, when and on what evidence it was accepted that the action is done."""

    on = serializers.DateField()
    by = serializers.CharField()
    note = serializers.CharField(help_text="What the evidence shows.")


class KpiLinkShown(serializers.ModelSerializer):
    class Meta:
        model = KpiLink
        fields = ["kpi", "lag", "expected"]


class ActionListed(serializers.ModelSerializer):
    indicator = serializers.CharField(source="indicator.code", help_text="Its code, such as 5.2.")
    status = serializers.ChoiceField(Status.choices)
    overdue = serializers.SerializerMethodField(help_text="Worked out today by the area's rule.")

    class Meta:
        model = Action
        fields = [
            "id",
            "version",
            "plan",
            "reference",
            "indicator",
            "text",
            "lead",
            "status",
            "word",
            "percent",
            "original_due",
            "due",
            "overdue",
            "evidence_expected",
            "added_on",
        ]

    def get_overdue(self, action: Action) -> bool:
        return not action.plan.is_draft and action.days_overdue(clock.today()) > 0


class ActionShown(ActionListed):
    supporting = serializers.PrimaryKeyRelatedField(
        read_only=True, many=True, help_text="Ids of posts."
    )
    blockers = serializers.SerializerMethodField(help_text="Ids of the actions that it waits for.")
    tasks = TaskShown(many=True)
    kpi_links = serializers.SerializerMethodField(
        help_text="When each of its KPIs should show it, and what."
    )
    verification = serializers.SerializerMethodField()
    reasons = serializers.SerializerMethodField()
    entries = serializers.SerializerMethodField()

    class Meta(ActionListed.Meta):
        fields = [
            *ActionListed.Meta.fields,
            "timescale",
            "responsible",
            "supporting",
            "kpis",
            "kpi_links",
            "superseded_by",
            "blockers",
            "tasks",
            "verification",
            "reasons",
            "entries",
        ]

    @extend_schema_field(serializers.ListField(child=serializers.IntegerField()))
    def get_blockers(self, action: Action) -> list[int]:
        return [row.blocker_id for row in action.dependencies.all()]

    @extend_schema_field(KpiLinkShown(many=True))
    def get_kpi_links(self, action: Action) -> Any:
        reader = self.context["request"].user
        rows = KpiLink.objects.visible_to(reader).filter(action=action).order_by("kpi__code")
        return KpiLinkShown(rows, many=True).data

    @extend_schema_field(VerificationShown(allow_null=True))
    def get_verification(self, action: Action) -> Any:
        """The one that stands; null while it is not complete, whatever was taken back."""
        stands = standing_verification(action)
        return None if stands is None else VerificationShown(stands).data

    @extend_schema_field(ReasonShown(many=True))
    def get_reasons(self, action: Action) -> Any:
        """What it answers, as far as this person may read it."""
        reader = self.context["request"].user
        rows = Action.objects.visible_to(reader).reasons_of(
            action,
            inspections=Inspection.objects.visible_to(reader),
            self_evaluations=SelfEvaluation.objects.visible_to(reader),
        )
        return ReasonShown(rows, many=True).data

    @extend_schema_field(EntryShown(many=True))
    def get_entries(self, action: Action) -> Any:
        """All that was said of it, newest first."""
        reader = self.context["request"].user
        return EntryShown(Action.objects.visible_to(reader).thread_of(action), many=True).data
