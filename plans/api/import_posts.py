"""What becomes of names in a plan's file that no post of the area has, for programs."""

from typing import Any

from rest_framework import serializers

from management.api.doors import Given, RowOfArea
from management.models import Post
from plans.services.naming import NEW, NONE
from plans.sheets.content import Unknown

IS = "is"
MOST = 10_000  # names of a file: it has no more rows


class NameShown(serializers.Serializer):
    """A name that no post of the area has, and what is done with it if nobody says otherwise."""

    name = serializers.CharField()
    rows = serializers.IntegerField(help_text="How many rows have it.")
    answer = serializers.SerializerMethodField(
        help_text="`new`: a post is made. `is`: `taken` is meant. `none`: it is no post."
    )
    taken = serializers.CharField(help_text="The title of the post; empty for none.")
    near = serializers.CharField(help_text="The post of whose title it reads like a slip.")
    chosen = serializers.BooleanField(help_text="Somebody has said so, with this file or another.")

    def get_answer(self, one: Unknown) -> str:
        if one.is_new:
            return NEW
        return IS if one.taken else NONE


class NameGiven(Given):
    """What one name is. The post that is there is in `post`, for `is` alone."""

    name = serializers.CharField(max_length=150)
    answer = serializers.ChoiceField([NEW, IS, NONE])
    post = RowOfArea(Post, required=False, allow_null=True)

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        if (given["answer"] == IS) != bool(given.get("post")):
            raise serializers.ValidationError({"post": "Give the post for `is`, and for it alone."})
        return given


class NamesGiven(Given):
    """What the names are, of later files of the area too. What was said of others stays."""

    names = NameGiven(many=True, min_length=1, max_length=MOST)


def answers_in(given: dict[str, Any]) -> dict[str, Post | str]:
    """As `naming.choose_posts` takes them."""
    return {one["name"]: one.get("post") or one["answer"] for one in given["names"]}
