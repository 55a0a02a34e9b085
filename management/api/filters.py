"""By what lists are narrowed. What is not understood is refused: a slip would show every row."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django_filters import CharFilter, Filter
from django_filters import ChoiceFilter as LibraryChoiceFilter
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

LARGEST = 2**63 - 1  # what the database takes for an id


def refuse_unknown(request: Request, known: Iterable[str]) -> None:
    """Raise ValidationError for a parameter that is not there, stands twice, or says nothing."""
    wrong = {}
    there = sorted(known)
    for name, values in request.query_params.lists():
        if name not in there:
            wrong[name] = [f"There is no such parameter here. There are: {', '.join(there)}."]
        elif len(values) > 1:
            wrong[name] = ["Give it once."]
        elif not values[0]:
            wrong[name] = ["Give a value, or leave it out."]
        elif "\x00" in values[0]:  # PostgreSQL takes none, and answers with an error
            wrong[name] = ["Give it without characters that nobody can see."]
    if wrong:
        raise ValidationError(wrong)


class _YesNoField(forms.Field):
    def to_python(self, value: Any) -> bool | None:
        if value is None:
            return None
        if value not in {"true", "false"}:
            raise forms.ValidationError("Write true or false.")
        return bool(value == "true")


class _DayField(forms.Field):
    def to_python(self, value: Any) -> date | None:
        if value is None:
            return None
        try:
            day = date.fromisoformat(value)
        except ValueError:
            day = None
        if day is None or day.isoformat() != value:  # 20200115 and 2020-W03-3 are ISO days too
            raise forms.ValidationError("Write the day as in 2020-01-15.")
        return day


@extend_schema_field(OpenApiTypes.BOOL)
class YesNoFilter(Filter):
    """`true` or `false`, and nothing else that could be meant so."""

    field_class = _YesNoField


@extend_schema_field(OpenApiTypes.DATE)
class DayFilter(Filter):
    """A day as ISO 8601 writes it, year first: 01/02/2020 is two days, by who reads it."""

    field_class = _DayField


@extend_schema_field({"type": "string", "minLength": 1})
class TextFilter(CharFilter):
    """Some text, as it stands."""


class ChoiceFilter(LibraryChoiceFilter):
    """One of these; the refusal names them."""

    def __init__(self, *args: Any, choices: Any, **options: Any) -> None:
        named = ", ".join(str(value) for value, _ in choices)
        said = {"invalid_choice": f"Choose one of: {named}."}
        super().__init__(*args, choices=choices, error_messages=said, **options)


@extend_schema_field(
    {"type": "integer", "minimum": 1, "maximum": LARGEST, "description": "The id of such a row."}
)
class IdFilter(Filter):
    """By the id of another row. An id of another area finds nothing."""

    field_class = forms.IntegerField

    def __init__(self, *args: Any, **options: Any) -> None:
        said = {"invalid": "Give an id: a number from 1 on."}
        facts = {"min_value": 1, "max_value": LARGEST, "error_messages": said}
        super().__init__(*args, **facts, **options)
