"""Actions for programs: what they say, and everything that can be said of them."""

from typing import Any, ClassVar

from django.db.models import Q
from django_filters.rest_framework import FilterSet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action as deed
from rest_framework.request import Request
from rest_framework.response import Response

from management import clock
from management.api.doors import Given
from management.api.filters import ChoiceFilter, DayFilter, IdFilter, TextFilter, YesNoFilter
from plans.api.action_inputs import (
    AcceptanceGiven,
    ActionChanged,
    ActionGiven,
    AnswerGiven,
    BlockersGiven,
    DateGiven,
    EvidenceGiven,
    EvidenceWithdrawn,
    FileGiven,
    KpisGiven,
    MessagesGiven,
    NoteGiven,
    ReopeningGiven,
    SuccessorGiven,
    TakenBack,
    UpdateGiven,
    VerdictGiven,
    WithdrawalGiven,
)
from plans.api.action_parts import ActionParts
from plans.api.bulk import BulkGiven, SeveralActions
from plans.api.shown import ActionListed, ActionShown
from plans.effects import Expected
from plans.models import (
    Action,
)
from plans.services import (
    actions,
    drafting,
    due_dates,
    links,
    parts,
    progress,
    verification,
)
from plans.statuses import Status


class ActionFilter(FilterSet):
    plan = IdFilter(help_text="The id of the plan.")
    status = ChoiceFilter(choices=Status.choices)
    lead = IdFilter(help_text="The id of the post that leads it.")
    post = IdFilter(method="of_post", help_text="The id of a post that leads or supports it.")
    indicator = TextFilter(field_name="indicator__code", help_text="Its code, such as 5.2.")
    overdue = YesNoFilter(method="of_overdue", help_text="Only those that are, or are not.")
    mine = YesNoFilter(method="of_mine", help_text="Only those of the posts that you hold.")
    due_from = DayFilter("due", "gte")
    due_to = DayFilter("due", "lte")
    text = TextFilter(method="of_text", help_text="Somewhere in the reference or the text.")

    def of_post(self, rows: Any, name: str, value: int) -> Any:
        return rows.of_posts([value])

    def of_overdue(self, rows: Any, name: str, value: bool) -> Any:
        late = rows.overdue(on=clock.today())
        return late if value else rows.exclude(pk__in=late.order_by().values("pk"))

    def of_mine(self, rows: Any, name: str, value: bool) -> Any:
        mine = rows.of_posts_held_by(self.request.user, on=clock.today())
        return mine if value else rows.exclude(pk__in=mine.order_by().values("pk"))

    def of_text(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(Q(reference__icontains=value) | Q(text__icontains=value))


@extend_schema_view(
    list=extend_schema(summary="Actions, by plan and place in it"),
    retrieve=extend_schema(summary="One action, with all that was said of it"),
)
class Actions(ActionParts, SeveralActions):
    """What is to be done. Whatever is said of an action is an entry, which is never changed."""

    model = Action
    serializer_class = ActionShown
    list_serializer_class = ActionListed
    filterset_class = ActionFilter
    deeds: ClassVar[dict[str, str]] = {
        "list": "plan.view",
        "retrieve": "plan.view",
        "create": "plan.edit",
        "partial_update": "plan.edit",
        "destroy": "plan.edit",
        "update_of": "action.update",
        "move_date": "action.update",
        "answer_date": "date.approve",
        "take_back_date": "action.update",
        "evidence": "action.update",
        "evidence_list": "plan.view",
        "add_file": "action.update",
        "file": "plan.view",
        "history": "plan.view",
        "list_file": "plan.view",
        "bulk": "action.update",
        "withdraw_evidence": "action.update",
        "note": "action.note",
        "verify": "action.verify",
        "send_back": "action.verify",
        "reopen": "action.verify",
        "withdraw": "plan.edit",
        "supersede": "plan.edit",
        "blockers": "action.update",
        "kpis": "plan.edit",
        "key_messages": "plan.edit",
    }
    inputs: ClassVar[dict[str, type[Given]]] = {
        "create": ActionGiven,
        "partial_update": ActionChanged,
        "update_of": UpdateGiven,
        "move_date": DateGiven,
        "answer_date": AnswerGiven,
        "take_back_date": TakenBack,
        "evidence": EvidenceGiven,
        "add_file": FileGiven,
        "bulk": BulkGiven,
        "withdraw_evidence": EvidenceWithdrawn,
        "note": NoteGiven,
        "verify": AcceptanceGiven,
        "send_back": VerdictGiven,
        "reopen": ReopeningGiven,
        "withdraw": WithdrawalGiven,
        "supersede": SuccessorGiven,
        "blockers": BlockersGiven,
        "kpis": KpisGiven,
        "key_messages": MessagesGiven,
    }
    versions_in_body: ClassVar[set[str]] = {"bulk"}
    tag = "actions"

    def get_queryset(self) -> Any:
        rows = super().get_queryset().select_related("area", "plan", "indicator", "lead")
        return rows.order_by("plan", "sequence", "pk")

    def whole(self, rows: Any) -> Any:
        return rows.prefetch_related("supporting", "kpis", "dependencies", "tasks")

    @extend_schema(summary="A new action of a plan", responses=ActionShown)
    def create(self, request: Request, **where: Any) -> Response:
        """In an approved plan this is a recorded change."""
        return self.made(
            drafting.draft_action(by=request.user, added_on=clock.today(), **self.given())
        )

    @extend_schema(summary="Put an action otherwise", responses=ActionShown)
    def partial_update(self, request: Request, **where: Any) -> Response:
        """In a draft freely; after approval each changed field is an entry, with the reason."""
        row, version = self.row_to_change()
        actions.edit_action(by=request.user, action=row, version=version, **self.given())
        return self.answer(row)

    @extend_schema(summary="Take an action out of a draft")
    def destroy(self, request: Request, **where: Any) -> Response:
        row, version = self.row_to_change()
        actions.remove_action(by=request.user, action=row, version=version)
        return Response(status=204)

    @extend_schema(summary="Report progress", responses=ActionShown, operation_id="actions_update")
    @deed(detail=True, methods=["post"], url_path="updates")
    def update_of(self, request: Request, **where: Any) -> Response:
        row, version = self.row_to_change()
        progress.post_update(by=request.user, action=row, version=version, **self.given())
        return self.answer(row)

    @extend_schema(summary="Move the due date, or ask for it", responses=ActionShown)
    @deed(detail=True, methods=["post"], url_path="move-date")
    def move_date(self, request: Request, **where: Any) -> Response:
        row, version = self.row_to_change()
        due_dates.move_date(by=request.user, action=row, version=version, **self.given())
        return self.answer(row)

    @extend_schema(summary="Agree to a date that is asked for, or refuse it", responses=ActionShown)
    @deed(detail=True, methods=["post"], url_path="answer-date")
    def answer_date(self, request: Request, **where: Any) -> Response:
        row, version = self.row_to_change()
        given = self.given()
        asked = self._of(row, "date_requests", given.pop("request"))
        due_dates.answer_date(by=request.user, request=asked, version=version, **given)
        return self.answer(row)

    @extend_schema(summary="Take back a date that you asked for", responses=ActionShown)
    @deed(detail=True, methods=["post"], url_path="take-back-date")
    def take_back_date(self, request: Request, **where: Any) -> Response:
        row, version = self.row_to_change()
        given = self.given()
        asked = self._of(row, "date_requests", given.pop("request"))
        due_dates.take_back_date(by=request.user, request=asked, version=version, **given)
        return self.answer(row)

    @extend_schema(summary="Leave a note", responses=ActionShown)
    @deed(detail=True, methods=["post"], url_path="notes")
    def note(self, request: Request, **where: Any) -> Response:
        row, _ = self.row_to_change()
        progress.add_note(by=request.user, action=row, **self.given())
        return self.answer(row)

    @extend_schema(summary="Accept, as a second person, that it is done", responses=ActionShown)
    @deed(detail=True, methods=["post"])
    def verify(self, request: Request, **where: Any) -> Response:
        row, version = self.row_to_change()
        verification.verify_action(by=request.user, action=row, version=version, **self.given())
        return self.answer(row)

    @extend_schema(summary="Refuse that it is done: it is open again", responses=ActionShown)
    @deed(detail=True, methods=["post"], url_path="send-back")
    def send_back(self, request: Request, **where: Any) -> Response:
        row, version = self.row_to_change()
        verification.return_action(by=request.user, action=row, version=version, **self.given())
        return self.answer(row)

    @extend_schema(summary="Take its verification back: it is open again", responses=ActionShown)
    @deed(detail=True, methods=["post"])
    def reopen(self, request: Request, **where: Any) -> Response:
        """At risk, or off track where it is overdue. What was verified stays recorded."""
        row, version = self.row_to_change()
        verification.reopen_action(by=request.user, action=row, version=version, **self.given())
        return self.answer(row)

    @extend_schema(summary="End it by a decision", responses=ActionShown)
    @deed(detail=True, methods=["post"])
    def withdraw(self, request: Request, **where: Any) -> Response:
        row, version = self.row_to_change()
        progress.withdraw_action(by=request.user, action=row, version=version, **self.given())
        return self.answer(row)

    @extend_schema(summary="Let another action take its place", responses=ActionShown)
    @deed(detail=True, methods=["post"])
    def supersede(self, request: Request, **where: Any) -> Response:
        row, version = self.row_to_change()
        progress.supersede_action(by=request.user, action=row, version=version, **self.given())
        return self.answer(row)

    @extend_schema(summary="Say which actions it waits for", responses=ActionShown)
    @deed(detail=True, methods=["put"])
    def blockers(self, request: Request, **where: Any) -> Response:
        row, version = self.row_to_change()
        shown = [one.blocker_id for one in row.dependencies.all()]
        said = self.given()
        parts.choose_blockers(by=request.user, action=row, version=version, shown=shown, **said)
        return self.answer(row)

    @extend_schema(summary="Say which KPIs it should move", responses=ActionShown)
    @deed(detail=True, methods=["put"])
    def kpis(self, request: Request, **where: Any) -> Response:
        row, version = self.row_to_change()
        shown = [kpi.pk for kpi in row.kpis.all()]
        said = self.given()
        said["expected"] = {
            one["kpi"]: Expected(one["lag"], one["expected"]) for one in said.pop("links", ())
        }
        links.choose_kpis(by=request.user, action=row, version=version, shown=shown, **said)
        return self.answer(row)

    @extend_schema(summary="Say which key messages it answers", responses=ActionShown)
    @deed(detail=True, methods=["put"], url_path="key-messages")
    def key_messages(self, request: Request, **where: Any) -> Response:
        """Recommendations and findings say themselves which actions answer them."""
        row, version = self.row_to_change()
        given = self.given()
        messages = given.pop("key_messages")
        links.choose_messages(
            by=request.user, action=row, version=version, messages=messages, **given
        )
        return self.answer(row)
