"""What becomes of names in a plan's file that no post of the area has, as a person has said."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import ProtectedError

from management import access, audit
from management.access import Actor
from management.models import Area, Post
from management.versions import advance
from plans.models import PlanImport

NEW, NONE = "new", "none"  # beside the key of a post that is there
BEFORE = 20  # imports of the area whose answers are remembered: each has those before it, too


def answers_of(choices: str) -> dict[str, Any]:
    """What was said with a file (its `choices`): of each name, in lower case, which post it is."""
    found: dict[str, Any] = json.loads(choices or "{}").get("posts", {})
    return found


def remembered_names(area: Area) -> dict[str, Any]:
    """What was said of names with the area's files so far, but for new posts, which are there."""
    rows = PlanImport.objects.in_area(area).filter(kind=PlanImport.Kind.PLAN).order_by("-id")
    found: dict[str, Any] = {}
    for choices in reversed(rows.values_list("choices", flat=True)[:BEFORE]):
        found |= answers_of(choices)
    return {name: answer for name, answer in found.items() if answer != NEW}


def meant(kept: PlanImport, posts: Iterable[Post]) -> dict[str, str]:
    """Those answers as `Context.meant` has them. Of a post that is gone nothing is said."""
    titles = {post.pk: str(post) for post in posts}
    said = {
        name: {NEW: name, NONE: ""}.get(answer, titles.get(answer))
        for name, answer in answers_of(kept.choices).items()
    }
    return {name: title for name, title in said.items() if title is not None}


def choose_posts(
    *, by: Actor, kept: PlanImport, version: int, answers: Mapping[str, Post | str]
) -> None:
    """Each name is that post, or else NEW or NONE; in later files of the area, too.

    What was said of other names stays. Raises ValidationError for another area's post, and for a
    file that is no preview any more; Stale.
    """
    access.require(by, "plan.edit", kept.area)
    if kept.state != PlanImport.State.PREVIEW:
        raise ValidationError("This file is no preview any more: its posts stay as they are.")
    said: dict[str, Any] = {}
    for name, answer in answers.items():
        if isinstance(answer, Post) and answer.area_id != kept.area_id:
            raise ValidationError({"posts": "Choose posts of this area."})
        said[name.casefold()] = answer.pk if isinstance(answer, Post) else answer
    with audit.acting(by, "choose posts of file", kept.file_name):
        told = {**json.loads(kept.choices), "posts": answers_of(kept.choices) | said}
        advance(kept, version, choices=json.dumps(told))


def remove_posts(kept: PlanImport, keys: Iterable[int]) -> None:
    """Take away those posts that the undone import had made and that nothing else names.

    Whoever looks at another file may have said that a name in it is one of them: it then stays.
    """
    others = PlanImport.objects.in_area(kept.area).filter(state=PlanImport.State.PREVIEW)
    named = {
        answer
        for choices in others.values_list("choices", flat=True)
        for answer in answers_of(choices).values()
    }
    for post in Post.objects.filter(pk__in=set(keys) - named, holdings=None):
        try:
            post.delete()
        except ProtectedError:
            continue  # somebody has found a use for it
