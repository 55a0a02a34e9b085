"""Forms of the parts of an action: what it waits for, and its tasks."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms

from management.days import day_text
from management.fields import line_field, required_text, version_field
from management.models import Post
from plans.forms.days import DueField
from plans.forms.drafting import Groups, LinksForm, any_of, keys_text, named, offer, one_of
from plans.models import Action


class BlockersForm(LinksForm):
    """Which actions have to be finished before this one can be."""

    blockers = any_of("Actions that it waits for")

    def __init__(
        self,
        *args: Any,
        groups: Groups,
        linked: set[int],
        ticked: set[int],
        due: date | None,
        **kwargs: Any,
    ) -> None:
        """`linked` are the keys of those that it waits for, `ticked` of those that the page has
        ticked at first, and `due` is when the action itself is due."""
        super().__init__(*args, **kwargs)
        self.initial = {"blockers": sorted(ticked), "shown": keys_text(linked)}

        def called(row: Action) -> str:
            when = f" · due {day_text(row.due)}" if row.due else " · no due date"
            later = ", later than this one" if comes_later(row, due) else ""
            return f"{named(row)}{when}{later}" if row.is_open else named(row)

        offer(self, "blockers", groups, called=called)


def comes_later(blocker: Action, due: date | None) -> bool:
    """Whether it is open, and due after what waits for it."""
    return bool(blocker.is_open and blocker.due and due and blocker.due > due)


class TaskForm(forms.Form):
    """One task of an action."""

    text = line_field(
        "What is to be done", "One step, in a few words.", "Say what is to be done.", 300
    )
    due = DueField(
        "Due date (optional)", "For example 31 3 2020, or March 2020: a month means its last day."
    )
    post = one_of("Post that does it (optional)")

    def __init__(self, *args: Any, posts: Iterable[Post], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "post", {"": list(posts)}, "Whoever leads the action")


class TaskEditForm(TaskForm):
    version = version_field()


class DropTaskForm(forms.Form):
    """Why a task is not to be done any more. It stays listed."""

    reason = required_text(
        "Reason",
        "The task stays listed, with the reason.",
        "Say why it is not to be done any more.",
    )
    version = version_field()
