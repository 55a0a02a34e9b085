"""What becomes of words in a plan's file that are unknown: posts, indicators, words of status."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from management.models import Post
from plans.models import QualityIndicator
from plans.services.naming import NEW, NONE, STATUSES, Answer
from plans.sheets.content import Kind, Unknown

MOST = 100  # words on a page
UNSAID: dict[Kind, str] = {Kind.INDICATOR: "Choose an indicator", Kind.STATUS: "Choose a status"}


@dataclass(frozen=True)
class Group:
    """The words of one kind, with their fields on the page."""

    kind: Kind
    names: list[Unknown]
    fields: list[forms.BoundField]

    @property
    def open(self) -> int:
        """Of how many nobody has said anything."""
        return sum(not one.chosen for one in self.names)


class NamesForm(forms.Form):
    """One choice for each word. Of very many those come first of which nobody has said anything."""

    prefix = "names"  # it stands in the same form of the page as TakeInForm

    def __init__(
        self,
        sent: Any,
        *,
        names: Sequence[Unknown],
        posts: Iterable[Post],
        indicators: Iterable[QualityIndicator],
        **kwargs: Any,
    ) -> None:
        mine = sent is not None and any(key.startswith(f"{self.prefix}-") for key in sent)
        data = sent.copy() if mine else None
        super().__init__(data, **kwargs)
        if len(names) > MOST:
            names = sorted(names, key=lambda one: one.chosen)
        self.all = names
        self.more = max(0, len(names) - MOST)
        rows: dict[Kind, dict[str, Answer]] = {
            Kind.POST: {str(post.pk): post for post in posts},
            Kind.INDICATOR: {str(one.pk): one for one in indicators},
            Kind.STATUS: {str(one): str(one) for one in STATUSES},
        }
        self.rows = rows
        self.names: dict[str, Unknown] = {}
        taken = {
            Kind.POST: {str(post): key for key, post in rows[Kind.POST].items()},
            Kind.INDICATOR: {
                getattr(i, "code", ""): key for key, i in rows[Kind.INDICATOR].items()
            },
            Kind.STATUS: {str(one): str(one) for one in STATUSES},
        }
        offered = {
            Kind.POST: [
                (NEW, "Make a new post"),
                (NONE, "It is no post"),
                *((key, f"It is {post}") for key, post in rows[Kind.POST].items()),
            ],
            Kind.INDICATOR: [
                (NONE, "None of them: its rows stay stopped"),
                *((key, f"It is {one}") for key, one in rows[Kind.INDICATOR].items()),
            ],
            Kind.STATUS: [
                (NONE, "Keep the status as it is"),
                *((str(one), f"It is “{one.label}”") for one in STATUSES),
            ],
        }
        for one in names[:MOST]:
            key = one.name.casefold()
            key = key if one.kind == Kind.POST else f"{one.kind}\x1f{key}"
            field = hashlib.sha256(key.encode()).hexdigest()[:12]
            self.names[field] = one
            unsaid = one.kind != Kind.POST and not one.chosen
            choices = [("", UNSAID[one.kind])] if unsaid else []
            none = "" if unsaid else NONE
            self.fields[field] = forms.ChoiceField(
                label=one.name,
                help_text=_told(one),
                choices=[*choices, *offered[one.kind]],
                initial=NEW if one.is_new else taken[one.kind].get(one.taken, none),
                required=False,
                error_messages={"invalid_choice": "Choose one of the list."},
            )
            if data:  # a name that was not on the page which was sent is as it stands
                data.setdefault(self.add_prefix(field), self.fields[field].initial)

    def groups(self) -> list[Group]:
        """The kinds of which there are words, those that stop rows first."""
        return [
            Group(
                kind,
                [one for one in self.all if one.kind == kind],
                [self[field] for field, one in self.names.items() if one.kind == kind],
            )
            for kind in (Kind.INDICATOR, Kind.POST, Kind.STATUS)
            if any(one.kind == kind for one in self.all)
        ]

    @property
    def stops(self) -> bool:
        """Whether an indicator stops rows for which one of the plan's own can be chosen."""
        return any(one.kind == Kind.INDICATOR and not one.taken for one in self.all)

    def answers(self) -> dict[Kind, dict[str, Answer]]:
        """What each word is, as `naming.choose_names` takes it; not those that were left open."""
        found: dict[Kind, dict[str, Answer]] = {}
        for field, one in self.names.items():
            if answer := self.cleaned_data.get(field):
                found.setdefault(one.kind, {})[one.name] = self.rows[one.kind].get(answer, answer)
        return found


def _told(one: Unknown) -> str:
    many = "In 1 row." if one.rows == 1 else f"In {one.rows:,} rows."
    if one.chosen:
        return f"{many} As was said before."
    return f"{many} It reads like a slip of “{one.near}”: is it that?" if one.near else many
