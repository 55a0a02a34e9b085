"""What becomes of the names in a plan's file that no post of the area has."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from django import forms

from management.models import Post
from plans.services.naming import NEW, NONE
from plans.sheets.content import Unknown

MOST = 100  # names on a page


class PostsForm(forms.Form):
    """One choice for each name. Of very many those come first of which nobody has said anything."""

    prefix = "posts"  # it stands in the same form of the page as TakeInForm

    def __init__(
        self, sent: Any, *, names: Sequence[Unknown], posts: Iterable[Post], **kwargs: Any
    ) -> None:
        mine = sent is not None and any(key.startswith(f"{self.prefix}-") for key in sent)
        data = sent.copy() if mine else None
        super().__init__(data, **kwargs)
        if len(names) > MOST:
            names = sorted(names, key=lambda one: one.chosen)
        self.more = max(0, len(names) - MOST)
        self.posts = {str(post.pk): post for post in posts}
        self.names: dict[str, Unknown] = {}
        keys = {str(post): key for key, post in self.posts.items()}
        choices = [(NEW, "Make a new post"), (NONE, "It is no post")]
        choices += [(key, f"It is {post}") for key, post in self.posts.items()]
        for one in names[:MOST]:
            field = hashlib.sha256(one.name.casefold().encode()).hexdigest()[:12]
            self.names[field] = one
            self.fields[field] = forms.ChoiceField(
                label=one.name,
                help_text=_told(one),
                choices=choices,
                initial=NEW if one.is_new else keys.get(one.taken, NONE),
                required=False,
                error_messages={"invalid_choice": "Choose a post of the list."},
            )
            if data:  # a name that was not on the page which was sent is as it stands
                data.setdefault(self.add_prefix(field), self.fields[field].initial)

    def answers(self) -> dict[str, Post | str]:
        """The post that each name is, or else NEW or NONE."""
        return {
            one.name: self.posts.get(answer, answer)
            for field, one in self.names.items()
            if (answer := self.cleaned_data.get(field))
        }


def _told(one: Unknown) -> str:
    many = "In 1 row." if one.rows == 1 else f"In {one.rows:,} rows."
    if one.chosen:
        return f"{many} As was said before."
    return f"{many} It reads like a slip of “{one.near}”: is it that?" if one.near else many
