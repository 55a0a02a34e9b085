"""What a person wants to be told of, and when."""

from typing import Any

from django import forms

from plans.models import Digest


class DigestForm(forms.Form):
    """The weekly digest of one person."""

    day = forms.TypedChoiceField(
        label="Send me a digest",
        choices=[("", "Never"), *Digest.Day.choices],
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
    overdue = forms.BooleanField(label="What is overdue, with overdue tasks", required=False)
    due_soon = forms.BooleanField(label="What is due in the next 14 days", required=False)
    waiting = forms.BooleanField(
        label="What waits for me: sent back to me, to be verified, dated or approved",
        required=False,
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def clean(self) -> None:
        """A digest of nothing would never come."""
        sent: dict[str, Any] = self.cleaned_data
        nothing = not any(sent.get(name) for name in ("overdue", "due_soon", "waiting"))
        if sent.get("day") is not None and nothing:
            self.add_error("overdue", "Tick at least one thing to be told of, or choose “Never”.")
