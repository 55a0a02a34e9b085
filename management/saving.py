"""Saving a form without losing what was typed: neither to a refusal nor to somebody else's save."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render

from management.days import day_text
from management.requests import Request
from management.versions import Stale

FORM_METHODS = ["GET", "HEAD", "POST"]


def say(form: Any, error: ValidationError) -> None:
    """Put a service's refusal at the fields that it names, where the form has them."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)


class Saving:
    """One visit to the form of one row. `stand` gives the form's values of the row as it is."""

    def __init__(
        self, request: Request, row: Any, stand: Callable[[Any], dict[str, Any]], form: Any
    ) -> None:
        self.request, self.row, self.stand = request, row, stand
        self.form = form(request.POST or None, initial={**stand(row), "version": row.version})
        self.stale = False

    def saves(self, do: Callable[[], Any]) -> bool:
        """Whether the form was sent and `do` has saved it; refusals stand at their fields."""
        if self.request.method != "POST":
            return False
        self.stale = self.outdated()
        if self.stale or not self.valid():
            return False
        try:
            do()
        except ValidationError as error:
            say(self.form, error)
        except Stale as stale:
            self.stale, self.row = True, stale.row
        else:
            return True
        return False

    def valid(self) -> bool:
        return bool(self.form.is_valid())

    def outdated(self) -> bool:
        """Whether the row has changed since the form was opened, whatever else is wrong in it."""
        if not self.form.is_bound:
            return False
        self.form.full_clean()
        return bool(self.form.cleaned_data.get("version", self.row.version) != self.row.version)

    def page(self, template: str, context: dict[str, Any]) -> HttpResponse:
        """The form again; after a stale save with what is saved beside what was typed (409)."""
        context["form"] = self.form
        if self.stale:
            self.form.data = self.again()
            context |= {"outdated": True, "stale": self.differences()}
        return render(self.request, template, context, status=409 if self.stale else 200)

    def again(self) -> Any:
        """What was typed stays; saving it again is then a decision made with open eyes.

        Fields that nobody sees are as they are saved now; so are those of `show_hidden_initial`
        that nobody has touched.
        """
        data = self.request.POST.copy()
        saved = {**self.stand(self.row), "version": self.row.version}
        for name in saved.keys() & self.form.fields.keys():
            field = self.form.fields[name]
            stands = "" if saved[name] is None else str(saved[name])
            untouched = field.show_hidden_initial and name not in self.form.changed_data
            if field.widget.is_hidden or untouched:
                data[name] = stands
            if field.show_hidden_initial:
                data[self.form.add_initial_prefix(name)] = stands
        return data

    def differences(self) -> list[tuple[str, str, str]]:
        """Label, what is saved, and what was typed, of every field of the row where they differ."""
        found, saved = [], self.stand(self.row)
        for name, field in self.form.fields.items():
            typed = self.form[name].data
            if field.widget.is_hidden or name not in saved:
                continue
            if field.has_changed(_lines(saved[name]), _lines(typed)):
                found.append((field.label, _words(field, saved[name]), _words(field, typed)))
        return found


def _lines(value: Any) -> Any:
    """Browsers end a line otherwise than files do."""
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


def _words(field: Any, value: Any) -> str:
    if isinstance(value, date):
        return day_text(value)
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list):
        return ", ".join(_words(field, one) for one in value)
    text = "" if value is None else str(value)
    if not hasattr(field, "choices"):
        return text
    labels: dict[str, str] = {}
    for key, label in field.choices:  # some stand under a heading
        options = label if isinstance(label, list) else [(key, label)]
        labels |= {str(one): str(said) for one, said in options}
    return labels.get(text, "Not on offer any more" if text else "")
