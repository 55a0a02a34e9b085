"""Fields that many forms share, with their words, and forms that ask for no more than a reason."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from django import forms

FORMATS = ["%d %m %Y", "%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d %B %Y", "%d %b %Y", "%d/%m/%y"]
LONG = 100_000  # characters: a form may say much in one place
SHORT = 20_000


class DayField(forms.DateField):
    """A day as people write it: September is shortened to four letters as well as to three."""

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = re.sub(r"\bsept\b\.?", "Sep", value, flags=re.IGNORECASE)
        return super().to_python(value)


def day_field(label: str, missing: str) -> forms.DateField:
    return DayField(
        label=label,
        help_text="For example 31 3 2020 or 2020-03-31.",
        widget=forms.DateInput(format="%d %m %Y"),
        input_formats=FORMATS,
        error_messages={
            "required": missing,
            "invalid": "This is not a date that can be read. Write it as 31 3 2020 or 2020-03-31.",
        },
    )


def optional_day(label: str, help_text: str) -> forms.DateField:
    field = day_field(label, "")
    field.required, field.help_text = False, help_text
    return field


def text_field(label: str, help_text: str = "", rows: int = 3, size: int = SHORT) -> Any:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=False,
        max_length=size,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


def required_text(label: str, help_text: str, missing: str) -> Any:
    field = text_field(label, help_text)
    field.required = True
    field.error_messages["required"] = missing
    return field


def line_field(label: str, help_text: str, missing: str, size: int) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=size,
        required=bool(missing),
        error_messages={"required": missing},
    )


def count_field(label: str) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=0,
        max_value=1_000_000,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={"invalid": "Enter a whole number, such as 99."},
    )


def version_field() -> forms.IntegerField:
    return forms.IntegerField(widget=forms.HiddenInput)


def choose(form: forms.Form, name: str, choices: list[tuple[Any, str]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101  (declared so)
    field.choices = choices


def row_of(offered: Mapping[int, Any]) -> Callable[[Any], Any]:
    """What turns a key that was sent into the row that was offered; ValueError for any other."""

    def coerce(key: Any) -> Any:
        if (row := offered.get(int(key))) is None:
            raise ValueError
        return row

    return coerce


class ReasonForm(forms.Form):
    """A reason, which is kept."""

    reason = forms.CharField(
        label="Reason",
        max_length=SHORT,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Give the reason: it is kept."},
    )


class VersionedReasonForm(ReasonForm):
    version = forms.IntegerField(widget=forms.HiddenInput)
