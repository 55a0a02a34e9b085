"""The two days of which open recommendations are counted."""

from typing import Any

from django import forms

from management import clock
from management.days import day_text
from management.fields import day_field


class TwoDaysForm(forms.Form):
    """Two days, the first not after the second. They stand in the address of the page."""

    first = day_field("From the end of", "Give the first day.")
    second = day_field("To the end of", "Give the second day.")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        first, second = given.get("first"), given.get("second")
        if first and second and second < first:
            self.add_error("second", f"The second day cannot be before {day_text(first)}.")
        for name, day in (("first", first), ("second", second)):
            if day and day > clock.today():
                self.add_error(name, "This day has not come yet.")
        return given
