"""Files that come in, for programs: a plan's own file. Tracker workbooks: `plans.api.trackers`."""

from datetime import date
from typing import Any, ClassVar

from django.db import transaction
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action as step
from rest_framework.request import Request
from rest_framework.response import Response

from management.api.brought import Rows, Uploads, readable
from management.api.doors import Given, NothingGiven, RowOfArea
from management.api.files import UploadField
from management.models import Post
from plans.api.action_inputs import IndicatorRow
from plans.api.import_names import NamesGiven, NameShown, answers_in
from plans.imports import CREATE, SAME, STOPPED, UPDATE, By
from plans.models import Framework, Inspection, Plan, PlanImport, SelfEvaluation
from plans.services import deciding, importing, taking_in, undoing
from plans.services.naming import choose_names
from plans.services.remembering import choose_columns
from plans.sheets import layouts
from plans.sheets.fields import Field as Column

MOST = 20_000  # rows of a file
OF_NEW_PLAN = ("title", "decision", "agreed_on", "submitted_on")
HAS_PLAN = "The file is for a plan that is there, which has its own: leave this out."
COLUMNS = [(one.value, one.value) for one in Column]


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
    matched = serializers.SerializerMethodField(
        help_text="By what it was matched with `action`; null for a new one. One matched by its "
        "`words` or `place` is only like that action: `apart` turns it down."
    )
    reference = serializers.CharField(source="row.reference")
    indicator = serializers.CharField(source="row.indicator")
    text = serializers.CharField(source="row.text")
    lead = serializers.CharField(source="row.lead")
    supporting = serializers.ListField(source="row.supporting", child=serializers.CharField())
    due = serializers.DateField(source="row.due", allow_null=True)
    changes = ChangeShown(many=True)
    notes = serializers.SerializerMethodField(help_text="What was not understood, in sentences.")
    raw = serializers.SerializerMethodField(help_text="What the cells say, by what they mean.")

    @extend_schema_field(serializers.ChoiceField([str(by) for by in By], allow_null=True))
    def get_matched(self, line: Any) -> str | None:
        if line.stands is None:
            return None
        return str(line.like.by if line.like else By.CERTAIN)

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


class ResembledShown(serializers.Serializer):
    """A plan that has most of the rows word for word, though the file is for a new one."""

    plan = serializers.IntegerField(source="plan.pk")
    same = serializers.IntegerField(help_text="How many rows it has.")
    rows = serializers.IntegerField(help_text="Of how many.")


class LookShown(serializers.Serializer):
    """What the file says, and what taking it in would do."""

    mark = serializers.CharField(help_text="Send it back with `take-in`.")
    tables = TableShown(source="layouts", many=True)
    rows = RowShown(source="lines", many=True)
    left_out = serializers.SerializerMethodField(help_text="Rows that are no actions, and why.")
    left_out_before = serializers.SerializerMethodField(
        help_text="Rows that were left out of an earlier file, for `skip`."
    )
    older = serializers.SerializerMethodField(
        help_text="Where this very file was taken in before and a newer one since: the rows that "
        "would put back what that has changed, for `skip`."
    )
    resembled = ResembledShown(allow_null=True)
    notes = serializers.ListField(source="result.notes", child=serializers.CharField())
    names = NameShown(source="result.unknown", many=True)
    remembered = serializers.SerializerMethodField(
        help_text="Whose earlier choice of columns it was read by, in sentences."
    )

    def get_left_out_before(self, look: importing.Look) -> list[int]:
        return sorted(look.left_out_before)

    def get_older(self, look: importing.Look) -> list[int]:
        return sorted(look.older)

    def get_remembered(self, look: importing.Look) -> list[str]:
        return [one.sentence for one in look.remembered]

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
    agreed_on = serializers.SerializerMethodField(
        help_text="When the plan was agreed; null where nobody has said so."
    )
    before = serializers.SerializerMethodField(
        help_text="When this very file was taken in before, and as what: a sentence, or empty."
    )
    look = serializers.SerializerMethodField(help_text="null once it is no preview any more.")

    class Meta(ImportListed.Meta):
        fields = [*ImportListed.Meta.fields, "agreed_on", "before", "look"]

    def get_agreed_on(self, kept: PlanImport) -> date | None:
        return importing.day_given(kept) if kept.choices else None

    def get_before(self, kept: PlanImport) -> str:
        preview = kept.state == PlanImport.State.PREVIEW
        return deciding.brought_before(kept) if preview else ""

    @extend_schema_field(LookShown(allow_null=True))
    def get_look(self, kept: PlanImport) -> Any:
        if kept.state != PlanImport.State.PREVIEW:
            return None
        return LookShown(readable(importing.look, kept)).data


class ImportGiven(Given):
    """A plan's file, as `multipart/form-data`: for `plan`, or else for a new one."""

    file = UploadField(help_text="Word (.docx), Excel (.xlsx) or CSV.")
    framework = FrameworkRow(help_text="Whose indicators a plan that answers nothing has.")
    plan = RowOfArea(Plan, required=False)
    inspection = RowOfArea(Inspection, required=False)
    self_evaluation = RowOfArea(SelfEvaluation, required=False)
    agreed_on = serializers.DateField(
        required=False, help_text="Of a new plan. Dates without a year are read by it, or by today."
    )
    new_plan = serializers.BooleanField(
        required=False, help_text="A new plan, though this very file has made one before."
    )


