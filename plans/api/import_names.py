"""What becomes of unknown words in a plan's file, for programs: posts, indicators, statuses."""

from typing import Any

from rest_framework import serializers

from management.api.doors import Given, RowOfArea
from management.models import Post
from plans.api.action_inputs import IndicatorRow
from plans.services.naming import NEW, NONE, STATUSES, Answer
from plans.sheets.content import Kind, Unknown

IS, OPEN = "is", "open"
MOST = 10_000  # names of a file: it has no more rows
KINDS = [(one.value, one.value) for one in Kind]
# What a name of each kind is, where the answer is IS.
MEANT: dict[Kind, str] = {
    Kind.POST: "post",
    Kind.INDICATOR: "indicator",
    Kind.STATUS: "status",
}


class NameShown(serializers.Serializer):
    """An unknown word, and what is done with it if nobody says otherwise."""

    kind = serializers.ChoiceField(KINDS, help_text="What it is the word of.")
    name = serializers.CharField()
    rows = serializers.IntegerField(help_text="How many rows have it.")
    answer = serializers.SerializerMethodField(
        help_text="`new`: a post is made. `is`: `taken` is meant. `none`: it is no post, the rows "
        "of an indicator stay stopped, a status stays as it is. `open`: nobody has said."
    )
    taken = serializers.CharField(
        help_text="The title of the post, the code of the indicator, or the status; empty for none."
    )
    near = serializers.CharField(help_text="The post of whose title it reads like a slip.")
    chosen = serializers.BooleanField(help_text="Somebody has said so, with this file or another.")

    def get_answer(self, one: Unknown) -> str:
        if one.is_new:
            return NEW
        if one.taken:
            return IS
        return NONE if one.chosen or one.kind == Kind.POST else OPEN


class NameGiven(Given):
    """What one word is. For `is`, and for it alone, the field called as its kind says what."""

    kind = serializers.ChoiceField(KINDS, default=Kind.POST.value)
    name = serializers.CharField(max_length=150)
    answer = serializers.ChoiceField([NEW, IS, NONE])
    post = RowOfArea(Post, required=False, allow_null=True)
    indicator = IndicatorRow(required=False, allow_null=True)
    status = serializers.ChoiceField(
        [(str(one), str(one)) for one in STATUSES], required=False, allow_null=True
    )

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        mine = MEANT[Kind(given["kind"])]
        if given["answer"] == NEW and mine != "post":
            raise serializers.ValidationError({"answer": "Only a post can be made."})
        for field in MEANT.values():
            if (given["answer"] == IS and field == mine) != bool(given.get(field)):
                said = f"Give the {mine} for `is`, and for it alone."
                raise serializers.ValidationError({field: said})
        return given


class NamesGiven(Given):
    """What unknown words are, of later files of the area too. What was said of others stays."""

    names = NameGiven(many=True, min_length=1, max_length=MOST)


def answers_in(given: dict[str, Any]) -> dict[Kind, dict[str, Answer]]:
    """As `naming.choose_names` takes them."""
    found: dict[Kind, dict[str, Answer]] = {}
    for one in given["names"]:
        kind = Kind(one["kind"])
        found.setdefault(kind, {})[one["name"]] = one.get(MEANT[kind]) or one["answer"]
    return found
