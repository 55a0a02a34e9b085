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


@dataclass(frozen=True)
class Meaning:
    """One thing that a word can mean: its key on the page, what `Unknown.taken` calls it, and how
    the page does."""

    key: str
    answer: Answer
    title: str
    text: str


@dataclass(frozen=True)
class Offer:
    """What words of one kind can be: one of `meanings`, or what `first` says.

    `unsaid` stands there for a word of which nobody has said anything, unless that means NONE.
    """

    meanings: list[Meaning]
    first: list[tuple[str, str]]
    unsaid: str = ""

    def field(self, one: Unknown) -> forms.ChoiceField:
        """The choice for this word; what is taken for it so far is chosen."""
        unsaid = [("", self.unsaid)] if self.unsaid and not one.chosen else []
        keys = {meaning.title: meaning.key for meaning in self.meanings}
        taken = keys.get(one.taken, "" if unsaid else NONE)
        meant = [(meaning.key, f"It is {meaning.text}") for meaning in self.meanings]
        return forms.ChoiceField(
            label=one.name,
            help_text=_told(one),
            choices=[*unsaid, *self.first, *meant],
            initial=NEW if one.is_new else taken,
            required=False,
            error_messages={"invalid_choice": "Choose one of the list."},
        )


def _offers(posts: Iterable[Post], indicators: Iterable[QualityIndicator]) -> dict[Kind, Offer]:
    return {
        Kind.POST: Offer(
            [Meaning(str(post.pk), post, str(post), str(post)) for post in posts],
            [(NEW, "Make a new post"), (NONE, "It is no post")],
        ),
        Kind.INDICATOR: Offer(
            [Meaning(str(one.pk), one, one.code, str(one)) for one in indicators],
            [(NONE, "None of them: its rows stay stopped")],
            "Choose an indicator",
        ),
        Kind.STATUS: Offer(
            [Meaning(str(one), str(one), str(one), f"“{one.label}”") for one in STATUSES],
            [(NONE, "Keep the status as it is")],
            "Choose a status",
        ),
    }


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
        self.offers = _offers(posts, indicators)
        self.names: dict[str, Unknown] = {}
        for one in names[:MOST]:
            key = one.name.casefold()
            key = key if one.kind == Kind.POST else f"{one.kind}\x1f{key}"
            field = hashlib.sha256(key.encode()).hexdigest()[:12]
            self.names[field] = one
            self.fields[field] = self.offers[one.kind].field(one)
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
                meant = {one.key: one.answer for one in self.offers[one.kind].meanings}
                found.setdefault(one.kind, {})[one.name] = meant.get(answer, answer)
        return found


def _told(one: Unknown) -> str:
    many = "In 1 row." if one.rows == 1 else f"In {one.rows:,} rows."
    if one.chosen:
        return f"{many} As was said before."
    return f"{many} It reads like a slip of “{one.near}”: is it that?" if one.near else many
