"""One change to several actions, for programs: all of it or nothing, after a look at it."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action as deed
from rest_framework.request import Request
from rest_framework.response import Response

from management.api.doors import LARGEST, AreaRows, Given
from management.api.errors import Outdated
from plans.models import Action
from plans.services import bulk as services
from plans.statuses import REPORTED


class ReadGiven(Given):
    """An action, and the version that you have read."""

    id = serializers.IntegerField(min_value=1, max_value=LARGEST)
    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1)


class BulkGiven(Given):
    """One thing that is done to each of the actions, with one text."""

    deed = serializers.ChoiceField(["report", "move-date", "note"])
    text = serializers.CharField(
        max_length=20_000, help_text="What has happened, why the date moves, or the note."
    )
    status = serializers.ChoiceField(REPORTED, required=False, help_text="Only to report.")
    percent = serializers.IntegerField(
        required=False, min_value=0, max_value=100, help_text="Only to report."
    )
    evidence = serializers.CharField(
        required=False,
        max_length=20_000,
        help_text="Only to report: what shows it, for each of them.",
    )
    evidence_url = serializers.URLField(
        required=False, max_length=500, help_text="Only to report: where that is."
    )
    new = serializers.DateField(required=False, help_text="Only to move the date.")
    actions = ReadGiven(many=True, min_length=1, max_length=services.LIMIT)
    preview = serializers.BooleanField(
        default=False, help_text="Only say what would be done; nothing is changed."
    )

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        """What the deed needs is there, and nothing that it does not know."""
        reported = {"status", "percent", "evidence", "evidence_url"}
        takes = {"report": reported, "move-date": {"new"}, "note": set()}
        odd = (given.keys() & {*reported, "new"}) - takes[given["deed"]]
        wrong = dict.fromkeys(odd, f"“{given['deed']}” takes none.")
        if given["deed"] == "report" and "status" not in given:
            wrong["status"] = "Say how the actions stand now."
        if given["deed"] == "move-date" and "new" not in given:
            wrong["new"] = "Give the new due date."
        keys = [one["id"] for one in given["actions"]]
        if len(set(keys)) < len(keys):
            wrong["actions"] = "Name each action once."
        if wrong:
            raise serializers.ValidationError(wrong)
        return given


class OutcomeShown(serializers.Serializer):
    """What the change does to one action, or why it cannot be made."""

    action = serializers.IntegerField(source="action.pk")
    version = serializers.IntegerField(source="action.version")
    will = serializers.CharField()
    why_not = serializers.CharField(help_text="Blank where it can be made.")
    warning = serializers.CharField(help_text="What should be seen before it is made, or blank.")


class BulkShown(serializers.Serializer):
    """What was done, or with `preview` would be."""

    done = serializers.BooleanField()
    outcomes = OutcomeShown(many=True)


class SeveralActions(AreaRows):
    """The route by which several actions are changed. `Actions` says who may."""

    @extend_schema(
        summary="Change several actions at once",
        operation_id="areas_actions_bulk",
        responses={200: BulkShown},
    )
    @deed(detail=False, methods=["post"])
    def bulk(self, request: Request, **where: Any) -> Response:
        """All of them or none: 412 names each that has changed, 400 each that cannot be."""
        given = self.given()
        shown = {one["id"]: one["version"] for one in given["actions"]}
        rows = Action.objects.visible_to(request.user).in_area(request.area).filter(pk__in=shown)
        actions = list(rows.with_posts().select_related("area").order_by("plan", "sequence", "pk"))
        if strange := shown.keys() - {action.pk for action in actions}:
            named = ", ".join(str(key) for key in sorted(strange))
            raise serializers.ValidationError({"actions": f"There is no such action: {named}."})
        change = _change(given)
        outcomes = services.preview(by=request.user, actions=actions, change=change)
        if not given["preview"]:
            self._carry_out(outcomes, shown, change)
        return Response(BulkShown({"done": not given["preview"], "outcomes": outcomes}).data)

    def _carry_out(
        self, outcomes: list[services.Outcome], shown: dict[int, int], change: services.Change
    ) -> None:
        stale = [o.action for o in outcomes if o.action.version != shown[o.action.pk]]
        if stale:
            raise Outdated({f"actions.{row.pk}": "Somebody else has changed it." for row in stale})
        if refused := [outcome for outcome in outcomes if outcome.why_not]:
            raise serializers.ValidationError(
                {f"actions.{one.action.pk}": one.why_not for one in refused}
            )
        try:
            done = services.carry_out(
                by=self.request.user, area=self.request.area, shown=shown, change=change
            )
        except services.Changed as changed:
            raise Outdated(
                {f"actions.{row.pk if row else ''}".rstrip("."): why for row, why in changed.rows}
            ) from changed
        by_key = {action.pk: action for action in done}
        for outcome in outcomes:
            outcome.action.version = by_key[outcome.action.pk].version


def _change(given: dict[str, Any]) -> services.Change:
    if given["deed"] == "report":
        said = {name: given[name] for name in ("evidence", "evidence_url") if name in given}
        return services.Report(given["text"], given["status"], given.get("percent"), **said)
    if given["deed"] == "move-date":
        return services.NewDate(given["text"], given["new"])
    return services.Remark(given["text"])
