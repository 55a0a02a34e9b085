"""What hangs on an action, for programs: its evidence with the files, and its history."""

from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.decorators import action as deed
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from management.api.doors import AreaRows, Pages
from management.api.files import handed_out
from management.api.filters import refuse_unknown
from plans.api.shown import ActionShown
from plans.models import Action, Evidence
from plans.services import entering, exports, trail
from plans.services import evidence as services
from plans.services.handing_out import TYPES, file_of


class EvidenceShown(serializers.ModelSerializer):
    kind = serializers.ChoiceField(["file", "link", "note"])
    withdrawn_on = serializers.DateField(source="withdrawal.on", default=None, allow_null=True)
    withdrawn_reason = serializers.SerializerMethodField()

    class Meta:
        model = Evidence
        fields = [
            "id",
            "kind",
            "on",
            "by",
            "description",
            "url",
            "file_name",
            "media_type",
            "size",
            "sha256",
            "withdrawn_on",
            "withdrawn_reason",
        ]

    def get_withdrawn_reason(self, row: Evidence) -> str:
        return row.withdrawal.reason if hasattr(row, "withdrawal") else ""


class ChangeShown(serializers.Serializer):
    """One field, before and after, in words."""

    field = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()


class LineShown(serializers.Serializer):
    """One recorded change, of the action or of what hangs on it."""

    at = serializers.DateTimeField(source="event.at")
    by = serializers.CharField(source="event.actor_name")
    what = serializers.CharField(help_text="The action itself, or what hangs on it.")
    deed = serializers.ChoiceField(list(trail.DEEDS.values()))
    reason = serializers.CharField(source="event.reason")
    changes = serializers.SerializerMethodField()

    def get_changes(self, line: trail.Line) -> list[dict[str, str]]:
        return [dict(zip(("field", "before", "after"), told, strict=True)) for told in line.changes]


KIND = OpenApiParameter(
    "kind", str, OpenApiParameter.PATH, enum=sorted(TYPES), description="The ending of the file."
)
# What is drawn, by its type; and any file that people have sent.
DRAWN = {
    (200, media_type): OpenApiTypes.OBJECT if kind == "json" else OpenApiTypes.BINARY
    for kind, media_type in TYPES.items()
}
A_FILE = {(200, "*/*"): OpenApiTypes.BINARY}


class ActionParts(AreaRows):
    """Routes of what hangs on an action. `Actions` says who may."""

    # What is handed out is of its own type, whatever `Accept` says.
    files: ClassVar[set[str]] = {"file", "list_file"}

    @extend_schema(summary="Add a note or a link as evidence", responses=ActionShown)
    @deed(detail=True, methods=["post"])
    def evidence(self, request: Request, **where: Any) -> Response:
        row, _ = self.row_to_change()
        services.add_evidence(by=request.user, action=row, **self.given())
        return self.answer(row)

    @extend_schema(
        summary="Its evidence, oldest first", responses=EvidenceShown(many=True), filters=False
    )
    @evidence.mapping.get
    def evidence_list(self, request: Request, **where: Any) -> Response:
        """Withdrawn evidence stays listed."""
        rows = self.get_object().evidence.select_related("withdrawal").order_by("pk")
        return self.page_of(rows, EvidenceShown)

    @extend_schema(summary="Add a file as evidence", responses=ActionShown)
    @deed(detail=True, methods=["post"], url_path="files", parser_classes=[MultiPartParser])
    def add_file(self, request: Request, **where: Any) -> Response:
        row, _ = self.row_to_change()
        services.add_evidence(by=request.user, action=row, **self.given())
        return self.answer(row)

    @extend_schema(summary="A file of its evidence", responses=A_FILE)
    @deed(detail=True, methods=["get"], url_path="files/<int:evidence>")
    def file(self, request: Request, evidence: int, **where: Any) -> HttpResponse:
        """Withdrawn evidence is handed only to those who report on the action."""
        action = self.get_object()
        rows = action.evidence.select_related("withdrawal").exclude(file_name="")
        row = get_object_or_404(rows, pk=evidence)
        if hasattr(row, "withdrawal") and not entering.may_update(request.user, action):
            raise PermissionDenied(
                "This evidence was withdrawn: only those who report on the action can open it."
            )
        return handed_out(row.sha256, row.file_name, row.media_type)

    @extend_schema(summary="Say that evidence stands no more", responses=ActionShown)
    @deed(detail=True, methods=["post"], url_path="withdraw-evidence")
    def withdraw_evidence(self, request: Request, **where: Any) -> Response:
        row, _ = self.row_to_change()
        given = self.given()
        shown = self._of(row, "evidence", given.pop("evidence"))
        services.withdraw_evidence(by=request.user, evidence=shown, **given)
        return self.answer(row)

    @extend_schema(
        summary="Every recorded change of it, newest first",
        responses=LineShown(many=True),
        filters=False,
        parameters=[
            OpenApiParameter("by", {"type": "string", "minLength": 1}, description="Whose name."),
            OpenApiParameter("field", str, enum=[name for name, _ in trail.fields()]),
        ],
    )
    @deed(detail=True, methods=["get"])
    def history(self, request: Request, **where: Any) -> Response:
        """Field by field as the database recorded it: of the action, and of what hangs on it."""
        action = self.get_object()
        asked = request.query_params
        refuse_unknown(request, ["by", "field", *Pages.parameters])
        if "field" in asked and asked["field"] not in (named := dict(trail.fields())):
            raise exceptions.ValidationError({"field": [f"Choose one of: {', '.join(named)}."]})
        events = trail.events_of(request.user, action)
        chosen = trail.narrowed(events, person=asked.get("by", ""), field=asked.get("field", ""))
        page = self.paginate_queryset(chosen)
        told = LineShown(trail.lines(request.user, page), many=True).data
        return self.get_paginated_response(told)

    @extend_schema(
        summary="The list as a file",
        operation_id="areas_actions_list_file",
        parameters=[KIND],
        responses=DRAWN,
        filters=True,
    )
    @deed(detail=False, methods=["get"], url_path="files/<slug:kind>")
    def list_file(self, request: Request, kind: str, **where: Any) -> FileResponse:
        """The actions that the same filters list, as Word, Excel, CSV or JSON."""
        if kind not in TYPES:
            raise Http404
        refuse_unknown(request, self.filterset_class.base_filters)
        rows = self.filter_queryset(self.get_queryset())
        content = exports.actions_file(
            user=request.user,
            area=request.area,
            keys=rows,
            chosen=list(request.query_params.items()),
        )
        return file_of(content, kind)

    def _of(self, row: Action, relation: str, part: Any) -> Any:
        """That part of the action, with the action in hand. Raises Http404 for another's."""
        found = get_object_or_404(getattr(row, relation), pk=part.pk)
        found.action = row
        return found
