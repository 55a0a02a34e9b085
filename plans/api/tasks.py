"""The tasks of actions, for programs."""

from typing import Any, ClassVar

from django_filters.rest_framework import FilterSet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action as deed
from rest_framework.request import Request
from rest_framework.response import Response

from management.api.doors import AreaRows, Given, NothingGiven, RowOfArea
from management.api.filters import IdFilter, YesNoFilter
from management.models import Post
from plans.api.shown import TaskShown
from plans.models import Action, Task
from plans.services import parts


class TaskChanged(Given):
    """What a task says. What is left out stays as it is."""

    text = serializers.CharField(max_length=300, required=False)
    due = serializers.DateField(required=False, allow_null=True)
    post = RowOfArea(Post, required=False, allow_null=True)


class TaskGiven(Given):
    """A new task of an action."""

    action = RowOfArea(Action)
    text = serializers.CharField(max_length=300)
    due = serializers.DateField(required=False, allow_null=True)
    post = RowOfArea(Post, required=False, allow_null=True)


class DropGiven(Given):
    """Why it is not to be done any more."""

    reason = serializers.CharField()


class TaskFilter(FilterSet):
    action = IdFilter(help_text="The id of the action.")
    open = YesNoFilter(method="of_open", help_text="Only those that are, or are not.")

    def of_open(self, rows: Any, name: str, value: bool) -> Any:
        still = {"done_on": None, "dropped_on": None}
        return rows.filter(**still) if value else rows.exclude(**still)


@extend_schema_view(
    list=extend_schema(summary="Tasks, by action"),
    retrieve=extend_schema(summary="One task"),
)
class Tasks(AreaRows):
    """What an action is made of, each part with a date of its own."""

    model = Task
    serializer_class = TaskShown
    filterset_class = TaskFilter
    deeds: ClassVar[dict[str, str]] = {
        "list": "plan.view",
        "retrieve": "plan.view",
        "create": "action.update",
        "partial_update": "action.update",
        "finish": "action.update",
        "reopen": "action.update",
        "drop": "action.update",
    }
    inputs: ClassVar[dict[str, type[Given]]] = {
        "create": TaskGiven,
        "partial_update": TaskChanged,
        "finish": NothingGiven,
        "reopen": NothingGiven,
        "drop": DropGiven,
    }
    tag = "tasks"

    def get_queryset(self) -> Any:
        rows = super().get_queryset().select_related("area", "action__plan", "action__area", "post")
        return rows.order_by("action", "pk")

    @extend_schema(summary="A new task of an action", responses=TaskShown)
    def create(self, request: Request, **where: Any) -> Response:
        return self.made(parts.add_task(by=request.user, **self.given()))

    @extend_schema(summary="Put a task otherwise", responses=TaskShown)
    def partial_update(self, request: Request, **where: Any) -> Response:
        task, version = self.row_to_change()
        facts = {"text": task.text, "due": task.due, "post": task.post} | self.given()
        parts.edit_task(by=request.user, task=task, version=version, **facts)
        return self.answer(task)

    @extend_schema(summary="The task is done", responses=TaskShown)
    @deed(detail=True, methods=["post"])
    def finish(self, request: Request, **where: Any) -> Response:
        task, version = self.row_to_change()
        parts.finish_task(by=request.user, task=task, version=version, **self.given())
        return self.answer(task)

    @extend_schema(summary="The task is not done after all", responses=TaskShown)
    @deed(detail=True, methods=["post"])
    def reopen(self, request: Request, **where: Any) -> Response:
        task, version = self.row_to_change()
        parts.reopen_task(by=request.user, task=task, version=version, **self.given())
        return self.answer(task)

    @extend_schema(summary="The task is not to be done any more", responses=TaskShown)
    @deed(detail=True, methods=["post"])
    def drop(self, request: Request, **where: Any) -> Response:
        task, version = self.row_to_change()
        parts.drop_task(by=request.user, task=task, version=version, **self.given())
        return self.answer(task)
