"""Files with figures that come in, for programs."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action as step
from rest_framework.request import Request
from rest_framework.response import Response

from kpis.imports.layouts import Field, Kind, fold
from kpis.imports.lines import Does
from kpis.imports.periods import Order
from kpis.imports.reading import MAX_BYTES
from kpis.models import FigureImport, Indicator, Vintage
from kpis.services import importing, meaning, taking_in, undoing
from kpis.services.importing import Look
from management.api.brought import Rows, Uploads, readable
from management.api.doors import LARGEST, Given, NothingGiven, RowOfArea
from management.api.files import UploadField

SHOWN = 1000  # figures and rows that are told one by one
MOST = 250_000  # figures of a file: it has no more rows
FIELDS = [(str(one), str(one)) for one in Field]


class FigureLineShown(serializers.Serializer):
    """A figure of the file, as it was understood, and what it would do."""

    at = serializers.IntegerField(help_text="For `skip` and `reasons`.")
    place = serializers.CharField(source="row.place")
    text = serializers.CharField(source="row.text", help_text="As it is in the file.")
    does = serializers.ChoiceField([str(one) for one in Does])
    kpi = serializers.IntegerField(source="row.kpi.pk", default=None, allow_null=True)
    period = serializers.CharField(source="row.period.label", default=None, allow_null=True)
    start = serializers.DateField(source="row.period.start", default=None, allow_null=True)
    end = serializers.DateField(source="row.period.end", default=None, allow_null=True)
    numerator = serializers.IntegerField(source="row.numerator", allow_null=True)
    denominator = serializers.IntegerField(source="row.denominator", allow_null=True)
    value = serializers.DecimalField(
        source="row.value", max_digits=None, decimal_places=4, allow_null=True
    )
    comparator = serializers.CharField(source="row.comparator")
    split = serializers.CharField(source="row.split")
    part = serializers.CharField(source="row.part")
    vintage = serializers.CharField()
    stands = serializers.CharField(source="was", help_text="What stands here now, in words.")
    stops = serializers.ListField(child=serializers.CharField())
    asks = serializers.CharField(help_text="Why a reason is needed, or empty.")
    remarks = serializers.ListField(
        child=serializers.CharField(), help_text="What is doubtful, in sentences."
    )


class LeftOutShown(serializers.Serializer):
    """What is no figure, and why."""

    place = serializers.CharField()
    text = serializers.CharField()
    why = serializers.CharField()


class FigureNameShown(serializers.Serializer):
    """A name that is no KPI's code or name."""

    name = serializers.CharField()
    first = serializers.CharField(help_text="Where it stands first.")
    rows = serializers.IntegerField(help_text="In how many figures it stands.")


class FigureColumnShown(serializers.Serializer):
    """A column: what it has, or of which period or KPI its figures are."""

    heading = serializers.CharField()
    field = serializers.ChoiceField(FIELDS, allow_null=True)
    period = serializers.CharField()
    kpi = serializers.CharField()


class FigureTableShown(serializers.Serializer):
    """A sheet with figures."""

    signature = serializers.CharField(
        source="layout.signature", help_text="By which `tables` names it."
    )
    place = serializers.CharField()
    kind = serializers.ChoiceField(
        [str(one) for one in Kind], source="layout.kind", allow_null=True
    )
    columns = FigureColumnShown(source="layout.columns", many=True)


class CountsShown(serializers.Serializer):
    """How many figures do what, and how many rows are left out."""

    new = serializers.IntegerField()
    changed = serializers.IntegerField()
    same = serializers.IntegerField()
    stopped = serializers.IntegerField()
    doubtful = serializers.IntegerField()
    left_out = serializers.IntegerField()


class FigureLookShown(serializers.Serializer):
    """What the file says, and what taking it in would do."""

    mark = serializers.CharField(help_text="Send it back with `take-in`.")
    counts = serializers.SerializerMethodField()
    tables = FigureTableShown(many=True)
    lines = serializers.SerializerMethodField(
        help_text=f"At most {SHOWN:,}; of a longer file those first that need somebody's eyes."
    )
    left_out = serializers.SerializerMethodField(help_text=f"The first {SHOWN:,} of them.")
    names = FigureNameShown(
        source="unknown", many=True, help_text="Of which nobody has said which KPI they are."
    )
    asks_order = serializers.BooleanField(
        help_text="Whether somebody has to say how its days are written."
    )
    notes = serializers.ListField(child=serializers.CharField())
    remembered = serializers.SerializerMethodField(
        help_text="Whose earlier choices it was read by, in sentences."
    )

    @extend_schema_field(CountsShown)
    def get_counts(self, seen: Look) -> Any:
        return importing.counts(seen)

    @extend_schema_field(FigureLineShown(many=True))
    def get_lines(self, seen: Look) -> Any:
        return FigureLineShown(importing.listed(seen, SHOWN), many=True).data

    @extend_schema_field(LeftOutShown(many=True))
    def get_left_out(self, seen: Look) -> Any:
        return LeftOutShown(seen.left_out[:SHOWN], many=True).data

    def get_remembered(self, seen: Look) -> list[str]:
        return [one.sentence for one in seen.remembered]


class FigureImportListed(serializers.ModelSerializer):
    class Meta:
        model = FigureImport
        fields = [
            "id",
            "version",
            "file_name",
            "sha256",
            "state",
            "by",
            "taken_by",
            "made_at",
            "applied_at",
            "undone_at",
        ]


class FigureImportShown(FigureImportListed):
    look = serializers.SerializerMethodField(help_text="null once it is no preview any more.")

    class Meta(FigureImportListed.Meta):
        fields = [*FigureImportListed.Meta.fields, "look"]

    @extend_schema_field(FigureLookShown(allow_null=True))
    def get_look(self, kept: FigureImport) -> Any:
        if kept.state != FigureImport.State.PREVIEW:
            return None
        return FigureLookShown(readable(importing.look, kept)).data


