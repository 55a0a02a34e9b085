"""The tracker workbook of a plan that comes back, for programs."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action as step
from rest_framework.request import Request
from rest_framework.response import Response

from management.api.brought import Uploads, readable
from management.api.doors import LARGEST, Given, RowOfArea
from management.api.files import UploadField
from management.uploads import BadFile, check_excel
from plans.api.imports import MOST, ImportListed
from plans.models import Plan, PlanImport
from plans.services import tracker
from plans.tracker.merging import Field

FIELDS = [(one.value, one.value) for one in Field]


class CellShown(serializers.Serializer):
    """A cell: as it went out, as it stands here, and as it came back."""

    field = serializers.ChoiceField(FIELDS)
    place = serializers.CharField()
    base = serializers.CharField()
    ours = serializers.CharField()
    theirs = serializers.CharField()
    conflict = serializers.BooleanField(source="is_conflict")


class ProposalShown(serializers.Serializer):
    """What would be done to one action."""

    action = serializers.IntegerField(source="key")
    reference = serializers.CharField()
    place = serializers.CharField()
    changes = CellShown(many=True)
    update = serializers.CharField()
    evidence = serializers.CharField()
    why = serializers.CharField(help_text="Why its date moves.")


class ComparisonShown(serializers.Serializer):
    """What came back beside what stands here."""

    mark = serializers.CharField(help_text="Send it back with `take-in`.")
    needs_reason = serializers.BooleanField()
    untouched = serializers.IntegerField(help_text="Rows that came back as they went out.")
    already = serializers.IntegerField(help_text="Rows of which everything is here by now.")
    proposals = ProposalShown(many=True)
    problems = serializers.SerializerMethodField(help_text="What is refused, with its cell.")
    gone = serializers.ListField(child=serializers.CharField())

    def get_problems(self, seen: tracker.Comparison) -> list[str]:
        return [str(problem) for problem in seen.problems]


class TrackerShown(ImportListed):
    comparison = serializers.SerializerMethodField(help_text="null once it was taken in.")

    class Meta(ImportListed.Meta):
        fields = [*ImportListed.Meta.fields, "comparison"]

    @extend_schema_field(ComparisonShown(allow_null=True))
    def get_comparison(self, kept: PlanImport) -> Any:
        if kept.state != PlanImport.State.PREVIEW:
            return None
        reader = self.context["request"].user
        return ComparisonShown(readable(tracker.compare_kept, by=reader, kept=kept)).data


class TrackerGiven(Given):
    """A plan's tracker workbook that was filled in, as `multipart/form-data`."""

    plan = RowOfArea(Plan)
    file = UploadField(help_text="The Excel file that `plans/…/files/xlsx` has handed out.")


class TakenGiven(Given):
    """Conflicts of one action in which the file holds."""

    action = serializers.IntegerField(min_value=1, max_value=LARGEST)
    columns = serializers.ListField(child=serializers.ChoiceField(FIELDS), max_length=len(Field))


class TrackerTaken(Given):
    """That the workbook is taken in as `comparison` said. In other conflicts what is here holds.

    A conflict in `update` is one that was posted here since the workbook went out: where it is not
    taken, the workbook's is not posted, nor may `status` or `percent` be taken.
    """

    mark = serializers.CharField(help_text="That of `comparison`.")
    taken = TakenGiven(many=True, required=False, max_length=MOST)
    reason = serializers.CharField(required=False, help_text="Why an approved plan's words change.")


@extend_schema_view(
    list=extend_schema(summary="Tracker workbooks that came back, newest first"),
    retrieve=extend_schema(summary="One of them, and until it is taken in what it changes"),
)
class Trackers(Uploads):
    """The tracker workbook of a plan comes back: bring it, look at each cell, take it in."""

    model = PlanImport
    serializer_class = TrackerShown
    list_serializer_class = ImportListed
    deeds: ClassVar[dict[str, str]] = dict.fromkeys(
        ["list", "retrieve", "create", "take_in"], "action.update"
    )
    inputs: ClassVar[dict[str, type[Given]]] = {"create": TrackerGiven, "take_in": TrackerTaken}
    reads_files: ClassVar[set[str]] = {"retrieve", "create", "take_in"}
    tag = "imports"

    def get_queryset(self) -> Any:
        rows = super().get_queryset().filter(kind=PlanImport.Kind.TRACKER)
        return rows.select_related("plan__area", "area").order_by("-pk")

    @extend_schema(
        summary="Bring a tracker workbook back",
        request={"multipart/form-data": TrackerGiven},
        responses=TrackerShown,
    )
    def create(self, request: Request, **where: Any) -> Response:
        """It is only compared: nothing of the plan is changed."""
        given = self.given()
        file = given["file"]
        data = file.read()
        try:
            check_excel(data)
            kept = tracker.keep(
                by=request.user, plan=given["plan"], file_name=file.name[:200], data=data
            )
        except BadFile as error:
            raise serializers.ValidationError({"file": [str(error)]}) from error
        return self.made(kept)

    @extend_schema(summary="Take it in, all of it or nothing", responses=TrackerShown)
    @step(detail=True, methods=["post"], url_path="take-in")
    def take_in(self, request: Request, **where: Any) -> Response:
        kept, _ = self.row_to_change()
        given = self.given()
        taken = {
            one["action"]: {Field(name) for name in one["columns"]}
            for one in given.pop("taken", [])
        }
        readable(tracker.take_in, by=request.user, kept=kept, taken=taken, **given)
        return self.answer(kept)
