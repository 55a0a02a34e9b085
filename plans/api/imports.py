"""Files that come in, for programs: a plan's own file, and the tracker workbook that comes back."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action as step
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from management.api.doors import LARGEST, AreaRows, Given, NothingGiven, RowOfArea
from management.api.files import Damaged, UploadField
from management.models import Post
from management.store import StoreError
from management.uploads import BadFile, check_excel
from plans.imports import CREATE, SAME, STOPPED, UPDATE
from plans.models import Framework, Inspection, Plan, PlanImport, SelfEvaluation
from plans.services import importing, taking_in, tracker, undoing
from plans.sheets import layouts
from plans.sheets.fields import Field as Column
from plans.tracker.merging import Field

MOST = 20_000  # rows of a file
COLUMNS = [(one.value, one.value) for one in Column]
FIELDS = [(one.value, one.value) for one in Field]


class FrameworkRow(RowOfArea):
    """The id of a framework, which belongs to no area."""

    def __init__(self, **options: Any) -> None:
        super().__init__(Framework, **options)

    def get_queryset(self) -> Any:
        return Framework.objects.visible_to(self.context["request"].user)


class ChangeShown(serializers.Serializer):
    """A field that the file says otherwise."""

    field = serializers.CharField(source="name")
    old = serializers.CharField()
    new = serializers.CharField()
    conflict = serializers.BooleanField(help_text="It was put otherwise here as well.")


class RowShown(serializers.Serializer):
    """A row of the file, as it was understood, and what it would do."""

    at = serializers.IntegerField(help_text="For `skip` and `take`.")
    place = serializers.CharField(source="row.place")
    does = serializers.ChoiceField([CREATE, UPDATE, SAME, STOPPED])
    action = serializers.IntegerField(source="stands.pk", default=None, allow_null=True)
    reference = serializers.CharField(source="row.reference")
    indicator = serializers.CharField(source="row.indicator")
    text = serializers.CharField(source="row.text")
    lead = serializers.CharField(source="row.lead")
    due = serializers.DateField(source="row.due", allow_null=True)
    changes = ChangeShown(many=True)
    notes = serializers.SerializerMethodField(help_text="What was not understood, in sentences.")
    raw = serializers.SerializerMethodField(help_text="What the cells say, by what they mean.")

    def get_notes(self, line: Any) -> list[str]:
        return [note.sentence for note in line.notes]

    def get_raw(self, line: Any) -> dict[str, str]:
        return {str(field): text for field, text in line.row.raw.items()}


class ColumnShown(serializers.Serializer):
    """A column, and what it is taken for."""

    heading = serializers.CharField()
    field = serializers.ChoiceField(COLUMNS)
    sure = serializers.CharField()
    why = serializers.CharField()


class TableShown(serializers.Serializer):
    """Tables of the file with the same columns."""

    signature = serializers.CharField(help_text="By which `columns` names it.")
    columns = ColumnShown(many=True)


class LookShown(serializers.Serializer):
    """What the file says, and what taking it in would do."""

    mark = serializers.CharField(help_text="Send it back with `take-in`.")
    tables = TableShown(source="layouts", many=True)
    rows = RowShown(source="lines", many=True)
    left_out = serializers.SerializerMethodField(help_text="Rows that are no actions, and why.")
    notes = serializers.ListField(source="result.notes", child=serializers.CharField())

    def get_left_out(self, look: importing.Look) -> list[str]:
        return [f"{one.place}: {one.why}" for one in look.result.left_out]


class ImportListed(serializers.ModelSerializer):
    class Meta:
        model = PlanImport
        fields = [
            "id",
            "version",
            "plan",
            "file_name",
            "sha256",
            "state",
            "by",
            "taken_by",
            "made_at",
            "applied_at",
            "undone_at",
        ]


class ImportShown(ImportListed):
    look = serializers.SerializerMethodField(help_text="null once it was taken in.")

    class Meta(ImportListed.Meta):
        fields = [*ImportListed.Meta.fields, "look"]

    @extend_schema_field(LookShown(allow_null=True))
    def get_look(self, kept: PlanImport) -> Any:
        if kept.state != PlanImport.State.PREVIEW:
            return None
        return LookShown(readable(importing.look, kept)).data


def readable(look: Any, *row: Any, **facts: Any) -> Any:
    """What `look` makes of a file that was kept. Raises Damaged where it cannot be read."""
    try:
        return look(*row, **facts)
    except (StoreError, BadFile) as error:
        raise Damaged from error


class ImportGiven(Given):
    """A plan's file, as `multipart/form-data`: for `plan`, or else for a new one."""

    file = UploadField(help_text="Word (.docx), Excel (.xlsx) or CSV.")
    framework = FrameworkRow(help_text="Whose indicators a plan that answers nothing has.")
    plan = RowOfArea(Plan, required=False)
    inspection = RowOfArea(Inspection, required=False)
    self_evaluation = RowOfArea(SelfEvaluation, required=False)
    agreed_on = serializers.DateField(required=False, help_text="Of a new plan.")


