"""The form by which somebody says that the risk of disclosure was assessed."""

from django import forms

from kpis.disclosure import THRESHOLD
from kpis.services.disclosure import LEAST, MOST, WRONG
from management.fields import required_text


class AssessmentForm(forms.Form):
    threshold = forms.IntegerField(
        label="Counts below this number are withheld",
        help_text=f"5 unless your assessment says otherwise, and never less than {LEAST}.",
        initial=THRESHOLD,
        min_value=LEAST,
        max_value=MOST,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), WRONG),
    )
    text = required_text(
        "Assessment",
        "What was looked at, what the risk is, and why this threshold is enough. It is kept with "
        "your name.",
        "Say what was looked at, and why this is enough.",
    )
