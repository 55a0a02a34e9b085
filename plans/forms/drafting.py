"""Forms on the way from what was found to an action."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django import forms

from kpis.models import Indicator as Kpi
from management.fields import choose, day_field, line_field, row_of
from plans.forms.days import DueField
from plans.lines import shortened
from plans.models import Action, Inspection, KeyMessage, SelfEvaluation
from plans.statuses import Status

Groups = Mapping[str, Iterable[Any]]
DIGITS = re.compile(r"[0-9]{1,18}")  # Python refuses to read a number of thousands of them


def one_of(label: str, help_text: str = "", missing: str = "") -> Any:
    return forms.TypedChoiceField(
        label=label,
        help_text=help_text,
        required=bool(missing),
        empty_value=None,
        error_messages={"required": missing},
    )


def any_of(label: str, help_text: str = "") -> Any:
    return forms.TypedMultipleChoiceField(
        label=label,
        help_text=help_text,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


def offer(
    form: forms.Form,
    name: str,
    groups: Groups,
    first: str = "",
    called: Callable[[Any], str] | None = None,
) -> None:
    """Offer these rows in the field, under their headings; the field then gives rows, not keys.

    `called` says what a row is called, where that is more than its name.
    """
    offered = {row.pk: row for rows in groups.values() for row in rows}
    choices: list[Any] = [("", first)] if first else []
    for heading, rows in groups.items():
        options = [(row.pk, (called or named)(row)) for row in rows]
        choices += [(heading, options)] if heading and options else options
    choose(form, name, choices)
    field: Any = form.fields[name]
    field.coerce = row_of(offered)


def named(row: Any) -> str:
    """What a row is called where it can be chosen."""
    if isinstance(row, Action):
        label = Status(row.status).label
        return f"{shortened(str(row))} · {label if row.is_open else f'closed: {label}'}"
    if isinstance(row, KeyMessage):
        return shortened(f"{row.reference} {row.text}")
    return shortened(f"{row.code} {row.name}" if isinstance(row, Kpi) else str(row))


class LinksForm(forms.Form):
    """What is linked to one row. `shown` is what was when the page was made."""

    shown = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_shown(self) -> set[int]:
        """Keys; what nobody could have been shown is 0, and so differs from any."""
        keys = self.cleaned_data["shown"].split(",")
        return {int(key) if DIGITS.fullmatch(key) else 0 for key in keys if key}


class AnswerForm(LinksForm):
    """Which actions answer one row."""

    actions = any_of("Actions")

    def __init__(self, *args: Any, plans: Groups, linked: set[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"actions": sorted(linked), "shown": keys_text(linked)}
        offer(self, "actions", plans)


def keys_text(keys: Iterable[int]) -> str:
    return ",".join(str(key) for key in sorted(keys))


def ends_field() -> DueField:
    return DueField(
        "Runs until (optional)",
        "The day by which the whole of it is to be done, for example 31 12 2020, or December 2020: "
        "a month means its last day. An action that is due later is pointed out.",
    )


def approval_field() -> forms.BooleanField:
    return forms.BooleanField(
        label="A due date moves only when a second person agrees", required=False
    )


class PlanForm(forms.Form):
    """A new plan: what it is called, what it answers, and when it was agreed."""

    title = line_field(
        "Title",
        "For example “Justice improvement plan 2019”.",
        "Give it a title by which people will know it.",
        200,
    )
    inspection = one_of("Inspection that it answers", "Published ones only.")
    self_evaluation = one_of("Self-evaluation that it answers", "Submitted ones only.")
    agreed_on = day_field("Agreed on", "Give the day on which it was, or will be, agreed.")
    ends_on = ends_field()
    dates_need_approval = approval_field()

    def __init__(
        self,
        *args: Any,
        inspections: Iterable[Inspection],
        self_evaluations: Iterable[SelfEvaluation],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "inspection", {"": list(inspections)}, "None")
        offer(self, "self_evaluation", {"": list(self_evaluations)}, "None")
