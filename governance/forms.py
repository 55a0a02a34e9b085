"""Forms of packs."""

from typing import Any

from django import forms

from governance.models import Body
from governance.sections import PROMPTS, SECTIONS
from kpis.periods import Period


class RequestForm(forms.Form):
    """Which body's pack, for which quarter."""

    body = forms.ModelChoiceField(label="For", queryset=Body.objects.none(), empty_label=None)
    period = forms.ChoiceField(label="Quarter")

    def __init__(self, *args: Any, bodies: Any, periods: list[Period], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        body, period = self.fields["body"], self.fields["period"]
        assert isinstance(body, forms.ModelChoiceField)  # noqa: S101  (declared above)
        assert isinstance(period, forms.ChoiceField)  # noqa: S101
        body.queryset = bodies
        period.choices = [(p.start.isoformat(), p.label) for p in periods]


class EditionForm(forms.Form):
    """Why a new edition of a pack is wanted."""

    reason = forms.CharField(
        label="Why a new edition is needed",
        help_text="It is kept with the pack. The earlier edition stays as it is.",
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=2_000,
        error_messages={"required": "Say why a new edition is needed."},
    )


class ParagraphsForm(forms.Form):
    """All the written sections of one pack, each with the version that it was read at."""

    def __init__(self, *args: Any, written: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, heading in SECTIONS.items():
            now = written.get(key)
            self.fields[key] = forms.CharField(
                label=heading,
                help_text=PROMPTS[key],
                required=False,
                max_length=20_000,
                widget=forms.Textarea(attrs={"rows": 5}),
                initial=now.text if now else "",
            )
            self.fields[f"{key}_version"] = forms.IntegerField(
                widget=forms.HiddenInput, min_value=0, initial=now.version if now else 0
            )

    def texts(self) -> dict[str, tuple[int, str]]:
        """What `papers.write_paragraphs` takes. Only after a successful validation."""
        return {
            key: (self.cleaned_data[f"{key}_version"], self.cleaned_data[key]) for key in SECTIONS
        }
