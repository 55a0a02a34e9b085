"""The form by which a history is narrowed. All of it stands in the URL."""

from collections.abc import Iterable
from typing import Any

from django import forms

from management.fields import choose


class HistoryFilter(forms.Form):
    """Whose changes are shown, and of what."""

    person = forms.ChoiceField(label="By", required=False)
    field = forms.ChoiceField(label="Of", required=False)

    def __init__(
        self, *args: Any, people: Iterable[str], fields: Iterable[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "person", [("", "Everybody"), *((name, name) for name in people)])
        choose(self, "field", [("", "Everything"), *fields])
