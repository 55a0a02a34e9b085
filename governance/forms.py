"""Forms of packs."""

import hashlib
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


def fingerprint(text: str) -> str:
    """Tells whether a section was touched, whatever a browser does to line breaks."""
    return hashlib.sha256("\n".join(text.strip().splitlines()).encode()).hexdigest()


class ParagraphsForm(forms.Form):
    """All the written sections of one pack, each with the version that it was read at.

    A section that the person did not touch is not theirs to save, however old their page is.
    """

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
            self.fields[f"{key}_read"] = forms.CharField(
                widget=forms.HiddenInput, initial=fingerprint(now.text if now else "")
            )

    def texts(self) -> dict[str, tuple[int, str]]:
        """The touched sections, as `papers.write_paragraphs` takes them. After validation."""
        data = self.cleaned_data
        return {
            key: (data[f"{key}_version"], data[key])
            for key in SECTIONS
            if fingerprint(data[key]) != data[f"{key}_read"]
        }
