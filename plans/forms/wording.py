"""Forms of what an action says: a new one, its change, and its early end."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from management.fields import line_field, optional_day, required_text, text_field, version_field
from management.models import Post
from plans.forms.days import DueField
from plans.forms.drafting import Groups, any_of, offer, one_of
from plans.models import Action


class WordingForm(forms.Form):
    """What an action says. What can be chosen is handed in, under headings."""

    reference = line_field(
        "Reference", "As in the plan. The next free one is filled in.", "Give it a reference.", 20
    )
    text = required_text(
        "What is to be done", "One piece of work, in plain words.", "Say what is to be done."
    )
    indicator = one_of(
        "Quality indicator", missing="Choose the quality indicator that it should improve."
    )
    lead = one_of("Lead post", "The one post that answers for it.")
    new_post = line_field(
        "Or a new post: its title",
        "Where the post that leads is not in the list, for example “Justice Services Manager”.",
        "",
        150,
    )
    organisation = line_field(
        "Organisation of the new post (optional)",
        "Only where the post is outside the area, for example “Police Scotland”.",
        "",
        150,
    )
    supporting = any_of("Supporting posts (optional)")
    original_due = DueField(
        "Due date",
        "For example 31 3 2020, or March 2020: a month means its last day. It can be left empty: "
        "the SMART check then points that out.",
    )
    timescale = text_field(
        "Timescale in the plan's words (optional)",
        "For example “July 2019 onwards”. Where no day can be given, these words stand instead.",
        rows=2,
    )
    evidence_expected = text_field(
        "Evidence of improvement expected",
        "What will show that it is done and that it has made things better. It can be left empty: "
        "the SMART check then points that out, unless a KPI with a target shows it.",
    )
    responsible = text_field(
        "Responsible, in the plan's words (optional)",
        "Where the plan says more than the posts do.",
        rows=2,
    )

    def __init__(
        self, *args: Any, indicators: Groups, posts: Iterable[Post], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        posts = list(posts)
        offer(self, "indicator", indicators, "Choose one")
        offer(self, "lead", {"": posts}, "Choose one, or name a new one below")
        self.offer_any("supporting", {"": posts})

    def offer_any(self, name: str, groups: Groups) -> None:
        """Offer these rows, or take the field away where there is none."""
        if any(groups.values()):
            offer(self, name, groups)
        else:
            del self.fields[name]

    def clean(self) -> None:
        """The lead is not also a supporter."""
        sent = self.cleaned_data
        sent["supporting"] = [p for p in sent.get("supporting", []) if p != sent.get("lead")]

    def said(self, name: str) -> Any:
        """What a field says so far, whatever is wrong elsewhere; None where it cannot be read."""
        if name not in self.fields:
            return None
        try:
            return self.fields[name].clean(self[name].data)
        except ValidationError:
            return None


class ActionForm(WordingForm):
    """A new action, with what it answers."""

    recommendations = any_of("Recommendations that it answers (optional)", "Open ones only.")
    findings = any_of("Areas for improvement of a self-evaluation that it answers (optional)")
    key_messages = any_of("Key messages that it answers (optional)")
    kpis = any_of("KPIs that it should move (optional)")
    added_on = optional_day(
        "Added to the plan on (optional)",
        "Left empty, it is today. Reports of earlier periods leave out what was added later.",
    )
    reason = text_field(
        "Why it is added (optional)",
        "The plan is approved: who reads it will want to know why there is one action more.",
        rows=2,
    )

    def __init__(
        self, *args: Any, answers: Mapping[str, Groups], draft: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, groups in answers.items():
            self.offer_any(name, groups)
        if draft:
            del self.fields["reason"]


class ActionEditForm(WordingForm):
    """Another wording. Reference and due date are open in a draft alone; later there is a reason.

    Not required here: whoever changes nothing needs none (`services.actions.edit_action`).
    """

    reason = text_field(
        "Reason for the change",
        "The plan is approved, so the old words, the new ones and the reason are all kept.",
        rows=2,
    )
    version = version_field()

    def __init__(self, *args: Any, action: Action, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reference"].help_text = "As in the plan."
        self.closed = () if action.plan.is_draft else ("reference", "original_due")
        for name in self.closed or ("reason",):
            del self.fields[name]

    def clean(self) -> None:
        """What was typed into a draft that was approved meanwhile is said, and not dropped."""
        super().clean()
        for name in self.closed:
            if name in self.data:
                label = self.base_fields[name].label
                self.add_error(
                    None,
                    f"The plan was approved while you were writing: “{label}” stays as it was "
                    f"(you typed “{self.data[name]}”). The rest can be saved, with a reason.",
                )


class VersionForm(forms.Form):
    """A button that must not be pressed on something that has changed since."""

    version = version_field()


class WithdrawForm(forms.Form):
    """Why an action ends undone, and who decided so."""

    reason = required_text("Reason", "Why it will not be done.", "Say why it is withdrawn.")
    decision = line_field(
        "Decision",
        "Who decided it, and where that is minuted: “HSCP Board 20 11 2019, item 7”.",
        "Say who decided it, and where that is minuted.",
        300,
    )
    version = version_field()


class SupersedeForm(forms.Form):
    """Which other action takes its place."""

    successor = one_of(
        "Action that takes its place",
        "Open and complete actions of the area's plans.",
        "Choose the action that takes its place.",
    )
    reason = required_text(
        "Reason",
        "Why the other action takes its place.",
        "Say why the other action takes its place.",
    )
    version = version_field()

    def __init__(self, *args: Any, successors: Groups, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "successor", successors, "Choose one")
