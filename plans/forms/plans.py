"""Forms of plans and actions."""

from typing import Any

from django import forms

from plans import statuses
from plans.listing import indicators
from plans.models import Action
from plans.statuses import Status

GROUPS = {
    "indicator": "Quality indicator",
    "message": "Key message",
    "status": "Status",
    "post": "Post",
}


class PlanFilter(forms.Form):
    """What of a plan is shown, and how it is grouped. All of it stands in the URL."""

    by = forms.ChoiceField(label="Group by", choices=list(GROUPS.items()), required=False)
    indicator = forms.ChoiceField(label="Quality indicator", required=False)
    message = forms.ChoiceField(label="Key message", required=False)
    status = forms.ChoiceField(
        label="Status",
        required=False,
        choices=[("", "All"), ("open", "All open"), ("overdue", "Overdue"), *Status.choices],
    )
    post = forms.ChoiceField(label="Post (lead or supporting)", required=False)

    def __init__(self, *args: Any, facts: Any, posts: Any, messages: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everything = [("", "All")]
        self.choose("indicator", everything + indicators(facts))
        self.choose("message", everything + [(str(m.number), m.reference) for m in messages])
        self.choose("post", everything + [(str(p.pk), str(p)) for p in posts])

    def choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  (declared above)
        field.choices = choices


class UpdateForm(forms.Form):
    """A progress update, with evidence where there is some."""

    status = forms.ChoiceField(
        label="Status now",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how the action stands now."},
    )
    text = forms.CharField(
        label="What has happened",
        help_text="A sentence or two: what was done since the last update, and what comes next.",
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=20_000,
        error_messages={"required": "Say what has happened, in a sentence or two."},
    )
    evidence = forms.CharField(
        label="Evidence (needed when the action is done)",
        help_text="What shows it, and where it is kept. No names of people under supervision.",
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=20_000,
        required=False,
    )
    evidence_url = forms.URLField(
        label="Link to the evidence (optional)",
        help_text="For example https://intranet.example/report",
        required=False,
        max_length=500,
        assume_scheme="https",
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, action: Action, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["status"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  (declared above)
        field.choices = [(s.value, s.label) for s in statuses.reportable_from(action.status)]


class VerifyForm(forms.Form):
    """A second person's answer to "it is done"."""

    decision = forms.ChoiceField(
        label="Is it done?",
        choices=[
            ("accept", "Yes: the evidence shows that it is done"),
            ("return", "No: it goes back to its owner, in progress"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether it is done."},
    )
    note = forms.CharField(
        label="What the evidence shows, or what is missing",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=20_000,
        error_messages={"required": "Say what the evidence shows, or what is missing."},
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class MoveDateForm(forms.Form):
    """A new due date, with the reason that the board will read."""

    new = forms.DateField(
        label="New due date",
        help_text="For example 31 3 2020 or 2020-03-31.",
        input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d %m %Y", "%d-%m-%Y", "%d %B %Y", "%d %b %Y"],
        error_messages={
            "required": "Give the new due date.",
            "invalid": "This is not a date that can be read. Write it as 31 3 2020 or 2020-03-31.",
        },
    )
    reason = forms.CharField(
        label="Reason",
        help_text="Why the date moves, and what will make the new one hold.",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=20_000,
        error_messages={"required": "Give the reason: the board will read it."},
    )
    version = forms.IntegerField(widget=forms.HiddenInput)