class FigureFileGiven(Given):
    """A file with figures, as `multipart/form-data`."""

    file = UploadField(most=MAX_BYTES, help_text="Excel (.xlsx) or CSV.")


class HeadingGiven(Given):
    """What a column has, by its heading."""

    heading = serializers.CharField(max_length=1000)
    field = serializers.ChoiceField(
        FIELDS, allow_null=True, help_text="null for a column that is not used."
    )


class FigureTableGiven(Given):
    """What the columns of a table have."""

    signature = serializers.CharField(max_length=64)
    columns = HeadingGiven(many=True, min_length=1, max_length=256)


class KpiNameGiven(Given):
    """Which KPI a name is."""

    name = serializers.CharField(max_length=200)
    kpi = RowOfArea(Indicator, allow_null=True, help_text="null for one that is left out.")


class ReadingGiven(Given):
    """How the file is read. What is left out stays; columns and names hold for later files, too."""

    tables = FigureTableGiven(many=True, required=False, max_length=200)
    names = KpiNameGiven(many=True, required=False, max_length=10_000)
    order = serializers.ChoiceField(
        [str(one) for one in Order], required=False, help_text="How days are written."
    )
    vintage = serializers.ChoiceField(
        Vintage.choices, required=False, help_text="Of figures of which the file does not say it."
    )


class LineReason(Given):
    """Why one figure changes."""

    at = serializers.IntegerField(min_value=1, max_value=LARGEST)
    reason = serializers.CharField(max_length=1000)


class FiguresTakenIn(Given):
    """That the file is taken in as `look` said."""

    mark = serializers.CharField(help_text="That of `look`.")
    skip = Rows(required=False, max_length=MOST, help_text="Figures that are left out.")
    without_stopped = serializers.BooleanField(
        required=False, help_text="Leave out all that are stopped; else nothing is taken in."
    )
    reason = serializers.CharField(
        required=False, max_length=1000, help_text="Why figures change that had been given."
    )
    reasons = LineReason(many=True, required=False, max_length=10_000)


@extend_schema_view(
    list=extend_schema(summary="Files with figures that were brought, newest first"),
    retrieve=extend_schema(summary="One of them, and until it is taken in what it would do"),
)
class FigureImports(Uploads):
    """A file with figures comes in: bring it, look, take it in, undo."""

    model = FigureImport
    serializer_class = FigureImportShown
    list_serializer_class = FigureImportListed
    deeds: ClassVar[dict[str, str]] = dict.fromkeys(
        ["list", "retrieve", "create", "reading", "take_in", "throw_away", "undo"], "kpi.edit"
    )
    inputs: ClassVar[dict[str, type[Given]]] = {
        "create": FigureFileGiven,
        "reading": ReadingGiven,
        "take_in": FiguresTakenIn,
        "throw_away": NothingGiven,
        "undo": NothingGiven,
    }
    reads_files: ClassVar[set[str]] = {"retrieve", "create", "reading", "take_in"}
    tag = "figure-imports"

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("area").order_by("-pk")

    @extend_schema(
        summary="Bring a file with figures",
        request={"multipart/form-data": FigureFileGiven},
        responses=FigureImportShown,
    )
    def create(self, request: Request, **where: Any) -> Response:
        """It is only looked at: no figure is changed."""
        file = self.given()["file"]
        return self.made(
            importing.keep_file(
                by=request.user, area=request.area, data=file.read(), file_name=file.name
            )
        )

    @extend_schema(summary="Say how it is read", responses=FigureImportShown)
    @step(detail=True, methods=["put"])
    def reading(self, request: Request, **where: Any) -> Response:
        """What its columns have, which KPIs its names are, how its days are written."""
        kept, version = self.row_to_change()
        given = self.given()
        columns = {
            one["signature"]: {fold(c["heading"]): c["field"] or "" for c in one["columns"]}
            for one in given.pop("tables", ())
        }
        names = {one["name"]: one["kpi"] for one in given.pop("names", ())}
        own: frozenset[str] = frozenset()
        if names and not kept.why_decided:
            own = readable(importing.look, kept).own_names
        meaning.choose(
            by=request.user,
            kept=kept,
            version=version,
            columns=columns,
            names=names,
            own_names=own,
            **given,
        )
        return self.answer(kept)

    @extend_schema(summary="Take it in, all of it or nothing", responses=FigureImportShown)
    @step(detail=True, methods=["post"], url_path="take-in")
    def take_in(self, request: Request, **where: Any) -> Response:
        kept, version = self.row_to_change()
        given = self.given()
        reasons = {one["at"]: one["reason"] for one in given.pop("reasons", ())}
        facts = {"by": request.user, "kept": kept, "version": version, "reasons": reasons}
        readable(taking_in.take_in, **facts, **given)
        return self.answer(kept)

    @extend_schema(
        summary="Throw the file away, before it is taken in", responses=FigureImportShown
    )
    @step(detail=True, methods=["post"], url_path="throw-away")
    def throw_away(self, request: Request, **where: Any) -> Response:
        """Nothing of it is taken in. It stays listed, with the state `thrown`."""
        kept, version = self.row_to_change()
        meaning.throw_away(by=request.user, kept=kept, version=version)
        return self.answer(kept)

    @extend_schema(summary="Undo it, within a day", responses=FigureImportShown)
    @step(detail=True, methods=["post"])
    def undo(self, request: Request, **where: Any) -> Response:
        """What stood before is given again, as a further edition: none is removed."""
        kept, version = self.row_to_change()
        undoing.undo(by=request.user, kept=kept, version=version)
        return self.answer(kept)
