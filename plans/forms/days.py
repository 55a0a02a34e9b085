"""A day by which something is to be done, as people write it."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from management import clock
from management.fields import FORMATS
from plans.timescales import timescale


class DueField(forms.DateField):
    """A day, or a month, which means its last day. What needs a guess is not read."""

    widget = forms.DateInput(format="%d %m %Y")

    def __init__(self, label: str, help_text: str) -> None:
        super().__init__(
            label=label,
            help_text=help_text,
            required=False,
            input_formats=FORMATS,
            error_messages={
                "invalid": "This is not a date that can be read. Write it as 31 3 2020 or "
                "March 2020."
            },
        )

    def to_python(self, value: Any) -> date | None:
        try:
            return super().to_python(value)
        except ValidationError:
            read = timescale(str(value), clock.today())
            if read.due is None or read.notes:
                raise
            return read.due
