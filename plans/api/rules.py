"""What an area decides about all of its actions, for programs: what is late, and its own words."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from management.api.doors import AreaRows, Given
from plans.models import Rules as RulesRow
from plans.models import StatusWord
from plans.services import rules as services
from plans.statuses import Status
from plans.words import Colour, Rule, Word

MOST = 90  # words, as many as the page takes
WORD_SIZE = StatusWord._meta.get_field("word").max_length
LEAST = "From so many months late, or so many per cent, on; null for the word of a status."


class WordShown(serializers.Serializer):
    """One of the area's own words, and what it means."""

    word = serializers.CharField()
    rule = serializers.ChoiceField(Rule.choices)
    colour = serializers.ChoiceField([("", "None"), *Colour.choices])
    status = serializers.ChoiceField([("", "None"), *Status.choices])
    least = serializers.IntegerField(allow_null=True, help_text=LEAST)


class WordGiven(Given):
    """A word for a status, or for so many months late or so many per cent."""

    word = serializers.CharField(max_length=WORD_SIZE)
    rule = serializers.ChoiceField(Rule.choices)
    colour = serializers.ChoiceField(Colour.choices, required=False, allow_blank=True)
    status = serializers.ChoiceField(Status.choices, required=False, allow_blank=True)
    least = serializers.IntegerField(
        required=False, allow_null=True, min_value=0, max_value=120, help_text=LEAST
    )


class RulesShown(serializers.ModelSerializer):
    words = serializers.SerializerMethodField()

    class Meta:
        model = RulesRow
        fields = ["version", "late", "colours", "words"]
        extra_kwargs = {
            "late": {"help_text": "After which due date an open action is overdue."},
            "colours": {"help_text": "By what the word of an open action is chosen."},
        }

    @extend_schema_field(WordShown(many=True))
    def get_words(self, rules: RulesRow) -> Any:
        return WordShown(services.words_of(rules.area), many=True).data


class RulesGiven(Given):
    """The rules and the whole list of words, from now on."""

    late = serializers.ChoiceField(RulesRow.Late.choices)
    colours = serializers.ChoiceField(Rule.choices)
    words = WordGiven(many=True, max_length=MOST)


@extend_schema_view(retrieve=extend_schema(summary="When an action is late, and the area's words"))
class Rules(AreaRows):
    """There is one set in an area; until it has chosen, what everybody begins with."""

    model = RulesRow
    serializer_class = RulesShown
    deeds: ClassVar[dict[str, str]] = {"retrieve": "plan.view", "choose": "rules.edit"}
    inputs: ClassVar[dict[str, type[Given]]] = {"choose": RulesGiven}
    tag = "rules"

    def get_object(self) -> RulesRow:
        return services.rules_of(self.request.area)

    def again(self, row: RulesRow) -> RulesRow:
        return self.get_object()

    @extend_schema(summary="Set the rules and the words", responses=RulesShown)
    def choose(self, request: Request, **where: Any) -> Response:
        """Open actions are late by the new rule at once."""
        _, version = self.row_to_change()
        given = self.given()
        given["words"] = [Word(**word) for word in given["words"]]
        rules = services.set_rules(by=request.user, area=request.area, version=version, **given)
        return self.answer(rules)