class TableGiven(Given):
    """What the columns of a table mean, in their order."""

    signature = serializers.CharField(max_length=64)
    fields_ = serializers.ListField(child=serializers.ChoiceField(COLUMNS), max_length=200)

    def get_fields(self) -> dict[str, Any]:
        found = super().get_fields()
        return {name.rstrip("_"): field for name, field in found.items()}


class ColumnsGiven(Given):
    """What the columns mean; of later files with the same headings too."""

    tables = TableGiven(many=True, min_length=1, max_length=100)


class Rows(serializers.ListField):
    """Some rows, by their `at`."""

    child = serializers.IntegerField(min_value=1, max_value=LARGEST)


class TakeInGiven(Given):
    """That the file is taken in as `look` said."""

    mark = serializers.CharField(help_text="That of `look`.")
    skip = Rows(required=False, max_length=MOST, help_text="Rows that are left out.")
    take = Rows(required=False, max_length=MOST, help_text="Rows whose file holds in a conflict.")
    title = serializers.CharField(required=False, max_length=200, help_text="Of a new plan.")
    decision = serializers.CharField(
        required=False, help_text="Who agreed a new plan, and the minute. Without, it is a draft."
    )
    submitted_on = serializers.DateField(required=False, help_text="To the inspectorate.")
    lead = RowOfArea(Post, required=False, help_text="The post of rows that name none.")
    reason = serializers.CharField(required=False, help_text="Why an approved plan changes.")
    ended = serializers.CharField(required=False, help_text="Who decided to withdraw actions.")


class Uploads(AreaRows):
    """Rows that begin with a file: `create` takes a form, everything else JSON."""

    def get_parsers(self) -> Any:
        method = getattr(getattr(self, "request", None), "method", None) or ""
        action = getattr(self, "action", None) or self.action_map.get(method.lower())
        return [MultiPartParser()] if action == "create" else super().get_parsers()


@extend_schema_view(
    list=extend_schema(summary="Plan files that were brought, newest first"),
    retrieve=extend_schema(summary="One of them, and until it is taken in what it would do"),
)
class PlanImports(Uploads):
    """A plan that lives in Word or Excel comes in: bring it, look, take it in, undo."""

    model = PlanImport
    serializer_class = ImportShown
    list_serializer_class = ImportListed
    deeds: ClassVar[dict[str, str]] = dict.fromkeys(
        ["list", "retrieve", "create", "columns", "take_in", "undo"], "plan.edit"
    )
    inputs: ClassVar[dict[str, type[Given]]] = {
        "create": ImportGiven,
        "columns": ColumnsGiven,
        "take_in": TakeInGiven,
        "undo": NothingGiven,
    }
    reads_files: ClassVar[set[str]] = {"retrieve", "create", "columns", "take_in"}
    tag = "imports"

    def get_queryset(self) -> Any:
        rows = super().get_queryset().filter(kind=PlanImport.Kind.PLAN)
        return rows.select_related("plan", "area").order_by("-pk")

    @extend_schema(
        summary="Bring a plan's file",
        request={"multipart/form-data": ImportGiven},
        responses=ImportShown,
    )
    def create(self, request: Request, **where: Any) -> Response:
        """It is only looked at: nothing of any plan is changed."""
        given = self.given()
        file = given.pop("file")
        return self.made(
            importing.keep_file(
                by=request.user, area=request.area, data=file.read(), file_name=file.name, **given
            )
        )

    @extend_schema(summary="Say what its columns mean", responses=ImportShown)
    @step(detail=True, methods=["put"])
    def columns(self, request: Request, **where: Any) -> Response:
        kept, version = self.row_to_change()
        tables, seen = self.given()["tables"], {}
        if kept.state == PlanImport.State.PREVIEW:  # any other the service refuses
            seen = {one.signature: one for one in readable(importing.look, kept).layouts}
        chosen, wrong = {}, {}
        for number, table in enumerate(tables):
            mapping = [Column(name) for name in table["fields"]]
            one = seen.get(table["signature"])
            faults = layouts.faults(one, mapping) if one else ["There is no such table."]
            if seen and faults:
                wrong[f"tables.{number}"] = [str(fault) for fault in faults]
            chosen[table["signature"]] = mapping
        if wrong:
            raise serializers.ValidationError(wrong)
        importing.choose_columns(by=request.user, kept=kept, version=version, mappings=chosen)
        return self.answer(kept)

    @extend_schema(summary="Take it in, all of it or nothing", responses=ImportShown)
    @step(detail=True, methods=["post"], url_path="take-in")
    def take_in(self, request: Request, **where: Any) -> Response:
        kept, version = self.row_to_change()
        readable(taking_in.take_in, by=request.user, kept=kept, version=version, **self.given())
        return self.answer(kept)

    @extend_schema(summary="Undo it, within a day", responses=ImportShown)
    @step(detail=True, methods=["post"])
    def undo(self, request: Request, **where: Any) -> Response:
        kept, version = self.row_to_change()
        undoing.undo(by=request.user, kept=kept, version=version, **self.given())
        return self.answer(kept)


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
    """That the workbook is taken in as `comparison` said. In other conflicts what is here holds."""

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
