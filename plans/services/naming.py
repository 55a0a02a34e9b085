"""What becomes of names in a plan's file that no post of the area has, as a person has said."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from operator import itemgetter
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import ProtectedError

from management import access, audit, clock
from management.access import Actor
from management.models import Area, Post
from management.versions import advance
from plans.models import PlanImport

NEW, NONE = "new", "none"  # beside the key of a post that is there


def answers_of(choices: str) -> dict[str, Any]:
    """What was said with a file (its `choices`): of each name, in lower case, which post it is."""
    found: dict[str, Any] = json.loads(choices or "{}").get("posts", {})
    return found


def remembered_names(area: Area) -> dict[str, Any]:
    """What was last said of each name with the area's files, but for new posts, which are there.

    What was said with a file that was thrown away does not count.
    """
    rows = PlanImport.objects.in_area(area).filter(kind=PlanImport.Kind.PLAN)
    rows = rows.exclude(state=PlanImport.State.THROWN).order_by("id")
    said = [
        (when, name, answer)
        for kept in rows.only("choices", "made_at")
        for name, answer in answers_of(kept.choices).items()
        if (when := _said(kept).get(name))
    ]
    last = {name: answer for _, name, answer in sorted(said, key=itemgetter(0))}
    return {name: answer for name, answer in last.items() if answer != NEW}


def _said(kept: PlanImport) -> dict[str, datetime]:
    """When each answer was given with this very file: the others it has from files before it.

    Of older files that is not known, and all of them count from the day of the file.
    """
    told = json.loads(kept.choices or "{}").get("said")
    if told is None:
        return dict.fromkeys(answers_of(kept.choices), kept.made_at)
    return {name: datetime.fromisoformat(when) for name, when in told.items()}


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
    if why := kept.why_decided:
        raise ValidationError(why)
    said: dict[str, Any] = {}
    for name, answer in answers.items():
        if isinstance(answer, Post) and answer.area_id != kept.area_id:
            raise ValidationError({"posts": "Choose posts of this area."})
        said[name.casefold()] = answer.pk if isinstance(answer, Post) else answer
    before, now = answers_of(kept.choices), clock.now()
    # A page sends all of its names: one that stays as it was is not said anew.
    times = _said(kept) | {name: now for name, one in said.items() if before.get(name) != one}
    told = {name: when.isoformat() for name, when in times.items()}
    with audit.acting(by, "choose posts of file", kept.file_name):
        chosen = {**json.loads(kept.choices), "posts": before | said, "said": told}
        advance(kept, version, choices=json.dumps(chosen))


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
