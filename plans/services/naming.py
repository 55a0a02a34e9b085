"""What unknown words in a plan's file are, as a person has said: posts, indicators, statuses."""

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
from plans.models import PlanImport, QualityIndicator
from plans.sheets.content import Kind
from plans.statuses import Status

NEW, NONE = "new", "none"  # beside the key of a post or an indicator, and the name of a status
# Where a file's `choices` have what was said of words of that kind, and when it was.
STORED: dict[Kind, tuple[str, str]] = {
    Kind.POST: ("posts", "said"),
    Kind.INDICATOR: ("indicators", "indicators_said"),
    Kind.STATUS: ("statuses", "statuses_said"),
}
# “Complete” needs a second person, and what supersedes an action a word does not say.
STATUSES = tuple(one for one in Status if one not in {Status.COMPLETE, Status.SUPERSEDED})
Answer = Post | QualityIndicator | str


def said_of(choices: str, kind: Kind = Kind.POST) -> dict[str, Any]:
    """What was said with a file (its `choices`) of each word of the kind, in lower case."""
    found: dict[str, Any] = json.loads(choices or "{}").get(STORED[kind][0], {})
    return found


def remembered(area: Area, kind: Kind) -> dict[str, Any]:
    """What was last said of each word with the area's files, but for new posts, which are there.

    What was said with a file that was thrown away does not count.
    """
    rows = PlanImport.objects.in_area(area).filter(kind=PlanImport.Kind.PLAN)
    rows = rows.exclude(state=PlanImport.State.THROWN).order_by("id")
    said = [
        (when, name, answer)
        for kept in rows.only("choices", "made_at")
        for name, answer in said_of(kept.choices, kind).items()
        if (when := _when(kept, kind).get(name))
    ]
    last = {name: answer for _, name, answer in sorted(said, key=itemgetter(0))}
    return {name: answer for name, answer in last.items() if answer != NEW}


def remembered_choices(area: Area) -> dict[str, Any]:
    """The same of every kind, as the `choices` of a new file have it."""
    kept = {words: remembered(area, kind) for kind, (words, _) in STORED.items()}
    return kept | {times: {} for _, times in STORED.values()}


def _when(kept: PlanImport, kind: Kind) -> dict[str, datetime]:
    """When each answer was given with this very file: the others it has from files before it.

    Of older files that is not known, and all of them count from the day of the file.
    """
    told = json.loads(kept.choices or "{}").get(STORED[kind][1])
    if told is None:
        return dict.fromkeys(said_of(kept.choices, kind), kept.made_at)
    return {name: datetime.fromisoformat(when) for name, when in told.items()}


def meant(
    kept: PlanImport, posts: Iterable[Post], indicators: Iterable[QualityIndicator]
) -> dict[Kind, dict[str, str]]:
    """Those answers as `Context.meant` has them. Of what is gone nothing is said."""
    there: dict[Kind, dict[Any, str]] = {
        Kind.POST: {post.pk: str(post) for post in posts},
        Kind.INDICATOR: {one.pk: one.code for one in indicators},
        Kind.STATUS: {str(one): str(one) for one in STATUSES},
    }
    found = {}
    for kind, known in there.items():
        said = {
            name: {NEW: name, NONE: ""}.get(answer, known.get(answer))
            for name, answer in said_of(kept.choices, kind).items()
        }
        found[kind] = {name: title for name, title in said.items() if title is not None}
    return found


def choose_names(
    *, by: Actor, kept: PlanImport, version: int, answers: Mapping[Kind, Mapping[str, Answer]]
) -> None:
    """Each word is that post, indicator or status, or else NEW or NONE; in later files, too.

    What was said of other words stays. Raises ValidationError for another area's post, for what is
    no status that a word can mean, and for a file that is no preview any more; Stale.
    """
    access.require(by, "plan.edit", kept.area)
    if why := kept.why_decided:
        raise ValidationError(why)
    choices, now = json.loads(kept.choices), clock.now()
    for kind, given in answers.items():
        said = {name.casefold(): _stored(kept, kind, one) for name, one in given.items()}
        before = said_of(kept.choices, kind)
        # A page sends all of its words: one that stays as it was is not said anew.
        new = {name: now for name, one in said.items() if before.get(name) != one}
        times = _when(kept, kind) | new
        words, when = STORED[kind]
        choices[words] = before | said
        choices[when] = {name: time.isoformat() for name, time in times.items()}
    with audit.acting(by, "say what words of file mean", kept.file_name):
        advance(kept, version, choices=json.dumps(choices))


def _stored(kept: PlanImport, kind: Kind, answer: Answer) -> Any:
    if isinstance(answer, Post) and answer.area_id != kept.area_id:
        raise ValidationError({"posts": "Choose posts of this area."})
    if isinstance(answer, str) and kind == Kind.STATUS and answer not in {*STATUSES, NONE}:
        raise ValidationError({"statuses": "Choose a status that a word can mean."})
    return str(answer) if isinstance(answer, str) else answer.pk


def remove_posts(kept: PlanImport, keys: Iterable[int]) -> None:
    """Take away those posts that the undone import had made and that nothing else names.

    Whoever looks at another file may have said that a name in it is one of them: it then stays.
    """
    others = PlanImport.objects.in_area(kept.area).filter(state=PlanImport.State.PREVIEW)
    named = {
        answer
        for choices in others.values_list("choices", flat=True)
        for answer in said_of(choices).values()
    }
    for post in Post.objects.filter(pk__in=set(keys) - named, holdings=None):
        try:
            post.delete()
        except ProtectedError:
            continue  # somebody has found a use for it