class ImportChanged(Given):
    """What a file is for, while it is only looked at."""

    plan = RowOfArea(
        Plan, required=False, allow_null=True, help_text="null for a new one, whatever was before."
    )
    agreed_on = serializers.DateField(
        required=False, allow_null=True, help_text="Of a new plan: the file is read by it."
    )


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


class TakeInGiven(Given):
    """That the file is taken in as `look` said."""

    mark = serializers.CharField(help_text="That of `look`.")
    skip = Rows(required=False, max_length=MOST, help_text="Rows that are left out.")
    take = Rows(required=False, max_length=MOST, help_text="Rows whose file holds in a conflict.")
    apart = Rows(
        required=False,
        max_length=MOST,
        help_text="Rows that are another action than the one that they are like.",
    )
    title = serializers.CharField(required=False, max_length=200, help_text="Of a new plan.")
    decision = serializers.CharField(
        required=False, help_text="Who agreed a new plan, and the minute. Without, it is a draft."
    )
    agreed_on = serializers.DateField(
        required=False,
        help_text="When that was: `decision` needs it, unless it was said before.",
    )
    submitted_on = serializers.DateField(required=False, help_text="To the inspectorate.")
    lead = RowOfArea(Post, required=False, help_text="The post of rows that name none.")
    indicator = IndicatorRow(required=False, help_text="The one of rows that name none.")
    reason = serializers.CharField(required=False, help_text="Why an approved plan changes.")
    ended = serializers.CharField(required=False, help_text="Who decided to withdraw actions.")


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
        [
            "list",
            "retrieve",
            "create",
            "partial_update",
            "columns",
            "names",
            "take_in",
            "throw_away",
            "undo",
        ],
        "plan.edit",
    )
    inputs: ClassVar[dict[str, type[Given]]] = {
        "create": ImportGiven,
        "columns": ColumnsGiven,
        "names": NamesGiven,
        "partial_update": ImportChanged,
        "take_in": TakeInGiven,
        "throw_away": NothingGiven,
        "undo": NothingGiven,
    }
    reads_files: ClassVar[set[str]] = {
        "retrieve",
        "create",
        "partial_update",
        "columns",
        "names",
        "take_in",
    }
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

    @extend_schema(summary="Say what it is for, and when that was agreed", responses=ImportShown)
    def partial_update(self, request: Request, **where: Any) -> Response:
        kept, _ = self.row_to_change()
        by, given = request.user, self.given()
        with transaction.atomic():  # both or neither
            if "plan" in given:
                plan = given["plan"]
                deciding.choose_plan(by=by, kept=kept, version=kept.version, plan=plan)
            if "agreed_on" in given:
                day = given["agreed_on"]
                deciding.say_day(by=by, kept=kept, version=kept.version, agreed_on=day)
        return self.answer(kept)

    @extend_schema(summary="Say what its columns mean", responses=ImportShown)
    @step(detail=True, methods=["put"])
    def columns(self, request: Request, **where: Any) -> Response:
        kept, version = self.row_to_change()
        tables, seen, wrong = self.given()["tables"], {}, {}
        if kept.state == PlanImport.State.PREVIEW:  # any other the service refuses
            seen = {one.signature: one for one in readable(importing.look, kept).layouts}
        chosen = {one["signature"]: [Column(name) for name in one["fields"]] for one in tables}
        alone = not any(layouts.has_actions(chosen.get(k, t.mapping)) for k, t in seen.items())
        for number, (key, mapping) in enumerate(chosen.items()):
            faults = ["There is no such table."]
            if one := seen.get(key):
                faults = layouts.faults(one, mapping, alone=alone)
            if seen and faults:
                wrong[f"tables.{number}"] = [str(fault) for fault in faults]
        if wrong:
            raise serializers.ValidationError(wrong)
        choose_columns(by=request.user, kept=kept, version=version, mappings=chosen)
        return self.answer(kept)

    @extend_schema(
        summary="Say what unknown words are: posts, indicators, statuses", responses=ImportShown
    )
    @step(detail=True, methods=["put"])
    def names(self, request: Request, **where: Any) -> Response:
        kept, version = self.row_to_change()
        answers = answers_in(self.given())
        choose_names(by=request.user, kept=kept, version=version, answers=answers)
        return self.answer(kept)

    @extend_schema(summary="Take it in, all of it or nothing", responses=ImportShown)
    @step(detail=True, methods=["post"], url_path="take-in")
    def take_in(self, request: Request, **where: Any) -> Response:
        kept, version = self.row_to_change()
        given = self.given()
        odd = [name for name in OF_NEW_PLAN if name in given]
        if odd and kept.plan and not kept.why_decided:
            raise serializers.ValidationError(dict.fromkeys(odd, HAS_PLAN))
        readable(taking_in.take_in, by=request.user, kept=kept, version=version, **given)
        return self.answer(kept)

    @extend_schema(summary="Throw the file away, before it is taken in", responses=ImportShown)
    @step(detail=True, methods=["post"], url_path="throw-away")
    def throw_away(self, request: Request, **where: Any) -> Response:
        """Nothing of it is taken in. It stays listed, with the state `thrown`."""
        kept, version = self.row_to_change()
        deciding.throw_away(by=request.user, kept=kept, version=version)
        return self.answer(kept)

    @extend_schema(summary="Undo it, within a day", responses=ImportShown)
    @step(detail=True, methods=["post"])
    def undo(self, request: Request, **where: Any) -> Response:
        kept, version = self.row_to_change()
        undoing.undo(by=request.user, kept=kept, version=version, **self.given())
        return self.answer(kept)
