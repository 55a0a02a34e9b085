"""Plans for programs, and the steps of their life."""

from typing import Any, ClassVar

from django.http import FileResponse, Http404
from django_filters.rest_framework import FilterSet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action as step
from rest_framework.request import Request
from rest_framework.response import Response

from management.api.doors import AreaRows, Given, RowOfArea
from management.api.filters import ChoiceFilter, IdFilter
from plans.api.action_parts import DRAWN, KIND
from plans.api.shown import PlanListed, PlanShown, ReadingShown
from plans.models import Inspection, Plan, SelfEvaluation
from plans.services import exports
from plans.services import plans as services
from plans.services.advising import Standing, standing_advice
from plans.services.handing_out import TYPES, file_of
from plans.states import PlanState


class PlanChanged(Given):
    """What a plan says of itself."""

    title = serializers.CharField(max_length=200)
    agreed_on = serializers.DateField()
    ends_on = serializers.DateField(required=False, allow_null=True)
    dates_need_approval = serializers.BooleanField(required=False)
    source = serializers.CharField(required=False, allow_blank=True)
    inspection = RowOfArea(
        Inspection, required=False, allow_null=True, help_text="That it answers: of a draft."
    )
    self_evaluation = RowOfArea(
        SelfEvaluation, required=False, allow_null=True, help_text="That it answers: of a draft."
    )


class PlanGiven(PlanChanged):
    """A new plan, a draft."""


class AcceptedGiven(Given):
    """Why a piece of advice stands as it is."""

    action = serializers.IntegerField(min_value=1)
    reference = serializers.CharField()
    code = serializers.CharField()
    field = serializers.CharField()
    sentence = serializers.CharField()
    reason = serializers.CharField()


class ApprovalGiven(Given):
    """That the plan is agreed as it was read."""

    mark = serializers.CharField(help_text="That of `reading`.")
    accepted = AcceptedGiven(many=True, required=False)
    text = serializers.CharField(required=False, allow_blank=True)


class SubmissionGiven(Given):
    """That the inspectorate was sent the plan."""

    on = serializers.DateField()
    text = serializers.CharField(required=False, allow_blank=True)


class BeginningGiven(Given):
    """That work has begun."""

    text = serializers.CharField(required=False, allow_blank=True)


class HomeGiven(Given):
    """Where an open action's remaining work goes on."""

    action = serializers.IntegerField(min_value=1)
    home = serializers.CharField(max_length=300)


class ClosingGiven(Given):
    """That a named body has closed the plan."""

    mark = serializers.CharField(help_text="That of `reading`.")
    body = serializers.CharField(max_length=150, help_text="Which body has decided it.")
    on = serializers.DateField(help_text="On which day.")
    minute_reference = serializers.CharField(max_length=120, help_text="Where that is minuted.")
    homes = HomeGiven(many=True, required=False)
    text = serializers.CharField(required=False, allow_blank=True)


class PlanFilter(FilterSet):
    state = ChoiceFilter(choices=PlanState.choices)
    inspection = IdFilter(help_text="The id of the inspection that it answers.")


@extend_schema_view(
    list=extend_schema(summary="Plans, newest first"),
    retrieve=extend_schema(summary="One plan, with its life so far"),
)
class Plans(AreaRows):
    """What was agreed. Approving, submitting and closing a plan are steps of their own."""

    model = Plan
    serializer_class = PlanShown
    list_serializer_class = PlanListed
    filterset_class = PlanFilter
    deeds: ClassVar[dict[str, str]] = {
        "list": "plan.view",
        "retrieve": "plan.view",
        "create": "plan.edit",
        "partial_update": "plan.edit",
        "reading": "plan.view",
        "file": "plan.view",
        "approve": "plan.approve",
        "submit": "plan.edit",
        "begin": "plan.edit",
        "close": "plan.close",
    }
    inputs: ClassVar[dict[str, type[Given]]] = {
        "create": PlanGiven,
        "partial_update": PlanChanged,
        "approve": ApprovalGiven,
        "submit": SubmissionGiven,
        "begin": BeginningGiven,
        "close": ClosingGiven,
    }
    files: ClassVar[set[str]] = {"file"}
    tag = "plans"

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("area").order_by("-agreed_on", "-pk")

    def whole(self, rows: Any) -> Any:
        return rows.prefetch_related("moves")

    @extend_schema(summary="A new plan, a draft without actions", responses=PlanShown)
    def create(self, request: Request, **where: Any) -> Response:
        return self.made(services.create_plan(by=request.user, area=request.area, **self.given()))

    @extend_schema(summary="Change what a plan says of itself", responses=PlanShown)
    def partial_update(self, request: Request, **where: Any) -> Response:
        plan, version = self.row_to_change()
        services.edit_plan(by=request.user, plan=plan, version=version, **self.given())
        return self.answer(plan)

    @extend_schema(
        summary="What stands against approving it, and the mark of its actions",
        responses=ReadingShown,
    )
    @step(detail=True, methods=["get"])
    def reading(self, request: Request, **where: Any) -> Response:
        """Read this before `approve` or `close`: a change in between makes both stale."""
        plan = self.get_object()
        told = {
            "mark": services.mark_of(plan.actions.all()),
            "advice": [one._asdict() for one in standing_advice(plan)],
        }
        return Response(ReadingShown(told).data)

    @extend_schema(summary="Approve the plan", responses=PlanShown)
    @step(detail=True, methods=["post"])
    def approve(self, request: Request, **where: Any) -> Response:
        """Each piece of advice in `reading` needs a reason in `accepted`."""
        plan, version = self.row_to_change()
        given = self.given()
        accepted = {
            Standing(**{name: one[name] for name in Standing._fields}): one["reason"]
            for one in given.pop("accepted", [])
        }
        services.approve_plan(
            by=request.user, plan=plan, version=version, accepted=accepted, **given
        )
        return self.answer(plan)

    @extend_schema(summary="Record that the inspectorate was sent it", responses=PlanShown)
    @step(detail=True, methods=["post"])
    def submit(self, request: Request, **where: Any) -> Response:
        plan, version = self.row_to_change()
        services.submit_plan(by=request.user, plan=plan, version=version, **self.given())
        return self.answer(plan)

    @extend_schema(summary="Say that work has begun", responses=PlanShown)
    @step(detail=True, methods=["post"])
    def begin(self, request: Request, **where: Any) -> Response:
        plan, version = self.row_to_change()
        services.begin_plan(by=request.user, plan=plan, version=version, **self.given())
        return self.answer(plan)

    @extend_schema(summary="Record that a body has closed it", responses=PlanShown)
    @step(detail=True, methods=["post"])
    def close(self, request: Request, **where: Any) -> Response:
        """Each action that is still open needs a home in `homes` for what remains of it."""
        plan, version = self.row_to_change()
        given = self.given()
        homes = {one["action"]: one["home"] for one in given.pop("homes", [])}
        parts = {name: given.pop(name) for name in ("body", "on", "minute_reference")}
        told = {"decision": services.decided(**parts), "homes": homes, **given}
        services.close_plan(by=request.user, plan=plan, version=version, **told)
        return self.answer(plan)

    @extend_schema(summary="The plan as a file", parameters=[KIND], responses=DRAWN)
    @step(detail=True, methods=["get"], url_path="files/<slug:kind>")
    def file(self, request: Request, kind: str, **where: Any) -> FileResponse:
        """As Word, CSV, JSON, or the tracker workbook, which is filled in and comes back."""
        if kind not in TYPES:
            raise Http404
        return file_of(exports.plan_file(user=request.user, plan=self.get_object()), kind)
